//! Numbers as texts: decided per column from all its cells, never per cell.
//!
//! Vietnamese figures have a dot after thousands and a comma before decimals (Luật Kế toán
//! 88/2015/QH13, Điều 11.2); software exports write a decimal point and no grouping. `1.433` alone
//! says neither. Three digits after every dot of a column mean grouping; one text that can only be
//! read one way decides for the column.

use rust_decimal::Decimal;

use crate::table::{Date, Datum, Figure, Reading, normal};
use crate::words::{annotated_figure, visible};
use crate::workbook::{Cell, NumberFormat, Value};

/// Whole figures below 1000 among which one with a comma before three digits has no decimals either.
const MANY_SMALL: usize = 8;

/// What separates the decimals of a column's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notation {
    /// `1.433,5`: the Vietnamese way.
    #[default]
    DecimalComma,
    /// `1,433.5` or `1433.5`: the way of software exports.
    DecimalPoint,
    /// Things counted one by one: `1.433` and `1,433` are both thousands, even beside each other.
    Whole,
}

/// How the texts of one column spell their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Texts that can only have a decimal comma.
    pub comma: usize,
    /// Texts that can only have a decimal point.
    pub point: usize,
    /// Texts such as `1,433`, read either way.
    pub grouped_by_comma: usize,
    /// Whole figures below 1000, which no notation groups; numbers are counted until one is ungrouped.
    pub below_thousand: usize,
    /// Whole figures from 1000 on without a separator, and numbers with decimals: nothing is
    /// grouped where those stand. Of numbers the first is counted.
    pub ungrouped: usize,
}

impl Evidence {
    /// Gathers the evidence of a column's values.
    pub fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        let mut evidence = Self::default();
        values.for_each(|value| evidence.add(value));
        evidence
    }

    /// Takes a value into account.
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::Text(text) => match spelling(text) {
                Some(Spelling::Comma) => self.comma += 1,
                Some(Spelling::Point) => self.point += 1,
                Some(Spelling::OneCommaGroup) => self.grouped_by_comma += 1,
                Some(Spelling::Plain) if text.chars().filter(char::is_ascii_digit).count() < 4 => {
                    self.below_thousand += 1;
                }
                Some(Spelling::Plain) => self.ungrouped += 1,
                Some(Spelling::OneDotGroup) | None => {}
            },
            // Once something stands there ungrouped, commas do not group, and numbers tell nothing more.
            Value::Number(_) if self.ungrouped > 0 => {}
            // A number from 1000 on is stored without separators whatever the texts do.
            Value::Number(number) if number.scale() == 0 => {
                self.below_thousand += usize::from(number.mantissa().unsigned_abs() < 1_000);
            }
            Value::Number(number) if !without_residue(*number).is_integer() => self.ungrouped += 1,
            Value::Number(number) if number.abs() < Decimal::ONE_THOUSAND => {
                self.below_thousand += 1;
            }
            _ => {}
        }
    }

    /// The column's notation; `whole` tells a column of counts, where `1,433` cannot be decimals.
    #[must_use]
    pub fn notation(self, whole: bool) -> Notation {
        let undecided = self.comma == 0 && self.point == 0 && self.grouped_by_comma > 0;
        if whole {
            Notation::Whole
        } else if self.point > self.comma || (undecided && self.groups_by_comma()) {
            Notation::DecimalPoint
        } else {
            Notation::DecimalComma
        }
    }
}

impl Evidence {
    /// `1,573` beside `515` and `92`: all that stands below 1000 is whole, and nothing from there on
    /// without a comma. Decimals would show on the small figures as well; of a lone `3,318` on many of
    /// them.
    #[must_use]
    pub fn groups_by_comma(self) -> bool {
        let small = if self.grouped_by_comma > 1 { 1 } else { MANY_SMALL };
        self.grouped_by_comma > 0 && self.below_thousand >= small && self.may_group_by_comma()
    }

