//! A line is the mean of its neighbours.

use std::ops::Range;

use super::evidence::log2;
use super::grid::Nature;
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::{Outcome, Shape};
use super::windows::{Sums, windows};

/// The most lines of a mean.
const REACH: usize = 40;

/// Bits of a mean that words name.
const NAMED: f64 = 5.0;

/// Offers the means of neighbours.
pub(super) fn offer(search: &mut Search) {
    let lines = search.lines.len();
    let order: Vec<usize> = (0..lines).collect();
    let sums = Sums::of(search, &order);
    for target in 0..lines {
        let named = search.lines[target].nature == Nature::Average;
        let cost = if named { NAMED } else { 5.0 + 2.0 * log2(lines, 2) };
        for parts in windows(target, lines, REACH) {
            if !may_hold(search, &sums, target, &parts) {
                continue;
            }
            let shape = Shape::Mean { parts: parts.collect() };
            if search.is_borne_out(target, false, |trial| shape.at(search, target, trial)) {
                search.offer(Proposal { kind: Kind::Mean, target, shape, cost, named });
            }
        }
    }
}

/// Whether the trials may bear a mean out, told by the sums of the lines before.
fn may_hold(search: &Search, sums: &Sums<'_>, target: usize, parts: &Range<usize>) -> bool {
    let line = &search.lines[target];
    search.is_borne_out(target, false, |trial| {
        let (sum, count) = sums.of_window(parts, trial);
        let off = (sum - line.values[trial] * count).abs();
        if count < 2 {
            Outcome::Void
        } else if 2 * off > search.unit_of(line.decimals[trial]) * count {
            Outcome::Differs
        } else {
            Outcome::Fits { tells: true, slack: 0 }
        }
    })
}
