//! Tables as offices lay them out, as text in and findings out: index rows of every kind, rows of
//! every kind, numbers in both notations.

use std::fmt::Write as _;

use soatbieu::findings::Checked;
use soatbieu::recognise::Request;
use soatbieu::relations::Outcome;
use soatbieu::rules::Severity;
use soatbieu::table::Role;
use soatbieu::workbook::{Address, Range, Workbook};

fn request() -> Request {
    Request { known: soatbieu::forms::builtin().unwrap(), ..Request::default() }
}

fn check(text: &str) -> Checked {
    let checkup = soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request()).unwrap();
    assert_eq!(checkup.tables.len(), 1, "one table is expected");
    checkup.tables.into_iter().next().unwrap()
}

/// Errors as `cell rule expected`.
fn errors(text: &str) -> Vec<String> {
    let checked = check(text);
    checked
        .errors()
        .map(|finding| {
            let cell = finding.place.map(|place| checked.table.address(place).to_string());
            let expected = finding.expected.map(|value| format!(" {value}")).unwrap_or_default();
            format!("{} {}{expected}", cell.unwrap_or_default(), finding.rule.code)
        })
        .collect()
}

/// Formulas of the table as `label: text`, with the scale of ratios.
fn formulas(text: &str) -> Vec<String> {
    let checked = check(text);
    checked
        .table
        .columns
        .iter()
        .filter_map(|column| {
            let formula = column.formula.as_ref()?;
            let scale = column.scale.map(|scale| format!(" x{scale}")).unwrap_or_default();
            Some(format!("{}{scale}", formula.text))
        })
        .collect()
}

fn satisfied(text: &str) -> (usize, usize, usize) {
    let counts = check(text).ledger.counts();
    (counts.satisfied, counts.violated, counts.undecided)
}

#[test]
fn a_ratio_is_per_cent_or_a_quotient_as_the_rows_say() {
    let table = "Xã\tTrạm\tCán bộ\tSản lượng\tDiện tích\tNăng suất\tTỷ lệ\nA\t1\t2\t5\t6\t7=5/6\t8=2/1\n\
                 Một\t10\t4\t120\t60\t2\t40\nHai\t8\t2\t90\t40\t2,25\t25\nBa\t5\t1\t33\t10\t3,3\t20\n";
    assert_eq!(formulas(table), ["7=5/6 x1", "8=2/1 x100"]);
    assert_eq!(satisfied(table), (6, 0, 0));
}

#[test]
fn labels_are_names_and_may_skip_or_stand_over_names() {
    let table = "Mã\tTên\tDự kiến\tChi\tTỷ lệ\nA\t1\t2\t3\t4=3/2\n\
                 10003\tBệnh viện Một\t200\t100\t50\n10004\tBệnh viện Hai\t400\t100\t25\n10009\tBệnh viện Ba\t50\t20\t41\n";
    assert_eq!(formulas(table), ["4=3/2 x100"]);
    assert_eq!(errors(table), ["E5 R101 40"]);
}

