//! Corrects workbooks in place: the wrong cells change and nothing else. What is said here is of
//! `.xlsx` and `.xlsm`; `patch::ods`, `patch::xls` and `patch::xlsb` speak of the others.
//!
//! Writing a workbook anew from a model of it loses what the model does not know: charts,
//! controls, sparklines, other programs' extensions. So the package is copied entry by entry as it
//! is compressed, and in the few parts that must change only the bytes concerned are replaced:
//!
//! - the sheet: its corrected `<c>` elements (and rows that were missing);
//! - the styles: clones of the cells' own formats with a highlight fill;
//! - notes: the comments part and its drawing;
//! - the workbook: the list of changes as its last tab, and the order to compute anew on load;
//! - the calculation chain goes when a formula came or went (programs rebuild it);
//! - relationships and content types of all these.
//!
//! Text is written into its cell, so the shared strings stay as they are. Every package is checked
//! against [`check_package`] before it is handed out. Reference: ECMA-376 parts 1 and 2.

mod binary;
mod book;
mod cells;
mod check;
mod error;
mod fault;
mod guard;
mod list;
pub mod looks;
mod map;
mod notes;
mod ods;
mod order;
mod package;
mod properties;
mod rows;
mod shared;
mod styles;
mod vml;
mod xls;
mod xlsb;
pub(crate) mod xml;

pub use check::check_package;
pub use error::{PatchError, Warning};
pub use fault::{CellTarget, PackageFault};
pub use list::{ListCell, ListColumn, ListSheet};
pub use package::LEVEL;
pub use properties::with_properties;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rust_decimal::Decimal;

use crate::workbook::{Address, Range};
use book::Book;
use map::{SheetMap, parse_range};
use notes::Note;
use package::Package;
use styles::Styles;
use xml::Scan;

/// The stream of an `.xls` that holds what [`with_properties`] sets, a line each: `NAME=VALUE`.
pub(crate) const PROPERTIES_STREAM: &str = "soatbieu";

/// Bytes a part may unpack to unless [`Options::part_limit`] says otherwise.
pub const DEFAULT_PART_LIMIT: u64 = 512 << 20;

/// One cell to be corrected or marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The name on the sheet's tab.
    pub sheet: String,
    /// The cell.
    pub at: Address,
    /// What the cell is to hold.
    pub content: Content,
    /// The code of the number format it is to have; its own where none is given.
    pub format: Option<String>,
    /// True to fill the cell with [`Options::highlight`].
    pub highlight: bool,
    /// A note to be added beside those the cell has.
    pub note: Option<String>,
}

/// What a cell is to hold. Numbers in cells with a date format are serials of the workbook's own
/// epoch (1900 or 1904).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What it holds.
    Keep,
    /// A number; a formula goes.
    Number(Decimal),
    /// Text, also where it begins with `=`; a formula goes.
    Text(String),
    /// Nothing, its format apart.
    Blank,
    /// A formula in the form files hold (English functions, commas), with or without `=`.
    Formula {
        /// The formula.
        text: String,
        /// Its result, for programs that do not compute.
        result: Decimal,
    },
    /// Its formula, with the result set anew because cells it depends on were corrected.
    Result(Decimal),
}

/// How a copy is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The author of the notes.
    pub author: String,
    /// The highlight's red, green and blue.
    pub highlight: [u8; 3],
    /// Bytes a part may unpack to.
    pub part_limit: u64,
    /// What the copy says of itself, by names ([`with_properties`]).
    pub properties: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            author: "Soát biểu".to_owned(),
            highlight: [0xFF, 0xF2, 0xA8],
            part_limit: DEFAULT_PART_LIMIT,
            properties: Vec::new(),
        }
    }
}

/// A corrected package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The package, to be written whole.
    pub bytes: Vec<u8>,
    /// What its user must know, to be said before it is written.
    pub warnings: Vec<Warning>,
}

