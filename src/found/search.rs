//! The lines of one axis with the hypotheses that were offered for them.

use std::collections::HashMap;

use super::evidence::{Weight, weigh};
use super::line::{Line, lines};
use super::relation::{Axis, Family, Kind};
use super::settle::settle;
use super::shape::{Outcome, Shape};
use super::{Grid, balance, families, means, pairs, products, ratios, seldom, shares, windows};

/// Pairs, ratios and balances are tried among so many lines.
const WIDEST: usize = 48;

/// A hypothesis is left when more trials differ than fit and tell, by so many.
const PATIENCE: usize = 12;

/// A hypothesis that most trials bear out.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    /// The line it computes.
    pub(super) target: usize,
    pub(super) shape: Shape,
    /// Bits net of the cost.
    pub(super) bits: f64,
    pub(super) cost: f64,
    /// Fitting trials that tell something.
    pub(super) telling: usize,
    /// True where words name the target and its operands.
    pub(super) named: bool,
    pub(super) fits: Vec<usize>,
    pub(super) misfits: Vec<usize>,
    /// Lines of one heading, or groups, that bear it out together.
    pub(super) family: Option<Family>,
    /// Nearly as good ones for the same target with other misfits.
    pub(super) rivals: Vec<Candidate>,
}

/// A hypothesis to be weighed.
pub(super) struct Proposal {
    pub(super) kind: Kind,
    pub(super) target: usize,
    pub(super) shape: Shape,
    pub(super) cost: f64,
    pub(super) named: bool,
}

/// What tells two hypotheses apart: equal ones turned round are one.
type Key = (u8, Vec<(usize, i64)>);

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    /// Every kind.
    All,
    /// Sums, pairs, balances and means.
    Additive,
    /// Sums of neighbours.
    Sums,
    /// Ratios and growth.
    Ratios,
    /// Differences of lines that stand near each other.
    Differences,
}

pub(super) struct Search {
    pub(super) axis: Axis,
    pub(super) lines: Vec<Line>,
    /// Decimals of the common place.
    pub(super) places: u32,
    /// The columns or rows of the grid that are trials.
    pub(super) trials: Vec<usize>,
    /// False for trials that follow from others, for linear relations.
    pub(super) independent: Vec<bool>,
    /// The trials that a trial is the sum of, with signs, where that is known.
    pub(super) sums: HashMap<usize, Vec<(usize, i64)>>,
    /// False for trials of another nature, where nothing adds up.
    pub(super) plain: Vec<bool>,
    /// For each line the trials in which it has a figure, in a mixed order, so that the first of them
    /// stand for all.
    pub(super) mixed: Vec<Vec<usize>>,
    pub(super) offers: Vec<Candidate>,
    known: HashMap<Key, usize>,
}

