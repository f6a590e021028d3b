//! The cells of a sheet while it is read: bounded, judged for legacy text, with what went wrong.

use std::borrow::Cow;
use std::io;
use std::rc::Rc;

use super::cells;
use super::formats::Style;
use super::legacy::{Evidence, Face, is_suspect};
use super::{Limit, Limits, Look, Screen};
use crate::failure::Failure;
use crate::workbook::{
    Address, Cell, Fault, FormulaText, LegacyEncoding, MAX_COLUMNS, MAX_ROWS, Range, Sheet, Value,
};

/// Why the reading of a part ends early.
pub(super) enum Stop {
    /// The rest of the part is lost.
    Cut(io::Error),
    /// The whole workbook is refused.
    Refused(Failure),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Cut(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

/// Rows of a sheet before a screen is asked: they tell what the table is, and how text is encoded.
pub(crate) const SCREENED_AFTER: usize = 220;

/// Bytes of a cell with a short value: `<c r="A1"><v>0</v></c>`.
const SHORTEST_CELL: usize = 23;

/// Bytes that each formula takes besides its letters.
const FORMULA_ENTRY: usize = 64;

/// Cells of a sheet that room is made for before they are read.
const MOST_ROOM: usize = 1 << 13;

/// Cells of a sheet up to which the room for them is doubled.
const DOUBLED_UP_TO: usize = 1 << 20;

/// Merged ranges, and runs of hidden rows or columns, of one sheet.
const MOST_RANGES: usize = 200_000;

/// What is left of the limits of one workbook.
#[derive(Debug)]
pub(super) struct Budget {
    cells: u64,
    strings: u64,
    text: u64,
    /// Rows and columns a cell may stand in.
    rows: u32,
    columns: u32,
    limits: Limits,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        let within = |limit: u64, most: u32| u32::try_from(limit).map_or(most, |n| n.min(most));
        Self {
            cells: limits.cells,
            strings: limits.strings,
            text: limits.text,
            rows: within(limits.rows, MAX_ROWS),
            columns: within(limits.columns, MAX_COLUMNS),
            limits: *limits,
        }
    }

    fn cell(&mut self, sheet: &str) -> Result<(), Failure> {
        let left = self.cells.checked_sub(1);
        self.cells = left.ok_or_else(|| self.exceeded(Limit::Cells, None, sheet))?;
        Ok(())
    }

    /// Refuses what is more than is left, before any of it is stored.
    fn afford(&self, sheet: &str, cells: u64, text: u64) -> Result<(), Failure> {
        match (cells <= self.cells, text <= self.text) {
            (false, _) => Err(self.exceeded(Limit::Cells, None, sheet)),
            (true, false) => Err(Limit::Text.exceeded(&self.limits, None, None)),
            (true, true) => Ok(()),
        }
    }

    /// Cells that are not kept after all.
    fn give_back(&mut self, cells: &[(Address, Cell)]) {
        self.cells += cells.len() as u64;
        let texts = cells.iter().filter_map(|(_, cell)| match &cell.value {
            Value::Text(text) => Some(text.len() as u64 + 16),
            _ => None,
        });
        let formulas = cells.iter().filter_map(|(_, cell)| cell.formula.as_deref());
        let formulas = formulas.map(|formula| (formula.len() + FORMULA_ENTRY) as u64);
        self.text += texts.chain(formulas).sum::<u64>();
    }

    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Failure> {
        let left = self.text.checked_sub(bytes as u64);
        self.text = left.ok_or_else(|| Limit::Text.exceeded(&self.limits, None, None))?;
        Ok(())
    }

    /// Counts a shared string.
    pub(super) fn string(&mut self, bytes: usize) -> Result<(), Failure> {
        let left = self.strings.checked_sub(1);
        self.strings = left.ok_or_else(|| Limit::Strings.exceeded(&self.limits, None, None))?;
        // The overhead of an empty string counts too: a table may hold millions of them.
        self.text(bytes + 96)
    }

    fn formula(&mut self, formula: &str, sheet: &str) -> Result<(), Failure> {
        let length = formula.len() as u64;
        if length > self.limits.formula_length {
            return Err(self.exceeded(Limit::FormulaLength, Some(length), sheet));
        }
        // Each bracket within another takes two bytes.
        if length / 2 > self.limits.formula_depth {
            let depth = nesting(formula);
            if depth > self.limits.formula_depth {
                return Err(self.exceeded(Limit::FormulaDepth, Some(depth), sheet));
            }
        }
        // Each is held by itself, so that many short ones take more than their letters.
        self.text(formula.len() + FORMULA_ENTRY)
    }

    fn exceeded(&self, limit: Limit, found: Option<u64>, sheet: &str) -> Failure {
        limit.exceeded(&self.limits, found, Some(sheet))
    }
}

/// How many brackets of a formula stand within each other; those in texts and names count for
/// nothing.
fn nesting(formula: &str) -> u64 {
    let (mut depth, mut deepest) = (0_u64, 0);
    let mut quote = None;
    for byte in formula.bytes() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(end)) if byte == end => quote = None,
            (b'(' | b'{', None) => depth += 1,
            (b')' | b'}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = depth.max(deepest);
    }
    deepest
}

