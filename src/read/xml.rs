//! Parts of a package as a stream of XML events, with a bound on what one event may hold.
//!
//! The tokenizer is our own because a sheet of a million rows is sixteen million cells of four tags
//! each: one pass over a window of the part, no copy and no allocation for a tag, costs a third of
//! what a general reader takes. It reads what spreadsheet programs write (XML 1.0 in UTF-8 or
//! UTF-16): declarations, comments and document types are passed over, entities other than the
//! five of XML and character references stay as written, and nothing outside the part is followed.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use memchr::{memchr, memchr2, memmem, memrchr};

/// The first size of the window, which most tags and texts fit in; a smaller part needs no more
/// than its own.
const WINDOW: usize = 32 << 10;

/// The longest tag, comment or text without a tag. The window holds one event whole, so that a
/// part of 3 GB without a tag would be held in memory at once; a cell holds 32,767 characters.
const LONGEST_EVENT: usize = 8 << 20;

/// The longest part in UTF-16, which is converted as a whole.
const LONGEST_WIDE_PART: u64 = 64 << 20;

/// The longest text of one element, in bytes: a cell holds 32,767 characters.
pub(super) const LONGEST_TEXT: usize = 1 << 20;

/// The deepest nesting followed; workbooks use about twelve levels.
const DEEPEST: usize = 256;

/// The deepest nesting of an element that is read ahead of the tokenizer.
const DEEPEST_AHEAD: usize = 2;

/// An XML part.
pub(super) struct Xml<'a> {
    source: Box<dyn Read + 'a>,
    window: Vec<u8>,
    /// What of the window is filled and not yet read.
    from: usize,
    to: usize,
    /// Nothing is left in the source.
    dry: bool,
    depth: usize,
    /// The tag just read was an empty element, whose end comes next.
    empty: bool,
    attributes: Vec<Attribute>,
}

