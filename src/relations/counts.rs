//! The figures of a table that are counts, as integers: nearly all are, and nearly all that must hold
//! is told by them alone in a fraction of the time that decimals take.

use super::instance::Combination;
use crate::table::{Place, Table, whole};

/// A table with its counts.
pub(super) struct Counts<'a> {
    pub(super) table: &'a Table,
    /// By row, then column; [`NONE`] where a cell holds no count.
    counts: Vec<i64>,
}

/// No figure of a table is so far below zero.
const NONE: i64 = i64::MIN;

impl<'a> Counts<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        let mut counts = Vec::with_capacity(table.grid.len() * table.columns.len());
        for row in &table.grid {
            let numbers = row.iter().map(|datum| datum.reading.number());
            counts.extend(numbers.map(|number| number.and_then(whole).unwrap_or(NONE)));
        }
        Self { table, counts }
    }

    pub(super) fn at(&self, place: Place) -> Option<i64> {
        let count = self.counts.get(place.row * self.table.columns.len() + place.column);
        count.copied().filter(|count| *count != NONE)
    }
}

/// A combination with whole coefficients and a whole constant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    terms: Vec<(usize, i64)>,
    constant: i64,
}

impl Whole {
    /// `None` where something is not whole, or where it combines nothing.
    pub(super) fn of(combination: &Combination) -> Option<Self> {
        let terms = combination.terms.iter();
        let terms: Option<Vec<_>> =
            terms.map(|(at, factor)| Some((*at, whole(*factor)?))).collect();
        let terms = terms.filter(|terms| !terms.is_empty())?;
        Some(Self { terms, constant: whole(combination.constant)? })
    }

    /// The value where all that it combines are counts; `place` tells where each stands.
    pub(super) fn value(&self, counts: &Counts<'_>, place: impl Fn(usize) -> Place) -> Option<i64> {
        self.terms.iter().try_fold(self.constant, |sum, (at, factor)| {
            sum.checked_add(counts.at(place(*at))?.checked_mul(*factor)?)
        })
    }
}
