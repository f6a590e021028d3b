//! Tables of prices, norms, levels and coefficients: what stands for one piece is added up by nobody,
//! and the sum of products is no product of sums. Slips in such tables are told all the same.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use soatbieu::check_workbook;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, json};
use soatbieu::workbook::{Cell, NumberFormat, Sheet, Workbook};

/// What JSON says of the findings of a table.
fn findings(workbook: Workbook) -> Vec<Value> {
    let outcome = check_workbook(workbook, &Request::default());
    let report = FileReport { path: "a.xlsx".into(), outcome };
    let report: Value = serde_json::from_str(&json::render(&[report], Lang::Vi)).unwrap();
    report["files"][0]["tables"][0]["findings"].as_array().unwrap().clone()
}

/// Findings that are no notes, as `R102 error E5`.
fn told(text: &str) -> Vec<String> {
    told_of(Workbook::from_text("Biểu", text))
}

fn told_of(workbook: Workbook) -> Vec<String> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let one =
        |f: &Value| format!("{} {} {}", text(f, "code"), text(f, "severity"), text(f, "cell"));
    findings(workbook).iter().map(one).filter(|line| !line.contains(" note ")).collect()
}

/// Goods from row 3 on, typed or computed: the quantity in C, the price in D, the amount in E; `total`
/// are the three cells of the total in row 8.
fn goods(heading: &str, product: &str, computed: bool, total: [&str; 3]) -> String {
    let mut text = format!("STT\tNội dung\tSố lượng\t{heading}\tThành tiền (đồng)\n{product}\n");
    let rows = [(12, 15_000), (7, 240_000), (30, 8_000), (5, 125_000), (16, 52_000)];
    for (at, (quantity, price)) in rows.iter().enumerate() {
        let (line, amount) = (at + 3, quantity * price);
        let amount =
            if computed { format!("=C{line}*D{line} -> {amount}") } else { amount.to_string() };
        writeln!(text, "{}\tVật tư {}\t{quantity}\t{price}\t{amount}", at + 1, at + 1).unwrap();
    }
    let [quantity, price, amount] = total;
    text + &format!("\tTổng cộng\t{quantity}\t{price}\t{amount}\n")
}

const PRODUCT: &str = "A\tB\t1\t2\t3=1*2";
const SUM: &str = "=SUM(E3:E7) -> 3557000";
const TYPED: &str = "3557000";

