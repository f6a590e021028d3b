//! Columns of a table put in another order, or left out: a table is matched by what its columns are
//! called, not by where they stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::table::{Bound, Column, ColumnFormula, HeadingCell, Kind, Linear, Shape, Table};
use crate::words::{fold, fold_heading};

/// What a column for remarks is called.
const REMARKS: &str = "ghi chú";

/// The columns that are merged, and the headings of those that are not: texts behind the names of rows
/// that bear no label or are for remarks. Not all units have them, and texts are not added up.
pub(super) fn standard(table: &Table) -> (Option<Table>, Vec<String>) {
    let first = table.columns.iter().position(|column| column.kind != Kind::Text).unwrap_or(0);
    let is_remark = |column: &Column| {
        let last = column.headings.last().map_or("", String::as_str);
        column.kind == Kind::Text && (column.label.is_empty() || fold(last).starts_with(REMARKS))
    };
    let (dropped, kept): (Vec<usize>, Vec<usize>) =
        (0..table.columns.len()).partition(|at| *at >= first && is_remark(&table.columns[*at]));
    if dropped.is_empty() {
        return (None, Vec::new());
    }
    let headings = dropped.iter().map(|at| table.columns[*at].heading());
    let headings = headings.filter(|heading| !heading.is_empty()).collect();
    (Some(arranged(table, &kept)), headings)
}

/// The order in which a table has the columns of another one; `None` where it has not the same
/// columns, each once, or has them in the same order.
pub(super) fn order(wanted: &[Column], table: &[Column]) -> Option<Vec<usize>> {
    let key = |column: &Column| match fold(&column.label) {
        label if label.is_empty() => fold_heading(&column.heading()),
        label => label,
    };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, column) in table.iter().enumerate() {
        if places.insert(key(column), at).is_some() {
            return None;
        }
    }
    let order: Option<Vec<usize>> =
        wanted.iter().map(|column| places.get(&key(column)).copied()).collect();
    let order = order.filter(|order| order.len() == table.len())?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == table.len() && !order.is_sorted()).then_some(order)
}

/// A table with some of its columns, in an order of their own, side by side from its left edge on.
pub(super) fn arranged(table: &Table, order: &[usize]) -> Table {
    let places: BTreeMap<usize, usize> =
        order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let left = table.columns.first().map_or(0, |column| column.sheet_column);
    let moved: BTreeMap<u32, u32> =
        (left..).zip(order).map(|(new, old)| (table.columns[*old].sheet_column, new)).collect();
    let columns = (left..).zip(order).map(|(sheet_column, old)| {
        let column = &table.columns[*old];
        let formula = column.formula.as_ref().and_then(|formula| {
            let shape = shape(&formula.shape, &places)?;
            Some(Arc::new(ColumnFormula { shape, ..ColumnFormula::clone(formula) }))
        });
        Column { sheet_column, formula, ..column.clone() }
    });
    let columns: Vec<Column> = columns.collect();
    let bounds = table.bounds.iter().filter_map(|bound| {
        let (part, whole) = (linear(&bound.part, &places)?, linear(&bound.whole, &places)?);
        Some(Bound { part, whole, ..bound.clone() })
    });
    let bounds: Vec<Bound> = bounds.collect();
    let across = table.across.iter().filter_map(|across| {
        let column = *places.get(&across.column)?;
        Some(crate::table::Across { column, ..across.clone() })
    });
    let headings = table.headings.iter().filter_map(|cell| heading(cell, &moved));
    let mut range = table.range;
    range.end.column = columns.last().map_or(range.end.column, |column| column.sheet_column);
    Table {
        range,
        headings: headings.collect(),
        bounds: bounds.into(),
        across: across.collect(),
        grid: table
            .grid
            .iter()
            .map(|row| order.iter().map(|old| row[*old].clone()).collect())
            .collect(),
        columns,
        inferred: Vec::new(),
        ..table.clone()
    }
}

fn linear(known: &Linear, places: &BTreeMap<usize, usize>) -> Option<Linear> {
    let terms = known.terms.iter().map(|(old, factor)| Some((*places.get(old)?, *factor)));
    Some(Linear { terms: terms.collect::<Option<_>>()?, constant: known.constant })
}

fn shape(known: &Shape, places: &BTreeMap<usize, usize>) -> Option<Shape> {
    let linear = |known| linear(known, places);
    Some(match known {
        Shape::Linear(known) => Shape::Linear(linear(known)?),
        Shape::Product(factors) => {
            Shape::Product(factors.iter().map(linear).collect::<Option<_>>()?)
        }
        Shape::Ratio { numerator, denominator, scale } => Shape::Ratio {
            numerator: linear(numerator)?,
            denominator: linear(denominator)?,
            scale: *scale,
        },
    })
}

/// A heading over the columns that are left of those it stood over, where these stand side by side.
fn heading(cell: &HeadingCell, moved: &BTreeMap<u32, u32>) -> Option<HeadingCell> {
    let under = (cell.range.start.column..=cell.range.end.column).filter_map(|old| moved.get(&old));
    let mut under: Vec<u32> = under.copied().collect();
    under.sort_unstable();
    let (first, last) = (*under.first()?, *under.last()?);
    let is_whole = usize::try_from(last - first).is_ok_and(|width| width + 1 == under.len());
    let mut cell = cell.clone();
    cell.range.start.column = first;
    cell.range.end.column = if is_whole { last } else { first };
    Some(cell)
}
