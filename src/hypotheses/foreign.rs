//! A column of another period or another table: it contradicts its neighbours in nearly every row,
//! and what they give for it agrees with everything else.

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use crate::lang::Text;
use crate::relations::{Edit, Instance, Outcome};
use crate::rules::{Rule, reporting};
use crate::solver::Grade;
use crate::table::{Place, Table};

/// Rows in which the column must be wrong, and as many other relations that its new figures mend.
const TELLING: usize = 3;

pub(super) fn test(bench: &mut Bench) {
    let broken = broken_in_rows(bench);
    let mut standing = (0..bench.table().columns.len())
        .filter_map(|column| candidate(bench, &broken, column))
        .filter(|candidate| bench.mends(candidate).is_some());
    if let (Some(only), None) = (standing.next(), standing.next()) {
        drop(standing);
        bench.accept(only);
    }
}

/// By row, the broken balances and rates over its own cells. What only the index row prints may be
/// misprinted, and the column right.
fn broken_in_rows(bench: &Bench) -> Vec<Vec<&Instance>> {
    let mut rows = vec![Vec::new(); bench.table().rows.len()];
    let broken = bench.instances.iter().filter(|i| i.outcome == Outcome::Violated);
    for instance in broken.filter(|i| i.is_equality() && bench.is_stated(i)) {
        let row = instance.target().row;
        if instance.inputs().all(|cell| cell.row == row) {
            rows[row].push(instance);
        }
    }
    rows
}

fn candidate(bench: &Bench, broken: &[Vec<&Instance>], column: usize) -> Option<Candidate> {
    let table = bench.table();
    let mut changes: Vec<(Place, Decimal)> = Vec::new();
    let mut rule: Option<&'static Rule> = None;
    let (mut rows, mut others) = (0, 0);
    for (row, part) in table.rows.iter().enumerate() {
        let place = Place::new(row, column);
        if part.holds_no_cells() || table.datum(place).formula.is_some() {
            continue;
        }
        let Some(found) = table.number(place) else { continue };
        rows += 1;
        let about = || broken[row].iter().filter(|i| i.cells().any(|cell| cell == place));
        let solved = about().find_map(|i| Some((solve(table, i, place)?, *i)));
        let Some((value, by)) = solved else { continue };
        if value != found {
            others += about().count().saturating_sub(1);
            changes.push((place, value));
            rule = rule.or(Some(reporting(by.concern())));
        }
    }
    let told = changes.len() >= TELLING && changes.len() * 2 > rows && others >= TELLING;
    told.then(|| finding(table, column, rule, changes))?
}

/// The figure that a balance gives one of its cells from the others.
fn solve(table: &Table, instance: &Instance, place: Place) -> Option<Decimal> {
    let Edit::Balance(terms) = instance.edit() else { return None };
    let (expected, target) = (instance.expected()?, table.number(instance.target())?);
    if instance.target() == place {
        return Some(expected);
    }
    let (_, coefficient) = terms.places().find(|(cell, _)| *cell == place)?;
    let off = target.checked_sub(expected)?.checked_div(coefficient)?;
    Some(table.number(place)?.checked_add(off)?.normalize())
}

fn finding(
    table: &Table,
    column: usize,
    rule: Option<&'static Rule>,
    changes: Vec<(Place, Decimal)>,
) -> Option<Candidate> {
    let (label, count) = (table.columns[column].name(), changes.len());
    let cause = Text::new(
        format!("số liệu cột {label} có lẽ của năm khác hoặc biểu khác"),
        format!("the figures of column {label} are probably of another year or table"),
    );
    Some(Candidate {
        rule: rule?,
        mechanism: Mechanism::ForeignColumn,
        least: 2 * TELLING,
        certain: false,
        ceiling: Grade::Suggested,
        columns: Vec::new(),
        rows: Vec::new(),
        unproved: Vec::new(),
        told: Text::new(
            format!(
                "cột {label}: {count} ô không khớp với các cột khác, còn các cột khác khớp với nhau; {}",
                cause.vi
            ),
            format!(
                "column {label}: {count} cells disagree with the other columns, which agree with each other; {}",
                cause.en
            ),
        ),
        cause,
        changes,
    })
}
