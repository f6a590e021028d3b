//! The text of a formula from its code.
//!
//! Calamine takes relative ranges of `.xlsb` for others and knows no shared formula, so what is plain is
//! spelt out here: places, figures, operators and the functions that tables use.

use super::{Notation, length};
use crate::read::bytes::{latin, long, short, utf16};
use crate::workbook::Address;

/// Operators of two operands from token 3 on.
const OPERATORS: [&str; 15] =
    ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];

/// Functions by their number ([MS-XLS] 2.5.198.17, [MS-XLSB] 2.5.97.10), with how many arguments they
/// have where that is always the same.
const FUNCTIONS: &[(u16, &str, Option<usize>)] = &[
    (0, "COUNT", None),
    (1, "IF", None),
    (2, "ISNA", Some(1)),
    (3, "ISERROR", Some(1)),
    (4, "SUM", None),
    (5, "AVERAGE", None),
    (6, "MIN", None),
    (7, "MAX", None),
    (8, "ROW", None),
    (9, "COLUMN", None),
    (10, "NA", Some(0)),
    (24, "ABS", Some(1)),
    (25, "INT", Some(1)),
    (26, "SIGN", Some(1)),
    (27, "ROUND", Some(2)),
    (28, "LOOKUP", None),
    (29, "INDEX", None),
    (31, "MID", Some(3)),
    (32, "LEN", Some(1)),
    (33, "VALUE", Some(1)),
    (34, "TRUE", Some(0)),
    (35, "FALSE", Some(0)),
    (36, "AND", None),
    (37, "OR", None),
    (38, "NOT", Some(1)),
    (39, "MOD", Some(2)),
    (48, "TEXT", Some(2)),
    (64, "MATCH", None),
    (65, "DATE", Some(3)),
    (67, "DAY", Some(1)),
    (68, "MONTH", Some(1)),
    (69, "YEAR", Some(1)),
    (100, "CHOOSE", None),
    (101, "HLOOKUP", None),
    (102, "VLOOKUP", None),
    (115, "LEFT", None),
    (116, "RIGHT", None),
    (118, "TRIM", Some(1)),
    (120, "SUBSTITUTE", None),
    (126, "ISERR", Some(1)),
    (127, "ISTEXT", Some(1)),
    (128, "ISNUMBER", Some(1)),
    (129, "ISBLANK", Some(1)),
    (169, "COUNTA", None),
    (183, "PRODUCT", None),
    (197, "TRUNC", None),
    (212, "ROUNDUP", Some(2)),
    (213, "ROUNDDOWN", Some(2)),
    (216, "RANK", None),
    (227, "MEDIAN", None),
    (228, "SUMPRODUCT", None),
    (285, "FLOOR", Some(2)),
    (288, "CEILING", Some(2)),
    (325, "LARGE", Some(2)),
    (326, "SMALL", Some(2)),
    (336, "CONCATENATE", None),
    (337, "POWER", Some(2)),
    (344, "SUBTOTAL", None),
    (345, "SUMIF", None),
    (346, "COUNTIF", Some(2)),
    (347, "COUNTBLANK", Some(1)),
    (480, "IFERROR", Some(2)),
    (481, "COUNTIFS", None),
    (482, "SUMIFS", None),
    (483, "AVERAGEIF", None),
    (484, "AVERAGEIFS", None),
];

/// The function whose name is its first argument: one of an add-in, or one newer than the list.
const NAMED: u16 = 255;

/// How files name functions newer than the format. Other names may be those of a sheet alone, or of code.
const NEWER: &str = "_xlfn.";

/// The text of a formula, without `=`; `None` where it holds what is not spelt out here. `names` are those
/// that the workbook defines, in their order.
pub(crate) fn text(code: &[u8], notation: Notation, names: &[String]) -> Option<String> {
    let mut stack: Vec<String> = Vec::new();
    let mut place = 0;
    while place < code.len() {
        let end = place.checked_add(1 + length(code.get(place..)?, notation)?)?;
        let operand = code.get(place + 1..end)?;
        apply(code[place], operand, (notation, names), &mut stack)?;
        place = end;
    }
    let made = stack.pop()?;
    stack.is_empty().then_some(made)
}

