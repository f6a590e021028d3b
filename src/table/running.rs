//! Figures that are cumulated down the rows (`Lũy kế`, the balance of a cash book): each is the one above
//! it with what other columns of its row add and take away. Nobody adds such figures up, and the total
//! repeats the last of them.

use rust_decimal::Decimal;

use super::{Place, Reading, Table};

/// Rows that must follow the one above them before they cannot well do so by chance.
const LEAST: usize = 3;

/// Rows that follow for each that does not.
const FOR_ONE: usize = 6;

/// True for a cell of a row of sums that repeats the last of its parts, or has no figure, where these are
/// cumulated.
#[must_use]
pub fn is_end_of_running_sum(table: &Table, total: Place, parts: &[usize]) -> bool {
    let column = total.column;
    let number = |row: usize| table.number(Place::new(row, column));
    let mut rows: Vec<usize> = parts.iter().copied().filter(|row| number(*row).is_some()).collect();
    rows.sort_unstable();
    let Some(last) = rows.last() else { return false };
    let is_left_out = || !matches!(table.datum(total).reading, Reading::Number(_));
    (number(total.row) == number(*last) || is_left_out()) && is_cumulated(table, &rows, column)
}

/// True where nearly all figures of some rows are the one above with the figures of one or two other
/// columns.
fn is_cumulated(table: &Table, rows: &[usize], column: usize) -> bool {
    let value =
        |row: usize, column: usize| table.number(Place::new(row, column)).unwrap_or_default();
    let steps: Vec<(usize, Decimal)> = rows
        .windows(2)
        .map(|pair| (pair[1], value(pair[1], column) - value(pair[0], column)))
        .collect();
    let others: Vec<usize> = (0..table.columns.len())
        .filter(|other| *other != column && table.columns[*other].adds_up())
        .collect();
    let follows = |added: usize, taken: Option<usize>| {
        let mut left = steps.len() / FOR_ONE;
        let mut telling: Vec<Decimal> = Vec::new();
        for (row, step) in &steps {
            let taken = taken.map_or(Decimal::ZERO, |taken| value(*row, taken));
            if *step == value(*row, added) - taken {
                telling.extend((!step.is_zero()).then_some(*step));
            } else if left == 0 {
                return false;
            } else {
                left -= 1;
            }
        }
        // Equal steps are those of a number that counts the rows.
        telling.len() >= LEAST && telling.iter().any(|step| *step != telling[0])
    };
    others.iter().any(|added| {
        follows(*added, None) || others.iter().any(|taken| follows(*added, Some(*taken)))
    })
}
