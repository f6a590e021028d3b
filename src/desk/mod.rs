//! The desk: the whole job of one workbook in memory. Bytes come in; what was found, what a person
//! decides, and the outputs as bytes go out. No files, no threads, no clock: whoever has those, the
//! program or a page in a browser, does the rest.
//!
//! A workbook is [opened](Desk::open) with the rows of long tables settled while they are read
//! ([`crate::screen`]), which is enough for findings, decisions and the corrected copy of a file that
//! is patched in place; the report prints of a long table the rows that something is to be said of.
//! The appendix has every row: for it the table alone is read again, without its rules.
//!
//! [`Choices`] are all that a person decides, given whole each time: the tables are corrected and
//! checked again from what was read, so that a choice that is taken back leaves nothing behind.

mod candidates;
mod choices;
mod hidden;
mod units;
mod whole;

pub use candidates::{Candidate, Taken};
pub use choices::{CellName, Choices, Decision};
pub use units::{UnitChecker, UnitRequests};

use std::collections::HashSet;

use crate::across::{self, Offer, Others};
use crate::appendix::{self, Appendix, Sheet};
use crate::checkup::{Checkup, check_tables};
use crate::correct::{Choice, Corrected, correct};
use crate::failure::{Code, Failure};
use crate::findings::Checked;
use crate::lang::Lang;
use crate::output::{
    self, Barred, Change, ChangeList, Checksum, Copy, Kind, Mark, Marks, Source, corrected,
};
use crate::read;
use crate::recognise::{Heads, Request};
use crate::report::{FileReport, html, page, shown};
use crate::rules::Selection;
use crate::screen::{Checker, Settled};
use crate::statements::{self, Tables};
use crate::table::Table;
use crate::workbook::{Address, Range, Workbook};

/// Rounds of correcting a table without the cells that a copy cannot have corrected.
const MAX_ROUNDS: usize = 8;

/// One workbook on the desk.
#[derive(Debug)]
pub struct Desk<'a> {
    limits: &'a read::Limits,
    request: &'a Request,
    /// The heads of its tables, which its copies have too.
    heads: Heads<'a>,
    bytes: Vec<u8>,
    report: FileReport,
    /// What the rows were judged by that were settled while they were read.
    settled: Settled,
    selection: Selection,
    others: Others,
    choices: Choices,
    /// The tables with their corrections, once they were asked for.
    corrected: Option<Vec<Corrected>>,
    /// What the corrected copy leaves to a person, once that was asked for.
    left: Option<Left>,
    /// True where copies are written anew as `.xlsx`.
    rebuilt: bool,
}

/// What a check of the corrected copy tells: with other figures a table may turn out to be built
/// otherwise, so that its errors are not always those that the corrections leave.
#[derive(Debug)]
struct Left {
    errors: usize,
    /// The tables of the copy, each with its errors.
    tables: Vec<(String, Range, usize)>,
    /// The choices without the cells that the copy cannot have corrected, where there are such cells.
    writable: Option<Choices>,
}

impl Left {
    /// The errors of a table, where the copy has it.
    fn of(&self, table: &Table) -> Option<usize> {
        let range = table.range;
        let meets = |at: Range| at.contains(range.start) || range.contains(at.start);
        let same = self.tables.iter().filter(|(own, at, _)| *own == table.sheet && meets(*at));
        same.map(|(.., errors)| *errors).reduce(|a, b| a + b)
    }
}

