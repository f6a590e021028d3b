//! The merged table: a row a unit (or its rows under it), and the total of all.
//!
//! Counts and amounts are added exactly. A rate is computed from the counts of its own row by the
//! column's formula, rounded half up; rates are never added or averaged. A column that can be
//! neither added nor computed is left blank in the total, and that is said.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::gather::{Part, Record};
use super::model::{Model, decimals};
use super::notes::named;
use super::{Options, Rows};
use crate::appendix::roman;
use crate::lang::Text;
use crate::relations::ratio;
use crate::table::{
    Above, Basis, Column, Data, Datum, Kind, Linear, Reading, Role, Row, Shape, Surroundings, Table,
};
use crate::words::fold;

/// The name on the merged table's tab.
pub(super) const SHEET: &str = "Tổng hợp";

/// Total rows whose names fit any table; `Toàn xã` would not fit the table of a district.
const TOTAL_NAMES: &[&str] = &["tổng cộng", "tổng số", "tổng", "cộng"];

/// Heading of the column of units: what the tables call `Thôn` are units of another level here.
const UNIT_HEADING: &str = "Đơn vị";

/// Units named in a note before it says that there are more.
const NAMED: usize = 6;

/// Adds rows: sums where a column adds up, blanks elsewhere.
pub(super) fn add(columns: &[Column], rows: &[&[Datum]]) -> Vec<Datum> {
    let sum = |index: usize| {
        let mut sum = None;
        let mut places = 0;
        for datum in rows.iter().filter_map(|row| row.get(index)) {
            let (number, decimals) = match &datum.reading {
                Reading::Number(figure) => (figure.shown, figure.decimals),
                Reading::Dash => (Decimal::ZERO, 0),
                _ => continue,
            };
            places = places.max(decimals);
            sum = Some(sum.unwrap_or(Decimal::ZERO).checked_add(number)?);
        }
        sum.map(|sum: Decimal| (sum, places))
    };
    columns
        .iter()
        .enumerate()
        .map(|(index, column)| match sum(index).filter(|_| column.adds_up()) {
            Some((number, places)) => Datum::figure(number, places, false),
            None => Datum::blank(),
        })
        .collect()
}

fn text(text: String) -> Datum {
    let reading = if text.is_empty() { Reading::Blank } else { Reading::Text(text) };
    Datum::new(reading)
}

/// The merged table with what is to be said of it.
pub(super) fn table(model: &Model, parts: &[&Part], options: &Options) -> (Table, Vec<Text>) {
    let mut builder = Builder {
        model,
        rows: Vec::new(),
        grid: Data::with_room_for(0, model.table.columns.len()),
    };
    let whole: Vec<Vec<Datum>> = (0..model.lines.len())
        .map(|line| {
            let rows: Vec<&[Datum]> =
                parts.iter().map(|part| part.total.lines[line].as_slice()).collect();
            add(&model.table.columns, &rows)
        })
        .collect();
    let whole = Record { name: total_name(parts), lines: whole };
    let first = parts.iter().filter(|part| part.total_first).count() * 2 > parts.len();
    if first {
        builder.record(&whole, "", Role::Total);
    }
    let units = if options.group.is_some() {
        builder.groups(parts, options.rows)
    } else {
        (1..).zip(parts).map(|(number, part)| builder.unit(number, part, options.rows)).collect()
    };
    if !first {
        builder.record(&whole, "", Role::Total);
    }
    builder.link_totals(&units);
    let (titles, mut notes) = titles(parts);
    notes.extend(blanks(model, parts));
    notes.extend(not_totalled(model));
    notes.extend(own_rules(parts));
    notes.extend(dropped(parts));
    let Builder { rows, grid, .. } = builder;
    let mut table = Table { sheet: SHEET.to_owned(), rows, grid, ..model.table.clone() };
    table.range.end.row =
        table.rows.last().map_or(table.body.saturating_sub(1), |row| row.sheet_row);
    table.surroundings = Surroundings {
        above: Above::new(titles, None),
        unit_line: model.table.surroundings.unit_line.clone(),
        ..Surroundings::default()
    };
    set_unit_heading(&mut table, model, options.unit_heading.as_deref().unwrap_or(UNIT_HEADING));
    (table, notes)
}

struct Builder<'a> {
    model: &'a Model,
    rows: Vec<Row>,
    grid: Data,
}

