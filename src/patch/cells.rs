//! Writes the corrected cells of one sheet.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::workbook::{Address, Range};

use super::map::{CellSpans, RowSpans, SheetMap, parse_range};
use super::styles::{Styles, Variant};
use super::xml::{Element, Splices, escaped, escaped_string};
use super::{Content, Edit, PatchError};

/// Changes to one sheet, and what they mean for other parts.
#[derive(Debug, Default)]
pub(super) struct SheetChanges {
    pub(super) splices: Splices,
    /// True when a formula came or went.
    pub(super) formulas_changed: bool,
    /// True when a highlight was asked for and no format could be made.
    pub(super) not_highlighted: bool,
}

/// Splices for edits sorted by address, one a cell, that [`super::guard`] let pass.
pub(super) fn change_cells(
    map: &SheetMap<'_>,
    edits: &[&Edit],
    styles: Option<&mut Styles>,
) -> Result<SheetChanges, PatchError> {
    let mut writer = Writer { map, styles, changes: SheetChanges::default(), rows: String::new() };
    let replaced: BTreeSet<Address> =
        edits.iter().filter(|edit| edit.content.replaces()).map(|edit| edit.at).collect();
    map.shared.rehome(&replaced, map.prefix(), &mut writer.changes.splices);
    for row in edits.chunk_by(|a, b| a.at.row == b.at.row) {
        writer.row(row)?;
    }
    writer.widen_dimension(edits);
    Ok(writer.finish())
}

struct Writer<'a> {
    map: &'a SheetMap<'a>,
    styles: Option<&'a mut Styles>,
    changes: SheetChanges,
    /// Rows for a sheet that has none.
    rows: String,
}

