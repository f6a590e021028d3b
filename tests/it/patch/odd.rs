//! Packages as other programs, or nobody, would write them.

use std::fmt::Write as _;

use proptest::prelude::*;
use soatbieu::patch::{Content, Options, PackageFault, PatchError, apply, check_package};

use super::package::{at, cells, edit, entries, list, marked, zipped};

const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
    <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
const ROOT: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"/xl/workbook.xml\"/></Relationships>";
const BOOK: &str = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
    <sheet name=\"Biểu 1\" sheetId=\"7\" r:id=\"s\"/></sheets></workbook>";
const BOOK_RELATIONSHIPS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"s\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"/xl/Sheets/S.xml\"/></Relationships>";

/// A workbook of one sheet without styles, its targets absolute.
fn book(data: &str) -> Vec<u8> {
    book_with(BOOK.as_bytes(), &sheet(data))
}

fn sheet(data: &str) -> String {
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{data}</worksheet>"
    )
}

fn book_with(workbook: &[u8], sheet: &str) -> Vec<u8> {
    zipped(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONSHIPS.as_bytes()),
        ("xl/sheets/s.xml", sheet.as_bytes()),
    ])
}

fn number(cell: &str, value: i64) -> soatbieu::patch::Edit {
    edit("Biểu 1", cell, Content::Number(value.into()))
}

fn sheet_after(data: &str, edits: &[soatbieu::patch::Edit]) -> String {
    let copy = apply(&book(data), edits, None, &Options::default()).unwrap();
    let text = entries(&copy.bytes)["xl/sheets/s.xml"].text();
    let start = text.find("<sheetData").unwrap();
    text[start..].replace("</worksheet>", "")
}

#[test]
fn cells_and_rows_that_are_absent_are_made_in_order() {
    let edits = [number("B2", 5), number("A4", 6), number("C2", 7)];
    assert_eq!(
        sheet_after("<sheetData/>", &edits),
        "<sheetData><row r=\"2\"><c r=\"B2\"><v>5</v></c><c r=\"C2\"><v>7</v></c></row>\
         <row r=\"4\"><c r=\"A4\"><v>6</v></c></row></sheetData>"
    );
    assert_eq!(
        sheet_after(
            "<sheetData><row r=\"2\" spans=\"1:1\"/><row r=\"3\"><c r=\"B3\"/></row></sheetData>",
            &edits
        ),
        "<sheetData><row r=\"2\"><c r=\"B2\"><v>5</v></c><c r=\"C2\"><v>7</v></c></row>\
         <row r=\"3\"><c r=\"B3\"/></row><row r=\"4\"><c r=\"A4\"><v>6</v></c></row></sheetData>"
    );
}

#[test]
fn rows_and_cells_without_addresses_are_counted() {
    let data = "<sheetData><row><c><v>1</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row>\
        <row><c><v>3</v></c></row></sheetData>";
    assert_eq!(
        sheet_after(data, &[number("B1", 5), number("B2", 6)]),
        "<sheetData><row><c><v>1</v></c><c><v>5</v></c></row>\
         <row><c><v>3</v></c><c r=\"B2\"><v>6</v></c></row></sheetData>"
    );
}

#[test]
fn a_row_without_a_number_stands_where_its_first_cell_says() {
    let data = "<sheetData><row><c r=\"B3\"><v>1</v></c></row><row/>\
        <row><c r=\"B7\"><v>3</v></c></row></sheetData>";
    assert_eq!(
        sheet_after(data, &[number("B3", 5), number("C3", 6), number("B7", 7)]),
        "<sheetData><row><c r=\"B3\"><v>5</v></c><c r=\"C3\"><v>6</v></c></row><row/>\
         <row><c r=\"B7\"><v>7</v></c></row></sheetData>"
    );
}

#[test]
fn very_long_rows_take_a_cell_in_their_midst() {
    let mut row = String::new();
    for column in (0..16_384).step_by(2) {
        let at = soatbieu::workbook::Address::new(0, column);
        write!(row, "<c r=\"{at}\"><v>1</v></c>").unwrap();
    }
    let data = format!("<sheetData><row r=\"1\">{row}</row></sheetData>");
    let after = sheet_after(&data, &[number("BCD1", 2), number("XFD1", 3)]);
    assert!(after.ends_with("<c r=\"XFD1\"><v>3</v></c></row></sheetData>"));
    assert!(after.contains("<c r=\"BCC1\"><v>1</v></c><c r=\"BCD1\"><v>2</v></c><c r=\"BCE1\">"));
}

