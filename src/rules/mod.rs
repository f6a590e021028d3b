//! The rules: what is checked, declared once each.
//!
//! A rule is one file: its documentation, its sentences in both languages, an example that breaks it
//! and one that does not, how safe its correction is, and one plain function. What its sentences are
//! told from, and sentences that several rules share, are in [`Told`]; how they write places and
//! figures is in [`phrases`]. [`ALL`] is the registry; `explain`, `rules`,
//! the table in the documentation, selection by code and the tests of every rule derive from it.
//!
//! Rules come in two kinds. Validation rules over several cells report [`Instance`]s of what must
//! hold ([`crate::relations`]), each satisfied, violated or undecided; which cell is to blame is decided later, over the
//! whole table ([`crate::locate`]). Rules over one cell make [`Remark`]s at once.

mod across;
mod bounds;
mod cells;
mod column_formula;
mod columns;
mod faults;
mod forgotten;
mod format;
mod formula_alone;
mod formulas;
mod hidden;
mod in_words;
mod inferred;
mod merged;
pub mod phrases;
mod repeated;
mod rows;
mod told;
mod total;
mod unknown;

use std::collections::BTreeSet;
use std::fmt;

use crate::judge::Judged;
use crate::lang::Words;
use crate::relations::{self, Concern, Instance, Outcome};
use crate::table::{Kind, Place, Reading, Table};

pub use faults::fault;
pub use told::{Correct, Told};

pub(crate) use across::ACROSS_MISMATCH;
pub(crate) use bounds::{NOT_WHOLE, counts_things};
pub(crate) use cells::{BLANK_CELL, ERROR_VALUE, MISSING_DECIMALS, UNREADABLE_NUMBER};
pub(crate) use columns::DOUBTFUL_FORMULA;
pub(crate) use format::FORMAT_HIDES_FIGURE;
pub(crate) use formulas::FORMULA_WRONG_SUM;
pub(crate) use merged::MERGED_FIGURE;
pub(crate) use repeated::REPEATED_TOTAL;
pub(crate) use unknown::UNKNOWN_RESULT;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A figure is wrong, or cannot be judged as it stands.
    Error,
    /// The figures may be right, but the way they are given misleads.
    Warning,
    /// Worth knowing; nothing needs to change.
    Note,
}

