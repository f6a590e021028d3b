//! Figures as they are printed: the value a reader of the paper sees, and how it was written.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::words::numbers::push_grouped;
pub use crate::workbook::Unknown;

/// A number in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The value on paper: what the number format shows, in per cent where it shows per cent.
    pub shown: Decimal,
    /// The value in the file where the paper shows another; few figures have one.
    pub stored: Option<Box<Decimal>>,
    /// Decimals on paper.
    pub decimals: u32,
    /// True when the cell holds text.
    pub is_text: bool,
    /// True when the format shows a stored fraction as per cent: the file holds `shown / 100`.
    pub percent: bool,
    /// True for a code or an ordinal, whose digits are not set apart.
    pub is_code: bool,
}

impl Figure {
    /// A number that is shown as it is stored.
    #[must_use]
    pub fn new(value: Decimal, decimals: u32) -> Self {
        let (is_text, percent, is_code) = (false, false, false);
        Self { shown: value, stored: None, decimals, is_text, percent, is_code }
    }

    /// The value in the file, in the unit of the value on paper, before the format rounds it.
    #[must_use]
    pub fn exact(&self) -> Decimal {
        self.stored.as_ref().map_or(self.shown, |stored| **stored)
    }

    /// The same on paper, with another value in the file.
    #[must_use]
    pub fn stored_as(self, exact: Decimal) -> Self {
        let stored = (!equal(exact, self.shown)).then(|| Box::new(exact));
        Self { stored, ..self }
    }

    /// As its cell prints it.
    #[must_use]
    pub fn printed(&self) -> String {
        if self.is_code {
            return plain_number(self.shown);
        }
        let mut printed = print_number(self.shown, Some(self.decimals));
        if self.percent {
            printed.push('%');
        }
        printed
    }

    /// True when the paper shows less than the file holds.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.stored.is_some()
    }

    /// A value as this cell would show it.
    #[must_use]
    pub fn as_shown(&self, value: Decimal) -> Decimal {
        let places = self.decimals.min(Decimal::MAX_SCALE);
        value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize()
    }

    /// A value of this table's unit in the unit the file stores.
    #[must_use]
    pub fn to_stored(&self, value: Decimal) -> Decimal {
        if self.percent { (value / Decimal::ONE_HUNDRED).normalize() } else { value }
    }
}

/// True for equal numbers. Nearly all are stored alike, which is told faster than that `2.5` is `2.50`.
pub(crate) fn equal(a: Decimal, b: Decimal) -> bool {
    a.unpack() == b.unpack() || a == b
}

/// A number without zeros at the end of its decimals. Nearly all have none, which is told faster than they
/// are taken away.
pub(crate) fn normal(number: Decimal) -> Decimal {
    if number.scale() == 0 && !number.is_sign_negative() {
        return number;
    }
    match u64::try_from(number.mantissa().unsigned_abs()) {
        Ok(digits) if !digits.is_multiple_of(10) => number,
        _ => number.normalize(),
    }
}

/// A number without decimals that fits 63 bits, as nearly all figures are.
pub(crate) fn whole(number: Decimal) -> Option<i64> {
    let parts = number.unpack();
    let fits = parts.scale == 0 && parts.hi == 0 && parts.mid <= u32::MAX >> 1;
    fits.then(|| {
        let size = i64::from(parts.mid) << 32 | i64::from(parts.lo);
        if parts.negative { -size } else { size }
    })
}

/// The sum of some figures; as long as they are whole they are added up as integers, in a fraction of the
/// time.
pub(crate) fn sum_of(mut numbers: impl Iterator<Item = Decimal>) -> Decimal {
    let mut counts = 0_i64;
    while let Some(number) = numbers.next() {
        match whole(number).and_then(|count| counts.checked_add(count)) {
            Some(sum) => counts = sum,
            None => return numbers.fold(Decimal::from(counts) + number, |sum, other| sum + other),
        }
    }
    counts.into()
}

/// What a cell of a figure column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A number.
    Number(Figure),
    /// Nothing.
    Blank,
    /// A dash, which stands for zero.
    Dash,
    /// An error value such as `#DIV/0!`.
    Error(String),
    /// A text that is no number.
    Text(String),
    /// A figure that nobody knows: a formula without a stored result that could not be computed.
    Unknown(Box<Unknown>),
}

impl Reading {
    /// The number where it is a count: without decimals, and within 63 bits.
    #[must_use]
    pub fn count(&self) -> Option<i64> {
        match self {
            Self::Number(figure) => whole(figure.shown),
            Self::Dash => Some(0),
            _ => None,
        }
    }

    /// The number, in the unit it is printed in.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(figure) => Some(figure.shown),
            Self::Dash => Some(Decimal::ZERO),
            _ => None,
        }
    }
}

