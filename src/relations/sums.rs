//! Sums of rows: totals and subtotals.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::columns::is_sum;
use super::instance::Combination;
use super::{Concern, Edit, Instance, Terms};
use crate::table::{Place, Role, Table};

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
            if !column.adds_up() {
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
