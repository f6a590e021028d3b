//! Cells that differ from what figures and headings show by themselves: warnings and notes, never an
//! error, and none on what is told as an error already.

use std::collections::BTreeSet;

use super::assemble::bare;
use super::{Finding, Verdict};
use crate::rules::{Remark, Severity};
use crate::table::{Place, Table};

/// The findings of such remarks, beside those that are known.
pub(super) fn of(table: &Table, remarks: &[Remark], known: &[Finding]) -> Vec<Finding> {
    let errors = known.iter().filter(|known| known.severity == Severity::Error);
    let accused: BTreeSet<Place> = errors
        .flat_map(|known| known.alternatives.iter().flatten().copied().chain(known.place))
        .collect();
    remarks.iter().filter_map(|remark| finding(table, remark, &accused)).collect()
}

fn finding(table: &Table, remark: &Remark, accused: &BTreeSet<Place>) -> Option<Finding> {
    let one = table.inferred.get(remark.inferred?)?;
    let is_open = |place: &Place| {
        !accused.contains(place) && one.inputs(*place).iter().all(|cell| !accused.contains(cell))
    };
    let mut cells = remark.place.iter().chain(&remark.others).copied().filter(is_open);
    let place = cells.next()?;
    let inputs = one.inputs(place).into_iter().map(|cell| vec![cell]);
    let alternatives = if remark.others.is_empty() { inputs.collect() } else { Vec::new() };
    Some(Finding {
        others: cells.collect(),
        expected: remark.expected,
        alternatives,
        verdict: (remark.severity == Severity::Error).then_some(Verdict::Pinned),
        inferred: remark.inferred,
        ..bare(remark.rule, remark.severity, Some(place))
    })
}
