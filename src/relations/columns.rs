//! Columns computed from others of the same row, as the index row or the form says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::instance::{Body, Template};
use super::summed::is_left_out;
use super::{Axis, Concern, Evidence, Instance, Outcome, Relation, Says};
use crate::table::{Column, ColumnFormula, Kind, Place, Reading, Role, RowFormula, Shape, Table};

/// The formulas that are printed or stated by the form.
pub(super) fn stated(table: &Table, relations: &mut Vec<Relation>) {
    let columns = table.columns.iter().enumerate();
    for (target, column) in columns.filter(|(_, column)| column.kind != Kind::Text) {
        let Some(formula) = &column.formula else { continue };
        let says = said_by(formula, column);
        let convicts = !is_in_another_unit(&says);
        relations.push(Relation {
            text: formula.text.clone(),
            axis: Axis::Column,
            target,
            says,
            source: formula.origin.into(),
            evidence: Evidence::default(),
            convicts,
        });
    }
}

/// True for a product through another unit (`3=1*2/10`): it is mostly of figures that are worked out from
/// it and rounded, as yields are, and which of its cells is wrong nothing says.
fn is_in_another_unit(says: &Says) -> bool {
    let Says::Product(factors) = says else { return false };
    factors.iter().any(|factor| factor.terms.is_empty())
}

fn said_by(formula: &ColumnFormula, column: &Column) -> Says {
    said_by_shape(&formula.shape, column.scale)
}

/// A shape whose ratio has a factor.
pub(crate) fn said_by_shape(shape: &Shape, scale: Option<Decimal>) -> Says {
    match shape {
        Shape::Linear(linear) => Says::Equal(linear.into()),
        Shape::Product(factors) => Says::Product(factors.iter().map(Into::into).collect()),
        Shape::Ratio { numerator, denominator, .. } => {
            Says::Ratio { numerator: numerator.into(), denominator: denominator.into(), scale }
        }
    }
}

/// One instance for each of some rows and each computed column: ratios, or all others.
pub(super) fn instances(
    table: &Table,
    relations: &[Relation],
    concern: Concern,
    rows: impl Iterator<Item = usize>,
    found: &mut Vec<Instance>,
) {
    let ratios = concern != Concern::Formula;
    let computed: Vec<(usize, Arc<Template>)> = (relations.iter().enumerate())
        .filter(|(_, relation)| relation.convicts && relation.computes_column())
        .filter(|(_, relation)| relation.is_ratio() == ratios)
        .filter_map(|(index, relation)| {
            let body = body(table, relation)?;
            let template = Template::new(concern, (index, relation), body, Vec::new());
            Some((relation.target, template))
        })
        .collect();
    if computed.is_empty() {
        return;
    }
    for row in rows {
        let described = &table.rows[row];
        // What holds for sums holds for their differences, but not for ratios or for rates.
        let difference = matches!(described.formula, Some(RowFormula::Difference(..)));
        if described.holds_no_cells() || (described.role == Role::Exception && !difference) {
            continue;
        }
        for (target, template) in &computed {
            if difference && !template.is_balance() {
                continue;
            }
            let place = Place::new(row, *target);
            let decimals = if template.is_ratio() { judged_decimals(table, place) } else { 0 };
            let instance = Instance::of(table, template, place, decimals);
            if !is_idle_product(table, &instance) {
                found.push(instance);
            }
        }
    }
}

/// The decimals that most figures of a column print; of as many the most.
fn usual_decimals(table: &Table, column: usize) -> u32 {
    let mut counts = BTreeMap::<u32, usize>::new();
    for row in &table.grid {
        if let Reading::Number(figure) = &row[column].reading {
            *counts.entry(figure.decimals.min(28)).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(decimals, _)| decimals)
}

/// True for a product that says nothing of its row. The sum of products is no product of sums, but where
/// one factor is the same in all rows; and an amount without any factor is a lump sum.
fn is_idle_product(table: &Table, instance: &Instance) -> bool {
    if !instance.is_product() {
        return false;
    }
    let lump = || instance.inputs().all(|input| is_left_out(table, input));
    if table.rows[instance.target().row].is_sum() {
        instance.outcome != Outcome::Satisfied
    } else {
        !table.has_form() && lump()
    }
}

/// What a relation says of each row.
fn body(table: &Table, relation: &Relation) -> Option<Body> {
    Some(match &relation.says {
        Says::Equal(columns) => Body::Balance(columns.clone()),
        Says::Product(factors) => {
            let mut decimals = vec![0; table.columns.len()];
            for column in relation.terms().into_iter().chain([relation.target]) {
                decimals[column] = usual_decimals(table, column);
            }
            Body::Product { factors: factors.clone(), decimals }
        }
        Says::Ratio { numerator, denominator, scale: Some(scale) } => Body::Ratio {
            numerator: numerator.clone(),
            denominator: denominator.clone(),
            scale: *scale,
        },
        Says::Ratio { scale: None, .. } => {
            let read: BTreeSet<usize> = relation.terms().into_iter().collect();
            Body::Unscaled(read.into_iter().map(|column| (column, Decimal::ONE)).collect())
        }
        Says::Share { .. } | Says::Copied | Says::AtMost(..) => return None,
    })
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
