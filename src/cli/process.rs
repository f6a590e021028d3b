//! `soatbieu process`: check, report, corrected workbook, appendix.

use std::path::PathBuf;

use soatbieu::appendix::{self, Sheet};
use soatbieu::desk::Desk;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::{
    ChangeList, Kind, Marks, changes, refuse_existing, refuse_input, write_file,
};
use soatbieu::report::Summary;
use soatbieu::say;

use super::appendix::{options, tell_notes};
use super::batch::{self, Out, Run};
use super::fonts::faces;
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
        &Run { paths: &wanted.paths, options: &wanted.run, out, writes: true, after: None },
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
    let copy_path = if work.desk.is_document() {
        None
    } else {
        Some(work.copy_path(session, Kind::Corrected, wanted.copy_as)?)
    };
    let target = &work.task.target;
    let replace = work.may_replace(session);
    let report = target.path(&format!(".{}.html", Kind::Report.name(session.lang)));
    let appendices = appendix_paths(wanted, work, session);
    for path in std::iter::once(&report).chain(&copy_path).chain(appendices.iter().flatten()) {
        refuse_input(path, &work.path)?;
        refuse_existing(path, replace)?;
    }
    // Everything is made before anything is written.
    let (copy, list) = match copy_path {
        Some(path) => {
            let (copy, list) = work.desk.copy(Marks::Full, session.lang)?;
            work.beside(session, &path, &copy)?;
            (Some((path, copy)), list)
        }
        None => (None, work.desk.changes(session.lang)?),
    };
    let page = work.desk.html_of(wanted.checked_on, session.lang)?;
    let ready = ready(session, &mut work.desk)?;
    let typeset = typeset(session, wanted, &mut work.desk, (&ready, &appendices))?;
    write_file(&report, page.as_bytes(), replace)?;
    let mut written = vec![report];
    let in_document = copy.is_none();
    match copy {
        // A copy in which nothing was corrected would only be mistaken for one that was.
        Some((path, copy)) if !list.changes.is_empty() => {
            written.extend(work.write_copy(session, path, &copy)?);
        }
        Some((_, copy)) if !list.by_hand.is_empty() => work.warn(session, &copy),
        _ => {}
    }
    let refused = ready.len() < work.desk.tables().len();
    for (path, bytes) in typeset {
        write_file(&path, &bytes, replace)?;
        written.push(path);
    }
    // What is to be corrected in a document is left to its author.
    let by_author = if in_document { list.changes.len() } else { 0 };
    tell_written(session, &list, in_document, &written);
    let is_open = list.left + by_author > 0 || refused;
    let corrected = Some((list.changes.len() - by_author, list.left + by_author));
    Ok(Ended { is_open, corrected, written })
}

/// Rows of a table up to which it is written as PDF as well.
const PDF_ROWS: usize = 2_000;

/// Where the appendix goes, as workbook and as PDF: all tables together, or each by itself.
fn appendix_paths(wanted: &Process, work: &Work<'_>, session: &Session) -> Vec<[PathBuf; 2]> {
    let appendix = Kind::Appendix.name(session.lang);
    let paths = |number: Option<usize>| {
        let number = number.map_or_else(String::new, |number| format!("-{number}"));
        ["xlsx", "pdf"]
            .map(|suffix| work.task.target.path(&format!(".{appendix}{number}.{suffix}")))
    };
    if wanted.several.each {
        (1..=work.desk.tables().len()).map(|number| paths(Some(number))).collect()
    } else {
        vec![paths(None)]
    }
}

/// The tables that are clean after correction; what keeps the others from being typeset is said.
fn ready(session: &Session, desk: &mut Desk<'_>) -> Result<Vec<usize>, Failure> {
    let mut clean = Vec::new();
    for table in 0..desk.tables().len() {
        match desk.ready(table, false) {
            Ok(()) => clean.push(table),
            Err(failure) if failure.code == Code::NotClean => {
                let table = &desk.tables()[table].table;
                session.tell(&say!(
                    session.lang,
                    "Chưa lập phụ lục cho bảng {table}: {reason}.",
                    "No appendix was made for the table {table}: {reason}.",
                    table = format!("{}!{}", table.sheet, table.range),
                    reason = failure.message.get(session.lang),
                ));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(clean)
}

/// The appendices with their paths.
fn typeset(
    session: &Session,
    wanted: &Process,
    desk: &mut Desk<'_>,
    (tables, paths): (&[usize], &[[PathBuf; 2]]),
) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let sheets = desk.sheets(tables, &options(&wanted.layout), false)?;
    for sheet in &sheets {
        tell_notes(session, &sheet.notes);
    }
    let files: Vec<(&[Sheet], &[PathBuf; 2])> = if wanted.several.each {
        let path = |table: &usize| &paths[*table];
        sheets.chunks(1).zip(tables.iter().map(path)).collect()
    } else {
        paths.first().map(|paths| (sheets.as_slice(), paths)).into_iter().collect()
    };
    let is_long = tables.iter().any(|table| desk.tables()[*table].table.row_count() > PDF_ROWS);
    let faces = if is_long {
        session.tell(&say!(
            session.lang,
            "Bảng dài hơn {rows} dòng nên không kèm phụ lục PDF; lập riêng bằng `soatbieu appendix … -o TÊN.pdf`.",
            "The table has more than {rows} rows: no PDF was made; `soatbieu appendix … -o NAME.pdf` makes one.",
            rows = PDF_ROWS,
        ));
        None
    } else {
        Some(faces(session, &wanted.fonts)?)
    };
    let mut made = Vec::new();
    for (sheets, [workbook, pdf]) in files {
        made.push((workbook.clone(), desk.workbook(sheets)?));
        if let Some(faces) = &faces {
            let file = appendix::pdf(sheets, faces)?;
            tell_notes(session, &file.notes);
            made.push((pdf.clone(), file.bytes));
        }
    }
    Ok(made)
}

fn tell_written(session: &Session, list: &ChangeList, in_document: bool, written: &[PathBuf]) {
    let count = list.changes.len();
    let lines: Vec<String> = written.iter().map(|path| format!("  {}", path.display())).collect();
    let lines = lines.join("\n");
    let text = if in_document && count > 0 {
        say!(
            session.lang,
            "Cần sửa {count} ô trong văn bản Word (chương trình không sửa tệp Word; phụ lục đã lập theo số đúng):\n{changes}Đã ghi:\n{lines}\n",
            "{count} cells are to be corrected in the document, which is not written to (the appendix has the right figures):\n{changes}Written:\n{lines}\n",
            count = count,
            changes = changes::diff(list),
            lines = lines,
        )
    } else if in_document {
        say!(session.lang, "Đã ghi:\n{lines}\n", "Written:\n{lines}\n", lines = lines)
    } else {
        say!(
            session.lang,
            "Đã sửa {count} ô; phép kiểm tra không khớp: {before} trước, {after} sau, {new} mới phát sinh. Đã ghi:\n{lines}\n",
            "Corrected {count} cells; rules violated: {before} before, {after} after, {new} new. Written:\n{lines}\n",
            count = count,
            before = list.before.violated,
            after = list.after.violated,
            new = list.newly_violated,
            lines = lines,
        )
    };
    let left = if in_document || list.left == 0 {
        String::new()
    } else {
        let left = list.left;
        say!(
            session.lang,
            "Còn {left} lỗi cần cán bộ xem xét, quyết định.\n",
            "{left} errors are left for a person.\n",
        )
    };
    let text = text + &left;
    if session.json { session.tell(text.trim_end()) } else { session.print(&text) }
}
