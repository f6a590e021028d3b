//! The arithmetic of a formula: what a person would write down of it, without rounding and without the
//! guards against division by nought.

use rust_decimal::Decimal;

use super::parse::Formula;
use super::syntax::{Binary, Call, CellReference, Expression, Reference, Unary};
use crate::workbook::Address;

/// Cells of a range that are written out.
const MOST_CELLS: u64 = 400;

/// Sums, differences, products and quotients of cells of the formula's own sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Arithmetic {
    /// A number.
    Number(Decimal),
    /// A cell.
    Cell(Address),
    /// Both added.
    Add(Box<Self>, Box<Self>),
    /// The first less the second.
    Subtract(Box<Self>, Box<Self>),
    /// Both multiplied.
    Multiply(Box<Self>, Box<Self>),
    /// The first through the second.
    Divide(Box<Self>, Box<Self>),
}

impl Formula {
    /// Its arithmetic, seen through `ROUND`, `IFERROR` and an `IF` one branch of which says nothing;
    /// `None` where it computes otherwise or reads another sheet.
    #[must_use]
    pub fn arithmetic(&self) -> Option<Arithmetic> {
        of(&self.root())
    }
}

fn of(expression: &Expression) -> Option<Arithmetic> {
    let both = |left: &Expression, right: &Expression| Some((of(left)?.into(), of(right)?.into()));
    Some(match expression {
        Expression::Number(number) => Arithmetic::Number(Decimal::try_from(*number).ok()?),
        Expression::Reference(Reference::Cells(cells)) if cells.single => cell(cells)?,
        Expression::Unary(Unary::Plus | Unary::Single, operand) => of(operand)?,
        Expression::Unary(Unary::Minus, operand) => {
            Arithmetic::Subtract(Arithmetic::Number(Decimal::ZERO).into(), of(operand)?.into())
        }
        Expression::Unary(Unary::Percent, operand) => {
            let hundred = Arithmetic::Number(Decimal::ONE_HUNDRED);
            Arithmetic::Divide(of(operand)?.into(), hundred.into())
        }
        Expression::Binary(operator, left, right) => {
            let (left, right) = both(left, right)?;
            match operator {
                Binary::Add => Arithmetic::Add(left, right),
                Binary::Subtract => Arithmetic::Subtract(left, right),
                Binary::Multiply => Arithmetic::Multiply(left, right),
                Binary::Divide => Arithmetic::Divide(left, right),
                _ => return None,
            }
        }
        Expression::Call(call) => called(call)?,
        _ => return None,
    })
}

fn cell(cells: &CellReference) -> Option<Arithmetic> {
    cells.sheet.is_none().then_some(Arithmetic::Cell(cells.range.start))
}

fn called(call: &Call) -> Option<Arithmetic> {
    match (&*call.function, call.arguments.as_slice()) {
        ("SUM", arguments) => sum(arguments),
        ("ROUND" | "IFERROR", [inner, _]) => of(inner),
        ("IF", [_, one, other]) if says_nothing(one) => of(other),
        ("IF", [_, one, other]) if says_nothing(other) => of(one),
        _ => None,
    }
}

fn says_nothing(branch: &Expression) -> bool {
    match branch {
        Expression::Text(text) => text.trim().is_empty() || &**text == "-",
        Expression::Number(number) => *number == 0.0,
        Expression::Omitted => true,
        _ => false,
    }
}

fn sum(arguments: &[Expression]) -> Option<Arithmetic> {
    let mut sum: Option<Arithmetic> = None;
    let mut add = |part: Arithmetic| {
        sum = Some(match sum.take() {
            Some(sum) => Arithmetic::Add(sum.into(), part.into()),
            None => part,
        });
    };
    for argument in arguments {
        match argument {
            Expression::Reference(Reference::Cells(cells)) if !cells.single => {
                let range = cells.range;
                let wide = u64::from(range.end.column - range.start.column) + 1;
                let high = u64::from(range.end.row - range.start.row) + 1;
                if cells.sheet.is_some() || wide.saturating_mul(high) > MOST_CELLS {
                    return None;
                }
                for row in range.start.row..=range.end.row {
                    for column in range.start.column..=range.end.column {
                        add(Arithmetic::Cell(Address::new(row, column)));
                    }
                }
            }
            other => add(of(other)?),
        }
    }
    sum
}
