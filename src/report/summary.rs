//! Counts over files, for the last line and the JSON.

use serde::Serialize;

use super::FileReport;
use crate::findings::{Grade, words};
use crate::lang::Lang;
use crate::rules::Severity;
use crate::say;

/// What a run found, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Files looked at.
    pub files: usize,
    /// Tables checked.
    pub tables: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Corrections by grade.
    pub corrections: Corrections,
    /// Files that could not be read or held no table.
    #[serde(skip)]
    pub failed: usize,
    /// Tables of which no rule was recognised: read, and nothing else.
    #[serde(skip)]
    pub bare: usize,
}

/// Corrections by grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Corrections {
    /// Of grade safe.
    pub safe: usize,
    /// Of grade suggested.
    pub suggested: usize,
    /// Of grade shown.
    pub shown: usize,
}

impl Summary {
    /// Counts what a list of reports holds.
    #[must_use]
    pub fn of(reports: &[FileReport]) -> Self {
        let mut summary = Self::default();
        for report in reports {
            summary.add(&Self::of_file(report));
        }
        summary
    }

    fn of_file(report: &FileReport) -> Self {
        let mut summary = Self { files: 1, ..Self::default() };
        match &report.outcome {
            Ok(checkup) => {
                checkup.tables.iter().for_each(|table| summary.count(table));
                let statements = checkup.statements.iter();
                summary.warnings += statements.map(|s| s.contradictions().count()).sum::<usize>();
            }
            Err(_) => summary.failed = 1,
        }
        summary
    }

    /// Adds the counts of further files.
    pub fn add(&mut self, other: &Self) {
        let Self { files, tables, errors, warnings, notes, corrections, failed, bare } = other;
        self.files += files;
        self.tables += tables;
        self.errors += errors;
        self.warnings += warnings;
        self.notes += notes;
        self.corrections.safe += corrections.safe;
        self.corrections.suggested += corrections.suggested;
        self.corrections.shown += corrections.shown;
        self.failed += failed;
        self.bare += bare;
    }

    fn count(&mut self, checked: &crate::findings::Checked) {
        self.tables += 1;
        self.bare += usize::from(checked.has_no_rule());
        for finding in &checked.findings {
            match finding.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Note => self.notes += 1,
            }
            for correction in finding.all_corrections() {
                match correction.grade {
                    Grade::Safe => self.corrections.safe += 1,
                    Grade::Suggested => self.corrections.suggested += 1,
                    Grade::Shown => self.corrections.shown += 1,
                }
            }
        }
    }

    /// The summary as a sentence.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let Self { files, tables, errors, warnings, notes, failed, bare, .. } = *self;
        let word = |severity| words::severity(severity, lang);
        let plural = |count: usize, severity| match lang {
            Lang::En if count != 1 => format!("{count} {}s", word(severity)),
            _ => format!("{count} {}", word(severity)),
        };
        let counts = format!(
            "{}, {}, {}",
            plural(errors, Severity::Error),
            plural(warnings, Severity::Warning),
            plural(notes, Severity::Note)
        );
        let text = match (lang, errors) {
            (Lang::Vi, _) => format!("Đã soát {tables} bảng trong {files} tệp: {counts}"),
            (Lang::En, _) => format!(
                "Checked {tables} table{} in {files} file{}: {counts}",
                if tables == 1 { "" } else { "s" },
                if files == 1 { "" } else { "s" },
            ),
        };
        let failed = match failed {
            0 => String::new(),
            count => {
                say!(lang, "; {count} tệp không soát được", "; {count} not checked", count = count)
            }
        };
        let bare = match bare {
            0 => String::new(),
            count => say!(
                lang,
                "; {count} bảng chỉ đọc được, chưa có phép kiểm tra nào",
                "; {count} read only, with nothing to check",
                count = count
            ),
        };
        format!("{text}{failed}{bare}.")
    }
}
