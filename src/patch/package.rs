//! The package around a workbook: zip entries, relationships and content types.
//!
//! Reference: ECMA-376 part 2 (Open Packaging Conventions). Part names are compared without
//! regard to case, as the standard asks; entries that are not touched are copied compressed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Cursor, Read, Write};
use std::ops::Range as Span;
use std::rc::Rc;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::xml::{Element, Event, Scan, Splices, Tag, escaped, malformed, root, with_last_child};

use super::{PackageFault, PatchError};
use crate::read::unpack::{Archive, Decompressor, Packed, Part};

pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";
const PACKAGE_RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const XML_DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The two families of namespaces a workbook may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Transitional,
    Strict,
}

impl Dialect {
    pub(super) fn of(workbook_xml: &str) -> Self {
        let strict = workbook_xml.contains(Self::Strict.main());
        if strict { Self::Strict } else { Self::Transitional }
    }

    /// Namespace of sheets, styles and comments.
    pub(super) fn main(self) -> &'static str {
        match self {
            Self::Transitional => "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            Self::Strict => "http://purl.oclc.org/ooxml/spreadsheetml/main",
        }
    }

    /// Namespace of `r:id` and stem of the relationships' types.
    pub(super) fn relationships(self) -> &'static str {
        match self {
            Self::Transitional => {
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            }
            Self::Strict => "http://purl.oclc.org/ooxml/officeDocument/relationships",
        }
    }

    /// A `r:id` attribute for a child of `root`, with the prefix bound there or its own.
    pub(super) fn id_attribute(self, root: &Element, id: &str) -> String {
        let namespace = self.relationships();
        root.bound_prefix(namespace).map_or_else(
            || format!("xmlns:sbr=\"{namespace}\" sbr:id=\"{id}\""),
            |prefix| format!("{prefix}id=\"{id}\""),
        )
    }
}

/// A new part's first lines.
pub(super) fn declared(content: &str) -> String {
    format!("{XML_DECLARATION}{content}")
}

/// One relationship of a part.
#[derive(Debug, Clone)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last segment of its type: `worksheet`, `comments`, `vmlDrawing`…
    pub(super) kind: String,
    /// The part it leads to; for an external one the address as written.
    pub(super) target: String,
    pub(super) external: bool,
    span: Span<usize>,
}

#[derive(Debug)]
enum Change {
    Written(Rc<String>),
    /// A part of records.
    Binary(Vec<u8>),
    Dropped,
}

/// A package being read, with the changes made so far.
pub(super) struct Package<'a> {
    zip: Archive<'a>,
    /// The package as it is packed.
    packed: &'a [u8],
    decompressor: Decompressor,
    /// Entry names in order.
    names: Vec<String>,
    /// From a folded part name to its entry.
    entries: HashMap<String, usize>,
    changes: BTreeMap<String, Change>,
    /// New parts in the order they were added.
    added: Vec<String>,
    limit: u64,
    /// Texts of the source's parts by their entries: small ones are asked for again and again.
    unpacked: HashMap<usize, Rc<String>>,
    /// Bytes of texts that may still be kept.
    room: usize,
    /// Relationships by the folded names of their parts, with the texts they were read from.
    related: HashMap<String, (Rc<String>, Rc<[Relationship]>)>,
    /// What the part of content types states, as long as that is the text it was read from.
    types: Option<ContentTypes>,
}

/// What a part of content types states.
struct ContentTypes {
    text: Rc<String>,
    root: Element,
    /// Where the root element is closed.
    end: usize,
    /// Folded names of the parts whose types are stated.
    parts: HashSet<String>,
    /// Types by suffix; of several for one the last counts.
    defaults: Vec<(String, Option<String>)>,
}

impl ContentTypes {
    fn read(text: Rc<String>) -> Result<Self, PatchError> {
        let (mut parts, mut defaults) = (HashSet::new(), Vec::new());
        let (mut root, mut end) = (None, 0);
        let mut events = Scan::new(&text, CONTENT_TYPES);
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) if tag.depth == 0 => root = root.or(Some(tag.element())),
                Event::Open(tag) if tag.depth == 1 => {
                    let names = ["PartName", "Extension", "ContentType"];
                    let [part, suffix, kind] = tag.get_all(names);
                    parts.extend(part.map(|part| folded(&part)));
                    if let Some(suffix) = suffix.filter(|_| tag.local() == "Default") {
                        defaults.push((suffix, kind));
                    }
                }
                Event::Close(0, span) => end = span.start,
                _ => {}
            }
        }
        let root = root.ok_or_else(|| malformed(CONTENT_TYPES, "no root element"))?;
        Ok(Self { text, root, end, parts, defaults })
    }

    /// The type stated for a suffix.
    fn default(&self, suffix: &str) -> Option<&str> {
        let mut own = self.defaults.iter().rev();
        own.find(|(own, _)| own.eq_ignore_ascii_case(suffix))?.1.as_deref()
    }
}

