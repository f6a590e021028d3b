//! Which file of a second submission answers which of the first.

use std::collections::{BTreeMap, VecDeque};

use crate::units::{Id, Sent};
use crate::words::fold;
use crate::words::paths::file_stem;

/// A file with what units have sent in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The file as it was named.
    pub file: String,
    /// What it holds; empty where it cannot be told.
    pub sent: Vec<Sent>,
}

/// Two files that answer each other, by their places among the submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// Whose they are.
    pub unit: String,
    /// The file of the first submission.
    pub old: Option<usize>,
    /// The file of the second.
    pub new: Option<usize>,
}

/// What two files that answer each other have in common.
type Key = (Option<Id>, String);

/// Pairs the files of two submissions: of one unit, table and name; of one unit and table; of one unit
/// and name; of one unit; of one name. What is left stands alone. The order is that of the list of units, then of names.
#[must_use]
pub fn pair(old: &[Submission], new: &[Submission]) -> Vec<Paired> {
    let mut partner: Vec<Option<usize>> = vec![None; old.len()];
    let mut free = vec![true; new.len()];
    let rounds: [fn(&Submission) -> Option<Key>; 5] = [
        |file| {
            let sent = file.sent.first()?;
            Some((Some(Id::of(sent)), format!("{}\n{}", sent.matter, name_of(file))))
        },
        |file| file.sent.first().map(|sent| (Some(Id::of(sent)), sent.matter.clone())),
        |file| Some((Some(Id::of(file.sent.first()?)), name_of(file))),
        |file| file.sent.first().map(|sent| (Some(Id::of(sent)), String::new())),
        |file| Some((None, name_of(file))),
    ];
    for key in rounds {
        let mut places: BTreeMap<Key, VecDeque<usize>> = BTreeMap::new();
        for (index, file) in new.iter().enumerate().filter(|(index, _)| free[*index]) {
            if let Some(key) = key(file) {
                places.entry(key).or_default().push_back(index);
            }
        }
        for (index, file) in old.iter().enumerate() {
            if partner[index].is_none() {
                let found = key(file).and_then(|key| places.get_mut(&key)?.pop_front());
                partner[index] = found;
                if let Some(found) = found {
                    free[found] = false;
                }
            }
        }
    }
    let both = partner.iter().enumerate().map(|(old, new)| (Some(old), *new));
    let alone = free.iter().enumerate().filter(|(_, free)| **free);
    let alone = alone.map(|(index, _)| (None, Some(index)));
    let mut pairs: Vec<(Option<Id>, Paired)> = both
        .chain(alone)
        .map(|(before, after)| {
            let sent = |files: &[Submission], at: Option<usize>| files[at?].sent.first().cloned();
            let sent = sent(new, after).or_else(|| sent(old, before));
            let unit = sent.as_ref().map_or_else(String::new, |sent| sent.unit.clone());
            (sent.as_ref().map(Id::of), Paired { unit, old: before, new: after })
        })
        .collect();
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

/// A file's name, in small letters.
fn name_of(file: &Submission) -> String {
    fold(file_stem(&file.file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, unit: &str, listed: Option<usize>, matter: &str) -> Submission {
        let sent = Sent { unit: unit.to_owned(), listed, matter: matter.to_owned() };
        Submission { file: name.to_owned(), sent: vec![sent] }
    }

    #[test]
    fn files_answer_each_other_by_unit_and_table_before_their_names() {
        let old = [
            file("1/a.xlsx", "Xã A", Some(1), "x"),
            file("1/b.xlsx", "Xã B", Some(0), "x"),
            file("1/b kỳ 2.xlsx", "Xã B", Some(0), "y"),
            file("1/c.xlsx", "Xã C", None, "x"),
        ];
        let new = [
            file("2/b.xlsx", "Xã B", Some(0), "y"),
            file("2/gửi lại.xlsx", "Xã B", Some(0), "x"),
            file("2/sửa.xlsx", "Xã A", Some(1), "x"),
            file("2/d.xlsx", "Xã D", None, "x"),
        ];
        let told = |one: Paired| (one.unit, one.old, one.new);
        let pairs: Vec<_> = pair(&old, &new).into_iter().map(told).collect();
        let unit = |name: &str| name.to_owned();
        assert_eq!(
            pairs,
            [
                (unit("Xã B"), Some(1), Some(1)),
                (unit("Xã B"), Some(2), Some(0)),
                (unit("Xã A"), Some(0), Some(2)),
                (unit("Xã C"), Some(3), None),
                (unit("Xã D"), None, Some(3)),
            ]
        );
    }
}
