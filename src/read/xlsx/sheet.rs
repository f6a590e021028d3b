//! One worksheet part, read in one pass: cells with value, formula and style, merged ranges,
//! hidden rows and columns (ECMA-376 part 1, 18.3).
//!
//! Every cell stands for itself: one that makes no sense is said, and the others are read.

use std::collections::HashMap;

use super::strings::{item_text, unescaped};
use crate::failure::Failure;
use crate::read::cells;
use crate::read::formats::Style;
use crate::read::store::{Stop, Store, Text};
use crate::read::xml::{self, Event, Tag, Xml, attribute, element_text, element_text_into};
use crate::workbook::{Address, MAX_ROWS, Range, Value, shift_formula};

/// What the cells of a sheet refer to.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) strings: &'a [Text],
    pub(super) styles: &'a [Style],
}

/// Reads a worksheet part into a store. Damage ends the sheet where it is met, and is noted.
pub(super) fn read(
    mut part: Xml<'_>,
    tables: Tables<'_>,
    store: &mut Store<'_>,
) -> Result<(), Failure> {
    let mut reader =
        Reader { tables, value: String::new(), store, shared: HashMap::new(), row: 0, column: 0 };
    match reader.run(&mut part) {
        Ok(()) => Ok(()),
        Err(Stop::Cut(error)) => {
            store.cut(error);
            Ok(())
        }
        Err(Stop::Refused(failure)) => Err(failure),
    }
}

struct Reader<'a, 'b> {
    tables: Tables<'a>,
    /// The text of the value being read; one buffer for all cells.
    value: String,
    store: &'a mut Store<'b>,
    /// Masters of shared formulas by their index: where each stands and what it says.
    shared: HashMap<u64, (Address, String)>,
    /// The row being read, and the column of its next cell, for those without a reference.
    row: u32,
    column: u32,
}

/// A cell as its tag describes it.
struct Open {
    /// `None` when its reference makes no sense.
    at: Option<Address>,
    kind: Kind,
    style: Style,
}

/// What the value of a cell is (18.18.11).
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Bool,
    Error,
    Shared,
    Text,
    Date,
    Unknown,
}

impl Kind {
    fn of(name: Option<&[u8]>) -> Self {
        match name {
            None | Some(b"" | b"n") => Self::Number,
            Some(b"b") => Self::Bool,
            Some(b"e") => Self::Error,
            Some(b"s") => Self::Shared,
            Some(b"str" | b"inlineStr") => Self::Text,
            Some(b"d") => Self::Date,
            Some(_) => Self::Unknown,
        }
    }
}

