//! Words that tell figures of one name apart: of which year they are, planned or done, at the beginning
//! or at the end, of one month or of all up to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use super::units::{unmarked, years};

/// In what figures of one name may be others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Aspect {
    Year,
    Period,
    Moment,
    Stage,
    Adjustment,
    Merger,
    Cumulation,
    Scope,
}

impl Aspect {
    /// True where figures of which nothing is said are others than those of which something is: a table
    /// need not name its year, but one at the beginning of a year says so.
    const fn is_told_by_silence(self) -> bool {
        !matches!(self, Self::Year | Self::Period)
    }
}

/// The words, each line spellings of one; the longest that fits is taken.
const WORDS: &[(Aspect, &[&str])] = &[
    (Aspect::Period, &["quý I", "quý 1"]),
    (Aspect::Period, &["quý II", "quý 2"]),
    (Aspect::Period, &["quý III", "quý 3"]),
    (Aspect::Period, &["quý IV", "quý 4"]),
    (Aspect::Period, &["3 tháng đầu năm", "3 tháng", "ba tháng đầu năm", "ba tháng"]),
    (Aspect::Period, &["6 tháng đầu năm", "6 tháng", "sáu tháng đầu năm", "sáu tháng"]),
    (Aspect::Period, &["6 tháng cuối năm", "sáu tháng cuối năm"]),
    (Aspect::Period, &["9 tháng đầu năm", "9 tháng", "chín tháng đầu năm", "chín tháng"]),
    (Aspect::Period, &["tháng 1", "tháng 01"]),
    (Aspect::Period, &["tháng 2", "tháng 02"]),
    (Aspect::Period, &["tháng 3", "tháng 03"]),
    (Aspect::Period, &["tháng 4", "tháng 04"]),
    (Aspect::Period, &["tháng 5", "tháng 05"]),
    (Aspect::Period, &["tháng 6", "tháng 06"]),
    (Aspect::Period, &["tháng 7", "tháng 07"]),
    (Aspect::Period, &["tháng 8", "tháng 08"]),
    (Aspect::Period, &["tháng 9", "tháng 09"]),
    (Aspect::Period, &["tháng 10"]),
    (Aspect::Period, &["tháng 11"]),
    (Aspect::Period, &["tháng 12"]),
    (Aspect::Moment, &["đầu năm"]),
    (Aspect::Moment, &["cuối năm"]),
    (Aspect::Moment, &["giữa năm"]),
    (Aspect::Moment, &["đầu kỳ"]),
    (Aspect::Moment, &["cuối kỳ"]),
    (Aspect::Moment, &["trong kỳ"]),
    (Aspect::Moment, &["trong năm"]),
    (Aspect::Moment, &["đầu tháng"]),
    (Aspect::Moment, &["cuối tháng"]),
    (Aspect::Moment, &["đầu quý"]),
    (Aspect::Moment, &["cuối quý"]),
    (Aspect::Moment, &["cùng kỳ", "cùng kỳ năm trước"]),
    (Aspect::Moment, &["kỳ trước"]),
    (Aspect::Moment, &["kỳ này"]),
    (Aspect::Moment, &["năm trước"]),
    (Aspect::Moment, &["năm nay"]),
    (Aspect::Moment, &["năm sau"]),
    (Aspect::Stage, &["kế hoạch", "kh"]),
    (Aspect::Stage, &["quy hoạch"]),
    (Aspect::Stage, &["dự toán"]),
    (Aspect::Stage, &["quyết toán"]),
    (Aspect::Stage, &["dự kiến"]),
    (Aspect::Stage, &["nhu cầu"]),
    (Aspect::Stage, &["đăng ký"]),
    (Aspect::Stage, &["đề nghị", "đề xuất"]),
    (Aspect::Stage, &["thẩm định"]),
    (Aspect::Stage, &["phê duyệt", "được duyệt"]),
    (
        Aspect::Stage,
        &[
            "được giao",
            "giao đầu năm",
            "chỉ tiêu giao",
            "kế hoạch giao",
            "dự toán giao",
            "giao kế hoạch",
            "giao dự toán",
            "giao chỉ tiêu",
        ],
    ),
    (Aspect::Stage, &["thực hiện"]),
    (Aspect::Stage, &["giải ngân"]),
    (Aspect::Stage, &["hiện trạng"]),
    (Aspect::Stage, &["ước", "ước thực hiện", "ước tính"]),
    (Aspect::Stage, &["tạm tính"]),
    (Aspect::Stage, &["sơ bộ"]),
    (Aspect::Stage, &["chính thức"]),
    (Aspect::Adjustment, &["sau điều chỉnh"]),
    (Aspect::Adjustment, &["trước điều chỉnh", "chưa điều chỉnh"]),
    (Aspect::Adjustment, &["điều chỉnh"]),
    (Aspect::Adjustment, &["bổ sung"]),
    (Aspect::Merger, &["trước sáp nhập", "trước sắp xếp", "trước hợp nhất"]),
    (Aspect::Merger, &["sau sáp nhập", "sau sắp xếp", "sau hợp nhất"]),
    (Aspect::Cumulation, &["lũy kế", "cộng dồn"]),
    (Aspect::Scope, &["kể cả", "gồm cả", "tính cả"]),
    (
        Aspect::Scope,
        &[
            "không kể",
            "chưa kể",
            "không gồm",
            "chưa gồm",
            "không bao gồm",
            "chưa bao gồm",
            "không tính",
            "chưa tính",
        ],
    ),
    (Aspect::Scope, &["trong đó"]),
];

