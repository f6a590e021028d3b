//! Cells that look blank and hold a blank character: `=J4+K4+L4` makes `#VALUE!` of them, and every
//! formula above passes it on.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use super::tell;
use crate::formula::{Formula, Reference};
use crate::lang::Text;
use crate::rules::ERROR_VALUE;
use crate::solver::Grade;
use crate::table::{Place, Reading, Table};
use crate::workbook::Range;

/// Cells with the error before one cause is told for all of them.
const TELLING: usize = 2;

pub(super) fn test(bench: &mut Bench) {
    let table = bench.table();
    let errors =
        table.places_with(|reading| matches!(reading, Reading::Error(e) if e == "#VALUE!"));
    let reads: Vec<(Place, Vec<Range>)> =
        errors.into_iter().filter_map(|place| Some((place, ranges(table, place)?))).collect();
    let mut spaces: BTreeSet<Place> = BTreeSet::new();
    let mut spoilt: BTreeSet<Place> = BTreeSet::new();
    loop {
        let known = spoilt.len();
        for (place, ranges) in &reads {
            let read = |sought: &dyn Fn(Place) -> bool| -> Vec<Place> {
                let within = |at: &Place| ranges.iter().any(|r| r.contains(table.address(*at)));
                table.places().filter(|at| sought(*at)).filter(within).collect()
            };
            let holding = read(&|at| is_space(table, at));
            if !holding.is_empty() || !read(&|at| spoilt.contains(&at)).is_empty() {
                spaces.extend(holding);
                spoilt.insert(*place);
            }
        }
        if spoilt.len() == known {
            break;
        }
    }
    let expected = |place: &Place| -> Option<Decimal> {
        let mut own = bench.instances.iter().filter(|i| i.target == *place && i.is_equality());
        own.find_map(|i| i.expected)
    };
    let changes: Vec<(Place, Decimal)> =
        spoilt.iter().filter_map(|place| Some((*place, expected(place)?))).collect();
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
        && datum.written.as_deref() == Some("")
}

/// The cells of its own sheet that a formula reads.
fn ranges(table: &Table, place: Place) -> Option<Vec<Range>> {
    let formula = Formula::parse(table.datum(place).formula.as_deref()?).ok()?;
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
