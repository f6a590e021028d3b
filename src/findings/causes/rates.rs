//! How a rate goes wrong: taken from the wrong figures, or rounded in another way.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Case, Fit, Hypothesis, Mechanism, Ratio};
use crate::relations::ratio::rounded;
use crate::rules::phrases::quotient;
use crate::table::{Linear, Place, Shape, print_number};

/// Hypotheses on rates; of equally specific ones, in this order.
pub(super) const HYPOTHESES: &[Hypothesis] = &[
    rounded_rates,
    sum_of_rates,
    mean_of_rates,
    fraction,
    per_mille,
    inverted,
    by_another_count,
    half_even,
    rounded_twice,
    truncated,
    fewer_decimals,
    lost_comma,
    stale_rate,
];

/// 0,29 = 0,36 − 0,07.
fn rounded_rates(case: &Case<'_>) -> Option<Fit> {
    let (numerator, denominator) = case.terms()?;
    let ((count, _), (whole, _)) = (numerator.single()?, denominator.single()?);
    let parts = rates_of_parts(case, count.column, whole.column)?;
    let mut value = Decimal::ZERO;
    let mut derivation = String::new();
    for (rate, coefficient) in &parts {
        let place = Place::new(case.place.row, *rate);
        value = value.checked_add(case.number(place)?.checked_mul(*coefficient)?)?;
        let sign = if coefficient.is_sign_negative() { "−" } else { "+" };
        if derivation.is_empty() && sign == "+" {
            derivation.push_str(&case.print_at(place));
        } else {
            derivation = format!("{derivation} {sign} {}", case.print_at(place));
        }
    }
    (value.normalize() == case.found).then(|| {
        let (found, (vi, en)) = (case.printed(), case.right());
        let what = if parts.len() == 2 && derivation.contains('−') {
            ("hiệu của hai tỷ lệ đã làm tròn", "the difference of two rounded rates")
        } else {
            ("cộng, trừ các tỷ lệ đã làm tròn", "rates that were already rounded, added up")
        };
        Fit::new(
            Mechanism::RoundedRates,
            1,
            format!("{found} = {derivation}: {}; {vi}", what.0),
            format!("{found} = {derivation}: {}; {en}", what.1),
        )
    })
}

/// The rates, by column and coefficient, of the counts that a count is computed from: by its
/// column's formula, else by a difference that holds in every row.
fn rates_of_parts(case: &Case<'_>, count: usize, whole: usize) -> Option<Vec<(usize, Decimal)>> {
    let rates = rates_over(case, whole);
    let rate_of = |column: usize| rates.iter().find(|(_, of)| *of == column).map(|(rate, _)| *rate);
    let formula = case.table.columns[count].formula.as_ref().map(|formula| &formula.shape);
    if let Some(Shape::Linear(linear)) = formula {
        let named = linear.terms.iter().map(|(column, by)| Some((rate_of(*column)?, *by)));
        return named.collect::<Option<Vec<_>>>().filter(|parts| parts.len() > 1);
    }
    let pairs = rates.iter().flat_map(|from| rates.iter().map(move |less| (from, less)));
    let mut fitting = pairs.filter(|(from, less)| {
        from.1 != less.1
            && from.1 != count
            && less.1 != count
            && differs_by(case, from.1, less.1, count)
    });
    let (from, less) = fitting.next()?;
    Some(vec![(from.0, Decimal::ONE), (less.0, Decimal::NEGATIVE_ONE)])
}

/// Rate columns over one denominator, each with the count it is the rate of.
fn rates_over(case: &Case<'_>, whole: usize) -> Vec<(usize, usize)> {
    let shape = |rate: usize| case.table.columns[rate].formula.as_ref().map(|f| &f.shape);
    case.rate_columns()
        .filter_map(|rate| match shape(rate)? {
            Shape::Ratio { numerator, denominator, .. }
                if *denominator == Linear::column(whole) =>
            {
                let count = *numerator.terms.keys().next()?;
                (*numerator == Linear::column(count)).then_some((rate, count))
            }
            _ => None,
        })
        .collect()
}

/// `count = from − less` in every row.
fn differs_by(case: &Case<'_>, from: usize, less: usize, count: usize) -> bool {
    let rows = (0..case.table.rows.len()).filter(|row| !case.table.rows[*row].holds_no_cells());
    let mut rows = rows.map(|row| {
        let number = |column| case.number(Place::new(row, column));
        Some(number(from)?.checked_sub(number(less)?)? == number(count)?)
    });
    rows.all(|holds| holds == Some(true))
}

fn parts_rates(case: &Case<'_>) -> Option<Vec<Decimal>> {
    let row = &case.table.rows[case.place.row];
    if !row.is_sum() || row.parts.len() < 2 {
        return None;
    }
    row.parts.iter().map(|part| case.number(Place::new(*part, case.place.column))).collect()
}

