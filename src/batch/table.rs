//! Summary tables: rows of files and findings as a workbook for people, and as CSV or JSON Lines
//! that other engines read as they are (UTF-8, flat columns, a point in decimals).
//!
//! Rows are written as they come, and the table appears when it is finished.

use std::borrow::Cow;
use std::io::Write as _;
use std::path::Path;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use serde::Serialize;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::failure::{Code, Failure};
use crate::lang::{Lang, Words};
use crate::output::Draft;
use crate::output::files::cannot_write;
use crate::report::{Count, FileRow, FileStatus, FindingRow, Mistakes};
use crate::units::Standing;

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// A row a file.
    Files,
    /// A row a finding.
    Findings,
}

/// A table that rows are added to.
pub struct Table {
    draft: Draft,
    rows: Rows,
    kind: Kind,
}

enum Kind {
    Csv,
    JsonLines,
    Book(Box<Book>),
}

impl Table {
    /// Begins a table; its suffix says which kind. A workbook has a sheet for files and one for
    /// findings, so it is only made as a table of files.
    ///
    /// # Errors
    /// [`Code::Unknown`] for another suffix, otherwise as [`crate::output::write_file`].
    pub fn new(path: &Path, rows: Rows, lang: Lang, replace: bool) -> Result<Self, Failure> {
        let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
        let kind = match suffix.as_deref() {
            Some("csv") => Kind::Csv,
            Some("jsonl") => Kind::JsonLines,
            Some("xlsx") if rows == Rows::Files => {
                let book =
                    Book::new(lang).map_err(|error| cannot_write(path, &of_system(error)))?;
                Kind::Book(Box::new(book))
            }
            _ => return Err(unknown_suffix(path, rows)),
        };
        let mut table = Self { draft: Draft::new(path, replace)?, rows, kind };
        if let Kind::Csv = table.kind {
            let line = match rows {
                Rows::Files => FILE_COLUMNS.iter().map(|column| column.key).collect::<Vec<_>>(),
                Rows::Findings => FINDING_COLUMNS.iter().map(|column| column.key).collect(),
            };
            table.line(&(line.join(",") + "\r\n"))?;
        }
        Ok(table)
    }

    /// Where the table will stand.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.draft.path()
    }

    /// True when findings are written.
    #[must_use]
    pub fn wants_findings(&self) -> bool {
        self.rows == Rows::Findings || matches!(self.kind, Kind::Book(_))
    }

    /// Adds a file with its findings.
    ///
    /// # Errors
    /// [`Code::CannotWrite`].
    pub fn add(&mut self, file: &FileRow, findings: &[FindingRow]) -> Result<(), Failure> {
        if let Kind::Book(book) = &mut self.kind {
            let path = self.draft.path();
            return book.add(file, findings).map_err(|error| cannot_write(path, &of_system(error)));
        }
        match self.rows {
            Rows::Files => self.row(file, FILE_COLUMNS),
            Rows::Findings => {
                findings.iter().try_for_each(|finding| self.row(finding, FINDING_COLUMNS))
            }
        }
    }

    fn row(&mut self, row: &impl Serialize, columns: &[Column]) -> Result<(), Failure> {
        let fields = fields(row, columns);
        let line = if let Kind::Csv = self.kind {
            fields.iter().map(csv).collect::<Vec<_>>().join(",") + "\r\n"
        } else {
            let pairs = columns.iter().zip(&fields);
            let pairs = pairs.map(|(column, value)| format!("\"{}\":{value}", column.key));
            format!("{{{}}}\n", pairs.collect::<Vec<_>>().join(","))
        };
        self.line(&line)
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        let written = self.draft.write_all(line.as_bytes());
        written.map_err(|error| cannot_write(self.draft.path(), &error))
    }

    /// Ends the table and gives it its name: a workbook with a sheet of the mistakes by kind, and one
    /// of where the units stand. Returns for how many rows a sheet had no room.
    ///
    /// # Errors
    /// As [`crate::output::write_file`].
    pub fn finish(
        mut self,
        mistakes: &Mistakes,
        units: Option<&Standing>,
    ) -> Result<usize, Failure> {
        let mut left_out = 0;
        if let Kind::Book(book) = &mut self.kind {
            left_out = book.left_out;
            book.end(mistakes, units)
                .map_err(|error| cannot_write(self.draft.path(), &of_system(error)))?;
            let written = book.bytes().map_err(std::io::Error::other);
            let written = written.and_then(|bytes| self.draft.write_all(&bytes));
            written.map_err(|error| cannot_write(self.draft.path(), &error))?;
        }
        self.draft.finish()?;
        Ok(left_out)
    }
}

/// A column: its key in data, its heading for people.
struct Column {
    key: &'static str,
    heading: Words,
    /// Its width for people; `None` where the words of data mean nothing to them.
    width: Option<u16>,
}

