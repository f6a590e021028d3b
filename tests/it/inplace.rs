//! Workbooks of other kinds than Excel's own are corrected in place: what the copy has, what it
//! cannot have, and what is said of that. The fixtures are a sample saved by `LibreOffice`.

use std::collections::BTreeMap;

use soatbieu::desk::{Choices, Desk};
use soatbieu::lang::Lang;
use soatbieu::output::{ChangeList, Checksum, Copy, Marks, sources_of};
use soatbieu::read::{Limits, workbook};
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use soatbieu::workbook::{Address, Value, Workbook};

const XLS: &[u8] = include_bytes!("../fixtures/formula-errors.xls");
const ODS: &[u8] = include_bytes!("../fixtures/formula-errors.ods");
/// The same table, typed, as `SheetJS` 0.18.5 writes it: most cells without their columns.
const XLSB: &[u8] = include_bytes!("../fixtures/sheetjs.xlsb");
const SHEET: &str = "PB 2024";

fn copied(bytes: &[u8], marks: Marks, rebuilt: bool) -> (Copy, ChangeList, &'static str) {
    let request = Request { known: soatbieu::forms::builtin().unwrap(), ..Request::default() };
    let limits = Limits::default();
    let mut checker = Checker::new(&limits, &request);
    let mut desk = Desk::open("a", bytes.to_vec(), &mut checker).unwrap();
    desk.choose(Choices::default()).unwrap();
    if rebuilt {
        desk.rebuild_copies();
    }
    let suffix = desk.copy_suffix().unwrap();
    let (copy, list) = desk.copy(marks, Lang::Vi).unwrap();
    (copy, list, suffix)
}

fn read(bytes: &[u8]) -> Workbook {
    workbook(bytes, &Limits::default()).unwrap()
}

/// Values and formulas of the table's sheet.
fn cells(book: &Workbook) -> BTreeMap<Address, (Value, Option<String>)> {
    let cells = book.sheet(SHEET).unwrap().cells().iter();
    cells
        .map(|(at, cell)| (*at, (cell.value.clone(), cell.formula.as_deref().map(str::to_owned))))
        .collect()
}

/// The cells that differ, with what they hold in the copy.
fn differing(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (cells(&read(before)), cells(&read(after)));
    assert_eq!(before.len(), after.len());
    let differs = after.iter().filter(|(at, cell)| before.get(at) != Some(*cell));
    differs
        .map(|(at, (value, formula))| match (value, formula) {
            (Value::Number(number), Some(formula)) => format!("{at} {number} ={formula}"),
            (Value::Number(number), None) => format!("{at} {number}"),
            other => format!("{at} {other:?}"),
        })
        .collect()
}

#[test]
fn formulas_are_repaired_in_the_notation_of_an_ods() {
    let (copy, list, suffix) = copied(ODS, Marks::Full, false);
    assert_eq!((suffix, list.by_hand.len(), list.left), ("ods", 0, 0));
    let told = differing(ODS, &copy.bytes);
    for cell in ["I9 1.88", "E14 11898", "Q13 2.35", "F14 11"] {
        assert!(told.iter().any(|known| known.starts_with(cell)), "{cell}: {told:?}");
    }
    assert!(told.contains(&"E14 11898 =SUM(E8:E13)".to_owned()), "{told:?}");
    assert_eq!(copy.companion, None);
    let made = read(&copy.bytes);
    assert_eq!(made.sheets.last().unwrap().name, "Danh sách sửa");
}

