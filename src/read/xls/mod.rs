//! `.xls` (Excel 97–2003, and 5–95 where it is in a container): the records of the workbook's stream,
//! each read once.

mod globals;
mod records;
mod sheet;
mod strings;

use super::bytes::{latin, utf16};
use super::container::Container;
use super::formats::Formats;
use super::store::{Budget, Store};
use super::{Limits, Screen, damaged};
use crate::failure::Failure;
use crate::workbook::{FileFormat, UnreadSheet, Workbook};
use globals::Globals;
use records::SheetRecords;
use sheet::Tables;

pub(super) fn read(
    container: &Container<'_>,
    limits: &Limits,
    mut screen: Option<&mut dyn Screen>,
) -> Result<Workbook, Failure> {
    let stream = container.stream("Workbook").or_else(|| container.stream("Book"));
    let stream = stream.ok_or_else(|| damaged("OLE: Workbook"))?;
    let mut budget = Budget::new(limits);
    let (globals, strings) = Globals::read(&stream, &mut budget)?;
    if globals.sheets.is_empty() {
        return Err(damaged("BIFF: BoundSheet8"));
    }
    let mut formats = Formats::default();
    let styles = globals.styles(&mut formats);
    let tables = Tables { globals: &globals, styles: &styles, strings: &strings };
    let mut workbook = Workbook {
        names: globals.defined_names(&mut budget)?,
        epoch_1904: globals.epoch_1904,
        ..Workbook::empty(FileFormat::Xls)
    };
    workbook.formats.extend(formats.into_codes());
    // Sheets that share their records would make much of little.
    let mut left = stream.len();
    for listed in &globals.sheets {
        if !listed.holds_cells {
            workbook.unread.push(UnreadSheet::not_cells(&listed.name));
            continue;
        }
        let of_sheet = stream.get(listed.start..).ok_or_else(|| damaged("BIFF: BoundSheet8"))?;
        let mut records = SheetRecords::new(of_sheet);
        let mut store = Store::new(&listed.name, &mut budget);
        let (cells, are_in_order) = records.clone().survey();
        store.make_room_for(cells);
        if let Some(screen) = screen.as_mut().filter(|_| are_in_order) {
            screen.begin(&workbook, &listed.name);
            store.show_rows_to(&mut **screen);
        }
        sheet::read(&mut records, tables, &mut store)?;
        let mut sheet = store.finish();
        sheet.visible = listed.visible;
        workbook.sheets.push(sheet);
        left = left
            .checked_sub(of_sheet.len() - records.left())
            .ok_or_else(|| damaged("BIFF: BoundSheet8"))?;
    }
    Ok(workbook)
}

/// The text of letters of two bytes or of one.
fn text_of(letters: &[u8], wide: bool) -> String {
    if wide { utf16(letters) } else { latin(letters) }
}
