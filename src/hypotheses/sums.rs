//! A row of sums that was added up wrongly as a whole ([`slip`]): the total leaves a village out,
//! counts one twice, takes in subtotals beside their parts, or begins at the index row.
//!
//! Formulas that all leave out the same cells prove it by themselves; of typed figures several
//! columns must be off by exactly the figures of the same rows, beyond chance.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use super::tell;
use crate::formula::Difference;
use crate::judge::{Fault, Standing};
use crate::lang::Text;
use crate::relations::Concern;
use crate::rules::{FORMULA_WRONG_SUM, reporting};
use crate::solver::Grade;
use crate::table::slip::{self, Slip, Telling, Way};
use crate::table::{Place, Role, Table};

pub(super) fn test(bench: &mut Bench) {
    // Sums of parts come before the sums over them.
    let mut rows: Vec<usize> = (0..bench.table().rows.len())
        .filter(|row| !bench.table().rows[*row].parts.is_empty())
        .collect();
    rows.sort_by_key(|row| bench.table().rows[*row].role == Role::Total);
    for row in rows {
        if let Some(candidate) = best(bench, row) {
            bench.accept(candidate);
        }
    }
}

/// A slip is made in all columns at once: one in which the sum holds all the same holds by another
/// error, unless more is broken when the slip is undone there too.
fn best(bench: &Bench, row: usize) -> Option<Candidate> {
    let some = candidate(bench, row, false)?;
    let Some(all) =
        candidate(bench, row, true).filter(|all| all.changes.len() > some.changes.len())
    else {
        return Some(some);
    };
    match (bench.left_broken(&some), bench.left_broken(&all)) {
        (Some(left), Some(left_of_all)) if left < left_of_all => Some(some),
        (_, None) => Some(some),
        _ => Some(all),
    }
}

/// A slip, and the cells it explains.
struct Explained {
    slips: Vec<Slip>,
    changes: Vec<(Place, Decimal)>,
    /// Columns in which formulas prove it.
    by_formula: Vec<usize>,
    columns: Vec<usize>,
    /// Typed sums that are right although the slip would change them.
    unproved: Vec<Place>,
    confirmed: bool,
}

fn candidate(bench: &Bench, row: usize, everywhere: bool) -> Option<Candidate> {
    let table = bench.table();
    let parts = &table.rows[row].parts;
    let differences = slip::differences(table, row, parts);
    let found = by_formulas(bench, row, &differences).or_else(|| {
        by_figures(bench, row, &differences, slip::nearest(table, row, parts)?, everywhere)
    })?;
    let wrong = found.changes.iter().any(|(place, right)| table.number(*place) != Some(*right));
    let (told, cause) = words(table, row, &found);
    Some(Candidate {
        rule: if wrong { reporting(Concern::Sum) } else { &FORMULA_WRONG_SUM },
        mechanism: match found.slips[0].way {
            Way::Omits => Mechanism::OmittedRow,
            Way::Doubles => Mechanism::DoubledRow,
            Way::TakesIn => Mechanism::AddedSubtotals,
            Way::TakesInIndex => Mechanism::AddedIndexRow,
        },
        changes: found.changes,
        columns: Vec::new(),
        rows: found.slips.iter().flat_map(|slip| slip.rows.iter().copied()).collect(),
        unproved: found.unproved,
        least: 0,
        certain: true,
        ceiling: if found.confirmed { Grade::Safe } else { Grade::Suggested },
        told,
        cause,
    })
}

/// The rows that the formula of a sum leaves out and takes in, the index row told apart.
#[derive(PartialEq, Eq, Clone, Default, Debug)]
struct Misread {
    misses: BTreeSet<usize>,
    takes_in: BTreeSet<usize>,
    index: bool,
}

