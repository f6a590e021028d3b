//! Whose table it is: the name of the unit, where it was taken from, and the list of units that
//! are expected.
//!
//! Offices write the unit above the table (`UBND XÃ ĐẠI LÃNH`, `… CHO CÁC THÔN XÃ ĐẠI LÃNH NĂM
//! 2024`) or in its reference line (`của UBND xã Đại Lãnh`). Where several levels are named, the
//! lowest is meant. A name is only taken where it is written as one; where the lines say nothing,
//! the tab and then the file name it.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::appendix::heading_lines;
use crate::failure::{Code, Failure};
use crate::recognise::words::{fold, single_blanks};
use crate::table::Surroundings;

/// Where names of units are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
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
    /// Its place in the list of expected units; `None` without a list, or where it is not on it.
    pub listed: Option<usize>,
}

/// The words that say what a unit is, with their level: the lower is the smaller unit. Longer
/// words stand before their parts (`thị xã`, `xã`).
const LEVELS: &[(&[&str], u8)] = &[
    (&["thị", "trấn"], 1),
    (&["đặc", "khu"], 1),
    (&["thị", "xã"], 2),
    (&["thành", "phố"], 2),
    (&["xã"], 1),
    (&["phường"], 1),
    (&["huyện"], 2),
    (&["quận"], 2),
    (&["tỉnh"], 3),
];

/// Short forms of those words in lists and on tabs.
const SHORT: &[(&str, &str)] = &[
    ("x.", "xã"),
    ("p.", "phường"),
    ("tt.", "thị trấn"),
    ("tx.", "thị xã"),
    ("tp.", "thành phố"),
    ("tp", "thành phố"),
    ("h.", "huyện"),
    ("q.", "quận"),
    ("t.", "tỉnh"),
];

/// What follows `xã` where no name does: society, new countryside, kinds of communes.
const NO_NAMES: &[&str] = &[
    "hội",
    "nghèo",
    "viên",
    "loại",
    "đảo",
    "nông thôn",
    "biên giới",
    "miền núi",
    "đặc biệt",
    "khó khăn",
    "an toàn",
    "đăng ký",
    "thuộc",
    "trên",
    "trong",
    "đạt",
    "vùng",
    "khu vực",
];

/// What stands before `xã` where communes in general are meant.
const IN_GENERAL: &[&str] = &["các", "cấp", "số", "từng", "mỗi", "những", "toàn", "nhiều"];

/// Words that end a name in a line of capitals.
const ENDS: &[&str] = &[
    "năm",
    "tháng",
    "quý",
    "kỳ",
    "giai",
    "đến",
    "tới",
    "theo",
    "của",
    "về",
    "và",
    "trong",
    "từ",
    "so",
    "số",
    "kèm",
    "ngày",
    "huyện",
    "quận",
    "tỉnh",
    "thành",
    "thị",
    "tp",
    "tp.",
    "xã",
    "phường",
    "do",
    "có",
    "được",
    "đã",
    "thực",
    "đạt",
    "đăng",
    "cuối",
    "đầu",
    "trên",
    "thuộc",
    "tính",
    "tại",
    "-",
    "–",
    "—",
];

/// Words between a title and the unit it is about: `… trên địa bàn xã A`, `… của UBND xã A`.
const JOINTS: &[&str] =
    &["của", "ubnd", "ủy", "uỷ", "ban", "nhân", "dân", "trên", "địa", "bàn", "tại", "ở", "thuộc"];

/// Syllables of the longest names of communes.
const LONGEST: usize = 5;

/// A unit named in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    rank: u8,
    /// As it is printed in a table.
    name: String,
    /// The words of the line it takes, joints before it included.
    words: std::ops::Range<usize>,
    /// In a line of capitals nothing shows where a name ends: words after it may be taken in.
    open: bool,
}

