//! Parts that many files have in common.
//!
//! Files of one form are filled in from one workbook, and the programs that save them write their
//! relations, styles and list of sheets alike, down to the last byte. What such a part holds is read
//! once; for the next file it is enough that the packed bytes are the same.

use std::sync::Arc;

use super::unpack::Packed;

/// Parts of one kind that are remembered: a folder holds files of a few programs.
const MOST: usize = 8;

/// Packed bytes of a part that is remembered. Larger ones are not what all files share.
const LONGEST: usize = 64 << 10;

/// What the last parts of one kind held.
#[derive(Debug)]
pub(super) struct Known<T> {
    parts: Vec<Part<T>>,
}

#[derive(Debug)]
struct Part<T> {
    /// With its folder: targets of relations are seen from there.
    name: String,
    bytes: Box<[u8]>,
    size: u64,
    checksum: u32,
    /// Bytes that were unpacked to read it, which count against the limits of every file.
    unpacked: u64,
    held: Arc<T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

impl<T> Known<T> {
    /// What a part holds, and how much would be unpacked to read it.
    pub(super) fn find(&self, name: &str, packed: Packed<'_>) -> Option<(Arc<T>, u64)> {
        let same = |part: &&Part<T>| {
            (part.size, part.checksum) == (packed.size, packed.checksum)
                && *part.bytes == *packed.bytes
                && part.name == name
        };
        self.parts.iter().find(same).map(|part| (Arc::clone(&part.held), part.unpacked))
    }

    /// Remembers what a part holds.
    pub(super) fn add(&mut self, name: &str, packed: Packed<'_>, unpacked: u64, held: &Arc<T>) {
        if packed.bytes.len() > LONGEST {
            return;
        }
        if self.parts.len() == MOST {
            self.parts.remove(0);
        }
        self.parts.push(Part {
            name: name.to_owned(),
            bytes: packed.bytes.into(),
            size: packed.size,
            checksum: packed.checksum,
            unpacked,
            held: Arc::clone(held),
        });
    }
}
