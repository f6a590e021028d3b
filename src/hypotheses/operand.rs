//! A column of rates computed from another column than its formula says: every row divided by the
//! people instead of the households, or the wrong count divided.

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use crate::lang::Text;
use crate::relations::{Concern, ratio};
use crate::rules::reporting;
use crate::solver::Grade;
use crate::table::{Linear, Origin, Place, Role, Shape, Table};

/// Rates that must fit the other column and not their own.
const TELLING: usize = 3;
/// Such rates for each that fits neither.
const FITTING_FOR_ONE: usize = 4;

pub(super) fn test(bench: &mut Bench) {
    for column in 0..bench.table().columns.len() {
        if let Some(candidate) = candidate(bench, column) {
            bench.accept(candidate);
        }
    }
}

/// Which side of the ratio was taken from another column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    Above,
}

fn candidate(bench: &Bench, column: usize) -> Option<Candidate> {
    let table = bench.table();
    let described = &table.columns[column];
    let formula = described.formula.as_ref()?;
    let Shape::Ratio { numerator, denominator, scale: printed } = &formula.shape else {
        return None;
    };
    // What only the index row prints may be misprinted, and the column right.
    if formula.origin == Origin::Printed {
        return None;
    }
    let scale = described.scale.or(*printed)?;
    let decimals = described.decimals?;
    let mut best: Vec<(Side, usize)> = Vec::new();
    let mut changes: Vec<(Place, Decimal)> = Vec::new();
    for side in [Side::Below, Side::Above] {
        let own = if side == Side::Below { denominator } else { numerator };
        for other in 0..table.columns.len() {
            let taken = own.terms.contains_key(&other) || other == column;
            if taken || !table.columns[other].adds_up() {
                continue;
            }
            let instead = Linear::column(other);
            let read = match side {
                Side::Below => (numerator, &instead),
                Side::Above => (&instead, denominator),
            };
            let ratio = Ratio { column, own: (numerator, denominator), read, scale, decimals };
            let Some(found) = ratio.changes(bench) else { continue };
            match found.len().cmp(&changes.len()) {
                std::cmp::Ordering::Greater => (changes, best) = (found, vec![(side, other)]),
                std::cmp::Ordering::Equal => best.push((side, other)),
                std::cmp::Ordering::Less => {}
            }
        }
    }
    let (side, _) = *best.first()?;
    Some(finding(table, column, side, &best, changes))
}

/// A ratio as it should be and as it may have been computed.
struct Ratio<'a> {
    column: usize,
    own: (&'a Linear, &'a Linear),
    read: (&'a Linear, &'a Linear),
    scale: Decimal,
    decimals: u32,
}

impl Ratio<'_> {
    /// The rates that fit the other column, as they should be; `None` where too few do.
    fn changes(&self, bench: &Bench) -> Option<Vec<(Place, Decimal)>> {
        let table = bench.table();
        let (mut changes, mut missed) = (Vec::new(), 0);
        for (row, part) in table.rows.iter().enumerate() {
            let place = Place::new(row, self.column);
            if part.holds_no_cells() || part.role == Role::Exception || bench.is_computed(place) {
                continue;
            }
            let rate = |(above, below): (&Linear, &Linear)| {
                let number = |column: usize| table.number(Place::new(row, column));
                let (above, below) = (above.value(number)?, below.value(number)?);
                ratio::rounded(above, below, self.scale, self.decimals)
            };
            let Some(found) = table.number(place).map(|found| found.normalize()) else { continue };
            let Some(right) = rate(self.own) else { continue };
            if found == right {
                // Zeros fit every column; a rate that is right speaks against the cause.
                missed += usize::from(rate(self.read) != Some(found));
            } else if rate(self.read) == Some(found) && !found.is_zero() {
                changes.push((place, right));
            } else {
                missed += 1;
            }
        }
        let told = changes.len() >= TELLING && missed * FITTING_FOR_ONE <= changes.len();
        told.then_some(changes)
    }
}

fn finding(
    table: &Table,
    column: usize,
    side: Side,
    fitting: &[(Side, usize)],
    changes: Vec<(Place, Decimal)>,
) -> Candidate {
    let label = table.columns[column].name();
    let count = changes.len();
    let formula = table.columns[column].formula.as_ref().map_or("", |formula| &formula.text);
    let others = fitting.iter().filter(|(known, _)| *known == side).map(|(_, other)| *other);
    let names: Vec<String> = others.map(|other| table.columns[other].name().to_owned()).collect();
    let cause = match side {
        Side::Below => Text::new(
            format!(
                "cả cột chia nhầm cho cột {}, công thức của cột là {formula}",
                names.join(" hoặc ")
            ),
            format!(
                "the whole column was divided by column {}; its formula is {formula}",
                names.join(" or ")
            ),
        ),
        Side::Above => Text::new(
            format!(
                "cả cột lấy nhầm tử số ở cột {}, công thức của cột là {formula}",
                names.join(" hoặc ")
            ),
            format!(
                "the whole column was computed from column {}; its formula is {formula}",
                names.join(" or ")
            ),
        ),
    };
    Candidate {
        rule: reporting(Concern::Rate),
        mechanism: match side {
            Side::Below => Mechanism::WrongDenominator,
            Side::Above => Mechanism::WrongNumerator,
        },
        changes,
        columns: Vec::new(),
        rows: Vec::new(),
        unproved: Vec::new(),
        least: TELLING,
        certain: false,
        // Whoever computes a whole column in another way may mean it.
        ceiling: Grade::Suggested,
        told: Text::new(
            format!("cột {label}: {}, ở {count} ô", cause.vi),
            format!("column {label}: {}, in {count} cells", cause.en),
        ),
        cause,
    }
}
