//! Texts. Lengths and positions count UTF-16 units, as Excel does; a text where that differs from
//! letters is not cut.

use std::sync::Arc;

use super::super::evaluate::{Evaluator, MAX_TEXT, Operand, Step, unsupported};
use super::super::scalar::{ErrorKind, NumericText, Scalar, depends, numeric_text};
use super::{Arguments, count, error, expect, number, truth};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "LEFT" => ends(evaluator, arguments, |letters, taken| &letters[..taken]),
        "RIGHT" => ends(evaluator, arguments, |letters, taken| &letters[letters.len() - taken..]),
        "MID" => middle(evaluator, arguments),
        "LEN" => one(evaluator, arguments).and_then(|text| count(text.encode_utf16().count())),
        "TRIM" => one(evaluator, arguments).and_then(|text| written(&trimmed(&text))),
        "UPPER" => one(evaluator, arguments).and_then(|text| written(&text.to_uppercase())),
        "LOWER" => one(evaluator, arguments).and_then(|text| written(&text.to_lowercase())),
        "T" => only_text(evaluator, arguments),
        "EXACT" => exact(evaluator, arguments),
        "CONCATENATE" | "CONCAT" => joined(evaluator, arguments),
        "VALUE" => value(evaluator, arguments),
        _ => return None,
    })
}

fn one(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Arc<str>> {
    expect(arguments, 1, 1)?;
    evaluator.text(&arguments[0])
}

fn written(text: &str) -> Step<Operand> {
    if text.len() > 4 * MAX_TEXT {
        return unsupported("text beyond the length of a cell", "");
    }
    Ok(Operand::Scalar(Scalar::Text(Arc::from(text))))
}

/// Blanks at the ends fall away, those between words become one; no-break spaces stay.
fn trimmed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn letters(text: &str) -> Step<Vec<char>> {
    let letters: Vec<char> = text.chars().collect();
    if letters.iter().any(|letter| letter.len_utf16() > 1) {
        return unsupported("part of a text with letters of two units", "");
    }
    Ok(letters)
}

fn ends(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    part: fn(&[char], usize) -> &[char],
) -> Step<Operand> {
    expect(arguments, 1, 2)?;
    let letters = letters(&evaluator.text(&arguments[0])?)?;
    let taken = if arguments.len() > 1 { evaluator.whole(&arguments[1])? } else { 1 };
    let Ok(taken) = usize::try_from(taken) else { return error(ErrorKind::Value) };
    written(&part(&letters, taken.min(letters.len())).iter().collect::<String>())
}

fn middle(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 3, 3)?;
    let letters = letters(&evaluator.text(&arguments[0])?)?;
    let start = usize::try_from(evaluator.whole(&arguments[1])? - 1);
    let taken = usize::try_from(evaluator.whole(&arguments[2])?);
    let (Ok(start), Ok(taken)) = (start, taken) else { return error(ErrorKind::Value) };
    written(&letters.iter().skip(start).take(taken).collect::<String>())
}

fn only_text(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 1)?;
    match evaluator.scalar(&arguments[0])? {
        Scalar::Text(text) => written(&text),
        Scalar::Error(kind) => error(kind),
        _ => written(""),
    }
}

fn exact(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 2)?;
    truth(evaluator.text(&arguments[0])? == evaluator.text(&arguments[1])?)
}

fn joined(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 255)?;
    let mut all = String::new();
    for argument in arguments {
        all.push_str(&evaluator.text(argument)?);
        if all.len() > 4 * MAX_TEXT {
            return unsupported("text beyond the length of a cell", "");
        }
    }
    written(&all)
}

fn value(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 1)?;
    match evaluator.scalar(&arguments[0])? {
        Scalar::Text(text) => match numeric_text(&text) {
            NumericText::Number(found) => number(found),
            NumericText::No => error(ErrorKind::Value),
            NumericText::Depends => Err(depends(&text)),
        },
        Scalar::Bool(_) => error(ErrorKind::Value),
        other => number(other.number()?),
    }
}
