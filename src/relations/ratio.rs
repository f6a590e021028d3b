//! Exact ratios. A rate is right when it equals the exact ratio rounded half up (away from zero)
//! to the decimals it prints; in floating point, 132 of the 4.5 million pairs n ≤ N ≤ 3000 come
//! out wrong (the first is 23/160 = 14,375 %).

use rust_decimal::Decimal;

use crate::table::whole;

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
    if let Some(value) = rounded_counts(numerator, denominator, scale, decimals) {
        return Some(value);
    }
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

/// [`rounded`] of counts, in a fraction of the time; `None` where one is none, or outgrows 64 bits.
fn rounded_counts(
    numerator: Decimal,
    denominator: Decimal,
    scale: Decimal,
    decimals: u32,
) -> Option<Decimal> {
    let above = whole(numerator)?.checked_mul(whole(scale)?)?;
    rounded_whole(above, whole(denominator)?, decimals)
}

/// `above / below` rounded half away from zero to `decimals`; `None` where `below` is zero or a product
/// outgrows 64 bits.
pub(super) fn rounded_whole(above: i64, below: i64, decimals: u32) -> Option<Decimal> {
    let negative = (above < 0) != (below < 0);
    let (above, below) = (above.unsigned_abs(), below.unsigned_abs());
    let units = 10_u64.checked_pow(decimals)?;
    let doubled = above.checked_mul(units)?.checked_mul(2)?.checked_add(below)?;
    let quotient = i64::try_from(doubled.checked_div(below.checked_mul(2)?)?).ok()?;
    let (mut quotient, mut decimals) = (if negative { -quotient } else { quotient }, decimals);
    // As `normalize` does, which takes longer over it.
    while decimals > 0 && quotient % 10 == 0 {
        (quotient, decimals) = (quotient / 10, decimals - 1);
    }
    Some(Decimal::new(quotient, decimals))
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
    fn counts_and_what_outgrows_them_are_divided_alike() {
        let figures = ["0", "1", "-2", "7", "160", "3022", "92233720368547758", "7.00", "0.5"];
        let figures = figures.map(|figure| figure.parse::<Decimal>().unwrap());
        for (above, below) in figures.iter().flat_map(|a| figures.iter().map(move |b| (*a, *b))) {
            for (scale, decimals) in [(1, 0), (100, 2), (1000, 4), (100, 18)] {
                let rounded = |a, b| rounded(a, b, scale.into(), decimals);
                // Tenths say the same and are none of the counts.
                let finer = Decimal::new(10, 1);
                assert_eq!(rounded(above, below), rounded(above * finer, below * finer));
            }
        }
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
