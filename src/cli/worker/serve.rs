//! The worker itself: one file after the other, until the parent has no more.

use std::ffi::OsString;
use std::io::{BufRead as _, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use clap::Parser as _;
use soatbieu::across;
use soatbieu::compare::{self, Comparison};
use soatbieu::desk::{Desk, UnitChecker, UnitRequests};
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::{Lang, Text};
use soatbieu::merge::Errors;
use soatbieu::output::{Copy, Kind, no_more_writing, refuse_existing, refuse_input, write_file};
use soatbieu::remarks::Remarks;
use soatbieu::report::{self, FileRow, FileStatus, FindingRow, Mistakes, json};
use soatbieu::say;
use soatbieu::screen::Checker;
use soatbieu::units::Naming;

use super::{Outcome, Setup, Task, failed, memory};
use crate::cli::batch::{self, refuse_other_suffix, suffix};
use crate::cli::session::shown;
use crate::cli::{
    Arguments, Command, CopyAs, FormsAction, Session, Status, allocate, appendix, catalogue, check,
    fix, interrupt, process, remarks,
};

/// Serves the program that started this one.
pub(crate) fn serve() -> ExitCode {
    let Some((setup, tasks)) = listen() else { return ExitCode::FAILURE };
    let Ok(mut arguments) = Arguments::try_parse_from(&setup.arguments) else {
        return ExitCode::FAILURE;
    };
    if let Some((out, other)) = arguments.command.out().zip(setup.out) {
        *out = other.into();
    }
    interrupt::leave_to_parent();
    // What a panic says goes into the failure of the file; readers may panic on damaged files.
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string().replace('\n', " ");
        }
    }));
    let session = Session::of_worker(&arguments.common, setup.terminals);
    let Ok(mut request) = session.request() else { return ExitCode::FAILURE };
    request.sentences_alone = table_apart(&arguments.command).is_some();
    let requests = UnitRequests::of(&request);
    let mut checkers = Checkers {
        usual: Checker::new(&session.limits, &request),
        units: UnitChecker::new(&session.limits, &requests),
    };
    let names = names(&arguments.command).map(|names| names.naming(&session.limits));
    let Ok(naming) = names.unwrap_or_else(|| Ok(Naming::default())) else {
        return ExitCode::FAILURE;
    };
    let place = Place { session: &session, naming: &naming };
    memory::limit(arguments.common.bounds.max_memory);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut told = Instant::now();
    loop {
        // Answers are handed over together while there is more to do and nobody waits long.
        let more = if told.elapsed() < PATIENCE { tasks.try_recv().ok() } else { None };
        let next = more.or_else(|| {
            out.flush().ok()?;
            told = Instant::now();
            tasks.recv().ok()
        });
        let Some((task, given)) = next else { return ExitCode::FAILURE };
        session.give(given);
        let work = || outcome(place, &mut checkers, &arguments.command, &task);
        let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            session.take_said();
            panicked(place, &task)
        });
        let written = serde_json::to_writer(&mut out, &outcome).map_err(Into::into);
        if written.and_then(|()| out.write_all(b"\n")).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

/// What the files of a run have in common.
#[derive(Clone, Copy)]
struct Place<'a> {
    session: &'a Session,
    naming: &'a Naming,
}

/// How a command over many files names units.
fn names(command: &Command) -> Option<&batch::Names> {
    match command {
        Command::Check(wanted) => Some(&wanted.run.names),
        Command::Process(wanted) => Some(&wanted.run.names),
        Command::Fix(wanted) => Some(&wanted.run.names),
        Command::Remarks(wanted) => Some(&wanted.run.names),
        Command::Compare(wanted) => Some(&wanted.names),
        _ => None,
    }
}

/// How long an answer may lie here while other files are worked on.
const PATIENCE: Duration = Duration::from_millis(50);

/// Tasks read ahead, so that a file need not wait for its task to be sent.
const AHEAD: usize = 16;

/// A file to work on, and its bytes where it came on standard input.
type Given = (Task, Vec<u8>);

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Reads what the parent sends on a thread of its own, so that the worker ends with its parent
/// even while it is busy.
fn listen() -> Option<(Setup, Receiver<Given>)> {
    let mut input = std::io::BufReader::new(std::io::stdin());
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let setup = serde_json::from_str(&line).ok()?;
    let (sender, tasks) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        loop {
            line.clear();
            let length = input.read_line(&mut line).unwrap_or_default();
            let Ok(task) = serde_json::from_str::<Task>(&line[..length]) else { break };
            let mut given = vec![0; task.given.unwrap_or_default()];
            if input.read_exact(&mut given).is_err() || sender.send((task, given)).is_err() {
                break;
            }
        }
        let _guard = no_more_writing();
        std::process::exit(0);
    });
    Some((setup, tasks))
}

