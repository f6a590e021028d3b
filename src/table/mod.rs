//! The recognised table: what the sheet's cells mean.
//!
//! A table is a grid of [`Datum`]s with a [`Column`] for each labelled column and a [`Row`] for
//! each row of figures. It is made once by [`crate::recognise`] and only read afterwards.

mod above;
mod data;
mod date;
mod expression;
mod figure;
mod inferred;
mod layout;
mod linear;
mod running;
pub mod slip;

pub use above::Above;
pub use data::Data;
pub use date::Date;
pub use expression::{Expression, ParseError, parse as parse_expression};
pub use figure::{Figure, Reading, Unknown, plain_number, print_number};
pub(crate) use figure::{equal, normal, sum_of, whole};
pub use inferred::{Doubt, Inference, Inferred, Told, Voice};
pub use layout::{Layout, Orientation};
pub(crate) use linear::with_term;
pub use linear::{Linear, Shape, divisor_of};
pub use running::{begins_cumulated, is_end_of_running_sum};

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::both;
use crate::formula::Formula;
use crate::lang::Text;
use crate::words::units::years;
use crate::workbook::{Address, FormulaText, Range, Run};

/// A figure's place in its table: zero-based indices into [`Table::rows`] and [`Table::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index into [`Table::rows`].
    pub row: usize,
    /// Index into [`Table::columns`].
    pub column: usize,
}

impl Place {
    /// A place from its row and column.
    #[must_use]
    pub fn new(row: usize, column: usize) -> Self {
        Self { row, column }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Names, ordinals, notes: nothing to compute with.
    Text,
    /// Whole things counted: households, people.
    Count,
    /// Money, areas and other measured amounts, which may have decimals.
    Amount,
    /// A proportion, usually per cent; never summed.
    Rate,
    /// A mean; never summed.
    Average,
}

impl Kind {
    /// True where a total row holds the sum of the rows.
    #[must_use]
    pub fn adds_up(self) -> bool {
        matches!(self, Self::Count | Self::Amount)
    }
}

/// How a column's formula came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Printed in the index row or in a caption.
    Printed,
    /// Stated by the form alone.
    Form,
    /// Printed, and the form says the same.
    Both,
}

/// The rule that computes a column from others of the same row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFormula {
    /// As an official reads it, for instance `14=13/1`.
    pub text: Arc<str>,
    /// What it computes, with columns by their index in [`Table::columns`].
    pub shape: Shape,
    /// Where it comes from.
    pub origin: Origin,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Zero-based column of the sheet.
    pub sheet_column: u32,
    /// Its name in the index row: a name, never a position; empty where none is printed.
    pub label: String,
    /// Headings from the top level down, joined from merged cells.
    pub headings: Arc<[String]>,
    /// What it holds.
    pub kind: Kind,
    /// The formula, if it is computed.
    pub formula: Option<Arc<ColumnFormula>>,
    /// The factor of a ratio (100 for per cent); `None` where the rows do not agree on one.
    pub scale: Option<Decimal>,
    /// Decimals the form or the column prints; `None` where nothing tells.
    pub decimals: Option<u32>,
    /// True where a form states the decimals, so that others are a fault.
    pub decimals_stated: bool,
}

impl Column {
    /// How a person points at the column: its label, or its heading.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.label.is_empty() {
            self.headings.last().map_or("", String::as_str)
        } else {
            &self.label
        }
    }

    /// True for a column that is computed as a ratio of others.
    #[must_use]
    pub fn is_ratio(&self) -> bool {
        matches!(self.formula.as_ref().map(|formula| &formula.shape), Some(Shape::Ratio { .. }))
    }

    /// True for a column whose total is the sum of its rows.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.kind.adds_up() && !self.is_ratio()
    }

    /// The headings as one phrase.
    #[must_use]
    pub fn heading(&self) -> String {
        self.headings.join(" – ")
    }
}

/// What part a row plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A unit (village, commune, hospital) with its own figures.
    Unit,
    /// A row that sums up the rows below or above it, inside the table.
    Subtotal,
    /// The total of the whole table.
    Total,
    /// A heading inside the table, without figures.
    Heading,
    /// Figures that follow rules of their own: a difference or a rate between rows.
    Exception,
    /// Units that were settled while they were read; the figures are their sums.
    Run,
}

