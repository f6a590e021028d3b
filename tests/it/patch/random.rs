//! Random workbooks: corrected, read back, all other cells and formulas equal.

use std::collections::BTreeMap;

use calamine::Data;
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Formula, Workbook};
use soatbieu::patch::{Content, Edit, Options, apply, check_package};
use soatbieu::workbook::Address;

use super::package::{cells, list};

const NAMES: [&str; 3] = ["Biểu 1", "Xã 'Đại' Lãnh", "A&B <c>"];

#[derive(Debug, Clone)]
enum Kind {
    Number(i32),
    Text(String),
    Sum(u32),
    Format,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        any::<i32>().prop_map(Kind::Number),
        "[=<&a-zĐơ_x0-9 ]{1,12}".prop_map(Kind::Text),
        (0..30_u32).prop_map(Kind::Sum),
        Just(Kind::Format),
    ]
}

fn address() -> impl Strategy<Value = Address> {
    (0..40_u32, 0..12_u32).prop_map(|(row, column)| Address::new(row, column))
}

type Plan = Vec<BTreeMap<Address, Kind>>;

fn workbook() -> impl Strategy<Value = Plan> {
    prop::collection::vec(prop::collection::btree_map(address(), kind(), 0..60), 1..=3)
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        Just(Content::Keep),
        Just(Content::Blank),
        (any::<i64>(), 0..10_u32).prop_map(|(n, scale)| Content::Number(Decimal::new(n, scale))),
        "[=<&a-zĐơ_x0-9 \n\u{1}]{1,12}".prop_map(Content::Text),
        any::<i16>().prop_map(|n| Content::Formula { text: format!("={n}+A1"), result: n.into() }),
    ]
}

type Marks = (Content, bool, bool);

fn edits() -> impl Strategy<Value = BTreeMap<(usize, Address), Marks>> {
    let key = (0..3_usize, address());
    prop::collection::btree_map(key, (content(), any::<bool>(), any::<bool>()), 0..20)
}

fn written(plan: &Plan) -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_num_format("0.00");
    for (name, cells) in NAMES.iter().zip(plan) {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        sheet.set_column_format(3, &bold).unwrap();
        for (at, kind) in cells {
            let (row, column) = (at.row, u16::try_from(at.column).unwrap());
            match kind {
                Kind::Number(n) => sheet.write_number_with_format(row, column, *n, &bold),
                Kind::Text(text) => sheet.write_string(row, column, text),
                Kind::Sum(n) => {
                    let sum = Formula::new(format!("=SUM(A1:B{})", n + 1)).set_result("7");
                    sheet.write_formula(row, column, sum)
                }
                Kind::Format => sheet.write_blank(row, column, &bold),
            }
            .unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn expected(content: &Content) -> Option<(Data, String)> {
    let number = |value: &Decimal| Data::Float(value.to_string().parse().unwrap());
    match content {
        Content::Keep | Content::Result(_) => None,
        Content::Blank => Some((Data::Empty, String::new())),
        Content::Number(value) => Some((number(value), String::new())),
        Content::Text(text) => Some((Data::String(text.clone()), String::new())),
        Content::Formula { text, result } => Some((number(result), text[1..].to_owned())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_was_meant_changes(plan in workbook(), edits in edits(), listed in any::<bool>()) {
        let source = written(&plan);
        let edits: Vec<_> = edits.into_iter().filter(|((sheet, _), _)| *sheet < plan.len()).collect();
        let wanted: Vec<Edit> = edits
            .iter()
            .map(|((sheet, at), (content, highlight, note))| Edit {
                sheet: NAMES[*sheet].into(),
                at: *at,
                content: content.clone(),
                format: highlight.then(|| "0.000".to_owned()),
                highlight: *highlight,
                note: note.then(|| "sai \u{2}& <sửa>".into()),
            })
            .collect();
        let list = list();
        let copy = apply(&source, &wanted, listed.then_some(&list), &Options::default()).unwrap();
        prop_assert_eq!(check_package(&copy.bytes), Ok(()));
        let mut expected_cells = cells(&source);
        for edit in &wanted {
            if let Some(cell) = expected(&edit.content) {
                expected_cells.insert((edit.sheet.clone(), edit.at), cell);
            }
        }
        let blank = |cell: &(Data, String)| cell.0 == Data::Empty && cell.1.is_empty();
        expected_cells.retain(|_, cell| !blank(cell));
        let mut read = cells(&copy.bytes);
        read.retain(|(sheet, _), cell| sheet != "Chỗ đã sửa" && !blank(cell));
        prop_assert_eq!(read, expected_cells);
    }
}
