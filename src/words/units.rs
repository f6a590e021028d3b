//! Units of administration as offices write them: where a line names one, and which spellings mean
//! the same.
//!
//! Offices write the unit above the table (`UBND XÃ ĐẠI LÃNH`, `… CHO CÁC THÔN XÃ ĐẠI LÃNH NĂM
//! 2024`) or in its reference line (`của UBND xã Đại Lãnh`). Where several levels are named, the
//! lowest is meant. A name is only taken where it is written as one.

use unicode_normalization::UnicodeNormalization as _;

use super::lines::HeadingLines;
use super::{as_vietnamese, fold, single_blanks};

/// The words that say what a unit is, with their level: the lower is the smaller unit. Longer
/// words stand before their parts (`thị xã`, `xã`).
pub(crate) const LEVELS: &[(&[&str], u8)] = &[
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

/// What parts of communes are called; they are no units of administration.
pub(crate) const PARTS_OF_COMMUNES: &[(&[&str], u8)] = &[
    (&["tổ", "dân", "phố"], 0),
    (&["khu", "phố"], 0),
    (&["thôn"], 0),
    (&["ấp"], 0),
    (&["buôn"], 0),
    (&["xóm"], 0),
];

/// What all units together are called.
pub(crate) const WHOLE_COUNTRY: &[(&[&str], u8)] = &[(&["toàn", "quốc"], 4), (&["cả", "nước"], 4)];

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

/// What must follow a word that ends a name in a line of capitals: many of those words are syllables of
/// names as well (`XÃ PHÚ QUÝ`, `XÃ NGHĨA DO`).
enum Follows {
    Anything,
    /// An Arabic or Roman number, or the dots or dashes where one is to be written.
    Number,
    /// One of these, or a number.
    NumberOr(&'static [&'static str]),
    /// One of these.
    One(&'static [&'static str]),
}

/// Words that end a name in a line of capitals, with what follows them there.
const ENDS: &[(&str, Follows)] = &[
    ("năm", Follows::NumberOr(&["học", "nay", "trước"])),
    ("tháng", Follows::Number),
    ("quý", Follows::Number),
    ("ngày", Follows::Number),
    ("kỳ", Follows::NumberOr(&["báo", "này", "trước"])),
    ("giai", Follows::One(&["đoạn"])),
    ("đến", Follows::NumberOr(&["năm", "ngày", "tháng", "hết", "nay", "cuối", "thời"])),
    ("tới", Follows::NumberOr(&["năm", "ngày", "tháng", "hết", "nay", "cuối", "thời"])),
    ("từ", Follows::NumberOr(&["năm", "ngày", "tháng", "quý", "đầu"])),
    ("trong", Follows::NumberOr(&["năm", "tháng", "quý", "kỳ", "giai", "thời", "đó"])),
    ("đầu", Follows::One(&["năm", "kỳ", "quý", "tháng", "giai"])),
    ("cuối", Follows::One(&["năm", "kỳ", "quý", "tháng", "giai"])),
    ("so", Follows::One(&["với"])),
    ("số", Follows::Anything),
    ("kèm", Follows::One(&["theo"])),
    ("theo", Follows::Anything),
    ("của", Follows::Anything),
    ("về", Follows::Anything),
    ("và", Follows::Anything),
    ("được", Follows::Anything),
    ("đã", Follows::Anything),
    ("tại", Follows::Anything),
    ("do", Follows::One(&["ubnd", "ủy", "uỷ", "hđnd", "phòng", "sở", "chi", "ban"])),
    ("có", Follows::NumberOr(&["hộ", "tỷ", "tỉ", "số", "mức", "nguy", "người"])),
    ("thực", Follows::One(&["hiện"])),
    ("đạt", Follows::NumberOr(&["chuẩn", "tiêu", "nông", "mục", "danh"])),
    ("đăng", Follows::One(&["ký", "kí"])),
    ("trên", Follows::One(&["địa", "cơ"])),
    ("thuộc", Follows::Anything),
    ("tính", Follows::One(&["đến", "tới", "từ", "trên", "theo"])),
];

