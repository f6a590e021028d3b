//! Figures nobody knows: formulas without a stored result that could not be computed here.

use super::faults::{obstacle_text, shortened};
use super::{Check, Example, Remark, Rule, Severity, Told};
use crate::lang::Words;
use crate::say;
use crate::table::{Place, Reading, Table, Unknown};

/// R407: formulas without a result, told once a table.
pub(crate) static UNKNOWN_RESULT: Rule = Rule {
    code: "R407",
    name: "unknown-result",
    severity: Severity::Error,
    title: Words { vi: "Công thức chưa có kết quả", en: "A formula has no result" },
    what: Words {
        vi: "Tệp không lưu kết quả của công thức và chương trình không tính được (hàm chưa hỗ trợ, lấy số từ tệp khác, tham chiếu vòng). Ô đó được coi là chưa biết, không phải 0 và không phải ô trống. Báo một lần cho mỗi bảng.",
        en: "The file holds no result of the formula and the program cannot compute it (an unknown function, another workbook, a circular reference). The cell counts as unknown, neither as 0 nor as blank. Told once for each table.",
    },
    why: Words {
        vi: "Tệp do phần mềm khác xuất ra thường chưa được tính. Số chưa biết thì không kiểm tra được và không được in ra để ký.",
        en: "Files exported by other software often were never calculated. What is not known cannot be checked and must not be printed for signature.",
    },
    safety: Words {
        vi: "Không sửa: công thức giữ nguyên. Mở tệp bằng Excel, lưu lại rồi kiểm tra lại.",
        en: "Never corrected: the formula stays. Open the file in Excel, save it and check again.",
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t=[1]Sheet1!B4\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Readings(|readings| {
        let table = readings.table;
        let unknown = readings.with(|reading| matches!(reading, Reading::Unknown(_)));
        let (mut roots, followers): (Vec<Place>, Vec<Place>) = unknown
            .into_iter()
            .partition(|place| reason(table, *place).is_some_and(|u| !u.follows));
        if roots.is_empty() {
            // They all wait for cells outside the table.
            roots = followers;
        }
        let Some((first, others)) = roots.split_first() else { return Vec::new() };
        vec![Remark { others: others.to_vec(), ..Remark::at(&UNKNOWN_RESULT, *first) }]
    }),
    message,
    advice: |told| {
        told.advise(Words::new(
            "mở tệp bằng Excel, chờ tính xong (phím F9), lưu lại rồi kiểm tra lại; công thức trong ô được giữ nguyên",
            "open the file in Excel, let it calculate (F9), save it and check again; the formula itself stays",
        ))
    },
};

/// The first formula with what kept it from being computed, and how many more there are.
fn message(told: &Told<'_>) -> String {
    let formula = told.table.datum(told.place).formula.as_deref();
    let formula = formula.map(shortened).unwrap_or_default();
    let Some(unknown) = reason(told.table, told.place) else { return told.stated() };
    let (position, reason) =
        (told.position(), obstacle_text(unknown.what, &unknown.detail, told.lang));
    let text = say!(
        told.lang,
        "{position}: công thức {formula} chưa có kết quả lưu trong tệp và chương trình không tính được ({reason})",
        "{position}: the file holds no result of the formula {formula}, and the program cannot compute it ({reason})",
    );
    if told.others.is_empty() {
        return text;
    }
    let (count, cells) = (told.others.len(), told.other_cells());
    say!(
        told.lang,
        "{text}; trong bảng còn {count} ô như vậy: {cells}",
        "{text}; {count} more in the table: {cells}",
    )
}

fn reason(table: &Table, place: Place) -> Option<&Unknown> {
    match &table.datum(place).reading {
        Reading::Unknown(unknown) => Some(unknown),
        _ => None,
    }
}
