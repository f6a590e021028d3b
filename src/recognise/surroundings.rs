//! What stands around a table: titles above, notes and the signature block below.

use super::region::Region;
use crate::table::{Surroundings, print_number};
use crate::words::{fold, is_reference, is_signature, is_unit_line, single_blanks};
use crate::workbook::{Address, Sheet, Value};

/// Rows looked at below a table; a signature block is a dozen rows at most.
const REACH: u32 = 30;

pub(super) fn read(sheet: &Sheet, region: &Region, bottom: u32) -> Surroundings {
    let mut around = Surroundings::default();
    for row in region.top.saturating_sub(REACH)..region.top {
        for (_, line) in lines(sheet, row) {
            if is_reference(&line) {
                around.reference = Some(line);
            } else if is_unit_line(&line) {
                around.unit_line = Some(line);
            } else {
                around.titles.push(line);
            }
        }
    }
    read_below(sheet, bottom, region.limit, &mut around);
    around
}

fn read_below(sheet: &Sheet, bottom: u32, limit: u32, around: &mut Surroundings) {
    let mut block_column = None;
    for row in bottom + 1..(bottom + 1 + REACH).min(limit) {
        let figures = figures(sheet, row);
        for (column, mut line) in lines(sheet, row) {
            let starts = block_column.is_none() && is_signature(&line);
            if starts {
                block_column = Some(column);
            }
            match block_column {
                // The block is one column of lines; what stands left of it is not part of it.
                Some(block) if column + 2 >= block => around.signature.push(line),
                _ if fold(&line) != "./." => {
                    if !figures.is_empty() {
                        // A balance below the table is nothing without its figure.
                        line = format!(
                            "{}: {}",
                            line.trim_end_matches([':', ' ']),
                            figures.join("; ")
                        );
                    }
                    around.notes.push(line);
                }
                _ => {}
            }
        }
    }
}

/// The numbers of a row as they are printed.
fn figures(sheet: &Sheet, row: u32) -> Vec<String> {
    let numbers = sheet.row(row).iter().filter_map(|(_, cell)| match &cell.value {
        Value::Number(number) => Some(print_number(*number, None)),
        _ => None,
    });
    numbers.collect()
}

/// The texts of a row with their columns, line breaks inside a cell making lines of their own.
fn lines(sheet: &Sheet, row: u32) -> Vec<(u32, String)> {
    let start = sheet.row(row);
    let covered = |at: Address| sheet.merge_at(at).is_some_and(|range| range.start != at);
    start
        .iter()
        .filter(|(at, _)| !covered(*at))
        .filter_map(|(at, cell)| match &cell.value {
            Value::Text(text) => Some((at.column, text)),
            _ => None,
        })
        .flat_map(|(column, text)| text.lines().map(move |line| (column, single_blanks(line))))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}