/// A file on its way through a command.
pub(crate) struct Work<'a> {
    pub(crate) task: &'a Task,
    /// The path as it was named.
    pub(crate) path: PathBuf,
    pub(crate) desk: Desk<'a>,
}

impl Work<'_> {
    /// What the file is called in reports.
    pub(crate) fn name(&self) -> &str {
        &self.desk.report().path
    }

    /// Where a copy of the workbook goes. The suffix that was asked for decides whether it is
    /// written anew as `.xlsx`; without one it is of the source's own kind, where that can be.
    pub(crate) fn copy_path(
        &mut self,
        session: &Session,
        kind: Kind,
        copy_as: Option<CopyAs>,
    ) -> Result<PathBuf, Failure> {
        let own = self.desk.copy_suffix()?;
        let named = self.task.target.name.as_deref().map(Path::new).and_then(suffix);
        let source = self.desk.checkup()?.workbook.format.suffix();
        if let Some(refusal) = self.desk.refusal()?.filter(|_| named.as_deref() == Some(source)) {
            return Err(refusal);
        }
        if copy_as == Some(CopyAs::Xlsx) || named.as_deref() == Some("xlsx") {
            self.desk.rebuild_copies();
        }
        let end = self.desk.copy_suffix()?;
        let path = self.task.target.path(&format!(".{}.{end}", kind.name(session.lang)));
        let taken: &[&str] = if end == own && own != "xlsx" { &[own, "xlsx"] } else { &[end] };
        refuse_other_suffix(&path, taken)?;
        Ok(path)
    }

    /// Where the list of changes goes that a copy has no room for.
    ///
    /// # Errors
    /// Where there is a file that may not be replaced.
    pub(crate) fn beside(
        &self,
        session: &Session,
        path: &Path,
        copy: &Copy,
    ) -> Result<Option<PathBuf>, Failure> {
        if copy.companion.is_none() {
            return Ok(None);
        }
        let end = format!("{}.xlsx", Kind::Changes.name(session.lang));
        let beside = match &self.task.target.name {
            Some(_) => path.with_extension(&end),
            None => self.task.target.path(&format!(".{end}")),
        };
        refuse_input(&beside, &self.path)?;
        refuse_existing(&beside, self.may_replace(session))?;
        Ok(Some(beside))
    }

    /// Says what is to be known of a copy.
    pub(crate) fn warn(&self, session: &Session, copy: &Copy) {
        for warning in &copy.warnings {
            session.tell(&self.about_it(warning.get(session.lang)));
        }
    }

    /// Writes a copy, and the list of its changes where that is a file of its own. Gives the paths of
    /// what was written.
    ///
    /// # Errors
    /// Those of [`write_file`].
    pub(crate) fn write_copy(
        &self,
        session: &Session,
        path: PathBuf,
        copy: &Copy,
    ) -> Result<Vec<PathBuf>, Failure> {
        let beside = self.beside(session, &path, copy)?;
        self.warn(session, copy);
        let replace = self.may_replace(session);
        write_file(&path, &copy.bytes, replace)?;
        let mut written = vec![path];
        if let Some((beside, list)) = beside.zip(copy.companion.as_ref()) {
            write_file(&beside, list, replace)?;
            session.tell(&self.about_it(&say!(
                session.lang,
                "Danh sách chỗ sửa ghi riêng vào {out}, vì bản sửa giữ nguyên các trang tính.",
                "The list of changes was written to {out}, because the copy keeps its sheets as they are.",
                out = beside.display(),
            )));
            written.push(beside);
        }
        Ok(written)
    }

    /// True where outputs that are there may be replaced: on request, or because the run that this
    /// one goes on with began them.
    pub(crate) fn may_replace(&self, session: &Session) -> bool {
        session.force || self.task.replaces
    }

    /// A text about the file, which is named where there are others.
    pub(crate) fn about_it(&self, text: &str) -> String {
        if self.task.several { format!("{}: {text}", self.name()) } else { text.to_owned() }
    }
}