impl Builder<'_> {
    /// The groups, each with its sums in bold above its units; gives the rows that the total sums.
    fn groups(&mut self, parts: &[&Part], rows: Rows) -> Vec<usize> {
        let mut sums = Vec::new();
        let lines = self.model.lines.len();
        for (number, group) in (1..).zip(parts.chunk_by(|a, b| a.group == b.group)) {
            let whole = (0..lines).map(|line| {
                let totals: Vec<&[Datum]> =
                    group.iter().map(|part| part.total.lines[line].as_slice()).collect();
                add(&self.model.table.columns, &totals)
            });
            let name = group.first().map_or_else(String::new, |part| part.group.clone());
            let whole = Record { name, lines: whole.collect() };
            let own = self.rows.len();
            self.record(&whole, &roman(number), Role::Subtotal);
            let units: Vec<usize> =
                (1..).zip(group).map(|(number, part)| self.unit(number, part, rows)).collect();
            for line in 0..lines {
                self.rows[own + line].parts = units.iter().map(|unit| unit + line).collect();
            }
            sums.push(own);
        }
        sums
    }

    /// A unit: its totals, alone or in bold above its rows; gives its first row.
    fn unit(&mut self, number: usize, part: &Part, rows: Rows) -> usize {
        let first = self.rows.len();
        let own = Record { name: part.unit.name.clone(), lines: part.total.lines.clone() };
        if rows == Rows::Unit {
            self.record(&own, &number.to_string(), Role::Unit);
            return first;
        }
        let sums = self.rows.len();
        self.record(&own, &number.to_string(), Role::Subtotal);
        for (index, row) in (1..).zip(&part.rows) {
            let mut row = row.clone();
            if self.model.lead.ordinal.is_none() {
                // Without ordinals a dash says that the row belongs to the one above.
                row.name = format!("- {}", row.name);
            }
            self.record(&row, &format!("{number}.{index}"), Role::Unit);
        }
        let lines = self.model.lines.len();
        for line in 0..lines {
            let below = sums + lines + line;
            self.rows[sums + line].parts = (below..self.rows.len()).step_by(lines).collect();
        }
        first
    }

    /// One row for each line of a record.
    fn record(&mut self, record: &Record, ordinal: &str, role: Role) {
        let lead = self.model.lead;
        for (line, data) in self.model.lines.iter().zip(&record.lines) {
            let sheet_row = self.model.table.body;
            let mut data = data.clone();
            for (column, datum) in data.iter_mut().enumerate() {
                if self.model.percent[column] != Some(true)
                    && let Reading::Number(figure) = &mut datum.reading
                {
                    figure.percent = false;
                }
            }
            compute(self.model, &mut data);
            if let Some(column) = lead.ordinal {
                data[column] = text(ordinal.to_owned());
            }
            if let Some(column) = lead.line {
                data[column] = text(line.clone());
            }
            data[lead.name] = text(record.name.clone());
            self.rows.push(Row {
                sheet_row: sheet_row + u32::try_from(self.rows.len()).unwrap_or(u32::MAX / 2),
                ordinal: if lead.ordinal.is_some() { ordinal.to_owned() } else { String::new() },
                name: record.name.clone(),
                line: line.clone(),
                bold: role != Role::Unit,
                role,
                formula: None,
                run: None,
                parts: Vec::new(),
                basis: Basis::default(),
            });
            self.grid.push(data);
        }
    }

    /// The totals sum the units, line by line.
    fn link_totals(&mut self, units: &[usize]) {
        let totals: Vec<usize> =
            (0..self.rows.len()).filter(|row| self.rows[*row].role == Role::Total).collect();
        for (line, total) in totals.into_iter().enumerate() {
            self.rows[total].parts = units.iter().map(|unit| unit + line).collect();
        }
    }
}

/// Computes the ratios of a row from its counts. Where the denominator is zero the figure stays as
/// the unit wrote it: a zero, a dash and a blank are all in use.
fn compute(model: &Model, row: &mut [Datum]) {
    for (index, column) in model.table.columns.iter().enumerate() {
        let Some(Shape::Ratio { numerator, denominator, .. }) =
            column.formula.as_ref().map(|formula| &formula.shape)
        else {
            continue;
        };
        let result = value(row, numerator)
            .zip(value(row, denominator))
            .and_then(|(a, b)| ratio::rounded(a, b, column.scale?, decimals(column)));
        if let Some(result) = result {
            let percent = model.percent[index] == Some(true);
            row[index] = Datum::figure(result, decimals(column), percent);
        }
    }
}

/// A combination of a row's figures, blanks as zero; `None` where one is no number, or where all
/// are blank.
fn value(row: &[Datum], linear: &Linear) -> Option<Decimal> {
    let filled = linear.terms.keys().any(|column| row[*column].reading != Reading::Blank);
    let number = |column: usize| match &row[column].reading {
        Reading::Number(figure) => Some(figure.shown),
        Reading::Dash | Reading::Blank => Some(Decimal::ZERO),
        Reading::Error(_) | Reading::Text(_) | Reading::Unknown(_) => None,
    };
    linear.value(number).filter(|_| filled || linear.terms.is_empty())
}

/// The name most tables give their total, where it fits one of several units.
fn total_name(parts: &[&Part]) -> String {
    let fitting = |part: &&&Part| TOTAL_NAMES.contains(&fold(&part.total_name).as_str());
    let names = parts.iter().filter(fitting).map(|part| part.total_name.clone());
    most_frequent(names).map_or_else(|| "Tổng cộng".to_owned(), |(name, _)| name)
}

