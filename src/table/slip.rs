//! How a row of sums may have been added up wrongly as a whole: without a row, with one twice, with
//! subtotals beside their parts, with the index row above. One such slip changes every column by the
//! figures of the same rows, so that all columns together tell it, typed or computed.

use rust_decimal::Decimal;

use super::{Place, Reading, Role, Shape, Table};
use crate::words::names_a_part;

/// What was done with the rows of a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// They were left out.
    Omits,
    /// They were counted twice.
    Doubles,
    /// They were added although other rows stand for them: subtotals beside their parts.
    TakesIn,
    /// The sum begins at the index row and takes in its numbers.
    TakesInIndex,
}

/// A way to add up wrongly, with the rows concerned (indices into [`Table::rows`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// What was done.
    pub way: Way,
    /// With which rows; none for the index row.
    pub rows: Vec<usize>,
}

/// How the columns of a row of sums bear a slip out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// The slip.
    pub slip: Slip,
    /// Other slips with the same effect on every column.
    pub alike: Vec<Slip>,
    /// Columns that are off by exactly what the slip makes them.
    pub fitting: Vec<usize>,
    /// Columns that are right although the slip would change them.
    pub against: Vec<usize>,
    /// Columns that are off by something else.
    pub other: Vec<usize>,
    /// True where another slip fits as well and has another effect.
    rival: bool,
    /// How many slips of its kind were tried.
    tried: usize,
    /// The binary digits of the differences that fit, columns computed from others aside.
    bits: u32,
    /// How many such columns.
    independent: usize,
}

/// Digits beyond those that the choice among the slips takes up before their fit is no chance: one
/// in a thousand.
const BEYOND_CHANCE: u32 = 10;
/// Columns that must tell a slip of typed figures.
const LEAST_TELLING: usize = 2;

impl Telling {
    /// True where the figures alone prove the slip: enough columns, beyond chance, and more for it
    /// than against it.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        !self.rival
            && self.independent >= LEAST_TELLING
            && self.bits >= self.tried.max(1).ilog2() + 1 + BEYOND_CHANCE
            && self.against.len() * 2 <= self.fitting.len()
            && self.other.len() <= self.fitting.len()
    }
}

impl Slip {
    /// By how much it makes the sum of a column differ.
    #[must_use]
    pub fn effect(&self, table: &Table, column: usize) -> Decimal {
        if self.way == Way::TakesInIndex {
            return index_number(table, column);
        }
        let figure = |row: &usize| table.number(Place::new(*row, column)).unwrap_or_default();
        let sum: Decimal = self.rows.iter().map(figure).sum();
        if self.way == Way::Omits { -sum } else { sum }
    }
}

/// The number a sum meets in the index row: formulas are printed there as texts.
fn index_number(table: &Table, column: usize) -> Decimal {
    let column = &table.columns[column];
    let number = || column.label.parse::<u32>().ok().map(Decimal::from);
    if column.formula.is_some() { Decimal::ZERO } else { number().unwrap_or_default() }
}

/// By how much each column of a row differs from the sum of its parts; `None` where that cannot be
/// told.
#[must_use]
pub fn differences(table: &Table, row: usize, parts: &[usize]) -> Vec<Option<Decimal>> {
    let difference = |column: usize| {
        if !table.columns[column].adds_up() {
            return None;
        }
        let found = table.number(Place::new(row, column))?;
        let mut sum = Decimal::ZERO;
        for part in parts {
            let place = Place::new(*part, column);
            sum = match &table.datum(place).reading {
                Reading::Text(_) | Reading::Error(_) | Reading::Unknown(_) => return None,
                _ => sum.checked_add(table.number(place).unwrap_or_default())?,
            };
        }
        found.checked_sub(sum)
    };
    (0..table.columns.len()).map(difference).collect()
}

/// The slip that most columns bear out; `None` where nothing is off and where no slip fits.
#[must_use]
pub fn nearest(table: &Table, row: usize, parts: &[usize]) -> Option<Telling> {
    let differences = differences(table, row, parts);
    if differences.iter().flatten().all(Decimal::is_zero) {
        return None;
    }
    // Most slips fit no column.
    let off = differences.iter().enumerate();
    let off: Vec<(usize, Decimal)> =
        off.filter_map(|(column, off)| Some((column, off.filter(|off| !off.is_zero())?))).collect();
    let fits_some =
        |slip: &Slip| off.iter().any(|(column, off)| slip.effect(table, *column) == *off);
    let mut best: Option<Telling> = None;
    for (slips, tried) in tries(table, row, parts) {
        for slip in slips.into_iter().filter(fits_some) {
            let telling = compare(table, &differences, slip, tried);
            match &mut best {
                Some(best) if best.rank() > telling.rank() => {}
                Some(best) if best.rank() == telling.rank() => best.meet(telling),
                _ => best = Some(telling),
            }
        }
    }
    // A row of noughts was never added up: it leaves no row out.
    let holds = |column: &usize| {
        table.number(Place::new(row, *column)).is_some_and(|figure| !figure.is_zero())
    };
    best.filter(|telling| telling.fitting.iter().any(holds))
}