/// What tells that a row sums others; the figures bear it out each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Basis {
    /// Its name.
    #[default]
    Name,
    /// Ordinals, dashes, bold type.
    Marks,
    /// The figures alone: such a sum accuses, vouches for and corrects nothing.
    Figures,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Zero-based row of the sheet.
    pub sheet_row: u32,
    /// The ordinal as printed (`1`, `1.1`, `I`), empty where there is none.
    pub ordinal: String,
    /// The unit's name, in NFC, blanks folded.
    pub name: String,
    /// Where a unit has several lines (`Hộ`, `Nhân khẩu`), which one this is; else empty.
    pub line: String,
    /// True when the name is set in bold type.
    pub bold: bool,
    /// Its part.
    pub role: Role,
    /// For an exception: how its figures come from other rows, where that could be told.
    pub formula: Option<RowFormula>,
    /// For a total or subtotal: the rows it sums, as indices into [`Table::rows`].
    pub parts: Vec<usize>,
    /// What tells that it sums them.
    pub basis: Basis,
    /// The settled rows it stands for.
    pub run: Option<Box<Run>>,
}

impl Row {
    /// True for a row of figures that nothing names.
    #[must_use]
    pub fn lacks_a_name(&self) -> bool {
        self.name.is_empty() && self.line.is_empty() && !self.holds_no_cells()
    }

    /// The row of the sheet it stands in; of settled rows the last one. Zero-based.
    #[must_use]
    pub fn last_sheet_row(&self) -> u32 {
        self.run.as_ref().map_or(self.sheet_row, |run| run.first + run.rows - 1)
    }

    /// True for rows that sum others: their ratios are reported by the rule on totals.
    #[must_use]
    pub fn is_sum(&self) -> bool {
        matches!(self.role, Role::Total | Role::Subtotal)
    }

    /// True for rows without figures of their own: headings, and what stands for settled rows.
    #[must_use]
    pub fn holds_no_cells(&self) -> bool {
        matches!(self.role, Role::Heading | Role::Run)
    }
}

/// How the figures of an exceptional row come from two others, column by column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormula {
    /// The first row less the second (indices into [`Table::rows`]).
    Difference(usize, usize),
    /// The first row in per cent of the second.
    Rate(usize, usize),
}

/// One figure of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    /// What was read.
    pub reading: Reading,
    /// What the cell prints where the reading alone does not tell: few cells have it, and the others hold no
    /// room for its length.
    pub written: Option<Box<Box<str>>>,
    /// The formula behind the cell, without `=`.
    pub formula: Option<FormulaText>,
}

impl Datum {
    /// Nothing, as a cell that is not there.
    #[must_use]
    pub fn blank() -> Self {
        Self::new(Reading::Blank)
    }

    /// Something that is printed as it is read.
    #[must_use]
    pub fn new(reading: Reading) -> Self {
        Self { reading, written: None, formula: None }
    }

    /// The same, printed otherwise.
    #[must_use]
    pub fn printing(self, written: impl Into<Box<str>>) -> Self {
        Self { written: Some(Box::new(written.into())), ..self }
    }

    /// True where the cell prints nothing.
    #[must_use]
    pub fn prints_nothing(&self) -> bool {
        match (&self.written, &self.reading) {
            (Some(written), _) => written.is_empty(),
            (None, Reading::Text(text) | Reading::Error(text)) => text.is_empty(),
            (None, Reading::Number(_) | Reading::Unknown(_)) => false,
            (None, Reading::Blank | Reading::Dash) => true,
        }
    }

    /// A figure that is worked out, printed with so many decimals, or with all that it has.
    pub(crate) fn figure(number: Decimal, decimals: u32, percent: bool) -> Self {
        let decimals = decimals.max(number.normalize().scale());
        let figure = Figure { percent, ..Figure::new(number, decimals) };
        Self::new(Reading::Number(figure)).printing(print_number(number, Some(decimals)))
    }

