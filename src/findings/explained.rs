//! Causes over many cells as findings: one each, before what is wrong besides.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Checked, Correction, Finding, Grade, Reason, Verdict, words};
use crate::hypotheses::{Explained, Explanation, tell};
use crate::judge::{Judged, follow, put};
use crate::lang::{Lang, Text};
use crate::relations::{self, Instance, Outcome};
use crate::rules::{Ledger, Severity};
use crate::say;
use crate::table::{Place, Table};
use crate::workbook::as_typed;

/// Puts the accepted causes before the findings on the table as they read it.
#[must_use]
pub fn with_causes(
    table: &Table,
    explained: &Explained,
    sound: &Ledger,
    mut rest: Vec<Finding>,
) -> Vec<Finding> {
    let doubtful: BTreeSet<Place> = explained
        .causes
        .iter()
        .filter(|cause| cause.grade != Grade::Safe)
        .flat_map(|cause| doubted_by(table, cause))
        .collect();
    let rows = explained.causes.iter().flat_map(|cause| cause.rows.iter().copied()).collect();
    let grounds = Grounds { explained, sound, doubtful: &doubtful, rows };
    for finding in &mut rest {
        grounds.narrow(finding);
        if finding.is_safe() {
            grounds.no_safer_than_they_are(finding);
        }
    }
    let last = Last::of(table, explained, sound, &rest);
    // What is wrong with a cell of a cause is told with the cause.
    rest.retain(|finding| !is_told_by(explained, finding));
    rest.extend(explained.causes.iter().map(|cause| last.finding(cause)));
    rest.sort_by_key(|finding| {
        (finding.place.or(finding.others.first().copied()), finding.rule.code)
    });
    rest
}

/// Cells that prove nothing where a cause is no more than suggested: its own, and of a total that was
/// added up wrongly every typed figure, since one that fits may do so by another error.
fn doubted_by(table: &Table, cause: &Explanation) -> BTreeSet<Place> {
    let mut cells: BTreeSet<Place> = cause.cells.iter().chain(&cause.followers).copied().collect();
    if !cause.rows.is_empty() {
        let sums: BTreeSet<usize> = cause.cells.iter().map(|place| place.row).collect();
        let typed = |place: &Place| table.datum(*place).formula.is_none();
        cells.extend(table.places().filter(|place| sums.contains(&place.row)).filter(typed));
    }
    cells
}

/// What the findings besides rest on, where figures of the causes are no more than suggested.
struct Grounds<'a> {
    explained: &'a Explained,
    sound: &'a Ledger,
    doubtful: &'a BTreeSet<Place>,
    /// Rows whose figures the causes put into sums.
    rows: BTreeSet<usize>,
}

impl Grounds<'_> {
    fn is_doubtful(&self, instance: &Instance) -> bool {
        instance.cells().any(|cell| self.doubtful.contains(&cell))
    }

    /// A sum that a cause made fit says nothing of what it adds up: where only such a sum speaks for
    /// another cell of the broken relation, that cell may be the wrong one.
    fn narrow(&self, finding: &mut Finding) {
        let Some(place) = pinned(finding).map(|correction| correction.place) else { return };
        let sound = &self.sound.instances;
        let speaks_for = |cell: Place| {
            move |i: &&Instance| {
                i.is_equality()
                    && i.outcome == Outcome::Satisfied
                    && i.cells().any(|other| other == cell)
            }
        };
        let only_doubtful = |cell: &Place| {
            if !self.rows.contains(&cell.row) {
                return false;
            }
            let mut speaking = sound.iter().filter(speaks_for(*cell)).peekable();
            speaking.peek().is_some() && speaking.all(|instance| self.is_doubtful(instance))
        };
        let broken = finding.evidence.iter().filter_map(|index| sound.get(*index));
        let broken = broken.filter(|i| i.outcome == Outcome::Violated && !self.is_doubtful(i));
        let others: BTreeSet<Place> =
            broken.flat_map(Instance::cells).filter(|cell| *cell != place).collect();
        let others: Vec<Place> = others.into_iter().filter(only_doubtful).collect();
        if others.is_empty() {
            return;
        }
        finding.verdict = Some(Verdict::Narrowed);
        finding.alternatives.extend(others.into_iter().map(|cell| vec![cell]));
        if let Some(correction) = &mut finding.correction {
            (correction.grade, correction.reason) = (Grade::Shown, Reason::OneOfSeveral);
        }
    }

    /// A correction that only holds if a cause is believed is no safer than that cause.
    fn no_safer_than_they_are(&self, finding: &mut Finding) {
        let Some(correction) = &mut finding.correction else { return };
        let place = correction.place;
        let about = |i: &&Instance| i.is_equality() && i.cells().any(|cell| cell == place);
        if !self.sound.instances.iter().filter(about).any(|instance| self.is_doubtful(instance)) {
            return;
        }
        // Proved all the same where two relations, or the one that computes it, read no doubtful cell.
        let mut table = self.explained.judged.table.clone();
        put(&mut table, place, correction.to);
        let after = relations::instances(&table, &self.explained.judged.relations);
        let agreeing = after.iter().filter(about);
        let agreeing = agreeing.filter(|i| i.outcome == Outcome::Satisfied && !self.is_doubtful(i));
        let (mut count, mut computed) = (0, false);
        for instance in agreeing {
            count += 1;
            computed |= instance.target() == place;
        }
        if count < 2 && !computed {
            (correction.grade, correction.reason) = (Grade::Suggested, Reason::OnlyExplanation);
        }
    }
}