/// A text with the fonts of its runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rich {
    /// Runs in order; `None` is the font of the cell.
    pub(super) runs: Vec<(Option<Face>, String)>,
}

impl Rich {
    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(|(_, run)| run.len()).sum()
    }
}

/// A text as cells hold it, made once for all cells that share it.
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    /// `None` where nothing is written, which is no empty text.
    written: Option<Cow<'a, str>>,
    suspect: Suspect,
}

/// Whether a text may be in a legacy encoding.
#[derive(Debug, Clone)]
enum Suspect {
    No,
    /// As it is written, in the font of its cell.
    Plain,
    /// By these runs.
    Runs(Rc<Rich>),
}

/// A cell whose text may be in a legacy encoding.
struct SuspectText {
    /// Its index among the cells read.
    cell: usize,
    face: Face,
    /// `None` where the text is as the cell holds it, in the font of the cell.
    runs: Option<Rc<Rich>>,
}

impl SuspectText {
    /// The runs of the text with their fonts.
    fn runs<'a>(&'a self, cells: &'a [(Address, Cell)]) -> impl Iterator<Item = (Face, &'a str)> {
        let whole = match &cells[self.cell].1.value {
            Value::Text(text) if self.runs.is_none() => Some((self.face, text.as_str())),
            _ => None,
        };
        let runs = self.runs.iter().flat_map(|rich| &rich.runs);
        whole.into_iter().chain(runs.map(|(face, run)| (face.unwrap_or(self.face), run.as_str())))
    }
}

impl<'a> Text<'a> {
    /// Text in the font of its cell.
    pub(super) fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        let suspect = if is_suspect(&text) { Suspect::Plain } else { Suspect::No };
        Self::new(text, suspect)
    }

    fn new(raw: Cow<'a, str>, suspect: Suspect) -> Self {
        Self { written: (!raw.is_empty()).then(|| cells::clean(raw)), suspect }
    }

    /// Bytes held by each cell.
    pub(super) fn len(&self) -> usize {
        self.written.as_ref().map_or(0, |text| text.len())
    }

    /// What a cell with it counts towards the limit of texts.
    pub(super) fn cost(&self) -> usize {
        self.len() + 16
    }

    pub(super) fn value(&self) -> Value {
        self.written.as_deref().map_or(Value::Blank, |text| Value::Text(text.to_owned()))
    }
}

impl From<Rich> for Text<'_> {
    fn from(mut rich: Rich) -> Self {
        let suspect = rich.runs.iter().any(|(_, run)| is_suspect(run));
        if let [(face, run)] = rich.runs.as_mut_slice()
            && (face.is_none() || !suspect)
        {
            return Self::plain(std::mem::take(run));
        }
        let whole: String = rich.runs.iter().map(|(_, run)| run.as_str()).collect();
        let suspect = if suspect { Suspect::Runs(Rc::new(rich)) } else { Suspect::No };
        Self::new(whole.into(), suspect)
    }
}

