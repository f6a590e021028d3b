//! The cells of a sheet, changed one by one ([MS-XLSB] 2.5.10).

use std::collections::BTreeMap;

use super::super::binary::{bits, rk};
use super::super::{Content, Edit, PatchError};
use super::map::{Map, Row};
use super::records::{Changes, record};
use super::styles::Styles;
use crate::read::bytes::long;
use crate::workbook::{Address, Range};

const ROW: u16 = 0;
const BLANK: u16 = 1;
const RK: u16 = 2;
const REAL: u16 = 5;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_BOOL: u16 = 10;
const FORMULA_ERROR: u16 = 11;
const DIMENSION: u16 = 148;

/// Columns whose cells a row counts together.
const SEGMENT: u32 = 1024;

/// A sheet whose cells are changed.
pub(super) struct Sheet<'a> {
    part: &'a [u8],
    map: &'a Map,
    headers: &'a [Range],
    styles: Option<&'a mut Styles>,
    changes: Changes,
    /// Cells that are added to rows that have others.
    added: Vec<Address>,
    pub(super) not_highlighted: bool,
}

/// The number of a format and the flags beside it: column, then three bytes and one.
struct Head {
    column: u32,
    format: u32,
    flags: u8,
}

impl Head {
    fn of(data: &[u8]) -> Option<Self> {
        let (column, word) = (long(data, 0)?, long(data, 4)?);
        Some(Self { column, format: word & 0x00FF_FFFF, flags: *data.get(7)? })
    }

    fn bytes(&self) -> Vec<u8> {
        let word = self.format & 0x00FF_FFFF | u32::from(self.flags) << 24;
        [self.column.to_le_bytes(), word.to_le_bytes()].concat()
    }
}

impl<'a> Sheet<'a> {
    pub(super) fn open(
        part: &'a [u8],
        map: &'a Map,
        headers: &'a [Range],
        styles: Option<&'a mut Styles>,
    ) -> Self {
        let (changes, added) = (Changes::default(), Vec::new());
        Self { part, map, headers, styles, changes, added, not_highlighted: false }
    }

    pub(super) fn edit(&mut self, edit: &Edit) -> Result<(), PatchError> {
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        let map = self.map;
        let Some(row) = map.rows.get(&at.row) else { return self.nothing(edit) };
        if !row.orderly {
            return Err(PatchError::AmbiguousCell { sheet, at });
        }
        if edit.content.replaces() {
            self.guard(edit)?;
        }
        let place = row.cells.iter().find(|place| place.column == at.column);
        let Some(place) = place else { return self.add(row, edit) };
        let (kind, data) = place.full(self.part);
        let ambiguous = || PatchError::AmbiguousCell { sheet: sheet.clone(), at };
        let mut head = Head::of(&data).ok_or_else(ambiguous)?;
        let (kind, body) = Self::held(edit, kind, &data)?;
        head.format = self.format(edit, head.format)?;
        let written = record(kind, &[head.bytes(), body].concat());
        if written != self.part[place.record.span.clone()] {
            self.changes.replace(place.record.span.clone(), written);
        }
        Ok(())
    }

    /// An edit of a cell that the file does not hold.
    fn nothing(&mut self, edit: &Edit) -> Result<(), PatchError> {
        let keeps = edit.content == Content::Keep;
        self.not_highlighted |= keeps && edit.highlight;
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        if keeps { Ok(()) } else { Err(PatchError::NoCell { sheet, at }) }
    }

    fn guard(&self, edit: &Edit) -> Result<(), PatchError> {
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        let merge = self.map.merges.iter().find(|merge| merge.contains(at) && merge.start != at);
        if let Some(merge) = merge {
            return Err(PatchError::InsideMerge { sheet, at, anchor: merge.start });
        }
        if self.headers.iter().any(|header| header.contains(at)) {
            return Err(PatchError::TableHeader { sheet, at });
        }
        Ok(())
    }

    /// Adds a cell to its row, behind the last one before it.
    fn add(&mut self, row: &Row, edit: &Edit) -> Result<(), PatchError> {
        let Content::Number(figure) = edit.content else { return self.nothing(edit) };
        let at = edit.at;
        let before = row.cells.iter().rev().find(|place| place.column < at.column);
        let end = before.map_or(row.header.span.end, |place| place.end);
        let own = self.map.format_of_nothing(self.part, row, at.column);
        let head = Head { column: at.column, format: self.format(edit, own)?, flags: 0 };
        let (kind, body) = number(figure, None);
        self.changes.replace(end..end, record(kind, &[head.bytes(), body].concat()));
        self.added.push(at);
        Ok(())
    }

    /// The number of the format that the cell is to have.
    fn format(&mut self, edit: &Edit, own: u32) -> Result<u32, PatchError> {
        if !edit.highlight && edit.format.is_none() {
            return Ok(own);
        }
        let look = (own, edit.highlight, edit.format.clone());
        match self.styles.as_mut().and_then(|styles| styles.look(look)) {
            Some(format) => Ok(format),
            None if edit.format.is_some() => {
                let (sheet, at) = (edit.sheet.clone(), edit.at);
                Err(PatchError::FormatNotMade { sheet, at })
            }
            None => {
                self.not_highlighted = true;
                Ok(own)
            }
        }
    }

