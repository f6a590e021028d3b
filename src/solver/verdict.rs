//! When an explanation may be called certain, and what its corrections are worth.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Change, Explanation, Grade, Role, Verdict};
use super::problem::{CellId, Outcome, Problem, RuleId};

impl Block {
    /// No change keeps a better grade.
    fn lower(&mut self, grade: Grade) {
        let changes = self.explanations.iter_mut().flat_map(|e| &mut e.changes);
        changes.for_each(|change| change.grade = change.grade.max(grade));
    }
}

/// There is evidence enough against every accused cell.
pub(super) fn pins(explanation: &Explanation) -> bool {
    let mut retyped = explanation.changes.iter().filter(|change| change.role == Role::Retyped);
    retyped.all(|change| change.support.convicts())
}

/// Lowers corrections that trust figures which one and the same rule confirms, and nothing else:
/// two errors that cancel out in that rule (two figures exchanged) would have the same effect.
pub(super) fn distrust_shared_vouchers(blocks: &mut [Block]) {
    let mut leaning: BTreeMap<RuleId, Leaning> = BTreeMap::new();
    for block in blocks.iter() {
        let close = !block.next_known || block.next_best.is_some();
        for change in block.explanations.iter().flat_map(|e| &e.changes) {
            for rule in change.support.leans_on() {
                let leaning = leaning.entry(rule).or_default();
                leaning.cells.insert(change.cell);
                leaning.contested |= close;
            }
        }
    }
    leaning.retain(|_, leaning| leaning.cells.len() > 1);
    for block in blocks.iter_mut().filter(|block| block.verdict == Verdict::Pinned) {
        let changes = block.explanations.iter().flat_map(|e| &e.changes);
        let leans: Vec<RuleId> = changes.flat_map(|change| change.support.leans_on()).collect();
        let shared: Vec<&Leaning> = leans.iter().filter_map(|rule| leaning.get(rule)).collect();
        if shared.iter().any(|leaning| leaning.contested) {
            block.verdict = Verdict::Undecidable;
            block.lower(Grade::Shown);
        } else if !shared.is_empty() {
            block.lower(Grade::Suggested);
        }
    }
}

/// The corrections that fall with one rule.
#[derive(Default)]
struct Leaning {
    cells: BTreeSet<CellId>,
    /// Whether one of their blocks has another explanation at one more change.
    contested: bool,
}

/// Grades a pinned explanation.
pub(super) fn grade(explanation: &mut Explanation) {
    for change in &mut explanation.changes {
        let sound = change.role == Role::Retyped && !change.support.rests_on_corrections;
        let safe = sound && change.support.is_sound();
        change.grade = if safe { Grade::Safe } else { Grade::Suggested };
    }
}

/// The cells that some block calls wrong, or may.
pub(super) fn doubtful(problem: &Problem, blocks: &[Block]) -> BTreeSet<CellId> {
    let accused = |block: &Block| -> Vec<CellId> {
        let changes = block.explanations.iter().flat_map(|e| &e.changes);
        if block.explanations.is_empty() {
            return block.rules.iter().flat_map(|&rule| problem.cells_in(rule)).copied().collect();
        }
        changes.map(|change| change.cell).collect()
    };
    blocks.iter().flat_map(accused).collect()
}

/// No correction is safe that needs a figure which is itself in doubt: it may yet change.
pub(super) fn distrust_doubtful(problem: &Problem, blocks: &mut [Block]) {
    let doubtful = doubtful(problem, blocks);
    let rests = |rule: RuleId, cell: CellId| {
        problem.cells_in(rule).iter().any(|other| *other != cell && doubtful.contains(other))
    };
    let changes = blocks.iter_mut().flat_map(|b| &mut b.explanations).flat_map(|e| &mut e.changes);
    for change in changes.filter(|change| change.grade == Grade::Safe) {
        let mut support = change.support.clone();
        support.keep(problem, change.cell, |rule| !rests(rule, change.cell));
        if !support.is_sound() {
            change.grade = Grade::Suggested;
        }
    }
}

/// Lowers what could not be applied together without breaking a rule that holds: first all pinned
/// corrections, then the safe ones alone.
pub(super) fn keep_rules_whole(problem: &Problem, blocks: &mut [Block]) {
    for worst in [Grade::Suggested, Grade::Safe] {
        while let Some(rule) = broken_by(problem, blocks, worst) {
            lower(problem.cells_in(rule), blocks, worst);
        }
    }
}

fn broken_by(problem: &Problem, blocks: &[Block], worst: Grade) -> Option<RuleId> {
    let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
    let changes = pinned.flat_map(|block| &block.explanations).flat_map(|e| &e.changes);
    let changes = changes.filter(|change| change.grade <= worst);
    let values: Vec<(CellId, i128)> =
        changes.filter_map(|change| Some((change.cell, change.value?))).collect();
    // By rule, since a table of many corrections has few in any one rule.
    let mut touched: BTreeMap<RuleId, Vec<(CellId, i128)>> = BTreeMap::new();
    for value in &values {
        for &rule in problem.rules_on(value.0) {
            if problem.outcome(rule) == Outcome::Satisfied {
                touched.entry(rule).or_default().push(*value);
            }
        }
    }
    let breaks = |rule: &RuleId| problem.outcome_with(*rule, &touched[rule]) != Outcome::Satisfied;
    let rules = values.iter().flat_map(|value| problem.rules_on(value.0)).copied();
    rules.filter(|rule| touched.contains_key(rule)).find(breaks)
}

/// Lowers every pinned block that changes one of the cells at `worst` or better.
fn lower(cells: &[CellId], blocks: &mut [Block], worst: Grade) {
    let concerns =
        |change: &Change| change.grade <= worst && cells.binary_search(&change.cell).is_ok();
    for block in blocks.iter_mut().filter(|block| block.verdict == Verdict::Pinned) {
        if !block.explanations.iter().flat_map(|e| &e.changes).any(concerns) {
            continue;
        }
        if worst == Grade::Safe {
            block.lower(Grade::Suggested);
        } else {
            block.verdict = Verdict::Narrowed;
            block.lower(Grade::Shown);
        }
    }
}
