//! Exact ratios. A rate is right when it equals the exact ratio rounded half up (away from zero)
//! to the decimals it prints; in floating point, 132 of the 4.5 million pairs n ≤ N ≤ 3000 come
//! out wrong (the first is 23/160 = 14,375 %).

use rust_decimal::Decimal;

/// `scale · numerator / denominator` rounded half away from zero to `decimals`, in integers.
///
/// `None` when the denominator is zero or a product outgrows 128 bits.
#[must_use]
pub fn rounded(
    numerator: Decimal,
    denominator: Decimal,
    scale: Decimal,
    decimals: u32,
) -> Option<Decimal> {
    let product = numerator.checked_mul(scale)?;
    let (above, below) = same_unit(product, denominator)?;
    if below == 0 {
        return None;
    }
    let negative = (above < 0) != (below < 0);
    let (above, below) = (above.unsigned_abs(), below.unsigned_abs());
    let units = 10_u128.checked_pow(decimals)?;
    let doubled = above.checked_mul(units)?.checked_mul(2)?.checked_add(below)?;
    let quotient = i128::try_from(doubled / below.checked_mul(2)?).ok()?;
    let value = Decimal::try_from_i128_with_scale(quotient, decimals).ok()?;
    Some(if negative { -value } else { value }.normalize())
}

/// Two decimals as integers of their common smallest unit.
fn same_unit(a: Decimal, b: Decimal) -> Option<(i128, i128)> {
    let (a, b) = (a.normalize(), b.normalize());
    let scale = a.scale().max(b.scale());
    let raise =
        |value: Decimal| value.mantissa().checked_mul(10_i128.checked_pow(scale - value.scale())?);
    Some((raise(a)?, raise(b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(numerator: i64, denominator: i64) -> String {
        rounded(numerator.into(), denominator.into(), Decimal::ONE_HUNDRED, 2)
            .map_or("?".into(), |rate| rate.to_string())
    }

    #[test]
    fn halves_go_up() {
        assert_eq!(percent(23, 160), "14.38");
        assert_eq!(percent(12, 510), "2.35");
        assert_eq!(percent(9, 3022), "0.3");
        assert_eq!(percent(-23, 160), "-14.38");
        assert_eq!(percent(0, 360), "0");
        assert_eq!(percent(1, 0), "?");
    }

    #[test]
    fn the_integer_form_agrees_everywhere() {
        for below in 1..=400_i64 {
            for above in 0..=below {
                let exact = Decimal::new((20000 * above + below) / (2 * below), 2).normalize();
                assert_eq!(
                    rounded(above.into(), below.into(), Decimal::ONE_HUNDRED, 2),
                    Some(exact),
                    "{above}/{below}"
                );
            }
        }
    }
}
