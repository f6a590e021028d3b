//! Recalculation in the order cells depend on each other: what a correction changes elsewhere, and
//! which stored results are stale.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rust_decimal::Decimal;

use super::evaluate::meet;
use super::parse::Formula;
use super::scalar::{NO_RESULT, to_double};
use super::source::{WorkbookSource, formula_of, sheet_index};
use super::syntax::{CellReference, Reference};
use super::{Limits, Unsupported};
use crate::workbook::{Address, Cell, Range, Value, Workbook};

/// Formulas beyond this number are not looked at.
const MAX_FORMULAS: usize = 400_000;
/// Pairs of a formula and a formula it reads.
const MAX_LINKS: usize = 8_000_000;
/// Differing results that are looked at a second time, and blanks tried in each.
const MAX_EXPLAINED: usize = 2_000;

/// A cell of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellPlace {
    /// Index of the sheet in [`Workbook::sheets`].
    pub sheet: usize,
    /// Its address there.
    pub at: Address,
}

/// A cell that takes another value; a formula in it is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The cell.
    pub place: CellPlace,
    /// Its new value.
    pub value: Value,
}

/// A formula whose stored result is not what it calculates from the stored values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The cell.
    pub place: CellPlace,
    /// The result the file holds.
    pub stored: Value,
    /// The result of the formula.
    pub calculated: Value,
}

/// A formula that could not be calculated for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    /// The cell.
    pub place: CellPlace,
    /// Why.
    pub reason: Unsupported,
}

/// The outcome of a recalculation. All lists are sorted by sheet, row and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recalculated {
    /// New results of the formulas that depend, directly or not, on the changed cells, whether or
    /// not they differ from the stored ones.
    pub values: Vec<(CellPlace, Value)>,
    /// Formulas whose stored result is stale before any change. A formula that reads a stale
    /// result is judged on that result: each mistake is named once.
    pub stale: Vec<Stale>,
    /// Formulas on a circle, or between two.
    pub circular: Vec<CellPlace>,
    /// Formulas, stale or affected ones, that could not be calculated.
    pub not_judged: Vec<NotJudged>,
}

/// Results of formulas that the file does not hold. Both lists are sorted by sheet, row and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completed {
    /// What was calculated.
    pub values: Vec<(CellPlace, Value)>,
    /// What could not be, with the reason; of formulas that only wait for such a cell the reason is
    /// that it has no result ([`Unsupported::is_missing_result`]).
    pub unknown: Vec<NotJudged>,
}

/// Calculates the wanted formulas in the order they depend on each other; their own results in the
/// workbook are not looked at.
#[must_use]
pub fn complete(workbook: &Workbook, wanted: &BTreeSet<CellPlace>, limits: &Limits) -> Completed {
    let mut not_read = Vec::new();
    let cells = formula_cells(workbook, |place| wanted.contains(&place), &mut not_read);
    let source = WorkbookSource::new(workbook, 0);
    let missing = |at: Address| Unsupported::new(NO_RESULT, &at.to_string());
    let cover = |place: CellPlace| source.lay_over(place.sheet, place.at, Err(missing(place.at)));
    wanted.iter().copied().for_each(cover);
    let mut completed = Completed { unknown: not_read, ..Completed::default() };
    let links = match links(&cells) {
        Ok(links) => links,
        Err(reason) => {
            let unknown =
                |cell: &FormulaCell| NotJudged { place: cell.place, reason: reason.clone() };
            completed.unknown.extend(cells.iter().map(unknown));
            return completed;
        }
    };
    let (order, circular) = ordered(&links);
    for index in &order {
        let cell = &cells[*index];
        let CellPlace { sheet, at } = cell.place;
        match source.evaluate(&cell.formula, sheet, at, limits) {
            Ok(value) => {
                source.change(sheet, at, value.clone());
                completed.values.push((cell.place, value));
            }
            Err(reason) => completed.unknown.push(NotJudged { place: cell.place, reason }),
        }
    }
    let circular: HashSet<usize> = circular.into_iter().collect();
    let placed: HashSet<usize> = order.into_iter().collect();
    for (index, cell) in cells.iter().enumerate().filter(|(index, _)| !placed.contains(index)) {
        let at = cell.place.at;
        let on_circle = || Unsupported::new("circular reference", &at.to_string());
        let reason = if circular.contains(&index) { on_circle() } else { missing(at) };
        completed.unknown.push(NotJudged { place: cell.place, reason });
    }
    completed.values.sort_by_key(|(place, _)| *place);
    completed.unknown.sort_by_key(|not_judged| not_judged.place);
    completed
}

