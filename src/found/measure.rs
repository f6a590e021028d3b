//! The evidence for a sum of rows that words or marks state.

use super::Grid;
use super::grid::Nature;
use super::relation::{Axis, Kind, Relation, relation};
use super::search::{Proposal, Search};
use super::shape::{Blanks, Shape};

/// Bits that a stated sum costs: there are few ways to read what the words say.
const STATED: f64 = 5.0;

/// A sum of rows with its evidence over the columns that add up, those left out that `follows` says
/// are computed from others; `None` where most columns contradict it or too few tell.
#[must_use]
pub fn stated_sum(
    grid: &Grid,
    target: usize,
    parts: &[usize],
    follows: &dyn Fn(usize) -> bool,
) -> Option<Relation> {
    let adds = |column: &usize| {
        let nature = grid.columns()[*column].nature;
        nature != Nature::Lead && nature.adds_up()
    };
    let columns: Vec<usize> = (0..grid.columns().len()).filter(adds).collect();
    let rows: Vec<usize> = std::iter::once(target).chain(parts.iter().copied()).collect();
    let mut search = Search::new(grid, Axis::Rows, &rows, columns);
    search.independent = search.trials.iter().map(|column| !follows(*column)).collect();
    let terms = (1..rows.len()).map(|line| (line, 1)).collect();
    let shape = Shape::Linear { terms, blanks: Blanks::Parts, tolerance: 0 };
    search.offer(Proposal { kind: Kind::Sum, target: 0, shape, cost: STATED, named: true });
    let one = search.offers.pop()?;
    Some(relation(grid, &search, &one))
}
