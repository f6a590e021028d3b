//! Counts in which a spreadsheet took the dot before thousands for a decimal point: 1.433 was typed
//! and 1,433 is stored, while figures below 1000 stand as they are. A format without decimals hides
//! it, so the stored figures are looked at.

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use super::tell;
use crate::lang::Text;
use crate::relations::{Concern, Outcome};
use crate::rules::{NOT_WHOLE, counts_things};
use crate::solver::Grade;
use crate::table::{Place, Table};

/// Decimals that three digits after a dot leave at most.
const DIGITS: u32 = 3;
/// Cut figures that tell by themselves; a single one needs a sum that it mends.
const TELLING: usize = 2;

pub(super) fn test(bench: &mut Bench) {
    for column in 0..bench.table().columns.len() {
        if !counts_things(bench.table(), column) {
            continue;
        }
        let cut = cut(bench, column);
        if cut.is_empty() {
            continue;
        }
        let telling = cut.len() >= TELLING && keeps_its_digits(bench.table(), &cut);
        let changes = with_lost_zeros(bench, column, cut);
        // What one column shows of the machine it was typed on goes for the others.
        if telling || bench.knows(Mechanism::ThousandsDot) || mends_a_sum(bench, column, &changes) {
            let candidate = candidate(bench.table(), column, changes);
            bench.accept(candidate);
        }
    }
}

/// The cells of a column that were cut, as they should be. Formulas follow by themselves.
fn cut(bench: &Bench, column: usize) -> Vec<(Place, Decimal)> {
    let table = bench.table();
    let places = table.rows_with_cells().map(|(row, _)| Place::new(row, column));
    let figures = places.filter(|place| !bench.is_computed(*place));
    let cut = figures.filter_map(|place| Some((place, thousandfold(table.stored(place)?)?)));
    cut.collect()
}

/// What a figure was before its dot was read as a decimal point.
fn thousandfold(stored: Decimal) -> Option<Decimal> {
    let stored = stored.normalize();
    let was_cut = (1..=DIGITS).contains(&stored.scale()) && stored.abs() < Decimal::ONE_THOUSAND;
    was_cut.then(|| (stored * Decimal::ONE_THOUSAND).normalize())
}

/// True where at least half of the cut figures show all three digits: one in ten loses a zero.
fn keeps_its_digits(table: &Table, cut: &[(Place, Decimal)]) -> bool {
    let whole = |(place, _): &&(Place, Decimal)| {
        table.stored(*place).is_some_and(|stored| stored.normalize().scale() == DIGITS)
    };
    cut.iter().filter(whole).count() * 2 >= cut.len()
}

/// True where a sum of the column that is broken holds with the changes.
fn mends_a_sum(bench: &Bench, column: usize, changes: &[(Place, Decimal)]) -> bool {
    let after = bench.read_as(changes);
    let sums = bench.instances.iter().zip(&after);
    sums.filter(|(before, _)| before.concern() == Concern::Sum && before.target().column == column)
        .any(|(b, a)| b.outcome == Outcome::Violated && a.outcome == Outcome::Satisfied)
}

/// Adds the figure that ended in three zeros, `2.000`, of which only 2 is left: where the column's
/// sum then wants one and the same cell a thousand times larger.
fn with_lost_zeros(
    bench: &Bench,
    column: usize,
    mut cut: Vec<(Place, Decimal)>,
) -> Vec<(Place, Decimal)> {
    let table = bench.table();
    let value = |place: Place| {
        let known = cut.iter().find(|(known, _)| *known == place);
        known.map(|(_, right)| *right).or_else(|| table.stored(place)).unwrap_or_default()
    };
    for row in (0..table.rows.len()).filter(|row| !table.rows[*row].parts.is_empty()) {
        let parts = &table.rows[row].parts;
        let sum: Decimal = parts.iter().map(|part| value(Place::new(*part, column))).sum();
        let missing = value(Place::new(row, column)) - sum;
        let fits = |place: &Place| {
            let small = value(*place);
            small.is_integer() && !small.is_zero() && small * Decimal::from(999) == missing
        };
        let mut zeros = parts.iter().map(|part| Place::new(*part, column)).filter(fits);
        if let (false, Some(only), None) = (missing.is_zero(), zeros.next(), zeros.next()) {
            cut.push((only, missing + value(only)));
            break;
        }
    }
    cut
}

fn candidate(table: &Table, column: usize, changes: Vec<(Place, Decimal)>) -> Candidate {
    let label = table.columns[column].name();
    let count = changes.len();
    let cause = Text::new(
        "dấu chấm hàng nghìn khi gõ bị hiểu là dấu thập phân",
        "the thousands dot was read as a decimal point",
    );
    let told = match changes.as_slice() {
        [(place, _)] => {
            let row = tell::row(table, place.row);
            Text::new(
                format!("{}, cột {label}: {}", row.vi, cause.vi),
                format!("{}, column {label}: {}", row.en, cause.en),
            )
        }
        _ => Text::new(
            format!("cột {label}: {count} ô có phần thập phân vì {}", cause.vi),
            format!("column {label}: {count} cells have decimals because {}", cause.en),
        ),
    };
    Candidate {
        rule: &NOT_WHOLE,
        mechanism: Mechanism::ThousandsDot,
        changes,
        columns: Vec::new(),
        rows: Vec::new(),
        unproved: Vec::new(),
        least: 0,
        certain: true,
        ceiling: Grade::Safe,
        told,
        cause,
    }
}
