//! Decimals that number formats hide: said where paper and file part, never an error by themselves.

use crate::common::{self, check};
use soatbieu::findings::{Checked, Finding, words};
use soatbieu::forms;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::rules::Severity;
use soatbieu::workbook::Workbook;

/// Code and cell of every finding but notes.
fn told(checked: &Checked) -> Vec<String> {
    let findings = checked.findings.iter().filter(|finding| finding.severity != Severity::Note);
    findings
        .map(|finding| {
            let cell = finding.place.map(|place| checked.table.address(place).to_string());
            format!("{} {}", finding.rule.code, cell.unwrap_or_default())
        })
        .collect()
}

fn finding<'a>(checked: &'a Checked, code: &str) -> &'a Finding {
    checked.findings.iter().find(|finding| finding.rule.code == code).unwrap()
}

/// A column of amounts with a total.
fn amounts(figures: [&str; 3], total: &str) -> Checked {
    let [a, b, c] = figures;
    check(&format!(
        "Thôn\tSố hộ\tKinh phí\tNhân khẩu\nA\t1\t2\t3\nĐông\t360\t{a}\t1.433\nTây\t426\t{b}\t1.639\nNam\t214\t{c}\t800\nTổng cộng\t1.000\t{total}\t3.872\n"
    ))
}

#[test]
fn a_total_of_what_the_cells_hold_is_right_and_the_difference_on_paper_is_said() {
    let checked = amounts(["12,4 ~ 12", "20,4 ~ 20", "30,4 ~ 30"], "63,2 ~ 63");
    assert_eq!(told(&checked), ["R506 C6"]);
    let finding = finding(&checked, "R506");
    assert_eq!((finding.severity, &finding.correction), (Severity::Warning, &None));
    assert_eq!(
        words::message(&checked, finding, Lang::Vi),
        "Tổng cộng, cột 2: ghi 63; các số in cho 12 + 20 + 30 = 62 còn các số lưu trong ô cho 63,2"
    );
}

#[test]
fn a_total_added_up_from_the_paper_is_right_and_said_too() {
    let checked = amounts(["12,4 ~ 12", "20,4 ~ 20", "30,4 ~ 30"], "62");
    assert_eq!(told(&checked), ["R506 C6"]);
}

#[test]
fn the_same_print_with_nothing_behind_it_is_an_error() {
    assert_eq!(told(&amounts(["12", "20", "30"], "63")), ["R201 C6"]);
}

#[test]
fn a_total_that_neither_paper_nor_file_gives_is_an_error_alone() {
    let checked = amounts(["12,4 ~ 12", "20,4 ~ 20", "30,4 ~ 30"], "65");
    assert_eq!(told(&checked), ["R201 C6"]);
}

#[test]
fn hidden_decimals_that_make_no_difference_are_not_worth_a_word() {
    let checked = amounts(["12,1 ~ 12", "20,1 ~ 20", "30,1 ~ 30"], "62,3 ~ 62");
    assert_eq!(told(&checked), [""; 0]);
    // What binary arithmetic leaves is no hidden decimal, not even at an exact half.
    let checked = amounts(["12,10000000000001 ~ 12,1", "20,2", "30,2"], "62,50000000000001 ~ 62,5");
    assert_eq!(told(&checked), [""; 0]);
    let checked = amounts(["12,25 ~ 12,3", "20,1", "30,1"], "62,4499999999999 ~ 62,4");
    assert_eq!(told(&checked), ["R506 C6"]);
    let checked = amounts(["12,15 ~ 12,2", "20,1", "30,1"], "62,3500000000001 ~ 62,4");
    assert_eq!(told(&checked), [""; 0]);
}

#[test]
fn a_total_may_show_fewer_decimals_than_its_parts() {
    let checked = amounts(["12,4", "20,4", "30,4"], "63,2 ~ 63");
    assert_eq!(told(&checked), [""; 0]);
}

#[test]
fn one_finding_a_column_names_its_first_cell_and_lists_the_others() {
    let checked = check(
        "Thôn\tDự toán\tĐã chi\tCòn lại\nA\t1\t2\t3=1-2\nĐông\t12,4 ~ 12\t2,8 ~ 3\t9,6 ~ 10\nTây\t20,6 ~ 21\t7\t13,6 ~ 14\nNam\t30,4 ~ 30\t4,8 ~ 5\t25,6 ~ 26\n",
    );
    assert_eq!(told(&checked), ["R506 D3"]);
    assert_eq!(
        words::message(&checked, finding(&checked, "R506"), Lang::En),
        "Đông, column 3: says 10; the printed figures give 12 − 3 = 9, the stored ones 9,6; 1 more in the column: D5"
    );
}

