//! The report as flat rows: one a file, one a finding. Summary tables and other engines read them.

use serde::{Deserialize, Serialize};

use super::{FileReport, FileStatus, Summary, json};
use crate::failure::Failure;
use crate::lang::Lang;
use crate::report::summary::Corrections;
use crate::units::{Naming, Sent};

/// What became of one file, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileRow {
    /// The path as it was named.
    pub path: String,
    /// Whose tables it holds (`Xã Đại Lãnh`), those of several units one after the other.
    pub unit: String,
    /// What became of it.
    pub status: FileStatus,
    /// Tables checked.
    pub tables: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Proposed corrections of grade safe.
    pub safe: usize,
    /// Proposed corrections of grade suggested.
    pub suggested: usize,
    /// Proposed corrections of grade shown.
    pub shown: usize,
    /// Cells corrected in the copy that was written; none where only a check was asked for.
    pub corrected: usize,
    /// Errors left for a person: those that no safe correction answers, or that the copy still has.
    pub to_decide: usize,
    /// The failure's code, where there is one.
    pub error_code: Option<String>,
    /// What it says.
    pub error: Option<String>,
}

impl FileRow {
    /// The row of a file that was checked, or could not be.
    #[must_use]
    pub fn of(report: &FileReport, naming: &Naming, lang: Lang) -> Self {
        let path = report.path.clone();
        let unit = unit(report, naming);
        let checkup = match &report.outcome {
            Ok(checkup) => checkup,
            Err(failure) => {
                let row = Self { path, unit, ..Self::default() };
                return row.failed(FileStatus::of(failure), failure, lang);
            }
        };
        let counts = Summary::of(std::slice::from_ref(report));
        Self {
            path,
            unit,
            tables: counts.tables,
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            safe: counts.corrections.safe,
            suggested: counts.corrections.suggested,
            shown: counts.corrections.shown,
            to_decide: checkup
                .tables
                .iter()
                .map(|c| c.errors().filter(|f| !f.is_safe()).count())
                .sum(),
            ..Self::default()
        }
    }

    /// The row with a failure in it.
    #[must_use]
    pub fn failed(self, status: FileStatus, failure: &Failure, lang: Lang) -> Self {
        Self {
            status,
            error_code: Some(failure.code.as_str().to_owned()),
            error: Some(failure.message(lang).to_owned()),
            ..self
        }
    }

    /// The row's counts.
    #[must_use]
    pub fn counts(&self) -> Summary {
        let Self { tables, errors, warnings, notes, safe, suggested, shown, .. } = *self;
        let failed = usize::from(!self.status.is_checked());
        let corrections = Corrections { safe, suggested, shown };
        Summary { files: 1, tables, errors, warnings, notes, corrections, failed, bare: 0 }
    }
}

/// One finding, flat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// The path of the file, as it was named.
    pub path: String,
    /// Whose table it is, as in [`FileRow::unit`].
    pub unit: String,
    /// The sheet.
    pub sheet: String,
    /// The form's id.
    pub form: String,
    /// The rule's code.
    pub code: String,
    /// The rule's name.
    pub rule: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The cell.
    pub cell: String,
    /// Name of the row.
    pub row: String,
    /// Label of the column.
    pub column: String,
    /// What is told.
    pub message: String,
    /// What stands in the cell: a number with a point, in the cell's own unit, or its text.
    pub found: Option<String>,
    /// What the rule computes.
    pub expected: Option<String>,
    /// `pinned`, `narrowed` or `undecidable`.
    pub verdict: Option<String>,
    /// How the wrong figure came to be.
    pub cause: Option<String>,
    /// The figure proposed.
    pub correction: Option<String>,
    /// How far the proposal can be relied on: `safe`, `suggested` or `shown`.
    pub grade: Option<String>,
}

impl FindingRow {
    /// The rows of a file's findings, in the order of the report.
    #[must_use]
    pub fn all(report: &FileReport, naming: &Naming, lang: Lang) -> Vec<Self> {
        let Ok(checkup) = &report.outcome else { return Vec::new() };
        let mut rows = Vec::new();
        for checked in &checkup.tables {
            let table = &checked.table;
            let unit = naming.of(&table.surroundings, &table.sheet, &report.path).name;
            for finding in &checked.findings {
                let told = json::finding(checked, finding, lang);
                rows.push(Self {
                    path: report.path.clone(),
                    unit: unit.clone(),
                    sheet: table.sheet.clone(),
                    form: table.form.clone(),
                    code: told.code.to_owned(),
                    rule: told.rule.to_owned(),
                    severity: word(&told.severity),
                    cell: told.cell,
                    row: told.row.to_owned(),
                    column: told.column.to_owned(),
                    message: told.message,
                    found: told.found,
                    expected: told.expected,
                    verdict: told.verdict.as_ref().map(word),
                    cause: told.cause.map(|cause| cause.detail.to_owned()),
                    grade: told.correction.as_ref().map(|correction| word(&correction.grade)),
                    correction: told.correction.map(|correction| correction.to),
                });
            }
        }
        rows
    }
}

/// What each unit has sent with a file, each once.
#[must_use]
pub fn sent(report: &FileReport, naming: &Naming) -> Vec<Sent> {
    let Ok(checkup) = &report.outcome else {
        return vec![Sent::file(naming.of_file(&report.path))];
    };
    let tables = checkup.tables.iter();
    let mut sent: Vec<Sent> =
        tables.map(|checked| Sent::of(&checked.table, &report.path, naming)).collect();
    sent.sort();
    sent.dedup();
    sent
}

/// The units whose tables a file holds, in their order.
fn unit(report: &FileReport, naming: &Naming) -> String {
    const NAMED: usize = 3;
    let Ok(checkup) = &report.outcome else { return naming.of_file(&report.path).name };
    let mut units: Vec<String> = Vec::new();
    for checked in &checkup.tables {
        let around = &checked.table.surroundings;
        let unit = naming.of(around, &checked.table.sheet, &report.path).name;
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let more = if units.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", units[..units.len().min(NAMED)].join(", "))
}

/// A unit variant by the name it has in JSON, so that rows and reports use the same words.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
