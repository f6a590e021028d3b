//! Figures that are cumulated down the rows (`Lũy kế`, the balance of a cash book): each is the one above
//! it with what other columns of its row add and take away. Nobody adds such figures up, and the total
//! repeats the last of them.

use std::ops::Range;

use rust_decimal::Decimal;

use super::{Place, Reading, Role, Table};
use crate::words::names_cumulated;

/// Rows that must go on from the one above them before they cannot well do so by chance.
const LEAST: usize = 3;

/// Rows looked at before the parts of a total and after its end: groups of three months tell little by
/// themselves.
const SEEN: usize = 60;

/// Columns at the left and at the right in which what is cumulated stands.
const REACH: (usize, usize) = (6, 2);

/// True for a cell of a row of sums that repeats the last of its parts, or has no figure, where the heading
/// says that figures are cumulated and each of them is. One wrong figure among them breaks that.
#[must_use]
pub fn is_end_of_running_sum(table: &Table, total: Place, parts: &[usize]) -> bool {
    let column = total.column;
    if !names_cumulated(&table.columns[column].headings) {
        return false;
    }
    let number = |row: usize| table.number(Place::new(row, column));
    // A total may stand over its parts, and these over theirs.
    let all =
        || parts.iter().flat_map(|part| table.rows[*part].parts.iter().chain([part])).copied();
    let (first, end) = (all().min(), all().chain([total.row]).max());
    let (first, end) = (first.unwrap_or(total.row), end.unwrap_or(total.row));
    let units = units(table, column, first.saturating_sub(SEEN)..end + SEEN);
    let Some(last) = units.iter().rev().find(|row| **row <= end) else { return false };
    let is_left_out = || !matches!(table.datum(total).reading, Reading::Number(_));
    (number(total.row) == number(*last) || is_left_out()) && is_cumulated(table, &units, column)
}

/// True where the first figures of a column are cumulated.
#[must_use]
pub fn begins_cumulated(table: &Table, column: usize) -> bool {
    names_cumulated(&table.columns[column].headings)
        && is_cumulated(table, &units(table, column, 0..SEEN), column)
}

/// The rows of units that have a figure in a column.
fn units(table: &Table, column: usize, within: Range<usize>) -> Vec<usize> {
    let is_unit = |row: &usize| {
        table.rows[*row].role == Role::Unit && table.number(Place::new(*row, column)).is_some()
    };
    (within.start..within.end.min(table.rows.len())).filter(is_unit).collect()
}

/// True where each figure of some rows is the one above with the figures of one or two columns beside it.
/// After a sum it may begin anew.
fn is_cumulated(table: &Table, rows: &[usize], column: usize) -> bool {
    let value =
        |row: usize, column: usize| table.number(Place::new(row, column)).unwrap_or_default();
    // Of nothing but zeros every column is the sum of all others, and proves nothing.
    let goes_on_from = rows.iter().rev().skip(1).filter(|row| !value(**row, column).is_zero());
    if goes_on_from.count() < LEAST {
        return false;
    }
    let (left, right) = REACH;
    let near = column.saturating_sub(left)..(column + right + 1).min(table.columns.len());
    let others: Vec<usize> =
        near.filter(|other| *other != column && table.columns[*other].adds_up()).collect();
    let follows = |added: usize, taken: Option<usize>| {
        let mut steps: Vec<Decimal> = Vec::new();
        for pair in rows.windows(2) {
            let (before, own) = (value(pair[0], column), value(pair[1], column));
            let taken = taken.map_or(Decimal::ZERO, |taken| value(pair[1], taken));
            let step = value(pair[1], added) - taken;
            let goes_on = own == before + step;
            let begins_anew = own == step && pair[0] + 1 < pair[1];
            if !goes_on && !begins_anew {
                return false;
            }
            if goes_on && !before.is_zero() && !step.is_zero() {
                steps.push(step);
            }
        }
        // Equal steps are those of a number that counts the rows.
        steps.len() >= LEAST && steps.iter().any(|step| *step != steps[0])
    };
    others.iter().any(|added| {
        follows(*added, None) || others.iter().any(|taken| follows(*added, Some(*taken)))
    })
}
