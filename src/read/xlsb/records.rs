//! The records of an `.xlsb` package ([MS-XLSB]) that calamine does not give: styles of cells,
//! errors of formulas, merged ranges, hidden rows and columns.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};

use crate::failure::Failure;
use crate::read::Limits;
use crate::read::bytes::{long, short, wide_text};
use crate::read::code::{self, Names, Notation};
use crate::read::damaged;
use crate::read::formats::{Font, Formats, Style, built_in};
use crate::read::legacy::Face;
use crate::read::store::{Budget, Store};
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

/// The longest record kept; those read here hold some hundred bytes, a text up to 64 KiB.
const LONGEST: usize = 256 << 10;

/// Programs stop at about 65,000 styles, fonts and formats.
const MOST: usize = 70_000;

/// The records of a part, one after the other.
pub(super) struct Records<R> {
    part: BufReader<R>,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(part: R) -> Self {
        Self { part: BufReader::with_capacity(64 << 10, part), data: Vec::new() }
    }

    /// The next record: its type and its data ([MS-XLSB] 2.1.4); of one that is too long, no data.
    pub(super) fn next(&mut self) -> io::Result<Option<(u16, &[u8])>> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u16::from(first);
        if first & 0x80 != 0 {
            kind = u16::from(first & 0x7F) | u16::from(self.some_byte()? & 0x7F) << 7;
        }
        let mut length = 0_usize;
        for place in 0..4 {
            let byte = self.some_byte()?;
            length |= usize::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.data.clear();
        if length > LONGEST {
            io::copy(&mut (&mut self.part).take(length as u64), &mut io::sink())?;
        } else {
            self.data.resize(length, 0);
            self.part.read_exact(&mut self.data)?;
        }
        Ok(Some((kind, &self.data)))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.part.read(&mut byte)? == 1).then_some(byte[0]))
    }

    fn some_byte(&mut self) -> io::Result<u8> {
        self.byte()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// What a sheet's records say of its rows and columns.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) merges: Vec<Range>,
    pub(super) hidden_rows: Vec<u32>,
    /// Both ends included.
    pub(super) hidden_columns: Vec<(u32, u32)>,
}

impl Layout {
    pub(super) fn lay_out(&self, store: &mut Store<'_>) {
        for merged in &self.merges {
            store.merge(*merged);
        }
        for row in &self.hidden_rows {
            store.hide_rows(*row, *row);
        }
        for (first, last) in &self.hidden_columns {
            store.hide_columns(*first, *last);
        }
    }
}

/// The text of a formula, where it is plain; calamine spells out the others.
fn spelt(code: &[u8], defined: &[String]) -> Option<String> {
    code::text(code, Notation::Biff12, Names { defined, sheets: None })
}

/// The sheets by their names with the relation of each one's part (`BrtBundleSh`).
pub(super) fn sheet_relations(part: impl Read) -> Vec<(String, String)> {
    let mut records = Records::new(part);
    let mut sheets = Vec::new();
    while let Ok(Some((kind, data))) = records.next() {
        if kind == 0x009C {
            let relation = wide_text(data, 8);
            let name = relation.as_ref().and_then(|(_, end)| wide_text(data, *end));
            if let Some(((relation, _), (name, _))) = relation.zip(name) {
                sheets.push((name, relation));
            }
        }
    }
    sheets
}

/// The names that a workbook defines, in their order (`BrtName`).
pub(super) fn names(part: impl Read) -> Vec<String> {
    let mut records = Records::new(part);
    let mut names = Vec::new();
    while let Ok(Some((kind, data))) = records.next() {
        if kind == 0x0027 && names.len() < MOST {
            names.push(wide_text(data, 9).map(|(name, _)| name).unwrap_or_default());
        }
    }
    names
}

/// Counts the shared strings; one longer than any cell can show is damage.
pub(super) fn count_strings(part: impl Read, budget: &mut Budget) -> Result<(), Failure> {
    let mut records = Records::new(part);
    while let Ok(Some((kind, data))) = records.next() {
        match (kind, data.len()) {
            (0x0013, 0) => return Err(damaged("BrtSSTItem")),
            (0x0013, length) => budget.string(length)?,
            _ => {}
        }
    }
    Ok(())
}

