//! Formulas in cells: parsed by a real grammar, calculated, and compared with what a column must
//! hold.
//!
//! Everything here answers with a value or with [`Unsupported`], which names what is not certain:
//! a checker then says "not judged" and never raises a false alarm. Nothing outside the workbook
//! is opened. The reference for what functions do is Excel's own documentation and, for rounding
//! and comparison, its 15 significant digits; `OpenFormula` 1.2 (OASIS) where Excel is silent.

mod arithmetic;
mod cells;
mod compare;
mod diagnose;
mod evaluate;
mod forms;
mod functions;
mod known;
mod numbers;
mod order;
mod parse;
mod plain;
mod reads;
mod recalculate;
mod rounding;
mod scalar;
mod settled;
mod source;
mod syntax;
mod write;

use std::fmt;

pub use arithmetic::Arithmetic;
pub(crate) use cells::formulas;
pub use cells::{CellPlace, NotJudged};
pub use compare::{Agreement, ColumnRule, Counterexample, RuleValue, agreement};
pub use diagnose::{Difference, diagnose};
pub use evaluate::evaluate;
pub use parse::{Formula, InvalidFormula, MAX_FORMULA_BYTES};
pub use plain::Plain;
pub use recalculate::{Change, Completed, Recalculated, Stale, complete, recalculate, results_of};
pub use scalar::ErrorKind;
pub use source::{WorkbookSource, formula_of};
pub use syntax::{CellReference, Fixed, Reference};
pub use write::{difference, in_style_of, ratio, sum};

use crate::workbook::{Address, Range, Value};

/// Where a formula finds the cells it refers to. A sheet of `None` is the formula's own.
pub trait Source {
    /// The value of a cell; [`Value::Blank`] where there is none.
    ///
    /// # Errors
    /// [`Unsupported`] where the value is not known: no such sheet, a sheet that could not be
    /// read, a formula whose result the file does not hold.
    fn value(&self, sheet: Option<&str>, at: Address) -> Result<Value, Unsupported>;

    /// The number that [`Source::value`] would give, where it is at hand; `None` says nothing.
    fn number(&self, sheet: Option<&str>, at: Address) -> Option<f64> {
        let _ = (sheet, at);
        None
    }

    /// The smallest range that holds every filled cell of a sheet.
    ///
    /// # Errors
    /// [`Unsupported`] where there is no such sheet, or it could not be read.
    fn used(&self, sheet: Option<&str>) -> Result<Option<Range>, Unsupported>;

    /// What a defined name refers to, as written; `None` where the name is not defined.
    ///
    /// # Errors
    /// [`Unsupported`] where the name has more than one meaning.
    fn name(&self, name: &str) -> Result<Option<String>, Unsupported> {
        let _ = name;
        Ok(None)
    }

    /// True for a cell that an outer `SUBTOTAL` passes over: its own formula holds one.
    fn is_subtotal(&self, sheet: Option<&str>, at: Address) -> bool {
        let _ = (sheet, at);
        false
    }

    /// Whether a row is hidden; `None` where the file does not tell.
    fn is_hidden_row(&self, sheet: Option<&str>, row: u32) -> Option<bool> {
        let _ = (sheet, row);
        Some(false)
    }

    /// True when a sheet's name is that of the source's own sheet.
    fn is_own(&self, sheet: &str) -> bool {
        let _ = sheet;
        false
    }

    /// True for a row of the own sheet that was settled while it was read: its cells are not there, and
    /// the first of a run holds what the run adds up to.
    fn is_settled(&self, row: u32) -> bool {
        let _ = row;
        false
    }

    /// Whether a difference of two nearly equal numbers counts as zero. Programs do not agree on where
    /// in a formula it does.
    fn settles(&self) -> bool {
        true
    }

    /// The formula in a cell of the source's own sheet, if there is one that can be parsed.
    fn formula(&self, at: Address) -> Option<Formula> {
        let _ = at;
        None
    }
}

/// How much work one calculation may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Cells visited, each time one is.
    pub cells: u64,
    /// Parts of a formula nested in each other.
    pub depth: u32,
}

impl Default for Limits {
    /// 400,000 visits; nesting of 96, above Excel's own 64 functions.
    fn default() -> Self {
        Self { cells: 400_000, depth: 96 }
    }
}

/// What kept a formula from being calculated for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// The kind of obstacle, in English: `function`, `reference to another workbook` …
    pub what: &'static str,
    /// What exactly: the function's name, the reference as written; may be empty.
    pub detail: String,
}

impl Unsupported {
    pub(crate) fn new(what: &'static str, detail: &str) -> Self {
        // Details come from the file: one line of a report is enough.
        Self { what, detail: detail.chars().take(80).collect() }
    }

    /// True where all that is missing is the result of another cell.
    #[must_use]
    pub fn is_missing_result(&self) -> bool {
        self.what == scalar::NO_RESULT
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            return f.write_str(self.what);
        }
        write!(f, "{}: {}", self.what, self.detail)
    }
}

impl std::error::Error for Unsupported {}

/// Why a step of a calculation ends without a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// An error of the spreadsheet, which is a value to the formula around it.
    Error(ErrorKind),
    Unsupported(Unsupported),
}

impl From<Unsupported> for Stop {
    fn from(what: Unsupported) -> Self {
        Self::Unsupported(what)
    }
}