#[test]
fn a_price_is_left_out_of_a_total_in_whatever_way() {
    let headings = [
        "Đơn giá (đồng)",
        "Mức chi/người",
        "Định mức",
        "Lương cơ sở",
        "Mức hỗ trợ",
        "Hệ số",
        "Giá",
        "Cột này",
    ];
    for heading in headings {
        for product in [PRODUCT, "A\tB\t(1)\t(2)\t(3)=(1)x(2)"] {
            for (live, amount) in [(false, TYPED), (true, SUM)] {
                for out in ["", "-", "x"] {
                    for quantity in ["70", ""] {
                        let text = goods(heading, product, live, [quantity, out, amount]);
                        assert_eq!(told(&text), Vec::<String>::new(), "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_mean_in_a_total_is_no_sum_that_went_wrong() {
    let means = [
        "=E8/C8 -> 50814,2857142857",
        "=AVERAGE(D3:D7) -> 88000",
        "=ROUND(AVERAGE(D3:D7),0) -> 88000",
    ];
    for heading in ["Đơn giá (đồng)", "Định mức", "Điểm đánh giá"] {
        for mean in means {
            let text = goods(heading, PRODUCT, true, ["=SUM(C3:C7) -> 70", mean, SUM]);
            assert_eq!(told(&text), Vec::<String>::new(), "{text}");
        }
    }
    let typed = goods("Đơn giá", PRODUCT, false, ["70", "50.814", TYPED]);
    assert_eq!(told(&typed), Vec::<String>::new());
}

#[test]
fn points_are_averaged_below_a_sum_of_counts() {
    let text = "STT\tTên\tSố hộ\tSố người\tTổng\tĐiểm đánh giá\nA\tB\t1\t2\t3=1+2\t4\n\
1\tĐông\t12\t30\t=C3+D3 -> 42\t7\n2\tTây\t15\t31\t=C4+D4 -> 46\t9\n3\tNam\t11\t44\t=C5+D5 -> 55\t8\n\
\tTổng cộng\t=SUM(C3:C5) -> 38\t=SUM(D3:D5) -> 105\t=SUM(E3:E5) -> 143\t=AVERAGE(F3:F5) -> 8\n";
    assert_eq!(told(text), Vec::<String>::new());
    // Of households nobody takes the mean in a total.
    let wrong = text.replace("=SUM(C3:C5) -> 38", "=AVERAGE(C3:C5) -> 12,6666666666667");
    assert!(told(&wrong).iter().any(|line| line.ends_with("error C6")), "{:?}", told(&wrong));
}

#[test]
fn a_row_of_means_holds_fractions_of_counts() {
    let text = "STT\tTên\tSố hộ\tSố người\tTổng\nA\tB\t1\t2\t3=1+2\n\
1\tĐông\t12\t30\t42\n2\tTây\t15\t31\t46\n3\tNam\t11\t44\t55\n\
\tTổng cộng\t38\t105\t143\n\tTrung bình\t=AVERAGE(C3:C5) -> 12,67\t35\t47,67\n";
    assert_eq!(told(text), Vec::<String>::new());
}

#[test]
fn an_amount_without_factors_is_a_lump_sum() {
    for out in ["", "-"] {
        let right = goods("Đơn giá", PRODUCT, false, ["70", "", "4057000"]);
        let lump =
            right.replace("\tTổng", &format!("6\tChi khác (khoán)\t{out}\t{out}\t500000\n\tTổng"));
        assert_eq!(told(&lump), Vec::<String>::new(), "{lump}");
    }
    let groups = "STT\tNội dung\tSố lượng\tĐơn giá\tThành tiền\nA\tB\t1\t2\t3=1*2\n\
I\tVăn phòng phẩm\t\t\t3.000\n1\tGiấy\t10\t100\t1.000\n2\tBút\t20\t100\t2.000\n\
II\tCông cụ\t\t\t5.000\n1\tBàn\t5\t600\t3.000\n2\tGhế\t4\t500\t2.000\n\
III\tKhác\t\t\t700\n1\tDây\t5\t60\t300\n2\tĐinh\t4\t100\t400\n\tTổng cộng\t\t\t8.700\n";
    assert_eq!(told(groups), Vec::<String>::new());
    let wrong = told(&groups.replace("\t\t\t3.000", "\t\t\t3.100"));
    assert_eq!(wrong, ["R201 error E3"]);
}

#[test]
fn products_are_rounded_to_what_they_print() {
    let rows = [
        ("12,5", "3,33", "41,6"),
        ("10,2", "5,17", "52,73"),
        ("8,4", "2,25", "19"),
        ("6,4", "1,25", "8"),
        ("3,5", "2,2", "7,7"),
    ];
    let text = |wrong: &str| {
        let mut text = "STT\tTên\tKhối lượng\tĐơn giá\tThành tiền\nA\tB\t1\t2\t3=1*2\n".to_owned();
        for (at, (quantity, price, amount)) in (1..).zip(rows) {
            let amount = if at == 2 && !wrong.is_empty() { wrong } else { amount };
            writeln!(text, "{at}\tVật tư {at}\t{quantity}\t{price}\t{amount}").unwrap();
        }
        text
    };
    assert_eq!(told(&text("")), Vec::<String>::new());
    for wrong in ["53,73", "57,23", "5,27", "51"] {
        assert_eq!(told(&text(wrong)), ["R102 error E4"], "{wrong}");
    }
    // As near as this the factors, which are rounded themselves, may be right.
    assert_eq!(told(&text("52,8")), Vec::<String>::new());
}

#[test]
fn factors_that_are_worked_out_from_the_product_are_rounded() {
    // What each hectare bore: 1.234,5 / 321,2 = 3,84.
    let rows = [
        ("321,2", ["3,84", "38,4"], "1234,5"),
        ("100", ["4", "40"], "400"),
        ("52,7", ["4,13", "41,3"], "217,4"),
        ("87,9", ["3,9", "39"], "342,6"),
    ];
    for (unit, product) in ["3=1*2", "3=1*2/10"].into_iter().enumerate() {
        let mut text =
            format!("STT\tTên\tDiện tích\tNăng suất\tSản lượng\nA\tB\t1\t2\t{product}\n");
        for (at, (area, worked_out, crop)) in (1..).zip(rows) {
            writeln!(text, "{at}\tThôn {at}\t{area}\t{}\t{crop}", worked_out[unit]).unwrap();
        }
        assert_eq!(told(&text), Vec::<String>::new(), "{text}");
    }
}

/// Percentages that the file stores as fractions, and amounts of them.
fn shares(product: &str, wrong: bool) -> Workbook {
    let mut text = format!("STT\tTên\tGiá trị\tTỷ lệ (%)\tSố tiền\n{product}\n");
    let rows =
        [(1_500, "0,1", 150), (2_300, "0,08", 184), (4_200, "0,055", 231), (900, "0,12", 108)];
    for (at, (value, share, amount)) in (1..).zip(rows) {
        let amount = if wrong && at == 3 { 213 } else { amount };
        writeln!(text, "{at}\tMục {at}\t{value}\t{share}\t{amount}").unwrap();
    }
    let mut book = Workbook::from_text("Biểu", &text);
    book.formats.push(NumberFormat::parse("0.0%"));
    let percent = u16::try_from(book.formats.len() - 1).unwrap();
    let cells = book.sheets[0].cells().iter().cloned();
    let cells = cells.map(|(at, cell)| {
        let is_share = at.column == 3 && at.row > 1;
        (at, if is_share { Cell { format: percent, ..cell } } else { cell })
    });
    book.sheets[0] = Sheet::new("Biểu", cells.collect());
    book
}

#[test]
fn a_percentage_multiplies_as_a_fraction() {
    for product in ["A\tB\t1\t2\t3=1*2", "A\tB\t1\t2\t3=1*2/100", "A\tB\t(1)\t(2)\t(3)=(1)x(2)"] {
        assert_eq!(told_of(shares(product, false)), Vec::<String>::new(), "{product}");
    }
    for product in ["A\tB\t1\t2\t3=1*2", "A\tB\t(1)\t(2)\t(3)=(1)x(2)"] {
        assert_eq!(told_of(shares(product, true)), ["R102 error E5"], "{product}");
    }
}

/// Amounts of three factors, or of two in another unit.
fn factors(heading: &str, product: &str, rows: [[&str; 4]; 4]) -> String {
    let mut text = format!("Nội dung\tSố người\t{heading}\tĐịnh mức\tThành tiền\n{product}\n");
    for (at, [a, b, c, amount]) in rows.iter().enumerate() {
        writeln!(text, "Lớp {}\t{a}\t{b}\t{c}\t{amount}", at + 1).unwrap();
    }
    text
}

#[test]
fn products_have_as_many_factors_as_are_printed() {
    let days = [
        ["12", "3", "150000", "5400000"],
        ["10", "5", "120000", "6000000"],
        ["8", "2", "150000", "2400000"],
        ["7", "4", "100000", "2800000"],
    ];
    for product in ["A\t1\t2\t3\t4=1*2*3", "A\t(1)\t(2)\t(3)\t(4)=(1)x(2)x(3)"] {
        let right = factors("Số ngày", product, days) + "Tổng cộng\t\t\t\t16600000\n";
        assert_eq!(told(&right), Vec::<String>::new(), "{right}");
        let wrong = right.replace("2400000", "2040000").replace("16600000", "16240000");
        assert_eq!(told(&wrong), ["R102 error E5"]);
    }
    let thousands = days.map(|[a, b, c, amount]| [a, b, c, amount.strip_suffix("000").unwrap()]);
    let right = factors("Số ngày", "A\t1\t2\t3\t4=1*2*3/1000", thousands);
    assert_eq!(told(&right), Vec::<String>::new());
}

#[test]
fn slips_in_tables_of_prices_are_told_at_their_cells() {
    for (live, amount) in [(false, TYPED), (true, SUM)] {
        let right = goods("Đơn giá", PRODUCT, live, ["70", "", amount]);
        let row = right.replace("1680000", "1860000");
        let row = row.replace("=C4*D4 -> 1860000", "1860000");
        let found = told(&row);
        assert!(found.iter().any(|line| line == "R102 error E4"), "{found:?}\n{row}");
    }
    let total = told(&goods("Đơn giá", PRODUCT, false, ["70", "", "3575000"]));
    assert_eq!(total, ["R201 error E8"]);
    let quantity = told(&goods("Đơn giá", PRODUCT, false, ["71", "x", TYPED]));
    assert_eq!(quantity, ["R201 error C8"]);
    let short =
        goods("Đơn giá", PRODUCT, true, ["=SUM(C3:C7) -> 70", "", "=SUM(E3:E6) -> 2725000"]);
    assert_eq!(told(&short), ["R602 error E8"]);
    let other = goods("Đơn giá", PRODUCT, true, ["70", "", SUM]);
    let other = other.replace("=C5*D5 -> 240000", "=C5*D4 -> 7200000");
    assert!(told(&other).iter().any(|line| line == "R601 error E5"), "{:?}", told(&other));
    // Prices that somebody does add up are added up whole.
    let added =
        goods("Đơn giá", PRODUCT, true, ["=SUM(C3:C7) -> 70", "=SUM(D3:D6) -> 388000", SUM]);
    assert_eq!(told(&added), ["R602 error D8"]);
}

/// The errors of a table with what is said of the cell, as `E4 pinned safe 1680000`.
fn corrections(text: &str) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let one = |finding: &Value| {
        let correction = &finding["correction"];
        [&finding["cell"], &finding["verdict"], &correction["grade"], &correction["to"]]
            .map(word)
            .join(" ")
    };
    let findings = findings(Workbook::from_text("Biểu", text));
    findings.iter().filter(|finding| finding["severity"] == "error").map(one).collect()
}

#[test]
fn an_amount_that_its_factors_and_its_total_contradict_is_corrected() {
    let right = goods("Đơn giá", PRODUCT, false, ["70", "", TYPED]);
    let amount = right.replace("1680000", "1860000");
    assert_eq!(corrections(&amount), ["E4 pinned safe 1680000"]);
    let total = right.replace(TYPED, "3575000");
    // Rows may have been worked out from a quantity that was mistyped.
    assert_eq!(corrections(&total), ["E8 pinned suggested 3557000"]);
    // What has no price, or no quantity, speaks for nothing.
    for nothing in ["0", "-"] {
        for quantity in ["70", "", "0"] {
            let total = goods("Đơn giá", PRODUCT, false, [quantity, "", nothing]);
            let told = corrections(&total);
            assert!(
                !told.iter().any(|one| !one.starts_with("E8") && !one.starts_with("C8")),
                "{told:?}"
            );
        }
    }
    // A quantity that its total and the amount contradict alike.
    let quantity = right.replace("\t7\t240000", "\t17\t240000");
    assert_eq!(corrections(&quantity), ["C4 pinned safe 7"]);
    // What is given away has a quantity, also where the total leaves it out.
    let given = right.replace("\t7\t240000\t1680000", "\t7\t240000\t0");
    let given = given.replace(TYPED, "1877000").replace("\t70\t", "\t63\t");
    let told = corrections(&given);
    assert!(!told.iter().any(|one| one.starts_with("C4 pinned")), "{told:?}");
    // An amount that is rounded on purpose is not told by a total that is given up.
    let two = right.replace("240000\t30\t8000", "").replace("\t1680000", "\t1700000");
    let two = two.replace("\t240000\n4", "\t24000\n4").replace(TYPED, "3577000");
    let told = corrections(&two);
    assert!(!told.iter().any(|one| one.starts_with("E4 pinned")), "{told:?}");
    // Three factors, of which one has decimals.
    let days = [
        ["12", "3", "150000", "5400000"],
        ["10", "5", "120000", "6000000"],
        ["8", "2,5", "150000", "3000000"],
        ["7", "4", "100000", "2800000"],
    ];
    let days = factors("Số ngày", "A\t1\t2\t3\t4=1*2*3", days);
    let amount = days.replace("3000000", "3600000") + "Tổng cộng\t\t\t\t17200000\n";
    assert_eq!(corrections(&amount), ["E5 pinned safe 3000000"]);
}

#[test]
fn a_price_is_not_accused_of_an_amount_that_was_added_up_as_it_stands() {
    // 1.860.000 = 7 · 265.714,28…; 2.040.000 = 5 · 408.000: a price that nobody typed would fit.
    let right = goods("Đơn giá", PRODUCT, false, ["70", "", TYPED]);
    for (wrong, total) in [("1860000", "3737000"), ("1400000", "3277000")] {
        let wrong = right.replace("1680000", wrong).replace(TYPED, total);
        let told = corrections(&wrong);
        assert!(told.len() == 1 && told[0].starts_with("E4 "), "{told:?}");
        assert!(!told[0].contains("pinned") && !told[0].contains("safe"), "{told:?}");
    }
    // Nor an amount for a price that was mistyped.
    let price = corrections(&right.replace("240000\t1680000", "250000\t1680000"));
    assert!(!price.iter().any(|one| one.contains("safe") || one.contains("pinned")), "{price:?}");
}

#[test]
fn rounded_products_correct_nothing() {
    // Yields are worked out from what was harvested.
    let mut text = String::from(
        "STT\tThôn\tDiện tích (ha)\tNăng suất (tạ/ha)\tSản lượng (tạ)\nA\tB\t1\t2\t3=1*2\n",
    );
    let rows = [(123, 523, "643"), (87, 488, "424"), (151, 611, "923"), (64, 507, "325")];
    for (at, (area, given, harvest)) in rows.iter().enumerate() {
        let number = |tenths: i32| format!("{},{}", tenths / 10, tenths % 10);
        let (area, given) = (number(*area), number(*given));
        writeln!(text, "{0}\tThôn {0}\t{area}\t{given}\t{harvest}", at + 1).unwrap();
    }
    let right = text + "\tTổng cộng\t42,5\t\t2315\n";
    assert_eq!(corrections(&right), Vec::<String>::new());
    let told = corrections(&right.replace("\t923", "\t953"));
    assert!(!told.is_empty() && !told.iter().any(|one| one.contains("E5 pinned safe")), "{told:?}");
}

#[test]
fn a_long_table_without_an_index_row_is_judged_like_a_short_one() {
    for rows in [60_u32, 450] {
        let mut text =
            String::from("STT\tTên vật tư\tSố lượng\tĐơn giá (đồng)\tThành tiền (đồng)\tĐiểm\n");
        let (mut quantities, mut prices, mut amounts) = (0, 0, 0);
        for row in 0..rows {
            let (quantity, price) = (3 + row * 37 % 91, 1_000 * (5 + row * 53 % 97));
            let (line, amount, ordinal) = (row + 2, quantity * price, row + 1);
            (quantities, prices, amounts) =
                (quantities + quantity, prices + price, amounts + amount);
            writeln!(
                text,
                "{ordinal}\tVật tư {ordinal}\t{quantity}\t{price}\t=C{line}*D{line} -> {amount}\t7"
            )
            .unwrap();
        }
        let (last, at) = (rows + 1, rows + 2);
        let mean =
            |sum: u32, of: u32| (f64::from(sum) / f64::from(of)).to_string().replace('.', ",");
        let means = [
            format!("=E{at}/C{at} -> {}", mean(amounts, quantities)),
            format!("=AVERAGE(D2:D{last}) -> {}", mean(prices, rows)),
        ];
        for mean in means {
            let text = format!(
                "{text}\tTổng cộng\t=SUM(C2:C{last}) -> {quantities}\t{mean}\t=SUM(E2:E{last}) -> {amounts}\t=AVERAGE(F2:F{last}) -> 7\n"
            );
            assert_eq!(told(&text), Vec::<String>::new(), "{rows}: {mean}");
        }
    }
}

/// Goods with their total, typed: quantities and prices in thousands.
fn bought(goods: &[(u32, u32)]) -> Vec<Vec<u64>> {
    let row = |(quantity, price): &(u32, u32)| {
        let (quantity, price) = (u64::from(*quantity), u64::from(*price) * 1_000);
        vec![quantity, price, quantity * price]
    };
    let mut rows: Vec<Vec<u64>> = goods.iter().map(row).collect();
    let sum = |column: usize| rows.iter().map(|row| row[column]).sum();
    let total = vec![sum(0), 0, sum(2)];
    rows.push(total);
    rows
}

fn as_text(rows: &[Vec<u64>]) -> String {
    let mut text =
        format!("STT\tNội dung\tSố lượng\tĐơn giá (đồng)\tThành tiền (đồng)\n{PRODUCT}\n");
    for (at, row) in rows.iter().enumerate() {
        let [quantity, price, amount] = [row[0], row[1], row[2]];
        if at + 1 == rows.len() {
            writeln!(text, "\tTổng cộng\t{quantity}\t\t{amount}").unwrap();
        } else {
            writeln!(text, "{0}\tVật tư {0}\t{quantity}\t{price}\t{amount}", at + 1).unwrap();
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_pinned_in_a_table_of_prices_is_the_one_wrong_figure(
        goods in vec((1_u32..90, 1_u32..900), 3..12),
        at in any::<Index>(),
        column in 0_usize..3,
        factor in prop_oneof![Just(10_u64), 2..9_u64],
        added in 1_u64..50,
    ) {
        let right = bought(&goods);
        prop_assert_eq!(corrections(&as_text(&right)), Vec::<String>::new());
        let row = at.index(right.len());
        let mut wrong = right.clone();
        wrong[row][column] = right[row][column] * factor + added;
        let is_blank = row + 1 == right.len() && column == 1;
        prop_assume!(!is_blank);
        let told = corrections(&as_text(&wrong));
        prop_assert!(!told.is_empty());
        let own = format!("{}{} pinned", ["C", "D", "E"][column], row + 3);
        for one in told.iter().filter(|one| one.contains("pinned")) {
            prop_assert!(one.starts_with(&own), "{own}: {told:?}");
            let is_right = one.ends_with(&format!(" {}", right[row][column]));
            prop_assert!(is_right, "{}: {told:?}", right[row][column]);
        }
        // An amount or its total has two rules each, of which no factor is part of both.
        if column == 2 {
            prop_assert!(told.iter().any(|one| one.starts_with(&own)), "{told:?}");
        }
    }
}

#[test]
fn a_total_of_products_that_the_figures_show_is_no_product() {
    let mut text = String::from("STT\tLớp\tSố buổi\tSố người\tCông\n");
    let classes =
        [(12, 7), (9, 14), (15, 11), (8, 23), (21, 5), (6, 17), (13, 9), (18, 16), (7, 19)];
    let (mut sessions, mut people, mut all) = (0, 0, 0);
    for (at, (times, heads)) in classes.iter().enumerate() {
        let days = times * heads;
        (sessions, people, all) = (sessions + times, people + heads, all + days);
        writeln!(text, "{0}\tLớp {0}\t{times}\t{heads}\t{days}", at + 1).unwrap();
    }
    let right = text + &format!("\tCộng\t{sessions}\t{people}\t{all}\n");
    assert_eq!(told(&right), Vec::<String>::new());
    let wrong = right.replace("\t288\n", "\t228\n");
    assert!(told(&wrong).iter().any(|one| one.ends_with(" E9")), "{:?}", told(&wrong));
}
