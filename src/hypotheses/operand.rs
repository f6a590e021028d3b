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
    let ratio = Ratio { table, scale, decimals };
    let rates = ratio.rates(bench, column, (numerator, denominator));
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
            let Some(found) = ratio.changes(&rates, read) else { continue };
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

/// How the ratios of a column are computed.
struct Ratio<'a> {
    table: &'a Table,
    scale: Decimal,
    decimals: u32,
}

/// A typed rate, as it is and as its own formula gives it.
struct Rate {
    place: Place,
    found: Decimal,
    right: Decimal,
}

impl Ratio<'_> {
    fn of(&self, row: usize, (above, below): (&Linear, &Linear)) -> Option<Decimal> {
        let number = |column: usize| self.table.number(Place::new(row, column));
        let (above, below) = (above.value(number)?, below.value(number)?);
        ratio::rounded(above, below, self.scale, self.decimals)
    }

    /// The typed rates of a column whose own formula can be computed.
    fn rates(&self, bench: &Bench, column: usize, own: (&Linear, &Linear)) -> Vec<Rate> {
        let rows = self.table.rows_with_cells();
        let rates = rows.filter_map(|(row, data)| {
            let place = Place::new(row, column);
            if self.table.rows[row].role == Role::Exception || bench.is_computed(place) {
                return None;
            }
            let found = data[column].reading.number()?.normalize();
            Some(Rate { place, found, right: self.of(row, own)? })
        });
        rates.collect()
    }

    /// The rates that fit what else may have been read, as they should be; `None` where too few do.
    fn changes(&self, rates: &[Rate], read: (&Linear, &Linear)) -> Option<Vec<(Place, Decimal)>> {
        let (mut changes, mut missed) = (Vec::new(), 0);
        for Rate { place, found, right } in rates {
            let fits = self.of(place.row, read) == Some(*found);
            if found == right {
                // Zeros fit every column; a rate that is right speaks against the cause.
                missed += usize::from(!fits);
            } else if fits && !found.is_zero() {
                changes.push((*place, *right));
            } else {
                missed += 1;
            }
            if missed * FITTING_FOR_ONE > rates.len() {
                return None;
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
