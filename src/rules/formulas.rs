//! The formulas in cells: what [`crate::judge`] found wrong with them, a rule for each kind of
//! fault. A cell is told once, by its gravest fault.

use std::collections::BTreeMap;

use super::cells::by_column;
use super::faults::fault;
use super::told::{Correct, Told};
use super::{Check, Example, Remark, Rule, Severity};
use crate::formula::Difference;
use crate::judge::{Fault, Judged, Standing, proves_nothing};
use crate::lang::Words;
use crate::say;
use crate::table::{Place, Reading, Table};

/// R601: a formula reads another row or column.
pub(super) static FORMULA_WRONG_CELL: Rule = Rule {
    code: "R601",
    name: "formula-wrong-cell",
    severity: Severity::Error,
    title: Words {
        vi: "Công thức lấy nhầm dòng hoặc cột",
        en: "A formula reads the wrong row or column",
    },
    what: Words {
        vi: "Công thức trong ô được tính lại trên nhiều bộ số liệu khác nhau và so với quy tắc của cột. Cách viết không quan trọng; chỉ xét kết quả. Ở đây kết quả khác vì công thức lấy ô của dòng hoặc cột khác.",
        en: "The formula is computed on many changed figures and compared with the column's rule. How it is written does not matter, only what it computes. Here it differs because a cell of another row or column is read.",
    },
    why: Words {
        vi: "Số đang in có thể tình cờ đúng, nhưng sẽ sai ngay khi số liệu thay đổi hoặc khi dùng lại biểu cho năm sau.",
        en: "The printed figure may be right by chance; it goes wrong as soon as the data change or the table is used again next year.",
    },
    safety: Words {
        vi: "An toàn khi các ô khác cùng cột (hoặc cùng dòng tổng) có công thức đúng quy tắc: ô sai được viết lại theo các ô đó. Nếu không, chỉ cảnh báo.",
        en: "Safe when other cells of the column (or of the total row) compute the rule: the cell is written like them. Otherwise it is only a warning.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=ROUND(C4/B5*100,2) -> 4,72\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &FORMULA_WRONG_CELL, |fault| {
            matches!(
                fault,
                Fault::Differs(Difference::WrongRow { .. } | Difference::WrongColumn { .. })
            )
        })
    }),
};

const RIGHT_RATES: &str = "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=ROUND(C5/B5*100,2) -> 1,39\n";

/// R602: a sum misses a row, or takes in what it should not.
pub(crate) static FORMULA_WRONG_SUM: Rule = Rule {
    code: "R602",
    name: "formula-wrong-sum",
    severity: Severity::Error,
    title: Words {
        vi: "Công thức bỏ sót hoặc lấy thừa ô",
        en: "A formula misses a cell or takes in one too many",
    },
    what: Words {
        vi: "Công thức không dùng một ô mà quy tắc cần (thường là vùng SUM thiếu dòng mới chèn), hoặc cộng cả ô không thuộc quy tắc, như dòng cộng nhóm hoặc chính dòng tổng.",
        en: "The formula leaves out a cell its rule needs (often the range of a SUM misses an inserted row), or takes in one that is no part of it, such as a subtotal or the total.",
    },
    why: Words {
        vi: "Tổng thiếu dòng hoặc cộng trùng dòng cộng nhóm là lỗi hay gặp nhất khi thêm thôn vào biểu cũ.",
        en: "A sum that misses a row or counts a subtotal again is what most often goes wrong when a row is added to an old table.",
    },
    safety: Words {
        vi: "An toàn khi các ô khác cùng dòng tổng (hoặc cùng cột) có công thức đúng quy tắc. Nếu không, chỉ cảnh báo.",
        en: "Safe when other cells of the total row (or of the column) compute the rule. Otherwise it is only a warning.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t=B3+C3 -> 1.793\nTây\t426\t1.639\t=B4+C4 -> 2.065\nNam\t485\t1.975\t=B5+C5 -> 2.460\nTổng cộng\t=SUM(B3:B4) -> 786\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t=B3+C3 -> 1.793\nTây\t426\t1.639\t=B4+C4 -> 2.065\nNam\t485\t1.975\t=B5+C5 -> 2.460\nTổng cộng\t=SUM(B3:B5) -> 1.271\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &FORMULA_WRONG_SUM, |fault| {
            matches!(
                fault,
                Fault::Differs(
                    Difference::Misses(_) | Difference::TakesIn(_) | Difference::TakesInTotal(_)
                )
            )
        })
    }),
};

