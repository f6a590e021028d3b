//! Figures of one name beside each other, of which only one repeats the totals: two years, planned and
//! done. The best-agreeing is held against them, the others are figures of their own.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::evidence::{Held, Stand};
use super::pairs::is_the_same_table;
use super::seen::Seen;
use crate::table::Place;

/// A cell of a table, by the index of the table.
type Cell = (usize, Place);

/// Leaves out what others repeat better, and accuses no cell that agrees with a total, or for a total
/// that another cell repeats.
pub(super) fn settle(seen: &[Seen<'_>], held: Vec<Held>) -> Vec<Held> {
    let beaten = beaten(seen, &held);
    let kept = held.into_iter().enumerate().filter(|(index, _)| !beaten.contains(index));
    let mut kept: Vec<Held> = kept.map(|(_, one)| one).collect();
    leave_settled_cells(&mut kept);
    kept
}

/// Repetitions with figures that differ, most of whose totals another one of the table, or of a table of
/// the same rows and columns, repeats by other cells at least as well.
fn beaten(seen: &[Seen<'_>], held: &[Held]) -> BTreeSet<usize> {
    let mut by_total: BTreeMap<Cell, Vec<(usize, Cell)>> = BTreeMap::new();
    for (index, one) in held.iter().enumerate() {
        for pair in &one.repetition.pairs {
            let here = (one.repetition.table, pair.here);
            by_total.entry((pair.table, pair.there)).or_default().push((index, here));
        }
    }
    let is_beaten = |one: &Held| {
        let own = one.repetition.table;
        let mut rivals: BTreeMap<usize, usize> = BTreeMap::new();
        for pair in &one.repetition.pairs {
            let all = by_total[&(pair.table, pair.there)].iter();
            let others: BTreeSet<usize> = all
                .filter(|(_, cell)| *cell != (own, pair.here))
                .map(|(rival, _)| *rival)
                .collect();
            for rival in others {
                *rivals.entry(rival).or_default() += 1;
            }
        }
        rivals.into_iter().any(|(rival, shared)| {
            let rival = &held[rival];
            let table = rival.repetition.table;
            shared * 2 > one.repetition.pairs.len()
                && rival.same() >= one.same()
                && (table == own || is_the_same_table(&seen[own], &seen[table]))
        })
    };
    let differing = held.iter().enumerate().filter(|(_, one)| one.differing() > 0);
    differing.filter(|(_, one)| is_beaten(one)).map(|(index, _)| index).collect()
}

/// A figure that agrees with one total is not held against another, nor a total that one figure of the
/// table repeats against another figure of it; one that differs from two totals that differ from each
/// other may repeat neither.
fn leave_settled_cells(held: &mut [Held]) {
    let mut agreeing: BTreeSet<Cell> = BTreeSet::new();
    let mut repeated: BTreeSet<(usize, Cell)> = BTreeSet::new();
    let mut wanted: BTreeMap<Cell, BTreeSet<Decimal>> = BTreeMap::new();
    for one in held.iter() {
        let own = one.repetition.table;
        for (pair, stand) in one.pairs() {
            match stand {
                Stand::Same => {
                    agreeing.insert((own, pair.here));
                    repeated.insert((own, (pair.table, pair.there)));
                }
                Stand::Differs(total) => {
                    wanted.entry((own, pair.here)).or_default().insert(total.figure);
                }
                Stand::Apart | Stand::Open => {}
            }
        }
    }
    for one in held {
        let own = one.repetition.table;
        for (pair, stand) in one.repetition.pairs.iter().zip(&mut one.stands) {
            let here = (own, pair.here);
            let settled = agreeing.contains(&here)
                || repeated.contains(&(own, (pair.table, pair.there)))
                || wanted.get(&here).is_some_and(|figures| figures.len() > 1);
            if settled && matches!(stand, Stand::Differs(_)) {
                *stand = Stand::Apart;
            }
        }
    }
}
