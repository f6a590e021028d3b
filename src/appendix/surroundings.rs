//! What stands around the table on paper, taken from the workbook and overridden by options.

use super::{Mode, Options};
use crate::lang::Text;
use crate::table::{Surroundings, Table};
use crate::words::fold;
use crate::words::lines::{TitleLine, is_date_line, is_rule};

/// The lines above and below the table, each ready to be set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Around {
    /// The issuing body, at the top left, the superior body first.
    pub(super) agency: Vec<String>,
    /// Quốc hiệu and Tiêu ngữ, at the top right.
    pub(super) nation: Vec<String>,
    /// Number of the document, under the issuing body.
    pub(super) number_line: Option<String>,
    /// Place and date, under the Tiêu ngữ.
    pub(super) head_date: Option<String>,
    /// The number of the form (`Biểu số …`), at the top right of a report.
    pub(super) form_number: Option<String>,
    /// `Phụ lục II`.
    pub(super) appendix_line: Option<String>,
    /// The title, upper case.
    pub(super) titles: Vec<String>,
    /// What the table is attached to, in brackets.
    pub(super) reference: Option<String>,
    /// The unit of measure.
    pub(super) unit_line: Option<String>,
    /// Notes under the table.
    pub(super) notes: Vec<String>,
    /// The signature block, in the mode that has one.
    pub(super) signature: Option<Signature>,
    /// `Nơi nhận:` and what follows it.
    pub(super) recipients: Vec<String>,
}

/// One side of a signature block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signer {
    /// Authority and titles, top down.
    pub(super) titles: Vec<String>,
    /// `(Ký, ghi rõ họ tên, đóng dấu)`.
    pub(super) instruction: Option<String>,
    /// Name; empty where it is left open.
    pub(super) name: String,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signature {
    /// Place and date above the right side.
    pub(super) date: Option<String>,
    /// Who drew up the table.
    pub(super) left: Option<Signer>,
    /// Who issues it.
    pub(super) right: Signer,
}

/// Reads the surroundings for a mode, with notes on what was missing.
pub(super) fn read(table: &Table, options: &Options, notes: &mut Vec<Text>) -> Around {
    let mut around = Around::default();
    for line in &table.surroundings.titles {
        sort_title_line(line, &mut around);
    }
    around.unit_line.clone_from(&table.surroundings.unit_line);
    set_titles(&mut around, options, notes);
    set_appendix_line(&mut around, options);
    set_reference(&mut around, &table.surroundings, options, notes);
    let below = sort_below(&table.surroundings);
    around.notes = below.notes;
    if options.mode == Mode::Ky {
        if let Some(agency) = &options.agency {
            around.agency = lines(agency);
        }
        around.recipients = below.recipients;
        around.signature =
            Some(signature(&table.surroundings, below.left, below.date, options, notes));
    } else {
        // Mẫu 2.1: an appendix carries neither the issuing body nor Quốc hiệu.
        around.agency.clear();
        around.nation.clear();
        around.number_line = None;
        around.head_date = None;
    }
    around
}

