//! Tables of many units merged into one: the figures, the workbook, and what is said.

use std::path::Path;
use std::process::Output;

use crate::common::{self, Village, grid, request, sheet_text, village};
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook as Book};
use soatbieu::appendix;
use soatbieu::issue::Issued;
use soatbieu::lang::Lang;
use soatbieu::merge::{Gathering, Group, Kind, Merged, Options, Order, Outcome, Rows, report};
use soatbieu::read::Limits;
use soatbieu::table::{Place, Role, Table};
use soatbieu::units::{Expected, NameBy, NameFrom, Naming};
use soatbieu::workbook::Workbook;

/// A merge with a list of units.
fn listed(list: Option<&str>) -> Options {
    let list = list.map(|list| Expected::read(list.as_bytes(), &Limits::default()).unwrap());
    Options { naming: Naming { by: NameBy::Auto, list }, ..Options::default() }
}

/// A commune's table as text, its name above it.
fn commune(name: &str, villages: &[Village]) -> String {
    let title =
        format!("ỦY BAN NHÂN DÂN\nXÃ {}\nBẢNG PHÂN BỔ XÃ {0} NĂM 2024\n\n", name.to_uppercase());
    title + &sheet_text(&grid(villages))
}

/// Villages of made-up sizes.
fn villages(seed: u32, count: u32) -> Vec<Village> {
    (0..count)
        .map(|index| {
            let households = 211 + (seed * 97 + index * 61) % 450;
            let poor = (seed * 5 + index * 7) % 23;
            let near_poor = 4 + (seed * 3 + index * 11) % 31;
            Village {
                households,
                people: households * 4 - index,
                poor,
                near_poor,
                poor_less: poor / 3,
                near_less: near_poor / 4,
            }
        })
        .collect()
}

const NAMES: [&str; 12] = [
    "Đại Lãnh",
    "Vạn Thọ",
    "Vạn Phước",
    "Vạn Long",
    "Vạn Khánh",
    "Vạn Bình",
    "Vạn Thắng",
    "Vạn Lương",
    "Vạn Hưng",
    "Xuân Sơn",
    "Hòa Thắng",
    "Tân Lập",
];

/// Merges sheets of text, each a file of its own.
fn merge(files: &[(&str, &str)], options: Options) -> Outcome {
    let mut gathering = Gathering::new(options);
    for (file, text) in files {
        match soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request()) {
            Ok(checkup) => gathering.add(file, None, &checkup),
            Err(failure) => gathering.fail(file, &failure),
        }
    }
    gathering.settle()
}

fn merged(files: &[(&str, &str)], options: Options) -> Merged {
    let outcome = merge(files, options);
    assert_eq!(outcome.problems, []);
    outcome.merged.unwrap()
}

fn written(merged: &Merged) -> Issued {
    merged.write(&[], &appendix::Options::default(), &request(), Lang::Vi).unwrap()
}

/// The figures of a row as the paper prints them.
fn printed(table: &Table, row: usize) -> Vec<String> {
    (2..table.columns.len())
        .map(|column| {
            table
                .number(Place::new(row, column))
                .map_or_else(String::new, |n| table.print(column, n))
        })
        .collect()
}

/// Figures as [`grid`] writes them, thousands grouped as on paper.
fn grouped(figures: &[String]) -> Vec<String> {
    figures
        .iter()
        .map(|text| match text.parse::<u64>() {
            Ok(_) => soatbieu::words::numbers::group_thousands(text),
            Err(_) => text.clone(),
        })
        .collect()
}

fn kinds(outcome: &Outcome) -> Vec<Kind> {
    outcome.problems.iter().map(|problem| problem.kind).collect()
}

/// `NAMES` with their tables, as files.
fn district(count: usize) -> Vec<(String, String)> {
    NAMES[..count]
        .iter()
        .zip(1_u32..)
        .map(|(name, seed)| {
            (format!("{seed:02}.xlsx"), commune(name, &villages(seed, 2 + seed % 5)))
        })
        .collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect()
}

