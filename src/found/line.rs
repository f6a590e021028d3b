//! Lines: columns, or rows, as whole numbers of one place, with what their words say.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Axis;
use super::evidence::real;
use super::grid::{Figure, Grid, Nature};
use super::vocabulary::{Says, Word, folded, says};

/// The most decimals that figures are compared with; longer ones are rounded to them.
const PLACES: u32 = 6;

/// Figures of the common place stay below this, so that sums of them fit 64 bits.
const LARGEST: i128 = 100_000_000_000_000_000;

/// What the words of a line say.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// The lowest heading or the name, folded; lines with the same one may be a family.
    pub(super) leaf: String,
    /// The heading above it, folded.
    pub(super) group: String,
    /// Of a heading with a stroke what stands before and after it, folded.
    pub(super) quotient: Option<(String, String)>,
    /// What the lowest heading says.
    own: Says,
    /// What it and the heading above say.
    all: Says,
}

impl Words {
    pub(super) fn new(leaf: &str, group: &str) -> Self {
        let own = says(leaf);
        let all = own.with(says(group));
        let quotient = leaf.split_once('/').map(|(part, whole)| (folded(part), folded(whole)));
        Self { leaf: folded(leaf), group: folded(group), quotient, own, all }
    }

    pub(super) fn total(&self) -> bool {
        self.own.says(Word::Total)
    }

    pub(super) fn says(&self, word: Word) -> bool {
        self.all.says(word)
    }

    /// The sign with which a line goes into a balance, where its words state one.
    pub(super) fn sign(&self) -> Option<i64> {
        match (self.says(Word::Up), self.says(Word::Down)) {
            (true, false) => Some(1),
            (false, true) => Some(-1),
            _ => None,
        }
    }
}

/// A column or a row of figures.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The column or row of the grid.
    pub(super) key: usize,
    /// Whole numbers of the common place, a trial each; 0 where nothing is.
    pub(super) values: Vec<i64>,
    /// True where a figure is.
    pub(super) there: Vec<bool>,
    /// The decimals each figure prints.
    pub(super) decimals: Vec<u32>,
    pub(super) words: Words,
    pub(super) nature: Nature,
    /// The last place the line really uses: 1.000 where all figures are whole thousands.
    pub(super) step: i64,
    /// Decimals that three quarters of its figures print at most.
    pub(super) usual_decimals: u32,
    /// Its figures in order, for telling how often one is repeated.
    sorted: Vec<i64>,
}

impl Line {
    /// How many figures it has.
    pub(super) fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The share of the other figures that are the same as this one.
    pub(super) fn repeats(&self, value: i64) -> f64 {
        let from = self.sorted.partition_point(|other| *other < value);
        let to = self.sorted.partition_point(|other| *other <= value);
        let others = self.count().saturating_sub(1).max(1);
        real((to - from).saturating_sub(1)) / real(others)
    }

    pub(super) fn is_rate(&self) -> bool {
        matches!(self.nature, Nature::Rate | Nature::Average)
    }

    /// True where no figure but nought is.
    pub(super) fn is_nought(&self) -> bool {
        self.values.iter().all(|value| *value == 0)
    }

    pub(super) fn prints_fractions(&self) -> bool {
        let printed = self.decimals.iter().zip(&self.there);
        printed.into_iter().any(|(decimals, there)| *there && *decimals > 0)
    }

    fn finished(mut self) -> Self {
        let figures = self.values.iter().zip(&self.there).filter(|(_, there)| **there);
        self.sorted = figures.map(|(value, _)| *value).collect();
        self.sorted.sort_unstable();
        self.step = step(&self.sorted);
        let printed = self.decimals.iter().zip(&self.there).filter(|(_, there)| **there);
        let mut decimals: Vec<u32> = printed.map(|(decimals, _)| *decimals).collect();
        decimals.sort_unstable();
        self.usual_decimals =
            decimals.get(decimals.len().saturating_sub(1) * 3 / 4).copied().unwrap_or(0);
        self
    }
}

/// The largest power of ten that divides all figures but nought, where there are three or more.
fn step(figures: &[i64]) -> i64 {
    let told: Vec<i64> = figures.iter().copied().filter(|figure| *figure != 0).collect();
    let mut step = 1;
    while told.len() > 2
        && step < 1_000_000_000_000
        && told.iter().all(|figure| figure % (step * 10) == 0)
    {
        step *= 10;
    }
    step
}

/// Lines of an axis over trials of the other, at the common place 10^-`places`.
pub(super) fn lines(grid: &Grid, axis: Axis, keys: &[usize], trials: &[usize]) -> (Vec<Line>, u32) {
    let at = |key: usize, trial: usize| match axis {
        Axis::Columns => grid.at(trial, key),
        Axis::Rows => grid.at(key, trial),
    };
    let figures = || keys.iter().flat_map(|key| trials.iter().filter_map(|trial| at(*key, *trial)));
    let places = common_place(figures());
    let line = |key: &usize| {
        let read = trials.iter().map(|trial| {
            let figure = at(*key, *trial)?;
            Some((whole(figure.value, places)?, figure.decimals))
        });
        let read: Vec<Option<(i64, u32)>> = read.collect();
        let (words, nature) = match axis {
            Axis::Columns => {
                let column = &grid.columns()[*key];
                let mut levels = column.headings.iter().rev().map(String::as_str);
                let leaf = levels.next().unwrap_or_default();
                (Words::new(leaf, levels.next().unwrap_or_default()), column.nature)
            }
            Axis::Rows => {
                let row = &grid.rows()[*key];
                (Words::new(&row.name, ""), row.nature())
            }
        };
        let line = Line {
            key: *key,
            values: read.iter().map(|read| read.map_or(0, |(value, _)| value)).collect(),
            there: read.iter().map(Option::is_some).collect(),
            decimals: read.iter().map(|read| read.map_or(0, |(_, decimals)| decimals)).collect(),
            words,
            nature,
            step: 1,
            usual_decimals: 0,
            sorted: Vec::new(),
        };
        line.finished()
    };
    (keys.iter().map(line).collect(), places)
}

/// The decimals at which all figures are whole numbers, fewer where they would grow too large.
fn common_place(figures: impl Iterator<Item = Figure>) -> u32 {
    let (mut places, mut largest) = (0, 0);
    for figure in figures {
        places = places.max(figure.decimals.min(PLACES));
        largest = largest.max(figure.value.trunc().mantissa().abs());
    }
    while places > 0 && largest.saturating_mul(10_i128.pow(places)) >= LARGEST {
        places -= 1;
    }
    places
}

/// A value as a whole number of a place; `None` where it is too large.
fn whole(value: Decimal, places: u32) -> Option<i64> {
    let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let whole = rounded.mantissa().checked_mul(10_i128.pow(places - rounded.scale()))?;
    (whole.abs() < LARGEST).then(|| i64::try_from(whole).ok())?
}
