//! Corrects `.xls` workbooks (Excel 97–2003, BIFF8) in place: the records of the wrong cells change
//! and nothing else.
//!
//! Most figures change without any change of length: a number of 30 bits, a double, the result of a
//! formula, a number of a text are as long before as after. Where a record grows (a blank that
//! becomes a figure, a figure that 30 bits do not hold, a new format), the places that other records
//! name are moved along: those of sheets, rows, blocks of rows and shared strings, which are all there
//! are in a workbook stream. Other streams stay as they are.
//!
//! The text of a formula is code here, which this program does not write: such a cell is told and
//! left. Notes and a list of changes take drawings and sheets; the list is a workbook of its own.
//!
//! Reference: [MS-XLS], [MS-CFB].

mod book;
mod cells;
mod formats;
mod records;

use std::collections::BTreeMap;

use super::binary::bits;
use super::guard;
use super::{Content, Edit, Options, PatchError, Patched, Warning};
use crate::workbook::Address;
use book::{Book, SheetPart};
use cells::{Held, Piece, pieces, written};
use formats::Formats;
use records::Changes;

pub(super) use book::{CellPart, parts, refusal, with_properties};

/// The stream of a workbook.
const STREAM: &str = "Workbook";
/// The text that a formula gives, behind it.
const STRING: u16 = 0x0207;

/// Applies edits to a workbook; notes and lists are not written. The same workbook, edits and options
/// give the same bytes.
///
/// # Errors
/// [`PatchError`] when the workbook cannot be read, or an edit cannot be made without harm.
pub(super) fn apply(
    bytes: &[u8],
    edits: &[Edit],
    options: &Options,
) -> Result<Patched, PatchError> {
    let book = Book::read(bytes)?;
    let plan = Plan::of(&book, edits, options)?;
    if let Some((_, reason)) = plan.barred.into_iter().next() {
        return Err(reason);
    }
    let mut changes = plan.changes;
    plan.formats.write(&book.stream, &book.globals, &mut changes);
    let stream = changes.apply(&book.stream, &book.substreams())?;
    let mut bytes = book::with_stream(bytes, &stream)?;
    if !options.properties.is_empty() {
        bytes = with_properties(&bytes, &options.properties)?;
    }
    Ok(Patched { bytes, warnings: plan.warnings })
}

/// The edits that cannot be made, each with the reason.
///
/// # Errors
/// [`PatchError`] when the workbook cannot be read.
pub(super) fn barred<'e>(
    bytes: &[u8],
    edits: &'e [Edit],
    options: &Options,
) -> Result<Vec<(&'e Edit, PatchError)>, PatchError> {
    let book = Book::read(bytes)?;
    Ok(Plan::of(&book, edits, options)?.barred)
}

/// What is to be written.
struct Plan<'e> {
    changes: Changes,
    formats: Formats,
    barred: Vec<(&'e Edit, PatchError)>,
    warnings: Vec<Warning>,
}

impl<'e> Plan<'e> {
    fn of(book: &Book, edits: &'e [Edit], options: &Options) -> Result<Self, PatchError> {
        let mut plan = Self {
            changes: Changes::default(),
            formats: Formats::read(&book.stream, &book.globals, options.highlight),
            barred: Vec::new(),
            warnings: Vec::new(),
        };
        let mut sheets: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            sheets.entry(book.sheet(&edit.sheet)?).or_default().push(edit);
        }
        for (sheet, mut edits) in sheets {
            edits.sort_by_key(|edit| edit.at);
            guard::check_edits(&edits)?;
            plan.sheet(book, &book.sheets[sheet], &edits);
        }
        let replaces = edits.iter().any(|edit| edit.content != Content::Keep);
        if replaces && book.has_unread_formulas() {
            plan.warnings.push(Warning::RecalculateByHand);
        }
        Ok(plan)
    }

    fn sheet(&mut self, book: &Book, part: &SheetPart, edits: &[&'e Edit]) {
        let mut open = Open {
            book,
            part,
            of_row: part.cells_by_row(&book.stream),
            rows: BTreeMap::new(),
            not_highlighted: false,
        };
        for edit in edits {
            if let Err(reason) = open.edit(edit, &mut self.formats) {
                self.barred.push((*edit, reason));
            }
        }
        for (index, row) in &open.rows {
            let span = part.records[*index].span.clone();
            self.changes.replace(span, written(row.number, &row.cells));
            let text = part.records.get(index + 1).filter(|record| record.kind == STRING);
            if let Some(text) = text.filter(|_| row.loses_text) {
                self.changes.replace(text.span.clone(), Vec::new());
            }
        }
        let covered = |at: Address| part.conditional(&book.stream).iter().any(|r| r.contains(at));
        let hidden: Vec<Address> =
            edits.iter().filter(|edit| edit.highlight && covered(edit.at)).map(|e| e.at).collect();
        let sheet = part.name.clone();
        if !hidden.is_empty() {
            self.warnings
                .push(Warning::HighlightMayBeHidden { sheet: sheet.clone(), cells: hidden });
        }
        if part.is_protected(&book.stream) {
            self.warnings.push(Warning::SheetProtected { sheet });
        }
        if open.not_highlighted {
            self.warnings.push(Warning::NotHighlighted);
        }
        let changes = edits.iter().any(|edit| edit.content != Content::Keep);
        if part.has_pivots() && changes {
            self.warnings.push(Warning::PivotTablesStale);
        }
    }
}

