//! What speaks for a proposed value: which rules, and who vouches for their other cells.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{CellId, CellKind, Form, Outcome, Problem, RuleId};

/// How well the figures a rule uses are themselves confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vouched {
    /// Some figure is confirmed by no other satisfied rule.
    No,
    /// Some figure is confirmed only within a range (a rate confirms its count so).
    Loosely,
    /// Each figure would break another satisfied rule if it were one unit off.
    Exactly,
}

/// A rule that, with its other cells as they stand, allows one value only: the proposed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The rule.
    pub rule: RuleId,
    /// Whether it did not hold before the change: violated, or open for want of a figure.
    pub was_broken: bool,
    /// Whether it produces the cell (the cell is its total, rate or difference).
    pub produces: bool,
    /// How well its other cells are confirmed.
    pub inputs: Vouched,
    /// Rules that alone confirm one of its other cells: two errors that cancel out in such a rule
    /// would deceive every witness leaning on it.
    pub leans_on: Vec<RuleId>,
    /// The figure as it stands would be right if an input so confirmed had been exchanged with
    /// another figure of the confirming rule (two villages' counts exchanged in a column).
    pub exchange_fits: bool,
}

/// The evidence for one proposed value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Support {
    /// Rules that each imply exactly this value from cells that keep theirs.
    pub witnesses: Vec<Witness>,
    /// How many of them share no cell but this one.
    pub independent: usize,
    /// Rules violated or open before that hold with the proposed values.
    pub mended: Vec<RuleId>,
    /// How many mended rules, of which no two share another cell, bound the value closely from
    /// cells that keep theirs; a rate bounds its count so.
    pub agreeing: usize,
    /// Whether the evidence counts on other corrections of the same explanation.
    pub rests_on_corrections: bool,
}

impl Support {
    /// Keeps what `other` confirms as well, each witness at its weaker strength.
    pub(super) fn intersect(&mut self, problem: &Problem, cell: CellId, other: &Self) {
        self.witnesses.retain_mut(|witness| {
            let same = other.witnesses.iter().find(|same| same.rule == witness.rule);
            witness.inputs = same.map_or(witness.inputs, |same| witness.inputs.min(same.inputs));
            same.is_some()
        });
        self.mended.retain(|rule| other.mended.contains(rule));
        let sharp = self.witnesses.iter().map(|witness| witness.rule).collect();
        self.independent = independent(problem, cell, sharp);
        self.agreeing = self.agreeing.min(other.agreeing);
        self.rests_on_corrections |= other.rests_on_corrections;
    }

    /// Leaves only what some rules say.
    pub(super) fn keep(&mut self, problem: &Problem, cell: CellId, rules: impl Fn(RuleId) -> bool) {
        self.witnesses.retain(|witness| rules(witness.rule));
        let sharp = self.witnesses.iter().map(|witness| witness.rule).collect();
        self.independent = independent(problem, cell, sharp);
    }

    /// Evidence one would sign: see [`Grade::Safe`](super::Grade::Safe).
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.derived() || self.agreed()
    }

    /// At least two rules, of which no two share another cell, imply exactly this value.
    #[must_use]
    pub fn agreed(&self) -> bool {
        self.independent >= 2 && !self.mended.is_empty()
    }

    /// At least two rules, of which no two share another cell, agree in this value; one of them may
    /// bound it only closely, as a rate bounds its denominator.
    #[must_use]
    pub fn corroborated(&self) -> bool {
        self.agreed() || self.agreeing >= 2 && !self.witnesses.is_empty()
    }

    /// Enough to accuse the cell: rules agree on it, or a violated rule implies its value from
    /// cells that are themselves confirmed.
    #[must_use]
    pub fn convicts(&self) -> bool {
        self.agreed() || self.agreeing >= 2 || self.implied(Vouched::Loosely)
    }

    /// The rules this evidence would fall with: each alone confirms a figure it needs.
    #[must_use]
    pub fn leans_on(&self) -> Vec<RuleId> {
        if self.agreed() || self.agreeing >= 2 {
            return Vec::new();
        }
        let needed = |witness: &&Witness| witness.was_broken && witness.inputs > Vouched::No;
        let mut needed = self.witnesses.iter().filter(needed);
        let Some(first) = needed.next() else { return Vec::new() };
        let mut leans = first.leans_on.clone();
        needed.for_each(|witness| leans.retain(|rule| witness.leans_on.contains(rule)));
        leans
    }

    /// A violated rule implies the value from cells confirmed elsewhere at least this well.
    #[must_use]
    pub fn implied(&self, least: Vouched) -> bool {
        self.witnesses.iter().any(|witness| witness.was_broken && witness.inputs >= least)
    }

    /// The cell is the product of a violated rule whose inputs are confirmed exactly.
    #[must_use]
    pub fn derived(&self) -> bool {
        let sound = |witness: &Witness| {
            let derived = witness.produces && witness.was_broken;
            derived && witness.inputs == Vouched::Exactly && !witness.exchange_fits
        };
        self.witnesses.iter().any(sound)
    }
}

