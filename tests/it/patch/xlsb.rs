//! `.xlsb` workbooks are corrected in place: what leads to records that move goes, and all else stays.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use soatbieu::patch::looks::{Across, Down, Font, Line, Look, looks};
use soatbieu::patch::{
    Content, Edit, Options, PatchError, Warning, apply, barred, refusal, with_properties,
};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::Address;

use super::package::{differing, edit, entries, marked, zipped};
use super::records::{SHEETS, TEXTS, cells, edited, read, wished};

const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const INDEX: &str = "http://schemas.microsoft.com/office/2006/relationships/xlBinaryIndex";

/// A cell as it is drawn.
#[derive(Debug, Clone)]
enum Held {
    Blank,
    Rk(i32),
    Real(f64),
    Shared(u32),
    Inline,
    Truth,
    Sum,
    SumOfText,
    SumOfError,
}

/// Rows of cells, each with the empty columns before it; a row is drawn after so many empty ones.
type Plan = Vec<(u32, Vec<(u32, Held)>)>;

fn plan() -> impl Strategy<Value = [Plan; 2]> {
    let held = prop_oneof![
        Just(Held::Blank),
        (-5000_i32..5000).prop_map(Held::Rk),
        (-9e9_f64..9e9).prop_map(|n| Held::Real(n.round() / 8.0)),
        (0_u32..2).prop_map(Held::Shared),
        Just(Held::Inline),
        Just(Held::Truth),
        Just(Held::Sum),
        Just(Held::SumOfText),
        Just(Held::SumOfError),
    ];
    let gap = prop_oneof![9 => 0_u32..2, 1 => 1000_u32..1100];
    let row = (0_u32..2, prop::collection::vec((gap, held), 1..6));
    let sheet = || prop::collection::vec(row.clone(), 1..6);
    (sheet(), sheet()).prop_map(|(one, two)| [one, two])
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let [low, high] = [kind & 0x7F, kind >> 7].map(|part| u8::try_from(part).unwrap());
    let kind = if kind < 0x80 { vec![low] } else { vec![low | 0x80, high] };
    let length = data.len();
    assert!(length < 1 << 14);
    let [low, high] = [length & 0x7F, length >> 7].map(|part| u8::try_from(part).unwrap());
    let length = if length < 0x80 { vec![low] } else { vec![low | 0x80, high] };
    [&kind[..], &length, data].concat()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [longs(&[u32::try_from(units.len() / 2).unwrap()]), units].concat()
}

/// A cell in format 1. Formulas are `=1+2`.
fn written(column: u32, held: &Held) -> Vec<u8> {
    let start = longs(&[column, 1]);
    let code = [&[0, 0][..], &longs(&[7]), &[0x1E, 1, 0, 0x1E, 2, 0, 3], &longs(&[0])].concat();
    let (kind, data) = match held {
        Held::Blank => (1, Vec::new()),
        Held::Rk(value) => (2, (value << 2 | 2).to_le_bytes().to_vec()),
        Held::Truth => (4, vec![1]),
        Held::Real(value) => (5, value.to_le_bytes().to_vec()),
        Held::Inline => (6, wide("34")),
        Held::Shared(index) => (7, longs(&[*index])),
        Held::SumOfText => (8, [wide("ba"), code].concat()),
        Held::Sum => (9, [&3_f64.to_le_bytes()[..], &code].concat()),
        Held::SumOfError => (11, [vec![7], code].concat()),
    };
    record(kind, &[start, data].concat())
}

/// The cells of a plan with their addresses.
fn places(plan: &Plan) -> Vec<(Address, Held)> {
    let (mut found, mut row) = (Vec::new(), 0);
    for (skipped, cells) in plan {
        row += skipped;
        let mut column = 0;
        for (gap, held) in cells {
            column += gap;
            found.push((Address::new(row, column), held.clone()));
            column += 1;
        }
        row += 1;
    }
    found
}

