//! What the tables of one merge have in common: their columns, headings and lines.

use super::columns;
use crate::lang::Text;
use crate::table::{Column, Data, Kind, Origin, Reading, Table};
use crate::words::units::years;
use crate::words::{fold, fold_heading};

/// The columns that name the rows, as indices into [`Table::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) name: usize,
    pub(super) ordinal: Option<usize>,
    pub(super) line: Option<usize>,
}

impl Lead {
    /// Finds them by what they print.
    pub(super) fn of(table: &Table) -> Self {
        let columns = table.columns.iter().take_while(|column| column.kind == Kind::Text).count();
        let best = |text: fn(&crate::table::Row) -> &str| {
            let prints = |column: usize| {
                let pairs = table.rows.iter().zip(&table.grid);
                pairs
                    .filter(|(row, data)| {
                        !text(row).is_empty() && fold(&data[column].printed()) == fold(text(row))
                    })
                    .count()
            };
            // Of several the leftmost.
            (0..columns).rev().max_by_key(|c| prints(*c)).filter(|c| prints(*c) > 0)
        };
        let name = best(|row| &row.name).unwrap_or(0);
        Self { name, ordinal: (name > 0).then_some(0), line: best(|row| &row.line) }
    }
}

/// A table without its rows.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) table: Table,
    pub(super) lead: Lead,
    /// What tells the lines of a unit apart; one empty name where units have one line.
    pub(super) lines: Vec<String>,
    /// By column: whether its figures are stored as fractions and shown per cent.
    pub(super) percent: Vec<Option<bool>>,
}

impl Model {
    pub(super) fn of(table: &Table, lead: Lead, lines: Vec<String>) -> Self {
        let percent = (0..table.columns.len()).map(|c| percent(&table.grid, c)).collect();
        let table = without_rows(table);
        Self { table, lead, lines, percent }
    }

    /// Takes in what another table adds, where its columns are the same; else returns false.
    pub(super) fn take_in(&mut self, other: &Self) -> bool {
        if self.difference(other).is_some() {
            return false;
        }
        for (column, new) in self.table.columns.iter_mut().zip(&other.table.columns) {
            join(column, new);
        }
        for (known, new) in self.percent.iter_mut().zip(&other.percent) {
            *known = match (*known, *new) {
                (Some(a), Some(b)) => Some(a && b),
                (a, b) => a.or(b),
            };
        }
        let around = &mut self.table.surroundings;
        if around.unit_line.is_none() {
            around.unit_line.clone_from(&other.table.surroundings.unit_line);
        }
        true
    }

    /// The same with its columns in another order.
    pub(super) fn arranged(&self, order: &[usize]) -> Self {
        let at = |old: usize| order.iter().position(|column| *column == old);
        let lead = Lead {
            name: at(self.lead.name).unwrap_or(self.lead.name),
            ordinal: self.lead.ordinal.and_then(at),
            line: self.lead.line.and_then(at),
        };
        Self {
            table: columns::arranged(&self.table, order),
            lead,
            lines: self.lines.clone(),
            percent: order.iter().map(|old| self.percent[*old]).collect(),
        }
    }

    /// The first thing in which the columns of two tables differ: this one's, then the other's.
    pub(super) fn difference(&self, other: &Self) -> Option<Text> {
        let (a, b) = (&self.table, &other.table);
        // A column more than the form has, for remarks, keeps a table from being known by it.
        let half_known = a.has_form() != b.has_form();
        if a.form != b.form && !half_known {
            return Some(differ(("biểu mẫu", "form"), &a.form, &b.form));
        }
        let labels = |table: &Table| {
            table.columns.iter().map(|c| c.label.clone()).collect::<Vec<_>>().join(" ")
        };
        let own = |column: &Column| fold(&column.label);
        if a.columns.iter().map(own).ne(b.columns.iter().map(own)) {
            if fold(&labels(a)) == fold(&labels(b)) {
                let count = |table: &Table| table.columns.len().to_string();
                return Some(differ(("số cột", "number of columns"), &count(a), &count(b)));
            }
            return Some(differ(("nhãn cột", "column labels"), &labels(a), &labels(b)));
        }
        if self.lines.iter().map(|l| fold(l)).ne(other.lines.iter().map(|l| fold(l))) {
            let lines = |lines: &[String]| lines.join(", ");
            let words = ("các dòng của một đơn vị", "lines of a unit");
            return Some(differ(words, &lines(&self.lines), &lines(&other.lines)));
        }
        let units = (&a.surroundings.unit_line, &b.surroundings.unit_line);
        if let (Some(a), Some(b)) = units
            && fold(a) != fold(b)
        {
            return Some(differ(("đơn vị tính", "unit of measure"), a, b));
        }
        let columns = a.columns.iter().zip(&b.columns).enumerate();
        columns
            .filter(|(index, _)| *index != self.lead.name)
            .find_map(|(_, (one, two))| column_difference(one, two, !a.has_form() && !b.has_form()))
    }
}