/// The styles of cells by their number; what cannot be read shows like `General`.
pub(super) fn styles(part: impl Read, formats: &mut Formats) -> Vec<Style> {
    let mut records = Records::new(part);
    let mut codes = HashMap::new();
    let mut fonts = Vec::new();
    let mut styles = Vec::new();
    let mut of_cells = false;
    while let Ok(Some((kind, data))) = records.next() {
        match kind {
            0x002C if codes.len() < MOST => {
                codes.extend(short(data, 0).zip(wide_text(data, 2).map(|(code, _)| code)));
            }
            0x002B if fonts.len() < MOST => fonts.push(font(data).unwrap_or_default()),
            0x0269 => of_cells = true,
            0x026A => of_cells = false,
            0x002F if of_cells && styles.len() < MOST => {
                let format = short(data, 2).unwrap_or(0);
                let code = codes.get(&format).map_or_else(|| built_in(format), String::as_str);
                let font = short(data, 4).and_then(|font| fonts.get(usize::from(font)));
                styles.push(formats.style(code, font.copied().unwrap_or_default()));
            }
            _ => {}
        }
    }
    styles
}

fn font(data: &[u8]) -> Option<Font> {
    let (name, _) = wide_text(data, 21)?;
    Some(Font { bold: short(data, 4)? >= 700, face: Face::of(&name) })
}

/// A record as a part holds it.
pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let [low, high] = [kind & 0x7F, kind >> 7].map(|part| part.to_le_bytes()[0]);
    let mut bytes = if kind < 0x80 { vec![low] } else { vec![low | 0x80, high] };
    let mut length = data.len();
    loop {
        let seven = (length & 0x7F).to_le_bytes()[0];
        length >>= 7;
        bytes.push(if length == 0 { seven } else { seven | 0x80 });
        if length == 0 {
            break;
        }
    }
    bytes.extend_from_slice(data);
    bytes
}

/// The type and the data of a cell's record. One that stands right behind another may do without its
/// column ([MS-XLSB] 2.4.763 and following): it gets it, and the type that goes with it.
fn full(kind: u16, data: &[u8], before: Option<u32>) -> Option<(u16, Vec<u8>)> {
    match kind {
        1..=11 => Some((kind, data.to_vec())),
        12..=18 => {
            let column = before.map_or(0, |before| before.saturating_add(1));
            Some((kind - 11, [&column.to_le_bytes()[..], data].concat()))
        }
        _ => None,
    }
}

/// Tokens behind their length.
fn tokens(data: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::try_from(long(data, at)?).ok()?;
    data.get(at + 4..)?.get(..length)
}

/// Where the length and the tokens of a formula's code begin, behind its result and flags.
fn code_place(kind: u16, data: &[u8]) -> Option<usize> {
    let result = match kind {
        0x0008 => usize::try_from(long(data, 8)?).ok()?.checked_mul(2)?.checked_add(4)?,
        0x0009 => 8,
        0x000A | 0x000B => 1,
        _ => return None,
    };
    result.checked_add(10)
}

/// The part of a sheet with its column in each cell.
pub(super) fn spell_out(part: impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut records = Records::new(part);
    let mut column = None;
    while let Some((kind, data)) = records.next()? {
        let written = if let Some((kind, data)) = full(kind, data, column) {
            column = long(&data, 0);
            record(kind, &data)
        } else {
            column = column.filter(|_| kind != 0x0000);
            record(kind, data)
        };
        to.write_all(&written)?;
    }
    Ok(())
}

/// What the records say of a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetFacts {
    /// The code of formulas that cells share, by the cell that it follows.
    shared: HashMap<(u32, u32), Vec<u8>>,
    /// Formulas in plain words.
    spelt: HashMap<Address, String>,
    /// Bytes of their texts that are left to be kept.
    room: u64,
    /// True where cells do without their columns.
    short: bool,
    /// Styles of cells by their address, ascending.
    styles: Vec<(Address, u32)>,
    /// Errors by address, ascending.
    errors: Vec<(Address, &'static str)>,
    /// Cells with formulas in the order of their records.
    pub(super) formulas: Vec<Address>,
    pub(super) layout: Layout,
}

