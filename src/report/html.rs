//! The report as one HTML file: what an official reads to understand the errors.
//!
//! No script, no network, nothing but this file. It says the same things in the same words as the
//! terminal ([`crate::findings::words`]); it prints on A4, reads on a phone and with a screen
//! reader, and follows the reader's light or dark setting.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use super::explain::{computing, relation_text};
use super::shown::{self, Piece};
use super::{FileReport, Summary, statements};
use crate::correct::Corrected;
use crate::findings::{Checked, Finding, Verdict, words};
use crate::forms;
use crate::lang::Lang;
use crate::relations::{Axis, Instance, Outcome, Relation};
use crate::rules::{Counts, Severity};
use crate::table::{HEADINGS, INDEX_ROW, Kind, Origin, Place, Role, Table, print_number};
use crate::words::paths::file_name;

const STYLE: &str = include_str!("report.css");

/// Evidence shown of one finding.
const EVIDENCE_SHOWN: usize = 8;

/// Computed rows of a table that are told how.
const ROWS_EXPLAINED: usize = 200;

/// Draws the report of a file. `tables` are its tables with their corrections; `left` are the errors
/// that a check of the corrected copy tells, where there is one.
#[must_use]
pub fn render(
    report: &FileReport,
    tables: &[(&Checked, &Corrected)],
    left: Option<usize>,
    seen: Option<&Seen>,
    lang: Lang,
) -> String {
    let outcome = report.outcome.as_ref();
    let in_document = outcome.is_ok_and(|checkup| checkup.workbook.format.is_document());
    let (numbers, drawn, new) = (BTreeMap::new(), BTreeSet::new(), HashMap::new());
    let page = Page { lang, in_document, table: 0, numbers, drawn, new };
    page.render(report, tables, left, seen)
}

/// The file that was checked, so that a reader can tell whether another is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its SHA-256 sum, in hexadecimal.
    pub sum: String,
    /// Its size in bytes.
    pub bytes: usize,
    /// The day of the check, where whoever asked for the report gave it.
    pub day: Option<String>,
}

struct Page {
    lang: Lang,
    /// True for a document, which is not corrected: what is to be mended in it is listed.
    in_document: bool,
    /// How many tables were drawn, this one included: findings are numbered within their table.
    table: usize,
    /// Number and severity of the first finding on each cell of the table being drawn.
    numbers: BTreeMap<Place, (usize, Severity)>,
    /// The cells of the table that findings can lead to.
    drawn: BTreeSet<Place>,
    /// The figures that corrections put into its cells, as printed.
    new: HashMap<Place, String>,
}

