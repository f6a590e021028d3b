//! What must hold in a table: relations between its figures, and their instances on cells.
//!
//! One file makes the instances of one kind of relation; [`Instance`] evaluates them, exactly. What
//! is said of a broken one stands with the rules ([`crate::rules`]), which cell is to blame is asked
//! later ([`crate::locate`]).

mod bounds;
mod columns;
mod instance;
pub mod ratio;
mod rows;
mod sums;

use crate::table::{BoundKind, Table};

pub use instance::{Edit, Instance, Outcome, Terms, Undecided};

/// What an instance is about: which rule reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Concern {
    /// A ratio of a row's own figures.
    Rate,
    /// Another formula of a column on a row's own figures.
    Formula,
    /// A row computed from other rows.
    RowFormula,
    /// A sum of rows.
    Sum,
    /// A ratio on a row that sums others.
    TotalRate,
    /// A bound that a form states.
    Bound(BoundKind),
}

/// The instances of everything that must hold in a table, by concern.
#[must_use]
pub fn instances(table: &Table) -> Vec<Instance> {
    let mut found = Vec::new();
    columns::instances_in_rows(table, &mut found);
    rows::instances(table, &mut found);
    sums::instances(table, &mut found);
    columns::rates_of_totals(table, &mut found);
    for kind in [BoundKind::Part, BoundKind::Reduction, BoundKind::People] {
        bounds::instances(table, kind, &mut found);
    }
    found
}