/// What is known in the end, with the findings besides.
struct Last<'a> {
    table: &'a Table,
    /// The table with everything mended that is pinned.
    mended: Judged,
    /// Typed cells of the causes whose right figure hangs on cells that nothing pins.
    open: BTreeSet<Place>,
}

impl<'a> Last<'a> {
    fn of(table: &'a Table, explained: &Explained, sound: &Ledger, rest: &[Finding]) -> Self {
        let mut mended = explained.judged.clone();
        // What was worked out from a wrong figure comes out with it.
        let pinned = rest.iter().filter(|finding| pinned(finding).is_some());
        let pinned: Vec<&Correction> = pinned.flat_map(Finding::all_corrections).collect();
        for correction in &pinned {
            put(&mut mended.table, correction.place, correction.to);
        }
        follow(&mut mended, &pinned.iter().map(|correction| correction.place).collect());
        Self { table, mended, open: open(explained, sound, rest) }
    }

    /// The cells of a cause that are surely wrong by it: not those that hang on cells that nothing
    /// pins, unless there are no others.
    fn known<'c>(&'c self, cause: &'c Explanation) -> impl Iterator<Item = Place> + 'c {
        let all = cause.cells.iter().all(|cell| self.open.contains(cell));
        cause.cells.iter().copied().filter(move |cell| all || !self.open.contains(cell))
    }

    /// One cause as one finding, its figures as they come out in the end: a formula gives what its
    /// mended inputs make of it, and a typed cell may be wrong besides.
    fn finding(&self, cause: &Explanation) -> Finding {
        let known = |(place, _): &&(Place, Decimal)| !self.open.contains(place);
        let repair: Vec<(Place, Decimal)> = cause
            .repair
            .iter()
            .filter(known)
            .map(|(place, right)| (*place, self.mended.table.number(*place).unwrap_or(*right)))
            .collect();
        let figures = tell::figures(self.table, &repair);
        let (live, typed): (Vec<Place>, Vec<Place>) =
            cause.followers.iter().partition(|place| self.table.datum(**place).formula.is_some());
        let followers = tell::computed_from(self.table, &typed);
        let told = Text::new(
            format!("{}{}{}", cause.told.vi, figures.vi, followers.vi),
            format!("{}{}{}", cause.told.en, figures.en, followers.en),
        );
        let correct = |(place, to): &(Place, Decimal)| Correction {
            place: *place,
            from: self.table.number(*place),
            to: *to,
            grade: cause.grade,
            reason: Reason::OneCause(cause.cells.len()),
        };
        let mut corrections: Vec<Correction> = repair.iter().map(correct).collect();
        // Told at the first cell that can be mended.
        let mended = |cell: &&Place| repair.iter().any(|(place, _)| place == *cell);
        let place = cause.cells.iter().find(mended).or(cause.cells.first()).copied();
        let first = corrections.iter().position(|correction| Some(correction.place) == place);
        let correction = first.map(|first| corrections.remove(first));
        Finding {
            rule: cause.rule,
            severity: cause.severity,
            place,
            others: self.known(cause).filter(|cell| Some(*cell) != place).collect(),
            more: 0,
            heading: None,
            outside: None,
            texts: None,
            expected: correction.as_ref().map(|correction| correction.to),
            verdict: (cause.severity == Severity::Error).then_some(Verdict::Pinned),
            alternatives: Vec::new(),
            causes: vec![cause.cause.clone()],
            evidence: cause.evidence.clone(),
            correction,
            told: Some(told),
            inferred: None,
            along: corrections,
            followers: live,
        }
    }
}

