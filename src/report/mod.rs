//! Reports: findings as data on their way out, one renderer a file.

pub mod catalogue;
pub mod explain;
pub mod html;
pub mod json;
mod summary;
pub mod text;

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
