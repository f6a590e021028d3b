//! What stands around a figure without changing it: characters nobody sees, units, marks.

use std::borrow::Cow;

/// Longest unit or mark behind a figure, in characters.
const LONGEST: usize = 32;

/// Words behind a figure that make it another one, or none.
const CHANGING: &[&str] =
    &["trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ", "trở", "hoặc", "đến", "mỗi"];

/// True for characters that take no room: copied from web pages, Word and chat programs.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// A text without invisible characters, its blanks of any width plain ones.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let odd = |c: char| !c.is_ascii() && (c.is_whitespace() || is_invisible(c));
    if !text.contains(odd) {
        return text.into();
    }
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    text.chars().filter(|c| !is_invisible(*c)).map(plain).collect()
}

/// The figure in a text that adds nothing to it but its unit or a mark: `360 hộ`, `0*`,
/// `19 (mười chín)`. What follows it has no digit and no word that changes its value.
pub(crate) fn annotated_figure(text: &str) -> Option<&str> {
    let end = text.find(|c: char| c.is_alphabetic() || matches!(c, '*' | '('))?;
    let (figure, mark) = text.split_at(end);
    let first = figure.chars().next()?;
    // `1A` is a name, and `5m` may be one.
    let joined = !figure.ends_with(char::is_whitespace) && !mark.starts_with(['*', '(']);
    let letters = mark.chars().take_while(|c| c.is_alphabetic()).count();
    let plain = |c: char| {
        c.is_alphabetic() || c.is_whitespace() || matches!(c, '*' | '(' | ')' | '.' | ',' | '/')
    };
    let changes = || {
        let folded = mark.to_lowercase();
        folded.split(|c: char| !c.is_alphabetic()).any(|word| CHANGING.contains(&word))
    };
    let sound = (first.is_ascii_digit() || matches!(first, '-' | '−' | '–'))
        && !(joined && letters < 2)
        && mark.chars().count() <= LONGEST
        && mark.chars().all(plain)
        && !changes();
    sound.then(|| figure.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_marks_are_set_apart() {
        let read = [
            ("360 hộ", "360"),
            ("360hộ", "360"),
            ("0*", "0"),
            ("0 (*)", "0"),
            ("19 (mười chín)", "19"),
            ("1.433 khẩu", "1.433"),
            ("-3 hộ", "-3"),
            ("12,5 ha", "12,5"),
        ];
        for (text, figure) in read {
            assert_eq!(annotated_figure(text), Some(figure), "{text}");
        }
        let names = [
            "1A",
            "7A2",
            "5m",
            "12 triệu",
            "10 hộ trở lên",
            "3 hộ 5 khẩu",
            "hộ 3",
            "15 (tăng 2)",
            "360",
            "",
            "*",
            "(5)",
        ];
        for text in names {
            assert_eq!(annotated_figure(text), None, "{text}");
        }
    }

    #[test]
    fn what_nobody_sees_is_dropped() {
        assert_eq!(visible("1\u{200B}.433\u{200E}"), "1.433");
        assert_eq!(visible("\u{FEFF}3\u{2009}022\u{202F}"), "3 022 ");
        assert!(matches!(visible("1.433 hộ"), Cow::Borrowed(_)));
    }
}
