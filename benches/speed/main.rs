//! What checking costs against rows, as ratios of CPU time to calamine's raw read of the same files:
//! one line of a tab-separated table for each number of villages.
//!
//! ```text
//! cargo run --release --example speed              # 8 to 1,048,573 villages
//! cargo run --release --example speed 8 100000     # these
//! cargo run --release --example speed write 8 10000 folder   # only the files
//! cargo run --release --example speed write 200 1 folder slip   # or formulas, texts, column, groups, 100
//! cargo run --release --example speed growth         # how the cost grows, with exponents
//! cargo run --release --example speed jobs           # other formats, and writing copies
//! cargo build --release && cargo run --release --example speed start   # from start to report
//! ```
//!
//! The files of one line are of one form and of one program, as those of a folder are, and what they
//! have in common is read once (`soatbieu`); `alone` is the cost of files of which nothing is known.
//! Every figure is taken in a process of its own, calamine and soatbieu by turns, so that the peak of
//! memory is its own and a busy machine slows both. CPU time and memory come from `/proc` (Linux).
#![allow(clippy::print_stdout, reason = "prints its results")]

mod growth;
mod jobs;
mod table;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use calamine::{DataRef, Reader as _, Sheets, open_workbook_auto_from_rs};
use soatbieu::forms;
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use table::{Damage, Kind};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Villages of a full sheet, beside its rows of headings, index and total.
const FULL_SHEET: u32 = 1_048_576 - 3;

/// Villages of the tables, up to a full sheet.
const SIZES: [u32; 7] = [8, 100, 1_000, 10_000, 100_000, 300_000, FULL_SHEET];

/// Files of the smallest tables: a batch of many different ones.
const BATCH: u32 = 1_000;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", reader, folder, times] => measure(reader, Path::new(folder), times.parse()?),
        ["start"] => start(),
        ["write", villages, files, folder] => {
            write(plain(villages.parse()?), files.parse()?, Path::new(folder))
        }
        ["write", villages, files, folder, what] => {
            let kind = named(what).ok_or(
                "formulas, texts, slip, column, groups, a number of wrong cells, or formulas,100",
            )?;
            let villages = villages.parse()?;
            write(Kind { villages, ..kind }, files.parse()?, Path::new(folder))
        }
        ["growth"] => growth::print(),
        ["jobs"] => jobs::print(),
        [] => compare(&SIZES),
        sizes => compare(&sizes.iter().map(|size| size.parse()).collect::<Result<Vec<_>, _>>()?),
    }
}

/// Compares both readers on tables of each size.
fn compare(sizes: &[u32]) -> Outcome<()> {
    println!(
        "villages\tfiles\tms soatbieu\tms alone\tms calamine\tratio\tleast ratio\tratio alone\tMiB soatbieu\tMiB calamine"
    );
    for villages in sizes {
        let folder = tempfile::tempdir()?;
        let files = if *villages <= 100 { BATCH } else { 1 };
        write(plain(*villages), files, folder.path())?;
        // About a million cells for each figure, and a few figures even of the largest.
        let times = (60_000 / (villages * files)).max(1);
        let rounds = if *villages > 500_000 { 3 } else { 7 };
        let mut costs = Vec::new();
        for _ in 0..rounds {
            let [raw, own, alone] = ["calamine", "soatbieu", "alone"]
                .map(|reader| Cost::of(reader, folder.path(), times, files));
            costs.push((own?, alone?, raw?));
        }
        let median = |of: &dyn Fn(&(Cost, Cost, Cost)) -> f64| {
            let mut figures: Vec<f64> = costs.iter().map(of).collect();
            figures.sort_by(f64::total_cmp);
            (figures[figures.len() / 2], figures[0])
        };
        let (ratio, least) = median(&|(own, _, raw)| own.cpu / raw.cpu);
        println!(
            "{villages}\t{files}\t{:.3}\t{:.3}\t{:.3}\t{ratio:.2}\t{least:.2}\t{:.2}\t{:.0}\t{:.0}",
            median(&|(own, ..)| own.cpu).0,
            median(&|(_, alone, _)| alone.cpu).0,
            median(&|(.., raw)| raw.cpu).0,
            median(&|(_, alone, raw)| alone.cpu / raw.cpu).0,
            median(&|(own, ..)| own.peak).0,
            median(&|(.., raw)| raw.peak).0,
        );
    }
    Ok(())
}

/// A table without groups, formulas and errors.
fn plain(villages: u32) -> Kind {
    Kind { villages, ..Kind::default() }
}

