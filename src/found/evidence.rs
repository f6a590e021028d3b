//! Evidence in bits. Floats are used for bits and for pre-filters alone; whether a figure fits is
//! always decided on whole numbers.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use super::search::Search;
use super::shape::{Outcome, Shape};

/// Bits that a trial which differs costs: one cell in sixteen may be wrong.
pub(super) const MISFIT: f64 = 4.0;

/// −log2(1 − 2^−`MISFIT`): what a trial that fits costs, since it might have been wrong.
const FIT: f64 = 0.093_109_404_391_481_47;

/// No single trial says more than this.
const CAP: f64 = 14.0;

/// An unrelated figure is taken to be known to within a tenth, up or down.
const KNOWN_WITHIN: f64 = 0.2;

/// A trial is compared with so many others that were counted, of figures next to its own.
const NEIGHBOURS: usize = 8;

/// From here on a trial tells something.
const TELLS: f64 = 0.5;

/// A whole number as a float.
pub(super) fn real<N: TryInto<i64>>(number: N) -> f64 {
    let number = number.try_into().unwrap_or(i64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "bits and pre-filters need no more")]
    let real = number as f64;
    real
}

/// The bits that name one of `among` things; nothing is named for less than `least` of them.
pub(super) fn log2(among: usize, least: usize) -> f64 {
    real(among.max(least)).log2()
}

/// What the fitting trials of a hypothesis say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Weight {
    /// Bits earned, less those of trials that differ; its cost is not paid.
    pub(super) bits: f64,
    /// Fitting trials that tell something.
    pub(super) telling: usize,
}

/// Weighs the outcomes of a hypothesis for a line.
pub(super) fn weigh(search: &Search, target: usize, shape: &Shape, seen: &[Outcome]) -> Weight {
    let differ = seen.iter().enumerate().filter(|(trial, outcome)| {
        **outcome == Outcome::Differs && !search.follows(target, shape, *trial)
    });
    let differ = differ.count();
    let mut weight = Weight { bits: -MISFIT * real(differ), telling: 0 };
    let mut told = HashSet::<u64, BuildHasherDefault<Mixed>>::default();
    let mut fits: Vec<(usize, i64)> = Vec::new();
    for (trial, outcome) in seen.iter().enumerate() {
        let independent = !shape.is_linear() || search.independent[trial];
        if let Outcome::Fits { tells: true, slack } = outcome
            && independent
            && told.insert(fingerprint(search, target, shape, trial))
        {
            fits.push((trial, *slack));
        }
    }
    if shape.counts_nearness() {
        fits.sort_by_key(|(trial, _)| search.lines[target].values[*trial]);
    }
    for (place, (trial, slack)) in fits.iter().enumerate() {
        let before = &fits[place.saturating_sub(NEIGHBOURS)..place];
        let bits = bits(search, target, shape, *trial, *slack, before);
        weight.telling += usize::from(bits > TELLS);
        weight.bits += (bits - FIT).max(0.0);
    }
    weight
}

/// −log2 of the chance that an unrelated figure would have fitted as well: `before` are trials that
/// were counted, of figures next to this one.
fn bits(
    search: &Search,
    target: usize,
    shape: &Shape,
    trial: usize,
    slack: i64,
    before: &[(usize, i64)],
) -> f64 {
    let line = &search.lines[target];
    let figure = line.values[trial];
    let mut width = KNOWN_WITHIN * real(figure.abs());
    if shape.counts_nearness() {
        let gap = |operand: usize| (figure.abs() - search.lines[operand].values[trial].abs()).abs();
        let nearest = shape.operands().map(gap).min().unwrap_or(i64::MAX / 2);
        width = width.min(2.0 * real(nearest));
        for (other, _) in before.iter().rev() {
            width = width.min(2.0 * apart(search, target, shape, [trial, *other], width));
        }
    }
    let step = real(shape.step(search, target, trial).max(1));
    let chance = (1.0 + 2.0 * real(slack) / step) / (1.0 + width / step);
    let chance = chance.min(1.0).max(line.repeats(figure));
    (-chance.log2()).min(CAP)
}

/// By how much the figures of two trials differ in all: where a year repeats the one before but for
/// little, what fits in one nearly fits in the other. It is not counted beyond `enough`.
fn apart(
    search: &Search,
    target: usize,
    shape: &Shape,
    [one, other]: [usize; 2],
    enough: f64,
) -> f64 {
    let mut apart = 0.0;
    for line in std::iter::once(target).chain(shape.operands()) {
        let values = &search.lines[line].values;
        apart += real((values[one] - values[other]).abs());
        if apart > enough {
            break;
        }
    }
    apart
}

/// A row of the same figures tells nothing again. Two different rows with one fingerprint would only
/// take evidence away.
fn fingerprint(search: &Search, target: usize, shape: &Shape, trial: usize) -> u64 {
    let lines = std::iter::once(target).chain(shape.operands());
    lines.fold(0x9E37_79B9_7F4A_7C15, |mixed: u64, line| {
        let value = search.lines[line].values[trial].cast_unsigned();
        (mixed ^ value).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29)
    })
}

/// Fingerprints are mixed already.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
