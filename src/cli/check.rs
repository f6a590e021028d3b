//! `soatbieu check`: files and folders, nothing changed.

use std::path::{Path, PathBuf};

use soatbieu::failure::Failure;
use soatbieu::report::{FileReport, Summary, explain, json};

use super::session::Input;
use super::{Check, Session, Status};

pub(crate) fn run(session: &Session, wanted: &Check) -> Result<Status, Failure> {
    let request = session.request()?;
    // Rows that were settled while they were read cannot be explained.
    let check = if wanted.explain_table { Session::check } else { Session::survey };
    let mut reports: Vec<FileReport> = workbooks(&wanted.paths)
        .iter()
        .map(|path| FileReport {
            path: path.display().to_string(),
            outcome: Input::read(path, &session.limits)
                .and_then(|input| check(session, &input, &request)),
        })
        .collect();
    session.relate(&mut reports);
    for report in reports.iter().filter(|_| !session.json) {
        session.print_report(report);
        if let (true, Ok(checkup)) = (wanted.explain_table, &report.outcome) {
            session.print(&explain::render(checkup, session.lang));
        }
    }
    let summary = Summary::of(&reports);
    if session.json {
        session.print(&format!("{}\n", json::render(&reports, session.lang)));
    } else {
        session.print(&format!("{}\n", summary.sentence(session.lang)));
    }
    Ok(match (summary.failed, summary.errors) {
        (1.., _) => Status::Failed,
        (0, 1..) => Status::Findings,
        (0, 0) => Status::Done,
    })
}

/// The files named, and every workbook in the folders named, by name.
pub(crate) fn workbooks(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            collect(path, &mut files, 0);
        } else {
            files.push(path.clone());
        }
    }
    files
}

/// Folders nested deeper than this are links that go in circles.
const MAX_DEPTH: usize = 64;

fn collect(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        // Reading it as a file gives the error that names it.
        files.push(folder.to_owned());
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth < MAX_DEPTH && !path.is_symlink() {
                collect(&path, files, depth + 1);
            }
        } else if is_workbook(&path) {
            files.push(path);
        }
    }
}

/// By suffix; `~$…` is the lock a spreadsheet program leaves beside an open file.
fn is_workbook(path: &Path) -> bool {
    const SUFFIXES: &[&str] = &["xlsx", "xlsm", "xlsb", "xls", "ods", "xltx", "xltm"];
    let lock = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"));
    let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
    !lock && suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix.as_str()))
}
