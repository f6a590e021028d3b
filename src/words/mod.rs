//! The words official tables use for their parts. They are vocabulary of the language, not of one
//! form: totals, notes, signatures, rates.

pub(crate) mod aspects;
pub mod collation;
pub(crate) mod digits;
pub(crate) mod lines;
mod marks;
pub mod numbers;
pub(crate) mod numerals;
pub mod paths;
mod per_unit;
pub(crate) mod prose;
mod starts;
pub(crate) mod units;

use std::borrow::Cow;

use crate::lang::Words;

pub use per_unit::is_per_unit;
use starts::Starts;

pub(crate) use marks::{annotated_figure, is_invisible, visible};

/// The sheet that a corrected workbook gets, with the list of its changes.
pub(crate) const LIST_OF_CHANGES: Words = Words::new("Danh sách sửa", "Corrections");

/// The sheet of a merged workbook that says what was merged; such a workbook is known by it.
pub(crate) const NOTES_OF_MERGE: Words = Words::new("Ghi chú gộp biểu", "Notes of the merge");

/// The sheet behind a draft of an allocation that says how each figure came about.
pub(crate) const REASONS_OF_ALLOCATION: Words =
    Words::new("Căn cứ phân bổ", "Grounds of the allocation");

/// True for a sheet that this program wrote: it holds no figures that anybody submits.
#[must_use]
pub fn is_own_sheet(name: &str) -> bool {
    [LIST_OF_CHANGES, NOTES_OF_MERGE, REASONS_OF_ALLOCATION].iter().any(|own| {
        let rest = name.strip_prefix(own.vi).or_else(|| name.strip_prefix(own.en));
        // Names that a workbook has already are numbered.
        rest.is_some_and(|rest| {
            rest.trim_matches([' ', '(', ')']).parse::<u8>().is_ok() || rest.is_empty()
        })
    })
}

/// A sentence with its first letter in upper case.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words of a text with single blanks between them.
#[must_use]
pub fn single_blanks(text: &str) -> String {
    single_blanked(text).into_owned()
}

/// The same, borrowed where nothing changes.
pub(crate) fn single_blanked(text: &str) -> Cow<'_, str> {
    if is_single_blanked(text) {
        return text.into();
    }
    let mut single = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !single.is_empty() {
            single.push(' ');
        }
        single.push_str(word);
    }
    single.into()
}

/// True for a text that plainly has single blanks already, as most do; blanks beyond ASCII begin
/// with the bytes left out here.
fn is_single_blanked(text: &str) -> bool {
    // As after a blank: a text that begins with one has blanks to be taken away.
    let mut before = b' ';
    for byte in text.bytes() {
        let odd = match byte {
            b' ' => before == b' ',
            // The Ogham blank begins like half of the Vietnamese vowels.
            0x9A => before == 0xE1,
            b'\t'..=b'\r' | 0xC2 | 0xE2 | 0xE3 => true,
            _ => false,
        };
        if odd {
            return false;
        }
        before = byte;
    }
    before != b' '
}

/// Letter case, blanks and look-alike characters folded, for comparing.
#[must_use]
pub fn fold(text: &str) -> String {
    let blanked = single_blanked(text);
    let mut folded = String::with_capacity(blanked.len());
    for c in blanked.chars() {
        match small_letter(c) {
            Some(small) => folded.push(small),
            None => folded.extend(c.to_lowercase().map(as_vietnamese)),
        }
    }
    folded
}

