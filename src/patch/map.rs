//! A sheet's part as a map of byte spans: only the rows to be changed are kept cell by cell.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range as Span;

use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

use super::PatchError;
use super::order::{WORKSHEET, is_after};
use super::rows::plain_row;
use super::shared::{SharedCell, SharedGroups};
use super::xml::{Element, Event, Scan, Tag, malformed, plain_text, root};

/// A cell of a row that is kept.
#[derive(Debug)]
pub(super) struct CellSpans {
    /// The start tag; see [`SheetMap::element`].
    tag: Span<usize>,
    /// The whole cell, end tag included.
    pub(super) span: Span<usize>,
    pub(super) formula: Option<Span<usize>>,
    pub(super) value: Option<Span<usize>>,
}

/// A row that is kept.
#[derive(Debug)]
pub(super) struct RowSpans {
    pub(super) element: Element,
    /// Where its end tag begins.
    pub(super) end: usize,
    /// By zero-based column.
    pub(super) cells: BTreeMap<u32, CellSpans>,
    /// False when cells stand twice or out of order.
    pub(super) orderly: bool,
}

/// Where everything stands that a correction touches.
#[derive(Debug, Default)]
pub(super) struct SheetMap<'a> {
    text: &'a str,
    part: &'a str,
    pub(super) root: Option<Element>,
    /// `<sheetData>` and where its end tag begins.
    pub(super) data: Option<(Element, usize)>,
    pub(super) dimension: Option<Element>,
    /// All rows, zero-based, with the place of their start tags.
    pub(super) row_starts: Vec<(u32, usize)>,
    pub(super) rows: BTreeMap<u32, RowSpans>,
    /// Rows asked for that stand twice.
    pub(super) doubled: BTreeSet<u32>,
    pub(super) shared: SharedGroups,
    /// Array formulas and data tables.
    pub(super) arrays: Vec<Range>,
    pub(super) merges: Vec<Range>,
    /// First and last column (zero-based) and their format.
    column_styles: Vec<(u32, u32, usize)>,
    pub(super) conditional: Vec<Range>,
    pub(super) protected: bool,
    /// The relationship of the notes' drawing.
    pub(super) legacy_drawing: Option<String>,
    /// Where `<legacyDrawing>` belongs.
    pub(super) legacy_place: usize,
}

impl<'a> SheetMap<'a> {
    pub(super) fn read(
        text: &'a str,
        part: &'a str,
        wanted: &BTreeSet<u32>,
    ) -> Result<Self, PatchError> {
        let mut mapper = Mapper::new(text, part, wanted);
        let (mut events, mut cells) = (Scan::new(text, part), Vec::new());
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) => {
                    mapper.open(&tag)?;
                    // Of rows without edits only the place is asked.
                    if mapper.is_in_other_row(&tag)
                        && let Some(end) = plain_row(text, tag.span.end, &mut cells)
                    {
                        events.pass_to(end);
                    }
                }
                Event::Close(depth, span) => mapper.close(depth, &span),
            }
        }
        mapper.map.shared.settle();
        Ok(mapper.map)
    }

    /// The start tag of a cell, read where the cell is changed: the others of its row need not be taken
    /// apart.
    pub(super) fn element(&self, cell: &CellSpans) -> Result<Element, PatchError> {
        let tag = self.text.get(cell.tag.clone()).unwrap_or_default();
        let mut element = root(tag, self.part)?;
        element.span = cell.tag.clone();
        Ok(element)
    }

    /// The prefix of the sheet's own elements.
    pub(super) fn prefix(&self) -> &str {
        self.root.as_ref().map_or("", Element::prefix)
    }

    pub(super) fn column_style(&self, column: u32) -> Option<usize> {
        let mut styles = self.column_styles.iter();
        styles.find(|(first, last, _)| (*first..=*last).contains(&column)).map(|style| style.2)
    }

    /// Where a missing row belongs.
    pub(super) fn place_of_row(&self, row: u32) -> Option<usize> {
        let next = self.row_starts.partition_point(|(other, _)| *other <= row);
        let data_end = self.data.as_ref().map(|(_, end)| *end);
        self.row_starts.get(next).map(|(_, at)| *at).or(data_end)
    }
}

/// `B4` or `B4:C9`, `$` allowed.
pub(super) fn parse_range(text: &str) -> Option<Range> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    Some(Range::new(first.parse().ok()?, last.parse().ok()?))
}

/// Which of a cell's children is open.
#[derive(Clone, Copy, PartialEq)]
enum Child {
    Formula,
    Value,
    Other,
}

struct Mapper<'a, 'w> {
    text: &'a str,
    part: &'a str,
    wanted: &'w BTreeSet<u32>,
    map: SheetMap<'a>,
    section: String,
    /// Row and column in hand, one-based; 0 before the first.
    row: u32,
    column: u32,
    /// The row in hand by its number, or else by the row before: its cells may name another.
    counted: u32,
    kept: bool,
    child: (Child, Span<usize>),
    shared: Option<SharedCell>,
}

