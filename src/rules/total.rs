//! Totals: sums of the rows for what adds up, the same ratio of the totals for rates.

use super::phrases::printed;
use super::told::Told;
use super::{Check, Example, Remark, Rule, Severity};
use crate::lang::Words;
use crate::relations::Concern;
use crate::say;
use crate::table::{DoubtfulTotal, Place, Role, Row, Table, sum_of};
use crate::words::{fold, is_total};
use crate::workbook::Address;

/// R201: a total differs from the sum of its rows.
pub(super) static TOTAL_MISMATCH: Rule = Rule {
    code: "R201",
    name: "total-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Dòng tổng không bằng cộng các dòng",
        en: "A total differs from the sum of its rows",
    },
    what: Words {
        vi: "Cộng dọc các dòng thành phần của từng cột số lượng, số tiền rồi so với dòng tổng. Cột tỷ lệ, cột bình quân và cột lũy kế theo dòng không cộng.",
        en: "The rows of each column of counts or amounts are added and compared with the total row. Rates, averages and figures cumulated down the rows are not added.",
    },
    why: Words {
        vi: "Dòng tổng là số xã báo cáo lên trên; sai ở đây là sai chỉ tiêu của cả xã.",
        en: "The total row is what the commune reports; an error here is an error in its target.",
    },
    safety: Words {
        vi: "Chỉ có phép cộng dọc thì không thể biết ô nào sai, nên không bao giờ tự sửa; an toàn khi công thức của cột ở dòng tổng cũng cho cùng một số.",
        en: "A column sum alone cannot tell which cell is wrong, so nothing is corrected on it; safe when the column's formula on the total row gives the same figure.",
    },
    message: |told| told.differs(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t426\t1.639\t2.065\nTổng cộng\t786\t3.072\t3.856\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t426\t1.639\t2.065\nTổng cộng\t786\t3.072\t3.858\n",
    },
    check: Check::Relations(Concern::Sum),
};

/// R202: a rate in a total row differs from the ratio of the totals.
pub(super) static TOTAL_RATE_MISMATCH: Rule = Rule {
    code: "R202",
    name: "total-rate-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Tỷ lệ ở dòng tổng không khớp số tổng",
        en: "A rate in the total row differs from the ratio of the totals",
    },
    what: Words {
        vi: "Ở dòng tổng, tỷ lệ phải tính từ các số tổng theo cùng công thức của cột; không phải cộng, trừ hay lấy trung bình các tỷ lệ.",
        en: "In a total row the rate is the column's ratio of the totals, never a sum, difference or mean of rates.",
    },
    why: Words {
        vi: "Cộng trừ các tỷ lệ đã làm tròn cho số lệch ở chữ số cuối, và trung bình tỷ lệ các thôn cho số sai hẳn.",
        en: "Adding rounded rates is off in the last digit, and a mean of the villages' rates is simply wrong.",
    },
    safety: Words {
        vi: "An toàn khi các số tổng ở tử và mẫu được phép cộng dọc xác nhận.",
        en: "Safe when the column sums vouch for the totals it is computed from.",
    },
    message: |told| told.differs(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t360\t5\t1,39\nTây\t510\t12\t2,35\nTổng cộng\t870\t17\t1,87\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t360\t5\t1,39\nTây\t510\t12\t2,35\nTổng cộng\t870\t17\t1,95\n",
    },
    check: Check::Relations(Concern::TotalRate),
};

