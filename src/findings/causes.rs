//! How a wrong figure came to be: named hypotheses, each tested exactly and told with its
//! derivation. The most specific that fits comes first. A hypothesis is never claimed where chance
//! explains it as well: one that most wrong figures would fit says nothing.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::lang::Text;
use crate::rules::{Instance, Ledger, Relation, Terms, ratio};
use crate::table::{Kind, Place, Reading, Role, Table, print_number};

/// The named ways in which figures go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// A difference, sum or ratio of rates that were rounded before.
    RoundedRates,
    /// A quotient for a per cent, or the reverse.
    Fraction,
    /// Numerator and denominator exchanged.
    Inverted,
    /// Divided by another column or row.
    WrongDenominator,
    /// The total's rate is the mean of the rows' rates.
    MeanOfRates,
    /// The total's rate is the sum of the rows' rates.
    SumOfRates,
    /// A total leaves a row out.
    OmittedRow,
    /// A total counts a row twice.
    DoubledRow,
    /// The decimal comma was lost: 235 for 2,35.
    LostComma,
    /// A thousands dot was read as a decimal point: 1,433 for 1.433.
    ThousandsDot,
    /// The sign is wrong.
    Sign,
    /// Cut off instead of rounded.
    Truncated,
    /// Rounded to fewer decimals than the form asks.
    FewerDecimals,
    /// The rate of an earlier count.
    StaleRate,
    /// Adjacent digits exchanged.
    SwappedDigits,
    /// A digit left out.
    DroppedDigit,
    /// A digit too many.
    AddedDigit,
    /// The figure of the neighbouring row or column.
    Neighbour,
    /// One digit replaced by another.
    ReplacedDigit,
    /// The cell's formula is wrong, or its stored result is old.
    Formula,
    /// A figure was typed where the cells around have formulas.
    TypedOver,
}

/// A cause with its derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which mechanism.
    pub mechanism: Mechanism,
    /// The derivation, in the table's own notation.
    pub detail: Text,
}

/// Everything a hypothesis looks at.
struct Case<'a> {
    table: &'a Table,
    place: Place,
    found: Decimal,
    expected: Decimal,
    instance: Option<&'a Instance>,
}