#[test]
fn styles_notes_and_list_are_made_where_there_are_none() {
    let source =
        book("<sheetData><row r=\"1\"><c r=\"A1\"><f>1+1</f></c></row></sheetData><extLst/>");
    let edits = [
        marked("biểu 1", "A1", Content::Number(3.into())),
        edit("Bie\u{302}\u{309}u 1", "B1", Content::Text("-a".into())),
    ];
    let copy = apply(&source, &edits, Some(&list()), &Options::default()).unwrap();
    assert_eq!(check_package(&copy.bytes), Ok(()));
    assert_eq!(copy.warnings, []);
    let parts = entries(&copy.bytes);
    let sheet = parts["xl/sheets/s.xml"].text();
    assert!(sheet.contains("<legacyDrawing xmlns:sbr="), "{sheet}");
    assert!(sheet.find("legacyDrawing") < sheet.find("extLst"));
    assert!(parts.contains_key("xl/styles.xml") && parts.contains_key("xl/worksheets/sheet1.xml"));
    assert!(parts["xl/workbook.xml"].text().contains("sheetId=\"8\""));
    assert_eq!(
        cells(&copy.bytes)[&("Chỗ đã sửa".into(), at("B2"))].0,
        calamine::Data::Float(481.0)
    );
}

#[test]
fn styles_stand_beside_a_part_that_has_their_usual_name() {
    let source = zipped(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONSHIPS.as_bytes()),
        ("xl/sheets/s.xml", sheet("<sheetData/>").as_bytes()),
        ("xl/Styles.xml", b"<a/>"),
    ]);
    let copy = apply(&source, &[number("A1", 1)], Some(&list()), &Options::default()).unwrap();
    assert_eq!(check_package(&copy.bytes), Ok(()));
    let parts = entries(&copy.bytes);
    assert!(parts.contains_key("xl/styles1.xml"), "{:?}", parts.keys());
    assert_eq!(parts["xl/Styles.xml"].text(), "<a/>");
}

#[test]
fn utf_16_parts_are_read() {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{BOOK}");
    // Whatever the reading takes, with a mark or without one.
    for mark in ["\u{feff}", ""] {
        let workbook: Vec<u8> =
            format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let source = book_with(&workbook, &sheet("<sheetData/>"));
        let copy = apply(&source, &[number("A1", 1)], Some(&list()), &Options::default()).unwrap();
        let workbook = entries(&copy.bytes)["xl/workbook.xml"].text().clone();
        assert!(workbook.contains("Chỗ đã sửa"));
        assert!(!workbook.contains("UTF-16"), "{workbook}");
    }
}

#[test]
fn a_note_is_as_high_as_its_text() {
    let source = book("<sheetData/>");
    let heights = [10, 280, 9000].map(|letters| {
        let note = Some("a".repeat(letters));
        let noted = soatbieu::patch::Edit { note, ..number("A1", 1) };
        let copy = apply(&source, &[noted], None, &Options::default()).unwrap();
        let drawing =
            entries(&copy.bytes).into_iter().find(|(name, _)| name.contains("vmlDrawing"));
        let drawing = drawing.unwrap().1.text().clone();
        let height = drawing.split_once("height:").unwrap().1.split_once("pt").unwrap().0;
        height.parse::<u32>().unwrap()
    });
    assert_eq!(heights, [30, 180, 450], "two lines and one for 28 letters, thirty at most");
}

#[test]
fn a_workbook_without_formulas_is_not_told_to_compute() {
    let source = book("<sheetData/>");
    let copy = apply(&source, &[number("A1", 1)], None, &Options::default()).unwrap();
    let changed = super::package::differing(&source, &copy.bytes);
    assert_eq!(changed.into_iter().collect::<Vec<_>>(), ["xl/sheets/s.xml"]);
}

