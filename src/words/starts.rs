//! Words that a text may begin with, without folding the texts that begin otherwise.

use super::{as_vietnamese, small_letter};

/// Words, folded, that a text may begin with. Nearly all texts are told from all of them by two bytes.
pub(super) struct Starts {
    words: &'static [&'static str],
    /// A bit for the two bytes that each of them begins with; others may have the same.
    pairs: u128,
}

impl Starts {
    /// Words of two bytes and more.
    pub(super) const fn of(words: &'static [&'static str]) -> Self {
        let (mut pairs, mut at) = (0, 0);
        while at < words.len() {
            let word = words[at].as_bytes();
            pairs |= bit([word[0], word[1]]);
            at += 1;
        }
        Self { words, pairs }
    }

    /// True when a text folded begins with one of them; nothing is folded but what is compared.
    pub(super) fn begin(&self, text: &str) -> bool {
        if first_pair(text).is_some_and(|pair| self.pairs & bit(pair) == 0) {
            return false;
        }
        self.words.iter().any(|start| {
            let words = text.split_whitespace().enumerate();
            let blanked = words
                .flat_map(|(word, text)| (word > 0).then_some(' ').into_iter().chain(text.chars()));
            let mut folded = blanked.flat_map(char::to_lowercase).map(as_vietnamese);
            start.chars().all(|c| folded.next() == Some(c))
        })
    }

    /// True when a folded text begins with one of them.
    pub(super) fn begin_folded(&self, folded: &str) -> bool {
        self.words.iter().any(|start| folded.starts_with(start))
    }
}

const fn bit([first, second]: [u8; 2]) -> u128 {
    1 << (first.wrapping_mul(37).wrapping_add(second) & 127)
}

/// The first two bytes of a text folded; `None` where they are not those of letters, digits and blanks.
fn first_pair(text: &str) -> Option<[u8; 2]> {
    // Most have no marks.
    if let Some(two) = text.as_bytes().first_chunk::<2>()
        && two.iter().all(u8::is_ascii_alphanumeric)
    {
        return Some(two.map(|letter| letter.to_ascii_lowercase()));
    }
    let mut letters = text.trim_start().chars().map(|c| {
        if let Some(small) = small_letter(c) {
            return Some(small);
        }
        let mut small = c.to_lowercase().map(as_vietnamese);
        small.next().filter(|first| small.next().is_none() && !first.is_whitespace())
    });
    let mut written = [0; 8];
    let length = letters.next()??.encode_utf8(&mut written).len();
    if length == 1 {
        letters.next()??.encode_utf8(&mut written[1..]);
    }
    Some([written[0], written[1]])
}

#[cfg(test)]
mod tests {
    use super::Starts;
    use crate::words::fold;

    #[test]
    fn texts_begin_as_their_folded_forms_do() {
        const STARTS: Starts = Starts::of(&["tổng", "toàn ", "tc", "% ", "đơn vị", "ấp "]);
        let texts = [
            "TỔNG số",
            "Tổng",
            "tông",
            "  Toàn\u{a0}xã",
            "toàn",
            "Toàn  xã",
            "TC",
            "t c",
            "%",
            "% hộ",
            "%\thộ",
            "Ðơn vị",
            "Đơn  VỊ tính",
            "đơn",
            "Ấp 1",
            "ấp",
            "Áp 1",
            "",
            " ",
            "T",
            "Ⓣổng",
            "ﬀ",
            "İt",
            "Tổ 1",
            "tỔng",
            "thôn",
            "-- tổng",
        ];
        for text in texts {
            let folded = fold(text);
            assert_eq!(STARTS.begin(text), STARTS.begin_folded(&folded), "{text:?}");
        }
        assert!(texts.iter().filter(|text| STARTS.begin(text)).count() >= 9);
    }
}