fn sheet(plan: &Plan) -> Vec<u8> {
    let cells = places(plan);
    let last = |of: fn(&Address) -> u32| cells.iter().map(|(at, _)| of(at)).max().unwrap();
    let size = [cells[0].0.row, last(|at| at.row), 0, last(|at| at.column)];
    let mut part = [record(129, &[]), record(148, &longs(&size)), record(145, &[])].concat();
    for row in cells.chunk_by(|(a, _), (b, _)| a.row == b.row) {
        let mut spans: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for (at, _) in row {
            spans.entry(at.column / 1024).or_insert((at.column, 0)).1 = at.column;
        }
        let head = [longs(&[row[0].0.row, 0]), vec![0x2C, 1, 0, 0, 0]].concat();
        let count = u32::try_from(spans.len()).unwrap();
        let spans: Vec<u8> = spans.values().flat_map(|(a, b)| longs(&[*a, *b])).collect();
        part.extend(record(0, &[head, longs(&[count]), spans].concat()));
        for (at, held) in row {
            part.extend(written(at.column, held));
        }
    }
    part.extend([record(146, &[]), record(130, &[])].concat());
    part
}

fn styles() -> Vec<u8> {
    let fill = |pattern: u8| record(45, &[&[pattern, 0, 0, 0][..], &[0; 64]].concat());
    let xf = |parent: [u8; 2]| record(47, &[&parent[..], &[0; 14]].concat());
    [
        record(278, &[]),
        record(603, &longs(&[2])),
        fill(0),
        fill(17),
        record(604, &[]),
        record(626, &longs(&[1])),
        xf([0xFF, 0xFF]),
        record(627, &[]),
        record(617, &longs(&[2])),
        xf([0, 0]),
        xf([0, 0]),
        record(618, &[]),
        record(279, &[]),
    ]
    .concat()
}

fn related(list: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    );
    for (number, (kind, target)) in list.iter().enumerate() {
        let id = format!("rId{}", number + 1);
        text.extend([
            "<Relationship Id=\"",
            &id,
            "\" Type=\"",
            kind,
            "\" Target=\"",
            target,
            "\"/>",
        ]);
    }
    text + "</Relationships>"
}

fn xlsb(plans: &[Plan; 2]) -> Vec<u8> {
    xlsb_with(plans, &styles())
}

fn xlsb_with(plans: &[Plan; 2], styles: &[u8]) -> Vec<u8> {
    let bound = |number: u32, name| {
        let id = wide(&format!("rId{number}"));
        record(156, &[longs(&[0, number]), id, wide(name)].concat())
    };
    let calculation = [longs(&[1, 1, 100]), vec![0; 8], longs(&[1]), vec![0x6A, 0]].concat();
    let book = [
        record(131, &[]),
        record(143, &[]),
        bound(1, SHEETS[0]),
        bound(2, SHEETS[1]),
        record(144, &[]),
        record(157, &calculation),
        record(132, &[]),
    ]
    .concat();
    let texts: Vec<u8> =
        TEXTS.iter().flat_map(|text| record(19, &[vec![0], wide(text)].concat())).collect();
    let strings = [record(159, &longs(&[2, 2])), texts, record(160, &[])].concat();
    let of = |kind: &str| format!("{KINDS}/{kind}");
    let (worksheet, document) = (of("worksheet"), of("officeDocument"));
    let book_related = related(&[
        (&worksheet, "worksheets/sheet1.bin"),
        (&worksheet, "worksheets/sheet2.bin"),
        (&of("styles"), "styles.bin"),
        (&of("sharedStrings"), "sharedStrings.bin"),
        (&of("calcChain"), "calcChain.bin"),
    ]);
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/>\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{}</Types>",
        [1, 2]
            .map(|n| format!("<Override PartName=\"/xl/worksheets/binaryIndex{n}.bin\" ContentType=\"application/vnd.ms-excel.binIndexWs\"/>"))
            .concat(),
    );
    let indexed = [1, 2].map(|n| related(&[(INDEX, &format!("binaryIndex{n}.bin"))]));
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", related(&[(&document, "xl/workbook.bin")]).as_bytes()),
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", book_related.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet(&plans[0])),
        ("xl/worksheets/sheet2.bin", &sheet(&plans[1])),
        ("xl/worksheets/_rels/sheet1.bin.rels", indexed[0].as_bytes()),
        ("xl/worksheets/_rels/sheet2.bin.rels", indexed[1].as_bytes()),
        ("xl/worksheets/binaryIndex1.bin", b"1"),
        ("xl/worksheets/binaryIndex2.bin", b"2"),
        ("xl/styles.bin", styles),
        ("xl/sharedStrings.bin", &strings),
        ("xl/calcChain.bin", b"3"),
        ("xl/media/image1.png", &[7; 5000]),
    ])
}

