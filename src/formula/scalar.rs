//! Single values as Excel calculates with them: kinds of errors, coercions, comparison.
//!
//! Here `f64` is right: Excel's own arithmetic is binary and shows 15 decimal digits. What Excel
//! reads differently from one regional setting to the next is not guessed at.

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Stop, Unsupported};
use crate::workbook::Value;

/// An error value of the spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// `#NULL!`: ranges that do not meet.
    Null,
    /// `#DIV/0!`.
    Division,
    /// `#VALUE!`: text where a number must stand.
    Value,
    /// `#REF!`: a cell that is not there.
    Reference,
    /// `#NAME?`.
    Name,
    /// `#NUM!`: outside the numbers a spreadsheet knows.
    Number,
    /// `#N/A`: not found.
    NotAvailable,
}

const ERROR_NAMES: [(ErrorKind, &str); 7] = [
    (ErrorKind::Null, "#NULL!"),
    (ErrorKind::Division, "#DIV/0!"),
    (ErrorKind::Value, "#VALUE!"),
    (ErrorKind::Reference, "#REF!"),
    (ErrorKind::Name, "#NAME?"),
    (ErrorKind::Number, "#NUM!"),
    (ErrorKind::NotAvailable, "#N/A"),
];

impl ErrorKind {
    /// The error as the spreadsheet prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        ERROR_NAMES.iter().find(|(kind, _)| *kind == self).map_or("#VALUE!", |(_, name)| name)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let name = name.trim();
        ERROR_NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(kind, _)| *kind)
    }
}

/// The obstacle of a cell whose formula has no result that anybody knows.
pub(crate) const NO_RESULT: &str = "formula without a stored result";

/// One value in a calculation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Blank,
    Number(f64),
    Text(Arc<str>),
    Bool(bool),
    Error(ErrorKind),
}

/// What a text is when a number is asked for.
pub(crate) enum NumericText {
    Number(f64),
    No,
    /// It depends on the regional settings of the program that calculates.
    Depends,
}

impl Scalar {
    pub(crate) fn from_value(value: &Value) -> Result<Self, Unsupported> {
        Ok(match value {
            Value::Blank => Self::Blank,
            Value::Number(number) | Value::Date(number) => Self::Number(to_double(*number)),
            Value::Text(text) => Self::Text(Arc::from(text.as_str())),
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Error(name) => Self::Error(
                ErrorKind::from_name(name).ok_or_else(|| Unsupported::new("error", name))?,
            ),
            Value::Unknown(_) => return Err(Unsupported::new(NO_RESULT, "")),
        })
    }

    /// The value as a cell keeps it: a number to 15 significant digits.
    pub(crate) fn into_value(self) -> Result<Value, Unsupported> {
        Ok(match self {
            Self::Blank => Value::Blank,
            Self::Number(number) => Value::Number(to_decimal(number)?),
            Self::Text(text) => Value::Text(text.to_string()),
            Self::Bool(truth) => Value::Bool(truth),
            Self::Error(kind) => Value::Error(kind.name().into()),
        })
    }

    pub(crate) fn number(&self) -> Result<f64, Stop> {
        match self {
            Self::Blank => Ok(0.0),
            Self::Number(number) => Ok(*number),
            Self::Bool(truth) => Ok(f64::from(u8::from(*truth))),
            Self::Error(kind) => Err(Stop::Error(*kind)),
            Self::Text(text) => match numeric_text(text) {
                NumericText::Number(number) => Ok(number),
                NumericText::No => Err(Stop::Error(ErrorKind::Value)),
                NumericText::Depends => Err(depends(text)),
            },
        }
    }

    pub(crate) fn text(&self) -> Result<Arc<str>, Stop> {
        Ok(match self {
            Self::Blank => Arc::from(""),
            Self::Number(number) => Arc::from(number_text(*number)?),
            Self::Text(text) => Arc::clone(text),
            Self::Bool(truth) => Arc::from(if *truth { "TRUE" } else { "FALSE" }),
            Self::Error(kind) => return Err(Stop::Error(*kind)),
        })
    }

    /// The value as a condition.
    pub(crate) fn truth(&self) -> Result<bool, Stop> {
        match self {
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Self::Text(text) => match numeric_text(text) {
                NumericText::No => Err(Stop::Error(ErrorKind::Value)),
                _ => Err(Unsupported::new("text as a condition", text).into()),
            },
            other => Ok(!is_zero(other.number()?)),
        }
    }
}

pub(crate) fn depends(text: &str) -> Stop {
    Unsupported::new("text read as a number", text).into()
}

