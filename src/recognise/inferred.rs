//! What the figures and headings of a table tell of how it is computed, where nothing printed does:
//! the table put to the search of [`crate::found`], and its answers put back into columns and rows.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};

use super::columns::printed_decimals;
use super::counting::Counting;
use super::row_sums::{
    Beside, Compared, computes_like, group_among_others, group_below_total, group_beside_others,
    named_sum,
};
use super::structure::marks_of;
use crate::found::policy::{self, Level, Reason, Verdict};
use crate::found::{self, Axis, Figure, Grid, Nature, Relation, StatedSum};
use crate::lang::{Lang, Text};
use crate::table::{
    Basis, Doubt, Inference, Inferred, Kind, Linear, Place, Reading, Row, Shape, Table, Told, Voice,
};
use crate::words::{fold, is_total};

/// Columns of figures that a form may leave out because nothing is computed from them, as the persons
/// beside the households: what stands alone in them is not searched for.
const LEFT_BY_A_FORM: usize = 1;

/// Searches a table for relations where a column of figures stands in no formula; those found go
/// into the table, and columns that turn out to be ratios are none that add up.
pub(super) fn read(table: &mut Table) {
    let open = covered(table).iter().filter(|covered| !**covered).count();
    if open == 0 || open <= LEFT_BY_A_FORM && table.has_form() {
        return;
    }
    let seen = Seen::of(table);
    let found = seen.as_stored(found::search(&seen.grid));
    let verdicts = policy::judge(&seen.grid, &found);
    let by_figures = told(&seen, &found, &verdicts, Told::Figures);
    let stated = found::headings::stated(&seen.grid);
    let verdicts = policy::judge_stated(&seen.grid, &stated);
    let by_headings = told(&seen, &stated, &verdicts, Told::Headings);
    add(table, by_figures);
    add(table, by_headings);
}

/// Adds relations but those that a surer source told of the same lines.
pub(super) fn add(table: &mut Table, more: Vec<Inferred>) {
    let known: BTreeSet<_> = table.inferred.iter().filter(|one| one.speaks()).map(lines).collect();
    let (again, mut more): (Vec<Inferred>, Vec<Inferred>) =
        more.into_iter().partition(|one| known.contains(&lines(one)));
    more.extend(again.into_iter().flat_map(|one| typed_over(table, one)));
    for one in more.iter_mut().filter(|one| one.by != Told::Cells) {
        if is_outranked(table, one) {
            one.voice = Voice::Explains;
        }
    }
    table.inferred.extend(more);
    set_kinds(table);
}

/// What is left of a relation that live formulas state too, perhaps for another of its lines (`=C5*D5`
/// in the amounts, where the figures tell the prices). Typed over a formula is the figure that it would
/// compute; beside a formula of another kind, as that of a total, it is the one found. In a total it may
/// be computed as well, across its row where the others are added down, unless its parts are too.
fn typed_over(table: &Table, found: Inferred) -> Vec<Inferred> {
    let is_same = |one: &&Inferred| one.by == Told::Cells && lines(one) == lines(&found);
    let live = table.inferred.iter().filter(|one| one.speaks()).find(is_same);
    let Some(live) = live.filter(|_| found.voice >= Voice::Warns) else { return Vec::new() };
    if found.by == Told::Headings && !found.of_rows {
        return Vec::new();
    }
    let is_typed = |place: Place| table.datum(place).formula.is_none();
    let computed = |place: Place| table.figure(place).zip(value(table, live, place));
    let agrees = |place: Place| {
        computed(place).is_some_and(|(figure, value)| {
            let places = figure.decimals.min(TELLING_DECIMALS);
            figure.shown.round_dp_with_strategy(places, HALF_UP)
                == value.round_dp_with_strategy(places, HALF_UP)
        })
    };
    // What formats show in per cent is computed as a fraction.
    let all = (0..trials(table, live)).map(|trial| live.cell(Place::new(trial, trial)));
    if all.filter(|place| !is_typed(*place) && agrees(*place)).count() < live.fits {
        return Vec::new();
    }
    let (mut over, mut beside) = (Vec::new(), Vec::new());
    let is_told = |place: &Place| live.doubts.iter().any(|doubt| doubt.place == *place);
    let doubts = found.doubts.iter().map(|doubt| (doubt, live.cell(doubt.place)));
    for (doubt, place) in doubts.filter(|(_, place)| !is_told(place)) {
        let Some((figure, value)) = computed(place).filter(|_| !agrees(place)) else { continue };
        let is_other = || found.of_rows && !computes_like(table, place.row, place.column);
        if place == doubt.place && (is_typed(place) || is_other()) {
            over.push(doubt.clone());
        } else if is_typed(place) {
            let (found, expected) = (figure.shown, figure.as_shown(value));
            over.push(Doubt { place, found, expected, formula: None, certain: false });
        } else if is_typed(doubt.place) {
            beside.push(doubt.clone());
        }
    }
    let over = Inferred {
        text: live.text.clone(),
        target: live.target,
        says: live.says.clone(),
        doubts: over,
        witness: None,
        ..found.clone()
    };
    let both = [over, Inferred { doubts: beside, witness: None, ..found }];
    both.into_iter().filter(|one| !one.doubts.is_empty()).collect()
}

