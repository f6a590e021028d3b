//! Reading: what a cell shows, what is hidden, what is damaged, and files made to do harm.
//!
//! Every file is made here, in memory.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use rust_decimal::Decimal;
use soatbieu::failure::{Code, Failure};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::{Cell, Fault, LegacyEncoding, Range, Sheet, Value, Workbook};
use zip::write::SimpleFileOptions;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An `.xlsx` whose only sheet is `S`; `styles` and `strings` are the insides of their parts.
#[derive(Default)]
struct Xlsx<'a> {
    sheet: Vec<u8>,
    styles: &'a str,
    strings: &'a str,
    /// More sheets: kind of relation and target.
    others: &'a [(&'a str, &'a str)],
}

impl Xlsx<'_> {
    fn with_rows(rows: &str) -> Self {
        Self { sheet: worksheet("", rows, "").into_bytes(), ..Self::default() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut sheets = "<sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/>".to_owned();
        let mut relations = format!(
            "<Relationship Id=\"rId1\" Type=\"{KIND}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
             <Relationship Id=\"rId2\" Type=\"{KIND}/styles\" Target=\"/xl/styles.xml\"/>\
             <Relationship Id=\"rId3\" Type=\"{KIND}/sharedStrings\" Target=\"sharedStrings.xml\"/>"
        );
        for (index, (kind, target)) in self.others.iter().enumerate() {
            let id = index + 4;
            let _ = write!(sheets, "<sheet name=\"N{id}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>");
            let _ = write!(
                relations,
                "<Relationship Id=\"rId{id}\" Type=\"{KIND}/{kind}\" Target=\"{target}\"/>"
            );
        }
        let book = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{KIND}\"><sheets>{sheets}</sheets></workbook>"
        );
        let relations = format!("<Relationships xmlns=\"{RELATIONS}\">{relations}</Relationships>");
        let root = format!(
            "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" \
             Type=\"{KIND}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let styles = format!("<styleSheet xmlns=\"{MAIN}\">{}</styleSheet>", self.styles);
        let strings = format!("<sst xmlns=\"{MAIN}\" {}</sst>", self.strings_or_none());
        package(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("_rels/.rels", root.as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/styles.xml", styles.as_bytes()),
            ("xl/sharedStrings.xml", strings.as_bytes()),
            ("xl/worksheets/sheet1.xml", &self.sheet),
        ])
    }

    fn strings_or_none(&self) -> &str {
        if self.strings.is_empty() { ">" } else { self.strings }
    }

    fn read(&self) -> Workbook {
        read(&self.bytes()).unwrap()
    }
}

fn worksheet(before: &str, rows: &str, after: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\">{before}<sheetData>{rows}</sheetData>{after}</worksheet>")
}

fn read(bytes: &[u8]) -> Result<Workbook, Failure> {
    workbook(bytes, &Limits::default())
}

fn cell<'a>(sheet: &'a Sheet, at: &str) -> &'a Cell {
    sheet.cell(at.parse().unwrap()).unwrap_or_else(|| panic!("no cell {at}"))
}

fn value<'a>(sheet: &'a Sheet, at: &str) -> &'a Value {
    sheet.value(at.parse().unwrap())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn range(ends: &str) -> Range {
    let (first, last) = ends.split_once(':').unwrap();
    Range::new(first.parse().unwrap(), last.parse().unwrap())
}

#[test]
fn one_bad_cell_does_not_lose_its_sheet() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\" t=\"e\"><v>#SPILL!</v></c>\
        <c r=\"C1\" t=\"x\"><v>?</v></c><c r=\"D1\" t=\"s\"><v>9</v></c><c r=\"1A\"><v>2</v></c>\
        <c r=\"E1\"><v>abc</v></c><c r=\"F1\"><v>1E400</v></c><c r=\"G1\"><v>2</v></c></row>\
        <row r=\"2\"><c r=\"A4294967298\"><v>7</v></c></row>";
    let book = Xlsx::with_rows(rows).read();
    let sheet = &book.sheets[0];
    assert_eq!(value(sheet, "A1"), &Value::Number(Decimal::ONE));
    assert_eq!(value(sheet, "B1"), &Value::Error("#SPILL!".into()));
    assert_eq!(value(sheet, "C1"), &Value::Error("#?".into()));
    assert_eq!(value(sheet, "D1"), &Value::Error("#?".into()));
    assert_eq!(value(sheet, "E1"), &text("abc"));
    assert_eq!(value(sheet, "F1"), &text("1E400"));
    assert_eq!(value(sheet, "G1"), &Value::Number(Decimal::TWO));
    assert_eq!(value(sheet, "A2"), &Value::Blank, "a row number that wraps is no row");
    let first = Some("C1".parse().unwrap());
    assert_eq!(sheet.faults, [Fault::UnreadableCells { cells: 4, first }]);
    assert!(!sheet.is_whole());
}

