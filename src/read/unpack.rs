//! Unpacks the parts of packages, all with one decompressor: to make one with its window takes longer
//! than to unpack a small part.

use std::io::{self, Cursor, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zip::CompressionMethod;
use zip::read::ZipFile;
use zip::result::ZipResult;

/// The archive that a package is in, with its directory read.
pub(crate) type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// Where a deflated part stands in its package, and what its directory says of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packed<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) size: u64,
    pub(super) checksum: u32,
}

impl<'a> Packed<'a> {
    /// `None` for a part that is not simply deflated.
    pub(crate) fn of(
        listed: &ZipFile<'_, Cursor<&'a [u8]>>,
        package: &'a [u8],
    ) -> Option<Packed<'a>> {
        let deflated = listed.compression() == CompressionMethod::Deflated && !listed.encrypted();
        let start = listed.data_start().filter(|_| deflated)?;
        let bytes = package.get(usize::try_from(start).ok()?..)?;
        let bytes = bytes.get(..usize::try_from(listed.compressed_size()).ok()?)?;
        Some(Self { bytes, size: listed.size(), checksum: listed.crc32() })
    }
}

/// Unpacks one part after the other.
#[derive(Debug)]
pub(crate) struct Decompressor(Decompress);

impl Decompressor {
    /// A part of an archive from its beginning.
    pub(crate) fn part<'s, 'a>(
        &'s mut self,
        archive: &'s mut Archive<'a>,
        index: usize,
        packed: Option<Packed<'a>>,
    ) -> ZipResult<Part<'s, 'a>> {
        Ok(match packed {
            Some(packed) => Part::Ours(Unpacking::new(packed, self)),
            None => Part::Zip(Box::new(archive.by_index(index)?)),
        })
    }
}

/// A part to be read: unpacked here, or as zip does.
pub(crate) enum Part<'s, 'a> {
    Ours(Unpacking<'s, 'a>),
    Zip(Box<ZipFile<'s, Cursor<&'a [u8]>>>),
}

impl Read for Part<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Ours(part) => part.read(into),
            Self::Zip(part) => part.read(into),
        }
    }
}

impl Default for Decompressor {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

/// A part while it is unpacked.
pub(crate) struct Unpacking<'s, 'a> {
    part: Packed<'a>,
    decompressor: &'s mut Decompress,
    crc: Crc,
}

impl<'s, 'a> Unpacking<'s, 'a> {
    fn new(part: Packed<'a>, Decompressor(decompressor): &'s mut Decompressor) -> Self {
        decompressor.reset(false);
        Self { part, decompressor, crc: Crc::new() }
    }
}

impl Read for Unpacking<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let damaged = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        if into.is_empty() {
            return Ok(0);
        }
        let (taken, given) = (self.decompressor.total_in(), self.decompressor.total_out());
        // All of the part is at hand, so that one which fits into the room is unpacked in one step: nothing
        // of it is kept for a next one.
        let all = FlushDecompress::Finish;
        let status = self.decompressor.decompress(self.part.bytes, into, all);
        let taken = usize::try_from(self.decompressor.total_in() - taken).unwrap_or_default();
        let read = usize::try_from(self.decompressor.total_out() - given).unwrap_or_default();
        self.part.bytes = self.part.bytes.get(taken..).unwrap_or_default();
        match status {
            Err(_) => return Err(damaged("corrupt deflate stream")),
            Ok(Status::StreamEnd) => {}
            // Nothing more is to come.
            Ok(_) if read == 0 => return Err(damaged("incomplete deflate stream")),
            Ok(_) => {}
        }
        self.crc.update(&into[..read]);
        if self.decompressor.total_out() > self.part.size {
            return Err(damaged("File is larger than its declared uncompressed size"));
        }
        if read == 0 && self.crc.sum() != self.part.checksum {
            return Err(damaged("Invalid checksum"));
        }
        Ok(read)
    }
}
