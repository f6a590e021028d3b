//! From violated rules to verdicts: blocks kept apart, explanations collected, evidence weighed.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Standing, Support, weigh};
use super::factor;
use super::feasible::{Freed, Scope};
use super::problem::{CellId, CellKind, Domain, Outcome, Problem, RuleId};
use super::search::{Dependence, Following, Found, Harvest, Reach, search};
use super::unknown;
use super::verdict::{distrust_doubtful, distrust_shared_vouchers, grade, keep_rules_whole, pins};

/// Bounds on the work; beyond them the verdict is [`Verdict::Undecidable`], never a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most changes (summed weights) an explanation of one block may need.
    pub max_changes: u32,
    /// Most sets of cells looked at for one block.
    pub max_nodes: usize,
    /// Most sets of cells looked at for the whole table.
    pub max_nodes_total: usize,
    /// Most blocks searched; with more, nothing is told apart.
    pub max_blocks: usize,
    /// Most equally good explanations collected for one block.
    pub max_explanations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_changes: 12,
            max_nodes: 4_000,
            max_nodes_total: 40_000,
            max_blocks: 2_000,
            max_explanations: 400,
        }
    }
}

/// What can honestly be said about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// One explanation, its values unique, supported, and every other needs more changes.
    Pinned,
    /// With the fewest changes the wrong cells are among those of the explanations listed.
    Narrowed,
    /// The rules do not tell; nothing is claimed.
    Undecidable,
}

/// What may be done with a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// A derived cell whose inputs other satisfied rules confirm to the unit, or a figure on which
    /// at least two independent rules agree; and no two cells exchanged would explain it. Applied by
    /// `fix`.
    Safe,
    /// The single best answer, with less support. Applied with `--suggested`.
    Suggested,
    /// One of several, or unsupported: shown, not chosen. Never applied unless a person accepts it.
    Shown,
}

/// Why a cell changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The figure itself is wrong.
    Retyped,
    /// It follows from a retyped figure by the rule that produces it.
    Recomputed,
}

/// One cell of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The cell.
    pub cell: CellId,
    /// Why it changes.
    pub role: Role,
    /// The value proposed; `None` where several fit.
    pub value: Option<i128>,
    /// Least value that fits, as far as the rules bound it.
    pub low: Option<i128>,
    /// Greatest value that fits, as far as the rules bound it.
    pub high: Option<i128>,
    /// What speaks for the value.
    pub support: Support,
    /// What may be done with it.
    pub grade: Grade,
}

/// A cheapest set of changes that lets every rule of the block hold and breaks none that held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The cells that change, in order.
    pub changes: Vec<Change>,
    /// Changes needed, summed weights; what is recomputed costs nothing.
    pub cost: u32,
    /// Whether values that let every rule hold were found; else the set is only unrefuted.
    pub proved: bool,
}

impl Explanation {
    /// The retyped cells, in order.
    pub fn accused(&self) -> impl Iterator<Item = CellId> + '_ {
        let retyped = self.changes.iter().filter(|change| change.role == Role::Retyped);
        retyped.map(|change| change.cell)
    }

    /// Cells and new values, when every value is settled.
    #[must_use]
    pub fn values(&self) -> Option<Vec<(CellId, i128)>> {
        self.changes.iter().map(|change| Some((change.cell, change.value?))).collect()
    }
}

/// Violated rules that have to be explained together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The violated rules, in order.
    pub rules: Vec<RuleId>,
    /// What can be said.
    pub verdict: Verdict,
    /// All cheapest explanations found, ordered by their cells.
    pub explanations: Vec<Explanation>,
    /// Cost of the cheapest other explanation, when one within one more change was met.
    pub next_best: Option<u32>,
    /// Whether `next_best` is certain: `None` then means none within one more change.
    pub next_known: bool,
    /// Whether the explanations are certain to be all the cheapest ones.
    pub complete: bool,
}

/// Explains every violated rule of the table.
///
/// Violated rules that share an accusable cell form a block. A block whose cheapest explanations
/// would differ if the figures of other blocks were in doubt is merged with them and searched
/// again, so that blocks reported apart are independent of each other.
///
/// The result does not depend on the order in which rules were added, up to their numbering.
#[must_use]
pub fn localize(problem: &Problem, limits: &Limits) -> Vec<Block> {
    let localizer = Localizer::new(problem, *limits);
    let mut groups = localizer.groups();
    if groups.len() > limits.max_blocks {
        return groups.into_iter().map(unexplained).collect();
    }
    loop {
        match localizer.round(&groups) {
            Ok(solved) => {
                let mut blocks: Vec<Block> =
                    solved.into_iter().flat_map(|solved| localizer.conclude(solved)).collect();
                distrust_shared_vouchers(&mut blocks);
                distrust_doubtful(problem, &mut blocks);
                keep_rules_whole(problem, &mut blocks);
                blocks.sort_by(|a, b| a.rules.cmp(&b.rules));
                return blocks;
            }
            Err(merged) => groups = merged,
        }
    }
}

