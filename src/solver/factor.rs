//! Splits a block whose explanations are free combinations of independent parts.
//!
//! Where every explanation changes A and then one of B, C, D, the answer is "A, and one of B, C,
//! D": A is not in doubt because the rest is.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Change, Explanation, Grade, Role, Verdict};
use super::evidence::{Standing, Support, weigh_some};
use super::problem::{CellId, Outcome, Problem, RuleId};

/// The independent parts of a block; the block itself where there is only one.
pub(super) fn split(problem: &Problem, block: Block) -> Vec<Block> {
    let recomputed = |change: &Change| change.role == Role::Recomputed;
    let operation = block.explanations.iter().flat_map(|e| &e.changes).any(recomputed);
    if !block.complete || operation {
        return vec![block];
    }
    let factors = united(problem, factors(&block.explanations));
    if factors.len() < 2 {
        return vec![block];
    }
    let projections: Vec<Vec<Explanation>> =
        factors.iter().map(|factor| project(problem, &block.explanations, factor)).collect();
    let combinations =
        projections.iter().try_fold(1_usize, |all, part| all.checked_mul(part.len()));
    let owned = share(problem, &block.rules, &factors);
    match owned {
        Some(owned) if combinations == Some(block.explanations.len()) => projections
            .into_iter()
            .zip(owned)
            .map(|(explanations, rules)| part(&block, explanations, rules))
            .collect(),
        _ => vec![block],
    }
}

/// Sets apart the cells that every explanation of a block gives the same value, and that value with
/// evidence enough whichever explanation is the true one. What is left is the question of the rest.
pub(super) fn certain(standing: &Standing<'_>, block: Block) -> (Option<Block>, Option<Block>) {
    let problem = standing.problem();
    let changes = || block.explanations.iter().flat_map(|e| &e.changes);
    let sound = block.complete
        && block.explanations.len() > 1
        && block.explanations.iter().all(|e| e.proved)
        && changes().all(|change| change.role == Role::Retyped);
    let certain = if sound { convicted(standing, &block.explanations) } else { BTreeMap::new() };
    let values: Vec<(CellId, i128)> =
        certain.iter().map(|(cell, (value, _))| (*cell, *value)).collect();
    let (owned, rules): (Vec<RuleId>, Vec<RuleId>) = block
        .rules
        .iter()
        .partition(|rule| problem.outcome_with(**rule, &values) == Outcome::Satisfied);
    if owned.is_empty() || rules.is_empty() {
        return (None, Some(block));
    }
    let weight = |cell: CellId| problem.state(cell).weight.max(1);
    let (mut kept, mut left) = (Vec::new(), block.explanations.clone());
    for explanation in &mut left {
        let (own, rest) =
            explanation.changes.drain(..).partition(|change| certain.contains_key(&change.cell));
        (kept, explanation.changes) = (own, rest);
        explanation.cost = explanation.changes.iter().map(|change| weight(change.cell)).sum();
    }
    for change in &mut kept {
        change.support = certain.get(&change.cell).map(|known| known.1.clone()).unwrap_or_default();
        change.grade = Grade::Suggested;
    }
    let cost = kept.iter().map(|change| weight(change.cell)).sum();
    let only = Explanation { changes: kept, cost, proved: true };
    let pinned = Block { verdict: Verdict::Pinned, ..part(&block, vec![only], owned) };
    (Some(pinned), Some(part(&block, left, rules)))
}

/// The cells of all explanations whose value is the same in each and supported in each, whatever
/// else it changes.
fn convicted(
    standing: &Standing<'_>,
    explanations: &[Explanation],
) -> BTreeMap<CellId, (i128, Support)> {
    let settled = |explanation: &Explanation| -> BTreeSet<(CellId, i128)> {
        let changes = explanation.changes.iter();
        changes.filter_map(|change| Some((change.cell, change.value?))).collect()
    };
    let mut sets = explanations.iter().map(settled);
    let first = sets.next().unwrap_or_default();
    let common = sets.fold(first, |common, set| common.intersection(&set).copied().collect());
    let open: BTreeSet<CellId> = common.iter().map(|change| change.0).collect();
    if open.is_empty() {
        return BTreeMap::new();
    }
    let mut found: BTreeMap<CellId, (i128, Support)> = BTreeMap::new();
    for explanation in explanations {
        let values: Vec<_> = settled(explanation).into_iter().collect();
        let mut supports = weigh_some(standing, &values, open.clone(), None);
        for &(cell, value) in &common {
            let Some(support) = supports.remove(&cell) else { continue };
            let known = found.entry(cell).or_insert_with(|| (value, support.clone()));
            known.1.intersect(standing.problem(), cell, &support);
        }
    }
    found.retain(|_, (_, support)| support.convicts());
    found
}

