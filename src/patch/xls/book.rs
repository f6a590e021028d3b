//! The streams of an `.xls` file, and the sheets of its workbook.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _, Seek as _, Write as _};

use super::super::PatchError;
use super::super::book::folded;
use super::super::xml::malformed;
use super::STREAM;
use super::cells::{FORMULA, is_cell, pieces};
use super::records::{BOUND_SHEET, Record, substream};
use crate::read::bytes::{flagged, long, short};
use crate::read::code::{self, Notation};
use crate::workbook::{Address, Range};

type File = cfb::CompoundFile<Cursor<Vec<u8>>>;

const FILE_PASS: u16 = 0x002F;
const PROTECT: u16 = 0x0012;
const MERGES: u16 = 0x00E5;
const CONDITIONAL: u16 = 0x01B0;
const PIVOT: u16 = 0x00B0;
const SHARED: u16 = 0x04BC;

/// The version of Excel 97 to 2003.
const BIFF8: u16 = 0x0600;

/// A workbook stream, taken apart.
pub(super) struct Book {
    pub(super) stream: Vec<u8>,
    pub(super) globals: Vec<Record>,
    pub(super) sheets: Vec<SheetPart>,
}

/// A sheet.
pub(super) struct SheetPart {
    pub(super) name: String,
    pub(super) records: Vec<Record>,
}

/// The records of a stream by type, those of cells apart.
type Plain = Vec<(u16, Vec<u8>)>;

/// A sheet as far as it says what it looks like.
pub(in crate::patch) struct CellPart {
    pub(in crate::patch) name: String,
    /// The number of each cell's format.
    pub(in crate::patch) cells: Vec<(Address, u16)>,
    pub(in crate::patch) records: Plain,
}

/// The records before the sheets, and the sheets.
///
/// # Errors
/// A [`PatchError`] where the file is none of Excel 97 to 2003 that can be read.
pub(in crate::patch) fn parts(bytes: &[u8]) -> Result<(Plain, Vec<CellPart>), PatchError> {
    let book = Book::of(&mut open(bytes)?)?;
    let plain = |records: &[Record]| -> Plain {
        let others = records.iter().filter(|record| !is_cell(record.kind));
        others.map(|record| (record.kind, record.data(&book.stream).to_vec())).collect()
    };
    let sheets = book.sheets.iter().map(|sheet| CellPart {
        name: sheet.name.clone(),
        cells: sheet.formats_of_cells(&book.stream),
        records: plain(&sheet.records),
    });
    Ok((plain(&book.globals), sheets.collect()))
}

/// Why an `.xls` file is not corrected in place, if it is not.
pub(in crate::patch) fn refusal(bytes: &[u8]) -> Option<PatchError> {
    Book::read(bytes).err()
}

impl Book {
    /// Reads a workbook. What Excel 95 and earlier wrote, what is encrypted or signed, and what holds
    /// the workbook a second time for those versions is refused.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PatchError> {
        let mut file = open(bytes)?;
        if !file.is_stream("/Workbook") {
            let old = file.is_stream("/Book");
            return Err(if old { PatchError::OldBinary } else { PatchError::OleContainer });
        }
        if file.is_stream("/Book") {
            return Err(PatchError::SecondWorkbook);
        }
        if file.exists("/_xmlsignatures") || file.exists("/_signatures") {
            return Err(PatchError::Signed);
        }
        Self::of(&mut file)
    }

    /// Takes a workbook apart.
    fn of(file: &mut File) -> Result<Self, PatchError> {
        let mut stream = Vec::new();
        let mut read = file.open_stream("/Workbook").map_err(unreadable)?;
        read.read_to_end(&mut stream).map_err(unreadable)?;
        if short(&stream, 4) != Some(BIFF8) {
            return Err(PatchError::OldBinary);
        }
        let globals = substream(&stream, 0)?;
        if globals.iter().any(|record| record.kind == FILE_PASS) {
            return Err(PatchError::Encrypted);
        }
        let mut book = Self { stream, globals, sheets: Vec::new() };
        book.sheets = book.read_sheets()?;
        Ok(book)
    }

    fn read_sheets(&self) -> Result<Vec<SheetPart>, PatchError> {
        let mut left = self.stream.len();
        let named = self.globals.iter().filter(|record| record.kind == BOUND_SHEET);
        named
            .map(|record| {
                let data = record.data(&self.stream);
                let start = long(data, 0).and_then(|start| usize::try_from(start).ok());
                let records = substream(&self.stream, start.unwrap_or(usize::MAX))?;
                let length: usize = records.iter().map(|record| record.span.len()).sum();
                // Sheets that share their records would make much of little.
                let shared = || malformed(STREAM, "sheets that overlap");
                left = left.checked_sub(length).ok_or_else(shared)?;
                Ok(SheetPart { name: name(data).unwrap_or_default(), records })
            })
            .collect()
    }

    /// The number of the sheet with a name.
    pub(super) fn sheet(&self, name: &str) -> Result<usize, PatchError> {
        let alike = |part: &SheetPart| folded(&part.name) == folded(name);
        let mut found = (0..self.sheets.len()).filter(|index| alike(&self.sheets[*index]));
        match (found.next(), found.next()) {
            (Some(sheet), None) => Ok(sheet),
            (None, _) => Err(PatchError::NoSheet(name.to_owned())),
            _ => Err(malformed(STREAM, format!("two sheets named `{name}`"))),
        }
    }

    /// True where formulas are stored for many cells in a way that is not read.
    pub(super) fn has_unread_formulas(&self) -> bool {
        self.sheets.iter().any(|sheet| sheet.has_unread_formulas(&self.stream))
    }

    /// The records of the globals and of all sheets.
    pub(super) fn substreams(&self) -> Vec<Vec<Record>> {
        let sheets = self.sheets.iter().map(|sheet| sheet.records.clone());
        std::iter::once(self.globals.clone()).chain(sheets).collect()
    }
}

