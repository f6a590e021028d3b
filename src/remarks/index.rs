//! The page that lists where all units stand: who has something to mend, who is done, who has not
//! sent, with links to what goes back to each.

use std::fmt::Write as _;

use super::Options;
use crate::lang::{Lang, Words};
use crate::report::listing::{PAGE_END, TABLE_END, begin_page, begin_table};
use crate::report::{Count, Mistakes, escape};
use crate::say;

/// Where a unit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Something is to be mended.
    ToMend,
    /// Nothing it has sent could be read.
    Unreadable,
    /// It has sent nothing.
    Missing,
    /// All it has sent is clean.
    Clean,
}

impl State {
    const ALL: [Self; 4] = [Self::ToMend, Self::Unreadable, Self::Missing, Self::Clean];

    fn words(self) -> Words {
        match self {
            Self::ToMend => Words { vi: "cần sửa", en: "to mend" },
            Self::Unreadable => Words { vi: "chưa soát được", en: "not checked" },
            Self::Missing => Words { vi: "chưa gửi", en: "not sent" },
            Self::Clean => Words { vi: "không có điều phải sửa", en: "nothing to mend" },
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::ToMend => "mend",
            Self::Unreadable => "unread",
            Self::Missing => "missing",
            Self::Clean => "clean",
        }
    }
}

/// A unit on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub unit: String,
    /// Where it stands.
    pub state: State,
    /// Points to mend.
    pub points: usize,
    /// The files it has sent, as they were named.
    pub files: Vec<String>,
    /// What goes back to it, by paths from the page.
    pub sent_back: Vec<String>,
    /// What is to be known besides: several files for one table, not on the list.
    pub notes: Vec<String>,
}

impl Line {
    /// A unit of the list that has sent nothing.
    #[must_use]
    pub fn missing(unit: &str) -> Self {
        Self {
            unit: unit.to_owned(),
            state: State::Missing,
            points: 0,
            files: Vec::new(),
            sent_back: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// The page.
#[must_use]
pub fn index(lines: &[Line], mistakes: &Mistakes, options: &Options, lang: Lang) -> String {
    let title = say!(lang, "Tình hình gửi và soát biểu", "Tables sent and checked");
    let mut html = begin_page(&title, lang);
    if let Some(from) = &options.from {
        let _ = writeln!(html, "<p>{}</p>", escape(&from.replace('|', " – ")));
    }
    if let Some(day) = options.deadline {
        let text = say!(lang, "Thời hạn gửi lại: {day}", "To be sent again by {day}");
        let _ = writeln!(html, "<p>{}</p>", escape(&text));
    }
    counts(&mut html, lines, lang);
    table(&mut html, lines, lang);
    kinds(&mut html, mistakes, lang);
    html.push_str(PAGE_END);
    html
}

fn counts(html: &mut String, lines: &[Line], lang: Lang) {
    html.push_str("<ul class=\"counts\">\n");
    let all = lines.len();
    let units = say!(lang, "đơn vị", "units");
    let _ = writeln!(html, "<li><b>{all}</b> {units}</li>");
    for state in State::ALL {
        let count = lines.iter().filter(|line| line.state == state).count();
        if count > 0 {
            let (class, words) = (state.class(), state.words().get(lang));
            let _ = writeln!(html, "<li class=\"{class}\"><b>{count}</b> {words}</li>");
        }
    }
    html.push_str("</ul>\n");
}

fn table(html: &mut String, lines: &[Line], lang: Lang) {
    let heads = match lang {
        Lang::Vi => ["TT", "Đơn vị", "Tình trạng", "Số điểm", "Tệp đã gửi", "Gửi lại đơn vị"],
        Lang::En => ["No.", "Unit", "State", "Points", "Files sent", "Sent back"],
    };
    begin_table(heads, html);
    for (number, line) in (1..).zip(lines) {
        let (class, words) = (line.state.class(), line.state.words().get(lang));
        let points = if line.points > 0 { line.points.to_string() } else { String::new() };
        let sent: Vec<String> = line.files.iter().map(|file| escape(file)).collect();
        let back: Vec<String> = line.sent_back.iter().map(|path| link(path)).collect();
        let _ = write!(
            html,
            "<tr><td class=\"n\">{number}</td><th scope=\"row\">{}</th><td><span class=\"{class}\">{words}</span>",
            escape(&line.unit)
        );
        for note in &line.notes {
            let _ = write!(html, "<br><span class=\"note\">{}</span>", escape(note));
        }
        let (sent, back) = (sent.join("<br>"), back.join("<br>"));
        let _ =
            writeln!(html, "</td><td class=\"n\">{points}</td><td>{sent}</td><td>{back}</td></tr>");
    }
    html.push_str(TABLE_END);
}

/// The mistakes by kind.
fn kinds(html: &mut String, mistakes: &Mistakes, lang: Lang) {
    let ranked = mistakes.ranked();
    if ranked.is_empty() {
        return;
    }
    let title = say!(lang, "Lỗi, cảnh báo hay gặp", "Most frequent mistakes");
    let heads = match lang {
        Lang::Vi => ["Mã", "Lỗi, cảnh báo", "Số chỗ", "Số tệp"],
        Lang::En => ["Code", "Mistake", "Findings", "Files"],
    };
    let _ = writeln!(html, "<h2>{title}</h2>");
    begin_table(heads, html);
    for (rule, Count { findings, files }) in ranked {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{findings}</td><td class=\"n\">{files}</td></tr>",
            rule.code,
            escape(rule.title.get(lang))
        );
    }
    html.push_str(TABLE_END);
}

/// A link to a file beside the page.
fn link(path: &str) -> String {
    let mut address = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    format!("<a href=\"{address}\">{}</a>", escape(path))
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn a_link_leads_to_the_file_whatever_its_name() {
        let html = link("thư mục/a#1 <b>.docx");
        assert_eq!(
            html,
            "<a href=\"th%C6%B0%20m%E1%BB%A5c/a%231%20%3Cb%3E.docx\">thư mục/a#1 &lt;b&gt;.docx</a>"
        );
    }
}
