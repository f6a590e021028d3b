//! Tables that print no index row, or an odd one: known by their headings, with the findings they have
//! with it.

use std::path::{Path, PathBuf};

use soatbieu::checkup::Checkup;
use soatbieu::failure::Failure;
use soatbieu::findings::Checked;
use soatbieu::lang::Lang;
use soatbieu::read::{Limits, workbook};
use soatbieu::recognise::Request;
use soatbieu::rules::Severity;
use soatbieu::table::Role;
use soatbieu::workbook::{Address, Range, Sheet, Value, Workbook};

fn request() -> Request {
    Request { known: soatbieu::forms::builtin().unwrap(), ..Request::default() }
}

fn look(text: &str) -> Result<Checkup, Failure> {
    soatbieu::check_workbook(Workbook::from_text("Biểu", text), &request())
}

fn tables(text: &str) -> Vec<Checked> {
    look(text).unwrap().tables
}

fn table(text: &str) -> Checked {
    let mut tables = tables(text);
    assert_eq!(tables.len(), 1, "one table is expected");
    tables.remove(0)
}

/// The labels of the columns from left to right, `-` where there is none.
fn labels(checked: &Checked) -> String {
    let label = |label: &str| if label.is_empty() { "-".to_owned() } else { label.to_owned() };
    let labels = checked.table.columns.iter().map(|column| label(&column.label));
    labels.collect::<Vec<_>>().join(" ")
}

fn names(checked: &Checked) -> Vec<&str> {
    checked.table.rows.iter().map(|row| row.name.as_str()).collect()
}

/// Errors and warnings as `cell rule expected`.
fn accused(checked: &Checked) -> Vec<String> {
    let told = checked.findings.iter().filter(|finding| finding.severity != Severity::Note);
    let told = told.map(|finding| {
        let cell = checked.cell(finding);
        let expected = finding.expected.map(|value| format!(" {value}")).unwrap_or_default();
        format!("{cell} {}{expected}", finding.rule.code)
    });
    told.collect()
}

fn reason(text: &str) -> String {
    look(text).err().unwrap().message.en
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn open(name: &str) -> Workbook {
    let bytes = std::fs::read(samples().join(name)).unwrap();
    workbook(&bytes, &Limits::default()).unwrap()
}

/// A sheet without one of its rows, which those below move up for.
fn without_row(sheet: &Sheet, row: u32) -> Sheet {
    let up = |at: Address| Address::new(if at.row > row { at.row - 1 } else { at.row }, at.column);
    let kept = sheet.cells().iter().filter(|(at, _)| at.row != row);
    let cells = kept.map(|(at, cell)| (up(*at), cell.clone())).collect();
    let merges = sheet.merges.iter().filter(|range| range.start.row != row);
    let merges = merges.map(|range| Range { start: up(range.start), end: up(range.end) });
    let mut without = Sheet::new(&sheet.name, cells);
    without.merges = merges.collect();
    without
}

/// What the tables of a workbook say: form, formulas, counts of rules, findings by their cells, rows
/// counted from the first one of figures.
fn said(workbook: Workbook) -> Vec<String> {
    let checkup = soatbieu::check_workbook(workbook, &request()).unwrap();
    let one = |checked: &Checked| {
        let table = &checked.table;
        let counts = checked.ledger.counts();
        let formulas: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                column.formula.as_ref().map_or(column.label.clone(), |f| f.text.to_string())
            })
            .collect();
        let findings: Vec<String> = checked
            .findings
            .iter()
            .map(|finding| {
                let at = checked.cell(finding);
                let from = i64::from(at.row) - i64::from(table.rows[0].sheet_row);
                let verdict = format!("{:?}", finding.verdict);
                format!(
                    "{}{from} {} {:?} {verdict}",
                    at.column_letters(),
                    finding.rule.code,
                    finding.expected
                )
            })
            .collect();
        format!("{} {formulas:?} {counts:?} {findings:?}", table.form)
    };
    checkup.tables.iter().map(one).collect()
}