/// A part's next best explanation costs as much more than its best as the block's does.
fn part(block: &Block, explanations: Vec<Explanation>, rules: Vec<RuleId>) -> Block {
    let cost = |explanations: &[Explanation]| explanations.first().map_or(0, |e| e.cost);
    let own = cost(&explanations);
    let next_best =
        block.next_best.map(|next| next.saturating_sub(cost(&block.explanations)) + own);
    let Block { next_known, complete, verdict, .. } = *block;
    Block { rules, verdict, explanations, next_best, next_known, complete }
}

/// Accused cells, grouped so that cells of two groups meet in some explanation.
fn factors(explanations: &[Explanation]) -> Vec<BTreeSet<CellId>> {
    let sets: Vec<BTreeSet<CellId>> = explanations.iter().map(|e| e.accused().collect()).collect();
    let cells: BTreeSet<CellId> = sets.iter().flatten().copied().collect();
    let mut met: BTreeMap<CellId, BTreeSet<CellId>> = BTreeMap::new();
    for set in &sets {
        for &cell in set {
            met.entry(cell).or_default().extend(set);
        }
    }
    let mut left = cells.clone();
    let mut factors = Vec::new();
    while let Some(first) = left.pop_first() {
        let mut factor = BTreeSet::from([first]);
        let mut queue = vec![first];
        while let Some(cell) = queue.pop() {
            let apart: Vec<CellId> =
                left.iter().filter(|other| !met[&cell].contains(other)).copied().collect();
            for other in apart {
                left.remove(&other);
                factor.insert(other);
                queue.push(other);
            }
        }
        factors.push(factor);
    }
    factors
}

/// The distinct ways the explanations treat the cells of one factor.
fn project(
    problem: &Problem,
    explanations: &[Explanation],
    factor: &BTreeSet<CellId>,
) -> Vec<Explanation> {
    let mut parts: Vec<Explanation> = Vec::new();
    for explanation in explanations {
        let changes = explanation.changes.iter().filter(|change| factor.contains(&change.cell));
        let changes: Vec<Change> = changes.cloned().collect();
        let same = |part: &Explanation| {
            part.changes.len() == changes.len()
                && part.changes.iter().zip(&changes).all(|(a, b)| {
                    (a.cell, a.value, a.low, a.high) == (b.cell, b.value, b.low, b.high)
                })
        };
        let weight = |change: &Change| problem.state(change.cell).weight.max(1);
        match parts.iter_mut().find(|part| same(part)) {
            // Support that holds whatever the other parts turn out to be.
            Some(part) => {
                part.proved &= explanation.proved;
                part.changes.iter_mut().zip(changes).for_each(|(kept, other)| {
                    kept.support.intersect(problem, kept.cell, &other.support);
                });
            }
            None => parts.push(Explanation {
                cost: changes.iter().map(weight).sum(),
                changes,
                proved: explanation.proved,
            }),
        }
    }
    parts
}

/// Factors that share a rule become one: changing the figures of one alone could break it.
fn united(problem: &Problem, factors: Vec<BTreeSet<CellId>>) -> Vec<BTreeSet<CellId>> {
    let mut united: Vec<(BTreeSet<CellId>, BTreeSet<RuleId>)> = Vec::new();
    for cells in factors {
        let rules = cells.iter().flat_map(|&cell| problem.rules_on(cell)).copied();
        let mut whole = (cells.clone(), rules.collect::<BTreeSet<RuleId>>());
        let (joined, apart): (Vec<_>, Vec<_>) =
            united.into_iter().partition(|(_, rules)| !rules.is_disjoint(&whole.1));
        for (cells, rules) in joined {
            whole.0.extend(cells);
            whole.1.extend(rules);
        }
        united = apart;
        united.push(whole);
    }
    united.into_iter().map(|(cells, _)| cells).collect()
}

/// Each rule goes to the factor it speaks of; `None` when one speaks of none.
fn share(
    problem: &Problem,
    rules: &[RuleId],
    factors: &[BTreeSet<CellId>],
) -> Option<Vec<Vec<RuleId>>> {
    let mut owned = vec![Vec::new(); factors.len()];
    for &rule in rules {
        let cells = problem.cells_in(rule);
        let speaks = |factor: &BTreeSet<CellId>| cells.iter().any(|cell| factor.contains(cell));
        owned[factors.iter().position(speaks)?].push(rule);
    }
    Some(owned)
}
