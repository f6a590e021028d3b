//! The order of Vietnamese names: letters first (a ă â b c d đ e ê …), tones after them (none, huyền,
//! hỏi, ngã, sắc, nặng), syllable by syllable; numbers by their size.

use unicode_normalization::UnicodeNormalization as _;

use super::fold;

/// What names are put in order by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Collation(Vec<Syllable>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Syllable {
    Number(u64),
    Word(Vec<u32>, usize),
}

/// The letters in their order, small, without tones.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// The tone marks in their order, decomposed; a syllable without one comes first.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

impl Collation {
    /// What a name is put in order by.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let folded = fold(name);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self(words.map(syllable).collect())
    }
}

fn syllable(word: &str) -> Syllable {
    if let Ok(number) = word.parse() {
        return Syllable::Number(number);
    }
    let tone = |c: char| TONES.iter().position(|tone| *tone == c);
    let decomposed = || word.nfd();
    let own_tone = decomposed().find_map(tone).map_or(0, |tone| tone + 1);
    let letters: String = decomposed().filter(|c| tone(*c).is_none()).nfc().collect();
    let rank = |c: char| {
        let known = LETTERS.chars().position(|letter| letter == c);
        known.and_then(|rank| u32::try_from(rank).ok()).unwrap_or(u32::from(c) + 1000)
    };
    Syllable::Word(letters.chars().map(rank).collect(), own_tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_vietnamese_alphabet() {
        let sorted = [
            "Xã An Bình",
            "Xã Ăn Khê",
            "Xã Ân Hòa",
            "Xã Da",
            "Xã Đa",
            "Xã Đà",
            "Xã Đả",
            "Xã Đã",
            "Xã Đá",
            "Xã Đạ",
            "Xã Đại Lãnh",
            "Xã Mẫu 2",
            "Xã Mẫu 10",
            "Xã Tân",
            "Xã Tân An",
            "Xã Ô",
            "Xã Ơ",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_key(|name| Collation::of(name));
        let mut wanted: Vec<&str> = sorted.to_vec();
        // `o` stands before `t`.
        wanted.sort_by_key(|name| (name.contains("Tân"), 0));
        assert_eq!(names.to_vec(), wanted);
    }
}
