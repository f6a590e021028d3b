//! What a person may choose from where the figures alone do not tell which cell is wrong.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::findings::{Checked, words};
use crate::lang::Lang;
use crate::relations::Outcome;
use crate::workbook::Address;

/// Explanations tried: each costs a check of the table.
const TRIED: usize = 12;

/// Rules named that hold once a candidate is taken.
const NAMED: usize = 2;

/// Figures that would settle an error, as the check of the whole table with them says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The cells that would change.
    pub cells: Vec<Taken>,
    /// Errors that would be left in the workbook.
    pub left: usize,
    /// Rules that do not hold now and would hold then: how many, and the first of them.
    pub mended: usize,
    /// The first of them in words.
    pub why: Vec<String>,
}

/// A figure of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The cell.
    pub cell: String,
    /// Its figure as the table would print it.
    pub figure: String,
    /// What it prints now.
    pub was: String,
    /// The cell's row and column in words.
    pub position: String,
}

impl Candidate {
    /// A candidate, from the table as it is and as it would be.
    pub(super) fn of(
        before: &Checked,
        after: &Checked,
        set: &[(Address, Decimal)],
        left: usize,
        lang: Lang,
    ) -> Self {
        let table = &after.table;
        let figure = |(at, figure): &(Address, Decimal)| {
            let place = table.place(*at)?;
            Some(Taken {
                cell: at.to_string(),
                figure: table.print(place.column, *figure),
                was: words::printed(&before.table, place),
                position: words::position(table, place, lang),
            })
        };
        // The same table gives the same instances in the same order.
        let pairs = before.ledger.instances.iter().zip(&after.ledger.instances);
        let mended = pairs.filter(|(before, after)| {
            before.outcome != Outcome::Satisfied && after.outcome == Outcome::Satisfied
        });
        let mended: Vec<_> = mended.map(|(_, after)| after).collect();
        let why = mended.iter().take(NAMED).map(|instance| {
            let position = words::position(table, instance.target, lang);
            format!("{position}: {}", words::derivation(table, instance, lang))
        });
        Self {
            cells: set.iter().filter_map(figure).collect(),
            left,
            mended: mended.len(),
            why: why.collect(),
        }
    }
}

/// The sets of figures that would explain an error on a cell: what the finding proposes, and what
/// the search found.
pub(super) fn sets(after: &Checked, at: Address) -> Vec<Vec<(Address, Decimal)>> {
    let table = &after.table;
    let Some(place) = table.place(at) else { return Vec::new() };
    let finding = after.errors().find(|finding| finding.place == Some(place));
    let proposed = finding.and_then(|finding| {
        let correction = finding.correction.as_ref().map(|c| (table.address(c.place), c.to));
        correction.or(finding.expected.map(|figure| (at, figure)))
    });
    let mut sets: Vec<Vec<(Address, Decimal)>> =
        proposed.into_iter().map(|one| vec![one]).collect();
    for block in after.explanations() {
        let names = |set: &[crate::locate::Change]| set.iter().any(|change| change.place == place);
        if !block.explanations.iter().any(|set| names(set)) {
            continue;
        }
        for explanation in &block.explanations {
            let figures =
                explanation.iter().map(|change| Some((table.address(change.place), change.value?)));
            if let Some(set) = figures.collect::<Option<Vec<_>>>()
                && !sets.contains(&set)
            {
                sets.push(set);
            }
        }
    }
    sets.truncate(TRIED);
    sets
}
