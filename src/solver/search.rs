//! All cheapest sets of cells to change: A* over the hitting sets of proved conflicts (Reiter's
//! hitting-set tree).
//!
//! A node is a set of accused cells; what recomputes itself from them is freed with them, at no
//! cost. Where the freed cells cannot make the rules hold, the proof names cells of which one more
//! must change, and the node branches on those alone. Of several proofs it goes on from the one that
//! leaves the fewest. An accused cell that a rule keeps at its figure is none of a cheapest set, so
//! that another cell of this rule must change first. Violated rules that share no accusable cell
//! each need a change of their own: that bounds the cost from below.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::feasible::{Feasibility, Freed, Scope, check, is_tractable, keeping};
use super::problem::{CellId, CellKind, Outcome, Problem, RuleId};

/// Most cells freed together, what recomputes itself included.
const MAX_FREED: usize = 96;

/// Which cells follow their inputs at no cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Following {
    /// Live formulas only.
    Formulas,
    /// Live formulas, and typed results that agree with their inputs: they may have been worked
    /// out from a wrong figure (Scholtus 2016, edit operations).
    Results,
}

/// How far a search goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) max_cost: u32,
    /// Cost up to which the cheapest sets are looked for.
    pub(super) deepest: u32,
    pub(super) max_nodes: usize,
    pub(super) max_found: usize,
    /// Cost beyond the minimum up to which the next best explanation is looked for.
    pub(super) beyond: u32,
    /// Most sets looked at for that.
    pub(super) max_beyond: usize,
}

/// One cheapest set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The accused cells, in order.
    pub(super) roots: Vec<CellId>,
    /// Every cell freed, with what is left to it.
    pub(super) freed: Vec<Freed>,
    pub(super) cost: u32,
    pub(super) proved: bool,
}

/// What a search brought.
#[derive(Debug, Clone, Default)]
pub(super) struct Harvest {
    /// All cheapest sets, ordered by their cells.
    pub(super) minima: Vec<Found>,
    /// Cost of the cheapest explanation that is not a minimum, when one was met.
    pub(super) next_best: Option<u32>,
    /// Whether `next_best` is certain: `None` then means none within reach.
    pub(super) next_known: bool,
    /// Whether the minima are certain to be all.
    pub(super) complete: bool,
    pub(super) nodes: usize,
}

impl Harvest {
    pub(super) fn cost(&self) -> Option<u32> {
        self.minima.first().map(|found| found.cost)
    }

    pub(super) fn root_sets(&self) -> Vec<&[CellId]> {
        self.minima.iter().map(|found| found.roots.as_slice()).collect()
    }
}

/// Which cells recompute themselves, and who can be blamed for them.
#[derive(Debug)]
pub(super) struct Dependence<'a> {
    problem: &'a Problem,
    follows: Vec<bool>,
    /// Whether no cell follows: most tables are typed throughout.
    inert: bool,
}

impl<'a> Dependence<'a> {
    pub(super) fn new(problem: &'a Problem, following: Following) -> Self {
        let follows = |at: usize| {
            let outcome = problem.producer(CellId(at)).map(|rule| problem.outcome(rule));
            match problem.cells()[at].kind {
                // What reads an unknown figure follows it, once it is known.
                CellKind::Computed => problem.producer(CellId(at)).is_some_and(|rule| {
                    problem.outcome(rule) != Outcome::Undecided
                        || !problem.missing_in(rule).is_empty()
                }),
                CellKind::Typed => {
                    following == Following::Results && outcome == Some(Outcome::Satisfied)
                }
                CellKind::Missing | CellKind::Fixed => false,
            }
        };
        let follows: Vec<bool> = (0..problem.cells().len()).map(follows).collect();
        Self { problem, inert: !follows.contains(&true), follows }
    }