#[test]
fn an_xls_keeps_its_formulas_and_says_what_it_cannot_hold() {
    let (copy, list, suffix) = copied(XLS, Marks::Full, false);
    assert_eq!(suffix, "xls");
    // K10 holds a right formula with an old result, now that `$D10` is read as it stands.
    let expected = ["K10 0.21 =ROUND(J10/$D10*100,2)", "Q13 2.35"];
    assert_eq!(differing(XLS, &copy.bytes), expected);
    let by_hand: Vec<String> = list.by_hand.iter().map(|change| change.at.to_string()).collect();
    for cell in ["I9", "Q11", "G13", "E14"] {
        assert!(by_hand.contains(&cell.to_owned()), "{by_hand:?}");
        let told = format!("không sửa được ô {cell} ");
        assert!(copy.warnings.iter().any(|warning| warning.vi.starts_with(&told)), "{cell}");
    }
    assert!(list.left >= by_hand.len(), "what is left to a person is counted");
    let beside = read(copy.companion.as_ref().unwrap());
    let texts: Vec<&Value> = beside.sheets[0].cells().iter().map(|(_, cell)| &cell.value).collect();
    let begins = |with: &str| {
        texts.iter().any(|text| matches!(text, Value::Text(text) if text.starts_with(with)))
    };
    assert!(begins("CHƯA SỬA, xin tự sửa: ") && begins("14=13/1"));
}

#[test]
fn an_xlsb_stays_one() {
    let (copy, list, suffix) = copied(XLSB, Marks::Full, false);
    assert_eq!((suffix, list.by_hand.len(), list.left), ("xlsb", 0, 0));
    assert_eq!(differing(XLSB, &copy.bytes), ["Q13 2.35", "O14 0.3"]);
    assert_eq!(copy.warnings, []);
    assert_eq!(read(&copy.companion.unwrap()).sheets[0].name, "Danh sách sửa");
}

#[test]
fn copies_bear_their_source_whatever_they_are() {
    for bytes in [XLS, ODS, XLSB] {
        for rebuilt in [false, true] {
            let (copy, ..) = copied(bytes, Marks::Plain, rebuilt);
            let sources = sources_of(std::io::Cursor::new(&copy.bytes));
            assert_eq!(sources, [Checksum::of(bytes)]);
            assert_eq!(copy.companion, None, "a copy to submit has no list");
        }
        assert!(sources_of(std::io::Cursor::new(bytes)).is_empty());
    }
    let (copy, ..) = copied(XLS, Marks::Full, false);
    let beside = copy.companion.unwrap();
    assert_eq!(sources_of(std::io::Cursor::new(beside)), [Checksum::of(XLS)]);
}

#[test]
fn marks_alone_change_no_figure() {
    for bytes in [XLS, ODS, XLSB] {
        let (copy, list, _) = copied(bytes, Marks::Only, false);
        assert!(!list.changes.is_empty());
        assert_eq!(differing(bytes, &copy.bytes), Vec::<String>::new());
        assert_ne!(copy.bytes, bytes);
    }
}

#[test]
fn a_copy_written_anew_looks_like_its_source() {
    for bytes in [XLS, ODS] {
        let (copy, ..) = copied(bytes, Marks::Plain, true);
        assert!(copy.warnings[0].vi.contains("ô gộp, phông chữ, kẻ khung"), "{:?}", copy.warnings);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&copy.bytes)).unwrap();
        let mut part = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
        let (sheet, styles) = (part("xl/worksheets/sheet1.xml"), part("xl/styles.xml"));
        for told in [
            "<cols><col min=",
            "orientation=\"landscape\"",
            "paperSize=\"9\"",
            "fitToPage=\"1\"",
            "customHeight=\"1\"",
        ] {
            assert!(sheet.contains(told), "{told}");
        }
        for told in
            ["Times New Roman", "<left style=\"thin\">", "horizontal=\"center\"", "wrapText=\"1\""]
        {
            assert!(styles.contains(told), "{told}");
        }
    }
    // Of a file whose looks nobody wrote, none are promised.
    let (copy, ..) = copied(XLSB, Marks::Plain, true);
    assert!(copy.warnings[0].vi.contains("dựng lại thành .xlsx"));
}

#[test]
fn a_copy_written_anew_has_every_correction() {
    let (copy, list, suffix) = copied(XLS, Marks::Full, true);
    assert_eq!((suffix, list.by_hand.len()), ("xlsx", 0));
    assert!(copy.warnings[0].vi.contains("được dựng lại thành .xlsx"));
    let sheet = &read(&copy.bytes).sheets[0];
    assert_eq!(sheet.cell("E14".parse().unwrap()).unwrap().formula.as_deref(), Some("SUM(E8:E13)"));
}