#[test]
fn ambiguous_and_hostile_packages_are_refused() {
    let refused =
        |data: &str| apply(&book(data), &[number("A2", 1)], None, &Options::default()).unwrap_err();
    let row = "<row r=\"2\"><c r=\"A2\"/></row>";
    for data in [
        format!("<sheetData>{row}{row}</sheetData>"),
        "<sheetData><row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row></sheetData>".to_owned(),
        "<sheetData><row r=\"2\"><c r=\"B7\"/></row></sheetData>".to_owned(),
    ] {
        assert!(matches!(refused(&data), PatchError::AmbiguousCell { .. }), "{data}");
    }
    for data in ["<sheetData><row r=\"4294967298\"/></sheetData>", "<sheetData><row>", "<a>&x;</b>"]
    {
        assert!(matches!(refused(data), PatchError::Malformed { .. }), "{data}");
    }
    assert!(matches!(refused("<a/>"), PatchError::NotAWorksheet(_)));
    let run = |bytes: &[u8]| apply(bytes, &[], None, &Options::default()).unwrap_err();
    let container = [0xD0, 0xCF, 0x11, 0xE0, 0, 0];
    assert!(matches!(run(&container), PatchError::NotAContainer(_)));
    assert!(matches!(run(b"a,b,c"), PatchError::NotAPackage(_)));
    assert_eq!(run(&zipped(&[("a.txt", b"x")])), PatchError::NoWorkbook);
}

#[test]
fn faults_of_the_source_are_warned_of_and_not_blamed_on_the_copy() {
    let data = "<sheetData><row r=\"3\"/><row r=\"2\"><c r=\"A2\" s=\"9\"/></row></sheetData>";
    let copy = apply(&book(data), &[number("A2", 1)], None, &Options::default()).unwrap();
    let said: Vec<String> = copy.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("row 2 stands twice or out of order"));
    assert!(said[1].contains("A2 points to a format there is not"));
}

/// The faults of a sheet.
fn faults(data: &str) -> Vec<String> {
    let faults = check_package(&book(data)).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_check_finds_what_excel_would_repair() {
    assert_eq!(faults("<sheetData/>"), [""; 0]);
    for (data, fault) in [
        ("<sheetData><row r=\"2\"/><row r=\"2\"/></sheetData>", "row 2 stands twice"),
        ("<sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>", "cell A1 stands"),
        ("<sheetData><row r=\"1\"><c r=\"A2\"/></row></sheetData>", "cell A2 stands"),
        ("<sheetData/><legacyDrawing xmlns:r=\"u\" r:id=\"x\"/>", "missing relationship `x`"),
        ("<sheetData/><extLst/><legacyDrawing/>", "`legacyDrawing` stands too late"),
        (
            "<sheetData><row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\"/></c></row></sheetData>",
            "shared formula",
        ),
    ] {
        let found = faults(data);
        assert!(found.len() == 1 && found[0].contains(fault), "{data}: {found:?}");
    }
    assert!(faults("<sheetData>")[0].contains("cannot be read"));
}

#[test]
fn the_check_looks_at_parts_types_and_relationships() {
    let sheet = sheet("<sheetData/>");
    let good: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONSHIPS.as_bytes()),
        ("xl/sheets/s.xml", sheet.as_bytes()),
    ];
    let with = |extra: &[(&'static str, &'static [u8])]| {
        let parts: Vec<_> = good.iter().copied().chain(extra.iter().copied()).collect();
        check_package(&zipped(&parts)).unwrap_err()
    };
    assert_eq!(with(&[("a.bin", b"")]), [PackageFault::NoContentType("a.bin".into())]);
    assert_eq!(
        with(&[("XL/workbook.xml", BOOK.as_bytes())])[0],
        PackageFault::PartTwice("XL/workbook.xml".into())
    );
    let without = zipped(&good[..4]);
    assert_eq!(
        check_package(&without).unwrap_err()[0].to_string(),
        "xl/Sheets/S.xml cannot be read: part xl/Sheets/S.xml is missing"
    );
}

