//! Calculates every formula of the workbooks in a folder and sets the results against the stored
//! ones: `cargo run --release --example formula_agreement -- FOLDER`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use soatbieu::formula::{Limits, recalculate};
use soatbieu::read;
use soatbieu::workbook::{Value, Workbook};

#[derive(Default)]
struct Counts {
    files: usize,
    unread: usize,
    formulas: usize,
    without_result: usize,
    stale: usize,
    circular: usize,
    reasons: BTreeMap<String, usize>,
}

#[expect(clippy::print_stdout, reason = "the figures are what this program is for")]
fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let mut paths = Vec::new();
    collect(&folder, 0, &mut paths);
    paths.sort();
    let mut all = Counts::default();
    let start = Instant::now();
    for path in &paths {
        let Ok(bytes) = std::fs::read(path) else { continue };
        match read::workbook(&bytes, &read::Limits::default()) {
            Ok(workbook) => println!("{}: {}", path.display(), measure(&workbook, &mut all)),
            Err(failure) => {
                all.unread += 1;
                println!("{}: {failure:?}", path.display());
            }
        }
    }
    let open: usize = all.reasons.values().sum();
    let equal = all.formulas - open - all.stale - all.circular - all.without_result;
    println!(
        "{} files, {} not read; {} formulas: {equal} equal, {} differ, {} circular, \
         {} without a stored result, {open} not judged; {:.2?}",
        all.files,
        all.unread,
        all.formulas,
        all.stale,
        all.circular,
        all.without_result,
        start.elapsed()
    );
    for (reason, count) in &all.reasons {
        println!("{count:8}  {reason}");
    }
}

fn collect(folder: &Path, depth: u32, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        if path.is_dir() && depth < 8 {
            collect(&path, depth + 1, paths);
        } else if ["xlsx", "xlsm", "xlsb", "xls", "ods"].contains(&suffix) {
            paths.push(path);
        }
    }
}

/// Adds one workbook to the counts and says what differs in it.
fn measure(workbook: &Workbook, all: &mut Counts) -> String {
    let result = recalculate(workbook, &[], &Limits::default());
    let open: std::collections::BTreeSet<_> =
        result.not_judged.iter().map(|open| open.place).collect();
    let mut formulas = 0;
    for (sheet, own) in workbook.sheets.iter().enumerate() {
        for (at, cell) in own.cells().iter().filter(|(_, cell)| cell.formula.is_some()) {
            formulas += 1;
            let place = soatbieu::formula::CellPlace { sheet, at: *at };
            let judged = !open.contains(&place) && !result.circular.contains(&place);
            all.without_result += usize::from(judged && cell.value == Value::Blank);
        }
    }
    all.files += 1;
    all.formulas += formulas;
    all.stale += result.stale.len();
    all.circular += result.circular.len();
    for open in &result.not_judged {
        *all.reasons.entry(open.reason.to_string()).or_default() += 1;
    }
    let first: Vec<String> =
        result.stale.iter().take(8).map(|stale| shown(workbook, stale)).collect();
    let differ = result.stale.len();
    format!("{formulas} formulas, {differ} differ {}", first.join("; "))
}

fn shown(workbook: &Workbook, stale: &soatbieu::formula::Stale) -> String {
    let sheet = &workbook.sheets[stale.place.sheet];
    let formula = sheet.cell(stale.place.at).and_then(|cell| cell.formula.as_deref());
    format!(
        "{}!{} ={} stored {:?} calculated {:?}",
        sheet.name,
        stale.place.at,
        formula.unwrap_or_default(),
        stale.stored,
        stale.calculated
    )
}
