//! A workbook as its copy holds it, told from what is written and not from the copy.

use crate::patch::{Content, Edit};
use crate::workbook::{Cell, NumberFormat, Value, Workbook};

/// The workbook with edits written into its cells. Edits of sheets that it has not are passed over.
pub(super) fn edited(workbook: &Workbook, edits: &[Edit]) -> Workbook {
    let mut edited = workbook.clone();
    for edit in edits {
        write(&mut edited, edit);
    }
    edited
}

fn write(workbook: &mut Workbook, edit: &Edit) {
    let wanted = edit.format.as_deref().map(|code| format_of(workbook, code));
    let Some(sheet) = workbook.sheets.iter_mut().find(|sheet| sheet.name == edit.sheet) else {
        return;
    };
    if sheet.cell(edit.at).is_none() {
        sheet.add(vec![(edit.at, Cell::new(Value::Blank))]);
    }
    let Some(cell) = sheet.cell_mut(edit.at) else { return };
    cell.format = wanted.unwrap_or(cell.format);
    let format = workbook.formats.get(usize::from(cell.format));
    let is_date = format.is_some_and(NumberFormat::shows_date);
    let number = |number| if is_date { Value::Date(number) } else { Value::Number(number) };
    let (value, formula) = match &edit.content {
        Content::Keep => return,
        Content::Number(figure) => (number(*figure), None),
        Content::Text(text) => (Value::Text(text.clone()), None),
        Content::Blank => (Value::Blank, None),
        Content::Formula { text, result } => {
            let bare = text.strip_prefix('=').unwrap_or(text);
            (number(*result), Some(bare.into()))
        }
        Content::Result(result) => (number(*result), cell.formula.take()),
    };
    (cell.value, cell.formula) = (value, formula);
}

/// The index of a number format, which is added where there is none like it.
fn format_of(workbook: &mut Workbook, code: &str) -> u16 {
    let wanted = NumberFormat::parse(code);
    let known = workbook.formats.iter().position(|format| *format == wanted);
    let index = known.unwrap_or_else(|| {
        workbook.formats.push(wanted);
        workbook.formats.len() - 1
    });
    u16::try_from(index).unwrap_or(0)
}
