//! The cells a formula reads, whichever of its branches is taken.

use std::collections::BTreeMap;

use super::Source;
use super::evaluate::meet;
use super::parse::Formula;
use super::syntax::{CellReference, Reference};
use crate::workbook::{Address, Range};

/// Cells listed one by one; a formula that reads more is not compared cell by cell.
const MAX_CELLS: usize = 5_000;

/// What a formula reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads {
    /// Cells of the own sheet; true where the cell is named by itself, not within a range.
    pub(super) own: BTreeMap<Address, bool>,
    /// True when cells of other sheets, tables or workbooks are read as well.
    pub(super) elsewhere: bool,
    /// True when there are more than are listed.
    pub(super) cut: bool,
}

impl Reads {
    pub(super) fn of(formula: &Formula, source: &dyn Source) -> Self {
        let mut reads = Self::default();
        for reference in formula.references() {
            reads.add(&reference, source);
        }
        reads
    }

    fn add(&mut self, reference: &Reference, source: &dyn Source) {
        match reference {
            Reference::Cells(cells) => self.add_cells(cells, source),
            Reference::Name(name) => self.add_name(name, source),
            Reference::Deleted => {}
            Reference::ThreeD(_) | Reference::Table(_) | Reference::External(_) => {
                self.elsewhere = true;
            }
        }
    }

    fn add_name(&mut self, name: &str, source: &dyn Source) {
        let text = source.name(name).ok().flatten();
        let Some(formula) = text.and_then(|text| Formula::parse(&text).ok()) else {
            self.elsewhere = true;
            return;
        };
        for reference in formula.references() {
            match reference {
                Reference::Cells(cells) => self.add_cells(&cells, source),
                _ => self.elsewhere = true,
            }
        }
    }

    fn add_cells(&mut self, cells: &CellReference, source: &dyn Source) {
        if cells.sheet.as_deref().is_some_and(|sheet| !source.is_own(sheet)) {
            self.elsewhere = true;
            return;
        }
        if cells.single {
            self.own.insert(cells.range.start, true);
            return;
        }
        let used = source.used(None).ok().flatten();
        let Some(Range { start, end }) = used.and_then(|used| meet(cells.range, used)) else {
            return;
        };
        for row in start.row..=end.row {
            for column in start.column..=end.column {
                if self.own.len() >= MAX_CELLS {
                    self.cut = true;
                    return;
                }
                self.own.entry(Address::new(row, column)).or_insert(false);
            }
        }
    }
}
