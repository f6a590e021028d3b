//! What may reach a terminal. Texts come from files, their names and arguments, and some of their
//! characters steer a terminal or turn the order of letters about: a received workbook could wipe its
//! findings off the screen and print "0 lỗi" in their place. Here, at the writer, such characters
//! become marks, whatever wrote them.

use std::borrow::Cow;
use std::fmt::Write as _;

use soatbieu::report::steers;

/// What stands for a character that would steer a terminal.
const MARK: char = '\u{fffd}';

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// Plain text: no colours.
    Plain,
    /// Text with the colours of the report.
    Coloured,
    /// JSON, whose texts keep what they hold, as escapes.
    Json,
}

/// The text with nothing in it that steers a terminal.
pub(crate) fn visible(text: &str, writing: Writing) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(steers) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(colour) = colour(rest).filter(|_| writing == Writing::Coloured) {
            shown.push_str(colour);
            rest = &rest[colour.len()..];
            continue;
        }
        let mut letters = rest.chars();
        match letters.next() {
            // A JSON text stays the same text; four digits hold all that steers.
            Some(letter) if writing == Writing::Json => {
                let _ = write!(shown, "\\u{:04x}", u32::from(letter));
            }
            _ => shown.push(MARK),
        }
        rest = letters.as_str();
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The colour that a text begins with: one of those of the report, none that hides letters.
fn colour(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.find('m')?;
    let known = |part: &str| {
        matches!(part, "" | "0" | "1" | "2" | "3" | "4" | "22" | "23" | "24" | "39")
            || matches!(part.as_bytes(), [b'3', b'1'..=b'7'] | [b'9', b'0'..=b'7'])
    };
    inner[..end].split(';').all(known).then(|| &text[..="\u{1b}[".len() + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_becomes_a_mark() {
        let text = "A\u{1b}[2J\u{9b}2J\u{7}B\u{202e}C\r\u{8}\n\tđ";
        assert_eq!(
            visible(text, Writing::Plain),
            "A\u{fffd}[2J\u{fffd}2J\u{fffd}B\u{fffd}C\u{fffd}\u{fffd}\n\tđ"
        );
        assert!(matches!(visible("Đại Lãnh\n", Writing::Plain), Cow::Borrowed(_)));
    }

    #[test]
    fn colours_stay_but_for_those_that_hide() {
        let text = "\u{1b}[31;1m×\u{1b}[0m \u{1b}[8mhidden \u{1b}[40m \u{1b}]0;title\u{7}";
        let shown = visible(text, Writing::Coloured);
        assert!(shown.starts_with("\u{1b}[31;1m×\u{1b}[0m \u{fffd}[8m"), "{shown:?}");
        assert_eq!(shown.matches('\u{1b}').count(), 2);
        assert!(!visible(text, Writing::Plain).contains('\u{1b}'));
    }

    #[test]
    fn json_says_the_same() {
        let text = serde_json::to_string("a\u{9b}b\u{202e}c\u{1b}").unwrap_or_default();
        let shown = visible(&text, Writing::Json).into_owned();
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(
            serde_json::from_str::<String>(&shown).ok().as_deref(),
            Some("a\u{9b}b\u{202e}c\u{1b}")
        );
    }
}
