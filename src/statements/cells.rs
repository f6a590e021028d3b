//! The side of the table: what its columns say in the words of its form, and which row is meant.

use std::collections::BTreeSet;

use super::figures::{From, Said};
use super::phrases::{Meaning, Phrases};
use super::tokens::words;
use crate::findings::Checked;
use crate::forms::{Form, Vocabulary};
use crate::table::Role;
use crate::words::prose::{CONTINUES, IDLE};
use crate::words::units::{
    Key, LEVELS, Mention, PARTS_OF_COMMUNES, WHOLE_COUNTRY, mentions, years,
};

/// A table with the words that sentences may use of it.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) checked: &'a Checked,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) phrases: Phrases,
    pub(super) columns: Vec<Column>,
    rows: Vec<Row>,
    /// All words of its headings, its title and the unit it is about.
    known: BTreeSet<String>,
    /// The years its title names.
    years: Vec<String>,
    /// The level of the unit that it is about, where that is known: 1 for a commune.
    level: Option<u8>,
}

/// What a column says, as indices into the vocabulary.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) index: usize,
    pub(super) object: usize,
    pub(super) unit: Option<usize>,
    pub(super) flow: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) of: Option<usize>,
    pub(super) with: Option<String>,
    /// The years that count for it.
    pub(super) years: Vec<String>,
}

/// A row of figures.
#[derive(Debug)]
struct Row {
    index: usize,
    /// Its name, with and without what it is (`Thôn`).
    names: Vec<Vec<String>>,
    /// The unit of the vocabulary that its line tells.
    unit: Option<usize>,
    is_total: bool,
}

/// Which row some words mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// None is named.
    Nothing,
    /// The whole: `toàn xã`.
    Total,
    /// A row, by its name.
    Row(Vec<String>),
    /// A unit of another level: `toàn huyện`.
    Other,
}

/// What the document itself says of whose it is and of when.
#[derive(Debug, Clone, Default)]
pub(super) struct Whose {
    pub(super) units: Vec<Mention>,
    pub(super) years: Vec<String>,
}

impl Whose {
    /// From the first lines of a document.
    pub(super) fn of(prose: &[String]) -> Self {
        /// Lines of a letterhead and a title.
        const HEAD: usize = 14;
        let is_ground = |line: &&String| crate::words::fold(line).starts_with("căn cứ");
        let head: Vec<&String> =
            prose.iter().take(HEAD).take_while(|line| !is_ground(line)).collect();
        let mut units: Vec<Mention> = head.iter().flat_map(|line| mentions(line)).collect();
        units.sort_by_key(|mention| mention.rank);
        let years = head.iter().flat_map(|line| years(line)).map(ToOwned::to_owned).collect();
        Self { units, years }
    }
}

/// Words that say what a unit is, with its level, parts of communes and the whole country among them;
/// longer words before their parts.
fn levels() -> impl Iterator<Item = &'static (&'static [&'static str], u8)> {
    PARTS_OF_COMMUNES.iter().chain(LEVELS).chain(WHOLE_COUNTRY)
}

