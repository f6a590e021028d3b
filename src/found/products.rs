//! A line is the product of two others: worth = quantity × price.

use super::evidence::{log2, real};
use super::naming::{Way, states};
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::{Outcome, Shape};

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
        let slack = slack(search, target);
        for first in (0..lines).filter(|first| *first != target) {
            for second in (first + 1..lines).filter(|second| *second != target) {
                offer_pair(search, target, [first, second], &slack);
            }
        }
    }
}

/// By how much a product may miss each figure of a line, and some more.
fn slack(search: &Search, target: usize) -> Vec<f64> {
    let unit = |decimals: &u32| 0.501 * real(search.unit_of(*decimals));
    search.lines[target].decimals.iter().map(unit).collect()
}

/// Whether the trials may bear a product out, told by floats: it is decided on whole numbers afterwards.
fn may_hold(
    search: &Search,
    target: usize,
    factors: [usize; 2],
    scale: i64,
    slack: &[f64],
) -> bool {
    let [t, a, b] = [target, factors[0], factors[1]].map(|line| &search.lines[line]);
    let factor = 1.0 / (real(search.unit_of(0)) * real(scale));
    search.is_borne_out(target, false, |trial| {
        if !(a.there[trial] && b.there[trial]) {
            return Outcome::Void;
        }
        let product = real(a.values[trial]) * real(b.values[trial]) * factor;
        let off = (product - real(t.values[trial])).abs();
        if off <= slack[trial] + 1e-9 * product.abs() {
            Outcome::Fits { tells: true, slack: 0 }
        } else {
            Outcome::Differs
        }
    })
}

fn offer_pair(search: &mut Search, target: usize, factors: [usize; 2], slack: &[f64]) {
    let rates = factors.map(|factor| search.lines[factor].is_rate());
    let per_cent = rates[0] != rates[1];
    for scale in [1, 100].into_iter().take(if per_cent { 2 } else { 1 }) {
        if !may_hold(search, target, factors, scale, slack) {
            continue;
        }
        let shape = Shape::Product { factors, scale };
        if search.is_borne_out(target, false, |trial| shape.at(search, target, trial)) {
            let words = factors.map(|factor| &search.lines[factor].words);
            let named = states(Way::Product, &search.lines[target].words, words);
            let cost = if named { NAMED } else { 5.0 + 3.0 * log2(search.lines.len(), 2) };
            search.offer(Proposal { kind: Kind::Product, target, shape, cost, named });
        }
    }
}
