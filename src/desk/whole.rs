//! Tables with every row, for what prints them all.

use crate::checkup::find_tables;
use crate::failure::Failure;
use crate::read;
use crate::recognise::Heads;
use crate::table::{Role, Table};

use super::Desk;

impl Desk<'_> {
    /// Tables with every row, by their indices: as corrections leave them, or `as_is`. Of a long one
    /// the table alone is read again: its rules were evaluated while its rows were settled.
    ///
    /// # Errors
    /// As [`Desk::choose`], and those of reading the workbook again.
    pub(super) fn whole_tables(
        &mut self,
        tables: &[usize],
        as_is: bool,
    ) -> Result<Vec<Table>, Failure> {
        if !as_is {
            self.corrections()?;
        }
        if tables.iter().any(|index| self.tables()[*index].table.has_settled_rows()) {
            if let Some(whole) = self.read_again(tables, as_is)? {
                return Ok(whole);
            }
            self.read_in_full()?;
            self.corrections()?;
        }
        Ok(tables.iter().map(|index| self.kept(*index, as_is).clone()).collect())
    }

    /// A table with the rows that were kept.
    fn kept(&self, index: usize, as_is: bool) -> &Table {
        match self.corrected.as_ref().filter(|_| !as_is) {
            Some(corrected) => &corrected[index].after.table,
            None => &self.tables()[index].table,
        }
    }

    /// The tables read again; `None` where one is not found as it was.
    fn read_again(&self, tables: &[usize], as_is: bool) -> Result<Option<Vec<Table>>, Failure> {
        let workbook = read::workbook(&self.bytes, self.limits)?;
        let mut found = find_tables(workbook, self.request, &mut Heads::default())?.1.tables;
        let again = |index: &usize| {
            let kept = &self.tables()[*index].table;
            if !kept.has_settled_rows() {
                return Some(self.kept(*index, as_is).clone());
            }
            let is_same = |table: &Table| (&table.sheet, table.range) == (&kept.sheet, kept.range);
            let mut table = found.swap_remove(found.iter().position(is_same)?);
            // What was corrected, and what follows from it, stands in the rows that were kept.
            let mended = self.kept(*index, as_is);
            for (row, data) in mended.rows.iter().zip(&mended.grid) {
                if row.role != Role::Run {
                    let here = table.rows.binary_search_by_key(&row.sheet_row, |r| r.sheet_row);
                    table.grid[here.ok()?].clone_from_slice(data);
                }
            }
            Some(table)
        };
        Ok(tables.iter().map(again).collect())
    }
}
