//! Notes on cells: the comments part, beside or below the notes that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::workbook::Address;

use super::PatchError;
use super::map::SheetMap;
use super::package::{Dialect, Package, Relationship, declared};
use super::vml;
use super::xml::{
    Container, Element, Event, Scan, Splices, containers, escaped, escaped_string, malformed,
    plain_text, root,
};

const COMMENTS_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const VML_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

/// A note to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note<'a> {
    pub(super) at: Address,
    pub(super) text: &'a str,
}

/// Adds notes to a sheet; gives the `<legacyDrawing>` the sheet needs if it had none.
pub(super) fn add_notes(
    package: &mut Package<'_>,
    sheet: &str,
    map: &SheetMap<'_>,
    notes: &[Note<'_>],
    author: &str,
    dialect: Dialect,
) -> Result<Option<String>, PatchError> {
    let relationships = package.relationships(sheet)?;
    let part = comments_part(package, sheet, &relationships, dialect)?;
    let text = package.need(&part)?;
    let comments = Comments::read(&text, &part)?;
    let new: Vec<Note<'_>> =
        notes.iter().copied().filter(|note| !comments.texts.contains_key(&note.at)).collect();
    let changed = comments.with(notes, author)?;
    package.set(&part, changed);
    if new.is_empty() {
        return Ok(None);
    }
    let (drawing, placed) = drawing_part(package, sheet, map, &relationships, dialect)?;
    let text = package.need(&drawing)?;
    let changed = vml::with_notes(&text, &drawing, &new)?;
    package.set(&drawing, changed);
    Ok(placed)
}

/// Cells of a sheet that have a threaded comment.
pub(super) fn threads(
    package: &mut Package<'_>,
    sheet: &str,
) -> Result<BTreeSet<Address>, PatchError> {
    let mut found = BTreeSet::new();
    for relationship in package.relationships(sheet)?.iter() {
        if relationship.kind != "threadedComment" {
            continue;
        }
        let text = package.need(&relationship.target)?;
        Scan::new(&text, &relationship.target).tags(|tag| {
            if tag.depth == 1 {
                found.extend(tag.get("ref").and_then(|at| at.parse::<Address>().ok()));
            }
            Ok(())
        })?;
    }
    Ok(found)
}

fn comments_part(
    package: &mut Package<'_>,
    sheet: &str,
    relationships: &[Relationship],
    dialect: Dialect,
) -> Result<String, PatchError> {
    if let Some(known) = relationships.iter().find(|r| r.kind == "comments") {
        return Ok(known.target.clone());
    }
    let (part, _) = package.fresh("xl/comments", "xml");
    let empty =
        format!("<comments xmlns=\"{}\"><authors/><commentList/></comments>", dialect.main());
    package.set(&part, declared(&empty));
    package.state_type(&part, COMMENTS_TYPE, false)?;
    package.relate(sheet, "comments", &part, dialect)?;
    Ok(part)
}

/// The sheet's VML drawing; a new one comes with the element that refers to it.
fn drawing_part(
    package: &mut Package<'_>,
    sheet: &str,
    map: &SheetMap<'_>,
    relationships: &[Relationship],
    dialect: Dialect,
) -> Result<(String, Option<String>), PatchError> {
    if let Some(id) = &map.legacy_drawing {
        let known = relationships.iter().find(|r| r.id == *id);
        let missing = || malformed(sheet, format!("no relationship {id}"));
        return known.map(|r| (r.target.clone(), None)).ok_or_else(missing);
    }
    let (part, number) = package.fresh("xl/drawings/vmlDrawing", "vml");
    package.set(&part, vml::empty(number));
    package.state_type(&part, VML_TYPE, true)?;
    let id = package.relate(sheet, "vmlDrawing", &part, dialect)?;
    let Some(root) = &map.root else { return Err(malformed(sheet, "no root element")) };
    let id = dialect.id_attribute(root, &id);
    Ok((part, Some(format!("<{}legacyDrawing {id}/>", root.prefix()))))
}

/// A comments part, with the place where each note's text ends.
struct Comments<'a> {
    text: &'a str,
    part: &'a str,
    prefix: String,
    authors: Container,
    list: Container,
    names: Vec<String>,
    texts: BTreeMap<Address, (Element, usize)>,
}

