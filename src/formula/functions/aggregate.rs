//! Sums, means and counts over all values of their arguments.
//!
//! In a reference only numbers count: text, truth values and blanks are passed over. Written as an
//! argument of their own they are read as numbers.

use super::super::evaluate::{Area, Evaluator, Operand, Step, unsupported};
use super::super::scalar::{ErrorKind, Scalar, fifteen_digits, is_zero};
use super::{Arguments, count, error, expect, given, number};

/// The calculations `SUBTOTAL` and `AGGREGATE` share with the plain functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calculation {
    Average,
    Count,
    CountAll,
    Largest,
    Smallest,
    Product,
    Sum,
}

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: Arguments<'_>,
) -> Option<Step<Operand>> {
    Some(match name {
        "SUM" => plain(evaluator, Calculation::Sum, arguments),
        "PRODUCT" => plain(evaluator, Calculation::Product, arguments),
        "AVERAGE" => plain(evaluator, Calculation::Average, arguments),
        "MAX" => plain(evaluator, Calculation::Largest, arguments),
        "MIN" => plain(evaluator, Calculation::Smallest, arguments),
        "COUNT" => plain(evaluator, Calculation::Count, arguments),
        "COUNTA" => plain(evaluator, Calculation::CountAll, arguments),
        "COUNTBLANK" => count_blank(evaluator, arguments),
        "SUMPRODUCT" => sum_product(evaluator, arguments),
        "SUBTOTAL" => subtotal(evaluator, arguments),
        "AGGREGATE" => aggregate(evaluator, arguments),
        "LARGE" => ranked(evaluator, "LARGE", arguments),
        "SMALL" => ranked(evaluator, "SMALL", arguments),
        "RANK" | "RANK.EQ" => rank(evaluator, arguments),
        _ => return None,
    })
}

/// What a running calculation has met.
struct Tally {
    calculation: Calculation,
    /// Errors are passed over instead of being the result.
    skip_errors: bool,
    numbers: Vec<f64>,
    filled: usize,
}

impl Tally {
    fn new(calculation: Calculation, skip_errors: bool) -> Self {
        Self { calculation, skip_errors, numbers: Vec::new(), filled: 0 }
    }

    /// Takes a value that stands in a reference or an array.
    fn take(&mut self, value: &Scalar) -> Step<()> {
        self.filled += usize::from(*value != Scalar::Blank);
        match value {
            Scalar::Number(number) => self.numbers.push(*number),
            Scalar::Error(kind) if self.errors_count() => return error(*kind),
            _ => {}
        }
        Ok(())
    }

    fn errors_count(&self) -> bool {
        let counting = matches!(self.calculation, Calculation::Count | Calculation::CountAll);
        !self.skip_errors && !counting
    }

    /// Takes a value that is an argument of its own.
    fn take_argument(&mut self, value: &Scalar) -> Step<()> {
        match self.calculation {
            Calculation::CountAll => self.filled += 1,
            Calculation::Count => {
                if let Ok(number) = value.number() {
                    self.numbers.push(number);
                }
            }
            _ => self.numbers.push(value.number()?),
        }
        Ok(())
    }

    fn result(self) -> Step<Operand> {
        let numbers = self.numbers;
        match self.calculation {
            Calculation::CountAll => count(self.filled),
            Calculation::Count => count(numbers.len()),
            Calculation::Sum => number(numbers.iter().sum()),
            Calculation::Average => average(&numbers),
            Calculation::Product if numbers.is_empty() => number(0.0),
            Calculation::Product => number(numbers.iter().product()),
            Calculation::Largest => number(numbers.into_iter().reduce(f64::max).unwrap_or(0.0)),
            Calculation::Smallest => number(numbers.into_iter().reduce(f64::min).unwrap_or(0.0)),
        }
    }
}

/// The arithmetic mean; of nothing it is `#DIV/0!`.
#[expect(clippy::cast_precision_loss, reason = "a count of cells lies far below 2^53")]
pub(super) fn average(numbers: &[f64]) -> Step<Operand> {
    if numbers.is_empty() {
        return error(ErrorKind::Division);
    }
    number(numbers.iter().sum::<f64>() / numbers.len() as f64)
}