impl Telling {
    /// What makes a slip the likelier one: columns that fit, less those against it; then simplicity.
    fn rank(&self) -> (isize, std::cmp::Reverse<usize>) {
        let against = isize::try_from(self.against.len()).unwrap_or(isize::MAX);
        let fitting = isize::try_from(self.fitting.len()).unwrap_or(isize::MAX);
        (fitting.saturating_sub(against), std::cmp::Reverse(self.tried))
    }

    /// Takes note of a slip that fits as well: the same effect from other rows, or a rival.
    fn meet(&mut self, other: Self) {
        if other.slip.way == self.slip.way && other.fitting == self.fitting {
            self.alike.push(other.slip);
        } else {
            self.rival = true;
        }
    }
}

fn compare(table: &Table, differences: &[Option<Decimal>], slip: Slip, tried: usize) -> Telling {
    let (mut fitting, mut against, mut other) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bits, mut independent) = (0, 0);
    for (column, difference) in differences.iter().enumerate() {
        let Some(difference) = difference else { continue };
        let effect = slip.effect(table, column);
        match (difference.is_zero(), effect.is_zero()) {
            (true, true) => {}
            (true, false) => against.push(column),
            (false, _) if effect != *difference => other.push(column),
            (false, _) => {
                fitting.push(column);
                if is_independent(table, column) {
                    bits += digits(*difference);
                    independent += 1;
                }
            }
        }
    }
    Telling {
        slip,
        alike: Vec::new(),
        fitting,
        against,
        other,
        rival: false,
        tried,
        bits,
        independent,
    }
}

/// Sums and differences of other columns are off by the sums and differences of what those are off.
fn is_independent(table: &Table, column: usize) -> bool {
    let formula = table.columns[column].formula.as_ref();
    !formula.is_some_and(|formula| matches!(formula.shape, Shape::Linear(_)))
}

fn digits(difference: Decimal) -> u32 {
    difference.normalize().mantissa().unsigned_abs().saturating_mul(2).checked_ilog2().unwrap_or(0)
}

/// Rows at either end that are tried as left out together.
const MOST_AT_AN_END: usize = 12;
/// Rows of a table among which any two are tried as left out together.
const MOST_FOR_PAIRS: usize = 60;

/// The slips that are tried, the simplest first, with how many there are of their kind.
fn tries(table: &Table, row: usize, parts: &[usize]) -> Vec<(Vec<Slip>, usize)> {
    let rows: Vec<usize> =
        parts.iter().copied().filter(|part| !table.rows[*part].holds_no_cells()).collect();
    let of = |way: Way, rows: Vec<usize>| Slip { way, rows };
    let beside = beside(table, row, parts);
    let mut whole = vec![of(Way::TakesInIndex, Vec::new())];
    if !beside.is_empty() {
        whole.push(of(Way::TakesIn, beside.clone()));
    }
    let mut single: Vec<Slip> = Vec::with_capacity(2 * rows.len() + beside.len());
    // A row named as a part of another is left out on purpose. Two dashed rows, one of which equals the
    // row above them, are parts that overlap.
    let dashed = |part: &usize| table.rows[*part].name.starts_with(['-', '–', '+']);
    let several = if rows.iter().all(dashed) { 2 } else { 1 };
    let belongs = |part: &&usize| rows.len() > several && !names_a_part(&table.rows[**part].name);
    for part in rows.iter().filter(belongs) {
        single.push(of(Way::Omits, vec![*part]));
        single.push(of(Way::Doubles, vec![*part]));
    }
    if beside.len() > 1 {
        single.extend(beside.iter().map(|row| of(Way::TakesIn, vec![*row])));
    }
    let mut ends: Vec<Slip> = Vec::new();
    for count in 2..rows.len().min(MOST_AT_AN_END + 1) {
        ends.push(of(Way::Omits, rows[rows.len() - count..].to_vec()));
        ends.push(of(Way::Omits, rows[..count].to_vec()));
    }
    let mut pairs: Vec<Slip> = Vec::new();
    if (4..=MOST_FOR_PAIRS).contains(&rows.len()) {
        for (at, first) in rows.iter().enumerate() {
            let with = |second: &usize| of(Way::Omits, vec![*first, *second]);
            pairs.extend(rows[at + 1..].iter().map(with));
        }
        pairs.retain(|pair| !ends.contains(pair));
    }
    let mut tried = 0;
    [whole, single, ends, pairs]
        .into_iter()
        .map(|slips| {
            tried += slips.len();
            (slips, tried)
        })
        .collect()
}

/// Rows among the parts of a sum that are none of them: subtotals where it adds up their parts, or
/// the parts where it adds up subtotals.
fn beside(table: &Table, row: usize, parts: &[usize]) -> Vec<usize> {
    let taken: Vec<usize> =
        parts.iter().flat_map(|part| table.rows[*part].parts.iter().copied()).collect();
    let sums_of_parts = |other: &usize| {
        let own = &table.rows[*other].parts;
        !own.is_empty() && own.iter().all(|part| parts.contains(part))
    };
    (0..table.rows.len())
        .filter(|other| *other != row && !parts.contains(other))
        .filter(|other| matches!(table.rows[*other].role, Role::Unit | Role::Subtotal))
        .filter(|other| taken.contains(other) || sums_of_parts(other))
        .collect()
}