/// The texts of a table, all in one, so that one more takes no memory of its own.
#[derive(Debug, Default)]
pub(super) struct Texts {
    whole: String,
    entries: Vec<Entry>,
}

/// A text of a table: where it ends, and what else a [`Text`] has.
#[derive(Debug)]
struct Entry {
    end: usize,
    is_written: bool,
    suspect: Suspect,
}

impl Texts {
    /// A table with room for some texts of some bytes.
    pub(super) fn with_room_for(texts: usize, bytes: usize) -> Self {
        Self { whole: String::with_capacity(bytes), entries: Vec::with_capacity(texts) }
    }

    pub(super) fn push(&mut self, text: Text<'_>) {
        self.whole.push_str(text.written.as_deref().unwrap_or_default());
        let (end, is_written) = (self.whole.len(), text.written.is_some());
        self.entries.push(Entry { end, is_written, suspect: text.suspect });
    }

    pub(super) fn get(&self, index: usize) -> Option<Text<'_>> {
        let entry = self.entries.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.entries[before].end);
        let written = entry.is_written.then(|| self.whole[start..entry.end].into());
        Some(Text { written, suspect: entry.suspect.clone() })
    }
}

/// A sheet under construction.
pub(super) struct Store<'a> {
    name: &'a str,
    budget: &'a mut Budget,
    screen: Option<&'a mut dyn Screen>,
    /// Where the cells of the last row begin, and the rows before it that were kept.
    row_start: usize,
    rows: usize,
    cells: Vec<(Address, Cell)>,
    /// Cells whose text may be in a legacy encoding, by their place in `cells`.
    suspects: Vec<SuspectText>,
    evidence: Evidence,
    outside: usize,
    unreadable: usize,
    first_unreadable: Option<Address>,
    /// How many formulas could not be read, and the first.
    unreadable_formulas: Option<(usize, Address)>,
    merges: Vec<Range>,
    arrays: Vec<Range>,
    /// Hidden rows and columns as ranges, both ends included: a file may hide a million at once.
    hidden_rows: Vec<(u32, u32)>,
    hidden_columns: Vec<(u32, u32)>,
    cut: Option<String>,
}

impl<'a> Store<'a> {
    pub(super) fn new(name: &'a str, budget: &'a mut Budget) -> Self {
        Self {
            name,
            budget,
            screen: None,
            row_start: 0,
            rows: 0,
            cells: Vec::new(),
            suspects: Vec::new(),
            evidence: Evidence::default(),
            outside: 0,
            unreadable: 0,
            first_unreadable: None,
            unreadable_formulas: None,
            merges: Vec::new(),
            arrays: Vec::new(),
            hidden_rows: Vec::new(),
            hidden_columns: Vec::new(),
            cut: None,
        }
    }

    /// Makes room for as many cells as some bytes of a sheet may hold.
    pub(super) fn make_room(&mut self, bytes: usize) {
        self.make_room_for(bytes / SHORTEST_CELL);
    }

    /// Makes room for so many cells, which are not moved then while others are added; for no more than a
    /// small sheet has, as most rows of a larger one may be settled.
    pub(super) fn make_room_for(&mut self, cells: usize) {
        self.cells.reserve(cells.min(MOST_ROOM));
    }

    /// Shows the rows to a screen as they are complete.
    pub(super) fn show_rows_to(&mut self, screen: &'a mut dyn Screen) {
        self.screen = Some(screen);
    }

    /// The row that was being read is complete: it is kept, unless the screen settles it.
    fn end_row(&mut self) {
        let Some(screen) = self.screen.as_mut().filter(|_| self.row_start < self.cells.len())
        else {
            return;
        };
        self.rows += 1;
        let (kept, row) = self.cells.split_at(self.row_start);
        let look = if self.rows < SCREENED_AFTER { Look::Keep } else { screen.look(kept, row) };
        match look {
            Look::Settled => {
                self.budget.give_back(row);
                self.cells.truncate(self.row_start);
                return;
            }
            Look::Keep => {}
            Look::Declined => self.screen = None,
        }
        self.row_start = self.cells.len();
        // Names that are not yet decoded cannot be told to be plain names.
        if self.rows + 1 == SCREENED_AFTER && self.is_legacy() {
            self.screen = None;
        }
    }

