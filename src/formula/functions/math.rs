//! Rounding and arithmetic functions of one or two numbers.

use super::super::evaluate::{Evaluator, Operand, Step, power, unsupported};
use super::super::rounding::{Direction, round};
use super::super::scalar::{ErrorKind, fifteen_digits, is_zero};
use super::{Arguments, error, expect, given, number};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "ROUND" => rounded(evaluator, arguments, Direction::Nearest),
        "ROUNDUP" => rounded(evaluator, arguments, Direction::Away),
        "ROUNDDOWN" => rounded(evaluator, arguments, Direction::Towards),
        "TRUNC" => truncated(evaluator, arguments),
        "INT" => one(evaluator, arguments, floor),
        "ABS" => one(evaluator, arguments, |number| Ok(number.abs())),
        "SIGN" => one(evaluator, arguments, |number| {
            Ok(if is_zero(number) { 0.0 } else { number.signum() })
        }),
        "SQRT" => one(evaluator, arguments, root),
        "MOD" => two(evaluator, arguments, modulo),
        "MROUND" => two(evaluator, arguments, |number, step| stepped(number, step, f64::round)),
        "CEILING" => two(evaluator, arguments, |number, step| stepped(number, step, f64::ceil)),
        "FLOOR" => two(evaluator, arguments, |number, step| stepped(number, step, f64::floor)),
        "QUOTIENT" => two(evaluator, arguments, quotient),
        "POWER" => two_numbers(evaluator, arguments)
            .and_then(|(base, exponent)| power(base, exponent).map(Operand::Scalar)),
        _ => return None,
    })
}

fn one(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    change: impl Fn(f64) -> Step<f64>,
) -> Step<Operand> {
    expect(arguments, 1, 1)?;
    number(change(evaluator.number(&arguments[0])?)?)
}

fn two_numbers(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<(f64, f64)> {
    expect(arguments, 2, 2)?;
    Ok((evaluator.number(&arguments[0])?, evaluator.number(&arguments[1])?))
}

fn two(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    change: impl Fn(f64, f64) -> Step<f64>,
) -> Step<Operand> {
    let (first, second) = two_numbers(evaluator, arguments)?;
    number(change(first, second)?)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the places a double can have")]
fn places(number: f64) -> i64 {
    number.trunc().clamp(-400.0, 400.0) as i64
}

fn rounded(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    direction: Direction,
) -> Step<Operand> {
    two(evaluator, arguments, |number, digits| Ok(round(number, places(digits), direction)))
}

fn truncated(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 2)?;
    let value = evaluator.number(&arguments[0])?;
    let digits = if given(arguments, 1) { evaluator.number(&arguments[1])? } else { 0.0 };
    number(round(value, places(digits), Direction::Towards))
}

/// The next lower whole number. A number that is whole only to 15 digits is not judged: whether
/// Excel sees it above or below hangs on its last bit.
fn floor(number: f64) -> Step<f64> {
    let shown = fifteen_digits(number);
    if !is_zero(shown.fract()) || is_zero(number.fract()) {
        Ok(number.floor())
    } else {
        unsupported("rounding at the edge of a whole number", "")
    }
}

fn root(number: f64) -> Step<f64> {
    if number < 0.0 { error(ErrorKind::Number) } else { Ok(number.sqrt()) }
}

fn modulo(number: f64, divisor: f64) -> Step<f64> {
    if is_zero(divisor) {
        return error(ErrorKind::Division);
    }
    let whole = |number: f64| is_zero(number.fract()) && number.abs() < 1e15;
    if !whole(number) || !whole(divisor) {
        return unsupported("MOD of fractions", "");
    }
    Ok(number - divisor * (number / divisor).floor())
}

fn quotient(number: f64, divisor: f64) -> Step<f64> {
    if is_zero(divisor) {
        return error(ErrorKind::Division);
    }
    Ok((number / divisor).trunc())
}

/// Rounding to multiples; what programs of different age do with negative numbers is left open.
fn stepped(number: f64, step: f64, rounding: fn(f64) -> f64) -> Step<f64> {
    if is_zero(number) {
        return Ok(0.0);
    }
    if number < 0.0 || step <= 0.0 {
        return unsupported("rounding of negative numbers to multiples", "");
    }
    let steps = fifteen_digits(number / step);
    Ok(fifteen_digits(rounding(steps) * step))
}