/// Puts a line above the table where it belongs on paper.
fn sort_title_line(line: &str, around: &mut Around) {
    let kind = TitleLine::of(line, !around.agency.is_empty(), !around.titles.is_empty());
    let line = line.to_owned();
    match kind {
        TitleLine::Nation => around.nation.push(line),
        // Rules are drawn anew.
        TitleLine::Rule => {}
        TitleLine::Appendix => around.appendix_line = Some(line),
        TitleLine::FormNumber => around.form_number = Some(line),
        TitleLine::Number => around.number_line = Some(line),
        TitleLine::Date => around.head_date = Some(line),
        TitleLine::Agency => around.agency.push(line),
        TitleLine::Title => around.titles.push(line),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn set_titles(around: &mut Around, options: &Options, notes: &mut Vec<Text>) {
    if let Some(title) = &options.title {
        around.titles = lines(title);
    }
    // A line in brackets qualifies the title and is not shouted.
    for title in around.titles.iter_mut().filter(|title| !title.starts_with('(')) {
        *title = title.to_uppercase();
    }
    if around.titles.is_empty() {
        notes.push(Text::new(
            "tệp Excel không có tên biểu: chỗ này để trống",
            "the workbook has no title for the table: the place is left open",
        ));
    }
}

/// `Phụ lục` is a line of its own in both modes of an appendix; a sheet for signature keeps it only
/// where the workbook has it, or where it is one of several without a number of their own.
fn set_appendix_line(around: &mut Around, options: &Options) {
    let is_numbered = around.appendix_line.is_some() || around.form_number.is_some();
    if let Some(number) = &options.number {
        around.appendix_line = Some(format!("Phụ lục {}", number.trim()));
    } else if let (Some(place), false) = (options.place, is_numbered) {
        around.appendix_line = Some(format!("Phụ lục {}", super::roman(place)));
    } else if options.mode != Mode::Ky && around.appendix_line.is_none() {
        around.appendix_line = Some("Phụ lục".to_owned());
    }
}

fn set_reference(
    around: &mut Around,
    found: &Surroundings,
    options: &Options,
    notes: &mut Vec<Text>,
) {
    let given = options.reference.as_ref().or(found.reference.as_ref());
    around.reference = match (given, options.mode) {
        (Some(line), Mode::DienTu) => Some(bracketed(&unfilled(line))),
        (Some(line), _) => Some(bracketed(&reopened(line))),
        (None, Mode::Ky) => None,
        (None, _) => {
            notes.push(Text::new(
                "tệp Excel không ghi biểu kèm theo văn bản nào; dòng này để trống",
                "the workbook does not say what the table is attached to; the line is left open",
            ));
            Some("(Kèm theo Văn bản số …/… ngày … tháng … năm … của …)".to_owned())
        }
    };
}

fn bracketed(line: &str) -> String {
    if line.starts_with('(') { line.to_owned() } else { format!("({line})") }
}

/// Room to write a number by hand.
const OPEN_NUMBER: &str = "          ";
/// Room to write a day or a month by hand.
const OPEN_DATE: &str = "       ";

/// Opens the places of number and date again: blanks fold when a line is read.
fn reopened(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        text.push_str(word);
        let Some(next) = words.get(index + 1) else { break };
        text.push_str(match anchor(word) {
            Some(Anchor::Number) if next.starts_with('/') => OPEN_NUMBER,
            Some(Anchor::Day) if next.starts_with('/') || fold(next) == "tháng" => OPEN_DATE,
            Some(Anchor::Month) if fold(next) == "năm" => OPEN_DATE,
            Some(Anchor::Year) if fold(next) == "của" => OPEN_DATE,
            _ => " ",
        });
    }
    text
}

/// The line with number and date taken out: an electronic document gets them from the system that
/// registers it.
fn unfilled(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut out: Vec<String> = Vec::new();
    let mut before = None;
    for word in &words {
        let is_value = word.starts_with(|c: char| c.is_ascii_digit() || "./…_".contains(c));
        match before {
            Some(Anchor::Number) if word.contains('/') => {
                let symbol = word.split_once('/').map_or("…", |(_, symbol)| symbol);
                out.push(format!("…/{symbol}"));
            }
            Some(Anchor::Day) if is_value && word.contains('/') => {
                out.push("… tháng … năm …".to_owned());
            }
            Some(Anchor::Day | Anchor::Month | Anchor::Year) if is_value => {
                out.push("…".to_owned());
            }
            Some(Anchor::Day | Anchor::Month | Anchor::Year) => {
                out.push("…".to_owned());
                out.push((*word).to_owned());
            }
            _ => out.push((*word).to_owned()),
        }
        before = anchor(word);
    }
    out.join(" ")
}

/// The words of a reference line that a place to fill in follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Number,
    Day,
    Month,
    Year,
}

fn anchor(word: &str) -> Option<Anchor> {
    match fold(word).trim_end_matches(':') {
        "số" => Some(Anchor::Number),
        "ngày" => Some(Anchor::Day),
        "tháng" => Some(Anchor::Month),
        "năm" => Some(Anchor::Year),
        _ => None,
    }
}

/// What stands below the table, outside the right side of the signature block.
#[derive(Debug, Default)]
struct Below {
    notes: Vec<String>,
    left: Option<Signer>,
    recipients: Vec<String>,
    date: Option<String>,
}

fn sort_below(found: &Surroundings) -> Below {
    let mut below = Below::default();
    for line in &found.notes {
        let folded = fold(line);
        if folded.starts_with("nơi nhận") {
            below.recipients.push(line.clone());
        } else if folded.starts_with("người lập") {
            below.left = Some(Signer { titles: vec![line.clone()], ..Signer::default() });
        } else if is_date_line(&folded) && folded.chars().count() <= 60 {
            below.date = Some(line.clone());
        } else if is_rule(line) {
            // `./.` and rules are drawn anew.
        } else if !below.recipients.is_empty() && line.starts_with(['-', '–', '+', '•']) {
            below.recipients.push(line.clone());
        } else if let Some(left) = &mut below.left {
            add_to_side(left, line);
        } else {
            below.notes.push(line.clone());
        }
    }
    below
}

/// Adds a line to a side: a line in brackets tells how to sign, a line in capitals is a title, any
/// other is the name.
fn add_to_side(side: &mut Signer, line: &str) {
    let letters = || line.chars().filter(|c| c.is_alphabetic());
    let capitals = letters().all(|c| !c.is_lowercase());
    let opens = side.titles.is_empty() || crate::words::is_signature(line);
    let goes_on = capitals && side.name.is_empty() && side.instruction.is_none() && is_title(line);
    if line.starts_with('(') {
        side.instruction = Some(line.to_owned());
    } else if opens || goes_on {
        side.titles.push(line.to_owned());
    } else if letters().count() > 0 {
        line.clone_into(&mut side.name);
    }
}