/// A number that all texts have which fold alike, and nearly no others: it tells without folding them that
/// texts differ. Blanks count for nothing.
pub(crate) fn fold_mark(text: &str) -> u64 {
    // The offset and the prime of FNV-1a.
    let with = |mark: u64, c: char| (mark ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
    let letters = text.chars().filter(|c| !c.is_whitespace());
    letters.fold(0xcbf2_9ce4_8422_2325, |mark, c| match small_letter(c) {
        Some(small) => with(mark, small),
        None => c.to_lowercase().map(as_vietnamese).fold(mark, with),
    })
}

/// A letter, digit or blank of Vietnamese words folded, without the tables of all scripts; `None` for any
/// other character.
fn small_letter(c: char) -> Option<char> {
    match c {
        ' ' | '0'..='9' | 'a'..='z' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        // Small letters follow their capitals.
        'Ạ'..='ỹ' => char::from_u32(u32::from(c) | 1),
        'à'..='ï' | 'ñ'..='ö' | 'ø'..='ý' | 'ă' | 'đ' | 'ĩ' | 'ũ' | 'ơ' | 'ư' => {
            Some(c)
        }
        _ => None,
    }
}

/// The character that a keyboard or a converter meant: the Icelandic and the African letter look like
/// `Đ`, and word processors make a curly apostrophe of a straight one.
#[must_use]
pub fn as_vietnamese(c: char) -> char {
    match c {
        '\u{d0}' | '\u{189}' => 'Đ',
        '\u{f0}' | '\u{256}' => 'đ',
        '’' | '‘' | 'ʼ' | '′' | '´' | '`' => '\'',
        // Lower case of one letter, which words end in.
        'ς' => 'σ',
        c => c,
    }
}

/// A heading folded; `tỉ lệ` and `tỷ lệ` are spellings of one word.
#[must_use]
pub fn fold_heading(heading: &str) -> String {
    let folded = fold(heading);
    if folded.contains("tỉ lệ") { folded.replace("tỉ lệ", "tỷ lệ") } else { folded }
}

/// Names of a total row, folded. `Cộng` alone and `Tổng cộng` both occur, first or last.
const TOTALS: &[&str] = &[
    "tổng cộng",
    "tổng số",
    "tổng",
    "cộng",
    "tổng toàn xã",
    "toàn xã",
    "toàn huyện",
    "toàn tỉnh",
    "toàn phường",
    "toàn thành phố",
    "toàn thị trấn",
    "toàn quốc",
    "cả nước",
    "cộng toàn xã",
    "tổng cộng toàn xã",
    "cộng chung",
    "tổng chung",
    "tc",
];

/// True when a row's name says that it sums up others.
#[must_use]
pub fn is_total(name: &str) -> bool {
    TOTALS_BEGIN.begin(name) && names_total(&fold(name))
}

/// What all names of totals begin with, folded; nearly no other name does.
const TOTALS_BEGIN: Starts = Starts::of(&["tổng", "cộng", "toàn ", "cả nước", "tc"]);

fn names_total(folded: &str) -> bool {
    let name = folded.trim_end_matches([':', '.', ' ']);
    TOTALS.contains(&name)
        || name.starts_with("tổng cộng")
        || name.strip_prefix("cộng ").is_some_and(|rest| rest.starts_with('(') || rest.len() < 24)
}

/// True when the name is that of a sum over the whole table rather than over a part of it.
#[must_use]
pub fn is_grand_total(name: &str) -> bool {
    if !TOTALS_BEGIN.begin(name) {
        return false;
    }
    let name = fold(name);
    names_total(&name) && name != "cộng" && !name.starts_with("cộng ")
}

/// True when a row is part of the one above it and need not add up: `Trong đó: Nữ`, `- Trong đó: Nữ`.
#[must_use]
pub fn names_a_part(name: &str) -> bool {
    let is_mark = |c: char| matches!(c, '-' | '–' | '−' | '—' | '+' | '*' | '(');
    PARTS.begin(name.trim_start_matches(|c: char| is_mark(c) || c.is_whitespace()))
}

const PARTS: Starts = Starts::of(&["trong đó", "trong đo"]);

/// True when a row's figures come from other rows by a rule of their own: a change, a rate.
#[must_use]
pub fn is_exception(name: &str) -> bool {
    EXCEPTIONS.begin(name)
}

const EXCEPTIONS: Starts = Starts::of(&[
    "tăng/giảm",
    "tăng, giảm",
    "tăng giảm",
    "tăng (+)",
    "chênh lệch",
    "so sánh",
    "so với",
    "tỷ lệ",
    "tỉ lệ",
    "tốc độ",
    "% ",
    "tỷ trọng",
]);

/// True where the headings of a column say that its figures go on from row to row: what was done so far, what
/// is left in a cash book or a store.
#[must_use]
pub(crate) fn names_cumulated(headings: &[String]) -> bool {
    const WORDS: &[&str] =
        &["lũy kế", "luỹ kế", "cộng dồn", "tồn", "số dư", "dư cuối", "cuối kỳ", "còn lại"];
    headings.iter().any(|heading| {
        let folded = fold(heading);
        WORDS.iter().any(|word| folded.contains(word))
    })
}

/// True for the folded name of a unit that says nothing else: no sum, no change, no note, no part
/// of the unit above.
#[must_use]
pub fn is_plain_name(folded: &str) -> bool {
    let starts_plainly = folded.starts_with(char::is_alphanumeric);
    let says_more = names_total(folded)
        || EXCEPTIONS.begin_folded(folded)
        || begins_end(folded)
        || PARTS.begin_folded(folded);
    starts_plainly && !says_more
}

/// True when a row starts what follows a table: notes, place and date, signatures.
#[must_use]
pub fn ends_table(text: &str) -> bool {
    begins_end(&fold(text))
}

fn begins_end(folded: &str) -> bool {
    const STARTS: Starts = Starts::of(&[
        "ghi chú",
        "ghi chu",
        "lưu ý",
        "chú thích",
        "nguồn",
        "nơi nhận",
        "người lập",
        "tm.",
        "kt.",
        "tl.",
        "tuq.",
        "chủ tịch",
        "phó chủ tịch",
        "thủ trưởng",
        "kế toán",
        "giám đốc",
        "xác nhận",
        "* ghi",
        "bằng chữ",
        "(bằng chữ",
        "số tiền bằng chữ",
        "số tiền viết bằng chữ",
        "tổng số tiền viết bằng chữ",
        "viết bằng chữ",
        "(viết bằng chữ",
        "(*)",
        "./.",
    ]);
    STARTS.begin_folded(folded) || is_date_line(folded)
}

/// `Đại Lãnh, ngày … tháng … năm …`
fn is_date_line(folded: &str) -> bool {
    folded.contains("ngày") && folded.contains("tháng") && folded.contains("năm")
}

/// True when a line belongs to a signature block.
#[must_use]
pub fn is_signature(text: &str) -> bool {
    const STARTS: Starts = Starts::of(&["tm.", "kt.", "tl.", "tuq.", "chủ tịch", "phó chủ tịch"]);
    STARTS.begin(text)
}

/// True when a line names the office of somebody who signs, as a line of its own.
#[must_use]
pub fn is_office(text: &str) -> bool {
    const STARTS: Starts = Starts::of(&[
        "người lập",
        "lập biểu",
        "lập bảng",
        "người tổng hợp",
        "người kiểm tra",
        "kế toán",
        "thủ quỹ",
        "thủ kho",
        "thủ trưởng",
        "trưởng",
        "phó trưởng",
        "giám đốc",
        "phó giám đốc",
        "hiệu trưởng",
        "cán bộ",
        "công chức",
        "chuyên viên",
        "xác nhận",
    ]);
    let is_short = text.chars().count() <= 50;
    is_short && !text.contains([':', ';', ',']) && (is_signature(text) || STARTS.begin(text))
}

/// True when a line in brackets says what the table is attached to.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let folded = fold(text);
    let folded = folded.trim_start_matches('(');
    ["kèm theo", "đính kèm", "ban hành kèm"].iter().any(|start| folded.starts_with(start))
}