    /// The type of the cell's record, and its data behind the format.
    fn held(edit: &Edit, kind: u16, data: &[u8]) -> Result<(u16, Vec<u8>), PatchError> {
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        let formula = formula(kind, data);
        let is_formula = (FORMULA_TEXT..=FORMULA_ERROR).contains(&kind);
        match &edit.content {
            Content::Keep => Ok((kind, data.get(8..).unwrap_or_default().to_vec())),
            Content::Number(_) | Content::Blank if is_formula => {
                Err(PatchError::FormulaStays { sheet, at })
            }
            Content::Blank => Ok((BLANK, Vec::new())),
            Content::Number(figure) => Ok(number(*figure, Some(kind))),
            Content::Result(figure) => match formula {
                Some(code) => {
                    Ok((FORMULA_NUMBER, [&bits(*figure).to_le_bytes()[..], code].concat()))
                }
                None => Err(PatchError::NoFormula { sheet, at }),
            },
            Content::Formula { text, .. } => {
                Err(PatchError::FormulaNotWritten { sheet, at, formula: text.clone() })
            }
            Content::Text(_) => Err(PatchError::TextNotWritten { sheet, at }),
        }
    }

    /// The changes, with what rows and the sheet say of the cells that were added.
    pub(super) fn changes(mut self) -> Changes {
        let mut rows: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for at in &self.added {
            rows.entry(at.row).or_default().push(at.column);
        }
        for (row, columns) in rows {
            let Some(row) = self.map.rows.get(&row) else { continue };
            let header = row.header.data(self.part);
            if let Some(widened) = widened(header, &columns).filter(|data| data != header) {
                self.changes.replace(row.header.span.clone(), record(ROW, &widened));
            }
        }
        if let Some(dimension) = self.map.dimension.as_ref().filter(|_| !self.added.is_empty()) {
            let data = dimension.data(self.part);
            if let Some(wider) = around(data, &self.added).filter(|wider| wider != data) {
                self.changes.replace(dimension.span.clone(), record(DIMENSION, &wider));
            }
        }
        self.changes
    }
}

/// The flags and the code of a formula, behind its result.
fn formula(kind: u16, data: &[u8]) -> Option<&[u8]> {
    let result = match kind {
        FORMULA_TEXT => usize::try_from(long(data, 8)?).ok()?.checked_mul(2)?.checked_add(4)?,
        FORMULA_NUMBER => 8,
        FORMULA_BOOL | FORMULA_ERROR => 1,
        _ => return None,
    };
    data.get(result.checked_add(8)?..)
}

/// A figure, in the room the cell has where that holds it exactly.
fn number(figure: rust_decimal::Decimal, kind: Option<u16>) -> (u16, Vec<u8>) {
    match rk(figure).filter(|_| kind != Some(REAL)) {
        Some(rk) => (RK, rk.to_le_bytes().to_vec()),
        None => (REAL, bits(figure).to_le_bytes().to_vec()),
    }
}

/// The header of a row, whose spans hold these columns too (`BrtColspan`, one for 1,024 columns).
fn widened(header: &[u8], columns: &[u32]) -> Option<Vec<u8>> {
    const SPANS: usize = 17;
    let count = usize::try_from(long(header, 13)?).ok()?;
    let spans = header.get(SPANS..SPANS.checked_add(count.checked_mul(8)?)?)?;
    let mut segments: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let known = spans.chunks_exact(8).filter_map(|span| long(span, 0).zip(long(span, 4)));
    for (first, last) in known.chain(columns.iter().map(|column| (*column, *column))) {
        let span = segments.entry(first / SEGMENT).or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
    }
    let mut data = header[..13].to_vec();
    data.extend_from_slice(&u32::try_from(segments.len()).ok()?.to_le_bytes());
    for (first, last) in segments.values() {
        data.extend_from_slice(&[first.to_le_bytes(), last.to_le_bytes()].concat());
    }
    data.extend_from_slice(header.get(SPANS + spans.len()..)?);
    Some(data)
}

/// The range of a sheet's cells (`BrtWsDim`), these too.
fn around(dimension: &[u8], cells: &[Address]) -> Option<Vec<u8>> {
    let at = |place| long(dimension, place);
    let mut ends = [at(0)?, at(4)?, at(8)?, at(12)?];
    for cell in cells {
        let [top, bottom, left, right] = ends;
        ends = [
            top.min(cell.row),
            bottom.max(cell.row),
            left.min(cell.column),
            right.max(cell.column),
        ];
    }
    let bytes: Vec<u8> = ends.iter().flat_map(|end| end.to_le_bytes()).collect();
    Some([&bytes[..], dimension.get(16..)?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(spans: &[u32]) -> Vec<u8> {
        let count = u32::try_from(spans.len() / 2).unwrap().to_le_bytes();
        let spans: Vec<u8> = spans.iter().flat_map(|end| end.to_le_bytes()).collect();
        [&[0; 13][..], &count, &spans].concat()
    }

    #[test]
    fn a_row_counts_the_cells_that_are_added() {
        assert_eq!(widened(&header(&[2, 5]), &[3]), Some(header(&[2, 5])));
        assert_eq!(widened(&header(&[2, 5]), &[7, 0]), Some(header(&[0, 7])));
        assert_eq!(widened(&header(&[1030, 1031]), &[7]), Some(header(&[7, 7, 1030, 1031])));
        assert_eq!(widened(&header(&[]), &[7]), Some(header(&[7, 7])));
        assert_eq!(widened(&[0; 16], &[7]), None);
        assert_eq!(widened(&[&[0; 13][..], &[0xFF; 4]].concat(), &[7]), None);
    }
}