    /// True while texts are evidence of an encoding; a screened sheet has shown its own when the
    /// screen begins to settle rows.
    fn gathers_evidence(&self) -> bool {
        self.screen.is_none() || self.rows < SCREENED_AFTER
    }

    /// Adds a cell; nothing is kept of one without value and formula.
    pub(super) fn push(
        &mut self,
        at: Address,
        value: Value,
        formula: Option<FormulaText>,
        style: Style,
    ) -> Result<(), Failure> {
        if matches!(value, Value::Blank) && formula.is_none()
            || !self.takes(at, formula.as_ref())?
        {
            return Ok(());
        }
        let cell = Cell { value, formula, format: style.format, bold: style.bold };
        self.cells.push((at, cell));
        Ok(())
    }

    /// True for a cell that is within the sheet and the limits; there is room for it then, and the row
    /// before it is complete.
    fn takes(&mut self, at: Address, formula: Option<&FormulaText>) -> Result<bool, Failure> {
        if at.row >= self.budget.rows || at.column >= self.budget.columns {
            self.refuse_beyond(at)?;
            return Ok(false);
        }
        if self.screen.is_some() && self.cells.last().is_some_and(|(last, _)| last.row != at.row) {
            self.end_row();
        }
        self.budget.cell(self.name)?;
        if let Some(formula) = formula {
            self.budget.formula(formula, self.name)?;
        }
        self.grow();
        Ok(true)
    }

    /// Makes room for more cells by a quarter of what there is: doubled, the cells of the largest
    /// sheet would take twice the memory that their limit foresees.
    fn grow(&mut self) {
        let held = self.cells.len();
        if held == self.cells.capacity() && held >= DOUBLED_UP_TO {
            let left = usize::try_from(self.budget.cells).unwrap_or(usize::MAX).saturating_add(1);
            self.cells.reserve_exact((held / 4).min(left));
        }
    }

    /// Adds a cell with text; text that may be in a legacy encoding waits for the whole sheet.
    pub(super) fn push_text(
        &mut self,
        at: Address,
        text: &Text<'_>,
        formula: Option<FormulaText>,
        style: Style,
    ) -> Result<(), Failure> {
        self.budget.text(text.cost())?;
        let before = self.cells.len();
        self.push(at, text.value(), formula, style)?;
        if self.cells.len() == before || !self.gathers_evidence() {
            return Ok(());
        }
        let runs = match &text.suspect {
            Suspect::No => return Ok(()),
            Suspect::Plain => None,
            Suspect::Runs(rich) => Some(Rc::clone(rich)),
        };
        let suspect = SuspectText { cell: before, face: style.face, runs };
        let mut held = 0;
        for (face, run) in suspect.runs(&self.cells) {
            self.evidence.add(run, face);
            held += run.len();
        }
        self.budget.text(held + 96)?;
        self.suspects.push(suspect);
        Ok(())
    }

    /// Counts a cell that cannot be read; it holds `#?` so that no rule takes it for a blank.
    pub(super) fn push_unreadable(&mut self, at: Address, style: Style) -> Result<(), Failure> {
        self.note_unreadable(Some(at));
        self.push(at, Value::Error("#?".into()), None, style)
    }

    /// Counts a formula that cannot be read.
    pub(super) fn note_unreadable_formula(&mut self, at: Address) {
        self.unreadable_formulas.get_or_insert((0, at)).0 += 1;
    }

    /// Counts a cell that cannot be read, and whose place may be unknown.
    pub(super) fn note_unreadable(&mut self, at: Option<Address>) {
        self.unreadable += 1;
        self.first_unreadable = self.first_unreadable.or(at);
    }

