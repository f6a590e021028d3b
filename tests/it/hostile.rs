//! Files made to do harm: each ends in a workbook or a failure that says what to do, and none
//! costs more than what it holds.
//!
//! Every file is made here, in memory.

use std::cmp::Ordering;
use std::io::{Cursor, Write as _};

use assert_cmd::Command;
use rust_decimal::Decimal;
use soatbieu::failure::{Code, Failure};
use soatbieu::formula::formula_of;
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::{Address, Fault, MAX_COLUMNS, MAX_ROWS, Range, Sheet, Value, Workbook};
use zip::write::SimpleFileOptions;

const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn read(bytes: &[u8]) -> Result<Workbook, Failure> {
    workbook(bytes, &Limits::default())
}

/// The refusal of a file that is beyond a limit: it names the option that raises it.
fn refused(bytes: &[u8], limits: &Limits, option: &str) {
    let failure = workbook(bytes, limits).unwrap_err();
    assert_eq!(failure.code, Code::TooLarge, "{option}: {failure}");
    for help in [&failure.help.vi, &failure.help.en] {
        assert!(help.contains(&format!("--limit {option}=")), "{option}: {help}");
    }
}

fn values(book: &Workbook) -> Vec<(Address, Value)> {
    book.sheets[0].cells().iter().map(|(at, cell)| (*at, cell.value.clone())).collect()
}

fn number(number: i64) -> Value {
    Value::Number(Decimal::from(number))
}

fn package<S: AsRef<str>, B: AsRef<[u8]>>(parts: &[(S, B)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_ref(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A relation from the workbook.
fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{KIND}/{kind}\" Target=\"{target}\"/>")
}

/// An `.xlsx` from its sheets as the workbook lists them, its relations and its other parts.
fn xlsx(listed: &str, relations: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let book = format!("<workbook xmlns:r=\"{KIND}\"><sheets>{listed}</sheets></workbook>");
    let relations = format!("<Relationships>{relations}</Relationships>");
    let mut all = vec![
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relations),
    ];
    all.extend(parts);
    package(&all)
}

/// An `.xlsx` with one sheet of these rows.
fn sheet(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let parts = [("xl/worksheets/sheet1.xml", &*sheet)];
    xlsx(
        "<sheet name=\"S\" r:id=\"rId1\"/>",
        &relation("rId1", "worksheet", "worksheets/sheet1.xml"),
        &parts,
    )
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<document-content><body><spreadsheet><table name=\"S\">{rows}</table></spreadsheet>\
         </body></document-content>"
    );
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ])
}

/// A record of an `.xlsb` part.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = match kind {
        0..0x80 => vec![u8::try_from(kind).unwrap()],
        _ => vec![(kind & 0x7F | 0x80).to_le_bytes()[0], (kind >> 7).to_le_bytes()[0]],
    };
    [&kind[..], &[u8::try_from(data.len()).unwrap()], data].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], &units].concat()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// An `.xlsb` whose sheet has numbers at these places and declares the largest size.
fn xlsb(relations: &str, cells: &[(u32, u32)]) -> Vec<u8> {
    let mut records = Vec::new();
    for (row, column) in cells {
        records.extend(record(0, &longs(&[*row, 0, 0])));
        let value = f64::from(*column).to_le_bytes();
        records.extend(record(5, &[&longs(&[*column, 0])[..], &value].concat()));
    }
    xlsb_of(relations, &records)
}

/// An `.xlsb` whose sheet has these records for its cells.
fn xlsb_of(relations: &str, records: &[u8]) -> Vec<u8> {
    let listed = [longs(&[0, 1]), wide("rId1"), wide("S")].concat();
    let book = [record(0x83, &[]), record(0x9C, &listed), record(0x90, &[]), record(0x84, &[])];
    let mut sheet = [
        record(0x81, &[]),
        record(0x94, &longs(&[0, MAX_ROWS - 1, 0, MAX_COLUMNS - 1])),
        record(0x91, &[]),
    ]
    .concat();
    sheet.extend(records);
    sheet.extend([record(0x92, &[]), record(0x82, &[])].concat());
    package(&[
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("xl/workbook.bin", book.concat()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes().to_vec()),
        ("xl/worksheets/sheet1.bin", sheet),
    ])
}

