//! What is written into the records of `.xls` and `.xlsb` alike: figures of 30 bits, the numbers of
//! format codes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// The nearest double, which is what files hold.
pub(super) fn bits(figure: Decimal) -> u64 {
    figure.to_f64().unwrap_or(0.0).to_bits()
}

/// A figure as 30 bits ([MS-XLS] 2.5.217, [MS-XLSB] 2.5.123), whole or in hundredths; `None` where
/// they do not hold it.
pub(super) fn rk(figure: Decimal) -> Option<u32> {
    const MOST: i64 = 1 << 29;
    let (scaled, sign) = match figure.normalize().scale() {
        0 => (figure, 2),
        1 | 2 => (figure * Decimal::ONE_HUNDRED, 3),
        _ => return None,
    };
    let whole = scaled.normalize().to_i64().filter(|whole| (-MOST..MOST).contains(whole))?;
    let kept = u32::try_from(whole & 0x3FFF_FFFF).ok()?;
    Some(kept << 2 | sign)
}

/// The format codes of a workbook by their numbers, and those added to them.
#[derive(Debug)]
pub(super) struct Codes {
    known: BTreeMap<String, u16>,
    next: u16,
    pub(super) added: Vec<(u16, String)>,
}

impl Codes {
    /// Those that programs know without being told.
    pub(super) fn new(built_in: impl IntoIterator<Item = (String, u16)>) -> Self {
        /// Numbers that programs give themselves begin here.
        const FIRST: u16 = 164;
        Self { known: built_in.into_iter().collect(), next: FIRST, added: Vec::new() }
    }

    /// Takes note of a number that is taken, and of its code where that can be read.
    pub(super) fn meet(&mut self, number: u16, code: Option<String>) {
        self.next = self.next.max(number.saturating_add(1));
        self.known.extend(code.map(|code| (code, number)));
    }

    /// The number of a format code, a new one where there is none; `None` where all are taken.
    pub(super) fn number(&mut self, code: &str) -> Option<u16> {
        if let Some(known) = self.known.get(code) {
            return Some(*known);
        }
        let number = self.next;
        self.next = number.checked_add(1)?;
        self.known.insert(code.to_owned(), number);
        self.added.push((number, code.to_owned()));
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(rk: u32) -> f64 {
        let whole = f64::from(i32::from_le_bytes(rk.to_le_bytes()) >> 2);
        if rk & 1 == 1 { whole / 100.0 } else { whole }
    }

    #[test]
    fn figures_of_thirty_bits_are_exact() {
        for text in ["0", "1", "-1", "2.35", "-0.3", "536870911", "-536870912", "5368709.11"] {
            let figure: Decimal = text.parse().unwrap();
            let read = value(rk(figure).unwrap());
            assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
        for text in ["0.005", "536870912", "5368709.12", "-536870913"] {
            assert_eq!(rk(text.parse().unwrap()), None, "{text}");
        }
    }
}
