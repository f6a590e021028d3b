//! Decimals that number formats hide: the paper is signed, and the file is computed with.

use rust_decimal::RoundingStrategy;

use super::phrases::derivation;
use super::told::Told;
use super::{Check, Example, Ledger, Remark, Rule, Severity};
use crate::lang::Words;
use crate::relations::Instance;
use crate::say;
use crate::table::{Figure, Place, Table, print_number};

/// R506: the printed figures and the stored ones lead to different results, told once a column.
pub(super) static HIDDEN_DECIMALS: Rule = Rule {
    code: "R506",
    name: "hidden-decimals",
    severity: Severity::Warning,
    title: Words {
        vi: "Số in ra và số lưu trong ô cho kết quả khác nhau",
        en: "The printed and the stored figures give different results",
    },
    what: Words {
        vi: "Định dạng số của ô giấu bớt chữ số thập phân, nên cộng, trừ, chia các số in trên giấy cho kết quả khác với các số lưu trong ô. Trong ví dụ, `12,4 ~ 12` là ô lưu 12,4 nhưng chỉ hiện 12. Báo một lần cho mỗi cột.",
        en: "Number formats hide decimals, so that what the paper shows gives another sum, difference or ratio than what the cells hold. In the example `12,4 ~ 12` is a cell that holds 12,4 and shows 12. Told once for each column.",
    },
    why: Words {
        vi: "Người ký và người nhận chỉ thấy số in: cộng lại trên giấy sẽ ra số khác với dòng tổng.",
        en: "Who signs and who receives the table sees the paper only, and adding it up gives another figure than the total.",
    },
    safety: Words {
        vi: "Số lưu trong ô không sai nên không tự sửa; người lập biểu chọn làm tròn trước khi cộng hoặc ghi chú là do làm tròn.",
        en: "The stored figures are not wrong and are left; the author rounds them before they are added, or notes that the difference comes from rounding.",
    },
    message,
    advice: |told| {
        told.advise(Words::new(
            "làm tròn từng số bằng ROUND trước khi tính, hoặc ghi chú dưới bảng rằng số liệu chênh lệch do làm tròn",
            "round each figure with ROUND before it is computed with, or note under the table that differences come from rounding",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tKinh phí (triệu đồng)\tNhân khẩu\nA\t1\t2\t3\nĐông\t360\t12,4 ~ 12\t1.433\nTây\t426\t20,4 ~ 20\t1.639\nTổng cộng\t786\t32,8 ~ 33\t3.072\n",
        right: "Thôn\tSố hộ\tKinh phí (triệu đồng)\tNhân khẩu\nA\t1\t2\t3\nĐông\t360\t12\t1.433\nTây\t426\t20\t1.639\nTổng cộng\t786\t32\t3.072\n",
    },
    // Only the outcomes of all rules tell; see `tell`.
    check: Check::Remarks(|_| Vec::new()),
};

/// Two figures for one cell, from the paper and from the file; further cells of the column follow.
fn message(told: &Told<'_>) -> String {
    let (table, position) = (told.table, told.position());
    let own = told.ledger.instances.iter().filter(|instance| instance.target() == told.place);
    let mut own = own.filter_map(|instance| Some((instance, instance.on_stored(table)?)));
    let Some((instance, stored)) = own.next() else { return position };
    // Enough decimals to see what is hidden, and not all that a division leaves.
    let decimals = table.figure(told.place).map_or(0, |figure| figure.decimals).min(26) + 2;
    let stored = stored.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let text = say!(
        told.lang,
        "{position}: ghi {found}; các số in cho {derivation} còn các số lưu trong ô cho {stored}",
        "{position}: says {found}; the printed figures give {derivation}, the stored ones {stored}",
        found = told.found(),
        derivation = derivation(table, instance, told.lang),
        stored = print_number(stored, None),
    );
    if told.others.is_empty() {
        return text;
    }
    let (count, cells) = (told.others.len(), told.other_cells());
    say!(
        told.lang,
        "{text}; trong cột còn {count} ô như vậy: {cells}",
        "{text}; {count} more in the column: {cells}",
    )
}

/// Remarks on the results that hidden decimals make differ, one a column.
pub(super) fn tell(table: &Table, unusual: &[Place], ledger: &mut Ledger) {
    let hides = |place: &Place| table.figure(*place).is_some_and(Figure::hides);
    if !unusual.iter().any(hides) {
        return;
    }
    let differing = ledger.instances.iter().filter(|instance| instance.on_stored(table).is_some());
    let mut places: Vec<Place> = differing.map(Instance::target).collect();
    places.sort_unstable();
    places.dedup();
    let remarks = places.into_iter().map(|place| Remark::at(&HIDDEN_DECIMALS, place)).collect();
    ledger.remarks.extend(super::cells::by_column(remarks));
}
