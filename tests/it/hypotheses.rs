//! Causes over whole rows, columns and tables: one finding, one repair, and what is wrong besides.

use crate::common::{self, FIRST_COLUMN, FIRST_ROW, Village, check, grid, sheet_text};
use rust_decimal::Decimal;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Grade, Mechanism, Verdict};
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::rules::Severity;
use soatbieu::workbook::{Address, Workbook};

type Grid = Vec<Vec<String>>;

const COUNTS: [usize; 8] = [1, 2, 3, 5, 7, 9, 11, 13];
const RATES: [(usize, usize); 6] = [(4, 3), (6, 5), (8, 7), (10, 9), (12, 11), (14, 13)];

fn village([households, people, poor, near_poor, poor_less, near_less]: [u32; 6]) -> Village {
    Village { households, people, poor, near_poor, poor_less, near_less }
}

fn six() -> Vec<Village> {
    let figures: [[u32; 6]; 6] = [
        [360, 1433, 7, 6, 2, 1],
        [426, 1639, 3, 8, 1, 2],
        [485, 1975, 12, 19, 1, 5],
        [551, 2117, 9, 14, 4, 2],
        [690, 2794, 15, 20, 3, 3],
        [510, 1940, 5, 15, 0, 3],
    ];
    figures.into_iter().map(village).collect()
}

/// The cell of a row and a column label.
fn cell(row: usize, label: usize) -> String {
    let offset = |index: usize| u32::try_from(index).unwrap();
    Address::new(FIRST_ROW + offset(row), FIRST_COLUMN + offset(label) - 1).to_string()
}

/// A table with other totals: typed as if these rows were all there are.
fn with_total_of(cells: &mut Grid, rows: &[Village]) {
    let last = cells.len() - 1;
    cells[last] = grid(rows).pop().unwrap();
}

/// Error findings by cell, with code, verdict and how many cells they stand for.
fn errors(checked: &Checked) -> Vec<String> {
    let line = |finding: &Finding| {
        let cell = finding.place.map(|place| checked.table.address(place).to_string());
        let many = 1 + finding.others.len();
        let verdict = finding.verdict.unwrap();
        format!("{} {} {verdict:?} {many}", cell.unwrap_or_default(), finding.rule.code)
    };
    checked.errors().map(line).collect()
}

fn only(checked: &Checked) -> &Finding {
    let errors: Vec<&Finding> = checked.errors().collect();
    assert_eq!(errors.len(), 1, "{:#?}", self::errors(checked));
    assert_eq!(errors[0].verdict, Some(Verdict::Pinned));
    errors[0]
}

fn mechanism(finding: &Finding) -> Option<Mechanism> {
    finding.causes.first().map(|cause| cause.mechanism)
}

fn told(checked: &Checked, finding: &Finding) -> String {
    soatbieu::findings::words::message(checked, finding, Lang::Vi)
}

/// With everything that is suggested accepted, the table is the right one and clean.
fn mends(checked: &Checked, right: &Grid) {
    let corrected = correct(checked, &Choice { suggested: true, ..Choice::default() }).unwrap();
    assert_eq!(corrected.refused, vec![]);
    assert!(corrected.after.is_clean(), "{:#?}", errors(&corrected.after));
    let table = &corrected.after.table;
    for (row, figures) in right.iter().enumerate() {
        for (column, text) in figures.iter().enumerate() {
            let at: Address = cell(row, column + 1).parse().unwrap();
            let found = table.number(table.place(at).unwrap()).unwrap();
            let wanted: Decimal = text
                .rsplit("-> ")
                .next()
                .unwrap()
                .replace('.', "")
                .replace(',', ".")
                .parse()
                .unwrap();
            assert_eq!(found, wanted, "{at}");
        }
    }
}

