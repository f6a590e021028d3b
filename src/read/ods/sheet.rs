//! One sheet of a content part: rows and cells with their repetitions, merged ranges, hidden rows
//! and columns (OASIS OpenDocument 1.3 part 3, 9).

use std::borrow::Cow;
use std::io;

use rust_decimal::Decimal;

use super::formula::excel_formula;
use super::styles::{SHARE, Styles};
use crate::failure::Failure;
use crate::read::cells;
use crate::read::formats::{Formats, Style};
use crate::read::store::{Stop, Store, Text};
use crate::read::xml::{self, Event, Tag, Xml, borrowed_attribute as attribute, skip};
use crate::workbook::{Address, FormulaText, MAX_COLUMNS, MAX_ROWS, Range, Value};

/// The longest text of a cell, in characters, in the programs that write such files.
const LONGEST_TEXT: usize = 65_535;

/// Reads the sheet whose start tag was just read, up to its end.
pub(super) fn read(
    part: &mut Xml<'_>,
    styles: &mut Styles,
    formats: &mut Formats,
    store: &mut Store<'_>,
) -> Result<(), Stop> {
    let outside = part.depth().saturating_sub(1);
    let mut reader = Reader { styles, formats, store, row: 0, column: 0, defaults: Vec::new() };
    while part.depth() > outside {
        let Event::Start(tag) = part.next()? else { continue };
        match tag.name() {
            "table-column" => reader.take_columns(&tag),
            "table-row" => {
                let tag = tag.into_owned();
                reader.take_row(&tag, part)?;
            }
            "table-header-rows"
            | "table-rows"
            | "table-row-group"
            | "table-header-columns"
            | "table-columns"
            | "table-column-group" => {}
            // Shapes, forms, scenarios and what extensions add hold no cells of the sheet.
            _ => skip(part)?,
        }
    }
    Ok(())
}

struct Reader<'a, 'b> {
    styles: &'a mut Styles,
    formats: &'a mut Formats,
    store: &'a mut Store<'b>,
    row: u32,
    column: u32,
    /// Default cell styles of columns: the first column after them, and the name.
    defaults: Vec<(u32, String)>,
}

/// A cell of a row, to be written as often as it is repeated.
struct Content {
    column: u32,
    repeated: u32,
    value: Value,
    /// Text waits: its encoding is judged with the sheet.
    text: Option<Text<'static>>,
    formula: Option<Box<str>>,
    style: Style,
}

impl Content {
    /// The first column after its repetitions.
    fn end(&self) -> u32 {
        self.column.saturating_add(self.repeated)
    }

    /// What the text of each cell counts towards its limit.
    fn text_cost(&self) -> u64 {
        self.text.as_ref().map_or(0, |text| text.cost() as u64)
    }
}

impl Reader<'_, '_> {
    fn take_columns(&mut self, tag: &Tag<'_>) {
        let repeated = repetition(tag, "number-columns-repeated");
        let first = self.column;
        self.column = first.saturating_add(repeated);
        if is_hidden(tag) {
            self.store.hide_columns(first, self.column - 1);
        }
        if self.defaults.len() < MAX_COLUMNS as usize {
            let style = attribute(tag, "default-cell-style-name").unwrap_or_default();
            self.defaults.push((self.column, style.into_owned()));
        }
    }

    fn take_row(&mut self, tag: &Tag<'_>, part: &mut Xml<'_>) -> Result<(), Stop> {
        let repeated = repetition(tag, "number-rows-repeated");
        let row_style = attribute(tag, "default-cell-style-name");
        let contents = self.row_contents(row_style.as_deref(), part)?;
        if is_hidden(tag) {
            self.store.hide_rows(self.row, self.row.saturating_add(repeated - 1));
        }
        if !contents.is_empty() {
            self.store_row(&contents, repeated)?;
        }
        self.row = self.row.saturating_add(repeated);
        Ok(())
    }

