//! What an `.ods` looks like (OASIS OpenDocument 1.3 part 3, 16, 17 and 20).

use std::collections::HashMap;

use super::super::PatchError;
use super::super::package::Package;
use super::super::xml::{Event, Scan, Tag};
use super::{Across, Colour, Down, Line, Look, Looks, MOST_CELLS, Page, SheetLooks};
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

/// How far parents of styles are followed.
const GENERATIONS: usize = 16;
/// Styles that are kept; programs write some thousands.
const MOST_STYLES: usize = 70_000;
/// Rows and columns that one element repeats and whose looks are kept.
const MOST_REPEATED: u32 = 1_024;

/// Attributes of a style by their element and name (`text-properties/font-size`), the prefix apart.
type Attributes = HashMap<String, String>;

/// A style with the name of its parent.
#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    master: Option<String>,
    own: Attributes,
}

/// Styles by family and name; what a page is like by the name of its master.
#[derive(Debug, Default)]
struct Styles {
    named: HashMap<(String, String), Style>,
    layouts: HashMap<String, Attributes>,
    /// The layout of each master page, with the text above and below.
    masters: HashMap<String, String>,
    typefaces: HashMap<String, String>,
}

const PROPERTIES: [&str; 7] = [
    "table-properties",
    "table-column-properties",
    "table-row-properties",
    "table-cell-properties",
    "paragraph-properties",
    "text-properties",
    "page-layout-properties",
];

pub(super) fn looks(package: &mut Package<'_>) -> Result<Looks, PatchError> {
    let mut styles = Styles::default();
    if let Some(text) = package.text("styles.xml")? {
        styles.read(&text)?;
    }
    let content = package.need("content.xml")?;
    styles.read(&content)?;
    let mut reader = Reader { styles, looks: Looks::default(), known: HashMap::new() };
    reader.read(&content)?;
    Ok(reader.looks)
}

fn attribute(tag: &Tag<'_>, local: &str) -> Option<String> {
    tag.get_any_prefix(local)
}

