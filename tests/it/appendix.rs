//! Appendices read back: page set-up, formulas, wording of the modes, and the printed pages.

use crate::printed::{self, tables};
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, Xlsx};
use rust_decimal::Decimal;
use soatbieu::appendix::{Appendix, Mode, Options, appendix};
use soatbieu::failure::Code;
use soatbieu::lang::Lang;
use soatbieu::read::Limits;
use soatbieu::recognise::{Request, recognise};
use soatbieu::table::{Figure, Kind, Place, Reading, Table};

fn made(table: &Table, mode: Mode) -> Appendix {
    appendix(table, &Options { mode, ..Options::default() }).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn sheet(bytes: &[u8]) -> String {
    part(bytes, "xl/worksheets/sheet1.xml")
}

/// Every value of an XML attribute or element between two texts.
fn all<'a>(xml: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    xml.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

fn texts(bytes: &[u8]) -> Vec<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::String(text) => Some(text.clone()),
        _ => None,
    };
    range.cells().filter_map(|(_, _, cell)| text(cell)).collect()
}

fn has(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text == wanted)
}

/// The table an appendix holds, read and recognised again.
fn read_back(bytes: &[u8]) -> Table {
    let workbook = soatbieu::read::workbook(bytes, &Limits::default()).unwrap();
    let known = soatbieu::forms::builtin().unwrap();
    let mut found = recognise(&workbook, &Request { known, ..Request::default() }).unwrap();
    assert_eq!(found.tables.len(), 1);
    found.tables.remove(0)
}

#[test]
fn the_page_is_set_up_as_the_decree_wants_it() {
    let table = tables::poverty(40, true, tables::SIGNED);
    let bytes = made(&table, Mode::Ky).bytes;
    let xml = sheet(&bytes);
    let setup = all(&xml, "<pageSetup ", "/>")[0];
    for attribute in ["paperSize=\"9\"", "orientation=\"landscape\"", "fitToHeight=\"0\""] {
        assert!(setup.contains(attribute), "{setup}");
    }
    assert!(xml.contains("<pageSetUpPr fitToPage=\"1\"/>"));
    let margins = all(&xml, "<pageMargins ", "/>")[0];
    for (side, millimetres) in [("left", 30.0), ("right", 15.0), ("top", 20.0), ("bottom", 20.0)] {
        let inches: f64 = all(margins, &format!("{side}=\""), "\"")[0].parse().unwrap();
        assert!((inches * 25.4 - millimetres).abs() < 0.01, "{side}: {inches}");
    }
    let header = all(&xml, "<headerFooter ", "</headerFooter>")[0];
    assert!(header.contains("differentFirst=\"1\"") && header.contains("&amp;P"), "{header}");
    assert!(!header.contains("firstHeader"), "no number on page 1: {header}");
    let names = part(&bytes, "xl/workbook.xml");
    assert!(names.contains("_xlnm.Print_Titles") && names.contains("_xlnm.Print_Area"), "{names}");
}

#[test]
fn everything_is_times_new_roman_of_nine_points_or_more() {
    for table in [tables::poverty(6, true, tables::SIGNED), tables::plain(5, 32, tables::REPORTED)]
    {
        let styles = part(&made(&table, Mode::Ky).bytes, "xl/styles.xml");
        let fonts = all(&styles, "<fonts ", "</fonts>")[0];
        let names = all(fonts, "<name val=\"", "\"");
        assert!(
            !names.is_empty() && names.iter().all(|name| *name == "Times New Roman"),
            "{names:?}"
        );
        for size in all(fonts, "<sz val=\"", "\"") {
            assert!(size.parse::<f64>().unwrap() >= 9.0, "{size}");
        }
    }
}

