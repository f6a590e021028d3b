//! What is kept of each file: its table's columns once for all tables that share them, and of its
//! rows the total, or all of them where they are to be shown. The workbook itself is let go, so
//! that thousands of files can be merged.

use std::collections::BTreeSet;

use super::model::{Lead, Model, without_remarks};
use super::problem::{Kind, Problem, Spot};
use super::{Options, Rows};
use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::findings::{Checked, words};
use crate::lang::{Lang, Text};
use crate::output::Checksum;
use crate::recognise::is_flat;
use crate::table::{Column, Datum, Place, Reading, Role, Table};
use crate::units::Unit;
use crate::words::lines::HeadingLines;
use crate::words::units::without_units;
use crate::words::{fold, is_total};

/// The figures of one row, or of all lines of a unit that has several (`Hộ`, `Nhân khẩu`).
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) name: String,
    /// By line of the model, then column.
    pub(super) lines: Vec<Vec<Datum>>,
}

/// What is kept of one table.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) spot: Spot,
    /// The checksum of its file.
    pub(super) source: Option<Checksum>,
    pub(super) unit: Unit,
    /// Index of its model.
    pub(super) model: usize,
    /// Findings of severity error, with the first of them in words.
    pub(super) errors: (usize, Text),
    pub(super) total: Record,
    pub(super) total_name: String,
    pub(super) total_first: bool,
    /// How many rows the total sums.
    pub(super) count: usize,
    /// Those rows, where they are to be shown.
    pub(super) rows: Vec<Record>,
    /// Rows with rules of their own (changes, rates), which are not merged.
    pub(super) own_rules: usize,
    /// Headings of columns without a label that are not merged.
    pub(super) dropped: Vec<String>,
    /// The title without the unit's name.
    pub(super) titles: Vec<String>,
}

/// The files of a merge, as they come in.
#[derive(Debug)]
pub struct Gathering {
    pub(super) options: Options,
    pub(super) models: Vec<Model>,
    pub(super) parts: Vec<Part>,
    pub(super) problems: Vec<Problem>,
    /// Tables on hidden sheets of files that have others.
    pub(super) hidden: Vec<Spot>,
}

impl Gathering {
    /// Nothing gathered yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            models: Vec::new(),
            parts: Vec::new(),
            problems: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Takes a file's tables. `file` is its name as it will be said, `source` the checksum that the
    /// merged workbook is marked with.
    pub fn add(&mut self, file: &str, source: Option<&Checksum>, checkup: &Checkup) {
        let wanted = |checked: &&Checked| {
            self.options.form.as_ref().is_none_or(|form| checked.table.form == *form)
        };
        let tables: Vec<&Checked> = checkup.tables.iter().filter(wanted).collect();
        if tables.is_empty() {
            self.problems.push(Problem::no_such_form(file, self.options.form.as_deref()));
        }
        let hidden = |checked: &&Checked| {
            let sheet = checkup.workbook.sheet(&checked.table.sheet);
            sheet.is_some_and(|sheet| !sheet.visible) && !self.options.hidden
        };
        let (hidden, tables): (Vec<&Checked>, Vec<&Checked>) = tables.into_iter().partition(hidden);
        for checked in hidden {
            let spot = Spot::table(file, &checked.table);
            if tables.is_empty() {
                self.problems.push(Problem::hidden(spot));
            } else {
                self.hidden.push(spot);
            }
        }
        for checked in tables {
            let spot = Spot::table(file, &checked.table);
            match self.part(spot.clone(), checked) {
                Ok(part) => self.parts.push(Part { source: source.cloned(), ..part }),
                Err(why) => self.problems.push(Problem::new(Kind::NoTotal, vec![spot], why)),
            }
        }
    }

    /// Takes note of a file that could not be read or holds no table.
    pub fn fail(&mut self, file: &str, failure: &Failure) {
        self.problems.push(Problem::unread(file, failure));
    }

    fn part(&mut self, spot: Spot, checked: &Checked) -> Result<Part, Text> {
        let narrowed = without_remarks(&checked.table);
        let table = narrowed.as_ref().unwrap_or(&checked.table);
        let dropped = &checked.table.columns[table.columns.len()..];
        let dropped = dropped.iter().map(Column::heading).filter(|text| !text.is_empty());
        let lead = Lead::of(table);
        let rows = sort_rows(table)?;
        let keep = self.options.rows == Rows::Village;
        let unit = self.options.naming.of(&table.surroundings, &table.sheet, &spot.file);
        let records = if keep { records(table, &rows) } else { Vec::new() };
        let titles = HeadingLines::of(&table.surroundings.titles).titles;
        let titles = titles.iter().map(|line| without_units(line).to_uppercase());
        let lines = rows.lines.iter().map(|line| line.name.clone()).collect();
        Ok(Part {
            spot,
            source: None,
            unit,
            model: self.model(Model::of(table, lead, lines)),
            errors: errors(checked),
            total: Record {
                name: String::new(),
                lines: rows.lines.iter().map(|line| total(table, line)).collect(),
            },
            total_name: rows.total_name(table),
            total_first: rows.total_first(),
            count: rows.lines.first().map_or(0, |line| line.leaves.len()),
            rows: records,
            dropped: dropped.collect(),
            own_rules: table.rows.iter().filter(|row| row.role == Role::Exception).count(),
            titles: titles.filter(|line| !line.is_empty()).collect(),
        })
    }

