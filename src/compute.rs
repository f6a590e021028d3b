//! Results that a file does not hold, computed before anything is recognised.
//!
//! Libraries that write workbooks (`openpyxl`, `POI`, `EPPlus`, `ClosedXML` …) store formulas without
//! results, or with the result 0; whoever opens such a file sees the formulas computed, and a check
//! must see the same. What cannot be computed for certain becomes [`Value::Unknown`]: neither 0 nor
//! blank to any later step.
//!
//! Whether a stored 0 is a result is decided for the whole workbook: where no formula of it has any
//! other result, or its file asks for calculation on load or names a library that computes nothing,
//! and formulas computed anew give other figures, nobody has calculated it yet.

use std::collections::BTreeSet;

use crate::formula::{CellPlace, Completed, Limits, complete, formulas};
use crate::lang::Text;
use crate::table::Table;
use crate::workbook::{Cell, Unknown, Value, Workbook};

/// The workbook with a result, or [`Value::Unknown`], for each formula whose result its file does
/// not hold. [`crate::workbook::Sheet::computed`] lists the computed ones. A workbook that stores
/// all its results comes back as it is.
#[must_use]
pub fn complete_results(mut workbook: Workbook) -> Workbook {
    let survey = Survey::of(&workbook);
    let zeros = survey.zeros_may_be_unset(&workbook);
    let absent = survey.blanks_are_unset(&workbook);
    if !absent && !zeros {
        return workbook;
    }
    let mut wanted: BTreeSet<CellPlace> = formulas(&workbook)
        .filter(|(_, cell)| match cell.value {
            Value::Blank => absent,
            _ => zeros && is_zero(&cell.value),
        })
        .map(|(place, _)| place)
        .collect();
    set_aside_arrays(&mut workbook, &mut wanted);
    let completed = complete(&workbook, &wanted, &Limits::default());
    put(&mut workbook, completed);
    workbook
}

/// Cells of formulas over several cells that are looked at.
const MOST_ARRAY_CELLS: u64 = 100_000;

/// Formulas over several cells are not computed: their cells are unknown, also those the file does
/// not even hold.
fn set_aside_arrays(workbook: &mut Workbook, wanted: &mut BTreeSet<CellPlace>) {
    let mut left = MOST_ARRAY_CELLS;
    for (index, sheet) in workbook.sheets.iter_mut().enumerate() {
        let mut missing = Vec::new();
        for range in sheet.arrays.clone() {
            if !wanted.remove(&CellPlace { sheet: index, at: range.start }) {
                continue;
            }
            for at in range.cells() {
                let Some(rest) = left.checked_sub(1) else { break };
                left = rest;
                let follows = at != range.start;
                let unknown = Unknown { what: "array formula", detail: String::new(), follows };
                let value = Value::Unknown(Box::new(unknown));
                match sheet.cell_mut(at) {
                    Some(cell) if cell.value.is_blank() || is_zero(&cell.value) => {
                        cell.value = value;
                    }
                    Some(_) => {}
                    None => missing.push((at, Cell::new(value))),
                }
            }
        }
        if !missing.is_empty() {
            sheet.add(missing);
        }
    }
}

/// What the formulas of a workbook have for results.
#[derive(Default)]
struct Survey {
    blanks: usize,
    zeros: usize,
    others: usize,
}

impl Survey {
    fn of(workbook: &Workbook) -> Self {
        let mut survey = Self::default();
        for (_, cell) in formulas(workbook) {
            let count = match &cell.value {
                Value::Blank => &mut survey.blanks,
                value if is_zero(value) => &mut survey.zeros,
                // An empty text is what many a formula gives before there are data.
                value if value.is_blank() => continue,
                _ => &mut survey.others,
            };
            *count += 1;
        }
        survey
    }

    /// True where a blank is no result. Binary formats hold one with each formula, and an empty text
    /// is read as blank, unless no formula has any.
    fn blanks_are_unset(&self, workbook: &Workbook) -> bool {
        let binary = workbook.format.is_binary();
        self.blanks > 0 && !(binary && self.others > 0)
    }

    /// True where a stored 0 need not be a result. With calculation by hand, a program shows it.
    fn zeros_may_be_unset(&self, workbook: &Workbook) -> bool {
        let calculation = &workbook.calculation;
        let by_hand = calculation.manual && !calculation.on_load;
        self.zeros > 0 && !by_hand && (self.others == 0 || calculation.leaves_zeros())
    }
}

/// Some libraries write the 0 as a text.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Number(number) | Value::Date(number) => number.is_zero(),
        Value::Text(text) => &**text == "0",
        _ => false,
    }
}

/// Puts results into their cells. A stored 0 that comes out as 0 again was calculated; one of a
/// formula that cannot be computed is believed unless others prove that nothing was.
fn put(workbook: &mut Workbook, completed: Completed) {
    let stored_zero = |workbook: &Workbook, place: CellPlace| {
        is_zero(workbook.sheets[place.sheet].value(place.at))
    };
    let uncalculated =
        |(place, value): &(CellPlace, Value)| !stored_zero(workbook, *place) || !is_zero(value);
    let any_uncalculated = completed.values.iter().any(uncalculated);
    for (place, value) in completed.values {
        if stored_zero(workbook, place) && is_zero(&value) {
            continue;
        }
        let own = workbook.sheets[place.sheet].cell(place.at);
        let shows_date = own.is_some_and(|cell| workbook.number_format(cell).shows_date());
        let sheet = &mut workbook.sheets[place.sheet];
        let Some(cell) = sheet.cell_mut(place.at) else { continue };
        cell.value = match value {
            Value::Number(serial) if shows_date => Value::Date(serial),
            // What a formula leaves empty is blank to a reader.
            Value::Text(text) if text.is_empty() => Value::Blank,
            value => value,
        };
        sheet.computed.push(place.at);
    }
    for open in completed.unknown {
        if stored_zero(workbook, open.place) && !any_uncalculated {
            continue;
        }
        let follows = open.reason.is_missing_result();
        let unknown = Unknown { what: open.reason.what, detail: open.reason.detail, follows };
        if let Some(cell) = workbook.sheets[open.place.sheet].cell_mut(open.place.at) {
            cell.value = Value::Unknown(Box::new(unknown));
        }
    }
}

/// Says of each table how many of its figures were computed here.
pub fn tell(workbook: &Workbook, tables: &mut [Table]) {
    for table in tables {
        let sheet = workbook.sheets.iter().find(|sheet| sheet.name == table.sheet);
        let computed = sheet.into_iter().flat_map(|sheet| &sheet.computed);
        let count = computed.filter(|at| table.range.contains(**at)).count();
        if count > 0 {
            table.notes.push(Text::new(
                format!("tệp không lưu kết quả của {count} công thức; soatbieu đã tính các kết quả này từ số liệu trong tệp"),
                format!("the file holds no results of {count} formulas; soatbieu computed them from the figures in the file"),
            ));
        }
    }
}
