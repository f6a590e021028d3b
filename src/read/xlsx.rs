//! `.xlsx` and `.xlsm`, streamed: values with formulas in one pass, number formats in another.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Reader as _, SheetType, SheetVisible, Xlsx, XlsxError, XlsxFormulaMetadata};

use super::{Limits, cells, damaged, encrypted, too_many_cells};
use crate::failure::Failure;
use crate::workbook::{
    Address, Cell, FileFormat, MAX_COLUMNS, MAX_ROWS, NumberFormat, Sheet, UnreadSheet, Value,
    Workbook, shift_formula,
};

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(super) fn read(bytes: &[u8], format: FileFormat, limits: &Limits) -> Result<Workbook, Failure> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(failure)?;
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(format)
    };
    let mut formats = Formats::default();
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        match read_sheet(&mut book, &meta.name, &mut formats, limits) {
            Ok(mut sheet) => {
                sheet.visible = meta.visible == SheetVisible::Visible;
                workbook.sheets.push(sheet);
            }
            Err(SheetError::Limit(failure)) => return Err(failure),
            Err(SheetError::Reader(error)) => workbook
                .unread
                .push(UnreadSheet { name: meta.name.clone(), reason: error.to_string() }),
        }
    }
    workbook.formats.extend(formats.codes);
    Ok(workbook)
}

fn failure(error: XlsxError) -> Failure {
    match error {
        XlsxError::Password => encrypted(),
        other => damaged(other),
    }
}

enum SheetError {
    Reader(XlsxError),
    Limit(Failure),
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        Self::Reader(error)
    }
}

fn read_sheet(
    book: &mut Book<'_>,
    name: &str,
    formats: &mut Formats,
    limits: &Limits,
) -> Result<Sheet, SheetError> {
    let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    let mut sheet = Sheet::new(name, read_cells(book, name, limits)?);
    sheet.merges = merges.iter().map(cells::range).collect();
    read_formats(book, name, &mut sheet, formats)?;
    Ok(sheet)
}

/// Masters of shared formulas by their index: where each stands and what it says.
type Shared = HashMap<usize, (Address, String)>;

fn read_cells(
    book: &mut Book<'_>,
    name: &str,
    limits: &Limits,
) -> Result<Vec<(Address, Cell)>, SheetError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut shared = Shared::new();
    let mut cells = Vec::new();
    while let Some(record) = reader.next_cell_with_formula_metadata()? {
        let at = Address::new(record.pos.0, record.pos.1);
        let value = cells::value_ref(&record.value);
        let formula = record.formula.and_then(|formula| formula_text(formula, at, &mut shared));
        let outside = at.row >= MAX_ROWS || at.column >= MAX_COLUMNS;
        if outside || (value == Value::Blank && formula.is_none()) {
            continue;
        }
        if cells.len() == limits.cells {
            return Err(SheetError::Limit(too_many_cells(name, limits.cells)));
        }
        cells.push((at, Cell { formula, ..Cell::new(value) }));
    }
    Ok(cells)
}

/// The formula of one cell. Members of a shared group hold only its number: the master's text is
/// shifted from the cell the master stands in, which need not be the first of its range.
fn formula_text(
    formula: XlsxFormulaMetadata,
    at: Address,
    shared: &mut Shared,
) -> Option<Box<str>> {
    match formula {
        XlsxFormulaMetadata::Normal { formula } => Some(formula.into()),
        XlsxFormulaMetadata::Shared { shared_index, formula, .. } => {
            shared.insert(shared_index, (at, formula.clone()));
            Some(formula.into())
        }
        XlsxFormulaMetadata::SharedDerived { shared_index } => {
            let (master, text) = shared.get(&shared_index)?;
            let rows = i64::from(at.row) - i64::from(master.row);
            let columns = i64::from(at.column) - i64::from(master.column);
            Some(shift_formula(text, rows, columns).into())
        }
        _ => None,
    }
}

/// Number formats and bold type met so far: style number in the file to format number of ours.
#[derive(Default)]
struct Formats {
    codes: Vec<NumberFormat>,
    by_style: HashMap<usize, (u16, bool)>,
}

impl Formats {
    fn resolve(&mut self, style: usize, styles: &[calamine::Style]) -> (u16, bool) {
        if let Some(known) = self.by_style.get(&style) {
            return *known;
        }
        let definition = styles.get(style);
        let bold = definition.and_then(|s| s.font.as_ref()).is_some_and(calamine::Font::is_bold);
        let code =
            definition.and_then(|s| s.number_format.as_ref()).map(|f| f.format_code.as_str());
        let resolved = (self.format_number(code.unwrap_or("General")), bold);
        self.by_style.insert(style, resolved);
        resolved
    }

    /// Format 0 is `General`; the others count from 1 in the order of their appearance.
    fn format_number(&mut self, code: &str) -> u16 {
        if code.is_empty() || code.eq_ignore_ascii_case("general") {
            return 0;
        }
        let known = self.codes.iter().position(|format| format.code == code);
        let index = known.unwrap_or_else(|| {
            self.codes.push(NumberFormat::parse(code));
            self.codes.len() - 1
        });
        // Beyond 65 535 formats (programs stop at about 65 000) the rest show like `General`.
        u16::try_from(index + 1).unwrap_or(0)
    }
}

/// Formats matter only where a cell holds something; the second pass skips all values.
fn read_formats(
    book: &mut Book<'_>,
    name: &str,
    sheet: &mut Sheet,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let styles = reader.styles().to_vec();
    while let Some((row, column, style)) = reader.next_style_id()? {
        if let Some(cell) = sheet.cell_mut(Address::new(row, column)) {
            (cell.format, cell.bold) = formats.resolve(style, &styles);
        }
    }
    Ok(())
}
