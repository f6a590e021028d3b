//! Where things stand in an XML part, and how to change it without writing it anew.
//!
//! A part is read once for the byte spans of its elements; changes are splices of its text. So
//! everything that is not understood (extensions, odd prefixes, quotes, blanks) stays as it was.

use std::fmt::Write as _;
use std::ops::Range as Span;

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event as Raw};

use crate::workbook::Address;

use super::PatchError;

/// Changes to one text, collected in any order.
#[derive(Debug, Default)]
pub(super) struct Splices(Vec<(Span<usize>, String)>);

impl Splices {
    pub(super) fn replace(&mut self, span: Span<usize>, text: impl Into<String>) {
        self.0.push((span, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changed text. Insertions at one place keep the order they were made in.
    pub(super) fn apply(mut self, source: &str, part: &str) -> Result<String, PatchError> {
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let added: usize = self.0.iter().map(|(_, text)| text.len()).sum();
        let mut changed = String::with_capacity(source.len() + added);
        let mut at = 0;
        for (span, text) in self.0 {
            let kept = source.get(at..span.start);
            changed.push_str(kept.ok_or_else(|| malformed(part, "elements overlap"))?);
            changed.push_str(&text);
            at = span.end;
        }
        changed.push_str(source.get(at..).unwrap_or_default());
        Ok(changed)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed to it by `map_err`")]
pub(super) fn malformed(part: &str, reason: impl ToString) -> PatchError {
    PatchError::Malformed { part: part.to_owned(), reason: reason.to_string() }
}

/// A start tag with its place. The root has depth 0.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
    pub(super) span: Span<usize>,
    pub(super) depth: usize,
    /// True for `<a/>`.
    pub(super) empty: bool,
}

impl Tag<'_> {
    pub(super) fn name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// The name without its prefix.
    pub(super) fn local(&self) -> &str {
        let name = self.name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// The value of an attribute without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.attributes();
        let found = attributes.find(|attribute| attribute.key.into_inner() == name)?;
        Some(unescaped(&found.value))
    }

    /// The values of attributes without prefix, read in one pass.
    pub(super) fn get_all<const N: usize>(&self, names: [&str; N]) -> [Option<String>; N] {
        let mut values = [const { None }; N];
        for attribute in self.attributes() {
            let name = attribute.key.into_inner();
            let wanted = names.iter().zip(&mut values).find(|(wanted, _)| **wanted == name);
            if let Some((_, value)) = wanted.filter(|(_, value)| value.is_none()) {
                *value = Some(unescaped(&attribute.value));
            }
        }
        values
    }

    /// The value of an attribute with any prefix, such as `r:id`.
    pub(super) fn get_any_prefix(&self, local: &str) -> Option<String> {
        let matches = |key: &str| match key.rsplit_once(':') {
            Some((prefix, name)) => name == local && prefix != "xmlns",
            None => key == local,
        };
        let found = self.attributes().find(|attribute| matches(attribute.key.into_inner()))?;
        Some(unescaped(&found.value))
    }

    /// The cell a tag's `r` names, if it has one.
    pub(super) fn cell(&self) -> Option<Result<Address, <Address as std::str::FromStr>::Err>> {
        let mut attributes = self.attributes();
        let found = attributes.find(|attribute| attribute.key.into_inner() == "r")?;
        Some(address(&found.value))
    }

    /// Where a cell says it stands, its format, and whether its value is the number of a shared text:
    /// its attributes are read once, for sheets hold millions.
    pub(super) fn cell_parts(&self) -> CellParts {
        let mut parts = CellParts::default();
        for attribute in self.attributes() {
            let value = &attribute.value;
            match attribute.key.into_inner() {
                "r" if parts.at.is_none() => {
                    parts.at = Some(address(value));
                }
                "s" if parts.format.is_none() => {
                    parts.format = unescaped(value).trim().parse().ok();
                }
                "t" => parts.is_shared_text |= unescaped(value) == "s",
                _ => {}
            }
        }
        parts
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value == "1" || value == "true")
    }

    pub(super) fn is_any_prefix_true(&self, local: &str) -> bool {
        self.get_any_prefix(local).is_some_and(|value| value == "1" || value == "true")
    }

    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.flatten()
    }

    pub(super) fn element(&self) -> Element {
        Element {
            name: self.name().to_owned(),
            attributes: self
                .attributes()
                .map(|a| (a.key.into_inner().to_owned(), a.value.to_string()))
                .collect(),
            span: self.span.clone(),
            empty: self.empty,
        }
    }
}

/// What the tag of a cell says.
#[derive(Debug, Default)]
pub(super) struct CellParts {
    /// The cell its `r` names, if it has one.
    pub(super) at: Option<Result<Address, <Address as std::str::FromStr>::Err>>,
    /// The index of its format.
    pub(super) format: Option<usize>,
    /// True where its value is the number of a shared text.
    pub(super) is_shared_text: bool,
}

/// An address as it is written, read without a copy where nothing in it is escaped: sheets hold millions
/// of them.
fn address(written: &str) -> Result<Address, <Address as std::str::FromStr>::Err> {
    Address::from_bytes(written.as_bytes()).map_or_else(|| unescaped(written).parse(), Ok)
}

/// A start tag to be kept and written again.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    /// Names and raw (escaped) values.
    attributes: Vec<(String, String)>,
    /// The start tag.
    pub(super) span: Span<usize>,
    pub(super) empty: bool,
}

