//! One command over many files: all cores, results in the order of names, memory that does not grow
//! with the files.
//!
//! Each core has a worker ([`super::worker`]) and gives it one file after the other. Tables of one
//! file may have to be compared with those of another, which is only known when all files were seen:
//! from the first file that waits for others on, what there is to print is put aside on disk, and
//! printed in a second round, in which the files that waited and found what they need are taken up
//! again ([`held`]).

mod held;
mod log;
mod named;
mod progress;
mod told;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use soatbieu::across::Others;
use soatbieu::batch::ordered;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::refuse_input;
use soatbieu::read;
use soatbieu::units::{Expected, NameBy, Naming, Standing};

use super::session::{Input, Terminals};
use super::worker::{Hand, Outcome, Task};
use super::{Arguments, Command, Session, Status, interrupt};
pub(super) use held::Held;
use log::Log;
use named::Named;
pub(super) use named::{
    is_several, is_workbook_name, pass_over_outputs, refuse_other_suffix, suffix, workbooks,
};
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
    /// Chỉ liệt kê tệp có điều cần xem, nặng nhất trước (mặc định) / list only files with something to
    /// look at
    #[arg(long, overrides_with = "all_files")]
    pub(crate) only_findings: bool,
    /// Liệt kê mọi tệp ở bảng cuối, theo tên / list all files at the end
    #[arg(long, overrides_with = "only_findings")]
    pub(crate) all_files: bool,
    #[command(flatten)]
    pub(crate) names: Names,
    /// Số tệp soát cùng lúc (mặc định: số nhân của máy) / files worked on at once
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// How units are named.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Names {
    /// Danh sách đơn vị phải gửi (.txt, .csv hoặc Excel, mỗi dòng một đơn vị): nêu đơn vị chưa gửi, gửi
    /// trùng, ngoài danh sách / units that should send: who has not, twice, or is not listed is told
    #[arg(long, value_name = "LIST.txt|.csv|.xlsx")]
    pub(crate) units: Option<PathBuf>,
    /// Lấy tên đơn vị từ đâu / where names of units are taken from
    #[arg(long, value_enum, default_value_t)]
    pub(crate) name_by: NameBy,
}

impl Names {
    /// The rule for names, with the list read.
    ///
    /// # Errors
    /// Where the list cannot be read or is none.
    pub(crate) fn naming(&self, limits: &read::Limits) -> Result<Naming, Failure> {
        let list = self.units.as_ref().map(|path| {
            let input = Input::read(path, limits)?;
            Expected::read(&input.bytes, limits)
        });
        Ok(Naming { by: self.name_by, list: list.transpose()? })
    }
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
    /// What is made of all files together.
    pub(super) after: Option<&'a dyn After>,
}

/// What a command makes of all files together.
pub(super) trait After {
    /// Takes note of a file, in the order of names.
    fn take(&self, outcome: &Outcome) -> Result<(), Failure>;

    /// Makes it, once all files were seen; not where the run was stopped.
    fn finish(&self, standing: &Standing) -> Result<Ending, Failure>;
}

/// How a run ends that makes something of all files together.
pub(super) struct Ending {
    /// The files written.
    pub(super) outputs: Vec<String>,
    /// What is said of them.
    pub(super) told: String,
    pub(super) status: Status,
}

pub(super) fn run(
    session: &Session,
    arguments: &Arguments,
    run: &Run<'_>,
) -> Result<Status, Failure> {
    session.verify()?;
    let naming = run.options.names.naming(&session.limits)?;
    let list = run.options.names.units.as_deref();
    let files = named::files(session, run, list)?;
    spare(run.options, &files)?;
    let log = Log::open(session, arguments, (run, &naming), files.len())?;
    let mut told = Told::new(session, run.options, (naming.list.clone(), run), files.len())?;
    if files.len() > 1 {
        interrupt::ask_first();
    }
    let batch = Batch {
        arguments,
        naming,
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
    let kept = batch.log.is_kept();
    told.finish(matches!(arguments.command, Command::Check(_)), kept)
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

/// Files that are worked on at once where nothing else is asked for.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// The two rounds over the files.
struct Batch<'a> {
    arguments: &'a Arguments,
    naming: Naming,
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
    ) -> Result<Option<(Held<Outcome>, Others)>, Failure> {
        let several = files.len() > 1;
        let progress = self.progress(files.len());
        let from_journal = AtomicUsize::new(0);
        let hand = || {
            let mut worker = Hand::new(self.arguments, self.terminals, &self.naming);
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
        let mut held: Option<Held<Outcome>> = None;
        let mut others = Others::default();
        let mut ended = Ok(());
        let mut take = |mut outcome: Outcome| {
            outcome.offers.drain(..).for_each(|offer| others.add(offer));
            let waits = several && !outcome.wanted.is_empty();
            let tell = || match &mut held {
                None if waits => held.insert(Held::new()?).add(&outcome).map(drop),
                None => {
                    let mut told_it = Ok(());
                    progress.aside(|| told_it = told.add(outcome));
                    told_it
                }
                Some(held) => held.add(&outcome).map(drop),
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
        (held, others): (Held<Outcome>, Others),
        told: &mut Told<'_>,
    ) -> Result<(), Failure> {
        let files = &files[told.count()..];
        let progress = self.progress(files.len());
        let hand = || {
            let mut worker = Hand::new(self.arguments, self.terminals, &self.naming);
            let (others, progress) = (&others, &progress);
            move |held: Vec<(&Named, Outcome)>| {
                let count = held.len();
                let anew = |(file, outcome): (&Named, Outcome)| {
                    let found = others.of(&outcome.wanted);
                    if outcome.finished && found == outcome.others {
                        return Some(outcome);
                    }
                    self.work(&mut worker, true, vec![(file, Some(found))], |_| true).pop()
                };
                let outcomes: Vec<Outcome> = held.into_iter().filter_map(anew).collect();
                progress.done(count);
                outcomes
            }
        };
        let mut ended = Ok(());
        let mut held = files.iter().zip(held.all()?);
        let at_once = self.at_once(files.len());
        let chunks = std::iter::from_fn(|| {
            let chunk: Vec<_> = held.by_ref().take(at_once).collect();
            (!chunk.is_empty()).then_some(chunk)
        });
        let begun = chunks.take_while(|_| !interrupt::asked());
        ordered(begun, self.hands(files.len()), hand, |outcomes| {
            for outcome in outcomes {
                if ended.is_ok() {
                    progress.aside(|| ended = told.add(outcome));
                }
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
            beside: None,
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
