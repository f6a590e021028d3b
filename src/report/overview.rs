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
/// be.
#[must_use]
pub fn overview(rows: &[FileRow], shown: Lines, written: bool, lang: Lang) -> String {
    let mut told: Vec<&FileRow> = rows.iter().collect();
    if shown == Lines::Findings {
        told.retain(|row| !is_clean(row));
        told.sort_by_key(|row| std::cmp::Reverse(weight(row)));
    }
    let clean = rows.len() - told.len();
    let mut text = if told.is_empty() { String::new() } else { table(&told, written, lang) };
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

/// The lines under their headings.
fn table(rows: &[&FileRow], written: bool, lang: Lang) -> String {
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
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let mut text = String::new();
    for line in &lines {
        let mut drawn = String::new();
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let blank = " ".repeat(width - cell.width());
            let is_count = (2..6).contains(&column);
            let cell = if is_count { format!("{blank}{cell}") } else { format!("{cell}{blank}") };
            drawn.push_str(&cell);
            drawn.push_str("  ");
        }
        text.push_str(drawn.trim_end());
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
            overview(&rows, Lines::Findings, false, Lang::Vi),
            "Tệp        Đơn vị   Lỗi  Cảnh báo  Tự sửa được  Cần quyết định  Không soát được\n\
             hỏng.xls                                                        không đọc được (E105)\n\
             đông.xlsx  Xã Đông   12         0           10               2\n\
             chữ.xlsx   Xã Chữ     0         1            0               0\n\
             1 tệp không có lỗi, cảnh báo nào (liệt kê đủ: --all-files).\n"
        );
        let all = overview(&rows, Lines::All, true, Lang::En);
        assert!(all.contains("sạch.xlsx") && all.contains("Corrected"), "{all}");
        assert!(all.find("sạch") < all.find("hỏng"), "{all}");
    }
}
