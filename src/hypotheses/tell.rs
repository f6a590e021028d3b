//! What the sentences of the hypotheses have in common.

use rust_decimal::Decimal;

use crate::lang::Text;
use crate::table::{Place, Table};

/// Things named in a sentence before it stops.
const NAMED: usize = 6;

/// A list that ends in `…` where it is long.
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    if items.len() > NAMED {
        items.truncate(NAMED - 1);
        items.push("…".to_owned());
    }
    items.join(", ")
}

/// Columns as an official points at them: `1, 2, 3`.
pub(super) fn columns(table: &Table, columns: &[usize]) -> String {
    list(columns.iter().map(|column| table.columns[*column].name().to_owned()))
}

/// A row's name in quotes, or its number on the sheet.
pub(super) fn row(table: &Table, row: usize) -> Text {
    let row = &table.rows[row];
    let number = row.sheet_row + 1;
    match (row.name.is_empty(), row.line.is_empty()) {
        (true, _) => Text::new(format!("dòng {number}"), format!("row {number}")),
        (false, true) => Text::new(format!("“{}”", row.name), format!("“{}”", row.name)),
        (false, false) => {
            let name = format!("“{} ({})”", row.name, row.line);
            Text::new(name.clone(), name)
        }
    }
}

/// Some figures as they stand and as they should be: ` (340 phải là 3,40)`.
pub(crate) fn figures(table: &Table, repair: &[(Place, Decimal)]) -> Text {
    const SHOWN: usize = 3;
    let wrong = repair.iter().filter(|(place, right)| table.number(*place) != Some(*right));
    let pairs: Vec<(String, String)> = wrong
        .map(|(place, right)| (found(table, *place), table.print(place.column, *right)))
        .collect();
    if pairs.is_empty() {
        return Text::default();
    }
    let join = |words: &str| {
        let some = pairs.iter().take(SHOWN);
        let mut told: Vec<String> =
            some.map(|(found, right)| format!("{found} {words} {right}")).collect();
        if pairs.len() > SHOWN {
            told.push("…".to_owned());
        }
        format!(" ({})", told.join("; "))
    };
    Text::new(join("phải là"), join("should be"))
}

/// The figure a cell holds, decimals that its format hides included.
pub(super) fn found(table: &Table, place: Place) -> String {
    match table.figure(place) {
        Some(figure) if figure.hides() => crate::table::print_number(figure.exact(), None),
        _ => table.datum(place).printed().trim().to_owned(),
    }
}

/// Typed cells that were computed from the wrong ones: `; 3 ô tính từ các số này phải tính lại`.
pub(crate) fn computed_from(table: &Table, typed: &[Place]) -> Text {
    if typed.is_empty() {
        return Text::default();
    }
    let count = typed.len();
    let cells = list(typed.iter().map(|place| table.address(*place).to_string()));
    Text::new(
        format!("; {count} ô tính từ các số sai này phải tính lại ({cells})"),
        format!("; {count} cells computed from them must be computed again ({cells})"),
    )
}
