//! Styles of cells: number formats, bold type and the font, by the file's style numbers.

use std::collections::HashMap;

use super::legacy::Face;
use crate::workbook::NumberFormat;

/// What the style of a cell decides for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Style {
    /// Index into the workbook's formats.
    pub(super) format: u16,
    pub(super) bold: bool,
    /// What the name of the font says of its encoding.
    pub(super) face: Face,
    /// True where a number is shown as a date or a time.
    pub(super) date: bool,
}

/// Bold type and encoding of a font.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Font {
    pub(super) bold: bool,
    pub(super) face: Face,
}

/// Format codes met so far; 0 is `General`, the others count from 1 in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Formats {
    codes: Vec<NumberFormat>,
    numbers: HashMap<String, u16>,
}

impl Formats {
    /// The number of a format code.
    pub(super) fn number(&mut self, code: &str) -> u16 {
        if code.is_empty() || code.eq_ignore_ascii_case("general") {
            return 0;
        }
        if let Some(known) = self.numbers.get(code) {
            return *known;
        }
        // Beyond 65,535 formats (programs stop at about 65,000) the rest show like `General`.
        let Ok(number) = u16::try_from(self.codes.len() + 1) else { return 0 };
        self.codes.push(NumberFormat::parse(code));
        self.numbers.insert(code.to_owned(), number);
        number
    }

    /// The style of a format code in a font.
    pub(super) fn style(&mut self, code: &str, font: Font) -> Style {
        Style {
            format: self.number(code),
            bold: font.bold,
            face: font.face,
            date: crate::workbook::shows_date(code),
        }
    }

    /// The codes so far.
    pub(super) fn codes(&self) -> &[NumberFormat] {
        &self.codes
    }

    pub(super) fn into_codes(self) -> Vec<NumberFormat> {
        self.codes
    }
}

/// The codes of built-in formats (ECMA-376 part 1, 18.8.30); 14 to 22, 27 to 36, 45 to 47 and 50
/// to 58 are dates and times whose code depends on the language.
pub(super) fn built_in(id: u16) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "#,##0 _$",
        7 | 8 => "#,##0.00 _$",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => "dd/mm/yyyy",
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => "hh:mm:ss",
        22 => "dd/mm/yyyy hh:mm",
        37 | 38 => "#,##0_);(#,##0)",
        39 | 40 => "#,##0.00_);(#,##0.00)",
        41 | 42 => "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
        43 | 44 => "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)",
        48 => "##0.0E+0",
        49 => "@",
        _ => "General",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_count_from_one() {
        let mut formats = Formats::default();
        assert_eq!(formats.number("General"), 0);
        assert_eq!(formats.number("0.00"), 1);
        assert_eq!(formats.number("#,##0"), 2);
        assert_eq!(formats.number("0.00"), 1);
        assert_eq!(formats.into_codes().len(), 2);
    }
}
