//! Units of administration as offices write them: where a line names one, and which spellings mean
//! the same.
//!
//! Offices write the unit above the table (`UBND XÃ ĐẠI LÃNH`, `… CHO CÁC THÔN XÃ ĐẠI LÃNH NĂM
//! 2024`) or in its reference line (`của UBND xã Đại Lãnh`). Where several levels are named, the
//! lowest is meant. A name is only taken where it is written as one.

use unicode_normalization::UnicodeNormalization as _;

use super::fold;
use super::lines::HeadingLines;

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
pub(crate) struct Mention {
    pub(crate) rank: u8,
    /// As it is printed in a table.
    pub(crate) name: String,
    /// The words of the line it takes, joints before it included.
    words: std::ops::Range<usize>,
    /// In a line of capitals nothing shows where a name ends: words after it may be taken in.
    pub(crate) open: bool,
}

/// The units a line names.
pub(crate) fn mentions(line: &str) -> Vec<Mention> {
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
        let level = LEVELS.iter().map(|(level, _)| level.join(" ")).find(|level| {
            folded.strip_prefix(level.as_str()).is_some_and(|rest| rest.starts_with(' '))
        });
        let name = level.as_ref().map_or(folded.as_str(), |level| &folded[level.len()..]);
        let name = name.split_whitespace().map(spelling).collect::<Vec<_>>().join(" ");
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
}

/// The five tone marks of Vietnamese, decomposed.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A syllable with its tone mark at its end: `hoà` and `hòa` are one word.
fn spelling(word: &str) -> String {
    let (tones, letters): (Vec<char>, Vec<char>) = word.nfd().partition(|c| TONES.contains(c));
    letters.into_iter().chain(tones).nfc().collect()
}

/// The units named above a table, in its title lines and in the line that says what it is attached
/// to: the lowest level first, and the issuing body before the reference line before the title,
/// which in capitals does not show where a name ends.
pub(crate) fn named_above(titles: &[String], reference: Option<&String>) -> Vec<Mention> {
    let lines = HeadingLines::of(titles);
    let all = lines.agency.iter().chain(reference).chain(lines.titles.iter());
    let mut found: Vec<Mention> = all.flat_map(|line| mentions(line)).collect();
    found.sort_by_key(|mention| mention.rank);
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
}
