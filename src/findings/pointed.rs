//! Which of several cells is wrong where a broken rule alone cannot tell: what figures, headings and
//! formulas show besides may point at one of them. It accuses nobody by itself: the rule is broken.

use std::collections::BTreeSet;

use super::assemble::{Case, accused};
use super::{Finding, Grade, Reason, Verdict};
use crate::judge;
use crate::locate::{Block, Change};
use crate::relations::{self, Instance, Outcome};
use crate::table::{Doubt, Inferred, Place, Table, Voice};

/// The finding at the one cell that is pointed at.
pub(super) fn of(case: &Case<'_>, block: &Block) -> Option<Finding> {
    let instances = block.instances.iter().map(|index| &case.ledger.instances[*index]);
    let cells: BTreeSet<Place> = instances.flat_map(Instance::cells).collect();
    let doubts = doubts(case.table);
    let mending: BTreeSet<(Place, usize)> = doubts
        .iter()
        .enumerate()
        .filter(|(_, (_, doubt))| cells.contains(&doubt.place) && mends(case, block, doubt))
        .map(|(at, (_, doubt))| (doubt.place, at))
        .collect();
    let mended: BTreeSet<Place> = mending.iter().map(|(place, _)| *place).collect();
    let (place, value) = if mended.len() == 1 {
        let (place, at) = *mending.first()?;
        (place, Some(doubts[at].1.expected))
    } else {
        let touched = |(one, doubt): &(&Inferred, &Doubt)| {
            let inputs = one.inputs(doubt.place).into_iter().chain([doubt.place]);
            inputs.filter(|cell| cells.contains(cell)).collect::<Vec<_>>()
        };
        let warned = doubts.iter().filter(|(one, _)| one.voice >= Voice::Warns);
        let pointed: BTreeSet<Place> = warned.flat_map(touched).collect();
        (*pointed.first().filter(|_| pointed.len() == 1)?, None)
    };
    let change =
        Change { place, value, grade: Grade::Shown, reason: Reason::OneOfSeveral, follows: false };
    let others = cells.into_iter().filter(|cell| *cell != place).map(|cell| vec![cell]).collect();
    let block = Block { verdict: Verdict::Narrowed, ..block.clone() };
    Some(accused(case, &block, &change, others))
}

fn doubts(table: &Table) -> Vec<(&Inferred, &Doubt)> {
    let told = table.inferred.iter().filter(|one| one.speaks());
    told.flat_map(|one| one.doubts.iter().map(move |doubt| (one, doubt))).collect()
}

/// True where the figure that is expected makes all broken rules of a block hold.
fn mends(case: &Case<'_>, block: &Block, doubt: &Doubt) -> bool {
    let mut table = case.table.clone();
    judge::put(&mut table, doubt.place, doubt.expected);
    let after = relations::instances(&table, &case.judged.relations);
    block.instances.iter().all(|index| {
        after.get(*index).is_some_and(|instance| instance.outcome == Outcome::Satisfied)
    })
}