impl<'a, 'w> Mapper<'a, 'w> {
    fn new(text: &'a str, part: &'a str, wanted: &'w BTreeSet<u32>) -> Self {
        Self {
            text,
            part,
            wanted,
            map: SheetMap { text, part, ..SheetMap::default() },
            section: String::new(),
            row: 0,
            column: 0,
            counted: 0,
            kept: false,
            child: (Child::Other, 0..0),
            shared: None,
        }
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<(), PatchError> {
        match (tag.depth, self.section.as_str()) {
            (0, _) => self.map.root = Some(tag.element()),
            (1, _) => self.open_section(tag),
            (2, "sheetData") if tag.local() == "row" => self.open_row(tag)?,
            (3, "sheetData") if tag.local() == "c" => self.open_cell(tag)?,
            (4, "sheetData") => self.open_child(tag),
            (2, "mergeCells") => self.map.merges.extend(reference(tag)),
            (2, "cols") => self.column(tag),
            _ => {}
        }
        Ok(())
    }

    /// True for the start of a row that no edit is in.
    fn is_in_other_row(&self, tag: &Tag<'_>) -> bool {
        tag.depth == 2
            && tag.name() == "row"
            && !tag.empty
            && !self.kept
            && self.section == "sheetData"
    }

    fn open_section(&mut self, tag: &Tag<'_>) {
        tag.local().clone_into(&mut self.section);
        let map = &mut self.map;
        match tag.local() {
            "sheetData" => map.data = Some((tag.element(), tag.span.end)),
            "dimension" => map.dimension = Some(tag.element()),
            "sheetProtection" => map.protected = tag.is_true("sheet"),
            "legacyDrawing" => map.legacy_drawing = tag.get_any_prefix("id"),
            "conditionalFormatting" => {
                let places = tag.get("sqref").unwrap_or_default();
                map.conditional.extend(places.split_whitespace().filter_map(parse_range));
            }
            name if (is_after(WORKSHEET, name, "legacyDrawing") || name == "AlternateContent")
                && map.legacy_place == 0
                && map.data.is_some() =>
            {
                map.legacy_place = tag.span.start;
            }
            _ => {}
        }
    }

    fn column(&mut self, tag: &Tag<'_>) {
        let number = |name| tag.get(name).and_then(|text| text.parse::<u32>().ok());
        if let (Some(first @ 1..), Some(last @ 1..), Some(style)) =
            (number("min"), number("max"), number("style"))
        {
            self.map.column_styles.push((first - 1, last - 1, style as usize));
        }
    }

    fn open_row(&mut self, tag: &Tag<'_>) -> Result<(), PatchError> {
        let (number, of_cells) = match tag.get("r") {
            Some(text) => (text.trim().parse().ok(), None),
            None => (Some(self.counted + 1), self.row_of_first_cell(tag)),
        };
        let wrong = || malformed(self.part, "row number out of range");
        self.counted = number.filter(|row| (1..=MAX_ROWS).contains(row)).ok_or_else(wrong)?;
        self.row = of_cells.unwrap_or(self.counted);
        self.column = 0;
        let row = self.row - 1;
        self.kept = self.wanted.contains(&row);
        self.map.row_starts.push((row, tag.span.start));
        if self.kept {
            let (element, end) = (tag.element(), tag.span.end);
            let new = RowSpans { element, end, cells: BTreeMap::new(), orderly: true };
            if self.map.rows.insert(row, new).is_some() {
                self.map.doubled.insert(row);
            }
        }
        Ok(())
    }

    /// The row that the first cell names, for a row that has no number of its own.
    fn row_of_first_cell(&self, row: &Tag<'_>) -> Option<u32> {
        let inside = self.text.get(row.span.end..).filter(|_| !row.empty)?;
        let mut events = Scan::new(inside, self.part);
        match events.next().ok()?? {
            Event::Open(tag) if tag.local() == "c" => {
                let at = tag.cell()?.ok().filter(|at| at.row < MAX_ROWS)?;
                Some(at.row + 1)
            }
            _ => None,
        }
    }

    fn open_cell(&mut self, tag: &Tag<'_>) -> Result<(), PatchError> {
        let wrong = || malformed(self.part, "cell address out of range");
        let before = self.column;
        // In a row that its cells place, one that names no place of its own is nowhere.
        let (placed, named) = (self.row == self.counted, tag.cell());
        let is_named = named.is_some();
        let at = match named {
            Some(cell) => cell.map_err(|_| wrong())?,
            None if before < MAX_COLUMNS => Address::new(self.row.saturating_sub(1), before),
            None => return Err(wrong()),
        };
        self.column = at.column + 1;
        let (row, kept) = (self.row.saturating_sub(1), self.kept);
        if let Some(spans) = self.map.rows.get_mut(&row).filter(|_| kept) {
            spans.orderly &= at.row == row && self.column > before && (placed || is_named);
            let (tag, span) = (tag.span.clone(), tag.span.clone());
            let cell = CellSpans { tag, span, formula: None, value: None };
            spans.cells.insert(at.column, cell);
        }
        Ok(())
    }

    fn open_child(&mut self, tag: &Tag<'_>) {
        let child = match tag.local() {
            "f" => Child::Formula,
            "v" => Child::Value,
            _ => Child::Other,
        };
        self.child = (child, tag.span.clone());
        if child == Child::Formula {
            match tag.get("t").as_deref() {
                Some("shared") => self.shared = Some(self.shared_cell(tag)),
                Some("array" | "dataTable") => self.map.arrays.extend(reference(tag)),
                _ => {}
            }
        }
    }

    fn here(&self) -> Address {
        Address::new(self.row.saturating_sub(1), self.column.saturating_sub(1))
    }

    fn shared_cell(&self, tag: &Tag<'_>) -> SharedCell {
        SharedCell {
            at: self.here(),
            index: tag.get("si").unwrap_or_default(),
            span: tag.span.clone(),
            text: String::new(),
        }
    }

    fn close(&mut self, depth: usize, span: &Span<usize>) {
        match (depth, self.section.as_str()) {
            (4, "sheetData") => self.close_child(span),
            (3, "sheetData") => {
                if let Some(cell) = self.cell_in_hand() {
                    cell.span.end = span.end;
                }
            }
            (2, "sheetData") if self.kept => {
                if let Some(row) = self.map.rows.get_mut(&self.row.saturating_sub(1)) {
                    row.end = span.start;
                }
            }
            (1, section) => {
                if let (Some((_, end)), "sheetData") = (&mut self.map.data, section) {
                    *end = span.start;
                }
                self.section.clear();
            }
            (0, _) if self.map.legacy_place == 0 => self.map.legacy_place = span.start,
            _ => {}
        }
    }

    fn cell_in_hand(&mut self) -> Option<&mut CellSpans> {
        let at = self.here();
        let row = self.map.rows.get_mut(&at.row).filter(|_| self.kept)?;
        row.cells.get_mut(&at.column)
    }

    fn close_child(&mut self, span: &Span<usize>) {
        let (child, open) = self.child.clone();
        let whole = open.start..span.end;
        if let Some(mut shared) = self.shared.take() {
            shared.text = plain_text(self.text.get(open.end..span.start).unwrap_or_default());
            shared.span = whole.clone();
            self.map.shared.add(shared);
        }
        let Some(cell) = self.cell_in_hand() else { return };
        match child {
            Child::Formula => cell.formula = Some(whole),
            Child::Value => cell.value = Some(whole),
            Child::Other => {}
        }
    }
}

fn reference(tag: &Tag<'_>) -> Option<Range> {
    parse_range(&tag.get("ref")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = "<x:worksheet xmlns:x=\"u\"><x:dimension ref=\"A1:B3\"/>\
        <x:cols><x:col min=\"2\" max=\"3\" style=\"4\"/></x:cols><x:sheetData>\
        <x:row r=\"2\"><x:c r=\"A2\"/><x:c><x:f>A1</x:f><x:v>1</x:v></x:c></x:row>\
        <x:row><x:c r=\"B3\" t=\"s\"><x:v>0</x:v></x:c></x:row></x:sheetData>\
        <x:mergeCells><x:mergeCell ref=\"A4:C5\"/></x:mergeCells><x:extLst/></x:worksheet>";

    #[test]
    fn spans_are_found_under_prefixes_and_without_addresses() {
        let map = SheetMap::read(SHEET, "p", &BTreeSet::from([1])).unwrap();
        assert_eq!(map.prefix(), "x:");
        let row = &map.rows[&1];
        assert_eq!(row.cells.keys().copied().collect::<Vec<_>>(), [0, 1]);
        let b2 = &row.cells[&1];
        assert_eq!(&SHEET[b2.span.clone()], "<x:c><x:f>A1</x:f><x:v>1</x:v></x:c>");
        assert_eq!(&SHEET[b2.value.clone().unwrap()], "<x:v>1</x:v>");
        assert_eq!(map.row_starts.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((map.column_style(1), map.column_style(3)), (Some(4), None));
        assert!(SHEET[map.legacy_place..].starts_with("<x:extLst/>"));
        assert_eq!(map.merges, [parse_range("A4:C5").unwrap()]);
    }

    #[test]
    fn rows_beyond_a_sheet_are_refused() {
        let text = "<worksheet><sheetData><row r=\"4294967298\"/></sheetData></worksheet>";
        assert!(SheetMap::read(text, "p", &BTreeSet::new()).is_err());
    }
}
