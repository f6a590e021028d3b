//! Rows and columns that a workbook hides and an appendix prints.

use crate::lang::Text;
use crate::table::Table;
use crate::workbook::{Address, Sheet};

/// What is said of rows and columns that the workbook hides and the appendix prints.
pub(super) fn note(table: &Table, sheet: &Sheet) -> Option<Text> {
    let is_hidden = |row: &u32| sheet.hidden_rows.binary_search(row).is_ok();
    let rows: Vec<u32> = table.rows.iter().map(|row| row.sheet_row).filter(is_hidden).collect();
    let is_hidden = |column: &u32| sheet.hidden_columns.binary_search(column).is_ok();
    let columns = table.columns.iter().map(|column| column.sheet_column).filter(is_hidden);
    let columns: Vec<String> =
        columns.map(|column| Address::new(0, column).column_letters()).collect();
    if rows.is_empty() && columns.is_empty() {
        return None;
    }
    let rows: Vec<String> = rows.iter().map(|row| (row + 1).to_string()).collect();
    let some = |all: &[String]| {
        let more = if all.len() > 5 { ", …" } else { "" };
        format!("{} ({}{more})", all.len(), all[..all.len().min(5)].join(", "))
    };
    let said = |kinds: [&str; 2], and: &str| {
        let parts = [(kinds[0], &rows), (kinds[1], &columns)];
        let parts = parts.iter().filter(|(_, all)| !all.is_empty());
        let parts = parts.map(|(kind, all)| format!("{kind}: {}", some(all)));
        parts.collect::<Vec<_>>().join(and)
    };
    Some(Text::new(
        format!("phụ lục in cả phần đang bị ẩn trong tệp ({})", said(["dòng", "cột"], "; ")),
        format!(
            "the appendix prints what the workbook hides ({})",
            said(["rows", "columns"], "; ")
        ),
    ))
}
