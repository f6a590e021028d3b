//! Where on a sheet a table is: the index row, the columns it spans, the headings above.

use std::collections::BTreeMap;

use super::index_row::{IndexCell, is_index_row, read_cell};
use super::notation::looks_like_figure;
use super::words::{ends_table, is_total};
use crate::lang::Text;
use crate::workbook::{Address, Sheet, Value};

/// Headings of official tables have two to four rows; more than this above an index row are none.
const MAX_HEADING_ROWS: u32 = 8;

/// A table's place before its rows are read. Rows and columns are zero-based.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// First row of the headings.
    pub(super) top: u32,
    /// The index row.
    pub(super) index_row: u32,
    /// Leftmost column.
    pub(super) left: u32,
    /// Rightmost column.
    pub(super) right: u32,
    /// Labels by sheet column.
    pub(super) labels: BTreeMap<u32, IndexCell>,
    /// Rows of headings repeated inside the table (it goes on over the page), index row included.
    pub(super) breaks: Vec<std::ops::RangeInclusive<u32>>,
    /// The row that the next table on the sheet begins with, which this one cannot reach.
    pub(super) limit: u32,
}

/// Finds the tables of a sheet by their index rows, top down.
pub(super) fn find(sheet: &Sheet) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut row_start = 0;
    let cells = sheet.cells();
    while row_start < cells.len() {
        let row = cells[row_start].0.row;
        let in_row = sheet.row(row);
        row_start += in_row.len();
        let Some(labels) = index_labels(in_row) else { continue };
        if let Some(region) = around(sheet, row, labels) {
            match regions.last_mut() {
                Some(previous) if continues(sheet, previous, &region) => {
                    previous.breaks.push(region.top..=region.index_row);
                    continue;
                }
                Some(previous) => previous.limit = region.top,
                None => {}
            }
            regions.push(region);
        }
    }
    regions
}

/// True when a region only repeats the headings of the one before it, as a table does on a new
/// page: the same columns and formulas, and no total yet.
fn continues(sheet: &Sheet, previous: &Region, next: &Region) -> bool {
    let ended = (previous.index_row + 1..next.top).any(|row| {
        sheet.row(row).iter().any(|(_, cell)| {
            matches!(&cell.value, Value::Text(text) if is_total(text) || ends_table(text))
        })
    });
    !ended && previous.labels == next.labels
}

/// The labels of a row that can only be an index row.
fn index_labels(row: &[(Address, crate::workbook::Cell)]) -> Option<BTreeMap<u32, IndexCell>> {
    if !may_be_index_row(row) {
        return None;
    }
    let filled: Vec<_> = row.iter().filter(|(_, cell)| !cell.value.is_blank()).collect();
    let (columns, cells): (Vec<u32>, Vec<IndexCell>) =
        filled.iter().filter_map(|(at, cell)| Some((at.column, read_cell(&cell.value)?))).unzip();
    let captions = cells.iter().any(|cell| cell.in_caption);
    // Beside formulas in captions stand captions without one; elsewhere all cells must be labels.
    let complete = cells.len() == filled.len() || captions;
    (complete && is_index_row(&cells)).then(|| columns.into_iter().zip(cells).collect())
}

/// False for rows that plainly are none, as nearly all are: without a formula all cells are labels,
/// and the numbers among them count up from one.
fn may_be_index_row(row: &[(Address, crate::workbook::Cell)]) -> bool {
    let filled = || row.iter().map(|(_, cell)| &cell.value).filter(|value| !value.is_blank());
    let states_formula = |value: &Value| matches!(value, Value::Text(text) if text.contains('='));
    let mut numbers = 1_u32..;
    let mut counts_up =
        |label: &str| label.parse().map_or(true, |n: u32| numbers.next() == Some(n));
    filled().any(states_formula)
        || filled().all(|value| read_cell(value).is_some_and(|cell| counts_up(&cell.label)))
}

