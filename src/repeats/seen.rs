//! A table as others may name it: its rows, columns and sums by their names, and its own names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::findings::{Checked, Verdict};
use crate::relations::{Axis, Instance, Kind, Outcome, Relation};
use crate::table::{Column, Place, Role, Row, Table};
use crate::words::aspects::Aspects;
use crate::words::units::{LEVELS, PARTS_OF_COMMUNES, unmarked};
use crate::words::{fold, is_total};

/// Rows of a table that may repeat others; of longer tables the totals alone are looked at, for their
/// rows may have been settled while they were read.
const MOST_ROWS: usize = 200;

/// Words of the longest name that is looked for in the titles of a table.
const LONGEST: usize = 8;

/// Words of a title that are looked at.
const MOST_WORDS: usize = 60;

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

    /// All names with what each tells alone.
    fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().filter_map(|(name, index)| Some((name.as_str(), (*index)?)))
    }
}

/// Tables by the phrases of their tabs and titles, each with its rank: the longer the phrase, the surer,
/// and a tab is surer than a title.
pub(super) struct Phrases(HashMap<String, Vec<(usize, usize)>>);

impl Phrases {
    pub(super) fn of(seen: &[Seen<'_>]) -> Self {
        let mut phrases: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (table, own) in seen.iter().enumerate() {
            // A single word of a title may mean anything.
            for (text, shortest, rank) in [(&own.tab, 1, LONGEST), (&own.title, 2, 0)] {
                let words: Vec<&str> = text.split(' ').take(MOST_WORDS).collect();
                for length in shortest..=LONGEST.min(words.len()) {
                    for phrase in words.windows(length) {
                        phrases.entry(phrase.join(" ")).or_default().push((table, rank + length));
                    }
                }
            }
        }
        Self(phrases)
    }

    /// Tables that are named like one row or column of an index, each with it.
    pub(super) fn named(&self, index: &Index) -> impl Iterator<Item = (usize, usize)> + use<> {
        let mut best: BTreeMap<usize, (usize, Option<usize>)> = BTreeMap::new();
        for (name, at) in index.iter() {
            for (table, rank) in self.0.get(name).into_iter().flatten() {
                let known = best.entry(*table).or_insert((*rank, Some(at)));
                if *rank > known.0 {
                    *known = (*rank, Some(at));
                } else if *rank == known.0 {
                    known.1 = known.1.filter(|known| *known == at);
                }
            }
        }
        best.into_iter().filter_map(|(table, (_, at))| Some((table, at?)))
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
    /// The column that sums up the others, where there is one.
    pub(super) whole: Option<usize>,
    /// Columns that sum others.
    pub(super) summed: BTreeSet<usize>,
    /// Cells of broken rules, in which something else is wrong.
    pub(super) broken: BTreeSet<Place>,
    /// Cells known to be wrong.
    pub(super) pinned: BTreeSet<Place>,
    said: Said,
}

/// What the texts about the figures of a table say of them.
struct Said {
    /// By the rows that others may name.
    rows: BTreeMap<usize, Aspects>,
    columns: Vec<Aspects>,
    /// What is said above the table, or else on its tab.
    table: Aspects,
}

impl Said {
    fn of(table: &Table) -> Self {
        let names = |(at, row): (usize, &Row)| {
            let said = Aspects::of(&format!("{} {}", row.name, row.line));
            (said != Aspects::default()).then_some((at, said))
        };
        let short = table.row_count() <= MOST_ROWS;
        let rows = numbered(table).filter(|(_, row)| short || is_sum(row)).filter_map(names);
        let above = table.surroundings.above.of_the_table().collect::<Vec<_>>().join(" ");
        Self {
            rows: rows.collect(),
            columns: table.columns.iter().map(|c| Aspects::of(&c.headings.join(" "))).collect(),
            table: Aspects::of(&above).or(&Aspects::of(&table.sheet)),
        }
    }
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
        let summing: Vec<&Relation> =
            checked.relations.iter().filter(|one| is_summing(one)).collect();
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
            whole: whole(&summing),
            summed: summing.iter().map(|one| one.target).collect(),
            broken: broken.flat_map(Instance::cells).collect(),
            pinned: pinned.filter_map(|finding| finding.place).collect(),
            said: Said::of(table),
            checked,
        }
    }

    /// What is said of a figure: by its row and its headings, else above the table, else on its tab.
    pub(super) fn said(&self, place: Place) -> Aspects {
        let column = self.said.columns[place.column].clone();
        let near = self.said.rows.get(&place.row).into_iter().fold(column, Aspects::and);
        near.or(&self.said.table)
    }
}

/// The column that sums up the others, where there is one.
fn whole(sums: &[&Relation]) -> Option<usize> {
    let read = |column: usize| sums.iter().any(|one| one.terms().contains(&column));
    let targets: BTreeSet<usize> = sums.iter().map(|one| one.target).collect();
    let mut whole = targets.into_iter().filter(|column| !read(*column));
    let first = whole.next();
    first.filter(|_| whole.next().is_none())
}

fn numbered(table: &Table) -> impl Iterator<Item = (usize, &Row)> {
    table.rows.iter().enumerate()
}

fn is_sum(row: &Row) -> bool {
    row.is_sum() && !row.parts.is_empty()
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
