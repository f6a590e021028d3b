//! Error values of one column are one fault told once, with all its cells.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Mechanism};
use crate::rules::{ERROR_VALUE, Severity};
use crate::table::{Place, Table};
use crate::workbook::RelativeForm;

/// Joins findings on the same error value in one column, where no figure is known for any of them.
pub(super) fn fold(table: &Table, findings: &mut Vec<Finding>) {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    // The first finding of each kind, by its place among those kept.
    let mut firsts: BTreeMap<Kind<'_>, usize> = BTreeMap::new();
    for finding in findings.drain(..) {
        match kind(table, &finding) {
            Some(kind) if firsts.contains_key(&kind) => join(&mut kept[firsts[&kind]], finding),
            kind => {
                firsts.extend(kind.map(|kind| (kind, kept.len())));
                kept.push(finding);
            }
        }
    }
    for first in firsts.into_values() {
        settle(&mut kept[first]);
    }
    *findings = kept;
}

/// Column, whether it is an error to be mended, the error value, and the formula that is the cause, as it
/// is wherever it is moved to.
type Kind<'t> = (usize, bool, String, Option<&'t RelativeForm>);

fn kind<'t>(table: &'t Table, finding: &Finding) -> Option<Kind<'t>> {
    let place = finding.place.filter(|_| *finding.rule == ERROR_VALUE)?;
    let formula = cause_by_formula(table, finding, place);
    let open = finding.correction.is_none()
        && finding.expected.is_none()
        && finding.alternatives.is_empty()
        && (finding.causes.is_empty() || formula.is_some())
        && finding.along.is_empty();
    let is_error = finding.severity == Severity::Error;
    let value = || table.datum(place).printed().into_owned();
    open.then(|| (place.column, is_error, value(), formula))
}

/// The formula of a cell that it alone is the cause of.
fn cause_by_formula<'t>(
    table: &'t Table,
    finding: &Finding,
    place: Place,
) -> Option<&'t RelativeForm> {
    let only = finding.causes.iter().all(|cause| cause.mechanism == Mechanism::Formula);
    let formula = table.datum(place).formula.as_ref();
    let formula = formula.filter(|_| only && !finding.causes.is_empty())?;
    Some(formula.form(table.address(place)))
}

fn join(first: &mut Finding, other: Finding) {
    first.others.extend(other.place.into_iter().chain(other.others));
    first.followers.extend(other.followers);
    first.evidence.extend(other.evidence);
}

/// Each cell and each rule once.
fn settle(first: &mut Finding) {
    let told: BTreeSet<Place> = first.place.into_iter().chain(first.others.clone()).collect();
    first.followers.retain(|place| !told.contains(place));
    first.followers.sort_unstable();
    first.followers.dedup();
    first.evidence.sort_unstable();
    first.evidence.dedup();
}
