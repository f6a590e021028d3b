//! What stands around a table: titles above, notes and the signature block below.

use rust_decimal::Decimal;

use super::notation::read_number_text;
use super::region::Region;
use crate::table::{Surroundings, WrittenAmount, print_number};
use crate::words::{fold, is_reference, is_signature, is_unit_line, numerals, single_blanks};
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
    around.amounts = amounts(sheet, bottom, region.limit);
    around
}

/// Amounts in words at the foot of a table, its last row included.
fn amounts(sheet: &Sheet, bottom: u32, limit: u32) -> Vec<WrittenAmount> {
    let mut found = Vec::new();
    let mut above: Vec<Decimal> = Vec::new();
    for row in bottom..(bottom + 1 + REACH).min(limit) {
        let own = numbers(sheet, row);
        for (at, cell) in sheet.row(row) {
            let Value::Text(text) = &cell.value else { continue };
            let Some((beside, mut words)) = numerals::in_words(text) else { continue };
            let texts = sheet.row(row).iter().filter(|(other, _)| other.column > at.column);
            let right = texts.filter_map(|(other, cell)| match &cell.value {
                Value::Text(text) => Some((*other, text)),
                _ => None,
            });
            let mut place = *at;
            if let (true, Some((other, text))) = (words.is_empty(), right.into_iter().next()) {
                (place, words) = (other, fold(text));
            }
            if !words.chars().any(char::is_alphabetic) {
                continue;
            }
            let figures = beside.split(' ').filter_map(|word| {
                let word = word.trim_matches(|c: char| !c.is_ascii_digit());
                read_number_text(word).filter(|figure| figure.is_integer() && word.len() > 3)
            });
            let mut figures: Vec<Decimal> = figures.collect();
            if row > bottom {
                figures.extend(&own);
            }
            found.push(WrittenAmount { cell: place, words, beside: figures, above: above.clone() });
        }
        if row > bottom {
            above.extend(own);
        }
    }
    found
}

/// The numbers of a row.
fn numbers(sheet: &Sheet, row: u32) -> Vec<Decimal> {
    let numbers = sheet.row(row).iter().filter_map(|(_, cell)| match &cell.value {
        Value::Number(number) => Some(*number),
        _ => None,
    });
    numbers.collect()
}

fn read_below(sheet: &Sheet, bottom: u32, limit: u32, around: &mut Surroundings) {
    let mut block_column = None;
    for row in bottom + 1..(bottom + 1 + REACH).min(limit) {
        let figures: Vec<String> =
            numbers(sheet, row).into_iter().map(|number| print_number(number, None)).collect();
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
