//! `soatbieu compare`: two submissions beside each other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use soatbieu::batch::ordered;
use soatbieu::compare::{self, Comparison, State, Submission, Tally, html, json, text};
use soatbieu::failure::Failure;
use soatbieu::output::{refuse_existing, refuse_input, write_file};
use soatbieu::say;
use soatbieu::units::Naming;

use super::batch::{self, Held};
use super::session::shown;
use super::worker::{Beside, Hand, Outcome, Task};
use super::{Arguments, Compare, Session, Status};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Compare,
) -> Result<Status, Failure> {
    session.verify()?;
    let naming = wanted.names.naming(&session.limits)?;
    if let Some(out) = &wanted.out {
        batch::refuse_other_suffix(out, &["html"])?;
        refuse_existing(out, session.force)?;
    }
    let files = Files::of(session, wanted)?;
    let pairs = files.pairs(session, arguments, &naming);
    let mut told = Told { session, held: None, tally: Tally::default(), count: 0 };
    if wanted.out.is_some() {
        told.held = Some(Held::new()?);
    }
    let terminals = session.terminals();
    let hand = || {
        let mut worker = Hand::new(arguments, terminals, &naming);
        move |(unit, beside): (String, Beside)| compared(&mut worker, unit, beside)
    };
    let mut ended = Ok(());
    ordered(pairs, batch::cores(), hand, |comparison| {
        if ended.is_ok() {
            ended = told.add(&comparison);
        }
    });
    ended?;
    told.finish(wanted.out.as_deref())
}

/// The files of both submissions.
struct Files {
    old: Vec<PathBuf>,
    new: Vec<PathBuf>,
    /// True where one file is compared with one.
    alone: bool,
}

impl Files {
    fn of(session: &Session, wanted: &Compare) -> Result<Self, Failure> {
        let files = |path: &PathBuf| -> Result<Vec<PathBuf>, Failure> {
            let paths = std::slice::from_ref(path);
            let mut files = batch::workbooks(session, paths)?;
            batch::pass_over_outputs(session, &mut files);
            let aside = wanted.names.units.iter().chain(&wanted.out);
            let aside: Vec<&PathBuf> = aside.collect();
            files.retain(|(path, _)| aside.iter().all(|aside| refuse_input(aside, path).is_ok()));
            Ok(files.into_iter().map(|(path, _)| path).collect())
        };
        let alone = !wanted.old.is_dir() && !wanted.new.is_dir();
        Ok(Self { old: files(&wanted.old)?, new: files(&wanted.new)?, alone })
    }

    /// The pairs of files with the unit that they are of.
    fn pairs(
        &self,
        session: &Session,
        arguments: &Arguments,
        naming: &Naming,
    ) -> Vec<(String, Beside)> {
        let path = |files: &[PathBuf], at: Option<usize>| Some(files[at?].clone().into_os_string());
        if self.alone {
            let beside = Beside { old: path(&self.old, Some(0)), new: path(&self.new, Some(0)) };
            return vec![(String::new(), beside)];
        }
        let old = submissions(session, arguments, naming, &self.old);
        let new = submissions(session, arguments, naming, &self.new);
        let pairs = compare::pair(&old, &new).into_iter();
        let beside = pairs.map(|pair| {
            let beside = Beside { old: path(&self.old, pair.old), new: path(&self.new, pair.new) };
            (pair.unit, beside)
        });
        beside.collect()
    }
}

/// What each file holds, and whose it is.
fn submissions(
    session: &Session,
    arguments: &Arguments,
    naming: &Naming,
    files: &[PathBuf],
) -> Vec<Submission> {
    let terminals = session.terminals();
    let hand = || {
        let mut worker = Hand::new(arguments, terminals, naming);
        move |files: &[PathBuf]| {
            let tasks: Vec<Task> = files.iter().map(|file| Task::alone(file)).collect();
            worker.work_all(&tasks)
        }
    };
    let mut found = Vec::with_capacity(files.len());
    ordered(files.chunks(8), batch::cores(), hand, |outcomes: Vec<Outcome>| {
        let submission =
            |outcome: Outcome| Submission { file: outcome.row.path, sent: outcome.sent };
        found.extend(outcomes.into_iter().map(submission));
    });
    found
}

/// Has a worker compare two files.
fn compared(worker: &mut Hand, unit: String, beside: Beside) -> Comparison {
    let name = |path: &Option<OsString>| path.as_ref().map(|path| shown(Path::new(path)));
    let (old, new) = (name(&beside.old), name(&beside.new));
    let path = beside.new.clone().or(beside.old.clone()).unwrap_or_default();
    let task = Task { beside: Some(beside), ..Task::alone(Path::new(&path)) };
    let outcome = worker.work(&task);
    let failed = || Comparison { failure: outcome.row.error.clone(), ..Comparison::default() };
    let comparison = outcome.comparison.clone().unwrap_or_else(failed);
    // A file alone names its unit itself.
    let unit = if unit.is_empty() { comparison.unit.clone() } else { unit };
    Comparison { unit, old, new, ..comparison }
}

/// Comparisons on their way out.
struct Told<'a> {
    session: &'a Session,
    /// What the page is made of.
    held: Option<Held<Comparison>>,
    tally: Tally,
    count: usize,
}

impl Told<'_> {
    fn add(&mut self, comparison: &Comparison) -> Result<(), Failure> {
        self.tally.add(comparison);
        if self.session.json {
            let before = if self.count == 0 { json::beginning() } else { json::BETWEEN.to_owned() };
            self.session.print(&format!("{before}{}", json::one(comparison)));
        } else if comparison.state() != State::Settled || comparison.counts().asked > 0 {
            self.session.print(&format!("{}\n", text::render(comparison, self.session.lang)));
        }
        self.count += 1;
        self.held.as_mut().map_or(Ok(()), |held| held.add(comparison).map(drop))
    }

    fn finish(self, out: Option<&Path>) -> Result<Status, Failure> {
        let (session, lang) = (self.session, self.session.lang);
        let mut outputs = Vec::new();
        if let (Some(out), Some(held)) = (out, self.held) {
            let comparisons: Vec<Comparison> = held.all()?.collect();
            write_file(out, html::page(&comparisons, lang).as_bytes(), session.force)?;
            outputs.push(shown(out));
        }
        if session.json {
            let before = if self.count == 0 { json::beginning() } else { String::new() };
            session.print(&format!("{before}{}", json::end(&self.tally, &outputs)));
        } else {
            session.print(&format!("{}\n", text::tally(&self.tally, lang)));
        }
        for out in &outputs {
            session.tell(&say!(lang, "Đã ghi {out}.", "Written: {out}."));
        }
        let Tally { failed, settled, units, .. } = self.tally;
        Ok(match (failed, settled == units) {
            (1.., _) => Status::Failed,
            (_, true) => Status::Done,
            _ => Status::Findings,
        })
    }
}
