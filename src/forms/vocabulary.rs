//! How sentences speak of what a form's columns hold: as data of the form.
//!
//! A sentence names the thing (`hộ nghèo`), says whether it came or went (`giảm`), when (`đầu năm`)
//! and in which unit (`hộ`, `%`). A column says the same of itself, and a figure of a sentence is
//! held against the one cell that says all of it.

use serde::Deserialize;

use super::raw;
use crate::lang::Text;

/// The words of a form for sentences.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Phrases that hold words of others and speak of no column; looked for first.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Phrases of titles whose sections are about a part of what the columns count.
    #[serde(default)]
    pub others: Vec<String>,
    /// Words that say nothing by themselves.
    #[serde(default)]
    pub idle: Vec<String>,
    /// Times, in the order they are looked for.
    #[serde(default)]
    pub time: Vec<Named>,
    /// Things, in the order they are looked for: the longer name first.
    #[serde(default)]
    pub object: Vec<Object>,
    /// Directions, in the order they are looked for.
    #[serde(default)]
    pub flow: Vec<Named>,
    /// Units of figures, with what stands behind the figure.
    #[serde(default)]
    pub unit: Vec<Named>,
}

/// A name with the phrases that say it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What columns call it.
    pub name: String,
    /// What sentences call it.
    pub phrases: Vec<String>,
}

/// A thing that figures count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// What columns call it.
    pub name: String,
    /// What sentences call it.
    pub phrases: Vec<String>,
    /// The two things that it is the sum of, where it has no columns of its own.
    #[serde(default)]
    pub sum: Vec<String>,
}

/// What a column says in the words of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// The thing.
    pub object: String,
    /// The unit; where none is stated the line of the row tells (`Hộ`, `Nhân khẩu`).
    pub unit: Option<String>,
    /// The direction; none for what there is.
    pub flow: Option<String>,
    /// When; none for what does not change.
    pub time: Option<String>,
    /// For a proportion: the thing it is a part of.
    pub of: Option<String>,
    /// A word without which a sentence may mean something else: `tỷ lệ`.
    pub with: Option<String>,
}

/// Says what is wrong with a vocabulary and with what columns say in its words.
pub(super) fn problems(vocabulary: &Vocabulary, columns: &[raw::Column]) -> Vec<Text> {
    let names = |named: &[Named]| named.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let objects: Vec<String> = vocabulary.object.iter().map(|one| one.name.clone()).collect();
    let (flows, times) = (names(&vocabulary.flow), names(&vocabulary.time));
    let units = names(&vocabulary.unit);
    let mut found = Vec::new();
    let mut known = |list: &[String], name: &str| {
        if !list.iter().any(|known| known == name) {
            found.push(Text::new(
                format!("từ vựng không có `{name}`"),
                format!("the vocabulary has no `{name}`"),
            ));
        }
    };
    for object in &vocabulary.object {
        object.sum.iter().for_each(|part| known(&objects, part));
    }
    for says in columns.iter().flat_map(|column| &column.says) {
        known(&objects, &says.object);
        says.of.iter().for_each(|name| known(&objects, name));
        says.unit.iter().for_each(|name| known(&units, name));
        says.flow.iter().for_each(|name| known(&flows, name));
        says.time.iter().for_each(|name| known(&times, name));
    }
    for object in vocabulary.object.iter().filter(|object| ![0, 2].contains(&object.sum.len())) {
        found.push(Text::new(
            format!("`{}`: tổng phải gồm đúng hai đối tượng", object.name),
            format!("`{}`: a sum is of two objects", object.name),
        ));
    }
    let others = vocabulary.time.iter().chain(&vocabulary.flow).chain(&vocabulary.unit);
    let others = others.map(|one| (&one.name, &one.phrases));
    let objects = vocabulary.object.iter().map(|one| (&one.name, &one.phrases));
    for (name, phrases) in others.chain(objects) {
        if phrases.iter().all(|phrase| phrase.trim().is_empty()) {
            found.push(Text::new(
                format!("`{name}`: chưa có cụm từ nào"),
                format!("`{name}`: no phrase is given"),
            ));
        }
    }
    found
}
