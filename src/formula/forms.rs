//! The formulas of a workbook by their forms: where no form reads what hangs on itself, no cell does.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{CellPlace, FormulaCell, ranges};
use super::evaluate::meet;
use crate::workbook::{Range, Workbook};

/// Forms that are compared with each other; with more of them cells are looked at one by one.
const MOST: usize = 200;

/// The cells of one sheet that hold one formula, moved.
struct Form {
    sheet: usize,
    /// The smallest range that holds them all.
    cells: Range,
    /// What any of them reads lies in one of these.
    reads: Vec<(usize, Range)>,
}

/// True where the formulas certainly stand on no circle. False tells nothing: ranges are compared, and
/// not cells.
pub(super) fn are_in_order(workbook: &Workbook, cells: &[FormulaCell<'_>]) -> bool {
    let Some(forms) = forms(workbook, cells) else { return false };
    let needs = |form: &Form| -> BTreeSet<usize> {
        let meets = |other: &Form| {
            form.reads
                .iter()
                .any(|(sheet, range)| *sheet == other.sheet && meet(*range, other.cells).is_some())
        };
        (0..forms.len()).filter(|other| meets(&forms[*other])).collect()
    };
    let mut needs: Vec<BTreeSet<usize>> = forms.iter().map(needs).collect();
    let mut left: BTreeSet<usize> = (0..forms.len()).collect();
    while let Some(next) = left.iter().copied().find(|form| needs[*form].is_empty()) {
        left.remove(&next);
        needs.iter_mut().for_each(|needs| {
            needs.remove(&next);
        });
    }
    left.is_empty()
}

fn forms(workbook: &Workbook, cells: &[FormulaCell<'_>]) -> Option<Vec<Form>> {
    let mut known: BTreeMap<_, (&FormulaCell<'_>, Range)> = BTreeMap::new();
    for cell in cells {
        let CellPlace { sheet, at } = cell.place;
        let here = Range { start: at, end: at };
        let (_, range) = known.entry((sheet, cell.formula.mark())).or_insert((cell, here));
        *range = range.union(here);
        if known.len() > MOST {
            return None;
        }
    }
    let form = |(cell, range): &(&FormulaCell<'_>, Range)| {
        let CellPlace { sheet, at } = cell.place;
        let reads = |corner| ranges(workbook, sheet, &cell.formula.moved(at, corner));
        let both = reads(range.start).into_iter().zip(reads(range.end));
        let reads = both.map(|((sheet, first), (_, last))| (sheet, first.union(last))).collect();
        Form { sheet, cells: *range, reads }
    };
    Some(known.values().map(form).collect())
}
