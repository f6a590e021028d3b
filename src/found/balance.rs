//! The last line is the first with those between added or taken away: opening, in, out, closing.

use std::collections::BTreeMap;

use super::evidence::{log2, real};
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::{Blanks, Outcome, Shape};
use super::vocabulary::Word;

/// The most lines between the first and the last that hold figures.
const MOST_BETWEEN: usize = 7;

/// A balance ends so many lines after it begins at most.
const LONGEST: usize = 9;

/// Bits of a balance every sign of which is stated.
const NAMED: f64 = 6.0;

/// Offers the balances of lines of one heading each, `Số hộ` at the beginning, come in, gone out and at
/// the end: those of other headings stand between them.
pub(super) fn offer_interleaved(search: &mut Search, order: &[usize]) {
    let leaf = |line: usize| &search.lines[line].words.leaf;
    let mut orders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for line in order.iter().filter(|line| !leaf(**line).is_empty()) {
        orders.entry(leaf(*line)).or_default().push(*line);
    }
    let stated = |order: &Vec<usize>| {
        let says = |word| order.iter().any(|line| search.lines[*line].words.says(word));
        order.len() > 3 && order.len() < search.lines.len() && says(Word::Start) && says(Word::End)
    };
    let orders: Vec<Vec<usize>> = orders.into_values().filter(stated).collect();
    for order in orders {
        offer(search, &order);
    }
}

/// Offers all balances among lines in their order.
pub(super) fn offer(search: &mut Search, order: &[usize]) {
    let mut found = Vec::new();
    for start in 0..order.len() {
        for end in start + 3..order.len().min(start + LONGEST + 1) {
            let between = order[start + 1..end].iter().copied();
            let live: Vec<usize> =
                between.filter(|line| !search.lines[*line].is_nought()).collect();
            let (first, last) = (order[start], order[end]);
            let few = (2..=MOST_BETWEEN).contains(&live.len());
            if few && may_balance(search, first, last, &live) {
                signed(search, first, last, &live, &mut found);
            }
        }
    }
    for proposal in found {
        search.offer(proposal);
    }
}

/// True where some choice of signs may do: whatever the signs, a sum is even or odd, and no larger
/// than all its parts.
fn may_balance(search: &Search, first: usize, last: usize, live: &[usize]) -> bool {
    let step = |line: usize| search.lines[line].step;
    let step = live.iter().map(|line| step(*line)).chain([step(first), step(last)]).min();
    let step = step.unwrap_or(1);
    search.is_borne_out(last, true, |trial| {
        let [start, end] = [first, last].map(|line| &search.lines[line]);
        if !(start.there[trial] && end.there[trial]) {
            return Outcome::Void;
        }
        let change = (end.values[trial] - start.values[trial]) / step;
        let sizes = live.iter().map(|line| search.lines[*line].values[trial].abs() / step);
        let most: i64 = sizes.sum();
        if change.abs() <= most && (change - most) % 2 == 0 {
            Outcome::Fits { tells: most != 0, slack: 0 }
        } else {
            Outcome::Differs
        }
    })
}

/// Tries every choice of signs with at least one minus; all pluses are a sum of neighbours.
fn signed(search: &Search, first: usize, last: usize, live: &[usize], found: &mut Vec<Proposal>) {
    for minuses in 1..1_u32 << live.len() {
        let sign = |place: usize| if minuses & (1 << place) == 0 { 1 } else { -1 };
        let holds = search.is_borne_out(last, true, |trial| {
            let [start, end] = [first, last].map(|line| &search.lines[line]);
            if !(start.there[trial] && end.there[trial]) {
                return Outcome::Void;
            }
            let (mut state, mut tells) = (start.values[trial], false);
            for (place, line) in live.iter().enumerate() {
                let change = search.lines[*line].values[trial];
                state += sign(place) * change;
                tells |= change != 0;
            }
            if state == end.values[trial] {
                Outcome::Fits { tells, slack: 0 }
            } else {
                Outcome::Differs
            }
        });
        if holds {
            let signs = (0..live.len()).map(sign).collect::<Vec<i64>>();
            found.push(proposal(search, first, last, live, &signs));
        }
    }
}

fn proposal(search: &Search, first: usize, last: usize, live: &[usize], signs: &[i64]) -> Proposal {
    let mut stated = live.iter().zip(signs);
    let named = stated.all(|(line, sign)| search.lines[*line].words.sign() == Some(*sign));
    let terms = live.iter().copied().zip(signs.iter().copied());
    let terms = std::iter::once((first, 1)).chain(terms).collect();
    Proposal {
        kind: Kind::Balance,
        target: last,
        shape: Shape::Linear { terms, blanks: Blanks::Between, tolerance: 0 },
        cost: if named { NAMED } else { 7.0 + log2(search.lines.len(), 2) + real(live.len()) },
        named,
    }
}
