//! What the records of `.xls` and `.xlsb` have in common: bytes at places, figures of 30 bits.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

pub(super) fn short(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn long(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

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