#[test]
fn every_unit_is_a_row_and_the_total_is_computed_from_the_counts() {
    for count in [3, 12] {
        let files = district(count);
        let merged = merged(&borrowed(&files), Options::default());
        let table = &merged.table;
        assert_eq!(table.rows.len(), count + 1);
        let mut all = Vec::new();
        for (index, seed) in (1_u32..).take(count).enumerate() {
            let own = villages(seed, 2 + seed % 5);
            assert_eq!(table.rows[index].name, format!("Xã {}", NAMES[index]));
            assert_eq!(printed(table, index), grouped(grid(&own).last().unwrap()), "{index}");
            all.extend(own);
        }
        assert_eq!(table.rows[count].role, Role::Total);
        assert_eq!(printed(table, count), grouped(grid(&all).last().unwrap()));
        assert!(merged.units.iter().all(|unit| unit.from == NameFrom::Title));
    }
}

#[test]
fn the_workbook_is_laid_out_like_the_form_with_live_formulas_and_checks_clean() {
    let merged = merged(&borrowed(&district(5)), Options::default());
    let written = written(&merged);
    assert_eq!(written.checks.violated, 0);
    assert_eq!(written.checks.undecided, 0);
    let checkup = soatbieu::check(&written.bytes, &Limits::default(), &request()).unwrap();
    let [checked] = checkup.tables.as_slice() else { panic!("one table") };
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let table = &checked.table;
    assert_eq!(table.form, "poverty-target-allocation");
    assert_eq!(table.surroundings.above.lines()[0], "BẢNG PHÂN BỔ NĂM 2024");
    assert_eq!(*table.columns[1].headings, ["Đơn vị"]);
    let formula = |row: usize, label: &str| {
        let place = Place::new(row, table.column(label).unwrap());
        table.datum(place).formula.as_deref().unwrap_or_default().to_owned()
    };
    let (first, last, total) =
        (table.rows[0].sheet_row + 1, table.rows[4].sheet_row + 1, table.rows[5].sheet_row + 1);
    assert_eq!(formula(5, "3"), format!("SUM(E{first}:E{last})"));
    assert_eq!(formula(5, "14"), format!("ROUND(O{total}*100/C{total},2)"));
    assert_eq!(formula(0, "11"), format!("E{first}-I{first}"));
    for place in merged.table.places() {
        assert_eq!(table.number(place), merged.table.number(place), "{place:?}");
    }
    let notes = checkup.workbook.sheet("Ghi chú gộp biểu").unwrap();
    assert!(notes.used().unwrap().end.row >= 5, "a line a unit");
}

#[test]
fn villages_stand_below_their_unit() {
    let options = Options { rows: Rows::Village, ..Options::default() };
    let merged = merged(&borrowed(&district(4)), options);
    let written = written(&merged);
    let checkup = soatbieu::check(&written.bytes, &Limits::default(), &request()).unwrap();
    let table = &checkup.tables[0].table;
    assert!(checkup.tables[0].findings.is_empty(), "{:?}", checkup.tables[0].findings);
    let mut at = 0;
    for (name, seed) in NAMES[..4].iter().zip(1_u32..) {
        let own = villages(seed, 2 + seed % 5);
        let rows = grid(&own);
        assert_eq!(table.rows[at].role, Role::Subtotal);
        assert_eq!(
            (table.rows[at].name.as_str(), table.rows[at].bold),
            (&*format!("Xã {name}"), true)
        );
        assert_eq!(printed(table, at), grouped(rows.last().unwrap()));
        for (index, figures) in (1..).zip(&rows[..own.len()]) {
            assert_eq!(table.rows[at + index].name, format!("Thôn {index}"));
            assert_eq!(table.rows[at + index].ordinal, format!("{seed}.{index}"));
            assert_eq!(printed(table, at + index), grouped(figures));
        }
        at += own.len() + 1;
    }
    assert_eq!(table.rows[at].role, Role::Total);
    assert_eq!(table.rows[at].parts.len(), 4, "the total sums the units, not their villages again");
}

