//! Relations that a table does not print: told by its figures and headings, with their evidence; they
//! warn, and convict and correct nothing.

use std::fmt::Write as _;

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

/// Means and rates of units, then what one of them differs by from the whole.
const COMPARED: &str = "Mã\tTên tỉnh\tTỷ lệ nội trú (%)\tNgày điều trị BQ\tChi BQ chung\tChi BQ nội trú\tChi BQ ngoại trú\n\
02\tHà Giang\t19,84\t6,18\t942.169\t3.608.302\t282.125\n\
04\tCao Bằng\t13,01\t6,63\t555.957\t2.641.499\t244.015\n\
06\tBắc Kạn\t10,31\t6,15\t488.537\t2.849.839\t217.066\n\
08\tTuyên Quang\t11,61\t6,78\t655.754\t3.486.918\t283.778\n\
00\tToàn quốc\t10,05\t6,48\t860.531\t5.401.165\t353.183\n\
V01\tVùng\t13,44\t6,74\t762.637\t3.752.431\t298.606\n\
10\tLào Cai\t20,35\t6,79\t928.433\t3.270.677\t329.915\n\
\tChênh so toàn quốc\t10,3\t0,31\t67.902\t-2.130.488\t-23.268\n\
\tChênh so vùng\t6,91\t0,05\t165.796\t-481.754\t31.309\n";

#[test]
fn rows_of_differences_between_rates_and_means_are_found() {
    let table = check(COMPARED);
    let all = relations(&table);
    assert!(all.contains(&"Chênh so toàn quốc=Lào Cai-Toàn quốc found".to_owned()), "{all:?}");
    assert!(all.contains(&"Chênh so vùng=Lào Cai-Vùng found".to_owned()), "{all:?}");
    assert!(!told(&table).iter().any(|one| one.starts_with("R7")), "{:?}", told(&table));
    let table = check(&COMPARED.replace("-2.130.488", "-2.130.884"));
    assert!(told(&table).contains(&"R701 warning F9".to_owned()), "{:?}", told(&table));
}

/// Points of criteria in one column, the answers under each.
fn points() -> String {
    let mut text = String::from("STT\tTiêu chí\tĐiểm tối đa\n");
    for criterion in 1..=3_u32 {
        let works =
            |group: u32| (1..=3).map(move |work| 4 + (criterion * 7 + group * 5 + work * 3) % 17);
        let all: u32 = (1..=4).flat_map(works).sum();
        writeln!(text, "{criterion}\tLĩnh vực {criterion}\t{all}").unwrap();
        for group in 1..=4 {
            let name = format!("{criterion}.{group}");
            writeln!(text, "{name}\tNhóm {name}\t{}", works(group).sum::<u32>()).unwrap();
            for (part, work) in works(group).zip(1..) {
                writeln!(text, "{name}.{work}\tViệc {name}.{work}\t{part}").unwrap();
                writeln!(text, "\tĐạt đủ\t{part}\n\tĐạt một phần\t3\n\tKhông đạt\t0").unwrap();
            }
        }
    }
    text
}

#[test]
fn a_tree_of_points_in_one_column_is_borne_out_by_all_its_sums() {
    let table = check(&points());
    let all = relations(&table);
    for sum in ["Lĩnh vực 1=Nhóm 1.1+Nhóm 1.2", "Nhóm 2.3=Việc 2.3.1+Việc 2.3.2"] {
        assert!(all.iter().any(|one| one.starts_with(sum)), "{sum}: {all:?}");
    }
    assert!(!all.iter().any(|one| one.contains("Đạt")), "answers are no parts: {all:?}");
    assert!(!told(&table).iter().any(|one| one.contains("error")), "{:?}", told(&table));
}

#[test]
fn many_cells_that_differ_have_a_reason_rather_than_an_error() {
    let mut text = String::from("TT\tTài sản\tNguyên giá\tTỷ lệ hao mòn (%)\tHao mòn năm\n");
    for at in 1..=120_u32 {
        let (price, rate) = (1000 * (37 * at + 411 + at * at), [10, 20, 25, 8][at as usize % 4]);
        // The last year of some wears off what is left.
        let wear = if at % 15 == 0 { price * rate / 300 } else { price * rate / 100 };
        writeln!(text, "{at}\tMáy {at}\t{price}\t{rate}\t{wear}").unwrap();
    }
    let table = check(&text);
    let found: Vec<String> = told(&table).into_iter().filter(|one| one.starts_with("R7")).collect();
    assert_eq!(found, ["R701 note D16"]);
    assert!(table["findings"][0]["message"].as_str().unwrap().contains("8 ô khác cách tính này"));
}

#[test]
fn telephones_that_are_counted_are_figures() {
    let table = check(
        "TT\tTổ\tInternet\tMyTV\tĐiện thoại cố định\tTổng TB\n\
         1\tA\t896\t526\t27\t1449\n2\tB\t555\t340\t1\t896\n3\tC\t1138\t937\t7\t2082\n\
         4\tD\t1308\t654\t24\t1986\n5\tE\t513\t256\t73\t842\n6\tF\t761\t442\t19\t1222\n",
    );
    assert_eq!(relations(&table), ["4=1+2+3 found"]);
}

#[test]
fn a_table_of_which_no_rule_is_recognised_does_not_pass_for_a_right_one() {
    let bare = "TT\tThôn\tSố hộ\tDiện tích\n1\tĐông\t428\t15\n2\tTây\t612\t9\n3\tNam\t377\t21\n";
    let check = |text: &str| {
        check_workbook(Workbook::from_text("Biểu", text), &Request::default()).unwrap()
    };
    let failure = check(bare).accepted().unwrap_err();
    assert_eq!(failure.code.as_str(), "E201");
    let message = failure.message.get(Lang::Vi);
    assert!(message.contains("không nhận ra quy tắc nào"), "{message}");
    assert!(message.contains("A1:D4 (3 dòng, 2 cột số liệu)"), "{message}");
    assert!(failure.advice(Lang::Vi).contains("forms new"));
    // Beside a table with rules it is a sheet that was not checked; one that prints its labels is told
    // with a note; a fault besides is told with the table.
    let mut both = Workbook::from_text("Tỷ lệ", VILLAGES);
    both.sheets.extend(Workbook::from_text("Danh sách", bare).sheets);
    let checkup = check_workbook(both, &Request::default()).unwrap().accepted().unwrap();
    assert_eq!((checkup.tables.len(), checkup.skipped.len()), (1, 1));
    assert_eq!(checkup.skipped[0].sheet, "Danh sách");
    let labelled = check(&bare.replace("Diện tích\n", "Diện tích\nA\tB\t1\t2\n"));
    assert_eq!(labelled.accepted().unwrap().tables[0].table.rows.len(), 3);
    let faulty = check(&bare.replace("377", "#REF!"));
    assert_eq!(faulty.accepted().unwrap().tables.len(), 1);
}

#[test]
fn what_is_counted_is_no_part_of_an_amount() {
    let head = "Mã\tCơ sở\tChi khám chữa bệnh\t\t\t\n\t\tTổng chi\tNội tỉnh\tNgoại tỉnh\tThanh toán trực tiếp (lượt)\n";
    let rows = "1\tA\t657\t429\t228\t0\n2\tB\t388\t363\t25\t0\n3\tC\t912\t700\t212\t0\n4\tD\t455\t401\t54\t61\n\
                5\tE\t804\t777\t27\t0\n6\tF\t333\t200\t133\t0\n7\tG\t518\t409\t109\t0\n8\tH\t269\t150\t119\t0\n9\tI\t741\t640\t101\t0\n";
    let table = check(&format!("{head}{rows}"));
    assert!(!told(&table).iter().any(|one| one.starts_with("R7")), "{:?}", told(&table));
}

#[test]
fn chance_makes_no_group_in_a_long_list_of_round_prices() {
    let mut text = String::from("TT\tDịch vụ\tGiá\n");
    for at in 1..=900_u64 {
        let price = (at * at * 7 + at * 31) % 97 * 5_000 + 10_000;
        writeln!(text, "{at}\tDịch vụ {at}\t{price}").unwrap();
    }
    let table = check(&text);
    assert_eq!(relations(&table), Vec::<String>::new());
}

