//! From the text of a formula to its tree.
//!
//! The grammar is that of `formualizer-parse` (the en-US form every file holds, whatever the
//! language of the program that wrote it). Its tree is copied into [`super::syntax`], so that the
//! rest of the module does not depend on the crate.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use formualizer_parse::parser::{ReferenceType, TableReference};
use formualizer_parse::{
    ASTNode, ASTNodeType, BinaryOperator, LiteralValue, Parser, ParserLimits, UnaryOperator,
};
use unicode_normalization::UnicodeNormalization;

use super::scalar::ErrorKind;
use super::syntax::{Binary, Call, CellReference, Expression, Fixed, Reference, Unary};
use crate::workbook::{Address, Distance, MAX_COLUMNS, MAX_ROWS, Range};

/// Bytes of the longest formula that is read; Excel itself stops at 8,192 characters.
pub const MAX_FORMULA_BYTES: usize = 32_768;

/// Functions whose result changes without any cell changing.
const VOLATILE: [&str; 8] =
    ["NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL"];

/// Functions that give a mean.
const MEANS: [&str; 6] = ["AVERAGE", "AVERAGEA", "AVERAGEIF", "AVERAGEIFS", "MEDIAN", "TRIMMEAN"];

/// A formula, parsed. The formulas of a column are one, moved: they share a tree.
#[derive(Debug, Clone)]
pub struct Formula {
    /// The tree as it was parsed.
    pub(super) tree: Arc<Expression>,
    /// How far from there the formula stands.
    pub(super) by: Distance,
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

/// A text that is no formula, or one beyond the limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a formula that can be read ({reason})")]
pub struct InvalidFormula {
    /// What the grammar says, in English.
    pub reason: String,
}

impl Formula {
    /// Parses a formula, with or without its leading `=`, as files hold it.
    ///
    /// # Errors
    /// [`InvalidFormula`] when the text does not follow the grammar, is longer than
    /// [`MAX_FORMULA_BYTES`] or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, InvalidFormula> {
        if text.len() > MAX_FORMULA_BYTES {
            return Err(invalid("longer than 32,768 bytes"));
        }
        let text: String = text.trim().nfc().collect();
        let text = if text.starts_with('=') { text } else { format!("={text}") };
        let limits = ParserLimits::default().with_source_bytes(2 * MAX_FORMULA_BYTES);
        let tree = Parser::builder().limits(limits).parse(&text).map_err(invalid)?;
        Ok(Self { tree: Arc::new(expression(&tree)), by: Distance::default() })
    }

    /// All references, in the order they are written; one that stands twice is given twice.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        self.tree.visit(&mut |node| match node {
            Expression::Reference(reference) => found.push(reference.moved(self.by)),
            Expression::Error(ErrorKind::Reference) => found.push(Reference::Deleted),
            _ => {}
        });
        found
    }

    /// The references whose values are read, in the order they are written.
    pub(super) fn references_read(&self) -> Vec<Reference> {
        fn collect(part: &Expression, by: Distance, found: &mut Vec<Reference>) {
            match part {
                Expression::Reference(reference) => found.push(reference.moved(by)),
                Expression::Call(call) => {
                    call.arguments_read().for_each(|(_, argument)| collect(argument, by, found));
                }
                other => other.each_part(&mut |part| collect(part, by, found)),
            }
        }
        let mut found = Vec::new();
        collect(&self.tree, self.by, &mut found);
        found
    }

    /// The names of all functions called, in capitals, in the order they are written.
    #[must_use]
    pub fn functions(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.tree.visit(&mut |node| {
            if let Expression::Call(call) = node {
                found.push(&*call.function);
            }
        });
        found
    }

    /// The first function whose result changes by itself, such as `TODAY`.
    #[must_use]
    pub fn volatile(&self) -> Option<&str> {
        self.functions().into_iter().find(|name| VOLATILE.contains(name))
    }

    /// True for a formula that averages, or divides by cells: it means no sum.
    #[must_use]
    pub fn is_mean(&self) -> bool {
        let mut found = false;
        self.tree.visit(&mut |node| {
            found |= match node {
                Expression::Call(call) => MEANS.contains(&&*call.function),
                Expression::Binary(Binary::Divide, _, below) => {
                    let mut reads = false;
                    below.visit(&mut |part| reads |= matches!(part, Expression::Reference(_)));
                    reads
                }
                _ => false,
            };
        });
        found
    }

    /// True when an outer `SUBTOTAL` passes over a cell with this formula.
    #[must_use]
    pub fn is_subtotal(&self) -> bool {
        self.functions().iter().any(|name| matches!(*name, "SUBTOTAL" | "AGGREGATE"))
    }
}

