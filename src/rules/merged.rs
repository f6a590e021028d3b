//! Figures merged over several rows: the figure of neither is known.

use super::{Check, Example, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::say;

/// R409: one figure stands for several cells.
pub(crate) static MERGED_FIGURE: Rule = Rule {
    code: "R409",
    name: "merged-figure",
    severity: Severity::Error,
    title: Words {
        vi: "Ô số liệu bị gộp với ô khác, không có số riêng",
        en: "A figure is merged with another cell",
    },
    what: Words {
        vi: "Một ô gộp (Merge Cells) trùm lên số liệu của nhiều dòng hoặc nhiều cột: chỉ còn một số cho các ô đó. Các số này được coi là chưa biết; số tính được từ các phép kiểm tra khác được nêu ra.",
        en: "A merged cell covers the figures of several rows or columns: one figure is left for all of them. They count as unknown; what other rules give is told.",
    },
    why: Words {
        vi: "Khi gộp ô, Excel chỉ giữ số của ô đầu và xóa số của các ô còn lại; khi cộng, các ô đó là 0.",
        en: "When cells are merged, only the first one's figure is kept and the others are lost; sums count them as 0.",
    },
    safety: Words {
        vi: "Không tự sửa: hãy bỏ gộp ô (Unmerge Cells) rồi ghi đủ số cho từng ô.",
        en: "Not corrected: unmerge the cells and give each its figure.",
    },
    message: |told| {
        let position = told.position();
        told.with_expected(say!(
            told.lang,
            "{position}: ô bị gộp với ô khác nên không có số riêng",
            "{position}: merged with another cell, so it has no figure of its own",
        ))
    },
    advice: |told| {
        told.advise(Words::new(
            "bỏ gộp ô (Unmerge Cells), ghi đủ số cho từng ô rồi kiểm tra lại",
            "unmerge the cells, give each its figure and check again",
        ))
    },
    example: Example {
        form: None,
        wrong: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t↑\t2\t15\nNam\t5\t1\t4\n",
        right: "Thôn\tĐầu năm\tGiảm\tCuối năm\nA\t1\t2\t3=1-2\nĐông\t12\t3\t9\nTây\t17\t2\t15\nNam\t5\t1\t4\n",
    },
    check: Check::Remarks(|Judged { table, .. }| {
        let covered = table.merged.iter().flat_map(|places| places.iter().skip(1));
        covered.map(|place| Remark::at(&MERGED_FIGURE, *place)).collect()
    }),
};