/// A kind by its name; a number is that of wrong cells.
fn named(name: &str) -> Option<Kind> {
    let plain = Kind::default();
    if let Some(damage) = name.strip_prefix("formulas,") {
        return Some(Kind { formulas: true, ..named(damage)? });
    }
    Some(match name {
        "formulas" => Kind { formulas: true, ..plain },
        "groups" => Kind { group: 10, ..plain },
        "texts" => Kind { texts: true, ..plain },
        "slip" => Kind { damage: Damage::Slip, ..plain },
        "column" => Kind { damage: Damage::Column, ..plain },
        cells => {
            let cells = cells.parse().ok().filter(|cells| *cells > 0)?;
            Kind { damage: Damage::Cells(cells), ..plain }
        }
    })
}

/// Writes tables of one kind, all different.
fn write(kind: Kind, files: u32, folder: &Path) -> Outcome<()> {
    for file in 0..files {
        table::table(kind, file)?.save(folder.join(format!("{file}.xlsx")))?;
    }
    Ok(())
}

/// What the files of a folder cost one reader.
struct Cost {
    /// Milliseconds of CPU time a file.
    cpu: f64,
    /// The most memory the process held, in MiB.
    peak: f64,
}

impl Cost {
    fn of(reader: &str, folder: &Path, times: u32, files: u32) -> Outcome<Self> {
        let output = Command::new(std::env::current_exe()?)
            .args(["measure", reader])
            .arg(folder)
            .arg(times.to_string())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut figures = text.split_whitespace().map(str::parse::<f64>);
        let (Some(nanoseconds), Some(kibibytes)) = (figures.next(), figures.next()) else {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        };
        let cpu = nanoseconds? / 1e6 / f64::from(times) / f64::from(files);
        Ok(Self { cpu, peak: kibibytes? / 1024.0 })
    }
}

/// What a batch sets up once.
fn set_up() -> Outcome<(Limits, Request)> {
    let request = Request { known: forms::builtin()?, ..Request::default() };
    Ok((Limits { cells: 20_000_000, ..Limits::default() }, request))
}

/// In a process of its own: reads all files of a folder some times, and prints CPU time and peak of
/// memory.
fn measure(reader: &str, folder: &Path, times: u32) -> Outcome<()> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    files.sort();
    let (limits, request) = set_up()?;
    let mut checker = Checker::new(&limits, &request);
    let begin = cpu_time()?;
    for path in (0..times).flat_map(|_| &files) {
        let bytes = fs::read(path)?;
        match reader {
            "soatbieu" | "alone" | "damaged" => {
                if reader == "alone" {
                    checker = Checker::new(&limits, &request);
                }
                let checkup = checker.check(&bytes)?;
                let is_right = reader != "damaged";
                if is_right && checkup.tables.iter().any(|table| table.errors().next().is_some()) {
                    return Err(format!("{}: the table is right", path.display()).into());
                }
            }
            "fix" | "process" | "packing" => jobs::run(reader, path, bytes, &mut checker)?,
            _ => raw_read(bytes)?,
        }
    }
    println!("{} {}", cpu_time()? - begin, status("VmHWM:")?);
    Ok(())
}

/// All cells of all sheets, as calamine streams them; formats that it does not stream it holds whole.
fn raw_read(bytes: Vec<u8>) -> Outcome<()> {
    let mut filled = 0_usize;
    match open_workbook_auto_from_rs(std::io::Cursor::new(bytes))? {
        Sheets::Xlsx(mut book) => {
            for sheet in book.sheet_names() {
                let mut cells = book.worksheet_cells_reader(&sheet)?;
                while let Some(cell) = cells.next_cell()? {
                    filled += usize::from(*cell.get_value() != DataRef::Empty);
                }
            }
        }
        mut book => {
            for (_, range) in book.worksheets() {
                filled += range.used_cells().count();
            }
        }
    }
    std::hint::black_box(filled);
    Ok(())
}

/// Nanoseconds of CPU time this thread has had.
fn cpu_time() -> Outcome<u64> {
    // The system counts it when it looks at the thread, every 4 ms or when the thread gives way.
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

/// A line of the status of this process, in KiB.
fn status(name: &str) -> Outcome<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The time from the start of the command to its report on a small file.
fn start() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    write(plain(8), 1, folder.path())?;
    let file = folder.path().join("0.xlsx");
    let programs = std::env::current_exe()?;
    let program = programs.ancestors().nth(2).ok_or("no folder of programs")?.join("soatbieu");
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..100 {
        let begin = Instant::now();
        let output = Command::new(&program).arg("check").arg(&file).output()?;
        times.push(begin.elapsed());
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
    }
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "ms from start to report\tleast\t{:.2}\tmedian\t{:.2}",
        milliseconds(times[0]),
        milliseconds(times[50])
    );
    Ok(())
}