/// The evidence for every changed cell of an explanation.
pub(super) fn weigh(problem: &Problem, changed: &[(CellId, i128)]) -> BTreeMap<CellId, Support> {
    weigh_some(problem, changed, changed.iter().map(|change| change.0).collect(), &|_| true)
}

/// The evidence for the changed cells in question, by the rules that are trusted; the other changes
/// are given. Cells with evidence enough of their own are taken as given while the others are
/// weighed.
pub(super) fn weigh_some(
    problem: &Problem,
    changed: &[(CellId, i128)],
    mut open: BTreeSet<CellId>,
    trusted: &dyn Fn(RuleId) -> bool,
) -> BTreeMap<CellId, Support> {
    let mut supports = BTreeMap::new();
    loop {
        let weigher = Weigher { problem, changed, open: &open, trusted };
        let rests_on_corrections = open.len() < changed.len();
        let in_question = changed.iter().filter(|change| open.contains(&change.0));
        let latest: Vec<(CellId, Support)> = in_question
            .map(|&(cell, value)| {
                (cell, Support { rests_on_corrections, ..weigher.support(cell, value) })
            })
            .collect();
        let settled = latest.iter().filter(|(_, support)| support.convicts());
        let settled: Vec<CellId> = settled.map(|(cell, _)| *cell).collect();
        supports.extend(latest);
        for cell in &settled {
            open.remove(cell);
        }
        if settled.is_empty() || open.is_empty() {
            return supports;
        }
    }
}

struct Weigher<'a> {
    problem: &'a Problem,
    changed: &'a [(CellId, i128)],
    /// Changed cells not yet taken as given.
    open: &'a BTreeSet<CellId>,
    /// The rules that may speak.
    trusted: &'a dyn Fn(RuleId) -> bool,
}

