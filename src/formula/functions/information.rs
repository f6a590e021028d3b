//! What kind of value something is.

use super::super::evaluate::{Evaluator, Operand, Step};
use super::super::scalar::{ErrorKind, Scalar};
use super::{Arguments, error, expect, number, truth};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    let is = |test: fn(&Scalar) -> bool| {
        expect(arguments, 1, 1)?;
        truth(test(&evaluator.scalar(&arguments[0])?))
    };
    Some(match name {
        "ISNUMBER" => is(|value| matches!(value, Scalar::Number(_))),
        "ISTEXT" => is(|value| matches!(value, Scalar::Text(_))),
        "ISNONTEXT" => is(|value| !matches!(value, Scalar::Text(_))),
        "ISLOGICAL" => is(|value| matches!(value, Scalar::Bool(_))),
        "ISBLANK" => is(|value| *value == Scalar::Blank),
        "ISERROR" => is(|value| matches!(value, Scalar::Error(_))),
        "ISNA" => is(|value| *value == Scalar::Error(ErrorKind::NotAvailable)),
        "ISERR" => {
            is(|value| matches!(value, Scalar::Error(kind) if *kind != ErrorKind::NotAvailable))
        }
        "NA" => expect(arguments, 0, 0).and_then(|()| error(ErrorKind::NotAvailable)),
        "N" => expect(arguments, 1, 1).and_then(|()| plain_number(evaluator, arguments)),
        _ => return None,
    })
}

fn plain_number(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    match evaluator.scalar(&arguments[0])? {
        Scalar::Text(_) => number(0.0),
        other => number(other.number()?),
    }
}