impl Formula {
    /// The tree as it is where the formula stands.
    pub(super) fn root(&self) -> Cow<'_, Expression> {
        if self.by == Distance::default() {
            Cow::Borrowed(&self.tree)
        } else {
            Cow::Owned(self.tree.moved(self.by))
        }
    }

    /// The formula of one cell as it is in another of its kind, with which it shares a mark.
    pub(super) fn moved(&self, from: Address, to: Address) -> Self {
        let Distance { rows, columns } = Distance::between(from, to);
        let by = Distance { rows: self.by.rows + rows, columns: self.by.columns + columns };
        Self { by, ..self.clone() }
    }

    /// Two formulas with one mark are one formula, moved.
    pub(super) fn mark(&self) -> *const Expression {
        Arc::as_ptr(&self.tree)
    }

    /// True when rounding is the last thing it does.
    pub(super) fn rounds(&self) -> bool {
        matches!(&*self.tree, Expression::Call(call) if call.function.starts_with("ROUND"))
    }

    /// True for what readers of binary files are known to spell wrongly.
    pub(super) fn is_misspelt_by_binary_readers(&self) -> bool {
        let mut found = false;
        self.tree.visit(&mut |node| {
            found |= match node {
                Expression::Reference(Reference::Cells(cells)) => cells.sheet.is_some(),
                Expression::Reference(Reference::ThreeD(_) | Reference::External(_)) => true,
                _ => false,
            };
        });
        found
    }
}

fn invalid(reason: impl fmt::Display) -> InvalidFormula {
    InvalidFormula { reason: reason.to_string() }
}

fn expression(node: &ASTNode) -> Expression {
    match &node.node_type {
        ASTNodeType::Literal(value) => literal(value),
        ASTNodeType::Omitted => Expression::Omitted,
        ASTNodeType::Reference { original, reference } => {
            Expression::Reference(self::reference(original, reference))
        }
        ASTNodeType::UnaryOp { op, expr } => unary(*op, expr),
        ASTNodeType::BinaryOp { op, left, right } => binary(*op, left, right),
        ASTNodeType::Function { name, args } => Expression::Call(Call {
            function: function_name(name),
            arguments: args.iter().map(expression).collect(),
        }),
        ASTNodeType::Call { .. } => Expression::Foreign("LAMBDA".to_owned()),
        ASTNodeType::Array(rows) => {
            Expression::Array(rows.iter().map(|row| row.iter().map(expression).collect()).collect())
        }
    }
}

fn literal(value: &LiteralValue) -> Expression {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "Excel keeps every number as a double")]
        LiteralValue::Int(number) => Expression::Number(*number as f64),
        LiteralValue::Number(number) => Expression::Number(*number),
        LiteralValue::Text(text) => Expression::Text(Arc::from(text.as_str())),
        LiteralValue::Boolean(truth) => Expression::Bool(*truth),
        LiteralValue::Empty => Expression::Omitted,
        LiteralValue::Error(error) => {
            let name = error.kind.to_string();
            ErrorKind::from_name(&name).map_or(Expression::Foreign(name), Expression::Error)
        }
        other => Expression::Foreign(format!("literal {other}")),
    }
}

fn unary(operator: UnaryOperator, operand: &ASTNode) -> Expression {
    let operator = match operator {
        UnaryOperator::Plus => Unary::Plus,
        UnaryOperator::Minus => Unary::Minus,
        UnaryOperator::Percent => Unary::Percent,
        UnaryOperator::ImplicitIntersection => Unary::Single,
        other => return Expression::Foreign(format!("operator {other}")),
    };
    Expression::Unary(operator, Box::new(expression(operand)))
}