#[test]
fn a_formula_that_cannot_be_spelt_out_loses_itself_alone() {
    let formula = |column: u32, code: &[u8]| {
        let size = u32::try_from(code.len()).unwrap();
        let value = f64::from(column).to_le_bytes();
        record(9, &[&longs(&[column, 0])[..], &value, &[0; 2], &size.to_le_bytes(), code].concat())
    };
    let error = |column: u32, code: u8| record(3, &[&longs(&[column, 0])[..], &[code]].concat());
    let five = [0x1E, 5, 0];
    let records = [
        record(0, &longs(&[0, 0, 0])),
        formula(0, &five),
        // An operation that does not exist, one without operands, one that is cut off.
        formula(1, &[0x7F]),
        formula(2, &[0x03]),
        formula(3, &[0x1E, 5]),
        formula(4, &five),
        error(5, 0x07),
        error(6, 0x63),
    ]
    .concat();
    let relations = format!(
        "<Relationships>{}</Relationships>",
        relation("rId1", "worksheet", "/xl/worksheets/sheet1.bin")
    );
    let book = read(&xlsb_of(&relations, &records)).unwrap();
    let sheet = &book.sheets[0];
    let at = |column| Address::new(0, column);
    assert_eq!(sheet.faults, [Fault::UnreadableFormulas { cells: 3, first: at(1) }]);
    for column in 0..5_u32 {
        let cell = sheet.cell(at(column)).unwrap();
        assert_eq!(cell.value, number(column.into()));
        let is_known = matches!(column, 0 | 4);
        assert_eq!(cell.formula.as_deref() == Some("5"), is_known, "{cell:?}");
        // A figure whose formula is not known is no typed figure.
        let parsed = formula_of(&book, (at(column), cell)).unwrap();
        assert_eq!(parsed.is_ok(), is_known);
    }
    assert_eq!(sheet.value(at(5)), &Value::Error("#DIV/0!".into()));
    assert_eq!(sheet.value(at(6)), &Value::Error("#?".into()));
}

