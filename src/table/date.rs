//! Dates where figures should stand: spreadsheets make them of what is typed, `3/1` or `2.11`.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// A day as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Of the month; 0 for less than a day, as Excel shows it.
    pub day: u32,
    /// Of the year.
    pub month: u32,
    /// With four digits.
    pub year: i64,
}

/// Days from 1 January 1970 back to the day before serial number 1, from March 1900 on.
const EPOCH: i64 = 25_569;
/// The serial number of 29 February 1900, a day that never was.
const NO_DAY: i64 = 60;
/// The serial number of the last day of the year 9999.
const LAST: i64 = 2_958_465;

impl Date {
    /// The day of a serial number as Excel shows it, counted from 1900; `None` beyond its calendar.
    #[must_use]
    pub fn of_serial(serial: Decimal) -> Option<Self> {
        let whole = serial.trunc().to_i64().filter(|whole| (0..=LAST).contains(whole))?;
        Some(match whole {
            0 => Self { day: 0, month: 1, year: 1900 },
            NO_DAY => Self { day: 29, month: 2, year: 1900 },
            before if before < NO_DAY => civil(before - EPOCH + 1),
            _ => civil(whole - EPOCH),
        })
    }

    /// Reads what `to_string` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('/');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        let whole = parts.next().is_none() && [day, month, year].into_iter().all(digits);
        if !whole || year.len() != 4 {
            return None;
        }
        let date =
            Self { day: day.parse().ok()?, month: month.parse().ok()?, year: year.parse().ok()? };
        ((0..=31).contains(&date.day) && (1..=12).contains(&date.month)).then_some(date)
    }

    /// True where a spreadsheet would make this date of a figure with its decimals: `2,11` of the
    /// second of November, `0,7` of July.
    #[must_use]
    pub fn was_typed_as(self, figure: Decimal) -> bool {
        let figure = figure.normalize();
        if figure.scale() == 0 || figure.is_sign_negative() {
            return false;
        }
        let whole = figure.trunc().to_u32();
        // 2,90 is typed 2,9 or 2,90; 0,70 as 0,7.
        let decimals = [figure.scale(), 2].map(|scale| {
            let power = 10_u32.checked_pow(scale)?;
            (figure.fract() * Decimal::from(power)).to_u32()
        });
        decimals.into_iter().any(|decimals| {
            let (Some(whole), Some(decimals)) = (whole, decimals) else { return false };
            (self.day, self.month) == (whole, decimals)
                || (self.month, self.day) == (whole, decimals)
                || whole == 0 && (self.month, self.day) == (decimals, 1)
        })
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}/{:02}/{}", self.day, self.month, self.year)
    }
}

/// The day so many days after 1 January 1970, in the Gregorian calendar.
fn civil(days: i64) -> Date {
    // Years begin in March here, so that the leap day ends them.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = years + era * 400 + i64::from(month <= 2);
    let small = |value: i64| u32::try_from(value).unwrap_or_default();
    Date { day: small(day), month: small(month), year }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_shown_as_excel_shows_them() {
        let shown = |serial: &str| Date::of_serial(serial.parse().unwrap()).map(|d| d.to_string());
        let days = [
            ("46282", "17/09/2026"),
            ("45474", "01/07/2024"),
            ("46328", "02/11/2026"),
            ("0.7", "00/01/1900"),
            ("1", "01/01/1900"),
            ("59", "28/02/1900"),
            ("60", "29/02/1900"),
            ("61", "01/03/1900"),
            ("36585", "29/02/2000"),
            ("2958465", "31/12/9999"),
        ];
        for (serial, date) in days {
            assert_eq!(shown(serial).as_deref(), Some(date), "{serial}");
            assert_eq!(Date::parse(date).unwrap().to_string(), date);
        }
        assert_eq!(shown("-1"), None);
        assert_eq!(shown("2958466"), None);
        for text in ["17/09", "1/2/26", "a/b/2026", "17-09-2026", "32/01/2026", "1/13/2026"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_betrays_the_figure_it_was_made_of() {
        let typed = |date: &str, figure: &str| {
            Date::parse(date).unwrap().was_typed_as(figure.parse().unwrap())
        };
        assert!(typed("02/11/2026", "2.11"));
        assert!(typed("11/02/2026", "2.11"));
        assert!(typed("01/07/2024", "0.70"));
        assert!(typed("02/09/2026", "2.9"));
        assert!(!typed("02/11/2026", "2.12"));
        assert!(!typed("17/09/2026", "17"));
    }
}
