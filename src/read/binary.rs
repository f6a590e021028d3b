//! What `.xls` and `.xlsb` share: what their records say of a sheet besides its cells, and cells
//! from calamine put with it.

use super::formats::Style;
use super::store::{Store, Text};
use crate::failure::Failure;
use crate::workbook::{Address, Cell, FormulaText, Range, Value};

/// What a sheet's records say of its rows and columns.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) merges: Vec<Range>,
    pub(super) hidden_rows: Vec<u32>,
    /// Both ends included.
    pub(super) hidden_columns: Vec<(u32, u32)>,
}

impl Layout {
    pub(super) fn lay_out(&self, store: &mut Store<'_>) {
        for merged in &self.merges {
            store.merge(*merged);
        }
        for row in &self.hidden_rows {
            store.hide_rows(*row, *row);
        }
        for (first, last) in &self.hidden_columns {
            store.hide_columns(*first, *last);
        }
    }
}

/// The formula of a cell: as its code was spelt out, else as calamine did, which writes `>` for `>=` and
/// `>=` for `>`. Such a text is marked as one that nobody may compute.
pub(super) fn formula(
    spelt: Option<&str>,
    of_calamine: Option<FormulaText>,
) -> Option<FormulaText> {
    spelt.map(FormulaText::from).or_else(|| {
        let text = by_name(of_calamine?);
        Some(if text.contains('>') { format!("[Ptg] {text}").into() } else { text })
    })
}

/// What calamine writes for a function that its first argument names.
const BY_NAME: &str = "User(_xlfn.";

/// A formula with the functions that are newer than the format called by their names: calamine writes
/// `User(_xlfn.IFERROR,A1,0)`.
fn by_name(text: FormulaText) -> FormulaText {
    if !text.contains(BY_NAME) {
        return text;
    }
    let mut parts = text.split(BY_NAME);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([',', ')']).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        made.extend(["_xlfn.", name, "(", rest.strip_prefix(',').unwrap_or(rest)]);
    }
    made.into()
}

/// What stands for a formula that could not be spelt out: no grammar takes it.
pub(super) const UNREADABLE_FORMULA: &str = "#?Ptg";

/// What calamine writes in place of a formula of an `.xls` that it cannot spell out.
const UNRECOGNISED: &str = "Unrecognised formula for cell";

/// Adds a cell; its text is what calamine decoded. A formula that could not be spelt out leaves its
/// result, and is counted.
pub(super) fn push(
    store: &mut Store<'_>,
    at: Address,
    cell: Cell,
    style: Style,
) -> Result<(), Failure> {
    let unreadable = |text: &str| text == UNREADABLE_FORMULA || text.starts_with(UNRECOGNISED);
    let formula = match cell.formula {
        Some(text) if unreadable(&text) => {
            store.note_unreadable_formula(at);
            Some(UNREADABLE_FORMULA.into())
        }
        formula => formula,
    };
    match cell.value {
        Value::Text(text) => store.push_text(at, &Text::plain(text), formula, style),
        value => store.push(at, value, formula, style),
    }
}