/// The units a line names.
fn mentions(line: &str) -> Vec<Mention> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| bare(word).to_lowercase()).collect();
    let capitals = !line.chars().any(char::is_lowercase);
    let mut found = Vec::new();
    let mut index = 0;
    while index < words.len() {
        let level = LEVELS.iter().find(|(level, _)| {
            folded[index..].len() > level.len()
                && level.iter().zip(&folded[index..]).all(|(a, b)| a == b)
        });
        let Some((level, rank)) = level else {
            index += 1;
            continue;
        };
        let start = index + level.len();
        let general = index > 0 && IN_GENERAL.contains(&folded[index - 1].as_str());
        // `XÃ, PHƯỜNG`: the level alone.
        let closed = words[start - 1].ends_with([',', ';', ':', ')']);
        let end = if closed { start } else { name_end(&words, &folded, start, capitals) };
        let rest = folded[start..].join(" ");
        let no_name = NO_NAMES.iter().any(|start| {
            rest.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if end > start && !general && !(no_name && capitals) {
            let mut first = index;
            while first > 0 && JOINTS.contains(&folded[first - 1].as_str()) {
                first -= 1;
            }
            let name = words[start..end].iter().map(|word| titled(bare(word), capitals));
            let level = sentence(&level.join(" "));
            let name = std::iter::once(level).chain(name).collect::<Vec<_>>().join(" ");
            found.push(Mention { rank: *rank, name, words: first..end, open: capitals });
        }
        index = end.max(start);
    }
    found
}

/// Where the name that begins at a word ends.
fn name_end(words: &[&str], folded: &[String], start: usize, capitals: bool) -> usize {
    let mut end = start;
    while end < words.len() && end - start < LONGEST {
        let begins = |c: char| c.is_uppercase() || c.is_ascii_digit();
        let is_year = folded[end].len() == 4 && folded[end].bytes().all(|b| b.is_ascii_digit());
        // `Phan Rang - Tháp Chàm`: a dash between two names is part of one.
        let inner_dash = !capitals
            && matches!(words[end], "-" | "–")
            && end > start
            && words.get(end + 1).is_some_and(|next| next.starts_with(char::is_uppercase));
        let ends = if capitals {
            ENDS.contains(&folded[end].as_str()) || !words[end].starts_with(begins)
        } else {
            !inner_dash && !words[end].starts_with(begins)
        };
        if ends || is_year {
            break;
        }
        end += 1;
        if words[end - 1].ends_with([',', ';', ':', ')', '.']) {
            break;
        }
    }
    end
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| ",;:().\"'“”[]".contains(c))
}

/// A word of a name: capitals become a capital with small letters, numerals stay.
fn titled(word: &str, capitals: bool) -> String {
    let numeral = word.chars().all(|c| "IVXLC0123456789".contains(c));
    if !capitals || numeral { word.to_owned() } else { sentence(&word.to_lowercase()) }
}

