//! Cells that differ from what the figures or the headings of their table show by themselves. Such a
//! relation is nowhere printed, so nobody is accused by it: it calls for a look, with its evidence.

use std::collections::BTreeSet;

use super::formula_alone::FORMULA_ALONE;
use super::told::Told;
use super::{Check, Example, Remark, Rule, Severity};
use crate::lang::{Lang, Words};
use crate::say;
use crate::table::{Doubt, Inference, Inferred, Place, Shape, Table, Told as By, Voice};

/// R701: a figure differs from how the others are computed.
pub(crate) static FOUND_MISMATCH: Rule = Rule {
    code: "R701",
    name: "found-mismatch",
    severity: Severity::Warning,
    title: Words {
        vi: "Số khác cách tính suy ra từ các số còn lại",
        en: "A figure differs from how the others are computed",
    },
    what: Words {
        vi: "Ở cột, dòng không in công thức, chương trình tìm cách tính mà các số cùng cho thấy (tổng, hiệu, tỷ lệ, số lượng nhân đơn giá…) và chỉ tin khi trùng hợp ngẫu nhiên xảy ra ít hơn 1 trong 1.000 bảng. Ô khác cách tính ấy được nhắc kèm căn cứ. Dùng --printed-rules-only để tắt.",
        en: "Where no formula is printed the way is sought in which the figures are computed (sums, differences, rates, quantity times price), and it is believed only where chance gives it in fewer than 1 of 1,000 tables. A cell that differs is told with that evidence. --printed-rules-only switches it off.",
    },
    why: Words {
        vi: "Phần lớn biểu thật không in công thức; sai ở đó không phép kiểm tra in trên biểu nào thấy được.",
        en: "Most real tables print no formula, and no printed rule sees an error there.",
    },
    safety: Words {
        vi: "Không tự sửa và không coi là lỗi: có thể biểu còn một phần không in. Lập biểu mẫu bằng `soatbieu forms new`, xem lại rồi dùng thì thành phép kiểm tra.",
        en: "Never corrected and never an error: a part may not be printed. Write a form with `soatbieu forms new`, look through it and use it, and it becomes a rule.",
    },
    message,
    advice,
    example: Example {
        form: None,
        wrong: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3\nĐông\t428\t15\t3,50\nTây\t612\t9\t1,47\nNam\t377\t21\t5,57\nBắc\t395\t8\t2,03\nTrung\t510\t12\t2,16\nThượng\t700\t33\t4,71\n",
        right: "Thôn\tSố hộ\tHộ nghèo\tTỷ lệ (%)\nA\t1\t2\t3\nĐông\t428\t15\t3,50\nTây\t612\t9\t1,47\nNam\t377\t21\t5,57\nBắc\t395\t8\t2,03\nTrung\t510\t12\t2,35\nThượng\t700\t33\t4,71\n",
    },
    check: Check::Remarks(|judged| doubts(&judged.table, &FOUND_MISMATCH)),
};

