//! Shared formulas: when the cell that holds a group's text gets other content, the group moves.

use std::collections::BTreeSet;
use std::ops::Range as Span;

use crate::workbook::{Address, Range, shift_formula};

use super::xml::{Splices, escaped};

/// One `<f t="shared">` element.
#[derive(Debug)]
pub(super) struct SharedCell {
    pub(super) at: Address,
    /// The group's number as written.
    pub(super) index: String,
    /// The whole `<f>` element.
    pub(super) span: Span<usize>,
    /// The formula, in the master only.
    pub(super) text: String,
}

/// A master with the cells that depend on its text.
#[derive(Debug)]
struct Group {
    master: SharedCell,
    members: Vec<SharedCell>,
}

/// All groups of a sheet.
#[derive(Debug, Default)]
pub(super) struct SharedGroups {
    groups: Vec<Group>,
    orphans: Vec<SharedCell>,
}

impl SharedGroups {
    /// Adds a cell in document order; a number used again belongs to the latest master.
    pub(super) fn add(&mut self, cell: SharedCell) {
        if !cell.text.is_empty() {
            self.groups.push(Group { master: cell, members: Vec::new() });
            return;
        }
        match self.groups.iter_mut().rev().find(|group| group.master.index == cell.index) {
            Some(group) => group.members.push(cell),
            None => self.orphans.push(cell),
        }
    }

    /// Gives the cells that stand before their master to it.
    pub(super) fn settle(&mut self) {
        for cell in std::mem::take(&mut self.orphans) {
            let mut groups = self.groups.iter_mut();
            if let Some(group) = groups.find(|group| group.master.index == cell.index) {
                group.members.push(cell);
            }
        }
    }

    /// Hands the text of every replaced master to the first cell of its group that stays.
    pub(super) fn rehome(&self, replaced: &BTreeSet<Address>, prefix: &str, splices: &mut Splices) {
        for group in self.groups.iter().filter(|group| replaced.contains(&group.master.at)) {
            let staying = || group.members.iter().filter(|cell| !replaced.contains(&cell.at));
            let Some(heir) = staying().min_by_key(|cell| cell.at) else { continue };
            let covered =
                staying().map(|cell| Range { start: cell.at, end: cell.at }).reduce(Range::union);
            let text = moved(&group.master, heir.at);
            let sharing = covered.filter(|range| range.start != range.end).map_or_else(
                String::new,
                |range| {
                    let index = escaped(&heir.index);
                    format!(" t=\"shared\" ref=\"{range}\" si=\"{index}\"")
                },
            );
            let formula = format!("<{prefix}f{sharing}>{}</{prefix}f>", escaped(&text));
            splices.replace(heir.span.clone(), formula);
        }
    }
}

fn moved(master: &SharedCell, to: Address) -> String {
    let rows = i64::from(to.row) - i64::from(master.at.row);
    let columns = i64::from(to.column) - i64::from(master.at.column);
    shift_formula(&master.text, rows, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(at: &str, text: &str, span: Span<usize>) -> SharedCell {
        SharedCell { at: at.parse().unwrap(), index: "0".into(), span, text: text.into() }
    }

    fn rehomed(replaced: &[&str]) -> String {
        let mut groups = SharedGroups::default();
        for (at, text, span) in [("C2", "A2+$B2", 0..1), ("C3", "", 1..2), ("C4", "", 2..3)] {
            groups.add(cell(at, text, span));
        }
        groups.settle();
        let mut splices = Splices::default();
        let replaced = replaced.iter().map(|at| at.parse().unwrap()).collect();
        groups.rehome(&replaced, "", &mut splices);
        splices.apply("123", "p").unwrap()
    }

    #[test]
    fn the_first_that_stays_inherits_the_text() {
        assert_eq!(rehomed(&["C3"]), "123");
        assert_eq!(rehomed(&["C2"]), "1<f t=\"shared\" ref=\"C3:C4\" si=\"0\">A3+$B3</f>3");
        assert_eq!(rehomed(&["C2", "C3"]), "12<f>A4+$B4</f>");
        assert_eq!(rehomed(&["C2", "C3", "C4"]), "123");
    }
}
