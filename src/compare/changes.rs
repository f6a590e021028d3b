//! Cells of two tables that say something else, and why.

use std::collections::BTreeSet;

use super::matching::Pair;
use super::{Change, Why};
use crate::findings::words;
use crate::relations::{Instance, Outcome};
use crate::table::{Datum, Kind, Place, Reading, Table, equal};
use crate::words::fold;

/// What changed in cells that were not asked about, and how many cells say the same otherwise.
pub(super) fn changes(pair: Pair<'_>) -> (Vec<Change>, usize) {
    let Pair { old, new, matched, .. } = pair;
    let mut changed = Vec::new();
    let mut rewritten = 0;
    for row in 0..old.table.rows.len() {
        if old.table.rows[row].holds_no_cells() {
            continue;
        }
        for column in 0..old.table.columns.len() {
            let was = Place::new(row, column);
            let Some(is) = matched.in_new(was) else { continue };
            if is_label(&old.table, was) && is_label(&new.table, is) {
                continue;
            }
            let (before, after) = (old.table.datum(was), new.table.datum(is));
            match difference(before, after) {
                Difference::None => {}
                Difference::Writing => rewritten += 1,
                Difference::Value => changed.push((was, is)),
            }
        }
    }
    let asked: BTreeSet<Place> = old.errors().filter_map(|finding| finding.place).collect();
    let named = named(pair);
    let mut moved: BTreeSet<Place> = changed.iter().map(|(_, is)| *is).collect();
    moved.extend(matched.new_places(&new.table));
    let following = following(pair, &moved);
    let told = changed.iter().filter(|(was, _)| !asked.contains(was)).map(|(was, is)| {
        let why = match (following.contains(is), named.contains(was)) {
            (true, _) => Why::Follows,
            (_, true) => Why::Named,
            _ => Why::Unasked,
        };
        let (from, to) = (old.table.address(*was), new.table.address(*is));
        Change {
            cell: to.to_string(),
            was_at: (from != to).then(|| from.to_string()),
            place: words::position(&new.table, *is, pair.lang),
            old: words::printed(&old.table, *was),
            new: words::printed(&new.table, *is),
            why,
        }
    });
    let mut told: Vec<Change> = told.collect();
    told.sort_by_key(|change| change.why);
    (told, rewritten)
}

/// True for the name of a row or its ordinal: that these changed is told of the rows.
fn is_label(table: &Table, place: Place) -> bool {
    let row = &table.rows[place.row];
    let text = fold(&table.datum(place).printed());
    table.columns[place.column].kind == Kind::Text
        && (text == fold(&row.name) || text == fold(&row.ordinal))
}

enum Difference {
    None,
    /// The same figure or text in another form.
    Writing,
    Value,
}

fn difference(before: &Datum, after: &Datum) -> Difference {
    let same = match (&before.reading, &after.reading) {
        (Reading::Number(a), Reading::Number(b)) => equal(a.exact(), b.exact()),
        (Reading::Text(a), Reading::Text(b)) => fold(a) == fold(b),
        (Reading::Error(a), Reading::Error(b)) => a == b,
        (Reading::Blank, Reading::Blank) | (Reading::Dash, Reading::Dash) => true,
        (Reading::Unknown(_), Reading::Unknown(_)) => before.formula == after.formula,
        _ => false,
    };
    if !same {
        return Difference::Value;
    }
    let is_text = |datum: &Datum| matches!(&datum.reading, Reading::Number(f) if f.is_text);
    if before.formula == after.formula && is_text(before) == is_text(after) {
        Difference::None
    } else {
        Difference::Writing
    }
}

/// Cells that an error named beside its own.
fn named(pair: Pair<'_>) -> BTreeSet<Place> {
    let mut named = BTreeSet::new();
    for finding in pair.old.errors() {
        named.extend(&finding.others);
        named.extend(&finding.followers);
        named.extend(finding.alternatives.iter().flatten());
        named.extend(finding.all_corrections().map(|correction| correction.place));
    }
    named
}

/// Cells of the second table that are computed from one that changed and agree with it.
fn following(pair: Pair<'_>, moved: &BTreeSet<Place>) -> BTreeSet<Place> {
    let instances = pair.new.ledger.instances.iter();
    let holding = instances.filter(|instance| {
        instance.outcome == Outcome::Satisfied && moved.contains(&instance.target())
    });
    let lost_rows = pair.matched.rows.contains(&None);
    let is_sum = |row: usize| !pair.new.table.rows[row].parts.is_empty();
    let computed = holding.filter(|instance| {
        instance.cells().any(|cell| cell != instance.target() && moved.contains(&cell))
            || lost_rows && is_sum(instance.target().row)
    });
    computed.map(Instance::target).collect()
}
