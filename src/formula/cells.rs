//! The formulas of a workbook, cell by cell, with what they read.

use super::Unsupported;
use super::parse::Formula;
use super::source::{formula_of, sheet_index};
use super::syntax::{CellReference, Reference};
use crate::workbook::{Address, Cell, Range, Value, Workbook};

/// Formulas beyond this number are not looked at.
const MAX_FORMULAS: usize = 400_000;

/// A cell of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellPlace {
    /// Index of the sheet in [`Workbook::sheets`].
    pub sheet: usize,
    /// Its address there.
    pub at: Address,
}

/// A formula that could not be calculated for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    /// The cell.
    pub place: CellPlace,
    /// Why.
    pub reason: Unsupported,
}

/// A cell with its formula and the result its file holds.
pub(super) struct FormulaCell<'a> {
    pub(super) place: CellPlace,
    pub(super) formula: Formula,
    pub(super) stored: &'a Value,
}

/// All cells of a workbook that hold a formula.
pub(crate) fn formulas(workbook: &Workbook) -> impl Iterator<Item = (CellPlace, &Cell)> {
    workbook.sheets.iter().enumerate().flat_map(|(sheet, own)| {
        let formulas = own.cells().iter().filter(|(_, cell)| cell.formula.is_some());
        formulas.map(move |(at, cell)| (CellPlace { sheet, at: *at }, cell))
    })
}

/// The formulas of some cells of a workbook, parsed; what cannot be read is told.
pub(super) fn formula_cells<'a>(
    workbook: &'a Workbook,
    among: impl Iterator<Item = (CellPlace, &'a Cell)>,
    not_read: &mut Vec<NotJudged>,
) -> Vec<FormulaCell<'a>> {
    let mut cells = Vec::new();
    for (place, cell) in among {
        let Some(formula) = formula_of(workbook, (place.at, cell)) else { continue };
        let formula = match formula {
            Ok(_) if cells.len() >= MAX_FORMULAS => {
                Err(Unsupported::new("formulas beyond the limit", ""))
            }
            other => other,
        };
        match formula {
            Ok(formula) => {
                cells.push(FormulaCell { place, formula, stored: &cell.value });
            }
            Err(reason) => not_read.push(NotJudged { place, reason }),
        }
    }
    cells
}

/// The ranges a formula reads, with those behind defined names.
pub(super) fn ranges(workbook: &Workbook, sheet: usize, formula: &Formula) -> Vec<(usize, Range)> {
    let mut found = Vec::new();
    let mut add = |cells: &CellReference| {
        let sheet = match cells.sheet.as_deref() {
            Some(name) => sheet_index(workbook, name),
            None => Some(sheet),
        };
        found.extend(sheet.map(|sheet| (sheet, cells.range)));
    };
    for reference in formula.references_read() {
        match &reference {
            Reference::Cells(cells) => add(cells),
            Reference::Name(name) => named_cells(workbook, name).iter().for_each(&mut add),
            _ => {}
        }
    }
    found
}

fn named_cells(workbook: &Workbook, name: &str) -> Vec<CellReference> {
    let plain = name.rsplit('!').next().unwrap_or(name).to_lowercase();
    let texts = workbook.names.iter().filter(|(own, _)| own.to_lowercase() == plain);
    let formulas = texts.filter_map(|(_, text)| Formula::parse(text).ok());
    formulas
        .flat_map(|formula| formula.references())
        .filter_map(|reference| match reference {
            Reference::Cells(cells) => Some(cells),
            _ => None,
        })
        .collect()
}
