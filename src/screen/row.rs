//! One row judged on its own: the same rules as [`crate::rules`] has, on one row of plain cells.
//! What is not plain is not judged here, so that each rule need only be told when it holds.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::Taken;
use crate::recognise::columns::TELLING_ROWS;
use crate::recognise::notation::{is_beyond_figures, unmistakable};
use crate::relations::{Combination, Says, ratio, said_by_shape};
use crate::table::{Column, Kind, Role, Table};
use crate::words;
use crate::workbook::{Address, Cell, NumberFormat, RelativeForm, Run, Value};

/// What a cell of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Ordinal,
    Name,
    /// A code, a note.
    Text,
    Figure(Kind),
}

/// A cell that each row has.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
pub(super) struct Slot {
    /// Zero-based column of the sheet.
    sheet_column: u32,
    /// Index into the table's columns.
    pub(super) column: usize,
    usage: Use,
    /// Number of the format in the workbook, and what it shows.
    format: u16,
    shows: NumberFormat,
    bold: bool,
    /// True where each row has its figure as text.
    pub(super) is_text: bool,
    /// The formula that each row has here, found to compute the rule of the column.
    pub(super) form: Option<RelativeForm>,
    /// True where the column has a sum.
    adds_up: bool,
    /// True once a kept row prints a figure with fewer decimals than the column has.
    pub(super) short_told: bool,
    short: usize,
    sum: Decimal,
    /// Every settled figure is more than nothing.
    positive: bool,
    /// The last group each text was met in, by the hash of the text.
    texts: HashMap<u64, u32>,
    met: usize,
    /// A text was met twice in one group.
    repeats: bool,
}

impl Slot {
    /// A cell such as the last row has, shown in its format.
    pub(super) fn new(
        (column, described): (usize, &Column),
        usage: Use,
        cell: &Cell,
        shows: NumberFormat,
    ) -> Self {
        Self {
            sheet_column: described.sheet_column,
            column,
            usage,
            format: cell.format,
            shows,
            bold: cell.bold,
            is_text: matches!((usage, &cell.value), (Use::Figure(_), Value::Text(_))),
            form: None,
            adds_up: described.adds_up(),
            short_told: false,
            short: 0,
            sum: Decimal::ZERO,
            positive: true,
            texts: HashMap::new(),
            met: 0,
            repeats: false,
        }
    }

    pub(super) fn is_figure(&self) -> bool {
        matches!(self.usage, Use::Figure(_))
    }

    /// True where a cell holds the formula of the column, or none where the column has none.
    fn has_form(&self, at: Address, cell: &Cell) -> bool {
        match (&self.form, &cell.formula) {
            (Some(form), Some(text)) => text.has_form(form, at),
            (form, text) => form.is_none() && text.is_none(),
        }
    }

    /// True for words that may tell rows apart; ordinals are judged by their order.
    fn holds_words(&self) -> bool {
        matches!(self.usage, Use::Name | Use::Text)
    }

    /// False for what is no figure, or one held otherwise, in a column of figures.
    fn may_hold(&self, value: &Value) -> bool {
        match value {
            Value::Number(_) => !self.is_text,
            Value::Text(_) => self.is_text || !self.is_figure(),
            _ => !self.is_figure(),
        }
    }

    /// The figure that a cell prints, and its decimals; `None` for what is none, or is not plain.
    fn printed(&self, cell: &Cell, kind: Kind) -> Option<(Decimal, u32)> {
        match &cell.value {
            Value::Text(text) if self.is_text => unmistakable(text, kind == Kind::Count),
            Value::Number(number) if !self.is_text && cell.format == self.format => {
                let shown = self.shown(*number)?;
                Some((shown, self.decimals(shown)))
            }
            _ => None,
        }
    }

    /// The figure as printed; `None` where the format hides some of it, and for what is no figure.
    fn shown(&self, number: Decimal) -> Option<Decimal> {
        if is_beyond_figures(number) {
            return None;
        }
        let format = &self.shows;
        if !format.percent && format.decimals.is_none_or(|places| number.scale() <= places) {
            return Some(number);
        }
        let exact = if format.percent { number * Decimal::ONE_HUNDRED } else { number };
        let shown = format.shown(number).normalize();
        (shown == exact).then_some(shown)
    }

