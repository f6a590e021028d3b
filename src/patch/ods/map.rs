//! Where things stand in a content part: its sheets, and the rows and cells that change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range as Span;

use super::super::PatchError;
use super::super::xml::{Element, Event, Scan, Tag, malformed};
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

/// A content part.
#[derive(Default)]
pub(super) struct ContentMap {
    pub(super) root: Option<Element>,
    /// The automatic styles, and where their end tag begins.
    pub(super) automatic: Option<(Element, usize)>,
    /// Where the body begins.
    pub(super) body: usize,
    /// Automatic styles of cells by name.
    pub(super) styles: HashMap<String, Span<usize>>,
    /// Names of all automatic styles.
    pub(super) style_names: BTreeSet<String>,
    pub(super) tables: Vec<TableMap>,
    /// Where the last sheet ends.
    pub(super) tables_end: usize,
    pub(super) structure_protected: bool,
    pub(super) has_pivots: bool,
}

/// A sheet.
#[derive(Default)]
pub(super) struct TableMap {
    pub(super) name: String,
    /// Rows that hold wanted ones, in order.
    pub(super) rows: Vec<RowSpans>,
    /// Rows the file holds, and where they end.
    pub(super) row_count: u32,
    pub(super) rows_end: Option<usize>,
    /// Default styles of columns: the first column after them, and the name.
    columns: Vec<(u32, String)>,
    column_count: u32,
    pub(super) merges: Vec<Range>,
    /// Formulas over several cells.
    pub(super) arrays: Vec<Range>,
    /// Ranges with conditional formats.
    pub(super) conditional: Vec<Range>,
    pub(super) protected: bool,
}

/// A row element, which may stand for many rows.
pub(super) struct RowSpans {
    pub(super) element: Element,
    pub(super) span: Span<usize>,
    /// Where its end tag begins.
    pub(super) end: usize,
    pub(super) first: u32,
    pub(super) repeated: u32,
    pub(super) cells: Vec<CellSpans>,
}

/// A cell element, which may stand for many cells.
pub(super) struct CellSpans {
    pub(super) element: Element,
    pub(super) span: Span<usize>,
    pub(super) first: u32,
    pub(super) repeated: u32,
    pub(super) covered: bool,
    pub(super) children: Vec<Child>,
}

/// A child of a cell.
pub(super) struct Child {
    pub(super) element: Element,
    pub(super) local: String,
    pub(super) span: Span<usize>,
    /// Where its end tag begins.
    pub(super) end: usize,
}

/// What an element is, told by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    Automatic,
    Style,
    Body,
    Spreadsheet,
    Table,
    Rows,
    Row,
    Cell,
    Child,
    Conditions,
    Other,
}

fn level(parent: Option<Level>, local: &str) -> Level {
    match (parent, local) {
        (None, "document-content") => Level::Document,
        (Some(Level::Document), "automatic-styles") => Level::Automatic,
        (Some(Level::Document), "body") => Level::Body,
        (Some(Level::Automatic), _) => Level::Style,
        (Some(Level::Body), "spreadsheet") => Level::Spreadsheet,
        (Some(Level::Spreadsheet), "table") => Level::Table,
        (
            Some(Level::Table | Level::Rows),
            "table-header-rows"
            | "table-rows"
            | "table-row-group"
            | "table-header-columns"
            | "table-columns"
            | "table-column-group",
        ) => Level::Rows,
        (Some(Level::Table | Level::Rows), "table-row") => Level::Row,
        (Some(Level::Table), "conditional-formats") => Level::Conditions,
        (Some(Level::Row), "table-cell" | "covered-table-cell") => Level::Cell,
        (Some(Level::Cell), _) => Level::Child,
        _ => Level::Other,
    }
}

/// The names of a content part's sheets in their order.
pub(super) fn table_names(text: &str, part: &str) -> Result<Vec<String>, PatchError> {
    let mut names = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    Scan::new(text, part).tags(|tag| {
        levels.truncate(tag.depth);
        let own = level(levels.last().copied(), tag.local());
        if own == Level::Table {
            names.push(tag.get_any_prefix("name").unwrap_or_default());
        }
        levels.push(own);
        Ok(())
    })?;
    Ok(names)
}

/// Reads a content part; `wanted` are the rows to be changed by the number of their sheet.
pub(super) fn read(
    text: &str,
    part: &str,
    wanted: &BTreeMap<usize, BTreeSet<u32>>,
) -> Result<ContentMap, PatchError> {
    let map = ContentMap::default();
    let mut mapper = Mapper { map, wanted, levels: Vec::new(), row: None, style: None };
    let mut events = Scan::new(text, part);
    while let Some(event) = events.next()? {
        match event {
            Event::Open(tag) => mapper.open(&tag),
            Event::Close(depth, span) => mapper.close(depth, &span),
        }
    }
    if mapper.map.root.is_none() || mapper.map.tables.is_empty() {
        return Err(malformed(part, "no sheets"));
    }
    Ok(mapper.map)
}