#[test]
fn a_cut_sheet_keeps_what_comes_before_and_says_so() {
    let whole =
        worksheet("", "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>", "");
    let cut = whole[..whole.find("<c r=\"B1\"").unwrap() + 12].to_owned();
    let book = Xlsx { sheet: cut.into_bytes(), ..Xlsx::default() }.read();
    let sheet = &book.sheets[0];
    assert_eq!(value(sheet, "A1"), &Value::Number(Decimal::ONE));
    let [Fault::CutShort { after, .. }] = &sheet.faults[..] else { panic!("{:?}", sheet.faults) };
    assert_eq!(*after, Some("A1".parse().unwrap()));
}

#[test]
fn texts_keep_their_blanks() {
    let strings = "count=\"4000000000\" uniqueCount=\"4000000000\"><si><t> a </t></si>\
        <si><r><t>Tổng </t></r><r><t>số</t></r><rPh><t>x</t></rPh></si>";
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>\n 0 \n</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
        <c r=\"C1\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> c_x000A_d</t></is></c></row>";
    let file = Xlsx { strings, ..Xlsx::with_rows(rows) };
    let book = file.read();
    let sheet = &book.sheets[0];
    assert_eq!(value(sheet, "A1"), &text(" a "));
    assert_eq!(value(sheet, "B1"), &text("Tổng số"));
    assert_eq!(value(sheet, "C1"), &text(" c\nd"));
    assert!(sheet.is_whole());
}

const STYLES: &str = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"#,##0.0\"/></numFmts>\
    <fonts><font><name val=\"Arial\"/></font><font><b/><name val=\".VnTime\"/></font></fonts>\
    <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
    <cellXfs><xf numFmtId=\"0\" fontId=\"0\"/><xf numFmtId=\"10\" fontId=\"0\"/>\
    <xf numFmtId=\"164\" fontId=\"1\"/><xf numFmtId=\"14\"/></cellXfs>";

#[test]
fn a_cell_shows_what_its_style_says() {
    let rows = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>0.02345</v></c><c r=\"B1\" s=\"2\"><v>1234.56</v></c>\
        <c r=\"C1\" s=\"3\"><v>45657</v></c><c r=\"D1\"><v>1.5</v></c></row>";
    let book = Xlsx { styles: STYLES, ..Xlsx::with_rows(rows) }.read();
    let sheet = &book.sheets[0];
    let shown = |at: &str| {
        let cell = cell(sheet, at);
        let Value::Number(number) = cell.value else { panic!("{at}: {cell:?}") };
        book.number_format(cell).shown(number)
    };
    assert_eq!(shown("A1"), Decimal::new(235, 2));
    assert_eq!(shown("B1"), Decimal::new(12_346, 1));
    assert_eq!(shown("D1"), Decimal::new(15, 1));
    assert_eq!(value(sheet, "C1"), &Value::Date(Decimal::from(45_657)));
    assert!(cell(sheet, "B1").bold && !cell(sheet, "A1").bold);
}

#[test]
fn legacy_text_is_read_through_and_named() {
    let rows = "<row r=\"1\"><c r=\"A1\" s=\"2\" t=\"str\"><v>Tæng sè hé nghÌo</v></c>\
        <c r=\"B1\" s=\"2\" t=\"str\"><v>hé</v></c><c r=\"C1\" s=\"2\" t=\"str\"><v>hộ có</v></c></row>";
    let book = Xlsx { styles: STYLES, ..Xlsx::with_rows(rows) }.read();
    let sheet = &book.sheets[0];
    assert_eq!(value(sheet, "A1"), &text("Tổng số hộ nghèo"));
    assert_eq!(value(sheet, "B1"), &text("hộ"));
    assert_eq!(value(sheet, "C1"), &text("hộ có"));
    assert_eq!(sheet.legacy, Some(LegacyEncoding::Tcvn3));
    assert!(sheet.remarks().iter().any(|remark| remark.vi.contains("TCVN3")));
}