/// A declared rule.
pub struct Rule {
    /// Stable code: `R1..` columns, `R2..` totals, `R3..` bounds, `R4..` cells, `R5..` the table,
    /// `R6..` formulas in cells, `R7..` what figures and headings show by themselves.
    pub code: &'static str,
    /// Stable name, in English.
    pub name: &'static str,
    /// How much a finding of this rule matters.
    pub severity: Severity,
    /// One line, for lists.
    pub title: Words,
    /// What is checked.
    pub what: Words,
    /// Why it matters.
    pub why: Words,
    /// How safe its correction is.
    pub safety: Words,
    /// What a finding of it says, in one sentence without a full stop.
    pub message: fn(&Told<'_>) -> String,
    /// What to do about a finding.
    pub advice: fn(&Told<'_>) -> String,
    /// Tables that break and keep the rule.
    pub example: Example,
    /// The function that checks.
    pub check: Check,
}

/// Two small tables as text, in the notation of [`crate::workbook::Workbook::from_text`]. Where a
/// rule is about several tables of one workbook, a form feed stands between their sheets.
pub struct Example {
    /// The form they are checked with, as TOML; without one their index row is the form. Several
    /// forms, a form feed between them, are recognised by their words.
    pub form: Option<&'static str>,
    /// Breaks the rule exactly once.
    pub wrong: &'static str,
    /// The same table put right.
    pub right: &'static str,
}

/// The two kinds of rules.
pub enum Check {
    /// Over several cells: what must hold in the table and is about this.
    Relations(Concern),
    /// Over one cell, or a few that need no search.
    Remarks(fn(&Judged) -> Vec<Remark>),
    /// Over one cell that holds no plain figure.
    Readings(fn(&Readings<'_>) -> Vec<Remark>),
}

/// What the cells of a table hold.
pub struct Readings<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its cells that hold no plain figure ([`Table::unusual`]), looked for once for all rules.
    pub unusual: &'a [Place],
    /// What the rules over several cells gave, which come before.
    pub instances: &'a [Instance],
}

impl Readings<'_> {
    /// Those of the unusual cells with some reading.
    #[must_use]
    pub fn with(&self, sought: impl Fn(&Reading) -> bool) -> Vec<Place> {
        let sought = |place: &Place| sought(&self.table.datum(*place).reading);
        self.unusual.iter().copied().filter(sought).collect()
    }
}

/// What a rule over one cell found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The rule.
    pub rule: &'static Rule,
    /// The first cell concerned.
    pub place: Option<Place>,
    /// Further cells of the same column with the same remark.
    pub others: Vec<Place>,
    /// How much it matters here.
    pub severity: Severity,
    /// What it should be, where the rule tells.
    pub expected: Option<rust_decimal::Decimal>,
    /// Two texts to compare, where the rule is about texts: found and wanted.
    pub texts: Option<(String, String)>,
    /// Cells of settled rows with the same remark.
    pub more: usize,
    /// The cell concerned, where it is none of the table's grid.
    pub outside: Option<crate::workbook::Address>,
    /// The relation that figures or headings show and the cells differ from, as an index into
    /// [`Table::inferred`].
    pub inferred: Option<usize>,
}

/// Every rule, in the order of codes.
pub static ALL: &[&Rule] = &[
    &column_formula::RATE_MISMATCH,
    &column_formula::FORMULA_MISMATCH,
    &rows::ROW_FORMULA_MISMATCH,
    &total::TOTAL_MISMATCH,
    &total::TOTAL_RATE_MISMATCH,
    &total::DOUBTFUL_TOTAL,
    &in_words::AMOUNT_IN_WORDS,
    &total::MISSING_TOTAL,
    &bounds::PART_EXCEEDS_WHOLE,
    &bounds::REDUCTION_EXCEEDS_START,
    &bounds::FEWER_PEOPLE_THAN_HOUSEHOLDS,
    &bounds::NOT_WHOLE,
    &bounds::NEGATIVE,
    &cells::UNREADABLE_NUMBER,
    &cells::BLANK_CELL,
    &cells::ERROR_VALUE,
    &cells::NUMBER_AS_TEXT,
    &cells::MISSING_DECIMALS,
    &cells::UNROUNDED_RATE,
    &unknown::UNKNOWN_RESULT,
    &format::FORMAT_HIDES_FIGURE,
    &merged::MERGED_FIGURE,
    &columns::CONTRADICTED_FORMULA,
    &columns::DOUBTFUL_FORMULA,
    &rows::REPEATED_UNIT,
    &rows::ORDINAL_GAP,
    &columns::UNCOVERED_COLUMN,
    &hidden::HIDDEN_DECIMALS,
    &across::ACROSS_MISMATCH,
    &rows::NAMELESS_ROW,
    &columns::EXCHANGED_HEADINGS,
    &formulas::FORMULA_WRONG_CELL,
    &formulas::FORMULA_WRONG_SUM,
    &formulas::FORMULA_ON_ROUNDED,
    &formulas::FORMULA_NOT_ROUNDED,
    &formulas::TYPED_AMONG_FORMULAS,
    &formulas::FORMULA_AMONG_DATA,
    &formulas::STALE_RESULT,
    &formulas::FORMULA_READS_NO_FIGURE,
    &formulas::FORMULA_EXTERNAL,
    &formulas::FORMULA_CIRCULAR,
    &formulas::FORMULA_OTHER,
    &formulas::FORMULA_UNDECIDED,
    &formula_alone::FORMULA_ALONE,
    &inferred::FOUND_MISMATCH,
    &inferred::HEADING_MISMATCH,
    &repeated::REPEATED_TOTAL,
];

/// The rule with a code or a name, letter case aside.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    ALL.iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(code) || rule.name.eq_ignore_ascii_case(code))
}

/// Which rules are wanted: `--select` and `--ignore`, codes or their beginnings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Only these; all when empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Selection {
    /// True when findings of the rule are wanted. The more exact of two conflicting codes wins.
    #[must_use]
    pub fn wants(&self, rule: &Rule) -> bool {
        let longest = |codes: &[String]| {
            codes.iter().filter(|code| rule.answers_to(code)).map(String::len).max()
        };
        match (longest(&self.select), longest(&self.ignore)) {
            (selected, Some(ignored)) => selected.is_some_and(|length| length > ignored),
            (Some(_), None) => true,
            (None, None) => self.select.is_empty(),
        }
    }

    /// Codes that no rule answers to.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        let known = |code: &&String| ALL.iter().any(|rule| rule.answers_to(code));
        self.select.iter().chain(&self.ignore).filter(|c| !known(c)).map(String::as_str).collect()
    }
}

impl Rule {
    fn answers_to(&self, code: &str) -> bool {
        let code = code.to_ascii_uppercase();
        code == "ALL" || !code.is_empty() && self.code.starts_with(&code)
    }
}