#[test]
fn a_form_loses_nothing_with_its_index_row() {
    let names = [
        "dai-lanh-2024.xlsx",
        "dai-lanh-2024.xls",
        "dai-lanh-2024.ods",
        "dai-lanh-2024-text.xlsx",
        "clean.xlsx",
        "communes/01.xlsx",
        "communes/02.xlsx",
        "communes/03.xlsx",
    ];
    for name in names {
        let whole = open(name);
        let checkup = soatbieu::check_workbook(whole.clone(), &request()).unwrap();
        let index_row = checkup.tables[0].table.index_row.unwrap();
        let mut deleted = whole.clone();
        deleted.sheets[0] = without_row(&whole.sheets[0], index_row);
        let mut blanked = whole.clone();
        for column in 0..30 {
            if let Some(cell) = blanked.sheets[0].cell_mut(Address::new(index_row, column)) {
                cell.value = Value::Blank;
            }
        }
        let with = said(whole);
        assert_eq!(said(deleted.clone()), with, "{name}: deleted");
        assert_eq!(said(blanked), with, "{name}: blanked");
        let checkup = soatbieu::check_workbook(deleted, &request()).unwrap();
        let table = &checkup.tables[0].table;
        assert_eq!(table.index_row, None);
        let note = table.notes[0].get(Lang::En);
        let offered = format!("insert the index row below row {index_row}: ");
        assert!(note.contains(&offered) && note.contains("14=13/1"), "{note}");
    }
}

#[test]
fn labels_are_made_where_none_are_printed() {
    let text = "TT\tThôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\tGhi chú\n\
                1\tMột\t200\t10\t5\t\n2\tHai\t400\t12\t3\tmới\n3\tBa\t100\t3\t3\tcũ\n\tTổng cộng\t700\t25\t3,57\t\n";
    let checked = table(text);
    assert_eq!(labels(&checked), "A B 1 2 3 -");
    assert_eq!(checked.table.form, "headings");
    assert!(checked.table.labels_are_made());
    assert_eq!(names(&checked), ["Một", "Hai", "Ba", "Tổng cộng"]);
    assert_eq!(checked.table.rows[3].role, Role::Total);
    assert_eq!(accused(&checked), Vec::<String>::new());
}

#[test]
fn years_head_columns() {
    let text = "BIỂU SỐ LIỆU QUA CÁC NĂM\n\nChỉ tiêu\tĐơn vị\t2021\t2022\t2023\nDiện tích\tha\t120\t130\t140\nSản lượng\ttấn\t600\t700\t800\nDân số\tngười\t2.000\t2.050\t2.100\n";
    let checked = table(text);
    assert_eq!(checked.table.range.to_string(), "A3:E6");
    assert_eq!(*checked.table.columns[2].headings, ["2021"]);
    assert_eq!(labels(&checked), "A B 1 2 3");
}

#[test]
fn headings_over_several_rows_with_merged_cells_and_a_blank_row() {
    let merged = "ỦY BAN NHÂN DÂN\t\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTHỐNG KÊ HỘ\nTT\tXã\tHộ\t\tKhẩu\n↑\t↑\tNam\tNữ\t↑\n1\tMột\t20\t30\t210\n2\tHai\t10\t15\t99\n3\tBa\t14\t17\t130\n";
    let checked = table(merged);
    assert_eq!(checked.table.range.to_string(), "A3:E7");
    assert_eq!(*checked.table.columns[4].headings, ["Khẩu"]);
    let blank =
        "THỐNG KÊ HỘ\nTT\tXã\tHộ\tKhẩu\n\n1\tMột\t20\t210\n2\tHai\t10\t99\n3\tBa\t14\t130\n";
    let checked = table(blank);
    assert_eq!((checked.table.range.to_string().as_str(), checked.table.body), ("A2:D6", 2));
}