#[test]
fn unicode_text_in_a_legacy_font_is_left_alone() {
    let rows = "<row r=\"1\"><c r=\"A1\" s=\"2\" t=\"str\"><v>Tên xã</v></c>\
        <c r=\"B1\" s=\"2\" t=\"str\"><v>Tổng số hộ nghèo</v></c><c r=\"C1\" s=\"2\" t=\"str\"><v>hé</v></c></row>";
    let book = Xlsx { styles: STYLES, ..Xlsx::with_rows(rows) }.read();
    let sheet = &book.sheets[0];
    assert_eq!(value(sheet, "A1"), &text("Tên xã"));
    assert_eq!(value(sheet, "C1"), &text("hé"));
    assert_eq!(sheet.legacy, None);
}

#[test]
fn hidden_rows_and_columns_and_merges_are_known() {
    let columns = "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"2\" max=\"16384\" hidden=\"true\"/></cols>";
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"3\" hidden=\"1\"/>\
        <row r=\"4\"><c r=\"D4\"><v>1</v></c></row><row r=\"9\" hidden=\"1\"/>";
    let merges = "<mergeCells><mergeCell ref=\"C3:A1\"/></mergeCells>";
    let sheet = worksheet(columns, rows, merges).into_bytes();
    let book = Xlsx { sheet, ..Xlsx::default() }.read();
    let sheet = &book.sheets[0];
    assert_eq!(sheet.hidden_columns, [1, 2, 3], "up to the last one used");
    assert_eq!(sheet.hidden_rows, [2]);
    assert_eq!(*sheet.merges, [range("A1:C3")]);
    assert_eq!(sheet.remarks(), [], "told with the table they are in");
}

#[test]
fn macro_sheets_are_said_and_the_others_read() {
    let others = [("xlMacrosheet", "macrosheets/sheet1.xml"), ("worksheet", "worksheets/gone.xml")];
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let book = Xlsx { others: &others, ..Xlsx::with_rows(rows) }.read();
    assert_eq!(book.sheets.len(), 1);
    let unread: Vec<&str> = book.unread.iter().map(|unread| unread.name.as_str()).collect();
    assert_eq!(unread, ["N4", "N5"]);
}

#[test]
fn a_sheet_of_another_kind_is_said_even_where_its_part_is_there() {
    // The part of the first sheet, which is no worksheet to the second entry.
    let others = [("chartsheet", "worksheets/sheet1.xml")];
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let book = Xlsx { others: &others, ..Xlsx::with_rows(rows) }.read();
    assert_eq!((book.sheets.len(), book.unread.len()), (1, 1));
    assert_eq!(book.unread[0].name, "N4");
}

#[test]
fn formulas_over_several_cells_are_told_from_shared_ones() {
    let row = |cells: [&str; 4]| {
        let cell =
            |(column, formula): (&str, &str)| format!("<c r=\"{column}1\">{formula}<v>1</v></c>");
        format!(
            "<row r=\"1\">{}</row>",
            ["A", "B", "C", "D"].into_iter().zip(cells).map(cell).collect::<String>()
        )
    };
    let rows = row([
        "<f t=\"array\" ref=\"A1:A3\">E1:E3*2</f>",
        "<f t=\"dataTable\" ref=\"B1:B3\" dt2D=\"0\" r1=\"E1\"/>",
        "<f t=\"shared\" si=\"0\" ref=\"C1:C3\">E1*2</f>",
        "<f ref=\"D1:D3\">E1*2</f>",
    ]);
    let book = Xlsx::with_rows(&rows).read();
    let range = |first: &str, last: &str| Range::new(first.parse().unwrap(), last.parse().unwrap());
    assert_eq!(book.sheets[0].arrays, [range("A1", "A3"), range("B1", "B3")]);
}

#[test]
fn shared_formulas_follow_their_master_whatever_their_number() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"18446744073709551615\" ref=\"A1:A2\">B1*2</f><v>2</v></c></row>\
        <row r=\"2\"><c r=\"A2\"><f t=\"shared\" si=\"18446744073709551615\"/><v>4</v></c></row>";
    let book = Xlsx::with_rows(rows).read();
    assert_eq!(cell(&book.sheets[0], "A2").formula.as_deref(), Some("B2*2"));
}

#[test]
fn wide_parts_are_read() {
    let sheet = worksheet("", "<row r=\"1\"><c r=\"A1\"><v>5</v></c></row>", "");
    let wide = format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{sheet}");
    let sheet = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let book = Xlsx { sheet, ..Xlsx::default() }.read();
    assert_eq!(value(&book.sheets[0], "A1"), &Value::Number(Decimal::from(5)));
}

