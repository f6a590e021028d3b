//! How sentences write rows, cells and figures.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::lang::Lang;
use crate::relations::{Edit, Factors, Instance, Terms};
use crate::say;
use crate::table::{Place, Reading, Row, Table, divisor_of, print_number};

/// Things named in a sentence before it says that there are more.
pub(super) const NAMED: usize = 6;
/// Figures written out in a sum.
const WRITTEN_OUT: usize = 9;

/// Where a cell is, as an official points at it: `Tây Nam 2, cột 14`.
#[must_use]
pub fn position(table: &Table, place: Place, lang: Lang) -> String {
    let row = row_name(&table.rows[place.row]);
    let column = table.column_name(place.column);
    say!(lang, "{row}, cột {column}", "{row}, column {column}")
}

/// A row's name, with the line where a unit has several: `Xã Đắk Ha (Hộ)`.
#[must_use]
pub fn row_name(row: &Row) -> String {
    match (row.name.is_empty(), row.line.is_empty()) {
        (true, _) => format!("dòng {}", row.sheet_row + 1),
        (false, true) => row.name.clone(),
        (false, false) => format!("{} ({})", row.name, row.line),
    }
}

/// The figure as the cell prints it; a dash for nothing.
#[must_use]
pub fn printed(table: &Table, place: Place) -> String {
    let printed = table.datum(place).printed();
    let text = printed.trim();
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

/// Addresses, with a count where there are many.
#[must_use]
pub fn cell_list(table: &Table, places: impl Iterator<Item = Place>) -> String {
    let all: Vec<String> = places.map(|place| table.address(place).to_string()).collect();
    if all.len() <= NAMED {
        return all.join(", ");
    }
    format!("{}, … {}", all[..NAMED - 1].join(", "), all[all.len() - 1])
}

/// A figure in a reckoning: texts in the notation of numbers, blanks as such.
fn figure_text(table: &Table, place: Place, lang: Lang) -> String {
    let datum = table.datum(place);
    let text = match &datum.reading {
        Reading::Blank => return blank(lang),
        Reading::Number(figure) if figure.is_text => {
            print_number(figure.shown, Some(figure.decimals))
        }
        _ => printed(table, place),
    };
    text.strip_prefix('-').map_or(text.clone(), |size| format!("−{size}"))
}

/// What stands for a cell without a figure.
pub(super) fn blank(lang: Lang) -> String {
    say!(lang, "(trống)", "(blank)")
}

/// How the relation computes its target, with the figures: `12 × 100 / 510 = 2,35`.
#[must_use]
pub fn derivation(table: &Table, instance: &Instance, lang: Lang) -> String {
    let result = instance
        .expected()
        .map_or_else(|| "?".to_owned(), |value| table.print(instance.target().column, value));
    let body = match instance.edit() {
        Edit::Balance(terms) | Edit::Unscaled(terms) => sum_text(table, terms, lang),
        Edit::AtMost(terms) => return format!("≤ {} = {result}", sum_text(table, terms, lang)),
        Edit::Product(factors) => product_text(table, factors, lang),
        Edit::Ratio { numerator, denominator, scale, .. } => {
            let above = factor_text(table, numerator, lang);
            quotient(&above, scale, &factor_text(table, denominator, lang))
        }
    };
    format!("{body} = {result}")
}

/// A ratio as a calculator wants it: `12 × 100 / 510`, since 12 / 510 is not 2,35.
pub(crate) fn quotient(above: &str, scale: Decimal, below: &str) -> String {
    if scale == Decimal::ONE {
        format!("{above} / {below}")
    } else {
        format!("{above} × {} / {below}", print_number(scale, None))
    }
}

/// `12,5 × 53,3 / 10`.
fn product_text(table: &Table, factors: Factors<'_>, lang: Lang) -> String {
    let mut text = String::new();
    for terms in factors.iter() {
        let divisor = Some(terms.constant).filter(|_| terms.places().len() == 0);
        let (sign, factor) = match divisor.and_then(divisor_of) {
            Some(divisor) if !text.is_empty() => (" / ", print_number(divisor, None)),
            _ => (" × ", factor_text(table, terms, lang)),
        };
        if !text.is_empty() {
            text.push_str(sign);
        }
        text.push_str(&factor);
    }
    text
}

fn factor_text(table: &Table, terms: Terms<'_>, lang: Lang) -> String {
    let text = sum_text(table, terms, lang);
    if terms.places().len() > 1 { format!("({text})") } else { text }
}

/// A sum with its figures; a long one names its first and last.
fn sum_text(table: &Table, terms: Terms<'_>, lang: Lang) -> String {
    let mut text = String::new();
    // Among many figures blanks, which count as nothing, would only be noise.
    let few = terms.places().len() <= WRITTEN_OUT;
    let filled: Vec<_> = terms
        .places()
        .filter(|(place, _)| few || table.datum(*place).reading != Reading::Blank)
        .collect();
    let many = filled.len() > WRITTEN_OUT;
    // The constant of a sum over rows is the sum of those that were settled while reading: some of the
    // figures that are left out, the last of them perhaps.
    let over_rows = filled.first().map(|(a, _)| a.column) == filled.last().map(|(b, _)| b.column);
    let settled = many && over_rows && !terms.constant.is_zero();
    for (index, (place, coefficient)) in filled.iter().enumerate() {
        if many && index == 3 {
            text.push_str(" + …");
        }
        if many && index >= 3 && (settled || index + 1 < filled.len()) {
            continue;
        }
        let sign = if coefficient.is_sign_negative() { "−" } else { "+" };
        if !text.is_empty() {
            let _ = write!(text, " {sign} ");
        } else if sign == "−" {
            text.push('−');
        }
        let size = coefficient.abs();
        if size != Decimal::ONE {
            let _ = write!(text, "{}×", print_number(size, None));
        }
        let figure = figure_text(table, *place, lang);
        let is_signed = figure.starts_with('−') && !text.is_empty();
        let (before, after) = if is_signed { ("(", ")") } else { ("", "") };
        let _ = write!(text, "{before}{figure}{after}");
    }
    if !(terms.constant.is_zero() || settled) || text.is_empty() {
        let joint = if text.is_empty() { "" } else { " + " };
        let _ = write!(text, "{joint}{}", print_number(terms.constant, None));
    }
    text
}

/// The first letter in lower case, unless the word is written in capitals.
pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
