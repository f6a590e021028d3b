//! Reports: findings as data on their way out, one renderer a file.

pub mod catalogue;
pub mod explain;
pub mod html;
pub mod json;
pub(crate) mod listing;
mod mistakes;
mod overview;
pub mod page;
mod rows;
pub(crate) mod shown;
mod standing;
pub mod statements;
mod summary;
#[cfg(feature = "cli")]
pub mod text;

pub(crate) use html::escape;
pub use mistakes::{Count, Mistakes};
pub use overview::{Lines, overview};
pub use rows::{FileRow, FindingRow, sent};
pub use standing::standing;
pub use summary::Summary;

use serde::{Deserialize, Serialize};

use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::lang::Words;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path as it was named.
    pub path: String,
    /// The check-up, or why there is none.
    pub outcome: Result<Checkup, Failure>,
}

/// What became of a file, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// Its tables were checked.
    #[default]
    Checked,
    /// There is no table in it.
    NoTable,
    /// It cannot be read.
    Unreadable,
    /// It was checked, and an output could not be written.
    NotWritten,
}

impl FileStatus {
    /// That of a file that could not be checked.
    fn of(failure: &Failure) -> Self {
        if failure.code.as_str().starts_with("E2") { Self::NoTable } else { Self::Unreadable }
    }

    /// False where nothing is known of the file's tables.
    fn is_checked(self) -> bool {
        matches!(self, Self::Checked | Self::NotWritten)
    }

    /// The status for people.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Checked => Words { vi: "đã soát", en: "checked" },
            Self::NoTable => Words { vi: "không có bảng", en: "no table" },
            Self::Unreadable => Words { vi: "không đọc được", en: "unreadable" },
            Self::NotWritten => Words { vi: "không ghi được", en: "not written" },
        }
    }
}

/// True for control characters, which move a terminal's cursor, and for those that turn the order of
/// letters about (Unicode 16, UAX #9): shown as marks, never written as they are.
#[must_use]
pub fn steers(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        _ => letter.is_control(),
    }
}
