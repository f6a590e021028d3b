//! Whether figures that names say to be the same are: every one that agrees counts as much as it has
//! digits, for small numbers agree by chance.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::pairs::{Pair, Repetition};
use super::seen::Seen;
use crate::relations::Converted;
use crate::table::{Place, Table};
use crate::words::money_unit;

/// Bits from which a repetition is believed: beside the 13 of a warning, what a workbook of a hundred
/// tables takes for being tried on.
const BELIEVED: u32 = 20;

/// Different figures that agree, at least, and for each cell that differs.
const TELLING: usize = 4;

/// Different figures that agree for each of several cells that are told to differ: a slip is one, and
/// figures of another date differ in a few.
const TELLING_OF_SEVERAL: usize = 8;

/// Bits that one figure is worth, at most.
const MOST: u32 = 8;

/// How a figure stands to the total it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It says the same.
    Same,
    /// It says something else than the total.
    Differs(Total),
    /// It differs, but may be another figure than the total.
    Apart,
    /// One of them is no figure, or is told to be wrong already, or rounding may be the reason.
    Open,
}

/// A total as a figure that repeats it should say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Total {
    /// In the unit of the figure.
    pub(super) figure: Decimal,
    pub(super) converted: Option<Converted>,
}

/// A repetition that figures bear out, and how each of its figures stands.
pub(super) struct Held {
    pub(super) repetition: Repetition,
    pub(super) stands: Vec<Stand>,
}

impl Held {
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Pair, Stand)> {
        self.repetition.pairs.iter().zip(self.stands.iter().copied())
    }

    /// How many figures say the same.
    pub(super) fn same(&self) -> usize {
        self.stands.iter().filter(|stand| **stand == Stand::Same).count()
    }

    /// How many say something else, for whatever reason.
    pub(super) fn differing(&self) -> usize {
        let differs = |stand: &&Stand| matches!(stand, Stand::Differs(_) | Stand::Apart);
        self.stands.iter().filter(differs).count()
    }
}

/// How each figure of a repetition stands; nothing where the figures do not bear it out.
pub(super) fn hold(seen: &[Seen<'_>], repetition: Repetition) -> Option<Held> {
    let own = &seen[repetition.table];
    let pairs = &repetition.pairs;
    let mut stands: Vec<Stand> =
        pairs.iter().map(|pair| stand(own, &seen[pair.table], pair)).collect();
    let same = pairs.iter().zip(&stands).filter(|(_, stand)| **stand == Stand::Same);
    let figures: BTreeSet<Decimal> =
        same.filter_map(|(pair, _)| own.checked.table.number(pair.here)).collect();
    let worth: Vec<u32> = figures.into_iter().map(bits).filter(|bits| *bits > 0).collect();
    let differing = told(&stands);
    let believed =
        worth.iter().sum::<u32>() >= BELIEVED && worth.len() >= TELLING.max(TELLING * differing);
    if !believed {
        return None;
    }
    leave_lines_of_their_own(pairs, &mut stands);
    let several = told(&stands);
    if several > 1 && worth.len() < TELLING_OF_SEVERAL * several {
        for stand in stands.iter_mut().filter(|stand| matches!(stand, Stand::Differs(_))) {
            *stand = Stand::Apart;
        }
    }
    Some(Held { repetition, stands })
}

/// How many figures are told to differ.
fn told(stands: &[Stand]) -> usize {
    stands.iter().filter(|stand| matches!(stand, Stand::Differs(_))).count()
}

/// A row or a column in which more differs than agrees follows a rule of its own: it is of another
/// time, or of others.
fn leave_lines_of_their_own(pairs: &[Pair], held: &mut [Stand]) {
    let mut rows: BTreeMap<usize, Line> = BTreeMap::new();
    let mut columns: BTreeMap<usize, Line> = BTreeMap::new();
    for (pair, stand) in pairs.iter().zip(held.iter()) {
        rows.entry(pair.here.row).or_default().add(*stand);
        columns.entry(pair.here.column).or_default().add(*stand);
    }
    for (pair, stand) in pairs.iter().zip(held.iter_mut()) {
        let own = [rows[&pair.here.row], columns[&pair.here.column]];
        if matches!(stand, Stand::Differs(_)) && own.iter().any(|line| line.is_its_own()) {
            *stand = Stand::Apart;
        }
    }
}

/// How many cells of a row or a column agree and differ.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    same: usize,
    differing: usize,
}

impl Line {
    fn add(&mut self, stand: Stand) {
        self.same += usize::from(stand == Stand::Same);
        self.differing += usize::from(matches!(stand, Stand::Differs(_)));
    }

    /// A single cell is no line.
    fn is_its_own(self) -> bool {
        self.differing + self.same > 1 && self.differing > self.same
    }
}

/// What it is worth that a figure agrees: its leading digits, less two bits, since most figures begin
/// with small ones.
fn bits(figure: Decimal) -> u32 {
    let digits = figure.normalize().mantissa().unsigned_abs();
    digits.checked_ilog2().unwrap_or(0).saturating_sub(2).min(MOST)
}

fn stand(own: &Seen<'_>, other: &Seen<'_>, pair: &Pair) -> Stand {
    let (here, there) = (&own.checked.table, &other.checked.table);
    let figures = here.figure(pair.here).zip(there.figure(pair.there));
    let Some((figure, total)) = figures else { return Stand::Open };
    let units = units(here, pair.here, there, pair.there);
    let (unit, factor) =
        units.map_or((Decimal::ONE, Decimal::ONE), |(one, two)| (one.into(), two.into()));
    let (Some(value), Some(wanted)) =
        (figure.shown.checked_mul(unit), total.shown.checked_mul(factor))
    else {
        return Stand::Open;
    };
    let off = (value - wanted).abs();
    let grain =
        |unit: Decimal, decimals: u32| unit * Decimal::new(1, decimals.min(Decimal::MAX_SCALE));
    let exact = unit == factor && figure.decimals == total.decimals;
    let coarse = grain(unit, figure.decimals).max(grain(factor, total.decimals));
    if off.is_zero() || !exact && off + off <= coarse {
        return Stand::Same;
    }
    let told = other.broken.contains(&pair.there) || own.pinned.contains(&pair.here);
    if told || !exact && off <= coarse {
        return Stand::Open;
    }
    let converted = units.filter(|(to, from)| to != from).map(|(to, from)| Converted {
        written: total.shown,
        decimals: total.decimals,
        from,
        to,
    });
    wanted.checked_div(unit).map_or(Stand::Open, |wanted| {
        Stand::Differs(Total { figure: wanted.normalize(), converted })
    })
}

/// How many đồng one of each figure is, where both say so.
fn units(here: &Table, own: Place, there: &Table, other: Place) -> Option<(u32, u32)> {
    let unit = |table: &Table, place: Place| {
        let headings = table.columns[place.column].headings.iter().rev();
        let line = table.surroundings.unit_line.iter();
        headings.chain(line).find_map(|text| money_unit(text))
    };
    unit(here, own).zip(unit(there, other))
}