/// R603: a formula is built on a ratio or on rounded cells.
pub(super) static FORMULA_ON_ROUNDED: Rule = Rule {
    code: "R603",
    name: "formula-on-rounded",
    severity: Severity::Error,
    title: Words {
        vi: "Công thức tính từ tỷ lệ hoặc số đã làm tròn",
        en: "A formula is built on a ratio or on rounded cells",
    },
    what: Words {
        vi: "Tỷ lệ phải tính từ số liệu gốc của dòng. Công thức này cộng, trừ hoặc lấy trung bình các tỷ lệ khác, hoặc làm tròn từng phần trước khi tính.",
        en: "A rate is computed from the counts of its row. This formula adds, subtracts or averages other rates, or rounds its parts first.",
    },
    why: Words {
        vi: "Kết quả lệch ở chữ số cuối (0,29 thay vì 0,30), có năm tình cờ đúng, có năm sai.",
        en: "The last digit comes out wrong (0,29 for 0,30): right by chance in one year, wrong in the next.",
    },
    safety: Words {
        vi: "An toàn khi các ô khác cùng cột có công thức đúng quy tắc. Nếu không, chỉ cảnh báo.",
        en: "Safe when other cells of the column compute the rule. Otherwise it is only a warning.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ\tGiảm\tMức giảm\tCuối năm\tTỷ lệ\nA\t1\t2\t3=2/1\t4\t5=4/1\t6=2-4\t7=6/1\nĐông\t426\t8\t=ROUND(C3/B3*100,2) -> 1,88\t2\t=ROUND(E3/B3*100,2) -> 0,47\t6\t=ROUND(G3/B3*100,2) -> 1,41\nTây\t485\t19\t=ROUND(C4/B4*100,2) -> 3,92\t5\t=ROUND(E4/B4*100,2) -> 1,03\t14\t=ROUND(G4/B4*100,2) -> 2,89\nNam\t3.022\t11\t=ROUND(C5/B5*100,2) -> 0,36\t2\t=ROUND(E5/B5*100,2) -> 0,07\t9\t=D5-F5 -> 0,29\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ\tGiảm\tMức giảm\tCuối năm\tTỷ lệ\nA\t1\t2\t3=2/1\t4\t5=4/1\t6=2-4\t7=6/1\nĐông\t426\t8\t=ROUND(C3/B3*100,2) -> 1,88\t2\t=ROUND(E3/B3*100,2) -> 0,47\t6\t=ROUND(G3/B3*100,2) -> 1,41\nTây\t485\t19\t=ROUND(C4/B4*100,2) -> 3,92\t5\t=ROUND(E4/B4*100,2) -> 1,03\t14\t=ROUND(G4/B4*100,2) -> 2,89\nNam\t3.022\t11\t=ROUND(C5/B5*100,2) -> 0,36\t2\t=ROUND(E5/B5*100,2) -> 0,07\t9\t=ROUND(G5/B5*100,2) -> 0,30\n",
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &FORMULA_ON_ROUNDED, |fault| {
            matches!(
                fault,
                Fault::Differs(
                    Difference::ReadsRatio(_)
                        | Difference::ReadsRounded(_)
                        | Difference::RoundedParts
                )
            )
        })
    }),
};

/// R604: a formula does not round as the form does, told once a column.
pub(super) static FORMULA_NOT_ROUNDED: Rule = Rule {
    code: "R604",
    name: "formula-not-rounded",
    severity: Severity::Warning,
    title: Words {
        vi: "Công thức làm tròn không đúng quy định của biểu",
        en: "A formula does not round as the form does",
    },
    what: Words {
        vi: "Biểu quy định số chữ số thập phân, nhưng công thức không làm tròn, làm tròn khác, hoặc làm tròn hai lần. Báo một lần cho mỗi cột.",
        en: "The form states the decimals, but the formula does not round, rounds otherwise, or rounds twice. Told once for each column.",
    },
    why: Words {
        vi: "Số trong tệp khác số trên giấy; bảng khác lấy số từ tệp sẽ cộng ra kết quả lệch.",
        en: "The file holds another figure than the paper, and tables that take it from the file come out different.",
    },
    safety: Words {
        vi: "Số in ra không đổi; chỉ sửa khi người dùng yêu cầu (--suggested).",
        en: "The printed figure stays the same; corrected only on request (--suggested).",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: Some(
            r#"
id = "example"
name = { vi = "Ví dụ", en = "Example" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "rate", formula = "2/1", scale = 100, decimals = 2 },
]
"#,
        ),
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=C4/B4*100 -> 2,46376811594203\nNam\t360\t5\t=ROUND(C5/B5*100,2) -> 1,39\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        let all = remarks(judged, &FORMULA_NOT_ROUNDED, is_rounding);
        // Where the rounding makes the figure wrong, that is a finding of its own.
        let (wrong, harmless): (Vec<Remark>, Vec<Remark>) = all.into_iter().partition(|remark| {
            remark.place.and_then(|place| judged.judgements.get(&place)).is_some_and(proves_nothing)
        });
        let mut found = by_column(harmless);
        found.extend(wrong);
        found
    }),
};

