//! A workbook as the rest of the program sees it: sheets of sparse cells.
//!
//! Nothing here knows about files or tables. The readers in [`crate::read`] fill it, and the
//! recogniser in [`crate::recognise`] looks for tables in it.

mod address;
mod calculation;
mod cells;
mod format;
mod formula_text;
mod merges;
mod remark;
mod shift;
mod text;

pub use address::{Address, MAX_COLUMNS, MAX_ROWS, Range};
pub use calculation::{Calculation, Unknown};
pub use format::NumberFormat;
pub(crate) use format::shows_date;
pub use formula_text::{FormulaText, as_typed, holds_code};
pub use merges::Merges;
pub use remark::{Fault, LegacyEncoding};
pub(crate) use shift::Distance;
pub(crate) use shift::{Master, bracketed};
pub use shift::{RelativeForm, shift_formula};

use rust_decimal::Decimal;

use crate::words::is_invisible;
use cells::Cells;

/// The kind of file a workbook was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// Office Open XML workbook (`.xlsx`).
    Xlsx,
    /// Office Open XML workbook with macros (`.xlsm`).
    Xlsm,
    /// Excel binary workbook (`.xlsb`).
    Xlsb,
    /// Excel 97–2003 workbook (`.xls`).
    Xls,
    /// OpenDocument spreadsheet (`.ods`).
    Ods,
    /// Office Open XML document (`.docx`): its tables are sheets.
    Docx,
}

impl FileFormat {
    /// The usual file name suffix, without its dot.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Docx => "docx",
        }
    }

    /// True for files made of records, which hold formulas as code and not as text.
    #[must_use]
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Xls | Self::Xlsb)
    }

    /// True for a document: text with tables, whose cells hold text alone.
    #[must_use]
    pub fn is_document(self) -> bool {
        self == Self::Docx
    }
}

/// What a cell holds, read once and exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, an empty text, or, as read, a formula whose result the file does not hold.
    Blank,
    /// A number, to the 15 significant digits a spreadsheet keeps.
    Number(Decimal),
    /// Text in Unicode NFC, with no-break spaces as plain ones; blanks are kept as stored.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A date or time as its serial number (days), which a date format shows as a date.
    Date(Decimal),
    /// An error such as `#DIV/0!`, as the spreadsheet prints it.
    Error(Box<str>),
    /// A formula whose result nobody knows: the file holds none, and it could not be computed.
    Unknown(Box<Unknown>),
}

impl Value {
    /// True for nothing and for text made of blanks alone.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => text.chars().all(|c| c.is_whitespace() || is_invisible(c)),
            _ => false,
        }
    }
}

/// One cell: its value, and the formula and number format behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The stored value; for a formula, its cached result.
    pub value: Value,
    /// The formula without its leading `=`, relative to this cell (shared formulas are shifted).
    pub formula: Option<FormulaText>,
    /// Index into [`Workbook::formats`]; 0 is `General`.
    pub format: u16,
    /// True when the whole cell is set in bold type; group rows often are.
    pub bold: bool,
}

impl Cell {
    /// A cell with a value alone.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self { value, formula: None, format: 0, bold: false }
    }
}

/// Neighbouring rows that were settled while they were read: every rule over one row holds in each,
/// and nothing is to be said of any of them but what stands here ([`crate::screen`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The first row, zero-based.
    pub first: u32,
    /// How many rows, at least one.
    pub rows: u32,
    /// Sums of the figures by zero-based sheet column, for the columns that add up.
    pub sums: Vec<(u32, Decimal)>,
    /// How many figures of a column print fewer decimals than it has, by zero-based sheet column.
    pub short: Vec<(u32, usize)>,
    /// How many figures of a column are stored as text, by zero-based sheet column.
    pub texts: Vec<(u32, usize)>,
    /// The first and the last ordinal, where rows have ordinals; they count up by one.
    pub ordinals: Option<(u32, u32)>,
    /// Rule instances that were evaluated, and hold.
    pub checks: usize,
}

impl Run {
    /// What a zero-based sheet column of its rows adds up to; `None` for one that does not add up.
    #[must_use]
    pub fn sum(&self, column: u32) -> Option<Decimal> {
        self.sums.iter().find(|(own, _)| *own == column).map(|(_, sum)| *sum)
    }
}

