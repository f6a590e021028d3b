//! The table of findings: what the JSON report says of each file, a line a finding.

use std::path::{Path, PathBuf};

use serde_json::Value;
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, json};
use soatbieu::workbook::Workbook;
use soatbieu::{Checkup, forms, read};

/// A line of the table: a finding, what is known of a file, or how a table came out as a whole.
pub(crate) struct Line {
    /// The file's name.
    pub(crate) file: String,
    /// The sheet; empty for a whole file.
    pub(crate) sheet: String,
    /// The cell, or the range of a whole table.
    pub(crate) cell: String,
    /// The code of the rule or failure, [`QUOTED`], or [`TABLE`].
    pub(crate) code: String,
    /// `error`, `warning`, `note`, or why a file was not checked.
    pub(crate) severity: String,
    /// What is said, on one line.
    pub(crate) message: String,
}

/// Stands for a code where a line of the file itself is quoted.
pub(crate) const QUOTED: &str = "#";
/// Stands for a code where a table is summed up: relations that hold, are broken, are undecided.
pub(crate) const TABLE: &str = "table";

/// Checks files, and every workbook and printed table in folders, by name.
pub(crate) fn lines(paths: &[PathBuf], lang: Lang) -> Vec<Line> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files);
    }
    files.iter().flat_map(|file| lines_of(file, lang)).collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else {
        // A file; one that is not there gives a line that says so.
        files.push(path.to_owned());
        return;
    };
    let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    for path in inside.iter().filter(|path| path.is_dir() || is_table(path)) {
        collect(path, files);
    }
}

fn is_table(path: &Path) -> bool {
    let lock = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"));
    let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
    let known = ["xlsx", "xlsm", "xlsb", "xls", "ods", "tsv"];
    !lock && suffix.is_some_and(|suffix| known.contains(&suffix.as_str()))
}

fn lines_of(path: &Path, lang: Lang) -> Vec<Line> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_printed = path.extension().is_some_and(|suffix| suffix == "tsv");
    let (outcome, known) = match std::fs::read(path) {
        Err(error) => {
            let reason = error.to_string();
            (Err(Failure::new(Code::CannotOpen, reason.clone(), reason)), Vec::new())
        }
        Ok(bytes) if is_printed => printed(&String::from_utf8_lossy(&bytes)),
        Ok(bytes) => {
            let checkup = request()
                .and_then(|wanted| soatbieu::check(&bytes, &read::Limits::default(), &wanted));
            (checkup, Vec::new())
        }
    };
    let report = json::render(&[FileReport { path: name.clone(), outcome }], lang);
    let report: Value = serde_json::from_str(&report).unwrap_or_default();
    let mut lines = findings(&name, &report["files"][0]);
    // Paper does not tell how a figure is stored.
    lines.retain(|line| !(is_printed && line.code == "R404"));
    lines.extend(known.into_iter().map(|message| Line {
        file: name.clone(),
        sheet: String::new(),
        cell: String::new(),
        code: QUOTED.to_owned(),
        severity: String::new(),
        message,
    }));
    lines
}

fn request() -> Result<Request, Failure> {
    Ok(Request { known: forms::builtin()?, ..Request::default() })
}

/// A printed table with what its own lines say of it. Every cell is read as text, so that the whole
/// column decides what a dot means.
fn printed(text: &str) -> (Result<Checkup, Failure>, Vec<String>) {
    let (said, rows): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    let as_text =
        |cell: &str| if cell.trim().is_empty() { String::new() } else { format!("'{cell}") };
    let rows: Vec<String> = rows
        .iter()
        .map(|row| row.split('\t').map(as_text).collect::<Vec<_>>().join("\t"))
        .collect();
    let workbook = Workbook::from_text("printed", &rows.join("\n"));
    let checkup = request().and_then(|wanted| soatbieu::check_workbook(workbook, &wanted));
    (checkup, said.iter().map(|line| line.trim_start_matches(['#', ' ']).to_owned()).collect())
}

/// The lines of one file of the JSON report.
fn findings(file: &str, report: &Value) -> Vec<Line> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line =
        |sheet: &Value, cell: &Value, code: &Value, severity: &Value, message: &Value| Line {
            file: file.to_owned(),
            sheet: text(sheet),
            cell: text(cell),
            code: text(code),
            severity: text(severity),
            message: text(message).split_whitespace().collect::<Vec<_>>().join(" "),
        };
    let error = &report["error"];
    if !error.is_null() {
        let none = Value::Null;
        return vec![line(&none, &none, &error["code"], &report["status"], &error["message"])];
    }
    let mut lines = Vec::new();
    for table in report["tables"].as_array().into_iter().flatten() {
        let checks = &table["checks"];
        let sum = format!(
            "{} hold, {} broken, {} undecided",
            checks["satisfied"], checks["violated"], checks["undecided"]
        );
        lines.push(line(
            &table["sheet"],
            &table["range"],
            &TABLE.into(),
            &Value::Null,
            &sum.into(),
        ));
        for finding in table["findings"].as_array().into_iter().flatten() {
            let [cell, code, severity, message] =
                ["cell", "code", "severity", "message"].map(|key| &finding[key]);
            let message = format!("{}{}", text(message), alternatives(finding));
            lines.push(line(&table["sheet"], cell, code, severity, &message.into()));
        }
    }
    lines
}

/// The other sets of cells that explain a finding as well: ` [or C6+C7, D6+D7]`.
fn alternatives(finding: &Value) -> String {
    let cells = |value: &Value| -> Vec<String> {
        let cells = value.as_array().into_iter().flatten();
        cells.filter_map(|cell| cell.as_str().map(str::to_owned)).collect()
    };
    let sets = finding["alternatives"].as_array().into_iter().flatten();
    let sets: Vec<String> = sets.map(|set| cells(set).join("+")).collect();
    if sets.is_empty() { String::new() } else { format!(" [or {}]", sets.join(", ")) }
}

/// The lines with their columns aligned, a heading above and the sums below.
pub(crate) fn render(lines: &[Line]) -> String {
    let cells = |line: &Line| -> [String; 6] {
        let Line { file, sheet, cell, code, severity, message } = line;
        [file, sheet, cell, code, severity, message].map(Clone::clone)
    };
    let heading = ["file", "sheet", "cell", "code", "severity", "message"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(heading).chain(lines.iter().map(cells)).collect();
    let width = |text: &str| text.chars().count();
    let mut text = String::new();
    let widest: Vec<usize> = (0..5)
        .map(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0))
        .collect();
    for row in &rows {
        for (cell, widest) in row.iter().zip(&widest) {
            text.push_str(cell);
            text.push_str(&" ".repeat(widest - width(cell) + 2));
        }
        text.push_str(&row[5]);
        text.push('\n');
    }
    let count = |wanted: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| wanted(line)).count();
    let tables = count(&|line| line.code == TABLE);
    let [errors, warnings, notes] =
        ["error", "warning", "note"].map(|severity| count(&|line| line.severity == severity));
    let sums = format!("{tables} tables: {errors} errors, {warnings} warnings, {notes} notes\n");
    text + &sums
}
