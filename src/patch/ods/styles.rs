//! Automatic styles for marked cells: clones of the cells' own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::ops::Range as Span;

use super::super::PatchError;
use super::super::xml::{Event, Scan, Splices, escaped, root};
use super::names::Names;
use crate::workbook::NumberFormat;

/// What a cell is to look like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    /// The style it has; empty for none.
    pub(super) base: String,
    pub(super) highlight: bool,
    /// The code of another number format.
    pub(super) format: Option<String>,
}

/// The automatic styles of a content part, and those added to them.
pub(super) struct Styles<'a> {
    text: &'a str,
    part: &'a str,
    names: &'a Names,
    known: &'a HashMap<String, Span<usize>>,
    taken: BTreeSet<String>,
    highlight: String,
    looks: BTreeMap<Look, String>,
    formats: BTreeMap<String, String>,
    added: String,
}

impl<'a> Styles<'a> {
    pub(super) fn new(
        text: &'a str,
        part: &'a str,
        names: &'a Names,
        map: &'a super::map::ContentMap,
        [red, green, blue]: [u8; 3],
    ) -> Self {
        Self {
            text,
            part,
            names,
            known: &map.styles,
            taken: map.style_names.clone(),
            highlight: format!("#{red:02x}{green:02x}{blue:02x}"),
            looks: BTreeMap::new(),
            formats: BTreeMap::new(),
            added: String::new(),
        }
    }

    /// A name no style has.
    pub(super) fn fresh(&mut self, stem: &str) -> String {
        let mut number = 1;
        loop {
            let name = format!("soatbieu-{stem}{number}");
            if self.taken.insert(name.clone()) {
                return name;
            }
            number += 1;
        }
    }

    /// Adds a style as it is written.
    pub(super) fn add(&mut self, style: &str) {
        self.added.push_str(style);
    }

    /// The name of a style that looks so.
    pub(super) fn look(&mut self, look: Look) -> Result<String, PatchError> {
        if let Some(known) = self.looks.get(&look) {
            return Ok(known.clone());
        }
        let data = look.format.as_deref().map(|code| self.data_style(code));
        let name = self.fresh("ce");
        let style = match self.known.get(&look.base).and_then(|span| self.text.get(span.clone())) {
            Some(own) => self.cloned(own, &name, look.highlight, data)?,
            None => self.derived(&look.base, &name, look.highlight, data),
        };
        self.added.push_str(&style);
        self.looks.insert(look, name.clone());
        Ok(name)
    }

    fn cloned(
        &self,
        own: &str,
        name: &str,
        highlight: bool,
        data: Option<String>,
    ) -> Result<String, PatchError> {
        let element = root(own, self.part)?;
        let prefix = &self.names.style;
        let (name_key, data_key) = (format!("{prefix}name"), format!("{prefix}data-style-name"));
        let mut set = vec![(name_key.as_str(), Some(name.to_owned()))];
        set.extend(data.map(|data| (data_key.as_str(), Some(data))));
        let mut splices = Splices::default();
        let mut inner = String::new();
        if highlight {
            inner = self.fill();
            let mut events = Scan::new(own, self.part);
            while let Some(event) = events.next()? {
                let Event::Open(tag) = event else { continue };
                if tag.depth == 1 && tag.local() == "table-cell-properties" {
                    let key = format!("{}background-color", self.names.fo);
                    let set = [(key.as_str(), Some(self.highlight.clone()))];
                    let properties = tag.element().rewritten(&set, tag.empty);
                    splices.replace(tag.span.clone(), properties);
                    inner.clear();
                }
            }
        }
        let opened = element.rewritten(&set, element.empty && inner.is_empty());
        let closing =
            if element.empty && !inner.is_empty() { element.closing() } else { String::new() };
        splices.replace(element.span.clone(), format!("{opened}{inner}{closing}"));
        splices.apply(own, self.part)
    }

