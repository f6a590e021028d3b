//! The order in which formulas depend on each other, and the circles they stand on.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Unsupported;
use super::cells::{FormulaCell, ranges};
use crate::workbook::{Range, Workbook};

/// Pairs of a formula and a formula it reads.
const MAX_LINKS: usize = 8_000_000;

/// Which formulas read which: for each formula what it reads, those that depend on it, and how many it
/// needs.
pub(super) struct Links {
    pub(super) reads: Vec<Vec<(usize, Range)>>,
    pub(super) dependants: Vec<Vec<usize>>,
    needs: Vec<usize>,
}

/// Rows and indexes of the formulas of one column of one sheet, ascending.
type Columns = BTreeMap<(usize, u32), Vec<(u32, usize)>>;

impl Links {
    pub(super) fn of(workbook: &Workbook, cells: &[FormulaCell<'_>]) -> Result<Self, Unsupported> {
        let mut columns = Columns::new();
        for (index, cell) in cells.iter().enumerate() {
            let key = (cell.place.sheet, cell.place.at.column);
            columns.entry(key).or_default().push((cell.place.at.row, index));
        }
        let reads = cells.iter().map(|cell| ranges(workbook, cell.place.sheet, &cell.formula));
        Self::between(reads.collect(), |read| formulas_in(&columns, read))
    }

    /// Links of what reads ranges, by what stands in a range.
    pub(super) fn between<I: Iterator<Item = usize>>(
        reads: Vec<Vec<(usize, Range)>>,
        standing_in: impl Fn((usize, Range)) -> I,
    ) -> Result<Self, Unsupported> {
        let (dependants, needs) = (vec![Vec::new(); reads.len()], vec![0; reads.len()]);
        let mut links = Self { reads, dependants, needs };
        let mut count = 0;
        for (index, reads) in links.reads.iter().enumerate() {
            for needed in reads.iter().flat_map(|read| standing_in(*read)) {
                count += 1;
                if count > MAX_LINKS {
                    return Err(Unsupported::new("dependencies beyond the limit", ""));
                }
                links.dependants[needed].push(index);
                links.needs[index] += 1;
            }
        }
        Ok(links)
    }
}

fn formulas_in(columns: &Columns, (sheet, range): (usize, Range)) -> impl Iterator<Item = usize> {
    let keys = (sheet, range.start.column)..=(sheet, range.end.column);
    columns.range(keys).flat_map(move |(_, rows)| {
        let start = rows.partition_point(|(row, _)| *row < range.start.row);
        let end = rows.partition_point(|(row, _)| *row <= range.end.row);
        rows[start..end].iter().map(|(_, index)| *index)
    })
}

/// Kahn's order (1962): every formula after those it reads; and those that have no such place.
pub(super) fn ordered(links: &Links) -> (Vec<usize>, Vec<usize>) {
    let mut needs = links.needs.clone();
    let mut order: Vec<usize> = (0..needs.len()).filter(|index| needs[*index] == 0).collect();
    let mut next = 0;
    while let Some(done) = order.get(next).copied() {
        next += 1;
        for dependant in &links.dependants[done] {
            needs[*dependant] -= 1;
            if needs[*dependant] == 0 {
                order.push(*dependant);
            }
        }
    }
    let placed: HashSet<usize> = order.iter().copied().collect();
    let left: Vec<usize> = (0..needs.len()).filter(|index| !placed.contains(index)).collect();
    (order, on_circles(links, left))
}

/// Of the formulas without a place in the order, those that are not merely behind a circle.
fn on_circles(links: &Links, left: Vec<usize>) -> Vec<usize> {
    let mut alive: HashSet<usize> = left.iter().copied().collect();
    let mut readers: HashMap<usize, usize> = HashMap::new();
    let mut read_by: HashMap<usize, Vec<usize>> = HashMap::new();
    for index in &left {
        let dependants = links.dependants[*index].iter().filter(|other| alive.contains(other));
        for dependant in dependants {
            *readers.entry(*index).or_default() += 1;
            read_by.entry(*dependant).or_default().push(*index);
        }
    }
    let unread = |index: &usize| !readers.contains_key(index);
    let mut ends: Vec<usize> = left.iter().copied().filter(unread).collect();
    while let Some(end) = ends.pop() {
        alive.remove(&end);
        for needed in read_by.get(&end).into_iter().flatten() {
            let Some(count) = readers.get_mut(needed) else { continue };
            *count -= 1;
            if *count == 0 {
                ends.push(*needed);
            }
        }
    }
    left.into_iter().filter(|index| alive.contains(index)).collect()
}
