//! The records of a BIFF stream ([MS-XLS]) that calamine does not give: formats and fonts of cells,
//! merged ranges, hidden rows and columns. The others are handed on with the cells moved together,
//! since it fills the rectangle around a sheet's cells densely, and reserves memory for the one
//! that a sheet declares.

use std::borrow::Cow;
use std::collections::HashMap;

use super::UTF_16;
use crate::failure::{Code, Failure};
use crate::read::binary::Layout;
use crate::read::bytes::{flagged, latin, long, short};
use crate::read::code::{self, Notation};
use crate::read::formats::{Font, Formats, Style, built_in};
use crate::read::legacy::Face;
use crate::read::sniff::SAVE_AS;
use crate::read::{Limit, Limits, damaged, encrypted};
use crate::workbook::{Address, Cell, Range};

/// Columns in which cells are moved together; the longest record of numbers holds 1,370.
const WIDTH: usize = 2048;

/// Continuations of one record. The reader takes them one by one from the front of a list.
const MOST_CONTINUATIONS: usize = 20_000;

/// Programs open some thousands of sheets at most.
const MOST_SHEETS: usize = 10_000;

/// What the records say of a workbook.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Sheets in the order of their tabs.
    pub(super) sheets: Vec<SheetFacts>,
    /// Styles by their number.
    pub(super) styles: Vec<Style>,
    /// The records for calamine.
    pub(super) stream: Vec<u8>,
}

/// What the records say of a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetFacts {
    /// Cells in the order of their records, by where they are moved to.
    moved: Vec<Place>,
    pub(super) layout: Layout,
    /// Formulas in plain words.
    formulas: HashMap<Address, String>,
    /// Cells whose records make no sense.
    pub(super) unreadable: Vec<Address>,
    /// True where the records stop within one.
    pub(super) cut: bool,
}

/// Where a cell stands, and the number of its style.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    row: u16,
    column: u16,
    style: u16,
}

/// Reads the facts of a workbook stream.
pub(super) fn read(
    stream: &[u8],
    limits: &Limits,
    formats: &mut Formats,
) -> Result<Facts, Failure> {
    let globals = Globals::read(stream)?;
    let mut facts = Facts { styles: globals.styles(formats), ..Facts::default() };
    facts.stream.clone_from(&globals.stream);
    let mut load = Load { limits, left: stream.len(), cells: 0, text: 0 };
    for (index, (start, stated)) in globals.sheets.iter().enumerate() {
        let sheet = stream.get(*start..).ok_or_else(|| damaged("BoundSheet8"))?;
        let begin = u32::try_from(facts.stream.len()).map_err(damaged)?;
        facts.stream[*stated..stated + 4].copy_from_slice(&begin.to_le_bytes());
        let found = sheet_facts(sheet, &globals, &mut load, index + 1, &mut facts.stream)?;
        facts.sheets.push(found);
    }
    Ok(facts)
}

/// The record that names the code page of the texts ([MS-XLS] 2.4.52).
const CODE_PAGE: u16 = 0x0042;

/// The failure of a workbook whose texts cannot be decoded.
fn unread_code_page(page: u16) -> Failure {
    let (vi, en) = SAVE_AS;
    Failure::new(
        Code::UnsupportedFormat,
        format!("tệp Excel cũ viết bằng bảng mã {page}, chưa đọc được"),
        format!("the old Excel file is written in code page {page}, which is not read"),
    )
    .with_help(vi, en)
}

/// A record: its type and its data, without continuations.
type Record<'a> = (u16, &'a [u8]);

/// The records of a stream, up to its end or to the first that is cut off.
#[derive(Clone)]
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = short(self.rest, 0)?;
        let length = usize::from(short(self.rest, 2)?);
        let data = self.rest.get(4..4 + length)?;
        self.rest = &self.rest[4 + length..];
        Some((kind, data))
    }
}

