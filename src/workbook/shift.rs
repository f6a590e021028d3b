//! Moves a formula: its relative references follow, as when a spreadsheet program fills a column.
//!
//! A shared formula (ECMA-376 part 1, 18.3.1.40) stores its text once, for its master cell; every
//! other cell of the group means that text moved by its distance from the master. Only references
//! in A1 notation move. Text in quotes, sheet names (`'Biểu D8'!`), table columns (`Bang[D8]`),
//! functions (`LOG10(`) and names (`Nam.D8`) look like references and are none.

use std::fmt::Write as _;
use std::sync::Arc;

use super::address::{Address, MAX_COLUMNS, MAX_ROWS};

/// What a spreadsheet program shows for a reference that left the sheet.
const LOST: &str = "#REF!";

/// The formula's text as it reads in a cell `rows` below and `columns` to the right.
///
/// The text comes without its leading `=`, in the form files hold (English functions, commas
/// between arguments). References fixed by `$` stay; one that would leave the sheet becomes
/// `#REF!`. What is not understood is kept as it is.
#[must_use]
pub fn shift_formula(text: &str, rows: i64, columns: i64) -> String {
    Master::new(text).shifted(rows, columns)
}

/// A formula whose references are found once, however often it is shifted.
pub(crate) struct Master {
    text: String,
    /// The bytes that refer to cells, in their order.
    references: Vec<(std::ops::Range<usize>, Operand)>,
}

impl Master {
    pub(crate) fn new(text: &str) -> Self {
        let mut references = Vec::new();
        each_operand(text, |bytes, operand| references.push((bytes, operand)));
        Self { text: text.to_owned(), references }
    }

    /// The formula as it reads so many rows further down and columns to the right.
    pub(crate) fn shifted(&self, rows: i64, columns: i64) -> String {
        if (rows, columns) == (0, 0) {
            return self.text.clone();
        }
        let by = Distance { rows, columns };
        let mut moved = String::with_capacity(self.text.len() + 8);
        let mut from = 0;
        for (bytes, operand) in &self.references {
            moved.push_str(&self.text[from..bytes.start]);
            let start = moved.len();
            if operand.write_moved(by, &mut moved).is_none() {
                moved.truncate(start);
                moved.push_str(LOST);
            }
            from = bytes.end;
        }
        moved.push_str(&self.text[from..]);
        moved
    }
}

/// A formula as it is wherever it is moved to: two cells have it in common where one of them holds
/// the formula of the other, moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativeForm(Arc<[u8]>);

impl RelativeForm {
    /// That of a formula in a cell.
    #[must_use]
    pub fn of(text: &str, at: Address) -> Self {
        let mut form = Vec::with_capacity(text.len() + 8);
        let mut from = 0;
        each_operand(text, |bytes, operand| {
            form.extend_from_slice(&text.as_bytes()[from..bytes.start]);
            operand.write_relative(at, &mut form);
            from = bytes.end;
        });
        form.extend_from_slice(&text.as_bytes()[from..]);
        Self(form.into())
    }

    /// True for one and the same form in memory: any other may be equal to it too.
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// True where it is that of a formula in a cell, which is told faster than that form is made.
    #[must_use]
    pub fn is_of(&self, text: &str, at: Address) -> bool {
        self.left_of(text.as_bytes(), at).is_some_and(<[u8]>::is_empty)
    }

    /// What of a text is left behind the form, if it begins with it. What stands between references is the
    /// same there as in the formula that the form was made of, so that they begin and end alike.
    fn left_of<'t>(&self, mut text: &'t [u8], at: Address) -> Option<&'t [u8]> {
        let mut form = &self.0[..];
        while let [first, rest @ ..] = form {
            form = rest;
            text = match (*first, text) {
                (CELL, _) => Cell::after(text, &mut form, at)?,
                (CELLS, _) => after_both::<Cell>(text, &mut form, at)?,
                (COLUMNS, _) => after_both::<Column>(text, &mut form, at)?,
                (ROWS, _) => after_both::<Row>(text, &mut form, at)?,
                (letter, [own, rest @ ..]) if *own == letter => rest,
                _ => return None,
            };
        }
        Some(text)
    }
}

