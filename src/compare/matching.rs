//! Which table, row and column of a second submission is which of the first.

use std::collections::BTreeMap;

use super::TableComparison;
use crate::findings::Checked;
use crate::lang::Lang;
use crate::table::{Column, Place, Reading, Row, Table};
use crate::units::{Naming, Sent};
use crate::words::{fold, fold_heading};

/// For each table of the first its index among those of the second.
pub(super) fn tables(old: &[Checked], new: &[Checked]) -> Vec<Option<usize>> {
    let (old, new): (Vec<_>, Vec<_>) =
        (old.iter().map(table_keys).collect(), new.iter().map(table_keys).collect());
    let mut pairs = vec![None; old.len()];
    for round in 0..ROUNDS {
        for (index, before) in old.iter().enumerate() {
            if pairs[index].is_none() {
                let free = |at: &usize| !pairs.contains(&Some(*at));
                let same = |at: &usize| new[*at][round] == before[round];
                pairs[index] = (0..new.len()).filter(same).find(free);
            }
        }
    }
    pairs
}

const ROUNDS: usize = 4;

/// What tells tables apart; what says most is asked first.
fn table_keys(checked: &Checked) -> [String; ROUNDS] {
    let table = &checked.table;
    let matter = Sent::of(table, "", &Naming::default()).matter;
    let (sheet, form) = (fold(&table.sheet), table.form.clone());
    [format!("{matter}\n{sheet}"), matter, format!("{form}\n{sheet}"), form]
}

/// Two tables on their way through a comparison.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: &'a Checked,
    pub(super) new: &'a Checked,
    pub(super) matched: &'a Matched,
    pub(super) lang: Lang,
}

/// Rows and columns of the first table with theirs in the second.
pub(super) struct Matched {
    pub(super) rows: Vec<Option<usize>>,
    pub(super) columns: Vec<Option<usize>>,
    renamed: Vec<(usize, usize)>,
}

impl Matched {
    pub(super) fn of(old: &Table, new: &Table) -> Self {
        let columns = columns(&old.columns, &new.columns);
        let mut rows = by_key(old.rows.iter().map(row_key), new.rows.iter().map(row_key));
        let renamed = renamed(old, new, &columns, &mut rows);
        Self { rows, columns, renamed }
    }

    /// A place of the first table in the second.
    pub(super) fn in_new(&self, place: Place) -> Option<Place> {
        let row = self.rows.get(place.row).copied().flatten()?;
        let column = self.columns.get(place.column).copied().flatten()?;
        Some(Place::new(row, column))
    }

    /// The cells of rows that only the second table has.
    pub(super) fn new_places<'a>(&'a self, new: &'a Table) -> impl Iterator<Item = Place> + 'a {
        let rows = (0..new.rows.len()).filter(|row| !self.rows.contains(&Some(*row)));
        rows.flat_map(|row| (0..new.columns.len()).map(move |column| Place::new(row, column)))
    }

    /// What came, went and changed its name or order.
    pub(super) fn told(&self, old: &Table, new: &Table) -> TableComparison {
        let is_new = |pairs: &[Option<usize>], at: usize| !pairs.contains(&Some(at));
        let rows = |table: &Table, at: usize| name(&table.rows[at]);
        let order: Vec<usize> = self.rows.iter().flatten().copied().collect();
        TableComparison {
            new_rows: (0..new.rows.len())
                .filter(|at| is_new(&self.rows, *at))
                .map(|at| rows(new, at))
                .collect(),
            lost_rows: lost(&self.rows).map(|at| rows(old, at)).collect(),
            renamed_rows: self
                .renamed
                .iter()
                .map(|(a, b)| (rows(old, *a), rows(new, *b)))
                .collect(),
            reordered: !order.is_sorted(),
            new_columns: (0..new.columns.len())
                .filter(|at| is_new(&self.columns, *at))
                .map(|at| new.columns[at].name().to_owned())
                .collect(),
            lost_columns: lost(&self.columns).map(|at| old.columns[at].name().to_owned()).collect(),
            ..TableComparison::default()
        }
    }
}

fn lost(pairs: &[Option<usize>]) -> impl Iterator<Item = usize> {
    (0..pairs.len()).filter(|at| pairs[*at].is_none())
}

/// A row by its name; one without a name by its ordinal.
fn row_key(row: &Row) -> (String, String) {
    let name = if row.name.is_empty() { &row.ordinal } else { &row.name };
    (fold(name), fold(&row.line))
}

fn name(row: &Row) -> String {
    crate::findings::words::row_name(row)
}

/// By label, where one is printed, else by heading.
fn columns(old: &[Column], new: &[Column]) -> Vec<Option<usize>> {
    let key = |column: &Column| {
        let label = fold(&column.label);
        if label.is_empty() { fold_heading(&column.heading()) } else { label }
    };
    by_key(old.iter().map(key), new.iter().map(key))
}

/// Pairs of equal keys, those that occur several times in their order.
fn by_key<K: Ord>(
    old: impl Iterator<Item = K>,
    new: impl Iterator<Item = K>,
) -> Vec<Option<usize>> {
    let mut places: BTreeMap<K, std::collections::VecDeque<usize>> = BTreeMap::new();
    for (index, key) in new.enumerate() {
        places.entry(key).or_default().push_back(index);
    }
    old.map(|key| places.get_mut(&key)?.pop_front()).collect()
}

/// Pairs rows of other names whose figures are mostly the same, one after the other.
fn renamed(
    old: &Table,
    new: &Table,
    columns: &[Option<usize>],
    rows: &mut [Option<usize>],
) -> Vec<(usize, usize)> {
    let mut free: Vec<usize> =
        (0..new.rows.len()).filter(|at| !rows.contains(&Some(*at))).collect();
    let mut renamed = Vec::new();
    for row in lost(rows).collect::<Vec<_>>() {
        if old.rows[row].role != crate::table::Role::Unit {
            continue;
        }
        let found = free.iter().position(|other| is_same(old, row, new, *other, columns));
        if let Some(index) = found {
            let other = free.remove(index);
            rows[row] = Some(other);
            renamed.push((row, other));
        }
    }
    renamed
}

/// True where more than half of the figures of two rows are the same.
fn is_same(old: &Table, row: usize, new: &Table, other: usize, columns: &[Option<usize>]) -> bool {
    let figure = |table: &Table, place| match &table.datum(place).reading {
        Reading::Number(figure) => Some(figure.exact().normalize()),
        _ => None,
    };
    let pairs = columns.iter().enumerate().filter_map(|(a, b)| Some((a, (*b)?)));
    let (mut all, mut same) = (0, 0);
    for (a, b) in pairs {
        let Some(was) = figure(old, Place::new(row, a)) else { continue };
        all += 1;
        same += usize::from(figure(new, Place::new(other, b)) == Some(was));
    }
    old.rows[row].line == new.rows[other].line && same * 2 > all
}
