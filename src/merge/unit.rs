//! Whose table it is: the name of the unit, where it was taken from, and the list of units that
//! are expected. Where the lines above a table say nothing ([`crate::words::units`]), the tab and then the
//! file name it.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::failure::{Code, Failure};
use crate::table::Surroundings;
use crate::words::units::{Key, Mention, is_year, mentions, unmarked};
use crate::words::{fold, single_blanks};

/// Where names of units are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum NameBy {
    /// In the lines above the table, else on the tab, else in the file's name.
    #[default]
    Auto,
    /// The tab's name as it is.
    Sheet,
    /// The file's name without its suffix.
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

/// The units that should be there, in the order their rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    names: Vec<String>,
    keys: BTreeMap<String, Vec<(Key, usize)>>,
}

/// First cells of a list that are its heading.
const LIST_HEADINGS: &[&str] =
    &["tt", "stt", "đơn vị", "tên đơn vị", "xã", "tên xã", "xã/phường", "tên", "unit", "name"];

impl Expected {
    /// Reads a list: one unit a line, blank lines and lines that begin with `#` aside. Of a line
    /// with several fields (comma, semicolon, tab) the first one with a name counts.
    ///
    /// # Errors
    /// [`Code::Unknown`] for a list that is not UTF-8, names no unit, or names one twice.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            Failure::new(
                Code::Unknown,
                "danh sách đơn vị không phải là văn bản UTF-8",
                "the list of units is not UTF-8 text",
            )
            .with_help("lưu lại danh sách với mã UTF-8", "save the list as UTF-8")
        })?;
        let mut list = Self::default();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let fields = line.split([',', ';', '\t']).map(|field| field.trim().trim_matches('"'));
            let name = fields.into_iter().find(|f| f.chars().any(char::is_alphabetic));
            let Some(name) = name.filter(|_| !line.trim_start().starts_with('#')) else { continue };
            if list.names.is_empty() && LIST_HEADINGS.contains(&fold(name).as_str()) {
                continue;
            }
            list.push(&name.nfc().collect::<String>())?;
        }
        if list.names.is_empty() {
            return Err(Failure::new(
                Code::Unknown,
                "danh sách đơn vị không có đơn vị nào",
                "the list of units names none",
            ));
        }
        Ok(list)
    }

    fn push(&mut self, name: &str) -> Result<(), Failure> {
        let key = Key::of(name);
        let bucket = self.keys.entry(key.name.clone()).or_default();
        if bucket.iter().any(|(known, _)| known.fits(&key)) {
            return Err(Failure::new(
                Code::Unknown,
                format!("danh sách đơn vị ghi `{name}` hai lần"),
                format!("the list of units names `{name}` twice"),
            ));
        }
        bucket.push((key, self.names.len()));
        self.names.push(single_blanks(name));
        Ok(())
    }

    /// The units of the list, of some of its places, that a name may be a slip of.
    pub(super) fn near(&self, name: &str, places: &[usize]) -> Vec<&str> {
        let key = Key::of(name);
        let names = places.iter().map(|place| self.names[*place].as_str());
        names.filter(|listed| Key::of(listed).is_near(&key)).collect()
    }

    /// The names, as the list has them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a unit on the list.
    fn find(&self, name: &str) -> Option<usize> {
        let key = Key::of(name);
        let bucket = self.keys.get(&key.name)?;
        let mut fitting = bucket.iter().filter(|(known, _)| known.fits(&key));
        // A name without its level may be on the list at two levels: then it is not known which.
        match (fitting.next(), fitting.next()) {
            (Some((_, place)), None) => Some(*place),
            _ => None,
        }
    }

    /// The place of a unit named in a line.
    fn find_mention(&self, mention: &Mention) -> Option<usize> {
        let open = mention.open.as_deref().unwrap_or_default();
        let ends: Vec<usize> = open.match_indices(' ').map(|(end, _)| end).collect();
        let longer = ends.iter().rev().map(|end| &open[..*end]);
        let names = [mention.name.as_str(), open].into_iter().chain(longer);
        names.filter(|name| !name.is_empty()).find_map(|name| self.find(name))
    }

    /// The one unit whose name occurs in the name of a file or tab, marks aside; of several the
    /// longest (`Tân Lập`, `Tân Lập Đông`).
    fn find_in(&self, text: &str) -> Option<usize> {
        let text = format!(" {} ", unmarked(text));
        let name = |place: usize| unmarked(&Key::of(&self.names[place]).name);
        let mut fitting: Vec<(usize, usize)> = (0..self.names.len())
            .map(|place| (name(place), place))
            .filter(|(name, _)| text.contains(&format!(" {name} ")))
            .map(|(name, place)| (name.len(), place))
            .collect();
        fitting.sort_unstable_by(|a, b| b.cmp(a));
        match fitting.as_slice() {
            [(_, place)] => Some(*place),
            [(longest, place), (next, _), ..] if longest > next => Some(*place),
            _ => None,
        }
    }
}

