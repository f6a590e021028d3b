//! Column formulas: what the index row, or the form, says of each row.

use super::{Check, Example, Rule, Severity};
use crate::lang::Words;
use crate::relations::Concern;

/// R101: a rate differs from the ratio of its counts.
pub(super) static RATE_MISMATCH: Rule = Rule {
    code: "R101",
    name: "rate-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Tỷ lệ không khớp với số liệu gốc",
        en: "A rate differs from the ratio of its counts",
    },
    what: Words {
        vi: "Tính lại tỷ lệ từ số liệu gốc của chính dòng đó theo công thức của cột (ví dụ 14=13/1), làm tròn nửa lên đến số chữ số thập phân của biểu, rồi so với số đã in.",
        en: "The rate is computed again from the counts of its own row by the column's formula (such as 14=13/1), rounded half up to the decimals of the form, and compared with what is printed.",
    },
    why: Words {
        vi: "Tỷ lệ là số được trích vào báo cáo và quyết định. Tính từ tỷ lệ đã làm tròn, hoặc quên cập nhật khi số hộ đổi, đều cho số sai.",
        en: "Rates are what reports and decisions quote. Computing them from rounded rates, or not updating them when a count changes, gives wrong ones.",
    },
    safety: Words {
        vi: "An toàn khi tử số và mẫu số được các phép kiểm tra khác (cộng dọc, hiệu các cột) xác nhận; nếu không, chỉ là đề xuất.",
        en: "Safe when other rules (column sums, differences) vouch for the counts; otherwise a suggestion.",
    },
    message: |told| told.differs(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,16\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3=2/1\nĐông\t510\t12\t2,35\nTây\t690\t17\t2,46\nNam\t360\t5\t1,39\n",
    },
    check: Check::Relations(Concern::Rate),
};

/// R102: a difference, sum or product differs from its inputs.
pub(super) static FORMULA_MISMATCH: Rule = Rule {
    code: "R102",
    name: "formula-mismatch",
    severity: Severity::Error,
    title: Words {
        vi: "Số liệu không khớp công thức của cột",
        en: "A figure differs from its column's formula",
    },
    what: Words {
        vi: "Tính lại hiệu hoặc tổng giữa các cột trong cùng một dòng (ví dụ 11=3-7, 1=2+3) rồi so với số đã in.",
        en: "The difference or sum of columns in one row (such as 11=3-7, 1=2+3) is computed again and compared with what is printed.",
    },
    why: Words {
        vi: "Số cuối năm không bằng số đầu năm trừ số giảm thì cả biểu không dùng được để giao chỉ tiêu.",
        en: "If the end of the year is not the start less the reduction, the table cannot be used to set a target.",
    },
    safety: Words {
        vi: "An toàn khi các phép kiểm tra khác xác nhận các ô còn lại của công thức, hoặc công thức và dòng tổng cùng cho một số; nếu nhiều ô cùng có thể sai thì chỉ liệt kê.",
        en: "Safe when other rules vouch for the other cells of the formula, or the formula and a total agree in one figure; where several cells may be wrong, they are only listed.",
    },
    message: |told| told.differs(),
    advice: |told| told.review(),
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t8\nTây\t17\t2\t15\nTổng cộng\t29\t5\t24\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nTổng cộng\t29\t5\t24\n",
    },
    check: Check::Relations(Concern::Formula),
};