    fn store_row(&mut self, contents: &[Content], repeated: u32) -> Result<(), Failure> {
        let end = self.row.saturating_add(repeated);
        if end > MAX_ROWS {
            self.store.note_outside();
        }
        let width = |content: &Content| u64::from(content.end().min(MAX_COLUMNS) - content.column);
        let cells = contents.iter().map(width).sum::<u64>();
        let text = contents.iter().map(|content| width(content) * content.text_cost()).sum::<u64>();
        let rows = u64::from(end.min(MAX_ROWS).saturating_sub(self.row));
        self.store.afford(cells * rows, text.saturating_mul(rows))?;
        for row in self.row..end.min(MAX_ROWS) {
            for content in contents {
                for column in content.column..content.end().min(MAX_COLUMNS) {
                    self.store_cell(Address::new(row, column), content)?;
                }
            }
        }
        if contents.iter().any(|content| content.end() > MAX_COLUMNS) {
            self.store.note_outside();
        }
        Ok(())
    }

    fn store_cell(&mut self, at: Address, content: &Content) -> Result<(), Failure> {
        // Of each cell by itself: the same words refer to other cells in each.
        let formula = content.formula.clone().map(FormulaText::from);
        match &content.text {
            Some(text) => self.store.push_text(at, text, formula, content.style),
            None => self.store.push(at, content.value.clone(), formula, content.style),
        }
    }

    fn row_contents(
        &mut self,
        row_style: Option<&str>,
        part: &mut Xml<'_>,
    ) -> Result<Vec<Content>, Stop> {
        let outside = part.depth().saturating_sub(1);
        let mut contents = Vec::new();
        let mut column = 0_u32;
        while part.depth() > outside {
            let Event::Start(tag) = part.next()? else { continue };
            let covered = match tag.name() {
                "table-cell" => false,
                "covered-table-cell" => true,
                _ => {
                    skip(part)?;
                    continue;
                }
            };
            let tag = tag.into_owned();
            let repeated = repetition(&tag, "number-columns-repeated");
            let text = cell_text(part)?;
            if !covered {
                self.merge(&tag, column);
            }
            // A row waits for its end, so what it holds is counted before it is stored.
            self.store.charge(text.len())?;
            match self.content(&tag, text, row_style, column, repeated) {
                Some(content) if column < MAX_COLUMNS => contents.push(content),
                Some(_) => self.store.note_outside(),
                None => {}
            }
            column = column.saturating_add(repeated);
        }
        Ok(contents)
    }

    fn merge(&mut self, tag: &Tag<'_>, column: u32) {
        let rows = repetition(tag, "number-rows-spanned");
        let columns = repetition(tag, "number-columns-spanned");
        if rows > 1 || columns > 1 {
            let last = |first: u32, count: u32, most| first.saturating_add(count - 1).min(most - 1);
            self.store.merge(Range::new(
                Address::new(self.row, column),
                Address::new(last(self.row, rows, MAX_ROWS), last(column, columns, MAX_COLUMNS)),
            ));
        }
    }

    /// What a cell holds; `None` for one with nothing to keep.
    fn content(
        &mut self,
        tag: &Tag<'_>,
        text: String,
        row_style: Option<&str>,
        column: u32,
        repeated: u32,
    ) -> Option<Content> {
        let formula = attribute(tag, "formula").map(|formula| excel_formula(&formula).into());
        let value = typed_value(tag, &text, formula.is_some());
        if formula.is_none() && (value == Some(Value::Blank) || value.is_none() && text.is_empty())
        {
            return None;
        }
        let own = attribute(tag, "style-name");
        let name =
            own.as_deref().or(row_style).unwrap_or_else(|| column_style(&self.defaults, column));
        let mut style = self.styles.resolve(name, self.formats);
        if attribute(tag, "value-type").as_deref() == Some("percentage") && style.format == 0 {
            style.format = self.formats.number(SHARE);
        }
        Some(Content {
            column,
            repeated,
            text: value.is_none().then(|| Text::plain(text)),
            value: value.unwrap_or(Value::Blank),
            formula,
            style,
        })
    }
}

