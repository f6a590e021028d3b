//! The records of a BIFF8 stream with their places ([MS-XLS] 2.1.4), and what changes lengths among
//! them: places in the stream that other records name are moved along.

use std::ops::Range as Span;

use super::super::PatchError;
use super::super::xml::malformed;
use super::STREAM;
use crate::read::bytes::{long, short};

pub(super) const BOF: u16 = 0x0809;
pub(super) const EOF: u16 = 0x000A;
pub(super) const BOUND_SHEET: u16 = 0x0085;
const INDEX: u16 = 0x020B;
const DB_CELL: u16 = 0x00D7;
const EXT_SST: u16 = 0x00FF;
const ROW: u16 = 0x0208;

/// A record: its type, and where it lies with its header of four bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: u16,
    pub(super) span: Span<usize>,
}

impl Record {
    /// The data behind the header.
    pub(super) fn data<'a>(&self, stream: &'a [u8]) -> &'a [u8] {
        stream.get(self.span.start + 4..self.span.end).unwrap_or_default()
    }
}

/// The records of a substream, which begins with its BOF; those of charts inside are passed over.
pub(super) fn substream(stream: &[u8], start: usize) -> Result<Vec<Record>, PatchError> {
    let mut records = Vec::new();
    let (mut at, mut depth) = (start, 0_u32);
    loop {
        let header = short(stream, at).zip(short(stream, at + 2));
        let (kind, length) = header.ok_or_else(|| malformed(STREAM, "cut short"))?;
        let end = at + 4 + usize::from(length);
        if end > stream.len() {
            return Err(malformed(STREAM, "cut short"));
        }
        depth += u32::from(kind == BOF);
        if depth <= 1 {
            records.push(Record { kind, span: at..end });
        }
        if kind == EOF {
            match depth {
                0 | 1 => return Ok(records),
                _ => depth -= 1,
            }
        }
        at = end;
    }
}

/// A record as a stream holds it.
pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), &data[..usize::from(length)]].concat()
}

/// Replacements of whole records, and insertions between them.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(Span<usize>, Vec<u8>)>);

impl Changes {
    pub(super) fn replace(&mut self, span: Span<usize>, bytes: Vec<u8>) {
        self.0.push((span, bytes));
    }

    /// The changed stream. `substreams` are its records, the globals first.
    pub(super) fn apply(
        mut self,
        stream: &[u8],
        substreams: &[Vec<Record>],
    ) -> Result<Vec<u8>, PatchError> {
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let mut base = stream.to_vec();
        let grows = self.0.iter().any(|(span, bytes)| span.len() != bytes.len());
        if grows {
            let moved = Moved::by(&self.0);
            for record in substreams.iter().flatten() {
                moved.rewrite(record, stream, &mut base)?;
            }
        }
        let mut changed = Vec::with_capacity(base.len());
        let mut at = 0;
        for (span, bytes) in self.0 {
            let kept = base.get(at..span.start);
            changed.extend_from_slice(kept.ok_or_else(|| malformed(STREAM, "records overlap"))?);
            changed.extend_from_slice(&bytes);
            at = span.end;
        }
        changed.extend_from_slice(base.get(at..).unwrap_or_default());
        Ok(changed)
    }
}

/// Where places of the old stream are in the new one.
struct Moved {
    /// The end of each change, and by how much all behind it lies further on.
    by: Vec<(usize, i64)>,
    /// Places that are no more: inside what is replaced by something of another length.
    gone: Vec<Span<usize>>,
}

impl Moved {
    fn by(changes: &[(Span<usize>, Vec<u8>)]) -> Self {
        let (mut by, mut gone, mut total) = (Vec::new(), Vec::new(), 0_i64);
        for (span, bytes) in changes {
            let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            total += length(bytes.len()) - length(span.len());
            by.push((span.end, total));
            if bytes.len() != span.len() {
                gone.push(span.start + 1..span.end);
            }
        }
        Self { by, gone }
    }

