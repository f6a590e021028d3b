//! `soatbieu remarks`: what goes back to the units.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use soatbieu::failure::Failure;
use soatbieu::lang::Lang;
use soatbieu::output::{Kind, Marks, refuse_existing, refuse_input, write_file};
use soatbieu::remarks::{Letter, Line, Options, Remarks, State, index, letter};
use soatbieu::report::{FileStatus, Mistakes};
use soatbieu::say;
use soatbieu::units::{Id, Standing, slug};
use soatbieu::words::paths::file_name;

use super::batch::{self, After, Ending, Held, Out, Run};
use super::session::shown;
use super::worker::{Ended, Outcome, Work};
use super::{Arguments, Remarks as Wanted, Session, Status};

/// The page that lists all units.
const INDEX: &str = "index.html";

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Wanted,
) -> Result<Status, Failure> {
    let replace = session.force || wanted.run.resume;
    refuse_existing(&wanted.out.join(INDEX), replace)?;
    let letters = Letters {
        session,
        options: Options { from: wanted.from.clone(), deadline: wanted.deadline },
        out: &wanted.out,
        replace,
        gathered: RefCell::new(Gathered::new()?),
    };
    let after: Option<&dyn After> = Some(&letters);
    let (out, options) = (Some(Out::Folder(&wanted.out)), &wanted.run);
    let run = Run { paths: &wanted.paths, options, out, writes: true, after };
    batch::run(session, arguments, &run)
}

/// Writes the marked copy of a file with something to mend.
pub(crate) fn file(session: &Session, work: &mut Work<'_>) -> Result<Ended, Failure> {
    let errors: usize = work.desk.tables().iter().map(|checked| checked.errors().count()).sum();
    if errors == 0 {
        return Ok(Ended::default());
    }
    if work.desk.is_document() {
        // The letter says what to mend; documents are not written to.
        let corrected = Some((0, errors));
        return Ok(Ended { is_open: true, corrected, written: Vec::new() });
    }
    let path = work.copy_path(session, Kind::Remarks, None)?;
    refuse_input(&path, &work.path)?;
    refuse_existing(&path, work.may_replace(session))?;
    let (copy, list) = work.desk.copy(Marks::Only, session.lang)?;
    let written = work.write_copy(session, path, &copy)?;
    Ok(Ended { is_open: true, corrected: Some((0, list.left)), written })
}

/// The letters of a run, until all files were seen.
struct Letters<'a> {
    session: &'a Session,
    options: Options,
    out: &'a Path,
    /// True where letters that are there may be replaced.
    replace: bool,
    gathered: RefCell<Gathered>,
}

/// What is known of the units. What is asked of them lies on disk.
struct Gathered {
    held: Held<Remarks>,
    units: BTreeMap<Id, Unit>,
    mistakes: Mistakes,
    not_written: usize,
}

#[derive(Default)]
struct Unit {
    name: String,
    files: Vec<String>,
    /// Remarks put aside: those that a letter is made of.
    asked: Vec<u64>,
    points: usize,
    /// Files of which nothing is known.
    unread: usize,
    /// Marked copies, by paths from the page.
    marked: Vec<String>,
}

impl Gathered {
    fn new() -> Result<Self, Failure> {
        let (units, mistakes) = (BTreeMap::new(), Mistakes::default());
        Ok(Self { held: Held::new()?, units, mistakes, not_written: 0 })
    }

    /// Takes note of what is asked about a table, or a file that holds none; `marked` is what goes back
    /// with it.
    fn take(
        &mut self,
        remarks: &Remarks,
        status: FileStatus,
        marked: &[String],
    ) -> Result<(), Failure> {
        let sent = &remarks.sent;
        let is_table = !remarks.sheet.is_empty();
        let unit = self.units.entry(Id::of(sent)).or_default();
        unit.name.clone_from(&sent.unit);
        if unit.files.last() != Some(&remarks.file) {
            unit.files.push(remarks.file.clone());
        }
        unit.unread += usize::from(!is_table);
        // A file without a table, of nobody who is known, may be no submission at all.
        let is_asked = status != FileStatus::NoTable || sent.is_known();
        if remarks.count() == 0 || !is_asked {
            return Ok(());
        }
        if is_table {
            unit.points += remarks.count();
        }
        unit.asked.push(self.held.add(remarks)?);
        for path in marked {
            if !unit.marked.contains(path) {
                unit.marked.push(path.clone());
            }
        }
        Ok(())
    }
}

