//! The reviewer's desk, as somebody who receives the tables of many units uses it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::{self, Village};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soatbieu"));
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("COLUMNS").args(arguments);
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

/// Five communes twice: mended, mended by a figure beside, not mended, not sent again, changed besides.
fn twice() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (one, two, three) = (villages(1), villages(2), villages(3));
    let wrong = Some((1, 4, "99"));
    write(&at("1/a.xlsx"), &commune("Đại Lãnh", 2024, &one, wrong));
    write(&at("2/đại lãnh.xlsx"), &commune("Đại Lãnh", 2024, &one, None));
    write(&at("1/b.xlsx"), &commune("Vạn Thọ", 2024, &two, wrong));
    write(&at("2/b.xlsx"), &commune("Vạn Thọ", 2024, &two, wrong));
    write(&at("1/c.xlsx"), &commune("Tân Lập", 2024, &three, wrong));
    write(&at("1/d.xlsx"), &commune("Vạn Long", 2024, &one, wrong));
    let mut other = one.clone();
    other[2].households += 7;
    other.push(villages(9)[0]);
    write(&at("2/d.xlsx"), &commune("Vạn Long", 2024, &other, None));
    write(&at("1/e.xlsx"), &commune("Vạn Bình", 2024, &two, None));
    folder
}

