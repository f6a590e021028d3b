//! Edits of the sample workbook, or of any package: a copy that is made is sound and reads back.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;
use soatbieu::patch::{Content, Edit, Options, apply, check_package};
use soatbieu::read;
use soatbieu::workbook::{Address, Value};

const SAMPLE: &[u8] = include_bytes!("../../samples/dai-lanh-2024-formulas.xlsx");

#[derive(Debug, Arbitrary)]
struct Case<'a> {
    edits: Vec<(u8, u8, Kind<'a>, bool, Option<&'a str>)>,
    /// Instead of the sample.
    package: Option<&'a [u8]>,
}

#[derive(Debug, Arbitrary)]
enum Kind<'a> {
    Keep,
    Blank,
    Number(i64, u8),
    Text(&'a str),
    Formula(&'a str),
    Result(i32),
}

fuzz_target!(|case: Case<'_>| {
    let bytes = case.package.unwrap_or(SAMPLE);
    let Ok(before) = read::workbook(bytes, &soatbieu_fuzz::limits()) else { return };
    let Some(sheet) = before.sheets.first() else { return };
    let edits: Vec<Edit> = case
        .edits
        .iter()
        .map(|(row, column, kind, highlight, note)| Edit {
            sheet: sheet.name.clone(),
            at: Address::new(u32::from(row % 40), u32::from(column % 24)),
            content: match kind {
                Kind::Keep => Content::Keep,
                Kind::Blank => Content::Blank,
                Kind::Number(digits, scale) => Content::Number(number(*digits, *scale)),
                Kind::Text(text) => Content::Text((*text).to_owned()),
                Kind::Formula(text) => {
                    Content::Formula { text: (*text).to_owned(), result: Decimal::ONE }
                }
                Kind::Result(result) => Content::Result(Decimal::from(*result)),
            },
            format: highlight.then(|| "0.000".to_owned()),
            highlight: *highlight,
            note: note.map(str::to_owned),
        })
        .collect();
    let Ok(patched) = apply(bytes, &edits, None, &Options::default()) else { return };
    if check_package(bytes).is_ok() {
        assert_eq!(check_package(&patched.bytes), Ok(()));
    }
    let after = read::workbook(&patched.bytes, &soatbieu_fuzz::limits()).expect("a copy is read");
    for edit in &edits {
        if let Content::Number(number) = edit.content {
            let digits = number.normalize().mantissa().unsigned_abs().to_string().len();
            let read = after.sheets[0].value(edit.at);
            if digits <= 15 && case.package.is_none() {
                let same = matches!(read, Value::Number(n) | Value::Date(n) if *n == number);
                assert!(same, "{number} came back as {read:?}");
            }
        }
    }
});

fn number(digits: i64, scale: u8) -> Decimal {
    Decimal::new(digits, u32::from(scale % 6))
}
