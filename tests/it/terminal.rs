//! Nothing from a file, its name or an argument steers the terminal it is shown on.
#![cfg(unix)]

use crate::common;
use std::ffi::OsString;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use assert_cmd::Command;
use proptest::prelude::*;

/// Characters that steer, among others that are harmless.
fn odd() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        Just('\u{1b}'),
        Just('\u{9b}'),
        Just('\u{7}'),
        Just('\u{8}'),
        Just('\r'),
        Just('\u{202e}'),
        Just('\u{2066}'),
        Just('\u{200f}'),
        Just('\u{9d}'),
        Just('['),
        Just('2'),
        Just('J'),
        Just('m'),
        Just('ế'),
        any::<char>(),
    ];
    proptest::collection::vec(letter, 1..12).prop_map(|letters| letters.into_iter().collect())
}

/// The sample with another name of its sheet, another heading and another name of a row.
fn workbook(tab: &str, text: &str) -> Vec<u8> {
    let sample = std::fs::read("samples/dai-lanh-2024.xlsx").unwrap();
    let mut parts = zip::ZipArchive::new(Cursor::new(sample)).unwrap();
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let reference = |text: &str| -> String {
        let each =
            |letter: char| ["&#x".to_owned(), format!("{:x}", u32::from(letter)), ";".to_owned()];
        text.chars().flat_map(each).collect()
    };
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if Path::new(&name).extension().is_some_and(|suffix| suffix == "xml") {
            let xml = String::from_utf8(bytes).unwrap();
            bytes = xml
                .replace("name=\"PB 2024\"", &format!("name=\"{}\"", reference(tab)))
                .replace("Tây Nam 2", &reference(text))
                .replace("Tổng số hộ dân cư", &reference(text))
                .into_bytes();
        }
        made.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        made.write_all(&bytes).unwrap();
    }
    made.finish().unwrap().into_inner()
}

/// What a command prints holds nothing that steers, whatever it says.
fn prints_nothing_that_steers(folder: &Path, words: &[OsString]) -> Result<(), TestCaseError> {
    let output =
        Command::cargo_bin("soatbieu").unwrap().current_dir(folder).args(words).output().unwrap();
    for bytes in [&output.stdout, &output.stderr] {
        let printed = String::from_utf8_lossy(bytes);
        let found = printed.char_indices().find(|(_, letter)| soatbieu::report::steers(*letter));
        prop_assert_eq!(found, None, "{:?} printed {:?}", words, printed);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(12), ..ProptestConfig::default() })]

    #[test]
    fn no_command_prints_what_steers_a_terminal(tab in odd(), text in odd(), name in odd()) {
        let folder = tempfile::tempdir().unwrap();
        let name: String = name.chars().filter(|letter| !matches!(letter, '/' | '\0')).collect();
        let file = format!("a{name}.xlsx");
        std::fs::write(folder.path().join(&file), workbook(&tab, &text)).unwrap();
        let commands: [&[&str]; 12] = [
            &["check", &file],
            &["check", &file, "--explain-table", "--lang", "en"],
            &["check", &file, "--format", "json"],
            &["check", "."],
            &["check", &file, "--sheet", &tab],
            &["fix", &file, "--diff"],
            &["process", &file, "--out", "out"],
            &["appendix", &file, "-o", "phu-luc.xlsx"],
            &["merge", &file, "out", "-o", "gop.xlsx"],
            &["forms", "new", &file],
            &["explain", &text],
            &["check", &file, "--limit", &text],
        ];
        for words in commands {
            // No argument holds a zero byte.
            let words: Vec<OsString> = words.iter().map(|word| word.replace('\0', "").into()).collect();
            prints_nothing_that_steers(folder.path(), &words)?;
        }
    }
}