fn apply(
    token: u8,
    operand: &[u8],
    (notation, names): (Notation, &[String]),
    stack: &mut Vec<String>,
) -> Option<()> {
    let short = |at: usize| short(operand, at);
    let pushed = match token {
        0x03..=0x11 => {
            let second = stack.pop()?;
            let first = stack.pop()?;
            [&first, OPERATORS[usize::from(token) - 3], &second].concat()
        }
        0x12 => format!("+{}", stack.pop()?),
        0x13 => format!("-{}", stack.pop()?),
        0x14 => format!("{}%", stack.pop()?),
        0x15 => format!("({})", stack.pop()?),
        0x16 => String::new(),
        0x17 => quoted(operand, notation)?,
        0x19 if operand.first()? & 0x10 != 0 => format!("SUM({})", stack.pop()?),
        // Ways on for programs that compute, and blanks.
        0x19 => return Some(()),
        0x1C => error(*operand.first()?)?.to_owned(),
        0x1D => if *operand.first()? == 0 { "FALSE" } else { "TRUE" }.to_owned(),
        0x1E => short(0)?.to_string(),
        0x1F => f64::from_le_bytes(operand.get(..8)?.try_into().ok()?).to_string(),
        0x20..=0x7F => match token & 0x1F {
            0x01 => {
                let (_, name, count) = function(short(0)?)?;
                call(name, (*count)?, stack)?
            }
            0x02 => {
                let count = usize::from(operand.first()? & 0x7F);
                match short(1)? & 0x7FFF {
                    NAMED => call_by_name(count, stack)?,
                    number => call(function(number)?.1, count, stack)?,
                }
            }
            0x03 => newer(operand, notation, names)?.to_owned(),
            0x04 => reference(operand, 1, 0, notation)?,
            0x05 => {
                let [first, last] = [0, 1].map(|end| reference(operand, 2, end, notation));
                [&first?, ":", &last?].concat()
            }
            _ => return None,
        },
        _ => return None,
    };
    stack.push(pushed);
    Some(())
}

fn function(number: u16) -> Option<&'static (u16, &'static str, Option<usize>)> {
    let index = FUNCTIONS.binary_search_by_key(&number, |(number, ..)| *number).ok()?;
    FUNCTIONS.get(index)
}

fn call(name: &str, count: usize, stack: &mut Vec<String>) -> Option<String> {
    let arguments = stack.split_off(stack.len().checked_sub(count)?);
    Some([name, "(", &arguments.join(","), ")"].concat())
}

/// A call of the function that the first argument names.
fn call_by_name(count: usize, stack: &mut Vec<String>) -> Option<String> {
    let first = stack.len().checked_sub(count)?;
    let name = stack.get(first).filter(|name| name.starts_with(NEWER))?.clone();
    let made = call(&name, count.checked_sub(1)?, stack)?;
    stack.pop();
    Some(made)
}

/// The name of a newer function, by its number among all names, from 1.
fn newer<'n>(operand: &[u8], notation: Notation, names: &'n [String]) -> Option<&'n str> {
    let number = match notation {
        Notation::Biff8 => short(operand, 0)?.into(),
        Notation::Biff12 => long(operand, 0)?,
    };
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    names.get(place).map(String::as_str).filter(|name| name.starts_with(NEWER))
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
    let bytes = operand.get(2..)?;
    let wide = notation == Notation::Biff12 || operand.get(1)? & 1 == 1;
    let text = if wide { utf16(bytes) } else { latin(bytes) };
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

    fn area(rows: [u32; 2], columns: [u16; 2]) -> Vec<u8> {
        let rows = rows.map(u32::to_le_bytes).concat();
        [&[0x25][..], &rows, &columns.map(u16::to_le_bytes).concat()].concat()
    }

    #[test]
    fn formulas_are_spelt_out() {
        // SUM(D15:D17) as programs shorten it, and a rate with a test.
        let sum = [area([14, 16], [0xC003, 0xC003]), vec![0x19, 0x10, 0, 0]].concat();
        assert_eq!(text(&sum, Notation::Biff12, &[]).as_deref(), Some("SUM(D15:D17)"));
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
        let made = text(&code, Notation::Biff12, &[]);
        assert_eq!(made.as_deref(), Some("IF(B2>0,A$2/($B2),\"\"\"\")"));
    }

    #[test]
    fn functions_stand_by_their_numbers() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(text(&[0x41, 10, 0], Notation::Biff8, &[]).as_deref(), Some("NA()"));
        assert_eq!(text(&[0x1D, 1], Notation::Biff8, &[]).as_deref(), Some("TRUE"));
        assert_eq!(text(&[0x1D, 0], Notation::Biff8, &[]).as_deref(), Some("FALSE"));
        assert_eq!(text(&[0x42, 1, 255, 0], Notation::Biff8, &[]), None, "functions of add-ins");
        assert_eq!(text(&[0x1E, 1, 0, 0x1E, 2, 0], Notation::Biff8, &[]), None, "two results");
        assert_eq!(text(&[0x03], Notation::Biff8, &[]), None, "no operands");
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
        let made = |name: u16| text(&with(name), Notation::Biff8, &names);
        assert_eq!(made(2).as_deref(), Some("_xlfn.IFERROR(A1/B1,0)"));
        assert_eq!(made(1), None, "a function of the workbook's own code");
        assert_eq!(made(3), None, "no such name");
    }
}