/// The form's table with live sums and rates; the sums read these rows of the sheet.
fn live(villages: &[Village], first: usize, last: usize, shown: &[Village]) -> Grid {
    let mut cells = grid(villages);
    with_total_of(&mut cells, shown);
    let total = cells.len() - 1;
    for (row, figures) in cells.iter_mut().enumerate() {
        let at = FIRST_ROW as usize + row + 1;
        let letter = |label: usize| char::from(b'B' + u8::try_from(label).unwrap());
        let mut put = |label: usize, formula: String| {
            figures[label - 1] = format!("={formula} -> {}", figures[label - 1]);
        };
        for (rate, count) in RATES {
            put(rate, format!("ROUND({}{at}/$C{at}*100,2)", letter(count)));
        }
        for (column, from, less) in [(11, 3, 7), (13, 5, 9)] {
            put(column, format!("{}{at}-{}{at}", letter(from), letter(less)));
        }
        for label in [1, 2, 3, 5, 7, 9].into_iter().filter(|_| row == total) {
            put(label, format!("SUM({0}{first}:{0}{last})", letter(label)));
        }
    }
    cells
}

#[test]
fn a_typed_total_that_leaves_a_village_out_is_one_finding_wherever_the_village_stands() {
    let all = six();
    for missing in 0..all.len() {
        let mut cells = grid(&all);
        let rest: Vec<Village> =
            all.iter().enumerate().filter(|(row, _)| *row != missing).map(|(_, v)| *v).collect();
        with_total_of(&mut cells, &rest);
        let checked = check(&sheet_text(&cells));
        let finding = only(&checked);
        assert_eq!(mechanism(finding), Some(Mechanism::OmittedRow));
        let text = told(&checked, finding);
        assert!(text.contains(&format!("“Thôn {}”", missing + 1)), "{text}");
        assert_eq!(finding.correction.as_ref().unwrap().grade, Grade::Suggested);
        mends(&checked, &grid(&all));
    }
}

#[test]
fn two_villages_left_out_are_named_together() {
    let all = six();
    for missing in [[0, 1], [4, 5], [1, 4]] {
        let mut cells = grid(&all);
        let rest: Vec<Village> =
            (0..all.len()).filter(|row| !missing.contains(row)).map(|row| all[row]).collect();
        with_total_of(&mut cells, &rest);
        let checked = check(&sheet_text(&cells));
        let text = told(&checked, only(&checked));
        for row in missing {
            assert!(text.contains(&format!("“Thôn {}”", row + 1)), "{text}");
        }
        mends(&checked, &grid(&all));
    }
}

#[test]
fn a_village_counted_twice_is_named() {
    let all = six();
    for twice in 0..all.len() {
        let mut cells = grid(&all);
        let mut more = all.clone();
        more.push(all[twice]);
        with_total_of(&mut cells, &more);
        let checked = check(&sheet_text(&cells));
        let finding = only(&checked);
        assert_eq!(mechanism(finding), Some(Mechanism::DoubledRow));
        assert!(told(&checked, finding).contains(&format!("“Thôn {}”", twice + 1)));
        mends(&checked, &grid(&all));
    }
}

#[test]
fn formulas_that_leave_a_village_out_are_repaired_as_formulas_in_every_column() {
    let mut all = six();
    // Columns in which the new village has nothing are right by chance, and mended with the others.
    all.push(village([100, 400, 0, 2, 0, 0]));
    let cells = live(&all, 3, 8, &all[..6]);
    let checked = check(&sheet_text(&cells));
    let finding = only(&checked);
    assert_eq!(finding.others.len(), 5, "{:?}", errors(&checked));
    assert!(told(&checked, finding).contains("“Thôn 7”"));
    let written: Vec<&str> = finding
        .all_corrections()
        .map(|c| checked.judgements[&c.place].repair.as_deref().unwrap())
        .collect();
    assert_eq!(
        written,
        ["SUM(C3:C9)", "SUM(D3:D9)", "SUM(E3:E9)", "SUM(G3:G9)", "SUM(I3:I9)", "SUM(K3:K9)"]
    );
    mends(&checked, &live(&all, 3, 9, &all));
}

#[test]
fn formulas_that_leave_out_a_row_of_zeros_are_one_warning() {
    let text = "TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo\nA\tB\t1\t2\t3\n\
        1\tThôn A\t100\t410\t4\n2\tThôn B\t150\t600\t6\n3\tThôn C\t121\t480\t4\n4\tThôn D\t0\t0\t0\n\
        \tTổng cộng\t=SUM(C3:C5) -> 371\t=SUM(D3:D5) -> 1.490\t=SUM(E3:E5) -> 14\n";
    let checked = check(text);
    assert!(checked.is_clean(), "{:?}", errors(&checked));
    let warnings: Vec<&Finding> =
        checked.findings.iter().filter(|f| f.severity == Severity::Warning).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!((warnings[0].rule.code, warnings[0].others.len()), ("R602", 2));
}

