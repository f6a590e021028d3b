//! Outputs as bytes: the corrected workbook and the list of what was changed in it. How they become
//! files is [`files`].

pub mod changes;
mod corrected;
mod edited;
#[cfg(feature = "cli")]
pub mod files;
mod formats;
mod looks;
mod mark;
mod rebuild;
mod verify;

pub use changes::{Change, ChangeList};
pub use corrected::{Barred, Copy, Marks, Source, barred, corrected};
#[cfg(feature = "cli")]
pub use files::{Draft, no_more_writing, refuse_existing, refuse_input, sweep, write_file};
pub use mark::{Checksum, Kind, Mark, sources_of};
