//! The index row: the line under the headings that names the columns and states their formulas.
//!
//! ```text
//! index row = { cell }
//! cell      = [ caption ] [ "%" ] label [ "=" [ "%" ] expression ]   (caption may open a bracket)
//! label     = digits { "." digits } | "(" digits ")" | one or two letters | Roman number
//! ```
//!
//! `expression` is the grammar of [`crate::table::parse_expression`]. White space and line breaks
//! count for nothing. A label is a name, never a position: labels are skipped, repeated and out of
//! order in print. Excel turns some of what is typed into something else: `(1)` becomes the number
//! −1, `1.0` the number 1, and a bare `3/1` a date, which is no longer readable as a label.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::table::plain_number;
use crate::workbook::Value;

/// One cell of an index row, before labels are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexCell {
    /// The column's name.
    pub label: String,
    /// The text after the equals sign, white space dropped, if there is one.
    pub formula: Option<String>,
    /// True when words stood before the label: the formula is part of a caption.
    pub in_caption: bool,
}

/// Reads one cell as a member of an index row; `None` when it is none.
#[must_use]
pub fn read_cell(value: &Value) -> Option<IndexCell> {
    match value {
        Value::Number(number) => label_number(*number),
        Value::Text(text) => read_text(text),
        _ => None,
    }
}

/// A number in an index row: whole and small, or a bracketed label that became negative.
fn label_number(number: Decimal) -> Option<IndexCell> {
    let number = number.abs().normalize();
    let small = number.scale() <= 1 && number < Decimal::ONE_THOUSAND;
    small.then(|| IndexCell { label: plain_number(number), formula: None, in_caption: false })
}

fn read_text(raw: &str) -> Option<IndexCell> {
    if is_prose(raw) {
        return None;
    }
    let text: Cow<'_, str> = if raw.contains(char::is_whitespace) {
        raw.chars().filter(|c| !c.is_whitespace()).collect()
    } else {
        raw.into()
    };
    if text.len() > 400 && text.chars().count() > 400 {
        return None;
    }
    let text = without_word_for_column(text);
    match text.find('=') {
        None => match plain_label(&text) {
            Some(label) => Some(IndexCell { label, formula: None, in_caption: false }),
            None => caption_label(raw.trim()),
        },
        Some(at) => read_formula(&text, at),
    }
}

/// True for what nearly all texts are: words without a formula, or a label at their end. A label has
/// five letters at most, beside the word for column.
fn is_prose(text: &str) -> bool {
    let may_hold_label = |c| matches!(c, '=' | ')' | ']' | '\n') || OF_WORD_FOR_COLUMN.contains(&c);
    text.len() > 5
        && !text.contains(may_hold_label)
        && text.chars().filter(|c| c.is_alphabetic()).nth(5).is_some()
}

const WORD_FOR_COLUMN: [&str; 3] = ["cột", "Cột", "CỘT"];

/// The letters without which none of these words occurs.
const OF_WORD_FOR_COLUMN: [char; 2] = ['ộ', 'Ộ'];

/// `cột 4 = cột 2 + cột 3`: the word before a label says no more than that it is one.
fn without_word_for_column(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(OF_WORD_FOR_COLUMN) {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(c) = rest.chars().next() {
        let word = WORD_FOR_COLUMN.into_iter().find_map(|word| rest.strip_prefix(word));
        if let Some(after) =
            word.filter(|after| after.starts_with(|c: char| c.is_ascii_digit() || c == '('))
        {
            rest = after;
            continue;
        }
        kept.push(c);
        rest = &rest[c.len_utf8()..];
    }
    kept.into()
}

/// `Nam (2)`, `Nam [2]`, or `2` on a line of its own under `Nam`: a label at the end of a caption.
fn caption_label(text: &str) -> Option<IndexCell> {
    let in_brackets = |open: char, close: char| {
        let (caption, rest) = text.rsplit_once(open)?;
        Some((caption, rest.strip_suffix(close)?))
    };
    let (caption, inner) = in_brackets('(', ')')
        .or_else(|| in_brackets('[', ']'))
        .or_else(|| text.rsplit_once('\n'))?;
    let inner = inner.trim();
    let number = !inner.is_empty() && inner.len() <= 3 && inner.bytes().all(|b| b.is_ascii_digit());
    let words = caption.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    (number && words).then(|| IndexCell {
        label: inner.to_owned(),
        formula: None,
        in_caption: true,
    })
}

fn read_formula(text: &str, equals: usize) -> Option<IndexCell> {
    let (left, right) = (&text[..equals], &text[equals + 1..]);
    // `(d)=(b)+(c)`: letters are labels only where nothing else stands before the sign.
    let start = if plain_label(left).is_some() { 0 } else { label_start(left) };
    let (caption, label) = left.split_at(start);
    let label = plain_label(label)?;
    let right = right.trim_start_matches('%');
    // `Tổng số (1=2+3)`: the bracket that opened before the label closes after the formula.
    let opened = caption.ends_with(['(', '[']);
    let right = if opened { right.strip_suffix([')', ']'])? } else { right };
    let caption = caption.trim_end_matches(['(', '[', '%']);
    Some(IndexCell { label, formula: Some(right.to_owned()), in_caption: !caption.is_empty() })
}

/// Where the label at the end of a text begins.
fn label_start(left: &str) -> usize {
    let mut start = left.len();
    let mut bracket = false;
    for (index, c) in left.char_indices().rev() {
        let part = match c {
            ')' if start == left.len() => {
                bracket = true;
                true
            }
            '(' if bracket => {
                return index;
            }
            c => c.is_ascii_digit() || c == '.',
        };
        if !part {
            break;
        }
        start = index;
    }
    // A lone letter is a label only when it is all there is.
    if start == left.len() { 0 } else { start }
}

/// A label without its brackets; `None` when the text is no label.
fn plain_label(text: &str) -> Option<String> {
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
        .unwrap_or(text);
    // Three digits after a dot are a number with its thousands set apart.
    let digits = !inner.is_empty()
        && inner.split('.').enumerate().all(|(level, part)| {
            (1..=if level == 0 { 3 } else { 2 }).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_digit())
        });
    let letter = inner.chars().count() == 1 && inner.chars().all(char::is_alphabetic);
    let roman = inner.len() <= 5 && !inner.is_empty() && inner.chars().all(|c| "IVX".contains(c));
    (digits || letter || roman).then(|| inner.to_owned())
}

