//! The words of headings and of names of rows that say how figures are computed, as data. A word is
//! added by adding a phrase; nothing here belongs to one form.
//!
//! Phrases are compared word by word, letter case and punctuation aside, so `Tăng (+), giảm (-)` holds
//! `tăng giảm`, and `%` is a word.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::words::{MEANS, is_mean_of_one, is_share_of_money};

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Word {
    /// The sum of others.
    Total,
    /// Parts that need not add up: `Trong đó`.
    Thereof,
    /// Parts that add up: `Chia ra`, `Chia theo`.
    Split,
    /// A proportion, in columns and in rows.
    Rate,
    /// A proportion or a difference in columns; in rows a difference.
    Compared,
    /// A plain number where a rate might be meant: `Số tuyệt đối`.
    Absolute,
    /// A mean.
    Mean,
    /// A change or a rest.
    Change,
    /// What leaves.
    Down,
    /// What enters.
    Up,
    /// The state before.
    Start,
    /// The state after.
    End,
    /// The female part of persons.
    Female,
    /// The number of pieces.
    Quantity,
    /// The price of a piece.
    Price,
    /// The price of all pieces.
    Worth,
    /// A tax.
    Tax,
    /// What adds up over time.
    Cumulative,
    /// What is left.
    Rest,
    /// What was planned.
    Plan,
    /// What was done.
    Done,
    /// Things that are counted one by one: households, persons.
    Things,
    /// The male part of persons.
    Male,
    /// Other parts of persons that overlap: minorities, members.
    Group,
    /// The rate of a tax.
    TaxRate,
    /// What was added in a period.
    Within,
}

/// Where in a text a phrase counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Anywhere,
}

/// The phrases of a word, in lower case and NFC.
struct Entry {
    word: Word,
    at: At,
    phrases: &'static [&'static str],
}

const VOCABULARY: &[Entry] = &[
    Entry {
        word: Word::Total,
        at: At::Start,
        phrases: &[
            "tổng cộng",
            "tổng số",
            "tổng",
            "cộng",
            "toàn xã",
            "toàn huyện",
            "toàn tỉnh",
            "toàn phường",
            "toàn thành phố",
            "toàn thị trấn",
            "toàn quốc",
            "toàn vùng",
            "toàn ngành",
            "cả nước",
            "all",
            "sum",
        ],
    },
    Entry { word: Word::Total, at: At::Anywhere, phrases: &["total"] },
    Entry {
        word: Word::Thereof,
        at: At::Start,
        phrases: &["trong đó", "trong đo", "trđ", "of which", "including"],
    },
    Entry {
        word: Word::Split,
        at: At::Start,
        phrases: &["chia ra", "chia theo", "phân theo", "phân ra", "bao gồm", "gồm", "divided"],
    },
    Entry {
        word: Word::Rate,
        at: At::Anywhere,
        phrases: &[
            "tỷ lệ",
            "tỉ lệ",
            "tỷ trọng",
            "tỉ trọng",
            "tỷ suất",
            "tỉ suất",
            "tốc độ",
            "%",
            "percent",
            "per cent",
            "rate",
            "ratio",
        ],
    },
    Entry { word: Word::Rate, at: At::Start, phrases: &["tl"] },
    Entry {
        word: Word::Compared,
        at: At::Anywhere,
        phrases: &["so sánh", "so với", "đạt", "cơ cấu", "share", "proportion", "per"],
    },
    Entry {
        word: Word::Absolute,
        at: At::Anywhere,
        phrases: &["tuyệt đối", "số lượng", "số hộ", "số khẩu", "số người", "số tiền", "number"],
    },
    Entry { word: Word::Mean, at: At::Anywhere, phrases: &["average", "mean", "median", "avg"] },
    Entry { word: Word::Mean, at: At::Anywhere, phrases: MEANS },
    Entry { word: Word::Mean, at: At::Start, phrases: &["năng suất"] },
    Entry {
        word: Word::Change,
        at: At::Anywhere,
        phrases: &[
            "tăng",
            "giảm",
            "chênh",
            "so sánh",
            "so với",
            "còn lại",
            "change",
            "difference",
            "increase",
            "decrease",
            "growth",
            "net",
            "balance",
        ],
    },
    Entry {
        word: Word::Down,
        at: At::Anywhere,
        phrases: &["giảm", "thoát", "xuất", "chuyển đi", "decrease"],
    },
    Entry {
        word: Word::Up,
        at: At::Anywhere,
        phrases: &["tăng", "tái", "phát sinh", "nhập", "chuyển đến", "increase"],
    },
    Entry {
        word: Word::Start,
        at: At::Anywhere,
        phrases: &["đầu năm", "đầu kỳ", "đầu kì", "tồn đầu", "dư đầu", "opening"],
    },
    Entry {
        word: Word::End,
        at: At::Anywhere,
        phrases: &["cuối năm", "cuối kỳ", "cuối kì", "tồn cuối", "dư cuối", "closing"],
    },
    Entry { word: Word::Female, at: At::Anywhere, phrases: &["nữ", "female", "women", "girls"] },
    Entry {
        word: Word::Quantity,
        at: At::Anywhere,
        phrases: &["số lượng", "khối lượng", "sl", "quantity", "qty"],
    },
    Entry {
        word: Word::Price,
        at: At::Anywhere,
        phrases: &["đơn giá", "giá đơn vị", "unit price", "price"],
    },
    Entry {
        word: Word::Worth,
        at: At::Anywhere,
        phrases: &["thành tiền", "giá trị", "amount", "worth"],
    },
    Entry { word: Word::Tax, at: At::Anywhere, phrases: &["thuế", "vat", "gtgt", "tax"] },
    Entry {
        word: Word::Cumulative,
        at: At::Anywhere,
        phrases: &["lũy kế", "luỹ kế", "cộng dồn", "cumulative"],
    },
    Entry {
        word: Word::Rest,
        at: At::Anywhere,
        phrases: &["còn lại", "còn phải", "chưa thực hiện", "remaining", "rest"],
    },
    Entry {
        word: Word::Plan, at: At::Anywhere, phrases: &["kế hoạch", "kh", "dự toán", "plan"]
    },
    Entry {
        word: Word::Done,
        at: At::Anywhere,
        phrases: &[
            "thực hiện",
            "th",
            "ước thực hiện",
            "ước th",
            "ưth",
            "quyết toán",
            "giải ngân",
            "thực chi",
            "thực thu",
            "actual",
        ],
    },
    Entry { word: Word::Male, at: At::Anywhere, phrases: &["nam", "male", "men", "boys"] },
    Entry {
        word: Word::Group,
        at: At::Anywhere,
        phrases: &[
            "dân tộc",
            "dân tộc thiểu số",
            "dtts",
            "khuyết tật",
            "đảng viên",
            "đoàn viên",
            "bán trú",
            "minority",
            "minorities",
        ],
    },
    Entry {
        word: Word::TaxRate, at: At::Anywhere, phrases: &["thuế suất", "% thuế", "tax rate"]
    },
    Entry {
        word: Word::Within,
        at: At::Anywhere,
        phrases: &["trong tháng", "trong kỳ", "trong kì", "trong quý", "tháng này", "kỳ này"],
    },
    Entry {
        word: Word::Things,
        at: At::Anywhere,
        phrases: &[
            "hộ",
            "khẩu",
            "người",
            "học sinh",
            "trẻ em",
            "lượt",
            "thẻ",
            "hồ sơ",
            "hội viên",
            "đoàn viên",
            "đảng viên",
            "giáo viên",
            "cán bộ",
            "lao động",
            "bệnh nhân",
            "số cháu",
            "số lớp",
            "households",
            "persons",
            "people",
        ],
    },
];

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Says(u32);

