//! Which rows stand on which page.
//!
//! A row is never cut. Rows that share a cell stay together, and so do the last rows of figures and
//! all that follows them: the signature block never stands alone.

use std::ops::Range;

/// Rows of figures that stay with what follows the table.
const COMPANY: usize = 2;

/// The rows of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows<'a> {
    /// Heights of all rows.
    pub(super) heights: &'a [u32],
    /// The rows of figures among them.
    pub(super) figures: Range<usize>,
    /// Rows printed again on further pages.
    pub(super) repeated: Range<usize>,
    /// Ranges of rows that share a cell.
    pub(super) shared: Vec<Range<usize>>,
    /// Height of a page.
    pub(super) page: u32,
}

/// The rows of a page; the repeated ones come before them unless they are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) repeats: bool,
    pub(super) rows: Range<usize>,
}

impl Rows<'_> {
    fn height(&self, rows: Range<usize>) -> u32 {
        self.heights[rows].iter().sum()
    }

    /// Fills pages one after the other.
    pub(super) fn pages(&self) -> Vec<Page> {
        let head = self.height(self.repeated.clone());
        let mut starts = vec![0];
        let mut used = 0;
        for group in self.groups() {
            let height = self.height(group.clone());
            if used > 0 && used + height > self.page {
                starts.push(group.start);
                used = if self.repeats(group.start) { head } else { 0 };
            }
            if used + height <= self.page {
                used += height;
                continue;
            }
            // More than a page: it is broken between its rows.
            for row in group.clone() {
                if used + self.heights[row] > self.page && row > group.start {
                    starts.push(row);
                    used = if self.repeats(row) { head } else { 0 };
                }
                used += self.heights[row];
            }
        }
        let ends = starts.iter().skip(1).copied().chain([self.heights.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| Page { repeats: self.repeats(*start), rows: *start..end })
            .collect()
    }

    /// True for a page of figures that begins after the rows to repeat.
    fn repeats(&self, row: usize) -> bool {
        !self.repeated.is_empty() && row >= self.repeated.end && row < self.figures.end
    }

    /// Rows that stay together, in order.
    fn groups(&self) -> Vec<Range<usize>> {
        let (first, end) = (self.figures.start, self.figures.end);
        let count = self.heights.len();
        let mut tied = vec![false; count + 1];
        let mut tie = |rows: Range<usize>| {
            (rows.start + 1..rows.end.min(count)).for_each(|row| tied[row] = true);
        };
        // Headings come with the first row of figures.
        if !self.repeated.is_empty() {
            tie(self.repeated.start..(first + 1).min(end));
        }
        self.shared.iter().cloned().for_each(&mut tie);
        tie(end.saturating_sub(COMPANY).max(first)..count);
        let starts: Vec<usize> = (0..count).filter(|row| !tied[*row]).collect();
        let ends = starts.iter().skip(1).copied().chain([count]);
        starts.iter().zip(ends).map(|(start, end)| *start..end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(heights: &[u32], figures: Range<usize>) -> Rows<'_> {
        Rows { heights, figures, repeated: 1..3, shared: Vec::new(), page: 600 }
    }

    #[test]
    fn every_row_stands_on_one_page_and_no_page_is_overfull() {
        for count in 1..150 {
            let mut heights = vec![200, 40, 20];
            heights.extend(vec![26; count]);
            heights.extend([20, 30, 24, 24, 24, 24, 20]);
            let rows = rows(&heights, 3..3 + count);
            let pages = rows.pages();
            assert_eq!(pages.first().unwrap().rows.start, 0);
            assert_eq!(pages.last().unwrap().rows.end, heights.len());
            for (page, next) in pages.iter().zip(&pages[1..]) {
                assert_eq!(page.rows.end, next.rows.start);
            }
            for (index, page) in pages.iter().enumerate() {
                assert_eq!(page.repeats, index > 0);
                let head = if page.repeats { 60 } else { 0 };
                assert!(head + rows.height(page.rows.clone()) <= 600, "{count}: {page:?}");
            }
            let last = pages.last().unwrap().rows.start;
            assert!(last == 0 || last + COMPANY <= 3 + count, "{count}: the block has company");
        }
    }

    #[test]
    fn lines_of_a_unit_are_not_torn_apart() {
        let mut heights = vec![200, 40, 20];
        heights.extend(vec![26; 90]);
        heights.extend([20; 4]);
        let mut rows = rows(&heights, 3..93);
        rows.shared = (0..30).map(|unit| 3 + unit * 3..6 + unit * 3).collect();
        let pages = rows.pages();
        assert!(pages.len() > 2);
        for page in &pages[1..] {
            assert_eq!((page.rows.start - 3) % 3, 0, "{page:?}");
        }
    }

    #[test]
    fn what_is_higher_than_a_page_is_broken_between_rows() {
        let heights = [300, 40, 20, 500, 500, 500, 300, 300, 300];
        let rows = rows(&heights, 3..6);
        let starts: Vec<usize> = rows.pages().iter().map(|page| page.rows.start).collect();
        assert_eq!(starts, [0, 1, 4, 5, 6, 8]);
    }
}