/// What stands in a form before a reference: bytes that no UTF-8 text has.
const CELL: u8 = 0xFF;
const CELLS: u8 = 0xFE;
const COLUMNS: u8 = 0xFD;
const ROWS: u8 = 0xFC;

/// Goes through the bytes of a formula that refer to cells, in their order.
fn each_operand(text: &str, mut found: impl FnMut(std::ops::Range<usize>, Operand)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(first) = bytes.get(at).copied() {
        at += match first {
            b'"' | b'\'' => quoted(&bytes[at..], first),
            b'[' => bracketed(&text[at..]),
            sign if sign.is_ascii() && !is_word_byte(sign) => 1,
            _ => match word(&text[at..]).len() {
                0 => text[at..].chars().next().map_or(1, char::len_utf8),
                length => {
                    let previous = at.checked_sub(1).map(|before| bytes[before]);
                    let (length, operand) = operand(&text[at..], length, previous);
                    if let Some(operand) = operand {
                        found(at..at + length, operand);
                    }
                    length
                }
            },
        };
    }
}

/// How far a formula is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Distance {
    /// Down; negative ones up.
    pub(crate) rows: i64,
    /// To the right; negative ones to the left.
    pub(crate) columns: i64,
}

impl Distance {
    pub(crate) fn between(from: Address, to: Address) -> Self {
        Self {
            rows: i64::from(to.row) - i64::from(from.row),
            columns: i64::from(to.column) - i64::from(from.column),
        }
    }
}

/// Letters of every script and combining marks belong to names, so that a decomposed `Tổng1`
/// is never read as the cell `NG1`.
fn is_word(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => is_word_byte(byte),
        _ => !c.is_whitespace(),
    }
}

/// Which bytes of ASCII belong to words: looked up for every byte of every formula.
const WORD_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        bytes[byte as usize] = matches!(
            byte,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'\\' | b'$' | b'?'
        );
        byte += 1;
    }
    bytes
};

const fn is_word_byte(byte: u8) -> bool {
    WORD_BYTES[byte as usize]
}

/// Bytes of a quoted text; a doubled quote simply begins the next one.
fn quoted(text: &[u8], quote: u8) -> usize {
    memchr::memchr(quote, &text[1..]).map_or(text.len(), |at| at + 2)
}

