//! How many relations are found in random tables without any, and how many of those planted in
//! others, with the warnings that follow.
//!
//! `cargo run --release --example found_relations [null|traps|planted|printed|speed] [TABLES [SEED]]` prints
//! Markdown tables. Deterministic: the same command prints the same counts, but for the speed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod dice;
mod planted;
mod printed;
mod tables;

use std::time::{Duration, Instant};

use planted::{FORMS, Form, Table, holds_by_making};
use soatbieu::found::headings::stated;
use soatbieu::found::policy::{Level, judge, judge_stated};
use soatbieu::found::{Grid, Relation, search};
use tables::{TRAPS, trap, without_relations};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let section = arguments.next().unwrap_or_else(|| "all".to_owned());
    let mut number =
        |other: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(other);
    let (count, seed) = (number(10_000), number(1));
    let wanted = |name: &str| section == name || section == "all";
    if wanted("null") {
        null(count, seed);
    }
    if wanted("traps") {
        traps(seed);
    }
    if wanted("planted") {
        plant(if section == "all" { 15 } else { count.min(500) }, seed);
    }
    if wanted("printed") {
        printed::measure(if section == "all" { 30 } else { count.min(500) }, seed);
    }
    if wanted("speed") {
        speed();
    }
}

/// Cells warned by a grid's relations and by its headings.
fn warnings(grid: &Grid, relations: &[Relation]) -> usize {
    let mut verdicts = judge(grid, relations);
    verdicts.extend(judge_stated(grid, &stated(grid)));
    verdicts
        .iter()
        .filter(|verdict| verdict.level == Level::Warn)
        .map(|verdict| verdict.misfits.len())
        .sum()
}

/// Random tables without relations.
fn null(count: u64, seed: u64) {
    const LEVELS: [u32; 6] = [1, 3, 5, 8, 10, 20];
    let (mut tables, mut warned) = ([0; LEVELS.len()], 0);
    for number in 0..count {
        let grid = without_relations(seed * 1_000_000 + number);
        let relations = search(&grid);
        let most = relations.iter().map(|one| one.evidence.bits).max().unwrap_or(0);
        for (tables, least) in tables.iter_mut().zip(LEVELS) {
            *tables += usize::from(most >= least);
        }
        if most >= 8 {
            let best = relations.iter().max_by_key(|one| one.evidence.bits);
            println!("seed {number}: {}", best.map(told).unwrap_or_default());
        }
        warned += warnings(&grid, &relations);
    }
    println!("\n| bits at least | tables of {count} with a relation |\n|---|---|");
    for (tables, least) in tables.iter().zip(LEVELS) {
        println!("| {least} | {tables} |");
    }
    println!("\nCells warned: {warned}");
}

/// One line for a relation.
fn told(one: &Relation) -> String {
    let evidence = &one.evidence;
    let terms: Vec<String> = one
        .terms
        .iter()
        .map(|term| format!("{}{}", if term.added { '+' } else { '-' }, term.line))
        .collect();
    format!(
        "{:?} {:?} {} = {} ×{} fits {}/{} telling {} bits {} family {:?} words {} tolerance {}",
        one.axis,
        one.kind,
        one.target,
        terms.join(" "),
        one.scale,
        evidence.fits.len(),
        evidence.of(),
        evidence.telling,
        evidence.bits,
        evidence.family,
        evidence.words,
        one.tolerance
    )
}

/// The nine traps.
fn traps(seed: u64) {
    println!("\n| trap | tables | relations of 10 bits | cells warned |\n|---|---|---|---|");
    for kind in TRAPS {
        let (mut found, mut warned) = (0, 0);
        for rows in [8, 15, 30] {
            for number in 0..20 {
                let grid = trap(kind, rows, seed * 1000 + number);
                let relations = search(&grid);
                let sure = relations.iter().filter(|one| one.evidence.bits >= 10);
                for one in sure {
                    found += 1;
                    println!("{kind:?} {rows} rows: {}", told(one));
                }
                warned += warnings(&grid, &relations);
            }
        }
        println!("| {kind:?} | 60 | {found} | {warned} |");
    }
}

/// What was found of planted relations.
#[derive(Default)]
struct Tally {
    planted: usize,
    found: [usize; 5],
    false_relations: usize,
    wrong: usize,
    warned: usize,
    noted: usize,
    false_warnings: usize,
}