fn unexplained(group: Group) -> Block {
    let mut rules = group.seeds;
    rules.extend(group.bounds);
    rules.sort_unstable();
    Block {
        rules,
        verdict: Verdict::Undecidable,
        explanations: Vec::new(),
        next_best: None,
        next_known: false,
        complete: false,
    }
}

/// Violated rules to be searched together.
#[derive(Debug, Clone, Default)]
struct Group {
    /// In order.
    seeds: Vec<RuleId>,
    /// Violated inequalities on cells of the block: mended if possible, never accusing.
    bounds: Vec<RuleId>,
}

/// Whose cells a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// No group's.
    Free,
    /// One group's.
    By(usize),
    /// Several groups'.
    Shared,
}

/// What a group has to do with others.
#[derive(Default)]
struct Partners {
    partners: Vec<usize>,
    /// The cells this group may change even then; `None` where the search gave out.
    cells: Option<BTreeSet<CellId>>,
}

/// What an operation costs: one figure is retyped, whatever is recomputed.
const OPERATION: u32 = 1;

struct Solved {
    group: Group,
    harvest: Harvest,
    /// Explanations by retyping one figure and recomputing what depends on it.
    operations: Option<Harvest>,
}

struct Localizer<'a> {
    problem: &'a Problem,
    limits: Limits,
    formulas: Dependence<'a>,
    results: Dependence<'a>,
    /// Rules not violated.
    held: Vec<bool>,
    nodes_left: Cell<usize>,
    standing: Standing<'a>,
}

impl<'a> Localizer<'a> {
    fn new(problem: &'a Problem, limits: Limits) -> Self {
        Self {
            problem,
            limits,
            formulas: Dependence::new(problem, Following::Formulas),
            results: Dependence::new(problem, Following::Results),
            held: problem.rule_ids().map(|r| problem.outcome(r) != Outcome::Violated).collect(),
            nodes_left: Cell::new(limits.max_nodes_total),
            standing: Standing::new(problem),
        }
    }

    fn accusable(&self, rule: RuleId) -> Vec<CellId> {
        self.formulas.accusable(self.problem.cells_in(rule).iter().copied())
    }

    fn violated(&self, bounds: bool) -> Vec<RuleId> {
        let wanted = |rule: &RuleId| {
            self.problem.outcome(*rule) == Outcome::Violated
                && self.problem.rule(*rule).is_bound() == bounds
        };
        self.problem.rule_ids().filter(wanted).collect()
    }

    /// Violated equalities, and those that cannot hold whatever the unknown figures are, joined
    /// where they share an accusable cell; a violated bound joins the group it touches, or stands
    /// alone.
    fn groups(&self) -> Vec<Group> {
        let mut equalities = self.violated(false);
        let in_force = |rule: RuleId| self.held[rule.0];
        let scope = Scope::new(self.problem, &in_force);
        equalities.extend(unknown::contradictory(&scope, &self.formulas));
        let bounds = self.violated(true);
        let rules: Vec<RuleId> = equalities.iter().chain(&bounds).copied().collect();
        let mut merger = Merger::new(rules.len());
        let mut first: Vec<Option<usize>> = vec![None; self.problem.cells().len()];
        for (at, &rule) in rules.iter().enumerate() {
            for cell in self.accusable(rule) {
                let with = *first[cell.0].get_or_insert(at);
                merger.unite(at, with);
            }
        }
        let mut groups = vec![Group::default(); rules.len()];
        for (at, &rule) in rules.iter().enumerate() {
            let group = &mut groups[merger.root(at)];
            let list = if at < equalities.len() { &mut group.seeds } else { &mut group.bounds };
            list.push(rule);
        }
        for group in groups.iter_mut().filter(|group| group.seeds.is_empty()) {
            std::mem::swap(&mut group.seeds, &mut group.bounds);
        }
        groups.retain(|group| !group.seeds.is_empty());
        for group in &mut groups {
            group.seeds.sort_unstable();
        }
        groups
    }

    /// Explains every group, or returns merged groups when some were found to interact.
    fn round(&self, groups: &[Group]) -> Result<Vec<Solved>, Vec<Group>> {
        let (mut merger, apart) = self.interactions(groups);
        if let Some(merged) = merger.apply(groups) {
            return Err(merged);
        }
        Ok(groups.iter().zip(apart).map(|(group, apart)| self.solved(group, apart)).collect())
    }