    /// The cells and everything that recomputes itself from them, in order.
    pub(super) fn closure(&self, cells: &[CellId]) -> Vec<CellId> {
        let mut closed = cells.to_vec();
        if self.inert {
            closed.sort_unstable();
            return closed;
        }
        let mut seen: HashSet<CellId> = closed.iter().copied().collect();
        let mut next = 0;
        while next < closed.len() {
            for &rule in self.problem.rules_on(closed[next]) {
                closed.extend(self.follower(rule).filter(|cell| seen.insert(*cell)));
            }
            next += 1;
        }
        closed.sort_unstable();
        closed
    }

    /// The closure with the unknown figures that rules in force tie to it: what is computed from
    /// those follows as well.
    pub(super) fn closure_with_unknowns(&self, scope: &Scope<'_>, cells: &[CellId]) -> Vec<CellId> {
        let mut closed = self.closure(cells);
        while !self.inert && closed.len() <= MAX_FREED {
            let rules = closed.iter().flat_map(|&cell| self.problem.rules_on(cell));
            let active =
                rules.filter(|rule| scope.has(**rule) && is_tractable(self.problem, **rule));
            let unknown = active.flat_map(|&rule| self.problem.missing_in(rule)).copied();
            let mut more: Vec<CellId> =
                unknown.filter(|cell| closed.binary_search(cell).is_err()).collect();
            if more.is_empty() {
                break;
            }
            more.extend(closed);
            more.sort_unstable();
            more.dedup();
            closed = self.closure(&more);
        }
        closed
    }

    fn follower(&self, rule: RuleId) -> Option<CellId> {
        let target = self.problem.rule(rule).target?;
        let own = self.problem.producer(target) == Some(rule);
        (own && self.follows[target.0]).then_some(target)
    }

    /// The typed cells a change in one of these cells can come from, in order.
    pub(super) fn accusable(&self, cells: impl IntoIterator<Item = CellId>) -> Vec<CellId> {
        self.behind(cells, CellKind::Typed)
    }

    /// The unknown figures that one of these cells is, or is computed from, in order.
    pub(super) fn unknown_behind(&self, cells: impl IntoIterator<Item = CellId>) -> Vec<CellId> {
        self.behind(cells, CellKind::Missing)
    }