impl SheetFacts {
    /// Reads the part of a sheet, as far as it goes.
    pub(super) fn read(part: impl Read, names: &[String], limits: &Limits) -> Self {
        let limit = usize::try_from(limits.cells).unwrap_or(usize::MAX);
        let mut facts = Self { room: limits.text, ..Self::default() };
        let mut records = Records::new(part);
        let (mut row, mut column) = (0, None);
        while let Ok(Some((kind, data))) = records.next() {
            match kind {
                0x0000 => {
                    row = facts.take_row(data).unwrap_or(MAX_ROWS);
                    column = None;
                }
                0x0001..=0x0012 if row < MAX_ROWS && facts.styles.len() < limit => {
                    facts.short |= kind > 0x000B;
                    if let Some((kind, data)) = full(kind, data, column) {
                        facts.take_cell(kind, row, &data);
                        column = long(&data, 0);
                        let at = Address::new(row, column.unwrap_or(0));
                        facts.take_formula(kind, at, &data, names);
                    }
                }
                0x01AB if facts.shared.len() < limit => {
                    if let Some((code, column)) = tokens(data, 16).zip(column) {
                        facts.spell_shared(code, Address::new(row, column), names);
                        facts.shared.insert((row, column), code.to_vec());
                    }
                }
                0x003C => facts.layout.hidden_columns.extend(hidden_columns(data)),
                0x00B0 if facts.layout.merges.len() <= limit => {
                    facts.layout.merges.extend(merged(data));
                }
                _ => {}
            }
        }
        facts.styles.sort_by_key(|(at, _)| *at);
        facts.errors.sort_by_key(|(at, _)| *at);
        facts
    }

    /// `BrtRowHdr`: its row, and whether it is hidden.
    fn take_row(&mut self, data: &[u8]) -> Option<u32> {
        let row = long(data, 0)?;
        if row < MAX_ROWS && data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
            self.layout.hidden_rows.push(row);
        }
        Some(row)
    }

    fn take_cell(&mut self, kind: u16, row: u32, data: &[u8]) {
        let Some((column, style)) = long(data, 0).zip(long(data, 4)) else { return };
        let at = Address::new(row, column);
        self.styles.push((at, style & 0x00FF_FFFF));
        if matches!(kind, 0x0008..=0x000B) {
            self.formulas.push(at);
        }
        if matches!(kind, 0x0003 | 0x000B) {
            let error = data.get(8).and_then(|code| code::error(*code));
            self.errors.push((at, error.unwrap_or("#?")));
        }
    }

    /// Takes in a formula: its own, or the one of the cell that it leads to.
    fn take_formula(&mut self, kind: u16, at: Address, data: &[u8], names: &[String]) {
        let Some(place) = code_place(kind, data) else { return };
        let Some(code) = tokens(data, place) else { return };
        if code.first() != Some(&code::SHARED) {
            self.keep(at, spelt(code, names));
            return;
        }
        // The token names the row; what it needs, behind another length, is the column.
        let led = long(code, 1).zip(long(data, place + 13));
        if let Some(shared) = led.and_then(|led| self.shared.get(&led)).cloned() {
            self.spell_shared(&shared, at, names);
        }
    }

    fn spell_shared(&mut self, code: &[u8], at: Address, names: &[String]) {
        let own = code::own(code, at, Notation::Biff12);
        self.keep(at, own.and_then(|own| spelt(&own, names)));
    }

    fn keep(&mut self, at: Address, text: Option<String>) {
        if let Some(text) = text.filter(|text| text.len() as u64 <= self.room) {
            self.room -= text.len() as u64;
            self.spelt.insert(at, text);
        }
    }

    /// The formula of a cell, where it is plain.
    pub(super) fn formula(&self, at: Address) -> Option<&str> {
        self.spelt.get(&at).map(String::as_str)
    }

    /// True where cells do without their columns, which calamine passes over.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// The number of a cell's style.
    pub(super) fn style(&self, at: Address) -> Option<usize> {
        let index = self.styles.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        usize::try_from(self.styles[index].1).ok()
    }

    /// The error in a cell.
    pub(super) fn error(&self, at: Address) -> Option<&'static str> {
        let index = self.errors.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(self.errors[index].1)
    }

    /// The cells that hold errors.
    pub(super) fn errors(&self) -> impl Iterator<Item = Address> {
        self.errors.iter().map(|(at, _)| *at)
    }
}

fn hidden_columns(data: &[u8]) -> Option<(u32, u32)> {
    let hidden = short(data, 16)? & 1 != 0;
    hidden.then_some((long(data, 0)?, long(data, 4)?))
}

