//! Formula texts to write into corrected cells, in the en-US form files hold, without `=`.

use std::fmt::Write as _;

use crate::workbook::{Address, Range, shift_formula};

/// A ratio: `ROUND(E8/C8*100,2)`, under a per cent format `ROUND(E8/C8,4)`.
///
/// `factor` is 100 for per cent, 1,000 for per mille, 1 for a plain ratio; `decimals` are those of
/// the column's own unit. Under a per cent format the cell holds a hundredth of the column's value.
#[must_use]
pub fn ratio(
    numerator: Address,
    denominator: Address,
    factor: u32,
    percent_format: bool,
    decimals: Option<u32>,
) -> String {
    let mut text = format!("{numerator}/{denominator}");
    match (percent_format, factor) {
        (false, 0 | 1) | (true, 100) => {}
        (false, factor) => append(&mut text, format_args!("*{factor}")),
        (true, factor) => append(&mut text, format_args!("*{factor}/100")),
    }
    let places = decimals.map(|decimals| if percent_format { decimals + 2 } else { decimals });
    places.map_or(text.clone(), |places| format!("ROUND({text},{places})"))
}

/// A sum: `SUM(G8:G13)`, `SUM(G8:G10,G12)`, `G8+G12` for two cells apart; `0` for none.
#[must_use]
pub fn sum(cells: &[Address]) -> String {
    let pieces = runs(cells);
    match pieces.as_slice() {
        [] => "0".to_owned(),
        [one] if one.start == one.end => one.start.to_string(),
        [a, b] if a.start == a.end && b.start == b.end => format!("{}+{}", a.start, b.start),
        // A call takes 255 arguments.
        pieces => pieces.chunks(255).map(call).collect::<Vec<_>>().join("+"),
    }
}

/// A difference: `G8-I8-K8`.
#[must_use]
pub fn difference(minuend: Address, subtrahends: &[Address]) -> String {
    let mut text = minuend.to_string();
    for subtrahend in subtrahends {
        append(&mut text, format_args!("-{subtrahend}"));
    }
    text
}

/// The right formula of another row of the column, moved to a cell: what its author would write.
/// Whether it is right there too is [`super::agreement`]'s question.
#[must_use]
pub fn in_style_of(sibling: &str, from: Address, to: Address) -> String {
    let rows = i64::from(to.row) - i64::from(from.row);
    let columns = i64::from(to.column) - i64::from(from.column);
    shift_formula(sibling, rows, columns)
}

fn append(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(more);
}

fn call(pieces: &[Range]) -> String {
    let piece = |range: &Range| {
        if range.start == range.end { range.start.to_string() } else { range.to_string() }
    };
    format!("SUM({})", pieces.iter().map(piece).collect::<Vec<_>>().join(","))
}

/// Neighbours in a column, or in a row, joined to ranges.
fn runs(cells: &[Address]) -> Vec<Range> {
    let mut sorted = cells.to_vec();
    sorted.sort_unstable_by_key(|at| (at.column, at.row));
    sorted.dedup();
    let one_row = sorted.iter().all(|at| at.row == sorted[0].row);
    let mut runs: Vec<Range> = Vec::new();
    for at in sorted {
        match runs.last_mut() {
            Some(run) if follows(run.end, at, one_row) => run.end = at,
            _ => runs.push(Range { start: at, end: at }),
        }
    }
    runs
}

fn follows(last: Address, at: Address, along_row: bool) -> bool {
    if along_row {
        at.column == last.column + 1
    } else {
        at.column == last.column && at.row == last.row + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn ratios_follow_unit_and_format() {
        let written =
            |factor, percent, decimals| ratio(at("E8"), at("C8"), factor, percent, decimals);
        assert_eq!(written(100, false, Some(2)), "ROUND(E8/C8*100,2)");
        assert_eq!(written(100, true, Some(2)), "ROUND(E8/C8,4)");
        assert_eq!(written(1, false, None), "E8/C8");
        assert_eq!(written(1000, true, Some(1)), "ROUND(E8/C8*1000/100,3)");
    }

    #[test]
    fn sums_join_neighbours() {
        let cells = |texts: &[&str]| texts.iter().map(|text| at(text)).collect::<Vec<_>>();
        assert_eq!(sum(&cells(&["G9", "G8", "G10"])), "SUM(G8:G10)");
        assert_eq!(sum(&cells(&["G8", "G9", "G12"])), "SUM(G8:G9,G12)");
        assert_eq!(sum(&cells(&["G8", "G12"])), "G8+G12");
        assert_eq!(sum(&cells(&["D8", "E8", "F8"])), "SUM(D8:F8)");
        assert_eq!(sum(&cells(&["G8"])), "G8");
        assert_eq!(sum(&[]), "0");
        let apart: Vec<Address> = (0..600).map(|row| Address::new(2 * row, 6)).collect();
        assert_eq!(sum(&apart).matches("SUM(").count(), 3);
    }

    #[test]
    fn differences_and_siblings() {
        assert_eq!(difference(at("G8"), &[at("I8"), at("K8")]), "G8-I8-K8");
        assert_eq!(in_style_of("E8/$C8", at("F8"), at("F10")), "E10/$C10");
    }
}
