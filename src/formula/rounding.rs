//! Excel's rounding: on the number's 15 significant decimal digits, halves away from zero.
//!
//! In binary `1.005` lies below the half and `ROUND(1.005,2)` would give `1`; Excel gives `1.01`,
//! because it rounds what it shows.

use super::scalar::is_zero;

/// Where what is cut off goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// `ROUND`: to the nearest, halves away from zero.
    Nearest,
    /// `ROUNDUP`: away from zero.
    Away,
    /// `ROUNDDOWN` and `TRUNC`: towards zero.
    Towards,
}

/// Digits of the mantissa below.
const DIGITS: i64 = 15;

/// Rounds to decimal places; negative places round to tens, hundreds and so on.
pub(crate) fn round(number: f64, places: i64, direction: Direction) -> f64 {
    if direction == Direction::Nearest
        && let Some(size) = plainly_rounded(number.abs(), places)
    {
        return if number < 0.0 { -size } else { size };
    }
    let Some((mantissa, exponent)) = decimal_parts(number.abs()) else { return number };
    let cut = -exponent - places.clamp(-400, 400);
    if cut <= 0 {
        return number;
    }
    let kept = rounded_quotient(mantissa, cut, direction);
    let size = format!("{kept}e{}", exponent + cut).parse().unwrap_or(number.abs());
    if number < 0.0 { -size } else { size }
}

/// Rounds what lies well off every half, where digits beyond the fifteenth decide nothing.
fn plainly_rounded(size: f64, places: i64) -> Option<f64> {
    let places = i32::try_from(places).ok().filter(|places| (0..=6).contains(places))?;
    let power = 10_f64.powi(places);
    let scaled = size * power;
    let (whole, part) = (scaled.trunc(), scaled.fract());
    // The product is off by less than a ten thousandth.
    let is_plain = scaled < 1e12 && (part - 0.5).abs() > 1e-3;
    // Both are exact, so that their quotient is the nearest double to the rounded number.
    is_plain.then(|| (if part > 0.5 { whole + 1.0 } else { whole }) / power)
}

/// The number as `mantissa * 10^exponent` with a mantissa of 15 digits; none for zero.
fn decimal_parts(size: f64) -> Option<(u64, i64)> {
    if !size.is_finite() || is_zero(size) {
        return None;
    }
    let text = format!("{size:.14e}");
    let (digits, exponent) = text.split_once('e')?;
    let mantissa = digits.replace('.', "").parse().ok()?;
    Some((mantissa, exponent.parse::<i64>().ok()? - (DIGITS - 1)))
}

/// The mantissa without its last `cut` digits.
fn rounded_quotient(mantissa: u64, cut: i64, direction: Direction) -> u64 {
    let power = u32::try_from(cut).ok().and_then(|cut| 10_u64.checked_pow(cut));
    let (quotient, rest, half) = match power {
        Some(power) => (mantissa / power, mantissa % power, power / 2),
        None => (0, mantissa, u64::MAX),
    };
    let up = match direction {
        Direction::Nearest => rest >= half,
        Direction::Away => rest > 0,
        Direction::Towards => false,
    };
    quotient + u64::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::scalar::{fifteen_digits, to_decimal};
    use rust_decimal::Decimal;

    fn rounded(number: f64, places: i64, direction: Direction) -> String {
        to_decimal(round(number, places, direction)).unwrap().to_string()
    }

    #[test]
    fn what_is_plain_is_rounded_like_anything_else() {
        let slowly = |number: f64, places: i64| {
            let (mantissa, exponent) = decimal_parts(number)?;
            let cut = -exponent - places;
            let kept = rounded_quotient(mantissa, cut, Direction::Nearest);
            format!("{kept}e{}", exponent + cut).parse::<f64>().ok()
        };
        let mut state: u64 = 7;
        let (mut plain, mut odd) = (0, 0);
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let (above, below, places) =
                (state >> 44, 1 + (state >> 20) % 4_000, i64::try_from(state % 7).unwrap());
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            let number = above as f64 / below as f64;
            match plainly_rounded(number, places) {
                Some(rounded) if number > 0.0 => {
                    assert_eq!(
                        Some(rounded.to_bits()),
                        slowly(number, places).map(f64::to_bits),
                        "{number} {places}"
                    );
                    let written: Decimal = fifteen_digits(rounded).to_string().parse().unwrap();
                    assert_eq!(
                        to_decimal(rounded).unwrap().to_string(),
                        written.normalize().to_string()
                    );
                    plain += 1;
                }
                _ => odd += 1,
            }
        }
        assert!(plain > 15_000 && odd > 0, "{plain} {odd}");
    }

    #[test]
    fn halves_go_away_from_zero_as_shown() {
        for (number, places, expected) in [
            (1.005, 2, "1.01"),
            (2.675, 2, "2.68"),
            (0.285, 2, "0.29"),
            (1.115, 2, "1.12"),
            (-2.5, 0, "-3"),
            (1234.5, -2, "1200"),
            (0.5, 0, "1"),
            (0.49, 0, "0"),
            (4.0, -1, "0"),
            (5.0, -1, "10"),
            (1e-30, 2, "0"),
            (12.0, 300, "12"),
        ] {
            assert_eq!(rounded(number, places, Direction::Nearest), expected, "{number} {places}");
        }
    }

    #[test]
    fn up_and_down_are_seen_from_zero() {
        assert_eq!(rounded(2.31, 1, Direction::Away), "2.4");
        assert_eq!(rounded(-2.31, 1, Direction::Away), "-2.4");
        assert_eq!(rounded(2.39, 1, Direction::Towards), "2.3");
        assert_eq!(rounded(0.001, 0, Direction::Away), "1");
        assert_eq!(rounded(2.3, 1, Direction::Away), "2.3");
    }
}