const fn column(key: &'static str, vi: &'static str, en: &'static str, width: u16) -> Column {
    Column { key, heading: Words { vi, en }, width: Some(width) }
}

const fn data(key: &'static str) -> Column {
    Column { key, heading: Words { vi: key, en: key }, width: None }
}

const FILE_COLUMNS: &[Column] = &[
    column("path", "Tệp", "File", 32),
    column("unit", "Đơn vị", "Unit", 18),
    column("status", "Tình trạng", "Status", 13),
    column("tables", "Số bảng", "Tables", 7),
    column("errors", "Lỗi", "Errors", 6),
    column("warnings", "Cảnh báo", "Warnings", 8),
    column("notes", "Ghi chú", "Notes", 7),
    column("safe", "Sửa được: an toàn", "Safe corrections", 9),
    column("suggested", "Sửa được: đề xuất", "Suggested corrections", 9),
    column("shown", "Sửa được: chỉ nêu", "Shown corrections", 9),
    column("corrected", "Ô đã sửa", "Cells corrected", 8),
    column("to_decide", "Lỗi cần quyết định", "Errors to decide", 9),
    column("error_code", "Mã lỗi tệp", "Failure", 8),
    column("error", "Lý do không soát, không ghi được", "Why it failed", 36),
];

const FINDING_COLUMNS: &[Column] = &[
    column("path", "Tệp", "File", 26),
    column("unit", "Đơn vị", "Unit", 15),
    column("sheet", "Trang tính", "Sheet", 11),
    data("form"),
    column("code", "Mã", "Code", 6),
    data("rule"),
    column("severity", "Mức", "Severity", 9),
    column("cell", "Ô", "Cell", 6),
    column("row", "Dòng", "Row", 15),
    column("column", "Cột", "Column", 6),
    column("message", "Nội dung", "What is wrong", 42),
    column("found", "Đang ghi", "Found", 9),
    column("expected", "Tính ra", "Expected", 9),
    column("verdict", "Kết luận", "Verdict", 13),
    column("cause", "Nguyên nhân có thể", "Possible cause", 32),
    column("correction", "Sửa thành", "Correct to", 9),
    column("grade", "Mức sửa", "Grade", 9),
];

const MISTAKE_COLUMNS: &[Column] = &[
    column("code", "Mã", "Code", 8),
    column("title", "Lỗi, cảnh báo", "Mistake", 60),
    column("findings", "Số chỗ", "Findings", 9),
    column("files", "Số tệp", "Files", 9),
];

const UNIT_COLUMNS: &[Column] = &[
    column("unit", "Đơn vị", "Unit", 28),
    column("state", "Tình trạng", "State", 30),
    column("files", "Tệp", "Files", 50),
    column("near", "Có thể là", "Perhaps", 28),
];

/// The values of a row in the order of its columns.
fn fields(row: &impl Serialize, columns: &[Column]) -> Vec<Value> {
    let mut row = serde_json::to_value(row).unwrap_or_default();
    columns
        .iter()
        .map(|column| row.get_mut(column.key).map(Value::take).unwrap_or_default())
        .collect()
}

