//! What goes back to the units: for each with something to mend a letter ([`letter`]), laid out after
//! Nghị định 30/2020/NĐ-CP, and a page that lists where all units stand ([`index()`]).
//!
//! ```text
//! Remarks::of ─→ letter ─→ docx        Line ─→ index
//! checked file   one unit  the file    a unit  the page
//! ```
//!
//! A letter says of each point where it is, what is written there, what is asked for and why, in the
//! words of the findings. It is signed by nobody: number, place, day and signer stay open.

mod docx;
pub mod index;
mod letter;

pub use index::{Line, State, index};
pub use letter::{Letter, letter};

use serde::{Deserialize, Serialize};

use crate::appendix::Day;
use crate::failure::{Code, Failure};
use crate::findings::{Checked, Finding, words};
use crate::forms;
use crate::lang::{Lang, Words};
use crate::relations::Outcome;
use crate::report::FileReport;
use crate::rules::Severity;
use crate::say;
use crate::table::Table;
use crate::units::{Naming, Sent};
use crate::words::{capital, fold, single_blanks};

/// Points of one table that a letter lists; the marked workbook has all of them.
const LISTED: usize = 100;

/// What is asked of a unit about one of its tables, or about a file that holds none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// Whose table it is.
    pub sent: Sent,
    /// The file as it was named.
    pub file: String,
    /// What the table is called; empty for a file without one.
    pub title: String,
    /// The sheet it stands on; empty for a file without a table.
    pub sheet: String,
    /// What has to be mended, in the order of cells.
    pub points: Vec<Point>,
    /// Points that are not listed.
    pub more: usize,
    /// What is to be looked at besides: warnings.
    pub hints: Vec<Point>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The cell; empty where a file as a whole is meant.
    pub cell: String,
    /// Its row and column in words.
    pub place: String,
    /// What is written there.
    pub found: String,
    /// What is asked for.
    pub request: String,
    /// Why.
    pub why: String,
}

/// What all letters of a run have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The office that writes; lines are parted by `|`. Left open without it.
    pub from: Option<String>,
    /// Until when the unit should answer.
    pub deadline: Option<Day>,
}

impl Remarks {
    /// What is asked about each table of a file: those with nothing to say included, since they are
    /// what a unit has sent.
    #[must_use]
    pub fn of(report: &FileReport, naming: &Naming, lang: Lang) -> Vec<Self> {
        match &report.outcome {
            Ok(checkup) => checkup
                .tables
                .iter()
                .map(|checked| Self::of_table(checked, &report.path, naming, lang))
                .collect(),
            Err(failure) => vec![Self::of_failure(failure, &report.path, naming, lang)],
        }
    }

    fn of_table(checked: &Checked, file: &str, naming: &Naming, lang: Lang) -> Self {
        let listed = |severity| {
            let findings = checked.findings.iter().filter(move |f| f.severity == severity);
            findings.map(|finding| Point::of(checked, finding, lang))
        };
        let mut points: Vec<Point> = listed(Severity::Error).take(LISTED).collect();
        let more = checked.errors().count() - points.len();
        points.shrink_to_fit();
        Self {
            sent: Sent::of(&checked.table, file, naming),
            file: file.to_owned(),
            title: title(&checked.table, lang),
            sheet: checked.table.sheet.clone(),
            points,
            more,
            hints: listed(Severity::Warning).take(LISTED).collect(),
        }
    }

    fn of_failure(failure: &Failure, file: &str, naming: &Naming, lang: Lang) -> Self {
        let point = Point {
            cell: String::new(),
            place: say!(lang, "Cả tệp", "The whole file"),
            found: String::new(),
            request: to_send_again(failure.code).get(lang).to_owned(),
            why: capital(failure.message.get(lang)),
        };
        Self {
            sent: Sent::file(naming.of_file(file)),
            file: file.to_owned(),
            title: String::new(),
            sheet: String::new(),
            points: vec![point],
            more: 0,
            hints: Vec::new(),
        }
    }

    /// How many points there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.points.len() + self.more
    }
}

