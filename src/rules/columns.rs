//! Rules over the headings: what the table prints against what its form states.

use super::{Check, Example, Remark, Rule, Severity};
use crate::lang::Words;

/// R501: the index row prints another formula than the form.
pub(super) static CONTRADICTED_FORMULA: Rule = Rule {
    code: "R501",
    name: "contradicted-formula",
    severity: Severity::Warning,
    title: Words {
        vi: "Công thức in trên biểu trái với biểu mẫu",
        en: "A printed formula contradicts the form",
    },
    what: Words {
        vi: "So công thức in ở dòng chỉ số cột với công thức của biểu mẫu. Số liệu được soát theo biểu mẫu.",
        en: "The formula in the index row is compared with the form's. Figures are checked by the form.",
    },
    why: Words {
        vi: "Người lập biểu tính theo công thức in trên biểu; in sai thì cả cột tính sai.",
        en: "Whoever fills the table computes by the printed formula; if it is wrong, so is the column.",
    },
    safety: Words {
        vi: "Không tự sửa: phải xem biểu mẫu nào đang được áp dụng.",
        en: "Never corrected: somebody must see which form is in force.",
    },
    example: Example {
        form: Some(
            r#"
id = "example"
name = { vi = "Ví dụ", en = "Example" }
column = [
  { label = "A", kind = "text" },
  { label = "1", kind = "count" },
  { label = "2", kind = "count" },
  { label = "3", kind = "count", formula = "1-2" },
]
"#,
        ),
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1+2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\n",
    },
    check: Check::Remarks(|table| {
        table
            .contradictions
            .iter()
            .map(|(column, printed, stated)| Remark {
                rule: &CONTRADICTED_FORMULA,
                place: None,
                others: vec![crate::table::Place::new(0, *column)],
                severity: CONTRADICTED_FORMULA.severity,
                expected: None,
                texts: Some((printed.clone(), stated.clone())),
            })
            .collect()
    }),
};