/// A record of an `.xls` stream.
fn biff(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn a_formula_of_an_old_workbook_that_makes_no_sense_loses_itself_alone() {
    let formula = |column: u16, code: &[u8], stated: u16| {
        let value = f64::from(column).to_le_bytes();
        let place = shorts(&[0, column, 0]);
        biff(0x0006, &[&place[..], &value, &[0; 6], &stated.to_le_bytes(), code].concat())
    };
    let five = [0x1E, 5, 0];
    let book = |odd: &[u8], stated: u16| {
        let records = [formula(0, &five, 3), formula(1, odd, stated), formula(2, &five, 3)];
        read(&xls(&stream(&[], &[Some(records.concat())])))
    };
    // More tokens stated than there are; functions, a text and a choice that are not there.
    let odd: [(&[u8], u16); 6] = [
        (&five, 9),
        (&five, 60_000),
        (&[0x22, 9, 0xFF, 0x0F], 4),
        (&[0x21, 0xFF, 0x0F], 3),
        (&[0x17, 200, 1, 0x41], 4),
        (&[0x19, 0x04, 0xFF, 0xFF], 4),
    ];
    for (code, stated) in odd {
        let book = book(code, stated).unwrap_or_else(|failure| panic!("{code:?}: {failure:?}"));
        let sheet = &book.sheets[0];
        for column in 0..3_u32 {
            let cell = sheet.cell(Address::new(0, column));
            let cell = cell.unwrap_or_else(|| panic!("{code:?} lost cell {column}"));
            assert_eq!(cell.value, number(column.into()), "{code:?}");
            let parsed = formula_of(&book, (Address::new(0, column), cell)).unwrap();
            assert_eq!(parsed.is_ok(), column != 1, "{code:?}: {cell:?}");
        }
        let first = Address::new(0, 1);
        assert_eq!(sheet.faults, [Fault::UnreadableFormulas { cells: 1, first }], "{code:?}");
    }
}

/// The stream of an `.xls` from records before the sheets and the records each sheet begins at;
/// a sheet named `None` begins where the one before it does.
fn stream(globals: &[u8], sheets: &[Option<Vec<u8>>]) -> Vec<u8> {
    let begin = biff(0x0809, &shorts(&[0x0600, 5, 0, 0]));
    let before = begin.len() + globals.len() + sheets.len() * 13 + 4;
    let (mut listed, mut bodies) = (Vec::new(), Vec::new());
    let mut start = before;
    for (index, sheet) in sheets.iter().enumerate() {
        if let Some(records) = sheet {
            start = before + bodies.len();
            bodies.extend([&begin[..], records, &biff(0x000A, &[])].concat());
        }
        let name = b'A' + u8::try_from(index).unwrap();
        let start = u32::try_from(start).unwrap().to_le_bytes();
        listed.extend(biff(0x0085, &[&start[..], &[0, 0, 1, 0, name]].concat()));
    }
    [&begin[..], globals, &listed, &biff(0x000A, &[]), &bodies].concat()
}

/// A container: sector 0 is the table, 1 the directory, the stream follows.
fn xls(stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    let sectors = u32::try_from(stream.len().max(4096).div_ceil(512)).unwrap();
    assert!(sectors <= 126, "one sector of the table");
    let mut bytes = vec![0_u8; 512 * (3 + sectors as usize)];
    let mut put = |at: usize, word: u32| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    let header =
        [(0, 0xE011_CFD0), (4, 0xE11A_B1A1), (24, 0x0003_003E), (28, 0x0009_FFFE), (32, 6)];
    let chains = [(44, 1), (48, 1), (56, 4096), (60, END), (68, END), (76, 0)];
    for (at, word) in header.into_iter().chain(chains) {
        put(at, word);
    }
    for slot in (80..512).step_by(4) {
        put(slot, u32::MAX);
    }
    put(512, 0xFFFF_FFFD);
    put(516, END);
    for (sector, slot) in (0..126).zip((520..).step_by(4)) {
        let next = match (sector + 1).cmp(&sectors) {
            Ordering::Less => sector + 3,
            Ordering::Equal => END,
            Ordering::Greater => u32::MAX,
        };
        put(slot, next);
    }
    put(1024 + 64, 0x0005_0016);
    put(1024 + 116, END);
    put(1152 + 64, 0x0002_0012);
    put(1152 + 116, 2);
    put(1152 + 120, sectors * 512);
    for (name, at) in [("Root Entry", 1024), ("Workbook", 1152)] {
        for (unit, at) in name.encode_utf16().zip((at..).step_by(2)) {
            bytes[at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    bytes[1536..1536 + stream.len()].copy_from_slice(stream);
    bytes
}

/// A number of an `.xls` sheet.
fn biff_number(row: u16, column: u16, value: f64) -> Vec<u8> {
    biff(0x0203, &[&shorts(&[row, column, 0])[..], &value.to_le_bytes()].concat())
}

#[test]
fn two_far_corners_cost_two_cells() {
    let (last_row, last_column) = (MAX_ROWS - 1, MAX_COLUMNS - 1);
    let corners = |row, column, first: i64, last: i64| {
        vec![(Address::new(0, 0), number(first)), (Address::new(row, column), number(last))]
    };
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    let book = read(&sheet(rows)).unwrap();
    assert_eq!(values(&book), corners(last_row, last_column, 1, 2));

    let cell = |value| format!("<table-cell value-type=\"float\" value=\"{value}\"/>");
    let blanks = format!("<table-cell number-columns-repeated=\"{last_column}\"/>");
    let rows = format!(
        "<table-row>{}</table-row><table-row number-rows-repeated=\"{}\"/><table-row>{blanks}{}</table-row>",
        cell(1),
        last_row - 1,
        cell(2),
    );
    assert_eq!(values(&read(&ods(&rows)).unwrap()), corners(last_row, last_column, 1, 2));

    let relations = relation("rId1", "worksheet", "worksheets/sheet1.bin");
    let relations = format!("<Relationships>{relations}</Relationships>");
    let book = read(&xlsb(&relations, &[(0, 0), (last_row, last_column)])).unwrap();
    assert_eq!(values(&book), corners(last_row, last_column, 0, last_column.into()));

    // The size that it declares, and the one that its cells span, would take gigabytes.
    let dimensions = [longs(&[0, 65_536]), shorts(&[0, u16::MAX, 0])].concat();
    let merge = biff(0xE5, &shorts(&[1, 0, 65_535, 3, 3]));
    let last = [shorts(&[65_535, 254, 0, 0, 0x0002]), shorts(&[0, 0x0002, 0, 255])].concat();
    let records = [biff(0x0200, &dimensions), biff_number(0, 0, 7.0), biff(0xBD, &last), merge];
    let book = read(&xls(&stream(&[], &[Some(records.concat())]))).unwrap();
    let found: Vec<Address> = values(&book).into_iter().map(|(at, _)| at).collect();
    let expected = [(0, 0), (65_535, 254), (65_535, 255)];
    assert_eq!(found, expected.map(|(row, column)| Address::new(row, column)));
    assert_eq!(book.sheets[0].value(Address::new(0, 0)), &number(7));
    let merged = Range::new(Address::new(0, 3), Address::new(65_535, 3));
    assert_eq!(*book.sheets[0].merges, [merged]);
}

#[test]
fn what_is_unpacked_is_counted() {
    let blanks = " ".repeat(3 << 20);
    let bytes = sheet(&blanks);
    assert!(bytes.len() < 10_000, "three megabytes from almost nothing");
    refused(&bytes, &Limits { part: 1 << 20, ..Limits::default() }, "part");
    refused(&bytes, &Limits { unpacked: 1 << 20, ..Limits::default() }, "unpacked");
    refused(&bytes, &Limits { file: 1 << 10, ..Limits::default() }, "file");

    // One part listed many times is unpacked each time.
    let listed = "<sheet name=\"S\" r:id=\"rId1\"/>".repeat(100);
    let part = format!("<worksheet><sheetData>{}</sheetData></worksheet>", " ".repeat(1 << 20));
    let relations = relation("rId1", "worksheet", "worksheets/sheet1.xml");
    let bytes = xlsx(&listed, &relations, &[("xl/worksheets/sheet1.xml", &part)]);
    refused(&bytes, &Limits { unpacked: 8 << 20, ..Limits::default() }, "unpacked");
}

#[test]
fn a_part_that_outgrows_what_it_declares_is_not_taken_whole() {
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".to_owned() + &" ".repeat(3 << 20);
    let mut bytes = sheet(&rows);
    // The sizes in the directory, behind the signature of the last entry.
    let entry = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[entry + 24..entry + 28].copy_from_slice(&200_u32.to_le_bytes());
    let whole = read(&bytes).is_ok_and(|book| book.sheets.iter().all(Sheet::is_whole));
    assert!(!whole);
}

#[test]
fn parts_are_counted_before_their_directory_is_read() {
    let names: Vec<(String, &str)> = (0..300).map(|n| (format!("xl/media/{n}"), "")).collect();
    let bytes = package(&names);
    refused(&bytes, &Limits { parts: 299, ..Limits::default() }, "parts");
}

#[test]
fn rows_columns_strings_and_formulas_are_limited() {
    let cell = |at: &str| sheet(&format!("<row><c r=\"{at}\"><v>1</v></c></row>"));
    let limits = Limits { rows: 100, columns: 26, ..Limits::default() };
    assert!(workbook(&cell("Z100"), &limits).is_ok());
    refused(&cell("A101"), &limits, "rows");
    refused(&cell("AA1"), &limits, "columns");

    let relations = relation("rId1", "worksheet", "worksheets/sheet1.xml")
        + &relation("rId2", "sharedStrings", "sharedStrings.xml");
    let strings = format!("<sst>{}</sst>", "<si><t>a</t></si>".repeat(11));
    let parts = [("xl/worksheets/sheet1.xml", "<worksheet/>"), ("xl/sharedStrings.xml", &*strings)];
    let bytes = xlsx("<sheet name=\"S\" r:id=\"rId1\"/>", &relations, &parts);
    assert!(workbook(&bytes, &Limits { strings: 11, ..Limits::default() }).is_ok());
    refused(&bytes, &Limits { strings: 10, ..Limits::default() }, "strings");

    let formula = |text: &str| sheet(&format!("<row><c r=\"A1\"><f>{text}</f><v>1</v></c></row>"));
    let deep = |depth| formula(&format!("{}1{}", "(".repeat(depth), ")".repeat(depth)));
    assert!(read(&deep(256)).is_ok());
    refused(&deep(257), &Limits::default(), "formula-depth");
    let quoted = format!("\"{}\"", "(".repeat(1000));
    assert!(read(&formula(&quoted)).is_ok(), "brackets in a text");
    refused(&formula(&"1+".repeat(20_000)), &Limits::default(), "formula-length");
}

#[test]
fn nothing_outside_the_package_is_followed() {
    let secret = "SECRET";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.xml");
    let outside = "<worksheet><sheetData><row><c r=\"A1\" t=\"str\"><v>SECRET</v></c></row>\
        </sheetData></worksheet>";
    std::fs::write(&file, outside).unwrap();
    let path = file.to_str().unwrap();
    let up = format!("{}{path}", "../".repeat(40));
    for target in [path, &up, &up.replace('/', "\\"), &format!("file://{path}")] {
        let relations = relation("rId1", "worksheet", target)
            + &relation("rId2", "worksheet", "worksheets/sheet1.xml");
        let listed = "<sheet name=\"S\" r:id=\"rId1\"/><sheet name=\"T\" r:id=\"rId2\"/>";
        let part = ("xl/worksheets/sheet1.xml", "<worksheet/>");
        let book = read(&xlsx(listed, &relations, &[part])).unwrap();
        assert_eq!(book.unread.len(), 1, "{target}");
        assert!(!format!("{book:?}").contains(secret), "{target}");
    }
    let entity = format!(
        "<!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file://{path}\"><!ENTITY y \"yy\">]>\
         <worksheet><sheetData><row><c r=\"A1\" t=\"str\"><v>&x;&y;</v></c></row></sheetData></worksheet>"
    );
    let relations = relation("rId1", "worksheet", "worksheets/sheet1.xml");
    let parts = [("xl/worksheets/sheet1.xml", &*entity)];
    let book = read(&xlsx("<sheet name=\"S\" r:id=\"rId1\"/>", &relations, &parts)).unwrap();
    assert_eq!(values(&book), [(Address::new(0, 0), Value::Text("&x;&y;".to_owned()))]);
}

#[test]
fn a_binary_workbook_is_read_however_its_relations_are_written() {
    let relation = relation("rId1", "worksheet", "/xl/worksheets/sheet1.bin");
    let prefixed = relation.replace("<Relationship", "<p:Relationship");
    let prefixed = format!("<p:Relationships xmlns:p=\"x\">{prefixed}</p:Relationships>");
    let book = read(&xlsb(&prefixed, &[(3, 4)])).unwrap();
    assert_eq!(values(&book), [(Address::new(3, 4), number(4))]);
    let missing = read(&xlsb("<Relationships/>", &[(3, 4)])).unwrap_err();
    assert_eq!(missing.code, Code::Damaged);
    let macros = format!(
        "<Relationships>{}</Relationships>",
        relation.replace("/worksheet\"", "/xlMacrosheet\"")
    );
    let book = read(&xlsb(&macros, &[(3, 4)])).unwrap();
    assert_eq!((book.sheets.len(), book.unread.len()), (0, 1));
}

#[test]
fn an_xls_is_read_through_its_oddities() {
    // The shared strings go on in an empty record.
    let strings = [&[0; 8][..], &shorts(&[2]), &[0, b'a']].concat();
    let strings = [biff(0xFC, &strings), biff(0x3C, &[]), biff(0x3C, &[0, b'b'])].concat();
    let cell = biff(0xFD, &[shorts(&[4, 5, 0]), longs(&[0])].concat());
    let short = biff(0x0203, &shorts(&[9, 9, 0]));
    let book = read(&xls(&stream(&strings, &[Some([short, cell].concat())]))).unwrap();
    assert_eq!(book.sheets[0].value(Address::new(4, 5)), &Value::Text("ab".to_owned()));
    assert!(matches!(book.sheets[0].value(Address::new(9, 9)), Value::Error(_)));
    assert!(!book.sheets[0].is_whole(), "a cell that makes no sense is said");

    // Records that stop within one: what stood before is kept, and the rest is missed.
    let cut = [biff_number(0, 0, 1.0), vec![0x03, 0x02, 0xFF, 0xFF]].concat();
    let book = read(&xls(&stream(&[], &[Some(cut)]))).unwrap();
    assert_eq!(values(&book), [(Address::new(0, 0), number(1))]);
    assert!(!book.sheets[0].is_whole());

    // Sheets that share their records could ask for any amount of memory.
    let body = (0..1000).flat_map(|row| biff_number(row, 0, 1.0)).collect();
    let sheets: Vec<_> = [Some(body)].into_iter().chain(vec![None; 60]).collect();
    assert_eq!(read(&xls(&stream(&[], &sheets))).unwrap_err().code, Code::Damaged);
}

/// Every byte of a file, damaged in turn: a workbook or a failure comes of it.
#[test]
fn damage_anywhere_is_survived() {
    let stored = |bytes: &[u8]| {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..archive.len())
            .map(|index| {
                let mut part = archive.by_index(index).unwrap();
                let mut content = Vec::new();
                std::io::Read::read_to_end(&mut part, &mut content).unwrap();
                (part.name().unwrap().into_owned(), content)
            })
            .collect::<Vec<_>>()
    };
    let relations = relation("rId1", "worksheet", "worksheets/sheet1.bin");
    let relations = format!("<Relationships>{relations}</Relationships>");
    let rows = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\">B1</f><v>1</v></c></row>";
    let table = "<table-row><table-cell number-columns-repeated=\"2\" value-type=\"float\" value=\"1\"/></table-row>";
    for bytes in [sheet(rows), ods(table), xlsb(&relations, &[(0, 0), (1, 1)])] {
        let parts = stored(&bytes);
        // A part's check sum would hide most damage, so the package is made anew around it.
        for index in 0..parts.len() {
            for at in 0..parts[index].1.len() {
                let mut parts = parts.clone();
                parts[index].1[at] ^= [0x01, 0x20, 0x80, 0xFF][at % 4];
                let _ = read(&package(&parts));
            }
        }
        for length in (0..bytes.len()).step_by(7) {
            let _ = read(&bytes[..length]);
        }
    }
    let strings = [&[0; 8][..], &shorts(&[2]), &[0, b'a', b'b']].concat();
    let cells = [biff_number(1, 2, 3.0), biff(0xFD, &[0; 10]), biff(0x06, &[0; 30])].concat();
    let whole = xls(&stream(&biff(0xFC, &strings), &[Some(cells)]));
    let interesting = (0..1536).chain(1536..1536 + 200);
    for at in interesting {
        for bits in [0x01, 0x80, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] ^= bits;
            let _ = read(&bytes);
        }
    }
}

#[test]
fn a_reader_that_gives_up_means_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.xls");
    // A name cut short.
    std::fs::write(&file, xls(&stream(&biff(0x18, &[1]), &[Some(Vec::new())]))).unwrap();
    let mut command = Command::cargo_bin("soatbieu").unwrap();
    let output = command.arg("check").arg(&file).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("E105") && !told.contains("panicked"), "{told}");
}

