//! The table of shared strings, and the text of one string item (ECMA-376 part 1, 18.4).

use std::io;

use memchr::{memchr, memchr3};

use crate::failure::Failure;
use crate::read::legacy::Face;
use crate::read::store::{Budget, Rich, Text, Texts};
use crate::read::xml::{self, Event, LONGEST_TEXT, Xml, element_text};

/// Runs of one text: a cell holds 32,767 characters.
const MOST_RUNS: usize = 32_767;

/// Bytes of an item of one letter: `<si><t>A</t></si>`.
const SHORTEST_ITEM: usize = 17;

/// Bytes of the longest item that is read by its bytes; others are looked through in vain so far.
const LONGEST_PLAIN: usize = 1 << 10;

/// The shared strings, as far as the part can be read. Their count is what is there, never what
/// the part says.
pub(super) fn read(mut part: Xml<'_>, budget: &mut Budget) -> Result<Texts, Failure> {
    let bytes = part.ahead().len();
    let mut strings = Texts::with_room_for(bytes / SHORTEST_ITEM, bytes);
    loop {
        while let Some((text, length)) = plain_item(part.ahead()) {
            budget.string(text.len())?;
            strings.push(Text::plain(text));
            part.pass(length);
        }
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

/// The text of the item at the beginning of `ahead` with the length of the item, where it stands
/// there whole as programs write nearly all: without runs, entities and escapes.
fn plain_item(ahead: &[u8]) -> Option<(&str, usize)> {
    let ahead = ahead.get(..LONGEST_PLAIN).unwrap_or(ahead);
    let opened = ahead.strip_prefix(b"<si><t")?;
    let opened =
        opened.strip_prefix(b">").or_else(|| opened.strip_prefix(b" xml:space=\"preserve\">"))?;
    let (text, rest) = opened.split_at(memchr3(b'<', b'&', b'\r', opened)?);
    let rest = rest.strip_prefix(b"</t></si>")?;
    // Escapes such as `_x000D_`.
    if memchr(b'_', text).is_some() {
        return None;
    }
    Some((std::str::from_utf8(text).ok()?, ahead.len() - rest.len()))
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
    use crate::read::Limits;

    fn strings_of(part: &str) -> Vec<String> {
        let mut budget = Budget::new(&Limits::default());
        // A small window, so that it ends in every part of some item.
        let strings = read(Xml::of_size(part.as_bytes(), 0).unwrap(), &mut budget).unwrap();
        (0..).map_while(|index| strings.get(index)).map(|text| format!("{text:?}")).collect()
    }

    #[test]
    fn an_item_read_by_its_bytes_is_what_the_tokenizer_makes_of_it() {
        let plain = [
            "<si><t>TT</t></si>",
            "<si><t>Tỷ lệ hộ nghèo (%)</t></si>",
            "<si><t></t></si>",
            "<si><t xml:space=\"preserve\"> a > \n\u{a0}\u{1b} </t></si>",
            "<si><t>b¸o c¸o</t></si>",
            "<si><t>Ty\u{309} lê\u{323}</t></si>",
        ];
        let odd = [
            "<si><t>a &lt; b</t></si>",
            "<si><t>a_x000D_b _</t></si>",
            "<si><t>_x000D_</t></si>",
            "<si><t>a\r\nb</t></si>",
            "<si><t/></si>",
            "<si/>",
            "<si><t xml:space='preserve'> a</t></si>",
            "<si><t>a<!-- b -->c</t></si>",
            "<si><t><![CDATA[<a>]]></t></si>",
            "<si><r><rPr><rFont val=\".VnTime\"/></rPr><t>hé</t></r><r><t> 1</t></r></si>",
            "<si><t>a</t><rPh><t>b</t></rPh></si>",
            "<si><t>a</t>\n</si>",
            "<si><t>a</t><t>b</t></si>",
            "<si><t>a</t></si",
        ];
        for item in plain {
            assert_eq!(plain_item(item.as_bytes()).map(|(_, length)| length), Some(item.len()));
        }
        for item in odd {
            assert_eq!(plain_item(item.as_bytes()), None, "{item}");
        }
        for blanks in 0..64 {
            let blanks = " ".repeat(blanks);
            let items = format!("<sst>{blanks}{}{}", plain.concat(), odd.concat());
            let found = strings_of(&items);
            assert_eq!(found.len(), plain.len() + odd.len() - 1);
            assert_eq!(found, strings_of(&items.replace("<si>", "<si >")));
        }
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(unescaped("a_x000D_b".to_owned()), "a\rb");
        assert_eq!(unescaped("_x005F_x000D_".to_owned()), "_x000D_");
        assert_eq!(unescaped("_xyz_ _x12".to_owned()), "_xyz_ _x12");
        assert_eq!(unescaped("a_xộộ_".to_owned()), "a_xộộ_");
    }
}
