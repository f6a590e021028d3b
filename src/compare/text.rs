//! A comparison in words.

use std::fmt::Write as _;

use super::{Answer, Asked, Change, Comparison, Counts, State, TableComparison, Tally, Text, Why};
use crate::lang::{Lang, Words};
use crate::say;

/// Changes named of one kind before it says that there are more.
const NAMED: usize = 50;

impl State {
    /// The state in words.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Failed => Words { vi: "chưa so được", en: "not compared" },
            Self::NotSentAgain => Words { vi: "chưa gửi lại", en: "not sent again" },
            Self::Open => Words { vi: "còn điểm chưa sửa", en: "something is not mended" },
            Self::ChangedBesides => {
                Words { vi: "đã sửa, có thay đổi khác", en: "mended, with other changes" }
            }
            Self::Settled => Words { vi: "đã sửa đủ", en: "all mended" },
        }
    }
}

impl Answer {
    /// What came of a point, in words.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Mended => Words { vi: "đã sửa", en: "mended" },
            Self::Open => Words { vi: "chưa sửa", en: "not mended" },
            Self::Gone => Words { vi: "không còn", en: "gone" },
        }
    }
}

impl Why {
    /// Why a cell changed, in words.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Unasked => {
                Words { vi: "không được đề nghị sửa", en: "nobody asked for it" }
            }
            Self::Named => {
                Words { vi: "có nêu để đối chiếu", en: "named to be looked at" }
            }
            Self::Follows => Words { vi: "tính lại theo số đã sửa", en: "computed anew" },
        }
    }
}

/// How many units stand where, in a sentence.
#[must_use]
pub fn tally(tally: &Tally, lang: Lang) -> String {
    let Tally { units, settled, open, changed_besides, not_sent_again, failed, asked, mended } =
        *tally;
    say!(
        lang,
        "Đã so {units} đơn vị, {asked} điểm đã đề nghị: {mended} điểm đã sửa. Đã sửa đủ, không thay đổi khác: {settled} đơn vị; đã sửa, có thay đổi khác: {changed_besides}; còn điểm chưa sửa: {open}; chưa gửi lại: {not_sent_again}; chưa so được: {failed}.",
        "Units compared: {units}, points asked: {asked}, mended: {mended}. All mended and nothing else changed: {settled}; mended, with other changes: {changed_besides}; not all mended: {open}; not sent again: {not_sent_again}; not compared: {failed}.",
    )
}

/// The files a comparison is about.
#[must_use]
pub fn files(comparison: &Comparison, lang: Lang) -> String {
    let none = say!(lang, "(không có)", "(none)");
    let old = comparison.old.as_ref().unwrap_or(&none);
    let new = comparison.new.as_ref().unwrap_or(&none);
    format!("{old} → {new}")
}

/// A comparison as lines of text.
#[must_use]
pub fn render(comparison: &Comparison, lang: Lang) -> String {
    let state = comparison.state().words().get(lang);
    let unit = &comparison.unit;
    let mut text = format!("{unit}: {state} [{}]\n", files(comparison, lang));
    if let Some(failure) = &comparison.failure {
        let _ = writeln!(text, "  {failure}");
    }
    let Counts { asked, mended, .. } = comparison.counts();
    if asked > 0 && comparison.new.is_some() {
        text.push_str(&say!(
            lang,
            "  Đề nghị {asked} điểm: đã sửa {mended}, chưa sửa {left}.\n",
            "  Points asked: {asked}; mended {mended}, not mended {left}.\n",
            left = asked - mended,
        ));
    }
    for one in &comparison.tables {
        table(one, comparison.new.is_some(), lang, &mut text);
    }
    for (sheet, errors) in &comparison.new_tables {
        text.push_str(&say!(
            lang,
            "  {sheet}: bảng mới, có {errors} lỗi\n",
            "  {sheet}: a new table, errors: {errors}\n",
        ));
    }
    some(&comparison.outside, &mut text, lang, |one| {
        let what = say!(lang, "ngoài bảng", "outside of tables");
        format!("  {what}: {}", outside(one, lang))
    });
    text
}

fn table(one: &TableComparison, sent_again: bool, lang: Lang, text: &mut String) {
    let sheet = &one.sheet;
    if one.missing && sent_again {
        text.push_str(&say!(
            lang,
            "  {sheet}: không còn bảng này trong tệp gửi lại\n",
            "  {sheet}: the table is not in the second file\n",
        ));
    }
    some(&one.asked, text, lang, |asked| format!("  {}", point(asked, sent_again, lang)));
    some(&one.new_errors, text, lang, |asked| {
        let what = say!(lang, "lỗi mới", "new error");
        format!("  {what}: {} {}", asked.cell, asked.message)
    });
    for line in structure(one, lang) {
        let _ = writeln!(text, "  {line}");
    }
    some(&one.changes, text, lang, |change| format!("  {}", changed(change, lang)));
    if one.rewritten > 0 {
        let count = one.rewritten;
        text.push_str(&say!(
            lang,
            "  {count} ô giữ nguyên số, chỉ đổi cách ghi (chữ thành số, công thức)\n",
            "  {count} cells say the same in another way (text, number, formula)\n",
        ));
    }
}

