//! The sheet that lists the changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::workbook::Address;

use super::book::folded;
use super::package::{Dialect, declared};
use super::styles::ListFormats;
use super::xml::escaped_string;

/// UTF-16 units of a sheet's name.
const LONGEST_NAME: usize = 31;

/// A sheet to be added behind the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListSheet {
    /// The name on the tab; made valid and unique.
    pub name: String,
    /// The columns, left to right.
    pub columns: Vec<ListColumn>,
    /// The rows below the headings.
    pub rows: Vec<Vec<ListCell>>,
    /// True where it is printed upright, and so in small type: for long lists that are seldom read on
    /// paper.
    pub upright: bool,
}

/// A column of a [`ListSheet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListColumn {
    /// The text in the first row.
    pub heading: String,
    /// Width in characters.
    pub width: u16,
}

/// A cell of a [`ListSheet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCell {
    /// Nothing.
    Blank,
    /// Text, never read as a formula.
    Text(String),
    /// A number.
    Number(Decimal),
}

/// A name like the wanted one that a tab may have and no other has.
pub(super) fn unique_name<'a>(wanted: &str, others: impl Iterator<Item = &'a str>) -> String {
    let taken: BTreeSet<String> = others.map(folded).collect();
    let plain: String =
        wanted.chars().map(|c| if "[]:*?/\\".contains(c) || c < ' ' { ' ' } else { c }).collect();
    let plain = plain.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    let plain = if plain.is_empty() { "Soát biểu" } else { plain };
    let mut name = shortened(plain, "");
    let mut number = 2;
    // `History` is a name Excel keeps for itself.
    while taken.contains(&folded(&name)) || folded(&name) == "history" {
        name = shortened(plain, &format!(" ({number})"));
        number += 1;
    }
    name
}

fn shortened(name: &str, suffix: &str) -> String {
    let mut short = String::new();
    let mut room = LONGEST_NAME - suffix.len();
    for c in name.chars() {
        if c.len_utf16() > room {
            break;
        }
        room -= c.len_utf16();
        short.push(c);
    }
    short.trim_end_matches('\'').to_owned() + suffix
}

impl ListSheet {
    /// The sheet's part: headings in bold, frozen; text wrapped; A4 across.
    pub(super) fn part(&self, dialect: Dialect, formats: Option<ListFormats>) -> String {
        let formats = formats.unwrap_or(ListFormats { heading: 0, body: 0 });
        let mut text = format!(
            "<worksheet xmlns=\"{}\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>\
             <sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
             activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>",
            dialect.main()
        );
        text.push_str(&self.widths());
        text.push_str("<sheetData>");
        let widths: Vec<u16> = self.columns.iter().map(ListColumn::characters).collect();
        let headings: Vec<ListCell> =
            self.columns.iter().map(|column| ListCell::Text(column.heading.clone())).collect();
        write_row(&mut text, 0, &headings, &widths, formats.heading);
        for (row, cells) in (1..).zip(&self.rows) {
            write_row(&mut text, row, cells, &widths, formats.body);
        }
        text.push_str(
            "</sheetData><printOptions horizontalCentered=\"1\"/><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.75\" bottom=\"0.5\" \
             header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"",
        );
        text.push_str(if self.upright { "portrait" } else { "landscape" });
        text.push_str("\" fitToHeight=\"0\"/></worksheet>");
        declared(&text)
    }

    fn widths(&self) -> String {
        if self.columns.is_empty() {
            return String::new();
        }
        let mut text = String::from("<cols>");
        for (number, column) in (1_usize..).zip(&self.columns) {
            let width = column.characters();
            let _ = write!(
                text,
                "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"
            );
        }
        text + "</cols>"
    }
}

impl ListColumn {
    /// The width, within what a spreadsheet program takes.
    fn characters(&self) -> u16 {
        self.width.clamp(1, 255)
    }
}

/// Points a line of the list takes.
const LINE: usize = 16;
/// Points of the highest row (Excel's published limit).
const HIGHEST: usize = 409;

/// Lines the cells' texts wrap to: stated, because not every program fits rows on opening.
fn lines(cells: &[ListCell], widths: &[u16]) -> usize {
    let wrapped = |text: &str, width: u16| -> usize {
        let lines = text.split('\n').map(|line| line.chars().count().div_ceil(usize::from(width)));
        lines.map(|lines| lines.max(1)).sum()
    };
    let cells = cells.iter().zip(widths).map(|(cell, width)| match cell {
        ListCell::Text(text) => wrapped(text, *width),
        _ => 1,
    });
    cells.max().unwrap_or(1)
}

fn write_row(text: &mut String, row: u32, cells: &[ListCell], widths: &[u16], format: usize) {
    let height = lines(cells, widths).saturating_mul(LINE).min(HIGHEST);
    let _ = write!(text, "<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", row + 1);
    // Lines are drawn from the first text of a row to its last.
    let is_blank = |cell: &ListCell| *cell == ListCell::Blank;
    let first = cells.iter().position(|cell| !is_blank(cell)).unwrap_or(cells.len());
    let last = cells.iter().rposition(|cell| !is_blank(cell)).unwrap_or(0);
    for (column, cell) in (0..).zip(cells).skip(first).take((last + 1).saturating_sub(first)) {
        let at = Address::new(row, column);
        let _ = match cell {
            ListCell::Blank => write!(text, "<c r=\"{at}\" s=\"{format}\"/>"),
            ListCell::Number(value) => {
                write!(text, "<c r=\"{at}\" s=\"{format}\"><v>{}</v></c>", value.normalize())
            }
            ListCell::Text(value) => write!(
                text,
                "<c r=\"{at}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t>\
                 </is></c>",
                escaped_string(value)
            ),
        };
    }
    text.push_str("</row>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_high_as_their_text() {
        let cells = [ListCell::Text("a".repeat(21)), ListCell::Text("a\nb".into())];
        assert_eq!(lines(&cells, &[10, 10]), 3);
        assert_eq!(lines(&cells, &[100, 100]), 2);
        assert_eq!(lines(&[], &[]), 1);
    }

    #[test]
    fn names_become_valid_and_unique() {
        let unique = |wanted: &str| unique_name(wanted, ["Chỗ sửa", "CHỖ SỬA (2)"].into_iter());
        assert_eq!(unique("chỗ sửa"), "chỗ sửa (3)");
        assert_eq!(unique("'a/b'"), "a b");
        assert_eq!(unique("  "), "Soát biểu");
        assert_eq!(unique("History"), "History (2)");
        assert_eq!(unique(&"x".repeat(40)).len(), 31);
    }
}
