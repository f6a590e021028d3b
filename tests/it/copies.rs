//! A corrected copy, checked again, says what was said would be left: whatever was wrong, and
//! whatever formats the cells had.

use std::collections::BTreeSet;

use crate::common::{self, FIRST_COLUMN, FIRST_ROW, grid, request, sheet_text, village};
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Formula, Workbook as Writer};
use soatbieu::Checkup;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::Checked;
use soatbieu::lang::Lang;
use soatbieu::output::{ChangeList, Marks, Source, corrected};
use soatbieu::read::{Limits, workbook};
use soatbieu::rules::Severity;
use soatbieu::workbook::{Address, Value, Workbook};

const FORMATS: [&str; 10] =
    ["General", "0", "0.0", "0.00", "0.000", "#,##0", "#,##0.00", "0%", "dd/mm/yyyy", "@"];

/// What is done to one figure.
#[derive(Debug, Clone)]
enum Damage {
    Digit(u32),
    Blank,
    Text,
    Tenfold,
    Format(usize),
}

fn damage() -> impl Strategy<Value = (prop::sample::Index, usize, Damage)> {
    let kind = prop_oneof![
        (1_u32..10).prop_map(Damage::Digit),
        Just(Damage::Blank),
        Just(Damage::Text),
        Just(Damage::Tenfold),
        (0..FORMATS.len()).prop_map(Damage::Format),
    ];
    (any::<prop::sample::Index>(), 0_usize..14, kind)
}

/// How the computed cells are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Typed,
    Live,
    Uncalculated,
}

const LETTERS: [&str; 14] = ["C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"];

/// The formula of a cell of the grid, if it is computed.
fn formula(row: usize, column: usize, rows: usize) -> Option<String> {
    let at = FIRST_ROW as usize + row + 1;
    match column {
        3 | 5 | 7 | 9 | 11 | 13 => Some(format!("ROUND({}{at}/$C{at}*100,2)", LETTERS[column - 1])),
        10 => Some(format!("E{at}-I{at}")),
        12 => Some(format!("G{at}-K{at}")),
        _ if row + 1 == rows => {
            let (first, last) = (FIRST_ROW + 1, FIRST_ROW as usize + rows - 1);
            Some(format!("SUM({0}{first}:{0}{last})", LETTERS[column]))
        }
        _ => None,
    }
}

/// The workbook as a file. `formats` are those of the columns.
fn file(
    figures: &[Vec<String>],
    held: Held,
    formats: &[usize],
    damages: &[(prop::sample::Index, usize, Damage)],
) -> Vec<u8> {
    let text = Workbook::from_text("Biểu", &sheet_text(figures));
    let mut writer = Writer::new();
    let page = writer.add_worksheet();
    page.set_name("Biểu").unwrap();
    for (at, cell) in text.sheets[0].cells() {
        let place = at.row.checked_sub(FIRST_ROW).zip(at.column.checked_sub(FIRST_COLUMN));
        let place = place.map(|(row, column)| (row as usize, column as usize));
        let hit = damages
            .iter()
            .find(|(row, column, _)| place == Some((row.index(figures.len()), *column)));
        let format = place.map_or("General", |(_, column)| FORMATS[formats[column]]);
        let format = match hit {
            Some((_, _, Damage::Format(format))) => FORMATS[*format],
            _ => format,
        };
        let format = Format::new().set_num_format(format);
        let (row, column) = (at.row, u16::try_from(at.column).unwrap());
        let number = match &cell.value {
            Value::Number(number) => number.to_f64().unwrap(),
            Value::Text(text) => {
                page.write_string(row, column, text).unwrap();
                continue;
            }
            _ => continue,
        };
        match hit.map(|(_, _, damage)| damage) {
            Some(Damage::Blank) => continue,
            Some(Damage::Text) => {
                page.write_string_with_format(row, column, format!("{number} (?)"), &format)
                    .unwrap();
                continue;
            }
            Some(Damage::Digit(by)) => {
                page.write_number_with_format(row, column, number + f64::from(*by), &format)
                    .unwrap();
                continue;
            }
            Some(Damage::Tenfold) => {
                page.write_number_with_format(row, column, number * 10.0, &format).unwrap();
                continue;
            }
            Some(Damage::Format(_)) | None => {}
        }
        let computed = place.and_then(|(row, column)| formula(row, column, figures.len()));
        match computed.filter(|_| held != Held::Typed) {
            Some(text) => {
                let formula = Formula::new(text);
                let live = held == Held::Live;
                let formula = if live { formula.set_result(number.to_string()) } else { formula };
                page.write_formula_with_format(row, column, formula, &format).unwrap();
            }
            None => {
                page.write_number_with_format(row, column, number, &format).unwrap();
            }
        }
    }
    writer.save_to_buffer().unwrap()
}

