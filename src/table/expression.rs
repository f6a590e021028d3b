//! Column formulas as index rows print them.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = label | number | "(" expression ")" | "[" expression "]" | "{" expression "}"
//!            | ("+" | "-") factor | factor "%"
//! label      = number [ { "." number } ] | letters
//! ```
//!
//! White space and line breaks are dropped before parsing, because cells wrap formulas anywhere
//! (`9=1-2-3-⏎4+5`). `+ - − – — * x X × · / : ÷` are operators; `4+…+9` stands for `4+5+…+9`.
//! A number is a column's label when the table has a column of that name, and a constant
//! otherwise; where the row writes labels in brackets (`(3)=(2)/(1)*100`), a bare number is a
//! constant, and elsewhere only 10, 100, 1000 and 10000 are. `100%` is 100: the per cent sign only repeats the scale.

use std::fmt;

use rust_decimal::Decimal;

/// A column formula's right-hand side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A column by its label.
    Label(String),
    /// A number that is no label.
    Constant(Decimal),
    /// A sum.
    Add(Box<Expression>, Box<Expression>),
    /// A difference.
    Subtract(Box<Expression>, Box<Expression>),
    /// A product.
    Multiply(Box<Expression>, Box<Expression>),
    /// A quotient.
    Divide(Box<Expression>, Box<Expression>),
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => f.write_str(label),
            Self::Constant(value) => write!(f, "{value}"),
            Self::Add(a, b) => write!(f, "{a}+{b}"),
            Self::Subtract(a, b) => write!(f, "{a}-{}", Bracketed(b)),
            Self::Multiply(a, b) => write!(f, "{}*{}", Bracketed(a), Bracketed(b)),
            Self::Divide(a, b) => write!(f, "{}/{}", Bracketed(a), Bracketed(b)),
        }
    }
}

/// Prints a sum with brackets around it.
struct Bracketed<'a>(&'a Expression);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expression::Add(..) | Expression::Subtract(..) => write!(f, "({})", self.0),
            other => write!(f, "{other}"),
        }
    }
}

/// A text that is no column formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a column formula (stopped at character {at})")]
pub struct ParseError {
    /// The text, without white space.
    pub text: String,
    /// Zero-based character where parsing stopped.
    pub at: usize,
}

/// Nested brackets beyond this are no formula of an official table.
const MAX_DEPTH: usize = 32;
/// Characters beyond this are prose.
const MAX_LENGTH: usize = 400;

/// Parses a right-hand side; `is_label` tells the labels of the table.
///
/// # Errors
/// [`ParseError`] when the text is not of the grammar above, too long, or nested too deeply.
pub fn parse(text: &str, is_label: &impl Fn(&str) -> bool) -> Result<Expression, ParseError> {
    let chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bracketed_style = has_bracketed_number(&chars);
    let mut parser = Parser {
        chars: &chars,
        at: 0,
        depth: 0,
        is_label,
        bracketed_style,
        in_label_bracket: false,
    };
    let error = |at| ParseError { text: chars.iter().collect(), at };
    if chars.len() > MAX_LENGTH {
        return Err(error(MAX_LENGTH));
    }
    match parser.expression() {
        Some(expression) if parser.at == chars.len() => Ok(expression),
        _ => Err(error(parser.at)),
    }
}

/// True where a number alone stands in brackets: `(2)`.
fn has_bracketed_number(chars: &[char]) -> bool {
    let mut opened = None;
    for (index, c) in chars.iter().enumerate() {
        match c {
            '(' | '[' => opened = Some(index),
            ')' | ']' => {
                if opened.is_some_and(|start| start + 1 < index) {
                    return true;
                }
                opened = None;
            }
            c if c.is_ascii_digit() || *c == '.' => {}
            _ => opened = None,
        }
    }
    false
}

struct Parser<'a, F> {
    chars: &'a [char],
    at: usize,
    depth: usize,
    is_label: &'a F,
    bracketed_style: bool,
    in_label_bracket: bool,
}

/// Operators under all the signs they are written with.
fn operator(c: char) -> Option<char> {
    match c {
        '+' => Some('+'),
        '-' | '−' | '–' | '—' | '‐' | '‑' => Some('-'),
        '*' | 'x' | 'X' | '×' | '·' | '∙' | '⋅' => Some('*'),
        '/' | ':' | '÷' | '⁄' | '∕' => Some('/'),
        _ => None,
    }
}

