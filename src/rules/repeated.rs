//! Totals that another table of the workbook repeats.

use super::told::Told;
use super::{Check, Example, Remark, Rule, Severity};
use crate::judge::Judged;
use crate::lang::Words;
use crate::relations::Repeat;
use crate::say;
use crate::table::print_number;
use crate::words::money_unit_name;

/// R703: a figure differs from the total of another table that it repeats.
pub(crate) static REPEATED_TOTAL: Rule = Rule {
    code: "R703",
    name: "repeated-total",
    severity: Severity::Warning,
    title: Words {
        vi: "Số tổng hợp khác số tổng của biểu chi tiết",
        en: "A summary repeats a total of another table differently",
    },
    what: Words {
        vi: "Dòng hoặc cột mang tên một trang, một nhóm hay một cột của biểu khác trong cùng tệp (biểu tổng hợp theo thôn bên cạnh biểu của từng thôn) được so với số tổng ở biểu đó, cùng tiêu đề, có tính đến đơn vị tiền. Không so khi tiêu đề, tên biểu hoặc tên trang cho thấy khác năm, khác kỳ (đầu năm, lũy kế), khác loại số liệu (kế hoạch, thực hiện, hiện trạng, sau điều chỉnh) hoặc khác phạm vi (kể cả, trong đó); nhiều cột cùng liệt kê một số tổng thì chỉ so cột khớp nhất. Chỉ tin là cùng một số liệu khi ít nhất bốn số khác nhau đã trùng khớp; khi có nhiều ô khác, mỗi ô phải có tám số như vậy. Dùng --printed-rules-only để tắt.",
        en: "A row or column named after a sheet, a group or a column of another table of the workbook is held against the total there, under the same heading and in the same money; not where headings, title or tab show another year, time (beginning of the year, cumulative), stage (planned, done, as it is, adjusted) or scope (including, of which), and of several columns that list the same totals only the best-agreeing. That both are the same is believed only where at least four different figures agree, and eight for each of several that differ. --printed-rules-only switches it off.",
    },
    why: Words {
        vi: "Sửa biểu chi tiết mà quên biểu tổng hợp (hoặc ngược lại) là sai sót không phép kiểm tra nào trong từng biểu thấy được.",
        en: "A detailed table that was mended and a summary that was not: no check of either alone sees it.",
    },
    safety: Words {
        vi: "Không tự sửa và không coi là lỗi: không biết biểu nào đúng.",
        en: "Never corrected and never an error: either table may be the right one.",
    },
    message: |told| match repeat(told) {
        Some(repeat) => say!(
            told.lang,
            "{position}: ghi {found}, số tổng ở ô {cell} ghi {total}; {same} ô khác của biểu này ghi đúng như số tổng ở biểu kia",
            "{position}: says {found}, the total in cell {cell} says {total}; {same} other cells of this table repeat such totals as they are",
            position = told.position(),
            found = told.found(),
            cell = repeat.cell,
            total = total(told, repeat),
            same = repeat.same,
        ),
        None => told.position(),
    },
    advice: |told| match repeat(told) {
        Some(repeat) => say!(
            told.lang,
            "đối chiếu ô này với ô {cell}: một trong hai biểu có thể chưa cập nhật",
            "compare this cell with {cell}: one of the two tables may not be up to date",
            cell = repeat.cell,
        ),
        None => told.review(),
    },
    example: Example {
        form: None,
        wrong: "Thôn\tTổng số người\tCó thẻ bảo hiểm\nA\t1\t2\nĐông\t431\t410\nTây\t603\t588\nNam\t377\t371\nBắc\t495\t480\nTrung\t343\t320\n\u{c}Thôn\tNam\tNữ\tTổng số người\nA\t1\t2\t3=1+2\nĐông\t212\t219\t431\nTây\t305\t298\t603\nNam\t187\t190\t377\nBắc\t254\t241\t495\nTrung\t163\t170\t333\n",
        right: "Thôn\tTổng số người\tCó thẻ bảo hiểm\nA\t1\t2\nĐông\t431\t410\nTây\t603\t588\nNam\t377\t371\nBắc\t495\t480\nTrung\t333\t320\n\u{c}Thôn\tNam\tNữ\tTổng số người\nA\t1\t2\t3=1+2\nĐông\t212\t219\t431\nTây\t305\t298\t603\nNam\t187\t190\t377\nBắc\t254\t241\t495\nTrung\t163\t170\t333\n",
    },
    check: Check::Remarks(remarks),
};

fn repeat<'a>(told: &Told<'a>) -> Option<&'a Repeat> {
    told.links.repeated().get(&told.place)
}

/// What the other cell says: as it is written, and in the unit of this table.
fn total(told: &Told<'_>, repeat: &Repeat) -> String {
    let units = repeat.converted.and_then(|converted| {
        Some((converted, money_unit_name(converted.from)?, money_unit_name(converted.to)?))
    });
    match units {
        Some((converted, from, to)) => say!(
            told.lang,
            "{written} {from}, quy ra {to} là {figure}",
            "{written} {from}, which is {figure} {to}",
            written = print_number(converted.written, Some(converted.decimals)),
            from = from.get(told.lang),
            to = to.get(told.lang),
            figure = told.right(),
        ),
        None => told.right(),
    }
}

fn remarks(judged: &Judged) -> Vec<Remark> {
    let repeated = judged.links.repeated().iter();
    repeated
        .map(|(place, repeat)| Remark {
            expected: Some(repeat.figure),
            ..Remark::at(&REPEATED_TOTAL, *place)
        })
        .collect()
}