/// Bytes of unpacked parts that are kept.
const KEPT: usize = 1 << 20;

/// A part's name as names are compared: `/` between folders, `%20` resolved, no case.
fn folded(part: &str) -> String {
    let plain = part.replace('\\', "/");
    let plain = plain.trim_start_matches('/');
    if !plain.contains('%') {
        return plain.to_ascii_lowercase();
    }
    let (mut bytes, mut rest) = (Vec::new(), plain.as_bytes());
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn unreadable(error: ZipError) -> PatchError {
    PatchError::NotAPackage(error.to_string())
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limit: u64) -> Result<Self, PatchError> {
        if super::is_container(bytes) {
            return Err(PatchError::OleContainer);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        if zip.has_duplicate_names() {
            return Err(PatchError::DuplicateParts);
        }
        let name = |index| match zip.name_for_index(index) {
            Some(name) => name.map(std::borrow::Cow::into_owned).map_err(unreadable),
            None => Ok(String::new()),
        };
        let names = (0..zip.len()).map(name).collect::<Result<Vec<_>, _>>()?;
        let mut entries = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            entries.entry(folded(name)).or_insert(index);
        }
        let (changes, added) = (BTreeMap::new(), Vec::new());
        let (unpacked, room) = (HashMap::new(), KEPT);
        let (packed, decompressor) = (bytes, Decompressor::default());
        let related = HashMap::new();
        Ok(Self {
            zip,
            packed,
            decompressor,
            names,
            entries,
            changes,
            added,
            limit,
            unpacked,
            room,
            related,
            types: None,
        })
    }

    /// Names of all parts as they stand now.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.names.iter().chain(&self.added).map(String::as_str);
        all.filter(|name| !name.ends_with('/') && self.has(name))
    }

    /// True for a package of `OpenDocument`, which has its content where others have their types.
    pub(super) fn is_open_document(&self) -> bool {
        self.has("content.xml") && !self.has(CONTENT_TYPES)
    }

    pub(super) fn has(&self, part: &str) -> bool {
        let key = folded(part);
        match self.changes.get(&key) {
            Some(change) => !matches!(change, Change::Dropped),
            None => self.entries.contains_key(&key),
        }
    }

    /// A part's text, if the package has the part.
    pub(super) fn text(&mut self, part: &str) -> Result<Option<Rc<String>>, PatchError> {
        let key = folded(part);
        let index = match (self.changes.get(&key), self.entries.get(&key)) {
            (Some(Change::Written(text)), _) => return Ok(Some(Rc::clone(text))),
            (Some(Change::Binary(bytes)), _) => {
                return Ok(Some(Rc::new(decoded(bytes.clone(), part)?)));
            }
            (Some(Change::Dropped), _) | (None, None) => return Ok(None),
            (None, Some(&index)) => index,
        };
        if let Some(text) = self.unpacked.get(&index) {
            return Ok(Some(Rc::clone(text)));
        }
        let text = Rc::new(decoded(self.bytes(index, part)?, part)?);
        if let Some(room) = self.room.checked_sub(text.len()) {
            self.room = room;
            self.unpacked.insert(index, Rc::clone(&text));
        }
        Ok(Some(text))
    }

    /// An entry to be unpacked, with the size that its header states.
    fn entry(&mut self, index: usize) -> Result<(u64, Part<'_, 'a>), PatchError> {
        part((&mut self.zip, self.packed), index, &mut self.decompressor)
    }

    /// Unpacks an entry, counting: a header's word about the size is not taken, but for the room that a
    /// small part needs, which is then unpacked in one piece.
    fn bytes(&mut self, index: usize, part: &str) -> Result<Vec<u8>, PatchError> {
        let limit = self.limit;
        let (size, entry) = self.entry(index)?;
        // One byte more shows that nothing follows.
        let room = usize::try_from(size.min(limit)).unwrap_or(KEPT).min(KEPT) + 1;
        let mut bytes = Vec::with_capacity(room);
        entry
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| malformed(part, error))?;
        if bytes.len() as u64 > limit {
            return Err(PatchError::PartTooLarge { part: part.to_owned(), limit });
        }
        Ok(bytes)
    }

    /// A part of records.
    pub(super) fn need_bytes(&mut self, part: &str) -> Result<Vec<u8>, PatchError> {
        let key = folded(part);
        match (self.changes.get(&key), self.entries.get(&key)) {
            (Some(Change::Binary(bytes)), _) => Ok(bytes.clone()),
            (None, Some(&index)) => self.bytes(index, part),
            _ => Err(PatchError::MissingPart(part.to_owned())),
        }
    }

    pub(super) fn need(&mut self, part: &str) -> Result<Rc<String>, PatchError> {
        self.text(part)?.ok_or_else(|| PatchError::MissingPart(part.to_owned()))
    }

    /// True when a sheet's XML holds a formula; unpacked in pieces, nothing is kept.
    pub(super) fn holds_formula(&mut self, part: &str) -> Result<bool, PatchError> {
        let key = folded(part);
        let Some(&index) = self.entries.get(&key) else { return Ok(false) };
        let limit = self.limit;
        let mut entry = self.entry(index)?.1.take(limit);
        let mut window = vec![0; 1 << 16];
        let mut kept = 0;
        loop {
            let read = entry.read(&mut window[kept..]).map_err(|error| malformed(part, error))?;
            if read == 0 {
                return Ok(false);
            }
            let filled = &window[..kept + read];
            if holds_formula(filled) {
                return Ok(true);
            }
            let tail = filled.len().saturating_sub(2);
            let end = filled.len();
            window.copy_within(tail..end, 0);
            kept = end - tail;
        }
    }

    pub(super) fn set(&mut self, part: &str, text: String) {
        let key = folded(part);
        if !self.entries.contains_key(&key) && !self.changes.contains_key(&key) {
            self.added.push(part.to_owned());
        }
        self.changes.insert(key, Change::Written(Rc::new(text)));
    }

    /// Replaces a part of records.
    pub(super) fn set_bytes(&mut self, part: &str, bytes: Vec<u8>) {
        self.changes.insert(folded(part), Change::Binary(bytes));
    }

    /// Folded names of all parts written or dropped.
    pub(super) fn changed_parts(&self) -> BTreeSet<String> {
        self.changes.keys().cloned().collect()
    }

    /// Takes a part out, with its own relationships and its content type.
    pub(super) fn drop_part(&mut self, part: &str) -> Result<(), PatchError> {
        for name in [part.to_owned(), relationships_part(part)] {
            if self.has(&name) {
                self.changes.insert(folded(&name), Change::Dropped);
            }
        }
        let text = self.need(CONTENT_TYPES)?;
        let changed = without_type(&text, &folded(part))?;
        if changed != *text {
            self.set(CONTENT_TYPES, changed);
        }
        Ok(())
    }

    /// Takes a part out of a package that has no relationships and content types.
    pub(super) fn remove(&mut self, part: &str) {
        self.changes.insert(folded(part), Change::Dropped);
    }

    /// A name no part has: `stem`, a number, `.` and the suffix.
    pub(super) fn fresh(&self, stem: &str, suffix: &str) -> (String, usize) {
        let named = |number| (format!("{stem}{number}.{suffix}"), number);
        let mut number = 1;
        while self.has(&named(number).0) || self.changes.contains_key(&folded(&named(number).0)) {
            number += 1;
        }
        named(number)
    }

    /// The name that programs look for, `stem`, `.` and the suffix, or one beside it where a part
    /// has that.
    pub(super) fn usual(&self, stem: &str, suffix: &str) -> String {
        let usual = format!("{stem}.{suffix}");
        let is_free = !self.has(&usual) && !self.changes.contains_key(&folded(&usual));
        if is_free { usual } else { self.fresh(stem, suffix).0 }
    }

    /// The relationships of a part, read once as long as they stay the same.
    pub(super) fn relationships(&mut self, owner: &str) -> Result<Rc<[Relationship]>, PatchError> {
        let part = relationships_part(owner);
        let Some(text) = self.text(&part)? else { return Ok(Rc::default()) };
        let key = folded(&part);
        let known = self.related.get(&key).filter(|(known, _)| Rc::ptr_eq(known, &text));
        if let Some((_, related)) = known {
            return Ok(Rc::clone(related));
        }
        let related: Rc<[_]> = read_relationships(owner, &part, &text)?.into();
        self.related.insert(key, (text, Rc::clone(&related)));
        Ok(related)
    }

    /// Adds a relationship and gives its id.
    pub(super) fn relate(
        &mut self,
        owner: &str,
        kind: &str,
        target: &str,
        dialect: Dialect,
    ) -> Result<String, PatchError> {
        let part = relationships_part(owner);
        let known = self.text(&part)?;
        if known.is_none() {
            // Some programs state the type of each relationships part by its name alone.
            let kind = "application/vnd.openxmlformats-package.relationships+xml";
            self.state_type(&part, kind, true)?;
        }
        let text = known.unwrap_or_else(|| {
            let empty = format!("<Relationships xmlns=\"{PACKAGE_RELATIONSHIPS}\"/>");
            Rc::new(declared(&empty))
        });
        let taken = self.relationships(owner)?;
        let mut number = 1;
        while taken.iter().any(|r| r.id.eq_ignore_ascii_case(&format!("rIdSb{number}"))) {
            number += 1;
        }
        let id = format!("rIdSb{number}");
        let child = format!(
            "<{}Relationship Id=\"{id}\" Type=\"{}/{kind}\" Target=\"{}\"/>",
            root(&text, &part)?.prefix(),
            dialect.relationships(),
            escaped(&relative(owner, target)),
        );
        let changed = with_last_child(&text, &part, &child)?;
        self.set(&part, changed);
        Ok(id)
    }

    pub(super) fn unrelate(&mut self, owner: &str, id: &str) -> Result<(), PatchError> {
        let part = relationships_part(owner);
        let text = self.need(&part)?;
        let mut splices = Splices::default();
        for relationship in read_relationships(owner, &part, &text)? {
            if relationship.id == id {
                splices.replace(relationship.span, "");
            }
        }
        let changed = splices.apply(&text, &part)?;
        self.set(&part, changed);
        Ok(())
    }

    /// States a part's content type, by its suffix where that is new or already so.
    pub(super) fn state_type(
        &mut self,
        part: &str,
        content_type: &str,
        by_suffix: bool,
    ) -> Result<(), PatchError> {
        let text = self.need(CONTENT_TYPES)?;
        let known = self.types.take().filter(|known| Rc::ptr_eq(&known.text, &text));
        let mut types = known.map_or_else(|| ContentTypes::read(Rc::clone(&text)), Ok)?;
        let wanted = folded(part);
        if types.parts.contains(&wanted) {
            // For a part that was not there.
            let changed = without_type(&text, &wanted)?;
            self.set(CONTENT_TYPES, changed);
            return self.state_type(part, content_type, by_suffix);
        }
        let suffix = part.rsplit_once('.').map_or("", |(_, suffix)| suffix);
        let root = &types.root;
        let prefix = root.prefix();
        let splices = match types.default(suffix) {
            Some(known) if by_suffix && known == content_type => {
                self.types = Some(types);
                return Ok(());
            }
            None if by_suffix && !root.empty => {
                let mut splices = Splices::default();
                let child = format!(
                    "<{prefix}Default Extension=\"{suffix}\" ContentType=\"{content_type}\"/>"
                );
                splices.insert(root.span.end, child);
                types.defaults.insert(0, (suffix.to_owned(), Some(content_type.to_owned())));
                splices
            }
            _ => {
                let child = format!(
                    "<{prefix}Override PartName=\"/{}\" ContentType=\"{content_type}\"/>",
                    escaped(part)
                );
                types.parts.insert(wanted);
                root.with_last_child(types.end, &child)
            }
        };
        let changed = splices.apply(&text, CONTENT_TYPES)?;
        let grown = changed.len().checked_sub(text.len());
        self.set(CONTENT_TYPES, changed);
        // A root element that was empty is written anew.
        if let Some(grown) = grown.filter(|_| !types.root.empty) {
            (types.text, types.end) = (self.need(CONTENT_TYPES)?, types.end + grown);
            self.types = Some(types);
        }
        Ok(())
    }

    /// The package with its changes, read again once it is packed: every part is what it was meant to
    /// be.
    pub(super) fn finish_and_compare(mut self) -> Result<Vec<u8>, PatchError> {
        let packed = self.pack()?;
        match self.first_lost(&packed)? {
            None => Ok(packed),
            Some(part) => {
                let reason = "not packed as it was written".to_owned();
                Err(PatchError::NeedsRepair(vec![PackageFault::Unreadable { part, reason }]))
            }
        }
    }

    /// The first part that a packed package does not hold as it is here.
    fn first_lost(&mut self, packed: &[u8]) -> Result<Option<String>, PatchError> {
        let mut copy = ZipArchive::new(Cursor::new(packed)).map_err(unreadable)?;
        let mut place = 0;
        let known = self.names.iter().enumerate().map(|(index, name)| (Some(index), name));
        for (index, name) in known.chain(self.added.iter().map(|name| (None, name))) {
            let written = match (self.changes.get(&folded(name)), index) {
                (Some(Change::Written(text)), _) => text.as_bytes(),
                (Some(Change::Binary(bytes)), _) => bytes,
                (Some(Change::Dropped), _) | (None, None) => continue,
                (None, Some(index)) => {
                    if sums(&mut self.zip, index)? != sums(&mut copy, place)? {
                        return Ok(Some(name.clone()));
                    }
                    place += 1;
                    continue;
                }
            };
            let is_named = copy.name_for_index(place).is_some_and(|n| n.is_ok_and(|n| n == *name));
            let (_, entry) = part((&mut copy, packed), place, &mut self.decompressor)?;
            if !is_named || !holds(entry, written).map_err(|error| malformed(name, error))? {
                return Ok(Some(name.clone()));
            }
            place += 1;
        }
        Ok((place != copy.len()).then(String::new))
    }

    /// The package with its changes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, PatchError> {
        self.pack()
    }

    /// Packs what changed; entries not touched are copied as they are compressed.
    fn pack(&mut self) -> Result<Vec<u8>, PatchError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let mut stamp = DateTime::default();
        for (index, name) in self.names.iter().enumerate() {
            let entry = self.zip.by_index_raw(index).map_err(unreadable)?;
            stamp = entry.last_modified().unwrap_or(stamp);
            match self.changes.get(&folded(name)) {
                None => writer.raw_copy_file(entry).map_err(unreadable)?,
                Some(Change::Written(text)) => {
                    write_part(&mut writer, name, text.as_bytes(), stamp)?;
                }
                Some(Change::Binary(bytes)) => write_part(&mut writer, name, bytes, stamp)?,
                Some(Change::Dropped) => {}
            }
        }
        for name in &self.added {
            if let Some(Change::Written(text)) = self.changes.get(&folded(name)) {
                write_part(&mut writer, name, text.as_bytes(), stamp)?;
            }
        }
        writer.set_raw_comment(self.zip.comment().into()).map_err(unreadable)?;
        Ok(writer.finish().map_err(unreadable)?.into_inner())
    }
}

