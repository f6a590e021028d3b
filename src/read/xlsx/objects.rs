//! Table objects (ECMA-376 part 1, 18.5): formulas name their parts (`Bieu[Cột3]`) instead of cells.
//!
//! Formulas are kept with the cells that are meant, as members of a shared formula are kept with
//! their own text: whatever calculates, compares or moves formulas then knows cells alone. A
//! reference that cannot be resolved stays as it is written.

use std::collections::HashMap;

use crate::read::known::Known;
use crate::read::package::Package;
use crate::read::xml::{Event, attribute, number};
use crate::workbook::{Address, Range, Sheet, Workbook, bracketed};

/// Table objects of one workbook that are looked at.
const MOST_OBJECTS: usize = 10_000;

/// Bytes of the longest formula that is made; no program enters one of more than 8,192 characters.
const LONGEST_FORMULA: usize = 32_768;

/// A table object.
struct Object {
    sheet: String,
    range: Range,
    /// Rows above and below the data, that belong to the range.
    headers: u32,
    totals: u32,
    /// Names of the columns in lower case, from left to right.
    columns: Vec<String>,
}

/// By name in lower case.
type Objects = HashMap<String, Object>;

/// Puts cells in place of parts of table objects in all formulas. `parts` are the sheets' names
/// with their parts.
pub(super) fn resolve(
    package: &mut Package<'_, '_>,
    parts: &[(String, String)],
    workbook: &mut Workbook,
) {
    let named = |text: &str| text.contains('[');
    let formulas = |workbook: &Workbook| {
        let cells = workbook.sheets.iter().flat_map(Sheet::cells);
        cells.filter_map(|(_, cell)| cell.formula.as_deref()).any(named)
    };
    if !package.any_part(|name| name.contains("table")) || !formulas(workbook) {
        return;
    }
    let objects = objects(package, parts);
    for sheet in workbook.sheets.iter_mut().filter(|_| !objects.is_empty()) {
        let place = |cell: &(Address, _)| cell.0;
        let places: Vec<Address> = sheet.cells().iter().map(place).collect();
        for at in places {
            let name = sheet.name.clone();
            let Some(cell) = sheet.cell_mut(at) else { continue };
            let Some(text) = cell.formula.as_deref().filter(|text| named(text)) else { continue };
            if let Some(resolved) = resolved(text, &name, at, &objects) {
                cell.formula = Some(resolved.into());
            }
        }
    }
}

/// The table objects of all sheets; parts that cannot be read are passed over.
fn objects(package: &mut Package<'_, '_>, parts: &[(String, String)]) -> Objects {
    let mut found = Objects::new();
    for (sheet, part) in parts {
        let Ok(relations) = package.relations(part, &mut Known::default()) else { continue };
        for relation in relations.values().filter(|relation| relation.kind == "table") {
            if found.len() < MOST_OBJECTS
                && let Some((name, object)) = object(package, sheet, &relation.target)
            {
                found.insert(name, object);
            }
        }
    }
    found
}

fn object(package: &mut Package<'_, '_>, sheet: &str, part: &str) -> Option<(String, Object)> {
    let mut part = package.small_xml(part).ok()?;
    let mut found: Option<(String, Object)> = None;
    loop {
        match part.next().ok()? {
            Event::Start(tag) if tag.name() == "table" && found.is_none() => {
                let name = attribute(&tag, "displayName").or_else(|| attribute(&tag, "name"))?;
                let reference = attribute(&tag, "ref")?;
                let (first, last) = reference.split_once(':').unwrap_or((&reference, &reference));
                let object = Object {
                    sheet: sheet.to_owned(),
                    range: Range::new(first.parse().ok()?, last.parse().ok()?),
                    headers: number(&tag, "headerRowCount").unwrap_or(1),
                    totals: number(&tag, "totalsRowCount").unwrap_or(0),
                    columns: Vec::new(),
                };
                found = Some((name.to_lowercase(), object));
            }
            Event::Start(tag) if tag.name() == "tableColumn" => {
                let name = attribute(&tag, "name").unwrap_or_default().to_lowercase();
                if let Some((_, object)) = &mut found {
                    object.columns.push(unescaped_breaks(&name));
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// Line breaks within a column's name are written `_x000a_` in its part.
fn unescaped_breaks(name: &str) -> String {
    name.replace("_x000d_", "").replace("_x000a_", "\n")
}

/// The formula with cells in place of parts of table objects; `None` where it names none.
fn resolved(text: &str, sheet: &str, at: Address, objects: &Objects) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '[' => bracketed(rest),
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                let inside = if after.starts_with('[') { &after[..bracketed(after)] } else { "" };
                let object = objects.get(&word.to_lowercase());
                let object = object.filter(|_| !after.starts_with(['(', '!']));
                if let Some(cells) = object.and_then(|object| object.cells(inside, sheet, at)) {
                    written.push_str(&cells);
                    changed = true;
                    rest = &after[inside.len()..];
                    continue;
                }
                length
            }
            c => c.len_utf8(),
        };
        let (token, tail) = rest.split_at(length);
        written.push_str(token);
        rest = tail;
    }
    (changed && written.len() <= LONGEST_FORMULA).then_some(written)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\\') || !c.is_ascii() && !c.is_whitespace()
}

/// Rows of a table object that a reference may ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    Headers,
    Data,
    Totals,
    This,
}

