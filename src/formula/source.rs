//! A workbook as the source of a calculation, with changed cells laid over it.

use std::cell::{Cell as Slot, RefCell};
use std::collections::HashMap;

use super::evaluate::calculate;
use super::parse::Formula;
use super::scalar::{NO_RESULT, Scalar, to_double};
use super::{Limits, Source, Unsupported};
use crate::workbook::{Address, Cell, FileFormat, Range, Sheet, Value, Workbook, holds_code};

/// Formulas without a stored result that may hang on each other: beyond, none is calculated.
const NESTED_FORMULAS: u32 = 4;
/// Visits of cells over the life of one source.
const VISITS: u64 = 30_000_000;

/// The formula of a cell, if it has one, parsed.
///
/// # Errors
/// [`Unsupported`] where the text does not follow the grammar, or where it cannot be trusted: the
/// binary formats hold no text but code, some of which cannot be spelt out, and calamine 0.38 writes
/// other columns for references to another sheet where it spells out that of an `.xlsb`.
#[must_use]
pub fn formula_of(
    workbook: &Workbook,
    (at, cell): (Address, &Cell),
) -> Option<Result<Formula, Unsupported>> {
    let text = cell.formula.as_ref()?;
    let Ok(formula) = Formula::of_cell(text, at) else {
        return Some(Err(Unsupported::new("formula that cannot be read", text)));
    };
    let by_calamine = workbook.format == FileFormat::Xlsb;
    if by_calamine && formula.is_misspelt_by_binary_readers() {
        return Some(Err(Unsupported::new("formula of a binary file", text)));
    }
    if workbook.format.is_binary() && holds_code(text) {
        return Some(Err(Unsupported::new("formula that cannot be read", text)));
    }
    Some(Ok(formula))
}

/// Values of cells, or why they are not known.
type Known = HashMap<(usize, Address), Result<Value, Unsupported>>;

/// The cells of a workbook, seen from one of its sheets.
///
/// A formula whose result the file does not hold, or which is an empty text (a reader cannot tell
/// them apart), is calculated when asked for.
pub struct WorkbookSource<'a> {
    workbook: &'a Workbook,
    /// Index of the sheet that `None` means.
    own: Slot<usize>,
    /// Formulas that typed figures of the own sheet obey.
    implied: HashMap<Address, Formula>,
    changed: RefCell<Known>,
    calculated: RefCell<Known>,
    subtotals: RefCell<HashMap<(usize, Address), bool>>,
    used: RefCell<HashMap<usize, Option<Range>>>,
    nested: Slot<u32>,
    visits: Slot<u64>,
    settles: bool,
}

impl<'a> WorkbookSource<'a> {
    /// The workbook as its file holds it, seen from the sheet with this index.
    #[must_use]
    pub fn new(workbook: &'a Workbook, sheet: usize) -> Self {
        Self {
            workbook,
            own: Slot::new(sheet),
            implied: HashMap::new(),
            changed: RefCell::default(),
            calculated: RefCell::default(),
            subtotals: RefCell::default(),
            used: RefCell::default(),
            nested: Slot::new(NESTED_FORMULAS),
            visits: Slot::new(VISITS),
            settles: true,
        }
    }

    /// The same with formulas that typed figures of the sheet obey. A formula may name what a cell is
    /// made of instead of the cell: where `1=2+3` holds, `E8+F8` is as right as `D8`. Typed or not, a
    /// comparison keeps such relations true on changed values.
    #[must_use]
    pub fn implying(self, implied: HashMap<Address, Formula>) -> Self {
        Self { implied, ..self }
    }

    /// The same where a difference of nearly equal numbers stays what it is.
    pub(super) fn without_settling(self) -> Self {
        Self { settles: false, ..self }
    }

    /// Lays a value over a cell of the sheet with this index.
    pub fn change(&self, sheet: usize, at: Address, value: Value) {
        self.lay_over(sheet, at, Ok(value));
    }

    /// Lays a value, or the reason why it is not known, over a cell.
    pub(super) fn lay_over(&self, sheet: usize, at: Address, value: Result<Value, Unsupported>) {
        self.changed.borrow_mut().insert((sheet, at), value);
        self.calculated.borrow_mut().clear();
        if let Some(used) = self.used.borrow_mut().get_mut(&sheet) {
            let one = Range { start: at, end: at };
            *used = Some(used.map_or(one, |used| used.union(one)));
        }
    }

    /// Calculates a formula as if it stood in a cell of the sheet with this index.
    ///
    /// # Errors
    /// As [`super::evaluate()`].
    pub fn evaluate(
        &self,
        formula: &Formula,
        sheet: usize,
        at: Address,
        limits: &Limits,
    ) -> Result<Value, Unsupported> {
        self.calculate_in(formula, (sheet, at), limits)?.into_value()
    }

    /// The same before it is what a cell keeps.
    pub(super) fn calculate_in(
        &self,
        formula: &Formula,
        (sheet, at): (usize, Address),
        limits: &Limits,
    ) -> Result<Scalar, Unsupported> {
        let before = self.own.replace(sheet);
        let result = calculate(formula, at, self, limits);
        self.own.set(before);
        result
    }

    pub(crate) fn index(&self, sheet: Option<&str>) -> Result<usize, Unsupported> {
        let Some(name) = sheet else { return Ok(self.own.get()) };
        sheet_index(self.workbook, name).ok_or_else(|| Unsupported::new("sheet", name))
    }