fn is_rounding(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Differs(
            Difference::NotRounded | Difference::OtherRounding { .. } | Difference::RoundedTwice
        )
    )
}

/// R605: a typed figure among formulas.
pub(super) static TYPED_AMONG_FORMULAS: Rule = Rule {
    code: "R605",
    name: "typed-among-formulas",
    severity: Severity::Warning,
    title: Words {
        vi: "Số gõ tay ở chỗ các ô khác dùng công thức",
        en: "A typed figure stands where the other cells have formulas",
    },
    what: Words {
        vi: "Các ô khác cùng cột (hoặc cùng dòng tổng) tính bằng công thức đúng quy tắc, riêng ô này chứa số gõ tay.",
        en: "Other cells of the column (or of the total row) compute the rule; this one holds a typed figure.",
    },
    why: Words {
        vi: "Số gõ đè lên công thức không thay đổi theo số liệu; lần sửa sau sẽ sót ô này.",
        en: "A figure typed over a formula does not follow the data: the next change passes it by.",
    },
    safety: Words {
        vi: "Số đúng thì chỉ đề xuất viết lại công thức; số sai được báo theo quy tắc của cột và sửa bằng công thức.",
        en: "Where the figure is right the formula is only suggested; a wrong one is told by its column's rule and corrected by a formula.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t1,39\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &TYPED_AMONG_FORMULAS, |fault| matches!(fault, Fault::TypedAmongFormulas))
    }),
};

/// R606: a formula among typed figures.
pub(super) static FORMULA_AMONG_DATA: Rule = Rule {
    code: "R606",
    name: "formula-among-data",
    severity: Severity::Note,
    title: Words {
        vi: "Công thức ở cột số liệu gõ tay",
        en: "A formula stands where data are typed",
    },
    what: Words {
        vi: "Cột này là số liệu gốc, các dòng khác gõ tay, riêng ô này là công thức. Báo một lần cho mỗi cột.",
        en: "The column holds original data typed in the other rows; this cell holds a formula. Told once for each column.",
    },
    why: Words {
        vi: "Số liệu gốc tính từ số khác thì không còn là căn cứ để đối chiếu.",
        en: "Original data that are computed from other figures are no evidence to check them by.",
    },
    safety: Words {
        vi: "Chỉ nêu để người lập biểu xem lại.",
        en: "Only told, for its author to look at.",
    },
    message,
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tCòn lại\nA\t1\t2\t3=1-2\nĐông\t510\t12\t498\nTây\t690\t17\t673\nNam\t360\t=C3-7 -> 5\t355\nBắc\t426\t8\t418\nTrung\t485\t19\t466\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tCòn lại\nA\t1\t2\t3=1-2\nĐông\t510\t12\t498\nTây\t690\t17\t673\nNam\t360\t5\t355\nBắc\t426\t8\t418\nTrung\t485\t19\t466\n",
    },
    check: Check::Remarks(|judged| {
        by_column(remarks(judged, &FORMULA_AMONG_DATA, |fault| {
            matches!(fault, Fault::FormulaAmongData)
        }))
    }),
};

