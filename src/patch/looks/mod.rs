//! What a workbook looks like, whatever its format: fonts, borders, fills and alignment of cells, sizes
//! of rows and columns, and how a sheet is printed. A copy that is written anew takes it over.
//!
//! Each format has a file that reads its own notation into [`Looks`]; what cannot be read is left out,
//! so that a damaged style costs its look and nothing else.

mod ods;
mod xls;
mod xlsb;

use std::collections::{BTreeMap, HashMap};

use super::package::Package;
use crate::workbook::{Address, MAX_COLUMNS, Range};

/// Cells of a workbook whose looks are kept. A large table holds some hundred thousand.
const MOST_CELLS: usize = 2_000_000;
/// Rows and columns of one sheet whose sizes are kept.
const MOST_SIZES: usize = 1 << 20;

/// The looks of a workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Looks {
    /// The looks there are; cells name them by their place.
    pub styles: Vec<Look>,
    /// Sheets by name.
    pub sheets: HashMap<String, SheetLooks>,
}

/// What a sheet looks like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetLooks {
    /// Looks of cells, empty ones too, by their place among [`Looks::styles`].
    pub cells: HashMap<Address, usize>,
    /// First and last column, and the width of each in letters.
    pub columns: Vec<(u32, u32, f64)>,
    /// Heights of rows in points.
    pub rows: BTreeMap<u32, f64>,
    /// How it is printed.
    pub page: Page,
}

/// What a cell looks like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// Its letters.
    pub font: Font,
    /// Its colour.
    pub fill: Option<Colour>,
    /// Lines left, right, above and below.
    pub borders: [Option<(Line, Colour)>; 4],
    /// From side to side; by the kind of value where nothing is said.
    pub across: Option<Across>,
    /// From top to bottom; at the bottom where nothing is said.
    pub down: Option<Down>,
    /// True where text goes on in a next line.
    pub wraps: bool,
    /// True where text is made smaller to fit.
    pub shrinks: bool,
    /// Steps of indentation.
    pub indent: u8,
    /// Degrees upwards, `-90` to `90`; 270 for letters one below the other.
    pub rotation: i16,
}

/// Letters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Font {
    /// The name of the typeface.
    pub name: Option<String>,
    /// Points.
    pub size: Option<f64>,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underlined: bool,
    /// With a line through.
    pub struck: bool,
    /// Their colour, where it is none that programs choose.
    pub colour: Option<Colour>,
}

/// Red, green and blue.
pub type Colour = [u8; 3];

/// Lines around cells, in the order of [MS-XLS] 2.5.11.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// One line.
    Thin,
    /// A thicker one.
    Medium,
    /// Strokes.
    Dashed,
    /// Dots.
    Dotted,
    /// The thickest.
    Thick,
    /// Two lines.
    Double,
    /// A line as thin as can be.
    Hair,
}

/// Where text stands from side to side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Across {
    Left,
    Centre,
    Right,
    Fill,
    Justified,
    AcrossCells,
    Spread,
}

/// Where text stands from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Down {
    Top,
    Centre,
    Bottom,
    Justified,
}

/// How a sheet is printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Across the longer side.
    pub landscape: bool,
    /// The number of the paper's size (ECMA-376 part 1, 18.3.1.63); 9 is A4.
    pub paper: Option<u8>,
    /// Left, right, above, below, header and footer, in inches.
    pub margins: Option<[f64; 6]>,
    /// Pages across and down that all must fit on; 0 for any number.
    pub fit: Option<(u16, u16)>,
    /// Percent.
    pub scale: Option<u16>,
    /// In the middle from side to side, from top to bottom.
    pub centred: (bool, bool),
    /// What alone is printed.
    pub area: Option<Range>,
    /// First and last row that each page repeats.
    pub rows: Option<(u32, u32)>,
    /// First and last column that each page repeats.
    pub columns: Option<(u32, u32)>,
    /// Text above each page, with Excel's codes.
    pub header: Option<String>,
    /// Text below each page.
    pub footer: Option<String>,
}

/// The looks of a workbook that is no package of Excel's XML. What cannot be read is left out.
#[must_use]
pub fn looks(bytes: &[u8]) -> Looks {
    if super::is_container(bytes) {
        return xls::looks(bytes).unwrap_or_default();
    }
    let Ok(mut package) = Package::open(bytes, u64::MAX) else { return Looks::default() };
    if package.has("content.xml") {
        return ods::looks(&mut package).unwrap_or_default();
    }
    xlsb::looks(&mut package).unwrap_or_default()
}

impl SheetLooks {
    /// Keeps the look of a cell, as long as there is room.
    fn put(&mut self, at: Address, look: usize, room: &mut usize) {
        if *room > 0 {
            *room -= 1;
            self.cells.insert(at, look);
        }
    }

    fn put_row(&mut self, row: u32, points: f64) {
        if self.rows.len() < MOST_SIZES && (0.0..=409.0).contains(&points) {
            self.rows.insert(row, points);
        }
    }

    fn put_columns(&mut self, first: u32, last: u32, letters: f64) {
        if self.columns.len() < MOST_SIZES && (0.0..=255.0).contains(&letters) {
            self.columns.push((first, last, letters));
        }
    }

    /// Keeps what of the two the sheet goes by: pages that all must fit on, or a scale.
    fn fits_pages(&mut self, fits: bool) {
        if fits {
            self.page.scale = None;
        } else {
            self.page.fit = None;
        }
    }

