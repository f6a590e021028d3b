//! `.xls` workbooks are corrected in place: records that change length move what names their places.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use proptest::prelude::*;
use rust_decimal::Decimal;
use soatbieu::patch::{
    Content, Edit, Options, PatchError, Warning, apply, barred, refusal, with_properties,
};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::{Address, Value};

use super::package::{at, edit, marked};
use super::records::{SHEETS, TEXTS, cells, edited, read, wished};

const SAMPLE: &[u8] = include_bytes!("../../../samples/dai-lanh-2024.xls");

/// A record of cells as it is drawn: what each of its cells holds.
#[derive(Debug, Clone)]
enum Cells {
    Rk(Vec<i32>),
    Number(f64),
    Text(u32),
    Blank(usize),
    Sum,
    TextResult,
    /// Tokens that stand with another cell, which has none.
    Lost,
}

impl Cells {
    fn count(&self) -> u16 {
        u16::try_from(match self {
            Self::Rk(values) => values.len(),
            Self::Blank(count) => *count,
            _ => 1,
        })
        .unwrap()
    }
}

/// Rows of records, each with the empty columns before it.
type Plan = Vec<Vec<(u16, Cells)>>;

fn plan() -> impl Strategy<Value = [Plan; 2]> {
    let cells = prop_oneof![
        prop::collection::vec(-5000_i32..5000, 1..5).prop_map(Cells::Rk),
        (-9e9_f64..9e9).prop_map(|n| Cells::Number(n.round() / 8.0)),
        (0_u32..2).prop_map(Cells::Text),
        (1_usize..5).prop_map(Cells::Blank),
        Just(Cells::Sum),
        Just(Cells::TextResult),
    ];
    let row = prop::collection::vec((0_u16..2, cells), 1..5);
    let sheet = || prop::collection::vec(row.clone(), 1..6);
    (sheet(), sheet()).prop_map(|(one, two)| [one, two])
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn name(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&[u8::try_from(text.encode_utf16().count()).unwrap(), 1][..], &units].concat()
}