fn write(stream: &mut Vec<u8>, kind: u16, data: &[u8]) {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    stream.extend_from_slice(&kind.to_le_bytes());
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&data[..usize::from(length)]);
}

/// What stands before the sheets.
#[derive(Default)]
struct Globals {
    /// BIFF8 writes its texts with a byte that tells their width.
    biff8: bool,
    fonts: Vec<Font>,
    codes: HashMap<u16, String>,
    /// Font and number format of each style.
    styles: Vec<(u16, u16)>,
    /// Where each sheet begins, and where the copy says so.
    sheets: Vec<(usize, usize)>,
    /// Bytes of each shared string, at most.
    strings: Vec<u32>,
    /// The names that are defined, in their order.
    names: Vec<String>,
    /// The code page of the texts, where it is none that calamine knows.
    unread_code_page: Option<u16>,
    /// A copy for calamine.
    stream: Vec<u8>,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, Failure> {
        let mut globals = Self::default();
        let mut table: Vec<&[u8]> = Vec::new();
        let mut continued = 0;
        let mut in_table = false;
        for (kind, data) in (Records { rest: stream }) {
            globals.copy(kind, data);
            match kind {
                0x000A => {
                    if let Some(page) = globals.unread_code_page {
                        return Err(unread_code_page(page));
                    }
                    globals.strings = Strings::new(&table).lengths();
                    return Ok(globals);
                }
                // FilePass: whatever the method, the rest is encrypted.
                0x002F => return Err(encrypted()),
                0x00FC => table.push(data),
                0x003C if in_table && !data.is_empty() => table.push(data),
                _ => globals.take(kind, data),
            }
            in_table = kind == 0x00FC || in_table && kind == 0x003C;
            continued = if kind == 0x003C { continued + 1 } else { 0 };
            if continued > MOST_CONTINUATIONS || globals.sheets.len() > MOST_SHEETS {
                return Err(damaged("BIFF"));
            }
        }
        Err(damaged("BIFF: EOF"))
    }

    /// Hands a record on, save those calamine would stumble over.
    fn copy(&mut self, kind: u16, data: &[u8]) {
        match (kind, long(data, 0)) {
            (0x003C, _) if data.is_empty() => {}
            (0x0085, None) => {}
            (CODE_PAGE, _) => {
                let page = self.code_page(short(data, 0).unwrap_or(UTF_16));
                write(&mut self.stream, kind, &page.to_le_bytes());
            }
            (0x0085, Some(start)) => {
                let stated = self.stream.len() + 4;
                self.sheets.extend(usize::try_from(start).ok().map(|start| (start, stated)));
                write(&mut self.stream, kind, data);
            }
            _ => write(&mut self.stream, kind, data),
        }
    }

    /// The code page as calamine knows it.
    fn code_page(&mut self, stated: u16) -> u16 {
        match stated {
            // The first versions numbered those of the Macintosh and of Windows by themselves.
            0x8000 => 10_000,
            0x8001 => 1252,
            known if codepage::to_encoding(known).is_some() => known,
            // Since Excel 97 texts are Unicode, whatever the record says.
            _ if self.biff8 => UTF_16,
            unknown => {
                self.unread_code_page = Some(unknown);
                unknown
            }
        }
    }

    /// Takes in a record; one that is too short says nothing.
    fn take(&mut self, kind: u16, data: &[u8]) {
        match kind {
            0x0809 => self.biff8 = short(data, 0) == Some(0x0600),
            0x0031 => self.fonts.push(self.font(data).unwrap_or_default()),
            0x041E => {
                if let Some((id, code)) = short(data, 0).zip(self.text(data, 2, true)) {
                    self.codes.insert(id, code);
                }
            }
            0x00E0 => self.styles.extend(short(data, 0).zip(short(data, 2))),
            0x0018 if self.biff8 => self.names.push(defined_name(data).unwrap_or_default()),
            _ => {}
        }
    }

