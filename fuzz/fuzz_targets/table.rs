//! A whole check of a sheet written as text: lines are rows, bars part cells; a cell that begins
//! with `=` is a formula with its result after a `#`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;
use soatbieu::correct::{Choice, correct};
use soatbieu::recognise::Request;
use soatbieu::workbook::{Address, Cell, FileFormat, Sheet, Value, Workbook};
use soatbieu::{check_workbook, forms};

fuzz_target!(|text: &str| {
    let mut cells = Vec::new();
    for (row, line) in text.lines().take(60).enumerate() {
        for (column, written) in line.split('|').take(30).enumerate() {
            let at = Address::new(row as u32, column as u32);
            cells.extend(cell(written).map(|cell| (at, cell)));
        }
    }
    let mut book = Workbook::empty(FileFormat::Xlsx);
    book.sheets.push(Sheet::new("S", cells));
    let request = Request { sheet: None, form: None, known: forms::builtin().unwrap_or_default() };
    if let Ok(checkup) = check_workbook(book, &request) {
        for table in &checkup.tables {
            let _ = correct(table, &Choice::default());
        }
    }
});

fn cell(written: &str) -> Option<Cell> {
    let (formula, shown) = match written.strip_prefix('=') {
        Some(rest) => {
            let (formula, shown) = rest.split_once('#').unwrap_or((rest, ""));
            (Some(formula), shown)
        }
        None => (None, written),
    };
    let value = match shown.parse::<Decimal>() {
        Ok(number) => Value::Number(number),
        Err(_) if shown.is_empty() => Value::Blank,
        Err(_) => Value::Text(shown.to_owned()),
    };
    (formula.is_some() || value != Value::Blank)
        .then(|| Cell { formula: formula.map(Into::into), ..Cell::new(value) })
}
