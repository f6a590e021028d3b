//! What a person decides, by cell.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::checkup::Checkup;
use crate::correct::not_a_figure;
use crate::failure::{Code, Failure};
use crate::recognise::notation;
use crate::table::Table;
use crate::workbook::{Address, Value};

/// All that a person decides about a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// True where corrections with less support are wanted as well.
    pub suggested: bool,
    /// Figures decided.
    pub decisions: Vec<Decision>,
    /// Cells whose suggested corrections are agreed to, each with all that its finding corrects.
    pub agreed: Vec<CellName>,
    /// Cells whose corrections are not wanted.
    pub declined: Vec<CellName>,
}

impl Choices {
    /// Decides on a figure, in place of what was decided on its cell before.
    pub fn decide(&mut self, cell: CellName, figure: Decimal) {
        self.decisions.retain(|decision| decision.cell != cell);
        self.decisions.push(Decision { cell, figure });
    }
}

/// A cell as a person names it: `Q13`, or `'PB 2024'!Q13`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellName {
    /// The sheet; without it, the only table that has the cell is meant.
    pub sheet: Option<String>,
    /// The cell.
    pub at: Address,
}

impl CellName {
    /// True for a name of the cell that another one names with its sheet.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.at == other.at && (self.sheet.is_none() || self.sheet == other.sheet)
    }

    /// True for a cell of the table, or of a row of it.
    pub(super) fn names(&self, table: &Table) -> bool {
        self.sheet.as_ref().is_none_or(|sheet| sheet.to_lowercase() == table.sheet.to_lowercase())
            && table.place(self.at).is_some()
    }
}

/// A figure that a person decided on, in the unit the table prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The cell.
    pub cell: CellName,
    /// What it should be.
    pub figure: Decimal,
}

impl FromStr for Decision {
    type Err = Failure;

    /// Reads `Q13=2,35` or `'PB 2024'!Q13=2,35`; a decimal point is taken as well.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let read = || {
            let (cell, figure) = text.rsplit_once('=')?;
            Some(Self { cell: cell_name(cell)?, figure: notation::read_number_text(figure)? })
        };
        read().ok_or_else(|| {
            Failure::new(
                Code::Unknown,
                format!("`{text}` không có dạng Ô=SỐ"),
                format!("`{text}` is not of the form CELL=VALUE"),
            )
            .with_help("ví dụ: --accept Q13=2,35", "for instance: --accept Q13=2,35")
        })
    }
}

/// Reads a cell with or without its sheet. A name in quotes has its own quotes doubled, as in
/// formulas; quotes may be left out where a shell took them away.
fn cell_name(text: &str) -> Option<CellName> {
    let Some((sheet, cell)) = text.rsplit_once('!') else {
        return Some(CellName { sheet: None, at: text.parse().ok()? });
    };
    let quoted = sheet.trim().strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
    let sheet = quoted.map_or_else(|| sheet.to_owned(), |name| name.replace("''", "'"));
    Some(CellName { sheet: Some(sheet), at: cell.parse().ok()? })
}

/// The index of the table that a decision is about.
///
/// # Errors
/// [`Code::CannotCorrect`] where no table has the cell as a figure, or several have.
pub(super) fn table_of(checkup: &Checkup, decision: &Decision) -> Result<usize, Failure> {
    let cell = &decision.cell;
    let tables: Vec<usize> = (0..checkup.tables.len())
        .filter(|index| is_figure(checkup, &checkup.tables[*index].table, cell))
        .collect();
    match tables.as_slice() {
        [] => Err(not_a_figure(cell.at)),
        [table] => Ok(*table),
        several => Err(of_several(checkup, several, decision)),
    }
}

/// True for a cell of the table that holds a figure or should.
fn is_figure(checkup: &Checkup, table: &Table, cell: &CellName) -> bool {
    let sheet = checkup.workbook.sheet(&table.sheet);
    cell.names(table)
        && table.place(cell.at).is_some_and(|place| table.places().any(|known| known == place))
        && !matches!(sheet.map(|sheet| sheet.value(cell.at)), Some(Value::Bool(_)))
}

fn of_several(checkup: &Checkup, tables: &[usize], decision: &Decision) -> Failure {
    let (at, figure) = (decision.cell.at, decision.figure);
    let name = |index: &usize| {
        format!("'{}'!{at}", checkup.tables[*index].table.sheet.replace('\'', "''"))
    };
    let names: Vec<String> = tables.iter().map(name).collect();
    let (first, names) = (name(&tables[0]), names.join(", "));
    let figure = figure.to_string().replace('.', ",");
    Failure::new(
        Code::CannotCorrect,
        format!("ô {at} có ở nhiều bảng: {names}"),
        format!("several tables have a cell {at}: {names}"),
    )
    .with_help(
        format!("nêu cả tên trang tính: --accept \"{first}={figure}\""),
        format!("name the sheet as well: --accept \"{first}={figure}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_names_its_sheet_or_does_not() {
        let read = |text: &str| {
            let decision: Decision = text.parse().unwrap();
            let CellName { sheet, at } = decision.cell;
            (sheet, at.to_string(), decision.figure.to_string())
        };
        let found = |sheet: Option<&str>, at: &str, figure: &str| {
            (sheet.map(ToOwned::to_owned), at.to_owned(), figure.to_owned())
        };
        assert_eq!(read("Q13=2,35"), found(None, "Q13", "2.35"));
        assert_eq!(read("'PB 2024'!Q13=2.35"), found(Some("PB 2024"), "Q13", "2.35"));
        assert_eq!(read("PB 2024!$Q$13=7"), found(Some("PB 2024"), "Q13", "7"));
        assert_eq!(read("'a''b!c=d'!A1=0"), found(Some("a'b!c=d"), "A1", "0"));
        for text in ["", "Q13", "Q13=", "=7", "Q13=x", "PB!=7", "'x'!9=7"] {
            assert_eq!(text.parse::<Decision>().unwrap_err().code, Code::Unknown, "{text}");
        }
    }
}
