//! Corrects `.ods` workbooks in place: of the content part only the rows that change are written
//! anew, cell by cell; all other parts are copied as they are compressed.
//!
//! - A row or a cell that stands for several is cut into what lies before, itself, what lies behind.
//! - Formulas are written in the notation of `OpenDocument`, with their results.
//! - The highlight is a clone of the cell's own style; a note joins the one that is there.
//! - The list of changes is the last sheet, on a page across, which the styles part is given.
//!
//! Reference: OASIS `OpenDocument` 1.3 part 3.

mod cells;
mod formula;
mod list;
mod map;
mod names;
mod properties;
mod styles;

pub(super) use properties::set_properties;

use std::collections::{BTreeMap, BTreeSet};

use super::book::folded;
use super::guard;
use super::list::unique_name;
use super::package::Package;
use super::xml::{Splices, malformed};
use super::{Content, Edit, ListSheet, Options, PatchError, Patched, Warning};
use crate::workbook::Range;
use cells::Writer;
use formula::open_formula;
use map::{ContentMap, TableMap};
use names::Names;
use styles::Styles;

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
const SIGNATURES: &str = "META-INF/documentsignatures.xml";

/// Applies edits to a package and adds the list of changes as its last sheet. The same package, edits
/// and options give the same bytes.
///
/// # Errors
/// [`PatchError`] when the package cannot be read, or an edit cannot be made without harm.
pub(super) fn apply(
    mut package: Package<'_>,
    edits: &[Edit],
    list: Option<&ListSheet>,
    options: &Options,
) -> Result<Patched, PatchError> {
    if package.text(MANIFEST)?.is_some_and(|text| text.contains("encryption-data")) {
        return Err(PatchError::Encrypted);
    }
    let mut warnings = Vec::new();
    if package.has(SIGNATURES) {
        package.remove(SIGNATURES);
        warnings.push(Warning::SignatureLost);
    }
    let text = package.need(CONTENT)?;
    let sheets = by_sheet(&map::table_names(&text, CONTENT)?, edits)?;
    let content = map::read(&text, CONTENT, &wanted(&sheets))?;
    let page = list.is_some() && list::add_page(&mut package)?;
    let changed = changed(&text, &content, &sheets, list.map(|list| (list, page)), options)?;
    package.set(CONTENT, changed);
    super::properties::set_properties(&mut package, &options.properties)?;
    warn(&content, &sheets, list.is_some(), &mut warnings);
    Ok(Patched { bytes: package.finish()?, warnings })
}

/// The edits that cannot be made, each with the reason.
///
/// # Errors
/// [`PatchError`] when the package cannot be read.
pub(super) fn barred<'e>(
    mut package: Package<'_>,
    edits: &'e [Edit],
) -> Result<Vec<(&'e Edit, PatchError)>, PatchError> {
    let text = package.need(CONTENT)?;
    let sheets = by_sheet(&map::table_names(&text, CONTENT)?, edits)?;
    let content = map::read(&text, CONTENT, &wanted(&sheets))?;
    let mut barred = Vec::new();
    for (sheet, edits) in sheets {
        let table = &content.tables[sheet];
        barred.extend(
            edits
                .into_iter()
                .filter_map(|edit| check_cell(table, edit).err().map(|reason| (edit, reason))),
        );
    }
    Ok(barred)
}

/// The rows to be changed by the number of their sheet.
fn wanted(sheets: &BTreeMap<usize, Vec<&Edit>>) -> BTreeMap<usize, BTreeSet<u32>> {
    let rows = |edits: &Vec<&Edit>| edits.iter().map(|edit| edit.at.row).collect();
    sheets.iter().map(|(sheet, edits)| (*sheet, rows(edits))).collect()
}

/// Edits by the number of their sheet, each sheet's sorted by address.
fn by_sheet<'e>(
    names: &[String],
    edits: &'e [Edit],
) -> Result<BTreeMap<usize, Vec<&'e Edit>>, PatchError> {
    let mut sheets: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        let exact = names.iter().position(|name| *name == edit.sheet);
        let similar = || names.iter().position(|name| folded(name) == folded(&edit.sheet));
        let sheet = exact.or_else(similar);
        let sheet = sheet.ok_or_else(|| PatchError::NoSheet(edit.sheet.clone()))?;
        if names.iter().filter(|name| **name == names[sheet]).count() > 1 {
            return Err(malformed(CONTENT, format!("two sheets named `{}`", names[sheet])));
        }
        sheets.entry(sheet).or_default().push(edit);
    }
    for edits in sheets.values_mut() {
        edits.sort_by_key(|edit| edit.at);
        guard::check_edits(edits)?;
    }
    Ok(sheets)
}