impl Point {
    fn of(checked: &Checked, finding: &Finding, lang: Lang) -> Self {
        let table = &checked.table;
        let heading = finding.heading.as_ref();
        let column = heading.map(|(column, ..)| *column);
        let column = column.or(finding.place.map(|place| place.column));
        let column = column.map(|column| column_name(table, column, lang));
        let row = finding.place.map(|place| words::row_name(&table.rows[place.row]));
        let place: Vec<String> = row.into_iter().chain(column).collect();
        let texts = finding.texts.as_ref().map(|(found, _)| found.clone());
        let figure = || finding.place.map(|place| words::printed(table, place));
        let found = heading.map(|(_, found, _)| found.clone()).or(texts).or_else(figure);
        let message = words::message(checked, finding, lang);
        // Where it is stands beside it.
        let position = finding.place.map(|place| words::position(table, place, lang) + ": ");
        let bare = position.as_ref().and_then(|position| message.strip_prefix(position.as_str()));
        let mut why = bare.unwrap_or(&message).to_owned();
        if !why.contains(" = ") {
            why.push_str(&grounds(checked, finding, lang));
        }
        if let Some(cause) = finding.causes.first() {
            let cause = cause.detail.get(lang);
            why = say!(lang, "{why}. Có thể do: {cause}", "{why}. Perhaps because: {cause}");
        }
        Self {
            cell: checked.cell(finding).to_string(),
            place: place.join(", "),
            found: single_blanks(&found.unwrap_or_default()),
            request: capital(&words::request(checked, finding, lang)),
            why: capital(&why),
        }
    }
}

/// What is asked for where a file could not be checked.
fn to_send_again(code: Code) -> Words {
    match code {
        Code::Encrypted => {
            Words::new("Gửi lại tệp không đặt mật khẩu", "Send the file again without a password")
        }
        Code::NoTable | Code::NoSuchSheet | Code::FormDoesNotFit | Code::TwoTotals => Words::new(
            "Gửi lại tệp có biểu số liệu theo đúng mẫu",
            "Send the file with the table as its form has it",
        ),
        _ => Words::new(
            "Gửi lại tệp; trước khi gửi mở bằng Excel, xem lại và lưu",
            "Send the file again; open it, look at it and save it before",
        ),
    }
}

/// What speaks against a figure, where the finding's own sentence does not say it: the first broken
/// rules, each with its figures.
fn grounds(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    const NAMED: usize = 3;
    let (table, ledger) = checked.ground(finding);
    let instances = finding.evidence.iter().filter_map(|index| ledger.instances.get(*index));
    let broken = instances.filter(|instance| instance.outcome == Outcome::Violated);
    let told = broken.take(NAMED).map(|instance| {
        let position = words::position(table, instance.target(), lang);
        let found = words::printed(table, instance.target());
        let figures = words::derivation(table, instance, lang);
        say!(
            lang,
            "{position} ghi {found}, còn {figures}",
            "{position} says {found}, but {figures}",
        )
    });
    let told: Vec<String> = told.collect();
    let told = told.join("; ");
    if told.is_empty() { told } else { say!(lang, ". Đối chiếu: {told}", ". Compare: {told}") }
}

/// A column by its label and heading: `cột 14 (Tỷ lệ hộ cận nghèo cuối năm 2024)`.
fn column_name(table: &Table, column: usize, lang: Lang) -> String {
    let column = &table.columns[column];
    // `Tỷ lệ` alone names no column: the heading above it does.
    let above = column.headings.len().saturating_sub(2);
    let heading = single_blanks(&column.headings[above..].join(" – "));
    let name = column.name();
    if heading.is_empty() || column.label.is_empty() || fold(&heading) == fold(name) {
        return say!(lang, "cột {name}", "column {name}");
    }
    say!(lang, "cột {name} ({heading})", "column {name} ({heading})")
}

/// The title above a table; without one its form's, where it has one.
fn title(table: &Table, lang: Lang) -> String {
    let title = table.surroundings.above.title();
    match (title.is_empty(), table.has_form()) {
        (false, _) => single_blanks(&title),
        (true, true) => forms::title(&table.form, lang),
        (true, false) => String::new(),
    }
}