fn plant(count: u64, seed: u64) {
    println!(
        "\n| form | wrong cells | planted | found at 5 / 10 / 13 / 20 / 30 bits, % | false relations | wrong cells warned / warned or noted | false warnings |\n|---|---|---|---|---|---|---|"
    );
    let mut all = [0, 1, 2, 3].map(|_| Tally::default());
    for form in FORMS {
        for (wrong, of_all) in all.iter_mut().enumerate() {
            let mut tally = Tally::default();
            for rows in [6, 8, 15] {
                for number in 0..count {
                    let seed = seed * 100_000 + number * 64 + u64::try_from(wrong).unwrap_or(0);
                    let table = planted::table(form, rows, wrong, seed);
                    tally.add(&table, form, rows);
                }
            }
            tally.print(&format!("{form:?}"), wrong);
            of_all.join(&tally);
        }
    }
    all.iter().enumerate().for_each(|(wrong, tally)| tally.print("all", wrong));
}

impl Tally {
    fn add(&mut self, table: &Table, form: Form, rows: usize) {
        let relations = search(&table.grid);
        self.planted += table.planted.len();
        for planted in &table.planted {
            let bits =
                relations.iter().filter(|one| planted.is(one)).map(|one| one.evidence.bits).max();
            for (found, least) in self.found.iter_mut().zip([5, 10, 13, 20, 30]) {
                *found += usize::from(bits.is_some_and(|bits| bits >= least));
            }
        }
        let sure = relations.iter().filter(|one| one.evidence.bits >= 10);
        for one in sure.filter(|one| !holds_by_making(one, form, rows)) {
            self.false_relations += 1;
            println!("false: {form:?} {rows} rows: {}", told(one));
        }
        self.wrong += table.wrong.len();
        let (mut warned, mut noted) = (Vec::new(), Vec::new());
        for verdict in judge(&table.grid, &relations) {
            let one = &relations[verdict.relation];
            for misfit in &verdict.misfits {
                let trial = if one.axis == soatbieu::found::Axis::Columns {
                    misfit.row
                } else {
                    misfit.column
                };
                let cells = one.lines().map(|line| one.place(line, trial));
                let wrong: Vec<_> = cells.filter(|cell| table.wrong.contains_key(cell)).collect();
                match verdict.level {
                    Level::Warn if wrong.is_empty() => {
                        self.false_warnings += 1;
                        println!("false warning: {form:?} {rows} rows: {}", told(one));
                    }
                    Level::Warn => warned.extend(wrong),
                    Level::Note => noted.extend(wrong),
                    Level::Explain => {}
                }
            }
        }
        self.warned += table.wrong.keys().filter(|cell| warned.contains(cell)).count();
        self.noted +=
            table.wrong.keys().filter(|cell| warned.contains(cell) || noted.contains(cell)).count();
    }

    fn join(&mut self, other: &Self) {
        self.planted += other.planted;
        self.found.iter_mut().zip(other.found).for_each(|(found, other)| *found += other);
        self.false_relations += other.false_relations;
        self.wrong += other.wrong;
        self.warned += other.warned;
        self.noted += other.noted;
        self.false_warnings += other.false_warnings;
    }

    fn print(&self, form: &str, wrong: usize) {
        let per_cent = self.found.map(|found| (found * 100 / self.planted.max(1)).to_string());
        println!(
            "| {form} | {wrong} | {} | {} | {} | {} / {} of {} | {} |",
            self.planted,
            per_cent.join(" / "),
            self.false_relations,
            self.warned,
            self.noted,
            self.wrong,
            self.false_warnings
        );
    }
}

/// How long a search takes: the fastest of some, since others may use the machine too.
fn speed() {
    println!("\n| table | fastest of 25 |\n|---|---|");
    let poverty = |rows| planted::table(Form::Poverty, rows, 1, 7).grid;
    let tables = [
        ("16 columns × 20 rows", tables::wide(16, 20, 5)),
        ("poverty, 14 columns × 20 rows", poverty(19)),
        ("poverty, 14 columns × 400 rows", poverty(399)),
        ("poverty, 14 columns × 1.000 rows", poverty(999)),
        ("16 columns × 1.000 rows", tables::wide(16, 1000, 5)),
        ("48 columns × 40 rows", tables::wide(48, 40, 5)),
        ("60 columns × 40 rows", tables::wide(60, 40, 5)),
        ("60 columns × 400 rows", tables::wide(60, 400, 5)),
    ];
    for (name, grid) in tables {
        let mut times: Vec<Duration> = (0..25)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(search(&grid));
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("| {name} | {:.2} ms |", times[0].as_secs_f64() * 1000.0);
    }
}