/// The records of a cell or of neighbours, in format 1.
fn written(row: u16, column: u16, cells: &Cells) -> Vec<u8> {
    let head = shorts(&[row, column, 1]);
    let rk = |value: &i32| (value << 2 | 2).to_le_bytes();
    match cells {
        Cells::Rk(values) if values.len() == 1 => {
            record(0x27E, &[&head[..], &rk(&values[0])].concat())
        }
        Cells::Rk(values) => {
            let each: Vec<u8> =
                values.iter().flat_map(|value| [&shorts(&[1])[..], &rk(value)].concat()).collect();
            let last = shorts(&[column + cells.count() - 1]);
            record(0xBD, &[&head[..4], &each[..], &last].concat())
        }
        Cells::Number(number) => record(0x203, &[&head[..], &number.to_le_bytes()].concat()),
        Cells::Text(index) => record(0xFD, &[&head[..], &index.to_le_bytes()].concat()),
        Cells::Blank(1) => record(0x201, &head),
        Cells::Blank(count) => {
            let last = shorts(&[column + cells.count() - 1]);
            record(0xBE, &[&head[..4], &shorts(&vec![1; *count])[..], &last].concat())
        }
        Cells::Lost => {
            let formula =
                [&3_f64.to_le_bytes()[..], &[0; 6], &shorts(&[5]), &[1, 9, 0, 9, 0]].concat();
            record(0x06, &[&head[..], &formula].concat())
        }
        // `=1+2` with a number and with a text for its result.
        Cells::Sum | Cells::TextResult => {
            let tokens = [0x1E, 1, 0, 0x1E, 2, 0, 3];
            let result = if matches!(cells, Cells::Sum) {
                3_f64.to_le_bytes()
            } else {
                [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            };
            let formula = [&head[..], &result, &[0; 6], &shorts(&[7])[..], &tokens].concat();
            let text = record(0x207, &[3, 0, 0, b'a', b'b', b'c']);
            let text = if matches!(cells, Cells::Sum) { Vec::new() } else { text };
            [record(0x06, &formula), text].concat()
        }
    }
}

/// A sheet at its place: an index, rows, cells, and the block that leads to them.
fn sheet(plan: &Plan, start: usize) -> Vec<u8> {
    let rows = u16::try_from(plan.len()).unwrap();
    let mut stream = record(0x809, &shorts(&[0x600, 0x10, 0, 0, 0, 0, 0, 0]));
    let index = stream.len();
    stream.extend(record(0x20B, &[0; 20]));
    let first_row = stream.len();
    for row in 0..rows {
        stream.extend(record(0x208, &shorts(&[row, 0, 40, 255, 0, 0, 0x100, 15])));
    }
    let mut ways = Vec::new();
    let mut from = first_row + 20;
    for (row, cells) in (0..rows).zip(plan) {
        ways.push(u16::try_from(stream.len() - from).unwrap());
        from = stream.len();
        let mut column = 0;
        for (gap, cells) in cells {
            column += gap;
            stream.extend(written(row, column, cells));
            column += cells.count();
        }
    }
    let block = stream.len();
    let back = u32::try_from(block - first_row).unwrap();
    stream.extend(record(0xD7, &[&back.to_le_bytes()[..], &shorts(&ways)].concat()));
    let place = u32::try_from(start + block).unwrap();
    stream[index + 20..index + 24].copy_from_slice(&place.to_le_bytes());
    stream.extend(record(0x0A, &[]));
    stream
}

fn xls(plans: &[Plan; 2]) -> Vec<u8> {
    let style = |flags: u16| record(0xE0, &[&shorts(&[0, 0, flags])[..], &[0; 14]].concat());
    let texts: Vec<u8> = TEXTS
        .iter()
        .flat_map(|text| {
            let named = name(text);
            [&[named[0], 0], &named[1..]].concat()
        })
        .collect();
    let table = record(0xFC, &[&[2, 0, 0, 0, 2, 0, 0, 0][..], &texts].concat());
    let font = record(0x31, &[&shorts(&[200, 0, 0, 400])[..], &[0; 6], &name("Arial")].concat());
    let before =
        [record(0x809, &shorts(&[0x600, 5, 0, 0, 0, 0, 0, 0])), font.repeat(4), style(4), style(1)];
    let before = before.concat();
    let bound = |start: usize, text: &str| {
        let start = u32::try_from(start).unwrap().to_le_bytes();
        record(0x85, &[&start[..], &[0, 0], &name(text)].concat())
    };
    let bounds: usize = SHEETS.iter().map(|name| bound(0, name).len()).sum();
    let text_place = before.len() + bounds + 4 + 8;
    let place = u32::try_from(text_place).unwrap().to_le_bytes();
    let bucket = record(0xFF, &[&shorts(&[8])[..], &place, &shorts(&[12, 0])].concat());
    let first = before.len() + bounds + table.len() + bucket.len() + 4;
    let one = sheet(&plans[0], first);
    let second = first + one.len();
    let two = sheet(&plans[1], second);
    let named = [bound(first, SHEETS[0]), bound(second, SHEETS[1])].concat();
    let stream = [before, named, table, bucket, record(0x0A, &[]), one, two].concat();
    container(&[("/Workbook", &stream), ("/Other", &[7; 5000])])
}

fn container(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn stream(bytes: &[u8], path: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes.to_vec())).unwrap();
    let mut stream = Vec::new();
    file.open_stream(path).unwrap().read_to_end(&mut stream).unwrap();
    stream
}

/// Records by their place.
fn records(stream: &[u8]) -> BTreeMap<usize, (u16, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut at = 0;
    while at < stream.len() {
        let field = |at: usize| u16::from_le_bytes([stream[at], stream[at + 1]]);
        let end = at + 4 + usize::from(field(at + 2));
        found.insert(at, (field(at), stream[at + 4..end].to_vec()));
        at = end;
    }
    found
}