/// The default cell style of a column.
fn column_style(defaults: &[(u32, String)], column: u32) -> &str {
    let index = defaults.partition_point(|(after, _)| *after <= column);
    defaults.get(index).map_or("", |(_, name)| name)
}

/// A count of at least one.
fn repetition(tag: &Tag<'_>, name: &str) -> u32 {
    let Some(count) = attribute(tag, name) else { return 1 };
    match count.trim().parse::<u64>() {
        Ok(count) => u32::try_from(count).unwrap_or(u32::MAX).max(1),
        // A count too long for its type is a count beyond every sheet.
        Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => u32::MAX,
        Err(_) => 1,
    }
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    matches!(attribute(tag, "visibility").as_deref(), Some("collapse" | "filter"))
}

/// The value of a cell by its type; `None` where its text is its value.
fn typed_value(tag: &Tag<'_>, shown: &str, is_formula: bool) -> Option<Value> {
    let (kind, is_error) = kind(tag);
    if is_error || is_formula && is_error_text(shown) {
        return Some(Value::Error(shown.trim().into()));
    }
    let attribute = |name| attribute(tag, name);
    match &*kind {
        "float" | "percentage" | "currency" => {
            let raw = attribute("value").unwrap_or_default();
            match raw.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Some(cells::number(number)),
                _ => Some(cells::text(raw.trim())),
            }
        }
        "boolean" => {
            let raw = attribute("boolean-value").unwrap_or_default();
            Some(Value::Bool(xml::is_true(raw.trim())))
        }
        "time" => {
            let raw = attribute("time-value").unwrap_or_default();
            Some(days_of_duration(&raw).map_or_else(|| cells::text(raw.as_ref()), Value::Date))
        }
        "date" => {
            let raw = attribute("date-value").unwrap_or_default();
            Some(serial_of_date(&raw).map_or_else(|| cells::text(raw.as_ref()), Value::Date))
        }
        // A text that is stored and not shown, as some writers do.
        "string" if shown.is_empty() => {
            let text = attribute("string-value")?;
            // A formula may give an empty text; one that was never calculated has no value at all.
            let is_result = is_formula && text.is_empty();
            Some(if is_result { Value::Text(text.into_owned()) } else { cells::text(text) })
        }
        _ => None,
    }
}

/// The type of a cell, and whether one says that it is an error: LibreOffice adds a type of its own for
/// these.
fn kind<'t>(tag: &'t Tag<'_>) -> (Cow<'t, str>, bool) {
    let (mut first, mut is_error) = (None, false);
    for (name, kind) in tag.attributes(|name| name.ends_with(b"value-type")) {
        is_error |= kind == "error";
        let own = (name.starts_with(b"calcext"), kind);
        if first.as_ref().is_none_or(|known| own < *known) {
            first = Some(own);
        }
    }
    (first.map(|(_, kind)| kind).unwrap_or_default(), is_error)
}

