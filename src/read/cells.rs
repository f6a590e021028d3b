//! Stored values as ours: exact decimals, composed text, blanks that are blanks.

use std::borrow::Cow;

use calamine::DataRef;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::workbook::Value;

/// A stored number to the 15 significant digits that spreadsheet programs keep and show.
/// What no decimal can hold (infinities, 1e300) is kept as text, so that it is reported.
pub(super) fn number(value: f64) -> Value {
    exact(value).map_or_else(|| Value::Text(value.to_string()), Value::Number)
}

/// A plain decimal of at most 15 significant digits, which most stored numbers are, without the way
/// over `f64`: `-12.5`, but no exponent.
pub(super) fn plain_number(text: &[u8]) -> Option<Decimal> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mut number, mut places, mut point, mut significant) = (0_i64, 0_u32, false, 0);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + i64::from(byte - b'0');
                significant += u32::from(number > 0);
                places += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
        if significant > 15 || places > 20 {
            return None;
        }
    }
    if digits.is_empty() || !digits[0].is_ascii_digit() {
        return None;
    }
    while places > 0 && number % 10 == 0 {
        number /= 10;
        places -= 1;
    }
    Some(Decimal::new(if negative { -number } else { number }, places))
}

fn exact(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    if value.abs() < 1e-20 {
        // Below what a decimal of this size resolves: nothing on any paper.
        return Some(Decimal::ZERO);
    }
    short(value).or_else(|| rounded(value))
}

/// A figure of few decimals, which most are: the decimal of 15 digits that is stored as this number.
fn short(value: f64) -> Option<Decimal> {
    const MOST: f64 = 1e15;
    let mut unit = 1.0;
    for places in 0..=6 {
        let scaled = (value * unit).round();
        if scaled.abs() >= MOST {
            return None;
        }
        if (scaled / unit).to_bits() == value.to_bits() {
            return Some(Decimal::new(scaled.to_i64()?, places));
        }
        unit *= 10.0;
    }
    None
}

/// A number rounded to 15 digits.
fn rounded(value: f64) -> Option<Decimal> {
    let text = format!("{value:.14e}");
    // Of what binary arithmetic leaves (5.55E-17) a decimal keeps the first digits.
    let number = Decimal::from_scientific(&text).ok().or_else(|| {
        let small = value.abs() < 1.0;
        small.then(|| format!("{value:.28}").parse().ok()).flatten()
    });
    number.map(|number| number.normalize())
}

/// Text as [`clean`] leaves it; nothing is [`Value::Blank`].
pub(super) fn text(raw: impl Into<String>) -> Value {
    let raw: String = raw.into();
    if raw.is_empty() { Value::Blank } else { Value::Text(clean(raw.into()).into_owned()) }
}

/// Text in NFC with plain blanks. Control characters, which would steer a terminal, become unknown
/// characters.
pub(super) fn clean(raw: Cow<'_, str>) -> Cow<'_, str> {
    if raw.chars().all(is_clean) {
        return raw;
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let composed = if is_nfc(&raw) { raw } else { raw.nfc().collect() };
    let odd = ['\u{a0}', '\u{202f}', '\u{2007}', '\r'];
    if !composed.contains(|c| odd.contains(&c) || is_control(c)) {
        return composed;
    }
    let plain = |c| match c {
        '\r' => None,
        c if odd.contains(&c) => Some(' '),
        c if is_control(c) => Some('\u{fffd}'),
        c => Some(c),
    };
    composed.chars().filter_map(plain).collect()
}

/// True for characters that stay as they are, whatever stands beside them: those of ASCII, the
/// letters of Latin scripts and of Vietnamese, none of which composes with one before it.
fn is_clean(c: char) -> bool {
    matches!(c, ' '..='~' | '\t' | '\n' | '\u{a1}'..='\u{2ff}' | '\u{1ea0}'..='\u{1ef9}')
}

pub(super) fn value_ref(data: &DataRef<'_>) -> Value {
    match data {
        DataRef::SharedString(raw) => text(*raw),
        DataRef::Empty => Value::Blank,
        DataRef::Int(number) => Value::Number(Decimal::from(*number)),
        DataRef::Float(float) => number(*float),
        DataRef::String(raw) | DataRef::DateTimeIso(raw) | DataRef::DurationIso(raw) => text(raw),
        DataRef::Bool(truth) => Value::Bool(*truth),
        DataRef::DateTime(time) => date_serial(time.as_f64()),
        DataRef::Error(error) => Value::Error(error.to_string().into()),
    }
}

pub(super) fn date_serial(serial: f64) -> Value {
    exact(serial).map_or_else(|| Value::Text(serial.to_string()), Value::Date)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    use super::*;

    #[test]
    fn numbers_are_exact_to_fifteen_digits() {
        assert_eq!(number(2.35), Value::Number(Decimal::new(235, 2)));
        assert_eq!(number(0.1 + 0.2), Value::Number(Decimal::new(3, 1)));
        assert_eq!(number(685_419_000_000.0), Value::Number(Decimal::from(685_419_000_000_i64)));
        assert_eq!(number(f64::NAN), Value::Text("NaN".into()));
        assert!(matches!(number(1e300), Value::Text(_)));
        assert_eq!(number(1e-300), Value::Number(Decimal::ZERO));
    }

    #[test]
    fn a_figure_of_few_decimals_is_what_rounding_makes_of_it() {
        let mut seed = 22_u64;
        for _ in 0..200_000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let places = u32::try_from(seed >> 33).unwrap() % 9;
            let figure = i64::try_from(seed >> 20).unwrap() >> (seed % 43);
            let value = Decimal::new(figure, places).to_string().parse::<f64>().unwrap();
            for value in [value, -value, value + 1e-9, f64::from_bits(value.to_bits() + 1)] {
                if let Some(short) = short(value).filter(|_| value.abs() > 1e-20) {
                    assert_eq!(Some(short), rounded(value), "{value}");
                    assert_eq!(short.scale(), rounded(value).unwrap().scale(), "{value}");
                }
            }
        }
    }

    #[test]
    fn a_plain_number_is_what_its_float_is() {
        for text in
            ["0", "-0", "7", "-12.50", "0.070", "100", "3022", "123456789012345", "0.3000000"]
        {
            let float = number(text.parse().unwrap());
            assert_eq!(plain_number(text.as_bytes()).map(Value::Number), Some(float), "{text}");
        }
        for text in ["", "-", ".", ".5", "1e3", "0.30000000000000004", "1.2.3", "1234567890123456"]
        {
            assert_eq!(plain_number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn text_is_composed_and_its_blanks_are_plain() {
        assert_eq!(text("a\u{1b}[31m\tb\nc"), Value::Text("a\u{fffd}[31m\tb\nc".into()));
        assert_eq!(text("Đ\u{9b}x"), Value::Text("Đ\u{fffd}x".into()));
        assert_eq!(text("Ty\u{309} lê\u{323}\u{a0}%"), Value::Text("Tỷ lệ %".into()));
        assert_eq!(text(""), Value::Blank);
        assert_eq!(text("\r"), Value::Text(String::new()));
    }

    #[test]
    fn clean_characters_are_composed_beside_any_other() {
        let clean: String = ('\0'..=char::MAX).filter(|c| is_clean(*c)).collect();
        assert_eq!(is_nfc_quick(clean.chars()), IsNormalized::Yes);
        assert!(clean.chars().all(|c| canonical_combining_class(c) == 0));
        assert!(!clean.contains(['\r', '\u{7f}', '\u{85}', '\u{a0}', '\u{2007}', '\u{202f}']));
    }
}
