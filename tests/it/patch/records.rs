//! What the tests of `.xls` and `.xlsb` have in common: workbooks of records, read again.

use std::collections::BTreeMap;

use soatbieu::patch::{Content, Edit};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::{Address, Value, Workbook};

pub(crate) const SHEETS: [&str; 2] = ["Biểu 1", "Two"];
pub(crate) const TEXTS: [&str; 2] = ["12", "Thôn"];

pub(crate) fn read(bytes: &[u8]) -> Workbook {
    workbook(bytes, &Limits::default()).unwrap()
}

/// Cells by sheet and place: the value, whether there is a formula, the format.
pub(crate) type Known = BTreeMap<(String, Address), (Value, bool, String)>;

pub(crate) fn cells(book: &Workbook) -> Known {
    let sheets = book.sheets.iter();
    sheets
        .flat_map(|sheet| {
            sheet.cells().iter().map(|(at, cell)| {
                let format = book.number_format(cell).code.clone();
                ((sheet.name.clone(), *at), (cell.value.clone(), cell.formula.is_some(), format))
            })
        })
        .collect()
}

/// An edit of a cell, with a format of its own or not.
pub(crate) fn wished(
    sheet: usize,
    at: Address,
    content: Content,
    [highlight, formatted]: [bool; 2],
) -> Edit {
    let format = formatted.then(|| "#,##0.000".to_owned());
    Edit { sheet: SHEETS[sheet].into(), at, content, format, highlight, note: None }
}

/// The cells as edits leave them.
pub(crate) fn edited(mut cells: Known, edits: &[Edit]) -> Known {
    for edit in edits {
        let key = (edit.sheet.clone(), edit.at);
        let formula = matches!(edit.content, Content::Result(_));
        let format = edit.format.clone().unwrap_or_default();
        match &edit.content {
            Content::Number(figure) | Content::Result(figure) => {
                let value = Value::Number(figure.normalize());
                cells.insert(key, (value, formula, format));
            }
            _ => {
                if let (Some(cell), Some(_)) = (cells.get_mut(&key), &edit.format) {
                    cell.2 = format;
                }
            }
        }
    }
    cells
}
