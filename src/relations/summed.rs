//! Which sums of a row are meant: not every column of numbers is added up.

use crate::table::{Column, Kind, Place, Reading, Shape, Table, is_end_of_running_sum};
use crate::words;

/// False where nobody adds up what the column holds: prices, months, quantities of unlike goods, figures
/// that are cumulated down the rows. A form says what is summed; without one the heading and what stands there do.
pub(super) fn is_summed(table: &Table, row: usize, column: usize) -> bool {
    if table.has_form() {
        return true;
    }
    let place = Place::new(row, column);
    if is_end_of_running_sum(table, place, &table.rows[row].parts) {
        return false;
    }
    let heading = table.columns[column].heading();
    if let Some(formula) = table.formula(place) {
        return if is_per_unit(table, column) {
            // Whoever adds prices up means to; that a row is left out would be a slip all the same.
            formula.functions().contains(&"SUM") && !formula.is_mean()
        } else {
            words::is_summed(&heading) || !formula.is_mean()
        };
    }
    if is_per_unit(table, column) || (is_multiplied(table, column) && is_left_out(table, place)) {
        return false;
    }
    !is_blank(table, place) || is_wanted(table, place) || words::is_summed(&heading)
}

/// True where a blank sum is asked for: the other sums of the table have theirs, or formulas read it.
fn is_wanted(table: &Table, Place { row, column }: Place) -> bool {
    let is_blank = |row: usize, column: usize| is_blank(table, Place::new(row, column));
    let sums = (0..table.rows.len()).filter(|other| *other != row && table.rows[*other].is_sum());
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
    usually || table.columns.iter().enumerate().any(is_read)
}

fn is_blank(table: &Table, place: Place) -> bool {
    let datum = table.datum(place);
    datum.reading == Reading::Blank && datum.formula.is_none()
}

/// True for a cell that is marked for one in which nothing belongs, or left blank: `x`, `-`.
pub(super) fn is_left_out(table: &Table, place: Place) -> bool {
    let datum = table.datum(place);
    datum.formula.is_none()
        && match &datum.reading {
            Reading::Blank | Reading::Dash => true,
            Reading::Text(text) => matches!(text.trim(), "x" | "X" | "×"),
            _ => false,
        }
}

/// True for a cell of a sum that is marked for one in which nothing belongs, where its column is a
/// factor or what is said for one of something.
#[must_use]
pub fn is_marked_out(table: &Table, place: Place) -> bool {
    let Place { row, column } = place;
    table.rows[row].is_sum()
        && is_left_out(table, place)
        && (is_per_unit(table, column) || is_multiplied(table, column))
}

/// True for a column of prices, norms, coefficients.
fn is_per_unit(table: &Table, column: usize) -> bool {
    let described = &table.columns[column];
    described.kind != Kind::Text
        && words::is_per_unit(&described.headings, is_multiplied(table, column))
}

/// True for a column that another is the product of.
fn is_multiplied(table: &Table, column: usize) -> bool {
    table.columns.iter().filter_map(|other| other.formula.as_ref()).any(|formula| {
        matches!(formula.shape, Shape::Product(..)) && formula.shape.columns().contains(&column)
    })
}
