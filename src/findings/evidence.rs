//! Which rules speak for or against a cell.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use crate::relations::{Instance, Outcome, equalities_around};
use crate::rules::Ledger;
use crate::table::Place;

/// The most instances that are kept as evidence of one finding.
const MOST_KEPT: usize = 10;
/// Cells of broken rules that are asked what clears them: what is kept stands among the first.
const MOST_ASKED: usize = 256;

/// The rule instances around each cell of a ledger.
pub(super) struct Evidence<'a> {
    ledger: &'a Ledger,
    /// By cell, made when the first one is asked for: the equalities it is in.
    around: OnceCell<HashMap<Place, Vec<usize>>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self { ledger, around: OnceCell::new() }
    }

    pub(super) fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// The equalities a cell is in, in the order of the ledger.
    pub(super) fn around(&self, place: Place) -> impl Iterator<Item = (usize, &'a Instance)> + '_ {
        let around = self.around.get_or_init(|| equalities_around(&self.ledger.instances));
        let known = around.get(&place).map(Vec::as_slice).unwrap_or_default();
        known.iter().map(|index| (*index, &self.ledger.instances[*index]))
    }

    /// The rule instances that speak of a cell: the broken ones first, then what holds for the cell
    /// itself, then what clears the other cells of the broken rules, the rules that compute them
    /// before the sums they are part of.
    pub(super) fn of(&self, place: Place) -> Vec<usize> {
        let with = |wanted: fn(&Outcome) -> bool| {
            let own = self.around(place).filter(move |(_, i)| wanted(&i.outcome));
            own.map(|(index, _)| index)
        };
        let mut broken: Vec<usize> = with(|outcome| matches!(outcome, Outcome::Violated)).collect();
        if self.ledger.unknown.contains(&place) {
            broken.extend(with(|outcome| matches!(outcome, Outcome::Undecided(_))));
        }
        let others: BTreeSet<Place> =
            broken.iter().flat_map(|index| self.ledger.instances[*index].cells()).collect();
        let asked = others.iter().copied().take(MOST_ASKED).chain([place]);
        let mut clearing: BTreeSet<(u8, usize)> = BTreeSet::new();
        for (index, instance) in asked.flat_map(|cell| self.around(cell)) {
            if instance.outcome == Outcome::Satisfied {
                clearing.insert((rank(instance, place, &others), index));
            }
        }
        let clearing = clearing.into_iter().map(|(_, index)| index);
        let kept = MOST_KEPT.max(broken.len());
        broken.iter().copied().chain(clearing).take(kept).collect()
    }
}

/// How much an instance that holds tells of a cell, the least number most: itself in it, another cell
/// of the broken rules computed by it, or in it.
fn rank(instance: &Instance, place: Place, others: &BTreeSet<Place>) -> u8 {
    if instance.cells().any(|cell| cell == place) {
        0
    } else if others.contains(&instance.target()) {
        1
    } else if instance.inputs().all(|input| input.row != instance.target().row) {
        2
    } else {
        3
    }
}