fn check(bytes: &[u8]) -> Checkup {
    soatbieu::check(bytes, &Limits::default(), &request()).unwrap()
}

/// Findings with the cells in question. Where several cells may be wrong, which of them a finding
/// stands at, and so which rule tells it, is of no account.
fn told(checked: &Checked, least: Severity) -> Vec<String> {
    let told = checked.findings.iter().filter(|finding| finding.severity <= least);
    let mut told: Vec<String> = told
        .map(|finding| {
            let places = finding.place.iter().chain(finding.alternatives.iter().flatten());
            let cells: BTreeSet<String> =
                places.map(|place| checked.table.address(*place).to_string()).collect();
            let code = if cells.len() > 1 { "" } else { finding.rule.code };
            format!("{} {code}", cells.into_iter().collect::<Vec<_>>().join(" "))
        })
        .collect();
    told.sort();
    told
}

fn copy(bytes: &[u8], suggested: bool) -> (Checked, Checked, Vec<u8>) {
    let checkup = check(bytes);
    let before = checkup.tables[0].clone();
    let made = correct(&before, &Choice { suggested, ..Choice::default() }).unwrap();
    let list = ChangeList::of(&[(&before, &made)], Lang::Vi);
    let source = Source { bytes, workbook: &checkup.workbook, rebuilt: false };
    let copy = corrected(source, &list, Marks::Plain, Lang::Vi).unwrap();
    (before, made.after, copy.bytes)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: common::cases(16),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_check_of_a_copy_says_what_was_said_would_be_left(
        villages in prop::collection::vec(village(), 4..9),
        damages in prop::collection::vec(damage(), 0..4),
        held in prop_oneof![Just(Held::Typed), Just(Held::Live), Just(Held::Uncalculated)],
        formats in prop::collection::vec(0_usize..8, 14),
        suggested in any::<bool>(),
    ) {
        let is_rate = |column: usize| [3, 5, 7, 9, 11, 13].contains(&column);
        // Per cent over a whole column of counts is nobody's slip.
        let formats: Vec<usize> = formats
            .into_iter()
            .enumerate()
            .map(|(column, format)| if is_rate(column) { format } else { format % 7 })
            .collect();
        let bytes = file(&grid(&villages), held, &formats, &damages);
        let (before, promised, bytes) = copy(&bytes, suggested);
        let again = check(&bytes).tables.swap_remove(0);
        prop_assert_eq!(
            told(&again, Severity::Error),
            told(&promised, Severity::Error),
            "before: {:?}", told(&before, Severity::Note)
        );
        // No formula became a figure.
        let formulas = |bytes: &[u8]| -> Vec<Address> {
            let book = workbook(bytes, &Limits::default()).unwrap();
            let cells = book.sheets[0].cells().iter();
            cells.filter(|(_, cell)| cell.formula.is_some()).map(|(at, _)| *at).collect()
        };
        let live = |at: &Address| before.table.place(*at).is_some_and(|place| {
            before.table.datum(place).formula.is_some()
        });
        let kept = formulas(&bytes);
        let lost: Vec<Address> = (0..40_u32)
            .flat_map(|row| (0..20_u32).map(move |column| Address::new(row, column)))
            .filter(|at| live(at) && !kept.contains(at))
            .collect();
        prop_assert!(lost.is_empty(), "{:?}", lost);
    }

    #[test]
    fn right_figures_under_formats_that_hide_them_are_shown_in_the_copy(
        villages in prop::collection::vec(village(), 4..9),
        held in prop_oneof![Just(Held::Typed), Just(Held::Live), Just(Held::Uncalculated)],
        format in prop::sample::select(vec![1_usize, 2, 5, 7]),
    ) {
        let mut formats = [0; 14];
        for column in [3, 5, 7, 9, 11, 13] {
            formats[column] = format;
        }
        let bytes = file(&grid(&villages), held, &formats, &[]);
        let (before, promised, bytes) = copy(&bytes, false);
        prop_assert_eq!(before.errors().count(), 0, "{:?}", told(&before, Severity::Note));
        prop_assert!(before.findings.iter().any(|finding| finding.rule.code == "R408"));
        let hidden = before.findings.iter().filter(|finding| finding.rule.code == "R408");
        prop_assert!(hidden.count() <= 6);
        prop_assert_eq!(told(&promised, Severity::Warning), Vec::<String>::new());
        let again = check(&bytes).tables.swap_remove(0);
        prop_assert_eq!(told(&again, Severity::Warning), Vec::<String>::new());
        let hides = |place| again.table.figure(place).is_some_and(soatbieu::table::Figure::hides);
        prop_assert!(!again.table.places().any(hides));
    }
}
