//! Integer helpers that refuse to overflow: a figure out of reach is "unknown", never wrapped.

/// Greatest common divisor, never negative; `gcd(0, 0)` is 0.
pub(super) fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}

/// Quotient rounded towards minus infinity; `None` for a zero divisor or overflow.
pub(super) fn div_floor(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let inexact = a.checked_rem(b)? != 0;
    Some(if inexact && ((a < 0) != (b < 0)) { quotient - 1 } else { quotient })
}

/// Quotient rounded towards plus infinity; `None` for a zero divisor or overflow.
pub(super) fn div_ceil(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let inexact = a.checked_rem(b)? != 0;
    Some(if inexact && ((a < 0) == (b < 0)) { quotient + 1 } else { quotient })
}

/// `a / b` rounded to a whole number, halves away from zero, as offices round.
///
/// `None` for a zero divisor or overflow.
pub(super) fn div_round(a: i128, b: i128) -> Option<i128> {
    let negative = (a < 0) != (b < 0);
    let (a, b) = (a.checked_abs()?, b.checked_abs()?);
    let rounded = a.checked_mul(2)?.checked_add(b)?.checked_div(b.checked_mul(2)?)?;
    Some(if negative { -rounded } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(div_round(5, 2), Some(3));
        assert_eq!(div_round(-5, 2), Some(-3));
        assert_eq!(div_round(5, -2), Some(-3));
        assert_eq!(div_round(249, 100), Some(2));
        assert_eq!(div_round(1, 0), None);
    }

    #[test]
    fn floor_and_ceiling_keep_their_side_of_zero() {
        assert_eq!((div_floor(-7, 2), div_ceil(-7, 2)), (Some(-4), Some(-3)));
        assert_eq!((div_floor(7, -2), div_ceil(7, -2)), (Some(-4), Some(-3)));
        assert_eq!((div_floor(7, 2), div_ceil(7, 2)), (Some(3), Some(4)));
        assert_eq!((div_floor(i128::MIN, -1), div_ceil(1, 0)), (None, None));
    }
}
