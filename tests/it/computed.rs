//! Formulas whose results the file does not hold: what can be computed is told as if it had been
//! stored, what cannot is unknown and accuses nobody.

use crate::common::{self, FIRST_ROW, Village, grid, request, sheet_text, village};
use proptest::prelude::*;
use soatbieu::compute::complete_results;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Grade, Verdict, words};
use soatbieu::lang::Lang;
use soatbieu::rules::Severity;
use soatbieu::workbook::{Address, Calculation, Value, Workbook};

const LETTERS: [&str; 14] = ["C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"];
const RATES: [(usize, usize); 6] = [(3, 2), (5, 4), (7, 6), (9, 8), (11, 10), (13, 12)];

/// The poverty form with formulas in all computed cells and sums, and their results.
fn live(villages: &[Village]) -> Vec<Vec<String>> {
    let mut cells = grid(villages);
    let last = cells.len() - 1;
    let (first, end) = (FIRST_ROW as usize + 1, FIRST_ROW as usize + last);
    for (index, row) in cells.iter_mut().enumerate() {
        let at = FIRST_ROW as usize + index + 1;
        let mut put = |column: usize, formula: String| {
            row[column] = format!("={formula} -> {}", row[column]);
        };
        for (column, count) in RATES {
            put(column, format!("ROUND({}{at}/$C{at}*100,2)", LETTERS[count]));
        }
        for (column, a, b) in [(10, 2, 6), (12, 4, 8)] {
            put(column, format!("{}{at}-{}{at}", LETTERS[a], LETTERS[b]));
        }
        if index == last {
            for column in [0, 1, 2, 4, 6, 8] {
                put(column, format!("SUM({0}{first}:{0}{end})", LETTERS[column]));
            }
        }
    }
    cells
}

fn workbook(cells: &[Vec<String>]) -> Workbook {
    Workbook::from_text("Biểu", &sheet_text(cells))
}

/// The workbook with another value in each cell that holds a formula.
fn with_results(mut workbook: Workbook, result: &Value) -> Workbook {
    let sheet = &mut workbook.sheets[0];
    let formulas = sheet.cells().iter().filter(|(_, cell)| cell.formula.is_some());
    let places: Vec<Address> = formulas.map(|(at, _)| *at).collect();
    for at in places {
        sheet.cell_mut(at).unwrap().value = result.clone();
    }
    workbook
}

fn checked(workbook: Workbook) -> Checked {
    soatbieu::check_workbook(workbook, &request()).unwrap().tables.swap_remove(0)
}

fn errors(checked: &Checked) -> Vec<String> {
    let place = |finding: &Finding| checked.table.address(finding.place.unwrap()).to_string();
    checked.errors().map(place).collect()
}

fn villages() -> impl Strategy<Value = Vec<Village>> {
    prop::collection::vec(village(), 4..9)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: common::cases(24),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_table_without_results_is_told_as_one_with_them(
        villages in villages(),
        row in any::<prop::sample::Index>(),
        column in 0_usize..9,
        kind in 0_usize..4,
    ) {
        let mut cells = live(&villages);
        let row = row.index(villages.len());
        let at = FIRST_ROW as usize + row + 1;
        match kind {
            0 => {}
            // A count typed wrongly, a rate that reads another row, a figure typed over a formula.
            1 => cells[row][[0, 1, 2, 4, 6, 8][column % 6]] = "77".to_owned(),
            2 => cells[row][3] = format!("=ROUND(E{at}/$C{}*100,2) -> 1,00", at + 1),
            _ => cells[row][RATES[column % 6].0] = "99,99".to_owned(),
        }
        let without = with_results(workbook(&cells), &Value::Blank);
        let mut with = complete_results(without.clone());
        prop_assert!(!with.sheets[0].computed.is_empty());
        with.sheets[0].computed.clear();
        let zero = with_results(with.clone(), &Value::Number(0.into()));
        let [without, with, zero] = [without, with, zero].map(checked);
        prop_assert_eq!(&without.findings, &with.findings);
        prop_assert_eq!(&zero.findings, &with.findings);
        prop_assert!(kind != 0 || with.is_clean(), "{:?}", errors(&with));
        prop_assert!(with.table.notes.is_empty());
        prop_assert_eq!((without.table.notes.len(), zero.table.notes.len()), (1, 1));
        // Whatever is corrected, a formula stays a formula.
        let corrected = correct(&without, &Choice { suggested: true, ..Choice::default() }).unwrap();
        for (before, after) in without.table.grid.iter().flatten()
            .zip(corrected.after.table.grid.iter().flatten())
        {
            prop_assert!(before.formula.is_none() || after.formula.is_some());
        }
    }

    #[test]
    fn what_cannot_be_computed_accuses_nobody(
        villages in villages(),
        row in any::<prop::sample::Index>(),
        column in 0_usize..14,
        zeros in any::<bool>(),
    ) {
        let mut cells = live(&villages);
        let row = row.index(cells.len());
        cells[row][column] = "=CUBEVALUE(\"kho\",\"[Ho]\")".to_owned();
        let stored = if zeros { Value::Number(0.into()) } else { Value::Blank };
        let checked = checked(with_results(workbook(&cells), &stored));
        let at = format!("{}{}", LETTERS[column], FIRST_ROW as usize + row + 1);
        prop_assert_eq!(errors(&checked), std::slice::from_ref(&at));
        let error = checked.errors().next().unwrap();
        prop_assert_eq!((error.rule.code, error.verdict), ("R407", Some(Verdict::Pinned)));
        prop_assert!(words::message(&checked, error, Lang::Vi).contains("chưa có kết quả"));
        // A formula may be written like its neighbours', but no figure over it.
        let corrected = correct(&checked, &Choice { suggested: true, ..Choice::default() }).unwrap();
        prop_assert!(corrected.applied.iter().all(|a| a.correction.place == error.place.unwrap()));
        let place = error.place.unwrap();
        prop_assert!(corrected.after.table.datum(place).formula.is_some());
    }
}

