//! `.xls` (Excel 97–2003): the reader parses the whole file when it opens it.

use std::io::Cursor;

use calamine::{Data, Reader as _, SheetType, SheetVisible, Xls, XlsError, XlsOptions};

use super::{Limits, cells, damaged, encrypted, too_many_cells};
use crate::failure::Failure;
use crate::workbook::{FileFormat, Sheet, UnreadSheet, Workbook};

type Book<'a> = Xls<Cursor<&'a [u8]>>;

/// The code page of UTF-16 text.
const UTF_16: u16 = 1200;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let mut book: Book<'_> = Xls::new(Cursor::new(bytes)).map_err(failure)?;
    if holds_nul(&mut book) {
        // A wrong code page record makes the reader take each half of a character for one.
        let mut options = XlsOptions::default();
        options.force_codepage = Some(UTF_16);
        book = Xls::new_with_options(Cursor::new(bytes), options).map_err(failure)?;
    }
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xls)
    };
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        let Ok(values) = book.worksheet_range(&meta.name) else {
            workbook
                .unread
                .push(UnreadSheet { name: meta.name.clone(), reason: "unreadable".to_owned() });
            continue;
        };
        let formulas = book.worksheet_formula(&meta.name).unwrap_or_default();
        let found = cells::joined(&values, &formulas, |text| text.to_owned());
        if found.len() > limits.cells {
            return Err(too_many_cells(&meta.name, limits.cells));
        }
        let mut sheet = Sheet::new(&meta.name, found);
        sheet.visible = meta.visible == SheetVisible::Visible;
        let merges = book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        sheet.merges = merges.iter().map(cells::range).collect();
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}

fn failure(error: XlsError) -> Failure {
    match error {
        XlsError::Password => encrypted(),
        other => damaged(other),
    }
}

fn holds_nul(book: &mut Book<'_>) -> bool {
    book.worksheets().iter().any(|(_, range)| {
        range
            .used_cells()
            .any(|(_, _, value)| matches!(value, Data::String(text) if text.contains('\0')))
    })
}
