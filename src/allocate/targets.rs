//! Lists of figures that a person gives: assigned targets, fixed figures, weights.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::failure::{Code, Failure};
use crate::read;
use crate::recognise::notation::read_number_text;
use crate::units::lines;
use crate::words::fold;

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The unit, or the row of a table.
    pub unit: String,
    /// The column's label or heading; empty where a list names none.
    pub column: String,
    /// The figure: a whole number.
    pub figure: u64,
}

/// Headings of the columns of a list.
const UNITS: &[&str] =
    &["đơn vị", "tên đơn vị", "xã", "thôn", "tên thôn", "unit", "village", "name"];
const COLUMNS: &[&str] = &["cột", "nhãn cột", "chỉ tiêu", "column", "label"];
const FIGURES: &[&str] = &[
    "số",
    "số giao",
    "số được giao",
    "số lượng",
    "trọng số",
    "figure",
    "target",
    "number",
    "weight",
];

/// Lines of a list above which its heading row is looked for.
const HEADING_WITHIN: usize = 20;

/// No unit has more of anything, and no sum of such figures outgrows its range.
pub(super) const LARGEST: u64 = 1_000_000_000_000;

/// Where the fields of a line stand.
#[derive(Debug, Clone, Copy)]
struct Fields {
    unit: usize,
    column: Option<usize>,
    figure: usize,
}

/// Reads a list: a text, CSV or workbook with a unit, a column and a figure a line. Where a heading
/// row says which is which it is followed; else an ordinal in front is passed over. Lists without
/// columns (weights) have two fields.
///
/// # Errors
/// [`Code::Unknown`] where a line holds no whole figure, or the list is empty.
pub fn read(bytes: &[u8], limits: &read::Limits) -> Result<Vec<Target>, Failure> {
    let mut lines = lines(bytes, limits)?;
    let heading = lines.iter().take(HEADING_WITHIN).position(|line| of_heading(line).is_some());
    let fields = heading.and_then(|at| of_heading(&lines[at]));
    let skipped = heading.map_or(0, |at| at + 1);
    lines.drain(..skipped);
    let mut targets = Vec::new();
    for (number, line) in (skipped + 1..).zip(&lines) {
        let is_remark = line.iter().find(|f| !f.is_empty()).is_none_or(|f| f.starts_with('#'));
        if !is_remark {
            targets.push(target(line, fields).ok_or_else(|| no_target(number, line))?);
        }
    }
    if targets.is_empty() {
        return Err(Failure::new(
            Code::Unknown,
            "danh sách chỉ tiêu không có dòng nào",
            "the list of targets is empty",
        ));
    }
    Ok(targets)
}

fn of_heading(line: &[String]) -> Option<Fields> {
    let find = |names: &[&str]| line.iter().position(|field| names.contains(&fold(field).as_str()));
    let (unit, figure) = (find(UNITS)?, find(FIGURES)?);
    Some(Fields { unit, column: find(COLUMNS), figure })
}

fn target(line: &[String], fields: Option<Fields>) -> Option<Target> {
    let fields = fields.or_else(|| {
        let unit = line.iter().position(|field| field.chars().any(char::is_alphabetic))?;
        let rest = line[unit + 1..].iter().rposition(|field| !field.is_empty())?;
        match rest {
            0 => Some(Fields { unit, column: None, figure: unit + 1 }),
            _ => Some(Fields { unit, column: Some(unit + 1), figure: unit + 2 }),
        }
    })?;
    let field = |at: usize| line.get(at).map(|field| field.trim().to_owned());
    let column = fields.column.map_or_else(|| Some(String::new()), field)?;
    Some(Target { unit: field(fields.unit)?, column, figure: whole(&field(fields.figure)?)? })
}

/// A whole number that is not negative.
fn whole(text: &str) -> Option<u64> {
    let number: Decimal = read_number_text(text)?;
    number.fract().is_zero().then(|| number.to_u64())?.filter(|number| *number <= LARGEST)
}

fn no_target(number: usize, line: &[String]) -> Failure {
    let line = line.join("; ");
    Failure::new(
        Code::Unknown,
        format!("dòng {number} của danh sách chỉ tiêu (`{line}`) không có đơn vị, cột và số nguyên không âm"),
        format!("line {number} of the list (`{line}`) has no unit, column and whole figure"),
    )
    .with_help(
        "mỗi dòng ghi đơn vị, nhãn cột, số được giao, ví dụ: Xã Đại Lãnh;9;16",
        "a line is a unit, a column label and a figure, for instance: Xã Đại Lãnh;9;16",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<(String, String, u64)> {
        let targets = read(text.as_bytes(), &read::Limits::default()).unwrap();
        targets.into_iter().map(|t| (t.unit, t.column, t.figure)).collect()
    }

    #[test]
    fn a_line_is_a_unit_a_column_and_a_figure() {
        let wanted = [("Xã Đại Lãnh".to_owned(), "9".to_owned(), 1016)];
        for text in [
            "Xã Đại Lãnh;9;1.016",
            "1\tXã Đại Lãnh\t9\t1016\n\n# ghi chú",
            "GIAO CHỈ TIÊU NĂM 2024\nTT,Cột,Đơn vị,Số được giao\n1,9,Xã Đại Lãnh,1016",
        ] {
            assert_eq!(list(text), wanted, "{text}");
        }
        assert_eq!(list("Thôn A;2"), [("Thôn A".to_owned(), String::new(), 2)]);
        for text in ["", "Xã A;9;-1", "Xã A;9;1,5", "Xã A;9;x", "9;16"] {
            assert!(read(text.as_bytes(), &read::Limits::default()).is_err(), "{text}");
        }
    }
}
