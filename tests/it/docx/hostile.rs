//! Documents made to do harm.

use soatbieu::failure::Code;
use soatbieu::read::{Limits, workbook};

use super::document::{docx, package, paragraph, plan, table};

#[test]
fn every_cut_of_a_document_is_refused_and_none_panics() {
    let whole = plan();
    for end in (0..whole.len()).step_by(whole.len() / 60) {
        assert!(workbook(&whole[..end], &Limits::default()).is_err(), "{end}");
    }
    let body = table("a\tb\n1\t2");
    let xml = format!("<w:document><w:body>{body}</w:body></w:document>");
    for end in (1..xml.len()).filter(|end| xml.is_char_boundary(*end)) {
        let file =
            package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml[..end])]);
        let failure = workbook(&file, &Limits::default()).unwrap_err();
        assert_eq!(failure.code, Code::Damaged, "{end}");
        assert!(!failure.help.vi.is_empty());
    }
}

#[test]
fn spans_that_promise_the_world_cost_nothing() {
    for (name, value) in [("gridSpan", u32::MAX), ("gridSpan", 16_000), ("gridBefore", u32::MAX)] {
        let property = format!("<w:{name} w:val=\"{value}\"/>");
        let (row, cell) = match name {
            "gridBefore" => (property.as_str(), ""),
            _ => ("", property.as_str()),
        };
        let cell = format!("<w:tc><w:tcPr>{cell}</w:tcPr>{}</w:tc>", paragraph("1"));
        let rows = format!("<w:tr><w:trPr>{row}</w:trPr>{cell}{cell}</w:tr>").repeat(50);
        let read = workbook(&docx(&format!("<w:tbl>{rows}</w:tbl>")), &Limits::default());
        if let Ok(book) = read {
            assert!(book.sheets[0].cells().len() <= 100);
        }
    }
}

#[test]
fn tables_within_tables_end_somewhere() {
    for depth in [10, 60, 500] {
        let (open, close) = ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>");
        let body = format!("{}{}{}", open.repeat(depth), paragraph("1"), close.repeat(depth));
        let read = workbook(&docx(&body), &Limits::default());
        assert_eq!(read.is_ok(), depth < 80, "{depth}");
    }
}

#[test]
fn limits_hold_for_documents() {
    let small = |change: &str| {
        let mut limits = Limits::default();
        change.parse::<soatbieu::read::Change>().unwrap().apply(&mut limits);
        limits
    };
    let many = table(&"1\t2\t3\n".repeat(400));
    let cases = [
        ("cells=100", docx(&many)),
        ("rows=100", docx(&many)),
        ("columns=2", docx(&many)),
        ("text=2k", docx(&paragraph(&"chữ ".repeat(2_000)))),
        ("text=2k", docx(&"<w:p/>".repeat(2_000))),
        ("part=1k", docx(&many)),
        ("unpacked=1k", docx(&many)),
        ("parts=2", docx(&many)),
        ("file=100", docx(&many)),
    ];
    for (limit, file) in cases {
        let failure = workbook(&file, &small(limit)).unwrap_err();
        assert_eq!(failure.code, Code::TooLarge, "{limit}: {failure}");
        assert!(failure.help.vi.contains("--limit"), "{limit}");
    }
}

#[test]
fn control_characters_reach_no_terminal() {
    let body = format!("{}{}", paragraph("a\u{1b}[31mb"), table("x\u{1b}[2J\n1"));
    let book = workbook(&docx(&body), &Limits::default()).unwrap();
    let told = format!("{:?} {:?}", book.prose, book.sheets[0].cells());
    assert!(!told.contains('\u{1b}') && !told.contains("\\u{1b}"), "{told}");
}
