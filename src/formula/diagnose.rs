//! In what a formula differs from its column's rule: the finding behind a verdict.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::compare::{Agreement, ColumnRule, Counterexample, agreement, as_number};
use super::parse::Formula;
use super::reads::Reads;
use super::scalar::to_double;
use super::syntax::{Binary, Call, Expression, Reference};
use super::{Source, Unsupported};
use crate::workbook::{Address, Value};

/// One difference between a formula and the rule of its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Reads the right column in another row.
    WrongRow {
        /// The cell that is read.
        reads: Address,
        /// The cell of the rule.
        instead_of: Address,
    },
    /// Reads the right row in another column.
    WrongColumn {
        /// The cell that is read.
        reads: Address,
        /// The cell of the rule.
        instead_of: Address,
    },
    /// Does not read a cell of the rule: a sum that misses a row.
    Misses(Address),
    /// Reads a number that is no part of the rule.
    TakesIn(Address),
    /// Takes in a subtotal or total of cells it reads as well.
    TakesInTotal(Address),
    /// Reads a cell that is itself a ratio.
    ReadsRatio(Address),
    /// Reads a cell that is itself rounded.
    ReadsRounded(Address),
    /// A typed number stands in the formula in place of a cell.
    TypedNumber {
        /// The number as written.
        number: Decimal,
        /// The cell of the rule that holds it.
        instead_of: Address,
    },
    /// The form rounds, the formula does not.
    NotRounded,
    /// Rounds to other decimals than the form.
    OtherRounding {
        /// Decimals the formula rounds to.
        decimals: u32,
    },
    /// Rounds what is already rounded.
    RoundedTwice,
    /// Rounds parts before they are put together.
    RoundedParts,
    /// Gives the value times a factor.
    Scale(Decimal),
    /// Reads the right cells and calculates something else.
    Calculation(Box<Counterexample>),
    /// Reads a blank cell outside the rule.
    ReadsBlank(Address),
    /// Reads text where a number belongs.
    ReadsText(Address),
    /// Reads a cell that holds an error.
    ReadsError(Address),
    /// Refers to cells that were deleted (`#REF!`).
    Deleted,
    /// Refers to another workbook, as written.
    External(String),
    /// Reads its own cell.
    Circular,
    /// Changes by itself: the function's name.
    Volatile(String),
    /// Could not be judged.
    Undecided(Unsupported),
}

/// Names the differences between a formula and the rule of its column; none for a right one.
#[must_use]
pub fn diagnose(
    formula: &Formula,
    at: Address,
    rule: &ColumnRule<'_>,
    source: &dyn Source,
) -> Vec<Difference> {
    let reads = Reads::of(formula, source);
    let mut found = structural(formula, at, &reads);
    if !found.is_empty() {
        return found;
    }
    match agreement(formula, at, rule, source) {
        Agreement::Right => {}
        Agreement::RightUnrounded => found.push(Difference::NotRounded),
        Agreement::OtherRounding { decimals } => found.push(Difference::OtherRounding { decimals }),
        Agreement::DifferentScale(factor) => found.push(Difference::Scale(factor)),
        Agreement::Undecided(what) => found.push(Difference::Undecided(what)),
        Agreement::Wrong { counterexample } => {
            found = wrong(formula, rule, &reads, source, counterexample);
        }
    }
    if rounded_twice(&formula.tree) {
        found.push(Difference::RoundedTwice);
    }
    found
}

/// What is wrong with a formula whatever its column.
fn structural(formula: &Formula, at: Address, reads: &Reads) -> Vec<Difference> {
    let mut found = Vec::new();
    for reference in formula.references() {
        match reference {
            Reference::External(text) => found.push(Difference::External(text)),
            Reference::Deleted => found.push(Difference::Deleted),
            _ => {}
        }
    }
    if reads.own.contains_key(&at) {
        found.push(Difference::Circular);
    }
    found.extend(formula.volatile().map(|name| Difference::Volatile(name.to_owned())));
    found
}

fn wrong(
    formula: &Formula,
    rule: &ColumnRule<'_>,
    reads: &Reads,
    source: &dyn Source,
    counterexample: Box<Counterexample>,
) -> Vec<Difference> {
    let wanted: BTreeSet<Address> = rule.cells.iter().copied().collect();
    let mut cells = Cells {
        missing: wanted.iter().copied().filter(|at| !reads.own.contains_key(at)).collect(),
        extra: extra(reads, &wanted, source),
        source,
        found: unreadable(reads, source),
    };
    cells.pair(
        |missing, extra| missing.column == extra.column,
        |reads, instead_of| Difference::WrongRow { reads, instead_of },
    );
    let is_ratio = |at| source.formula(at).is_some_and(|formula| divides(&formula.tree));
    // A ratio read in place of a count is no slip to the next column.
    cells.pair(
        |missing, extra| missing.row == extra.row && is_ratio(missing) == is_ratio(extra),
        |reads, instead_of| Difference::WrongColumn { reads, instead_of },
    );
    cells.name_missing(formula);
    cells.name_extra(reads);
    let mut found = cells.found;
    if found.is_empty() && rounds_inside(&formula.tree) {
        found.push(Difference::RoundedParts);
    }
    if found.is_empty() {
        found.push(Difference::Calculation(counterexample));
    }
    found
}