impl Says {
    /// True where it says a word.
    #[must_use]
    pub fn says(self, word: Word) -> bool {
        self.0 & (1 << word as u8) != 0
    }

    /// What this and another text say together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn add(&mut self, word: Word) {
        self.0 |= 1 << word as u8;
    }
}

struct Phrase {
    word: Word,
    at: At,
    rest: Vec<&'static str>,
}

/// The phrases by their first word.
static PHRASES: LazyLock<HashMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
    for entry in VOCABULARY {
        for phrase in entry.phrases {
            let mut words = phrase.split(' ');
            let first = words.next().unwrap_or_default();
            let phrase = Phrase { word: entry.word, at: entry.at, rest: words.collect() };
            phrases.entry(first).or_default().push(phrase);
        }
    }
    phrases
});

/// What a text says.
#[must_use]
pub fn says(text: &str) -> Says {
    let text = text.to_lowercase();
    let words: Vec<&str> = words_of(&text).collect();
    let mut said = Says::default();
    if is_mean_of_one(&text) {
        said.add(Word::Mean);
    }
    let of_money = text.contains('%') && is_share_of_money(&text);
    for (place, first) in words.iter().enumerate().filter(|(_, word)| !of_money || **word != "%") {
        for phrase in PHRASES.get(first).into_iter().flatten() {
            let here = phrase.at == At::Anywhere || place == 0;
            if here && words[place + 1..].starts_with(&phrase.rest) {
                said.add(phrase.word);
            }
        }
    }
    said
}

/// The words of a text in lower case with single blanks between them, for comparing.
#[must_use]
pub fn folded(text: &str) -> String {
    words_of(&text.to_lowercase()).collect::<Vec<_>>().join(" ")
}

/// Runs of letters and digits; `%` is a word of its own.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split_inclusive(|c: char| !c.is_alphanumeric());
    pieces.flat_map(|piece| {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let percent = piece.ends_with('%').then_some("%");
        (!word.is_empty()).then_some(word).into_iter().chain(percent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_told_word_by_word() {
        assert!(says("TỔNG SỐ HỘ").says(Word::Total));
        assert!(!says("Số hộ tổng").says(Word::Total));
        assert!(says("Tăng (+), giảm (-)").says(Word::Down));
        assert!(says("Đạt 100% kế hoạch").says(Word::Rate));
        assert!(!says("Thuế GTGT 10% (đồng)").says(Word::Rate), "an amount");
        assert!(says("Trong đó: nữ").says(Word::Female));
        assert!(!says("Ninh Thuận").says(Word::Up), "a word is no part of another");
        assert!(says("Mất liên lạc trung bình/1 trạm (phút)").says(Word::Mean));
        assert!(!says("Xếp loại trung bình").says(Word::Mean), "a grade");
        assert_eq!(folded("  Tỷ lệ (%) "), "tỷ lệ %");
    }

    #[test]
    fn every_phrase_is_found_in_itself() {
        for entry in VOCABULARY {
            for phrase in entry.phrases {
                assert!(says(phrase).says(entry.word), "{phrase}");
            }
        }
    }
}
