//! Where on a sheet a table is: the index row, the columns it spans, the headings above.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;

use super::index_row::{IndexCell, is_index_row, read_cell};
use super::notation::looks_like_figure;
use crate::words::{ends_table, is_total};
use crate::workbook::{Address, Sheet, Value};

/// Headings of official tables have two to four rows; more than this above an index row are none.
const MAX_HEADING_ROWS: u32 = 8;

/// Rows below an index row that tell whether a column is used.
const LOOK_BELOW: u32 = 12;

/// A table's place before its rows are read. Rows and columns are zero-based.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// First row of the headings.
    pub(super) top: u32,
    /// The index row, where one is printed.
    pub(super) index_row: Option<u32>,
    /// The row below the headings and the index row.
    pub(super) body: u32,
    /// Leftmost column.
    pub(super) left: u32,
    /// Rightmost column.
    pub(super) right: u32,
    /// Labels by sheet column.
    pub(super) labels: BTreeMap<u32, IndexCell>,
    /// Columns where the index row holds a date, made of what was typed there.
    pub(super) dates: Vec<u32>,
    /// Rows of headings repeated inside the table (it goes on over the page), index row included.
    pub(super) breaks: Vec<std::ops::RangeInclusive<u32>>,
    /// Columns of figures beside the table that nothing heads.
    pub(super) unheaded: Vec<u32>,
    /// The row that the next table on the sheet begins with, which this one cannot reach.
    pub(super) limit: u32,
    /// The row that another table begins with, which what stands below this one cannot reach.
    pub(super) below: u32,
}

impl Region {
    /// The rows of its headings, without the index row.
    pub(super) fn heading_rows(&self) -> std::ops::Range<u32> {
        self.top..self.index_row.unwrap_or(self.body)
    }
}

/// Finds the tables of a sheet by their index rows, top down and then from left to right.
pub(super) fn find(sheet: &Sheet) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let captions = captions_by_last_row(sheet);
    let mut row_start = 0;
    let cells = sheet.cells();
    while row_start < cells.len() {
        let row = cells[row_start].0.row;
        let in_row = sheet.row(row);
        row_start += in_row.len();
        let captions = captions.get(&row).map_or(&[][..], Vec::as_slice);
        let Some(found) = index_labels(in_row, captions) else { continue };
        if begins_a_list(sheet, row, &found.labels) {
            continue;
        }
        for labels in side_by_side(sheet, row, found.labels) {
            let known = regions.iter_mut().rev().find(|region| region.labels == labels);
            let region = around(sheet, row, labels, &found.dates);
            // A page may repeat the headings, or no more than the index row.
            let top = region.as_ref().map_or(row, |region| region.top);
            if let Some(previous) = known
                && previous.body <= top
                && !has_ended(sheet, previous, previous.body..top)
            {
                previous.breaks.push(top..=row);
            } else if let Some(region) = region {
                for above in &mut regions {
                    let beside = above.right < region.left || region.right < above.left;
                    if above.body <= region.top && !beside {
                        above.limit = above.limit.min(region.top);
                        above.below = above.limit;
                    }
                }
                regions.push(region);
            }
        }
    }
    regions
}

/// True when a total or what follows a table stands in some rows below its headings.
pub(super) fn has_ended(sheet: &Sheet, region: &Region, mut rows: Range<u32>) -> bool {
    rows.any(|row| {
        let own = |at: &Address| (region.left..=region.right).contains(&at.column);
        sheet.row(row).iter().filter(|(at, _)| own(at)).any(|(_, cell)| {
            matches!(&cell.value, Value::Text(text) if is_total(text) || ends_table(text))
        })
    })
}

/// True for units that letters name, `A` and `B` below each other: no index row.
fn begins_a_list(sheet: &Sheet, row: u32, labels: &BTreeMap<u32, IndexCell>) -> bool {
    let letter = |label: &str| label.bytes().all(|byte| byte.is_ascii_uppercase());
    let letters: Vec<u32> = labels
        .iter()
        .take_while(|(_, cell)| letter(&cell.label) && cell.formula.is_none())
        .map(|(column, _)| *column)
        .collect();
    let [column] = letters[..] else { return false };
    matches!(sheet.value(Address::new(row + 1, column)), Value::Text(text) if text.trim() == "B")
}