/// Calculates what changed cells change, and finds stale results.
#[must_use]
pub fn recalculate(workbook: &Workbook, changes: &[Change], limits: &Limits) -> Recalculated {
    let mut result = Recalculated::default();
    let cells = formula_cells(workbook, |_| true, &mut result.not_judged);
    match links(&cells) {
        Ok(links) => {
            let (order, circular) = ordered(&links);
            result.circular = circular.iter().map(|index| cells[*index].place).collect();
            find_stale(workbook, &cells, &circular, limits, &mut result);
            let plan = Plan { cells: &cells, links: &links, order: &order, circular: &circular };
            follow_changes(workbook, changes, &plan, limits, &mut result);
        }
        Err(reason) => {
            find_stale(workbook, &cells, &[], limits, &mut result);
            // What depends on what is not known: after a change no result is.
            let unknown = cells.iter().filter(|_| !changes.is_empty());
            let not_judged =
                |cell: &FormulaCell| NotJudged { place: cell.place, reason: reason.clone() };
            result.not_judged.extend(unknown.map(not_judged));
        }
    }
    result.values.sort_by_key(|(place, _)| *place);
    result.not_judged.sort_by_key(|not_judged| not_judged.place);
    result.not_judged.dedup_by_key(|not_judged| not_judged.place);
    result
}

struct FormulaCell {
    place: CellPlace,
    formula: Formula,
    stored: Value,
    reads: Vec<(usize, Range)>,
}

fn formula_cells(
    workbook: &Workbook,
    wanted: impl Fn(CellPlace) -> bool,
    not_read: &mut Vec<NotJudged>,
) -> Vec<FormulaCell> {
    let mut cells = Vec::new();
    let sheets = workbook.sheets.iter().enumerate();
    let all = sheets.flat_map(|(sheet, own)| own.cells().iter().map(move |cell| (sheet, cell)));
    for (sheet, (at, cell)) in all {
        let place = CellPlace { sheet, at: *at };
        if cell.formula.is_none() || !wanted(place) {
            continue;
        }
        let Some(formula) = formula_of(workbook, (*at, cell)) else { continue };
        let formula = match formula {
            Ok(_) if cells.len() >= MAX_FORMULAS => {
                Err(Unsupported::new("formulas beyond the limit", ""))
            }
            other => other,
        };
        match formula {
            Ok(formula) => {
                let reads = ranges(workbook, sheet, &formula);
                cells.push(FormulaCell { place, formula, stored: cell.value.clone(), reads });
            }
            Err(reason) => not_read.push(NotJudged { place, reason }),
        }
    }
    cells
}

/// The ranges a formula reads, with those behind defined names.
fn ranges(workbook: &Workbook, sheet: usize, formula: &Formula) -> Vec<(usize, Range)> {
    let mut found = Vec::new();
    let mut add = |cells: &CellReference| {
        let sheet = match cells.sheet.as_deref() {
            Some(name) => sheet_index(workbook, name),
            None => Some(sheet),
        };
        found.extend(sheet.map(|sheet| (sheet, cells.range)));
    };
    for reference in formula.references_read() {
        match &reference {
            Reference::Cells(cells) => add(cells),
            Reference::Name(name) => named_cells(workbook, name).iter().for_each(&mut add),
            _ => {}
        }
    }
    found
}

