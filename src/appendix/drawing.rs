//! A sheet before it is written: row heights, and spans of cells with their style.

use rust_decimal::Decimal;

/// What a span holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing but its borders.
    Blank,
    /// Text.
    Text(String),
    /// A line in the middle, so many pixels long.
    Rule(u32),
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
    /// How a figure is shown; nothing for texts and plain numbers.
    pub(super) number: Option<Number>,
}

/// How a figure is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Number {
    /// Decimals.
    pub(super) decimals: u32,
    /// The stored figure times 100, with its sign.
    pub(super) percent: bool,
    /// A dash in place of zero.
    pub(super) dash: bool,
}

/// A rectangle of cells, zero-based, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) top: u32,
    pub(super) bottom: u32,
    pub(super) left: u16,
    pub(super) right: u16,
}

/// A span with what stands in it.
pub(super) type Drawn = (Span, Content, Style);

/// Pixels of the tallest row Excel has (409,5 pt), less a pad that may be added.
const TALLEST: u32 = 520;

/// The sheet.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Heights in pixels of 0,75 pt, for every row.
    pub(super) heights: Vec<u32>,
    /// What stands on them.
    pub(super) spans: Vec<Drawn>,
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
}
