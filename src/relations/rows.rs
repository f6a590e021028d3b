//! Rows computed from others of the same column: totals and subtotals, and the differences and
//! rates that stand below the figures.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::instance::{Body, Template};
use super::summed::is_summed;
use super::{Axis, Combination, Concern, Evidence, Instance, Relation, Says, Source};
use crate::table::{Basis, Column, Inferred, Kind, Place, Role, RowFormula, Table, sum_of};

/// The sums and computed rows that names, ordinals and type propose and the figures bear out.
pub(super) fn stated(table: &Table, relations: &mut Vec<Relation>) {
    // Names and type alone convict nobody where the table prints no rule.
    if table.labels_are_made() {
        return;
    }
    for (target, row) in table.rows.iter().enumerate() {
        let said = match row.formula {
            Some(formula) => Some(said_by(table, formula)),
            None if row.is_sum() && !row.parts.is_empty() => {
                if row.basis == Basis::Figures && is_inferred(table, target) {
                    continue;
                }
                let parts = row.parts.iter().map(|part| (*part, Decimal::ONE));
                Some((format!("{} = Σ", row.name), Says::Equal(parts.collect())))
            }
            None => None,
        };
        relations.extend(said.map(|(text, says)| Relation {
            text: text.into(),
            axis: Axis::Row,
            target,
            says,
            source: match row.basis {
                Basis::Name => Source::Printed,
                Basis::Marks => Source::Marks,
                Basis::Figures => Source::Found,
            },
            evidence: evidence(table, target),
            convicts: row.basis != Basis::Figures,
        }));
    }
}

/// True where the search of relations tells the row with more evidence than the sum alone has.
fn is_inferred(table: &Table, row: usize) -> bool {
    let mut own = table.inferred.iter().filter(|one| one.of_rows && one.target == row);
    own.any(Inferred::speaks)
}

/// On how many columns the sum of a row holds; for those that nothing evaluates later.
fn evidence(table: &Table, target: usize) -> Evidence {
    let row = &table.rows[target];
    if row.basis != Basis::Figures {
        return Evidence::default();
    }
    let adding = (0..table.columns.len()).filter(|column| table.columns[*column].adds_up());
    let mut evidence = Evidence::default();
    for column in adding {
        let number = |row: usize| table.number(Place::new(row, column));
        let Some(found) = number(target) else { continue };
        let sum = sum_of(row.parts.iter().filter_map(|part| number(*part)));
        evidence.of += 1;
        evidence.fits += usize::from(sum == found);
    }
    evidence
}

fn said_by(table: &Table, formula: RowFormula) -> (String, Says) {
    let name = |row: usize| table.rows[row].name.as_str();
    let one = |row: usize| Combination::from_iter([(row, Decimal::ONE)]);
    match formula {
        RowFormula::Difference(a, b) => {
            let both = [(a, Decimal::ONE), (b, Decimal::NEGATIVE_ONE)];
            (format!("{} − {}", name(a), name(b)), Says::Equal(both.into_iter().collect()))
        }
        RowFormula::Rate(a, b) => {
            let scale = Some(Decimal::ONE_HUNDRED);
            let ratio = Says::Ratio { numerator: one(a), denominator: one(b), scale };
            (format!("{}/{}", name(a), name(b)), ratio)
        }
    }
}

/// One instance for each such row and column: sums of what adds up, or other rows of all figures.
pub(super) fn instances(
    table: &Table,
    relations: &[Relation],
    concern: Concern,
    found: &mut Vec<Instance>,
) {
    let sums = concern == Concern::Sum;
    let takes = |column: &Column| if sums { column.adds_up() } else { column.kind != Kind::Text };
    let columns: Vec<usize> =
        (0..table.columns.len()).filter(|column| takes(&table.columns[*column])).collect();
    let of_rows = |relation: &Relation| {
        relation.convicts
            && relation.axis == Axis::Row
            && table.rows[relation.target].is_sum() == sums
    };
    for (index, relation) in relations.iter().enumerate().filter(|(_, relation)| of_rows(relation))
    {
        let Some(template) = template(table, concern, (index, relation)) else { continue };
        let target = relation.target;
        for column in &columns {
            if sums && !is_summed(table, target, *column) {
                continue;
            }
            let place = Place::new(target, *column);
            let decimals = if template.is_ratio() { judged_decimals(table, place) } else { 0 };
            found.push(Instance::of(table, &template, place, decimals));
        }
    }
}

/// What a relation, given with its index, says of each column. Settled rows hold no cell that could be
/// wrong by itself; to a sum they add what their figures add up to.
fn template(
    table: &Table,
    concern: Concern,
    (index, relation): (usize, &Relation),
) -> Option<Arc<Template>> {
    let is_settled = |(row, _): &&(usize, Decimal)| {
        concern == Concern::Sum && table.rows[*row].role == Role::Run
    };
    let mut settled = Vec::new();
    let body = match &relation.says {
        Says::Equal(all) if all.terms.iter().any(|term| is_settled(&term)) => {
            let adds = |column: usize| -> Decimal {
                let of_row = |(row, factor): &(usize, Decimal)| {
                    table.number(Place::new(*row, column))?.checked_mul(*factor)
                };
                all.terms.iter().filter(is_settled).filter_map(of_row).sum()
            };
            settled.extend((0..table.columns.len()).map(adds));
            let kept = all.terms.iter().filter(|term| !is_settled(term));
            Body::Balance(Combination { terms: kept.copied().collect(), constant: all.constant })
        }
        Says::Equal(all) => Body::Balance(all.clone()),
        Says::Ratio { numerator, denominator, scale: Some(scale) } => Body::Ratio {
            numerator: numerator.clone(),
            denominator: denominator.clone(),
            scale: *scale,
        },
        _ => return None,
    };
    Some(Template::new(concern, (index, relation), body, settled))
}

/// The decimals a rate between rows is judged by: those it prints, up to four.
fn judged_decimals(table: &Table, target: Place) -> u32 {
    table.figure(target).map_or(2, |figure| figure.decimals.min(4))
}