/// Decimals beyond these are those of binary fractions.
const TELLING_DECIMALS: u32 = 6;

const HALF_UP: RoundingStrategy = RoundingStrategy::MidpointAwayFromZero;

/// How many cells a relation can be tried on.
fn trials(table: &Table, one: &Inferred) -> usize {
    if one.of_rows { table.columns.len() } else { table.rows.len() }
}

/// What a relation gives a cell of its target, not rounded.
fn value(table: &Table, one: &Inferred, target: Place) -> Option<Decimal> {
    let Inference::Is(shape) = &one.says else { return None };
    let number = |line: usize| {
        table.number(if one.of_rows {
            Place::new(line, target.column)
        } else {
            Place::new(target.row, line)
        })
    };
    match shape {
        Shape::Linear(sum) => sum.value(number),
        Shape::Product(factors) => factors
            .iter()
            .try_fold(Decimal::ONE, |all, factor| all.checked_mul(factor.value(number)?)),
        Shape::Ratio { numerator, denominator, scale } => {
            let above = numerator.value(number)?.checked_mul(scale.unwrap_or(Decimal::ONE))?;
            above.checked_div(denominator.value(number)?)
        }
    }
}

/// True where the cells that differ follow live formulas of their line, which say otherwise. Not so of
/// totals that names or marks tell: their formulas may all leave out the same row.
fn is_outranked(table: &Table, one: &Inferred) -> bool {
    let stated = |row: &Row| !row.parts.is_empty() && row.basis != Basis::Figures;
    if one.of_rows && stated(&table.rows[one.target]) {
        return false;
    }
    let live = |other: &&Inferred| {
        other.by == Told::Cells && (other.of_rows, other.target) == (one.of_rows, one.target)
    };
    let follows = |live: &Inferred, doubt: &Doubt| {
        let accused = live.doubts.iter().any(|other| other.place == doubt.place);
        table.datum(doubt.place).formula.is_some() && !accused
    };
    let mut live = table.inferred.iter().filter(live);
    !one.doubts.is_empty() && live.any(|live| one.doubts.iter().all(|doubt| follows(live, doubt)))
}

/// Drops what the rows turned out to print: sums of rows that names and marks tell. Where the table
/// prints no labels, its sums of rows convict only where they are named `Tổng cộng` or `Cộng` and the
/// figures bear them out beyond chance; sums that only figures tell never do.
pub(super) fn settle(table: &mut Table, printed_only: bool) {
    let made = table.labels_are_made();
    if !made {
        drop_printed(table);
    }
    if !printed_only {
        weigh_sums(table, |row| made || row.basis == Basis::Figures);
    }
}

fn drop_printed(table: &mut Table) {
    let told = |row: &Row| !row.parts.is_empty() && row.basis != Basis::Figures;
    let printed: BTreeSet<BTreeSet<usize>> = table
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| told(row))
        .map(|(at, row)| row.parts.iter().copied().chain([at]).collect())
        .collect();
    for one in table.inferred.iter_mut().filter(|one| one.of_rows) {
        // Which rows are totals their names and marks have told.
        one.voice = one.voice.min(Voice::Warns);
    }
    let rows = &table.rows;
    table.inferred.retain(|one| {
        let target = |row: &Row| told(row) || row.formula.is_some();
        !one.of_rows || !target(&rows[one.target]) && !printed.contains(&lines(one).1)
    });
}

