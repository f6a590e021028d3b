//! What a reader has to say about a sheet beside its cells.

use super::{Address, Sheet};
use crate::lang::Text;

/// A Vietnamese encoding from before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegacyEncoding {
    /// TCVN3 (ABC), set in fonts named `.Vn…`.
    Tcvn3,
    /// VNI-Windows, set in fonts named `VNI-…`.
    Vni,
}

impl LegacyEncoding {
    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3 (ABC)",
            Self::Vni => "VNI",
        }
    }
}

/// Why the cells of a sheet are not all that its file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The sheet's part is cut off or malformed; what comes before is there.
    CutShort {
        /// The last cell that was read.
        after: Option<Address>,
        /// Why, in the reader's words.
        reason: String,
    },
    /// Cells lie outside the largest sheet a spreadsheet program holds; they are left out.
    OutsideSheet {
        /// How many.
        cells: usize,
    },
    /// Cells whose content does not make sense (a text that does not exist, an unknown type);
    /// they hold the error `#?`, or nothing where even their place is unknown.
    UnreadableCells {
        /// How many.
        cells: usize,
        /// The first, where its place is known.
        first: Option<Address>,
    },
    /// Formulas that the reader cannot spell out; their cells hold the results.
    UnreadableFormulas {
        /// How many.
        cells: usize,
        /// The first.
        first: Address,
    },
}

impl Fault {
    /// The fault as a sentence without a full stop.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::CutShort { after: Some(after), reason } => Text::new(
                format!(
                    "chỉ đọc được một phần, đến ô {after}; phần sau bị hỏng ({})",
                    vietnamese(reason)
                ),
                format!("was read in part, up to cell {after}; the rest is damaged ({reason})"),
            ),
            Self::CutShort { after: None, reason } => Text::new(
                format!("không đọc được ô nào vì bị hỏng ({})", vietnamese(reason)),
                format!("gave no cell because it is damaged ({reason})"),
            ),
            Self::OutsideSheet { cells } => Text::new(
                format!(
                    "có {cells} ô nằm ngoài giới hạn của trang tính (XFD1048576) nên bị bỏ qua"
                ),
                format!("holds {cells} cells outside the largest sheet (XFD1048576), left out"),
            ),
            Self::UnreadableCells { cells, first } => {
                let at = first.map(|at| format!(" ({at})")).unwrap_or_default();
                Text::new(
                    format!("có {cells} ô không đọc được{at}"),
                    format!("holds {cells} cells that cannot be read{at}"),
                )
            }
            Self::UnreadableFormulas { cells, first } => Text::new(
                format!(
                    "có {cells} công thức không đọc được ({first}), chỉ đọc được kết quả; hãy lưu tệp thành .xlsx để soát cả công thức"
                ),
                format!(
                    "holds {cells} {} that cannot be read ({first}), only the results; save the file as .xlsx to have formulas checked too",
                    if *cells == 1 { "formula" } else { "formulas" }
                ),
            ),
        }
    }
}

/// A reader's words in Vietnamese; those of the libraries stay as they are.
fn vietnamese(reason: &str) -> &str {
    match reason {
        "cut off" => "nội dung bị cắt cụt",
        "nested too deeply" => "các thẻ lồng nhau quá sâu",
        "text or tag too long" | "text too long" => "văn bản hoặc thẻ quá dài",
        other => other,
    }
}

impl Sheet {
    /// True when everything the file holds of the sheet was read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Everything to be said about how the sheet was read: faults, a legacy encoding, a hidden tab.
    /// Hidden rows and columns are said with the table they are in. Sentences without a full stop, with the sheet as their subject.
    #[must_use]
    pub fn remarks(&self) -> Vec<Text> {
        let mut remarks: Vec<Text> = self.faults.iter().map(Fault::text).collect();
        if let Some(encoding) = self.legacy {
            let name = encoding.name();
            remarks.push(Text::new(
                format!("có chữ bảng mã cũ {name}; đã đọc qua bảng mã này, không ghi lại theo nó"),
                format!("holds text in the old encoding {name}; it is read through, never written"),
            ));
        }
        if !self.visible {
            remarks.push(Text::new(
                "trang tính đang ẩn, vẫn được soát",
                "the sheet is hidden and is checked as well",
            ));
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_says_how_it_was_read() {
        let mut sheet = Sheet::new("Biểu 1", Vec::new());
        assert!(sheet.is_whole() && sheet.remarks().is_empty());
        sheet
            .faults
            .push(Fault::CutShort { after: Some(Address::new(3, 1)), reason: "EOF".into() });
        sheet.legacy = Some(LegacyEncoding::Tcvn3);
        sheet.visible = false;
        let remarks = sheet.remarks();
        assert_eq!(remarks.len(), 3);
        assert!(!sheet.is_whole());
        assert!(remarks[0].vi.contains("B4"));
        assert!(remarks[1].en.contains("TCVN3"));
        assert!(remarks[2].en.contains("hidden"));
    }
}
