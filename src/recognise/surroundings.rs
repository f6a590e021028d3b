//! What stands around a table: titles above, notes and the signature block below.

use rust_decimal::Decimal;

use super::notation::read_number_text;
use super::region::Region;
use crate::table::{Above, Surroundings, WrittenAmount, print_number};
use crate::words::lines::is_date_line;
use crate::words::{
    fold, is_office, is_reference, is_signature, is_unit_line, numerals, single_blanks,
};
use crate::workbook::{Address, Sheet, Value};

/// Rows looked at below a table; a signature block is a dozen rows at most.
const REACH: u32 = 30;

pub(super) fn read(sheet: &Sheet, region: &Region, bottom: u32) -> Surroundings {
    let mut around = Surroundings::default();
    let (mut titles, mut reference) = (Vec::new(), None);
    let rows = region.top.saturating_sub(REACH)..region.top;
    let in_cells = rows.flat_map(|row| lines(sheet, row)).map(|(_, line)| line);
    // Of several tables that stand together, the title is that of the first.
    let above = sheet.above.iter().filter(|_| region.top < REACH).cloned();
    for line in above.chain(in_cells) {
        if is_reference(&line) {
            reference = Some(line);
        } else if is_unit_line(&line) {
            around.unit_line = Some(line);
        } else {
            titles.push(line);
        }
    }
    around.above = Above::new(titles, reference);
    read_below(sheet, bottom, region.below, &mut around);
    around.amounts = amounts(sheet, bottom, region.below);
    around
}

/// Amounts in words at the foot of a table, its last row included.
fn amounts(sheet: &Sheet, bottom: u32, limit: u32) -> Vec<WrittenAmount> {
    let mut found = Vec::new();
    let mut above: Vec<Decimal> = Vec::new();
    for row in bottom..(bottom + 1 + REACH).min(limit) {
        let own = figures(sheet, row);
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

/// The figures of a row, those typed as text among them.
fn figures(sheet: &Sheet, row: u32) -> Vec<Decimal> {
    let figures = sheet.row(row).iter().filter_map(|(_, cell)| match &cell.value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => read_number_text(text),
        _ => None,
    });
    figures.collect()
}

fn read_below(sheet: &Sheet, bottom: u32, limit: u32, around: &mut Surroundings) {
    let mut blocks: Vec<Block> = Vec::new();
    for row in bottom + 1..(bottom + 1 + REACH).min(limit) {
        let figures: Vec<String> =
            numbers(sheet, row).into_iter().map(|number| print_number(number, None)).collect();
        let own = lines(sheet, row);
        open_blocks(&own, &mut blocks);
        for (column, mut line) in own {
            if let Some(block) = block_of(column, &line, &mut blocks) {
                block.lines.push(line);
            } else if fold(&line) != "./." {
                if !figures.is_empty() {
                    // A balance below the table is nothing without its figure.
                    line = format!("{}: {}", line.trim_end_matches([':', ' ']), figures.join("; "));
                }
                around.notes.push(line);
            }
        }
    }
    blocks.sort_by_key(|block| block.column);
    around.blocks = blocks.into_iter().map(|block| block.lines).collect();
}

/// The lines of somebody who signs.
struct Block {
    column: u32,
    lines: Vec<String>,
}

/// Columns that the lines of a block may stand apart.
const APART: u32 = 2;

/// Opens blocks for the offices of a row: where one of them surely signs, all beside it do.
fn open_blocks(row: &[(u32, String)], blocks: &mut Vec<Block>) {
    let is_capital = |line: &str| line.chars().all(|c| !c.is_lowercase());
    let offices: Vec<_> = row.iter().filter(|(_, line)| is_office(line)).collect();
    let surely =
        |line: &str| is_signature(line) || is_capital(line) || fold(line).starts_with("người lập");
    if offices.len() < 2 && !offices.iter().any(|(_, line)| surely(line)) {
        return;
    }
    let earlier: Vec<u32> = blocks.iter().map(|block| block.column).collect();
    for (column, _) in offices {
        if earlier.iter().all(|known| known.abs_diff(*column) > APART) {
            blocks.push(Block { column: *column, lines: Vec::new() });
        }
    }
}

/// The block a line belongs to: the nearest one, where it stands under it or at its right. Notes,
/// dates, and who receives the table stand at the left of it.
fn block_of<'a>(column: u32, line: &str, blocks: &'a mut [Block]) -> Option<&'a mut Block> {
    let is_item = line.starts_with(['-', '–', '+', '•']) && line.chars().any(char::is_alphabetic);
    let folded = fold(line);
    if is_item || folded.starts_with("nơi nhận") || is_date_line(&folded) {
        return None;
    }
    let left = blocks.iter().map(|block| block.column).min()?;
    if column + APART < left {
        return None;
    }
    blocks.iter_mut().min_by_key(|block| block.column.abs_diff(column))
}

/// The texts of a row with their columns, line breaks inside a cell making lines of their own.
fn lines(sheet: &Sheet, row: u32) -> Vec<(u32, String)> {
    let covered = |at: Address| sheet.merge_at(at).is_some_and(|range| range.start != at);
    sheet
        .row(row)
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
