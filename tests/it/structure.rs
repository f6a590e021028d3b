//! Which rows sum up which: whatever marks them, or nothing but their figures.

use crate::common::request;
use soatbieu::findings::Checked;
use soatbieu::table::Role;
use soatbieu::workbook::{Address, Cell, Sheet, Workbook};

/// Checks a table; names that end in `*` are set in bold type, the star left out.
fn check(text: &str) -> Checked {
    let mut workbook = Workbook::from_text("Biểu", text);
    let sheet = &workbook.sheets[0];
    let cells: Vec<(Address, Cell)> = sheet
        .cells()
        .iter()
        .map(|(at, cell)| {
            let mut cell = cell.clone();
            if let soatbieu::workbook::Value::Text(text) = &mut cell.value
                && text.ends_with('*')
            {
                text.pop();
                cell.bold = true;
            }
            (*at, cell)
        })
        .collect();
    workbook.sheets[0] = Sheet::new("Biểu", cells);
    let checkup = soatbieu::check_workbook(workbook, &request()).unwrap();
    checkup.tables.into_iter().next().unwrap()
}

/// Errors as `cell rule`.
fn errors(text: &str) -> Vec<String> {
    let checked = check(text);
    let cell = |place| checked.table.address(place).to_string();
    checked
        .errors()
        .map(|f| format!("{} {}", f.place.map(cell).unwrap_or_default(), f.rule.code))
        .collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    check(text).findings.iter().map(|finding| finding.rule.code).collect()
}

const HEAD: &str = "TT\tĐơn vị\tHộ\tNghèo\tCòn lại\nA\tB\t1\t2\t3=1-2\n";

/// Two districts with their communes, the marks before their names given.
fn groups(marks: [&str; 7], bold: bool) -> String {
    let star = if bold { "*" } else { "" };
    let [a, a1, a2, b, b1, b2, b3] = marks;
    format!(
        "{HEAD}{a}\tHuyện Một{star}\t300\t31\t269\n{a1}\tXã Hồng\t100\t11\t89\n{a2}\tXã Lam\t200\t20\t180\n\
         {b}\tHuyện Hai{star}\t180\t19\t161\n{b1}\tXã Tía\t50\t5\t45\n{b2}\tXã Nâu\t100\t10\t90\n{b3}\tXã Bạc\t30\t4\t26\n"
    )
}

const MARKS: [([&str; 7], bool); 10] = [
    (["I", "1", "2", "II", "1", "2", "3"], false),
    (["I", "1", "2", "II", "3", "4", "5"], false),
    (["A", "1", "2", "B", "1", "2", "3"], false),
    (["1", "1.1", "1.2", "2", "2.1", "2.2", "2.3"], false),
    (["1", "a", "b", "2", "a", "b", "c"], false),
    (["1", "-", "-", "2", "-", "-", "-"], false),
    (["1", "", "", "2", "", "", ""], false),
    (["1", "1", "2", "2", "1", "2", "3"], false),
    (["", "1", "2", "", "1", "2", "3"], true),
    (["", "", "", "", "", "", ""], false),
];

#[test]
fn groups_are_found_whatever_marks_them() {
    for (marks, bold) in MARKS {
        let rows = groups(marks, bold);
        let body = rows.strip_prefix(HEAD).unwrap();
        for text in [
            rows.clone(),
            format!("{rows}\tTổng cộng\t480\t50\t430\n"),
            format!("{HEAD}\tTổng số\t480\t50\t430\n{body}"),
        ] {
            let checked = check(&text);
            let sums = checked.table.rows.iter().filter(|row| row.role == Role::Subtotal).count();
            assert_eq!((sums, errors(&text)), (2, vec![]), "{marks:?} {text}");
            assert!(!codes(&text).contains(&"R504"), "{marks:?}");
        }
        let wrong = format!("{rows}\tTổng cộng\t480\t51\t429\n");
        let cells: Vec<String> = errors(&wrong);
        assert!(cells.iter().any(|c| c.starts_with("D10")), "{marks:?}: {cells:?}");
    }
}

#[test]
fn a_total_is_known_by_its_figures_whatever_its_name() {
    for name in ["Toàn vùng", "Xã Đại Lãnh (tổng)", "Tổng toàn huyện"] {
        let rows = "1\tXã Hồng\t100\t11\t89\n2\tXã Lam\t200\t20\t180\n3\tXã Tía\t50\t5\t45\n";
        let total = format!("\t{name}\t350\t36\t314\n");
        for text in [format!("{HEAD}{rows}{total}"), format!("{HEAD}{total}{rows}")] {
            let total = check(&text).table.rows.iter().filter(|r| r.role == Role::Total).count();
            assert_eq!((total, errors(&text)), (1, vec![]), "{text}");
        }
    }
}

