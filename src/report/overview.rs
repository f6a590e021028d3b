//! The table at the end of a run over several files: a line for each.

use unicode_width::UnicodeWidthStr as _;

use super::FileRow;
use crate::lang::{Lang, Words};

/// The table as text. Where copies were written it tells what was corrected, otherwise what could
/// be.
#[must_use]
pub fn overview(rows: &[FileRow], written: bool, lang: Lang) -> String {
    const FILE: Words = Words { vi: "Tệp", en: "File" };
    const UNIT: Words = Words { vi: "Đơn vị", en: "Unit" };
    const ERRORS: Words = Words { vi: "Lỗi", en: "Errors" };
    const SAFE: Words = Words { vi: "Tự sửa được", en: "Correctable" };
    const CORRECTED: Words = Words { vi: "Ô đã sửa", en: "Corrected" };
    const TO_DECIDE: Words = Words { vi: "Cần quyết định", en: "To decide" };
    const FAILED: Words = Words { vi: "Không soát được", en: "Not checked" };
    let corrected = if written { CORRECTED } else { SAFE };
    let headings = [FILE, UNIT, ERRORS, corrected, TO_DECIDE, FAILED].map(|words| words.get(lang));
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
            count(corrected),
            count(row.to_decide),
            failed(row, lang),
        ]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for line in &lines {
        let mut drawn = String::new();
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let blank = " ".repeat(width - cell.width());
            let is_count = (2..5).contains(&column);
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
    use crate::report::FileStatus;

    #[test]
    fn every_file_has_a_line_and_counts_stand_below_each_other() {
        let checked = FileRow {
            path: "đông.xlsx".to_owned(),
            unit: "UBND xã Đông".to_owned(),
            errors: 12,
            corrected: 10,
            to_decide: 2,
            ..FileRow::default()
        };
        let failed = FileRow {
            path: "hỏng.xls".to_owned(),
            status: FileStatus::Unreadable,
            error_code: Some("E105".to_owned()),
            ..FileRow::default()
        };
        let rows = [checked, failed];
        assert_eq!(
            overview(&rows, false, Lang::Vi),
            "Tệp        Đơn vị        Lỗi  Tự sửa được  Cần quyết định  Không soát được\n\
             đông.xlsx  UBND xã Đông   12           10               2\n\
             hỏng.xls                                                   không đọc được (E105)\n"
        );
        assert!(overview(&rows, true, Lang::En).contains("Corrected"));
    }
}