    fn font(&self, data: &[u8]) -> Option<Font> {
        let name = self.text(data, 14, false)?;
        Some(Font { bold: short(data, 6)? >= 700, face: Face::of(&name) })
    }

    /// A text whose length takes two bytes or one.
    fn text(&self, data: &[u8], at: usize, wide_length: bool) -> Option<String> {
        let (count, at) = if wide_length && self.biff8 {
            (usize::from(short(data, at)?), at + 2)
        } else {
            (usize::from(*data.get(at)?), at + 1)
        };
        if !self.biff8 {
            return data.get(at..at + count).map(latin);
        }
        flagged(data.get(at..)?, count)
    }

    fn styles(&self, formats: &mut Formats) -> Vec<Style> {
        let style = |(font, format): &(u16, u16)| {
            let code = self.codes.get(format).map_or_else(|| built_in(*format), String::as_str);
            // Font 4 does not exist: the numbers go on with 5 ([MS-XLS] 2.5.129).
            let place = usize::from(if *font > 4 { font - 1 } else { *font });
            formats.style(code, self.fonts.get(place).copied().unwrap_or_default())
        };
        self.styles.iter().map(style).collect()
    }
}

/// `Lbl` ([MS-XLS] 2.4.150): the name it defines.
fn defined_name(data: &[u8]) -> Option<String> {
    flagged(data.get(14..)?, usize::from(*data.get(3)?))
}

/// The shared strings, as far as their lengths: a cell may ask for a long one a million times.
struct Strings<'a> {
    records: &'a [&'a [u8]],
    record: usize,
    at: usize,
}

impl<'a> Strings<'a> {
    fn new(records: &'a [&'a [u8]]) -> Self {
        Self { records, record: 0, at: 8 }
    }

    fn lengths(mut self) -> Vec<u32> {
        std::iter::from_fn(|| self.next_length()).collect()
    }

    /// The bytes a string may take, and on to the next ([MS-XLS] 2.5.293).
    fn next_length(&mut self) -> Option<u32> {
        while self.at >= self.records.get(self.record)?.len() {
            self.record += 1;
            self.at = 0;
        }
        let head = self.records[self.record].get(self.at..)?;
        let count = usize::from(short(head, 0)?);
        let flags = *head.get(2)?;
        let mut used = 3;
        let mut after = 0;
        if flags & 8 != 0 {
            after += usize::from(short(head, used)?) * 4;
            used += 2;
        }
        if flags & 4 != 0 {
            after += usize::try_from(long(head, used)?).ok()?;
            used += 4;
        }
        self.at += used;
        self.skip_letters(count, flags & 1 != 0)?;
        self.skip(after)?;
        u32::try_from(count * 3).ok()
    }

    /// Passes letters; where they go on in the next record, a byte tells their width anew.
    fn skip_letters(&mut self, mut count: usize, mut wide: bool) -> Option<()> {
        loop {
            let left = self.records.get(self.record)?.len().saturating_sub(self.at);
            let width = if wide { 2 } else { 1 };
            let here = (left / width).min(count);
            self.at += here * width;
            count -= here;
            if count == 0 {
                return Some(());
            }
            self.record += 1;
            wide = self.records.get(self.record)?.first()? & 1 != 0;
            self.at = 1;
        }
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.records.get(self.record)?.len().saturating_sub(self.at);
            let here = left.min(count);
            self.at += here;
            count -= here;
            if count > 0 {
                self.record += 1;
                self.at = 0;
            }
        }
        Some(())
    }
}

/// What the sheets will take of memory together.
struct Load<'a> {
    limits: &'a Limits,
    /// Bytes of the stream not read yet: sheets that share their records make much of little.
    left: usize,
    cells: u64,
    text: u64,
}

