//! The text of a formula from its code.
//!
//! Of `.xls` all is spelt out here. Of `.xlsb` calamine does it, but takes relative ranges for others and
//! knows no shared formula; so what is plain is spelt out for it too: places, figures, operators and
//! functions.

use super::functions::FUNCTIONS;
use super::{Notation, length};
use crate::read::bytes::{latin, long, paged, short, utf16};
use crate::workbook::Address;

/// Operators of two operands from token 3 on.
const OPERATORS: [&str; 15] =
    ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];

/// The function whose name is its first argument: one of an add-in, or one newer than the list.
const NAMED: u16 = 255;

/// How files name functions newer than the format. Other names may be those of a sheet alone, or of code.
const NEWER: &str = "_xlfn.";

/// What stands for a formula that could not be spelt out: no grammar takes it.
pub(crate) const UNREADABLE: &str = "#?Ptg";

/// What formulas call by its number in the workbook.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The names that are defined, in their order.
    pub(crate) defined: &'a [String],
    /// Other sheets as they stand before `!`; `None` where another reader spells out what is not plain.
    pub(crate) sheets: Option<&'a [String]>,
}

/// Bytes that are written or moved for one formula at most. Excel stops at 8,192 letters and 64 levels;
/// code of 64 KB could ask for the same long text over and over.
const MOST_WORK: usize = 1 << 20;

/// The text of a formula, without `=`; `None` where it holds what is not spelt out here, or too much.
pub(crate) fn text(code: &[u8], notation: Notation, names: Names<'_>) -> Option<String> {
    let mut speller = Speller { notation, names, stack: Vec::new(), work: MOST_WORK };
    let mut place = 0;
    while place < code.len() {
        let end = place.checked_add(1 + length(code.get(place..)?, notation)?)?;
        let operand = code.get(place + 1..end)?;
        speller.apply(code[place], operand)?;
        place = end;
    }
    let made = speller.stack.pop()?;
    speller.stack.is_empty().then_some(made)
}

struct Speller<'a> {
    notation: Notation,
    names: Names<'a>,
    /// Operands, each as it is written.
    stack: Vec<String>,
    /// What of [`MOST_WORK`] is left.
    work: usize,
}

impl Speller<'_> {
    fn apply(&mut self, token: u8, operand: &[u8]) -> Option<()> {
        let (notation, names) = (self.notation, self.names);
        let short = |at: usize| short(operand, at);
        let pushed = match token {
            0x03..=0x11 => return self.join(OPERATORS[usize::from(token) - 3]),
            0x12 => return self.enclose("+", ""),
            0x13 => return self.enclose("-", ""),
            0x14 => return self.enclose("", "%"),
            0x15 => return self.enclose("(", ")"),
            0x16 => String::new(),
            0x17 => quoted(operand, notation)?,
            0x19 if operand.first()? & 0x10 != 0 => return self.enclose("SUM(", ")"),
            // Ways on for programs that compute, and blanks.
            0x19 => return Some(()),
            0x1C => error(*operand.first()?)?.to_owned(),
            0x1D => if *operand.first()? == 0 { "FALSE" } else { "TRUE" }.to_owned(),
            0x1E => short(0)?.to_string(),
            0x1F => f64::from_le_bytes(operand.get(..8)?.try_into().ok()?).to_string(),
            0x20..=0x7F => match token & 0x1F {
                0x00 => names.sheets.map(|_| "{PtgArray}".to_owned())?,
                0x01 => {
                    let (_, name, count) = function(short(0)?)?;
                    self.call(name, (*count)?)?
                }
                0x02 => {
                    let count = usize::from(operand.first()? & 0x7F);
                    match short(1)? & 0x7FFF {
                        NAMED => self.call_by_name(count)?,
                        number => self.call(function(number)?.1, count)?,
                    }
                }
                0x03 => defined(operand, notation, names)?.to_owned(),
                0x04 => place(operand, 1, notation)?,
                0x05 => place(operand, 2, notation)?,
                0x0A | 0x0B => NOWHERE.to_owned(),
                0x19 => names.sheets.map(|_| ELSEWHERE.to_owned())?,
                kind @ 0x1A..=0x1D => {
                    let (sheet, operand) = sheet(operand, notation, names)?;
                    let at = match kind {
                        0x1A => place(operand, 1, notation)?,
                        0x1B => place(operand, 2, notation)?,
                        _ => NOWHERE.to_owned(),
                    };
                    [sheet, "!", &at].concat()
                }
                _ => return None,
            },
            _ => return None,
        };
        self.pay(pushed.len())?;
        self.stack.push(pushed);
        Some(())
    }

    fn pay(&mut self, bytes: usize) -> Option<()> {
        self.work = self.work.checked_sub(bytes)?;
        Some(())
    }

    /// Joins the last two operands.
    fn join(&mut self, operator: &str) -> Option<()> {
        let second = self.stack.pop()?;
        self.pay(operator.len() + second.len())?;
        let first = self.stack.last_mut()?;
        first.push_str(operator);
        first.push_str(&second);
        Some(())
    }

    /// Writes something before and behind the last operand.
    fn enclose(&mut self, before: &str, behind: &str) -> Option<()> {
        let moved = self.stack.last().filter(|_| !before.is_empty()).map_or(0, String::len);
        self.pay(before.len() + moved + behind.len())?;
        let last = self.stack.last_mut()?;
        last.insert_str(0, before);
        last.push_str(behind);
        Some(())
    }

    fn call(&mut self, name: &str, count: usize) -> Option<String> {
        let arguments = self.stack.split_off(self.stack.len().checked_sub(count)?);
        self.pay(arguments.iter().map(String::len).sum())?;
        Some([name, "(", &arguments.join(","), ")"].concat())
    }

    /// A call of the function that the first argument names: a newer one, or one of the workbook's own
    /// code or of an add-in.
    fn call_by_name(&mut self, count: usize) -> Option<String> {
        let first = self.stack.len().checked_sub(count)?;
        let name = self.stack.get(first)?.clone();
        if !name.starts_with(NEWER) {
            return self.call("User", count);
        }
        let made = self.call(&name, count.checked_sub(1)?)?;
        self.stack.pop();
        Some(made)
    }
}

