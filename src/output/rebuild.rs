//! A corrected workbook written anew as `.xlsx`, for formats that cannot be patched in place:
//! values, formulas with their results, number formats, merged cells and looks are carried over;
//! whatever else the old file had is not, and the program says so.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatPattern, Formula,
    Note, Workbook as Writer, Worksheet, XlsxError,
};

use super::changes::{self, Change, ChangeList};
use super::corrected::{Marks, Results};
use super::looks;
use crate::failure::{Code, Failure, writer};
use crate::lang::{Lang, Text};
use crate::patch::looks::{Looks, SheetLooks};
use crate::workbook::{Address, Cell, Range, Sheet, Value, Workbook};

/// The fill of corrected cells: a pale yellow that prints as light grey.
const HIGHLIGHT: Color = Color::RGB(0x00FF_F2A8);

/// Writes the workbook with its changes and the results that follow from them.
///
/// # Errors
/// [`Code::CannotWrite`] when the writer refuses something, such as a text that is too long.
pub(super) fn rebuild(
    workbook: &Workbook,
    looks: &Looks,
    list: &ChangeList,
    results: &Results,
    marks: Marks,
    lang: Lang,
) -> Result<Vec<u8>, Failure> {
    write(workbook, looks, list, results, marks, lang).map_err(|error| refused(&error))
}

/// The list of changes as a workbook of its own, for a copy that has no room for it.
///
/// # Errors
/// As [`rebuild`].
pub(super) fn list_alone(list: &ChangeList, lang: Lang) -> Result<Vec<u8>, Failure> {
    let write = || {
        let mut writer = new_writer()?;
        let page = writer.add_worksheet();
        page.set_name(changes::sheet_name(lang))?;
        write_list(page, list, lang)?;
        writer.save_to_buffer()
    };
    write().map_err(|error: XlsxError| refused(&error))
}

fn refused(error: &XlsxError) -> Failure {
    let Text { vi, en } = writer(error);
    Failure::new(
        Code::CannotWrite,
        format!("không ghi được tệp .xlsx ({vi})"),
        format!("the workbook could not be rebuilt ({en})"),
    )
}

/// A workbook with a fixed date, so that the same input gives the same bytes.
fn new_writer() -> Result<Writer, XlsxError> {
    let mut writer = Writer::new();
    let date = ExcelDateTime::from_ymd(2024, 1, 1)?;
    writer.set_properties(&DocProperties::new().set_creation_datetime(&date));
    Ok(writer)
}

fn write(
    workbook: &Workbook,
    looks: &Looks,
    list: &ChangeList,
    results: &Results,
    marks: Marks,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut writer = new_writer()?;
    let styles: Vec<Format> = looks.styles.iter().map(looks::format).collect();
    let plain = SheetLooks::default();
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
        let own = looks.sheets.get(&sheet.name).unwrap_or(&plain);
        let paper =
            Paper { workbook, sheet, looks: own, styles: &styles, changes, results, marks, lang };
        paper.write(page)?;
    }
    if marks == Marks::Full && !list.changes.is_empty() {
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

/// One sheet on its way out.
struct Paper<'a> {
    workbook: &'a Workbook,
    sheet: &'a Sheet,
    looks: &'a SheetLooks,
    /// The looks there are, as the writer knows them.
    styles: &'a [Format],
    changes: HashMap<Address, &'a Change>,
    results: &'a Results,
    marks: Marks,
    lang: Lang,
}

impl Paper<'_> {
    fn write(&self, page: &mut Worksheet) -> Result<(), XlsxError> {
        looks::lay_out(page, self.looks, self.sheet)?;
        for range in self.sheet.merges.iter().filter(|range| range.start != range.end) {
            merge(page, *range, &self.format(range.start, false))?;
        }
        for (at, _) in looks::empty_cells(self.looks, self.sheet) {
            page.write_blank(at.row, column(at), &self.format(at, false))?;
        }
        let marked = self.marks != Marks::Plain;
        for (at, cell) in self.sheet.cells() {
            let change = self.changes.get(at);
            let mut format = self.format(*at, marked && change.is_some());
            if let Some(code) = change.and_then(|change| change.format.as_ref()) {
                format = format.set_num_format(code);
            }
            self.write_cell(page, *at, cell, &format)?;
        }
        for (at, change) in &self.changes {
            if self.sheet.cell(*at).is_none() && self.marks != Marks::Only {
                let mut format = self.format(*at, marked);
                if let Some(code) = &change.format {
                    format = format.set_num_format(code);
                }
                write_number(page, *at, change.stored, &format)?;
            }
            if marked {
                let text = changes::note(change, self.marks == Marks::Only, self.lang);
                let note = Note::new(text).set_author("Soát biểu").add_author_prefix(false);
                page.insert_note(at.row, column(*at), &note)?;
            }
        }
        Ok(())
    }

    /// What a cell looks like, highlighted or not.
    fn format(&self, at: Address, highlight: bool) -> Format {
        let look = self.looks.cells.get(&at).and_then(|look| self.styles.get(*look));
        let look = look.cloned().unwrap_or_default();
        cell_format(self.workbook, self.sheet.cell(at), look, highlight)
    }

    fn write_cell(
        &self,
        page: &mut Worksheet,
        at: Address,
        cell: &Cell,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let change = self.changes.get(&at);
        let change = change.filter(|change| self.marks != Marks::Only && !change.format_only);
        let (row, column) = (at.row, column(at));
        if let Some(change) = change {
            return match &change.formula {
                Some(text) => {
                    let formula = Formula::new(text).set_result(change.stored.to_string());
                    page.write_formula_with_format(row, column, formula, format).map(drop)
                }
                None if change.is_text => {
                    page.write_string_with_format(row, column, &change.new, format).map(drop)
                }
                None => write_number(page, at, change.stored, format),
            };
        }
        if let Some(text) = &cell.formula {
            let value = self.results.get(&(self.sheet.name.clone(), at)).unwrap_or(&cell.value);
            let formula = Formula::new(&**text);
            let formula = formula.set_result(result_text(self.workbook, value));
            return page.write_formula_with_format(row, column, formula, format).map(drop);
        }
        match &cell.value {
            Value::Blank | Value::Unknown(_) => page.write_blank(row, column, format).map(drop),
            Value::Number(number) => write_number(page, at, *number, format),
            Value::Date(serial) => {
                write_number(page, at, self.workbook.serial_of_1900(*serial), format)
            }
            Value::Text(text) => page.write_string_with_format(row, column, text, format).map(drop),
            Value::Error(error) => {
                page.write_string_with_format(row, column, &**error, format).map(drop)
            }
            Value::Bool(truth) => {
                page.write_boolean_with_format(row, column, *truth, format).map(drop)
            }
        }
    }
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

fn cell_format(
    workbook: &Workbook,
    cell: Option<&Cell>,
    mut format: Format,
    highlight: bool,
) -> Format {
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
    if !highlight {
        return format;
    }
    format.set_pattern(FormatPattern::Solid).set_background_color(HIGHLIGHT)
}

fn result_text(workbook: &Workbook, value: &Value) -> String {
    match value {
        Value::Blank | Value::Unknown(_) => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Date(serial) => workbook.serial_of_1900(*serial).to_string(),
        Value::Text(text) => text.clone(),
        Value::Error(error) => error.to_string(),
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

/// Points a line of the list takes, and those of the highest row.
const LINE: u16 = 16;
const HIGHEST: u16 = 409;

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
    for line in changes::rows(list, lang) {
        page.set_row_height(row, (changes::lines(&line, lang) * LINE).min(HIGHEST))?;
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
