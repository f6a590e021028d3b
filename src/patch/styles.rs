//! The styles part: formats that equal a cell's own but for the highlight.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::PatchError;
use super::package::{Dialect, declared};
use super::xml::{Container, Element, Event, Scan, Splices, containers, escaped, malformed, root};

/// Formats one workbook may have, by Excel's published limits.
const MOST_FORMATS: usize = 65_490;

/// Formats asked for, added when [`Styles::finish`] runs.
#[derive(Debug)]
pub(super) struct Styles {
    text: String,
    part: String,
    prefix: String,
    numbers: Numbers,
    fonts: Container,
    fills: Container,
    /// A part may lack them.
    borders: Option<Container>,
    formats: Container,
    highlight: String,
    clones: BTreeMap<Variant, usize>,
    new_formats: Vec<String>,
    list: Option<ListFormats>,
    needs_fill: bool,
}

/// A cell's own format and what is to differ from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Variant {
    /// Index of the cell's format.
    pub(super) base: usize,
    pub(super) highlight: bool,
    /// The cell holds text that would become a formula when typed.
    pub(super) quoted: bool,
    /// Id of the number format.
    pub(super) number: Option<u32>,
}

/// Number formats: those of the part, and those to be added.
#[derive(Debug)]
struct Numbers {
    container: Option<Container>,
    /// Where a container is put if there is none: behind the root's tag.
    place: usize,
    known: Vec<(String, u32)>,
    added: Vec<(String, u32)>,
}

/// Ids of formats that every program knows (18.8.30).
const BUILT_IN: [(&str, u32); 7] = [
    ("General", 0),
    ("0", 1),
    ("0.00", 2),
    ("#,##0", 3),
    ("#,##0.00", 4),
    ("0%", 9),
    ("0.00%", 10),
];

/// The first id of formats that a workbook defines itself.
const FIRST_OWN: u32 = 164;

impl Numbers {
    fn read(
        container: Option<Container>,
        text: &str,
        part: &str,
        place: usize,
    ) -> Result<Self, PatchError> {
        let mut known = Vec::new();
        for span in container.iter().flat_map(|container| &container.children) {
            let (tag, _) = first_tag(text.get(span.clone()).unwrap_or_default(), part)?;
            let id = tag.get("numFmtId").and_then(|id| id.trim().parse().ok());
            if let (Some(id), Some(code)) = (id, tag.get("formatCode")) {
                known.push((code, id));
            }
        }
        Ok(Self { container, place, known, added: Vec::new() })
    }

    /// The id of a format code, new where the part has none.
    fn id(&mut self, code: &str) -> u32 {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == code).map(|(_, id)| *id);
        let own = || self.known.iter().chain(&self.added).find(|(known, _)| known == code);
        if let Some(id) = built_in.or_else(|| own().map(|(_, id)| *id)) {
            return id;
        }
        let ids = self.known.iter().chain(&self.added).map(|(_, id)| *id);
        let id = ids.max().map_or(FIRST_OWN, |last| last.saturating_add(1).max(FIRST_OWN));
        self.added.push((code.to_owned(), id));
        id
    }

    fn write(&self, prefix: &str, splices: &mut Splices) {
        if self.added.is_empty() {
            return;
        }
        let mut formats = String::new();
        for (code, id) in &self.added {
            let code = escaped(code);
            let _ = write!(formats, "<{prefix}numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>");
        }
        let count = self.added.len();
        if let Some(container) = &self.container {
            return container.append(splices, &formats, count);
        }
        let formats = format!("<{prefix}numFmts count=\"{count}\">{formats}</{prefix}numFmts>");
        splices.insert(self.place, formats);
    }
}

/// Formats of the list of changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListFormats {
    pub(super) heading: usize,
    pub(super) body: usize,
}

/// The least a styles part may hold (two fills are reserved).
pub(super) fn minimal(dialect: Dialect) -> String {
    declared(&format!(
        "<styleSheet xmlns=\"{}\"><fonts count=\"1\"><font><sz val=\"11\"/>\
         <name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill>\
         <patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/>\
         </fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/>\
         </border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" \
         borderId=\"0\"/></cellStyleXfs><cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" \
         fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs></styleSheet>",
        dialect.main()
    ))
}

impl Styles {
    /// Reads a styles part; `None` where it lacks fonts, fills or formats to add to.
    pub(super) fn read(
        text: String,
        part: &str,
        highlight: [u8; 3],
    ) -> Result<Option<Self>, PatchError> {
        let root = root(&text, part)?;
        let prefix = root.prefix().to_owned();
        let mut found =
            containers(&text, part, &["numFmts", "fonts", "fills", "borders", "cellXfs"])?;
        let mut take = |name: &str| {
            let at = found.iter().position(|c| c.element.name == format!("{prefix}{name}"))?;
            Some(found.swap_remove(at))
        };
        let (Some(fonts), Some(fills), Some(formats)) =
            (take("fonts"), take("fills"), take("cellXfs"))
        else {
            return Ok(None);
        };
        let borders = take("borders");
        let numbers = Numbers::read(take("numFmts"), &text, part, root.span.end)?;
        let [red, green, blue] = highlight;
        Ok((!fonts.children.is_empty() && !formats.children.is_empty()).then(|| Self {
            text,
            part: part.to_owned(),
            prefix,
            numbers,
            fonts,
            fills,
            borders,
            formats,
            highlight: format!("FF{red:02X}{green:02X}{blue:02X}"),
            clones: BTreeMap::new(),
            new_formats: Vec::new(),
            list: None,
            needs_fill: false,
        }))
    }

