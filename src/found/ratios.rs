//! A line is the quotient of two others, or the growth from one to the other, rounded as printed.

use super::evidence::{log2, real};
use super::line::Line;
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::{Outcome, Shape};

/// Factors of a quotient: per cent, plain, per thousand.
const SCALES: [i64; 3] = [100, 1, 1000];

/// A ratio that the trials bear out.
struct Ratio {
    target: usize,
    part: usize,
    whole: usize,
    scale: i64,
    growth: bool,
}

/// Offers all ratios and growths of lines that are rates by their words or print decimals.
pub(super) fn offer(search: &mut Search) {
    if search.lines.len() < 3 {
        return;
    }
    let mut found = Vec::new();
    for target in 0..search.lines.len() {
        let line = &search.lines[target];
        if line.count() == 0 || !(line.is_rate() || line.prints_fractions()) {
            continue;
        }
        for part in 0..search.lines.len() {
            for whole in 0..search.lines.len() {
                if part != whole && part != target && whole != target {
                    shapes(search, target, part, whole, &mut found);
                }
            }
        }
    }
    for ratio in found {
        let proposal = proposal(search, ratio);
        search.offer(proposal);
    }
}

/// The ratios of two lines that the trials bear out, first by floats.
fn shapes(search: &Search, target: usize, part: usize, whole: usize, found: &mut Vec<Ratio>) {
    let [t, a, b] = [target, part, whole].map(|line| &search.lines[line]);
    for growth in [false, true] {
        for scale in SCALES {
            if search.is_borne_out(false, |trial| nearly(search, [t, a, b], scale, growth, trial)) {
                found.push(Ratio { target, part, whole, scale, growth });
            }
        }
    }
}

/// A pre-filter that lets through everything that fits, and little else.
fn nearly(
    search: &Search,
    [t, a, b]: [&Line; 3],
    scale: i64,
    growth: bool,
    trial: usize,
) -> Outcome {
    let whole = b.values[trial];
    if !(t.there[trial] && a.there[trial]) || whole == 0 {
        return Outcome::Void;
    }
    let part = a.values[trial] - if growth { whole } else { 0 };
    let unit = real(search.unit_of(0));
    let exact = unit * real(scale) * real(part) / real(whole);
    let last = real(search.unit_of(t.decimals[trial].min(t.usual_decimals)));
    let near = (exact - real(t.values[trial])).abs() <= 0.501 * last + 1.0 + 1e-9 * exact.abs();
    let (printed, part) = (t.values[trial], a.values[trial]);
    let tells = printed != 0 && part != 0 && part != whole && part != printed;
    if near { Outcome::Fits { tells, slack: 0 } } else { Outcome::Differs }
}

fn proposal(search: &Search, ratio: Ratio) -> Proposal {
    let Ratio { target, part, whole, scale, growth } = ratio;
    let lines = &search.lines;
    let (words, others) = (lines[target].is_rate(), lines.len() - 1);
    let among = log2(lines.iter().filter(|line| line.is_rate()).count(), 1);
    let scales = real(SCALES.len()).log2();
    let adjacent = words && part + 1 == target && !growth;
    let over_all = lines[whole].words.total() || whole == 0;
    let named = adjacent || words && !lines[part].is_rate() && over_all;
    let cost = if named {
        2.0 + among + scales + log2(others, 2) + if adjacent { 0.0 } else { 2.0 }
    } else {
        let line = if words { 2.0 + among } else { 4.0 + log2(lines.len(), 2) };
        line + log2(others * (others - 1), 2) + scales + 1.0
    };
    let kind = if growth { Kind::Growth } else { Kind::Ratio };
    let shape = Shape::Ratio { part, whole, scale, growth };
    Proposal { kind, target, shape, cost, named }
}
