//! What the first rows of a sheet tell of its table.

use super::row::{Judge, Slot, Use};
use crate::judge::Judged;
use crate::recognise::columns::TELLING_ROWS;
use crate::recognise::{Request, prints_index_row, recognise};
use crate::rules;
use crate::table::{Column, Inferred, Kind, Role, Shape, Table};
use crate::workbook::{Address, Cell, Sheet, Workbook};

/// Cells of a sheet after which no table is looked for any more.
pub(super) const MOST_CELLS: usize = 500_000;

/// The judge of the further rows of a sheet, where the rows so far are those of one plain table
/// that goes on.
pub(super) fn table(
    book: &Workbook,
    sheet: &str,
    kept: &[(Address, Cell)],
    request: &Request,
) -> Option<Judge> {
    if request.sheet.as_ref().is_some_and(|name| name.to_lowercase() != sheet.to_lowercase())
        || kept.iter().any(|(_, cell)| cell.formula.is_some())
    {
        return None;
    }
    let kept_rows = Sheet::new(sheet, kept.to_vec());
    // Without an index row more of the rows may be needed to tell what holds in them.
    if !prints_index_row(&kept_rows) {
        return None;
    }
    let mut book = book.clone();
    book.sheets.push(kept_rows);
    let request = Request { sheet: None, ..request.clone() };
    let mut tables = recognise(&book, &request).ok()?.tables;
    let table = tables.pop().filter(|table| tables.is_empty() && table.index_row.is_some())?;
    let last = kept.last()?.0.row;
    // Rows of groups are parts of their own sums; settled among others they would be counted twice.
    let grouped = table.rows.iter().any(|row| row.role == Role::Subtotal);
    let plain = !grouped
        && table.rows.len() >= TELLING_ROWS
        && table.rows.last()?.sheet_row == last
        && table.rows.iter().all(|row| row.line.is_empty());
    // What figures show by themselves is told of every row.
    let inferred = table.inferred.iter().any(Inferred::speaks);
    let unsettled = inferred || table.columns.iter().any(lacks_scale);
    if !plain || unsettled {
        return None;
    }
    let judged = Judged::from(table);
    let ledger = rules::evaluate(&judged);
    let table = judged.table;
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
    let short = |column| {
        let mut found = ledger.remarks.iter().filter(|r| r.rule == &rules::MISSING_DECIMALS);
        found.any(|remark| remark.place.is_some_and(|place| place.column == column))
    };
    let slots = book.sheets[0].row(last).iter().map(|(at, cell)| {
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
        Some(slot)
    });
    let slots: Vec<Slot> = slots.collect::<Option<_>>()?;
    let filled = |column: usize| slots.iter().any(|slot| slot.column == column);
    let figures = |column: &usize| table.columns[*column].kind != Kind::Text;
    let complete = (0..table.columns.len()).filter(figures).all(filled);
    if !complete || !filled(name) || slots.iter().filter(|slot| slot.is_figure()).count() < 2 {
        return None;
    }
    let checks = ledger.instances.iter().filter(|instance| instance.target.row == index).count();
    Some(Judge::new(&table, slots, checks, ordinal.is_some()))
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
