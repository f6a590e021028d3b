//! `soatbieu process`: check, report, corrected workbook, appendix.

use std::path::PathBuf;

use soatbieu::correct::{Choice, Corrected, correct};
use soatbieu::failure::{Code, Failure};
use soatbieu::findings::Checked;
use soatbieu::output::{ChangeList, Marks, corrected, refuse_existing, refuse_input, write_file};
use soatbieu::report::{FileReport, Summary, html, json};
use soatbieu::workbook::FileFormat;
use soatbieu::{Checkup, say};

use super::session::Input;
use super::{Process, Session, Status};

pub(crate) fn run(session: &Session, wanted: &Process) -> Result<Status, Failure> {
    let request = session.request()?;
    let inputs: Vec<Result<Input, Failure>> =
        wanted.files.iter().map(|path| Input::read(path, &session.limits)).collect();
    let mut reports: Vec<FileReport> = wanted
        .files
        .iter()
        .zip(&inputs)
        .map(|(path, input)| FileReport {
            path: path.display().to_string(),
            outcome: input.as_ref().map_err(Clone::clone).and_then(|i| session.check(i, &request)),
        })
        .collect();
    session.relate(&mut reports);
    let mut status = Status::Done;
    for (input, report) in inputs.iter().zip(&reports) {
        if !session.json {
            session.print_report(report);
            let summary = Summary::of(std::slice::from_ref(report));
            if report.outcome.is_ok() {
                session.print(&format!("{}\n", summary.sentence(session.lang)));
            }
        }
        let ended = match (input, &report.outcome) {
            (Ok(input), Ok(checkup)) => write_all(session, wanted, input, checkup, report),
            _ => Ok(Status::Failed),
        };
        status = status.max(ended.unwrap_or_else(|failure| {
            session.fail(&report.path, &failure);
            Status::Failed
        }));
    }
    if session.json {
        session.print(&format!("{}\n", json::render(&reports, session.lang)));
    } else if reports.len() > 1 {
        session.print(&format!("\n{}\n", Summary::of(&reports).sentence(session.lang)));
    }
    Ok(status)
}

/// The outputs of one file.
struct Outputs {
    report: PathBuf,
    corrected: PathBuf,
    /// One for each table.
    appendices: Vec<PathBuf>,
}

impl Outputs {
    fn of(input: &Input, wanted: &Process, format: FileFormat, tables: usize) -> Self {
        let folder = wanted.out.clone().unwrap_or_else(|| input.folder());
        let stem = input.stem();
        let suffix = if format == FileFormat::Xlsm { "xlsm" } else { "xlsx" };
        Self {
            report: folder.join(format!("{stem}.report.html")),
            corrected: folder.join(format!("{stem}.corrected.{suffix}")),
            appendices: (1..=tables)
                .map(|number| match number {
                    1 => folder.join(format!("{stem}.appendix.xlsx")),
                    _ => folder.join(format!("{stem}.appendix-{number}.xlsx")),
                })
                .collect(),
        }
    }
}

fn write_all(
    session: &Session,
    wanted: &Process,
    input: &Input,
    checkup: &Checkup,
    report: &FileReport,
) -> Result<Status, Failure> {
    let outputs = Outputs::of(input, wanted, checkup.workbook.format, checkup.tables.len());
    for path in [&outputs.report, &outputs.corrected].into_iter().chain(&outputs.appendices) {
        refuse_input(path, &input.path)?;
        refuse_existing(path, session.force)?;
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
    let page = html::render(report, &pairs, session.lang);
    let mut appendices = Vec::new();
    for (path, (_, corrected)) in outputs.appendices.into_iter().zip(&pairs) {
        if let Some(bytes) = make_appendix(session, wanted, corrected)? {
            appendices.push((path, bytes));
        }
    }
    for warning in &copy.warnings {
        session.tell(warning.get(session.lang));
    }
    write_file(&outputs.report, page.as_bytes(), session.force)?;
    write_file(&outputs.corrected, &copy.bytes, session.force)?;
    let mut written = vec![outputs.report, outputs.corrected];
    for (path, bytes) in appendices {
        write_file(&path, &bytes, session.force)?;
        written.push(path);
    }
    tell_written(session, &list, &written);
    let clean = corrections.iter().all(|corrected| corrected.after.is_clean());
    Ok(if clean { Status::Done } else { Status::Findings })
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