/// True when a line names the unit of measure.
#[must_use]
pub fn is_unit_line(text: &str) -> bool {
    const STARTS: Starts = Starts::of(&["đơn vị tính", "đvt", "đơn vị tỉnh:"]);
    STARTS.begin(text)
}

/// True when a heading names things that are counted one by one.
#[must_use]
pub fn names_things(heading: &str) -> bool {
    let folded = fold(heading);
    ["số hộ", "nhân khẩu", "số khẩu", "số người"].iter().any(|word| folded.contains(word))
}

/// True when some words stand in a folded text, whole and in this order.
fn holds(folded: &str, words: &str) -> bool {
    let bound = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    folded.match_indices(words).any(|(at, found)| {
        bound(folded[..at].chars().next_back()) && bound(folded[at + found.len()..].chars().next())
    })
}

/// True when a heading names what is added up wherever it is listed: people, households, money, land.
/// Prices, months and quantities of unlike goods are not.
#[must_use]
pub fn is_summed(heading: &str) -> bool {
    const SUMMED: &[&str] = &[
        "hộ",
        "khẩu",
        "nhân khẩu",
        "người",
        "học sinh",
        "lao động",
        "trẻ em",
        "thành tiền",
        "số tiền",
        "tiền",
        "kinh phí",
        "doanh thu",
        "diện tích",
        "vốn",
    ];
    const NEVER: &[&str] =
        &["đơn giá", "giá bán", "bình quân", "mức", "/hộ", "/người", "năm", "tháng"];
    let folded = fold(heading);
    SUMMED.iter().any(|word| holds(&folded, word))
        && !NEVER.iter().any(|word| folded.contains(word))
}