fn sum_of_rates(case: &Case<'_>) -> Option<Fit> {
    let sum =
        parts_rates(case)?.iter().try_fold(Decimal::ZERO, |sum, rate| sum.checked_add(*rate))?;
    (sum.normalize() == case.found).then(|| {
        let (found, (vi, en)) = (case.printed(), case.right());
        Fit::new(
            Mechanism::SumOfRates,
            1,
            format!("{found} là tổng các tỷ lệ của từng dòng; {vi}"),
            format!("{found} is the sum of the rows' rates; {en}"),
        )
    })
}

fn mean_of_rates(case: &Case<'_>) -> Option<Fit> {
    let rates = parts_rates(case)?;
    let count = Decimal::from(rates.len());
    let sum = rates.iter().try_fold(Decimal::ZERO, |sum, rate| sum.checked_add(*rate))?;
    let mean = rounded(sum, count, Decimal::ONE, case.ratio()?.decimals)?;
    (mean == case.found).then(|| {
        let (found, (vi, en)) = (case.printed(), case.right());
        Fit::new(
            Mechanism::MeanOfRates,
            1,
            format!("{found} là trung bình cộng tỷ lệ của các dòng; {vi}"),
            format!("{found} is the mean of the rows' rates; {en}"),
        )
    })
}

/// 0,0235 for 2,35, or 235,29 for 2,35 where the quotient was multiplied twice.
fn fraction(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    if scale != Decimal::ONE_HUNDRED || above.is_zero() {
        return None;
    }
    let printed = case.found.scale().max(decimals).min(20);
    let found = case.printed();
    if rounded(above, below, Decimal::ONE, printed)? == case.found && !case.found.is_zero() {
        return Some(Fit::new(
            Mechanism::Fraction,
            1,
            format!("{found} là thương số, chưa nhân 100"),
            format!("{found} is the quotient, not multiplied by 100"),
        ));
    }
    (rounded(above, below, scale.checked_mul(scale)?, decimals)? == case.found).then(|| {
        Fit::new(
            Mechanism::Fraction,
            1,
            format!("{found} đã nhân 100 hai lần"),
            format!("{found} was multiplied by 100 twice"),
        )
    })
}

fn per_mille(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let value = rounded(above, below, scale.checked_mul(Decimal::TEN)?, decimals)?;
    (scale == Decimal::ONE_HUNDRED && value == case.found && !above.is_zero()).then(|| {
        let (found, (vi, en)) = (case.printed(), case.right());
        Fit::new(
            Mechanism::PerMille,
            1,
            format!("{found} là phần nghìn (‰), không phải phần trăm; {vi}"),
            format!("{found} is per mille (‰), not per cent; {en}"),
        )
    })
}

fn inverted(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let turned = rounded(below, above, scale, decimals)?;
    (turned == case.found && above != below).then(|| {
        let (a, b) = (print_number(below, None), print_number(above, None));
        let (found, turned) = (case.printed(), quotient(&a, scale, &b));
        Fit::new(
            Mechanism::Inverted,
            1,
            format!("{found} = {turned}: chia ngược tử số và mẫu số"),
            format!("{found} = {turned}: numerator and denominator exchanged"),
        )
    })
}

/// Divided by another count: of the total, of the row, of another row; fewer candidates of a sort
/// say more.
fn by_another_count(case: &Case<'_>) -> Option<Fit> {
    let (_, denominator) = case.terms()?;
    let (own, _) = denominator.single()?;
    let (table, row) = (case.table, case.place.row);
    let (totals, others): (Vec<usize>, Vec<usize>) = (0..table.rows.len())
        .filter(|other| *other != row && !table.rows[*other].holds_no_cells())
        .partition(|other| table.rows[*other].is_sum());
    let below = |rows: Vec<usize>| rows.into_iter().map(|r| Place::new(r, own.column)).collect();
    let beside = (0..table.columns.len())
        .filter(|c| table.columns[*c].kind.adds_up() && *c != own.column)
        .map(|c| Place::new(row, c))
        .collect();
    let sorts: [Vec<Place>; 3] = [below(totals), beside, below(others)];
    sorts.into_iter().find_map(|places| divided_by_one_of(case, &places))
}

fn divided_by_one_of(case: &Case<'_>, places: &[Place]) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    // Of so many one divides nearly everything.
    if !case.is_rare(places.len()) {
        return None;
    }
    let divides = |place: &&Place| {
        case.number(**place)
            .filter(|value| *value != below)
            .is_some_and(|value| rounded(above, value, scale, decimals) == Some(case.found))
    };
    let place = *places.iter().find(divides).filter(|_| !above.is_zero())?;
    let (found, above) = (case.printed(), print_number(above, None));
    let (below, address, (vi, en)) = (case.print_at(place), case.address(place), case.right());
    let by = quotient(&above, scale, &below);
    Some(Fit::new(
        Mechanism::WrongDenominator,
        places.len(),
        format!("{found} = {by}: lấy nhầm mẫu số ở ô {address}; {vi}"),
        format!("{found} = {by}: divided by cell {address}; {en}"),
    ))
}