impl Search {
    pub(super) fn new(grid: &Grid, axis: Axis, keys: &[usize], trials: Vec<usize>) -> Self {
        let (lines, places) = lines(grid, axis, keys, &trials);
        let order = mixed(trials.len());
        let filled = |line: &Line| order.iter().copied().filter(|at| line.there[*at]).collect();
        let mixed = lines.iter().map(filled).collect();
        let (independent, plain) = (vec![true; trials.len()], vec![true; trials.len()]);
        Self {
            axis,
            lines,
            places,
            trials,
            independent,
            sums: HashMap::new(),
            plain,
            mixed,
            offers: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// A unit of the last of some decimals, at the common place.
    pub(super) fn unit_of(&self, decimals: u32) -> i64 {
        const POWERS: [i64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
        POWERS[self.places.saturating_sub(decimals) as usize % POWERS.len()]
    }

    /// True where pairs of lines may be tried.
    pub(super) fn is_narrow(&self) -> bool {
        self.lines.len() <= WIDEST
    }

    /// Lines that may be summed.
    pub(super) fn additive(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|line| self.lines[*line].nature.adds_up()).collect()
    }

    /// Tries a hypothesis and leaves as soon as too many trials differ. Random hypotheses of a long
    /// table are left after some twenty trials.
    pub(super) fn is_borne_out(
        &self,
        target: usize,
        linear: bool,
        at: impl Fn(usize) -> Outcome,
    ) -> bool {
        let mut count = Count::default();
        for trial in &self.mixed[target] {
            if (!linear || self.plain[*trial]) && !count.goes_on(at(*trial), self.trials.len()) {
                return false;
            }
        }
        count.is_borne_out()
    }

    /// What every trial says of a hypothesis.
    pub(super) fn outcomes(&self, target: usize, shape: &Shape) -> Vec<Outcome> {
        let tried = |trial: usize| self.plain[trial] || !shape.is_linear();
        let at = |trial| if tried(trial) { shape.at(self, target, trial) } else { Outcome::Void };
        (0..self.trials.len()).map(at).collect()
    }

    /// True for a trial that differs because those do that it sums, and by just so much: where a figure is
    /// wrong in a row, the total that it was added up for is wrong as well.
    pub(super) fn follows(&self, target: usize, shape: &Shape, trial: usize) -> bool {
        let (Shape::Linear { terms, tolerance: 0, .. }, Some(parts)) =
            (shape, self.sums.get(&trial))
        else {
            return false;
        };
        // Sums over all rows of sums over all columns outgrow 64 bits.
        let off = |trial: usize| {
            let value = |line: usize| i128::from(self.lines[line].values[trial]);
            let sum: i128 = terms.iter().map(|(line, sign)| i128::from(*sign) * value(*line)).sum();
            value(target) - sum
        };
        let differ = |part: usize| shape.at(self, target, part) == Outcome::Differs;
        let mut wrong = parts.iter().map(|(part, _)| *part).filter(|part| off(*part) != 0);
        let summed: i128 = parts.iter().map(|(part, sign)| i128::from(*sign) * off(*part)).sum();
        wrong.all(differ) && off(trial) == summed
    }

    /// Weighs a hypothesis and keeps it where two trials and two thirds of them bear it out.
    pub(super) fn offer(&mut self, proposal: Proposal) {
        let Proposal { kind, target, shape, cost, named } = proposal;
        let seen = self.outcomes(target, &shape);
        let (fits, misfits) = told(&seen);
        if fits.len() < 2 || fits.len() * 3 < (fits.len() + misfits.len()) * 2 {
            return;
        }
        let Weight { bits, telling } = weigh(self, target, &shape, &seen);
        if bits > 0.0 {
            let bits = bits - cost;
            let (family, rivals) = (None, Vec::new());
            self.keep(Candidate {
                kind,
                target,
                shape,
                bits,
                cost,
                telling,
                named,
                fits,
                misfits,
                family,
                rivals,
            });
        }
    }

    /// Keeps a candidate unless the same one is known with more evidence.
    pub(super) fn keep(&mut self, candidate: Candidate) {
        let key = key(&candidate);
        match self.known.get(&key) {
            Some(at) if self.offers[*at].bits >= candidate.bits => {}
            Some(at) => self.offers[*at] = candidate,
            None => {
                self.known.insert(key, self.offers.len());
                self.offers.push(candidate);
            }
        }
    }

    /// Offers all hypotheses that are sought and chooses among them. `whole` is the trial of the
    /// table's total.
    pub(super) fn run(&mut self, sought: Sought, whole: Option<usize>) -> Vec<Candidate> {
        let additive = self.additive();
        let sums = !matches!(sought, Sought::Ratios | Sought::Differences);
        if sums {
            windows::offer(self, &additive);
        }
        if matches!(sought, Sought::All | Sought::Additive) {
            means::offer(self);
        }
        if matches!(sought, Sought::All | Sought::Additive) && self.is_narrow() {
            pairs::offer(self, &additive);
            balance::offer(self, &additive);
            balance::offer_interleaved(self, &additive);
        }
        if sought == Sought::Differences {
            pairs::offer_near(self);
        }
        if matches!(sought, Sought::All | Sought::Ratios) && self.is_narrow() {
            ratios::offer(self);
        }
        if sought == Sought::All && self.is_narrow() {
            shares::offer(self, whole);
            products::offer(self);
        }
        families::pool(self);
        let mut chosen = settle(self);
        for _ in 0..3 {
            let before = self.offers.len();
            if !sums || !windows::past(self, &additive, &chosen) || before == self.offers.len() {
                break;
            }
            chosen = settle(self);
        }
        seldom::complete(self, &mut chosen);
        chosen
    }
}

/// What the trials of a hypothesis said so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    fits: usize,
    telling: usize,
    differ: usize,
}

impl Count {
    /// Counts a trial; false once too many differ: a third of them, or so many that the fitting ones
    /// cannot make up for them.
    pub(super) fn goes_on(&mut self, outcome: Outcome, trials: usize) -> bool {
        match outcome {
            Outcome::Void => {}
            Outcome::Differs => self.differ += 1,
            Outcome::Fits { tells, .. } => {
                self.fits += 1;
                self.telling += usize::from(tells);
            }
        }
        self.differ * 3 <= trials && self.differ <= self.telling + PATIENCE
    }

    /// True where two trials fit, one of them tells, and two thirds of all fit.
    pub(super) fn is_borne_out(self) -> bool {
        self.fits > 1 && self.telling > 0 && self.fits >= 2 * self.differ
    }
}

/// The trials that fit and those that differ.
pub(super) fn told(seen: &[Outcome]) -> (Vec<usize>, Vec<usize>) {
    let (mut fits, mut misfits) = (Vec::new(), Vec::new());
    for (trial, outcome) in seen.iter().enumerate() {
        match outcome {
            Outcome::Void => {}
            Outcome::Differs => misfits.push(trial),
            Outcome::Fits { .. } => fits.push(trial),
        }
    }
    (fits, misfits)
}

/// All trials, neighbours far apart.
fn mixed(trials: usize) -> Vec<usize> {
    /// Prime, and larger than any table is long.
    const STRIDE: usize = 2_147_483_647;
    (0..trials).map(|place| place.wrapping_mul(STRIDE) % trials).collect()
}

fn key(candidate: &Candidate) -> Key {
    let target = candidate.target;
    match &candidate.shape {
        Shape::Linear { terms, .. } => {
            let mut whole = terms.clone();
            whole.push((target, -1));
            whole.sort_unstable();
            let sign = whole[0].1;
            for (_, coefficient) in &mut whole {
                *coefficient *= sign;
            }
            (0, whole)
        }
        Shape::Ratio { part, whole, scale, growth } => {
            let scale = if *growth { -scale } else { *scale };
            (1, vec![(target, scale), (*part, 1), (*whole, -1)])
        }
        Shape::Share { part, scale, .. } => (2, vec![(target, *scale), (*part, 1)]),
        Shape::Product { factors, scale } => {
            (3, vec![(target, *scale), (factors[0], 1), (factors[1], 1)])
        }
        Shape::Mean { parts } => {
            let parts = parts.iter().map(|part| (*part, 1));
            (4, std::iter::once((target, -1)).chain(parts).collect())
        }
    }
}
