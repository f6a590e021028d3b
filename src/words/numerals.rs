//! Vietnamese number words: `ba triệu sáu trăm nghìn đồng chẵn` is 3,600,000.
//!
//! Words are compared without their marks, because amounts are typed in every state of accents
//! (`trieu`, `triêu`), in capitals and in small letters; the place of a word tells what the marks would
//! (`mười` and `mươi`). What can be read in two ways is not read at all: `một triệu hai` may be
//! 1,000,002 or 1,200,000.

use std::iter::Peekable;

use rust_decimal::Decimal;

use super::fold;
use super::units::unmarked;

/// An amount in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    /// What the words say.
    pub(crate) value: Decimal,
    /// True where they name the currency: `… đồng`.
    pub(crate) is_money: bool,
}

/// A text that gives an amount in words: what stands around the words, figures included, and the words
/// themselves, folded. The words are empty where they stand in another cell.
pub(crate) fn in_words(text: &str) -> Option<(String, String)> {
    const MARK: &str = "bằng chữ";
    // Two letters of it that no spelling changes spare most texts the folding.
    if !text.as_bytes().windows(2).any(|two| two.eq_ignore_ascii_case(b"ch")) {
        return None;
    }
    let folded = fold(text);
    let (before, after) = folded.split_once(MARK)?;
    let after = after.trim_start_matches(|c: char| c.is_whitespace() || "):;.-–—…".contains(c));
    let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
    let (words, rest) = after.split_at(end);
    let words =
        words.trim_end_matches(|c: char| c.is_whitespace() || "()[]:;,./-–—…\"”“".contains(c));
    Some((format!("{before} {rest}"), words.trim_start_matches(['(', '"', '“']).to_owned()))
}

/// A word of a number, marks aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// `không` to `chín`; true for forms that only stand behind tens: `mốt`, `lăm`.
    Digit(u64, bool),
    /// `mười`, `mươi`, `chục`.
    Ten,
    Hundred,
    /// `nghìn`, `triệu`, `tỷ`, by their power of a thousand.
    Scale(u32),
    /// `linh`, `lẻ`: no tens.
    NoTens,
    /// `rưỡi`: half of the scale before it.
    Half,
}

impl Word {
    fn of(plain: &str) -> Option<Self> {
        Some(match plain {
            "khong" => Self::Digit(0, false),
            "mot" => Self::Digit(1, false),
            "hai" => Self::Digit(2, false),
            "ba" => Self::Digit(3, false),
            "bon" => Self::Digit(4, false),
            "tu" => Self::Digit(4, true),
            "nam" => Self::Digit(5, false),
            "lam" | "nham" => Self::Digit(5, true),
            "sau" => Self::Digit(6, false),
            "bay" => Self::Digit(7, false),
            "tam" => Self::Digit(8, false),
            "chin" => Self::Digit(9, false),
            "muoi" | "chuc" => Self::Ten,
            "tram" => Self::Hundred,
            "nghin" | "ngan" => Self::Scale(1),
            "trieu" => Self::Scale(2),
            "ty" | "ti" => Self::Scale(3),
            "linh" | "le" => Self::NoTens,
            "ruoi" => Self::Half,
            _ => return None,
        })
    }
}

/// Words that may stand before an amount and after it.
const BEFORE: &[&str] = &["la", "so", "tien", "tong", "cong", "viet", "bang", "chu", "thanh"];
const AFTER: &[&str] = &["chan", "viet", "nam", "vn", "vnd", "d"];

/// Reads an amount; `None` for what is none, or can be read in two ways.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    let plain = unmarked(text);
    let mut words = plain.split(' ').skip_while(|word| BEFORE.contains(word)).peekable();
    let negative = words.next_if(|word| *word == "am").is_some();
    let number = number_words(&mut words);
    let comma = words.next_if(|word| *word == "phay").is_some();
    let decimals = comma.then(|| number_words(&mut words));
    let currency = |word: &&str| matches!(*word, "dong" | "vnd" | "d");
    let is_money = words.next_if(currency).is_some();
    // `năm` may end `Việt Nam`.
    if !words.all(|word| AFTER.contains(&word)) {
        return None;
    }
    let value = match decimals {
        None => Decimal::from(value(&number)?),
        Some(decimals) => with_decimals(value(&number)?, &decimals)?,
    };
    Some(Amount { value: if negative { -value } else { value }, is_money })
}

/// The words of a number at the beginning of others.
fn number_words<'t>(words: &mut Peekable<impl Iterator<Item = &'t str>>) -> Vec<Word> {
    let number = std::iter::from_fn(|| {
        let word = Word::of(words.peek()?)?;
        words.next();
        Some(word)
    });
    number.collect()
}

