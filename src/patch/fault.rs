//! Contradictions in a package, in words.

use crate::workbook::Address;

/// A contradiction in a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum PackageFault {
    /// A part, or the package itself, cannot be read.
    #[error("{part} cannot be read: {reason}")]
    Unreadable {
        /// The part's name.
        part: String,
        /// Why.
        reason: String,
    },
    /// Two parts have names that differ in case alone.
    #[error("part {0} stands twice")]
    PartTwice(String),
    /// A part has no content type.
    #[error("part {0} has no content type")]
    NoContentType(String),
    /// A part or suffix has two content types.
    #[error("{0} has two content types")]
    ContentTypeTwice(String),
    /// A content type is stated for a part that is missing.
    #[error("a content type is stated for the missing part {0}")]
    ContentTypeOfNothing(String),
    /// A relationship leads to a part that is missing.
    #[error("relationship {id} of `{owner}` leads to the missing part {target}")]
    NoTarget {
        /// The part that has the relationship; empty for the package.
        owner: String,
        /// The relationship.
        id: String,
        /// The part it should lead to.
        target: String,
    },
    /// Two relationships of a part have one id.
    #[error("relationship {id} of `{owner}` stands twice")]
    RelationshipTwice {
        /// The part that has the relationships.
        owner: String,
        /// Their id.
        id: String,
    },
    /// A part uses a relationship it does not have.
    #[error("part {part} uses the missing relationship `{id}`")]
    NoRelationship {
        /// The part.
        part: String,
        /// The relationship.
        id: String,
    },
    /// Two tabs have one name or number, or a name is not allowed.
    #[error("the tab `{0}` stands twice or has a name that is not allowed")]
    Tab(String),
    /// Elements stand in another order than the schema's.
    #[error("in {part} `{element}` stands too late")]
    Order {
        /// The part.
        part: String,
        /// The element's name.
        element: String,
    },
    /// The styles count wrongly, or point to a font, fill, border or style there is not.
    #[error("the styles' `{0}` do not agree with their number")]
    Styles(String),
    /// Rows stand twice or not in order.
    #[error("in {part} row {row} stands twice or out of order")]
    RowOrder {
        /// The part.
        part: String,
        /// The row, one-based.
        row: u32,
    },
    /// A cell stands twice, out of order or in another row.
    #[error("in {part} the cell {at} stands twice or out of place")]
    CellOrder {
        /// The part.
        part: String,
        /// The cell.
        at: Address,
    },
    /// A cell points to a format, text or shared formula there is not.
    #[error("in {part} the cell {at} points to a {what} there is not")]
    CellPoints {
        /// The part.
        part: String,
        /// The cell.
        at: Address,
        /// What it points to.
        what: CellTarget,
    },
    /// Two notes on one cell, or a note without its author.
    #[error("in {part} the note on {at} stands twice or has no author")]
    Note {
        /// The part.
        part: String,
        /// The cell.
        at: Address,
    },
    /// The calculation chain names a cell that has no formula.
    #[error("the calculation chain names {at} of {part}, which has no formula")]
    CalculationChain {
        /// The sheet's part.
        part: String,
        /// The cell.
        at: Address,
    },
}

/// What a cell points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellTarget {
    /// A format in the styles.
    Format,
    /// A text among the shared strings.
    Text,
    /// The first cell of a shared formula.
    SharedFormula,
}

impl std::fmt::Display for CellTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Format => "format",
            Self::Text => "text",
            Self::SharedFormula => "shared formula",
        })
    }
}

impl CellTarget {
    fn vietnamese(self) -> &'static str {
        match self {
            Self::Format => "định dạng",
            Self::Text => "chuỗi dùng chung",
            Self::SharedFormula => "công thức dùng chung",
        }
    }
}

impl PackageFault {
    /// The fault in Vietnamese; `Display` gives the English text.
    #[must_use]
    pub fn vietnamese(&self) -> String {
        match self {
            Self::Unreadable { part, reason } => format!("không đọc được {part}: {reason}"),
            Self::PartTwice(part) => format!("thành phần {part} bị lặp"),
            Self::NoContentType(part) => format!("thành phần {part} không có kiểu nội dung"),
            Self::ContentTypeTwice(part) => format!("{part} có hai kiểu nội dung"),
            Self::ContentTypeOfNothing(part) => {
                format!("khai kiểu nội dung cho thành phần không có: {part}")
            }
            Self::NoTarget { owner, id, target } => {
                format!("quan hệ {id} của `{owner}` dẫn tới thành phần không có: {target}")
            }
            Self::RelationshipTwice { owner, id } => format!("quan hệ {id} của `{owner}` bị lặp"),
            Self::NoRelationship { part, id } => format!("{part} dùng quan hệ không có: `{id}`"),
            Self::Tab(name) => format!("trang tính `{name}` bị lặp hoặc có tên không hợp lệ"),
            Self::Order { part, element } => format!("trong {part}, `{element}` đứng sai thứ tự"),
            Self::Styles(element) => format!("`{element}` trong định dạng không khớp số lượng"),
            Self::RowOrder { part, row } => {
                format!("trong {part}, dòng {row} bị lặp hoặc sai thứ tự")
            }
            Self::CellOrder { part, at } => format!("trong {part}, ô {at} bị lặp hoặc sai chỗ"),
            Self::CellPoints { part, at, what } => {
                format!("trong {part}, ô {at} trỏ tới {} không có", what.vietnamese())
            }
            Self::Note { part, at } => {
                format!("trong {part}, ghi chú ở ô {at} bị lặp hoặc không có tác giả")
            }
            Self::CalculationChain { part, at } => {
                format!("chuỗi tính toán có ô {at} của {part} nhưng ô không có công thức")
            }
        }
    }
}
