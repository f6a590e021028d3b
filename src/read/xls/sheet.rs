//! One sheet, read in one pass over its records: cells with value, formula and style, merged ranges,
//! hidden rows and columns ([MS-XLS] 2.1.7.20.5).

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::globals::Globals;
use super::records::{
    self, ARRAY, FORMULA, LABEL, LABEL_RICH, LABEL_SHARED, NUMBER, RK, RKS, Record, SHARED_FORMULA,
    SheetRecords, TRUTH_OR_ERROR,
};
use crate::failure::Failure;
use crate::read::bytes::{long, short};
use crate::read::cells;
use crate::read::code::{self, Notation};
use crate::read::formats::Style;
use crate::read::store::{Store, Text, Texts};
use crate::workbook::{Address, FormulaText, Range, Value};

/// The text that the formula before it gives.
const RESULT: u16 = 0x0207;

/// What the cells of a sheet refer to.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) globals: &'a Globals,
    pub(super) styles: &'a [Style],
    pub(super) strings: &'a Texts,
}

/// Reads the records of a sheet into a store, up to its end or to the first that is cut off.
pub(super) fn read(
    records: &mut SheetRecords<'_>,
    tables: Tables<'_>,
    store: &mut Store<'_>,
) -> Result<(), Failure> {
    let mut reader = Reader { tables, store, shared: Shared::default() };
    while let Some((kind, data)) = records.next() {
        match kind {
            0x0208 => reader.row(data),
            0x007D => reader.columns(data),
            0x00E5 => reader.merges(data),
            kind if records::is_cell(kind) => reader.cells(kind, data, records)?,
            _ => {}
        }
    }
    if records.is_cut() {
        store.cut("BIFF");
    }
    Ok(())
}

struct Reader<'a, 'b, 'r> {
    tables: Tables<'a>,
    store: &'a mut Store<'b>,
    shared: Shared<'r>,
}

/// What a record says that a cell holds.
enum Held<'a> {
    Value(Value),
    Text(Text<'a>),
}