/// The region around an index row, if headings stand above it and it leaves no figures unnamed.
fn around(sheet: &Sheet, index_row: u32, labels: BTreeMap<u32, IndexCell>) -> Option<Region> {
    let in_caption = labels.values().any(|cell| cell.in_caption);
    let first_label = *labels.keys().next()?;
    let last_label = *labels.keys().next_back()?;
    let top = heading_top(sheet, index_row, first_label, last_label);
    if top == index_row && !in_caption {
        return None;
    }
    let heading_rows = top..=index_row;
    let heads = |column: u32| {
        heading_rows.clone().any(|row| !resolved(sheet, Address::new(row, column)).is_blank())
    };
    let mut left = first_label;
    while left > 0 && heads(left - 1) {
        left -= 1;
    }
    let mut right = last_label;
    while heads(right + 1) && right - last_label < 4 {
        right += 1;
    }
    let states_formula = labels.values().any(|cell| cell.formula.is_some());
    let region =
        Region { top, index_row, left, right, labels, breaks: Vec::new(), limit: u32::MAX };
    (states_formula || !leaves_figures_unnamed(sheet, &region)).then_some(region)
}

/// The value of a cell, or of the merged range that covers it.
pub(super) fn resolved(sheet: &Sheet, at: Address) -> &Value {
    match sheet.merge_at(at) {
        Some(range) => sheet.value(range.start),
        None => sheet.value(at),
    }
}

/// The first row of the headings: the rows above the index row that hold more than one heading.
fn heading_top(sheet: &Sheet, index_row: u32, first: u32, last: u32) -> u32 {
    let mut top = index_row;
    let mut merged_to = index_row;
    for row in (index_row.saturating_sub(MAX_HEADING_ROWS)..index_row).rev() {
        let texts = sheet
            .row(row)
            .iter()
            .filter(|(at, cell)| at.column <= last + 4 && is_heading(&cell.value))
            .count();
        let figures = sheet
            .row(row)
            .iter()
            .filter(|(at, cell)| {
                (first..=last).contains(&at.column) && looks_like_figure(&cell.value)
            })
            .count();
        // A single text is a title, unless headings merged over rows pass through this one.
        let inside_merge = row >= merged_to;
        if texts == 0 && !inside_merge || figures > texts || (texts < 2 && !inside_merge) {
            // A lone heading, or none, between two full rows of headings belongs to them.
            if !(texts <= 1 && row + 1 == top && continues_above(sheet, row, last)) {
                break;
            }
        }
        top = row;
        merged_to = sheet
            .merges
            .iter()
            .filter(|range| {
                (range.start.row..=range.end.row).contains(&row) && range.end.column <= last + 4
            })
            .map(|range| range.start.row)
            .min()
            .unwrap_or(merged_to)
            .min(merged_to);
    }
    top
}

/// True when the row above a lone heading is a row of several headings that includes an ordinal
/// or name column: files without merged ranges show such gaps.
fn continues_above(sheet: &Sheet, row: u32, last: u32) -> bool {
    row > 0
        && sheet
            .row(row - 1)
            .iter()
            .filter(|(at, cell)| at.column <= last && is_heading(&cell.value))
            .count()
            >= 3
}

fn is_heading(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.chars().any(char::is_alphabetic))
}

/// A row 1, 2, 3 … that leaves columns of figures without a name numbers something else.
fn leaves_figures_unnamed(sheet: &Sheet, region: &Region) -> bool {
    let mut unnamed =
        (region.left..=region.right).filter(|column| !region.labels.contains_key(column));
    unnamed.any(|column| {
        let below: Vec<&Value> = (region.index_row + 1..region.index_row + 12)
            .map(|row| sheet.value(Address::new(row, column)))
            .filter(|value| !value.is_blank())
            .collect();
        let figures = below.iter().filter(|value| looks_like_figure(value)).count();
        let is_ordinal = column == region.left;
        !is_ordinal && figures > 0 && figures * 2 > below.len()
    })
}

/// What came nearest to a table on a sheet without one.
pub(super) fn miss(sheet: &Sheet) -> Text {
    let Some(used) = sheet.used() else {
        return Text::new("trang tính trống", "the sheet is empty");
    };
    let mut nearest: Option<(usize, u32)> = None;
    for row in used.start.row..=used.end.row.min(used.start.row + 200) {
        let labels =
            sheet.row(row).iter().filter(|(_, cell)| read_cell(&cell.value).is_some()).count();
        if labels >= 3 && nearest.is_none_or(|(most, _)| labels > most) {
            nearest = Some((labels, row));
        }
    }
    match nearest {
        Some((labels, row)) => Text::new(
            format!(
                "không có dòng chỉ số cột; gần giống nhất là dòng {} với {labels} ô như nhãn cột",
                row + 1
            ),
            format!(
                "no index row; the nearest is row {} with {labels} cells like column labels",
                row + 1
            ),
        ),
        None => Text::new("không có dòng chỉ số cột nào", "no row looks like an index row"),
    }
}
