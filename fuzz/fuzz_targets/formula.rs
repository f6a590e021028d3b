//! A formula: parsed, taken apart, calculated.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;
use soatbieu::formula::{Formula, Limits, Source, Unsupported, evaluate};
use soatbieu::workbook::{Address, Range, Value, shift_formula};

/// A sheet with a figure, a text, a blank, a truth value and an error in turn.
struct Sheet;

impl Source for Sheet {
    fn value(&self, _: Option<&str>, at: Address) -> Result<Value, Unsupported> {
        Ok(match (at.row + at.column) % 6 {
            0 => Value::Number(Decimal::new(i64::from(at.row) * 37 - 11, at.column % 3)),
            1 => Value::Text("12,5".to_owned()),
            2 => Value::Bool(at.row % 2 == 0),
            3 => Value::Error("#N/A".to_owned()),
            4 => Value::Number(Decimal::MAX),
            _ => Value::Blank,
        })
    }

    fn used(&self, _: Option<&str>) -> Result<Option<Range>, Unsupported> {
        Ok(Some(Range::new(Address::new(0, 0), Address::new(40, 12))))
    }
}

fuzz_target!(|text: &str| {
    let _ = shift_formula(text, 3, -1);
    if let Ok(formula) = Formula::parse(text) {
        let _ = (formula.references(), formula.functions(), formula.volatile());
        let limits = Limits { cells: 20_000, ..Limits::default() };
        let _ = evaluate(&formula, Address::new(5, 5), &Sheet, &limits);
    }
});
