//! `check` against calamine's raw read of the same file: the ratio is what counts.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap ends the benchmark")]

use std::hint::black_box;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use criterion::{Criterion, criterion_group, criterion_main};
use rust_xlsxwriter::Workbook;
use soatbieu::recognise::Request;

/// A table of villages under the index row `A 1 2 3=1-2 4=3/1`, as many columns as figures.
fn workbook(villages: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (column, heading) in (0..).zip(["Thôn", "Số hộ", "Giảm", "Còn lại", "Tỷ lệ (%)"])
    {
        page.write_string(0, column, heading).unwrap();
    }
    for (column, label) in (0..).zip(["A", "1", "2", "3=1-2", "4=3/1"]) {
        page.write_string(1, column, label).unwrap();
    }
    for village in 0..villages {
        let (all, less) = (300 + village % 400, village % 7);
        let left = all - less;
        let rate = f64::from((20_000 * left + all) / (2 * all)) / 100.0;
        let row = village + 2;
        page.write_string(row, 0, format!("Thôn {village}")).unwrap();
        page.write_number(row, 1, all).unwrap();
        page.write_number(row, 2, less).unwrap();
        page.write_number(row, 3, left).unwrap();
        page.write_number(row, 4, rate).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn raw_read(bytes: &[u8]) -> usize {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut reader = book.worksheet_cells_reader("Sheet1").unwrap();
    let mut filled = 0;
    while let Some(cell) = reader.next_cell().unwrap() {
        filled += usize::from(*cell.get_value() != DataRef::Empty);
    }
    filled
}

fn compare(criterion: &mut Criterion) {
    for villages in [8, 1_000, 20_000] {
        let bytes = workbook(villages);
        let mut group = criterion.benchmark_group(format!("{villages} villages"));
        group.sample_size(20);
        group.bench_function("calamine raw read", |bencher| {
            bencher.iter(|| raw_read(black_box(&bytes)));
        });
        let request = Request::default();
        let limits = soatbieu::read::Limits::default();
        group.bench_function("soatbieu check", |bencher| {
            bencher.iter(|| soatbieu::check(black_box(&bytes), &limits, &request).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);