/// Bytes of a bracketed column or file, brackets inside included; `'` escapes the next sign.
pub(crate) fn bracketed(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\'' => {
                let _ = signs.next();
            }
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn word(text: &str) -> &str {
    // Nearly all of a formula is ASCII.
    let bytes = text.as_bytes();
    let mut plain = 0;
    while plain < bytes.len() && is_word_byte(bytes[plain]) {
        plain += 1;
    }
    match bytes.get(plain) {
        Some(byte) if !byte.is_ascii() => {
            let more = text[plain..].find(|c| !is_word(c));
            more.map_or(text, |more| &text[..plain + more])
        }
        _ => &text[..plain],
    }
}

/// A word of so many bytes, or two joined by a colon: the bytes it takes, and what it refers to if it
/// does.
fn operand(text: &str, length: usize, previous: Option<u8>) -> (usize, Option<Operand>) {
    let (first, after) = text.split_at(length);
    if names_something(after) {
        return (length, None);
    }
    let cell = || (length, Cell::read(first).map(Operand::Cell));
    let Some(second) = after.strip_prefix(':').map(word).filter(|second| !second.is_empty()) else {
        return cell();
    };
    let both = length + 1 + second.len();
    let beyond = &text[both..];
    // `T1:T3!A1` runs over sheets; in `Biểu!A1:Biểu!B3` the sheet's name stands again.
    if beyond.starts_with('!') && previous != Some(b'!') {
        return (both, None);
    }
    let area = if names_something(beyond) { None } else { Operand::area(first, second) };
    area.map_or_else(cell, |area| (both, Some(area)))
}

/// True when what follows a word makes it a function, a sheet or a table.
fn names_something(after: &str) -> bool {
    matches!(after.as_bytes().first(), Some(b'(' | b'!' | b'['))
}

/// What a formula refers to: `B4`, `B4:C9`, `B:C` or `4:9`.
enum Operand {
    Cell(Cell),
    Cells(Cell, Cell),
    Columns(Column, Column),
    Rows(Row, Row),
}

impl Operand {
    fn area(first: &str, second: &str) -> Option<Self> {
        let cells = || Some(Self::Cells(Cell::read(first)?, Cell::read(second)?));
        let columns = || Some(Self::Columns(Column::read(first)?, Column::read(second)?));
        let rows = || Some(Self::Rows(Row::read(first)?, Row::read(second)?));
        cells().or_else(columns).or_else(rows)
    }

    /// Writes how far it is from a cell, after what it is.
    fn write_relative(&self, at: Address, into: &mut Vec<u8>) {
        match self {
            Self::Cell(cell) => {
                into.push(CELL);
                cell.write_relative(at, into);
            }
            Self::Cells(first, second) => write_both(CELLS, first, second, at, into),
            Self::Columns(first, second) => write_both(COLUMNS, first, second, at, into),
            Self::Rows(first, second) => write_both(ROWS, first, second, at, into),
        }
    }

    /// Writes it moved; `None` when it leaves the sheet, an area as a whole.
    fn write_moved(&self, by: Distance, into: &mut String) -> Option<()> {
        match self {
            Self::Cell(cell) => cell.write_moved(by, into),
            Self::Cells(first, second) => write_area(first, second, by, into),
            Self::Columns(first, second) => write_area(first, second, by, into),
            Self::Rows(first, second) => write_area(first, second, by, into),
        }
    }
}

/// What can be moved.
trait Moved {
    /// Writes it moved; `None` when it leaves the sheet.
    fn write_moved(&self, by: Distance, into: &mut String) -> Option<()>;

    /// Writes how far it is from a cell; of what is fixed, where it is.
    fn write_relative(&self, at: Address, into: &mut Vec<u8>);

    /// What of a text is left behind that of which a form says how far it is from a cell; `None` where the
    /// text begins with something else. The form is read on.
    fn after<'t>(text: &'t [u8], form: &mut &[u8], at: Address) -> Option<&'t [u8]>;
}

fn after_both<'t, T: Moved>(text: &'t [u8], form: &mut &[u8], at: Address) -> Option<&'t [u8]> {
    let text = T::after(text, form, at)?;
    T::after(text.strip_prefix(b":")?, form, at)
}

/// Writes a distance, or where what is fixed stands: seven bits a byte, the lowest first, the last byte
/// without its highest bit. Nearly all take one byte.
fn write_distance(number: i64, fixed: bool, from: u32, into: &mut Vec<u8>) {
    let distance = if fixed { number } else { number - i64::from(from) };
    let sign_last = (distance << 1) ^ (distance >> 63);
    let mut rest = (sign_last.cast_unsigned() << 1) | u64::from(fixed);
    loop {
        let low = rest.to_le_bytes()[0] & 0x7F;
        rest >>= 7;
        if rest == 0 {
            into.push(low);
            return;
        }
        into.push(low | 0x80);
    }
}

/// Reads a distance as it was written: whether it is fixed, and where it is.
fn read_distance(form: &mut &[u8], from: u32) -> Option<(bool, i64)> {
    let (mut rest, mut shift) = (0_u64, 0);
    loop {
        let (byte, after) = form.split_first()?;
        *form = after;
        rest |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
    }
    let (fixed, sign_last) = (rest & 1 == 1, rest >> 1);
    let distance = (sign_last >> 1).cast_signed() ^ -(sign_last & 1).cast_signed();
    Some((fixed, if fixed { distance } else { distance + i64::from(from) }))
}

fn write_both<T: Moved>(mark: u8, first: &T, second: &T, at: Address, into: &mut Vec<u8>) {
    into.push(mark);
    first.write_relative(at, into);
    second.write_relative(at, into);
}

fn write_area<T: Moved>(first: &T, second: &T, by: Distance, into: &mut String) -> Option<()> {
    first.write_moved(by, into)?;
    into.push(':');
    second.write_moved(by, into)
}

struct Cell {
    column: Column,
    row: Row,
}