impl<'a, 'r> Reader<'a, '_, 'r> {
    /// `fDyZero` of a row ([MS-XLS] 2.4.221).
    fn row(&mut self, data: &[u8]) {
        let hidden = short(data, 12).is_some_and(|flags| flags & 0x20 != 0);
        if let Some(row) = short(data, 0).filter(|_| hidden) {
            self.store.hide_rows(row.into(), row.into());
        }
    }

    /// `fHidden` of a run of columns ([MS-XLS] 2.4.53).
    fn columns(&mut self, data: &[u8]) {
        let hidden = short(data, 8).is_some_and(|flags| flags & 1 != 0);
        if let Some((first, last)) = short(data, 0).zip(short(data, 2)).filter(|_| hidden) {
            self.store.hide_columns(first.into(), last.into());
        }
    }

    /// `MergeCells` ([MS-XLS] 2.4.168).
    fn merges(&mut self, data: &[u8]) {
        for ends in data.get(2..).unwrap_or_default().chunks_exact(8) {
            let end = |at| u32::from(short(ends, at).unwrap_or(0));
            let [start, end] =
                [(0, 4), (2, 6)].map(|(row, column)| Address::new(end(row), end(column)));
            self.store.merge(Range::new(start, end));
        }
    }

    /// Takes in the record of one or more cells; `next` are the records behind it. What goes on in a
    /// further record is cut there.
    fn cells(&mut self, kind: u16, data: &'r [u8], next: &SheetRecords<'r>) -> Result<(), Failure> {
        let Some((row, column)) = short(data, 0).zip(short(data, 2)) else { return Ok(()) };
        let at = Address::new(row.into(), column.into());
        if kind == RKS {
            return self.numbers(at, data);
        }
        let style = self.style(short(data, 4));
        let Some(held) = self.held(kind, data, style, next) else {
            return self.store.push_unreadable(at, style);
        };
        let formula = if kind == FORMULA { self.formula(at, data, next) } else { None };
        match held {
            Held::Value(value) => self.store.push(at, value, formula, style),
            Held::Text(text) => self.store.push_text(at, &text, formula, style),
        }
    }

    /// Numbers beside each other ([MS-XLS] 2.4.175): the first column, styles with numbers, the last.
    fn numbers(&mut self, first: Address, data: &[u8]) -> Result<(), Failure> {
        let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
        if cells.is_empty() || !cells.len().is_multiple_of(6) {
            return self.store.push_unreadable(first, Style::default());
        }
        for (column, cell) in (first.column..).zip(cells.chunks_exact(6)) {
            let style = self.style(short(cell, 0));
            let value = short_number(long(cell, 2).unwrap_or_default(), style);
            self.store.push(Address::new(first.row, column), value, None, style)?;
        }
        Ok(())
    }

    fn style(&self, number: Option<u16>) -> Style {
        let number = usize::from(number.unwrap_or(0));
        self.tables.styles.get(number).copied().unwrap_or_default()
    }

    /// What a cell holds; nothing where that makes no sense.
    fn held(
        &self,
        kind: u16,
        data: &[u8],
        style: Style,
        next: &SheetRecords<'_>,
    ) -> Option<Held<'a>> {
        let globals = self.tables.globals;
        let value = match kind {
            NUMBER => number(float(data, 6)?, style),
            RK => short_number(long(data, 6)?, style),
            LABEL_SHARED => {
                let index = usize::try_from(long(data, 6)?).ok()?;
                return self.tables.strings.get(index).map(Held::Text);
            }
            LABEL | LABEL_RICH => return Some(Held::Text(Text::plain(globals.text(data, 6)?))),
            TRUTH_OR_ERROR => match data.get(6..8)? {
                [truth, 0] => Value::Bool(*truth != 0),
                [error, 1] => Value::Error(code::error(*error)?.into()),
                _ => return None,
            },
            // The value of a formula ([MS-XLS] 2.5.133).
            FORMULA => match data.get(6..14)? {
                [0, .., 0xFF, 0xFF] => return result(next.clone(), globals),
                [1, _, truth, .., 0xFF, 0xFF] => Value::Bool(*truth != 0),
                [2, _, error, .., 0xFF, 0xFF] => Value::Error(code::error(*error)?.into()),
                [3, .., 0xFF, 0xFF] => Value::Blank,
                [.., 0xFF, 0xFF] => return None,
                _ => number(float(data, 6)?, style),
            },
            _ => return None,
        };
        Some(Held::Value(value))
    }

    /// The formula of a cell: its own, or the one that it shares. What several cells give together
    /// ([MS-XLS] 2.4.4) stands in the first of them.
    fn formula(
        &mut self,
        at: Address,
        data: &'r [u8],
        next: &SheetRecords<'r>,
    ) -> Option<FormulaText> {
        let globals = self.tables.globals;
        let spelt = |code: &[u8]| code::text(code, globals.notation(), globals.names());
        let text = match tokens(data, 20) {
            Some([code::SHARED, leads @ ..]) => match next.clone().next() {
                Some((ARRAY, formula)) => {
                    self.store.array(range(formula)?);
                    tokens(formula, 12).and_then(spelt)
                }
                next => spelt(&self.shared.own(at, leads, next, globals.notation())?),
            },
            tokens => tokens.and_then(spelt),
        };
        if text.is_none() {
            self.store.note_unreadable_formula(at);
        }
        Some(text.map_or_else(|| code::UNREADABLE.into(), FormulaText::from))
    }
}

/// The text that a formula gives, from the records up to the next cell; it may be missing.
fn result<'a>(mut next: SheetRecords<'_>, globals: &Globals) -> Option<Held<'a>> {
    let found = next.find(|(kind, _)| *kind == RESULT || records::is_cell(*kind));
    match found {
        Some((RESULT, data)) => Some(Held::Text(Text::plain(globals.text(data, 0)?))),
        _ => Some(Held::Value(Value::Blank)),
    }
}

