//! Formulas as code ([MS-XLS] 2.5.198, [MS-XLSB] 2.5.97): what a formula that many cells share is in one
//! of them.
//!
//! Programs store a formula that was filled down once, with references as ways from the cell, and each
//! cell says where it is. The code of one cell is as long: only tokens of ways become tokens of places.

mod functions;
mod text;

pub(crate) use text::{ELSEWHERE, Names, UNREADABLE, error, text};

use super::bytes::{long, short};
use crate::workbook::Address;

/// How the tokens of a format are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Of `.xls` before Excel 97: 16,384 rows in 14 bits, texts in this code page.
    Biff5(u16),
    /// Of `.xls` since Excel 97: 65,536 rows in two bytes, 256 columns in one.
    Biff8,
    /// Of `.xlsb`: rows in four bytes, 16,384 columns in 14 bits.
    Biff12,
}

/// A token that says: the formula of the cell named behind it.
pub(crate) const SHARED: u8 = 0x01;
const WAY: u8 = 0x0C;
const WAYS: u8 = 0x0D;
/// From the token of a way to that of a place.
const TO_PLACE: u8 = 0x08;
const RELATIVE_ROW: u16 = 0x8000;
const RELATIVE_COLUMN: u16 = 0x4000;

/// The code of a shared formula as a cell has it for itself; `None` where a token is not known.
pub(crate) fn own(code: &[u8], at: Address, notation: Notation) -> Option<Vec<u8>> {
    let mut own = code.to_vec();
    let mut place = 0;
    while place < code.len() {
        let token = code[place];
        let start = place + 1;
        place = start.checked_add(length(code.get(place..)?, notation)?)?;
        let operand = own.get_mut(start..place)?;
        // The class of an operand, in two bits, is none of its kind.
        let kind = token & 0x1F;
        if token >= 0x20 && (kind == WAY || kind == WAYS) {
            let ends = if kind == WAY { 1 } else { 2 };
            lead(operand, ends, at, notation)?;
            own[start - 1] = token - TO_PLACE;
        }
    }
    Some(own)
}

/// Makes ways from a cell the places they lead to: one, or the two ends of a range.
fn lead(operand: &mut [u8], ends: usize, at: Address, notation: Notation) -> Option<()> {
    let width = match notation {
        // Nobody says how those before Excel 97 are made.
        Notation::Biff5(_) => return None,
        Notation::Biff8 => 2,
        Notation::Biff12 => 4,
    };
    for end in 0..ends {
        let (row, column) = (end * width, ends * width + 2 * end);
        let word = short(operand, column)?;
        if word & RELATIVE_ROW != 0 {
            let field = operand.get_mut(row..row + width)?;
            let mut bytes = [0; 4];
            bytes[..width].copy_from_slice(field);
            let most = if notation == Notation::Biff12 { 0x000F_FFFF } else { 0xFFFF };
            let led = u32::from_le_bytes(bytes).wrapping_add(at.row) & most;
            field.copy_from_slice(&led.to_le_bytes()[..width]);
        }
        if word & RELATIVE_COLUMN != 0 {
            let most = if notation == Notation::Biff12 { 0x3FFF } else { 0x00FF };
            let own = u16::try_from(at.column & u32::from(most)).ok()?;
            let led = word & !most | word.wrapping_add(own) & most;
            operand.get_mut(column..column + 2)?.copy_from_slice(&led.to_le_bytes());
        }
    }
    Some(())
}

/// One end of a place, of one or two: its row, and its column with flags for what is relative.
pub(crate) fn end(
    operand: &[u8],
    (ends, end): (usize, usize),
    notation: Notation,
) -> Option<(u32, u16)> {
    let column = |width: usize| short(operand, ends * width + 2 * end);
    match notation {
        Notation::Biff5(_) => {
            let word = short(operand, 2 * end)?;
            let column = u16::from(*operand.get(2 * ends + end)?);
            Some((u32::from(word & 0x3FFF), word & !0x3FFF | column))
        }
        Notation::Biff8 => Some((short(operand, 2 * end)?.into(), column(2)?)),
        Notation::Biff12 => Some((long(operand, 4 * end)?, column(4)?)),
    }
}

