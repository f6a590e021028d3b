//! Relations that a table does not print: told by its figures and headings, with their evidence; they
//! warn, and convict and correct nothing.

#![allow(clippy::unwrap_used, reason = "in a test, a failed unwrap is the failed test")]

use serde_json::Value;
use soatbieu::check_workbook;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, json};
use soatbieu::workbook::Workbook;

fn checked(text: &str, request: &Request) -> Value {
    let outcome = check_workbook(Workbook::from_text("Biểu", text), request);
    let report = FileReport { path: "a.xlsx".into(), outcome };
    let json = json::render(&[report], Lang::Vi);
    let report: Value = serde_json::from_str(&json).unwrap();
    let table = &report["files"][0]["tables"][0];
    assert!(table.is_object(), "{json}");
    table.clone()
}

fn check(text: &str) -> Value {
    checked(text, &Request::default())
}

/// Findings as `R701 warning D9`.
fn told(table: &Value) -> Vec<String> {
    let findings = table["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let one =
        |f: &Value| format!("{} {} {}", text(f, "code"), text(f, "severity"), text(f, "cell"));
    findings.iter().map(one).collect()
}

/// Relations as `3=2/1 found`.
fn relations(table: &Value) -> Vec<String> {
    let all = table["relations"].as_array().unwrap();
    all.iter()
        .map(|one| format!("{} {}", one["text"].as_str().unwrap(), one["source"].as_str().unwrap()))
        .collect()
}

const VILLAGES: &str = "TT\tThôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\tHộ cận nghèo\tTỷ lệ (%)\n\
A\tB\t1\t2\t3\t4\t5\n\
1\tĐông Bắc\t428\t15\t3,50\t31\t7,24\n\
2\tĐông Nam\t612\t9\t1,47\t22\t3,59\n\
3\tTây Bắc\t377\t21\t5,57\t40\t10,61\n\
4\tTây Nam 1\t395\t8\t2,03\t17\t4,30\n\
5\tTây Nam 2\t510\t12\t2,35\t27\t5,29\n\
6\tTrung tâm\t700\t33\t4,71\t45\t6,43\n";

#[test]
fn a_clean_table_is_silent_and_its_rates_are_found() {
    let table = check(VILLAGES);
    assert_eq!(told(&table), Vec::<String>::new());
    assert_eq!(relations(&table), ["3=2/1 found", "5=4/1 found"]);
}

#[test]
fn a_wrong_rate_is_warned_of_with_its_evidence() {
    let table = check(&VILLAGES.replace("2,35", "2,16"));
    assert_eq!(told(&table), ["R701 warning E7"]);
    let finding = &table["findings"][0];
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("ghi 2,16"), "{message}");
    assert!(message.contains("là 2,35"), "{message}");
    assert!(message.contains("ở 5 trong 6 ô"), "{message}");
    assert_eq!(finding["expected"], "2.35");
    assert_eq!(finding["found"], "2.16");
    assert_eq!(finding["correction"], Value::Null);
    assert_eq!(finding["alternatives"], serde_json::json!([["C7"], ["D7"]]));
}

#[test]
fn what_is_not_printed_can_be_left_aside() {
    let request = Request { printed_only: true, ..Request::default() };
    let table = checked(&VILLAGES.replace("2,35", "2,16"), &request);
    assert_eq!(told(&table), ["R505 note A2"]);
    assert_eq!(relations(&table), Vec::<String>::new());
}

#[test]
fn what_is_printed_everywhere_leaves_nothing_to_infer() {
    let printed = VILLAGES.replace("\t3\t4\t5\n", "\t3=2/1\t4\t5=4/1\n");
    let table = check(&printed);
    assert_eq!(relations(&table), ["3=2/1 printed", "5=4/1 printed"]);
}

/// Years across: each row's formula is moved from column to column.
const YEARS: &str = "TT\tChỉ tiêu\tTH 2015\tTH 2016\tTH 2017\tTH 2018\tTH 2019\tTH 2020\n\
A\tB\t1\t2\t3\t4\t5\t6\n\
1\tGiá trị sản xuất\t=C4+C5 -> 80,3\t=D4+D5 -> 83\t=E4+E5 -> 86,2\t=F4+F5 -> 91,1\t=G4+G5 -> 94,4\t=H4+H5 -> 99,4\n\
2\tTrồng trọt\t=C6*1 -> 60,2\t=D6*1 -> 62,5\t=E6*1 -> 65\t=F6*1 -> 69,1\t=G6*1 -> 71,3\t=H6*1 -> 75\n\
3\tChăn nuôi\t=C7*1 -> 20,1\t=D7*1 -> 20,5\t=E7*1 -> 21,2\t=F7*1 -> 22\t=G7*1 -> 23,1\t=H7*1 -> 24,4\n\
4\tSản lượng lúa\t60,2\t62,5\t65\t69,1\t71,3\t75\n\
5\tSản lượng thịt\t20,1\t20,5\t21,2\t22\t23,1\t24,4\n";

#[test]
fn a_formula_alone_across_and_down_is_an_error_and_right_ones_are_silent() {
    let table = check(YEARS);
    assert_eq!(told(&table), Vec::<String>::new());
    assert!(relations(&table).iter().filter(|one| one.ends_with(" cells")).count() >= 2);
    // The last year reads the row below.
    let slipped = YEARS.replace("=H6*1 -> 75", "=H7*1 -> 24,4").replace("-> 99,4", "-> 48,8");
    let table = check(&slipped);
    assert_eq!(told(&table), ["R613 error H4"]);
    let message = table["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("=H7*1") && message.contains("là 75"), "{message}");
    // The same figure by another formula is no fault.
    let same = YEARS.replace("=H6*1 -> 75", "=H6 -> 75");
    assert_eq!(told(&check(&same)), Vec::<String>::new());
}

#[test]
fn a_column_that_is_computed_apart_in_all_rows_is_no_fault() {
    // The last column is a change on the year before.
    let changes = YEARS
        .replace("=H4+H5 -> 99,4", "=G3-F3 -> 3,3")
        .replace("=H6*1 -> 75", "=G4-F4 -> 2,2")
        .replace("=H7*1 -> 24,4", "=G5-F5 -> 1,1")
        .replace("\t75\n", "\t2,2\n")
        .replace("\t24,4\n", "\t1,1\n");
    assert_eq!(told(&check(&changes)), Vec::<String>::new());
}
