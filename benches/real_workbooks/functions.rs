//! Which functions the formulas of the workbooks call, and which of them are not computed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use soatbieu::formula::{CellPlace, Limits, complete, formula_of};
use soatbieu::workbook::Workbook;

/// What was met of one function.
#[derive(Default)]
struct Met {
    formulas: usize,
    files: usize,
    /// Formulas that could not be computed for its sake.
    open: usize,
}

/// Functions by their names.
#[derive(Default)]
pub(crate) struct Functions {
    met: BTreeMap<String, Met>,
    formulas: usize,
    /// Formulas that could not be computed for another reason, by the reason.
    others: BTreeMap<&'static str, usize>,
}

impl Functions {
    /// Counts the formulas of a workbook, and computes all of them from what is typed.
    pub(crate) fn meet(&mut self, workbook: &Workbook) {
        let mut own: BTreeSet<String> = BTreeSet::new();
        let mut places = BTreeSet::new();
        for (sheet, at, cell) in workbook.sheets.iter().enumerate().flat_map(|(number, sheet)| {
            sheet.cells().iter().map(move |(at, cell)| (number, at, cell))
        }) {
            let Some(Ok(formula)) = formula_of(workbook, (*at, cell)) else { continue };
            self.formulas += 1;
            places.insert(CellPlace { sheet, at: *at });
            let called: BTreeSet<&str> = formula.functions().into_iter().collect();
            for name in called {
                self.met.entry(name.to_owned()).or_default().formulas += 1;
                own.insert(name.to_owned());
            }
        }
        for name in own {
            self.met.entry(name).or_default().files += 1;
        }
        let completed = complete(workbook, &places, &Limits::default());
        for open in completed.unknown.iter().filter(|open| !open.reason.is_missing_result()) {
            match self.met.get_mut(&open.reason.detail) {
                Some(met) => met.open += 1,
                None => *self.others.entry(open.reason.what).or_default() += 1,
            }
        }
    }

    /// A Markdown table, the commonest first.
    pub(crate) fn report(&self) -> String {
        let mut all: Vec<(&String, &Met)> = self.met.iter().collect();
        all.sort_by_key(|(name, met)| (std::cmp::Reverse(met.formulas), *name));
        let mut text = format!(
            "{} formulas\n\n| function | formulas | workbooks | not computed for its sake |\n|---|---|---|---|\n",
            self.formulas
        );
        for (name, met) in all {
            let _ =
                writeln!(text, "| `{name}` | {} | {} | {} |", met.formulas, met.files, met.open);
        }
        for (reason, count) in &self.others {
            let _ = writeln!(text, "\nNot computed, {reason}: {count}");
        }
        text
    }
}