/// What belongs to the first token, and the tokens behind it.
pub(crate) fn operand(code: &[u8], notation: Notation) -> Option<(&[u8], &[u8])> {
    let end = length(code, notation)?.checked_add(1)?;
    Some((code.get(1..end)?, code.get(end..)?))
}

/// The bytes of a token behind its first.
fn length(code: &[u8], notation: Notation) -> Option<usize> {
    let of = |biff5: usize, biff8: usize, biff12: usize| {
        Some(match notation {
            Notation::Biff5(_) => biff5,
            Notation::Biff8 => biff8,
            Notation::Biff12 => biff12,
        })
    };
    let token = *code.first()?;
    match token {
        0x03..=0x16 => Some(0),
        0x17 if matches!(notation, Notation::Biff5(_)) => Some(1 + usize::from(*code.get(1)?)),
        0x17 if notation == Notation::Biff12 => Some(2 + 2 * usize::from(short(code, 1)?)),
        0x17 => {
            let width = if code.get(2)? & 1 == 0 { 1 } else { 2 };
            Some(2 + width * usize::from(*code.get(1)?))
        }
        0x19 if code.get(1)? & 0x04 != 0 => Some(5 + 2 * usize::from(short(code, 2)?)),
        0x19 => Some(3),
        0x1C | 0x1D => Some(1),
        0x1E => Some(2),
        0x1F => Some(8),
        0x20..=0x7F => match token & 0x1F | 0x20 {
            0x20 => of(7, 7, 14),
            0x21 | 0x29 => Some(2),
            0x22 => Some(3),
            0x23 => of(14, 4, 4),
            0x24 | 0x2A | 0x2C => of(3, 4, 6),
            0x25 | 0x2B | 0x2D => of(6, 8, 12),
            0x26..=0x28 => Some(6),
            0x39 => of(24, 6, 6),
            0x3A | 0x3C => of(17, 6, 8),
            0x3B | 0x3D => of(20, 10, 14),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn ways_lead_to_places() {
        // From E8: the cell to the left, and the two rows above in column C.
        let left = [&[0x4C][..], &shorts(&[0, 0xC0FF])].concat();
        let above = [&[0x2D][..], &shorts(&[0xFFFE, 0xFFFF, 0x8002, 0x8002])].concat();
        let code = [&left[..], &above, &[0x03]].concat();
        let made = own(&code, Address::new(7, 4), Notation::Biff8).unwrap();
        let left = [&[0x44][..], &shorts(&[7, 0xC003])].concat();
        let above = [&[0x25][..], &shorts(&[5, 6, 0x8002, 0x8002])].concat();
        assert_eq!(made, [&left[..], &above, &[0x03]].concat());
    }

    #[test]
    fn ways_of_binary_workbooks_have_longer_rows() {
        let up = [&[0x4C][..], &(-3_i32).to_le_bytes(), &shorts(&[0xFFFE])].concat();
        let text = [&[0x17][..], &shorts(&[2, 0x2C, 0x2C])].concat();
        let code = [&text[..], &up, &[0x08]].concat();
        let made = own(&code, Address::new(10, 3), Notation::Biff12).unwrap();
        let place = [&[0x44][..], &7_u32.to_le_bytes(), &shorts(&[0xC001])].concat();
        assert_eq!(made, [&text[..], &place, &[0x08]].concat());
    }

    #[test]
    fn what_is_not_known_or_cut_is_left() {
        for code in [&[0x18, 1][..], &[0x01, 0, 0, 0, 0], &[0x4C, 0], &[0x17], &[0x19, 4, 255, 255]]
        {
            for notation in [Notation::Biff8, Notation::Biff12] {
                assert_eq!(own(code, Address::new(1, 1), notation), None, "{code:?}");
            }
        }
    }
}
