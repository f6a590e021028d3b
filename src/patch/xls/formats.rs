//! Formats of cells (XF, [MS-XLS] 2.4.353): clones of the cells' own with a fill or another number
//! format. Their numbers follow those there are, so no other cell's changes.

use super::super::binary::Codes;
use super::records::{Changes, Record, record};
use crate::read::bytes::short;

const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const XF_CRC: u16 = 0x087C;
const PALETTE: u16 = 0x0092;

/// Formats a workbook may have (Excel's published limit is 4,000).
const MOST: usize = 4_000;
/// The number of light yellow among the colours of a workbook that has none of its own.
const YELLOW: u16 = 43;

/// What a cell is to look like: its own format, a fill, a number format.
type Look = (u16, bool, Option<String>);

/// The formats of a workbook, and those added to them.
pub(super) struct Formats {
    /// The data of each format.
    known: Vec<Vec<u8>>,
    codes: Codes,
    added: Vec<(Look, Vec<u8>)>,
    fill: u16,
}

impl Formats {
    pub(super) fn read(stream: &[u8], globals: &[Record], [red, green, blue]: [u8; 3]) -> Self {
        let of = |kind: u16| {
            globals.iter().filter(move |r| r.kind == kind).map(|record| record.data(stream))
        };
        let mut codes = Codes::new((0..=10_u16).map(|id| (built_in(id).to_owned(), id)));
        for data in of(FORMAT) {
            let Some(id) = short(data, 0) else { continue };
            codes.meet(id, text(data));
        }
        let fill = of(PALETTE).next().map_or(YELLOW, |data| nearest(data, [red, green, blue]));
        Self { known: of(XF).map(<[u8]>::to_vec).collect(), codes, added: Vec::new(), fill }
    }

    /// The number of a format that looks so; `None` where there can be none.
    pub(super) fn look(&mut self, look: Look) -> Option<u16> {
        let number = |index: usize| u16::try_from(index).ok();
        if let Some(index) = self.added.iter().position(|(known, _)| *known == look) {
            return number(self.known.len() + index);
        }
        let (base, highlight, code) = &look;
        let mut data = self.known.get(usize::from(*base)).filter(|data| data.len() == 20)?.clone();
        if self.known.len() + self.added.len() >= MOST || is_of_styles(&data) {
            return None;
        }
        if let Some(code) = code {
            data[2..4].copy_from_slice(&self.codes.number(code)?.to_le_bytes());
            data[9] |= 0x04;
        }
        if *highlight {
            let word = u32::from_le_bytes([data[14], data[15], data[16], data[17]]);
            // A solid pattern; what later versions know of the old colours goes.
            let word = word & 0x01FF_FFFF | 1 << 26;
            data[14..18].copy_from_slice(&word.to_le_bytes());
            let colours = u16::from_le_bytes([data[18], data[19]]) & 0x4000 | self.fill | 64 << 7;
            data[18..20].copy_from_slice(&colours.to_le_bytes());
            data[9] |= 0x40;
        }
        self.added.push((look, data));
        number(self.known.len() + self.added.len() - 1)
    }

    /// Adds the new ones behind those there are.
    pub(super) fn write(&self, stream: &[u8], globals: &[Record], changes: &mut Changes) {
        if self.added.is_empty() {
            return;
        }
        let last = |kind: u16| globals.iter().rev().find(|r| r.kind == kind).map(|r| r.span.end);
        let first = globals.iter().find(|r| r.kind == XF).map(|r| r.span.start);
        let mut codes = Vec::new();
        for (id, code) in &self.codes.added {
            let length = u16::try_from(code.len()).unwrap_or(0);
            let data =
                [&id.to_le_bytes()[..], &length.to_le_bytes(), &[0], code.as_bytes()].concat();
            codes.extend(record(FORMAT, &data));
        }
        if let Some(at) = last(FORMAT).or(first).filter(|_| !codes.is_empty()) {
            changes.replace(at..at, codes);
        }
        let formats: Vec<u8> = self.added.iter().flat_map(|(_, data)| record(XF, data)).collect();
        if let Some(at) = last(XF) {
            changes.replace(at..at, formats);
        }
        let sums = globals.iter().filter(|record| record.kind == XF_CRC);
        for sum in sums {
            let mut data = sum.data(stream).to_vec();
            let all: Vec<&[u8]> = self
                .known
                .iter()
                .map(Vec::as_slice)
                .chain(self.added.iter().map(|(_, data)| data.as_slice()))
                .collect();
            if data.len() == 20 {
                let count = u16::try_from(all.len()).unwrap_or(u16::MAX);
                data[14..16].copy_from_slice(&count.to_le_bytes());
                data[16..20].copy_from_slice(&checksum(&all).to_le_bytes());
                changes.replace(sum.span.clone(), record(XF_CRC, &data));
            }
        }
    }
}

/// True for the format of a named style, which no cell has.
fn is_of_styles(data: &[u8]) -> bool {
    data[4] & 0x04 != 0
}

/// The codes of the first built-in formats, as far as corrected figures need them.
fn built_in(id: u16) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        _ => "General",
    }
}

/// The code of a format in plain letters.
fn text(data: &[u8]) -> Option<String> {
    let count = usize::from(short(data, 2)?);
    let plain = data.get(4)? & 1 == 0;
    let letters = data.get(5..5 + count).filter(|_| plain)?;
    letters.is_ascii().then(|| letters.iter().map(|letter| char::from(*letter)).collect())
}

/// The number of the colour of a palette that is nearest to one.
fn nearest(palette: &[u8], [red, green, blue]: [u8; 3]) -> u16 {
    let colours = palette.get(2..).unwrap_or_default().chunks_exact(4);
    let away = |colour: &[u8]| {
        let apart = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        apart(colour[0], red) + apart(colour[1], green) + apart(colour[2], blue)
    };
    // The colours of a palette count from 8; there are 56 of them.
    let best = (8_u16..64).zip(colours).min_by_key(|(_, colour)| away(colour));
    best.map_or(YELLOW, |(number, _)| number)
}

/// The sum of all formats by which later versions know that nobody changed them ([MS-OSHARED] 2.4.3).
fn checksum(formats: &[&[u8]]) -> u32 {
    let step = |start: u32| {
        let shifted = (0..8).fold(start << 24, |value: u32, _| {
            if value & 0x8000_0000 == 0 { value << 1 } else { value << 1 ^ 0xAF }
        });
        shifted & 0xFFFF
    };
    formats
        .iter()
        .copied()
        .flatten()
        .fold(0, |sum: u32, byte| sum << 8 ^ step(sum >> 24 ^ u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_colour_of_a_palette_is_taken() {
        let palette = [&[2, 0][..], &[0, 0, 0, 0], &[255, 240, 170, 0]].concat();
        assert_eq!(nearest(&palette, [255, 242, 168]), 9);
        assert_eq!(nearest(&[], [255, 242, 168]), YELLOW);
    }
}
