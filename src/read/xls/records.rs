//! The records of a BIFF stream ([MS-XLS] 2.1.4): a type, a length and data, one after the other.

use crate::read::bytes::short;

/// The beginning and the end of what stands before the sheets, of a sheet, of a chart within one.
pub(super) const BEGIN: u16 = 0x0809;
pub(super) const END: u16 = 0x000A;
/// What of a record does not fit into it.
pub(super) const CONTINUE: u16 = 0x003C;

pub(super) const FORMULA: u16 = 0x0006;
pub(super) const SHARED_FORMULA: u16 = 0x04BC;
/// A formula that several cells give together.
pub(super) const ARRAY: u16 = 0x0221;
pub(super) const NUMBER: u16 = 0x0203;
/// A number in four bytes, and several of them beside each other.
pub(super) const RK: u16 = 0x027E;
pub(super) const RKS: u16 = 0x00BD;
/// A shared string, and strings that only one cell has.
pub(super) const LABEL_SHARED: u16 = 0x00FD;
pub(super) const LABEL: u16 = 0x0204;
pub(super) const LABEL_RICH: u16 = 0x00D6;
pub(super) const TRUTH_OR_ERROR: u16 = 0x0205;

/// True for the record of one or more cells.
pub(super) fn is_cell(kind: u16) -> bool {
    matches!(kind, FORMULA | NUMBER | RK | RKS | LABEL_SHARED | LABEL | LABEL_RICH | TRUTH_OR_ERROR)
}

/// A record: its type and its data, without continuations.
pub(super) type Record<'a> = (u16, &'a [u8]);

/// The records of a stream, up to its end or to the first that is cut off.
#[derive(Clone)]
pub(super) struct Records<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = short(self.rest, 0)?;
        let length = usize::from(short(self.rest, 2)?);
        let data = self.rest.get(4..4 + length)?;
        self.rest = &self.rest[4 + length..];
        Some((kind, data))
    }
}

/// The records of a sheet up to its end, without those of the charts in it, which are streams of their
/// own between a beginning and an end.
#[derive(Clone)]
pub(super) struct SheetRecords<'a> {
    records: Records<'a>,
    depth: u32,
    ended: bool,
}

impl<'a> SheetRecords<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self { records: Records { rest: stream }, depth: 0, ended: false }
    }

    /// Bytes that are not read yet.
    pub(super) fn left(&self) -> usize {
        self.records.rest.len()
    }

    /// True where the records stopped within one.
    pub(super) fn is_cut(&self) -> bool {
        !self.ended && !self.records.rest.is_empty()
    }

    /// How many cells they hold, and whether each stands after the one before it: rows are complete once
    /// the next begins.
    pub(super) fn survey(self) -> (usize, bool) {
        let (mut cells, mut last, mut are_in_order) = (0, None, true);
        for (kind, data) in self.filter(|(kind, _)| is_cell(*kind)) {
            let place = (short(data, 0), short(data, 2));
            are_in_order &= last <= Some(place);
            last = Some(place);
            // Of several numbers each takes six bytes, as what stands around them does; without a place
            // there is no cell.
            cells += match kind {
                RKS => (data.len() / 6).saturating_sub(1),
                _ => usize::from(place.1.is_some()),
            };
        }
        (cells, are_in_order)
    }
}

impl<'a> Iterator for SheetRecords<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        while !self.ended {
            let record = self.records.next()?;
            match record.0 {
                BEGIN => self.depth += 1,
                END if self.depth <= 1 => self.ended = true,
                END => self.depth -= 1,
                _ if self.depth <= 1 => return Some(record),
                _ => {}
            }
        }
        None
    }
}
