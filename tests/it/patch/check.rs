//! The package check finds each contradiction that is put into a sound workbook.

use soatbieu::patch::check_package;

use super::package::{entries, zipped};

const SOUND: &[u8] = include_bytes!("../../fixtures/excel.xlsx");

/// The workbook's faults after one replacement in one part.
fn faults(part: &str, from: &str, to: &str) -> Vec<String> {
    let mut parts = entries(SOUND);
    let entry = parts.get_mut(part).unwrap();
    let text = entry.text();
    assert!(text.contains(from), "{part}: {from}");
    entry.plain = text.replacen(from, to, 1).into_bytes();
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, entry)| (name.as_str(), entry.plain.as_slice())).collect();
    let faults = check_package(&zipped(&parts)).err().unwrap_or_default();
    for fault in &faults {
        assert_ne!(fault.to_string(), fault.vietnamese());
    }
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn every_contradiction_is_found() {
    let sheet = "xl/worksheets/sheet1.xml";
    let relationships = "xl/_rels/workbook.xml.rels";
    for (part, from, to, fault) in [
        ("xl/styles.xml", "<cellXfs count=\"", "<cellXfs count=\"9", "`cellXfs` do not agree"),
        ("xl/styles.xml", "fillId=\"2\"", "fillId=\"99\"", "`fillId` do not agree"),
        ("xl/styles.xml", "<cellXfs ", "<dxfs/><cellXfs ", "`cellXfs` stands too late"),
        ("xl/workbook.xml", "name=\"Ẩn\"", "name=\"PHỤ LỤC i\"", "the tab `PHỤ LỤC i`"),
        ("xl/workbook.xml", "name=\"Ẩn\"", "name=\"a/b\"", "the tab `a/b`"),
        ("xl/workbook.xml", "sheetId=\"2\"", "sheetId=\"1\"", "the tab `Dữ liệu"),
        ("xl/workbook.xml", "r:id=\"rId3\"", "r:id=\"rId999\"", "the missing relationship `Ẩn`"),
        ("xl/comments1.xml", "authorId=\"1\"", "authorId=\"7\"", "the note on C9"),
        ("xl/comments1.xml", "ref=\"C9\"", "ref=\"B8\"", "the note on B8"),
        ("xl/calcChain.xml", "r=\"H8\"", "r=\"A8\"", "the calculation chain names A8"),
        (relationships, "\"calcChain.xml\"", "\"chain.xml\"", "missing part xl/chain.xml"),
        (relationships, "\"rId901\"", "\"rId902\"", "relationship rId902 of `xl/workbook.xml`"),
        ("[Content_Types].xml", "/xl/calcChain.xml", "/xl/styles.xml", "has two content types"),
        ("[Content_Types].xml", "Extension=\"bin\"", "Extension=\"b\"", "has no content type"),
        (sheet, "t=\"s\"><v>0<", "t=\"s\"><v>999<", "points to a text"),
        (sheet, " s=\"1\"", " s=\"999\"", "points to a format"),
        (sheet, "<f t=\"shared\" ref=\"H8:H13\"", "<f", "points to a shared formula"),
        (sheet, "<drawing r:id=\"rId", "<drawing r:id=\"rIdx", "uses the missing relationship"),
        (sheet, "<row r=\"9\"", "<row r=\"8\"", "row 8 stands twice"),
        (sheet, "<c r=\"B9\"", "<c r=\"A9\"", "cell A9 stands twice"),
        (sheet, "</sheetData>", "</sheetDate>", "cannot be read"),
        ("xl/charts/chart1.xml", "</c:chart>", "", "cannot be read"),
    ] {
        let found = faults(part, from, to);
        assert!(found.iter().any(|text| text.contains(fault)), "{part} {from}: {found:?}");
    }
}