impl Writer<'_> {
    fn row(&mut self, edits: &[&Edit]) -> Result<(), PatchError> {
        let Some(row) = edits.first().map(|edit| edit.at.row) else { return Ok(()) };
        let map = self.map;
        match map.rows.get(&row) {
            Some(spans) => self.known_row(spans, edits),
            None => self.new_row(row, edits),
        }
    }

    fn new_row(&mut self, row: u32, edits: &[&Edit]) -> Result<(), PatchError> {
        let mut cells = String::new();
        for edit in edits {
            cells.push_str(&self.new_cell(edit, None)?);
        }
        if cells.is_empty() {
            return Ok(());
        }
        let prefix = self.map.prefix();
        let text = format!("<{prefix}row r=\"{}\">{cells}</{prefix}row>", row + 1);
        match (&self.map.data, self.map.place_of_row(row)) {
            (Some((data, _)), Some(place)) if !data.empty => {
                self.changes.splices.insert(place, text);
            }
            _ => self.rows.push_str(&text),
        }
        Ok(())
    }

    fn known_row(&mut self, row: &RowSpans, edits: &[&Edit]) -> Result<(), PatchError> {
        let own = row.element.get("s").filter(|_| {
            row.element.get("customFormat").is_some_and(|flag| flag == "1" || flag == "true")
        });
        let own = own.and_then(|style| style.parse().ok());
        let mut appended = String::new();
        let mut added = false;
        for edit in edits {
            if let Some(cell) = row.cells.get(&edit.at.column) {
                self.known_cell(cell, edit)?;
                continue;
            }
            let cell = self.new_cell(edit, own)?;
            added |= !cell.is_empty();
            match row.cells.range(edit.at.column..).next() {
                Some((_, next)) => self.changes.splices.insert(next.span.start, cell),
                None => appended.push_str(&cell),
            }
        }
        if added {
            self.grow_row(row, appended);
        }
        Ok(())
    }

    /// Adds cells at a row's end. `spans` only hints at the columns used: it goes where it lies.
    fn grow_row(&mut self, row: &RowSpans, appended: String) {
        let splices = &mut self.changes.splices;
        let tag = row.element.rewritten(&[("spans", None)], false);
        if row.element.empty {
            let closing = row.element.closing();
            splices.replace(row.element.span.clone(), format!("{tag}{appended}{closing}"));
            return;
        }
        if row.element.get("spans").is_some() {
            splices.replace(row.element.span.clone(), tag);
        }
        splices.insert(row.end, appended);
    }

    /// A cell the file does not hold takes its format from its row or column.
    fn new_cell(&mut self, edit: &Edit, row_style: Option<usize>) -> Result<String, PatchError> {
        if edit.content == Content::Keep && !edit.highlight {
            return Ok(String::new());
        }
        let base = row_style.or_else(|| self.map.column_style(edit.at.column)).unwrap_or(0);
        let style = self.format(base, edit)?;
        self.changes.formulas_changed |= matches!(edit.content, Content::Formula { .. });
        let prefix = self.map.prefix();
        let style = if style > 0 { format!(" s=\"{style}\"") } else { String::new() };
        let kind = edit.content.cell_type().map_or_else(String::new, |t| format!(" t=\"{t}\""));
        let (at, inner) = (edit.at, edit.content.inner(prefix));
        Ok(if inner.is_empty() {
            format!("<{prefix}c r=\"{at}\"{style}/>")
        } else {
            format!("<{prefix}c r=\"{at}\"{style}{kind}>{inner}</{prefix}c>")
        })
    }

    fn known_cell(&mut self, cell: &CellSpans, edit: &Edit) -> Result<(), PatchError> {
        let element = self.map.element(cell)?;
        let own = element.get("s").and_then(|style| style.trim().parse().ok()).unwrap_or(0);
        let format = self.format(own, edit)?;
        let mut set = Vec::new();
        if format != own {
            set.push(("s", Some(format.to_string())));
        }
        match &edit.content {
            Content::Keep => self.retag(&element, &set),
            Content::Result(value) => {
                set.push(("t", None));
                self.refresh((cell, &element), *value, &set);
            }
            content => {
                self.changes.formulas_changed |=
                    cell.formula.is_some() || matches!(content, Content::Formula { .. });
                set.push(("t", content.cell_type().map(str::to_owned)));
                // Both point to metadata (dynamic arrays, rich values) of the old content.
                set.extend([("cm", None), ("vm", None)]);
                let inner = content.inner(self.map.prefix());
                let tag = element.rewritten(&set, inner.is_empty());
                let closing = if inner.is_empty() { String::new() } else { element.closing() };
                self.changes.splices.replace(cell.span.clone(), format!("{tag}{inner}{closing}"));
            }
        }
        Ok(())
    }

    fn retag(&mut self, cell: &Element, set: &[(&str, Option<String>)]) {
        if !set.is_empty() {
            let tag = cell.rewritten(set, cell.empty);
            self.changes.splices.replace(cell.span.clone(), tag);
        }
    }

    /// A formula's result, set anew beside the formula.
    fn refresh(
        &mut self,
        (cell, element): (&CellSpans, &Element),
        value: Decimal,
        set: &[(&str, Option<String>)],
    ) {
        let prefix = self.map.prefix();
        let value = format!("<{prefix}v>{}</{prefix}v>", number(value));
        if element.empty {
            let tag = element.rewritten(set, false);
            let closing = element.closing();
            self.changes.splices.replace(cell.span.clone(), format!("{tag}{value}{closing}"));
            return;
        }
        self.retag(element, set);
        match (&cell.value, &cell.formula) {
            (Some(span), _) => self.changes.splices.replace(span.clone(), value),
            (None, Some(formula)) => self.changes.splices.insert(formula.end, value),
            (None, None) => self.changes.splices.insert(element.span.end, value),
        }
    }

    fn format(&mut self, base: usize, edit: &Edit) -> Result<usize, PatchError> {
        if !edit.needs_format() {
            return Ok(base);
        }
        let quoted = edit.content.is_like_formula();
        let made = match &mut self.styles {
            Some(styles) => {
                let number = edit.format.as_deref().map(|code| styles.number_format(code));
                styles.variant(Variant { base, highlight: edit.highlight, quoted, number })?
            }
            None => None,
        };
        self.changes.not_highlighted |= edit.highlight && made.is_none();
        Ok(made.unwrap_or(base))
    }

    /// Keeps the used range true: some readers believe it.
    fn widen_dimension(&mut self, edits: &[&Edit]) {
        let Some(dimension) = &self.map.dimension else { return };
        let Some(stated) = dimension.get("ref").as_deref().and_then(parse_range) else { return };
        let written = edits.iter().filter(|edit| edit.content != Content::Keep);
        let widened =
            written.fold(stated, |range, edit| range.union(Range { start: edit.at, end: edit.at }));
        if widened != stated {
            let tag = dimension.rewritten(&[("ref", Some(widened.to_string()))], dimension.empty);
            self.changes.splices.replace(dimension.span.clone(), tag);
        }
    }

    fn finish(mut self) -> SheetChanges {
        if let Some((data, _)) = self.map.data.as_ref().filter(|_| !self.rows.is_empty()) {
            let text = format!("{}{}{}", data.opened(), self.rows, data.closing());
            self.changes.splices.replace(data.span.clone(), text);
        }
        self.changes
    }
}

impl Edit {
    /// True when the cell cannot keep its own format.
    pub(super) fn needs_format(&self) -> bool {
        self.highlight || self.format.is_some() || self.content.is_like_formula()
    }
}

impl Content {
    /// True for text that would become a formula if it were typed or edited.
    fn is_like_formula(&self) -> bool {
        matches!(self, Self::Text(text) if text.starts_with(['=', '+', '-', '@']))
    }

    /// True when the cell's former content, formula included, goes.
    pub(super) fn replaces(&self) -> bool {
        !matches!(self, Self::Keep | Self::Result(_))
    }

    fn cell_type(&self) -> Option<&'static str> {
        matches!(self, Self::Text(_)).then_some("inlineStr")
    }

    fn inner(&self, prefix: &str) -> String {
        match self {
            Self::Keep | Self::Blank => String::new(),
            Self::Number(value) | Self::Result(value) => {
                format!("<{prefix}v>{}</{prefix}v>", number(*value))
            }
            Self::Text(text) => {
                let text = escaped_string(text);
                format!(
                    "<{prefix}is><{prefix}t xml:space=\"preserve\">{text}</{prefix}t></{prefix}is>"
                )
            }
            Self::Formula { text, result } => format!(
                "<{prefix}f>{}</{prefix}f><{prefix}v>{}</{prefix}v>",
                escaped(text.strip_prefix('=').unwrap_or(text)),
                number(*result)
            ),
        }
    }
}

/// A number as files hold it.
pub(super) fn number(value: Decimal) -> String {
    value.normalize().to_string()
}
