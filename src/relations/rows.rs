//! Rows computed from two others: differences and rates between rows.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::instance::Combination;
use super::{Concern, Edit, Instance, Terms};
use crate::table::{Kind, Place, RowFormula, Table};

/// One instance for each such row and column of figures.
pub(super) fn instances(table: &Table, found: &mut Vec<Instance>) {
    for (index, row) in table.rows.iter().enumerate() {
        let Some(formula) = row.formula else { continue };
        let name = |row: usize| table.rows[row].name.as_str();
        let one = |row: usize| Combination::from([(row, Decimal::ONE)]);
        // A rate has a denominator as well.
        let (text, above, below): (Arc<str>, Combination, Option<Combination>) = match formula {
            RowFormula::Difference(a, b) => {
                let both = [(a, Decimal::ONE), (b, Decimal::NEGATIVE_ONE)];
                (format!("{} − {}", name(a), name(b)).into(), both.into(), None)
            }
            RowFormula::Rate(a, b) => {
                (format!("{}/{}", name(a), name(b)).into(), one(a), Some(one(b)))
            }
        };
        for (column, described) in table.columns.iter().enumerate() {
            if described.kind == Kind::Text {
                continue;
            }
            let target = Place::new(index, column);
            let terms = |rows: &Combination| Terms::in_column(rows.clone(), column, Decimal::ZERO);
            let edit = match &below {
                None => Edit::Balance(terms(&above)),
                Some(below) => Edit::Ratio {
                    numerator: terms(&above),
                    denominator: terms(below),
                    scale: Decimal::ONE_HUNDRED,
                    decimals: judged_decimals(table, target),
                },
            };
            found.push(Instance::new(table, Concern::RowFormula, text.clone(), target, edit));
        }
    }
}

/// The decimals a rate between rows is judged by: those it prints, up to four.
fn judged_decimals(table: &Table, target: Place) -> u32 {
    table.figure(target).map_or(2, |figure| figure.decimals.min(4))
}