/// Applies edits to a workbook and adds the list of changes as its last sheet; `.xls` and `.xlsb` take
/// neither lists nor notes.
///
/// The same package, edits and options give the same bytes. Nothing is written to disk.
///
/// # Errors
///
/// [`PatchError`] when the package cannot be read, an edit cannot be made without harm, or the
/// result would not pass [`check_package`] for a reason the source does not have.
pub fn apply(
    bytes: &[u8],
    edits: &[Edit],
    list: Option<&ListSheet>,
    options: &Options,
) -> Result<Patched, PatchError> {
    if is_container(bytes) {
        return xls::apply(bytes, edits, options);
    }
    let mut package = Package::open(bytes, options.part_limit)?;
    if package.is_open_document() {
        return ods::apply(package, edits, list, options);
    }
    if xlsb::is_binary(&mut package)? {
        return xlsb::apply(package, edits, options);
    }
    let mut patch = Patch::start(package, options)?;
    for (sheet, edits) in patch.by_sheet(edits)? {
        patch.sheet(&sheet, &edits)?;
    }
    if let Some(list) = list {
        patch.list(list)?;
    }
    patch.finish(bytes)
}

/// The edits that a file cannot take, each with the reason, so that the others can be made without
/// them. Of Excel's own packages none is told beforehand: there [`apply`] refuses the whole.
///
/// # Errors
/// [`PatchError`] when the package cannot be read.
pub fn barred<'e>(
    bytes: &[u8],
    edits: &'e [Edit],
    options: &Options,
) -> Result<Vec<(&'e Edit, PatchError)>, PatchError> {
    if is_container(bytes) {
        return xls::barred(bytes, edits, options);
    }
    let mut package = Package::open(bytes, options.part_limit)?;
    if package.is_open_document() {
        return ods::barred(package, edits);
    }
    if xlsb::is_binary(&mut package)? {
        return xlsb::barred(package, edits, options);
    }
    Ok(Vec::new())
}

/// Why an `.xls` or `.xlsb` file cannot be corrected in place at all; `None` where it can.
#[must_use]
pub fn refusal(bytes: &[u8]) -> Option<PatchError> {
    if is_container(bytes) {
        return xls::refusal(bytes);
    }
    let mut package = match Package::open(bytes, u64::MAX) {
        Ok(package) => package,
        Err(error) => return Some(error),
    };
    match xlsb::is_binary(&mut package) {
        Ok(true) => xlsb::refusal(package),
        Ok(false) => None,
        Err(error) => Some(error),
    }
}

/// True for an OLE container, which an `.xls` is.
fn is_container(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// A signature vouches for bytes; once they change it only makes programs warn of forgery. True where
/// there was one.
fn take_signature_out(package: &mut Package<'_>) -> Result<bool, PatchError> {
    let mut signed = false;
    for origin in package.relationships("")?.iter() {
        if origin.kind != "origin" || origin.external {
            continue;
        }
        for signature in package.relationships(&origin.target)?.iter() {
            package.drop_part(&signature.target)?;
        }
        package.drop_part(&origin.target)?;
        package.unrelate("", &origin.id)?;
        signed = true;
    }
    Ok(signed)
}

/// A package in the middle of being corrected.
struct Patch<'a> {
    package: Package<'a>,
    book: Book,
    options: &'a Options,
    /// Read when first needed; `None` inside where they cannot be added to.
    styles: Option<(String, Option<Styles>)>,
    warnings: Vec<Warning>,
    content_changed: bool,
    formulas_changed: bool,
    not_highlighted: bool,
    /// The parts of the sheets with edits, and whether each held a formula before them.
    edited: BTreeMap<String, bool>,
}

impl<'a> Patch<'a> {
    fn start(mut package: Package<'a>, options: &'a Options) -> Result<Self, PatchError> {
        let book = Book::open(&mut package)?;
        let mut patch = Self {
            package,
            book,
            options,
            styles: None,
            warnings: Vec::new(),
            content_changed: false,
            formulas_changed: false,
            not_highlighted: false,
            edited: BTreeMap::new(),
        };
        if take_signature_out(&mut patch.package)? {
            patch.warnings.push(Warning::SignatureLost);
        }
        Ok(patch)
    }