#[test]
fn limits_hold_while_unpacking() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>".repeat(100);
    let strings = format!("><si><t>{}</t></si>", "a".repeat(50_000));
    let bytes = Xlsx { strings: &strings, ..Xlsx::with_rows(&rows) }.bytes();
    let limited = |limits: Limits| workbook(&bytes, &limits).map_err(|failure| failure.code);
    let text = Limits { text: 1 << 20, ..Limits::default() };
    assert_eq!(limited(text), Err(Code::TooLarge), "one text asked for a hundred times");
    assert_eq!(limited(Limits { cells: 99, ..Limits::default() }), Err(Code::TooLarge));
    assert_eq!(limited(Limits { unpacked: 1000, ..Limits::default() }), Err(Code::TooLarge));
    assert_eq!(limited(Limits { file: 1000, ..Limits::default() }), Err(Code::TooLarge));
    assert!(limited(Limits::default()).is_ok());
    let blanks = " ".repeat(20 << 20);
    let rows =
        format!("<row r=\"1\"><c r=\"A1\"><v>1</v></c>{blanks}<c r=\"B1\"><v>2</v></c></row>");
    let book = Xlsx::with_rows(&rows).read();
    assert!(!book.sheets[0].is_whole(), "an event of 20 MiB is not held");
}

const OPEN_DOCUMENT: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
    xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
    xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"";

fn ods_content(styles: &str, table: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document-content {OPEN_DOCUMENT}>\
         <office:automatic-styles>{styles}</office:automatic-styles><office:body>\
         <office:spreadsheet><table:table table:name=\"S\">{table}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    )
}

fn ods(content: &str) -> Vec<u8> {
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    package(&[("mimetype", kind), ("content.xml", content.as_bytes())])
}

#[test]
fn open_document_cells_show_what_their_styles_say() {
    let styles = "<number:percentage-style style:name=\"N1\"><number:number number:decimal-places=\"2\"/>\
        <number:text>%</number:text></number:percentage-style>\
        <number:number-style style:name=\"N2\"><number:number number:decimal-places=\"0\" number:grouping=\"true\"/></number:number-style>\
        <style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N1\">\
        <style:text-properties fo:font-weight=\"bold\" style:font-name=\".VnTime\"/></style:style>\
        <style:style style:name=\"ce2\" style:family=\"table-cell\" style:parent-style-name=\"ce1\" style:data-style-name=\"N2\"/>";
    let table = "\n <table:table-column/>\n <table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/>\n\
        <table:table-row>\n <table:table-cell table:style-name=\"ce1\" office:value-type=\"percentage\" office:value=\"0.02345\"><text:p>2,35%</text:p></table:table-cell>\n\
        <table:table-cell table:style-name=\"ce2\" office:value-type=\"float\" office:value=\"1234.56\"/>\
        <table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" calcext:value-type=\"error\"><text:p>#DIV/0!</text:p></table:table-cell>\
        <table:table-cell table:formula=\"of:=1/0\" office:value-type=\"float\" office:value=\"0\"><text:p>#DIV/0!</text:p></table:table-cell>\n</table:table-row>\
        <table:table-row table:visibility=\"filter\"><table:table-cell table:style-name=\"ce1\" office:value-type=\"string\" table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\">\
        <text:p>hé<text:s text:c=\"2\"/><text:span>nghÌo</text:span></text:p></table:table-cell><table:covered-table-cell/></table:table-row>\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell/><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"date\" office:date-value=\"2024-12-31\"/></table:table-row>";
    let book = read(&ods(&ods_content(styles, table))).unwrap();
    let sheet = &book.sheets[0];
    let format = |at: &str| {
        let format = book.number_format(cell(sheet, at));
        (format.decimals, format.percent, format.grouped)
    };
    assert_eq!(format("A1"), (Some(2), true, false));
    assert_eq!(format("B1"), (Some(0), false, true));
    assert!(cell(sheet, "B1").bold, "taken from its parent");
    assert_eq!(value(sheet, "C1"), &Value::Error("#DIV/0!".into()));
    assert_eq!(value(sheet, "D1"), &Value::Error("#DIV/0!".into()));
    assert_eq!(value(sheet, "A2"), &text("hộ  nghèo"));
    assert_eq!(value(sheet, "C4"), &Value::Date(Decimal::from(45_657)));
    assert_eq!((&sheet.hidden_rows[..], &sheet.hidden_columns[..]), (&[1][..], &[1, 2][..]));
    assert_eq!(*sheet.merges, [range("A2:B3")]);
    assert!(sheet.is_whole());
}

