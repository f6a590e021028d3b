//! Many files in one run: order, workers that die, summary tables, going on where a run stopped.

use crate::common;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soatbieu"));
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("COLUMNS").args(arguments);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn copy(sample: &str, to: &Path) {
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::copy(samples().join(sample), to).unwrap();
}

/// 1 KB: an OLE container whose table of sectors says that the directory goes on in itself.
fn looping_container() -> Vec<u8> {
    let mut bytes = vec![0_u8; 1024];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(0, &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    put(24, &[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    put(44, &1_u32.to_le_bytes());
    put(56, &4096_u32.to_le_bytes());
    put(60, &0xFFFF_FFFE_u32.to_le_bytes());
    put(68, &0xFFFF_FFFE_u32.to_le_bytes());
    put(80, &[0xFF; 432]);
    bytes
}

/// A table of so many villages with nothing wrong in it.
/// A long table of figures as text, with a mark behind each so that no row is settled while it is read.
fn large(path: &Path, villages: u32, mark: &str) {
    let village = |n: u32| common::Village {
        households: 300 + n % 97,
        people: 1200 + n % 89,
        poor: 3,
        near_poor: 5,
        poor_less: 2,
        near_less: 1,
    };
    let figures = common::grid(&(0..villages).map(village).collect::<Vec<_>>());
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (row, line) in (0..).zip(common::sheet_text(&figures).lines()) {
        for (column, text) in (0..).zip(line.split('\t')) {
            let is_figure = row > 3 && column > 1;
            let mark = if is_figure { mark } else { "" };
            page.write_string(row, column, format!("{text}{mark}")).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// A folder with good, bad and hostile files.
fn mixed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("nộp").join(name);
    copy("dai-lanh-2024.xlsx", &at("a/đại lãnh.xlsx"));
    copy("no-table.xlsx", &at("b.xlsx"));
    copy("clean.xlsx", &at("c.xlsx"));
    std::fs::write(at("d.xls"), looping_container()).unwrap();
    std::fs::write(at("e.xlsx"), b"").unwrap();
    copy("dai-lanh-2024.ods", &at("f.ods"));
    copy("broken.xlsx", &at("g.xlsx"));
    folder
}

const MIXED: &[(&str, &str)] = &[
    ("nộp/a/đại lãnh.xlsx", ""),
    ("nộp/b.xlsx", "E201"),
    ("nộp/c.xlsx", ""),
    ("nộp/d.xls", "E105"),
    ("nộp/e.xlsx", "E102"),
    ("nộp/f.ods", ""),
    ("nộp/g.xlsx", "E105"),
];

#[test]
fn a_folder_is_summed_up_in_the_order_of_names_whatever_is_in_it() {
    let folder = mixed();
    let brief = out(&run(folder.path(), &["check", "nộp", "--jobs", "4"]));
    let (_, brief) = brief.split_once("\nTệp ").unwrap();
    assert!(brief.lines().nth(1).unwrap().contains("không có bảng (E201)"), "{brief}");
    assert!(brief.contains("\n1 tệp không có lỗi, cảnh báo nào"), "{brief}");
    assert!(brief.contains("  R101 Tỷ lệ không khớp với số liệu gốc: 2 chỗ, 2 tệp\n"), "{brief}");
    assert!(!brief.contains("nộp/c.xlsx"), "clean files are counted: {brief}");
    let output = run(folder.path(), &["check", "nộp", "--jobs", "4", "--all-files"]);
    assert_eq!(output.status.code(), Some(2));
    let text = out(&output);
    let (_, table) = text.split_once("\nTệp ").unwrap();
    let told: Vec<(&str, &str)> = table
        .lines()
        .skip(1)
        .take(MIXED.len())
        .map(|line| {
            let code = line.rsplit_once('(').map_or("", |(_, code)| code.trim_end_matches(')'));
            (line.split("  ").next().unwrap(), code)
        })
        .collect();
    assert_eq!(told, MIXED);
    assert!(table.contains("Xã Đại Lãnh    2         0            2               0\n"), "{table}");
    assert!(table.contains("Đã soát 3 bảng trong 7 tệp: 4 lỗi"), "{table}");
    let failures = err(&output);
    let places: Vec<usize> = MIXED
        .iter()
        .filter(|(_, code)| !code.is_empty())
        .map(|(path, _)| failures.find(&format!("{path}:")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{failures}");
}

#[test]
fn json_lines_and_csv_have_a_flat_row_for_each_file_and_finding() {
    let folder = mixed();
    let output = run(
        folder.path(),
        &[
            "check",
            "nộp",
            "--summary",
            "s.jsonl",
            "--summary",
            "s.csv",
            "--findings",
            "f.jsonl",
            "--findings",
            "f.csv",
        ],
    );
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    let files = lines(&folder.path().join("s.jsonl"));
    let told: Vec<(&str, &str)> = files
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["error_code"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(told, MIXED);
    assert_eq!((&files[0]["errors"], &files[0]["to_decide"]), (&2.into(), &0.into()));
    assert_eq!(files[0]["unit"], "Xã Đại Lãnh");
    assert_eq!(files[3]["status"], "unreadable");
    let findings = lines(&folder.path().join("f.jsonl"));
    let wrong: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
    let cells: Vec<_> = wrong.iter().map(|f| (&f["path"], &f["cell"], &f["expected"])).collect();
    let (first, last) = (Value::from(MIXED[0].0), Value::from(MIXED[5].0));
    let (q13, o14) = (Value::from("Q13"), Value::from("O14"));
    let (a, b) = (Value::from("2.35"), Value::from("0.3"));
    assert_eq!(
        cells,
        [(&first, &q13, &a), (&first, &o14, &b), (&last, &q13, &a), (&last, &o14, &b)]
    );
    assert!(
        findings.iter().all(|row| row
            .as_object()
            .unwrap()
            .values()
            .all(|v| !v.is_array() && !v.is_object()))
    );
    for (name, rows) in [("s.csv", files.len()), ("f.csv", findings.len())] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(text.lines().count(), rows + 1, "{name}");
        assert!(text.starts_with("path,unit,") && text.ends_with("\r\n"), "{text}");
    }
}

#[test]
fn the_summary_workbook_has_the_files_and_the_findings() {
    let folder = mixed();
    run(folder.path(), &["check", "nộp", "--summary", "tổng hợp.xlsx"]);
    let mut book: Xlsx<_> = open_workbook(folder.path().join("tổng hợp.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["Tệp", "Phát hiện", "Lỗi hay gặp"]);
    let files = book.worksheet_range("Tệp").unwrap();
    let text = |at: (u32, u32)| files.get_value(at).cloned().unwrap_or_default();
    assert_eq!(text((0, 1)), Data::String("Đơn vị".to_owned()));
    let paths: Vec<String> = (1..8).map(|row| text((row, 0)).to_string()).collect();
    assert_eq!(paths, MIXED.iter().map(|(path, _)| *path).collect::<Vec<_>>());
    assert_eq!(text((1, 4)), Data::Float(2.0));
    assert_eq!(text((4, 2)), Data::String("không đọc được".to_owned()));
    let findings = book.worksheet_range("Phát hiện").unwrap();
    assert!(findings.rows().any(|row| row[5] == Data::String("Q13".to_owned())));
}

#[test]
fn a_table_of_an_unknown_kind_or_an_existing_one_is_refused_before_any_work() {
    let folder = mixed();
    let unknown = run(folder.path(), &["check", "nộp", "--summary", "s.parquet"]);
    assert_eq!((unknown.status.code(), out(&unknown).as_str()), (Some(2), ""));
    assert!(err(&unknown).contains("E206") && err(&unknown).contains(".jsonl"));
    std::fs::write(folder.path().join("s.csv"), "mine").unwrap();
    let existing = run(folder.path(), &["check", "nộp", "--summary", "s.csv"]);
    assert!(err(&existing).contains("E301"), "{}", err(&existing));
    assert_eq!(std::fs::read_to_string(folder.path().join("s.csv")).unwrap(), "mine");
}

/// A pipe that nobody writes to is a file whose reading never ends. Among many files it is given to
/// a worker together with others.
#[cfg(unix)]
#[test]
fn a_file_that_takes_too_long_is_named_and_the_others_go_on() {
    for around in [1, 20] {
        let folder = tempfile::tempdir().unwrap();
        let pipe = Command::new("mkfifo").arg(folder.path().join("b.xlsx")).status().unwrap();
        assert!(pipe.success());
        for number in 0..around {
            copy("clean.xlsx", &folder.path().join(format!("a{number}.xlsx")));
            copy("clean.xlsx", &folder.path().join(format!("c{number}.xlsx")));
        }
        let output = run(folder.path(), &["check", ".", "--jobs", "1", "--max-seconds", "1"]);
        assert_eq!(output.status.code(), Some(2));
        let (text, failures) = (out(&output), err(&output));
        assert!(failures.contains("E108") && failures.contains("./b.xlsx"), "{failures}");
        assert_eq!(failures.matches('×').count(), 1, "{failures}");
        let (checked, files) = (2 * around, 2 * around + 1);
        let sum = format!("Đã soát {checked} bảng trong {files} tệp: 0 lỗi");
        assert!(text.contains(&sum), "{text}");
    }
}

/// What is slow to come takes no time of the processor: on a busy machine, or from a slow disk, a
/// right file is no failure.
#[cfg(unix)]
#[test]
fn a_file_that_comes_late_is_checked_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    copy("clean.xlsx", &folder.path().join("later"));
    let bytes = std::fs::read(folder.path().join("later")).unwrap();
    let writer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(1800));
        std::fs::write(path, bytes).unwrap();
    });
    let output = run(folder.path(), &["check", "a.xlsx", "--max-seconds", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    writer.join().unwrap();
}

#[test]
fn a_file_that_needs_too_much_of_the_processor_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A few kilobytes that ask for ten million cells.
    let row = "<table-row><table-cell number-columns-repeated=\"16384\" value-type=\"string\"><p>ab</p></table-cell></table-row>";
    let content = format!(
        "<document-content><body><spreadsheet><table name=\"S\">{}</table></spreadsheet></body></document-content>",
        row.repeat(600)
    );
    let mut zip = zip::ZipWriter::new(std::fs::File::create(folder.path().join("a.ods")).unwrap());
    for (name, part) in
        [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, part.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let output = run(folder.path(), &["check", "a.ods", "--max-seconds", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("E108") && err(&output).contains("giây xử lý"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_file_that_needs_too_much_memory_is_named_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    large(&folder.path().join("b.xlsx"), 9000, " (*)");
    for name in ["a.xlsx", "c.xlsx"] {
        copy("dai-lanh-2024.xlsx", &folder.path().join(name));
    }
    let small = ["--jobs", "1", "--max-memory", "16M"];
    let output = run(folder.path(), &[&["check", "."], &small[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    let (text, failures) = (out(&output), err(&output));
    assert!(failures.contains("E109") && failures.contains("./b.xlsx"), "{failures}");
    assert!(failures.contains("memory allocation of"), "{failures}");
    assert!(text.contains("Đã soát 2 bảng trong 3 tệp: 4 lỗi"), "{text}");
    let alone = run(folder.path(), &[&["fix", "b.xlsx"], &small[..]].concat());
    assert_eq!(alone.status.code(), Some(2));
    assert!(err(&alone).contains("E109"), "{}", err(&alone));
    let appendix = ["appendix", "b.xlsx", "-o", "c2.xlsx"];
    let appendix = run(folder.path(), &[&appendix[..], &small[2..]].concat());
    assert!(err(&appendix).contains("E109"), "{}", err(&appendix));
    let report = run(folder.path(), &[&["check", ".", "--format", "json"], &small[..]].concat());
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["files"][1]["error"]["code"], "E109");
    assert_eq!(report["files"][2]["status"], "checked");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing was written");
}

#[test]
fn outputs_of_a_folder_stand_in_the_same_folders_and_never_share_a_name() {
    let folder = mixed();
    copy("dai-lanh-2024.xls", &folder.path().join("nộp/c.xls"));
    let output = run(folder.path(), &["process", "nộp", "--out", "ra"]);
    assert_eq!(output.status.code(), Some(2));
    for name in [
        "a/đại lãnh.da-sua.xlsx",
        "a/đại lãnh.bao-cao.html",
        "c.xls.da-sua.xls",
        "c.xls.danh-sach-sua.xlsx",
        "c.xlsx.phu-luc.xlsx",
        "f.bao-cao.html",
    ] {
        assert!(folder.path().join("ra").join(name).exists(), "{name}");
    }
    let clean = folder.path().join("ra/c.xlsx.da-sua.xlsx");
    assert!(!clean.exists(), "a copy in which nothing was corrected is none");
    let table = out(&output);
    let line = table.lines().rfind(|line| line.starts_with("nộp/a/")).unwrap();
    assert!(line.contains("2         0         2               0"), "{line}");
    let fixed = run(folder.path(), &["fix", "nộp/c.xls", "nộp/f.ods", "-o", "sửa"]);
    assert_eq!(fixed.status.code(), Some(0), "{}", err(&fixed));
    for name in ["c.da-sua.xls", "c.danh-sach-sua.xlsx", "f.da-sua.ods"] {
        assert!(folder.path().join("sửa").join(name).exists(), "{name}");
    }
    let again = run(folder.path(), &["fix", "nộp/c.xls", "nộp/f.ods", "-o", "sửa"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(err(&again).matches("E301").count(), 2, "{}", err(&again));
}

#[test]
fn what_is_passed_over_in_a_folder_is_said_and_an_empty_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    copy("clean.xlsx", &folder.path().join("nộp/a.xlsx"));
    for name in ["b.docx", "c.pdf", "d.PDF", "~$a.xlsx", "a.bao-cao.html", "readme"] {
        std::fs::write(folder.path().join("nộp").join(name), "x").unwrap();
    }
    let output = run(folder.path(), &["check", "nộp"]);
    assert_eq!(output.status.code(), Some(0));
    let told = "Bỏ qua 4 mục không phải tệp bảng tính, ẩn hoặc là liên kết thư mục (.docx: 1, .pdf: 2, readme: 1).\n";
    assert_eq!(err(&output), told);
    std::fs::create_dir(folder.path().join("trống")).unwrap();
    for command in ["check", "process", "fix"] {
        let empty = run(folder.path(), &[command, "trống"]);
        assert_eq!((empty.status.code(), out(&empty).as_str()), (Some(2), ""));
        assert!(err(&empty).contains("E201") && err(&empty).contains("`trống`"), "{}", err(&empty));
    }
    let merged = run(folder.path(), &["merge", "trống", "-o", "m.xlsx"]);
    assert_eq!(merged.status.code(), Some(2));
}

#[test]
fn no_input_is_ever_replaced_whatever_is_forced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["a.xlsx", "a.da-sua.xlsx", "t/b.xlsx"] {
        copy("dai-lanh-2024.xlsx", &at(name));
    }
    let inputs = || ["a.xlsx", "a.da-sua.xlsx", "t/b.xlsx"].map(|n| std::fs::read(at(n)).unwrap());
    let before = inputs();
    for arguments in [
        &["check", "a.xlsx", "--summary", "a.xlsx"][..],
        &["check", "t", "--summary", "./t/../t/b.xlsx"],
        &["process", "t", "--out", "o", "--summary", "t/b.xlsx"],
        &["process", "a.xlsx", "a.da-sua.xlsx"],
        &["fix", "a.xlsx", "a.da-sua.xlsx", "-o", "."],
    ] {
        let output = run(folder.path(), &[arguments, &["--force"]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("E302"), "{arguments:?}: {}", err(&output));
        assert!(inputs() == before, "{arguments:?}");
    }
}

#[test]
fn files_of_one_name_have_outputs_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    copy("dai-lanh-2024.xlsx", &folder.path().join("Đông/b.xlsx"));
    copy("clean.xlsx", &folder.path().join("Tây/b.xlsx"));
    let output = run(folder.path(), &["process", "Đông", "Tây", "Tây/b.xlsx", "--out", "ra"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("Bỏ qua 1 tệp được nêu lặp lại."), "{}", err(&output));
    let checked = run(folder.path(), &["check", "Đông/b.xlsx", "./Đông/b.xlsx", "Đông"]);
    assert!(err(&checked).contains("tệp được nêu lặp lại"), "{}", err(&checked));
    assert!(out(&checked).contains("trong 1 tệp"), "{}", out(&checked));
    let merged = run(folder.path(), &["merge", "Đông", "Đông/b.xlsx", "./Đông", "-o", "gop.xlsx"]);
    assert!(!err(&merged).contains("trùng đơn vị"), "{}", err(&merged));
    assert!(err(&merged).contains("Bỏ qua 2 tệp được nêu lặp lại."), "{}", err(&merged));
    for name in ["Đông/b.bao-cao.html", "Tây/b.bao-cao.html", "Tây/b.phu-luc.xlsx"] {
        assert!(folder.path().join("ra").join(name).exists(), "{name}");
    }
}

/// What a run that was killed leaves is its own: it is replaced when the run goes on; what somebody
/// else wrote is not.
#[test]
fn outputs_begun_by_a_killed_run_are_replaced_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.xlsx", "b.xlsx", "c.xlsx"] {
        copy("dai-lanh-2024.xlsx", &folder.path().join("in").join(name));
    }
    let mine = folder.path().join("ra/c.bao-cao.html");
    std::fs::create_dir_all(folder.path().join("ra")).unwrap();
    std::fs::write(&mine, "mine").unwrap();
    let arguments = ["process", "in", "--out", "ra", "--resume"];
    assert_eq!(run(folder.path(), &arguments).status.code(), Some(2));
    // As if it had been killed before it noted that `b` was finished.
    let journal = folder.path().join("ra/soatbieu.journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    let b = format!("{:?}", Path::new("in/b.xlsx").as_os_str().as_encoded_bytes());
    let b = b.replace(' ', "");
    let kept = text.lines().filter(|line| !(line.contains(&b) && line.contains("\"done\"")));
    std::fs::write(&journal, kept.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let again = run(folder.path(), &arguments);
    assert_eq!(again.status.code(), Some(2), "{}", err(&again));
    assert_eq!(out(&again).matches("Đã sửa 2 ô").count(), 1, "{}", out(&again));
    assert_eq!(err(&again).matches("E301").count(), 1, "{}", err(&again));
    assert!(err(&again).contains("1 tệp đã xong từ lần chạy trước"), "{}", err(&again));
    assert!(err(&again).contains("1 tệp không ghi được kết quả."), "{}", err(&again));
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "mine");
}

#[test]
fn a_note_that_holds_for_every_file_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5 {
        copy("clean.xlsx", &folder.path().join(format!("in/{number}.xlsx")));
    }
    let output = run(folder.path(), &["process", "in", "--out", "ra"]);
    let notes = err(&output);
    let lines: Vec<&str> = notes.lines().collect();
    let once: std::collections::BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(lines.len(), once.len(), "{notes}");
}

/// File systems of Unix take such names.
#[cfg(unix)]
#[test]
fn a_name_cannot_steer_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    copy("dai-lanh-2024.xlsx", &folder.path().join("a/x\u{1b}[31m\ny.xlsx"));
    copy("broken.xlsx", &folder.path().join("a/z\u{1b}[31m.xlsx"));
    let output = run(folder.path(), &["check", "a", "--color", "never"]);
    let told = out(&output) + &err(&output);
    assert!(!told.contains('\u{1b}'), "{told:?}");
    assert!(out(&output).contains("a/x\\x1B[31m\\x0Ay.xlsx"), "{told:?}");
}

#[test]
fn what_was_written_into_a_folder_is_no_input_of_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    copy("dai-lanh-2024.xlsx", &folder.path().join("a.xlsx"));
    assert_eq!(run(folder.path(), &["process", "."]).status.code(), Some(0));
    let again = run(folder.path(), &["process", ".", "--force"]);
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn a_decision_is_for_one_file() {
    let folder = mixed();
    let output = run(folder.path(), &["fix", "nộp", "--accept", "Q13=2,35", "-o", "ra"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("--accept"), "{}", err(&output));
    assert!(!folder.path().join("ra").exists());
}

/// Files that a journal lists as finished; its last line may be half written.
fn finished(journal: &Path) -> usize {
    let text = std::fs::read_to_string(journal).unwrap();
    text.lines().filter(|line| line.contains("\"done\"") && line.ends_with('}')).count()
}

#[test]
fn a_run_goes_on_with_files_that_are_new_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("in").join(name);
    copy("dai-lanh-2024.xlsx", &at("a.xlsx"));
    copy("clean.xlsx", &at("b.xlsx"));
    std::fs::write(at("c.xlsx"), b"").unwrap();
    let first = run(folder.path(), &["process", "in", "--out", "ra"]);
    assert_eq!(first.status.code(), Some(2));
    let journal = folder.path().join("ra/soatbieu.journal.jsonl");
    assert_eq!(finished(&journal), 2, "a failure is tried again");
    // A line cut off, as a lost power supply leaves it.
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"path\":{\"Unix\":[1,2");
    std::fs::write(&journal, text).unwrap();
    copy("dai-lanh-2024.ods", &at("c.ods"));
    std::fs::remove_file(at("c.xlsx")).unwrap();
    let second = run(
        folder.path(),
        &[
            "process",
            "in",
            "--out",
            "ra",
            "--resume",
            "--summary",
            "s.jsonl",
            "--findings",
            "f.jsonl",
        ],
    );
    // Findings were not asked for the first time, so those files are done again, and refused.
    assert_eq!(err(&second).matches("E301").count(), 6 / 3, "{}", err(&second));
    let third =
        run(folder.path(), &["process", "in", "--out", "ra", "--resume", "--summary", "t.jsonl"]);
    assert_eq!(third.status.code(), Some(0), "{}", err(&third));
    assert!(!out(&third).contains("R101 ·"), "nothing is done again");
    let told: Vec<_> = lines(&folder.path().join("t.jsonl"))
        .into_iter()
        .map(|f| (f["path"].as_str().unwrap().to_owned(), f["corrected"].as_u64().unwrap()))
        .collect();
    let wanted = [("in/a.xlsx", 2), ("in/b.xlsx", 0), ("in/c.ods", 2)];
    assert_eq!(told, wanted.map(|(path, count)| (path.to_owned(), count)));
    std::fs::remove_file(folder.path().join("ra/a.bao-cao.html")).unwrap();
    let options = ["process", "in", "--out", "ra", "--resume", "--force"];
    let fourth = run(folder.path(), &options);
    assert!(out(&fourth).contains("R101 ·"), "an output was lost, so its file is done again");
    let roomier = run(folder.path(), &[&options[..], &["--max-seconds", "90"]].concat());
    assert!(!out(&roomier).contains("R101 ·"), "limits bear on no result");
    let other = run(folder.path(), &[&options[..], &["--lang", "en"]].concat());
    assert_eq!(out(&other).matches("R101 ·").count(), 2, "{}", out(&other));
}

#[test]
fn resuming_needs_a_journal_and_results_to_take_from_it() {
    let folder = mixed();
    let nowhere = run(folder.path(), &["check", "nộp", "--resume"]);
    assert!(err(&nowhere).contains("E206"), "{}", err(&nowhere));
    let json =
        run(folder.path(), &["check", "nộp", "--resume", "--format", "json", "--summary", "s.csv"]);
    assert!(err(&json).contains("E206"), "{}", err(&json));
}

/// Two forms, the first of which is compared with the second.
fn related(folder: &Path) -> Vec<&'static str> {
    const POOR: &str = "TT\tPhường/ Xã\tPhân tổ\tTổng số hộ nghèo đầu kỳ\tDiễn biến giảm số hộ nghèo\t\t\tDiễn biến tăng số hộ nghèo\t\t\t\tTổng số hộ nghèo cuối kỳ
\t\t\t\tSố hộ thoát nghèo\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đi nơi khác, tách,\tSố hộ cận nghèo trở thành hộ\tSố hộ nghèo bổ sung trong\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đến, tách,\t
\t\t\t\tTrở thành hộ cận nghèo\tVượt chuẩn cận nghèo\t\t\tTái nghèo\tPhát sinh mới\t\t
\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9=1-2-3-4+5+6+7+8
1\tXã Đông\tHộ\t119\t10\t45\t\t3\t0\t7\t\t74
2\tXã Tây\tHộ\t85\t23\t0\t\t0\t0\t5\t\t67
\tTổng cộng\tHộ\t204\t33\t45\t\t3\t0\t12\t\t141
";
    const NEAR_POOR: &str = "TT\tPhường/ Xã\tPhân tổ\tTổng số hộ cận nghèo đầu kỳ\tDiễn biến giảm số hộ cận nghèo\t\t\tDiễn biến tăng số hộ cận nghèo\t\t\t\tTổng số hộ cận nghèo cuối kỳ
\t\t\t\tSố hộ thoát cận nghèo\tSố hộ trở thành hộ nghèo\tSố hộ khác: thay đổi nhân khẩu, chuyển đi nơi khác, tách,\tSố hộ nghèo trở thành hộ cận nghèo\tSố hộ cận nghèo bổ sung trong\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đến, tách,\t
\t\t\t\t\t\t\t\tTái cận nghèo\tPhát sinh mới\t\t
\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9=1-2-3-4+5+6+7+8
1\tXã Đông\tHộ\t90\t20\t3\t\t10\t0\t2\t\t79
2\tXã Tây\tHộ\t60\t12\t0\t\t24\t0\t1\t\t73
\tTổng cộng\tHộ\t150\t32\t3\t\t34\t0\t3\t\t152
";
    for (name, text) in [("b poor.xlsx", POOR), ("c near.xlsx", NEAR_POOR)] {
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = book.add_worksheet().set_name("Biểu").unwrap();
        for (row, line) in (0..).zip(text.lines()) {
            for (column, value) in (0..).zip(line.split('\t')) {
                match value.parse::<f64>() {
                    Ok(number) if row > 3 => page.write_number(row, column, number).unwrap(),
                    _ => page.write_string(row, column, value).unwrap(),
                };
            }
        }
        book.save(folder.join(name)).unwrap();
    }
    vec!["b poor.xlsx", "c near.xlsx"]
}

#[test]
fn tables_of_two_files_are_compared_and_results_stay_in_order() {
    let folder = tempfile::tempdir().unwrap();
    related(folder.path());
    copy("dai-lanh-2024.xlsx", &folder.path().join("a.xlsx"));
    copy("dai-lanh-2024.xlsx", &folder.path().join("d.xlsx"));
    let output = run(folder.path(), &["check", ".", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths: Vec<_> = report["files"].as_array().unwrap().iter().map(|f| &f["path"]).collect();
    assert_eq!(paths, ["./a.xlsx", "./b poor.xlsx", "./c near.xlsx", "./d.xlsx"]);
    let findings = report["files"][1]["tables"][0]["findings"].as_array().unwrap();
    let differs = findings.iter().find(|finding| finding["code"] == "R507").unwrap();
    assert_eq!(differs["alternatives"][0][0], "'[c near.xlsx]Biểu'!H6");
    let alone = run(folder.path(), &["check", "b poor.xlsx"]);
    assert_eq!(alone.status.code(), Some(0), "{}", out(&alone));
    let text = run(folder.path(), &["process", ".", "--out", "ra"]);
    assert_eq!(out(&text).matches("R507 ·").count(), 1, "{}", out(&text));
    assert_eq!(text.status.code(), Some(1), "{}", err(&text));
    let page = std::fs::read_to_string(folder.path().join("ra/b poor.bao-cao.html")).unwrap();
    assert!(page.contains("R507"));
}

#[test]
fn a_new_file_to_compare_with_makes_a_finished_one_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    related(folder.path());
    copy("clean.xlsx", &folder.path().join("a.xlsx"));
    let aside = folder.path().join("near.later");
    std::fs::rename(folder.path().join("c near.xlsx"), &aside).unwrap();
    let check =
        |table| run(folder.path(), &["check", ".", "--summary", table, "--resume", "--force"]);
    assert_eq!(check("s.csv").status.code(), Some(0));
    assert_eq!(check("s.csv").status.code(), Some(0));
    std::fs::rename(&aside, folder.path().join("c near.xlsx")).unwrap();
    let with = check("s.csv");
    assert_eq!(with.status.code(), Some(1), "{}", out(&with));
    assert!(out(&with).contains("R507"));
}

/// Only here can a test send an interrupt.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_files_and_the_run_goes_on_later() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let folder = tempfile::tempdir().unwrap();
    for number in 0..24 {
        copy("dai-lanh-2024.xlsx", &folder.path().join(format!("in/{number:02}.xlsx")));
    }
    let arguments = ["process", "in", "--out", "ra", "--summary", "s.jsonl", "--resume"];
    let child = command(folder.path(), &arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = folder.path().join("ra/soatbieu.journal.jsonl");
    let begun = Instant::now();
    while !journal.exists() || finished(&journal) == 0 {
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing was done");
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let stopped = child.wait_with_output().unwrap();
    assert_eq!(stopped.status.code(), Some(130));
    assert!(err(&stopped).contains("--resume"), "{}", err(&stopped));
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(folder.path().join("ra")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let done = finished(&journal);
    assert!((1..24).contains(&done), "{done}");
    assert_eq!(names().len(), done * 4 + 1, "four outputs for each file that was begun");
    assert!(names().iter().all(|name| !name.starts_with('.')));
    assert!(!folder.path().join("s.jsonl").exists(), "no summary of half a run");
    let rest = run(folder.path(), &arguments);
    assert_eq!(rest.status.code(), Some(0), "{}", err(&rest));
    assert_eq!(out(&rest).matches("Đã sửa 2 ô").count(), 24 - done);
    assert_eq!(lines(&folder.path().join("s.jsonl")).len(), 24);
    assert_eq!(names().len(), 97);
}

#[test]
fn a_program_that_is_killed_leaves_each_output_whole_or_not_at_all() {
    use std::process::Stdio;
    use std::time::{Duration, Instant, SystemTime};
    const KILLS: u32 = 6;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.xlsx");
    large(&input, 2_500, "");
    let read = std::fs::read(&input).unwrap();
    let begin = |out: &str| {
        let mut run = command(folder.path(), &["process", "a.xlsx", "--out", out, "--force"]);
        run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let outputs = |out: &str| -> Vec<(String, Vec<u8>)> {
        let Ok(entries) = std::fs::read_dir(folder.path().join(out)) else { return Vec::new() };
        let named = entries.filter_map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            // What a worker that outlives the program has in hand may just be getting its name.
            let bytes = std::fs::read(entry.path()).ok();
            bytes.filter(|_| !name.starts_with('.')).map(|bytes| (name, bytes))
        });
        let mut named: Vec<_> = named.collect();
        named.sort();
        named
    };
    let start = Instant::now();
    assert!(begin("whole").wait().unwrap().success());
    let (whole, time) = (outputs("whole"), start.elapsed());
    assert!(whole.len() > 1 && whole.iter().any(|(_, bytes)| bytes.len() > 100_000));
    for kill in 0..KILLS {
        let out = format!("killed-{kill}");
        let mut child = begin(&out);
        // Outputs are written at the end.
        let part = time / KILLS * 2 / 5;
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let jitter = part * (clock.subsec_micros() % 1_000) / 1_000;
        std::thread::sleep(time * 3 / 5 + part * kill + jitter);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = outputs(&out);
        assert!(left.iter().all(|one| whole.contains(one)), "{kill}: {:?}", names(&left));
        assert_eq!(std::fs::read(&input).unwrap(), read);
    }
    // What is left behind is in nobody's way.
    std::thread::sleep(Duration::from_millis(50));
    let last = format!("killed-{}", KILLS - 1);
    assert!(begin(&last).wait().unwrap().success());
    assert_eq!(names(&outputs(&last)), names(&whole));
    assert_eq!(outputs(&last), whole);
}

fn names(outputs: &[(String, Vec<u8>)]) -> Vec<&str> {
    outputs.iter().map(|(name, _)| name.as_str()).collect()
}