    /// Gives the columns up to the last cell that have no width of their own the usual one.
    fn fill_columns(&mut self, letters: Option<f64>) {
        let last = self.cells.keys().map(|at| at.column).max();
        let (Some(letters), Some(last)) = (letters, last) else { return };
        let last = last.min(MAX_COLUMNS);
        // How many widths begin at each column, less those that ended before it.
        let mut steps = vec![0_i64; last as usize + 2];
        for (first, end, _) in self.columns.iter().filter(|(first, ..)| *first <= last) {
            steps[*first as usize] += 1;
            steps[(*end).min(last) as usize + 1] -= 1;
        }
        let mut open = 0;
        let mut is_bare = |column: &u32| {
            open += steps[*column as usize];
            open == 0
        };
        let bare: Vec<u32> = (0..=last).filter(|column| is_bare(column)).collect();
        for column in bare {
            self.put_columns(column, column, letters);
        }
    }
}

/// What `.xls` and `.xlsb` number alike.
mod numbered {
    use super::{Across, Down, Font, Line, Page, SheetLooks};
    use crate::read::code;
    use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

    /// The dots of a digit in the font that a workbook measures its columns by.
    pub(super) fn digit(font: Option<&Font>) -> f64 {
        let name = font.and_then(|font| font.name.as_deref()).unwrap_or_default();
        let dots = font.and_then(|font| font.size).unwrap_or(11.0) * 96.0 / 72.0;
        // Of what a digit of the usual faces takes of their size: Times and those like it the half.
        let share = match name {
            "Arial" | ".VnArial" | "VNI-Helve" | "Tahoma" => 0.556,
            "Calibri" => 0.507,
            _ => 0.5,
        };
        (dots * share).round().max(1.0)
    }

    /// The letters of a column, of 7 dots each and 5 at its edges, from 256ths of a digit of the
    /// workbook's own font, which count the edges.
    pub(super) fn letters(stored: u32, digit: f64) -> f64 {
        ((f64::from(stored) / 256.0 * digit - 5.0) / 7.0).max(0.0)
    }

    /// Inches of a margin; larger ones are damage.
    pub(super) fn inches(data: &[u8], at: usize) -> Option<f64> {
        let inches = f64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?);
        (0.0..=20.0).contains(&inches).then_some(inches)
    }

    /// A line by its number ([MS-XLS] 2.5.11).
    pub(super) fn line(number: u32) -> Option<Line> {
        Some(match number {
            1 => Line::Thin,
            2 => Line::Medium,
            3 | 8..=13 => Line::Dashed,
            4 => Line::Dotted,
            5 => Line::Thick,
            6 => Line::Double,
            7 => Line::Hair,
            _ => return None,
        })
    }

    /// From side to side ([MS-XLS] 2.5.129).
    pub(super) fn across(number: u32) -> Option<Across> {
        Some(match number {
            1 => Across::Left,
            2 => Across::Centre,
            3 => Across::Right,
            4 => Across::Fill,
            5 => Across::Justified,
            6 => Across::AcrossCells,
            7 => Across::Spread,
            _ => return None,
        })
    }

    /// From top to bottom ([MS-XLS] 2.5.255).
    pub(super) fn down(number: u32) -> Option<Down> {
        Some(match number {
            0 => Down::Top,
            1 => Down::Centre,
            3 | 4 => Down::Justified,
            _ => return None,
        })
    }

    /// Degrees: up to 90 upwards, from 91 on downwards, 255 for letters one below the other.
    pub(super) fn rotation(number: u8) -> i16 {
        match number {
            0..=90 => i16::from(number),
            91..=180 => 90 - i16::from(number),
            255 => 270,
            _ => 0,
        }
    }

    /// Takes what a built-in name says of printing: the area that is printed, or what repeats.
    pub(super) fn name(sheet: &mut SheetLooks, titles: bool, ranges: &[Range]) {
        for range in ranges {
            let (top, bottom) = (range.start.row, range.end.row);
            let (left, right) = (range.start.column, range.end.column);
            let page: &mut Page = &mut sheet.page;
            match titles {
                false if ranges.len() == 1 => page.area = Some(*range),
                false => {}
                true if right - left >= 255 => page.rows = Some((top, bottom)),
                true => page.columns = Some((left, right)),
            }
        }
    }

    /// The ranges of a name's code, where it holds nothing else.
    pub(super) fn ranges(mut tokens: &[u8], notation: code::Notation) -> Vec<Range> {
        let mut found = Vec::new();
        while let Some(token) = tokens.first() {
            let Some((operand, rest)) = code::operand(tokens, notation) else { return Vec::new() };
            match token {
                0x3B | 0x5B | 0x7B => found.extend(range(operand, notation)),
                0x29 | 0x49 | 0x69 | 0x10 | 0x15 => {}
                _ => return Vec::new(),
            }
            tokens = rest;
        }
        found
    }

    /// Behind the number of a sheet, rows and columns, each the first and the last.
    fn range(operand: &[u8], notation: code::Notation) -> Option<Range> {
        let places = operand.get(2..)?;
        let place = |end: usize| {
            let (row, column) = code::end(places, (2, end), notation)?;
            Some(Address::new(row, u32::from(column & 0x3FFF)))
        };
        let (start, end) = (place(0)?, place(1)?);
        let inside = start.row <= end.row && end.row < MAX_ROWS && end.column < MAX_COLUMNS;
        (inside && start.column <= end.column).then(|| Range::new(start, end))
    }
}
