//! A line is the product of two others: worth = quantity × price.

use super::evidence::log2;
use super::relation::Kind;
use super::search::{Proposal, Search};
use super::shape::Shape;
use super::vocabulary::Word;

/// Products are tried among so many lines.
const WIDEST: usize = 24;

/// Bits of a product whose words name it.
const NAMED: f64 = 6.0;

/// Offers all products of two lines.
pub(super) fn offer(search: &mut Search) {
    let lines = search.lines.len();
    if lines > WIDEST {
        return;
    }
    for target in 0..lines {
        for first in 0..lines {
            for second in first + 1..lines {
                let shape = Shape::Product { factors: [first, second] };
                let other = first != target && second != target;
                if other && search.is_borne_out(false, |trial| shape.at(search, target, trial)) {
                    let named = names_worth(search, target, [first, second]);
                    let cost = if named { NAMED } else { 4.0 + 3.0 * log2(lines, 2) };
                    search.offer(Proposal { kind: Kind::Product, target, shape, cost, named });
                }
            }
        }
    }
}

/// `Thành tiền` of a `Số lượng` and a `Đơn giá`.
fn names_worth(search: &Search, target: usize, factors: [usize; 2]) -> bool {
    let says = |line: usize, word| search.lines[line].words.says(word);
    let [a, b] = factors;
    let price = says(a, Word::Price) || says(b, Word::Price);
    let quantity = says(a, Word::Quantity) || says(b, Word::Quantity);
    says(target, Word::Worth) && price && quantity
}