/// True when a heading says that its column holds names and numbers of things, not amounts: classes,
/// codes, decisions, years of birth.
#[must_use]
pub fn names_codes(heading: &str) -> bool {
    const CODES: &[&str] = &[
        "lớp",
        "mã",
        "số hiệu",
        "ký hiệu",
        "kí hiệu",
        "số qđ",
        "số quyết định",
        "quyết định số",
        "năm sinh",
        "số chứng từ",
        "số hóa đơn",
        "số hoá đơn",
        "số hợp đồng",
        "số tài khoản",
        "số thẻ",
        "cmnd",
        "cccd",
        "số cmnd",
        "số cccd",
        "năm sử dụng",
        "năm sản xuất",
        "nước sản xuất",
    ];
    names_phones(heading) || begins_with_one_of(heading, CODES)
}

/// True when a heading that begins like one of codes may count what they stand on: `Số thẻ cấp mới`,
/// `Số hợp đồng đã ký`, `Điện thoại`.
#[must_use]
pub fn may_count_codes(heading: &str) -> bool {
    const DONE: &[&str] = &[
        "cấp mới",
        "cấp lại",
        "đã cấp",
        "được cấp",
        "hết hạn",
        "còn hạn",
        "gia hạn",
        "thu hồi",
        "phát hành",
        "đã ký",
        "bị hủy",
        "bị huỷ",
    ];
    let folded = fold(heading);
    let counts = folded.starts_with("số ") && DONE.iter().any(|word| holds(&folded, word));
    counts || names_phones(heading)
}

/// True when a heading names telephones: their numbers, or what is counted of them.
#[must_use]
pub fn names_phones(heading: &str) -> bool {
    begins_with_one_of(heading, &["số điện thoại", "điện thoại"])
}

/// True where a heading begins with the whole words of one of some phrases.
fn begins_with_one_of(heading: &str, phrases: &[&str]) -> bool {
    let folded = fold(heading);
    let ends_word = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    phrases.iter().any(|phrase| folded.strip_prefix(phrase).is_some_and(ends_word))
}

/// True when a heading says that its column names units: villages, communes, offices, schools.
#[must_use]
pub fn names_units(heading: &str) -> bool {
    const UNITS: &[&str] = &[
        "thôn",
        "xã",
        "phường",
        "thị trấn",
        "đặc khu",
        "tổ dân phố",
        "tdp",
        "bản",
        "ấp",
        "làng",
        "xóm",
        "khu phố",
        "khóm",
        "buôn",
        "sóc",
        "huyện",
        "quận",
        "tỉnh",
        "thành phố",
        "địa phương",
        "địa bàn",
        "khu vực",
        "đơn vị",
        "cơ quan",
        "trường",
        "cơ sở",
        "chi nhánh",
        "unit",
        "village",
        "commune",
    ];
    const OTHERS: &[&str] =
        &["đơn vị tính", "văn bản", "cơ bản", "biên bản", "xã hội", "thị trường", "môi trường"];
    let mut folded = fold(heading);
    for other in OTHERS {
        folded = folded.replace(other, " ");
    }
    UNITS.iter().any(|unit| holds(&folded, unit))
}

/// True for the name of a unit that says what it is: `Thôn Đông`, `Xã A`.
#[must_use]
pub fn begins_with_unit(name: &str) -> bool {
    const STARTS: Starts = Starts::of(&[
        "thôn ",
        "xã ",
        "phường ",
        "thị trấn ",
        "đặc khu ",
        "tổ ",
        "bản ",
        "ấp ",
        "làng ",
        "xóm ",
        "khu phố ",
        "khóm ",
        "buôn ",
        "huyện ",
        "quận ",
        "tỉnh ",
        "trường ",
        "trạm ",
        "chi nhánh ",
    ]);
    STARTS.begin(name)
}

