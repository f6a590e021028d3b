//! The list of units that are expected: a text, a CSV or a workbook.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::lines;
use crate::failure::{Code, Failure};
use crate::read;
use crate::words::units::{Key, Mention, plain_unit, unmarked};
use crate::words::{fold, is_total, single_blanks};

/// The units that should be there, in the order their rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    names: Vec<String>,
    keys: BTreeMap<String, Vec<(Key, usize)>>,
    /// Places by name without marks, as files are named.
    plain: BTreeMap<String, Vec<usize>>,
    /// What the list's columns are called, where it has a heading row.
    headings: Vec<String>,
    /// By unit: all the fields of its line.
    fields: Vec<Vec<String>>,
}

/// Headings of the column of units.
const UNIT_HEADINGS: &[&str] = &[
    "đơn vị",
    "tên đơn vị",
    "đơn vị hành chính",
    "xã",
    "tên xã",
    "xã/phường",
    "xã, phường",
    "xã, phường, thị trấn",
    "xã, phường, đặc khu",
    "tên",
    "unit",
    "name",
];

/// Headings of the column of ordinals, which tell a heading row as well.
const ORDINAL_HEADINGS: &[&str] = &["tt", "stt", "số tt"];

/// Words of a name that is looked for in the name of a file.
const LONGEST: usize = 8;

/// Lines of a list above which its heading row is looked for.
const HEADING_WITHIN: usize = 20;

impl Expected {
    /// Reads a list. Of a workbook the first visible sheet counts, of a text each line is a unit:
    /// fields stand between commas, semicolons or tabs, blank lines and lines that begin with `#` are
    /// passed over. Where a heading names the column of units it is read from there down; else the
    /// first field with letters is the name.
    ///
    /// # Errors
    /// [`Code::Unknown`] for a list that is neither UTF-8 nor a workbook, names no unit, or names one
    /// twice.
    pub fn read(bytes: &[u8], limits: &read::Limits) -> Result<Self, Failure> {
        Self::of_lines(lines(bytes, limits)?)
    }

