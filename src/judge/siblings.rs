//! Cells beside each other: which rules are the author's own, where a typed figure stands among
//! formulas and a formula among typed figures.

use std::collections::BTreeMap;

use super::bench::{Bench, Compared, Group};
use super::{Fault, Judgement, Standing, computes_otherwise};
use crate::rules::Outcome;
use crate::table::{Kind, Place, Reading, Role};

/// Right formulas among which a typed figure stands out.
const LEAST_FORMULAS: usize = 2;
/// Typed figures among which a formula stands out, for each formula of the column.
const TYPED_FOR_ONE: usize = 4;

/// Judges each cell by those around it.
pub(super) fn compare(bench: &mut Bench<'_>) {
    confirm(bench);
    typed_among_formulas(bench);
    formula_among_data(bench);
}

/// A formula is wrong for certain only where others of its rule are right: where all differ, the
/// author computes by another rule than the one the program reads.
fn confirm(bench: &mut Bench<'_>) {
    let wrong = |cell: &Compared| cell.judgement.faults.iter().any(computes_otherwise);
    let suspects: Vec<(Place, usize)> = bench
        .cells
        .iter()
        .filter(|(_, cell)| wrong(cell) && cell.judgement.standing == Standing::Typed)
        .filter_map(|(place, cell)| Some((*place, cell.instance?)))
        .collect();
    let mut count: BTreeMap<Group, usize> = BTreeMap::new();
    for (_, rule) in &suspects {
        *count.entry(Group::of(&bench.instances[*rule])).or_default() += 1;
    }
    let confirmed: Vec<Place> = suspects
        .iter()
        .filter(|(_, rule)| {
            let right = bench.right_count(*rule);
            right > 0 && right >= count[&Group::of(&bench.instances[*rule])]
        })
        .map(|(place, _)| *place)
        .collect();
    for place in confirmed {
        if let Some(cell) = bench.cells.get_mut(&place) {
            cell.judgement.confirmed = true;
            cell.judgement.standing = Standing::Discredited;
        }
    }
}

fn typed_among_formulas(bench: &mut Bench<'_>) {
    let table = bench.table;
    let typed = |place: &Place| {
        let datum = table.datum(*place);
        datum.formula.is_none() && matches!(datum.reading, Reading::Number(_))
    };
    let typed: Vec<(Place, usize)> = bench
        .producing
        .iter()
        .filter(|(place, _)| typed(place))
        .flat_map(|(place, rules)| rules.iter().map(move |rule| (*place, *rule)))
        .collect();
    let mut count: BTreeMap<Group, usize> = BTreeMap::new();
    for (_, rule) in &typed {
        *count.entry(Group::of(&bench.instances[*rule])).or_default() += 1;
    }
    let stands_out = |(_, rule): &(Place, usize)| {
        let right = bench.right_count(*rule);
        right >= LEAST_FORMULAS && right > count[&Group::of(&bench.instances[*rule])]
    };
    let found: Vec<(Place, usize)> = typed.into_iter().filter(stands_out).collect();
    for (place, rule) in found {
        let instance = &bench.instances[rule];
        // Whatever is wrong in its row, a figure typed over its column's formula must follow the
        // row. A typed total may be the right one, and a row wrong.
        let follows_row = matches!(Group::of(instance), Group::Column(_));
        let broken = follows_row && instance.outcome == Outcome::Violated;
        let judgement = Judgement {
            standing: if broken { Standing::Discredited } else { Standing::Typed },
            faults: vec![Fault::TypedAmongFormulas],
            expected: bench.instances[rule].expected,
            ..Judgement::right(Some(bench.instances[rule].rule))
        };
        bench.cells.entry(place).or_insert(Compared { judgement, instance: Some(rule) });
    }
}

/// Formulas without a rule in a column whose other rows are typed.
fn formula_among_data(bench: &mut Bench<'_>) {
    let table = bench.table;
    let mut columns: BTreeMap<usize, (Vec<Place>, usize)> = BTreeMap::new();
    for place in table.places() {
        let data = table.rows[place.row].role == Role::Unit
            && table.columns[place.column].kind != Kind::Text
            && !bench.producing.contains_key(&place);
        let datum = table.datum(place);
        if !data || matches!(datum.reading, Reading::Blank) {
            continue;
        }
        let column = columns.entry(place.column).or_default();
        match datum.formula {
            Some(_) => column.0.push(place),
            None => column.1 += 1,
        }
    }
    for (formulas, typed) in columns.into_values() {
        if typed < TYPED_FOR_ONE * formulas.len() {
            continue;
        }
        for place in formulas {
            if let Some(cell) = bench.cells.get_mut(&place) {
                cell.judgement.faults.push(Fault::FormulaAmongData);
                cell.judgement.faults.sort_by_key(super::gravity);
            }
        }
    }
}
