//! Sums of counts, as integers: nearly all figures of a table are counts, and nearly all that must hold
//! is told by them alone in a fraction of the time that decimals take.

use super::instance::Combination;
use crate::table::whole;

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

    /// The value by the count that each holds, where all hold one.
    pub(super) fn value(&self, count: impl Fn(usize) -> Option<i64>) -> Option<i64> {
        self.terms.iter().try_fold(self.constant, |sum, (at, factor)| {
            sum.checked_add(count(*at)?.checked_mul(*factor)?)
        })
    }
}