/// The text with its first letter in capitals.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The line without the units it names at their lowest level: what the titles of many units have in
/// common.
pub(super) fn without_units(line: &str) -> String {
    let mentions = mentions(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    let kept = words.iter().enumerate().filter(|(index, _)| {
        !mentions.iter().any(|mention| mention.rank < 3 && mention.words.contains(index))
    });
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// What two names of one unit have in common: blanks, letter case, the place of tone marks and the
/// short forms of its level aside. A name without its level may be either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    level: Option<String>,
    pub(super) name: String,
}

impl Key {
    pub(super) fn of(name: &str) -> Self {
        let folded = fold(name);
        let short = SHORT.iter().find_map(|(short, long)| {
            let rest = folded.strip_prefix(short)?;
            (short.ends_with('.') || rest.starts_with(' '))
                .then(|| format!("{long} {}", rest.trim()))
        });
        let folded = short.unwrap_or(folded);
        let level = LEVELS.iter().map(|(level, _)| level.join(" ")).find(|level| {
            folded.strip_prefix(level.as_str()).is_some_and(|rest| rest.starts_with(' '))
        });
        let name = level.as_ref().map_or(folded.as_str(), |level| &folded[level.len()..]);
        let name = name.split_whitespace().map(spelling).collect::<Vec<_>>().join(" ");
        Self { level, name }
    }

    /// True where both may name one unit.
    pub(super) fn fits(&self, other: &Self) -> bool {
        let levels = match (&self.level, &other.level) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        levels && self.name == other.name
    }
}

/// The five tone marks of Vietnamese, decomposed.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A syllable with its tone mark at its end: `hoà` and `hòa` are one word.
fn spelling(word: &str) -> String {
    let (tones, letters): (Vec<char>, Vec<char>) = word.nfd().partition(|c| TONES.contains(c));
    letters.into_iter().chain(tones).nfc().collect()
}

/// Letters and digits without any mark, words parted by single blanks: as files are named.
fn unmarked(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    single_blanks(&plain)
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
        let ends = mention.name.match_indices(' ').map(|(end, _)| end);
        let ends: Vec<usize> = ends.filter(|_| mention.open).chain([mention.name.len()]).collect();
        ends.iter().rev().find_map(|end| self.find(&mention.name[..*end]))
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
    Unit { name, from, other: None, listed }
}

fn named_anywhere(
    around: &Surroundings,
    sheet: &str,
    stem: &str,
    expected: Option<&Expected>,
) -> Unit {
    let above = lines_above(around);
    if let Some(list) = expected {
        let named = above.iter().find_map(|mention| list.find_mention(mention));
        let found = named
            .map(|place| (place, NameFrom::Title))
            .or_else(|| list.find_in(sheet).map(|place| (place, NameFrom::Sheet)))
            .or_else(|| list.find_in(stem).map(|place| (place, NameFrom::File)));
        if let Some((place, from)) = found {
            let name = list.names[place].clone();
            let other = other(&above, &name);
            return Unit { name, from, other, listed: Some(place) };
        }
    }
    let with = |name: String, from| Unit { name, from, other: None, listed: None };
    if let Some(first) = above.first() {
        let other = other(&above, &first.name);
        return Unit { other, ..with(first.name.clone(), NameFrom::Title) };
    }
    for (text, from) in [(sheet, NameFrom::Sheet), (stem, NameFrom::File)] {
        let text: String = text.replace('_', " ").nfc().collect();
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

/// The units named above a table: the lowest level first, and the issuing body before the reference
/// line before the title, which in capitals does not show where a name ends.
fn lines_above(around: &Surroundings) -> Vec<Mention> {
    let lines = heading_lines(around);
    let agency = lines.agency.iter();
    let all = agency.chain(around.reference.iter()).chain(lines.titles.iter());
    let mut found: Vec<Mention> = all.flat_map(|line| mentions(line)).collect();
    found.sort_by_key(|mention| mention.rank);
    found
}

/// The file's name without its folder and suffix.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(line: &str) -> Vec<String> {
        mentions(line).into_iter().map(|mention| mention.name).collect()
    }

    #[test]
    fn units_are_named_in_titles_as_offices_write_them() {
        for (line, names) in [
            ("BẢNG PHÂN BỔ CHỈ TIÊU CHO CÁC THÔN XÃ ĐẠI LÃNH NĂM 2024", &["Xã Đại Lãnh"][..]),
            ("(Kèm theo Kế hoạch số 5/KH-UBND của UBND xã Đại Lãnh)", &["Xã Đại Lãnh"]),
            ("UBND THỊ XÃ NINH HÒA", &["Thị xã Ninh Hòa"]),
            ("Phường 12, thành phố Đà Lạt", &["Phường 12", "Thành phố Đà Lạt"]),
            ("XÃ TÂN LẬP I HUYỆN VẠN NINH", &["Xã Tân Lập I", "Huyện Vạn Ninh"]),
            ("PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", &[]),
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", &[]),
            ("TỔNG HỢP CÁC XÃ, PHƯỜNG NĂM 2024", &[]),
            ("Kết quả xây dựng xã nông thôn mới", &[]),
            ("Xã đăng ký về đích", &[]),
        ] {
            assert_eq!(named(line), names, "{line}");
        }
    }

    #[test]
    fn a_title_without_its_unit_is_what_all_have_in_common() {
        let wanted = "BẢNG TỔNG HỢP HỘ NGHÈO NĂM 2024";
        for line in [
            "BẢNG TỔNG HỢP HỘ NGHÈO XÃ ĐẠI LÃNH NĂM 2024",
            "BẢNG TỔNG HỢP HỘ NGHÈO TRÊN ĐỊA BÀN XÃ VẠN THỌ NĂM 2024",
            "BẢNG TỔNG HỢP HỘ NGHÈO CỦA UBND PHƯỜNG 12 NĂM 2024",
            wanted,
        ] {
            assert_eq!(without_units(line), wanted);
        }
    }

    #[test]
    fn one_unit_has_many_spellings() {
        let key = Key::of("Xã Hoà Thắng");
        for name in ["xã hòa thắng", "HÒA THẮNG", "x. Hoà  Thắng"] {
            assert!(key.fits(&Key::of(name)), "{name}");
        }
        assert!(!key.fits(&Key::of("Phường Hòa Thắng")));
        assert!(!key.fits(&Key::of("Hòa Thạnh")));
    }

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
