//! Sums, counts and means of the cells that meet conditions.

use super::super::evaluate::{Area, Evaluator, Operand, Step, meet, unsupported};
use super::super::scalar::{ErrorKind, Scalar};
use super::aggregate::average;
use super::criterion::Criterion;
use super::{Arguments, count, error, expect, given, number};
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "COUNTIF" => expect(arguments, 2, 2).and_then(|()| count_if(evaluator, arguments)),
        "COUNTIFS" => count_if(evaluator, arguments),
        "SUMIF" => one_condition(evaluator, arguments).and_then(|found| number(found.iter().sum())),
        "AVERAGEIF" => one_condition(evaluator, arguments).and_then(|found| average(&found)),
        "SUMIFS" => {
            many_conditions(evaluator, arguments).and_then(|found| number(found.iter().sum()))
        }
        "AVERAGEIFS" => many_conditions(evaluator, arguments).and_then(|found| average(&found)),
        _ => return None,
    })
}

/// A range and what its cells are asked.
struct Condition {
    area: Area,
    criterion: Criterion,
}

fn conditions(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Vec<Condition>> {
    if arguments.is_empty() || !arguments.len().is_multiple_of(2) {
        return unsupported("number of arguments", "");
    }
    let conditions: Vec<Condition> = arguments
        .chunks_exact(2)
        .map(|pair| {
            let criterion = Criterion::new(evaluator.scalar(&pair[1])?)?;
            Ok(Condition { area: area(evaluator, &pair[0])?, criterion })
        })
        .collect::<Step<_>>()?;
    let shape = |condition: &Condition| (condition.area.rows(), condition.area.columns());
    if conditions.iter().any(|other| shape(other) != shape(&conditions[0])) {
        return error(ErrorKind::Value);
    }
    Ok(conditions)
}

fn area(evaluator: &Evaluator<'_>, argument: &super::Expression) -> Step<Area> {
    match evaluator.operand(argument)? {
        Operand::Area(area) => Ok(area),
        Operand::Scalar(Scalar::Error(kind)) => error(kind),
        _ => unsupported("argument that is no reference", ""),
    }
}

/// Places, counted from the first cell of the ranges, where all conditions hold.
fn places(evaluator: &Evaluator<'_>, conditions: &[Condition]) -> Step<Vec<(u32, u32)>> {
    let first = &conditions[0].area;
    let reach = reach(evaluator, conditions)?;
    let mut found = Vec::new();
    let Some(reach) = reach else { return Ok(found) };
    for row in reach.start.row..=reach.end.row {
        for column in reach.start.column..=reach.end.column {
            let place = (row - first.range.start.row, column - first.range.start.column);
            if all_hold(evaluator, conditions, place)? {
                found.push(place);
            }
        }
    }
    Ok(found)
}

/// The part of the first range that must be looked at: all that is filled. Where blanks meet the
/// conditions, the whole of it, which must then be within the used cells.
fn reach(evaluator: &Evaluator<'_>, conditions: &[Condition]) -> Step<Option<Range>> {
    let first = &conditions[0].area;
    let mut blanks = true;
    for condition in conditions {
        blanks &= condition.criterion.holds(&Scalar::Blank)?;
    }
    if blanks || conditions.len() > 1 {
        let whole = first.rows() == MAX_ROWS || first.columns() == MAX_COLUMNS;
        if whole {
            return unsupported("conditions on whole columns", &first.range.to_string());
        }
        return Ok(Some(first.range));
    }
    Ok(evaluator.filled(first)?.and_then(|filled| meet(first.range, filled)))
}

fn all_hold(
    evaluator: &Evaluator<'_>,
    conditions: &[Condition],
    (row, column): (u32, u32),
) -> Step<bool> {
    for Condition { area, criterion } in conditions {
        let Some(at) = area.cell(row, column) else { return Ok(false) };
        if !criterion.holds(&evaluator.cell(area.sheet.as_deref(), at)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn count_if(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    let conditions = conditions(evaluator, arguments)?;
    count(places(evaluator, &conditions)?.len())
}

/// `SUMIF(range, criterion, [sum range])`: only the first cell of the sum range counts, its size is
/// that of the range.
fn one_condition(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Vec<f64>> {
    expect(arguments, 2, 3)?;
    let conditions = conditions(evaluator, &arguments[..2])?;
    let sums = if given(arguments, 2) {
        area(evaluator, &arguments[2])?
    } else {
        conditions[0].area.clone()
    };
    numbers(evaluator, &sums, &places(evaluator, &conditions)?)
}

fn many_conditions(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Vec<f64>> {
    expect(arguments, 3, 255)?;
    let sums = area(evaluator, &arguments[0])?;
    let conditions = conditions(evaluator, &arguments[1..])?;
    let first = &conditions[0].area;
    if (sums.rows(), sums.columns()) != (first.rows(), first.columns()) {
        return error(ErrorKind::Value);
    }
    numbers(evaluator, &sums, &places(evaluator, &conditions)?)
}

/// The numbers at the places, seen from an area's first cell; an error among them is the result.
fn numbers(evaluator: &Evaluator<'_>, area: &Area, places: &[(u32, u32)]) -> Step<Vec<f64>> {
    let start = area.range.start;
    let mut found = Vec::new();
    for (row, column) in places {
        let at = Address::new(start.row + row, start.column + column);
        if at.row >= MAX_ROWS || at.column >= MAX_COLUMNS {
            return unsupported("sum range beyond the sheet", "");
        }
        match evaluator.cell(area.sheet.as_deref(), at)? {
            Scalar::Number(number) => found.push(number),
            Scalar::Error(kind) => return error(kind),
            _ => {}
        }
    }
    Ok(found)
}
