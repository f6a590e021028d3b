//! Which of several cells is wrong where a broken rule alone cannot tell: what figures, headings and
//! formulas show besides may point at one of them. It accuses nobody by itself: the rule is broken.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::assemble::{Case, accused};
use super::{Finding, Grade, Reason, Verdict};
use crate::judge;
use crate::locate::{Block, Change};
use crate::relations::Instance;
use crate::table::{Doubt, Inferred, Place, Table, Voice};

/// What a table's relations say against its cells, and the table with one figure mended.
pub(super) struct Pointer<'a> {
    doubts: Vec<(&'a Inferred, &'a Doubt)>,
    mended: Table,
}

impl<'a> Pointer<'a> {
    /// `None` where nothing is said against any cell, as of nearly all tables.
    pub(super) fn of(table: &'a Table) -> Option<Self> {
        let told = table.inferred.iter().filter(|one| one.speaks());
        let doubts: Vec<_> =
            told.flat_map(|one| one.doubts.iter().map(move |doubt| (one, doubt))).collect();
        (!doubts.is_empty()).then(|| Self { doubts, mended: table.clone() })
    }

    /// The finding at the one cell that is pointed at.
    pub(super) fn at(&mut self, case: &Case<'_>, block: &Block) -> Option<Finding> {
        let broken: Vec<&Instance> =
            block.instances.iter().map(|index| &case.ledger.instances[*index]).collect();
        let cells: BTreeSet<Place> = broken.iter().flat_map(|instance| instance.cells()).collect();
        let (place, value) = self.mending(&cells, &broken, case.table).or_else(|| {
            let touched = |(one, doubt): &(&Inferred, &Doubt)| {
                let inputs = one.inputs(doubt.place).into_iter().chain([doubt.place]);
                inputs.filter(|cell| cells.contains(cell)).collect::<Vec<_>>()
            };
            let warned = self.doubts.iter().filter(|(one, _)| one.voice >= Voice::Warns);
            let pointed: BTreeSet<Place> = warned.flat_map(touched).collect();
            Some((*pointed.first().filter(|_| pointed.len() == 1)?, None))
        })?;
        let (grade, reason) = (Grade::Shown, Reason::OneOfSeveral);
        let change = Change { place, value, grade, reason, follows: false };
        let others = cells.into_iter().filter(|cell| *cell != place);
        let others = others.map(|cell| vec![cell]).collect();
        let block = Block { verdict: Verdict::Narrowed, ..block.clone() };
        Some(accused(case, &block, &change, others))
    }

    /// The only cell whose expected figure makes all broken rules of a block hold, with that figure.
    fn mending(
        &mut self,
        cells: &BTreeSet<Place>,
        broken: &[&Instance],
        table: &Table,
    ) -> Option<(Place, Option<Decimal>)> {
        let mut found: Option<(Place, Option<Decimal>)> = None;
        for (_, Doubt { place, expected, .. }) in &self.doubts {
            if !cells.contains(place) {
                continue;
            }
            judge::put(&mut self.mended, *place, *expected);
            let mends = broken.iter().all(|instance| instance.holds_in(&self.mended));
            self.mended.grid[place.row][place.column] = table.datum(*place).clone();
            match &found {
                _ if !mends => {}
                None => found = Some((*place, Some(*expected))),
                Some((known, _)) if known == place => {}
                Some(_) => return None,
            }
        }
        found
    }
}