    /// True for a figure as most are, and for a blank or a dash.
    fn is_plain(&self, adds_up: bool) -> bool {
        match &self.reading {
            Reading::Number(figure) => {
                !figure.is_text
                    && !figure.shown.is_sign_negative()
                    && (figure.shown.scale() == 0 || !adds_up)
                    && !figure.hides()
            }
            Reading::Blank | Reading::Dash => true,
            Reading::Error(_) | Reading::Text(_) | Reading::Unknown(_) => false,
        }
    }

    /// The text as printed: what an official sees in the cell.
    #[must_use]
    pub fn printed(&self) -> Cow<'_, str> {
        match (&self.written, &self.reading) {
            (Some(written), _) => Cow::Borrowed(written),
            (None, Reading::Number(figure)) => Cow::Owned(figure.printed()),
            (None, Reading::Text(text) | Reading::Error(text)) => Cow::Borrowed(text),
            (None, Reading::Unknown(_)) => Cow::Borrowed("?"),
            (None, Reading::Blank | Reading::Dash) => Cow::Borrowed(""),
        }
    }
}

/// What stands around the table on its sheet, for the appendix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// Lines above the headings.
    pub above: Above,
    /// The line that names the unit of measure.
    pub unit_line: Option<String>,
    /// Blocks for signatures from left to right, each its lines top down (`TM. …`, `KT. …`, titles,
    /// name).
    pub blocks: Vec<Vec<String>>,
    /// Notes under the table.
    pub notes: Vec<String>,
    /// Amounts in words at the foot of the table.
    pub amounts: Vec<WrittenAmount>,
}

/// `Bằng chữ: …`, with the figures that stand beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAmount {
    /// The cell with the words.
    pub cell: Address,
    /// The words, folded.
    pub words: String,
    /// Figures in the same cell or row, which the words repeat.
    pub beside: Vec<Decimal>,
    /// Figures of rows between the table and the words: rounding, tax.
    pub above: Vec<Decimal>,
}

/// A heading cell with its span, for drawing the headings again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingCell {
    /// Where it stands in the sheet.
    pub range: Range,
    /// Its text.
    pub text: String,
}

/// What [`Table::form`] is for a table checked by the index row it prints.
pub const INDEX_ROW: &str = "index-row";

/// What [`Table::form`] is for a table known by its headings alone: it prints no index row, and no
/// form fits.
pub const HEADINGS: &str = "headings";

/// A recognised table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name.
    pub sheet: String,
    /// From the first heading row to the last row of figures.
    pub range: Range,
    /// The form's id; [`INDEX_ROW`] or [`HEADINGS`] where the table is its own form.
    pub form: String,
    /// Zero-based sheet row of the index row, where one is printed.
    pub index_row: Option<u32>,
    /// Zero-based sheet row below the headings and the index row.
    pub body: u32,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows from top to bottom.
    pub rows: Vec<Row>,
    /// `grid[row][column]`.
    pub grid: Data,
    /// Heading cells, the index row not among them.
    pub headings: Arc<[HeadingCell]>,
    /// What stands around it.
    pub surroundings: Surroundings,
    /// Linear relations between columns that a reader takes for granted (stated by the form).
    pub bounds: Arc<[Bound]>,
    /// Relations that it does not print: told by its figures and its headings.
    pub inferred: Vec<Inferred>,
    /// Columns that a table of another form repeats (stated by the form).
    pub across: Vec<Across>,
    /// Printed formulas that say something else than the form: label, printed, stated.
    pub contradictions: Vec<(usize, String, String)>,
    /// Columns whose headings say what another column of the form holds.
    pub misheaded: Vec<Misheaded>,
    /// True where the form has a total row.
    pub wants_total: bool,
    /// Rows named a total that most columns contradict: no sum is demanded of them.
    pub doubtful_totals: Vec<DoubtfulTotal>,
    /// Figures merged over several cells: the one that holds the figure, then those it covers.
    pub merged: Vec<Vec<Place>>,
    /// Cells whose format cannot show the figure they hold; they are read as they are stored.
    pub misshown: BTreeSet<Place>,
    /// Cells of the sheet that only change together: formulas over several cells.
    pub locked: Vec<Range>,
    /// What was decided on the way that a person should know: columns no rule covers, hidden rows,
    /// sums that were not taken for granted.
    pub notes: Vec<crate::lang::Text>,
    /// How the form wants its appendix; from the form, or the program's plain layout.
    pub layout: Layout,
}