fn named_cells(workbook: &Workbook, name: &str) -> Vec<CellReference> {
    let plain = name.rsplit('!').next().unwrap_or(name).to_lowercase();
    let texts = workbook.names.iter().filter(|(own, _)| own.to_lowercase() == plain);
    let formulas = texts.filter_map(|(_, text)| Formula::parse(text).ok());
    formulas
        .flat_map(|formula| formula.references())
        .filter_map(|reference| match reference {
            Reference::Cells(cells) => Some(cells),
            _ => None,
        })
        .collect()
}

/// Which formulas read which: for each formula those that depend on it, and how many it needs.
struct Links {
    dependants: Vec<Vec<usize>>,
    needs: Vec<usize>,
}

/// Rows and indexes of the formulas of one column of one sheet, ascending.
type Columns = BTreeMap<(usize, u32), Vec<(u32, usize)>>;

fn links(cells: &[FormulaCell]) -> Result<Links, Unsupported> {
    let mut columns = Columns::new();
    for (index, cell) in cells.iter().enumerate() {
        let key = (cell.place.sheet, cell.place.at.column);
        columns.entry(key).or_default().push((cell.place.at.row, index));
    }
    let mut links =
        Links { dependants: vec![Vec::new(); cells.len()], needs: vec![0; cells.len()] };
    let mut count = 0;
    for (index, cell) in cells.iter().enumerate() {
        for needed in cell.reads.iter().flat_map(|read| formulas_in(&columns, *read)) {
            count += 1;
            if count > MAX_LINKS {
                return Err(Unsupported::new("dependencies beyond the limit", ""));
            }
            links.dependants[needed].push(index);
            links.needs[index] += 1;
        }
    }
    Ok(links)
}

fn formulas_in(columns: &Columns, (sheet, range): (usize, Range)) -> impl Iterator<Item = usize> {
    let keys = (sheet, range.start.column)..=(sheet, range.end.column);
    columns.range(keys).flat_map(move |(_, rows)| {
        let start = rows.partition_point(|(row, _)| *row < range.start.row);
        let end = rows.partition_point(|(row, _)| *row <= range.end.row);
        rows[start..end].iter().map(|(_, index)| *index)
    })
}

/// Kahn's order (1962): every formula after those it reads; and those that have no such place.
fn ordered(links: &Links) -> (Vec<usize>, Vec<usize>) {
    let mut needs = links.needs.clone();
    let mut order: Vec<usize> = (0..needs.len()).filter(|index| needs[*index] == 0).collect();
    let mut next = 0;
    while let Some(done) = order.get(next).copied() {
        next += 1;
        for dependant in &links.dependants[done] {
            needs[*dependant] -= 1;
            if needs[*dependant] == 0 {
                order.push(*dependant);
            }
        }
    }
    let placed: HashSet<usize> = order.iter().copied().collect();
    let left: Vec<usize> = (0..needs.len()).filter(|index| !placed.contains(index)).collect();
    (order, on_circles(links, left))
}

/// Of the formulas without a place in the order, those that are not merely behind a circle.
fn on_circles(links: &Links, left: Vec<usize>) -> Vec<usize> {
    let mut alive: HashSet<usize> = left.iter().copied().collect();
    let mut readers: HashMap<usize, usize> = HashMap::new();
    let mut read_by: HashMap<usize, Vec<usize>> = HashMap::new();
    for index in &left {
        let dependants = links.dependants[*index].iter().filter(|other| alive.contains(other));
        for dependant in dependants {
            *readers.entry(*index).or_default() += 1;
            read_by.entry(*dependant).or_default().push(*index);
        }
    }
    let unread = |index: &usize| !readers.contains_key(index);
    let mut ends: Vec<usize> = left.iter().copied().filter(unread).collect();
    while let Some(end) = ends.pop() {
        alive.remove(&end);
        for needed in read_by.get(&end).into_iter().flatten() {
            let Some(count) = readers.get_mut(needed) else { continue };
            *count -= 1;
            if *count == 0 {
                ends.push(*needed);
            }
        }
    }
    left.into_iter().filter(|index| alive.contains(index)).collect()
}

