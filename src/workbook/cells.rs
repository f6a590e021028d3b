//! The cells of a sheet in their order, and where each row of them begins.

use std::ops::{Range, RangeInclusive};

use super::{Address, Cell};

/// Cells by row, then column; addresses are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cells {
    cells: Vec<(Address, Cell)>,
    /// The rows that have cells, each with the index of its first: few beside the cells, so that a row is
    /// looked up among neighbours.
    starts: Vec<(u32, usize)>,
}

impl Cells {
    /// Cells in any order; of two at one address the first stands.
    pub(super) fn of(mut cells: Vec<(Address, Cell)>) -> Self {
        if let Some(starts) = starts(&cells) {
            return Self { cells, starts };
        }
        cells.sort_by_key(|(address, _)| *address);
        cells.dedup_by_key(|(address, _)| *address);
        let starts = starts(&cells).unwrap_or_default();
        Self { cells, starts }
    }

    /// Cells in any order; of two at one address the last stands.
    pub(super) fn with_last(mut cells: Vec<(Address, Cell)>) -> Self {
        if let Some(starts) = starts(&cells) {
            return Self { cells, starts };
        }
        cells.reverse();
        Self::of(cells)
    }

    pub(super) fn all(&self) -> &[(Address, Cell)] {
        &self.cells
    }

    pub(super) fn into_all(self) -> Vec<(Address, Cell)> {
        self.cells
    }

    /// The cells of each row that has some.
    pub(super) fn by_row(&self) -> impl Iterator<Item = &[(Address, Cell)]> {
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start).chain([self.cells.len()]);
        self.starts.iter().zip(ends).map(|((_, start), end)| &self.cells[*start..end])
    }

    /// The cells of some rows.
    pub(super) fn rows(&self, rows: &RangeInclusive<u32>) -> &[(Address, Cell)] {
        &self.cells[self.indices(rows)]
    }

    pub(super) fn get(&self, at: Address) -> Option<&Cell> {
        Some(&self.cells[self.index(at)?].1)
    }

    pub(super) fn get_mut(&mut self, at: Address) -> Option<&mut Cell> {
        let index = self.index(at)?;
        Some(&mut self.cells[index].1)
    }

    fn index(&self, at: Address) -> Option<usize> {
        let indices = self.indices(&(at.row..=at.row));
        let (start, row) = (indices.start, &self.cells[indices]);
        // Most rows have a cell in each column.
        let guess = at.column.checked_sub(row.first()?.0.column)? as usize;
        if row.get(guess).is_some_and(|(own, _)| own.column == at.column) {
            return Some(start + guess);
        }
        Some(start + row.binary_search_by_key(&at.column, |(own, _)| own.column).ok()?)
    }

    fn indices(&self, rows: &RangeInclusive<u32>) -> Range<usize> {
        let first = self.first_from(*rows.start());
        let within = match self.starts[first..].first() {
            Some((row, _)) if row == rows.end() => 1,
            _ => self.starts[first..].partition_point(|(row, _)| row <= rows.end()),
        };
        let start = |at: usize| self.starts.get(at).map_or(self.cells.len(), |(_, start)| *start);
        start(first)..start(first + within)
    }

    /// The index into the starts of the first row from one on. Few rows have no cells, so that it is not
    /// far from where it would be without such rows, and never beyond.
    fn first_from(&self, row: u32) -> usize {
        const NEAR: usize = 8;
        let top = self.starts.first().map_or(0, |(row, _)| *row);
        let end = (row.saturating_sub(top) as usize).min(self.starts.len());
        if self.starts.get(end).is_some_and(|(own, _)| *own == row) {
            return end;
        }
        let begin = end.saturating_sub(NEAR);
        let begin =
            if self.starts.get(begin).is_some_and(|(own, _)| *own <= row) { begin } else { 0 };
        begin + self.starts[begin..end].partition_point(|(own, _)| *own < row)
    }
}

/// The rows that cells in order have, each with the index of its first; `None` for cells in no order.
fn starts(cells: &[(Address, Cell)]) -> Option<Vec<(u32, usize)>> {
    let mut starts = Vec::new();
    let mut last: Option<Address> = None;
    for (index, (at, _)) in cells.iter().enumerate() {
        match last {
            Some(last) if last.row == at.row && last.column < at.column => {}
            Some(last) if last.row >= at.row => return None,
            _ => starts.push((at.row, index)),
        }
        last = Some(*at);
    }
    Some(starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::Value;

    #[test]
    fn rows_and_cells_are_found_where_rows_are_missing() {
        let places =
            [(9, 1), (2, 5), (2, 3), (9, 1), (4, 0), (40, 2)].map(|(r, c)| Address::new(r, c));
        let cells = places
            .iter()
            .enumerate()
            .map(|(number, at)| (*at, Cell::new(Value::Text(number.to_string()))));
        let cells = Cells::of(cells.collect());
        for first in 0..42_u32 {
            for last in first.saturating_sub(1)..42 {
                let expected: Vec<&(Address, Cell)> =
                    cells.all().iter().filter(|(at, _)| (first..=last).contains(&at.row)).collect();
                assert!(cells.rows(&(first..=last)).iter().eq(expected), "{first}..={last}");
            }
        }
        let text = |row, column| match &cells.get(Address::new(row, column))?.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        };
        assert_eq!((text(2, 3), text(2, 5), text(4, 0)), (Some("2"), Some("1"), Some("4")));
        assert_eq!(
            (text(9, 1), text(2, 4), text(3, 0), text(10, 0)),
            (Some("0"), None, None, None)
        );
    }
}