/// A column whose heading does not say what the form has under its label, but what it has under
/// another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misheaded {
    /// Its index.
    pub column: usize,
    /// The label of the column that its heading describes.
    pub described: String,
    /// True where that column's heading describes a third one or this one: columns exchanged.
    pub exchanged: bool,
}

/// A row that is named a total and that most columns contradict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtfulTotal {
    /// Its index.
    pub row: usize,
    /// The rows it would sum up in a plain list.
    pub parts: Vec<usize>,
}

/// A relation `whole - part >= 0` between columns of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// As printed, for instance `3+5<=1`.
    pub text: Arc<str>,
    /// The smaller side.
    pub part: Linear,
    /// The larger side.
    pub whole: Linear,
    /// Which rule it is an instance of.
    pub kind: BoundKind,
}

/// A column whose figures a table of another form repeats, unit by unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Across {
    /// As the form writes it, for instance `2=5`: this table's column, then the other's.
    pub text: String,
    /// The column, as an index into [`Table::columns`].
    pub column: usize,
    /// Id of the other form.
    pub form: String,
    /// Label of the other table's column.
    pub other: String,
    /// How many years later than this one the other table is; 0 for one of the same year.
    pub year: i16,
    /// True where this table's total is compared with the row of its unit in the other table, that of
    /// a superior office.
    pub total: bool,
}

/// What a bound says, which decides the rule that reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundKind {
    /// A part is not larger than the whole.
    Part,
    /// A reduction is not larger than what there was.
    Reduction,
    /// There are at least as many people as households.
    People,
}

impl Table {
    /// True where a form says what the columns hold, not the table alone.
    #[must_use]
    pub fn has_form(&self) -> bool {
        ![INDEX_ROW, HEADINGS].contains(&self.form.as_str())
    }

    /// True where nothing prints the labels of the columns: letters and numbers were made up.
    #[must_use]
    pub fn labels_are_made(&self) -> bool {
        self.index_row.is_none() && !self.has_form()
    }