/// True for an error pinned to a cell that a cause changes.
fn is_told_by(explained: &Explained, finding: &Finding) -> bool {
    let Some(place) = pinned(finding).map(|correction| correction.place) else { return false };
    explained.causes.iter().any(|cause| cause.concerns(place))
}

/// Typed cells of the causes that are computed from cells among which an error is not pinned.
fn open(explained: &Explained, sound: &Ledger, rest: &[Finding]) -> BTreeSet<Place> {
    let unpinned =
        rest.iter().filter(|f| f.severity == Severity::Error && f.verdict != Some(Verdict::Pinned));
    let named: BTreeSet<Place> = unpinned
        .flat_map(|f| f.place.iter().chain(f.alternatives.iter().flatten()))
        .copied()
        .collect();
    let broken = sound.instances.iter().filter(|i| i.outcome == Outcome::Violated);
    let with_named = broken.filter(|i| i.cells().any(|cell| named.contains(&cell)));
    let mut suspect: BTreeSet<Place> = with_named.flat_map(Instance::cells).collect();
    suspect.extend(&named);
    let typed: BTreeSet<Place> = explained
        .causes
        .iter()
        .flat_map(|cause| cause.cells.iter().chain(&cause.followers).copied())
        .filter(|place| explained.judged.table.datum(*place).formula.is_none())
        .collect();
    let mut open = BTreeSet::new();
    loop {
        let more: Vec<Place> = sound
            .instances
            .iter()
            .filter(|i| {
                i.is_equality() && typed.contains(&i.target()) && !open.contains(&i.target())
            })
            .filter(|i| i.inputs().any(|input| suspect.contains(&input)))
            .map(Instance::target)
            .collect();
        if more.is_empty() {
            return open;
        }
        suspect.extend(more.iter().copied());
        open.extend(more);
    }
}

/// The correction of an error that is pinned.
pub(super) fn pinned(finding: &Finding) -> Option<&Correction> {
    let pinned = finding.severity == Severity::Error && finding.verdict == Some(Verdict::Pinned);
    finding.correction.as_ref().filter(|_| pinned)
}

/// What to do about a cause: the repair of its first cell, and that the others go with it.
pub(super) fn advice(checked: &Checked, finding: &Finding, lang: Lang) -> String {
    let table = &checked.table;
    let Some(first) = &finding.correction else {
        return say!(
            lang,
            "sửa nguyên nhân trong tệp gốc rồi kiểm tra lại",
            "mend the cause in the workbook and check it again",
        );
    };
    let cell = table.address(first.place);
    let value = table.print(first.place.column, first.to);
    let action = if let Some(formula) = words::written_formula(checked, first.place) {
        say!(
            lang,
            "ghi vào ô {cell} công thức {formula}",
            "write {formula} into cell {cell}",
            formula = as_typed(&formula),
        )
    } else {
        say!(lang, "sửa ô {cell} thành {value}", "set cell {cell} to {value}")
    };
    let others = finding.along.len();
    if others == 0 {
        return action;
    }
    let cells = words::cell_list(table, finding.along.iter().map(|c| c.place));
    say!(
        lang,
        "{action}, và {others} ô khác theo cùng cách ({cells})",
        "{action}, and {others} more in the same way ({cells})",
    )
}
