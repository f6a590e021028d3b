//! The conditions of `SUMIF` and its kin: `"xã"`, `">0"`, `"<>"`, `"Tây*"`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::evaluate::{Step, unsupported};
use super::super::scalar::{
    ErrorKind, NumericText, Scalar, depends, fifteen_digits, numeric_text, same,
};

/// A condition on one cell.
#[derive(Debug, Clone)]
pub(super) struct Criterion {
    operator: Operator,
    operand: Scalar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("<=", Operator::LessEqual),
    (">=", Operator::GreaterEqual),
    ("<>", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

impl Criterion {
    pub(super) fn new(value: Scalar) -> Step<Self> {
        let text = match value {
            Scalar::Text(text) => text,
            // A criterion that refers to a blank cell stands for 0.
            Scalar::Blank => return Ok(Self::equal(Scalar::Number(0.0))),
            other => return Ok(Self::equal(other)),
        };
        let (operator, rest) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))
            .unwrap_or((Operator::Equal, &text));
        if let Some(named) = named_value(rest) {
            return Ok(Self { operator, operand: named });
        }
        let operand = match numeric_text(rest) {
            NumericText::Number(number) => Scalar::Number(number),
            NumericText::Depends => return Err(depends(rest)),
            NumericText::No if rest.is_empty() && text.len() > rest.len() => Scalar::Blank,
            NumericText::No => Scalar::Text(Arc::from(rest)),
        };
        Ok(Self { operator, operand })
    }

    fn equal(operand: Scalar) -> Self {
        Self { operator: Operator::Equal, operand }
    }

    pub(super) fn holds(&self, value: &Scalar) -> Step<bool> {
        match (self.operator, &self.operand) {
            (Operator::Equal, operand) => equals(operand, value),
            // A text that looks like the number equals it under `"1"` and differs under `"<>1"`.
            (Operator::NotEqual, Scalar::Number(_)) if matches!(value, Scalar::Text(_)) => Ok(true),
            (Operator::NotEqual, operand) => Ok(!equals(operand, value)?),
            (_, Scalar::Number(limit)) => Ok(match value {
                Scalar::Number(number) => self.orders(*number, *limit),
                _ => false,
            }),
            _ => unsupported("order of texts", ""),
        }
    }

    fn orders(&self, number: f64, limit: f64) -> bool {
        let order = fifteen_digits(number).partial_cmp(&fifteen_digits(limit));
        match self.operator {
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessEqual => order.is_some_and(Ordering::is_le),
            Operator::Greater => order == Some(Ordering::Greater),
            _ => order.is_some_and(Ordering::is_ge),
        }
    }
}

/// Truth values and errors, which a criterion spells out.
fn named_value(text: &str) -> Option<Scalar> {
    match text.to_ascii_uppercase().as_str() {
        "TRUE" => Some(Scalar::Bool(true)),
        "FALSE" => Some(Scalar::Bool(false)),
        name => ErrorKind::from_name(name).map(Scalar::Error),
    }
}

fn equals(operand: &Scalar, value: &Scalar) -> Step<bool> {
    match (operand, value) {
        (Scalar::Blank, value) => Ok(*value == Scalar::Blank),
        // `""` as a criterion meets blanks and empty texts.
        (Scalar::Text(pattern), Scalar::Blank) => Ok(pattern.is_empty()),
        (Scalar::Text(pattern), Scalar::Text(text)) => Ok(matches(pattern, text)),
        (Scalar::Number(_), Scalar::Text(text)) => match numeric_text(text) {
            NumericText::Number(number) => Ok(same(operand, &Scalar::Number(number))),
            NumericText::No => Ok(false),
            NumericText::Depends => Err(depends(text)),
        },
        (Scalar::Error(a), Scalar::Error(b)) => Ok(a == b),
        _ => Ok(same(operand, value)),
    }
}

/// True when a text fits a pattern with `*`, `?` and the escape `~`, letter case aside.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern_items(&pattern.to_lowercase());
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut at, mut next) = (0, 0);
    let mut retry = None;
    while at < text.len() {
        match pattern.get(next) {
            Some(Item::Any) => {
                retry = Some((next + 1, at));
                next += 1;
            }
            Some(item) if item.fits(text[at]) => {
                next += 1;
                at += 1;
            }
            _ => match retry {
                Some((after, start)) => {
                    retry = Some((after, start + 1));
                    (next, at) = (after, start + 1);
                }
                None => return false,
            },
        }
    }
    pattern[next..].iter().all(|item| matches!(item, Item::Any))
}

enum Item {
    Any,
    One,
    Letter(char),
}

impl Item {
    fn fits(&self, letter: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Letter(own) => *own == letter,
        }
    }
}

fn pattern_items(pattern: &str) -> Vec<Item> {
    let mut chars = pattern.chars().peekable();
    let mut items = Vec::new();
    while let Some(letter) = chars.next() {
        items.push(match letter {
            '*' => Item::Any,
            '?' => Item::One,
            '~' => Item::Letter(chars.next_if(|c| "*?~".contains(*c)).unwrap_or('~')),
            letter => Item::Letter(letter),
        });
    }
    items
}