#[test]
fn units_of_two_lines_keep_their_lines() {
    let table = |name: &str, a: u32| {
        let (b, c) = (a + 3, 2 * a);
        format!(
            "UBND XÃ {name}\n\nTT\tThôn\tPhân tổ\tĐầu kỳ\tGiảm\tCuối kỳ\nA\tB\tC\t1\t2\t3=1-2\n\
             1\tThôn Một\tHộ\t{a}\t2\t{}\n\t\tNhân khẩu\t{}\t9\t{}\n\
             2\tThôn Hai\tHộ\t{b}\t1\t{}\n\t\tNhân khẩu\t{c}\t5\t{}\n\
             \tTổng cộng\tHộ\t{}\t3\t{}\n\t\tNhân khẩu\t{}\t14\t{}\n",
            a - 2,
            a * 4,
            a * 4 - 9,
            b - 1,
            c - 5,
            a + b,
            a + b - 3,
            a * 4 + c,
            a * 4 + c - 14
        )
    };
    let files =
        [("a.xlsx", table("A", 10)), ("b.xlsx", table("B", 20)), ("c.xlsx", table("C", 30))];
    let files: Vec<(&str, &str)> = files.iter().map(|(f, t)| (*f, t.as_str())).collect();
    for rows in [Rows::Unit, Rows::Village] {
        let merged = merged(&files, Options { rows, ..Options::default() });
        let written = written(&merged);
        let checkup = soatbieu::check(&written.bytes, &Limits::default(), &request()).unwrap();
        let table = &checkup.tables[0].table;
        assert!(checkup.tables[0].findings.is_empty(), "{:?}", checkup.tables[0].findings);
        let totals: Vec<usize> =
            (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Total).collect();
        let figure = |row: usize| table.number(Place::new(row, 3)).unwrap();
        assert_eq!(
            totals.iter().map(|row| figure(*row)).collect::<Vec<_>>(),
            [Decimal::from(23 + 43 + 63), Decimal::from(60 + 120 + 180)]
        );
        assert_eq!(table.rows[totals[1]].line, "Nhân khẩu");
    }
}

#[test]
fn a_unit_is_named_by_the_lines_above_else_by_its_sheet_else_by_its_file() {
    let rows = sheet_text(&grid(&villages(1, 3)));
    let above = format!("Phụ lục kèm theo Kế hoạch của UBND xã Đại Lãnh\n\n{rows}");
    let mut gathering = Gathering::new(Options::default());
    for (file, sheet, text) in [
        ("in/1.xlsx", "Biểu", &above),
        ("in/2.xlsx", "Xã Vạn Thọ", &rows),
        ("in/Phường 12.xlsx", "Biểu", &rows),
        ("in/tan-lap.xlsx", "Biểu", &rows),
    ] {
        let workbook = Workbook::from_text(sheet, text);
        gathering.add(file, None, &soatbieu::check_workbook(workbook, &request()).unwrap());
    }
    let named: Vec<(String, NameFrom)> =
        gathering.settle().merged.unwrap().units.into_iter().map(|u| (u.name, u.from)).collect();
    assert_eq!(
        named,
        [
            ("Xã Đại Lãnh".into(), NameFrom::Title),
            ("Xã Vạn Thọ".into(), NameFrom::Sheet),
            ("Phường 12".into(), NameFrom::File),
            ("tan-lap".into(), NameFrom::File),
        ]
    );
    let options = Options { naming: Naming { by: NameBy::File, list: None }, ..Options::default() };
    assert_eq!(merged(&[("in/1.xlsx", &above)], options).units[0].name, "1");
}

#[test]
fn a_list_orders_names_and_misses_units() {
    let files = district(4);
    let list = "Tên đơn vị\nVạn Long\nxã Vạn Thọ\nXã Đại Lãnh\nXã Cam Ranh\n";
    let options = listed(Some(list));
    let refused = merge(&borrowed(&files), options.clone());
    assert_eq!(refused.merged, None);
    let said: Vec<(Kind, &str)> =
        refused.problems.iter().map(|p| (p.kind, p.unit.as_deref().unwrap())).collect();
    assert_eq!(said, [(Kind::Unlisted, "Xã Vạn Phước"), (Kind::Missing, "Xã Cam Ranh")]);
    let leave_out = vec![Kind::Unlisted, Kind::Missing];
    let outcome = merge(&borrowed(&files), Options { leave_out, ..options });
    assert!(outcome.problems.iter().all(|problem| problem.left_out));
    let table = outcome.merged.unwrap().table;
    let names: Vec<&str> = table.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Vạn Long", "xã Vạn Thọ", "Xã Đại Lãnh", "Tổng cộng"]);
}

