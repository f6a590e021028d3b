//! How a wrong figure came to be, told on whole tables.

use crate::common::{FIRST_COLUMN, FIRST_ROW, Village, check, grid, sheet_text};
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Grade, Mechanism, Verdict};
use soatbieu::lang::Lang;
use soatbieu::workbook::Address;

fn villages() -> Vec<Village> {
    let figures: [[u32; 6]; 6] = [
        [360, 1433, 0, 6, 0, 1],
        [426, 1639, 3, 8, 1, 2],
        [485, 1975, 2, 19, 1, 5],
        [551, 2117, 1, 14, 0, 2],
        [690, 2794, 0, 20, 0, 3],
        [510, 1940, 5, 15, 0, 3],
    ];
    let village = |[households, people, poor, near_poor, poor_less, near_less]: [u32; 6]| Village {
        households,
        people,
        poor,
        near_poor,
        poor_less,
        near_less,
    };
    figures.into_iter().map(village).collect()
}

const TOTAL: usize = 6;

/// The table with some figures replaced: row, column label, text.
fn damaged(changes: &[(usize, usize, &str)]) -> Checked {
    let mut figures = grid(&villages());
    for (row, label, text) in changes {
        (*text).clone_into(&mut figures[*row][label - 1]);
    }
    check(&sheet_text(&figures))
}

fn finding(checked: &Checked, row: usize, label: usize) -> &Finding {
    let offset = |index: usize| u32::try_from(index).unwrap();
    let at = Address::new(FIRST_ROW + offset(row), FIRST_COLUMN + offset(label) - 1);
    checked.errors().find(|f| checked.table.address(f.place.unwrap()) == at).unwrap()
}

fn first_cause(row: usize, label: usize, text: &str) -> (Option<Mechanism>, String) {
    let checked = damaged(&[(row, label, text)]);
    let finding = finding(&checked, row, label);
    assert_eq!(finding.verdict, Some(Verdict::Pinned), "{finding:?}");
    let first = finding.causes.first();
    let detail = first.map(|cause| cause.detail.get(Lang::Vi).to_owned()).unwrap_or_default();
    (first.map(|cause| cause.mechanism), detail)
}

#[test]
fn the_two_errors_of_the_table_this_project_was_born_from() {
    let (stale, detail) = first_cause(5, 14, "2,16");
    assert_eq!(stale, Some(Mechanism::StaleRate));
    assert!(
        detail.contains("2,16 = 11 × 100 / 510") && detail.contains("12 × 100 / 510 = 2,35"),
        "{detail}"
    );
    let (rounded, detail) = first_cause(TOTAL, 12, "0,29");
    assert_eq!(rounded, Some(Mechanism::RoundedRates));
    assert!(
        detail.contains("0,29 = 0,36 − 0,07") && detail.contains("9 × 100 / 3.022 = 0,30"),
        "{detail}"
    );
}

#[test]
fn each_mechanism_is_named() {
    let cases = [
        (TOTAL, 6, "15,85", Mechanism::SumOfRates),
        (TOTAL, 6, "2,64", Mechanism::MeanOfRates),
        (5, 14, "0,0235", Mechanism::Fraction),
        (5, 14, "23,53", Mechanism::PerMille),
        (5, 14, "4250", Mechanism::Inverted),
        (5, 14, "0,62", Mechanism::WrongDenominator),
        (1, 6, "1,87", Mechanism::Truncated),
        (5, 14, "2,4", Mechanism::FewerDecimals),
        (5, 14, "235", Mechanism::LostComma),
        (TOTAL, 1, "2332", Mechanism::OmittedRow),
        (TOTAL, 1, "3712", Mechanism::DoubledRow),
        (TOTAL, 1, "3,022", Mechanism::ThousandsDot),
        (2, 1, "-485", Mechanism::Sign),
        (2, 1, "458", Mechanism::SwappedDigits),
        (2, 1, "4485", Mechanism::RepeatedDigit),
        (2, 1, "4865", Mechanism::AddedDigit),
        (2, 1, "45", Mechanism::DroppedDigit),
        (2, 1, "495", Mechanism::ReplacedDigit),
        (2, 1, "426", Mechanism::Neighbour),
    ];
    for (row, label, text, mechanism) in cases {
        assert_eq!(first_cause(row, label, text).0, Some(mechanism), "{text} in column {label}");
    }
}

#[test]
fn a_count_of_one_digit_names_nothing() {
    // Every digit is one digit away from every other, and small counts recur.
    assert_eq!(first_cause(1, 7, "2").0, None);
}

#[test]
fn two_cells_in_each_others_place_are_named_and_never_safe() {
    let checked = damaged(&[(1, 1, "485"), (2, 1, "426")]);
    for row in [1, 2] {
        let finding = finding(&checked, row, 1);
        assert_eq!(finding.causes[0].mechanism, Mechanism::ExchangedCells);
        assert_eq!(finding.correction.as_ref().unwrap().grade, Grade::Suggested);
    }
    let safe = correct(&checked, &Choice::default()).unwrap();
    assert!(safe.applied.is_empty());
    let suggested = correct(&checked, &Choice { suggested: true, ..Choice::default() }).unwrap();
    assert!(suggested.after.is_clean() && suggested.newly_violated.is_empty());
}

#[test]
fn a_single_sum_accuses_no_cell() {
    let checked = damaged(&[(2, 2, "1976")]);
    let errors: Vec<&Finding> = checked.errors().collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].verdict, Some(Verdict::Undecidable));
    assert_eq!((&errors[0].correction, errors[0].causes.len()), (&None, 0));
}

/// `0` for 0,20 fits a count of nothing and a count of one: it vouches for neither, so that the total
/// that leaves the count out is not the one to be blamed.
#[test]
fn a_rate_printed_with_too_few_decimals_vouches_for_no_count() {
    let mut cells = grid(&villages());
    cells[5][6] = "1".to_owned();
    cells[5][7] = "0".to_owned();
    let book = soatbieu::workbook::Workbook::from_text("Biểu", &sheet_text(&cells));
    let request = soatbieu::recognise::Request::default();
    let checked = soatbieu::check_workbook(book, &request).unwrap().tables.remove(0);
    let blamed: Vec<String> = checked
        .errors()
        .filter_map(|finding| finding.place)
        .map(|place| checked.table.address(place).to_string())
        .collect();
    assert_eq!(blamed, ["I8"]);
    assert!(!checked.errors().any(Finding::is_safe));
}
