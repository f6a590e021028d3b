//! Relations that the table does not print: what its headings and its figures tell.

use super::columns::said_by_shape;
use super::{Axis, Evidence, Relation, Says, Source};
use crate::table::{BoundKind, Inference, Inferred, Shape, Table, Told, Voice};

/// Those that may be told without being asked for.
pub(super) fn stated(table: &Table, relations: &mut Vec<Relation>) {
    relations.extend(table.inferred.iter().filter(|one| one.speaks()).map(relation));
}

fn relation(one: &Inferred) -> Relation {
    Relation {
        text: one.text.clone(),
        axis: if one.of_rows { Axis::Row } else { Axis::Column },
        target: one.target,
        says: says(&one.says),
        source: match (one.voice, one.by) {
            (Voice::Convicts, _) | (_, Told::Headings) => Source::Headings,
            (_, Told::Figures) => Source::Found,
            (_, Told::Cells) => Source::Cells,
        },
        evidence: Evidence { fits: one.fits, of: one.of, bits: one.bits },
        convicts: one.voice == Voice::Convicts,
    }
}

fn says(says: &Inference) -> Says {
    match says {
        Inference::Is(shape) => {
            let scale = if let Shape::Ratio { scale, .. } = shape { *scale } else { None };
            said_by_shape(shape, scale)
        }
        Inference::Share { part, scale, .. } => Says::Share { part: *part, scale: *scale },
        Inference::Copied => Says::Copied,
        Inference::AtMost(most) => Says::AtMost(most.into(), BoundKind::Part),
    }
}
