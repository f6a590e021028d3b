//! Sums of rows: totals and subtotals.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::columns::is_sum;
use super::instance::Combination;
use super::{Concern, Edit, Instance, Terms};
use crate::table::{Column, Place, Reading, Role, Shape, Table};
use crate::words;

/// One instance for each sum row and column that adds up.
pub(super) fn instances(table: &Table, found: &mut Vec<Instance>) {
    for (row_index, row) in table.rows.iter().enumerate().filter(|(_, row)| is_sum(row)) {
        if row.parts.is_empty() {
            continue;
        }
        // Settled rows hold no cell that could be wrong by itself; they count with their sum.
        let (settled, cells): (Vec<usize>, Vec<usize>) =
            row.parts.iter().partition(|part| table.rows[**part].role == Role::Run);
        let cells: Combination = cells.into_iter().map(|part| (part, Decimal::ONE)).collect();
        let text: Arc<str> = format!("{} = Σ", row.name).into();
        for (column_index, column) in table.columns.iter().enumerate() {
            if !column.adds_up() || !is_summed(table, row_index, column_index) {
                continue;
            }
            let sum = |part: &usize| table.number(Place::new(*part, column_index));
            let constant = settled.iter().filter_map(sum).sum();
            let terms = Terms::in_column(Arc::clone(&cells), column_index, constant);
            let edit = Edit::Balance(terms);
            let target = Place::new(row_index, column_index);
            found.push(Instance::new(table, Concern::Sum, text.clone(), target, edit));
        }
    }
}

/// False where a sum is left blank because nobody adds up what the column holds: prices, months,
/// quantities of unlike goods. A form says what is summed; without one the other sums of the table do,
/// the formulas that read the blank, and the heading.
fn is_summed(table: &Table, row: usize, column: usize) -> bool {
    let is_blank = |row: usize, column: usize| {
        let datum = table.datum(Place::new(row, column));
        datum.reading == Reading::Blank && datum.formula.is_none()
    };
    if !is_blank(row, column) || table.form != "index-row" {
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