/// Replaces what was found of some rows that sum others by those sums, each with its evidence.
fn weigh_sums(table: &mut Table, wanted: impl Fn(&Row) -> bool) {
    if !table.rows.iter().any(|row| !row.parts.is_empty() && wanted(row)) {
        return;
    }
    let seen = Seen::of(table);
    let linear = |one: &&Inferred| {
        let is_sum = matches!(&one.says, Inference::Is(Shape::Linear(_)));
        !one.of_rows && one.speaks() && is_sum
    };
    let computed: BTreeSet<usize> =
        table.inferred.iter().filter(linear).map(|one| one.target).collect();
    let follows = |column: usize| computed.contains(&column);
    let summing = |row: &Row| !row.parts.is_empty() && wanted(row);
    let sums = table.rows.iter().enumerate().filter(|(_, row)| summing(row));
    let sums: Vec<StatedSum<'_>> = sums
        .map(|(target, row)| {
            let family = (row.basis == Basis::Marks).then(|| marks_of(table, &row.parts));
            StatedSum { target, parts: &row.parts, family }
        })
        .collect();
    let stated = found::stated_sums(&seen.grid, &sums, &follows);
    let verdicts = policy::judge(&seen.grid, &stated);
    let sum = |(at, one): (usize, &Relation)| {
        let verdict = verdicts.iter().find(|verdict| verdict.relation == at);
        let beside = table.rows[one.target].basis == Basis::Figures;
        // Such a sum stands beside others that are certain, or holds throughout.
        if !beside {
            return inferred(&seen, one, verdict, Told::Figures);
        }
        let warns = verdict.map(|verdict| Verdict { reasons: Vec::new(), ..verdict.clone() });
        let sum = inferred(&seen, one, warns.as_ref(), Told::Figures);
        Inferred { voice: Voice::Warns, ..sum }
    };
    let named = |at: &usize| table.labels_are_made() && table.rows[*at].basis == Basis::Name;
    // Of a total that its name tells and few columns prove the cells that differ are told by the name.
    let by_name = |(at, one): &(usize, &Relation)| {
        let few = |verdict: &Verdict| verdict.relation == *at && is_for_few(one, verdict);
        named(&one.target) && verdicts.iter().any(few)
    };
    let proven = stated.iter().enumerate().filter(|one| !by_name(one));
    let mut sums: Vec<Inferred> = proven.map(sum).collect();
    sums.retain(|one| one.speaks() || !named(&one.target));
    let marked = |at: &usize| summing(&table.rows[*at]) && table.rows[*at].basis == Basis::Marks;
    let groups = (0..table.rows.len()).filter(marked);
    let groups: Vec<Compared> = groups.map(|group| Compared::of(table, group)).collect();
    let speaking: BTreeSet<usize> =
        sums.iter().filter(|one| one.speaks()).map(|one| one.target).collect();
    let beside = Beside::of(table, &groups);
    let of_group = |group: &Compared| {
        let is_silent = !speaking.contains(&group.row);
        let among_others =
            || is_silent.then(|| group_among_others(table, &seen.grid, group, &beside)).flatten();
        group_below_total(table, group).or_else(among_others)
    };
    let groups: Vec<Inferred> = groups.iter().filter_map(of_group).collect();
    sums.retain(|one| groups.iter().all(|group| group.target != one.target));
    sums.extend(groups);
    let weighed: BTreeSet<usize> = sums.iter().map(|one| one.target).collect();
    let silent = (0..table.rows.len())
        .filter(|at| summing(&table.rows[*at]) && named(at) && !weighed.contains(at));
    sums.extend(silent.filter_map(|at| named_sum(table, at)));
    let bare =
        table.rows.iter().enumerate().filter(|(at, row)| {
            summing(row) && row.basis == Basis::Figures && !weighed.contains(at)
        });
    sums.extend(bare.map(|(at, _)| group_beside_others(table, at)));
    let known: BTreeSet<usize> = sums.iter().map(|one| one.target).collect();
    let printed: BTreeSet<_> = sums.iter().map(lines).collect();
    table.inferred.retain(|one| {
        one.by == Told::Cells
            || !one.of_rows
            || !known.contains(&one.target) && !printed.contains(&lines(one))
    });
    add(table, sums);
}

/// True where too few columns tell for those that differ, and nothing else speaks against them.
fn is_for_few(one: &Relation, verdict: &Verdict) -> bool {
    let few = [Reason::FewFigures, Reason::ManyDiffer];
    let others_fit = verdict.misfits.len() * FITS_OF_FEW <= one.evidence.fits.len();
    others_fit
        && verdict.reasons.contains(&Reason::ManyDiffer)
        && verdict.reasons.iter().all(|reason| few.contains(reason))
}

/// Columns that fit for each that differs from a total that its name alone tells.
const FITS_OF_FEW: usize = 3;

