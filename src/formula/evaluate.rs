//! The value of a formula, as Excel would calculate it, or the reason why it is not certain.

use std::cell::Cell;
use std::sync::Arc;

use super::functions;
use super::parse::Formula;
use super::scalar::{self, ErrorKind, Scalar};
use super::syntax::{Binary, Call, Expression, Reference, Unary};
use super::{Limits, Source, Stop, Unsupported};
use crate::workbook::{Address, Distance, Range, Value};

/// Calculates a formula that stands at an address of the source's own sheet.
///
/// A blank result is 0, as in a cell; numbers have 15 significant digits.
///
/// # Errors
/// [`Unsupported`] names what is not known for certain: a function, a reference, a regional
/// setting, or a limit that was reached. An error of the spreadsheet is a value.
pub fn evaluate(
    formula: &Formula,
    at: Address,
    source: &dyn Source,
    limits: &Limits,
) -> Result<Value, Unsupported> {
    calculate(formula, at, source, limits)?.into_value()
}

/// The same before it is what a cell keeps.
pub(super) fn calculate(
    formula: &Formula,
    at: Address,
    source: &dyn Source,
    limits: &Limits,
) -> Result<Scalar, Unsupported> {
    let evaluator = Evaluator {
        source,
        at,
        by: formula.by,
        cells: Cell::new(limits.cells),
        depth: Cell::new(limits.depth),
        array: Cell::new(false),
    };
    match evaluator.scalar(&formula.tree) {
        Ok(Scalar::Blank) => Ok(Scalar::Number(0.0)),
        Ok(value) => Ok(value),
        Err(Stop::Error(kind)) => Ok(Scalar::Error(kind)),
        Err(Stop::Unsupported(what)) => Err(what),
    }
}

/// What a part of a formula gives.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Scalar(Scalar),
    Area(Area),
    /// Rows of equal length, at least one item.
    Matrix(Vec<Vec<Scalar>>),
}

/// Cells of one sheet.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) sheet: Option<Arc<str>>,
    pub(crate) range: Range,
}

impl Area {
    pub(crate) fn is_single(&self) -> bool {
        self.range.start == self.range.end
    }

    pub(crate) fn rows(&self) -> u32 {
        self.range.end.row - self.range.start.row + 1
    }

    pub(crate) fn columns(&self) -> u32 {
        self.range.end.column - self.range.start.column + 1
    }

    /// One cell of the area, counted from its first; none beyond it.
    pub(crate) fn cell(&self, row: u32, column: u32) -> Option<Address> {
        let inside = row < self.rows() && column < self.columns();
        inside.then(|| Address::new(self.range.start.row + row, self.range.start.column + column))
    }

    pub(crate) fn part(&self, range: Range) -> Operand {
        Operand::Area(Self { sheet: self.sheet.clone(), range })
    }
}

impl Operand {
    /// Rows and columns.
    pub(crate) fn shape(&self) -> (usize, usize) {
        match self {
            Self::Scalar(_) => (1, 1),
            Self::Area(area) => (area.rows() as usize, area.columns() as usize),
            Self::Matrix(rows) => (rows.len(), rows.first().map_or(0, Vec::len)),
        }
    }
}

pub(crate) type Step<T> = Result<T, Stop>;

/// The state of one calculation. Budgets only shrink.
pub(crate) struct Evaluator<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) at: Address,
    /// How far the formula stands from where its tree was parsed.
    pub(super) by: Distance,
    cells: Cell<u64>,
    depth: Cell<u32>,
    /// True inside `SUMPRODUCT`, where operators work on whole ranges.
    array: Cell<bool>,
}

pub(crate) fn unsupported<T>(what: &'static str, detail: &str) -> Step<T> {
    Err(Unsupported::new(what, detail).into())
}

