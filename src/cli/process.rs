//! `soatbieu process`: check, report, corrected workbook, appendix.

use std::path::PathBuf;

use soatbieu::desk::Desk;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::{ChangeList, Kind, Marks, refuse_existing, refuse_input, write_file};
use soatbieu::report::Summary;
use soatbieu::say;

use super::appendix::{options, tell_notes};
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
pub(crate) fn file(
    session: &Session,
    wanted: &Process,
    work: &mut Work<'_>,
) -> Result<Ended, Failure> {
    if !session.json {
        let report = work.desk.report();
        session.print_report(report);
        let summary = Summary::of(std::slice::from_ref(report));
        session.print(&format!("{}\n", summary.sentence(session.lang)));
    }
    let copy_path = work.copy_path(session, Kind::Corrected, wanted.copy_as)?;
    let target = &work.task.target;
    let replace = work.may_replace(session);
    let report = target.path(&format!(".{}.html", Kind::Report.name(session.lang)));
    let appendix = Kind::Appendix.name(session.lang);
    let appendices: Vec<PathBuf> = (1..=work.desk.tables().len())
        .map(|number| match number {
            1 => target.path(&format!(".{appendix}.xlsx")),
            _ => target.path(&format!(".{appendix}-{number}.xlsx")),
        })
        .collect();
    for path in [&report, &copy_path].into_iter().chain(&appendices) {
        refuse_input(path, &work.path)?;
        refuse_existing(path, replace)?;
    }
    // Everything is made before anything is written.
    let (copy, list) = work.desk.copy(Marks::Full, session.lang)?;
    let page = work.desk.html(session.lang)?;
    let mut typeset = Vec::new();
    for (table, path) in appendices.into_iter().enumerate() {
        if let Some(bytes) = make_appendix(session, wanted, &mut work.desk, table)? {
            typeset.push((path, bytes));
        }
    }
    work.beside(session, &copy_path, &copy)?;
    write_file(&report, page.as_bytes(), replace)?;
    let mut written = vec![report];
    // A copy in which nothing was corrected would only be mistaken for one that was.
    if !list.changes.is_empty() {
        written.extend(work.write_copy(session, copy_path, &copy)?);
    }
    let refused = typeset.len() < work.desk.tables().len();
    for (path, bytes) in typeset {
        write_file(&path, &bytes, replace)?;
        written.push(path);
    }
    tell_written(session, &list, &written);
    let is_open = list.left > 0 || refused;
    Ok(Ended { is_open, corrected: Some((list.changes.len(), list.left)), written })
}

/// The appendix of a table, if it is clean after correction.
fn make_appendix(
    session: &Session,
    wanted: &Process,
    desk: &mut Desk<'_>,
    table: usize,
) -> Result<Option<Vec<u8>>, Failure> {
    match desk.appendix(table, &options(&wanted.layout), false) {
        Ok(made) => {
            tell_notes(session, &made.notes);
            Ok(Some(made.bytes))
        }
        Err(failure) if failure.code == Code::NotClean => {
            let table = &desk.tables()[table].table;
            session.tell(&say!(
                session.lang,
                "Chưa lập phụ lục cho bảng {table}: {reason}.",
                "No appendix was made for the table {table}: {reason}.",
                table = format!("{}!{}", table.sheet, table.range),
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
        "Đã sửa {count} ô; phép kiểm tra không khớp: {before} trước, {after} sau, {new} mới phát sinh. Đã ghi:\n{lines}\n",
        "Corrected {count} cells; rules violated: {before} before, {after} after, {new} new. Written:\n{lines}\n",
        count = count,
        before = list.before.violated,
        after = list.after.violated,
        new = list.newly_violated,
        lines = lines,
    );
    if session.json { session.tell(text.trim_end()) } else { session.print(&text) }
}
