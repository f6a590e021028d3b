//! What the page shows of a workbook: data for its script, the drawn table as markup.
//!
//! Unlike the other reports this one is about work under way. The tables are shown with what was
//! corrected and decided so far, and what is open is what the check after that still finds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::html::{escape, heading_cells, sentence};
use super::statements;
use crate::checkup::Checkup;
use crate::correct::{Applied, Corrected};
use crate::findings::{Checked, Finding, Grade, Reason, words};
use crate::forms;
use crate::lang::Lang;
use crate::relations::{Instance, Outcome};
use crate::rules::Severity;
use crate::say;
use crate::table::{Kind, Place, Role, Table};
use crate::workbook::Address;

/// Evidence shown of one cell.
const EVIDENCE_SHOWN: usize = 12;

/// Tables of more rows are drawn around what is to be said of them.
const ROWS_DRAWN: usize = 300;

/// Rows drawn above and below a row that something is said of.
const NEIGHBOURS: usize = 2;

/// What is shown of a workbook.
#[derive(Debug, Serialize)]
pub struct View {
    tables: Vec<TableView>,
    skipped: Vec<Skipped>,
    /// The sentences of a document, as markup.
    statements: Option<String>,
    /// Figures of sentences that contradict a table.
    contradictions: usize,
    /// True for a document, of which no corrected copy is made.
    document: bool,
    /// Cells that the corrected copy changes.
    changes: usize,
    /// Errors that are left.
    left: usize,
}

#[derive(Debug, Serialize)]
struct Skipped {
    sheet: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct TableView {
    sheet: String,
    range: String,
    form: String,
    rows: usize,
    left: usize,
    notes: Vec<String>,
    markup: String,
    items: Vec<Item>,
}

/// What becomes of what is said of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// A person must decide.
    Open,
    /// A person has decided.
    Decided,
    /// It is corrected unless a person refuses.
    Fixed,
    Warning,
    Note,
}

/// Something said of a cell.
#[derive(Debug, Serialize)]
struct Item {
    number: usize,
    state: State,
    /// The rule's title and code.
    rule: String,
    code: &'static str,
    cell: Option<String>,
    /// Further cells it is said of.
    others: Vec<String>,
    /// Cells with formulas that come out right by themselves once this one is.
    followers: Vec<String>,
    message: String,
    old: Option<String>,
    new: Option<String>,
    reason: Option<String>,
    verdict: Option<&'static str>,
    causes: Vec<String>,
    advice: Option<String>,
    evidence: Vec<Evidence>,
    /// True where the program would correct the cell by itself and a person has refused.
    declined: bool,
}

/// An item with the cells that it marks.
struct Told {
    item: Item,
    places: Vec<Place>,
    followers: Vec<Place>,
}

/// How a cell is marked.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// The item that the cell leads to.
    number: usize,
    /// What becomes of the cell; `None` where it only follows.
    state: Option<State>,
}

/// A rule that a cell is part of.
#[derive(Debug, Serialize)]
struct Evidence {
    /// `true` holds, `false` does not, `null` cannot be told.
    holds: Option<bool>,
    text: String,
    cells: Vec<String>,
}

/// What is shown of a single cell.
#[derive(Debug, Serialize)]
pub struct CellView {
    cell: String,
    row: String,
    column: String,
    printed: String,
    evidence: Vec<Evidence>,
}

/// What a check of the corrected copy tells.
#[derive(Debug)]
pub struct InCopy {
    /// Errors of all its tables.
    pub errors: usize,
    /// Those of each table, where it is found again.
    pub tables: Vec<Option<usize>>,
}

/// Draws a workbook's tables with their corrections, and counts what is left: of the copy, where there is
/// one, since with other figures a table may turn out to be built otherwise.
#[must_use]
pub fn view(
    checkup: &Checkup,
    tables: &[(&Checked, &Corrected)],
    copy: Option<&InCopy>,
    lang: Lang,
) -> View {
    let in_copy = |index: usize| copy.and_then(|copy| *copy.tables.get(index)?);
    let corrected = || tables.iter().map(|(_, corrected)| corrected.after.errors().count());
    let drawn = tables.iter().enumerate();
    let drawn = drawn.map(|(index, (before, after))| table(before, after, in_copy(index), lang));
    let skipped = checkup.skipped.iter().map(|skipped| Skipped {
        sheet: skipped.sheet.clone(),
        reason: skipped.reason.get(lang).to_owned(),
    });
    View {
        skipped: skipped.collect(),
        statements: checkup.statements.as_ref().map(|told| statements::section(told, lang)),
        contradictions: checkup.statements.iter().map(|told| told.contradictions().count()).sum(),
        document: checkup.workbook.format.is_document(),
        changes: tables.iter().map(|(_, corrected)| corrected.applied.len()).sum(),
        left: copy.map_or_else(|| corrected().sum(), |copy| copy.errors),
        tables: drawn.collect(),
    }
}