    /// What explains a group: changes, and operations where those need two or more. Where an operation
    /// explains what two changes do not, more of them are not looked for.
    fn solved(&self, group: &Group, apart: bool) -> Solved {
        let in_force = |rule: RuleId| self.is_in_force(group, rule);
        let scope = Scope::new(self.problem, &in_force);
        let first = Reach { deepest: OPERATION + 1, ..self.reach(1) };
        let mut harvest = self.run(&scope, Following::Formulas, group, first);
        let settled = harvest.complete && apart;
        let operations = match harvest.cost() {
            Some(cost) if settled && cost <= OPERATION => None,
            _ => self.operations(group, &scope),
        };
        if harvest.minima.is_empty() && operations.is_none() {
            harvest = self.run(&scope, Following::Formulas, group, self.reach(1));
        }
        harvest.complete &= apart;
        Solved { group: group.clone(), harvest, operations }
    }

    /// Explanations by retyping one figure and recomputing what depends on it.
    fn operations(&self, group: &Group, scope: &Scope<'_>) -> Option<Harvest> {
        let most = OPERATION.min(self.limits.max_changes);
        let reach =
            Reach { max_cost: most, max_nodes: self.limits.max_nodes / 16, ..self.reach(0) };
        let harvest = self.run(scope, Following::Results, group, reach);
        Some(harvest).filter(|harvest| !harvest.minima.is_empty())
    }

    /// Which groups could explain each other's rules more cheaply, or in other ways; and for each
    /// group whether that could be found out.
    ///
    /// Every group is searched with the rules left out that speak of cells another group may
    /// change: at first all cells of its violated rules, then only those that came up.
    fn interactions(&self, groups: &[Group]) -> (Merger, Vec<bool>) {
        let mut merger = Merger::new(groups.len());
        let mut apart = vec![true; groups.len()];
        let mut owner = self.owners(groups);
        for _ in 0..if groups.len() > 1 { 3 } else { 0 } {
            merger = Merger::new(groups.len());
            let mut doubtful = vec![None; owner.len()];
            let claims = self.claims(&owner);
            for (at, group) in groups.iter().enumerate() {
                let found = self.partners(at, group, &owner, &claims);
                apart[at] = found.cells.is_some();
                found.partners.into_iter().for_each(|partner| merger.unite(at, partner));
                let own = || group.seeds.iter().flat_map(|&rule| self.accusable(rule)).collect();
                let kept: BTreeSet<CellId> = found.cells.unwrap_or_else(own);
                for cell in kept {
                    doubtful[cell.0] = Some(at);
                }
            }
            if !merger.united {
                break;
            }
            owner = doubtful;
        }
        (merger, apart)
    }

    fn reach(&self, beyond: u32) -> Reach {
        Reach {
            max_cost: self.limits.max_changes,
            deepest: self.limits.max_changes,
            max_nodes: self.limits.max_nodes,
            max_found: self.limits.max_explanations,
            beyond,
            max_beyond: self.limits.max_nodes / 32,
        }
    }

    fn run(&self, scope: &Scope<'_>, following: Following, group: &Group, reach: Reach) -> Harvest {
        let dependence = match following {
            Following::Formulas => &self.formulas,
            Following::Results => &self.results,
        };
        let left = self.nodes_left.get();
        let reach = Reach { max_nodes: reach.max_nodes.min(left), ..reach };
        let harvest = search(scope, dependence, &group.seeds, reach);
        self.nodes_left.set(left.saturating_sub(harvest.nodes));
        harvest
    }

    /// True for everything that held or was undecided, and the group's own violated rules.
    fn is_in_force(&self, group: &Group, rule: RuleId) -> bool {
        self.held[rule.0] || group.seeds.binary_search(&rule).is_ok()
    }

    fn claims(&self, owner: &[Option<usize>]) -> Vec<Claim> {
        let claim = |rule: RuleId| {
            let owners = self.problem.cells_in(rule).iter().filter_map(|cell| owner[cell.0]);
            owners.fold(Claim::Free, |claim, owner| match claim {
                Claim::Free => Claim::By(owner),
                Claim::By(other) if other == owner => claim,
                Claim::By(_) | Claim::Shared => Claim::Shared,
            })
        };
        self.problem.rule_ids().map(claim).collect()
    }

