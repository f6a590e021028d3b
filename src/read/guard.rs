//! Looks at a file before a reader opens it: some readers abort the whole process, or never
//! return, on files of a kilobyte, and an abort cannot be caught.

use crate::failure::Failure;
use crate::read::package::Package;
use crate::read::{Limits, damaged};
use crate::workbook::FileFormat;

/// Refuses what is known to bring a reader down. The readers of `.xlsx` and `.ods` are our own,
/// and bounded as they read.
pub(super) fn look_before_opening(
    bytes: &[u8],
    format: FileFormat,
    limits: &Limits,
) -> Result<(), Failure> {
    match format {
        FileFormat::Xls => container_chains_end(bytes),
        FileFormat::Xlsb => Package::open(bytes, limits).map(drop),
        FileFormat::Xlsx | FileFormat::Xlsm | FileFormat::Ods => Ok(()),
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