#[test]
fn a_round_trip_gives_the_same_table_and_every_rule_holds() {
    for table in
        [tables::poverty(40, true, tables::SIGNED), tables::plain(12, 17, tables::REPORTED)]
    {
        let again = read_back(&made(&table, Mode::Ky).bytes);
        assert_eq!(again.columns.len(), table.columns.len());
        for place in table.places() {
            assert_eq!(again.number(place), table.number(place), "{place:?}");
        }
        let headings = |table: &Table| -> Vec<Vec<String>> {
            table.columns.iter().map(|column| column.headings.to_vec()).collect()
        };
        assert_eq!(headings(&again), headings(&table));
        let counts = soatbieu::rules::evaluate(&again.clone().into()).counts();
        assert_eq!((counts.violated, counts.undecided), (0, 0));
        assert!(counts.satisfied > 20);
        assert_eq!(again.surroundings.blocks, table.surroundings.blocks);
        let twice = made(&again, Mode::Ky).bytes;
        assert_eq!(
            texts(&twice),
            texts(&made(&table, Mode::Ky).bytes),
            "an appendix of the appendix"
        );
    }
}

#[test]
fn computed_cells_are_live_with_their_exact_results() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let bytes = made(&table, Mode::Ky).bytes;
    let again = read_back(&bytes);
    for place in again.places() {
        let column = &table.columns[place.column];
        let is_total = place.row + 1 == table.rows.len();
        let formula = again.datum(place).formula.as_deref();
        assert_eq!(
            formula.is_some(),
            is_total || column.formula.is_some(),
            "{place:?}: {formula:?}"
        );
    }
    let row = again.rows[1].sheet_row + 1;
    let (first, last) = (again.rows[0].sheet_row + 1, again.rows[5].sheet_row + 1);
    let formula = |row: usize, label: &str| {
        let column = again.column(label).unwrap();
        again.datum(Place::new(row, column)).formula.as_deref().unwrap_or_default().to_owned()
    };
    assert_eq!(&*formula(1, "4"), format!("ROUND(E{row}*100/C{row},2)"));
    assert_eq!(&*formula(1, "11"), format!("E{row}-I{row}"));
    assert_eq!(&*formula(6, "1"), format!("SUM(C{first}:C{last})"));
    let total = last + 1;
    assert_eq!(&*formula(6, "14"), format!("ROUND(O{total}*100/C{total},2)"));
    let styles = part(&bytes, "xl/styles.xml");
    for code in ["[$-42A]#,##0", "[$-42A]#,##0.00"] {
        assert!(styles.contains(&format!("formatCode=\"{code}\"")), "{styles}");
    }
}

#[test]
fn a_contradicting_figure_is_printed_as_it_was_typed() {
    let mut table = tables::poverty(6, true, tables::SIGNED);
    let place = Place::new(3, table.column("14").unwrap());
    let wrong = Decimal::new(216, 2);
    assert_ne!(table.number(place), Some(wrong));
    table.grid[place.row][place.column].reading = Reading::Number(Figure::new(wrong, 2));
    let made = made(&table, Mode::Ky);
    let again = read_back(&made.bytes);
    assert_eq!(again.number(place), Some(wrong));
    assert_eq!(again.datum(place).formula, None);
    assert!(
        made.notes.iter().any(|note| note.get(Lang::En).ends_with("another figure: 1")),
        "{:?}",
        made.notes
    );
}

#[test]
fn texts_blanks_and_dashes_stay_what_they_are() {
    let mut table = tables::poverty(6, true, tables::SIGNED);
    let column = table.column("9").unwrap();
    table.grid[0][column].reading = Reading::Text("chưa rõ".into());
    table.grid[1][column].reading = Reading::Blank;
    table.grid[2][column].reading = Reading::Dash;
    let bytes = made(&table, Mode::Ky).bytes;
    assert!(has(&texts(&bytes), "chưa rõ"));
    let again = read_back(&bytes);
    assert_eq!(again.datum(Place::new(1, column)).reading, Reading::Blank);
    assert_eq!(again.number(Place::new(2, column)), Some(Decimal::ZERO));
    assert!(part(&bytes, "xl/styles.xml").contains("&quot;-&quot;"));
}