/// One sheet. Cells are sorted by row, then column, and addresses are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The name on the tab.
    pub name: String,
    /// False for hidden and very hidden sheets.
    pub visible: bool,
    cells: Cells,
    /// Merged ranges; the value stands in the first cell.
    pub merges: Merges,
    /// Zero-based rows that are hidden, ascending; empty where the format does not tell.
    pub hidden_rows: Vec<u32>,
    /// Zero-based columns that are hidden, ascending; empty where the format does not tell.
    pub hidden_columns: Vec<u32>,
    /// The encoding from before Unicode that some text was in; the cells hold it decoded.
    pub legacy: Option<LegacyEncoding>,
    /// What could not be read: said, never passed over.
    pub faults: Vec<Fault>,
    /// Rows without their cells, in order; none unless the sheet was screened.
    pub runs: Vec<Run>,
    /// Formulas over several cells, which only change together.
    pub arrays: Vec<Range>,
    /// Formulas whose results the file does not hold and this program computed, ascending.
    pub computed: Vec<Address>,
    /// Lines above a table of a document, which stand in no cell.
    pub above: Vec<String>,
}

impl Sheet {
    /// Builds a sheet from cells in any order; of two cells at one address the last stands.
    #[must_use]
    pub fn new(name: impl Into<String>, cells: Vec<(Address, Cell)>) -> Self {
        let cells = Cells::with_last(cells);
        Self { name: name.into(), visible: true, cells, ..Self::default() }
    }

    /// The cell at an address, if the file holds one.
    #[must_use]
    pub fn cell(&self, at: Address) -> Option<&Cell> {
        self.cells.get(at)
    }

    /// Adds cells where there are none.
    pub fn add(&mut self, cells: Vec<(Address, Cell)>) {
        // Of two cells at one address the one that was there stands.
        let mut all = std::mem::take(&mut self.cells).into_all();
        all.extend(cells);
        self.cells = Cells::of(all);
    }

    /// The cell at an address, to change.
    pub fn cell_mut(&mut self, at: Address) -> Option<&mut Cell> {
        self.cells.get_mut(at)
    }

    /// The value at an address; [`Value::Blank`] where there is no cell.
    #[must_use]
    pub fn value(&self, at: Address) -> &Value {
        self.cell(at).map_or(&Value::Blank, |cell| &cell.value)
    }

    /// The same sheet with each cell changed.
    #[must_use]
    pub fn with_cells(mut self, change: impl Fn(Cell) -> Cell) -> Self {
        let cells = self.cells.into_all().into_iter().map(|(at, cell)| (at, change(cell)));
        self.cells = Cells::of(cells.collect());
        self
    }

    /// All cells, by row, then column, given away.
    #[must_use]
    pub fn into_cells(self) -> Vec<(Address, Cell)> {
        self.cells.into_all()
    }

    /// All cells, by row, then column.
    #[must_use]
    pub fn cells(&self) -> &[(Address, Cell)] {
        self.cells.all()
    }

    /// The cells of one row, by column.
    #[must_use]
    pub fn row(&self, row: u32) -> &[(Address, Cell)] {
        self.rows(row..=row)
    }

    /// The cells of some rows, by row and column.
    #[must_use]
    pub fn rows(&self, rows: std::ops::RangeInclusive<u32>) -> &[(Address, Cell)] {
        self.cells.rows(&rows)
    }

