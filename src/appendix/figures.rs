//! Figures: numbers stay numbers, and what a column or a total computes is a live formula.
//!
//! A formula is written only where its exact result is the figure of the table. Where it is not
//! (an appendix made `--as-is`), the figure is written as it was typed: a sheet for signature must
//! never show something else than the table that was submitted.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::drawing::{Content, Number};
use crate::relations::ratio;
use crate::table::{Date, Figure, Kind, Linear, Place, Reading, Role, Shape, Table, divisor_of};
use crate::workbook::Address;

/// Excel's limit on a formula is 8192 characters; arguments of `SUM` are limited to 255.
const MAX_FORMULA: usize = 8000;
const MAX_ARGUMENTS: usize = 250;
/// Decimals a format code may show.
const MAX_DECIMALS: u32 = 15;

/// What is written into a cell, and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Value or formula.
    pub(super) content: Content,
    /// How a figure is shown; nothing for text.
    pub(super) number: Option<Number>,
    /// True when a formula was due but gives something else than the figure.
    pub(super) contradicts: bool,
}

/// Where table places stand on the new sheet.
pub(super) struct Figures<'a> {
    table: &'a Table,
    /// Sheet row of the first row of figures.
    first_row: u32,
    /// Columns whose formulas lead nowhere back to themselves.
    sound_columns: Vec<bool>,
    /// Sums whose parts lead nowhere back to themselves.
    sound_rows: Vec<bool>,
}

impl<'a> Figures<'a> {
    pub(super) fn new(table: &'a Table, first_row: u32) -> Self {
        let inputs: Vec<Vec<usize>> = table
            .columns
            .iter()
            .map(|column| column.formula.as_ref().map(|f| f.shape.columns()).unwrap_or_default())
            .collect();
        let parts: Vec<Vec<usize>> = table.rows.iter().map(|row| row.parts.clone()).collect();
        Self { table, first_row, sound_columns: sound(&inputs), sound_rows: sound(&parts) }
    }

    /// What to write for a place of a figure column.
    pub(super) fn show(&self, place: Place) -> Shown {
        let datum = self.table.datum(place);
        match &datum.reading {
            Reading::Number(figure) => self.show_number(place, figure),
            Reading::Dash => {
                let live = self.live(place, Decimal::ZERO, 0, false);
                Shown {
                    content: live.formula.unwrap_or(Content::Number(Decimal::ZERO)),
                    number: Some(Number { decimals: 0, percent: false, dash: true }),
                    contradicts: live.contradicts,
                }
            }
            // A date stands for a figure that nobody can read from it.
            Reading::Text(text) if Date::parse(text).is_some() => written(String::new()),
            Reading::Blank => written(String::new()),
            Reading::Error(_) | Reading::Text(_) | Reading::Unknown(_) => {
                written(datum.printed().into_owned())
            }
        }
    }

    /// The cell as it looks on paper at its widest, for measuring.
    pub(super) fn text(&self, place: Place) -> String {
        let datum = self.table.datum(place);
        match &datum.reading {
            _ if self.table.columns[place.column].kind == Kind::Text => {
                datum.printed().trim().to_owned()
            }
            Reading::Number(figure) => {
                let sign = if figure.percent { "%" } else { "" };
                let decimals = self.wanted_decimals(place, figure);
                format!("{}{sign}", crate::table::print_number(figure.shown, Some(decimals)))
            }
            _ => datum.printed().into_owned(),
        }
    }

    fn wanted_decimals(&self, place: Place, figure: &Figure) -> u32 {
        let column = &self.table.columns[place.column];
        let own = figure.shown.normalize().scale();
        match column.kind {
            Kind::Rate | Kind::Average => column.decimals.unwrap_or(figure.decimals).max(own),
            Kind::Count => own,
            Kind::Amount | Kind::Text => figure.decimals.max(own),
        }
        .min(MAX_DECIMALS)
    }

    fn show_number(&self, place: Place, figure: &Figure) -> Shown {
        let wanted = self.wanted_decimals(place, figure);
        let mut decimals = wanted;
        let mut live = self.live(place, figure.shown, wanted, figure.percent);
        if live.contradicts && figure.decimals < wanted {
            // `47,7` among rates of two decimals: right for the one decimal it prints.
            let coarser = self.live(place, figure.shown, figure.decimals, figure.percent);
            if coarser.formula.is_some() {
                live = coarser;
                decimals = figure.decimals;
            }
        }
        let typed = Content::Number(figure.to_stored(figure.shown));
        Shown {
            content: live.formula.unwrap_or(typed),
            number: Some(Number { decimals, percent: figure.percent, dash: false }),
            contradicts: live.contradicts,
        }
    }

