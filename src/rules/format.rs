//! Right figures under formats that cannot show them.

use super::cells::by_column;
use super::{Check, Example, Remark, Rule, Severity};
use crate::lang::Words;

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
};
