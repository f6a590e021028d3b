//! `.xls` (Excel 97–2003): calamine parses the whole file when it opens it, so the records are
//! looked at before; formats, fonts and hidden rows come from the records too.

mod container;
mod records;

use std::io::Cursor;

use calamine::{Data, Reader as _, SheetType, SheetVisible, Xls, XlsError, XlsOptions};

use super::formats::{Formats, Style};
use super::store::{Budget, Store, Text};
use super::{Limits, cells, damaged, encrypted};
use crate::failure::Failure;
use crate::workbook::{Address, Cell, FileFormat, Sheet, UnreadSheet, Value, Workbook};
use container::Container;
use records::SheetFacts;

type Book<'a> = Xls<Cursor<&'a [u8]>>;

/// The code page of UTF-16 text.
const UTF_16: u16 = 1200;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let mut formats = Formats::default();
    let facts = {
        let container = Container::open(bytes)?;
        let stream = container.stream("Workbook").or_else(|| container.stream("Book"));
        records::read(&stream.ok_or_else(|| damaged("OLE: Workbook"))?, limits, &mut formats)?
    };
    let mut book = open(bytes)?;
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xls)
    };
    let mut budget = Budget::new(limits);
    let none = SheetFacts::default();
    for (index, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        let Some(found) = cells_of(&mut book, &meta.name) else {
            let reason = "unreadable".to_owned();
            workbook.unread.push(UnreadSheet { name: meta.name, reason });
            continue;
        };
        let facts_of_sheet = facts.sheets.get(index).unwrap_or(&none);
        let mut store = Store::new(&meta.name, &mut budget);
        let merges = book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        for merged in &merges {
            store.merge(cells::range(merged));
        }
        let mut sheet = fill(store, found, facts_of_sheet, &facts.styles)?;
        sheet.visible = meta.visible == SheetVisible::Visible;
        workbook.sheets.push(sheet);
    }
    workbook.formats.extend(formats.into_codes());
    Ok(workbook)
}

fn open(bytes: &[u8]) -> Result<Book<'_>, Failure> {
    let mut book: Book<'_> = Xls::new(Cursor::new(bytes)).map_err(failure)?;
    if holds_nul(&mut book) {
        // A wrong code page record makes the reader take each half of a character for one.
        let mut options = XlsOptions::default();
        options.force_codepage = Some(UTF_16);
        book = Xls::new_with_options(Cursor::new(bytes), options).map_err(failure)?;
    }
    Ok(book)
}

fn failure(error: XlsError) -> Failure {
    match error {
        XlsError::Password => encrypted(),
        other => damaged(other),
    }
}

fn holds_nul(book: &mut Book<'_>) -> bool {
    let names: Vec<String> = book.sheet_names();
    names.iter().any(|name| {
        book.worksheet_range(name).is_ok_and(|range| {
            range
                .used_cells()
                .any(|(_, _, value)| matches!(value, Data::String(text) if text.contains('\0')))
        })
    })
}

fn cells_of(book: &mut Book<'_>, name: &str) -> Option<Vec<(Address, Cell)>> {
    let values = book.worksheet_range(name).ok()?;
    let formulas = book.worksheet_formula(name).unwrap_or_default();
    Some(cells::joined(&values, &formulas))
}

/// The sheet with the styles its records give.
fn fill(
    mut store: Store<'_>,
    found: Vec<(Address, Cell)>,
    facts: &SheetFacts,
    styles: &[Style],
) -> Result<Sheet, Failure> {
    for row in &facts.hidden_rows {
        store.hide_rows(*row, *row);
    }
    for (first, last) in &facts.hidden_columns {
        store.hide_columns(*first, *last);
    }
    for (at, cell) in found {
        let place = u16::try_from(at.row).ok().zip(u16::try_from(at.column).ok());
        let number = place.and_then(|place| facts.styles.get(&place)).copied().unwrap_or(0);
        let style = styles.get(usize::from(number)).copied().unwrap_or_default();
        match cell.value {
            Value::Text(text) => {
                store.push_text(at, &Text::plain(text), cell.formula, style)?;
            }
            value => store.push(at, value, cell.formula, style)?,
        }
    }
    Ok(store.finish())
}