/// The content part with its changes.
fn changed(
    text: &str,
    content: &ContentMap,
    sheets: &BTreeMap<usize, Vec<&Edit>>,
    list: Option<(&ListSheet, bool)>,
    options: &Options,
) -> Result<String, PatchError> {
    let Some(root) = &content.root else { return Err(malformed(CONTENT, "no root element")) };
    let names = Names::of(root, CONTENT)?;
    let mut styles = Styles::new(text, CONTENT, &names, content, options.highlight);
    let mut splices = Splices::default();
    for (sheet, edits) in sheets {
        let table = &content.tables[*sheet];
        edits.iter().try_for_each(|edit| check_cell(table, edit))?;
        let (part, names) = (CONTENT, &names);
        let mut writer = Writer { text, part, names, table, styles: &mut styles, options };
        writer.sheet(edits, &mut splices)?;
    }
    if let Some((list, page)) = list {
        let tables = content.tables.iter().map(|table| table.name.as_str());
        let name = unique_name(&list.name, tables);
        let table = list::table(list, &name, page, &names, &mut styles);
        splices.insert(content.tables_end, table);
    }
    let added = styles.added();
    match &content.automatic {
        _ if added.is_empty() => {}
        Some((element, _)) if element.empty => {
            let text = format!("{}{added}{}", element.opened(), element.closing());
            splices.replace(element.span.clone(), text);
        }
        Some((_, end)) => splices.insert(*end, added),
        None => {
            let office = &names.office;
            splices.insert(
                content.body,
                format!("<{office}automatic-styles>{added}</{office}automatic-styles>"),
            );
        }
    }
    if let Some(tag) = names.rooted(root) {
        splices.replace(root.span.clone(), tag);
    }
    splices.apply(text, CONTENT)
}

/// Refuses a cell that cannot take new content.
fn check_cell(table: &TableMap, edit: &Edit) -> Result<(), PatchError> {
    let (sheet, at) = (edit.sheet.clone(), edit.at);
    let covering = |ranges: &[Range]| ranges.iter().copied().find(|range| range.contains(at));
    let cell = table
        .rows
        .iter()
        .filter(|row| row.first <= at.row && at.row - row.first < row.repeated)
        .flat_map(|row| &row.cells)
        .find(|cell| cell.first <= at.column && at.column - cell.first < cell.repeated);
    let holds_formula = cell.is_some_and(|cell| cell.element.get_any_prefix("formula").is_some());
    match &edit.content {
        Content::Keep => return Ok(()),
        Content::Result(_) if holds_formula || covering(&table.arrays).is_some() => return Ok(()),
        Content::Result(_) => return Err(PatchError::NoFormula { sheet, at }),
        Content::Formula { text, .. } if open_formula(text).is_none() => {
            return Err(PatchError::FormulaNotWritten { sheet, at, formula: text.clone() });
        }
        _ => {}
    }
    if cell.is_some_and(|cell| cell.covered) {
        let anchor = covering(&table.merges).map_or(at, |merge| merge.start);
        return Err(PatchError::InsideMerge { sheet, at, anchor });
    }
    let array = covering(&table.arrays);
    array.map_or(Ok(()), |array| Err(PatchError::InsideArray { sheet, at, anchor: array.start }))
}

fn warn(
    content: &ContentMap,
    sheets: &BTreeMap<usize, Vec<&Edit>>,
    listed: bool,
    warnings: &mut Vec<Warning>,
) {
    for (sheet, edits) in sheets {
        let table = &content.tables[*sheet];
        let hidden = |edit: &&&Edit| {
            edit.highlight && table.conditional.iter().any(|range| range.contains(edit.at))
        };
        let cells: Vec<_> = edits.iter().filter(hidden).map(|edit| edit.at).collect();
        let sheet = table.name.clone();
        if !cells.is_empty() {
            warnings.push(Warning::HighlightMayBeHidden { sheet: sheet.clone(), cells });
        }
        if table.protected {
            warnings.push(Warning::SheetProtected { sheet });
        }
    }
    let changes = |edits: &Vec<&Edit>| edits.iter().any(|edit| edit.content != Content::Keep);
    if content.has_pivots && sheets.values().any(changes) {
        warnings.push(Warning::PivotTablesStale);
    }
    if content.structure_protected && listed {
        warnings.push(Warning::StructureProtected);
    }
}
