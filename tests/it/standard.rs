//! Standard output: that it cannot be written is an error, and outputs can be sent there.
#![cfg(unix)]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::FileFormat;

/// A folder with samples in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["clean.xlsx", "dai-lanh-2024.xlsx", "dai-lanh-2024.xls", "dai-lanh-2024.ods"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
        std::fs::copy(sample, folder.path().join(name)).unwrap();
    }
    folder
}

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soatbieu"));
    command.current_dir(folder).args(arguments);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments).stdin(Stdio::null()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Every command that prints, with words for it.
const PRINTING: &[&[&str]] = &[
    &["check", "dai-lanh-2024.xlsx"],
    &["check", "dai-lanh-2024.xlsx", "--format", "json"],
    &["check", "."],
    &["check", "clean.xlsx", "--explain-table"],
    &["fix", "dai-lanh-2024.xlsx", "--diff"],
    &["fix", "dai-lanh-2024.xlsx", "-o", "-"],
    &["compare", "dai-lanh-2024.xlsx", "clean.xlsx"],
    &["forms"],
    &["forms", "new", "clean.xlsx"],
    &["rules"],
    &["explain", "R101"],
    &["completions", "bash"],
    &["man"],
    &["--help"],
    &["help", "fix"],
    &["--version"],
];

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_every_command() {
    let folder = folder();
    for arguments in PRINTING {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = program(folder.path(), arguments);
        let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains("E302"), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn a_reader_that_is_gone_is_none() {
    let folder = folder();
    for arguments in PRINTING {
        let usual = run(folder.path(), arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = program(folder.path(), arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), usual.status.code(), "{arguments:?}");
        assert!(!told(&output).contains("E302"), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn an_output_goes_to_standard_output_whole() {
    let folder = folder();
    let before: Vec<OsString> = names(folder.path());
    let cases: &[(&[&str], FileFormat)] = &[
        (&["fix", "dai-lanh-2024.xlsx", "-o", "-"], FileFormat::Xlsx),
        (&["fix", "dai-lanh-2024.ods", "--out=-"], FileFormat::Ods),
        (&["fix", "dai-lanh-2024.ods", "-o-", "--as", "xlsx"], FileFormat::Xlsx),
        // Beside one that stays .xls there is a list of changes.
        (&["fix", "dai-lanh-2024.xls", "-o", "-"], FileFormat::Xlsx),
        (&["fix", "clean.xlsx", "-o", "-", "--format", "json"], FileFormat::Xlsx),
        (&["appendix", "clean.xlsx", "-o", "-"], FileFormat::Xlsx),
    ];
    for (arguments, format) in cases {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        let written = workbook(&output.stdout, &Limits::default()).unwrap();
        assert_eq!(written.format, *format, "{arguments:?}");
        assert!(!told(&output).contains("/ket-qua"), "{}", told(&output));
    }
    let page = run(folder.path(), &["compare", "dai-lanh-2024.xlsx", "clean.xlsx", "-o", "-"]);
    assert!(page.stdout.starts_with(b"<!DOCTYPE html>"), "{}", told(&page));
    assert!(told(&page).contains("đã sửa đủ"), "what is printed otherwise goes to standard error");
    let form = run(folder.path(), &["forms", "new", "clean.xlsx", "-o", "-"]);
    assert!(soatbieu::forms::parse(&String::from_utf8(form.stdout).unwrap()).is_ok());
    assert_eq!(names(folder.path()), before, "nothing is written here");
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<OsString> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn several_outputs_and_failures_send_nothing() {
    let folder = folder();
    let several = run(folder.path(), &["fix", ".", "-o", "-"]);
    assert_eq!((several.status.code(), several.stdout.len()), (Some(2), 0));
    assert!(told(&several).contains("nhiều tệp"), "{}", told(&several));
    for words in [
        &["process", "clean.xlsx", "--out", "-"][..],
        &["remarks", "clean.xlsx", "--out", "-"],
        &["man", "-o", "-"],
    ] {
        let output = run(folder.path(), words);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words:?}");
        assert!(told(&output).contains("nhiều tệp"), "{words:?}: {}", told(&output));
        assert!(!folder.path().join("-").exists(), "{words:?}");
    }
    let missing = run(folder.path(), &["fix", "x.xlsx", "-o", "-"]);
    assert_eq!((missing.status.code(), missing.stdout.len()), (Some(2), 0));
    let refused = run(folder.path(), &["merge", "dai-lanh-2024.xlsx", "clean.xlsx", "-o", "-"]);
    assert!(refused.status.code() > Some(0) && refused.stdout.is_empty(), "{}", told(&refused));
}

/// Runs the program on a terminal, which `script` of util-linux stands for.
fn on_a_terminal(folder: &Path, words: &str) -> Option<(Option<i32>, String)> {
    let call = format!("'{}' {words}", env!("CARGO_BIN_EXE_soatbieu"));
    let mut command = Command::new("script");
    command.current_dir(folder).args(["--quiet", "--return", "--command", &call, "/dev/null"]);
    command.env_remove("NO_COLOR").env_remove("COLUMNS").stdin(Stdio::null());
    let output = command.output().ok()?;
    Some((output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned()))
}

#[test]
fn a_terminal_gets_no_workbook_and_a_dumb_one_no_colours() {
    let folder = folder();
    for words in ["fix dai-lanh-2024.xlsx -o -", "appendix clean.xlsx -o -", "merge . -o -"] {
        let Some((status, shown)) = on_a_terminal(folder.path(), words) else {
            println!("skipped: there is no `script`");
            return;
        };
        assert_eq!(status, Some(2), "{words}: {shown}");
        assert!(shown.contains("E302") && shown.contains("màn hình"), "{words}: {shown}");
        assert!(!shown.contains("PK\u{3}\u{4}"), "{words}: {shown}");
    }
    let check = |terminal: &str| {
        let again = format!("TERM={terminal} '{}' check .", env!("CARGO_BIN_EXE_soatbieu"));
        let words = format!("--version; {again}");
        on_a_terminal(folder.path(), &words).map(|(_, shown)| shown).unwrap_or_default()
    };
    assert!(check("xterm").contains("\u{1b}[31m"), "a terminal has colours");
    let plain = check("dumb");
    assert!(plain.contains("R101") && !plain.contains('\u{1b}'), "{plain:?}");
}

#[test]
fn suffixes_that_are_not_written_are_refused() {
    let folder = folder();
    let cases: &[&[&str]] = &[
        &["fix", "clean.xlsx", "-o", "a.pdf"],
        &["fix", "clean.xlsx", "-o", "a"],
        &["appendix", "clean.xlsx", "-o", "a.docx"],
        &["compare", "clean.xlsx", "clean.xlsx", "-o", "a.xlsx"],
        &["merge", "clean.xlsx", "dai-lanh-2024.xlsx", "-o", "a.ods"],
        &["forms", "new", "clean.xlsx", "-o", "a.txt"],
        &["fix", "clean.xlsx", "-o", "sub/-"],
    ];
    for arguments in cases {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains("E206"), "{arguments:?}: {}", told(&output));
    }
    assert_eq!(names(folder.path()).len(), 4);
}

#[test]
fn what_is_no_regular_file_is_never_replaced() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("d.html")).unwrap();
    let pipe = folder.path().join("p.html");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/null", folder.path().join("n.html")).unwrap();
    for out in ["d.html", "p.html", "n.html"] {
        let arguments = ["compare", "clean.xlsx", "clean.xlsx", "-o", out, "--force"];
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{out}");
        assert!(told(&output).contains("E302"), "{out}: {}", told(&output));
    }
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
    assert!(folder.path().join("d.html").is_dir());
}

#[test]
fn a_file_in_place_of_the_folder_of_outputs_is_named_as_such() {
    let folder = folder();
    std::fs::write(folder.path().join("o"), "").unwrap();
    let output = run(folder.path(), &["process", "clean.xlsx", "--out", "o"]);
    assert_eq!(output.status.code(), Some(2));
    let told = told(&output);
    assert!(told.contains("E302") && told.contains("đi qua một tệp"), "{told}");
}

#[test]
fn names_that_are_no_text_survive() {
    let folder = folder();
    let inside = folder.path().join("in");
    std::fs::create_dir(&inside).unwrap();
    let raw: [&[u8]; 3] = [b"x\xE9.xlsx", b"x\xEA.xlsx", b"x\x1B[1m.xlsx"];
    for name in raw {
        std::fs::copy(folder.path().join("clean.xlsx"), inside.join(OsStr::from_bytes(name)))
            .unwrap();
    }
    let output = run(folder.path(), &["check", "in", "--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths: Vec<&str> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["in/x\\x1B[1m.xlsx", "in/x\\xE9.xlsx", "in/x\\xEA.xlsx"]);
    let first = run(folder.path(), &["process", "in", "--out", "o"]);
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let report = [&b"x\xE9"[..], b".bao-cao.html"].concat();
    assert!(folder.path().join("o").join(OsString::from_vec(report)).is_file());
    let again = run(folder.path(), &["process", "in", "--out", "o", "--resume"]);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    assert!(told(&again).contains("3 tệp đã xong từ lần chạy trước"), "{}", told(&again));
}

#[test]
fn names_are_refused_in_plain_words() {
    let folder = folder();
    let long = format!("{}.xlsx", "a".repeat(300));
    let cases = [
        (vec!["check", &*long], "tên tệp quá dài", "too long"),
        (vec!["check", "khong-co.xlsx"], "không có tệp", "no such file"),
        (vec!["check", "~$clean.xlsx"], "tệp khóa", "lock"),
        (vec!["fix", "clean.xlsx", "-o", &*long], "tên tệp quá dài", "too long"),
    ];
    for (arguments, vi, en) in cases {
        for (lang, words) in [("vi", vi), ("en", en)] {
            let output = run(folder.path(), &[&arguments[..], &["--lang", lang]].concat());
            assert_eq!(output.status.code(), Some(2));
            let told = told(&output).replace("\n  │", "");
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused_in_plain_words() {
    let folder = folder();
    // A form without end.
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("f.toml")).unwrap();
    // One whose first megabyte ends within a letter, and one that is no text.
    let long = format!("#{}", "ế".repeat(400_000));
    std::fs::write(folder.path().join("long.toml"), long).unwrap();
    std::fs::write(folder.path().join("bytes.toml"), b"id = \"\xff\"").unwrap();
    let cases: [(&[&str], &str, &str); 5] = [
        (&["check", "clean.xlsx", "--form", "f.toml"], "lớn hơn 1 MB", "larger than 1 MB"),
        (&["check", "clean.xlsx", "--form", "long.toml"], "lớn hơn 1 MB", "larger than 1 MB"),
        (&["check", "clean.xlsx", "--form", "bytes.toml"], "không mở được", "cannot open"),
        (&["check", "clean.xlsx", "--max-seconds", "x"], "số nguyên", "whole number"),
        (&["check", "clean.xlsx", "--jobs", "99999999999999999999"], "số nguyên", "whole number"),
    ];
    for (arguments, vi, en) in cases {
        for (lang, words) in [("vi", vi), ("en", en)] {
            let output = run(folder.path(), &[arguments, &["--lang", lang]].concat());
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            let told = told(&output).replace("\n  │", "");
            assert!(told.contains(words), "{words}: {told}");
        }
    }
    let mut nowhere = program(folder.path(), &["check", "clean.xlsx"]);
    let output = nowhere.env("TMPDIR", "/no/such/folder").stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = told(&output).replace("\n  │", "");
    assert!(told.contains("thư mục tạm `/no/such/folder`") && told.contains("TMPDIR"), "{told}");
}