    /// Decimals on paper.
    fn decimals(&self, shown: Decimal) -> u32 {
        self.shows.decimals.unwrap_or_else(|| shown.scale())
    }

    /// Remembers a text that may tell rows apart.
    fn meet(&mut self, folded: &str, group: u32) {
        if folded.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            return;
        }
        let mut hasher = DefaultHasher::new();
        folded.hash(&mut hasher);
        self.met += 1;
        self.repeats |= self.texts.insert(hasher.finish(), group) == Some(group);
    }

    /// True when a repeated text of the column is worth a word ([`crate::rules`], R503).
    fn repeats(&self) -> bool {
        self.repeats && (self.met - self.texts.len()) * 3 <= self.met
    }
}

/// A column formula on one row.
struct Formula {
    target: usize,
    says: Says,
    decimals: u32,
    decimals_stated: bool,
}

/// Judges the rows of one sheet.
pub(super) struct Judge {
    columns: Vec<Column>,
    slots: Vec<Slot>,
    formulas: Vec<Formula>,
    /// What is not more than what.
    bounds: Vec<[Combination; 2]>,
    /// Rule instances on one row.
    checks: usize,
    /// Rows before the one being judged.
    rows: usize,
    has_ordinals: bool,
    /// The last ordinal met.
    ordinal: Option<u32>,
    /// Counts up with each row that may begin a group of units.
    group: u32,
    /// The figures of the row being judged, by column of the table.
    figures: Vec<Option<(Decimal, u32)>>,
    runs: Vec<Run>,
    /// The last run goes on with the next row.
    open: bool,
}

/// What keeps a row from being settled.
enum Kept {
    /// Its cells are not those of a plain unit: a sum, a heading, a note.
    Other,
    /// A plain unit with something to be said of it.
    Unit,
}

impl Judge {
    /// The judge of rows like the last one of a table.
    pub(super) fn new(table: &Table, slots: Vec<Slot>, checks: usize, has_ordinals: bool) -> Self {
        let formulas = table.columns.iter().enumerate().filter_map(|(target, column)| {
            Some(Formula {
                target,
                says: said_by_shape(&column.formula.as_ref()?.shape, column.scale),
                decimals: column.decimals.unwrap_or(2),
                decimals_stated: column.decimals_stated,
            })
        });
        let formulas = formulas.filter(|f| table.columns[f.target].kind != Kind::Text).collect();
        let bare = |column: &Column| Column { headings: Arc::default(), ..column.clone() };
        let mut judge = Self {
            columns: table.columns.iter().map(bare).collect(),
            slots,
            formulas,
            bounds: table
                .bounds
                .iter()
                .map(|bound| [&bound.part, &bound.whole].map(Into::into))
                .collect(),
            checks,
            rows: table.rows.len(),
            has_ordinals,
            ordinal: None,
            group: 0,
            figures: vec![None; table.columns.len()],
            runs: Vec::new(),
            open: false,
        };
        for (row, data) in table.rows.iter().zip(&table.grid) {
            if row.role != Role::Unit {
                judge.group += 1;
                continue;
            }
            judge.ordinal = row.ordinal.trim_end_matches('.').parse().ok().or(judge.ordinal);
            for slot in judge.slots.iter_mut().filter(|slot| slot.holds_words()) {
                slot.meet(&words::fold(&data[slot.column].printed()), judge.group);
            }
        }
        judge
    }

    /// Settles a row, if every rule holds in it and nothing else is to be said of it.
    pub(super) fn settles(&mut self, row: &[(Address, Cell)]) -> bool {
        let Some((at, _)) = row.first() else { return false };
        let judged = self.judge(row);
        self.rows += 1;
        match judged {
            Ok(ordinal) => {
                self.ordinal = ordinal.or(self.ordinal);
                self.settle(at.row, ordinal);
                true
            }
            Err(kept) => {
                self.keep(row, &kept);
                false
            }
        }
    }