/// Of each column whether nothing is sought for it: texts, and what formulas compute or read.
fn covered(table: &Table) -> Vec<bool> {
    let mut covered: Vec<bool> =
        table.columns.iter().map(|column| column.kind == Kind::Text).collect();
    for (target, column) in table.columns.iter().enumerate() {
        let Some(formula) = &column.formula else { continue };
        covered[target] = true;
        formula.shape.read(|column| covered[column] = true);
    }
    covered
}

/// The axis and all lines of a relation: what is written for another of its lines is the same.
fn lines(one: &Inferred) -> (bool, BTreeSet<usize>) {
    (one.of_rows, one.terms().into_iter().chain([one.target]).collect())
}

/// A table as the search sees it.
struct Seen<'a> {
    table: &'a Table,
    /// As the paper shows it, column by column and row by row.
    grid: Grid,
    stored: OnceCell<Grid>,
}

impl<'a> Seen<'a> {
    fn of(table: &'a Table) -> Self {
        let grid = grid_of(table, |figure| figure.shown);
        Self { table, grid, stored: OnceCell::new() }
    }

    /// The same with the figures that the file holds.
    fn stored(&self) -> &Grid {
        self.stored.get_or_init(|| grid_of(self.table, crate::table::Figure::exact))
    }

    /// Relations from which no cell differs that they fit as the file holds the figures, where the
    /// paper shows fewer decimals.
    fn as_stored(&self, mut relations: Vec<Relation>) -> Vec<Relation> {
        for one in &mut relations {
            let misfits = std::mem::take(&mut one.evidence.misfits);
            let (held, left): (Vec<_>, Vec<_>) =
                misfits.into_iter().partition(|misfit| holds_as_stored(self, one, misfit));
            let held: Vec<usize> = held.iter().map(|misfit| trial(one, misfit)).collect();
            one.evidence.fits.extend(held);
            one.evidence.misfits = left;
        }
        relations
    }
}

fn grid_of(table: &Table, value: fn(&crate::table::Figure) -> Decimal) -> Grid {
    let counting = Counting::of(table);
    let columns = (0..table.columns.len()).map(|at| column(table, &counting, at)).collect();
    let unit = unit_column(table);
    let row = |(at, row): (usize, &Row)| found::Row {
        name: row.name.clone(),
        unit: unit.map_or_else(String::new, |unit| table.grid[at][unit].printed().into_owned()),
        line: row.line.clone(),
    };
    let mut grid = Grid::new(columns, table.rows.iter().enumerate().map(row).collect());
    for (at, row) in table.rows.iter().enumerate() {
        if row.holds_no_cells() {
            continue;
        }
        for (column, datum) in table.grid[at].iter().enumerate() {
            let figure = match &datum.reading {
                Reading::Number(figure) => {
                    Figure { value: value(figure), decimals: figure.decimals }
                }
                Reading::Dash => Figure::new(Decimal::ZERO),
                _ => continue,
            };
            grid.set(at, column, Some(figure));
        }
    }
    grid
}

fn column(table: &Table, counting: &Counting<'_>, at: usize) -> found::Column {
    let column = &table.columns[at];
    let mut headings: Vec<String> = column.headings.to_vec();
    if headings.is_empty() {
        headings.push(column.label.clone());
    }
    let mut told = found::Column::headed(headings, column.kind == Kind::Amount);
    match column.kind {
        Kind::Text => told.nature = Nature::Lead,
        Kind::Rate => told.nature = Nature::Rate,
        Kind::Average => told.nature = Nature::Average,
        Kind::Count | Kind::Amount => {}
    }
    told.is_counted = counting.counts(at);
    told
}

/// The column that says in what the figures of each row are measured.
fn unit_column(table: &Table) -> Option<usize> {
    let is_unit = |heading: &String| {
        let heading = fold(heading);
        ["đơn vị tính", "đvt", "đv tính"].iter().any(|name| heading.contains(name))
    };
    let texts = table.columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Text);
    texts.filter(|(_, column)| column.headings.iter().any(is_unit)).map(|(at, _)| at).next()
}

/// Relations in terms of the table, without those among columns that are told by formulas.
fn told(seen: &Seen<'_>, relations: &[Relation], verdicts: &[Verdict], by: Told) -> Vec<Inferred> {
    let table = seen.table;
    let covered = covered(table);
    let is_new = |one: &Relation| {
        one.axis == Axis::Rows
            || table.columns[one.target].formula.is_none()
                && one.lines().any(|column| !covered[column])
    };
    let of = |at: usize| verdicts.iter().find(|verdict| verdict.relation == at);
    let relations = relations.iter().enumerate().filter(|(_, one)| is_new(one));
    relations.map(|(at, one)| inferred(seen, one, of(at), by)).collect()
}