    /// How a person points at a column: its label, or its heading; of a label that nobody printed also
    /// where it stands, `4 (E)`.
    #[must_use]
    pub fn column_name(&self, column: usize) -> Cow<'_, str> {
        let own = &self.columns[column];
        if own.label.is_empty() || !self.labels_are_made() {
            return own.name().into();
        }
        let letters = Address::new(0, own.sheet_column).column_letters();
        if letters == own.label {
            letters.into()
        } else {
            format!("{} ({letters})", own.label).into()
        }
    }

    /// That no rule of the table was recognised, with what was read of it.
    #[must_use]
    pub fn without_rule(&self) -> Text {
        let rows = self.rows.iter().filter(|row| row.role != Role::Heading).count();
        let columns = self.columns.iter().filter(|column| column.kind != Kind::Text).count();
        let range = self.range;
        both!(
            "không nhận ra quy tắc nào; chỉ đọc được bảng {range} ({rows} dòng, {columns} cột số liệu)",
            "no rule was recognised; the table {range} was only read (rows {rows}, columns of figures {columns})"
        )
    }

    /// The index row as it would be printed, with where its columns stand: `C 1, D 2, E 3=2/1`.
    #[must_use]
    pub fn index_row_text(&self) -> String {
        let labelled = self.columns.iter().filter(|column| !column.label.is_empty());
        let cells = labelled.map(|column| {
            let letters = Address::new(0, column.sheet_column).column_letters();
            let formula = column.formula.as_ref().map(|formula| &*formula.text);
            format!("{letters}: {}", formula.unwrap_or(&column.label))
        });
        cells.collect::<Vec<_>>().join(", ")
    }

    /// The year it is about, where its title names one alone, or else its tab.
    #[must_use]
    pub fn year(&self) -> Option<i32> {
        let only = |text: &str| {
            let mut years = years(text);
            years.dedup();
            let [year] = years.as_slice() else { return None };
            year.parse().ok()
        };
        only(&self.surroundings.above.lines().join(" ")).or_else(|| only(&self.sheet))
    }

    /// Some of its rows under its columns, for a look at what holds in each of them; what is known
    /// of single cells besides is left out.
    pub(crate) fn of_rows(&self, rows: &[usize]) -> Self {
        Self {
            sheet: self.sheet.clone(),
            range: self.range,
            form: self.form.clone(),
            index_row: self.index_row,
            body: self.body,
            columns: self.columns.clone(),
            rows: rows.iter().map(|row| self.rows[*row].clone()).collect(),
            grid: rows.iter().map(|row| self.grid[*row].to_vec()).collect(),
            headings: self.headings.clone(),
            surroundings: Surroundings::default(),
            bounds: self.bounds.clone(),
            inferred: Vec::new(),
            across: Vec::new(),
            contradictions: Vec::new(),
            misheaded: Vec::new(),
            wants_total: false,
            doubtful_totals: Vec::new(),
            merged: Vec::new(),
            misshown: BTreeSet::new(),
            locked: Vec::new(),
            notes: Vec::new(),
            layout: self.layout.clone(),
        }
    }

    /// The sheet rows of its headings, without the index row.
    #[must_use]
    pub fn heading_rows(&self) -> std::ops::Range<u32> {
        self.range.start.row..self.index_row.unwrap_or(self.body)
    }

    /// Where the head says most of a column: its cell in the index row, or in the last heading row.
    #[must_use]
    pub fn head_cell(&self, column: usize) -> Address {
        let column = self.columns.get(column).map_or(0, |column| column.sheet_column);
        Address::new(self.index_row.unwrap_or(self.body.saturating_sub(1)), column)
    }

    /// The formula behind a cell; `None` where there is none, or one that cannot be read.
    #[must_use]
    pub fn formula(&self, place: Place) -> Option<Formula> {
        let text = self.datum(place).formula.as_ref()?;
        Formula::of_cell(text, self.address(place)).ok()
    }

    /// The figure at a place.
    #[must_use]
    pub fn datum(&self, place: Place) -> &Datum {
        &self.grid[place.row][place.column]
    }

    /// The figure at a place, where it holds one.
    #[must_use]
    pub fn figure(&self, place: Place) -> Option<&Figure> {
        match &self.datum(place).reading {
            Reading::Number(figure) => Some(figure),
            _ => None,
        }
    }

    /// The number at a place, in the unit it is printed in.
    #[must_use]
    pub fn number(&self, place: Place) -> Option<Decimal> {
        self.datum(place).reading.number()
    }

    /// The number the file holds at a place before its format rounds it, in the unit it is printed
    /// in.
    #[must_use]
    pub fn stored(&self, place: Place) -> Option<Decimal> {
        self.figure(place).map_or_else(|| self.number(place), |figure| Some(figure.exact()))
    }

    /// A value of a place in the unit its cell stores: a fraction where the cell, or for one without
    /// a figure its column, shows per cent.
    #[must_use]
    pub fn to_stored(&self, place: Place, value: Decimal) -> Decimal {
        if let Some(figure) = self.figure(place) {
            return figure.to_stored(value);
        }
        let figures = || {
            self.grid.iter().filter_map(|row| match &row[place.column].reading {
                Reading::Number(figure) => Some(figure),
                _ => None,
            })
        };
        let percent = figures().filter(|figure| figure.percent).count();
        let usual = figures().find(|figure| figure.percent);
        let usual = usual.filter(|_| percent * 2 > figures().count());
        usual.map_or(value, |figure| figure.to_stored(value))
    }

    /// True for a date where a figure should stand.
    #[must_use]
    pub fn holds_date(&self, place: Place) -> bool {
        matches!(&self.datum(place).reading, Reading::Text(text) if Date::parse(text).is_some())
    }

    /// The address of a place in its sheet.
    #[must_use]
    pub fn address(&self, place: Place) -> Address {
        Address::new(self.rows[place.row].sheet_row, self.columns[place.column].sheet_column)
    }

    /// The place of a sheet address, if it is one of the table's.
    #[must_use]
    pub fn place(&self, at: Address) -> Option<Place> {
        // Rows of a sheet stand in its order; those of a table made of many files may not.
        let row = self.rows.binary_search_by_key(&at.row, |row| row.sheet_row).ok();
        let row = row.or_else(|| self.rows.iter().position(|row| row.sheet_row == at.row))?;
        let column = self.columns.iter().position(|column| column.sheet_column == at.column)?;
        Some(Place { row, column })
    }

    /// The index of the column with a label.
    #[must_use]
    pub fn column(&self, label: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.label == label)
    }

    /// True where rows were settled while they were read: what stands in them is not known any more.
    #[must_use]
    pub fn has_settled_rows(&self) -> bool {
        self.rows.iter().any(|row| row.role == Role::Run)
    }

    /// Rows of the sheet, settled ones included.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.rows.iter().map(|row| row.run.as_ref().map_or(1, |run| run.rows as usize)).sum()
    }

    /// All places of columns that hold figures, by row, then column; settled rows have none.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.rows.len())
            .flat_map(|row| (0..self.columns.len()).map(move |column| Place { row, column }))
            .filter(|place| self.holds_figures(*place))
    }

    /// Those of [`Table::places`] that compute, with their formulas. The formulas are looked at first: most
    /// tables have none.
    pub fn formulas(&self) -> impl Iterator<Item = (Place, &FormulaText)> {
        let rows = self.grid.iter().enumerate();
        let data =
            rows.flat_map(|(row, data)| data.iter().enumerate().map(move |(c, d)| (row, c, d)));
        let live = data.filter_map(|(row, column, datum)| {
            Some((Place::new(row, column), datum.formula.as_ref()?))
        });
        live.filter(|(place, _)| self.holds_figures(*place))
    }

    /// Those of [`Table::places`] whose figures, told with the index of their column, are sought.
    #[must_use]
    pub fn places_with(&self, sought: impl Fn(&Datum, usize) -> bool) -> Vec<Place> {
        self.places_of(|kind| kind != Kind::Text, sought)
    }

    /// The same in columns of some kinds alone.
    #[must_use]
    pub fn places_of(
        &self,
        is_kind: impl Fn(Kind) -> bool,
        sought: impl Fn(&Datum, usize) -> bool,
    ) -> Vec<Place> {
        let columns = 0..self.columns.len();
        let columns: Vec<usize> =
            columns.filter(|column| is_kind(self.columns[*column].kind)).collect();
        let mut found = Vec::new();
        for (row, data) in self.rows_with_cells() {
            for column in &columns {
                if sought(&data[*column], *column) {
                    found.push(Place::new(row, *column));
                }
            }
        }
        found
    }

    /// The rows that have cells, by their index, with what stands in them.
    pub(crate) fn rows_with_cells(&self) -> impl Iterator<Item = (usize, &[Datum])> {
        let rows = self.rows.iter().zip(&self.grid).enumerate();
        rows.filter(|(_, (row, _))| !row.holds_no_cells()).map(|(row, (_, data))| (row, data))
    }

    /// The places of figures that hold something else than a plain one: nothing readable, a text, a figure
    /// below zero or with decimals hidden, one with decimals in a column that adds up. Most tables have
    /// none. Blanks and dashes are plain.
    #[must_use]
    pub fn unusual(&self) -> Vec<Place> {
        self.places_with(|datum, column| !datum.is_plain(self.columns[column].kind.adds_up()))
    }

    /// True for a place of a column that holds figures, in a row that has cells.
    #[must_use]
    pub fn holds_figures(&self, place: Place) -> bool {
        self.columns[place.column].kind != Kind::Text && !self.rows[place.row].holds_no_cells()
    }

    /// A number as this table prints numbers in a column: thousand dots, decimal comma, and for
    /// rates their decimals.
    #[must_use]
    pub fn print(&self, column: usize, value: Decimal) -> String {
        let column = &self.columns[column];
        let decimals = match column.kind {
            Kind::Rate | Kind::Average => column.decimals,
            _ => None,
        };
        print_number(value, decimals)
    }
}
