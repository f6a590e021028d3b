//! A table as its formulas would have it: wrong formulas repaired, old results computed again, and
//! right formulas following.

use rust_decimal::Decimal;

use super::{Judged, Judgement, Standing};
use crate::relations::{self, Outcome};
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
    for (place, value) in spoilt {
        put(&mut settled.table, place, value);
        let concern = judged.judgements.get(&place).and_then(|judgement| judgement.concern);
        settled.judgements.insert(place, Judgement::right(concern));
    }
    follow(&mut settled);
    Some(settled)
}

/// Computes again what follows from changed cells: right formulas take their rule's value.
pub fn follow(judged: &mut Judged) {
    for _ in 0..MAX_ROUNDS {
        let Judged { table, relations, judgements, .. } = &*judged;
        let behind: Vec<(Place, Decimal)> = relations::instances(table, relations)
            .into_iter()
            .filter(|i| i.outcome == Outcome::Violated && i.is_equality())
            .filter(|i| {
                judgements.get(&i.target).is_some_and(|judgement| {
                    judgement.standing == Standing::Computed && judgement.concern == Some(i.concern)
                })
            })
            .filter_map(|instance| Some((instance.target, instance.expected?)))
            .collect();
        if behind.is_empty() {
            return;
        }
        for (place, value) in behind {
            put(&mut judged.table, place, value);
        }
    }
}

/// Writes a figure into the table as it will stand in the corrected file.
pub fn put(table: &mut Table, place: Place, value: Decimal) {
    table.misshown.remove(&place);
    let printed = table.print(place.column, value).into();
    let datum = table.datum(place);
    let (percent, own) = match &datum.reading {
        Reading::Number(figure) => (figure.percent, figure.decimals),
        _ => (false, 0),
    };
    let decimals =
        table.columns[place.column].decimals.unwrap_or(own).max(value.normalize().scale());
    let figure = Figure { shown: value, exact: value, decimals, is_text: false, percent };
    let formula = datum.formula.clone();
    table.grid[place.row][place.column] =
        Datum { reading: Reading::Number(figure), written: Some(printed), formula };
}
