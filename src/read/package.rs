//! The parts of a zip package and the relations between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use super::known::Known;
use super::sniff::CONTENT_TYPES;
use super::unpack::{Archive, Decompressor, Packed};
use super::xml::{self, Event, Xml};
use super::{Limit, Limits, damaged};
use crate::failure::{Code, Failure};
use crate::lang::Text;

/// Relations of one part; a real one has some dozens.
const MOST_RELATIONS: usize = 100_000;

/// Bytes of a part that is held in memory; styles of the largest workbooks have some megabytes.
const LARGEST_SMALL_PART: u64 = 32 << 20;

/// The relations of a part by their ids.
pub(super) type Relations = BTreeMap<String, Relation>;

/// A package with its parts by their names in lower case.
pub(super) struct Package<'a, 'd> {
    archive: Archive<'a>,
    parts: HashMap<String, Part<'a>>,
    decompressor: &'d mut Decompressor,
    meter: Meter,
}

/// A part as the directory lists it.
#[derive(Clone, Copy)]
struct Part<'a> {
    index: usize,
    size: u64,
    /// `None` for a part that is not simply deflated.
    packed: Option<Packed<'a>>,
}

/// Counts what is unpacked, also of a part that is read twice.
struct Meter {
    limits: Limits,
    unpacked: u64,
    /// The first limit that was passed. Readers take an error for damage and keep what they have,
    /// so it is remembered here.
    exceeded: Option<Failure>,
}

impl Meter {
    fn exceeded(&mut self, limit: Limit, found: Option<u64>, part: Option<&str>) -> Failure {
        let failure = limit.exceeded(&self.limits, found, part);
        self.exceeded.get_or_insert(failure).clone()
    }
}

/// A part that is counted while it is unpacked.
struct Metered<'s, R> {
    inner: R,
    name: String,
    unpacked: u64,
    meter: &'s mut Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.unpacked += read as u64;
        self.meter.unpacked += read as u64;
        let failure = if self.unpacked > self.meter.limits.part {
            self.meter.exceeded(Limit::Part, None, Some(&self.name))
        } else if self.meter.unpacked > self.meter.limits.unpacked {
            self.meter.exceeded(Limit::Unpacked, None, None)
        } else {
            return Ok(read);
        };
        Err(io::Error::other(failure))
    }
}

/// Refuses a package with too many parts before its directory is read, which takes memory for
/// each. An entry of the directory has 46 bytes at least, and begins with a signature.
pub(super) fn refuse_many_parts(bytes: &[u8], limits: &Limits) -> Result<(), Failure> {
    if !bytes.starts_with(b"PK") || bytes.len() as u64 / 46 <= limits.parts {
        return Ok(());
    }
    let entries = bytes.windows(4).filter(|window| window == b"PK\x01\x02").count() as u64;
    let failure = || Limit::Parts.exceeded(limits, Some(entries), None);
    if entries > limits.parts { Err(failure()) } else { Ok(()) }
}

/// What a part refers to.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last word of its type: `worksheet`, `styles`, …
    pub(super) kind: String,
    /// The part, without a leading `/`.
    pub(super) target: String,
}