#[test]
fn a_rate_of_what_the_cells_hold_is_no_wrong_rate() {
    let row = |name: &str, whole: &str, part: &str, rate: &str| {
        format!("{name}\t{whole}\t{part}\t{rate}\n")
    };
    let table = |rates: [&str; 4]| {
        let heading = "Thôn\tDự toán\tĐã chi\tTỷ lệ (%)\nA\t1\t2\t3=2/1\n".to_owned();
        let wholes = ["50,3 ~ 50", "40,4 ~ 40", "31,3 ~ 31", "80"];
        let parts = ["12,4 ~ 12", "10,4 ~ 10", "8,3 ~ 8", "20"];
        let rows =
            (0..4).map(|i| row(["Đông", "Tây", "Nam", "Bắc"][i], wholes[i], parts[i], rates[i]));
        check(&rows.fold(heading, |text, row| text + &row))
    };
    let checked = table(["24,65", "25,74", "26,52", "25,00"]);
    assert_eq!(told(&checked), ["R506 D3"], "rounded to what is printed");
    let checked = table(["24,652087475149105", "25,742574257425744", "26,517571884984026", "25"]);
    assert!(checked.is_clean(), "as a formula leaves it: {:?}", told(&checked));
    let checked = table(["24,65", "25,74", "26,92", "25,00"]);
    assert_eq!(checked.errors().count(), 1, "neither 8/31 nor 8,3/31,3: {:?}", told(&checked));
}

#[test]
fn counts_must_agree_as_they_are_printed() {
    let form = forms::parse(
        r#"
id = "counts"
name = { vi = "Số lượng", en = "Counts" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "count", formula = "1+2" },
]
"#,
    )
    .unwrap();
    let request = Request { form: Some(form), ..Request::default() };
    let text = "Thôn\tSố hộ\tHộ khác\tCộng\nA\t1\t2\t3=1+2\nĐông\t12,4 ~ 12\t20,4 ~ 20\t32,8 ~ 33\nTây\t5\t6\t11\n";
    let checkup = soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request).unwrap();
    let checked = &checkup.tables[0];
    assert_eq!(checked.errors().count(), 1, "{:?}", told(checked));
    assert_eq!(finding(checked, "R506").place, checked.errors().next().unwrap().place);
}

#[test]
fn formulas_over_formatted_cells_of_a_real_workbook_are_right() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let whole = rust_xlsxwriter::Format::new().set_num_format("#,##0");
    for (column, texts) in
        (0..).zip([["Thôn", "A"], ["Dự toán", "1"], ["Chi", "2"], ["Còn", "3=1-2"]])
    {
        for (row, text) in (0..).zip(texts) {
            page.write_string(row, column, text).unwrap();
        }
    }
    let figures = [("Đông", 12.4, 2.6), ("Tây", 20.4, 5.3), ("Nam", 30.4, 8.1)];
    for (row, (name, plan, spent)) in (2..).zip(figures) {
        page.write_string(row, 0, name).unwrap();
        page.write_number_with_format(row, 1, plan, &whole).unwrap();
        page.write_number_with_format(row, 2, spent, &whole).unwrap();
        let left = rust_xlsxwriter::Formula::new(format!("=B{0}-C{0}", row + 1))
            .set_result((plan - spent).to_string());
        page.write_formula_with_format(row, 3, left, &whole).unwrap();
    }
    page.write_string(5, 0, "Tổng cộng").unwrap();
    for (column, result) in [(1, 12.4 + 20.4 + 30.4), (2, 2.6 + 5.3 + 8.1), (3, 47.2)] {
        let letter = ["A", "B", "C", "D"][usize::from(column)];
        let sum = rust_xlsxwriter::Formula::new(format!("=SUM({letter}3:{letter}5)"))
            .set_result(f64::to_string(&result));
        page.write_formula_with_format(5, column, sum, &whole).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let limits = soatbieu::read::Limits::default();
    let checkup = soatbieu::check(&bytes, &limits, &common::request()).unwrap();
    assert_eq!(told(&checkup.tables[0]), ["R506 D3", "R506 B6"]);
}
