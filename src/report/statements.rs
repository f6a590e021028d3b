//! What became of the sentences of a document, for every report: data, lines of text, markup.

use std::fmt::Write as _;

use serde::Serialize;

use super::html::escape;
use crate::lang::Lang;
use crate::say;
use crate::statements::{Kind, Match, Outcome, Statement, Statements};

/// A figure of a sentence, flat.
#[derive(Debug, Serialize)]
pub(super) struct StatementReport<'a> {
    /// The sentence.
    pub(super) text: &'a str,
    /// The figure, with a point.
    pub(super) figure: String,
    pub(super) unit: &'a str,
    pub(super) outcome: Kind,
    /// The sheet of the cells it was held against.
    pub(super) sheet: Option<&'a str>,
    pub(super) cells: Vec<String>,
    pub(super) expected: Option<String>,
    pub(super) derivation: Option<&'a str>,
    /// Why it was not held against a cell.
    pub(super) reason: Option<&'a str>,
    pub(super) paragraph: usize,
}

/// The statements as data.
pub(super) fn list(statements: &Statements, lang: Lang) -> Vec<StatementReport<'_>> {
    statements.list.iter().map(|statement| one(statement, lang)).collect()
}

fn one(statement: &Statement, lang: Lang) -> StatementReport<'_> {
    let found = statement.outcome.matched();
    let reason = match &statement.outcome {
        Outcome::NotMatched(why) => Some(why.get(lang)),
        Outcome::Agrees(_) | Outcome::Contradicts(_) => None,
    };
    StatementReport {
        text: &statement.text,
        figure: statement.value.normalize().to_string(),
        unit: &statement.unit,
        outcome: statement.outcome.kind(),
        sheet: found.map(|found| found.sheet.as_str()),
        cells: found.map(cells).unwrap_or_default(),
        expected: found.map(|found| found.expected.normalize().to_string()),
        derivation: found.map(|found| found.derivation.get(lang)),
        reason,
        paragraph: statement.paragraph,
    }
}

fn cells(found: &Match) -> Vec<String> {
    found.cells.iter().map(ToString::to_string).collect()
}

/// Where the cells of a figure stand, for people: `Bảng 1!J10, L10 (Tổng cộng)`.
fn place(statements: &Statements, found: &Match) -> String {
    let file = statements.table_of.as_ref().map(|file| format!("{file} › ")).unwrap_or_default();
    format!("{file}{}!{} ({})", found.sheet, cells(found).join(", "), found.row)
}

/// The statements in one sentence: what agrees, what contradicts, what was not compared.
#[must_use]
pub fn summary(statements: &Statements, lang: Lang) -> String {
    if let Some(why) = &statements.unmatched {
        return say!(
            lang,
            "Câu văn: không đối chiếu với bảng ({why}).",
            "Sentences: not compared with a table ({why}).",
            why = why.get(lang),
        );
    }
    if statements.list.is_empty() {
        return say!(
            lang,
            "Câu văn: không đối chiếu, vì văn bản không nêu số liệu có đơn vị tính của biểu.",
            "Sentences: not compared, as none gives a figure in a unit of the form.",
        );
    }
    let count = |kind| statements.count(kind);
    say!(
        lang,
        "Câu văn đối chiếu với bảng: {agree} số khớp, {contradict} số trái bảng, {rest} số không đối chiếu.",
        "Sentences compared with the table: {agree} figures agree, {contradict} contradict it, {rest} not compared.",
        agree = count(Kind::Agrees),
        contradict = count(Kind::Contradicts),
        rest = count(Kind::NotMatched),
    )
}

/// What a contradiction is called.
pub(super) fn title(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "Câu văn trái với bảng",
        Lang::En => "A sentence contradicts the table",
    }
}

/// What to do about a contradiction.
pub(super) fn advice(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "xem lại câu và bảng, sửa chỗ sai; chương trình không sửa câu văn",
        Lang::En => {
            "look at the sentence and the table, and mend what is wrong; sentences are never corrected"
        }
    }
}

/// Characters of a sentence shown before and after its figure.
const SHOWN: usize = 90;