fn find_stale(
    workbook: &Workbook,
    cells: &[FormulaCell],
    circular: &[usize],
    limits: &Limits,
    result: &mut Recalculated,
) {
    let source = WorkbookSource::new(workbook, 0);
    let mut differing = Vec::new();
    let circular: HashSet<usize> = circular.iter().copied().collect();
    for (index, cell) in cells.iter().enumerate() {
        if circular.contains(&index) {
            continue;
        }
        let CellPlace { sheet, at } = cell.place;
        match source.evaluate(&cell.formula, sheet, at, limits) {
            Ok(calculated) if !same_result(&cell.stored, &calculated) => {
                let stored = cell.stored.clone();
                differing.push((index, Stale { place: cell.place, stored, calculated }));
            }
            Ok(_) => {}
            Err(reason) => result.not_judged.push(NotJudged { place: cell.place, reason }),
        }
    }
    for (tried, (index, stale)) in differing.into_iter().enumerate() {
        if tried >= MAX_EXPLAINED {
            let reason = Unsupported::new("differing results beyond the limit", "");
            result.not_judged.push(NotJudged { place: stale.place, reason });
        } else if hangs_on_lost_digits(workbook, &cells[index], &stale.calculated, limits) {
            let reason = Unsupported::new("digits beyond the fifteenth", "");
            result.not_judged.push(NotJudged { place: stale.place, reason });
        } else if !holds_with_empty_texts(workbook, &cells[index], limits) {
            result.stale.push(stale);
        }
    }
}

/// Shares of a number that the digits beyond the fifteenth may hold: of a whole one less than shows in a
/// comparison, of another one more.
const LOST_WHOLE: Decimal = Decimal::from_parts(4, 0, 0, false, 16);
const LOST: Decimal = Decimal::from_parts(6, 0, 0, false, 15);

/// True when digits that results have beyond the fifteenth, which no reader keeps, may decide what a
/// formula gives: `IF(A1-B1=0,…)` where both are 0,3 up to there.
fn hangs_on_lost_digits(
    workbook: &Workbook,
    cell: &FormulaCell,
    calculated: &Value,
    limits: &Limits,
) -> bool {
    let CellPlace { sheet, at } = cell.place;
    [0, 1].into_iter().any(|turn| {
        let source = WorkbookSource::new(workbook, 0).without_settling();
        let noisy = cell.reads.iter().flat_map(|(sheet, range)| {
            let rows = range.start.row..=range.end.row;
            let own = workbook.sheets.get(*sheet).map_or(&[][..], |own| own.rows(rows));
            let inside = own.iter().filter(|(at, _)| range.contains(*at));
            inside.take(MAX_EXPLAINED).map(move |(at, cell)| (*sheet, *at, cell))
        });
        for (count, (sheet, at, own)) in noisy.enumerate() {
            if let Some(number) = with_lost_digits(workbook, at, own, (count + turn) % 2 == 0) {
                source.change(sheet, at, Value::Number(number));
            }
        }
        let result = source.evaluate(&cell.formula, sheet, at, limits);
        !result.is_ok_and(|value| same_result(calculated, &value))
    })
}

/// A number with more digits than are known of it; `None` for one typed with fewer, and for what its
/// formula rounds.
fn with_lost_digits(workbook: &Workbook, at: Address, cell: &Cell, up: bool) -> Option<Decimal> {
    const FIFTEEN: u128 = 10_u128.pow(14);
    let Value::Number(number) = cell.value else { return None };
    let is_exact = match formula_of(workbook, (at, cell)) {
        None => number.mantissa().unsigned_abs() < FIFTEEN,
        Some(formula) => formula.is_ok_and(|formula| formula.rounds()),
    };
    if is_exact {
        return None;
    }
    let share = if number.is_integer() { LOST_WHOLE } else { LOST };
    let share = if up { share } else { -share };
    number.checked_mul(Decimal::ONE + share)
}

