//! Headings: for each column the texts above it, from the top level down.

use std::collections::BTreeMap;

use super::region::{Region, resolved};
use crate::table::{HeadingCell, plain_number};
use crate::words::{fold, is_unit_line, single_blanks};
use crate::workbook::{Address, Range, Sheet, Value};

/// The headings of a region.
pub(super) struct Headings {
    /// Texts by sheet column, top level first, repeats dropped.
    pub(super) paths: BTreeMap<u32, Vec<String>>,
    /// Heading cells with their spans, by row, then column.
    pub(super) cells: Vec<HeadingCell>,
}

pub(super) fn read(sheet: &Sheet, region: &Region) -> Headings {
    let merged = sheet.merges.iter().any(|range| inside(region, *range));
    let texts: Vec<Vec<String>> =
        region.heading_rows().map(|row| heading_row(sheet, region, row)).collect();
    let texts = if merged { texts } else { spread(&texts) };
    let mut paths: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for column in region.left..=region.right {
        let mut path: Vec<String> = Vec::new();
        for row in &texts {
            let text = &row[(column - region.left) as usize];
            // A caption with its label, merged down to the index row, is told below without it.
            if !text.is_empty() && path.last() != Some(text) && !is_caption(region, column, text) {
                path.push(text.clone());
            }
        }
        if let Some(caption) = caption_in_index_row(sheet, region, column) {
            path.push(caption);
        }
        paths.insert(column, path);
    }
    let cells =
        if merged { merged_cells(sheet, region, &texts) } else { spread_cells(region, &texts) };
    Headings { paths, cells }
}

fn inside(region: &Region, range: Range) -> bool {
    region.heading_rows().contains(&range.start.row)
        && (region.left..=region.right).contains(&range.start.column)
}

/// The texts of one heading row, merged cells resolved.
fn heading_row(sheet: &Sheet, region: &Region, row: u32) -> Vec<String> {
    (region.left..=region.right)
        .map(|column| tidy(resolved(sheet, Address::new(row, column))))
        .collect()
}

fn tidy(value: &Value) -> String {
    match value {
        Value::Text(text) if !is_unit_line(text) => single_blanks(text),
        Value::Number(number) => plain_number(*number),
        _ => String::new(),
    }
}

fn is_caption(region: &Region, column: u32, text: &str) -> bool {
    let own = region.labels.get(&column).filter(|label| label.in_caption);
    own.is_some_and(|label| read_text_cell(text).as_ref() == Some(label))
}

fn read_text_cell(text: &str) -> Option<super::index_row::IndexCell> {
    super::index_row::read_cell(&Value::Text(text.to_owned()))
}

/// A formula inside a caption: the words before it are a heading.
fn caption_in_index_row(sheet: &Sheet, region: &Region, column: u32) -> Option<String> {
    let label = region.labels.get(&column)?;
    if !label.in_caption {
        return None;
    }
    let Value::Text(text) = resolved(sheet, Address::new(region.index_row?, column)) else {
        return None;
    };
    let words = text.split(['(', '[', '=']).next().unwrap_or_default();
    // A label on a line of its own.
    let label = |line: &&str| line.trim().chars().any(char::is_alphabetic);
    Some(single_blanks(&words.lines().filter(label).collect::<Vec<_>>().join(" ")))
}

/// Without merged ranges (a pasted table, a format that does not tell), a heading of an upper row
/// reaches over the blanks to its right, as long as a lower row has headings under them.
fn spread(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut spread: Vec<Vec<String>> = Vec::new();
    for (level, row) in rows.iter().enumerate() {
        let mut filled: Vec<String> = row.clone();
        for column in 1..filled.len() {
            let below = rows[level + 1..].iter().any(|lower| !lower[column].is_empty());
            let same_group = spread
                .last()
                .is_none_or(|upper: &Vec<String>| fold(&upper[column]) == fold(&upper[column - 1]));
            if filled[column].is_empty() && below && same_group {
                let left = filled[column - 1].clone();
                filled[column] = left;
            }
        }
        spread.push(filled);
    }
    spread
}

fn merged_cells(sheet: &Sheet, region: &Region, texts: &[Vec<String>]) -> Vec<HeadingCell> {
    let mut cells = Vec::new();
    for (row, texts) in region.heading_rows().zip(texts) {
        for (column, text) in (region.left..=region.right).zip(texts) {
            let at = Address::new(row, column);
            let range = sheet.merge_at(at).unwrap_or(Range { start: at, end: at });
            if range.start != at {
                continue;
            }
            let end = Address::new(
                range.end.row.min(region.heading_rows().end - 1),
                range.end.column.min(region.right),
            );
            cells.push(HeadingCell { range: Range { start: at, end }, text: text.clone() });
        }
    }
    cells
}

/// Spans guessed from the spread texts: equal neighbours are one cell, blanks below continue it.
fn spread_cells(region: &Region, rows: &[Vec<String>]) -> Vec<HeadingCell> {
    let mut cells = Vec::new();
    let height = rows.len();
    let width = (region.right - region.left + 1) as usize;
    let mut taken = vec![vec![false; width]; height];
    for row in 0..height {
        for column in 0..width {
            if taken[row][column] {
                continue;
            }
            let text = &rows[row][column];
            let mut right = column;
            while !text.is_empty()
                && right + 1 < width
                && rows[row][right + 1] == *text
                && !taken[row][right + 1]
            {
                right += 1;
            }
            let mut bottom = row;
            while bottom + 1 < height && (column..=right).all(|c| rows[bottom + 1][c].is_empty()) {
                bottom += 1;
            }
            for line in &mut taken[row..=bottom] {
                line[column..=right].fill(true);
            }
            let at = |r: usize, c: usize| {
                Address::new(
                    region.top + u32::try_from(r).unwrap_or(0),
                    region.left + u32::try_from(c).unwrap_or(0),
                )
            };
            cells.push(HeadingCell {
                range: Range { start: at(row, column), end: at(bottom, right) },
                text: text.clone(),
            });
        }
    }
    cells
}