    /// Edits by sheet part, each sheet's sorted by address.
    fn by_sheet<'e>(
        &self,
        edits: &'e [Edit],
    ) -> Result<BTreeMap<String, Vec<&'e Edit>>, PatchError> {
        let mut sheets: BTreeMap<String, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            let tab = self.book.worksheet(&edit.sheet)?;
            sheets.entry(tab.part.clone()).or_default().push(edit);
        }
        for edits in sheets.values_mut() {
            edits.sort_by_key(|edit| edit.at);
            guard::check_edits(edits)?;
        }
        Ok(sheets)
    }

    fn sheet(&mut self, part: &str, edits: &[&Edit]) -> Result<(), PatchError> {
        let text = self.package.need(part)?;
        let rows: BTreeSet<u32> = edits.iter().map(|edit| edit.at.row).collect();
        let map = SheetMap::read(&text, part, &rows)?;
        if map.data.is_none() {
            let name = edits.first().map(|edit| edit.sheet.clone());
            return Err(PatchError::NotAWorksheet(name.unwrap_or_default()));
        }
        let headers = self.table_headers(part)?;
        guard::check_cells(&map, edits, &headers)?;
        let drawing = self.notes(part, &map, edits)?;
        if edits.iter().any(|edit| edit.needs_format()) {
            self.open_styles()?;
        }
        let styles = self.styles.as_mut().and_then(|(_, styles)| styles.as_mut());
        let mut changes = cells::change_cells(&map, edits, styles)?;
        if let Some(drawing) = drawing {
            changes.splices.insert(map.legacy_place, drawing);
        }
        if !changes.splices.is_empty() {
            let written = changes.splices.apply(&text, part)?;
            self.package.set(part, written);
        }
        self.content_changed |= edits.iter().any(|edit| edit.content != Content::Keep);
        self.formulas_changed |= changes.formulas_changed;
        self.not_highlighted |= changes.not_highlighted;
        self.edited.insert(part.to_owned(), package::holds_formula(text.as_bytes()));
        self.warn_of(&map, edits);
        Ok(())
    }

    /// The heading rows of a sheet's tables: their texts must equal the columns' names.
    fn table_headers(&mut self, sheet: &str) -> Result<Vec<Range>, PatchError> {
        let mut headers = Vec::new();
        for table in self.package.relationships(sheet)?.iter().filter(|r| r.kind == "table") {
            let text = self.package.need(&table.target)?;
            Scan::new(&text, &table.target).tags(|tag| {
                let range = tag.get("ref").as_deref().and_then(parse_range);
                let headed = tag.get("headerRowCount").as_deref() != Some("0");
                if let Some(range) = range.filter(|_| tag.depth == 0 && headed) {
                    let end = Address::new(range.start.row, range.end.column);
                    headers.push(Range { start: range.start, end });
                }
                Ok(())
            })?;
        }
        Ok(headers)
    }

    fn notes(
        &mut self,
        part: &str,
        map: &SheetMap<'_>,
        edits: &[&Edit],
    ) -> Result<Option<String>, PatchError> {
        if edits.iter().all(|edit| edit.note.is_none()) {
            return Ok(None);
        }
        let threads = notes::threads(&mut self.package, part)?;
        let mut notes = Vec::new();
        for edit in edits {
            match &edit.note {
                Some(_) if threads.contains(&edit.at) => self
                    .warnings
                    .push(Warning::NoteBesideThread { sheet: edit.sheet.clone(), at: edit.at }),
                Some(text) => notes.push(Note { at: edit.at, text }),
                None => {}
            }
        }
        if notes.is_empty() {
            return Ok(None);
        }
        let (author, dialect) = (&self.options.author, self.book.dialect);
        notes::add_notes(&mut self.package, part, map, &notes, author, dialect)
    }

    fn open_styles(&mut self) -> Result<(), PatchError> {
        if self.styles.is_some() {
            return Ok(());
        }
        let dialect = self.book.dialect;
        let known = self.book.related("styles").map(|styles| styles.target.clone());
        let part = if let Some(part) = known {
            part
        } else {
            // Not beside a workbook that stands elsewhere: openpyxl reads no other name.
            let part = self.package.usual("xl/styles", "xml");
            self.package.set(&part, styles::minimal(dialect));
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
            self.package.state_type(&part, kind, false)?;
            self.package.relate(&self.book.part, "styles", &part, dialect)?;
            part
        };
        let text = self.package.need(&part)?;
        let styles = Styles::read(Rc::unwrap_or_clone(text), &part, self.options.highlight)?;
        self.styles = Some((part, styles));
        Ok(())
    }

    fn warn_of(&mut self, map: &SheetMap<'_>, edits: &[&Edit]) {
        let Some(sheet) = edits.first().map(|edit| edit.sheet.clone()) else { return };
        let covered = |at| map.conditional.iter().any(|range| range.contains(at));
        let cells: Vec<Address> = edits
            .iter()
            .filter(|edit| edit.highlight && covered(edit.at))
            .map(|edit| edit.at)
            .collect();
        if !cells.is_empty() {
            self.warnings.push(Warning::HighlightMayBeHidden { sheet: sheet.clone(), cells });
        }
        if map.protected {
            self.warnings.push(Warning::SheetProtected { sheet });
        }
    }

    fn list(&mut self, list: &ListSheet) -> Result<(), PatchError> {
        self.open_styles()?;
        let styles = self.styles.as_mut().and_then(|(_, styles)| styles.as_mut());
        let formats = styles.map(Styles::list_formats);
        let name = list::unique_name(&list.name, self.book.tabs.iter().map(|tab| &*tab.name));
        let stem = format!("{}worksheets/sheet", self.book.folder());
        let (part, _) = self.package.fresh(&stem, "xml");
        let dialect = self.book.dialect;
        self.package.set(&part, list.part(dialect, formats));
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
        self.package.state_type(&part, kind, false)?;
        let id = self.package.relate(&self.book.part, "worksheet", &part, dialect)?;
        self.book.add_tab(&mut self.package, &name, &id)?;
        if self.book.structure_locked {
            self.warnings.push(Warning::StructureProtected);
        }
        Ok(())
    }

    fn finish(mut self, source: &[u8]) -> Result<Patched, PatchError> {
        if let Some((part, Some(styles))) = self.styles.take()
            && let Some(changed) = styles.finish()?
        {
            self.package.set(&part, changed);
        }
        self.drop_calculation_chain()?;
        if self.content_changed && self.has_formulas()? {
            self.book.recalculate_on_load(&mut self.package)?;
        }
        if self.not_highlighted {
            self.warnings.push(Warning::NotHighlighted);
        }
        let pivots = self.book.related("pivotCacheDefinition").is_some();
        if self.content_changed && pivots {
            self.warnings.push(Warning::PivotTablesStale);
        }
        self.check_and_hand_out(source)
    }

    /// Entries for cells without formulas make Excel repair; without the part it builds its own.
    fn drop_calculation_chain(&mut self) -> Result<(), PatchError> {
        let chain = self.book.related("calcChain").filter(|_| self.formulas_changed);
        if let Some((part, id)) = chain.map(|r| (r.target.clone(), r.id.clone())) {
            self.package.drop_part(&part)?;
            self.package.unrelate(&self.book.part, &id)?;
        }
        Ok(())
    }

    fn has_formulas(&mut self) -> Result<bool, PatchError> {
        if self.formulas_changed || self.edited.values().any(|holds_formula| *holds_formula) {
            return Ok(true);
        }
        let rest = self.book.tabs.iter().filter(|tab| tab.worksheet);
        for tab in rest.filter(|tab| !self.edited.contains_key(&tab.part)) {
            if self.package.holds_formula(&tab.part)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn check_and_hand_out(mut self, source: &[u8]) -> Result<Patched, PatchError> {
        let limit = self.options.part_limit;
        properties::set_properties(&mut self.package, &self.options.properties)?;
        let scope = self.package.changed_parts();
        let found = check::faults(&mut self.package, Some(&scope));
        if !found.is_empty() {
            let known = check::faults(&mut Package::open(source, limit)?, Some(&scope));
            let (old, new): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|fault| known.contains(fault));
            if !new.is_empty() {
                return Err(PatchError::NeedsRepair(new));
            }
            self.warnings.extend(old.into_iter().map(Warning::SourceFault));
        }
        let bytes = self.package.finish_and_compare()?;
        Ok(Patched { bytes, warnings: self.warnings })
    }
}