    /// The run of settled rows that a row belongs to.
    #[must_use]
    pub fn run_at(&self, row: u32) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.first <= row);
        self.runs[..after].last().filter(|run| row - run.first < run.rows)
    }

    /// The runs of settled rows that some of the rows from one to another belong to.
    #[must_use]
    pub fn runs_within(&self, first: u32, last: u32) -> &[Run] {
        let start = self.runs.partition_point(|run| run.first + run.rows <= first);
        let end = self.runs.partition_point(|run| run.first <= last);
        self.runs.get(start..end).unwrap_or_default()
    }

    /// What the settled rows that begin in a row add up to in a column.
    #[must_use]
    pub fn settled_sum(&self, at: Address) -> Option<Decimal> {
        self.run_at(at.row).filter(|run| run.first == at.row)?.sum(at.column)
    }

    /// The merged range that covers an address, if any.
    #[must_use]
    pub fn merge_at(&self, at: Address) -> Option<Range> {
        self.merges.at(at)
    }

    /// The last row of its cells and merged ranges; all below are blank or settled.
    #[must_use]
    pub fn bottom(&self) -> u32 {
        let cells = self.cells().last().map_or(0, |(at, _)| at.row);
        self.merges.iter().map(|range| range.end.row).fold(cells, u32::max)
    }

    /// The smallest range that holds every cell with a value.
    #[must_use]
    pub fn used(&self) -> Option<Range> {
        let is_filled = |(_, cell): &&(Address, Cell)| !cell.value.is_blank();
        let of_row = |row: &[(Address, Cell)]| {
            let ends = row.iter().find(is_filled).zip(row.iter().rfind(is_filled));
            ends.map(|(first, last)| Range { start: first.0, end: last.0 })
        };
        let kept = self.cells.by_row().filter_map(of_row).reduce(Range::union)?;
        // Settled rows stand under the headings of their table, so only rows can be added.
        let last = self.runs.last().map_or(0, |run| run.first + run.rows - 1);
        let end = Address::new(kept.end.row.max(last), kept.end.column);
        Some(Range { start: kept.start, end })
    }
}

/// Days from 31 December 1899 to 1 January 1904 as spreadsheets count them, 29 February 1900 included.
const DAYS_TO_1904: Decimal = Decimal::from_parts(1462, 0, 0, false, 0);

/// A workbook: what was read, and what could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// The kind of file, known from its content.
    pub format: FileFormat,
    /// Sheets in the order of their tabs.
    pub sheets: Vec<Sheet>,
    /// Number formats that cells point to; the first is `General`.
    pub formats: Vec<NumberFormat>,
    /// Names defined in the workbook with what they refer to.
    pub names: Vec<(String, String)>,
    /// True when dates count from 1904.
    pub epoch_1904: bool,
    /// What the file says of how its formulas were calculated.
    pub calculation: Calculation,
    /// Sheets that could not be read, with the reason: said, never passed over.
    pub unread: Vec<UnreadSheet>,
    /// Paragraphs of a document outside its tables, blank ones left out; workbooks have none.
    pub prose: Vec<String>,
}

/// A sheet the reader could not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadSheet {
    /// The name on the tab.
    pub name: String,
    /// Why, in the reader's words.
    pub reason: String,
}

impl UnreadSheet {
    /// A sheet without cells: a chart, a dialog, a macro.
    #[must_use]
    pub fn not_cells(name: &str) -> Self {
        Self { name: name.to_owned(), reason: "not a worksheet".to_owned() }
    }
}

impl Workbook {
    /// A workbook without sheets yet.
    #[must_use]
    pub fn empty(format: FileFormat) -> Self {
        Self {
            format,
            sheets: Vec::new(),
            formats: vec![NumberFormat::general().clone()],
            names: Vec::new(),
            epoch_1904: false,
            calculation: Calculation::default(),
            unread: Vec::new(),
            prose: Vec::new(),
        }
    }

    /// The number format of a cell.
    #[must_use]
    pub fn number_format(&self, cell: &Cell) -> &NumberFormat {
        self.formats.get(usize::from(cell.format)).unwrap_or(NumberFormat::general())
    }

    /// A date's serial as days from the end of 1899, as most workbooks count; times of day alone
    /// are the same in both.
    #[must_use]
    pub fn serial_of_1900(&self, serial: Decimal) -> Decimal {
        let is_day = self.epoch_1904 && serial >= Decimal::ONE;
        if is_day { serial + DAYS_TO_1904 } else { serial }
    }

    /// True where rows were settled while they were read: what stands in them is not known any more.
    #[must_use]
    pub fn has_settled_rows(&self) -> bool {
        self.sheets.iter().any(|sheet| !sheet.runs.is_empty())
    }

    /// The sheet with a name, compared as Excel does: letter case aside.
    #[must_use]
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.to_lowercase() == name.to_lowercase())
    }
}