impl Reader<'_, '_> {
    fn run(&mut self, part: &mut Xml<'_>) -> Result<(), Stop> {
        let mut next_row = 0;
        loop {
            match part.next()? {
                Event::Start(tag) => match tag.name_bytes() {
                    b"row" => {
                        self.row = self.open_row(&tag, next_row);
                        next_row = self.row.saturating_add(1);
                        self.column = 0;
                    }
                    b"c" => {
                        let cell = self.open_cell(&tag);
                        self.cell(part, &cell)?;
                    }
                    b"col" => self.column_width(&tag),
                    b"mergeCell" => self.merge(&tag),
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn open_row(&mut self, tag: &Tag<'_>, expected: u32) -> u32 {
        let number = xml::number::<u64>(tag, "r");
        let row = number.and_then(|number| u32::try_from(number.checked_sub(1)?).ok());
        let row = if number.is_some() { row.unwrap_or(u32::MAX) } else { expected };
        if row < MAX_ROWS && xml::truth(tag, "hidden") {
            self.store.hide_rows(row, row);
        }
        row
    }

    fn open_cell(&mut self, tag: &Tag<'_>) -> Open {
        let (mut reference, mut style, mut kind) = (None, None, None);
        for (name, value) in tag.local_attributes() {
            let known = match name {
                b"r" => &mut reference,
                b"s" => &mut style,
                b"t" => &mut kind,
                _ => continue,
            };
            known.get_or_insert(value);
        }
        let at = match reference {
            Some(reference) => Address::from_bytes(reference.trim_ascii()),
            None => Some(Address::new(self.row, self.column)),
        };
        if let Some(at) = at {
            self.column = at.column.saturating_add(1);
        }
        let style = style.and_then(xml::number_in::<usize>);
        let style = style.and_then(|style| self.tables.styles.get(style));
        Open { at, kind: Kind::of(kind), style: style.copied().unwrap_or_default() }
    }

    fn column_width(&mut self, tag: &Tag<'_>) {
        if !xml::truth(tag, "hidden") {
            return;
        }
        let bound = |name| xml::number::<u32>(tag, name).filter(|number| *number > 0);
        if let (Some(first), Some(last)) = (bound("min"), bound("max")) {
            self.store.hide_columns(first - 1, last - 1);
        }
    }

    fn merge(&mut self, tag: &Tag<'_>) {
        let Some(reference) = attribute(tag, "ref") else { return };
        let (first, last) = reference.split_once(':').unwrap_or((&reference, &reference));
        if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
            self.store.merge(Range::new(first, last));
        }
    }

    /// Reads the content of the cell just opened, up to its end.
    fn cell(&mut self, part: &mut Xml<'_>, open: &Open) -> Result<(), Stop> {
        let outside = part.depth().saturating_sub(1);
        self.value.clear();
        let mut inline = None;
        let mut formula = None;
        while part.depth() > outside {
            let Event::Start(tag) = part.next()? else { continue };
            match tag.name_bytes() {
                b"v" => element_text_into(part, &mut self.value)?,
                b"is" => inline = Some(item_text(part)?),
                b"f" => {
                    let shared = shared_index(&tag);
                    let text = element_text(part)?;
                    formula = self.formula(shared, text, open.at);
                }
                _ => {}
            }
        }
        let Some(at) = open.at else {
            self.store.note_unreadable(None);
            return Ok(());
        };
        if let Some(text) = inline {
            return Ok(self.store.push_text(at, &text.into(), formula, open.style)?);
        }
        Ok(self.store_value(at, open, formula)?)
    }

    /// The formula of a cell. Members of a shared group hold only its number: the master's text
    /// is shifted from the cell the master stands in, which need not be the first of its range.
    fn formula(
        &mut self,
        shared: Option<u64>,
        text: String,
        at: Option<Address>,
    ) -> Option<Box<str>> {
        let (Some(index), Some(at)) = (shared, at) else {
            return (!text.is_empty()).then(|| text.into());
        };
        if !text.is_empty() {
            self.shared.insert(index, (at, text.clone()));
            return Some(text.into());
        }
        let (master, text) = self.shared.get(&index)?;
        let rows = i64::from(at.row) - i64::from(master.row);
        let columns = i64::from(at.column) - i64::from(master.column);
        Some(shift_formula(text, rows, columns).into())
    }

    fn store_value(
        &mut self,
        at: Address,
        open: &Open,
        formula: Option<Box<str>>,
    ) -> Result<(), Failure> {
        let style = open.style;
        let raw = self.value.as_str();
        let value = match open.kind {
            _ if raw.is_empty() => Value::Blank,
            Kind::Number => numeric(raw, style),
            Kind::Bool => Value::Bool(xml::is_true(raw)),
            Kind::Error => Value::Error(raw.trim().to_owned()),
            Kind::Shared => {
                let index = raw.trim().parse::<usize>().ok();
                return match index.and_then(|index| self.tables.strings.get(index)) {
                    Some(text) => self.store.push_text(at, text, formula, style),
                    None => self.store.push_unreadable(at, style),
                };
            }
            Kind::Text => {
                let text = Text::plain(unescaped(raw.to_owned()));
                return self.store.push_text(at, &text, formula, style);
            }
            Kind::Date => cells::text(raw.trim()),
            Kind::Unknown => return self.store.push_unreadable(at, style),
        };
        self.store.push(at, value, formula, style)
    }
}

/// A number in Excel's notation; what is none is kept as text, so that it is reported.
fn numeric(raw: &str, style: Style) -> Value {
    let raw = raw.trim();
    if let (Some(number), false) = (cells::plain_number(raw.as_bytes()), style.date) {
        return Value::Number(number);
    }
    let text = || cells::text(raw);
    let Ok(number) = raw.parse::<f64>() else { return text() };
    if !number.is_finite() {
        return text();
    }
    if style.date { cells::date_serial(number) } else { cells::number(number) }
}

/// The index of the shared formula a tag belongs to.
fn shared_index(tag: &Tag<'_>) -> Option<u64> {
    tag.raw("t").filter(|kind| *kind == b"shared").and_then(|_| xml::number(tag, "si"))
}
