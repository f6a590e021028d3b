//! Comparisons as JSON, for scripts.

use serde::Serialize;

use super::{Comparison, Counts, State, Tally};

/// The version of this layout; it changes when a field's meaning does.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct One<'a> {
    state: State,
    counts: Counts,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// What stands between two comparisons.
pub const BETWEEN: &str = ",";

/// The report up to its first comparison.
#[must_use]
pub fn beginning() -> String {
    let tool = concat!("soatbieu ", env!("CARGO_PKG_VERSION"));
    format!("{{\n  \"schema\": {SCHEMA},\n  \"tool\": \"{tool}\",\n  \"comparisons\": [")
}

/// One comparison.
#[must_use]
pub fn one(comparison: &Comparison) -> String {
    let one = One { state: comparison.state(), counts: comparison.counts(), comparison };
    format!("\n    {}", indented(&one, "    "))
}

/// The report after its last comparison.
#[must_use]
pub fn end(tally: &Tally, outputs: &[String]) -> String {
    #[derive(Serialize)]
    struct Summary<'a> {
        #[serde(flatten)]
        tally: &'a Tally,
        outputs: &'a [String],
    }
    format!("\n  ],\n  \"summary\": {}\n}}\n", indented(&Summary { tally, outputs }, "  "))
}

fn indented(value: &impl Serialize, indent: &str) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\n', &format!("\n{indent}"))
}