/// True when a heading names money.
#[must_use]
pub fn names_money(heading: &str) -> bool {
    const MONEY: &[&str] = &[
        "tiền",
        "kinh phí",
        "giá trị",
        "chi phí",
        "doanh thu",
        "thực lĩnh",
        "còn lĩnh",
        "đồng",
        "vốn",
    ];
    let folded = fold(heading);
    MONEY.iter().any(|word| holds(&folded, word)) && !folded.contains("đơn giá")
}

/// How many đồng one of a unit of measure is, where a line or heading names one: `ĐVT: 1.000 đồng`.
#[must_use]
pub fn money_unit(text: &str) -> Option<u32> {
    let folded = fold(text).replace(['.', ','], "");
    let unit = [
        ("tỷ đồng", 1_000_000_000),
        ("tỉ đồng", 1_000_000_000),
        ("triệu đồng", 1_000_000),
        ("nghìn đồng", 1000),
        ("ngàn đồng", 1000),
        ("1000 đồng", 1000),
        ("1000đ", 1000),
        ("đồng", 1),
    ];
    unit.into_iter().find(|(name, _)| folded.contains(name)).map(|(_, unit)| unit)
}

/// What a unit of so many đồng is called; `None` for one that no table uses.
pub(crate) const fn money_unit_name(unit: u32) -> Option<Words> {
    match unit {
        1 => Some(Words::new("đồng", "đồng")),
        1000 => Some(Words::new("nghìn đồng", "thousand đồng")),
        1_000_000 => Some(Words::new("triệu đồng", "million đồng")),
        1_000_000_000 => Some(Words::new("tỷ đồng", "billion đồng")),
        _ => None,
    }
}

/// What a heading says of its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadingHint {
    /// `Tỷ lệ`, `%`.
    Rate,
    /// `Bình quân`.
    Average,
}

/// Words of means, folded. `Trung bình` alone is a grade, and those of it are counted.
pub(crate) const MEANS: &[&str] = &[
    "bình quân",
    "bq",
    "giá trung bình",
    "mức trung bình",
    "điểm trung bình",
    "thu nhập trung bình",
    "lương trung bình",
    "năng suất trung bình",
    "trung bình mỗi",
    "trung bình một",
    "trung bình trên",
];

/// True for the name of a row of means: `Trung bình`, `Bình quân chung`.
#[must_use]
pub fn names_means(name: &str) -> bool {
    begins_with_one_of(name, &["trung bình", "bình quân"])
}

/// True for a mean for one of something, folded: `thời gian trung bình/1 trạm`.
pub(crate) fn is_mean_of_one(folded: &str) -> bool {
    folded.split("trung bình").skip(1).any(|rest| rest.trim_start().starts_with('/'))
}

/// What the lowest headings of a column say of its figures.
#[must_use]
pub fn hint(heading: &str) -> Option<HeadingHint> {
    let folded = fold(heading);
    if is_mean_of_one(&folded) || MEANS.iter().any(|mean| folded.contains(mean)) {
        return Some(HeadingHint::Average);
    }
    if folded.split(" – ").any(names_yield) {
        return Some(HeadingHint::Average);
    }
    let rate = ["tỷ lệ", "tỉ lệ", "tỷ trọng", "tỉ trọng"].iter().any(|word| folded.contains(word));
    let per_cent = folded.contains('%') && !is_share_of_money(&folded);
    (rate || per_cent).then_some(HeadingHint::Rate)
}

/// True for a folded heading that names a yield alone: `năng suất (tạ/ha)`, not over its parts
/// (`năng suất, sản lượng`).
fn names_yield(folded: &str) -> bool {
    folded.starts_with("năng suất") && !folded.contains([',', ';']) && !folded.contains(" và ")
}

