//! A line is each figure of another in per cent of that line's total.

use super::evidence::log2;
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::Shape;

/// Offers all shares of the trial that is the table's total.
pub(super) fn offer(search: &mut Search, whole_trial: Option<usize>) {
    let Some(whole_trial) = whole_trial else { return };
    let among = log2(search.lines.iter().filter(|line| line.is_rate()).count(), 1);
    let lines = log2(search.lines.len(), 2);
    for target in 0..search.lines.len() {
        let named = search.lines[target].is_rate();
        if !(named || search.lines[target].prints_fractions()) {
            continue;
        }
        let cost = 2.0 + lines + if named { 1.0 + among } else { 3.0 + lines };
        for part in (0..search.lines.len()).filter(|part| *part != target) {
            for scale in [100, 1] {
                let shape = Shape::Share { part, whole_trial, scale };
                if search.is_borne_out(target, false, |trial| shape.at(search, target, trial)) {
                    search.offer(Proposal { kind: Kind::Share, target, shape, cost, named });
                }
            }
        }
    }
}