    /// True where nothing speaks against commas before thousands.
    #[must_use]
    pub fn may_group_by_comma(self) -> bool {
        self.comma == 0 && self.ungrouped == 0
    }
}

/// True when a value of a column with this notation is a whole figure, or none at all.
#[must_use]
pub fn is_whole(value: &Value, notation: Notation) -> bool {
    match value {
        Value::Number(number) => number.scale() == 0 || without_residue(*number).is_integer(),
        Value::Text(text) => read_text(text, notation).is_none_or(|(value, _)| value.is_integer()),
        _ => true,
    }
}

/// What a text's separators say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Digits alone.
    Plain,
    /// Only a decimal comma makes sense of it.
    Comma,
    /// Only a decimal point makes sense of it.
    Point,
    /// `1.433`.
    OneDotGroup,
    /// `1,433`.
    OneCommaGroup,
}

/// A text without sign, brackets, blanks and per cent sign: its digits and separators.
struct Stripped {
    digits: String,
    negative: bool,
}

fn strip(text: &str) -> Option<Stripped> {
    // Most texts are words.
    if text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let text = visible(text);
    let text = text.trim().trim_end_matches('%').trim_end();
    let (text, bracketed) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let unsigned = text.strip_prefix(['-', '−', '–']).map(str::trim_start);
    let negative = bracketed || unsigned.is_some();
    let body = unsigned.or_else(|| text.strip_prefix('+')).unwrap_or(text);
    if !body.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits: String = body.chars().filter(|c| *c != ' ').collect();
    let valid = digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        && blanks_group_thousands(unsigned.unwrap_or(text));
    valid.then_some(Stripped { digits, negative })
}

/// Blanks inside a number stand only before groups of three digits.
fn blanks_group_thousands(text: &str) -> bool {
    let mut groups = text.trim().split(' ');
    groups.next();
    groups.all(|group| {
        let digits = group.chars().take_while(char::is_ascii_digit).count();
        digits == 3
    })
}

fn spelling(text: &str) -> Option<Spelling> {
    let digits = strip(text)?.digits;
    let (dots, commas) = (digits.matches('.').count(), digits.matches(',').count());
    Some(match (dots, commas) {
        (0, 0) => Spelling::Plain,
        (1, 0) if is_grouped(&digits, '.') => Spelling::OneDotGroup,
        (1, 0) => Spelling::Point,
        (0, 1) if is_grouped(&digits, ',') => Spelling::OneCommaGroup,
        (0, 1) => Spelling::Comma,
        (_, 0) if is_grouped(&digits, '.') => Spelling::Comma,
        (0, _) if is_grouped(&digits, ',') => Spelling::Point,
        (_, 1) if digits.rfind('.') < digits.rfind(',') => {
            let whole = digits.split(',').next().unwrap_or_default();
            return is_grouped(whole, '.').then_some(Spelling::Comma);
        }
        (1, _) if digits.rfind(',') < digits.rfind('.') => {
            let whole = digits.split('.').next().unwrap_or_default();
            return is_grouped(whole, ',').then_some(Spelling::Point);
        }
        _ => return None,
    })
}

/// Groups of three after a first one of one to three digits that is not a lone zero.
fn is_grouped(digits: &str, separator: char) -> bool {
    let mut groups = digits.split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|g| g.len() == 3)
}

/// Reads a text as a number: value and decimals on paper.
fn read_text(text: &str, notation: Notation) -> Option<(Decimal, u32)> {
    let stripped = strip(text)?;
    let spelling = spelling(text)?;
    let decimal = match (spelling, notation) {
        // Three digits after the only separator: it groups.
        (Spelling::OneCommaGroup, Notation::Whole) => '.',
        (Spelling::Comma, _)
        | (
            Spelling::OneDotGroup | Spelling::OneCommaGroup | Spelling::Plain,
            Notation::DecimalComma | Notation::Whole,
        ) => ',',
        (Spelling::Point, _) | (_, Notation::DecimalPoint) => '.',
    };
    let grouping = if decimal == ',' { '.' } else { ',' };
    let plain = stripped.digits.replace(grouping, "").replace(decimal, ".");
    let value: Decimal = plain.parse().ok()?;
    if is_beyond_figures(value) {
        return None;
    }
    let value = if stripped.negative { -value } else { value };
    Some((value, value.scale()))
}

