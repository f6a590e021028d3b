//! Number formats of corrected cells: a figure never stands under a format that cannot show it.

use rust_decimal::Decimal;

use super::changes::{Change, ChangeList};
use crate::workbook::{NumberFormat, Workbook};

/// Gives each changed cell whose own format cannot show its figure one that does.
pub(super) fn set(workbook: &Workbook, list: &mut ChangeList) {
    for change in list.changes.iter_mut().filter(|change| !change.is_text) {
        let sheet = workbook.sheets.iter().find(|sheet| sheet.name == change.sheet);
        let cell = sheet.and_then(|sheet| sheet.cell(change.at));
        let format = cell.map_or(NumberFormat::general(), |cell| workbook.number_format(cell));
        if !shows(format, change) {
            change.format = Some(code(format, change));
        }
    }
}

fn shows(format: &NumberFormat, change: &Change) -> bool {
    match format.decimals {
        Some(decimals) => format.percent == change.percent && decimals >= change.decimals,
        // `General` shows as many decimals as the figure has. Others without a number of decimals
        // are dates, texts and the like.
        None => format.code.is_empty() && change.stored.normalize().scale() >= change.decimals,
    }
}

/// The plainest format that shows the figure, with thousands set apart where the cell or the size of
/// the figure asks for it.
fn code(format: &NumberFormat, change: &Change) -> String {
    let grouped = format.grouped || change.stored.abs() >= Decimal::ONE_THOUSAND;
    let whole = if grouped { "#,##0" } else { "0" };
    let point = if change.decimals > 0 { "." } else { "" };
    let decimals = "0".repeat(change.decimals.min(MOST_DECIMALS) as usize);
    let sign = if change.percent { "%" } else { "" };
    format!("{whole}{point}{decimals}{sign}")
}

/// Decimals a program lets a format have.
const MOST_DECIMALS: u32 = 30;
