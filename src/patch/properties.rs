//! Custom document properties: what a program says of a file in the file itself, and what stays when
//! the file is opened and saved by another program (ECMA-376 part 1, 22.3).

use std::rc::Rc;

use super::PatchError;
use super::package::{Dialect, Package, declared, without_children};
use super::xml::{Scan, escaped, root, with_last_child};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const STRICT_NAMESPACE: &str = "http://purl.oclc.org/ooxml/officeDocument/customProperties";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";
const STRICT_TYPES: &str = "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes";
const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
/// The set of properties that are named by their author.
const SET: &str = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";
const KINDS: [&str; 2] = ["custom-properties", "customProperties"];

/// A package with text properties set, in place of those of the same names.
///
/// # Errors
/// A [`PatchError`] where the bytes are no package that can be added to.
pub fn with_properties(
    bytes: &[u8],
    properties: &[(String, String)],
) -> Result<Vec<u8>, PatchError> {
    if super::is_container(bytes) {
        return super::xls::with_properties(bytes, properties);
    }
    let mut package = Package::open(bytes, super::DEFAULT_PART_LIMIT)?;
    set_properties(&mut package, properties)?;
    package.finish()
}

/// Sets text properties of a package on its way, which is packed once with all that changes in it.
pub(super) fn set_properties(
    package: &mut Package<'_>,
    properties: &[(String, String)],
) -> Result<(), PatchError> {
    if properties.is_empty() {
        return Ok(());
    }
    if package.is_open_document() {
        return super::ods::set_properties(package, properties);
    }
    let known = package.relationships("")?;
    let own = known.iter().find(|r| KINDS.contains(&r.kind.as_str()) && !r.external);
    let office = known.iter().find(|r| r.kind == "officeDocument").map(|r| r.target.clone());
    let dialect = match office {
        Some(part) if !super::xlsb::is_binary(package)? => Dialect::of(&package.need(&part)?),
        _ => Dialect::Transitional,
    };
    let strict = dialect == Dialect::Strict;
    let known = own.map(|r| r.target.clone()).filter(|part| package.has(part));
    let (part, text) = if let Some(part) = known {
        let text = package.need(&part)?;
        (part, text)
    } else {
        let part = package.usual("docProps/custom", "xml");
        package.state_type(&part, CONTENT_TYPE, false)?;
        package.relate("", KINDS[usize::from(strict)], &part, dialect)?;
        let namespace = if strict { STRICT_NAMESPACE } else { NAMESPACE };
        (part, Rc::new(declared(&format!("<Properties xmlns=\"{namespace}\"/>"))))
    };
    let named = |name: &str| properties.iter().any(|(own, _)| own == name);
    let mut text =
        without_children(&text, &part, |tag| tag.get("name").is_some_and(|n| named(&n)))?;
    let mut id = 1;
    Scan::new(&text, &part).tags(|tag| {
        id = tag.get("pid").and_then(|pid| pid.parse().ok()).map_or(id, |pid: u32| id.max(pid));
        Ok(())
    })?;
    let prefix = root(&text, &part)?.prefix().to_owned();
    let types = if strict { STRICT_TYPES } else { TYPES };
    let mut children = String::new();
    for ((name, value), id) in properties.iter().zip(id.saturating_add(1)..) {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(
            children,
            "<{prefix}property fmtid=\"{SET}\" pid=\"{id}\" name=\"{}\"><sbv:lpwstr xmlns:sbv=\"{types}\">{}</sbv:lpwstr></{prefix}property>",
            escaped(name),
            escaped(value),
        );
    }
    text = with_last_child(&text, &part, &children)?;
    package.set(&part, text);
    Ok(())
}