#[test]
fn a_cell_with_an_empty_value_is_blank() {
    let cells =
        ["b", "n", "e", "s", "str"].map(|kind| format!("<c r=\"A1\" t=\"{kind}\"><v></v></c>"));
    for cell in cells {
        let book = Xlsx::with_rows(&format!("<row r=\"1\">{cell}</row>")).read();
        assert_eq!(value(&book.sheets[0], "A1"), &Value::Blank, "{cell}");
        assert!(book.sheets[0].is_whole(), "{cell}");
    }
}

#[test]
fn few_parts_of_any_size_are_no_many_parts() {
    let file = Xlsx::with_rows("<row r=\"1\"><c r=\"A1\"><v>5</v></c></row>").bytes();
    let limits = |parts| Limits { parts, ..Limits::default() };
    assert!(file.len() > 46 * 10, "so large that there could be more");
    assert!(workbook(&file, &limits(7)).is_ok());
    assert_eq!(workbook(&file, &limits(6)).unwrap_err().code, Code::TooLarge);
}

#[test]
fn blanks_between_the_paragraphs_of_a_cell_are_no_text() {
    let cell = "<table:table-cell office:value-type=\"string\">\n  <text:p>một</text:p>\n  \
        <text:p>hai</text:p>\n</table:table-cell>";
    let table = format!("<table:table-row>\n {cell}\n</table:table-row>");
    let book = read(&ods(&ods_content("", &table))).unwrap();
    assert_eq!(value(&book.sheets[0], "A1"), &text("một\nhai"));
}

#[test]
fn open_document_truths_and_times_are_values() {
    let cell = |kind: &str| {
        format!("<table:table-cell office:value-type={kind}><text:p>x</text:p></table:table-cell>")
    };
    let row = [
        "\"boolean\" office:boolean-value=\"true\"",
        "\"boolean\" office:boolean-value=\"1\"",
        "\"boolean\" office:boolean-value=\"false\"",
        "\"time\" office:time-value=\"PT06H00M00S\"",
    ];
    let row: String = row.iter().map(|kind| cell(kind)).collect();
    let book = read(&ods(&ods_content("", &format!("<table:table-row>{row}</table:table-row>"))));
    let sheet = &book.unwrap().sheets[0];
    let values = ["A1", "B1", "C1", "D1"].map(|at| value(sheet, at).clone());
    let time = Value::Date(Decimal::new(25, 2));
    assert_eq!(values, [Value::Bool(true), Value::Bool(true), Value::Bool(false), time]);
}

#[test]
fn a_package_with_doubled_parts_is_refused() {
    let zip = |names: &[&str]| {
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"<a/>"[..])).collect();
        package(&parts)
    };
    // The writer refuses a name twice, so one of the same length is renamed afterwards.
    let renamed = |bytes: &[u8], from: &str, to: &str| {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len() - from.len() {
            if bytes[at..].starts_with(from.as_bytes()) {
                bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
            }
        }
        bytes
    };
    let twice =
        |bytes: &[u8]| read(bytes).unwrap_err().message.en.contains("two parts of one name");
    let sheets =
        zip(&["[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]);
    assert!(twice(&renamed(&sheets, "sheet2.xml", "sheet1.xml")));
    assert!(twice(&renamed(&sheets, "sheet2.xml", "Sheet1.xml")), "names that differ in case");
    assert!(!twice(&sheets));
    // Pictures of OpenDocument may be called so.
    let content = ods_content("", "<table:table table:name=\"S\"/>");
    let pictures = package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("Pictures/a.png", b""),
        ("Pictures/A.png", b""),
    ]);
    assert!(read(&pictures).is_ok());
}

