//! The appendix as PDF, read back by other programs: its text letter by letter, its fonts, its pages,
//! its structure. A test whose program is not installed says so.

#![expect(clippy::print_stderr, reason = "says that a test was passed over")]

use crate::printed::{self, tables};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader, Xlsx};
use soatbieu::appendix::{self, Appendix, Faces, Mode, Options, Sheet};
use soatbieu::failure::Code;
use soatbieu::table::{Above, Place, Reading, Table};
use unicode_normalization::UnicodeNormalization as _;

fn sheet(table: &Table, mode: Mode) -> Sheet {
    appendix::set(table.clone(), &Options { mode, ..Options::default() }).unwrap()
}

fn made(table: &Table, mode: Mode) -> Appendix {
    appendix::pdf(&[sheet(table, mode)], &Faces::embedded().unwrap()).unwrap()
}

/// A folder with the file in it.
fn written(pdf: &Appendix) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, &pdf.bytes).unwrap();
    (folder, path)
}

/// What a program says; `None`, with a sentence, where it is not installed.
fn said(program: &str, arguments: &[&OsStr]) -> Option<Output> {
    let output = Command::new(program).args(arguments).output().ok();
    if output.is_none() {
        eprintln!("skipped: {program} is not installed");
    }
    output
}

fn text_of(program: &str, before: &[&str], path: &Path, after: &[&str]) -> Option<String> {
    let mut arguments: Vec<&OsStr> = before.iter().map(OsStr::new).collect();
    arguments.push(path.as_os_str());
    arguments.extend(after.iter().map(OsStr::new));
    let output = said(program, &arguments)?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The pages as text.
fn pages(pdf: &Appendix) -> Option<Vec<String>> {
    let (_folder, path) = written(pdf);
    let text = text_of("pdftotext", &["-layout"], &path, &["-"])?;
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

fn without_blanks(text: &str) -> String {
    text.nfc().filter(|c| !c.is_whitespace()).collect()
}

/// The texts of the workbook that the same sheet makes.
fn texts(table: &Table, mode: Mode) -> Vec<String> {
    let bytes = appendix::workbook(&[sheet(table, mode)]).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::String(text) if !text.starts_with("____") => Some(text.clone()),
        _ => None,
    };
    range.cells().filter_map(|(_, _, cell)| text(cell)).collect()
}

#[test]
fn every_letter_and_figure_of_the_sheet_is_read_back() {
    for (table, mode) in [
        (tables::poverty(6, true, tables::SIGNED), Mode::Ky),
        (tables::poverty(40, true, tables::SIGNED), Mode::DienTu),
        (tables::plain(6, 32, tables::REPORTED), Mode::Ky),
    ] {
        let (_folder, path) = written(&made(&table, mode));
        let Some(text) = text_of("pdftotext", &["-raw"], &path, &["-"]) else { return };
        assert_eq!(text.nfc().collect::<String>(), text, "composed letters");
        let read = without_blanks(&text);
        for text in texts(&table, mode) {
            assert!(read.contains(&without_blanks(&text)), "{text}");
        }
        for place in table.places().filter(|place| table.number(*place).is_some()) {
            let printed = table.datum(place).printed().into_owned();
            assert!(read.contains(&printed), "{place:?}: {printed}");
        }
    }
}

#[test]
fn every_vietnamese_letter_is_in_every_face() {
    let mut table = tables::poverty(6, true, tables::SIGNED);
    let letters: String = ('\u{1ea0}'..='\u{1ef9}')
        .chain("ăâđêôơưĂÂĐÊÔƠƯàáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝĩũĨŨ₫–—…“”‘’≤≥×÷²³½°±•".chars())
        .collect();
    table.surroundings.notes = vec![letters.clone()];
    let lines = vec![letters.clone(), format!("({letters})")];
    table.surroundings.above = Above::new(lines, Some(letters.clone()));
    let pdf = made(&table, Mode::Ky);
    assert_eq!(pdf.notes, [], "no letter is missing");
    let (_folder, path) = written(&pdf);
    let Some(text) = text_of("pdftotext", &["-raw"], &path, &["-"]) else { return };
    let read: BTreeSet<char> = text.chars().collect();
    let lost: Vec<char> = letters.chars().filter(|c| !read.contains(c)).collect();
    assert_eq!(lost, Vec::<char>::new());
}

#[test]
fn a_letter_the_font_lacks_is_a_box_and_said() {
    let mut table = tables::poverty(6, true, tables::SIGNED);
    table.surroundings.notes = vec!["Ghi chú: 漢 và \u{200b}\u{e000}".to_owned()];
    let pdf = made(&table, Mode::Ky);
    let note = &pdf.notes[0].vi;
    assert!(note.contains("“漢” (U+6F22)") && note.contains("2 ký tự"), "{note}");
    let Some(pages) = pages(&pdf) else { return };
    assert!(pages[0].contains("Ghi chú: □ và □"), "{}", pages[0]);
}

#[test]
fn fonts_are_embedded_and_bear_a_name_of_their_own() {
    let (_folder, path) = written(&made(&tables::poverty(6, true, tables::SIGNED), Mode::Ky));
    let Some(fonts) = text_of("pdffonts", &[], &path, &[]) else { return };
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(fonts.len(), 4, "{fonts:?}");
    for font in fonts {
        assert!(font.contains("+SoatBieuSerif-") && font.contains(" yes yes yes "), "{font}");
    }
}

#[test]
fn pages_are_numbered_from_the_second_and_the_block_has_company() {
    for (villages, count) in [(6, 1), (20, 2), (40, 3), (120, 7)] {
        let Some(pages) = pages(&made(&tables::poverty(villages, true, tables::SIGNED), Mode::Ky))
        else {
            return;
        };
        printed::are_as_an_official_expects(&pages, villages, count);
    }
}

#[test]
fn a_wide_table_goes_on_over_pages_with_its_names() {
    let Some(pages) = pages(&made(&tables::plain(40, 32, tables::REPORTED), Mode::Ky)) else {
        return;
    };
    let further: Vec<bool> = pages.iter().map(|page| page.contains("(Tiếp theo)")).collect();
    assert_eq!(further, [false, false, false, true, true, true]);
    for page in &pages {
        assert!(page.contains("Đơn vị số"), "names on every page: {page}");
    }
    assert!(!pages[3].contains("BIỂU TỔNG HỢP"), "{}", pages[3]);
}

#[test]
fn the_table_is_a_table_for_who_hears_it() {
    let table = tables::poverty(40, true, tables::SIGNED);
    let (_folder, path) = written(&made(&table, Mode::Ky));
    let Some(tree) = text_of("pdfinfo", &["-struct-text"], &path, &[]) else { return };
    let count = |tag: &str| tree.lines().filter(|line| line.trim_start().starts_with(tag)).count();
    // Two rows of headings, the index row, forty villages, the total; what is repeated on further
    // pages is no part of the structure.
    assert_eq!((count("Table"), count("THead"), count("TBody"), count("TR")), (1, 1, 1, 44));
    assert_eq!(count("TD"), 41 * 14, "every figure");
    assert_eq!(count("/Scope /Row"), 40 * 2 + 1, "ordinal and name; the total's over both");
    assert_eq!(tree.matches("\"Tổng cộng\"").count(), 1);
    let info = text_of("pdfinfo", &[], &path, &[]).unwrap_or_default();
    assert!(
        info.contains("BẢNG PHÂN BỔ CHỈ TIÊU") && info.contains("Tagged:          yes"),
        "{info}"
    );
    let bytes = made(&table, Mode::Ky).bytes;
    let xmp = String::from_utf8_lossy(&bytes);
    for said in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<rdf:li>vi<", "/Lang("] {
        assert!(xmp.contains(said), "{said}");
    }
}

#[test]
fn other_readers_find_nothing_wrong() {
    let (_folder, path) = written(&made(&tables::plain(40, 32, tables::REPORTED), Mode::Ky));
    if let Some(output) = said("qpdf", &["--check".as_ref(), path.as_os_str()]) {
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("No syntax or stream"), "{told}");
    }
    let arguments: [&OsStr; 3] = ["info".as_ref(), path.as_os_str(), "1-6".as_ref()];
    if let Some(output) = said("mutool", &arguments) {
        let told = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(output.status.success() && !told.contains("warning"), "{told}");
    }
}

