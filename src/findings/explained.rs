//! Causes over many cells as findings: one each, before what is wrong besides.

use std::collections::BTreeSet;

use super::{Correction, Finding, Grade, Reason, Verdict};
use crate::hypotheses::{Explained, Explanation};
use crate::judge::put;
use crate::relations::{self, Instance, Outcome};
use crate::rules::{Ledger, Severity};
use crate::table::Place;

/// Puts the accepted causes before the findings on the table as they read it.
#[must_use]
pub fn with_causes(explained: &Explained, sound: &Ledger, mut rest: Vec<Finding>) -> Vec<Finding> {
    let doubtful: BTreeSet<Place> = explained
        .causes
        .iter()
        .filter(|cause| cause.grade() != Grade::Safe)
        .flat_map(|cause| cause.cells.iter().chain(&cause.followers).copied())
        .collect();
    for finding in &mut rest {
        if finding.is_safe() {
            no_safer_than_its_ground(explained, sound, &doubtful, finding);
        }
    }
    let own: BTreeSet<Place> = rest
        .iter()
        .filter(|finding| finding.correction.is_some() && finding.severity == Severity::Error)
        .filter_map(|finding| finding.place)
        .collect();
    rest.extend(explained.causes.iter().filter_map(|cause| finding(cause, &own)));
    rest.sort_by_key(|finding| {
        (finding.place.or(finding.others.first().copied()), finding.rule.code)
    });
    rest
}

/// A correction that only holds if a cause is believed is no safer than that cause.
fn no_safer_than_its_ground(
    explained: &Explained,
    sound: &Ledger,
    doubtful: &BTreeSet<Place>,
    finding: &mut Finding,
) {
    let Some(correction) = &mut finding.correction else { return };
    let place = correction.place;
    let concerns = |cell: Place| cell == place;
    let rests = |instance: &Instance| instance.cells().any(|cell| doubtful.contains(&cell));
    let about = sound.instances.iter().filter(|i| i.is_equality() && i.cells().any(concerns));
    if !about.clone().any(|instance| rests(instance)) {
        return;
    }
    // Proved all the same where two relations, or the one that computes it, read no doubtful cell.
    let mut table = explained.judged.table.clone();
    put(&mut table, place, correction.to);
    let after = relations::instances(&table, &explained.judged.relations);
    let agreeing = after.iter().filter(|i| {
        i.is_equality() && i.outcome == Outcome::Satisfied && i.cells().any(concerns) && !rests(i)
    });
    let (mut count, mut computed) = (0, false);
    for instance in agreeing {
        count += 1;
        computed |= instance.target == place;
    }
    if count < 2 && !computed {
        (correction.grade, correction.reason) = (Grade::Suggested, Reason::OnlyExplanation);
    }
}

/// One cause as one finding; cells that have a finding of their own are left to it.
fn finding(cause: &Explanation, own: &BTreeSet<Place>) -> Option<Finding> {
    let mut cells = cause.cells.iter().copied().filter(|cell| !own.contains(cell));
    let place = cells.next()?;
    let mut corrections: Vec<Correction> =
        cause.corrections.iter().filter(|c| !own.contains(&c.place)).cloned().collect();
    let first = corrections.iter().position(|correction| correction.place == place);
    let correction = first.map(|first| corrections.remove(first));
    Some(Finding {
        rule: cause.rule,
        severity: cause.severity,
        place: Some(place),
        others: cells.collect(),
        more: 0,
        heading: None,
        expected: correction.as_ref().map(|correction| correction.to),
        verdict: (cause.severity == Severity::Error).then_some(Verdict::Pinned),
        alternatives: Vec::new(),
        causes: vec![cause.cause.clone()],
        evidence: cause.evidence.clone(),
        correction,
        told: Some(cause.told.clone()),
        corrections,
        followers: cause.followers.clone(),
    })
}