#[test]
fn groups_stand_between_headings_and_figures() {
    let text = "TT\tĐơn vị\tHộ\tNghèo\nI\tKhu vực thành thị\n1\tPhường A\t100\t10\n2\tPhường B\t200\t20\nII\tKhu vực nông thôn\n3\tXã C\t50\t5\n4\tXã D\t100\t10\n\tTổng cộng\t450\t45\n";
    let checked = table(text);
    assert_eq!(checked.table.rows[0].role, Role::Heading);
    assert_eq!(checked.table.rows[6].parts, [1, 2, 4, 5]);
}

#[test]
fn several_tables_stand_below_and_beside_each_other() {
    let one = "Biểu 1\nThôn\tNam\tNữ\nMột\t5\t6\nHai\t7\t8\n";
    let two = "\nBiểu 2\nThôn\tHộ\tNghèo\nMột\t50\t6\nHai\t70\t8\nTổng cộng\t120\t14\nGhi chú: số liệu 2024\n";
    let range = |checked: &Checked| checked.table.range.to_string();
    let found = tables(&format!("{one}{two}"));
    assert_eq!(found.iter().map(range).collect::<Vec<_>>(), ["A2:C4", "A7:C10"]);
    let beside =
        "Thôn\tNam\tNữ\t\tXã\tHộ\tNghèo\nMột\t5\t6\t\tXã A\t50\t6\nHai\t7\t8\t\tXã B\t70\t8\n";
    let found = tables(beside);
    assert_eq!(found.iter().map(range).collect::<Vec<_>>(), ["A1:C3", "E1:G3"]);
}

#[test]
fn what_a_table_does_not_state_is_not_demanded() {
    // A text among figures, a blank, a name twice, a total of unlike things: all may be meant.
    let text = "TT\tTên hàng\tĐVT\tSố lượng\tĐơn giá\n1\tBàn\tcái\t5\t1.200\n2\tGhế\tcái\tkhông\t\n4\tBàn\tbộ\t7\t900\n5\tTủ\tcái\t2\t3.500\n\tTổng cộng\t\t15\t9.999\n";
    assert_eq!(accused(&table(text)), Vec::<String>::new());
}

#[test]
fn index_rows_that_do_not_run_from_one_without_a_gap() {
    let heads = "TT\tTên\tĐVT\tSố lượng\tĐơn giá\tThành tiền\tThuế\tCộng\n";
    let rows = "1\tBàn\tcái\t5\t1.200\t6.000\t600\t6.600\n2\tGhế\tcái\t7\t300\t2.100\t210\t2.310\n3\tTủ\tcái\t1\t5.000\t5.000\t500\t5.500\n";
    for index in [
        "0\t1\t2\t3\t4\t5\t6\t7",
        "1\t2\t3\t4\t5\t6\t6\t7",
        "1\t2\t3\t4\t5\t7\t8\t9",
        "-1\t-2\t\t-4\t-5\t-6\t-7\t-8",
        "1\t2\t3\t4\t5\t6\t8\t7",
        "\t1\t2\t3\t4\t5\t6\t",
    ] {
        let checked = table(&format!("{heads}{index}\n{rows}"));
        assert_eq!(checked.table.index_row, Some(1), "{index}");
        assert_eq!(names(&checked), ["Bàn", "Ghế", "Tủ"], "{index}");
        assert_eq!(accused(&checked), Vec::<String>::new(), "{index}");
    }
}

