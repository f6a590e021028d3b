//! Two submissions of one unit beside each other: what was asked about the first, what of it is mended
//! in the second, and what else changed, cell by cell.
//!
//! Tables are matched by what they are, rows by name, columns by label (`matching`), so that a row
//! that was put in moves no other. A figure that changed because it is computed from one that was
//! asked about is told apart from one that nobody asked for.

mod changes;
pub mod html;
pub mod json;
mod matching;
mod outside;
mod pairing;
pub mod text;

use serde::{Deserialize, Serialize};

use crate::checkup::Checkup;
use crate::failure::{Code, Failure};
use crate::findings::{Checked, Finding, words};
use crate::lang::Lang;
use crate::say;
use crate::table::Place;
use crate::words::single_blanks;
use matching::{Matched, Pair};

pub use pairing::{Paired, Submission, pair};

/// Two submissions of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Whose they are.
    pub unit: String,
    /// The first file as it was named; `None` where there is only the second.
    pub old: Option<String>,
    /// The second file; `None` where there is only the first.
    pub new: Option<String>,
    /// Why the two could not be compared.
    pub failure: Option<String>,
    /// The tables that both hold, and those of the first that the second lacks.
    pub tables: Vec<TableComparison>,
    /// Tables of the second alone, by sheet, with the errors in them.
    pub new_tables: Vec<(String, usize)>,
    /// What changed outside of tables.
    pub outside: Vec<Text>,
}

/// Two tables.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableComparison {
    /// The sheet; the second's where it is in both.
    pub sheet: String,
    /// True where the second file lacks it.
    pub missing: bool,
    /// What was asked, with what came of it.
    pub asked: Vec<Asked>,
    /// Figures and texts that changed besides.
    pub changes: Vec<Change>,
    /// Cells that say the same in another way: a number in place of a text, a formula in place of its
    /// result.
    pub rewritten: usize,
    /// Rows the second has and the first has not.
    pub new_rows: Vec<String>,
    /// Rows the first has and the second has not.
    pub lost_rows: Vec<String>,
    /// Rows with another name and the same figures: old, new.
    pub renamed_rows: Vec<(String, String)>,
    /// True where the rows stand in another order.
    pub reordered: bool,
    /// Columns the second has and the first has not.
    pub new_columns: Vec<String>,
    /// Columns the first has and the second has not.
    pub lost_columns: Vec<String>,
    /// Errors of the second that the first has not.
    pub new_errors: Vec<Asked>,
}

/// What came of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is no error any more.
    Mended,
    /// It is still one.
    Open,
    /// Its row, column or table is not there any more.
    Gone,
}

/// A point: an error of one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The rule's code.
    pub code: String,
    /// Its cell in the table it was told of.
    pub cell: String,
    /// The cell in the second table, where it moved.
    pub now_at: Option<String>,
    /// Row and column in words.
    pub place: String,
    /// What was written there.
    pub found: String,
    /// What is written there now.
    pub now: Option<String>,
    /// What it should be, where that could be told.
    pub expected: Option<String>,
    /// What was told.
    pub message: String,
    /// What came of it.
    pub answer: Answer,
}

/// Why a cell changed, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody asked for it.
    Unasked,
    /// It was named with an error as a cell to look at.
    Named,
    /// It is computed from a figure that changed, and agrees with it.
    Follows,
}

/// A cell that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The cell in the second table.
    pub cell: String,
    /// The cell in the first, where it moved.
    pub was_at: Option<String>,
    /// Row and column in words.
    pub place: String,
    /// What it said.
    pub old: String,
    /// What it says.
    pub new: String,
    /// Why.
    pub why: Why,
}

/// A text outside of tables that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    pub cell: String,
    /// What it said; empty for a new text.
    pub old: String,
    /// What it says; empty for one that is gone.
    pub new: String,
}

/// Where a unit stands after its second submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The two could not be compared.
    Failed,
    /// It was asked and has not sent again.
    NotSentAgain,
    /// Something asked is not mended.
    Open,
    /// All is mended, and something else changed or went wrong.
    ChangedBesides,
    /// All is mended and nothing else changed.
    Settled,
}

/// How much of a comparison there is of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Points asked.
    pub asked: usize,
    /// Those mended.
    pub mended: usize,
    /// Changes that nobody asked for, rows and columns included.
    pub unasked: usize,
    /// Figures that follow from others.
    pub following: usize,
    /// Errors that were not there before.
    pub new_errors: usize,
}

