//! What other tables say of a table's cells: figures that both print.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::table::{Across, Place, Table};

/// A figure of another table that a cell of this one must equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The row of this table, as an index into [`Table::rows`].
    pub row: usize,
    /// The figure of the other table.
    pub figure: Decimal,
    /// Where it stands, in the notation of references between sheets and files: `CN!F7`,
    /// `[b.xlsx]CN!F7`.
    pub cell: String,
}

/// A total of another table that a cell of this one repeats, and differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The total, in the unit of this table.
    pub figure: Decimal,
    /// Where it stands: `'Thôn Đông'!C12`.
    pub cell: String,
    /// What stands there, where that is in another unit of money.
    pub converted: Option<Converted>,
    /// Figures of this table that repeat totals as they are.
    pub same: usize,
}

/// A total in another unit of money than the table that repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converted {
    /// The total as it is written.
    pub written: Decimal,
    /// Decimals it is written with.
    pub decimals: u32,
    /// How many đồng one of it is.
    pub from: u32,
    /// How many đồng one of the figure that repeats it is.
    pub to: u32,
}

/// The figures of other tables, by the relation of the form that names them; none until such a
/// table is found ([`crate::across`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    stated: BTreeMap<usize, Vec<Link>>,
    repeated: BTreeMap<Place, Repeat>,
    /// Cells that repeat totals as they are.
    alike: usize,
}

impl Links {
    /// Keeps the totals of other tables that cells repeat differently, and how many cells repeat such
    /// totals as they are.
    pub fn repeat(&mut self, repeated: BTreeMap<Place, Repeat>, alike: usize) {
        (self.repeated, self.alike) = (repeated, alike);
    }

    /// True where figures repeat totals of other tables.
    #[must_use]
    pub const fn repeats_totals(&self) -> bool {
        self.alike > 0
    }

    /// The totals of other tables that cells repeat differently.
    #[must_use]
    pub const fn repeated(&self) -> &BTreeMap<Place, Repeat> {
        &self.repeated
    }

    /// Keeps the figures found for a relation, an index into [`Table::across`]; rows ascending.
    pub fn set(&mut self, relation: usize, links: Vec<Link>) {
        self.stated.insert(relation, links);
    }

    /// The figures found for a relation.
    #[must_use]
    pub fn of(&self, relation: usize) -> &[Link] {
        self.stated.get(&relation).map_or(&[], Vec::as_slice)
    }

    /// The cells that another table speaks of.
    pub fn places<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = Place> + 'a {
        let places = |(relation, across): (usize, &'a Across)| {
            self.of(relation).iter().map(|link| Place::new(link.row, across.column))
        };
        table.across.iter().enumerate().flat_map(places)
    }

    /// The relation and the figure of another table that a place must equal but does not.
    #[must_use]
    pub fn mismatch<'a>(
        &'a self,
        table: &'a Table,
        place: Place,
    ) -> Option<(&'a Across, &'a Link)> {
        let number = table.number(place)?;
        let link = |relation: usize| {
            let links = self.of(relation);
            let found = links.binary_search_by_key(&place.row, |link| link.row).ok()?;
            Some(&links[found])
        };
        let mut own = table.across.iter().enumerate().filter(|(_, a)| a.column == place.column);
        own.find_map(|(relation, across)| {
            Some((across, link(relation).filter(|link| link.figure != number)?))
        })
    }
}
