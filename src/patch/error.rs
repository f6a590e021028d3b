//! What keeps a workbook from being corrected, and what its user must know besides.

use crate::workbook::Address;

use super::fault::PackageFault;

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// An OLE container: a workbook with a password, or an Excel 97–2003 workbook.
    #[error("the file has a password or is an old .xls workbook; save it as .xlsx without one")]
    OleContainer,
    /// No zip archive that can be read.
    #[error("the file is no .xlsx or .xlsm package: {0}")]
    NotAPackage(String),
    /// A zip archive without a workbook in it.
    #[error("the package holds no workbook")]
    NoWorkbook,
    /// An Excel binary workbook.
    #[error("the package holds a binary workbook (.xlsb)")]
    BinaryWorkbook,
    /// A workbook of Excel 95 or earlier.
    #[error("the file is of Excel 95 or earlier")]
    OldBinary,
    /// A file that holds its workbook twice, the second time for Excel 95.
    #[error("the file holds its workbook a second time, for Excel 95")]
    SecondWorkbook,
    /// A workbook whose signature would be broken.
    #[error("the file is digitally signed")]
    Signed,
    /// No OLE container that can be read.
    #[error("the file is no .xls that can be read: {0}")]
    NotAContainer(String),
    /// A package whose parts are encrypted.
    #[error("the file has a password; save it without one")]
    Encrypted,
    /// Two entries of the package have one name.
    #[error("the package holds two parts with one name")]
    DuplicateParts,
    /// A part unpacks to more than [`super::Options::part_limit`] bytes.
    #[error("part {part} unpacks to more than {limit} bytes")]
    PartTooLarge {
        /// The part's name.
        part: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A part that others refer to is not in the package.
    #[error("part {0} is missing")]
    MissingPart(String),
    /// A part is not the XML it should be.
    #[error("part {part} cannot be read: {reason}")]
    Malformed {
        /// The part's name.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A part is written in an encoding other than UTF-8 and UTF-16.
    #[error("part {0} is in an unknown encoding")]
    UnknownEncoding(String),
    /// No sheet has this name.
    #[error("there is no sheet named `{0}`")]
    NoSheet(String),
    /// The sheet is a chart, dialog or macro sheet.
    #[error("`{0}` is not a sheet of cells")]
    NotAWorksheet(String),
    /// Two corrections of one cell.
    #[error("two corrections for {at} of `{sheet}`")]
    TwoEdits {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// The address lies outside the largest sheet.
    #[error("{at} of `{sheet}` lies outside a sheet")]
    OutsideSheet {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// The file holds the cell, or its row, twice or out of place.
    #[error("the file holds {at} of `{sheet}` twice or out of place; open and save it first")]
    AmbiguousCell {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// The cell is hidden inside a merged range.
    #[error("{at} of `{sheet}` is hidden in the merged range that starts at {anchor}")]
    InsideMerge {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
        /// The cell that shows.
        anchor: Address,
    },
    /// The cell belongs to a formula over several cells, or to a data table.
    #[error("{at} of `{sheet}` belongs to the array formula or data table at {anchor}")]
    InsideArray {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
        /// The first cell of the array.
        anchor: Address,
    },
    /// The cell heads a column of a table; its text must equal the column's name.
    #[error("{at} of `{sheet}` heads a table's column; rename it in a spreadsheet program")]
    TableHeader {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// A result was to be refreshed where no formula is.
    #[error("{at} of `{sheet}` holds no formula")]
    NoFormula {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// Text of more than 32 767 UTF-16 units, or a formula of more than 8 192 characters.
    #[error("the new content of {at} of `{sheet}` is longer than a cell holds")]
    TooLong {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// The cell holds a formula, which may be one of many cells.
    #[error("{at} of `{sheet}` holds a formula, which stays in this kind of file")]
    FormulaStays {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// The file holds nothing at the cell's place, not even a format.
    #[error("the file has no cell {at} on `{sheet}` to write to")]
    NoCell {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// A number format cannot be added.
    #[error("the number format {at} of `{sheet}` needs cannot be added")]
    FormatNotMade {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// Text, which this kind of file holds elsewhere.
    #[error("no text can be written into {at} of `{sheet}`")]
    TextNotWritten {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// A formula that has no form this program can write in the file's notation.
    #[error("the formula `{formula}` for {at} of `{sheet}` cannot be written in this file")]
    FormulaNotWritten {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
        /// The formula, in Excel's notation.
        formula: String,
    },
    /// The written package would not open without repair: a defect of this program.
    #[error("the corrected copy would need repair, so it was not written: {}", join(.0))]
    NeedsRepair(Vec<PackageFault>),
}

fn join(faults: &[PackageFault]) -> String {
    faults.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn join_vietnamese(faults: &[PackageFault]) -> String {
    faults.iter().take(5).map(PackageFault::vietnamese).collect::<Vec<_>>().join("; ")
}

impl PatchError {
    /// The message in Vietnamese; `Display` gives the English one.
    #[must_use]
    pub fn vietnamese(&self) -> String {
        match self {
            Self::OleContainer => {
                "tệp có mật khẩu hoặc là tệp .xls cũ; hãy lưu lại thành .xlsx không mật khẩu".into()
            }
            Self::NotAPackage(reason) => format!("tệp không phải .xlsx hay .xlsm: {reason}"),
            Self::NoWorkbook => "trong gói không có bảng tính".into(),
            Self::BinaryWorkbook => "trong gói là tệp nhị phân (.xlsb)".into(),
            Self::OldBinary => "tệp của Excel 95 hoặc cũ hơn".into(),
            Self::SecondWorkbook => {
                "trong tệp có thêm một bản sao số liệu dành cho Excel 95".into()
            }
            Self::Signed => "tệp có chữ ký số".into(),
            Self::NotAContainer(reason) => format!("tệp không phải .xls đọc được: {reason}"),
            Self::Encrypted => "tệp có mật khẩu; hãy lưu lại thành tệp không mật khẩu".into(),
            Self::DuplicateParts => "trong gói có hai thành phần trùng tên".into(),
            Self::PartTooLarge { part, limit } => {
                format!("thành phần {part} giải nén ra quá {limit} byte")
            }
            Self::MissingPart(part) => format!("thiếu thành phần {part}"),
            Self::Malformed { part, reason } => {
                format!("không đọc được thành phần {part}: {reason}")
            }
            Self::UnknownEncoding(part) => format!("thành phần {part} dùng bảng mã lạ"),
            Self::NoSheet(sheet) => format!("không có trang tính tên `{sheet}`"),
            Self::NotAWorksheet(sheet) => format!("`{sheet}` không phải trang tính có ô"),
            Self::NeedsRepair(faults) => format!(
                "bản sửa sẽ phải khôi phục khi mở nên không được ghi: {}",
                join_vietnamese(faults)
            ),
            _ => self.vietnamese_of_a_cell(),
        }
    }

    fn vietnamese_of_a_cell(&self) -> String {
        match self {
            Self::TwoEdits { sheet, at } => format!("có hai chỗ sửa cho ô {at} của `{sheet}`"),
            Self::OutsideSheet { sheet, at } => format!("ô {at} nằm ngoài trang tính `{sheet}`"),
            Self::AmbiguousCell { sheet, at } => format!(
                "trong tệp, ô {at} của `{sheet}` bị lặp hoặc sai chỗ; hãy mở và lưu lại tệp trước"
            ),
            Self::InsideMerge { sheet, at, anchor } => {
                format!("ô {at} của `{sheet}` bị che trong vùng gộp bắt đầu từ {anchor}")
            }
            Self::InsideArray { sheet, at, anchor } => {
                format!("ô {at} của `{sheet}` thuộc công thức mảng hoặc bảng dữ liệu ở {anchor}")
            }
            Self::TableHeader { sheet, at } => format!(
                "ô {at} của `{sheet}` là tên cột của bảng; hãy đổi tên trong chương trình bảng tính"
            ),
            Self::NoFormula { sheet, at } => format!("ô {at} của `{sheet}` không có công thức"),
            Self::TooLong { sheet, at } => {
                format!("nội dung mới của ô {at} của `{sheet}` dài quá mức một ô chứa được")
            }
            Self::FormulaStays { sheet, at } => {
                format!(
                    "ô {at} của `{sheet}` chứa công thức, loại tệp này không ghi đè số lên được"
                )
            }
            Self::NoCell { sheet, at } => {
                format!("trong tệp không có ô {at} của `{sheet}` để ghi vào")
            }
            Self::FormatNotMade { sheet, at } => {
                format!("không thêm được định dạng số mà ô {at} của `{sheet}` cần")
            }
            Self::TextNotWritten { sheet, at } => {
                format!("không ghi được chữ vào ô {at} của `{sheet}`")
            }
            Self::FormulaNotWritten { sheet, at, formula } => {
                format!("không ghi được công thức `{formula}` cho ô {at} của `{sheet}` vào tệp này")
            }
            other => other.to_string(),
        }
    }
}

/// What the user of a corrected copy must know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// The package was signed; a changed package has no valid signature, so it was taken out.
    #[error("the workbook is digitally signed; the corrected copy loses its signature")]
    SignatureLost,
    /// The sheet is protected; it was corrected nevertheless and stays protected.
    #[error("sheet `{sheet}` is protected; it was corrected nevertheless")]
    SheetProtected {
        /// The sheet's name.
        sheet: String,
    },
    /// The workbook's structure is protected; the list of changes was added nevertheless.
    #[error("the workbook's structure is protected; a sheet was added nevertheless")]
    StructureProtected,
    /// A conditional format covers highlighted cells and may paint over the highlight.
    #[error("a conditional format of `{sheet}` may hide the highlight of {}", places(.cells))]
    HighlightMayBeHidden {
        /// The sheet's name.
        sheet: String,
        /// The cells.
        cells: Vec<Address>,
    },
    /// The styles cannot take another format, so nothing is highlighted.
    #[error("the workbook's styles cannot take a highlight; see the notes and the list of changes")]
    NotHighlighted,
    /// A conversation hangs on the cell, and a cell cannot have a note besides.
    #[error("{at} of `{sheet}` has a threaded comment, so its note stands in the list only")]
    NoteBesideThread {
        /// The sheet's name.
        sheet: String,
        /// The cell.
        at: Address,
    },
    /// Pivot tables hold copies of figures and show the old ones until refreshed.
    #[error("pivot tables show old figures until they are refreshed")]
    PivotTablesStale,
    /// The workbook holds formulas that are not read, so their results may be old.
    #[error(
        "formulas shared among cells keep their results until the program recalculates: press Ctrl+Alt+F9 in Excel"
    )]
    RecalculateByHand,
    /// The source already has a fault that a spreadsheet program may offer to repair.
    #[error("already in the source: {0}")]
    SourceFault(PackageFault),
}

fn places(cells: &[Address]) -> String {
    let mut list = cells.iter().take(8).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if cells.len() > 8 {
        list.push_str(", …");
    }
    list
}

impl Warning {
    /// The message in Vietnamese; `Display` gives the English one.
    #[must_use]
    pub fn vietnamese(&self) -> String {
        match self {
            Self::SignatureLost => "tệp có chữ ký số; bản sửa không còn chữ ký".into(),
            Self::SheetProtected { sheet } => {
                format!("trang tính `{sheet}` được bảo vệ; vẫn sửa và giữ nguyên bảo vệ")
            }
            Self::StructureProtected => {
                "cấu trúc tệp được bảo vệ; vẫn thêm trang liệt kê chỗ sửa".into()
            }
            Self::HighlightMayBeHidden { sheet, cells } => format!(
                "định dạng có điều kiện của `{sheet}` có thể che màu đánh dấu ở {}",
                places(cells)
            ),
            Self::NotHighlighted => {
                "không tô màu được ô trong tệp này; xem ghi chú và danh sách chỗ sửa".into()
            }
            Self::NoteBesideThread { sheet, at } => format!(
                "ô {at} của `{sheet}` đã có chuỗi bình luận nên ghi chú chỉ nằm ở trang liệt kê"
            ),
            Self::PivotTablesStale => {
                "bảng tổng hợp (pivot) còn số cũ cho đến khi được làm mới".into()
            }
            Self::RecalculateByHand => "công thức mà tệp ghi chung cho nhiều ô còn giữ kết quả cũ; mở bản sửa bằng Excel rồi bấm Ctrl+Alt+F9 để tính lại".into(),
            Self::SourceFault(fault) => format!("tệp gốc đã có lỗi: {}", fault.vietnamese()),
        }
    }
}