/// True for a folded heading that names an amount by its per cent: `thuế gtgt 10% (đồng)`, `bhxh 8%`.
/// What stands there is money.
#[must_use]
pub(crate) fn is_share_of_money(folded: &str) -> bool {
    const MONEY: &[&str] = &[
        "thuế",
        "gtgt",
        "vat",
        "tncn",
        "bhxh",
        "bhyt",
        "bhtn",
        "kpcđ",
        "bảo hiểm",
        "đồng",
        "tiền",
    ];
    const RATES: &[&str] = &["suất", "tỷ lệ", "tỉ lệ", "đạt", "so sánh", "so với", "trọng", "mức"];
    let says = |words: &[&str]| words.iter().any(|word| holds(folded, word));
    let counted = folded
        .split('%')
        .rev()
        .skip(1)
        .all(|before| before.trim_end().ends_with(|last: char| last.is_ascii_digit()));
    folded.contains('%') && counted && says(MONEY) && !says(RATES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fold_as_the_tables_of_all_scripts_say() {
        for c in '\0'..=char::MAX {
            if let Some(small) = small_letter(c) {
                assert!(c.to_lowercase().map(as_vietnamese).eq([small]), "{c:?}");
            }
        }
        assert!("aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệ".chars().all(|c| small_letter(c) == Some(c)));
        assert!(
            "ghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
                .chars()
                .all(|c| small_letter(c) == Some(c))
        );
    }

    #[test]
    fn texts_that_fold_alike_have_one_mark() {
        let texts =
            ["Thôn  Đông", " thôn ĐÔNG", "Thôn Ðông\t", "Thôn Đông 1", "Thôn Đông 10", "thon dong"];
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            assert_eq!(fold(a) == fold(b), fold_mark(a) == fold_mark(b), "{a} {b}");
        }
        assert_eq!(fold_mark("thôn 1 0"), fold_mark("thôn 10"));
    }

    #[test]
    fn totals_are_known_by_their_names() {
        for name in ["Tổng cộng", "TỔNG SỐ", " Cộng: ", "Toàn xã", "Cả nước", "Cộng (I+II)"]
        {
            assert!(is_total(name), "{name}");
        }
        for name in
            ["Đông Nam", "Cộng Hòa thứ hai của một cái tên rất dài", "Tổng Cọt", "Toàn Thắng"]
        {
            assert!(!is_total(name), "{name}");
        }
        assert!(is_grand_total("Tổng cộng") && !is_grand_total("Cộng"));
    }

    #[test]
    fn headings_say_what_their_columns_hold() {
        for heading in ["Thôn", "Tên đơn vị", "Xã, phường", "Thôn/Tổ dân phố", "Cơ sở KCB"]
        {
            assert!(names_units(heading), "{heading}");
        }
        for heading in ["Đơn vị tính", "Tên tài sản", "Họ và tên", "Văn bản", "An sinh xã hội"]
        {
            assert!(!names_units(heading), "{heading}");
        }
        for heading in ["Lớp", "Mã số", "Mã đơn vị", "Số QĐ", "Năm sinh"] {
            assert!(names_codes(heading), "{heading}");
        }
        assert!(may_count_codes("Số thẻ cấp mới") && may_count_codes("Số hợp đồng đã ký"));
        assert!(!may_count_codes("Số thẻ BHYT") && !may_count_codes("Mã thẻ cấp lại"));
        assert_eq!(hint("Thuế GTGT 10% (đồng)"), None);
        assert_eq!(hint("BHXH 8%"), None);
        for heading in ["Thuế suất 10%", "Tỷ lệ hộ nghèo 5%", "Đạt 100% kế hoạch", "% thuế", "%"]
        {
            assert_eq!(hint(heading), Some(HeadingHint::Rate), "{heading}");
        }
        assert_eq!(hint("Vụ mùa – Năng suất (tạ/ha)"), Some(HeadingHint::Average));
        assert_eq!(hint("Diện tích, năng suất, sản lượng – Sản lượng (tấn)"), None);
        for heading in ["Số lớp", "Mầm non", "Mãnh thú", "Năm 2024", "Số hộ"] {
            assert!(!names_codes(heading), "{heading}");
        }
        for heading in ["Số hộ", "Thành tiền", "Hộ nghèo – Số hộ", "Diện tích (ha)"]
        {
            assert!(is_summed(heading), "{heading}");
        }
        for heading in ["Số tháng", "Đơn giá", "Số lượng", "Tiền lương tháng", "Giá trị"]
        {
            assert!(!is_summed(heading), "{heading}");
        }
        assert!(names_a_part("Trong đó: nữ") && names_a_part("  - Trong đó: thu cước"));
    }

    #[test]
    fn what_follows_a_table_is_known() {
        assert!(ends_table("TM. ỦY BAN NHÂN DÂN"));
        assert!(ends_table("Đại Lãnh, ngày     tháng 02 năm 2024"));
        assert!(!ends_table("Tây Nam 2"));
        assert!(is_reference("(Đính kèm Kế hoạch số:   /KH-UBND)"));
    }
}