impl SheetPart {
    fn of<'a>(&'a self, kind: u16, stream: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.records.iter().filter(move |r| r.kind == kind).map(|record| record.data(stream))
    }

    fn formats_of_cells(&self, stream: &[u8]) -> Vec<(Address, u16)> {
        let records = self.records.iter().filter(|record| is_cell(record.kind));
        let cells = records.filter_map(|record| pieces(record.kind, record.data(stream)));
        let each = |(row, cells): (u16, Vec<super::cells::Piece>)| {
            cells
                .into_iter()
                .map(move |cell| (Address::new(row.into(), cell.column.into()), cell.xf))
        };
        cells.flat_map(each).collect()
    }

    fn has_unread_formulas(&self, stream: &[u8]) -> bool {
        let mut read = BTreeSet::new();
        let mut wanted = BTreeSet::new();
        for (index, record) in self.records.iter().enumerate().filter(|(_, r)| r.kind == FORMULA) {
            let Some((row, cells)) = pieces(FORMULA, record.data(stream)) else { continue };
            let Some(cell) = cells.first() else { continue };
            wanted.extend(cell.held.leads_to());
            let next = self.records.get(index + 1).filter(|next| next.kind == SHARED);
            let code = next.and_then(|next| next.data(stream).get(10..));
            let at = Address::new(row.into(), cell.column.into());
            if code.is_some_and(|code| code::own(code, at, Notation::Biff8).is_some()) {
                read.insert((row, cell.column));
            }
        }
        !wanted.is_subset(&read)
    }

    /// Records of cells by their row.
    pub(super) fn cells_by_row(&self, stream: &[u8]) -> BTreeMap<u16, Vec<usize>> {
        let mut rows: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (index, record) in self.records.iter().enumerate().filter(|(_, r)| is_cell(r.kind)) {
            if let Some(row) = short(record.data(stream), 0) {
                rows.entry(row).or_default().push(index);
            }
        }
        rows
    }

    pub(super) fn merges(&self, stream: &[u8]) -> Vec<Range> {
        let ends = |data: &[u8]| {
            data.get(2..).unwrap_or_default().chunks_exact(8).map(range).collect::<Vec<_>>()
        };
        self.of(MERGES, stream).flat_map(ends).collect()
    }

    /// Ranges with conditional formats.
    pub(super) fn conditional(&self, stream: &[u8]) -> Vec<Range> {
        self.of(CONDITIONAL, stream).filter_map(|data| data.get(4..12)).map(range).collect()
    }

    pub(super) fn is_protected(&self, stream: &[u8]) -> bool {
        self.of(PROTECT, stream).any(|data| short(data, 0) == Some(1))
    }

    pub(super) fn has_pivots(&self) -> bool {
        self.records.iter().any(|record| record.kind == PIVOT)
    }
}

/// `Ref8`: first and last row, first and last column.
fn range(data: &[u8]) -> Range {
    let end = |at| u32::from(short(data, at).unwrap_or(0));
    Range::new(Address::new(end(0), end(4)), Address::new(end(2), end(6)))
}

/// The name of a sheet, in letters of one byte or two.
fn name(data: &[u8]) -> Option<String> {
    let count = usize::from(*data.get(6)?);
    flagged(data.get(7..)?, count)
}

fn open(bytes: &[u8]) -> Result<File, PatchError> {
    cfb::CompoundFile::open(Cursor::new(bytes.to_vec())).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn unreadable(error: std::io::Error) -> PatchError {
    PatchError::NotAContainer(error.to_string())
}

/// The file with another workbook stream.
pub(super) fn with_stream(bytes: &[u8], stream: &[u8]) -> Result<Vec<u8>, PatchError> {
    let mut file = open(bytes)?;
    write(&mut file, "/Workbook", stream).map_err(unreadable)?;
    Ok(file.into_inner().into_inner())
}

fn write(file: &mut File, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut stream =
        if file.is_stream(path) { file.open_stream(path)? } else { file.create_stream(path)? };
    stream.set_len(bytes.len() as u64)?;
    stream.rewind()?;
    stream.write_all(bytes)?;
    stream.flush()?;
    drop(stream);
    file.flush()
}

/// The file with text properties in a stream of its own, in place of those before.
///
/// # Errors
/// A [`PatchError`] where the file cannot be added to.
pub(in crate::patch) fn with_properties(
    bytes: &[u8],
    properties: &[(String, String)],
) -> Result<Vec<u8>, PatchError> {
    let lines: String =
        properties.iter().map(|(key, value)| [key, "=", value, "\n"].concat()).collect();
    let mut file = open(bytes)?;
    let path = format!("/{}", super::super::PROPERTIES_STREAM);
    write(&mut file, &path, lines.as_bytes()).map_err(unreadable)?;
    Ok(file.into_inner().into_inner())
}