#[test]
fn open_document_repetitions_are_bounded() {
    let value = "office:value-type=\"float\" office:value=\"1\"";
    let wide = format!("<table:table-cell table:number-columns-repeated=\"16384\" {value}/>");
    let many =
        format!("<table:table-row table:number-rows-repeated=\"6000\">{wide}</table:table-row>");
    let limits = Limits { cells: 100_000, ..Limits::default() };
    let failure = workbook(&ods(&ods_content("", &many)), &limits).unwrap_err();
    assert_eq!(failure.code, Code::TooLarge);
    let beyond = "<table:table-row table:number-rows-repeated=\"99999999999999999999\"/>\
        <table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    let rows = "<table:table-row table:number-rows-repeated=\"4294967295\"/>".repeat(3);
    let book = read(&ods(&ods_content("", &format!("{rows}{beyond}")))).unwrap();
    assert_eq!(book.sheets[0].faults, [Fault::OutsideSheet { cells: 1 }]);
    let blanks = "<table:table-row><table:table-cell office:value-type=\"string\">\
        <text:p>a<text:s text:c=\"4000000000\"/></text:p></table:table-cell></table:table-row>";
    let book = read(&ods(&ods_content("", blanks))).unwrap();
    let Value::Text(long) = self::value(&book.sheets[0], "A1") else { panic!() };
    assert!(long.len() < 100_000);
}

#[test]
fn a_cut_open_document_ends() {
    let table = "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\">\
        <text:p>1</text:p></table:table-cell><table:table-cell office:value-type=\"string\">\
        <office:annotation><text:p>note</text:p></office:annotation><text:p>x</text:p></table:table-cell></table:table-row>";
    let whole = ods_content("", table);
    let book = read(&ods(&whole)).unwrap();
    assert_eq!(value(&book.sheets[0], "B1"), &text("x"));
    for (end, _) in whole.char_indices() {
        if let Ok(book) = read(&ods(&whole[..end])) {
            assert!(book.sheets.iter().any(|sheet| !sheet.is_whole()), "cut at {end}");
        }
    }
}

#[test]
fn an_ole_container_named_xlsx_is_looked_at_too() {
    let mut bytes = vec![0xFF_u8; 2048];
    bytes[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    bytes[30..34].copy_from_slice(&[9, 0, 6, 0]);
    for (at, word) in [(48, 1_u32), (68, u32::MAX), (76, 0), (512, u32::MAX), (516, 1)] {
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    assert_eq!(read(&bytes).unwrap_err().code, Code::Damaged);
}

#[test]
fn what_an_xls_embeds_is_not_the_workbook() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dai-lanh-2024.xls");
    let bytes = std::fs::read(path).unwrap();
    let plain = read(&bytes).unwrap();
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).unwrap();
    for (storage, streams) in
        [("/A", ["WordDocument", "1Table"]), ("/AB", ["EncryptedPackage", "EncryptionInfo"])]
    {
        file.create_storage(storage).unwrap();
        for stream in streams {
            let mut stream = file.create_stream(format!("{storage}/{stream}")).unwrap();
            stream.write_all(b"what is embedded").unwrap();
        }
    }
    file.create_storage("/Book1").unwrap();
    file.create_stream("/Book1/Workbook").unwrap().write_all(b"no workbook").unwrap();
    let holding = read(&file.into_inner().into_inner()).unwrap();
    assert_eq!(holding.sheets[0].cells(), plain.sheets[0].cells());
}

#[test]
fn a_name_in_the_manifest_encrypts_nothing() {
    let content = ods_content("", "<table:table table:name=\"S\"/>");
    let manifest = |inside: &str| {
        format!(
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
             <manifest:file-entry manifest:full-path=\"Pictures/encryption-data.png\">{inside}\
             </manifest:file-entry></manifest:manifest>"
        )
    };
    let file = |manifest: &str| {
        package(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_bytes()),
            ("META-INF/manifest.xml", manifest.as_bytes()),
        ])
    };
    assert_eq!(read(&file(&manifest(""))).unwrap().sheets.len(), 1);
    let locked = read(&file(&manifest("<manifest:encryption-data/>")));
    assert_eq!(locked.unwrap_err().code, Code::Encrypted);
}

#[test]
fn parts_of_table_objects_are_read_as_places() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(1, 1, [3, 4]).unwrap();
    sheet.write_row(2, 1, [5, 6]).unwrap();
    let columns = ["Thôn", "Số hộ", "Hộ nghèo"];
    let columns = columns.map(|name| rust_xlsxwriter::TableColumn::new().set_header(name));
    let table = rust_xlsxwriter::Table::new().set_name("Bieu").set_columns(&columns);
    sheet.add_table(0, 0, 2, 2, &table).unwrap();
    sheet.write_formula(4, 1, "=SUM(Bieu[Số hộ])").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let read = soatbieu::read::workbook(&bytes, &Limits::default()).unwrap();
    let cell = read.sheets[0].cell(soatbieu::workbook::Address::new(4, 1)).unwrap();
    assert_eq!(cell.formula.as_deref(), Some("SUM(B$2:B$3)"));
}