/// Reads a text as a number only where every regional setting agrees.
pub(crate) fn numeric_text(text: &str) -> NumericText {
    let text = text.trim_matches(' ');
    if !text.chars().any(|c| c.is_ascii_digit()) {
        return NumericText::No;
    }
    let (plain, scale) = text.strip_suffix('%').map_or((text, 1.0), |plain| (plain, 100.0));
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match plain.parse::<f64>() {
            Ok(number) => NumericText::Number(number / scale),
            Err(_) => NumericText::Depends,
        };
    }
    if words(text).all(|word| MAY_BE_PART_OF_A_NUMBER.contains(&word.to_lowercase().as_str())) {
        NumericText::Depends
    } else {
        NumericText::No
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

/// Months, halves of the day, exponents and currencies: with these a text may be a date or an
/// amount under some regional setting.
const MAY_BE_PART_OF_A_NUMBER: [&str; 39] = [
    "e",
    "am",
    "pm",
    "a",
    "p",
    "sa",
    "ch",
    "đ",
    "vnd",
    "vnđ",
    "usd",
    "tháng",
    "thg",
    "ngày",
    "năm",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A number as `&` writes it, under `General`: as many of 15 digits as it has.
fn number_text(number: f64) -> Result<String, Stop> {
    let size = number.abs();
    if size >= 1e11 || (size < 1e-4 && !is_zero(size)) {
        return Err(Unsupported::new("number in scientific notation as text", "").into());
    }
    let text = format!("{}", fifteen_digits(number));
    if text.contains('.') {
        // The decimal separator is the system's.
        return Err(Unsupported::new("number with decimals as text", &text).into());
    }
    Ok(if text == "-0" { "0".to_owned() } else { text })
}

/// The number to the 15 significant digits Excel compares and shows.
pub(crate) fn fifteen_digits(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// True for zero of either sign.
pub(crate) fn is_zero(number: f64) -> bool {
    number.to_bits() << 1 == 0
}

/// The nearest double; exact division where both parts fit, so `0.285` is what Excel holds.
pub(crate) fn to_double(number: Decimal) -> f64 {
    // Every power of ten up to there is a double.
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    if let Some(power) = POWERS.get(number.scale() as usize)
        && let Ok(mantissa) = i64::try_from(number.mantissa())
        && mantissa.unsigned_abs() < 1 << 53
    {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53, exact")]
        return mantissa as f64 / power;
    }
    number.to_string().parse().unwrap_or(f64::NAN)
}

/// The decimal that a double is the nearest to, where it has four places or fewer: counts and rates.
fn few_decimals(number: f64) -> Option<Decimal> {
    const POWER: f64 = 10_000.0;
    let scaled = (number * POWER).round();
    // At most fifteen digits, so that no other decimal of as many has the same nearest double.
    let is_nearest = scaled.abs() < 1e15 && (scaled / POWER).to_bits() == number.to_bits();
    #[expect(clippy::cast_possible_truncation, reason = "whole, and below 10^15")]
    is_nearest.then(|| Decimal::new(scaled as i64, 4).normalize())
}

/// The number to 15 significant digits.
pub(crate) fn to_decimal(number: f64) -> Result<Decimal, Unsupported> {
    let size = number.abs();
    if size < 1e-27 {
        return Ok(Decimal::ZERO);
    }
    if !number.is_finite() || size > 7e28 {
        return Err(Unsupported::new("number out of range", &number.to_string()));
    }
    if let Some(plain) = few_decimals(number) {
        return Ok(plain);
    }
    let text = format!("{}", fifteen_digits(number));
    let decimal = text.parse::<Decimal>().map_err(|_| Unsupported::new("number", &text))?;
    Ok(decimal.normalize())
}

/// Compares as the operators `=`, `<` … do: numbers before texts before truth values, letter case
/// aside, numbers to 15 digits.
pub(crate) fn compare(left: &Scalar, right: &Scalar) -> Result<Ordering, Stop> {
    if let Scalar::Error(kind) = left {
        return Err(Stop::Error(*kind));
    }
    if let Scalar::Error(kind) = right {
        return Err(Stop::Error(*kind));
    }
    match (&like(left, right), &like(right, left)) {
        (Scalar::Number(a), Scalar::Number(b)) => fifteen_digits(*a)
            .partial_cmp(&fifteen_digits(*b))
            .ok_or_else(|| Unsupported::new("comparison", "").into()),
        (Scalar::Text(a), Scalar::Text(b)) => Ok(compare_texts(a, b)),
        (Scalar::Bool(a), Scalar::Bool(b)) => Ok(a.cmp(b)),
        (a, b) => Ok(rank(a).cmp(&rank(b))),
    }
}

/// A blank becomes the empty value of the other side's kind.
fn like(value: &Scalar, other: &Scalar) -> Scalar {
    match (value, other) {
        (Scalar::Blank, Scalar::Text(_)) => Scalar::Text(Arc::from("")),
        (Scalar::Blank, Scalar::Bool(_)) => Scalar::Bool(false),
        (Scalar::Blank, _) => Scalar::Number(0.0),
        _ => value.clone(),
    }
}

fn rank(value: &Scalar) -> u8 {
    match value {
        Scalar::Blank | Scalar::Number(_) => 0,
        Scalar::Text(_) => 1,
        Scalar::Bool(_) | Scalar::Error(_) => 2,
    }
}

/// By code point, letter case aside; whether that is Excel's order is [`plain_order`]'s question.
fn compare_texts(a: &str, b: &str) -> Ordering {
    a.to_lowercase().cmp(&b.to_lowercase())
}

/// True when the order of two texts does not hang on a language's collation.
pub(crate) fn plain_order(value: &Scalar) -> bool {
    match value {
        Scalar::Text(text) => text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        _ => true,
    }
}

/// Equality as look-ups see it: same kind, letter case aside; a blank equals nothing.
pub(crate) fn same(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Text(a), Scalar::Text(b)) => a.to_lowercase() == b.to_lowercase(),
        (Scalar::Number(a), Scalar::Number(b)) => is_zero(fifteen_digits(*a) - fifteen_digits(*b)),
        (Scalar::Bool(a), Scalar::Bool(b)) => a == b,
        _ => false,
    }
}