/// The hypotheses that fit a wrong figure, the most specific first.
#[must_use]
pub fn causes_of(table: &Table, ledger: &Ledger, place: Place, expected: Decimal) -> Vec<Cause> {
    let Reading::Number(figure) = &table.datum(place).reading else { return Vec::new() };
    let found = figure.shown;
    let instance = ledger
        .instances
        .iter()
        .filter(|instance| instance.target == place && instance.is_equality())
        .max_by_key(|instance| matches!(instance.relation, Relation::Ratio { .. }));
    let case = Case { table, place, found, expected, instance };
    let rate = instance.is_some_and(|i| matches!(i.relation, Relation::Ratio { .. }));
    let hypotheses: &[fn(&Case<'_>) -> Option<Cause>] = if rate { RATES } else { FIGURES };
    let mut causes: Vec<Cause> = hypotheses.iter().filter_map(|test| test(&case)).collect();
    causes.truncate(3);
    causes
}

/// Hypotheses on rates, the most specific first.
const RATES: &[fn(&Case<'_>) -> Option<Cause>] = &[
    rounded_rates,
    sum_of_rates,
    mean_of_rates,
    fraction,
    inverted,
    wrong_denominator,
    lost_comma,
    truncated,
    fewer_decimals,
    stale_rate,
    swapped_digits,
    neighbour,
];

/// Hypotheses on counts, amounts, differences and sums.
const FIGURES: &[fn(&Case<'_>) -> Option<Cause>] = &[
    omitted_row,
    doubled_row,
    thousands_dot,
    sign,
    swapped_digits,
    dropped_digit,
    added_digit,
    neighbour,
    replaced_digit,
];

impl Case<'_> {
    fn print(&self, value: Decimal) -> String {
        self.table.print(self.place.column, value)
    }

    fn print_at(&self, place: Place) -> String {
        self.table.number(place).map_or_else(String::new, |v| self.table.print(place.column, v))
    }

    /// Numerator, denominator, scale and decimals of the cell's ratio.
    fn ratio(&self) -> Option<(Decimal, Decimal, Decimal, u32)> {
        match &self.instance?.relation {
            Relation::Ratio { numerator, denominator, scale, decimals } => {
                Some((self.value(numerator)?, self.value(denominator)?, *scale, *decimals))
            }
            _ => None,
        }
    }

    fn value(&self, terms: &Terms) -> Option<Decimal> {
        terms.places.iter().try_fold(terms.constant, |sum, (place, coefficient)| {
            sum.checked_add(coefficient.checked_mul(self.table.number(*place)?)?)
        })
    }

    fn rate_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let columns = &self.table.columns;
        (0..columns.len()).filter(|c| columns[*c].kind == Kind::Rate && *c != self.place.column)
    }

    fn in_row(&self, column: usize) -> Option<Decimal> {
        self.table.number(Place::new(self.place.row, column))
    }

    #[expect(clippy::unused_self, reason = "reads beside what the case tells")]
    fn cause(&self, mechanism: Mechanism, vi: String, en: String) -> Cause {
        Cause { mechanism, detail: Text::new(vi, en) }
    }

    fn right(&self) -> (String, String) {
        let Some((above, below, ..)) = self.ratio() else { return (String::new(), String::new()) };
        let derivation = format!(
            "{}/{} = {}",
            print_number(above, None),
            print_number(below, None),
            self.print(self.expected)
        );
        (format!("tính từ số liệu gốc: {derivation}"), format!("from the counts: {derivation}"))
    }
}

/// 0,29 = 0,36 − 0,07.
fn rounded_rates(case: &Case<'_>) -> Option<Cause> {
    let Relation::Ratio { numerator, denominator, .. } = &case.instance?.relation else {
        return None;
    };
    // The numerator is computed from other columns: the same computation on their rates.
    let [(numerator_place, _)] = numerator.places.as_slice() else { return None };
    let [(denominator_place, _)] = denominator.places.as_slice() else { return None };
    let formula = case.table.columns[numerator_place.column].formula.as_ref()?;
    let crate::table::Shape::Linear(linear) = &formula.shape else { return None };
    let rate_of = |count: usize| {
        case.rate_columns().find(|rate| {
            matches!(
                case.table.columns[*rate].formula.as_ref().map(|f| &f.shape),
                Some(crate::table::Shape::Ratio { numerator, denominator, .. })
                    if *numerator == crate::table::Linear::column(count)
                        && *denominator == crate::table::Linear::column(denominator_place.column)
            )
        })
    };
    let mut value = Decimal::ZERO;
    let mut derivation = String::new();
    for (count, coefficient) in &linear.terms {
        let rate = rate_of(*count)?;
        let figure = case.in_row(rate)?;
        value = value.checked_add(figure.checked_mul(*coefficient)?)?;
        let sign = if coefficient.is_sign_negative() { " − " } else { " + " };
        if !derivation.is_empty() || coefficient.is_sign_negative() {
            derivation.push_str(sign);
        }
        derivation.push_str(&case.print_at(Place::new(case.place.row, rate)));
    }
    (linear.terms.len() > 1 && value == case.found).then(|| {
        let found = case.print(case.found);
        let (vi, en) = case.right();
        let difference = linear.terms.len() == 2 && derivation.contains('−');
        let what = if difference {
            ("hiệu của hai tỷ lệ đã làm tròn", "the difference of two rounded rates")
        } else {
            ("cộng, trừ các tỷ lệ đã làm tròn", "rates that were already rounded, added up")
        };
        case.cause(
            Mechanism::RoundedRates,
            format!("{found} = {derivation}: {}; {vi}", what.0),
            format!("{found} = {derivation}: {}; {en}", what.1),
        )
    })
}

fn parts_rates(case: &Case<'_>) -> Option<Vec<Decimal>> {
    let row = &case.table.rows[case.place.row];
    if !matches!(row.role, Role::Total | Role::Subtotal) || row.parts.len() < 2 {
        return None;
    }
    row.parts.iter().map(|part| case.table.number(Place::new(*part, case.place.column))).collect()
}

fn sum_of_rates(case: &Case<'_>) -> Option<Cause> {
    let sum: Decimal = parts_rates(case)?.iter().sum();
    (sum == case.found).then(|| {
        let found = case.print(case.found);
        let (vi, en) = case.right();
        case.cause(
            Mechanism::SumOfRates,
            format!("{found} là tổng các tỷ lệ của từng dòng; {vi}"),
            format!("{found} is the sum of the rows' rates; {en}"),
        )
    })
}

fn mean_of_rates(case: &Case<'_>) -> Option<Cause> {
    let rates = parts_rates(case)?;
    let (_, _, _, decimals) = case.ratio()?;
    let count = Decimal::from(rates.len());
    let mean = ratio::rounded(rates.iter().sum(), count, Decimal::ONE, decimals)?;
    (mean == case.found.normalize()).then(|| {
        let found = case.print(case.found);
        let (vi, en) = case.right();
        case.cause(
            Mechanism::MeanOfRates,
            format!("{found} là trung bình cộng tỷ lệ của các dòng; {vi}"),
            format!("{found} is the mean of the rows' rates; {en}"),
        )
    })
}

/// 0,0235 for 2,35, or 235 for 2,35 where the quotient was scaled twice.
fn fraction(case: &Case<'_>) -> Option<Cause> {
    let (above, below, scale, decimals) = case.ratio()?;
    let printed = case.found.normalize().scale().max(decimals);
    let quotient = ratio::rounded(above, below, Decimal::ONE, printed)?;
    let other = ratio::rounded(above, below, scale.checked_mul(scale)?, decimals)?;
    let percent = scale == Decimal::ONE_HUNDRED && !above.is_zero();
    let found = case.print_exact();
    if percent && quotient == case.found.normalize() {
        return Some(case.cause(
            Mechanism::Fraction,
            format!("{found} là thương số, chưa nhân 100"),
            format!("{found} is the quotient, not multiplied by 100"),
        ));
    }
    (percent && other == case.found.normalize()).then(|| {
        case.cause(
            Mechanism::Fraction,
            format!("{found} đã nhân 100 hai lần"),
            format!("{found} was multiplied by 100 twice"),
        )
    })
}

impl Case<'_> {
    fn print_exact(&self) -> String {
        print_number(self.found, None)
    }
}

fn inverted(case: &Case<'_>) -> Option<Cause> {
    let (above, below, scale, decimals) = case.ratio()?;
    let turned = ratio::rounded(below, above, scale, decimals)?;
    (turned == case.found.normalize() && above != below).then(|| {
        let (a, b) = (print_number(below, None), print_number(above, None));
        let found = case.print(case.found);
        case.cause(
            Mechanism::Inverted,
            format!("{found} = {a}/{b}: chia ngược tử số và mẫu số"),
            format!("{found} = {a}/{b}: numerator and denominator exchanged"),
        )
    })
}

/// Divided by another count of the row, or by the denominator of the total.
fn wrong_denominator(case: &Case<'_>) -> Option<Cause> {
    let Relation::Ratio { denominator, .. } = &case.instance?.relation else { return None };
    let [(own, _)] = denominator.places.as_slice() else { return None };
    let (above, _, scale, decimals) = case.ratio()?;
    if above.is_zero() {
        return None;
    }
    let columns = &case.table.columns;
    let beside = (0..columns.len())
        .filter(|c| columns[*c].kind.adds_up() && *c != own.column)
        .map(|c| Place::new(case.place.row, c));
    let below = (0..case.table.rows.len())
        .filter(|row| *row != case.place.row)
        .map(|row| Place::new(row, own.column));
    let fits = |place: &Place| {
        case.table.number(*place).and_then(|value| ratio::rounded(above, value, scale, decimals))
            == Some(case.found.normalize())
    };
    let place = beside.chain(below).find(fits)?;
    let derivation = format!(
        "{} = {}/{}",
        case.print(case.found),
        print_number(above, None),
        case.print_at(place)
    );
    let (vi, en) = case.right();
    let address = case.table.address(place);
    Some(case.cause(
        Mechanism::WrongDenominator,
        format!("{derivation}: lấy mẫu số ở ô {address}; {vi}"),
        format!("{derivation}: divided by cell {address}; {en}"),
    ))
}

fn lost_comma(case: &Case<'_>) -> Option<Cause> {
    let moved = [Decimal::TEN, Decimal::ONE_HUNDRED]
        .into_iter()
        .any(|factor| case.expected.checked_mul(factor).is_some_and(|v| v == case.found));
    (moved && !case.expected.is_zero() && case.found.fract().is_zero()).then(|| {
        let (found, right) = (case.print_exact(), case.print(case.expected));
        case.cause(
            Mechanism::LostComma,
            format!("{found} là {right} mất dấu phẩy thập phân"),
            format!("{found} is {right} without its decimal comma"),
        )
    })
}

fn truncated(case: &Case<'_>) -> Option<Cause> {
    let (above, below, scale, decimals) = case.ratio()?;
    let exact = above.checked_mul(scale)?.checked_div(below)?;
    let cut = exact.round_dp_with_strategy(decimals, RoundingStrategy::ToZero).normalize();
    (cut == case.found.normalize()).then(|| {
        let found = case.print(case.found);
        case.cause(
            Mechanism::Truncated,
            format!("{found} bị cắt bỏ phần lẻ thay vì làm tròn"),
            format!("{found} was cut off instead of rounded"),
        )
    })
}

fn fewer_decimals(case: &Case<'_>) -> Option<Cause> {
    let (above, below, scale, decimals) = case.ratio()?;
    (0..decimals)
        .rev()
        .find(|places| ratio::rounded(above, below, scale, *places) == Some(case.found.normalize()))
        .map(|places| {
            let found = print_number(case.found, Some(places));
            case.cause(
                Mechanism::FewerDecimals,
                format!("{found} chỉ làm tròn đến {places} chữ số thập phân"),
                format!("{found} is rounded to {places} decimals only"),
            )
        })
}

/// 2,16 = 11/510: right for an earlier count. For a large denominator every rate is right for some
/// count, so only counts near the present one speak for it.
fn stale_rate(case: &Case<'_>) -> Option<Cause> {
    let (above, below, scale, decimals) = case.ratio()?;
    let near = Decimal::from(3).max(above.abs() / Decimal::TEN);
    let (mut best, mut distance) = (None, Decimal::ONE);
    while distance <= near && best.is_none() {
        best = [above - distance, above + distance].into_iter().find(|count| {
            *count >= Decimal::ZERO
                && ratio::rounded(*count, below, scale, decimals) == Some(case.found.normalize())
        });
        distance += Decimal::ONE;
    }
    let count = print_number(best?, None);
    let (found, below) = (case.print(case.found), print_number(below, None));
    let (vi, en) = case.right();
    Some(case.cause(
        Mechanism::StaleRate,
        format!("{found} = {count}/{below}: tỷ lệ của số liệu cũ; {vi}"),
        format!("{found} = {count}/{below}: the rate of an earlier count; {en}"),
    ))
}

fn total_parts(case: &Case<'_>) -> Option<Vec<(usize, Decimal)>> {
    let row = &case.table.rows[case.place.row];
    if !matches!(row.role, Role::Total | Role::Subtotal) {
        return None;
    }
    let number = |part: &usize| case.table.number(Place::new(*part, case.place.column));
    row.parts.iter().map(|part| Some((*part, number(part)?))).collect()
}

fn omitted_row(case: &Case<'_>) -> Option<Cause> {
    row_by_difference(
        case,
        case.expected - case.found,
        Mechanism::OmittedRow,
        "thiếu dòng",
        "without row",
    )
}

fn doubled_row(case: &Case<'_>) -> Option<Cause> {
    row_by_difference(
        case,
        case.found - case.expected,
        Mechanism::DoubledRow,
        "cộng hai lần dòng",
        "counting twice row",
    )
}

/// The one part whose figure is exactly the difference. Small figures recur, so a difference that
/// several rows explain names none.
fn row_by_difference(
    case: &Case<'_>,
    difference: Decimal,
    mechanism: Mechanism,
    vi: &str,
    en: &str,
) -> Option<Cause> {
    let parts = total_parts(case)?;
    let mut fitting = parts.iter().filter(|(_, value)| *value == difference);
    let (row, value) = fitting.next().filter(|_| difference > Decimal::ZERO)?;
    if fitting.next().is_some() {
        return None;
    }
    let (found, value) = (case.print(case.found), case.print(*value));
    let name = &case.table.rows[*row].name;
    Some(case.cause(
        mechanism,
        format!("{found} là tổng {vi} {name} ({value})"),
        format!("{found} is the sum {en} {name} ({value})"),
    ))
}

fn thousands_dot(case: &Case<'_>) -> Option<Cause> {
    let restored = case.found.checked_mul(Decimal::ONE_THOUSAND)?;
    (restored == case.expected && !case.expected.is_zero()).then(|| {
        let (found, right) = (case.print_exact(), case.print(case.expected));
        case.cause(
            Mechanism::ThousandsDot,
            format!("{found}: dấu chấm hàng nghìn của {right} bị hiểu là dấu thập phân"),
            format!("{found}: the thousands dot of {right} was read as a decimal point"),
        )
    })
}

fn sign(case: &Case<'_>) -> Option<Cause> {
    (case.found == -case.expected && !case.found.is_zero()).then(|| {
        let found = case.print(case.found);
        case.cause(
            Mechanism::Sign,
            format!("{found} bị ngược dấu"),
            format!("{found} has the wrong sign"),
        )
    })
}

/// The printed digits of both figures, to the decimals of the column.
fn digits(case: &Case<'_>) -> Option<(Vec<char>, Vec<char>)> {
    let plain =
        |value| -> Vec<char> { case.print(value).chars().filter(char::is_ascii_digit).collect() };
    if case.found.is_sign_negative() || case.expected.is_sign_negative() {
        return None;
    }
    let (found, right) = (plain(case.found), plain(case.expected));
    // With one or two digits every figure is near every other: no evidence of a slip.
    (found.len().max(right.len()) >= 3).then_some((found, right))
}

fn digit_cause(case: &Case<'_>, mechanism: Mechanism, vi: &str, en: &str) -> Cause {
    let (found, right) = (case.print(case.found), case.print(case.expected));
    case.cause(mechanism, format!("{found} là {right} {vi}"), format!("{found} is {right} {en}"))
}

fn swapped_digits(case: &Case<'_>) -> Option<Cause> {
    let (found, right) = digits(case)?;
    let differing: Vec<usize> =
        (0..found.len().min(right.len())).filter(|i| found[*i] != right[*i]).collect();
    let swapped = found.len() == right.len()
        && matches!(differing.as_slice(), [a, b] if b - a == 1 && found[*a] == right[*b] && found[*b] == right[*a]);
    swapped.then(|| {
        digit_cause(
            case,
            Mechanism::SwappedDigits,
            "bị đảo hai chữ số liền nhau",
            "with two neighbouring digits exchanged",
        )
    })
}

/// True when the longer is the shorter with one digit put in.
fn one_more(longer: &[char], shorter: &[char]) -> bool {
    longer.len() == shorter.len() + 1
        && (0..longer.len()).any(|skip| {
            longer.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| c).eq(shorter)
        })
}

