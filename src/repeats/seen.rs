//! A table as others may name it: its rows, columns and sums by their names, and its own names.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Checked, Verdict};
use crate::relations::{Axis, Instance, Kind, Outcome, Relation};
use crate::table::{Column, Place, Role, Row, Table};
use crate::words::units::{LEVELS, PARTS_OF_COMMUNES, unmarked};
use crate::words::{fold, is_total};

/// Rows of a table that may repeat others; of longer tables the totals alone are looked at, for their
/// rows may have been settled while they were read.
const MOST_ROWS: usize = 200;

/// Words of the longest name that is looked for in the titles of a table.
const LONGEST: usize = 8;

/// Rows or columns by their names, letters and digits alone; `None` where several bear one.
#[derive(Debug, Default)]
pub(super) struct Index(BTreeMap<String, Option<usize>>);

impl Index {
    fn add(&mut self, name: String, index: usize) {
        if name.len() < 2 || !name.contains(char::is_alphabetic) {
            return;
        }
        let known = self.0.entry(name).or_insert(Some(index));
        *known = known.filter(|known| *known == index);
    }

    /// The one that bears a name.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied().flatten()
    }

    /// How many names tell one alone.
    pub(super) fn len(&self) -> usize {
        self.0.values().flatten().count()
    }

    /// Those whose names both have, each pair once.
    pub(super) fn shared(&self, other: &Self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let names = self.0.iter();
        let pairs = names.filter_map(|(name, own)| Some(((*own)?, other.get(name)?)));
        pairs.collect::<BTreeSet<(usize, usize)>>().into_iter()
    }

    /// The one that the longest of the names that occur in a text means.
    fn within(&self, words: &[&str], shortest: usize) -> Option<usize> {
        (shortest..=LONGEST.min(words.len())).rev().find_map(|length| {
            let found = words.windows(length).filter_map(|words| self.get(&words.join(" ")));
            let found: BTreeSet<usize> = found.collect();
            found.first().copied().filter(|_| found.len() == 1)
        })
    }
}

/// A table by its names.
pub(super) struct Seen<'a> {
    pub(super) checked: &'a Checked,
    /// Its tab, and the lines above it.
    tab: String,
    title: String,
    /// Rows that are no sums.
    pub(super) rows: Index,
    /// Columns that add up.
    pub(super) columns: Index,
    /// The names of each of these columns, the fullest first.
    pub(super) headings: BTreeMap<usize, Vec<String>>,
    /// Rows that sum others, those named a total aside.
    pub(super) sums: Index,
    /// The row that sums up the whole table, where there is one.
    pub(super) total: Option<usize>,
    /// Columns that sum others.
    pub(super) summed: BTreeSet<usize>,
    /// Cells of broken rules, in which something else is wrong.
    pub(super) broken: BTreeSet<Place>,
    /// Cells known to be wrong.
    pub(super) pinned: BTreeSet<Place>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(checked: &'a Checked) -> Self {
        let table = &checked.table;
        let headings = headings(table);
        let mut columns = Index::default();
        for (column, names) in &headings {
            for name in names {
                columns.add(name.clone(), *column);
            }
        }
        let sums = || numbered(table).filter(|(_, row)| is_sum(row));
        let mut named_sums = Index::default();
        for (at, row) in sums().filter(|(_, row)| !is_total(&row.name)) {
            named_sums.add(unmarked(&row.name), at);
        }
        let mut totals = sums().filter(|(_, row)| row.role == Role::Total);
        let total = totals.next().map(|(at, _)| at).filter(|_| totals.next().is_none());
        let pinned = checked.errors().filter(|one| one.verdict == Some(Verdict::Pinned));
        let broken = checked.ledger.instances.iter().filter(|i| i.outcome == Outcome::Violated);
        Self {
            tab: unmarked(&table.sheet),
            title: unmarked(&table.surroundings.above.lines().join(" ")),
            rows: rows(table),
            columns,
            headings,
            sums: named_sums,
            total,
            summed: checked
                .relations
                .iter()
                .filter(|one| is_summing(one))
                .map(|r| r.target)
                .collect(),
            broken: broken.flat_map(Instance::cells).collect(),
            pinned: pinned.filter_map(|finding| finding.place).collect(),
            checked,
        }
    }

    /// The row or column of another table that is named after this one: by its tab or its titles.
    pub(super) fn among(&self, others: &Index) -> Option<usize> {
        let words = |text: &'_ str| text.split(' ').map(ToOwned::to_owned).collect::<Vec<String>>();
        let within = |text: &str, shortest| {
            let words = words(text);
            others.within(&words.iter().map(String::as_str).collect::<Vec<_>>(), shortest)
        };
        // A single word of a title may mean anything.
        within(&self.tab, 1).or_else(|| within(&self.title, 2))
    }

    /// The column that sums up the others, where there is one.
    pub(super) fn whole(&self) -> Option<usize> {
        let read = |one: &Relation, column: usize| one.terms().contains(&column);
        let sums: Vec<&Relation> =
            self.checked.relations.iter().filter(|one| is_summing(one)).collect();
        let mut whole = self.summed.iter().filter(|c| !sums.iter().any(|one| read(one, **c)));
        let first = whole.next().copied();
        first.filter(|_| whole.next().is_none())
    }
}

fn numbered(table: &Table) -> impl Iterator<Item = (usize, &Row)> {
    table.rows.iter().enumerate()
}

fn is_sum(row: &Row) -> bool {
    matches!(row.role, Role::Total | Role::Subtotal) && !row.parts.is_empty()
}

/// True where columns are added up and the figures do not speak against it.
fn is_summing(one: &Relation) -> bool {
    let holds = one.evidence.fits * 2 > one.evidence.of;
    one.axis == Axis::Column && one.kind() == Kind::Sum && holds
}

fn rows(table: &Table) -> Index {
    let mut rows = Index::default();
    if table.row_count() > MOST_ROWS {
        return rows;
    }
    for (at, row) in numbered(table).filter(|(_, row)| row.role == Role::Unit) {
        // `Hộ` and `Nhân khẩu` of one unit are two rows.
        let name = format!("{} {}", row.name, row.line);
        rows.add(unmarked(&name), at);
        rows.add(unmarked(&without_level(&name)), at);
    }
    rows
}

/// A name without the word that says what it is the name of: `Thôn Đông` is `Đông`.
fn without_level(name: &str) -> String {
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let levels = PARTS_OF_COMMUNES.iter().chain(LEVELS).map(|(level, _)| *level);
    let level = levels.filter(|level| words.len() > level.len() && words.starts_with(level));
    words[level.map(<[&str]>::len).max().unwrap_or(0)..].join(" ")
}

fn headings(table: &Table) -> BTreeMap<usize, Vec<String>> {
    let adding = table.columns.iter().enumerate().filter(|(_, column)| column.adds_up());
    let names = |column: &Column| {
        let mut names = vec![unmarked(&column.headings.join(" "))];
        names.extend(column.headings.last().map(|last| unmarked(last)));
        names
    };
    adding.map(|(at, column)| (at, names(column))).collect()
}
