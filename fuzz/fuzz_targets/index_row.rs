//! A cell of an index row, and the expression after its equals sign.

#![no_main]

use libfuzzer_sys::fuzz_target;
use soatbieu::recognise::index_row::{is_index_row, read_cell};
use soatbieu::table::parse_expression;
use soatbieu::workbook::Value;

fuzz_target!(|text: &str| {
    let cells: Vec<_> =
        text.split('|').filter_map(|cell| read_cell(&Value::Text(cell.to_owned()))).collect();
    let _ = is_index_row(&cells.iter().collect::<Vec<_>>());
    for cell in &cells {
        if let Some(formula) = &cell.formula {
            let known = |label: &str| cells.iter().any(|cell| cell.label == label);
            let _ = parse_expression(formula, &known);
        }
    }
    let _ = parse_expression(text, &|label| label.len() < 3);
});