impl<'a> Desk<'a> {
    /// Opens a workbook: rows of long tables are settled while they are read. `name` is what it is
    /// called in reports.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn open(name: &str, bytes: Vec<u8>, checker: &mut Checker<'a>) -> Result<Self, Failure> {
        let (checkup, settled) = checker.check_settling(&bytes)?;
        Ok(Self { settled, ..Self::new(name, bytes, checker, checkup) })
    }

    /// Opens a workbook with every row kept, for who needs them all anyhow.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn open_whole(
        name: &str,
        bytes: Vec<u8>,
        checker: &mut Checker<'a>,
    ) -> Result<Self, Failure> {
        let checkup = checker.check_whole(&bytes)?;
        Ok(Self::new(name, bytes, checker, checkup))
    }

    fn new(name: &str, bytes: Vec<u8>, checker: &Checker<'a>, checkup: Checkup) -> Self {
        Self {
            limits: checker.limits(),
            request: checker.request(),
            heads: checker.heads(),
            bytes,
            report: FileReport { path: name.to_owned(), outcome: Ok(checkup) },
            settled: Settled::default(),
            selection: Selection::default(),
            others: Others::default(),
            choices: Choices::default(),
            corrected: None,
            left: None,
            rebuilt: false,
        }
    }

    /// Leaves out the findings of rules that are not wanted.
    pub fn select(&mut self, selection: &Selection) {
        self.selection = selection.clone();
        self.settle_findings();
    }

    /// Compares the tables with those of other workbooks.
    ///
    /// # Errors
    /// As [`crate::checkup::check`], where rows that were settled must be read again.
    pub fn compare(&mut self, others: &Others) -> Result<(), Failure> {
        self.others = others.clone();
        if !others.is_empty() && self.is_screened() {
            return self.read_in_full();
        }
        if let Ok(checkup) = &mut self.report.outcome {
            across::between(&mut checkup.tables, others);
        }
        self.settle_findings();
        Ok(())
    }

    /// What the tables offer to those of other workbooks.
    ///
    /// # Errors
    /// As [`Desk::compare`].
    pub fn offers(&mut self) -> Result<Vec<Offer>, Failure> {
        if self.is_screened() && across::are_asked(self.tables(), self.request) {
            self.read_in_full()?;
        }
        Ok(across::offers(&self.report.path, self.tables(), self.request))
    }

    /// Holds the sentences of a document against the tables of another file, in place of its own.
    /// Nothing changes for a workbook, which has none.
    pub fn hold_against(&mut self, tables: &[Checked], name: &str) {
        let forms = self.request.forms();
        let Ok(checkup) = &mut self.report.outcome else { return };
        if checkup.statements.is_some() {
            let tables = Tables::Elsewhere(tables, name);
            checkup.statements = Some(statements::of(&checkup.workbook.prose, tables, &forms));
        }
    }

    fn settle_findings(&mut self) {
        let Ok(checkup) = &mut self.report.outcome else { return };
        keep_wanted(&mut checkup.tables, &self.selection);
        self.corrected = None;
        self.left = None;
    }

    /// What was found.
    #[must_use]
    pub fn report(&self) -> &FileReport {
        &self.report
    }

    /// The tables, each with its ledger and findings.
    #[must_use]
    pub fn tables(&self) -> &[Checked] {
        self.report.outcome.as_ref().map_or(&[], |checkup| &checkup.tables)
    }

    /// The check-up.
    ///
    /// # Errors
    /// None: a workbook that cannot be checked is never on a desk.
    pub fn checkup(&self) -> Result<&Checkup, Failure> {
        self.report.outcome.as_ref().map_err(Clone::clone)
    }

    /// Has copies written anew as `.xlsx`, where the file could be patched in place as well. One that
    /// is an `.xlsx` itself is patched nevertheless: it loses nothing.
    pub fn rebuild_copies(&mut self) {
        self.rebuilt = true;
    }

    /// Why the file cannot be patched in place at all; `None` where it can.
    ///
    /// # Errors
    /// As [`Desk::checkup`].
    pub fn refusal(&self) -> Result<Option<Failure>, Failure> {
        Ok(self.source()?.refusal())
    }

    fn source(&self) -> Result<Source<'_>, Failure> {
        let workbook = &self.checkup()?.workbook;
        Ok(Source { bytes: &self.bytes, workbook, rebuilt: self.rebuilt })
    }

    /// The suffix of the corrected copy: that of the file where it is patched in place.
    ///
    /// # Errors
    /// As [`Desk::checkup`].
    pub fn copy_suffix(&self) -> Result<&'static str, Failure> {
        Ok(self.source()?.copy_format().suffix())
    }

    /// True for a document: what is to be corrected in it is listed, and no copy of it is made.
    #[must_use]
    pub fn is_document(&self) -> bool {
        let outcome = self.report.outcome.as_ref();
        outcome.is_ok_and(|checkup| checkup.workbook.format.is_document())
    }

    /// What a person has chosen.
    #[must_use]
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Takes all choices of a person in place of those before. The tables are corrected and checked
    /// again.
    ///
    /// # Errors
    /// [`Code::CannotCorrect`] where one cannot be followed; those before stand then.
    pub fn choose(&mut self, choices: Choices) -> Result<(), Failure> {
        let made = match self.correct(&choices) {
            // A decided cell may be in a row that was settled while it was read.
            Err(failure) if failure.code == Code::CannotCorrect && self.is_screened() => {
                self.read_in_full()?;
                self.correct(&choices)?
            }
            made => made?,
        };
        (self.corrected, self.choices) = (Some(made), choices);
        self.left = None;
        Ok(())
    }

    fn correct(&self, choices: &Choices) -> Result<Vec<Corrected>, Failure> {
        let mut wanted: Vec<Choice> = Vec::new();
        wanted.resize_with(self.tables().len(), || Choice {
            suggested: choices.suggested,
            selection: self.selection.clone(),
            ..Choice::default()
        });
        for decision in &choices.decisions {
            let table = choices::table_of(self.checkup()?, decision)?;
            wanted[table].accepted.push((decision.cell.at, decision.figure));
        }
        for (checked, wanted) in self.tables().iter().zip(&mut wanted) {
            let here = |cells: &[CellName]| {
                let cells = cells.iter().filter(|cell| cell.names(&checked.table));
                cells.map(|cell| cell.at).collect()
            };
            (wanted.agreed, wanted.declined) = (here(&choices.agreed), here(&choices.declined));
        }
        self.tables()
            .iter()
            .zip(&wanted)
            .map(|(checked, choice)| correct(checked, choice))
            .collect()
    }

    /// The tables with their corrections.
    ///
    /// # Errors
    /// As [`Desk::choose`].
    pub fn corrections(&mut self) -> Result<Vec<(&Checked, &Corrected)>, Failure> {
        if self.corrected.is_none() {
            self.choose(self.choices.clone())?;
        }
        Ok(self.pairs())
    }

    fn pairs(&self) -> Vec<(&Checked, &Corrected)> {
        self.tables().iter().zip(self.corrected.as_deref().unwrap_or_default()).collect()
    }

    /// What a person may choose from for an error that is left: each tried on the whole table, the
    /// best first.
    ///
    /// # Errors
    /// As [`Desk::choose`].
    pub fn candidates(
        &mut self,
        table: usize,
        at: Address,
        lang: Lang,
    ) -> Result<Vec<Candidate>, Failure> {
        self.corrections()?;
        let pairs = self.pairs();
        let Some((_, corrected)) = pairs.get(table) else { return Ok(Vec::new()) };
        let left: usize = pairs.iter().map(|(_, corrected)| corrected.after.errors().count()).sum();
        let sheet = &self.tables()[table].table.sheet;
        let tried = candidates::sets(&corrected.after, at).into_iter().filter_map(|set| {
            let mut choices = self.choices.clone();
            let name = |at| CellName { sheet: Some(sheet.clone()), at };
            match set.agreed {
                Some(at) => choices.agreed.push(name(at)),
                None => set.figures.iter().for_each(|(at, to)| choices.decide(name(*at), *to)),
            }
            let made = self.correct(&choices).ok()?;
            let still: usize = made.iter().map(|made| made.after.errors().count()).sum();
            let tried = &made[table].after;
            (still < left).then(|| Candidate::of(&corrected.after, tried, &set, still, lang))
        });
        let mut candidates: Vec<Candidate> = tried.collect();
        candidates.sort_by_key(|candidate| candidate.left);
        Ok(candidates)
    }

    /// What is shown of the workbook on a page.
    ///
    /// # Errors
    /// As [`Desk::choose`].
    pub fn view(&mut self, lang: Lang) -> Result<page::View, Failure> {
        self.left()?;
        let pairs = self.pairs();
        let copy = self.left.as_ref().map(|left| page::InCopy {
            errors: left.errors,
            tables: pairs.iter().map(|(before, _)| left.of(&before.table)).collect(),
        });
        Ok(page::view(self.checkup()?, &pairs, copy.as_ref(), lang))
    }

    /// What is shown of a cell on a page: the rules it is part of.
    ///
    /// # Errors
    /// As [`Desk::choose`].
    pub fn cell(
        &mut self,
        table: usize,
        at: Address,
        lang: Lang,
    ) -> Result<Option<page::CellView>, Failure> {
        Ok(self
            .corrections()?
            .get(table)
            .and_then(|(_, corrected)| page::cell(corrected, at, lang)))
    }

    /// The list of what is changed.
    ///
    /// # Errors
    /// As [`Desk::choose`].
    pub fn changes(&mut self, lang: Lang) -> Result<ChangeList, Failure> {
        Ok(ChangeList::of(&self.corrections()?, lang))
    }

    /// The corrected copy, with the list of what was changed or marked in it.
    ///
    /// # Errors
    /// As [`Desk::choose`], and [`Code::CannotWrite`] where it cannot be made without harm.
    pub fn copy(&mut self, marks: Marks, lang: Lang) -> Result<(Copy, ChangeList), Failure> {
        let source = self.source()?;
        if source.copy_format() != source.workbook.format {
            // A copy written anew has only the rows that were kept.
            self.read_in_full()?;
        }
        self.corrections()?;
        let (mut list, barred, writable) = self.writable(marks, lang)?;
        let mut copy = corrected(self.source()?, &list, marks, lang)?;
        copy.warnings.splice(0..0, barred.into_iter().map(|cell| cell.told));
        let is_corrected = marks != Marks::Only && !list.changes.is_empty();
        let held = copy.holds.take();
        if marks != Marks::Only && !is_corrected {
            // The copy holds what its source does.
            list.left_in(self.tables());
        }
        if is_corrected && let Ok(tables) = self.check_copy(&copy.bytes, held) {
            list.left_in(&tables);
            let errors = |checked: &Checked| {
                let table = &checked.table;
                (table.sheet.clone(), table.range, checked.errors().count())
            };
            let tables = tables.iter().map(errors).collect();
            self.left = Some(Left { errors: list.left, tables, writable });
        }
        Ok((copy, list))
    }

    /// What a corrected copy leaves to a person; `None` where nothing is corrected, and where there can
    /// be no copy.
    fn left(&mut self) -> Result<Option<&Left>, Failure> {
        let corrects = self.corrections()?.iter().any(|(_, made)| !made.applied.is_empty());
        if corrects && self.left.is_none() && !self.is_document() {
            // Why there can be none is told to who asks for it.
            let _ = self.copy(Marks::Plain, Lang::Vi);
        }
        Ok(self.left.as_ref())
    }

    /// The tables of a copy, as a check of it finds them; what it holds may be known.
    fn check_copy(&self, bytes: &[u8], held: Option<Workbook>) -> Result<Vec<Checked>, Failure> {
        let mut tables = match held.and_then(|workbook| self.check_held(workbook)) {
            Some(checkup) => checkup.tables,
            None if self.others.is_empty() => {
                Checker::new(self.limits, self.request).check(bytes)?.tables
            }
            None => {
                let checkup = crate::checkup::check(bytes, self.limits, self.request)?;
                checkup.accepted_for(self.request)?.tables
            }
        };
        across::between(&mut tables, &self.others);
        keep_wanted(&mut tables, &self.selection);
        Ok(tables)
    }

    /// The check-up of what a copy holds; `None` where the copy itself must be checked, or cannot be.
    fn check_held(&self, workbook: Workbook) -> Option<Checkup> {
        let mut heads = self.heads.clone();
        if workbook.has_settled_rows() {
            return self.settled.check_again(workbook, self.request, &mut heads);
        }
        // A long table is checked in less time while it is read.
        if !workbook.sheets.iter().all(|sheet| (sheet.bottom() as usize) < read::SCREENED_AFTER) {
            return None;
        }
        let checkup = check_tables(workbook, self.request, &mut heads).ok()?;
        checkup.accepted_for(self.request).ok()
    }

    /// What is changed or marked in a copy, and the cells that it cannot have corrected. Without
    /// these the tables are corrected anew: what follows from a figure that stays wrong stays too.
    fn writable(
        &self,
        marks: Marks,
        lang: Lang,
    ) -> Result<(ChangeList, Vec<Barred>, Option<Choices>), Failure> {
        if marks == Marks::Only {
            return Ok((ChangeList::marks(&self.pairs(), lang), Vec::new(), None));
        }
        let mut list = ChangeList::of(&self.pairs(), lang);
        let mut choices = self.choices.clone();
        let (mut barred, mut by_hand): (Vec<Barred>, Vec<Change>) = (Vec::new(), Vec::new());
        for _ in 0..MAX_ROUNDS {
            let found = output::barred(self.source()?, &list, marks, lang)?;
            if found.is_empty() {
                list.by_hand = by_hand;
                let fewer = (!barred.is_empty()).then_some(choices);
                return Ok((list, barred, fewer));
            }
            let at: HashSet<(&str, Address)> =
                found.iter().map(|cell| (cell.sheet.as_str(), cell.at)).collect();
            let is_barred = |change: &&Change| at.contains(&(change.sheet.as_str(), change.at));
            by_hand.extend(list.changes.iter().filter(is_barred).cloned());
            let name = |cell: &Barred| CellName { sheet: Some(cell.sheet.clone()), at: cell.at };
            let names: Vec<CellName> = found.iter().map(name).collect();
            choices.decisions.retain(|made| !names.iter().any(|name| made.cell.is(name)));
            choices.declined.extend(names);
            barred.extend(found);
            let made = self.correct(&choices)?;
            let pairs: Vec<_> = self.tables().iter().zip(&made).collect();
            list = ChangeList::of(&pairs, lang);
        }
        let told = |lang| barred.first().map_or("", |cell: &Barred| cell.told.get(lang)).to_owned();
        Err(Failure::new(Code::CannotWrite, told(Lang::Vi), told(Lang::En)))
    }

    /// The mark of an output made from this workbook.
    fn mark(&self, kind: Kind) -> Mark {
        Mark::of(kind, &self.bytes)
    }

    /// The report as one HTML file.
    ///
    /// # Errors
    /// As [`Desk::choose`], and those of reading the workbook in full.
    pub fn html(&mut self, lang: Lang) -> Result<String, Failure> {
        self.html_of(None, lang)
    }

    /// The report with the day of the check in it: nothing here has a clock.
    ///
    /// # Errors
    /// As [`Desk::html`].
    pub fn html_of(&mut self, day: Option<appendix::Day>, lang: Lang) -> Result<String, Failure> {
        if self.rows_settled() <= shown::WHOLE {
            self.read_in_full()?;
        }
        let left = self.left()?.map(|left| (left.errors, left.writable.clone()));
        let (left, writable) = left.map_or((None, None), |(left, made)| (Some(left), made));
        let made = writable.map(|choices| self.correct(&choices)).transpose()?;
        let made = made.as_deref().or(self.corrected.as_deref()).unwrap_or_default();
        let pairs: Vec<_> = self.tables().iter().zip(made).collect();
        let mark = self.mark(Kind::Report);
        let seen = html::Seen {
            // A mark names the file itself before what that was made from.
            sum: mark.sources.first().map(Checksum::to_string).unwrap_or_default(),
            bytes: self.bytes.len(),
            day: day.map(|day| day.to_string()),
        };
        Ok(mark.on_page(&html::render(&self.report, &pairs, left, Some(&seen), lang)))
    }

    /// Whether a table, by its index, can be typeset: once corrections are made it must be clean,
    /// unless the figures are printed `as_is`.
    ///
    /// # Errors
    /// [`Code::NotClean`] where errors are left, and those of [`appendix::ready`] and [`Desk::choose`].
    pub fn ready(&mut self, table: usize, as_is: bool) -> Result<(), Failure> {
        if as_is {
            return appendix::ready(&self.tables()[table].table);
        }
        self.left()?;
        let in_copy = self.left.as_ref().and_then(|left| left.of(&self.tables()[table].table));
        let after = &self.corrections()?[table].1.after;
        match in_copy.unwrap_or_else(|| after.errors().count()) {
            0 => appendix::ready(&after.table),
            errors => Err(not_clean(errors)),
        }
    }

    /// Typesets tables, by their indices: as corrections leave them, or `as_is`. Where the workbook
    /// has several tables, each has its number.
    ///
    /// # Errors
    /// As [`Desk::ready`], and those of reading the workbook in full.
    pub fn sheets(
        &mut self,
        tables: &[usize],
        options: &appendix::Options,
        as_is: bool,
    ) -> Result<Vec<Sheet>, Failure> {
        tables.iter().try_for_each(|table| self.ready(*table, as_is))?;
        let is_several = self.tables().len() > 1;
        let whole = self.whole_tables(tables, as_is)?;
        let set = |(index, table): (&usize, Table)| {
            let nth = is_several.then_some(index + 1).or(options.nth);
            let options = appendix::Options { nth, ..options.clone() };
            let book = &self.checkup()?.workbook;
            let hidden = book.sheet(&table.sheet).and_then(|own| hidden::note(&table, own));
            let mut sheet = appendix::set(table, &options)?;
            sheet.notes.extend(hidden);
            Ok(sheet)
        };
        tables.iter().zip(whole).map(set).collect()
    }

    /// Typeset tables as one workbook, marked as made from this one.
    ///
    /// # Errors
    /// [`Code::CannotWrite`] where a table passes the limits of a workbook.
    pub fn workbook(&self, sheets: &[Sheet]) -> Result<Vec<u8>, Failure> {
        self.mark(Kind::Appendix).on_workbook(&appendix::workbook(sheets)?)
    }

    /// The appendix of a table, by its index, as a workbook of its own.
    ///
    /// # Errors
    /// As [`Desk::sheets`] and [`Desk::workbook`].
    pub fn appendix(
        &mut self,
        table: usize,
        options: &appendix::Options,
        as_is: bool,
    ) -> Result<Appendix, Failure> {
        let sheets = self.sheets(&[table], options, as_is)?;
        let bytes = self.workbook(&sheets)?;
        let notes = sheets.into_iter().flat_map(|sheet| sheet.notes).collect();
        Ok(Appendix { bytes, notes })
    }

    /// True where rows were settled while they were read.
    fn is_screened(&self) -> bool {
        self.report.outcome.as_ref().is_ok_and(|checkup| checkup.workbook.has_settled_rows())
    }

    /// How many rows the tables have of which rows were settled while they were read.
    fn rows_settled(&self) -> usize {
        let tables = self.tables().iter().map(|checked| &checked.table);
        tables.filter(|table| table.has_settled_rows()).map(Table::row_count).sum()
    }

    fn read_in_full(&mut self) -> Result<(), Failure> {
        if !self.is_screened() {
            return Ok(());
        }
        let checkup = crate::checkup::check(&self.bytes, self.limits, self.request)?;
        let mut checkup = checkup.accepted_for(self.request)?;
        across::between(&mut checkup.tables, &self.others);
        self.report.outcome = Ok(checkup);
        self.settled = Settled::default();
        self.settle_findings();
        Ok(())
    }
}

/// Leaves out the findings of rules that are not wanted.
fn keep_wanted(tables: &mut [Checked], selection: &Selection) {
    for checked in tables {
        checked.findings.retain(|finding| selection.wants(finding.rule));
    }
}

fn not_clean(errors: usize) -> Failure {
    Failure::new(
        Code::NotClean,
        format!("bảng còn {errors} lỗi cần cán bộ xem xét, quyết định"),
        format!("the table still has {errors} errors for a person to decide"),
    )
    .with_help(
        "sửa các lỗi rồi lập lại, hoặc thêm --as-is để in nguyên số đang có",
        "correct them first, or add --as-is to print the figures as they stand",
    )
}
