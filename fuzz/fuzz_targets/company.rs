//! Workbooks that are checked one after the other by one checker, which remembers what they have in
//! common: each says what it says alone. Between form feeds stand sheets as text; lines are rows, bars
//! part cells. The first letter of a sheet says which of two styles its workbook has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;
use soatbieu::forms;
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use soatbieu::workbook::Address;
use soatbieu_fuzz::{limits, packed};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fuzz_target!(|text: &str| {
    let files: Vec<Vec<u8>> = text.split('\u{c}').take(4).map(workbook).collect();
    let known = forms::builtin().unwrap_or_default();
    let (limits, request) = (limits(), Request { sheet: None, form: None, known });
    let alone: Vec<_> =
        files.iter().map(|bytes| Checker::new(&limits, &request).check(bytes)).collect();
    let mut checker = Checker::new(&limits, &request);
    for _ in 0..2 {
        for (bytes, alone) in files.iter().zip(&alone) {
            assert!(checker.check(bytes) == *alone);
            assert!(soatbieu::check(bytes, &limits, &request) == *alone);
        }
    }
});

fn workbook(text: &str) -> Vec<u8> {
    let (style, text) = match text.strip_prefix('%') {
        Some(rest) => ("10", rest),
        None => ("2", text),
    };
    let mut rows = String::new();
    for (row, line) in text.lines().take(40).enumerate() {
        rows.push_str("<row>");
        for (column, written) in line.split('|').take(20).enumerate() {
            let at = Address::new(row as u32, column as u32);
            rows.push_str(&match written.parse::<Decimal>() {
                _ if written.is_empty() => String::new(),
                Ok(number) => format!("<c r=\"{at}\" s=\"1\"><v>{number}</v></c>"),
                Err(_) => format!(
                    "<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                    written.replace('&', "&amp;").replace('<', "&lt;")
                ),
            });
        }
        rows.push_str("</row>");
    }
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}.xml\"/>")
    };
    let relations = format!(
        "<Relationships>{}{}</Relationships>",
        relation("rId1", "worksheet", "worksheets/sheet1"),
        relation("rId2", "styles", "styles"),
    );
    let styles = format!("<styleSheet><cellXfs><xf/><xf numFmtId=\"{style}\"/></cellXfs></styleSheet>");
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let parts: [(&str, &[u8]); 5] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    packed(&parts, zip::CompressionMethod::Deflated)
}
