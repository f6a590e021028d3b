//! What formulas compute as most people write them, told by their form: sums and differences of
//! cells, and rounded rates of two. Nothing need be tried out on them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use super::parse::Formula;
use super::syntax::{Binary, CellReference, Expression, Reference, Unary};
use crate::workbook::{Address, Distance, Range, Sheet};

/// A formula told by its form. All cells are of the formula's own sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// Cells that are added up, with how often each is; negative ones are taken off.
    Sum {
        /// The cells.
        cells: BTreeMap<Address, i32>,
        /// What settled rows among them add up to ([`crate::workbook::Run`]).
        settled: Decimal,
    },
    /// `ROUND(numerator / denominator * scale, decimals)`, in any order.
    Rate {
        /// What is divided.
        numerator: Address,
        /// What it is divided by.
        denominator: Address,
        /// The factor, 100 for per cent.
        scale: Decimal,
        /// The decimals it is rounded to.
        decimals: u32,
    },
}

impl Formula {
    /// What the formula plainly computes in a sheet, if it reads no more than so many cells; `None` for
    /// any other.
    #[must_use]
    pub fn plain(&self, sheet: &Sheet, most: usize) -> Option<Plain> {
        let (cells, settled) = (BTreeMap::new(), Decimal::ZERO);
        let mut sum = Sum { cells, settled, by: self.by, sheet, most };
        if sum.add(&self.tree, 1).is_some() {
            return Some(Plain::Sum { cells: sum.cells, settled: sum.settled });
        }
        rate(&self.tree, self.by)
    }
}

struct Sum<'a> {
    cells: BTreeMap<Address, i32>,
    settled: Decimal,
    by: Distance,
    sheet: &'a Sheet,
    most: usize,
}

impl Sum<'_> {
    fn add(&mut self, node: &Expression, sign: i32) -> Option<()> {
        match node {
            Expression::Unary(Unary::Plus, operand) => self.add(operand, sign),
            Expression::Unary(Unary::Minus, operand) => self.add(operand, -sign),
            Expression::Binary(Binary::Add, left, right) => {
                self.add(left, sign)?;
                self.add(right, sign)
            }
            Expression::Binary(Binary::Subtract, left, right) => {
                self.add(left, sign)?;
                self.add(right, -sign)
            }
            Expression::Call(call) if &*call.function == "SUM" => call
                .arguments
                .iter()
                .try_for_each(|argument| self.cells(of_own_sheet(argument)?, sign)),
            _ => self.cells(of_own_sheet(node).filter(|cells| cells.single)?, sign),
        }
    }

    fn cells(&mut self, cells: &CellReference, sign: i32) -> Option<()> {
        let Range { start, end } = cells.range_moved(self.by)?;
        let mut row = start.row;
        while row <= end.row {
            if let Some(run) = self.sheet.run_at(row) {
                for column in start.column..=end.column {
                    self.settled =
                        self.settled.checked_add(run.sum(column)? * Decimal::from(sign))?;
                }
                row = run.first + run.rows;
                continue;
            }
            for column in start.column..=end.column {
                let times = self.cells.entry(Address::new(row, column)).or_default();
                *times = times.checked_add(sign)?;
                if self.cells.len() > self.most {
                    return None;
                }
            }
            row += 1;
        }
        Some(())
    }
}

fn of_own_sheet(node: &Expression) -> Option<&CellReference> {
    match node {
        Expression::Reference(Reference::Cells(cells)) if cells.sheet.is_none() => Some(cells),
        _ => None,
    }
}

fn rate(tree: &Expression, by: Distance) -> Option<Plain> {
    let Expression::Call(call) = tree else { return None };
    let [rounded, Expression::Number(decimals)] = call.arguments.as_slice() else { return None };
    if &*call.function != "ROUND" {
        return None;
    }
    let decimals = Decimal::from_f64(*decimals).filter(Decimal::is_integer)?;
    let (above, below) = (Vec::new(), Vec::new());
    let mut quotient = Quotient { above, below, scale: Decimal::ONE, by };
    quotient.multiply(rounded, false)?;
    let ([numerator], [denominator]) = (quotient.above.as_slice(), quotient.below.as_slice())
    else {
        return None;
    };
    Some(Plain::Rate {
        numerator: *numerator,
        denominator: *denominator,
        scale: quotient.scale,
        decimals: u32::try_from(decimals).ok()?,
    })
}

/// What is multiplied and divided.
struct Quotient {
    above: Vec<Address>,
    below: Vec<Address>,
    scale: Decimal,
    by: Distance,
}

impl Quotient {
    fn multiply(&mut self, node: &Expression, divides: bool) -> Option<()> {
        match node {
            Expression::Binary(Binary::Multiply, left, right) => {
                self.multiply(left, divides)?;
                self.multiply(right, divides)
            }
            Expression::Binary(Binary::Divide, left, right) => {
                self.multiply(left, divides)?;
                self.multiply(right, !divides)
            }
            Expression::Number(factor) if !divides => {
                self.scale = self.scale.checked_mul(Decimal::from_f64(*factor)?)?;
                Some(())
            }
            _ => {
                let cells = of_own_sheet(node).filter(|cells| cells.single)?;
                let cell = cells.range_moved(self.by)?.start;
                let side = if divides { &mut self.below } else { &mut self.above };
                side.push(cell);
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Option<Plain> {
        Formula::parse(text).unwrap().plain(&Sheet::default(), 8)
    }

    fn sum(cells: &[(&str, i32)]) -> Plain {
        let cells = cells.iter().map(|(cell, times)| (cell.parse().unwrap(), *times));
        Plain::Sum { cells: cells.collect(), settled: Decimal::ZERO }
    }

    #[test]
    fn sums_and_differences_are_told_by_their_form() {
        assert_eq!(plain("=SUM(C3:C5)"), Some(sum(&[("C3", 1), ("C4", 1), ("C5", 1)])));
        assert_eq!(plain("=SUM(C3,C5)-$D$3"), Some(sum(&[("C3", 1), ("C5", 1), ("D3", -1)])));
        assert_eq!(plain("=E3-(I3-K3)"), Some(sum(&[("E3", 1), ("I3", -1), ("K3", 1)])));
        assert_eq!(plain("=+C3+C3"), Some(sum(&[("C3", 2)])));
        for other in
            ["=SUM(C:C)", "=SUM(Sheet2!C3)", "=C3:C5", "=C3+1", "=SUM(C3*2)", "=MAX(C3,C4)"]
        {
            assert_eq!(plain(other), None, "{other}");
        }
    }

    #[test]
    fn rates_are_told_by_their_form() {
        let percent = Some(Plain::Rate {
            numerator: "E3".parse().unwrap(),
            denominator: "C3".parse().unwrap(),
            scale: Decimal::ONE_HUNDRED,
            decimals: 2,
        });
        for text in ["=ROUND(E3/C3*100,2)", "=ROUND(E3*100/C3,2)", "=ROUND(100*(E3/$C3),2)"] {
            assert_eq!(plain(text), percent, "{text}");
        }
        for other in [
            "=E3/C3*100",
            "=ROUND(E3/C3*100,-1)",
            "=ROUND(E3/(C3*100),2)",
            "=ROUND(E3/C3/D3,2)",
            "=ROUND(E3/C3%,2)",
            "=ROUNDDOWN(E3/C3*100,2)",
            "=ROUND((E3+1)/C3,2)",
        ] {
            assert_eq!(plain(other), None, "{other}");
        }
    }
}
