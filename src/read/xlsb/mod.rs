//! `.xlsb`: calamine streams values in one pass and formulas in another; the styles, merged
//! ranges and errors it does not give come from the records.

mod records;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read as _, Write as _};

use calamine::{Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};

use super::formats::{Formats, Style};
use super::package::{Package, Relation};
use super::store::{Budget, Store, Text};
use super::{Limits, cells, damaged, encrypted, too_many_cells};
use crate::failure::Failure;
use crate::workbook::{
    Address, Cell, FileFormat, MAX_COLUMNS, MAX_ROWS, Sheet, UnreadSheet, Value, Workbook,
};
use records::SheetFacts;

type Book<'a> = Xlsb<Cursor<&'a [u8]>>;

const WORKBOOK: &str = "xl/workbook.bin";
const RELATIONS: &str = "xl/_rels/workbook.bin.rels";

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let mut package = Package::open(bytes, limits)?;
    let relations = package.relations(WORKBOOK)?;
    let parts = sheet_parts(&mut package, &relations)?;
    let mut formats = Formats::default();
    let styles = relations.values().find(|relation| relation.kind == "styles");
    let styles = match styles.filter(|relation| package.has(&relation.target)) {
        Some(relation) => records::styles(package.part(&relation.target)?, &mut formats),
        None => Vec::new(),
    };

    let readable = without_macro_sheets(bytes, &relations)?;
    let mut book: Book<'_> = Xlsb::new(Cursor::new(&*readable)).map_err(failure)?;
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xlsb)
    };
    let mut budget = Budget::new(limits);
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        let facts = match parts.get(&meta.name).filter(|part| package.has(part)) {
            Some(part) => SheetFacts::read(package.part(part)?, limits.cells),
            None => SheetFacts::default(),
        };
        let store = Store::new(&meta.name, &mut budget);
        let mut sheet = read_sheet(&mut book, &meta.name, &facts, &styles, store, limits)?;
        sheet.visible = meta.visible == SheetVisible::Visible;
        workbook.sheets.push(sheet);
    }
    workbook.formats.extend(formats.into_codes());
    Ok(workbook)
}

fn failure(error: XlsbError) -> Failure {
    match error {
        XlsbError::Password => encrypted(),
        other => damaged(other),
    }
}

/// The part of each sheet by the sheet's name.
fn sheet_parts(
    package: &mut Package<'_>,
    relations: &HashMap<String, Relation>,
) -> Result<HashMap<String, String>, Failure> {
    let sheets = records::sheet_relations(package.part(WORKBOOK)?);
    let part = |(name, id)| Some((name, relations.get(&id)?.target.clone()));
    Ok(sheets.into_iter().filter_map(part).collect())
}

/// The package with its macro sheets passed off as chart sheets: the reader refuses a workbook
/// that has one, and asks nothing of a chart sheet.
fn without_macro_sheets<'a>(
    bytes: &'a [u8],
    relations: &HashMap<String, Relation>,
) -> Result<Cow<'a, [u8]>, Failure> {
    if !relations.values().any(|relation| relation.target.contains("/macrosheets/")) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.into_owned();
        if !name.eq_ignore_ascii_case(RELATIONS) {
            writer.raw_copy_file(part).map_err(damaged)?;
            continue;
        }
        drop(part);
        let mut text = String::new();
        archive.by_index(index).map_err(damaged)?.read_to_string(&mut text).map_err(damaged)?;
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).map_err(damaged)?;
        let replaced = text.replace("macrosheets/", "chartsheets/");
        writer.write_all(replaced.as_bytes()).map_err(damaged)?;
    }
    Ok(Cow::Owned(writer.finish().map_err(damaged)?.into_inner()))
}

fn read_sheet(
    book: &mut Book<'_>,
    name: &str,
    facts: &SheetFacts,
    styles: &[Style],
    mut store: Store<'_>,
    limits: &Limits,
) -> Result<Sheet, Failure> {
    for merged in &facts.merges {
        store.merge(*merged);
    }
    for row in &facts.hidden_rows {
        store.hide_rows(*row, *row);
    }
    for (first, last) in &facts.hidden_columns {
        store.hide_columns(*first, *last);
    }
    let mut found = Vec::new();
    match read_values(book, name, limits.cells, &mut found) {
        Ok(true) => {}
        Ok(false) => return Err(too_many_cells(name, limits.cells)),
        Err(error) => store.cut(error),
    }
    let errors = facts.errors().map(|at| (at, Cell::new(Value::Blank)));
    found.extend(errors);
    let mut sheet = Sheet::new(name, found);
    if let Err(error) = read_formulas(book, name, &mut sheet) {
        store.cut(error);
    }
    for (at, cell) in sheet.into_cells() {
        let style = facts.style(at).and_then(|style| styles.get(style)).copied();
        let style = style.unwrap_or_default();
        match (cell.value, facts.error(at)) {
            (_, Some(error)) => {
                store.push(at, Value::Error(error.to_owned()), cell.formula, style)?;
            }
            (Value::Text(text), None) => {
                store.push_text(at, &Text::plain(text), cell.formula, style)?;
            }
            (value, None) => store.push(at, value, cell.formula, style)?,
        }
    }
    Ok(store.finish())
}

/// The cells with a value; false when there are more than `limit`.
fn read_values(
    book: &mut Book<'_>,
    name: &str,
    limit: usize,
    found: &mut Vec<(Address, Cell)>,
) -> Result<bool, XlsbError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_cell()? {
        let at = Address::new(cell.get_position().0, cell.get_position().1);
        let value = cells::value_ref(cell.get_value());
        if value == Value::Blank || at.row >= MAX_ROWS || at.column >= MAX_COLUMNS {
            continue;
        }
        if found.len() == limit {
            return Ok(false);
        }
        found.push((at, Cell::new(value)));
    }
    Ok(true)
}

/// Adds the formulas to the cells with a value or an error.
fn read_formulas(book: &mut Book<'_>, name: &str, sheet: &mut Sheet) -> Result<(), XlsbError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_formula()? {
        let at = Address::new(cell.get_position().0, cell.get_position().1);
        if let Some(known) = sheet.cell_mut(at) {
            let text = cell.get_value();
            known.formula = (!text.is_empty()).then(|| text.as_str().into());
        }
    }
    Ok(())
}
