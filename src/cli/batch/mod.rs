//! One command over many files: all cores, results in the order of names, memory that does not grow
//! with the files.
//!
//! Each core has a worker ([`super::worker`]) and gives it one file after the other. Tables of one
//! file may have to be compared with those of another, which is only known when all files were seen:
//! from the first file that waits for others on, what there is to print is put aside on disk, and
//! printed in a second round, in which the files that waited and found what they need are taken up
//! again ([`held`]).

mod held;
mod named;
mod progress;
mod told;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use soatbieu::across::Others;
use soatbieu::batch::journal::{Done, Journal, State};
use soatbieu::batch::ordered;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::refuse_input;

use super::limits::LimitOptions;
use super::session::Terminals;
use super::worker::{Hand, Outcome, Task};
use super::{Arguments, Color, Command, OutputFormat, Session, Status, interrupt};
use held::Held;
use named::Named;
pub(super) use named::{is_several, workbooks};
use progress::Progress;
use told::Told;

/// What a run over many files takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Ghi bảng tổng hợp, mỗi tệp một dòng: .xlsx (kèm từng phát hiện), .csv, .jsonl; lặp lại được /
    /// a table with a line per file
    #[arg(long, value_name = "OUT.xlsx|.csv|.jsonl")]
    pub(crate) summary: Vec<PathBuf>,
    /// Ghi bảng các phát hiện, mỗi phát hiện một dòng; lặp lại được / a table with a line per finding
    #[arg(long, value_name = "OUT.csv|.jsonl")]
    pub(crate) findings: Vec<PathBuf>,
    /// Làm tiếp lần chạy bị dừng: tệp đã xong và chưa thay đổi thì lấy kết quả từ nhật ký / go on
    /// with a run that was stopped
    #[arg(long)]
    pub(crate) resume: bool,
    /// Số tệp soát cùng lúc (mặc định: số nhân của máy) / files worked on at once
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// Where outputs were asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Out<'a> {
    Folder(&'a Path),
    /// The output itself for one file, a folder for several.
    FileOrFolder(&'a Path),
}

/// A command over files.
pub(super) struct Run<'a> {
    pub(super) paths: &'a [PathBuf],
    pub(super) options: &'a Options,
    pub(super) out: Option<Out<'a>>,
    /// True when files are written for each file.
    pub(super) writes: bool,
}

pub(super) fn run(
    session: &Session,
    arguments: &Arguments,
    run: &Run<'_>,
) -> Result<Status, Failure> {
    session.verify()?;
    let files = named::files(session, run.paths, run.out, run.writes)?;
    spare(run.options, &files)?;
    let mut told = Told::new(session, run.options, files.len())?;
    let log = Log::open(session, arguments, run, files.len())?;
    if files.len() > 1 {
        interrupt::ask_first();
    }
    let batch = Batch {
        arguments,
        terminals: session.terminals(),
        shows_progress: session.shows_progress(),
        jobs: run.options.jobs,
        findings: told.wants_findings(),
        writes: run.writes,
        log,
    };
    if let Some(held) = batch.first_round(&files, &mut told)? {
        batch.second_round(&files, held, &mut told)?;
    }
    // `check` sums up one file as well; the other commands say what they wrote.
    let kept = batch.log.journal.is_some();
    told.finish(matches!(arguments.command, Command::Check(_)), run.writes, kept)
}

/// Refuses tables that would replace an input or each other, whatever `--force` says.
fn spare(options: &Options, files: &[Named]) -> Result<(), Failure> {
    let tables: Vec<&PathBuf> = options.summary.iter().chain(&options.findings).collect();
    for (index, table) in tables.iter().enumerate() {
        if tables[..index].contains(table) {
            let table = table.display();
            return Err(Failure::new(
                Code::Unknown,
                format!("`{table}` được nêu cho hai bảng"),
                format!("`{table}` is named for two tables"),
            )
            .with_help("đặt cho mỗi bảng một tên", "give each table a name of its own"));
        }
        if table.exists() {
            files.iter().try_for_each(|file| refuse_input(table, &file.path))?;
        }
    }
    Ok(())
}

/// The journal of a run, and what it says of earlier ones.
struct Log {
    done: Done,
    journal: Option<Journal>,
}

