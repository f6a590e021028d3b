//! Sentences as words, numbers and marks, each with its place in the text.

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization as _;

use crate::words::fold;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) what: What,
    /// Where it stands in the text, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// True for a word that begins with a capital.
    pub(super) capital: bool,
}

/// What a piece of a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A word as it is compared: letter case and the place of tone marks aside.
    Word(String),
    /// A number with its digits on paper.
    Number(Number),
    /// Digits that are no number: dates, numbers of documents.
    Digits,
    /// Any other sign.
    Mark(char),
}

/// A number as a sentence writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: Decimal,
    pub(super) places: u32,
    /// True where nothing but digits is written, as in years and ordinals.
    pub(super) plain: bool,
    /// How many digits say something: leading zeros do not.
    pub(super) digits: usize,
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.what {
            What::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<&Number> {
        match &self.what {
            What::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, marks: &[char]) -> bool {
        matches!(self.what, What::Mark(mark) if marks.contains(&mark))
    }
}

/// Splits a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let is_part = |next: char| {
            if c.is_ascii_digit() {
                next.is_ascii_digit() || matches!(next, '.' | ',')
            } else {
                c.is_alphabetic() && next.is_alphabetic()
            }
        };
        let mut end = start + c.len_utf8();
        while let Some((at, next)) = rest.next_if(|(_, next)| is_part(*next)) {
            end = at + next.len_utf8();
        }
        if c.is_ascii_digit() {
            // A point or comma at the end belongs to the sentence.
            let digits = text[start..end].trim_end_matches(['.', ',']);
            let what = digits_at(text, start, digits);
            found.push(Token { what, start, end: start + digits.len(), capital: false });
            let marks = text[start + digits.len()..end].char_indices();
            found.extend(marks.map(|(at, mark)| {
                let start = start + digits.len() + at;
                Token { what: What::Mark(mark), start, end: start + 1, capital: false }
            }));
            continue;
        }
        let what =
            if c.is_alphabetic() { What::Word(compared(&text[start..end])) } else { What::Mark(c) };
        found.push(Token { what, start, end, capital: c.is_uppercase() });
    }
    found
}

/// Words of a heading, a name, a phrase.
pub(super) fn words(text: &str) -> Vec<String> {
    let word = |token: Token| match token.what {
        What::Word(word) => Some(word),
        What::Number(_) | What::Digits => Some(text[token.start..token.end].to_owned()),
        What::Mark('%') => Some("%".to_owned()),
        What::Mark(_) => None,
    };
    tokens(text).into_iter().filter_map(word).collect()
}

/// A word as it is compared: `Hoà` and `hòa`, `tỉ` and `tỷ` are one.
fn compared(word: &str) -> String {
    let folded = fold(word);
    if folded.is_ascii() {
        return folded;
    }
    if folded == "tỉ" {
        return "tỷ".to_owned();
    }
    let mut letters: Vec<char> = folded.chars().collect();
    // Of two vowels at the end the tone mark stands on the first or on the second.
    if let [before @ .., first, second] = letters.as_mut_slice() {
        let parts: Vec<char> = std::iter::once(*second).nfd().collect();
        if let [vowel, tone] = parts.as_slice()
            && matches!((*first, *vowel), ('o', 'a' | 'e') | ('u', 'y'))
            && before.last() != Some(&'q')
        {
            let marked = [*first, *tone].into_iter().nfc().next();
            (*first, *second) = (marked.unwrap_or(*first), *vowel);
        }
    }
    letters.into_iter().collect()
}

/// What digits are by what stands around them.
fn digits_at(text: &str, start: usize, digits: &str) -> What {
    let before = text[..start].chars().next_back();
    let after: Vec<char> = text[start + digits.len()..].chars().take(2).collect();
    let joined = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | ','))
        || matches!(after.as_slice(), ['/', next] if next.is_alphanumeric());
    if joined {
        return What::Digits;
    }
    number(digits).map_or(What::Digits, What::Number)
}

/// Reads `3.022`, `0,36`, `11.898,5`, and `0.36`, whose point cannot set thousands apart.
fn number(text: &str) -> Option<Number> {
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, fraction),
        None => match text.rsplit_once('.') {
            Some((whole, fraction)) if fraction.len() != 3 && !whole.contains('.') => {
                (whole, fraction)
            }
            _ => (text, ""),
        },
    };
    let mut groups = whole.split('.');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if first.is_empty() || !grouped || !is_digits(fraction) || text.len() > 20 {
        return None;
    }
    let digits = format!("{first}{}{fraction}", rest.concat());
    let places = u32::try_from(fraction.len()).ok()?;
    let value = Decimal::try_from_i128_with_scale(digits.parse().ok()?, places).ok()?;
    let telling = digits.trim_start_matches('0').len().max(fraction.len());
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    Some(Number { value, places, plain, digits: telling })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let told = tokens(text).into_iter().map(|token| match token.what {
            What::Word(word) => word,
            What::Number(number) => format!("{}", number.value),
            What::Digits => "#".to_owned(),
            What::Mark(mark) => mark.to_string(),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_told_from_dates_and_numbers_of_documents() {
        assert_eq!(told("có 3.022 hộ, 0,36%."), "có 3022 hộ , 0.36 % .");
        assert_eq!(told("ngày 21/11/2023, số 539/KH-UBND"), "ngày # / # / # , số # / kh - ubnd");
        assert_eq!(told("0.36% và 1.234,5; 02hộ"), "0.36 % và 1234.5 ; 2 hộ");
        assert_eq!(told("1.2.3 hộ, T12, 12.34.567"), "# hộ , t # , #");
    }

    #[test]
    fn words_are_compared_by_what_they_say() {
        assert_eq!(compared("Thoát"), compared("thoát"));
        assert_eq!(compared("Hoà"), compared("hòa"));
        assert_eq!(compared("Uỷ"), "ủy");
        assert_eq!(compared("quý"), "quý");
        assert_eq!(compared("địa"), "địa");
        assert_eq!(compared("tỉ"), "tỷ");
        assert_ne!(compared("cân"), compared("cận"));
    }
}