fn binary(operator: BinaryOperator, left: &ASTNode, right: &ASTNode) -> Expression {
    let operator = match operator {
        BinaryOperator::Add => Binary::Add,
        BinaryOperator::Subtract => Binary::Subtract,
        BinaryOperator::Multiply => Binary::Multiply,
        BinaryOperator::Divide => Binary::Divide,
        BinaryOperator::Power => Binary::Power,
        BinaryOperator::Concat => Binary::Concatenate,
        BinaryOperator::Equal => Binary::Equal,
        BinaryOperator::NotEqual => Binary::NotEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::LessEqual => Binary::LessEqual,
        BinaryOperator::GreaterEqual => Binary::GreaterEqual,
        BinaryOperator::Range => Binary::Range,
        BinaryOperator::Intersection => Binary::Intersection,
        BinaryOperator::Union => return Expression::Foreign("union of references".to_owned()),
        other => return Expression::Foreign(format!("operator {other}")),
    };
    Expression::Binary(operator, Box::new(expression(left)), Box::new(expression(right)))
}

/// The name in capitals without the prefixes that mark functions newer than Excel 2007.
fn function_name(name: &str) -> Box<str> {
    let name = name.to_uppercase();
    let plain = name.strip_prefix("_XLFN.").unwrap_or(&name);
    plain.strip_prefix("_XLWS.").unwrap_or(plain).into()
}

fn reference(written: &str, reference: &ReferenceType) -> Reference {
    match reference {
        ReferenceType::Cell { sheet, row, col, row_abs, col_abs } => {
            let at = Some(*row).zip(Some(*col));
            let fixed = Fixed { row: *row_abs, column: *col_abs };
            cells(sheet.as_deref(), [at, at], [fixed, fixed], true)
        }
        ReferenceType::Range { sheet, .. } => range(sheet.as_deref(), reference),
        ReferenceType::Cell3D { .. } | ReferenceType::Range3D { .. } => {
            Reference::ThreeD(written.to_owned())
        }
        ReferenceType::External(external) => Reference::External(external.raw.clone()),
        ReferenceType::Table(TableReference { .. }) => Reference::Table(written.to_owned()),
        ReferenceType::NamedRange(name) => named(name),
    }
}

/// A name; one with a book in brackets (`[1]!Ten`) belongs to another workbook.
fn named(name: &str) -> Reference {
    if name.contains('[') {
        return Reference::External(name.to_owned());
    }
    if name.contains("#REF!") {
        return Reference::Deleted;
    }
    Reference::Name(name.to_owned())
}

fn range(sheet: Option<&str>, reference: &ReferenceType) -> Reference {
    let ReferenceType::Range {
        start_row,
        start_col,
        end_row,
        end_col,
        start_row_abs,
        start_col_abs,
        end_row_abs,
        end_col_abs,
        ..
    } = reference
    else {
        return Reference::Deleted;
    };
    let start = Some(start_row.unwrap_or(1)).zip(Some(start_col.unwrap_or(1)));
    let end = Some(end_row.unwrap_or(MAX_ROWS)).zip(Some(end_col.unwrap_or(MAX_COLUMNS)));
    let first = Fixed { row: *start_row_abs, column: *start_col_abs };
    let last = Fixed { row: *end_row_abs, column: *end_col_abs };
    cells(sheet, [start, end], [first, last], false)
}

/// Cells from one-based corners; what lies outside the largest sheet is no cell.
fn cells(
    sheet: Option<&str>,
    corners: [Option<(u32, u32)>; 2],
    fixed: [Fixed; 2],
    single: bool,
) -> Reference {
    let corner = |corner: Option<(u32, u32)>| {
        let (row, column) = corner?;
        let inside = (1..=MAX_ROWS).contains(&row) && (1..=MAX_COLUMNS).contains(&column);
        inside.then(|| Address::new(row - 1, column - 1))
    };
    let (Some(start), Some(end)) = (corner(corners[0]), corner(corners[1])) else {
        return Reference::Deleted;
    };
    Reference::Cells(CellReference {
        sheet: sheet.map(Arc::from),
        range: Range::new(start, end),
        single,
        first: fixed[0],
        last: fixed[1],
    })
}