/// R702: a figure differs from what the headings state.
pub(crate) static HEADING_MISMATCH: Rule = Rule {
    code: "R702",
    name: "heading-mismatch",
    severity: Severity::Warning,
    title: Words {
        vi: "Số trái với tên cột, tên dòng", en: "A figure contradicts the headings"
    },
    what: Words {
        vi: "Tiêu đề cột nói cách tính mà không in công thức: “Tổng số” là tổng các cột cùng nhóm, “Nữ”, “Trong đó” không lớn hơn cột bao gồm nó; dòng “Tổng cộng”, “Cộng” là tổng các dòng của nó. Chỉ nhắc khi phần lớn các ô khác theo đúng tiêu đề. Dùng --printed-rules-only để tắt.",
        en: "Headings say how columns hang together: a `Tổng số` sums the columns of its group, `Nữ` and `Trong đó` are no more than what they are part of; a row `Tổng cộng` or `Cộng` sums its rows. Told only where most other cells agree with the heading. --printed-rules-only switches it off.",
    },
    why: Words {
        vi: "Bộ phận lớn hơn toàn bộ là dấu hiệu nhập nhầm cột hoặc nhầm số.",
        en: "A part that is more than its whole was typed into the wrong column, or is wrong.",
    },
    safety: Words {
        vi: "Không tự sửa: không biết số bộ phận sai hay số toàn bộ sai.",
        en: "Never corrected: either of the two may be wrong.",
    },
    message,
    advice,
    example: Example {
        form: None,
        wrong: "Trường\tSố lớp\tTổng số học sinh\tTrong đó: Nữ\nA\t1\t2\t3\nĐông\t4\t120\t58\nTây\t3\t95\t41\nNam\t5\t143\t70\nBắc\t3\t88\t39\nTrung\t2\t64\t90\nThượng\t4\t131\t66\nHạ\t3\t77\t30\nNội\t5\t152\t75\nNgoại\t4\t109\t50\nSơn\t3\t99\t47\n",
        right: "Trường\tSố lớp\tTổng số học sinh\tTrong đó: Nữ\nA\t1\t2\t3\nĐông\t4\t120\t58\nTây\t3\t95\t41\nNam\t5\t143\t70\nBắc\t3\t88\t39\nTrung\t2\t64\t30\nThượng\t4\t131\t66\nHạ\t3\t77\t30\nNội\t5\t152\t75\nNgoại\t4\t109\t50\nSơn\t3\t99\t47\n",
    },
    check: Check::Remarks(|judged| doubts(&judged.table, &HEADING_MISMATCH)),
};

/// Cells of one relation that are warned of one by one; more are told together.
const ONE_BY_ONE: usize = 3;

/// What a rule tells of the cells that differ, the strongest relation first: a cell is doubted once.
pub(super) fn doubts(table: &Table, rule: &'static Rule) -> Vec<Remark> {
    let mut relations: Vec<(usize, &Inferred)> = table.inferred.iter().enumerate().collect();
    relations.sort_by_key(|(_, one)| std::cmp::Reverse((one.voice, one.by == By::Cells, one.bits)));
    let mut doubted: BTreeSet<Place> = BTreeSet::new();
    let mut remarks = Vec::new();
    for (at, one) in relations.into_iter().filter(|(_, one)| one.speaks()) {
        let is_new = |doubt: &&Doubt| !doubted.contains(&doubt.place);
        let open: Vec<&Doubt> = one.doubts.iter().filter(is_new).collect();
        doubted.extend(open.iter().map(|doubt| doubt.place));
        if one.voice < Voice::Convicts && reporting(one.by) == rule {
            remarks.extend(told(table, rule, (at, one), &open));
        }
    }
    remarks
}

fn reporting(by: By) -> &'static Rule {
    match by {
        By::Cells => &FORMULA_ALONE,
        By::Figures => &FOUND_MISMATCH,
        By::Headings => &HEADING_MISMATCH,
    }
}

/// The remarks on the cells that differ from one relation.
fn told(
    table: &Table,
    rule: &'static Rule,
    (at, one): (usize, &Inferred),
    open: &[&Doubt],
) -> Vec<Remark> {
    let remark = |doubt: &Doubt, severity: Severity| Remark {
        severity,
        expected: Some(doubt.expected),
        inferred: Some(at),
        ..Remark::at(rule, doubt.place)
    };
    let is_certain = |doubt: &&Doubt| doubt.certain || is_contradicted_elsewhere(table, one, doubt);
    let (certain, open): (Vec<&Doubt>, Vec<&Doubt>) = open.iter().copied().partition(is_certain);
    let mut remarks: Vec<Remark> =
        certain.into_iter().map(|doubt| remark(doubt, Severity::Error)).collect();
    let severity = if one.voice == Voice::Notes { Severity::Note } else { Severity::Warning };
    if severity == Severity::Note || open.len() > ONE_BY_ONE {
        remarks.extend(open.split_first().map(|(first, others)| Remark {
            expected: None,
            others: others.iter().map(|doubt| doubt.place).collect(),
            ..remark(first, severity)
        }));
    } else {
        remarks.extend(open.into_iter().map(|doubt| remark(doubt, severity)));
    }
    remarks
}

