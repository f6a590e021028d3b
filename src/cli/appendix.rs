//! `soatbieu appendix`: the sheet for signature.

use std::path::{Path, PathBuf};

use soatbieu::appendix::{self, Options, Sheet};
use soatbieu::desk::Desk;
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Text;
use soatbieu::output::{refuse_existing, refuse_input, write_file};
use soatbieu::report::{FileReport, FileRow, json};
use soatbieu::screen::Checker;
use soatbieu::units::Naming;

use super::batch::refuse_other_suffix;
use super::fonts::faces;
use super::session::shown;
use super::{Appendix, Layout, Session, Status};

pub(crate) fn run(
    session: &Session,
    checker: &mut Checker<'_>,
    wanted: &Appendix,
) -> Result<Status, Failure> {
    refuse_other_suffix(&wanted.out, &["xlsx", "pdf"])?;
    let input = session.open(&wanted.file)?;
    refuse_input(&wanted.out, &input.path)?;
    refuse_existing(&wanted.out, session.force)?;
    let (name, path) = (input.name(), input.path.clone());
    let mut desk = match session.desk(input, checker, true) {
        Ok(desk) => desk,
        Err(failure) => {
            if session.json {
                print_json(session, &FileReport { path: name, outcome: Err(failure) }, Vec::new());
            } else {
                session.fail(&name, &failure);
            }
            return Ok(Status::Failed);
        }
    };
    let tables: Vec<usize> = (0..desk.tables().len()).collect();
    let mut refused = false;
    for table in &tables {
        match desk.ready(*table, wanted.as_is) {
            Err(failure) if failure.code == Code::NotClean => {
                let failure =
                    if tables.len() > 1 { in_table(&desk, *table, failure) } else { failure };
                session.fail(&name, &failure);
                refused = true;
            }
            other => other?,
        }
    }
    if refused {
        if session.json {
            print_json(session, desk.report(), Vec::new());
        }
        return Ok(Status::Findings);
    }
    let sheets = desk.sheets(&tables, &options(&wanted.layout), wanted.as_is)?;
    for sheet in &sheets {
        tell_notes(session, &sheet.notes);
    }
    let outputs: Vec<(PathBuf, &[Sheet])> = if wanted.several.each {
        let one = |(index, sheet)| (numbered(&wanted.out, index + 1), std::slice::from_ref(sheet));
        sheets.iter().enumerate().map(one).collect()
    } else {
        vec![(wanted.out.clone(), sheets.as_slice())]
    };
    // Everything is made before anything is written.
    let mut made = Vec::new();
    for (out, sheets) in outputs {
        refuse_input(&out, &path)?;
        refuse_existing(&out, session.force)?;
        let bytes = write(session, &desk, wanted, sheets)?;
        made.push((out, bytes));
    }
    for (out, bytes) in &made {
        write_file(out, bytes, session.force)?;
    }
    if session.json {
        let outputs = made.iter().map(|(out, _)| shown(out)).collect();
        print_json(session, desk.report(), outputs);
    }
    Ok(Status::Done)
}

/// The check of the file as JSON, with what was written.
fn print_json(session: &Session, report: &FileReport, outputs: Vec<String>) {
    let row = FileRow::of(report, &Naming::default(), session.lang);
    let done = json::Done { unit: row.unit, outputs, corrected: 0, to_decide: row.to_decide };
    session.print(&json::of_one(report, &done, session.lang));
}

/// The sheets as the file that was asked for.
fn write(
    session: &Session,
    desk: &Desk<'_>,
    wanted: &Appendix,
    sheets: &[Sheet],
) -> Result<Vec<u8>, Failure> {
    if wanted.out.extension().is_none_or(|suffix| !suffix.eq_ignore_ascii_case("pdf")) {
        return desk.workbook(sheets);
    }
    let made = appendix::pdf(sheets, &faces(session, &wanted.fonts)?)?;
    tell_notes(session, &made.notes);
    Ok(made.bytes)
}

/// A failure with the table it is about.
fn in_table(desk: &Desk<'_>, table: usize, failure: Failure) -> Failure {
    let table = &desk.tables()[table].table;
    let name = format!("{}!{}", table.sheet, table.range);
    let message = Text::new(
        format!("{name}: {}", failure.message.vi),
        format!("{name}: {}", failure.message.en),
    );
    Failure { message, ..failure }
}

/// The path of one of several outputs: `phu-luc-2.xlsx`.
fn numbered(out: &Path, number: usize) -> PathBuf {
    let mut name = out.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}."));
    name.push(out.extension().unwrap_or_default());
    out.with_file_name(name)
}

/// Says what was decided while a sheet was set.
pub(super) fn tell_notes(session: &Session, notes: &[Text]) {
    for note in notes {
        session.tell(note.get(session.lang));
    }
}

pub(super) fn options(layout: &Layout) -> Options {
    let accountant = layout.accountant.iter().map(|name| format!("KẾ TOÁN TRƯỞNG|{name}"));
    let cosigners = accountant.chain(layout.cosigner.iter().cloned()).collect();
    Options {
        mode: layout.mode,
        title: layout.title.clone(),
        reference: layout.reference.clone(),
        authority: layout.authority.clone(),
        signer_title: layout.signer_title.as_ref().map(|title| title.replace('|', "\n")),
        signer: layout.signer.clone(),
        preparer: layout.preparer.clone(),
        cosigners,
        recipients: layout.recipients.as_ref().map(|lines| lines.replace('|', "\n")),
        place: layout.place.clone(),
        date: layout.date,
        ..Options::default()
    }
}