/// Writers without an error type store 0 and show the error.
fn is_error_text(shown: &str) -> bool {
    let shown = shown.trim();
    matches!(
        shown,
        "#DIV/0!" | "#N/A" | "#NAME?" | "#NULL!" | "#NUM!" | "#REF!" | "#VALUE!" | "#GETTING_DATA"
    ) || shown
        .strip_prefix("Err:")
        .is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The serial number of `2024-12-31` or `2024-12-31T08:30:00`, days since 30 December 1899.
fn serial_of_date(text: &str) -> Option<Decimal> {
    let (date, time) = text.trim().split_once('T').unwrap_or((text.trim(), "00:00:00"));
    let mut numbers = date.splitn(3, '-').map(|number| number.parse::<i64>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let clock: Vec<Decimal> =
        time.split(':').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else { return None };
    Some(Decimal::from(days_since_epoch(year, month, day)) + part_of_day(hour, minute, second)?)
}

/// A time as a part of a day.
fn part_of_day(hours: Decimal, minutes: Decimal, seconds: Decimal) -> Option<Decimal> {
    let sixty = Decimal::from(60);
    let minutes = hours.checked_mul(sixty)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(sixty)?.checked_add(seconds)?;
    Some((seconds / Decimal::from(86_400)).round_dp(10).normalize())
}

/// The days of a duration such as `PT08H30M00S` or `-P1DT2H` (XML Schema part 2, 3.2.6); one in
/// months or years has no certain number of them.
fn days_of_duration(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (date, clock) = text.strip_prefix('P')?.split_once('T').unwrap_or((&text[1..], ""));
    if date.is_empty() && clock.is_empty() {
        return None;
    }
    let mut rest = (date, clock);
    let mut take = |of_date: bool, unit: char| -> Option<Decimal> {
        let part = if of_date { &mut rest.0 } else { &mut rest.1 };
        let Some((number, after)) = part.split_once(unit) else { return Some(Decimal::ZERO) };
        *part = after;
        number.replace(',', ".").parse().ok().filter(|number: &Decimal| !number.is_sign_negative())
    };
    let days = take(true, 'D')?;
    let part = part_of_day(take(false, 'H')?, take(false, 'M')?, take(false, 'S')?)?;
    let days = days.checked_add(part).filter(|_| rest == ("", ""))?;
    Some(if negative { -days } else { days })
}

/// Days from 30 December 1899 in the Gregorian calendar.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    days - 693_900
}

/// The text of the cell just opened, up to its end: paragraphs as lines; notes and drawings are
/// left out.
fn cell_text(part: &mut Xml<'_>) -> io::Result<String> {
    let outside = part.depth().saturating_sub(1);
    let mut text = String::new();
    let mut paragraphs = 0;
    while part.depth() > outside {
        let inside_paragraph = part.depth() > outside + 1;
        let event = part.next()?;
        match &event {
            Event::Start(tag) => match tag.name() {
                "p" | "h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                }
                "s" => {
                    let count = xml::number(tag, "c").unwrap_or(1);
                    text.push_str(&" ".repeat(count.min(LONGEST_TEXT.saturating_sub(text.len()))));
                }
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                "span" | "a" | "meta" => {}
                _ => {
                    drop(event);
                    skip(part)?;
                }
            },
            event if inside_paragraph => xml::push_text(event, &mut text),
            _ => {}
        }
        if text.len() > xml::LONGEST_TEXT {
            return Err(io::Error::other("text too long"));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_count_from_1899() {
        assert_eq!(serial_of_date("1899-12-31"), Some(Decimal::ONE));
        assert_eq!(serial_of_date("1900-03-01"), Some(Decimal::from(61)));
        assert_eq!(serial_of_date("2024-12-31T12:00:00"), Some(Decimal::new(456_575, 1)));
        assert_eq!(serial_of_date("31/12/2024"), None);
    }

    #[test]
    fn times_are_parts_of_days() {
        assert_eq!(days_of_duration("PT12H00M00S"), Some(Decimal::new(5, 1)));
        assert_eq!(days_of_duration("PT36H"), Some(Decimal::new(15, 1)));
        assert_eq!(days_of_duration("-P1DT6H"), Some(Decimal::new(-125, 2)));
        assert_eq!(days_of_duration("PT0H0M8.64S"), Some(Decimal::new(1, 4)));
        assert_eq!(days_of_duration("P2D"), Some(Decimal::TWO));
        for odd in ["", "P", "PT", "P1Y", "P1M", "PT1H2", "PTxH", "08:30:00", "PT-1H", "P1H"] {
            assert_eq!(days_of_duration(odd), None, "{odd}");
        }
        let huge = format!("PT{}H", "9".repeat(28));
        assert_eq!(days_of_duration(&huge), None);
    }

    #[test]
    fn shown_errors_are_errors() {
        assert!(is_error_text("#DIV/0!") && is_error_text(" Err:502 "));
        assert!(!is_error_text("#1") && !is_error_text("Err:"));
    }
}
