//! What the index row, or the form, says of each row: a column computed from others.

use rust_decimal::Decimal;

use super::instance::Columns;
use super::{Concern, Edit, Instance};
use crate::table::{
    Column, ColumnFormula, Kind, Place, Reading, Role, Row, RowFormula, Shape, Table,
};

/// The formulas of columns on rows of units: ratios, then all others on all rows.
pub(super) fn instances_in_rows(table: &Table, found: &mut Vec<Instance>) {
    instances(table, Concern::Rate, |row| !is_sum(row), Column::is_ratio, found);
    instances(table, Concern::Formula, |_| true, |column| !column.is_ratio(), found);
}

/// Ratios on rows that sum others.
pub(super) fn rates_of_totals(table: &Table, found: &mut Vec<Instance>) {
    instances(table, Concern::TotalRate, is_sum, Column::is_ratio, found);
}

/// True for rows that sum others: their ratios are reported by the rule on totals.
pub(super) fn is_sum(row: &Row) -> bool {
    matches!(row.role, Role::Total | Role::Subtotal)
}

/// One instance for each row and computed column that the filters take.
pub(super) fn instances(
    table: &Table,
    concern: Concern,
    takes_row: impl Fn(&Row) -> bool,
    takes_column: impl Fn(&Column) -> bool,
    found: &mut Vec<Instance>,
) {
    let columns = table.columns.iter().enumerate();
    let computed: Vec<Computed<'_>> = columns
        .filter(|(_, column)| column.kind != Kind::Text && takes_column(column))
        .filter_map(|(index, column)| Some(Computed::by(column.formula.as_ref()?, index, column)))
        .collect();
    if computed.is_empty() {
        return;
    }
    found.reserve(table.rows.len() * computed.len());
    for (row_index, row) in table.rows.iter().enumerate() {
        // What holds for sums holds for their differences, but not for ratios or for rates.
        let difference = matches!(row.formula, Some(RowFormula::Difference(..)));
        if row.holds_no_cells() || (row.role == Role::Exception && !difference) || !takes_row(row) {
            continue;
        }
        for column in &computed {
            if difference && !matches!(column.formula.shape, Shape::Linear(_)) {
                continue;
            }
            let target = Place::new(row_index, column.index);
            let edit = column.edit(table, target);
            found.push(Instance::new(table, concern, column.formula.text.clone(), target, edit));
        }
    }
}

/// A column's formula, ready to be stated of each row.
struct Computed<'a> {
    index: usize,
    formula: &'a ColumnFormula,
    parts: Parts,
}

/// The expressions of a formula as its shape combines them.
enum Parts {
    Linear(Columns),
    Ratio { numerator: Columns, denominator: Columns, scale: Decimal },
    Unscaled(Columns),
    Product(Columns, Columns),
}

impl<'a> Computed<'a> {
    fn by(formula: &'a ColumnFormula, index: usize, column: &Column) -> Self {
        let parts = match (&formula.shape, column.scale) {
            (Shape::Linear(linear), _) => Parts::Linear(Columns::of(linear)),
            (Shape::Product(left, right), _) => {
                Parts::Product(Columns::of(left), Columns::of(right))
            }
            (Shape::Ratio { numerator, denominator, .. }, Some(scale)) => Parts::Ratio {
                numerator: Columns::of(numerator),
                denominator: Columns::of(denominator),
                scale,
            },
            (shape @ Shape::Ratio { .. }, None) => Parts::Unscaled(Columns::read_by(shape)),
        };
        Self { index, formula, parts }
    }

    /// The formula on one row.
    fn edit(&self, table: &Table, target: Place) -> Edit {
        let terms = |columns: &Columns| columns.in_row(target.row);
        match &self.parts {
            Parts::Linear(columns) => Edit::Balance(terms(columns)),
            Parts::Product(left, right) => Edit::Product(terms(left), terms(right)),
            Parts::Unscaled(columns) => Edit::Unscaled(terms(columns)),
            Parts::Ratio { numerator, denominator, scale } => Edit::Ratio {
                numerator: terms(numerator),
                denominator: terms(denominator),
                scale: *scale,
                decimals: judged_decimals(table, target),
            },
        }
    }
}

/// The decimals a rate is judged by: those the form states; else those the cell itself prints,
/// and for longer, unrounded results those of the column.
fn judged_decimals(table: &Table, target: Place) -> u32 {
    let column = &table.columns[target.column];
    let usual = column.decimals.unwrap_or(2);
    match &table.datum(target).reading {
        Reading::Number(figure) if !column.decimals_stated => figure.decimals.min(usual),
        _ => usual,
    }
}
