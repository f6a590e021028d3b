//! A column of rates written in another scale throughout: without its decimal commas (`340` for
//! 3,40), as quotients (`0,034`), per mille. Each rate is compared with what its row gives.

use rust_decimal::Decimal;

use super::Mechanism;
use super::bench::{Bench, Candidate};
use crate::lang::Text;
use crate::relations::{Concern, ratio};
use crate::rules::reporting;
use crate::solver::Grade;
use crate::table::{Kind, Place, Role, Shape, Table};

/// Rates that must fit.
const TELLING: usize = 3;
/// Decimals that rates of official tables are printed with by custom.
const CUSTOMARY: u32 = 2;
/// Fitting rates for each that does not.
const FITTING_FOR_ONE: usize = 2;

/// Columns without their commas that speak for the other columns of their table.
const TELLING_COLUMNS: usize = 2;

pub(super) fn test(bench: &mut Bench) {
    let columns = bench.table().columns.len();
    let mut without_comma = 0;
    for column in 0..columns {
        for scale in [Scale::LostComma, Scale::Quotient, Scale::PerMille] {
            let candidate = candidate(bench, column, scale, TELLING);
            if candidate.is_some_and(|candidate| bench.accept(candidate)) {
                without_comma += usize::from(scale == Scale::LostComma);
                break;
            }
        }
    }
    // A column with hardly a rate in it was pasted with the others.
    for column in (0..columns).filter(|_| without_comma >= TELLING_COLUMNS) {
        if let Some(candidate) = candidate(bench, column, Scale::LostComma, 1) {
            bench.accept(candidate);
        }
    }
}

/// How the column is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    LostComma,
    Quotient,
    PerMille,
}

impl Scale {
    /// What a figure says in per cent, where the row gives `right`; `None` where it does not fit.
    fn read(self, found: Decimal, row: &Rate) -> Option<Decimal> {
        match self {
            Self::LostComma => {
                let mut power = Decimal::TEN;
                for _ in 0..row.decimals {
                    if found.is_integer() && row.right * power == found {
                        return Some(row.right);
                    }
                    power *= Decimal::TEN;
                }
                None
            }
            Self::Quotient => row.fits_times(found, Decimal::new(1, 2)),
            Self::PerMille => row.fits_times(found, Decimal::TEN),
        }
    }

    /// What a figure that does not fit says in per cent all the same.
    fn reread(self, found: Decimal, decimals: u32) -> Option<Decimal> {
        match self {
            Self::LostComma if !found.is_integer() => None,
            Self::LostComma => found.checked_div(Decimal::TEN.powi(decimals)?),
            Self::Quotient => found.checked_mul(Decimal::ONE_HUNDRED),
            Self::PerMille => found.checked_div(Decimal::TEN),
        }
    }
}

/// `10^n`, exactly.
trait Power: Sized {
    fn powi(self, n: u32) -> Option<Self>;
}

impl Power for Decimal {
    fn powi(self, n: u32) -> Option<Self> {
        (0..n).try_fold(Self::ONE, |power, _| power.checked_mul(self))
    }
}

/// A row's rate as it should be.
struct Rate {
    above: Decimal,
    below: Decimal,
    scale: Decimal,
    decimals: u32,
    right: Decimal,
}

impl Rate {
    /// The right rate, where a figure is it times a factor and rounded as it stands.
    fn fits_times(&self, found: Decimal, factor: Decimal) -> Option<Decimal> {
        let scale = self.scale.checked_mul(factor)?;
        let decimals = found.normalize().scale();
        // Rounded to nothing, every small rate would fit.
        let digits = found.normalize().mantissa().unsigned_abs();
        let fits = digits >= 2
            && ratio::rounded(self.above, self.below, scale, decimals) == Some(found.normalize());
        fits.then_some(self.right)
    }
}

fn candidate(bench: &Bench, column: usize, written: Scale, telling: usize) -> Option<Candidate> {
    let table = bench.table();
    let described = &table.columns[column];
    let formula = described.formula.as_ref()?;
    let Shape::Ratio { numerator, denominator, scale: printed } = &formula.shape else {
        return None;
    };
    if described.kind != Kind::Rate {
        return None;
    }
    let scale = described.scale.or(*printed).unwrap_or(Decimal::ONE_HUNDRED);
    let decimals = described.decimals.filter(|d| *d > 0).unwrap_or(CUSTOMARY);
    let (mut changes, mut fitting, mut missed) = (Vec::new(), 0_usize, 0_usize);
    for (row, part) in table.rows.iter().enumerate() {
        let place = Place::new(row, column);
        if part.holds_no_cells() || part.role == Role::Exception || bench.is_computed(place) {
            continue;
        }
        let number = |column: usize| table.number(Place::new(row, column));
        let found = table.number(place).filter(|found| !found.is_zero());
        let terms = numerator.value(number).zip(denominator.value(number));
        let (Some(found), Some((above, below))) = (found, terms) else { continue };
        let Some(right) = ratio::rounded(above, below, scale, decimals) else { continue };
        let rate = Rate { above, below, scale, decimals, right };
        if right == found.normalize() {
            // `5` for 5,00 stands either way; a figure with its decimals speaks against the cause.
            missed += usize::from(!found.is_integer());
        } else if let Some(right) = written.read(found.normalize(), &rate) {
            fitting += 1;
            changes.push((place, right));
        } else {
            missed += 1;
            changes.extend(written.reread(found, decimals).map(|value| (place, value)));
        }
        if missed * FITTING_FOR_ONE > table.rows.len() {
            return None;
        }
    }
    let told = fitting >= telling && missed * FITTING_FOR_ONE <= fitting;
    told.then(|| finding(table, column, written, changes, (scale, decimals), telling))
}

fn finding(
    table: &Table,
    column: usize,
    written: Scale,
    changes: Vec<(Place, Decimal)>,
    (scale, decimals): (Decimal, u32),
    telling: usize,
) -> Candidate {
    let described = &table.columns[column];
    let (label, count) = (described.name(), changes.len());
    let (mechanism, cause) = match written {
        Scale::LostComma => (
            Mechanism::LostComma,
            Text::new(
                "cả cột mất dấu phẩy thập phân (số bị nhân lên 100 lần)",
                "the whole column lost its decimal comma (figures became a hundred times larger)",
            ),
        ),
        Scale::Quotient => (
            Mechanism::Fraction,
            Text::new(
                "cả cột ghi thương số thay vì phần trăm",
                "the whole column holds quotients, not per cent",
            ),
        ),
        Scale::PerMille => (
            Mechanism::PerMille,
            Text::new(
                "cả cột ghi phần nghìn thay vì phần trăm",
                "the whole column is per mille, not per cent",
            ),
        ),
    };
    let own = (described.scale != Some(scale) || described.decimals != Some(decimals))
        .then_some((column, scale, decimals));
    Candidate {
        rule: reporting(Concern::Rate),
        mechanism,
        changes,
        columns: own.into_iter().collect(),
        rows: Vec::new(),
        unproved: Vec::new(),
        least: telling,
        certain: true,
        // A lost comma is never meant; quotients may be.
        ceiling: if written == Scale::LostComma { Grade::Safe } else { Grade::Suggested },
        told: Text::new(
            format!("cột {label}: {}, ở {count} ô", cause.vi),
            format!("column {label}: {}, in {count} cells", cause.en),
        ),
        cause,
    }
}