fn hamlets(total: &str) -> Workbook {
    let text = format!(
        "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=ROUND(C5/B5*100,2) -> 1,39\nTổng cộng\t{total}\t34\t2,18\n"
    );
    Workbook::from_text("Biểu", &text)
}

#[test]
fn a_stored_zero_is_a_result_where_the_workbook_was_calculated() {
    // Others have results, so somebody calculated it: the zero is old.
    let stale = checked(hamlets("=SUM(B3:B5) -> 0"));
    let told: Vec<&str> = stale.errors().map(|finding| finding.rule.code).collect();
    assert_eq!((errors(&stale), told), (vec!["B6".to_owned()], vec!["R607"]));
    // Where programs calculate on opening, or a library wrote the file, nobody sees it.
    for calculation in [
        Calculation { on_load: true, ..Calculation::default() },
        Calculation { program: "Apache POI".to_owned(), ..Calculation::default() },
    ] {
        let workbook = Workbook { calculation, ..hamlets("=SUM(B3:B5) -> 0") };
        assert_eq!(errors(&checked(workbook)), [""; 0]);
    }
}

#[test]
fn with_calculation_by_hand_a_stored_zero_is_what_people_see() {
    let text = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35\nTây\t690\t17\t2,46\nTổng cộng\t=SUM(B3:B4) -> 0\t29\t2,42\n";
    let mut workbook = Workbook::from_text("Biểu", text);
    assert_eq!(errors(&checked(workbook.clone())), [""; 0]);
    workbook.calculation.manual = true;
    assert_eq!(errors(&checked(workbook)), ["B5"]);
}

#[test]
fn names_dates_and_other_sheets_are_computed_as_well() {
    let text = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\n='Biểu 2'!A1\t='Biểu 2'!B1\t12\t2,35\nTây\t690\t17\t2,46\nTổng cộng\t=SUM(B3:B4)\t29\t2,42\n\u{c}Đông\t510\n";
    let checked = checked(Workbook::from_text("Biểu", text));
    assert_eq!(errors(&checked), [""; 0]);
    assert_eq!(checked.table.rows[0].name, "Đông");
    assert_eq!(checked.table.rows.len(), 3);
    let mut dated = Workbook::from_text("Biểu", "=45000+1\t=A1+1");
    let date = soatbieu::workbook::NumberFormat::parse("dd/mm/yyyy");
    dated.formats.push(date);
    dated.sheets[0].cell_mut("A1".parse().unwrap()).unwrap().format = 1;
    let dated = complete_results(dated);
    assert_eq!(dated.sheets[0].value("A1".parse().unwrap()), &Value::Date(45_001.into()));
    assert_eq!(dated.sheets[0].value("B1".parse().unwrap()), &Value::Number(45_002.into()));
}