impl Load<'_> {
    fn check(&self, sheet: usize) -> Result<(), Failure> {
        let limit = match (self.cells > self.limits.cells, self.text > self.limits.text) {
            (true, _) => Limit::Cells,
            (_, true) => Limit::Text,
            _ => return Ok(()),
        };
        Err(limit.exceeded(self.limits, None, Some(&sheet.to_string())))
    }
}

fn sheet_facts(
    stream: &[u8],
    globals: &Globals,
    load: &mut Load<'_>,
    number: usize,
    copy: &mut Vec<u8>,
) -> Result<SheetFacts, Failure> {
    let mut facts = SheetFacts::default();
    let mut records = Records { rest: stream };
    let mut shared = Shared::default();
    // Charts within a sheet are streams of their own between a beginning and an end.
    let mut depth = 0_u32;
    write(copy, 0x0809, &BEGIN);
    while let Some((kind, data)) = records.next() {
        let left = load.left.checked_sub(4 + data.len());
        load.left = left.ok_or_else(|| damaged("BoundSheet8"))?;
        match kind {
            0x0809 => depth += 1,
            0x000A if depth <= 1 => {
                records.rest = &[];
                break;
            }
            0x000A => depth -= 1,
            _ if depth > 1 => {}
            0x0208 if row_is_hidden(data) => {
                facts.layout.hidden_rows.extend(short(data, 0).map(u32::from));
            }
            0x007D => facts.layout.hidden_columns.extend(hidden_columns(data)),
            0x00E5 => facts.layout.merges.extend(merges(data)),
            // The text a formula gives follows it.
            0x0207 => {
                write(copy, kind, data);
                load.text += data.len() as u64;
            }
            0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203..=0x0205 | 0x027E => {
                let before = facts.moved.len();
                let data = if kind == FORMULA && globals.biff8 {
                    shared.own(data, records.clone().next())
                } else {
                    Cow::Borrowed(data)
                };
                facts.take(kind, &data, copy);
                if kind == FORMULA && globals.biff8 {
                    load.text += facts.spell(&data, &globals.names);
                }
                load.cells += (facts.moved.len() - before) as u64;
                load.text += text_load(kind, &data, globals);
            }
            _ => {}
        }
        load.check(number)?;
    }
    write(copy, 0x000A, &[]);
    facts.cut = !records.rest.is_empty();
    Ok(facts)
}

const FORMULA: u16 = 0x0006;

/// Takes the tokens of all formulas away, so that calamine has nothing to spell out.
pub(super) fn empty_formulas(stream: &mut [u8]) {
    let mut at = 0;
    while let (Some(kind), Some(length)) = (short(stream, at), short(stream, at + 2)) {
        if kind == FORMULA
            && let Some(tokens) = stream.get_mut(at + 24..at + 26)
        {
            tokens.fill(0);
        }
        at += 4 + usize::from(length);
    }
}

const SHARED_FORMULA: u16 = 0x04BC;

/// Formulas that cells share, by the cell that the formula follows.
#[derive(Default)]
struct Shared<'a>(HashMap<(u16, u16), &'a [u8]>);

impl<'a> Shared<'a> {
    /// A formula with code of its own in place of what says that it is shared; `next` is the record
    /// behind it. What cannot be followed stays as it is.
    fn own(&mut self, data: &'a [u8], next: Option<Record<'a>>) -> Cow<'a, [u8]> {
        let shared = data.get(22) == Some(&code::SHARED);
        let Some(cell) = short(data, 0).zip(short(data, 2)).filter(|_| shared) else {
            return Cow::Borrowed(data);
        };
        if let Some((SHARED_FORMULA, formula)) = next {
            // Behind the range of its cells and what nobody reads: a length, tokens, what they need.
            self.0.extend(formula.get(8..).map(|formula| (cell, formula)));
        }
        self.of(data, cell).map_or(Cow::Borrowed(data), Cow::Owned)
    }

    fn of(&self, data: &[u8], cell: (u16, u16)) -> Option<Vec<u8>> {
        let formula = self.0.get(&(short(data, 23)?, short(data, 25)?))?;
        let length = usize::from(short(formula, 0)?);
        let tokens = formula.get(2..2 + length)?;
        let at = Address::new(cell.0.into(), cell.1.into());
        let own = code::own(tokens, at, Notation::Biff8)?;
        Some([&data[..20], &formula[..2], &own, &formula[2 + length..]].concat())
    }
}