    fn owners(&self, groups: &[Group]) -> Vec<Option<usize>> {
        let mut owner = vec![None; self.problem.cells().len()];
        for (at, group) in groups.iter().enumerate() {
            for cell in group.seeds.iter().flat_map(|&rule| self.accusable(rule)) {
                owner[cell.0] = Some(at);
            }
        }
        owner
    }

    /// Compares a group's cheapest explanations with those it would have if the cells of other
    /// groups were in doubt.
    fn partners(
        &self,
        at: usize,
        group: &Group,
        owner: &[Option<usize>],
        claims: &[Claim],
    ) -> Partners {
        let foreign = |cell: &CellId| owner[cell.0].filter(|&group| group != at);
        let in_force = |rule: RuleId| self.is_in_force(group, rule);
        let scope = Scope::new(self.problem, &in_force);
        let own = |rule: RuleId| group.seeds.binary_search(&rule).is_ok();
        let unclaimed =
            |rule: RuleId| matches!(claims[rule.0], Claim::Free) || claims[rule.0] == Claim::By(at);
        let freely = |rule: RuleId| own(rule) || self.held[rule.0] && unclaimed(rule);
        let relaxed = Scope::new(self.problem, &freely);
        let freer = self.run(&relaxed, Following::Formulas, group, self.reach(0));
        let Some(cost) = freer.cost().filter(|_| freer.complete) else {
            return Partners::default();
        };
        let reach = Reach { max_cost: cost, ..self.reach(0) };
        let alone = self.run(&scope, Following::Formulas, group, reach);
        let known = alone.root_sets();
        let fresh = freer.minima.iter().filter(|found| !known.contains(&found.roots.as_slice()));
        let used = alone.minima.iter().flat_map(|found| &found.roots);
        let mut partners: Vec<usize> = used.filter_map(foreign).collect();
        for rule in fresh.flat_map(|found| &found.freed).flat_map(|f| self.problem.rules_on(f.cell))
        {
            partners.extend(self.problem.cells_in(*rule).iter().filter_map(foreign));
        }
        let all = freer.minima.iter().chain(&alone.minima).flat_map(|found| &found.roots);
        Partners { partners, cells: Some(all.copied().collect()) }
    }

    fn conclude(&self, solved: Solved) -> Vec<Block> {
        let Solved { mut group, harvest, operations } = solved;
        // What unknown figures explain alone accuses nobody.
        let unknown = |freed: &Freed| self.problem.state(freed.cell).kind == CellKind::Missing;
        let alone = |found: &Found| found.roots.is_empty() && found.freed.iter().any(unknown);
        // A broken rule is told all the same: what it reads is known.
        let is_broken = |rule: &RuleId| self.problem.outcome(*rule) == Outcome::Violated;
        if harvest.minima.iter().any(alone) && !group.seeds.iter().any(is_broken) {
            return Vec::new();
        }
        let plain = harvest.cost().filter(|_| harvest.complete);
        let mut complete = harvest.complete;
        let mut explanations = self.explain(&group, &harvest.minima);
        if let Some(operations) = operations {
            let cheaper = operations.cost().unwrap_or(0);
            let fewer = plain.is_none_or(|plain| plain >= cheaper + 2);
            if fewer {
                (explanations, complete) = (Vec::new(), operations.complete);
            }
            let retold = self.explain(&group, &operations.minima);
            // The same correction, told as one operation instead of several changes.
            explanations.retain(|plain| retold.iter().all(|one| one.values() != plain.values()));
            explanations.extend(retold);
        }
        group.seeds.append(&mut group.bounds);
        group.seeds.sort_unstable();
        let block = Block {
            rules: group.seeds,
            verdict: Verdict::Undecidable,
            explanations,
            next_best: harvest.next_best,
            next_known: harvest.next_known,
            complete,
        };
        let mut parts = Vec::new();
        for part in factor::split(self.problem, block) {
            let (certain, rest) = factor::certain(&self.standing, part);
            parts.extend(certain);
            parts.extend(rest.map(|mut rest| {
                self.judge(&mut rest);
                rest
            }));
        }
        parts
    }

    /// Explanations, those that leave the fewest violated bounds and impossible figures.
    fn explain(&self, group: &Group, minima: &[Found]) -> Vec<Explanation> {
        let left = |found: &Found| self.left_broken(group, &found.freed);
        let least = minima.iter().map(left).min();
        let best = minima.iter().filter(|found| Some(left(found)) == least);
        best.map(|found| self.explanation(found)).collect()
    }

