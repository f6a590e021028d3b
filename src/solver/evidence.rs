//! What speaks for a proposed value: which rules, and who vouches for their other cells.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::problem::{CellId, CellKind, Outcome, Problem, RuleId};

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

/// Who confirms the figures as they stand. All explanations ask it of the same cells, a total over a
/// thousand rows of each of its thousand figures, so it is told once.
pub(super) struct Standing<'a> {
    problem: &'a Problem,
    vouchers: RefCell<HashMap<CellId, Rc<[Voucher]>>>,
    inputs: RefCell<HashMap<RuleId, Rc<Inputs>>>,
}

/// A rule that confirms a figure, and how well.
type Voucher = (RuleId, Vouched);

impl<'a> Standing<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        Self { problem, vouchers: RefCell::default(), inputs: RefCell::default() }
    }

    pub(super) fn problem(&self) -> &'a Problem {
        self.problem
    }

    /// The rules that hold and confirm a figure, where nothing changes.
    fn vouchers(&self, cell: CellId) -> Rc<[Voucher]> {
        let known = self.vouchers.borrow().get(&cell).cloned();
        known.unwrap_or_else(|| {
            let found: Rc<[Voucher]> = self.confirming(cell).into();
            self.vouchers.borrow_mut().insert(cell, Rc::clone(&found));
            found
        })
    }

    /// How well the figures of a rule are confirmed, where nothing changes.
    fn inputs(&self, rule: RuleId) -> Rc<Inputs> {
        let known = self.inputs.borrow().get(&rule).cloned();
        known.unwrap_or_else(|| {
            let mut found = Inputs::default();
            for cell in self.figures(rule) {
                let backing = Backing::of(self.problem, rule, cell, &self.vouchers(cell));
                found.each.insert(cell, backing);
                found.all.add(backing);
            }
            let found = Rc::new(found);
            self.inputs.borrow_mut().insert(rule, Rc::clone(&found));
            found
        })
    }

    /// The figures of a rule that somebody wrote.
    fn figures(&self, rule: RuleId) -> impl Iterator<Item = CellId> {
        let cells = self.problem.cells_in(rule).iter().copied();
        cells.filter(|cell| self.problem.state(*cell).kind != CellKind::Fixed)
    }

    fn confirming(&self, cell: CellId) -> Vec<Voucher> {
        let Some(value) = self.problem.state(cell).value else { return Vec::new() };
        let holds = |rule: &RuleId| {
            self.problem.is_exact(*rule) && self.problem.outcome(*rule) == Outcome::Satisfied
        };
        let rules = self.problem.rules_on(cell).iter().copied().filter(holds);
        let strength = |rule| Some((rule, strength(self.problem, rule, &[], (cell, value))?));
        rules.filter_map(strength).collect()
    }
}

/// How a figure that a rule uses is confirmed.
#[derive(Debug, Clone, Copy)]
struct Backing {
    strength: Vouched,
    /// The rule that alone confirms it.
    sole: Option<RuleId>,
    /// The rule that uses it would hold as the figures stand, had it the value of another cell of
    /// that one.
    exchange_fits: bool,
}

impl Backing {
    fn of(problem: &Problem, rule: RuleId, input: CellId, vouchers: &[Voucher]) -> Self {
        let strongest = vouchers.iter().map(|voucher| voucher.1).max();
        let sole = if let [(sole, _)] = vouchers { Some(*sole) } else { None };
        Self {
            strength: strongest.unwrap_or(Vouched::No),
            sole,
            exchange_fits: sole.is_some_and(|sole| exchange_fits(problem, rule, input, sole)),
        }
    }
}

/// Whether `rule` would hold as the figures stand, had `input` the value of another cell of
/// `voucher`.
fn exchange_fits(problem: &Problem, rule: RuleId, input: CellId, voucher: RuleId) -> bool {
    let others = problem.cells_in(voucher).iter().filter(|other| **other != input);
    let mut values = others.filter_map(|other| problem.state(*other).value);
    values.any(|value| problem.outcome_with(rule, &[(input, value)]) == Outcome::Satisfied)
}

/// The figures of a rule, each and all together.
#[derive(Default)]
struct Inputs {
    each: BTreeMap<CellId, Backing>,
    all: Together,
}

