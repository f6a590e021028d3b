//! Looks at a file before a reader opens it: some readers abort the whole process, or never
//! return, on files of a kilobyte, and an abort cannot be caught.

use std::io::{Cursor, Read as _};

use crate::failure::Failure;
use crate::read::{Limits, damaged, too_large};
use crate::workbook::FileFormat;

/// Refuses what is known to bring a reader down.
pub(super) fn look_before_opening(
    bytes: &[u8],
    format: FileFormat,
    limits: &Limits,
) -> Result<(), Failure> {
    match format {
        FileFormat::Xls => container_chains_end(bytes),
        FileFormat::Ods => {
            package_is_bounded(bytes, limits)?;
            content_is_whole(bytes)
        }
        FileFormat::Xlsx | FileFormat::Xlsm => {
            package_is_bounded(bytes, limits)?;
            string_table_is_plausible(bytes)
        }
        FileFormat::Xlsb => package_is_bounded(bytes, limits),
    }
}

/// Sums the sizes the parts declare; the zip reader itself refuses a part that outgrows its own.
fn package_is_bounded(bytes: &[u8], limits: &Limits) -> Result<(), Failure> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        total = total.saturating_add(part.size());
        if total > limits.unpacked {
            return Err(too_large(
                "dung lượng sau khi giải nén",
                "the unpacked content",
                limits.unpacked,
            ));
        }
    }
    Ok(())
}

/// A string table that declares more strings than it has bytes makes the reader reserve memory
/// for all of them at once.
fn string_table_is_plausible(bytes: &[u8]) -> Result<(), Failure> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let tables: Vec<String> = archive
        .file_names()
        .flatten()
        .filter(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"))
        .map(std::borrow::Cow::into_owned)
        .collect();
    for name in tables {
        let part = archive.by_name(&name).map_err(damaged)?;
        let size = part.size();
        let mut head = Vec::new();
        part.take(4096).read_to_end(&mut head).map_err(damaged)?;
        let head = String::from_utf8_lossy(&head);
        if declared_count(&head).is_some_and(|count| count > size) {
            return Err(damaged(format!("{name}: uniqueCount")));
        }
    }
    Ok(())
}

/// The value of `uniqueCount="…"`, with a count too long to read taken as endless.
fn declared_count(head: &str) -> Option<u64> {
    let rest = head.split_once("uniqueCount=")?.1;
    let digits: String = rest[1..].chars().take_while(char::is_ascii_digit).collect();
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// An OpenDocument content part that is cut off sends the reader round for ever.
fn content_is_whole(bytes: &[u8]) -> Result<(), Failure> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut part = archive.by_name("content.xml").map_err(damaged)?;
    let mut tail: Vec<u8> = Vec::new();
    let mut chunk = [0_u8; 8 << 10];
    loop {
        let read = part.read(&mut chunk).map_err(damaged)?;
        if read == 0 {
            break;
        }
        tail.extend_from_slice(&chunk[..read]);
        let keep = tail.len().saturating_sub(256);
        tail.drain(..keep);
    }
    if String::from_utf8_lossy(&tail).contains("document-content>") {
        Ok(())
    } else {
        Err(damaged("content.xml"))
    }
}

/// Follows the allocation chains of an OLE container: a chain that loops makes the reader grow
/// its buffer without end.
fn container_chains_end(bytes: &[u8]) -> Result<(), Failure> {
    let table = allocation_table(bytes).ok_or_else(|| damaged("OLE"))?;
    // The number of the walk that came by first; a walk that meets itself has found a loop.
    let mut walked_by = vec![usize::MAX; table.len()];
    for start in 0..table.len() {
        let mut sector = start;
        while let Some(&next) = table.get(sector) {
            if walked_by[sector] == start {
                return Err(damaged("OLE: FAT"));
            }
            if walked_by[sector] != usize::MAX || next >= 0xFFFF_FFFC {
                break;
            }
            walked_by[sector] = start;
            sector = usize::try_from(next).unwrap_or(usize::MAX);
        }
    }
    Ok(())
}

/// The file allocation table of an OLE container ([MS-CFB] 2.2 to 2.5), as far as the header's
/// 109 entries reach; `None` when the header is no header.
fn allocation_table(bytes: &[u8]) -> Option<Vec<u32>> {
    let word = |at: usize| -> Option<u32> {
        Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    };
    let shift = u16::from_le_bytes(bytes.get(30..32)?.try_into().ok()?);
    let size: usize = if matches!(shift, 9 | 12) { 1 << shift } else { return None };
    let mut table = Vec::new();
    for slot in 0..109 {
        let sector = word(76 + slot * 4)?;
        if sector >= 0xFFFF_FFFC {
            continue;
        }
        let start = (usize::try_from(sector).ok()? + 1).checked_mul(size)?;
        for entry in 0..size / 4 {
            let Some(next) = start.checked_add(entry * 4).and_then(word) else { break };
            table.push(next);
        }
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_table_may_not_promise_more_than_it_holds() {
        assert_eq!(declared_count("<sst uniqueCount=\"12\">"), Some(12));
        assert_eq!(declared_count("<sst uniqueCount=\"99999999999999999999999\">"), Some(u64::MAX));
        assert_eq!(declared_count("<sst>"), None);
    }

    #[test]
    fn a_looping_container_is_refused() {
        let mut bytes = vec![0_u8; 512 * 3];
        bytes[30] = 9;
        bytes[76..76 + 436].fill(0xFF);
        bytes[76..80].copy_from_slice(&0_u32.to_le_bytes());
        bytes[512..1024].fill(0xFF);
        assert!(container_chains_end(&bytes).is_ok());
        bytes[512..516].copy_from_slice(&1_u32.to_le_bytes());
        bytes[516..520].copy_from_slice(&0_u32.to_le_bytes());
        assert!(container_chains_end(&bytes).is_err());
        assert!(container_chains_end(&bytes[..40]).is_err());
    }
}
