//! What files have in common is read once: a checker that has seen other files says of each what one
//! that has seen none says.

use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook};
use soatbieu::failure::Failure;
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use soatbieu::{Checkup, forms};

fn request() -> Request {
    Request { known: forms::builtin().unwrap(), ..Request::default() }
}

fn alone(bytes: &[u8], limits: &Limits) -> Result<Checkup, Failure> {
    Checker::new(limits, &request()).check(bytes)
}

/// Each file says the same after all the others, whatever their order.
fn same_in_any_company(files: &[Vec<u8>]) {
    let (limits, request) = (Limits::default(), request());
    let alone: Vec<_> = files.iter().map(|bytes| alone(bytes, &limits)).collect();
    let mut checker = Checker::new(&limits, &request);
    let forth = 0..files.len();
    for index in forth.clone().chain(forth.clone().rev()).chain(forth.flat_map(|i| [i, i])) {
        assert!(checker.check(&files[index]) == alone[index], "file {index}");
    }
}

fn workbooks(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            workbooks(&path, found);
        } else if path
            .extension()
            .is_some_and(|e| ["xlsx", "xlsm", "xls", "ods"].contains(&e.to_str().unwrap()))
        {
            found.push(path);
        }
    }
}

#[test]
fn samples_say_the_same_in_any_company() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    workbooks(&root.join("samples"), &mut found);
    workbooks(&root.join("tests/fixtures"), &mut found);
    found.sort();
    let mut files: Vec<Vec<u8>> = found.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(files.len() > 10);
    // Cut off, and with a byte changed: in the directory, in a part, in its checksum.
    let whole = files[0].clone();
    files.push(whole[..whole.len() / 2].to_vec());
    for at in (0..whole.len()).step_by(whole.len() / 37) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x11;
        files.push(damaged);
    }
    same_in_any_company(&files);
}

/// A table with a heading over two columns, one of them of rates in a format of its own.
fn table(change: impl FnOnce(&mut Vec<Vec<&str>>), heading: &str, rates: &str) -> Vec<u8> {
    let mut rows = vec![
        vec!["Thôn", "Số hộ", "Hộ nghèo", "Tỷ lệ (%)"],
        vec!["A", "1", "2", "3=2/1"],
        vec!["Đông", "360", "5", "1.39"],
        vec!["Tây", "510", "12", "2.35"],
        vec!["Nam", "400", "10", "2.5"],
        vec!["Tổng cộng", "1270", "27", "2.13"],
    ];
    change(&mut rows);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (plain, rate) = (Format::new(), Format::new().set_num_format(rates));
    sheet.merge_range(0, 1, 0, 3, heading, &plain).unwrap();
    for (row, texts) in (1..).zip(&rows) {
        for (column, text) in (0..).zip(texts) {
            let format = if column == 3 { &rate } else { &plain };
            match text.parse::<f64>() {
                Ok(number) => sheet.write_with_format(row, column, number, format).unwrap(),
                Err(_) => sheet.write_with_format(row, column, *text, format).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn tables_that_differ_in_one_thing_are_told_apart() {
    let nothing = |_: &mut Vec<Vec<&str>>| ();
    let files = [
        table(nothing, "Năm 2024", "0.00"),
        // What is below the head.
        table(|rows| rows[3][3] = "2.16", "Năm 2024", "0.00"),
        table(|rows| rows[3][0] = "Bắc", "Năm 2024", "0.00"),
        table(|rows| drop(rows.remove(2)), "Năm 2024", "0.00"),
        // The head.
        table(|rows| rows[1][3] = "3=1/2", "Năm 2024", "0.00"),
        table(|rows| rows[1][2] = "4", "Năm 2024", "0.00"),
        table(|rows| rows[0][3] = "Bình quân", "Năm 2024", "0.00"),
        table(|rows| rows[0][1] = "Số khẩu", "Năm 2024", "0.00"),
        table(nothing, "Năm 2025", "0.00"),
        // The styles alone.
        table(nothing, "Năm 2024", "0.0"),
        table(nothing, "Năm 2024", "0"),
    ];
    same_in_any_company(&files);
    let limits = Limits::default();
    let first = alone(&files[0], &limits).unwrap();
    let distinct = files[1..].iter().filter(|bytes| alone(bytes, &limits).as_ref() != Ok(&first));
    assert_eq!(distinct.count(), files.len() - 1);
}

#[test]
fn parts_that_are_known_count_against_the_limits() {
    let bytes = table(|_| (), "Năm 2024", "0.00");
    let limits = |unpacked| Limits { unpacked, ..Limits::default() };
    let passes = |unpacked| alone(&bytes, &limits(unpacked)).is_ok();
    // By halves: what is too much with a limit is too much with a lower one.
    let (mut refused, mut enough) = (0, 1 << 20);
    while refused + 1 < enough {
        let middle = u64::midpoint(refused, enough);
        if passes(middle) { enough = middle } else { refused = middle }
    }
    assert!(passes(enough) && refused > 0);
    let request = request();
    for unpacked in [enough - 1, enough] {
        let limits = limits(unpacked);
        let mut checker = Checker::new(&limits, &request);
        let first = checker.check(&bytes);
        assert_eq!(first.is_ok(), unpacked == enough);
        assert!(checker.check(&bytes) == first && checker.check(&bytes) == first);
    }
}
