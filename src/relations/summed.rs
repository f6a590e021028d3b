//! Which sums of a row are meant: not every column of numbers is added up.

use super::columns::is_sum;
use crate::table::{Column, Place, Reading, Shape, Table};
use crate::words;

/// False where a sum is left blank because nobody adds up what the column holds: prices, months,
/// quantities of unlike goods. A form says what is summed; without one the other sums of the table do,
/// the formulas that read the blank, and the heading.
pub(super) fn is_summed(table: &Table, row: usize, column: usize) -> bool {
    let is_blank = |row: usize, column: usize| {
        let datum = table.datum(Place::new(row, column));
        datum.reading == Reading::Blank && datum.formula.is_none()
    };
    if !is_blank(row, column) || table.has_form() {
        return true;
    }
    let sums = (0..table.rows.len()).filter(|other| *other != row && is_sum(&table.rows[*other]));
    let (blank, filled): (Vec<usize>, Vec<usize>) = sums.partition(|sum| is_blank(*sum, column));
    let usually = !filled.is_empty() && filled.len() >= blank.len();
    let is_read = |(target, described): (usize, &Column)| {
        let Some(formula) = &described.formula else { return false };
        let mut reads = vec![target];
        formula.shape.read(|column| reads.push(column));
        let filled = |column: &usize| !is_blank(row, *column);
        reads.contains(&column)
            && match formula.shape {
                Shape::Linear(_) => reads.iter().any(filled),
                Shape::Ratio { .. } => filled(&target),
                Shape::Product(..) => false,
            }
    };
    usually
        || table.columns.iter().enumerate().any(is_read)
        || words::is_summed(&table.columns[column].heading())
}