#[test]
fn the_sheet_for_signature_carries_letterhead_and_block() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let lines = texts(&made(&table, Mode::Ky).bytes);
    for line in [
        "ỦY BAN NHÂN DÂN",
        "XÃ MẪU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BẢNG PHÂN BỔ CHỈ TIÊU GIẢM HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024",
        "./.",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Trần Thị Mẫu",
        "Nơi nhận:",
        "- Lưu: VT.",
        "4=3/1",
    ] {
        assert!(has(&lines, line), "{line}: {lines:?}");
    }
    let reference = lines.iter().find(|line| line.starts_with("(Đính kèm")).unwrap();
    assert!(reference.contains("số:   ") && reference.contains("ngày   "), "{reference}");
    assert!(!lines.iter().any(|line| line.starts_with("Phụ lục")));
}

#[test]
fn an_appendix_carries_no_block() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let options = Options { number: Some("II".into()), mode: Mode::PhuLuc, ..Options::default() };
    let lines = texts(&appendix(&table, &options).unwrap().bytes);
    assert!(has(&lines, "Phụ lục II") && has(&lines, "./."));
    let electronic = texts(&made(&table, Mode::DienTu).bytes);
    assert!(has(&electronic, "Phụ lục"));
    assert!(
        has(&electronic, "(Đính kèm Kế hoạch số: …/KH-UBND ngày … tháng … năm … của UBND xã Mẫu)"),
        "{electronic:?}"
    );
    for lines in [lines, electronic] {
        for absent in ["TM. ỦY BAN NHÂN DÂN", "Trần Thị Mẫu", "Nơi nhận:", "XÃ MẪU"]
        {
            assert!(!has(&lines, absent), "{absent}");
        }
    }
}

#[test]
fn a_report_form_is_signed_on_both_sides() {
    let table = tables::plain(5, 8, tables::REPORTED);
    let made = made(&table, Mode::Ky);
    let lines = texts(&made.bytes);
    for line in [
        "Xã Mẫu, ngày 05 tháng 02 năm 2024",
        "Người lập biểu",
        "CHỦ TỊCH",
        "(Ký, ghi rõ họ tên)",
        "(Ký, ghi rõ họ tên, đóng dấu)",
        "Nguyễn Văn Lập",
        "Trần Thị Mẫu",
    ] {
        assert!(has(&lines, line), "{line}: {lines:?}");
    }
    assert!(sheet(&made.bytes).contains("orientation=\"portrait\""), "8 columns fit upright paper");
    assert_eq!(made.notes, []);
}

#[test]
fn options_override_the_workbook_and_gaps_are_noted() {
    let table = tables::poverty(6, false, "");
    assert_eq!(made(&table, Mode::Ky).notes.len(), 3, "title, authority, name");
    let options = Options {
        title: Some("Biểu khác\n(lần 2)".into()),
        reference: Some("Kèm theo Tờ trình số 5/TTr".into()),
        authority: Some("TM. ỦY BAN NHÂN DÂN".into()),
        signer_title: Some("KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH".into()),
        signer: Some("Lê Văn Ký".into()),
        preparer: Some("Nguyễn Văn Lập".into()),
        place_date: Some("Xã Mẫu, ngày … tháng … năm …".into()),
        ..Options::default()
    };
    let made = appendix(&table, &options).unwrap();
    assert_eq!(made.notes, []);
    let lines = texts(&made.bytes);
    for line in [
        "BIỂU KHÁC",
        "(lần 2)",
        "(Kèm theo Tờ trình số 5/TTr)",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Lê Văn Ký",
        "Người lập biểu",
        "Nguyễn Văn Lập",
        "Xã Mẫu, ngày … tháng … năm …",
    ] {
        assert!(has(&lines, line), "{line}: {lines:?}");
    }
}

#[test]
fn a_table_too_wide_is_split_and_says_so() {
    let table = tables::plain(40, 32, tables::REPORTED);
    let made = made(&table, Mode::Ky);
    let note = made.notes[0].get(Lang::En);
    assert!(note.contains("2 pages (1–15; 16–30)"), "{note}");
    let xml = sheet(&made.bytes);
    assert!(xml.contains("<colBreaks count=\"1\""), "{xml}");
    assert!(!xml.contains("fitToPage"), "manual breaks hold only without fitting");
    let names = part(&made.bytes, "xl/workbook.xml");
    assert!(names.contains("$A:$B"), "name columns repeat: {names}");
}