    fn of_lines(mut lines: Vec<Vec<String>>) -> Result<Self, Failure> {
        let mut list = Self::default();
        let heading = lines.iter().take(HEADING_WITHIN).position(|line| is_heading(line));
        let mut column = None;
        if let Some(at) = heading {
            column = lines[at].iter().position(|field| is_one_of(field, UNIT_HEADINGS));
            list.headings.clone_from(&lines[at]);
            lines.drain(..=at);
        }
        for line in lines {
            let named = |field: &&String| field.chars().any(char::is_alphabetic);
            let own = column.and_then(|column| line.get(column)).filter(named);
            let Some(name) = own.or_else(|| line.iter().find(named)) else { continue };
            let is_remark = line
                .iter()
                .find(|field| !field.is_empty())
                .is_some_and(|first| first.starts_with('#'));
            // What stands under the list is no unit.
            if is_remark || is_total(name) {
                continue;
            }
            let name: String = name.nfc().collect();
            list.push(&name, line)?;
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

    fn push(&mut self, name: &str, fields: Vec<String>) -> Result<(), Failure> {
        let name = plain_unit(&single_blanks(name));
        let key = Key::of(&name);
        let bucket = self.keys.entry(key.name.clone()).or_default();
        if bucket.iter().any(|(known, _)| known.fits(&key)) {
            return Err(Failure::new(
                Code::Unknown,
                format!("danh sách đơn vị ghi `{name}` hai lần"),
                format!("the list of units names `{name}` twice"),
            ));
        }
        self.plain.entry(unmarked(&key.name)).or_default().push(self.names.len());
        bucket.push((key, self.names.len()));
        self.names.push(name);
        self.fields.push(fields);
        Ok(())
    }

    /// The units of the list, of some of its places, that a name may be a slip of.
    #[must_use]
    pub fn near(&self, name: &str, places: &[usize]) -> Vec<&str> {
        let key = Key::of(name);
        let names = places.iter().map(|place| self.names[*place].as_str());
        names.filter(|listed| Key::of(listed).is_near(&key)).collect()
    }

    /// The names, as the list has them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands in a column of the list, by its heading, for each unit; `None` where no column is
    /// called so.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<Vec<String>> {
        let at = self.headings.iter().position(|known| fold(known) == fold(heading))?;
        Some(self.fields.iter().map(|line| line.get(at).cloned().unwrap_or_default()).collect())
    }

    /// The place of a unit on the list.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
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
    pub(super) fn find_mention(&self, mention: &Mention) -> Option<usize> {
        let open = mention.open.as_deref().unwrap_or_default();
        let ends: Vec<usize> = open.match_indices(' ').map(|(end, _)| end).collect();
        let longer = ends.iter().rev().map(|end| &open[..*end]);
        let names = [mention.name.as_str(), open].into_iter().chain(longer);
        names.filter(|name| !name.is_empty()).find_map(|name| self.find(name))
    }

    /// The one unit whose name occurs in the name of a file or tab, marks aside; of several the
    /// longest (`Tân Lập`, `Tân Lập Đông`).
    pub(super) fn find_in(&self, text: &str) -> Option<usize> {
        let text = unmarked(text);
        let words: Vec<&str> = text.split(' ').collect();
        let parts = (0..words.len())
            .flat_map(|start| (start + 1..=words.len()).map(move |end| start..end))
            .filter(|part| part.len() <= LONGEST);
        let mut fitting: Vec<(usize, usize)> = parts
            .filter_map(|part| {
                let name = words[part].join(" ");
                Some((name.len(), self.plain.get(&name)?))
            })
            .flat_map(|(length, places)| places.iter().map(move |place| (length, *place)))
            .collect();
        fitting.sort_unstable_by(|a, b| b.cmp(a));
        fitting.dedup();
        match fitting.as_slice() {
            [(_, place)] => Some(*place),
            [(longest, place), (next, _), ..] if longest > next => Some(*place),
            _ => None,
        }
    }
}

fn is_one_of(field: &str, headings: &[&str]) -> bool {
    headings.contains(&fold(field).as_str())
}

/// True for a line that names columns: one of units, or ordinals beside another name.
fn is_heading(line: &[String]) -> bool {
    line.iter().any(|field| is_one_of(field, UNIT_HEADINGS))
        || line.len() > 1 && line.iter().any(|field| is_one_of(field, ORDINAL_HEADINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Expected, Failure> {
        Expected::read(text.as_bytes(), &read::Limits::default())
    }

    #[test]
    fn a_list_is_one_unit_a_line() {
        let text = "\u{feff}STT,Đơn vị\n1,Xã Đại Lãnh\n2;\"Xã Vạn Thọ\"\n\n# ghi chú\nTân Lập\n";
        let list = list(text).unwrap();
        assert_eq!(list.names(), ["Xã Đại Lãnh", "Xã Vạn Thọ", "Tân Lập"]);
        assert_eq!(list.find_in("02_dai-lanh_2024"), Some(0));
        assert_eq!(list.find("xã Tân Lập"), Some(2));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(list("A B\nxã A B").is_err(), "named twice");
        assert!(list("1\n2\n").is_err());
        let odd = Expected::read(b"\xff\xfe", &read::Limits::default());
        assert_eq!(odd.unwrap_err().code, Code::Unknown);
    }

    #[test]
    fn the_heading_says_which_column_names_units() {
        let text = "DANH SÁCH ĐƠN VỊ NĂM 2026\nTT;Khu vực;Tên đơn vị\n1;Miền núi;UBND xã Đại Lãnh\n2;Đồng bằng;PHƯỜNG 12\nTổng cộng;;\n";
        let list = list(text).unwrap();
        assert_eq!(list.names(), ["Xã Đại Lãnh", "PHƯỜNG 12"]);
        assert_eq!(list.column("khu vực").unwrap(), ["Miền núi", "Đồng bằng"]);
        assert_eq!(list.column("Cụm"), None);
    }
}
