//! Figures that are not there, or cannot be read: nobody is accused for them, and what the rules say
//! of them is told.

use crate::common::{self, FIRST_COLUMN, FIRST_ROW, Village, check, grid, sheet_text, village};
use proptest::prelude::*;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Grade, Mechanism, Verdict};
use soatbieu::forms;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::workbook::{Address, Workbook};

fn villages() -> impl Strategy<Value = Vec<Village>> {
    prop::collection::vec(village(), 5..10)
}

/// Cells of a table of the form: row of the grid, column of the form counted from 0.
type Cells = Vec<(prop::sample::Index, usize)>;

fn cells(most: usize) -> impl Strategy<Value = Cells> {
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..14), 1..=most)
}

/// A table of the form, checked by the form or by its index row alone.
fn checked(figures: &[Vec<String>], by_form: bool) -> Checked {
    let text = sheet_text(figures);
    if by_form { check(&text) } else { index_row(&text) }
}

fn index_row(text: &str) -> Checked {
    let book = Workbook::from_text("Biểu", text);
    let checkup = soatbieu::check_workbook(book, &Request::default()).unwrap();
    checkup.tables.into_iter().next().unwrap()
}

fn address(row: usize, column: usize) -> Address {
    let offset = |index: usize| u32::try_from(index).unwrap();
    Address::new(FIRST_ROW + offset(row), FIRST_COLUMN + offset(column))
}

fn named(checked: &Checked, finding: &Finding) -> Vec<Address> {
    let along = finding.along.iter().map(|correction| correction.place);
    let all = finding.place.into_iter().chain(finding.others.iter().copied()).chain(along);
    all.map(|place| checked.table.address(place)).collect()
}

