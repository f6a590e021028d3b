//! The prefixes a part binds the namespaces of `OpenDocument` to (OASIS OpenDocument 1.3 part 3, 2.2).

use super::super::PatchError;
use super::super::xml::{Element, escaped, malformed};
use std::fmt::Write as _;

/// Prefixes with their colon.
pub(super) struct Names {
    pub(super) office: String,
    pub(super) table: String,
    pub(super) text: String,
    pub(super) style: String,
    pub(super) fo: String,
    pub(super) number: String,
    pub(super) dc: String,
    /// Where LibreOffice repeats the type of a value; only kept true, never added.
    pub(super) calcext: Option<String>,
    /// Bindings the root lacks, to be added to it.
    missing: Vec<(String, String)>,
}

/// The namespace of formulas, bound to `of` everywhere: the prefix stands inside attribute values.
const FORMULAS: &str = "urn:oasis:names:tc:opendocument:xmlns:of:1.2";
const CALCEXT: &str = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0";

impl Names {
    /// The prefixes under a root element. One that knows no tables of `OpenDocument` is refused:
    /// the format before it (`.sxc`) has other names.
    pub(super) fn of(root: &Element, part: &str) -> Result<Self, PatchError> {
        let mut missing = Vec::new();
        let own = |kind: &str| format!("urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0");
        if root.bound_prefix(&own("table")).is_none() {
            return Err(malformed(part, "no OpenDocument namespaces"));
        }
        let mut bound = |usual: &str, namespace: String| {
            root.bound_prefix(&namespace).unwrap_or_else(|| {
                let prefix = format!("sb{usual}");
                missing.push((format!("xmlns:{prefix}"), namespace));
                format!("{prefix}:")
            })
        };
        let names = Self {
            office: bound("office", own("office")),
            table: bound("table", own("table")),
            text: bound("text", own("text")),
            style: bound("style", own("style")),
            fo: bound("fo", own("xsl-fo-compatible")),
            number: bound("number", own("datastyle")),
            dc: bound("dc", "http://purl.org/dc/elements/1.1/".to_owned()),
            calcext: root.bound_prefix(CALCEXT),
            missing: Vec::new(),
        };
        if root.get("xmlns:of").is_none() {
            missing.push(("xmlns:of".to_owned(), FORMULAS.to_owned()));
        }
        Ok(Self { missing, ..names })
    }

    /// The prefixes of styles and of their attributes in a styles part, where both are bound.
    pub(super) fn of_styles(root: &Element) -> Option<(String, String)> {
        let own = |kind: &str| format!("urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0");
        root.bound_prefix(&own("style")).zip(root.bound_prefix(&own("xsl-fo-compatible")))
    }

    /// The root's tag with the bindings it lacks; `None` where it has them all.
    pub(super) fn rooted(&self, root: &Element) -> Option<String> {
        if self.missing.is_empty() {
            return None;
        }
        let set: Vec<(&str, Option<String>)> =
            self.missing.iter().map(|(key, value)| (key.as_str(), Some(value.clone()))).collect();
        Some(root.rewritten(&set, root.empty))
    }

    /// Text as paragraphs, a line each. Runs of blanks, which XML readers shorten, are written as
    /// such.
    pub(super) fn paragraphs(&self, text: &str) -> String {
        let prefix = &self.text;
        let line = |line: &str| {
            let mut written = String::new();
            let mut after_blank = true;
            for c in line.chars() {
                match c {
                    ' ' if after_blank => {
                        let _ = write!(written, "<{prefix}s/>");
                    }
                    '\t' => {
                        let _ = write!(written, "<{prefix}tab/>");
                    }
                    c => written.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
                }
                after_blank = c == ' ';
            }
            format!("<{prefix}p>{written}</{prefix}p>")
        };
        text.split('\n').map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::xml::root;
    use super::*;

    #[test]
    fn prefixes_are_those_of_the_part_or_added() {
        let text = "<o:a xmlns:o=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                    xmlns:t=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"/>";
        let element = root(text, "p").unwrap();
        let names = Names::of(&element, "p").unwrap();
        assert_eq!((names.table.as_str(), names.text.as_str()), ("t:", "sbtext:"));
        assert!(names.rooted(&element).unwrap().contains("xmlns:sbtext="));
        assert!(Names::of(&root("<a/>", "p").unwrap(), "p").is_err());
        assert_eq!(
            names.paragraphs(" a  <b\nc"),
            "<sbtext:p><sbtext:s/>a <sbtext:s/>&lt;b</sbtext:p><sbtext:p>c</sbtext:p>"
        );
    }
}