#[test]
fn a_text_that_no_cell_takes_is_refused_in_plain_words() {
    let mut table = tables::poverty(4, true, tables::SIGNED);
    let name = table.columns.iter().position(|column| column.kind == Kind::Text).unwrap();
    table.grid[0][name].reading = Reading::Text("a".repeat(32_768));
    table.grid[0][name].written = None;
    let refused = appendix(&table, &Options::default()).unwrap_err();
    assert_eq!(refused.code, Code::CannotWrite);
    assert!(refused.message.vi.contains("32.767 ký tự"), "{refused}");
    assert!(refused.message.en.contains("32,767 characters"), "{refused}");
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let first = made(&table, Mode::Ky);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(first == made(&table, Mode::Ky));
}

#[test]
fn an_empty_table_is_refused() {
    let mut table = tables::poverty(6, true, "");
    table.rows.clear();
    table.grid.clear();
    assert_eq!(appendix(&table, &Options::default()).unwrap_err().code, Code::NoTable);
}

/// The pages LibreOffice prints, as text; `None` where it is not installed.
fn printed(folder: &Path, appendix: &Appendix) -> Option<Vec<String>> {
    std::fs::write(folder.join("a.xlsx"), &appendix.bytes).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let office = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "pdf", "a.xlsx"])
        .current_dir(folder)
        .output();
    let text = office.and_then(|_| {
        Command::new("pdftotext").args(["-layout", "a.pdf", "-"]).current_dir(folder).output()
    });
    let text = text.ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(text.stdout).unwrap();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

#[test]
#[expect(clippy::print_stderr, reason = "says that a test was passed over")]
fn libreoffice_prints_what_an_official_expects() {
    let folder = tempfile::tempdir().unwrap();
    for (villages, count) in [(6, 1), (20, 2), (40, 3), (120, 7)] {
        let made = made(&tables::poverty(villages, true, tables::SIGNED), Mode::Ky);
        let Some(pages) = printed(folder.path(), &made) else {
            eprintln!("skipped: soffice or pdftotext is not installed");
            return;
        };
        printed::are_as_an_official_expects(&pages, villages, count);
    }
}

/// What stands below a table of seven columns, recognised with it.
fn with_below(below: &str, titles: &str) -> Table {
    let text = format!(
        "{titles}TT\tThôn\tĐầu năm\tTăng\tGiảm\tKhác\tCuối năm\nA\tB\t1\t2\t3\t4\t5=1+2-3+4\n\
         1\tMột\t12\t3\t1\t0\t14\n2\tHai\t17\t2\t0\t0\t19\n\tTổng cộng\t29\t5\t1\t0\t33\n{below}"
    );
    let workbook = soatbieu::workbook::Workbook::from_text("Biểu", &text);
    let known = soatbieu::forms::builtin().unwrap();
    let mut found = recognise(&workbook, &Request { known, ..Request::default() }).unwrap();
    found.tables.remove(0)
}

#[test]
fn every_block_of_the_workbook_is_kept() {
    let table = with_below(
        "\n\t\t\t\t\tXã Mẫu, ngày 05 tháng 02 năm 2024\n\
         \tNGƯỜI LẬP BIỂU\t\tKẾ TOÁN TRƯỞNG\t\tTM. ỦY BAN NHÂN DÂN\n\
         \t(Ký, họ tên)\t\t(Ký, họ tên)\t\tCHỦ TỊCH\n\n\n\
         \tNguyễn Văn Lập\t\tLê Thị Toán\t\tTrần Thị Mẫu\n\
         \t\t\t\t\tĐT: 0900 000 000\n",
        "",
    );
    assert_eq!(table.surroundings.blocks.len(), 3, "{:?}", table.surroundings);
    let lines = texts(&made(&table, Mode::Ky).bytes);
    for line in [
        "Xã Mẫu, ngày 05 tháng 02 năm 2024",
        "NGƯỜI LẬP BIỂU",
        "KẾ TOÁN TRƯỞNG",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Nguyễn Văn Lập",
        "Lê Thị Toán",
        "Trần Thị Mẫu",
        "ĐT: 0900 000 000",
    ] {
        assert_eq!(lines.iter().filter(|own| *own == line).count(), 1, "{line}: {lines:?}");
    }
    let again = read_back(&made(&table, Mode::Ky).bytes);
    assert_eq!(again.surroundings.blocks, table.surroundings.blocks);
}

