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

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::across;
use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::findings::Checked;
use crate::formula::{Formula, formula_of};
use crate::judge::{Judgement, computes_otherwise};
use crate::read::{Limits, Look, Memory, Screen, remembering, screened};
use crate::recognise::{Heads, Request};
use crate::relations::{Instance, Outcome};
use crate::rules;
use crate::table::{Column, DoubtfulTotal, Kind, Place, Role, Table, begins_cumulated};
use crate::workbook::{Address, Cell, Run, Sheet, Workbook};
use learn::Learned;
use row::Judge;

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
        let request = self.request;
        self.check_screened(bytes).and_then(|checkup| checkup.accepted_for(request))
    }

    fn check_screened(&mut self, bytes: &[u8]) -> Result<Checkup, Failure> {
        let mut screener = Screener::new(self.request);
        let workbook = screened(bytes, self.limits, &mut self.memory, &mut screener);
        if !screener.settled() {
            return crate::checkup::check_tables(workbook?, self.request, &mut self.heads);
        }
        if let Ok(workbook) = workbook
            && screener.may_stand(&workbook)
        {
            let checkup = crate::checkup::check_tables(workbook, self.request, &mut self.heads);
            let bears_out = |checkup: &Checkup| {
                screener.bears_out(checkup) && !across::misses_rows(&checkup.tables)
            };
            if checkup.as_ref().is_ok_and(bears_out) {
                return checkup;
            }
        }
        crate::checkup::check(bytes, self.limits, self.request)
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

/// What the settled rows of a sheet were judged by.
struct Taken {
    sheet: String,
    columns: Vec<Column>,
    /// True when a text that tells rows apart occurs again.
    repeats: bool,
    /// Columns that add up in which every settled figure is more than nothing.
    positive: Vec<usize>,
    /// True where a column that adds up shows its figures per cent: its sums are not those of what
    /// its cells store.
    percent: bool,
    /// Columns of which every settled cell holds the formula of the column.
    computed: Vec<usize>,
}

impl Taken {
    /// True where a total that fits few columns is what the settled rows add up to in one in which a
    /// row counted twice would show: no row among them is the sum of others.
    fn has_no_groups(&self, table: &Table, total: &DoubtfulTotal) -> bool {
        let number = |row: usize, column: usize| table.number(Place::new(row, column));
        let is_single = |row: &&usize| table.rows[**row].role != Role::Run;
        self.positive.iter().any(|&column| {
            let figures = || total.parts.iter().map(|row| number(*row, column));
            let sum = figures().sum::<Option<Decimal>>();
            let mut singles = total.parts.iter().filter(is_single);
            sum.is_some()
                && sum == number(total.row, column)
                && singles.all(|row| number(*row, column) > Some(Decimal::ZERO))
        })
    }
}

/// Cells of a kind for each of the other kind in a column, beyond which they stand out.
const USUAL: usize = 5;

impl Taken {
    /// True where what is said of typed figures among formulas, and of formulas among typed figures, is
    /// so with the settled rows as without.
    fn has_usual_formulas(&self, checked: &Checked) -> bool {
        let table = &checked.table;
        let units = || (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Unit);
        let mut figures = (0..table.columns.len()).filter(|c| table.columns[*c].kind != Kind::Text);
        figures.all(|column| {
            let places = || units().map(|row| Place::new(row, column));
            let usual = |place: &Place| {
                if self.computed.contains(&column) {
                    learn::is_right(&checked.judgements, *place)
                } else {
                    table.datum(*place).formula.is_none()
                }
            };
            let others = places().filter(|place| !usual(place)).count();
            others == 0 || places().filter(usual).count() > USUAL * others
        })
    }
}

impl<'a> Screener<'a> {
    fn new(request: &'a Request) -> Self {
        let book = Workbook::empty(crate::workbook::FileFormat::Xlsx);
        let (sheet, judge, taken) = (String::new(), None, Vec::new());
        Self { request, book, sheet, judge, attempt: 0, taken }
    }

    fn settled(&self) -> bool {
        !self.taken.is_empty()
    }

    /// True unless something outside the rows that were judged one by one concerns them.
    fn may_stand(&self, workbook: &Workbook) -> bool {
        let percent = self.taken.iter().any(|taken| taken.percent);
        let asks_more = |(index, sheet): (usize, &Sheet)| {
            sheet.cells().iter().filter_map(|(at, cell)| formula_of(workbook, (*at, cell))).any(
                |formula| {
                    let adds = |f: &Formula| f.only_adds_settled_rows(workbook, index);
                    percent || formula.is_ok_and(|formula| !adds(&formula))
                },
            )
        };
        let reaches_runs = |sheet: &Sheet| {
            let row_in_run = |row: &u32| sheet.run_at(*row).is_some();
            sheet.hidden_rows.iter().any(row_in_run)
                || sheet
                    .merges
                    .iter()
                    .chain(&sheet.arrays)
                    .any(|range| !sheet.runs_within(range.start.row, range.end.row).is_empty())
        };
        !self.taken.iter().any(|taken| taken.repeats)
            && !workbook.sheets.iter().any(reaches_runs)
            && !workbook.sheets.iter().enumerate().any(asks_more)
    }

    /// True when the tables are what the settled rows were judged by.
    fn bears_out(&self, checkup: &Checkup) -> bool {
        self.taken.iter().all(|taken| {
            let mut tables = checkup.tables.iter().filter(|c| c.table.sheet == taken.sheet);
            let (Some(checked), None) = (tables.next(), tables.next()) else { return false };
            let table = &checked.table;
            let sheet = checkup.workbook.sheet(&taken.sheet);
            let runs = table.rows.iter().filter(|row| row.role == Role::Run).count();
            let same =
                |a: &Column, b: &Column| Column { headings: Arc::default(), ..a.clone() } == *b;
            // A total that does not fit the settled rows may fit groups that are longer than what
            // was learned from.
            let has_total = table.rows.iter().any(|row| row.role == Role::Total);
            let mut doubtful = table.doubtful_totals.iter();
            // How many rows break a formula is counted over all of them.
            let holds = |remark: &rules::Remark| remark.rule != &rules::DOUBTFUL_FORMULA;
            // The formula of a sum is put right by all the cells it should add.
            let is_whole = |(place, judgement): (&Place, &Judgement)| {
                table.rows[place.row].role == Role::Unit
                    || !judgement.faults.iter().any(computes_otherwise)
            };
            // What a total of cumulated figures repeats may be settled.
            let is_cumulated = |instance: &Instance| {
                let Place { row, column } = instance.target;
                instance.outcome == Outcome::Violated
                    && matches!(table.rows[row].role, Role::Total | Role::Subtotal)
                    && begins_cumulated(table, column)
            };
            checked.judgements.iter().all(is_whole)
                && !checked.ledger.instances.iter().any(is_cumulated)
                && (has_total || doubtful.all(|total| taken.has_no_groups(table, total)))
                && checked.ledger.remarks.iter().all(holds)
                && taken.has_usual_formulas(checked)
                && sheet.is_some_and(|sheet| sheet.runs.len() == runs)
                && table.columns.len() == taken.columns.len()
                && table.columns.iter().zip(&taken.columns).all(|(a, b)| same(a, b))
        })
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