fn plain(
    evaluator: &Evaluator<'_>,
    calculation: Calculation,
    arguments: Arguments<'_>,
) -> Step<Operand> {
    expect(arguments, 1, 255)?;
    let mut tally = Tally::new(calculation, false);
    for argument in arguments {
        take_operand(evaluator, &mut tally, &evaluator.operand(argument)?)?;
    }
    tally.result()
}

fn take_operand(evaluator: &Evaluator<'_>, tally: &mut Tally, operand: &Operand) -> Step<()> {
    match operand {
        Operand::Scalar(value) => tally.take_argument(value),
        Operand::Area(area) => evaluator.each_cell(area, &mut |_, value| tally.take(&value)),
        Operand::Matrix(rows) => rows.iter().flatten().try_for_each(|value| tally.take(value)),
    }
}

fn count_blank(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 1)?;
    let Operand::Area(area) = evaluator.operand(&arguments[0])? else {
        return unsupported("COUNTBLANK of what is no range", "");
    };
    let mut filled = 0;
    evaluator.each_cell(&area, &mut |_, value| {
        let empty_text = matches!(&value, Scalar::Text(text) if text.is_empty());
        filled += usize::from(value != Scalar::Blank && !empty_text);
        Ok(())
    })?;
    count(area.rows() as usize * area.columns() as usize - filled)
}

fn sum_product(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 1, 255)?;
    let mut products: Vec<f64> = Vec::new();
    let mut shape = None;
    for argument in arguments {
        let operand = evaluator.operand(argument)?;
        if *shape.get_or_insert(operand.shape()) != operand.shape() {
            return error(ErrorKind::Value);
        }
        let factors = factors(evaluator, &operand)?;
        products = if products.is_empty() {
            factors
        } else {
            products.iter().zip(factors).map(|(product, factor)| product * factor).collect()
        };
    }
    number(products.iter().sum())
}

/// All items as numbers, row by row; what is no number counts as zero.
fn factors(evaluator: &Evaluator<'_>, operand: &Operand) -> Step<Vec<f64>> {
    let rows = match operand {
        Operand::Area(area) => evaluator.matrix(area)?,
        Operand::Matrix(rows) => rows.clone(),
        Operand::Scalar(value) => vec![vec![value.clone()]],
    };
    let single = operand.shape() == (1, 1);
    rows.iter()
        .flatten()
        .map(|item| match item {
            Scalar::Number(number) => Ok(*number),
            Scalar::Text(_) | Scalar::Bool(_) if single => {
                unsupported("SUMPRODUCT of one cell that is no number", "")
            }
            Scalar::Error(kind) => error(*kind),
            _ => Ok(0.0),
        })
        .collect()
}

/// Which cells `SUBTOTAL` and `AGGREGATE` pass over.
#[derive(Debug, Clone, Copy)]
struct Skipped {
    hidden: bool,
    nested: bool,
    errors: bool,
}

fn subtotal(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 255)?;
    let code = evaluator.whole(&arguments[0])?;
    let (hidden, code) = if code > 100 { (true, code - 100) } else { (false, code) };
    let skipped = Skipped { hidden, nested: true, errors: false };
    over_references(evaluator, "SUBTOTAL", code, skipped, &arguments[1..])
}

fn aggregate(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 3, 255)?;
    let (code, option) = (evaluator.whole(&arguments[0])?, evaluator.whole(&arguments[1])?);
    if !(0..=7).contains(&option) {
        return error(ErrorKind::Value);
    }
    let skipped = Skipped {
        hidden: matches!(option, 1 | 3 | 5 | 7),
        nested: option <= 3,
        errors: matches!(option, 2 | 3 | 6 | 7),
    };
    over_references(evaluator, "AGGREGATE", code, skipped, &arguments[2..])
}

