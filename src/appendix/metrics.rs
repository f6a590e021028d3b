//! How wide a text is in Times New Roman, for columns and rows that nobody will adjust by hand.
//!
//! Spreadsheet programs do not fit row heights to merged cells, so the sheet has to come with
//! heights that show every line. The advance widths are those of the Times family (thousandths of
//! the font size), which its metric-compatible stand-ins share; a Vietnamese letter is as wide as
//! its base letter, but for the horn of ơ and ư.

use unicode_normalization::UnicodeNormalization;

/// A length in hundredths of a point.
pub(super) type Centipoints = u32;

/// No text counts as wider than this, a few times the paper: sums over all columns stay in range.
const WIDEST: Centipoints = 200_000;

/// Printable ASCII from the blank on, upright.
const REGULAR: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

/// Printable ASCII from the blank on, bold.
const BOLD: [u16; 95] = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667,
    611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722,
    722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556,
    278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
];

/// Type of one size, upright or bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    /// Size in points.
    pub(super) size: u16,
    /// Bold type.
    pub(super) bold: bool,
}

impl Type {
    /// The width of a text set on one line.
    pub(super) fn width(self, text: &str) -> Centipoints {
        self.scaled(self.units(text))
    }

    /// The width of a text in thousandths of the size: of two texts the wider one at one size is the
    /// wider one at any.
    pub(super) fn units(self, text: &str) -> u64 {
        text.nfd().map(|c| u64::from(self.advance(c))).sum()
    }

    /// A width in thousandths of the size at this size.
    pub(super) fn scaled(self, units: u64) -> Centipoints {
        let width = units.saturating_mul(u64::from(self.size)) / 10;
        u32::try_from(width).map_or(WIDEST, |width| width.min(WIDEST))
    }

    /// Advance in thousandths of the size.
    fn advance(self, c: char) -> u16 {
        let table = if self.bold { &BOLD } else { &REGULAR };
        let ascii = |c: char| {
            let index = u32::from(c).checked_sub(32)?;
            table.get(usize::try_from(index).ok()?).copied()
        };
        match c {
            '\u{31b}' => 60,
            '\u{300}'..='\u{36f}' => 0,
            'đ' => ascii('d').unwrap_or(500),
            'Đ' => ascii('D').unwrap_or(722),
            '–' | '“' | '”' | '‘' | '’' | '\u{a0}' => 500,
            _ => ascii(c).unwrap_or(1000),
        }
    }

    /// The widest word: a column narrower than this would break it.
    pub(super) fn longest_word(self, text: &str) -> Centipoints {
        text.split_whitespace().map(|word| self.width(word)).max().unwrap_or(0)
    }

    /// Lines a text takes in a cell whose text may be this wide.
    pub(super) fn lines(self, text: &str, width: Centipoints) -> u32 {
        text.split('\n').map(|line| self.lines_of_paragraph(line, width.max(1))).sum()
    }

    fn lines_of_paragraph(self, text: &str, width: Centipoints) -> u32 {
        let blank = self.width(" ");
        let (mut lines, mut used) = (1, 0);
        for word in text.split_whitespace() {
            let word = self.width(word);
            if used > 0 && used + blank + word > width {
                lines += 1;
                used = 0;
            }
            // A word wider than the cell is broken wherever the cell ends.
            let broken = word.saturating_sub(1) / width;
            lines += broken;
            used += word - broken * width + if used > 0 { blank } else { 0 };
        }
        lines
    }

    /// A text in as few lines as the width takes, each about as long as the others. What fits stays
    /// as it was typed.
    pub(super) fn balanced(self, text: &str, width: Centipoints) -> Vec<String> {
        if self.lines(text, width) == 1 {
            return vec![text.to_owned()];
        }
        let count = self.broken(text, width).len();
        let (mut low, mut high) = (self.longest_word(text).min(width), width);
        while low < high {
            let middle = u32::midpoint(low, high);
            if self.broken(text, middle).len() <= count { high = middle } else { low = middle + 1 }
        }
        self.broken(text, high)
    }

    /// A text in lines no wider than a width, as far as words go.
    fn broken(self, text: &str, width: Centipoints) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            let longer = lines.last().map(|last| format!("{last} {word}"));
            // Blanks left open for a number or a date stay with the word before them.
            let fits = |longer: &String| word.is_empty() || self.width(longer) <= width;
            match (lines.last_mut(), longer.filter(fits)) {
                (Some(last), Some(longer)) => *last = longer,
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// The height of some lines, in pixels of 0,75 pt. Both spreadsheet programs set lines of
    /// Times New Roman 1,15 times its size apart; a little more keeps stacked accents (Ổ, Ặ) whole.
    pub(super) fn height(self, lines: u32) -> u32 {
        (lines * u32::from(self.size) * 122).div_ceil(75)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Type = Type { size: 10, bold: false };

    #[test]
    fn accents_take_no_room() {
        assert_eq!(PLAIN.width("3.022"), 2250);
        assert_eq!(PLAIN.width("nghèo"), PLAIN.width("ngheo"));
        assert_eq!(PLAIN.width("Đông đủ"), PLAIN.width("Dong du"));
        assert!(PLAIN.width("Tổng số") < Type { bold: true, ..PLAIN }.width("Tổng số"));
    }

    #[test]
    fn a_title_of_two_lines_is_cut_in_the_middle() {
        let title =
            "BIỂU TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO VÀ HỘ CÓ MỨC SỐNG TRUNG BÌNH";
        let width = PLAIN.width(title);
        assert_eq!(PLAIN.balanced(title, width), [title]);
        let lines = PLAIN.balanced(title, width * 9 / 10);
        assert_eq!(lines.join(" "), title);
        let widths: Vec<u32> = lines.iter().map(|line| PLAIN.width(line)).collect();
        assert_eq!(widths.len(), 2);
        assert!(widths[0].abs_diff(widths[1]) < width / 8, "{lines:?}");
    }

    #[test]
    fn words_wrap_at_blanks_and_long_words_anywhere() {
        let word = PLAIN.width("nghèo");
        assert_eq!(PLAIN.lines("nghèo nghèo nghèo", word), 3);
        assert_eq!(PLAIN.lines("nghèo nghèo", word * 3), 1);
        assert_eq!(PLAIN.lines("nghèonghèonghèo", word * 2), 2);
        assert_eq!(PLAIN.lines("một\nhai", 100_000), 2);
        assert_eq!(PLAIN.lines("", 0), 1);
    }
}