#[test]
fn labels_that_nobody_printed_are_told_with_the_letters_of_their_columns() {
    let rows = VILLAGES.lines().filter(|line| !line.starts_with("A\tB")).collect::<Vec<_>>();
    let table = check(&rows.join("\n").replace("2,35", "2,16"));
    assert_eq!(told(&table), ["R701 warning E6"]);
    let message = table["findings"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Tây Nam 2, cột 3 (E): ghi 2,16"), "{message}");
}

#[test]
fn headings_over_all_columns_of_a_relation_are_said_once() {
    let head = "TT\tTrường\tHọc sinh năm học\t\t\nTT\tTrường\tTổng số\tNam\tNữ\n";
    let rows = "1\tĐông\t657\t329\t328\n2\tTây\t388\t193\t195\n3\tNam\t912\t470\t442\n4\tBắc\t455\t201\t254\n\
                5\tTrung\t804\t377\t427\n6\tHạ\t333\t150\t181\n7\tThượng\t518\t259\t259\n8\tNội\t269\t120\t149\n";
    let mut workbook = Workbook::from_text("Biểu", &format!("{head}{rows}"));
    let merge =
        soatbieu::workbook::Range { start: "C1".parse().unwrap(), end: "E1".parse().unwrap() };
    workbook.sheets[0].merges = vec![merge].into();
    let checkup = check_workbook(workbook, &Request::default()).unwrap();
    let text = &checkup.tables[0].table.inferred[0].statement;
    assert_eq!(text.get(Lang::Vi).matches("Học sinh năm học").count(), 1, "{text:?}");
}

#[test]
fn typed_figures_below_each_other_follow_a_rule_of_their_own() {
    let mut text = String::from("TT\tLớp\tNữ\tNam\tCộng\n");
    for at in 2..=11_u32 {
        let (girls, boys) = (10 + at, 30 + at * 3);
        writeln!(text, "{at}\tLớp {at}\t{girls}\t{boys}\t=C{at}+D{at} -> {}", girls + boys)
            .unwrap();
    }
    // Rates typed under the sums, no words over them.
    text += "12\tTrong tỉnh\t\t\t99,4\n13\tNgoài tỉnh\t\t\t98,7\n14\tCả nước\t\t\t99,1\n";
    let found = told(&check(&text));
    assert!(!found.iter().any(|one| one.starts_with("R613")), "{found:?}");
    // One alone among formulas is told.
    let one = text.lines().take(11).collect::<Vec<_>>().join("\n").replace("=C6+D6 -> 64", "63");
    assert!(told(&check(&one)).contains(&"R613 warning E6".to_owned()), "{:?}", told(&check(&one)));
}

/// What a store has at the beginning and at the end of a month; goods come in once.
const STORE: &str = "STT\tTên thuốc\tTồn đầu kỳ\tNhập\tXuất\tTồn cuối kỳ\n\
1\tSorbitol\t204\t0\t42\t162\n\
2\tTerpin\t486\t0\t122\t364\n\
3\tThuốc ho\t48\t0\t11\t37\n\
4\tTiphadol\t236\t0\t34\t202\n\
5\tVitamin C\t735\t0\t389\t346\n\
6\tVarogel\t152\t500\t204\t448\n\
7\tAlphachymotrypsin\t384\t0\t50\t334\n\
8\tAminazin\t299\t0\t64\t235\n\
9\tBromhexin\t259\t0\t38\t221\n";

#[test]
fn what_seldom_comes_in_is_a_part_of_the_balance() {
    let table = check(STORE);
    assert_eq!(told(&table), Vec::<String>::new());
    assert!(relations(&table).contains(&"4=1+2-3 found".to_owned()), "{:?}", relations(&table));
    // The row with the delivery is held to it as all others are.
    assert_eq!(told(&check(&STORE.replace("\t448\n", "\t484\n"))), ["R701 warning F7"]);
    assert_eq!(told(&check(&STORE.replace("\t334\n", "\t343\n"))), ["R701 warning F8"]);
}

/// Two pages of one table, the headings printed on each, the total on the last.
fn pages() -> String {
    let head = "STT\tTên thôn\tSố hộ\tNam\tNữ\tNhân khẩu\n";
    let rows = [(428, 700, 733), (612, 1204, 1109), (377, 650, 702), (395, 812, 790)];
    let more = [(510, 1001, 990), (700, 1400, 1333), (288, 590, 612), (333, 701, 650)];
    let (mut text, mut total) = (String::from(head), [0; 3]);
    for (number, (households, men, women)) in (1..).zip(rows.into_iter().chain(more)) {
        if number == 5 {
            text += "\n\n";
            text += head;
        }
        writeln!(text, "{number}\tThôn {number}\t{households}\t{men}\t{women}\t{}", men + women)
            .unwrap();
        [households, men, women].iter().zip(&mut total).for_each(|(one, sum)| *sum += one);
    }
    let [households, men, women] = total;
    writeln!(text, "\tTổng cộng\t{households}\t{men}\t{women}\t{}", men + women).unwrap();
    text
}

#[test]
fn pages_that_repeat_the_headings_are_one_table() {
    let table = check(&pages());
    assert_eq!(told(&table), Vec::<String>::new());
    assert_eq!(table["range"], "A1:F13");
    assert_eq!(table["rows"], 9);
    let table = check(&pages().replace("\t3643\t", "\t3634\t"));
    assert_eq!(told(&table), ["R702 warning C13"]);
    // Another table begins below a total.
    let two = pages() + "\n" + &pages();
    let outcome = check_workbook(Workbook::from_text("Biểu", &two), &Request::default()).unwrap();
    assert_eq!(outcome.tables.len(), 2);
}

#[test]
fn a_formula_that_several_rows_hold_is_no_slip() {
    // The price agreed on is the one surveyed, in two rows the one offered.
    let mut text = String::from("STT\tTên vật tư\tGiá đề nghị\tGiá khảo sát\tGiá công bố\n");
    for row in 2..=21 {
        let (offered, surveyed) = (700_000 + row * 1111, 650_000 + row * 777);
        let (source, agreed) = match row {
            7 | 15 => ("C", offered),
            _ => ("D", surveyed),
        };
        writeln!(
            text,
            "{}\tVật tư {row}\t{offered}\t{surveyed}\t={source}{row} -> {agreed}",
            row - 1
        )
        .unwrap();
    }
    assert_eq!(told(&check(&text)), ["R505 note A1"]);
    let slipped = text.replace("=C15 -> 716665", "=D15 -> 661655");
    assert_eq!(told(&check(&slipped)), ["R505 note A1", "R613 warning E7"]);
}

/// Units with a total below them, of so many columns; the first column of the total is off by so much.
fn summed(columns: usize, off: i64, name: &str) -> String {
    let rows =
        [(428, 700, 733), (612, 1204, 1109), (377, 650, 702), (395, 812, 790), (510, 1001, 990)];
    let cells = |row: [i64; 3]| row.map(|figure| figure.to_string())[..columns].join("\t");
    let heads = ["Số hộ", "Lao động nam", "Lao động nữ"];
    let mut text = format!("STT\tThôn\t{}\n", heads[..columns].join("\t"));
    let mut total = [off, 0, 0];
    for (number, (a, b, c)) in (1..).zip(rows) {
        writeln!(text, "{number}\tThôn {number}\t{}", cells([a, b, c])).unwrap();
        [a, b, c].iter().zip(&mut total).for_each(|(one, sum)| *sum += one);
    }
    writeln!(text, "\t{name}\t{}", cells(total)).unwrap();
    text
}

#[test]
fn a_row_named_a_total_is_held_to_its_rows_however_few_its_columns_are() {
    for columns in 1..=2 {
        let table = check(&summed(columns, 0, "Tổng cộng"));
        assert_eq!(told(&table), Vec::<String>::new());
        assert_eq!(relations(&table), ["Tổng cộng = Σ headings"]);
        for off in [-9, 18, -428] {
            let table = check(&summed(columns, off, "Tổng cộng"));
            assert_eq!(told(&table), ["R702 warning C7"], "{columns} columns, off by {off}");
        }
    }
    // What is far from the sum of the rows is rather the total of something else: only noted.
    assert_eq!(told(&check(&summed(1, 1500, "Tổng cộng"))), ["R702 note C7"]);
    assert_eq!(told(&check(&summed(2, 1500, "Tổng số"))), ["R702 note C7"]);
}

#[test]
fn a_total_that_computes_as_its_rows_do_is_no_wrong_sum() {
    // What is left to be done, never less than nothing: of the whole it is not the sum.
    let text = "STT\tTổ\tCần làm\tĐã làm\tChưa làm\n\
        1\tBến Lức\t1890\t914\t=MAX(C2-D2,0) -> 976\n\
        2\tĐức Hòa\t1890\t316\t=MAX(C3-D3,0) -> 1574\n\
        3\tGò Dầu\t2160\t1243\t=MAX(C4-D4,0) -> 917\n\
        4\tTân Ninh\t2295\t2748\t=MAX(C5-D5,0) -> 0\n\
        \tTổng\t=SUM(C2:C5) -> 8235\t=SUM(D2:D5) -> 5221\t=MAX(C6-D6,0) -> 3014\n";
    assert_eq!(told(&check(text)), Vec::<String>::new());
}

#[test]
fn decimals_that_formats_hide_are_no_difference_from_what_is_found() {
    let mut text = String::from("Tổ\tSố trạm\tThời gian (phút)\tTrung bình/1 trạm (phút)\n");
    let rows = [(51, 12180), (47, 11590), (65, 18060), (48, 18234), (50, 16500), (45, 20360)];
    for (number, (stations, tenths)) in rows.into_iter().chain([(54, 17817)]).enumerate() {
        let (shown, mean) = ((tenths + 5) / 10, (20 * tenths + stations) / (2 * stations));
        let (stored, last) = (tenths / 10, tenths % 10);
        let mean = format!("{},{:02}", mean / 100, mean % 100);
        writeln!(text, "Tổ {number}\t{stations}\t{stored},{last} ~ {shown}\t{mean}").unwrap();
    }
    assert_eq!(told(&check(&text)), Vec::<String>::new());
    assert_eq!(told(&check(&text.replace("37,99", "39,97"))), ["R701 warning D5"]);
}

#[test]
fn formulas_of_a_total_that_all_leave_a_row_out_are_told() {
    let rows = [(428, 700), (612, 1204), (377, 650), (395, 812), (510, 1001)];
    let mut text = String::from("STT\tThôn\tSố hộ\tLao động nam\tLao động nữ\n");
    let mut sums = [0; 3];
    for (number, (a, b)) in (1..).zip(rows) {
        writeln!(text, "{number}\tThôn {number}\t{a}\t{b}\t{}", b - number * 7).unwrap();
        let taken = i64::from(number < 5);
        [a, b, b - number * 7].iter().zip(&mut sums).for_each(|(one, sum)| *sum += one * taken);
    }
    let [a, b, c] = sums;
    writeln!(text, "\tTổng cộng\t=SUM(C2:C5) -> {a}\t=SUM(D2:D5) -> {b}\t=SUM(E2:E5) -> {c}")
        .unwrap();
    let told = told(&check(&text));
    assert!(!told.is_empty() && told.iter().all(|one| !one.starts_with("R505")), "{told:?}");
}

#[test]
fn years_among_words_head_columns_and_codes_without_a_heading_name_nothing() {
    let mut text = String::from(
        "STT\t\tTên chỉ tiêu\tĐơn vị tính\tTH 2019\tTH 2020\tSo sánh\tGhi chú\t2021\t2022\n",
    );
    for (row, (code, a, b)) in
        [(3020, 12, 15), (2980, 40, 45), (2640, 33, 37), (2641, 61, 70)].into_iter().enumerate()
    {
        writeln!(
            text,
            "{}\t{code}\tChỉ tiêu {row}\tTấn\t{a}\t{b}\t{}\t\t{}\t{}",
            row + 1,
            b - a,
            b + 7,
            b + 9
        )
        .unwrap();
    }
    let outcome = check_workbook(Workbook::from_text("Biểu", &text), &Request::default()).unwrap();
    let table = &outcome.tables[0].table;
    assert_eq!(table.rows.len(), 4);
    assert_eq!(table.rows[1].name, "Chỉ tiêu 1");
    let kinds: Vec<&str> = table.columns.iter().map(|column| &*column.label).collect();
    assert_eq!(kinds, ["A", "B", "C", "D", "1", "2", "3", "", "4", "5"]);
}

#[test]
fn figures_beside_a_table_that_nothing_heads_are_said_not_to_be_checked() {
    let text = summed(2, 0, "Tổng cộng").replace('\n', "\t17\n").replacen("\t17", "", 1);
    let outcome = check_workbook(Workbook::from_text("Biểu", &text), &Request::default()).unwrap();
    let notes = &outcome.tables[0].table.notes;
    assert!(notes.iter().any(|note| note.vi.contains("không có tiêu đề")), "{notes:?}");
}

#[test]
fn balances_are_found_where_headings_take_turns() {
    let mut text = String::from(
        "STT\tXã\tĐầu năm\t\tTăng trong năm\t\tGiảm trong năm\t\tCuối năm\t\n\
         \t\tSố hộ\tSố khẩu\tSố hộ\tSố khẩu\tSố hộ\tSố khẩu\tSố hộ\tSố khẩu\n",
    );
    for (row, (h, k, th, tk, gh, gk)) in [
        (142, 561, 7, 25, 12, 40),
        (88, 350, 3, 11, 9, 31),
        (203, 799, 0, 0, 15, 52),
        (64, 240, 5, 19, 2, 9),
        (119, 470, 8, 30, 11, 38),
        (171, 688, 2, 7, 6, 20),
        (133, 540, 9, 33, 14, 47),
        (246, 990, 12, 45, 21, 80),
        (97, 402, 4, 15, 8, 27),
    ]
    .into_iter()
    .enumerate()
    {
        let (at_end, persons) = (h + th - gh, k + tk - gk);
        writeln!(
            text,
            "{}\tXã {row}\t{h}\t{k}\t{th}\t{tk}\t{gh}\t{gk}\t{at_end}\t{persons}",
            row + 1
        )
        .unwrap();
    }
    let table = check(&text);
    assert_eq!(told(&table), Vec::<String>::new());
    let found = relations(&table);
    for balance in ["7=1+3-5 found", "8=2+4-6 found"] {
        assert!(found.iter().any(|one| one == balance), "{found:?}");
    }
    assert_eq!(told(&check(&text.replace("\t82\t330\n", "\t88\t330\n"))), ["R701 warning I4"]);
}

#[test]
fn years_head_columns_beside_several_words() {
    let text = "TT\tChỉ tiêu\tĐVT\t2019\t2020\t2021\t2022\t2023\t2024\n\
        1\tTổng dân số\tngười\t1955\t1960\t2011\t2050\t2102\t2140\n\
        \t- Thành thị\tngười\t812\t815\t840\t861\t903\t917\n\
        \t- Nông thôn\tngười\t1143\t1145\t1171\t1189\t1199\t1223\n\
        2\tSố sinh\tngười\t61\t58\t77\t70\t69\t71\n";
    let table = check(text);
    assert_eq!(told(&table), Vec::<String>::new());
    assert_eq!(table["rows"], 4);
    assert_eq!(told(&check(&text.replace("\t2050\t", "\t2060\t"))), ["R701 warning G2"]);
}

/// Three groups of villages over six months, each with a total below it; the last column adds them up.
fn months_of_groups(total_of_last: impl Fn(usize, &str) -> String) -> String {
    let mut text = String::from("Thôn\tT1\tT2\tT3\tT4\tT5\tT6\tCả kỳ\n");
    let mut row = 1;
    for group in 0..3_usize {
        let first = row + 1;
        let mut sums = [0_usize; 6];
        for village in 0..4_usize {
            row += 1;
            write!(text, "Thôn {}", group * 4 + village + 1).unwrap();
            for (month, sum) in sums.iter_mut().enumerate() {
                let value = 37 + 13 * village + 29 * group + 7 * month * (village + 1);
                *sum += value;
                write!(text, "\t{value}").unwrap();
            }
            let year: usize =
                (0..6).map(|m| 37 + 13 * village + 29 * group + 7 * m * (village + 1)).sum();
            writeln!(text, "\t=SUM(B{row}:G{row}) -> {year}").unwrap();
        }
        text.push_str("Cộng");
        for (column, sum) in "BCDEFG".chars().zip(sums) {
            write!(text, "\t=SUM({column}{first}:{column}{row}) -> {sum}").unwrap();
        }
        let range = format!("H{first}:H{row}");
        let formula = total_of_last(group, &range);
        row += 1;
        let extra = if formula.contains('+') { sums[5] } else { 0 };
        let formula = formula.replace("ROW", &row.to_string());
        writeln!(text, "\t={formula} -> {}", sums.iter().sum::<usize>() + extra).unwrap();
    }
    text
}

#[test]
fn totals_of_one_column_that_all_add_another_cell_are_a_habit() {
    let slip = |group: usize, range: &str| match group {
        1 => format!("SUM({range})+GROW"),
        _ => format!("SUM({range})"),
    };
    let alone = told(&check(&months_of_groups(slip)));
    assert!(alone.iter().any(|one| one.ends_with("H11")), "{alone:?}");
    let habit = told(&check(&months_of_groups(|_, range| format!("SUM({range})+GROW"))));
    assert!(!habit.iter().any(|one| one.starts_with("R613")), "{habit:?}");
}

#[test]
fn changes_and_rates_of_a_part_may_exceed_those_of_its_whole() {
    let mut text = String::from("Chỉ tiêu\tTổng số lao động\tTrong đó: Nữ\n");
    for year in 0..12 {
        writeln!(text, "Năm {}\t{}\t{}", 2010 + year, 4000 + year * 37, 1700 + year * 19).unwrap();
    }
    text.push_str("Tốc độ tăng (%)\t9\t11\nTăng, giảm so với năm trước\t12\t19\n");
    let sound = told(&check(&text));
    assert!(!sound.iter().any(|one| one.starts_with("R702")), "{sound:?}");
    let wrong = text.replace("4148\t1776", "1748\t1776");
    let found = told(&check(&wrong));
    assert!(found.contains(&"R702 warning C6".to_owned()), "{found:?}");
}

#[test]
fn error_values_of_a_column_are_told_once() {
    let mut text = String::from("Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3\n");
    for (row, poor) in [15, 9, 21, 8, 12, 33].iter().enumerate() {
        let error = if row % 2 == 0 { "#DIV/0!" } else { "#REF!" };
        writeln!(text, "Thôn {}\t{}\t{poor}\t{error}", row + 1, 400 + row * 31).unwrap();
    }
    let table = check(&text);
    let errors: Vec<String> =
        told(&table).into_iter().filter(|one| one.starts_with("R403")).collect();
    assert_eq!(errors, ["R403 error D3", "R403 error D4"]);
    let findings = table["findings"].as_array().unwrap();
    let first = findings.iter().find(|one| one["cell"] == "D3").unwrap();
    assert!(first["message"].as_str().unwrap().contains("3 ô: D3, D5, D7"), "{first}");
}

#[test]
fn error_values_of_one_formula_down_a_column_are_told_once() {
    let mut text = String::from("Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3\n");
    for row in 0..6 {
        let at = row + 3;
        let formula = if row == 4 { format!("C{at}/#REF!*10") } else { format!("C{at}/#REF!*100") };
        writeln!(text, "Thôn {row}\t{}\t{}\t={formula}", 400 + row * 31, 9 + row * 5).unwrap();
    }
    let errors: Vec<String> = told(&check(&text))
        .into_iter()
        .filter(|one| one.starts_with("R403") || one.starts_with("R608"))
        .collect();
    assert_eq!(errors, ["R403 error D3", "R403 error D7"]);
}

/// Twelve villages with a total, two rates of the households, without an index row.
fn rated(wrong: &[(usize, usize, i64)]) -> String {
    let mut text = String::from(
        "TT\tThôn\tTổng số hộ\tHộ nghèo\tTỷ lệ hộ nghèo (%)\tHộ cận nghèo\tTỷ lệ hộ cận nghèo (%)\n",
    );
    let rate = |part: i64, whole: i64| {
        let hundredths = (part * 20_000 + whole) / (2 * whole);
        format!("{},{:02}", hundredths / 100, hundredths % 100)
    };
    let mut sums = [0_i64; 3];
    let mut rows = Vec::new();
    for number in 1..=12_i64 {
        let own = [401 + number * 37 % 113, 7 + number * 5 % 31, 11 + number * 7 % 29];
        own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        rows.push((format!("{number}\tThôn {number}"), own));
    }
    rows.push(("\tTổng cộng".to_owned(), sums));
    for (at, (name, own)) in rows.into_iter().enumerate() {
        let off = |column: usize| -> i64 {
            let of = wrong.iter().filter(|(row, other, _)| (*row, *other) == (at, column));
            of.map(|(.., off)| off).sum()
        };
        let [all, poor, near] = own;
        let (first, second) = (rate(poor, all), rate(near, all));
        let (all, poor, near) = (all + off(0), poor + off(1), near + off(2));
        writeln!(text, "{name}\t{all}\t{poor}\t{first}\t{near}\t{second}").unwrap();
    }
    text
}

#[test]
fn one_wrong_figure_that_several_relations_contradict_is_told_once() {
    let only = |wrong: &[(usize, usize, i64)]| {
        let table = check(&rated(wrong));
        let told = told(&table);
        assert_eq!(told.len(), 1, "{told:?}");
        let one = &table["findings"][0];
        (told[0].clone(), one["expected"].as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(told(&check(&rated(&[]))), Vec::<String>::new());
    // The households of village 5 (row 6): 401 + 185 % 113 = 473.
    assert_eq!(only(&[(4, 0, 90)]), ("R701 warning C6".to_owned(), "473".to_owned()));
    // The poor households there: 7 + 25 % 31 = 32.
    assert_eq!(only(&[(4, 1, 9)]), ("R701 warning D6".to_owned(), "32".to_owned()));
    // The total of the households.
    let (cell, _) = only(&[(12, 0, 90)]);
    assert_eq!(cell, "R701 warning C14");
    // Two wrong figures of different rows stay two.
    let two = told(&check(&rated(&[(4, 0, 90), (7, 0, -40)])));
    assert_eq!(two, ["R701 warning C6", "R701 warning C9"]);
}

#[test]
fn a_total_of_few_columns_is_told_of_by_its_name() {
    let mut text = String::from("STT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo\tLao động\n");
    let mut sums = [0; 4];
    for number in 1..=9_usize {
        let own = [211 + number * 17, 803 + number * 41, 6 + number * 3, 420 + number * 29];
        own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        let [a, b, c, d] = own;
        writeln!(text, "{number}\tThôn {number}\t{a}\t{b}\t{c}\t{d}").unwrap();
    }
    let [a, b, c, d] = sums;
    let total = |b: usize| format!("{text}\tTổng cộng\t{a}\t{b}\t{c}\t{d}\n");
    let warnings = |text: &str| -> Vec<String> {
        told(&check(text)).into_iter().filter(|one| one.contains("warning")).collect()
    };
    assert_eq!(warnings(&total(b)), Vec::<String>::new());
    assert_eq!(warnings(&total(b + 100)), ["R702 warning D11"]);
    // Of one column: a digit left out, and a figure that has nothing to do with the sum.
    let one = |total: usize| -> String {
        let rows = format!("{text}\tTổng cộng\t{total}\n");
        rows.lines()
            .map(|line| line.split('\t').take(3).collect::<Vec<_>>().join("\t") + "\n")
            .collect()
    };
    assert_eq!(warnings(&one(a)), Vec::<String>::new());
    assert_eq!(warnings(&one(a / 1000 * 100 + a % 100)), ["R702 warning C11"]);
    assert_eq!(warnings(&one(77)), Vec::<String>::new());
    assert_eq!(told(&check(&one(77))), ["R702 note C11"]);
}

/// Two sections with sums, and a row whose name says how it is computed; one figure of it may be off.
fn sections(off: i64, index: bool) -> String {
    let mut text = String::from("TT\tNội dung\tDự toán\tThực hiện\tDự toán năm sau\n");
    if index {
        text.push_str("A\tB\t1\t2\t3\n");
    }
    let mut sums = [[0_i64; 3]; 2];
    for (section, sum) in ["I", "II"].iter().zip(&mut sums) {
        writeln!(text, "{section}\tPhần {section}").unwrap();
        for item in 1..=4_i64 {
            let own = [210, 340, 520].map(|base| base * item + 17 * item * item + sum[0] % 7);
            own.iter().zip(sum.iter_mut()).for_each(|(one, sum)| *sum += one);
            let [a, b, c] = own;
            writeln!(text, "{item}\tKhoản {section}.{item}\t{a}\t{b}\t{c}").unwrap();
        }
        let [a, b, c] = sum.map(|sum| sum + if *section == "I" { 0 } else { -300 });
        let last = a - sum[0];
        writeln!(text, "5\tGiảm trừ\t{last}\t{last}\t{last}").unwrap();
        (*sum) = [a, b, c];
        writeln!(text, "\tCộng mục {section}\t{a}\t{b}\t{c}").unwrap();
    }
    let [a, b, c] = [0, 1, 2].map(|at| sums[0][at] - sums[1][at]);
    writeln!(text, "\tChênh lệch thu chi (I - II)\t{a}\t{}\t{c}", b + off).unwrap();
    text
}

#[test]
fn a_row_is_held_to_what_its_name_says_of_it() {
    for (index, cell) in [(false, "D16"), (true, "D17")] {
        let warnings = |text: &str| -> Vec<String> {
            let told = told(&check(text));
            told.into_iter().filter(|one| !one.contains("note")).collect()
        };
        assert_eq!(warnings(&sections(0, index)), Vec::<String>::new());
        assert_eq!(warnings(&sections(70, index)), [format!("R702 warning {cell}")]);
    }
}

#[test]
fn sections_of_sections_are_summed() {
    let tree = |off: i64| {
        format!(
            "TT\tNội dung\tNăm nay\tNăm sau\nA\tB\t1\t2\nI\tThu\t{}\t{}\nI.1\tThu nội địa\t60\t81\n\
             I.1.1\tThuế\t13\t21\nI.1.2\tPhí\t47\t60\nI.2\tThu bổ sung\t{}\t145\n\
             I.2.1\tCân đối\t58\t69\nI.2.2\tMục tiêu\t64\t76\nII\tChi\t77\t80\n\
             II.1\tĐầu tư\t33\t37\nII.2\tThường xuyên\t44\t43\n",
            182,
            226,
            122 + off
        )
    };
    assert!(!told(&check(&tree(0))).iter().any(|one| one.contains("warning")));
    let found = told(&check(&tree(30)));
    assert!(found.iter().any(|one| one.contains("C7")), "{found:?}");
}

#[test]
fn amounts_in_words_below_a_table_without_an_index_row_are_held_to_its_total() {
    let text = |words: &str| {
        format!(
            "TT\tNội dung\tSố tiền (đồng)\n1\tMua sắm\t1500000\n2\tSửa chữa\t1200000\n\
             3\tHỗ trợ\t900000\n\tTổng cộng\t3600000\n(Số tiền viết bằng chữ: {words})\n"
        )
    };
    let right = told(&check(&text("Ba triệu sáu trăm nghìn đồng")));
    assert!(!right.iter().any(|one| one.starts_with("R204")), "{right:?}");
    let wrong = told(&check(&text("Ba triệu bảy trăm nghìn đồng")));
    assert!(wrong.iter().any(|one| one.starts_with("R204")), "{wrong:?}");
}

#[test]
fn index_rows_of_one_letter_are_no_figures() {
    let units = "Mua sắm\t1500000\t70\nSửa chữa\t1200000\t80\nHỗ trợ\t900000\t90\n";
    let head = "Nội dung\tSố tiền\tSố hộ\n";
    let table = check(&format!("{head}A\t1\t2\n{units}Tổng cộng\t3600000\t240\n"));
    assert!(!told(&table).iter().any(|one| one.contains("warning") || one.contains("error")));
    // Units that letters name are no index row.
    let list = check("Lớp\tNam\tNữ\nA\t1\t2\nB\t3\t4\nC\t5\t7\nTổng cộng\t9\t13\n");
    assert_eq!(told(&list), Vec::<String>::new());
}

/// Seven units over six months with quarters and the half year, and a total; one figure may be off.
fn quarters(off: Option<(usize, usize, i64)>) -> String {
    let mut text = String::from(
        "TT\tĐơn vị\tTháng 1\tTháng 2\tTháng 3\tQuý I\tTháng 4\tTháng 5\tTháng 6\tQuý II\t6 tháng\n",
    );
    let mut sums = [0_i64; 9];
    for unit in 0..8_usize {
        let number = i64::try_from(unit).unwrap() + 1;
        let month = |at: i64| 21 + (number * 37 + at * 53 + number * at * 11) % 67;
        let months: Vec<i64> = (1..=6).map(month).collect();
        let (first, second): (i64, i64) = (months[..3].iter().sum(), months[3..].iter().sum());
        let all = [&months[..3], &[first][..], &months[3..], &[second, first + second][..]];
        let mut own: Vec<i64> = all.concat();
        if unit == 7 {
            own = sums.to_vec();
        } else {
            own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        }
        if let Some((row, column, by)) = off
            && row == unit
        {
            own[column] += by;
        }
        let name = if unit == 7 {
            "\tTổng cộng".to_owned()
        } else {
            format!("{number}\tĐơn vị {number}")
        };
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        writeln!(text, "{name}\t{}", own.join("\t")).unwrap();
    }
    text
}

#[test]
fn a_broken_total_is_told_at_the_cell_that_mends_it() {
    assert_eq!(told(&check(&quarters(None))), Vec::<String>::new());
    let table = check(&quarters(Some((3, 3, 9))));
    assert_eq!(told(&table), ["R201 error F5"]);
    let finding = &table["findings"][0];
    assert_eq!(finding["alternatives"][0][0], "F9", "{finding}");
    assert_eq!(finding["correction"], Value::Null, "{finding}");
}

#[test]
fn a_part_after_both_sexes_is_no_more_than_the_whole() {
    let schools = |minority: usize| {
        let mut text =
            String::from("TT\tTrường\tTổng số học sinh\tNam\tNữ\tTrong đó: dân tộc thiểu số\n");
        for number in 1..=12_usize {
            let (boys, girls) = (80 + number * 17 % 41, 90 + number * 23 % 37);
            let own = if number == 5 { minority } else { 5 + number * 7 % 31 };
            writeln!(text, "{number}\tTrường {number}\t{}\t{boys}\t{girls}\t{own}", boys + girls)
                .unwrap();
        }
        told(&check(&text)).into_iter().filter(|one| one.contains("warning")).collect::<Vec<_>>()
    };
    assert_eq!(schools(12), Vec::<String>::new());
    assert_eq!(schools(912), ["R702 warning F6"]);
}

/// Nine villages with a balance of the poor in the year and their total, without an index row.
fn balances(at: (usize, usize), off: i64) -> String {
    let mut text =
        String::from("TT\tThôn\tHộ nghèo đầu kỳ\tTăng trong kỳ\tGiảm trong kỳ\tHộ nghèo cuối kỳ\n");
    let mut sums = [0_i64; 4];
    let mut rows = Vec::new();
    for number in 0..9_i64 {
        let [start, more, less] = [23 + number * 29 % 61, 1 + number * 5 % 9, 2 + number * 7 % 11];
        let own = [start, more, less, start + more - less];
        own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        rows.push((format!("{}\tThôn {}", number + 1, number + 1), own));
    }
    rows.push(("\tTổng cộng".to_owned(), sums));
    rows[at.0].1[at.1] += off;
    for (name, [start, more, less, end]) in rows {
        writeln!(text, "{name}\t{start}\t{more}\t{less}\t{end}").unwrap();
    }
    text
}

#[test]
fn a_relation_of_few_figures_and_a_total_tell_the_part_that_breaks_both() {
    assert_eq!(told(&check(&balances((0, 0), 0))), Vec::<String>::new());
    for (column, letter) in ["C", "D", "E", "F"].iter().enumerate() {
        let found = told(&check(&balances((4, column), 6)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("warning") && found[0].ends_with(&format!("{letter}6")),
            "{found:?}"
        );
    }
}

#[test]
fn a_share_and_the_total_tell_the_figure_that_breaks_both() {
    let figures = [343, 706, 657, 303, 478, 718, 585, 740];
    let table = |wrong: i64| {
        let mut text = String::from("TT\tNgành\tSố lao động\tCơ cấu (%)\n");
        let all: i64 = figures.iter().sum();
        for (at, own) in figures.iter().enumerate() {
            let share = (own * 20_000 + all) / (2 * all);
            let typed = if at == 3 { own + wrong } else { *own };
            writeln!(text, "{at}\tNgành {at}\t{typed}\t{},{:02}", share / 100, share % 100)
                .unwrap();
        }
        writeln!(text, "\tTổng số\t{all}\t100,00").unwrap();
        text
    };
    assert_eq!(told(&check(&table(0))), Vec::<String>::new());
    let found = told(&check(&table(-35)));
    assert_eq!(found, ["R701 warning C5"]);
}

#[test]
fn an_amount_named_by_its_per_cent_is_added_like_money() {
    let table = |wrong: i64| {
        let mut text = String::from(
            "TT\tTên hàng\tSố lượng\tĐơn giá (đồng)\tThành tiền (đồng)\tThuế GTGT 10% (đồng)\tTổng thanh toán (đồng)\n",
        );
        let mut sums = [0_i64; 3];
        for number in 0..8_i64 {
            let (count, price) = (3 + number * 7 % 31, (11 + number * 13 % 71) * 1000);
            let own = [count * price, count * price / 10, count * price / 10 * 11];
            own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
            let tax = if number == 4 { own[1] + wrong } else { own[1] };
            writeln!(
                text,
                "{}\tHàng {number}\t{count}\t{price}\t{}\t{tax}\t{}",
                number + 1,
                own[0],
                own[2]
            )
            .unwrap();
        }
        writeln!(text, "\tCộng\t\t\t{}\t{}\t{}", sums[0], sums[1], sums[2]).unwrap();
        text
    };
    assert_eq!(told(&check(&table(0))), Vec::<String>::new());
    let found = told(&check(&table(9000)));
    assert!(found.len() == 1 && found[0].ends_with("F6"), "{found:?}");
}

#[test]
fn a_yield_in_quintals_is_the_harvest_in_tons_over_the_area() {
    let table = |wrong: i64| {
        let mut text = String::from("TT\tXã\tDiện tích (ha)\tSản lượng (tấn)\tNăng suất (tạ/ha)\n");
        for number in 0..9_i64 {
            let (area, harvest) = (53 + number * 37 % 211, 310 + number * 173 % 1400);
            let tenths = (harvest * 200 + area) / (2 * area) + if number == 4 { wrong } else { 0 };
            writeln!(
                text,
                "{}\tXã {number}\t{area}\t{harvest}\t{},{}",
                number + 1,
                tenths / 10,
                tenths % 10
            )
            .unwrap();
        }
        text
    };
    let sound = check(&table(0));
    assert_eq!(told(&sound), Vec::<String>::new());
    assert!(relations(&sound).contains(&"3=2/1 found".to_owned()), "{sound}");
    assert_eq!(told(&check(&table(14))), ["R701 warning E6"]);
}

#[test]
fn what_stands_on_cards_and_contracts_is_counted_where_the_heading_says_so() {
    let mut text =
        String::from("TT\tThôn\tDân số\tSố thẻ cấp mới\tSố thẻ hết hạn\tSố thẻ thu hồi\n");
    let mut sums = [0_i64; 4];
    for number in 0..8_i64 {
        let own = [
            411 + number * 97 % 300,
            19 + number * 11 % 37,
            5 + number * 13 % 29,
            31 + number * 17 % 43,
        ];
        own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        let [people, new, old, back] = own;
        let new = if number == 5 { new + 3 } else { new };
        writeln!(text, "{}\tThôn {number}\t{people}\t{new}\t{old}\t{back}", number + 1).unwrap();
    }
    writeln!(text, "\tTổng cộng\t{}\t{}\t{}\t{}", sums[0], sums[1], sums[2], sums[3]).unwrap();
    assert_eq!(told(&check(&text)), ["R702 warning D10"]);
}

/// So many units under headings and what stands below these. Their totals are computed, the first as it is
/// given for the last row, the sum of all and the sum without the last.
fn long_with_total(units: u32, head: &str, total: impl Fn(u32, u32, u32) -> String) -> String {
    let mut text = format!("TT\tThôn\tNam\tNữ\tCộng\tSố hộ\n{head}");
    let first = u32::try_from(text.lines().count()).unwrap() + 1;
    let (mut sums, mut last_men) = ([0_u32; 3], 0);
    for unit in 1..=units {
        let (men, women, homes) =
            (100 + unit * 37 % 811, 100 + unit * 53 % 797, 50 + unit * 29 % 151);
        let (at, all) = (first + unit - 1, men + women);
        writeln!(text, "{unit}\tThôn số {unit}\t{men}\t{women}\t=C{at}+D{at} -> {all}\t{homes}")
            .unwrap();
        (sums, last_men) = ([sums[0] + men, sums[1] + women, sums[2] + homes], men);
    }
    let last = first + units - 1;
    let sum =
        |column: &str, figure: u32| format!("=SUM({column}{first}:{column}{last}) -> {figure}");
    let (women, all, homes) = (sum("D", sums[1]), sum("E", sums[0] + sums[1]), sum("F", sums[2]));
    let men = total(last, sums[0], sums[0] - last_men);
    writeln!(text, "\tTổng cộng\t{men}\t{women}\t{all}\t{homes}").unwrap();
    text
}

#[test]
fn a_total_that_leaves_out_a_row_is_told_alike_however_many_there_are() {
    for units in [60, 399, 450] {
        let cell = format!("R613 warning C{}", units + 2);
        let told =
            |total: fn(u32, u32, u32) -> String| told(&check(&long_with_total(units, "", total)));
        assert_eq!(told(|_, sum, _| (sum + 7).to_string()), [cell.as_str()], "{units} units");
        let short = told(|last, _, short| format!("=SUM(C2:C{}) -> {short}", last - 1));
        assert_eq!(short, [cell.as_str()], "{units} units");
        let right = told(|last, sum, _| format!("=SUM(C2:C{last}) -> {sum}"));
        assert_eq!(right, Vec::<String>::new(), "{units} units");
    }
}

/// Months under an index row with what was done and what was done so far, as the first month and the total
/// have it.
fn cumulated(first: &str, total: &str) -> String {
    let mut text = String::from("TT\tTháng\tKế hoạch\tThực hiện\tLũy kế\nA\tB\t1\t2\t3\n");
    let (mut planned, mut so_far) = (0, 0);
    for month in 1..=8_u32 {
        let (plan, done) = (300 + month * 41 % 97, 250 + month * 67 % 89);
        (planned, so_far) = (planned + plan, so_far + done);
        let (at, above) = (month + 2, month + 1);
        let own =
            if month == 1 { first.to_owned() } else { format!("=E{above}+D{at} -> {so_far}") };
        let own = own.replace("{}", &so_far.to_string());
        writeln!(text, "{month}\tTháng {month}\t{plan}\t{done}\t{own}").unwrap();
    }
    let total = total.replace("{}", &so_far.to_string());
    writeln!(text, "\tTổng cộng\t=SUM(C3:C10) -> {planned}\t=SUM(D3:D10) -> {so_far}\t{total}")
        .unwrap();
    text
}

/// Twelve months with the sums of the quarters and of the year, and what was done so far: of the year, or of
/// the quarter where it begins `anew`.
fn in_quarters(anew: bool, live: bool, of_quarter: &str, of_year: &str) -> String {
    let mut text = String::from("TT\tTháng\tKế hoạch\tThực hiện\tLũy kế\nA\tB\t1\t2\t3\n");
    let cell = |formula: String, figure: u32| {
        if live { format!("={formula} -> {figure}") } else { figure.to_string() }
    };
    let end = |wanted: &str, row: u32, so_far: u32| match wanted {
        "last" => cell(format!("E{row}"), so_far),
        other => other.to_owned(),
    };
    let (mut year, mut so_far, mut at) = ([0, 0], 0, 2);
    for quarter in 0..4_u32 {
        let (first, mut sums) = (at + 1, [0, 0]);
        for month in quarter * 3 + 1..=quarter * 3 + 3 {
            at += 1;
            let (plan, done) = (300 + month * 41 % 97, 250 + month * 67 % 89);
            let begins = at == first && (anew || quarter == 0);
            so_far = if begins { done } else { so_far + done };
            sums = [sums[0] + plan, sums[1] + done];
            let above = if at == first { at - 2 } else { at - 1 };
            let own = if begins { format!("D{at}") } else { format!("E{above}+D{at}") };
            let own = cell(own, so_far);
            writeln!(text, "{month}\tTháng {month}\t{plan}\t{done}\t{own}").unwrap();
        }
        let sum = |column: &str, figure| cell(format!("SUM({column}{first}:{column}{at})"), figure);
        let (plan, done, own) = (sum("C", sums[0]), sum("D", sums[1]), end(of_quarter, at, so_far));
        writeln!(text, "\tCộng quý {}\t{plan}\t{done}\t{own}", quarter + 1).unwrap();
        (year, at) = ([year[0] + sums[0], year[1] + sums[1]], at + 1);
    }
    let sum = |column: &str, figure| {
        let quarters = ["6", "10", "14", "18"].map(|row| format!("{column}{row}"));
        cell(quarters.join("+"), figure)
    };
    let (plan, done, own) = (sum("C", year[0]), sum("D", year[1]), end(of_year, at - 1, so_far));
    writeln!(text, "\tTổng cộng\t{plan}\t{done}\t{own}").unwrap();
    text
}

#[test]
fn figures_that_are_cumulated_down_the_rows_begin_somewhere_and_end_in_the_total() {
    for first in ["=D3 -> {}", "{}", "=SUM(D$3:D3) -> {}"] {
        for total in ["=E10 -> {}", "{}", "", "x"] {
            assert_eq!(
                told(&check(&cumulated(first, total))),
                Vec::<String>::new(),
                "{first} {total}"
            );
        }
    }
    // Months in quarters: the figures go on past the sums of these, or begin anew after them.
    for (anew, live) in [(false, true), (false, false), (true, true), (true, false)] {
        for (quarter, year) in [("last", "last"), ("last", ""), ("", "last"), ("x", "")] {
            let text = in_quarters(anew, live, quarter, year);
            assert_eq!(told(&check(&text)), Vec::<String>::new(), "{text}");
        }
    }
    // The balance of a cash book has what comes in and goes out.
    let book = "TT\tNgày\tThu\tChi\tTồn\nA\tB\t1\t2\t3\n\
        1\tNgày 1\t900\t150\t750\n2\tNgày 2\t120\t430\t440\n3\tNgày 3\t\t75\t365\n\
        4\tNgày 4\t310\t\t675\n5\tNgày 5\t45\t260\t460\n\tTổng cộng\t1375\t915\t460\n";
    assert_eq!(told(&check(book)), Vec::<String>::new());
    // One wrong figure among them, and it is not told that they are cumulated.
    let broken = cumulated("{}", "{}").replacen("=E6+D7 -> ", "1", 1);
    assert!(told(&check(&broken)).iter().any(|one| one.contains(" error ")), "{broken}");
    // A part of which few villages have any is no running sum, though it goes on from each nought.
    let mut few = String::from("TT\tThôn\tHộ mới\tDTTS\nA\tB\t1\t2\n");
    let parts = [3, 0, 5, 0, 0, 7, 0, 4, 0, 6];
    for (at, part) in (1..).zip(parts) {
        writeln!(few, "{at}\tThôn số {at}\t{part}\t{part}").unwrap();
    }
    writeln!(few, "\tTổng cộng\t25\t6").unwrap();
    assert_eq!(told(&check(&few)), ["R201 error D13"]);
    // A total that is neither the last figure nor their sum is one that went wrong, and so is a figure
    // typed in the midst of the formulas.
    let wrong = told(&check(&cumulated("=D3 -> {}", "2000")));
    assert!(wrong.iter().any(|one| one.ends_with(" error E11")), "{wrong:?}");
    let typed = cumulated("=D3 -> {}", "=E10 -> {}").replacen("=E6+D7 -> ", "1", 1);
    let typed = told(&check(&typed));
    assert!(typed.iter().any(|one| one.starts_with("R613 ") && one.ends_with(" E7")), "{typed:?}");
}

/// Crops side by side: area and yield are typed, the harvest is their product.
fn harvest(crops: usize, typed: &[(usize, usize, &str)]) -> String {
    let villages = [(98, 485), (31, 540), (32, 541), (47, 643), (90, 593), (33, 491), (49, 660)]
        .into_iter()
        .chain([(18, 551), (72, 528), (65, 579)]);
    let letters = |crop: usize| ["CDE", "FGH"][crop].split("").skip(1).collect::<Vec<_>>();
    let mut text = "TT\tThôn".to_owned()
        + &"\tDiện tích (ha)\tNăng suất (tạ/ha)\tSản lượng (tấn)".repeat(crops);
    for (at, (area, tenths)) in villages.enumerate() {
        write!(text, "\n{}\tThôn {}", at + 1, at + 1).unwrap();
        for crop in 0..crops {
            let (area, tenths, row) = (area + crop * at, tenths - crop * 7, at + 2);
            let harvest = (area * tenths + 5) / 10;
            let [a, y, ..] = letters(crop)[..] else { unreachable!() };
            let over = typed.iter().find(|one| (one.0, one.1) == (crop, at));
            let cell = over.map_or_else(
                || format!("=ROUND({a}{row}*{y}{row}/10,1) -> {},{}", harvest / 10, harvest % 10),
                |one| one.2.to_owned(),
            );
            write!(text, "\t{area}\t{},{}\t{cell}", tenths / 10, tenths % 10).unwrap();
        }
    }
    text + "\n"
}

#[test]
fn a_figure_typed_over_a_product_is_told_once_and_at_its_cell() {
    for crops in [1, 2] {
        assert_eq!(warned(&harvest(crops, &[])), Vec::<String>::new());
        let one = warned(&harvest(crops, &[(crops - 1, 4, "25,4")]));
        assert_eq!(one, [format!("R613 warning {}6", ["E", "H"][crops - 1])]);
    }
    // Where what is typed stands together, the figures tell.
    let two = warned(&harvest(1, &[(0, 3, "25,4"), (0, 4, "31,1")]));
    assert_eq!(two, ["R701 warning E5", "R701 warning E6"]);
}

/// Findings that are no notes.
fn warned(text: &str) -> Vec<String> {
    told(&check(text)).into_iter().filter(|one| !one.contains(" note ")).collect()
}

/// Quarters of four items, the year across, the total down; the year of the total by this formula.
fn year_across(year: &str) -> String {
    let mut text = String::from("TT\tNội dung\tQuý I\tQuý II\tQuý III\tQuý IV\tCả năm\n");
    let items =
        [[120, 340, 560, 781], [233, 415, 96, 1_207], [88, 904, 655, 317], [41, 72, 510, 96]];
    for (at, item) in (2..).zip(items) {
        let [a, b, c, d] = item;
        let sum: i32 = item.iter().sum();
        writeln!(text, "{}\tKhoản {at}\t{a}\t{b}\t{c}\t{d}\t=SUM(C{at}:F{at}) -> {sum}", at - 1)
            .unwrap();
    }
    text + "\tTổng cộng\t=SUM(C2:C5) -> 482\t=SUM(D2:D5) -> 1731\t=SUM(E2:E5) -> 1821\t=SUM(F2:F5) -> 2401\t"
        + year
        + "\n"
}

#[test]
fn a_total_computed_across_its_row_is_held_against_the_rows() {
    for right in ["=SUM(C6:F6) -> 6435", "=SUM(G2:G5) -> 6435", "=C6+D6+E6+F6 -> 6435"] {
        assert_eq!(warned(&year_across(right)), Vec::<String>::new(), "{right}");
    }
    // A quarter is left out.
    assert_eq!(warned(&year_across("=SUM(C6:E6) -> 4034")), ["R602 error G6"]);
}

/// Communes with their villages, without labels: households, poor ones and their rate. `change` is made to
/// the figures of a village, given with its commune, after the sums were.
fn communes(change: impl Fn(u32, u32, &mut [u32; 2])) -> String {
    let figures = |group: u32, village: u32| {
        [131 + 97 * group + 53 * village * village, 11 + group * 5 + village * 7]
    };
    let mut text = String::from("TT\tĐơn vị\tSố hộ\tHộ nghèo\tTỷ lệ (%)\n");
    let line = |mark: &str, name: &str, [all, poor]: [u32; 2]| {
        let rate = (poor * 10_000 + all / 2) / all;
        format!("{mark}\t{name}\t{all}\t{poor}\t{},{:02}\n", rate / 100, rate % 100)
    };
    for (group, mark) in (0..).zip(["I", "II", "III", "IV"]) {
        let villages = (0..5).map(|village| figures(group, village));
        let sum = villages.clone().fold([0, 0], |sum, own| [sum[0] + own[0], sum[1] + own[1]]);
        text += &line(mark, &format!("Xã {mark}"), sum);
        for (village, mut own) in (0..).zip(villages) {
            change(group, village, &mut own);
            if own != [0, 0] {
                let (number, name) = (village + 1, group * 5 + village + 1);
                text += &line(&number.to_string(), &format!("Thôn {name}"), own);
            }
        }
    }
    text
}

#[test]
fn a_group_is_held_against_its_rows_as_the_groups_beside_it_are() {
    let none = Vec::<String>::new();
    assert_eq!(told(&check(&communes(|_, _, _| {}))), none);
    // A count was changed and its rate with it; the sum tells.
    let slip = |group, village, own: &mut [u32; 2]| {
        if (group, village) == (1, 2) {
            own[1] += 9;
        }
    };
    let table = check(&communes(slip));
    assert_eq!(told(&table), ["R701 warning D8"]);
    let message = table["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.contains(
            "như 3 nhóm khác, “Xã II” phải bằng tổng 5 dòng của nhóm; đúng ở 1 trong 2 cột"
        ),
        "{message}"
    );
    // Where the rate was not, the two meet in the count.
    let right = communes(|_, _, _| {});
    let wrong = communes(slip);
    let rate = |text: &str| text.lines().nth(10).unwrap().rsplit_once('\t').unwrap().1.to_owned();
    let table = check(&wrong.replace(&rate(&wrong), &rate(&right)));
    assert_eq!(told(&table), ["R701 warning D11"]);
    assert_eq!(table["findings"][0]["expected"], "30");
    // A group of which a row is not printed, and a column in which two groups have something of their own.
    let unprinted = |group, village, own: &mut [u32; 2]| {
        if (group, village) == (1, 4) {
            *own = [0, 0];
        }
    };
    assert_eq!(told(&check(&communes(unprinted))), none);
    let of_their_own = |group, village, own: &mut [u32; 2]| {
        if group < 2 && village == 0 {
            own[1] -= 8;
        }
    };
    assert_eq!(told(&check(&communes(of_their_own))), none);
    // Of one column alone: figures that no row left out makes up for.
    let column = |text: String| -> String {
        text.lines()
            .map(|line| line.split('\t').take(3).collect::<Vec<_>>().join("\t") + "\n")
            .collect()
    };
    let slip = |by: u32| {
        column(communes(move |group, village, own| {
            if (group, village) == (1, 2) {
                own[0] -= by;
            }
        }))
    };
    assert_eq!(told(&check(&slip(0))), none);
    assert_eq!(told(&check(&slip(90))), ["R701 warning C8"]);
    assert_eq!(told(&check(&slip(300))), none);
}

#[test]
fn a_person_too_many_is_no_rounding() {
    let rows = |head: &str, changed: u32| {
        let mut text = format!("TT\tThôn\t{head}\n");
        for at in 1..=11 {
            let (first, second) = (40 + at * at * 3 % 61, 55 + at * 17 % 43);
            let sum = first + second + if at == 6 { changed } else { 0 };
            writeln!(text, "{at}\tThôn {at}\t{sum}\t{first}\t{second}").unwrap();
        }
        text
    };
    assert_eq!(told(&check(&rows("Tổng số\tNam\tNữ", 0))), Vec::<String>::new());
    assert_eq!(told(&check(&rows("Tổng số\tNam\tNữ", 1))), ["R701 warning C7"]);
    // Of what nobody says to be counted ten rows that fit leave rounding possible; by three no row is rounded.
    assert_eq!(told(&check(&rows("Tổng số\tĐợt 1\tĐợt 2", 1))), Vec::<String>::new());
    assert_eq!(told(&check(&rows("Tổng số\tĐợt 1\tĐợt 2", 3))), ["R701 warning C7"]);
    // Organisations are no sexes, and what is told in thousands is rounded.
    assert_eq!(told(&check(&rows("Tổng số\tMTTQ Việt Nam\tHội Phụ nữ", 1))), Vec::<String>::new());
    assert_eq!(told(&check(&rows("Tổng số (nghìn người)\tNam\tNữ", 1))), Vec::<String>::new());
}

/// Groups of two columns under `head`, whose sums are off by something in the group named.
fn groups(head: &str, sizes: &[u64], off: (usize, [u64; 2])) -> String {
    let mut text = format!("TT\tNội dung\t{head}\n");
    for (group, size) in sizes.iter().enumerate() {
        let part = |at: u64| {
            let at = at + 7 * group as u64;
            [317 + 61 * at * at % 409, 204 + 83 * at % 311]
        };
        let mut sum = if group == off.0 { off.1 } else { [0; 2] };
        for part in (0..*size).map(part) {
            sum = [sum[0] + part[0], sum[1] + part[1]];
        }
        writeln!(
            text,
            "{}\tPhần {group}\t{}\t{}",
            ["I", "II", "III", "IV", "V"][group],
            sum[0],
            sum[1]
        )
        .unwrap();
        for (at, [a, b]) in (0..*size).map(part).enumerate() {
            writeln!(text, "{}\tKhoản {group}.{at}\t{a}\t{b}", at + 1).unwrap();
        }
    }
    text
}

#[test]
fn what_a_group_has_of_its_own_or_rounds_is_no_error() {
    const COUNTS: &str = "Số hộ\tSố khẩu";
    const MONEY: &str = "Dự toán (triệu đồng)\tThực hiện (triệu đồng)";
    let of = |text: &str| -> Vec<String> {
        told(&check(text)).into_iter().filter(|one| one.starts_with("R7")).collect()
    };
    let found = |head, sizes: &[u64], off| of(&groups(head, sizes, off));
    let none = Vec::<String>::new();
    // Persons are counted: one is one. Of two groups beside it a note tells, of one nothing.
    assert_eq!(found(COUNTS, &[3, 4, 3, 5], (1, [0, 1])), ["R701 warning D6"]);
    assert_eq!(found(COUNTS, &[3, 4, 3], (1, [0, 1])), ["R701 note D6"]);
    assert_eq!(found(COUNTS, &[3, 4], (1, [0, 1])), none);
    // Groups of one row show nothing of the others.
    assert_eq!(found(COUNTS, &[1, 4, 1, 1, 1], (1, [0, 1])), none);
    // Money is rounded, and a group may have some of its own.
    assert_eq!(found(MONEY, &[3, 4, 3, 5], (1, [0, 2])), none);
    assert_eq!(found(MONEY, &[3, 4, 3, 5], (1, [0, 40])), ["R701 note D6"]);
    // What is blank may be what is missing.
    let text = groups(COUNTS, &[3, 4, 3, 5], (1, [0, 9]));
    let line = text.lines().nth(7).unwrap();
    let blank = line.rsplit_once('\t').unwrap().0.to_owned() + "\t";
    assert_eq!(of(&text), ["R701 warning D6"]);
    assert_eq!(of(&text.replace(line, &blank)), ["R701 note D6"]);
}

/// Villages with their state before and after what comes in and goes out, and their total; at some cells
/// something is off, of which the total knows nothing.
fn movements(villages: i64, heads: &str, off: &[(i64, usize, i64)]) -> String {
    let mut text = format!("TT\tThôn\t{heads}\n");
    let columns = heads.split('\t').count();
    let mut sums = vec![0_i64; columns];
    for number in 1..=villages {
        let figure = |at: i64| 23 + (number * 97 + at * 131 + number * at * 29) % 241;
        let changes: Vec<i64> = (1..).map(figure).take(columns - 2).collect();
        let start = 640 + number * number * 37 % 519;
        let signed = changes.iter().zip([1, -1].into_iter().cycle());
        let end = start + signed.map(|(change, sign)| change * sign).sum::<i64>();
        let mut own = [&[start][..], &changes, &[end]].concat();
        own.iter().zip(&mut sums).for_each(|(one, sum)| *sum += one);
        for (_, column, by) in off.iter().filter(|(at, ..)| *at == number) {
            own[*column] += by;
        }
        let own: Vec<String> = own.iter().map(ToString::to_string).collect();
        writeln!(text, "{number}\tThôn {number}\t{}", own.join("\t")).unwrap();
    }
    let sums: Vec<String> = sums.iter().map(ToString::to_string).collect();
    writeln!(text, "\tTổng cộng\t{}", sums.join("\t")).unwrap();
    text
}

#[test]
fn a_part_is_told_where_its_total_and_a_balance_too_weak_to_warn_agree() {
    let stated = "Số đầu kỳ\tTăng trong kỳ\tGiảm trong kỳ\tSố cuối kỳ";
    let unstated = "Dân số đầu năm\tSinh\tMất\tChuyển đến\tChuyển đi\tDân số cuối năm";
    let told_at = |text: &str| -> Vec<String> {
        let all = told(&check(text)).into_iter();
        all.map(|one| one.rsplit(' ').next().unwrap_or_default().to_owned()).collect()
    };
    for heads in [stated, unstated] {
        let fewest = if heads == stated { 5 } else { 7 };
        for villages in fewest..=9 {
            assert_eq!(told_at(&movements(villages, heads, &[])), Vec::<String>::new());
            for column in 0..heads.split('\t').count() {
                let text = movements(villages, heads, &[(2, column, 36)]);
                let cell = ["C3", "D3", "E3", "F3", "G3", "H3"][column];
                assert_eq!(told_at(&text), [cell], "{villages}: {text}");
            }
        }
    }
    // What makes both hold says how the figure came to be: one digit is another.
    for (heads, villages, rule) in [(stated, 5, "R701"), (unstated, 9, "R201")] {
        let table = check(&movements(villages, heads, &[(2, 0, 100)]));
        let finding = &table["findings"][0];
        assert_eq!((&finding["code"], &finding["cell"]), (&rule.into(), &"C3".into()), "{finding}");
        assert!(finding["cause"].is_object() && finding["correction"].is_null(), "{finding}");
    }
    // Where the balance differs in two rows it bears nothing out, and the totals are told themselves.
    let totals = told_at(&movements(7, stated, &[(2, 1, 36), (4, 2, 36)]));
    assert_eq!(totals, ["D9", "E9"]);
}