impl Remark {
    /// True for a remark on what stands behind a figure, not on the figure.
    #[must_use]
    pub fn is_on_formula(&self) -> bool {
        self.rule.is_on_formulas()
    }
}

impl Rule {
    /// True for the rules on what stands in a cell and cannot be read, or is badly given.
    #[must_use]
    pub fn is_on_readings(&self) -> bool {
        self.code.starts_with("R4")
    }

    /// True for the rules on formulas in cells.
    #[must_use]
    pub fn is_on_formulas(&self) -> bool {
        self.code.starts_with("R6")
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

/// Everything the rules said of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Every rule instance with its outcome.
    pub instances: Vec<Instance>,
    /// What rules over single cells found.
    pub remarks: Vec<Remark>,
    /// Instances on settled rows; all of them are satisfied.
    pub settled: usize,
    /// True where a cell holds an error, or a count that is no whole number.
    pub holds_odd: bool,
    /// Cells whose figure is not known: unreadable ones, and blanks that cannot be zeros.
    pub unknown: BTreeSet<Place>,
}

/// The rule that reports what an instance is about.
#[must_use]
pub fn reporting(concern: Concern) -> &'static Rule {
    let reports = |rule: &&&Rule| matches!(rule.check, Check::Relations(own) if own == concern);
    ALL.iter().find(reports).copied().unwrap_or(&column_formula::FORMULA_MISMATCH)
}

/// Evaluates every rule on a table and what must hold in it.
#[must_use]
pub fn evaluate(judged: &Judged) -> Ledger {
    evaluate_with(judged, relations::instances(&judged.table, &judged.relations))
}

/// The same with the instances of the table's relations, as they stand.
pub(crate) fn evaluate_with(judged: &Judged, instances: Vec<Instance>) -> Ledger {
    let table = &judged.table;
    let runs = table.rows.iter().filter_map(|row| row.run.as_ref());
    let settled = runs.map(|run| run.checks).sum();
    let unusual = table.unusual();
    let holds_odd = unusual.iter().any(|place| is_odd(table, *place));
    let mut ledger = Ledger { instances, settled, holds_odd, ..Ledger::default() };
    let readings = Readings { table, unusual: &unusual, instances: &ledger.instances };
    let mut remarks = Vec::new();
    for rule in ALL {
        match rule.check {
            Check::Relations(_) => {}
            Check::Remarks(found) => remarks.extend(found(judged)),
            Check::Readings(found) => remarks.extend(found(&readings)),
        }
    }
    ledger.remarks = remarks;
    bounds::set_aside_misread(table, &mut ledger);
    columns::set_aside_contradicted(judged, &mut ledger);
    forgotten::set_aside(judged, &unusual, &mut ledger);
    hidden::tell(table, &unusual, &mut ledger);
    if table.labels_are_made() {
        soften(&mut ledger);
    }
    ledger
}

/// True for an error, and for a count that is no whole number.
fn is_odd(table: &Table, place: Place) -> bool {
    match &table.datum(place).reading {
        Reading::Error(_) => true,
        Reading::Number(figure) => {
            table.columns[place.column].kind == Kind::Count && !figure.exact().is_integer()
        }
        _ => false,
    }
}

/// Where a table prints no rule and no form tells what it holds, what is missing, repeated or written
/// otherwise in it may well be meant: faults of formulas and error values remain, the rest is told at
/// most as a note.
fn soften(ledger: &mut Ledger) {
    // Blanks, merged figures, repeated units, odd ordinals, rows without a name, doubtful totals.
    const MEANT: [&str; 6] = ["R402", "R409", "R503", "R504", "R508", "R203"];
    ledger.remarks.retain(|remark| !MEANT.contains(&remark.rule.code));
    let facts = [&cells::ERROR_VALUE, &unknown::UNKNOWN_RESULT];
    for remark in &mut ledger.remarks {
        let weighed = remark.inferred.is_some() || remark.rule == &REPEATED_TOTAL;
        if !weighed && !facts.contains(&remark.rule) && !remark.rule.is_on_formulas() {
            remark.severity = Severity::Note;
        }
    }
}

impl Ledger {
    /// How many instances are satisfied, violated, undecided.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { satisfied: self.settled, ..Counts::default() };
        for instance in &self.instances {
            match instance.outcome {
                Outcome::Satisfied => counts.satisfied += 1,
                Outcome::Violated => counts.violated += 1,
                Outcome::Undecided(_) => counts.undecided += 1,
            }
        }
        counts
    }
}

/// Rule instances by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Instances that hold.
    pub satisfied: usize,
    /// Instances that do not.
    pub violated: usize,
    /// Instances that could not be evaluated.
    pub undecided: usize,
}