/// How a command ended on a file.
#[derive(Default)]
pub(crate) struct Ended {
    /// True when errors are left for a person.
    pub(crate) is_open: bool,
    /// Cells corrected, and errors left, in what was written.
    pub(crate) corrected: Option<(usize, usize)>,
    pub(crate) written: Vec<PathBuf>,
}

/// What a worker checks files with: those of a merge in a way of their own.
struct Checkers<'a> {
    usual: Checker<'a>,
    units: UnitChecker<'a>,
}

/// Does what the command does with a file.
fn outcome(
    place: Place<'_>,
    checkers: &mut Checkers<'_>,
    command: &Command,
    task: &Task,
) -> Outcome {
    let Place { session, naming } = place;
    let checker = &mut checkers.usual;
    match command {
        Command::Appendix(wanted) => {
            return alone(session, task, appendix::run(session, checker, wanted));
        }
        Command::Allocate(wanted) => {
            return alone(session, task, allocate::run(session, checker, wanted));
        }
        Command::Forms(forms) => {
            if let Some(FormsAction::New(wanted)) = &forms.action {
                return alone(session, task, catalogue::new_form(session, checker, wanted));
            }
        }
        Command::Compare(_) if task.beside.is_some() => return compared(place, checker, task),
        Command::Merge(_) => return proved(place, &mut checkers.units, task),
        _ => {}
    }
    let path = Path::new(&task.path);
    let name = shown(path);
    // Rows that were settled while they were read cannot be explained.
    let whole = matches!(command, Command::Check(wanted) if wanted.explain_table);
    let desk = session.open(path).and_then(|input| session.desk(input, checker, whole));
    let mut desk = match desk {
        Ok(desk) => desk,
        Err(failure) => return failed(session, naming, &name, failure),
    };
    let mut outcome = Outcome { wanted: across::wanted(desk.tables()), ..Outcome::of(&name) };
    if let Err(failure) = compared_with_others(task, &mut desk, &mut outcome) {
        return failed(session, naming, &name, failure);
    }
    if let Some(table) = table_apart(command)
        && let Err(failure) = compare_sentences(session, checker, &mut desk, table)
    {
        return failed(session, naming, &name, failure);
    }
    outcome.row = FileRow::of(desk.report(), naming, session.lang);
    outcome.sent = report::sent(desk.report(), naming);
    outcome.mistakes = Mistakes::of(desk.report());
    let writes = !matches!(command, Command::Check(_) | Command::Compare(_));
    if writes && task.several && task.others.is_none() && !outcome.wanted.is_empty() {
        outcome.finished = false;
        return outcome;
    }
    let mut work = Work { task, path: path.to_owned(), desk };
    let ended = match command {
        Command::Check(wanted) => check::file(session, wanted, &work),
        Command::Process(wanted) => process::file(session, wanted, &mut work),
        Command::Fix(wanted) => fix::file(session, wanted, &mut work),
        Command::Remarks(_) => {
            // The letter is an official one, and so in Vietnamese.
            outcome.remarks = Remarks::of(work.desk.report(), naming, Lang::Vi);
            remarks::file(session, &mut work)
        }
        _ => Ok(Ended::default()),
    };
    outcome.status = match ended {
        Ok(ended) => {
            if let Some((corrected, left)) = ended.corrected {
                (outcome.row.corrected, outcome.row.to_decide) = (corrected, left);
            }
            outcome.written = ended.written.into_iter().map(Into::into).collect();
            if ended.is_open { Status::Findings } else { Status::Done }
        }
        Err(failure) if !writes => return failed(session, naming, &name, failure),
        Err(failure) => {
            outcome.refused = failure.code == Code::OutputExists;
            outcome.row = outcome.row.failed(FileStatus::NotWritten, &failure, session.lang);
            session.fail(work.name(), &failure);
            Status::Failed
        }
    };
    let report = work.desk.report();
    outcome.findings = task.findings.then(|| FindingRow::all(report, naming, session.lang));
    let is_told = session.json && !matches!(command, Command::Compare(_));
    outcome.json = is_told.then(|| json::one_file(report, &done(&outcome), session.lang));
    outcome.said = session.take_said();
    outcome
}

/// Lays the tables beside those of other files: in the first round they offer their own, in the
/// second they are compared.
fn compared_with_others(
    task: &Task,
    desk: &mut Desk<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    match &task.others {
        Some(others) => {
            outcome.others = others.clone();
            desk.compare(others)
        }
        None if task.several => {
            outcome.offers = desk.offers()?;
            Ok(())
        }
        None => Ok(()),
    }
}

