//! The styles part: cell formats with their number format and font (ECMA-376 part 1, 18.8).

use std::collections::HashMap;
use std::io;

use crate::read::formats::{Font, Formats, Style, built_in};
use crate::read::legacy::Face;
use crate::read::xml::{self, Event, Tag, Xml};

/// Programs stop at about 65,000 cell formats.
const MOST: usize = 70_000;

#[derive(Default)]
struct Tables {
    codes: HashMap<u16, String>,
    fonts: Vec<Font>,
    /// Number format and font of each cell format.
    cells: Vec<(u16, usize)>,
}

/// The styles of cells by their number; what cannot be read shows like `General`.
pub(super) fn read(mut part: Xml<'_>, formats: &mut Formats) -> Vec<Style> {
    let mut tables = Tables::default();
    // Styles of a damaged part are those read before the damage; the cells are not affected.
    let _ = tables.fill(&mut part);
    let style = |(format, font): &(u16, usize)| {
        let code = tables.codes.get(format).map_or_else(|| built_in(*format), String::as_str);
        formats.style(code, tables.fonts.get(*font).copied().unwrap_or_default())
    };
    tables.cells.iter().map(style).collect()
}

impl Tables {
    fn fill(&mut self, part: &mut Xml<'_>) -> io::Result<()> {
        let mut within = String::new();
        loop {
            let depth = part.depth();
            match part.next()? {
                // The root has depth 0, its tables depth 1.
                Event::Start(tag) if depth == 1 => {
                    tag.name().clone_into(&mut within);
                }
                Event::Start(tag) => self.entry(&within, &tag),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn entry(&mut self, within: &str, tag: &Tag<'_>) {
        match (within, tag.name()) {
            ("numFmts", "numFmt") if self.codes.len() < MOST => {
                if let Some(id) = xml::number(tag, "numFmtId") {
                    let code = xml::attribute(tag, "formatCode").unwrap_or_default();
                    self.codes.insert(id, code);
                }
            }
            ("fonts", "font") if self.fonts.len() < MOST => self.fonts.push(Font::default()),
            ("fonts", "b") => {
                if let Some(font) = self.fonts.last_mut() {
                    font.bold = xml::attribute(tag, "val").is_none_or(|val| xml::is_true(&val));
                }
            }
            ("fonts", "name") => {
                if let Some(font) = self.fonts.last_mut() {
                    font.face = Face::of(&xml::attribute(tag, "val").unwrap_or_default());
                }
            }
            ("cellXfs", "xf") if self.cells.len() < MOST => {
                let format = xml::number(tag, "numFmtId").unwrap_or_default();
                self.cells.push((format, xml::number(tag, "fontId").unwrap_or_default()));
            }
            _ => {}
        }
    }
}
