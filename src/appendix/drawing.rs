//! A sheet before it is written: row heights, and spans of cells with their style.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use super::figures::to_f64;

/// What a span holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing but its borders.
    Blank,
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A formula without its `=`, with the result a viewer shows that does not calculate.
    Formula {
        /// The formula.
        text: String,
        /// Its exact result.
        result: Decimal,
    },
}

/// Where a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Side {
    /// At the left.
    Left,
    /// In the middle.
    #[default]
    Centre,
    /// At the right.
    Right,
}

/// How high a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Level {
    /// At the top.
    Top,
    /// In the middle.
    #[default]
    Middle,
}

/// How a span looks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Style {
    /// Size in points.
    pub(super) size: u16,
    /// Bold.
    pub(super) bold: bool,
    /// Italic.
    pub(super) italic: bool,
    /// Horizontal place.
    pub(super) side: Side,
    /// Vertical place.
    pub(super) level: Level,
    /// Thin lines on all sides.
    pub(super) ruled: bool,
    /// Format code of numbers; empty for `General`.
    pub(super) number: String,
}

/// A rectangle of cells, zero-based, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) top: u32,
    pub(super) bottom: u32,
    pub(super) left: u16,
    pub(super) right: u16,
}

/// Pixels of the tallest row Excel has (409,5 pt), less a pad that may be added.
const TALLEST: u32 = 520;

/// The sheet.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Heights in pixels of 0,75 pt, for every row.
    pub(super) heights: Vec<u32>,
    spans: Vec<(Span, Content, Style)>,
}

impl Drawing {
    /// The row that comes next.
    pub(super) fn next_row(&self) -> u32 {
        u32::try_from(self.heights.len()).unwrap_or(u32::MAX)
    }

    /// Adds a row and returns its number.
    pub(super) fn row(&mut self, height: u32) -> u32 {
        let row = self.next_row();
        self.heights.push(height.min(TALLEST));
        row
    }

    /// Puts something on rows that were added.
    pub(super) fn put(&mut self, span: Span, content: Content, style: Style) {
        self.spans.push((span, content, style));
    }

    /// Puts a text on a span of one row.
    pub(super) fn text(&mut self, row: u32, columns: (u16, u16), text: &str, style: &Style) {
        let span = Span { top: row, bottom: row, left: columns.0, right: columns.1 };
        self.put(span, Content::Text(text.to_owned()), style.clone());
    }

    /// Writes everything.
    pub(super) fn write(&self, sheet: &mut Worksheet, font: &str) -> Result<(), XlsxError> {
        for (row, height) in (0..).zip(&self.heights) {
            sheet.set_row_height_pixels(row, *height)?;
        }
        let mut formats: HashMap<&Style, Format> = HashMap::new();
        for (span, content, style) in &self.spans {
            let format = formats.entry(style).or_insert_with(|| style.format(font));
            write_span(sheet, *span, content, format)?;
        }
        Ok(())
    }
}

impl Style {
    fn format(&self, font: &str) -> Format {
        let mut format =
            Format::new().set_font_name(font).set_font_size(self.size).set_font_family(1);
        if self.bold {
            format = format.set_bold();
        }
        if self.italic {
            format = format.set_italic();
        }
        if self.ruled {
            format = format.set_border(FormatBorder::Thin);
        }
        // Figures never wrap: a cell with a number format holds one.
        format = if self.number.is_empty() {
            format.set_text_wrap()
        } else {
            format.set_num_format(&self.number)
        };
        let side = match self.side {
            Side::Left => FormatAlign::Left,
            Side::Centre => FormatAlign::Center,
            Side::Right => FormatAlign::Right,
        };
        let level = match self.level {
            Level::Top => FormatAlign::Top,
            Level::Middle => FormatAlign::VerticalCenter,
        };
        format.set_align(side).set_align(level)
    }
}

fn write_span(
    sheet: &mut Worksheet,
    span: Span,
    content: &Content,
    format: &Format,
) -> Result<(), XlsxError> {
    let Span { top, bottom, left, right } = span;
    if (top, left) != (bottom, right) {
        sheet.merge_range(top, left, bottom, right, "", format)?;
    }
    match content {
        Content::Blank if (top, left) != (bottom, right) => {}
        Content::Blank => {
            sheet.write_blank(top, left, format)?;
        }
        Content::Text(text) => {
            sheet.write_string_with_format(top, left, text, format)?;
        }
        Content::Number(number) => {
            sheet.write_number_with_format(top, left, to_f64(*number), format)?;
        }
        Content::Formula { text, result } => {
            let formula = Formula::new(format!("={text}")).set_result(result.to_string());
            sheet.write_formula_with_format(top, left, formula, format)?;
        }
    }
    Ok(())
}
