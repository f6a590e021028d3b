//! The OLE container of an `.xls` file ([MS-CFB]): the streams of its root, and a look at its chains
//! before the reader follows them, which goes round for ever in a chain that loops.

use std::borrow::Cow;
use std::ops::Range;

use crate::failure::Failure;
use crate::read::damaged;

/// How a container begins.
pub(crate) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Numbers from here on are no sectors.
const RESERVED: u32 = 0xFFFF_FFFA;

/// A container whose chains all end.
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    entries: Vec<Entry>,
    /// For each entry, whether it lies in a storage below the root: what is embedded has a workbook
    /// or a document of its own.
    embedded: Vec<bool>,
}

/// A stream or a storage of the directory.
struct Entry {
    name: String,
    /// True for a storage below the root.
    is_storage: bool,
    start: u32,
    length: usize,
    /// Its neighbours in the tree of their storage, and the first of what it holds itself.
    siblings: [u32; 2],
    child: u32,
}

impl<'a> Container<'a> {
    /// Reads the tables of a container; one with a chain that loops is damaged.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Failure> {
        let mut container = Self {
            bytes,
            sector: sector_size(bytes).ok_or_else(|| damaged("OLE"))?,
            table: Vec::new(),
            small_table: Vec::new(),
            entries: Vec::new(),
            embedded: Vec::new(),
        };
        container.table = container.allocation_table().ok_or_else(|| damaged("OLE: DIFAT"))?;
        if has_loop(&container.table) {
            return Err(damaged("OLE: FAT"));
        }
        container.small_table = words(&container.chain(container.word(60)));
        if has_loop(&container.small_table) {
            return Err(damaged("OLE: MiniFAT"));
        }
        let directory = container.chain(container.word(48));
        container.entries = directory.chunks_exact(128).map(Entry::read).collect();
        container.embedded = embedded(&container.entries);
        Ok(container)
    }

    /// True when the root holds something of the name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let mut of_root = self.entries.iter().zip(&self.embedded).filter(|(_, inside)| !**inside);
        of_root.find(|(entry, _)| entry.name.eq_ignore_ascii_case(name)).map(|(entry, _)| entry)
    }

    /// The content of a stream of the root; `None` when there is none of the name.
    pub(super) fn stream(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let entry = self.entry(name)?;
        let stream = if entry.length < 4096 {
            self.small_chain(entry.start).into()
        } else {
            self.chain(entry.start)
        };
        let length = entry.length.min(stream.len());
        Some(match stream {
            Cow::Borrowed(stream) => stream[..length].into(),
            Cow::Owned(mut stream) => {
                stream.truncate(length);
                stream.into()
            }
        })
    }

    /// The word at an offset of the file; past its end, the end of a chain.
    fn word(&self, at: usize) -> u32 {
        word(self.bytes, at).unwrap_or(u32::MAX)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        self.bytes.get(self.range(number)?)
    }

    /// Where a sector stands in the file, if it does.
    fn range(&self, number: u32) -> Option<Range<usize>> {
        let start = (usize::try_from(number).ok()?.checked_add(1)?).checked_mul(self.sector)?;
        // The last sector of a file may be short.
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        (start <= end).then_some(start..end)
    }

    /// The sectors of the allocation table: 109 in the header, more in a chain of their own
    /// ([MS-CFB] 2.5); `None` when that chain is longer than the file.
    fn allocation_table(&self) -> Option<Vec<u32>> {
        let mut numbers: Vec<u32> = (0..109).map(|slot| self.word(76 + slot * 4)).collect();
        let mut next = self.word(68);
        let mut left = self.bytes.len() / self.sector + 1;
        while next < RESERVED {
            left = left.checked_sub(1)?;
            numbers.extend(words(self.sector(next)?));
            next = numbers.pop()?;
        }
        let sectors = numbers.into_iter().filter(|number| *number < RESERVED);
        // A sector named twice would let a small file ask for much memory.
        let table = sectors.map_while(|number| self.sector(number)).flat_map(words);
        Some(table.take(self.bytes.len() / 4).collect())
    }

    /// The bytes of a chain of sectors; the chains are known to end. Most stand in the file as they are.
    fn chain(&self, start: u32) -> Cow<'a, [u8]> {
        let sectors = || links(&self.table, start);
        let follow = sectors().zip(sectors().skip(1)).all(|(one, next)| one + 1 == next);
        let last = sectors().last().filter(|_| follow).and_then(|last| self.range(last));
        if let Some((first, last)) = self.range(start).zip(last) {
            return self.bytes[first.start..last.end].into();
        }
        let room = sectors().count().saturating_mul(self.sector).min(self.bytes.len());
        let mut bytes = Vec::with_capacity(room);
        for number in sectors() {
            bytes.extend_from_slice(self.sector(number).unwrap_or_default());
        }
        bytes.into()
    }

    /// The bytes of a chain of 64-byte sectors, which lie in the stream of the root entry.
    fn small_chain(&self, start: u32) -> Vec<u8> {
        let Some(root) = self.entries.first() else { return Vec::new() };
        let home = self.chain(root.start);
        let mut bytes = Vec::new();
        for number in links(&self.small_table, start) {
            let from = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(64);
            bytes.extend_from_slice(home.get(from..from.saturating_add(64)).unwrap_or_default());
        }
        bytes
    }
}