impl Element {
    /// The prefix with its colon, or nothing.
    pub(super) fn prefix(&self) -> &str {
        self.name.find(':').map_or("", |at| &self.name[..=at])
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| unescaped(value))
    }

    /// The value of an attribute with any prefix, such as `table:formula`.
    pub(super) fn get_any_prefix(&self, local: &str) -> Option<String> {
        let matches = |key: &str| match key.rsplit_once(':') {
            Some((prefix, name)) => name == local && prefix != "xmlns",
            None => key == local,
        };
        self.attributes.iter().find(|(key, _)| matches(key)).map(|(_, value)| unescaped(value))
    }

    /// The tag with attributes set (`Some`) or removed (`None`); the others stay as written.
    pub(super) fn rewritten(&self, set: &[(&str, Option<String>)], empty: bool) -> String {
        let mut tag = format!("<{}", self.name);
        for (key, value) in &self.attributes {
            if set.iter().all(|(name, _)| name != key) {
                let quote = if value.contains('"') { '\'' } else { '"' };
                let _ = write!(tag, " {key}={quote}{value}{quote}");
            } else if let Some((_, Some(new))) = set.iter().find(|(name, _)| name == key) {
                let _ = write!(tag, " {key}=\"{}\"", escaped(new));
            }
        }
        for (name, value) in set {
            if let Some(new) = value.as_ref().filter(|_| self.get(name).is_none()) {
                let _ = write!(tag, " {name}=\"{}\"", escaped(new));
            }
        }
        tag.push_str(if empty { "/>" } else { ">" });
        tag
    }

    /// A last child in this element, whose end tag begins at a place.
    pub(super) fn with_last_child(&self, end: usize, child: &str) -> Splices {
        let mut splices = Splices::default();
        if self.empty {
            let opened = format!("{}{child}{}", self.opened(), self.closing());
            splices.replace(self.span.clone(), opened);
        } else {
            splices.insert(end, child);
        }
        splices
    }

    pub(super) fn opened(&self) -> String {
        self.rewritten(&[], false)
    }

    pub(super) fn closing(&self) -> String {
        format!("</{}>", self.name)
    }

    /// The prefix the root binds to a namespace, with its colon.
    pub(super) fn bound_prefix(&self, namespace: &str) -> Option<String> {
        let bound = |(key, value): &(String, String)| {
            let prefix = key.strip_prefix("xmlns:")?;
            (value == namespace).then(|| format!("{prefix}:"))
        };
        self.attributes.iter().find_map(bound)
    }
}

/// An element whose children are counted and added to.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) element: Element,
    /// Where its end tag begins; for `<a/>` the end of the tag.
    pub(super) end: usize,
    pub(super) children: Vec<Span<usize>>,
}

impl Container {
    /// Adds children at the end and keeps a `count` true; opens `<a/>` where needed.
    pub(super) fn append(&self, splices: &mut Splices, children: &str, added: usize) {
        let count = self.element.get("count").map(|_| (self.children.len() + added).to_string());
        let set: &[_] = if count.is_some() { &[("count", count)] } else { &[] };
        let tag = self.element.rewritten(set, false);
        if self.element.empty {
            let closing = self.element.closing();
            splices.replace(self.element.span.clone(), format!("{tag}{children}{closing}"));
        } else {
            if !set.is_empty() {
                splices.replace(self.element.span.clone(), tag);
            }
            splices.insert(self.end, children);
        }
    }
}

/// What a scan meets. Each `Open` has its `Close`, `<a/>` too.
#[derive(Debug)]
pub(super) enum Event<'a> {
    Open(Tag<'a>),
    /// The depth of the element and the span of its end tag (without length for `<a/>`).
    Close(usize, Span<usize>),
}

