//! Texts outside of tables that changed: titles, headings, notes, other sheets.

use std::collections::{BTreeMap, BTreeSet};

use super::Text;
use crate::checkup::Checkup;
use crate::lang::Lang;
use crate::say;
use crate::table::{Place, Table, print_number};
use crate::words::{is_own_sheet, single_blanks};
use crate::workbook::{Address, Sheet, Value};

/// Texts named of one sheet before it says that there are more.
const NAMED: usize = 200;

/// What changed. A text is looked for in its own cell first and then on the whole sheet: what moved
/// with a row that was put in has not changed.
pub(super) fn changes(old: &Checkup, new: &Checkup, lang: Lang) -> Vec<Text> {
    let own = |sheet: &&Sheet| !is_own_sheet(&sheet.name);
    let name = |sheet: &Sheet| crate::words::fold(&sheet.name);
    let mut changes = Vec::new();
    let sheets: Vec<&Sheet> = new.workbook.sheets.iter().filter(own).collect();
    for before in old.workbook.sheets.iter().filter(own) {
        match sheets.iter().find(|after| name(after) == name(before)) {
            Some(after) => {
                let texts = [texts(old, before), texts(new, after)];
                changes.extend(of_sheet(&after.name, texts));
            }
            // A table that stands on a sheet of another name was compared; what stood alone is gone.
            None if !has_table(old, before) => changes.push(Text {
                sheet: before.name.clone(),
                cell: String::new(),
                old: say!(lang, "cả trang tính", "the whole sheet"),
                new: String::new(),
            }),
            None => {}
        }
    }
    changes
}

fn has_table(checkup: &Checkup, sheet: &Sheet) -> bool {
    checkup.tables.iter().any(|checked| checked.table.sheet == sheet.name)
}

/// Texts by cell, those of the figures of tables aside.
fn texts(checkup: &Checkup, sheet: &Sheet) -> BTreeMap<Address, String> {
    let mut inside = BTreeSet::new();
    for checked in checkup.tables.iter().filter(|checked| checked.table.sheet == sheet.name) {
        inside.extend(grid(&checked.table));
    }
    let cells = sheet.cells().iter().filter(|(at, _)| !inside.contains(at));
    let texts = cells.map(|(at, cell)| (*at, shown(&cell.value)));
    texts.filter(|(_, text)| !text.is_empty()).collect()
}

fn grid(table: &Table) -> impl Iterator<Item = Address> + '_ {
    (0..table.rows.len()).flat_map(move |row| {
        (0..table.columns.len()).map(move |column| table.address(Place::new(row, column)))
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Blank | Value::Unknown(_) => String::new(),
        Value::Number(number) | Value::Date(number) => print_number(*number, None),
        Value::Text(text) => single_blanks(text),
        Value::Error(error) => single_blanks(error),
        Value::Bool(is) => is.to_string(),
    }
}

fn of_sheet(sheet: &str, [mut old, mut new]: [BTreeMap<Address, String>; 2]) -> Vec<Text> {
    let same: Vec<Address> =
        old.iter().filter(|(at, text)| new.get(at) == Some(text)).map(|(at, _)| *at).collect();
    for at in same {
        old.remove(&at);
        new.remove(&at);
    }
    // What moved.
    let mut places: BTreeMap<String, Vec<Address>> = BTreeMap::new();
    for (at, text) in &new {
        places.entry(text.clone()).or_default().push(*at);
    }
    old.retain(|_, text| {
        let moved = places.get_mut(text).and_then(Vec::pop);
        if let Some(at) = moved {
            new.remove(&at);
        }
        moved.is_none()
    });
    let text = |at: &Address, old: &str, new: &str| Text {
        sheet: sheet.to_owned(),
        cell: at.to_string(),
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let mut changes: Vec<(Address, Text)> = Vec::new();
    for (at, was) in &old {
        let is = new.remove(at).unwrap_or_default();
        changes.push((*at, text(at, was, &is)));
    }
    changes.extend(new.iter().map(|(at, is)| (*at, text(at, "", is))));
    changes.sort_by_key(|(at, _)| *at);
    changes.into_iter().take(NAMED).map(|(_, text)| text).collect()
}