impl<'a> Cells<'a> {
    /// The side of a table whose form has a vocabulary; none where no column says anything.
    pub(super) fn of(
        checked: &'a Checked,
        forms: &[&'a Form],
        whose: Option<&Whose>,
    ) -> Option<Self> {
        let table = &checked.table;
        let form = forms.iter().find(|form| form.id == table.form)?;
        let vocabulary = form.vocabulary.as_ref()?;
        let names: Vec<Vec<String>> = table.rows.iter().map(|row| words(&row.name)).collect();
        let phrases = Phrases::of(vocabulary, &names);
        let titles = table.surroundings.above.lines();
        let mut own_units = table.surroundings.above.units().to_vec();
        let mut title_years: Vec<String> =
            titles.iter().flat_map(|line| years(line)).map(ToOwned::to_owned).collect();
        if let Some(whose) = whose {
            // A table inside a document is about what the document is about.
            if own_units.is_empty() {
                own_units.extend(whose.units.iter().cloned());
            }
            if title_years.is_empty() {
                title_years.extend(whose.years.iter().cloned());
            }
        }
        let headings = table.columns.iter().flat_map(|column| column.headings.iter());
        let unit = own_units.first();
        let mut known: BTreeSet<String> =
            headings.chain(titles).flat_map(|text| words(text)).collect();
        known.extend(unit.iter().flat_map(|unit| words(&unit.name)));
        let level = unit.map(|unit| unit.rank).or_else(|| level_above(table));
        let mut cells = Self {
            checked,
            vocabulary,
            columns: Vec::new(),
            rows: rows(table, &phrases),
            phrases,
            known,
            years: title_years,
            level,
        };
        cells.columns = cells.columns_of(form);
        (!cells.columns.is_empty()).then_some(cells)
    }

    /// The columns whose headings bear out what the form says of them.
    fn columns_of(&self, form: &Form) -> Vec<Column> {
        let table = &self.checked.table;
        let title = self.meaning_of(table.surroundings.above.lines().iter());
        let mut found = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            let stated = form.columns.iter().find(|stated| stated.label == column.label);
            let vocabulary = self.vocabulary;
            let object = |name: &str| vocabulary.object.iter().position(|one| one.name == name);
            let all = || stated.iter().flat_map(|stated| &stated.says);
            let called: Vec<usize> = all().filter_map(|says| object(&says.object)).collect();
            let heading = self.meaning_of(column.headings.iter());
            let years = column.headings.iter().flat_map(|text| years(text));
            let mut years: Vec<String> = years.map(ToOwned::to_owned).collect();
            if years.is_empty() {
                years.clone_from(&self.years);
            }
            for says in all() {
                let named = |list: &[crate::forms::Named], name: &Option<String>| {
                    list.iter().position(|one| Some(&one.name) == name.as_ref())
                };
                let Some(own) = object(&says.object) else { continue };
                let (flow, time) =
                    (named(&vocabulary.flow, &says.flow), named(&vocabulary.time, &says.time));
                if !bears_out(&heading, &title, &called, flow, time) {
                    continue;
                }
                found.push(Column {
                    index,
                    object: own,
                    unit: named(&vocabulary.unit, &says.unit),
                    flow,
                    time,
                    of: says.of.as_deref().and_then(object),
                    with: says.with.clone(),
                    years: years.clone(),
                });
            }
        }
        found
    }

    fn meaning_of<'t>(&self, texts: impl Iterator<Item = &'t String>) -> Meaning {
        let texts: Vec<Vec<String>> = texts.map(|text| words(text)).collect();
        let words =
            texts.iter().flat_map(|text| text.iter().map(|word| Some(word.as_str())).chain([None]));
        self.phrases.meaning(words)
    }

    /// The row that words name, the last of them that do.
    pub(super) fn row_named(&self, said: &[Said], from: &[From]) -> Named {
        let here: Vec<&Said> = said.iter().filter(|said| from.contains(&said.from)).collect();
        let mut named = Named::Nothing;
        let mut at = 0;
        while at < here.len() {
            if let Some(name) = self.name_at(&here[at..]) {
                at += name.len();
                named = Named::Row(name.clone());
                continue;
            }
            if let Some((words, level)) = level_at(&here[at..]) {
                named = match self.level {
                    Some(own) if own == level => Named::Total,
                    // `các thôn`: all of them.
                    Some(own) if level + 1 == own && at > 0 && here[at - 1].word == "các" => {
                        Named::Total
                    }
                    // `thôn Đông Bắc`
                    Some(own)
                        if level + 1 == own && self.name_at(&here[at + words..]).is_some() =>
                    {
                        named
                    }
                    _ => return Named::Other,
                };
                at += words;
                continue;
            }
            at += 1;
        }
        named
    }

    /// The longest name of a row that words begin with.
    fn name_at(&self, said: &[&Said]) -> Option<&Vec<String>> {
        let begins = |name: &&Vec<String>| {
            name.len() <= said.len()
                && name.iter().zip(said).all(|(word, said)| *word == said.word)
                && said.first().is_some_and(|said| said.capital)
        };
        let names = self.rows.iter().filter(|row| !row.is_total).flat_map(|row| &row.names);
        names.filter(begins).max_by_key(|name| name.len())
    }

    /// The rows that a name and a unit leave: one, or several or none where nothing is certain.
    pub(super) fn rows_of(&self, named: &Named, unit: usize) -> Vec<usize> {
        let fits = |row: &&Row| match named {
            Named::Row(name) => !row.is_total && row.names.contains(name),
            Named::Nothing | Named::Total => row.is_total,
            Named::Other => false,
        };
        let rows = self.rows.iter().filter(fits);
        rows.filter(|row| row.unit.is_none_or(|own| own == unit)).map(|row| row.index).collect()
    }

    /// Words that neither the table, nor its form, nor plain language explains.
    pub(super) fn strange<'s>(&self, said: &'s [Said]) -> Vec<&'s str> {
        let idle: Vec<&str> = IDLE.split_whitespace().collect();
        let rows = || self.rows.iter().flat_map(|row| &row.names).flatten();
        let explained = |said: &&Said| {
            let word = said.word.as_str();
            said.taken
                || word.starts_with(|c: char| c.is_ascii_digit())
                || idle.contains(&word)
                // Which level is meant is told by the row.
                || LEVELS.iter().any(|(level, _)| level.contains(&word))
                || self.phrases.idle.iter().any(|idle| idle == word)
                || self.known.contains(word)
                || rows().any(|name| name == word)
        };
        said.iter().filter(|said| !explained(said)).map(|said| said.word.as_str()).collect()
    }

    /// True where the words that lead to a figure say no more than that it goes on, and of which row.
    pub(super) fn continues(&self, said: &[Said]) -> bool {
        let left = said.iter().filter(|said| said.from == From::Left && !said.taken);
        let rows = || self.rows.iter().flat_map(|row| &row.names).flatten();
        let mut words = left.map(|said| said.word.as_str());
        words.all(|word| {
            CONTINUES.contains(&word)
                || word.starts_with(|c: char| c.is_ascii_digit())
                || LEVELS.iter().any(|(level, _)| level.contains(&word))
                || rows().any(|name| name == word)
        })
    }

    /// True where a unit may be the one that the table is about.
    pub(super) fn is_about(&self, other: &[Mention]) -> bool {
        let own = self.checked.table.surroundings.above.units();
        let same_level = own.iter().flat_map(|own| other.iter().map(move |other| (own, other)));
        let mut pairs = same_level
            .filter(|(own, other)| own.rank == other.rank && !own.cut && !other.cut)
            .peekable();
        let fits = |(own, other): (&Mention, &Mention)| {
            let own = std::iter::once(&own.name).chain(&own.open);
            own.clone().any(|own| {
                std::iter::once(&other.name)
                    .chain(&other.open)
                    .any(|other| Key::of(own).fits(&Key::of(other)))
            })
        };
        pairs.peek().is_none() || pairs.any(fits)
    }
}

