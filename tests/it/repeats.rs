//! Totals that other tables of a workbook repeat: a figure that differs is told, at its cell and with the
//! other cell, where enough of the others agree.

use std::fmt::Write as _;

use serde_json::Value;
use soatbieu::check_workbook;
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, json, text};
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
    let mut findings = tables[0]["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["code"] == "R703").unwrap();
    assert!(finding["correction"].is_null() && finding["verdict"].is_null(), "{finding}");
    assert_eq!(finding["alternatives"], serde_json::json!([["'Biểu 4'!C6"]]));

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
        repeated[0].contains("C5: Chi thường xuyên")
            && repeated[0].contains("ghi 4.201.300.000 đồng, quy ra triệu đồng là 4.201,3;"),
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

/// Land by villages, and a list of its kinds with two columns: each repeats the totals but for what some
/// kinds are off.
fn land(
    title: &str,
    headings: [&str; 2],
    off: &[(usize, u32)],
    slip: &[(usize, u32)],
) -> [String; 2] {
    const KINDS: [(&str, [u32; 3]); 10] = [
        ("Đất trồng lúa", [1153, 2311, 1874]),
        ("Đất trồng cây lâu năm", [2092, 1204, 966]),
        ("Đất rừng sản xuất", [3131, 2187, 1149]),
        ("Đất rừng phòng hộ", [4417, 3120, 2291]),
        ("Đất nuôi trồng thủy sản", [731, 822, 640]),
        ("Đất ở nông thôn", [512, 618, 477]),
        ("Đất giao thông", [913, 1022, 874]),
        ("Đất thủy lợi", [614, 533, 742]),
        ("Đất nghĩa trang", [211, 187, 263]),
        ("Đất chợ", [118, 97, 144]),
    ];
    let by_village = |village: usize| KINDS.iter().map(move |(_, figures)| figures[village]);
    let total = |kind: usize| KINDS[kind].1.iter().sum::<u32>();
    let line = |figures: Vec<u32>| {
        figures.iter().fold(String::new(), |line, figure| format!("{line}\t{figure}"))
    };
    let kinds = KINDS.iter().fold(String::new(), |line, (kind, _)| format!("{line}\t{kind}"));
    let mut table = format!("{title}\nThôn{kinds}\n");
    for (village, name) in ["Đông", "Tây", "Nam"].iter().enumerate() {
        writeln!(table, "Thôn {name}{}", line(by_village(village).collect())).unwrap();
    }
    writeln!(table, "Tổng cộng{}", line((0..10).map(total).collect())).unwrap();
    let mut list = format!("BIẾN ĐỘNG ĐẤT ĐAI\nLoại đất\t{}\t{}\n", headings[0], headings[1]);
    for (at, (kind, _)) in KINDS.iter().enumerate() {
        let less = |of: &[(usize, u32)]| {
            of.iter().find(|(kind, _)| *kind == at).map_or(0, |(_, figure)| *figure)
        };
        writeln!(list, "{kind}\t{}\t{}", total(at) - less(off), total(at) - less(slip)).unwrap();
    }
    [list, table]
}

#[test]
fn of_columns_that_list_the_same_totals_the_best_agreeing_is_held() {
    let title = "SỬ DỤNG ĐẤT NĂM 2025";
    for (title, headings) in [
        (title, ["Diện tích năm 2024", "Diện tích năm 2025"]),
        (title, ["Diện tích năm trước", "Diện tích"]),
        ("HIỆN TRẠNG", ["Quy hoạch đến 2030", "Hiện trạng"]),
        // Nothing but the figures tells which it is.
        (title, ["Theo hồ sơ", "Theo bản đồ"]),
    ] {
        for off in [&[(1, 32)][..], &[(1, 32), (5, 32)]] {
            let sheets = land(title, headings, off, &[]);
            assert!(is_compared(&checked(&sheets, &Request::default())[0]), "{headings:?}");
            assert_eq!(all_told(&sheets), Vec::<String>::new(), "{headings:?}");
        }
        let told = all_told(&land(title, headings, &[(1, 32), (5, 32)], &[(3, 90)]));
        assert_eq!(told.len(), 1, "{headings:?}: {told:?}");
        assert!(told[0].starts_with("R703 warning C6: Đất rừng phòng hộ"), "{told:?}");
    }
    // Both agree alike: either may be meant.
    let headings = ["Theo hồ sơ", "Theo bản đồ"];
    assert_eq!(all_told(&land(title, headings, &[(1, 32)], &[(3, 90)])), Vec::<String>::new());
}

#[test]
fn figures_of_another_year_stage_or_scope_are_not_held() {
    let with = |title: &str, sheets: &str| {
        let mut all: Vec<String> =
            of_villages().iter().map(|text| text.replace("BÁO CÁO", sheets)).collect();
        all.insert(0, summary("Nam", 1258).replace("TỔNG HỢP DÂN SỐ NĂM 2025", title));
        all
    };
    for (title, sheets) in [
        ("TỔNG HỢP DÂN SỐ NĂM 2024", "BÁO CÁO"),
        ("TỔNG HỢP DÂN SỐ ĐẦU NĂM 2025", "BÁO CÁO"),
        ("CHỈ TIÊU GIAO ĐẦU NĂM (chưa điều chỉnh)", "CHỈ TIÊU SAU ĐIỀU CHỈNH"),
        ("TỔNG HỢP DÂN SỐ\n(kể cả tạm trú)", "BÁO CÁO"),
        ("LUỸ KẾ NĂM 2025", "BÁO CÁO"),
        ("KẾ HOẠCH NĂM 2025", "THỰC HIỆN"),
        ("DÂN SỐ ƯỚC NĂM 2025", "BÁO CÁO"),
    ] {
        let told = all_told(&with(title, sheets));
        assert_eq!(told, Vec::<String>::new(), "{title}, {sheets}");
    }
    for (title, sheets) in [
        ("TỔNG HỢP DÂN SỐ", "BÁO CÁO"),
        ("KẾ HOẠCH NĂM 2025", "KẾ HOẠCH"),
        ("DÂN SỐ ĐẦU NĂM 2025", "DÂN SỐ ĐẦU NĂM"),
        ("LUỸ KẾ NĂM 2025", "LŨY KẾ"),
    ] {
        let told = all_told(&with(title, sheets));
        assert_eq!(told.len(), 1, "{title}, {sheets}: {told:?}");
        assert!(told[0].starts_with("R703 warning C"), "{told:?}");
    }
    // A heading says it as well, and more nearly than a title.
    let sheets = with("KẾ HOẠCH NĂM 2025", "BÁO CÁO");
    let done: Vec<String> =
        sheets.iter().map(|text| text.replace("Số khẩu", "Số khẩu thực hiện")).collect();
    assert_eq!((all_told(&sheets).len(), all_told(&done).len()), (0, 1));
}

#[test]
fn a_drawing_says_what_the_other_table_says() {
    let drawn = |sheets: &[String], lang: Lang| {
        let workbook = Workbook::from_text("Biểu", &sheets.join("\u{c}"));
        let outcome = check_workbook(workbook, &Request::default());
        let report = FileReport { path: "a.xlsx".into(), outcome };
        text::render(&report, text::Style { lang, color: false, columns: None })
    };
    let mut sheets = of_villages();
    sheets.insert(0, summary("Nam", 1258));
    assert!(drawn(&sheets, Lang::Vi).contains("ghi 1.258, biểu kia ghi 1.285"));
    assert!(drawn(&sheets, Lang::En).contains("says 1.258, the other table 1.285"));
}

#[test]
fn several_that_differ_need_more_that_agree() {
    let mut sheets = of_villages();
    let off = |text: String, village: &str| {
        let people = VILLAGES.iter().find(|(name, _)| *name == village).map(|one| total(&one.1, 1));
        let people = people.unwrap();
        text.replace(&format!("\t{people}\n"), &format!("\t{}\n", people + 2))
    };
    sheets.insert(0, off(summary("Nam", 1258), "Bắc"));
    let tables = checked(&sheets, &Request::default());
    assert!(is_compared(&tables[0]), "{}", tables[0]["notes"]);
    assert_eq!(tables.iter().flat_map(told).collect::<Vec<_>>(), Vec::<String>::new());
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