/// The beginning of a sheet of Excel 97 and later; the version is taken from the workbook's own.
const BEGIN: [u8; 16] = [0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

impl SheetFacts {
    /// Where a cell stands that was moved, and the number of its style.
    pub(super) fn place(&self, moved: Address) -> Option<(Address, usize)> {
        let index = usize::try_from(moved.row).ok()?.checked_mul(WIDTH)?;
        let place = self.moved.get(index + usize::try_from(moved.column).ok()?)?;
        Some((Address::new(place.row.into(), place.column.into()), place.style.into()))
    }

    /// True where each cell stands after the one before it, and all can be read: rows are complete
    /// once the next begins.
    pub(super) fn is_in_order(&self, moved: &[(Address, Cell)]) -> bool {
        let places = moved.iter().filter_map(|(moved, _)| self.place(*moved));
        self.unreadable.is_empty() && places.map(|(at, _)| at).is_sorted()
    }

    /// Hands the record of one or more cells on, with the cells moved. What goes on in further
    /// records is cut there, as calamine does.
    fn take(&mut self, kind: u16, data: &[u8], copy: &mut Vec<u8>) {
        let Some((row, column)) = short(data, 0).zip(short(data, 2)) else { return };
        let cells = if kind == 0x00BD { data.len().saturating_sub(6) / 6 } else { 1 };
        let complete = match kind {
            0x0006 => data.len() >= 22,
            0x00BD => cells > 0 && data.len() == 6 + 6 * cells,
            0x00FD | 0x027E => data.len() >= 10,
            0x0203 => data.len() >= 14,
            _ => data.len() >= 8,
        };
        let Some((top, left)) = self.room(cells).filter(|_| complete) else {
            self.unreadable.push(Address::new(row.into(), column.into()));
            return;
        };
        for index in 0..cells {
            let style = short(data, 4 + 6 * index).unwrap_or(0);
            let column = column.saturating_add(u16::try_from(index).unwrap_or(u16::MAX));
            self.moved.push(Place { row, column, style });
        }
        let start = copy.len() + 4;
        write(copy, kind, data);
        let end = copy.len();
        copy[start..start + 2].copy_from_slice(&top.to_le_bytes());
        copy[start + 2..start + 4].copy_from_slice(&left.to_le_bytes());
        if kind == 0x00BD {
            let last = left + u16::try_from(cells - 1).unwrap_or(0);
            copy[end - 2..end].copy_from_slice(&last.to_le_bytes());
        }
    }

    /// Keeps the text of a formula, where it is plain; the bytes it takes.
    fn spell(&mut self, data: &[u8], names: &[String]) -> u64 {
        let length = short(data, 20).map(usize::from);
        let code = length.and_then(|length| data.get(22..22 + length));
        let text = code.and_then(|code| code::text(code, Notation::Biff8, names));
        let bytes = text.as_ref().map_or(0, String::len) as u64;
        if let Some(((row, column), text)) = short(data, 0).zip(short(data, 2)).zip(text) {
            self.formulas.insert(Address::new(row.into(), column.into()), text);
        }
        bytes
    }

    /// The formula of a cell, where it is plain.
    pub(super) fn formula(&self, at: Address) -> Option<&str> {
        self.formulas.get(&at).map(String::as_str)
    }

    /// The row and the first column where so many cells stand next.
    fn room(&mut self, cells: usize) -> Option<(u16, u16)> {
        let used = self.moved.len() % WIDTH;
        if used + cells > WIDTH {
            self.moved.resize(self.moved.len() + WIDTH - used, Place::default());
        }
        let row = u16::try_from(self.moved.len() / WIDTH).ok()?;
        Some((row, u16::try_from(self.moved.len() % WIDTH).ok()?))
    }
}

/// `MergeCells` ([MS-XLS] 2.4.168).
fn merges(data: &[u8]) -> impl Iterator<Item = Range> {
    data.get(2..).unwrap_or_default().chunks_exact(8).map(|ends| {
        let end = |at| u32::from(short(ends, at).unwrap_or(0));
        Range::new(Address::new(end(0), end(4)), Address::new(end(2), end(6)))
    })
}

/// Bytes of text that a cell brings.
fn text_load(kind: u16, data: &[u8], globals: &Globals) -> u64 {
    if kind != 0x00FD {
        return data.len() as u64;
    }
    let index = long(data, 6).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| globals.strings.get(index)).copied().unwrap_or(0).into()
}