/// Reads one part's elements in order.
pub(super) struct Scan<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    depth: usize,
    pending: Option<usize>,
    /// True behind the root's end.
    ended: bool,
    /// Bytes that were passed over.
    passed: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, part: &'a str) -> Self {
        let reader = Reader::from_str(text);
        Self { reader, part, depth: 0, pending: None, ended: false, passed: 0 }
    }

    fn position(&self) -> usize {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        read.saturating_add(self.passed)
    }

    /// Goes on at a later place, where the end tag of the element last opened begins: whoever passes
    /// over its content has read it.
    pub(super) fn pass_to(&mut self, place: usize) {
        let length = place.saturating_sub(self.position());
        let left = self.reader.get_mut();
        if let Some(rest) = left.get(length..) {
            *left = rest;
            self.passed += length;
        }
    }

    /// The next event; `None` at the end of a well-formed part.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, PatchError> {
        if let Some(at) = self.pending.take() {
            self.ended = self.depth == 0;
            return Ok(Some(Event::Close(self.depth, at..at)));
        }
        loop {
            let before = self.position();
            let raw = self.reader.read_event().map_err(|e| malformed(self.part, e))?;
            let span = before..self.position();
            match raw {
                Raw::Start(_) | Raw::Empty(_) if self.ended => {
                    return Err(malformed(self.part, "more than one root element"));
                }
                Raw::Start(start) => {
                    self.depth += 1;
                    let depth = self.depth - 1;
                    return Ok(Some(Event::Open(Tag { start, span, depth, empty: false })));
                }
                Raw::Empty(start) => {
                    self.pending = Some(span.end);
                    let depth = self.depth;
                    return Ok(Some(Event::Open(Tag { start, span, depth, empty: true })));
                }
                Raw::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.ended = self.depth == 0;
                    return Ok(Some(Event::Close(self.depth, span)));
                }
                Raw::DocType(_) => return Err(malformed(self.part, "document type declaration")),
                Raw::Eof if self.depth > 0 => return Err(malformed(self.part, "cut short")),
                Raw::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Runs through all start tags.
    pub(super) fn tags(
        mut self,
        mut each: impl FnMut(&Tag<'a>) -> Result<(), PatchError>,
    ) -> Result<(), PatchError> {
        while let Some(event) = self.next()? {
            if let Event::Open(tag) = event {
                each(&tag)?;
            }
        }
        Ok(())
    }
}

/// The root element.
pub(super) fn root(text: &str, part: &str) -> Result<Element, PatchError> {
    match Scan::new(text, part).next()? {
        Some(Event::Open(tag)) => Ok(tag.element()),
        _ => Err(malformed(part, "no root element")),
    }
}

/// The root's children of one name, each with its own children's spans.
pub(super) fn containers(
    text: &str,
    part: &str,
    names: &[&str],
) -> Result<Vec<Container>, PatchError> {
    let mut found: Vec<Container> = Vec::new();
    let (mut inside, mut child) = (false, 0);
    let mut events = Scan::new(text, part);
    while let Some(event) = events.next()? {
        match event {
            Event::Open(tag) if tag.depth == 1 => {
                inside = names.contains(&tag.local());
                if inside {
                    let end = tag.span.end;
                    found.push(Container { element: tag.element(), end, children: Vec::new() });
                }
            }
            Event::Open(tag) if tag.depth == 2 => child = tag.span.start,
            Event::Close(2, span) if inside => {
                if let Some(last) = found.last_mut() {
                    last.children.push(child..span.end);
                }
            }
            Event::Close(1, span) if inside => {
                if let Some(last) = found.last_mut() {
                    last.end = span.start;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The text with a child added at the root's end.
pub(super) fn with_last_child(text: &str, part: &str, child: &str) -> Result<String, PatchError> {
    let mut events = Scan::new(text, part);
    let Some(Event::Open(first)) = events.next()? else {
        return Err(malformed(part, "no root element"));
    };
    let root = first.element();
    let mut end = root.span.end;
    while let Some(event) = events.next()? {
        if let Event::Close(0, span) = event {
            end = span.start;
        }
    }
    root.with_last_child(end, child).apply(text, part)
}

/// The text an element holds: entities and CDATA resolved, line ends as XML reads them.
pub(super) fn plain_text(raw: &str) -> String {
    let unix = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut plain = String::with_capacity(unix.len());
    let mut rest = unix.as_str();
    while let Some((before, inside)) = rest.split_once("<![CDATA[") {
        let (literal, after) = inside.split_once("]]>").unwrap_or((inside, ""));
        plain.push_str(&unescaped(before));
        plain.push_str(literal);
        rest = after;
    }
    plain.push_str(&unescaped(rest));
    plain
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

/// Text for an attribute or an element. Line ends and tabs survive attribute normalisation.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(c, &mut safe));
    safe
}

fn push_escaped(c: char, safe: &mut String) {
    match c {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '"' => safe.push_str("&quot;"),
        '\r' | '\n' | '\t' => {
            let _ = write!(safe, "&#{};", u32::from(c));
        }
        c if is_forbidden(c) => safe.push('\u{fffd}'),
        c => safe.push(c),
    }
}

/// Text of a cell or note: what XML cannot hold is written `_x001F_` (ECMA-376 part 1, 22.9.2.19),
/// and text that already looks so is protected.
pub(super) fn escaped_string(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '_' if looks_like_escape(&text[at..]) => safe.push_str("_x005F_"),
            '\n' | '\t' => safe.push(c),
            '\r' => safe.push_str("_x000D_"),
            c if is_forbidden(c) => {
                let _ = write!(safe, "_x{:04X}_", u32::from(c));
            }
            c => push_escaped(c, &mut safe),
        }
    }
    safe
}

fn looks_like_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes.starts_with(b"_x")
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
        && bytes[6] == b'_'
}

/// Characters XML 1.0 has no way to hold.
pub(super) fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_rewritten_around_what_stays() {
        let text = "<x:c r=\"A1\" s='3' foo='a\"b &amp; c' t=\"s\"/>";
        let tag = root(text, "p").unwrap();
        assert_eq!(tag.prefix(), "x:");
        let set = [("s", Some("7".to_owned())), ("t", None), ("q", Some("<".to_owned()))];
        assert_eq!(
            tag.rewritten(&set, false),
            "<x:c r=\"A1\" s=\"7\" foo='a\"b &amp; c' q=\"&lt;\">"
        );
    }

    #[test]
    fn addresses_are_read_alike_the_quick_way() {
        for text in [
            "A1",
            "XFD1048576",
            "XFE1",
            "A1048577",
            "A0",
            "a1",
            "$A$1",
            "A",
            "1",
            "",
            "A1B",
            "A0B1",
            "ABCD1",
        ] {
            let quick = Address::from_bytes(text.as_bytes());
            assert!(quick.is_none() || quick == text.parse().ok(), "{text}");
        }
        assert_eq!(Address::from_bytes(b"AB12"), Some(Address::new(11, 27)));
        let tag = |text: &str| match Scan::new(text, "p").next().unwrap() {
            Some(Event::Open(tag)) => tag.cell(),
            _ => None,
        };
        assert_eq!(tag("<c r='$b$2'/>"), Some(Ok(Address::new(1, 1))));
        assert!(tag("<c/>").is_none() && tag("<c r='B0'/>").is_some_and(|cell| cell.is_err()));
    }

    #[test]
    fn children_are_appended_and_counted() {
        let text = "<s><fills count=\"2\"><fill/><fill><a/></fill></fills><none/></s>";
        let fills = containers(text, "p", &["fills"]).unwrap();
        assert_eq!(fills[0].children.len(), 2);
        let mut splices = Splices::default();
        fills[0].append(&mut splices, "<fill x=\"1\"/>", 1);
        let expected =
            "<s><fills count=\"3\"><fill/><fill><a/></fill><fill x=\"1\"/></fills><none/></s>";
        assert_eq!(splices.apply(text, "p").unwrap(), expected);
        assert_eq!(with_last_child("<a b=\"1\" />", "p", "<c/>").unwrap(), "<a b=\"1\"><c/></a>");
    }

    #[test]
    fn strings_keep_what_xml_cannot_hold() {
        assert_eq!(escaped_string("a\u{1}\r_x0041_ <&"), "a_x0001__x000D__x005F_x0041_ &lt;&amp;");
        assert_eq!(plain_text("a&lt;<![CDATA[<&]]>\r\nb"), "a<<&\nb");
    }

    #[test]
    fn cut_parts_and_document_types_are_refused() {
        for text in ["<a><b></a>", "<a>", "<!DOCTYPE a><a/>", "<a></a><b/>", "<a/><b></b>"] {
            assert!(Scan::new(text, "p").tags(|_| Ok(())).is_err(), "{text}");
        }
    }
}
