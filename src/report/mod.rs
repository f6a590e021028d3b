//! Reports: findings as data on their way out, one renderer a file.

pub mod catalogue;
pub mod explain;
pub mod html;
pub mod json;
mod overview;
mod rows;
mod summary;
pub mod text;

pub use overview::overview;
pub use rows::{FileRow, FindingRow};
pub use summary::Summary;

use crate::Checkup;
use crate::failure::Failure;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path as it was named.
    pub path: String,
    /// The check-up, or why there is none.
    pub outcome: Result<Checkup, Failure>,
}

/// A file that could not be checked, in a word: there is no table in it, or it cannot be read.
fn status(failure: &Failure) -> &'static str {
    if failure.code.as_str().starts_with("E2") { "no-table" } else { "unreadable" }
}