#[test]
fn the_command_line_raises_and_lowers_limits() {
    let sample = "samples/clean.xlsx";
    let run = |limit: &str| {
        let mut command = Command::cargo_bin("soatbieu").unwrap();
        command.args(["check", sample, "--lang", "en", "--limit", limit]).output().unwrap()
    };
    let refused = run("cells=3");
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("E107") && told.contains("--limit cells=6"), "{told}");
    assert_eq!(run("cells=3k").status.code(), Some(0));
    let unknown = run("cell=3");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("formula-depth"));
    let small = run("file=100");
    let told = String::from_utf8(small.stderr).unwrap();
    assert!(told.contains("--limit file=200") && told.contains("limit of 100 bytes"), "{told}");
}

/// A table without its last rows would pass for a shorter one: nothing is judged on it.
#[test]
fn a_sheet_that_is_cut_off_is_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/clean.xlsx");
    let mut whole = zip::ZipArchive::new(std::fs::File::open(sample).unwrap()).unwrap();
    let mut parts = Vec::new();
    for index in 0..whole.len() {
        let mut part = whole.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(content).unwrap();
            let end = text.find("<row r=\"12\"").unwrap();
            content = text.as_bytes()[..end].to_vec();
        }
        parts.push((name, content));
    }
    let path = folder.path().join("cut.xlsx");
    std::fs::write(&path, package(&parts)).unwrap();
    for arguments in [
        &["check", "cut.xlsx"][..],
        &["process", "cut.xlsx"],
        &["fix", "cut.xlsx"],
        &["appendix", "cut.xlsx", "-o", "a.xlsx"],
        &["merge", "cut.xlsx", "-o", "m.xlsx"],
    ] {
        let output = Command::cargo_bin("soatbieu")
            .unwrap()
            .current_dir(folder.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.code().unwrap() > 0, "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("chỉ đọc được một phần"), "{arguments:?}: {told}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
}
