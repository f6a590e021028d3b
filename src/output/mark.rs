//! The mark inside every output: what it is, and the checksums of the files it was made from. By it a
//! later run knows an output whatever its name, and passes over it where its source is there too.

use std::io::{Read, Seek, SeekFrom};

use sha2::{Digest as _, Sha256};

use crate::failure::{Code, Failure};
use crate::lang::Lang;
use crate::read::container::MAGIC;
use crate::{patch, read};

/// What this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The report as a page.
    Report,
    /// The corrected copy of a workbook.
    Corrected,
    /// A table typeset for signature.
    Appendix,
    /// A copy with marks and no figure changed, to send back.
    Remarks,
    /// The table of many units.
    Merged,
    /// A draft of an allocation over villages.
    Allocation,
    /// A letter that asks for a table to be mended.
    Letter,
    /// The list of what was changed, where the corrected copy has no room for it.
    Changes,
}

impl Kind {
    /// The kind as marks and English names have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.names()[1]
    }

    /// What stands between the name of the source and the suffix: `bieu.da-sua.xlsx`.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.names()[0],
            Lang::En => self.names()[1],
        }
    }

    /// Its names in both languages.
    #[must_use]
    pub fn names(self) -> [&'static str; 2] {
        match self {
            Self::Report => ["bao-cao", "report"],
            Self::Corrected => ["da-sua", "corrected"],
            Self::Appendix => ["phu-luc", "appendix"],
            Self::Remarks => ["nhan-xet", "remarks"],
            Self::Merged => ["tong-hop", "merged"],
            Self::Allocation => ["phan-bo", "allocation"],
            Self::Letter => ["cong-van", "letter"],
            Self::Changes => ["danh-sach-sua", "changes"],
        }
    }
}

/// The SHA-256 sum of a file, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum(String);

