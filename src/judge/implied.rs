//! The sheet as a source of values, where typed figures that obey a rule count as its formula.
//!
//! A formula may name what a cell is made of instead of the cell: where `1=2+3` holds, `E8+F8` is
//! as right as `D8`. Typed or not, the comparison keeps such relations true on changed values.

use std::collections::HashMap;

use crate::formula::{Formula, Source, Unsupported, WorkbookSource};
use crate::workbook::{Address, Range, Value};

/// A workbook's sheet with the formulas its rules imply.
pub(super) struct Implied<'a> {
    pub(super) base: WorkbookSource<'a>,
    pub(super) formulas: HashMap<Address, Formula>,
}

impl Source for Implied<'_> {
    fn value(&self, sheet: Option<&str>, at: Address) -> Result<Value, Unsupported> {
        self.base.value(sheet, at)
    }

    fn used(&self, sheet: Option<&str>) -> Result<Option<Range>, Unsupported> {
        self.base.used(sheet)
    }

    fn name(&self, name: &str) -> Result<Option<String>, Unsupported> {
        self.base.name(name)
    }

    fn is_subtotal(&self, sheet: Option<&str>, at: Address) -> bool {
        self.base.is_subtotal(sheet, at)
    }

    fn is_hidden_row(&self, sheet: Option<&str>, row: u32) -> Option<bool> {
        self.base.is_hidden_row(sheet, row)
    }

    fn is_own(&self, sheet: &str) -> bool {
        self.base.is_own(sheet)
    }

    fn formula(&self, at: Address) -> Option<Formula> {
        self.base.formula(at).or_else(|| self.formulas.get(&at).cloned())
    }
}