#[test]
fn what_stands_on_the_other_side_of_a_total_is_not_part_of_it() {
    let rows = format!(
        "{HEAD}1\tXã Hồng\t100\t11\t89\n2\tXã Lam\t200\t20\t180\n\tTổng cộng\t300\t31\t269\n"
    );
    for more in [
        "\tKế hoạch giao\t310\t30\t280\n",
        "\tCùng kỳ năm trước\t280\t40\t240\n",
        "\tBình quân\t150\t15,5\t134,5\n",
    ] {
        assert_eq!(errors(&format!("{rows}{more}")), Vec::<String>::new(), "{more}");
    }
}

#[test]
fn parts_that_need_not_add_up_are_no_errors() {
    let head = "Chỉ tiêu\tKhối 6\tKhối 7\tCộng\nA\t1\t2\t3=1+2\n";
    for rows in [
        "Trường A\t100\t90\t190\nTrong đó: Nữ\t50\t44\t94\nTrường B\t80\t70\t150\nTrong đó: Nữ\t41\t30\t71\n\
         Tổng cộng\t180\t160\t340\nTrong đó: Nữ\t91\t74\t165\n",
        "Trường A\t100\t90\t190\n- Nữ\t50\t44\t94\nTrường B\t80\t70\t150\n- Nữ\t41\t30\t71\nTổng cộng\t180\t160\t340\n",
        "Tổng số\t180\t160\t340\nTrong đó: Nữ\t91\t74\t165\nDân tộc thiểu số\t10\t11\t21\n",
    ] {
        assert_eq!(errors(&format!("{head}{rows}")), Vec::<String>::new(), "{rows}");
    }
    let schools = "Trường A\t100\t90\t190\nTrong đó: Nữ\t50\t44\t94\nTrường B\t80\t70\t150\nTrong đó: Nữ\t41\t30\t71\nTổng cộng\t181\t160\t341\n";
    assert!(!errors(&format!("{head}{schools}")).is_empty(), "the total is one too many");
}

#[test]
fn a_total_that_most_columns_contradict_is_told_once() {
    let rows = "1\tXã Hồng\t100\t11\t89\n2\tXã Lam\t200\t20\t180\n3\tXã Tía\t50\t5\t45\n";
    assert_eq!(errors(&format!("{HEAD}{rows}\tTổng cộng\t410\t39\t371\n")), ["B6 R203"]);
    // One figure divided in several ways is usual under `Tổng số`.
    let divided = format!("{HEAD}\tTổng số\t410\t39\t371\n{rows}");
    assert_eq!(errors(&divided), Vec::<String>::new());
    assert_eq!(codes(&divided), ["R203"]);
    // A total that leaves out one row is wrong in every column, and each is told.
    let left_out = format!("{HEAD}{rows}\tTổng cộng\t300\t31\t269\n");
    assert_eq!(errors(&left_out).len(), 3, "{:?}", errors(&left_out));
}

#[test]
fn a_bound_that_most_rows_contradict_is_told_once() {
    let text = "TT\tXã\tSố hộ dân cư\tNhân khẩu\tHộ nghèo\tTỷ lệ hộ nghèo\tHộ cận nghèo\tTỷ lệ hộ cận nghèo\tHộ có mức sống trung bình\tTỷ lệ\tKhẩu nghèo\tTỷ lệ khẩu nghèo\tKhẩu cận nghèo\tTỷ lệ khẩu cận nghèo\tKhẩu có mức sống trung bình\tTỷ lệ khẩu\n\
                A\tB\t1\t2\t3\t4=3/1*100\t5\t6=5/1*100\t7\t8=7/1*100\t9\t10=9/2*100\t11\t12=11/2*100\t13\t14=13/2*100\n";
    let row = |number: u32, poor: u32| {
        let (people, near) = (poor * 4, poor * 2);
        format!(
            "{number}\tXã {number}00\t0\t0\t{poor}\t0\t{near}\t0\t0\t0\t{people}\t0\t{}\t0\t0\t0\n",
            near * 3
        )
    };
    let unfilled: String = (1..6).map(|number| row(number, number * 7)).collect();
    let checked = check(&format!("{text}{unfilled}"));
    assert_eq!(checked.table.form, "poverty-review-summary");
    // The table has no total row either, which is told as such.
    let bounds = checked.errors().filter(|finding| finding.rule.code != "R205");
    let told: Vec<String> = bounds
        .map(|f| soatbieu::findings::words::message(&checked, f, soatbieu::lang::Lang::En))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("most rows (5/5) contradict the bound `3+5+7"), "{told:?}");
    // One row of several that breaks it is an error of that row.
    let row = |number: u32, near: u32| {
        let rate = near * 2;
        format!("{number}\tXã {number}00\t50\t200\t5\t10\t{near}\t{rate}\t1\t2\t20\t10\t8\t4\t4\t2")
    };
    let one = [row(1, 2), row(2, 2), row(3, 90), row(4, 2)].join("\n");
    let broken = check(&format!("{text}{one}"));
    let codes = broken.errors().map(|finding| finding.rule.code);
    let codes: Vec<&str> = codes.filter(|code| *code != "R205").collect();
    // 90 households of 8 people, in a commune of 50.
    assert_eq!(codes, ["R301", "R303"]);
}

