//! The workbook part: its sheets, and what it tells the program that opens it.

use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;

use super::PatchError;
use super::order::{WORKBOOK, is_after};
use super::package::{Dialect, Package, Relationship};
use super::xml::{Event, Scan, Splices, containers, escaped, malformed, root};

/// A tab of the workbook.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) name: String,
    /// The sheet's part; empty where the relationship is missing.
    pub(super) part: String,
    /// True for sheets of cells.
    pub(super) worksheet: bool,
}

/// The workbook part as it was read.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) part: String,
    pub(super) dialect: Dialect,
    pub(super) tabs: Vec<Tab>,
    pub(super) relationships: Rc<[Relationship]>,
    pub(super) structure_locked: bool,
}

impl Book {
    pub(super) fn open(package: &mut Package<'_>) -> Result<Self, PatchError> {
        let roots = package.relationships("")?;
        let document = roots.iter().find(|r| r.kind == "officeDocument");
        let part = document.ok_or(PatchError::NoWorkbook)?.target.clone();
        if part.to_ascii_lowercase().ends_with(".bin") {
            return Err(PatchError::BinaryWorkbook);
        }
        let text = package.need(&part)?;
        let element = root(&text, &part)?;
        if element.name.rsplit(':').next() != Some("workbook") {
            return Err(PatchError::NoWorkbook);
        }
        let relationships = package.relationships(&part)?;
        let dialect = Dialect::of(&text);
        let (tabs, locked) = (Vec::new(), false);
        let mut book = Self { part, dialect, tabs, relationships, structure_locked: locked };
        book.read_tabs(&text)?;
        Ok(book)
    }

    fn read_tabs(&mut self, text: &str) -> Result<(), PatchError> {
        let (tabs, relationships) = (&mut self.tabs, &self.relationships);
        let locked = &mut self.structure_locked;
        Scan::new(text, &self.part).tags(|tag| {
            if tag.depth == 2 && tag.local() == "sheet" {
                let id = tag.get_any_prefix("id").unwrap_or_default();
                let target = relationships.iter().find(|r| r.id == id && !r.external);
                tabs.push(Tab {
                    name: tag.get("name").unwrap_or_default(),
                    part: target.map(|r| r.target.clone()).unwrap_or_default(),
                    worksheet: target.is_some_and(|r| r.kind == "worksheet"),
                });
            } else if tag.depth == 1 && tag.local() == "workbookProtection" {
                *locked = tag.is_true("lockStructure");
            }
            Ok(())
        })
    }

    /// The sheet of cells of this name. Names differ in composed and decomposed letters and in
    /// case only where both are in the workbook, which no program allows.
    pub(super) fn worksheet(&self, name: &str) -> Result<&Tab, PatchError> {
        let exact = self.tabs.iter().find(|tab| tab.name == name);
        let similar = || self.tabs.iter().find(|tab| folded(&tab.name) == folded(name));
        let tab = exact.or_else(similar).ok_or_else(|| PatchError::NoSheet(name.to_owned()))?;
        if tab.worksheet { Ok(tab) } else { Err(PatchError::NotAWorksheet(name.to_owned())) }
    }

    /// The part of one kind that the workbook refers to.
    pub(super) fn related(&self, kind: &str) -> Option<&Relationship> {
        self.relationships.iter().find(|r| r.kind == kind && !r.external)
    }

    /// The folder of the workbook's part, with its slash.
    pub(super) fn folder(&self) -> &str {
        self.part.rfind('/').map_or("", |at| &self.part[..=at])
    }

    /// Adds a last tab.
    pub(super) fn add_tab(
        &self,
        package: &mut Package<'_>,
        name: &str,
        id: &str,
    ) -> Result<(), PatchError> {
        let text = package.need(&self.part)?;
        let found = containers(&text, &self.part, &["sheets"])?;
        let sheets = found.first().ok_or_else(|| malformed(&self.part, "no sheets"))?;
        let mut largest = 0;
        Scan::new(&text, &self.part).tags(|tag| {
            if tag.depth == 2 && tag.local() == "sheet" {
                let number = tag.get("sheetId").and_then(|id| id.parse::<u32>().ok());
                largest = largest.max(number.unwrap_or(0));
            }
            Ok(())
        })?;
        let root = root(&text, &self.part)?;
        let sheet = format!(
            "<{}sheet name=\"{}\" sheetId=\"{}\" {}/>",
            root.prefix(),
            escaped(name),
            largest.saturating_add(1),
            self.dialect.id_attribute(&root, id)
        );
        let mut splices = Splices::default();
        sheets.append(&mut splices, &sheet, 1);
        let changed = splices.apply(&text, &self.part)?;
        package.set(&self.part, changed);
        Ok(())
    }

    /// Has everything computed anew when the workbook is opened.
    pub(super) fn recalculate_on_load(&self, package: &mut Package<'_>) -> Result<(), PatchError> {
        let text = package.need(&self.part)?;
        let on = [("fullCalcOnLoad", Some("1".to_owned()))];
        let mut splices = Splices::default();
        let (mut prefix, mut place, mut done) = (String::new(), None, false);
        let mut events = Scan::new(&text, &self.part);
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) if tag.depth == 0 => {
                    tag.element().prefix().clone_into(&mut prefix);
                }
                Event::Open(tag) if tag.depth == 1 && tag.local() == "calcPr" => {
                    splices.replace(tag.span.clone(), tag.element().rewritten(&on, tag.empty));
                    done = true;
                }
                Event::Open(tag) if tag.depth == 1 && is_after(WORKBOOK, tag.local(), "calcPr") => {
                    place = place.or(Some(tag.span.start));
                }
                Event::Close(0, span) => place = place.or(Some(span.start)),
                _ => {}
            }
        }
        if let Some(place) = place.filter(|_| !done) {
            splices.insert(place, format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>"));
        }
        let changed = splices.apply(&text, &self.part)?;
        package.set(&self.part, changed);
        Ok(())
    }
}

/// A sheet's name as programs compare it.
pub(super) fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}
