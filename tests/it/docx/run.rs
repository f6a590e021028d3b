//! The commands on documents.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

use super::document::{FIGURES, HEADINGS, SENTENCES, docx, paragraph, paragraphs, plan, table};

/// Runs the program in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("soatbieu").unwrap().current_dir(folder).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(folder: &Path, file: &str) -> Value {
    let output = run(folder, &["check", file, "--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_two_wrong_rates_of_the_plan_are_found_in_its_table() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ke-hoach.docx"), plan()).unwrap();
    let report = json(folder.path(), "ke-hoach.docx");
    let table = &report["files"][0]["tables"][0];
    assert_eq!(table["form"], "poverty-target-allocation");
    let findings: Vec<[&str; 5]> = table["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] != "note")
        .map(|f| ["code", "cell", "row", "found", "expected"].map(|key| f[key].as_str().unwrap()))
        .collect();
    assert_eq!(
        findings,
        [["R101", "P9", "Tây Nam 2", "2.16", "2.35"], ["R202", "N10", "Tổng cộng", "0.29", "0.3"]]
    );
}

#[test]
fn corrections_of_a_document_are_listed_and_its_appendix_is_typeset() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ke-hoach.docx");
    std::fs::write(&file, plan()).unwrap();
    let output = run(folder.path(), &["process", "ke-hoach.docx", "--out", "ra"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let mut written: Vec<String> = std::fs::read_dir(folder.path().join("ra"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    assert_eq!(written, ["ke-hoach.bao-cao.html", "ke-hoach.phu-luc.pdf", "ke-hoach.phu-luc.xlsx"]);
    let told = out(&output);
    for part in ["Cần sửa 2 ô trong văn bản Word", "- 2,16\n+ 2,35", "- 0,29\n+ 0,30"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), plan());
    // Who signs is one block, whose lines stand in one cell of the document.
    let lines = "TM. ỦY BAN NHÂN DÂN</w:t><w:br/><w:t>KT. CHỦ TỊCH</w:t><w:br/><w:t>PHÓ CHỦ TỊCH";
    let foot = format!(
        "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>{lines}</w:t></w:r></w:p><w:p><w:r><w:t>Trần Duy Khoang</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    );
    let body = table(&format!("{HEADINGS}{FIGURES}")) + &paragraph("") + &foot;
    let read = soatbieu::check_workbook(
        soatbieu::read::workbook(&docx(&body), &soatbieu::read::Limits::default()).unwrap(),
        &soatbieu::recognise::Request::default(),
    )
    .unwrap();
    let blocks = &read.tables[0].table.surroundings.blocks;
    assert_eq!(
        blocks.as_slice(),
        [["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Duy Khoang"]
            .map(str::to_owned)]
    );
    // The appendix has the right figures, title and signature, and checks clean.
    let appendix = run(folder.path(), &["check", "ra/ke-hoach.phu-luc.xlsx"]);
    assert_eq!(appendix.status.code(), Some(0), "{}", out(&appendix));
    let fixed = run(folder.path(), &["fix", "ke-hoach.docx"]);
    assert_eq!(fixed.status.code(), Some(2));
    assert!(err(&fixed).contains("E302") && err(&fixed).contains("Word"), "{}", err(&fixed));
    let listed = run(folder.path(), &["fix", "ke-hoach.docx", "--diff"]);
    assert!(out(&listed).contains("+ 2,35"), "{}", out(&listed));
}

#[test]
fn a_clean_document_leaves_nothing_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let right = FIGURES.replace("2,16", "2,35").replace("0,29", "0,30");
    let file = docx(&table(&format!("{HEADINGS}{right}")));
    std::fs::write(folder.path().join("a.docx"), file).unwrap();
    let output = run(folder.path(), &["process", "a.docx"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(folder.path().join("a.phu-luc.xlsx").exists());
    assert!(!folder.path().join("a.da-sua.xlsx").exists());
}

#[test]
fn documents_of_units_are_merged_with_workbooks() {
    let folder = tempfile::tempdir().unwrap();
    let right = FIGURES.replace("2,16", "2,35").replace("0,29", "0,30");
    for (name, unit) in [("a.docx", "xã Đại Lãnh"), ("b.docx", "xã Vạn Thọ")] {
        let title = paragraph(&format!("BẢNG PHÂN BỔ CHỈ TIÊU {}", unit.to_uppercase()));
        let file = docx(&(title + &table(&format!("{HEADINGS}{right}"))));
        std::fs::write(folder.path().join(name), file).unwrap();
    }
    let output = run(folder.path(), &["merge", ".", "-o", "gop.xlsx"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let merged = json(folder.path(), "gop.xlsx");
    assert_eq!(merged["files"][0]["tables"][0]["rows"], 3);
}

#[test]
fn documents_that_are_not_read_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let ole = {
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
        file.create_stream("/WordDocument").unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    };
    let cases: [(&str, &[u8], &str); 3] = [
        ("a.doc", &ole, "kiểu .docx"),
        ("b.rtf", b"{\\rtf1 abc}", "kiểu .docx"),
        ("c.pdf", b"%PDF-1.7", "bản gốc"),
    ];
    for (name, bytes, help) in cases {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["check", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(err(&output).contains(help), "{name}: {}", err(&output));
    }
}

#[test]
fn an_amount_in_words_in_a_document_is_held_against_its_figure() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "Thôn\tSố hộ\tSố người\tSố tiền (đồng)\nA\t1\t2\t3\nĐông\t3\t9\t1.500.000\nTây\t5\t12\t2.100.000\nTổng cộng\t8\t21\t3.600.000";
    for (words, wrong) in [("Ba triệu sáu trăm nghìn đồng", 0), ("Bốn triệu đồng", 1)]
    {
        let in_row = table(&format!("{rows}\nBằng chữ: {words}\t>\t>\t>"));
        let below = table(rows) + &paragraph(&format!("(Bằng chữ: {words}./.)"));
        for body in [in_row, below] {
            std::fs::write(folder.path().join("a.docx"), docx(&body)).unwrap();
            let report = json(folder.path(), "a.docx");
            let findings = report["files"][0]["tables"][0]["findings"].as_array().unwrap().clone();
            let told = findings.iter().filter(|f| f["severity"] != "note").count();
            assert_eq!(told, wrong, "{words}: {findings:?}");
        }
    }
}

#[test]
fn sentences_are_told_in_text_json_and_html() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ke-hoach.docx"), plan()).unwrap();
    let output = run(folder.path(), &["check", "ke-hoach.docx"]);
    assert_eq!(output.status.code(), Some(1));
    let told = out(&output);
    for part in [
        "Câu văn trái với bảng",
        "nghèo đa chiều đạt «0,63»%.",
        "0,63 ≠ 0,07 + 0,53 = 0,60; (2 + 16) × 100 / 3.022 = 0,60",
        "Câu văn đối chiếu với bảng: 10 số khớp, 1 số trái bảng, 8 số không đối chiếu.",
        "2 lỗi, 1 cảnh báo",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("«45»"));
    let all = out(&run(folder.path(), &["check", "ke-hoach.docx", "--all-statements"]));
    assert!(all.contains("«45»") && all.contains("bảng không có cột như vậy"), "{all}");
    let report = json(folder.path(), "ke-hoach.docx");
    let wrong = report["files"][0]["statements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|statement| statement["outcome"] == "contradicts")
        .unwrap()
        .clone();
    assert_eq!(wrong["figure"], "0.63");
    assert_eq!(wrong["unit"], "%");
    assert_eq!(wrong["expected"], "0.6");
    assert_eq!(wrong["cells"], serde_json::json!(["J10", "L10"]));
    assert!(wrong["text"].as_str().unwrap().starts_with("- Phấn đấu giảm 02 hộ nghèo"));
    assert!(wrong["paragraph"].as_u64().is_some());
    let english = run(folder.path(), &["check", "ke-hoach.docx", "--lang", "en"]);
    assert!(out(&english).contains("10 figures agree, 1 contradict it"), "{}", out(&english));
    run(folder.path(), &["process", "ke-hoach.docx", "--out", "ra"]);
    let page = std::fs::read_to_string(folder.path().join("ra/ke-hoach.bao-cao.html")).unwrap();
    assert!(page.contains("<mark class=\"contradicts\">0,63</mark>"));
    assert!(page.contains("2 ô đã tính được số đúng, cần sửa trong văn bản Word"));
    assert!(!page.contains("bản đã sửa"), "no corrected copy is promised");
    assert!(page.contains("<mark class=\"agrees\">3.022</mark>"));
}

#[test]
fn sentences_are_compared_with_the_table_of_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dai-lanh-2024.xlsx");
    std::fs::copy(sample, folder.path().join("bang.xlsx")).unwrap();
    std::fs::write(folder.path().join("ke-hoach.docx"), docx(&paragraphs(SENTENCES))).unwrap();
    let alone = run(folder.path(), &["check", "ke-hoach.docx"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(err(&alone).contains("không đối chiếu") && err(&alone).contains("--table"));
    let told = run(folder.path(), &["check", "ke-hoach.docx", "--table", "bang.xlsx"]);
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
    assert!(out(&told).contains("10 số khớp, 1 số trái bảng"), "{}", out(&told));
    assert!(out(&told).contains("PB 2024!K14, M14"), "{}", out(&told));
    let missing = run(folder.path(), &["check", "ke-hoach.docx", "--table", "khong-co.xlsx"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("khong-co.xlsx"));
    let other = SENTENCES.replace("Đại Lãnh", "Vạn Thọ");
    std::fs::write(folder.path().join("khac.docx"), docx(&paragraphs(&other))).unwrap();
    let told = run(folder.path(), &["check", "khac.docx", "--table", "bang.xlsx"]);
    assert!(
        out(&told).contains("không đối chiếu với bảng (bảng là của đơn vị khác"),
        "{}",
        out(&told)
    );
    let workbook = run(folder.path(), &["check", "bang.xlsx", "--table", "bang.xlsx"]);
    assert!(err(&workbook).contains("--table chỉ dùng cho văn bản Word"));
}

#[test]
fn a_document_whose_table_has_no_vocabulary_is_not_told_clean() {
    let folder = tempfile::tempdir().unwrap();
    let file = docx(
        &(paragraphs(SENTENCES)
            + &table("Thôn\tSố trẻ\tSố lớp\nĐông\t30\t2\nTây\t40\t3\nNam\t35\t3")),
    );
    std::fs::write(folder.path().join("a.docx"), file).unwrap();
    let output = run(folder.path(), &["check", "a.docx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("không đối chiếu"), "{}", err(&output));
    // A table with rules of its own is checked, and the sentences are told not to be compared.
    let rows = "Thôn\tTổng số trẻ\tSố trẻ gái\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t40\t20\t50,0\nTây\t30\t12\t40,0\nTổng cộng\t70\t32\t45,7";
    std::fs::write(folder.path().join("a.docx"), docx(&(paragraphs(SENTENCES) + &table(rows))))
        .unwrap();
    let output = run(folder.path(), &["check", "a.docx"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("Câu văn: không đối chiếu với bảng"), "{}", out(&output));
    let report = json(folder.path(), "a.docx");
    assert!(report["files"][0]["not_compared"].as_str().is_some());
}

#[test]
fn letters_that_the_program_wrote_are_no_documents_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nop")).unwrap();
    std::fs::write(folder.path().join("nop/ke-hoach.docx"), plan()).unwrap();
    let sent = run(folder.path(), &["remarks", "nop", "--out", "nop/gui"]);
    assert_eq!(sent.status.code(), Some(1), "{}", err(&sent));
    let files = std::fs::read_dir(folder.path().join("nop/gui")).unwrap();
    let names: Vec<_> = files.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().any(|name| name.to_string_lossy().ends_with(".cong-van.docx")));
    let output = run(folder.path(), &["check", "nop", "--all-files", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["files"].as_array().unwrap().len(), 1);
}
