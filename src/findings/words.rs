//! What a finding says, for the terminal, the JSON and the HTML, and the names of what it is made of.
//! The sentences are the rules' own ([`crate::rules`]).

use super::{Checked, Finding, Reason, Verdict, explained};
use crate::lang::{Lang, Words};
use crate::relations::{Instance, Undecided};
pub use crate::rules::fault;
pub use crate::rules::phrases::{cell_list, derivation, position, printed, row_name};
use crate::rules::{Correct, Severity, Told};
use crate::say;
use crate::solver::Grade;
use crate::table::{Kind, Place};

/// What the finding says, in one sentence without a full stop.
#[must_use]
pub fn message(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    if let Some(own) = &finding.told {
        return own.get(lang).to_owned();
    }
    match told(checked, finding, lang) {
        Some(told) => (finding.rule.message)(&told),
        None => finding.rule.title.get(lang).to_owned(),
    }
}

/// What to do about a finding, and which cells come out right by themselves then.
#[must_use]
pub fn advice(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    with_followers(checked, finding, advice_alone(checked, finding, lang), lang)
}

/// What is asked of whoever made the table: the advice without the grounds of its grade.
#[must_use]
pub fn request(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let advice = told(checked, finding, lang)
        .map_or_else(String::new, |told| advised(checked, finding, &told));
    with_followers(checked, finding, advice, lang)
}

/// What the rule advises.
fn advised(checked: &Checked, finding: &Finding, told: &Told<'_>) -> String {
    match &finding.told {
        Some(_) if finding.inferred.is_none() => explained::advice(checked, finding, told.lang),
        _ => (finding.rule.advice)(told),
    }
}

/// What to do about a finding.
#[must_use]
pub fn advice_alone(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let Some(told) = told(checked, finding, lang) else { return String::new() };
    let advice = advised(checked, finding, &told);
    match finding.correction.as_ref().filter(|_| told.correct_cell().is_some()) {
        Some(correction) => format!("{advice} ({})", reason(correction.reason, lang)),
        None => advice,
    }
}

/// The advice with the cells that come out right by themselves once it is followed.
fn with_followers(checked: &Checked, finding: &Finding, advice: String, lang: Lang) -> String {
    let Some(place) = finding.place.filter(|_| !finding.followers.is_empty()) else {
        return advice;
    };
    let (cell, count) = (checked.table.address(place), finding.followers.len());
    let cells = cell_list(&checked.table, finding.followers.iter().copied());
    say!(
        lang,
        "{advice}; {count} ô sẽ tự đúng khi sửa {cell}: {cells}",
        "{advice}; {count} cells come out right by themselves once {cell} is mended: {cells}",
    )
}

/// What a finding is told from; none without a cell or a column.
fn told<'a>(checked: &'a Checked, finding: &'a Finding, lang: Lang) -> Option<Told<'a>> {
    let heading = finding.heading.as_ref();
    let column = heading.map(|(column, ..)| Place::new(0, *column));
    let (table, ledger) = checked.ground(finding);
    Some(Told {
        table,
        ledger,
        judgements: &checked.judgements,
        links: &checked.links,
        rule: finding.rule,
        severity: finding.severity,
        place: column
            .or(finding.place)
            .or(finding.others.first().copied())
            .or(finding.outside.map(|_| Place::new(0, 0)))?,
        outside: finding.outside,
        others: &finding.others,
        more: finding.more,
        texts: heading
            .map(|(_, found, wanted)| (found, wanted))
            .or(finding.texts.as_ref().map(|(found, wanted)| (found, wanted)))
            .map(|(found, wanted)| (found.as_str(), wanted.as_str())),
        expected: finding.expected,
        verdict: finding.verdict,
        alternatives: &finding.alternatives,
        evidence: &finding.evidence,
        inferred: finding.told_by(table),
        correction: finding.correction.as_ref().map(|correction| Correct {
            place: correction.place,
            to: correction.to,
            safe: correction.grade == Grade::Safe,
        }),
        lang,
    })
}

/// The instance a finding's sentence is about: the broken one that computes the cell, else the
/// first broken one.
#[must_use]
pub fn telling<'a>(checked: &'a Checked, finding: &'a Finding) -> Option<&'a Instance> {
    told(checked, finding, Lang::Vi)?.instance()
}

/// The formula a correction writes, where it is another than the cell's own.
#[must_use]
pub fn written_formula(checked: &Checked, place: Place) -> Option<String> {
    checked.judgements.get(&place)?.written(checked.table.datum(place))
}

/// The cell of another table that a finding is about, in the notation of references between sheets and
/// files.
#[must_use]
pub fn elsewhere<'a>(checked: &'a Checked, finding: &Finding) -> Option<&'a str> {
    let place = finding.place?;
    if *finding.rule == crate::rules::REPEATED_TOTAL {
        return checked.links.repeated().get(&place).map(|repeat| repeat.cell.as_str());
    }
    if *finding.rule == crate::rules::ACROSS_MISMATCH {
        let (_, link) = checked.links.mismatch(&checked.table, place)?;
        return Some(&link.cell);
    }
    None
}

