//! One part of a sound package is replaced: the first letter says which, the rest is its content.
//! A whole package seldom survives a change of its bytes, since its parts carry check sums.

#![no_main]

use libfuzzer_sys::fuzz_target;
use soatbieu::read;
use soatbieu_fuzz::{forgive_calamine, limits, package};

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fuzz_target!(init: forgive_calamine(), |case: &[u8]| {
    let Some((kind, content)) = case.split_first() else { return };
    let bytes = match kind {
        b's' => xlsx("xl/worksheets/sheet1.xml", content),
        b't' => xlsx("xl/sharedStrings.xml", content),
        b'y' => xlsx("xl/styles.xml", content),
        b'w' => xlsx("xl/workbook.xml", content),
        b'r' => xlsx("xl/_rels/workbook.xml.rels", content),
        b'o' => ods("content.xml", content),
        b'p' => ods("styles.xml", content),
        b'b' => xlsb("xl/worksheets/sheet1.bin", content),
        b'k' => xlsb("xl/workbook.bin", content),
        b'i' => xlsb("xl/sharedStrings.bin", content),
        b'q' => xlsb("xl/styles.bin", content),
        b'x' => xls(content),
        _ => return,
    };
    let _ = read::workbook(&bytes, &limits());
});

fn with(parts: &[(&str, &[u8])], replaced: &str, content: &[u8]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, usual)| (*name, if *name == replaced { content } else { usual }))
        .collect();
    package(&parts)
}

fn relations(suffix: &str) -> String {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}.{suffix}\"/>")
    };
    format!(
        "<Relationships xmlns=\"{RELATIONS}\">{}{}{}</Relationships>",
        relation("rId1", "worksheet", "worksheets/sheet1"),
        relation("rId2", "styles", "styles"),
        relation("rId3", "sharedStrings", "sharedStrings"),
    )
}

fn xlsx(replaced: &str, content: &[u8]) -> Vec<u8> {
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\" s=\"1\"><v>0</v></c>\
        <c r=\"B1\" s=\"1\"><f>A1+1</f><v>2</v></c></row></sheetData></worksheet>";
    let relations = relations("xml");
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", b"<sst><si><t>a</t></si></sst>"),
        ("xl/styles.xml", b"<styleSheet><cellXfs><xf/><xf numFmtId=\"9\"/></cellXfs></styleSheet>"),
    ];
    with(&parts, replaced, content)
}

fn ods(replaced: &str, content: &[u8]) -> Vec<u8> {
    let parts: [(&str, &[u8]); 3] = [
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            b"<document-content><body><spreadsheet><table name=\"S\"><table-row>\
            <table-cell style-name=\"a\" value-type=\"float\" value=\"1\"/></table-row></table>\
            </spreadsheet></body></document-content>",
        ),
        ("styles.xml", b"<document-styles/>"),
    ];
    with(&parts, replaced, content)
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = match kind {
        0..0x80 => vec![kind as u8],
        _ => vec![(kind & 0x7F | 0x80) as u8, (kind >> 7) as u8],
    };
    bytes.push(data.len() as u8);
    bytes.extend_from_slice(data);
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(text.len() as u32).to_le_bytes()[..], &units].concat()
}

fn xlsb(replaced: &str, content: &[u8]) -> Vec<u8> {
    let listed = [&[0; 8][..], &wide("rId1"), &wide("S")].concat();
    let book =
        [record(0x83, &[]), record(0x9C, &listed), record(0x90, &[]), record(0x84, &[])].concat();
    let text = [&[0][..], &wide("a")].concat();
    let strings = [record(0x9F, &[1, 0, 0, 0, 1, 0, 0, 0]), record(0x13, &text)].concat();
    let cell = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let sheet = [
        record(0x81, &[]),
        record(0x94, &[0; 16]),
        record(0x91, &[]),
        record(0, &[0; 12]),
        record(7, &cell),
        record(0x92, &[]),
        record(0x82, &[]),
    ]
    .concat();
    let relations = relations("bin");
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet),
        ("xl/sharedStrings.bin", &strings),
        ("xl/styles.bin", &record(0x269, &[])),
    ];
    with(&parts, replaced, content)
}

/// A container around a workbook stream: sector 0 the table, 1 the directory, from 2 on the stream.
fn xls(stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    let sectors = stream.len().max(4096).div_ceil(512).min(126);
    let mut bytes = vec![0_u8; 512 * (3 + sectors)];
    let mut put = |at: usize, word: u32| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    let header =
        [(0, 0xE011_CFD0), (4, 0xE11A_B1A1), (24, 0x0003_003E), (28, 0x0009_FFFE), (32, 6)];
    let places = [(44, 1), (48, 1), (56, 4096), (60, END), (68, END), (76, 0)];
    for (at, word) in header.into_iter().chain(places) {
        put(at, word);
    }
    (0..108).for_each(|slot| put(80 + slot * 4, u32::MAX));
    put(512, 0xFFFF_FFFD);
    put(516, END);
    for sector in 0..126 {
        let next = match sector + 1 {
            next if next < sectors => next as u32 + 2,
            next if next == sectors => END,
            _ => u32::MAX,
        };
        put(520 + sector * 4, next);
    }
    for (entry, (name, kind, start)) in
        [("Root Entry", 5, END), ("Workbook", 2, 2)].iter().enumerate()
    {
        let at = 1024 + entry * 128;
        put(at + 116, *start);
        put(at + 120, (sectors * 512) as u32 * entry as u32);
        put(at + 64, (name.len() as u32 * 2 + 2) | kind << 16);
        (68..80).step_by(4).for_each(|slot| put(at + slot, u32::MAX));
    }
    for (entry, name) in ["Root Entry", "Workbook"].iter().enumerate() {
        for (letter, unit) in name.encode_utf16().enumerate() {
            bytes[1024 + entry * 128 + letter * 2..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    let length = stream.len().min(sectors * 512);
    bytes[1536..1536 + length].copy_from_slice(&stream[..length]);
    bytes
}
