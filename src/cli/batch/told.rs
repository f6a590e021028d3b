//! What a run prints and writes about its files, in their order.

use std::collections::HashMap;

use soatbieu::batch::table::{Rows, Table};
use soatbieu::failure::Failure;
use soatbieu::report::{FileRow, FileStatus, Lines, Mistakes, Summary, json, overview, standing};
use soatbieu::say;
use soatbieu::units::{Expected, Roll, Standing};

use super::{After, Ending, Options, Run};
use crate::cli::session::{Said, shown};
use crate::cli::worker::Outcome;
use crate::cli::{Session, Status};

/// Takes the outcomes of files one by one; of each, only its line of the summary stays in memory.
pub(super) struct Told<'a> {
    session: &'a Session,
    tables: Vec<Table>,
    /// Files named, and those that were told.
    files: usize,
    count: usize,
    rows: Vec<FileRow>,
    shown: Lines,
    writes: bool,
    after: Option<&'a dyn After>,
    summary: Summary,
    mistakes: Mistakes,
    list: Option<Expected>,
    roll: Roll,
    status: Status,
    /// Files whose outputs could not be written.
    not_written: usize,
    /// Files whose outcome was taken from the journal.
    from_journal: usize,
    /// What was said of progress, and how often again: a note that holds for every file is said once.
    repeated: HashMap<String, usize>,
}

/// Different notes that are told apart; those of later files are said whenever they come.
const NOTES: usize = 64;

