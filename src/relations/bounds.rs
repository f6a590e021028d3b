//! Bounds: what every reader takes for granted, as a form states it.

use rust_decimal::Decimal;

use super::instance::{Body, Template};
use super::{Axis, Concern, Evidence, Instance, Relation, Says, Source};
use crate::table::{BoundKind, Linear, Place, Role, Table};

/// The bounds of the form. The target is the smaller side's first column.
pub(super) fn stated(table: &Table, relations: &mut Vec<Relation>) {
    for bound in table.bounds.iter() {
        let Some((target, rest)) = isolate(&bound.part, &bound.whole) else { continue };
        relations.push(Relation {
            text: bound.text.clone(),
            axis: Axis::Column,
            target,
            says: Says::AtMost((&rest).into(), bound.kind),
            source: Source::Form,
            evidence: Evidence::default(),
            convicts: true,
        });
    }
}

/// `part <= whole` as `first column of part <= the rest`; only for a first coefficient of one.
fn isolate(part: &Linear, whole: &Linear) -> Option<(usize, Linear)> {
    let (column, coefficient) = part.terms.iter().next()?;
    if *coefficient != Decimal::ONE {
        return None;
    }
    let mut others = part.clone();
    others.terms.remove(column);
    Some((*column, whole.clone().plus(&others, Decimal::NEGATIVE_ONE)?))
}

/// The bounds of one kind on every row.
pub(super) fn instances(
    table: &Table,
    relations: &[Relation],
    kind: BoundKind,
    found: &mut Vec<Instance>,
) {
    for (index, relation) in relations.iter().enumerate() {
        let Says::AtMost(most, own) = &relation.says else { continue };
        if *own != kind || !relation.convicts {
            continue;
        }
        let (concern, body) = (Concern::Bound(kind), Body::AtMost(most.clone()));
        let template = Template::new(concern, (index, relation), body, Vec::new());
        for (row, described) in table.rows.iter().enumerate() {
            if described.holds_no_cells() || described.role == Role::Exception {
                continue;
            }
            found.push(Instance::of(table, &template, Place::new(row, relation.target), 0));
        }
    }
}
