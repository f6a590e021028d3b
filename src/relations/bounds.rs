//! Bounds: what every reader takes for granted, as a form states it.

use rust_decimal::Decimal;

use super::instance::Columns;
use super::{Concern, Edit, Instance};
use crate::table::{BoundKind, Linear, Place, Role, Table};

/// The bounds of one kind on every row. The target is the smaller side's first column.
pub(super) fn instances(table: &Table, kind: BoundKind, found: &mut Vec<Instance>) {
    for bound in table.bounds.iter().filter(|bound| bound.kind == kind) {
        let Some((target_column, rest)) = isolate(&bound.part, &bound.whole) else { continue };
        let rest = Columns::of(&rest);
        found.reserve(table.rows.len());
        for (row_index, row) in table.rows.iter().enumerate() {
            if row.holds_no_cells() || row.role == Role::Exception {
                continue;
            }
            let target = Place::new(row_index, target_column);
            let edit = Edit::AtMost(rest.in_row(row_index));
            found.push(Instance::new(
                table,
                Concern::Bound(kind),
                bound.text.clone(),
                target,
                edit,
            ));
        }
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