    /// The formula of a place, if it has one that gives exactly this figure.
    fn live(&self, place: Place, shown: Decimal, decimals: u32, percent: bool) -> Live {
        let due = [self.sum(place), self.column_formula(place, decimals, percent)];
        let mut contradicts = false;
        for Computed { text, result } in due.into_iter().flatten() {
            if result == shown && text.len() <= MAX_FORMULA {
                let stored = if percent { shown / Decimal::ONE_HUNDRED } else { shown };
                let formula = Content::Formula { text, result: stored.normalize() };
                return Live { formula: Some(formula), contradicts: false };
            }
            contradicts |= result != shown;
        }
        Live { formula: None, contradicts }
    }

    /// The sum of a total's parts, for columns that add up.
    fn sum(&self, place: Place) -> Option<Computed> {
        let (row, column) = (&self.table.rows[place.row], &self.table.columns[place.column]);
        let sums = row.is_sum() && column.adds_up();
        if !sums || row.parts.is_empty() || !self.sound_rows[place.row] {
            return None;
        }
        // SUM passes over blanks and texts, and so does this sum.
        let result = row.parts.iter().try_fold(Decimal::ZERO, |sum, part| {
            match self.value(Place::new(*part, place.column)) {
                Stored::Number(number) => sum.checked_add(number),
                Stored::Nothing => Some(sum),
                Stored::Percent => None,
            }
        })?;
        let ranges = self.ranges(&row.parts, place.column);
        let sums = ranges.chunks(MAX_ARGUMENTS).map(|some| format!("SUM({})", some.join(",")));
        Some(Computed { text: sums.collect::<Vec<_>>().join("+"), result })
    }

    /// Rows of one column as ranges, neighbours joined.
    fn ranges(&self, rows: &[usize], column: usize) -> Vec<String> {
        rows.chunk_by(|a, b| a + 1 == *b)
            .filter_map(|run| {
                let first = self.cell(Place::new(*run.first()?, column));
                let last = self.cell(Place::new(*run.last()?, column));
                Some(if first == last { first } else { format!("{first}:{last}") })
            })
            .collect()
    }

    /// The column's formula on the place's row.
    fn column_formula(&self, place: Place, decimals: u32, percent: bool) -> Option<Computed> {
        let column = &self.table.columns[place.column];
        let formula = column.formula.as_ref()?;
        let role = self.table.rows[place.row].role;
        if matches!(role, Role::Heading | Role::Exception) || !self.sound_columns[place.column] {
            return None;
        }
        match &formula.shape {
            Shape::Linear(linear) => self.linear(linear, place.row),
            Shape::Product(factors) => self.product(factors, place.row, decimals),
            Shape::Ratio { numerator, denominator, .. } => {
                let above = self.linear(numerator, place.row)?;
                let below = self.linear(denominator, place.row)?;
                quotient(&above, &below, column.scale?, decimals, percent)
            }
        }
    }

    fn linear(&self, linear: &Linear, row: usize) -> Option<Computed> {
        let result = linear.value(|column| match self.value(Place::new(row, column)) {
            Stored::Number(number) => Some(number),
            Stored::Nothing | Stored::Percent => None,
        })?;
        // A sum that starts with a term to subtract reads badly: `E9-I9`, not `-I9+E9`.
        let (plus, minus): (Vec<_>, Vec<_>) =
            linear.terms.iter().partition(|(_, factor)| factor.is_sign_positive());
        let mut text = String::new();
        for (column, factor) in plus.into_iter().chain(minus) {
            push_term(&mut text, &self.cell(Place::new(row, *column)), *factor);
        }
        if !linear.constant.is_zero() || text.is_empty() {
            push_signed(&mut text, linear.constant, &linear.constant.abs().normalize().to_string());
        }
        Some(Computed { text, result })
    }

    fn product(&self, factors: &[Linear], row: usize, decimals: u32) -> Option<Computed> {
        let (mut text, mut exact) = (String::new(), Decimal::ONE);
        for linear in factors {
            let factor = self.linear(linear, row)?;
            exact = exact.checked_mul(factor.result)?;
            match linear.as_constant().and_then(divisor_of) {
                // A tenth is no binary fraction.
                Some(divisor) if !text.is_empty() => push(&mut text, "/", &divisor.to_string()),
                _ => push(&mut text, "*", &factor.bracketed()),
            }
        }
        if exact.normalize().scale() <= decimals {
            return Some(Computed { text, result: exact });
        }
        let result = exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        Some(Computed { text: format!("ROUND({text},{decimals})"), result })
    }

