//! `.ods` workbooks are corrected in place: cells that stand for many are cut, all else stays.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use soatbieu::patch::{
    Content, Edit, Options, PatchError, Warning, apply, barred, with_properties,
};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::{Address, Value, Workbook};

use super::package::{at, differing, edit, entries, list, marked, zipped};

const SAMPLE: &[u8] = include_bytes!("../../../samples/dai-lanh-2024.ods");
const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
    xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
    xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\"";
const STYLES: &str = "<number:number-style style:name=\"N1\">\
    <number:number number:decimal-places=\"2\"/></number:number-style>\
    <style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N1\">\
    <style:text-properties fo:font-weight=\"bold\"/></style:style>";

/// A cell as it is drawn.
#[derive(Debug, Clone)]
enum Kind {
    Blank,
    Number(i32),
    Text,
    Sum,
    Noted(i32),
    Covered,
}

/// Rows and cells with how often they are repeated.
type Plan = Vec<(u32, Vec<(u32, Kind)>)>;

fn plan() -> impl Strategy<Value = Plan> {
    let kind = prop_oneof![
        Just(Kind::Blank),
        (-500..500).prop_map(Kind::Number),
        Just(Kind::Text),
        Just(Kind::Sum),
        (0..9).prop_map(Kind::Noted),
        Just(Kind::Covered),
    ];
    let cells = prop::collection::vec((1_u32..4, kind), 0..6);
    prop::collection::vec((1_u32..4, cells), 1..6)
}

fn cell(repeated: u32, kind: &Kind) -> String {
    let count = format!(" table:number-columns-repeated=\"{repeated}\"");
    let figure = |n: &i32, inside: &str| {
        format!(
            "<table:table-cell{count} table:style-name=\"ce1\" office:value-type=\"float\" \
             office:value=\"{n}\">{inside}<text:p>{n},00</text:p></table:table-cell>"
        )
    };
    match kind {
        Kind::Blank => format!("<table:table-cell{count}/>"),
        Kind::Number(n) => figure(n, ""),
        Kind::Noted(n) => figure(n, "<office:annotation><text:p>cũ</text:p></office:annotation>"),
        Kind::Text => format!(
            "<table:table-cell{count} office:value-type=\"string\"><text:p>Thôn <text:span>1\
             </text:span></text:p></table:table-cell>"
        ),
        Kind::Sum => format!(
            "<table:table-cell{count} table:formula=\"of:=SUM([.A1:.A2])\" \
             office:value-type=\"float\" office:value=\"7\"><text:p>7</text:p></table:table-cell>"
        ),
        Kind::Covered => format!("<table:covered-table-cell{count}/>"),
    }
}

fn content(plan: &Plan) -> String {
    let row = |(repeated, cells): &(u32, Vec<(u32, Kind)>)| {
        let cells: String = cells.iter().map(|(count, kind)| cell(*count, kind)).collect();
        format!(
            "<table:table-row table:number-rows-repeated=\"{repeated}\">{cells}</table:table-row>"
        )
    };
    let rows: String = plan.iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\"?><office:document-content {NAMESPACES}><office:automatic-styles>\
         {STYLES}</office:automatic-styles><office:body><office:spreadsheet>\
         <table:table table:name=\"Biểu\"><table:table-column/>{rows}</table:table>\
         <table:named-expressions/></office:spreadsheet></office:body></office:document-content>"
    )
}

fn ods(content: &str) -> Vec<u8> {
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let styles = format!("<office:document-styles {NAMESPACES}/>");
    zipped(&[
        ("mimetype", kind),
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
        ("Pictures/a.png", b"\x89PNG"),
    ])
}

fn read(bytes: &[u8]) -> Workbook {
    workbook(bytes, &Limits::default()).unwrap()
}

/// Value, formula, format and weight of every cell of the first sheet.
type Cells = BTreeMap<Address, (Value, Option<String>, String, bool)>;

fn cells(book: &Workbook) -> Cells {
    let cells = book.sheets[0].cells().iter();
    cells
        .map(|(at, cell)| {
            let formula = cell.formula.as_deref().map(str::to_owned);
            let format = book.number_format(cell).code.clone();
            (*at, (cell.value.clone(), formula, format, cell.bold))
        })
        .collect()
}

