//! Corrects `.xlsb` workbooks (Excel 2007 and later, binary) in place: the records of the wrong cells
//! change and nothing else.
//!
//! The package is copied entry by entry as for `.xlsx`; what changes of its parts is
//!
//! - the sheet: records of cells. A record bears its own length, so a figure may take more room than
//!   the text or the blank before it, and a cell may be added to a row;
//! - the index of a sheet whose records move, which leads to them by their places: it only saves
//!   programs time and those that find none make their own, so it goes with its relationship;
//! - the styles: clones of the cells' own formats with a highlight fill or a number format;
//! - the workbook: the order to compute anew on load.
//!
//! The text of a formula is code here, which this program does not write: a cell whose formula would
//! change or go is told and left. Notes and a list of changes take drawings and sheets; the list is a workbook of its own.
//!
//! Reference: [MS-XLSB].

mod cells;
mod map;
mod records;
mod styles;

use std::collections::{BTreeMap, BTreeSet};

use super::book::folded;
use super::package::{Package, Relationship};
use super::properties::set_properties;
use super::xml::malformed;
use super::{Content, Edit, Options, PatchError, Patched, Warning, guard};
use crate::read::bytes::{long, wide_text};
use crate::workbook::{Address, Range};
use cells::Sheet;
use map::Map;
use records::{Changes, record};
pub(super) use records::{Record, Records};
use styles::Styles;

const SHEET: u16 = 156;
const CALCULATION: u16 = 157;
const TABLE: u16 = 343;

/// True for a package whose workbook is made of records.
pub(super) fn is_binary(package: &mut Package<'_>) -> Result<bool, PatchError> {
    let part = workbook_part(package)?;
    Ok(part.is_some_and(|part| part.to_ascii_lowercase().ends_with(".bin")))
}

fn workbook_part(package: &mut Package<'_>) -> Result<Option<String>, PatchError> {
    let roots = package.relationships("")?;
    let document = roots.iter().find(|root| root.kind == "officeDocument");
    Ok(document.map(|root| root.target.clone()))
}

/// Applies edits to a workbook; notes and lists are not written. The same workbook, edits and options
/// give the same bytes.
///
/// # Errors
/// [`PatchError`] when the workbook cannot be read, or an edit cannot be made without harm.
pub(super) fn apply(
    package: Package<'_>,
    edits: &[Edit],
    options: &Options,
) -> Result<Patched, PatchError> {
    let mut patch = Patch::start(package, options)?;
    patch.edit(edits)?;
    match patch.barred.into_iter().next() {
        Some((_, reason)) => Err(reason),
        None => patch.work.finish(options),
    }
}

/// The edits that cannot be made, each with the reason.
///
/// # Errors
/// [`PatchError`] when the workbook cannot be read.
pub(super) fn barred<'e>(
    package: Package<'_>,
    edits: &'e [Edit],
    options: &Options,
) -> Result<Vec<(&'e Edit, PatchError)>, PatchError> {
    let mut patch = Patch::start(package, options)?;
    patch.edit(edits)?;
    Ok(patch.barred)
}

/// Why a workbook is not corrected in place, if it is not.
pub(super) fn refusal(package: Package<'_>) -> Option<PatchError> {
    Patch::start(package, &Options::default()).err()
}

/// A workbook on its way, and the edits that it cannot take.
struct Patch<'a, 'e> {
    work: Work<'a>,
    barred: Vec<(&'e Edit, PatchError)>,
}

/// A workbook in the middle of being corrected.
struct Work<'a> {
    package: Package<'a>,
    part: String,
    /// The sheets of cells: name and part.
    sheets: Vec<(String, String)>,
    styles: Option<(String, Styles)>,
    warnings: Vec<Warning>,
    content_changed: bool,
    has_formulas: bool,
}

impl<'a, 'e> Patch<'a, 'e> {
    fn start(package: Package<'a>, options: &Options) -> Result<Self, PatchError> {
        Ok(Self { work: Work::start(package, options)?, barred: Vec::new() })
    }

