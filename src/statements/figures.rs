//! The figures of prose: each with its unit and the words that say what it counts.

use std::ops::Range;

use super::phrases::{Meaning, Phrases};
use super::tokens::{Number, Token, What, tokens};
use crate::words::prose::{LOOSE, NAMING};
use crate::words::units::is_year;

/// A figure of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) number: Number,
    /// Index of its unit in the vocabulary.
    pub(super) unit: usize,
    /// Index of its paragraph.
    pub(super) paragraph: usize,
    /// Its sentence in the paragraph, in bytes.
    pub(super) sentence: Range<usize>,
    /// Where it stands in the paragraph, in bytes.
    pub(super) place: Range<usize>,
    /// True for a figure that is not given exactly: `hơn`, `khoảng`, a range.
    pub(super) loose: bool,
    /// What the words say that lead to it, and those that follow.
    pub(super) left: Meaning,
    pub(super) right: Meaning,
    /// Words from the beginning of the sentence to the figure, and behind it, that no phrase took.
    pub(super) words: Vec<Said>,
    pub(super) years: Vec<String>,
    /// The lines that the paragraph stands under.
    pub(super) leads: Vec<usize>,
}

/// A word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) word: String,
    pub(super) capital: bool,
    pub(super) from: From,
    /// True where it was taken by a phrase of the vocabulary.
    pub(super) taken: bool,
}

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// Before what leads to the figure.
    Earlier,
    /// In what leads to it.
    Left,
    /// Behind it.
    Right,
}

/// A paragraph without figures that others stand under.
#[derive(Debug, Clone)]
pub(super) struct Lead {
    pub(super) meaning: Meaning,
    pub(super) words: Vec<Said>,
    pub(super) years: Vec<String>,
    /// True where it leads on (`… như sau:`), and is no title.
    pub(super) goes_on: bool,
    /// True where it ends in a colon.
    pub(super) opens: bool,
    /// True where it is about a part of what the table counts.
    pub(super) of_others: bool,
}

/// The figures of a text with the lines they stand under.
#[derive(Debug, Default)]
pub(super) struct Prose {
    pub(super) figures: Vec<Figure>,
    pub(super) leads: Vec<Lead>,
}

/// Characters of a line that may be a title.
const LONGEST_TITLE: usize = 160;

/// Reads the figures of paragraphs whose unit the vocabulary knows.
pub(super) fn read(paragraphs: &[String], phrases: &Phrases) -> Prose {
    let mut prose = Prose::default();
    let mut under = Under::default();
    for (paragraph, text) in paragraphs.iter().enumerate() {
        let tokens = tokens(text);
        let before = prose.figures.len();
        let leads: Vec<usize> =
            [under.title, under.intro, under.item].into_iter().flatten().collect();
        for sentence in sentences(&tokens) {
            read_sentence(&tokens[sentence], text, paragraph, &leads, phrases, &mut prose.figures);
        }
        let (numbered, goes_on) = (is_numbered(&tokens), text.trim_end().ends_with(':'));
        if prose.figures.len() > before || !(goes_on || is_title(text, numbered)) {
            under.leave(is_item(text));
            continue;
        }
        let lead = Some(prose.leads.len());
        prose.leads.push(lead_of(&tokens, phrases, numbered, goes_on));
        under = match (is_item(text), goes_on && !numbered) {
            (true, _) => Under { item: lead, ..under },
            (_, true) => Under { intro: lead, item: None, ..under },
            _ => Under { title: lead, intro: None, item: None },
        };
    }
    prose
}

/// The lines that a paragraph stands under, by their indices.
#[derive(Debug, Clone, Copy, Default)]
struct Under {
    title: Option<usize>,
    intro: Option<usize>,
    item: Option<usize>,
}

impl Under {
    /// A paragraph that leads to nothing ends what stood under the lines before, unless it is an
    /// item below them.
    fn leave(&mut self, is_item: bool) {
        if !is_item {
            (self.intro, self.item) = (None, None);
        }
    }
}