#[test]
fn everything_in_the_way_is_said_at_once_and_left_out_on_request_only() {
    let mut files = district(5);
    files.push(("again.xlsx".into(), commune("Đại Lãnh", &villages(9, 3))));
    files[1].1 = files[1].1.replace("\tTổng cộng\t", "\tTổng cộng\t9");
    files.push(("none.xlsx".into(), "chỉ có chữ".into()));
    let other = "UBND XÃ KHÁC\n\nTT\tThôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\tB\t1\t2\t3=2/1\n1\tMột\t510\t12\t2,35\n2\tHai\t690\t17\t2,46\n\tTổng cộng\t1200\t29\t2,42\n";
    files.push(("other.xlsx".into(), other.into()));
    let all = [Kind::NoTable, Kind::Different, Kind::Doubled, Kind::Unclean];
    let refused = merge(&borrowed(&files), Options::default());
    assert_eq!(kinds(&refused), all);
    assert_eq!(refused.merged, None);
    assert!(refused.problems.iter().all(|problem| !problem.left_out));
    let doubled = &refused.problems[2];
    assert_eq!(
        doubled.spots.iter().map(|s| s.file.as_str()).collect::<Vec<_>>(),
        ["01.xlsx", "again.xlsx"]
    );

    for missing in 0..all.len() {
        let leave_out = all.iter().copied().filter(|kind| *kind != all[missing]).collect();
        let outcome = merge(&borrowed(&files), Options { leave_out, ..Options::default() });
        assert_eq!(outcome.merged, None, "{:?} was not to be left out", all[missing]);
    }
    let outcome =
        merge(&borrowed(&files), Options { leave_out: all.to_vec(), ..Options::default() });
    let merged = outcome.merged.unwrap();
    let names: Vec<&str> = merged.units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["Xã Vạn Phước", "Xã Vạn Long", "Xã Vạn Khánh"]);
    let written = merged
        .write(&outcome.problems, &appendix::Options::default(), &request(), Lang::Vi)
        .unwrap();
    let workbook = soatbieu::read::workbook(&written.bytes, &Limits::default()).unwrap();
    let notes = format!("{:?}", workbook.sheet("Ghi chú gộp biểu").unwrap());
    for file in ["again.xlsx", "02.xlsx", "none.xlsx", "other.xlsx", "03.xlsx"] {
        assert!(notes.contains(file), "{file}");
    }
}

#[test]
fn two_forms_that_occur_equally_often_are_never_chosen_from() {
    let plain = |name: &str| {
        format!(
            "UBND XÃ {name}\n\nTT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tMột\t12\t3\t9\n2\tHai\t17\t2\t15\n\tTổng cộng\t29\t5\t24\n"
        )
    };
    let files = [
        ("1.xlsx".to_owned(), commune("Một", &villages(1, 3))),
        ("2.xlsx".to_owned(), plain("Hai")),
    ];
    let leave_out = vec![Kind::Different];
    let outcome = merge(&borrowed(&files), Options { leave_out, ..Options::default() });
    assert_eq!((kinds(&outcome), outcome.merged), (vec![Kind::Different], None));
    let form = Some("poverty-target-allocation".to_owned());
    let leave_out = vec![Kind::NoTable];
    let outcome = merge(&borrowed(&files), Options { form, leave_out, ..Options::default() });
    assert_eq!(outcome.merged.unwrap().units[0].name, "Xã Một");
    assert_eq!(outcome.problems[0].kind, Kind::NoTable);
}

#[test]
fn tables_without_a_form_are_one_table_when_labels_formulas_and_headings_agree() {
    let table = |name: &str, heading: &str, formula: &str| {
        let end = if formula.contains('-') { ["9", "15", "24"] } else { ["15", "19", "34"] };
        format!(
            "UBND XÃ {name}\n\nTT\tThôn\t{heading}\tThay đổi\tCuối năm\nA\tB\t1\t2\t3={formula}\n\
             1\tMột\t12\t3\t{}\n2\tHai\t17\t2\t{}\n\tTổng cộng\t29\t5\t{}\n",
            end[0], end[1], end[2]
        )
    };
    let agree = [("a", table("Một", "Đầu  năm", "1-2")), ("b", table("Hai", "ĐẦU NĂM", "1 - 2"))];
    let agree: Vec<(&str, &str)> = agree.iter().map(|(f, t)| (*f, t.as_str())).collect();
    let whole = merged(&agree, Options::default());
    assert_eq!(whole.table.form, "index-row");
    assert_eq!(written(&whole).checks.violated, 0);
    for (heading, formula) in [("Đầu kỳ", "1-2"), ("Đầu năm", "1+2")] {
        let other = table("Hai", heading, formula);
        let outcome = merge(&[agree[0], ("b", &other)], Options::default());
        assert_eq!(kinds(&outcome), [Kind::Different], "{heading} {formula}");
    }
}

