//! Parts of a package as a stream of XML events, with a bound on what one event may hold.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The longest run of bytes without a `<`. The reader buffers one event whole, so that a part of
/// 3 GB without a tag would be held in memory at once; a cell holds 32,767 characters.
const LONGEST_EVENT: usize = 8 << 20;

/// The longest part in UTF-16, which is converted as a whole.
const LONGEST_WIDE_PART: u64 = 64 << 20;

/// The deepest nesting followed; workbooks use about twelve levels.
const DEEPEST: usize = 256;

/// An XML part.
pub(super) struct Xml<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'a> Xml<'a> {
    /// A part in UTF-8, or in UTF-16 with its byte order mark.
    pub(super) fn new(part: impl Read + 'a) -> io::Result<Self> {
        let mut part = BufReader::with_capacity(64 << 10, part);
        let source: Box<dyn BufRead + 'a> = match part.fill_buf()? {
            [0xFF, 0xFE, ..] => Box::new(Cursor::new(narrowed(part, u16::from_le_bytes)?)),
            [0xFE, 0xFF, ..] => Box::new(Cursor::new(narrowed(part, u16::from_be_bytes)?)),
            _ => Box::new(Bounded { inner: part, run: 0 }),
        };
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Ok(Self { reader, buffer: Vec::new(), depth: 0 })
    }

    /// The next event; an empty element comes as a start and an end. A part that ends within an
    /// element is an error: a reader waiting for the end tag would wait for ever.
    pub(super) fn next(&mut self) -> Result<Event<'_>, quick_xml::Error> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer)?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(cut_off()),
            _ => {}
        }
        if self.depth > DEEPEST {
            return Err(io::Error::other("nested too deeply").into());
        }
        Ok(event)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

fn cut_off() -> quick_xml::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "cut off").into()
}

/// UTF-16 as UTF-8; the declaration's `encoding` no longer holds and the reader ignores it.
fn narrowed(part: impl Read, unit: fn([u8; 2]) -> u16) -> io::Result<Vec<u8>> {
    let mut wide = Vec::new();
    part.take(LONGEST_WIDE_PART + 1).read_to_end(&mut wide)?;
    if wide.len() as u64 > LONGEST_WIDE_PART {
        return Err(io::Error::other("UTF-16 part too long"));
    }
    let units = wide.chunks_exact(2).skip(1).map(|pair| unit([pair[0], pair[1]]));
    let text: String =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    // The declaration names UTF-16, which the reader would believe.
    let body = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    Ok(body.map_or(text.as_str(), |(_, body)| body).as_bytes().to_vec())
}

/// Stops a source that runs on without a tag.
struct Bounded<R> {
    inner: R,
    run: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.run > LONGEST_EVENT {
            return Err(io::Error::other("text or tag too long"));
        }
        let filled = self.inner.fill_buf()?;
        // Counted when seen, not when consumed: what is consumed has been seen just before.
        match filled.iter().rposition(|byte| *byte == b'<') {
            Some(_) => self.run = 0,
            None => self.run += filled.len().min(LONGEST_EVENT),
        }
        Ok(filled)
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

/// The text of the element just opened, up to its end.
pub(super) fn element_text(part: &mut Xml<'_>) -> Result<String, quick_xml::Error> {
    let outside = part.depth().saturating_sub(1);
    let mut text = String::new();
    while part.depth() > outside {
        push_text(&part.next()?, &mut text);
    }
    Ok(text)
}

/// The value of an attribute, whatever its prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, local: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    let found = attributes.flatten().find(|attribute| {
        let key = attribute.key.into_inner();
        !key.starts_with("xmlns") && local_name(key) == local
    })?;
    Some(unescaped(&found.value))
}

/// A number in an attribute.
pub(super) fn number<T: std::str::FromStr>(tag: &BytesStart<'_>, local: &str) -> Option<T> {
    attribute(tag, local)?.trim().parse().ok()
}

/// True where an attribute says so.
pub(super) fn truth(tag: &BytesStart<'_>, local: &str) -> bool {
    attribute(tag, local).is_some_and(|value| is_true(&value))
}

pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// A name without its prefix.
pub(super) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Adds the text of an event, with entities resolved; unknown entities stay as written.
pub(super) fn push_text(event: &Event<'_>, into: &mut String) {
    match event {
        Event::Text(text) => into.push_str(&text.xml10_content()),
        Event::CData(text) => into.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => {
            let written = format!("&{};", name.xml10_content());
            into.push_str(&unescaped(&written));
        }
        _ => {}
    }
}

fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value)
        .map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(part: &[u8]) -> Result<String, quick_xml::Error> {
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
}
