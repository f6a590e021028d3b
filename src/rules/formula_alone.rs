//! Cells that compute otherwise than those across and down.

use super::inferred::doubts;
use super::told::Told;
use super::{Check, Example, Rule, Severity};
use crate::lang::Words;
use crate::say;

/// R613: a cell is alone in how it is computed.
pub(crate) static FORMULA_ALONE: Rule = Rule {
    code: "R613",
    name: "formula-alone",
    severity: Severity::Error,
    title: Words {
        vi: "Ô tính khác các ô cùng cột, cùng dòng",
        en: "A cell is computed otherwise than those across and down",
    },
    what: Words {
        vi: "Khi phần lớn các ô của một cột (hoặc một dòng) không in công thức dùng chung một công thức, ô tính khác mà cho số khác là đáng ngờ. Là lỗi khi ô ấy lẻ loi cả theo dòng lẫn theo cột, hoặc nguồn khác cũng cho số khác; còn lại là cảnh báo.",
        en: "Where most cells of a column (or a row) without a printed formula hold one formula, a cell that computes otherwise and gives another figure is suspect. An error where it is alone both across and down, or another source contradicts it too; else a warning.",
    },
    why: Words {
        vi: "Công thức chép lệch dòng, lệch cột hoặc bị gõ đè số rất khó thấy trên giấy.",
        en: "A formula that slipped by a row or column, or was typed over, does not show on paper.",
    },
    safety: Words {
        vi: "Không tự sửa: cần người xem có phải ô được tính riêng hay không.",
        en: "Never corrected: somebody must see whether the cell is meant to be computed apart.",
    },
    message,
    advice: |told| {
        let Some(doubt) = told.doubt() else { return told.review() };
        let cell = told.cell();
        match &doubt.formula {
            Some(formula) => say!(
                told.lang,
                "xem lại ô {cell}; theo các ô bên cạnh, công thức là ={formula}",
                "look at cell {cell}; as its neighbours have it the formula is ={formula}",
            ),
            None => told.review(),
        }
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\tCộng\tTỷ lệ (%)\nA\t1\t2\t3\t4\t5\nĐông\t510\t12\t20\t=C3+D3 -> 32\t=ROUND(E3/B3*100,2) -> 6,27\nTây\t690\t17\t25\t=C4+D4 -> 42\t=ROUND(E4/B4*100,2) -> 6,09\nNam\t360\t5\t11\t=C4+D5 -> 28\t=ROUND(E5/B5*100,2) -> 7,78\nBắc\t426\t8\t9\t=C6+D6 -> 17\t=ROUND(E6/B6*100,2) -> 3,99\nTrung\t485\t19\t14\t=C7+D7 -> 33\t=ROUND(E7/B7*100,2) -> 6,8\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tHộ cận nghèo\tCộng\tTỷ lệ (%)\nA\t1\t2\t3\t4\t5\nĐông\t510\t12\t20\t=C3+D3 -> 32\t=ROUND(E3/B3*100,2) -> 6,27\nTây\t690\t17\t25\t=C4+D4 -> 42\t=ROUND(E4/B4*100,2) -> 6,09\nNam\t360\t5\t11\t=C5+D5 -> 16\t=ROUND(E5/B5*100,2) -> 4,44\nBắc\t426\t8\t9\t=C6+D6 -> 17\t=ROUND(E6/B6*100,2) -> 3,99\nTrung\t485\t19\t14\t=C7+D7 -> 33\t=ROUND(E7/B7*100,2) -> 6,8\n",
    },
    check: Check::Remarks(|judged| doubts(&judged.table, &FORMULA_ALONE)),
};

fn message(told: &Told<'_>) -> String {
    let Some(one) = told.inferred else { return told.stated() };
    let statement = one.statement.get(told.lang);
    if !told.others.is_empty() {
        let (cells, count) = (told.cells(), told.others.len() + 1);
        return say!(
            told.lang,
            "{statement}; {count} ô tính khác và cho số khác: {cells}",
            "{statement}; {count} compute otherwise and give other figures: {cells}",
        );
    }
    let (position, found, right) = (told.position(), told.found(), told.right());
    if let Some(own) = &told.table.datum(told.place).formula {
        return say!(
            told.lang,
            "{position}: ghi {found} theo công thức ={own}, tính như các ô khác là {right}; {statement}",
            "{position}: says {found} by ={own}, computed as the others are it is {right}; {statement}",
        );
    }
    say!(
        told.lang,
        "{position}: số gõ tay {found}, tính như các ô khác là {right}; {statement}",
        "{position}: {found} is typed, computed as the others are it is {right}; {statement}",
    )
}
