//! The functions the evaluator knows, by family. A function outside them is not guessed at.

mod aggregate;
mod conditional;
mod criterion;
mod information;
mod logic;
mod lookup;
mod math;
mod text;

use super::Stop;
use super::evaluate::{Evaluator, Operand, Step, unsupported};
use super::scalar::{ErrorKind, Scalar};
use super::syntax::{Call, Expression};

/// The arguments of a call.
type Arguments<'a> = &'a [Expression];
/// One family: `None` when the function is of another.
type Family = fn(&Evaluator<'_>, &str, Arguments<'_>) -> Option<Step<Operand>>;

const FAMILIES: [Family; 7] = [
    aggregate::call,
    conditional::call,
    math::call,
    logic::call,
    lookup::call,
    text::call,
    information::call,
];

/// Calls a function by its name in capitals.
pub(crate) fn call(evaluator: &Evaluator<'_>, call: &Call) -> Step<Operand> {
    FAMILIES
        .iter()
        .find_map(|family| family(evaluator, &call.function, &call.arguments))
        .unwrap_or_else(|| unsupported("function", &call.function))
}

/// Excel refuses to enter a call with too few or too many arguments; a file that holds one was
/// not written by it.
fn expect(arguments: Arguments<'_>, least: usize, most: usize) -> Step<()> {
    if (least..=most).contains(&arguments.len()) {
        Ok(())
    } else {
        unsupported("number of arguments", "")
    }
}

fn number(number: f64) -> Step<Operand> {
    super::evaluate::finite(number).map(Operand::Scalar)
}

#[expect(clippy::cast_precision_loss, reason = "a count of cells lies far below 2^53")]
fn count(count: usize) -> Step<Operand> {
    number(count as f64)
}

#[expect(clippy::unnecessary_wraps, reason = "the last step of functions that can fail")]
fn truth(truth: bool) -> Step<Operand> {
    Ok(Operand::Scalar(Scalar::Bool(truth)))
}

fn error<T>(kind: ErrorKind) -> Step<T> {
    Err(Stop::Error(kind))
}

/// True for an argument that is there and not left empty.
fn given(arguments: Arguments<'_>, index: usize) -> bool {
    arguments.get(index).is_some_and(|argument| *argument != Expression::Omitted)
}
