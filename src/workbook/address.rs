//! Cell addresses and ranges in A1 notation.

use std::fmt;
use std::str::FromStr;

/// Rows of the largest sheet a spreadsheet program holds.
pub const MAX_ROWS: u32 = 1_048_576;
/// Columns of the largest sheet a spreadsheet program holds.
pub const MAX_COLUMNS: u32 = 16_384;

/// A cell's place in its sheet, zero-based; orders by row, then column, and prints as `B4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Address {
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column.
    pub column: u32,
}

impl Address {
    /// An address from its zero-based row and column.
    #[must_use]
    pub fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }

    /// The column's letters: 0 is `A`, 26 is `AA`.
    #[must_use]
    pub fn column_letters(self) -> String {
        let mut letters: Vec<char> = self.letters_from_last().map(char::from).collect();
        letters.reverse();
        letters.into_iter().collect()
    }

    fn letters_from_last(self) -> impl Iterator<Item = u8> {
        let mut rest = self.column + 1;
        std::iter::from_fn(move || {
            rest = rest.checked_sub(1)?;
            let letter = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 26) as usize];
            rest /= 26;
            Some(letter)
        })
    }
}

impl Address {
    /// Reads what [`Address::from_str`] does, without blanks around it.
    #[must_use]
    pub fn from_bytes(text: &[u8]) -> Option<Self> {
        let (mut column, mut row, mut letters, mut digits) = (0, 0, 0, 0);
        for byte in text {
            match byte {
                b'$' => {}
                b'0'..=b'9' if letters > 0 => {
                    row = row * 10 + u32::from(byte - b'0');
                    digits += 1;
                }
                _ if byte.is_ascii_alphabetic() && digits == 0 => {
                    column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                    letters += 1;
                }
                _ => return None,
            }
            if letters > 3 || digits > 7 {
                return None;
            }
        }
        let inside = (1..=MAX_ROWS).contains(&row) && (1..=MAX_COLUMNS).contains(&column);
        inside.then(|| Self { row: row - 1, column: column - 1 })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Reports and formulas name cells by the hundred thousand: written without a text in between.
        let mut text = [0; 17];
        let mut start = text.len();
        let mut put = |byte| {
            start -= 1;
            text[start] = byte;
        };
        let mut row = self.row + 1;
        while row > 0 {
            put(b"0123456789"[(row % 10) as usize]);
            row /= 10;
        }
        self.letters_from_last().for_each(put);
        f.write_str(str::from_utf8(&text[start..]).unwrap_or_default())
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    /// Reads `B4`, `$B$4` or `b4`; nothing outside the largest sheet.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        Self::from_bytes(text.trim().as_bytes()).ok_or_else(|| InvalidAddress(text.to_owned()))
    }
}

/// A text that is no cell address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a cell address (write it like `Q13`)")]
pub struct InvalidAddress(pub String);

/// A rectangle of cells, both corners included; prints as `B4:Q14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// Top left corner.
    pub start: Address,
    /// Bottom right corner.
    pub end: Address,
}

impl Range {
    /// Its cells, by row, then column.
    pub fn cells(self) -> impl Iterator<Item = Address> {
        (self.start.row..=self.end.row).flat_map(move |row| {
            (self.start.column..=self.end.column).map(move |column| Address::new(row, column))
        })
    }

    /// The range between two corners, given in any order.
    #[must_use]
    pub fn new(a: Address, b: Address) -> Self {
        Self { start: a, end: a }.union(Self { start: b, end: b })
    }

    /// True when the address lies in the range.
    #[must_use]
    pub fn contains(self, at: Address) -> bool {
        (self.start.row..=self.end.row).contains(&at.row)
            && (self.start.column..=self.end.column).contains(&at.column)
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            start: Address::new(
                self.start.row.min(other.start.row),
                self.start.column.min(other.start.column),
            ),
            end: Address::new(
                self.end.row.max(other.end.row),
                self.end.column.max(other.end.column),
            ),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_print_and_read_back() {
        for (text, row, column) in
            [("A1", 0, 0), ("Q13", 12, 16), ("AA10", 9, 26), ("XFD1048576", 1_048_575, 16_383)]
        {
            assert_eq!(Address::new(row, column).to_string(), text);
            assert_eq!(text.parse(), Ok(Address::new(row, column)));
        }
        assert_eq!("$q$13".parse(), Ok(Address::new(12, 16)));
    }

    #[test]
    fn what_lies_outside_a_sheet_is_refused() {
        for text in ["", "A", "1", "A0", "XFE1", "A1048577", "1A", "A-1", "ĐA1", "A4294967298"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
