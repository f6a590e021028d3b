//! Untrusted files are read in a process of their own.
//!
//! A damaged or malicious file of a kilobyte can make a reader ask for terabytes, run in circles or
//! overflow the stack, and nothing in the same process can stop that. So the program starts itself
//! again as a worker ([`serve`]), which knows the same command line, does what the command does with
//! one file after the other, and hands back what there is to say. The parent ([`Hand`]) gives it a
//! file and a time ([`time`]); a worker that dies or takes too long is a failure of that file, and
//! another takes its place. Its memory is bounded from within ([`memory`]).
//!
//! Messages are lines of JSON on the worker's standard input and output.

mod hand;
mod memory;
mod serve;
mod time;

use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use serde::{Deserialize, Serialize};
use soatbieu::across::{Offer, Others, Wanted};
use soatbieu::compare::Comparison;
use soatbieu::failure::Failure;
use soatbieu::lang::Lang;
use soatbieu::merge::Errors;
use soatbieu::remarks::Remarks;
use soatbieu::report::{self, FileReport, FileRow, FindingRow, Mistakes, json};
use soatbieu::units::{Naming, Sent};

pub(crate) use hand::Hand;
pub(crate) use serve::{Ended, Work, serve};

use super::session::{Said, Terminals};
use super::{Arguments, Session, Status};

/// The word that makes the program a worker; no help, page or completion has it.
const WORKER: &str = "--worker";

/// True where the program was started as a worker, which it is by itself alone.
pub(crate) fn is_wanted(words: &[OsString]) -> bool {
    words.len() == 2 && words[1] == WORKER
}

/// What one file may take.
#[derive(Debug, Clone, Args)]
pub(crate) struct Bounds {
    /// Bộ nhớ tối đa để soát một tệp / memory that one file may take
    #[arg(long, global = true, value_name = "SIZE", default_value = "2G", value_parser = memory::size)]
    pub(crate) max_memory: usize,
    /// Thời gian xử lý (CPU) tối đa cho một tệp, tính bằng giây; theo đồng hồ thì gấp 5 lần / seconds of CPU time that one file may take; by the clock five times as many
    #[arg(long, global = true, value_name = "N", default_value_t = 60)]
    pub(crate) max_seconds: u64,
}

/// The first message to a worker.
#[derive(Debug, Serialize, Deserialize)]
struct Setup {
    /// The command line of the program that starts it.
    arguments: Vec<OsString>,
    /// Where the output goes, where the command line names standard output for it.
    out: Option<OsString>,
    terminals: Terminals,
}

/// A file to work on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    /// The path as it was named; `-` for standard input.
    pub(crate) path: OsString,
    /// For standard input: how many bytes of it follow this message.
    pub(crate) given: Option<usize>,
    /// Where outputs go.
    pub(crate) target: Target,
    /// What other files offer for comparison; `None` until they are all known.
    pub(crate) others: Option<Others>,
    /// True when outputs that are there were begun by an earlier run that this one goes on with.
    pub(crate) replaces: bool,
    /// True when other files are worked on as well.
    pub(crate) several: bool,
    /// True when rows of findings are wanted.
    pub(crate) findings: bool,
    /// For a comparison: the two files.
    pub(crate) beside: Option<Beside>,
}

/// Two files to compare; one of them may be missing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Beside {
    pub(crate) old: Option<OsString>,
    pub(crate) new: Option<OsString>,
}

impl Task {
    /// A file on its own, with no output of its own.
    pub(crate) fn alone(path: &Path) -> Self {
        Self {
            path: path.as_os_str().to_owned(),
            given: None,
            target: Target::default(),
            others: None,
            replaces: false,
            several: false,
            findings: false,
            beside: None,
        }
    }
}

/// Where the outputs of a file go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) folder: OsString,
    /// What their names begin with.
    pub(crate) stem: OsString,
    /// For a command with one output: its name, where it was given.
    pub(crate) name: Option<OsString>,
}

impl Target {
    /// The path of an output, by the end of its name.
    pub(crate) fn path(&self, suffix: &str) -> std::path::PathBuf {
        let mut name = self.stem.clone();
        name.push(suffix);
        Path::new(&self.folder).join(self.name.as_ref().unwrap_or(&name))
    }
}

/// What became of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) said: Vec<Said>,
    pub(crate) status: Status,
    /// The file's object in the JSON report, if that is wanted.
    pub(crate) json: Option<String>,
    pub(crate) row: FileRow,
    pub(crate) findings: Option<Vec<FindingRow>>,
    /// How often each rule was broken.
    pub(crate) mistakes: Mistakes,
    /// What each unit has sent with it.
    pub(crate) sent: Vec<Sent>,
    /// What is asked of the units about it.
    pub(crate) remarks: Vec<Remarks>,
    /// Two submissions beside each other.
    pub(crate) comparison: Option<Comparison>,
    /// For a merge: what is wrong with each of its tables, in their order.
    pub(crate) errors: Vec<Errors>,
    /// The files written.
    pub(crate) written: Vec<OsString>,
    /// Tables of other files that its own are to be compared with.
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) offers: Vec<Offer>,
    /// What it was compared with.
    pub(crate) others: Others,
    /// True when the work was refused before anything was written.
    pub(crate) refused: bool,
    /// False when the work was left until the other files are known.
    pub(crate) finished: bool,
}

impl Outcome {
    /// That of a file with nothing to say.
    fn of(path: &str) -> Self {
        Self {
            said: Vec::new(),
            status: Status::Done,
            json: None,
            row: FileRow { path: path.to_owned(), ..FileRow::default() },
            findings: None,
            mistakes: Mistakes::default(),
            sent: Vec::new(),
            remarks: Vec::new(),
            comparison: None,
            errors: Vec::new(),
            written: Vec::new(),
            wanted: Vec::new(),
            offers: Vec::new(),
            others: Others::default(),
            refused: false,
            finished: true,
        }
    }
}

/// The outcome of a file that could not be worked on. The session is one that keeps what it says.
fn failed(session: &Session, naming: &Naming, path: &str, failure: Failure) -> Outcome {
    let report = FileReport { path: path.to_owned(), outcome: Err(failure) };
    if !session.json {
        session.print_report(&report);
    }
    let row = FileRow::of(&report, naming, session.lang);
    let done = json::Done { unit: row.unit.clone(), ..json::Done::default() };
    Outcome {
        status: Status::Failed,
        json: session.json.then(|| json::one_file(&report, &done, session.lang)),
        row,
        sent: report::sent(&report, naming),
        remarks: Remarks::of(&report, naming, Lang::Vi),
        said: session.take_said(),
        findings: Some(Vec::new()),
        ..Outcome::of(path)
    }
}

/// Runs a command on one file, in a worker, and says what it has to say.
pub(crate) fn run_alone(
    session: &Session,
    arguments: &Arguments,
    path: &Path,
) -> Result<Status, Failure> {
    session.verify()?;
    let outcome =
        Hand::new(arguments, session.terminals(), &Naming::default()).work(&Task::alone(path));
    outcome.said.into_iter().for_each(|said| session.say(said));
    Ok(outcome.status)
}
