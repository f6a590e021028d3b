//! Totals that other tables of a workbook repeat: a figure that differs is told, at its cell and with the
//! other cell, where enough of the others agree.

#![allow(clippy::unwrap_used, reason = "in a test, a failed unwrap is the failed test")]

use std::fmt::Write as _;

use serde_json::Value;
use soatbieu::check_workbook;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, json};
use soatbieu::workbook::Workbook;

/// Villages with the figures of their three hamlets in two columns.
const VILLAGES: [(&str, [[u32; 2]; 3]); 5] = [
    ("Đông", [[112, 418], [97, 366], [141, 502]]),
    ("Tây", [[88, 301], [126, 455], [73, 290]]),
    ("Nam", [[154, 611], [119, 433], [66, 241]]),
    ("Bắc", [[91, 350], [82, 317], [133, 478]]),
    ("Trung", [[175, 640], [108, 399], [127, 463]]),
];

fn total(hamlets: &[[u32; 2]; 3], column: usize) -> u32 {
    hamlets.iter().map(|figures| figures[column]).sum()
}

/// A sheet for each village, with its title above it.
fn of_villages() -> Vec<String> {
    let sheet = |(name, hamlets): &(&str, [[u32; 2]; 3])| {
        let mut text =
            format!("BÁO CÁO DÂN SỐ THÔN {} NĂM 2025\nXóm\tSố hộ\tSố khẩu\n", name.to_uppercase());
        for (hamlet, [households, people]) in (1..).zip(hamlets) {
            writeln!(text, "Xóm {hamlet}\t{households}\t{people}").unwrap();
        }
        writeln!(text, "Tổng cộng\t{}\t{}", total(hamlets, 0), total(hamlets, 1)).unwrap();
        text
    };
    VILLAGES.iter().map(sheet).collect()
}

/// The summary, with the people of one village as given.
fn summary(village: &str, people: u32) -> String {
    let mut text = "TỔNG HỢP DÂN SỐ NĂM 2025\nThôn\tSố hộ\tSố khẩu\n".to_owned();
    for (name, hamlets) in VILLAGES {
        let people = if name == village { people } else { total(&hamlets, 1) };
        writeln!(text, "Thôn {name}\t{}\t{people}", total(&hamlets, 0)).unwrap();
    }
    text
}

fn checked(sheets: &[String], request: &Request) -> Vec<Value> {
    let outcome = check_workbook(Workbook::from_text("Biểu", &sheets.join("\u{c}")), request);
    let report = FileReport { path: "a.xlsx".into(), outcome };
    let json: Value = serde_json::from_str(&json::render(&[report], Lang::Vi)).unwrap();
    json["files"][0]["tables"].as_array().unwrap().clone()
}

/// Findings of a table as `R703 warning C7: …`, notes aside.
fn told(table: &Value) -> Vec<String> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = table["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["severity"] != "note");
    let one = |f: &Value| {
        let [code, severity, cell] = ["code", "severity", "cell"].map(|key| text(f, key));
        format!("{code} {severity} {cell}: {}", text(f, "message"))
    };
    findings.map(one).collect()
}

fn all_told(sheets: &[String]) -> Vec<String> {
    checked(sheets, &Request::default()).iter().flat_map(told).collect()
}

/// True where a note says what was compared.
fn is_compared(table: &Value) -> bool {
    table["notes"].to_string().contains("số tổng ở")
}

#[test]
fn a_summary_of_sheets_is_held_against_their_totals() {
    let mut sheets = of_villages();
    sheets.insert(0, summary("Nam", 1285));
    let tables = checked(&sheets, &Request::default());
    assert!(is_compared(&tables[0]), "{}", tables[0]["notes"]);
    assert_eq!(tables.iter().flat_map(told).collect::<Vec<_>>(), Vec::<String>::new());

    sheets[0] = summary("Nam", 1258);
    let tables = checked(&sheets, &Request::default());
    let told: Vec<String> = tables.iter().flat_map(told).collect();
    assert_eq!(
        told,
        [
            "R703 warning C5: Thôn Nam, cột 2 (C): ghi 1.258, số tổng ở ô 'Biểu 4'!C6 ghi 1.285; 9 ô khác của biểu này ghi đúng như số tổng ở biểu kia"
        ]
    );
    let finding = &tables[0]["findings"][0];
    assert!(finding["correction"].is_null() && finding["verdict"].is_null(), "{finding}");

    let printed_only = Request { printed_only: true, ..Request::default() };
    assert!(checked(&sheets, &printed_only).iter().flat_map(self::told).next().is_none());
}

