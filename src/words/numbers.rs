//! Numbers as offices write them.

/// Digits of a whole number with a dot after thousands, millions and billions (Luật Kế toán
/// 88/2015/QH13, Điều 11.2).
#[must_use]
pub fn group_thousands(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    push_grouped(digits, &mut grouped);
    grouped
}

/// The same, at the end of a text.
pub(crate) fn push_grouped(digits: &str, into: &mut String) {
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            into.push('.');
        }
        into.push(digit);
    }
}
