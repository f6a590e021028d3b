//! Figures that are cumulated down the rows (`Lũy kế`, the balance of a cash book): each is the one above
//! it with what other columns of its row add and take away. Nobody adds such figures up, and the total
//! repeats the last of them.

use std::ops::Range;

use rust_decimal::Decimal;

use super::{Place, Reading, Role, Table};

/// Rows that must follow the one above them before they cannot well do so by chance.
const LEAST: usize = 3;

/// Rows that follow for each that does not.
const FOR_ONE: usize = 6;

/// Rows looked at before and after the end: a table may have a thousand sums.
const SEEN: usize = 60;

/// True for a cell of a row of sums that repeats the last of its parts, or has no figure, where these are
/// cumulated.
#[must_use]
pub fn is_end_of_running_sum(table: &Table, total: Place, parts: &[usize]) -> bool {
    let column = total.column;
    let number = |row: usize| table.number(Place::new(row, column));
    // A total may stand over its parts, and these over theirs.
    let ends = parts.iter().flat_map(|part| table.rows[*part].parts.iter().chain([part]));
    let end = ends.copied().chain([total.row]).max().unwrap_or(total.row);
    let units = units(table, column, end.saturating_sub(SEEN)..end + SEEN);
    let Some(last) = units.iter().rev().find(|row| **row <= end) else { return false };
    let is_left_out = || !matches!(table.datum(total).reading, Reading::Number(_));
    (number(total.row) == number(*last) || is_left_out()) && is_cumulated(table, &units, column)
}

/// True where the first figures of a column are cumulated.
#[must_use]
pub fn begins_cumulated(table: &Table, column: usize) -> bool {
    is_cumulated(table, &units(table, column, 0..SEEN), column)
}

/// The rows of units that have a figure in a column.
fn units(table: &Table, column: usize, within: Range<usize>) -> Vec<usize> {
    let is_unit = |row: &usize| {
        table.rows[*row].role == Role::Unit && table.number(Place::new(*row, column)).is_some()
    };
    (within.start..within.end.min(table.rows.len())).filter(is_unit).collect()
}

/// True where nearly all figures of some rows are the one above with the figures of one or two other
/// columns; any may begin anew.
fn is_cumulated(table: &Table, rows: &[usize], column: usize) -> bool {
    let value =
        |row: usize, column: usize| table.number(Place::new(row, column)).unwrap_or_default();
    let others: Vec<usize> = (0..table.columns.len())
        .filter(|other| *other != column && table.columns[*other].adds_up())
        .collect();
    let follows = |added: usize, taken: Option<usize>| {
        let mut left = rows.len() / FOR_ONE;
        let mut telling: Vec<Decimal> = Vec::new();
        for pair in rows.windows(2) {
            let (before, own) = (value(pair[0], column), value(pair[1], column));
            let taken = taken.map_or(Decimal::ZERO, |taken| value(pair[1], taken));
            let step = value(pair[1], added) - taken;
            if own == before + step {
                telling.extend((!step.is_zero()).then_some(step));
            } else if own != step {
                let Some(fewer) = left.checked_sub(1) else { return false };
                left = fewer;
            }
        }
        // Equal steps are those of a number that counts the rows.
        telling.len() >= LEAST && telling.iter().any(|step| *step != telling[0])
    };
    others.iter().any(|added| {
        follows(*added, None) || others.iter().any(|taken| follows(*added, Some(*taken)))
    })
}