impl Log {
    fn open(
        session: &Session,
        arguments: &Arguments,
        run: &Run<'_>,
        files: usize,
    ) -> Result<Self, Failure> {
        if run.options.resume && session.json {
            return Err(Failure::new(
                Code::Unknown,
                "--resume không dùng được cùng --format json: kết quả của các tệp đã xong không in lại",
                "--resume cannot be used with --format json: results of finished files are not printed again",
            )
            .with_help("dùng --summary và --findings", "use --summary and --findings"));
        }
        let path = place(run).filter(|_| files > 1 || run.options.resume);
        let Some(path) = path else {
            if run.options.resume {
                return Err(Failure::new(
                    Code::Unknown,
                    "không biết nhật ký của lần chạy trước ở đâu",
                    "where the journal of the earlier run stands is not known",
                )
                .with_help(
                    "nêu lại thư mục kết quả hoặc tệp --summary, --findings của lần chạy đó",
                    "name the output folder, or the --summary or --findings file, of that run",
                ));
            }
            return Ok(Self { done: Done::default(), journal: None });
        };
        let options = bearing(session, arguments);
        let cannot = |error| cannot_use(&path, &error);
        let done = if run.options.resume {
            Done::read(&path, &options).map_err(cannot)?
        } else {
            Done::default()
        };
        Ok(Self { done, journal: Some(Journal::open(&path, &options).map_err(cannot)?) })
    }

    /// The outcome of a file that was finished before and whose outputs are still there.
    fn known(&self, file: &Named, findings: bool) -> Option<Outcome> {
        let outcome: Outcome = self.done.result(file.path.as_os_str())?;
        let written = outcome.written.iter().all(|path| Path::new(path).exists());
        (written && (outcome.findings.is_some() || !findings)).then_some(outcome)
    }

    /// Notes that a file with outputs is begun. True when an earlier run began it and did not finish.
    fn begin(&self, file: &Named) -> bool {
        if let (Some(journal), Some(state)) = (&self.journal, self.state(file)) {
            // Without the line a later run refuses to replace what this one leaves, and says so.
            let _ = journal.begin(state);
        }
        self.done.was_begun(file.path.as_os_str())
    }

    /// The state of a file before it is worked on, where there is a journal to note it in.
    fn state(&self, file: &Named) -> Option<State> {
        self.journal.as_ref().and_then(|_| State::of(&file.path))
    }

    /// Notes a file that is finished. Failures are not noted: the file is tried again.
    fn note(&self, state: Option<State>, outcome: &Outcome) {
        let (Some(journal), Some(state)) = (&self.journal, state) else { return };
        if outcome.refused {
            let _ = journal.refuse(state);
            return;
        }
        if !outcome.finished || outcome.status == Status::Failed {
            return;
        }
        let outcome = Outcome { said: Vec::new(), json: None, ..outcome.clone() };
        // A journal that cannot be written to costs a later run time, and this one nothing.
        let _ = journal.add(state, &outcome);
    }
}

/// The journal stands in the output folder, or beside the first table.
fn place(run: &Run<'_>) -> Option<PathBuf> {
    match run.out {
        Some(Out::Folder(folder)) => return Some(folder.join("soatbieu.journal.jsonl")),
        Some(Out::FileOrFolder(folder)) if run.writes && is_several(run.paths) => {
            return Some(folder.join("soatbieu.journal.jsonl"));
        }
        _ => {}
    }
    let table = run.options.summary.iter().chain(&run.options.findings).next();
    table.map(|table| table.with_extension("journal.jsonl"))
}

/// All options that bear on the results for a file.
fn bearing(session: &Session, arguments: &Arguments) -> String {
    let mut common = arguments.common.clone();
    (common.quiet, common.force) = (false, false);
    (common.color, common.format) = (Color::Auto, OutputFormat::Text);
    // What a file may take decides whether it is done; one that was done stays so.
    (common.bounds.max_memory, common.bounds.max_seconds) = (0, 0);
    common.limits = LimitOptions::default();
    let command = match &arguments.command {
        Command::Check(wanted) => {
            format!(
                "{:?}",
                super::Check { paths: Vec::new(), run: Options::default(), ..wanted.clone() }
            )
        }
        Command::Process(wanted) => {
            format!(
                "{:?}",
                super::Process { paths: Vec::new(), run: Options::default(), ..wanted.clone() }
            )
        }
        Command::Fix(wanted) => {
            format!(
                "{:?}",
                super::Fix { paths: Vec::new(), run: Options::default(), ..wanted.clone() }
            )
        }
        other => format!("{other:?}"),
    };
    format!("{common:?} {command} {}", session.form_text())
}

fn cannot_use(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        Code::CannotWrite,
        format!("không dùng được nhật ký `{path}` ({error})"),
        format!("the journal `{path}` cannot be used ({error})"),
    )
    .with_help("kiểm tra quyền ghi vào thư mục", "check that the folder can be written to")
}

/// Files that are worked on at once where nothing else is asked for.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// The two rounds over the files.
struct Batch<'a> {
    arguments: &'a Arguments,
    terminals: Terminals,
    shows_progress: bool,
    jobs: Option<usize>,
    findings: bool,
    writes: bool,
    log: Log,
}

