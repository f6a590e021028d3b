//! Cells from calamine, put with what the records say of them.

use crate::failure::Failure;
use crate::read::code::UNREADABLE;
use crate::read::formats::Style;
use crate::read::store::{Store, Text};
use crate::workbook::{Address, Cell, FormulaText, Value};

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

/// Adds a cell; its text is what calamine decoded. A formula that could not be spelt out leaves its
/// result, and is counted.
pub(super) fn push(
    store: &mut Store<'_>,
    at: Address,
    cell: Cell,
    style: Style,
) -> Result<(), Failure> {
    if cell.formula.as_deref() == Some(UNREADABLE) {
        store.note_unreadable_formula(at);
    }
    match cell.value {
        Value::Text(text) => store.push_text(at, &Text::plain(text), cell.formula, style),
        value => store.push(at, value, cell.formula, style),
    }
}