    /// The id of a number format by its code, for a variant.
    pub(super) fn number_format(&mut self, code: &str) -> u32 {
        self.numbers.id(code)
    }

    /// The index of a variant, made where there is none yet; `None` when no more formats fit.
    pub(super) fn variant(&mut self, variant: Variant) -> Result<Option<usize>, PatchError> {
        if let Some(index) = self.clones.get(&variant) {
            return Ok(Some(*index));
        }
        if self.next_format() >= MOST_FORMATS {
            return Ok(None);
        }
        let format = self.clone_of(variant)?;
        let index = self.next_format();
        self.needs_fill |= variant.highlight;
        self.new_formats.push(format);
        self.clones.insert(variant, index);
        Ok(Some(index))
    }

    fn next_format(&self) -> usize {
        self.formats.children.len() + self.new_formats.len()
    }

    /// Fills 0 and 1 are reserved (none and a grey pattern), so ours is never one of them.
    fn highlight_fill(&self) -> usize {
        self.fills.children.len().max(2)
    }

    fn clone_of(&self, variant: Variant) -> Result<String, PatchError> {
        let own = self.formats.children.get(variant.base).or(self.formats.children.first());
        let raw = own.and_then(|span| self.text.get(span.clone())).unwrap_or_default();
        let mut set = Vec::new();
        if variant.highlight {
            set.push(("fillId", Some(self.highlight_fill().to_string())));
            set.push(("applyFill", Some("1".to_owned())));
        }
        if variant.quoted {
            set.push(("quotePrefix", Some("1".to_owned())));
        }
        if let Some(number) = variant.number {
            set.push(("numFmtId", Some(number.to_string())));
            set.push(("applyNumberFormat", Some("1".to_owned())));
        }
        let (tag, rest) = first_tag(raw, &self.part)?;
        Ok(format!("{}{rest}", tag.rewritten(&set, tag.empty)))
    }

    /// Formats for the list of changes: bold and plain, wrapped, at the top, ruled.
    pub(super) fn list_formats(&mut self) -> ListFormats {
        if let Some(list) = self.list {
            return list;
        }
        let first = self.next_format();
        let fonts = self.fonts.children.len();
        let prefix = &self.prefix;
        let border = self.borders.as_ref().map_or(0, |borders| borders.children.len());
        for font in [fonts, fonts + 1] {
            self.new_formats.push(format!(
                "<{prefix}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"0\" borderId=\"{border}\" \
                 xfId=\"0\" applyFont=\"1\" applyBorder=\"1\" applyAlignment=\"1\"><{prefix}alignment \
                 vertical=\"top\" wrapText=\"1\"/></{prefix}xf>"
            ));
        }
        let list = ListFormats { heading: first, body: first + 1 };
        self.list = Some(list);
        list
    }

    /// The changed part; `None` when nothing was asked for.
    pub(super) fn finish(self) -> Result<Option<String>, PatchError> {
        if self.new_formats.is_empty() {
            return Ok(None);
        }
        let mut splices = Splices::default();
        self.numbers.write(&self.prefix, &mut splices);
        if self.needs_fill {
            self.add_fill(&mut splices);
        }
        if self.list.is_some() {
            let fonts = list_fonts(&self.prefix);
            self.fonts.append(&mut splices, &fonts, 2);
            if let Some(borders) = &self.borders {
                borders.append(&mut splices, &thin_border(&self.prefix), 1);
            }
        }
        let formats = self.new_formats.concat();
        self.formats.append(&mut splices, &formats, self.new_formats.len());
        splices.apply(&self.text, &self.part).map(Some)
    }

    fn add_fill(&self, splices: &mut Splices) {
        let (prefix, colour) = (&self.prefix, &self.highlight);
        let reserved = ["none", "gray125"];
        let missing = reserved.get(self.fills.children.len()..).unwrap_or_default();
        let mut fills = String::new();
        for kind in missing {
            let pattern = format!("<{prefix}patternFill patternType=\"{kind}\"/>");
            let _ = write!(fills, "<{prefix}fill>{pattern}</{prefix}fill>");
        }
        let _ = write!(
            fills,
            "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor \
             rgb=\"{colour}\"/><{prefix}bgColor indexed=\"64\"/></{prefix}patternFill></{prefix}fill>"
        );
        self.fills.append(splices, &fills, missing.len() + 1);
    }
}

