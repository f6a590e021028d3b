//! Results of formulas: which the file holds, which had to be computed, which are not known.

/// A figure that is not known: its formula has no stored result and could not be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The kind of obstacle, in English: `function`, `reference to another workbook` …
    pub what: &'static str,
    /// What exactly: the function's name, the reference as written; may be empty.
    pub detail: String,
    /// True where the formula itself could be computed and only waits for another unknown cell.
    pub follows: bool,
}

/// What a file says of how its formulas were calculated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calculation {
    /// Programs are asked to compute everything anew when they open it (`fullCalcOnLoad`).
    pub on_load: bool,
    /// Formulas are computed only when a person asks for it.
    pub manual: bool,
    /// The program named as its author; empty where none is.
    pub program: String,
}

/// Libraries that write formulas and never compute them, as they name themselves.
const WRITERS: [&str; 12] = [
    "apache poi",
    "aspose",
    "closedxml",
    "eclipse birt",
    "epplus",
    "exceljs",
    "npoi",
    "openpyxl",
    "phpexcel",
    "phpspreadsheet",
    "sheetjs",
    "xlsxwriter",
];

impl Calculation {
    /// True where a stored 0 may stand for a result nobody computed: libraries store it, and who
    /// opens the file sees the formulas computed.
    #[must_use]
    pub fn leaves_zeros(&self) -> bool {
        let program = self.program.to_lowercase();
        self.on_load || WRITERS.iter().any(|name| program.contains(name))
    }
}
