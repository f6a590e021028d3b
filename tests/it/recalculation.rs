//! LibreOffice computes every corrected workbook anew and must come to the same figures.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook};

/// Makes LibreOffice compute every formula on opening, whatever wrote the file.
const ALWAYS_RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Cells LibreOffice cannot compute: an unknown function, another workbook and what reads it.
const NOT_COMPUTED: [&str; 9] = ["M12", "L13", "M13", "P13", "Q13", "L14", "M14", "P14", "Q14"];

fn has_soffice() -> bool {
    Command::new("soffice").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn recalculated(path: &Path, folder: &Path) -> PathBuf {
    let profile = folder.join("profile");
    let settings = profile.join("user");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("registrymodifications.xcu"), ALWAYS_RECALCULATE).unwrap();
    let out = folder.join("out");
    let status = Command::new("soffice")
        .arg("--headless")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--convert-to", "xlsx", "--outdir"])
        .arg(&out)
        .arg(path)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    out.join(path.file_name().unwrap())
}

fn sheet(path: &Path) -> Range<Data> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    book.worksheet_range("PB 2024").unwrap()
}

fn name(at: (u32, u32)) -> String {
    format!("{}{}", char::from(b'A' + u8::try_from(at.1).unwrap()), at.0 + 1)
}

/// Cells whose figures differ, with both.
fn differing(a: &Range<Data>, b: &Range<Data>) -> Vec<(String, String, String)> {
    let (rows, columns) = (a.end().unwrap().0, a.end().unwrap().1);
    let mut found = Vec::new();
    for at in (0..=rows).flat_map(|row| (0..=columns).map(move |column| (row, column))) {
        let value = |range: &Range<Data>| range.get_value(at).cloned().unwrap_or(Data::Empty);
        let (one, other) = (value(a), value(b));
        let same = match (&one, &other) {
            (Data::Float(x), Data::Float(y)) => (x - y).abs() < 1e-9,
            (Data::Float(_), _) => false,
            _ => true,
        };
        if !same {
            found.push((name(at), one.to_string(), other.to_string()));
        }
    }
    found
}

#[test]
fn a_corrected_workbook_recalculates_to_its_own_figures() {
    if !has_soffice() {
        eprintln!("skipped: LibreOffice is not installed");
        return;
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for (sample, options) in [
        ("dai-lanh-2024-formulas.xlsx", &[][..]),
        ("dai-lanh-2024-formula-errors.xlsx", &[][..]),
        ("dai-lanh-2024-formula-errors.xlsx", &["--suggested"][..]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let corrected = folder.path().join("corrected.xlsx");
        assert_cmd::Command::cargo_bin("soatbieu")
            .unwrap()
            .arg("fix")
            .arg(samples.join(sample))
            .arg("-o")
            .arg(&corrected)
            .args(options)
            .assert()
            .success();
        let own = sheet(&corrected);
        assert!(own.get_value((13, 14)) == Some(&Data::Float(0.3)), "{sample}: not corrected");
        let computed = sheet(&recalculated(&corrected, folder.path()));
        let mut differing = differing(&own, &computed);
        differing.retain(|(cell, ..)| !NOT_COMPUTED.contains(&cell.as_str()));
        assert_eq!(differing, [], "{sample} {options:?}");
    }
}

#[test]
fn a_stale_workbook_does_not() {
    if !has_soffice() {
        eprintln!("skipped: LibreOffice is not installed");
        return;
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let path = samples.join("dai-lanh-2024-formula-errors.xlsx");
    let folder = tempfile::tempdir().unwrap();
    let differing = differing(&sheet(&path), &sheet(&recalculated(&path, folder.path())));
    assert!(differing.iter().any(|(cell, ..)| cell == "K10"), "{differing:?}");
}