/// A value as RFC 4180 wants it. Nothing is left empty but what is not there.
fn csv(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) if text.contains(['"', ',', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A workbook with a sheet of files and one of findings, written to disk row by row.
struct Book {
    file: Workbook,
    lang: Lang,
    /// The next row of each sheet.
    next: [u32; 2],
    /// Rows for which a sheet had no room.
    left_out: usize,
    cell: Format,
    head: Format,
    /// The row of a file that needs a person.
    marked: Format,
}

/// Rows of a sheet; further findings are in the other tables.
const LAST_ROW: u32 = 1_048_575;

impl Book {
    fn new(lang: Lang) -> Result<Self, XlsxError> {
        let cell = Format::new()
            .set_font_name("Times New Roman")
            .set_font_size(11)
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00BF_BFBF))
            .set_text_wrap();
        let head = cell
            .clone()
            .set_bold()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color(Color::RGB(0x00DD_E8F3));
        let mut book = Workbook::new();
        for (name, columns) in [
            (Words { vi: "Tệp", en: "Files" }, FILE_COLUMNS),
            (Words { vi: "Phát hiện", en: "Findings" }, FINDING_COLUMNS),
        ] {
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name(name.get(lang))?;
            lay_out(sheet, columns)?;
            for (index, column) in (0..).zip(for_people(columns)) {
                sheet.write_string_with_format(0, index, column.heading.get(lang), &head)?;
            }
        }
        let marked = cell.clone().set_background_color(Color::RGB(0x00FD_F0E6));
        Ok(Self { file: book, lang, next: [1, 1], left_out: 0, cell, head, marked })
    }

    fn add(&mut self, file: &FileRow, findings: &[FindingRow]) -> Result<(), XlsxError> {
        let marked = file.to_decide > 0 || file.error_code.is_some();
        self.row(0, file, FILE_COLUMNS, marked)?;
        findings.iter().try_for_each(|finding| self.row(1, finding, FINDING_COLUMNS, false))
    }

    /// The sheets that are known once all files were seen.
    fn end(&mut self, mistakes: &Mistakes, units: Option<&Standing>) -> Result<(), XlsxError> {
        let lang = self.lang;
        let kinds = mistakes.ranked().into_iter().map(|(rule, Count { findings, files })| {
            let (code, title) = (rule.code.to_owned(), rule.title.get(lang).to_owned());
            [code, title, findings.to_string(), files.to_string()]
        });
        let kinds: Vec<[String; 4]> = kinds.collect();
        if !kinds.is_empty() {
            let name = Words { vi: "Lỗi hay gặp", en: "Mistakes" };
            self.sheet(name, MISTAKE_COLUMNS, &kinds)?;
        }
        let Some(units) = units else { return Ok(()) };
        let state = |vi, en| Words { vi, en }.get(lang).to_owned();
        let missing = units.missing.iter().map(|unit| {
            [unit.clone(), state("chưa gửi", "not sent"), String::new(), String::new()]
        });
        let doubled = units.doubled.iter().map(|one| {
            let what = state("gửi nhiều tệp cho cùng một biểu", "several files for one table");
            [one.unit.clone(), what, one.files.join("\n"), String::new()]
        });
        let unlisted = units.unlisted.iter().map(|one| {
            let what = state("ngoài danh sách", "not on the list");
            [one.unit.clone(), what, one.files.join("\n"), one.near.join(", ")]
        });
        let rows: Vec<[String; 4]> = missing.chain(doubled).chain(unlisted).collect();
        self.sheet(Words { vi: "Đơn vị", en: "Units" }, UNIT_COLUMNS, &rows)
    }

    /// A sheet of texts; what is a count is written as one.
    fn sheet(
        &mut self,
        name: Words,
        columns: &[Column],
        rows: &[[String; 4]],
    ) -> Result<(), XlsxError> {
        let sheet = self.file.add_worksheet();
        sheet.set_name(name.get(self.lang))?;
        lay_out(sheet, columns)?;
        for (index, column) in (0..).zip(columns) {
            sheet.write_string_with_format(0, index, column.heading.get(self.lang), &self.head)?;
        }
        for (row, fields) in (1..=LAST_ROW).zip(rows) {
            for (index, field) in (0..).zip(fields) {
                if let Ok(count) = field.parse::<u32>() {
                    sheet.write_number_with_format(row, index, count, &self.cell)?;
                } else {
                    let text = shortened(field);
                    sheet.write_string_with_format(row, index, text, &self.cell)?;
                }
            }
        }
        let last = u16::try_from(columns.len() - 1).unwrap_or_default();
        let bottom = u32::try_from(rows.len()).unwrap_or(LAST_ROW).clamp(1, LAST_ROW);
        sheet.autofilter(0, 0, bottom, last)?;
        Ok(())
    }

    /// Filters over the rows there are; then the file.
    fn bytes(&mut self) -> Result<Vec<u8>, XlsxError> {
        for (index, columns) in [FILE_COLUMNS, FINDING_COLUMNS].into_iter().enumerate() {
            let last = u16::try_from(for_people(columns).count() - 1).unwrap_or_default();
            let rows = self.next[index] - 1;
            self.file.worksheet_from_index(index)?.autofilter(0, 0, rows.max(1), last)?;
        }
        self.file.save_to_buffer()
    }

    fn row(
        &mut self,
        sheet: usize,
        row: &impl Serialize,
        columns: &[Column],
        marked: bool,
    ) -> Result<(), XlsxError> {
        let fields = fields(row, columns);
        let row = self.next[sheet];
        if row > LAST_ROW {
            self.left_out += 1;
            return Ok(());
        }
        self.next[sheet] += 1;
        let format = if marked { &self.marked } else { &self.cell };
        let page = self.file.worksheet_from_index(sheet)?;
        let fields = columns.iter().zip(&fields).filter(|(column, _)| column.width.is_some());
        let mut lines = 1;
        for (index, (column, value)) in (0..).zip(fields) {
            match value {
                // A count, far below 2^53.
                Value::Number(number) => {
                    let number = number.as_f64().unwrap_or_default();
                    page.write_number_with_format(row, index, number, format)?
                }
                Value::String(text) => {
                    if let Some(number) = figure(column, text) {
                        page.write_number_with_format(row, index, number, format)?
                    } else {
                        let text = shortened(said(column, text, self.lang));
                        lines = lines.max(lines_in(&text, column.width.unwrap_or(1)));
                        page.write_string_with_format(row, index, text, format)?
                    }
                }
                _ => page.write_blank(row, index, format)?,
            };
        }
        // Programs leave the height to the file where it was written row by row.
        page.set_row_height(row, LINE * f64::from(lines))?;
        Ok(())
    }
}

