//! What words say in the vocabulary of a form.

use super::tokens::{Token, What, words};
use crate::forms::{Named, Vocabulary};

/// What some words say, and which words were not needed to say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Indices into the vocabulary, each once, ascending.
    pub(super) objects: Vec<usize>,
    pub(super) flows: Vec<usize>,
    pub(super) times: Vec<usize>,
    /// Words that no phrase took.
    pub(super) rest: Vec<String>,
}

/// Phrases split into words once, the longest of each name first.
#[derive(Debug)]
pub(super) struct Phrases {
    apart: Vec<Vec<String>>,
    objects: Vec<Vec<Vec<String>>>,
    flows: Vec<Vec<Vec<String>>>,
    times: Vec<Vec<Vec<String>>>,
    pub(super) units: Vec<Vec<Vec<String>>>,
    pub(super) idle: Vec<String>,
    others: Vec<Vec<String>>,
    /// Names of rows that end in a number.
    numbered: Vec<Vec<String>>,
}

impl Phrases {
    /// The phrases of a vocabulary, beside the names of rows.
    pub(super) fn of(vocabulary: &Vocabulary, names: &[Vec<String>]) -> Self {
        let ends_in_number = |name: &&Vec<String>| {
            name.len() > 1 && name.last().is_some_and(|last| last.parse::<u32>().is_ok())
        };
        let of = |named: &[Named]| named.iter().map(|one| split(&one.phrases)).collect();
        Self {
            apart: split(&vocabulary.apart),
            objects: vocabulary.object.iter().map(|one| split(&one.phrases)).collect(),
            flows: of(&vocabulary.flow),
            times: of(&vocabulary.time),
            units: of(&vocabulary.unit),
            idle: vocabulary.idle.iter().flat_map(|phrase| words(phrase)).collect(),
            others: split(&vocabulary.others),
            numbered: names.iter().filter(ends_in_number).cloned().collect(),
        }
    }

    /// True for words that name a part of what the table counts.
    pub(super) fn names_others<'w>(&self, words: impl Iterator<Item = &'w str>) -> bool {
        let words: Vec<&str> = words.collect();
        let holds = |phrase: &Vec<String>| {
            words.windows(phrase.len()).any(|here| here.iter().zip(phrase).all(|(a, b)| a == b))
        };
        self.others.iter().any(holds)
    }

    /// True for a number that ends the name of a row: `Tây Bắc 1`.
    pub(super) fn ends_a_name(&self, tokens: &[Token], at: usize) -> bool {
        let spelled = |token: &Token| match &token.what {
            What::Word(word) => Some(word.clone()),
            What::Number(number) => Some(number.value.normalize().to_string()),
            _ => None,
        };
        self.numbered.iter().any(|name| {
            let here = (at + 1).checked_sub(name.len()).and_then(|from| tokens.get(from..=at));
            here.is_some_and(|here| {
                here.iter().zip(name).all(|(token, word)| spelled(token).as_ref() == Some(word))
            })
        })
    }

    /// What words say; `None` among them parts what may not stand in one phrase.
    pub(super) fn meaning<'w>(&self, words: impl IntoIterator<Item = Option<&'w str>>) -> Meaning {
        let mut left: Vec<Option<&str>> = words.into_iter().collect();
        for phrase in &self.apart {
            take(&mut left, phrase);
        }
        let mut found = |named: &[Vec<Vec<String>>]| -> Vec<usize> {
            let taken = |(_, phrases): &(usize, &Vec<Vec<String>>)| {
                // Every phrase is taken out, not the first alone.
                phrases.iter().filter(|phrase| take(&mut left, phrase)).count() > 0
            };
            named.iter().enumerate().filter(taken).map(|(index, _)| index).collect()
        };
        let times = found(&self.times);
        let objects = found(&self.objects);
        let flows = found(&self.flows);
        let rest = left.into_iter().flatten().map(ToOwned::to_owned).collect();
        Meaning { objects, flows, times, rest }
    }
}

/// Phrases as words, the longest first.
fn split(phrases: &[String]) -> Vec<Vec<String>> {
    let mut split: Vec<Vec<String>> = phrases.iter().map(|phrase| words(phrase)).collect();
    split.retain(|phrase| !phrase.is_empty());
    split.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    split
}

/// Takes a phrase out of words, wherever it stands; true where it did.
fn take(words: &mut [Option<&str>], phrase: &[String]) -> bool {
    let mut taken = false;
    let mut at = 0;
    while at + phrase.len() <= words.len() {
        let here = &mut words[at..at + phrase.len()];
        if here.iter().zip(phrase).all(|(word, wanted)| *word == Some(wanted)) {
            here.fill(None);
            taken = true;
        }
        at += 1;
    }
    taken
}
