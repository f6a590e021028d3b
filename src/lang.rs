//! The two languages the program speaks: Vietnamese first, English by option.
//!
//! A sentence stands where it is told, in both languages beside each other, a rule's in the rule's
//! file: whoever adds a rule writes all of it in one place, and whoever mends a sentence changes the
//! words between two quotation marks and keeps the names in braces. A catalogue of messages beside
//! the code (Fluent, or templates of our own, a file a language) was weighed: it would need a key for
//! every sentence in three places, a parser and a table in the program, and a test to say what the
//! compiler says here with the line: `say!` and `both!` do not compile where a language is
//! missing, a name is unknown, or one language names what the other does not.

use std::fmt;

/// The language of messages, reports and written notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Lang {
    /// Vietnamese.
    #[default]
    #[cfg_attr(feature = "cli", value(help = "tiếng Việt / Vietnamese"))]
    Vi,
    /// English.
    #[cfg_attr(feature = "cli", value(help = "tiếng Anh / English"))]
    En,
}

/// A sentence in both languages. It is kept whole, not keyed, so that a reader of the code sees
/// what an official will read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A sentence from its two versions.
    #[must_use]
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    /// The version in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// A fixed text in both languages, for declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// A fixed text from its two versions.
    #[must_use]
    pub const fn new(vi: &'static str, en: &'static str) -> Self {
        Self { vi, en }
    }

    /// The version in one language.
    #[must_use]
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

impl From<Words> for Text {
    fn from(words: Words) -> Self {
        Self::new(words.vi, words.en)
    }
}

/// A sentence in one of two languages. What it names in braces are the values in scope, or those
/// that are given after it: `say!(lang, "{position}: bỏ trống", "{position}: blank")`.
#[macro_export]
macro_rules! say {
    ($lang:expr, $vi:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        const { assert!($crate::lang::name_the_same($vi, $en), "name the same in both languages") };
        match $lang {
            $crate::lang::Lang::Vi => format!($vi $(, $name = $value)*),
            $crate::lang::Lang::En => format!($en $(, $name = $value)*),
        }
    }};
}

/// A sentence in both languages at once ([`Text`]), written as for `say!`.
#[macro_export]
macro_rules! both {
    ($vi:literal, $en:literal $(,)?) => {{
        const { assert!($crate::lang::name_the_same($vi, $en), "name the same in both languages") };
        $crate::lang::Text::new(format!($vi), format!($en))
    }};
}

/// True when each of two sentences names in braces what the other names.
#[must_use]
pub const fn name_the_same(one: &str, other: &str) -> bool {
    names_all_of(one.as_bytes(), other.as_bytes()) && names_all_of(other.as_bytes(), one.as_bytes())
}

const fn names_all_of(sentence: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < other.len() {
        if other[at] == b'{' && !holds_name(sentence, other, at) {
            return false;
        }
        at += 1;
    }
    true
}

/// True when the name that begins in `other` at `start`, brace and all, stands in a sentence.
const fn holds_name(sentence: &[u8], other: &[u8], start: usize) -> bool {
    let mut at = 0;
    while at < sentence.len() {
        let mut length = 0;
        while at + length < sentence.len()
            && start + length < other.len()
            && sentence[at + length] == other[start + length]
        {
            if other[start + length] == b'}' {
                return true;
            }
            length += 1;
        }
        at += 1;
    }
    false
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vi => "vi",
            Self::En => "en",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::name_the_same;

    #[test]
    fn names_in_braces_are_compared_in_both_directions() {
        assert!(name_the_same("ô {cell} ghi {found}", "{found} in {cell}, {found}"));
        assert!(name_the_same("bỏ trống", "blank"));
        assert!(!name_the_same("ô {cell}", "a cell"));
        assert!(!name_the_same("ô", "cell {cell}"));
        assert!(!name_the_same("ô {cell}", "cell {cells}"));
        assert!(!name_the_same("ô {cells}", "cell {cell}"));
    }
}