/// A figure typed as text, with the decimals it prints, where each notation reads it alike: digits alone,
/// decimals behind a comma, and of things that are counted groups of three. `None` for any other text.
pub(crate) fn unmistakable(text: &str, counts: bool) -> Option<(Decimal, u32)> {
    // Nearly all are short, and need not be taken apart to be told.
    const SHORT: usize = 15;
    let bytes = text.as_bytes();
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let whole = bytes.iter().position(|byte| !is_digit(byte)).unwrap_or(bytes.len());
    let decimals = bytes.get(whole + 1..).unwrap_or_default();
    let is_plain = match bytes.get(whole) {
        None => true,
        Some(b',') => !decimals.is_empty() && decimals.len() != 3 && decimals.iter().all(is_digit),
        Some(_) => false,
    };
    if is_plain && (1..=SHORT).contains(&whole) && bytes.len() <= SHORT {
        let digits = bytes.iter().filter(|byte| is_digit(byte));
        let number = digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        let places = u32::try_from(decimals.len()).ok()?;
        return Some((Decimal::new(number, places).normalize(), places));
    }
    let is_figure = |byte: &u8| is_digit(byte) || matches!(byte, b'.' | b',');
    let is_told = match spelling(text).filter(|_| bytes.iter().all(is_figure))? {
        Spelling::Plain | Spelling::Comma => true,
        Spelling::OneDotGroup => counts,
        Spelling::Point | Spelling::OneCommaGroup => false,
    };
    let notation = if counts { Notation::Whole } else { Notation::DecimalComma };
    let (value, places) = read_text(text, notation).filter(|_| is_told)?;
    Some((value.normalize(), places))
}

/// Figures of official tables are counts and amounts of money; from a billion billions on a number is
/// none, and the sums of a million such figures would be beyond exact decimals.
const BEYOND_FIGURES: Decimal = Decimal::from_parts(2_808_348_672, 232_830_643, 0, false, 0);

pub(crate) fn is_beyond_figures(value: Decimal) -> bool {
    // Without its point a number is never smaller, so that few digits tell at once.
    let has_many_digits =
        value.mantissa().unsigned_abs() >= BEYOND_FIGURES.mantissa().unsigned_abs();
    has_many_digits && (value.scale() == 0 || value.abs() >= BEYOND_FIGURES)
}

/// Reads a lone number in either notation; of `1.433` alone the Vietnamese reading is taken.
#[must_use]
pub fn read_number_text(text: &str) -> Option<Decimal> {
    read_text(text, Notation::DecimalComma).map(|(value, _)| value.normalize())
}

/// Texts that stand for nothing: the places of figures that do not apply.
const NOT_APPLICABLE: &[&str] = &["x", "X", "#", "…", "..."];

/// Reads one cell of a figure column.
#[must_use]
pub fn read_cell(cell: Option<&Cell>, format: &NumberFormat, notation: Notation) -> Datum {
    let Some(cell) = cell else {
        return Datum::blank();
    };
    let read = match &cell.value {
        // As most cells: put together once, where the others are moved again.
        Value::Number(number) => {
            let (reading, formula) = (read_number(*number, format), cell.formula.clone());
            return Datum { reading, written: None, formula };
        }
        Value::Text(text) => read_label(text.trim(), notation),
        Value::Blank => Datum::blank(),
        Value::Bool(truth) => {
            let text = if *truth { "TRUE" } else { "FALSE" };
            Datum::new(Reading::Text(text.to_owned()))
        }
        Value::Date(serial) => {
            let shown = Date::of_serial(*serial).map(|date| date.to_string());
            Datum::new(Reading::Text(shown.unwrap_or_else(|| serial.to_string())))
        }
        Value::Error(error) => Datum::new(Reading::Error(error.to_string())),
        Value::Unknown(unknown) => Datum::new(Reading::Unknown(unknown.clone())),
    };
    Datum { formula: cell.formula.clone(), ..read }
}

