//! The order of work: rows first, so that sums of rows are no trials of columns, then columns, then
//! the rows again without the columns that follow from others.

use std::collections::BTreeSet;

use super::Grid;
use super::evidence::weigh;
use super::grid::Nature;
use super::relation::{Axis, Family, Kind, Relation, relation};
use super::search::{Candidate, Search, Sought, told};
use super::settle::ACCEPTED;
use super::shape::Shape;
use super::vocabulary::Word;

/// Tables of more rows are searched by their columns alone.
const MOST_ROWS: usize = 400;

/// Rows are related otherwise than by sums of neighbours in tables of so many.
const FEW_ROWS: usize = 40;

/// Bits and telling trials from which a group is sure, and what a further one costs then.
const SURE: (f64, usize, f64) = (8.0, 2, 2.0);

/// Tables of more columns are not searched: no official table has them.
const MOST_COLUMNS: usize = 256;

/// A search with what was chosen.
struct Found {
    search: Search,
    chosen: Vec<Candidate>,
}

impl Found {
    /// True where some lines are related.
    fn says(&self, lines: &BTreeSet<usize>) -> bool {
        self.chosen.iter().any(|one| keys(&self.search, one) == *lines)
    }
}

/// The relations of a grid among its columns and among its rows, each with its evidence: all that
/// have any, the best of each target first. Same grid, same answer.
#[must_use]
pub fn search(grid: &Grid) -> Vec<Relation> {
    let figures: Vec<usize> = (0..grid.columns().len())
        .filter(|column| grid.columns()[*column].nature != Nature::Lead)
        .collect();
    if figures.len() > MOST_COLUMNS {
        return Vec::new();
    }
    let mut rows = among_rows(grid, &figures);
    beside_sure_groups(&mut rows);
    let columns = among_columns(grid, &figures, &rows);
    tell_once(&mut rows, &columns);
    let all = std::iter::once(&columns).chain(&rows);
    let mut relations: Vec<Relation> = all
        .flat_map(|found| found.chosen.iter().map(|one| relation(grid, &found.search, one)))
        .collect();
    relations.retain(|relation| relation.evidence.bits > 0);
    relations
}

fn among_rows(grid: &Grid, figures: &[usize]) -> Vec<Found> {
    let count = grid.rows().len();
    if count > MOST_ROWS {
        return Vec::new();
    }
    let adds = |column: &usize| grid.columns()[*column].nature.adds_up();
    let additive: Vec<usize> = figures.iter().copied().filter(adds).collect();
    let lines: BTreeSet<&str> = grid.rows().iter().map(|row| row.line.as_str()).collect();
    let mut found = Vec::new();
    for line in lines {
        let rows: Vec<usize> = (0..count).filter(|row| grid.rows()[*row].line == line).collect();
        let few = rows.len() <= FEW_ROWS;
        if !additive.is_empty() {
            let mut search = Search::new(grid, Axis::Rows, &rows, additive.clone());
            let sought = if few { Sought::Additive } else { Sought::Sums };
            let chosen = search.run(sought, None);
            found.push(Found { search, chosen });
        }
        if additive.len() < figures.len() {
            let differences = differences(grid, &rows, figures);
            for Found { search, chosen } in &mut found {
                chosen.retain(|one| !differences.says(&keys(search, one)));
            }
            found.push(differences);
        }
        let computed = |row: &usize| {
            let row = &grid.rows()[*row];
            row.nature() == Nature::Rate || super::says(&row.name).says(Word::Change)
        };
        if few && rows.iter().any(computed) {
            let mut search = Search::new(grid, Axis::Rows, &rows, figures.to_vec());
            let chosen = search.run(Sought::Ratios, None);
            found.push(Found { search, chosen });
        }
    }
    found
}

/// Differences of rows that stand near each other (`Chênh lệch so với toàn tỉnh`): rates and means,
/// which nobody adds up, are compared so too, and these must bear one out by themselves.
fn differences(grid: &Grid, rows: &[usize], figures: &[usize]) -> Found {
    let adds = |trial: usize| grid.columns()[trial].nature.adds_up();
    let mut search = Search::new(grid, Axis::Rows, rows, figures.to_vec());
    let mut chosen = search.run(Sought::Differences, None);
    chosen.retain(|one| {
        let count =
            |trials: &[usize]| trials.iter().filter(|trial| !adds(search.trials[**trial])).count();
        let (fits, misfits) = (count(&one.fits), count(&one.misfits));
        fits > 1 && fits >= 2 * misfits
    });
    Found { search, chosen }
}