impl Cell {
    fn read(word: &str) -> Option<Self> {
        if !word.as_bytes().last()?.is_ascii_digit() {
            return None;
        }
        let (column, rest) = Column::begin(word.as_bytes())?;
        let (row, []) = Row::begin(rest)? else { return None };
        Some(Self { column, row })
    }
}

impl Moved for Cell {
    fn write_moved(&self, by: Distance, into: &mut String) -> Option<()> {
        self.column.write_moved(by, into)?;
        self.row.write_moved(by, into)
    }

    fn write_relative(&self, at: Address, into: &mut Vec<u8>) {
        self.column.write_relative(at, into);
        self.row.write_relative(at, into);
    }

    fn after<'t>(text: &'t [u8], form: &mut &[u8], at: Address) -> Option<&'t [u8]> {
        Row::after(Column::after(text, form, at)?, form, at)
    }
}

struct Column {
    fixed: bool,
    /// One-based.
    number: i64,
}

impl Column {
    /// A column at the beginning of a word, with the rest of it.
    fn begin(word: &[u8]) -> Option<(Self, &[u8])> {
        let (fixed, mut rest) = without_dollar(word);
        let mut number = 0;
        while let [letter @ (b'A'..=b'Z' | b'a'..=b'z'), after @ ..] = rest {
            number = number * 26 + i64::from(letter.to_ascii_uppercase() - b'A') + 1;
            if number > i64::from(MAX_COLUMNS) {
                return None;
            }
            rest = after;
        }
        (number > 0).then_some((Self { fixed, number }, rest))
    }

    fn read(word: &str) -> Option<Self> {
        let (column, []) = Self::begin(word.as_bytes())? else { return None };
        Some(column)
    }
}

impl Moved for Column {
    fn write_moved(&self, by: Distance, into: &mut String) -> Option<()> {
        let number = moved_number(self.number, self.fixed, by.columns, MAX_COLUMNS)?;
        into.push_str(dollar(self.fixed));
        into.push_str(&Address::new(0, number - 1).column_letters());
        Some(())
    }

    fn write_relative(&self, at: Address, into: &mut Vec<u8>) {
        write_distance(self.number, self.fixed, at.column, into);
    }

    fn after<'t>(text: &'t [u8], form: &mut &[u8], at: Address) -> Option<&'t [u8]> {
        let (own, rest) = Self::begin(text)?;
        (read_distance(form, at.column)? == (own.fixed, own.number)).then_some(rest)
    }
}

struct Row {
    fixed: bool,
    /// One-based.
    number: i64,
}

impl Row {
    /// A row at the beginning of a word, with the rest of it.
    fn begin(word: &[u8]) -> Option<(Self, &[u8])> {
        let (fixed, digits) = without_dollar(word);
        let (mut number, mut rest) = (0, digits);
        while let [digit @ b'0'..=b'9', after @ ..] = rest {
            number = number * 10 + i64::from(digit - b'0');
            if number > i64::from(MAX_ROWS) {
                return None;
            }
            rest = after;
        }
        // More than seven digits have noughts before them, which no program writes.
        let is_row = number > 0 && digits.len() - rest.len() <= 7;
        is_row.then_some((Self { fixed, number }, rest))
    }

    fn read(word: &str) -> Option<Self> {
        let (row, []) = Self::begin(word.as_bytes())? else { return None };
        Some(row)
    }
}

impl Moved for Row {
    fn write_moved(&self, by: Distance, into: &mut String) -> Option<()> {
        let number = moved_number(self.number, self.fixed, by.rows, MAX_ROWS)?;
        let _ = write!(into, "{}{number}", dollar(self.fixed));
        Some(())
    }

    fn write_relative(&self, at: Address, into: &mut Vec<u8>) {
        write_distance(self.number, self.fixed, at.row, into);
    }

    fn after<'t>(text: &'t [u8], form: &mut &[u8], at: Address) -> Option<&'t [u8]> {
        let (own, rest) = Self::begin(text)?;
        (read_distance(form, at.row)? == (own.fixed, own.number)).then_some(rest)
    }
}

fn moved_number(number: i64, fixed: bool, by: i64, largest: u32) -> Option<u32> {
    let moved = if fixed { number } else { number.checked_add(by)? };
    u32::try_from(moved).ok().filter(|moved| (1..=largest).contains(moved))
}