/// True when the stored result follows once the blanks that are read are empty texts: a reader
/// cannot tell a cell that holds `""` from one that holds nothing, a formula can (`""+1` is
/// `#VALUE!`).
fn holds_with_empty_texts(workbook: &Workbook, cell: &FormulaCell, limits: &Limits) -> bool {
    let source = WorkbookSource::new(workbook, 0);
    let mut found = 0;
    for (sheet, range) in &cell.reads {
        let Some(own) = workbook.sheets.get(*sheet) else { continue };
        let Some(Range { start, end }) = own.used().and_then(|used| meet(used, *range)) else {
            // Beyond all values only cells named one by one matter.
            source.change(*sheet, range.start, Value::Text(String::new()));
            found += 1;
            continue;
        };
        let rows = (start.row..=end.row).take(MAX_EXPLAINED);
        let cells = rows.flat_map(|row| {
            (start.column..=end.column).map(move |column| Address::new(row, column))
        });
        for at in cells.filter(|at| own.cell(*at).is_none()).take(MAX_EXPLAINED) {
            source.change(*sheet, at, Value::Text(String::new()));
            found += 1;
        }
    }
    let CellPlace { sheet, at } = cell.place;
    let result = source.evaluate(&cell.formula, sheet, at, limits);
    found > 0 && result.is_ok_and(|value| same_result(&cell.stored, &value))
}

/// True when a stored result is what was calculated, but for the last digits; a blank one is an
/// empty text or was not stored, and is no result to judge.
pub(super) fn same_result(stored: &Value, calculated: &Value) -> bool {
    match (stored, calculated) {
        // Which of two errors wins is no staleness.
        (Value::Blank | Value::Unknown(_), _) | (Value::Error(_), Value::Error(_)) => true,
        (Value::Number(a) | Value::Date(a), Value::Number(b) | Value::Date(b)) => {
            let (a, b) = (to_double(*a), to_double(*b));
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
        }
        (stored, calculated) => stored == calculated,
    }
}

struct Plan<'a> {
    cells: &'a [FormulaCell],
    links: &'a Links,
    order: &'a [usize],
    circular: &'a [usize],
}

fn follow_changes(
    workbook: &Workbook,
    changes: &[Change],
    plan: &Plan<'_>,
    limits: &Limits,
    result: &mut Recalculated,
) {
    if changes.is_empty() {
        return;
    }
    let source = WorkbookSource::new(workbook, 0);
    for Change { place, value } in changes {
        source.change(place.sheet, place.at, value.clone());
    }
    let affected = affected(changes, plan);
    for index in plan.circular.iter().filter(|index| affected.contains(index)) {
        let CellPlace { sheet, at } = plan.cells[*index].place;
        source.lay_over(sheet, at, Err(Unsupported::new("circular reference", &at.to_string())));
    }
    for index in plan.order.iter().filter(|index| affected.contains(index)) {
        let cell = &plan.cells[*index];
        let CellPlace { sheet, at } = cell.place;
        let value = source.evaluate(&cell.formula, sheet, at, limits);
        source.lay_over(sheet, at, value.clone());
        match value {
            Ok(value) => result.values.push((cell.place, value)),
            Err(reason) => result.not_judged.push(NotJudged { place: cell.place, reason }),
        }
    }
}

/// Formulas that read a changed cell or change by themselves, and formulas that read such. A
/// changed cell is no formula any more.
fn affected(changes: &[Change], plan: &Plan<'_>) -> HashSet<usize> {
    let replaced: HashSet<CellPlace> = changes.iter().map(|change| change.place).collect();
    let reads_changed = |cell: &FormulaCell| {
        cell.reads.iter().any(|(sheet, range)| {
            replaced.iter().any(|place| place.sheet == *sheet && range.contains(place.at))
        })
    };
    let starts = |cell: &FormulaCell| reads_changed(cell) || cell.formula.volatile().is_some();
    let mut found = HashSet::new();
    let mut pending: Vec<usize> =
        (0..plan.cells.len()).filter(|index| starts(&plan.cells[*index])).collect();
    while let Some(index) = pending.pop() {
        if replaced.contains(&plan.cells[index].place) || !found.insert(index) {
            continue;
        }
        pending.extend(&plan.links.dependants[index]);
    }
    found
}