fn number(value: f64, style: Style) -> Value {
    if style.date { cells::date_serial(value) } else { cells::number(value) }
}

fn float(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?))
}

/// A number in four bytes ([MS-XLS] 2.5.217): an integer of 30 bits or the upper half of a float, as it
/// is or a hundred times what is meant.
fn short_number(word: u32, style: Style) -> Value {
    let integer = i64::from(word.cast_signed() >> 2);
    let exact = match word & 3 {
        0b10 => Decimal::from(integer),
        0b11 if integer % 100 == 0 => Decimal::from(integer / 100),
        0b11 if integer % 10 == 0 => Decimal::new(integer / 10, 1),
        0b11 => Decimal::new(integer, 2),
        hundredths => {
            let float = f64::from_bits(u64::from(word & !3) << 32);
            return number(if hundredths == 0 { float } else { float / 100.0 }, style);
        }
    };
    if style.date { Value::Date(exact) } else { Value::Number(exact) }
}

/// The range that a formula is of: rows in two bytes, columns in one.
fn range(data: &[u8]) -> Option<Range> {
    let [first, last] = [data.get(4)?, data.get(5)?].map(|column| u32::from(*column));
    let [top, bottom] = [short(data, 0)?, short(data, 2)?].map(u32::from);
    Some(Range::new(Address::new(top, first), Address::new(bottom, last)))
}

/// The tokens behind their length.
fn tokens(data: &[u8], at: usize) -> Option<&[u8]> {
    let start = at.checked_add(2)?;
    data.get(start..start.checked_add(usize::from(short(data, at)?))?)
}

/// Formulas that cells share, by the cell that the formula follows.
#[derive(Default)]
struct Shared<'r>(HashMap<(u16, u16), &'r [u8]>);

