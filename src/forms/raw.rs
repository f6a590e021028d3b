//! The TOML file of a form, as written. Strict: what is not known is an error.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::vocabulary::{Says, Vocabulary};
use crate::table::{BoundKind, Kind, Layout};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) name: Bilingual,
    #[serde(default)]
    pub(super) source: Bilingual,
    /// True when there is a total row: sums of counts and amounts, ratios of totals.
    #[serde(default)]
    pub(super) total: bool,
    #[serde(default)]
    pub(super) column: Vec<Column>,
    #[serde(default)]
    pub(super) bound: Vec<Bound>,
    #[serde(default)]
    pub(super) across: Vec<Across>,
    #[serde(default)]
    pub(super) appendix: Layout,
    /// How sentences speak of its columns.
    pub(super) vocabulary: Option<Vocabulary>,
    /// The built-in form whose vocabulary is its own as well.
    pub(super) vocabulary_of: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bilingual {
    pub(super) vi: String,
    pub(super) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) label: String,
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) words: Vec<String>,
    pub(super) formula: Option<String>,
    pub(super) scale: Option<Decimal>,
    pub(super) decimals: Option<u32>,
    #[serde(default)]
    pub(super) rounding: Rounding,
    /// What it holds, in the words of the vocabulary; a column may be called in several ways.
    #[serde(default)]
    pub(super) says: Vec<Says>,
}

/// How figures are rounded. Half up (away from zero) is the only way in use in these tables.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rounding {
    #[default]
    HalfUp,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bound {
    pub(super) relation: String,
    pub(super) kind: BoundKind,
}

/// `relation = "2=5"`: this form's column 2 repeats column 5 of the other form.
/// `year = -1`: of the year before, which may be a table of the same form.
/// `total = true`: this table's total is the row of its unit in the other table, a superior office's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Across {
    pub(super) form: String,
    pub(super) relation: String,
    #[serde(default)]
    pub(super) year: i16,
    #[serde(default)]
    pub(super) total: bool,
}