/// Why a correction has its grade.
#[must_use]
pub fn reason(reason: Reason, lang: Lang) -> String {
    match reason {
        Reason::InputsVouched => say!(
            lang,
            "tính từ các ô mà các phép kiểm tra khác đã xác nhận",
            "computed from cells that other rules confirm",
        ),
        Reason::RulesAgree(count) => say!(
            lang,
            "{count} phép kiểm tra độc lập cùng cho số này",
            "{count} independent rules agree in this figure",
        ),
        Reason::OnlyExplanation => say!(
            lang,
            "cách giải thích duy nhất với ít ô sai nhất, nhưng ít căn cứ",
            "the only explanation with the fewest wrong cells, with little support",
        ),
        Reason::FormulaProved => say!(
            lang,
            "công thức đã được kiểm chứng là tính đúng quy tắc của ô",
            "the formula is proved to compute the cell's rule",
        ),
        Reason::OneCause(0 | 1) => say!(
            lang,
            "nguyên nhân khớp với mọi phép tính của ô",
            "the cause fits everything computed with the cell",
        ),
        Reason::OneCause(count) => say!(
            lang,
            "một nguyên nhân giải thích đúng cả {count} ô",
            "one cause explains all {count} cells",
        ),
        Reason::OneOfSeveral => {
            say!(lang, "một trong nhiều cách giải thích", "one of several explanations",)
        }
        Reason::FormulaKept => say!(
            lang,
            "ô này là công thức nên không ghi số đè lên",
            "the cell holds a formula, which no figure is written over",
        ),
        Reason::PartOfArray => say!(
            lang,
            "ô này thuộc một công thức mảng nên không sửa riêng được; hãy sửa công thức mảng trong Excel",
            "the cell is part of an array formula and cannot be changed alone; correct the array formula in Excel",
        ),
        Reason::FormatOnly => say!(
            lang,
            "chỉ đổi định dạng, số và công thức giữ nguyên",
            "only the format changes, figures and formulas stay",
        ),
        Reason::Accepted => say!(lang, "do người dùng quyết định", "decided by the user"),
    }
}

/// The name of a verdict.
#[must_use]
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    let words = match verdict {
        Verdict::Pinned => Words::new("xác định được ô sai", "pinned"),
        Verdict::Narrowed => Words::new("khoanh được các ô có thể sai", "narrowed"),
        Verdict::Undecidable => Words::new("không xác định được", "undecidable"),
    };
    words.get(lang)
}

/// The name of a severity.
#[must_use]
pub fn severity(severity: Severity, lang: Lang) -> &'static str {
    let words = match severity {
        Severity::Error => Words::new("lỗi", "error"),
        Severity::Warning => Words::new("cảnh báo", "warning"),
        Severity::Note => Words::new("ghi chú", "note"),
    };
    words.get(lang)
}

/// Why an instance could not be evaluated.
#[must_use]
pub fn undecided(reason: Undecided, lang: Lang) -> &'static str {
    let words = match reason {
        Undecided::TargetBlank => Words::new("ô tính bỏ trống", "the computed cell is blank"),
        Undecided::InputsBlank => Words::new("các ô đầu vào bỏ trống", "the inputs are blank"),
        Undecided::Unreadable => Words::new("có ô không phải là số", "a cell holds no number"),
        Undecided::Unknown => Words::new("có ô chưa biết số liệu", "a figure is not known"),
        Undecided::ZeroDenominator => Words::new("mẫu số bằng 0", "the denominator is zero"),
        Undecided::NoScale => {
            Words::new("chưa rõ tỷ lệ tính theo đơn vị nào", "the scale of the ratio is not known")
        }
        Undecided::Misread => Words::new(
            "cột dùng để tính bị mất dấu chấm hàng nghìn",
            "a column it uses lost its thousands dots",
        ),
        Undecided::Contradicted => Words::new(
            "phần lớn các dòng trái với công thức hoặc phép kiểm tra này",
            "most rows contradict the formula or bound",
        ),
        Undecided::TooLarge => Words::new(
            "số quá lớn để tính chính xác",
            "the figures are too large for exact arithmetic",
        ),
    };
    words.get(lang)
}

/// The name of a kind of column.
#[must_use]
pub fn kind(kind: Kind, lang: Lang) -> &'static str {
    let words = match kind {
        Kind::Text => Words::new("chữ", "text"),
        Kind::Count => Words::new("số lượng", "count"),
        Kind::Amount => Words::new("số lượng, số tiền", "amount"),
        Kind::Rate => Words::new("tỷ lệ", "rate"),
        Kind::Average => Words::new("bình quân", "average"),
    };
    words.get(lang)
}
