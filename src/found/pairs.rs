//! A line is the sum of two others, wherever they stand; turned round, the difference of two.

use super::evidence::log2;
use super::line::Words;
use super::naming::{Way, states};
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::{Blanks, Outcome, Shape};
use super::vocabulary::Word;

/// Bits of a pair whose words name it.
const NAMED: f64 = 6.0;

/// Lines no farther apart than this are near.
const NEAR: usize = 4;

/// Offers the pairs of lines that stand near each other.
pub(super) fn offer_near(search: &mut Search) {
    let order: Vec<usize> = (0..search.lines.len()).collect();
    let mut found = Vec::new();
    for whole in 0..order.len() {
        let beside = whole.saturating_sub(NEAR)..order.len().min(whole + NEAR + 1);
        for first in beside.clone() {
            for second in first + 1..beside.end.min(first + NEAR + 1) {
                if first != whole && second != whole && holds(search, whole, first, second) {
                    found.push(proposal(search, whole, first, second, order.len()));
                }
            }
        }
    }
    for proposal in found {
        search.offer(proposal);
    }
}

/// Offers all pairs among lines.
pub(super) fn offer(search: &mut Search, order: &[usize]) {
    let mut found = Vec::new();
    for whole in order {
        for (place, first) in order.iter().enumerate() {
            for second in &order[place + 1..] {
                if first != whole && second != whole && holds(search, *whole, *first, *second) {
                    found.push(proposal(search, *whole, *first, *second, order.len()));
                }
            }
        }
    }
    for proposal in found {
        search.offer(proposal);
    }
}

fn holds(search: &Search, whole: usize, first: usize, second: usize) -> bool {
    let [t, a, b] = [whole, first, second].map(|line| &search.lines[line]);
    search.is_borne_out(whole, true, |trial| {
        if !(t.there[trial] && a.there[trial] && b.there[trial]) {
            Outcome::Void
        } else if a.values[trial] + b.values[trial] == t.values[trial] {
            let tells = [t, a, b].iter().all(|line| line.values[trial] != 0);
            Outcome::Fits { tells, slack: 0 }
        } else {
            Outcome::Differs
        }
    })
}

/// True where words state a sum, or the difference it is when turned round.
fn is_stated([whole, first, second]: [&Words; 3]) -> bool {
    states(Way::Sum, whole, [first, second])
        || states(Way::Difference, first, [whole, second])
        || states(Way::Difference, second, [whole, first])
}

fn proposal(search: &Search, whole: usize, first: usize, second: usize, of: usize) -> Proposal {
    let trio = [whole, first, second];
    let words = trio.map(|line| &search.lines[line].words);
    let last = whole.max(second);
    let near = last - whole.min(first) <= NEAR;
    let changes = words.iter().any(|words| words.says(Word::Change));
    let any = |word| words.iter().any(|words| words.says(word));
    let period = any(Word::Start) && any(Word::End) && (any(Word::Down) || any(Word::Up));
    let named = near && (changes || words.iter().any(|words| words.total()));
    let named = named || period || is_stated(words);
    let lines = search.lines.len();
    let near_less = if near { 2.0 } else { 0.0 };
    let unnamed = 4.0 + log2(lines, 2) + log2(of * (of - 1) / 2, 2) - near_less;
    Proposal {
        kind: if changes { Kind::Difference } else { Kind::Sum },
        target: whole,
        shape: Shape::Linear {
            terms: vec![(first, 1), (second, 1)],
            blanks: Blanks::None,
            tolerance: 0,
        },
        cost: if named { NAMED } else { unnamed },
        named,
    }
}