/// `fDyZero` of a row ([MS-XLS] 2.4.221).
fn row_is_hidden(data: &[u8]) -> bool {
    short(data, 12).is_some_and(|flags| flags & 0x20 != 0)
}

/// `fHidden` of a run of columns ([MS-XLS] 2.4.53).
fn hidden_columns(data: &[u8]) -> Option<(u32, u32)> {
    let hidden = short(data, 8)? & 1 != 0;
    hidden.then_some((short(data, 0)?.into(), short(data, 2)?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record as a stream holds it.
    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// A workbook stream from records before the sheet and records of the sheet.
    fn stream(globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Vec<u8> {
        let begin = record(0x0809, &shorts(&[0x0600, 5, 0, 0]));
        let end = record(0x000A, &[]);
        let before = [begin.clone(), globals.concat()].concat();
        let start = u32::try_from(before.len() + 4 + 9 + 4).unwrap();
        let listed = record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
        [before, listed, end.clone(), begin, sheet.concat(), end].concat()
    }

    fn facts(globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Result<(Facts, Formats), Failure> {
        let mut formats = Formats::default();
        let facts = read(&stream(globals, sheet), &Limits::default(), &mut formats)?;
        Ok((facts, formats))
    }

    #[test]
    fn formats_fonts_and_hidden_rows_are_read() {
        let font = |weight: u16, name: &str| {
            let head = [shorts(&[200, 0, 0, weight]), vec![0; 6]].concat();
            record(
                0x31,
                &[&head[..], &[u8::try_from(name.len()).unwrap(), 0], name.as_bytes()].concat(),
            )
        };
        let code = record(0x41E, &[&shorts(&[164, 5])[..], &[0], b"0.00%"].concat());
        let style = |font, format| record(0xE0, &shorts(&[font, format, 0, 0]));
        let globals = [
            font(400, "Arial"),
            font(400, "Arial"),
            font(400, "Arial"),
            font(400, "Arial"),
            font(700, ".VnTime"),
            code,
            style(0, 0),
            style(5, 164),
        ];
        let number = [shorts(&[7, 2, 1]), 0.5_f64.to_le_bytes().to_vec()].concat();
        let sheet = [
            record(0x7D, &shorts(&[3, 4, 0, 0, 1])),
            record(0x208, &shorts(&[7, 0, 3, 0, 0, 0, 0x20, 0])),
            record(0x203, &number),
        ];
        let (facts, formats) = facts(&globals, &sheet).unwrap();
        let (at, style) = facts.sheets[0].place(Address::new(0, 0)).unwrap();
        assert_eq!(at, Address::new(7, 2));
        let found = facts.styles[style];
        assert!(found.bold && found.face == Face::Tcvn3);
        assert_eq!(formats.into_codes()[usize::from(found.format) - 1].code, "0.00%");
        assert_eq!(facts.sheets[0].layout.hidden_rows, [7]);
        assert_eq!(facts.sheets[0].layout.hidden_columns, [(3, 4)]);
    }

    #[test]
    fn shared_formulas_are_spelt_out_in_each_cell() {
        // `B1+1` in A1, shared with A2, which leads to A1.
        let code = [&[0x4C][..], &shorts(&[0, 0xC001]), &[0x1E, 1, 0, 0x03]].concat();
        let leads = [shorts(&[5]), vec![1], shorts(&[0, 0])].concat();
        let cell = |row| record(6, &[shorts(&[row, 0, 0]), vec![0; 14], leads.clone()].concat());
        let length = u16::try_from(code.len()).unwrap();
        let shared = [shorts(&[0, 1, 0, 2, length]), code].concat();
        let sheet = [cell(0), record(0x4BC, &shared), cell(1), cell(9)];
        let (facts, _) = facts(&[], &sheet).unwrap();
        let formula = |row| facts.sheets[0].formula(Address::new(row, 0));
        assert_eq!([0, 1].map(formula), [Some("B1+1"), Some("B2+1")]);
        let lost = [cell(0), cell(1)];
        assert_eq!(self::facts(&[], &lost).unwrap().0.sheets[0].formulas.len(), 0);
    }

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        // One string of 30,000 letters, asked for 10,000 times.
        let text = [&[0; 8][..], &shorts(&[8000])[..], &[0], &[b'a'; 8000]].concat();
        let cell = record(0xFD, &shorts(&[0, 0, 0, 0, 0]));
        let asked = |times| facts(&[record(0xFC, &text)], &vec![cell.clone(); times]);
        assert!(asked(100).is_ok());
        assert!(asked(20_000).is_err());
        assert!(
            facts(&[record(0x2F, &[0; 6])], &[])
                .is_err_and(|failure| { failure.code == crate::failure::Code::Encrypted })
        );
        let continued = vec![record(0x3C, &[]); MOST_CONTINUATIONS + 1];
        assert!(facts(&[record(0xFC, &[0; 8]), continued.concat()], &[]).is_err());
    }

    #[test]
    fn code_pages_are_known_or_refused_by_their_number() {
        let stated = |biff: u16, page: u16| {
            let mut stream = stream(&[record(CODE_PAGE, &shorts(&[page]))], &[]);
            stream[4..6].copy_from_slice(&biff.to_le_bytes());
            let facts = read(&stream, &Limits::default(), &mut Formats::default())?;
            let mut records = Records { rest: &facts.stream };
            let (_, data) = records.find(|(kind, _)| *kind == CODE_PAGE).unwrap();
            Ok::<_, Failure>(short(data, 0).unwrap())
        };
        assert_eq!(stated(0x0500, 1258).unwrap(), 1258);
        assert_eq!(stated(0x0500, 0x8000).unwrap(), 10_000);
        assert_eq!(stated(0x0600, 10_029).unwrap(), UTF_16, "texts of Excel 97 are Unicode");
        let refused = stated(0x0500, 10_029).unwrap_err();
        assert_eq!(refused.code, Code::UnsupportedFormat);
        assert!(refused.message.vi.contains("10029"), "{refused:?}");
    }

    #[test]
    fn shared_strings_are_measured_across_records() {
        // 5 narrow letters, cut after 3 and continued wide; then a rich string of 2 letters.
        let first = [&[0; 8][..], &shorts(&[5])[..], &[0], b"abc"].concat();
        let rest = [&[1, b'd', 0, b'e', 0][..], &shorts(&[2])[..], &[8, 1, 0, b'x', b'y'], &[0; 4]]
            .concat();
        let records = [&first[..], &rest[..]];
        assert_eq!(Strings::new(&records).lengths(), [15, 6]);
    }

    #[test]
    fn cut_streams_are_survived() {
        let whole = stream(&[record(0xE0, &[0; 20])], &[record(0x203, &[0; 14])]);
        for length in 0..whole.len() {
            let _ = read(&whole[..length], &Limits::default(), &mut Formats::default());
        }
    }
}
