//! Whose table it is, and where that was taken from. Where the lines above a table say nothing
//! ([`crate::words::units`]), the tab and then the file name it.

use unicode_normalization::UnicodeNormalization as _;

use super::Expected;
use crate::table::Surroundings;
use crate::words::paths::file_stem;
use crate::words::single_blanks;
use crate::words::units::{Key, Mention, is_year, mentions};

/// Where names of units are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum NameBy {
    /// In the lines above the table, else on the tab, else in the file's name.
    #[default]
    #[cfg_attr(
        feature = "cli",
        value(
            help = "từ phần trên bảng, không có thì từ tên trang tính, rồi tên tệp / the lines above the table, else the tab, else the file's name"
        )
    )]
    Auto,
    /// The tab's name as it is.
    #[cfg_attr(feature = "cli", value(help = "tên trang tính / the tab's name as it is"))]
    Sheet,
    /// The file's name without its suffix.
    #[cfg_attr(
        feature = "cli",
        value(help = "tên tệp, không kèm đuôi / the file's name without its suffix")
    )]
    File,
}

/// Where a unit's name was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameFrom {
    /// The lines above the table.
    Title,
    /// The name on the tab.
    Sheet,
    /// The file's name.
    File,
}

/// A unit as a table names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The name as it is printed: `Xã Đại Lãnh`.
    pub name: String,
    /// Where it was taken from.
    pub from: NameFrom,
    /// Another unit that the lines above the table name as well, at the same level.
    pub other: Option<String>,
    /// True where a line in capitals goes on after the name, and does not show where the name ends.
    pub cut: bool,
    /// Its place in the list of expected units; `None` without a list, or where it is not on it.
    pub listed: Option<usize>,
}

/// How units are named: one rule for all commands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Naming {
    /// Where names are looked for.
    pub by: NameBy,
    /// The list of units, whose spelling counts; without one the tables' own.
    pub list: Option<Expected>,
}

impl Naming {
    /// Names the unit of a table by the lines above it, its tab and its file.
    #[must_use]
    pub fn of(&self, around: &Surroundings, sheet: &str, file: &str) -> Unit {
        let (stem, expected) = (file_stem(file), self.list.as_ref());
        match self.by {
            NameBy::Sheet => as_written(sheet, NameFrom::Sheet, expected),
            NameBy::File => as_written(stem, NameFrom::File, expected),
            NameBy::Auto => named_anywhere(around, sheet, stem, expected),
        }
    }

    /// Names the unit of a file of which no table is known.
    #[must_use]
    pub fn of_file(&self, file: &str) -> Unit {
        named_anywhere(&Surroundings::default(), "", file_stem(file), self.list.as_ref())
    }
}

/// The name of a tab or file; the list's spelling where it is on the list.
fn as_written(text: &str, from: NameFrom, expected: Option<&Expected>) -> Unit {
    let listed = expected.and_then(|list| list.find(text).or_else(|| list.find_in(text)));
    let name = match (listed, expected) {
        (Some(place), Some(list)) => list.names()[place].clone(),
        _ => single_blanks(&text.nfc().collect::<String>()),
    };
    Unit { name, from, other: None, cut: false, listed }
}

fn named_anywhere(
    around: &Surroundings,
    sheet: &str,
    stem: &str,
    expected: Option<&Expected>,
) -> Unit {
    let above = around.above.units();
    if let Some(list) = expected {
        let named = above.iter().find_map(|mention| list.find_mention(mention));
        let found = named
            .map(|place| (place, NameFrom::Title))
            .or_else(|| list.find_in(sheet).map(|place| (place, NameFrom::Sheet)))
            .or_else(|| list.find_in(stem).map(|place| (place, NameFrom::File)));
        if let Some((place, from)) = found {
            let name = list.names()[place].clone();
            let other = other(above, &name);
            return Unit { name, from, other, cut: false, listed: Some(place) };
        }
    }
    let with = |name: String, from| Unit { name, from, other: None, cut: false, listed: None };
    if let Some(first) = above.first() {
        let other = other(above, &first.name);
        return Unit { other, cut: first.cut, ..with(first.name.clone(), NameFrom::Title) };
    }
    for (text, from) in [(sheet, NameFrom::Sheet), (stem, NameFrom::File)] {
        let text: String = text.replace('_', " ").nfc().collect();
        // Tabs and files bear the year beside the unit.
        let text =
            text.split_whitespace().filter(|word| !is_year(word)).collect::<Vec<_>>().join(" ");
        if let Some(mention) = mentions(&text).into_iter().min_by_key(|mention| mention.rank) {
            return with(mention.name, from);
        }
    }
    as_written(stem, NameFrom::File, None)
}

/// A unit of the same level that the lines above a table name beside its own.
fn other(above: &[Mention], own: &str) -> Option<String> {
    let lowest = above.first()?.rank;
    above.iter().find(|mention| mention.name != own)?;
    let own = Key::of(own);
    let differs = |mention: &&Mention| {
        let key = Key::of(&mention.name);
        let level = own.level.as_ref().map_or(mention.rank == lowest, |_| key.level == own.level);
        // A title in capitals may go on after the name; that is no other unit.
        level && !key.name.starts_with(&own.name) && !own.name.starts_with(&key.name)
    };
    above.iter().find(differs).map(|mention| mention.name.clone())
}