/// Names the unit of a table.
pub(super) fn name(
    around: &Surroundings,
    sheet: &str,
    file: &str,
    by: NameBy,
    expected: Option<&Expected>,
) -> Unit {
    let stem = stem(file);
    match by {
        NameBy::Sheet => as_written(sheet, NameFrom::Sheet, expected),
        NameBy::File => as_written(stem, NameFrom::File, expected),
        NameBy::Auto => named_anywhere(around, sheet, stem, expected),
    }
}

/// The name of a tab or file; the list's spelling where it is on the list.
fn as_written(text: &str, from: NameFrom, expected: Option<&Expected>) -> Unit {
    let listed = expected.and_then(|list| list.find(text).or_else(|| list.find_in(text)));
    let name = match (listed, expected) {
        (Some(place), Some(list)) => list.names[place].clone(),
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
    let above = around.units();
    if let Some(list) = expected {
        let named = above.iter().find_map(|mention| list.find_mention(mention));
        let found = named
            .map(|place| (place, NameFrom::Title))
            .or_else(|| list.find_in(sheet).map(|place| (place, NameFrom::Sheet)))
            .or_else(|| list.find_in(stem).map(|place| (place, NameFrom::File)));
        if let Some((place, from)) = found {
            let name = list.names[place].clone();
            let other = other(&above, &name);
            return Unit { name, from, other, cut: false, listed: Some(place) };
        }
    }
    let with = |name: String, from| Unit { name, from, other: None, cut: false, listed: None };
    if let Some(first) = above.first() {
        let other = other(&above, &first.name);
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
    let own = Key::of(own);
    let lowest = above.first()?.rank;
    let differs = |mention: &&Mention| {
        let key = Key::of(&mention.name);
        let level = own.level.as_ref().map_or(mention.rank == lowest, |_| key.level == own.level);
        // A title in capitals may go on after the name; that is no other unit.
        level && !key.name.starts_with(&own.name) && !own.name.starts_with(&key.name)
    };
    above.iter().find(differs).map(|mention| mention.name.clone())
}

/// The file's name without its folder and suffix.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_unit_a_line() {
        let text = "\u{feff}STT,Đơn vị\n1,Xã Đại Lãnh\n2;\"Xã Vạn Thọ\"\n\n# ghi chú\nTân Lập\n";
        let list = Expected::read(text.as_bytes()).unwrap();
        assert_eq!(list.names(), ["Xã Đại Lãnh", "Xã Vạn Thọ", "Tân Lập"]);
        assert_eq!(list.find_in("02_dai-lanh_2024"), Some(0));
        assert_eq!(list.find("xã Tân Lập"), Some(2));
        assert!(Expected::read("A B\nxã A B".as_bytes()).is_err(), "named twice");
        assert!(Expected::read(b"\xff\xfe").is_err());
        assert!(Expected::read(b"1\n2\n").is_err());
    }
}