fn dropped_digit(case: &Case<'_>) -> Option<Cause> {
    let (found, right) = digits(case)?;
    one_more(&right, &found).then(|| {
        digit_cause(case, Mechanism::DroppedDigit, "bị thiếu một chữ số", "with a digit left out")
    })
}

fn added_digit(case: &Case<'_>) -> Option<Cause> {
    let (found, right) = digits(case)?;
    one_more(&found, &right).then(|| {
        digit_cause(case, Mechanism::AddedDigit, "bị thừa một chữ số", "with a digit too many")
    })
}

fn replaced_digit(case: &Case<'_>) -> Option<Cause> {
    let (found, right) = digits(case)?;
    let differing = found.iter().zip(&right).filter(|(a, b)| a != b).count();
    (found.len() == right.len() && differing == 1).then(|| {
        digit_cause(case, Mechanism::ReplacedDigit, "bị sai một chữ số", "with one digit replaced")
    })
}

/// The figure of the cell above, below, left or right. Small counts recur by chance.
fn neighbour(case: &Case<'_>) -> Option<Cause> {
    if digits(case)?.0.len() < 3 || case.found.is_zero() {
        return None;
    }
    let Place { row, column } = case.place;
    let kind = case.table.columns[column].kind;
    let beside = (0..case.table.columns.len())
        .filter(|c| c.abs_diff(column) <= 2 && *c != column && case.table.columns[*c].kind == kind)
        .map(|c| Place::new(row, c));
    let above =
        (0..case.table.rows.len()).filter(|r| r.abs_diff(row) == 1).map(|r| Place::new(r, column));
    let place = above.chain(beside).find(|place| case.table.number(*place) == Some(case.found))?;
    let (found, address) = (case.print(case.found), case.table.address(place));
    Some(case.cause(
        Mechanism::Neighbour,
        format!("{found} là số của ô bên cạnh {address}"),
        format!("{found} is the figure of the neighbouring cell {address}"),
    ))
}