/// What comes next in a part.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// An element opens.
    Start(Tag<'a>),
    /// An element ends; its name without prefix.
    End(&'a [u8]),
    /// Text as written, entities included.
    Text(&'a [u8]),
    /// Text without entities.
    Verbatim(&'a [u8]),
    /// The part has ended.
    Eof,
}

/// Where an attribute stands in its tag.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    /// With its prefix.
    name: (u32, u32),
    value: (u32, u32),
}

/// A start tag: everything between `<` and `>`.
#[derive(Debug, Clone)]
pub(super) struct Tag<'a> {
    bytes: Cow<'a, [u8]>,
    attributes: Cow<'a, [Attribute]>,
    name: (u32, u32),
}

/// The outcome of looking for the end of something in the window.
enum Found<T> {
    Whole(T),
    /// The window ends before it does.
    Cut,
}

impl<'a> Xml<'a> {
    /// A part of any size in UTF-8 or UTF-16.
    #[cfg(test)]
    pub(super) fn new(part: impl Read + 'a) -> io::Result<Self> {
        Self::of_size(part, u64::MAX)
    }

    /// A part in UTF-8 or UTF-16, with or without a byte order mark; of a size that need not be true.
    pub(super) fn of_size(part: impl Read + 'a, size: u64) -> io::Result<Self> {
        let window = usize::try_from(size).map_or(WINDOW, |size| size.clamp(256, WINDOW - 1) + 1);
        let mut xml = Self {
            source: Box::new(part),
            window: vec![0; window],
            from: 0,
            to: 0,
            dry: false,
            depth: 0,
            empty: false,
            attributes: Vec::new(),
        };
        xml.fill()?;
        match xml.window[..xml.to] {
            [0xFF, 0xFE, ..] | [b'<', 0, ..] => xml.narrow(u16::from_le_bytes)?,
            [0xFE, 0xFF, ..] | [0, b'<', ..] => xml.narrow(u16::from_be_bytes)?,
            [0xEF, 0xBB, 0xBF, ..] => xml.from = 3,
            _ => xml.narrow_to_ascii(),
        }
        Ok(xml)
    }

    /// A part that names another encoding is read as far as it is the same as UTF-8.
    fn narrow_to_ascii(&mut self) {
        let Some(encoding) = foreign_encoding(&self.window[..self.to]) else { return };
        let begun = Cursor::new(self.window[..self.to].to_vec());
        let source = std::mem::replace(&mut self.source, Box::new(io::empty()));
        self.source = Box::new(Ascii { inner: begun.chain(source), encoding });
        (self.from, self.to, self.dry) = (0, 0, false);
    }

    /// UTF-16 as UTF-8.
    fn narrow(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        let mut wide = self.window[..self.to].to_vec();
        let mut rest = (&mut self.source).take(LONGEST_WIDE_PART + 1);
        rest.read_to_end(&mut wide)?;
        if wide.len() as u64 > LONGEST_WIDE_PART {
            return Err(io::Error::other("UTF-16 part too long"));
        }
        let units = wide.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: String = char::decode_utf16(units.skip_while(|unit| *unit == 0xFEFF))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        (self.from, self.to, self.dry) = (0, 0, false);
        self.source = Box::new(Cursor::new(text.into_bytes()));
        Ok(())
    }

    /// Fills the window: what is unread moves to its front, and where it is all of the window, the
    /// window doubles, so that a long event is looked through a few times and not once a read.
    fn fill(&mut self) -> io::Result<()> {
        self.window.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        if self.to == self.window.len() {
            if self.to >= LONGEST_EVENT {
                return Err(io::Error::other("text or tag too long"));
            }
            self.window.resize(2 * self.to, 0);
        }
        while self.to < self.window.len() && !self.dry {
            match self.source.read(&mut self.window[self.to..]) {
                Ok(0) => self.dry = true,
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next event; an empty element comes as a start and an end. A part that ends within an
    /// element is an error: a reader waiting for the end tag would wait for ever.
    pub(super) fn next(&mut self) -> io::Result<Event<'_>> {
        if self.empty {
            self.empty = false;
            self.depth = self.depth.saturating_sub(1);
            return Ok(Event::End(&[]));
        }
        let (token, length) = loop {
            let unread = &self.window[self.from..self.to];
            match token(unread, self.dry, &mut self.attributes) {
                Found::Whole((Token::Passed, length)) => self.from += length,
                Found::Whole(found) => break found,
                Found::Cut if self.dry => return Err(cut_off()),
                Found::Cut => self.fill()?,
            }
        };
        let bytes = &self.window[self.from..self.from + length];
        self.from += length;
        Ok(match token {
            Token::Nothing | Token::Passed if self.depth > 0 => return Err(cut_off()),
            Token::Nothing | Token::Passed => Event::Eof,
            Token::Text => Event::Text(bytes),
            Token::Verbatim => Event::Verbatim(&bytes[9..length - 3]),
            Token::End => {
                self.depth = self.depth.saturating_sub(1);
                Event::End(without_prefix(bytes[2..length - 1].trim_ascii_end()))
            }
            Token::Start { name, empty } => {
                self.empty = empty;
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(io::Error::other("nested too deeply"));
                }
                let attributes = Cow::Borrowed(self.attributes.as_slice());
                Event::Start(Tag { bytes: Cow::Borrowed(bytes), attributes, name })
            }
        })
    }

    /// The text of the element just opened and its end tag, passed over in one go, where both stand
    /// whole in the window and nothing else stands between: so it is in nearly all cells.
    fn text_to_end(&mut self) -> Option<&[u8]> {
        if self.empty {
            return None;
        }
        let unread = &self.window[self.from..self.to];
        let length = memchr(b'<', unread).filter(|at| unread.get(at + 1) == Some(&b'/'))?;
        let end = length + memchr(b'>', &unread[length..])? + 1;
        let start = self.from;
        self.from += end;
        self.depth = self.depth.saturating_sub(1);
        Some(&self.window[start..start + length])
    }

    /// What of the part is at hand and not yet read, from the beginning of a token on, for a reader
    /// that knows a whole element by its bytes. Nothing where its elements may be nested too deeply.
    pub(super) fn ahead(&self) -> &[u8] {
        let ready = !self.empty && self.depth + DEEPEST_AHEAD <= DEEPEST;
        if ready { &self.window[self.from..self.to] } else { &[] }
    }

    /// Passes over bytes of [`Xml::ahead`], which must be whole elements.
    pub(super) fn pass(&mut self, length: usize) {
        self.from = self.to.min(self.from + length);
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

/// Lets ASCII pass; other letters mean something else in a foreign encoding.
struct Ascii<R> {
    inner: R,
    encoding: String,
}

impl<R: Read> Read for Ascii<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        if into[..read].is_ascii() {
            return Ok(read);
        }
        Err(io::Error::other(format!("encoding=\"{}\"", self.encoding)))
    }
}

/// The encoding that an XML declaration names, where it is not UTF-8.
fn foreign_encoding(start: &[u8]) -> Option<String> {
    let declaration = start.strip_prefix(b"<?xml")?;
    let end = memmem::find(&declaration[..declaration.len().min(256)], b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    let name = value.strip_prefix(quote)?.split_once(quote)?.0;
    let own = ["utf-8", "utf8", "us-ascii", "ascii"];
    (!own.iter().any(|own| name.eq_ignore_ascii_case(own))).then(|| name.to_owned())
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "cut off")
}

/// What stands at the beginning of the unread bytes.
enum Token {
    /// Nothing is left.
    Nothing,
    /// A declaration, a comment, a document type.
    Passed,
    Text,
    Verbatim,
    End,
    Start {
        name: (u32, u32),
        empty: bool,
    },
}

/// The token at the beginning of `unread` with its length in bytes.
fn token(unread: &[u8], dry: bool, attributes: &mut Vec<Attribute>) -> Found<(Token, usize)> {
    let up_to =
        |token, end: Option<usize>| end.map_or(Found::Cut, |end| Found::Whole((token, end)));
    match unread {
        [] if dry => Found::Whole((Token::Nothing, 0)),
        [] | [b'<'] => Found::Cut,
        [b'<', b'/', ..] => up_to(Token::End, memchr(b'>', unread).map(|at| at + 1)),
        [b'<', b'?', ..] => up_to(Token::Passed, after(unread, 2, b"?>")),
        [b'<', b'!', b'-', b'-', ..] => up_to(Token::Passed, after(unread, 4, b"-->")),
        [b'<', b'!', b'[', ..] => up_to(Token::Verbatim, after(unread, 9, b"]]>")),
        [b'<', b'!', ..] if unread.len() < 4 => Found::Cut,
        [b'<', b'!', ..] => up_to(Token::Passed, document_type(unread)),
        [b'<', ..] => start_tag(unread, attributes),
        _ => match memchr(b'<', unread) {
            Some(end) => Found::Whole((Token::Text, end)),
            None if dry => Found::Whole((Token::Text, unread.len())),
            None => Found::Cut,
        },
    }
}

/// The end of the first `mark` at or after a place.
fn after(unread: &[u8], from: usize, mark: &[u8]) -> Option<usize> {
    Some(memmem::find(unread.get(from..)?, mark)? + from + mark.len())
}

/// The end of a document type: its `>` outside quotes and brackets. What it declares is not used.
fn document_type(unread: &[u8]) -> Option<usize> {
    let (mut quote, mut brackets) = (None, 0_usize);
    for (at, byte) in unread.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'[') => brackets += 1,
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'>') if brackets == 0 => return Some(at + 1),
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// A start tag with its attributes. A value without quotes is none; of a tag in which a quote is
/// never closed nothing can be told.
fn start_tag(unread: &[u8], attributes: &mut Vec<Attribute>) -> Found<(Token, usize)> {
    attributes.clear();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let is_name = |byte: &u8| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'/' | b'>' | b'=');
    let end_of_name = |from: usize| {
        let length = unread[from..].iter().position(|byte| !is_name(byte));
        length.map(|length| from + length)
    };
    let Some(end) = end_of_name(1) else { return Found::Cut };
    let name = (1, offset(end));
    let mut at = end;
    loop {
        match unread.get(at) {
            None => return Found::Cut,
            Some(b'>') => {
                let empty = unread[at - 1] == b'/';
                return Found::Whole((Token::Start { name, empty }, at + 1));
            }
            Some(byte) if !is_name(byte) => at += 1,
            Some(_) => {
                let Some(end) = end_of_name(at) else { return Found::Cut };
                let start = at;
                at = end;
                while matches!(unread.get(at), Some(b' ' | b'\n' | b'\t' | b'\r' | b'=')) {
                    at += 1;
                }
                let Some(quote) = unread.get(at) else { return Found::Cut };
                if matches!(quote, b'"' | b'\'') {
                    let value = at + 1;
                    let Some(length) = memchr(*quote, &unread[value..]) else { return Found::Cut };
                    attributes.push(Attribute {
                        name: (offset(start), offset(end)),
                        value: (offset(value), offset(value + length)),
                    });
                    at = value + length + 1;
                }
            }
        }
    }
}

