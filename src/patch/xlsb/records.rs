//! The records of an `.xlsb` part with their places ([MS-XLSB] 2.1.4).

use std::ops::Range as Span;

use super::super::PatchError;
use super::super::xml::malformed;
pub(super) use crate::read::record;

/// A record: its type, and where it lies with and without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::patch) struct Record {
    pub(in crate::patch) kind: u16,
    pub(in crate::patch) span: Span<usize>,
    pub(in crate::patch) data: Span<usize>,
}

impl Record {
    pub(in crate::patch) fn data<'a>(&self, part: &'a [u8]) -> &'a [u8] {
        part.get(self.data.clone()).unwrap_or_default()
    }
}

/// The records of a part, one after the other; the last may be an error.
pub(in crate::patch) struct Records<'a> {
    name: &'a str,
    part: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub(in crate::patch) fn of(part: &'a [u8], name: &'a str) -> Self {
        Self { name, part, at: 0 }
    }

    fn read(&self) -> Option<Record> {
        let mut at = self.at;
        let mut byte = || {
            let byte = self.part.get(at).copied();
            at += 1;
            byte.map(usize::from)
        };
        let first = byte()?;
        let kind = if first & 0x80 == 0 { first } else { first & 0x7F | (byte()? & 0x7F) << 7 };
        let mut length = 0;
        for place in 0..4 {
            let next = byte()?;
            length |= (next & 0x7F) << (7 * place);
            if next & 0x80 == 0 {
                break;
            }
        }
        let data = at..at.checked_add(length).filter(|end| *end <= self.part.len())?;
        Some(Record { kind: u16::try_from(kind).ok()?, span: self.at..data.end, data })
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, PatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.part.len() {
            return None;
        }
        let read = self.read().ok_or_else(|| malformed(self.name, "cut short"));
        self.at = read.as_ref().map_or(self.part.len(), |record| record.span.end);
        Some(read)
    }
}

/// Replacements of whole records, and insertions between them.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(Span<usize>, Vec<u8>)>);

impl Changes {
    pub(super) fn replace(&mut self, span: Span<usize>, bytes: Vec<u8>) {
        self.0.push((span, bytes));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True where records that are not replaced lie elsewhere afterwards.
    pub(super) fn moves(&self) -> bool {
        self.0.iter().any(|(span, bytes)| span.len() != bytes.len())
    }

    pub(super) fn apply(mut self, part: &[u8], name: &str) -> Result<Vec<u8>, PatchError> {
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let mut changed = Vec::with_capacity(part.len());
        let mut at = 0;
        for (span, bytes) in self.0 {
            let kept = part.get(at..span.start);
            changed.extend_from_slice(kept.ok_or_else(|| malformed(name, "records overlap"))?);
            changed.extend_from_slice(&bytes);
            at = span.end;
        }
        changed.extend_from_slice(part.get(at..).unwrap_or_default());
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_are_written() {
        let mut part = Vec::new();
        for (kind, length) in [(2, 12), (0x269, 4), (0x1AB, 300), (0x0A, 0)] {
            part.extend(record(kind, &vec![7; length]));
        }
        let read: Vec<Record> = Records::of(&part, "p").collect::<Result<_, _>>().unwrap();
        let found: Vec<_> = read.iter().map(|r| (r.kind, r.data.len())).collect();
        assert_eq!(found, [(2, 12), (0x269, 4), (0x1AB, 300), (0x0A, 0)]);
        for length in 0..part.len() {
            let whole = read.iter().any(|record| record.span.end == length) || length == 0;
            let cut = Records::of(&part[..length], "p").all(|record| record.is_ok());
            assert_eq!(cut, whole, "{length}");
        }
        assert_eq!(Records::of(&[0, 0xFF, 0xFF, 0xFF, 0x7F], "p").count(), 1);
    }
}
