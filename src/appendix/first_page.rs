//! No page number on the first page: the flag the writer library does not have.

use std::io::{self, Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Where the sheets of a workbook lie.
const SHEETS: &str = "xl/worksheets/sheet";

/// Gives the header of each sheet an empty first page. Every other part is copied as it is.
pub(super) fn without_number(package: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipArchive::new(Cursor::new(package))?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(package.len())));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        let name = part.name()?.into_owned();
        if !name.starts_with(SHEETS) {
            writer.raw_copy_file(part)?;
            continue;
        }
        let options = SimpleFileOptions::default()
            .last_modified_time(zip::DateTime::default())
            .compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(name, options)?;
        copy_with_flag(&mut part, &mut writer)?;
    }
    Ok(writer.finish()?.into_inner())
}

const TAG: &[u8] = b"<headerFooter";
const FLAG: &[u8] = b" differentFirst=\"1\"";

/// `differentFirst` without a `firstHeader` leaves the first page's header empty (ECMA-376 part 1,
/// 18.3.1.46). The text in the element is escaped, so the tag itself cannot occur elsewhere. A sheet
/// passes in blocks: a long one unpacks to a hundred megabytes.
fn copy_with_flag(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let (mut held, mut block) = (Vec::new(), vec![0; 64 << 10]);
    let finder = memchr::memmem::Finder::new(TAG);
    loop {
        let length = from.read(&mut block)?;
        held.extend_from_slice(&block[..length]);
        if let Some(at) = finder.find(&held) {
            let (before, after) = held.split_at(at + TAG.len());
            to.write_all(before)?;
            to.write_all(FLAG)?;
            to.write_all(after)?;
            return io::copy(from, to).map(drop);
        }
        if length == 0 {
            return to.write_all(&held);
        }
        // The tag may go on in the next block.
        let sure = held.len().saturating_sub(TAG.len());
        to.write_all(&held[..sure])?;
        held.drain(..sure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(into.len());
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn the_flag_is_set_wherever_blocks_end() {
        let xml = "<worksheet><sheetData/><headerFooter scaleWithDoc=\"0\"/></worksheet>";
        for size in 1..xml.len() {
            let mut copy = Vec::new();
            copy_with_flag(&mut Slow(xml.as_bytes(), size), &mut copy).unwrap();
            let wanted = xml.replace("<headerFooter", "<headerFooter differentFirst=\"1\"");
            assert_eq!(String::from_utf8(copy).unwrap(), wanted, "{size}");
        }
        let mut copy = Vec::new();
        copy_with_flag(&mut Slow(b"<worksheet/>", 5), &mut copy).unwrap();
        assert_eq!(copy, b"<worksheet/>");
    }
}