fn without_prefix(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

impl Tag<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        std::str::from_utf8(self.name_bytes()).unwrap_or_default()
    }

    /// The same, not looked at whether it is text.
    pub(super) fn name_bytes(&self) -> &[u8] {
        without_prefix(self.at(self.name))
    }

    fn at(&self, (from, to): (u32, u32)) -> &[u8] {
        self.bytes.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The value of an attribute as written, whatever its prefix.
    pub(super) fn raw(&self, local: &str) -> Option<&[u8]> {
        let local = local.as_bytes();
        let found = self.attributes.iter().find(|attribute| {
            let name = self.at(attribute.name);
            // Lengths first: most names differ there, and no bytes need be compared.
            match name.len().checked_sub(local.len()) {
                None => false,
                Some(0) => name == local,
                Some(prefix) => {
                    name[prefix - 1] == b':' && name.ends_with(local) && !name.starts_with(b"xmlns")
                }
            }
        })?;
        Some(self.at(found.value))
    }

    /// Names without their prefix, and values as written; the first of a name counts.
    pub(super) fn local_attributes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.attributes.iter().filter_map(|attribute| {
            let name = self.at(attribute.name);
            let local = match name {
                [_] => name,
                _ => memrchr(b':', name).map_or(name, |colon| &name[colon + 1..]),
            };
            let declares = local.len() < name.len() && name.starts_with(b"xmlns");
            (!declares).then(|| (local, self.at(attribute.value)))
        })
    }

    /// Names with their prefix, and values.
    pub(super) fn attributes(
        &self,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> impl Iterator<Item = (&[u8], Cow<'_, str>)> {
        let named = self.attributes.iter().filter(move |one| wanted(self.at(one.name)));
        named.map(|one| (self.at(one.name), unescaped(self.at(one.value))))
    }

    /// The tag without what it was read from.
    pub(super) fn into_owned(self) -> Tag<'static> {
        Tag {
            bytes: Cow::Owned(self.bytes.into_owned()),
            attributes: Cow::Owned(self.attributes.into_owned()),
            name: self.name,
        }
    }
}

