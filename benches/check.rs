//! `check` against calamine's raw read of the same file in memory: the ratio is what counts, and is
//! printed after the times. For whole files, peaks of memory and tables of a full sheet see the
//! example `speed`, which makes the same tables.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap ends the benchmark")]
#![allow(clippy::print_stdout, reason = "prints its results")]

#[path = "speed/table.rs"]
mod table;

use std::hint::black_box;
use std::io::Cursor;
use std::time::Instant;

use calamine::{DataRef, Reader as _, Xlsx};
use criterion::{Criterion, criterion_group, criterion_main};
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use soatbieu::{Checkup, forms};
use table::{Damage, Kind};

fn raw_read(bytes: &[u8]) -> usize {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut reader = book.worksheet_cells_reader("Sheet1").unwrap();
    let mut filled = 0;
    while let Some(cell) = reader.next_cell().unwrap() {
        filled += usize::from(*cell.get_value() != DataRef::Empty);
    }
    filled
}

/// Times both by turns, so that a busy machine slows both, and gives the median ratio.
fn ratio(bytes: &[u8], check: impl Fn(&[u8]) -> Checkup) -> f64 {
    let mut ratios: Vec<f64> = (0..51)
        .map(|_| {
            let begin = Instant::now();
            black_box(raw_read(black_box(bytes)));
            let raw = begin.elapsed();
            let begin = Instant::now();
            black_box(check(black_box(bytes)));
            begin.elapsed().as_secs_f64() / raw.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn compare(criterion: &mut Criterion) {
    let request = Request { known: forms::builtin().unwrap(), ..Request::default() };
    // A file that comes alone: nothing of it is known from others.
    let limits = Limits::default();
    let check = |bytes: &[u8]| Checker::new(&limits, &request).check(bytes).unwrap();
    let written =
        |kind: Kind| table::table(kind, 0).and_then(|mut book| book.save_to_buffer()).unwrap();
    let plain = |villages| Kind { villages, ..Kind::default() };
    for villages in [8, 1_000, 20_000] {
        let bytes = written(plain(villages));
        let mut group = criterion.benchmark_group(format!("{villages} villages"));
        group.sample_size(20);
        group.bench_function("calamine raw read", |bencher| {
            bencher.iter(|| raw_read(black_box(&bytes)));
        });
        group.bench_function("soatbieu check", |bencher| {
            bencher.iter(|| check(black_box(&bytes)));
        });
        group.finish();
        println!("{villages} villages: {:.2} times calamine's raw read", ratio(&bytes, check));
    }
    for villages in [8, 200, 2_000] {
        let others = [
            ("live formulas", Kind { formulas: true, ..plain(villages) }),
            ("8 wrong figures", Kind { damage: Damage::Cells(8), ..plain(villages) }),
            ("a wrong column", Kind { damage: Damage::Column, ..plain(villages) }),
            ("a count with its row", Kind { damage: Damage::Slip, ..plain(villages) }),
        ];
        let bytes = written(plain(villages));
        let without = median(|| check(black_box(&bytes)));
        for (name, kind) in others {
            let bytes = written(kind);
            let with = median(|| check(black_box(&bytes)));
            println!("{villages} villages, {name}: {:.2} times without", with / without);
        }
    }
}

/// Seconds that something takes, the median of some.
fn median(check: impl Fn() -> Checkup) -> f64 {
    let time = |_| {
        let begin = Instant::now();
        black_box(check());
        begin.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..11).map(time).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

criterion_group!(benches, compare);
criterion_main!(benches);
