//! What a program says of a file in the file itself: user-defined metadata of the package.

use std::fmt::Write as _;
use std::rc::Rc;

use super::super::PatchError;
use super::super::package::{Package, without_children};
use super::super::xml::{Event, Scan, Splices, escaped, malformed, root, with_last_child};
use super::MANIFEST;

const META: &str = "meta.xml";
const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta \
    xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" office:version=\"1.3\">\
    <office:meta/></office:document-meta>";
const NAMESPACE: &str = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0";

/// Sets text properties of a package, in place of those of the same names.
///
/// # Errors
/// A [`PatchError`] where the package cannot be added to.
pub(in crate::patch) fn set_properties(
    package: &mut Package<'_>,
    properties: &[(String, String)],
) -> Result<(), PatchError> {
    let text = if let Some(text) = package.text(META)? {
        text
    } else {
        state_part(package)?;
        Rc::new(EMPTY.to_owned())
    };
    let prefix = root(&text, META)?.bound_prefix(NAMESPACE);
    let (prefix, bound) = match &prefix {
        Some(prefix) => (prefix.as_str(), String::new()),
        None => ("sbmeta:", format!(" xmlns:sbmeta=\"{NAMESPACE}\"")),
    };
    let mut added = String::new();
    for (name, value) in properties {
        let (name, value) = (escaped(name), escaped(value));
        let tag = format!("{prefix}user-defined");
        let _ = write!(added, "<{tag}{bound} {prefix}name=\"{name}\">{value}</{tag}>");
    }
    let is_own = |name: Option<String>| {
        name.is_some_and(|name| properties.iter().any(|(own, _)| *own == name))
    };
    let mut splices = Splices::default();
    let mut home = None;
    let mut old = None;
    let mut events = Scan::new(&text, META);
    while let Some(event) = events.next()? {
        match event {
            Event::Open(tag) if tag.depth == 1 && tag.local() == "meta" => {
                home = Some((tag.element(), tag.span.end));
            }
            Event::Open(tag) if tag.depth == 2 && tag.local() == "user-defined" => {
                old = is_own(tag.get_any_prefix("name")).then_some(tag.span.start);
            }
            Event::Close(2, span) => {
                if let Some(start) = old.take() {
                    splices.replace(start..span.end, "");
                }
            }
            Event::Close(1, span) => {
                if let Some((_, end)) = &mut home {
                    *end = span.start;
                }
            }
            _ => {}
        }
    }
    match home {
        Some((element, _)) if element.empty => {
            let text = format!("{}{added}{}", element.opened(), element.closing());
            splices.replace(element.span, text);
        }
        Some((_, end)) => splices.insert(end, added),
        None => return Err(malformed(META, "no metadata")),
    }
    let changed = splices.apply(&text, META)?;
    package.set(META, changed);
    Ok(())
}

/// States the part in the list of parts, which may name it already.
fn state_part(package: &mut Package<'_>) -> Result<(), PatchError> {
    let Some(text) = package.text(MANIFEST)? else { return Ok(()) };
    let text = without_children(&text, MANIFEST, |tag| {
        tag.get_any_prefix("full-path").is_some_and(|path| path == META)
    })?;
    let prefix = root(&text, MANIFEST)?.prefix().to_owned();
    let entry = format!(
        "<{prefix}file-entry {prefix}full-path=\"{META}\" {prefix}media-type=\"text/xml\"/>"
    );
    let changed = with_last_child(&text, MANIFEST, &entry)?;
    package.set(MANIFEST, changed);
    Ok(())
}