    /// The index of the model that a table's columns agree with.
    fn model(&mut self, model: Model) -> usize {
        let known = self.models.iter_mut().position(|known| known.take_in(&model));
        known.unwrap_or_else(|| {
            self.models.push(model);
            self.models.len() - 1
        })
    }
}

/// How many errors a table has, and the first of them.
fn errors(checked: &Checked) -> (usize, Text) {
    let say = |lang: Lang| {
        checked.errors().next().map_or_else(String::new, |finding| {
            format!("{}: {}", checked.cell(finding), words::message(checked, finding, lang))
        })
    };
    (checked.errors().count(), Text::new(say(Lang::Vi), say(Lang::En)))
}

/// The rows of one line of a table.
struct Line {
    name: String,
    total: Option<usize>,
    /// The rows the total sums, sums among them resolved.
    leaves: Vec<usize>,
}

struct Sorted {
    lines: Vec<Line>,
}

impl Sorted {
    fn total_name(&self, table: &Table) -> String {
        let total = self.lines.first().and_then(|line| line.total);
        total.map_or_else(String::new, |row| table.rows[row].name.clone())
    }

    fn total_first(&self) -> bool {
        self.lines.first().is_some_and(|line| match (line.total, line.leaves.first()) {
            (Some(total), Some(leaf)) => total < *leaf,
            _ => false,
        })
    }
}

/// Finds the total row of each line of a table; a table that is one plain list may have none, for
/// then its rows can be added without asking what adds up to what.
fn sort_rows(table: &Table) -> Result<Sorted, Text> {
    let counts = |role| matches!(role, Role::Unit | Role::Subtotal | Role::Total);
    let mut names: Vec<&str> = Vec::new();
    for row in table.rows.iter().filter(|row| counts(row.role)) {
        if !names.contains(&row.line.as_str()) {
            names.push(&row.line);
        }
    }
    let mut lines = Vec::new();
    for name in names {
        let of_line = |row: &usize| table.rows[*row].line == name && counts(table.rows[*row].role);
        let rows: Vec<usize> = (0..table.rows.len()).filter(of_line).collect();
        let is = |role| rows.iter().copied().filter(move |row| table.rows[*row].role == role);
        let totals: Vec<usize> = is(Role::Total).collect();
        let (total, leaves) = match totals.as_slice() {
            [total] => (Some(*total), leaves(table, *total)),
            [] if is_list(table, &rows) => (None, rows),
            _ => return Err(no_total()),
        };
        lines.push(Line { name: name.to_owned(), total, leaves });
    }
    let unit = |row: &usize| fold(&table.rows[*row].name);
    let names = |line: &Line| line.leaves.iter().map(unit).collect::<Vec<_>>();
    let same = lines.windows(2).all(|pair| names(&pair[0]) == names(&pair[1]));
    if lines.is_empty() || !same { Err(no_total()) } else { Ok(Sorted { lines }) }
}

fn is_list(table: &Table, rows: &[usize]) -> bool {
    is_flat(table, rows)
        && rows
            .iter()
            .all(|row| table.rows[*row].role == Role::Unit && !is_total(&table.rows[*row].name))
}

fn no_total() -> Text {
    Text::new(
        "không rõ dòng nào là tổng của bảng, hoặc dòng tổng không bằng cộng các dòng",
        "it is not clear which row is the total of the table, or the total is not the sum of its rows",
    )
}

/// The rows a total sums, from top to bottom, sums among them resolved into their own rows.
fn leaves(table: &Table, total: usize) -> Vec<usize> {
    let mut open = vec![total];
    let mut seen = BTreeSet::new();
    let mut leaves = BTreeSet::new();
    while let Some(row) = open.pop() {
        let parts = &table.rows[row].parts;
        if !seen.insert(row) {
            continue;
        }
        if parts.is_empty() {
            leaves.insert(row);
        } else {
            open.extend(parts);
        }
    }
    leaves.into_iter().collect()
}

/// The total of a line: its row, or the sum of the rows of a plain list.
fn total(table: &Table, line: &Line) -> Vec<Datum> {
    if let Some(row) = line.total {
        return data(table, row);
    }
    let rows: Vec<&[Datum]> = line.leaves.iter().map(|row| table.grid[*row].as_slice()).collect();
    super::sum::add(&table.columns, &rows)
}

fn records(table: &Table, sorted: &Sorted) -> Vec<Record> {
    let Some(first) = sorted.lines.first() else { return Vec::new() };
    (0..first.leaves.len())
        .map(|index| Record {
            name: table.rows[first.leaves[index]].name.clone(),
            lines: sorted.lines.iter().map(|line| data(table, line.leaves[index])).collect(),
        })
        .collect()
}

/// A row's figures as the paper shows them, without the formulas of the workbook they stood in.
fn data(table: &Table, row: usize) -> Vec<Datum> {
    let plain = |(column, datum): (usize, &Datum)| {
        let mut datum = Datum { formula: None, ..datum.clone() };
        if table.columns[column].kind != crate::table::Kind::Text
            && let (Reading::Number(figure), Some(shown)) =
                (&mut datum.reading, table.number(Place::new(row, column)))
        {
            (figure.exact, figure.is_text) = (shown, false);
        }
        datum
    };
    table.grid[row].iter().enumerate().map(plain).collect()
}
