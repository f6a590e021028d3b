//! Formulas parsed once: those of a column, and of every file of one form, are one formula, moved.

use std::cell::RefCell;
use std::collections::HashMap;

use super::parse::{Formula, InvalidFormula};
use super::syntax::{Call, CellReference, Expression, Reference};
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range, RelativeForm};

/// Bytes of the longest formula that is remembered.
const LONGEST: usize = 256;
/// Formulas remembered before all are forgotten.
const MOST: usize = 4_096;

thread_local! {
    /// What was parsed on this thread. A formula is read from its text alone, so that what is
    /// remembered of one file is true of every other.
    static KNOWN: RefCell<HashMap<RelativeForm, Known>> = RefCell::default();
}

/// A formula as it was parsed first, and what that has shown.
struct Known {
    at: Address,
    formula: Formula,
    /// True once the formula, moved down, was what parsing gave there; and moved to the right.
    moves: [Option<bool>; 2],
}

impl Formula {
    /// Parses the formula of a cell, as [`Formula::parse`] does.
    ///
    /// # Errors
    /// As [`Formula::parse`].
    pub fn parse_at(text: &str, at: Address) -> Result<Self, InvalidFormula> {
        if text.len() > LONGEST {
            return Self::parse(text);
        }
        let form = RelativeForm::of(text, at);
        KNOWN.with_borrow_mut(|known| {
            if let Some(one) = known.get_mut(&form) {
                one.at(text, at)
            } else {
                let formula = Self::parse(text)?;
                if known.len() >= MOST {
                    known.clear();
                }
                let one = Known { at, formula: formula.clone(), moves: [None; 2] };
                known.insert(form, one);
                Ok(formula)
            }
        })
    }
}

impl Known {
    /// The formula as it is in another cell with this text.
    fn at(&mut self, text: &str, at: Address) -> Result<Formula, InvalidFormula> {
        let rows = i64::from(at.row) - i64::from(self.at.row);
        let columns = i64::from(at.column) - i64::from(self.at.column);
        let ways: Vec<usize> = (0..2).filter(|way| [rows, columns][*way] != 0).collect();
        if ways.iter().any(|way| self.moves[*way] == Some(false)) {
            return Formula::parse(text);
        }
        let elsewhere = moved(&self.formula.root, rows, columns).map(|root| Formula { root });
        if ways.iter().all(|way| self.moves[*way] == Some(true))
            && let Some(formula) = elsewhere
        {
            return Ok(formula);
        }
        // What the grammar takes for a reference may be none to whoever told the form, and the other
        // way round.
        let parsed = Formula::parse(text)?;
        let same = elsewhere.as_ref() == Some(&parsed);
        for way in ways {
            self.moves[way] = Some(same);
        }
        Ok(parsed)
    }
}

/// A part of a formula, moved; `None` where only its text tells what it is elsewhere.
fn moved(part: &Expression, rows: i64, columns: i64) -> Option<Expression> {
    let of = |part: &Expression| moved(part, rows, columns);
    let boxed = |part: &Expression| of(part).map(Box::new);
    Some(match part {
        Expression::Reference(Reference::Cells(cells)) => {
            Expression::Reference(Reference::Cells(cells_moved(cells, rows, columns)?))
        }
        Expression::Reference(Reference::Name(_) | Reference::Deleted) => part.clone(),
        Expression::Reference(_) | Expression::Foreign(_) | Expression::Array(_) => return None,
        Expression::Unary(operator, operand) => Expression::Unary(*operator, boxed(operand)?),
        Expression::Binary(operator, left, right) => {
            Expression::Binary(*operator, boxed(left)?, boxed(right)?)
        }
        Expression::Call(call) => {
            let arguments = call.arguments.iter().map(of).collect::<Option<_>>()?;
            Expression::Call(Call { function: call.function.clone(), arguments })
        }
        plain => plain.clone(),
    })
}

fn cells_moved(cells: &CellReference, rows: i64, columns: i64) -> Option<CellReference> {
    let Range { start, end } = cells.range;
    // Which of two corners was written first is not known any more.
    if cells.first != cells.last {
        return None;
    }
    let whole_columns = !cells.single && start.row == 0 && end.row + 1 == MAX_ROWS;
    let whole_rows = !cells.single && start.column == 0 && end.column + 1 == MAX_COLUMNS;
    let shift = |number: u32, by: i64, stays: bool, most: u32| {
        let moved = if stays { i64::from(number) } else { i64::from(number) + by };
        u32::try_from(moved).ok().filter(|moved| *moved < most)
    };
    let corner = |at: Address| {
        let row = shift(at.row, rows, cells.first.row || whole_columns, MAX_ROWS)?;
        let column = shift(at.column, columns, cells.first.column || whole_rows, MAX_COLUMNS)?;
        Some(Address::new(row, column))
    };
    Some(CellReference { range: Range::new(corner(start)?, corner(end)?), ..cells.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::shift_formula;

    #[test]
    fn formulas_are_what_their_text_says_wherever_they_were_met_before() {
        let first = Address::new(7, 5);
        for text in [
            "=ROUND(E8/$C8*100,2)",
            "SUM(E8:E13)-SUM($E$8:$F$9)",
            "SUM(E$8:E8)",
            "SUM(A:C)+SUM(3:4)+SUM($A:$C)",
            "IF(E8>0,Ten*1,\"E8\")",
            "Sheet2!E8+'Biểu 1'!$E8",
            "SUM(Bang[E8],E8)+T1:T3!E8",
            "{1,2;3,4}*E8",
            "A1:INDEX(B:B,3)+LOG10(E8)",
            "-E8%+e9",
        ] {
            for (rows, columns) in [(0, 0), (1, 0), (1, 0), (2, 0), (0, 1), (0, 2), (40, 7), (1, 1)]
            {
                let at = Address::new(7 + rows, 5 + columns);
                let own = shift_formula(text, i64::from(rows), i64::from(columns));
                assert_eq!(Formula::parse_at(&own, at), Formula::parse(&own), "{own} in {at}");
            }
            assert_eq!(Formula::parse_at(text, first), Formula::parse(text), "{text}");
        }
    }
}