impl<F: Fn(&str) -> bool> Parser<'_, F> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take_operator(&mut self, wanted: &[char]) -> Option<char> {
        let found = operator(self.peek()?).filter(|found| wanted.contains(found))?;
        self.at += 1;
        Some(found)
    }

    fn expression(&mut self) -> Option<Expression> {
        let mut left = self.term()?;
        while let Some(sign) = self.take_operator(&['+', '-']) {
            if sign == '+' && self.take_ellipsis() {
                left = self.run(left)?;
                continue;
            }
            let right = Box::new(self.term()?);
            left = if sign == '+' {
                Expression::Add(Box::new(left), right)
            } else {
                Expression::Subtract(Box::new(left), right)
            };
        }
        Some(left)
    }

    fn take_ellipsis(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some('…' | '.')) {
            self.at += 1;
        }
        self.at > start
    }

    /// The rest of `4+…+9` after the ellipsis: all whole labels in between, and the last.
    fn run(&mut self, left: Expression) -> Option<Expression> {
        self.take_operator(&['+'])?;
        let first: u32 = last_label(&left)?.parse().ok()?;
        let Expression::Label(last) = self.factor()? else { return None };
        let last: u32 = last.parse().ok()?;
        if last <= first || last - first > 200 {
            return None;
        }
        let labels = (first + 1..=last)
            .map(|number| number.to_string())
            .filter(|label| (self.is_label)(label))
            .map(Expression::Label);
        Some(labels.fold(left, |sum, label| Expression::Add(Box::new(sum), Box::new(label))))
    }

    fn term(&mut self) -> Option<Expression> {
        let mut left = self.factor()?;
        while let Some(sign) = self.take_operator(&['*', '/']) {
            let right = Box::new(self.factor()?);
            left = if sign == '*' {
                Expression::Multiply(Box::new(left), right)
            } else {
                Expression::Divide(Box::new(left), right)
            };
        }
        Some(left)
    }

    fn factor(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let factor = match self.peek()? {
            '(' => self.bracket(')'),
            '[' => self.bracket(']'),
            '{' => self.bracket('}'),
            c if c.is_ascii_digit() => self.number(),
            c if operator(c) == Some('-') => {
                self.at += 1;
                let inner = self.factor()?;
                let zero = Box::new(Expression::Constant(Decimal::ZERO));
                Some(Expression::Subtract(zero, Box::new(inner)))
            }
            '+' => {
                self.at += 1;
                self.factor()
            }
            _ => self.letters(),
        };
        self.depth -= 1;
        let factor = factor?;
        if self.peek() == Some('%') {
            self.at += 1;
            return Some(per_cent(factor));
        }
        Some(factor)
    }

    fn bracket(&mut self, close: char) -> Option<Expression> {
        self.at += 1;
        let rest = &self.chars[self.at..];
        let digits = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        let outer = self.in_label_bracket;
        self.in_label_bracket = digits > 0 && rest.get(digits) == Some(&close);
        let inner = self.expression()?;
        self.in_label_bracket = outer;
        if self.peek() != Some(close) {
            return None;
        }
        self.at += 1;
        Some(inner)
    }

    fn number(&mut self) -> Option<Expression> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit())
            || (self.peek() == Some('.')
                && self.chars.get(self.at + 1).is_some_and(char::is_ascii_digit))
        {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        let may_be_label = !self.bracketed_style || self.in_label_bracket;
        if may_be_label && (self.is_label)(&text) {
            return Some(Expression::Label(text));
        }
        // Where labels are written bare, a number that is none is a scale, or names a column that
        // is not there: no rule is made of it.
        let scale = ["10", "100", "1000", "10000"].contains(&text.as_str());
        (self.bracketed_style || scale).then(|| text.parse().ok().map(Expression::Constant))?
    }

    fn letters(&mut self) -> Option<Expression> {
        let start = self.at;
        while self.peek().is_some_and(char::is_alphabetic)
            && (self.at == start || operator(self.chars[self.at]).is_none())
        {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        (!text.is_empty() && (self.is_label)(&text)).then_some(Expression::Label(text))
    }
}

/// `3/1%` and `x100%` both print a scale of 100; a per cent sign after 100 only repeats it.
fn per_cent(factor: Expression) -> Expression {
    match factor {
        Expression::Constant(value) if value == Decimal::ONE_HUNDRED => factor,
        Expression::Constant(value) => Expression::Constant(value / Decimal::ONE_HUNDRED),
        // `4=3/1%`: per cent of column 1, so the quotient is a hundred times as large.
        other => Expression::Multiply(
            Box::new(other),
            Box::new(Expression::Constant(Decimal::new(1, 2))),
        ),
    }
}

/// The label a sum ends with.
fn last_label(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Label(label) => Some(label),
        Expression::Add(_, right) => last_label(right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let label = |label: &str| {
            label.parse::<u32>().is_ok_and(|n| (1..=22).contains(&n))
                || ["a", "b", "II", "1.2"].contains(&label)
        };
        parse(text, &label).map_or_else(|error| error.to_string(), |e| e.to_string())
    }

    #[test]
    fn formulas_of_real_index_rows() {
        for (text, expected) in [
            ("3/1", "3/1"),
            ("3/1*10\n0", "3/1*100"),
            ("1-2-3-\n4+5+6+7+\n8", "1-2-3-4+5+6+7+8"),
            ("2 + 3 + 4", "2+3+4"),
            ("(2)-(1)", "2-1"),
            ("[(6)+(8)+(10)]/6", "(6+8+10)/6"),
            ("(3)/8", "3/8"),
            ("13/5 x100%", "13/5*100"),
            ("(4-7)", "4-7"),
            ("13/(7-5)*100", "13/(7-5)*100"),
            ("9X10", "9*10"),
            ("(3):(1)x100", "3/1*100"),
            ("4+…+9", "4+5+6+7+8+9"),
            ("4+...+6", "4+5+6"),
            ("a/b", "a/b"),
            ("1.2-II", "1.2-II"),
        ] {
            assert_eq!(printed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for text in ["", "3/", "Tổng số", "3//1", "(3", "3)", "1 2 +", &"(".repeat(10_000)] {
            let label = |_: &str| true;
            let parsed = parse(text, &label);
            assert!(parsed.is_err() || text == "Tổng số", "{text}: {parsed:?}");
        }
    }
}