/// How many units stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Units compared.
    pub units: usize,
    /// All is mended and nothing else changed.
    pub settled: usize,
    /// Something asked is not mended.
    pub open: usize,
    /// All is mended, and something else changed.
    pub changed_besides: usize,
    /// Asked, and not sent again.
    pub not_sent_again: usize,
    /// Could not be compared.
    pub failed: usize,
    /// Points asked of all.
    pub asked: usize,
    /// Those mended.
    pub mended: usize,
}

impl Tally {
    /// Adds a comparison.
    pub fn add(&mut self, comparison: &Comparison) {
        let counts = comparison.counts();
        self.units += 1;
        self.asked += counts.asked;
        self.mended += counts.mended;
        *match comparison.state() {
            State::Settled => &mut self.settled,
            State::Open => &mut self.open,
            State::ChangedBesides => &mut self.changed_besides,
            State::NotSentAgain => &mut self.not_sent_again,
            State::Failed => &mut self.failed,
        } += 1;
    }
}

/// Compares two submissions, of which one may be missing or unreadable.
#[must_use]
pub fn submissions(
    old: Option<&Result<Checkup, Failure>>,
    new: Option<&Result<Checkup, Failure>>,
    lang: Lang,
) -> Comparison {
    let failed = |failure: &Failure| Comparison {
        failure: Some(failure.message(lang).to_owned()),
        ..Comparison::default()
    };
    match (old, new) {
        (Some(Ok(old)), Some(Ok(new))) => compare(old, new, lang),
        (Some(Ok(old)), None) => Comparison {
            tables: old.tables.iter().map(|checked| lost_table(checked, lang)).collect(),
            ..Comparison::default()
        },
        (_, Some(Err(failure))) | (Some(Err(failure)), None) => failed(failure),
        // What was not there to be opened was not asked to be mended either.
        (Some(Err(failure)), _) if failure.code == Code::CannotOpen => failed(failure),
        (Some(Err(failure)), Some(Ok(new))) => first_time(new, Some(failure), lang),
        (None, Some(Ok(new))) => first_time(new, None, lang),
        (None, None) => Comparison::default(),
    }
}

/// A submission without one before it that could be read; that it can be read now is what was asked.
fn first_time(new: &Checkup, failure: Option<&Failure>, lang: Lang) -> Comparison {
    let asked = failure.map(|failure| Asked {
        code: failure.code.as_str().to_owned(),
        cell: String::new(),
        now_at: None,
        place: say!(lang, "cả tệp", "the whole file"),
        found: String::new(),
        now: None,
        expected: None,
        message: failure.message(lang).to_owned(),
        answer: Answer::Mended,
    });
    let mut asked: Vec<Asked> = asked.into_iter().collect();
    let tables = new.tables.iter().map(|checked| TableComparison {
        sheet: checked.table.sheet.clone(),
        asked: std::mem::take(&mut asked),
        new_errors: checked.errors().map(|finding| point(checked, finding, lang)).collect(),
        ..TableComparison::default()
    });
    Comparison { tables: tables.collect(), ..Comparison::default() }
}

/// Compares two submissions. Both are to be checked with every row kept.
#[must_use]
pub fn compare(old: &Checkup, new: &Checkup, lang: Lang) -> Comparison {
    let pairs = matching::tables(&old.tables, &new.tables);
    let mut comparison = Comparison::default();
    let mut taken = vec![false; new.tables.len()];
    for (before, after) in old.tables.iter().zip(&pairs) {
        comparison.tables.push(match after {
            Some(index) => {
                taken[*index] = true;
                two_tables(before, &new.tables[*index], lang)
            }
            None => lost_table(before, lang),
        });
    }
    let others = new.tables.iter().zip(&taken).filter(|(_, taken)| !**taken);
    comparison.new_tables = others
        .map(|(checked, _)| (checked.table.sheet.clone(), checked.errors().count()))
        .collect();
    comparison.outside = outside::changes(old, new, lang);
    comparison
}