#[test]
fn sums_that_begin_a_row_too_high_take_in_the_index_row() {
    let all = six();
    let mut cells = live(&all, 2, 8, &all);
    // The numbers of the index row: 1, 2, 3, 5, 7, 9; formulas are texts there.
    let total = |label: usize| -> u32 {
        all.iter().map(|v| common::figures(*v)[label - 1].parse::<u32>().unwrap()).sum()
    };
    let mut shown = [0; 15];
    for label in [1, 2, 3, 5, 7, 9] {
        shown[label] = total(label) + u32::try_from(label).unwrap();
    }
    (shown[11], shown[13]) = (shown[3] - shown[7], shown[5] - shown[9]);
    for label in 1..=14 {
        let text = match RATES.iter().find(|(rate, _)| *rate == label) {
            Some((_, count)) => {
                let rate = common::hundredths(shown[*count], shown[1]);
                format!("{},{:02}", rate / 100, rate % 100)
            }
            None => shown[label].to_string(),
        };
        let (formula, _) = cells[6][label - 1].split_once(" -> ").unwrap();
        cells[6][label - 1] = format!("{formula} -> {text}");
    }
    let checked = check(&sheet_text(&cells));
    let found: Vec<Option<Mechanism>> = checked.errors().map(mechanism).collect();
    assert_eq!(found, [Some(Mechanism::AddedIndexRow)], "{:?}", errors(&checked));
}

#[test]
fn an_error_besides_is_still_found() {
    let all = six();
    let mut cells = grid(&all);
    with_total_of(&mut cells, &all[..5]);
    cells[2][13] = "9,99".to_owned();
    cells[1][2] = "30".to_owned();
    let checked = check(&sheet_text(&cells));
    let found = errors(&checked);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.contains(&format!("{} R101 Pinned 1", cell(2, 14))), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with(&format!("{} ", cell(1, 3)))), "{found:?}");
    mends(&checked, &grid(&all));
}

#[test]
fn subtotals_added_beside_their_parts_are_one_finding() {
    let text = |total: &str| {
        format!(
            "TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo\nA\tB\t1\t2\t3\nI\tCụm 1\t250\t1.010\t10\n\
             1\tThôn A\t100\t410\t4\n2\tThôn B\t150\t600\t6\nII\tCụm 2\t251\t1.003\t13\n\
             3\tThôn C\t121\t480\t4\n4\tThôn D\t130\t523\t9\n\tTổng cộng\t{total}\n"
        )
    };
    assert!(check(&text("501\t2.013\t23")).is_clean());
    let checked = check(&text("1.002\t4.026\t46"));
    assert_eq!(mechanism(only(&checked)), Some(Mechanism::AddedSubtotals));
    // A group that leaves a village out, and a total that was added up from the groups.
    let text = text("351\t1.413\t17").replace("250\t1.010\t10", "100\t410\t4");
    let checked = check(&text);
    let finding = only(&checked);
    assert_eq!(mechanism(finding), Some(Mechanism::OmittedRow));
    assert!(told(&checked, finding).contains("“Cụm 1” bỏ sót dòng “Thôn B”"));
    // The total was typed from the groups, and is mended with them.
    assert_eq!(finding.all_corrections().count(), 6, "{finding:?}");
}

#[test]
fn a_total_above_its_rows_is_read_alike() {
    let rows = "1\tThôn A\t100\t410\t4\n2\tThôn B\t150\t600\t6\n3\tThôn C\t121\t480\t4\n4\tThôn D\t130\t523\t9\n";
    let text = |total: &str| {
        format!("TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo\nA\tB\t1\t2\t3\n\tTổng số\t{total}\n{rows}")
    };
    assert!(check(&text("501\t2.013\t23")).is_clean());
    let checked = check(&text("351\t1.413\t17"));
    assert!(told(&checked, only(&checked)).contains("“Thôn B”"));
}

