//! `.xlsx` and `.xlsm`: each part is streamed once.
//!
//! The parts are read here rather than by calamine because its reader loses a whole sheet to one
//! error text it does not know, a whole workbook to a macro sheet, blanks at the ends of texts,
//! hidden rows and columns, and reserves memory for whatever a part promises.

mod objects;
mod sheet;
mod strings;
mod styles;

use std::io;
use std::sync::Arc;

use super::formats::{Formats, Style};
use super::known::Known;
use super::package::{Package, Relations};
use super::store::{Budget, Store, Texts};
use super::unpack::{Archive, Decompressor};
use super::xml::{self, Event, Tag, Xml, attribute, element_text};
use super::{Limits, Screen, damaged, sniff};
use crate::failure::Failure;
use crate::workbook::{Calculation, FileFormat, NumberFormat, Sheet, UnreadSheet, Value, Workbook};
use sheet::Tables;

/// Programs open some thousands of sheets at most.
const MOST_SHEETS: usize = 10_000;

/// What is kept from file to file: what the last ones held in their small parts, which files of one
/// form have in common.
#[derive(Debug, Default)]
pub struct Memory {
    macros: Known<bool>,
    root: Known<Relations>,
    relations: Known<Relations>,
    contents: Known<Contents>,
    styles: Known<Styles>,
    decompressor: Decompressor,
}

pub(super) fn read(
    archive: Archive<'_>,
    limits: &Limits,
    memory: &mut Memory,
    mut screen: Option<&mut dyn Screen>,
) -> Result<Workbook, Failure> {
    let mut package = Package::open(archive, limits, &mut memory.decompressor)?;
    let macros = package.known(sniff::CONTENT_TYPES, &mut memory.macros, |package| {
        Ok(sniff::enables_macros(&package.head(sniff::CONTENT_TYPES, sniff::HEAD)))
    })?;
    let format = if *macros { FileFormat::Xlsm } else { FileFormat::Xlsx };
    let main = package.main_part("xl/workbook.xml", &mut memory.root)?;
    let relations = package.relations(&main, &mut memory.relations)?;
    let fail = |error| damaged(format!("{main}: {error}"));
    let contents = package.known(&main, &mut memory.contents, |package| {
        Contents::read(package.small_xml(&main)?).map_err(fail)
    })?;
    if contents.sheets.is_empty() {
        return Err(damaged(format!("{main}: sheets")));
    }

    let mut budget = Budget::new(limits);
    let styles = match part_of_kind(&package, &relations, "styles") {
        Some(name) => package.known(&name, &mut memory.styles, |package| {
            let mut formats = Formats::default();
            let cells = styles::read(package.small_xml(&name)?, &mut formats);
            Ok(Styles { cells, formats: formats.into_codes() })
        })?,
        None => Arc::default(),
    };
    let strings = match part_of_kind(&package, &relations, "sharedStrings") {
        Some(name) => strings::read(package.xml(&name)?, &mut budget)?,
        None => Texts::default(),
    };
    let mut workbook = Workbook {
        names: contents.names.clone(),
        epoch_1904: contents.epoch_1904,
        calculation: contents.calculation.clone(),
        ..Workbook::empty(format)
    };
    workbook.formats.extend_from_slice(&styles.formats);
    let tables = Tables { strings: &strings, styles: &styles.cells };

    let mut parts = Vec::new();
    for listed in &contents.sheets {
        match relations.get(&listed.relation) {
            Some(relation) if relation.kind != "worksheet" => {
                workbook.unread.push(UnreadSheet::not_cells(&listed.name));
            }
            Some(relation) if package.has(&relation.target) => {
                let mut store = Store::new(&listed.name, &mut budget);
                if let Some(screen) = &mut screen {
                    screen.begin(&workbook, &listed.name);
                    store.show_rows_to(&mut **screen);
                }
                match package.xml(&relation.target) {
                    Ok(part) => sheet::read(part, tables, &mut store)?,
                    Err(failure) => store.cut(failure),
                }
                let mut sheet = store.finish();
                sheet.visible = listed.visible;
                parts.push((listed.name.clone(), relation.target.clone()));
                workbook.sheets.push(sheet);
            }
            _ => workbook.unread.push(UnreadSheet {
                name: listed.name.clone(),
                reason: "its part is missing".to_owned(),
            }),
        }
    }
    objects::resolve(&mut package, &parts, &mut workbook);
    if holds_zero_results(&workbook) {
        workbook.calculation.program = program(&mut package, &mut memory.root)?;
    }
    package.refuse_excess()?;
    Ok(workbook)
}