/// R203: a row is named a total, and most columns contradict it.
pub(crate) static DOUBTFUL_TOTAL: Rule = Rule {
    code: "R203",
    name: "doubtful-total",
    severity: Severity::Error,
    title: Words {
        vi: "Dòng tổng không bằng cộng các dòng ở phần lớn các cột",
        en: "A total is not the sum of the rows in most columns",
    },
    what: Words {
        vi: "Khi dòng mang tên dòng tổng không bằng cộng các dòng ở phần lớn các cột (từ ba cột trở lên), chương trình báo một lần và không coi phép cộng đó là phép kiểm tra. Dòng không có chữ “cộng” trong tên (“Tổng số”) thì chỉ là cảnh báo, vì các dòng dưới có thể là những cách chia khác nhau của cùng một số.",
        en: "Where a row named a total is not the sum of the rows in most columns (three at the least), it is told once and the sum is not taken for a rule. Without the word `cộng` in its name (`Tổng số`) this is only a warning, because the rows below may divide one figure in several ways.",
    },
    why: Words {
        vi: "Hoặc dòng tổng lập sai ở nhiều cột, hoặc các dòng trên không phải thành phần của nó; báo từng cột thì không giúp được gì.",
        en: "Either the total is wrong in many columns or the rows are not its parts; an error a column would not help.",
    },
    safety: Words { vi: "Không tự sửa.", en: "Never corrected." },
    message: |told| {
        let (name, sums) = (&told.table.rows[told.place.row].name, sums_against(told));
        say!(
            told.lang,
            "“{name}” không bằng cộng các dòng ở phần lớn các cột ({sums}); dòng này lập sai, hoặc các dòng còn lại không phải thành phần của nó",
            "“{name}” is not the sum of the rows in most columns ({sums}); either it is wrong or the other rows are not its parts",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "cộng lại dòng này; phép cộng dọc của bảng chưa được soát",
            "add this row up again; the sums of the table were not checked",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t25\t4\t21\nTổng cộng\t70\t13\t57\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t25\t4\t21\nTổng cộng\t54\t9\t45\n",
    },
    check: Check::Remarks(|judged| doubtful_totals(&judged.table)),
};

fn doubtful_totals(table: &Table) -> Vec<Remark> {
    let named = |row: usize| table.grid[row].iter().position(|datum| !datum.prints_nothing());
    let remark = |total: &DoubtfulTotal| {
        let adds = fold(&table.rows[total.row].name).contains("cộng");
        let severity = if adds { DOUBTFUL_TOTAL.severity } else { Severity::Warning };
        Remark {
            severity,
            ..Remark::at(&DOUBTFUL_TOTAL, Place::new(total.row, named(total.row).unwrap_or(0)))
        }
    };
    table.doubtful_totals.iter().map(remark).collect()
}

/// What a doubtful total states, and what the rows add up to, in the first few columns that differ.
fn sums_against(told: &Told<'_>) -> String {
    const COLUMNS: usize = 4;
    let (table, row) = (told.table, told.place.row);
    let total = table.doubtful_totals.iter().find(|total| total.row == row);
    let parts = total.map_or(&[][..], |total| &total.parts);
    let differing = (0..table.columns.len()).filter_map(|column| {
        let number = |row: usize| table.number(Place::new(row, column));
        let sum = sum_of(parts.iter().filter_map(|part| number(*part)));
        let differs = table.columns[column].adds_up() && number(row)? != sum;
        differs.then(|| {
            say!(
                told.lang,
                "cột {label} ghi {found}, cộng được {sum}",
                "column {label} states {found}, the rows add up to {sum}",
                label = table.column_name(column),
                found = printed(table, Place::new(row, column)),
                sum = table.print(column, sum),
            )
        })
    });
    let mut sums: Vec<String> = differing.take(COLUMNS + 1).collect();
    if sums.len() > COLUMNS {
        "…".clone_into(&mut sums[COLUMNS]);
    }
    sums.join("; ")
}

/// R205: a form's total row is missing.
pub(super) static MISSING_TOTAL: Rule = Rule {
    code: "R205",
    name: "missing-total",
    severity: Severity::Error,
    title: Words { vi: "Thiếu dòng tổng", en: "The total row is missing" },
    what: Words {
        vi: "Biểu mẫu có dòng tổng, nhưng trong bảng từ hai đơn vị trở lên không có dòng nào mang tên dòng tổng hay bằng tổng các dòng.",
        en: "The form has a total row, but in a table of two units or more no row is named a total or is the sum of the others.",
    },
    why: Words {
        vi: "Dòng tổng là số của cả đơn vị; thiếu dòng này thì không soát được phép cộng dọc và không gộp được biểu.",
        en: "The total row is what the unit reports; without it no column sum can be checked and the table cannot be merged.",
    },
    safety: Words { vi: "Không tự thêm dòng.", en: "No row is added." },
    example: Example {
        form: Some(
            "id = \"example\"\nname = { vi = \"Ví dụ\", en = \"Example\" }\ntotal = true\ncolumn = [\n  { label = \"1\", kind = \"count\" },\n  { label = \"2\", kind = \"count\" },\n  { label = \"3\", kind = \"count\" },\n]\n",
        ),
        wrong: "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\nA\t1\t2\t3\nĐông\t360\t5\t6\nTây\t426\t12\t8\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\nA\t1\t2\t3\nĐông\t360\t5\t6\nTây\t426\t12\t8\nTổng cộng\t786\t17\t14\n",
    },
    message: |told| {
        say!(
            told.lang,
            "biểu mẫu có dòng tổng nhưng bảng không có dòng nào là dòng tổng",
            "the form has a total row, but no row of the table is one",
        )
    },
    advice: |told| {
        told.advise(Words::new(
            "bổ sung dòng tổng rồi soát lại",
            "add the total row and check again",
        ))
    },
    check: Check::Remarks(|judged| missing_total(&judged.table)),
};

fn missing_total(table: &Table) -> Vec<Remark> {
    // A district above its communes is their total, whatever it is called.
    let sums = Row::is_sum;
    let is_total = |row: &Row| sums(row) || is_total(&row.name);
    let units = table.rows.iter().filter(|row| matches!(row.role, Role::Unit | Role::Run)).count();
    if !table.wants_total || units < 2 || table.rows.iter().any(is_total) {
        return Vec::new();
    }
    let below = Address::new(table.range.end.row.saturating_add(1), table.range.start.column);
    vec![Remark {
        place: None,
        outside: Some(below),
        ..Remark::at(&MISSING_TOTAL, Place::new(0, 0))
    }]
}
