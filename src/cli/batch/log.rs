//! The journal of a run over many files: where it stands, what bears on it, and what an earlier run
//! left in it.

use std::path::{Path, PathBuf};

use soatbieu::batch::journal::{Done, Journal, State};
use soatbieu::failure::{Code, Failure};
use soatbieu::units::Naming;

use super::named::{Named, is_several};
use super::{Options, Out, Run};
use crate::cli::limits::LimitOptions;
use crate::cli::worker::Outcome;
use crate::cli::{
    Arguments, Check, Color, Command, Fix, OutputFormat, Process, Remarks, Session, Status,
};

/// The journal of a run, and what it says of earlier ones.
pub(super) struct Log {
    done: Done,
    journal: Option<Journal>,
}

impl Log {
    pub(super) fn open(
        session: &Session,
        arguments: &Arguments,
        (run, naming): (&Run<'_>, &Naming),
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
        let options = format!("{} {naming:?}", bearing(session, arguments));
        let cannot = |error| cannot_use(&path, &error);
        let done = if run.options.resume {
            Done::read(&path, &options).map_err(cannot)?
        } else {
            Done::default()
        };
        Ok(Self { done, journal: Some(Journal::open(&path, &options).map_err(cannot)?) })
    }

    /// True where there is a journal to go on by.
    pub(super) fn is_kept(&self) -> bool {
        self.journal.is_some()
    }

    /// The outcome of a file that was finished before and whose outputs are still there.
    pub(super) fn known(&self, file: &Named, findings: bool) -> Option<Outcome> {
        let outcome: Outcome = self.done.result(file.path.as_os_str())?;
        let written = outcome.written.iter().all(|path| Path::new(path).exists());
        (written && (outcome.findings.is_some() || !findings)).then_some(outcome)
    }

    /// Notes that a file with outputs is begun. True when an earlier run began it and did not finish.
    pub(super) fn begin(&self, file: &Named) -> bool {
        if let (Some(journal), Some(state)) = (&self.journal, self.state(file)) {
            // Without the line a later run refuses to replace what this one leaves, and says so.
            let _ = journal.begin(state);
        }
        self.done.was_begun(file.path.as_os_str())
    }

    /// The state of a file before it is worked on, where there is a journal to note it in.
    pub(super) fn state(&self, file: &Named) -> Option<State> {
        self.journal.as_ref().and_then(|_| State::of(&file.path))
    }

    /// Notes a file that is finished. Failures are not noted: the file is tried again.
    pub(super) fn note(&self, state: Option<State>, outcome: &Outcome) {
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
    let (paths, run) = (Vec::new(), Options::default());
    let command = match arguments.command.clone() {
        Command::Check(wanted) => Command::Check(Check { paths, run, ..wanted }),
        Command::Process(wanted) => Command::Process(Process { paths, run, ..wanted }),
        Command::Fix(wanted) => Command::Fix(Fix { paths, run, ..wanted }),
        Command::Remarks(wanted) => Command::Remarks(Remarks { paths, run, ..wanted }),
        other => other,
    };
    format!("{common:?} {command:?} {}", session.form_text())
}

fn cannot_use(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    let soatbieu::lang::Text { vi, en } = soatbieu::failure::system(error);
    Failure::new(
        Code::CannotWrite,
        format!("không dùng được nhật ký `{path}` ({vi})"),
        format!("the journal `{path}` cannot be used ({en})"),
    )
    .with_help("kiểm tra quyền ghi vào thư mục", "check that the folder can be written to")
}