/// What the JSON says was done with a file.
fn done(outcome: &Outcome) -> json::Done {
    json::Done {
        unit: outcome.row.unit.clone(),
        outputs: outcome.written.iter().map(|path| shown(Path::new(path))).collect(),
        corrected: outcome.row.corrected,
        to_decide: outcome.row.to_decide,
    }
}

/// The file whose tables the sentences of documents are compared with, where one is named.
fn table_apart(command: &Command) -> Option<&Path> {
    match command {
        Command::Check(wanted) => wanted.table.as_deref(),
        _ => None,
    }
}

/// Holds the sentences of a document against the tables of another file.
fn compare_sentences(
    session: &Session,
    checker: &mut Checker<'_>,
    desk: &mut Desk<'_>,
    table: &Path,
) -> Result<(), Failure> {
    let name = shown(table);
    if !desk.is_document() {
        session.tell(&say!(
            session.lang,
            "{path}: --table chỉ dùng cho văn bản Word (.docx), tệp này không có câu văn để đối chiếu.",
            "{path}: --table is for documents (.docx); this file has no sentences to compare.",
            path = desk.report().path,
        ));
        return Ok(());
    }
    let read = session.open(table).and_then(|input| checker.check_whole(&input.bytes));
    let checkup = read.map_err(|failure| Failure {
        message: Text::new(
            format!("bảng để đối chiếu `{name}`: {}", failure.message.vi),
            format!("the table to compare with, `{name}`: {}", failure.message.en),
        ),
        ..failure
    })?;
    desk.hold_against(&checkup.tables, &name);
    Ok(())
}

/// Two submissions, both checked with every row kept.
fn compared(place: Place<'_>, checker: &mut Checker<'_>, task: &Task) -> Outcome {
    let Place { session, naming } = place;
    let name = shown(Path::new(&task.path));
    let mut read = |path: &OsString| {
        let input = session.open(Path::new(path))?;
        checker.check_whole(&input.bytes)
    };
    let Some(beside) = &task.beside else { return Outcome::of(&name) };
    let old = beside.old.as_ref().map(&mut read);
    let new = beside.new.as_ref().map(&mut read);
    let comparison = compare::submissions(old.as_ref(), new.as_ref(), session.lang);
    let (side, path) = match (&new, &old) {
        (Some(Ok(new)), _) => (Some(new), &beside.new),
        (_, Some(Ok(old))) => (Some(old), &beside.old),
        _ => (None, &beside.new),
    };
    let path = path.as_ref().map_or(name.clone(), |path| shown(Path::new(path)));
    let first = side.and_then(|checkup| checkup.tables.first());
    let unit = first.map_or_else(
        || naming.of_file(&path),
        |checked| naming.of(&checked.table.surroundings, &checked.table.sheet, &path),
    );
    let comparison = Some(Comparison { unit: unit.name, ..comparison });
    Outcome { comparison, ..Outcome::of(&name) }
}

/// The outcome of a unit's file that a merge is about to read where it keeps the tables.
fn proved(place: Place<'_>, checker: &mut UnitChecker<'_>, task: &Task) -> Outcome {
    let Place { session, naming } = place;
    let path = Path::new(&task.path);
    let name = shown(path);
    match session.open(path).and_then(|input| checker.check(&input.bytes)) {
        Ok(checkup) => {
            let errors = checkup.tables.iter().map(Errors::of).collect();
            Outcome { errors, ..Outcome::of(&name) }
        }
        Err(failure) => failed(session, naming, &name, failure),
    }
}

/// The outcome of a command that is about one file and does everything itself.
fn alone(session: &Session, task: &Task, ended: Result<Status, Failure>) -> Outcome {
    let path = shown(Path::new(&task.path));
    let status = ended.unwrap_or_else(|failure| {
        session.fail(&path, &failure);
        Status::Failed
    });
    Outcome { status, said: session.take_said(), ..Outcome::of(&path) }
}

fn panicked(place: Place<'_>, task: &Task) -> Outcome {
    let Place { session, naming } = place;
    let words = LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default();
    let failure = Failure::new(
        Code::Died,
        format!("lỗi của chương trình khi soát tệp này ({words})"),
        format!("the program failed on this file ({words})"),
    )
    .with_help(
        "xin gửi tệp và dòng trên cho người làm chương trình; các tệp khác không bị ảnh hưởng",
        "please send the file and the line above to the authors; other files are not affected",
    );
    failed(session, naming, &shown(Path::new(&task.path)), failure)
}
