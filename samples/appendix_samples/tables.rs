//! Tables of many shapes, made up, for looking at appendices and for testing them.

use std::fmt::Write as _;

use soatbieu::forms;
use soatbieu::recognise::{Request, recognise};
use soatbieu::table::Table;
use soatbieu::workbook::{Range, Workbook};

/// What stands under a table that is issued for signature.
pub(crate) const SIGNED: &str = "Ghi chú: Số liệu rà soát đến hết ngày 31/12.\n\
    Nơi nhận:\t\t\t\t\t\t\t\t\t\tTM. ỦY BAN NHÂN DÂN\n\
    - Phòng Văn hóa – Xã hội;\t\t\t\t\t\t\t\t\t\tKT. CHỦ TỊCH\n\
    - Ban nhân dân các thôn;\t\t\t\t\t\t\t\t\t\tPHÓ CHỦ TỊCH\n\
    - Lưu: VT.\n\n\n\
    \t\t\t\t\t\t\t\t\t\tTrần Thị Mẫu\n";

/// What stands under a report form.
pub(crate) const REPORTED: &str = "\t\t\t\t\tXã Mẫu, ngày 05 tháng 02 năm 2024\n\
    \tNgười lập biểu\t\t\t\tCHỦ TỊCH\n\
    \t(Ký, ghi rõ họ tên)\t\t\t\t(Ký, ghi rõ họ tên, đóng dấu)\n\n\n\
    \tNguyễn Văn Lập\t\t\t\tTrần Thị Mẫu\n";

const TITLES: &str = "ỦY BAN NHÂN DÂN\t\t\t\t\t\t\t\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\
    XÃ MẪU\t\t\t\t\t\t\t\tĐộc lập - Tự do - Hạnh phúc\n\
    \n\
    BẢNG PHÂN BỔ CHỈ TIÊU GIẢM HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024\n\
    (Đính kèm Kế hoạch số:         /KH-UBND ngày           /02/2024 của UBND xã Mẫu)\n";

/// The rate in per cent, two decimals, as Vietnamese offices print it.
fn rate(part: i64, whole: i64) -> String {
    let hundredths = (20_000 * part + whole) / (2 * whole);
    format!("{},{:02}", hundredths / 100, hundredths % 100)
}

/// Households, people, poor, near-poor, reductions of a village.
fn village(index: usize) -> [i64; 6] {
    let index = i64::try_from(index).unwrap_or(0);
    let households = 360 + index * 67 % 331;
    let poor = index * 7 % 6;
    let near_poor = 6 + index * 13 % 15;
    [households, households * 4 - 7 + index % 5, poor, near_poor, poor / 3, near_poor / 5]
}

fn poverty_row(name: &str, ordinal: &str, figures: [i64; 6]) -> String {
    let [all, people, poor, near, less_poor, less_near] = figures;
    let (poor_end, near_end) = (poor - less_poor, near - less_near);
    let mut row = format!("{ordinal}\t{name}\t{all}\t{people}");
    for part in [poor, near, less_poor, less_near, poor_end, near_end] {
        let _ = write!(row, "\t{part}\t{}", rate(part, all));
    }
    row
}

/// The table of 16 columns a commune attaches to its plan.
pub(crate) fn poverty(villages: usize, titles: bool, below: &str) -> Table {
    let mut text = if titles { TITLES.to_owned() } else { String::new() };
    let top = u32::try_from(text.lines().count()).unwrap_or(0);
    text.push_str("TT\tThôn\tTổng số hộ dân cư\t\tTổng số hộ nghèo đầu năm 2024\t\tTổng số hộ cận nghèo đầu năm 2024\t\tSố hộ nghèo giảm năm 2024\tMức giảm tỷ lệ hộ nghèo trong năm 2024\tSố hộ cận nghèo giảm năm 2024\tMức giảm tỷ lệ hộ cận nghèo trong năm 2024\tSố hộ nghèo cuối năm 2024\tTỷ lệ hộ nghèo cuối năm 2024\tSố hộ cận nghèo cuối năm 2024\tTỷ lệ hộ cận nghèo cuối năm 2024\n");
    text.push_str(
        "\t\tSố hộ\tNhân khẩu\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\tHộ\tTỷ lệ\n",
    );
    text.push_str(
        "A\tB\t1\t2\t3\t4=3/1\t5\t6=5/1\t7\t8=7/1\t9\t10=9/1\t11\t12=11/1\t13\t14=13/1\n",
    );
    let mut total = [0; 6];
    for index in 0..villages {
        let figures = village(index);
        total = std::array::from_fn(|i| total[i] + figures[i]);
        let name = ["Đông Nam", "Đông Bắc", "Tây Bắc", "Tây Nam", "Trung Hòa"][index % 5];
        let name = format!("{name} {}", index / 5 + 1);
        let _ = writeln!(text, "{}", poverty_row(&name, &(index + 1).to_string(), figures));
    }
    let _ = writeln!(text, "{}", poverty_row("Tổng cộng", "", total));
    text.push_str(below);
    let mut workbook = Workbook::from_text("Phân bổ", &text);
    let range = |text: &str| {
        let (a, b) = text.split_once(':').unwrap_or((text, text));
        let at = |text: &str| text.parse::<soatbieu::workbook::Address>().unwrap_or_default();
        let (mut a, mut b) = (at(a), at(b));
        a.row += top;
        b.row += top;
        Range::new(a, b)
    };
    workbook.sheets[0].merges =
        ["A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1"].iter().map(|text| range(text)).collect();
    recognised(&workbook)
}

/// A table of any number of columns: units, then groups of three (two counts and their ratio).
pub(crate) fn plain(units: usize, columns: usize, below: &str) -> Table {
    let groups = (columns - 2) / 3;
    let mut text = String::from("Biểu tổng hợp kết quả thực hiện các chỉ tiêu\n\nTT\tĐơn vị");
    for group in 0..groups {
        let _ = write!(text, "\tChỉ tiêu số {} của chương trình\t\t", group + 1);
    }
    text.push_str("\n\t");
    for _ in 0..groups {
        text.push_str("\tKế hoạch năm\tThực hiện\tTỷ lệ (%)");
    }
    text.push_str("\nA\tB");
    for group in 0..groups {
        let first = group * 3 + 1;
        let _ = write!(text, "\t{first}\t{}\t{}={}/{first}*100", first + 1, first + 2, first + 1);
    }
    let mut totals = vec![(0, 0); groups];
    for unit in 0..units {
        let _ = write!(text, "\n{}\tĐơn vị số {}", unit + 1, unit + 1);
        for (group, total) in totals.iter_mut().enumerate() {
            let plan = i64::try_from(900 + (unit * 37 + group * 53) % 700).unwrap_or(0);
            let done = plan * 9 / 10 + i64::try_from(unit % 7).unwrap_or(0);
            *total = (total.0 + plan, total.1 + done);
            let _ = write!(text, "\t{plan}\t{done}\t{}", rate(done, plan));
        }
    }
    text.push_str("\n\tTổng cộng");
    for (plan, done) in totals {
        let _ = write!(text, "\t{plan}\t{done}\t{}", rate(done, plan));
    }
    let _ = write!(text, "\n{below}");
    recognised(&Workbook::from_text("Biểu", &text))
}

fn recognised(workbook: &Workbook) -> Table {
    let known = forms::builtin().unwrap_or_default();
    let found = recognise(workbook, &Request { known, ..Request::default() });
    let mut tables = found.map(|found| found.tables).unwrap_or_default();
    assert_eq!(tables.len(), 1, "the sample is one table");
    tables.remove(0)
}