/// Cells that are read outside the rule; a blank or a text within a range does no harm.
fn extra(reads: &Reads, wanted: &BTreeSet<Address>, source: &dyn Source) -> Vec<(Address, bool)> {
    let outside = reads.own.iter().filter(|(at, _)| !wanted.contains(at));
    let figure = |at: &Address| {
        reads.figures.contains(at) && source.value(None, *at).ok().is_some_and(is_figure)
    };
    outside
        .map(|(at, single)| (*at, *single))
        .filter(|(at, single)| *single || figure(at))
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "called with the value a source hands out")]
fn is_figure(value: Value) -> bool {
    as_number(&value).is_some()
}

/// Cells named one by one that hold text or an error.
fn unreadable(reads: &Reads, source: &dyn Source) -> Vec<Difference> {
    let singles = reads.own.iter().filter(|(_, single)| **single);
    singles
        .filter_map(|(at, _)| match source.value(None, *at).ok()? {
            Value::Error(_) => Some(Difference::ReadsError(*at)),
            _ => None,
        })
        .collect()
}

/// Cells still to be explained, and what was found.
struct Cells<'a> {
    missing: Vec<Address>,
    /// With true for those named one by one.
    extra: Vec<(Address, bool)>,
    source: &'a dyn Source,
    found: Vec<Difference>,
}

impl Cells<'_> {
    /// Sets each missing cell against the nearest cell read in its stead.
    fn pair(
        &mut self,
        alike: impl Fn(Address, Address) -> bool,
        difference: impl Fn(Address, Address) -> Difference,
    ) {
        let extra = &mut self.extra;
        let found = &mut self.found;
        self.missing.retain(|missing| {
            let candidates = extra.iter().filter(|(at, single)| *single && alike(*missing, *at));
            let nearest =
                candidates.min_by_key(|(at, _)| distance(*missing, *at)).map(|(at, _)| *at);
            let Some(nearest) = nearest else { return true };
            extra.retain(|(at, _)| *at != nearest);
            found.push(difference(nearest, *missing));
            false
        });
    }

    fn name_missing(&mut self, formula: &Formula) {
        let numbers = typed_numbers(formula);
        for at in std::mem::take(&mut self.missing) {
            let value = self.source.value(None, at).ok().as_ref().and_then(as_number);
            let typed = value.filter(|value| {
                let value = to_double(*value);
                numbers.iter().any(|number| (number - value).abs() <= 1e-12 * value.abs())
            });
            self.found.push(match typed {
                Some(number) => Difference::TypedNumber { number, instead_of: at },
                None => Difference::Misses(at),
            });
        }
    }

    fn name_extra(&mut self, reads: &Reads) {
        for (at, _) in std::mem::take(&mut self.extra) {
            let difference = match self.source.value(None, at) {
                Ok(Value::Blank) => Difference::ReadsBlank(at),
                Ok(Value::Text(_)) => Difference::ReadsText(at),
                Ok(Value::Error(_)) => continue,
                _ => self.kind_of(at, reads),
            };
            self.found.push(difference);
        }
    }

    /// What a cell that should not be read is itself.
    fn kind_of(&self, at: Address, reads: &Reads) -> Difference {
        let Some(formula) = self.source.formula(at) else { return Difference::TakesIn(at) };
        let own = Reads::of(&formula, self.source).own;
        if own.len() > 1 && own.keys().all(|cell| reads.own.contains_key(cell)) {
            return Difference::TakesInTotal(at);
        }
        if divides(&formula.tree) {
            return Difference::ReadsRatio(at);
        }
        if rounds(&formula.tree) {
            return Difference::ReadsRounded(at);
        }
        Difference::TakesIn(at)
    }
}

fn distance(a: Address, b: Address) -> u32 {
    a.row.abs_diff(b.row) + a.column.abs_diff(b.column)
}

fn typed_numbers(formula: &Formula) -> Vec<f64> {
    let mut found = Vec::new();
    formula.tree.visit(&mut |node| {
        if let Expression::Number(number) = node {
            found.push(*number);
        }
    });
    found
}

fn any(expression: &Expression, test: impl Fn(&Expression) -> bool) -> bool {
    let mut found = false;
    expression.visit(&mut |node| found |= test(node));
    found
}

fn divides(expression: &Expression) -> bool {
    any(expression, |node| matches!(node, Expression::Binary(Binary::Divide, ..)))
}

fn rounding(node: &Expression) -> Option<&Call> {
    const ROUNDINGS: [&str; 5] = ["ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "INT"];
    match node {
        Expression::Call(call) if ROUNDINGS.contains(&&*call.function) => Some(call),
        _ => None,
    }
}

fn rounds(expression: &Expression) -> bool {
    any(expression, |node| rounding(node).is_some())
}

/// True when something below the outermost call is rounded.
fn rounds_inside(expression: &Expression) -> bool {
    match expression.outer_call() {
        Some(call) => call.arguments.iter().any(rounds),
        None => rounds(expression),
    }
}

fn rounded_twice(expression: &Expression) -> bool {
    any(expression, |node| {
        rounding(node).is_some_and(|call| call.arguments.first().is_some_and(rounds))
    })
}
