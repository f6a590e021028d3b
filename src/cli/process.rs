//! `soatbieu process`: check, report, corrected workbook, appendix.

use std::path::PathBuf;

use soatbieu::correct::{Choice, Corrected, correct};
use soatbieu::failure::{Code, Failure};
use soatbieu::findings::Checked;
use soatbieu::output::{ChangeList, Marks, corrected, refuse_existing, refuse_input, write_file};
use soatbieu::report::{Summary, html};
use soatbieu::say;

use super::batch::{self, Out, Run};
use super::worker::{Ended, Work};
use super::{Arguments, Process, Session, Status};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Process,
) -> Result<Status, Failure> {
    let out = wanted.out.as_deref().map(Out::Folder);
    batch::run(
        session,
        arguments,
        &Run { paths: &wanted.paths, options: &wanted.run, out, writes: true },
    )
}

/// Reports on a file and writes its outputs.
pub(crate) fn file(session: &Session, wanted: &Process, work: &Work<'_>) -> Result<Ended, Failure> {
    if !session.json {
        session.print_report(&work.report);
        let summary = Summary::of(std::slice::from_ref(&work.report));
        session.print(&format!("{}\n", summary.sentence(session.lang)));
    }
    let checkup = work.checkup()?;
    let (target, input) = (&work.task.target, &work.input);
    let replace = work.may_replace(session);
    let report = target.path(".report.html");
    let copy_path = work.copy_path(checkup);
    let appendices: Vec<PathBuf> = (1..=checkup.tables.len())
        .map(|number| match number {
            1 => target.path(".appendix.xlsx"),
            _ => target.path(&format!(".appendix-{number}.xlsx")),
        })
        .collect();
    for path in [&report, &copy_path].into_iter().chain(&appendices) {
        refuse_input(path, &input.path)?;
        refuse_existing(path, replace)?;
    }
    let corrections: Vec<Corrected> = checkup
        .tables
        .iter()
        .map(|checked| correct(checked, &Choice::default()))
        .collect::<Result<_, _>>()?;
    let pairs: Vec<(&Checked, &Corrected)> = checkup.tables.iter().zip(&corrections).collect();
    let list = ChangeList::of(&pairs, session.lang);
    // Everything is made before anything is written.
    let copy = corrected(&input.bytes, &checkup.workbook, &list, Marks::Full, session.lang)?;
    let page = html::render(&work.report, &pairs, session.lang);
    let mut typeset = Vec::new();
    for (path, (_, corrected)) in appendices.into_iter().zip(&pairs) {
        if let Some(bytes) = make_appendix(session, wanted, corrected)? {
            typeset.push((path, bytes));
        }
    }
    for warning in &copy.warnings {
        session.tell(&work.about_it(warning.get(session.lang)));
    }
    write_file(&report, page.as_bytes(), replace)?;
    write_file(&copy_path, &copy.bytes, replace)?;
    let mut written = vec![report, copy_path];
    for (path, bytes) in typeset {
        write_file(&path, &bytes, replace)?;
        written.push(path);
    }
    tell_written(session, &list, &written);
    let left = corrections.iter().map(|corrected| corrected.after.errors().count()).sum();
    Ok(Ended { is_open: left > 0, corrected: Some((list.changes.len(), left)), written })
}

/// The appendix of a table, if it is clean after correction.
fn make_appendix(
    session: &Session,
    wanted: &Process,
    corrected: &Corrected,
) -> Result<Option<Vec<u8>>, Failure> {
    match super::appendix::make(session, &corrected.after, &wanted.layout, false) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(failure) if failure.code == Code::NotClean => {
            session.tell(&say!(
                session.lang,
                "Chưa lập phụ lục cho bảng {table}: {reason}.",
                "No appendix was made for the table {table}: {reason}.",
                table = format!("{}!{}", corrected.after.table.sheet, corrected.after.table.range),
                reason = failure.message.get(session.lang),
            ));
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

fn tell_written(session: &Session, list: &ChangeList, written: &[PathBuf]) {
    let count = list.changes.len();
    let lines: Vec<String> = written.iter().map(|path| format!("  {}", path.display())).collect();
    let lines = lines.join("\n");
    let text = say!(
        session.lang,
        "Đã sửa {count} ô; ràng buộc không khớp: {before} trước, {after} sau, {new} mới phát sinh. Đã ghi:\n{lines}\n",
        "Corrected {count} cells; rules violated: {before} before, {after} after, {new} new. Written:\n{lines}\n",
        count = count,
        before = list.before.violated,
        after = list.after.violated,
        new = list.newly_violated,
        lines = lines,
    );
    if session.json { session.tell(text.trim_end()) } else { session.print(&text) }
}