#[test]
fn small_figures_that_meet_by_chance_make_no_sum() {
    let head = "Chỉ tiêu\tTổng số\tNữ\tCông lập\nA\t1\t2\t3\n";
    let rows = "Lớp một\t3\t2\t3\nLớp hai\t2\t1\t2\nLớp ba\t1\t1\t1\nLớp bốn\t4\t0\t4\nLớp năm\t2\t0\t2\nLớp sáu\t5\t3\t5\n";
    let checked = check(&format!("{head}{rows}"));
    assert!(
        checked.table.rows.iter().all(|row| row.role == Role::Unit),
        "{:?}",
        checked.table.rows
    );
}

#[test]
fn a_text_that_no_rule_reads_is_only_a_warning() {
    let head = "TT\tĐơn vị\tHộ\tNghèo\tKhác\nA\tB\t1\t2\t3\n";
    let rows = "I\tHuyện Một\t300\t31\t269\n1\tXã Hồng\t100\t11\t89\n2\tXã Lam\t200\t20\t180\nII\tHuyện khác\tchưa có\t5\t7\n";
    let text = format!("{head}{rows}");
    assert_eq!((errors(&text), codes(&text)), (vec![], vec!["R401"]));
    let read = text.replace("200\t20\t180", "chưa có\t20\t180");
    assert_eq!(errors(&read), ["C5 R401"]);
}

#[test]
fn an_error_in_a_group_without_marks_leaves_the_group() {
    let rows =
        groups(["", "", "", "", "", "", ""], false).replace("\t200\t20\t180", "\t201\t20\t181");
    let wrong = format!("{rows}\tTổng cộng\t480\t50\t430\n");
    // Figures alone convict nobody: the group is warned of.
    assert_eq!(errors(&wrong), Vec::<String>::new());
    let told = codes(&wrong);
    assert!(told.contains(&"R701"), "{told:?}");
}

#[test]
fn sums_below_their_rows_with_a_total_of_another_name() {
    let rows = "1\tXã Hồng\t100\t11\t89\n2\tXã Lam\t200\t20\t180\n\tCộng\t300\t31\t269\n\
                3\tXã Tía\t50\t5\t45\n4\tXã Nâu\t130\t14\t116\n\tCộng\t180\t19\t161\n";
    for name in ["Toàn vùng", "Cộng", "Tổng cộng"] {
        let text = format!("{HEAD}{rows}\t{name}\t480\t50\t430\n");
        let sums = check(&text).table.rows.iter().filter(|row| !row.parts.is_empty()).count();
        assert_eq!((sums, errors(&text)), (3, vec![]), "{name}");
        let wrong = text.replace("480\t50", "480\t51");
        assert!(!errors(&wrong).is_empty(), "{name}");
    }
}

#[test]
fn a_heading_above_some_parts_is_no_part() {
    let checked = check(
        "TT\tChỉ tiêu\tTổng\tCông lập\tTư thục\nA\tB\t1=2+3\t2\t3\n\
         1\t- Khuyết tật hòa nhập\t12\t9\t3\n\tTrong đó:\n\
         \t+ Về nhìn\t5\t4\t1\n\t+ Về nghe\t7\t5\t2\n",
    );
    assert_eq!(checked.table.rows[0].parts, [2, 3]);
}

#[test]
fn groups_whose_rows_are_numbered_through_are_not_added_beside_their_parts() {
    let text = "TT\tTài sản\tNguyên giá\tHao mòn\tLũy kế\nA\tB\t1\t2\t3\n\
                \tVăn phòng\n\tĐất\t108.493\n1\tTrụ sở\t80.035\n2\tNhà khách\t28.458\n\
                \tNhà\t12.463\t479\t8.613\n3\tNhà hai tầng\t8.241\t358\t4.613\n\
                4\tHội trường\t4.222\t121\t4.000\n\
                \tXe\t10.721\t641\t6.464\n5\tXe bốn chỗ\t7.946\t529\t3.532\n\
                6\tXe bảy chỗ\t2.775\t112\t2.932\n\
                \tCộng\t131.677\t1.120\t15.077\n";
    assert_eq!(errors(text), Vec::<String>::new());
    let checked = check(text);
    assert_eq!(checked.table.rows.last().unwrap().parts, [1, 4, 7]);
}

