//! What the sentences of the hypotheses have in common.

use crate::findings::Correction;
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
pub(crate) fn figures<'a>(
    table: &Table,
    corrections: impl Iterator<Item = &'a Correction>,
) -> Text {
    const SHOWN: usize = 3;
    let wrong = corrections.filter(|correction| correction.from != Some(correction.to));
    let pair = |correction: &Correction| {
        let Correction { place, to, .. } = *correction;
        (found(table, place), table.print(place.column, to))
    };
    let pairs: Vec<(String, String)> = wrong.map(pair).collect();
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
        Some(figure) if figure.hides() => crate::table::print_number(figure.exact, None),
        _ => table.datum(place).printed().trim().to_owned(),
    }
}

/// What follows from the cells a finding is about: `; 3 ô có công thức sẽ tự đúng khi sửa (F9, …)`.
pub(crate) fn followers(table: &Table, followers: &[Place]) -> Text {
    let (live, typed): (Vec<Place>, Vec<Place>) =
        followers.iter().partition(|place| table.datum(**place).formula.is_some());
    let cells =
        |places: &[Place]| list(places.iter().map(|place| table.address(*place).to_string()));
    let mut told = Text::default();
    if !typed.is_empty() {
        let (count, cells) = (typed.len(), cells(&typed));
        told.vi.push_str(&format!("; {count} ô tính từ các số sai này phải tính lại ({cells})"));
        told.en.push_str(&format!("; computed from them, {count} more must be mended ({cells})"));
    }
    if !live.is_empty() {
        let (count, cells) = (live.len(), cells(&live));
        told.vi.push_str(&format!("; {count} ô có công thức sẽ tự đúng khi sửa ({cells})"));
        told.en.push_str(&format!("; {count} formulas come right by themselves ({cells})"));
    }
    told
}