/// The columns that people are shown.
fn for_people(columns: &[Column]) -> impl Iterator<Item = &Column> {
    columns.iter().filter(|column| column.width.is_some())
}

/// Height of a line, in points.
const LINE: f64 = 15.0;

/// The lines a text takes in a column.
fn lines_in(text: &str, width: u16) -> u16 {
    // The highest row there is holds 27 lines.
    const MOST: usize = 27;
    let room = usize::from(width).max(1);
    let lines = text.lines().map(|line| line.width().div_ceil(room).max(1)).sum::<usize>();
    u16::try_from(lines.clamp(1, MOST)).unwrap_or(1)
}

/// Figures are shown as the reader's spreadsheet shows them: `2.35` is the data's way.
fn figure(column: &Column, text: &str) -> Option<f64> {
    let is_figure = matches!(column.key, "found" | "expected" | "correction");
    let figure: Decimal = is_figure.then(|| text.parse().ok())??;
    figure.to_f64()
}

/// A text that a cell can hold and a person reads; the whole is in the other tables.
fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 1000;
    match text.char_indices().nth(MOST) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

/// Headings that stay in sight, filters, and a page that prints across.
fn lay_out(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    for (index, column) in (0..).zip(for_people(columns)) {
        sheet.set_column_width(index, column.width.unwrap_or_default())?;
    }
    sheet.set_row_height(0, 32)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.3, 0.3, 0.4, 0.4, 0.2, 0.2);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// The words of data in the words of people.
fn said<'a>(column: &Column, text: &'a str, lang: Lang) -> &'a str {
    const WORDS: &[(&str, &str)] = &[
        ("error", "lỗi"),
        ("warning", "cảnh báo"),
        ("note", "ghi chú"),
        ("pinned", "xác định được"),
        ("narrowed", "một trong vài ô"),
        ("undecidable", "chưa đủ căn cứ"),
        ("safe", "an toàn"),
        ("suggested", "đề xuất"),
        ("shown", "chỉ nêu"),
    ];
    if column.key == "status" {
        let status = serde_json::from_value::<FileStatus>(text.into());
        return status.map_or(text, |status| status.words().get(lang));
    }
    let is_word = matches!(column.key, "severity" | "verdict" | "grade");
    match lang {
        Lang::Vi if is_word => {
            WORDS.iter().find(|(word, _)| *word == text).map_or(text, |(_, vi)| vi)
        }
        _ => text,
    }
}

fn unknown_suffix(path: &Path, rows: Rows) -> Failure {
    let path = path.display();
    let kinds = match rows {
        Rows::Files => ".xlsx, .csv, .jsonl",
        Rows::Findings => ".csv, .jsonl",
    };
    Failure::new(
        Code::Unknown,
        format!("không biết ghi bảng `{path}` theo dạng nào"),
        format!("the suffix of `{path}` names no kind of table"),
    )
    .with_help(format!("đặt đuôi tệp là một trong: {kinds}"), format!("use one of: {kinds}"))
}

/// What the system said to the writer of workbooks.
fn of_system(error: XlsxError) -> std::io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => std::io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_row_has_its_column() {
        let row = serde_json::to_value(FileRow::default()).unwrap();
        let keys: Vec<&str> = FILE_COLUMNS.iter().map(|column| column.key).collect();
        let fields = row.as_object().unwrap();
        assert_eq!(fields.len(), keys.len());
        assert!(keys.iter().all(|key| fields.contains_key(*key)), "{fields:?}");
    }

    #[test]
    fn a_row_is_as_high_as_its_longest_text_and_no_text_is_more_than_a_cell_holds() {
        assert_eq!((lines_in("", 6), lines_in("Thôn", 6)), (1, 1));
        assert_eq!((lines_in("Thôn Đông Nam", 6), lines_in("a\nb", 6)), (3, 2));
        assert_eq!(lines_in(&"đ".repeat(100_000), 6), 27);
        assert_eq!(shortened(&"đ".repeat(100_000)).chars().count(), 1001);
        assert_eq!(shortened("đ"), "đ");
    }

    #[test]
    fn text_of_a_csv_is_quoted_where_it_must_be() {
        let text = |text: &str| csv(&Value::String(text.to_owned()));
        assert_eq!(text("Đông"), "Đông");
        assert_eq!(text("12,5"), "\"12,5\"");
        assert_eq!(text("\"a\"\nb"), "\"\"\"a\"\"\nb\"");
        assert_eq!((text(""), csv(&Value::Null)), ("\"\"".to_owned(), String::new()));
    }
}
