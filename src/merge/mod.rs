//! One table of many: the tables of many units of one form become one, with a row a unit.
//!
//! ```text
//! Gathering::add, fail ─→ Gathering::settle ─→ Merged::write
//! checked files           problems, table      the workbook, checked like any other
//! ```
//!
//! [`Gathering`] keeps of each file only the rows that are needed, and each distinct set of columns
//! once. [`Gathering::settle`] says what stands in the way ([`Problem`]): a unit missing, doubled or
//! unclean, a file without the table. Nothing is left out unless the [`Options`] ask for it. What
//! is left is added up and set by [`crate::appendix`], with the notes of the merge on a second
//! sheet; the finished workbook is read again and must check clean.

mod columns;
mod gather;
mod group;
mod model;
mod notes;
mod problem;
pub mod report;
mod settle;
mod sum;
mod write;

pub use gather::{Errors, Gathering};
pub use group::Group;
pub use problem::{Kind, Problem, Spot};
pub use settle::{Merged, MergedUnit, Outcome};

use crate::units::Naming;

/// Which rows the merged table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Rows {
    /// One for each unit: its total.
    #[default]
    #[cfg_attr(
        feature = "cli",
        value(help = "mỗi đơn vị một dòng: dòng tổng của đơn vị / one for each unit: its total")
    )]
    Unit,
    /// Each unit's own rows, below its total in bold.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "dòng đơn vị in đậm, dưới là các dòng của đơn vị / each unit's own rows, below its total in bold"
        )
    )]
    Village,
}

/// In which order units stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Order {
    /// That of the list; without one that of the files.
    #[default]
    #[cfg_attr(
        feature = "cli",
        value(
            help = "theo danh sách đơn vị, không có thì theo tên tệp / that of the list; without one that of the files"
        )
    )]
    Given,
    /// By name, in the order of the Vietnamese alphabet.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "theo tên, thứ tự chữ cái tiếng Việt / by name, in the order of the Vietnamese alphabet"
        )
    )]
    Name,
}

/// How tables are merged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Which rows are wanted.
    pub rows: Rows,
    /// How units are named.
    pub naming: Naming,
    /// In which order they stand.
    pub order: Order,
    /// What they are grouped by, each group with its sums.
    pub group: Option<Group>,
    /// Only tables about this year, as far as it is known what they are about.
    pub year: Option<i32>,
    /// Only tables of the form with this id.
    pub form: Option<String>,
    /// What may be left out; a problem of any other kind refuses the merge.
    pub leave_out: Vec<Kind>,
    /// True where tables on hidden sheets are wanted: their sheet was named.
    pub hidden: bool,
    /// Heading of the column of units.
    pub unit_heading: Option<String>,
}
