//! The figures of a table, row by row in one piece: nearly every rule goes through all of them.

use std::ops::{Index, IndexMut};
use std::slice::ChunksExact;

use super::{Datum, Figure, Reading};

/// `data[row][column]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Data {
    width: usize,
    all: Vec<Datum>,
}

impl Data {
    /// No rows of so many columns, with room for some.
    #[must_use]
    pub fn with_room_for(rows: usize, width: usize) -> Self {
        Self { width, all: Vec::with_capacity(rows.saturating_mul(width)) }
    }

    /// Adds a row; columns that it leaves out are blank.
    pub fn push(&mut self, row: impl IntoIterator<Item = Datum>) {
        let end = self.all.len() + self.width;
        self.all.extend(row.into_iter().take(self.width));
        self.all.resize_with(end, Datum::blank);
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len() / self.width.max(1)
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The rows from top to bottom.
    pub fn iter(&self) -> ChunksExact<'_, Datum> {
        self.all.chunks_exact(self.width.max(1))
    }

    /// All figures.
    pub fn figures_mut(&mut self) -> impl Iterator<Item = &mut Figure> {
        self.all.iter_mut().filter_map(|datum| match &mut datum.reading {
            Reading::Number(figure) => Some(figure),
            _ => None,
        })
    }

    /// Takes all rows away.
    pub fn clear(&mut self) {
        self.all.clear();
    }
}

impl Index<usize> for Data {
    type Output = [Datum];

    fn index(&self, row: usize) -> &[Datum] {
        &self.all[row * self.width..][..self.width]
    }
}

impl IndexMut<usize> for Data {
    fn index_mut(&mut self, row: usize) -> &mut [Datum] {
        &mut self.all[row * self.width..][..self.width]
    }
}

impl<'a> IntoIterator for &'a Data {
    type Item = &'a [Datum];
    type IntoIter = ChunksExact<'a, Datum>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Rows as long as the first of them.
impl FromIterator<Vec<Datum>> for Data {
    fn from_iter<I: IntoIterator<Item = Vec<Datum>>>(rows: I) -> Self {
        let mut rows = rows.into_iter().peekable();
        let width = rows.peek().map_or(0, Vec::len);
        let mut data = Self::with_room_for(rows.size_hint().0, width);
        rows.for_each(|row| data.push(row));
        data
    }
}