struct Mapper<'a> {
    map: ContentMap,
    wanted: &'a BTreeMap<usize, BTreeSet<u32>>,
    /// The elements that are open, each with where its start tag begins.
    levels: Vec<(Level, usize)>,
    /// The row in hand, if it is wanted, and its next column.
    row: Option<(RowSpans, u32)>,
    /// The name of the style of cells in hand.
    style: Option<String>,
}

impl Mapper<'_> {
    fn open(&mut self, tag: &Tag<'_>) {
        self.levels.truncate(tag.depth);
        let own = level(self.levels.last().map(|(level, _)| *level), tag.local());
        self.levels.push((own, tag.span.start));
        match own {
            Level::Document => self.map.root = Some(tag.element()),
            Level::Automatic => self.map.automatic = Some((tag.element(), tag.span.end)),
            Level::Style => self.style(tag),
            Level::Body => self.map.body = tag.span.start,
            Level::Spreadsheet => {
                self.map.structure_protected = tag.is_any_prefix_true("structure-protected");
            }
            Level::Table => self.map.tables.push(TableMap {
                name: tag.get_any_prefix("name").unwrap_or_default(),
                protected: tag.is_any_prefix_true("protected"),
                ..TableMap::default()
            }),
            Level::Row => self.open_row(tag),
            Level::Cell => self.open_cell(tag),
            Level::Child => self.open_child(tag),
            Level::Other => self.other(tag),
            Level::Rows | Level::Conditions => {}
        }
    }

    fn style(&mut self, tag: &Tag<'_>) {
        let Some(name) = tag.get_any_prefix("name") else { return };
        let of_cells = tag.get_any_prefix("family").as_deref() == Some("table-cell");
        self.style = of_cells.then(|| name.clone());
        self.map.style_names.insert(name);
    }

    fn other(&mut self, tag: &Tag<'_>) {
        let parent = self.levels.iter().rev().nth(1).map(|(level, _)| *level);
        let Some(table) = self.map.tables.last_mut() else { return };
        match (parent, tag.local()) {
            (Some(Level::Table | Level::Rows), "table-column") => {
                let count = repetition(tag, "number-columns-repeated");
                table.column_count = table.column_count.saturating_add(count);
                let style = tag.get_any_prefix("default-cell-style-name").unwrap_or_default();
                table.columns.push((table.column_count, style));
            }
            (Some(Level::Conditions), "conditional-format") => {
                let ranges = tag.get_any_prefix("target-range-address").unwrap_or_default();
                table.conditional.extend(open_ranges(&ranges));
            }
            (Some(Level::Spreadsheet), "data-pilot-tables") => self.map.has_pivots = true,
            _ => {}
        }
    }

    fn open_row(&mut self, tag: &Tag<'_>) {
        let number = self.map.tables.len() - 1;
        let Some(table) = self.map.tables.last_mut() else { return };
        let (first, repeated) = (table.row_count, repetition(tag, "number-rows-repeated"));
        table.row_count = first.saturating_add(repeated);
        let wanted = self.wanted.get(&number);
        let is_wanted =
            wanted.is_some_and(|rows| rows.range(first..table.row_count).next().is_some());
        let (element, span, end) = (tag.element(), tag.span.clone(), tag.span.end);
        let row = RowSpans { element, span, end, first, repeated, cells: Vec::new() };
        // Merged ranges are looked for in every row of a sheet that changes.
        self.row = (is_wanted || wanted.is_some()).then_some((row, 0));
    }

    fn open_cell(&mut self, tag: &Tag<'_>) {
        let Some((row, column)) = self.row.as_mut() else { return };
        let (first, repeated) = (*column, repetition(tag, "number-columns-repeated"));
        *column = first.saturating_add(repeated);
        let spanned = |columns: &str, rows: &str| {
            let (columns, rows) = (repetition(tag, columns), repetition(tag, rows));
            let at = Address::new(row.first, first);
            let end = Address::new(
                at.row.saturating_add(rows - 1).min(MAX_ROWS),
                at.column.saturating_add(columns - 1).min(MAX_COLUMNS),
            );
            (rows > 1 || columns > 1).then_some(Range { start: at, end })
        };
        if let Some(table) = self.map.tables.last_mut() {
            table.merges.extend(spanned("number-columns-spanned", "number-rows-spanned"));
            let array = spanned("number-matrix-columns-spanned", "number-matrix-rows-spanned");
            table.arrays.extend(array);
        }
        row.cells.push(CellSpans {
            element: tag.element(),
            span: tag.span.clone(),
            first,
            repeated,
            covered: tag.local() == "covered-table-cell",
            children: Vec::new(),
        });
    }

    fn open_child(&mut self, tag: &Tag<'_>) {
        let cell = self.row.as_mut().and_then(|(row, _)| row.cells.last_mut());
        if let Some(cell) = cell {
            cell.children.push(Child {
                element: tag.element(),
                local: tag.local().to_owned(),
                span: tag.span.clone(),
                end: tag.span.end,
            });
        }
    }

    fn close(&mut self, depth: usize, span: &Span<usize>) {
        let Some((own, start)) = self.levels.get(depth).copied() else { return };
        match own {
            Level::Automatic => {
                if let Some((_, end)) = &mut self.map.automatic {
                    *end = span.start;
                }
            }
            Level::Style => {
                let style = self.style.take();
                self.map.styles.extend(style.map(|name| (name, start..span.end)));
            }
            Level::Table => self.map.tables_end = span.end,
            Level::Rows => self.rows_end(span.end),
            Level::Row => self.close_row(span),
            Level::Cell | Level::Child => self.close_inside(own, span),
            _ => {}
        }
    }

    /// Rows may be added where the last one of the sheet ends, or the last group of rows.
    fn rows_end(&mut self, end: usize) {
        if let Some(table) = self.map.tables.last_mut().filter(|table| table.row_count > 0) {
            table.rows_end = Some(end);
        }
    }

    fn close_row(&mut self, span: &Span<usize>) {
        self.rows_end(span.end);
        let number = self.map.tables.len() - 1;
        let Some((mut row, _)) = self.row.take() else { return };
        row.span.end = span.end;
        row.end = span.start;
        let last = row.first.saturating_add(row.repeated);
        let wanted = self.wanted.get(&number);
        let is_wanted = wanted.is_some_and(|rows| rows.range(row.first..last).next().is_some());
        if let Some(table) = self.map.tables.last_mut().filter(|_| is_wanted) {
            table.rows.push(row);
        }
    }

    fn close_inside(&mut self, own: Level, span: &Span<usize>) {
        let cell = self.row.as_mut().and_then(|(row, _)| row.cells.last_mut());
        let Some(cell) = cell else { return };
        if own == Level::Cell {
            cell.span.end = span.end;
        } else if let Some(child) = cell.children.last_mut() {
            child.span.end = span.end;
            child.end = span.start;
        }
    }
}