/// True where some formula has the result 0, which may never have been calculated: then it matters
/// which program wrote the file.
fn holds_zero_results(workbook: &Workbook) -> bool {
    let mut cells = workbook.sheets.iter().flat_map(Sheet::cells);
    cells.any(|(_, cell)| {
        let zero = matches!(&cell.value, Value::Number(number) if number.is_zero());
        zero && cell.formula.is_some()
    })
}

/// The program that the document's properties name; empty where they name none.
fn program(package: &mut Package<'_, '_>, root: &mut Known<Relations>) -> Result<String, Failure> {
    let relations = package.relations("", root)?;
    let Some(name) = part_of_kind(package, &relations, "extended-properties") else {
        return Ok(String::new());
    };
    let mut part = package.small_xml(&name)?;
    // Properties are told for what they are worth: a damaged part names nobody.
    while let Ok(event) = part.next() {
        match event {
            Event::Start(tag) if tag.name() == "Application" => {
                return Ok(element_text(&mut part).unwrap_or_default());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(String::new())
}

/// The part of a kind that exists in the package.
fn part_of_kind(package: &Package<'_, '_>, relations: &Relations, kind: &str) -> Option<String> {
    let found = relations.values().find(|relation| relation.kind == kind)?;
    package.has(&found.target).then(|| found.target.clone())
}

/// The styles part.
#[derive(Debug, Default)]
struct Styles {
    /// Of cells, by their number.
    cells: Vec<Style>,
    /// The number formats that they name.
    formats: Vec<NumberFormat>,
}

/// A sheet as the workbook part lists it.
#[derive(Debug)]
struct Listed {
    name: String,
    visible: bool,
    relation: String,
}

/// The workbook part (ECMA-376 part 1, 18.2).
#[derive(Debug, Default)]
struct Contents {
    sheets: Vec<Listed>,
    names: Vec<(String, String)>,
    epoch_1904: bool,
    calculation: Calculation,
}

impl Contents {
    fn read(mut part: Xml<'_>) -> io::Result<Self> {
        let mut contents = Self::default();
        loop {
            match part.next()? {
                Event::Start(tag) => match tag.name() {
                    "workbookPr" => contents.epoch_1904 = xml::truth(&tag, "date1904"),
                    "calcPr" => {
                        contents.calculation.on_load = xml::truth(&tag, "fullCalcOnLoad");
                        let mode = attribute(&tag, "calcMode");
                        contents.calculation.manual = mode.as_deref() == Some("manual");
                    }
                    "sheet" if contents.sheets.len() < MOST_SHEETS => {
                        contents.sheets.push(listed(&tag));
                    }
                    "definedName" => {
                        let name = attribute(&tag, "name").unwrap_or_default();
                        let refers_to = element_text(&mut part)?;
                        contents.names.push((name, refers_to));
                    }
                    _ => {}
                },
                Event::Eof => return Ok(contents),
                _ => {}
            }
        }
    }
}

fn listed(tag: &Tag<'_>) -> Listed {
    let state = attribute(tag, "state").unwrap_or_default();
    Listed {
        name: attribute(tag, "name").unwrap_or_default(),
        visible: !matches!(state.as_str(), "hidden" | "veryHidden"),
        relation: attribute(tag, "id").unwrap_or_default(),
    }
}
