//! The table of shared strings, and the text of one string item (ECMA-376 part 1, 18.4).

use std::io;

use crate::failure::Failure;
use crate::read::legacy::Face;
use crate::read::store::{Budget, Rich, Text};
use crate::read::xml::{self, Event, LONGEST_TEXT, Xml, element_text};

/// Runs of one text: a cell holds 32,767 characters.
const MOST_RUNS: usize = 32_767;

/// The shared strings, as far as the part can be read. Their count is what is there, never what
/// the part says.
pub(super) fn read(mut part: Xml<'_>, budget: &mut Budget) -> Result<Vec<Text>, Failure> {
    let mut strings = Vec::new();
    loop {
        let item = match part.next() {
            Ok(Event::Start(tag)) => tag.name() == "si",
            // A string missing after the damage is said with the cell that asks for it.
            Ok(Event::Eof) | Err(_) => return Ok(strings),
            Ok(_) => false,
        };
        if item {
            let Ok(text) = item_text(&mut part) else { return Ok(strings) };
            budget.string(text.len())?;
            strings.push(text.into());
        }
    }
}

/// The text of the item just opened, up to its end; phonetic hints are left out.
pub(super) fn item_text(part: &mut Xml<'_>) -> io::Result<Rich> {
    let outside = part.depth().saturating_sub(1);
    let mut text = Rich::default();
    let mut face = None;
    let mut hint = false;
    let mut length = 0;
    while part.depth() > outside {
        match part.next()? {
            Event::Start(tag) => match tag.name() {
                "t" => {
                    let run = unescaped(element_text(part)?);
                    length += run.len();
                    if length > LONGEST_TEXT || text.runs.len() > MOST_RUNS {
                        return Err(io::Error::other("text too long"));
                    }
                    if !hint && !run.is_empty() {
                        text.runs.push((face, run));
                    }
                }
                "r" => face = None,
                "rPh" => hint = true,
                "rFont" => face = xml::attribute(&tag, "val").map(|font| Face::of(&font)),
                _ => {}
            },
            Event::End(b"rPh") => hint = false,
            _ => {}
        }
    }
    Ok(text)
}

/// Text with `_x000D_` and the like as the characters they stand for (22.9.2.19).
pub(super) fn unescaped(raw: String) -> String {
    if memchr::memmem::find(raw.as_bytes(), b"_x").is_none() {
        return raw;
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.as_str();
    while let Some(at) = rest.find("_x") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(c) = escape(rest) {
            text.push(c);
            rest = &rest[7..];
        } else {
            text.push_str("_x");
            rest = &rest[2..];
        }
    }
    text.push_str(rest);
    text
}

/// The character of an escape at the beginning of a text.
fn escape(text: &str) -> Option<char> {
    let digits = text.get(2..6).filter(|_| text.as_bytes().get(6) == Some(&b'_'))?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(unescaped("a_x000D_b".to_owned()), "a\rb");
        assert_eq!(unescaped("_x005F_x000D_".to_owned()), "_x000D_");
        assert_eq!(unescaped("_xyz_ _x12".to_owned()), "_xyz_ _x12");
        assert_eq!(unescaped("a_xộộ_".to_owned()), "a_xộộ_");
    }
}
