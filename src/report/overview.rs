//! The table at the end of a run over several files: a line for each that somebody has to look at,
//! the worst first; the others are counted.

use unicode_width::UnicodeWidthStr as _;

use super::{FileRow, FileStatus};
use crate::lang::{Lang, Words};
use crate::say;

/// Which files have a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Those with something to do, the worst first.
    Findings,
    /// All, by name.
    All,
}

/// The table as text. Where copies were written it tells what was corrected, otherwise what could
/// be. Where it is wider than the columns of a terminal, the figures of a file stand below its name.
#[must_use]
pub fn overview(
    rows: &[FileRow],
    shown: Lines,
    written: bool,
    columns: Option<usize>,
    lang: Lang,
) -> String {
    let mut told: Vec<&FileRow> = rows.iter().collect();
    if shown == Lines::Findings {
        told.retain(|row| !is_clean(row));
        told.sort_by_key(|row| std::cmp::Reverse(weight(row)));
    }
    let clean = rows.len() - told.len();
    let mut text = String::new();
    if !told.is_empty() {
        let lines = lines(&told, written, lang);
        let table = table(&lines);
        let fits = columns.is_none_or(|most| table.lines().all(|line| line.width() <= most));
        text = if fits { table } else { listed(&lines) };
    }
    if clean > 0 {
        text.push_str(&say!(
            lang,
            "{clean} tệp không có lỗi, cảnh báo nào (liệt kê đủ: --all-files).\n",
            "{clean} files without an error or a warning (--all-files lists them).\n",
        ));
    }
    text
}

/// True for a file that nobody has to look at.
fn is_clean(row: &FileRow) -> bool {
    row.status == FileStatus::Checked && row.errors + row.warnings + row.to_decide == 0
}

/// The more, the sooner it is looked at: first what could not be checked at all.
fn weight(row: &FileRow) -> (bool, usize, usize, usize) {
    (!row.status.is_checked(), row.to_decide, row.errors, row.warnings)
}

/// What is told of a file: its name and unit, four counts, why it was not checked.
type Line = [String; 7];
const COUNTS: std::ops::Range<usize> = 2..6;

/// The headings and below them a line for each file.
fn lines(rows: &[&FileRow], written: bool, lang: Lang) -> Vec<Line> {
    const FILE: Words = Words { vi: "Tệp", en: "File" };
    const UNIT: Words = Words { vi: "Đơn vị", en: "Unit" };
    const ERRORS: Words = Words { vi: "Lỗi", en: "Errors" };
    const SAFE: Words = Words { vi: "Tự sửa được", en: "Correctable" };
    const CORRECTED: Words = Words { vi: "Ô đã sửa", en: "Corrected" };
    const WARNINGS: Words = Words { vi: "Cảnh báo", en: "Warnings" };
    const TO_DECIDE: Words = Words { vi: "Cần quyết định", en: "To decide" };
    const FAILED: Words = Words { vi: "Không soát được", en: "Not checked" };
    let corrected = if written { CORRECTED } else { SAFE };
    let headings =
        [FILE, UNIT, ERRORS, WARNINGS, corrected, TO_DECIDE, FAILED].map(|words| words.get(lang));
    let mut lines = vec![headings.map(str::to_owned)];
    for row in rows {
        let checked = row.status.is_checked();
        let count = |count: usize| if checked { count.to_string() } else { String::new() };
        let corrected =
            if written { row.corrected } else { row.errors.saturating_sub(row.to_decide) };
        lines.push([
            row.path.clone(),
            row.unit.clone(),
            count(row.errors),
            count(row.warnings),
            count(corrected),
            count(row.to_decide),
            failed(row, lang),
        ]);
    }
    lines
}

/// The lines as a table.
fn table(lines: &[Line]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let mut text = String::new();
    for line in lines {
        let mut drawn = String::new();
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let blank = " ".repeat(width - cell.width());
            let is_count = COUNTS.contains(&column);
            let cell = if is_count { format!("{blank}{cell}") } else { format!("{cell}{blank}") };
            drawn.push_str(&cell);
            drawn.push_str("  ");
        }
        text.push_str(drawn.trim_end());
        text.push('\n');
    }
    text
}

/// The lines with each file's figures below its name.
fn listed(lines: &[Line]) -> String {
    let Some((headings, files)) = lines.split_first() else { return String::new() };
    let mut text = String::new();
    for line in files {
        let told = |column: usize| {
            (!line[column].is_empty()).then(|| format!("{}: {}", headings[column], line[column]))
        };
        let counts: Vec<String> = COUNTS.filter_map(told).collect();
        let below = [told(1), Some(counts.join("; ")), told(6)];
        text.push_str(&line[0]);
        for part in below.into_iter().flatten().filter(|part| !part.is_empty()) {
            text.push_str("\n  ");
            text.push_str(&part);
        }
        text.push('\n');
    }
    text
}

/// Why a file was not checked or written, in a few words; its code leads to the whole sentence.
fn failed(row: &FileRow, lang: Lang) -> String {
    let words = row.status.words().get(lang);
    row.error_code.as_ref().map_or_else(String::new, |code| format!("{words} ({code})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_to_look_at_have_a_line_the_worst_first_and_clean_ones_are_counted() {
        let file = |path: &str, unit: &str| FileRow {
            path: path.to_owned(),
            unit: unit.to_owned(),
            ..FileRow::default()
        };
        let rows = [
            file("sạch.xlsx", "Xã Sạch"),
            FileRow { warnings: 1, ..file("chữ.xlsx", "Xã Chữ") },
            FileRow { errors: 12, to_decide: 2, ..file("đông.xlsx", "Xã Đông") },
            FileRow {
                status: FileStatus::Unreadable,
                error_code: Some("E105".to_owned()),
                ..file("hỏng.xls", "")
            },
        ];
        assert_eq!(
            overview(&rows, Lines::Findings, false, None, Lang::Vi),
            "Tệp        Đơn vị   Lỗi  Cảnh báo  Tự sửa được  Cần quyết định  Không soát được\n\
             hỏng.xls                                                        không đọc được (E105)\n\
             đông.xlsx  Xã Đông   12         0           10               2\n\
             chữ.xlsx   Xã Chữ     0         1            0               0\n\
             1 tệp không có lỗi, cảnh báo nào (liệt kê đủ: --all-files).\n"
        );
        assert_eq!(
            overview(&rows, Lines::Findings, false, Some(40), Lang::Vi),
            "hỏng.xls\n  Không soát được: không đọc được (E105)\n\
             đông.xlsx\n  Đơn vị: Xã Đông\n  \
             Lỗi: 12; Cảnh báo: 0; Tự sửa được: 10; Cần quyết định: 2\n\
             chữ.xlsx\n  Đơn vị: Xã Chữ\n  \
             Lỗi: 0; Cảnh báo: 1; Tự sửa được: 0; Cần quyết định: 0\n\
             1 tệp không có lỗi, cảnh báo nào (liệt kê đủ: --all-files).\n"
        );
        let all = overview(&rows, Lines::All, true, None, Lang::En);
        assert!(all.contains("sạch.xlsx") && all.contains("Corrected"), "{all}");
        assert!(all.find("sạch") < all.find("hỏng"), "{all}");
    }
}
