//! The tree a formula is kept as: small, owned, zero-based, free of the grammar crate's types.

use std::sync::Arc;

use super::scalar::ErrorKind;
use crate::workbook::{Address, Distance, MAX_COLUMNS, MAX_ROWS, Range};

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

impl Reference {
    /// What it refers to in a formula that is moved; cells beyond the sheet are no cells.
    pub(crate) fn moved(&self, by: Distance) -> Self {
        match self {
            Self::Cells(cells) => {
                let there = |range| Self::Cells(CellReference { range, ..cells.clone() });
                cells.range_moved(by).map_or(Self::Deleted, there)
            }
            other => other.clone(),
        }
    }
}

impl CellReference {
    /// The cells in a formula that is moved; `None` where they lie beyond the sheet, or where `$` fixes
    /// the corners unequally: which of them was written first is not known any more.
    pub(crate) fn range_moved(&self, by: Distance) -> Option<Range> {
        if by == Distance::default() {
            return Some(self.range);
        }
        if self.first != self.last {
            return None;
        }
        let Range { start, end } = self.range;
        let (rows_stay, columns_stay) = (self.rows_stay(), self.columns_stay());
        let corner = |at: Address| {
            let row = shifted(at.row, by.rows, rows_stay, MAX_ROWS)?;
            Some(Address::new(row, shifted(at.column, by.columns, columns_stay, MAX_COLUMNS)?))
        };
        Some(Range { start: corner(start)?, end: corner(end)? })
    }

    /// True where its rows are the same wherever the formula is moved to.
    pub(crate) fn rows_stay(&self) -> bool {
        let all = !self.single && self.range.start.row == 0 && self.range.end.row + 1 == MAX_ROWS;
        self.first.row || all
    }

    /// True where its columns are the same wherever the formula is moved to.
    pub(crate) fn columns_stay(&self) -> bool {
        let Range { start, end } = self.range;
        let all = !self.single && start.column == 0 && end.column + 1 == MAX_COLUMNS;
        self.first.column || all
    }

    /// True when the whole reference lies on the formula's own sheet and covers the address.
    #[must_use]
    pub fn covers(&self, at: Address) -> bool {
        self.sheet.is_none() && self.range.contains(at)
    }
}

fn shifted(number: u32, by: i64, stays: bool, most: u32) -> Option<u32> {
    let moved = if stays { i64::from(number) } else { i64::from(number) + by };
    u32::try_from(moved).ok().filter(|moved| *moved < most)
}

impl Expression {
    /// The part as it is in a formula that is moved.
    pub(crate) fn moved(&self, by: Distance) -> Self {
        let boxed = |part: &Self| Box::new(part.moved(by));
        match self {
            Self::Reference(reference) => Self::Reference(reference.moved(by)),
            Self::Unary(operator, operand) => Self::Unary(*operator, boxed(operand)),
            Self::Binary(operator, left, right) => {
                Self::Binary(*operator, boxed(left), boxed(right))
            }
            Self::Call(Call { function, arguments }) => Self::Call(Call {
                function: function.clone(),
                arguments: arguments.iter().map(|argument| argument.moved(by)).collect(),
            }),
            Self::Array(rows) => {
                let moved = |row: &Vec<Self>| row.iter().map(|item| item.moved(by)).collect();
                Self::Array(rows.iter().map(moved).collect())
            }
            plain => plain.clone(),
        }
    }

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