#[test]
fn a_sheet_for_signature_has_its_block_whatever_is_known() {
    let dotted = "……………………………";
    let bare = made(&with_below("", ""), Mode::Ky);
    let lines = texts(&bare.bytes);
    assert_eq!(lines.iter().filter(|line| *line == dotted).count(), 3, "{lines:?}");
    assert!(
        bare.notes.iter().any(|note| note.vi.contains("quyền hạn, chức vụ người ký")),
        "{:?}",
        bare.notes
    );
    let head = "ỦY BAN NHÂN DÂN\nXÃ MẪU\nBẢNG SỐ HỘ\n\n";
    let lines = texts(&made(&with_below("", head), Mode::Ky).bytes);
    assert!(has(&lines, "TM. ỦY BAN NHÂN DÂN"), "the office is in the sheet's head: {lines:?}");
    assert_eq!(lines.iter().filter(|line| *line == dotted).count(), 2, "{lines:?}");
    let mut of_a_form = with_below("", head);
    of_a_form.layout.signed_by = vec!["TM. Ban Chỉ đạo".into(), "Trưởng ban".into()];
    let lines = texts(&made(&of_a_form, Mode::Ky).bytes);
    assert!(has(&lines, "TM. BAN CHỈ ĐẠO") && has(&lines, "TRƯỞNG BAN"), "{lines:?}");
    assert!(!has(&lines, "TM. ỦY BAN NHÂN DÂN"), "{lines:?}");
}

#[test]
fn a_person_may_give_everything_the_block_holds() {
    let table = with_below("", "");
    let options = Options {
        authority: Some("TM. ỦY BAN NHÂN DÂN".into()),
        signer_title: Some("CHỦ TỊCH".into()),
        signer: Some("Trần Thị Mẫu".into()),
        preparer: Some("Nguyễn Văn Lập".into()),
        cosigners: vec!["KẾ TOÁN TRƯỞNG|Lê Thị Toán".into(), "THỦ QUỸ".into()],
        recipients: Some("UBND tỉnh;\nLưu: VT".into()),
        place: Some("Đại Lãnh".into()),
        date: Some("5/2/2024".parse().unwrap()),
        title: Some("Biểu".into()),
        ..Options::default()
    };
    let made = appendix(&table, &options).unwrap();
    assert_eq!(made.notes, []);
    let lines = texts(&made.bytes);
    for line in [
        "Đại Lãnh, ngày 05 tháng 02 năm 2024",
        "Người lập biểu",
        "Nguyễn Văn Lập",
        "KẾ TOÁN TRƯỞNG",
        "Lê Thị Toán",
        "THỦ QUỸ",
        "CHỦ TỊCH",
        "Nơi nhận:",
        "- UBND tỉnh;",
        "- Lưu: VT.",
    ] {
        assert!(has(&lines, line), "{line}: {lines:?}");
    }
}

#[test]
fn the_word_of_the_decree_is_offered() {
    let table = tables::poverty(6, true, tables::SIGNED);
    let notes = made(&table, Mode::Ky).notes;
    assert!(
        notes.iter().any(|note| note.vi.contains("đặt dòng ấy là \"(Kèm theo Kế hoạch")),
        "{notes:?}"
    );
}

#[test]
fn index_labels_stand_on_one_line_where_there_is_room() {
    for (columns, most) in [(8, 1), (17, 1), (24, 2), (32, 2)] {
        let made = made(&tables::plain(6, columns, ""), Mode::Ky);
        let lines = texts(&made.bytes);
        let index: Vec<&String> = lines.iter().filter(|line| line.contains('=')).collect();
        let of = |line: &&String| line.lines().count();
        assert_eq!(index.iter().map(of).max(), Some(most), "{columns} columns: {index:?}");
    }
}
