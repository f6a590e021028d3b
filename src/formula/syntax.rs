//! The tree a formula is kept as: small, owned, zero-based, free of the grammar crate's types.

use std::sync::Arc;

use super::scalar::ErrorKind;
use crate::workbook::{Address, Range};

/// A node of a formula.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    Text(Arc<str>),
    Bool(bool),
    Error(ErrorKind),
    /// An argument left out: `IF(A1,1,)`.
    Omitted,
    Reference(Reference),
    Unary(Unary, Box<Self>),
    Binary(Binary, Box<Self>, Box<Self>),
    Call(Call),
    /// An array constant, rows of equal length.
    Array(Vec<Vec<Self>>),
    /// What the grammar reads and the evaluator does not, named.
    Foreign(String),
}

/// A call of a function by its name in capitals, without the `_xlfn.` prefixes of newer ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) function: Box<str>,
    pub(crate) arguments: Vec<Expression>,
}

/// Operators before or after one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Plus,
    Minus,
    Percent,
    Single,
}

/// Operators between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Concatenate,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Range,
    Intersection,
}

/// What a formula refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Cells of this workbook.
    Cells(CellReference),
    /// The same cells of several sheets: `Sheet1:Sheet3!A1`, as written.
    ThreeD(String),
    /// A defined name.
    Name(String),
    /// A table or a part of it: `Bang[Cột]`, as written.
    Table(String),
    /// Cells or a name of another workbook, as written; never opened.
    External(String),
    /// Cells that were deleted: `#REF!`.
    Deleted,
}

/// A rectangle of cells as a formula names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellReference {
    /// The sheet named before `!`; `None` for the formula's own.
    pub sheet: Option<Arc<str>>,
    /// The cells; whole rows and columns reach to the end of the largest sheet.
    pub range: Range,
    /// True when the reference is written as one cell, not as a range.
    pub single: bool,
    /// What `$` fixes at the first corner.
    pub first: Fixed,
    /// What `$` fixes at the last corner.
    pub last: Fixed,
}

/// Which parts of a cell address carry a `$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fixed {
    /// `A$1`.
    pub row: bool,
    /// `$A1`.
    pub column: bool,
}

impl Call {
    /// The arguments whose values are read: `ROWS(A$7:A7)`, which numbers rows, only asks where cells
    /// lie.
    pub(crate) fn arguments_read(&self) -> impl Iterator<Item = (usize, &Expression)> {
        let asks_where =
            matches!(&*self.function, "ROW" | "ROWS" | "COLUMN" | "COLUMNS" | "AREAS" | "SHEET");
        let is_read = move |argument: &Expression| {
            !(asks_where && matches!(argument, Expression::Reference(_)))
        };
        self.arguments.iter().enumerate().filter(move |(_, argument)| is_read(argument))
    }
}

impl CellReference {
    /// True when the whole reference lies on the formula's own sheet and covers the address.
    #[must_use]
    pub fn covers(&self, at: Address) -> bool {
        self.sheet.is_none() && self.range.contains(at)
    }
}

impl Expression {
    /// Visits this node and all below it, parents first. The grammar bounds the height.
    pub(crate) fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Self)) {
        visitor(self);
        self.each_part(&mut |part| part.visit(visitor));
    }

    /// Goes through the nodes right below this one.
    pub(crate) fn each_part<'a>(&'a self, found: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Unary(_, operand) => found(operand),
            Self::Binary(_, left, right) => {
                found(left);
                found(right);
            }
            Self::Call(call) => call.arguments.iter().for_each(found),
            Self::Array(rows) => rows.iter().flatten().for_each(found),
            _ => {}
        }
    }

    /// The call this node is, seen through signs and `@`.
    pub(crate) fn outer_call(&self) -> Option<&Call> {
        match self {
            Self::Call(call) => Some(call),
            Self::Unary(Unary::Plus | Unary::Single, operand) => operand.outer_call(),
            _ => None,
        }
    }
}