fn inferred(seen: &Seen<'_>, one: &Relation, verdict: Option<&Verdict>, by: Told) -> Inferred {
    let (table, grid) = (seen.table, &seen.grid);
    let says = says(one);
    let reasons = verdict.map_or(&[][..], |verdict| &verdict.reasons);
    // Where many cells differ, or by what rounding gives, nobody need look at each of them.
    let idle = [Reason::ManyDiffer, Reason::WithinRounding, Reason::Rounded];
    let told = !reasons.iter().any(|reason| idle.contains(reason));
    let misfits = verdict.map_or(&[][..], |verdict| &verdict.misfits);
    // The sum of products is no product of sums.
    let of_sums = |misfit: &found::Misfit| {
        one.kind == found::Kind::Product && is_total(&table.rows[misfit.row].name)
    };
    let misfits = misfits.iter().filter(|misfit| told && !of_sums(misfit));
    let witness = verdict.filter(|verdict| verdict.bears).and_then(|one| one.misfits.first());
    let doubt = |misfit: &found::Misfit| Doubt {
        place: Place::new(misfit.row, misfit.column),
        found: misfit.found,
        expected: misfit.expected,
        formula: None,
        certain: false,
    };
    let in_both = |text: &dyn Fn(Lang) -> String| Text::new(text(Lang::Vi), text(Lang::En));
    Inferred {
        text: text(table, one).into(),
        of_rows: one.axis == Axis::Rows,
        target: one.target,
        says,
        by,
        voice: voice(grid, one, verdict, by),
        bits: (by == Told::Figures).then_some(one.evidence.bits),
        fits: one.evidence.fits.len(),
        of: one.evidence.of(),
        statement: in_both(&|lang| found::statement(grid, one, lang)),
        reasons: reasons
            .iter()
            .map(|reason| in_both(&|lang| reason.text(lang).to_owned()))
            .collect(),
        doubts: misfits.map(doubt).collect(),
        witness: witness.map(doubt),
    }
}

/// The trial of a misfit.
fn trial(one: &Relation, misfit: &found::Misfit) -> usize {
    if one.axis == Axis::Columns { misfit.row } else { misfit.column }
}

/// True for a cell that shows what the figures give as the file holds them, with the decimals that
/// formats hide.
fn holds_as_stored(seen: &Seen<'_>, one: &Relation, misfit: &found::Misfit) -> bool {
    let trial = trial(one, misfit);
    let figure = |line: usize| {
        let (row, column) = one.place(line, trial);
        seen.table.figure(Place::new(row, column))
    };
    if !one.lines().filter_map(figure).any(crate::table::Figure::hides) {
        return false;
    }
    let expected = one.expected(seen.stored(), trial);
    let target = figure(one.target);
    target.zip(expected).is_some_and(|(target, value)| target.as_shown(value) == target.shown)
}

/// What may be made of a cell that differs.
fn voice(grid: &Grid, one: &Relation, verdict: Option<&Verdict>, by: Told) -> Voice {
    let only_few =
        |verdict: &Verdict| verdict.reasons.iter().all(|reason| *reason == Reason::FewFigures);
    let speaks = by == Told::Headings || policy::speaks(one);
    if by == Told::Figures && speaks && names_total(grid, one) && verdict.is_none_or(only_few) {
        return Voice::Convicts;
    }
    match verdict.map(|verdict| verdict.level) {
        _ if !speaks => Voice::Explains,
        Some(Level::Explain) => Voice::Explains,
        Some(Level::Note) => Voice::Notes,
        Some(Level::Warn) | None => Voice::Warns,
    }
}

/// True for a sum whose headings or whose row name it, `Tổng cộng` over its parts.
fn names_total(grid: &Grid, one: &Relation) -> bool {
    let adds = |heading: &String| is_total(heading) && fold(heading).contains("cộng");
    let named = match one.axis {
        Axis::Columns => grid.columns()[one.target].headings.iter().rev().take(2).any(adds),
        Axis::Rows => adds(&grid.rows()[one.target].name),
    };
    named && one.kind == found::Kind::Sum && one.evidence.words
}

