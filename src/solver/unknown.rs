//! Figures that are not there: whether any would let the rules hold, and which they must be.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Grade, Verdict};
use super::evidence::{Standing, Support, weigh_some};
use super::feasible::{Feasibility, Freed, Scope, check, is_tractable};
use super::problem::{CellId, CellKind, Outcome, Problem, RuleId};
use super::search::{Dependence, Following};
use super::verdict::doubtful;

/// Most unknown figures solved for together, what is computed from them included.
const MAX_TOGETHER: usize = 64;

/// What is known of a figure that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The cell.
    pub cell: CellId,
    /// The only value that lets the rules hold.
    pub value: i128,
    /// What speaks for it.
    pub support: Support,
    /// What may be done with it.
    pub grade: Grade,
}

/// The violated-in-effect rules: equalities that no choice of the unknown figures lets hold
/// together with the rules that do.
pub(super) fn contradictory(scope: &Scope<'_>, dependence: &Dependence<'_>) -> Vec<RuleId> {
    let problem = scope.problem;
    let open =
        |rule: &RuleId| !problem.missing_in(*rule).is_empty() && !problem.rule(*rule).is_bound();
    let mut found = Vec::new();
    for unknown in components(scope) {
        let freed = dependence.closure_with_unknowns(scope, &unknown);
        if freed.len() > MAX_TOGETHER {
            continue;
        }
        if let Feasibility::Conflict(proofs) = check(scope, &freed, &[]) {
            found.extend(proofs.into_iter().flatten().filter(open));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The figures that are not there and that rules settle, by figures which no block puts in doubt or
/// else with the corrections that blocks are certain of. Safe are only the former, and only where
/// two independent rules agree or a rule computes them from figures that others confirm exactly.
#[must_use]
pub fn derive(problem: &Problem, blocks: &[Block]) -> Vec<Derived> {
    let doubtful = doubtful(problem, blocks);
    let apart = |rule: RuleId| !problem.cells_in(rule).iter().any(|cell| doubtful.contains(cell));
    let mut derived = by_trusted(problem, apart);
    let corrected = corrected(problem, blocks);
    if corrected.is_empty() {
        return derived;
    }
    let mended = problem.with_values(&corrected);
    let left = |cell: &CellId| doubtful.contains(cell) && !corrected.contains_key(cell);
    let settled = |rule: RuleId| !mended.cells_in(rule).iter().any(left);
    let known: BTreeSet<CellId> = derived.iter().map(|known| known.cell).collect();
    let more = by_trusted(&mended, settled).into_iter();
    let more = more.filter(|new| !known.contains(&new.cell));
    derived.extend(more.map(|new| Derived { grade: Grade::Suggested, ..new }));
    derived.sort_by_key(|known| known.cell);
    derived
}

/// The figures that pinned blocks give.
fn corrected(problem: &Problem, blocks: &[Block]) -> BTreeMap<CellId, i128> {
    let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
    let changes = pinned.flat_map(|block| &block.explanations).flat_map(|e| &e.changes);
    let values = changes.filter_map(|change| Some((change.cell, change.value?)));
    values.filter(|(cell, _)| problem.state(*cell).kind != CellKind::Missing).collect()
}

/// The figures that the trusted among the rules that hold settle. A rule about figures computed from
/// unknown ones is broken for these, if it is.
fn by_trusted(problem: &Problem, trusted: impl Fn(RuleId) -> bool) -> Vec<Derived> {
    let dependence = Dependence::new(problem, Following::Formulas);
    let missing = (0..problem.cells().len()).map(CellId);
    let missing = missing.filter(|&cell| problem.state(cell).value.is_none());
    let following: BTreeSet<CellId> =
        dependence.closure(&missing.collect::<Vec<_>>()).into_iter().collect();
    let waits = |rule: RuleId| problem.cells_in(rule).iter().any(|cell| following.contains(cell));
    let holds = |rule: RuleId| problem.outcome(rule) != Outcome::Violated || waits(rule);
    let active: Vec<bool> = problem.rule_ids().map(|rule| trusted(rule) && holds(rule)).collect();
    let in_force = |rule: RuleId| active[rule.0];
    let scope = Scope::new(problem, &in_force);
    let standing = Standing::new(problem);
    let mut derived = Vec::new();
    for unknown in components(&scope) {
        let freed = dependence.closure_with_unknowns(&scope, &unknown);
        if freed.len() > MAX_TOGETHER {
            continue;
        }
        if let Feasibility::Holds { freed, .. } = check(&scope, &freed, &[]) {
            derived.extend(settled(&scope, &standing, &freed));
        }
    }
    derived.sort_by_key(|known| known.cell);
    derived
}

/// The unknown figures that have one value left, with what speaks for it.
fn settled(scope: &Scope<'_>, standing: &Standing<'_>, freed: &[Freed]) -> Vec<Derived> {
    let problem = scope.problem;
    let values: Vec<(CellId, i128)> =
        freed.iter().filter_map(|freed| Some((freed.cell, freed.value?))).collect();
    let open: BTreeSet<CellId> = freed.iter().map(|freed| freed.cell).collect();
    let trusted = |rule| scope.has(rule);
    let mut supports = weigh_some(standing, &values, open, Some(&trusted));
    let missing = values.iter().filter(|(cell, _)| problem.state(*cell).kind == CellKind::Missing);
    missing
        .map(|&(cell, value)| {
            let support = supports.remove(&cell).unwrap_or_default();
            let sound = support.derived() || support.corroborated();
            let safe = sound && !support.rests_on_corrections;
            Derived {
                cell,
                value,
                support,
                grade: if safe { Grade::Safe } else { Grade::Suggested },
            }
        })
        .collect()
}

/// The unknown figures, those together that rules in force tie to each other. A figure no rule
/// reads is in none.
fn components(scope: &Scope<'_>) -> Vec<Vec<CellId>> {
    let problem = scope.problem;
    let usable = |rule: RuleId| scope.has(rule) && is_tractable(problem, rule);
    let cells = 0..problem.cells().len();
    let missing = cells.map(CellId).filter(|&cell| problem.state(cell).value.is_none());
    let mut left: BTreeSet<CellId> =
        missing.filter(|&cell| problem.rules_on(cell).iter().any(|&rule| usable(rule))).collect();
    let mut components = Vec::new();
    while let Some(first) = left.pop_first() {
        let mut component = vec![first];
        let mut next = 0;
        while next < component.len() {
            for &rule in problem.rules_on(component[next]).iter().filter(|&&rule| usable(rule)) {
                let tied = problem.missing_in(rule).iter().filter(|cell| left.remove(cell));
                component.extend(tied.copied().collect::<Vec<_>>());
            }
            next += 1;
        }
        component.sort_unstable();
        components.push(component);
    }
    components
}