    /// The ordinal of a row that may be settled. Its texts have been met.
    fn judge(&mut self, row: &[(Address, Cell)]) -> Result<Option<u32>, Kept> {
        let same_cells = row.len() == self.slots.len()
            && row.iter().zip(&self.slots).all(|((at, cell), slot)| {
                at.column == slot.sheet_column
                    && cell.bold == slot.bold
                    && slot.has_form(*at, cell)
                    && slot.may_hold(&cell.value)
            });
        if !same_cells {
            return Err(Kept::Other);
        }
        let mut ordinal = None;
        for ((_, cell), slot) in row.iter().zip(&mut self.slots) {
            match (slot.usage, &cell.value) {
                (Use::Ordinal, value) => ordinal = ordinal_of(value),
                (Use::Name, Value::Text(text)) => {
                    let folded = words::fold(text);
                    if !words::is_plain_name(&folded) {
                        return Err(Kept::Other);
                    }
                    slot.meet(&folded, self.group);
                }
                (Use::Text, Value::Text(text)) => slot.meet(&words::fold(text), self.group),
                (Use::Text, Value::Number(code)) => slot.meet(&code.to_string(), self.group),
                (Use::Figure(_), _) => {}
                _ => return Err(Kept::Other),
            }
        }
        let goes_on = ordinal == self.ordinal.and_then(|last| last.checked_add(1));
        if self.has_ordinals && !(ordinal.is_some() && goes_on) {
            return Err(Kept::Unit);
        }
        if self.read_figures(row) && self.formulas_hold() && self.bounds_hold() {
            Ok(ordinal)
        } else {
            Err(Kept::Unit)
        }
    }

    /// Reads the figures; false where one is not plain.
    fn read_figures(&mut self, row: &[(Address, Cell)]) -> bool {
        // What a column prints is told by its first rows: there each settled figure bears it out.
        let telling = self.rows < TELLING_ROWS;
        for ((_, cell), slot) in row.iter().zip(&self.slots) {
            let Use::Figure(kind) = slot.usage else { continue };
            let Some((shown, decimals)) = slot.printed(cell, kind) else { return false };
            let usual = self.columns[slot.column].decimals.unwrap_or(u32::MAX);
            let plain = match kind {
                Kind::Rate | Kind::Average if telling && decimals != usual => false,
                Kind::Rate => shown.scale() <= usual && (slot.short_told || decimals >= usual),
                Kind::Average => true,
                // A sum of rounded figures has some slack, which is judged over whole columns.
                _ => shown.scale() == 0 && decimals == 0 && !shown.is_sign_negative(),
            };
            if !plain {
                return false;
            }
            self.figures[slot.column] = Some((shown, decimals));
        }
        true
    }

    /// The figure of a column in the row being judged.
    fn figure(&self, column: usize) -> Option<Decimal> {
        self.figures.get(column).copied().flatten().map(|(shown, _)| shown)
    }

    fn formulas_hold(&self) -> bool {
        let number = |column| self.figure(column);
        self.formulas.iter().all(|formula| {
            let Some((found, decimals)) = self.figures[formula.target] else { return false };
            let expected = match &formula.says {
                Says::Equal(sum) => sum.value(number),
                // Whether `5%` multiplies as 5 hangs on more than its row.
                Says::Product(_) if self.slots.iter().any(|slot| slot.shows.percent) => None,
                Says::Product(factors) => factors
                    .iter()
                    .try_fold(Decimal::ONE, |all, factor| all.checked_mul(factor.value(number)?)),
                Says::Ratio { numerator, denominator, scale } => {
                    let scale = scale.unwrap_or(Decimal::ONE);
                    let stated = formula.decimals_stated;
                    let judged =
                        if stated { formula.decimals } else { decimals.min(formula.decimals) };
                    let both = numerator.value(number).zip(denominator.value(number));
                    both.and_then(|(a, b)| ratio::rounded(a, b, scale, judged))
                }
                Says::Share { .. } | Says::Copied | Says::AtMost(..) => None,
            };
            expected == Some(found)
        })
    }

    fn bounds_hold(&self) -> bool {
        let number = |column| self.figure(column);
        self.bounds.iter().all(|[part, whole]| {
            let sides = part.value(number).zip(whole.value(number));
            sides.is_some_and(|(part, whole)| part <= whole)
        })
    }