/// True for an item of a list.
fn is_item(text: &str) -> bool {
    text.trim_start().starts_with(['-', '–', '+', '•', '*'])
}

/// A line that begins with a number or a letter of a list: `3.`, `II.`, `a)`.
fn is_numbered(tokens: &[Token]) -> bool {
    match tokens {
        [first, mark, ..] if mark.is_mark(&['.', ')', '/']) => {
            let roman = |word: &str| word.chars().all(|c| "ivxlc".contains(c)) || word.len() < 3;
            first.number().is_some() || first.word().is_some_and(roman)
        }
        [first, ..] => first.what == What::Digits,
        [] => false,
    }
}

/// A short line that begins something: numbered, or not ended as a sentence is.
fn is_title(text: &str, numbered: bool) -> bool {
    let ended = text.trim_end().ends_with(['.', ';', ',']);
    !is_item(text) && text.chars().count() <= LONGEST_TITLE && (numbered || !ended)
}

fn lead_of(tokens: &[Token], phrases: &Phrases, numbered: bool, opens: bool) -> Lead {
    // `3.`, `a)` are no words of it.
    let tokens = if numbered { tokens.get(2..).unwrap_or_default() } else { tokens };
    let (meaning, words) = meaning(tokens, phrases, From::Left);
    let of_others = phrases.names_others(words.iter().map(|said| said.word.as_str()));
    Lead { meaning, words, years: years(tokens), goes_on: opens && !numbered, opens, of_others }
}