#[test]
fn brackets_signs_and_constants() {
    let table = "Đơn vị\tKế hoạch\tThực hiện\tChênh lệch\tTỷ lệ\tNgày công\n(1)\t'(2)\t'(3)\t'(4)= (3)-(2)\t'(5)=(3):(2)x100\t'(6)=(3)/8\n\
                 Tổ Một\t80\t40\t-40\t50\t5\nTổ Hai\t40\t32\t-8\t80\t4\nTổ Ba\t20\t16\t-4\t80\t2\n";
    assert_eq!(formulas(table), ["4=(3)-(2)", "5=(3):(2)x100 x100", "6=(3)/8 x1"]);
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn formulas_wrapped_in_cells_and_inside_captions() {
    let table =
        "Thôn\tTổng số (1=2+3)\tNam (2)\tNữ (3)\nMột\t30\t14\t16\nHai\t41\t20\t20\nBa\t12\t6\t6\n";
    let checked = check(table);
    assert_eq!(*checked.table.columns[1].headings, ["Tổng số"]);
    assert_eq!(errors(table), ["B3 R102 40"]);
}

#[test]
fn a_total_may_stand_first_and_left_of_its_parts() {
    let table = "Thôn\tTổng\tNghèo\tCận nghèo\tTỷ lệ\nA\t1=2+3\t2\t3\t4=2/1*100\n\
                 Tổng cộng\t60\t25\t35\t41,67\nMột\t20\t10\t10\t50\nHai\t40\t15\t25\t37,5\n";
    let checked = check(table);
    assert_eq!(checked.table.rows[0].role, Role::Total);
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn excel_turns_bracketed_labels_into_negative_numbers() {
    let table = "Thôn\tĐầu năm\tGiảm\tCòn\nA\t-1\t-2\t'(3)=(1)-(2)\nMột\t12\t3\t9\nHai\t17\t2\t14\nBa\t5\t1\t4\n";
    assert_eq!(errors(table), ["D4 R102 15"]);
}

#[test]
fn a_row_of_numbers_that_numbers_something_else_is_a_heading() {
    let table = "TT\tXã\tHộ nghèo\tThiếu hụt\tChỉ số thiếu hụt\n\t\t\t\t1\t2\t3\n1\tMột\t10\t14\t5\t6\t3\n2\tHai\t20\t29\t9\t12\t8\n";
    let table = check(table).table;
    assert_eq!((table.index_row, table.form.as_str()), (None, "headings"));
    assert_eq!(*table.columns[4].headings, ["Chỉ số thiếu hụt", "1"]);
}

#[test]
fn districts_above_their_communes_are_not_counted_twice() {
    let table = "TT\tĐơn vị\tHộ\tNghèo\tTỷ lệ\nA\tB\t1\t2\t3=2/1*100\n\
                 1\tHuyện Một\t300\t30\t10\n1.1\tXã A\t100\t10\t10\n1.2\tXã B\t200\t20\t10\n\
                 2\tHuyện Hai\t150\t15\t10\n2.1\tXã C\t50\t5\t10\n2.2\tXã D\t100\t10\t10\n\tTổng cộng\t450\t45\t10\n";
    let checked = check(table);
    let roles: Vec<Role> = checked.table.rows.iter().map(|row| row.role).collect();
    assert_eq!(roles[0], Role::Subtotal);
    assert_eq!(checked.table.rows[6].role, Role::Total);
    assert_eq!(checked.table.rows[6].parts, [0, 3]);
    assert_eq!(errors(table), Vec::<String>::new());
    let wrong = table.replace("200\t20\t10", "200\t21\t10,5");
    assert!(!errors(&wrong).is_empty());
}

#[test]
fn regions_with_roman_numbers_and_without_sums_of_their_own() {
    let table = "TT\tĐơn vị\tHộ\tNghèo\tCòn lại\nA\tB\t1\t2\t3=1-2\n\
                 I\tKhu vực thành thị\n1\tPhường A\t100\t10\t90\n2\tPhường B\t200\t20\t180\n\
                 II\tKhu vực nông thôn\n3\tXã C\t50\t5\t45\n4\tXã D\t100\t10\t90\n\tTổng cộng\t450\t45\t405\n";
    let checked = check(table);
    assert_eq!(checked.table.rows[0].role, Role::Heading);
    assert_eq!(checked.table.rows[6].parts, [1, 2, 4, 5]);
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn subtotals_below_their_rows() {
    let table = "Đơn vị\tHộ\tNghèo\tCòn lại\nA\t1\t2\t3=1-2\nXã A\t100\t10\t90\nXã B\t200\t20\t180\nCộng\t300\t30\t270\n\
                 Xã C\t50\t5\t45\nXã D\t100\t10\t90\nCộng\t150\t15\t135\nTổng cộng\t450\t45\t405\n";
    let checked = check(table);
    assert_eq!(checked.table.rows[2].parts, [0, 1]);
    assert_eq!(checked.table.rows[6].parts, [2, 5]);
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn two_lines_a_unit_are_two_tables_in_one() {
    let table = "TT\tĐơn vị\tPhân tổ\tĐầu kỳ\tGiảm\tCuối kỳ\n\t\t\t1\t2\t3=1-2\n\
                 1\tXã A\tHộ\t10\t2\t8\n\t\tNhân khẩu\t40\t9\t31\n2\tXã B\tHộ\t20\t5\t15\n\t\tNhân khẩu\t81\t20\t61\n\
                 \tTổng cộng\tHộ\t30\t7\t23\n\t\tNhân khẩu\t121\t29\t93\n";
    let checked = check(table);
    assert_eq!(checked.table.rows[1].name, "Xã A");
    assert_eq!(checked.table.rows[1].line, "Nhân khẩu");
    assert_eq!(checked.table.rows[4].parts, [0, 2]);
    assert_eq!(errors(table), ["F8 R102 92"]);
}

#[test]
fn rows_of_changes_and_rates_follow_their_own_rules() {
    let table = "Chỉ tiêu\tTổng\tNgoại trú\tNội trú\nA\t1=2+3\t2\t3\nNăm nay\t70\t26\t44\nNăm trước\t60\t23\t37\n\
                 Tăng/giảm\t10\t3\t7\nTỷ lệ tăng giảm (%)\t16,67\t13,04\t18,92\n";
    let checked = check(table);
    assert!(checked.table.rows[2].formula.is_some() && checked.table.rows[3].formula.is_some());
    assert_eq!(errors(table), Vec::<String>::new());
    assert_eq!(errors(&table.replace("13,04", "13,40")), ["C6 R103 13.04"]);
}

#[test]
fn a_formula_that_most_rows_contradict_is_told_once() {
    let table = "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1+2\nMột\t12\t3\t9\nHai\t17\t2\t15\nBa\t5\t1\t4\nBốn\t9\t4\t5\n";
    assert_eq!(errors(table), [" R502"]);
}

#[test]
fn numbers_as_text_in_either_notation_and_mixed_with_numbers() {
    let dots = "Thôn\tHộ\tNghèo\tTỷ lệ\nA\t1\t2\t3=2/1\nMột\t'1.433\t'360\t'25.12\nHai\t'2.000\t'100\t'5.00\nBa\t500\t'50\t'10.0\n";
    // A column of counts with three digits after every dot groups thousands; the rates have points.
    assert_eq!(errors(dots), Vec::<String>::new());
    let comma = dots.replace("25.12", "25,12").replace("5.00", "5,00").replace("10.0", "10,0");
    assert_eq!(errors(&comma), Vec::<String>::new());
}

#[test]
fn dashes_and_blanks_are_nothing() {
    let table = "Thôn\tĐầu năm\tGiảm\tTăng\tCuối năm\nA\t1\t2\t3\t4=1-2+3\nMột\t12\t-\t\t12\nHai\t17\t2\t–\t15\nBa\t5\t1\t0\t4\n";
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn a_rate_over_nothing_is_zero_or_blank() {
    let table = "Thôn\tHộ\tNghèo\tTỷ lệ\nA\t1\t2\t3=2/1*100\nMột\t0\t0\t0\nHai\t0\t0\t\nBa\t50\t5\t10\nBốn\t50\t5\t10\n";
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn rounding_of_addends_is_no_error() {
    let table = "Ngành\tTổng\tA\tB\tC\nA\t1=2+3+4\t2\t3\t4\nMột\t100,1\t33,3\t33,3\t33,4\nHai\t50,5\t20,2\t20,1\t10,2\nBa\t9,0\t3,0\t3,0\t3,0\n";
    assert_eq!(errors(table), Vec::<String>::new());
    assert!(!errors(&table.replace("100,1", "100,6")).is_empty());
}

#[test]
fn several_tables_on_a_sheet_and_one_that_goes_on_over_the_page() {
    let head = "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\n";
    let two = format!(
        "{head}Một\t12\t3\t9\nTổng cộng\t12\t3\t9\n\n\n{head}Hai\t17\t2\t14\nTổng cộng\t17\t2\t14\n"
    );
    let found = soatbieu::check_workbook(Workbook::from_text("Biểu", &two), &request()).unwrap();
    assert_eq!(found.tables.len(), 2);
    assert!(found.tables[0].is_clean() && !found.tables[1].is_clean());
    let on =
        format!("{head}Một\t12\t3\t9\nHai\t17\t2\t15\n{head}Ba\t5\t1\t4\nTổng cộng\t34\t6\t28\n");
    let checked = check(&on);
    assert_eq!(checked.table.rows.len(), 4);
    assert!(checked.is_clean());
}

#[test]
fn notes_and_signatures_end_the_table() {
    let table = "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nMột\t12\t3\t9\nHai\t17\t2\t15\n\nGhi chú: số liệu 2024\n\t\tĐại Lãnh, ngày 5 tháng 2 năm 2024\n\t\tTM. ỦY BAN NHÂN DÂN\n\t\tCHỦ TỊCH\n\n\n\t\tNguyễn Văn A\n";
    let checked = check(table);
    assert_eq!(checked.table.rows.len(), 2);
    assert_eq!(
        checked.table.surroundings.blocks.last().and_then(|block| block.last()).map(String::as_str),
        Some("Nguyễn Văn A")
    );
}

#[test]
fn a_formula_over_columns_that_are_not_there_is_not_invented() {
    let table = "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-7\nMột\t12\t3\t9\nHai\t17\t2\t15\nBa\t5\t1\t4\n";
    let checked = check(table);
    assert!(checked.table.columns[3].formula.is_none());
    assert!(
        checked.table.notes.iter().any(|note| note.en.contains("3=1-7")),
        "{:?}",
        checked.table.notes
    );
}

#[test]
fn shown_figures_are_judged_not_stored_ones() {
    // A quotient under a per cent format: 12/510 is stored as 0.0235…, shown as 2,35%.
    let mut workbook = Workbook::from_text(
        "Biểu",
        "Thôn\tHộ\tNghèo\tTỷ lệ\nA\t1\t2\t3=2/1\nMột\t510\t12\t0,0235294117647\nHai\t690\t17\t0,024637681159\nBa\t360\t5\t0,0138\n",
    );
    let percent = u16::try_from(workbook.formats.len()).unwrap();
    workbook.formats.push(soatbieu::workbook::NumberFormat::parse("0.00%"));
    for row in 2..5 {
        let at = soatbieu::workbook::Address::new(row, 3);
        workbook.sheets[0].cell_mut(at).unwrap().format = percent;
    }
    let checkup = soatbieu::check_workbook(workbook, &request()).unwrap();
    let errors: Vec<_> = checkup.tables[0].errors().collect();
    assert_eq!(errors.len(), 1, "5/360 is 1,39 %, the cell shows 1,38 %");
    assert_eq!(errors[0].expected.map(|v| v.to_string()).as_deref(), Some("1.39"));
}

#[test]
fn every_rule_instance_is_kept() {
    let checked = check(
        "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nMột\t12\t3\t9\nHai\t\t\t\nBa\t5\tx2\t4\n",
    );
    let outcomes: Vec<bool> = checked
        .ledger
        .instances
        .iter()
        .map(|instance| matches!(instance.outcome, Outcome::Undecided(_)))
        .collect();
    assert_eq!(outcomes, [false, true], "the unreadable input leaves its row undecided");
    assert!(
        checked.findings.iter().any(|f| f.severity == Severity::Error && f.rule.code == "R401")
    );
}

#[test]
fn zeros_that_an_export_trims_make_no_other_rate_unrounded() {
    let checked = check(
        "Xã\tSố hộ\tHộ nghèo\tTỷ lệ\nA\t1\t2\t3=2/1*100\nMột\t200\t5\t'2.5\nHai\t400\t40\t'10\nBa\t300\t7\t'2.33\nBốn\t10\t5\t'50\nNăm\t80\t2\t'2.5\nSáu\t50\t1\t'2\nBảy\t40\t3\t'7.5\n",
    );
    let unrounded = checked.findings.iter().find(|finding| finding.rule.code == "R406");
    assert_eq!(unrounded, None, "2.33 is as rounded as 2.5");
}

const ROWS: &str = "Một\t200\t10\t20\t30\t15\nHai\t400\t12\t30\t42\t10,5\nBa\t100\t3\t5\t8\t8\nTổng cộng\t700\t25\t55\t80\t11,43\n";
const NAMES: &str = "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\tCộng\tTỷ lệ (%)\n";

#[test]
fn letters_and_roman_numbers_name_columns_of_figures() {
    for labels in [
        "\ta\tb\tc\td=b+c\te=d/a",
        "\t(a)\t(b)\t(c)\t(d)=(b)+(c)\t(e)=(d)/(a)",
        "A\tI\tII\tIII\tIV=II+III\tV=IV/I*100",
        "\tA\tB\tC\tD=B+C\tE=D/A*100",
    ] {
        let table = format!("{NAMES}{labels}\n{ROWS}");
        assert_eq!(satisfied(&table), (12, 0, 0), "{labels}");
        let wrong = table.replace("10,5", "10,6");
        assert_eq!(errors(&wrong), ["F4 R101 10.5"], "{labels}");
    }
}

#[test]
fn labels_with_the_word_for_column_and_on_lines_of_their_own() {
    let worded = "A\tcột 1\tcột 2\tCột 3\tCột 4 = cột 2 + cột 3\tcột (5) = cột (4) : cột (1)";
    assert_eq!(satisfied(&format!("{NAMES}{worded}\n{ROWS}")), (12, 0, 0));
    let bracketed =
        "Thôn\tSố hộ [1]\tHộ nghèo [2]\tHộ cận nghèo [3]\tCộng [4=2+3]\tTỷ lệ % [5=4/1]\n";
    assert_eq!(satisfied(&format!("{bracketed}{ROWS}")), (12, 0, 0));
    let heading = check(&format!("{bracketed}{ROWS}")).table.columns[2].headings.clone();
    assert_eq!(*heading, ["Hộ nghèo"]);
}

#[test]
fn labels_of_captions_may_stand_in_cells_merged_over_rows() {
    let text = "Đơn vị\tTổng số (1=2+3)\tTrong đó\t\n\t\tNam (2)\tNữ (3)\nMột\t30\t14\t16\nHai\t41\t20\t20\nBa\t12\t6\t6\n";
    let mut workbook = Workbook::from_text("Biểu", text);
    workbook.sheets[0].merges = [("A1", "A2"), ("B1", "B2"), ("C1", "D1")]
        .map(|(start, end)| Range { start: start.parse().unwrap(), end: end.parse().unwrap() })
        .to_vec()
        .into();
    let checkup = soatbieu::check_workbook(workbook, &request()).unwrap();
    let checked = &checkup.tables[0];
    assert_eq!(*checked.table.columns[1].headings, ["Tổng số"]);
    assert_eq!(*checked.table.columns[3].headings, ["Trong đó", "Nữ"]);
    let wrong: Vec<_> = checked.errors().filter_map(|f| f.place).collect();
    assert_eq!(checked.table.address(wrong[0]).to_string(), "B4");
}

#[test]
fn ordinals_and_names_may_have_numbers_for_labels() {
    let rows =
        "1\tMột\t200\t10\t5\n2\tHai\t400\t12\t3\n3\tBa\t100\t3\t3\n\tTổng cộng\t700\t25\t3,57\n";
    for labels in ["1\t2\t3\t4\t5=4/3", "(1)\t(2)\t(3)\t(4)\t(5)=(4)/(3)"] {
        let table = format!("TT\tThôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\n{labels}\n{rows}");
        assert_eq!(check(&table).table.rows[0].name, "Một");
        assert_eq!(satisfied(&table), (6, 0, 0), "{labels}");
    }
}

#[test]
fn repeated_labels_name_the_columns_of_their_own_block() {
    let table = "Thôn\tHộ\tNghèo\tTỷ lệ (%)\tHộ\tNghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\t1\t2\t3=2/1\n\
                 Một\t200\t10\t5\t210\t21\t10\nHai\t400\t12\t3\t410\t41\t10\nBa\t100\t3\t3\t100\t8\t8\n";
    assert_eq!(satisfied(table), (6, 0, 0));
}

#[test]
fn tables_may_stand_side_by_side() {
    let left: Vec<&str> =
        "Thôn\tHộ\tNghèo\tCòn\nA\t1\t2\t3=1-2\nMột\t20\t1\t19\nHai\t40\t2\t38\nCộng\t60\t3\t57"
            .lines()
            .collect();
    let right: Vec<&str> =
        "Thôn\tHộ\tNghèo\tCòn\nA\t1\t2\t3=1-2\nBa\t25\t1\t24\nBốn\t45\t2\t44\nCộng\t70\t3\t67"
            .lines()
            .collect();
    let rows: Vec<String> = left.iter().zip(&right).map(|(a, b)| format!("{a}\t\t{b}")).collect();
    let workbook = Workbook::from_text("Biểu", &rows.join("\n"));
    let checkup = soatbieu::check_workbook(workbook, &request()).unwrap();
    let ranges: Vec<String> = checkup.tables.iter().map(|t| t.table.range.to_string()).collect();
    assert_eq!(ranges, ["A1:D5", "F1:I5"]);
    let wrong: Vec<String> = checkup.tables[1]
        .errors()
        .filter_map(|f| Some(checkup.tables[1].table.address(f.place?).to_string()))
        .collect();
    assert_eq!((checkup.tables[0].errors().count(), wrong), (0, vec!["I4".to_owned()]));
}

#[test]
fn a_page_may_repeat_the_index_row_or_the_headings_alone() {
    let (first, second) = ROWS.split_at(ROWS.find("Ba").unwrap());
    let index = "A\t1\t2\t3\t4=2+3\t5=4/1\n";
    for again in [index.to_owned(), format!("\n{NAMES}"), format!("{NAMES}{index}")] {
        let table = format!("{NAMES}{index}{first}{again}{second}");
        assert_eq!(satisfied(&table), (12, 0, 0), "{again}");
    }
}

#[test]
fn a_table_without_an_index_row_below_another_is_known_by_its_headings() {
    let table = format!(
        "{NAMES}A\t1\t2\t3\t4=2+3\t5=4/1\n{ROWS}\n\nPhụ biểu\nThôn\tNam\tNữ\nBốn\t5\t6\nNăm\t7\t8\n"
    );
    let checkup =
        soatbieu::check_workbook(Workbook::from_text("Biểu", &table), &request()).unwrap();
    let ranges: Vec<String> = checkup.tables.iter().map(|t| t.table.range.to_string()).collect();
    assert_eq!(ranges, ["A1:F6", "A10:C12"]);
    for checked in &checkup.tables {
        assert_eq!(checked.findings.iter().filter(|f| f.severity != Severity::Note).count(), 0);
    }
}

#[test]
fn a_column_of_notes_with_a_label_holds_no_figures() {
    let table = "Thôn\tHộ\tNghèo\tCòn\tGhi chú\nA\t1\t2\t3=1-2\t4\nMột\t20\t1\t19\t\nHai\t40\t2\t38\t2 hộ chuyển đi\nBa\t60\t3\t57\t\n";
    assert_eq!(errors(table), Vec::<String>::new());
}

#[test]
fn counts_grouped_by_commas_are_whole() {
    let table = "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\tCộng\tTỷ lệ\nA\t1\t2\t3\t4=2+3\t5=4/1\n\
                 Một\t'2,044\t'193\t'869\t'1,062\t'51.96\nHai\t'3,429\t'327\t'2,637\t'2,964\t'86.44\n\
                 Ba\t'1,441\t'100\t'276\t'376\t'26.09\nTổng cộng\t'6,914\t'620\t'3,782\t'4,402\t'63.67\n";
    // A computer that groups by commas; rates may still be typed the Vietnamese way.
    for table in [table.to_owned(), table.replace('.', ",")] {
        assert_eq!(errors(&table), Vec::<String>::new(), "{table}");
        assert_eq!(satisfied(&table), (12, 0, 0), "{table}");
    }
    // Three decimals everywhere are decimals.
    let areas = "Thôn\tDiện tích\tĐã cấp\tCòn\nA\t1\t2\t3=1-2\nMột\t'12,250\t'0,125\t'12,125\nHai\t'3,429\t'1,327\t'2,102\nBa\t'1,441\t'0,100\t'1,341\n";
    assert_eq!(errors(areas), Vec::<String>::new());
    // A point that can only stand before decimals makes a column no count.
    let amounts = "Xã\tThu\tChi\tCòn\nA\t1\t2\t3=1-2\nMột\t'375.2\t'100\t'275.2\nHai\t'20\t'10.5\t'9.5\nBa\t'7\t'2\t'5\n";
    assert_eq!(errors(amounts), Vec::<String>::new());
}

#[test]
fn a_column_that_lost_its_thousands_dots_is_told_once() {
    let table = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\n\
                 Một\t1,317\t30\t2,28\nHai\t953\t25\t2,62\nBa\t2,044\t41\t2,01\nBốn\t2,495\t50\t2\nTổng cộng\t6809\t146\t2,14\n";
    assert_eq!(errors(table), ["B3 R304 1317"]);
    // One such figure among whole ones is told with its cause as well.
    let one = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\n\
               Một\t1,317\t30\t2,28\nHai\t953\t25\t2,62\nBa\t2044\t41\t2,01\nBốn\t2495\t50\t2\nTổng cộng\t6809\t146\t2,14\n";
    assert_eq!(errors(one), ["B3 R304 1317"]);
}

#[test]
fn a_heading_states_the_scale_where_the_rows_do_not_tell() {
    let one = "Thôn\tSố hộ\tNghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nMột\t200\t10\t6\n";
    assert_eq!(errors(one), ["D3 R101 5"]);
    let per_mille = one.replace("(%)", "(‰)").replace("\t6\n", "\t50\n");
    assert_eq!(errors(&per_mille), Vec::<String>::new());
    // Without a sign nothing is taken for granted, and said.
    let mixed = "Thôn\tSố hộ\tNghèo\tTỷ lệ\nA\t1\t2\t3=2/1\nMột\t200\t10\t5\nHai\t200\t10\t0,05\nBa\t200\t20\t10\nBốn\t200\t20\t0,1\n";
    assert_eq!(errors(mixed), [" R502"]);
}

/// Sums, differences and ratios of such numbers are beyond exact decimals.
#[test]
fn numbers_beyond_any_figure_are_no_figures() {
    let big = "79228162514264337593543950335";
    let text = format!(
        "Thôn\tĐầu năm\tGiảm\tCuối năm\tTỷ lệ\nA\t1\t2\t3=1-2\t4=3/1\nĐông\t{big}\t{big}\t-{big}\t{big}\nTây\t{big}\t-{big}\t9\t{big}\nTổng cộng\t{big}\t5\t57\t{big}"
    );
    let checked = check(&text);
    let unreadable = checked.findings.iter().filter(|finding| finding.rule.code == "R401").count();
    assert_eq!(unreadable, 9, "{:?}", errors(&text));
}

#[test]
fn rows_under_one_merged_ordinal_leave_no_gap() {
    let text = "TT\tNội dung\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\tB\t1\t2\t3=2/1\n\
                1\tMột\t200\t10\t5\n2\tHai\t400\t12\t3\n\tHai, phần sau\t100\t3\t3\n3\tBa\t100\t8\t8\n";
    let mut workbook = Workbook::from_text("Biểu", text);
    let (top, bottom) = (Address::new(3, 0), Address::new(4, 0));
    workbook.sheets[0].merges = vec![Range::new(top, bottom)].into();
    let checkup = soatbieu::check_workbook(workbook, &Request::default()).unwrap();
    let told: Vec<&str> = checkup.tables[0].findings.iter().map(|f| f.rule.code).collect();
    assert!(!told.contains(&"R504"), "{told:?}");
}

#[test]
fn a_lone_comma_among_whole_figures_stands_before_thousands() {
    let mut text = String::from("TT\tCông cụ\tSố lượng\tĐơn giá\nA\tB\t1\t2\n");
    for (at, count) in [312, 405, 118, 520, 233, 377, 91, 604, 450, 208].into_iter().enumerate() {
        writeln!(text, "{at}\tCông cụ {at}\t{count}\t15000", at = at + 1).unwrap();
    }
    text += "\tCộng\t'3,318\t\n";
    assert_eq!(errors(&text), Vec::<String>::new());
}

#[test]
fn a_sum_beyond_the_digits_that_spreadsheets_keep_is_right() {
    let text = "Mã\tTỉnh\tTổng cộng\tNội trú\tNgoại trú\nA\tB\t1=2+3\t2\t3\n\
                00\tToàn quốc\t110.319.257.686.881\t67.804.717.910.365,4\t42.514.539.776.515,4\n\
                01\tHà Nội\t20.339.366.656.369,7\t14.492.172.832.014,1\t5.847.193.824.355,6\n\
                02\tHà Giang\t339.366.656.369,7\t292.172.832.014,1\t47.193.824.355,6\n";
    assert_eq!(errors(text), Vec::<String>::new());
    assert_eq!(errors(&text.replace("686.881", "686.883")), ["C3 R102 110319257686880.8"]);
}