    fn value(&self, place: Place) -> Stored {
        match &self.table.datum(place).reading {
            Reading::Number(figure) if figure.percent => Stored::Percent,
            Reading::Number(figure) => Stored::Number(figure.shown),
            Reading::Dash => Stored::Number(Decimal::ZERO),
            Reading::Blank | Reading::Error(_) | Reading::Text(_) | Reading::Unknown(_) => {
                Stored::Nothing
            }
        }
    }

    /// The address of a place on the new sheet.
    fn cell(&self, place: Place) -> String {
        let row = u32::try_from(place.row).unwrap_or(u32::MAX / 2);
        let column = u32::try_from(place.column).unwrap_or(u32::MAX / 2);
        Address::new(self.first_row + row, column).to_string()
    }
}

/// A formula's text without `=`, and its exact result.
struct Computed {
    text: String,
    result: Decimal,
}

impl Computed {
    fn bracketed(&self) -> String {
        let plain = !self.text.contains(['+', '-', '*']);
        if plain { self.text.clone() } else { format!("({})", self.text) }
    }
}

struct Live {
    formula: Option<Content>,
    contradicts: bool,
}

/// What a cell gives to a formula.
enum Stored {
    Number(Decimal),
    /// Blank or text.
    Nothing,
    /// A stored fraction, shown times 100: not in the unit the rules compute in.
    Percent,
}

/// `scale · above / below`, rounded. The factor comes before the division, so that binary
/// arithmetic rounds once only; per cent shown by the format needs no factor.
fn quotient(
    above: &Computed,
    below: &Computed,
    scale: Decimal,
    decimals: u32,
    percent: bool,
) -> Option<Computed> {
    let result = ratio::rounded(above.result, below.result, scale, decimals)?;
    let factor = if percent { scale / Decimal::ONE_HUNDRED } else { scale }.normalize();
    let times = if factor == Decimal::ONE { String::new() } else { format!("*{factor}") };
    let places = if percent { decimals + 2 } else { decimals };
    let text = format!("ROUND({}{times}/{},{places})", above.bracketed(), below.bracketed());
    Some(Computed { text, result })
}

fn push_term(text: &mut String, cell: &str, factor: Decimal) {
    let size = factor.abs().normalize();
    let term = if size == Decimal::ONE { cell.to_owned() } else { format!("{size}*{cell}") };
    push_signed(text, factor, &term);
}

fn push(text: &mut String, sign: &str, factor: &str) {
    if !text.is_empty() {
        text.push_str(sign);
    }
    text.push_str(factor);
}

fn push_signed(text: &mut String, sign: Decimal, term: &str) {
    if sign.is_sign_negative() {
        text.push('-');
    } else if !text.is_empty() {
        text.push('+');
    }
    text.push_str(term);
}

fn written(text: String) -> Shown {
    let content = if text.is_empty() { Content::Blank } else { Content::Text(text) };
    Shown { content, number: None, contradicts: false }
}

/// A number as the file stores it.
pub(super) fn to_f64(number: Decimal) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

/// For each node whether its inputs lead nowhere back to itself (Kahn's order): formulas that
/// define each other would be a circular reference.
fn sound(inputs: &[Vec<usize>]) -> Vec<bool> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); inputs.len()];
    let mut open: Vec<usize> = vec![0; inputs.len()];
    for (node, needed) in inputs.iter().enumerate() {
        for input in needed.iter().filter(|input| **input < inputs.len()) {
            users[*input].push(node);
            open[node] += 1;
        }
    }
    let mut ready: Vec<usize> = (0..inputs.len()).filter(|node| open[*node] == 0).collect();
    let mut sound = vec![false; inputs.len()];
    while let Some(node) = ready.pop() {
        sound[node] = true;
        for user in &users[node] {
            open[*user] -= 1;
            if open[*user] == 0 {
                ready.push(*user);
            }
        }
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_in_a_circle_are_not_sound() {
        assert_eq!(
            sound(&[vec![], vec![0], vec![1, 3], vec![2], vec![4]]),
            [true, true, false, false, false]
        );
    }
}
