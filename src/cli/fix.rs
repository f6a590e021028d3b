//! `soatbieu fix`: the corrected copy.

use std::path::PathBuf;

use soatbieu::desk::Choices;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::{ChangeList, Copy, Kind, Marks, changes, refuse_existing, refuse_input};
use soatbieu::say;

use super::batch::{self, Out, Run};
use super::worker::{Ended, Work};
use super::{Arguments, Fix, Session, Status};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Fix,
) -> Result<Status, Failure> {
    choices(wanted)?;
    let several = batch::is_several(&wanted.paths);
    if !wanted.accept.is_empty() && several {
        return Err(Failure::new(
            Code::Unknown,
            "--accept chỉ dùng khi sửa một tệp",
            "--accept is for one file only",
        )
        .with_help("nêu đúng tệp có ô cần quyết định", "name the file whose cell was decided"));
    }
    if let Some(out) =
        wanted.out.as_deref().filter(|out| several && !out.is_dir() && batch::is_workbook_name(out))
    {
        let out = out.display();
        return Err(Failure::new(
            Code::Unknown,
            format!("sửa nhiều tệp thì `-o {out}` phải là thư mục"),
            format!("for several files, `-o {out}` must be a folder"),
        )
        .with_help("nêu tên một thư mục", "name a folder"));
    }
    if let Some(out) = wanted.out.as_deref().filter(|out| !several && !out.is_dir()) {
        batch::refuse_other_suffix(out, &["xlsx", "xlsm", "xlsb", "xls", "ods"])?;
    }
    let out = wanted.out.as_deref().map(Out::FileOrFolder);
    let run =
        Run { paths: &wanted.paths, options: &wanted.run, out, writes: !wanted.diff, after: None };
    batch::run(session, arguments, &run)
}

/// Corrects a file, or prints what would change in it.
pub(crate) fn file(session: &Session, wanted: &Fix, work: &mut Work<'_>) -> Result<Ended, Failure> {
    work.desk.choose(choices(wanted)?)?;
    if wanted.diff {
        let list = work.desk.changes(session.lang)?;
        if !session.json {
            if work.task.several && !list.changes.is_empty() {
                session.print(&format!("{}\n", work.name()));
            }
            session.print(&changes::diff(&list));
        }
        return Ok(Ended { is_open: list.left > 0, corrected: None, written: Vec::new() });
    }
    let (written, list) = write(session, wanted, work)?;
    // Marks change no figure: what was wrong still is.
    let corrected = if wanted.marks_only { 0 } else { list.changes.len() };
    let (is_open, corrected) = (list.left > 0, Some((corrected, list.left)));
    Ok(Ended { is_open, corrected, written })
}

/// Writes the copy, and says what is changed in it.
fn write(
    session: &Session,
    wanted: &Fix,
    work: &mut Work<'_>,
) -> Result<(Vec<PathBuf>, ChangeList), Failure> {
    let kind = if wanted.marks_only { Kind::Remarks } else { Kind::Corrected };
    let out = work.copy_path(session, kind, wanted.copy_as)?;
    let replace = work.may_replace(session);
    refuse_input(&out, &work.path)?;
    refuse_existing(&out, replace)?;
    let marks = match (wanted.plain, wanted.marks_only) {
        (true, _) => Marks::Plain,
        (_, true) => Marks::Only,
        _ => Marks::Full,
    };
    let (copy, list) = work.desk.copy(marks, session.lang)?;
    if list.changes.is_empty() && work.task.target.name.is_none() {
        // A copy in which nothing is corrected or marked would be mistaken for one that was.
        return Ok((Vec::new(), none_written(session, work, &copy, list)));
    }
    let written = work.write_copy(session, out.clone(), &copy)?;
    let text = if marks == Marks::Only {
        say!(
            session.lang,
            "Đã đánh dấu {count} ô, không sửa số nào, ghi vào {out}.",
            "Marked {count} cells without changing a figure, written to {out}.",
            count = list.changes.len(),
            out = out.display(),
        )
    } else {
        say!(
            session.lang,
            "Đã sửa {count} ô, ghi vào {out}. Còn {left} lỗi cần cán bộ xem xét, quyết định ({open} lỗi chưa xác định được ô sai).",
            "Corrected {count} cells, written to {out}. {left} errors are left for a person ({open} of them not pinned to a cell).",
            count = list.changes.len(),
            out = out.display(),
            left = list.left,
            open = list.unpinned,
        )
    };
    if session.json {
        session.tell(&text);
    } else {
        session.print(&format!("{text}\n"));
    }
    Ok((written, list))
}

/// Says that there was nothing to write.
fn none_written(session: &Session, work: &Work<'_>, copy: &Copy, list: ChangeList) -> ChangeList {
    work.warn(session, copy);
    let left = list.left;
    let text = if left == 0 {
        say!(
            session.lang,
            "không có ô nào phải sửa hay đánh dấu nên không ghi bản nào",
            "nothing to correct or to mark, so nothing was written",
        )
    } else {
        say!(
            session.lang,
            "không có ô nào tự sửa được nên không ghi bản sửa; còn {left} lỗi cần cán bộ xem xét, quyết định",
            "nothing that is certain, so no copy was written; {left} errors are left for a person",
        )
    };
    session.tell(&format!("{}: {text}", work.name()));
    list
}

fn choices(wanted: &Fix) -> Result<Choices, Failure> {
    let decisions = wanted.accept.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    Ok(Choices { suggested: wanted.suggested, decisions, ..Choices::default() })
}