impl Misread {
    fn of(bench: &Bench, place: Place) -> Option<Self> {
        let table = bench.table();
        let judgement = bench.judgement(place)?;
        let mut found = Self::default();
        for fault in &judgement.faults {
            let Fault::Differs(difference) = fault else { return None };
            match difference {
                Difference::Misses(at) => {
                    found.misses.insert(table.place(*at)?.row);
                }
                Difference::TakesIn(at) | Difference::TakesInTotal(at) => {
                    if Some(at.row) == table.index_row {
                        found.index = true;
                    } else {
                        found.takes_in.insert(table.place(*at)?.row);
                    }
                }
                Difference::WrongRow { reads, instead_of } => {
                    found.misses.insert(table.place(*instead_of)?.row);
                    if Some(reads.row) == table.index_row {
                        found.index = true;
                    } else {
                        found.takes_in.insert(table.place(*reads)?.row);
                    }
                }
                _ => return None,
            }
        }
        (found != Self::default()).then_some(found)
    }

    fn slips(&self) -> Vec<Slip> {
        let rows = |rows: &BTreeSet<usize>| rows.iter().copied().collect::<Vec<usize>>();
        let mut slips = Vec::new();
        if !self.misses.is_empty() {
            slips.push(Slip { way: Way::Omits, rows: rows(&self.misses) });
        }
        if !self.takes_in.is_empty() {
            slips.push(Slip { way: Way::TakesIn, rows: rows(&self.takes_in) });
        }
        if self.index {
            slips.push(Slip { way: Way::TakesInIndex, rows: Vec::new() });
        }
        slips
    }
}

/// Formulas of the row that all read the same wrong rows.
fn by_formulas(bench: &Bench, row: usize, differences: &[Option<Decimal>]) -> Option<Explained> {
    let table = bench.table();
    let sums: Vec<usize> = (0..differences.len())
        .filter(|column| differences[*column].is_some())
        .filter(|column| table.datum(Place::new(row, *column)).formula.is_some())
        .collect();
    let misread = |column: &usize| Misread::of(bench, Place::new(row, *column));
    let mut groups: Vec<(Misread, Vec<usize>)> = Vec::new();
    for column in &sums {
        let Some(misread) = misread(column) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == misread) {
            Some((_, columns)) => columns.push(*column),
            None => groups.push((misread, vec![*column])),
        }
    }
    let (misread, mut columns) = groups.into_iter().max_by_key(|(_, columns)| columns.len())?;
    if columns.len() < 2 && sums.len() > 1 {
        return None;
    }
    let by_formula = columns.clone();
    let slips = misread.slips();
    let effect = |column: usize| slips.iter().map(|s| s.effect(table, column)).sum::<Decimal>();
    // Typed sums of the same row that are off by the same rows.
    columns.extend((0..differences.len()).filter(|column| {
        let typed = table.datum(Place::new(row, *column)).formula.is_none();
        typed && differences[*column].is_some_and(|d| !d.is_zero() && d == effect(*column))
    }));
    columns.sort_unstable();
    let changes: Vec<(Place, Decimal)> =
        columns.iter().filter_map(|column| right(bench, row, *column, differences)).collect();
    let confirmed = by_formula.len() == columns.len()
        && columns.iter().all(|column| {
            let judgement = bench.judgement(Place::new(row, *column));
            judgement.is_some_and(|j| j.confirmed && j.standing == Standing::Discredited)
        });
    (!changes.is_empty()).then_some(Explained {
        slips,
        changes,
        by_formula,
        columns,
        unproved: Vec::new(),
        confirmed,
    })
}