#[test]
fn a_sum_of_noughts_leaves_no_row_out() {
    let text = "TT\tDịch vụ\tSản lượng\tDoanh thu\tThuế\nA\tB\t1\t2\t3\n\
                I.1\tBưu chính\n1\tBưu phẩm\t615\t13.804\t1.380\n2\tBưu kiện\t43\t4.767\t476\n\
                \tCỘNG I.1\t658\t18.571\t1.856\n\
                I.2\tPhân phối\n1\tDịch vụ\t26\t326\t32\n2\tHàng hóa\t40\t1.217\t121\n\
                \tCỘNG I.2\t0\t0\t0\n";
    let told = codes(text);
    let checked = check(text);
    let messages: Vec<String> = checked
        .findings
        .iter()
        .map(|finding| {
            soatbieu::findings::words::message(&checked, finding, soatbieu::lang::Lang::Vi)
        })
        .collect();
    assert!(!messages.iter().any(|one| one.contains("bỏ sót")), "{told:?} {messages:?}");
}

/// Two groups of persons in one column: the first group, one of its persons, the total.
fn persons(index: &str, [first, person, total]: [&str; 3]) -> String {
    format!(
        "TT\tNội dung\tSố tiền (đồng)\n{index}I\tThôn Đông\t{first}\n1\tNguyễn Văn An\t{person}\n2\tTrần Thị Ba\t400.000\n\
         3\tLê Chín\t600.000\nII\tThôn Tây\t900.000\n1\tPhạm Dung\t300.000\n2\tVõ Em\t600.000\n\tTổng cộng\t{total}\n"
    )
}

/// Findings that are no notes, as `cell rule severity`.
fn told(text: &str) -> Vec<String> {
    let outcome = soatbieu::check_workbook(
        Workbook::from_text("Biểu", text),
        &soatbieu::recognise::Request::default(),
    );
    let checked = outcome.unwrap().tables.into_iter().next().unwrap();
    let cell = |place| checked.table.address(place).to_string();
    let loud =
        checked.findings.iter().filter(|one| one.severity != soatbieu::rules::Severity::Note);
    loud.map(|one| {
        format!("{} {} {:?}", one.place.map(cell).unwrap_or_default(), one.rule.code, one.severity)
    })
    .collect()
}

#[test]
fn of_two_groups_the_one_that_a_total_speaks_against_is_told() {
    let right = ["1.500.000", "500.000", "2.400.000"];
    for index in ["", "A\tB\t1\n"] {
        assert_eq!(told(&persons(index, right)), Vec::<String>::new());
    }
    // The total sums the persons, and would sum the groups but for the one.
    let group = ["1.600.000", "500.000", "2.400.000"];
    assert_eq!(told(&persons("", group)), ["C2 R701 Warning"]);
    assert_eq!(told(&persons("A\tB\t1\n", group)), ["C3 R201 Error"]);
    // The groups sum the persons, and the total is neither.
    let total = ["1.500.000", "500.000", "2.410.000"];
    assert_eq!(told(&persons("", total)), ["C9 R702 Warning"]);
    assert_eq!(told(&persons("A\tB\t1\n", total)), ["C10 R201 Error"]);
    // Nothing tells whether a person is missing or the group wrong, or a figure.
    for open in [
        ["1.600.000", "500.000", "2.500.000"],
        ["1.500.000", "550.000", "2.400.000"],
        ["150.000", "500.000", "2.400.000"],
    ] {
        for index in ["", "A\tB\t1\n"] {
            assert_eq!(told(&persons(index, open)), Vec::<String>::new(), "{open:?}");
        }
    }
}

#[test]
fn a_budget_with_its_total_on_top_tells_a_wrong_group() {
    let budget = |[group, left]: [&str; 2]| {
        format!(
            "TT\tNội dung\tDự toán năm\tThực hiện 6 tháng\tCòn lại\n\tTỔNG CHI\t2.329.000\t1.461.237\t867.763\n\
         I\tChi thường xuyên\t700.566\t503.791\t196.775\n1\tQuản lý\t523.417\t412.903\t110.514\n\
         2\tSự nghiệp\t131.256\t70.771\t60.485\n3\tKhác\t45.893\t20.117\t25.776\n\
         II\tChi đầu tư\t{group}\t905.520\t{left}\n1\tĐường thôn\t903.555\t301.210\t602.345\n\
         2\tTrường học\t604.310\t604.310\t0\nIII\tDự phòng\t120.569\t51.926\t68.643\n\
         1\tNgân sách\t50.118\t16.000\t34.118\n2\tCải cách lương\t70.451\t35.926\t34.525\n"
        )
    };
    assert_eq!(told(&budget(["1.507.865", "602.345"])), Vec::<String>::new());
    assert_eq!(told(&budget(["1.508.765", "602.345"])), ["C7 R701 Warning"]);
    assert_eq!(told(&budget(["1.508.765", "603.245"])), ["C7 R701 Warning", "E7 R701 Warning"]);
}