/// The rules that a cell is part of, as they stand after the corrections.
#[must_use]
pub fn cell(corrected: &Corrected, at: Address, lang: Lang) -> Option<CellView> {
    let after = &corrected.after;
    let table = &after.table;
    let place = table.place(at)?;
    let of_cell = |instance: &&Instance| instance.cells().any(|cell| cell == place);
    let mut instances: Vec<&Instance> = after.ledger.instances.iter().filter(of_cell).collect();
    instances.sort_by_key(|instance| instance.outcome != Outcome::Violated);
    Some(CellView {
        cell: at.to_string(),
        row: table.rows[place.row].name.clone(),
        column: table.columns[place.column].heading(),
        printed: words::printed(table, place),
        evidence: instances.iter().take(EVIDENCE_SHOWN).map(|i| evidence(table, i, lang)).collect(),
    })
}

fn table(before: &Checked, corrected: &Corrected, in_copy: Option<usize>, lang: Lang) -> TableView {
    let table = &before.table;
    let open = corrected.after.errors().count();
    let left = in_copy.unwrap_or(open);
    let further = (left > open).then(|| {
        say!(
            lang,
            "Soát lại bản đã sửa thấy {left} lỗi, nhiều hơn số lỗi liệt kê ở đây; hãy soát bản đã sửa để xem.",
            "A check of the corrected copy finds {left} errors, more than are listed here; check the copy to see them.",
        )
    });
    let notes = table.notes.iter().map(|note| sentence(note.get(lang)));
    let mut items = fixed(before, corrected, lang);
    items.extend(found(corrected, lang));
    items.sort_by_key(|told| told.item.state);
    for (number, told) in (1..).zip(&mut items) {
        told.item.number = number;
    }
    let marks = marks(&items);
    let drawing = Drawing { before, corrected, marks: &marks, lang };
    TableView {
        sheet: table.sheet.clone(),
        range: table.range.to_string(),
        form: forms::by_id(&table.form)
            .map_or_else(|_| table.form.clone(), |form| form.name.get(lang).to_owned()),
        rows: table.row_count(),
        left,
        notes: further.into_iter().chain(notes).collect(),
        markup: drawing.table(),
        items: items.into_iter().map(|told| told.item).collect(),
    }
}

/// The mark of each cell: of what is said of it, else of what it follows from.
fn marks(items: &[Told]) -> BTreeMap<Place, Mark> {
    let mut marks = BTreeMap::new();
    for Told { item, places, .. } in items {
        for place in places {
            marks.entry(*place).or_insert(Mark { number: item.number, state: Some(item.state) });
        }
    }
    for Told { item, followers, .. } in items {
        for place in followers {
            marks.entry(*place).or_insert(Mark { number: item.number, state: None });
        }
    }
    marks
}

/// What is corrected, an item a finding, with its places.
fn fixed(before: &Checked, corrected: &Corrected, lang: Lang) -> Vec<Told> {
    let table = &before.table;
    let mut groups: Vec<(Option<usize>, Vec<&Applied>)> = Vec::new();
    for applied in &corrected.applied {
        let same = |(finding, group): &&mut (Option<usize>, Vec<&Applied>)| {
            finding.is_some()
                && *finding == applied.finding
                && (group[0].correction.reason == Reason::Accepted)
                    == (applied.correction.reason == Reason::Accepted)
        };
        match groups.iter_mut().find(same) {
            Some((_, group)) => group.push(applied),
            None => groups.push((applied.finding, vec![applied])),
        }
    }
    let item = |(finding, group): (Option<usize>, Vec<&Applied>)| {
        let finding = finding.map(|index| &before.findings[index]);
        let followers = finding.map_or(&[][..], |finding| &finding.followers);
        let correction = &group[0].correction;
        let cell = |applied: &&Applied| table.address(applied.correction.place).to_string();
        let decided = correction.reason == Reason::Accepted;
        let item = Item {
            number: 0,
            state: if decided { State::Decided } else { State::Fixed },
            rule: finding.map_or_else(String::new, |f| f.rule.title.get(lang).to_owned()),
            code: finding.map_or("", |f| f.rule.code),
            cell: Some(cell(&group[0])),
            others: group[1..].iter().map(cell).collect(),
            followers: addresses(table, followers),
            message: finding
                .map_or_else(String::new, |f| sentence(&words::message(before, f, lang))),
            old: Some(words::printed(table, correction.place)),
            new: Some(table.print(correction.place.column, correction.to)),
            reason: (!decided).then(|| sentence(&words::reason(correction.reason, lang))),
            verdict: None,
            causes: finding.map_or_else(Vec::new, |f| causes(f, lang)),
            advice: None,
            evidence: finding.map_or_else(Vec::new, |f| of_finding(before, f, lang)),
            declined: false,
        };
        let places = group.iter().map(|applied| applied.correction.place).collect();
        Told { item, places, followers: followers.to_vec() }
    };
    groups.into_iter().map(item).collect()
}