#[test]
fn a_total_stands_where_the_tables_have_it_and_rates_without_counts_are_left_blank() {
    let table = |name: &str, a: u32| {
        format!(
            "UBND XÃ {name}\n\nTT\tThôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\tTỷ lệ khác (%)\nA\tB\t1\t2\t3=2/1\t4\n\
             \tTổng số\t{}\t24\t{}\t7,5\n1\tMột\t{a}\t12\t{}\t7,1\n2\tHai\t{a}\t12\t{}\t7,9\n",
            2 * a,
            rate(24, 2 * a),
            rate(12, a),
            rate(12, a)
        )
    };
    let files = [("a.xlsx", table("Một", 510)), ("b.xlsx", table("Hai", 160))];
    let files: Vec<(&str, &str)> = files.iter().map(|(f, t)| (*f, t.as_str())).collect();
    let merged = merged(&files, Options::default());
    let table = &merged.table;
    assert_eq!((table.rows[0].role, table.rows[0].name.as_str()), (Role::Total, "Tổng số"));
    assert_eq!(printed(table, 0), ["1.340", "48", &rate(48, 1340), ""]);
    assert_eq!(printed(table, 1)[3], "7,5");
    assert!(merged.notes.iter().any(|note| note.en.contains("column 4")), "{:?}", merged.notes);
    assert_eq!(written(&merged).checks.violated, 0);
}

fn rate(part: u32, whole: u32) -> String {
    let hundredths = common::hundredths(part, whole);
    format!("{},{:02}", hundredths / 100, hundredths % 100)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the villages are shared out among communes, the total is that of all villages.
    #[test]
    fn merging_the_parts_gives_the_totals_of_the_whole(
        shares in prop::collection::vec(prop::collection::vec(village(), 2..6), 2..8),
        by_village in any::<bool>(),
    ) {
        let files: Vec<(String, String)> = shares
            .iter()
            .zip(NAMES)
            .map(|(villages, name)| (format!("{name}.xlsx"), commune(name, villages)))
            .collect();
        let rows = if by_village { Rows::Village } else { Rows::Unit };
        let merged = merged(&borrowed(&files), Options { rows, ..Options::default() });
        let whole = grid(&shares.concat());
        let total = merged.table.rows.len() - 1;
        prop_assert_eq!(printed(&merged.table, total), grouped(whole.last().unwrap()));
        prop_assert_eq!(written(&merged).checks.violated, 0);
    }
}