impl Weigher<'_> {
    fn support(&self, cell: CellId, value: i128) -> Support {
        let problem = self.problem;
        let equalities = problem.rules_on(cell).iter().copied().filter(|rule| self.speaks(*rule));
        let witnesses: Vec<Witness> = equalities
            .filter(|&rule| self.alone(rule, cell) && self.settles(rule, cell, value))
            .map(|rule| self.witness(rule, cell))
            .collect();
        let mends = |rule: &RuleId| {
            problem.outcome(*rule) != Outcome::Satisfied
                && problem.outcome_with(*rule, self.changed) == Outcome::Satisfied
        };
        let mended: Vec<RuleId> = problem.rules_on(cell).iter().copied().filter(mends).collect();
        let bounds = |rule: &RuleId| {
            self.speaks(*rule) && self.alone(*rule, cell) && self.limits(*rule, cell, value)
        };
        let close: Vec<RuleId> = mended.iter().copied().filter(bounds).collect();
        let sharp = witnesses.iter().map(|witness| witness.rule).collect();
        Support {
            rests_on_corrections: false,
            independent: independent(problem, cell, sharp),
            agreeing: independent(problem, cell, close),
            witnesses,
            mended,
        }
    }

    fn speaks(&self, rule: RuleId) -> bool {
        let exact = match &self.problem.rule(rule).form {
            Form::Linear { slack, .. } => *slack == 0,
            Form::Ratio { .. } => true,
            Form::Bound { .. } => false,
        };
        exact
            && (self.trusted)(rule)
            && self.problem.outcome_with(rule, self.changed) == Outcome::Satisfied
    }

    /// No other cell of the rule is in question.
    fn alone(&self, rule: RuleId, cell: CellId) -> bool {
        let cells = self.problem.cells_in(rule);
        self.open.iter().all(|other| *other == cell || cells.binary_search(other).is_err())
    }

    /// One unit more or less would violate the rule.
    fn settles(&self, rule: RuleId, cell: CellId, value: i128) -> bool {
        [value - 1, value + 1].iter().all(|&beside| self.refutes(rule, cell, beside))
    }

    fn refutes(&self, rule: RuleId, cell: CellId, value: i128) -> bool {
        let others = self.changed.iter().copied().filter(|change| change.0 != cell);
        let values: Vec<_> = others.chain([(cell, value)]).collect();
        self.problem.outcome_with(rule, &values) == Outcome::Violated
    }

    fn witness(&self, rule: RuleId, cell: CellId) -> Witness {
        let others = self.problem.cells_in(rule).iter().filter(|other| **other != cell);
        let (mut inputs, mut leans_on, mut exchange_fits) = (Vouched::Exactly, Vec::new(), false);
        for &other in others {
            if self.problem.state(other).kind == CellKind::Fixed {
                continue;
            }
            let vouchers = self.vouchers(other, cell);
            let strongest = vouchers.iter().map(|voucher| voucher.1).max();
            inputs = inputs.min(strongest.unwrap_or(Vouched::No));
            if let [(sole, _)] = vouchers[..] {
                leans_on.push(sole);
                exchange_fits |= self.exchange_fits(rule, other, sole);
            }
        }
        leans_on.sort_unstable();
        leans_on.dedup();
        let was_broken = self.problem.outcome(rule) != Outcome::Satisfied;
        let produces = self.problem.rule(rule).target == Some(cell);
        Witness { rule, was_broken, produces, inputs, leans_on, exchange_fits }
    }

    /// Whether `rule` would hold as the figures stand, had `input` the value of another cell of
    /// `voucher`.
    fn exchange_fits(&self, rule: RuleId, input: CellId, voucher: RuleId) -> bool {
        let others = self.problem.cells_in(voucher).iter().filter(|other| **other != input);
        let mut values = others.filter_map(|other| self.problem.state(*other).value);
        values.any(|value| self.problem.outcome_with(rule, &[(input, value)]) == Outcome::Satisfied)
    }

    /// The satisfied rules without any changed cell that confirm a figure.
    fn vouchers(&self, cell: CellId, accused: CellId) -> Vec<(RuleId, Vouched)> {
        let problem = self.problem;
        let new = self.changed.iter().find(|change| change.0 == cell).map(|change| change.1);
        let Some(value) = new.or(problem.state(cell).value) else { return Vec::new() };
        let untouched = |rule: &RuleId| {
            self.speaks(*rule)
                && problem.outcome(*rule) == Outcome::Satisfied
                && self.alone(*rule, accused)
                && problem.cells_in(*rule).binary_search(&accused).is_err()
        };
        let strength = |rule: RuleId| {
            if self.settles(rule, cell, value) {
                Some((rule, Vouched::Exactly))
            } else {
                self.limits(rule, cell, value).then_some((rule, Vouched::Loosely))
            }
        };
        problem.rules_on(cell).iter().copied().filter(untouched).filter_map(strength).collect()
    }

    /// A tenth more or less would violate the rule.
    fn limits(&self, rule: RuleId, cell: CellId, value: i128) -> bool {
        let step = (value.abs() / 10).max(1);
        [value - step, value + step].iter().all(|&beside| self.refutes(rule, cell, beside))
    }
}

/// Greedily, the rules that share no cell but the accused one, short rules first.
fn independent(problem: &Problem, cell: CellId, mut rules: Vec<RuleId>) -> usize {
    rules.sort_unstable_by_key(|&rule| (problem.cells_in(rule).len(), rule));
    let mut used: Vec<CellId> = Vec::new();
    let mut count = 0;
    for rule in rules {
        let cells = problem.cells_in(rule).iter().filter(|other| **other != cell);
        let cells: Vec<CellId> = cells.copied().collect();
        if !cells.iter().any(|other| used.contains(other)) {
            used.extend(cells);
            count += 1;
        }
    }
    count
}