    /// The cells of a kind among these and among what they follow from.
    fn behind(&self, cells: impl IntoIterator<Item = CellId>, kind: CellKind) -> Vec<CellId> {
        let mut queue: Vec<CellId> = cells.into_iter().collect();
        if self.inert {
            queue.retain(|&cell| self.problem.state(cell).kind == kind);
            queue.sort_unstable();
            queue.dedup();
            return queue;
        }
        let mut seen: HashSet<CellId> = queue.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(cell) = queue.pop() {
            if self.problem.state(cell).kind == kind {
                found.push(cell);
            }
            if let Some(rule) = self.problem.producer(cell).filter(|_| self.follows[cell.0]) {
                let inputs = self.problem.cells_in(rule).iter().copied();
                queue.extend(inputs.filter(|input| seen.insert(*input)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    bound: u32,
    depth: Reverse<usize>,
    roots: Vec<CellId>,
    cost: u32,
}

/// Where a search goes on from a set.
#[derive(Default)]
struct Branches {
    nodes: Vec<Node>,
    /// Whether a set was left out for costing more than allowed.
    dropped: bool,
}

/// A seed that wants a change.
struct Want {
    rule: RuleId,
    /// The typed cells that can mend it and another seed as well, numbered.
    shared: Vec<usize>,
    /// The least any change that mends it costs.
    cost: u32,
}

/// The seeds that what is given does not reach.
fn wants(dependence: &Dependence<'_>, seeds: &[RuleId], given: &[CellId]) -> Vec<Want> {
    let problem = dependence.problem;
    let reached = |rule: &RuleId| {
        problem.cells_in(*rule).iter().any(|cell| given.binary_search(cell).is_ok())
    };
    let left: Vec<(RuleId, Vec<CellId>)> = seeds
        .iter()
        .filter(|rule| !reached(rule))
        .map(|&rule| (rule, dependence.accusable(problem.cells_in(rule).iter().copied())))
        .collect();
    let mut times: BTreeMap<CellId, u32> = BTreeMap::new();
    for cell in left.iter().flat_map(|(_, cells)| cells) {
        *times.entry(*cell).or_default() += 1;
    }
    let shared = times.iter().filter(|(_, times)| **times > 1).zip(0..);
    let shared: HashMap<CellId, usize> =
        shared.map(|((cell, _), number)| (*cell, number)).collect();
    let want = |(rule, cells): (RuleId, Vec<CellId>)| Want {
        rule,
        cost: cells.iter().map(|&cell| problem.state(cell).weight.max(1)).min().unwrap_or(1),
        shared: cells.iter().filter_map(|cell| shared.get(cell).copied()).collect(),
    };
    left.into_iter().map(want).collect()
}

struct Search<'s, 'p> {
    scope: &'s Scope<'p>,
    dependence: &'s Dependence<'p>,
    seeds: &'s [RuleId],
    /// The seeds to be mended, short rules first.
    wants: Vec<Want>,
    /// Free whatever is accused: live formulas whose stored figure is stale, the unknown figures
    /// behind the seeds, and what follows from these.
    given: Vec<CellId>,
    open: BinaryHeap<Reverse<Node>>,
    seen: HashSet<Vec<CellId>>,
    /// By the number of a shared cell: when a seed last claimed it.
    claimed: Vec<usize>,
    stamp: usize,
    reach: Reach,
    /// Whether a set was left out for costing more than allowed.
    dropped: bool,
    /// Whether a set freed more cells than can be solved for.
    overlong: bool,
    /// Sets looked at beyond the minimum.
    past: usize,
    /// Most sets kept in memory.
    max_seen: usize,
    harvest: Harvest,
}

/// All cheapest sets of typed cells whose change lets `seeds` hold and breaks no rule in force.
pub(super) fn search(
    scope: &Scope<'_>,
    dependence: &Dependence<'_>,
    seeds: &[RuleId],
    reach: Reach,
) -> Harvest {
    let problem = scope.problem;
    let mut seeds = seeds.to_vec();
    seeds.sort_unstable_by_key(|&rule| (problem.cells_in(rule).len(), rule));
    let given = dependence.closure(&given(dependence, &seeds));
    let wants = wants(dependence, &seeds, &given);
    let shared = wants.iter().flat_map(|want| &want.shared).max().map_or(0, |most| most + 1);
    let mut search = Search {
        scope,
        dependence,
        wants,
        given,
        seeds: &seeds,
        open: BinaryHeap::new(),
        seen: HashSet::new(),
        claimed: vec![0; shared],
        stamp: 0,
        reach,
        dropped: false,
        overlong: false,
        past: 0,
        max_seen: reach.max_nodes.saturating_mul(8),
        harvest: Harvest { complete: true, next_known: true, ..Harvest::default() },
    };
    search.deepen();
    let mut harvest = search.harvest;
    harvest.minima.sort_by(|a, b| a.roots.cmp(&b.roots));
    harvest
}

fn given(dependence: &Dependence<'_>, seeds: &[RuleId]) -> Vec<CellId> {
    let problem = dependence.problem;
    let computed = |cell: &CellId| problem.state(*cell).kind == CellKind::Computed;
    let own = |rule: &RuleId| {
        let target = problem.rule(*rule).target?;
        Some(target).filter(|target| problem.producer(*target) == Some(*rule))
    };
    let stale = seeds.iter().filter_map(own).filter(computed);
    let cells = seeds.iter().flat_map(|&rule| problem.cells_in(rule)).copied();
    let mut given: Vec<CellId> = stale.chain(dependence.unknown_behind(cells)).collect();
    given.sort_unstable();
    given.dedup();
    given
}

impl Search<'_, '_> {
    /// Raises the cost allowed step by step: sets that cost more are refused before they are
    /// stored, which a rule over a whole column would otherwise bring in by the thousand.
    fn deepen(&mut self) {
        let (reach, mut nodes) = (self.reach, 0);
        let deepest = reach.deepest.min(reach.max_cost);
        for cost in self.still_needed(&[]).min(deepest)..=deepest {
            self.start(Reach { max_cost: cost, beyond: 0, max_nodes: reach.max_nodes, ..reach });
            self.harvest.nodes = nodes;
            self.run();
            nodes = self.harvest.nodes;
            if !self.harvest.minima.is_empty() || !self.harvest.complete || !self.dropped {
                break;
            }
        }
        self.harvest.complete &= !self.harvest.minima.is_empty() || !self.dropped;
        self.harvest.complete &= !self.overlong;
        self.harvest.next_known = false;
        if let Some(cost) = self.harvest.cost().filter(|_| self.harvest.complete) {
            self.look_beyond(cost, reach);
        }
    }

    /// Searches once more for the next best explanation.
    fn look_beyond(&mut self, cost: u32, reach: Reach) {
        let further = cost.saturating_add(reach.beyond);
        if reach.beyond == 0 || further > reach.max_cost {
            return;
        }
        let minima = self.harvest.clone();
        self.max_seen = reach.max_beyond.saturating_mul(32);
        self.start(Reach { max_cost: further, ..reach });
        self.harvest.nodes = minima.nodes;
        self.run();
        let Harvest { next_best, next_known, nodes, .. } = self.harvest;
        self.harvest = Harvest { next_best, next_known, nodes, ..minima };
    }

    fn start(&mut self, reach: Reach) {
        self.reach = reach;
        self.open.clear();
        self.seen.clear();
        (self.dropped, self.past) = (false, 0);
        self.harvest = Harvest { complete: true, next_known: true, ..Harvest::default() };
        match self.node(&[], 0, 0) {
            Ok(root) => self.push(root),
            Err(dropped) => self.dropped |= dropped,
        }
    }

    fn run(&mut self) {
        while let Some(Reverse(node)) = self.open.pop() {
            if node.bound > self.limit() || self.harvest.next_best.is_some() {
                return;
            }
            if self.exhausted() {
                self.give_up(&node);
                return;
            }
            if self.explained(&node.roots) {
                continue;
            }
            self.harvest.nodes += 1;
            self.past += usize::from(self.harvest.cost().is_some_and(|cost| node.bound > cost));
            self.visit(node);
        }
    }

    fn exhausted(&self) -> bool {
        let crowded = self.seen.len() > self.max_seen;
        self.harvest.nodes >= self.reach.max_nodes
            || self.harvest.minima.len() >= self.reach.max_found
            || self.past >= self.reach.max_beyond.max(1)
            || crowded
    }

    fn give_up(&mut self, node: &Node) {
        self.harvest.next_known = false;
        if self.harvest.cost().is_none_or(|cost| node.bound <= cost) {
            self.harvest.complete = false;
        }
    }

    /// Highest cost still of interest.
    fn limit(&self) -> u32 {
        let found = self.harvest.cost().map(|cost| cost.saturating_add(self.reach.beyond));
        found.unwrap_or(u32::MAX).min(self.reach.max_cost)
    }

    fn explained(&self, roots: &[CellId]) -> bool {
        let within = |found: &Found| found.roots.iter().all(|c| roots.binary_search(c).is_ok());
        self.harvest.minima.iter().any(within)
    }

    fn visit(&mut self, node: Node) {
        let mut freed = node.roots.clone();
        freed.extend(self.given.iter().filter(|cell| node.roots.binary_search(cell).is_err()));
        let freed = self.dependence.closure_with_unknowns(self.scope, &freed);
        if freed.len() > MAX_FREED {
            self.overlong = true;
            return;
        }
        let kept: Vec<Vec<RuleId>> = node
            .roots
            .iter()
            .flat_map(|root| keeping(self.scope, &freed, *root))
            .map(|rule| vec![rule])
            .collect();
        // An accused cell changes, or is none of a cheapest set.
        if !kept.is_empty() {
            self.branch(&node, &freed, &kept);
            return;
        }
        match check(self.scope, &freed, self.seeds) {
            Feasibility::Holds { freed, proved } => self.record(node, freed, proved),
            Feasibility::Conflict(proofs) => self.branch(&node, &freed, &proofs),
        }
    }

    fn record(&mut self, node: Node, freed: Vec<Freed>, proved: bool) {
        if self.harvest.cost().is_some_and(|cost| node.cost > cost) {
            self.harvest.next_best = Some(node.cost);
            return;
        }
        self.harvest.minima.push(Found { roots: node.roots, freed, cost: node.cost, proved });
    }

    /// Goes on from a set by the proof that leaves the fewest cells to try.
    fn branch(&mut self, node: &Node, freed: &[CellId], proofs: &[Vec<RuleId>]) {
        if node.cost >= self.limit() {
            self.dropped |= node.cost >= self.reach.max_cost;
            return;
        }
        let ways: Vec<Branches> =
            proofs.iter().map(|rules| self.branches(node, freed, rules)).collect();
        let Some(fewest) = ways.into_iter().min_by_key(|way| way.nodes.len()) else { return };
        self.dropped |= fewest.dropped;
        for node in fewest.nodes {
            self.push(node);
        }
    }

    /// The sets with one more cell of some rules, those within the limit.
    fn branches(&mut self, node: &Node, freed: &[CellId], rules: &[RuleId]) -> Branches {
        let problem = self.scope.problem;
        let kept = rules.iter().flat_map(|&rule| problem.cells_in(rule)).copied();
        let kept = kept.filter(|cell| freed.binary_search(cell).is_err());
        let mut roots = node.roots.clone();
        let mut found = Branches::default();
        for cell in self.dependence.accusable(kept) {
            let Err(place) = roots.binary_search(&cell) else { continue };
            roots.insert(place, cell);
            let cost = node.cost.saturating_add(problem.state(cell).weight.max(1));
            match self.node(&roots, cost, node.bound) {
                Ok(node) => found.nodes.push(node),
                Err(dropped) => found.dropped |= dropped,
            }
            roots.remove(place);
        }
        found
    }

    /// A set that costs so much, and whose explanation costs no less than `least`; the error, where it
    /// is beyond the limit, tells whether it costs more than is allowed at all.
    fn node(&mut self, roots: &[CellId], cost: u32, least: u32) -> Result<Node, bool> {
        let bound = cost.saturating_add(self.still_needed(roots)).max(least);
        if bound > self.limit() {
            return Err(bound > self.reach.max_cost);
        }
        Ok(Node { bound, depth: Reverse(roots.len()), roots: roots.to_vec(), cost })
    }

    fn push(&mut self, node: Node) {
        if !self.seen.contains(&node.roots) {
            self.seen.insert(node.roots.clone());
            self.open.push(Reverse(node));
        }
    }

    /// Cost of the seeds no freed cell touches, counting only seeds that share no accusable cell.
    fn still_needed(&mut self, roots: &[CellId]) -> u32 {
        let problem = self.scope.problem;
        self.stamp += 1;
        let freed = self.dependence.closure(roots);
        let mut needed: u32 = 0;
        for Want { rule, shared, cost } in &self.wants {
            let cells = problem.cells_in(*rule);
            let touches = freed.iter().any(|cell| cells.binary_search(cell).is_ok());
            let shares = shared.iter().any(|cell| self.claimed[*cell] == self.stamp);
            if touches || shares {
                continue;
            }
            for cell in shared {
                self.claimed[*cell] = self.stamp;
            }
            needed = needed.saturating_add(*cost);
        }
        needed
    }
}