/// Decimals beyond which a figure of a table holds only what binary arithmetic left.
const RESIDUE_PLACES: u32 = 6;
/// The share of a figure that binary arithmetic may leave, and what it may leave of nothing.
const RESIDUE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);
const RESIDUE_OF_ZERO: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// A stored number without what binary arithmetic left in it: 5,55E-17 is 0, 3,30000000000000003 is
/// 3,3. A longer fraction is none: 0,333333333333333 stays.
fn without_residue(number: Decimal) -> Decimal {
    if number.scale() <= RESIDUE_PLACES {
        return number;
    }
    let near = number.round_dp(RESIDUE_PLACES);
    let residue = (number - near).abs();
    let most = number.abs().max(Decimal::ONE).checked_mul(RESIDUE).unwrap_or_default();
    let most = if near.is_zero() { RESIDUE_OF_ZERO } else { most };
    if residue <= most { near.normalize() } else { number }
}

fn read_number(number: Decimal, format: &NumberFormat) -> Reading {
    // A format with decimals shows the number as it is, a hair below a half rounded down.
    let number = if format.decimals.is_none() { without_residue(number) } else { number };
    if is_beyond_figures(number) {
        return Reading::Text(number.to_string());
    }
    if number.scale() == 0 && !format.percent {
        let decimals = format.decimals.unwrap_or_default();
        return Reading::Number(Figure::new(number, decimals));
    }
    let exact = normal(if format.percent { number * Decimal::ONE_HUNDRED } else { number });
    let hides = format.decimals.is_some_and(|decimals| decimals < exact.scale());
    let shown = if hides { normal(format.shown(number)) } else { exact };
    let decimals = format.decimals.unwrap_or_else(|| shown.scale());
    let figure = Figure { percent: format.percent, ..Figure::new(shown, decimals) };
    Reading::Number(figure.stored_as(exact))
}

fn read_label(text: &str, notation: Notation) -> Datum {
    let clean = visible(text);
    let text = clean.trim();
    if text.is_empty() || NOT_APPLICABLE.contains(&text) {
        return Datum::blank().printing(text);
    }
    if matches!(text, "-" | "–" | "—" | "−") {
        return Datum::new(Reading::Dash).printing(text);
    }
    // A figure with its unit or a mark is read through; the mark is told.
    let read = read_text(text, notation)
        .or_else(|| annotated_figure(text).and_then(|figure| read_text(figure, notation)));
    match read {
        Some((value, decimals)) => {
            let shown = value.normalize();
            let figure = Figure { is_text: true, ..Figure::new(shown, decimals) };
            Datum::new(Reading::Number(figure)).printing(text)
        }
        None => Datum::new(Reading::Text(text.to_owned())),
    }
}