    /// Adds the row just judged to the settled ones.
    fn settle(&mut self, sheet_row: u32, ordinal: Option<u32>) {
        for slot in &mut self.slots {
            let (Use::Figure(kind), Some((shown, decimals))) =
                (slot.usage, self.figures[slot.column])
            else {
                continue;
            };
            if slot.adds_up {
                slot.sum += shown;
                slot.positive &= shown > Decimal::ZERO;
            }
            let usual = self.columns[slot.column].decimals.unwrap_or(0);
            slot.short += usize::from(kind == Kind::Rate && decimals < usual);
        }
        let goes_on =
            self.runs.last_mut().filter(|run| self.open && run.first + run.rows == sheet_row);
        if let Some(run) = goes_on {
            run.rows += 1;
            run.checks += self.checks;
            if let (Some(ends), Some(ordinal)) = (&mut run.ordinals, ordinal) {
                ends.1 = ordinal;
            }
        } else {
            self.close();
            self.runs.push(Run {
                first: sheet_row,
                rows: 1,
                sums: Vec::new(),
                short: Vec::new(),
                texts: Vec::new(),
                ordinals: ordinal.map(|ordinal| (ordinal, ordinal)),
                checks: self.checks,
            });
        }
        self.open = true;
    }

    /// Ends the run that is open, with its sums.
    fn close(&mut self) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let Some(run) = self.runs.last_mut() else { return };
        for slot in &mut self.slots {
            let (sum, short) = (std::mem::take(&mut slot.sum), std::mem::take(&mut slot.short));
            if slot.adds_up {
                run.sums.push((slot.sheet_column, sum));
            }
            if short > 0 {
                run.short.push((slot.sheet_column, short));
            }
            if slot.is_text {
                run.texts.push((slot.sheet_column, run.rows as usize));
            }
        }
    }

    /// Takes note of a row that is kept.
    fn keep(&mut self, row: &[(Address, Cell)], kept: &Kept) {
        self.close();
        let mut begins_group = matches!(kept, Kept::Other);
        for (at, cell) in row {
            let slot = self.slots.iter_mut().find(|slot| slot.sheet_column == at.column);
            match (slot, &cell.value) {
                (Some(slot), Value::Text(text)) if slot.usage == Use::Name && begins_group => {
                    // A unit with a blank or a note among its figures is a unit still.
                    let folded = words::fold(text);
                    if words::is_plain_name(&folded) && cell.bold == slot.bold {
                        slot.meet(&folded, self.group);
                        begins_group = false;
                    }
                }
                (Some(slot), value) if slot.usage == Use::Ordinal => {
                    self.ordinal = ordinal_of(value).or(self.ordinal);
                }
                (Some(slot), value) if slot.usage == Use::Figure(Kind::Rate) => {
                    let usual = self.columns[slot.column].decimals.unwrap_or(0);
                    let decimals = match value {
                        Value::Number(number) => {
                            Some(slot.decimals(slot.shown(*number).unwrap_or(*number)))
                        }
                        Value::Text(text) => unmistakable(text, false).map(|(_, places)| places),
                        _ => None,
                    };
                    slot.short_told |= decimals.is_some_and(|decimals| decimals < usual);
                }
                _ => {}
            }
        }
        self.group += u32::from(begins_group);
    }

    /// What rows were judged by and what they showed, and the settled rows.
    pub(super) fn into_parts(mut self, sheet: String) -> (Taken, Vec<Run>) {
        self.close();
        let positive = self.slots.iter().filter(|slot| slot.adds_up && slot.positive);
        let positive = positive.map(|slot| slot.column).collect();
        let repeats = self.slots.iter().any(Slot::repeats);
        let otherwise = |slot: &Slot| slot.shows.percent || slot.is_text;
        let otherwise = self.slots.iter().any(|slot| slot.adds_up && otherwise(slot));
        let computed = self.slots.iter().filter(|slot| slot.form.is_some());
        let computed = computed.map(|slot| slot.column).collect();
        let columns = self.columns;
        (Taken { sheet, columns, repeats, positive, otherwise, computed }, self.runs)
    }
}

/// A plain ordinal: `12` or `12.`.
fn ordinal_of(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => u32::try_from(*number).ok().filter(|_| number.is_integer()),
        Value::Text(text) => text.trim().trim_end_matches('.').parse().ok(),
        _ => None,
    }
}
