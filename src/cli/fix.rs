//! `soatbieu fix`: the corrected copy.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use soatbieu::correct::{Choice, Corrected, correct, not_a_figure};
use soatbieu::failure::{Code, Failure};
use soatbieu::findings::{Checked, Verdict};
use soatbieu::output::{
    ChangeList, Marks, changes, corrected, refuse_existing, refuse_input, write_file,
};
use soatbieu::workbook::{Address, Value};
use soatbieu::{Checkup, recognise, say};

use super::batch::{self, Out, Run};
use super::worker::{Ended, Work};
use super::{Arguments, Fix, Session, Status};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Fix,
) -> Result<Status, Failure> {
    choice(wanted)?;
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
    let out = wanted.out.as_deref().map(Out::FileOrFolder);
    let run = Run { paths: &wanted.paths, options: &wanted.run, out, writes: !wanted.diff };
    batch::run(session, arguments, &run)
}

/// Corrects a file, or prints what would change in it.
pub(crate) fn file(session: &Session, wanted: &Fix, work: &Work<'_>) -> Result<Ended, Failure> {
    let choice = choice(wanted)?;
    let checkup = work.checkup()?;
    every_decision_has_its_cell(checkup, &choice)?;
    let corrections: Vec<Corrected> =
        checkup.tables.iter().map(|checked| correct(checked, &choice)).collect::<Result<_, _>>()?;
    let pairs: Vec<(&Checked, &Corrected)> = checkup.tables.iter().zip(&corrections).collect();
    let list = ChangeList::of(&pairs, session.lang);
    let mut written = Vec::new();
    if wanted.diff {
        if work.task.several && !list.changes.is_empty() {
            session.print(&format!("{}\n", work.report.path));
        }
        session.print(&changes::diff(&list));
    } else {
        written.push(write(session, wanted, work, checkup, &pairs, &list)?);
    }
    // Marks change no figure: what was wrong still is.
    let errors = pairs.iter().map(|(before, corrected)| {
        if wanted.marks_only { before.errors().count() } else { corrected.after.errors().count() }
    });
    let left = errors.sum();
    let corrected = if wanted.marks_only { 0 } else { list.changes.len() };
    let corrected = (!wanted.diff).then_some((corrected, left));
    Ok(Ended { is_open: left > 0, corrected, written })
}

fn write(
    session: &Session,
    wanted: &Fix,
    work: &Work<'_>,
    checkup: &Checkup,
    pairs: &[(&Checked, &Corrected)],
    list: &ChangeList,
) -> Result<PathBuf, Failure> {
    let input = &work.input;
    let out = work.copy_path(checkup);
    let replace = work.may_replace(session);
    refuse_input(&out, &input.path)?;
    refuse_existing(&out, replace)?;
    let marks = match (wanted.plain, wanted.marks_only) {
        (true, _) => Marks::Plain,
        (_, true) => Marks::Only,
        _ => Marks::Full,
    };
    let marked =
        if marks == Marks::Only { ChangeList::marks(pairs, session.lang) } else { list.clone() };
    let copy = corrected(&input.bytes, &checkup.workbook, &marked, marks, session.lang)?;
    for warning in &copy.warnings {
        session.tell(&work.about_it(warning.get(session.lang)));
    }
    write_file(&out, &copy.bytes, replace)?;
    let text = if marks == Marks::Only {
        say!(
            session.lang,
            "Đã đánh dấu {count} ô, không sửa số nào, ghi vào {out}.",
            "Marked {count} cells without changing a figure, written to {out}.",
            count = marked.changes.len(),
            out = out.display(),
        )
    } else {
        told_corrected(session, pairs, list, &out)
    };
    if session.json {
        session.tell(&text);
    } else {
        session.print(&format!("{text}\n"));
    }
    Ok(out)
}

/// How many cells were corrected, and what is left for a person.
fn told_corrected(
    session: &Session,
    pairs: &[(&Checked, &Corrected)],
    list: &ChangeList,
    out: &Path,
) -> String {
    let left: Vec<_> = pairs.iter().flat_map(|(_, corrected)| corrected.after.errors()).collect();
    let open = left.iter().filter(|finding| finding.verdict != Some(Verdict::Pinned)).count();
    say!(
        session.lang,
        "Đã sửa {count} ô, ghi vào {out}. Còn {left} lỗi cần người quyết định ({open} lỗi chưa xác định được ô sai).",
        "Corrected {count} cells, written to {out}. {left} errors are left for a person ({open} of them not pinned to a cell).",
        count = list.changes.len(),
        out = out.display(),
        left = left.len(),
        open = open,
    )
}

fn choice(wanted: &Fix) -> Result<Choice, Failure> {
    let accepted = wanted.accept.iter().map(|text| decision(text)).collect::<Result<_, _>>()?;
    Ok(Choice { suggested: wanted.suggested, accepted })
}

/// Reads `Q13=2,35`; a decimal point is taken as well.
fn decision(text: &str) -> Result<(Address, Decimal), Failure> {
    let bad = || {
        Failure::new(
            Code::Unknown,
            format!("`{text}` không có dạng Ô=SỐ"),
            format!("`{text}` is not of the form CELL=VALUE"),
        )
        .with_help("ví dụ: --accept Q13=2,35", "for instance: --accept Q13=2,35")
    };
    let (cell, value) = text.split_once('=').ok_or_else(bad)?;
    let address: Address = cell.parse().map_err(|_| bad())?;
    let number = recognise::notation::read_number_text(value).ok_or_else(bad)?;
    Ok((address, number))
}

fn every_decision_has_its_cell(checkup: &Checkup, choice: &Choice) -> Result<(), Failure> {
    let figure = |at: &Address| {
        checkup.tables.iter().any(|checked| {
            let table = &checked.table;
            table.place(*at).is_some_and(|place| {
                table.places().any(|known| known == place)
                    && !matches!(
                        checkup.workbook.sheet(&table.sheet).map(|s| s.value(*at)),
                        Some(Value::Bool(_))
                    )
            })
        })
    };
    match choice.accepted.iter().find(|(at, _)| !figure(at)) {
        Some((at, _)) => Err(not_a_figure(*at)),
        None => Ok(()),
    }
}