/// An entry of an archive to be unpacked, with the size that its header states.
fn part<'s, 'a>(
    (zip, packed): (&'s mut Archive<'a>, &'a [u8]),
    index: usize,
    decompressor: &'s mut Decompressor,
) -> Result<(u64, Part<'s, 'a>), PatchError> {
    let listed = zip.by_index_raw(index).map_err(unreadable)?;
    let (size, simple) = (listed.size(), Packed::of(&listed, packed));
    drop(listed);
    Ok((size, decompressor.part(zip, index, simple).map_err(unreadable)?))
}

/// An entry's name, and what the list of entries says of its content.
fn sums(zip: &mut Archive<'_>, index: usize) -> Result<(String, u32, u64, u64), PatchError> {
    let entry = zip.by_index_raw(index).map_err(unreadable)?;
    let name = entry.name().map_err(unreadable)?.into_owned();
    Ok((name, entry.crc32(), entry.size(), entry.compressed_size()))
}

/// True where what is read is a content and nothing more.
fn holds(mut reader: impl Read, mut content: &[u8]) -> io::Result<bool> {
    // A byte more than there should be shows that more is there.
    let mut window = vec![0; (content.len() + 1).min(1 << 15)];
    loop {
        match reader.read(&mut window)? {
            0 => return Ok(content.is_empty()),
            length => match content.strip_prefix(&window[..length]) {
                Some(rest) => content = rest,
                None => return Ok(false),
            },
        }
    }
}

/// Bytes up to which a part is stored as it is: to set a compressor up for it takes longer than all
/// other work on it, and would save a kilobyte.
const STORED_UP_TO: usize = 2 << 10;
/// How hard parts are compressed: at the usual level, 6, the sheets of 180 public workbooks took twice the time
/// to become 0,3 % smaller.
pub const LEVEL: i64 = 5;

fn write_part(
    writer: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    content: &[u8],
    stamp: DateTime,
) -> Result<(), PatchError> {
    let (method, level) = match content.len() {
        ..=STORED_UP_TO => (CompressionMethod::Stored, None),
        _ => (CompressionMethod::Deflated, Some(LEVEL)),
    };
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .compression_level(level)
        .last_modified_time(stamp)
        .large_file(u32::try_from(content.len()).is_err());
    writer.start_file(name, options).map_err(unreadable)?;
    writer.write_all(content).map_err(|error| malformed(name, error))
}

/// True where the XML of a sheet holds a formula.
pub(super) fn holds_formula(sheet: &[u8]) -> bool {
    let around = |at: usize| sheet.get(at.checked_sub(1)?..at + 2);
    memchr::memchr_iter(b'f', sheet).filter_map(around).any(is_formula_tag)
}

fn is_formula_tag(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<' | b':', b'f', b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n'])
}