    /// A cell beyond the limits of rows or columns; one outside the largest sheet is counted.
    #[cold]
    fn refuse_beyond(&mut self, at: Address) -> Result<(), Failure> {
        if at.row >= MAX_ROWS || at.column >= MAX_COLUMNS {
            self.note_outside();
            return Ok(());
        }
        let too_low = at.row >= self.budget.rows;
        let (limit, number) =
            if too_low { (Limit::Rows, at.row) } else { (Limit::Columns, at.column) };
        Err(self.budget.exceeded(limit, Some(u64::from(number) + 1), self.name))
    }

    /// Counts a cell outside the largest sheet.
    pub(super) fn note_outside(&mut self) {
        self.outside += 1;
    }

    /// Counts text that is held before it is stored.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), Failure> {
        self.budget.text(bytes)
    }

    /// Refuses repetitions beyond the limits of cells and of text before the first of them is stored.
    pub(super) fn afford(&self, cells: u64, text: u64) -> Result<(), Failure> {
        self.budget.afford(self.name, cells, text)
    }

    /// Adds a formula over several cells.
    pub(super) fn array(&mut self, range: Range) {
        if range.start != range.end && self.arrays.len() < MOST_RANGES {
            self.arrays.push(range);
        }
    }

    /// Adds a merged range.
    pub(super) fn merge(&mut self, range: Range) {
        if self.merges.len() < MOST_RANGES {
            self.merges.push(range);
        } else {
            self.cut("too many merged ranges");
        }
    }

    /// Hides rows, both ends included.
    pub(super) fn hide_rows(&mut self, first: u32, last: u32) {
        let full = self.hidden_rows.len() >= MOST_RANGES;
        let follows =
            self.hidden_rows.last().is_some_and(|(_, end)| first.checked_sub(1) == Some(*end));
        match self.hidden_rows.last_mut() {
            Some((_, end)) if follows => *end = last,
            _ if full => self.cut("too many hidden rows"),
            _ => self.hidden_rows.push((first, last)),
        }
    }

    /// Hides columns, both ends included.
    pub(super) fn hide_columns(&mut self, first: u32, last: u32) {
        if self.hidden_columns.len() < MOST_RANGES {
            self.hidden_columns.push((first, last));
        }
    }

    /// Ends the sheet before its end.
    pub(super) fn cut(&mut self, reason: impl std::fmt::Display) {
        self.cut.get_or_insert_with(|| reason.to_string());
    }

    /// The sheet, with legacy text decoded where that is certain.
    pub(super) fn finish(mut self) -> Sheet {
        self.end_row();
        let runs = self.screen.take().map(Screen::end).unwrap_or_default();
        let legacy = self.decode();
        let last = self.cells.last().map(|(at, _)| *at);
        let faults = self.faults(last);
        // Little is left of a sheet whose rows were settled.
        if self.cells.len() < self.cells.capacity() / 2 {
            self.cells.shrink_to_fit();
        }
        let mut sheet = Sheet::new(self.name, self.cells);
        sheet.merges = self.merges.into();
        sheet.arrays = self.arrays;
        sheet.runs = runs;
        if let Some(used) = sheet.used() {
            sheet.hidden_rows = numbers(self.hidden_rows, used.end.row);
            sheet.hidden_columns = numbers(self.hidden_columns, used.end.column);
        }
        sheet.legacy = legacy;
        sheet.faults = faults;
        sheet
    }

    /// True when some text so far is certain to be in a legacy encoding.
    fn is_legacy(&mut self) -> bool {
        let (suspects, cells, evidence) = (&self.suspects, &self.cells, &mut self.evidence);
        let mut runs = suspects.iter().flat_map(|suspect| suspect.runs(cells));
        runs.any(|(face, run)| evidence.decode(run, face).is_some())
    }

    fn decode(&mut self) -> Option<LegacyEncoding> {
        if !self.evidence.tells() {
            return None;
        }
        let mut legacy = None;
        for suspect in std::mem::take(&mut self.suspects) {
            let mut decoded = String::new();
            let mut changed = None;
            for (face, run) in suspect.runs(&self.cells) {
                match self.evidence.decode(run, face) {
                    Some((unicode, encoding)) => {
                        decoded.push_str(&unicode);
                        changed = Some(encoding);
                    }
                    None => decoded.push_str(run),
                }
            }
            if changed.is_some() {
                self.cells[suspect.cell].1.value = cells::text(&decoded);
                legacy = legacy.or(changed);
            }
        }
        legacy
    }

    fn faults(&mut self, last: Option<Address>) -> Vec<Fault> {
        let cut = self.cut.take().map(|reason| Fault::CutShort { after: last, reason });
        let outside = (self.outside > 0).then_some(Fault::OutsideSheet { cells: self.outside });
        let unreadable = (self.unreadable > 0).then_some(Fault::UnreadableCells {
            cells: self.unreadable,
            first: self.first_unreadable,
        });
        let formulas = self
            .unreadable_formulas
            .map(|(cells, first)| Fault::UnreadableFormulas { cells, first });
        cut.into_iter().chain(outside).chain(unreadable).chain(formulas).collect()
    }
}