/// R607: a stored result is stale.
pub(super) static STALE_RESULT: Rule = Rule {
    code: "R607",
    name: "stale-result",
    severity: Severity::Error,
    title: Words {
        vi: "Kết quả lưu trong ô khác kết quả của công thức",
        en: "A stored result is not what its formula computes",
    },
    what: Words {
        vi: "Mỗi công thức được tính lại từ các số đang có trong tệp rồi so với kết quả đã lưu.",
        en: "Each formula is computed again from the figures in the file and compared with the result stored with it.",
    },
    why: Words {
        vi: "Tệp được lưu khi chế độ tính là thủ công (Manual) in ra số cũ; máy khác mở tệp lại thấy số khác.",
        en: "A file saved with manual calculation prints old figures, and another machine that opens it shows others.",
    },
    safety: Words {
        vi: "An toàn: công thức giữ nguyên, chỉ cập nhật kết quả như Excel sẽ làm khi tính lại.",
        en: "Safe: the formula stays, its result is set to what the spreadsheet program itself would compute.",
    },
    message,
    advice: |told| {
        let stale = told.correct_cell().filter(|it| it.safe && told.written(it.place).is_none());
        let Some(Correct { place, to, .. }) = stale else { return told.review() };
        let (cell, value) = (told.table.address(place), told.table.print(place.column, to));
        say!(
            told.lang,
            "tính lại tệp (phím F9) rồi lưu; kết quả của ô {cell} là {value}",
            "compute the workbook again (F9) and save it; cell {cell} becomes {value}",
        )
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=ROUND(C5/B5*100,2) -> 1,67\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &STALE_RESULT, |fault| matches!(fault, Fault::Stale))
    }),
};

/// R608: a formula reads what is no figure.
pub(super) static FORMULA_READS_NO_FIGURE: Rule = Rule {
    code: "R608",
    name: "formula-reads-no-figure",
    severity: Severity::Error,
    title: Words {
        vi: "Công thức dùng ô trống, ô chữ hoặc ô đã xóa",
        en: "A formula reads a blank, a text or a deleted cell",
    },
    what: Words {
        vi: "Công thức tham chiếu ô trống, ô chữ, ô lỗi hoặc ô đã bị xóa (#REF!); hoặc cộng các số được lưu dưới dạng chữ, mà SUM bỏ qua.",
        en: "The formula refers to a blank, a text, an error or deleted cells (#REF!), or adds figures stored as text, which SUM passes over.",
    },
    why: Words {
        vi: "Excel tính các ô đó là 0 hoặc báo lỗi, nên kết quả thiếu mà không ai thấy.",
        en: "They count as 0 or give an error, so that the result is short without anybody seeing it.",
    },
    safety: Words {
        vi: "Công thức được viết lại khi các ô cùng cột có công thức đúng; số dạng chữ phải được đổi sang số trước.",
        en: "The formula is written anew when others of the column are right; figures stored as text must be made numbers first.",
    },
    message,
    advice: |told| {
        told.advise(Words::new(
            "đổi các ô chữ sang kiểu số rồi tính lại, hoặc sửa tham chiếu của công thức",
            "make the texts numbers and compute again, or put the references right",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t'426\t1.639\t2.065\nNam\t485\t1.975\t2.460\nTổng cộng\t=SUM(B3:B5) -> 845\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t426\t1.639\t2.065\nNam\t485\t1.975\t2.460\nTổng cộng\t=SUM(B3:B5) -> 1.271\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &FORMULA_READS_NO_FIGURE, |fault| {
            matches!(
                fault,
                Fault::TextInputs(_)
                    | Fault::Differs(
                        Difference::ReadsBlank(_)
                            | Difference::ReadsText(_)
                            | Difference::ReadsError(_)
                            | Difference::Deleted
                    )
            )
        })
    }),
};