    fn sheet(&self, index: usize) -> Result<&'a Sheet, Unsupported> {
        self.workbook.sheets.get(index).ok_or_else(|| Unsupported::new("sheet", ""))
    }

    /// The value of a cell whose stored result is blank although it holds a formula.
    fn calculate(&self, sheet: usize, at: Address, cell: &Cell) -> Result<Value, Unsupported> {
        if let Some(known) = self.calculated.borrow().get(&(sheet, at)) {
            return known.clone();
        }
        let unknown = || Unsupported::new(NO_RESULT, &at.to_string());
        let nested = self.nested.get().checked_sub(1).ok_or_else(unknown)?;
        let formula = formula_of(self.workbook, (at, cell)).ok_or_else(unknown)??;
        self.nested.set(nested);
        let result = self.evaluate(&formula, sheet, at, &Limits::default());
        self.nested.set(nested + 1);
        self.calculated.borrow_mut().insert((sheet, at), result.clone());
        result
    }

    fn spanned(&self, sheet: usize) -> Result<Option<Range>, Unsupported> {
        let changed = self.changed.borrow();
        let changed = changed.keys().filter(|(index, _)| *index == sheet).map(|(_, at)| *at);
        let own = self.sheet(sheet)?;
        let cells = own.cells().iter().map(|(at, _)| *at);
        let settled = own
            .runs
            .iter()
            .flat_map(|run| run.sums.iter().map(|(column, _)| Address::new(run.first, *column)));
        Ok(cells
            .chain(settled)
            .chain(changed)
            .map(|at| Range { start: at, end: at })
            .reduce(Range::union))
    }
}

/// The index of the sheet with a name, compared as Excel does: letter case aside.
pub(super) fn sheet_index(workbook: &Workbook, name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    workbook.sheets.iter().position(|sheet| sheet.name.to_lowercase() == name)
}

impl Source for WorkbookSource<'_> {
    fn value(&self, sheet: Option<&str>, at: Address) -> Result<Value, Unsupported> {
        let rest = self.visits.get().checked_sub(1);
        self.visits.set(rest.ok_or_else(|| Unsupported::new("work beyond the limit", ""))?);
        let sheet = self.index(sheet)?;
        if let Some(value) = self.changed.borrow().get(&(sheet, at)) {
            return value.clone();
        }
        let own = self.sheet(sheet)?;
        let Some(cell) = own.cell(at) else {
            return Ok(own.settled_sum(at).map_or(Value::Blank, Value::Number));
        };
        if cell.formula.is_some() && cell.value == Value::Blank {
            return self.calculate(sheet, at, cell);
        }
        Ok(cell.value.clone())
    }

    fn number(&self, sheet: Option<&str>, at: Address) -> Option<f64> {
        if sheet.is_some() || !self.changed.borrow().is_empty() {
            return None;
        }
        let Value::Number(number) = self.sheet(self.own.get()).ok()?.cell(at)?.value else {
            return None;
        };
        self.visits.set(self.visits.get().checked_sub(1)?);
        Some(to_double(number))
    }

    fn used(&self, sheet: Option<&str>) -> Result<Option<Range>, Unsupported> {
        let sheet = self.index(sheet)?;
        if let Some(known) = self.used.borrow().get(&sheet) {
            return Ok(*known);
        }
        let spanned = self.spanned(sheet)?;
        self.used.borrow_mut().insert(sheet, spanned);
        Ok(spanned)
    }

    fn name(&self, name: &str) -> Result<Option<String>, Unsupported> {
        // A name may be defined for one sheet alone; the workbook does not keep for which.
        let plain = name.rsplit('!').next().unwrap_or(name).to_lowercase();
        let same = |(own, _): &&(String, String)| own.to_lowercase() == plain;
        let mut found = self.workbook.names.iter().filter(same).map(|(_, text)| text);
        let first = found.next();
        if found.any(|other| Some(other) != first) {
            return Err(Unsupported::new("defined name", name));
        }
        Ok(first.cloned())
    }

    fn settles(&self) -> bool {
        self.settles
    }

    fn is_subtotal(&self, sheet: Option<&str>, at: Address) -> bool {
        let Ok(sheet) = self.index(sheet) else { return false };
        if let Some(known) = self.subtotals.borrow().get(&(sheet, at)) {
            return *known;
        }
        let text = self.sheet(sheet).ok().and_then(|sheet| sheet.cell(at)?.formula.as_ref());
        let is = text.is_some_and(|text| {
            let formula = Formula::of_cell(text, at);
            formula.is_ok_and(|formula| formula.is_subtotal())
        });
        self.subtotals.borrow_mut().insert((sheet, at), is);
        is
    }

    fn is_hidden_row(&self, sheet: Option<&str>, row: u32) -> Option<bool> {
        let sheet = self.sheet(self.index(sheet).ok()?).ok()?;
        Some(sheet.hidden_rows.binary_search(&row).is_ok())
    }

    fn is_own(&self, sheet: &str) -> bool {
        sheet_index(self.workbook, sheet) == Some(self.own.get())
    }

    fn is_settled(&self, row: u32) -> bool {
        self.sheet(self.own.get()).is_ok_and(|sheet| sheet.run_at(row).is_some())
    }

    fn formula(&self, at: Address) -> Option<Formula> {
        let sheet = self.sheet(self.own.get()).ok()?;
        let written = sheet.cell(at).and_then(|cell| formula_of(self.workbook, (at, cell))?.ok());
        written.or_else(|| self.implied.get(&at).cloned())
    }
}
