//! `.xlsb`: calamine streams values in one pass and formulas in another; the styles, merged
//! ranges and errors it does not give come from the records.

mod cells;
mod records;

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::panic::AssertUnwindSafe;

use calamine::{Reader as _, SheetType, SheetVisible, Xlsb, XlsbError};

use super::formats::{Formats, Style};
use super::known::Known;
use super::package::{Package, Relation, Relations};
use super::store::{Budget, Store};
use super::unpack::{Archive, Decompressor};
use super::{Limit, Limits, cells as values, code, damaged, encrypted};
use crate::failure::Failure;
use crate::workbook::{
    Address, Cell, FileFormat, MAX_COLUMNS, MAX_ROWS, Sheet, UnreadSheet, Value, Workbook,
};
use records::SheetFacts;
pub(crate) use records::record;

type Book<'a> = Xlsb<Cursor<&'a [u8]>>;

const WORKBOOK: &str = "xl/workbook.bin";
const STRINGS: &str = "xl/sharedStrings.bin";
const STYLES: &str = "xl/styles.bin";

pub(super) fn read(archive: Archive<'_>, limits: &Limits) -> Result<Workbook, Failure> {
    let mut decompressor = Decompressor::default();
    let mut package = Package::open(archive, limits, &mut decompressor)?;
    let relations = package.relations(WORKBOOK, &mut Known::default())?;
    let listed = records::sheet_relations(package.part(WORKBOOK)?);
    let names = records::names(package.part(WORKBOOK)?);
    let part_of_kind = |kind| relations.values().find(|relation: &&Relation| relation.kind == kind);
    let mut formats = Formats::default();
    let styles = match part_of_kind("styles").filter(|relation| package.has(&relation.target)) {
        Some(relation) => records::styles(package.part(&relation.target)?, &mut formats),
        None => Vec::new(),
    };
    let strings = part_of_kind("sharedStrings").filter(|relation| package.has(&relation.target));
    if let Some(relation) = strings {
        // The reader keeps them all, so they are counted before.
        records::count_strings(package.part(&relation.target)?, &mut Budget::new(limits))?;
    }
    package.refuse_excess()?;

    let facts = facts(&mut package, &relations, &listed, (&names, limits))?;
    let readable = tidied(&mut package, &relations, &listed, &facts)?;
    let mut book: Book<'_> = Xlsb::new(Cursor::new(&*readable)).map_err(failure)?;
    let mut workbook = Workbook {
        names: book.defined_names().to_vec(),
        epoch_1904: book.has_1904_epoch(),
        ..Workbook::empty(FileFormat::Xlsb)
    };
    let mut budget = Budget::new(limits);
    let listed: HashMap<String, String> = listed.into_iter().collect();
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != SheetType::WorkSheet {
            workbook.unread.push(UnreadSheet::not_cells(&meta.name));
            continue;
        }
        let relation = listed.get(&meta.name).and_then(|id| relations.get(id));
        let none = SheetFacts::default();
        let known = relation.and_then(|relation| facts.get(&relation.target)).unwrap_or(&none);
        let store = Store::new(&meta.name, &mut budget);
        let mut sheet = read_sheet(&mut book, &meta.name, known, &styles, store, limits)?;
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

/// What the records of each sheet say, by its part.
fn facts(
    package: &mut Package<'_, '_>,
    relations: &Relations,
    listed: &[(String, String)],
    (names, limits): (&[String], &Limits),
) -> Result<HashMap<String, SheetFacts>, Failure> {
    let mut facts = HashMap::new();
    let sheets = listed.iter().filter_map(|(_, id)| relations.get(id));
    for sheet in sheets.filter(|relation| relation.kind == "worksheet") {
        if package.has(&sheet.target) && !facts.contains_key(&*sheet.target) {
            let found = SheetFacts::read(package.part(&sheet.target)?, names, limits);
            facts.insert(sheet.target.clone(), found);
        }
    }
    package.refuse_excess()?;
    Ok(facts)
}

/// A package with the parts calamine looks for, named and related as it expects: it panics where
/// a relation is missing or written with a prefix, and refuses a workbook with a macro sheet. What
/// is no worksheet passes for a chart sheet, of which it asks nothing. Cells that it would not see
/// are spelt out.
fn tidied(
    package: &mut Package<'_, '_>,
    relations: &Relations,
    listed: &[(String, String)],
    facts: &HashMap<String, SheetFacts>,
) -> Result<Vec<u8>, Failure> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    package.copy(WORKBOOK, &mut writer, WORKBOOK)?;
    for (kind, name) in [("styles", STYLES), ("sharedStrings", STRINGS)] {
        let part = relations.values().find(|relation| relation.kind == kind);
        if let Some(part) = part.filter(|part| package.has(&part.target)) {
            package.copy(&part.target, &mut writer, name)?;
        }
    }
    // A part may be listed many times, and is copied once.
    let mut names: HashMap<&str, String> = HashMap::new();
    let mut related = String::from("<Relationships>");
    for (_, id) in listed {
        let relation = relations.get(id).ok_or_else(|| damaged(format!("{WORKBOOK}: {id:?}")))?;
        let is_sheet = relation.kind == "worksheet" && package.has(&relation.target);
        if is_sheet && !names.contains_key(&*relation.target) {
            let name = format!("worksheets/sheet{}.bin", names.len() + 1);
            if facts.get(&*relation.target).is_some_and(SheetFacts::is_short) {
                let stored = zip::write::SimpleFileOptions::default()
                    .compression_method(zip::CompressionMethod::Stored);
                writer.start_file(format!("xl/{name}"), stored).map_err(damaged)?;
                let part = package.part(&relation.target)?;
                records::spell_out(part, &mut writer).map_err(damaged)?;
            } else {
                package.copy(&relation.target, &mut writer, &format!("xl/{name}"))?;
            }
            names.insert(&relation.target, name);
        }
        let name = names.get(&*relation.target).map_or("chartsheets/none.bin", String::as_str);
        let id = quick_xml::escape::escape(id.as_str());
        related.extend(["<Relationship Id=\"", &id, "\" Target=\"", name, "\"/>"]);
    }
    related.push_str("</Relationships>");
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("xl/_rels/workbook.bin.rels", options).map_err(damaged)?;
    writer.write_all(related.as_bytes()).map_err(damaged)?;
    Ok(writer.finish().map_err(damaged)?.into_inner())
}