/// A number as Vietnamese offices print it: `3.022`, `0,30`, `-1.588,5`. With `decimals` it is
/// rounded half up to exactly that many; without, it keeps its own.
#[must_use]
pub fn print_number(value: Decimal, decimals: Option<u32>) -> String {
    let value = match decimals {
        Some(places) if value.scale() == places => value,
        Some(places) => {
            let mut rounded =
                value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            rounded.rescale(places);
            rounded
        }
        None => value.normalize(),
    };
    let (places, mut buffer) = (value.scale() as usize, [0; DIGITS]);
    let digits = digits_of(value.mantissa().unsigned_abs(), &mut buffer);
    let mut printed = String::with_capacity(2 * digits.len().max(places) + 3);
    if value.is_sign_negative() && !value.is_zero() {
        printed.push('-');
    }
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    push_grouped(if whole.is_empty() { "0" } else { whole }, &mut printed);
    if places > 0 {
        printed.push(',');
        printed.extend(std::iter::repeat_n('0', places - fraction.len()));
        printed.push_str(fraction);
    }
    printed
}

/// The most digits of a decimal: it has 96 bits.
const DIGITS: usize = 29;

/// The digits of a number, written into a buffer from its end.
fn digits_of(number: u128, buffer: &mut [u8; DIGITS]) -> &str {
    let (mut rest, mut start) = (number, DIGITS);
    // Nearly all figures fit 64 bits, which are much faster to divide.
    while rest > u128::from(u64::MAX) && start > 0 {
        start -= 1;
        buffer[start] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    let mut rest = u64::try_from(rest).unwrap_or_default();
    while start > 0 && (rest > 0 || start == DIGITS) {
        start -= 1;
        buffer[start] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    std::str::from_utf8(&buffer[start..]).unwrap_or_default()
}

/// A number as programs write it: digits alone, with a decimal point.
#[must_use]
pub fn plain_number(value: Decimal) -> String {
    if value.scale() > 0 || value.is_sign_negative() {
        return value.to_string();
    }
    digits_of(value.mantissa().unsigned_abs(), &mut [0; DIGITS]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_sizes_print_their_digits() {
        let numbers = [(0, 0), (0, 3), (7, 0), (-7, 1), (12_345, 4), (i128::MAX >> 31, 0), (5, 28)];
        for (mantissa, scale) in numbers {
            let number = Decimal::from_i128_with_scale(mantissa, scale);
            assert_eq!(plain_number(number), number.to_string());
            let printed = print_number(number, Some(scale)).replace('.', "").replace(',', ".");
            assert_eq!(printed, number.to_string());
        }
    }

    #[test]
    fn whole_numbers_are_integers() {
        for count in [0, 1, -1, 7, i64::from(u32::MAX), 1 << 32, i64::MAX, -i64::MAX] {
            assert_eq!(whole(count.into()), Some(count), "{count}");
        }
        for other in [i128::from(i64::MIN), 1 << 63, 1 << 64, (1 << 96) - 1, -(1 << 95)] {
            assert_eq!(whole(Decimal::from_i128_with_scale(other, 0)), None, "{other}");
        }
        assert_eq!(whole(Decimal::new(10, 1)), None);
        assert_eq!(whole(-Decimal::ZERO), Some(0));
    }

    #[test]
    fn sums_are_those_of_decimals() {
        let large = i128::from(i64::MAX);
        let digits =
            [(900_000_000_000_000, 0), (123_456_789_012_345, 15), (-900_000_000_000_000, 0)];
        for numbers in [&[(7, 0), (-9, 0), (25, 1), (large, 0), (1, 0), (-5, 28)], &digits[..]] {
            let numbers =
                numbers.iter().map(|(size, scale)| Decimal::from_i128_with_scale(*size, *scale));
            for count in 0..=numbers.len() {
                let some = || numbers.clone().take(count);
                // With the digits that exact decimals lose in that order.
                assert_eq!(sum_of(some()).to_string(), some().sum::<Decimal>().to_string());
            }
        }
    }

    #[test]
    fn numbers_print_as_offices_write_them() {
        assert_eq!(print_number(Decimal::from(3022), None), "3.022");
        assert_eq!(print_number(Decimal::new(3, 1), Some(2)), "0,30");
        assert_eq!(print_number(Decimal::new(-15885, 1), None), "-1.588,5");
        assert_eq!(print_number(Decimal::new(2675, 3), Some(2)), "2,68");
        assert_eq!(print_number(Decimal::new(-1, 3), Some(2)), "0,00");
        assert_eq!(print_number(Decimal::from(999), None), "999");
    }
}
