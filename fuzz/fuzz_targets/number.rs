//! A text read as a figure, in either notation.

#![no_main]

use libfuzzer_sys::fuzz_target;
use soatbieu::recognise::notation::{Evidence, looks_like_figure, read_cell, read_number_text};
use soatbieu::workbook::{Cell, NumberFormat, Value};

fuzz_target!(|text: &str| {
    let _ = read_number_text(text);
    let values: Vec<Value> = text.split('|').map(|cell| Value::Text(cell.to_owned())).collect();
    let evidence = Evidence::of(values.iter());
    for whole in [false, true] {
        let notation = evidence.notation(whole);
        for value in &values {
            let _ = looks_like_figure(value);
            let cell = Cell::new(value.clone());
            let _ = read_cell(Some(&cell), &NumberFormat::parse(text), notation);
        }
    }
});
