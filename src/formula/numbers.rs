//! Arithmetic on numbers and single cells, as most formulas have it: what is a number all along is
//! calculated as one.

use super::Stop;
use super::evaluate::{Evaluator, Step, applied};
use super::scalar::ErrorKind;
use super::syntax::{Binary, Expression, Reference};

/// Parts within parts that are calculated here; what is nested deeper goes the common way.
const DEEPEST: usize = 8;

impl Evaluator<'_> {
    /// The number that plain arithmetic gives; `None` for anything that may be more than one value, or
    /// no number.
    pub(super) fn plain_number(&self, expression: &Expression) -> Option<Step<f64>> {
        is_plain(expression, DEEPEST).then(|| self.calculated(expression))
    }

    fn calculated(&self, expression: &Expression) -> Step<f64> {
        match expression {
            Expression::Number(number) => Ok(*number),
            Expression::Reference(Reference::Cells(cells)) => {
                let range = cells.range_moved(self.by).ok_or(Stop::Error(ErrorKind::Reference))?;
                self.cell(cells.sheet.as_deref(), range.start)?.number()
            }
            Expression::Binary(operator, left, right) => {
                // An error of the spreadsheet keeps no other part from being looked at: what is not
                // known there is not known of the whole.
                let (left, right) = (known(self.calculated(left))?, known(self.calculated(right))?);
                applied(*operator, left?, right?, self.source.settles())
            }
            _ => Err(Stop::Error(ErrorKind::Value)),
        }
    }
}

/// True for numbers, single cells and arithmetic on such, nested no deeper than so many levels.
fn is_plain(expression: &Expression, levels: usize) -> bool {
    match expression {
        Expression::Number(_) => true,
        Expression::Reference(Reference::Cells(cells)) => cells.single,
        Expression::Binary(operator, left, right) => {
            let rest = levels.checked_sub(1);
            is_arithmetic(*operator)
                && rest.is_some_and(|rest| is_plain(left, rest) && is_plain(right, rest))
        }
        _ => false,
    }
}

fn is_arithmetic(operator: Binary) -> bool {
    use Binary::{Add, Divide, Multiply, Power, Subtract};
    matches!(operator, Add | Subtract | Multiply | Divide | Power)
}

/// What is known of a part: its number or an error of the spreadsheet.
fn known(part: Step<f64>) -> Step<Step<f64>> {
    match part {
        Err(Stop::Unsupported(what)) => Err(Stop::Unsupported(what)),
        known => Ok(known),
    }
}