/// What is found once corrections are made.
fn found(corrected: &Corrected, lang: Lang) -> Vec<Told> {
    let after = &corrected.after;
    let table = &after.table;
    let item = |finding: &Finding| {
        let state = match finding.severity {
            Severity::Error => State::Open,
            Severity::Warning => State::Warning,
            Severity::Note => State::Note,
        };
        let here = finding.place;
        let correction = finding.correction.as_ref().filter(|c| Some(c.place) == here);
        let of_reason = correction.filter(|c| c.grade != Grade::Shown);
        let item = Item {
            number: 0,
            state,
            rule: finding.rule.title.get(lang).to_owned(),
            code: finding.rule.code,
            cell: here.map(|place| table.address(place).to_string()),
            others: addresses(table, &finding.others),
            followers: addresses(table, &finding.followers),
            message: sentence(&words::message(after, finding, lang)),
            old: here.map(|place| words::printed(table, place)),
            new: correction.map(|correction| table.print(correction.place.column, correction.to)),
            reason: of_reason.map(|correction| words::reason(correction.reason, lang)),
            verdict: finding.verdict.map(|verdict| words::verdict(verdict, lang)),
            causes: causes(finding, lang),
            advice: Some(sentence(&words::advice_alone(after, finding, lang))),
            evidence: of_finding(after, finding, lang),
            declined: state == State::Open && finding.is_safe(),
        };
        Told {
            item,
            places: here.into_iter().chain(finding.others.iter().copied()).collect(),
            followers: finding.followers.clone(),
        }
    };
    after.findings.iter().map(item).collect()
}

fn addresses(table: &Table, places: &[Place]) -> Vec<String> {
    places.iter().map(|place| table.address(*place).to_string()).collect()
}

fn causes(finding: &Finding, lang: Lang) -> Vec<String> {
    finding.causes.iter().map(|cause| sentence(cause.detail.get(lang))).collect()
}

fn of_finding(checked: &Checked, finding: &Finding, lang: Lang) -> Vec<Evidence> {
    let instances = finding.evidence.iter().take(EVIDENCE_SHOWN);
    let instances = instances.filter_map(|index| checked.ledger.instances.get(*index));
    instances.map(|instance| evidence(&checked.table, instance, lang)).collect()
}

fn evidence(table: &Table, instance: &Instance, lang: Lang) -> Evidence {
    let cells = instance.cells().map(|place| table.address(place).to_string());
    Evidence {
        holds: match instance.outcome {
            Outcome::Satisfied => Some(true),
            Outcome::Violated => Some(false),
            Outcome::Undecided(_) => None,
        },
        text: format!(
            "{} ({}): {}",
            words::position(table, instance.target(), lang),
            instance.text(),
            words::derivation(table, instance, lang),
        ),
        cells: cells.collect(),
    }
}

/// A table on its way to markup: as it stands in its sheet, row numbers and column letters included.
struct Drawing<'a> {
    before: &'a Checked,
    corrected: &'a Corrected,
    marks: &'a BTreeMap<Place, Mark>,
    lang: Lang,
}

