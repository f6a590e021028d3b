//! Formulas in the notation of `OpenDocument` (OASIS OpenDocument 1.3 part 4).

use crate::workbook::Address;
use std::fmt::Write as _;

/// A formula in Excel's notation as `OpenFormula`: `SUM(C5:C10,2)` becomes `of:=SUM([.C5:.C10];2)`.
/// `None` where the text holds what is written in another way there: arrays, names of columns,
/// other files, whole rows and columns.
pub(super) fn open_formula(text: &str) -> Option<String> {
    let mut open = String::from("of:=");
    let mut rest = text.strip_prefix('=').unwrap_or(text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '{' | '}' | '[' | ']' | '#' | '@' | '!' | ':' => return None,
            '"' => {
                let length = quoted(rest, '"')?;
                open.push_str(&rest[..length]);
                length
            }
            ',' => {
                open.push(';');
                1
            }
            c if c == '\'' || is_word(c) => operand(rest, &mut open)?,
            c => {
                open.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Some(open)
}

/// Writes the reference, function, name or number at the front; its length.
fn operand(text: &str, open: &mut String) -> Option<usize> {
    let (sheet, at) = sheet_name(text)?;
    let word = &text[at..at + word_length(&text[at..])];
    let mut used = at + word.len();
    let is_call = text[used..].starts_with('(');
    if is_call || !is_cell(word) {
        // A bare word after a sheet's name is a name defined on that sheet.
        let other = sheet.is_some() || text[used..].starts_with(['!', ':']);
        if other {
            return None;
        }
        open.push_str(word);
        return Some(used);
    }
    let sheet = sheet.map_or_else(String::new, |name| format!("${name}"));
    let mut inside = format!("{sheet}.{word}");
    if let Some(second) = text[used..].strip_prefix(':') {
        let second = &second[..word_length(second)];
        if !is_cell(second) {
            return None;
        }
        let _ = write!(inside, ":.{second}");
        used += 1 + second.len();
    }
    let _ = write!(open, "[{inside}]");
    Some(used)
}

/// The sheet a reference begins with, as it is quoted there, and where the cell begins.
fn sheet_name(text: &str) -> Option<(Option<String>, usize)> {
    if text.starts_with('\'') {
        let length = quoted(text, '\'')?;
        return text[length..]
            .starts_with('!')
            .then(|| (Some(text[..length].to_owned()), length + 1));
    }
    let length = word_length(text);
    if !text[length..].starts_with('!') {
        return Some((None, 0));
    }
    Some((Some(format!("'{}'", &text[..length])), length + 1))
}

/// The bytes of a quoted text, doubled quotes inside.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text[at..].find(quote)? + 1;
        if !text[at..].starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_.$\\?".contains(c) || (!c.is_ascii() && !c.is_whitespace())
}

fn word_length(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// True for a cell, with or without its signs `$`.
fn is_cell(word: &str) -> bool {
    let plain = word.replace('$', "");
    let in_order = plain.bytes().skip_while(u8::is_ascii_alphabetic).all(|b| b.is_ascii_digit());
    let signs = word.matches('$').count() <= 2 && !word.ends_with('$') && !word.contains("$$");
    in_order && signs && Address::from_bytes(plain.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_functions_and_texts_are_told_apart() {
        for (excel, open) in [
            ("SUM(C5:C10)", "of:=SUM([.C5:.C10])"),
            ("=ROUND(E8/$C8*100,2)", "of:=ROUND([.E8]/[.$C8]*100;2)"),
            ("'Biểu 1'!C5+1.5", "of:=[$'Biểu 1'.C5]+1.5"),
            ("Nguồn!$C$5:$C$9*2", "of:=[$'Nguồn'.$C$5:.$C$9]*2"),
            ("IF(A1=\";,\",1,LOG10(2))", "of:=IF([.A1]=\";,\";1;LOG10(2))"),
            ("'a''b'!A1&\"q\"\"A2\"", "of:=[$'a''b'.A1]&\"q\"\"A2\""),
        ] {
            assert_eq!(open_formula(excel).as_deref(), Some(open), "{excel}");
        }
        for text in ["SUM({1,2})", "Bang[Cot]", "SUM(A:A)", "SUM(1:1)", "[1]S!A1", "S!Ten", "\"a"] {
            assert_eq!(open_formula(text), None, "{text}");
        }
    }
}