fn over_references(
    evaluator: &Evaluator<'_>,
    name: &'static str,
    code: i64,
    skipped: Skipped,
    arguments: Arguments<'_>,
) -> Step<Operand> {
    let Some(calculation) = calculation(code) else {
        return unsupported("calculation of SUBTOTAL", &format!("{name}({code})"));
    };
    let mut tally = Tally::new(calculation, skipped.errors);
    for argument in arguments {
        let Operand::Area(area) = evaluator.operand(argument)? else {
            return unsupported("argument that is no reference", name);
        };
        take_visible(evaluator, &mut tally, &area, skipped)?;
    }
    tally.result()
}

fn calculation(code: i64) -> Option<Calculation> {
    Some(match code {
        1 => Calculation::Average,
        2 => Calculation::Count,
        3 => Calculation::CountAll,
        4 => Calculation::Largest,
        5 => Calculation::Smallest,
        6 => Calculation::Product,
        9 => Calculation::Sum,
        _ => return None,
    })
}

/// Rows a filter hides are passed over by every code, rows hidden by hand only by some; the
/// workbook does not tell which is which.
fn take_visible(
    evaluator: &Evaluator<'_>,
    tally: &mut Tally,
    area: &Area,
    skipped: Skipped,
) -> Step<()> {
    let sheet = area.sheet.as_deref();
    evaluator.each_cell(area, &mut |at, value| {
        if value == Scalar::Blank || (skipped.nested && evaluator.source.is_subtotal(sheet, at)) {
            return Ok(());
        }
        match evaluator.source.is_hidden_row(sheet, at.row) {
            Some(false) => tally.take(&value),
            Some(true) if skipped.hidden => Ok(()),
            _ => unsupported("SUBTOTAL over hidden rows", &at.to_string()),
        }
    })
}

/// The place of a number among those of cells, equal ones sharing the first.
fn rank(evaluator: &Evaluator<'_>, arguments: Arguments<'_>) -> Step<Operand> {
    expect(arguments, 2, 3)?;
    let own = evaluator.number(&arguments[0])?;
    let ascending = given(arguments, 2) && !is_zero(evaluator.number(&arguments[2])?);
    let Operand::Area(area) = evaluator.operand(&arguments[1])? else {
        return unsupported("argument that is no reference", "RANK");
    };
    let mut tally = Tally::new(Calculation::Sum, false);
    take_operand(evaluator, &mut tally, &Operand::Area(area))?;
    let equal = |other: &f64| fifteen_digits(*other).total_cmp(&fifteen_digits(own)).is_eq();
    // Programs differ on numbers that are equal but for their last digits.
    if tally.numbers.iter().any(|other| equal(other) && other.to_bits() != own.to_bits()) {
        return unsupported("rank among nearly equal numbers", "");
    }
    if !tally.numbers.iter().any(equal) {
        return error(ErrorKind::NotAvailable);
    }
    let before = |other: &&f64| if ascending { **other < own } else { **other > own };
    count(tally.numbers.iter().filter(before).count() + 1)
}

/// `LARGE` and `SMALL`; of a place between two ranks only `LARGE` is the same in all programs, the
/// next rank.
fn ranked(
    evaluator: &Evaluator<'_>,
    name: &'static str,
    arguments: Arguments<'_>,
) -> Step<Operand> {
    expect(arguments, 2, 2)?;
    let mut tally = Tally::new(Calculation::Sum, false);
    take_operand(evaluator, &mut tally, &evaluator.operand(&arguments[0])?)?;
    let place = evaluator.number(&arguments[1])?;
    if !(1.0..=1e9).contains(&place) {
        return error(ErrorKind::Number);
    }
    let is_large = name == "LARGE";
    if !is_large && place.fract() != 0.0 {
        return unsupported("rank of a fraction", name);
    }
    tally.numbers.sort_by(f64::total_cmp);
    if is_large {
        tally.numbers.reverse();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 1e9")]
    let index = place.ceil() as usize - 1;
    tally.numbers.get(index).map_or_else(|| error(ErrorKind::Number), |found| number(*found))
}
