//! A line is the mean of its neighbours.

use super::evidence::log2;
use super::grid::Nature;
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::Shape;
use super::windows::windows;

/// The most lines of a mean.
const REACH: usize = 40;

/// Bits of a mean that words name.
const NAMED: f64 = 5.0;

/// Offers the means of neighbours.
pub(super) fn offer(search: &mut Search) {
    let lines = search.lines.len();
    for target in 0..lines {
        let named = search.lines[target].nature == Nature::Average;
        let cost = if named { NAMED } else { 5.0 + 2.0 * log2(lines, 2) };
        for parts in windows(target, lines, REACH) {
            let shape = Shape::Mean { parts: parts.collect() };
            if search.is_borne_out(target, false, |trial| shape.at(search, target, trial)) {
                search.offer(Proposal { kind: Kind::Mean, target, shape, cost, named });
            }
        }
    }
}
