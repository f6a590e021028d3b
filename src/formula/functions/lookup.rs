//! Looking values up, and where cells lie.
//!
//! An approximate look-up is calculated only where the values ascend: on others the result hangs
//! on how a program searches.

use super::super::evaluate::{Area, Evaluator, Operand, Step, unsupported};
use super::super::scalar::{self, ErrorKind, Scalar, fifteen_digits, same};
use super::criterion::matches;
use super::{Arguments, count, error, expect, given, number};
use crate::workbook::{Address, Range};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "VLOOKUP" => table(evaluator, arguments, Along::Rows),
        "HLOOKUP" => table(evaluator, arguments, Along::Columns),
        "LOOKUP" => lookup(evaluator, arguments),
        "XLOOKUP" => exact_lookup(evaluator, arguments),
        "MATCH" => position(evaluator, arguments),
        "INDEX" => index(evaluator, arguments),
        "ROW" => place(evaluator, arguments, |at| at.row),
        "COLUMN" => place(evaluator, arguments, |at| at.column),
        "ROWS" => extent(evaluator, arguments, |shape| shape.0),
        "COLUMNS" => extent(evaluator, arguments, |shape| shape.1),
        _ => return None,
    })
}

/// The direction a line of keys runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    Rows,
    Columns,
}

/// How a key is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    Exact,
    /// The last key not above the one sought, among ascending ones.
    Approximate,
}

/// One item of an operand, counted from zero.
fn item(evaluator: &Evaluator<'_>, operand: &Operand, row: usize, column: usize) -> Step<Scalar> {
    match operand {
        Operand::Scalar(value) => Ok(value.clone()),
        Operand::Matrix(rows) => match rows.get(row).and_then(|row| row.get(column)) {
            Some(value) => Ok(value.clone()),
            None => error(ErrorKind::Reference),
        },
        Operand::Area(area) => evaluator.cell(area.sheet.as_deref(), place_in(area, row, column)?),
    }
}

fn place_in(area: &Area, row: usize, column: usize) -> Step<Address> {
    let row = u32::try_from(row).ok();
    let column = u32::try_from(column).ok();
    match row.zip(column).and_then(|(row, column)| area.cell(row, column)) {
        Some(at) => Ok(at),
        None => error(ErrorKind::Reference),
    }
}

/// The keys of an operand's first column or row, as far as cells are filled.
fn keys(evaluator: &Evaluator<'_>, operand: &Operand, along: Along) -> Step<Vec<Scalar>> {
    let (rows, columns) = filled_shape(evaluator, operand)?;
    match along {
        Along::Rows => (0..rows).map(|row| item(evaluator, operand, row, 0)).collect(),
        Along::Columns => (0..columns).map(|column| item(evaluator, operand, 0, column)).collect(),
    }
}

fn filled_shape(evaluator: &Evaluator<'_>, operand: &Operand) -> Step<(usize, usize)> {
    let Operand::Area(area) = operand else { return Ok(operand.shape()) };
    let start = area.range.start;
    Ok(evaluator.filled(area)?.map_or((0, 0), |filled| {
        let rows = filled.end.row + 1 - start.row;
        let columns = filled.end.column + 1 - start.column;
        (rows as usize, columns as usize)
    }))
}

fn find(keys: &[Scalar], sought: &Scalar, search: Search) -> Step<usize> {
    let found = match (search, sought) {
        (_, Scalar::Error(kind)) => return error(*kind),
        (_, Scalar::Blank) => return unsupported("look-up of a blank", ""),
        (Search::Exact, Scalar::Text(pattern)) => {
            keys.iter().position(|key| matches!(key, Scalar::Text(text) if matches(pattern, text)))
        }
        (Search::Exact, _) => keys.iter().position(|key| same(key, sought)),
        (Search::Approximate, Scalar::Number(number)) => last_not_above(keys, *number)?,
        _ => return unsupported("approximate look-up of what is no number", ""),
    };
    found.ok_or(super::Stop::Error(ErrorKind::NotAvailable))
}

fn last_not_above(keys: &[Scalar], sought: f64) -> Step<Option<usize>> {
    let mut numbers = Vec::new();
    for key in keys {
        match key {
            Scalar::Number(number) => numbers.push(fifteen_digits(*number)),
            _ => return unsupported("approximate look-up among what is not all numbers", ""),
        }
    }
    if !numbers.is_sorted() {
        return unsupported("approximate look-up among numbers that do not ascend", "");
    }
    let sought = fifteen_digits(sought);
    Ok(numbers.partition_point(|number| *number <= sought).checked_sub(1))
}

fn table(evaluator: &Evaluator<'_>, arguments: Arguments<'_>, along: Along) -> Step<Operand> {
    expect(arguments, 3, 4)?;
    let sought = evaluator.scalar(&arguments[0])?;
    let operand = evaluator.operand(&arguments[1])?;
    let line = evaluator.whole(&arguments[2])?;
    let approximate = arguments.len() < 4 || evaluator.truth(&arguments[3])?;
    let search = if approximate { Search::Approximate } else { Search::Exact };
    let Some(line) = usize::try_from(line - 1).ok() else { return error(ErrorKind::Value) };
    let found = find(&keys(evaluator, &operand, along)?, &sought, search)?;
    let (row, column) = if along == Along::Rows { (found, line) } else { (line, found) };
    item(evaluator, &operand, row, column).map(Operand::Scalar)
}