/// How some figures are confirmed together.
#[derive(Debug, Clone, Default)]
struct Together {
    /// How many are confirmed so well.
    by_strength: [usize; 3],
    /// Rules that alone confirm one, with how many.
    leans_on: BTreeMap<RuleId, usize>,
    exchanges: usize,
}

impl Together {
    fn add(&mut self, backing: Backing) {
        self.by_strength[backing.strength as usize] += 1;
        self.exchanges += usize::from(backing.exchange_fits);
        if let Some(sole) = backing.sole {
            *self.leans_on.entry(sole).or_default() += 1;
        }
    }

    fn remove(&mut self, backing: Backing) {
        self.by_strength[backing.strength as usize] -= 1;
        self.exchanges -= usize::from(backing.exchange_fits);
        let Some(sole) = backing.sole else { return };
        if let Some(count) = self.leans_on.get_mut(&sole) {
            *count -= 1;
            if *count == 0 {
                self.leans_on.remove(&sole);
            }
        }
    }

    /// How well the weakest is confirmed.
    fn weakest(&self) -> Vouched {
        let all = [Vouched::No, Vouched::Loosely, Vouched::Exactly];
        let weakest = all.into_iter().find(|strength| self.by_strength[*strength as usize] > 0);
        weakest.unwrap_or(Vouched::Exactly)
    }
}

/// How well a rule confirms a value of one of its cells, once some others have changed.
fn strength(
    problem: &Problem,
    rule: RuleId,
    changed: &[(CellId, i128)],
    (cell, value): (CellId, i128),
) -> Option<Vouched> {
    if settles(problem, rule, changed, (cell, value)) {
        let exactly = !problem.is_loose(rule);
        return Some(if exactly { Vouched::Exactly } else { Vouched::Loosely });
    }
    limits(problem, rule, changed, (cell, value)).then_some(Vouched::Loosely)
}

/// The evidence for every changed cell of an explanation.
pub(super) fn weigh(
    standing: &Standing<'_>,
    changed: &[(CellId, i128)],
) -> BTreeMap<CellId, Support> {
    weigh_some(standing, changed, changed.iter().map(|change| change.0).collect(), None)
}

