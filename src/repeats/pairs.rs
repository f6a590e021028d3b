//! Which figures of a table may repeat which totals of others, by their names.

use super::seen::{Phrases, Seen};
use crate::table::Place;

/// A figure and the total that it may repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) here: Place,
    /// The other table, as an index.
    pub(super) table: usize,
    pub(super) there: Place,
}

/// Figures of a table that repeat totals of others, if they mean the same.
pub(super) struct Repetition {
    /// The table, as an index.
    pub(super) table: usize,
    pub(super) pairs: Vec<Pair>,
}

/// Names that are looked up for pairs of tables; of workbooks of more only what bears a table's name is
/// held against it.
const MOST_NAMES: usize = 400_000;

/// All that names suggest; a table, and a pair, may be in several.
pub(super) fn all(seen: &[Seen<'_>]) -> Vec<Repetition> {
    let mut found = Vec::new();
    let phrases = Phrases::of(seen);
    let sought: usize = seen.iter().map(|own| own.rows.len() + own.columns.len()).sum();
    let by_pairs = sought.saturating_mul(seen.len()) <= MOST_NAMES;
    for (table, own) in seen.iter().enumerate() {
        let others = || seen.iter().enumerate().filter(|(other, _)| *other != table);
        let mut tell = |mut pairs: Vec<Pair>| {
            pairs
                .retain(|pair| !own.said(pair.here).tell_apart(&seen[pair.table].said(pair.there)));
            if !pairs.is_empty() {
                found.push(Repetition { table, pairs });
            }
        };
        let named = |index| phrases.named(index).filter(|(other, _)| *other != table);
        // Rows named after tables stand beside their totals, columns beside what sums these up.
        let rows = named(&own.rows).filter_map(|(other, here)| {
            Some(along_columns(own, (other, &seen[other]), here, seen[other].total?))
        });
        tell(rows.flatten().collect());
        let columns = named(&own.columns).filter_map(|(other, here)| {
            Some(along_rows(own, (other, &seen[other]), here, seen[other].whole?))
        });
        tell(columns.flatten().collect());
        for other in others().filter(|(_, other)| by_pairs && !is_the_same_table(own, other)) {
            tell(sums_of_rows(own, other));
            tell(sums_of_columns(own, other));
            listed(own, other).into_iter().for_each(&mut tell);
        }
    }
    found
}

/// True for the same rows under the same columns: such tables are of other times, or one was copied and
/// changed.
pub(super) fn is_the_same_table(own: &Seen<'_>, other: &Seen<'_>) -> bool {
    let rows = own.rows.shared(&other.rows).count();
    let columns = columns(own, other).len();
    rows * 2 > own.rows.len().min(other.rows.len())
        && columns * 2 > own.headings.len().max(other.headings.len())
}

/// Rows that are named like sums of another table.
fn sums_of_rows(own: &Seen<'_>, (table, other): (usize, &Seen<'_>)) -> Vec<Pair> {
    let rows = other.sums.shared(&own.rows);
    rows.flat_map(|(there, here)| along_columns(own, (table, other), here, there)).collect()
}

/// Columns that are named like columns of another table that sum others.
fn sums_of_columns(own: &Seen<'_>, (table, other): (usize, &Seen<'_>)) -> Vec<Pair> {
    let columns = columns(own, other).into_iter();
    let sums =
        columns.filter(|(here, there)| other.summed.contains(there) && !own.summed.contains(here));
    sums.flat_map(|(here, there)| along_rows(own, (table, other), here, there)).collect()
}

/// Rows that are named like columns of another table, beside the total of these: by each column of
/// figures.
fn listed(own: &Seen<'_>, (table, other): (usize, &Seen<'_>)) -> Vec<Vec<Pair>> {
    let Some(total) = other.total else { return Vec::new() };
    let rows: Vec<(usize, usize)> = other.columns.shared(&own.rows).collect();
    let pairs = |column: usize| {
        let pair = |(there, here): &(usize, usize)| Pair {
            here: Place::new(*here, column),
            table,
            there: Place::new(total, *there),
        };
        rows.iter().map(pair).collect()
    };
    own.headings.keys().map(|column| pairs(*column)).collect()
}

fn along_columns(
    own: &Seen<'_>,
    (table, other): (usize, &Seen<'_>),
    here: usize,
    there: usize,
) -> Vec<Pair> {
    let pair = |(own, other): (usize, usize)| Pair {
        here: Place::new(here, own),
        table,
        there: Place::new(there, other),
    };
    columns(own, other).into_iter().map(pair).collect()
}

fn along_rows(
    own: &Seen<'_>,
    (table, other): (usize, &Seen<'_>),
    here: usize,
    there: usize,
) -> Vec<Pair> {
    let pair = |(other, own): (usize, usize)| Pair {
        here: Place::new(own, here),
        table,
        there: Place::new(other, there),
    };
    other.rows.shared(&own.rows).map(pair).collect()
}

/// Columns of two tables with the same headings, which only one column of each has.
fn columns(own: &Seen<'_>, other: &Seen<'_>) -> Vec<(usize, usize)> {
    let pair = |(here, names): (&usize, &Vec<String>)| {
        let mut own_names = names.iter().filter(|name| own.columns.get(name) == Some(*here));
        let there = own_names.find_map(|name| other.columns.get(name))?;
        Some((*here, there))
    };
    own.headings.iter().filter_map(pair).collect()
}