/// The labels of an index row.
struct Labels {
    labels: BTreeMap<u32, IndexCell>,
    /// Columns where a spreadsheet made a date of what was typed: `3/1`, `1-2`.
    dates: Vec<u32>,
}

/// Captions merged over several rows, by the last of them: `Tổng số (1=2+3)` over `Nam (2)`.
fn captions_by_last_row(sheet: &Sheet) -> BTreeMap<u32, Vec<(u32, IndexCell)>> {
    let mut captions: BTreeMap<u32, Vec<(u32, IndexCell)>> = BTreeMap::new();
    for range in sheet.merges.iter().filter(|range| range.start.row < range.end.row) {
        let caption = read_cell(sheet.value(range.start)).filter(|cell| cell.in_caption);
        if let Some(caption) = caption.filter(|_| range.start.column == range.end.column) {
            captions.entry(range.end.row).or_default().push((range.start.column, caption));
        }
    }
    captions
}

/// The labels of a row that can only be an index row.
fn index_labels(
    row: &[(Address, crate::workbook::Cell)],
    captions_above: &[(u32, IndexCell)],
) -> Option<Labels> {
    if captions_above.is_empty() && !may_be_index_row(row) {
        return None;
    }
    let is_date = |value: &Value| matches!(value, Value::Date(_));
    let filled: Vec<_> = row.iter().filter(|(_, cell)| !cell.value.is_blank()).collect();
    let dates: Vec<u32> =
        filled.iter().filter(|(_, c)| is_date(&c.value)).map(|(at, _)| at.column).collect();
    let mut labels: BTreeMap<u32, IndexCell> =
        filled.iter().filter_map(|(at, cell)| Some((at.column, read_cell(&cell.value)?))).collect();
    let own = labels.len();
    labels.extend(captions_above.iter().cloned());
    let cells: Vec<&IndexCell> = labels.values().collect();
    let captions = cells.iter().any(|cell| cell.in_caption);
    // Beside formulas in captions stand captions without one; elsewhere all cells must be labels.
    let complete = own + dates.len() == filled.len() || captions;
    let states_formula = cells.iter().any(|cell| cell.formula.is_some());
    let named = complete && is_index_row(&cells) && (dates.is_empty() || states_formula);
    named.then_some(Labels { labels, dates })
}

/// The labels of each of several tables that stand side by side with an empty column between them.
fn side_by_side(
    sheet: &Sheet,
    index_row: u32,
    labels: BTreeMap<u32, IndexCell>,
) -> Vec<BTreeMap<u32, IndexCell>> {
    let columns: Vec<u32> = labels.keys().copied().collect();
    let gaps: Vec<_> = columns.windows(2).filter(|pair| pair[0] + 1 < pair[1]).collect();
    let (Some(first), Some(last), false) = (columns.first(), columns.last(), gaps.is_empty())
    else {
        return vec![labels];
    };
    let top = heading_top(sheet, index_row, *first, *last);
    let is_empty = |column: u32| {
        (top..=index_row + LOOK_BELOW)
            .all(|row| resolved(sheet, Address::new(row, column)).is_blank())
    };
    let apart = |pair: &&[u32]| (pair[0] + 1..pair[1]).any(is_empty);
    let mut left = labels.clone();
    let divided = gaps.into_iter().filter(apart).rev().map(|pair| left.split_off(&pair[1]));
    let mut tables: Vec<BTreeMap<u32, IndexCell>> = divided.collect();
    tables.push(left);
    tables.reverse();
    let whole = |table: &BTreeMap<u32, IndexCell>| {
        let cells: Vec<&IndexCell> = table.values().collect();
        cells.len() > 1 && is_index_row(&cells)
    };
    if tables.iter().all(whole) { tables } else { vec![labels] }
}

