//! `.xlsb`, streamed: values in one pass, formulas in another, joined by address.

use std::io::Cursor;

use calamine::{Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};

use super::package::Package;
use super::{Limits, cells, damaged, encrypted, too_many_cells};
use crate::failure::Failure;
use crate::workbook::{
    Address, Cell, FileFormat, MAX_COLUMNS, Sheet, UnreadSheet, Value, Workbook,
};

type Book<'a> = Xlsb<Cursor<&'a [u8]>>;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    Package::open(bytes, limits)?;
    let mut book: Book<'_> = Xlsb::new(Cursor::new(bytes)).map_err(failure)?;
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xlsb)
    };
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        let cells = match read_cells(&mut book, &meta.name, limits.cells) {
            Ok(Some(cells)) => cells,
            Ok(None) => return Err(too_many_cells(&meta.name, limits.cells)),
            Err(error) => {
                let reason = error.to_string();
                workbook.unread.push(UnreadSheet { name: meta.name.clone(), reason });
                continue;
            }
        };
        let mut sheet = Sheet::new(&meta.name, cells);
        sheet.visible = meta.visible == SheetVisible::Visible;
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}

fn failure(error: XlsbError) -> Failure {
    match error {
        XlsbError::Password => encrypted(),
        other => damaged(other),
    }
}

/// The cells of a sheet; `None` when there are more than `limit`.
fn read_cells(
    book: &mut Book<'_>,
    name: &str,
    limit: usize,
) -> Result<Option<Vec<(Address, Cell)>>, XlsbError> {
    let mut values = Vec::new();
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_cell()? {
        let at = Address::new(cell.get_position().0, cell.get_position().1);
        let value = cells::value_ref(cell.get_value());
        if value == Value::Blank || at.column >= MAX_COLUMNS {
            continue;
        }
        if values.len() == limit {
            return Ok(None);
        }
        values.push((at, Cell::new(value)));
    }
    drop(reader);
    let mut sheet = Sheet::new(name, values);
    let mut errors = Vec::new();
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_formula()? {
        let at = Address::new(cell.get_position().0, cell.get_position().1);
        let formula = (!cell.get_value().is_empty()).then(|| cell.get_value().as_str().into());
        match sheet.cell_mut(at) {
            Some(known) => known.formula = formula,
            // The reader gives no value for a formula whose result is an error, and for no other.
            None if errors.len() < limit => {
                errors.push((at, Cell { formula, ..Cell::new(Value::Error("#?".to_owned())) }));
            }
            None => return Ok(None),
        }
    }
    errors.extend(sheet.into_cells());
    errors.sort_by_key(|(address, _)| *address);
    Ok(Some(errors))
}
