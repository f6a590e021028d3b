//! The rules for people to read: a page a rule, the list, and their table in the documentation.

use std::fmt::Write as _;

use crate::findings::words;
use crate::lang::Lang;
use crate::rules::{ALL, Rule};

/// A rule's page.
#[must_use]
pub fn page(rule: &Rule, lang: Lang) -> String {
    let headings = match lang {
        Lang::Vi => ["Kiểm tra gì", "Vì sao cần", "Ví dụ sai", "Ví dụ đúng", "Mức tin cậy khi sửa"],
        Lang::En => {
            ["What it checks", "Why it matters", "Wrong", "Right", "How safe its correction is"]
        }
    };
    let [what, why, wrong, right, safety] = headings;
    let severity = words::severity(rule.severity, lang);
    let mut page = format!("{} {} ({severity})\n{}\n", rule.code, rule.name, rule.title.get(lang));
    let mut section = |heading: &str, text: &str| {
        let _ = write!(page, "\n{heading}\n");
        for line in text.lines() {
            let _ = writeln!(page, "  {line}");
        }
    };
    section(what, rule.what.get(lang));
    section(why, rule.why.get(lang));
    section(wrong, &tables(rule.example.wrong));
    section(right, &tables(rule.example.right));
    section(safety, rule.safety.get(lang));
    page
}

/// All rules, a line each.
#[must_use]
pub fn list(lang: Lang) -> String {
    ALL.iter().fold(String::new(), |mut text, rule| {
        let severity = words::severity(rule.severity, lang);
        let _ = writeln!(
            text,
            "{}  {:<28}  {}{}  {}",
            rule.code,
            rule.name,
            severity,
            " ".repeat(8_usize.saturating_sub(severity.chars().count())),
            rule.title.get(lang)
        );
        text
    })
}

/// The rules as a Markdown table in both languages, for the documentation.
#[must_use]
pub fn markdown() -> String {
    let mut text =
        String::from("| mã | tên | mức / severity | kiểm tra | checks |\n|---|---|---|---|---|\n");
    for rule in ALL {
        let _ = writeln!(
            text,
            "| {} | `{}` | {} / {} | {} | {} |",
            rule.code,
            rule.name,
            words::severity(rule.severity, Lang::Vi),
            words::severity(rule.severity, Lang::En),
            rule.title.get(Lang::Vi),
            rule.title.get(Lang::En)
        );
    }
    text
}

/// The tables of an example, a blank line between them.
fn tables(text: &str) -> String {
    text.split('\u{c}').map(aligned).collect::<Vec<_>>().join("\n")
}

/// A tab-separated table with its columns aligned.
fn aligned(table: &str) -> String {
    use unicode_width::UnicodeWidthStr as _;
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())))
            .collect();
        let _ = writeln!(text, "{}", line.join("  ").trim_end());
    }
    text
}