const DASHES: [&str; 3] = ["-", "–", "—"];

/// Words between a title and the unit it is about: `… trên địa bàn xã A`, `… của UBND xã A`.
const JOINTS: &[&str] =
    &["của", "ubnd", "ủy", "uỷ", "ban", "nhân", "dân", "trên", "địa", "bàn", "tại", "ở", "thuộc"];

/// Syllables of the longest names of communes.
const LONGEST: usize = 5;

/// Years that tables are about; other numbers of four digits belong to the name they follow.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;

/// A unit named in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) rank: u8,
    /// As it is printed in a table.
    pub(crate) name: String,
    /// The words of the line it takes, joints before it included.
    words: std::ops::Range<usize>,
    /// The name with what follows it, where nothing shows for certain where it ends: in capitals, and
    /// before a number that may be a year.
    pub(crate) open: Option<String>,
    /// True where the name was cut although it may go on.
    pub(crate) cut: bool,
}

impl Mention {
    /// The lower the unit and the surer its name, the sooner it is meant.
    fn standing(&self) -> (u8, bool) {
        (self.rank, self.cut)
    }
}

/// A line split into words.
struct Line<'a> {
    words: Vec<&'a str>,
    /// The words folded, without punctuation.
    folded: Vec<String>,
    capitals: bool,
}

/// Where a name ends, and whether that is a guess.
struct End {
    at: usize,
    cut: bool,
}