/// Nobody but the cells without a figure is accused, and what is proposed for them is right.
fn accuses_nobody(
    checked: &Checked,
    right: &[Vec<String>],
    gone: &[(usize, usize)],
) -> Result<(), TestCaseError> {
    for finding in checked.errors() {
        for cell in named(checked, finding) {
            let known = gone.iter().find(|(row, column)| address(*row, *column) == cell);
            prop_assert!(known.is_some(), "{cell} accused: {finding:?}");
        }
        if let Some(correction) = &finding.correction {
            let (row, column) = gone
                .iter()
                .find(|(row, column)| {
                    address(*row, *column) == checked.table.address(correction.place)
                })
                .unwrap();
            let printed = checked.table.print(correction.place.column, correction.to);
            prop_assert_eq!(printed.replace('.', ""), right[*row][*column].clone());
        }
        if let (Some(expected), Some(place)) = (finding.expected, finding.place) {
            let (row, column) = gone
                .iter()
                .find(|(row, column)| address(*row, *column) == checked.table.address(place))
                .unwrap();
            let printed = checked.table.print(place.column, expected);
            prop_assert_eq!(printed.replace('.', ""), right[*row][*column].clone());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(64), ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_blanked_no_right_cell_is_called_wrong(
        villages in villages(),
        blanked in cells(3),
        by_form in any::<bool>(),
        unreadable in any::<bool>(),
    ) {
        let right = grid(&villages);
        let mut shown = right.clone();
        let gone: Vec<(usize, usize)> =
            blanked.iter().map(|(row, column)| (row.index(right.len()), *column)).collect();
        for (row, column) in &gone {
            shown[*row][*column] = if unreadable { "?".to_owned() } else { String::new() };
        }
        let checked = checked(&shown, by_form);
        accuses_nobody(&checked, &right, &gone)?;
        let suggested = Choice { suggested: true, ..Choice::default() };
        let corrected = correct(&checked, &suggested).unwrap();
        prop_assert_eq!(corrected.newly_violated, Vec::<usize>::new());
        accuses_nobody(&corrected.after, &right, &gone)?;
    }

    #[test]
    fn whatever_is_blanked_in_one_column_no_right_cell_is_called_wrong(
        villages in villages(),
        rows in prop::collection::vec(any::<prop::sample::Index>(), 2..4),
        column in 0_usize..14,
        total in any::<bool>(),
        by_form in any::<bool>(),
    ) {
        let right = grid(&villages);
        let mut gone: Vec<(usize, usize)> =
            rows.iter().map(|row| (row.index(right.len()), column)).collect();
        if total {
            gone[0].0 = right.len() - 1;
        }
        let mut shown = right.clone();
        for (row, column) in &gone {
            shown[*row][*column] = String::new();
        }
        let checked = checked(&shown, by_form);
        accuses_nobody(&checked, &right, &gone)?;
    }

    #[test]
    fn one_forgotten_figure_that_two_rules_reach_comes_back(
        villages in villages(),
        row in any::<prop::sample::Index>(),
        column in prop::sample::select(vec![2_usize, 4, 6, 8, 10, 12]),
        by_form in any::<bool>(),
    ) {
        let right = grid(&villages);
        let row = row.index(right.len());
        let mut shown = right.clone();
        shown[row][column] = String::new();
        let checked = checked(&shown, by_form);
        let errors: Vec<_> = checked.errors().collect();
        if right[row][column] == "0" {
            prop_assert_eq!(errors.len(), 0, "{:?}", errors);
            return Ok(());
        }
        prop_assert_eq!(errors.len(), 1, "{:?}", errors);
        prop_assert_eq!(errors[0].rule.code, "R402");
        prop_assert_eq!(errors[0].verdict, Some(Verdict::Pinned));
        accuses_nobody(&checked, &right, &[(row, column)])?;
        prop_assert!(errors[0].correction.is_some());
    }

    #[test]
    fn a_wrong_figure_beside_a_forgotten_one_is_still_found(
        villages in villages(),
        rows in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        column in prop::sample::select(vec![2_usize, 4, 6, 8, 10, 12]),
        by in 7_u32..40,
    ) {
        let right = grid(&villages);
        let blank = (rows.0.index(right.len()), column);
        let wrong = (rows.1.index(right.len()), [2, 4][column / 2 % 2]);
        prop_assume!(blank != wrong);
        let mut shown = right.clone();
        shown[blank.0][blank.1] = String::new();
        let figure: u32 = shown[wrong.0][wrong.1].replace('.', "").parse().unwrap();
        shown[wrong.0][wrong.1] = (figure + by).to_string();
        let checked = checked(&shown, true);
        prop_assert!(!checked.is_clean());
        for finding in checked.errors().filter(|f| f.is_safe()) {
            accuses_nobody_safely(&checked, finding, &right)?;
        }
    }
}

/// What is proposed as safe is right.
fn accuses_nobody_safely(
    checked: &Checked,
    finding: &Finding,
    right: &[Vec<String>],
) -> Result<(), TestCaseError> {
    let correction = finding.correction.as_ref().unwrap();
    let at = checked.table.address(correction.place);
    let (row, column) = ((at.row - FIRST_ROW) as usize, (at.column - FIRST_COLUMN) as usize);
    let printed = checked.table.print(correction.place.column, correction.to);
    prop_assert_eq!(printed.replace('.', ""), right[row][column].clone(), "{:?}", finding);
    Ok(())
}

/// Errors as cell, code, figure proposed and grade.
fn errors(checked: &Checked) -> Vec<String> {
    let told = checked.errors().map(|finding| {
        let cells: Vec<String> = named(checked, finding).iter().map(ToString::to_string).collect();
        let figure = match &finding.correction {
            Some(correction) => {
                format!(
                    "{} {:?}",
                    checked.table.print(correction.place.column, correction.to),
                    correction.grade
                )
            }
            None => finding.expected.map_or_else(String::new, |value| format!("({value})")),
        };
        format!("{} {} {figure}", cells.join("+"), finding.rule.code).trim_end().to_owned()
    });
    told.collect()
}

const FORM: &str = r#"
id = "small"
name = { vi = "Biểu nhỏ", en = "A small form" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "rate", formula = "2/1", scale = 100, decimals = 2 },
  { label = "4", kind = "count" },
  { label = "5", kind = "count", formula = "2-4" },
]
"#;

/// A small table of a form: households, poor, rate, fewer, poor at the end.
fn small(text: &str) -> Checked {
    let head = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ\tGiảm\tCuối năm\nA\t1\t2\t3=2/1\t4\t5=2-4\n";
    by_form(FORM, head, text)
}

/// The same with the rate at the end.
fn wide(text: &str) -> Checked {
    let head = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ\tGiảm\tCuối năm\tTỷ lệ cuối năm\nA\t1\t2\t3=2/1\t4\t5=2-4\t6=5/1\n";
    let rate = r#"  { label = "6", kind = "rate", formula = "5/1", scale = 100, decimals = 2 },"#;
    by_form(&FORM.replace("\n]", &format!("\n{rate}\n]")), head, text)
}

fn by_form(form: &str, head: &str, text: &str) -> Checked {
    let form = forms::parse(form).unwrap();
    let request = Request { form: Some(form), ..Request::default() };
    let book = Workbook::from_text("Biểu", &format!("{head}{text}"));
    let checkup = soatbieu::check_workbook(book, &request).unwrap();
    checkup.tables.into_iter().next().unwrap()
}

#[test]
fn a_forgotten_figure_is_told_with_its_value_and_nothing_else_is() {
    let checked = small(
        "Đông\t510\t12\t2,35\t2\t10\nTây\t690\t\t2,46\t3\t14\nNam\t360\t5\t1,39\t1\t4\nTổng cộng\t1.560\t34\t2,18\t6\t28\n",
    );
    assert_eq!(errors(&checked), ["C4 R402 17 Safe"]);
    let corrected = correct(&checked, &Choice::default()).unwrap();
    assert_eq!(corrected.after.findings, vec![]);
}

#[test]
fn blanks_that_are_zeros_are_nothing() {
    // Nobody fell out of poverty in two villages, and their rows say so throughout.
    let checked = small(
        "Đông\t510\t12\t2,35\t\t12\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t\t5\nTổng cộng\t1.560\t34\t2,18\t3\t31\n",
    );
    assert_eq!(checked.findings, vec![]);
}

#[test]
fn where_zeros_are_left_blank_a_wrong_total_is_not_laid_to_a_blank() {
    let checked = small(
        "Đông\t510\t12\t2,35\t\t12\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t\t5\nBắc\t200\t4\t2,00\t\t4\nTổng cộng\t1.760\t38\t2,16\t4\t35\n",
    );
    assert_eq!(errors(&checked), ["E7 R201 3 Safe"]);
}

#[test]
fn figures_with_units_and_marks_are_read_through() {
    let checked = small(
        "Đông\t'510 hộ\t12\t2,35\t2\t10\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t'0*\t5\nTổng cộng\t1.560\t34\t2,18\t5\t29\n",
    );
    assert_eq!(errors(&checked), ["B3 R401 510 Safe", "E5 R401 0 Safe"]);
    let corrected = correct(&checked, &Choice::default()).unwrap();
    assert_eq!(corrected.after.findings, vec![]);
}

#[test]
fn a_column_of_figures_with_their_unit_is_told_once() {
    let checked = small(
        "Đông\t'510 hộ\t12\t2,35\t2\t10\nTây\t'690 hộ\t17\t2,46\t3\t14\nNam\t'360 hộ\t5\t1,39\t1\t4\nTổng cộng\t'1.560 hộ\t34\t2,18\t6\t28\n",
    );
    assert_eq!(errors(&checked), ["B3+B4+B5+B6+B4+B5+B6 R401 510 Safe"]);
    let corrected = correct(&checked, &Choice::default()).unwrap();
    assert_eq!(corrected.after.findings, vec![]);
}

#[test]
fn a_figure_read_through_its_unit_may_be_wrong_itself() {
    let checked = small(
        "Đông\t'501 hộ\t12\t2,35\t2\t10\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t1\t4\nTổng cộng\t1.560\t34\t2,18\t6\t28\n",
    );
    assert_eq!(errors(&checked), ["B3 R401 510 Suggested"]);
}

#[test]
fn invisible_characters_are_no_part_of_a_figure() {
    let checked = small(
        "Đông\t'5\u{200B}10\t12\t'2,35\u{FEFF}\t2\t10\nTây\t'\u{200E}690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t'1\u{2009}\t4\nTổng cộng\t'1\u{202F}560\t34\t2,18\t6\t28\n",
    );
    assert_eq!(errors(&checked), Vec::<String>::new());
}

#[test]
fn a_date_is_an_error_with_its_cause() {
    let checked = small(
        "Đông\t510\t12\t'02/03/2026\t2\t10\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t4\t'01/11/2026\t1\t3\nTổng cộng\t1.560\t33\t2,12\t6\t27\n",
    );
    assert_eq!(errors(&checked), ["D3 R401 2,35 Safe", "D5 R401 1,11 Safe"]);
    let causes: Vec<Vec<Mechanism>> = checked
        .errors()
        .map(|finding| finding.causes.iter().map(|cause| cause.mechanism).collect())
        .collect();
    assert_eq!(causes, [vec![], vec![Mechanism::MadeDate]]);
}

#[test]
fn a_date_no_rule_reads_is_an_error_all_the_same() {
    let text = "Thôn\tĐầu năm\tGiảm\tCuối năm\tGhi nhận khác\nA\t1\t2\t3=1-2\t4\nĐông\t12\t3\t9\t7\nTây\t17\t2\t15\t'17/09/2026\nNam\t5\t1\t4\t6\n";
    assert_eq!(errors(&index_row(text)), ["E4 R401"]);
}

#[test]
fn a_figure_merged_over_two_rows_is_unknown_in_both() {
    let checked = small(
        "Đông\t510\t12\t2,35\t2\t10\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t↑\t1,39\t1\t4\nTổng cộng\t1.560\t34\t2,18\t6\t28\n",
    );
    assert_eq!(errors(&checked), ["C5 R409 (5)"]);
    let cause = &checked.findings[0].causes[0];
    assert_eq!(cause.mechanism, Mechanism::Merged);
    assert!(cause.detail.get(Lang::Vi).contains("C4:C5"));
    // Two villages share one figure, and the total has it once.
    let shared = small(
        "Đông\t510\t12\t2,35\t2\t10\nTây\t690\t17\t2,46\t3\t14\nNam\t360\t5\t1,39\t4\t4\nTrung\t100\t2\t2,00\t↑\t\nTổng cộng\t1.660\t36\t2,17\t9\t28\n",
    );
    assert_eq!(errors(&shared)[0].split(' ').nth(1), Some("R409"));
}

#[test]
fn each_certain_cell_is_pinned_though_the_rest_is_open() {
    // The total of households is one off, so it or a village is wrong; both rates are wrong whatever
    // that is.
    let checked = wide(
        "Đông\t510\t12\t2,16\t2\t10\t1,96\nTây\t690\t17\t2,46\t3\t14\t2,03\nNam\t360\t5\t1,39\t1\t4\t1,11\nTổng cộng\t1.561\t34\t2,81\t6\t28\t1,79\n",
    );
    let told: Vec<(String, Option<Verdict>, Option<Grade>)> = checked
        .errors()
        .map(|finding| {
            let cell = checked.table.address(finding.place.unwrap()).to_string();
            (cell, finding.verdict, finding.correction.as_ref().map(|c| c.grade))
        })
        .collect();
    let pinned = |cell: &str| told.iter().find(|(known, ..)| known == cell).unwrap().1;
    assert_eq!(pinned("D3"), Some(Verdict::Pinned), "{told:?}");
    assert_eq!(pinned("D6"), Some(Verdict::Pinned), "{told:?}");
    assert_eq!(pinned("B6"), Some(Verdict::Undecidable), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
    let rate = told.iter().find(|(cell, ..)| cell == "D6").unwrap();
    assert_ne!(rate.2, Some(Grade::Safe), "its denominator is in doubt");
}

#[test]
fn what_a_decision_makes_certain_is_corrected_with_it() {
    let checked = wide(
        "Đông\t510\t12\t2,16\t2\t10\t1,96\nTây\t690\t17\t2,46\t3\t14\t2,03\nNam\t360\t5\t1,39\t1\t4\t1,11\nTổng cộng\t1.561\t34\t2,81\t6\t28\t1,79\n",
    );
    let at = Address::new(5, 1);
    let accepted = vec![(at, 1560.into())];
    let corrected = correct(&checked, &Choice { accepted, ..Choice::default() }).unwrap();
    let cells: Vec<String> = corrected
        .applied
        .iter()
        .map(|applied| checked.table.address(applied.correction.place).to_string())
        .collect();
    assert_eq!(cells, ["D3", "B6", "D6"]);
    assert_eq!(corrected.after.findings, vec![]);
}

#[test]
fn a_blank_in_all_groups_is_no_error() {
    let text = "TT\tTên\tSố lượng\tGiá trị đầu năm\tGiá trị cuối năm\nA\tB\t1\t2\t3\nI\tĐất\t\t300\t310\n1\tTrụ sở\t1\t100\t100\n2\tSân\t3\t200\t210\nII\tNhà\t\t90\t80\n1\tKho\t2\t40\t35\n2\tXưởng\t1\t50\t45\n\tTổng cộng\t\t390\t390\n";
    let checked = index_row(text);
    let blanks: Vec<_> = checked.findings.iter().filter(|f| f.rule.code == "R402").collect();
    assert_eq!(blanks, Vec::<&Finding>::new());
}