fn merged(data: &[u8]) -> Option<Range> {
    let (top, bottom) = (long(data, 0)?, long(data, 4)?);
    let (left, right) = (long(data, 8)?, long(data, 12)?);
    let inside = top.max(bottom) < MAX_ROWS && left.max(right) < MAX_COLUMNS;
    inside.then(|| Range::new(Address::new(top, left), Address::new(bottom, right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longs(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    fn text(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes
    }

    #[test]
    fn styles_join_format_and_font() {
        let code = [vec![164, 0], text("0.00%")].concat();
        let name = text(".VnTime");
        let bold = [vec![0; 4], vec![0xBC, 2], vec![0; 15], name].concat();
        let style = [0, 0, 164, 0, 0, 0];
        let part = [
            record(0x2C, &code),
            record(0x2B, &bold),
            record(0x2F, &[0; 6]),
            record(0x269, &[]),
            record(0x2F, &style),
            record(0x26A, &[]),
        ]
        .concat();
        let mut formats = Formats::default();
        let styles = styles(&part[..], &mut formats);
        assert_eq!(styles.len(), 1, "styles of cells alone");
        assert!(styles[0].bold && styles[0].face == Face::Tcvn3);
        assert_eq!(formats.into_codes()[usize::from(styles[0].format) - 1].code, "0.00%");
    }

    #[test]
    fn a_sheet_tells_errors_merges_and_what_is_hidden() {
        let hidden_row = [longs(&[3, 0]), vec![0, 0, 0, 0x10]].concat();
        let error = [longs(&[2, 5]), vec![0x07]].concat();
        let column = [longs(&[1, 2, 0, 0]), vec![1, 0]].concat();
        let part = [
            record(0x3C, &column),
            record(0x00, &hidden_row),
            record(0x0B, &error),
            record(0xB0, &longs(&[0, 1, 0, 3])),
        ]
        .concat();
        let facts = SheetFacts::read(&part[..], &[], &Limits::default());
        let at = Address::new(3, 2);
        assert_eq!((facts.error(at), facts.style(at)), (Some("#DIV/0!"), Some(5)));
        assert_eq!(facts.layout.hidden_rows, [3]);
        assert_eq!(facts.layout.hidden_columns, [(1, 2)]);
        assert_eq!(facts.layout.merges, [Range::new(Address::new(0, 0), Address::new(1, 3))]);
    }

    #[test]
    fn shared_formulas_are_spelt_out_in_each_cell() {
        // `B1+1` in A1, shared with A2, which leads to A1.
        let code = [&[0x4C][..], &longs(&[0]), &[1, 0xC0], &[0x1E, 1, 0, 0x03]].concat();
        let length = u32::try_from(code.len()).unwrap();
        let leads = [&[0; 8][..], &[0, 0], &longs(&[5]), &[1], &longs(&[0, 4, 0])].concat();
        let cell = record(0x09, &[longs(&[0, 0]), leads].concat());
        let shared = [longs(&[0, 1, 0, 0, length]), code, longs(&[0])].concat();
        let row = |row| record(0x00, &longs(&[row, 0, 0, 0]));
        let part = [row(0), cell.clone(), record(0x1AB, &shared), row(1), cell].concat();
        let facts = SheetFacts::read(&part[..], &[], &Limits::default());
        assert_eq!(facts.formula(Address::new(0, 0)), Some("B1+1"));
        assert_eq!(facts.formula(Address::new(1, 0)), Some("B2+1"));
        let narrow = Limits { text: 5, ..Limits::default() };
        assert_eq!(SheetFacts::read(&part[..], &[], &narrow).formula(Address::new(1, 0)), None);
    }

    #[test]
    fn cells_without_a_column_stand_behind_the_one_before() {
        let full = record(0x02, &longs(&[4, 7, 9]));
        let short = record(0x0D, &longs(&[7, 9]));
        let row = record(0x00, &longs(&[3, 0, 0, 0]));
        let part = [&row[..], &full, &short, &short].concat();
        let facts = SheetFacts::read(&part[..], &[], &Limits::default());
        assert!(facts.is_short());
        assert_eq!(facts.style(Address::new(3, 6)), Some(7));
        let mut spelt = Vec::new();
        spell_out(&part[..], &mut spelt).unwrap();
        let cell = |column| record(0x02, &longs(&[column, 7, 9]));
        assert_eq!(spelt, [row, cell(4), cell(5), cell(6)].concat());
    }

    #[test]
    fn cut_records_are_survived() {
        let part = record(0x00, &longs(&[3, 0, 0]));
        for length in 0..part.len() {
            let _ = SheetFacts::read(&part[..length], &[], &Limits::default());
            let _ = sheet_relations(&part[..length]);
        }
        let endless = [0x00, 0xFF, 0xFF, 0xFF, 0x7F];
        assert!(
            SheetFacts::read(&endless[..], &[], &Limits::default()).layout.hidden_rows.is_empty()
        );
    }
}