#[test]
fn a_second_submission_is_told_from_the_first() {
    let folder = twice();
    let output = run(folder.path(), &["compare", "1", "2", "--format", "json", "-o", "s.html"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let report = json(&output);
    let of = |unit: &str| {
        let all = report["comparisons"].as_array().unwrap();
        all.iter().find(|one| one["unit"] == unit).unwrap().clone()
    };
    let state = |unit: &str| of(unit)["state"].as_str().unwrap().to_owned();
    assert_eq!(state("Xã Đại Lãnh"), "settled");
    assert_eq!(state("Xã Vạn Thọ"), "open");
    assert_eq!(state("Xã Tân Lập"), "not-sent-again");
    assert_eq!(state("Xã Vạn Long"), "changed-besides");
    assert_eq!(state("Xã Vạn Bình"), "settled", "nothing was asked of it");
    let mended = &of("Xã Đại Lãnh")["tables"][0];
    assert_eq!(mended["asked"][0]["answer"], "mended");
    assert_eq!(mended["asked"][0]["cell"], "G8");
    assert_eq!(mended["asked"][0]["found"], "99");
    assert_eq!(mended["changes"], serde_json::json!([]));
    let besides = &of("Xã Vạn Long")["tables"][0];
    assert_eq!(besides["new_rows"], serde_json::json!(["Thôn 5"]));
    let why = |cell: &str| {
        let all = besides["changes"].as_array().unwrap();
        all.iter().find(|change| change["cell"] == cell).unwrap()["why"].clone()
    };
    assert_eq!(why("C9"), "unasked");
    assert_eq!(why("F9"), "follows", "a rate of the changed row");
    let total = besides["changes"].as_array().unwrap();
    let total = total.iter().find(|change| change["cell"] == "C12").unwrap();
    assert_eq!((&total["was_at"], &total["why"]), (&"C11".into(), &"follows".into()));
    let all = besides["changes"].as_array().unwrap();
    let unasked: Vec<&Value> =
        all.iter().filter(|one| one["why"] == "unasked").map(|one| &one["cell"]).collect();
    assert_eq!(unasked, ["C9"], "totals follow from the new row");
    assert_eq!(report["summary"]["outputs"], serde_json::json!(["s.html"]));
    let page = std::fs::read_to_string(folder.path().join("s.html")).unwrap();
    assert!(page.contains("Xã Vạn Long") && page.contains("không được đề nghị sửa"), "{page}");
    let text = out(&run(folder.path(), &["compare", "1", "2"]));
    for line in [
        "Xã Đại Lãnh: đã sửa đủ [1/a.xlsx → 2/đại lãnh.xlsx]\n",
        "  đã sửa: G8 (Thôn 2, cột 5): 99 → ",
        "  chưa sửa: G8: Thôn 2, cột 5: ghi 99",
        "Xã Tân Lập: chưa gửi lại [1/c.xlsx → (không có)]\n",
        "  dòng mới: Thôn 5\n",
        "Đã so 5 đơn vị, 4 điểm đã đề nghị: 2 điểm đã sửa.",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn two_files_alone_are_compared_whatever_they_are_called() {
    let folder = twice();
    let same = run(folder.path(), &["compare", "1/e.xlsx", "1/e.xlsx"]);
    assert_eq!(same.status.code(), Some(0), "{}{}", out(&same), err(&same));
    let mended = run(folder.path(), &["compare", "1/a.xlsx", "2/đại lãnh.xlsx"]);
    assert_eq!(mended.status.code(), Some(0), "{}", out(&mended));
    assert!(out(&mended).starts_with("Xã Đại Lãnh: đã sửa đủ"), "{}", out(&mended));
    std::fs::write(folder.path().join("x.xlsx"), b"no").unwrap();
    for missing in [["nowhere.xlsx", "1/e.xlsx"], ["1/e.xlsx", "nowhere.xlsx"]] {
        let output = run(folder.path(), &[&["compare"][..], &missing].concat());
        assert_eq!(output.status.code(), Some(2), "{}", out(&output));
        assert!(out(&output).contains("không mở được tệp `nowhere.xlsx`"), "{}", out(&output));
    }
    let broken = run(folder.path(), &["compare", "1/a.xlsx", "x.xlsx"]);
    assert_eq!(broken.status.code(), Some(2), "{}", out(&broken));
    assert!(out(&broken).contains("chưa so được"), "{}", out(&broken));
    let now = run(folder.path(), &["compare", "x.xlsx", "1/e.xlsx"]);
    assert_eq!(now.status.code(), Some(0), "it can be read now: {}", out(&now));
}

#[test]
fn titles_and_notes_that_changed_are_told_and_those_that_moved_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let one = commune("Đại Lãnh", 2024, &villages(1), None);
    write(&folder.path().join("1.xlsx"), &format!("{one}\nGhi chú: số liệu đến 31/12"));
    let two = format!(
        "Biểu số 02\n{}\nGhi chú: số liệu đến 30/6",
        one.replace("Thôn 1\t", "Thôn Đông\t")
    );
    write(&folder.path().join("2.xlsx"), &two);
    let report = json(&run(folder.path(), &["compare", "1.xlsx", "2.xlsx", "--format", "json"]));
    let one = &report["comparisons"][0];
    let texts: Vec<String> =
        one["outside"].as_array().unwrap().iter().map(|text| text["new"].to_string()).collect();
    assert!(texts.iter().any(|text| text.contains("30/6")), "{texts:?}");
    assert!(texts.iter().all(|text| !text.contains("BẢNG PHÂN BỔ")), "{texts:?}");
    assert_eq!(one["tables"][0]["renamed_rows"], serde_json::json!([["Thôn 1", "Thôn Đông"]]));
    assert_eq!(one["tables"][0]["changes"], serde_json::json!([]));
}

/// A commune's table with the reductions and all that follows from them left blank.
fn to_be_allocated(villages: &[Village]) -> String {
    let mut grid = common::grid(villages);
    for row in &mut grid {
        row[6..].iter_mut().for_each(String::clear);
    }
    let above = "ỦY BAN NHÂN DÂN\nXÃ ĐẠI LÃNH\nBẢNG PHÂN BỔ CHỈ TIÊU GIẢM NGHÈO NĂM 2026\n\n";
    above.to_owned() + &common::sheet_text(&grid)
}

fn village(households: u32, poor: u32, near_poor: u32) -> Village {
    Village { households, people: households * 4, poor, near_poor, poor_less: 0, near_less: 0 }
}

#[test]
fn an_assigned_reduction_is_spread_in_whole_households_and_typeset() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // 16 over 8, 3 and 12: 5,57; 2,09; 8,35. 3 over 1, 0 and 4: 0,6; 0; 2,4.
    let villages = [village(400, 1, 8), village(300, 0, 3), village(500, 4, 12)];
    write(&at("bieu.xlsx"), &to_be_allocated(&villages));
    let targets = "Đơn vị;Cột;Số giao\nXã Vạn Thọ;7;9\nUBND xã Đại Lãnh;7;3\nXã Đại Lãnh;9;16\n";
    std::fs::write(at("giao.csv"), targets).unwrap();
    let output = run(folder.path(), &["allocate", "giao.csv", "bieu.xlsx", "-o", "pb.xlsx"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let told = out(&output);
    assert!(told.contains("giao 16; dự kiến phân bổ: Thôn 1 6, Thôn 2 2, Thôn 3 8."), "{told}");
    assert!(told.contains("giao 3; dự kiến phân bổ: Thôn 1 1, Thôn 3 2."), "{told}");
    let report = json(&run(folder.path(), &["check", "pb.xlsx", "--format", "json"]));
    assert_eq!(report["summary"]["errors"], 0);
    assert_eq!(report["files"][0]["tables"][0]["checks"]["undecided"], 0);
    let mut book: Xlsx<_> = open_workbook(at("pb.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["Phân bổ", "Căn cứ phân bổ"]);
    let reasons = book.worksheet_range("Căn cứ phân bổ").unwrap();
    let text: Vec<String> = reasons.rows().map(|row| row[4].to_string()).collect();
    assert!(
        text[4].contains("16 × 8 / 23 = 5,57, lấy phần nguyên 5 và thêm 1 vì phần lẻ lớn thứ 1"),
        "{text:?}"
    );
    let again = run(folder.path(), &["allocate", "giao.csv", "bieu.xlsx", "-o", "pb.xlsx"]);
    assert_eq!(again.status.code(), Some(2), "nothing is replaced");
}

#[test]
fn a_person_fixes_figures_and_gives_weights_and_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let villages = [village(400, 1, 8), village(300, 0, 3), village(500, 4, 12)];
    write(&at("bieu.xlsx"), &to_be_allocated(&villages));
    std::fs::write(at("giao.txt"), "Xã Đại Lãnh\t9\t16").unwrap();
    std::fs::write(at("co dinh.csv"), "Thôn 3,9,4").unwrap();
    std::fs::write(at("trong so.csv"), "Thôn 1,1\nThôn 2,3").unwrap();
    let allocate = |more: &[&str]| {
        let command = ["allocate", "giao.txt", "bieu.xlsx", "--force", "-o", "pb.xlsx"];
        run(folder.path(), &[&command[..], more].concat())
    };
    let fixed = allocate(&["--fixed", "co dinh.csv"]);
    assert_eq!(fixed.status.code(), Some(1), "12 are left for 11: {}", out(&fixed));
    assert!(!at("pb.xlsx").exists(), "nothing is written");
    std::fs::write(at("giao.txt"), "Xã Đại Lãnh\t9\t12").unwrap();
    let weighted = allocate(&["--fixed", "co dinh.csv", "--weights", "trong so.csv"]);
    assert_eq!(weighted.status.code(), Some(0), "{}", err(&weighted));
    let told = out(&weighted);
    assert!(told.contains("Thôn 1 5, Thôn 2 3, Thôn 3 4."), "all that Thôn 2 has: {told}");
    for (targets, status) in [
        ("Xã Đại Lãnh;9;24", 1),
        ("Xã Đại Lãnh;13;2", 2),
        ("Xã Đại Lãnh;99;2", 2),
        ("Xã Khác;9;2\nXã Khác nữa;9;2", 2),
        ("Xã Đại Lãnh;9;1,5", 2),
        ("Xã Đại Lãnh;9;2\nXã Đại Lãnh;9;3", 2),
    ] {
        std::fs::remove_file(at("pb.xlsx")).ok();
        std::fs::write(at("giao.txt"), targets).unwrap();
        let output = allocate(&[]);
        assert_eq!(output.status.code(), Some(status), "{targets}: {}", err(&output));
        assert!(!at("pb.xlsx").exists(), "{targets}");
    }
}

/// The villages a year later: what there is at the beginning is what was left at the end.
fn a_year_later(villages: &[Village]) -> Vec<Village> {
    let later = |v: &Village| Village {
        poor: v.poor - v.poor_less,
        near_poor: v.near_poor - v.near_less,
        poor_less: 0,
        near_less: 0,
        ..*v
    };
    villages.iter().map(later).collect()
}

/// The findings of one rule: file, cell, the cell it is compared with.
fn across(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for file in report["files"].as_array().unwrap() {
        for table in file["tables"].as_array().unwrap() {
            let findings = table["findings"].as_array().unwrap();
            found.extend(findings.iter().filter(|one| one["code"] == "R507").map(|one| {
                let other = text(&one["alternatives"][0][0]);
                (text(&file["path"]), text(&one["cell"]), other)
            }));
        }
    }
    found
}

#[test]
fn the_beginning_of_a_year_is_the_end_of_the_year_before() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("nộp").join(name);
    for (number, name) in ["Đại Lãnh", "Vạn Thọ"].into_iter().enumerate() {
        let before = villages(u32::try_from(number).unwrap() + 1);
        let mut after = a_year_later(&before);
        if number == 0 {
            after[2].near_poor += 3;
        }
        write(&at(&format!("{number}-2024.xlsx")), &commune(name, 2024, &before, None));
        write(&at(&format!("{number}-2025.xlsx")), &commune(name, 2025, &after, None));
    }
    let output = run(folder.path(), &["check", "nộp", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let report = json(&output);
    let wanted = ("nộp/0-2025.xlsx", "G9", "'nộp/[0-2024.xlsx]Sheet1'!O9");
    let wanted = (wanted.0.to_owned(), wanted.1.to_owned(), wanted.2.to_owned());
    assert_eq!(across(&report), [wanted]);
    let told = report["files"][1]["tables"][0]["findings"].as_array().unwrap();
    let finding = told.iter().find(|finding| finding["code"] == "R507").unwrap();
    assert_ne!(finding["verdict"], "pinned", "one such relation pins nobody");
    assert!(finding["message"].to_string().contains("của biểu năm trước"), "{finding}");
}

#[test]
fn new_and_renamed_villages_are_told_and_other_years_are_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let before = villages(1);
    let mut after = a_year_later(&before);
    after[0].poor += 1;
    let renamed = commune("Đại Lãnh", 2025, &after, None).replace("Thôn 1\t", "Thôn Đông\t");
    write(&at("1.xlsx"), &commune("Đại Lãnh", 2024, &before, None));
    write(&at("2.xlsx"), &renamed);
    let report = json(&run(folder.path(), &["check", "1.xlsx", "2.xlsx", "--format", "json"]));
    assert_eq!(across(&report), []);
    let notes = report["files"][1]["tables"][0]["notes"].to_string();
    assert!(notes.contains("năm 2024") && notes.contains("3 dòng"), "{notes}");
    assert!(notes.contains("chỉ có ở biểu này") && notes.contains("Thôn Đông"), "{notes}");
    assert!(notes.contains("chỉ có ở biểu kia") && notes.contains("Thôn 1"), "{notes}");
    write(&at("2.xlsx"), &commune("Đại Lãnh", 2026, &after, None));
    let apart = json(&run(folder.path(), &["check", "1.xlsx", "2.xlsx", "--format", "json"]));
    assert_eq!(across(&apart), [], "two years lie between");
    write(&at("2.xlsx"), &commune("Vạn Thọ", 2025, &after, None));
    let other = json(&run(folder.path(), &["check", "1.xlsx", "2.xlsx", "--format", "json"]));
    assert_eq!(across(&other), [], "another commune's");
}

#[test]
fn what_a_superior_office_assigned_is_what_the_villages_add_up_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (one, two) = (villages(1), villages(2));
    let mut assigned = [common::total(&one), common::total(&two)];
    assigned[1].near_less += 2;
    let district = common::sheet_text(&common::grid(&assigned))
        .replace("Thôn 1\t", "Xã Đại Lãnh\t")
        .replace("Thôn 2\t", "Xã Vạn Thọ\t");
    let district =
        format!("UBND HUYỆN VẠN NINH\n\nPHÂN BỔ CHỈ TIÊU GIẢM NGHÈO NĂM 2024\n\n{district}");
    write(&at("huyen.xlsx"), &district);
    write(&at("1.xlsx"), &commune("Đại Lãnh", 2024, &one, None));
    write(&at("2.xlsx"), &commune("Vạn Thọ", 2024, &two, None));
    let output = run(folder.path(), &["check", ".", "--format", "json"]);
    let found = across(&json(&output));
    let wanted = ("./2.xlsx", "K11", "[huyen.xlsx]Sheet1!K8");
    assert_eq!(found, [(wanted.0.to_owned(), wanted.1.to_owned(), wanted.2.to_owned())]);
}

#[test]
fn of_many_communes_each_with_a_seeded_error_gets_a_letter_that_names_its_cell() {
    let folder = tempfile::tempdir().unwrap();
    // Rates, counts, totals: row, column, the figure that stands there in place of the right one.
    let slips = [(1, 3, "77,77"), (2, 4, "98"), (4, 0, "12345")];
    let mut wanted = Vec::new();
    for number in 0_u32..24 {
        let wrong = number.is_multiple_of(4).then(|| slips[number as usize / 4 % slips.len()]);
        let name = format!("Mẫu {}", number + 100);
        let text = commune(&name, 2024, &villages(number + 1), wrong);
        write(&folder.path().join(format!("nộp/{number:02}.xlsx")), &text);
        if let Some((row, column, figure)) = wrong {
            let cell = format!("{}{}", char::from(b'C' + u8::try_from(column).unwrap()), row + 7);
            wanted.push((format!("xa-mau-{}.cong-van.docx", number + 100), cell, figure));
        }
    }
    let output = run(folder.path(), &["remarks", "nộp", "--out", "ra", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let mut letters = names(&folder.path().join("ra"));
    letters.retain(|name| name.contains(".cong-van."));
    assert_eq!(letters, wanted.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>());
    for (name, cell, figure) in wanted {
        let text = letter(&folder.path().join("ra").join(&name));
        let figure = if figure == "12345" { "12.345" } else { figure };
        assert!(text.contains(&format!("Ô {cell}:")) && text.contains(figure), "{cell}: {text}");
    }
}
