//! Labels for a table that prints none: those of a form whose headings stand over its columns, or
//! made ones.

use std::collections::BTreeMap;

use super::head::describes;
use super::index_row::IndexCell;
use super::notation::looks_like_figure;
use super::region::Region;
use crate::forms::{Form, FormColumn};
use crate::lang::Text;
use crate::table::{Column, Kind, Table};
use crate::words::fold_heading;
use crate::workbook::{Address, Sheet};

/// Rows that tell whether columns beside those of a form hold figures.
const LOOK_BELOW: u32 = 12;

/// The share of the described columns of a form whose words must stand over its columns, in tenths:
/// of a form that is tried, and of one that was asked for.
const TRIED: usize = 8;
const ASKED: usize = 5;

/// The labels that a form gives the columns of a region, by sheet column; `None` where the columns
/// are not those of the form.
pub(super) fn labels(
    sheet: &Sheet,
    region: &Region,
    columns: &[Column],
    form: &Form,
    asked: bool,
) -> Option<BTreeMap<u32, IndexCell>> {
    let names = form.columns.iter().take_while(|column| column.kind == Kind::Text).count();
    let (names, figures) = form.columns.split_at(names);
    let described = figures.iter().filter(|column| !column.words.is_empty()).count();
    // A form that says little of its columns would fit any table.
    if described < 2 || described * 2 < figures.len() {
        return None;
    }
    let headings: Vec<String> = columns.iter().map(|c| fold_heading(&c.heading())).collect();
    let fitting = |window: &[String]| -> usize {
        let fits = |(heading, wanted): (&String, &FormColumn)| {
            !wanted.words.is_empty() && describes(heading, wanted)
        };
        window.iter().zip(figures).filter(|pair| fits(*pair)).count()
    };
    let windows = headings.windows(figures.len()).map(fitting).enumerate();
    // Of windows that fit alike the first stands.
    let (start, best) = windows.rev().max_by_key(|(_, fitting)| *fitting)?;
    let share = if asked { ASKED } else { TRIED };
    let end = start + figures.len();
    let surplus = columns[end..].iter().any(|column| holds_figures(sheet, region, column));
    if best * 10 < described * share || surplus {
        return None;
    }
    let first = start.saturating_sub(names.len());
    let lead = columns[first..start].iter().rev().zip(names.iter().rev());
    let own = columns[start..end].iter().zip(figures);
    let label = |(column, wanted): (&Column, &FormColumn)| {
        let label = wanted.label.clone();
        (column.sheet_column, IndexCell { label, formula: None, in_caption: false })
    };
    Some(lead.chain(own).map(label).collect())
}

fn holds_figures(sheet: &Sheet, region: &Region, column: &Column) -> bool {
    (region.body..region.body + LOOK_BELOW)
        .any(|row| looks_like_figure(sheet.value(Address::new(row, column.sheet_column))))
}

/// Makes labels where nothing gives them: letters over the columns that lead the rows, numbers over
/// those of figures.
pub(super) fn make(columns: &mut [Column], last_lead: u32) {
    let (mut letters, mut numbers) = ('A'..='Z', 1_u32..);
    for column in columns {
        column.label = if column.sheet_column <= last_lead {
            letters.next().map(String::from)
        } else if column.kind == Kind::Text {
            None
        } else {
            numbers.next().map(|number| number.to_string())
        }
        .unwrap_or_default();
    }
}

/// What a person should know of a table that prints no index row, with the row to insert.
pub(super) fn note(table: &Table, form: Option<&Form>) -> Text {
    let row = table.index_row_text();
    match form {
        Some(form) => Text::new(
            format!(
                "biểu không in dòng chỉ số cột; theo tiêu đề cột, đây là biểu mẫu “{}”; nên chèn vào dưới dòng {} dòng chỉ số: {row}",
                form.name.vi, table.body
            ),
            format!(
                "no index row is printed; by its headings the table is the form “{}”; insert the index row below row {}: {row}",
                form.name.en, table.body
            ),
        ),
        None => Text::new(
            format!(
                "biểu không in dòng chỉ số cột nên được nhận ra theo tiêu đề; nhãn cột do chương trình tự đặt: {row}"
            ),
            format!(
                "no index row is printed, so the table is known by its headings; the labels of its columns are made: {row}"
            ),
        ),
    }
}
