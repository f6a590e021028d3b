//! The program as a user runs it.

use crate::common;
use std::path::{Path, PathBuf};
use std::process::Output;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("soatbieu")
        .unwrap()
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .args(arguments)
        .output()
        .unwrap()
}

fn run(arguments: &[&str]) -> Output {
    run_in(&samples(), arguments)
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn errors(report: &Value) -> Vec<(String, String, String)> {
    let findings = report["files"][0]["tables"][0]["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|f| (text(&f["cell"]), text(&f["found"]), text(&f["expected"])))
        .collect()
}

fn cell(path: &Path, sheet: &str, at: (u32, u32)) -> Data {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    book.worksheet_range(sheet).unwrap().get_value(at).cloned().unwrap_or(Data::Empty)
}

#[test]
fn the_main_job_on_the_table_this_project_was_born_from() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let output = run(&["process", "dai-lanh-2024.xlsx", "--out", to]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    insta::assert_snapshot!("main_job", out(&output).replace(to, "OUT"));
    let corrected = folder.path().join("dai-lanh-2024.da-sua.xlsx");
    assert_eq!(cell(&corrected, "PB 2024", (12, 16)), Data::Float(2.35));
    assert_eq!(cell(&corrected, "PB 2024", (13, 14)), Data::Float(0.3));
    for suffix in ["bao-cao.html", "phu-luc.xlsx", "phu-luc.pdf"] {
        let name = format!("dai-lanh-2024.{suffix}");
        assert!(folder.path().join(&name).metadata().unwrap().len() > 1000, "{name}");
    }
}

#[test]
fn a_long_table_gets_a_short_report_and_no_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Biểu").unwrap();
    for (row, texts) in (0..).zip([["Thôn", "Số hộ", "Nam", "Nữ"], ["A", "1=2+3", "2", "3"]])
    {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    for row in 2..2_202_u32 {
        sheet.write_string(row, 0, format!("Thôn {}", row - 1)).unwrap();
        let all = if row == 1_500 { 30 } else { 12 + row % 7 };
        for (column, figure) in (1..).zip([all, 5 + row % 7, 7]) {
            sheet.write_number(row, column, figure).unwrap();
        }
    }
    book.save(folder.path().join("dai.xlsx")).unwrap();
    let output = run_in(folder.path(), &["process", "dai.xlsx"]);
    let page = std::fs::read_to_string(folder.path().join("dai.bao-cao.html")).unwrap();
    assert!(page.contains("Thôn 1499") && !page.contains("Thôn 1400"), "{}", err(&output));
    assert!(page.len() < 40_000, "{}", page.len());
    assert!(!folder.path().join("dai.phu-luc.pdf").exists());
}

#[test]
fn the_json_of_the_main_job() {
    let output = run(&["check", "dai-lanh-2024.xlsx", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_json_snapshot!("main_job_json", json(&output), { ".tool" => "soatbieu" });
}

#[test]
fn every_kind_of_workbook_gives_the_same_two_errors() {
    let expected = vec![
        ("Q13".to_owned(), "2.16".to_owned(), "2.35".to_owned()),
        ("O14".to_owned(), "0.29".to_owned(), "0.3".to_owned()),
    ];
    for name in [
        "dai-lanh-2024.xlsx",
        "dai-lanh-2024-text.xlsx",
        "dai-lanh-2024-formulas.xlsx",
        "dai-lanh-2024.xls",
        "dai-lanh-2024.ods",
    ] {
        let output = run(&["check", name, "--format", "json"]);
        let report = json(&output);
        assert_eq!(errors(&report), expected, "{name}");
        let table = &report["files"][0]["tables"][0];
        assert_eq!(table["form"], "poverty-target-allocation", "{name}");
        assert_eq!(table["range"], "B4:Q14", "{name}");
    }
}

#[test]
fn one_of_each_error_of_a_formula_is_told_and_repaired() {
    let report = json(&run(&["check", "dai-lanh-2024-formula-errors.xlsx", "--format", "json"]));
    let findings = report["files"][0]["tables"][0]["findings"].as_array().unwrap();
    let told: Vec<String> = findings
        .iter()
        .map(|f| {
            let text = |key: &str| f[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("cell"), text("code"), text("expected"))
        })
        .collect();
    let wanted = [
        "I9 R601 1.88",
        "J9 R606 -",
        "K10 R607 0.21",
        "M10 R604 -",
        "Q10 R605 -",
        "Q11 R403 2.18",
        "M12 R612 -",
        "G13 R611 0.98",
        "L13 R609 -",
        "Q13 R101 2.35",
        "E14 R610 11898",
        "F14 R602 11",
        "O14 R603 0.3",
    ];
    assert_eq!(told, wanted);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("fixed.xlsx");
    let output = run(&[
        "fix",
        "dai-lanh-2024-formula-errors.xlsx",
        "--suggested",
        "-o",
        to.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let mut book: Xlsx<_> = open_workbook(&to).unwrap();
    let formulas = book.worksheet_formula("PB 2024").unwrap();
    let formula = |row, column| formulas.get_value((row, column)).cloned().unwrap_or_default();
    for (at, text, value) in [
        ((8, 8), "ROUND(H9/$D9*100,2)", 1.88),
        ((9, 10), "ROUND(J10/$D10*100,2)", 0.21),
        ((9, 12), "ROUND(L10/$D10*100,2)", 1.03),
        ((10, 12), "ROUND(L11/$D11*100,2)", 0.36),
        ((9, 16), "ROUND(P10/$D10*100,2)", 2.89),
        ((10, 16), "ROUND(P11/$D11*100,2)", 2.18),
        ((12, 6), "ROUND(F13/$D13*100,2)", 0.98),
        ((12, 16), "ROUND(P13/$D13*100,2)", 2.35),
        ((13, 4), "SUM(E8:E13)", 11898.0),
        ((13, 5), "SUM(F8:F13)", 11.0),
        ((13, 6), "ROUND(F14/$D14*100,2)", 0.36),
        ((13, 14), "ROUND(N14/$D14*100,2)", 0.3),
    ] {
        assert_eq!(formula(at.0, at.1), text);
        assert_eq!(cell(&to, "PB 2024", at), Data::Float(value), "{text}");
    }
}

#[test]
fn exit_statuses_tell_what_is_left() {
    for (name, status) in
        [("clean.xlsx", 0), ("dai-lanh-2024.xlsx", 1), ("broken.xlsx", 2), ("no-table.xlsx", 2)]
    {
        assert_eq!(run(&["check", name]).status.code(), Some(status), "{name}");
    }
    assert_eq!(run(&["check", "not-there.xlsx"]).status.code(), Some(2));
    assert_eq!(run(&["explain", "R999"]).status.code(), Some(2));
    assert_eq!(run(&["forms", "not-there"]).status.code(), Some(2));
    assert_eq!(run(&["check", "clean.xlsx", "--select", "X1"]).status.code(), Some(2));
    assert_eq!(run(&["check", "clean.xlsx", "--sheet", "Không có"]).status.code(), Some(2));
}

#[test]
fn bad_input_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.xlsx", b"");
    write("page.xls", b"<html><table><tr><td>1</td></tr></table></html>");
    write("list.xlsx", "TT;Th\u{f4}n;S\u{1ed1} h\u{1ed9}\n1;A;2\n2;B;3\n".as_bytes());
    write("letter.xlsx", b"%PDF-1.4");
    for (name, code) in [
        ("empty.xlsx", "E102"),
        ("page.xls", "E106"),
        ("list.xlsx", "E106"),
        ("letter.xlsx", "E103"),
    ] {
        let output = run_in(folder.path(), &["process", name, "--out", "out"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        let told = err(&output);
        assert!(told.contains(code) && told.contains(name) && told.contains("cần làm:"), "{told}");
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_failure_stands_in_the_json() {
    let report = json(&run(&["check", "no-table.xlsx", "--format", "json", "--lang", "en"]));
    let file = &report["files"][0];
    assert_eq!(file["status"], "no-table");
    assert_eq!(file["error"]["code"], "E201");
    assert!(file["error"]["help"].as_str().unwrap().contains("index row"));
    let report = json(&run(&["check", "broken.xlsx", "--format", "json"]));
    assert_eq!(report["files"][0]["status"], "unreadable");
}

#[test]
fn an_existing_output_is_refused_and_the_input_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.xlsx");
    let bytes = std::fs::read(samples().join("dai-lanh-2024.xlsx")).unwrap();
    std::fs::write(&input, &bytes).unwrap();
    std::fs::write(folder.path().join("b.xlsx"), b"mine").unwrap();
    let refused = run_in(folder.path(), &["fix", "a.xlsx", "-o", "b.xlsx"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("E301"));
    assert_eq!(std::fs::read(folder.path().join("b.xlsx")).unwrap(), b"mine");
    let itself = run_in(folder.path(), &["fix", "a.xlsx", "-o", "a.xlsx", "--force"]);
    assert_eq!(itself.status.code(), Some(2), "the input is never written to, even by force");
    assert_eq!(std::fs::read(&input).unwrap(), bytes);
    let forced = run_in(folder.path(), &["fix", "a.xlsx", "-o", "b.xlsx", "--force"]);
    assert_eq!(forced.status.code(), Some(0));
}

#[test]
fn correcting_the_corrected_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "dai-lanh-2024.xlsx",
        "dai-lanh-2024-text.xlsx",
        "dai-lanh-2024-formulas.xlsx",
        "dai-lanh-2024.xls",
        "dai-lanh-2024.ods",
    ] {
        let once = folder.path().join(format!("{name}.xlsx"));
        let once = once.to_str().unwrap();
        assert_eq!(run(&["fix", name, "-o", once]).status.code(), Some(0), "{name}");
        assert_eq!(run(&["check", once]).status.code(), Some(0), "{name}");
        let diff = run(&["fix", once, "--diff"]);
        assert_eq!((diff.status.code(), out(&diff).as_str()), (Some(0), ""), "{name}");
    }
}

#[test]
fn the_suffix_of_a_copy_says_whether_it_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let source = path("biểu.ods");
    std::fs::copy(samples().join("dai-lanh-2024.ods"), &source).unwrap();
    let fix = |options: &[&str]| run(&[&["fix", source.as_str()], options].concat());
    assert_eq!(fix(&[]).status.code(), Some(0));
    assert_eq!(run(&["check", &path("biểu.da-sua.ods")]).status.code(), Some(0));
    let rebuilt = fix(&["--as", "xlsx"]);
    assert!(err(&rebuilt).contains("được dựng lại thành .xlsx"), "{}", err(&rebuilt));
    let copy = folder.path().join("biểu.da-sua.xlsx");
    assert_eq!(cell(&copy, "PB 2024", (12, 16)), Data::Float(2.35));
    assert_eq!(fix(&["-o", &path("b.xlsx"), "--plain"]).status.code(), Some(0));
    assert_eq!(fix(&["-o", &path("b.ods"), "--plain"]).status.code(), Some(0));
    for refused in [&["-o", "b.xlsm"][..], &["-o", "b.csv"], &["-o", "b.ods", "--as", "xlsx"]] {
        let output = fix(refused);
        assert_eq!(output.status.code(), Some(2), "{refused:?}");
        assert!(err(&output).contains("phải có đuôi"), "{}", err(&output));
    }
    // An .xls has its list of changes beside it.
    let source = path("cũ.xls");
    std::fs::copy(samples().join("dai-lanh-2024.xls"), &source).unwrap();
    let fixed = run(&["fix", &source, "-o", &path("c.xls")]);
    assert!(err(&fixed).contains("c.danh-sach-sua.xlsx"), "{}", err(&fixed));
    assert_eq!(run(&["check", &path("c.xls")]).status.code(), Some(0));
    // Its name is taken: neither file is written.
    std::fs::remove_file(path("c.xls")).unwrap();
    assert_eq!(run(&["fix", &source, "-o", &path("c.xls")]).status.code(), Some(2));
    assert!(!Path::new(&path("c.xls")).exists());
    // A later run over the folder knows the copies.
    let later = run(&["check", folder.path().to_str().unwrap()]);
    assert!(err(&later).contains("Bỏ qua 5 tệp do chương trình lập"), "{}", err(&later));
}

#[test]
fn the_copy_to_submit_is_plain_and_the_copy_to_send_back_is_only_marked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let fix = |option: &str, name: &str| {
        run(&["fix", "dai-lanh-2024.xlsx", option, "-o", path(name).to_str().unwrap()])
    };
    assert_eq!(fix("--plain", "plain.xlsx").status.code(), Some(0));
    assert_eq!(cell(&path("plain.xlsx"), "PB 2024", (12, 16)), Data::Float(2.35));
    let book: Xlsx<_> = open_workbook(path("plain.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["PB 2024"]);
    let marked = fix("--marks-only", "marks.xlsx");
    assert_eq!(marked.status.code(), Some(1), "nothing was put right");
    assert!(out(&marked).contains("Đã đánh dấu 2 ô"), "{}", out(&marked));
    assert_eq!(cell(&path("marks.xlsx"), "PB 2024", (12, 16)), Data::Float(2.16));
}

#[test]
fn a_diff_writes_nothing_and_shows_old_and_new() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(samples().join("dai-lanh-2024.xlsx"), folder.path().join("a.xlsx")).unwrap();
    let output = run_in(folder.path(), &["fix", "a.xlsx", "--diff", "--lang", "en"]);
    let text = out(&output);
    assert!(text.contains("PB 2024!Q13") && text.contains("- 2,16\n+ 2,35"), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_decision_is_taken_or_refused_with_the_rule_it_breaks() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(samples().join("dai-lanh-2024.xlsx"), folder.path().join("a.xlsx")).unwrap();
    let refused = run_in(folder.path(), &["fix", "a.xlsx", "--accept", "P13=11"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("E304"), "{}", err(&refused));
    let outside = run_in(folder.path(), &["fix", "a.xlsx", "--accept", "A1=11"]);
    assert!(err(&outside).contains("E304"));
    let garbled = run_in(folder.path(), &["fix", "a.xlsx", "--accept", "Q13"]);
    assert!(err(&garbled).contains("E206"));
    let taken = run_in(folder.path(), &["fix", "a.xlsx", "--accept", "Q13=2,35", "-o", "b.xlsx"]);
    assert_eq!(taken.status.code(), Some(0), "{}", err(&taken));
}

#[test]
fn the_appendix_of_a_table_with_open_errors_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Thôn\tSố hộ\tNhân khẩu\tKhác\nA\t1\t2\t3\nĐông\t10\t40\t1\nTây\t20\t80\t2\nTổng cộng\t31\t120\t3\n";
    write_xlsx(&folder.path().join("a.xlsx"), text);
    let refused = run_in(folder.path(), &["appendix", "a.xlsx", "-o", "b.xlsx"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("E303"), "{}", err(&refused));
    assert!(!folder.path().join("b.xlsx").exists());
    let as_is = run_in(folder.path(), &["appendix", "a.xlsx", "-o", "b.xlsx", "--as-is"]);
    assert_eq!(as_is.status.code(), Some(0), "{}", err(&as_is));
}

/// A workbook of typed cells from lines of text.
fn write_xlsx(path: &Path, text: &str) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, value) in (0..).zip(line.split('\t')) {
            match value.parse::<f64>() {
                Ok(number) => page.write_number(row, column, number).unwrap(),
                Err(_) => page.write_string(row, column, value).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

#[test]
fn standard_input_is_a_workbook_too() {
    let bytes = std::fs::read(samples().join("dai-lanh-2024.xlsx")).unwrap();
    let output = assert_cmd::Command::cargo_bin("soatbieu")
        .unwrap()
        .args(["check", "-", "--format", "json"])
        .write_stdin(bytes)
        .output()
        .unwrap();
    assert_eq!(errors(&json(&output)).len(), 2);
}

#[test]
fn folders_are_searched_and_lock_files_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let put = |name: &str| {
        std::fs::copy(samples().join("clean.xlsx"), folder.path().join(name)).unwrap();
    };
    put("b.xlsx");
    put("sub/a.XLSX");
    std::fs::write(folder.path().join("~$b.xlsx"), b"lock").unwrap();
    std::fs::write(folder.path().join("notes.txt"), b"text").unwrap();
    let report = json(&run_in(folder.path(), &["check", ".", "--format", "json"]));
    let paths: Vec<&str> =
        report["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["./b.xlsx", "./sub/a.XLSX"]);
}

#[test]
fn findings_are_selected_by_code() {
    let only = run(&["check", "dai-lanh-2024.xlsx", "--format", "json", "--select", "R101"]);
    assert_eq!(errors(&json(&only)).len(), 1);
    let none = run(&["check", "dai-lanh-2024.xlsx", "--ignore", "R1,R2,R4"]);
    assert_eq!(none.status.code(), Some(0));
}

#[test]
fn english_on_request() {
    let text = out(&run(&["check", "dai-lanh-2024.xlsx", "--lang", "en"]));
    assert!(
        text.contains("says 2,16 but 12 × 100 / 510 = 2,35") && text.contains("help:"),
        "{text}"
    );
    assert!(text.contains("Checked 1 table in 1 file: 2 errors"), "{text}");
}

#[test]
fn every_rule_and_form_has_its_page() {
    for rule in soatbieu::rules::ALL {
        for lang in ["vi", "en"] {
            let page = out(&run(&["explain", rule.code, "--lang", lang]));
            assert!(page.contains(rule.name) && page.lines().count() > 12, "{page}");
        }
    }
    assert_eq!(out(&run(&["rules"])).lines().count(), soatbieu::rules::ALL.len());
    for form in soatbieu::forms::builtin().unwrap() {
        assert!(out(&run(&["forms"])).contains(&form.id));
        let printed = out(&run(&["forms", &form.id]));
        assert_eq!(soatbieu::forms::parse(&printed).unwrap(), form);
    }
}

#[test]
fn a_form_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_xlsx(
        &folder.path().join("a.xlsx"),
        "Thôn\tSố hộ\tGiảm\tCòn\nA\t1\t2\t3=1-2\nĐông\t10\t4\t6\n",
    );
    let output = run_in(folder.path(), &["check", "a.xlsx", "--form", "poverty-target-allocation"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("E204"), "{}", err(&output));
}

#[test]
fn two_totals_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_xlsx(
        &folder.path().join("a.xlsx"),
        "Thôn\tSố hộ\tGiảm\tCòn\nA\t1\t2\t3=1-2\nĐông\t10\t4\t6\nTổng cộng\t10\t4\t6\nTổng cộng\t10\t4\t6\n",
    );
    let output = run_in(folder.path(), &["check", "a.xlsx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("E203"), "{}", err(&output));
}

#[test]
fn an_exchange_is_corrected_only_when_suggestions_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let village = |households| common::Village {
        households,
        people: households * 4,
        poor: 9,
        near_poor: 21,
        poor_less: 2,
        near_less: 5,
    };
    let mut figures = common::grid(&[village(426), village(360), village(485), village(551)]);
    (figures[1][0], figures[2][0]) = (figures[2][0].clone(), figures[1][0].clone());
    let text = common::sheet_text(&figures);
    write_xlsx(&folder.path().join("a.xlsx"), &text);
    let safe = run_in(folder.path(), &["fix", "a.xlsx", "--diff", "--lang", "en"]);
    assert_eq!(safe.status.code(), Some(1), "{}", err(&safe));
    let wanted = ["fix", "a.xlsx", "--suggested", "-o", "b.xlsx"];
    let suggested = run_in(folder.path(), &wanted);
    assert_eq!(suggested.status.code(), Some(0), "{}{}", out(&suggested), err(&suggested));
    let again = run_in(folder.path(), &["check", "b.xlsx"]);
    assert_eq!(again.status.code(), Some(0), "{}", out(&again));
}

#[test]
fn a_plain_build_carries_no_page_and_says_so() {
    let refused = run(&["page"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("không mang theo trang soát biểu"), "{}", err(&refused));
}

/// A workbook with a table of so many rows on each of its sheets.
fn write_tables(path: &Path, sheets: &[usize]) {
    let mut book = rust_xlsxwriter::Workbook::new();
    for rows in sheets {
        let page = book.add_worksheet();
        page.write(0, 0, "Biểu số hộ").unwrap();
        for (column, text) in (0..).zip(["TT", "Thôn", "Hộ đầu năm", "Tăng", "Hộ cuối năm"])
        {
            page.write(2, column, text).unwrap();
        }
        for (column, text) in (0..).zip(["A", "B", "1", "2", "3=1+2"]) {
            page.write(3, column, text).unwrap();
        }
        let mut total = [0, 0];
        for row in 0..u32::try_from(*rows).unwrap() {
            let figures = [100 + row % 7, row % 3];
            total = [total[0] + figures[0], total[1] + figures[1]];
            page.write(4 + row, 0, row + 1).unwrap();
            page.write(4 + row, 1, format!("Thôn {}", row + 1)).unwrap();
            page.write(4 + row, 2, figures[0]).unwrap();
            page.write(4 + row, 3, figures[1]).unwrap();
            page.write(4 + row, 4, figures[0] + figures[1]).unwrap();
        }
        let last = 4 + u32::try_from(*rows).unwrap();
        page.write(last, 1, "Tổng cộng").unwrap();
        page.write(last, 2, total[0]).unwrap();
        page.write(last, 3, total[1]).unwrap();
        page.write(last, 4, total[0] + total[1]).unwrap();
    }
    book.save(path).unwrap();
}

#[test]
fn an_appendix_named_pdf_is_one() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(&folder.path().join("a.xlsx"), &[5]);
    let typeset = |out: &str| run_in(folder.path(), &["appendix", "a.xlsx", "-o", out]);
    for out in ["b.pdf", "c.PDF"] {
        let made = typeset(out);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        assert!(std::fs::read(folder.path().join(out)).unwrap().starts_with(b"%PDF-1.7"));
    }
    let wrong = typeset("b.docx");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains(".xlsx hoặc .pdf"), "{}", err(&wrong));
    let font = ["appendix", "a.xlsx", "-o", "d.pdf", "--font", "a.xlsx"];
    let font = run_in(folder.path(), &font);
    assert_eq!(font.status.code(), Some(2));
    assert!(err(&font).contains("phông chữ"), "{}", err(&font));
    assert!(!folder.path().join("d.pdf").exists());
}

#[test]
fn several_tables_are_one_appendix_or_one_each() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(&folder.path().join("a.xlsx"), &[5, 6]);
    let names = |arguments: &[&str]| {
        let made = run_in(folder.path(), arguments);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        let out = folder.path().join("ra");
        let mut names: Vec<String> = std::fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("phu-luc"))
            .collect();
        names.sort();
        std::fs::remove_dir_all(&out).unwrap();
        names
    };
    assert_eq!(names(&["process", "a.xlsx", "--out", "ra"]), ["a.phu-luc.pdf", "a.phu-luc.xlsx"]);
    let each = ["a.phu-luc-1.pdf", "a.phu-luc-1.xlsx", "a.phu-luc-2.pdf", "a.phu-luc-2.xlsx"];
    assert_eq!(names(&["process", "a.xlsx", "--out", "ra", "--each"]), each);
    let one = ["appendix", "a.xlsx", "-o", "ra/a.phu-luc.xlsx", "--each"];
    assert_eq!(names(&one), ["a.phu-luc-1.xlsx", "a.phu-luc-2.xlsx"]);
    let made = run_in(folder.path(), &["appendix", "a.xlsx", "-o", "b.xlsx"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let book: Xlsx<_> = open_workbook(folder.path().join("b.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["Phụ lục I", "Phụ lục II"]);
}

#[test]
fn a_long_table_is_written_as_pdf_only_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(&folder.path().join("a.xlsx"), &[2_005]);
    let processed = run_in(folder.path(), &["process", "a.xlsx", "--out", "ra"]);
    assert_eq!(processed.status.code(), Some(0), "{}", err(&processed));
    assert!(err(&processed).contains("không kèm phụ lục PDF"), "{}", err(&processed));
    assert!(folder.path().join("ra/a.phu-luc.xlsx").exists());
    assert!(!folder.path().join("ra/a.phu-luc.pdf").exists());
    let made = run_in(folder.path(), &["appendix", "a.xlsx", "-o", "b.pdf"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    assert!(folder.path().join("b.pdf").exists());
}
