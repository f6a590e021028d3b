//! What stands around the table on paper, taken from the workbook and overridden by options.

use super::signers::{self, Signer};
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

/// Who signs, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signature {
    /// Place and date above who issues the sheet.
    pub(super) date: Option<String>,
    /// From left to right; who issues the sheet comes last.
    pub(super) signers: Vec<Signer>,
}

/// Reads the surroundings for a mode, with notes on what was missing.
pub(super) fn read(table: &Table, options: &Options, notes: &mut Vec<Text>) -> Around {
    let mut around = Around::default();
    for line in table.surroundings.above.lines() {
        sort_title_line(line, &mut around);
    }
    around.unit_line.clone_from(&table.surroundings.unit_line);
    set_titles(&mut around, options, notes);
    set_appendix_line(&mut around, options);
    set_reference(&mut around, &table.surroundings, options, notes);
    let below = sort_below(&table.surroundings);
    around.notes = below.notes;
    if options.mode != Mode::Ky {
        // Mẫu 2.1: an appendix carries neither the issuing body nor Quốc hiệu.
        around.agency.clear();
        around.nation.clear();
        around.number_line = None;
        around.head_date = None;
        return around;
    }
    if let Some(agency) = &options.agency {
        around.agency = lines(agency);
    }
    around.recipients = match &options.recipients {
        Some(given) => recipients(given),
        None => below.recipients,
    };
    let known = around.head_date.as_ref().or(below.date.as_ref());
    let given = place_and_date(options, known);
    let signers = signers::read(table, &around.agency, options, notes);
    let mut date = below.date;
    // Under Quốc hiệu, where a sheet has it; else above who signs.
    if given.is_some() && !around.nation.is_empty() {
        around.head_date = given;
    } else if given.is_some() {
        date = given;
    }
    around.signature = Some(Signature { date, signers });
    around
}

/// `Nơi nhận:` and its entries, each with a dash.
fn recipients(given: &str) -> Vec<String> {
    let entry = |line: String| {
        let entry = line.trim_start_matches(['-', '–', ' ']);
        let mark = if entry.ends_with(['.', ';']) { "" } else { ";" };
        format!("- {entry}{mark}")
    };
    let mut entries: Vec<String> = lines(given).into_iter().map(entry).collect();
    if let Some(last) = entries.last_mut().filter(|last| last.ends_with(';')) {
        last.pop();
        last.push('.');
    }
    std::iter::once("Nơi nhận:".to_owned()).chain(entries).collect()
}

/// Place and date as options give them; what they leave out is as the sheet has it, or open.
fn place_and_date(options: &Options, known: Option<&String>) -> Option<String> {
    if options.place_date.is_some() {
        return options.place_date.clone();
    }
    if options.place.is_none() && options.date.is_none() {
        return None;
    }
    let known = known.and_then(|line| {
        let at = fold(line).find("ngày")?;
        // Folding keeps the number of letters.
        let letters = fold(line)[..at].chars().count();
        let place: String = line.chars().take(letters).collect();
        let date: String = line.chars().skip(letters).collect();
        Some((place.trim_end_matches([',', ' ']).to_owned(), date))
    });
    let (known_place, known_date) = known.unzip();
    let place = options.place.clone().or(known_place).filter(|place| !place.is_empty());
    let date = match options.date {
        Some(date) => date.in_words(),
        None => known_date.unwrap_or_else(|| "ngày …… tháng …… năm ………".to_owned()),
    };
    Some(format!("{}, {date}", place.unwrap_or_else(|| "……………".to_owned())))
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
            "tệp số liệu không có tên biểu: chỗ này để trống",
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
    } else if let (Some(nth), false) = (options.nth, is_numbered) {
        around.appendix_line = Some(format!("Phụ lục {}", super::roman(nth)));
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
    let given = options.reference.as_ref().or(found.above.reference());
    if let Some(line) =
        given.filter(|line| fold(line).trim_start_matches('(').starts_with("đính kèm"))
    {
        let offered = line.replacen("Đính kèm", "Kèm theo", 1).replacen("đính kèm", "kèm theo", 1);
        notes.push(Text::new(
            format!("Nghị định 30/2020/NĐ-CP ghi “Kèm theo”, biểu ghi “Đính kèm”; muốn đổi thì đặt dòng ấy là \"{offered}\""),
            format!("Nghị định 30/2020/NĐ-CP says “Kèm theo” where the table says “Đính kèm”; to change it set that line to \"{offered}\""),
        ));
    }
    around.reference = match (given, options.mode) {
        (Some(line), Mode::DienTu) => Some(bracketed(&unfilled(line))),
        (Some(line), _) => Some(bracketed(&reopened(line))),
        (None, Mode::Ky) => None,
        (None, _) => {
            notes.push(Text::new(
                "tệp số liệu không ghi biểu kèm theo văn bản nào; dòng này để trống",
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

/// What stands below the table, outside the signature block.
#[derive(Debug, Default)]
struct Below {
    notes: Vec<String>,
    recipients: Vec<String>,
    date: Option<String>,
}

fn sort_below(found: &Surroundings) -> Below {
    let mut below = Below::default();
    for line in &found.notes {
        let folded = fold(line);
        if folded.starts_with("nơi nhận") {
            below.recipients.push(line.clone());
        } else if is_date_line(&folded) && folded.chars().count() <= 60 {
            below.date = Some(line.clone());
        } else if is_rule(line) || !line.chars().any(char::is_alphanumeric) {
            // `./.`, rules and dotted lines are drawn anew.
        } else if !below.recipients.is_empty() && line.starts_with(['-', '–', '+', '•']) {
            below.recipients.push(line.clone());
        } else {
            below.notes.push(line.clone());
        }
    }
    below
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