/// Every place that a record names is the place of what it means.
fn assert_led(bytes: &[u8]) {
    let stream = stream(bytes, "/Workbook");
    let records = records(&stream);
    let long = |data: &[u8], at: usize| {
        u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]) as usize
    };
    let short = |data: &[u8], at: usize| usize::from(u16::from_le_bytes([data[at], data[at + 1]]));
    for (at, (kind, data)) in &records {
        match kind {
            0x85 => assert_eq!(records[&long(data, 0)].0, 0x809),
            0x20B => assert_eq!(records[&long(data, 16)].0, 0xD7),
            0xFF => assert_eq!(stream[long(data, 2)..][..3], [2, 0, 1]),
            0xD7 => {
                let row = at - long(data, 0);
                assert_eq!(records[&row].0, 0x208);
                let mut place = row + 20;
                for (number, way) in (4..data.len()).step_by(2).enumerate() {
                    place += short(data, way);
                    let (kind, data) = &records[&place];
                    assert!(
                        [0xBD, 0xBE, 0xFD, 0x06].contains(kind) || (0x201..0x280).contains(kind)
                    );
                    assert_eq!(short(data, 0), number, "the first cell of its row");
                }
            }
            _ => {}
        }
    }
}

/// Where a plan has cells, and whether they hold a formula.
fn places(plan: &Plan) -> Vec<(Address, bool)> {
    let mut found = Vec::new();
    for (row, cells) in (0..).zip(plan) {
        let mut column = 0;
        for (gap, cells) in cells {
            column += u32::from(*gap);
            let formula = matches!(cells, Cells::Sum | Cells::TextResult);
            found.extend(
                (0..cells.count()).map(|n| (Address::new(row, column + u32::from(n)), formula)),
            );
            column += u32::from(cells.count());
        }
    }
    found
}

type Wish = (usize, prop::sample::Index, (i64, u32), [bool; 3]);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let wish = (
        0_usize..2,
        any::<prop::sample::Index>(),
        (-99_999_999_i64..99_999_999, 0_u32..5),
        any::<[bool; 3]>(),
    );
    prop::collection::vec(wish, 1..8)
}

/// Edits of cells there are: figures, results beside formulas, marks.
fn edits(plans: &[Plan; 2], wishes: &[Wish]) -> Vec<Edit> {
    let mut edits: BTreeMap<(usize, Address), Edit> = BTreeMap::new();
    for (sheet, index, (mantissa, scale), [keeps, highlight, formatted]) in wishes {
        let places = places(&plans[*sheet]);
        let (at, formula) = places[index.index(places.len())];
        let figure = Decimal::new(*mantissa, *scale);
        let content = match (keeps, formula) {
            (true, _) => Content::Keep,
            (_, true) => Content::Result(figure),
            _ => Content::Number(figure),
        };
        let edit = wished(*sheet, at, content, [*highlight, *formatted]);
        edits.insert((*sheet, at), edit);
    }
    edits.into_values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_was_meant_changes(plans in plan(), wishes in wishes()) {
        let source = xls(&plans);
        assert_led(&source);
        let edits = edits(&plans, &wishes);
        prop_assert_eq!(barred(&source, &edits, &Options::default()).unwrap(), []);
        let copy = apply(&source, &edits, None, &Options::default()).unwrap();
        prop_assert_eq!(copy.warnings, []);
        assert_led(&copy.bytes);
        prop_assert_eq!(stream(&copy.bytes, "/Other"), [7; 5000]);
        let expected = edited(cells(&read(&source)), &edits);
        prop_assert_eq!(cells(&read(&copy.bytes)), expected);
        // Records of cells that nobody asked for are the same, byte for byte.
        let again = apply(&source, &edits, None, &Options::default()).unwrap();
        prop_assert_eq!(again.bytes, copy.bytes);
    }

    #[test]
    fn damaged_files_are_refused_or_survived(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        of_stream in any::<bool>(),
    ) {
        let mut stream = stream(SAMPLE, "/Workbook");
        let mut bytes = SAMPLE.to_vec();
        let damaged = if of_stream { &mut stream } else { &mut bytes };
        for (place, byte) in places {
            let at = place.index(damaged.len());
            damaged[at] = byte;
        }
        if of_stream {
            bytes = container(&[("/Workbook", &stream)]);
        }
        let edits = [marked("PB 2024", "Q13", Content::Number(Decimal::new(2345, 3)))];
        // What the reader refuses is never corrected.
        if workbook(&bytes, &Limits::default()).is_ok() {
            let _ = barred(&bytes, &edits, &Options::default());
            if let Ok(copy) = apply(&bytes, &edits, None, &Options::default()) {
                let _ = workbook(&copy.bytes, &Limits::default());
                let _ = with_properties(&copy.bytes, &[("a".into(), "b".into())]);
            }
        }
    }
}