impl Styles {
    fn read(&mut self, text: &str) -> Result<(), PatchError> {
        let mut open: Option<(String, String)> = None;
        let mut layout = None;
        Scan::new(text, "styles").tags(|tag| {
            let name = || attribute(tag, "name").unwrap_or_default();
            match tag.local() {
                "style" | "default-style" if self.named.len() < MOST_STYLES => {
                    let key = (attribute(tag, "family").unwrap_or_default(), name());
                    let (parent, master) =
                        (attribute(tag, "parent-style-name"), attribute(tag, "master-page-name"));
                    self.named
                        .insert(key.clone(), Style { parent, master, own: Attributes::new() });
                    (open, layout) = (Some(key), None);
                }
                "page-layout" => (open, layout) = (None, Some(name())),
                "master-page" => {
                    let of = attribute(tag, "page-layout-name").unwrap_or_default();
                    self.masters.insert(name(), of);
                }
                "font-face" => {
                    let face = attribute(tag, "font-family").unwrap_or_default();
                    self.typefaces.insert(name(), face.trim_matches('\'').to_owned());
                }
                // What stands above and below a page has properties of its own.
                "header-style" | "footer-style" => layout = None,
                kind if PROPERTIES.contains(&kind) => {
                    let to = match (&open, &layout) {
                        (Some(key), _) => self.named.get_mut(key).map(|style| &mut style.own),
                        (None, Some(name)) => Some(self.layouts.entry(name.clone()).or_default()),
                        _ => None,
                    };
                    if let Some(to) = to {
                        take(tag, kind, to);
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// What a style says, with what it takes from its parents, and at last from the default.
    fn inherited(&self, family: &str, name: &str) -> Attributes {
        let mut found = Attributes::new();
        let mut next = Some(name.to_owned());
        for _ in 0..GENERATIONS {
            let Some(name) = next.take() else { break };
            let Some(style) = self.named.get(&(family.to_owned(), name)) else { break };
            adopt(&mut found, &style.own);
            next.clone_from(&style.parent);
        }
        if let Some(default) = self.named.get(&(family.to_owned(), String::new())) {
            adopt(&mut found, &default.own);
        }
        found
    }

    fn page(&self, table: &str) -> Page {
        let style = self.named.get(&("table".to_owned(), table.to_owned()));
        let master = style.and_then(|style| style.master.as_ref());
        let layout = master.and_then(|master| self.masters.get(master));
        let Some(of) = layout.and_then(|layout| self.layouts.get(layout)) else {
            return Page::default();
        };
        let get = |name: &str| of.get(&format!("page-layout-properties/{name}"));
        let inches = |name: &str| get(name).and_then(|text| points(text)).map(|pt| pt / 72.0);
        let all = inches("margin");
        let margin = |name: &str| inches(name).or(all);
        let edges = ["margin-left", "margin-right", "margin-top", "margin-bottom"].map(margin);
        let number = |name: &str| get(name).and_then(|text| text.parse::<u16>().ok());
        let fit = number("scale-to-X")
            .or(number("scale-to-Y"))
            .map(|_| (number("scale-to-X").unwrap_or(0), number("scale-to-Y").unwrap_or(0)));
        let scale = get("scale-to").and_then(|text| text.trim_end_matches('%').parse().ok());
        let centred = get("table-centering").map_or("", String::as_str);
        let known = edges.iter().all(Option::is_some);
        let [left, right, top, bottom] = edges.map(Option::unwrap_or_default);
        Page {
            landscape: get("print-orientation").is_some_and(|side| side == "landscape"),
            paper: paper(inches("page-width"), inches("page-height")),
            margins: known.then_some([left, right, top, bottom, top / 2.0, bottom / 2.0]),
            fit: fit.or_else(|| number("scale-to-pages").map(|pages| (pages, pages))),
            scale: scale.filter(|scale| (10..=400).contains(scale)),
            centred: (
                matches!(centred, "horizontal" | "both"),
                matches!(centred, "vertical" | "both"),
            ),
            ..Page::default()
        }
    }
}

fn take(tag: &Tag<'_>, kind: &str, to: &mut Attributes) {
    for name in NAMES {
        if let Some(value) = attribute(tag, name) {
            to.insert(format!("{kind}/{name}"), value);
        }
    }
}

/// The attributes that are read.
const NAMES: [&str; 33] = [
    "column-width",
    "row-height",
    "background-color",
    "border",
    "border-left",
    "border-right",
    "border-top",
    "border-bottom",
    "vertical-align",
    "wrap-option",
    "shrink-to-fit",
    "rotation-angle",
    "text-align",
    "margin",
    "margin-left",
    "margin-right",
    "margin-top",
    "margin-bottom",
    "font-name",
    "font-family",
    "font-size",
    "font-style",
    "text-underline-style",
    "text-line-through-style",
    "color",
    "page-width",
    "page-height",
    "print-orientation",
    "scale-to",
    "scale-to-pages",
    "scale-to-X",
    "scale-to-Y",
    "table-centering",
];

/// Fills what is not said yet. A line on one side is said by those on all.
fn adopt(found: &mut Attributes, parent: &Attributes) {
    for (name, value) in parent {
        let all = "table-cell-properties/border";
        let told = name.starts_with(all) && found.contains_key(all);
        if !told && !found.contains_key(name) {
            found.insert(name.clone(), value.clone());
        }
    }
}

/// The size of paper by its sides in inches, whichever way it lies.
fn paper(width: Option<f64>, height: Option<f64>) -> Option<u8> {
    const SIZES: [(u8, f64, f64); 5] = [
        (9, 210.0, 297.0),
        (8, 297.0, 420.0),
        (11, 148.0, 210.0),
        (1, 215.9, 279.4),
        (5, 215.9, 355.6),
    ];
    let (width, height) = (width? * 25.4, height? * 25.4);
    let (short, long) = (width.min(height), width.max(height));
    let near = |a: f64, b: f64| (a - b).abs() < 2.0;
    SIZES.iter().find(|(_, w, h)| near(short, *w) && near(long, *h)).map(|(number, ..)| *number)
}

/// A length in points.
fn points(text: &str) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().ok()?;
    let factor = match unit {
        "pt" => 1.0,
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    Some(number * factor).filter(|points| points.is_finite())
}

fn colour(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

/// `0.75pt solid #000000`.
fn line(text: &str) -> Option<(Line, Colour)> {
    let mut words = text.split_whitespace();
    let width = points(words.next()?)?;
    let style = words.next()?;
    let line = match style {
        "none" | "hidden" => return None,
        "double" => Line::Double,
        "dotted" => Line::Dotted,
        "dashed" | "dash-dot" | "dash-dot-dot" | "fine-dashed" => Line::Dashed,
        _ if width < 0.3 => Line::Hair,
        _ if width < 1.5 => Line::Thin,
        _ if width < 2.2 => Line::Medium,
        _ => Line::Thick,
    };
    Some((line, words.next().and_then(colour).unwrap_or_default()))
}

/// The sheets on their way.
struct Reader {
    styles: Styles,
    looks: Looks,
    /// Looks by the name of their style.
    known: HashMap<String, usize>,
}

/// Where the reader is in a sheet.
#[derive(Default)]
struct Place {
    name: String,
    sheet: SheetLooks,
    row: u32,
    rows: u32,
    column: u32,
    /// Columns so far, and the style of their cells by the last of each.
    columns: u32,
    defaults: Vec<(u32, Option<String>)>,
    row_style: Option<String>,
    /// The first of the rows, or columns, that repeat on each page.
    header: Option<u32>,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<(), PatchError> {
        let mut room = MOST_CELLS;
        let mut place: Option<Place> = None;
        let mut depths: Vec<(usize, &'static str)> = Vec::new();
        let mut events = Scan::new(text, "content.xml");
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) => {
                    let kind = KINDS.iter().find(|kind| **kind == tag.local()).copied();
                    let (empty, depth) = (tag.empty, tag.depth);
                    if let Some(kind) = kind {
                        self.open(kind, &tag, &mut place, &mut room);
                        if empty {
                            self.close(kind, &mut place);
                        } else {
                            depths.push((depth, kind));
                        }
                    }
                }
                Event::Close(depth, _) => {
                    if depths.last().is_some_and(|(open, _)| *open == depth)
                        && let Some((_, kind)) = depths.pop()
                    {
                        self.close(kind, &mut place);
                    }
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, kind: &str, tag: &Tag<'_>, at: &mut Option<Place>, room: &mut usize) {
        let count = |name| {
            attribute(tag, name).and_then(|count| count.parse::<u32>().ok()).unwrap_or(1).max(1)
        };
        let style = attribute(tag, "style-name");
        if kind == "table" {
            let name = attribute(tag, "name").unwrap_or_default();
            let mut place = Place { name, ..Place::default() };
            place.sheet.page = self.styles.page(&style.unwrap_or_default());
            let area = attribute(tag, "print-ranges").and_then(|area| range(&area));
            place.sheet.page.area = area;
            *at = Some(place);
            return;
        }
        let Some(place) = at else { return };
        match kind {
            "table-column" => {
                let repeated = count("number-columns-repeated").min(MAX_COLUMNS);
                let last = place.columns.saturating_add(repeated - 1);
                let of = self.styles.inherited("table-column", &style.unwrap_or_default());
                let width = of.get("table-column-properties/column-width");
                if let Some(points) = width.and_then(|width| points(width)) {
                    // A letter takes 7 dots of 96 in an inch, and the edges 5.
                    let letters = ((points / 0.75 - 5.0) / 7.0).max(0.0);
                    if place.columns < MAX_COLUMNS && place.columns + repeated <= MAX_COLUMNS {
                        place.sheet.put_columns(place.columns, last, letters);
                    }
                }
                place.defaults.push((last, attribute(tag, "default-cell-style-name")));
                place.columns = last.saturating_add(1);
            }
            "table-row" => {
                place.rows = count("number-rows-repeated");
                place.column = 0;
                place.row_style = attribute(tag, "default-cell-style-name");
                let of = self.styles.inherited("table-row", &style.unwrap_or_default());
                let height = of.get("table-row-properties/row-height");
                if let Some(points) = height.and_then(|height| points(height)) {
                    for row in (place.row..MAX_ROWS).take(place.rows.min(MOST_REPEATED) as usize) {
                        place.sheet.put_row(row, points);
                    }
                }
            }
            "table-cell" | "covered-table-cell" => {
                let repeated = count("number-columns-repeated");
                let own =
                    style.or_else(|| place.row_style.clone()).or_else(|| place.style_of_column());
                if let Some(own) = own {
                    let look = self.look(&own);
                    place.put(look, repeated, room);
                }
                place.column = place.column.saturating_add(repeated);
            }
            "table-header-rows" => place.header = Some(place.row),
            "table-header-columns" => place.header = Some(place.columns),
            _ => {}
        }
    }

    fn close(&mut self, kind: &str, at: &mut Option<Place>) {
        if kind == "table" {
            if let Some(place) = at.take() {
                self.looks.sheets.insert(place.name, place.sheet);
            }
            return;
        }
        let Some(place) = at else { return };
        match kind {
            "table-row" => place.row = place.row.saturating_add(place.rows),
            "table-header-rows" => {
                place.sheet.page.rows =
                    place.header.take().zip(place.row.checked_sub(1)).filter(|(a, b)| a <= b);
            }
            "table-header-columns" => {
                place.sheet.page.columns =
                    place.header.take().zip(place.columns.checked_sub(1)).filter(|(a, b)| a <= b);
            }
            _ => {}
        }
    }

    /// The number of the look of a style.
    fn look(&mut self, name: &str) -> usize {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let look = self.made(name);
        self.looks.styles.push(look);
        let number = self.looks.styles.len() - 1;
        self.known.insert(name.to_owned(), number);
        number
    }

    fn made(&self, name: &str) -> Look {
        let of = self.styles.inherited("table-cell", name);
        let get = |name: &str| of.get(name).map(String::as_str);
        let cell = |name: &str| get(&format!("table-cell-properties/{name}"));
        let text = |name: &str| get(&format!("text-properties/{name}"));
        let is_set = |value: Option<&str>| value.is_some_and(|value| value != "none");
        let side = |name: &str| line(cell(name).or_else(|| cell("border"))?);
        let face = text("font-name").and_then(|name| self.styles.typefaces.get(name));
        let mut look = Look {
            fill: cell("background-color").and_then(colour),
            borders: ["border-left", "border-right", "border-top", "border-bottom"].map(side),
            across: across(get("paragraph-properties/text-align")),
            down: match cell("vertical-align") {
                Some("top") => Some(Down::Top),
                Some("middle") => Some(Down::Centre),
                _ => None,
            },
            wraps: cell("wrap-option") == Some("wrap"),
            shrinks: cell("shrink-to-fit") == Some("true"),
            rotation: cell("rotation-angle").and_then(rotation).unwrap_or(0),
            ..Look::default()
        };
        look.font.name = face
            .cloned()
            .or_else(|| text("font-family").map(|family| family.trim_matches('\'').to_owned()));
        look.font.size = text("font-size").and_then(points);
        look.font.italic = text("font-style") == Some("italic");
        look.font.underlined = is_set(text("text-underline-style"));
        look.font.struck = is_set(text("text-line-through-style"));
        look.font.colour = text("color").and_then(colour);
        if look.across == Some(Across::Left) {
            let margin = get("paragraph-properties/margin-left").and_then(points).unwrap_or(0.0);
            // A step of indentation is three letters, about 10 points.
            look.indent =
                (1..=15).rev().find(|step| f64::from(*step) * 10.0 <= margin + 1.0).unwrap_or(0);
        }
        look
    }
}

/// Elements of a sheet that are followed.
const KINDS: [&str; 7] = [
    "table",
    "table-column",
    "table-row",
    "table-cell",
    "covered-table-cell",
    "table-header-rows",
    "table-header-columns",
];

fn across(text: Option<&str>) -> Option<Across> {
    Some(match text? {
        "start" | "left" => Across::Left,
        "center" => Across::Centre,
        "end" | "right" => Across::Right,
        "justify" => Across::Justified,
        _ => return None,
    })
}

/// Degrees from 0 to 359 as -90 to 90.
fn rotation(text: &str) -> Option<i16> {
    let degrees: i16 = text.trim_end_matches("deg").parse().ok()?;
    match degrees {
        0..=90 => Some(degrees),
        270..=359 => Some(degrees - 360),
        _ => None,
    }
}

/// `Sheet.A1:Sheet.B2`, one alone.
fn range(text: &str) -> Option<Range> {
    let bare = |end: &str| {
        let cell = end.rsplit('.').next()?.replace('$', "");
        cell.parse::<Address>().ok()
    };
    if text.contains(' ') && !text.contains('\'') {
        return None;
    }
    let (first, last) = text.rsplit_once(':')?;
    let (first, last) = (bare(first)?, bare(last)?);
    (first.row <= last.row && first.column <= last.column).then(|| Range::new(first, last))
}

impl Place {
    /// The style that cells of the column have which say none.
    fn style_of_column(&self) -> Option<String> {
        let index = self.defaults.partition_point(|(last, _)| *last < self.column);
        self.defaults.get(index).and_then(|(_, style)| style.clone())
    }

    /// Gives the cells of an element their look; those that fill a sheet to its end have none.
    fn put(&mut self, look: usize, repeated: u32, room: &mut usize) {
        if repeated > MOST_REPEATED || self.rows > MOST_REPEATED {
            return;
        }
        for row in (self.row..MAX_ROWS).take(self.rows as usize) {
            for column in (self.column..MAX_COLUMNS).take(repeated as usize) {
                self.sheet.put(Address::new(row, column), look, room);
            }
        }
    }
}