#[test]
fn a_digital_signature_stays_valid() {
    let pdf = made(&tables::poverty(6, true, tables::SIGNED), Mode::DienTu);
    let (folder, path) = written(&pdf);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sign_pdf.py");
    let signed = folder.path().join("signed.pdf");
    let arguments = [script.as_os_str(), path.as_os_str(), signed.as_os_str()];
    let Some(output) = said("python3", &arguments) else { return };
    if output.status.code() == Some(3) {
        eprintln!("skipped: pyHanko is not installed");
        return;
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.trim() == "ENTIRE_FILE", "{told}{errors}");
}

#[test]
fn the_same_table_gives_the_same_bytes_however_its_letters_are_composed() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let first = made(&table, Mode::Ky);
    assert!(first.bytes == made(&table, Mode::Ky).bytes);
    let mut apart = table.clone();
    let note = &mut apart.surroundings.notes[0];
    assert!(note.starts_with("Ghi chú"), "{note}");
    *note = note.nfd().collect();
    assert!(first.bytes == made(&apart, Mode::Ky).bytes);
}

#[test]
fn texts_blanks_and_dashes_are_printed_as_they_are() {
    let mut table = tables::poverty(6, true, tables::SIGNED);
    let column = table.column("9").unwrap();
    table.grid[0][column].reading = Reading::Text("chưa rõ".into());
    table.grid[1][column].reading = Reading::Blank;
    table.grid[2][column].reading = Reading::Dash;
    assert_eq!(table.datum(Place::new(1, column)).reading, Reading::Blank);
    let Some(pages) = pages(&made(&table, Mode::Ky)) else { return };
    assert!(pages[0].contains("chưa rõ"), "{}", pages[0]);
    let row = pages[0].lines().find(|line| line.contains("Tây Bắc 1")).unwrap();
    assert!(row.contains(" - "), "{row}");
}