impl<'r> Shared<'r> {
    /// The tokens of a formula as a cell has them for itself; `leads` names the cell behind whose record
    /// they stand, and `next` is the record behind this one.
    fn own(
        &mut self,
        at: Address,
        leads: &[u8],
        next: Option<Record<'r>>,
        notation: Notation,
    ) -> Option<Vec<u8>> {
        if let Some((SHARED_FORMULA, formula)) = next {
            let cell = (u16::try_from(at.row).ok()?, u16::try_from(at.column).ok()?);
            // Behind the range of its cells and what nobody reads.
            self.0.extend(tokens(formula, 8).map(|tokens| (cell, tokens)));
        }
        let tokens = self.0.get(&(short(leads, 0)?, short(leads, 2)?))?;
        code::own(tokens, at, notation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Limits;
    use crate::read::formats::Formats;
    use crate::read::store::Budget;
    use crate::workbook::{Fault, Sheet};

    /// A record as a stream holds it.
    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// The sheet of records, and the limits' answer, behind records that stand before it.
    fn read(version: u16, globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Result<Sheet, Failure> {
        let begin = record(0x0809, &shorts(&[version, 5, 0, 0]));
        let end = record(0x000A, &[]);
        let stream = [begin.clone(), globals.concat(), end.clone()].concat();
        let mut budget = Budget::new(&Limits::default());
        let (globals, strings) = Globals::read(&stream, &mut budget)?;
        let styles = globals.styles(&mut Formats::default());
        let tables = Tables { globals: &globals, styles: &styles, strings: &strings };
        let stream = [begin, sheet.concat(), end].concat();
        let mut store = Store::new("S", &mut budget);
        super::read(&mut SheetRecords::new(&stream), tables, &mut store)?;
        Ok(store.finish())
    }

    fn value(sheet: &Sheet, row: u32) -> &Value {
        sheet.value(Address::new(row, 0))
    }

    fn formula(sheet: &Sheet, row: u32) -> Option<&str> {
        sheet.cell(Address::new(row, 0))?.formula.as_deref()
    }

    #[test]
    fn numbers_of_four_bytes_are_exact() {
        let plain = Style::default();
        let upper = |value: f64| u32::try_from(value.to_bits() >> 32).unwrap();
        let integer = |value: i32| (value << 2).cast_unsigned();
        let number = |value: f64| number(value, plain);
        assert_eq!(short_number(upper(1.5), plain), number(1.5));
        assert_eq!(short_number(upper(1.5) | 1, plain), number(0.015));
        assert_eq!(short_number(integer(-7) | 2, plain), number(-7.0));
        for (stored, meant) in [(1200, 12.0), (1230, 12.3), (-1234, -12.34), (0, 0.0)] {
            let found = short_number(integer(stored) | 3, plain);
            let scale = |value: &Value| match value {
                Value::Number(number) => number.scale(),
                _ => u32::MAX,
            };
            assert_eq!(found, number(meant));
            assert_eq!(scale(&found), scale(&number(meant)), "{meant}");
        }
        let day = Style { date: true, ..plain };
        assert_eq!(short_number(integer(45_000) | 2, day), Value::Date(Decimal::from(45_000)));
    }

    #[test]
    fn formats_fonts_and_hidden_rows_are_read() {
        let font = |weight: u16, name: &str| {
            let head = [shorts(&[200, 0, 0, weight]), vec![0; 6]].concat();
            let length = u8::try_from(name.len()).unwrap();
            record(0x31, &[&head[..], &[length, 0], name.as_bytes()].concat())
        };
        let code = record(0x41E, &[&shorts(&[164, 5])[..], &[0], b"0.00%"].concat());
        let style = |font, format| record(0xE0, &shorts(&[font, format, 0, 0]));
        let mut globals = vec![font(400, "Arial"); 4];
        globals.extend([font(700, ".VnTime"), code, style(0, 0), style(5, 164)]);
        let number = |row: u16, style: u16| {
            record(0x203, &[shorts(&[row, 2, style]), 0.5_f64.to_le_bytes().to_vec()].concat())
        };
        let text = record(0x204, &[&shorts(&[9, 0, 1, 8])[..], &[0], b"b\xB8o c\xB8o"].concat());
        let sheet = [
            record(0x7D, &shorts(&[1, 4, 0, 0, 1])),
            record(0x208, &shorts(&[7, 0, 3, 0, 0, 0, 0x20, 0])),
            number(7, 1),
            number(8, 0),
            text,
            record(0xE5, &shorts(&[1, 7, 8, 2, 2])),
        ];
        let sheet = read(0x0600, &globals, &sheet).unwrap();
        let [first, second] = [7, 8].map(|row| sheet.cell(Address::new(row, 2)).unwrap());
        assert_eq!((first.bold, first.format), (true, 1));
        assert_eq!((second.bold, second.format), (false, 0));
        assert_eq!(sheet.hidden_rows, [7]);
        assert_eq!(sheet.hidden_columns, [1, 2]);
        assert_eq!(sheet.merges.len(), 1);
        assert_eq!(value(&sheet, 9), &Value::Text("báo cáo".to_owned()));
    }

    /// A formula with this value and these tokens in the first column.
    fn calculated(row: u16, value: [u8; 8], tokens: &[u8]) -> Vec<u8> {
        let length = u16::try_from(tokens.len()).unwrap();
        let place = shorts(&[row, 0, 0]);
        record(6, &[&place[..], &value, &[0; 6], &length.to_le_bytes(), tokens].concat())
    }

    #[test]
    fn shared_formulas_are_spelt_out_in_each_cell() {
        // `B1+1` in A1, shared with A2, which leads to A1.
        let code = [&[0x4C][..], &shorts(&[0, 0xC001]), &[0x1E, 1, 0, 0x03]].concat();
        let leads = [vec![1], shorts(&[0, 0])].concat();
        let cell = |row| calculated(row, 1_f64.to_le_bytes(), &leads);
        let length = u16::try_from(code.len()).unwrap();
        let shared = record(0x4BC, &[shorts(&[0, 1, 0, 2, length]), code].concat());
        let sheet = read(0x0600, &[], &[cell(0), shared, cell(1), cell(9)]).unwrap();
        assert_eq!([0, 1].map(|row| formula(&sheet, row)), [Some("B1+1"), Some("B2+1")]);
        let lost = read(0x0600, &[], &[cell(0), cell(1)]).unwrap();
        assert_eq!([0, 1].map(|row| formula(&lost, row)), [None, None]);
        assert!(lost.is_whole());
    }

    #[test]
    fn sheets_of_other_workbooks_are_named_behind_their_number() {
        let letters = |text: &str| {
            let count = u16::try_from(text.len()).unwrap();
            [&count.to_le_bytes()[..], &[0], text.as_bytes()].concat()
        };
        let own = record(0x1AE, &[1, 0, 1, 4]);
        let add_in = record(0x1AE, &[1, 0, 1, 0x3A]);
        let names = [letters("\u{1}Nam.xls"), letters("Bieu 1"), letters("L'x")].concat();
        let book = record(0x1AE, &[&[2, 0][..], &names].concat());
        let ends = [[2, 0, 0], [2, 1, 1], [2, 0, 1], [2, 2, 2], [1, 0, 0], [9, 0, 0]];
        let referred = shorts(&[&[6], ends.as_flattened()].concat());
        let globals = [own, add_in, book, record(0x17, &referred)];
        let cells = (0..6).map(|at| {
            let code = [0x3A, at, 0, 4, 0, 1, 0xC0];
            calculated(at.into(), 1_f64.to_le_bytes(), &code)
        });
        let sheet = read(0x0600, &globals, &cells.collect::<Vec<_>>()).unwrap();
        let nowhere = "[PtgNameX]!B5";
        let expected =
            ["'[1]Bieu 1'!B5", "'[1]L''x'!B5", nowhere, nowhere, nowhere, nowhere].map(Some);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|row| formula(&sheet, row)), expected);
        let cut = record(0x1AE, &[&[2, 0][..], &names[..12]].concat());
        let sheet = read(0x0600, &[cut, globals[3].clone()], &[]).unwrap();
        assert!(sheet.is_whole());
    }

    #[test]
    fn what_cells_give_together_stands_in_the_first_of_them() {
        // `B1*2` over A1:A2, and over A4 alone; the cells lead to the first of their range.
        let code = [&[0x44][..], &shorts(&[0, 0xC001]), &[0x1E, 2, 0, 0x05]].concat();
        let cell = |row, first| {
            let leads = [vec![1], shorts(&[first, 0])].concat();
            calculated(row, 1_f64.to_le_bytes(), &leads)
        };
        let length = u16::try_from(code.len()).unwrap();
        let array = |first, last| {
            let range = [shorts(&[first, last]), vec![0, 0]].concat();
            record(0x221, &[range, vec![0; 6], shorts(&[length]), code.clone()].concat())
        };
        let cells = [cell(0, 0), array(0, 1), cell(1, 0), cell(3, 3), array(3, 3)];
        let sheet = read(0x0600, &[], &cells).unwrap();
        assert_eq!([0, 1, 3].map(|row| formula(&sheet, row)), [Some("B1*2"), None, Some("B1*2")]);
        assert_eq!(sheet.arrays, [Range::new(Address::new(0, 0), Address::new(1, 0))]);
    }

    #[test]
    fn results_of_formulas_are_what_they_are() {
        let kind = |kind: u8, value: u8| [kind, 0, value, 0, 0, 0, 0xFF, 0xFF];
        let five = [0x1E, 5, 0];
        let text = record(0x207, &[&shorts(&[2])[..], &[0], b"xa"].concat());
        let sheet = [
            calculated(0, kind(0, 0), &five),
            text.clone(),
            calculated(1, kind(1, 1), &five),
            calculated(2, kind(2, 0x07), &five),
            calculated(3, kind(3, 0), &five),
            calculated(4, kind(0, 0), &five),
            calculated(5, kind(2, 0x99), &five),
            calculated(6, 2.5_f64.to_le_bytes(), &five),
            record(0x205, &[&shorts(&[7, 0, 0])[..], &[1, 7]].concat()),
            record(0xFD, &shorts(&[8, 0, 0, 3, 0])),
        ];
        let sheet = read(0x0600, &[], &sheet).unwrap();
        let error = |text: &str| Value::Error(text.into());
        let expected = [
            Value::Text("xa".to_owned()),
            Value::Bool(true),
            error("#DIV/0!"),
            Value::Blank,
            Value::Blank,
            error("#?"),
            number(2.5, Style::default()),
            error("#?"),
            error("#?"),
        ];
        for (row, expected) in (0..).zip(&expected) {
            assert_eq!(value(&sheet, row), expected, "row {row}");
            assert_eq!(formula(&sheet, row), (row < 7 && row != 5).then_some("5"), "row {row}");
        }
        let first = Some(Address::new(5, 0));
        assert_eq!(sheet.faults, [Fault::UnreadableCells { cells: 3, first }]);
    }

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        // One string of 8,000 letters, asked for tens of thousands of times.
        let text = [&[0; 8][..], &shorts(&[8000])[..], &[0], &[b'a'; 8000]].concat();
        let cell = record(0xFD, &shorts(&[0, 0, 0, 0, 0]));
        let asked = |times| read(0x0600, &[record(0xFC, &text)], &vec![cell.clone(); times]);
        assert!(asked(100).is_ok());
        assert!(asked(40_000).is_err());
        assert!(
            read(0x0600, &[record(0x2F, &[0; 6])], &[])
                .is_err_and(|failure| failure.code == crate::failure::Code::Encrypted)
        );
    }