/// Writes a sheet of text as a workbook, figures as numbers.
fn save(path: &Path, text: &str) {
    let mut book = Book::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Biểu").unwrap();
    let two = Format::new().set_num_format("0.00");
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split('\t')).filter(|(_, cell)| !cell.is_empty()) {
            match (cell.parse::<u32>(), cell.replace(',', ".").parse::<f64>()) {
                (Ok(count), _) => sheet.write_number(row, column, count).unwrap(),
                (_, Ok(rate)) => sheet.write_number_with_format(row, column, rate, &two).unwrap(),
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("soatbieu")
        .unwrap()
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_command_merges_a_folder_and_says_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    for (file, text) in district(4) {
        save(&folder.path().join("in").join(file), &text);
    }
    let done = run(folder.path(), &["merge", "in", "-o", "in/all.xlsx"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("Đã gộp 4 đơn vị") && said.contains("không có lỗi"), "{said}");
    assert_eq!(run(folder.path(), &["check", "in/all.xlsx"]).status.code(), Some(0));
    let before = std::fs::read(folder.path().join("in/all.xlsx")).unwrap();
    let again = run(folder.path(), &["merge", "in", "-o", "in/all.xlsx"]);
    assert_eq!(again.status.code(), Some(2), "an existing output is refused");
    let again = run(folder.path(), &["merge", "in", "-o", "in/all.xlsx", "--force"]);
    assert_eq!(again.status.code(), Some(0), "the output is not one of the inputs");
    assert!(std::fs::read(folder.path().join("in/all.xlsx")).unwrap() == before, "same bytes");
    let other = run(folder.path(), &["merge", "in", "-o", "other.xlsx"]);
    let said = String::from_utf8(other.stdout).unwrap();
    assert!(said.contains("Đã gộp 4 đơn vị"), "a merged table is no unit: {said}");
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(said.contains("Bỏ qua 1 tệp") && said.contains("all.xlsx"), "{said}");
    let named = run(folder.path(), &["merge", "in", "-o", "all.csv"]);
    assert_eq!(named.status.code(), Some(2), "an .xlsx is not to be named .csv");
    let onto = run(folder.path(), &["merge", "in/01.xlsx", "-o", "in/01.xlsx", "--force"]);
    assert_eq!(onto.status.code(), Some(2), "an input is never written to");
}

/// What is told decides nothing: a table with an error is unclean whatever rules are selected.
#[test]
fn rules_left_out_make_no_table_clean() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in district(2) {
        save(&folder.path().join(file), &text);
    }
    let text = &district(2)[0].1;
    let (rows, total) = text.rsplit_once("Tổng cộng\t").unwrap();
    let (households, rest) = total.split_once('\t').unwrap();
    let wrong: u32 = households.parse::<u32>().unwrap() + 100;
    save(&folder.path().join("01.xlsx"), &format!("{rows}Tổng cộng\t{wrong}\t{rest}"));
    for selection in [&[][..], &["--ignore", "R1,R2"], &["--select", "R5"]] {
        let arguments = [&["merge", ".", "-o", "all.xlsx"], selection].concat();
        let refused = run(folder.path(), &arguments);
        assert_eq!(refused.status.code(), Some(1), "{selection:?}");
        assert!(!folder.path().join("all.xlsx").exists());
    }
}

#[test]
fn the_command_refuses_whole_and_leaves_out_on_request() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in district(4) {
        save(&folder.path().join(file), &text);
    }
    std::fs::write(folder.path().join("bad.xlsx"), b"no workbook").unwrap();
    std::fs::write(
        folder.path().join("units.txt"),
        "Đại Lãnh\nVạn Thọ\nVạn Phước\nVạn Long\nVạn Ninh\n",
    )
    .unwrap();
    let arguments = ["merge", ".", "-o", "all.xlsx", "--units", "units.txt", "--format", "json"];
    let refused = run(folder.path(), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!folder.path().join("all.xlsx").exists());
    let report: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert!(report["out"].is_null() && report["units"].as_array().unwrap().is_empty());
    let kinds: Vec<&str> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["unreadable", "missing"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("bad.xlsx") && said.contains("--leave-out unreadable,missing"), "{said}");

    let mut arguments = arguments.to_vec();
    arguments.extend(["--leave-out", "unreadable,missing"]);
    let done = run(folder.path(), &arguments);
    assert_eq!(done.status.code(), Some(1), "something was left out");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["out"], "all.xlsx");
    assert_eq!(report["units"].as_array().unwrap().len(), 4);
    assert_eq!(report["checks"]["violated"], 0);
    assert!(report["problems"].as_array().unwrap().iter().all(|p| p["left_out"] == true));
}

#[test]
fn a_copied_file_that_names_two_units_is_said() {
    let copied = commune("Đại Lãnh", &villages(1, 3)).replace("XÃ ĐẠI LÃNH\n", "XÃ VẠN THỌ\n");
    for units in [None, Some("Xã Vạn Thọ")] {
        let merged = merged(&[("a.xlsx", &copied)], listed(units));
        assert_eq!(merged.units[0].name, "Xã Vạn Thọ", "the issuing body comes first");
        assert!(
            merged.notes.iter().any(|note| note.vi.contains("Xã Đại Lãnh")),
            "{:?}",
            merged.notes
        );
    }
}

#[test]
fn two_tables_on_one_sheet_are_two_tables() {
    let one = commune("Đại Lãnh", &villages(1, 3));
    let other = "\n\n\nUBND XÃ KHÁC\n\nTT\tThôn\tĐầu năm\tGiảm\tCuối năm\nA\tB\t1\t2\t3=1-2\n1\tMột\t12\t3\t9\n2\tHai\t17\t2\t15\n\tTổng cộng\t29\t5\t24\n";
    let both = format!("{one}{other}");
    let files = [("a.xlsx", both.as_str()), ("b.xlsx", &commune("Vạn Thọ", &villages(2, 3)))];
    let leave_out = vec![Kind::Different];
    let outcome = merge(&files, Options { leave_out, ..Options::default() });
    assert_eq!(kinds(&outcome), [Kind::Different]);
    assert_eq!(outcome.merged.unwrap().units.len(), 2, "the table of the form stays");
}