impl Case<'_> {
    /// The rate rounded in another way.
    fn rounded_by(&self, decimals: u32, how: RoundingStrategy) -> Option<Decimal> {
        let Ratio { above, below, scale, .. } = self.ratio()?;
        let exact = above.checked_mul(scale)?.checked_div(below)?;
        Some(exact.round_dp_with_strategy(decimals, how))
    }
}

fn half_even(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let even = case.rounded_by(decimals, RoundingStrategy::MidpointNearestEven)?;
    // A quotient of 28 digits only looks like a half when it is one.
    let exact = rounded(above, below, scale, decimals + 1)?;
    let is_half = exact.checked_mul(below)? == above.checked_mul(scale)?;
    (is_half && even.normalize() == case.found).then(|| {
        let (found, exact) = (case.printed(), print_number(exact, Some(decimals + 1)));
        let right = case.print(case.expected);
        Fit::new(
            Mechanism::HalfEven,
            1,
            format!("{exact} nằm đúng giữa, bị làm tròn về số chẵn {found}; làm tròn lên là {right}"),
            format!("{exact} is an exact half, rounded to the even digit {found}; rounded up it is {right}"),
        )
    })
}

fn rounded_twice(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let first = rounded(above, below, scale, decimals + 1)?;
    let again = first.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    (again.normalize() == case.found).then(|| {
        let (found, first) = (case.printed(), print_number(first, Some(decimals + 1)));
        let (vi, en) = case.right();
        Fit::new(
            Mechanism::RoundedTwice,
            1,
            format!("{found} làm tròn từ {first} đã làm tròn trước đó; {vi}"),
            format!("{found} was rounded from {first}, which was rounded before; {en}"),
        )
    })
}

fn truncated(case: &Case<'_>) -> Option<Fit> {
    let cut = case.rounded_by(case.ratio()?.decimals, RoundingStrategy::ToZero)?;
    (cut.normalize() == case.found).then(|| {
        let found = case.printed();
        Fit::new(
            Mechanism::Truncated,
            1,
            format!("{found} bị cắt bỏ chữ số thập phân thay vì làm tròn"),
            format!("{found} was cut off instead of rounded"),
        )
    })
}

fn fewer_decimals(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let fits = |places: &u32| rounded(above, below, scale, *places) == Some(case.found);
    let places = (0..decimals).rev().find(fits)?;
    let (found, (vi, en)) = (print_number(case.found, Some(places)), case.right());
    let to = if places == 0 {
        ("hàng đơn vị".to_owned(), "whole per cent".to_owned())
    } else {
        (format!("{places} chữ số thập phân"), format!("{places} decimal"))
    };
    Some(Fit::new(
        Mechanism::FewerDecimals,
        usize::try_from(decimals).unwrap_or(1),
        format!("{found} chỉ làm tròn đến {}; {vi}", to.0),
        format!("{found} is rounded to {} only; {en}", to.1),
    ))
}

fn lost_comma(case: &Case<'_>) -> Option<Fit> {
    let lost = |factor| case.expected.checked_mul(factor).is_some_and(|v| v == case.found);
    let moved = lost(Decimal::TEN) || lost(Decimal::ONE_HUNDRED);
    (moved && !case.expected.is_zero() && case.found.is_integer()).then(|| {
        let (found, right) = (print_number(case.found, None), case.print(case.expected));
        Fit::new(
            Mechanism::LostComma,
            1,
            format!("{found} là {right} mất dấu phẩy thập phân"),
            format!("{found} is {right} without its decimal comma"),
        )
    })
}

/// 2,16 = 11/510: right for an earlier count. Only where most figures are the rate of no count at
/// all (two decimals: up to 5.000 units; up to 10.000 a rate still belongs to one count only), and
/// for a count near the present one.
fn stale_rate(case: &Case<'_>) -> Option<Fit> {
    let Ratio { above, below, scale, decimals } = case.ratio()?;
    let units = scale.checked_mul(Decimal::from(10_u64.checked_pow(decimals)?))?;
    if below.abs().checked_mul(Decimal::TWO)? > units {
        return None;
    }
    let near = Decimal::from(3).max(above.abs() / Decimal::TEN).min(Decimal::from(1000)).floor();
    let mut distances = (1..=1000).map(Decimal::from).take_while(|distance| *distance <= near);
    let count = distances.find_map(|distance| {
        [above.checked_sub(distance)?, above.checked_add(distance)?].into_iter().find(|count| {
            !count.is_sign_negative() && rounded(*count, below, scale, decimals) == Some(case.found)
        })
    })?;
    let (count, below) = (print_number(count, None), print_number(below, None));
    let (found, (vi, en)) = (case.printed(), case.right());
    let earlier = quotient(&count, scale, &below);
    let fitting = usize::try_from(near).unwrap_or(usize::MAX).saturating_mul(2);
    Some(Fit::new(
        Mechanism::StaleRate,
        fitting,
        format!("{found} = {earlier}: tỷ lệ của số liệu cũ; {vi}"),
        format!("{found} = {earlier}: the rate of an earlier count; {en}"),
    ))
}