/// The direction of a single column or row.
fn line(operand: &Operand) -> Step<Along> {
    match operand.shape() {
        (_, 1) => Ok(Along::Rows),
        (1, _) => Ok(Along::Columns),
        _ => unsupported("look-up in more than one row or column", ""),
    }
}

fn on_line(evaluator: &Evaluator<'_>, operand: &Operand, index: usize) -> Step<Operand> {
    let (row, column) = if line(operand)? == Along::Rows { (index, 0) } else { (0, index) };
    item(evaluator, operand, row, column).map(Operand::Scalar)
}

fn lookup(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 3, 3)?;
    let sought = evaluator.scalar(&arguments[0])?;
    let (keys_in, results) = (evaluator.operand(&arguments[1])?, evaluator.operand(&arguments[2])?);
    let keys = keys(evaluator, &keys_in, line(&keys_in)?)?;
    on_line(evaluator, &results, find(&keys, &sought, Search::Approximate)?)
}

fn exact_lookup(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 3, 6)?;
    if given(arguments, 4) || given(arguments, 5) {
        return unsupported("XLOOKUP with a mode", "");
    }
    let sought = evaluator.scalar(&arguments[0])?;
    let (keys_in, results) = (evaluator.operand(&arguments[1])?, evaluator.operand(&arguments[2])?);
    let keys = keys(evaluator, &keys_in, line(&keys_in)?)?;
    // Unlike VLOOKUP it takes `*` and `?` as they are.
    let found = keys.iter().position(|key| same(key, &sought));
    match (found, arguments.get(3)) {
        (Some(found), _) => on_line(evaluator, &results, found),
        (None, Some(other)) if given(arguments, 3) => evaluator.operand(other),
        (None, _) => error(ErrorKind::NotAvailable),
    }
}

fn position(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 3)?;
    let sought = evaluator.scalar(&arguments[0])?;
    let operand = evaluator.operand(&arguments[1])?;
    let kind = if arguments.len() > 2 { evaluator.number(&arguments[2])? } else { 1.0 };
    let search = match kind {
        kind if scalar::is_zero(kind) => Search::Exact,
        kind if kind > 0.0 => Search::Approximate,
        _ => return unsupported("MATCH among descending values", ""),
    };
    let keys = keys(evaluator, &operand, line(&operand)?)?;
    count(find(&keys, &sought, search)? + 1)
}

/// `INDEX` gives cells, so that `A1:INDEX(A:A,5)` is a range.
fn index(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 3)?;
    let operand = evaluator.operand(&arguments[0])?;
    let shape = operand.shape();
    let first = evaluator.whole(&arguments[1])?;
    let second = if arguments.len() > 2 { Some(evaluator.whole(&arguments[2])?) } else { None };
    let (row, column) = match second {
        Some(column) => (first, column),
        None if shape.0 == 1 => (1, first),
        None if shape.1 == 1 => (first, 1),
        None => return error(ErrorKind::Reference),
    };
    if row == 0 || column == 0 {
        return whole_line(&operand, row, column);
    }
    let place = (usize::try_from(row - 1).ok()).zip(usize::try_from(column - 1).ok());
    let Some((row, column)) = place else { return error(ErrorKind::Value) };
    match &operand {
        Operand::Area(area) => {
            let at = place_in(area, row, column)?;
            Ok(area.part(Range { start: at, end: at }))
        }
        other => item(evaluator, other, row, column).map(Operand::Scalar),
    }
}

/// `INDEX(range, 0, 3)`: a whole column; with 0 twice the range itself.
fn whole_line(operand: &Operand, row: i64, column: i64) -> Step<Operand> {
    let Operand::Area(area) = operand else { return unsupported("INDEX with 0 in an array", "") };
    let Range { start, end } = area.range;
    let line = |offset: i64, first: u32, last: u32| {
        let place = i64::from(first) + offset - 1;
        let place = u32::try_from(place).ok().filter(|place| (first..=last).contains(place));
        place.ok_or(super::Stop::Error(ErrorKind::Reference))
    };
    let (mut from, mut to) = (start, end);
    if row != 0 {
        from.row = line(row, start.row, end.row)?;
        to.row = from.row;
    }
    if column != 0 {
        from.column = line(column, start.column, end.column)?;
        to.column = from.column;
    }
    Ok(area.part(Range { start: from, end: to }))
}

fn place(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    part: fn(Address) -> u32,
) -> Step<Operand> {
    expect(arguments, 0, 1)?;
    let Some(argument) = arguments.first() else {
        return number(f64::from(part(evaluator.at) + 1));
    };
    match evaluator.operand(argument)? {
        Operand::Area(area) if area.is_single() => number(f64::from(part(area.range.start) + 1)),
        Operand::Scalar(Scalar::Error(kind)) => error(kind),
        _ => unsupported("place of what is not one cell", ""),
    }
}

fn extent(
    evaluator: &Evaluator<'_>,
    arguments: Arguments<'_>,
    part: fn((usize, usize)) -> usize,
) -> Step<Operand> {
    expect(arguments, 1, 1)?;
    match evaluator.operand(&arguments[0])? {
        Operand::Scalar(Scalar::Error(kind)) => error(kind),
        operand => count(part(operand.shape())),
    }
}
