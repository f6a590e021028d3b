//! Headings of what is said for one piece, one person, one household: prices, norms, levels,
//! coefficients. Nobody adds them up.

use super::{begins_with_one_of, fold, is_summed};

/// Words of what is said for one of something, folded, wherever they stand in a heading.
const FOR_ONE: &[&str] = &[
    "đơn giá",
    "giá bán",
    "giá mua",
    "giá vốn",
    "giá nhập",
    "giá xuất",
    "định mức",
    "hệ số",
    "lương cơ sở",
    "lương tối thiểu",
    "điểm trung bình",
    "bình quân",
];

/// How headings begin that name such a figure where it is multiplied: elsewhere a list of people with
/// the support of each may be added up.
const MULTIPLIED: &[&str] = &["mức", "giá", "lương"];

/// True for the headings of a column, from the top level down, that say what one piece or one person
/// costs or gets; `multiplied` where the table multiplies the column by another.
#[must_use]
pub fn is_per_unit(headings: &[String], multiplied: bool) -> bool {
    let Some((leaf, above)) = headings.split_last() else { return false };
    let says = |heading: &str| {
        let folded = fold(heading);
        FOR_ONE.iter().any(|word| folded.contains(word)) || is_money_for_one(&folded)
    };
    let adds = is_summed(leaf) || begins_with_one_of(leaf, &["số", "cộng", "tổng", "khối lượng"]);
    let of_group = || !adds && above.last().is_some_and(|group| says(group));
    let begins = || begins_with_one_of(leaf, MULTIPLIED) && !begins_with_one_of(leaf, &["giá trị"]);
    says(leaf) || of_group() || (multiplied && begins())
}

/// `đồng/hộ`, `mức chi/người`; by the year or month money is an amount all the same.
fn is_money_for_one(folded: &str) -> bool {
    let money = ["đồng/", "đ/"].iter().any(|unit| names_one(folded, unit));
    money || (folded.starts_with("mức") && names_one(folded, "/"))
}

/// True where something else than a time stands after a slash.
fn names_one(folded: &str, slash: &str) -> bool {
    const TIMES: &[&str] = &["năm", "tháng", "quý", "kỳ"];
    folded.split(slash).skip(1).any(|rest| {
        let rest = rest.trim_start();
        !rest.is_empty() && !TIMES.iter().any(|time| rest.starts_with(time))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(heading: &str, multiplied: bool) -> bool {
        is_per_unit(&[heading.to_owned()], multiplied)
    }

    #[test]
    fn what_is_said_for_one_is_told_by_its_heading() {
        for heading in [
            "Đơn giá (đồng)",
            "Mức chi/người",
            "Định mức",
            "Lương cơ sở",
            "Hệ số lương",
            "Mức hỗ trợ (đồng/hộ)",
            "Điểm trung bình",
            "Chi phí (triệu đồng/ha)",
        ] {
            assert!(one(heading, false), "{heading}");
        }
        for heading in ["Mức hỗ trợ", "Mức chi", "Giá", "Lương"] {
            assert!(one(heading, true) && !one(heading, false), "{heading}");
        }
        for heading in
            ["Số hộ", "Thành tiền", "Kinh phí (đồng/năm)", "Giá trị", "Số lượng", "Số hộ/khẩu"]
        {
            assert!(!one(heading, true), "{heading}");
        }
        let under = |leaf: &str| is_per_unit(&["Đơn giá".to_owned(), leaf.to_owned()], false);
        assert!(under("Năm 2024") && !under("Thành tiền"));
    }
}
