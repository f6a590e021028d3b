//! No page number on the first page: the flag the writer library does not have.

use std::io::{Cursor, Read, Write};

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
        let mut xml = String::new();
        part.read_to_string(&mut xml)?;
        let options = SimpleFileOptions::default()
            .last_modified_time(zip::DateTime::default())
            .compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(name, options)?;
        writer.write_all(with_flag(&xml).as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

/// `differentFirst` without a `firstHeader` leaves the first page's header empty (ECMA-376 part 1,
/// 18.3.1.46). The text in the element is escaped, so the tag itself cannot occur elsewhere.
fn with_flag(xml: &str) -> String {
    xml.replacen("<headerFooter", "<headerFooter differentFirst=\"1\"", 1)
}