impl Drawing<'_> {
    fn table(&self) -> String {
        let table = &self.before.table;
        let mut html =
            "<table class=\"sheet\">\n<thead>\n<tr class=\"letters\"><td></td>".to_owned();
        for column in &table.columns {
            let letters = Address::new(0, column.sheet_column).column_letters();
            let _ = write!(html, "<td>{letters}</td>");
        }
        html.push_str("</tr>\n");
        self.headings(&mut html);
        html.push_str("</thead>\n<tbody>\n");
        let drawn = self.rows_drawn();
        let mut left_out = 0;
        for (row, described) in table.rows.iter().enumerate() {
            let run = described.run.as_ref();
            if run.is_some() || drawn.as_ref().is_some_and(|drawn| !drawn.contains(&row)) {
                left_out += run.map_or(1, |run| run.rows);
                continue;
            }
            self.gap(&mut html, std::mem::take(&mut left_out));
            self.row(&mut html, row);
        }
        self.gap(&mut html, left_out);
        html.push_str("</tbody>\n</table>\n");
        html
    }

    fn headings(&self, html: &mut String) {
        let table = &self.before.table;
        for row in table.heading_rows() {
            let cells = heading_cells(table, row);
            let _ = writeln!(html, "<tr><td class=\"rownum\">{}</td>{cells}</tr>", row + 1);
        }
        if table.columns.iter().any(|column| !column.label.is_empty()) {
            let number = table.index_row.map(|row| (row + 1).to_string()).unwrap_or_default();
            let _ = write!(html, "<tr class=\"index\"><td class=\"rownum\">{number}</td>");
            for column in &table.columns {
                let formula = column.formula.as_ref();
                let text = formula.filter(|f| f.text.starts_with(&column.label));
                let text = text.map_or(column.label.as_str(), |formula| &formula.text);
                let _ = write!(html, "<th scope=\"col\">{}</th>", escape(text));
            }
            html.push_str("</tr>\n");
        }
    }

    /// The rows of a long table that are drawn; `None` where all are.
    fn rows_drawn(&self) -> Option<BTreeSet<usize>> {
        let rows = &self.before.table.rows;
        if rows.len() <= ROWS_DRAWN {
            return None;
        }
        let matters = |mark: &Mark| mark.state.is_some_and(|state| state < State::Warning);
        let marked = self.marks.iter().filter(|(_, mark)| matters(mark));
        let marked = marked.map(|(place, _)| place.row).take(ROWS_DRAWN);
        let totals = (0..rows.len()).filter(|row| rows[*row].role == Role::Total).take(ROWS_DRAWN);
        let around =
            |row: usize| row.saturating_sub(NEIGHBOURS)..(row + NEIGHBOURS + 1).min(rows.len());
        Some(marked.chain(totals).chain([0]).flat_map(around).collect())
    }

    /// Stands for rows that are not drawn.
    fn gap(&self, html: &mut String, rows: u32) {
        if rows == 0 {
            return;
        }
        let text = match self.lang {
            Lang::Vi => format!("… {rows} dòng không hiện ở đây …"),
            Lang::En => format!("… {rows} rows are not shown here …"),
        };
        let columns = self.before.table.columns.len() + 1;
        let _ = writeln!(html, "<tr class=\"gap\"><td colspan=\"{columns}\">{text}</td></tr>");
    }

    /// What a cell prints in the corrected copy, where it was corrected or follows from one that was.
    fn new_figure(&self, place: Place) -> Option<String> {
        let table = &self.before.table;
        let applied = self.corrected.applied.iter().find(|a| a.correction.place == place);
        let follows = || {
            let after = &self.corrected.after.table;
            let is_new = after.datum(place).reading != table.datum(place).reading;
            is_new.then(|| words::printed(after, place))
        };
        applied.map(|a| table.print(place.column, a.correction.to)).or_else(follows)
    }

    fn row(&self, html: &mut String, row: usize) {
        let table = &self.before.table;
        let described = &table.rows[row];
        let class = match described.role {
            Role::Total => " class=\"total\"",
            Role::Subtotal | Role::Heading => " class=\"subtotal\"",
            _ => "",
        };
        let _ = write!(html, "<tr{class}><td class=\"rownum\">{}</td>", described.sheet_row + 1);
        for index in 0..table.columns.len() {
            self.cell(html, Place::new(row, index));
        }
        html.push_str("</tr>\n");
    }

    fn cell(&self, html: &mut String, place: Place) {
        let table = &self.before.table;
        let printed = table.datum(place).printed();
        let printed = escape(printed.trim());
        let column = &table.columns[place.column];
        if column.kind == Kind::Text && !self.marks.contains_key(&place) {
            let name = &table.rows[place.row].name;
            let is_name = !name.is_empty() && printed == escape(name);
            let _ = if is_name {
                write!(html, "<th scope=\"row\" class=\"text\">{printed}</th>")
            } else {
                write!(html, "<td class=\"text\">{printed}</td>")
            };
            return;
        }
        let at = table.address(place);
        let new =
            self.new_figure(place).map(|new| escape(new.trim())).filter(|new| *new != printed);
        let is_new = new.is_some();
        let figure = match new {
            Some(new) => format!("<del>{printed}</del> <ins>{new}</ins>"),
            None => printed,
        };
        let Some(Mark { number, state }) = self.marks.get(&place) else {
            let class = if is_new { " class=\"follows\"" } else { "" };
            let _ = write!(html, "<td data-cell=\"{at}\"{class}>{figure}</td>");
            return;
        };
        let class = match state {
            Some(State::Open) => "open",
            Some(State::Decided) => "decided",
            Some(State::Fixed) => "fixed",
            Some(State::Warning) => "warned",
            Some(State::Note) => "noted",
            None => "follows",
        };
        let mark = match state {
            Some(State::Note) => String::new(),
            _ => format!("<sup>{number}</sup>"),
        };
        let _ = write!(
            html,
            "<td data-cell=\"{at}\" data-item=\"{number}\" class=\"{class}\">{figure}{mark}</td>"
        );
    }
}