impl<'a, 'd> Package<'a, 'd> {
    /// Opens a package. The sizes its parts declare may not exceed the limits, and are not trusted:
    /// all is counted again while it is unpacked.
    pub(super) fn open(
        mut archive: Archive<'a>,
        limits: &Limits,
        decompressor: &'d mut Decompressor,
    ) -> Result<Self, Failure> {
        if archive.has_duplicate_names() {
            return Err(doubled());
        }
        let bytes = archive.clone().into_inner().into_inner();
        let mut parts = HashMap::with_capacity(archive.len());
        let is_opc = archive.index_for_name(CONTENT_TYPES).is_some();
        let mut total = 0_u64;
        for index in 0..archive.len() {
            let part = archive.by_index_raw(index).map_err(damaged)?;
            total = total.saturating_add(part.size());
            let listed = Part { index, size: part.size(), packed: Packed::of(&part, bytes) };
            let name = part.name().map_err(damaged)?;
            let name = if name.contains('\\') { name.replace('\\', "/").into() } else { name };
            let name = folded(name.trim_start_matches('/')).into_owned();
            // In the packages of OpenDocument pictures may have names that differ in case alone.
            let is_read = is_opc || name.rsplit_once('.').is_some_and(|(_, kind)| kind == "xml");
            if parts.insert(name, listed).is_some() && is_read {
                return Err(doubled());
            }
        }
        if total > limits.unpacked {
            return Err(Limit::Unpacked.exceeded(limits, Some(total), None));
        }
        let meter = Meter { limits: *limits, unpacked: 0, exceeded: None };
        Ok(Self { archive, parts, decompressor, meter })
    }

    /// Refuses the package when more was unpacked than the limits let, after it was read.
    pub(super) fn refuse_excess(&mut self) -> Result<(), Failure> {
        self.meter.exceeded.take().map_or(Ok(()), Err)
    }