/// Passes over the element just opened.
pub(super) fn skip(part: &mut Xml<'_>) -> io::Result<()> {
    let outside = part.depth().saturating_sub(1);
    while part.depth() > outside {
        part.next()?;
    }
    Ok(())
}

/// The text of the element just opened, up to its end.
pub(super) fn element_text(part: &mut Xml<'_>) -> io::Result<String> {
    let mut text = String::new();
    element_text_into(part, &mut text)?;
    Ok(text)
}

/// The text of the element just opened, up to its end, in place of what `text` held.
pub(super) fn element_text_into(part: &mut Xml<'_>, text: &mut String) -> io::Result<()> {
    text.clear();
    let outside = part.depth().saturating_sub(1);
    if let Some(whole) = part.text_to_end() {
        push_text(&Event::Text(whole), text);
    }
    while part.depth() > outside {
        push_text(&part.next()?, text);
        if text.len() > LONGEST_TEXT {
            break;
        }
    }
    if text.len() > LONGEST_TEXT { Err(io::Error::other("text too long")) } else { Ok(()) }
}

/// The value of an attribute, whatever its prefix.
pub(super) fn attribute(tag: &Tag<'_>, local: &str) -> Option<String> {
    borrowed_attribute(tag, local).map(Cow::into_owned)
}

