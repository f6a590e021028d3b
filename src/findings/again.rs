//! Causes over many cells, tested again beside the errors that are found without them.
//!
//! A village's figure may be mistyped as well as left out of the total: the total then differs from
//! it by something else, in that column the cause does not fit, and what it gives the total is
//! wrong. So the errors besides are looked for where no typed figure of a cause is believed; with
//! those corrected the causes are tested once more. What then comes out is taken where it leaves no
//! more broken than what came out first.

use super::explained::pinned;
use super::{Correction, Finding, Grade, located};
use crate::hypotheses::{self, Explained};
use crate::judge::{Judged, Judgement, follow, put};
use crate::relations::Outcome;
use crate::rules;

/// The causes as they come out beside the errors found without them; `None` where that explains no
/// more than what is known.
pub(super) fn explain_again(judged: &Judged, explained: &Explained) -> Option<Explained> {
    let besides = pinned_without(explained);
    if besides.is_empty() {
        return None;
    }
    let mut mended = judged.clone();
    for correction in &besides {
        put(&mut mended.table, correction.place, correction.to);
    }
    let places = besides.iter().map(|correction| correction.place).collect();
    follow(&mut mended, &places);
    let mut again = hypotheses::explain(&mended, &rules::evaluate(&mended))?;
    // The causes as they were first read, once the errors besides are mended there too.
    let mut first = explained.judged.clone();
    for correction in &besides {
        put(&mut first.table, correction.place, correction.to);
    }
    follow(&mut first, &places);
    if broken(&again.judged) > broken(&first) {
        return None;
    }
    // The errors besides stand in the table still: they are found in it, beside the causes.
    for place in &places {
        if !again.causes.iter().any(|cause| cause.concerns(*place)) {
            again.judged.table.grid[place.row][place.column] = judged.table.datum(*place).clone();
        }
    }
    follow(&mut again.judged, &places);
    for cause in &mut again.causes {
        // They rest on corrections that nobody has agreed to.
        cause.grade = cause.grade.max(Grade::Suggested);
    }
    Some(again)
}

/// The corrections of single errors that are pinned where the typed figures of the causes count as
/// not known.
fn pinned_without(explained: &Explained) -> Vec<Correction> {
    let mut probe = explained.judged.clone();
    for cause in &explained.causes {
        for place in cause.cells.iter().chain(&cause.followers) {
            if probe.table.datum(*place).formula.is_none() {
                probe.judgements.insert(*place, Judgement::nothing());
            }
        }
    }
    let ledger = rules::evaluate(&probe);
    located(&probe, &ledger)
        .iter()
        .filter(|finding| pinned(finding).is_some())
        .flat_map(Finding::all_corrections)
        .filter(|correction| correction.grade <= Grade::Suggested)
        .filter(|correction| probe.table.datum(correction.place).formula.is_none())
        .cloned()
        .collect()
}

/// How many rules are broken in a table.
fn broken(judged: &Judged) -> usize {
    let ledger = rules::evaluate(judged);
    ledger.instances.iter().filter(|instance| instance.outcome == Outcome::Violated).count()
}