fn list_fonts(prefix: &str) -> String {
    ["<b/>", ""]
        .map(|bold| {
            let bold = bold.replace('<', &format!("<{prefix}"));
            format!(
                "<{prefix}font>{bold}<{prefix}sz val=\"12\"/><{prefix}name \
                 val=\"Times New Roman\"/><{prefix}family val=\"1\"/></{prefix}font>"
            )
        })
        .concat()
}

/// Thin lines on all sides.
fn thin_border(prefix: &str) -> String {
    let side = |name: &str| format!("<{prefix}{name} style=\"thin\"/>");
    let sides = ["left", "right", "top", "bottom"].map(side).concat();
    format!("<{prefix}border>{sides}<{prefix}diagonal/></{prefix}border>")
}

/// An element's start tag, and all that follows it.
fn first_tag<'a>(raw: &'a str, part: &str) -> Result<(Element, &'a str), PatchError> {
    match Scan::new(raw, part).next()? {
        Some(Event::Open(tag)) => Ok((tag.element(), &raw[tag.span.end..])),
        _ => Err(malformed(part, "no format")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YELLOW: [u8; 3] = [0xFF, 0xF2, 0xA8];

    #[test]
    fn a_clone_differs_in_its_fill_alone() {
        let text = minimal(Dialect::Transitional).replace(
            "xfId=\"0\"/></cellXfs>",
            "xfId=\"0\"/><xf numFmtId=\"4\" fontId=\"0\" borderId=\"0\" applyBorder=\"1\">\
             <alignment wrapText=\"1\"/></xf></cellXfs>",
        );
        let text = text.replace("cellXfs count=\"1\"", "cellXfs count=\"2\"");
        let mut styles = Styles::read(text, "p", YELLOW).unwrap().unwrap();
        let variant = Variant { base: 1, highlight: true, quoted: false, number: None };
        assert_eq!(styles.variant(variant).unwrap(), Some(2));
        assert_eq!(styles.variant(variant).unwrap(), Some(2));
        let list = styles.list_formats();
        assert_eq!((list.heading, list.body), (3, 4));
        let done = styles.finish().unwrap().unwrap();
        assert!(done.contains(
            "<xf numFmtId=\"4\" fontId=\"0\" borderId=\"0\" applyBorder=\"1\" fillId=\"2\" \
             applyFill=\"1\"><alignment wrapText=\"1\"/></xf>"
        ));
        assert!(done.contains("<cellXfs count=\"5\">"));
        assert!(done.contains("<fills count=\"3\">"));
        assert!(done.contains("<fonts count=\"3\">"));
        assert!(done.contains("<borders count=\"2\">"), "the list is ruled");
        assert!(done.contains("rgb=\"FFFFF2A8\""));
    }

    #[test]
    fn reserved_fills_are_completed() {
        let text = minimal(Dialect::Strict).replace(
            "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill>\
             <patternFill patternType=\"gray125\"/></fill></fills>",
            "<fills/>",
        );
        let mut styles = Styles::read(text, "p", YELLOW).unwrap().unwrap();
        let variant = Variant { base: 9, highlight: true, quoted: true, number: None };
        assert_eq!(styles.variant(variant).unwrap(), Some(1));
        let done = styles.finish().unwrap().unwrap();
        assert_eq!(done.matches("<fill>").count(), 3);
        assert!(done.contains("fillId=\"2\"") && done.contains("quotePrefix=\"1\""));
    }

    #[test]
    fn number_formats_are_added_where_no_program_knows_them() {
        let read = |text: &str| Styles::read(text.to_owned(), "p", YELLOW).unwrap().unwrap();
        let with = |number| Variant { base: 0, highlight: false, quoted: false, number };
        let text = minimal(Dialect::Transitional);
        let mut styles = read(&text);
        let number = styles.number_format("0.00");
        assert_eq!((number, styles.number_format("0.0\"%\"")), (2, 164));
        assert_eq!(styles.number_format("0.0\"%\""), 164);
        assert_eq!(styles.variant(with(Some(164))).unwrap(), Some(1));
        let done = styles.finish().unwrap().unwrap();
        let formats = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" \
                       formatCode=\"0.0&quot;%&quot;\"/></numFmts><fonts";
        assert!(done.contains(formats), "{done}");
        assert!(done.contains("numFmtId=\"164\" fontId=\"0\""), "{done}");
        let mut styles = read(&done);
        assert_eq!(styles.number_format("0.0\"%\""), 164);
        assert_eq!(styles.number_format("0.000"), 165);
        assert_eq!(styles.variant(with(Some(165))).unwrap(), Some(2));
        assert!(styles.finish().unwrap().unwrap().contains("<numFmts count=\"2\">"));
    }

    #[test]
    fn styles_without_formats_cannot_be_added_to() {
        assert!(Styles::read("<styleSheet/>".into(), "p", YELLOW).unwrap().is_none());
    }
}
