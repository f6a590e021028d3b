//! The formulas of a workbook by their forms: where no form reads what hangs on itself, no cell does.

use std::collections::BTreeMap;

use super::cells::{CellPlace, FormulaCell, ranges};
use super::evaluate::meet;
use super::order::{Links, ordered};
use crate::workbook::{Range, Workbook};

/// Forms that are compared with each other; with more of them cells are looked at one by one.
const MOST: usize = 200;

/// The cells of one column that hold one formula, moved.
struct Form {
    /// Their sheet, and the smallest range that holds them all.
    cells: (usize, Range),
    /// What any of them reads lies in one of these.
    reads: Vec<(usize, Range)>,
}

/// True where the formulas certainly stand on no circle. False tells nothing: ranges are compared, and
/// not cells.
pub(super) fn are_in_order(workbook: &Workbook, cells: &[FormulaCell<'_>]) -> bool {
    let Some(forms) = forms(workbook, cells) else { return false };
    let places: Vec<(usize, Range)> = forms.iter().map(|form| form.cells).collect();
    let standing_in = |(sheet, range): (usize, Range)| {
        let meets =
            move |cells: &(usize, Range)| cells.0 == sheet && meet(range, cells.1).is_some();
        places.iter().enumerate().filter(move |(_, cells)| meets(cells)).map(|(index, _)| index)
    };
    let links = Links::between(forms.into_iter().map(|form| form.reads).collect(), standing_in);
    links.is_ok_and(|links| ordered(&links).1.is_empty())
}

fn forms(workbook: &Workbook, cells: &[FormulaCell<'_>]) -> Option<Vec<Form>> {
    let mut known: BTreeMap<_, (&FormulaCell<'_>, Range)> = BTreeMap::new();
    for cell in cells {
        let CellPlace { sheet, at } = cell.place;
        let here = Range { start: at, end: at };
        // A total moved along its row reads other columns in each.
        let form = (sheet, at.column, cell.formula.mark());
        let (_, range) = known.entry(form).or_insert((cell, here));
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
        Form { cells: (sheet, *range), reads }
    };
    Some(known.values().map(form).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::cells::{formula_cells, formulas};

    fn in_order(text: &str) -> bool {
        let workbook = Workbook::from_text("B", text);
        let mut not_read = Vec::new();
        let cells = formula_cells(&workbook, formulas(&workbook), &mut not_read);
        assert!(!cells.is_empty() && not_read.is_empty());
        are_in_order(&workbook, &cells)
    }

    #[test]
    fn rows_below_each_other_and_their_totals_are_in_order() {
        assert!(in_order(
            "1\t2\t=A1+B1\t=ROUND(C1/A1*100,2)\n\
             3\t4\t=A2+B2\t=ROUND(C2/A2*100,2)\n\
             5\t6\t=A3+B3\t=ROUND(C3/A3*100,2)\n\
             =SUM(A1:A3)\t=SUM(B1:B3)\t=SUM(C1:C3)\t=ROUND(C4/A4*100,2)\n",
        ));
    }

    #[test]
    fn circles_are_left_to_whoever_looks_at_cells() {
        // One through two forms, and one within a form; and a column that adds up from row to row,
        // which stands on none.
        assert!(!in_order("=B1\t=A1\n=B2\t=A2\n"));
        assert!(!in_order("=SUM(A1:A3)\n=SUM(A2:A4)\n"));
        assert!(!in_order("1\t=A1\n2\t=B1+A2\n3\t=B2+A3\n4\t=B3+A4\n"));
    }
}
