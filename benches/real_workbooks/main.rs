//! What the program decides in the workbooks of a folder, sheet by sheet, so that a person can judge
//! it: figures, tables, relations by their source, findings. With a census beside it
//! (`census.tsv`), how much of what a careful person checks is decided:
//! `cargo run --release --example real_workbooks -- [--census FILE] [--findings] FOLDER…`; with
//! `--functions` only the functions that their formulas call, and which are not computed.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be read is no measurement")]

mod census;
mod functions;

use std::path::{Path, PathBuf};

use soatbieu::findings::Checked;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::relations::{Relation, Source};
use soatbieu::rules::Severity;
use soatbieu::workbook::{Value, Workbook};
use soatbieu::{checkup, findings, forms, read};

/// Figures from which a sheet counts.
const FIGURES: usize = 15;

fn main() {
    let (mut paths, mut list, mut each, mut called) = (Vec::new(), None, false, false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--census" => list = words.next(),
            "--findings" => each = true,
            "--functions" => called = true,
            _ => collect(Path::new(&word), &mut paths),
        }
    }
    paths.sort();
    if called {
        return print_functions(&paths);
    }
    let mut census = list.map(|file| census::Census::read(&std::fs::read_to_string(file).unwrap()));
    let request = Request { known: forms::builtin().unwrap(), ..Request::default() };
    println!(
        "file\tsheet\tfigures\ttables\tprinted\tform\tcells\theadings\tfound\terrors\twarnings\tnotes\twhy not"
    );
    for path in &paths {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let Ok(workbook) = read::workbook(&bytes, &read::Limits::default()) else { continue };
        let outcome = checkup::check_workbook(workbook.clone(), &request);
        for sheet in figures(&workbook) {
            print_sheet(path, &sheet, &outcome, each);
        }
        if let (Some(census), Ok(checkup)) = (&mut census, &outcome) {
            for checked in &checkup.tables {
                census.meet(path, checked);
            }
        }
    }
    if let Some(census) = census {
        println!("{}", census.report());
    }
}

fn print_functions(paths: &[PathBuf]) {
    let mut functions = functions::Functions::default();
    for path in paths {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let Ok(workbook) = read::workbook(&bytes, &read::Limits::default()) else { continue };
        functions.meet(&workbook);
    }
    println!("{}", functions.report());
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), found);
        }
    } else if path
        .extension()
        .is_some_and(|suffix| suffix.to_string_lossy().starts_with(['x', 'o']))
    {
        found.push(path.to_owned());
    }
}

/// The sheets with figures, and how many each has.
fn figures(workbook: &Workbook) -> Vec<(String, usize)> {
    let is_number = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits > 0 && text.trim().chars().all(|c| c.is_ascii_digit() || "., -".contains(c))
    };
    let is_figure = |value: &Value| match value {
        Value::Number(_) => true,
        Value::Text(text) => is_number(text),
        _ => false,
    };
    let count = |sheet: &soatbieu::workbook::Sheet| {
        sheet.cells().iter().filter(|(_, cell)| is_figure(&cell.value)).count()
    };
    let all = workbook.sheets.iter().map(|sheet| (sheet.name.clone(), count(sheet)));
    all.filter(|(_, figures)| *figures >= FIGURES).collect()
}

/// True where a relation is decided on a cell: printed, of a form or live, or found beyond chance.
pub(crate) fn is_decided(relation: &Relation) -> bool {
    let strong = relation.evidence.bits.is_some_and(|bits| bits >= 10);
    let told = matches!(
        relation.source,
        Source::Printed | Source::Form | Source::Both | Source::Cells | Source::Marks
    );
    relation.evidence.of > 0 && (told || strong)
}

fn print_sheet(
    path: &Path,
    (sheet, figures): &(String, usize),
    outcome: &Result<checkup::Checkup, soatbieu::failure::Failure>,
    each: bool,
) {
    let tables: Vec<&Checked> = outcome
        .iter()
        .flat_map(|checkup| &checkup.tables)
        .filter(|checked| checked.table.sheet == *sheet)
        .collect();
    let count = |wanted: &dyn Fn(Source) -> bool| {
        let all = tables.iter().flat_map(|checked| &checked.relations);
        all.filter(|one| is_decided(one) && wanted(one.source)).count()
    };
    let told = |severity: Severity| {
        let all = tables.iter().flat_map(|checked| &checked.findings);
        all.filter(|finding| finding.severity == severity).count()
    };
    let why = match outcome {
        Err(failure) => failure.message.get(Lang::Vi).to_owned(),
        Ok(checkup) => {
            let own = checkup.skipped.iter().filter(|skipped| skipped.sheet == *sheet);
            own.map(|skipped| skipped.reason.get(Lang::Vi)).collect::<Vec<_>>().join("; ")
        }
    };
    let printed = |source| matches!(source, Source::Printed | Source::Marks);
    println!(
        "{}\t{sheet}\t{figures}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        path.display(),
        tables.len(),
        count(&printed),
        count(&|source| matches!(source, Source::Form | Source::Both)),
        count(&|source| source == Source::Cells),
        count(&|source| source == Source::Headings),
        count(&|source| source == Source::Found),
        told(Severity::Error),
        told(Severity::Warning),
        told(Severity::Note),
        why.replace(['\n', '\t'], " "),
    );
    for checked in tables.iter().filter(|_| each) {
        for finding in &checked.findings {
            let message = findings::words::message(checked, finding, Lang::Vi);
            let severity = format!("{:?}", finding.severity);
            println!("\t{}\t{severity}\t{}\t{message}", finding.rule.code, checked.cell(finding));
        }
    }
}