/// R609: a formula reads another workbook.
pub(super) static FORMULA_EXTERNAL: Rule = Rule {
    code: "R609",
    name: "formula-external",
    severity: Severity::Warning,
    title: Words {
        vi: "Công thức lấy số từ tệp khác", en: "A formula reads another workbook"
    },
    what: Words {
        vi: "Công thức tham chiếu tệp khác. Chương trình không mở tệp nào ngoài tệp được soát, nên không kiểm tra được số này. Báo một lần cho mỗi cột.",
        en: "The formula refers to another workbook. The program opens nothing but the file it checks, so the figure cannot be verified. Told once for each column.",
    },
    why: Words {
        vi: "Người nhận không có tệp kia; mở tệp trên máy khác có thể mất số.",
        en: "Whoever receives the table does not have the other file, and its figures may be lost.",
    },
    safety: Words {
        vi: "Không tự sửa: cần đổi thành số hoặc chép số liệu gốc vào tệp.",
        en: "Never corrected: make it a figure, or copy the data into the workbook.",
    },
    message,
    advice: |told| {
        told.advise(Words::new(
            "chép số liệu gốc vào tệp, hoặc đổi công thức thành số",
            "copy the data into the workbook, or make the formula a figure",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t=[1]Sheet1!C5 -> 5\t=ROUND(C5/B5*100,2) -> 1,39\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        by_column(remarks(judged, &FORMULA_EXTERNAL, |fault| {
            matches!(fault, Fault::Differs(Difference::External(_)))
        }))
    }),
};

/// R610: a circular reference.
pub(super) static FORMULA_CIRCULAR: Rule = Rule {
    code: "R610",
    name: "formula-circular",
    severity: Severity::Error,
    title: Words { vi: "Công thức tham chiếu vòng", en: "A circular reference" },
    what: Words {
        vi: "Công thức dùng chính ô của nó, trực tiếp hoặc qua ô khác.",
        en: "The formula reads its own cell, directly or through others.",
    },
    why: Words {
        vi: "Excel không tính được và in 0 hoặc số cũ.",
        en: "It cannot be computed: the cell prints 0 or an old figure.",
    },
    safety: Words {
        vi: "An toàn khi các ô khác cùng dòng tổng hoặc cùng cột có công thức đúng quy tắc.",
        en: "Safe when other cells of the total row or of the column compute the rule.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t426\t1.639\t2.065\nNam\t485\t1.975\t2.460\nTổng cộng\t=SUM(B3:B6) -> 0\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
        right: "Thôn\tSố hộ\tNhân khẩu\tTổng\nA\t1\t2\t3=1+2\nĐông\t360\t1.433\t1.793\nTây\t426\t1.639\t2.065\nNam\t485\t1.975\t2.460\nTổng cộng\t=SUM(B3:B5) -> 1.271\t=SUM(C3:C5) -> 5.047\t=SUM(D3:D5) -> 6.318\n",
    },
    check: Check::Remarks(|judged| {
        remarks(judged, &FORMULA_CIRCULAR, |fault| {
            matches!(fault, Fault::Circular | Fault::Differs(Difference::Circular))
        })
    }),
};

/// R611: a formula computes something else.
pub(super) static FORMULA_OTHER: Rule = Rule {
    code: "R611",
    name: "formula-computes-otherwise",
    severity: Severity::Error,
    title: Words {
        vi: "Công thức tính khác quy tắc của cột",
        en: "A formula computes something else than its column",
    },
    what: Words {
        vi: "Công thức dùng đúng ô nhưng tính khác: nhân sai bậc (chưa nhân 100, nhân hai lần), gõ số cố định thay cho ô, đảo tử và mẫu, sai dấu.",
        en: "The formula reads the right cells and computes something else: a wrong factor, a number typed in place of a cell, numerator and denominator exchanged, a wrong sign.",
    },
    why: Words {
        vi: "Số đang in có thể tình cờ đúng, nhưng sẽ sai khi số liệu thay đổi.",
        en: "The printed figure may be right by chance and goes wrong when the data change.",
    },
    safety: Words {
        vi: "An toàn khi các ô khác cùng cột (hoặc cùng dòng tổng) có công thức đúng quy tắc. Nếu không, chỉ cảnh báo.",
        en: "Safe when other cells of the column (or of the total row) compute the rule. Otherwise it is only a warning.",
    },
    message,
    advice: look_at_formula,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=ROUND(C5/360*100,2) -> 1,39\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        let found = remarks(judged, &FORMULA_OTHER, |fault| {
            matches!(
                fault,
                Fault::Differs(
                    Difference::Calculation(_)
                        | Difference::Scale(_)
                        | Difference::TypedNumber { .. }
                )
            )
        });
        one_factor_told_once(judged, found)
    }),
};

/// Formulas off by one factor that are warned of one by one; more of a column are told together.
const ONE_BY_ONE: usize = 3;

/// A column half of which forgets `*100` is one thing to look at.
fn one_factor_told_once(judged: &Judged, remarks: Vec<Remark>) -> Vec<Remark> {
    let factor = |remark: &Remark| {
        let place = remark.place.filter(|_| remark.severity == Severity::Warning)?;
        match judged.judgements.get(&place)?.faults.first()? {
            Fault::Differs(Difference::Scale(factor)) => Some((place.column, factor.normalize())),
            _ => None,
        }
    };
    let (mut told, mut alike) = (Vec::new(), BTreeMap::<_, Vec<Remark>>::new());
    for remark in remarks {
        match factor(&remark) {
            Some(key) => alike.entry(key).or_default().push(remark),
            None => told.push(remark),
        }
    }
    for own in alike.into_values() {
        told.extend(if own.len() > ONE_BY_ONE { by_column(own) } else { own });
    }
    told
}

