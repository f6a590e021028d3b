//! Recalculation in the order cells depend on each other: what a correction changes elsewhere, and
//! which stored results are stale.

use std::collections::{BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::cells::{CellPlace, FormulaCell, NotJudged, formula_cells, formulas, ranges};
use super::evaluate::meet;
use super::forms;
use super::order::{Links, ordered};
use super::scalar::{NO_RESULT, Scalar, to_double};
use super::source::{WorkbookSource, formula_of};
use super::{Limits, Unsupported};
use crate::workbook::{Address, Cell, Range, Value, Workbook};

/// Differing results that are looked at a second time, and blanks tried in each.
const MAX_EXPLAINED: usize = 2_000;

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
    let cell =
        |place: &CellPlace| Some((*place, workbook.sheets.get(place.sheet)?.cell(place.at)?));
    let cells = formula_cells(workbook, wanted.iter().filter_map(cell), &mut not_read);
    let source = WorkbookSource::new(workbook, 0);
    let missing = |at: Address| Unsupported::new(NO_RESULT, &at.to_string());
    let cover = |place: CellPlace| source.lay_over(place.sheet, place.at, Err(missing(place.at)));
    wanted.iter().copied().for_each(cover);
    let mut completed = Completed { unknown: not_read, ..Completed::default() };
    let links = match Links::of(workbook, &cells) {
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
    let cells = formula_cells(workbook, formulas(workbook), &mut result.not_judged);
    if changes.is_empty() && forms::are_in_order(workbook, &cells) {
        find_stale(workbook, &cells, &[], limits, &mut result);
    } else {
        along_links(workbook, &cells, changes, limits, &mut result);
    }
    result.values.sort_by_key(|(place, _)| *place);
    result.not_judged.sort_by_key(|not_judged| not_judged.place);
    result.not_judged.dedup_by_key(|not_judged| not_judged.place);
    result
}

/// What [`recalculate`] calculates from changed cells, without looking for results that were stale
/// before.
#[must_use]
pub fn results_of(
    workbook: &Workbook,
    changes: &[Change],
    limits: &Limits,
) -> Vec<(CellPlace, Value)> {
    let mut result = Recalculated::default();
    let cells = formula_cells(workbook, formulas(workbook), &mut result.not_judged);
    if let (false, Ok(links)) = (changes.is_empty(), Links::of(workbook, &cells)) {
        let (order, circular) = ordered(&links);
        let plan = Plan { cells: &cells, links: &links, order: &order, circular: &circular };
        follow_changes(workbook, changes, &plan, limits, &mut result);
    }
    result.values.sort_by_key(|(place, _)| *place);
    result.values
}

fn along_links(
    workbook: &Workbook,
    cells: &[FormulaCell<'_>],
    changes: &[Change],
    limits: &Limits,
    result: &mut Recalculated,
) {
    match Links::of(workbook, cells) {
        Ok(links) => {
            let (order, circular) = ordered(&links);
            result.circular = circular.iter().map(|index| cells[*index].place).collect();
            find_stale(workbook, cells, &circular, limits, result);
            let plan = Plan { cells, links: &links, order: &order, circular: &circular };
            follow_changes(workbook, changes, &plan, limits, result);
        }
        Err(reason) => {
            find_stale(workbook, cells, &[], limits, result);
            // What depends on what is not known: after a change no result is.
            let unknown = cells.iter().filter(|_| !changes.is_empty());
            let not_judged =
                |cell: &FormulaCell| NotJudged { place: cell.place, reason: reason.clone() };
            result.not_judged.extend(unknown.map(not_judged));
        }
    }
}

fn find_stale(
    workbook: &Workbook,
    cells: &[FormulaCell<'_>],
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
        let calculated = match source.calculate_in(&cell.formula, (sheet, at), limits) {
            // Nearly all results are as stored, which is told without rounding them as a cell does.
            Ok(Scalar::Number(number)) if is_nearly(cell.stored, number) => continue,
            calculated => calculated.and_then(Scalar::into_value),
        };
        match calculated {
            Ok(calculated) if !same_result(cell.stored, &calculated) => {
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
    cell: &FormulaCell<'_>,
    calculated: &Value,
    limits: &Limits,
) -> bool {
    let CellPlace { sheet, at } = cell.place;
    let reads = ranges(workbook, sheet, &cell.formula);
    [0, 1].into_iter().any(|turn| {
        let source = WorkbookSource::new(workbook, 0).without_settling();
        let noisy = reads.iter().flat_map(|(sheet, range)| {
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
fn holds_with_empty_texts(workbook: &Workbook, cell: &FormulaCell<'_>, limits: &Limits) -> bool {
    let source = WorkbookSource::new(workbook, 0);
    let mut found = 0;
    for (sheet, range) in ranges(workbook, cell.place.sheet, &cell.formula) {
        let Some(own) = workbook.sheets.get(sheet) else { continue };
        let Some(Range { start, end }) = own.used().and_then(|used| meet(used, range)) else {
            // Beyond all values only cells named one by one matter.
            source.change(sheet, range.start, Value::Text(String::new()));
            found += 1;
            continue;
        };
        let kept = |row: &u32| own.run_at(*row).is_none();
        let rows = (start.row..=end.row).filter(kept).take(MAX_EXPLAINED);
        let cells = rows.flat_map(|row| {
            (start.column..=end.column).map(move |column| Address::new(row, column))
        });
        for at in cells.filter(|at| own.cell(*at).is_none()).take(MAX_EXPLAINED) {
            source.change(sheet, at, Value::Text(String::new()));
            found += 1;
        }
    }
    let CellPlace { sheet, at } = cell.place;
    let result = source.evaluate(&cell.formula, sheet, at, limits);
    found > 0 && result.is_ok_and(|value| same_result(cell.stored, &value))
}

/// True when a stored result is what was calculated, but for the last digits; a blank one is an
/// empty text or was not stored, and is no result to judge.
pub(super) fn same_result(stored: &Value, calculated: &Value) -> bool {
    match (stored, calculated) {
        // Which of two errors wins is no staleness.
        (Value::Blank | Value::Unknown(_), _) | (Value::Error(_), Value::Error(_)) => true,
        (Value::Number(a) | Value::Date(a), Value::Number(b) | Value::Date(b)) => {
            differ_by_at_most(SAME, to_double(*a), to_double(*b))
        }
        (stored, calculated) => stored == calculated,
    }
}

/// The share of a number that results may differ by.
const SAME: f64 = 1e-9;

fn differ_by_at_most(share: f64, a: f64, b: f64) -> bool {
    (a - b).abs() <= share * a.abs().max(b.abs()).max(1.0)
}

/// True where a stored number is what was calculated, however the calculated one is rounded to 15 digits;
/// one too large for a cell is rounded to none.
fn is_nearly(stored: &Value, calculated: f64) -> bool {
    const LARGEST: f64 = 1e28;
    matches!(stored, Value::Number(stored)
        if calculated.abs() < LARGEST && differ_by_at_most(SAME / 2.0, to_double(*stored), calculated))
}

struct Plan<'a> {
    cells: &'a [FormulaCell<'a>],
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
    let reads_changed = |index: usize| {
        plan.links.reads[index].iter().any(|(sheet, range)| {
            replaced.iter().any(|place| place.sheet == *sheet && range.contains(place.at))
        })
    };
    let starts =
        |index: usize| reads_changed(index) || plan.cells[index].formula.volatile().is_some();
    let mut found = HashSet::new();
    let mut pending: Vec<usize> = (0..plan.cells.len()).filter(|index| starts(*index)).collect();
    while let Some(index) = pending.pop() {
        if replaced.contains(&plan.cells[index].place) || !found.insert(index) {
            continue;
        }
        pending.extend(&plan.links.dependants[index]);
    }
    found
}
