//! Relations across tables: a column that a table of another form repeats.

use std::collections::BTreeSet;

use super::told::Told;
use super::{Check, Example, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::say;
use crate::table::{Place, print_number};

/// R507: a figure differs from the one another table repeats it as.
pub(crate) static ACROSS_MISMATCH: Rule = Rule {
    code: "R507",
    name: "across-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Hai biểu ghi khác nhau cho cùng một số liệu",
        en: "Two tables give different figures for the same thing",
    },
    what: Words {
        vi: "So cột của biểu này với cột của biểu kia mà biểu mẫu nêu là một (ví dụ hộ nghèo trở thành cận nghèo; số đầu năm nay là số cuối năm trước, theo năm ghi ở tên biểu), từng đơn vị theo tên, hoặc dòng tổng với dòng của đơn vị trong biểu cấp trên giao, khi hai biểu ở trong một tệp hoặc được nêu cùng nhau.",
        en: "A column is compared with the column of another table that the form names as the same (that of the year before, told by the titles, among them), unit by unit by name, or the total with the unit's row in a superior office's table, where both tables stand in one workbook or are named together.",
    },
    why: Words {
        vi: "Hộ ra khỏi biểu này phải vào biểu kia; lệch nhau thì ít nhất một biểu sai.",
        en: "Households that leave one table enter the other; where they differ at least one table is wrong.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết biểu nào sai.",
        en: "Never corrected: either table may be the wrong one.",
    },
    message,
    advice: |told| match told.links.mismatch(told.table, told.place) {
        Some((_, link)) => told.advise_or(|| {
            say!(
                told.lang,
                "đối chiếu số gốc của ô này và của {cell}",
                "compare this cell and {cell} with their source",
                cell = link.cell,
            )
        }),
        None => told.review(),
    },
    example: Example {
        form: Some(EXAMPLE_FORMS),
        wrong: "Thôn\tHộ nghèo\tThành cận nghèo\tCuối kỳ\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n\u{c}Thôn\tHộ cận nghèo\tTừ hộ nghèo\tCuối kỳ\nA\t1\t2\t3=1+2\nĐông\t20\t3\t23\nTây\t30\t4\t34\n",
        right: "Thôn\tHộ nghèo\tThành cận nghèo\tCuối kỳ\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n\u{c}Thôn\tHộ cận nghèo\tTừ hộ nghèo\tCuối kỳ\nA\t1\t2\t3=1+2\nĐông\t20\t3\t23\nTây\t30\t2\t32\n",
    },
    check: Check::Remarks(mismatches),
};

/// Two small forms, the first of which says what the second repeats.
const EXAMPLE_FORMS: &str = concat!(
    r#"
id = "example-poor"
name = { vi = "Hộ nghèo", en = "Poor households" }
column = [
  { label = "1", kind = "count", words = ["hộ nghèo"] },
  { label = "2", kind = "count", words = ["thành cận nghèo"] },
  { label = "3", kind = "count", words = ["cuối kỳ"], formula = "1-2" },
]
across = [{ form = "example-near-poor", relation = "2=2" }]
"#,
    "\u{c}",
    r#"
id = "example-near-poor"
name = { vi = "Hộ cận nghèo", en = "Near-poor households" }
column = [
  { label = "1", kind = "count", words = ["hộ cận nghèo"] },
  { label = "2", kind = "count", words = ["từ hộ nghèo"] },
  { label = "3", kind = "count", words = ["cuối kỳ"], formula = "1+2" },
]
"#,
);

fn message(told: &Told<'_>) -> String {
    let position = told.position();
    let Some((across, link)) = told.links.mismatch(told.table, told.place) else { return position };
    let which = match (across.total, across.year) {
        (true, _) => Words::new("biểu cấp trên giao", "the superior office's table"),
        (_, 0) => Words::new("biểu kia", "the other table"),
        (_, ..0) => Words::new("biểu năm trước", "the earlier year's table"),
        _ => Words::new("biểu năm sau", "the later year's table"),
    };
    say!(
        told.lang,
        "{position}: ghi {found} nhưng cột {other} của {which} ghi {figure} (ô {cell}); ô này hoặc ô kia sai, chưa đủ căn cứ để kết luận",
        "{position}: says {found} but column {other} of {which} says {figure} (cell {cell}); one of the two is wrong, which one is not certain",
        found = told.found(),
        other = across.other,
        which = which.get(told.lang),
        figure = print_number(link.figure, None),
        cell = link.cell,
    )
}

/// One remark for each cell that differs, even where several relations say so.
fn mismatches(judged: &Judged) -> Vec<Remark> {
    let Judged { table, links, .. } = judged;
    let places: BTreeSet<Place> = links.places(table).collect();
    places
        .into_iter()
        .filter_map(|place| Some((place, links.mismatch(table, place)?.1.figure)))
        .map(|(place, figure)| Remark {
            expected: Some(figure),
            ..Remark::at(&ACROSS_MISMATCH, place)
        })
        .collect()
}