impl Checksum {
    /// The sum of a file in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::hex(&Sha256::digest(bytes))
    }

    /// The sum of what is left to read.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn of_reader(mut reader: impl Read) -> std::io::Result<Self> {
        let mut sum = Sha256::new();
        let mut block = vec![0; 64 << 10];
        loop {
            match reader.read(&mut block)? {
                0 => return Ok(Self::hex(&sum.finalize())),
                length => sum.update(&block[..length]),
            }
        }
    }

    fn hex(sum: &[u8]) -> Self {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(2 * sum.len());
        for byte in sum {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

impl std::fmt::Display for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The mark of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is.
    pub kind: Kind,
    /// The files it was made from.
    pub sources: Vec<Checksum>,
}

/// Names of the properties begin so.
const PROPERTY: &str = "soatbieu";
const SUM: &str = "sha256:";

impl Mark {
    /// The mark of an output made from one file. What that file was made from itself counts as well:
    /// the corrected copy of a corrected copy comes from the first one.
    #[must_use]
    pub fn of(kind: Kind, source: &[u8]) -> Self {
        let mut sources = vec![Checksum::of(source)];
        sources.extend(sources_of(std::io::Cursor::new(source)));
        Self { kind, sources }
    }

    /// The mark as properties of a workbook, for one that is being written.
    #[must_use]
    pub fn properties(&self) -> Vec<(String, String)> {
        let mut properties = vec![(PROPERTY.to_owned(), self.kind.as_str().to_owned())];
        let sources = (1..).zip(&self.sources);
        properties.extend(sources.map(|(number, source)| {
            (format!("{PROPERTY}.source.{number}"), format!("{SUM}{}", source.0))
        }));
        properties
    }

    /// Puts the mark into a workbook.
    ///
    /// # Errors
    /// [`Code::CannotWrite`] where the bytes are no package.
    pub fn on_workbook(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        patch::with_properties(bytes, &self.properties()).map_err(|error| {
            Failure::new(
                Code::CannotWrite,
                format!("không ghi được dấu nhận biết vào tệp kết quả: {}", error.vietnamese()),
                format!("the output could not be marked: {error}"),
            )
        })
    }

    /// Puts the mark into a page.
    #[must_use]
    pub fn on_page(&self, html: &str) -> String {
        use std::fmt::Write as _;
        let mut tags = format!("<meta name=\"{PROPERTY}\" content=\"{}\">\n", self.kind.as_str());
        for source in &self.sources {
            // Writing to a string cannot fail.
            let _ =
                writeln!(tags, "<meta name=\"{PROPERTY}.source\" content=\"{SUM}{}\">", source.0);
        }
        html.replacen("<title>", &format!("{tags}<title>"), 1)
    }
}

/// Bytes read from the end of a file, where a package has its list of parts; a list or a part larger
/// than this bears no mark of ours.
const MOST: u64 = 4 << 20;

/// The checksums of the files that a workbook says it was made from; none where it is no output of
/// this program. Of a package only the list of parts and the one part are read.
#[must_use]
pub fn sources_of<R: Read + Seek>(mut file: R) -> Vec<Checksum> {
    let Some(text) = own_words(&mut file) else { return Vec::new() };
    if !text.contains(PROPERTY) {
        return Vec::new();
    }
    let sums = text.split(SUM).skip(1).filter_map(|rest| rest.get(..64));
    sums.filter(|sum| sum.bytes().all(|b| b.is_ascii_hexdigit()))
        .map(|s| Checksum(s.to_owned()))
        .collect()
}

/// What a file says of itself.
fn own_words<R: Read + Seek>(file: &mut R) -> Option<String> {
    if read_at(file, 0, 8)? != MAGIC {
        return custom_part(file);
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    let mut bytes = Vec::new();
    file.take(LARGEST_CONTAINER).read_to_end(&mut bytes).ok()?;
    String::from_utf8(read::stream_of(&bytes, patch::PROPERTIES_STREAM)?).ok()
}

/// Bytes of a container that is looked into: as many as are read by default.
const LARGEST_CONTAINER: u64 = 256 << 20;

/// The part with custom properties, unpacked.
fn custom_part<R: Read + Seek>(file: &mut R) -> Option<String> {
    let length = file.seek(SeekFrom::End(0)).ok()?;
    let tail = read_at(file, length.saturating_sub(66 << 10), 66 << 10)?;
    let end = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let (size, start) = (number(&tail, end + 12, 4)?, number(&tail, end + 16, 4)?);
    if size > MOST {
        return None;
    }
    let list = read_at(file, start, size)?;
    let mut at = 0;
    while list.get(at..at + 4)? == b"PK\x01\x02" {
        let field = |offset: usize, width: usize| number(&list, at + offset, width);
        let lengths = [field(28, 2)?, field(30, 2)?, field(32, 2)?];
        let [name, extra, comment] = lengths.map(|length| usize::try_from(length).unwrap_or(0));
        let own = list.get(at + 46..at + 46 + name)?;
        // Where workbooks of Office and of OpenDocument have what their authors say of them.
        if own.eq_ignore_ascii_case(b"docProps/custom.xml") || own == b"meta.xml" {
            return unpacked(file, field(42, 4)?, field(10, 2)?, field(20, 4)?);
        }
        at += 46 + name + extra + comment;
    }
    None
}

/// The text of a part by its place in the file.
fn unpacked<R: Read + Seek>(file: &mut R, at: u64, method: u64, packed: u64) -> Option<String> {
    if packed > MOST {
        return None;
    }
    let header = read_at(file, at, 30)?;
    let start = at + 30 + number(&header, 26, 2)? + number(&header, 28, 2)?;
    let bytes = read_at(file, start, packed)?;
    let mut text = Vec::new();
    match method {
        0 => text = bytes,
        8 => {
            let unpacker = flate2::read::DeflateDecoder::new(bytes.as_slice());
            unpacker.take(2 * MOST).read_to_end(&mut text).ok()?;
        }
        _ => return None,
    }
    String::from_utf8(text).ok()
}

/// Up to so many bytes from a place in a file.
fn read_at<R: Read + Seek>(file: &mut R, at: u64, most: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A number of a package, the lowest byte first.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn workbook() -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_mark_is_read_again_and_names_all_sources() {
        let plain = workbook();
        assert_eq!(sources_of(Cursor::new(&plain)), []);
        let first = Mark::of(Kind::Corrected, &plain).on_workbook(&plain).unwrap();
        assert_eq!(sources_of(Cursor::new(&first)), [Checksum::of(&plain)]);
        let second = Mark::of(Kind::Appendix, &first).on_workbook(&first).unwrap();
        assert_eq!(sources_of(Cursor::new(&second)), [Checksum::of(&first), Checksum::of(&plain)]);
        assert_eq!(patch::check_package(&second), Ok(()));
    }

    #[test]
    fn what_is_no_package_bears_no_mark() {
        for bytes in [
            &b""[..],
            b"PK\x05\x06",
            &[b'P'; 100],
            b"PK\x05\x06\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0",
        ] {
            assert_eq!(sources_of(Cursor::new(bytes)), []);
        }
    }

    #[test]
    fn a_page_bears_its_mark() {
        let page = Mark::of(Kind::Report, b"x").on_page("<head>\n<title>T</title></head>");
        assert!(page.contains("<meta name=\"soatbieu\" content=\"report\">"));
        assert!(page.contains(&Checksum::of(b"x").0));
    }
}
