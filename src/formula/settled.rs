//! Formulas beside rows that were settled while they were read ([`crate::screen`]): of those rows nothing
//! is known but what each column of them adds up to.

use super::parse::Formula;
use super::source::sheet_index;
use super::syntax::{Binary, CellReference, Expression, Reference};
use crate::workbook::{Distance, Range, Workbook};

impl Formula {
    /// True where all that the formula asks of settled rows is what they add up to: it reads none, or
    /// whole runs of them as parts of a `SUM`.
    #[must_use]
    pub(crate) fn only_adds_settled_rows(&self, workbook: &Workbook, sheet: usize) -> bool {
        let reader = Reader { workbook, sheet, by: self.by };
        self.volatile().is_none() && reader.only_adds(&self.tree, false)
    }
}

struct Reader<'a> {
    workbook: &'a Workbook,
    sheet: usize,
    by: Distance,
}

impl Reader<'_> {
    fn only_adds(&self, part: &Expression, added_up: bool) -> bool {
        match part {
            Expression::Reference(Reference::Cells(cells)) => self.may_read(cells, added_up),
            // What these read is not told by their text.
            Expression::Binary(Binary::Range | Binary::Intersection, ..)
            | Expression::Reference(
                Reference::Name(_) | Reference::ThreeD(_) | Reference::Table(_),
            ) => false,
            Expression::Call(call) => {
                let sums = &*call.function == "SUM";
                call.arguments_read().all(|(_, argument)| self.only_adds(argument, sums))
            }
            other => {
                let mut only = true;
                other.each_part(&mut |part| only &= self.only_adds(part, false));
                only
            }
        }
    }

    fn may_read(&self, cells: &CellReference, added_up: bool) -> bool {
        let sheet = match cells.sheet.as_deref() {
            Some(name) => sheet_index(self.workbook, name),
            None => Some(self.sheet),
        };
        let Some(sheet) = sheet.and_then(|index| self.workbook.sheets.get(index)) else {
            return true;
        };
        if sheet.runs.is_empty() {
            return true;
        }
        let Some(Range { start, end }) = cells.range_moved(self.by) else { return false };
        let mut runs = sheet.runs_within(start.row, end.row).iter();
        runs.all(|run| {
            let whole = start.row <= run.first && run.first + run.rows - 1 <= end.row;
            // The columns of the table; those beside it hold nothing in settled rows.
            let known = || (start.column..=end.column).all(|column| run.sum(column).is_some());
            added_up && whole && known()
        })
    }
}
