//! What the live formulas, the figures and the headings of a table say of it beyond what it prints.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Linear, Place, Shape};
use crate::lang::Text;

/// A relation that the table does not print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// As an official reads it, in the labels of columns or the names of rows: `4=3/1`.
    pub text: Arc<str>,
    /// True where rows are computed from rows; indices are those of rows then, else of columns.
    pub of_rows: bool,
    /// The column or row that is computed; of a bound the smaller side.
    pub target: usize,
    /// What is said of it.
    pub says: Inference,
    /// What told it.
    pub by: Told,
    /// What may be made of a cell that differs.
    pub voice: Voice,
    /// How surprising so many fits would be by chance, in whole bits; `None` where words or formulas
    /// told it.
    pub bits: Option<u32>,
    /// Cells it holds for.
    pub fits: usize,
    /// Cells it could be tried on.
    pub of: usize,
    /// The relation with its evidence, a clause without a full stop.
    pub statement: Text,
    /// Why cells that differ are not warned of.
    pub reasons: Vec<Text>,
    /// The cells that differ.
    pub doubts: Vec<Doubt>,
    /// The one cell that differs, whether it is told or not: it may bear out what another relation tells,
    /// or be borne out by that.
    pub witness: Option<Doubt>,
}

/// What is said of the target of an inferred relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inference {
    /// It is computed so.
    Is(Shape),
    /// It is the factor times one column or row, through the figure of that in one cell.
    Share {
        /// What is divided.
        part: usize,
        /// The row of that column, or the column of that row, whose figure divides.
        whole: usize,
        /// The factor, 100 for per cent.
        scale: Decimal,
    },
    /// It is not more than this.
    AtMost(Linear),
    /// Its cells hold one formula, which reads more than the table's rows or columns.
    Copied,
}

/// What told an inferred relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Told {
    /// Live formulas in its cells.
    Cells,
    /// The words of headings.
    Headings,
    /// The figures.
    Figures,
}

/// What may be made of a cell that differs from an inferred relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// It is told on request only, as is the relation.
    Explains,
    /// One note for all such cells.
    Notes,
    /// A warning.
    Warns,
    /// An error: the headings name the target a total, and the figures bear it out.
    Convicts,
}

/// A cell that differs from an inferred relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The cell of the target.
    pub place: Place,
    /// The figure there.
    pub found: Decimal,
    /// What the relation gives; of a bound the most it may be.
    pub expected: Decimal,
    /// The formula that the others hold, as it would stand in this cell.
    pub formula: Option<Box<str>>,
    /// True where it is an error, though the relation only warns: a formula alone against those
    /// across and down.
    pub certain: bool,
}

impl Inferred {
    /// The columns or rows it reads, ascending.
    #[must_use]
    pub fn terms(&self) -> Vec<usize> {
        match &self.says {
            Inference::Is(shape) => shape.columns(),
            Inference::Share { part, .. } => vec![*part],
            Inference::AtMost(most) => most.terms.keys().copied().collect(),
            Inference::Copied => Vec::new(),
        }
    }

    /// True for a sum without anything that is taken away.
    #[must_use]
    pub fn adds(&self) -> bool {
        let Inference::Is(Shape::Linear(sum)) = &self.says else { return false };
        sum.terms.values().all(Decimal::is_sign_positive)
    }

    /// The cell of its target in the row, or for rows in the column, of another.
    #[must_use]
    pub fn cell(&self, beside: Place) -> Place {
        if self.of_rows {
            Place::new(self.target, beside.column)
        } else {
            Place::new(beside.row, self.target)
        }
    }

    /// The cells that the relation reads for a cell of its target.
    #[must_use]
    pub fn inputs(&self, target: Place) -> Vec<Place> {
        let place = |line| {
            if self.of_rows {
                Place::new(line, target.column)
            } else {
                Place::new(target.row, line)
            }
        };
        let mut inputs: Vec<Place> = self.terms().into_iter().map(place).collect();
        if let Inference::Share { part, whole, .. } = self.says {
            inputs.push(if self.of_rows {
                Place::new(part, whole)
            } else {
                Place::new(whole, part)
            });
        }
        inputs
    }

    /// True where it is told of a table without being asked for.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.voice > Voice::Explains
    }
}