#[test]
fn lists_templates_and_text_are_no_tables() {
    let list = "TT\tHọ và tên\tNăm sinh\tSố điện thoại\n1\tAn\t1980\t905123456\n2\tBình\t1975\t905123457\n3\tChi\t1990\t905123458\n";
    assert!(reason(list).contains("is a list or a catalogue"), "{}", reason(list));
    let template = "TT\tThôn\tSố hộ\tHộ nghèo\nI\tMột\t\t\nII\tHai\t\t\n";
    assert!(reason(template).contains("headings but no figures"), "{}", reason(template));
    let prose = "Kính gửi: Ủy ban nhân dân xã\nĐề nghị gửi báo cáo trước ngày 15\n";
    assert!(reason(prose).contains("no table of figures"), "{}", reason(prose));
    let bare = "\t5\t6\n\t7\t8\n\t1\t2\n";
    assert!(reason(bare).contains("no headings above"), "{}", reason(bare));
}

#[test]
fn a_total_below_rows_left_blank_belongs_to_the_table() {
    let text = "TT\tHọ và tên\tSố tháng\tSố tiền\n1\tAn Văn\t4\t400\n2\tBình Thị\t4\t400\n3\tChi Lê\t4\t400\n\n\n\n\n\tCộng\t\t1.200\n\tKế toán\n";
    let checked = table(text);
    assert_eq!(names(&checked), ["An Văn", "Bình Thị", "Chi Lê", "Cộng"]);
}

#[test]
fn a_numbered_row_of_texts_is_no_heading() {
    let text = "TT\tTên hàng\tCách bán\tKỳ trước\tKỳ này\n1\tGạo\tlẻ\t10\t12\n2\tNgô\tlẻ\t7\t8\nII\tThuốc\n3\tVitamin\tbuôn\t'840đ/viên\tkhông bán\n4\tBông băng\tlẻ\t5\t6\n";
    assert_eq!(names(&table(text)).len(), 5);
}

#[test]
fn groups_that_overlap_are_no_sum() {
    let text = "TT\tChỉ tiêu\tKhối 1\tKhối 2\tKhối 3\tKhối 4\nA\tB\t1\t2\t3\t4\n1\tHọc sinh\t30\t31\t28\t33\n1.1\tNam\t16\t15\t14\t17\n1.2\tNữ\t14\t16\t14\t16\n2\tHọc sinh hai buổi\t20\t22\t19\t21\n2.1\tNam\t9\t12\t10\t11\n2.2\tNữ\t11\t10\t9\t10\n3\tĐối tượng chính sách\t5\t6\t5\t4\n3.1\tCon hộ nghèo\t4\t4\t5\t3\n3.2\tKhuyết tật\t2\t1\t1\t2\n3.3\tDân tộc thiểu số\t1\t3\t2\t4\n";
    let checked = table(text);
    assert!(checked.errors().next().is_none(), "{:?}", accused(&checked));
    // One that is less than its only two parts in one column is an error as before.
    let wrong = text.replace("20\t22\t19\t21", "20\t22\t18\t21");
    let wrong = table(&wrong);
    assert_eq!(wrong.errors().count(), 1, "{:?} {:?}", accused(&wrong), wrong.table.rows);
}

#[test]
fn many_blanks_in_a_sum_that_does_not_add_up_are_none_of_them_forgotten() {
    let row = |at: u32| {
        let poor = if at.is_multiple_of(2) { String::new() } else { at.to_string() };
        format!("{at}\tThôn {at}\t{}\t{poor}\n", 100 + at)
    };
    let rows: String = (1..=12).map(row).collect::<Vec<_>>().concat();
    let text = format!("TT\tThôn\tSố hộ\tNghèo\nA\tB\t1\t2\n{rows}\tTổng cộng\t1.278\t40\n");
    let checked = table(&text);
    let blanks = checked.findings.iter().filter(|finding| finding.rule.code == "R402").count();
    assert_eq!(blanks, 0, "{:?}", accused(&checked));
}

/// The texts and numbers of the table that an appendix holds, read back.
fn appendix(checked: &Checked) -> soatbieu::table::Table {
    let options = soatbieu::appendix::Options::default();
    let bytes = soatbieu::appendix::appendix(&checked.table, &options).unwrap().bytes;
    let book = workbook(&bytes, &Limits::default()).unwrap();
    let mut found = soatbieu::recognise::recognise(&book, &request()).unwrap();
    assert_eq!(found.tables.len(), 1);
    found.tables.remove(0)
}