/// The same, borrowed from the tag where nothing in it is escaped.
pub(super) fn borrowed_attribute<'t>(tag: &'t Tag<'_>, local: &str) -> Option<Cow<'t, str>> {
    Some(unescaped(tag.raw(local)?))
}

/// A number in an attribute.
pub(super) fn number<T: std::str::FromStr>(tag: &Tag<'_>, local: &str) -> Option<T> {
    number_in(tag.raw(local)?)
}

/// The value of an attribute as a number.
pub(super) fn number_in<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// An index, mostly of a few digits and nothing else.
pub(super) fn index_in(value: &[u8]) -> Option<usize> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
    let short = (1..=9).contains(&value.len());
    let digits = value.iter().take(9).try_fold(0, |index, byte| Some(index * 10 + digit(byte)?));
    digits.filter(|_| short).or_else(|| number_in(value))
}

/// True where an attribute says so.
pub(super) fn truth(tag: &Tag<'_>, local: &str) -> bool {
    tag.raw(local).and_then(|value| std::str::from_utf8(value).ok()).is_some_and(is_true)
}

pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// Adds the text of an event, with entities resolved; unknown entities stay as written.
pub(super) fn push_text(event: &Event<'_>, into: &mut String) {
    match event {
        Event::Text(text) => match std::str::from_utf8(text) {
            Ok(plain) if memchr2(b'&', b'\r', text).is_none() => into.push_str(plain),
            _ => push_lines(&unescaped(text), into),
        },
        Event::Verbatim(text) => push_lines(&String::from_utf8_lossy(text), into),
        _ => {}
    }
}

/// Adds text with its line ends as XML has them: a line feed each (XML 1.0, 2.11).
fn push_lines(text: &str, into: &mut String) {
    if text.contains('\r') {
        into.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        into.push_str(text);
    }
}

/// Text with its entities resolved, each by itself: an unknown one stays as written.
fn unescaped(written: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(written);
    if memchr(b'&', written).is_none() {
        return text;
    }
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(start) = rest.find('&') {
        resolved.push_str(&rest[..start]);
        rest = &rest[start..];
        // The longest is `&#1114111;`, with leading zeros some more.
        let end = rest.bytes().take(32).position(|byte| byte == b';');
        if let Some((c, end)) = end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            resolved.push(c);
            rest = &rest[end + 1..];
        } else {
            resolved.push('&');
            rest = &rest[1..];
        }
    }
    resolved.push_str(rest);
    Cow::Owned(resolved)
}

