//! Rows and cells written anew around what stays.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::super::cells::number;
use super::super::xml::{Element, Splices, escaped, plain_text};
use super::super::{Content, Edit, Options, PatchError};
use super::formula::open_formula;
use super::map::{CellSpans, Child, RowSpans, TableMap};
use super::names::Names;
use super::styles::{Look, Styles};
use crate::workbook::NumberFormat;

/// Writes the changed rows of one sheet.
pub(super) struct Writer<'a, 'b> {
    pub(super) text: &'a str,
    pub(super) part: &'a str,
    pub(super) names: &'a Names,
    pub(super) table: &'a TableMap,
    pub(super) styles: &'b mut Styles<'a>,
    pub(super) options: &'a Options,
}

impl Writer<'_, '_> {
    /// Splices for edits sorted by address, one a cell.
    pub(super) fn sheet(
        &mut self,
        edits: &[&Edit],
        splices: &mut Splices,
    ) -> Result<(), PatchError> {
        let mut rows: BTreeMap<u32, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            rows.entry(edit.at.row).or_default().push(edit);
        }
        let table = self.table;
        for row in &table.rows {
            let end = row.first.saturating_add(row.repeated);
            let within: Vec<(u32, &[&Edit])> =
                rows.range(row.first..end).map(|(row, edits)| (*row, edits.as_slice())).collect();
            let written = self.row(row, &within)?;
            if written.len() as u64 > self.options.part_limit {
                let (part, limit) = (self.part.to_owned(), self.options.part_limit);
                return Err(PatchError::PartTooLarge { part, limit });
            }
            splices.replace(row.span.clone(), written);
        }
        let beyond = rows.split_off(&table.row_count);
        let Some(end) = table.rows_end.filter(|_| !beyond.is_empty()) else { return Ok(()) };
        let mut next = table.row_count;
        let mut written = String::new();
        for (row, edits) in beyond {
            if row > next {
                written.push_str(&self.blank_rows(row - next));
            }
            let mut cells = String::new();
            self.new_cells(&edits, 0, None, &mut cells)?;
            let prefix = &self.names.table;
            let _ = write!(written, "<{prefix}table-row>{cells}</{prefix}table-row>");
            next = row + 1;
        }
        splices.insert(end, written);
        Ok(())
    }

    fn blank_rows(&self, count: u32) -> String {
        let prefix = &self.names.table;
        format!(
            "<{prefix}table-row {prefix}number-rows-repeated=\"{count}\"><{prefix}table-cell/>\
             </{prefix}table-row>"
        )
    }

    /// A row element, cut where it stands for several rows of which some change.
    fn row(&mut self, row: &RowSpans, within: &[(u32, &[&Edit])]) -> Result<String, PatchError> {
        let mut written = String::new();
        let mut next = row.first;
        let whole = |writer: &Self, count: u32| {
            let tag =
                writer.repeated(&row.element, "number-rows-repeated", count, row.element.empty);
            tag + &writer.text[row.element.span.end..row.span.end]
        };
        for (number, edits) in within {
            if *number > next {
                written.push_str(&whole(self, number - next));
            }
            written.push_str(&self.changed_row(row, edits)?);
            next = number + 1;
        }
        let end = row.first.saturating_add(row.repeated);
        if end > next {
            written.push_str(&whole(self, end - next));
        }
        Ok(written)
    }

    fn changed_row(&mut self, row: &RowSpans, edits: &[&Edit]) -> Result<String, PatchError> {
        let mut written = if row.repeated == 1 && !row.element.empty {
            self.text[row.element.span.clone()].to_owned()
        } else {
            self.repeated(&row.element, "number-rows-repeated", 1, false)
        };
        let row_style = row.element.get(&format!("{}default-cell-style-name", self.names.table));
        let (mut from, mut rest) = (row.element.span.end, edits);
        let mut end = 0;
        for cell in &row.cells {
            end = cell.first.saturating_add(cell.repeated);
            let count = rest.iter().take_while(|edit| edit.at.column < end).count();
            let (within, after) = rest.split_at(count);
            rest = after;
            if within.is_empty() {
                continue;
            }
            written.push_str(&self.text[from..cell.span.start]);
            written.push_str(&self.cell(cell, within, row_style.as_deref())?);
            from = cell.span.end;
        }
        written.push_str(&self.text[from..row.end]);
        self.new_cells(rest, end, row_style.as_deref(), &mut written)?;
        written.push_str(&row.element.closing());
        Ok(written)
    }

    /// A cell element, cut where it stands for several cells of which some change.
    fn cell(
        &mut self,
        cell: &CellSpans,
        within: &[&Edit],
        row_style: Option<&str>,
    ) -> Result<String, PatchError> {
        let mut written = String::new();
        let mut next = cell.first;
        let whole = |writer: &Self, count: u32| {
            let key = "number-columns-repeated";
            let tag = writer.repeated(&cell.element, key, count, cell.element.empty);
            tag + &writer.text[cell.element.span.end..cell.span.end]
        };
        for edit in within {
            if edit.at.column > next {
                written.push_str(&whole(self, edit.at.column - next));
            }
            written.push_str(&self.changed_cell(cell, edit, row_style)?);
            next = edit.at.column + 1;
        }
        let end = cell.first.saturating_add(cell.repeated);
        if end > next {
            written.push_str(&whole(self, end - next));
        }
        Ok(written)
    }

    /// A start tag with its number of repetitions.
    fn repeated(&self, element: &Element, key: &str, count: u32, empty: bool) -> String {
        let key = format!("{}{key}", self.names.table);
        let count = (count > 1).then(|| count.to_string());
        element.rewritten(&[(key.as_str(), count)], empty)
    }

    fn changed_cell(
        &mut self,
        cell: &CellSpans,
        edit: &Edit,
        row_style: Option<&str>,
    ) -> Result<String, PatchError> {
        let old = self.old_text(cell);
        let style_key = format!("{}style-name", self.names.table);
        let own = cell.element.get(&style_key);
        let mut set = self.attributes(edit, Some(&cell.element));
        let inherited = row_style.or_else(|| self.table.column_style(edit.at.column));
        if let Some(style) = self.style(edit, own.as_deref().or(inherited))? {
            set.push((style_key, Some(style)));
        }
        set.push((format!("{}number-columns-repeated", self.names.table), None));
        let set: Vec<(&str, Option<String>)> =
            set.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let inner = self.inner(cell, edit, &old);
        let tag = cell.element.rewritten(&set, inner.is_empty());
        let closing = if inner.is_empty() { String::new() } else { cell.element.closing() };
        Ok(format!("{tag}{inner}{closing}"))
    }

    /// Cells at a row's end, the first of them in the column `next` or behind it.
    fn new_cells(
        &mut self,
        edits: &[&Edit],
        mut next: u32,
        row_style: Option<&str>,
        written: &mut String,
    ) -> Result<(), PatchError> {
        for edit in edits {
            let table = self.names.table.clone();
            if edit.at.column > next {
                let count = edit.at.column - next;
                let _ = write!(
                    written,
                    "<{table}table-cell {table}number-columns-repeated=\"{count}\"/>"
                );
            }
            let mut set = self.attributes(edit, None);
            let inherited = row_style.or_else(|| self.table.column_style(edit.at.column));
            if let Some(style) = self.style(edit, inherited)? {
                set.push((format!("{table}style-name"), Some(style)));
            }
            let mut attributes = String::new();
            for (key, value) in set.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
                let _ = write!(attributes, " {key}=\"{}\"", escaped(value));
            }
            let inner = self.note(edit, None) + &self.shown(edit, "");
            let _ = write!(written, "<{table}table-cell{attributes}>{inner}</{table}table-cell>");
            next = edit.at.column + 1;
        }
        Ok(())
    }

    /// The style a cell is to have, where its own does not do.
    fn style(&mut self, edit: &Edit, own: Option<&str>) -> Result<Option<String>, PatchError> {
        if !edit.highlight && edit.format.is_none() {
            return Ok(None);
        }
        let base = own.unwrap_or_default().to_owned();
        let look = Look { base, highlight: edit.highlight, format: edit.format.clone() };
        self.styles.look(look).map(Some)
    }

    /// The attributes of a value, set or taken away.
    fn attributes(&self, edit: &Edit, element: Option<&Element>) -> Vec<(String, Option<String>)> {
        if edit.content == Content::Keep {
            return Vec::new();
        }
        let Names { office, table, calcext, .. } = self.names;
        let mut set = Vec::new();
        let kind = self.kind(edit, element);
        let value = match &edit.content {
            Content::Number(value) | Content::Result(value) => Some(number(*value)),
            Content::Formula { result, .. } => Some(number(*result)),
            _ => None,
        };
        set.push((format!("{office}value-type"), kind.clone()));
        set.push((format!("{office}value"), value));
        for other in ["string-value", "boolean-value", "date-value", "time-value"] {
            set.push((format!("{office}{other}"), None));
        }
        if kind.as_deref() != Some("currency") {
            set.push((format!("{office}currency"), None));
        }
        let repeats = calcext.as_ref().map(|prefix| format!("{prefix}value-type"));
        let repeats = repeats.filter(|key| element.is_some_and(|own| own.get(key).is_some()));
        set.extend(repeats.map(|key| (key, kind)));
        if edit.content.replaces() {
            // That it can be written was seen before.
            let formula = match &edit.content {
                Content::Formula { text, .. } => open_formula(text),
                _ => None,
            };
            set.push((format!("{table}formula"), formula));
            for matrix in ["number-matrix-columns-spanned", "number-matrix-rows-spanned"] {
                set.push((format!("{table}{matrix}"), None));
            }
        }
        set
    }

    /// The type of the new value: a per cent or a sum of money stays one, unless its format changes.
    fn kind(&self, edit: &Edit, element: Option<&Element>) -> Option<String> {
        match &edit.content {
            Content::Keep | Content::Blank => return None,
            Content::Text(_) => return Some("string".to_owned()),
            _ => {}
        }
        if let Some(code) = &edit.format {
            let percent = NumberFormat::parse(code).percent;
            return Some(if percent { "percentage" } else { "float" }.to_owned());
        }
        let own = element.and_then(|e| e.get(&format!("{}value-type", self.names.office)));
        let kept = own.filter(|kind| kind == "percentage" || kind == "currency");
        Some(kept.unwrap_or_else(|| "float".to_owned()))
    }

    /// What the cell showed.
    fn old_text(&self, cell: &CellSpans) -> String {
        let shown = cell.children.iter().filter(|child| is_text(child)).map(|child| {
            let inside = self.text.get(child.element.span.end..child.end).unwrap_or_default();
            let mut plain = String::new();
            let mut depth = 0_usize;
            for c in inside.chars() {
                match c {
                    '<' => depth += 1,
                    '>' => depth = depth.saturating_sub(1),
                    c if depth == 0 => plain.push(c),
                    _ => {}
                }
            }
            plain_text(&plain)
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    /// What stands in a cell: notes first, then what it shows, then drawings and the like.
    fn inner(&self, cell: &CellSpans, edit: &Edit, old: &str) -> String {
        let replaced = edit.content != Content::Keep;
        let mut inner = String::new();
        let own_note = cell.children.iter().find(|child| child.local == "annotation");
        let mut new = Some(self.note(edit, own_note)).filter(|note| !note.is_empty());
        if own_note.is_none() {
            inner.extend(new.take());
        }
        let mut shown = replaced.then(|| self.shown(edit, old));
        for child in &cell.children {
            let is_note = child.local == "annotation";
            if !is_note && child.local != "detective" {
                inner.extend(shown.take());
            }
            match new.take_if(|_| is_note) {
                Some(note) => inner.push_str(&note),
                None if replaced && is_text(child) => {}
                None => inner.push_str(&self.text[child.span.clone()]),
            }
        }
        inner.extend(shown);
        inner
    }

    /// The new note, or the one that is there with the new one added.
    fn note(&self, edit: &Edit, own: Option<&Child>) -> String {
        let Some(text) = &edit.note else { return String::new() };
        let Names { office, dc, .. } = self.names;
        let author = &self.options.author;
        if let Some(own) = own {
            let added = self.names.paragraphs(&format!("{author}: {text}"));
            if own.element.empty {
                return format!("{}{added}{}", own.element.opened(), own.element.closing());
            }
            let (before, after) =
                (&self.text[own.span.start..own.end], &self.text[own.end..own.span.end]);
            return format!("{before}{added}{after}");
        }
        let author = escaped(author);
        format!(
            "<{office}annotation><{dc}creator>{author}</{dc}creator>{}</{office}annotation>",
            self.names.paragraphs(text)
        )
    }

    /// What a cell shows, written as the old figure was: programs show the value in its format.
    fn shown(&self, edit: &Edit, old: &str) -> String {
        match &edit.content {
            Content::Keep | Content::Blank => String::new(),
            Content::Text(text) => self.names.paragraphs(text),
            Content::Number(value) | Content::Result(value) => {
                self.names.paragraphs(&like(*value, old, edit.format.as_deref()))
            }
            Content::Formula { result, .. } => {
                self.names.paragraphs(&like(*result, old, edit.format.as_deref()))
            }
        }
    }
}

fn is_text(child: &Child) -> bool {
    matches!(child.local.as_str(), "p" | "h")
}

/// A figure printed like an old one: its decimal sign, its decimals, its sign of per cent.
fn like(value: Decimal, old: &str, format: Option<&str>) -> String {
    let old = old.trim();
    let new = format.map(NumberFormat::parse);
    let percent = new.as_ref().map_or(old.ends_with('%'), |format| format.percent);
    let english = old.contains('.') && !old.contains(',');
    let sign = if english { '.' } else { ',' };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let places = old.rsplit_once(sign).map_or(0, |(_, fraction)| digits(fraction));
    let places =
        new.and_then(|format| format.decimals).unwrap_or(u32::try_from(places).unwrap_or(0));
    let value = if percent { value * Decimal::ONE_HUNDRED } else { value }.normalize();
    let width = usize::try_from(places.max(value.scale()).min(28)).unwrap_or(0);
    let printed = format!("{value:.width$}").replace('.', &sign.to_string());
    if percent { format!("{printed}%") } else { printed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_printed_like_those_before() {
        let like = |value: &str, old, format| like(value.parse().unwrap(), old, format);
        assert_eq!(like("2.5", "2,16", None), "2,50");
        assert_eq!(like("2.5", "2.16", None), "2.50");
        assert_eq!(like("0.025", "21,6%", None), "2,5%");
        assert_eq!(like("1234", "", None), "1234");
        assert_eq!(like("2.35", "2", Some("0.00")), "2,35");
        assert_eq!(like("0.3", "30", Some("0%")), "30%");
    }
}