impl Evaluator<'_> {
    /// Takes from the budget of visited cells.
    pub(crate) fn spend(&self, cells: u64) -> Step<()> {
        match self.cells.get().checked_sub(cells) {
            Some(rest) => {
                self.cells.set(rest);
                Ok(())
            }
            None => unsupported("calculation beyond the limit of cells", ""),
        }
    }

    /// Evaluates a part; an error of the spreadsheet comes back as a value.
    pub(crate) fn operand(&self, expression: &Expression) -> Step<Operand> {
        let Some(depth) = self.depth.get().checked_sub(1) else {
            return unsupported("nesting beyond the limit", "");
        };
        self.depth.set(depth);
        let result = self.node(expression);
        self.depth.set(depth + 1);
        match result {
            Err(Stop::Error(kind)) => Ok(Operand::Scalar(Scalar::Error(kind))),
            other => other,
        }
    }

    fn node(&self, expression: &Expression) -> Step<Operand> {
        match expression {
            Expression::Number(number) => Ok(Operand::Scalar(Scalar::Number(*number))),
            Expression::Text(text) => Ok(Operand::Scalar(Scalar::Text(Arc::clone(text)))),
            Expression::Bool(truth) => Ok(Operand::Scalar(Scalar::Bool(*truth))),
            Expression::Error(kind) => Err(Stop::Error(*kind)),
            Expression::Omitted => Ok(Operand::Scalar(Scalar::Blank)),
            Expression::Reference(reference) => self.reference(reference),
            Expression::Unary(operator, operand) => self.unary(*operator, operand),
            Expression::Binary(..) => self.chain(expression),
            Expression::Call(call) => self.call(call),
            Expression::Array(rows) => self.array_constant(rows),
            Expression::Foreign(what) => unsupported("syntax", what),
        }
    }

    fn call(&self, call: &Call) -> Step<Operand> {
        // Only SUMPRODUCT itself calculates with whole ranges, not the functions inside it.
        let array = self.array.replace(&*call.function == "SUMPRODUCT");
        let result = functions::call(self, call);
        self.array.set(array);
        result
    }

    fn array_constant(&self, rows: &[Vec<Expression>]) -> Step<Operand> {
        self.spend(rows.iter().map(|row| row.len() as u64).sum())?;
        let rows: Step<Vec<Vec<Scalar>>> =
            rows.iter().map(|row| row.iter().map(|item| self.scalar(item)).collect()).collect();
        Ok(Operand::Matrix(rows?))
    }

    fn reference(&self, reference: &Reference) -> Step<Operand> {
        match reference {
            Reference::Cells(cells) => {
                let range = cells.range_moved(self.by).ok_or(Stop::Error(ErrorKind::Reference))?;
                Ok(Operand::Area(Area { sheet: cells.sheet.clone(), range }))
            }
            Reference::Name(name) => self.name(name),
            Reference::ThreeD(text) => unsupported("reference across sheets", text),
            Reference::Table(text) => unsupported("table reference", text),
            Reference::External(text) => unsupported("reference to another workbook", text),
            Reference::Deleted => Err(Stop::Error(ErrorKind::Reference)),
        }
    }

    /// What a defined name stands for: a constant or cells fixed by `$` on a named sheet.
    fn name(&self, name: &str) -> Step<Operand> {
        let Some(text) = self.source.name(name)? else { return Err(Stop::Error(ErrorKind::Name)) };
        let Ok(formula) = Formula::parse(&text) else { return unsupported("defined name", name) };
        let fixed = formula.references().iter().all(|reference| match reference {
            Reference::Cells(cells) => {
                let corners = [cells.first, cells.last];
                cells.sheet.is_some() && corners.iter().all(|corner| corner.row && corner.column)
            }
            other => *other == Reference::Deleted,
        });
        if !fixed || formula.volatile().is_some() {
            return unsupported("defined name", name);
        }
        // Cells that `$` fixes are the same wherever the formula stands that names them.
        self.operand(&formula.tree)
    }

    fn unary(&self, operator: Unary, operand: &Expression) -> Step<Operand> {
        let value = self.operand(operand)?;
        match operator {
            Unary::Plus => Ok(value),
            Unary::Single => self.intersect(&value).map(Operand::Scalar),
            Unary::Minus => self.map(&value, |number| -number),
            Unary::Percent => self.map(&value, |number| number / 100.0),
        }
    }

    /// `@`: of a column or row of cells the one beside the formula.
    fn intersect(&self, value: &Operand) -> Step<Scalar> {
        let Operand::Area(area) = value else { return self.single(value) };
        let Range { start, end } = area.range;
        let at = if start.column == end.column && (start.row..=end.row).contains(&self.at.row) {
            Address::new(self.at.row, start.column)
        } else if start.row == end.row && (start.column..=end.column).contains(&self.at.column) {
            Address::new(start.row, self.at.column)
        } else if area.is_single() {
            start
        } else {
            return Err(Stop::Error(ErrorKind::Value));
        };
        self.cell(area.sheet.as_deref(), at)
    }

    fn map(&self, value: &Operand, change: impl Fn(f64) -> f64) -> Step<Operand> {
        let one = |item: &Scalar| match item.number() {
            Ok(number) => Ok(Scalar::Number(change(number))),
            Err(Stop::Error(kind)) => Ok(Scalar::Error(kind)),
            Err(stop) => Err(stop),
        };
        match self.items_or_single(value)? {
            Operand::Matrix(rows) => rows
                .iter()
                .map(|row| row.iter().map(one).collect())
                .collect::<Step<_>>()
                .map(Operand::Matrix),
            other => one(&self.single(&other)?).map(Operand::Scalar),
        }
    }

    /// Operators that lean to the left (`a+b+c+…`) are worked off in a loop, not by recursion.
    fn chain(&self, expression: &Expression) -> Step<Operand> {
        if let Some(number) = self.plain_number(expression) {
            return number.map(|number| Operand::Scalar(Scalar::Number(number)));
        }
        let mut pending = Vec::new();
        let mut first = expression;
        while let Expression::Binary(operator, left, right) = first {
            pending.push((*operator, &**right));
            first = left;
        }
        let mut value = self.operand(first)?;
        for (operator, right) in pending.into_iter().rev() {
            let right = self.operand(right)?;
            value = match self.binary(operator, &value, &right) {
                Err(Stop::Error(kind)) => Operand::Scalar(Scalar::Error(kind)),
                other => other?,
            };
        }
        Ok(value)
    }

    fn binary(&self, operator: Binary, left: &Operand, right: &Operand) -> Step<Operand> {
        if matches!(operator, Binary::Range | Binary::Intersection) {
            return combine(operator, left, right);
        }
        let (left, right) = (self.items_or_single(left)?, self.items_or_single(right)?);
        if let (Operand::Scalar(left), Operand::Scalar(right)) = (&left, &right) {
            return self.apply(operator, left, right).map(Operand::Scalar);
        }
        self.broadcast(operator, &left, &right)
    }

    fn apply(&self, operator: Binary, left: &Scalar, right: &Scalar) -> Step<Scalar> {
        match operator {
            Binary::Concatenate => concatenate(left, right),
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Power => {
                let settles = self.source.settles();
                applied(operator, left.number()?, right.number()?, settles).map(Scalar::Number)
            }
            _ => compare(operator, left, right),
        }
    }

    fn broadcast(&self, operator: Binary, left: &Operand, right: &Operand) -> Step<Operand> {
        let (a, b) = (left.shape(), right.shape());
        let (rows, columns) = (a.0.max(b.0), a.1.max(b.1));
        self.spend((rows * columns) as u64)?;
        let item = |row, column| match (stretched(left, row, column), stretched(right, row, column))
        {
            (Some(left), Some(right)) => match self.apply(operator, left, right) {
                Err(Stop::Error(kind)) => Ok(Scalar::Error(kind)),
                other => other,
            },
            _ => Ok(Scalar::Error(ErrorKind::NotAvailable)),
        };
        (0..rows)
            .map(|row| (0..columns).map(|column| item(row, column)).collect())
            .collect::<Step<_>>()
            .map(Operand::Matrix)
    }

    /// A scalar or, where ranges are calculated with as a whole, a matrix.
    fn items_or_single(&self, value: &Operand) -> Step<Operand> {
        match value {
            Operand::Area(area) if area.is_single() => self.single(value).map(Operand::Scalar),
            Operand::Area(area) if self.array.get() => self.matrix(area).map(Operand::Matrix),
            Operand::Area(area) => {
                unsupported("range where one value stands", &area.range.to_string())
            }
            other => Ok(other.clone()),
        }
    }

    /// The values of an area as a matrix, paid for by the cell.
    pub(crate) fn matrix(&self, area: &Area) -> Step<Vec<Vec<Scalar>>> {
        let size = u64::from(area.rows()) * u64::from(area.columns());
        if size > self.cells.get() {
            return unsupported("calculation beyond the limit of cells", &area.range.to_string());
        }
        let sheet = area.sheet.as_deref();
        let Range { start, end } = area.range;
        let cell = |row, column| self.cell(sheet, Address::new(row, column));
        (start.row..=end.row)
            .map(|row| (start.column..=end.column).map(|column| cell(row, column)).collect())
            .collect()
    }

    /// The value of one cell.
    pub(crate) fn cell(&self, sheet: Option<&str>, at: Address) -> Step<Scalar> {
        self.spend(1)?;
        if sheet.is_none() && at == self.at {
            return unsupported("circular reference", &at.to_string());
        }
        if let Some(number) = self.source.number(sheet, at) {
            return Ok(Scalar::Number(number));
        }
        Ok(Scalar::from_value(&self.source.value(sheet, at)?)?)
    }

    /// One value from what stands for one value.
    pub(crate) fn single(&self, value: &Operand) -> Step<Scalar> {
        match value {
            Operand::Scalar(scalar) => Ok(scalar.clone()),
            Operand::Area(area) if area.is_single() => {
                self.cell(area.sheet.as_deref(), area.range.start)
            }
            Operand::Area(area) => {
                unsupported("range where one value stands", &area.range.to_string())
            }
            Operand::Matrix(rows) => match rows.as_slice() {
                [row] if row.len() == 1 => Ok(row[0].clone()),
                _ => unsupported("array where one value stands", ""),
            },
        }
    }

    /// The part of an area that can hold anything.
    pub(crate) fn filled(&self, area: &Area) -> Step<Option<Range>> {
        let Some(used) = self.source.used(area.sheet.as_deref())? else { return Ok(None) };
        Ok(meet(area.range, used))
    }

    /// Visits the cells of an area that can hold anything, by row, then column.
    pub(crate) fn each_cell(
        &self,
        area: &Area,
        visit: &mut dyn FnMut(Address, Scalar) -> Step<()>,
    ) -> Step<()> {
        let Some(Range { start, end }) = self.filled(area)? else { return Ok(()) };
        for row in start.row..=end.row {
            for column in start.column..=end.column {
                let at = Address::new(row, column);
                visit(at, self.cell(area.sheet.as_deref(), at)?)?;
            }
        }
        Ok(())
    }

    pub(crate) fn scalar(&self, expression: &Expression) -> Step<Scalar> {
        let value = self.operand(expression)?;
        self.single(&value)
    }

    pub(crate) fn number(&self, expression: &Expression) -> Step<f64> {
        self.plain_number(expression).unwrap_or_else(|| self.scalar(expression)?.number())
    }

    pub(crate) fn text(&self, expression: &Expression) -> Step<Arc<str>> {
        self.scalar(expression)?.text()
    }

    pub(crate) fn truth(&self, expression: &Expression) -> Step<bool> {
        self.scalar(expression)?.truth()
    }

    /// A count or position: the number without its decimals.
    pub(crate) fn whole(&self, expression: &Expression) -> Step<i64> {
        let number = self.number(expression)?.trunc();
        if number.abs() > 1e15 {
            return Err(Stop::Error(ErrorKind::Number));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^15")]
        Ok(number as i64)
    }
}

