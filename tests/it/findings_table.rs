//! The table of findings over the samples and a few printed tables: no mistake that is not known of
//! them is told, and each that is known is.

#[path = "../../benches/findings_table/table.rs"]
mod table;

use std::path::{Path, PathBuf};

use soatbieu::lang::Lang;
use table::{Line, QUOTED, lines, render};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_errors_of_printed_tables_are_the_known_ones() {
    let found = lines(&[folder("tests/fixtures/printed")], Lang::En);
    let errors = found.iter().filter(|line| line.severity == "error");
    let errors: Vec<(&str, &str)> =
        errors.map(|line| (line.file.as_str(), line.cell.as_str())).collect();
    let known = found.iter().filter(|line| line.code == QUOTED).filter_map(|line: &Line| {
        let said = line.message.strip_prefix("known: ")?;
        Some((line.file.as_str(), said.split(' ').next()?))
    });
    assert_eq!(errors, known.collect::<Vec<_>>(), "{}", render(&found));
}

#[test]
fn a_table_that_cannot_be_checked_says_why() {
    let found = lines(&[folder("samples/no-table.xlsx"), folder("not-there.tsv")], Lang::En);
    let failed: Vec<(&str, &str)> = found
        .iter()
        .filter(|line| line.code.starts_with('E'))
        .map(|line| (line.file.as_str(), line.code.as_str()))
        .collect();
    assert_eq!(failed, [("no-table.xlsx", "E201"), ("not-there.tsv", "E101")]);
}

#[test]
fn every_finding_on_the_samples_can_be_looked_at() {
    let found = lines(&[folder("samples"), folder("tests/fixtures/printed")], Lang::En);
    insta::assert_snapshot!("findings_table", render(&found));
}