/// UTF-8 or UTF-16, with or without mark, told as the reading tells them; the declaration then says
/// UTF-8.
fn decoded(mut bytes: Vec<u8>, part: &str) -> Result<String, PatchError> {
    let unknown = || PatchError::UnknownEncoding(part.to_owned());
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        let text = String::from_utf16(&units).map_err(|_| unknown())?;
        Ok(declared_as_utf8(text.trim_start_matches('\u{feff}')))
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => return wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => return wide(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, ..] => {
            bytes.drain(..3);
        }
        _ => {}
    }
    let text = String::from_utf8(bytes).map_err(|_| unknown())?;
    match declared_encoding(&text).map(str::to_ascii_lowercase) {
        Some(name) if !matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii") => Err(unknown()),
        _ => Ok(text),
    }
}

/// The text with the encoding it declares exchanged.
fn declared_as_utf8(text: &str) -> String {
    let end = text.find("?>").unwrap_or(0);
    let (head, rest) = text.split_at(end);
    match declared_encoding(text) {
        Some(name) => head.replacen(name, "UTF-8", 1) + rest,
        None => text.to_owned(),
    }
}

fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.trim_start().strip_prefix("<?xml ")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    Some(value[quote.len_utf8()..].split_once(quote)?.0)
}