    fn place(&self, old: usize) -> Result<usize, PatchError> {
        let lost = || malformed(STREAM, "a place inside a record that changes");
        let before = self.gone.partition_point(|span| span.end <= old);
        if self.gone.get(before).is_some_and(|span| span.contains(&old)) {
            return Err(lost());
        }
        let passed = self.by.partition_point(|(end, _)| *end <= old);
        let by = if passed == 0 { 0 } else { self.by[passed - 1].1 };
        let old = i64::try_from(old).map_err(|_| lost())?;
        usize::try_from(old + by).map_err(|_| lost())
    }

    /// A place as a record names it; 0 and places outside the stream are none.
    fn long(&self, old: u32, stream: &[u8]) -> Result<u32, PatchError> {
        let place = usize::try_from(old).ok().filter(|place| (1..stream.len()).contains(place));
        let Some(place) = place else { return Ok(old) };
        let new = self.place(place)?;
        u32::try_from(new).map_err(|_| malformed(STREAM, "too long"))
    }

    /// Moves the places that a record names.
    fn rewrite(&self, record: &Record, old: &[u8], new: &mut [u8]) -> Result<(), PatchError> {
        let data = record.data(old);
        let start = record.span.start + 4;
        let mut put = |at: usize, value: u32| {
            if let Some(field) = new.get_mut(start + at..start + at + 4) {
                field.copy_from_slice(&value.to_le_bytes());
            }
        };
        match record.kind {
            BOUND_SHEET => put(0, self.long(long(data, 0).unwrap_or(0), old)?),
            INDEX => {
                for at in (12..data.len().saturating_sub(3)).step_by(4) {
                    put(at, self.long(long(data, at).unwrap_or(0), old)?);
                }
            }
            EXT_SST => {
                for at in (2..data.len().saturating_sub(7)).step_by(8) {
                    put(at, self.long(long(data, at).unwrap_or(0), old)?);
                }
            }
            DB_CELL => return self.rewrite_block(record, old, new),
            _ => {}
        }
        Ok(())
    }

    /// `DBCell` ([MS-XLS] 2.4.78) names the first row of its block by the way back to it, the first
    /// cell of the first row by the way on from the row that follows, and those of the other rows by
    /// the way on from the one before.
    fn rewrite_block(&self, record: &Record, old: &[u8], new: &mut [u8]) -> Result<(), PatchError> {
        let data = record.data(old);
        let wrong = || malformed(STREAM, "a block of rows that cannot be followed");
        let back = usize::try_from(long(data, 0).unwrap_or(0)).map_err(|_| wrong())?;
        let first_row = record.span.start.checked_sub(back).ok_or_else(wrong)?;
        // An empty block has no rows to lead back to.
        if back == 0 {
            return Ok(());
        }
        if short(old, first_row) != Some(ROW) {
            return Err(wrong());
        }
        let after = first_row + 4 + usize::from(short(old, first_row + 2).unwrap_or(0));
        let way = self.place(record.span.start)?.checked_sub(self.place(first_row)?);
        let way = way.and_then(|way| u32::try_from(way).ok()).ok_or_else(wrong)?;
        let start = record.span.start + 4;
        new[start..start + 4].copy_from_slice(&way.to_le_bytes());
        let (mut place, mut moved) = (after, self.place(after)?);
        for at in (4..data.len().saturating_sub(1)).step_by(2) {
            let step = usize::from(short(data, at).unwrap_or(0));
            place += step;
            let next = self.place(place)?;
            let step = next.checked_sub(moved).and_then(|step| u16::try_from(step).ok());
            new[start + at..start + at + 2].copy_from_slice(&step.ok_or_else(wrong)?.to_le_bytes());
            moved = next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_behind_a_change_are_moved() {
        let moved = Moved::by(&[(4..10, vec![0; 8]), (20..20, vec![0; 3])]);
        let place = |old| moved.place(old).unwrap();
        assert_eq!([0, 4, 10, 19, 20, 30].map(place), [0, 4, 12, 21, 25, 35]);
        assert!(moved.place(5).is_err());
        assert_eq!(moved.long(0, &[0; 9]).unwrap(), 0);
        assert_eq!(moved.long(40, &[0; 9]).unwrap(), 40);
    }
}