/// The text that occurs most often, the first of several, and how often.
fn most_frequent<T: Ord + Clone>(texts: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for text in texts {
        let place = *places.entry(text.clone()).or_insert(counts.len());
        match counts.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}

/// The title that the tables have in common, their units aside.
fn titles(parts: &[&Part]) -> (Vec<String>, Vec<Text>) {
    let all = parts.iter().map(|part| part.titles.clone()).filter(|lines| !lines.is_empty());
    let Some((titles, count)) = most_frequent(all) else { return (Vec::new(), Vec::new()) };
    let others: Vec<&str> = parts
        .iter()
        .filter(|part| !part.titles.is_empty() && part.titles != titles)
        .map(|part| part.unit.name.as_str())
        .collect();
    let note = (!others.is_empty()).then(|| {
        let Text { vi, en } = named(&others, NAMED);
        Text::new(
            format!("tên biểu lấy theo {count} đơn vị; các đơn vị ghi tên biểu khác: {vi}"),
            format!("the title is that of {count} units; another title stands at: {en}"),
        )
    });
    (titles, note.into_iter().collect())
}

/// Columns that some units leave blank and others fill: the sum takes a blank for zero.
fn blanks(model: &Model, parts: &[&Part]) -> Vec<Text> {
    let columns = model.table.columns.iter().enumerate().filter(|(_, column)| column.adds_up());
    columns
        .filter_map(|(index, column)| {
            let is_blank =
                |part: &&Part| part.total.lines.iter().any(|l| l[index].reading == Reading::Blank);
            let (blank, filled): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|p| is_blank(p));
            if blank.is_empty() || filled.is_empty() {
                return None;
            }
            let names: Vec<&str> = blank.iter().map(|part| part.unit.name.as_str()).collect();
            let (Text { vi, en }, label) = (named(&names, NAMED), column.name());
            Some(Text::new(
                format!("cột {label}: ô trống được cộng như số 0 ở {vi}"),
                format!("column {label}: a blank is added as zero at {en}"),
            ))
        })
        .collect()
}

/// Columns of rates that no formula computes.
fn not_totalled(model: &Model) -> Option<Text> {
    let computed = |column: &Column| match column.formula.as_ref().map(|f| &f.shape) {
        Some(Shape::Ratio { .. }) => column.scale.is_some(),
        _ => column.adds_up(),
    };
    let columns = model.table.columns.iter();
    let names: Vec<&str> =
        columns.filter(|c| c.kind != Kind::Text && !computed(c)).map(Column::name).collect();
    let list = names.join(", ");
    (!names.is_empty()).then(|| {
        Text::new(
            format!("cột {list}: không cộng được và không có công thức, nên dòng tổng để trống"),
            format!("column {list}: not added and without a formula, so the total is left blank"),
        )
    })
}

/// Rows that follow rules of their own.
fn own_rules(parts: &[&Part]) -> Option<Text> {
    let rows: usize = parts.iter().map(|part| part.own_rules).sum();
    (rows > 0).then(|| {
        Text::new(
            format!(
                "{rows} dòng có cách tính riêng (tăng giảm, tỷ lệ giữa các dòng) không được gộp"
            ),
            format!(
                "rows with rules of their own (changes, rates between rows) not merged: {rows}"
            ),
        )
    })
}

/// Columns for remarks, which are not merged.
fn dropped(parts: &[&Part]) -> Option<Text> {
    let mut headings: Vec<&str> =
        parts.iter().flat_map(|part| &part.dropped).map(String::as_str).collect();
    headings.sort_unstable();
    headings.dedup();
    let units: Vec<&str> = parts
        .iter()
        .filter(|part| !part.dropped.is_empty())
        .map(|part| part.unit.name.as_str())
        .collect();
    let (list, Text { vi, en }) = (headings.join(", "), named(&units, NAMED));
    (!headings.is_empty()).then(|| {
        Text::new(
            format!("cột ghi chú hoặc không có nhãn ({list}) của {vi} không được gộp"),
            format!("columns for remarks or without a label ({list}) of {en} are not merged"),
        )
    })
}

/// Writes what the units are called over their column, where a heading stands over it alone.
fn set_unit_heading(table: &mut Table, model: &Model, heading: &str) {
    let column = &mut table.columns[model.lead.name];
    let at = column.sheet_column;
    let alone = |cell: &&mut crate::table::HeadingCell| {
        (cell.range.start.column, cell.range.end.column) == (at, at) && !cell.text.is_empty()
    };
    if let Some(cell) =
        Arc::make_mut(&mut table.headings).iter_mut().filter(alone).max_by_key(|c| c.range.end.row)
    {
        heading.clone_into(&mut cell.text);
        if let Some(last) = Arc::make_mut(&mut column.headings).last_mut() {
            heading.clone_into(last);
        }
    }
}