fn function(number: u16) -> Option<&'static (u16, &'static str, Option<usize>)> {
    let index = FUNCTIONS.binary_search_by_key(&number, |(number, ..)| *number).ok()?;
    FUNCTIONS.get(index)
}

/// A defined name by its number among all, from 1. Where others are spelt out elsewhere, that of a newer
/// function.
fn defined<'n>(operand: &[u8], notation: Notation, names: Names<'n>) -> Option<&'n str> {
    let number = match notation {
        Notation::Biff5(_) | Notation::Biff8 => short(operand, 0)?.into(),
        Notation::Biff12 => long(operand, 0)?,
    };
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    let name = names.defined.get(place).map(String::as_str);
    match names.sheets {
        Some(_) => Some(name.unwrap_or(NOWHERE)),
        None => name.filter(|name| name.starts_with(NEWER)),
    }
}

/// A reference to what is no longer there.
const NOWHERE: &str = "#REF!";

/// A name, or a sheet, that another workbook or an add-in holds: nobody follows it.
pub(crate) const ELSEWHERE: &str = "[PtgNameX]";

/// The other sheet that a place is on, and the place.
fn sheet<'n, 'o>(
    operand: &'o [u8],
    notation: Notation,
    names: Names<'n>,
) -> Option<(&'n str, &'o [u8])> {
    let known = names.sheets?;
    let at = |number| known.get(usize::from(number)).map_or(ELSEWHERE, String::as_str);
    if !matches!(notation, Notation::Biff5(_)) {
        return Some((at(short(operand, 0)?), operand.get(2..)?));
    }
    // A negative number says: of this workbook, and the first and the last sheet follow.
    let (first, last) = short(operand, 10).zip(short(operand, 12))?;
    let own = short(operand, 0)? > 0x7FFF && first == last;
    Some((if own { at(first) } else { ELSEWHERE }, operand.get(14..)?))
}

/// A place of one or two ends as it is written.
fn place(operand: &[u8], ends: usize, notation: Notation) -> Option<String> {
    let first = reference(operand, ends, 0, notation)?;
    if ends == 1 {
        return Some(first);
    }
    Some([&first, ":", &reference(operand, ends, 1, notation)?].concat())
}