/// False for rows that plainly are none, as nearly all are: without a formula all cells are labels,
/// and the first number among them is 0 or 1.
fn may_be_index_row(row: &[(Address, crate::workbook::Cell)]) -> bool {
    let mut filled = row.iter().map(|(_, cell)| &cell.value).filter(|value| !value.is_blank());
    let states_formula = |value: &Value| matches!(value, Value::Text(text) if text.contains('='));
    // As nearly all rows with an ordinal are.
    let counts_on = |value: &Value| match value {
        Value::Number(number) => number.scale() == 0 && *number > Decimal::ONE,
        _ => false,
    };
    let mut first = true;
    let mut may_begin = |label: &str| {
        let number = label.parse().ok().filter(|_| std::mem::take(&mut first));
        number.is_none_or(|number: u32| number < 2)
    };
    row.iter().any(|(_, cell)| states_formula(&cell.value))
        || !filled.clone().next().is_some_and(counts_on)
            && filled.all(|value| read_cell(value).is_some_and(|cell| may_begin(&cell.label)))
}

/// The region around an index row, if headings stand above it and it leaves no figures unnamed.
fn around(
    sheet: &Sheet,
    index_row: u32,
    labels: BTreeMap<u32, IndexCell>,
    dates: &[u32],
) -> Option<Region> {
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
    let last_label =
        dates.iter().copied().filter(|d| *d == last_label + 1).max().unwrap_or(last_label);
    let mut right = last_label;
    while heads(right + 1) && right - last_label < 4 {
        right += 1;
    }
    let states_formula = labels.values().any(|cell| cell.formula.is_some());
    let sure = states_formula || in_brackets(sheet, index_row);
    let region = Region {
        top,
        index_row: Some(index_row),
        body: index_row + 1,
        left,
        right,
        labels,
        dates: dates.to_vec(),
        breaks: Vec::new(),
        unheaded: Vec::new(),
        limit: u32::MAX,
        below: u32::MAX,
    };
    (sure || !leaves_figures_unnamed(sheet, &region)).then_some(region)
}

/// True for a row of labels most of which stand in brackets, `(1)`, which a spreadsheet may have made −1:
/// nobody writes figures or ordinals so.
fn in_brackets(sheet: &Sheet, index_row: u32) -> bool {
    let bracketed = |value: &Value| match value {
        Value::Number(number) => number.is_sign_negative() && !number.is_zero(),
        Value::Text(text) => text.trim().starts_with('('),
        _ => false,
    };
    let filled = || sheet.row(index_row).iter().filter(|(_, cell)| !cell.value.is_blank());
    let count = filled().filter(|(_, cell)| bracketed(&cell.value)).count();
    count >= 3 && count * 2 > filled().count()
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

/// True for the digits of an account, a card or the like: no figure of a table is so long.
fn is_account(value: &Value) -> bool {
    const LONGEST: usize = 12;
    let Value::Text(text) = value else { return false };
    let text = text.trim();
    text.len() > LONGEST && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A row 1, 2, 3 … that leaves more than a quarter of the columns of figures without a name numbers
/// something else.
fn leaves_figures_unnamed(sheet: &Sheet, region: &Region) -> bool {
    let holds_figures = |column: &u32| {
        let column = *column;
        let below: Vec<&Value> = (region.body..region.body + LOOK_BELOW - 1)
            .map(|row| sheet.value(Address::new(row, column)))
            .filter(|value| !value.is_blank())
            .collect();
        let is_figure = |value: &Value| looks_like_figure(value) && !is_account(value);
        let figures = below.iter().filter(|value| is_figure(value)).count();
        let is_ordinal = column == region.left;
        !is_ordinal && figures > 0 && figures * 2 > below.len()
    };
    let all = (region.left..=region.right).filter(holds_figures);
    let (named, unnamed): (Vec<u32>, Vec<u32>) =
        all.partition(|column| region.labels.contains_key(column));
    unnamed.len() * 3 > named.len()
}
