//! The built-in forms on tables laid out like the exports they describe, and relations across them.

use crate::common::{check, request};
use soatbieu::findings::{Checked, Verdict};
use soatbieu::workbook::Workbook;
use soatbieu::{Checkup, across};

const REVIEW: &str = "TT\tPhường/ Xã\tTổng số hộ dân cư (tại thời điểm rà soát)\t\tKết quả rà soát về hộ (chính thức )\t\t\t\t\t\tKết quả rà soát về khẩu (chính thức )\t\t\t\t\t
\t\t\t\tTổng số hộ nghèo\t\tTổng số hộ cận\t\tTổng số hộ nông,\t\tTổng số khẩu nghèo\t\tTổng số khẩu cận\t\tTổng số khẩu\t
\t\tSố hộ\tNhân khẩu\tSố hộ\tTỷ lệ\tSố hộ\tTỷ lệ\tSố hộ\tTỷ lệ\tSố khẩu\tTỷ lệ\tSố khẩu\tTỷ lệ\tSố khẩu\tTỷ lệ
A\tB\t1\t2\t3\t4=3/1*100\t5\t6=5/1*100\t7\t8=7/1*100\t9\t10=9/2*100\t11\t12=11/2*100\t13\t14=13/2*100
1\tHuyện Một\t5098\t21636\t221\t4.34\t472\t9.26\t152\t2.98\t1081\t5\t2067\t9.55\t667\t3.08
1.1\tXã Đông\t3000\t12000\t121\t4.03\t200\t6.67\t100\t3.33\t581\t4.84\t1000\t8.33\t400\t3.33
1.2\tXã Tây\t2098\t9636\t100\t4.8\t272\t12.96\t52\t2.48\t500\t5.19\t1067\t11.07\t267\t2.77
1.3\tXã Nam\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0
";

const POOR: &str = "TT\tPhường/ Xã\tPhân tổ\tTổng số hộ nghèo đầu kỳ\tDiễn biến giảm số hộ nghèo\t\t\tDiễn biến tăng số hộ nghèo\t\t\t\tTổng số hộ nghèo cuối kỳ
\t\t\t\tSố hộ thoát nghèo\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đi nơi khác, tách,\tSố hộ cận nghèo trở thành hộ\tSố hộ nghèo bổ sung trong\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đến, tách,\t
\t\t\t\tTrở thành hộ cận nghèo\tVượt chuẩn cận nghèo\t\t\tTái nghèo\tPhát sinh mới\t\t
\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9=1-2-3-4+5+6+7+8
1\tXã Đông\tHộ\t119\t10\t45\t\t3\t0\t7\t\t74
\t\tNhân khẩu\t570\t46\t243\t\t13\t0\t30\t\t324
2\tXã Tây\tHộ\t85\t23\t0\t\t0\t0\t5\t\t67
\t\tNhân khẩu\t323\t97\t0\t\t0\t0\t18\t\t244
3\tXã Nam\tHộ\t80\t26\t0\t\t2\t0\t2\t\t58
\t\tNhân khẩu\t377\t134\t0\t\t13\t0\t11\t\t267
";

const NEAR_POOR: &str = "TT\tPhường/ Xã\tPhân tổ\tTổng số hộ cận nghèo đầu kỳ\tDiễn biến giảm số hộ cận nghèo\t\t\tDiễn biến tăng số hộ cận nghèo\t\t\t\tTổng số hộ cận nghèo cuối kỳ
\t\t\t\tSố hộ thoát cận nghèo\tSố hộ trở thành hộ nghèo\tSố hộ khác: thay đổi nhân khẩu, chuyển đi nơi khác, tách,\tSố hộ nghèo trở thành hộ cận nghèo\tSố hộ cận nghèo bổ sung trong\t\tSố hộ khác: thay đổi nhân khẩu, chuyển đến, tách,\t
\t\t\t\t\t\t\t\tTái cận nghèo\tPhát sinh mới\t\t
\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9=1-2-3-4+5+6+7+8
1\tXã Đông\tHộ\t90\t20\t3\t\t10\t0\t2\t\t79
\t\tNhân khẩu\t400\t70\t13\t\t46\t0\t8\t\t371
2\tXã Tây\tHộ\t60\t12\t0\t\t23\t0\t1\t\t72
\t\tNhân khẩu\t250\t50\t0\t\t97\t0\t4\t\t301
3\tXã Nam\tHộ\t120\t9\t2\t\t26\t0\t6\t\t141
\t\tNhân khẩu\t600\t40\t13\t\t134\t0\t25\t\t706
";