fn two_tables(old: &Checked, new: &Checked, lang: Lang) -> TableComparison {
    let matched = Matched::of(&old.table, &new.table);
    let pair = Pair { old, new, matched: &matched, lang };
    let open: Vec<(&str, Option<Place>)> = new.errors().map(spot).collect();
    let asked = old.errors().map(|finding| {
        let point = point(old, finding, lang);
        let now = finding.place.and_then(|place| matched.in_new(place));
        let is_gone = finding.place.is_some() && now.is_none();
        let still = |(code, at): &(&str, Option<Place>)| match now {
            Some(place) => *at == Some(place),
            None => *code == finding.rule.code && at.is_none(),
        };
        let answer = match (is_gone, open.iter().any(still)) {
            (true, _) => Answer::Gone,
            (_, true) => Answer::Open,
            _ => Answer::Mended,
        };
        let cell = now.map(|place| new.table.address(place).to_string());
        Asked {
            now: now.map(|place| words::printed(&new.table, place)),
            now_at: cell.filter(|cell| *cell != point.cell),
            answer,
            ..point
        }
    });
    let asked: Vec<Asked> = asked.collect();
    let (changes, rewritten) = changes::changes(pair);
    let known: Vec<(&str, Option<Place>)> = old
        .errors()
        .map(|finding| (finding.rule.code, finding.place.and_then(|place| matched.in_new(place))))
        .collect();
    let is_new = |finding: &&Finding| match finding.place {
        Some(place) => !known.iter().any(|(_, at)| *at == Some(place)),
        None => !known.iter().any(|(code, at)| *code == finding.rule.code && at.is_none()),
    };
    let new_errors = new.errors().filter(is_new).map(|finding| point(new, finding, lang));
    TableComparison {
        sheet: new.table.sheet.clone(),
        missing: false,
        asked,
        changes,
        rewritten,
        new_errors: new_errors.collect(),
        ..matched.told(&old.table, &new.table)
    }
}

/// A finding by its rule and place.
fn spot(finding: &Finding) -> (&'static str, Option<Place>) {
    (finding.rule.code, finding.place)
}

fn lost_table(old: &Checked, lang: Lang) -> TableComparison {
    let asked =
        old.errors().map(|finding| Asked { answer: Answer::Gone, ..point(old, finding, lang) });
    TableComparison {
        sheet: old.table.sheet.clone(),
        missing: true,
        asked: asked.collect(),
        ..TableComparison::default()
    }
}

/// An error as a point.
fn point(checked: &Checked, finding: &Finding, lang: Lang) -> Asked {
    let table = &checked.table;
    let place = finding.place.map(|place| words::position(table, place, lang));
    let found = finding.place.map(|place| words::printed(table, place));
    let texts = finding.texts.as_ref().map(|(found, _)| single_blanks(found));
    let expected = finding.place.zip(finding.expected);
    Asked {
        code: finding.rule.code.to_owned(),
        cell: checked.cell(finding).to_string(),
        now_at: None,
        place: place.unwrap_or_default(),
        found: texts.or(found).unwrap_or_default(),
        now: None,
        expected: expected.map(|(place, value)| table.print(place.column, value)),
        message: words::message(checked, finding, lang),
        answer: Answer::Open,
    }
}

impl Comparison {
    /// How much there is of what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for table in &self.tables {
            counts.asked += table.asked.len();
            let mended = |asked: &&Asked| asked.answer == Answer::Mended;
            counts.mended += table.asked.iter().filter(mended).count();
            let of = |why| table.changes.iter().filter(|change| change.why == why).count();
            counts.unasked += of(Why::Unasked) + table.structure() + usize::from(table.missing);
            counts.following += of(Why::Follows) + of(Why::Named);
            counts.new_errors += table.new_errors.len();
        }
        counts.unasked += self.outside.len() + self.new_tables.len();
        counts.new_errors += self.new_tables.iter().map(|(_, errors)| errors).sum::<usize>();
        counts
    }

    /// Where the unit stands.
    #[must_use]
    pub fn state(&self) -> State {
        let Counts { asked, mended, unasked, new_errors, .. } = self.counts();
        match (&self.old, &self.new) {
            _ if self.failure.is_some() => State::Failed,
            (_, None) if asked == 0 => State::Settled,
            (_, None) => State::NotSentAgain,
            _ if mended < asked => State::Open,
            _ if unasked + new_errors > 0 => State::ChangedBesides,
            _ => State::Settled,
        }
    }
}

impl TableComparison {
    /// Rows and columns that came, went or changed their names or order.
    fn structure(&self) -> usize {
        self.new_rows.len()
            + self.lost_rows.len()
            + self.renamed_rows.len()
            + usize::from(self.reordered)
            + self.new_columns.len()
            + self.lost_columns.len()
    }
}