    fn edit(&mut self, edits: &'e [Edit]) -> Result<(), PatchError> {
        let mut sheets: BTreeMap<String, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            sheets.entry(self.work.sheet_part(&edit.sheet)?).or_default().push(edit);
        }
        for (part, mut edits) in sheets {
            edits.sort_by_key(|edit| edit.at);
            guard::check_edits(&edits)?;
            self.sheet(&part, &edits)?;
        }
        Ok(())
    }

    fn sheet(&mut self, part: &str, edits: &[&'e Edit]) -> Result<(), PatchError> {
        let work = &mut self.work;
        let bytes = work.package.need_bytes(part)?;
        let rows: BTreeSet<u32> = edits.iter().map(|edit| edit.at.row).collect();
        let map = Map::read(&bytes, part, &rows)?;
        let headers = work.table_headers(part)?;
        let styles = work.styles.as_mut().map(|(_, styles)| styles);
        let mut sheet = Sheet::open(&bytes, &map, &headers, styles);
        for edit in edits {
            if let Err(reason) = sheet.edit(edit) {
                self.barred.push((*edit, reason));
            }
        }
        if sheet.not_highlighted && !work.warnings.contains(&Warning::NotHighlighted) {
            work.warnings.push(Warning::NotHighlighted);
        }
        let changes = sheet.changes();
        work.warn_of(&map, part, edits)?;
        work.has_formulas |= map.has_formulas;
        work.content_changed |= edits.iter().any(|edit| edit.content != Content::Keep);
        work.write(part, &bytes, changes)
    }
}

impl<'a> Work<'a> {
    fn start(mut package: Package<'a>, options: &Options) -> Result<Self, PatchError> {
        let signed = super::take_signature_out(&mut package)?;
        let Parts { workbook: part, styles, sheets } = parts(&mut package)?;
        let styles = match styles {
            Some(name) => {
                let bytes = package.need_bytes(&name)?;
                let styles = Styles::read(bytes, &name, options.highlight)?;
                Some((name, styles))
            }
            None => None,
        };
        let warnings = if signed { vec![Warning::SignatureLost] } else { Vec::new() };
        let [content_changed, has_formulas] = [false; 2];
        Ok(Self { package, part, sheets, styles, warnings, content_changed, has_formulas })
    }

    fn sheet_part(&self, name: &str) -> Result<String, PatchError> {
        let mut found = self.sheets.iter().filter(|(known, _)| folded(known) == folded(name));
        match (found.next(), found.next()) {
            (Some((_, part)), None) if self.package.has(part) => Ok(part.clone()),
            (Some((_, part)), None) => Err(PatchError::MissingPart(part.clone())),
            (None, _) => Err(PatchError::NoSheet(name.to_owned())),
            _ => Err(malformed(&self.part, format!("two sheets named `{name}`"))),
        }
    }

    /// The heading rows of a sheet's tables: their texts must equal the columns' names.
    fn table_headers(&mut self, sheet: &str) -> Result<Vec<Range>, PatchError> {
        let mut headers = Vec::new();
        for table in self.package.relationships(sheet)?.iter().filter(|r| r.kind == "table") {
            let bytes = self.package.need_bytes(&table.target)?;
            for record in Records::of(&bytes, &table.target) {
                let record = record?;
                let data = record.data(&bytes);
                let headed = long(data, 24).is_some_and(|rows| rows > 0);
                if record.kind == TABLE && headed {
                    headers.extend(header(data));
                }
            }
        }
        Ok(headers)
    }

    fn warn_of(&mut self, map: &Map, part: &str, edits: &[&Edit]) -> Result<(), PatchError> {
        let Some(sheet) = edits.first().map(|edit| edit.sheet.clone()) else { return Ok(()) };
        let covered = |at: Address| map.conditional.iter().any(|range| range.contains(at));
        let cells: Vec<Address> =
            edits.iter().filter(|edit| edit.highlight && covered(edit.at)).map(|e| e.at).collect();
        if !cells.is_empty() {
            let sheet = sheet.clone();
            self.warnings.push(Warning::HighlightMayBeHidden { sheet, cells });
        }
        if map.protected {
            self.warnings.push(Warning::SheetProtected { sheet });
        }
        let changes = edits.iter().any(|edit| edit.content != Content::Keep);
        let pivots = self.package.relationships(part)?.iter().any(|r| r.kind == "pivotTable");
        if pivots && changes && !self.warnings.contains(&Warning::PivotTablesStale) {
            self.warnings.push(Warning::PivotTablesStale);
        }
        Ok(())
    }

