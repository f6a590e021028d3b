//! `.ods` (OpenDocument): the reader parses the whole file when it opens it.

use std::io::Cursor;

use calamine::{Ods, OdsError, Reader as _, SheetVisible};

use super::{Limits, cells, damaged, encrypted, too_many_cells};
use crate::failure::Failure;
use crate::workbook::{FileFormat, Sheet, UnreadSheet, Workbook};

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let mut book: Ods<Cursor<&[u8]>> = Ods::new(Cursor::new(bytes)).map_err(failure)?;
    let mut workbook =
        Workbook { names: book.defined_names().to_vec(), ..Workbook::empty(FileFormat::Ods) };
    for meta in book.sheets_metadata().to_vec() {
        let values = match book.worksheet_range(&meta.name) {
            Ok(values) => values,
            Err(error) => {
                let reason = error.to_string();
                workbook.unread.push(UnreadSheet { name: meta.name.clone(), reason });
                continue;
            }
        };
        let formulas = book.worksheet_formula(&meta.name).unwrap_or_default();
        let found = cells::joined(&values, &formulas, excel_formula);
        if found.len() > limits.cells {
            return Err(too_many_cells(&meta.name, limits.cells));
        }
        let mut sheet = Sheet::new(&meta.name, found);
        sheet.visible = meta.visible == SheetVisible::Visible;
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}

fn failure(error: OdsError) -> Failure {
    match error {
        OdsError::Password => encrypted(),
        other => damaged(other),
    }
}

/// An `OpenFormula` text (OASIS OpenDocument 1.3 part 4) in Excel's notation: `of:=SUM([.C5:.C10];2)`
/// becomes `SUM(C5:C10,2)`. Text in quotes is left as it is.
fn excel_formula(text: &str) -> String {
    let body = text.strip_prefix("of:").or_else(|| text.strip_prefix("oooc:")).unwrap_or(text);
    let body = body.strip_prefix('=').unwrap_or(body);
    let mut excel = String::with_capacity(body.len());
    let mut reference: Option<String> = None;
    let mut quoted = false;
    for c in body.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        match (c, &mut reference) {
            ('[', None) if !quoted => reference = Some(String::new()),
            (']', Some(inside)) => {
                excel.push_str(&excel_reference(inside));
                reference = None;
            }
            (_, Some(inside)) => inside.push(c),
            (';', None) if !quoted => excel.push(','),
            (_, None) => excel.push(c),
        }
    }
    excel
}

/// `.C5:.C10` is `C5:C10`; `$'Biểu 1'.C5` is `'Biểu 1'!C5`.
fn excel_reference(inside: &str) -> String {
    let ends: Vec<String> = inside
        .split(':')
        .map(|end| match end.rsplit_once('.') {
            Some(("", cell)) => cell.to_owned(),
            Some((sheet, cell)) => format!("{}!{cell}", sheet.trim_start_matches('$')),
            None => end.to_owned(),
        })
        .collect();
    ends.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_in_excels_notation() {
        assert_eq!(excel_formula("of:=SUM([.C5:.C10])"), "SUM(C5:C10)");
        assert_eq!(excel_formula("of:=ROUND([.E8]/[.$C8]*100;2)"), "ROUND(E8/$C8*100,2)");
        assert_eq!(excel_formula("of:=[$'Biểu 1'.C5]+1"), "'Biểu 1'!C5+1");
        assert_eq!(excel_formula("of:=IF([.A1]=\";\";1;2)"), "IF(A1=\";\",1,2)");
    }
}