/// Where a table has two groups or more that stand right under or over their sums, a further one is
/// no surprise: its cost falls to two bits.
fn beside_sure_groups(rows: &mut [Found]) {
    let (bits, telling, cost) = SURE;
    let mut sure = Vec::new();
    for found in rows.iter() {
        let sums = found.chosen.iter().filter(|one| is_group(one));
        let surely = sums.filter(|one| one.bits >= bits && one.telling >= telling);
        sure.extend(surely.map(|one| (keys(&found.search, one), one.telling, one.misfits.len())));
    }
    if sure.len() < 2 {
        return;
    }
    let family = Family {
        members: sure.len(),
        telling: sure.iter().map(|(_, telling, _)| telling).sum(),
        misfits: sure.iter().map(|(_, _, misfits)| misfits).sum(),
    };
    for Found { search, chosen } in rows {
        for one in chosen.iter_mut().filter(|one| is_group(one)) {
            let own = keys(search, one);
            if sure.iter().any(|(other, ..)| other.is_disjoint(&own)) {
                one.bits += (one.cost - cost).max(0.0);
                one.cost = one.cost.min(cost);
                one.family = Some(family);
            }
        }
    }
}

/// True for an exact sum that stands before or after all its parts.
fn is_group(one: &Candidate) -> bool {
    let before = one.shape.operands().all(|part| part > one.target);
    let after = one.shape.operands().all(|part| part < one.target);
    one.kind == Kind::Sum && one.shape.is_exact() && (before || after)
}

fn keys(search: &Search, one: &Candidate) -> BTreeSet<usize> {
    let lines = one.shape.operands().chain([one.target]);
    lines.map(|line| search.lines[line].key).collect()
}

fn among_columns(grid: &Grid, figures: &[usize], rows: &[Found]) -> Found {
    let trials: Vec<usize> = (0..grid.rows().len()).collect();
    let mut search = Search::new(grid, Axis::Columns, figures, trials);
    let names = grid.rows();
    let most_named = names.iter().filter(|row| !row.name.is_empty()).count() * 2 > names.len();
    let plain =
        |row: &super::Row| row.nature() == Nature::Count && !(most_named && row.name.is_empty());
    search.plain = names.iter().map(plain).collect();
    search.independent = if names.len() > MOST_ROWS {
        // The sums of many rows are not searched: their names tell.
        names.iter().map(|row| !row.is_total()).collect()
    } else {
        let sums: BTreeSet<usize> = rows.iter().flat_map(sums_of).collect();
        search.sums = rows.iter().flat_map(parts_of).collect();
        (0..names.len()).map(|row| !sums.contains(&row)).collect()
    };
    let total = names.iter().position(super::Row::is_total);
    let chosen = search.run(Sought::All, total);
    Found { search, chosen }
}

/// The rows that are sums or means of others.
fn sums_of(found: &Found) -> impl Iterator<Item = usize> + '_ {
    let sums = found.chosen.iter().filter(|one| matches!(one.kind, Kind::Sum | Kind::Mean));
    let sure = sums.filter(|one| one.bits >= ACCEPTED);
    sure.map(|one| found.search.lines[one.target].key)
}

/// The rows that are sums of others, with these and their signs.
fn parts_of(found: &Found) -> impl Iterator<Item = (usize, Vec<(usize, i64)>)> + '_ {
    let key = |line: usize| found.search.lines[line].key;
    let sure = found.chosen.iter().filter(|one| one.bits >= ACCEPTED && one.shape.is_exact());
    sure.filter_map(move |one| match &one.shape {
        Shape::Linear { terms, .. } => {
            let parts = terms.iter().map(|(line, sign)| (key(*line), *sign)).collect();
            Some((key(one.target), parts))
        }
        _ => None,
    })
}

/// A sum of rows is not told again by a column that others compute in all of those rows.
fn tell_once(rows: &mut [Found], columns: &Found) {
    let linear = columns.chosen.iter().filter(|one| one.shape.is_linear());
    let computed: Vec<(usize, BTreeSet<usize>)> = linear
        .filter(|one| one.bits >= ACCEPTED)
        .map(|one| {
            let trials = one.fits.iter().chain(&one.misfits);
            let trials = trials.map(|trial| columns.search.trials[*trial]).collect();
            (columns.search.lines[one.target].key, trials)
        })
        .collect();
    if computed.is_empty() {
        return;
    }
    for Found { search, chosen } in rows {
        for one in chosen.iter_mut().filter(|one| one.kind == Kind::Sum) {
            let own = keys(search, one);
            let follows: BTreeSet<usize> = computed
                .iter()
                .filter(|(_, trials)| own.is_subset(trials))
                .map(|(column, _)| *column)
                .collect();
            if !follows.is_empty() {
                search.independent =
                    search.trials.iter().map(|column| !follows.contains(column)).collect();
                reweigh(search, one);
            }
        }
    }
}

fn reweigh(search: &Search, one: &mut Candidate) {
    let seen = search.outcomes(one.target, &one.shape);
    let weight = weigh(search, one.target, &one.shape, &seen);
    (one.fits, one.misfits) = told(&seen);
    (one.bits, one.telling) = (weight.bits - one.cost, weight.telling);
}
