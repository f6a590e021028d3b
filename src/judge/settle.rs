//! A table as its formulas would have it: wrong formulas repaired, old results computed again, and
//! right formulas following.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Fault, Judged, Judgement, Standing};
use crate::relations::{self, Concern, Instance, Outcome};
use crate::table::{Datum, Figure, Place, Reading, Table};

/// Rounds of recalculation; a chain of formulas in one table is hardly ever longer.
const MAX_ROUNDS: usize = 32;

/// The table with every discredited figure as its rule gives it, and what follows from that;
/// `None` where no figure is discredited. Which typed figures are wrong is asked of this table:
/// what a wrong formula spoils elsewhere is nobody else's fault.
#[must_use]
pub fn settle(judged: &Judged) -> Option<Judged> {
    let spoilt: Vec<(Place, Decimal)> = judged
        .judgements
        .iter()
        .filter(|(_, judgement)| judgement.standing == Standing::Discredited)
        .filter_map(|(place, judgement)| Some((*place, judgement.expected?)))
        .collect();
    if spoilt.is_empty() {
        return None;
    }
    let mut settled = judged.clone();
    let mut changed = BTreeSet::new();
    for (place, value) in spoilt {
        changed.insert(place);
        put(&mut settled.table, place, value);
        let concern = judged.judgements.get(&place).and_then(|judgement| judgement.concern);
        settled.judgements.insert(place, Judgement::right(concern));
    }
    follow(&mut settled, &changed);
    Some(settled)
}

/// Computes again what follows from changed cells: right formulas take their rule's value, and so
/// do those whose stored result was old, once something they read has changed. Gives the instances of
/// the table as it then stands, where they were evaluated.
pub fn follow(judged: &mut Judged, changed: &BTreeSet<Place>) -> Option<Vec<Instance>> {
    if judged.judgements.is_empty() {
        return None;
    }
    let mut changed = changed.clone();
    for _ in 0..MAX_ROUNDS {
        let Judged { table, relations, judgements, .. } = &*judged;
        let judgement = |i: &Instance| {
            judgements.get(&i.target()).filter(|judgement| judgement.concern == Some(i.concern()))
        };
        let is_behind = |i: &Instance| {
            let computed =
                judgement(i).is_some_and(|judgement| judgement.standing == Standing::Computed);
            computed && (i.outcome == Outcome::Violated || waits(table, i))
        };
        // An old result may be the one that mended figures give: it is renewed all the same.
        let is_renewed = |i: &Instance| {
            let stale = judgement(i).is_some_and(|judgement| judgement.faults == [Fault::Stale]);
            stale && i.inputs().any(|input| changed.contains(&input))
        };
        let instances = relations::instances(table, relations);
        let behind: Vec<(Place, Concern, Decimal)> = instances
            .iter()
            .filter(|i| i.is_equality() && (is_behind(i) || is_renewed(i)))
            .filter_map(|i| Some((i.target(), i.concern(), i.expected()?)))
            .collect();
        if behind.is_empty() {
            return Some(instances);
        }
        for (place, concern, value) in behind {
            changed.insert(place);
            put(&mut judged.table, place, value);
            judged.judgements.insert(place, Judgement::right(Some(concern)));
        }
    }
    None
}

/// True where a formula handed on an error or had no result, and what it reads is there now.
fn waits(table: &Table, instance: &Instance) -> bool {
    matches!(table.datum(instance.target()).reading, Reading::Error(_) | Reading::Unknown(_))
}

/// Writes a figure into the table as it will stand in the corrected file.
pub fn put(table: &mut Table, place: Place, value: Decimal) {
    table.misshown.remove(&place);
    let printed = table.print(place.column, value);
    let datum = table.datum(place);
    let (percent, own) = match &datum.reading {
        Reading::Number(figure) => (figure.percent, figure.decimals),
        _ => (false, 0),
    };
    let decimals =
        table.columns[place.column].decimals.unwrap_or(own).max(value.normalize().scale());
    let figure = Figure { percent, ..Figure::new(value, decimals) };
    let datum = Datum {
        formula: datum.formula.clone(),
        ..Datum::new(Reading::Number(figure)).printing(printed)
    };
    table.grid[place.row][place.column] = datum;
}