    fn left_broken(&self, group: &Group, freed: &[Freed]) -> usize {
        let changed: Vec<_> =
            freed.iter().filter_map(|freed| Some((freed.cell, freed.value?))).collect();
        let open = |rule: &&RuleId| {
            let cells = self.problem.cells_in(**rule);
            let unsettled = |f: &Freed| f.value.is_none() && cells.binary_search(&f.cell).is_ok();
            !freed.iter().any(unsettled)
        };
        let broken =
            |rule: &&RuleId| self.problem.outcome_with(**rule, &changed) == Outcome::Violated;
        let bounds = group.bounds.iter().filter(open).filter(broken).count();
        let cells = group.seeds.iter().flat_map(|&rule| self.problem.cells_in(rule));
        let mut impossible: Vec<CellId> = cells.copied().filter(|&c| self.impossible(c)).collect();
        impossible.sort_unstable();
        impossible.dedup();
        impossible.retain(|cell| freed.iter().all(|freed| freed.cell != *cell));
        bounds + impossible.len()
    }

    fn impossible(&self, cell: CellId) -> bool {
        let state = self.problem.state(cell);
        state.domain == Domain::NonNegative && state.value.is_some_and(|value| value < 0)
    }

    fn explanation(&self, found: &Found) -> Explanation {
        let changes = |freed: &&Freed| {
            freed.value.is_none() || freed.value != self.problem.state(freed.cell).value
        };
        let moved: Vec<&Freed> = found.freed.iter().filter(changes).collect();
        let values: Vec<(CellId, i128)> =
            moved.iter().filter_map(|freed| Some((freed.cell, freed.value?))).collect();
        let settled = moved
            .iter()
            .all(|f| f.value.is_some() || self.problem.state(f.cell).kind == CellKind::Missing);
        let mut supports = if settled { weigh(&self.standing, &values) } else { BTreeMap::new() };
        let written = |freed: &&&Freed| self.problem.state(freed.cell).kind != CellKind::Missing;
        let change = |freed: &&Freed| Change {
            cell: freed.cell,
            role: if found.roots.contains(&freed.cell) { Role::Retyped } else { Role::Recomputed },
            value: freed.value,
            low: freed.low,
            high: freed.high,
            support: supports.remove(&freed.cell).unwrap_or_default(),
            grade: Grade::Shown,
        };
        let mut changes: Vec<Change> = moved.iter().filter(written).map(change).collect();
        changes.sort_unstable_by_key(|change| change.cell);
        Explanation { changes, cost: found.cost, proved: found.proved }
    }

    fn judge(&self, block: &mut Block) {
        if !block.complete || block.explanations.is_empty() {
            return;
        }
        if let [only] = block.explanations.as_mut_slice()
            && only.proved
            && only.values().is_some()
            && pins(only)
        {
            block.verdict = Verdict::Pinned;
            grade(only);
            return;
        }
        if self.tells_apart(block) {
            block.verdict = Verdict::Narrowed;
        }
    }

    /// Whether one figure is wrong whatever the explanation, or other rules cleared some figure of
    /// the violated rules; else the violated rules are all that speaks, and even the number of errors is a guess.
    fn tells_apart(&self, block: &Block) -> bool {
        let cleared = |cell: &CellId| {
            let confirmed = self.problem.rules_on(*cell).iter().any(|&rule| {
                self.problem.outcome(rule) == Outcome::Satisfied
                    && !self.problem.rule(rule).is_bound()
            });
            confirmed && block.explanations.iter().all(|e| e.accused().all(|c| c != *cell))
        };
        let convicted = |e: &Explanation, cell: CellId| {
            e.changes.iter().any(|change| change.cell == cell && change.support.convicts())
        };
        let certain = |cell: CellId| block.explanations.iter().all(|e| convicted(e, cell));
        block.explanations.iter().flat_map(Explanation::accused).any(certain)
            || block.rules.iter().flat_map(|&rule| self.accusable(rule)).any(|cell| cleared(&cell))
    }
}

/// Rules or groups to be united (disjoint sets).
struct Merger {
    parent: Vec<usize>,
    united: bool,
}

impl Merger {
    fn new(groups: usize) -> Self {
        Self { parent: (0..groups).collect(), united: false }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
        self.united |= a != b;
    }

    fn apply(&mut self, groups: &[Group]) -> Option<Vec<Group>> {
        if !self.united {
            return None;
        }
        let mut merged = vec![Group::default(); groups.len()];
        for (at, group) in groups.iter().enumerate() {
            let into = &mut merged[self.root(at)];
            into.seeds.extend(&group.seeds);
            into.bounds.extend(&group.bounds);
        }
        merged.retain(|group| !group.seeds.is_empty());
        for group in &mut merged {
            group.seeds.sort_unstable();
        }
        Some(merged)
    }
}