/// Typed figures that are off by the same rows.
fn by_figures(
    bench: &Bench,
    row: usize,
    differences: &[Option<Decimal>],
    telling: Telling,
    everywhere: bool,
) -> Option<Explained> {
    if !telling.is_certain() {
        return None;
    }
    let table = bench.table();
    let Telling { slip, alike, fitting, other, against, .. } = telling;
    let stands = |column: &usize| bench.is_computed(Place::new(row, *column));
    let columns: Vec<usize> = fitting.into_iter().filter(|column| !stands(column)).collect();
    let mut changes: Vec<(Place, Decimal)> =
        columns.iter().filter_map(|column| right(bench, row, *column, differences)).collect();
    // Where something else is wrong in a column too, the slip is undone all the same.
    let typed = |place: &Place| table.datum(*place).formula.is_none();
    let against = || against.iter().map(|column| Place::new(row, *column)).filter(typed);
    let unproved: Vec<Place> = against().filter(|_| !everywhere).collect();
    for column in other.into_iter().chain(against().filter(|_| everywhere).map(|p| p.column)) {
        let place = Place::new(row, column);
        let effect = slip.effect(table, column);
        if !effect.is_zero() && table.datum(place).formula.is_none() {
            changes.push((place, table.number(place)?.checked_sub(effect)?));
        }
    }
    let slips = std::iter::once(slip).chain(alike).collect();
    (!changes.is_empty()).then_some(Explained {
        slips,
        changes,
        by_formula: Vec::new(),
        columns,
        unproved,
        confirmed: false,
    })
}

/// The sum a cell should hold, where it can be written.
fn right(
    bench: &Bench,
    row: usize,
    column: usize,
    differences: &[Option<Decimal>],
) -> Option<(Place, Decimal)> {
    let place = Place::new(row, column);
    let right = bench.table().number(place)?.checked_sub(differences[column]?)?;
    bench.may_change(place).then_some((place, right.normalize()))
}

fn words(table: &Table, row: usize, found: &Explained) -> (Text, Text) {
    let total = tell::row(table, row);
    let what = what(table, found);
    let columns = tell::columns(table, &found.columns);
    let count = found.columns.len();
    let told = if found.by_formula.is_empty() {
        Text::new(
            format!(
                "{} {}: {count} cột ({columns}) đều lệch đúng bằng số của dòng đó",
                total.vi, what.vi
            ),
            format!(
                "{} {}: {count} columns ({columns}) are off by exactly the figures of that row",
                total.en, what.en
            ),
        )
    } else {
        Text::new(
            format!("{}: công thức ở {count} cột ({columns}) {}", total.vi, what.vi),
            format!("{}: the formula in {count} columns ({columns}) {}", total.en, what.en),
        )
    };
    let cause = Text::new(format!("{} {}", total.vi, what.vi), format!("{} {}", total.en, what.en));
    (told, cause)
}

/// What was done with which rows.
fn what(table: &Table, found: &Explained) -> Text {
    let one = |slip: &Slip| {
        let names = slip.rows.iter().map(|row| tell::row(table, *row));
        let (vi, en): (Vec<String>, Vec<String>) = names.map(|name| (name.vi, name.en)).unzip();
        let (vi, en) = (tell::list(vi), tell::list(en));
        let rows = if slip.rows.len() > 1 { ("các dòng", "rows") } else { ("dòng", "row") };
        match slip.way {
            Way::Omits => {
                Text::new(format!("bỏ sót {} {vi}", rows.0), format!("leaves out {} {en}", rows.1))
            }
            Way::Doubles => Text::new(
                format!("cộng hai lần {} {vi}", rows.0),
                format!("counts twice {} {en}", rows.1),
            ),
            Way::TakesIn => Text::new(
                format!("cộng cả {} {vi} nên tính trùng hai lần", rows.0),
                format!("takes in {} {en} and so counts twice", rows.1),
            ),
            Way::TakesInIndex => Text::new(
                format!("cộng cả dòng chỉ số cột (dòng {})", table.body),
                format!("takes in the index row (row {})", table.body),
            ),
        }
    };
    let told: Vec<Text> = found.slips.iter().map(one).collect();
    // Figures cannot tell rows with the same figures apart; a formula may have two faults.
    let either = found.by_formula.is_empty();
    let (vi, en) = if either { (" hoặc ", " or ") } else { (" và ", " and ") };
    let join = |pick: fn(&Text) -> &str, with: &str| {
        told.iter().map(pick).collect::<Vec<&str>>().join(with)
    };
    Text::new(join(|text| &text.vi, vi), join(|text| &text.en, en))
}