/// Where a part's relationships stand; the package's own for the empty name.
pub(super) fn relationships_part(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{name}.rels")
}

pub(super) fn read_relationships(
    owner: &str,
    part: &str,
    text: &str,
) -> Result<Vec<Relationship>, PatchError> {
    let mut found: Vec<Relationship> = Vec::new();
    let mut events = Scan::new(text, part);
    while let Some(event) = events.next()? {
        match event {
            Event::Open(tag) if tag.depth == 1 => found.push(relationship(owner, &tag)),
            Event::Close(1, span) => {
                if let Some(last) = found.last_mut() {
                    last.span.end = span.end;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn relationship(owner: &str, tag: &Tag<'_>) -> Relationship {
    let [id, kind, target, mode] = tag.get_all(["Id", "Type", "Target", "TargetMode"]);
    let target = target.unwrap_or_default();
    let kind = kind.unwrap_or_default();
    let external = mode.is_some_and(|mode| mode == "External");
    Relationship {
        id: id.unwrap_or_default(),
        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
        target: if external { target } else { resolved(owner, &target) },
        external,
        span: tag.span.clone(),
    }
}

/// A relationship's target as a part name.
fn resolved(owner: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let target = target.split('#').next().unwrap_or_default();
    let mut path: Vec<&str> = owner.split('/').collect();
    path.pop();
    if target.starts_with('/') {
        path.clear();
    }
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

/// The way from one part to another.
fn relative(owner: &str, target: &str) -> String {
    let mut from: Vec<&str> = owner.split('/').collect();
    from.pop();
    let to: Vec<&str> = target.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    "../".repeat(from.len() - shared) + &to[shared..].join("/")
}

/// The content types without that of a part, by its folded name.
fn without_type(text: &str, part: &str) -> Result<String, PatchError> {
    without_children(text, CONTENT_TYPES, |tag| {
        tag.get("PartName").is_some_and(|name| folded(&name) == part)
    })
}

/// The text without the root's children that match.
pub(super) fn without_children(
    text: &str,
    part: &str,
    matches: impl Fn(&Tag<'_>) -> bool,
) -> Result<String, PatchError> {
    let mut splices = Splices::default();
    let mut open = None;
    let mut events = Scan::new(text, part);
    while let Some(event) = events.next()? {
        match event {
            Event::Open(tag) if tag.depth == 1 && matches(&tag) => open = Some(tag.span.start),
            Event::Close(1, span) => {
                if let Some(start) = open.take() {
                    splices.replace(start..span.end, "");
                }
            }
            _ => {}
        }
    }
    splices.apply(text, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_read_whatever_stands_for_its_quote() {
        let declared = |value: &str| {
            declared_encoding(&format!("<?xml version=\"1.0\" {value}?>")).map(str::to_owned)
        };
        assert_eq!(declared("encoding=\"UTF-8\"").as_deref(), Some("UTF-8"));
        assert_eq!(declared("encoding=\u{feff}\"UTF-8\""), None);
        assert_eq!(declared("encoding="), None);
    }

    #[test]
    fn targets_resolve_and_return() {
        assert_eq!(
            resolved("xl/workbook.xml", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolved("xl/worksheets/s.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolved("xl/worksheets/s.xml", "/xl/a.xml#b"), "xl/a.xml");
        assert_eq!(resolved("", "xl\\workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolved("a", "../../../b"), "b");
        assert_eq!(relative("xl/worksheets/s.xml", "xl/comments1.xml"), "../comments1.xml");
        assert_eq!(relationships_part("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relationships_part(""), "_rels/.rels");
    }

    #[test]
    fn names_compare_without_case_and_escapes() {
        assert_eq!(folded("/xl\\Sheet%201.XML"), "xl/sheet 1.xml");
        assert_eq!(folded("Bi%E1%BB%83u%"), "biểu%");
        assert_eq!(folded("%zz%4"), "%zz%4");
    }

    /// A package of parts with their texts.
    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            write_part(&mut writer, name, text.as_bytes(), DateTime::default()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_type_stated_for_a_part_that_was_not_there_goes() {
        let stated = |types: &str, by_suffix| {
            let source = package(&[(CONTENT_TYPES, types)]);
            let mut package = Package::open(&source, 1_000).unwrap();
            package.state_type("xl/a.rels", "r", by_suffix).ok()?;
            Some((*package.need(CONTENT_TYPES).unwrap()).clone())
        };
        let (open, close) = ("<Types><Default Extension=\"Rels\" ContentType=\"r\"/>", "</Types>");
        let stale = "<Override PartName=\"/XL/a.rels\" ContentType=\"x\"/>";
        let own = "<Override PartName=\"/xl/a.rels\" ContentType=\"r\"/>";
        for (types, by_suffix, expected) in [
            ([open, close].concat(), true, Some([open, close].concat())),
            ([open, stale, close].concat(), true, Some([open, close].concat())),
            ([open, stale, stale, close].concat(), false, Some([open, own, close].concat())),
            (["<Types/>", ""].concat(), false, Some(["<Types>", own, close].concat())),
            ([open, close, "<Types/>"].concat(), false, None),
        ] {
            assert_eq!(stated(&types, by_suffix), expected, "{types}");
        }
    }

    #[test]
    fn types_stated_in_turn_are_those_stated_each_anew() {
        let wanted = [
            ("xl/a.vml", "v", true),
            ("xl/b.vml", "v", true),
            ("xl/c.vml", "w", true),
            ("xl/d.xml", "d", false),
            ("xl/a.vml", "x", false),
            ("xl/e.xml", "e", true),
        ];
        let default = "<Default Extension=\"xml\" ContentType=\"x\"/>";
        for types in [
            "<Types/>".to_owned(),
            "<Types></Types>".to_owned(),
            format!("<t:Types xmlns:t=\"u\">{default} </t:Types>\n<!-- -->"),
            // A type that is left out hides one that stands before it.
            "<Types><Default Extension=\"vml\"/></Types>".to_owned(),
        ] {
            let source = package(&[(CONTENT_TYPES, &types)]);
            let mut package = Package::open(&source, 10_000).unwrap();
            let mut text = types;
            for (part, kind, by_suffix) in wanted {
                package.state_type(part, kind, by_suffix).unwrap();
                let source = self::package(&[(CONTENT_TYPES, &text)]);
                let mut anew = Package::open(&source, 10_000).unwrap();
                anew.state_type(part, kind, by_suffix).unwrap();
                text = (*anew.need(CONTENT_TYPES).unwrap()).clone();
                assert_eq!(*package.need(CONTENT_TYPES).unwrap(), text, "{part}");
            }
        }
    }

    #[test]
    fn what_is_lost_in_packing_is_noticed() {
        let source = package(&[("a.xml", "<a/>"), ("b.xml", "<b/>"), ("c.xml", "<c/>")]);
        let changed = || {
            let mut package = Package::open(&source, 100).unwrap();
            package.set("b.xml", "<b>2</b>".to_owned());
            package.set("d.xml", "<d/>".to_owned());
            package.remove("c.xml");
            package
        };
        let right = [("a.xml", "<a/>"), ("b.xml", "<b>2</b>"), ("d.xml", "<d/>")];
        let names: Vec<String> = changed().names().map(str::to_owned).collect();
        assert_eq!(names, right.map(|(name, _)| name.to_owned()));
        let lost = |parts: &[(&str, &str)]| changed().first_lost(&package(parts)).ok();
        assert_eq!(lost(&right), Some(None));
        assert!(changed().finish_and_compare().is_ok());
        for at in 0..right.len() {
            let name = Some(Some(right[at].0.to_owned()));
            for text in ["<b>3</b>", "<b>2</b> ", "<a/"] {
                let mut wrong = right;
                wrong[at].1 = text;
                assert_eq!(lost(&wrong), name, "{text}");
            }
            let mut renamed = right;
            renamed[at].0 = "e.xml";
            assert_eq!(lost(&renamed), name);
        }
        assert_eq!(lost(&[&right[..], &[("c.xml", "<c/>")]].concat()), Some(Some(String::new())));
        assert_eq!(lost(&right[..2]), None);
    }

    #[test]
    fn parts_are_unpacked_once_while_there_is_room() {
        let long = format!("<a>{}</a>", "1".repeat(KEPT));
        let source =
            package(&[("long.xml", &long), ("a.xml", "<a/>"), ("b.xml", &long[..KEPT - 4])]);
        let mut package = Package::open(&source, u64::MAX).unwrap();
        for (part, is_kept) in [("long.xml", false), ("a.xml", true), ("b.xml", true)] {
            let [first, second] = [package.need(part).unwrap(), package.need(part).unwrap()];
            assert_eq!((Rc::ptr_eq(&first, &second), &first), (is_kept, &second), "{part}");
        }
        package.set("a.xml", "<b/>".to_owned());
        assert_eq!(*package.need("a.xml").unwrap(), "<b/>");
    }

    #[test]
    fn formulas_are_told_by_their_tags() {
        for sheet in ["<c><f>1</f></c>", "<x:f/>", "<f t=\"shared\"", "<f\n"] {
            assert!(holds_formula(sheet.as_bytes()), "{sheet}");
        }
        for sheet in ["", "f", "<f", "f>", "<ff>", "<v>f</v>", "</f>", "<font f=\"1\">"] {
            assert!(!holds_formula(sheet.as_bytes()), "{sheet}");
        }
    }

    #[test]
    fn utf_16_parts_are_read_and_other_encodings_refused() {
        for name in ["UTF-16", "utf-16le", "Utf-16BE"] {
            for mark in ["", "\u{feff}"] {
                let text = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a b=\"Đ\"/>");
                let marked = format!("{mark}{text}");
                let little = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let big = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
                for bytes in [little, big] {
                    assert_eq!(decoded(bytes, "p").unwrap(), text.replace(name, "UTF-8"));
                }
            }
        }
        let bare: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(bare, "p").unwrap(), "<a/>");
        let latin = b"<?xml version='1.0' encoding='windows-1258'?><a/>".to_vec();
        assert!(matches!(decoded(latin, "p"), Err(PatchError::UnknownEncoding(_))));
        assert!(decoded(vec![0xFF, 0xFE], "p").is_ok());
    }
}