/// As Google Sheets exports: grey as the second fill, notes without an author's name, `<calcPr/>`.
#[test]
fn google_sheets_exports_are_corrected() {
    let types = TYPES.replace(
        "</Types>",
        "<Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>\
         <Override PartName=\"/xl/comments1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>",
    );
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |kinds: &[(&str, &str)]| {
        let mut text = String::new();
        for (kind, target) in kinds {
            write!(
                text,
                "<Relationship Id=\"{kind}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>"
            )
            .unwrap();
        }
        text + "</Relationships>"
    };
    let book_relationships =
        BOOK_RELATIONSHIPS.replace("</Relationships>", &related(&[("styles", "styles.xml")]));
    let sheet_relationships = BOOK_RELATIONSHIPS.split_once("<Relationship ").unwrap().0.to_owned()
        + &related(&[("comments", "../comments1.xml"), ("vmlDrawing", "../drawings/v1.vml")]);
    let workbook = BOOK.replace("</sheets>", "</sheets><definedNames/><calcPr/>");
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let styles = format!(
        "<styleSheet {main}><fonts count=\"1\"><font/></fonts><fills count=\"2\"><fill>\
         <patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"lightGray\"/></fill>\
         </fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>\
         <cellXfs count=\"1\"><xf borderId=\"0\" fillId=\"0\" fontId=\"0\" numFmtId=\"0\" xfId=\"0\">\
         <alignment readingOrder=\"0\"/></xf></cellXfs></styleSheet>"
    );
    let comments = format!(
        "<comments {main}><authors><author/></authors><commentList><comment authorId=\"0\" ref=\"A1\">\
         <text><t>cũ</t></text></comment></commentList></comments>"
    );
    let drawing =
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\"><v:shape id=\"_x0000_s1025\"/></xml>";
    let data = "<sheetData><row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c></row></sheetData>\
        <legacyDrawing xmlns:q=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" q:id=\"vmlDrawing\"/>";
    let sheet = sheet(data);
    let source = zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_relationships.as_bytes()),
        ("xl/sheets/s.xml", sheet.as_bytes()),
        ("xl/sheets/_rels/s.xml.rels", sheet_relationships.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/comments1.xml", comments.as_bytes()),
        ("xl/drawings/v1.vml", drawing.as_bytes()),
    ]);
    assert_eq!(check_package(&source), Ok(()));
    let edits = [
        marked("Biểu 1", "A1", Content::Number(3.into())),
        marked("Biểu 1", "B1", Content::Number(4.into())),
    ];
    let copy = apply(&source, &edits, Some(&list()), &Options::default()).unwrap();
    assert_eq!((check_package(&copy.bytes), copy.warnings), (Ok(()), vec![]));
    let parts = entries(&copy.bytes);
    assert!(parts["xl/workbook.xml"].text().contains("<calcPr fullCalcOnLoad=\"1\"/>"));
    assert!(parts["xl/styles.xml"].text().contains("fillId=\"2\""));
    let comments = parts["xl/comments1.xml"].text();
    assert!(comments.contains("<author/><author>Soát biểu</author>"));
    assert!(comments.contains("<t>cũ</t><r>") && comments.contains("ref=\"B1\""));
    assert_eq!(parts["xl/drawings/v1.vml"].text().matches("<v:shape ").count(), 2);
}

/// Parts of a rich workbook that a correction reads.
const READ: [&str; 6] = [
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
    "xl/comments1.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
];

/// What the text is cut with: signs that mean something in XML and in a sheet.
fn splinter() -> impl Strategy<Value = String> {
    prop_oneof![
        "[<>/\"'=&; a-zA-Z0-9:]{0,6}",
        Just("<c r=\"C10\"/>".to_owned()),
        Just("<row/>".to_owned()),
        Just("</sheetData>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("<!--".to_owned()),
        Just("\u{feff}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_parts_are_refused_or_corrected_without_new_faults(
        part in 0..READ.len(), from in 0..1000_usize, length in 0..40_usize, put in splinter(),
    ) {
        let source = include_bytes!("../../fixtures/excel.xlsx");
        let mut parts = entries(source);
        let entry = parts.get_mut(READ[part]).unwrap();
        let start = entry.plain.len() * from / 1000;
        let end = (start + length).min(entry.plain.len());
        entry.plain.splice(start..end, put.into_bytes());
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(name, entry)| (name.as_str(), entry.plain.as_slice())).collect();
        let edits = [
            marked("Phụ lục I", "C10", Content::Number(1.into())),
            marked("Phụ lục I", "H8", Content::Blank),
            marked("Phụ lục I", "K30", Content::Text("x".into())),
        ];
        let result = apply(&zipped(&parts), &edits, Some(&list()), &Options::default());
        prop_assert!(!matches!(result, Err(PatchError::NeedsRepair(_))), "{result:?}");
    }
}