#[test]
fn an_appendix_prints_the_labels_of_a_form_and_none_that_were_made() {
    let text = "DANH SÁCH XÃ\nTT\tXã\tSố hộ\tHộ nghèo\n1\tXã Một\t200\t10\n2\tXã Hai\t400\t12\n3\tXã Ba\t100\t3\n\tTổng cộng\t700\t25\n";
    let again = appendix(&table(text));
    assert_eq!(again.index_row, None);
    assert_eq!(again.rows.len(), 4);
    let mut book = open("clean.xlsx");
    let checkup = soatbieu::check_workbook(book.clone(), &request()).unwrap();
    let index_row = checkup.tables[0].table.index_row.unwrap();
    book.sheets[0] = without_row(&book.sheets[0], index_row);
    let checkup = soatbieu::check_workbook(book, &request()).unwrap();
    let again = appendix(&checkup.tables[0]);
    assert!(again.index_row.is_some(), "the form has an index row");
    let last = again.columns.last().and_then(|column| column.formula.clone()).unwrap();
    assert_eq!(&*last.text, "14=13/1");
}

#[test]
fn bracketed_labels_that_leave_accounts_unnamed_are_an_index_row() {
    let checked = table(
        "STT\tHọ và tên\tSố tài khoản\tNgân hàng\tTổng số\tLương\tPhụ cấp\n\
         -1\t-2\t\t\t-4\t-5\t-6\n\
         1\tHà\t\t\t900\t700\t200\n2\tLan\t\t\t800\t650\t150\n3\tMinh\t\t\t700\t600\t100\n",
    );
    assert_eq!(labels(&checked), "1 2 - - 4 5 6");
    assert_eq!(names(&checked), ["Hà", "Lan", "Minh"]);
}

#[test]
fn a_column_that_few_sums_fill_is_not_demanded_of_the_others() {
    let text = |months: [&str; 3]| {
        let mut rows = vec!["TT\tTên\tSố hộ\tSố lần".to_owned(), "A\tB\t1\t2".to_owned()];
        for (group, months) in months.into_iter().enumerate() {
            let own: Vec<usize> = (1..4).map(|village| 100 + group * 31 + village * 7).collect();
            let mark = ["I", "II", "III"][group];
            rows.push(format!("{mark}\tXã {mark}\t{}\t{months}", own.iter().sum::<usize>()));
            for (village, households) in own.iter().enumerate() {
                let village = village + 1;
                rows.push(format!("{village}\tThôn {mark}.{village}\t{households}\t{village}"));
            }
        }
        let sum: usize = (0..3).map(|group| 3 * (100 + group * 31) + 42).sum();
        rows.push(format!("\tTổng cộng\t{sum}\t{}", if months[1].is_empty() { "" } else { "18" }));
        rows.join("\n")
    };
    assert_eq!(accused(&table(&text(["6", "", ""]))), Vec::<String>::new());
    assert_eq!(accused(&table(&text(["6", "6", ""]))).len(), 1);
}

#[test]
fn a_total_owes_no_sum_of_a_column_that_nothing_reads() {
    let row = |v| format!("{v}\tThôn {v}\t{}\t{v}\t{}\t{v}", 90 + 7 * v, 90 + 6 * v);
    let rows = (1..7).map(row).collect::<Vec<_>>().join("\n");
    let text = |total: &str| {
        format!(
            "TT\tTên\tSố hộ\tHộ nghèo\tHộ còn lại\tSố lần\nA\tB\t1\t2\t3=1-2\t4\n{rows}\n\tTổng cộng\t{total}"
        )
    };
    assert_eq!(accused(&table(&text("687\t21\t666\t"))), Vec::<String>::new());
    assert_eq!(accused(&table(&text("687\t\t666\t"))).len(), 1);
}