/// True where headings say nothing else than the form.
fn bears_out(
    heading: &Meaning,
    title: &Meaning,
    called: &[usize],
    flow: Option<usize>,
    time: Option<usize>,
) -> bool {
    let only = |found: &[usize], own: Option<usize>| {
        found.is_empty() || own.is_some_and(|own| found == [own])
    };
    // The title of a table with several things names them all.
    let named = if heading.objects.is_empty() { &title.objects } else { &heading.objects };
    let thing = (heading.objects.is_empty() && named.is_empty())
        || named.iter().any(|object| called.contains(object));
    thing && only(&heading.flows, flow) && (heading.times.is_empty() || only(&heading.times, time))
}

fn rows(table: &crate::table::Table, phrases: &Phrases) -> Vec<Row> {
    let unit_of = |line: &str| {
        let line = words(line);
        let fits = |unit: &Vec<Vec<String>>| unit.iter().any(|phrase| line.ends_with(phrase));
        (!line.is_empty()).then(|| phrases.units.iter().position(fits)).flatten()
    };
    let kept = table.rows.iter().enumerate().filter(|(_, row)| {
        matches!(row.role, Role::Unit | Role::Subtotal | Role::Total) && !row.name.is_empty()
    });
    let rows = kept.map(|(index, row)| {
        let whole = words(&row.name);
        let mut names = vec![whole.clone()];
        if let Some((level, _)) = levels().find(|(level, _)| {
            whole.len() > level.len() && whole.iter().zip(*level).all(|(a, b)| a == b)
        }) {
            names.push(whole[level.len()..].to_vec());
        }
        Row { index, names, unit: unit_of(&row.line), is_total: row.role == Role::Total }
    });
    rows.collect()
}

/// The level of the unit whose parts a table lists, by the heading of their names.
fn level_above(table: &crate::table::Table) -> Option<u8> {
    let headings = table.columns.iter().filter(|column| column.kind == crate::table::Kind::Text);
    let words = headings.flat_map(|column| column.headings.iter()).flat_map(|text| words(text));
    let words: Vec<String> = words.collect();
    let level = levels().find(|(level, _)| {
        words.windows(level.len()).any(|here| here.iter().zip(*level).all(|(a, b)| a == b))
    });
    level.map(|(_, level)| level + 1)
}

/// The words at the beginning that say what a unit is: how many, and its level.
fn level_at(said: &[&Said]) -> Option<(usize, u8)> {
    let begins = |level: &[&str]| {
        level.len() <= said.len() && level.iter().zip(said).all(|(word, said)| *word == said.word)
    };
    levels().find(|(level, _)| begins(level)).map(|(level, rank)| (level.len(), *rank))
}