/// R612: a formula could not be judged.
pub(super) static FORMULA_UNDECIDED: Rule = Rule {
    code: "R612",
    name: "formula-undecided",
    severity: Severity::Note,
    title: Words {
        vi: "Chưa kiểm tra được công thức", en: "A formula could not be judged"
    },
    what: Words {
        vi: "Công thức dùng hàm chương trình chưa biết, hàm thay đổi theo thời gian (TODAY, RAND, OFFSET, INDIRECT), hoặc số liệu ở nơi khác. Báo một lần cho mỗi cột, có nêu tên hàm.",
        en: "The formula calls a function the program does not know, one that changes by itself (TODAY, RAND, OFFSET, INDIRECT), or reads data from elsewhere. Told once for each column, with the function's name.",
    },
    why: Words {
        vi: "Không kiểm tra được không có nghĩa là đúng; cần người xem.",
        en: "What could not be judged is no pass: somebody must look.",
    },
    safety: Words { vi: "Chỉ nêu, không sửa.", en: "Only told." },
    message,
    advice: |told| {
        told.advise(Words::new("tự kiểm tra công thức này", "look at this formula yourself"))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t=ROUND(C3/B3*100,2) -> 2,35\nTây\t690\t17\t=ROUND(C4/B4*100,2) -> 2,46\nNam\t360\t5\t=TYLE(C5,B5) -> 1,39\n",
        right: RIGHT_RATES,
    },
    check: Check::Remarks(|judged| {
        let mut found = remarks(judged, &FORMULA_UNDECIDED, |fault| {
            matches!(
                fault,
                Fault::Undecided(_)
                    | Fault::RowRule
                    | Fault::Differs(Difference::Undecided(_) | Difference::Volatile(_))
            )
        });
        // Without a result it is an error already, told with the same reason.
        found.retain(|remark| remark.place.is_none_or(|place| has_result(&judged.table, place)));
        by_column(found)
    }),
};

fn has_result(table: &Table, place: Place) -> bool {
    !matches!(table.datum(place).reading, Reading::Unknown(_))
}

/// The fault of a formula, with the figure where that is wrong.
fn message(told: &Told<'_>) -> String {
    let Some(judgement) = told.judgement() else { return told.stated() };
    let fault = fault(told.table, told.place, judgement, told.lang);
    if !told.others.is_empty() {
        let (label, cells, count) = (told.column(), told.cells(), told.others.len() + 1);
        return say!(
            told.lang,
            "cột {label}: {fault} ({count} ô: {cells})",
            "column {label}: {fault} ({count} cells: {cells})",
        );
    }
    let (position, found) = (told.position(), told.found());
    let text = format!("{position}: {fault}");
    match told.expected {
        Some(right) if told.table.number(told.place) != Some(right) => say!(
            told.lang,
            "{text}; ghi {found}, đúng là {right}",
            "{text}; it says {found}, it should be {right}",
            right = told.right(),
        ),
        Some(_) => say!(
            told.lang,
            "{text}; số đang ghi {found} chỉ tình cờ đúng",
            "{text}; the figure {found} is right only by chance",
        ),
        None => text,
    }
}

fn look_at_formula(told: &Told<'_>) -> String {
    if told.severity == Severity::Error {
        return told.review();
    }
    told.advise(Words::new(
        "xem lại công thức, đối chiếu với các ô khác của cột",
        "look at the formula beside the others of its column",
    ))
}

/// A remark for each cell whose gravest fault is of a kind. What no neighbour confirms may be the
/// author's own rule, and is only a warning.
fn remarks(judged: &Judged, rule: &'static Rule, is_kind: impl Fn(&Fault) -> bool) -> Vec<Remark> {
    judged
        .judgements
        .iter()
        .filter_map(|(place, judgement)| Some((place, judgement, judgement.faults.first()?)))
        .filter(|(_, _, gravest)| is_kind(gravest))
        .map(|(place, judgement, gravest)| {
            let certain = judgement.standing == Standing::Discredited
                || matches!(rule.code, "R607" | "R610")
                || matches!(gravest, Fault::Differs(Difference::Deleted));
            let severity = match rule.severity {
                Severity::Error if !certain => Severity::Warning,
                stated => stated,
            };
            let expected = judgement.expected.filter(|_| severity == Severity::Error);
            Remark { severity, expected, ..Remark::at(rule, *place) }
        })
        .collect()
}
