//! How often each kind of mistake was made: the rules that findings name, over all files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FileReport;
use crate::lang::Lang;
use crate::rules::{self, Rule, Severity};
use crate::say;

/// Findings by rule, notes aside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mistakes(BTreeMap<String, Count>);

/// How often a rule was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Count {
    /// Findings.
    pub findings: usize,
    /// Files with one.
    pub files: usize,
}

impl Mistakes {
    /// Those of one file.
    #[must_use]
    pub fn of(report: &FileReport) -> Self {
        let mut mistakes = Self::default();
        let Ok(checkup) = &report.outcome else { return mistakes };
        let findings = checkup.tables.iter().flat_map(|checked| &checked.findings);
        for finding in findings.filter(|finding| finding.severity != Severity::Note) {
            let count = mistakes.0.entry(finding.rule.code.to_owned()).or_default();
            (count.findings, count.files) = (count.findings + 1, 1);
        }
        mistakes
    }

    /// Adds those of further files.
    pub fn add(&mut self, other: &Self) {
        for (code, more) in &other.0 {
            let count = self.0.entry(code.clone()).or_default();
            count.findings += more.findings;
            count.files += more.files;
        }
    }

    /// The rules with their counts, the most frequent in files first.
    #[must_use]
    pub fn ranked(&self) -> Vec<(&'static Rule, Count)> {
        let known = self.0.iter().filter_map(|(code, count)| Some((rules::find(code)?, *count)));
        let mut ranked: Vec<_> = known.collect();
        ranked.sort_by_key(|(rule, count)| {
            (std::cmp::Reverse((count.files, count.findings)), rule.code)
        });
        ranked
    }

    /// A line for each of the most frequent kinds; empty where nothing was found.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> String {
        const SHOWN: usize = 10;
        let ranked = self.ranked();
        if ranked.is_empty() {
            return String::new();
        }
        let mut text = say!(lang, "Lỗi, cảnh báo hay gặp:\n", "Most frequent mistakes:\n");
        for (rule, Count { findings, files }) in ranked.iter().take(SHOWN) {
            let (code, title) = (rule.code, rule.title.get(lang));
            text.push_str(&say!(
                lang,
                "  {code} {title}: {findings} chỗ, {files} tệp\n",
                "  {code} {title}: {findings} in {files} files\n",
            ));
        }
        if let Some(more) = ranked.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            text.push_str(&say!(lang, "  và {more} loại khác\n", "  and {more} other kinds\n"));
        }
        text
    }
}