/// A record of cells on its way.
struct Row {
    number: u16,
    cells: Vec<Piece>,
    /// True where the record with the text of a formula goes.
    loses_text: bool,
}

/// A sheet whose cells are changed.
struct Open<'a> {
    book: &'a Book,
    part: &'a SheetPart,
    /// Records of cells by their row.
    of_row: BTreeMap<u16, Vec<usize>>,
    /// Records that change, by their number.
    rows: BTreeMap<usize, Row>,
    not_highlighted: bool,
}

impl Open<'_> {
    fn edit(&mut self, edit: &Edit, formats: &mut Formats) -> Result<(), PatchError> {
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        let Some((index, place)) = self.find(edit)? else {
            let keeps = edit.content == Content::Keep;
            self.not_highlighted |= keeps && edit.highlight;
            return if keeps { Ok(()) } else { Err(PatchError::NoCell { sheet, at }) };
        };
        let piece = self.rows[&index].cells[place].clone();
        let held = self.held(edit, &piece.held)?;
        let xf = if edit.highlight || edit.format.is_some() {
            match formats.look((piece.xf, edit.highlight, edit.format.clone())) {
                None if edit.format.is_some() => {
                    return Err(PatchError::FormatNotMade { sheet, at });
                }
                None => {
                    self.not_highlighted = true;
                    piece.xf
                }
                Some(xf) => xf,
            }
        } else {
            piece.xf
        };
        let next = self.part.records.get(index + 1).map(|record| record.kind);
        let loses_text = piece.held.gives_text() && held != piece.held;
        if loses_text && next != Some(STRING) {
            return Err(PatchError::AmbiguousCell { sheet, at });
        }
        if let Some(row) = self.rows.get_mut(&index) {
            row.loses_text |= loses_text;
            row.cells[place] = Piece { xf, held, ..piece };
        }
        Ok(())
    }

    /// What the cell is to hold.
    fn held(&self, edit: &Edit, old: &Held) -> Result<Held, PatchError> {
        let (sheet, at) = (edit.sheet.clone(), edit.at);
        if edit.content.replaces() {
            let covering = self.part.merges(&self.book.stream).into_iter();
            if let Some(merge) = covering.into_iter().find(|m| m.contains(at) && m.start != at) {
                return Err(PatchError::InsideMerge { sheet, at, anchor: merge.start });
            }
        }
        match &edit.content {
            Content::Keep => Ok(old.clone()),
            Content::Number(_) | Content::Blank if matches!(old, Held::Formula(..)) => {
                Err(PatchError::FormulaStays { sheet, at })
            }
            Content::Blank => Ok(Held::Blank),
            Content::Number(figure) => Ok(old.figure(*figure)),
            Content::Result(figure) => match old {
                Held::Formula(_, rest) => Ok(Held::Formula(bits(*figure), rest.clone())),
                _ => Err(PatchError::NoFormula { sheet, at }),
            },
            Content::Formula { text, .. } => {
                Err(PatchError::FormulaNotWritten { sheet, at, formula: text.clone() })
            }
            Content::Text(_) => Err(PatchError::TextNotWritten { sheet, at }),
        }
    }

    /// The record that holds a cell, and the cell's place in it.
    fn find(&mut self, edit: &Edit) -> Result<Option<(usize, usize)>, PatchError> {
        let (row, column) = (u16::try_from(edit.at.row), u16::try_from(edit.at.column));
        let (Ok(row), Ok(column)) = (row, column) else { return Ok(None) };
        let mut found = None;
        for index in self.of_row.get(&row).into_iter().flatten() {
            let record = &self.part.records[*index];
            let data = record.data(&self.book.stream);
            let Some((_, cells)) = pieces(record.kind, data) else { continue };
            let Some(place) = cells.iter().position(|cell| cell.column == column) else { continue };
            if found.is_some() {
                let (sheet, at) = (edit.sheet.clone(), edit.at);
                return Err(PatchError::AmbiguousCell { sheet, at });
            }
            found = Some((*index, place));
            self.rows.entry(*index).or_insert(Row { number: row, cells, loses_text: false });
        }
        Ok(found)
    }
}