impl TableMap {
    /// The default cell style of a column.
    pub(super) fn column_style(&self, column: u32) -> Option<&str> {
        let index = self.columns.partition_point(|(after, _)| *after <= column);
        self.columns.get(index).map(|(_, name)| name.as_str())
    }
}

/// A count of at least one.
fn repetition(tag: &Tag<'_>, name: &str) -> u32 {
    let Some(count) = tag.get_any_prefix(name) else { return 1 };
    match count.trim().parse::<u64>() {
        Ok(count) => u32::try_from(count).unwrap_or(u32::MAX).max(1),
        Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => u32::MAX,
        Err(_) => 1,
    }
}

/// `'Biểu 1'.A1:'Biểu 1'.B5 'Biểu 1'.D5`: ranges of one sheet.
fn open_ranges(text: &str) -> Vec<Range> {
    let plain: String = text.split('\'').step_by(2).collect();
    let cell = |end: &str| end.rsplit_once('.').map_or(end, |(_, cell)| cell).parse().ok();
    let range = |text: &str| {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        Some(Range::new(cell(first)?, cell(last)?))
    };
    plain.split(' ').filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &str = "<o:document-content><o:automatic-styles><s:style s:name='ce1' \
        s:family='table-cell'><s:x/></s:style></o:automatic-styles><o:body><o:spreadsheet>\
        <t:table t:name='Biểu'><t:table-column t:number-columns-repeated='2'/>\
        <t:table-column t:default-cell-style-name='ce1'/><t:table-header-rows>\
        <t:table-row t:number-rows-repeated='2'><t:table-cell><t:table><t:table-row/></t:table>\
        </t:table-cell></t:table-row></t:table-header-rows><t:table-row>\
        <t:table-cell t:number-columns-repeated='3'/><t:covered-table-cell/></t:table-row>\
        <c:conditional-formats><c:conditional-format \
        c:target-range-address=\"'Biểu 1'.A1:'Biểu 1'.B2 'Biểu 1'.D4\"/></c:conditional-formats>\
        </t:table></o:spreadsheet></o:body></o:document-content>";

    #[test]
    fn repeated_rows_and_cells_are_counted() {
        assert_eq!(table_names(CONTENT, "p").unwrap(), ["Biểu"]);
        let wanted = BTreeMap::from([(0, BTreeSet::from([2]))]);
        let map = read(CONTENT, "p", &wanted).unwrap();
        let table = &map.tables[0];
        assert_eq!((table.row_count, table.rows.len(), table.rows[0].first), (3, 1, 2));
        let cells: Vec<(u32, u32, bool)> =
            table.rows[0].cells.iter().map(|c| (c.first, c.repeated, c.covered)).collect();
        assert_eq!(cells, [(0, 3, false), (3, 1, true)]);
        assert_eq!((table.column_style(1), table.column_style(2)), (Some(""), Some("ce1")));
        assert!(CONTENT[table.rows_end.unwrap()..].starts_with("<c:conditional-formats>"));
        assert_eq!(table.conditional.len(), 2);
        assert!(CONTENT[map.styles["ce1"].clone()].ends_with("<s:x/></s:style>"));
        assert!(CONTENT[map.tables_end..].starts_with("</o:spreadsheet>"));
    }
}
