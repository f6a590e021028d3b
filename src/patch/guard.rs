//! What may be written where: refusals before anything is changed.

use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

use super::map::SheetMap;
use super::{Content, Edit, PatchError};

/// UTF-16 units a cell's text may have (Excel's published limit).
const MOST_TEXT: usize = 32_767;
/// Characters a formula may have (Excel's published limit).
const MOST_FORMULA: usize = 8_192;

/// Refuses addresses outside a sheet, two edits of one cell (edits are sorted) and overlong content.
pub(super) fn check_edits(edits: &[&Edit]) -> Result<(), PatchError> {
    for pair in edits.windows(2) {
        if let [a, b] = pair
            && a.at == b.at
        {
            return Err(PatchError::TwoEdits { sheet: a.sheet.clone(), at: a.at });
        }
    }
    edits.iter().try_for_each(|edit| check_edit(edit))
}

fn check_edit(edit: &Edit) -> Result<(), PatchError> {
    let (sheet, at) = (edit.sheet.clone(), edit.at);
    if at.row >= MAX_ROWS || at.column >= MAX_COLUMNS {
        return Err(PatchError::OutsideSheet { sheet, at });
    }
    let too_long = match &edit.content {
        Content::Text(text) => text.encode_utf16().count() > MOST_TEXT,
        Content::Formula { text, .. } => text.chars().count() > MOST_FORMULA,
        _ => false,
    };
    if too_long { Err(PatchError::TooLong { sheet, at }) } else { Ok(()) }
}

/// Refuses cells the sheet cannot take new content in. `headers` are the tables' heading rows.
pub(super) fn check_cells(
    map: &SheetMap<'_>,
    edits: &[&Edit],
    headers: &[Range],
) -> Result<(), PatchError> {
    edits.iter().try_for_each(|edit| check_cell(map, edit, headers))
}

fn check_cell(map: &SheetMap<'_>, edit: &Edit, headers: &[Range]) -> Result<(), PatchError> {
    let (sheet, at) = (edit.sheet.clone(), edit.at);
    let disorderly = map.rows.get(&at.row).is_some_and(|row| !row.orderly);
    if disorderly || map.doubled.contains(&at.row) {
        return Err(PatchError::AmbiguousCell { sheet, at });
    }
    match edit.content {
        Content::Result(_) if !holds_result(map, at) => {
            return Err(PatchError::NoFormula { sheet, at });
        }
        Content::Keep | Content::Result(_) => return Ok(()),
        _ => {}
    }
    if let Some(merge) = covering(&map.merges, at).filter(|merge| merge.start != at) {
        return Err(PatchError::InsideMerge { sheet, at, anchor: merge.start });
    }
    if let Some(array) = covering(&map.arrays, at).filter(|array| array.start != array.end) {
        return Err(PatchError::InsideArray { sheet, at, anchor: array.start });
    }
    if covering(headers, at).is_some() {
        return Err(PatchError::TableHeader { sheet, at });
    }
    Ok(())
}

fn covering(ranges: &[Range], at: Address) -> Option<Range> {
    ranges.iter().copied().find(|range| range.contains(at))
}

fn holds_result(map: &SheetMap<'_>, at: Address) -> bool {
    let cell = map.rows.get(&at.row).and_then(|row| row.cells.get(&at.column));
    cell.is_some_and(|cell| cell.formula.is_some() || covering(&map.arrays, at).is_some())
}