/// The rectangle two ranges share.
pub(crate) fn meet(a: Range, b: Range) -> Option<Range> {
    let start = Address::new(a.start.row.max(b.start.row), a.start.column.max(b.start.column));
    let end = Address::new(a.end.row.min(b.end.row), a.end.column.min(b.end.column));
    (start.row <= end.row && start.column <= end.column).then_some(Range { start, end })
}

/// `A1:B2` written with an operator between references, and the meeting of two ranges.
fn combine(operator: Binary, left: &Operand, right: &Operand) -> Step<Operand> {
    let (Operand::Area(a), Operand::Area(b)) = (left, right) else {
        return unsupported("operator on references", "");
    };
    if a.sheet != b.sheet && b.sheet.is_some() {
        return unsupported("operator on references of two sheets", "");
    }
    match operator {
        Binary::Range => Ok(a.part(a.range.union(b.range))),
        _ => meet(a.range, b.range).map(|range| a.part(range)).ok_or(Stop::Error(ErrorKind::Null)),
    }
}

/// An item of an operand whose single row or column is repeated.
fn stretched(value: &Operand, row: usize, column: usize) -> Option<&Scalar> {
    match value {
        Operand::Scalar(scalar) => Some(scalar),
        Operand::Matrix(rows) => {
            let row = rows.get(if rows.len() == 1 { 0 } else { row })?;
            row.get(if row.len() == 1 { 0 } else { column })
        }
        Operand::Area(_) => None,
    }
}