/// The units a line names.
pub(crate) fn mentions(line: &str) -> Vec<Mention> {
    let line = Line::of(line);
    let mut found = Vec::new();
    let mut index = 0;
    while index < line.words.len() {
        let Some((level, rank)) = line.level(index) else {
            index += 1;
            continue;
        };
        let start = index + level.len();
        let mention = line.mention(index, level, rank);
        index = mention.as_ref().map_or(start, |mention| mention.words.end);
        found.extend(mention);
    }
    found
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let folded = words.iter().map(|word| fold(bare(word))).collect();
        Self { words, folded, capitals: !line.chars().any(char::is_lowercase) }
    }

    /// The words at a place that say what a unit is, with their rank.
    fn level(&self, at: usize) -> Option<(&'static [&'static str], u8)> {
        let rest = self.folded.get(at..)?;
        let named = |level: &[&str]| {
            rest.len() > level.len() && level.iter().zip(rest).all(|(a, b)| a == b)
        };
        LEVELS.iter().find(|(level, _)| named(level)).map(|(level, rank)| (*level, *rank))
    }

    /// The unit named after the words of a level.
    fn mention(&self, index: usize, level: &[&str], rank: u8) -> Option<Mention> {
        let start = index + level.len();
        let general = index > 0 && IN_GENERAL.contains(&self.folded[index - 1].as_str());
        // `XÃ, PHƯỜNG`: the level alone.
        let closed = self.words[start - 1].ends_with([',', ';', ':', ')']);
        let rest = self.folded[start..].join(" ");
        let no_name = NO_NAMES.iter().any(|start| {
            rest.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if general || closed || no_name && self.capitals {
            return None;
        }
        let mut first = index;
        while first > 0 && JOINTS.contains(&self.folded[first - 1].as_str()) {
            first -= 1;
        }
        let end = self.name_end(start, rank, first == 0);
        let name = &self.folded[start..end.at];
        // `CÁC XÃ PHƯỜNG NĂM 2024`
        let is_level = LEVELS.iter().any(|(level, _)| name == *level);
        if name.is_empty() || is_level {
            return None;
        }
        let is_open = self.capitals || self.is_year(end.at);
        Some(Mention {
            rank,
            name: self.printed(level, start..end.at),
            words: first..end.at,
            open: is_open.then(|| self.printed(level, start..self.longest_end(start))),
            cut: end.cut,
        })
    }

    /// The name as it is printed in a table.
    fn printed(&self, level: &[&str], name: std::ops::Range<usize>) -> String {
        let name = self.words[name].iter().map(|word| titled(bare(word), self.capitals));
        let level = sentence(&level.join(" "));
        std::iter::once(level).chain(name).collect::<Vec<_>>().join(" ")
    }

    /// Where the name that begins at a word ends; `alone` when nothing but joints stands before it.
    fn name_end(&self, start: usize, rank: u8, alone: bool) -> End {
        let whole_line = |at: usize| alone && at + 1 == self.words.len();
        let mut at = start;
        while at < self.words.len() && at - start < LONGEST {
            if self.is_year(at) && (at == start || !whole_line(at)) {
                break;
            }
            let ends = if self.capitals { self.ends(at) } else { !self.goes_on(at, start) };
            if ends {
                let dash = DASHES.contains(&self.words[at]);
                let more = self.level(at + 1).is_none() && !self.ends(at + 1);
                return End { at, cut: self.capitals && dash && more };
            }
            // `XÃ A HUYỆN B`; of one rank they are syllables of the name: `XÃ TÂN PHƯỜNG`.
            if self.level(at).is_some_and(|(level, other)| {
                at > start && other != rank && !self.ends(at + level.len())
            }) {
                // `XÃ TÂN THÀNH PHỐ B`
                return End { at, cut: self.folded[at] == "thành" };
            }
            at += 1;
            if self.words[at - 1].ends_with([',', ';', ':', ')', '.']) {
                break;
            }
        }
        let cut = at - start == LONGEST && at < self.words.len() && !self.is_closed(at);
        End { at, cut }
    }

    /// True where a name plainly ends before a word.
    fn is_closed(&self, at: usize) -> bool {
        !self.capitals || self.ends(at) || self.level(at).is_some() || self.is_year(at)
    }

    /// Where a name could end at most: at the line's end or at punctuation.
    fn longest_end(&self, start: usize) -> usize {
        let closes = |word: &&str| word.ends_with([',', ';', ':', ')']);
        let stop = self.words[start..].iter().position(closes).map(|at| start + at + 1);
        stop.unwrap_or(self.words.len()).min(start + 2 * LONGEST)
    }

    /// True where a word of a line in small letters belongs to the name before it.
    fn goes_on(&self, at: usize, start: usize) -> bool {
        let begins =
            |word: &&str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        // `Phan Rang - Tháp Chàm`: a dash between two names is part of one.
        let inner_dash = at > start
            && matches!(self.words[at], "-" | "–")
            && self.words.get(at + 1).is_some_and(|next| next.starts_with(char::is_uppercase));
        inner_dash || begins(&self.words[at])
    }

    /// True where a word of a line in capitals is no part of the name before it.
    fn ends(&self, at: usize) -> bool {
        let Some(word) = self.folded.get(at) else { return false };
        if !self.words[at].starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
            return true;
        }
        let Some(next) = self.folded.get(at + 1) else { return false };
        let number = || {
            // Punctuation is left out of the folded words, so that nothing is left of dots.
            next.is_empty()
                || next.starts_with(|c: char| c.is_ascii_digit() || "…-–".contains(c))
                || matches!(next.as_str(), "i" | "ii" | "iii" | "iv" | "v" | "vi")
        };
        ENDS.iter().filter(|(end, _)| end == word).any(|(_, follows)| match follows {
            Follows::Anything => true,
            Follows::Number => number(),
            Follows::NumberOr(words) => number() || words.contains(&next.as_str()),
            Follows::One(words) => words.contains(&next.as_str()),
        })
    }

    fn is_year(&self, at: usize) -> bool {
        self.folded.get(at).is_some_and(|word| is_year(word))
    }
}

/// The years a text names, in their order.
pub(crate) fn years(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| is_year(number)).collect()
}

/// True for a number that is a year in most tables.
pub(crate) fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u32| YEARS.contains(&year))
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| ",;:().\"'“”[]".contains(c))
}

/// A word of a name: capitals become a capital with small letters, numerals stay.
fn titled(word: &str, capitals: bool) -> String {
    let word: String = word.chars().map(as_vietnamese).collect();
    let numeral = word.chars().all(|c| "IVXLC0123456789".contains(c));
    if !capitals || numeral {
        return word;
    }
    let parts = word.split('-').map(|part| sentence(&part.to_lowercase()));
    parts.collect::<Vec<_>>().join("-")
}