/// Numbers that begin otherwise than 1, 2, 3, leave some out or repeat some, and number columns for
/// all that.
const MIN_RELAXED: usize = 4;

/// True when the cells name the columns of a table: at least one states a formula, or the plain
/// numbers among them run 1, 2, 3 … without a gap, or nearly so.
#[must_use]
pub fn is_index_row(cells: &[&IndexCell]) -> bool {
    let numbers: Vec<u32> = cells.iter().filter_map(|cell| cell.label.parse().ok()).collect();
    if cells.iter().any(|cell| cell.formula.is_some()) {
        return cells.len() >= 2;
    }
    // Numbers in captions count only beside a formula: `Nhóm tuổi (15)` is no label.
    let captions = cells.iter().any(|cell| cell.in_caption);
    let exact = || numbers.iter().zip(1..).all(|(number, expected)| *number == expected);
    // `A B 1`, `A 1 2`
    let least = if follows_letters(cells) { 1 } else { 3 };
    !captions && numbers.len() >= least && (exact() || counts_columns(&numbers))
}

/// True for numbers after letters in their order, `A B`.
fn follows_letters(cells: &[&IndexCell]) -> bool {
    let order = ('A'..='Z').map(String::from);
    let letters = cells.iter().zip(order).take_while(|(cell, letter)| cell.label == *letter);
    let letters = letters.count();
    letters > 0 && cells[letters..].iter().all(|cell| cell.label.parse::<u32>().is_ok())
}

/// True for numbers from 0 or 1 on of which most count up by one: some are left out, one or two are
/// repeated, one may stand out of order.
fn counts_columns(numbers: &[u32]) -> bool {
    let steps = || numbers.windows(2).map(|pair| (pair[0], pair[1]));
    let next = steps().filter(|(a, b)| *b == a + 1).count();
    let same = steps().filter(|(a, b)| a == b).count();
    let down = steps().filter(|(a, b)| b < a).count();
    numbers.len() >= MIN_RELAXED
        && numbers[0] <= 1
        && next * 2 >= numbers.len() - 1
        && same <= 2
        && down <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>, bool)> {
        read_cell(&Value::Text(text.into())).map(|c| (c.label, c.formula, c.in_caption))
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with what `read` gives")]
    fn formula(
        label: &str,
        right: &str,
        in_caption: bool,
    ) -> Option<(String, Option<String>, bool)> {
        Some((label.into(), Some(right.into()), in_caption))
    }

    #[test]
    fn cells_of_real_index_rows() {
        assert_eq!(read("4=3/1"), formula("4", "3/1", false));
        assert_eq!(read("9=1-2-3-\n4+5"), formula("9", "1-2-3-4+5", false));
        assert_eq!(read("(3)= (2)-(1)"), formula("3", "(2)-(1)", false));
        assert_eq!(read("Tổng số (1=2+3)"), formula("1", "2+3", true));
        assert_eq!(read("Tổng giờ\n(3)=(1)+(2)"), formula("3", "(1)+(2)", true));
        assert_eq!(read("% (3)=(2)/(1)*100"), formula("3", "(2)/(1)*100", false));
        assert_eq!(read("14=13/5 x100%"), formula("14", "13/5x100%", false));
        assert_eq!(read("(4)=(3):(1)x100"), formula("4", "(3):(1)x100", false));
        assert_eq!(read("c=a/b"), formula("c", "a/b", false));
        assert_eq!(read(" A "), Some(("A".into(), None, false)));
        assert_eq!(read("II"), Some(("II".into(), None, false)));
        assert_eq!(read("1.2.10"), Some(("1.2.10".into(), None, false)));
    }

    #[test]
    fn what_the_spreadsheet_made_of_a_label() {
        let label = |number: Decimal| read_cell(&Value::Number(number)).map(|c| c.label);
        assert_eq!(label(Decimal::from(-1)), Some("1".into()));
        assert_eq!(label(Decimal::new(10, 1)), Some("1".into()));
        assert_eq!(label(Decimal::from(2024)), None);
        assert_eq!(label(Decimal::ZERO), Some("0".into()));
    }

    #[test]
    fn prose_and_data_are_no_labels() {
        for text in ["Tổng số", "Số hộ", "2024-2025", "10.000", "a=b=c d", "="] {
            assert!(read(text).is_none_or(|c| c.1.is_some()), "{text}");
        }
        assert_eq!(read("Tổng số"), None);
        assert_eq!(read("10.0000"), None);
    }
}