/// The records of a part.
fn records(part: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < part.len() {
        let mut byte = || {
            at += 1;
            usize::from(part[at - 1])
        };
        let mut kind = byte();
        if kind >= 0x80 {
            kind = kind & 0x7F | (byte() & 0x7F) << 7;
        }
        let (mut length, mut place) = (0, 0);
        loop {
            let next = byte();
            length |= (next & 0x7F) << place;
            place += 7;
            if next < 0x80 {
                break;
            }
        }
        found.push((u16::try_from(kind).unwrap(), part[at..at + length].to_vec()));
        at += length;
    }
    found
}

/// Rows and cells stand in order, within what rows and the sheet say of them; formats are there.
fn assert_whole(bytes: &[u8]) {
    let parts = entries(bytes);
    let long = |data: &[u8], at: usize| u32::from_le_bytes(data[at..at + 4].try_into().unwrap());
    let styles = records(&parts["xl/styles.bin"].plain);
    let count = |begin: u16, end: u16| {
        let first = styles.iter().position(|(kind, _)| *kind == begin).unwrap();
        let last = styles.iter().position(|(kind, _)| *kind == end).unwrap();
        assert_eq!(long(&styles[first].1, 0) as usize, last - first - 1);
        &styles[first + 1..last]
    };
    let fills = count(603, 604).len();
    let formats = count(617, 618);
    assert!(formats.iter().all(|(_, xf)| usize::from(xf[6]) < fills));
    for number in [1, 2] {
        let sheet = records(&parts[&format!("xl/worksheets/sheet{number}.bin")].plain);
        let size = &sheet.iter().find(|(kind, _)| *kind == 148).unwrap().1;
        let (mut row, mut column, mut spans) = (None, None, Vec::new());
        for (kind, data) in &sheet {
            match kind {
                0 => {
                    assert!(row < Some(long(data, 0)));
                    row = Some(long(data, 0));
                    assert!((long(size, 0)..=long(size, 4)).contains(&long(data, 0)));
                    let count = long(data, 13) as usize;
                    let span = |n: usize| (long(data, 17 + 8 * n), long(data, 21 + 8 * n));
                    (spans, column) = ((0..count).map(span).collect(), None);
                    assert_eq!(data.len(), 17 + 8 * count);
                    assert!(spans.iter().all(|(a, b)| a / 1024 == b / 1024));
                }
                1..=11 => {
                    let own = long(data, 0);
                    assert!(column < Some(own));
                    column = Some(own);
                    assert!(spans.iter().any(|(a, b)| (*a..=*b).contains(&own)));
                    assert!((long(size, 8)..=long(size, 12)).contains(&own));
                    assert!(((long(data, 4) & 0xFF_FFFF) as usize) < formats.len());
                }
                _ => {}
            }
        }
    }
}

type Wish = (usize, prop::sample::Index, u32, (i64, u32), [bool; 3]);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let wish = (
        0_usize..2,
        any::<prop::sample::Index>(),
        // Sometimes the cell beside it, which may be none.
        prop_oneof![4 => Just(0_u32), 1 => 1_u32..3],
        (-99_999_999_i64..99_999_999, 0_u32..5),
        any::<[bool; 3]>(),
    );
    prop::collection::vec(wish, 1..8)
}

