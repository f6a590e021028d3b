//! `.xls` (Excel 97–2003): calamine parses the whole file when it opens it, so it is given a copy
//! with the records it needs and nothing it could lose itself in; formats, fonts, merged ranges and
//! hidden rows come from the records too.

mod records;

use std::io::Cursor;
use std::panic::AssertUnwindSafe;

use calamine::{Data, Reader as _, SheetType, SheetVisible, Xls, XlsError, XlsOptions};

use super::container::{self, Container};
use super::formats::{Formats, Style};
use super::store::{Budget, Store};
use super::{Limits, Screen, binary, cells, damaged, encrypted};
use crate::failure::Failure;
use crate::workbook::{Address, Cell, FileFormat, Sheet, UnreadSheet, Workbook};
use records::SheetFacts;

type Book<'a> = Xls<Cursor<&'a [u8]>>;

/// The code page of UTF-16 text.
const UTF_16: u16 = 1200;

pub(super) fn read(
    container: &Container<'_>,
    limits: &Limits,
    mut screen: Option<&mut dyn Screen>,
) -> Result<Workbook, Failure> {
    let mut formats = Formats::default();
    let mut facts = {
        let stream = container.stream("Workbook").or_else(|| container.stream("Book"));
        records::read(&stream.ok_or_else(|| damaged("OLE: Workbook"))?, limits, &mut formats)?
    };
    let copy = container::around("Workbook", std::mem::take(&mut facts.stream))?;
    let bare;
    let mut book = if let Some(book) = guarded(&copy) {
        book?
    } else {
        // A formula that it stumbles over loses the formulas that are not spelt out here, not the file.
        let stream = Container::open(&copy)?.stream("Workbook");
        let mut stream = stream.ok_or_else(|| damaged("OLE: Workbook"))?;
        records::empty_formulas(&mut stream);
        bare = container::around("Workbook", stream)?;
        open(&bare)?
    };
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xls)
    };
    workbook.formats.extend(formats.into_codes());
    let mut budget = Budget::new(limits);
    let listed = book.sheets_metadata().to_vec();
    if listed.is_empty() {
        return Err(damaged("BIFF: BoundSheet8"));
    }
    for meta in &listed {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        // Of sheets with one name calamine gives the last.
        let index = listed.iter().rposition(|other| other.name == meta.name);
        let facts_of_sheet = index.and_then(|index| facts.sheets.get(index));
        let Some((found, of_sheet)) = cells_of(&mut book, &meta.name).zip(facts_of_sheet) else {
            let reason = "unreadable".to_owned();
            workbook.unread.push(UnreadSheet { name: meta.name.clone(), reason });
            continue;
        };
        let mut store = Store::new(&meta.name, &mut budget);
        if let Some(screen) = screen.as_mut().filter(|_| of_sheet.is_in_order(&found)) {
            screen.begin(&workbook, &meta.name);
            store.show_rows_to(&mut **screen);
        }
        let mut sheet = fill(store, found, of_sheet, &facts.styles)?;
        sheet.visible = meta.visible == SheetVisible::Visible;
        workbook.sheets.push(sheet);
    }
    Ok(workbook)
}

/// The book; nothing where the reader panics.
fn guarded(bytes: &[u8]) -> Option<Result<Book<'_>, Failure>> {
    std::panic::catch_unwind(AssertUnwindSafe(|| open(bytes))).ok()
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
    facts.layout.lay_out(&mut store);
    for at in &facts.unreadable {
        store.push_unreadable(*at, Style::default())?;
    }
    for (moved, cell) in found {
        let Some((at, style)) = facts.place(moved) else { continue };
        let style = styles.get(style).copied().unwrap_or_default();
        let formula = binary::formula(facts.formula(at), cell.formula);
        binary::push(&mut store, at, Cell { formula, ..cell }, style)?;
    }
    if facts.cut {
        store.cut("BIFF");
    }
    Ok(store.finish())
}