    #[test]
    fn room_is_made_for_cells_that_have_a_place() {
        let several = [shorts(&[0, 0]), vec![0; 12], shorts(&[1])].concat();
        let one = record(0x203, &[shorts(&[1, 0, 0]), vec![0; 8]].concat());
        let nowhere = [record(0xBD, &[]), record(0x203, &[]), record(0x203, &[0; 3])].concat();
        let stream = [nowhere.clone(), record(0xBD, &several), one.clone()].concat();
        assert_eq!(SheetRecords::new(&stream).survey(), (3, true));
        let stream = [one, record(0xBD, &several), nowhere].concat();
        assert_eq!(SheetRecords::new(&stream).survey(), (3, false));
    }

    #[test]
    fn code_pages_are_known_or_refused_by_their_number() {
        let stated = |version: u16, page: u16| {
            let label = [&shorts(&[0, 0, 0, 2])[..], &[0xC0, 0xCC]].concat();
            let wide = [&shorts(&[0, 0, 0, 1])[..], &[1, 0xC0, 0x1E]].concat();
            let label = if version == 0x0500 { label } else { wide };
            let sheet = read(version, &[record(0x42, &shorts(&[page]))], &[record(0x204, &label)])?;
            Ok::<_, Failure>(value(&sheet, 0).clone())
        };
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(stated(0x0500, 1252).unwrap(), text("ÀÌ"));
        assert_eq!(stated(0x0500, 1258).unwrap(), text("À\u{300}"));
        assert_eq!(stated(0x0500, 0x8000).unwrap(), text("¿Ã"), "of the Macintosh");
        assert_eq!(stated(0x0600, 10_029).unwrap(), text("Ề"), "texts of Excel 97 are Unicode");
        let refused = stated(0x0500, 10_029).unwrap_err();
        assert_eq!(refused.code, crate::failure::Code::UnsupportedFormat);
        assert!(refused.message.vi.contains("10029"), "{refused:?}");
    }
}