#[test]
fn what_may_be_chance_is_not_told_as_a_cause() {
    // Small counts: three differences of one are in reach of every village.
    let text = "TT\tThôn\tSinh\tTử\tĐi\nA\tB\t1\t2\t3\n1\tThôn A\t1\t2\t1\n2\tThôn B\t2\t1\t3\n\
                3\tThôn C\t1\t1\t1\n\tTổng cộng\t4\t3\t4\n";
    let checked = check(text);
    assert!(checked.reread.is_none(), "{:?}", checked.findings);
}

#[test]
fn rates_without_their_commas_are_one_finding_a_column() {
    let all = six();
    for (rate, _) in RATES {
        let mut cells = grid(&all);
        for row in &mut cells {
            row[rate - 1] = row[rate - 1].replace(',', "");
        }
        let checked = check(&sheet_text(&cells));
        let finding = only(&checked);
        assert_eq!(mechanism(finding), Some(Mechanism::LostComma), "column {rate}");
        assert_eq!(finding.correction.as_ref().unwrap().grade, Grade::Safe);
        mends(&checked, &grid(&all));
    }
}

#[test]
fn a_table_typed_with_other_separators_is_one_finding() {
    let all = six();
    let mut cells = grid(&all);
    for row in &mut cells {
        for (rate, _) in RATES {
            row[rate - 1] = row[rate - 1].replace(',', "");
        }
        for label in COUNTS {
            let count: u32 = row[label - 1].parse().unwrap();
            if count >= 1000 {
                row[label - 1] = format!("{},{:03}", count / 1000, count % 1000);
            }
        }
    }
    // As numbers of the file, not as texts.
    let text = sheet_text(&cells);
    let checked = check(&as_numbers(&text));
    let finding = only(&checked);
    assert_eq!(mechanism(finding), Some(Mechanism::OtherLocale), "{:?}", errors(&checked));
    mends(&checked, &grid(&all));
}

/// The text with its figures as numbers of the file: `1,433` is then one and a bit.
fn as_numbers(text: &str) -> String {
    text.replace(".000", "")
}

#[test]
fn a_column_divided_by_the_people_is_one_finding() {
    let all = six();
    let mut cells = grid(&all);
    for (row, village) in all.iter().enumerate() {
        let rate = common::hundredths(village.near_poor, village.people);
        cells[row][5] = format!("{},{:02}", rate / 100, rate % 100);
    }
    let checked = check(&sheet_text(&cells));
    let finding = only(&checked);
    assert_eq!(mechanism(finding), Some(Mechanism::WrongDenominator));
    assert_eq!(finding.correction.as_ref().unwrap().grade, Grade::Suggested);
    assert!(told(&checked, finding).contains("cột 2"));
    mends(&checked, &grid(&all));
}

#[test]
fn figures_of_a_cause_come_out_with_the_error_besides() {
    let all = six();
    let mut cells = grid(&all);
    for (row, village) in all.iter().enumerate() {
        let rate = common::hundredths(village.near_poor, village.people);
        cells[row][5] = format!("{},{:02}", rate / 100, rate % 100);
    }
    // Both the column and the figure it should have been divided by.
    cells[2][0] = "4.850".to_owned();
    let checked = check(&sheet_text(&cells));
    let errors: Vec<&Finding> = checked.errors().collect();
    assert!(errors.iter().any(|one| mechanism(one) == Some(Mechanism::WrongDenominator)));
    let rate: Address = cell(2, 6).parse().unwrap();
    let rate = checked.table.place(rate).unwrap();
    let given = errors.iter().flat_map(|one| one.all_corrections()).filter(|c| c.place == rate);
    let given: Vec<Decimal> = given.map(|correction| correction.to.normalize()).collect();
    assert!(!given.is_empty());
    assert!(given.iter().all(|to| *to == Decimal::new(392, 2)), "19 / 485: {given:?}");
    mends(&checked, &grid(&all));
}

