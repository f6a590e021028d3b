//! Who has sent, who has not, who sent twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Expected, Naming, Unit};
use crate::table::{Column, Table};
use crate::words::collation::Collation;
use crate::words::fold;
use crate::words::units::{Key, without_units, years};

/// That a unit has sent a table, in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sent {
    /// The unit's name; the list's spelling where it is on the list.
    pub unit: String,
    /// Its place on the list.
    pub listed: Option<usize>,
    /// What the table is: two tables of a unit of which this differs do not stand for each other.
    /// Empty for a file of which no table is known.
    pub matter: String,
}

impl Sent {
    /// Whose table it is, and what it is.
    #[must_use]
    pub fn of(table: &Table, file: &str, naming: &Naming) -> Self {
        let unit = naming.of(&table.surroundings, &table.sheet, file);
        Self { matter: matter(table), ..Self::file(unit) }
    }

    /// True where it is known who has sent it: a unit of the list, or one with its level.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.listed.is_some() || Key::of(&self.unit).level.is_some()
    }

    /// A file of which no table is known.
    #[must_use]
    pub fn file(unit: Unit) -> Self {
        Self { unit: unit.name, listed: unit.listed, matter: String::new() }
    }
}

/// The form with the years of the title; without a form the title stands for it.
fn matter(table: &Table) -> String {
    let title = table.surroundings.above.title();
    let years = years(&title).join(" ");
    if table.has_form() {
        return format!("{} {years}", table.form);
    }
    let labels: Vec<&str> = table.columns.iter().map(Column::name).collect();
    format!("{} {} {years}", fold(&without_units(&title)), fold(&labels.join(" ")))
}

/// The tables that came in, by unit.
#[derive(Debug, Default)]
pub struct Roll {
    units: BTreeMap<Id, Files>,
}

/// What tells units apart: their place on the list, else their name as offices spell it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Id {
    /// The place on the list.
    Listed(usize),
    /// The name, by which units stand in the order of the alphabet, and its level where it has one.
    Named(Collation, String, Option<String>),
}

impl Id {
    /// That of the unit that has sent a table.
    #[must_use]
    pub fn of(sent: &Sent) -> Self {
        let by_name = || {
            let Key { level, name } = Key::of(&sent.unit);
            Self::Named(Collation::of(&name), name, level)
        };
        sent.listed.map_or_else(by_name, Self::Listed)
    }
}

#[derive(Debug, Default)]
struct Files {
    /// The unit's name.
    name: String,
    /// By matter: the files that hold it.
    tables: BTreeMap<String, Vec<String>>,
}

/// Where the units stand, once all files were seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Standing {
    /// Units on the list; 0 without one.
    pub listed: usize,
    /// Those of them that have sent.
    pub sent: usize,
    /// Units of the list that have not.
    pub missing: Vec<String>,
    /// Their places on the list.
    #[serde(skip)]
    pub missing_at: Vec<usize>,
    /// Units with several files for one table.
    pub doubled: Vec<Doubled>,
    /// Units that are not on the list.
    pub unlisted: Vec<Unlisted>,
}

/// A unit with several files for one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubled {
    /// Its name.
    pub unit: String,
    /// Its files.
    pub files: Vec<String>,
}

/// A unit that is not on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unlisted {
    /// Its name.
    pub unit: String,
    /// Its files.
    pub files: Vec<String>,
    /// Units of the list that have not sent and are spelled nearly so.
    pub near: Vec<String>,
}

impl Roll {
    /// Takes note of what a file holds.
    pub fn add(&mut self, file: &str, sent: &[Sent]) {
        for one in sent.iter().filter(|one| !one.unit.is_empty()) {
            let unit = self.units.entry(Id::of(one)).or_default();
            unit.name.clone_from(&one.unit);
            let files = unit.tables.entry(one.matter.clone()).or_default();
            if files.last().is_none_or(|last| last != file) {
                files.push(file.to_owned());
            }
        }
    }

    /// Where the units stand, once all files were added.
    #[must_use]
    pub fn standing(&self, list: Option<&Expected>) -> Standing {
        let doubled = self.units.values().flat_map(|unit| {
            let twice =
                unit.tables.iter().filter(|(matter, files)| !matter.is_empty() && files.len() > 1);
            twice.map(|(_, files)| Doubled { unit: unit.name.clone(), files: files.clone() })
        });
        let doubled = doubled.collect();
        let Some(list) = list else { return Standing { doubled, ..Standing::default() } };
        let missing: Vec<usize> = (0..list.names().len())
            .filter(|place| !self.units.contains_key(&Id::Listed(*place)))
            .collect();
        let others = self.units.iter().filter(|(id, _)| matches!(id, Id::Named(..)));
        let unlisted = others.map(|(_, unit)| {
            let near = list.near(&unit.name, &missing);
            let mut files: Vec<String> = unit.tables.values().flatten().cloned().collect();
            files.sort();
            files.dedup();
            Unlisted {
                unit: unit.name.clone(),
                files,
                near: near.into_iter().map(ToOwned::to_owned).collect(),
            }
        });
        Standing {
            listed: list.names().len(),
            sent: list.names().len() - missing.len(),
            doubled,
            unlisted: unlisted.collect(),
            missing: missing.iter().map(|place| list.names()[*place].clone()).collect(),
            missing_at: missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Limits;

    fn sent(unit: &str, listed: Option<usize>, matter: &str) -> Sent {
        Sent { unit: unit.to_owned(), listed, matter: matter.to_owned() }
    }

    #[test]
    fn who_has_not_sent_who_twice_and_who_is_not_on_the_list() {
        let text = "Xã Đại Lãnh\nXã Đăk Lao\nXã Vạn Thọ\nXã Tân Lập";
        let list = Expected::read(text.as_bytes(), &Limits::default()).unwrap();
        let mut roll = Roll::default();
        roll.add(
            "a.xlsx",
            &[sent("Xã Đại Lãnh", Some(0), "x 2024"), sent("Xã Tân Lập", Some(3), "x")],
        );
        roll.add("b.xlsx", &[sent("Xã Đại Lãnh", Some(0), "x 2024")]);
        roll.add("c.xlsx", &[sent("Xã Tân Lập", Some(3), "y"), sent("Xã Tân Lập", Some(3), "")]);
        roll.add("d.xlsx", &[sent("Xã Đắk Lao", None, "x")]);
        let standing = roll.standing(Some(&list));
        assert_eq!((standing.listed, standing.sent), (4, 2));
        assert_eq!(standing.missing, ["Xã Đăk Lao", "Xã Vạn Thọ"]);
        let doubled = |one: &Doubled| (one.unit.clone(), one.files.join(" "));
        let doubled: Vec<_> = standing.doubled.iter().map(doubled).collect();
        assert_eq!(doubled, [("Xã Đại Lãnh".to_owned(), "a.xlsx b.xlsx".to_owned())]);
        assert_eq!(standing.unlisted[0].near, ["Xã Đăk Lao"]);
        assert_eq!(roll.standing(None).missing, [""; 0]);
    }
}
