//! Where the cells of an `.xlsb` sheet are ([MS-XLSB] 2.1.7.62), in the rows that are asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::super::PatchError;
use super::records::{Record, Records};
use crate::read::bytes::{long, short};
use crate::workbook::{Address, Range};

const ROW: u16 = 0;
const FUTURE_END: u16 = 36;
const COLUMNS: u16 = 60;
const END_OF_DATA: u16 = 146;
const DIMENSION: u16 = 148;
const MERGE: u16 = 176;
const CONDITIONAL: u16 = 461;
const PROTECTION: u16 = 535;
const PROTECTION_ISO: u16 = 678;

/// What is known of a sheet.
#[derive(Debug, Default)]
pub(super) struct Map {
    pub(super) rows: BTreeMap<u32, Row>,
    pub(super) dimension: Option<Record>,
    pub(super) merges: Vec<Range>,
    pub(super) conditional: Vec<Range>,
    pub(super) protected: bool,
    pub(super) has_formulas: bool,
    /// First and last column with the format of both and those between.
    columns: Vec<(u32, u32, u32)>,
}

/// A row that is asked for.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) header: Record,
    pub(super) cells: Vec<Place>,
    /// False where a cell or the row itself stands twice or out of order.
    pub(super) orderly: bool,
}

/// A cell.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) column: u32,
    pub(super) record: Record,
    /// Where the records that belong to it end.
    pub(super) end: usize,
}

/// True for records of cells, with their column or without.
fn is_cell(kind: u16) -> bool {
    matches!(kind, 1..=18 | 62)
}

/// True for records of cells that stand in the column behind the one before.
fn is_short(kind: u16) -> bool {
    matches!(kind, 12..=18)
}

impl Place {
    /// The type and the data of the cell's record, with its column.
    pub(super) fn full(&self, part: &[u8]) -> (u16, Vec<u8>) {
        let (kind, data) = (self.record.kind, self.record.data(part));
        if is_short(kind) {
            (kind - 11, [&self.column.to_le_bytes()[..], data].concat())
        } else {
            (kind, data.to_vec())
        }
    }
}

impl Map {
    pub(super) fn read(
        part: &[u8],
        name: &str,
        wanted: &BTreeSet<u32>,
    ) -> Result<Self, PatchError> {
        let mut map = Self::default();
        // The row that is being read, if it is asked for.
        let (mut row, mut highest) = (None, None);
        for record in Records::of(part, name) {
            let record = record?;
            let data = record.data(part);
            match record.kind {
                ROW => {
                    let number = long(data, 0).unwrap_or(u32::MAX);
                    let orderly = highest.is_none_or(|highest| number > highest);
                    highest = highest.max(Some(number));
                    row = wanted.contains(&number).then_some(number);
                    if row.is_some() {
                        map.open_row(number, record, orderly);
                    }
                }
                kind if is_cell(kind) => {
                    map.has_formulas |= (8..=11).contains(&kind);
                    let open = row.and_then(|row| map.rows.get_mut(&row));
                    if let Some(open) = open {
                        open.add(long(data, 0), record);
                    }
                }
                // Formulas that cells share, and what later versions know of a cell, follow it.
                426..=428 | FUTURE_END => {
                    let open = row.and_then(|row| map.rows.get_mut(&row));
                    if let Some(cell) = open.and_then(|open| open.cells.last_mut()) {
                        cell.end = record.span.end;
                    }
                }
                END_OF_DATA => row = None,
                DIMENSION => map.dimension = Some(record),
                other => map.take(other, data),
            }
        }
        Ok(map)
    }

    fn open_row(&mut self, number: u32, header: Record, orderly: bool) {
        let known = self.rows.get_mut(&number);
        match known {
            Some(row) => row.orderly = false,
            None => {
                self.rows.insert(number, Row { header, cells: Vec::new(), orderly });
            }
        }
    }

    /// Takes what stands before and behind the cells.
    fn take(&mut self, kind: u16, data: &[u8]) {
        match kind {
            COLUMNS => {
                let ends = long(data, 0).zip(long(data, 4)).zip(long(data, 12));
                self.columns.extend(ends.map(|((first, last), style)| (first, last, style)));
            }
            MERGE => self.merges.extend(range(data, 0)),
            CONDITIONAL => {
                let count = usize::try_from(long(data, 8).unwrap_or(0)).unwrap_or(0);
                let most = data.len() / 16;
                self.conditional
                    .extend((0..count.min(most)).filter_map(|n| range(data, 12 + 16 * n)));
            }
            PROTECTION => self.protected |= short(data, 2).is_some_and(|locked| locked != 0),
            PROTECTION_ISO => self.protected = true,
            _ => {}
        }
    }

    /// The format that a cell has which its row does not hold: the row's own, or the column's.
    pub(super) fn format_of_nothing(&self, part: &[u8], row: &Row, column: u32) -> u32 {
        let header = row.header.data(part);
        if header.get(11).is_some_and(|flags| flags & 0x40 != 0) {
            return long(header, 4).unwrap_or(0);
        }
        let of = self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
        of.map_or(0, |(_, _, style)| *style)
    }
}

impl Row {
    fn add(&mut self, stated: Option<u32>, record: Record) {
        let next = self.cells.last().map_or(0, |last| last.column.saturating_add(1));
        let column = if is_short(record.kind) { next } else { stated.unwrap_or(u32::MAX) };
        self.orderly &= self.cells.last().is_none_or(|last| last.column < column);
        let end = record.span.end;
        self.cells.push(Place { column, record, end });
    }
}

/// Rows, then columns, each the first and the last (`UncheckedRfX`).
fn range(data: &[u8], at: usize) -> Option<Range> {
    let [top, bottom] = [long(data, at)?, long(data, at + 4)?];
    let [left, right] = [long(data, at + 8)?, long(data, at + 12)?];
    Some(Range::new(Address::new(top, left), Address::new(bottom, right)))
}
