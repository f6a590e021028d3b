//! `.ods` (OpenDocument): the content part is streamed once.
//!
//! It is read here rather than by calamine because its reader refuses blanks between cells, spins
//! for ever on a part that is cut off, reads errors as 0 and knows no formats and merged ranges.

mod formula;
mod sheet;
mod styles;

use std::io;

use super::formats::Formats;
use super::package::Package;
use super::store::Stop;
use super::store::{Budget, Store};
use super::unpack::{Archive, Decompressor};
use super::xml::{Event, Xml, attribute, skip};
use super::{Limits, Screen, damaged, encrypted};
use crate::failure::Failure;
use crate::workbook::{FileFormat, Workbook};
use styles::Styles;

pub(super) fn read(
    archive: Archive<'_>,
    limits: &Limits,
    screen: Option<&mut dyn Screen>,
) -> Result<Workbook, Failure> {
    let mut decompressor = Decompressor::default();
    let mut package = Package::open(archive, limits, &mut decompressor)?;
    if is_encrypted(&mut package) {
        return Err(encrypted());
    }
    let mut styles = Styles::default();
    if package.has("styles.xml") {
        // Formats of a damaged styles part are those before the damage; cells are not affected.
        let _ = named_styles(package.small_xml("styles.xml")?, &mut styles);
    }
    let mut document = Document {
        styles,
        formats: Formats::default(),
        budget: Budget::new(limits),
        workbook: Workbook::empty(FileFormat::Ods),
        screen,
    };
    let read = document.read(package.xml("content.xml")?);
    package.refuse_excess()?;
    match read {
        Ok(()) => {}
        Err(Stop::Refused(failure)) => return Err(failure),
        // A part cut off within a sheet has noted it there.
        Err(Stop::Cut(error)) => document.cut(&error)?,
    }
    let mut workbook = document.workbook;
    workbook.formats.extend(document.formats.into_codes());
    if workbook.sheets.is_empty() {
        return Err(damaged("content.xml: table"));
    }
    Ok(workbook)
}

/// True where the manifest says how some part is encrypted; one that is missing or damaged says
/// nothing.
fn is_encrypted(package: &mut Package<'_, '_>) -> bool {
    let Ok(mut manifest) = package.small_xml("META-INF/manifest.xml") else { return false };
    loop {
        match manifest.next() {
            Ok(Event::Start(tag)) if tag.name() == "encryption-data" => return true,
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

fn named_styles(mut part: Xml<'_>, styles: &mut Styles) -> io::Result<()> {
    loop {
        match part.next()? {
            Event::Start(tag) => match tag.name() {
                "document-styles" => {}
                "styles" | "automatic-styles" => take_styles(&mut part, styles)?,
                _ => skip(&mut part)?,
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the styles of the element just opened, up to its end.
fn take_styles(part: &mut Xml<'_>, styles: &mut Styles) -> io::Result<()> {
    let outside = part.depth().saturating_sub(1);
    while part.depth() > outside {
        let Event::Start(tag) = part.next()? else { continue };
        let tag = tag.into_owned();
        styles.take(&tag, part)?;
    }
    Ok(())
}

struct Document<'a> {
    styles: Styles,
    formats: Formats,
    budget: Budget,
    workbook: Workbook,
    screen: Option<&'a mut dyn Screen>,
}

impl Document<'_> {
    fn read(&mut self, mut part: Xml<'_>) -> Result<(), Stop> {
        loop {
            let event = part.next()?;
            let tag = match event {
                Event::Start(tag) => tag.into_owned(),
                Event::Eof => return Ok(()),
                _ => continue,
            };
            match tag.name() {
                "document-content" | "body" | "spreadsheet" | "named-expressions" => {}
                "automatic-styles" => take_styles(&mut part, &mut self.styles)?,
                "table" => {
                    let name = attribute(&tag, "name").unwrap_or_default();
                    let style = attribute(&tag, "style-name").unwrap_or_default();
                    self.table(&name, &style, &mut part)?;
                }
                "named-range" | "named-expression" => {
                    let name = attribute(&tag, "name").unwrap_or_default();
                    let range = attribute(&tag, "cell-range-address")
                        .map(|range| formula::excel_reference(&range));
                    let expression = attribute(&tag, "expression")
                        .map(|expression| formula::excel_formula(&expression));
                    let refers_to = range.or(expression).unwrap_or_default();
                    self.budget.text(name.len() + refers_to.len())?;
                    self.workbook.names.push((name, refers_to));
                }
                // Tracked changes hold cells that were deleted.
                _ => skip(&mut part)?,
            }
        }
    }

    fn table(&mut self, name: &str, style: &str, part: &mut Xml<'_>) -> Result<(), Stop> {
        let visible = !self.styles.hides(style);
        let mut store = Store::new(name, &mut self.budget);
        if let Some(screen) = &mut self.screen {
            // Who judges rows while they are read must know the formats before the cells.
            if self.workbook.sheets.is_empty() {
                self.styles.resolve_all(&mut self.formats);
            }
            let mut book = Workbook::empty(FileFormat::Ods);
            book.formats.extend_from_slice(self.formats.codes());
            screen.begin(&book, name);
            store.show_rows_to(&mut **screen);
        }
        let read = sheet::read(part, &mut self.styles, &mut self.formats, &mut store);
        if let Err(Stop::Cut(error)) = &read {
            store.cut(error);
        }
        let mut sheet = store.finish();
        sheet.visible = visible;
        self.workbook.sheets.push(sheet);
        read
    }

    /// Notes damage between sheets with the last sheet: what followed is lost.
    fn cut(&mut self, error: &io::Error) -> Result<(), Failure> {
        let Some(last) = self.workbook.sheets.last_mut() else {
            return Err(damaged(format!("content.xml: {error}")));
        };
        if last.faults.is_empty() {
            let after = last.cells().last().map(|(at, _)| *at);
            let reason = format!("content.xml: {error}");
            last.faults.push(crate::workbook::Fault::CutShort { after, reason });
        }
        Ok(())
    }
}
