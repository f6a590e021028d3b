//! Formulas in the cells of whole tables: right ones stay silent however they are written, wrong
//! ones are found, told once and put right.

use std::collections::{BTreeSet, HashMap};

use crate::common::{self, FIRST_ROW, Village, check, grid, sheet_text, village};
use proptest::prelude::*;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Verdict};
use soatbieu::formula::{CellPlace, Change, Limits, recalculate};
use soatbieu::judge::{follow, put};
use soatbieu::relations::{Outcome, instances};
use soatbieu::rules::Severity;
use soatbieu::workbook::{Address, Workbook};

/// Columns of the sheet from column 1 of the form on.
const LETTERS: [&str; 14] = ["C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"];
/// Rate columns with the column they divide by the households.
const RATES: [(usize, usize); 6] = [(3, 2), (5, 4), (7, 6), (9, 8), (11, 10), (13, 12)];
/// Differences with what is subtracted from what.
const DIFFERENCES: [(usize, usize, usize); 2] = [(10, 2, 6), (12, 4, 8)];

/// A table with live formulas; the style of its rates and sums is a choice.
fn live(villages: &[Village], style: usize) -> Vec<Vec<String>> {
    let mut cells = grid(villages);
    let last = cells.len() - 1;
    let first = FIRST_ROW + 1;
    let end = FIRST_ROW as usize + last;
    for (index, row) in cells.iter_mut().enumerate() {
        let at = FIRST_ROW as usize + index + 1;
        let mut put = |column: usize, formula: String| {
            row[column] = format!("={formula} -> {}", row[column]);
        };
        for (column, count) in RATES {
            let (a, b) = (format!("{}{at}", LETTERS[count]), format!("$C{at}"));
            put(column, rate_formula(&a, &b, style));
        }
        for (column, a, b) in DIFFERENCES {
            put(column, format!("{}{at}-{}{at}", LETTERS[a], LETTERS[b]));
        }
        if index == last {
            for column in [0, 1, 2, 4, 6, 8] {
                put(column, sum_formula(LETTERS[column], first as usize, end, style));
            }
        }
    }
    cells
}

fn rate_formula(a: &str, b: &str, style: usize) -> String {
    match style % 8 {
        0 => format!("ROUND({a}/{b}*100,2)"),
        1 => format!("ROUND({a}/{b}%,2)"),
        2 => format!("IFERROR(ROUND({a}*100/{b},2),0)"),
        3 => format!("+ROUND(100*{a}/{b},2)"),
        4 => format!("IF({b}=0,0,ROUND({a}/{b}*100,2))"),
        5 => format!("ROUND({a}/({b}/100),2)"),
        6 => format!("ROUND(100-({b}-{a})/{b}*100,2)"),
        _ => format!("ROUND(SUM({a})/SUM({b})*100,2)"),
    }
}

fn sum_formula(column: &str, first: usize, last: usize, style: usize) -> String {
    match style % 4 {
        0 => format!("SUM({column}{first}:{column}{last})"),
        1 => format!("SUBTOTAL(9,{column}{first}:{column}{last})"),
        2 => (first..=last).map(|row| format!("{column}{row}")).collect::<Vec<_>>().join("+"),
        _ => format!("SUMIF($A{first}:$A{last},\">0\",{column}{first}:{column}{last})"),
    }
}

fn villages() -> impl Strategy<Value = Vec<Village>> {
    prop::collection::vec(village(), 4..9)
}

fn told(checked: &Checked) -> Vec<String> {
    let line = |finding: &Finding| {
        let cell = finding.place.map(|place| checked.table.address(place).to_string());
        format!("{} {}", cell.unwrap_or_default(), finding.rule.code)
    };
    checked.findings.iter().filter(|f| f.severity != Severity::Note).map(line).collect()
}

/// Some villages that are always the same.
fn five() -> Vec<Village> {
    let village = |households, people, poor, near_poor, poor_less, near_less| Village {
        households,
        people,
        poor,
        near_poor,
        poor_less,
        near_less,
    };
    vec![
        village(360, 1433, 7, 6, 2, 1),
        village(426, 1639, 3, 8, 1, 2),
        village(485, 1975, 12, 19, 1, 5),
        village(551, 2117, 9, 14, 4, 2),
        village(690, 2794, 15, 20, 3, 3),
    ]
}

/// Replaces a cell of the form's table by its address.
fn with(cells: &mut [Vec<String>], at: &str, text: &str) {
    let at: Address = at.parse().unwrap();
    text.clone_into(&mut cells[(at.row - FIRST_ROW) as usize][at.column as usize - 2]);
}

