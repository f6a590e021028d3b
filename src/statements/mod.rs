//! Sentences of a document against the cells of a table.
//!
//! A figure of a sentence is held against a cell where the words before it say all that the cell's
//! form says of its column, no word is left unexplained, and one cell alone remains (or the two that
//! a form names as a sum). Then it agrees or contradicts; everything else is not matched, with the
//! reason. A contradiction is only told where figures beside it agree with the table, and most of
//! the document does: else the table is another place's or another year's. Nothing here is ever an
//! error or corrected, and what is not matched may be wrong: no completeness is promised.

mod cells;
mod figures;
mod matching;
mod phrases;
mod tokens;
mod told;

use std::ops::Range;

use rust_decimal::Decimal;

use crate::findings::Checked;
use crate::forms::Form;
use crate::lang::Text;
use crate::workbook::Address;

/// What became of the sentences of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// The figures of its sentences, in their order.
    pub list: Vec<Statement>,
    /// Why none was held against a table; `None` where they were.
    pub unmatched: Option<Text>,
    /// The file whose tables they were held against, where it is another one.
    pub table_of: Option<String>,
}

impl Statements {
    /// How many figures came to an outcome of a kind.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.list.iter().filter(|statement| statement.outcome.kind() == kind).count()
    }

    /// The figures that contradict a table.
    pub fn contradictions(&self) -> impl Iterator<Item = &Statement> {
        self.list.iter().filter(|statement| statement.outcome.kind() == Kind::Contradicts)
    }
}

/// A figure of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The sentence.
    pub text: String,
    /// Where the figure stands in it, in bytes.
    pub figure: Range<usize>,
    /// What the figure is.
    pub value: Decimal,
    /// Its unit, as the form calls it: `hộ`, `khẩu`, `%`.
    pub unit: String,
    /// Which of the document's paragraphs outside tables it stands in, from 1 on; blank ones are
    /// not counted.
    pub paragraph: usize,
    /// What the table says to it.
    pub outcome: Outcome,
}

impl Statement {
    /// The figure as it is written.
    #[must_use]
    pub fn written(&self) -> &str {
        self.text.get(self.figure.clone()).unwrap_or_default()
    }
}

/// What a table says to a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the cell's.
    Agrees(Match),
    /// The cell says otherwise.
    Contradicts(Match),
    /// It was not held against a cell; why.
    NotMatched(Text),
}

/// The kinds of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// [`Outcome::Agrees`]
    Agrees,
    /// [`Outcome::Contradicts`]
    Contradicts,
    /// [`Outcome::NotMatched`]
    NotMatched,
}

impl Outcome {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Agrees(_) => Kind::Agrees,
            Self::Contradicts(_) => Kind::Contradicts,
            Self::NotMatched(_) => Kind::NotMatched,
        }
    }

    /// The cells it was held against.
    #[must_use]
    pub fn matched(&self) -> Option<&Match> {
        match self {
            Self::Agrees(found) | Self::Contradicts(found) => Some(found),
            Self::NotMatched(_) => None,
        }
    }
}

/// The cells that a figure was held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The sheet of the table.
    pub sheet: String,
    /// The cell, or the two whose sum is meant.
    pub cells: Vec<Address>,
    /// The row's name, and the columns' headings.
    pub row: String,
    /// The headings of the columns.
    pub columns: String,
    /// What they say, in the figure's unit.
    pub expected: Decimal,
    /// How that is worked out.
    pub derivation: Text,
}

/// Where the tables that sentences are held against stand.
#[derive(Debug, Clone, Copy)]
pub enum Tables<'a> {
    /// In the document itself.
    Here(&'a [Checked]),
    /// In another file, with what that is called.
    Elsewhere(&'a [Checked], &'a str),
}

/// Holds the sentences of a document against tables.
#[must_use]
pub fn of(prose: &[String], tables: Tables<'_>, forms: &[&Form]) -> Statements {
    let whose = cells::Whose::of(prose);
    let (checked, own, table_of) = match tables {
        Tables::Here(checked) => (checked, Some(&whose), None),
        Tables::Elsewhere(checked, name) => (checked, None, Some(name.to_owned())),
    };
    let sides: Vec<cells::Cells<'_>> =
        checked.iter().filter_map(|checked| cells::Cells::of(checked, forms, own)).collect();
    let unmatched =
        |why| Statements { list: Vec::new(), unmatched: Some(why), table_of: table_of.clone() };
    if checked.is_empty() {
        return unmatched(told::no_table());
    }
    if sides.is_empty() {
        return unmatched(told::no_vocabulary());
    }
    let about: Vec<cells::Cells<'_>> =
        sides.into_iter().filter(|side| own.is_some() || side.is_about(&whose.units)).collect();
    if about.is_empty() {
        return unmatched(told::other_unit());
    }
    let mut list = matching::statements(prose, &about);
    matching::demand_company(&mut list);
    let list = list.into_iter().map(|one| one.statement).collect();
    Statements { list, unmatched: None, table_of }
}
