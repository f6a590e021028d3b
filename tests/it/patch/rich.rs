//! Rich workbooks: charts, images, conditional formats, validations, names, print areas, tables,
//! notes, rich text, hidden sheets, a pivot table, macros, threads, protection.

use std::collections::BTreeSet;

use calamine::Data;
use rust_decimal::Decimal;
use soatbieu::patch::{
    Content, Edit, Options, PatchError, Patched, Warning, apply, check_package, with_properties,
};

use super::package::{
    at, cells, differing, edit, entries, list, marked, only_added, without_cells,
};

const SHEET: &str = "Phụ lục I";
const SHEET_PART: &str = "xl/worksheets/sheet1.xml";
const FIXTURES: &[(&str, &[u8])] = &[
    ("excel.xlsx", include_bytes!("../../fixtures/excel.xlsx")),
    ("macro.xlsm", include_bytes!("../../fixtures/macro.xlsm")),
    ("openpyxl.xlsx", include_bytes!("../../fixtures/openpyxl.xlsx")),
    ("libre.xlsx", include_bytes!("../../fixtures/libre.xlsx")),
    ("prefixed.xlsx", include_bytes!("../../fixtures/prefixed.xlsx")),
    ("strict.xlsx", include_bytes!("../../fixtures/strict.xlsx")),
];
const EDITED: &[&str] = &["B8", "C10", "E10", "H8", "D11", "D22"];

fn fixture(name: &str) -> &'static [u8] {
    FIXTURES.iter().find(|(other, _)| *other == name).unwrap().1
}

fn edits() -> Vec<Edit> {
    let formula = Content::Formula { text: "=SUM(D8:D13)&\"\"".into(), result: 77.into() };
    vec![
        marked(SHEET, "B8", Content::Keep),
        marked(SHEET, "C10", Content::Number(481.into())),
        edit(SHEET, "E10", Content::Result(Decimal::new(645, 2))),
        marked(SHEET, "H8", Content::Number(12.into())),
        marked(SHEET, "D11", Content::Text("=không <phải> công thức".into())),
        marked(SHEET, "D22", formula),
    ]
}