/// The text with its first letter in capitals.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The line without the units it names at their lowest level: what the titles of many units have in
/// common.
pub(crate) fn without_units(line: &str) -> String {
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
pub(crate) struct Key {
    pub(crate) level: Option<String>,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn of(name: &str) -> Self {
        let folded = fold(name);
        let short = SHORT.iter().find_map(|(short, long)| {
            let rest = folded.strip_prefix(short)?;
            (short.ends_with('.') || rest.starts_with(' '))
                .then(|| format!("{long} {}", rest.trim()))
        });
        let folded = short.unwrap_or(folded);
        let words: Vec<&str> = folded.split_whitespace().collect();
        let begins = |level: &[&str]| words.len() > level.len() && words.starts_with(level);
        let level = LEVELS.iter().map(|(level, _)| *level).find(|level| begins(level));
        let rest = &words[level.map_or(0, <[_]>::len)..];
        let name = rest.iter().map(|word| spelling(word)).collect::<Vec<_>>().join(" ");
        let level = level.map(|level| level.join(" "));
        Self { level, name }
    }

    /// True where both may name one unit.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        let levels = match (&self.level, &other.level) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        levels && self.name == other.name
    }

    /// True for names that differ by a slip or a habit of spelling and may mean one unit: by their
    /// marks (`Đăk`, `Đắk`), by `i` and `y` (`Sĩ`, `Sỹ`), or by a single letter.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        let levels = self.level.is_none() || other.level.is_none() || self.level == other.level;
        let plain = |key: &Self| unmarked(&key.name).replace('y', "i").replace(' ', "");
        let (one, two) = (plain(self), plain(other));
        levels && (one == two || differ_by_one_letter(&one, &two))
    }
}

/// Letters of a name from which on two that differ by one letter are taken for near.
const MIN_NEAR: usize = 5;

/// True when one letter more, less or other makes one text of the other; digits tell units apart.
fn differ_by_one_letter(one: &str, two: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let (short, long) = if one.len() <= two.len() { (&one, &two) } else { (&two, &one) };
    let head = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
    let tail = |drop: usize| short[head + drop..] == long[head + 1..];
    let digits =
        || [short.get(head), long.get(head)].into_iter().flatten().any(char::is_ascii_digit);
    let near = match long.len() - short.len() {
        0 => head < short.len() && tail(1),
        1 => tail(0),
        _ => false,
    };
    near && short.len() >= MIN_NEAR && !digits()
}

/// The five tone marks of Vietnamese, decomposed.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A syllable with its tone mark at its end: `hoà` and `hòa` are one word.
fn spelling(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let (tones, letters): (Vec<char>, Vec<char>) = word.nfd().partition(|c| TONES.contains(c));
    letters.into_iter().chain(tones).nfc().collect()
}

/// What a list calls a unit, without the body that stands for it: `UBND xã Đại Lãnh` is `Xã Đại
/// Lãnh`.
pub(crate) fn plain_unit(name: &str) -> String {
    const BODY: &[&str] = &["ubnd", "ủy", "uỷ", "ban", "nhân", "dân", "hđnd"];
    let line = Line::of(name);
    let start = line.folded.iter().take_while(|word| BODY.contains(&word.as_str())).count();
    match line.level(start) {
        Some(_) if start > 0 => sentence(&line.words[start..].join(" ")),
        _ => name.to_owned(),
    }
}

/// A unit's name inside a sentence: `xã Đại Lãnh`; a name without a level as it is.
pub(crate) fn lower_level(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let line = Line::of(name);
    let level = line.level(0).map_or(0, |(level, _)| level.len());
    let small = words[..level].iter().map(|word| word.to_lowercase());
    let own = words[level..].iter().map(|word| (*word).to_owned());
    small.chain(own).collect::<Vec<_>>().join(" ")
}