/// The evidence for the changed cells in question, by the rules that are trusted (all without a word
/// on it); the other changes are given. Cells with evidence enough of their own are taken as given while the others are
/// weighed.
pub(super) fn weigh_some(
    standing: &Standing<'_>,
    changed: &[(CellId, i128)],
    mut open: BTreeSet<CellId>,
    trusted: Option<&dyn Fn(RuleId) -> bool>,
) -> BTreeMap<CellId, Support> {
    let mut supports = BTreeMap::new();
    let problem = standing.problem;
    let touched: BTreeSet<RuleId> =
        changed.iter().flat_map(|change| problem.rules_on(change.0)).copied().collect();
    let confirming = touched
        .iter()
        .copied()
        .filter(|rule| problem.is_exact(*rule) && problem.outcome(*rule) == Outcome::Satisfied);
    let stirred: BTreeSet<CellId> =
        confirming.flat_map(|rule| problem.cells_in(rule)).copied().collect();
    loop {
        let weigher = Weigher {
            standing,
            problem,
            changed,
            touched: &touched,
            stirred: &stirred,
            open: &open,
            trusted,
        };
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
    standing: &'a Standing<'a>,
    problem: &'a Problem,
    changed: &'a [(CellId, i128)],
    /// The rules that speak of a changed cell.
    touched: &'a BTreeSet<RuleId>,
    /// The cells of those among them that confirmed figures before: who confirms any other cell is
    /// what it was.
    stirred: &'a BTreeSet<CellId>,
    /// Changed cells not yet taken as given.
    open: &'a BTreeSet<CellId>,
    /// The rules that may speak; all of them where nothing is said.
    trusted: Option<&'a dyn Fn(RuleId) -> bool>,
}

impl Weigher<'_> {
    fn support(&self, cell: CellId, value: i128) -> Support {
        let problem = self.problem;
        let equalities = problem.rules_on(cell).iter().copied().filter(|rule| self.speaks(*rule));
        let witnesses: Vec<Witness> = equalities
            .filter(|&rule| self.alone(rule, cell))
            .filter(|&rule| settles(problem, rule, self.changed, (cell, value)))
            .map(|rule| self.witness(rule, cell))
            .collect();
        let mends = |rule: &RuleId| {
            problem.outcome(*rule) != Outcome::Satisfied
                && problem.outcome_with(*rule, self.changed) == Outcome::Satisfied
        };
        let mended: Vec<RuleId> = problem.rules_on(cell).iter().copied().filter(mends).collect();
        let bounds = |rule: &RuleId| {
            self.speaks(*rule)
                && self.alone(*rule, cell)
                && limits(problem, *rule, self.changed, (cell, value))
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
        self.problem.is_exact(rule)
            && self.trusts(rule)
            && self.problem.outcome_with(rule, self.changed) == Outcome::Satisfied
    }

    fn trusts(&self, rule: RuleId) -> bool {
        self.trusted.is_none_or(|trusted| trusted(rule))
    }

    /// No other cell of the rule is in question.
    fn alone(&self, rule: RuleId, cell: CellId) -> bool {
        let cells = self.problem.cells_in(rule);
        self.open.iter().all(|other| *other == cell || cells.binary_search(other).is_err())
    }

    fn witness(&self, rule: RuleId, cell: CellId) -> Witness {
        let inputs = self.inputs(rule, cell);
        let was_broken = self.problem.outcome(rule) != Outcome::Satisfied;
        let produces = self.problem.rule(rule).target == Some(cell);
        Witness {
            rule,
            was_broken,
            produces,
            inputs: inputs.weakest(),
            leans_on: inputs.leans_on.into_keys().collect(),
            exchange_fits: inputs.exchanges > 0,
        }
    }

    /// How well the other figures of a rule are confirmed.
    fn inputs(&self, rule: RuleId, accused: CellId) -> Together {
        let backing = |cell| Backing::of(self.problem, rule, cell, &self.vouchers(cell, accused));
        if self.trusted.is_some() {
            let mut inputs = Together::default();
            let others = self.standing.figures(rule).filter(|cell| *cell != accused);
            others.for_each(|cell| inputs.add(backing(cell)));
            return inputs;
        }
        let known = self.standing.inputs(rule);
        let mut inputs = known.all.clone();
        let other = self.stirred.iter().filter(|cell| **cell != accused);
        for (cell, before) in other.filter_map(|cell| Some((cell, known.each.get(cell)?))) {
            inputs.remove(*before);
            inputs.add(backing(*cell));
        }
        if let Some(own) = known.each.get(&accused) {
            inputs.remove(*own);
        }
        inputs
    }

    /// The satisfied rules that confirm a figure and speak neither of the accused nor of any other
    /// cell in question.
    fn vouchers(&self, cell: CellId, accused: CellId) -> Vec<Voucher> {
        let problem = self.problem;
        let aside = self.standing.vouchers(cell);
        let aside = aside
            .iter()
            .copied()
            .filter(|(rule, _)| !self.touched.contains(rule) && self.trusts(*rule));
        let mut vouchers: Vec<Voucher> = aside.collect();
        // What a change touches may confirm another figure than it did, or none.
        let new = self.changed.iter().find(|change| change.0 == cell).map(|change| change.1);
        let Some(value) = new.or(problem.state(cell).value) else { return vouchers };
        let sound = |rule: &RuleId| {
            self.touched.contains(rule)
                && problem.outcome(*rule) == Outcome::Satisfied
                && self.speaks(*rule)
                && self.alone(*rule, accused)
                && problem.cells_in(*rule).binary_search(&accused).is_err()
        };
        let touched = problem.rules_on(cell).iter().copied().filter(sound);
        vouchers.extend(touched.filter_map(|rule| {
            Some((rule, strength(problem, rule, self.changed, (cell, value))?))
        }));
        vouchers
    }
}

/// One unit more or less would violate the rule.
fn settles(
    problem: &Problem,
    rule: RuleId,
    changed: &[(CellId, i128)],
    new: (CellId, i128),
) -> bool {
    problem.holds_within(rule, changed, new, 1)
}

/// A tenth more or less would violate the rule.
fn limits(
    problem: &Problem,
    rule: RuleId,
    changed: &[(CellId, i128)],
    new: (CellId, i128),
) -> bool {
    problem.holds_within(rule, changed, new, (new.1.abs() / 10).max(1))
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
