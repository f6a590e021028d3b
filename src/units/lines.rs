//! Lists that a person keeps as a text, a CSV or a workbook, line by line.

use crate::failure::{Code, Failure};
use crate::read;
use crate::words::single_blanks;
use crate::workbook::{Sheet, Value};

/// The fields of each line: of a text, what stands between commas, semicolons or tabs; of a workbook,
/// the cells of its first visible sheet.
///
/// # Errors
/// [`Code::Unknown`] for what is neither UTF-8 nor a workbook, and those of reading one.
pub(crate) fn lines(bytes: &[u8], limits: &read::Limits) -> Result<Vec<Vec<String>>, Failure> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').lines().map(fields).collect()),
        Err(_) => lines_of(bytes, limits),
    }
}

/// The fields of a line; quotation marks keep separators inside a field.
fn fields(line: &str) -> Vec<String> {
    // A comma beside another separator belongs to a figure or a name.
    let separator = ['\t', ';'].into_iter().find(|mark| line.contains(*mark)).unwrap_or(',');
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c == separator && !quoted => fields.push(String::new()),
            c => fields.last_mut().into_iter().for_each(|field| field.push(c)),
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

/// The lines of the first visible sheet.
fn lines_of(bytes: &[u8], limits: &read::Limits) -> Result<Vec<Vec<String>>, Failure> {
    let book = read::workbook(bytes, limits).map_err(|failure| match failure.code {
        Code::NotAWorkbook => not_text(),
        _ => failure,
    })?;
    let Some(sheet) = book.sheets.iter().find(|sheet| sheet.visible) else {
        return Ok(Vec::new());
    };
    Ok(lines_of_sheet(sheet))
}

/// Cells by row, each in its column.
fn lines_of_sheet(sheet: &Sheet) -> Vec<Vec<String>> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut last = None;
    for (at, cell) in sheet.cells() {
        if last.replace(at.row) != Some(at.row) {
            lines.push(Vec::new());
        }
        let Some(line) = lines.last_mut() else { continue };
        line.resize(at.column as usize, String::new());
        line.push(match &cell.value {
            Value::Text(text) => single_blanks(text),
            Value::Number(number) => number.normalize().to_string(),
            _ => String::new(),
        });
    }
    lines
}

fn not_text() -> Failure {
    Failure::new(
        Code::Unknown,
        "danh sách không phải là văn bản UTF-8 và cũng không phải tệp Excel",
        "the list is neither UTF-8 text nor a workbook",
    )
    .with_help(
        "lưu lại danh sách thành .xlsx, hoặc thành văn bản với mã UTF-8",
        "save the list as .xlsx, or as UTF-8 text",
    )
}