/// Letters and digits without any mark, words parted by single blanks: as files are named.
pub(crate) fn unmarked(text: &str) -> String {
    let plain: String = fold(text)
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

/// The units named above a table, in its title lines and in the line that says what it is attached
/// to: the lowest level first, and the issuing body before the reference line before the title,
/// which in capitals does not show where a name ends.
pub(crate) fn named_above(lines: &HeadingLines, reference: Option<&String>) -> Vec<Mention> {
    let all = lines.agency.iter().chain(reference).chain(lines.titles.iter());
    let mut found: Vec<Mention> = all.flat_map(|line| mentions(line)).collect();
    found.sort_by_key(Mention::standing);
    found
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
            ("TỔNG HỢP XÃ PHƯỜNG NĂM 2024", &[]),
            // Words that end a name elsewhere are syllables of these.
            ("UBND XÃ TÂN THÀNH", &["Xã Tân Thành"]),
            ("UBND PHƯỜNG BẾN THÀNH", &["Phường Bến Thành"]),
            ("ỦY BAN NHÂN DÂN XÃ TÂN PHƯỜNG", &["Xã Tân Phường"]),
            ("KẾT QUẢ RÀ SOÁT XÃ PHÚ QUÝ QUÝ IV NĂM 2024", &["Xã Phú Quý"]),
            ("TỔNG HỢP XÃ TÂN THÀNH NĂM 2024", &["Xã Tân Thành"]),
            ("XÃ TAM KỲ GIAI ĐOẠN 2021-2025", &["Xã Tam Kỳ"]),
            ("XÃ NGHĨA DO", &["Xã Nghĩa Do"]),
            ("XÃ TỪ ĐÀ, HUYỆN PHÙ NINH", &["Xã Từ Đà", "Huyện Phù Ninh"]),
            ("THỊ TRẤN PHÙ YÊN - HUYỆN PHÙ YÊN", &["Thị trấn Phù Yên", "Huyện Phù Yên"]),
            ("XÃ TÂN PHƯỜNG NĂM 2024", &["Xã Tân Phường"]),
            ("BIỂU CỦA XÃ TÂN QUÝ TRÊN ĐỊA BÀN HUYỆN A", &["Xã Tân Quý", "Huyện A"]),
            // A number of four digits is a year only where it may be one.
            ("UBND XÃ MẪU 1000", &["Xã Mẫu 1000"]),
            ("UBND XÃ MẪU 2000", &["Xã Mẫu 2000"]),
            ("TỔNG HỢP XÃ MẪU 1234 NĂM 2024", &["Xã Mẫu 1234"]),
            ("Kết quả của xã Đại Lãnh 2024", &["Xã Đại Lãnh"]),
            // U+00D0 is no Vietnamese letter.
            ("UBND XÃ \u{d0}ẠI LÃNH", &["Xã Đại Lãnh"]),
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
        assert!(Key::of("XÃ \u{d0}ẠI M’ĐRẮK").fits(&Key::of("Xã Đại M'Đrắk")));
        assert!(!key.fits(&Key::of("Phường Hòa Thắng")));
        assert!(!key.fits(&Key::of("Hòa Thạnh")));
    }

    #[test]
    fn near_names_may_mean_one_unit() {
        let near = |a: &str, b: &str| Key::of(a).is_near(&Key::of(b));
        for (a, b) in [
            ("Xã Đăk Lao", "Xã Đắk Lao"),
            ("xã Sĩ Bình", "Xã Sỹ Bình"),
            ("Xã Vạn Thọ", "Xã Vạn Tho"),
            ("Xã Ia Krái", "Ia Krai"),
            ("Xã Đại Lanhx", "Xã Đại Lãnh"),
        ] {
            assert!(near(a, b), "{a}, {b}");
        }
        for (a, b) in [
            ("Xã Đại Lãnh", "Phường Đại Lãnh"),
            ("Xã Vạn Thọ", "Xã Vạn Phước"),
            ("Phường 1", "Phường 2"),
            ("Xã Mẫu 1000", "Xã Mẫu 1001"),
        ] {
            assert!(!near(a, b), "{a}, {b}");
        }
    }
}
