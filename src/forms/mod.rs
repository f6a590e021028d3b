//! Forms: what a kind of table looks like and which rules it states, as data.
//!
//! A form is one strict TOML file, keyed by the column LABELS of the index row. Built-in forms are
//! the files in `src/forms/builtin`; a person brings one's own with `--form my.toml`. Reading goes
//! in two steps: `raw` is the file, [`Form`] is what was validated, and all problems of a file
//! are reported at once.

mod draft;
mod raw;
mod validate;
mod vocabulary;

pub use draft::draft;
use rust_decimal::Decimal;
pub use vocabulary::{Named, Object, Says, Vocabulary};

use crate::failure::{Code, Failure};
use crate::lang::{Lang, Text};
use crate::table::{BoundKind, Expression, Kind, Layout};

/// A validated form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Stable id, for `--form` and the JSON report.
    pub id: String,
    /// What the form is called.
    pub name: Text,
    /// Where it is laid down, for people.
    pub source: Text,
    /// Columns in the order of the form.
    pub columns: Vec<FormColumn>,
    /// Relations a reader takes for granted.
    pub bounds: Vec<FormBound>,
    /// Columns that another form repeats.
    pub across: Vec<FormAcross>,
    /// True when the table ends or begins with a total row.
    pub total: bool,
    /// How the appendix is laid out.
    pub layout: Layout,
    /// How sentences speak of its columns; none where it does not say.
    pub vocabulary: Option<Vocabulary>,
    /// The TOML text, as `soatbieu forms ID` prints it.
    pub toml: String,
}

/// A column of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormColumn {
    /// Its label in the index row.
    pub label: String,
    /// Words that its headings contain, in lower case; all must occur for a match.
    pub words: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// Its formula with the text it was written as, without the label.
    pub formula: Option<(String, Expression)>,
    /// Factor of a ratio.
    pub scale: Option<Decimal>,
    /// Decimals of its figures.
    pub decimals: Option<u32>,
    /// What sentences call its figures.
    pub says: Vec<Says>,
}

/// A bound of a form: `part <= whole`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormBound {
    /// As written.
    pub text: String,
    /// Smaller side.
    pub part: Expression,
    /// Larger side.
    pub whole: Expression,
    /// What it says.
    pub kind: BoundKind,
}

/// A column of this form that another form repeats: the same figures, unit by unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormAcross {
    /// As written: `2=5`.
    pub text: String,
    /// Label of the column of this form.
    pub column: String,
    /// Id of the other form.
    pub form: String,
    /// Label of the column of the other form.
    pub other: String,
    /// How many years later than this one the other table is; 0 for one of the same year.
    pub year: i16,
    /// True where this table's total is compared with the row of its unit in the other table.
    pub total: bool,
}

/// The text of every built-in form.
const BUILTIN: &[(&str, &str)] = &[
    ("poverty-target-allocation", include_str!("builtin/poverty-target-allocation.toml")),
    ("poverty-review-summary", include_str!("builtin/poverty-review-summary.toml")),
    ("poor-household-changes", include_str!("builtin/poor-household-changes.toml")),
    ("near-poor-household-changes", include_str!("builtin/near-poor-household-changes.toml")),
    ("poverty-year-changes", include_str!("builtin/poverty-year-changes.toml")),
];

/// All built-in forms.
///
/// # Errors
/// A [`Failure`] if an embedded form is invalid; a test keeps that from happening.
pub fn builtin() -> Result<Vec<Form>, Failure> {
    BUILTIN.iter().map(|(_, text)| parse(text)).collect()
}

/// The built-in form with an id.
///
/// # Errors
/// [`Code::Unknown`] when there is none, with the ids there are.
pub fn by_id(id: &str) -> Result<Form, Failure> {
    let ids: Vec<&str> = BUILTIN.iter().map(|(id, _)| *id).collect();
    let text = BUILTIN.iter().find(|(known, _)| *known == id).map(|(_, text)| *text);
    let text = text.ok_or_else(|| {
        Failure::new(
            Code::Unknown,
            format!("không có biểu mẫu `{id}`"),
            format!("there is no form `{id}`"),
        )
        .with_help(
            format!(
                "các biểu mẫu có sẵn: {}; hoặc đưa tệp TOML của mình vào --form",
                ids.join(", ")
            ),
            format!(
                "built-in forms: {}; or give a TOML file of your own to --form",
                ids.join(", ")
            ),
        )
    })?;
    parse(text)
}

/// What the form with an id is called; a form of a person's own by its id.
#[must_use]
pub fn title(id: &str, lang: Lang) -> String {
    by_id(id).map_or_else(|_| id.to_owned(), |form| form.name.get(lang).to_owned())
}

/// Reads a form from its TOML text.
///
/// # Errors
/// [`Code::BadForm`] with every problem found, each with its line where TOML gives one.
pub fn parse(text: &str) -> Result<Form, Failure> {
    let mut raw = read(text)?;
    if let Some(id) = raw.vocabulary_of.take().filter(|id| *id != raw.id) {
        let other = BUILTIN.iter().find(|(known, _)| *known == id).map(|(_, text)| read(text));
        raw.vocabulary = raw.vocabulary.or(other.transpose()?.and_then(|other| other.vocabulary));
        if raw.vocabulary.is_none() {
            return Err(bad(&[Text::new(
                format!("không có biểu mẫu `{id}` có từ vựng"),
                format!("there is no built-in form `{id}` with a vocabulary"),
            )]));
        }
    }
    validate::form(raw, text).map_err(|problems| bad(&problems))
}

fn read(text: &str) -> Result<raw::Form, Failure> {
    toml::from_str(text).map_err(|error| bad(&[Text::new(error.to_string(), error.to_string())]))
}

fn bad(problems: &[Text]) -> Failure {
    let list = |lang| {
        problems.iter().map(|problem| problem.get(lang).trim_end()).collect::<Vec<_>>().join("; ")
    };
    Failure::new(
        Code::BadForm,
        format!("biểu mẫu không hợp lệ: {}", list(Lang::Vi)),
        format!("the form is invalid: {}", list(Lang::En)),
    )
    .with_help(
        "xem mẫu đúng bằng lệnh `soatbieu forms poverty-target-allocation`",
        "see a valid one with `soatbieu forms poverty-target-allocation`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_form_is_valid_and_carries_its_id() {
        let forms = builtin().expect("built-in forms are valid");
        for (form, (id, _)) in forms.iter().zip(BUILTIN) {
            assert_eq!(form.id, *id);
        }
    }

    #[test]
    fn all_problems_of_a_form_are_told_at_once() {
        let text = r#"
            id = "x"
            name = { vi = "X", en = "X" }
            [[column]]
            label = "1"
            kind = "count"
            [[column]]
            label = "1"
            kind = "rate"
            formula = "7/1"
            [[bound]]
            relation = "1>2"
            kind = "part"
        "#;
        let failure = parse(text).expect_err("three problems");
        for part in ["`1`", "`7/1`", "`1>2`"] {
            assert!(failure.message.en.contains(part), "{part}: {}", failure.message.en);
        }
        let unknown = parse("id = 'x'\nname = {vi='a',en='b'}\ncolour = 1").expect_err("strict");
        assert!(unknown.message.en.contains("colour"), "{}", unknown.message.en);
    }
}