/// True when a value could be a figure in some notation.
#[must_use]
pub fn looks_like_figure(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Error(_) | Value::Unknown(_) => true,
        Value::Text(text) => spelling(text).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str], whole: bool) -> Vec<String> {
        let values: Vec<Value> = texts.iter().map(|t| Value::Text((*t).to_owned())).collect();
        let notation = Evidence::of(values.iter()).notation(whole);
        texts
            .iter()
            .map(|text| {
                read_text(text, notation).map_or("?".to_owned(), |(v, d)| format!("{v}/{d}"))
            })
            .collect()
    }

    #[test]
    fn a_column_decides_for_its_cells() {
        assert_eq!(read(&["1.433", "360"], true), ["1433/0", "360/0"]);
        assert_eq!(
            read(&["0,00", "0", "0,7", "1,67"], false),
            ["0.00/2", "0/0", "0.7/1", "1.67/2"]
        );
        assert_eq!(read(&["375.2", "12.345", "2040"], false), ["375.2/1", "12.345/3", "2040/0"]);
        assert_eq!(read(&["1,433", "360"], true), ["1433/0", "360/0"]);
        assert_eq!(read(&["1,433", "1.639", "1,5"], true), ["1433/0", "1639/0", "1.5/1"]);
        assert_eq!(read(&["1,433", "1.639"], false), ["1.433/3", "1639/0"]);
        assert_eq!(read(&["1,433", "360"], false), ["1.433/3", "360/0"]);
        assert_eq!(
            read(&["1.234.567,8", "(12)", "- 5", "+3"], false),
            ["1234567.8/1", "-12/0", "-5/0", "3/0"]
        );
        assert_eq!(read(&["3 022", "2,35 %", "11 898"], false), ["3022/0", "2.35/2", "11898/0"]);
    }

    #[test]
    fn an_unmistakable_text_is_what_each_notation_reads() {
        let texts = [
            "0",
            "7",
            "360",
            "1433",
            "007",
            "1,5",
            "2,35",
            "2,3500",
            "0,70",
            "1,433",
            "12,",
            ",5",
            "1.433",
            "1.433.000",
            "1.433,5",
            "2.5",
            "1,433,000",
            "-5",
            "(5)",
            "1 433",
            "5%",
            "x",
            "",
            "123456789012345",
            "1234567890123456",
            "12345678901234567890",
            "12,34567890123456",
        ];
        for text in texts {
            for counts in [false, true] {
                let notations = [Notation::DecimalComma, Notation::DecimalPoint];
                let of_counts = [Notation::Whole];
                let notations = if counts { &of_counts[..] } else { &notations };
                let read = |notation: &Notation| {
                    let (value, places) = read_text(text, *notation)?;
                    Some((value.normalize(), places))
                };
                let told = unmistakable(text, counts);
                if told.is_some() {
                    let all = notations.iter().all(|notation| read(notation) == told);
                    assert!(all, "{text}: {told:?}");
                }
            }
        }
        let told = |text: &str, counts| unmistakable(text, counts).map(|(v, d)| format!("{v}/{d}"));
        assert_eq!(told("1.433", true).as_deref(), Some("1433/0"));
        assert_eq!(told("1.433", false), None);
        assert_eq!(told("1.433.000", false).as_deref(), Some("1433000/0"));
        assert_eq!(told("0,70", false).as_deref(), Some("0.7/2"));
        for text in ["1,433", "2.5", "-5", "5%", "x", "", ",5", "12,"] {
            assert_eq!(told(text, false), None, "{text}");
        }
    }

    #[test]
    fn what_binary_arithmetic_leaves_is_no_fraction() {
        let read = |text: &str| without_residue(text.parse().unwrap()).to_string();
        for (stored, figure) in [
            ("0.0000000000000000555", "0"),
            ("-0.0000000000000018", "0"),
            ("0.000000000116", "0"),
            ("3.3000000000000003", "3.3"),
            ("291.0000000000001", "291"),
            ("1582.9999999999998", "1583"),
            ("0.333333333333333", "0.333333333333333"),
            ("66.6666666666667", "66.6666666666667"),
            ("0.000001", "0.000001"),
        ] {
            assert_eq!(read(stored), figure, "{stored}");
        }
    }

    #[test]
    fn what_is_no_number_stays_text() {
        assert_eq!(BEYOND_FIGURES.to_string(), "1000000000000000000");
        let beyond = ["1000000000000000000", "-79.228.162.514.264.337.593.543.950.335"];
        for text in beyond {
            assert_eq!(read_text(text, Notation::DecimalComma), None, "{text}");
        }
        for text in ["", "Tiền T", "1.43.2", "1 2", "12 hộ", ".5", "5.", "1,2,3", "--", "?"] {
            assert_eq!(read_text(text, Notation::DecimalComma), None, "{text}");
        }
    }
}
