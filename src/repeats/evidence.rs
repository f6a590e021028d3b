//! Whether figures that names say to be the same are: every one that agrees counts as much as it has
//! digits, for small numbers agree by chance.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::pairs::{Pair, Repetition};
use super::seen::Seen;
use crate::table::{Place, Table};
use crate::words::money_unit;

/// Bits from which a repetition is believed: beside the 13 of a warning, what a workbook of a hundred
/// tables takes for being tried on.
const BELIEVED: u32 = 20;

/// Different figures that agree, at least, and for each cell that differs.
const TELLING: usize = 4;

/// Bits that one figure is worth, at most.
const MOST: u32 = 8;

/// How a figure stands to the total it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It says the same.
    Same,
    /// It says something else than the total, which is this in the unit of the figure.
    Differs(Decimal),
    /// It differs, with most of its row or column.
    Apart,
    /// One of them is no figure, or is told to be wrong already, or rounding may be the reason.
    Open,
}

/// How each figure of a repetition stands; nothing where the figures do not bear it out.
pub(super) fn hold(seen: &[Seen<'_>], repetition: &Repetition) -> Option<Vec<Stand>> {
    let own = &seen[repetition.table];
    let pairs = &repetition.pairs;
    let mut held: Vec<Stand> =
        pairs.iter().map(|pair| stand(own, &seen[pair.table], pair)).collect();
    let same = pairs.iter().zip(&held).filter(|(_, stand)| **stand == Stand::Same);
    let figures: BTreeSet<Decimal> =
        same.filter_map(|(pair, _)| own.checked.table.number(pair.here)).collect();
    let worth: Vec<u32> = figures.into_iter().map(bits).filter(|bits| *bits > 0).collect();
    let differing = held.iter().filter(|stand| matches!(stand, Stand::Differs(_))).count();
    let believed =
        worth.iter().sum::<u32>() >= BELIEVED && worth.len() >= TELLING.max(TELLING * differing);
    if !believed {
        return None;
    }
    leave_lines_of_their_own(pairs, &mut held);
    Some(held)
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
    let (unit, factor) = units(here, pair.here, there, pair.there);
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
    wanted.checked_div(unit).map_or(Stand::Open, |wanted| Stand::Differs(wanted.normalize()))
}

/// How many đồng one of each figure is; one and one where not both say so.
fn units(here: &Table, own: Place, there: &Table, other: Place) -> (Decimal, Decimal) {
    let unit = |table: &Table, place: Place| {
        let headings = table.columns[place.column].headings.iter().rev();
        let line = table.surroundings.unit_line.iter();
        headings.chain(line).find_map(|text| money_unit(text))
    };
    let (one, two) = (unit(here, own), unit(there, other));
    one.zip(two).map_or((Decimal::ONE, Decimal::ONE), |(one, two)| (one.into(), two.into()))
}