#[test]
fn only_fonts_are_taken_as_fonts() {
    let refused = Faces::from_files(vec![("a.ttf".to_owned(), b"no font".to_vec())]);
    let failure = refused.unwrap_err();
    assert_eq!(failure.code, Code::Unknown);
    assert!(failure.message.vi.contains("`a.ttf`"), "{failure}");
    let bold = include_bytes!("../../src/appendix/pdf/fonts/Bold.ttf").to_vec();
    let (_, notes) = Faces::from_files(vec![("b.ttf".to_owned(), bold)]).unwrap();
    assert!(notes[0].en.contains("no regular, italic face"), "{notes:?}");
}

#[test]
fn several_tables_are_one_file_each_with_its_number_and_pages() {
    let tables = [tables::poverty(40, true, tables::SIGNED), tables::plain(6, 8, tables::REPORTED)];
    let sheets: Vec<Sheet> = tables
        .iter()
        .zip(1..)
        .map(|(table, nth)| {
            let options = Options { nth: Some(nth), ..Options::default() };
            appendix::set(table.clone(), &options).unwrap()
        })
        .collect();
    let pdf = appendix::pdf(&sheets, &Faces::embedded().unwrap()).unwrap();
    let Some(pages) = pages(&pdf) else { return };
    assert_eq!(pages.len(), 4);
    assert!(pages[0].contains("Phụ lục I\n") && pages[3].contains("Phụ lục II\n"), "{pages:?}");
    let first = pages[3].lines().find(|line| !line.trim().is_empty()).unwrap();
    assert_ne!(first.trim(), "4", "pages are counted anew");
    let book = appendix::workbook(&sheets).unwrap();
    let book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    assert_eq!(book.sheet_names(), ["Phụ lục I", "Phụ lục II"]);
}
