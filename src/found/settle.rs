//! The choice among what was offered.

use std::collections::{BTreeMap, BTreeSet};

use super::rank::Span;
use super::relation::Kind;
use super::search::{Candidate, Search};
use super::shape::Shape;

/// Coefficients of a linear relation by line; none is nought.
pub(super) type Coefficients = BTreeMap<usize, i128>;

/// A candidate with other misfits is a rival within so many bits.
const RIVAL: f64 = 10.0;

/// Bits from which a relation is taken for true.
pub(super) const ACCEPTED: f64 = 10.0;

/// From so many bits on a relation is surely true.
const SURE: i64 = 40;

/// The candidates kept: simple kinds before others, the best first; none that follows from those
/// kept; of those for one target that share a part only the best, the others are its rivals.
pub(super) fn settle(search: &Search) -> Vec<Candidate> {
    let mut order: Vec<&Candidate> = search.offers.iter().filter(|one| one.bits > 0.0).collect();
    order.sort_by_key(|one| rank(one));
    let noughts = noughts(search);
    let (mut kept, mut span) = (Vec::<Candidate>::new(), Span::default());
    for one in order {
        if is_turned(one, &kept) {
            continue;
        }
        if let Some(best) = kept.iter_mut().find(|best| clash(best, one, &noughts)) {
            if best.bits - one.bits < RIVAL && best.misfits != one.misfits {
                best.rivals.push(one.clone());
            }
            continue;
        }
        if says_more(one, &noughts, &mut span) {
            kept.push(one.clone());
        }
    }
    kept
}

/// Of those chosen the ones that do not follow from others, the best first.
pub(super) fn without_consequences(search: &Search, chosen: &mut Vec<Candidate>) {
    let (noughts, mut span) = (noughts(search), Span::default());
    chosen.sort_by_key(rank);
    chosen.retain(|one| says_more(one, &noughts, &mut span));
}

/// The lines that hold nothing but noughts.
fn noughts(search: &Search) -> BTreeSet<usize> {
    (0..search.lines.len()).filter(|line| search.lines[*line].is_nought()).collect()
}

/// True unless a linear relation follows from those in a span, which takes it in.
fn says_more(one: &Candidate, noughts: &BTreeSet<usize>, span: &mut Span) -> bool {
    let Shape::Linear { terms, .. } = &one.shape else { return true };
    let whole = terms.iter().copied().chain([(one.target, -1)]);
    let live = whole.filter(|(line, _)| !noughts.contains(line));
    span.add(live.map(|(line, sign)| (line, i128::from(sign))).collect())
}

/// The order of choice: products that words state, simple kinds, others; then evidence, fewest misfits, fewest parts. Beyond
/// [`SURE`] more bits say nothing: of what follows from each other the plainest is meant.
fn rank(one: &Candidate) -> (u8, i64, i64, usize, usize, i64) {
    let class = match one.kind {
        Kind::Product if one.named => 0,
        Kind::Product | Kind::Balance | Kind::Mean => 2,
        _ => 1,
    };
    let tolerance = match one.shape {
        Shape::Linear { tolerance, .. } => tolerance,
        _ => 0,
    };
    #[expect(clippy::cast_possible_truncation, reason = "bits are few")]
    let bits = one.bits.round() as i64;
    let parts = one.shape.operands().count();
    (class, -bits.min(SURE), tolerance, one.misfits.len(), parts, -bits)
}

/// True for a product or a quotient of the very lines that a kept one relates: worth = quantity · price
/// is no price besides, and total = rounded mean · count is the mean's quotient.
fn is_turned(one: &Candidate, kept: &[Candidate]) -> bool {
    let lines = |one: &Candidate| {
        let mut lines: Vec<usize> = one.shape.operands().chain([one.target]).collect();
        lines.sort_unstable();
        lines
    };
    let turns = |other: &Candidate| {
        let kinds = [one, other].iter().all(|one| matches!(one.kind, Kind::Product | Kind::Ratio));
        kinds && other.bits >= one.bits.min(ACCEPTED) && lines(other) == lines(one)
    };
    kept.iter().any(turns)
}

/// True where two candidates cannot both be meant: of one target, quotients; means; sums that share
/// a part.
fn clash(best: &Candidate, one: &Candidate, noughts: &BTreeSet<usize>) -> bool {
    let class = |one: &Candidate| match one.shape {
        Shape::Linear { .. } => 0,
        Shape::Mean { .. } => 1,
        Shape::Ratio { .. } | Shape::Share { .. } | Shape::Product { .. } => 2,
    };
    if best.target != one.target || class(best) != class(one) {
        return false;
    }
    let mut parts = one.shape.operands().filter(|part| !noughts.contains(part));
    !one.shape.is_linear() || parts.any(|part| best.shape.operands().any(|other| other == part))
}
