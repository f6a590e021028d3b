//! The evidence for sums of rows that words or marks state.

use std::collections::{BTreeMap, HashSet};

use super::Grid;
use super::evidence::{Weight, weigh};
use super::grid::Nature;
use super::relation::{Axis, Family, Kind, Relation, relation};
use super::search::{Candidate, Search, told};
use super::shape::{Blanks, Shape};

/// Bits that a stated sum costs: there are few ways to read what the words say.
const STATED: f64 = 5.0;

/// A sum of rows that words or marks state.
#[derive(Debug, Clone, Copy)]
pub struct StatedSum<'a> {
    /// The row that sums others.
    pub target: usize,
    /// The rows it sums.
    pub parts: &'a [usize],
    /// Sums that one kind of mark states bear each other out: `1 = 1.1 + 1.2`, `1.1 = 1.1.1 + 1.1.2`.
    pub family: Option<u8>,
}

/// The sums of rows that the columns which add up bear out, each with its evidence; columns that
/// `follows` says are computed from others tell nothing. A sum is left out where most columns
/// contradict it or too few tell.
#[must_use]
pub fn stated_sums(
    grid: &Grid,
    sums: &[StatedSum<'_>],
    follows: &dyn Fn(usize) -> bool,
) -> Vec<Relation> {
    let adds = |column: &usize| {
        let nature = grid.columns()[*column].nature;
        nature != Nature::Lead && nature.adds_up()
    };
    let columns: Vec<usize> = (0..grid.columns().len()).filter(adds).collect();
    let mut weighed: Vec<Weighed> =
        sums.iter().map(|sum| Weighed::of(grid, sum, &columns, follows)).collect();
    pool(&mut weighed);
    let told = weighed.iter().filter(|one| one.is_told());
    told.map(|one| relation(grid, &one.search, &one.sum)).collect()
}

/// A stated sum with what its columns say.
struct Weighed {
    search: Search,
    sum: Candidate,
    family: Option<u8>,
}

impl Weighed {
    fn of(
        grid: &Grid,
        stated: &StatedSum<'_>,
        columns: &[usize],
        follows: &dyn Fn(usize) -> bool,
    ) -> Self {
        let rows: Vec<usize> =
            std::iter::once(stated.target).chain(stated.parts.iter().copied()).collect();
        let mut search = Search::new(grid, Axis::Rows, &rows, columns.to_vec());
        search.independent = search.trials.iter().map(|column| !follows(*column)).collect();
        let terms = (1..rows.len()).map(|line| (line, 1)).collect();
        let shape = Shape::Linear { terms, blanks: Blanks::Parts, tolerance: 0 };
        let seen = search.outcomes(0, &shape);
        let Weight { bits, telling } = weigh(&search, 0, &shape, &seen);
        let (fits, misfits) = told(&seen);
        let sum = Candidate {
            kind: Kind::Sum,
            target: 0,
            shape,
            bits: bits - STATED,
            cost: STATED,
            telling,
            named: true,
            fits,
            misfits,
            family: None,
            rivals: Vec::new(),
        };
        Self { search, sum, family: stated.family }
    }

    /// Its figures and those of its parts, whatever their order.
    fn figures(&self) -> Vec<Vec<i64>> {
        let (whole, parts) = self.search.lines.split_at(1);
        let mut figures: Vec<Vec<i64>> = parts.iter().map(|line| line.values.clone()).collect();
        figures.sort_unstable();
        figures.extend(whole.iter().map(|line| line.values.clone()));
        figures
    }

    fn is_borne_out(&self) -> bool {
        !self.sum.fits.is_empty() && self.sum.fits.len() >= 2 * self.sum.misfits.len()
    }

    /// True where two columns bear a sum out, or others of its kind do.
    fn is_told(&self) -> bool {
        let sum = &self.sum;
        let alone = sum.fits.len() > 1 && sum.bits + sum.cost > 0.0;
        self.is_borne_out() && (alone || sum.family.is_some())
    }
}

/// Pools the evidence of sums that one kind of mark states, which says of each row that it is a sum: the
/// cost is paid once. Sums of the same figures count once; those that do not hold count against the
/// others.
fn pool(sums: &mut [Weighed]) {
    let mut families: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (at, one) in sums.iter().enumerate() {
        if let Some(family) = one.family {
            families.entry(family).or_default().push(at);
        }
    }
    for members in families.into_values() {
        let of = |at: &usize| &sums[*at].sum;
        let bearing = members.iter().filter(|at| sums[**at].is_borne_out() && of(at).telling > 0);
        let family = Family {
            members: bearing.count(),
            telling: members.iter().map(|at| of(at).telling).sum(),
            misfits: members.iter().map(|at| of(at).misfits.len()).sum(),
        };
        let mut told = HashSet::new();
        let bits = |at: &usize| {
            let bits = of(at).bits + STATED;
            if bits < 0.0 || told.insert(sums[*at].figures()) { bits } else { 0.0 }
        };
        if family.members < 2 {
            continue;
        }
        let net = members.iter().map(bits).sum::<f64>() - STATED - 1.0;
        for at in members {
            if sums[at].is_borne_out() && net > sums[at].sum.bits {
                sums[at].sum.bits = net;
                sums[at].sum.family = Some(family);
            }
        }
    }
}
