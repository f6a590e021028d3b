//! Settles rows while they are read, so that the table of every village of a country costs no more
//! memory than that of one commune.
//!
//! In a table of a hundred thousand rows nearly every row is right, and a right row matters only
//! for the sums it is part of. Once the first rows of a sheet have told what its table is
//! (`learn`), each further row is judged on its own as soon as it is complete: where every rule
//! over one row holds and nothing else is to be said of it, only its figures' sums are kept, as part
//! of a [`Run`] of such rows. All other rows, the total among them, are kept and judged as always.
//!
//! A formula in a row is right where it is the one that the rows before it have in its column, found to
//! compute the rule of the column, and its result is what that rule gives.
//!
//! A screened check says what an unscreened one says, or what that says of a shorter table: among the
//! few rows that are kept a search comes to its end where among all it is given up. Where that is not
//! certain (formulas that ask more of settled rows than their sums, columns that turn out otherwise,
//! repeated names, merged or hidden rows among those settled, another table of the workbook to compare
//! with), the workbook is read again as a whole.

mod learn;
mod row;
mod settled;

use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::read::{Limits, Look, Memory, Screen, remembering, screened};
use crate::recognise::{Heads, Request};
use crate::table::Table;
use crate::workbook::{Address, Cell, Run, Workbook};
use learn::Learned;
use row::Judge;
pub use settled::Settled;
use settled::Taken;

/// Checks the workbooks of many files, settling rows while they are read. What files have in
/// common, as those of one form do, is read once.
#[derive(Debug)]
pub struct Checker<'a> {
    limits: &'a Limits,
    request: &'a Request,
    memory: Memory,
    heads: Heads<'a>,
}

impl<'a> Checker<'a> {
    /// A checker that has seen no file yet.
    #[must_use]
    pub fn new(limits: &'a Limits, request: &'a Request) -> Self {
        Self { limits, request, memory: Memory::default(), heads: Heads::default() }
    }

    /// What may be read.
    #[must_use]
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// What is asked of the recogniser.
    #[must_use]
    pub fn request(&self) -> &'a Request {
        self.request
    }

    /// The heads met so far.
    pub(crate) fn heads(&self) -> Heads<'a> {
        self.heads.clone()
    }

    /// Reads a workbook with every row kept, and checks its tables.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn check_whole(&mut self, bytes: &[u8]) -> Result<Checkup, Failure> {
        let workbook = remembering(bytes, self.limits, &mut self.memory)?;
        crate::checkup::check_tables(workbook, self.request, &mut self.heads)
    }

    /// Reads a workbook with every row kept, and finds its tables without checking them.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn tables_whole(&mut self, bytes: &[u8]) -> Result<(Workbook, Vec<Table>), Failure> {
        let workbook = remembering(bytes, self.limits, &mut self.memory)?;
        let (workbook, found) =
            crate::checkup::find_tables(workbook, self.request, &mut self.heads)?;
        Ok((workbook, found.tables))
    }

    /// Reads a workbook and checks its tables, those aside of which no rule was recognised.
    ///
    /// # Errors
    /// As [`crate::checkup::check`] and [`Checkup::accepted`].
    pub fn check(&mut self, bytes: &[u8]) -> Result<Checkup, Failure> {
        self.check_settling(bytes).map(|(checkup, _)| checkup)
    }

    /// The same with what the rows were judged by that were settled, for who checks the workbook again
    /// with other figures.
    ///
    /// # Errors
    /// As [`Checker::check`].
    pub fn check_settling(&mut self, bytes: &[u8]) -> Result<(Checkup, Settled), Failure> {
        let (checkup, settled) = self.check_screened(bytes)?;
        Ok((checkup.accepted_for(self.request)?, settled))
    }

    fn check_screened(&mut self, bytes: &[u8]) -> Result<(Checkup, Settled), Failure> {
        let mut screener = Screener::new(self.request);
        let workbook = screened(bytes, self.limits, &mut self.memory, &mut screener);
        let settled = Settled::by(screener.taken);
        if settled.is_empty() {
            let checkup = crate::checkup::check_tables(workbook?, self.request, &mut self.heads)?;
            return Ok((checkup, settled));
        }
        let checkup = workbook
            .ok()
            .and_then(|workbook| settled.check_with(workbook, self.request, &mut self.heads));
        if let Some(checkup) = checkup {
            return Ok((checkup, settled));
        }
        let checkup = crate::checkup::check(bytes, self.limits, self.request)?;
        Ok((checkup, Settled::default()))
    }
}

/// The screen of one workbook.
struct Screener<'a> {
    request: &'a Request,
    /// The workbook as far as it was read, without its sheets.
    book: Workbook,
    sheet: String,
    judge: Option<Judge>,
    /// Rows of the sheet at which the next attempt to learn its table is made.
    attempt: usize,
    /// What was taken for granted of each sheet with settled rows.
    taken: Vec<Taken>,
}

impl<'a> Screener<'a> {
    fn new(request: &'a Request) -> Self {
        let book = Workbook::empty(crate::workbook::FileFormat::Xlsx);
        let (sheet, judge, taken) = (String::new(), None, Vec::new());
        Self { request, book, sheet, judge, attempt: 0, taken }
    }
}

impl Screen for Screener<'_> {
    fn begin(&mut self, book: &Workbook, sheet: &str) {
        self.book = Workbook::empty(book.format);
        self.book.formats.clone_from(&book.formats);
        sheet.clone_into(&mut self.sheet);
        self.judge = None;
        self.attempt = 0;
    }

    fn look(&mut self, kept: &[(Address, Cell)], row: &[(Address, Cell)]) -> Look {
        if self.judge.is_none() {
            if kept.len() < self.attempt {
                return Look::Keep;
            }
            match learn::table(&self.book, &self.sheet, kept, self.request) {
                Learned::Judge(judge) => self.judge = Some(*judge),
                Learned::Never => return Look::Declined,
                Learned::NotYet => {
                    // The table may begin further down; sheets of other things are soon left alone.
                    let given_up = self.attempt > learn::MOST_CELLS;
                    self.attempt = (kept.len() * 2).max(1);
                    return if given_up { Look::Declined } else { Look::Keep };
                }
            }
        }
        let settled = self.judge.as_mut().is_some_and(|judge| judge.settles(row));
        if settled { Look::Settled } else { Look::Keep }
    }

    fn end(&mut self) -> Vec<Run> {
        let Some(judge) = self.judge.take() else { return Vec::new() };
        let (taken, runs) = judge.into_parts(std::mem::take(&mut self.sheet));
        if !runs.is_empty() {
            self.taken.push(taken);
        }
        runs
    }
}
