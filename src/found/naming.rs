//! How words state what a line is computed from, as data: `Thành tiền` of a quantity and a price,
//! `Còn lại` of what was planned and done. Words add no evidence; they make a hypothesis cheaper.

use super::line::Words;
use super::vocabulary::Word;

/// A way to compute that is stated in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The first operand over the second.
    Ratio,
    /// The first operand less the second.
    Difference,
    /// The first operand and the second.
    Sum,
    /// The first operand times the second.
    Product,
}

/// What the target and the operands of a way say: all the words of each.
struct Stated {
    way: Way,
    target: &'static [Word],
    operands: [&'static [Word]; 2],
}

const STATED: &[Stated] = &[
    Stated { way: Way::Ratio, target: &[Word::Plan], operands: [&[Word::Done], &[Word::Plan]] },
    Stated {
        way: Way::Ratio,
        target: &[Word::Female],
        operands: [&[Word::Female], &[Word::Total]],
    },
    Stated { way: Way::Ratio, target: &[Word::TaxRate], operands: [&[Word::Tax], &[Word::Worth]] },
    Stated {
        way: Way::Difference,
        target: &[Word::Rest],
        operands: [&[Word::Plan], &[Word::Done]],
    },
    Stated {
        way: Way::Difference,
        target: &[Word::Rest],
        operands: [&[Word::Start], &[Word::Down]],
    },
    Stated {
        way: Way::Difference,
        target: &[Word::End],
        operands: [&[Word::Start], &[Word::Down]],
    },
    Stated { way: Way::Sum, target: &[Word::End], operands: [&[Word::Start], &[Word::Up]] },
    Stated {
        way: Way::Sum,
        target: &[Word::Cumulative],
        operands: [&[Word::Cumulative], &[Word::Within]],
    },
    Stated {
        way: Way::Product,
        target: &[Word::Worth],
        operands: [&[Word::Quantity], &[Word::Price]],
    },
    Stated {
        way: Way::Product,
        target: &[Word::Tax],
        operands: [&[Word::Worth], &[Word::TaxRate]],
    },
];

/// True where words state that a target is computed so; sums and products in either order.
pub(super) fn states(way: Way, target: &Words, operands: [&Words; 2]) -> bool {
    let [first, second] = operands;
    let turned = matches!(way, Way::Sum | Way::Product);
    STATED.iter().filter(|stated| stated.way == way).any(|stated| {
        let [a, b] = stated.operands;
        let ordered = all(first, a) && all(second, b) || turned && all(first, b) && all(second, a);
        all(target, stated.target) && ordered
    })
}

fn all(words: &Words, said: &[Word]) -> bool {
    said.iter().all(|word| words.says(*word))
}

/// True where the heading of a rate names its numerator: `Tỷ lệ hộ nghèo` of `Số hộ nghèo`.
pub(super) fn names_part(rate: &Words, part: &Words) -> bool {
    let named = without(&rate.leaf, RATE_WORDS);
    !named.is_empty() && contains(&part.leaf, &named)
}

/// True where a heading names both its operands: `So sánh (%) TH 2024/KH 2024`.
pub(super) fn names_both(rate: &Words, operands: [&Words; 2]) -> bool {
    let Some((part, whole)) = &rate.quotient else { return false };
    let [part, whole] = [part, whole].map(|side| without(side, RATE_WORDS));
    let named = |words: &Words, side: &str| {
        !side.is_empty() && (contains(&words.leaf, side) || contains(&words.group, side))
    };
    named(operands[0], &part) && named(operands[1], &whole)
}

/// Words that say a rate and nothing of what.
const RATE_WORDS: &[&str] =
    &["tỷ", "tỉ", "lệ", "trọng", "so", "sánh", "với", "đạt", "%", "của", "trên", "cơ", "cấu"];

fn without(text: &str, words: &[&str]) -> String {
    let kept = text.split(' ').filter(|word| !words.contains(word));
    kept.collect::<Vec<_>>().join(" ")
}

/// True where the words of a text follow each other in another.
fn contains(text: &str, sought: &str) -> bool {
    format!(" {text} ").contains(&format!(" {sought} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_named_by_words() {
        let [rate, poor, all] =
            ["Tỷ lệ hộ nghèo (%)", "Số hộ nghèo", "Tổng số hộ"].map(|leaf| Words::new(leaf, ""));
        assert!(names_part(&rate, &poor) && !names_part(&rate, &all));
        assert!(!names_part(&Words::new("Tỷ lệ %", ""), &poor));
        let [compared, done, plan] = ["So sánh (%) ƯTH 2024/KH 2024", "ƯTH 2024", "KH 2024"]
            .map(|leaf| Words::new(leaf, ""));
        assert!(names_both(&compared, [&done, &plan]));
        assert!(!names_both(&compared, [&plan, &done]));
    }

    #[test]
    fn ways_are_stated_in_either_order_where_it_does_not_matter() {
        let [worth, price, number] =
            ["Thành tiền", "Đơn giá", "Số lượng"].map(|leaf| Words::new(leaf, "Giá thẩm định"));
        assert!(states(Way::Product, &worth, [&price, &number]));
        let [rest, plan, done] =
            ["Còn lại", "Dự toán giao", "Đã giải ngân"].map(|leaf| Words::new(leaf, ""));
        assert!(states(Way::Difference, &rest, [&plan, &done]));
        assert!(!states(Way::Difference, &rest, [&done, &plan]));
    }
}