/// A copy of a table without its rows and what was found on them.
fn without_rows(table: &Table) -> Table {
    Table {
        sheet: table.sheet.clone(),
        range: table.range,
        form: table.form.clone(),
        index_row: table.index_row,
        body: table.body,
        columns: table.columns.clone(),
        rows: Vec::new(),
        grid: Data::default(),
        headings: table.headings.clone(),
        surroundings: table.surroundings.clone(),
        bounds: table.bounds.clone(),
        inferred: Vec::new(),
        across: table.across.clone(),
        contradictions: Vec::new(),
        misheaded: Vec::new(),
        wants_total: table.wants_total,
        doubtful_totals: Vec::new(),
        merged: Vec::new(),
        misshown: std::collections::BTreeSet::new(),
        locked: Vec::new(),
        notes: Vec::new(),
        layout: table.layout.clone(),
    }
}

fn percent(grid: &Data, column: usize) -> Option<bool> {
    let mut figures = grid.iter().filter_map(|row| match &row[column].reading {
        Reading::Number(figure) => Some(figure.percent),
        _ => None,
    });
    let first = figures.next()?;
    Some(first && figures.all(|percent| percent))
}

fn differ(what: (&str, &str), one: &str, two: &str) -> Text {
    Text::new(
        format!("{} là `{one}`, ở các bảng còn lại là `{two}`", what.0),
        format!("{}: `{one}` here, `{two}` there", what.1),
    )
}

/// What two columns of one label differ in. A table of a form is known by its labels and by the
/// years its headings name; without a form the headings are all there is.
fn column_difference(one: &Column, two: &Column, by_headings: bool) -> Option<Text> {
    let name = one.name();
    let formula = |column: &Column| column.formula.as_ref().map(|formula| formula.text.clone());
    if !same_formula(one, two) {
        let text = |column| formula(column).unwrap_or_else(|| "–".into());
        let what = (format!("công thức cột {name}"), format!("formula of column {name}"));
        return Some(differ((&what.0, &what.1), &text(one), &text(two)));
    }
    if let (Some(a), Some(b)) = (one.scale, two.scale)
        && a != b
    {
        let what = (format!("hệ số của cột {name}"), format!("factor of column {name}"));
        return Some(differ((&what.0, &what.1), &a.to_string(), &b.to_string()));
    }
    let (a, b) = (one.heading(), two.heading());
    let same =
        if by_headings { fold_heading(&a) == fold_heading(&b) } else { years(&a) == years(&b) };
    let what = (format!("tiêu đề cột {name}"), format!("heading of column {name}"));
    (!same).then(|| differ((&what.0, &what.1), &a, &b))
}

fn same_formula(one: &Column, two: &Column) -> bool {
    match (&one.formula, &two.formula) {
        (None, None) => true,
        // Only the form says it, and one of the tables is not known by it.
        (Some(known), None) | (None, Some(known)) => known.origin == Origin::Form,
        (Some(a), Some(b)) => a.shape.computes_like(&b.shape),
    }
}

/// Adds to a column what another table knows of it: some tables are too small to tell.
fn join(column: &mut Column, new: &Column) {
    let blank = column.kind == Kind::Text;
    if blank || column.scale.is_none() && new.scale.is_some() {
        column.kind = if new.kind == Kind::Text { column.kind } else { new.kind };
    }
    if (column.kind, new.kind) == (Kind::Count, Kind::Amount) {
        column.kind = Kind::Amount;
    }
    column.scale = column.scale.or(new.scale);
    column.decimals = column.decimals.max(new.decimals);
    if let (Some(known), Some(formula)) = (&mut column.formula, &new.formula)
        && known.origin == Origin::Form
        && formula.origin != Origin::Form
    {
        // The index row of an official table prints its formulas; some copies leave them out.
        known.clone_from(formula);
    }
}

/// Decimals of a computed rate: those of the form or of the tables, else two.
pub(super) fn decimals(column: &Column) -> u32 {
    column.decimals.unwrap_or(2)
}