fn is_covered(plan: &Plan, at: Address) -> bool {
    let within = |count: u32, next: &mut u32, wanted: u32| {
        let first = *next;
        *next += count;
        (first..*next).contains(&wanted)
    };
    let mut row = 0;
    let found = plan.iter().find(|(count, _)| within(*count, &mut row, at.row));
    let mut column = 0;
    let cell =
        found.and_then(|(_, cells)| cells.iter().find(|(n, _)| within(*n, &mut column, at.column)));
    matches!(cell, Some((_, Kind::Covered)))
}

fn new_content() -> impl Strategy<Value = Content> {
    prop_oneof![
        Just(Content::Keep),
        Just(Content::Blank),
        (-99_999_i64..99_999, 0_u32..4).prop_map(|(n, d)| Content::Number(Decimal::new(n, d))),
        Just(Content::Text("2,35 (?)".into())),
        Just(Content::Formula { text: "ROUND($A1/B$2*100,2)".into(), result: Decimal::TEN }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_was_meant_changes(
        plan in plan(),
        wanted in prop::collection::btree_map((0_u32..12, 0_u32..14), (new_content(), any::<[bool; 3]>()), 1..7),
        listed in any::<bool>(),
    ) {
        let source = ods(&content(&plan));
        let edits: Vec<Edit> = wanted
            .into_iter()
            .map(|((row, column), (content, [highlight, noted, formatted]))| Edit {
                sheet: "Biểu".into(),
                at: Address::new(row, column),
                content,
                format: formatted.then(|| "#,##0.0".to_owned()),
                highlight,
                note: noted.then(|| "sai \u{2}& <sửa>\n  hai".into()),
            })
            .filter(|edit| edit.content == Content::Keep || !is_covered(&plan, edit.at))
            .collect();
        let list = list();
        let copy = apply(&source, &edits, listed.then_some(&list), &Options::default()).unwrap();
        let book = read(&copy.bytes);
        prop_assert_eq!(book.sheets.len(), 1 + usize::from(listed));
        let mut expected = cells(&read(&source));
        for edit in &edits {
            let old = expected.remove(&edit.at);
            let (value, formula) = match &edit.content {
                Content::Keep => match &old {
                    Some(old) => (old.0.clone(), old.1.clone()),
                    None => continue,
                },
                Content::Blank | Content::Result(_) => continue,
                Content::Number(number) => (Value::Number(*number), None),
                Content::Text(text) => (Value::Text(text.clone()), None),
                Content::Formula { text, result } => (Value::Number(*result), Some(text.clone())),
            };
            let own = old.as_ref().map_or_else(String::new, |old| old.2.clone());
            let format = edit.format.clone().unwrap_or(own);
            expected.insert(edit.at, (value, formula, format, old.is_some_and(|old| old.3)));
        }
        let mut found = cells(&book);
        // A blank that was styled has no format that a reader tells.
        for (at, cell) in &mut found {
            if let Some(wanted) = expected.get_mut(at).filter(|wanted| wanted.2.is_empty()) {
                (wanted.2, wanted.3) = (cell.2.clone(), cell.3);
            }
        }
        prop_assert_eq!(found, expected);
        let mut changed = differing(&source, &copy.bytes);
        changed.remove("content.xml");
        prop_assert!(changed.is_empty(), "{:?}", changed);
        let text = entries(&copy.bytes)["content.xml"].text();
        let notes = edits.iter().filter(|edit| edit.note.is_some()).count();
        prop_assert_eq!(text.matches("sai \u{fffd}&amp; &lt;sửa&gt;").count(), notes);
        // The same edits give the same bytes.
        let again = apply(&source, &edits, listed.then_some(&list), &Options::default()).unwrap();
        prop_assert_eq!(again.bytes, copy.bytes);
    }

    #[test]
    fn damaged_content_is_refused_or_survived(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut text = entries(SAMPLE)["content.xml"].plain.clone();
        for (place, byte) in places {
            let at = place.index(text.len());
            text[at] = byte;
        }
        let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
        let bytes = zipped(&[("mimetype", kind), ("content.xml", &text)]);
        let edits = [marked("PB 2024", "Q13", Content::Number(Decimal::new(235, 2)))];
        if let Ok(copy) = apply(&bytes, &edits, Some(&list()), &Options::default()) {
            let _ = workbook(&copy.bytes, &Limits::default());
        }
        let _ = barred(&bytes, &edits, &Options::default());
        let _ = with_properties(&bytes, &[("a".into(), "b".into())]);
    }
}

#[test]
fn a_sample_saved_by_libreoffice_differs_in_two_cells() {
    let number = |cell: &str, n, d| edit("PB 2024", cell, Content::Number(Decimal::new(n, d)));
    let edits = [number("Q13", 235, 2), number("O14", 30, 2)];
    let copy = apply(SAMPLE, &edits, None, &Options::default()).unwrap();
    assert_eq!(copy.warnings, []);
    assert_eq!(differing(SAMPLE, &copy.bytes).into_iter().collect::<Vec<_>>(), ["content.xml"]);
    let (old, new) = (entries(SAMPLE), entries(&copy.bytes));
    let (old, new) = (&old["content.xml"].text(), &new["content.xml"].text());
    let expected = old.replace(
        "office:value=\"2.16\" calcext:value-type=\"float\"><text:p>2.16",
        "office:value=\"2.35\" calcext:value-type=\"float\"><text:p>2.35",
    );
    let expected = expected.replace(
        "office:value=\"0.29\" calcext:value-type=\"float\"><text:p>0.29",
        "office:value=\"0.3\" calcext:value-type=\"float\"><text:p>0.30",
    );
    assert_eq!(*new, expected);
    // The type of the file stands first, as it is, for who looks at its first bytes.
    assert_eq!(copy.bytes[30..84], SAMPLE[30..84]);
}

#[test]
fn marks_keep_the_look_of_their_cells_and_the_list_is_the_last_sheet() {
    let edits = [marked("PB 2024", "Q13", Content::Number(Decimal::new(235, 2)))];
    let copy = apply(SAMPLE, &edits, Some(&list()), &Options::default()).unwrap();
    let parts = entries(&copy.bytes);
    let content = parts["content.xml"].text();
    let style = content.split("style:name=\"soatbieu-ce1\"").nth(1).unwrap();
    let style = style.split("</style:style>").next().unwrap();
    assert!(style.contains("fo:background-color=\"#fff2a8\""), "{style}");
    assert!(style.contains("fo:border=\"0.74pt solid #000000\""), "{style}");
    let changed: Vec<_> = differing(SAMPLE, &copy.bytes).into_iter().collect();
    assert_eq!(changed, ["content.xml", "styles.xml"]);
    assert!(parts["styles.xml"].text().contains("style:print-orientation=\"landscape\""));
    let book = read(&copy.bytes);
    assert_eq!(book.sheets[1].name, "Chỗ đã sửa");
    assert_eq!(book.sheets[1].value(at("A2")), &Value::Text("=C10".into()));
    let again = apply(&copy.bytes, &edits, Some(&list()), &Options::default()).unwrap();
    let content = entries(&again.bytes)["content.xml"].text();
    assert!(content.contains("Soát biểu: sai: Q13"), "the note joins the one that is there");
    assert_eq!(read(&again.bytes).sheets[2].name, "Chỗ đã sửa (2)");
}

#[test]
fn cells_that_cannot_be_written_are_told_and_refused() {
    let plan: Plan = vec![(2, vec![(1, Kind::Number(1)), (2, Kind::Covered)])];
    let source = ods(&content(&plan));
    let array = Content::Formula { text: "SUM({1,2})".into(), result: Decimal::ONE };
    let edits = [
        edit("Biểu", "A1", Content::Number(Decimal::ONE)),
        edit("Biểu", "C2", Content::Number(Decimal::ONE)),
        edit("Biểu", "A2", array),
    ];
    let found = barred(&source, &edits, &Options::default()).unwrap();
    let told: Vec<String> = found.iter().map(|(edit, _)| edit.at.to_string()).collect();
    assert_eq!(told, ["A2", "C2"]);
    assert!(matches!(found[0].1, PatchError::FormulaNotWritten { .. }));
    assert!(matches!(found[1].1, PatchError::InsideMerge { .. }));
    assert!(found.iter().all(|(_, reason)| !reason.vietnamese().is_empty()));
    assert!(apply(&source, &edits, None, &Options::default()).is_err());
    let missing = [edit("Không có", "A1", Content::Keep)];
    let refused = apply(&source, &missing, None, &Options::default()).unwrap_err();
    assert_eq!(refused, PatchError::NoSheet("Không có".into()));
}

#[test]
fn signatures_go_with_a_word_and_passwords_are_refused() {
    let text = content(&vec![(1, vec![(1, Kind::Number(1))])]);
    let with = |name: &str, part: &[u8]| zipped(&[("content.xml", text.as_bytes()), (name, part)]);
    let edits = [edit("Biểu", "A1", Content::Number(Decimal::ONE))];
    let signed = with("META-INF/documentsignatures.xml", b"<a/>");
    let copy = apply(&signed, &edits, None, &Options::default()).unwrap();
    assert_eq!(copy.warnings, [Warning::SignatureLost]);
    assert!(!entries(&copy.bytes).contains_key("META-INF/documentsignatures.xml"));
    let locked = with("META-INF/manifest.xml", b"<a><encryption-data/></a>");
    let refused = apply(&locked, &edits, None, &Options::default()).unwrap_err();
    assert_eq!(refused, PatchError::Encrypted);
}

/// The order of the schema: what a detective drew comes before what the cell shows.
#[test]
fn a_figure_comes_after_the_arrows_of_the_detective() {
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\"><table:detective/>\
        <text:p>1</text:p></table:table-cell>";
    let plain = content(&vec![(1, vec![(1, Kind::Number(1))])]);
    let source = plain.replace(&super::ods::cell(1, &Kind::Number(1)), cell);
    assert!(source.contains("detective"));
    let edit = Edit {
        sheet: "Biểu".into(),
        at: Address::new(0, 0),
        content: Content::Number(25.into()),
        format: None,
        highlight: false,
        note: None,
    };
    let copy = apply(&ods(&source), &[edit], None, &Options::default()).unwrap();
    let written = entries(&copy.bytes)["content.xml"].text().clone();
    let at = |words: &str| written.find(words).unwrap_or_else(|| panic!("{words}: {written}"));
    assert!(at("<table:detective/>") < at("<text:p>25"), "{written}");
    assert!(!written.contains("<text:p>1<"), "{written}");
}

#[test]
fn pivot_tables_are_stale_where_figures_change_and_not_where_cells_are_marked() {
    let plain = content(&vec![(1, vec![(1, Kind::Number(1))])]);
    let pivots = "<table:data-pilot-tables><table:data-pilot-table table:name=\"P\" \
        table:target-range-address=\"Biểu.D1:Biểu.E2\"/></table:data-pilot-tables>";
    let source = ods(&plain.replace("<table:named-expressions/>", pivots));
    let warned = |content| {
        let edit = Edit { highlight: true, ..edit("Biểu", "A1", content) };
        let copy = apply(&source, &[edit], None, &Options::default()).unwrap();
        copy.warnings.contains(&Warning::PivotTablesStale)
    };
    assert!(warned(Content::Number(Decimal::TWO)));
    assert!(!warned(Content::Keep));
}

#[test]
fn the_list_of_changes_has_a_bold_heading_over_plain_rows() {
    let plain = content(&vec![(1, vec![(1, Kind::Number(1))])]);
    let edits = [edit("Biểu", "A1", Content::Number(Decimal::TWO))];
    let copy = apply(&ods(&plain), &edits, Some(&list()), &Options::default()).unwrap();
    let book = read(&copy.bytes);
    let listed = book.sheets.last().unwrap();
    assert_eq!(listed.name, list().name);
    let bold = |cell: &str| listed.cell(at(cell)).map(|cell| cell.bold);
    assert_eq!((bold("A1"), bold("A2")), (Some(true), Some(false)));
}
