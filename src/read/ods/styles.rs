//! Styles of OpenDocument: what a cell shows, and whether a row, a column or a sheet is hidden
//! (OASIS OpenDocument 1.3 part 3, 16 and 19).

use std::collections::HashMap;
use std::io;

use crate::read::formats::{Font, Formats, Style};
use crate::read::legacy::Face;
use crate::read::xml::{self, Event, Tag, Xml, attribute};

/// More styles than any program writes.
const MOST: usize = 70_000;

/// How far parents of styles are followed; programs write two or three generations.
const GENERATIONS: usize = 16;

/// How a share is shown that has no format of its own.
pub(super) const SHARE: &str = "0.##%";

/// A style as the file defines it.
#[derive(Debug, Default, Clone)]
struct Definition {
    parent: Option<String>,
    data: Option<String>,
    bold: Option<bool>,
    face: Option<Face>,
    hidden: bool,
}

/// All styles of a document by name.
#[derive(Debug, Default)]
pub(super) struct Styles {
    cells: HashMap<String, Definition>,
    /// Sheets whose style hides them.
    tables: HashMap<String, Definition>,
    /// Format codes of data styles.
    codes: HashMap<String, String>,
    /// Styles already resolved.
    resolved: HashMap<String, Style>,
}

impl Styles {
    /// Takes in one element of `office:styles` or `office:automatic-styles` that was just opened,
    /// up to its end.
    pub(super) fn take(&mut self, tag: &Tag<'static>, part: &mut Xml<'_>) -> io::Result<()> {
        let name = attribute(tag, "name").unwrap_or_default();
        let full = self.cells.len() + self.tables.len() + self.codes.len() > MOST;
        match tag.name() {
            "style" | "default-style" => {
                let definition = definition(tag, part)?;
                match attribute(tag, "family").as_deref() {
                    _ if full => {}
                    Some("table-cell") => drop(self.cells.insert(name, definition)),
                    Some("table") => drop(self.tables.insert(name, definition)),
                    _ => {}
                }
            }
            kind => {
                if let Some(code) = data_code(kind, part)?.filter(|_| !full) {
                    self.codes.insert(name, code);
                }
            }
        }
        Ok(())
    }

    /// The style of a cell by its name; the name of the default style is empty.
    pub(super) fn resolve(&mut self, name: &str, formats: &mut Formats) -> Style {
        if let Some(known) = self.resolved.get(name) {
            return *known;
        }
        let found = self.inherited(name);
        let code = found.data.and_then(|data| self.codes.get(&data)).map_or("", String::as_str);
        let font =
            Font { bold: found.bold.unwrap_or_default(), face: found.face.unwrap_or_default() };
        let style = formats.style(code, font);
        if self.resolved.len() < MOST {
            self.resolved.insert(name.to_owned(), style);
        }
        style
    }

    /// Resolves all styles of cells, in the order of their names, and the format of shares without one.
    pub(super) fn resolve_all(&mut self, formats: &mut Formats) {
        let mut names: Vec<String> = self.cells.keys().cloned().collect();
        names.sort_unstable();
        for name in names {
            self.resolve(&name, formats);
        }
        formats.number(SHARE);
    }

    /// A style with what it takes from its parents, and at last from the default.
    fn inherited(&self, name: &str) -> Definition {
        let mut found = Definition::default();
        let mut next = Some(name.to_owned());
        for _ in 0..GENERATIONS {
            let Some(style) = next.as_ref().and_then(|name| self.cells.get(name)) else { break };
            found.adopt(style);
            next.clone_from(&style.parent);
        }
        if let Some(default) = self.cells.get("") {
            found.adopt(default);
        }
        found
    }

    /// True where the style of a sheet hides it.
    pub(super) fn hides(&self, table: &str) -> bool {
        self.tables.get(table).is_some_and(|style| style.hidden)
    }
}

impl Definition {
    /// Fills what is not said yet.
    fn adopt(&mut self, parent: &Self) {
        self.data = self.data.take().or_else(|| parent.data.clone());
        self.bold = self.bold.or(parent.bold);
        self.face = self.face.or(parent.face);
    }
}

/// Reads a `style:style` up to its end.
fn definition(tag: &Tag<'_>, part: &mut Xml<'_>) -> io::Result<Definition> {
    let outside = part.depth().saturating_sub(1);
    let mut definition = Definition {
        parent: attribute(tag, "parent-style-name"),
        data: attribute(tag, "data-style-name"),
        ..Definition::default()
    };
    while part.depth() > outside {
        let Event::Start(tag) = part.next()? else { continue };
        match tag.name() {
            "text-properties" => {
                definition.bold = attribute(&tag, "font-weight").map(|weight| weight == "bold");
                let font = attribute(&tag, "font-name").or_else(|| attribute(&tag, "font-family"));
                definition.face = font.map(|font| Face::of(&font));
            }
            "table-properties" => {
                definition.hidden = attribute(&tag, "display").as_deref() == Some("false");
            }
            _ => {}
        }
    }
    Ok(definition)
}

/// The format code that shows what a data style does; `None` for one that shows the number as it
/// is. Reads the style up to its end.
fn data_code(kind: &str, part: &mut Xml<'_>) -> io::Result<Option<String>> {
    let outside = part.depth().saturating_sub(1);
    let mut figure = None;
    while part.depth() > outside {
        let Event::Start(tag) = part.next()? else { continue };
        match tag.name() {
            "number" => figure = figure_code(&tag),
            "scientific-number" => figure = Some("0.00E+00".to_owned()),
            "fraction" => figure = Some("# ?/?".to_owned()),
            _ => {}
        }
    }
    Ok(match kind {
        "number-style" | "currency-style" => figure,
        "percentage-style" => Some(format!("{}%", figure.as_deref().unwrap_or("0.##"))),
        "date-style" => Some("dd/mm/yyyy".to_owned()),
        "time-style" => Some("hh:mm:ss".to_owned()),
        "text-style" => Some("@".to_owned()),
        _ => None,
    })
}

/// `number:number` as a format code.
fn figure_code(tag: &Tag<'_>) -> Option<String> {
    let places: usize = xml::number(tag, "decimal-places")?;
    let fixed = xml::number::<usize>(tag, "min-decimal-places").unwrap_or(places);
    let whole = if xml::truth(tag, "grouping") { "#,##0" } else { "0" };
    let places = places.min(30);
    let fixed = fixed.min(places);
    if places == 0 {
        return Some(whole.to_owned());
    }
    Some(format!("{whole}.{}{}", "0".repeat(fixed), "#".repeat(places - fixed)))
}