/// True for a cell that differs from live formulas, where another source gives the same figure.
fn is_contradicted_elsewhere(table: &Table, one: &Inferred, doubt: &Doubt) -> bool {
    let others = table.inferred.iter().filter(|other| other.by != By::Cells);
    let mut same = others.filter(|other| other.voice >= Voice::Warns).flat_map(|o| &o.doubts);
    one.by == By::Cells
        && same.any(|other| (other.place, other.expected) == (doubt.place, doubt.expected))
}

fn message(told: &Told<'_>) -> String {
    let Some(one) = told.inferred else { return told.stated() };
    let statement = one.statement.get(told.lang);
    if told.severity == Severity::Note || !told.others.is_empty() {
        return listed(told, one);
    }
    let (position, found) = (told.position(), told.found());
    let right = told.right();
    if matches!(one.says, Inference::AtMost(_)) {
        return say!(
            told.lang,
            "{position}: ghi {found}, nhiều hơn {right} của cột bao gồm nó; {statement}",
            "{position}: says {found}, more than the {right} of its whole; {statement}",
        );
    }
    if one.of_rows && one.by == By::Headings && one.adds() {
        return say!(
            told.lang,
            "{position}: ghi {found}, cộng lại là {right}; {statement}",
            "{position}: says {found}, added up it is {right}; {statement}",
        );
    }
    if one.of_rows && one.by == By::Headings {
        return say!(
            told.lang,
            "{position}: ghi {found}, tính lại là {right}; {statement}",
            "{position}: says {found}, computed it is {right}; {statement}",
        );
    }
    say!(
        told.lang,
        "{position}: ghi {found}, theo cách tính của các ô khác là {right}; {statement}",
        "{position}: says {found}, computed as the other cells are it is {right}; {statement}",
    )
}

/// All cells that differ, told once for the relation.
fn listed(told: &Told<'_>, one: &Inferred) -> String {
    let (statement, cells) = (one.statement.get(told.lang), told.cells());
    let count = told.others.len() + 1;
    let reasons: Vec<&str> = one.reasons.iter().map(|reason| reason.get(told.lang)).collect();
    let reasons =
        if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    say!(
        told.lang,
        "{statement}; {count} ô khác cách tính này: {cells}{reasons}",
        "{statement}; cells that differ, {count}: {cells}{reasons}",
    )
}

fn advice(told: &Told<'_>) -> String {
    let adds = |one: &Inferred| matches!(&one.says, Inference::Is(Shape::Linear(sum)) if sum.terms.len() > 1);
    let part = match (told.inferred.is_some_and(adds), told.lang) {
        (false, _) => "",
        (true, Lang::Vi) => ", hoặc biểu còn một phần không in",
        (true, Lang::En) => ", or a part is not printed",
    };
    if *told.rule == HEADING_MISMATCH {
        if told.inferred.is_some_and(|one| one.of_rows) {
            return say!(
                told.lang,
                "đối chiếu số gốc của ô này và của các ô được cộng{part}",
                "compare this cell and those it sums with their source{part}",
            );
        }
        return say!(
            told.lang,
            "đối chiếu số gốc của ô này và của các ô cùng dòng{part}",
            "compare this cell and those it belongs to with their source{part}",
        );
    }
    say!(
        told.lang,
        "biểu không in công thức này nên chỉ nhắc: đối chiếu số gốc của ô này và của các ô dùng để tính{part}",
        "the table does not print this formula, so this is only a hint: compare the cell and those it comes from with their source{part}",
    )
}