/// Edits of cells there are and of none: figures, results beside formulas, marks.
fn edits(plans: &[Plan; 2], wishes: &[Wish]) -> Vec<Edit> {
    let mut edits: BTreeMap<(usize, Address), Edit> = BTreeMap::new();
    for (sheet, index, beside, (mantissa, scale), [keeps, highlight, formatted]) in wishes {
        let places = places(&plans[*sheet]);
        let at = places[index.index(places.len())].0;
        let at = Address::new(at.row, at.column + beside);
        let held = places.iter().find(|(place, _)| *place == at).map(|(_, held)| held);
        let figure = Decimal::new(*mantissa, *scale);
        let content = match (keeps, held) {
            (true, Some(_)) => Content::Keep,
            (_, Some(Held::Sum | Held::SumOfText | Held::SumOfError)) => Content::Result(figure),
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
        let source = xlsb(&plans);
        assert_whole(&source);
        let edits = edits(&plans, &wishes);
        prop_assert_eq!(barred(&source, &edits, &Options::default()).unwrap(), []);
        let copy = apply(&source, &edits, None, &Options::default()).unwrap();
        prop_assert_eq!(copy.warnings, []);
        assert_whole(&copy.bytes);
        let expected = edited(cells(&read(&source)), &edits);
        prop_assert_eq!(cells(&read(&copy.bytes)), expected);
        // What nobody asked for is the same, byte for byte.
        for name in ["xl/media/image1.png", "xl/sharedStrings.bin", "xl/calcChain.bin"] {
            prop_assert!(!differing(&source, &copy.bytes).contains(name));
        }
        let again = apply(&source, &edits, None, &Options::default()).unwrap();
        prop_assert_eq!(again.bytes, copy.bytes);
    }

    #[test]
    fn damaged_parts_are_refused_or_survived(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        part in 0_usize..3,
    ) {
        let name = ["xl/worksheets/sheet1.bin", "xl/styles.bin", "xl/workbook.bin"][part];
        let mut parts = entries(&xlsb(&sample()));
        let damaged = &mut parts.get_mut(name).unwrap().plain;
        for (place, byte) in places {
            let at = place.index(damaged.len());
            damaged[at] = byte;
        }
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(name, entry)| (name.as_str(), &entry.plain[..])).collect();
        let bytes = zipped(&parts);
        let edits = [marked("Biểu 1", "B1", Content::Number(Decimal::new(2345, 3)))];
        let _ = barred(&bytes, &edits, &Options::default());
        if let Ok(copy) = apply(&bytes, &edits, None, &Options::default()) {
            let _ = workbook(&copy.bytes, &Limits::default());
        }
    }
}

/// Two sheets; of the first, row 1 holds a formula, a number of 30 bits, a text and a blank.
fn sample() -> [Plan; 2] {
    let row = vec![(0, Held::Sum), (0, Held::Rk(5)), (0, Held::Shared(0)), (0, Held::Blank)];
    [vec![(0, row)], vec![(0, vec![(0, Held::Real(0.5))])]]
}

fn figure(cell: &str, mantissa: i64, scale: u32) -> Edit {
    edit("Biểu 1", cell, Content::Number(Decimal::new(mantissa, scale)))
}

fn changed(edits: &[Edit]) -> (Vec<String>, Vec<u8>) {
    let source = xlsb(&sample());
    let copy = apply(&source, edits, None, &Options::default()).unwrap().bytes;
    (differing(&source, &copy).into_iter().collect(), copy)
}

#[test]
fn an_index_stays_where_it_leads_right() {
    // As long as before: only the sheet, and the order to compute anew.
    let (parts, _) = changed(&[figure("B1", 235, 2)]);
    assert_eq!(parts, ["xl/workbook.bin", "xl/worksheets/sheet1.bin"]);
    for moving in [figure("B1", 2345, 3), figure("D1", 1, 0), figure("F1", 1, 0)] {
        let (parts, copy) = changed(&[moving]);
        assert!(parts.contains(&"xl/worksheets/binaryIndex1.bin".to_owned()), "{parts:?}");
        assert!(!parts.contains(&"xl/worksheets/binaryIndex2.bin".to_owned()), "{parts:?}");
        let left = entries(&copy);
        assert!(!left.contains_key("xl/worksheets/binaryIndex1.bin"));
        assert!(!left["xl/worksheets/_rels/sheet1.bin.rels"].text().contains("binaryIndex"));
        assert!(!left["[Content_Types].xml"].text().contains("binaryIndex1"));
    }
}

#[test]
fn what_cannot_be_written_is_told() {
    let source = xlsb(&sample());
    let formula = Content::Formula { text: "1+1".into(), result: Decimal::TWO };
    let edits = [
        edit("Biểu 1", "A1", formula),
        edit("Biểu 1", "B1", Content::Result(Decimal::ONE)),
        edit("Biểu 1", "C1", Content::Text("một".into())),
        edit("Biểu 1", "A9", Content::Number(Decimal::ONE)),
    ];
    let found = barred(&source, &edits, &Options::default()).unwrap();
    let reasons: Vec<&PatchError> = found.iter().map(|(_, reason)| reason).collect();
    assert!(matches!(
        reasons[..],
        [
            PatchError::FormulaNotWritten { .. },
            PatchError::NoFormula { .. },
            PatchError::TextNotWritten { .. },
            PatchError::NoCell { .. }
        ]
    ));
    assert!(apply(&source, &edits, None, &Options::default()).is_err());
    assert_eq!(refusal(&source), None);
    let marked = Edit { highlight: true, ..edit("Biểu 1", "A9", Content::Keep) };
    let copy = apply(&source, &[marked], None, &Options::default()).unwrap();
    assert_eq!(copy.warnings, [Warning::NotHighlighted]);
}

