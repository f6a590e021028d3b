//! Comparisons as one page.

use std::fmt::Write as _;

use super::{Answer, Comparison, State, TableComparison, Why, text};
use crate::lang::Lang;
use crate::report::escape;
use crate::report::listing::{PAGE_END, TABLE_END, begin_page, begin_table};
use crate::say;

/// The page: a line for each unit, then what there is of it.
#[must_use]
pub fn page(comparisons: &[Comparison], lang: Lang) -> String {
    let title = say!(lang, "So sánh hai lần gửi", "Two submissions compared");
    let mut html = begin_page(&title, lang);
    overview(comparisons, lang, &mut html);
    for (number, comparison) in (1..).zip(comparisons) {
        if comparison.state() != State::Settled || comparison.counts().asked > 0 {
            unit(number, comparison, lang, &mut html);
        }
    }
    html.push_str(PAGE_END);
    html
}

fn class(state: State) -> &'static str {
    match state {
        State::Failed | State::NotSentAgain | State::Open => "mend",
        State::ChangedBesides => "missing",
        State::Settled => "clean",
    }
}

fn overview(comparisons: &[Comparison], lang: Lang, html: &mut String) {
    let heads = match lang {
        Lang::Vi => ["TT", "Đơn vị", "Tình trạng", "Đề nghị", "Đã sửa", "Thay đổi khác", "Lỗi mới"],
        Lang::En => ["No.", "Unit", "State", "Asked", "Mended", "Other changes", "New errors"],
    };
    begin_table(heads, html);
    for (number, comparison) in (1..).zip(comparisons) {
        let (state, counts) = (comparison.state(), comparison.counts());
        let numbers = [counts.asked, counts.mended, counts.unasked, counts.new_errors];
        let numbers = numbers.map(|count| format!("<td class=\"n\">{count}</td>")).concat();
        let _ = writeln!(
            html,
            "<tr><td class=\"n\">{number}</td><th scope=\"row\"><a href=\"#u{number}\">{}</a></th><td><span class=\"{}\">{}</span></td>{numbers}</tr>",
            escape(&comparison.unit),
            class(state),
            state.words().get(lang),
        );
    }
    html.push_str(TABLE_END);
}

fn unit(number: usize, comparison: &Comparison, lang: Lang, html: &mut String) {
    let _ = writeln!(
        html,
        "<h2 id=\"u{number}\">{}</h2>\n<p class=\"note\">{}</p>",
        escape(&comparison.unit),
        escape(&text::files(comparison, lang)),
    );
    if let Some(failure) = &comparison.failure {
        let _ = writeln!(html, "<p class=\"mend\">{}</p>", escape(failure));
    }
    for one in &comparison.tables {
        points(one, lang, html);
        changes(one, lang, html);
    }
    let outside = comparison.outside.iter().map(|one| text::outside(one, lang));
    list(&outside.collect::<Vec<_>>(), html);
}

/// What was asked, and the errors that are new.
fn points(one: &TableComparison, lang: Lang, html: &mut String) {
    if one.asked.is_empty() && one.new_errors.is_empty() {
        return;
    }
    let heads = match lang {
        Lang::Vi => ["Ô", "Vị trí", "Lần trước", "Lần này", "Kết quả", "Nội dung đã nêu"],
        Lang::En => ["Cell", "Place", "Before", "Now", "Result", "What was told"],
    };
    begin_table(heads, html);
    let new_error = say!(lang, "lỗi mới", "new error");
    let asked = one.asked.iter().map(|asked| {
        let class = if asked.answer == Answer::Mended { "clean" } else { "mend" };
        (asked, class, asked.answer.words().get(lang))
    });
    let new = one.new_errors.iter().map(|asked| (asked, "mend", new_error.as_str()));
    for (asked, class, answer) in asked.chain(new) {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"{class}\">{answer}</td><td>{}</td></tr>",
            asked.cell,
            escape(&asked.place),
            escape(&asked.found),
            escape(asked.now.as_deref().unwrap_or_default()),
            escape(&asked.message),
        );
    }
    html.push_str(TABLE_END);
}

fn changes(one: &TableComparison, lang: Lang, html: &mut String) {
    list(&text::structure(one, lang), html);
    if one.changes.is_empty() {
        return;
    }
    let heads = match lang {
        Lang::Vi => ["Ô", "Vị trí", "Lần trước", "Lần này", "Vì sao"],
        Lang::En => ["Cell", "Place", "Before", "Now", "Why"],
    };
    begin_table(heads, html);
    for change in &one.changes {
        let class = if change.why == Why::Unasked { "missing" } else { "note" };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"{class}\">{}</td></tr>",
            change.cell,
            escape(&change.place),
            escape(&change.old),
            escape(&change.new),
            change.why.words().get(lang),
        );
    }
    html.push_str(TABLE_END);
}

fn list(lines: &[String], html: &mut String) {
    if lines.is_empty() {
        return;
    }
    html.push_str("<ul>\n");
    for line in lines {
        let _ = writeln!(html, "<li>{}</li>", escape(line));
    }
    html.push_str("</ul>\n");
}