/// Characters a cell holds.
pub(crate) const MAX_TEXT: usize = 32_767;

fn concatenate(left: &Scalar, right: &Scalar) -> Step<Scalar> {
    let (left, right) = (left.text()?, right.text()?);
    if left.len() + right.len() > MAX_TEXT {
        return unsupported("text beyond the length of a cell", "");
    }
    Ok(Scalar::Text(Arc::from(format!("{left}{right}"))))
}

fn compare(operator: Binary, left: &Scalar, right: &Scalar) -> Step<Scalar> {
    let order = scalar::compare(left, right)?;
    let ordering = !matches!(operator, Binary::Equal | Binary::NotEqual);
    let both_texts = matches!((left, right), (Scalar::Text(_), Scalar::Text(_)));
    if ordering && both_texts && order.is_ne() {
        let collation = !scalar::plain_order(left) || !scalar::plain_order(right);
        if collation {
            return unsupported("order of texts", "");
        }
    }
    Ok(Scalar::Bool(match operator {
        Binary::Equal => order.is_eq(),
        Binary::NotEqual => order.is_ne(),
        Binary::Less => order.is_lt(),
        Binary::LessEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        _ => order.is_ge(),
    }))
}

/// What an operator of arithmetic gives; where asked for, Excel takes the difference of two nearly equal
/// numbers for zero.
pub(super) fn applied(operator: Binary, left: f64, right: f64, settles: bool) -> Step<f64> {
    let result = match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide if scalar::is_zero(right) => return Err(Stop::Error(ErrorKind::Division)),
        Binary::Divide => left / right,
        _ => return power(left, right)?.number(),
    };
    let sums = matches!(operator, Binary::Add | Binary::Subtract);
    let is_nothing = settles && sums && result.abs() < 1e-15 * left.abs().max(right.abs());
    finite_number(if is_nothing { 0.0 } else { result })
}

pub(crate) fn power(base: f64, exponent: f64) -> Step<Scalar> {
    if scalar::is_zero(base) && scalar::is_zero(exponent) {
        return Err(Stop::Error(ErrorKind::Number));
    }
    if scalar::is_zero(base) && exponent < 0.0 {
        return Err(Stop::Error(ErrorKind::Division));
    }
    finite(base.powf(exponent))
}

pub(crate) fn finite(number: f64) -> Step<Scalar> {
    finite_number(number).map(Scalar::Number)
}

fn finite_number(number: f64) -> Step<f64> {
    if number.is_finite() { Ok(number) } else { Err(Stop::Error(ErrorKind::Number)) }
}