impl<'a> Told<'a> {
    /// Begins the tables that were asked for, so that one that cannot be written is known before
    /// any work is done.
    pub(super) fn new(
        session: &'a Session,
        options: &Options,
        (list, run): (Option<Expected>, &Run<'a>),
        files: usize,
    ) -> Result<Self, Failure> {
        let table = |path, rows| Table::new(path, rows, session.lang, session.force);
        let summaries = options.summary.iter().map(|path| table(path, Rows::Files));
        let findings = options.findings.iter().map(|path| table(path, Rows::Findings));
        Ok(Self {
            session,
            tables: summaries.chain(findings).collect::<Result<_, _>>()?,
            files,
            count: 0,
            rows: Vec::new(),
            shown: if options.all_files { Lines::All } else { Lines::Findings },
            writes: run.writes,
            after: run.after,
            summary: Summary::default(),
            mistakes: Mistakes::default(),
            list,
            roll: Roll::default(),
            status: Status::Done,
            not_written: 0,
            from_journal: 0,
            repeated: HashMap::new(),
        })
    }

    /// True when rows of findings are needed.
    pub(super) fn wants_findings(&self) -> bool {
        self.tables.iter().any(Table::wants_findings)
    }

    /// Takes note of files that were finished by an earlier run.
    pub(super) fn take_from_journal(&mut self, files: usize) {
        self.from_journal = files;
    }

    fn say(&mut self, said: Said) {
        if let Said::Progress(text) = &said {
            if let Some(again) = self.repeated.get_mut(text) {
                *again += 1;
                return;
            }
            if self.repeated.len() < NOTES {
                self.repeated.insert(text.clone(), 0);
            }
        }
        self.session.say(said);
    }

    /// How many files were told.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Tells the next file.
    pub(super) fn add(&mut self, mut outcome: Outcome) -> Result<(), Failure> {
        for said in std::mem::take(&mut outcome.said) {
            self.say(said);
        }
        if let Some(file) = &outcome.json {
            let before = if self.count == 0 { json::beginning() } else { json::BETWEEN.to_owned() };
            self.session.print(&format!("{before}{file}"));
        }
        self.count += 1;
        self.not_written += usize::from(outcome.row.status == FileStatus::NotWritten);
        self.status = self.status.max(outcome.status);
        self.summary.add(&outcome.row.counts());
        self.mistakes.add(&outcome.mistakes);
        self.roll.add(&outcome.row.path, &outcome.sent);
        if let Some(after) = self.after {
            after.take(&outcome)?;
        }
        for table in &mut self.tables {
            table.add(&outcome.row, outcome.findings.as_deref().unwrap_or_default())?;
        }
        if self.files > 1 && !self.session.json {
            self.rows.push(outcome.row);
        }
        Ok(())
    }

    /// Ends the run: the summary, and the tables get their names.
    pub(super) fn finish(self, sentence: bool, resumable: bool) -> Result<Status, Failure> {
        let session = self.session;
        self.tell_what_is_not_printed();
        if self.count < self.files {
            session.tell(&say!(
                session.lang,
                "Đã dừng theo yêu cầu: đã in {count} trong {files} tệp.",
                "Stopped as asked: {count} of {files} files were told.",
                count = self.count,
                files = self.files,
            ));
            if resumable {
                session.tell(&say!(
                    session.lang,
                    "Chạy lại với --resume để làm tiếp.",
                    "Run again with --resume to go on."
                ));
            }
            return Ok(Status::Stopped);
        }
        let all = self.roll.standing(self.list.as_ref());
        let standing = self.list.as_ref().map(|_| &all);
        let ending = self.after.map(|after| after.finish(&all)).transpose()?;
        self.print_end(standing, ending.as_ref(), sentence);
        for table in self.tables {
            let path = shown(table.path());
            let left_out = table.finish(&self.mistakes, standing)?;
            session.tell(&say!(session.lang, "Đã ghi {path}.", "Written: {path}."));
            if left_out > 0 {
                session.tell(&say!(
                    session.lang,
                    "{path}: trang tính đã đầy, còn {left_out} dòng chưa ghi; dùng thêm --summary, --findings với tệp .csv hoặc .jsonl.",
                    "{path}: the sheet is full, {left_out} rows were left out; add --summary or --findings with a .csv or .jsonl file.",
                ));
            }
        }
        Ok(ending.map_or(self.status, |ending| ending.status))
    }

    /// The table of files, the mistakes made most often, and where the units stand.
    fn print_end(&self, units: Option<&Standing>, ending: Option<&Ending>, sentence: bool) {
        let (session, lang) = (self.session, self.session.lang);
        if session.json {
            let before = if self.count == 0 { json::beginning() } else { String::new() };
            let outputs = ending.map(|ending| ending.outputs.as_slice()).unwrap_or_default();
            let (summary, mistakes) = (&self.summary, &self.mistakes);
            let end = json::end(&json::End { summary, mistakes, units, outputs }, lang);
            session.print(&format!("{before}{end}\n"));
            return;
        }
        if self.files > 1 {
            let files = overview(&self.rows, self.shown, self.writes, session.columns(), lang);
            session.print(&format!("\n{files}\n{}", self.mistakes.lines(lang)));
        }
        if let Some(units) = units {
            session.print(&standing(units, lang));
        }
        if let Some(ending) = ending {
            session.print(&ending.told);
        }
        if self.files > 1 || sentence {
            session.print(&format!("{}\n", self.summary.sentence(lang)));
        }
    }

    /// Notes that were told before, files taken from the journal, outputs that could not be written.
    fn tell_what_is_not_printed(&self) {
        let session = self.session;
        let again: usize = self.repeated.values().sum();
        if again > 0 {
            session.tell(&say!(
                session.lang,
                "Các ghi chú trên còn đúng với tệp khác ({again} lần, không in lại).",
                "The notes above hold for other files as well ({again} times, not printed again).",
            ));
        }
        if self.from_journal > 0 {
            session.tell(&say!(
                session.lang,
                "{files} tệp đã xong từ lần chạy trước: kết quả lấy từ nhật ký, phát hiện không in lại.",
                "{files} files were finished by an earlier run: taken from the journal, their findings are not printed again.",
                files = self.from_journal,
            ));
        }
        if self.not_written > 0 {
            session.tell(&say!(
                session.lang,
                "{files} tệp không ghi được kết quả.",
                "The outputs of {files} files could not be written.",
                files = self.not_written,
            ));
        }
    }
}