impl After for Letters<'_> {
    fn take(&self, outcome: &Outcome) -> Result<(), Failure> {
        let mut gathered = self.gathered.borrow_mut();
        gathered.mistakes.add(&outcome.mistakes);
        let status = outcome.row.status;
        gathered.not_written += usize::from(status == FileStatus::NotWritten);
        let marked: Vec<String> =
            outcome.written.iter().map(|path| self.beside_page(path)).collect();
        outcome.remarks.iter().try_for_each(|remarks| gathered.take(remarks, status, &marked))
    }

    fn finish(&self, standing: &Standing) -> Result<Ending, Failure> {
        let lang = self.session.lang;
        let gathered = &mut *self.gathered.borrow_mut();
        let names = letter_names(&gathered.units, lang);
        for name in names.values() {
            refuse_existing(&self.out.join(name), self.replace)?;
        }
        let mut outputs = Vec::new();
        for (id, name) in &names {
            let path = self.out.join(name);
            write_file(&path, &self.letter(gathered, id)?, self.replace)?;
            outputs.push(shown(&path));
        }
        let lines = lines(&gathered.units, &names, standing, lang);
        let path = self.out.join(INDEX);
        let page = index(&lines, &gathered.mistakes, &self.options, lang);
        write_file(&path, page.as_bytes(), self.replace)?;
        let told = say!(
            lang,
            "Đã lập {count} công văn, mỗi đơn vị có điều phải sửa một công văn; tình hình từng đơn vị: {page}.\n",
            "Letters made: {count}, one for each unit with something to mend; where all units stand: {page}.\n",
            count = outputs.len(),
            page = shown(&path),
        );
        outputs.push(shown(&path));
        let is_open = |line: &Line| matches!(line.state, State::ToMend | State::Unreadable);
        let status = match (gathered.not_written, lines.iter().any(is_open)) {
            (1.., _) => Status::Failed,
            (_, true) => Status::Findings,
            _ => Status::Done,
        };
        Ok(Ending { outputs, told, status })
    }
}

impl Letters<'_> {
    /// The letter to a unit.
    fn letter(&self, gathered: &mut Gathered, id: &Id) -> Result<Vec<u8>, Failure> {
        let Gathered { held, units, .. } = gathered;
        let Some(unit) = units.get(id) else { return Ok(Vec::new()) };
        let remarks: Vec<Remarks> = held.at(&unit.asked)?;
        let marked: Vec<String> =
            unit.marked.iter().map(|path| file_name(path).to_owned()).collect();
        letter(&Letter { unit: &unit.name, remarks: &remarks, marked: &marked }, &self.options)
    }

    /// The path of an output from the page.
    fn beside_page(&self, path: &OsString) -> String {
        let path = Path::new(path);
        shown(path.strip_prefix(self.out).unwrap_or(path))
    }
}

/// The name of each unit's letter; names that differ in marks alone get a number.
fn letter_names(units: &BTreeMap<Id, Unit>, lang: Lang) -> BTreeMap<Id, String> {
    let mut taken = BTreeSet::new();
    let asked = units.iter().filter(|(_, unit)| !unit.asked.is_empty());
    let named = asked.map(|(id, unit)| {
        let (slug, end) = (slug(&unit.name), Kind::Letter.name(lang));
        let numbered = (2..).map(|number| format!("{slug}-{number}.{end}.docx"));
        let mut names = std::iter::once(format!("{slug}.{end}.docx")).chain(numbered);
        let name = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
        (id.clone(), name)
    });
    named.collect()
}

/// The units as the page lists them: those of the list in its order, then the others by name.
fn lines(
    units: &BTreeMap<Id, Unit>,
    letters: &BTreeMap<Id, String>,
    standing: &Standing,
    lang: Lang,
) -> Vec<Line> {
    let there = units.iter().map(|(id, unit)| {
        let state = match (unit.points, unit.unread) {
            (1.., _) => State::ToMend,
            (_, 1..) => State::Unreadable,
            _ => State::Clean,
        };
        let line = Line {
            unit: unit.name.clone(),
            state,
            points: unit.points,
            files: unit.files.clone(),
            sent_back: letters.get(id).into_iter().chain(&unit.marked).cloned().collect(),
            notes: notes(&unit.name, standing, lang),
        };
        (id.clone(), line)
    });
    let missing = standing.missing_at.iter().zip(&standing.missing);
    let missing = missing.map(|(place, unit)| (Id::Listed(*place), Line::missing(unit)));
    // By unit: a map is in the order of its keys.
    let lines: BTreeMap<Id, Line> = there.chain(missing).collect();
    lines.into_values().collect()
}

/// What is to be known of a unit besides.
fn notes(unit: &str, standing: &Standing, lang: Lang) -> Vec<String> {
    let doubled = standing.doubled.iter().filter(|one| one.unit == unit);
    let doubled = doubled.map(|one| {
        let files = one.files.join("; ");
        say!(
            lang,
            "gửi nhiều tệp cho cùng một biểu: {files}",
            "several files for one table: {files}"
        )
    });
    let unlisted = standing.unlisted.iter().filter(|one| one.unit == unit).map(|one| {
        let near = one.near.join(", ");
        if near.is_empty() {
            say!(lang, "không có trong danh sách", "not on the list")
        } else {
            say!(
                lang,
                "không có trong danh sách, có thể là {near}",
                "not on the list, perhaps {near}"
            )
        }
    });
    doubled.chain(unlisted).collect()
}
