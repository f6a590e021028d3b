//! The rows below the index row: which hold figures, what part each plays, where the table ends.

use super::notation::looks_like_figure;
use super::region::{Region, resolved};
use super::words::{ends_table, fold, is_grand_total, is_total};
use crate::failure::{Code, Failure};
use crate::table::{Role, Row};
use crate::workbook::{Address, Sheet, Value};

/// The rows of a region, and which columns name them.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// The sheet column of names.
    pub(super) name_column: u32,
}

/// Reads the rows; `None` when no row below the index row holds a figure.
///
/// # Errors
/// [`Code::TwoTotals`] when two rows claim to be the total of the whole table.
pub(super) fn read(sheet: &Sheet, region: &Region) -> Result<Option<Rows>, Failure> {
    let (ordinal_column, name_column) = naming_columns(sheet, region);
    let figure_columns: Vec<u32> =
        (region.left..=region.right).filter(|column| *column > name_column).collect();
    let mut rows: Vec<Row> = Vec::new();
    let last = sheet.used().map_or(0, |used| used.end.row);
    for sheet_row in region.index_row + 1..=last.min(region.limit.saturating_sub(1)) {
        let text_of = |column: u32| text(resolved(sheet, Address::new(sheet_row, column)));
        let figures = figure_columns
            .iter()
            .filter(|column| {
                looks_like_figure(sheet.value(Address::new(sheet_row, **column)))
            })
            .count();
        let lead: Vec<String> = (region.left..=name_column).map(text_of).collect();
        let first_text = sheet.row(sheet_row).iter().find_map(|(_, cell)| {
            matches!(&cell.value, Value::Text(t) if !t.trim().is_empty()).then(|| text(&cell.value))
        });
        let closes = lead.iter().chain(&first_text).any(|text| ends_table(text));
        if closes && figures < 2 {
            break;
        }
        let name = row_name(&lead, text_of(name_column));
        if figures == 0 && (name.is_empty() || !figures_follow(sheet, region, sheet_row, &figure_columns)) {
            if figures_follow(sheet, region, sheet_row, &figure_columns) {
                continue;
            }
            break;
        }
        let ordinal = ordinal_column.map(text_of).unwrap_or_default();
        let role = if figures == 0 { Role::Heading } else { Role::Unit };
        rows.push(Row { sheet_row, ordinal, name, role, parts: Vec::new() });
    }
    while rows.last().is_some_and(|row| row.role == Role::Heading) {
        rows.pop();
    }
    if !rows.iter().any(|row| row.role == Role::Unit) {
        return Ok(None);
    }
    assign_roles(sheet, region, &mut rows)?;
    Ok(Some(Rows { rows, name_column }))
}

/// The ordinal column, if there is one, and the name column: the leading columns of a table, the
/// names being the last of them that holds more texts than figures.
fn naming_columns(sheet: &Sheet, region: &Region) -> (Option<u32>, u32) {
    let sample = region.index_row + 1..region.index_row + 40;
    let counts = |column: u32| {
        sample.clone().fold((0, 0), |(texts, figures), row| {
            match resolved(sheet, Address::new(row, column)) {
                value if value.is_blank() => (texts, figures),
                value if looks_like_figure(value) => (texts, figures + 1),
                _ => (texts + 1, figures),
            }
        })
    };
    let leading = region.left..=region.right.min(region.left + 4);
    let name = leading
        .clone()
        .find(|column| {
            let (texts, figures) = counts(*column);
            texts > figures && texts > 0 && is_name_column(sheet, region, *column)
        })
        .unwrap_or(region.left);
    let ordinal = (name > region.left).then_some(region.left);
    (ordinal, name)
}

/// Names are words; a column of ordinals such as `1.1.` or `I` is none.
fn is_name_column(sheet: &Sheet, region: &Region, column: u32) -> bool {
    let words = (region.index_row + 1..region.index_row + 40)
        .filter(|row| {
            let text = text(sheet.value(Address::new(*row, column)));
            text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        })
        .count();
    words >= 2 || words == 1 && column > region.left
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The name of a row; a total often stands in the ordinal column, merged over both.
fn row_name(lead: &[String], name: String) -> String {
    if !name.is_empty() {
        return name;
    }
    lead.iter().find(|text| text.chars().any(char::is_alphabetic)).cloned().unwrap_or_default()
}

/// True when figures go on within the next two rows.
fn figures_follow(sheet: &Sheet, region: &Region, row: u32, columns: &[u32]) -> bool {
    let limit = region.limit.min(row + 3);
    (row + 1..limit).any(|below| {
        let figures = columns
            .iter()
            .filter(|column| looks_like_figure(sheet.value(Address::new(below, **column))))
            .count();
        figures >= 1 && figures * 3 >= columns.len()
    })
}

/// Gives totals and subtotals their parts.
fn assign_roles(sheet: &Sheet, region: &Region, rows: &mut [Row]) -> Result<(), Failure> {
    let grand: Vec<usize> = (0..rows.len())
        .filter(|index| rows[*index].role == Role::Unit && is_grand_total(&rows[*index].name))
        .collect();
    let totals: Vec<usize> = (0..rows.len())
        .filter(|index| rows[*index].role == Role::Unit && is_total(&rows[*index].name))
        .collect();
    let total = match (grand.as_slice(), totals.as_slice()) {
        ([], []) => return Ok(()),
        ([], [.., last]) => *last,
        ([one], _) => *one,
        (several, _) => {
            let same = |index: &&usize| fold(&rows[**index].name) == fold(&rows[several[0]].name);
            if several.iter().filter(same).count() > 1 {
                return Err(two_totals(sheet, region, rows, several));
            }
            several[several.len() - 1]
        }
    };
    let mut parts = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for index in 0..rows.len() {
        if index == total || rows[index].role == Role::Heading {
            continue;
        }
        if totals.contains(&index) {
            // `Cộng` closes the rows above it that no other subtotal has closed.
            rows[index].role = Role::Subtotal;
            rows[index].parts = std::mem::take(&mut open);
            parts.push(index);
        } else {
            open.push(index);
        }
    }
    parts.extend(open);
    parts.sort_unstable();
    rows[total].role = Role::Total;
    rows[total].parts = parts;
    Ok(())
}

fn two_totals(sheet: &Sheet, region: &Region, rows: &[Row], totals: &[usize]) -> Failure {
    let cells: Vec<String> = totals
        .iter()
        .map(|index| Address::new(rows[*index].sheet_row, region.left).to_string())
        .collect();
    let cells = cells.join(", ");
    let name = &rows[totals[0]].name;
    Failure::new(
        Code::TwoTotals,
        format!("trang tính `{}` có nhiều dòng `{name}` (các dòng ở ô {cells}) nên không biết dòng nào là tổng của bảng", sheet.name),
        format!("sheet `{}` has several rows `{name}` (at {cells}), so it is not known which one is the total of the table", sheet.name),
    )
    .with_help(
        "hãy giữ một dòng tổng, hoặc đổi tên các dòng cộng từng phần thành `Cộng`",
        "keep one total row, or rename the sums of parts to `Cộng`",
    )
}
