//! What a person may choose from where the figures alone do not tell which cell is wrong.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::findings::{Checked, Finding, Grade, words};
use crate::lang::Lang;
use crate::locate::Change;
use crate::relations::Outcome;
use crate::table::Place;
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
    /// The cell whose suggested correction this is, formulas included; `None` for figures that a
    /// person would decide on.
    pub agreed: Option<String>,
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
        set: &Figures,
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
            let position = words::position(table, instance.target(), lang);
            format!("{position}: {}", words::derivation(table, instance, lang))
        });
        Self {
            cells: set.figures.iter().filter_map(figure).collect(),
            agreed: set.agreed.map(|at| at.to_string()),
            left,
            mended: mended.len(),
            why: why.collect(),
        }
    }
}

/// Figures that would settle an error.
pub(super) struct Figures {
    pub(super) figures: Vec<(Address, Decimal)>,
    /// The cell whose suggested correction they are.
    pub(super) agreed: Option<Address>,
}

/// The sets of figures that would explain an error on a cell: what the finding proposes, and what
/// the search found.
pub(super) fn sets(after: &Checked, at: Address) -> Vec<Figures> {
    let table = &after.table;
    let Some(place) = table.place(at) else { return Vec::new() };
    let finding = after.errors().find(|finding| finding.place == Some(place));
    let mut sets: Vec<Figures> =
        finding.and_then(|finding| proposed(after, finding)).into_iter().collect();
    let followers: BTreeSet<Place> = after.errors().flat_map(|f| &f.followers).copied().collect();
    let names = |set: &Vec<Change>| set.iter().any(|change| change.place == place);
    let mut blocks = after.explanations();
    blocks.retain(|block| block.explanations.iter().any(names));
    for explanation in blocks.iter().flat_map(|block| &block.explanations) {
        // Formulas come out right by themselves.
        let own = explanation.iter().filter(|change| !followers.contains(&change.place));
        let figures = own.map(|change| Some((table.address(change.place), change.value?)));
        if let Some(figures) = figures.collect::<Option<Vec<_>>>()
            && !figures.is_empty()
            && sets.iter().all(|known| known.figures != figures)
        {
            sets.push(Figures { figures, agreed: None });
        }
    }
    sets.truncate(TRIED);
    sets
}

/// What a finding itself proposes.
fn proposed(after: &Checked, finding: &Finding) -> Option<Figures> {
    let table = &after.table;
    let correction = finding.correction.as_ref();
    if let Some(correction) = correction.filter(|c| c.grade == Grade::Suggested) {
        let figures = finding.all_corrections().map(|c| (table.address(c.place), c.to));
        let agreed = Some(table.address(correction.place));
        return Some(Figures { figures: figures.collect(), agreed });
    }
    let figure = match correction {
        Some(correction) => (table.address(correction.place), correction.to),
        None => (table.address(finding.place?), finding.expected?),
    };
    Some(Figures { figures: vec![figure], agreed: None })
}
