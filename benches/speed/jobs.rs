//! What reading other formats costs beside calamine, and what copies cost beside the check.
//!
//! `.xls` and `.ods` files are made by LibreOffice (`soffice`). The packing of a copy is what the parts of
//! the copy cost to be unpacked once and packed again, with nothing done to them.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use soatbieu::appendix::Options;
use soatbieu::desk::Desk;
use soatbieu::lang::Lang;
use soatbieu::output::Marks;
use soatbieu::patch::LEVEL;
use soatbieu::screen::Checker;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::table::{Damage, Kind};
use crate::{Cost, Outcome, write};

/// Rows of the tables in other formats.
const LENGTHS: [u32; 3] = [100, 1_000, 10_000];

/// Rows of the tables that are corrected.
const CORRECTED: [u32; 5] = [8, 200, 2_000, 20_000, 100_000];

/// Prints both tables.
pub(crate) fn print() -> Outcome<()> {
    println!("format\trows\tms\tMiB\tms calamine\tratio");
    for suffix in ["xls", "ods"] {
        for villages in LENGTHS {
            let folder = tempfile::tempdir()?;
            write(Kind { villages, ..Kind::default() }, 1, folder.path())?;
            convert(folder.path(), suffix)?;
            let [own, raw] = costs(
                ["soatbieu", "calamine"].map(|reader| (reader, folder.path())),
                50_000 / villages,
            )?;
            let ratio = own.cpu / raw.cpu;
            println!(
                ".{suffix}\t{villages}\t{:.2}\t{:.0}\t{:.2}\t{ratio:.2}",
                own.cpu, own.peak, raw.cpu
            );
        }
    }
    println!("\njob\trows\tms\tMiB\tms check\tms packing\tof check, the packing aside");
    let job = |name: &str, job, kind: Kind| -> Outcome<()> {
        let folder = tempfile::tempdir()?;
        write(kind, 1, folder.path())?;
        let copies = tempfile::tempdir()?;
        correct(folder.path(), copies.path())?;
        let times = (2_000 / kind.villages).max(1);
        let (files, copies) = (folder.path(), copies.path());
        let readers = [(job, files), ("damaged", files), ("packing", copies)];
        let [job, check, packing] = costs(readers, times)?;
        println!(
            "{name}\t{}\t{:.2}\t{:.0}\t{:.2}\t{:.2}\t{:.2}",
            kind.villages,
            job.cpu,
            job.peak,
            check.cpu,
            packing.cpu,
            (job.cpu - packing.cpu) / check.cpu
        );
        Ok(())
    };
    let damaged = |villages, damage| Kind { villages, damage, ..Kind::default() };
    for villages in CORRECTED {
        job("fix, 5 wrong figures", "fix", damaged(villages, Damage::Cells(5)))?;
    }
    for villages in [200, 2_000, 20_000] {
        job("fix, a column of rates wrong", "fix", damaged(villages, Damage::Column))?;
        let formulas = Kind { formulas: true, ..damaged(villages, Damage::Cells(5)) };
        job("fix, live formulas, 5 wrong figures", "fix", formulas)?;
    }
    for villages in CORRECTED {
        job("process, 5 wrong figures", "process", damaged(villages, Damage::Cells(5)))?;
    }
    Ok(())
}

/// The middle cost of three for each reader of a folder, taken by turns.
fn costs<const N: usize>(readers: [(&str, &Path); N], times: u32) -> Outcome<[Cost; N]> {
    let mut rounds: [Vec<Cost>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..3 {
        for (costs, (reader, folder)) in rounds.iter_mut().zip(readers) {
            costs.push(Cost::of(reader, folder, times, 1)?);
        }
    }
    Ok(rounds.map(|mut costs| {
        costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
        costs.swap_remove(1)
    }))
}

/// Writes the corrected copies of a folder's workbooks into another.
fn correct(folder: &Path, copies: &Path) -> Outcome<()> {
    let (limits, request) = crate::set_up()?;
    let mut checker = Checker::new(&limits, &request);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.display().to_string();
        let mut desk = Desk::open(&name, fs::read(&path)?, &mut checker)?;
        let (copy, _) = desk.copy(Marks::Full, Lang::Vi)?;
        fs::write(copies.join(path.file_name().ok_or("a file has a name")?), copy.bytes)?;
    }
    Ok(())
}

/// Writes the workbooks of a folder anew in another format.
fn convert(folder: &Path, suffix: &str) -> Outcome<()> {
    let file = folder.join("0.xlsx");
    let profile = tempfile::tempdir()?;
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", suffix, "--outdir"])
        .args([folder, &file])
        .output()?;
    if !folder.join(format!("0.{suffix}")).is_file() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(fs::remove_file(file)?)
}

/// Does a job on a workbook, in memory.
pub(crate) fn run(
    job: &str,
    path: &Path,
    bytes: Vec<u8>,
    checker: &mut Checker<'_>,
) -> Outcome<()> {
    if job == "packing" {
        return repack(&bytes);
    }
    let name = path.display().to_string();
    let mut desk = Desk::open(&name, bytes, checker)?;
    std::hint::black_box(desk.copy(Marks::Full, Lang::Vi)?);
    if job == "process" {
        std::hint::black_box(desk.html(Lang::Vi)?);
        std::hint::black_box(desk.appendix(0, &Options::default(), true)?);
    }
    Ok(())
}

fn repack(bytes: &[u8]) -> Outcome<()> {
    let mut package = ZipArchive::new(Cursor::new(bytes))?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..package.len() {
        let mut part = package.by_index(index)?;
        let method = part.compression();
        let level = (method == CompressionMethod::Deflated).then_some(LEVEL);
        let options =
            SimpleFileOptions::default().compression_method(method).compression_level(level);
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        packed.start_file(part.name()?, options)?;
        packed.write_all(&content)?;
    }
    std::hint::black_box(packed.finish()?);
    Ok(())
}