const EARLIER: &str = "TT\tHuyện/ Thị xã\tTổng số hộ dân cư\tSố hộ nghèo đầu năm\t\tDiễn biến hộ nghèo trong năm\t\t\t\t\t\tSố hộ nghèo cuối năm\t
\t\t\t\t\tSố hộ thoát nghèo\t\tSố hộ tái nghèo\t\tSố hộ nghèo phát sinh\t\t\t
\t\t\tSố hộ\tTỷ lệ %\tSố hộ\tTỷ lệ %\tSố hộ\tTỷ lệ %\tSố hộ\tTỷ lệ %\tSố hộ\tTỷ lệ %
A\tB\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11
I\tKhu vực thành thị\t2000\t100\t5,00\t30\t30,00\t1\t1,00\t9\t9,00\t80\t4,00
1\tThị trấn Đông\t2000\t100\t5,00\t30\t30,00\t1\t1,00\t9\t9,00\t80\t4,00
II\tKhu vực nông thôn\t3000\t300\t10,00\t90\t30,00\t3\t1,00\t15\t5,00\t228\t7,60
2\tXã Tây\t1000\t120\t12,00\t40\t33,33\t2\t1,67\t5\t4,17\t87\t8,70
3\tXã Nam\t2000\t180\t9,00\t50\t27,78\t1\t0,56\t10\t5,56\t141\t7,05
\tTổng cộng\t5000\t400\t8,00\t120\t30,00\t4\t1,00\t24\t6,00\t308\t6,16
";

/// A table with the word in one place replaced.
fn with(table: &str, from: &str, to: &str) -> String {
    assert_eq!(table.matches(from).count(), 1, "{from}");
    table.replace(from, to)
}

fn book(sheets: &[&str]) -> Checkup {
    let workbook = Workbook::from_text("Biểu", &sheets.join("\u{c}"));
    soatbieu::check_workbook(workbook, &request()).unwrap()
}

fn errors(checked: &Checked) -> Vec<(&'static str, String)> {
    let cell = |place| checked.table.address(place).to_string();
    checked
        .errors()
        .map(|finding| (finding.rule.code, finding.place.map(cell).unwrap_or_default()))
        .collect()
}

