//! Sums of neighbours: a line is the sum of 2 to 60 lines on one side of it, also past lines that
//! are parts or sums themselves.

use std::ops::Range;

use super::evidence::log2;
use super::relation::Kind;
use super::search::{Candidate, Proposal, Search};
use super::shape::{Blanks, Outcome, Shape};
use super::vocabulary::Word;

/// The most parts of a sum.
pub(super) const REACH: usize = 60;

/// Bits of a sum whose words name it.
const NAMED: f64 = 5.0;

/// Offers the sums of neighbours among lines in their order.
pub(super) fn offer(search: &mut Search, order: &[usize]) {
    let sums = Sums::of(search, order);
    for whole in 0..order.len() {
        for parts in windows(whole, order.len(), REACH) {
            for (shape, cost, named) in sums.borne_out(search, whole, parts) {
                let target = order[whole];
                search.offer(Proposal { kind: Kind::Sum, target, shape, cost, named });
            }
        }
    }
}

/// Offers the sums past the parts and past the sums that were chosen; false where there are none.
pub(super) fn past(search: &mut Search, additive: &[usize], chosen: &[Candidate]) -> bool {
    let sums: Vec<&Candidate> = chosen.iter().filter(|one| one.kind == Kind::Sum).collect();
    let without = |left_out: &dyn Fn(usize) -> bool| -> Vec<usize> {
        additive.iter().copied().filter(|line| !left_out(*line)).collect()
    };
    let is_part = |line| sums.iter().any(|sum| sum.shape.operands().any(|part| part == line));
    let is_sum = |line| sums.iter().any(|sum| sum.target == line);
    if !sums.is_empty() {
        offer(search, &without(&is_part));
        offer(search, &without(&is_sum));
    }
    !sums.is_empty()
}

/// The windows of two places or more beside a place.
pub(super) fn windows(
    whole: usize,
    places: usize,
    reach: usize,
) -> impl Iterator<Item = Range<usize>> {
    let after = (2..=reach.min(places - whole - 1)).map(move |k| whole + 1..whole + 1 + k);
    let before = (2..=reach.min(whole)).map(move |k| whole - k..whole);
    after.chain(before)
}

/// Sums over the first lines of an order, a trial each, from which those of windows follow.
pub(super) struct Sums<'o> {
    order: &'o [usize],
    trials: usize,
    sum: Vec<i64>,
    live: Vec<u16>,
    there: Vec<u16>,
}

impl<'o> Sums<'o> {
    pub(super) fn of(search: &Search, order: &'o [usize]) -> Self {
        let trials = search.trials.len();
        let (mut sum, mut filled, mut there) = (vec![0; trials], vec![0; trials], vec![0; trials]);
        for (place, of) in order.iter().enumerate() {
            let line = &search.lines[*of];
            for trial in 0..trials {
                let last = place * trials + trial;
                let figure = line.values[trial];
                sum.push(sum[last] + figure);
                filled.push(filled[last] + u16::from(figure != 0));
                there.push(there[last] + u16::from(line.there[trial]));
            }
        }
        Self { order, trials, sum, live: filled, there }
    }

    /// The sum of a window in a trial, and how many of its lines have a figure there.
    pub(super) fn of_window(&self, parts: &Range<usize>, trial: usize) -> (i64, i64) {
        let (from, to) = (parts.start * self.trials + trial, parts.end * self.trials + trial);
        (self.sum[to] - self.sum[from], i64::from(self.there[to] - self.there[from]))
    }

    /// By how much the sum of a window misses a line in a trial, and whether that tells anything.
    fn at(
        &self,
        search: &Search,
        whole: usize,
        parts: &Range<usize>,
        trial: usize,
    ) -> Option<(i64, bool)> {
        let line = &search.lines[self.order[whole]];
        let (from, to) = (parts.start * self.trials + trial, parts.end * self.trials + trial);
        let figure = line.values[trial];
        let valid = line.there[trial]
            && self.there[to] > self.there[from]
            && (self.live[to] > self.live[from] || figure != 0);
        let tells = self.live[to] - self.live[from] > 1;
        valid.then(|| ((self.sum[to] - self.sum[from] - figure).abs(), tells))
    }

    /// The hypotheses of a window that the probe bears out, with their cost: exact, and within the
    /// rounding of every part.
    fn borne_out(
        &self,
        search: &Search,
        whole: usize,
        parts: Range<usize>,
    ) -> Vec<(Shape, f64, bool)> {
        let target = self.order[whole];
        let rounding =
            search.lines[target].step * i64::try_from(parts.len().div_ceil(2)).unwrap_or(1);
        let holds = |tolerance: i64| {
            search.is_borne_out(target, true, |trial| match self.at(search, whole, &parts, trial) {
                None => Outcome::Void,
                Some((off, tells)) if off <= tolerance => Outcome::Fits { tells, slack: 0 },
                Some(_) => Outcome::Differs,
            })
        };
        if !holds(rounding) {
            return Vec::new();
        }
        let named = names_sum(search, self.order, whole, &parts);
        let lines = search.lines.len();
        let among = lines.min(REACH);
        let cost = if named { NAMED } else { 5.0 + log2(lines, 2) + log2(among, 2) };
        let terms: Vec<(usize, i64)> = parts.clone().map(|place| (self.order[place], 1)).collect();
        let shape =
            |tolerance| Shape::Linear { terms: terms.clone(), blanks: Blanks::Parts, tolerance };
        let mut borne = vec![(shape(rounding), cost + 1.0, named)];
        if holds(0) {
            borne.push((shape(0), cost, named));
        }
        borne
    }
}

/// True where words say that a line is the sum of just these: `Tổng số` over all lines that follow
/// or precede it, or over the others under its own upper heading; any line over all those that
/// follow it under one `Chia ra`.
fn names_sum(search: &Search, order: &[usize], whole: usize, parts: &Range<usize>) -> bool {
    let words = |place: usize| &search.lines[order[place]].words;
    let total = words(whole);
    let group = &words(parts.start).group;
    let of_group = |group: &str| {
        let others = (0..order.len()).filter(|place| *place != whole);
        others.filter(|place| words(*place).group == group).count()
    };
    let all_under = |group: &str| {
        of_group(group) == parts.len() && parts.clone().all(|place| words(place).group == group)
    };
    let split = super::says(group).says(Word::Split) && parts.start == whole + 1;
    if split && !group.is_empty() && all_under(group) {
        return true;
    }
    if !total.total() || parts.clone().any(|place| words(place).total()) {
        return false;
    }
    let rest = if parts.start > whole { order.len() - whole - 1 } else { whole };
    parts.len() == rest || all_under(&total.group)
}