/// Words that say what is meant where nothing is said, as their lines begin.
const ORDINARY: &[&str] = &["hiện trạng"];

/// A way to write one of the words.
struct Spelling {
    words: Vec<String>,
    aspect: Aspect,
    mark: &'static str,
}

/// The ways to write them by their first words, the longest first.
static SPELLINGS: LazyLock<HashMap<String, Vec<Spelling>>> = LazyLock::new(|| {
    let mut by_first: HashMap<String, Vec<Spelling>> = HashMap::new();
    for (aspect, spellings) in WORDS {
        let Some(mark) = spellings.first() else { continue };
        for spelling in *spellings {
            let words: Vec<String> = unmarked(spelling).split(' ').map(str::to_owned).collect();
            let Some(first) = words.first().cloned() else { continue };
            by_first.entry(first).or_default().push(Spelling { words, aspect: *aspect, mark });
        }
    }
    for spellings in by_first.values_mut() {
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.words.len()));
    }
    by_first
});

/// What a text says of its figures in each aspect.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Aspects(BTreeMap<Aspect, BTreeSet<String>>);

impl Aspects {
    /// What a text says.
    pub(crate) fn of(text: &str) -> Self {
        let mut said = Self::default();
        for year in years(text) {
            said.add(Aspect::Year, year);
        }
        let unmarked = unmarked(text);
        let words: Vec<&str> = unmarked.split(' ').collect();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let spellings = SPELLINGS.get(*word).into_iter().flatten();
            let found = spellings.into_iter().find(|spelling| {
                let end = at + spelling.words.len();
                words.get(at..end).is_some_and(|words| words.iter().eq(&spelling.words))
            });
            if let Some(found) = found {
                said.add(found.aspect, found.mark);
            }
            at += found.map_or(1, |found| found.words.len());
        }
        said
    }

    fn add(&mut self, aspect: Aspect, mark: &str) {
        let marks = self.0.entry(aspect).or_default();
        if !ORDINARY.contains(&mark) {
            marks.insert(mark.to_owned());
        }
    }

    /// Both of what two texts of one standing say.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        for (aspect, marks) in &other.0 {
            self.0.entry(*aspect).or_default().extend(marks.iter().cloned());
        }
        self
    }

    /// What this says, and what a text farther from the figure says of the other aspects.
    pub(crate) fn or(mut self, farther: &Self) -> Self {
        for (aspect, marks) in &farther.0 {
            self.0.entry(*aspect).or_insert_with(|| marks.clone());
        }
        self
    }

    /// True where figures of the same name are others.
    pub(crate) fn tell_apart(&self, other: &Self) -> bool {
        let none = BTreeSet::new();
        let mut told = self.0.keys().chain(other.0.keys());
        told.any(|aspect| {
            let [one, two] = [self, other].map(|said| said.0.get(aspect).unwrap_or(&none));
            let silent = one.is_empty() || two.is_empty();
            if aspect.is_told_by_silence() { one != two } else { !silent && one.is_disjoint(two) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_apart_by_what_is_said_of_them() {
        let apart = |one: &str, two: &str| Aspects::of(one).tell_apart(&Aspects::of(two));
        for (one, two) in [
            ("Diện tích năm 2024", "HIỆN TRẠNG NĂM 2025"),
            ("TỔNG HỢP NĂM 2024", "THÔN ĐÔNG NĂM 2025"),
            ("Quý I", "QUÝ 2"),
            ("Đầu năm", "Số hộ"),
            ("Số hộ đầu kỳ", "Số hộ cuối kỳ"),
            ("Kế hoạch", "Thực hiện"),
            ("Quy hoạch đến 2030", "HIỆN TRẠNG"),
            ("Ước thực hiện", "Thực hiện"),
            ("Dự toán", "Dự toán sau điều chỉnh"),
            ("LUỸ KẾ", "KẾT QUẢ"),
            ("Thu (kể cả số dư)", "Thu"),
            ("Trong đó: nữ", "Nữ"),
        ] {
            assert!(apart(one, two) && apart(two, one), "{one}, {two}");
        }
        for (one, two) in [
            ("TỔNG HỢP NĂM 2025", "THÔN ĐÔNG"),
            ("GIAI ĐOẠN 2021-2025", "NĂM 2025"),
            ("6 tháng đầu năm 2025", "Sáu tháng năm 2025"),
            ("Lũy kế", "Luỹ kế"),
            ("Tháng 6", "Số hộ"),
            ("HIỆN TRẠNG", "Diện tích"),
            ("Số khẩu", "Số hộ"),
        ] {
            assert!(!apart(one, two) && !apart(two, one), "{one}, {two}");
        }
    }

    #[test]
    fn the_nearest_text_that_says_something_counts() {
        let heading = Aspects::of("Diện tích năm 2024");
        let said = heading.or(&Aspects::of("HIỆN TRẠNG NĂM 2025"));
        assert_eq!(said, Aspects::of("hiện trạng 2024"));
        let said = Aspects::of("Hiện trạng (ha)").or(&Aspects::of("KẾ HOẠCH SỬ DỤNG ĐẤT"));
        assert!(!said.tell_apart(&Aspects::of("Diện tích")));
    }
}
