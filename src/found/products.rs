//! A line is the product of two others: worth = quantity × price.

use super::evidence::log2;
use super::naming::{Way, states};
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::Shape;

/// Products are tried among so many lines.
const WIDEST: usize = 24;

/// Bits of a product whose words name it.
const NAMED: f64 = 6.0;

/// Offers all products of two lines, and of a line and one in per cent.
pub(super) fn offer(search: &mut Search) {
    let lines = search.lines.len();
    if lines > WIDEST {
        return;
    }
    for target in 0..lines {
        for first in (0..lines).filter(|first| *first != target) {
            for second in (first + 1..lines).filter(|second| *second != target) {
                offer_pair(search, target, [first, second]);
            }
        }
    }
}

fn offer_pair(search: &mut Search, target: usize, factors: [usize; 2]) {
    let rates = factors.map(|factor| search.lines[factor].is_rate());
    let per_cent = rates[0] != rates[1];
    for scale in [1, 100].into_iter().take(if per_cent { 2 } else { 1 }) {
        let shape = Shape::Product { factors, scale };
        if search.is_borne_out(target, false, |trial| shape.at(search, target, trial)) {
            let words = factors.map(|factor| &search.lines[factor].words);
            let named = states(Way::Product, &search.lines[target].words, words);
            let cost = if named { NAMED } else { 5.0 + 3.0 * log2(search.lines.len(), 2) };
            search.offer(Proposal { kind: Kind::Product, target, shape, cost, named });
        }
    }
}
