//! What is kept of each file: its table's columns once for all tables that share them, and of its
//! rows the total, or all of them where they are to be shown. The workbook itself is let go, so
//! that thousands of files can be merged.

use std::collections::BTreeSet;

use super::columns;
use super::model::{Lead, Model};
use super::problem::{Kind, Problem, Spot};
use super::{Options, Rows};
use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::findings::{Checked, words};
use crate::lang::{Lang, Text};
use crate::output::Checksum;
use crate::recognise::is_flat;
use crate::table::{Datum, Reading, Role, Table};
use crate::units::Unit;
use crate::words::units::without_units;
use crate::words::{fold, is_total};
use crate::workbook::Workbook;

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
    /// What is wrong with it.
    pub(super) errors: Errors,
    pub(super) total: Record,
    pub(super) total_name: String,
    pub(super) total_first: bool,
    /// How many rows the total sums.
    pub(super) count: usize,
    /// Those rows, where they are to be shown.
    pub(super) rows: Vec<Record>,
    /// Rows with rules of their own (changes, rates), which are not merged.
    pub(super) own_rules: usize,
    /// Headings of columns for remarks, or without a label, that are not merged.
    pub(super) dropped: Vec<String>,
    /// True where its columns stand in another order than the model's.
    pub(super) moved: bool,
    /// The group it belongs to; empty without groups.
    pub(super) group: String,
    /// The title without the unit's name.
    pub(super) titles: Vec<String>,
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Errors {
    /// Findings of severity error.
    pub count: usize,
    /// The first of them in words: Vietnamese, English.
    pub first: (String, String),
}

impl Errors {
    /// Those of a checked table.
    #[must_use]
    pub fn of(checked: &Checked) -> Self {
        let say = |lang: Lang| {
            checked.errors().next().map_or_else(String::new, |finding| {
                format!("{}: {}", checked.cell(finding), words::message(checked, finding, lang))
            })
        };
        Self { count: checked.errors().count(), first: (say(Lang::Vi), say(Lang::En)) }
    }
}

/// A table with what its check has found.
type Known<'a> = (&'a Table, Errors);

