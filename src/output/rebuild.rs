//! A corrected workbook written anew as `.xlsx`, for formats that cannot be patched in place:
//! values, formulas with their results, number formats, bold type and merged cells are carried
//! over; whatever else the old file had is not, and the program says so.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note,
    Workbook as Writer, Worksheet, XlsxError,
};

use super::changes::{self, Change, ChangeList};
use crate::failure::{Code, Failure};
use crate::lang::Lang;
use crate::workbook::{Address, Cell, Range, Sheet, Value, Workbook};

/// The fill of corrected cells: a pale yellow that prints as light grey.
const HIGHLIGHT: Color = Color::RGB(0x00FF_F2A8);

/// Writes the workbook with its changes. `marks` adds highlight, notes and the list of changes.
///
/// # Errors
/// [`Code::CannotWrite`] when the writer refuses something, such as a text that is too long.
pub fn rebuild(
    workbook: &Workbook,
    list: &ChangeList,
    marks: bool,
    lang: Lang,
) -> Result<Vec<u8>, Failure> {
    write(workbook, list, marks, lang).map_err(|error| {
        Failure::new(
            Code::CannotWrite,
            format!("không dựng lại được sổ tính ({error})"),
            format!("the workbook could not be rebuilt ({error})"),
        )
    })
}

fn write(
    workbook: &Workbook,
    list: &ChangeList,
    marks: bool,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut writer = Writer::new();
    // A fixed date, so that the same input gives the same bytes.
    let date = ExcelDateTime::from_ymd(2024, 1, 1)?;
    writer.set_properties(&DocProperties::new().set_creation_datetime(&date));
    for sheet in &workbook.sheets {
        let changes: HashMap<Address, &Change> = list
            .changes
            .iter()
            .filter(|change| change.sheet == sheet.name)
            .map(|change| (change.at, change))
            .collect();
        let page = writer.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_hidden(!sheet.visible);
        write_sheet(page, workbook, sheet, &changes, marks, lang)?;
    }
    if marks && !list.changes.is_empty() {
        let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let page = writer.add_worksheet();
        page.set_name(unused_name(&names, changes::sheet_name(lang)))?;
        write_list(page, list, lang)?;
    }
    writer.save_to_buffer()
}

/// The wanted name, numbered where a sheet has it already.
fn unused_name(names: &[&str], wanted: &str) -> String {
    let taken = |name: &str| names.iter().any(|known| known.to_lowercase() == name.to_lowercase());
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted} {number}");
        number += 1;
    }
    name
}

fn write_sheet(
    page: &mut Worksheet,
    workbook: &Workbook,
    sheet: &Sheet,
    changes: &HashMap<Address, &Change>,
    marks: bool,
    lang: Lang,
) -> Result<(), XlsxError> {
    for range in sheet.merges.iter().filter(|range| range.start != range.end) {
        let format = cell_format(workbook, sheet.cell(range.start), false);
        merge(page, *range, &format)?;
    }
    for (at, cell) in sheet.cells() {
        let change = changes.get(at).copied();
        let format = cell_format(workbook, Some(cell), marks && change.is_some());
        write_cell(page, *at, cell, change, &format)?;
    }
    for (at, change) in changes {
        if sheet.cell(*at).is_none() {
            let format = cell_format(workbook, None, marks);
            write_number(page, *at, change.stored, &format)?;
        }
        if marks {
            let note = Note::new(changes::note(change, lang)).set_author("soatbieu").add_author_prefix(false);
            page.insert_note(at.row, column(*at), &note)?;
        }
    }
    Ok(())
}

fn column(at: Address) -> u16 {
    u16::try_from(at.column).unwrap_or(u16::MAX)
}

/// Merges the range; its text is written by the cell itself afterwards.
fn merge(page: &mut Worksheet, range: Range, format: &Format) -> Result<(), XlsxError> {
    page.merge_range(
        range.start.row,
        column(range.start),
        range.end.row,
        column(range.end),
        "",
        format,
    )?;
    Ok(())
}

fn cell_format(workbook: &Workbook, cell: Option<&Cell>, highlight: bool) -> Format {
    let mut format = Format::new();
    if let Some(cell) = cell {
        let code = &workbook.number_format(cell).code;
        if !code.is_empty() {
            format = format.set_num_format(code);
        }
        if cell.bold {
            format = format.set_bold();
        }
        if matches!(&cell.value, Value::Text(text) if text.contains('\n')) {
            format = format.set_text_wrap();
        }
    }
    if highlight { format.set_background_color(HIGHLIGHT) } else { format }
}

fn write_cell(
    page: &mut Worksheet,
    at: Address,
    cell: &Cell,
    change: Option<&Change>,
    format: &Format,
) -> Result<(), XlsxError> {
    if let Some(formula) = &cell.formula {
        let result = match change {
            Some(change) => change.stored.to_string(),
            None => result_text(&cell.value),
        };
        // A corrected cell keeps no formula: it gave the wrong figure.
        if change.is_none() {
            let formula = Formula::new(formula.as_ref()).set_result(result);
            page.write_formula_with_format(at.row, column(at), formula, format)?;
            return Ok(());
        }
    }
    if let Some(change) = change {
        return write_number(page, at, change.stored, format);
    }
    match &cell.value {
        Value::Blank => page.write_blank(at.row, column(at), format)?,
        Value::Number(number) | Value::Date(number) => {
            return write_number(page, at, *number, format);
        }
        Value::Text(text) | Value::Error(text) => {
            page.write_string_with_format(at.row, column(at), text, format)?
        }
        Value::Bool(truth) => page.write_boolean_with_format(at.row, column(at), *truth, format)?,
    };
    Ok(())
}

fn result_text(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Number(number) | Value::Date(number) => number.to_string(),
        Value::Text(text) | Value::Error(text) => text.clone(),
        Value::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

fn write_number(
    page: &mut Worksheet,
    at: Address,
    number: Decimal,
    format: &Format,
) -> Result<(), XlsxError> {
    // The nearest double, which is what the file format holds.
    page.write_number_with_format(at.row, column(at), number.to_f64().unwrap_or(0.0), format)?;
    Ok(())
}

/// The last sheet: each change, and the ledger before and after.
fn write_list(page: &mut Worksheet, list: &ChangeList, lang: Lang) -> Result<(), XlsxError> {
    let base = Format::new()
        .set_font_name("Times New Roman")
        .set_font_size(11)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    let head = base.clone().set_bold().set_align(FormatAlign::Center);
    for (column, (heading, width)) in (0_u16..).zip(changes::headings(lang)) {
        page.set_column_width(column, width)?;
        page.write_string_with_format(0, column, heading, &head)?;
    }
    let mut row = 1;
    for line in changes::rows(list) {
        for (column, text) in (0_u16..).zip(&line) {
            page.write_string_with_format(row, column, text, &base)?;
        }
        row += 1;
    }
    row += 1;
    for [name, before, after] in changes::ledger_rows(list, lang) {
        page.merge_range(row, 1, row, 4, &name, &base)?;
        page.write_string_with_format(row, 5, before, &base)?;
        page.write_string_with_format(row, 6, after, &base)?;
        row += 1;
    }
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_freeze_panes(1, 0)?;
    Ok(())
}