/// Checks a sheet of text in which every formula that reads a cell follows its figure.
fn check_followed(text: &str, at: &str) -> Checked {
    let mut workbook = Workbook::from_text("Biểu", text);
    let at: Address = at.parse().unwrap();
    let value = workbook.sheets[0].value(at).clone();
    let change = Change { place: CellPlace { sheet: 0, at }, value };
    for (place, value) in recalculate(&workbook, &[change], &Limits::default()).values {
        workbook.sheets[0].cell_mut(place.at).unwrap().value = value;
    }
    let checkup = soatbieu::check_workbook(workbook, &common::request()).unwrap();
    checkup.tables.into_iter().next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(48), ..ProptestConfig::default() })]

    #[test]
    fn right_formulas_are_silent_however_they_are_written(
        villages in villages(),
        style in 0_usize..32,
    ) {
        let checked = check(&sheet_text(&live(&villages, style)));
        prop_assert_eq!(told(&checked), Vec::<String>::new());
    }
}

#[test]
fn wrong_formulas_are_told_once_and_put_right() {
    // The villages stand in rows 3 to 7, the total in row 8.
    for (at, text, code, right) in [
        ("F4", "=ROUND(E3/$C4*100,2) -> 1,64", "R601", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND(E4/$C5*100,2) -> 0,62", "R601", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND(G4/$C4*100,2) -> 1,88", "R601", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND(E4/$D4*100,2) -> 0,18", "R601", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND(E4/$C4,2) -> 0,01", "R611", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND($C4/E4*100,2) -> 14.200,00", "R611", "ROUND(E4/$C4*100,2)"),
        ("F4", "=ROUND(E4/426*100,2) -> 0,70", "R611", "ROUND(E4/$C4*100,2)"),
        ("M5", "=E5+I5 -> 13", "R611", "E5-I5"),
        ("N8", "=F8-J8 -> 1,39", "R603", "ROUND(M8/$C8*100,2)"),
        ("F8", "=AVERAGE(F3:F7) -> 1,74", "R603", "ROUND(E8/$C8*100,2)"),
        ("F8", "=SUM(F3:F7) -> 8,72", "R603", "ROUND(E8/$C8*100,2)"),
        ("E8", "=SUM(E3:E6) -> 31", "R602", "SUM(E3:E7)"),
        ("E8", "=E3+E4+E5+E7 -> 37", "R602", "SUM(E3:E7)"),
        ("E8", "=SUM(E3:E8) -> 46", "R610", "SUM(E3:E7)"),
        ("E8", "=SUM(D3:D7) -> 9.958", "R601", "SUM(E3:E7)"),
        ("E8", "=SUM(E3:E7) -> 45", "R607", "SUM(E3:E7)"),
        ("F5", "=ROUND(E5/$C5*100,2) -> 2,48", "R607", "ROUND(E5/$C5*100,2)"),
        ("F5", "2,48", "R101", "ROUND(E5/$C5*100,2)"),
    ] {
        let mut cells = live(&five(), 0);
        with(&mut cells, at, text);
        let checked = check_followed(&sheet_text(&cells), at);
        assert_eq!(told(&checked), [format!("{at} {code}")], "{at} {text}");
        let finding = checked.errors().next().unwrap();
        assert_eq!(finding.verdict, Some(Verdict::Pinned), "{at} {text}");
        let place = finding.place.unwrap();
        assert_eq!(checked.judgements[&place].repair.as_deref(), Some(right), "{at} {text}");
        let corrected = correct(&checked, &Choice::default()).unwrap();
        assert!(corrected.after.is_clean() && corrected.applied.len() == 1, "{at} {text}");
        assert_eq!(corrected.newly_violated, Vec::<usize>::new());
    }
}

#[test]
fn what_follows_comes_with_the_instances_of_the_table_as_it_then_stands() {
    for (cells, computes) in [(live(&five(), 0), true), (grid(&five()), false)] {
        let mut judged = check(&sheet_text(&cells)).judged();
        let place = judged.table.place("E4".parse().unwrap()).unwrap();
        put(&mut judged.table, place, 4.into());
        let known = follow(&mut judged, &BTreeSet::from([place]));
        let instances = instances(&judged.table, &judged.relations);
        let holds = instances.iter().all(|instance| instance.outcome == Outcome::Satisfied);
        assert_eq!((known, holds), (computes.then_some(instances), computes));
    }
}

#[test]
fn formulas_that_need_no_change_are_left() {
    for (at, text) in [
        ("F4", "=ROUND('Biểu'!E4/$C4*100,2) -> 0,70"),
        ("F8", "=ROUND(SUM(E3:E7)/SUM(C3:C7)*100,2) -> 1,83"),
        ("N4", "=ROUND((E4-I4)/$C4*100,2) -> 0,47"),
        ("M8", "=SUM(M3:M7) -> 35"),
        ("E8", "=SUM(E3:E4)+SUM(E5:E7) -> 46"),
        ("E8", "=SUM(E3:E7)+0 -> 46"),
        ("E8", "=SUMPRODUCT(E3:E7) -> 46"),
        ("E8", "=ROUND(SUM(E3:E7),0) -> 46"),
    ] {
        let mut cells = live(&five(), 0);
        with(&mut cells, at, text);
        let checked = check(&sheet_text(&cells));
        assert_eq!(told(&checked), Vec::<String>::new(), "{at} {text}");
    }
}

#[test]
fn a_column_that_computes_by_another_rule_is_never_rewritten() {
    let mut cells = live(&five(), 0);
    let households: HashMap<usize, u32> =
        five().iter().map(|village| village.households).enumerate().collect();
    // Every rate of column 4 is of the people, not of the households: the author means it.
    for (row, village) in five().iter().enumerate() {
        let at = row + 3;
        assert!(households[&row] < village.people);
        let rate = common::hundredths(village.poor, village.people);
        let text = format!("=ROUND(E{at}/$D{at}*100,2) -> {},{:02}", rate / 100, rate % 100);
        with(&mut cells, &format!("F{at}"), &text);
    }
    let checked = check(&sheet_text(&cells));
    let corrected = correct(&checked, &Choice::default()).unwrap();
    assert_eq!(corrected.applied, vec![]);
    assert!(
        checked
            .findings
            .iter()
            .all(|finding| !finding.rule.is_on_formulas() || finding.severity != Severity::Error)
    );
}

#[test]
fn formulas_of_a_ratio_that_has_no_scale_are_never_rewritten() {
    let text = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ\nA\t1\t2\t3=2/1\n\
        Đông\t400\t10\t=C3/B3*100 -> 2,5\n\
        Tây\t500\t12\t=C4/B4 -> 0,024\n\
        Nam\t250\t8\t=C5/B5*1000 -> 32\n\
        Bắc\t640\t16\t=C6/B6*10 -> 0,25\n\
        Trung\t320\t8\t=C7/B7*100 -> 2,5\n";
    let checked = check(text);
    assert_eq!(checked.table.columns[3].scale, None);
    let on_formulas = checked.findings.iter().filter(|finding| finding.rule.is_on_formulas());
    let corrections: Vec<_> =
        on_formulas.map(|finding| (&finding.correction, finding.severity)).collect();
    assert!(!corrections.is_empty());
    assert!(
        corrections.iter().all(|told| matches!(told, (None, Severity::Note))),
        "{corrections:?}"
    );
}

#[test]
fn a_wrong_input_is_accused_and_not_the_formulas_that_follow_it() {
    // The total of the poor was typed, 46; a village's 9 was typed as 19. Everything else follows.
    let mut wrong = five();
    wrong[3].poor = 19;
    let mut cells = live(&wrong, 0);
    with(&mut cells, "E8", "46");
    with(&mut cells, "F8", "=ROUND(E8/$C8*100,2) -> 1,83");
    with(&mut cells, "M8", "=E8-I8 -> 35");
    with(&mut cells, "N8", "=ROUND(M8/$C8*100,2) -> 1,39");
    let checked = check(&sheet_text(&cells));
    for finding in checked.errors() {
        let place = finding.place.unwrap();
        let accused = checked.table.address(place).to_string();
        assert!(["E3", "E4", "E5", "E6", "E7", "E8"].contains(&accused.as_str()), "{accused}");
        let formula = &checked.table.datum(place).formula;
        assert!(formula.is_none(), "{accused} {formula:?}");
    }
    assert_eq!(checked.errors().count(), 1, "{:?}", told(&checked));
}

#[test]
fn a_total_of_units_under_a_group_that_reads_the_total_counts_nothing_twice() {
    let text = "TT\tHọ tên\tTổng\tLương\tPhụ cấp\nA\tB\t1=2+3\t2\t3\n\
                \tTổng số\t=D3+E3 -> 24\t=SUM(D5:D7) -> 18\t=SUM(E5:E7) -> 6\n\
                I\tBiên chế\t=D4+E4 -> 24\t=D3 -> 18\t=E3 -> 6\n\
                1\tHà\t=D5+E5 -> 9\t7\t2\n2\tLan\t=D6+E6 -> 8\t6\t2\n3\tMinh\t=D7+E7 -> 7\t5\t2\n";
    assert_eq!(told(&check(text)), Vec::<String>::new());
}