    /// Writes a sheet; its index goes where it would lead astray.
    fn write(&mut self, part: &str, bytes: &[u8], changes: Changes) -> Result<(), PatchError> {
        if changes.is_empty() {
            return Ok(());
        }
        if changes.moves() {
            let indexes = self.package.relationships(part)?;
            for index in indexes.iter().filter(|r| r.kind == "xlBinaryIndex" && !r.external) {
                self.package.drop_part(&index.target)?;
                self.package.unrelate(part, &index.id)?;
            }
        }
        let written = changes.apply(bytes, part)?;
        self.package.set_bytes(part, written);
        Ok(())
    }

    fn finish(mut self, options: &Options) -> Result<Patched, PatchError> {
        if let Some((part, styles)) = self.styles.take()
            && let Some(changed) = styles.finish(&part)?
        {
            self.package.set_bytes(&part, changed);
        }
        if self.content_changed && self.has_formulas {
            self.recalculate_on_load()?;
        }
        set_properties(&mut self.package, &options.properties)?;
        Ok(Patched { bytes: self.package.finish()?, warnings: self.warnings })
    }

    /// Sets the order to compute anew in the record that has room for it.
    fn recalculate_on_load(&mut self) -> Result<(), PatchError> {
        let workbook = self.package.need_bytes(&self.part)?;
        let mut changes = Changes::default();
        for found in Records::of(&workbook, &self.part) {
            let found: Record = found?;
            let mut data = found.data(&workbook).to_vec();
            if found.kind == CALCULATION && data.len() == 26 {
                data[24] |= 1;
                changes.replace(found.span, record(CALCULATION, &data));
            }
        }
        let written = changes.apply(&workbook, &self.part)?;
        self.package.set_bytes(&self.part, written);
        Ok(())
    }
}

/// The parts of a workbook.
pub(super) struct Parts {
    pub(super) workbook: String,
    pub(super) styles: Option<String>,
    /// Sheets of cells: name and part.
    pub(super) sheets: Vec<(String, String)>,
}

/// Finds the parts of a workbook.
///
/// # Errors
/// [`PatchError`] when the workbook cannot be read.
pub(super) fn parts(package: &mut Package<'_>) -> Result<Parts, PatchError> {
    let workbook = workbook_part(package)?.ok_or(PatchError::NoWorkbook)?;
    let related = package.relationships(&workbook)?;
    let styles = related.iter().find(|r| r.kind == "styles" && !r.external);
    let styles = styles.map(|r| r.target.clone()).filter(|part| package.has(part));
    let bytes = package.need_bytes(&workbook)?;
    let mut sheets = Vec::new();
    for record in Records::of(&bytes, &workbook) {
        let record = record?;
        if record.kind == SHEET {
            sheets.extend(sheet(record.data(&bytes), &related));
        }
    }
    Ok(Parts { workbook, styles, sheets })
}

/// The name and the part of a sheet of cells (`BrtBundleSh`).
fn sheet(data: &[u8], related: &[Relationship]) -> Option<(String, String)> {
    let (id, end) = wide_text(data, 8)?;
    let (name, _) = wide_text(data, end)?;
    let part = related.iter().find(|r| r.id == id && !r.external && r.kind == "worksheet")?;
    Some((name, part.target.clone()))
}

/// The first row of a table (`BrtBeginList`).
fn header(data: &[u8]) -> Option<Range> {
    let (top, left, right) = (long(data, 0)?, long(data, 8)?, long(data, 12)?);
    Some(Range::new(Address::new(top, left), Address::new(top, right)))
}
