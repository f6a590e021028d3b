//! Formulas parsed once: those of a column, and of every file of one form, are one formula, moved.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use super::parse::{Formula, InvalidFormula};
use super::syntax::{CellReference, Expression, Reference};
use crate::workbook::{Address, Distance, FormulaText, MAX_COLUMNS, MAX_ROWS, Range, RelativeForm};

/// Bytes of the longest formula that is remembered.
const LONGEST: usize = 256;
/// Formulas remembered before all are forgotten.
const MOST: usize = 4_096;

thread_local! {
    /// What was parsed on this thread. A formula is read from its text alone, so that what is
    /// remembered of one file is true of every other.
    static KNOWN: RefCell<Memory> = RefCell::default();
}

/// Parsed formulas, and the forms that lead to them.
#[derive(Default)]
struct Memory {
    formulas: Vec<Known>,
    by_form: HashMap<RelativeForm, usize>,
    /// Forms met last: those of the columns of a table, where the cells of a column share one.
    last: VecDeque<(RelativeForm, usize)>,
}

/// Forms met last that are compared before all others are looked up.
const LAST: usize = 16;

impl Memory {
    fn get_mut(&mut self, form: &RelativeForm) -> Option<&mut Known> {
        let last = self.last.iter().find(|(last, _)| last.is_shared_with(form));
        if let Some((_, known)) = last {
            return self.formulas.get_mut(*known);
        }
        let known = *self.by_form.get(form)?;
        self.last.truncate(LAST - 1);
        self.last.push_front((form.clone(), known));
        self.formulas.get_mut(known)
    }

    fn insert(&mut self, form: &RelativeForm, formula: Known) {
        if self.formulas.len() >= MOST {
            *self = Self::default();
        }
        self.by_form.insert(form.clone(), self.formulas.len());
        self.formulas.push(formula);
    }
}

/// A formula as it was parsed first, and what that has shown.
struct Known {
    at: Address,
    formula: Formula,
    reach: Option<Reach>,
    /// True once the formula, moved down, was what parsing gave there; and moved to the right.
    moves: [Option<bool>; 2],
}

impl Formula {
    /// Parses the formula of a cell, as [`Formula::parse`] does.
    ///
    /// # Errors
    /// As [`Formula::parse`].
    pub fn parse_at(text: &str, at: Address) -> Result<Self, InvalidFormula> {
        Self::of_cell(&text.into(), at)
    }

    /// Parses the formula that a cell holds, as [`Formula::parse`] does.
    ///
    /// # Errors
    /// As [`Formula::parse`].
    pub fn of_cell(text: &FormulaText, at: Address) -> Result<Self, InvalidFormula> {
        if text.len() > LONGEST {
            return Self::parse(text);
        }
        let form = text.form(at);
        KNOWN.with_borrow_mut(|known| {
            if let Some(one) = known.get_mut(form) {
                one.at(text, at)
            } else {
                let formula = Self::parse(text)?;
                known.insert(form, Known::new(at, &formula));
                Ok(formula)
            }
        })
    }
}

impl Known {
    fn new(at: Address, formula: &Formula) -> Self {
        let reach = Reach::of(&formula.tree);
        Self { at, formula: formula.clone(), reach, moves: [None; 2] }
    }

    /// The formula as it is in another cell with this text.
    fn at(&mut self, text: &str, at: Address) -> Result<Formula, InvalidFormula> {
        let by = Distance::between(self.at, at);
        let goes = [by.rows != 0, by.columns != 0];
        let ways = || (0..2).filter(|way| goes[*way]);
        if ways().any(|way| self.moves[way] == Some(false)) {
            return Formula::parse(text);
        }
        let stays = self.reach.is_some_and(|reach| reach.stays_inside(by));
        let elsewhere = stays.then(|| Formula { by, ..self.formula.clone() });
        if ways().all(|way| self.moves[way] == Some(true))
            && let Some(formula) = elsewhere
        {
            return Ok(formula);
        }
        // What the grammar takes for a reference may be none to whoever told the form, and the other
        // way round.
        let parsed = Formula::parse(text)?;
        let same = elsewhere.as_ref() == Some(&parsed);
        for way in ways() {
            self.moves[way] = Some(same);
        }
        Ok(elsewhere.filter(|_| same).unwrap_or(parsed))
    }
}

/// How near the relative references of a formula come to the edges of a sheet.
#[derive(Clone, Copy)]
struct Reach {
    first: Address,
    last: Address,
}

impl Reach {
    /// `None` where only its text tells what a formula is elsewhere.
    fn of(tree: &Expression) -> Option<Self> {
        let mut reach =
            Self { first: Address::new(MAX_ROWS, MAX_COLUMNS), last: Address::new(0, 0) };
        let mut moves = true;
        tree.visit(&mut |part| match part {
            Expression::Reference(Reference::Cells(cells)) => {
                moves &= cells.first == cells.last;
                reach.add(cells);
            }
            Expression::Reference(Reference::Name(_) | Reference::Deleted) => {}
            Expression::Reference(_) | Expression::Foreign(_) | Expression::Array(_) => {
                moves = false;
            }
            _ => {}
        });
        moves.then_some(reach)
    }

    fn add(&mut self, cells: &CellReference) {
        let Range { start, end } = cells.range;
        if !cells.rows_stay() {
            self.first.row = self.first.row.min(start.row);
            self.last.row = self.last.row.max(end.row);
        }
        if !cells.columns_stay() {
            self.first.column = self.first.column.min(start.column);
            self.last.column = self.last.column.max(end.column);
        }
    }

    fn stays_inside(&self, by: Distance) -> bool {
        let inside = |first: u32, last: u32, by: i64, most: u32| {
            i64::from(first) + by >= 0 && i64::from(last) + by < i64::from(most)
        };
        inside(self.first.row, self.last.row, by.rows, MAX_ROWS)
            && inside(self.first.column, self.last.column, by.columns, MAX_COLUMNS)
    }
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
