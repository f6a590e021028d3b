//! Which rows of a table a report prints: all that a person reads through; of a longer table those
//! that something is to be said of, with the totals and headings they belong to.

use std::collections::BTreeSet;

use crate::table::{Place, Role, Table};

/// Rows up to which a table is printed whole: some twenty sheets of paper.
pub(crate) const WHOLE: usize = 1_000;

/// A piece of a table as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A row, by its index.
    Row(usize),
    /// So many neighbouring rows of which nothing is to be said, with the first and the last
    /// zero-based row of the sheet.
    Left {
        /// How many.
        rows: usize,
        /// The first one.
        first: u32,
        /// The last one.
        last: u32,
    },
}

/// The pieces of a table in their order; `told` are the cells that something is said of.
pub(super) fn pieces(table: &Table, told: &BTreeSet<Place>) -> Vec<Piece> {
    let shown = if table.row_count() > WHOLE {
        shown(table, told)
    } else {
        // A settled row has no cells that could be printed.
        table.rows.iter().map(|row| row.run.is_none()).collect()
    };
    let mut pieces: Vec<Piece> = Vec::new();
    for ((index, row), shown) in table.rows.iter().enumerate().zip(shown) {
        if shown {
            pieces.push(Piece::Row(index));
            continue;
        }
        let (more, end) =
            (row.run.as_ref().map_or(1, |run| run.rows as usize), row.last_sheet_row());
        if let Some(Piece::Left { rows, last, .. }) = pieces.last_mut() {
            (*rows, *last) = (*rows + more, end);
        } else {
            pieces.push(Piece::Left { rows: more, first: row.sheet_row, last: end });
        }
    }
    pieces
}

/// True for each row that is printed: those with something told, totals of the table, the subtotals
/// that a printed row is part of, and the headings printed rows stand under.
fn shown(table: &Table, told: &BTreeSet<Place>) -> Vec<bool> {
    let rows = &table.rows;
    let mut owners: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.role == Role::Subtotal) {
        row.parts.iter().filter(|part| **part < rows.len()).for_each(|p| owners[*p].push(index));
    }
    let mut shown = vec![false; rows.len()];
    let mut open: Vec<usize> = told.iter().map(|place| place.row).collect();
    open.extend((0..rows.len()).filter(|row| rows[*row].role == Role::Total));
    while let Some(row) = open.pop() {
        if rows[row].run.is_none() && !std::mem::replace(&mut shown[row], true) {
            open.extend(&owners[row]);
        }
    }
    let mut heading = None;
    for index in 0..rows.len() {
        match rows[index].role {
            Role::Heading => heading = Some(index),
            Role::Total => {}
            _ if shown[index] => heading.into_iter().for_each(|heading| shown[heading] = true),
            _ => {}
        }
    }
    shown
}