impl Batch<'_> {
    fn hands(&self, files: usize) -> usize {
        self.jobs.unwrap_or_else(cores).clamp(1, files.max(1))
    }

    /// Works on all files. What is left is to be told in the second round.
    fn first_round(
        &self,
        files: &[Named],
        told: &mut Told<'_>,
    ) -> Result<Option<(Held, Others)>, Failure> {
        let several = files.len() > 1;
        let progress = self.progress(files.len());
        let from_journal = AtomicUsize::new(0);
        let hand = || {
            let mut worker = Hand::new(self.arguments, self.terminals);
            let (progress, from_journal) = (&progress, &from_journal);
            move |files: &[Named]| {
                let known = files.iter().map(|file| self.log.known(file, self.findings));
                let known: Vec<Option<Outcome>> = known.collect();
                let count = known.iter().flatten().count();
                from_journal.fetch_add(count, Ordering::Relaxed);
                let open = files.iter().zip(&known).filter(|(_, known)| known.is_none());
                let open: Vec<_> = open.map(|(file, _)| (file, None)).collect();
                let is_all = |outcome: &Outcome| outcome.wanted.is_empty() || !several;
                let mut done = self.work(&mut worker, several, open, is_all).into_iter();
                progress.done(files.len());
                known.into_iter().filter_map(|known| known.or_else(|| done.next())).collect()
            }
        };
        let mut held: Option<Held> = None;
        let mut others = Others::default();
        let mut ended = Ok(());
        let mut take = |mut outcome: Outcome| {
            outcome.offers.drain(..).for_each(|offer| others.add(offer));
            let waits = several && !outcome.wanted.is_empty();
            let tell = || match &mut held {
                None if waits => held.insert(Held::new()?).add(&outcome),
                None => {
                    let mut told_it = Ok(());
                    progress.aside(|| told_it = told.add(outcome));
                    told_it
                }
                Some(held) => held.add(&outcome),
            };
            if ended.is_ok() {
                ended = tell();
            }
        };
        let hands = self.hands(files.len());
        let begun = files.chunks(self.at_once(files.len())).take_while(|_| !interrupt::asked());
        ordered(begun, hands, hand, |outcomes: Vec<Outcome>| {
            outcomes.into_iter().for_each(&mut take);
        });
        told.take_from_journal(from_journal.into_inner());
        ended.map(|()| held.map(|held| (held, others)))
    }

    /// Tells what was put aside, in order. Files whose tables have something to be compared with
    /// are taken up again.
    fn second_round(
        &self,
        files: &[Named],
        (held, others): (Held, Others),
        told: &mut Told<'_>,
    ) -> Result<(), Failure> {
        let files = &files[told.count()..];
        let progress = self.progress(files.len());
        let hand = || {
            let mut worker = Hand::new(self.arguments, self.terminals);
            let (others, progress) = (&others, &progress);
            move |(file, outcome): (&Named, Outcome)| {
                let found = others.of(&outcome.wanted);
                let again = !outcome.finished || found != outcome.others;
                let outcome = if again {
                    self.work(&mut worker, true, vec![(file, Some(found))], |_| true).pop()
                } else {
                    Some(outcome)
                };
                progress.done(1);
                outcome
            }
        };
        let mut ended = Ok(());
        let begun = files.iter().zip(held.outcomes()?).take_while(|_| !interrupt::asked());
        ordered(begun, self.hands(files.len()), hand, |outcome| {
            if let (true, Some(outcome)) = (ended.is_ok(), outcome) {
                progress.aside(|| ended = told.add(outcome));
            }
        });
        ended
    }

    /// Files given to a worker at once. Outputs begun by a worker that ends must not be met again
    /// as those of somebody else, so files with outputs are given one by one.
    fn at_once(&self, files: usize) -> usize {
        const MOST: usize = 16;
        if self.writes { 1 } else { (files / (4 * self.hands(files))).clamp(1, MOST) }
    }

    /// Gives files to a worker, and notes those in the journal where that was all there is to do.
    fn work(
        &self,
        worker: &mut Hand,
        several: bool,
        files: Vec<(&Named, Option<Others>)>,
        is_all: impl Fn(&Outcome) -> bool,
    ) -> Vec<Outcome> {
        let states: Vec<_> = files.iter().map(|(file, _)| self.log.state(file)).collect();
        let task = |(file, others): (&Named, _)| Task {
            path: file.path.clone().into(),
            given: None,
            target: file.target.clone(),
            others,
            replaces: self.writes && self.log.begin(file),
            several,
            findings: self.findings,
        };
        let tasks: Vec<Task> = files.into_iter().map(task).collect();
        let outcomes = worker.work_all(&tasks);
        for (outcome, state) in outcomes.iter().zip(states).filter(|(outcome, _)| is_all(outcome)) {
            self.log.note(state, outcome);
        }
        outcomes
    }

    fn progress(&self, files: usize) -> Progress {
        Progress::new(self.shows_progress, files, self.arguments.common.lang)
    }
}