    /// True when the package has a part, whatever the case of its name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&*folded(name))
    }

    /// True when the name of some part, in lower case, is of a kind.
    pub(super) fn any_part(&self, is: impl Fn(&str) -> bool) -> bool {
        self.parts.keys().any(|name| is(name))
    }

    fn listed(&self, name: &str) -> Result<&Part<'a>, Failure> {
        self.parts.get(&*folded(name)).ok_or_else(|| damaged(name))
    }

    /// A part to be read from its beginning.
    pub(super) fn part<'s>(&'s mut self, name: &str) -> Result<impl Read + use<'s, 'a>, Failure> {
        Ok(self.sized_part(name)?.1)
    }

    /// A part with the size it declares.
    fn sized_part<'s>(&'s mut self, name: &str) -> Result<(u64, impl Read + use<'s, 'a>), Failure> {
        let part = *self.listed(name)?;
        let inner = self.decompressor.part(&mut self.archive, part.index, part.packed);
        let inner = inner.map_err(|error| damaged(format!("{name}: {error}")))?;
        let size = part.size;
        if size > self.meter.limits.part {
            return Err(self.meter.exceeded(Limit::Part, Some(size), Some(name)));
        }
        Ok((size, Metered { inner, name: name.to_owned(), unpacked: 0, meter: &mut self.meter }))
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<'_>, Failure> {
        let label = name.to_owned();
        let (size, part) = self.sized_part(name)?;
        Xml::of_size(part, size).map_err(|error| damaged(format!("{label}: {error}")))
    }

    /// A part that is held in memory once read: relations, styles, the list of sheets.
    pub(super) fn small_xml(&mut self, name: &str) -> Result<Xml<'_>, Failure> {
        let size = self.listed(name)?.size;
        if size > LARGEST_SMALL_PART {
            let smaller = Limits { part: LARGEST_SMALL_PART, ..self.meter.limits };
            let failure = Limit::Part.exceeded(&smaller, Some(size), Some(name));
            // No option raises it: no program writes such a part.
            return Err(Failure { help: Text::default(), ..failure });
        }
        self.xml(name)
    }

    /// What a part holds: where an earlier file had the same part, byte by byte, that is known.
    pub(super) fn known<T>(
        &mut self,
        name: &str,
        known: &mut Known<T>,
        read: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<Arc<T>, Failure> {
        let Some(packed) = self.parts.get(&*folded(name)).and_then(|part| part.packed) else {
            return read(self).map(Arc::new);
        };
        if packed.size <= self.meter.limits.part
            && let Some((held, unpacked)) = known.find(name, packed)
        {
            self.meter.unpacked += unpacked;
            if self.meter.unpacked > self.meter.limits.unpacked {
                return Err(self.meter.exceeded(Limit::Unpacked, None, None));
            }
            return Ok(held);
        }
        let before = self.meter.unpacked;
        let held = Arc::new(read(self)?);
        // Readers that make do with what they got may have met a limit.
        if self.meter.exceeded.is_none() {
            known.add(name, packed, self.meter.unpacked - before, &held);
        }
        Ok(held)
    }

    /// Copies a part as it is compressed into another package, under another name.
    pub(super) fn copy(
        &mut self,
        name: &str,
        to: &mut zip::ZipWriter<Cursor<Vec<u8>>>,
        new_name: &str,
    ) -> Result<(), Failure> {
        let index = self.listed(name)?.index;
        let part = self.archive.by_index_raw(index).map_err(damaged)?;
        to.raw_copy_file_rename(part, new_name).map_err(damaged)
    }

    /// The beginning of a part; empty where there is none.
    pub(super) fn head(&mut self, name: &str, bytes: u64) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok((size, part)) = self.sized_part(name) {
            head.reserve(usize::try_from(size.min(bytes)).unwrap_or_default());
            let _ = part.take(bytes).read_to_end(&mut head);
        }
        head
    }

    /// The relations of a part; none where it has no relations part.
    pub(super) fn relations(
        &mut self,
        of: &str,
        known: &mut Known<Relations>,
    ) -> Result<Arc<Relations>, Failure> {
        let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
        let path = join(folder, &format!("_rels/{name}.rels"));
        self.known(&path, known, |package| package.read_relations(folder, &path))
    }

    fn read_relations(&mut self, folder: &str, path: &str) -> Result<Relations, Failure> {
        let mut relations = Relations::new();
        if !self.has(path) {
            return Ok(relations);
        }
        let fail = |error| damaged(format!("{path}: {error}"));
        let mut part = self.small_xml(path)?;
        loop {
            match part.next().map_err(fail)? {
                Event::Start(tag) if tag.name() == "Relationship" => {
                    let attribute = |name| xml::attribute(&tag, name).unwrap_or_default();
                    let kind = attribute("Type");
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    let target = join(folder, &attribute("Target"));
                    relations.insert(attribute("Id"), Relation { kind, target });
                }
                Event::Eof => return Ok(relations),
                _ if relations.len() > MOST_RELATIONS => return Err(damaged(path)),
                _ => {}
            }
        }
    }

    /// The part the package begins with: the office document its relations name.
    pub(super) fn main_part(
        &mut self,
        usual: &str,
        known: &mut Known<Relations>,
    ) -> Result<String, Failure> {
        let relations = self.relations("", known)?;
        let named = relations.values().find(|relation| relation.kind == "officeDocument");
        Ok(named.map_or_else(|| usual.to_owned(), |relation| relation.target.clone()))
    }
}

/// The failure of a package of which programs read one part or another, as they please.
fn doubled() -> Failure {
    Failure::new(
        Code::Damaged,
        "trong tệp có hai thành phần cùng tên nên không biết thành phần nào đúng",
        "the file holds two parts of one name, and which of them is right cannot be told",
    )
    .with_help(
        "hãy mở tệp bằng Excel hoặc LibreOffice, xem nội dung có đúng không, lưu lại thành tệp .xlsx mới rồi kiểm tra",
        "open it in Excel or LibreOffice, see whether it shows what it should, save it as a new .xlsx and check that",
    )
}

/// A name of a part in lower case, as it is looked up.
fn folded(name: &str) -> Cow<'_, str> {
    let is_folded = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded { name.into() } else { name.to_lowercase().into() }
}

/// A target seen from a folder: `../tables/a.xml` in `xl/worksheets` is `xl/tables/a.xml`.
fn join(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = Vec::new();
    let start = if target.starts_with('/') { "" } else { folder };
    for step in start.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                let _ = path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl/worksheets", "../tables/a.xml"), "xl/tables/a.xml");
        assert_eq!(join("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(join("", "../../a.xml"), "a.xml");
    }
}