fn without_dollar(word: &[u8]) -> (bool, &[u8]) {
    word.strip_prefix(b"$").map_or((false, word), |rest| (true, rest))
}

fn dollar(fixed: bool) -> &'static str {
    if fixed { "$" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::{Address, RelativeForm, shift_formula};
    use proptest::prelude::*;

    /// Parts of formulas, and of what looks like them.
    const PIECES: &str = "[A-Ca-b]{1,2}|[0-9]{1,3}|[A-C][1-9]|[$]?[A-C][$]?1?[0-9]|[:+(!,$]|SUM\\(|'[^']?'?|\"|\\[|ộ|\u{302}";

    fn check(rows: i64, columns: i64, cases: &[(&str, &str)]) {
        for (text, moved) in cases {
            assert_eq!(shift_formula(text, rows, columns), *moved, "{text}");
        }
    }

    #[test]
    fn relative_references_follow_and_fixed_ones_stay() {
        check(
            1,
            2,
            &[
                ("D8", "F9"),
                ("$D8", "$D9"),
                ("D$8", "F$8"),
                ("$D$8", "$D$8"),
                ("ROUND(D8*100/$C8,2)", "ROUND(F9*100/$C9,2)"),
                ("SUM($C$8:C10)-z9", "SUM($C$8:E11)-AB10"),
                ("A1:B2 B1:C2,-A1%", "C2:D3 D2:E3,-C2%"),
                ("A1#+@B2", "C2#+@D3"),
                ("Z1", "AB2"),
                ("{1,2;3,4}*A1", "{1,2;3,4}*C2"),
                ("1E5+1.5E3*A1", "1E5+1.5E3*C2"),
                ("OFFSET(A1,1,1):C5", "OFFSET(C2,1,1):E6"),
                ("A1:INDEX(B:B,3)", "C2:INDEX(D:D,3)"),
            ],
        );
    }

    #[test]
    fn what_is_one_formula_moved_has_one_relative_form() {
        let form = |text: &str, at: &str| RelativeForm::of(text, at.parse().unwrap());
        for (text, moved) in [
            ("ROUND(E8/$C8*100,2)", "ROUND(E9/$C9*100,2)"),
            ("SUM(A:A)-B$2", "SUM(A:A)-B$2"),
            ("\"E8\"&e8", "\"E8\"&E9"),
            ("Biểu1!E8+Bang[E8]", "Biểu1!E9+Bang[E8]"),
        ] {
            assert_eq!(form(text, "F8"), form(moved, "F9"), "{text}");
            assert_ne!(form(text, "F8"), form(text, "G8"), "{text}");
        }
        assert_ne!(form("E8+C8", "F8"), form("E8+C$8", "F8"));
        assert_ne!(form("\"E8\"", "F8"), form("E8", "F8"));
    }

    #[test]
    fn whole_rows_and_columns_follow() {
        check(
            2,
            1,
            &[
                ("SUM(A:C)", "SUM(B:D)"),
                ("SUM($A:C)", "SUM($A:D)"),
                ("SUM(1:3)", "SUM(3:5)"),
                ("SUM($1:3)", "SUM($1:5)"),
                ("Sheet1!A:B", "Sheet1!B:C"),
                ("A1:B", "B3:B"),
            ],
        );
    }

    #[test]
    fn sheets_tables_functions_names_and_text_are_left_alone() {
        check(
            1,
            1,
            &[
                ("PL1!B4+'B1'!$B4", "PL1!C5+'B1'!$B5"),
                ("'Biểu D8'!B4", "'Biểu D8'!C5"),
                ("'Xã A1''s B2'!A1", "'Xã A1''s B2'!B2"),
                ("Biểu1!A1", "Biểu1!B2"),
                ("[1]PL1!B2+'[a B1.xlsx]C1'!D1", "[1]PL1!C3+'[a B1.xlsx]C1'!E2"),
                ("T1:T3!A1", "T1:T3!B2"),
                ("JAN:MAR!A1", "JAN:MAR!B2"),
                ("'T1:T3'!A1", "'T1:T3'!B2"),
                ("Biểu!A1:Biểu!B3", "Biểu!B2:Biểu!C4"),
                ("Bang[D8]+A1", "Bang[D8]+B2"),
                ("Bang[[#All],[D8]:[D9]]+A1", "Bang[[#All],[D8]:[D9]]+B2"),
                ("Bang[a'[D8]+A1", "Bang[a'[D8]+B2"),
                ("LOG10(A1)+ATAN2(A1,B1)", "LOG10(B2)+ATAN2(B2,C2)"),
                ("_xlfn.SINGLE(A1)", "_xlfn.SINGLE(B2)"),
                ("TAX2024+TONG.D8+_D8+D8_", "TAY2025+TONG.D8+_D8+D8_"),
                ("R1C1+RC+R[1]C[1]", "R1C1+RC+R[1]C[1]"),
                ("XFE1+ABCD1+A1048577+A0", "XFE1+ABCD1+A1048577+A0"),
                ("\"B4\"&A1&\"a \"\"B4\"\"\"", "\"B4\"&B2&\"a \"\"B4\"\"\""),
                ("Tổng1+Tổ\u{323}ng1+Đ1", "Tổng1+Tổ\u{323}ng1+Đ1"),
                ("To\u{302}\u{309}ng1", "To\u{302}\u{309}ng1"),
                ("#REF!+#N/A+#DIV/0!+Sheet1!#REF!", "#REF!+#N/A+#DIV/0!+Sheet1!#REF!"),
                ("A1:D8Name", "B2:D8Name"),
            ],
        );
    }

    #[test]
    fn a_reference_that_leaves_the_sheet_is_lost() {
        check(-1, -1, &[("A5", "#REF!"), ("B1", "#REF!"), ("B2", "A1"), ("$A$1", "$A$1")]);
        check(
            -1,
            0,
            &[("SUM(A1:A5)", "SUM(#REF!)"), ("1:3", "#REF!"), ("Sheet1!A1", "Sheet1!#REF!")],
        );
        check(1, 1, &[("XFD1", "#REF!"), ("A1048576", "#REF!"), ("XFD:XFD", "#REF!")]);
        assert_eq!(shift_formula("A1+A$1", i64::MAX, 0), "#REF!+A$1");
        assert_eq!(shift_formula("B7", i64::MIN, i64::MIN), "#REF!");
    }

    #[test]
    fn unfinished_text_is_kept() {
        for text in ["\"A1", "'A1", "[A1", "A1:", "$", "$$1", "A$", "'", "\"", "[", "a'[", "A1:$"] {
            let _ = shift_formula(text, 1, 1);
        }
        assert_eq!(shift_formula("\"A1", 1, 1), "\"A1");
        assert_eq!(shift_formula("Bang[A1", 1, 1), "Bang[A1");
    }

    proptest! {
        #[test]
        fn a_form_is_of_the_texts_that_have_it(
            pieces in proptest::collection::vec(PIECES, 1..9),
            others in proptest::collection::vec(PIECES, 1..9),
            rows in -9_i64..99, columns in -2_i64..9,
        ) {
            let (text, other, at) = (pieces.concat(), others.concat(), Address::new(9, 3));
            let form = RelativeForm::of(&text, at);
            let to = |from: u32, by: i64| u32::try_from(i64::from(from) + by).unwrap_or_default();
            let there = Address::new(to(at.row, rows), to(at.column, columns));
            let moved = shift_formula(&text, rows, columns);
            for (text, at) in [(&text, at), (&text, there), (&moved, there), (&moved, at), (&other, at)] {
                prop_assert_eq!(form.is_of(text, at), form == RelativeForm::of(text, at), "{}", text);
            }
        }

        #[test]
        fn any_text_is_survived(text in any::<String>(), rows in any::<i64>(), columns in any::<i64>()) {
            let _ = shift_formula(&text, rows, columns);
        }

        #[test]
        fn there_and_back_is_the_same(
            column in "[B-Z]", row in 20_u32..500, rows in -10_i64..10, columns in -1_i64..3,
        ) {
            let text = format!("SUM({column}{row}:$C{row})+'A1'!{column}$3");
            let there = shift_formula(&text, rows, columns);
            prop_assert_eq!(shift_formula(&there, -rows, -columns), text);
        }
    }
}