/// The numbers of ranges up to the last one used, ascending; what is hidden beyond concerns nobody.
fn numbers(mut ranges: Vec<(u32, u32)>, last_used: u32) -> Vec<u32> {
    ranges.sort_unstable();
    let mut numbers = Vec::new();
    let mut next = 0;
    for (first, last) in ranges {
        numbers.extend(first.max(next)..=last.min(last_used));
        next = next.max(last.saturating_add(1));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_of_the_whole_workbook() {
        let mut budget = Budget::new(&Limits { cells: 2, text: 60, ..Limits::default() });
        let mut store = Store::new("S", &mut budget);
        let style = Style::default();
        store.push_text(Address::new(0, 0), &Text::plain("a"), None, style).unwrap();
        let mut store = Store::new("T", &mut budget);
        store.push_text(Address::new(0, 0), &Text::plain("b"), None, style).unwrap();
        assert!(store.push_text(Address::new(0, 1), &Text::plain("c"), None, style).is_err());
        let long = Text::plain("1".repeat(61));
        assert!(store.push_text(Address::new(0, 1), &long, None, style).is_err());
    }

    #[test]
    fn many_cells_take_little_more_room_than_they_need() {
        let mut budget = Budget::new(&Limits::default());
        let mut store = Store::new("S", &mut budget);
        for number in 0..=u32::try_from(DOUBLED_UP_TO).unwrap() {
            let at = Address::new(number / 16, number % 16);
            store.push(at, Value::Bool(true), None, Style::default()).unwrap();
        }
        let most = DOUBLED_UP_TO + DOUBLED_UP_TO / 4;
        assert!(store.cells.capacity() <= most, "{}", store.cells.capacity());
    }

    #[test]
    fn hidden_ranges_are_counted_once() {
        assert_eq!(numbers(vec![(5, 7), (0, 1), (6, 6), (7, 9), (0, u32::MAX)], 3), [0, 1, 2, 3]);
        assert_eq!(numbers(vec![(5, 7), (1, 1), (6, 9)], 8), [1, 5, 6, 7, 8]);
    }

    #[test]
    fn legacy_text_is_decoded_by_its_runs() {
        let mut budget = Budget::new(&Limits::default());
        let mut store = Store::new("S", &mut budget);
        let style = Style { face: Face::Tcvn3, ..Style::default() };
        let at = Address::new(0, 0);
        let runs = vec![(None, "Hé nghÌo ".to_owned()), (Some(Face::Plain), "(hộ)".to_owned())];
        store.push_text(at, &Rich { runs }.into(), None, style).unwrap();
        store.push_text(Address::new(1, 0), &Text::plain("B¸o c¸o"), None, style).unwrap();
        let sheet = store.finish();
        assert_eq!(sheet.value(Address::new(1, 0)), &Value::Text("Báo cáo".to_owned()));
        assert_eq!(sheet.value(at), &Value::Text("Hộ nghèo (hộ)".to_owned()));
        assert_eq!(sheet.legacy, Some(LegacyEncoding::Tcvn3));
    }
}