/// The character an entity stands for.
fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(part: &[u8]) -> io::Result<String> {
        let mut xml = Xml::new(part)?;
        let mut text = String::new();
        loop {
            match xml.next()? {
                Event::Eof => return Ok(text),
                event => push_text(&event, &mut text),
            }
        }
    }

    #[test]
    fn entities_are_resolved_and_unknown_ones_stay() {
        assert_eq!(text_of(b"<a>1 &lt; 2 &#7897; &xxe;</a>").unwrap(), "1 < 2 \u{1ed9} &xxe;");
        assert_eq!(text_of(b"<a><![CDATA[x<y]]></a>").unwrap(), "x<y");
    }

    #[test]
    fn wide_parts_are_read() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>Tổng</a>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text_of(&little).unwrap(), "Tổng");
        assert_eq!(text_of(&big).unwrap(), "Tổng");
        assert_eq!(text_of(&little[2..]).unwrap(), "Tổng", "without its mark");
        assert_eq!(text_of(&big[2..]).unwrap(), "Tổng", "without its mark");
    }

    #[test]
    fn other_encodings_are_read_where_they_are_ascii_and_named_where_not() {
        let part = |text: &[u8]| {
            [b"<?xml version='1.0' encoding='windows-1258'?><a>", text, b"</a>"].concat()
        };
        assert_eq!(text_of(&part(b"Tong 12")).unwrap(), "Tong 12");
        let refused = text_of(&part(b"T\xF4ng")).unwrap_err();
        assert!(refused.to_string().contains("windows-1258"), "{refused}");
        let late = [&vec![b' '; 3 * WINDOW][..], b"\xF4"].concat();
        assert!(text_of(&part(&late)).is_err());
        assert_eq!(
            text_of(b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xC3\xB4</a>").unwrap(),
            "ô"
        );
    }

    #[test]
    fn a_part_without_end_is_stopped() {
        let endless = b"<a>".chain(io::repeat(b' '));
        let mut xml = Xml::new(endless).unwrap();
        let stopped = std::iter::repeat_with(|| xml.next().is_err()).take(8).any(|stop| stop);
        assert!(stopped);
        let deep = "<a>".repeat(300);
        assert!(text_of(deep.as_bytes()).is_err());
    }

    /// Gives one byte at a time, so that every token is met cut off.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            into[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn told(part: impl Read) -> Vec<String> {
        let mut xml = Xml::new(part).unwrap();
        let mut told = Vec::new();
        loop {
            told.push(match xml.next().unwrap() {
                Event::Start(tag) => {
                    let name = tag.name().to_owned();
                    let attributes = tag
                        .attributes(|_| true)
                        .map(|(name, value)| format!(" {}={value}", String::from_utf8_lossy(name)));
                    format!("<{name}{}", attributes.collect::<String>())
                }
                Event::End(_) => ">".to_owned(),
                Event::Text(text) => unescaped(text).into_owned(),
                Event::Verbatim(text) => format!("[{}]", String::from_utf8_lossy(text)),
                Event::Eof => return told,
            });
        }
    }

    #[test]
    fn tokens_are_told_wherever_the_window_ends() {
        let part = "\u{feff}<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"]>\">]><x:a r = 'A\"1' \
                    b=\"x>y &amp; z\" c/><!-- <a> --><a\n\tx:t='s'>1<![CDATA[<2>]]></a >";
        let expected =
            ["<a r=A\"1 b=x>y & z", ">", "<a x:t=s", "1", "[<2>]", ">"].map(str::to_owned);
        assert_eq!(told(part.as_bytes()), expected);
        assert_eq!(told(Drip(part.as_bytes())), expected);
    }

    #[test]
    fn attributes_are_found_by_their_local_name() {
        let mut xml = Xml::new(&b"<a xmlns:r='u' r:id='1' xid='2' t='3'/>"[..]).unwrap();
        let Event::Start(tag) = xml.next().unwrap() else { panic!("no tag") };
        assert_eq!(attribute(&tag, "id").as_deref(), Some("1"));
        assert_eq!(number::<u8>(&tag, "t"), Some(3));
        assert_eq!(attribute(&tag, "r"), None);
    }

    #[test]
    fn every_cut_of_a_part_is_an_error() {
        let part = b"<a b='c'><!-- d --><e>f</e><![CDATA[g]]></a>";
        for end in 1..part.len() {
            assert!(text_of(&part[..end]).is_err(), "{end}");
        }
    }
}