/// Text as HTML, marks in place of what would turn its letters about.
pub(crate) fn escape(text: &str) -> String {
    let shown = text.replace(super::steers, "\u{fffd}");
    shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Page {
    fn words(&self, vi: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn render(
        mut self,
        report: &FileReport,
        tables: &[(&Checked, &Corrected)],
        left: Option<usize>,
        seen: Option<&Seen>,
    ) -> String {
        let title = self.words("Kết quả soát biểu", "Table check report");
        let name = file_name(&report.path);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} – {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <header>\n<p class=\"kicker\">{title}</p>\n<h1>{}</h1>\n{}{}</header>\n",
            self.lang,
            escape(name),
            escape(name),
            self.summary(report, tables, left),
            seen.map(|seen| self.seen(seen)).unwrap_or_default()
        );
        for (checked, corrected) in tables {
            html.push_str(&self.table_section(checked, corrected));
        }
        if let Ok(Some(told)) = report.outcome.as_ref().map(|checkup| &checkup.statements) {
            html.push_str(&statements::section(told, self.lang));
        }
        html.push_str(&self.skipped(report));
        let _ = write!(
            html,
            "</main>\n<footer>soatbieu {}</footer>\n</body>\n</html>\n",
            env!("CARGO_PKG_VERSION")
        );
        html
    }

    /// What file was checked, and when where that was given.
    fn seen(&self, seen: &Seen) -> String {
        let (sum, bytes) = (escape(&seen.sum), print_number(seen.bytes.into(), None));
        let file = crate::say!(
            self.lang,
            "Tệp đã soát: {bytes} byte, SHA-256 {sum}.",
            "File checked: {bytes} bytes, SHA-256 {sum}.",
            bytes = bytes,
            sum = sum,
        );
        let day = seen.day.as_ref().map(|day| {
            let day = escape(day);
            crate::say!(self.lang, " Ngày soát: {day}.", " Checked on {day}.", day = day)
        });
        format!("<p class=\"checked\">{file}{}</p>\n", day.unwrap_or_default())
    }

    /// One sentence each: how many errors, what was corrected, what a person must decide.
    fn summary(
        &self,
        report: &FileReport,
        tables: &[(&Checked, &Corrected)],
        in_copy: Option<usize>,
    ) -> String {
        let summary = Summary::of(std::slice::from_ref(report));
        let corrected: usize = tables.iter().map(|(_, c)| c.applied.len()).sum();
        let after: usize = tables.iter().map(|(_, c)| c.after.errors().count()).sum();
        let left = in_copy.unwrap_or(after);
        let checked_again = if left == after {
            ""
        } else {
            self.words(
                " Số lỗi còn lại là kết quả soát lại bản đã sửa: sửa xong, bảng có thể được hiểu khác đi.",
                " What is left is what a check of the corrected copy tells: once corrected, a table may be understood otherwise.",
            )
        };
        let (state, sentence) = match (summary.errors, left) {
            (0, _) => {
                ("good", self.words("Bảng không có lỗi.", "The table has no errors.").to_owned())
            }
            (errors, left) if self.in_document => (
                "open",
                crate::say!(
                    self.lang,
                    "Có {errors} lỗi: {corrected} ô đã tính được số đúng, cần sửa trong văn bản Word; {left} lỗi cần cán bộ xem xét, quyết định.",
                    "{errors} errors: {corrected} cells whose right figure is known, to be corrected in the document; {left} errors are for a person to decide.",
                    errors = errors,
                    corrected = corrected,
                    left = left,
                ),
            ),
            (errors, 0) => (
                "fixed",
                crate::say!(
                    self.lang,
                    "Có {errors} ô sai; cả {corrected} ô đã được sửa trong bản đã sửa, không còn ô nào cần cán bộ xem xét, quyết định.",
                    "{errors} cells are wrong; all {corrected} are put right in the corrected copy and nothing is left to decide.",
                    errors = errors,
                    corrected = corrected,
                ),
            ),
            (errors, left) => (
                "open",
                crate::say!(
                    self.lang,
                    "Có {errors} lỗi: {corrected} ô đã được sửa trong bản đã sửa, {left} lỗi cần cán bộ xem xét, quyết định.",
                    "{errors} errors: {corrected} cells are put right in the corrected copy, {left} errors are for a person to decide.",
                    errors = errors,
                    corrected = corrected,
                    left = left,
                ),
            ),
        };
        let counts = crate::say!(
            self.lang,
            "{warnings} cảnh báo, {notes} ghi chú.",
            "{warnings} warnings, {notes} notes.",
            warnings = summary.warnings,
            notes = summary.notes,
        );
        format!(
            "<p class=\"summary {state}\">{sentence}{checked_again}</p>\n<p class=\"muted\">{counts}</p>\n"
        )
    }

    fn table_section(&mut self, checked: &Checked, corrected: &Corrected) -> String {
        let table = &checked.table;
        self.table += 1;
        self.numbers.clear();
        for (number, finding) in (1..).zip(by_weight(checked)) {
            let further = finding.told.iter().flat_map(|_| &finding.others);
            for place in finding.place.iter().chain(further) {
                self.numbers.entry(*place).or_insert((number, finding.severity));
            }
        }
        let is_marked = |(_, severity): &(usize, Severity)| *severity != Severity::Note;
        let marked = self.numbers.iter().filter(|(_, told)| is_marked(told));
        self.drawn = marked.map(|(place, _)| *place).collect();
        let new = corrected.applied.iter().map(|applied| &applied.correction);
        self.new = new.map(|new| (new.place, table.print(new.place.column, new.to))).collect();
        let form = match table.form.as_str() {
            INDEX_ROW => self
                .words("theo dòng chỉ số in trên bảng", "by the table's own index row")
                .to_owned(),
            HEADINGS => self.words("theo tiêu đề cột", "by its headings").to_owned(),
            id => {
                let title = forms::title(id, self.lang);
                crate::say!(self.lang, "theo biểu mẫu “{title}”", "by the form “{title}”")
            }
        };
        let mut html = format!(
            "<section>\n<h2>{} <span class=\"muted\">{} · {}</span></h2>\n",
            escape(&table.sheet),
            table.range,
            escape(&form)
        );
        let own = table.surroundings.above.title();
        if !own.is_empty() {
            let _ = writeln!(html, "<p><strong>{}</strong></p>", escape(&own));
        }
        for note in &table.notes {
            let _ =
                writeln!(html, "<p class=\"muted\">{}</p>", escape(&sentence(note.get(self.lang))));
        }
        html.push_str(&self.drawn_table(checked));
        html.push_str(&self.findings(checked));
        let (ledger, understanding) =
            (self.ledger(checked, corrected), self.understanding(checked));
        let _ = write!(
            html,
            "<div class=\"after\">\n<div>{ledger}</div>\n<div>{understanding}</div>\n</div>\n"
        );
        html.push_str("</section>\n");
        html
    }

    /// What is printed of a long table, and what is not.
    fn left_out(&self, table: &Table, pieces: &[Piece]) -> Option<String> {
        let left: usize = pieces.iter().map(left).sum();
        (left > 0).then(|| {
            let (all, left) = (table.row_count().into(), left.into());
            crate::say!(
                self.lang,
                "Bảng có {all} dòng. Ở đây chỉ in các dòng có lỗi, có cảnh báo, cùng dòng tổng và dòng tiêu đề của chúng; {left} dòng còn lại không có lỗi, không có cảnh báo nên không in.",
                "The table has {all} rows. Printed here are the rows with errors or warnings, and the totals and headings they belong to; the other {left} rows have neither and are not printed.",
                all = print_number(all, None),
                left = print_number(left, None),
            )
        })
    }

    /// What stands for rows that are not printed.
    fn gap(&self, (rows, first, last): (usize, u32, u32), columns: usize) -> String {
        let text = crate::say!(
            self.lang,
            "… {rows} dòng không có lỗi, không có cảnh báo (dòng {first} đến dòng {last} của trang tính)",
            "… {rows} rows without error or warning (rows {first} to {last} of the sheet)",
            rows = print_number(rows.into(), None),
            first = first + 1,
            last = last + 1,
        );
        format!("<tr class=\"gap\"><td class=\"text\" colspan=\"{columns}\">{text}</td></tr>\n")
    }

    fn drawn_table(&self, checked: &Checked) -> String {
        let table = &checked.table;
        let pieces = shown::pieces(table, &self.drawn);
        let left_out = self.left_out(table, &pieces);
        let caption = self.words(
            "Bảng đã soát; ô sai được đánh dấu và đánh số",
            "The table as checked; wrong cells are marked and numbered",
        );
        let mut html = left_out.map(|text| format!("<p>{text}</p>\n")).unwrap_or_default();
        let _ = write!(
            html,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table class=\"figures\">\n<caption>{caption}</caption>\n<thead>\n"
        );
        html.push_str(&heading_rows(table));
        html.push_str("<tr class=\"index\">");
        for column in &table.columns {
            let text = column
                .formula
                .as_ref()
                .filter(|formula| formula.origin != Origin::Form)
                .map_or(column.label.as_str(), |formula| &formula.text);
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(text));
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        for piece in pieces {
            html.push_str(&match piece {
                Piece::Row(row) => self.drawn_row(checked, row),
                Piece::Left { rows, first, last } => {
                    self.gap((rows, first, last), table.columns.len())
                }
            });
        }
        html.push_str("</tbody>\n</table>\n</div>\n");
        html
    }

    fn drawn_row(&self, checked: &Checked, row: usize) -> String {
        let table = &checked.table;
        let class = match table.rows[row].role {
            Role::Total => " class=\"total\"",
            Role::Subtotal | Role::Heading => " class=\"subtotal\"",
            _ => "",
        };
        let mut html = format!("<tr{class}>");
        // The last of the leading texts is the name; ordinals stand before it.
        let leading = table.columns.iter().take_while(|column| column.kind == Kind::Text).count();
        let name = leading.checked_sub(1);
        for (index, column) in table.columns.iter().enumerate() {
            let place = Place::new(row, index);
            let printed = escape(table.datum(place).printed().trim());
            if column.kind == Kind::Text {
                let (start, end) = if name == Some(index) {
                    ("<th scope=\"row\">", "</th>")
                } else {
                    ("<td class=\"text\">", "</td>")
                };
                let _ = write!(html, "{start}{printed}{end}");
                continue;
            }
            html.push_str(&self.drawn_figure(checked, place, &printed));
        }
        html.push_str("</tr>\n");
        html
    }

    fn drawn_figure(&self, checked: &Checked, place: Place, printed: &str) -> String {
        let told = self.numbers.get(&place).filter(|(_, severity)| *severity != Severity::Note);
        let Some((number, severity)) = told.copied() else {
            return format!("<td>{printed}</td>");
        };
        let class = match severity {
            Severity::Error => "wrong",
            _ => "warned",
        };
        // Where the table is wider than the screen, it is shown from its first wrong cell.
        let first = if self.drawn.first() == Some(&place) { " first" } else { "" };
        let start =
            format!("<td class=\"{class}{first}\" id=\"{}\">", self.cell_id(checked, place));
        let link = format!(
            "<a href=\"#{}\" aria-label=\"{} {number}\"><sup>{number}</sup></a>",
            self.id(number),
            words::severity(severity, self.lang)
        );
        match self.new.get(&place) {
            Some(new) => format!("{start}<del>{printed}</del> <ins>{new}</ins>{link}</td>"),
            None => format!("{start}{printed}{link}</td>"),
        }
    }

    fn findings(&self, checked: &Checked) -> String {
        let heading = self.words("Những điều phát hiện", "Findings");
        let mut html = format!("<h3>{heading}</h3>\n");
        if checked.findings.is_empty() {
            let none = self.words("Không có.", "None.");
            let _ = writeln!(html, "<p>{none}</p>");
            return html;
        }
        html.push_str("<ol class=\"findings\">\n");
        for (number, finding) in (1..).zip(by_weight(checked)) {
            html.push_str(&self.finding(checked, finding, number));
        }
        html.push_str("</ol>\n");
        html
    }

    /// What links a cell to its finding: cells of several sheets share their addresses.
    fn id(&self, number: usize) -> String {
        format!("f{}-{number}", self.table)
    }

    /// What links a finding to its cell.
    fn cell_id(&self, checked: &Checked, place: Place) -> String {
        format!("c{}-{}", self.table, checked.table.address(place))
    }

    fn finding(&self, checked: &Checked, finding: &Finding, number: usize) -> String {
        let table = &checked.table;
        let inside = finding.place.map(|place| table.address(place));
        let drawn = finding.place.filter(|place| self.drawn.contains(place));
        let address = finding.outside.or(inside).map(|cell| match drawn {
            Some(place) if finding.outside.is_none() => {
                format!("<a href=\"#{}\">{cell}</a>", self.cell_id(checked, place))
            }
            _ => cell.to_string(),
        });
        let id = self.id(number);
        let class = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let mut html = format!(
            "<li class=\"{class}\" id=\"{id}\">\n<p class=\"head\"><span class=\"badge\">{}</span> <code>{}</code> {}{}</p>\n<p class=\"message\">{}</p>\n",
            words::severity(finding.severity, self.lang),
            finding.rule.code,
            escape(finding.rule.title.get(self.lang)),
            address.map(|a| format!(" <strong>{a}</strong>")).unwrap_or_default(),
            escape(&sentence(&words::message(checked, finding, self.lang)))
        );
        let mut facts = String::new();
        if let Some((term, text)) = self.outcome(checked, finding) {
            facts.push_str(&fact(term, &text));
        }
        if let Some(verdict) = finding.verdict {
            let term = self.words("Kết luận", "Verdict");
            facts.push_str(&fact(term, words::verdict(verdict, self.lang)));
        }
        for cause in &finding.causes {
            let term = self.words("Nguyên nhân có thể", "Possible cause");
            facts.push_str(&fact(term, cause.detail.get(self.lang)));
        }
        facts.push_str(&fact(
            self.words("Cần làm", "What to do"),
            &words::advice(checked, finding, self.lang),
        ));
        let _ = write!(html, "<dl>\n{facts}</dl>\n");
        html.push_str(&self.evidence(checked, finding));
        html.push_str("</li>\n");
        html
    }

    /// What became of the finding in the corrected copy.
    fn outcome(&self, checked: &Checked, finding: &Finding) -> Option<(&'static str, String)> {
        let place = finding.place.filter(|_| finding.severity == Severity::Error)?;
        let table = &checked.table;
        let text = match self.new.get(&place) {
            Some(new) => {
                let old = words::printed(table, place);
                if self.in_document {
                    return Some((
                        self.words("Cần sửa trong Word", "To correct in the document"),
                        format!("{old} → {new}"),
                    ));
                }
                crate::say!(
                    self.lang,
                    "đã sửa {old} → {new}",
                    "corrected {old} → {new}",
                    old = old,
                    new = new
                )
            }
            None if finding.verdict == Some(Verdict::Pinned) => self
                .words(
                    "chưa sửa, cần cán bộ xem xét, quyết định",
                    "not corrected, for a person to decide",
                )
                .to_owned(),
            None => self
                .words("không sửa vì chưa đủ căn cứ", "not corrected for want of evidence")
                .to_owned(),
        };
        let where_to = if self.in_document {
            self.words("Trong văn bản", "In the document")
        } else {
            self.words("Trong bản đã sửa", "In the corrected copy")
        };
        Some((where_to, text))
    }

    fn evidence(&self, checked: &Checked, finding: &Finding) -> String {
        if finding.evidence.is_empty() {
            return String::new();
        }
        let heading = self.words("Căn cứ", "Evidence");
        let mut html =
            format!("<details open>\n<summary>{heading}</summary>\n<ul class=\"evidence\">\n");
        for index in finding.evidence.iter().take(EVIDENCE_SHOWN) {
            let (table, ledger) = checked.ground(finding);
            let instance = &ledger.instances[*index];
            let _ = writeln!(html, "<li>{}</li>", self.evidence_line(table, instance));
        }
        html.push_str("</ul>\n</details>\n");
        html
    }

    fn evidence_line(&self, table: &Table, instance: &Instance) -> String {
        let (mark, state) = match instance.outcome {
            Outcome::Satisfied => ("✓", self.words("khớp", "holds")),
            Outcome::Violated => ("✗", self.words("không khớp", "does not hold")),
            Outcome::Undecided(reason) => ("–", words::undecided(reason, self.lang)),
        };
        let printed = words::printed(table, instance.target());
        let position = words::position(table, instance.target(), self.lang);
        format!(
            "<span class=\"mark\" aria-hidden=\"true\">{mark}</span> {} ({}): {} {}, {} – {state}",
            escape(&position),
            escape(instance.text()),
            self.words("ghi", "says"),
            escape(&printed),
            escape(&words::derivation(table, instance, self.lang)),
        )
    }

    fn ledger(&self, checked: &Checked, corrected: &Corrected) -> String {
        let (before, after) = (checked.ledger.counts(), corrected.after.ledger.counts());
        let heading = self
            .words("Các phép kiểm tra trước và sau khi sửa", "Rules before and after correction");
        let names = match self.lang {
            Lang::Vi => [
                "Phép kiểm tra",
                "Trước",
                "Sau",
                "Khớp",
                "Không khớp",
                "Chưa kiểm tra được",
                "Mới phát sinh không khớp",
            ],
            Lang::En => {
                ["Rules", "Before", "After", "Satisfied", "Violated", "Undecided", "Newly violated"]
            }
        };
        let line = |name: &str, pick: fn(&Counts) -> usize| {
            format!(
                "<tr><th scope=\"row\">{name}</th><td>{}</td><td>{}</td></tr>\n",
                pick(&before),
                pick(&after)
            )
        };
        format!(
            "<h3>{heading}</h3>\n<table class=\"plain\">\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n{}{}{}<tr><th scope=\"row\">{}</th><td></td><td>{}</td></tr>\n</tbody>\n</table>\n",
            names[0],
            names[1],
            names[2],
            line(names[3], |counts| counts.satisfied),
            line(names[4], |counts| counts.violated),
            line(names[5], |counts| counts.undecided),
            names[6],
            corrected.newly_violated.len(),
        )
    }

    /// How a column or a row is computed, and what tells that.
    fn computed(&self, own: &[&Relation]) -> [String; 2] {
        let texts: Vec<String> = own.iter().map(|relation| escape(&relation.text)).collect();
        let grounds: Vec<String> =
            own.iter().map(|relation| escape(&relation_text(relation, self.lang))).collect();
        [texts.join("<br>"), grounds.join("<br>")]
    }

    /// How the table was understood: what each column was taken for, and how rows are computed.
    fn understanding(&self, checked: &Checked) -> String {
        let heading =
            self.words("Chương trình đã hiểu bảng như thế nào", "How the table was understood");
        let names = match self.lang {
            Lang::Vi => ["Cột", "Tiêu đề", "Loại", "Cách tính", "Căn cứ", "Hệ số", "Số lẻ"],
            Lang::En => ["Column", "Heading", "Kind", "Computed as", "Ground", "Scale", "Decimals"],
        };
        let mut html = format!(
            "<h3>{heading}</h3>\n<div class=\"scroll\" tabindex=\"0\"><table class=\"plain\">\n<thead><tr>"
        );
        for name in names {
            let _ = write!(html, "<th scope=\"col\">{name}</th>");
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for (index, column) in checked.table.columns.iter().enumerate() {
            let own: Vec<&Relation> = computing(checked, Axis::Column, index).collect();
            let [formula, ground] = self.computed(&own);
            let scale = column.scale.filter(|_| column.formula.is_some());
            let scale = scale.map(|scale| print_number(scale, None)).unwrap_or_default();
            let decimals = column.decimals.map(|d| d.to_string()).unwrap_or_default();
            let _ = writeln!(
                html,
                "<tr><th scope=\"row\">{}</th><td class=\"text\">{}</td><td class=\"text\">{}</td><td class=\"text\">{formula}</td><td class=\"text\">{ground}</td><td>{scale}</td><td>{decimals}</td></tr>",
                escape(column.name()),
                escape(&column.heading()),
                words::kind(column.kind, self.lang),
            );
        }
        html.push_str(&self.rows_understood(checked));
        html.push_str("</tbody>\n</table></div>\n");
        html
    }

    /// The rows that are computed, each with how.
    fn rows_understood(&self, checked: &Checked) -> String {
        let mut computed: BTreeMap<usize, Vec<&Relation>> = BTreeMap::new();
        for relation in checked.relations.iter().filter(|r| r.axis == Axis::Row && !r.is_bound()) {
            computed.entry(relation.target).or_default().push(relation);
        }
        let mut html = String::new();
        for (index, own) in computed.iter().take(ROWS_EXPLAINED) {
            let Some(row) = checked.table.rows.get(*index) else { continue };
            let [formula, ground] = self.computed(own);
            let _ = writeln!(
                html,
                "<tr><th scope=\"row\">{}</th><td class=\"text\">{}</td><td class=\"text\">{}</td><td class=\"text\">{formula}</td><td class=\"text\">{ground}</td><td></td><td></td></tr>",
                row.sheet_row + 1,
                escape(&row.name),
                self.words("dòng", "row"),
            );
        }
        if let Some(more) = computed.len().checked_sub(ROWS_EXPLAINED).filter(|more| *more > 0) {
            let text = crate::say!(
                self.lang,
                "… còn {more} dòng khác được tính từ các dòng khác",
                "… {more} more rows are computed from others",
                more = more,
            );
            let _ = writeln!(html, "<tr><td class=\"text\" colspan=\"7\">{text}</td></tr>");
        }
        html
    }

    fn skipped(&self, report: &FileReport) -> String {
        let Ok(checkup) = &report.outcome else { return String::new() };
        if checkup.skipped.is_empty() {
            return String::new();
        }
        let heading = self.words("Trang tính không được soát", "Sheets that were not checked");
        let mut html = format!("<section>\n<h2>{heading}</h2>\n<ul>\n");
        for skipped in &checkup.skipped {
            let _ = writeln!(
                html,
                "<li><strong>{}</strong>: {}</li>",
                escape(&skipped.sheet),
                escape(skipped.reason.get(self.lang))
            );
        }
        html.push_str("</ul>\n</section>\n");
        html
    }
}

/// Findings as they are numbered: errors first, each severity by row, then column.
fn by_weight(checked: &Checked) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = checked.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// How many rows a piece leaves out.
fn left(piece: &Piece) -> usize {
    match piece {
        Piece::Row(_) => 0,
        Piece::Left { rows, .. } => *rows,
    }
}

/// A sentence with its first letter in upper case and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

fn fact(term: &str, text: &str) -> String {
    format!("<dt>{term}</dt><dd>{}</dd>\n", escape(text))
}

/// The headings with their spans.
fn heading_rows(table: &Table) -> String {
    let mut html = String::new();
    for row in table.heading_rows() {
        let _ = writeln!(html, "<tr>{}</tr>", heading_cells(table, row));
    }
    html
}

/// The headings that begin in a row of the sheet, with their spans.
pub(super) fn heading_cells(table: &Table, row: u32) -> String {
    let mut html = String::new();
    for cell in table.headings.iter().filter(|cell| cell.range.start.row == row) {
        let rows = cell.range.end.row - cell.range.start.row + 1;
        let columns = cell.range.end.column - cell.range.start.column + 1;
        let scope = if columns > 1 { "colgroup" } else { "col" };
        let _ = write!(
            html,
            "<th scope=\"{scope}\" rowspan=\"{rows}\" colspan=\"{columns}\">{}</th>",
            escape(&cell.text)
        );
    }
    html
}