impl Entry {
    /// A directory entry of 128 bytes ([MS-CFB] 2.6.1).
    fn read(bytes: &[u8]) -> Self {
        let units = bytes[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let name = char::decode_utf16(units.take_while(|unit| *unit != 0));
        let number = |at| word(bytes, at).unwrap_or(u32::MAX);
        Self {
            name: name.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
            is_storage: bytes[66] == 1,
            start: number(116),
            length: word(bytes, 120).map_or(0, |length| length as usize),
            siblings: [number(68), number(72)],
            child: number(76),
        }
    }
}

/// Which entries lie in storages below the root. Some writers leave the root's own tree broken, so
/// that not what it reaches is looked for, but what other storages reach.
fn embedded(entries: &[Entry]) -> Vec<bool> {
    let mut inside = vec![false; entries.len()];
    let mut next: Vec<u32> =
        entries.iter().filter(|entry| entry.is_storage).map(|entry| entry.child).collect();
    while let Some(number) = next.pop() {
        let index = number as usize;
        if let Some(seen) = inside.get_mut(index).filter(|seen| !**seen) {
            *seen = true;
            next.extend(entries[index].siblings);
        }
    }
    inside
}

/// The sectors of a chain from its first on.
fn links(table: &[u32], start: u32) -> impl Iterator<Item = u32> {
    let next = |number: &u32| {
        let next = table.get(usize::try_from(*number).ok()?).copied();
        next.filter(|next| *next < RESERVED)
    };
    std::iter::successors(Some(start).filter(|start| *start < RESERVED), next)
}

/// True when some chain of a table comes back to itself.
fn has_loop(table: &[u32]) -> bool {
    // The walk that came by first; a walk that meets itself has found a loop.
    let mut walked_by = vec![u32::MAX; table.len()];
    for start in 0..u32::try_from(table.len()).unwrap_or(RESERVED) {
        for sector in links(table, start) {
            let Some(walked) = walked_by.get_mut(sector as usize) else { break };
            if *walked == start {
                return true;
            }
            if *walked != u32::MAX {
                break;
            }
            *walked = start;
        }
    }
    false
}

fn sector_size(bytes: &[u8]) -> Option<usize> {
    match bytes.get(30..32)? {
        [9, 0] => Some(512),
        [12, 0] => Some(4096),
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let chunks = bytes.chunks_exact(4);
    chunks.map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;

    fn put(bytes: &mut [u8], at: usize, word: u32) {
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }

    /// A container with one stream: sector 0 the table, 1 the directory, from 2 on the stream.
    pub(in crate::read) fn container_of(name: &str, stream: &[u8]) -> Vec<u8> {
        let length = stream.len().max(4096);
        let sectors = length.div_ceil(512);
        assert!(sectors + 2 <= 128, "one table sector");
        let mut bytes = vec![0_u8; 512 * (3 + sectors)];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
        put(&mut bytes, 44, 1);
        put(&mut bytes, 48, 1);
        put(&mut bytes, 56, 4096);
        put(&mut bytes, 60, END);
        put(&mut bytes, 68, END);
        bytes[76..512].fill(0xFF);
        put(&mut bytes, 76, 0);
        bytes[512..1024].fill(0xFF);
        put(&mut bytes, 512, 0xFFFF_FFFD);
        put(&mut bytes, 516, END);
        for sector in 0..sectors {
            let next = if sector + 1 == sectors { END } else { u32::try_from(sector).unwrap() + 3 };
            put(&mut bytes, 520 + sector * 4, next);
        }
        let entries = [("Root Entry", 5_u8, END, 0), (name, 2, 2, length)];
        for (index, (name, kind, start, length)) in entries.into_iter().enumerate() {
            let at = 1024 + index * 128;
            for (letter, unit) in name.encode_utf16().enumerate() {
                bytes[at + letter * 2..][..2].copy_from_slice(&unit.to_le_bytes());
            }
            bytes[at + 64] = u8::try_from(name.len() * 2 + 2).unwrap();
            bytes[at + 66] = kind;
            for slot in [68, 72, 76] {
                put(&mut bytes, at + slot, FREE);
            }
            put(&mut bytes, at + 116, start);
            put(&mut bytes, at + 120, u32::try_from(length).unwrap());
        }
        bytes[1536..1536 + stream.len()].copy_from_slice(stream);
        bytes
    }

    #[test]
    fn a_stream_is_found() {
        let bytes = container_of("Workbook", &[7; 5000]);
        let stream = Container::open(&bytes).unwrap().stream("workbook").unwrap();
        assert!(matches!(stream, Cow::Borrowed(_)));
        assert_eq!(*stream, [7; 5000]);
        assert!(Container::open(&bytes).unwrap().stream("Book").is_none());
    }

    #[test]
    fn a_stream_is_read_in_the_order_of_its_chain() {
        let content: Vec<u8> = (0_u32..5000).map(|at| u8::try_from(at / 512).unwrap()).collect();
        let mut bytes = container_of("Workbook", &content);
        // Its first two sectors change places.
        let (first, second) = bytes[1536..2560].split_at_mut(512);
        first.swap_with_slice(second);
        put(&mut bytes, 1024 + 128 + 116, 3);
        put(&mut bytes, 512 + 3 * 4, 2);
        put(&mut bytes, 512 + 2 * 4, 4);
        let stream = Container::open(&bytes).unwrap().stream("Workbook").unwrap();
        assert!(matches!(stream, Cow::Owned(_)));
        assert_eq!(*stream, content);
    }

    #[test]
    fn chains_that_loop_are_damage() {
        let good = container_of("Workbook", &[7; 5000]);
        // The stream's second sector leads back to its first; the directory to itself.
        for (at, next) in [(524, 2), (516, 1)] {
            let mut bytes = good.clone();
            put(&mut bytes, at, next);
            assert!(Container::open(&bytes).is_err());
        }
        // The chain of the table's own sectors leads back to itself.
        let mut bytes = good.clone();
        put(&mut bytes, 68, 2);
        bytes[1536..2048].fill(0xFF);
        put(&mut bytes, 2044, 2);
        assert!(Container::open(&bytes).is_err());
        // The table of small sectors holds a loop.
        let mut bytes = good.clone();
        put(&mut bytes, 60, 2);
        bytes[1536..1544].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0]);
        assert!(Container::open(&bytes).is_err());
    }

    #[test]
    fn a_cut_container_is_survived() {
        let bytes = container_of("Workbook", &[7; 5000]);
        for length in (0..bytes.len()).step_by(97) {
            let _ = Container::open(&bytes[..length]).map(|found| found.stream("Workbook"));
        }
    }
}