/// The files of a merge, as they come in.
#[derive(Debug)]
pub struct Gathering {
    pub(super) options: Options,
    pub(super) models: Vec<Model>,
    pub(super) parts: Vec<Part>,
    pub(super) problems: Vec<Problem>,
    /// Tables on hidden sheets of files that have others.
    pub(super) hidden: Vec<Spot>,
    /// Tables about another year than the one wanted, with theirs.
    pub(super) other_years: Vec<(Spot, i32)>,
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
            other_years: Vec::new(),
        }
    }

    /// Takes a file's tables. `file` is its name as it will be said, `source` the checksum that the
    /// merged workbook is marked with.
    pub fn add(&mut self, file: &str, source: Option<&Checksum>, checkup: &Checkup) {
        let tables = checkup.tables.iter();
        let tables = tables.map(|checked| (&checked.table, Errors::of(checked)));
        self.add_tables(file, source, &checkup.workbook, tables.collect());
    }

    /// Takes a file's tables, each with what its check has found.
    pub fn add_tables(
        &mut self,
        file: &str,
        source: Option<&Checksum>,
        workbook: &Workbook,
        tables: Vec<Known<'_>>,
    ) {
        let wanted = |(table, _): &Known<'_>| {
            self.options.form.as_ref().is_none_or(|form| table.form == *form)
        };
        let tables: Vec<Known<'_>> = tables.into_iter().filter(wanted).collect();
        if tables.is_empty() {
            self.problems.push(Problem::no_such_form(file, self.options.form.as_deref()));
        }
        let hidden = |(table, _): &Known<'_>| {
            let sheet = workbook.sheet(&table.sheet);
            sheet.is_some_and(|sheet| !sheet.visible) && !self.options.hidden
        };
        let (hidden, tables): (Vec<Known<'_>>, Vec<Known<'_>>) =
            tables.into_iter().partition(hidden);
        for (table, _) in hidden {
            let spot = Spot::table(file, table);
            if tables.is_empty() {
                self.problems.push(Problem::hidden(spot));
            } else {
                self.hidden.push(spot);
            }
        }
        let all = tables.len();
        let tables: Vec<Known<'_>> =
            tables.into_iter().filter(|(table, _)| self.is_of_year(file, table)).collect();
        if tables.is_empty() && all > 0 {
            self.problems.push(Problem::other_year(file, self.options.year));
        }
        for (table, errors) in tables {
            let spot = Spot::table(file, table);
            match self.part(spot.clone(), table, errors) {
                Ok(part) => self.parts.push(Part { source: source.cloned(), ..part }),
                Err(why) => self.problems.push(Problem::new(Kind::NoTotal, vec![spot], why)),
            }
        }
    }

    /// Takes note of a file that could not be read or holds no table.
    pub fn fail(&mut self, file: &str, failure: &Failure) {
        self.problems.push(Problem::unread(file, failure));
    }

    /// True for a table about the year wanted, or about none that is known; others are noted.
    fn is_of_year(&mut self, file: &str, table: &Table) -> bool {
        match (self.options.year, table.year()) {
            (Some(wanted), Some(year)) if wanted != year => {
                self.other_years.push((Spot::table(file, table), year));
                false
            }
            _ => true,
        }
    }

    fn part(&mut self, spot: Spot, table: &Table, errors: Errors) -> Result<Part, Text> {
        let (narrowed, dropped) = columns::standard(table);
        let mut table = narrowed.as_ref().unwrap_or(table);
        let lines = sort_rows(table)?.lines.into_iter().map(|line| line.name).collect();
        let (model, order) = self.model(Model::of(table, Lead::of(table), lines));
        let arranged = order.map(|order| columns::arranged(table, &order));
        let moved = arranged.is_some();
        table = arranged.as_ref().unwrap_or(table);
        let rows = sort_rows(table)?;
        let keep = self.options.rows == Rows::Village;
        let unit = self.options.naming.of(&table.surroundings, &table.sheet, &spot.file);
        let list = self.options.naming.list.as_ref();
        let group = self.options.group.as_ref();
        let group = group.map_or_else(String::new, |group| group.of(&unit, &spot.file, list));
        let records = if keep { records(table, &rows) } else { Vec::new() };
        let titles =
            table.surroundings.above.titles().iter().map(|line| without_units(line).to_uppercase());
        Ok(Part {
            spot,
            source: None,
            unit,
            model,
            errors,
            total: Record {
                name: String::new(),
                lines: rows.lines.iter().map(|line| total(table, line)).collect(),
            },
            total_name: rows.total_name(table),
            total_first: rows.total_first(),
            count: rows.lines.first().map_or(0, |line| line.leaves.len()),
            rows: records,
            dropped,
            moved,
            group,
            own_rules: table.rows.iter().filter(|row| row.role == Role::Exception).count(),
            titles: titles.filter(|line| !line.is_empty()).collect(),
        })
    }

    /// The index of the model that a table's columns agree with, and the order in which it has them
    /// where that is another.
    fn model(&mut self, model: Model) -> (usize, Option<Vec<usize>>) {
        if let Some(known) = self.models.iter_mut().position(|known| known.take_in(&model)) {
            return (known, None);
        }
        for (index, known) in self.models.iter_mut().enumerate() {
            let order = columns::order(&known.table.columns, &model.table.columns);
            let Some(order) = order else { continue };
            if known.take_in(&model.arranged(&order)) {
                return (index, Some(order));
            }
        }
        self.models.push(model);
        (self.models.len() - 1, None)
    }
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
    let rows: Vec<&[Datum]> = line.leaves.iter().map(|row| &table.grid[*row]).collect();
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
            && let Reading::Number(figure) = &mut datum.reading
        {
            (figure.stored, figure.is_text) = (None, false);
        }
        datum
    };
    table.grid[row].iter().enumerate().map(plain).collect()
}