/// One end of a place as it is written.
fn reference(operand: &[u8], ends: usize, end: usize, notation: Notation) -> Option<String> {
    let (row, word) = super::end(operand, (ends, end), notation)?;
    let at = Address::new(row, u32::from(word & 0x3FFF)).to_string();
    let letters = at.trim_end_matches(|c: char| c.is_ascii_digit());
    let fixed = |flag| if word & flag == 0 { "$" } else { "" };
    Some(
        [fixed(super::RELATIVE_COLUMN), letters, fixed(super::RELATIVE_ROW), &at[letters.len()..]]
            .concat(),
    )
}

fn quoted(operand: &[u8], notation: Notation) -> Option<String> {
    let text = match notation {
        Notation::Biff5(page) => paged(operand.get(1..)?, page),
        Notation::Biff8 if operand.get(1)? & 1 == 0 => latin(operand.get(2..)?),
        Notation::Biff8 | Notation::Biff12 => utf16(operand.get(2..)?),
    };
    Some(format!("\"{}\"", text.replace('"', "\"\"")))
}

/// `BErr` ([MS-XLSB] 2.5.97.2) as spreadsheet programs print it.
pub(crate) fn error(code: u8) -> Option<&'static str> {
    Some(match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Names<'_> = Names { defined: &[], sheets: None };

    fn area(rows: [u32; 2], columns: [u16; 2]) -> Vec<u8> {
        let rows = rows.map(u32::to_le_bytes).concat();
        [&[0x25][..], &rows, &columns.map(u16::to_le_bytes).concat()].concat()
    }

    #[test]
    fn formulas_are_spelt_out() {
        // SUM(D15:D17) as programs shorten it, and a rate with a test.
        let sum = [area([14, 16], [0xC003, 0xC003]), vec![0x19, 0x10, 0, 0]].concat();
        assert_eq!(text(&sum, Notation::Biff12, PLAIN).as_deref(), Some("SUM(D15:D17)"));
        let cell = |row: u32, column: u16| {
            [&[0x44][..], &row.to_le_bytes(), &column.to_le_bytes()].concat()
        };
        let code = [
            &cell(1, 0xC001)[..],
            &[0x1E, 0, 0, 0x0D],
            &[0x19, 2, 9, 0],
            &cell(1, 0x4000),
            &cell(1, 0x8001),
            &[0x15, 0x06],
            &[0x17, 1, 0, b'"', 0],
            &[0x22, 3, 1, 0],
        ]
        .concat();
        let made = text(&code, Notation::Biff12, PLAIN);
        assert_eq!(made.as_deref(), Some("IF(B2>0,A$2/($B2),\"\"\"\")"));
    }

    #[test]
    fn functions_stand_by_their_numbers() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(text(&[0x41, 10, 0], Notation::Biff8, PLAIN).as_deref(), Some("NA()"));
        assert_eq!(text(&[0x1D, 1], Notation::Biff8, PLAIN).as_deref(), Some("TRUE"));
        assert_eq!(text(&[0x1D, 0], Notation::Biff8, PLAIN).as_deref(), Some("FALSE"));
        assert_eq!(text(&[0x42, 1, 255, 0], Notation::Biff8, PLAIN), None, "functions of add-ins");
        assert_eq!(text(&[0x1E, 1, 0, 0x1E, 2, 0], Notation::Biff8, PLAIN), None, "two results");
        assert_eq!(text(&[0x03], Notation::Biff8, PLAIN), None, "no operands");
    }

    #[test]
    fn what_asks_for_too_much_is_not_spelt_out() {
        let name = ["T".repeat(255)];
        let names = Names { defined: &name, sheets: Some(&[]) };
        let one = [0x23, 1, 0, 0, 0];
        let sums = [&one[..], &[&one[..], &[0x03]].concat().repeat(10_000)].concat();
        let signs = [&one[..], &vec![0x13; 60_000]].concat();
        let calls = [&one[..], &[0x42, 1, 4, 0].repeat(15_000)].concat();
        for code in [sums, signs, calls] {
            assert_eq!(text(&code, Notation::Biff8, names), None);
        }
        let plain = [&one[..], &[&one[..], &[0x03, 0x15]].concat().repeat(30)].concat();
        assert_eq!(text(&plain, Notation::Biff8, names).map(|text| text.len()), Some(7_995));
    }

    #[test]
    fn newer_functions_are_called_by_their_names() {
        // IFERROR(A1/B1,0) as `.xls` stores it: the name, its arguments, the function that is named.
        let names = ["Bang".to_owned(), "_xlfn.IFERROR".to_owned()];
        let cell = |column: u16| [&[0x44, 0, 0][..], &column.to_le_bytes()].concat();
        let with = |name: u16| {
            [
                &[0x23][..],
                &name.to_le_bytes(),
                &[0, 0],
                &cell(0xC000),
                &cell(0xC001),
                &[0x06, 0x1E, 0, 0, 0x42, 3, 255, 0],
            ]
            .concat()
        };
        let made =
            |name: u16| text(&with(name), Notation::Biff8, Names { defined: &names, ..PLAIN });
        assert_eq!(made(2).as_deref(), Some("_xlfn.IFERROR(A1/B1,0)"));
        assert_eq!(made(1), None, "a function of the workbook's own code");
        assert_eq!(made(3), None, "no such name");
    }

    #[test]
    fn other_sheets_and_what_nobody_follows_are_named() {
        let defined = ["TyLe".to_owned()];
        let sheets = ["'PL 01'".to_owned(), ELSEWHERE.to_owned()];
        let names = Names { defined: &defined, sheets: Some(&sheets) };
        let made = |code: &[u8]| text(code, Notation::Biff8, names);
        let on = |sheet: u8| [0x3A, sheet, 0, 4, 0, 1, 0xC0];
        assert_eq!(made(&on(0)).as_deref(), Some("'PL 01'!B5"));
        assert_eq!(made(&on(1)).as_deref(), Some("[PtgNameX]!B5"));
        assert_eq!(made(&on(2)).as_deref(), Some("[PtgNameX]!B5"), "no such sheet");
        let range = [0x3B, 0, 0, 1, 0, 2, 0, 0, 0xC0, 1, 0x00];
        assert_eq!(made(&range).as_deref(), Some("'PL 01'!A2:$B$3"));
        assert_eq!(made(&[0x3C, 0, 0, 0, 0, 0, 0]).as_deref(), Some("'PL 01'!#REF!"));
        assert_eq!(made(&[0x23, 1, 0, 0, 0]).as_deref(), Some("TyLe"));
        assert_eq!(made(&[0x60, 0, 0, 0, 0, 0, 0, 0]).as_deref(), Some("{PtgArray}"));
        let call = [0x39, 0, 0, 1, 0, 0, 0, 0x1E, 2, 0, 0x42, 2, 255, 0];
        assert_eq!(made(&call).as_deref(), Some("User([PtgNameX],2)"));
        for code in [&on(0)[..], &range, &[0x23, 1, 0, 0, 0], &call] {
            assert_eq!(text(code, Notation::Biff8, PLAIN), None, "another reader spells it out");
        }
    }

    #[test]
    fn formulas_before_excel_97_are_spelt_out() {
        let sheets = ["'PL 01'".to_owned()];
        let names = Names { defined: &[], sheets: Some(&sheets) };
        let made = |code: &[u8]| text(code, Notation::Biff5(1258), names);
        // SUM(A1:$B$3)>C4, and a text in the page of Vietnamese.
        let sum = [&[0x25, 0, 0xC0, 2, 0, 0, 1, 0x19, 0x10, 0, 0][..], &[0x44, 3, 0xC0, 2, 0x0D]];
        assert_eq!(made(&sum.concat()).as_deref(), Some("SUM(A1:$B$3)>C4"));
        assert_eq!(made(&[0x17, 2, b'a', 0xF0]).as_deref(), Some("\"ađ\""));
        let on = |book: u8, last: u8| {
            let head = [0x3A, book, book, 0, 0, 0, 0, 0, 0, 0, 0];
            [&head[..], &[0, 0, last, 0], &[4, 0, 1]].concat()
        };
        assert_eq!(made(&on(0xFF, 0)).as_deref(), Some("'PL 01'!$B$5"));
        assert_eq!(made(&on(0xFF, 1)).as_deref(), Some("[PtgNameX]!$B$5"));
        assert_eq!(made(&on(1, 0)).as_deref(), Some("[PtgNameX]!$B$5"), "another workbook");
    }
}
