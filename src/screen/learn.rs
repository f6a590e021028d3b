//! What the first rows of a sheet tell of its table.

use super::row::{Judge, Slot, Use};
use crate::judge::{self, Judged, Judgement, Judgements, Standing};
use crate::recognise::{Request, prints_index_row, recognise};
use crate::rules;
use crate::table::{Column, Inferred, Kind, Place, Role, Row, Shape, Table};
use crate::workbook::{Address, Cell, RelativeForm, Sheet, Workbook};

/// Cells of a sheet after which no table is looked for any more.
pub(super) const MOST_CELLS: usize = 500_000;

/// Rows that tell what the table is, at least.
const LEAST_ROWS: usize = 200;

/// What the rows so far have told.
pub(super) enum Learned {
    /// They are those of one plain table that goes on: the judge of the further ones.
    Judge(Box<Judge>),
    /// Nothing yet.
    NotYet,
    /// That no row can be judged on its own.
    Never,
}

/// What the rows of a sheet tell so far.
pub(super) fn table(
    book: &Workbook,
    sheet: &str,
    kept: &[(Address, Cell)],
    request: &Request,
) -> Learned {
    if request.sheet.as_ref().is_some_and(|name| name.to_lowercase() != sheet.to_lowercase())
        || kept.iter().any(|(_, cell)| cell.formula.is_some() && cell.value.is_blank())
    {
        return Learned::Never;
    }
    let kept_rows = Sheet::new(sheet, kept.to_vec());
    // Without an index row more of the rows may be needed to tell what holds in them.
    if !prints_index_row(&kept_rows) {
        return Learned::NotYet;
    }
    let mut book = book.clone();
    book.sheets.push(kept_rows);
    let request = Request { sheet: None, ..request.clone() };
    let mut tables = recognise(&book, &request).map_or_else(|_| Vec::new(), |found| found.tables);
    let one = tables.pop().filter(|table| tables.is_empty() && table.index_row.is_some());
    let Some(table) = one else { return Learned::NotYet };
    // Rows of groups are parts of their own sums; settled among others they would be counted twice.
    // What figures show by themselves is told of every row.
    let never = |row: &Row| row.role == Role::Subtotal || !row.line.is_empty();
    if table.rows.iter().any(never) || table.inferred.iter().any(Inferred::speaks) {
        return Learned::Never;
    }
    let last = kept.last().map(|(at, _)| at.row);
    let goes_on = table.rows.len() >= LEAST_ROWS
        && table.rows.last().map(|row| row.sheet_row) == last
        && !table.columns.iter().any(lacks_scale);
    if !goes_on {
        return Learned::NotYet;
    }
    // To judge formulas again and again, each time of twice as many rows, would cost as much as the
    // whole table does.
    let computes = kept.iter().any(|(_, cell)| cell.formula.is_some());
    match judge(table, &book) {
        Some(judge) => Learned::Judge(Box::new(judge)),
        None if computes => Learned::Never,
        None => Learned::NotYet,
    }
}

/// The judge of rows like the last one of the table of a book's only sheet.
fn judge(table: Table, book: &Workbook) -> Option<Judge> {
    let judged = judge::judge(book, vec![table]).pop()?;
    let ledger = rules::evaluate(&judged);
    let Judged { table, judgements, .. } = judged;
    let doubtful = |remark: &rules::Remark| remark.rule == &rules::DOUBTFUL_FORMULA;
    if ledger.remarks.iter().any(doubtful) {
        return None;
    }
    // The layout of the rows to come is that of the last one.
    let index = table.rows.len() - 1;
    if table.rows[index].role != Role::Unit {
        return None;
    }
    let name = column_of(&table, |row| &row.name)?;
    let ordinal = column_of(&table, |row| &row.ordinal);
    // Rows without an ordinal among numbered ones may stand for something else than these.
    if ordinal.is_none() && table.rows.iter().any(|row| !row.ordinal.is_empty()) {
        return None;
    }
    let short = |column| {
        let mut found = ledger.remarks.iter().filter(|r| r.rule == &rules::MISSING_DECIMALS);
        found.any(|remark| remark.place.is_some_and(|place| place.column == column))
    };
    let slots = book.sheets[0].row(table.rows[index].sheet_row).iter().map(|(at, cell)| {
        let column = table.columns.iter().position(|c| c.sheet_column == at.column)?;
        let usage = match table.columns[column].kind {
            _ if Some(column) == ordinal => Use::Ordinal,
            _ if column == name => Use::Name,
            Kind::Text => Use::Text,
            kind => Use::Figure(kind),
        };
        let described = (column, &table.columns[column]);
        let mut slot = Slot::new(described, usage, cell, book.number_format(cell).clone());
        slot.short_told = short(column);
        if cell.formula.is_some() {
            slot.form = Some(form(&table, &judgements, Place::new(index, column))?);
        }
        Some(slot)
    });
    let slots: Vec<Slot> = slots.collect::<Option<_>>()?;
    let filled = |column: usize| slots.iter().any(|slot| slot.column == column);
    let figures = |column: &usize| table.columns[*column].kind != Kind::Text;
    let complete = (0..table.columns.len()).filter(figures).all(filled);
    if !complete || !filled(name) || slots.iter().filter(|slot| slot.is_figure()).count() < 2 {
        return None;
    }
    let checks = ledger.instances.iter().filter(|instance| instance.target().row == index).count();
    Some(Judge::new(&table, slots, checks, ordinal.is_some()))
}

/// The formula of a column as its last row has it, where each right one of the column is that one.
fn form(table: &Table, judgements: &Judgements, last: Place) -> Option<RelativeForm> {
    table.columns[last.column].formula.as_ref()?;
    let form = |place: Place| Some(table.datum(place).formula.as_ref()?.form(table.address(place)));
    let own = form(last).filter(|_| is_right(judgements, last))?;
    let units = (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Unit);
    let mut right = units.map(|row| Place::new(row, last.column));
    let same = right.all(|place| !is_right(judgements, place) || form(place) == Some(own));
    same.then(|| own.clone())
}

/// True for a formula that computes its rule, of which nothing is to be said.
pub(super) fn is_right(judgements: &Judgements, place: Place) -> bool {
    let right = |own: &Judgement| own.standing == Standing::Computed && own.faults.is_empty();
    judgements.get(&place).is_some_and(right)
}

fn lacks_scale(column: &Column) -> bool {
    let formula = column.formula.as_ref();
    formula.is_some_and(|f| matches!(f.shape, Shape::Ratio { .. })) && column.scale.is_none()
}

/// The column whose texts name the rows in a way; `None` where none does on every row.
fn column_of(table: &Table, word: impl Fn(&crate::table::Row) -> &String) -> Option<usize> {
    let units = || table.rows.iter().zip(&table.grid).filter(|(row, _)| row.role == Role::Unit);
    (0..table.columns.len()).find(|column| {
        table.columns[*column].kind == Kind::Text
            && units().all(|(row, data)| {
                let word = word(row);
                !word.is_empty() && data[*column].printed().split_whitespace().eq(word.split(' '))
            })
    })
}