/// Budget lines with their groups, in đồng.
const BUDGET: &str = "BIỂU CHI TIẾT\nĐơn vị tính: đồng\nTT\tNội dung\tDự toán\tQuyết toán\n\
I\tChi đầu tư phát triển\t5.250.000.000\t5.118.400.000\n\
1\tĐường giao thông\t3.100.000.000\t3.005.900.000\n\
2\tTrường học\t2.150.000.000\t2.112.500.000\n\
II\tChi thường xuyên\t4.187.000.000\t4.201.300.000\n\
1\tSự nghiệp kinh tế\t912.000.000\t905.000.000\n\
2\tSự nghiệp giáo dục\t1.845.000.000\t1.866.300.000\n\
3\tQuản lý hành chính\t1.430.000.000\t1.430.000.000\n\
III\tDự phòng\t263.000.000\t118.700.000\n\
1\tPhòng chống bão lũ\t163.000.000\t98.700.000\n\
2\tKhác\t100.000.000\t20.000.000\n\
\tTổng cộng\t9.700.000.000\t9.438.400.000\n";

fn budget_summary(spent: &str) -> String {
    format!(
        "BIỂU TỔNG HỢP\nĐơn vị tính: triệu đồng\nNội dung\tDự toán\tQuyết toán\n\
        Chi đầu tư phát triển\t5.250\t5.118,4\n\
        Chi thường xuyên\t4.187\t{spent}\n\
        Dự phòng\t263\t118,7\n\
        Cộng\t9.700\t9.438,4\n"
    )
}

#[test]
fn groups_of_another_table_are_repeated_in_another_unit_of_money() {
    let sheets = [budget_summary("4.201,3"), BUDGET.to_owned()];
    assert_eq!(all_told(&sheets), Vec::<String>::new());
    // The total of the summary contradicts it as well.
    let told = all_told(&[budget_summary("4.210,3"), BUDGET.to_owned()]);
    let repeated: Vec<&String> = told.iter().filter(|one| one.starts_with("R703")).collect();
    assert_eq!(repeated.len(), 1, "{told:?}");
    assert!(
        repeated[0].contains("C5: Chi thường xuyên") && repeated[0].contains("ghi 4.201,3;"),
        "{told:?}"
    );
}

#[test]
fn rows_that_list_the_columns_of_another_table_are_held_against_their_total() {
    let table = "Thôn\tHộ nghèo\tHộ cận nghèo\tHộ có công\tHộ đơn thân\n\
Đông\t115\t231\t58\t74\nTây\t92\t204\t66\t91\nNam\t131\t187\t49\t63\n\
Tổng cộng\t338\t622\t173\t228\n";
    let list = |near: u32| {
        format!(
            "Đối tượng\tSố lượng\nHộ nghèo\t338\nHộ cận nghèo\t{near}\nHộ có công\t173\nHộ đơn thân\t228\nHộ mới đến\t41\n"
        )
    };
    let sheets = |near: u32| [list(near), table.to_owned()];
    assert!(is_compared(&checked(&sheets(622), &Request::default())[0]));
    assert_eq!(all_told(&sheets(622)), Vec::<String>::new());
    // Three that agree are too few beside one that differs.
    assert_eq!(all_told(&sheets(662)), Vec::<String>::new());
}

#[test]
fn small_figures_and_copies_of_a_table_prove_nothing() {
    let small = "Thôn\tNam\tNữ\tSố trẻ\nA\t1\t2\t3=1+2\nĐông\t3\t4\t7\nTây\t5\t4\t9\nNam\t2\t3\t5\nBắc\t4\t4\t8\nTrung\t1\t5\t6\n";
    let repeated = "Thôn\tSố trẻ\tTiêm chủng\nA\t1\t2\nĐông\t7\t6\nTây\t9\t9\nNam\t5\t4\nBắc\t8\t8\nTrung\t5\t5\n";
    assert_eq!(all_told(&[repeated.to_owned(), small.to_owned()]), Vec::<String>::new());

    // The same table a month later: some figures stay, and nothing repeats anything.
    let later = of_villages().swap_remove(0).replace("418\n", "481\n").replace("1286", "1349");
    let copies = [of_villages().swap_remove(0), later];
    assert_eq!(all_told(&copies), Vec::<String>::new());
}

#[test]
fn many_sheets_with_long_titles_take_no_time() {
    let words: Vec<String> = (0..400).map(|word| format!("từ{word}")).collect();
    let title = words.join(" ");
    let sheet = |number: usize| {
        let mut text = format!("{title} {number}\nXóm\tSố hộ\tSố khẩu\tSố người\n");
        for row in 0..20 {
            let figures = [row * 7 + number, row * 31 + number, row * 13 + 2 * number];
            writeln!(text, "Xóm {row}\t{}\t{}\t{}", figures[0], figures[1], figures[2]).unwrap();
        }
        text
    };
    let sheets: Vec<String> = (0..150).map(sheet).collect();
    let start = std::time::Instant::now();
    let one = checked(&sheets[..1], &Request::default()).len();
    let alone = start.elapsed();
    assert_eq!(checked(&sheets, &Request::default()).len(), one * sheets.len());
    assert!(start.elapsed() < alone * 2_000, "{:?} beside {alone:?}", start.elapsed());
}
