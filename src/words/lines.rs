//! The lines above a table, told apart by their words: whose table it is, what it is called, and
//! what offices write around that.

use super::fold;

/// What a line above a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TitleLine {
    /// Quốc hiệu or Tiêu ngữ.
    Nation,
    /// A line of dashes under another line.
    Rule,
    /// `Phụ lục II`.
    Appendix,
    /// `Biểu số …`.
    FormNumber,
    /// The number of the document.
    Number,
    /// Place and date.
    Date,
    /// The issuing body.
    Agency,
    /// The title.
    Title,
}

impl TitleLine {
    /// What a line is after lines of the issuing body or of the title.
    pub(crate) fn of(line: &str, after_agency: bool, after_title: bool) -> Self {
        let folded = fold(line);
        let is_form_number =
            || ["biểu số", "mẫu số", "biểu mẫu"].iter().any(|start| folded.starts_with(start));
        if is_nation(&folded) {
            Self::Nation
        } else if is_rule(line) {
            Self::Rule
        } else if folded.starts_with("phụ lục") && folded.chars().count() <= 16 {
            Self::Appendix
        } else if is_form_number() && folded.chars().count() <= 40 {
            Self::FormNumber
        } else if !after_title && is_number_line(&folded) {
            Self::Number
        } else if is_date_line(&folded) && !line.starts_with('(') {
            Self::Date
        } else if !after_title && is_agency(&folded, after_agency) {
            Self::Agency
        } else {
            Self::Title
        }
    }
}

/// The lines above a table that say whose it is and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HeadingLines {
    /// The issuing body, the superior body first.
    pub(crate) agency: Vec<String>,
    /// The title.
    pub(crate) titles: Vec<String>,
}

impl HeadingLines {
    /// Tells the issuing body and the title of a table from the other lines above it.
    pub(crate) fn of(above: &[String]) -> Self {
        let mut found = Self::default();
        for line in above {
            match TitleLine::of(line, !found.agency.is_empty(), !found.titles.is_empty()) {
                TitleLine::Agency => found.agency.push(line.clone()),
                TitleLine::Title => found.titles.push(line.clone()),
                _ => {}
            }
        }
        found
    }
}

pub(crate) fn is_nation(folded: &str) -> bool {
    let mut letters = folded.chars().filter(|c| c.is_alphabetic());
    // Most lines are told by their first letter.
    let Some(first) = letters.next().filter(|c| matches!(c, 'c' | 'đ')) else { return false };
    let letters: String = std::iter::once(first).chain(letters).collect();
    letters.starts_with("cộnghòaxãhội")
        || letters.starts_with("cộnghoàxãhội")
        || letters == "độclậptựdohạnhphúc"
}

/// A line of dashes or underscores under another line.
pub(crate) fn is_rule(line: &str) -> bool {
    line.chars().count() >= 3 && line.chars().all(|c| "-_–—─=* ".contains(c))
}

/// `Số: …/KH-UBND`
fn is_number_line(folded: &str) -> bool {
    (folded.starts_with("số:") || folded.starts_with("số ")) && folded.contains('/')
}

/// A line that names a day, a month and a year.
pub(crate) fn is_date_line(folded: &str) -> bool {
    ["ngày", "tháng", "năm"].iter().all(|word| folded.contains(word))
}

/// The kinds of bodies that issue tables. A place name on a line of its own belongs to the body
/// named above it.
fn is_agency(folded: &str, follows_agency: bool) -> bool {
    const BODIES: &[&str] = &[
        "ủy ban nhân dân",
        "uỷ ban nhân dân",
        "ubnd",
        "hội đồng nhân dân",
        "hđnd",
        "bộ ",
        "sở ",
        "phòng ",
        "ban chỉ đạo",
        "chi cục",
        "cục ",
        "trung tâm",
        "văn phòng",
        "bảo hiểm xã hội",
        "ban quản lý",
    ];
    const PLACES: &[&str] = &[
        "tỉnh ",
        "thành phố ",
        "tp ",
        "tp. ",
        "huyện ",
        "quận ",
        "thị xã ",
        "xã ",
        "phường ",
        "thị trấn ",
        "đặc khu ",
    ];
    let starts = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
    starts(BODIES) || follows_agency && starts(PLACES)
}
