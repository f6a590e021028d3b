//! A line is the quotient of two others, or the growth from one to the other, rounded as printed.

use super::evidence::{log2, real};
use super::line::Line;
use super::naming::{Way, names_both, names_part, states};
use super::relation::Kind;
use super::search::{Count, Proposal, Search};
use super::shape::{Outcome, Shape};

/// Factors of a quotient: per cent, plain, per thousand.
const SCALES: [i64; 3] = [100, 1, 1000];

/// Factors of a yield in quintals by the hectare, of a harvest in tons: ten for the thousand.
const OF_QUINTALS: [i64; 3] = [100, 1, 10];

fn scales(line: &Line) -> [i64; 3] {
    if line.words.leaf.contains("tạ ha") { OF_QUINTALS } else { SCALES }
}

/// Bits of a ratio both operands of which words state; its scale is not.
const STATED: f64 = 4.0;

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
    let figures = Figures::of(search);
    let mut found = Vec::new();
    for target in 0..search.lines.len() {
        let line = &search.lines[target];
        if line.count() == 0 || !(line.is_rate() || line.prints_fractions()) {
            continue;
        }
        let slack = slack(search, line);
        for part in 0..search.lines.len() {
            for whole in 0..search.lines.len() {
                if part != whole && part != target && whole != target {
                    figures.shapes(search, &slack, [target, part, whole], &mut found);
                }
            }
        }
    }
    for ratio in found {
        let proposal = proposal(search, &ratio);
        search.offer(proposal);
    }
}

/// By how much a quotient may miss each figure of a line, and some more: whether it fits is decided
/// on whole numbers afterwards.
fn slack(search: &Search, line: &Line) -> Vec<f64> {
    let last = |decimals: &u32| search.unit_of((*decimals).min(line.usual_decimals));
    line.decimals.iter().map(|decimals| 0.501 * real(last(decimals)) + 1.0).collect()
}

/// The figures of all lines as floats, for the pre-filter.
struct Figures {
    unit: f64,
    lines: Vec<Vec<f64>>,
}

impl Figures {
    fn of(search: &Search) -> Self {
        let line = |line: &Line| line.values.iter().map(|value| real(*value)).collect();
        Self { unit: real(search.unit_of(0)), lines: search.lines.iter().map(line).collect() }
    }

    /// The ratios and growths of two lines that the trials may bear out.
    fn shapes(&self, search: &Search, slack: &[f64], lines: [usize; 3], found: &mut Vec<Ratio>) {
        let [target, part, whole] = lines;
        for growth in [false, true] {
            let counts = self.counts(search, slack, lines, growth);
            for (count, scale) in counts.into_iter().flatten().zip(scales(&search.lines[target])) {
                if count.is_borne_out() {
                    found.push(Ratio { target, part, whole, scale, growth });
                }
            }
        }
    }

    /// What the trials say of each scale; `None` once they speak against all.
    fn counts(
        &self,
        search: &Search,
        slack: &[f64],
        lines: [usize; 3],
        growth: bool,
    ) -> Option<[Count; SCALES.len()]> {
        let mut counts = [Count::default(); SCALES.len()];
        let [_, part, whole] = lines.map(|line| &search.lines[line]);
        let scales = scales(&search.lines[lines[0]]).map(real);
        let floats = lines.map(|line| &self.lines[line]);
        for trial in &search.mixed[lines[0]] {
            let [printed, a, b] = floats.map(|line| line[*trial]);
            let there = part.there[*trial] && whole.values[*trial] != 0;
            if !there {
                continue;
            }
            let quotient = self.unit * (a / b - if growth { 1.0 } else { 0.0 });
            let figures = lines.map(|line| search.lines[line].values[*trial]);
            let tells = figures[0] != 0 && figures[1] != 0 && figures[1] != figures[2];
            let mut any = false;
            for (count, scale) in counts.iter_mut().zip(scales) {
                let exact: f64 = quotient * scale;
                let near = (exact - printed).abs() <= slack[*trial] + 1e-9 * exact.abs();
                let outcome =
                    if near { Outcome::Fits { tells, slack: 0 } } else { Outcome::Differs };
                any |= count.goes_on(outcome, search.trials.len());
            }
            if !any {
                return None;
            }
        }
        Some(counts)
    }
}

fn proposal(search: &Search, ratio: &Ratio) -> Proposal {
    let Ratio { target, part, whole, scale, growth } = *ratio;
    let lines = &search.lines;
    let (words, others) = (lines[target].is_rate(), lines.len() - 1);
    let among = log2(lines.iter().filter(|line| line.is_rate()).count(), 1);
    let scales = real(SCALES.len()).log2();
    let adjacent = words && part + 1 == target && !growth;
    let over_all = lines[whole].words.total() || whole == 0;
    let [rate, a, b] = [target, part, whole].map(|line| &lines[line].words);
    let of_counts = words && !lines[part].is_rate() && !lines[whole].is_rate();
    let stated = names_both(rate, [a, b]) || states(Way::Ratio, rate, [a, b]);
    let stated = of_counts && !growth && stated;
    let near = adjacent || of_counts && !growth && names_part(rate, a);
    let named = stated || near || words && !lines[part].is_rate() && over_all;
    let cost = if stated {
        STATED + scales
    } else if named {
        2.0 + among + scales + log2(others, 2) + if near { 0.0 } else { 2.0 }
    } else {
        let line = if words { 2.0 + among } else { 4.0 + log2(lines.len(), 2) };
        line + log2(others * (others - 1), 2) + scales + 1.0
    };
    let kind = if growth { Kind::Growth } else { Kind::Ratio };
    let shape = Shape::Ratio { part, whole, scale, growth };
    Proposal { kind, target, shape, cost, named }
}