impl<'a> Comments<'a> {
    fn read(text: &'a str, part: &'a str) -> Result<Self, PatchError> {
        let prefix = root(text, part)?.prefix().to_owned();
        let mut found = containers(text, part, &["authors", "commentList"])?.into_iter();
        let (Some(authors), Some(list), None) = (found.next(), found.next(), found.next()) else {
            return Err(malformed(part, "no authors or no comments"));
        };
        let (names, texts) = (Vec::new(), BTreeMap::new());
        let mut comments = Self { text, part, prefix, authors, list, names, texts };
        comments.read_entries()?;
        Ok(comments)
    }

    fn read_entries(&mut self) -> Result<(), PatchError> {
        let (mut author, mut at, mut open) = (None, None, None);
        let mut events = Scan::new(self.text, self.part);
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) if tag.depth == 2 && tag.local() == "author" => {
                    author = Some(tag.span.end);
                }
                Event::Open(tag) if tag.depth == 2 => {
                    at = tag.get("ref").and_then(|at| at.parse::<Address>().ok());
                }
                Event::Open(tag) if tag.depth == 3 && tag.local() == "text" => {
                    open = Some(tag.element());
                }
                Event::Close(3, span) => {
                    if let (Some(at), Some(element)) = (at, open.take()) {
                        self.texts.insert(at, (element, span.start));
                    }
                }
                Event::Close(2, span) => {
                    if let Some(start) = author.take() {
                        self.names.push(plain_text(&self.text[start..span.start]));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The part with the notes: two comments on one cell would break the file, so a note on a
    /// cell that has one is added to its text.
    fn with(&self, notes: &[Note<'_>], author: &str) -> Result<String, PatchError> {
        let mut splices = Splices::default();
        let known = self.names.iter().position(|name| name == author);
        let id = known.unwrap_or(self.names.len());
        let prefix = &self.prefix;
        let mut new = String::new();
        let mut added = 0;
        for note in notes {
            if let Some((element, end)) = self.texts.get(&note.at) {
                let run = self.run(&format!("\n{author}: {}", note.text));
                extend(&mut splices, element, *end, &run);
                continue;
            }
            added += 1;
            let _ = write!(
                new,
                "<{prefix}comment ref=\"{}\" authorId=\"{id}\"><{prefix}text>{}</{prefix}text></{prefix}comment>",
                note.at,
                self.run(note.text)
            );
        }
        if added > 0 {
            self.list.append(&mut splices, &new, added);
            if known.is_none() {
                let name = format!("<{prefix}author>{}</{prefix}author>", escaped(author));
                self.authors.append(&mut splices, &name, 1);
            }
        }
        splices.apply(self.text, self.part)
    }

    fn run(&self, text: &str) -> String {
        let prefix = &self.prefix;
        let text = escaped_string(text);
        format!(
            "<{prefix}r><{prefix}rPr><{prefix}sz val=\"9\"/><{prefix}rFont val=\"Tahoma\"/>\
             </{prefix}rPr><{prefix}t xml:space=\"preserve\">{text}</{prefix}t></{prefix}r>"
        )
    }
}

fn extend(splices: &mut Splices, element: &Element, end: usize, run: &str) {
    if element.empty {
        let text = format!("{}{run}{}", element.opened(), element.closing());
        splices.replace(element.span.clone(), text);
    } else {
        splices.insert(end, run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_joins_the_one_that_is_there() {
        let text = "<x:comments xmlns:x=\"u\"><x:authors><x:author>An</x:author></x:authors>\
            <x:commentList><x:comment ref=\"B2\" authorId=\"0\"><x:text><x:t>cũ</x:t></x:text>\
            </x:comment><x:comment ref=\"B3\" authorId=\"0\"><x:text/></x:comment>\
            </x:commentList></x:comments>";
        let comments = Comments::read(text, "p").unwrap();
        let note = |at: &str, text| Note { at: at.parse().unwrap(), text };
        let notes = [note("B2", "một"), note("B3", "hai"), note("C3", "ba")];
        let changed = comments.with(&notes, "Soát").unwrap();
        assert_eq!(changed.matches("<x:comment ").count(), 3);
        assert!(changed.contains("<x:t>cũ</x:t><x:r>"));
        assert!(changed.contains("<x:author>Soát</x:author></x:authors>"));
        assert!(changed.contains("<x:comment ref=\"C3\" authorId=\"1\">"));
        assert_eq!(Comments::read(&changed, "p").unwrap().texts.len(), 3);
    }
}
