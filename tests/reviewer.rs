//! The reviewer's desk, as somebody who receives the tables of many units uses it.
#![allow(clippy::unwrap_used, reason = "in a test, a failed unwrap is the failed test")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use common::Village;
use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soatbieu"));
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100").args(arguments);
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    let told = serde_json::from_slice(&output.stdout);
    assert!(told.is_ok(), "{}{}", out(output), err(output));
    told.unwrap()
}

/// Villages of made-up sizes.
fn villages(seed: u32) -> Vec<Village> {
    let village = |index: u32| {
        let poor = (seed * 5 + index * 7) % 23;
        let near_poor = 4 + (seed * 3 + index * 11) % 31;
        Village {
            households: 211 + (seed * 97 + index * 61) % 450,
            people: 1900 + seed + index,
            poor,
            near_poor,
            poor_less: poor / 3,
            near_less: near_poor / 4,
        }
    };
    (0..4).map(village).collect()
}

/// Writes lines of texts as a workbook, figures as numbers.
fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, text) in (0..).zip(line.split('\t')) {
            match text.replace(',', ".").parse::<f64>() {
                Ok(number) => page.write_number(row, column, number).unwrap(),
                Err(_) => page.write_string(row, column, text).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

/// A commune's table, its name above it where there is one; `slip` puts another figure at a place.
fn commune(
    name: &str,
    year: u32,
    villages: &[Village],
    slip: Option<(usize, usize, &str)>,
) -> String {
    let mut grid = common::grid(villages);
    if let Some((row, column, figure)) = slip {
        figure.clone_into(&mut grid[row][column]);
    }
    let unit = if name.is_empty() { String::new() } else { format!("XÃ {}", name.to_uppercase()) };
    let above = format!("ỦY BAN NHÂN DÂN\n{unit}\nBẢNG PHÂN BỔ CHỈ TIÊU GIẢM NGHÈO NĂM {year}\n\n");
    above + &common::sheet_text(&grid)
}

/// A folder of five files of four communes: one wrong, one twice, one not on the list, one named by
/// its file alone; the list is a workbook among them, and one of its units has not sent.
fn submissions() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("nộp").join(name);
    let wrong = Some((1, 4, "99"));
    write(&at("a.xlsx"), &commune("Đại Lãnh", 2024, &villages(1), wrong));
    write(&at("b.xlsx"), &commune("Vạn Thọ", 2024, &villages(2), None));
    write(&at("b2.xlsx"), &commune("Vạn Thọ", 2024, &villages(2), None));
    write(&at("xa-tan-lap.xlsx"), &commune("", 2024, &villages(3), None));
    write(&at("d.xlsx"), &commune("Vạn Phươc", 2024, &villages(4), None));
    let list = "DANH SÁCH CÁC XÃ\nTT\tTên đơn vị\tKhu vực\n1\tUBND xã Đại Lãnh\tĐông\n2\tXã Vạn Thọ\tTây\n3\tXã Tân Lập\tTây\n4\tXã Vạn Phước\tĐông";
    write(&at("danh sách.xlsx"), list);
    folder
}

#[test]
fn a_list_says_who_has_not_sent_who_twice_and_who_is_not_on_it() {
    let folder = submissions();
    let check = ["check", "nộp", "--units", "nộp/danh sách.xlsx"];
    let output = run(folder.path(), &check);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let text = out(&output);
    for line in [
        "Theo danh sách có 4 đơn vị: 3 đã gửi, 1 chưa gửi.\n",
        "Chưa gửi: Xã Vạn Phước.\n",
        "Gửi nhiều tệp cho cùng một biểu: Xã Vạn Thọ (nộp/b.xlsx; nộp/b2.xlsx).\n",
        "Ngoài danh sách: Xã Vạn Phươc (nộp/d.xlsx), có thể là Xã Vạn Phước.\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let json = json(&run(folder.path(), &[&check[..], &["--format", "json"]].concat()));
    let units: Vec<&Value> = json["files"].as_array().unwrap().iter().map(|f| &f["unit"]).collect();
    assert_eq!(units, ["Xã Đại Lãnh", "Xã Vạn Thọ", "Xã Vạn Thọ", "Xã Vạn Phươc", "Xã Tân Lập"]);
    let standing = &json["summary"]["units"];
    assert_eq!(standing["missing"], serde_json::json!(["Xã Vạn Phước"]));
    assert_eq!(standing["unlisted"][0]["near"], serde_json::json!(["Xã Vạn Phước"]));
    assert_eq!(json["summary"]["mistakes"][0]["files"], 1);
}

#[test]
fn the_summary_workbook_lists_the_units_and_the_kinds_of_mistakes() {
    let folder = submissions();
    let list = folder.path().join("danh sách.csv");
    std::fs::write(&list, "Xã Đại Lãnh\nXã Vạn Thọ\nXã Tân Lập\nXã Vạn Phước\n").unwrap();
    std::fs::remove_file(folder.path().join("nộp/danh sách.xlsx")).unwrap();
    run(folder.path(), &["check", "nộp", "--units", "danh sách.csv", "--summary", "t.xlsx"]);
    let mut book: Xlsx<_> = open_workbook(folder.path().join("t.xlsx")).unwrap();
    let mut cell = |sheet: &str, at| {
        book.worksheet_range(sheet).unwrap().get_value(at).cloned().unwrap_or_default()
    };
    assert_eq!(cell("Đơn vị", (1, 0)), Data::String("Xã Vạn Phước".to_owned()));
    assert_eq!(cell("Đơn vị", (1, 1)), Data::String("chưa gửi".to_owned()));
    assert_eq!(cell("Lỗi hay gặp", (1, 3)), Data::Float(1.0));
}

#[test]
fn json_names_what_was_written_and_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let sample = samples().join("dai-lanh-2024.xlsx");
    let sample = sample.to_str().unwrap();
    let done = |report: &Value| {
        let file = &report["files"][0];
        let outputs = file["outputs"].as_array().unwrap().len();
        (outputs, file["corrected"].as_u64(), file["to_decide"].as_u64())
    };
    let of = |arguments: &[&str]| {
        done(&json(&run(folder.path(), &[arguments, &["--format", "json"]].concat())))
    };
    assert_eq!(of(&["check", sample]), (0, Some(0), Some(0)));
    assert_eq!(of(&["process", sample, "--out", "ra"]), (4, Some(2), Some(0)));
    assert_eq!(of(&["fix", sample, "-o", "sửa.xlsx"]), (1, Some(2), Some(0)));
    assert_eq!(of(&["fix", sample, "--diff"]).0, 0);
    assert_eq!(of(&["appendix", sample, "--as-is", "-o", "pl.xlsx"]), (1, Some(0), Some(0)));
    let refused = run(folder.path(), &["appendix", sample, "-o", "hết.xlsx", "--format", "json"]);
    assert_eq!(done(&json(&refused)).0, usize::from(refused.status.code() == Some(0)));
}

#[test]
fn commands_without_json_refuse_it() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["rules"][..], &["explain", "R101"], &["forms"], &["man"]] {
        let output = run(folder.path(), &[command, &["--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(out(&output).is_empty() && err(&output).contains("E206"), "{command:?}");
    }
}

#[test]
fn copies_of_many_files_are_written_where_something_is_marked() {
    let folder = submissions();
    let marked = run(folder.path(), &["fix", "nộp", "--marks-only", "-o", "ra"]);
    assert_eq!(marked.status.code(), Some(2), "the list holds no table: {}", err(&marked));
    let names = std::fs::read_dir(folder.path().join("ra")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["a.nhan-xet.xlsx", "soatbieu.journal.jsonl"]);
}

/// What a letter says, paragraph by paragraph.
fn letter(path: &Path) -> String {
    let mut package = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let part = package.by_name("word/document.xml").unwrap();
    let xml = std::io::read_to_string(part).unwrap();
    let text = xml.replace("</w:p>", "\n");
    let pieces = text.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect()
}

/// The names of files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_unit_with_something_to_mend_gets_a_letter_and_no_other() {
    let folder = submissions();
    std::fs::write(folder.path().join("nộp/xã hỏng.xlsx"), b"").unwrap();
    let command = [
        "remarks",
        "nộp",
        "--out",
        "ra",
        "--units",
        "nộp/danh sách.xlsx",
        "--deadline",
        "2026-12-05",
        "--from",
        "UBND tỉnh Khánh Hòa",
    ];
    let output = run(folder.path(), &command);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let out_folder = folder.path().join("ra");
    assert_eq!(
        names(&out_folder),
        [
            "a.nhan-xet.xlsx",
            "index.html",
            "soatbieu.journal.jsonl",
            "xa-dai-lanh.cong-van.docx",
            "xa-hong.cong-van.docx",
        ]
    );
    let text = letter(&out_folder.join("xa-dai-lanh.cong-van.docx"));
    for said in [
        "ỦY BAN NHÂN DÂN\nTỈNH KHÁNH HÒA\n",
        "Kính gửi: Ủy ban nhân dân xã Đại Lãnh\n",
        "tệp a.xlsx), có 1 điểm đề nghị đơn vị rà soát",
        "Ô G8: Thôn 2, cột 5",
        "\n99\n",
        "tệp a.nhan-xet.xlsx gửi kèm",
        "trước ngày 05 tháng 12 năm 2026",
        "Nơi nhận:",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let broken = letter(&out_folder.join("xa-hong.cong-van.docx"));
    assert!(broken.contains("chưa soát được") && broken.contains("Gửi lại tệp"), "{broken}");
    let page = std::fs::read_to_string(out_folder.join("index.html")).unwrap();
    for (unit, state) in [
        ("Xã Đại Lãnh", "cần sửa"),
        ("Xã Vạn Thọ", "không có điều phải sửa"),
        ("Xã Vạn Phước", "chưa gửi"),
        ("xã hỏng", "chưa soát được"),
    ] {
        let line = page.lines().find(|line| line.contains(&format!(">{unit}</th>"))).unwrap();
        assert!(line.contains(state), "{line}");
    }
    assert!(page.contains("gửi nhiều tệp cho cùng một biểu: nộp/b.xlsx; nộp/b2.xlsx"), "{page}");
    let again = run(folder.path(), &command);
    assert_eq!(again.status.code(), Some(2), "nothing is replaced");
    let other = run(folder.path(), &["remarks", "nộp", "--out", "r2", "--deadline", "5.12"]);
    assert_eq!(other.status.code(), Some(2), "no such day");
}

#[test]
fn remarks_name_what_they_wrote_and_clean_units_get_nothing() {
    let folder = submissions();
    std::fs::remove_file(folder.path().join("nộp/danh sách.xlsx")).unwrap();
    let output = run(folder.path(), &["remarks", "nộp", "--out", "ra", "--format", "json"]);
    let report = json(&output);
    let outputs = &report["summary"]["outputs"];
    assert_eq!(*outputs, serde_json::json!(["ra/xa-dai-lanh.cong-van.docx", "ra/index.html"]));
    assert_eq!(report["files"][0]["outputs"], serde_json::json!(["ra/a.nhan-xet.xlsx"]));
    assert_eq!(report["files"][0]["to_decide"], 1);
    std::fs::remove_file(folder.path().join("nộp/a.xlsx")).unwrap();
    let clean = run(folder.path(), &["remarks", "nộp", "--out", "r2"]);
    assert_eq!(clean.status.code(), Some(0), "{}", err(&clean));
    assert_eq!(names(&folder.path().join("r2")), ["index.html", "soatbieu.journal.jsonl"]);
}
