//! `soatbieu merge`: the tables of many units become one.

use std::path::{Path, PathBuf};

use soatbieu::batch::ordered;
use soatbieu::desk::{UnitChecker, UnitRequests};
use soatbieu::failure::{Code, Failure};
use soatbieu::merge::{Errors, Gathering, Group, Options, report};
use soatbieu::output::{Checksum, refuse_existing, refuse_input, write_file};
use soatbieu::recognise::Request;
use soatbieu::say;
use soatbieu::units::Naming;

use super::session::{Input, shown};
use super::worker::{Hand, Outcome, Task};
use super::{Arguments, Merge, Session, Status, appendix, batch};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Merge,
) -> Result<Status, Failure> {
    let request = session.request()?;
    batch::refuse_other_suffix(&wanted.out, &["xlsx"])?;
    for path in &wanted.paths {
        refuse_input(&wanted.out, path)?;
    }
    refuse_existing(&wanted.out, session.force)?;
    let naming = wanted.names.naming(&session.limits)?;
    if let Some(Group::Column(heading)) = &wanted.group
        && naming.list.as_ref().and_then(|list| list.column(heading)).is_none()
    {
        return Err(no_such_column(heading));
    }
    let mut gathering = Gathering::new(Options {
        rows: wanted.rows,
        naming,
        order: wanted.order,
        group: wanted.group.clone(),
        year: wanted.year,
        form: request.form.as_ref().map(|form| form.id.clone()),
        leave_out: wanted.leave_out.clone(),
        hidden: request.sheet.is_some(),
        unit_heading: wanted.unit_heading.clone(),
    });
    gather(session, arguments, wanted, &request, &mut gathering)?;
    let outcome = gathering.settle();
    if !outcome.problems.is_empty() {
        session.tell(report::problems(&outcome, session.lang).trim_end());
    }
    let Some(merged) = &outcome.merged else {
        if session.json {
            session.print(&format!("{}\n", report::json(&outcome, None, session.lang)));
        }
        let refused = outcome.problems.iter().any(|problem| !problem.left_out);
        return if refused { Ok(Status::Findings) } else { Err(nothing_to_merge()) };
    };
    let options = appendix::options(&wanted.layout);
    let written = merged.write(&outcome.problems, &options, &request, session.lang)?;
    write_file(&wanted.out, &written.bytes, session.force)?;
    for note in merged.notes.iter().chain(&written.notes) {
        let note = note.get(session.lang);
        session.tell(&say!(session.lang, "ghi chú: {note}", "note: {note}"));
    }
    let out = shown(&wanted.out);
    session.print(&if session.json {
        format!("{}\n", report::json(&outcome, Some((&out, &written)), session.lang))
    } else {
        report::summary(&outcome, &out, &written, session.lang)
    });
    Ok(if outcome.problems.is_empty() { Status::Done } else { Status::Findings })
}

/// Takes in the tables of all units, in the order of their files.
fn gather(
    session: &Session,
    arguments: &Arguments,
    wanted: &Merge,
    request: &Request,
    gathering: &mut Gathering,
) -> Result<(), Failure> {
    let requests = UnitRequests::of(request);
    let mut checker = UnitChecker::new(&session.limits, &requests);
    let terminals = session.terminals();
    let prove = || {
        let mut worker = Hand::new(arguments, terminals, &Naming::default());
        move |path: PathBuf| {
            let proved = proved(&mut worker, &path);
            (path, proved)
        }
    };
    ordered(inputs(session, wanted)?, batch::cores(), prove, |(path, proved)| {
        let name = shown(&path);
        let taken = proved.and_then(|Proved { given, errors }| {
            let input = match given {
                Some(bytes) => Input { path, bytes },
                None => Input::read(&path, &session.limits)?,
            };
            let source = Checksum::of(&input.bytes);
            let (workbook, tables) = checker.tables(&input.bytes)?;
            if tables.len() == errors.len() {
                let tables = tables.iter().zip(errors).collect();
                gathering.add_tables(&name, Some(&source), &workbook, tables);
            } else {
                // The file changed meanwhile.
                gathering.add(&name, Some(&source), &checker.check(&input.bytes)?);
            }
            Ok(())
        });
        if let Err(failure) = taken {
            gathering.fail(&name, &failure);
        }
    });
    Ok(())
}

/// The workbooks named, without those in the folders that were made from others of them.
fn inputs(session: &Session, wanted: &Merge) -> Result<Vec<PathBuf>, Failure> {
    let mut files = batch::workbooks(session, &wanted.paths)?;
    let aside = wanted.names.units.iter().chain([&wanted.out]);
    let aside: Vec<&PathBuf> = aside.collect();
    files.retain(|(path, _)| aside.iter().all(|aside| refuse_input(aside, path).is_ok()));
    batch::pass_over_outputs(session, &mut files);
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// A file that a worker has checked.
struct Proved {
    /// Its bytes, where they came on standard input.
    given: Option<Vec<u8>>,
    /// What is wrong with each of its tables.
    errors: Vec<Errors>,
}

/// Lets a worker check a file before it is read here, where the tables are kept: what a worker does
/// not survive is not read here. Standard input is handed back; it can be read only once.
fn proved(worker: &mut Hand, path: &Path) -> Result<Proved, Failure> {
    let task = Task::alone(path);
    let given = worker.given(&task)?;
    let Outcome { row, errors, .. } = worker.ask(&task, &given)?;
    // A panic that the worker caught would not be caught here.
    if row.error_code.as_deref() == Some(Code::Died.as_str()) {
        let words = row.error.unwrap_or_default();
        return Err(Failure::new(Code::Died, words.clone(), words));
    }
    Ok(Proved { given: (task.path == "-").then_some(given), errors })
}

fn no_such_column(heading: &str) -> Failure {
    Failure::new(
        Code::Unknown,
        format!("danh sách đơn vị không có cột `{heading}` để chia nhóm"),
        format!("the list of units has no column `{heading}` to group by"),
    )
    .with_help(
        "chia nhóm bằng --group folder, --group area, hoặc nêu đúng tiêu đề một cột của danh sách --units",
        "group by --group folder, --group area, or by the heading of a column of the --units list",
    )
}

fn nothing_to_merge() -> Failure {
    Failure::new(Code::NoTable, "không còn bảng nào để gộp", "no table is left to merge")
}