/// `ba` and `sáu mươi lăm triệu`: 3,65 of the scale.
fn with_decimals(whole: u64, words: &[Word]) -> Option<Decimal> {
    let scales = words.iter().position(|word| matches!(word, Word::Scale(_)));
    let (decimals, scales) = words.split_at(scales.unwrap_or(words.len()));
    let power = match scales {
        [] => 0,
        [Word::Scale(scale)] => *scale,
        [Word::Scale(scale), Word::Scale(3)] => scale + 3,
        _ => return None,
    };
    let digits = |words: &[Word]| -> Option<String> {
        let digit = |word: &Word| match word {
            Word::Digit(digit, _) => char::from_digit(u32::try_from(*digit).ok()?, 10),
            _ => None,
        };
        words.iter().map(digit).collect()
    };
    let zeros = decimals.iter().take_while(|word| **word == Word::Digit(0, false)).count();
    let text = match digits(decimals) {
        Some(text) => text,
        None => format!("{}{}", "0".repeat(zeros), value(&decimals[zeros..])?),
    };
    if text.is_empty() || text.len() > MOST_DECIMALS {
        return None;
    }
    let number: Decimal = format!("{whole}.{text}").parse().ok()?;
    number.checked_mul(Decimal::from(1000_u64.checked_pow(power)?))
}

/// Decimals in words.
const MOST_DECIMALS: usize = 6;

/// The value of the words of a number.
fn value(words: &[Word]) -> Option<u64> {
    let mut reader = Reader { words, at: 0 };
    // Whole billions, and what is below them; the last scale met.
    let (mut billions, mut below) = (0_u64, 0_u64);
    let mut last: Option<u32> = None;
    loop {
        let start = reader.at;
        let group = reader.group(last.is_none())?;
        match reader.next_if(|word| matches!(word, Word::Scale(_))) {
            Some(Word::Scale(3)) => {
                if billions > 0 {
                    return None;
                }
                billions = below.checked_add(group)?;
                (below, last) = (0, Some(3));
            }
            Some(Word::Scale(scale)) => {
                if last.is_some_and(|last| scale >= last) {
                    return None;
                }
                below = below.checked_add(group.checked_mul(1000_u64.pow(scale))?)?;
                last = Some(scale);
                // `hai nghìn tỷ`
                if reader.next_if(|word| *word == Word::Scale(3)).is_some() {
                    if billions > 0 {
                        return None;
                    }
                    billions = below;
                    (below, last) = (0, Some(3));
                }
            }
            _ => {
                // `một triệu hai trăm`: of thousands, or of ones? Said in full, or right after the
                // thousands, it is of ones.
                let full = words.get(start) == Some(&Word::Digit(0, false))
                    || words.get(start) == Some(&Word::NoTens);
                if !full && last.is_some_and(|last| last > 1) {
                    return None;
                }
                below = below.checked_add(group)?;
                break;
            }
        }
        if reader.next_if(|word| *word == Word::Half).is_some() {
            let half = 1000_u64.pow(last?) / 2;
            below = below.checked_add(half)?;
            break;
        }
        if reader.is_done() {
            break;
        }
    }
    let value = billions.checked_mul(1_000_000_000)?.checked_add(below)?;
    reader.is_done().then_some(value)
}

struct Reader<'a> {
    words: &'a [Word],
    at: usize,
}

