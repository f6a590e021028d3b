//! Cells that look blank and hold a blank character: `=J4+K4+L4` makes `#VALUE!` of them, and every
//! formula above passes it on.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use super::tell;
use crate::formula::Reference;
use crate::lang::Text;
use crate::rules::ERROR_VALUE;
use crate::solver::Grade;
use crate::table::{Place, Reading, Table};
use crate::workbook::Range;

/// Cells with the error before one cause is told for all of them.
const TELLING: usize = 2;
/// Pairs of a formula and a blank that are looked at; more are no slip of a hand.
const MOST_ASKED: usize = 4_000_000;

pub(super) fn test(bench: &mut Bench) {
    let table = bench.table();
    let errors =
        table.places_with(|datum, _| matches!(&datum.reading, Reading::Error(e) if e == "#VALUE!"));
    let reads: Vec<(Place, Vec<Range>)> =
        errors.into_iter().filter_map(|place| Some((place, ranges(table, place)?))).collect();
    if reads.is_empty() {
        return;
    }
    let holders: Vec<Place> = table.places().filter(|at| is_space(table, *at)).collect();
    if holders.is_empty() || holders.len().saturating_mul(reads.len()) > MOST_ASKED {
        return;
    }
    let mut spaces: BTreeSet<Place> = BTreeSet::new();
    let mut spoilt: BTreeSet<Place> = BTreeSet::new();
    loop {
        let known = spoilt.len();
        for (place, ranges) in &reads {
            let within = |at: &&Place| ranges.iter().any(|r| r.contains(table.address(**at)));
            let holding: Vec<Place> = holders.iter().filter(within).copied().collect();
            if !holding.is_empty() || spoilt.iter().any(|at| within(&at)) {
                spaces.extend(holding);
                spoilt.insert(*place);
            }
        }
        if spoilt.len() == known {
            break;
        }
    }
    let mut expected: BTreeMap<Place, Decimal> = BTreeMap::new();
    for instance in bench.instances.iter().filter(|i| i.is_equality()) {
        if let Some(value) = instance.expected().filter(|_| spoilt.contains(&instance.target())) {
            expected.entry(instance.target()).or_insert(value);
        }
    }
    let changes: Vec<(Place, Decimal)> = expected.into_iter().collect();
    if spoilt.len() < TELLING || changes.is_empty() {
        return;
    }
    let candidate = finding(table, &spaces, changes);
    bench.accept(candidate);
}

fn is_space(table: &Table, place: Place) -> bool {
    let datum = table.datum(place);
    datum.reading == Reading::Blank
        && datum.formula.is_none()
        && datum.written.is_some()
        && datum.prints_nothing()
}

/// The cells of its own sheet that a formula reads.
fn ranges(table: &Table, place: Place) -> Option<Vec<Range>> {
    let formula = table.formula(place)?;
    let own = formula.references().into_iter().filter_map(|reference| match reference {
        Reference::Cells(cells) if cells.sheet.is_none() => Some(cells.range),
        _ => None,
    });
    Some(own.collect())
}

fn finding(table: &Table, spaces: &BTreeSet<Place>, changes: Vec<(Place, Decimal)>) -> Candidate {
    let (count, blanks) = (changes.len(), spaces.len());
    let cells = tell::list(spaces.iter().map(|place| table.address(*place).to_string()));
    let cause = Text::new(
        format!("{blanks} ô trông như trống nhưng chứa dấu cách ({cells})"),
        format!("{blanks} cells look blank but hold a space ({cells})"),
    );
    Candidate {
        rule: &ERROR_VALUE,
        mechanism: Mechanism::SpaceInBlank,
        changes,
        columns: Vec::new(),
        rows: Vec::new(),
        unproved: Vec::new(),
        least: 1,
        certain: true,
        ceiling: Grade::Suggested,
        told: Text::new(
            format!(
                "{count} ô mang giá trị lỗi #VALUE! vì cùng một nguyên nhân: {}; xóa dấu cách trong các ô đó thì công thức tính được",
                cause.vi
            ),
            format!(
                "{count} cells hold #VALUE! for one reason: {}; with the spaces deleted the formulas work",
                cause.en
            ),
        ),
        cause,
    }
}