fn noted(checked: &Checked) -> String {
    checked.table.notes.iter().map(|note| note.en.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_form_is_recognised_on_a_table_laid_out_like_the_real_one() {
    for (text, form) in [
        (REVIEW, "poverty-review-summary"),
        (POOR, "poor-household-changes"),
        (NEAR_POOR, "near-poor-household-changes"),
        (EARLIER, "poverty-year-changes"),
    ] {
        let checked = check(text);
        assert_eq!(checked.table.form, form);
        assert_eq!(errors(&checked), [], "{form}");
        assert!(checked.ledger.counts().satisfied > 10, "{form}");
    }
}

#[test]
fn the_letters_of_the_name_columns_may_be_printed_or_left_out() {
    let lettered = with(POOR, "\t\t\t1\t2", "A\tB\tC\t1\t2");
    assert_eq!(check(&lettered).table.form, "poor-household-changes");
    let bare = with(REVIEW, "A\tB\t1\t2", "\t\t1\t2");
    assert_eq!(check(&bare).table.form, "poverty-review-summary");
}

#[test]
fn no_form_takes_the_table_of_another() {
    let target =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dai-lanh-2024.xlsx");
    let bytes = std::fs::read(target).unwrap();
    let checkup = soatbieu::check(&bytes, &soatbieu::read::Limits::default(), &request()).unwrap();
    assert_eq!(checkup.tables[0].table.form, "poverty-target-allocation");
    // The same labels under other headings.
    let other = "Xã\tDiện tích\tSản lượng\tGiá\tThuế\tPhí\tThu\tChi\tNợ\tDư\nA\t1\t2\t3\t4\t5\t6\t7\t8\t9=1-2\nĐông\t9\t2\t3\t4\t5\t6\t7\t8\t7\n";
    assert_eq!(check(other).table.form, "index-row");
}

#[test]
fn a_further_column_is_no_table_of_the_form() {
    let wider = NEAR_POOR.replace("9=1-2-3-4+5+6+7+8", "9=1-2-3-4+5+6+7+8\t10");
    let wider =
        wider.replacen("Tổng số hộ cận nghèo cuối kỳ", "Tổng số hộ cận nghèo cuối kỳ\tGhi thêm", 1);
    let wider: String = wider
        .lines()
        .map(|line| {
            if line.contains("Hộ\t") || line.contains("Nhân khẩu") {
                format!("{line}\t1\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    assert_eq!(check(&wider).table.form, "index-row");
}

#[test]
fn bounds_of_the_forms_find_what_cannot_be() {
    let missing = with(REVIEW, "1.3\tXã Nam\t0\t0\t0", "1.3\tXã Nam\t0\t0\t74");
    let checked = check(&missing);
    assert!(checked.errors().any(|f| f.rule.code == "R301"), "{:?}", errors(&checked));
    let more_leave = with(POOR, "Hộ\t119\t10\t45", "Hộ\t119\t10\t145");
    assert!(!check(&more_leave).is_clean());
}

#[test]
fn tables_that_agree_are_compared_in_silence() {
    let checkup = book(&[POOR, NEAR_POOR]);
    for checked in &checkup.tables {
        assert_eq!(errors(checked), []);
    }
    let note = noted(&checkup.tables[0]);
    assert!(note.contains("columns 2=5, 5=3") && note.contains("6 rows"), "{note}");
    assert_eq!(checkup.tables[0].links.of(0).len(), 6);
    assert_eq!(noted(&checkup.tables[1]), "", "a relation is told in one place");
}

/// Both tables keep their own formulas, so only the comparison shows the difference.
fn disagreeing() -> String {
    with(NEAR_POOR, "Hộ\t60\t12\t0\t\t23\t0\t1\t\t72", "Hộ\t60\t12\t0\t\t24\t0\t1\t\t73")
}

#[test]
fn a_difference_is_narrowed_to_the_two_cells_and_never_corrected() {
    let checkup = book(&[POOR, &disagreeing()]);
    assert_eq!(errors(&checkup.tables[0]), [("R507", "E7".to_owned())]);
    assert_eq!(errors(&checkup.tables[1]), []);
    let finding = checkup.tables[0].errors().next().unwrap();
    assert_eq!(finding.verdict, Some(Verdict::Narrowed));
    assert_eq!((finding.correction.as_ref(), finding.expected), (None, Some(24.into())));
    let cell = soatbieu::findings::words::elsewhere(&checkup.tables[0], finding).unwrap();
    assert_eq!(cell, "'Biểu 2'!H7");
}

/// The change columns with zeros: a blank among the inputs leaves open what is missing.
fn blanks_filled(table: &str) -> String {
    let filled = |line: &str| -> String {
        let cells = line.split('\t').enumerate();
        let cells =
            cells.map(|(index, cell)| if index > 2 && cell.is_empty() { "0" } else { cell });
        cells.collect::<Vec<_>>().join("\t")
    };
    let figures = |line: &str| line.contains("Hộ\t") || line.contains("Nhân khẩu\t");
    table
        .lines()
        .map(|line| if figures(line) { filled(line) } else { line.to_owned() } + "\n")
        .collect()
}

#[test]
fn a_figure_corrected_in_its_own_table_is_told_once() {
    // Column 5 alone is changed: its own formula and the total show it.
    let total = "\tTổng cộng\tHộ\t270\t41\t5\t\t59\t0\t9\t\t292\n\t\tNhân khẩu\t1250\t160\t26\t\t277\t0\t37\t\t1378\n";
    let wrong = with(NEAR_POOR, "Hộ\t60\t12\t0\t\t23\t0", "Hộ\t60\t12\t0\t\t28\t0");
    let checkup = book(&[POOR, &blanks_filled(&format!("{wrong}{total}"))]);
    assert_eq!(errors(&checkup.tables[1]), [("R102", "H7".to_owned())]);
    assert_eq!(errors(&checkup.tables[0]), []);
}

#[test]
fn units_that_do_not_match_are_said() {
    let renamed = with(NEAR_POOR, "Xã Tây", "Xã Tây Bắc");
    let checkup = book(&[POOR, &renamed]);
    let note = noted(&checkup.tables[0]);
    let (here, there) = note.split_once("in the other table only").unwrap();
    assert!(here.contains("4 rows") && here.ends_with("Xã Tây; "), "{note}");
    assert!(there.ends_with("Xã Tây Bắc"), "{note}");
    let twice = with(NEAR_POOR, "Xã Tây", "Xã Đông");
    let note = noted(&book(&[POOR, &twice]).tables[0]);
    assert!(note.contains("2 rows") && note.contains("Xã Đông"), "{note}");
}

#[test]
fn a_blank_is_not_compared_and_said() {
    let blank = with(NEAR_POOR, "Hộ\t60\t12\t0\t\t23\t0", "Hộ\t60\t12\t0\t\t\t0");
    let checkup = book(&[POOR, &blank]);
    assert!(errors(&checkup.tables[0]).is_empty());
    assert!(noted(&checkup.tables[0]).contains("1 pairs with a blank"));
}

#[test]
fn with_several_tables_of_the_other_form_none_is_compared() {
    let checkup = book(&[POOR, NEAR_POOR, &disagreeing()]);
    assert_eq!(errors(&checkup.tables[0]), []);
    assert!(noted(&checkup.tables[0]).contains("several tables"));
}

/// Compares files as the program does: each is known to the others by what it offers.
fn compare_files(files: &mut [(&str, &mut soatbieu::Checkup)]) {
    let mut others = across::Others::default();
    for (name, checkup) in files.iter() {
        for offer in across::offers(name, &checkup.tables, &request()) {
            others.add(offer);
        }
    }
    for (_, checkup) in files {
        let others = others.of(&across::wanted(&checkup.tables));
        across::between(&mut checkup.tables, &others);
    }
}

#[test]
fn of_several_files_with_the_other_form_none_is_compared_and_few_are_named() {
    let mut poor = book(&[POOR]);
    let mut near: Vec<_> = (0..9).map(|_| book(&[&disagreeing()])).collect();
    let names: Vec<String> = (0..9).map(|index| format!("f/{index}.xlsx")).collect();
    let mut files = vec![("a.xlsx", &mut poor)];
    files.extend(names.iter().map(String::as_str).zip(&mut near));
    compare_files(&mut files);
    assert_eq!(errors(&poor.tables[0]), []);
    let told = noted(&poor.tables[0]);
    assert!(told.contains("'f/[5.xlsx]Biểu'") && !told.contains("6.xlsx"), "{told}");
}

#[test]
fn files_named_together_are_compared_and_a_workbook_with_both_is_left_alone() {
    let (mut poor, mut near) = (book(&[POOR]), book(&[&disagreeing()]));
    let before = noted(&poor.tables[0]);
    assert_eq!(before, "");
    compare_files(&mut [("a.xlsx", &mut poor), ("b.xlsx", &mut near)]);
    assert_eq!(errors(&poor.tables[0]), [("R507", "E7".to_owned())]);
    assert_eq!(poor.tables[0].links.of(0)[0].cell, "[b.xlsx]Biểu!H5");
    let mut both = book(&[POOR, NEAR_POOR]);
    let mut near = book(&[&disagreeing()]);
    compare_files(&mut [("a.xlsx", &mut both), ("b.xlsx", &mut near)]);
    assert_eq!(errors(&both.tables[0]), []);
}

#[test]
fn a_relation_names_a_form_and_a_column_there_are() {
    let forms = soatbieu::forms::builtin().unwrap();
    let mut stated = 0;
    for form in &forms {
        for across in &form.across {
            let other = forms.iter().find(|other| other.id == across.form).unwrap();
            assert!(
                other.columns.iter().any(|column| column.label == across.other),
                "{}",
                across.text
            );
            stated += 1;
        }
    }
    assert_eq!(stated, 9);
    let wrong = "id='x'\nname={vi='a',en='b'}\ncolumn=[{label='1',kind='count'}]\nacross=[{form='y',relation='2=1'}]";
    assert!(soatbieu::forms::parse(wrong).unwrap_err().message.en.contains("`2=1`"));
}

fn run(folder: &std::path::Path, arguments: &[&str]) -> std::process::Output {
    let mut program = assert_cmd::Command::cargo_bin("soatbieu").unwrap();
    program.current_dir(folder).env("NO_COLOR", "1").args(arguments).output().unwrap()
}

/// A workbook of typed cells from lines of text.
fn write(path: &std::path::Path, text: &str) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, value) in (0..).zip(line.split('\t')).filter(|(_, value)| !value.is_empty()) {
            match value.parse::<f64>() {
                Ok(number) => page.write_number(row, column, number).unwrap(),
                Err(_) => page.write_string(row, column, value).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

fn json(output: &std::process::Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_program_compares_files_named_together() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.xlsx"), POOR);
    write(&folder.path().join("b.xlsx"), &disagreeing());
    for alone in ["a.xlsx", "b.xlsx"] {
        assert_eq!(run(folder.path(), &["check", alone]).status.code(), Some(0), "{alone}");
    }
    let output = run(folder.path(), &["check", "a.xlsx", "b.xlsx", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    let finding = &report["files"][0]["tables"][0]["findings"][0];
    assert_eq!(finding["code"], "R507");
    assert_eq!((&finding["found"], &finding["expected"]), (&"23".into(), &"24".into()));
    assert_eq!(finding["alternatives"], serde_json::json!([["[b.xlsx]Sheet1!H7"]]));
    assert_eq!(finding["correction"], serde_json::Value::Null);
    assert_eq!(report["summary"]["errors"], 1);
    let ignored = run(folder.path(), &["check", "a.xlsx", "b.xlsx", "--ignore", "R507"]);
    assert_eq!(ignored.status.code(), Some(0));
    let text =
        String::from_utf8(run(folder.path(), &["check", ".", "--lang", "en"]).stdout).unwrap();
    assert!(text.contains("says 23 but column 5 of the other table says 24"), "{text}");
    assert!(
        text.contains("this cell and [b.xlsx]Sheet1!H7")
            && text.contains("says 23, the other table 24"),
        "{text}"
    );
    let done = run(folder.path(), &["process", "a.xlsx", "b.xlsx", "--out", "out"]);
    assert_eq!(
        done.status.code(),
        Some(1),
        "a person must decide: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(folder.path().join("out/b.bao-cao.html").exists());
    let page = std::fs::read_to_string(folder.path().join("out/a.bao-cao.html")).unwrap();
    assert!(page.contains("R507"));
}

#[test]
fn the_program_drafts_a_form() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("Biểu 1.xlsx"),
        "Thôn\tSố hộ\tGiảm\tCòn\nA\t1\t2\t3=1-2\nĐông\t10\t4\t6\nTây\t7\t4\t3\n",
    );
    let printed = run(folder.path(), &["forms", "new", "Biểu 1.xlsx"]);
    assert_eq!(printed.status.code(), Some(0));
    let text = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(soatbieu::forms::parse(&text).unwrap().id, "bieu-1");
    assert_eq!(
        run(folder.path(), &["forms", "new", "Biểu 1.xlsx", "-o", "f.toml"]).status.code(),
        Some(0)
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("f.toml")).unwrap(), text);
    let again = run(folder.path(), &["forms", "new", "Biểu 1.xlsx", "-o", "f.toml"]);
    assert_eq!(again.status.code(), Some(2), "an existing output is refused");
    let checked =
        run(folder.path(), &["check", "Biểu 1.xlsx", "--form", "f.toml", "--format", "json"]);
    assert_eq!(checked.status.code(), Some(0));
    assert_eq!(json(&checked)["files"][0]["tables"][0]["form"], "bieu-1");
    let none = run(folder.path(), &["forms", "new", "Biểu 1.xlsx", "--sheet", "Khác"]);
    assert_eq!(none.status.code(), Some(2));
    assert_eq!(run(folder.path(), &["forms", "new"]).status.code(), Some(2));
    let list = String::from_utf8(run(folder.path(), &["forms"]).stdout).unwrap();
    assert_eq!(list.lines().count(), 5);
}