fn says(one: &Relation) -> Inference {
    let scale = Some(Decimal::from(one.scale));
    let column =
        |at: usize| one.terms.get(at).map_or_else(Linear::default, |t| Linear::column(t.line));
    let sum = || Linear {
        terms: one
            .terms
            .iter()
            .map(|term| (term.line, if term.added { Decimal::ONE } else { Decimal::NEGATIVE_ONE }))
            .collect(),
        constant: Decimal::ZERO,
    };
    let shape = match one.kind {
        found::Kind::Sum | found::Kind::Difference | found::Kind::Balance => Shape::Linear(sum()),
        found::Kind::Ratio => Shape::Ratio { numerator: column(0), denominator: column(1), scale },
        found::Kind::Growth => {
            let change = column(0).plus(&column(1), Decimal::NEGATIVE_ONE).unwrap_or_default();
            Shape::Ratio { numerator: change, denominator: column(1), scale }
        }
        found::Kind::Product => {
            let scale = (one.scale != 1)
                .then(|| Decimal::ONE.checked_div(one.scale.into()))
                .map(|factor| Linear::constant(factor.unwrap_or_default()));
            Shape::Product([column(0), column(1)].into_iter().chain(scale).collect())
        }
        found::Kind::Mean => {
            let count = Linear::constant(one.terms.len().into());
            Shape::Ratio { numerator: sum(), denominator: count, scale: Some(Decimal::ONE) }
        }
        found::Kind::Share => {
            let part = one.terms.first().map_or(0, |term| term.line);
            return Inference::Share {
                part,
                whole: one.whole.unwrap_or_default(),
                scale: one.scale.into(),
            };
        }
        found::Kind::AtMost => return Inference::AtMost(sum()),
    };
    Inference::Is(shape)
}

/// Terms beyond these are not listed.
const LISTED: usize = 6;

/// As an official writes it: `4=3/1`.
fn text(table: &Table, one: &Relation) -> String {
    let name = |line: usize| match one.axis {
        Axis::Columns => table.columns[line].name().to_owned(),
        Axis::Rows if table.rows[line].name.is_empty() => {
            (table.rows[line].sheet_row + 1).to_string()
        }
        Axis::Rows => table.rows[line].name.clone(),
    };
    let terms: Vec<String> = one.terms.iter().map(|term| name(term.line)).collect();
    let target = name(one.target);
    let all_added = one.terms.iter().all(|term| term.added);
    match (one.kind, terms.as_slice()) {
        (found::Kind::AtMost, [whole, ..]) => format!("{target}<={whole}"),
        (found::Kind::Ratio, [part, whole, ..]) => format!("{target}={part}/{whole}"),
        (found::Kind::Growth, [after, before, ..]) => {
            format!("{target}=({after}-{before})/{before}")
        }
        (found::Kind::Share, [part, ..]) => format!("{target}={part}/Σ{part}"),
        (found::Kind::Product, [first, second, ..]) => {
            let percent = if one.scale == 100 { "%" } else { "" };
            format!("{target}={first}×{second}{percent}")
        }
        (found::Kind::Mean, [first, .., last]) => {
            format!("{target}=({first}+…+{last})/{}", terms.len())
        }
        (_, [first, second, .., last]) if all_added && terms.len() > LISTED => {
            format!("{target}={first}+{second}+…+{last}")
        }
        _ => {
            let signed = one
                .terms
                .iter()
                .zip(&terms)
                .map(|(term, name)| format!("{}{name}", if term.added { '+' } else { '-' }));
            format!("{target}={}", signed.collect::<String>().trim_start_matches('+'))
        }
    }
}

/// Columns that turn out to be quotients: no total adds them up.
fn set_kinds(table: &mut Table) {
    let quotient = |one: &&Inferred| one.speaks() && !one.of_rows;
    let kinds: Vec<(usize, Kind)> = table
        .inferred
        .iter()
        .filter(quotient)
        .filter_map(|one| {
            let scale = match &one.says {
                Inference::Is(Shape::Ratio { scale, .. }) => scale.unwrap_or(Decimal::ONE),
                Inference::Share { scale, .. } => *scale,
                _ => return None,
            };
            let kind = if scale > Decimal::ONE { Kind::Rate } else { Kind::Average };
            Some((one.target, kind))
        })
        .collect();
    for (at, kind) in kinds {
        if table.columns[at].kind.adds_up() {
            table.columns[at].kind = kind;
            let decimals = printed_decimals(at, &table.grid, &table.rows);
            table.columns[at].decimals = table.columns[at].decimals.or(decimals);
        }
    }
}