fn patched(name: &str) -> Patched {
    apply(fixture(name), &edits(), Some(&list()), &Options::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn names(parts: &[&str]) -> BTreeSet<String> {
    parts.iter().map(|&part| part.to_owned()).collect()
}

fn changed_parts(name: &str) -> BTreeSet<String> {
    let mut parts = names(&[
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/workbook.xml",
        SHEET_PART,
    ]);
    let (comments, drawing) = match name {
        "openpyxl.xlsx" => ("xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml"),
        _ => ("xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"),
    };
    // LibreOffice counts the chart sheet among the sheets.
    let new = if name == "libre.xlsx" { "sheet5" } else { "sheet4" };
    parts.extend(names(&[comments, drawing, &format!("xl/worksheets/{new}.xml")]));
    match name {
        "excel.xlsx" => parts.extend(names(&["xl/calcChain.xml"])),
        "macro.xlsm" => parts.extend(names(&[
            "_rels/.rels",
            "_xmlsignatures/origin.sigs",
            "_xmlsignatures/_rels/origin.sigs.rels",
            "_xmlsignatures/sig1.xml",
        ])),
        _ => {}
    }
    parts
}

#[test]
fn only_the_parts_that_must_change_do_and_others_stay_as_compressed() {
    for (name, source) in FIXTURES {
        assert_eq!(differing(source, &patched(name).bytes), changed_parts(name), "{name}");
    }
}

#[test]
fn in_the_sheet_only_the_corrected_cells_change() {
    for (name, source) in FIXTURES {
        let old = entries(source)[SHEET_PART].text();
        let new = entries(&patched(name).bytes)[SHEET_PART].text();
        // The group of the shared formula in H8 moves to H9.
        let cells: Vec<&str> = EDITED.iter().copied().chain(["H9"]).collect();
        let (old_rest, new_rest) = (without_cells(&old, &cells), without_cells(&new, &cells));
        let prefix = if *name == "prefixed.xlsx" { "x:" } else { "" };
        let row = format!("<{prefix}row r=\"22\"></{prefix}row>");
        let grown = new_rest.replace(&row, "");
        let widened = grown
            .replace("ref=\"A1:H22\"", "ref=\"A1:H19\"")
            .replace("ref=\"A1:I22\"", "ref=\"A1:I19\"");
        assert_eq!(widened, old_rest, "{name}");
    }
}

#[test]
fn styles_notes_and_lists_of_parts_only_grow() {
    for (name, source) in FIXTURES {
        let (old, new) = (entries(source), entries(&patched(name).bytes));
        for part in changed_parts(name) {
            let exempt: &[&str] = match part.as_str() {
                "[Content_Types].xml" => &[
                    "Override PartName=\"/xl/calcChain.xml\"",
                    "Override PartName=\"/_xmlsignatures/sig1.xml\"",
                ],
                "xl/_rels/workbook.xml.rels" => &["Relationship Id=\"rId901\""],
                "_rels/.rels" => &["Relationship Id=\"rId99\""],
                "xl/workbook.xml" => &["calcPr", "x:calcPr"],
                SHEET_PART => continue,
                _ => &[],
            };
            if let (Some(old), Some(new)) = (old.get(&part), new.get(&part)) {
                assert!(only_added(&old.text(), &new.text(), exempt), "{name}: {part}");
            }
        }
    }
}

#[test]
fn every_other_cell_and_formula_reads_as_before() {
    for (name, source) in FIXTURES {
        let (mut old, mut new) = (cells(source), cells(&patched(name).bytes));
        assert!(old.len() > 60, "{name}");
        let value = |cell: &str| new[&(SHEET.to_owned(), at(cell))].clone();
        assert_eq!(value("C10").0, Data::Float(481.0), "{name}");
        assert_eq!(value("H8"), (Data::Float(12.0), String::new()), "{name}");
        assert_eq!(value("E10").0, Data::Float(6.45), "{name}");
        assert!(!value("E10").1.is_empty(), "{name}");
        assert_eq!(value("D11").0, Data::String("=không <phải> công thức".into()), "{name}");
        assert_eq!(value("D22").1, "SUM(D8:D13)&\"\"", "{name}");
        let edited = EDITED[1..].iter().map(|cell| (SHEET.to_owned(), at(cell)));
        for cell in edited {
            old.remove(&cell);
            new.remove(&cell);
        }
        new.retain(|(sheet, _), _| sheet != "Chỗ đã sửa");
        assert_eq!(new, old, "{name}");
    }
}

#[test]
fn results_pass_the_check_and_are_the_same_every_time() {
    for (name, source) in FIXTURES {
        assert_eq!(check_package(source), Ok(()), "{name}");
        let first = patched(name);
        assert_eq!(check_package(&first.bytes), Ok(()), "{name}");
        assert_eq!(first, patched(name), "{name}");
    }
}

#[test]
fn a_shared_formula_moves_to_its_next_cell() {
    let sheet = entries(&patched("excel.xlsx").bytes)[SHEET_PART].text();
    assert!(sheet.contains("<f t=\"shared\" ref=\"H9:H13\" si=\"0\">D9+F9-G9</f>"));
    assert!(!sheet.contains("ref=\"H8:H13\""));
}

#[test]
fn plain_copies_hold_the_figures_and_nothing_else() {
    for (name, source) in FIXTURES {
        let edits = [edit(SHEET, "C10", Content::Number(481.into()))];
        let copy = apply(source, &edits, None, &Options::default()).unwrap();
        let mut expected = names(&[SHEET_PART, "xl/workbook.xml"]);
        if *name == "macro.xlsm" {
            expected.extend(names(&["[Content_Types].xml"]));
            expected.extend(
                changed_parts(name)
                    .into_iter()
                    .filter(|part| part.contains("_xmls") || part.starts_with("_rels")),
            );
        }
        assert_eq!(differing(source, &copy.bytes), expected, "{name}");
        let workbook = entries(&copy.bytes)["xl/workbook.xml"].text();
        assert!(workbook.contains("fullCalcOnLoad=\"1\""), "{name}");
    }
}

#[test]
fn marks_change_no_figure_and_order_no_computation() {
    for (name, source) in FIXTURES {
        let edits = [marked(SHEET, "C10", Content::Keep), marked(SHEET, "H8", Content::Keep)];
        let copy = apply(source, &edits, None, &Options::default()).unwrap();
        assert_eq!(cells(&copy.bytes), cells(source), "{name}");
        let changed = differing(source, &copy.bytes);
        assert!(!changed.contains("xl/workbook.xml"), "{name}");
        assert!(!changed.contains("xl/calcChain.xml"), "{name}");
        let tags = |bytes: &[u8]| entries(bytes)[SHEET_PART].text().matches('<').count();
        assert_eq!(tags(source), tags(&copy.bytes), "{name}");
    }
}

#[test]
fn highlights_keep_number_format_font_and_border() {
    let copy = patched("excel.xlsx");
    let (old, new) = (entries(fixture("excel.xlsx")), entries(&copy.bytes));
    let format = |entries: &std::collections::BTreeMap<String, super::package::Entry>| {
        let sheet = entries[SHEET_PART].text();
        let cell = sheet.split_once("<c r=\"C10\" s=\"").unwrap().1;
        let index: usize = cell.split_once('"').unwrap().0.parse().unwrap();
        let styles = entries["xl/styles.xml"].text();
        let formats = styles.split_once("<cellXfs").unwrap().1;
        format!("<xf{}", formats.split("<xf").nth(index + 1).unwrap().split_once('>').unwrap().0)
    };
    let (old, new) = (format(&old), format(&new));
    for attribute in ["numFmtId", "fontId", "borderId", "xfId"] {
        let value = |format: &str| {
            let after = format.split_once(&format!("{attribute}=\"")).unwrap().1;
            after.split_once('"').unwrap().0.to_owned()
        };
        assert_eq!(value(&old), value(&new), "{attribute}");
    }
    assert_ne!(old, new);
}

#[test]
fn notes_stand_beside_those_that_exist() {
    let comments = entries(&patched("excel.xlsx").bytes)["xl/comments1.xml"].text();
    assert!(comments.contains("Ghi chú có sẵn của người nhập"));
    assert!(comments.contains("Soát biểu: sai: B8 &lt;phải&gt; sửa"));
    assert_eq!(comments.matches("ref=\"B8\"").count(), 1);
    assert_eq!(comments.matches("ref=\"C10\"").count(), 1);
}

#[test]
fn what_the_user_must_know_is_said() {
    let said = |name: &str, edits: &[Edit]| {
        apply(fixture(name), edits, Some(&list()), &Options::default()).unwrap().warnings
    };
    let sheet = || SHEET.to_owned();
    assert_eq!(
        said("macro.xlsm", &[edit(SHEET, "G9", Content::Blank)]),
        [
            Warning::SignatureLost,
            Warning::SheetProtected { sheet: sheet() },
            Warning::StructureProtected
        ]
    );
    assert_eq!(
        said("excel.xlsx", &[marked(SHEET, "C9", Content::Number(1.into()))]),
        [
            Warning::NoteBesideThread { sheet: sheet(), at: at("C9") },
            Warning::HighlightMayBeHidden { sheet: sheet(), cells: vec![at("C9")] },
            Warning::PivotTablesStale
        ]
    );
    assert_eq!(said("libre.xlsx", &[edit(SHEET, "G9", Content::Blank)]), []);
}

#[test]
fn what_cannot_be_done_without_harm_is_refused() {
    let other = "Dữ liệu & 'biểu' đồ";
    let one = || Content::Number(1.into());
    let refused = |edits: &[Edit]| {
        apply(fixture("excel.xlsx"), edits, None, &Options::default()).unwrap_err()
    };
    let sheet = |name: &str| name.to_owned();
    assert_eq!(
        refused(&[edit(SHEET, "C1", one())]),
        PatchError::InsideMerge { sheet: sheet(SHEET), at: at("C1"), anchor: at("A1") }
    );
    assert_eq!(
        refused(&[edit(other, "F21", one())]),
        PatchError::InsideArray { sheet: sheet(other), at: at("F21"), anchor: at("F20") }
    );
    assert_eq!(
        refused(&[edit(other, "B1", one())]),
        PatchError::TableHeader { sheet: sheet(other), at: at("B1") }
    );
    assert_eq!(
        refused(&[edit("Biểu tròn", "B1", one())]),
        PatchError::NotAWorksheet(sheet("Biểu tròn"))
    );
    assert_eq!(refused(&[edit("Không có", "B1", one())]), PatchError::NoSheet(sheet("Không có")));
    assert_eq!(
        refused(&[edit(SHEET, "C10", one()), edit(SHEET, "C10", Content::Blank)]),
        PatchError::TwoEdits { sheet: sheet(SHEET), at: at("C10") }
    );
    assert_eq!(
        refused(&[edit(SHEET, "C10", Content::Result(1.into()))]),
        PatchError::NoFormula { sheet: sheet(SHEET), at: at("C10") }
    );
    assert_eq!(
        refused(&[edit(SHEET, "C10", Content::Text("x".repeat(32_768)))]),
        PatchError::TooLong { sheet: sheet(SHEET), at: at("C10") }
    );
    let mut far = edit(SHEET, "C10", one());
    far.at.row = 1_048_576;
    assert!(matches!(refused(&[far]), PatchError::OutsideSheet { .. }));
    let small = Options { part_limit: 100, ..Options::default() };
    let limited = apply(fixture("excel.xlsx"), &[], None, &small);
    assert!(matches!(limited, Err(PatchError::PartTooLarge { .. })));
}

#[test]
fn every_cut_of_a_file_is_an_error_and_no_panic() {
    let source = fixture("excel.xlsx");
    for length in (0..source.len()).step_by(997) {
        assert!(apply(&source[..length], &edits(), None, &Options::default()).is_err());
    }
}

#[test]
fn a_copy_that_says_what_it_is_is_the_same_as_one_that_is_told_so_afterwards() {
    let said = vec![("soatbieu".to_owned(), "corrected".to_owned()), ("a".into(), "<b>".into())];
    let at_once = Options { properties: said.clone(), ..Options::default() };
    let bare = [
        ("formula-errors.ods", include_bytes!("../../fixtures/formula-errors.ods").as_slice()),
        ("formula-errors.xls", include_bytes!("../../fixtures/formula-errors.xls")),
        ("sheetjs.xlsb", include_bytes!("../../fixtures/sheetjs.xlsb")),
    ];
    let rich = FIXTURES.iter().map(|(name, bytes)| (*name, *bytes, edits(), Some(list())));
    let bare = bare.map(|(name, bytes)| (name, bytes, Vec::new(), None));
    for (name, bytes, edits, list) in rich.chain(bare) {
        let written = |options: &Options| apply(bytes, &edits, list.as_ref(), options).unwrap();
        let afterwards = with_properties(&written(&Options::default()).bytes, &said).unwrap();
        assert!(written(&at_once).bytes == afterwards, "{name}");
    }
}