/// The sentences of a paragraph, as ranges of its tokens.
fn sentences(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in 0..tokens.len() {
        let apart = tokens.get(at + 1).is_none_or(|next| next.start > tokens[at].end);
        let begins = tokens.get(at + 1).is_none_or(|next| next.capital || next.number().is_some());
        if tokens[at].is_mark(&['!', '?']) || (tokens[at].is_mark(&['.']) && apart && begins) {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found.push(start..tokens.len());
    found.retain(|range| !range.is_empty());
    found
}

fn read_sentence(
    tokens: &[Token],
    text: &str,
    paragraph: usize,
    leads: &[usize],
    phrases: &Phrases,
    into: &mut Vec<Figure>,
) {
    let (Some(start), Some(end)) = (tokens.first(), tokens.last()) else { return };
    let sentence = start.start..text[..end.end].len();
    let mut from = 0;
    for at in 0..tokens.len() {
        if tokens[at].is_mark(&[';', '(']) {
            from = at + 1;
        }
        let Some((number, unit, length)) = figure_at(tokens, at, phrases) else { continue };
        let behind = at + 1 + length;
        let (_, mut words) = meaning(&tokens[..from], phrases, From::Earlier);
        let (left, leading) = meaning(&tokens[from..at], phrases, From::Left);
        let (reach, next) = reach(&tokens[behind..]);
        // A unit that is a word begins the name of a thing: `02 hộ` `nghèo`.
        let named = tokens[at + 1..behind + reach].iter().filter(|token| !token.is_mark(&['%']));
        let named: Vec<Token> = named.cloned().collect();
        let (right, following) = meaning(&named, phrases, From::Right);
        words.extend(leading);
        words.extend(following);
        into.push(Figure {
            number: number.clone(),
            unit,
            paragraph,
            sentence: sentence.clone(),
            place: tokens[at].start..tokens[at].end,
            loose: is_loose(tokens, at, behind),
            left,
            right,
            words,
            years: years(&tokens[from..at]),
            leads: leads.to_vec(),
        });
        from = behind + next;
    }
}

/// How far the words behind a figure belong to it, and where those of the next figure begin: at a
/// mark, or where none parts two figures, at the conjunction between them. Without one, the words
/// may belong to either.
fn reach(behind: &[Token]) -> (usize, usize) {
    let is_mark = |token: &Token| {
        token.is_mark(&[',', ';', '.', '(', ')', ':', '-', '–']) || token.number().is_some()
    };
    let end = behind.iter().position(is_mark).unwrap_or(behind.len());
    if behind.get(end).is_some_and(|token| token.number().is_none()) {
        return (end, end);
    }
    let joins = |token: &Token| matches!(token.word(), Some("và" | "với" | "hoặc"));
    match behind[..end].iter().rposition(joins).filter(|_| end < behind.len()) {
        Some(at) => (at, at),
        None => (end, 0),
    }
}

/// The number at a place with its unit and how many tokens the unit takes.
fn figure_at<'t>(
    tokens: &'t [Token],
    at: usize,
    phrases: &Phrases,
) -> Option<(&'t Number, usize, usize)> {
    let number = tokens[at].number()?;
    let before = at.checked_sub(1).and_then(|before| tokens[before].word());
    let is_name = phrases.ends_a_name(tokens, at)
        || before.is_some_and(|word| {
            let total = || at > 1 && tokens[at - 2].word() == Some("tổng");
            (word == "năm" && is_year(&number.value.to_string()))
                || (number.plain && NAMING.contains(&word) && !(word == "số" && total()))
        });
    if is_name {
        return None;
    }
    let spelled = |token: &Token| match &token.what {
        What::Word(word) => Some(word.clone()),
        What::Mark('%') => Some("%".to_owned()),
        _ => None,
    };
    let here = |phrase: &[String]| {
        let behind = tokens.get(at + 1..at + 1 + phrase.len());
        behind.is_some_and(|behind| {
            behind.iter().zip(phrase).all(|(token, word)| spelled(token).as_ref() == Some(word))
        })
    };
    let units = phrases.units.iter().enumerate();
    let fitting = units.filter_map(|(unit, phrases)| {
        let longest = phrases.iter().filter(|phrase| here(phrase)).map(Vec::len).max()?;
        Some((unit, longest))
    });
    let (unit, length) = fitting.max_by_key(|(_, length)| *length)?;
    Some((number, unit, length))
}

/// True for a figure that is not given exactly.
fn is_loose(tokens: &[Token], at: usize, behind: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let word = before.and_then(Token::word);
    let joins =
        |token: &Token| token.is_mark(&['-', '–', '~', '≈', '<', '>', '≥', '≤', '+', '±', '/']);
    let over = |token: &Token| token.is_mark(&['/']);
    let from_above = tokens.get(behind..behind + 2).is_some_and(|next| {
        next[0].word() == Some("trở") && matches!(next[1].word(), Some("lên" | "xuống"))
    });
    let begins_item = at == 1;
    word.is_some_and(|word| LOOSE.contains(&word))
        || (before.is_some_and(joins) && !begins_item)
        || tokens.get(behind).is_some_and(over)
        || from_above
}

/// What tokens say, and their words.
fn meaning(tokens: &[Token], phrases: &Phrases, from: From) -> (Meaning, Vec<Said>) {
    let spelled: Vec<Option<&str>> = tokens
        .iter()
        .map(|token| match &token.what {
            What::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let meaning = phrases.meaning(spelled);
    // The words that are left keep their order, so that each is found behind the one before.
    let mut left = meaning.rest.iter().peekable();
    let mut words = Vec::new();
    for token in tokens {
        let word = match &token.what {
            What::Word(word) => word.clone(),
            What::Number(number) => number.value.normalize().to_string(),
            What::Digits | What::Mark(_) => continue,
        };
        let taken = token.word().is_some() && left.next_if(|next| **next == word).is_none();
        words.push(Said { word, capital: token.capital, from, taken });
    }
    (meaning, words)
}

/// The years that tokens name.
fn years(tokens: &[Token]) -> Vec<String> {
    let named = tokens.iter().filter_map(Token::number).map(|number| number.value.to_string());
    named.filter(|number| is_year(number)).collect()
}
