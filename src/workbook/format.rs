//! Number formats: how many decimals a cell shows, and whether it shows a per cent.

use rust_decimal::{Decimal, RoundingStrategy};

/// A number format, reduced to what decides the figure on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    /// The format code as the file holds it, for instance `#,##0.00`.
    pub code: String,
    /// Decimals shown; `None` where the format shows as many as the number has (`General`).
    pub decimals: Option<u32>,
    /// True when the value is shown times 100 with a per cent sign.
    pub percent: bool,
    /// True when thousands are set apart.
    pub grouped: bool,
}

static GENERAL: NumberFormat =
    NumberFormat { code: String::new(), decimals: None, percent: false, grouped: false };

impl NumberFormat {
    /// The format of cells without one.
    #[must_use]
    pub fn general() -> &'static Self {
        &GENERAL
    }

    /// Reads a format code (ECMA-376 part 1, 18.8.31). Of several sections the first counts;
    /// what is no plain number format (dates, fractions, exponents, text) shows like `General`.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        let section = plain_section(code);
        let other = |c: char| "ymdhsYMDHS@/eE".contains(c);
        if !section.contains(['0', '#', '?']) || section.contains(other) {
            return Self { code: code.to_owned(), ..GENERAL.clone() };
        }
        let (whole, fraction) = section.split_once('.').unwrap_or((&section, ""));
        let places = fraction.chars().take_while(|c| "0#?".contains(*c)).count();
        // `0.##` shows no trailing zeros: the number decides, as with `General`.
        let fixed = fraction.chars().take(places).all(|c| c == '0' || c == '?');
        Self {
            code: code.to_owned(),
            decimals: fixed.then(|| u32::try_from(places).unwrap_or(u32::MAX)),
            percent: section.contains('%'),
            grouped: whole.contains(','),
        }
    }

    /// True for a format that shows a day or a time.
    #[must_use]
    pub fn shows_date(&self) -> bool {
        shows_date(&self.code)
    }

    /// The value as it stands on paper: rounded half up (away from zero) to the shown decimals,
    /// in per cent where the format shows per cent.
    #[must_use]
    pub fn shown(&self, value: Decimal) -> Decimal {
        let value = if self.percent { value * Decimal::ONE_HUNDRED } else { value };
        self.decimals.map_or(value, |places| {
            value.round_dp_with_strategy(places.min(28), RoundingStrategy::MidpointAwayFromZero)
        })
    }
}

/// The first section without quoted text, escapes, colours, locales and fillers.
fn plain_section(code: &str) -> String {
    let mut plain = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => {
                let _ = chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                let _ = chars.by_ref().find(|c| *c == ']');
            }
            '\\' | '_' | '*' => {
                let _ = chars.next();
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// True for a code that shows a day or a time: it holds `y`, `m`, `d`, `h` or `s` outside quotes,
/// escapes and brackets, or an elapsed time such as `[h]`.
pub(crate) fn shows_date(code: &str) -> bool {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let _ = chars.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                let _ = chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    return true;
                }
            }
            'G' | 'g' => {
                // `General` holds no date; an era `g` comes with a year.
                let rest = chars.as_str();
                if rest.get(..6).is_some_and(|rest| rest.eq_ignore_ascii_case("eneral")) {
                    let _ = chars.by_ref().nth(5);
                }
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => return true,
            ';' => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(code: &str) -> (Option<u32>, bool, bool) {
        let format = NumberFormat::parse(code);
        (format.decimals, format.percent, format.grouped)
    }

    #[test]
    fn codes_of_real_workbooks() {
        assert_eq!(facts("General"), (None, false, false));
        assert_eq!(facts("0.00"), (Some(2), false, false));
        assert_eq!(facts("#,##0"), (Some(0), false, true));
        assert_eq!(facts("0.0%"), (Some(1), true, false));
        assert_eq!(facts("_-* #,##0\\ _₫_-;\\-* #,##0\\ _₫_-"), (Some(0), false, true));
        assert_eq!(facts("[$-42A]#,##0.00"), (Some(2), false, true));
        assert_eq!(facts("0.##"), (None, false, false));
        assert_eq!(facts("dd/mm/yyyy"), (None, false, false));
        assert_eq!(facts("0\" hộ\""), (Some(0), false, false));
        assert_eq!(facts("@"), (None, false, false));
    }

    #[test]
    fn dates_are_told_from_figures() {
        for code in ["dd/mm/yyyy", "[h]:mm", "[$-42A]d \"tháng\" m", "h:mm AM/PM"] {
            assert!(shows_date(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0\\ _d", "[Red]0", "0\" hộ dân\"", "@"] {
            assert!(!shows_date(code), "{code}");
        }
    }

    #[test]
    fn a_cell_shows_halves_rounded_up() {
        let format = NumberFormat::parse("0.00%");
        assert_eq!(format.shown(Decimal::new(235_294, 7)), Decimal::new(235, 2));
        assert_eq!(NumberFormat::parse("0.00").shown(Decimal::new(2_675, 3)).to_string(), "2.68");
    }
}