/// The first of some things, a line each, and how many more there are.
fn some<T>(things: &[T], text: &mut String, lang: Lang, line: impl Fn(&T) -> String) {
    for thing in things.iter().take(NAMED) {
        let _ = writeln!(text, "{}", line(thing));
    }
    if let Some(more) = things.len().checked_sub(NAMED).filter(|more| *more > 0) {
        text.push_str(&say!(lang, "  … và {more} chỗ khác\n", "  … and {more} more\n"));
    }
}

/// A point with what came of it.
#[must_use]
pub fn point(asked: &Asked, sent_again: bool, lang: Lang) -> String {
    let Asked { cell, place, found, now, expected, message, .. } = asked;
    if !sent_again {
        return format!("{cell} {message}");
    }
    let answer = asked.answer.words().get(lang);
    let moved = asked
        .now_at
        .as_ref()
        .map_or_else(String::new, |now| say!(lang, " (nay ở ô {now})", " (now {now})"));
    // The message names the place itself.
    let is_told = message.starts_with(place.as_str()) && what_is_told(asked);
    let at = if place.is_empty() || is_told { String::new() } else { format!(" ({place})") };
    let what = match (asked.answer, now) {
        (Answer::Mended, Some(now)) if now != found => format!("{found} → {now}"),
        (Answer::Mended, _) => {
            say!(lang, "số giữ nguyên, không còn sai", "unchanged, and no error any more")
        }
        (Answer::Gone, _) => {
            say!(lang, "không còn dòng hoặc cột này", "the row or column is not there any more")
        }
        (Answer::Open, Some(now)) if now != found => {
            say!(lang, "{found} → {now}, vẫn chưa đúng", "{found} → {now}, still not right")
        }
        (Answer::Open, _) => message.clone(),
    };
    let wanted = expected.as_ref().filter(|_| asked.answer == Answer::Open);
    let wanted = wanted.filter(|wanted| !what.contains(wanted.as_str()));
    let wanted = wanted.map_or_else(String::new, |wanted| {
        say!(lang, " (số phù hợp là {wanted})", " (should be {wanted})")
    });
    format!("{answer}: {cell}{moved}{at}: {what}{wanted}")
}

/// True where a point is told by its message.
fn what_is_told(asked: &Asked) -> bool {
    asked.answer == Answer::Open && asked.now.as_ref().is_none_or(|now| *now == asked.found)
}

/// A change with why.
#[must_use]
pub fn changed(change: &Change, lang: Lang) -> String {
    let Change { cell, was_at, place, old, new, why } = change;
    let moved = was_at
        .as_ref()
        .map_or_else(String::new, |was| say!(lang, ", trước ở ô {was}", ", before {was}"));
    let why = why.words().get(lang);
    say!(
        lang,
        "thay đổi: {cell} ({place}{moved}): {old} → {new} – {why}",
        "changed: {cell} ({place}{moved}): {old} → {new} – {why}",
    )
}

/// A text outside of tables.
#[must_use]
pub fn outside(one: &Text, lang: Lang) -> String {
    let Text { sheet, cell, old, new } = one;
    let cell = if cell.is_empty() { sheet.clone() } else { format!("{sheet}!{cell}") };
    match (old.as_str(), new.as_str()) {
        ("", new) => say!(lang, "{cell}: thêm “{new}”", "{cell}: added “{new}”"),
        (old, "") => say!(lang, "{cell}: bỏ “{old}”", "{cell}: removed “{old}”"),
        (old, new) => format!("{cell}: “{old}” → “{new}”"),
    }
}

/// Rows and columns that came, went or changed their names, a line for each kind.
#[must_use]
pub fn structure(one: &TableComparison, lang: Lang) -> Vec<String> {
    let list = |vi: &'static str, en: &'static str, names: &[String]| {
        let what = Words { vi, en }.get(lang);
        (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
    };
    let renamed: Vec<String> =
        one.renamed_rows.iter().map(|(old, new)| format!("{old} → {new}")).collect();
    let order = say!(lang, "thứ tự các dòng thay đổi", "the rows stand in another order");
    [
        list("dòng mới", "new rows", &one.new_rows),
        list("dòng không còn", "lost rows", &one.lost_rows),
        list("dòng đổi tên", "renamed rows", &renamed),
        one.reordered.then_some(order),
        list("cột mới", "new columns", &one.new_columns),
        list("cột không còn", "lost columns", &one.lost_columns),
    ]
    .into_iter()
    .flatten()
    .collect()
}