#[test]
fn circles_and_what_is_behind_them_are_unknown() {
    let text = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35\nTây\t690\t17\t2,46\nTổng cộng\t=SUM(B3:B5)\t=SUM(C3:C4)\t=ROUND(C5/B5*100,2)\n";
    let checked = checked(Workbook::from_text("Biểu", text));
    let error = checked.errors().next().unwrap();
    assert_eq!(errors(&checked), ["B5"]);
    let followers: Vec<String> =
        error.followers.iter().map(|place| checked.table.address(*place).to_string()).collect();
    assert_eq!(followers, ["D5"]);
}

#[test]
fn arrays_are_unknown_and_never_changed_cell_by_cell() {
    let text = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3:C5/B3:B5*100,2)\nTây\t690\t17\t\nNam\t360\t5\t\nTổng cộng\t1.560\t34\t2,18\n";
    let mut workbook = Workbook::from_text("Biểu", text);
    let array = "D3:D5".split_once(':').unwrap();
    let array = soatbieu::workbook::Range::new(array.0.parse().unwrap(), array.1.parse().unwrap());
    workbook.sheets[0].arrays.push(array);
    let unknown = checked(workbook.clone());
    assert_eq!(errors(&unknown), ["D3"]);
    assert_eq!(unknown.errors().next().unwrap().followers.len(), 2);
    // With results, one of them wrong: told, and left.
    let right = ["2,35", "9,99", "1,39"];
    for (row, figure) in (2..).zip(right) {
        let number: rust_decimal::Decimal = figure.replace(',', ".").parse().unwrap();
        let formula = workbook.sheets[0].cell(Address::new(row, 3)).and_then(|c| c.formula.clone());
        let cell = soatbieu::workbook::Cell {
            formula,
            ..soatbieu::workbook::Cell::new(Value::Number(number))
        };
        match workbook.sheets[0].cell_mut(Address::new(row, 3)) {
            Some(known) => *known = cell,
            None => workbook.sheets[0].add(vec![(Address::new(row, 3), cell)]),
        }
    }
    let told = checked(workbook);
    assert_eq!(errors(&told), ["D4"]);
    let correction = told.errors().next().unwrap().correction.clone().unwrap();
    assert_eq!(correction.grade, Grade::Shown);
    let all = correct(&told, &Choice { suggested: true, ..Choice::default() }).unwrap();
    assert!(all.applied.is_empty());
}

#[test]
fn a_blank_among_formulas_gets_its_columns_formula() {
    let mut cells = live(&[
        Village {
            households: 353,
            people: 1401,
            poor: 12,
            near_poor: 21,
            poor_less: 3,
            near_less: 5,
        },
        Village {
            households: 427,
            people: 1688,
            poor: 9,
            near_poor: 17,
            poor_less: 2,
            near_less: 4,
        },
        Village {
            households: 291,
            people: 1163,
            poor: 15,
            near_poor: 26,
            poor_less: 4,
            near_less: 7,
        },
    ]);
    cells[1][3] = String::new();
    let checked = checked(workbook(&cells));
    assert_eq!(errors(&checked), ["F4"]);
    let corrected = correct(&checked, &Choice::default()).unwrap();
    let place = corrected.applied[0].correction.place;
    let formula = corrected.after.table.datum(place).formula.as_deref();
    assert_eq!(formula, Some("ROUND(E4/$C4*100,2)"));
    assert!(corrected.after.is_clean());
}

#[test]
fn what_follows_from_one_figure_is_told_under_it() {
    let mut cells = live(&[
        Village {
            households: 353,
            people: 1401,
            poor: 12,
            near_poor: 21,
            poor_less: 3,
            near_less: 5,
        },
        Village {
            households: 427,
            people: 1688,
            poor: 9,
            near_poor: 17,
            poor_less: 2,
            near_less: 4,
        },
        Village {
            households: 291,
            people: 1163,
            poor: 15,
            near_poor: 26,
            poor_less: 4,
            near_less: 7,
        },
    ]);
    // More poor households fewer than there were: the difference and the totals follow.
    cells[2][6] = "40".to_owned();
    let checked = checked(with_results(workbook(&cells), &Value::Blank));
    assert_eq!(errors(&checked), ["I5"]);
    let error = checked.errors().next().unwrap();
    assert!(error.followers.iter().any(|place| checked.table.address(*place).to_string() == "M5"));
    assert!(words::advice(&checked, error, Lang::Vi).contains("sẽ tự đúng khi sửa I5"));
    assert!(
        checked
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Error || finding.place == error.place)
    );
}
