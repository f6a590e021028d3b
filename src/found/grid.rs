//! What the search reads: figures with the decimals they print, and the words over and beside them.

use rust_decimal::Decimal;

use super::vocabulary::{Says, Word, says};

/// A figure as the paper shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The value shown.
    pub value: Decimal,
    /// The decimals shown; more than the value has where the cell prints noughts.
    pub decimals: u32,
}

impl Figure {
    /// A figure that prints the decimals it has.
    #[must_use]
    pub fn new(value: Decimal) -> Self {
        Self { value, decimals: value.scale() }
    }
}

/// What the figures of a column or a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Names, ordinals, codes, years, dates: leads the row and takes no part in arithmetic.
    Lead,
    /// Things counted one by one.
    Count,
    /// Money, areas and other amounts.
    Amount,
    /// Proportions and growth; never summed.
    Rate,
    /// Means and prices of one piece; never summed.
    Average,
}

impl Nature {
    /// True where figures of this nature may be summed.
    #[must_use]
    pub fn adds_up(self) -> bool {
        matches!(self, Self::Count | Self::Amount)
    }
}

/// A column with the words over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Headings from the top level down, in NFC.
    pub headings: Vec<String>,
    /// What it holds.
    pub nature: Nature,
    /// True where that is counted one by one, as households and persons are.
    pub is_counted: bool,
}

impl Column {
    /// A column of figures whose nature, and whether it is of things, its lowest two headings tell;
    /// `fractions` says whether most of its figures print decimals.
    #[must_use]
    pub fn headed<S: Into<String>>(headings: impl IntoIterator<Item = S>, fractions: bool) -> Self {
        let headings: Vec<String> = headings.into_iter().map(Into::into).collect();
        let nature =
            told_by(&headings).unwrap_or(if fractions { Nature::Amount } else { Nature::Count });
        let is_counted =
            headings.iter().rev().take(2).any(|heading| says(heading).says(Word::Things));
        Self { headings, nature, is_counted }
    }

    /// A column that leads the rows.
    #[must_use]
    pub fn lead() -> Self {
        Self { headings: Vec::new(), nature: Nature::Lead, is_counted: false }
    }
}

/// What the lowest two headings of a column say of its figures. The lower one decides: `Số hộ`
/// under `So sánh` counts, `Nam` under `Tỷ lệ` does not.
fn told_by(headings: &[String]) -> Option<Nature> {
    let mut levels = headings.iter().rev().take(2).map(|heading| says(heading));
    let leaf = levels.next()?;
    let own = nature_of(leaf);
    if own.is_some() || leaf.says(Word::Absolute) || leaf.says(Word::Change) {
        return own;
    }
    levels.next().and_then(nature_of)
}

fn nature_of(said: Says) -> Option<Nature> {
    if said.says(Word::Mean) || said.says(Word::Price) {
        Some(Nature::Average)
    } else {
        let compared = said.says(Word::Compared) && !said.says(Word::Absolute);
        (compared || said.says(Word::Rate)).then_some(Nature::Rate)
    }
}

/// A row with the words beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its name, in NFC; empty where it has none.
    pub name: String,
    /// Its unit of measure, where the table has a column of units.
    pub unit: String,
    /// Where the units of a table have several lines (`Hộ`, `Nhân khẩu`), which one this is. Lines
    /// of different names are never related to each other.
    pub line: String,
}

impl Row {
    /// A row with a name and nothing else.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// What its figures are, by its name and unit.
    #[must_use]
    pub fn nature(&self) -> Nature {
        let said = says(&self.name).with(says(&self.unit));
        if said.says(Word::Mean) {
            Nature::Average
        } else if said.says(Word::Rate) {
            Nature::Rate
        } else {
            Nature::Count
        }
    }

    /// True for a name of a total.
    #[must_use]
    pub fn is_total(&self) -> bool {
        says(&self.name).says(Word::Total)
    }
}

/// A table's figures, rows by columns. Rows and columns are told by their place in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    columns: Vec<Column>,
    rows: Vec<Row>,
    cells: Vec<Option<Figure>>,
}

impl Grid {
    /// A grid without figures.
    #[must_use]
    pub fn new(columns: Vec<Column>, rows: Vec<Row>) -> Self {
        let cells = vec![None; columns.len() * rows.len()];
        Self { columns, rows, cells }
    }

    /// Puts a figure at a row and a column; beyond the grid nothing happens.
    pub fn set(&mut self, row: usize, column: usize, figure: Option<Figure>) {
        if column < self.columns.len()
            && let Some(cell) = self.cells.get_mut(row * self.columns.len() + column)
        {
            *cell = figure;
        }
    }

    /// The figure at a row and a column: `None` for blanks, texts and errors. A dash that stands for
    /// zero is a figure.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> Option<Figure> {
        let inside = column < self.columns.len();
        inside.then(|| self.cells.get(row * self.columns.len() + column).copied().flatten())?
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}