impl Object {
    /// The cells of a part: `[Cột3]`, `[[#This Row],[Cột3]]`, `[[Cột3]:[Cột5]]`, `[#Totals]`; the
    /// data where nothing is named.
    fn cells(&self, part: &str, sheet: &str, at: Address) -> Option<String> {
        let mut rows: Vec<Rows> = Vec::new();
        let mut columns: Option<(u32, u32)> = None;
        for item in items(part)? {
            if let Some(special) = item.strip_prefix('#') {
                rows.push(match special.trim().to_lowercase().as_str() {
                    "all" => Rows::All,
                    "headers" => Rows::Headers,
                    "data" => Rows::Data,
                    "totals" => Rows::Totals,
                    "this row" => Rows::This,
                    _ => return None,
                });
                continue;
            }
            let named = item.to_lowercase();
            let index = self.columns.iter().position(|column| *column == unescaped(&named))?;
            let column = self.range.start.column.checked_add(u32::try_from(index).ok()?)?;
            columns = Some(columns.map_or((column, column), |(first, _)| (first, column)));
        }
        let (first, last) = columns.unwrap_or((self.range.start.column, self.range.end.column));
        let spans = if rows.is_empty() { vec![Rows::Data] } else { rows };
        let is_this = spans.contains(&Rows::This);
        let spans: Option<Vec<_>> = spans.iter().map(|rows| self.span(*rows, sheet, at)).collect();
        let spans = spans?;
        let top = spans.iter().map(|span| span.0).min()?;
        let bottom = spans.iter().map(|span| span.1).max()?;
        let corner = |row, column| {
            let letters = Address::new(row, column).column_letters();
            if is_this { format!("{letters}{}", row + 1) } else { format!("{letters}${}", row + 1) }
        };
        let start = corner(top, first.min(last));
        let end = corner(bottom, first.max(last));
        let cells = if start == end { start } else { format!("{start}:{end}") };
        let here = self.sheet == sheet;
        Some(if here { cells } else { format!("'{}'!{cells}", self.sheet.replace('\'', "''")) })
    }

    /// The first and the last row of a part.
    fn span(&self, rows: Rows, sheet: &str, at: Address) -> Option<(u32, u32)> {
        let (top, bottom) = (self.range.start.row, self.range.end.row);
        let first = top.checked_add(self.headers)?;
        let last = bottom.checked_sub(self.totals)?;
        let span = match rows {
            Rows::All => (top, bottom),
            Rows::Headers => (top, first.checked_sub(1)?),
            Rows::Data => (first, last),
            Rows::Totals => (last.checked_add(1)?, bottom),
            Rows::This if self.sheet == sheet => (at.row, at.row),
            Rows::This => return None,
        };
        let inside = rows != Rows::This || (first..=last).contains(&at.row);
        (span.0 <= span.1 && inside).then_some(span)
    }
}

/// What stands within the brackets, item by item; a range of columns gives both its ends.
fn items(part: &str) -> Option<Vec<&str>> {
    if part.is_empty() {
        return Some(Vec::new());
    }
    let inner = part.strip_prefix('[')?.strip_suffix(']')?.trim();
    let (this, inner) = match inner.strip_prefix('@') {
        Some(rest) => (vec!["#This Row"], rest),
        None => (Vec::new(), inner),
    };
    let mut found = this;
    let mut rest = inner;
    if !rest.starts_with('[') {
        found.extend((!rest.is_empty()).then_some(rest));
        return Some(found);
    }
    while rest.starts_with('[') {
        let length = bracketed(rest);
        found.push(rest[..length].strip_prefix('[')?.strip_suffix(']')?);
        rest = rest[length..].trim_start_matches([',', ':', ' ']);
    }
    rest.is_empty().then_some(found)
}

/// A column's name without the `'` that escapes brackets and the like.
fn unescaped(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut signs = name.chars();
    while let Some(sign) = signs.next() {
        plain.extend(if sign == '\'' { signs.next() } else { Some(sign) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(formula: &str) -> String {
        let columns = ["tt", "số hộ", "cột [3]", "tỷ lệ"].map(str::to_owned).to_vec();
        let range = Range::new("A5".parse().unwrap(), "D10".parse().unwrap());
        let object = Object { sheet: "Biểu".into(), range, headers: 1, totals: 1, columns };
        let objects = Objects::from([("bieu".to_owned(), object)]);
        let at = "D7".parse().unwrap();
        resolved(formula, "Biểu", at, &objects).unwrap_or_default()
    }

    #[test]
    fn parts_of_a_table_object_are_cells() {
        assert_eq!(told("SUBTOTAL(109,Bieu[Số hộ])"), "SUBTOTAL(109,B$6:B$9)");
        assert_eq!(told("Bieu[[#This Row],[Số hộ]]*2"), "B7*2");
        assert_eq!(told("BIEU[@[Số hộ]]+bieu[@TT]"), "B7+A7");
        assert_eq!(told("SUM(Bieu[[Số hộ]:[Tỷ lệ]])"), "SUM(B$6:D$9)");
        assert_eq!(told("Bieu[[#Totals],[Cột '[3']]]"), "C$10");
        assert_eq!(told("ROWS(Bieu)+ROWS(Bieu[#All])"), "ROWS(A$6:D$9)+ROWS(A$5:D$10)");
        assert_eq!(told("SUM(Bieu[[#Headers],[#Data],[TT]])"), "SUM(A$5:A$9)");
    }

    #[test]
    fn what_is_no_part_of_a_table_object_stays() {
        let others =
            ["SUM(B6:B9)", "[1]Bieu!A1", "Khac[Số hộ]", "Bieu[Lạ]", "\"Bieu[TT]\"", "Bieu!A1"];
        for formula in others {
            assert_eq!(told(formula), "", "{formula}");
        }
    }
}
