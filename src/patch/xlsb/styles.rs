//! Formats of cells in an `.xlsb` (`BrtXF`, [MS-XLSB] 2.4.862): clones of the cells' own with a fill or
//! another number format. Their numbers follow those there are, so no other cell's changes.

use std::collections::BTreeMap;

use super::super::PatchError;
use super::super::binary::Codes;
use super::records::{Changes, Record, Records, record};
use crate::read::bytes::{long, short, wide_text};

const FORMAT: u16 = 44;
const FILL: u16 = 45;
const XF: u16 = 47;
const BEGIN_STYLES: u16 = 278;
const BEGIN_FILLS: u16 = 603;
const END_FILLS: u16 = 604;
const BEGIN_FORMATS: u16 = 615;
const END_FORMATS: u16 = 616;
const BEGIN_CELLS: u16 = 617;
const END_CELLS: u16 = 618;

/// Formats a workbook may have ([MS-XLSB] 2.4.862).
const MOST: usize = 0xFF96;

/// What a cell is to look like: its own format, a fill, a number format.
type Look = (u32, bool, Option<String>);

/// The formats of a workbook, and those added to them.
#[derive(Debug)]
pub(super) struct Styles {
    part: Vec<u8>,
    highlight: [u8; 3],
    /// The records that begin and end a list, each with how many it holds.
    begins: BTreeMap<u16, Record>,
    ends: BTreeMap<u16, Record>,
    known: Vec<Record>,
    fills: u16,
    codes: Codes,
    added: Vec<(Look, Vec<u8>)>,
}

impl Styles {
    pub(super) fn read(part: Vec<u8>, name: &str, highlight: [u8; 3]) -> Result<Self, PatchError> {
        let (mut begins, mut ends) = (BTreeMap::new(), BTreeMap::new());
        let (mut known, mut codes) = (Vec::new(), Codes::new([]));
        let (mut fills, mut of_cells) = (0_u16, false);
        for record in Records::of(&part, name) {
            let record = record?;
            match record.kind {
                BEGIN_CELLS => of_cells = true,
                END_CELLS => of_cells = false,
                XF if of_cells => known.push(record.clone()),
                FILL => fills = fills.saturating_add(1),
                FORMAT => {
                    let data = record.data(&part);
                    if let Some(id) = short(data, 0) {
                        codes.meet(id, wide_text(data, 2).map(|(code, _)| code));
                    }
                }
                _ => {}
            }
            match record.kind {
                BEGIN_STYLES | BEGIN_FILLS | BEGIN_FORMATS | BEGIN_CELLS => {
                    begins.insert(record.kind, record);
                }
                END_FILLS | END_FORMATS | END_CELLS => {
                    ends.insert(record.kind, record);
                }
                _ => {}
            }
        }
        Ok(Self { part, highlight, begins, ends, known, fills, codes, added: Vec::new() })
    }

    /// The number of a format that looks so; `None` where there can be none.
    pub(super) fn look(&mut self, look: Look) -> Option<u32> {
        let number = |index: usize| u32::try_from(index).ok();
        if let Some(index) = self.added.iter().position(|(known, _)| *known == look) {
            return number(self.known.len() + index);
        }
        let (base, highlight, code) = &look;
        let base = self.known.get(usize::try_from(*base).ok()?)?;
        let mut data = base.data(&self.part).to_vec();
        let has_lists = self.is_list(BEGIN_CELLS, END_CELLS)
            && (!*highlight || self.is_list(BEGIN_FILLS, END_FILLS))
            && self.begins.contains_key(&BEGIN_STYLES);
        if data.len() != 16 || self.known.len() + self.added.len() >= MOST || !has_lists {
            return None;
        }
        if let Some(code) = code {
            data[2..4].copy_from_slice(&self.codes.number(code)?.to_le_bytes());
            data[14] |= 0x01;
        }
        if *highlight {
            data[6..8].copy_from_slice(&self.fills.to_le_bytes());
            data[14] |= 0x10;
        }
        self.added.push((look, data));
        number(self.known.len() + self.added.len() - 1)
    }

    fn is_list(&self, begin: u16, end: u16) -> bool {
        self.begins.contains_key(&begin) && self.ends.contains_key(&end)
    }

    /// The part with the new ones behind those there are; `None` where there are no new ones.
    pub(super) fn finish(self, name: &str) -> Result<Option<Vec<u8>>, PatchError> {
        if self.added.is_empty() {
            return Ok(None);
        }
        let mut changes = Changes::default();
        self.write_codes(&mut changes);
        if self.added.iter().any(|((_, highlight, _), _)| *highlight) {
            self.append(BEGIN_FILLS, END_FILLS, &[record(FILL, &self.fill())], &mut changes);
        }
        let formats: Vec<Vec<u8>> = self.added.iter().map(|(_, data)| record(XF, data)).collect();
        self.append(BEGIN_CELLS, END_CELLS, &formats, &mut changes);
        changes.apply(&self.part, name).map(Some)
    }

    fn write_codes(&self, changes: &mut Changes) {
        let codes: Vec<Vec<u8>> = self
            .codes
            .added
            .iter()
            .map(|(id, code)| {
                let units: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let count = u32::try_from(units.len() / 2).unwrap_or(0);
                let data = [&id.to_le_bytes()[..], &count.to_le_bytes(), &units].concat();
                record(FORMAT, &data)
            })
            .collect();
        if codes.is_empty() {
            return;
        }
        if self.is_list(BEGIN_FORMATS, END_FORMATS) {
            self.append(BEGIN_FORMATS, END_FORMATS, &codes, changes);
        } else if let Some(begin) = self.begins.get(&BEGIN_STYLES) {
            // The list of format codes is the first.
            let count = u32::try_from(codes.len()).unwrap_or(0).to_le_bytes();
            let list = [record(BEGIN_FORMATS, &count), codes.concat(), record(END_FORMATS, &[])];
            changes.replace(begin.span.end..begin.span.end, list.concat());
        }
    }

    /// Adds records to the end of a list, which says how many it holds.
    fn append(&self, begin: u16, end: u16, records: &[Vec<u8>], changes: &mut Changes) {
        let (Some(first), Some(last)) = (self.begins.get(&begin), self.ends.get(&end)) else {
            return;
        };
        let mut head = first.data(&self.part).to_vec();
        let more = u32::try_from(records.len()).unwrap_or(0);
        if let Some(count) = long(&head, 0) {
            head[..4].copy_from_slice(&count.saturating_add(more).to_le_bytes());
        }
        changes.replace(first.span.clone(), record(begin, &head));
        changes.replace(last.span.start..last.span.start, records.concat());
    }

    /// `BrtFill`: a solid pattern in a colour of its own before the window's background.
    fn fill(&self) -> Vec<u8> {
        let [red, green, blue] = self.highlight;
        let solid = [1, 0, 0, 0];
        let colour = [5, 0xFF, 0, 0, red, green, blue, 0xFF];
        let background = [3, 0x41, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
        [&solid[..], &colour, &background, &[0; 48]].concat()
    }
}
