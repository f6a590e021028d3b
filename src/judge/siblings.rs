//! Cells beside each other: which rules are the author's own, where a typed figure stands among
//! formulas and a formula among typed figures.

use std::collections::BTreeMap;

use super::bench::{Bench, Compared, Group};
use super::{Fault, Judgement, Standing, computes_otherwise};
use crate::formula::{Formula, Reference, in_style_of};
use crate::relations::Outcome;
use crate::table::{Kind, Place, Reading, Role, Table};
use crate::workbook::Address;

/// Right formulas among which a typed figure stands out.
const LEAST_FORMULAS: usize = 2;
/// Typed figures among which a formula stands out, for each formula of the column.
const TYPED_FOR_ONE: usize = 4;

/// Judges each cell by those around it.
pub(super) fn compare(bench: &mut Bench<'_>) {
    exempt_rows(bench);
    confirm(bench);
    typed_among_formulas(bench);
    empty_among_formulas(bench);
    formula_among_data(bench);
}

/// Rows in which every formula is its neighbour's, moved by a column, and reads its own column
/// only: they compute by a rule of their own.
fn exempt_rows(bench: &mut Bench<'_>) {
    let table = bench.table;
    let mut rows: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for (place, cell) in &bench.cells {
        let wrong = cell.judgement.faults.iter().any(computes_otherwise);
        let by_row = cell
            .instance
            .is_some_and(|rule| matches!(Group::of(&bench.instances[rule]), Group::Column(_)));
        // A sum moved into a column of rates is no rule of the row, but the commonest mistake in it.
        let is_sum = table.rows[place.row].is_sum();
        if wrong && by_row && !is_sum {
            rows.entry(place.row).or_default().push(*place);
        }
    }
    let exempt: Vec<Place> = rows
        .into_values()
        .flatten()
        .filter(|place| {
            (0..table.columns.len())
                .map(|column| Place::new(place.row, column))
                .filter(|other| other != place && !is_right(bench, *other))
                .any(|other| is_moved(table, *place, other))
        })
        .collect();
    for place in exempt {
        if let Some(cell) = bench.cells.get_mut(&place) {
            cell.judgement.standing = Standing::Exempt;
            cell.judgement.faults = vec![Fault::RowRule];
            cell.judgement.expected = None;
            cell.instance = None;
        }
    }
}

fn is_right(bench: &Bench<'_>, place: Place) -> bool {
    let cell = bench.cells.get(&place);
    cell.is_some_and(|cell| cell.judgement.standing == Standing::Computed)
}

/// True when a cell holds another's formula, moved, and the formula reads no other column.
fn is_moved(table: &Table, place: Place, other: Place) -> bool {
    let (own, from) = (table.datum(place), table.datum(other));
    let (Some(own), Some(from)) = (own.formula.as_deref(), from.formula.as_deref()) else {
        return false;
    };
    let (at, start) = (table.address(place), table.address(other));
    let formula = table.formula(place);
    let in_column = formula.is_some_and(|formula| reads_own_column(&formula, at));
    in_column && in_style_of(from, start, at) == own
}

/// True for a formula that reads nothing but cells of the column it stands in.
pub(super) fn reads_own_column(formula: &Formula, at: Address) -> bool {
    formula.references().iter().all(|reference| match reference {
        Reference::Cells(cells) => {
            cells.sheet.is_none()
                && cells.range.start.column == at.column
                && cells.range.end.column == at.column
        }
        _ => false,
    })
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
    let typed: Vec<(Place, usize)> =
        bench.producing.iter().copied().filter(|(place, _)| typed(place)).collect();
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
            expected: bench.instances[rule].expected(),
            ..Judgement::right(Some(bench.instances[rule].concern()))
        };
        bench.cells.entry(place).or_insert(Compared { judgement, instance: Some(rule) });
    }
}

/// Cells without a figure where the others of their rule have formulas: what is written into them
/// is the formula.
fn empty_among_formulas(bench: &mut Bench<'_>) {
    let table = bench.table;
    let empty = |place: &Place| {
        let datum = table.datum(*place);
        datum.formula.is_none() && !matches!(datum.reading, Reading::Number(_))
    };
    let found: Vec<(Place, usize)> = bench
        .producing
        .iter()
        .copied()
        .filter(|(place, _)| empty(place))
        .filter(|(_, rule)| bench.right_count(*rule) >= LEAST_FORMULAS)
        .collect();
    for (place, rule) in found {
        let judgement = Judgement {
            standing: Standing::Typed,
            expected: bench.instances[rule].expected(),
            ..Judgement::right(Some(bench.instances[rule].concern()))
        };
        bench.cells.entry(place).or_insert(Compared { judgement, instance: Some(rule) });
    }
}

/// Formulas without a rule in a column whose other rows are typed.
fn formula_among_data(bench: &mut Bench<'_>) {
    let table = bench.table;
    let mut columns: BTreeMap<usize, (Vec<Place>, usize)> = BTreeMap::new();
    for place in table.places() {
        let datum = table.datum(place);
        let is_data = table.rows[place.row].role == Role::Unit
            && table.columns[place.column].kind != Kind::Text
            && !matches!(datum.reading, Reading::Blank)
            && bench.rules_of(place).next().is_none();
        if !is_data {
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