/// Puts a column into each line of a sheet of text from its headings on.
fn with_column(text: &str, at: usize, fields: &[&str]) -> String {
    let (above, table) = text.split_once("\n\n").unwrap();
    let lines = table.lines().enumerate().map(|(row, line)| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        cells.insert(at, fields.get(row).copied().unwrap_or_default());
        cells.join("\t")
    });
    format!("{above}\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Exchanges two columns of the table, labels, headings and all.
fn exchanged(text: &str, one: usize, two: usize) -> String {
    let (above, table) = text.split_once("\n\n").unwrap();
    let lines = table.lines().map(|line| {
        let mut cells: Vec<&str> = line.split('\t').collect();
        cells.swap(one, two);
        cells.join("\t")
    });
    format!("{above}\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn columns_for_remarks_and_moved_columns_are_no_obstacle() {
    let plain = [
        commune("Đại Lãnh", &villages(1, 3)),
        commune("Vạn Thọ", &villages(2, 3)),
        commune("Vạn Long", &villages(3, 3)),
    ];
    let wanted =
        merged(&[("1", &plain[0]), ("2", &plain[1]), ("3", &plain[2])], Options::default());
    let remarks = ["Ghi chú", "", "xem lại", ""];
    let inside = with_column(&plain[1], 6, &remarks);
    let behind = with_column(&plain[2], 16, &remarks);
    let labelled = with_column(&plain[1], 16, &["Ghi chú", "15", "xem lại"]);
    let moved = exchanged(&plain[2], 8, 10);
    for (two, three) in [(&inside, &behind), (&labelled, &plain[2]), (&plain[1], &moved)] {
        for rows in [Rows::Unit, Rows::Village] {
            let files = [("1", plain[0].as_str()), ("2", two), ("3", three)];
            let options = Options { rows, ..Options::default() };
            let merged = merged(&files, options);
            if rows == Rows::Unit {
                let figures = |table: &Table| {
                    table.places().map(|place| table.number(place)).collect::<Vec<_>>()
                };
                assert_eq!(figures(&merged.table), figures(&wanted.table));
            }
            written(&merged);
            assert!(merged.notes.len() > 1, "{:?}", merged.notes);
        }
    }
    let notes = merged(&[("1", &plain[0]), ("3", &moved)], Options::default()).notes;
    assert!(notes.iter().any(|note| note.en.contains("another order")), "{notes:?}");
}

#[test]
fn exchanged_headings_are_refused_by_name() {
    let form = "Thôn\tHộ đông\tHộ tây\tCộng\nA\t1\t2\t3=1+2\nThôn 1\t4\t5\t9\nThôn 2\t3\t6\t9\nTổng cộng\t7\t11\t18";
    let other = form.replace("Hộ đông\tHộ tây", "Hộ tây\tHộ đông");
    let files = [("xã A", form), ("xã B", form), ("xã C", &other)];
    let outcome = merge(&files, Options::default());
    assert_eq!(outcome.problems.len(), 1, "{:?}", outcome.problems);
    let problem = &outcome.problems[0];
    assert_eq!(problem.kind, Kind::Different);
    assert!(problem.why.vi.contains("tiêu đề cột 1 là `Hộ tây`"), "{}", problem.why.vi);
}

#[test]
fn units_stand_by_name_and_in_groups_with_their_sums() {
    let files: Vec<(String, String)> = ["Vạn Thọ", "Đại Lãnh", "An Bình", "Cam Đức"]
        .iter()
        .zip(1..)
        .map(|(name, seed)| {
            let text = commune(name, &villages(seed, 3));
            let text = if *name == "Cam Đức" { text.replace("XÃ", "PHƯỜNG") } else { text };
            (format!("{}/{name}.xlsx", if seed < 3 { "cụm tây" } else { "cụm đông" }), text)
        })
        .collect();
    let names = |options: Options| {
        let merged = merged(&borrowed(&files), options);
        written(&merged);
        let rows = merged.table.rows.iter().map(|row| format!("{} {}", row.ordinal, row.name));
        rows.map(|row| row.trim().to_owned()).collect::<Vec<_>>()
    };
    let by_name = names(Options { order: Order::Name, ..Options::default() });
    assert_eq!(
        by_name,
        ["1 Xã An Bình", "2 Phường Cam Đức", "3 Xã Đại Lãnh", "4 Xã Vạn Thọ", "Tổng cộng"]
    );
    let group = |group| Options { group: Some(group), ..Options::default() };
    let by_folder = names(group(Group::Folder));
    let wanted = [
        "I cụm tây",
        "1 Xã Vạn Thọ",
        "2 Xã Đại Lãnh",
        "II cụm đông",
        "1 Xã An Bình",
        "2 Phường Cam Đức",
        "Tổng cộng",
    ];
    assert_eq!(by_folder, wanted);
    let by_area = names(group(Group::Area));
    assert_eq!(by_area[0], "I Khu vực nông thôn");
    assert_eq!(by_area[4], "II Khu vực thành thị");
    let list = "Đơn vị;Vùng\nXã Đại Lãnh;Biển\nXã Vạn Thọ;Núi\nXã An Bình;Biển\nPhường Cam Đức;Núi";
    let by_column =
        names(Options { group: Some(Group::Column("vùng".into())), ..listed(Some(list)) });
    assert_eq!(by_column[..3], ["I Biển", "1 Xã Đại Lãnh", "2 Xã An Bình"]);
    let villages = names(Options { rows: Rows::Village, ..group(Group::Folder) });
    assert_eq!(villages[..3], ["I cụm tây", "1 Xã Vạn Thọ", "1.1 Thôn 1"]);
}

#[test]
fn of_two_years_the_one_that_is_asked_for_is_merged() {
    let this = commune("Đại Lãnh", &villages(1, 3));
    let last = this.replace("NĂM 2024", "NĂM 2023");
    let other = commune("Vạn Thọ", &villages(2, 3));
    let files = [("a.xlsx", this.as_str()), ("b.xlsx", &last), ("c.xlsx", &other)];
    let both = merge(&files, Options::default());
    assert!(report::problems(&both, Lang::Vi).contains("--year"));
    // Who has only the page has no options.
    assert!(both.problems.iter().all(|problem| !problem.why.vi.contains("--")));
    let outcome = merge(&files, Options { year: Some(2024), ..Options::default() });
    assert_eq!(
        outcome.problems.len(),
        1,
        "a file without a table of that year: {:?}",
        outcome.problems
    );
    assert_eq!(outcome.problems[0].kind, Kind::OtherYear);
    let leave_out = vec![Kind::OtherYear];
    let options = Options { year: Some(2024), leave_out, ..Options::default() };
    let merged = merge(&files, options).merged.unwrap();
    assert_eq!(merged.units.len(), 2);
    assert!(merged.notes.iter().any(|note| note.vi.contains("bảng của năm 2023")));
}

/// What is left aside unasked is said, whether or not the rest is merged.
#[test]
fn a_table_on_a_hidden_sheet_is_named_where_the_merge_is_refused_too() {
    let sheets = |wrong: bool| {
        let mut cells = grid(&villages(1, 3));
        if wrong {
            cells[1][3] = "99,99".to_owned();
        }
        let this_year = format!("XÃ ĐẠI LÃNH\nBẢNG NĂM 2026\n\n{}", sheet_text(&cells));
        let mut book = Workbook::from_text("PB 2026", &this_year);
        let last_year = commune("Đại Lãnh", &villages(2, 3));
        let mut hidden = Workbook::from_text("PB 2024", &last_year).sheets.remove(0);
        hidden.visible = false;
        book.sheets.push(hidden);
        let mut gathering = Gathering::new(Options::default());
        gathering.add("a.xlsx", None, &soatbieu::check_workbook(book, &request()).unwrap());
        gathering.settle()
    };
    let refused = sheets(true);
    assert!(refused.merged.is_none());
    let said = soatbieu::merge::report::problems(&refused, Lang::Vi);
    assert!(said.contains("a.xlsx › PB 2024: trang tính đang ẩn"), "{said}");
    let merged = sheets(false).merged.unwrap();
    assert!(merged.notes.iter().any(|note| note.vi.contains("PB 2024")));
}
