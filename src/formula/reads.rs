//! The cells a formula reads, whichever of its branches is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::Source;
use super::evaluate::meet;
use super::parse::Formula;
use super::syntax::{Binary, Call, CellReference, Expression, Reference};
use crate::workbook::{Address, Range};

/// Cells listed one by one; a formula that reads more is not compared cell by cell.
const MAX_CELLS: usize = 5_000;

/// What a formula reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads {
    /// Cells of the own sheet; true where the cell is named by itself, not within a range.
    pub(super) own: BTreeMap<Address, bool>,
    /// Those of them that are calculated with, not only compared or looked up: a year in a
    /// condition or a number that marks groups is no figure.
    pub(super) figures: BTreeSet<Address>,
    /// True when cells of other sheets, tables or workbooks are read as well.
    pub(super) elsewhere: bool,
    /// True when there are more than are listed.
    pub(super) cut: bool,
}

impl Reads {
    pub(super) fn of(formula: &Formula, source: &dyn Source) -> Self {
        let mut reads = Self::default();
        reads.walk(&formula.root(), false, source);
        reads
    }

    fn walk(&mut self, node: &Expression, condition: bool, source: &dyn Source) {
        match node {
            Expression::Reference(reference) => self.add(reference, condition, source),
            Expression::Unary(_, operand) => self.walk(operand, condition, source),
            Expression::Binary(operator, left, right) => {
                let condition = condition || compares(*operator);
                self.walk(left, condition, source);
                self.walk(right, condition, source);
            }
            Expression::Call(call) => {
                for (index, argument) in call.arguments_read() {
                    self.walk(argument, condition || is_condition(call, index), source);
                }
            }
            Expression::Array(rows) => {
                rows.iter().flatten().for_each(|item| self.walk(item, condition, source));
            }
            _ => {}
        }
    }

    fn add(&mut self, reference: &Reference, condition: bool, source: &dyn Source) {
        match reference {
            Reference::Cells(cells) => self.add_cells(cells, condition, source),
            Reference::Name(name) => self.add_name(name, condition, source),
            Reference::Deleted => {}
            Reference::ThreeD(_) | Reference::Table(_) | Reference::External(_) => {
                self.elsewhere = true;
            }
        }
    }

    fn add_name(&mut self, name: &str, condition: bool, source: &dyn Source) {
        let text = source.name(name).ok().flatten();
        let Some(formula) = text.and_then(|text| Formula::parse(&text).ok()) else {
            self.elsewhere = true;
            return;
        };
        for reference in formula.references() {
            match reference {
                Reference::Cells(cells) => self.add_cells(&cells, condition, source),
                _ => self.elsewhere = true,
            }
        }
    }

    fn add_cells(&mut self, cells: &CellReference, condition: bool, source: &dyn Source) {
        if cells.sheet.as_deref().is_some_and(|sheet| !source.is_own(sheet)) {
            self.elsewhere = true;
            return;
        }
        if cells.single {
            self.own.insert(cells.range.start, true);
            self.figures.extend((!condition).then_some(cells.range.start));
            return;
        }
        let used = source.used(None).ok().flatten();
        let Some(Range { start, end }) = used.and_then(|used| meet(cells.range, used)) else {
            return;
        };
        for row in (start.row..=end.row).filter(|row| !source.is_settled(*row)) {
            for column in start.column..=end.column {
                if self.own.len() >= MAX_CELLS {
                    self.cut = true;
                    return;
                }
                let at = Address::new(row, column);
                self.own.entry(at).or_insert(false);
                self.figures.extend((!condition).then_some(at));
            }
        }
    }
}

fn compares(operator: Binary) -> bool {
    matches!(
        operator,
        Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::Greater
            | Binary::LessEqual
            | Binary::GreaterEqual
    )
}

/// True for an argument that decides what is calculated and is no part of the figure.
fn is_condition(call: &Call, index: usize) -> bool {
    match &*call.function {
        "IF" | "CHOOSE" | "SWITCH" => index == 0,
        "IFS" => index.is_multiple_of(2),
        "SUMIF" | "AVERAGEIF" => index == 1 || (index == 0 && call.arguments.len() > 2),
        "SUMIFS" | "AVERAGEIFS" | "INDEX" => index > 0,
        "VLOOKUP" | "HLOOKUP" => index != 1,
        "LOOKUP" | "XLOOKUP" => index < 2,
        "COUNTIF" | "COUNTIFS" | "MATCH" | "ROW" | "COLUMN" | "ROWS" | "COLUMNS" => true,
        name => name.starts_with("IS"),
    }
}
