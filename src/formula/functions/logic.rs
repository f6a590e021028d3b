//! Conditions and choices. Only the branch that is taken is calculated.

use super::super::evaluate::{Evaluator, Operand, Step, unsupported};
use super::super::scalar::{self, ErrorKind, Scalar};
use super::{Arguments, error, expect, truth};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "IF" => conditional(evaluator, arguments),
        "IFS" => first_true(evaluator, arguments),
        "SWITCH" => switch(evaluator, arguments),
        "CHOOSE" => choose(evaluator, arguments),
        "IFERROR" => instead(evaluator, arguments, |_| true),
        "IFNA" => instead(evaluator, arguments, |kind| kind == ErrorKind::NotAvailable),
        "AND" => joined(evaluator, arguments).and_then(|all| truth(all.iter().all(|one| *one))),
        "OR" => joined(evaluator, arguments).and_then(|all| truth(all.iter().any(|one| *one))),
        "XOR" => joined(evaluator, arguments)
            .and_then(|all| truth(all.iter().filter(|one| **one).count() % 2 == 1)),
        "NOT" => expect(arguments, 1, 1).and_then(|()| truth(!evaluator.truth(&arguments[0])?)),
        "TRUE" => expect(arguments, 0, 0).and_then(|()| truth(true)),
        "FALSE" => expect(arguments, 0, 0).and_then(|()| truth(false)),
        _ => return None,
    })
}

fn conditional(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 3)?;
    if evaluator.truth(&arguments[0])? {
        return evaluator.operand(&arguments[1]);
    }
    arguments.get(2).map_or_else(|| truth(false), |other| evaluator.operand(other))
}

fn first_true(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    if arguments.is_empty() || !arguments.len().is_multiple_of(2) {
        return unsupported("number of arguments", "IFS");
    }
    for pair in arguments.chunks_exact(2) {
        if evaluator.truth(&pair[0])? {
            return evaluator.operand(&pair[1]);
        }
    }
    error(ErrorKind::NotAvailable)
}

fn switch(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 3, 254)?;
    let key = evaluator.scalar(&arguments[0])?;
    let (pairs, default) = arguments[1..].as_chunks::<2>();
    for [candidate, result] in pairs {
        if scalar::compare(&key, &evaluator.scalar(candidate)?)?.is_eq() {
            return evaluator.operand(result);
        }
    }
    match default {
        [default] => evaluator.operand(default),
        _ => error(ErrorKind::NotAvailable),
    }
}

fn choose(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 255)?;
    let index = usize::try_from(evaluator.whole(&arguments[0])?).unwrap_or(0);
    match arguments.get(index) {
        Some(chosen) if index > 0 => evaluator.operand(chosen),
        _ => error(ErrorKind::Value),
    }
}

fn instead(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    caught: fn(ErrorKind) -> bool,
) -> Step<Operand> {
    expect(arguments, 2, 2)?;
    match evaluator.scalar(&arguments[0])? {
        Scalar::Error(kind) if caught(kind) => evaluator.operand(&arguments[1]),
        value => Ok(Operand::Scalar(value)),
    }
}

/// The truth values of all arguments; in references text and blanks are passed over.
fn joined(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Vec<bool>> {
    expect(arguments, 1, 255)?;
    let mut found = Vec::new();
    let mut take = |value: &Scalar| {
        match value {
            Scalar::Text(_) | Scalar::Blank => {}
            other => found.push(other.truth()?),
        }
        Ok(())
    };
    for argument in arguments {
        match evaluator.operand(argument)? {
            // What was left out, or looked up and found blank, counts as FALSE.
            Operand::Scalar(Scalar::Blank) => take(&Scalar::Bool(false))?,
            Operand::Scalar(Scalar::Text(text)) => {
                take(&Scalar::Bool(Scalar::Text(text).truth()?))?;
            }
            Operand::Scalar(value) => take(&value)?,
            Operand::Area(area) => evaluator.each_cell(&area, &mut |_, value| take(&value))?,
            Operand::Matrix(rows) => rows.iter().flatten().try_for_each(&mut take)?,
        }
    }
    if found.is_empty() { error(ErrorKind::Value) } else { Ok(found) }
}