#[test]
fn a_format_that_cannot_be_made_is_refused_and_a_mark_only_told() {
    // No list of formats to add one to.
    let source = xlsb_with(&sample(), &[record(278, &[]), record(279, &[])].concat());
    let formatted = Edit { format: Some("0.00".into()), ..figure("B1", 235, 2) };
    let refused = apply(&source, &[formatted], None, &Options::default()).unwrap_err();
    assert!(matches!(refused, PatchError::FormatNotMade { .. }), "{refused:?}");
    let marked = Edit { highlight: true, ..figure("B1", 235, 2) };
    let copy = apply(&source, &[marked], None, &Options::default()).unwrap();
    assert_eq!(copy.warnings, [Warning::NotHighlighted]);
}

#[test]
fn a_figure_is_never_written_over_a_formula() {
    for content in [Content::Number(Decimal::ONE), Content::Blank] {
        let edits = [edit("Biểu 1", "A1", content)];
        let found = barred(&xlsb(&sample()), &edits, &Options::default()).unwrap();
        assert!(matches!(found[..], [(_, PatchError::FormulaStays { .. })]));
    }
}

#[test]
fn looks_are_read_from_the_records() {
    let colour = |red: u8| [5, 0xFF, 0, 0, red, 2, 3, 0xFF];
    // 12 points, slanted, underlined.
    let font = [&[240, 0, 2, 0, 0x90, 1, 0, 0, 1, 0, 0, 0][..], &colour(9), &[0], &wide("Arial")];
    let fill = [&[1, 0, 0, 0][..], &colour(7), &[0; 56]];
    let line = |style: u8| [&[style, 0][..], &colour(1)].concat();
    let border = [vec![0], line(1), line(6), line(0), line(2), line(0)];
    // Turned by 90 degrees, one step in, to the right, in the middle, in several lines.
    let xf = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 1, 3 | 1 << 3 | 0x40, 0, 0, 0];
    let styles = [
        record(43, &font.concat()),
        record(45, &fill.concat()),
        record(46, &border.concat()),
        record(617, &longs(&[2])),
        record(47, &xf),
        record(47, &xf),
        record(618, &[]),
    ]
    .concat();
    let mut parts = entries(&xlsb(&sample()));
    parts.get_mut("xl/styles.bin").unwrap().plain = styles;
    let sheet = &mut parts.get_mut("xl/worksheets/sheet1.bin").unwrap().plain;
    sheet.extend(record(60, &longs(&[1, 2, 2560, 0, 2])));
    sheet.extend(record(478, &[longs(&[9, 80, 0, 0, 1, 1, 1, 1]), vec![2, 0]].concat()));
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, entry)| (name.as_str(), &entry.plain[..])).collect();
    let found = looks(&zipped(&parts));
    let sheet = &found.sheets[SHEETS[0]];
    let look = &found.styles[sheet.cells[&Address::new(0, 3)]];
    let expected = Look {
        font: Font {
            name: Some("Arial".into()),
            size: Some(12.0),
            italic: true,
            underlined: true,
            struck: false,
            colour: Some([9, 2, 3]),
        },
        fill: Some([7, 2, 3]),
        borders: [
            None,
            Some((Line::Medium, [1, 2, 3])),
            Some((Line::Thin, [1, 2, 3])),
            Some((Line::Double, [1, 2, 3])),
        ],
        across: Some(Across::Right),
        down: Some(Down::Centre),
        wraps: true,
        shrinks: false,
        indent: 1,
        rotation: 90,
    };
    assert_eq!(*look, expected);
    let (first, last, letters) = sheet.columns[0];
    assert!((first, last) == (1, 2) && (letters - 12.14).abs() < 0.01, "{letters}");
    assert_eq!(sheet.rows.get(&0), Some(&15.0));
    assert!(sheet.page.landscape);
    assert_eq!((sheet.page.paper, sheet.page.scale, sheet.page.fit), (Some(9), Some(80), None));
}

#[test]
fn properties_are_set_beside_the_records() {
    let source = xlsb(&sample());
    let marked = with_properties(&source, &[("soatbieu".into(), "1".into())]).unwrap();
    assert_eq!(cells(&read(&marked)), cells(&read(&source)));
    assert!(entries(&marked)["docProps/custom.xml"].text().contains("soatbieu"));
}