/// Words that offices are named by: a line in capitals without one of them is a person's name.
fn is_title(line: &str) -> bool {
    const OFFICES: &[&str] = &[
        "chủ tịch",
        "trưởng",
        "giám đốc",
        "phó ",
        "thủ trưởng",
        "chánh",
        "bí thư",
        "kế toán",
        "ủy viên",
        "cán bộ",
        "công chức",
        "ban ",
    ];
    let folded = fold(line);
    OFFICES.iter().any(|office| folded.contains(office))
}

fn signature(
    found: &Surroundings,
    left: Option<Signer>,
    date: Option<String>,
    options: &Options,
    notes: &mut Vec<Text>,
) -> Signature {
    let mut right = Signer::default();
    for line in &found.signature {
        add_to_side(&mut right, line);
    }
    override_right(&mut right, options);
    for title in &mut right.titles {
        *title = title.to_uppercase();
    }
    note_open_places(&right, notes);
    let left = match &options.preparer {
        Some(name) => {
            let mut side = left.unwrap_or_default();
            if side.titles.is_empty() {
                side.titles.push("Người lập biểu".to_owned());
            }
            name.trim().clone_into(&mut side.name);
            Some(side)
        }
        None => left,
    };
    Signature { date: options.place_date.clone().or(date), left, right }
}

/// `TM.` speaks for a body and is the authority; `KT.`, `TL.`, `TUQ.` and plain titles follow it.
fn override_right(side: &mut Signer, options: &Options) {
    let is_authority = |line: &String| fold(line).starts_with("tm.");
    let (authority, titles): (Vec<String>, Vec<String>) =
        std::mem::take(&mut side.titles).into_iter().partition(is_authority);
    side.titles = options.authority.as_deref().map_or(authority, lines);
    side.titles.extend(options.signer_title.as_deref().map_or(titles, lines));
    if let Some(name) = &options.signer {
        name.trim().clone_into(&mut side.name);
    }
}

fn note_open_places(side: &Signer, notes: &mut Vec<Text>) {
    if side.titles.is_empty() {
        notes.push(Text::new(
            "chưa biết quyền hạn, chức vụ người ký: chỗ này để trống",
            "the signer's authority and title are not known: the place is left open",
        ));
    }
    if side.name.is_empty() {
        notes.push(Text::new(
            "chưa biết họ tên người ký: chỗ này để trống",
            "the signer's name is not known: the place is left open",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_places_are_opened_again() {
        let line = "(Đính kèm Kế hoạch số: /KH-UBND ngày /02/2024 của UBND xã)";
        let open = format!(
            "(Đính kèm Kế hoạch số:{OPEN_NUMBER}/KH-UBND ngày{OPEN_DATE}/02/2024 của UBND xã)"
        );
        assert_eq!(reopened(line), open);
        let filled = "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2024 của UBND xã)";
        assert_eq!(reopened(filled), filled);
    }

    #[test]
    fn an_electronic_reference_is_unfilled() {
        for line in [
            "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2024 của UBND xã)",
            "(Kèm theo Kế hoạch số /KH-UBND ngày tháng năm của UBND xã)",
            "(Kèm theo Kế hoạch số …/KH-UBND ngày 05/02/2024 của UBND xã)",
            "(Kèm theo Kế hoạch số ..../KH-UBND ngày … tháng … năm … của UBND xã)",
        ] {
            assert_eq!(
                unfilled(line),
                "(Kèm theo Kế hoạch số …/KH-UBND ngày … tháng … năm … của UBND xã)",
                "{line}"
            );
        }
    }

    #[test]
    fn lines_above_are_told_apart() {
        let mut around = Around::default();
        for line in [
            "ỦY BAN NHÂN DÂN",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "XÃ MẪU",
            "Độc lập - Tự do - Hạnh phúc",
            "Số: /BC-UBND",
            "Mẫu, ngày 05 tháng 02 năm 2024",
            "-----",
            "Phụ lục II",
            "Bảng phân bổ chỉ tiêu",
            "Xã đăng ký về đích",
        ] {
            sort_title_line(line, &mut around);
        }
        assert_eq!(around.agency, ["ỦY BAN NHÂN DÂN", "XÃ MẪU"]);
        assert_eq!(around.nation.len(), 2);
        assert_eq!(around.number_line.as_deref(), Some("Số: /BC-UBND"));
        assert!(around.head_date.is_some());
        assert_eq!(around.appendix_line.as_deref(), Some("Phụ lục II"));
        assert_eq!(around.titles, ["Bảng phân bổ chỉ tiêu", "Xã đăng ký về đích"]);
    }
}