#[test]
fn a_sample_saved_by_libreoffice_keeps_its_length() {
    let number = |cell: &str, n, d| edit("PB 2024", cell, Content::Number(Decimal::new(n, d)));
    let edits = [number("Q13", 235, 2), number("O14", 30, 2)];
    let copy = apply(SAMPLE, &edits, None, &Options::default()).unwrap();
    assert_eq!(copy.bytes.len(), SAMPLE.len());
    let differing = copy.bytes.iter().zip(SAMPLE).filter(|(a, b)| a != b).count();
    assert_eq!(differing, 8, "of two doubles");
    assert_eq!(read(&copy.bytes).sheets[0].value(at("Q13")), &Value::Number(Decimal::new(235, 2)));
}

#[test]
fn formulas_that_cannot_be_read_are_to_be_computed_by_hand() {
    let warned = |formula: Cells| {
        let plans =
            [vec![vec![(0, formula), (0, Cells::Rk(vec![7]))]], vec![vec![(0, Cells::Blank(1))]]];
        let edits = [edit("Biểu 1", "B1", Content::Number(Decimal::ONE))];
        let copy = apply(&xls(&plans), &edits, None, &Options::default()).unwrap();
        copy.warnings.contains(&Warning::RecalculateByHand)
    };
    assert!(warned(Cells::Lost));
    assert!(!warned(Cells::Sum));
}

#[test]
fn what_cannot_be_written_is_told() {
    let plans =
        [vec![vec![(0, Cells::Sum), (1, Cells::Text(0))]], vec![vec![(0, Cells::Blank(1))]]];
    let source = xls(&plans);
    let formula = Content::Formula { text: "1+1".into(), result: Decimal::TWO };
    let edits = [
        edit("Biểu 1", "A1", formula),
        edit("Biểu 1", "B1", Content::Number(Decimal::ONE)),
        edit("Biểu 1", "C1", Content::Text("một".into())),
        edit("Two", "A1", Content::Result(Decimal::ONE)),
    ];
    let found = barred(&source, &edits, &Options::default()).unwrap();
    let reasons: Vec<&PatchError> = found.iter().map(|(_, reason)| reason).collect();
    assert!(matches!(
        reasons[..],
        [
            PatchError::FormulaNotWritten { .. },
            PatchError::NoCell { .. },
            PatchError::TextNotWritten { .. },
            PatchError::NoFormula { .. }
        ]
    ));
    assert!(reasons.iter().all(|reason| !reason.vietnamese().is_empty()));
    assert!(apply(&source, &edits, None, &Options::default()).is_err());
}

#[test]
fn files_that_are_not_corrected_in_place_are_told() {
    let stream = stream(SAMPLE, "/Workbook");
    let mut old = stream.clone();
    old[4..6].copy_from_slice(&[0, 5]);
    let with = |streams: &[(&str, &[u8])]| refusal(&container(streams));
    assert_eq!(with(&[("/Workbook", &stream)]), None);
    assert_eq!(with(&[("/Workbook", &old)]), Some(PatchError::OldBinary));
    assert_eq!(with(&[("/Book", &old)]), Some(PatchError::OldBinary));
    let twice = [("/Workbook", &stream[..]), ("/Book", &old)];
    assert_eq!(with(&twice), Some(PatchError::SecondWorkbook));
    let signed = [("/Workbook", &stream[..]), ("/_signatures", b"x")];
    assert_eq!(with(&signed), Some(PatchError::Signed));
    let mut locked = stream[..20].to_vec();
    locked.extend(record(0x2F, &[1, 0, 1, 0, 1, 0]));
    locked.extend(record(0x0A, &[]));
    assert_eq!(with(&[("/Workbook", &locked)]), Some(PatchError::Encrypted));
    assert!(matches!(refusal(b"PK\x03\x04"), Some(PatchError::NotAPackage(_))));
}
