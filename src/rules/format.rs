//! Right figures under formats that cannot show them.

use super::cells::by_column;
use super::{Check, Example, Remark, Rule, Severity, Told};
use crate::lang::Words;
use crate::say;

/// R408: the format of cells cannot show their figures, told once a column.
pub(crate) static FORMAT_HIDES_FIGURE: Rule = Rule {
    code: "R408",
    name: "format-hides-figure",
    severity: Severity::Warning,
    title: Words {
        vi: "Định dạng ô không hiện đúng số",
        en: "A number format does not show the figure",
    },
    what: Words {
        vi: "Số lưu trong ô đúng, nhưng định dạng của ô không hiện được số đó: thiếu chữ số thập phân (2,11 hiện thành 2), nhân thêm 100 vì định dạng %, hoặc hiện thành ngày tháng. Báo một lần cho mỗi cột.",
        en: "The figure in the cell is right, but its format cannot show it: decimals are missing (2,11 shows as 2), a per cent format multiplies it by 100 again, or it shows as a date. Told once for each column.",
    },
    why: Words {
        vi: "Người ký và người nhận chỉ thấy số in ra.",
        en: "Who signs and who receives the table sees only what is printed.",
    },
    safety: Words {
        vi: "An toàn: chỉ đổi định dạng của ô, số và công thức giữ nguyên.",
        en: "Safe: only the format of the cells is changed; figures and formulas stay.",
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35 ~ 2\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
    },
    check: Check::Remarks(|judged| {
        let table = &judged.table;
        let places = table.misshown.iter();
        by_column(places.map(|place| Remark::at(&FORMAT_HIDES_FIGURE, *place)).collect())
    }),
    message,
    advice: |told| {
        let decimals = told.table.figure(told.place).map_or(0, |figure| figure.decimals);
        let zeros = "0".repeat(decimals as usize);
        let format = if decimals > 0 { format!("0,{zeros}") } else { "0".to_owned() };
        let english = format.replace(',', ".");
        say!(
            told.lang,
            "đổi định dạng các ô này thành {format}; số và công thức giữ nguyên",
            "give these cells the format {format}; figures and formulas stay",
            format = match told.lang {
                crate::lang::Lang::Vi => &format,
                crate::lang::Lang::En => &english,
            },
        )
    },
};

/// One of the cells with what it holds and what it shows, and all of them.
fn message(told: &Told<'_>) -> String {
    let (label, cells, count) = (told.column(), told.cells(), told.others.len() + 1);
    let (cell, shown) = (told.cell(), told.text());
    let figure = told.table.number(told.place).unwrap_or_default();
    let stored = told.table.print(told.place.column, figure);
    say!(
        told.lang,
        "cột {label}: định dạng của {count} ô không hiện đúng số; ví dụ ô {cell} lưu {stored} nhưng hiện “{shown}” ({cells})",
        "column {label}: the format of {count} cells does not show their figures; cell {cell} for instance holds {stored} and shows “{shown}” ({cells})",
    )
}