    /// A style for a cell whose own is a common one, or none.
    fn derived(&self, base: &str, name: &str, highlight: bool, data: Option<String>) -> String {
        let prefix = &self.names.style;
        let attribute = |key: &str, value: &str| format!(" {prefix}{key}=\"{}\"", escaped(value));
        let mut style = format!("<{prefix}style{}", attribute("name", name));
        style.push_str(&attribute("family", "table-cell"));
        if !base.is_empty() {
            style.push_str(&attribute("parent-style-name", base));
        }
        style.extend(data.map(|data| attribute("data-style-name", &data)));
        let fill = if highlight { self.fill() } else { String::new() };
        style + &format!(">{fill}</{prefix}style>")
    }

    fn fill(&self) -> String {
        let Names { style, fo, .. } = self.names;
        format!("<{style}table-cell-properties {fo}background-color=\"{}\"/>", self.highlight)
    }

    /// The name of a data style that shows numbers as a plain format code does.
    fn data_style(&mut self, code: &str) -> String {
        if let Some(known) = self.formats.get(code) {
            return known.clone();
        }
        let name = self.fresh("N");
        let format = NumberFormat::parse(code);
        let Names { style, number, .. } = self.names;
        let places = format.decimals.unwrap_or(0);
        let grouping =
            if format.grouped { format!(" {number}grouping=\"true\"") } else { String::new() };
        let (kind, sign) = if format.percent {
            ("percentage-style", format!("<{number}text>%</{number}text>"))
        } else {
            ("number-style", String::new())
        };
        let _ = write!(
            self.added,
            "<{number}{kind} {style}name=\"{name}\"><{number}number \
             {number}decimal-places=\"{places}\" {number}min-integer-digits=\"1\"{grouping}/>{sign}\
             </{number}{kind}>"
        );
        self.formats.insert(code.to_owned(), name.clone());
        name
    }

    /// What is to be written behind the automatic styles.
    pub(super) fn added(self) -> String {
        self.added
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::ods::map::{self, ContentMap};

    const ROOT: &str = "<office:document-content \
        xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
        xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
        xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\">";

    fn styled(style: &str, look: Look) -> String {
        let text = format!(
            "{ROOT}<office:automatic-styles>{style}</office:automatic-styles><office:body>\
             <office:spreadsheet><table:table table:name=\"A\"/></office:spreadsheet></office:body>\
             </office:document-content>"
        );
        let map: ContentMap = map::read(&text, "p", &BTreeMap::new()).unwrap();
        let names = Names::of(map.root.as_ref().unwrap(), "p").unwrap();
        let mut styles = Styles::new(&text, "p", &names, &map, [255, 242, 168]);
        styles.look(look.clone()).unwrap();
        // The same look is the same style.
        styles.look(look).unwrap();
        styles.added()
    }

    fn look(base: &str, format: Option<&str>) -> Look {
        Look { base: base.into(), highlight: true, format: format.map(str::to_owned) }
    }

    #[test]
    fn own_styles_are_cloned_with_a_fill() {
        let own = "<style:style style:name=\"ce1\" style:family=\"table-cell\" \
                   style:data-style-name=\"N2\"><style:table-cell-properties fo:border=\"none\" \
                   fo:background-color=\"#000000\"/><style:text-properties/></style:style>";
        assert_eq!(
            styled(own, look("ce1", None)),
            own.replace("\"ce1\"", "\"soatbieu-ce1\"").replace("#000000", "#fff2a8")
        );
        let bare = "<style:style style:name=\"ce1\" style:family=\"table-cell\"/>";
        assert!(styled(bare, look("ce1", None)).ends_with(
            "style:family=\"table-cell\"><style:table-cell-properties \
             fo:background-color=\"#fff2a8\"/></style:style>"
        ));
    }

    #[test]
    fn common_styles_are_parents_and_formats_are_added() {
        let added = styled("", look("Default", Some("#,##0.0%")));
        assert!(added.starts_with(
            "<number:percentage-style style:name=\"soatbieu-N1\"><number:number \
             number:decimal-places=\"1\" number:min-integer-digits=\"1\" \
             number:grouping=\"true\"/><number:text>%</number:text></number:percentage-style>"
        ));
        assert!(added.contains("style:parent-style-name=\"Default\""));
        assert!(added.contains("style:data-style-name=\"soatbieu-N1\""));
    }
}