impl Reader<'_> {
    fn next_if(&mut self, test: impl Fn(&Word) -> bool) -> Option<Word> {
        let word = self.words.get(self.at).copied().filter(test)?;
        self.at += 1;
        Some(word)
    }

    fn digit(&mut self, behind_tens: bool) -> Option<u64> {
        let fits = |word: &Word| matches!(word, Word::Digit(_, only) if behind_tens || !only);
        match self.next_if(fits)? {
            Word::Digit(digit, _) => Some(digit),
            _ => None,
        }
    }

    fn is_done(&self) -> bool {
        self.at == self.words.len()
    }

    /// Up to three digits in words: `hai trăm linh năm`, `mười lăm`. A lone digit behind a larger scale
    /// is ambiguous unless a scale of its own follows.
    fn group(&mut self, first: bool) -> Option<u64> {
        let start = self.at;
        if self.next_if(|word| *word == Word::NoTens).is_some() {
            return if first { None } else { self.digit(true) };
        }
        if self.next_if(|word| *word == Word::Ten).is_some() {
            return Some(10 + self.digit(true).unwrap_or(0));
        }
        let digit = self.digit(false)?;
        if self.next_if(|word| *word == Word::Hundred).is_some() {
            return Some(digit * 100 + self.below_hundred()?);
        }
        if self.next_if(|word| *word == Word::Ten).is_some() {
            return (digit > 0).then(|| digit * 10 + self.digit(true).unwrap_or(0));
        }
        let scaled = matches!(self.words.get(self.at), Some(Word::Scale(_)));
        (scaled || first && start + 1 == self.at).then_some(digit)
    }

    /// What follows the hundreds: nothing, `linh năm`, `mười lăm`, `hai mươi mốt`.
    fn below_hundred(&mut self) -> Option<u64> {
        if self.next_if(|word| *word == Word::NoTens).is_some() {
            return self.digit(true);
        }
        if self.next_if(|word| *word == Word::Ten).is_some() {
            return Some(10 + self.digit(true).unwrap_or(0));
        }
        let Some(tens) = self.digit(false) else { return Some(0) };
        // `hai trăm năm` may be 205 or 250.
        self.next_if(|word| *word == Word::Ten)?;
        (tens > 0).then(|| tens * 10 + self.digit(true).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<u64> {
        amount(text).and_then(|amount| u64::try_from(amount.value).ok())
    }

    #[test]
    fn decimals_and_debts_are_read() {
        for (text, value) in [
            ("âm ba triệu sáu trăm nghìn đồng", Some("-3600000")),
            ("Ba phẩy sáu triệu đồng", Some("3600000.0")),
            ("mười hai phẩy không năm tỷ đồng", Some("12050000000.00")),
            ("ba phẩy sáu mươi lăm nghìn tỷ đồng", Some("3650000000000.00")),
            ("hai phẩy năm", Some("2.5")),
            ("hai phẩy đồng", None),
            ("hai triệu phẩy ba triệu bốn", None),
        ] {
            let read = amount(text).map(|amount| amount.value);
            assert_eq!(read, value.map(|value| value.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_offices_write_them() {
        for (text, value) in [
            ("bốn triệu đồng", 4_000_000),
            ("Ba triệu sáu trăm nghìn đồng chẵn./.", 3_600_000),
            ("Ba trieu sau tram ngan dong", 3_600_000),
            ("HAI TỶ KHÔNG TRĂM LINH NĂM TRIỆU ĐỒNG", 2_005_000_000),
            ("Một trăm hai mươi mốt tỉ, ba trăm bốn mươi lăm triệu đồng", 121_345_000_000),
            ("mười lăm nghìn không trăm lẻ bốn đồng", 15_004),
            ("Hai mươi tư triệu, năm trăm nghìn đồng.", 24_500_000),
            ("chín mươi chín nghìn chín trăm chín mươi chín đồng", 99_999),
            ("Ba triệu rưỡi đồng", 3_500_000),
            ("hai nghìn ba trăm tỷ đồng", 2_300_000_000_000),
            ("hai nghìn ba trăm", 2_300),
            ("ba tỷ sáu trăm nghìn đồng", 3_000_600_000),
            ("một triệu không nghìn hai trăm đồng", 1_000_200),
            ("Số tiền viết bằng chữ là: năm mươi nhăm đồng", 55),
            ("không đồng", 0),
            ("Mười đồng Việt Nam", 10),
            ("một trăm lẻ một người", 0),
        ] {
            let expected = (value > 0 || text.starts_with("không")).then_some(value);
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        for text in [
            "một triệu hai",
            "một triệu hai trăm đồng",
            "hai trăm năm đồng",
            "hai năm đồng",
            "ba nghìn triệu đồng",
            "triệu đồng",
            "hai ba triệu",
            "",
            "Tiền thưởng",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    /// Writes a number in words as the rules of the language have it.
    fn written(number: u64) -> String {
        const DIGITS: [&str; 10] =
            ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
        let group = |number: u64, full: bool| {
            let digit = |digit: u64| DIGITS[usize::try_from(digit).unwrap_or(0)];
            let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
            let mut words = Vec::new();
            if full || hundreds > 0 {
                words.extend([digit(hundreds), "trăm"]);
            }
            match tens {
                0 if ones > 0 && !words.is_empty() => words.extend(["linh", digit(ones)]),
                0 if ones > 0 => words.push(digit(ones)),
                0 => {}
                1 => words.push("mười"),
                _ => words.extend([digit(tens), "mươi"]),
            }
            match ones {
                0 => {}
                1 if tens > 1 => words.push("mốt"),
                5 if tens > 0 => words.push("lăm"),
                _ if tens > 0 => words.push(digit(ones)),
                _ => {}
            }
            words.join(" ")
        };
        let mut words = Vec::new();
        let scales = [(1_000_000_000, "tỷ"), (1_000_000, "triệu"), (1_000, "nghìn"), (1, "")];
        for (scale, name) in scales {
            let part = number / scale % if scale == 1_000_000_000 { u64::MAX } else { 1000 };
            let hundreds = number % 1000 >= 100;
            if part > 0 || scale == 1000 && hundreds && !words.is_empty() {
                let full = !words.is_empty() && part > 0;
                let group = if part > 0 { group(part, full) } else { "không".to_owned() };
                words.push(format!("{group} {name}").trim().to_owned());
            }
        }
        words.join(" ")
    }

    #[test]
    fn every_number_is_read_as_it_is_written() {
        let mut number = 1_u64;
        for step in 1..4000_u64 {
            number = (number.wrapping_mul(6_364_136_223) + step * 1_442_695) % 999_999_999_999;
            let number = if step % 3 == 0 { number / 1000 * 1000 } else { number };
            let words = written(number.max(1));
            assert_eq!(read(&words), Some(number.max(1)), "{words}");
            assert_eq!(read(&words.to_uppercase()), Some(number.max(1)), "{words}");
        }
    }
}
