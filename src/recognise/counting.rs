//! What is counted one by one, as households and persons are: one too many of it is no rounding.

use crate::found;
use crate::table::{Column, Kind, Table};
use crate::words::names_money;

/// Words that say that figures are told in thousands, but of money where `đồng` follows.
const THOUSANDS: &[&str] = &["nghìn", "ngàn", "triệu", "1000", "1 000"];

/// Which columns of a table are of things that are counted one by one, by their headings, where nothing on
/// them or above the table says that they are told in thousands.
pub(super) struct Counting<'a> {
    table: &'a Table,
    /// True where what stands above says that things are told in thousands.
    in_thousands: bool,
    /// Columns of men beside columns of women: persons.
    of_sexes: bool,
}

impl<'a> Counting<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        let around = &table.surroundings;
        let mut above = around.above.of_the_table().chain(around.unit_line.as_deref());
        let is_sex = |sex: &str| table.columns.iter().any(|column| leaf(column) == sex);
        let mut headings = table.columns.iter().flat_map(|column| column.headings.iter());
        let of_sexes =
            is_sex("nam") && is_sex("nữ") && !headings.any(|heading| is_in_thousands(heading));
        Self { table, in_thousands: above.any(is_in_thousands), of_sexes }
    }

    /// True for a column of such things.
    pub(super) fn counts(&self, column: usize) -> bool {
        let described = &self.table.columns[column];
        let names_things = |heading: &String| found::says(heading).says(found::Word::Things);
        !self.in_thousands
            && described.kind == Kind::Count
            && (self.of_sexes && matches!(&*leaf(described), "nam" | "nữ")
                || described.headings.iter().rev().take(2).any(names_things))
            && !described.headings.iter().any(|text| is_in_thousands(text) || names_money(text))
    }
}

/// The lowest heading of a column, folded.
fn leaf(column: &Column) -> String {
    column.headings.last().map(|heading| found::folded(heading)).unwrap_or_default()
}

/// True for `nghìn người`, not for `nghìn đồng`.
fn is_in_thousands(text: &str) -> bool {
    let text = format!(" {} ", found::folded(text));
    THOUSANDS.iter().any(|word| {
        let (word, money) = (format!(" {word} "), format!(" {word} đồng "));
        text.matches(&word).count() > text.matches(&money).count()
    })
}
