//! What must hold in a table: relations between its figures, and their instances on cells.
//!
//! A [`Relation`] is declared once for a column, a row or a bound, with its [`Source`] and the
//! [`Evidence`] of the figures; [`of`] gathers those of every source. One file a kind declares what
//! is stated and makes the [`Instance`]s, each evaluated exactly. What is said of a broken one
//! stands with the rules ([`crate::rules`]); which cell is to blame is asked later
//! ([`crate::locate`]).

mod bounds;
mod columns;
mod counts;
mod elsewhere;
mod inferred;
mod instance;
pub mod ratio;
mod relation;
mod rows;
mod summed;

use std::collections::HashMap;

use crate::table::{BoundKind, Place, Role, Table};

pub(crate) use columns::said_by_shape;
pub use elsewhere::{Converted, Link, Links, Repeat};
pub use instance::{Combination, Edit, Factors, Instance, Outcome, Terms, Undecided};
pub use relation::{Axis, Evidence, Kind, Relation, Says, Source};
pub use summed::is_marked_out;

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

/// Everything that must hold in a table, from every source.
#[must_use]
pub fn of(table: &Table) -> Vec<Relation> {
    let mut relations = Vec::new();
    columns::stated(table, &mut relations);
    rows::stated(table, &mut relations);
    bounds::stated(table, &mut relations);
    inferred::stated(table, &mut relations);
    relations
}

/// The instances of relations on a table's cells, by concern. What may not convict a cell has none: it
/// accuses, vouches for and corrects nothing.
#[must_use]
pub fn instances(table: &Table, relations: &[Relation]) -> Vec<Instance> {
    let cells = |relation: &Relation| match relation.axis {
        Axis::Column => table.rows.len(),
        Axis::Row => table.columns.len(),
    };
    let most = relations.iter().filter(|relation| relation.convicts).map(cells).sum();
    let mut found = Vec::with_capacity(most);
    let rows = |sums: bool| {
        let table = &table.rows;
        (0..table.len()).filter(move |row| table[*row].is_sum() == sums)
    };
    let all = 0..table.rows.len();
    columns::instances(table, relations, Concern::Rate, rows(false), &mut found);
    columns::instances(table, relations, Concern::Formula, all, &mut found);
    rows::instances(table, relations, Concern::RowFormula, &mut found);
    rows::instances(table, relations, Concern::Sum, &mut found);
    columns::instances(table, relations, Concern::TotalRate, rows(true), &mut found);
    for kind in [BoundKind::Part, BoundKind::Reduction, BoundKind::People] {
        bounds::instances(table, relations, kind, &mut found);
    }
    found
}

/// The equalities each cell is in, as indices into the instances, ascending.
#[must_use]
pub fn equalities_around(instances: &[Instance]) -> HashMap<Place, Vec<usize>> {
    let mut around: HashMap<Place, Vec<usize>> = HashMap::new();
    for (index, instance) in instances.iter().enumerate().filter(|(_, i)| i.is_equality()) {
        for cell in instance.cells() {
            let known = around.entry(cell).or_default();
            if known.last() != Some(&index) {
                known.push(index);
            }
        }
    }
    around
}

/// Counts on how many of the cells it could be tried on each relation holds that accuses cells; the
/// others were counted when they were found. Settled rows fit what is said of columns.
pub fn count_fits(table: &Table, relations: &mut [Relation], instances: &[Instance]) {
    let runs = table.rows.iter().filter(|row| row.role == Role::Run);
    let settled: usize = runs.filter_map(|row| Some(row.run.as_ref()?.rows as usize)).sum();
    for relation in relations.iter_mut().filter(|relation| relation.convicts) {
        let start = if relation.axis == Axis::Column { settled } else { 0 };
        (relation.evidence.fits, relation.evidence.of) = (start, start);
    }
    for instance in instances {
        let Some(relation) = relations.get_mut(instance.relation()) else { continue };
        let fits = instance.outcome == Outcome::Satisfied;
        let broken = matches!(
            instance.outcome,
            Outcome::Violated | Outcome::Undecided(Undecided::Contradicted)
        );
        relation.evidence.fits += usize::from(fits);
        relation.evidence.of += usize::from(fits || broken);
    }
}