/// The sentence around its figure: before, figure, after.
pub(super) fn parts(statement: &Statement) -> [String; 3] {
    let text = &statement.text;
    let (before, after) = (&text[..statement.figure.start], &text[statement.figure.end..]);
    let skipped = before.chars().count().saturating_sub(SHOWN);
    let mut before: String = before.chars().skip(skipped).collect();
    if skipped > 0 {
        // The first word may be cut.
        before = format!("…{}", before.split_once(' ').map_or("", |(_, rest)| rest));
    }
    let mut rest: String = after.chars().take(SHOWN).collect();
    if after.chars().count() > SHOWN {
        rest = format!("{}…", rest.rsplit_once(' ').map_or("", |(rest, _)| rest));
    }
    [before, statement.written().to_owned(), rest]
}

/// What is said of a figure: `0,63 ≠ …; Bảng 1!J10, L10 (Tổng cộng)`, or why nothing is.
pub(super) fn said(statements: &Statements, statement: &Statement, lang: Lang) -> String {
    match &statement.outcome {
        Outcome::NotMatched(why) => why.get(lang).to_owned(),
        Outcome::Agrees(found) | Outcome::Contradicts(found) => {
            format!("{}; {}", found.derivation.get(lang), place(statements, found))
        }
    }
}

/// Every figure in a line: what became of it, the sentence with the figure marked, what is said.
#[must_use]
pub fn all(statements: &Statements, lang: Lang) -> String {
    let mut text = String::new();
    for statement in &statements.list {
        let sign = match statement.outcome.kind() {
            Kind::Agrees => "=",
            Kind::Contradicts => "≠",
            Kind::NotMatched => "·",
        };
        let [before, figure, after] = parts(statement);
        let _ = writeln!(
            text,
            "  {sign} {} {}: {before}«{figure}»{after}\n      {}",
            say!(lang, "đoạn", "paragraph"),
            statement.paragraph,
            said(statements, statement, lang)
        );
    }
    text
}

/// The statements as a section of a page.
pub(super) fn section(statements: &Statements, lang: Lang) -> String {
    let heading = say!(lang, "Câu văn và bảng", "Sentences and the table");
    let mut html = format!(
        "<section class=\"statements\">\n<h2>{heading}</h2>\n<p>{}</p>\n",
        escape(&summary(statements, lang))
    );
    let items = |kind: Kind| {
        let own = statements.list.iter().filter(move |one| one.outcome.kind() == kind);
        own.map(|statement| item(statements, statement, lang)).collect::<String>()
    };
    let contradicting = items(Kind::Contradicts);
    if !contradicting.is_empty() {
        let _ = write!(
            html,
            "<h3>{}</h3>\n<ul>\n{contradicting}</ul>\n<p class=\"muted\">{}.</p>\n",
            escape(title(lang)),
            escape(advice(lang))
        );
    }
    for (kind, heading) in [
        (Kind::Agrees, say!(lang, "Các số khớp với bảng", "Figures that agree")),
        (Kind::NotMatched, say!(lang, "Các số không đối chiếu", "Figures not compared")),
    ] {
        let list = items(kind);
        if !list.is_empty() {
            let count = statements.count(kind);
            let _ = write!(
                html,
                "<details><summary>{heading} ({count})</summary>\n<ul>\n{list}</ul>\n</details>\n"
            );
        }
    }
    html.push_str("</section>\n");
    html
}

fn item(statements: &Statements, statement: &Statement, lang: Lang) -> String {
    let [before, figure, after] = parts(statement);
    format!(
        "<li><span class=\"sentence\">{}<mark class=\"{}\">{}</mark>{}</span> <span class=\"muted\">({} {})</span><br>{}</li>\n",
        escape(&before),
        match statement.outcome.kind() {
            Kind::Agrees => "agrees",
            Kind::Contradicts => "contradicts",
            Kind::NotMatched => "unmatched",
        },
        escape(&figure),
        escape(&after),
        say!(lang, "đoạn", "paragraph"),
        statement.paragraph,
        escape(&said(statements, statement, lang))
    )
}