fn read_sheet(
    book: &mut Book<'_>,
    name: &str,
    facts: &SheetFacts,
    styles: &[Style],
    mut store: Store<'_>,
    limits: &Limits,
) -> Result<Sheet, Failure> {
    facts.layout.lay_out(&mut store);
    let mut found = Vec::new();
    match read_values(book, name, limits, &mut found) {
        Ok(None) => {}
        Ok(Some(limit)) => return Err(limit.exceeded(limits, None, Some(name))),
        Err(error) => store.cut(error),
    }
    let errors = facts.errors().map(|at| (at, Cell::new(Value::Blank)));
    found.extend(errors);
    let mut sheet = Sheet::new(name, found);
    if let Err(error) = read_formulas(book, name, &facts.formulas, &mut sheet) {
        store.cut(error);
    }
    for (at, cell) in sheet.into_cells() {
        let style = facts.style(at).and_then(|style| styles.get(style)).copied();
        let style = style.unwrap_or_default();
        let error = facts.error(at).map(|error| Value::Error(error.into()));
        let value = error.unwrap_or(cell.value);
        let formula = cells::formula(facts.formula(at), cell.formula);
        cells::push(&mut store, at, Cell { value, formula, ..cell }, style)?;
    }
    Ok(store.finish())
}

/// The cells with a value; the limit they pass, if there is one.
fn read_values(
    book: &mut Book<'_>,
    name: &str,
    limits: &Limits,
    found: &mut Vec<(Address, Cell)>,
) -> Result<Option<Limit>, XlsbError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut text = 0;
    loop {
        let cell = match reader.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(None),
            // An error with a number of its own is told by its record, as all errors are.
            Err(XlsbError::CellError(_)) => continue,
            Err(error) => return Err(error),
        };
        let at = Address::new(cell.get_position().0, cell.get_position().1);
        let value = values::value_ref(cell.get_value());
        let is_told = matches!(value, Value::Blank | Value::Error(_));
        if is_told || at.row >= MAX_ROWS || at.column >= MAX_COLUMNS {
            continue;
        }
        if let Value::Text(words) = &value {
            text += words.len() as u64;
        }
        if text > limits.text {
            return Ok(Some(Limit::Text));
        }
        if found.len() as u64 == limits.cells {
            return Ok(Some(Limit::Cells));
        }
        found.push((at, Cell::new(value)));
    }
}

/// Adds the formulas to the cells with a value or an error. One that calamine cannot spell out, or
/// stumbles over, leaves its cell with its result.
fn read_formulas(
    book: &mut Book<'_>,
    name: &str,
    places: &[Address],
    sheet: &mut Sheet,
) -> Result<(), XlsbError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut places = places.iter();
    loop {
        let next = std::panic::catch_unwind(AssertUnwindSafe(|| reader.next_formula()));
        let (at, text) = match next {
            Ok(Ok(None)) => return Ok(()),
            Ok(Ok(Some(cell))) => {
                places.next();
                let (row, column) = cell.get_position();
                (Address::new(row, column), cell.get_value().clone())
            }
            Ok(Err(error @ (XlsbError::Io(_) | XlsbError::Zip(_)))) => return Err(error),
            // The record is behind the reader, which goes on with the next.
            Ok(Err(_)) | Err(_) => {
                let Some(at) = places.next() else { return Ok(()) };
                (*at, code::UNREADABLE.to_owned())
            }
        };
        if let Some(known) = sheet.cell_mut(at) {
            known.formula = (!text.is_empty()).then(|| text.into());
        }
    }
}