/// The village left out has a mistyped figure besides: the total is off by what it should be.
#[test]
fn a_total_leaves_out_a_village_whose_figure_is_wrong_besides() {
    let villages = six();
    let right = grid(&villages);
    let mut cells = right.clone();
    with_total_of(&mut cells, &villages[..5]);
    // Columns 1 and 5 of the last two villages in each other's place.
    cells[5][4] = right[4][4].clone();
    cells[4][4] = right[5][4].clone();
    let checked = check(&sheet_text(&cells));
    let found = errors(&checked);
    assert!(found.iter().all(|line| line.contains("Pinned")), "{found:#?}");
    assert!(checked.errors().any(|f| mechanism(f) == Some(Mechanism::OmittedRow)), "{found:#?}");
    assert!(!checked.errors().any(Finding::is_safe), "{found:#?}");
    mends(&checked, &right);
}

/// A count that a wrongly divided column reads is wrong besides.
#[test]
fn counts_exchanged_beside_a_column_divided_by_the_people_are_told_with_it() {
    let all = six();
    let right = grid(&all);
    let mut cells = right.clone();
    for (row, village) in all.iter().enumerate() {
        let rate = common::hundredths(village.near_poor, village.people);
        cells[row][5] = format!("{},{:02}", rate / 100, rate % 100);
    }
    cells[1][0] = right[3][0].clone();
    cells[3][0] = right[1][0].clone();
    let checked = check(&sheet_text(&cells));
    assert!(checked.errors().all(|f| f.verdict == Some(Verdict::Pinned)), "{:?}", errors(&checked));
    assert!(checked.errors().any(|f| mechanism(f) == Some(Mechanism::WrongDenominator)));
    mends(&checked, &right);
}

#[test]
fn exchanged_columns_are_one_finding() {
    let all = six();
    for pairs in [&[(7, 9), (8, 10)][..], &[(7, 9)], &[(3, 5)]] {
        let mut cells = grid(&all);
        for row in &mut cells {
            for (a, b) in pairs {
                row.swap(a - 1, b - 1);
            }
        }
        let checked = check(&sheet_text(&cells));
        let finding = only(&checked);
        assert_eq!(mechanism(finding), Some(Mechanism::ExchangedColumns), "{pairs:?}");
        mends(&checked, &grid(&all));
    }
}

#[test]
fn a_column_of_another_year_is_one_finding() {
    let all = six();
    let mut cells = grid(&all);
    for (row, figures) in [9, 4, 14, 11, 13, 8, 59].into_iter().enumerate() {
        cells[row][2] = figures.to_string();
    }
    let checked = check(&sheet_text(&cells));
    assert_eq!(mechanism(only(&checked)), Some(Mechanism::ForeignColumn), "{:?}", errors(&checked));
    mends(&checked, &grid(&all));
}

#[test]
fn counts_cut_at_their_dot_are_one_finding_even_where_a_format_hides_it() {
    let rows = [("Đông", 360, 1433), ("Tây", 426, 2000), ("Nam", 485, 1975), ("Bắc", 551, 2117)];
    let text = |people: fn(u32) -> String| {
        let mut text = "TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo\nA\tB\t1\t2\t3".to_owned();
        for (ordinal, (name, households, count)) in rows.iter().enumerate() {
            let ordinal = ordinal + 1;
            let people = people(*count);
            text = format!("{text}\n{ordinal}\t{name}\t{households}\t{people}\t5");
        }
        text = format!("{text}\n\tTổng cộng\t1.822\t{}\t20", people(7525));
        text
    };
    let cut =
        |count: u32| format!("{},{:03} ~ {}", count / 1000, count % 1000, (count + 500) / 1000);
    let checkup =
        soatbieu::check_workbook(Workbook::from_text("Biểu", &text(cut)), &Request::default())
            .unwrap();
    let checked = &checkup.tables[0];
    let finding = only(checked);
    assert_eq!(mechanism(finding), Some(Mechanism::ThousandsDot));
    assert!(told(checked, finding).contains("1,433 phải là 1.433"));
    let corrected = correct(checked, &Choice { suggested: true, ..Choice::default() }).unwrap();
    assert!(corrected.after.is_clean());
    // 2.000 lost all its zeros; the sum asks for them.
    let sum: Decimal = corrected.after.table.number(soatbieu::table::Place::new(1, 3)).unwrap();
    assert_eq!(sum, Decimal::from(2000));
}
