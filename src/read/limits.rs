//! The limits of what is read: what each bounds, how far by itself, and what is said beyond.

use std::str::FromStr;

use crate::failure::{Code, Failure};
use crate::lang::Text;
use crate::workbook::{MAX_COLUMNS, MAX_ROWS};

/// Limits for what is read; an input beyond one is refused with a clear failure. What a file
/// declares counts for nothing: all is counted while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file: 256 MiB.
    pub file: u64,
    /// Bytes of one part of a package when unpacked: 768 MiB, a sheet of 16 million cells.
    pub part: u64,
    /// Bytes of all parts of a package when unpacked: 1 GiB.
    pub unpacked: u64,
    /// Parts of a package: 20,000. Each sheet, picture and note takes one or two.
    pub parts: u64,
    /// Rows of a sheet, up to its last cell: as many as the largest sheet has, 1,048,576.
    pub rows: u64,
    /// Columns of a sheet, up to its last cell: as many as the largest sheet has, 16,384.
    pub columns: u64,
    /// Cells of all sheets that hold something: 20 million, a sheet of 16 columns filled to its last row and some more.
    pub cells: u64,
    /// Shared strings: 2 million.
    pub strings: u64,
    /// Bytes of text in all cells and formulas: 256 MiB.
    pub text: u64,
    /// Bytes of one formula: 32,768. Excel stops at 8,192 characters.
    pub formula_length: u64,
    /// Brackets of a formula within each other: 256. Excel stops at 64 functions; those beyond
    /// what the grammar takes are read and not judged.
    pub formula_depth: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 256 << 20,
            part: 768 << 20,
            unpacked: 1 << 30,
            parts: 20_000,
            rows: MAX_ROWS.into(),
            columns: MAX_COLUMNS.into(),
            cells: 20_000_000,
            strings: 2_000_000,
            text: 256 << 20,
            formula_length: 32 << 10,
            formula_depth: 256,
        }
    }
}

/// One of the [`Limits`], for messages and the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::file`]
    File,
    /// [`Limits::part`]
    Part,
    /// [`Limits::unpacked`]
    Unpacked,
    /// [`Limits::parts`]
    Parts,
    /// [`Limits::rows`]
    Rows,
    /// [`Limits::columns`]
    Columns,
    /// [`Limits::cells`]
    Cells,
    /// [`Limits::strings`]
    Strings,
    /// [`Limits::text`]
    Text,
    /// [`Limits::formula_length`]
    FormulaLength,
    /// [`Limits::formula_depth`]
    FormulaDepth,
}

impl Limit {
    /// All limits, in the order they are listed for people.
    pub const ALL: [Self; 11] = [
        Self::File,
        Self::Part,
        Self::Unpacked,
        Self::Parts,
        Self::Rows,
        Self::Columns,
        Self::Cells,
        Self::Strings,
        Self::Text,
        Self::FormulaLength,
        Self::FormulaDepth,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Part => "part",
            Self::Unpacked => "unpacked",
            Self::Parts => "parts",
            Self::Rows => "rows",
            Self::Columns => "columns",
            Self::Cells => "cells",
            Self::Strings => "strings",
            Self::Text => "text",
            Self::FormulaLength => "formula-length",
            Self::FormulaDepth => "formula-depth",
        }
    }

    /// What is limited.
    #[must_use]
    pub fn meaning(self) -> Text {
        let (vi, en) = match self {
            Self::File => ("dung lượng tệp", "the size of the file"),
            Self::Part => {
                ("dung lượng một thành phần sau khi giải nén", "the size of one part when unpacked")
            }
            Self::Unpacked => (
                "tổng dung lượng các thành phần sau khi giải nén",
                "the size of all parts when unpacked",
            ),
            Self::Parts => ("số thành phần trong tệp", "the number of parts in the file"),
            Self::Rows => ("số dòng của trang tính", "the number of rows of the sheet"),
            Self::Columns => ("số cột của trang tính", "the number of columns of the sheet"),
            Self::Cells => ("số ô có nội dung", "the number of cells with content"),
            Self::Strings => ("số chuỗi dùng chung", "the number of shared strings"),
            Self::Text => ("dung lượng văn bản trong các ô", "the size of the text in the cells"),
            Self::FormulaLength => ("độ dài công thức", "the length of the formula"),
            Self::FormulaDepth => {
                ("số lớp ngoặc lồng nhau trong công thức", "the nesting of brackets in the formula")
            }
        };
        Text::new(vi, en)
    }

    /// True for what is counted in bytes.
    fn is_size(self) -> bool {
        matches!(self, Self::File | Self::Part | Self::Unpacked | Self::Text | Self::FormulaLength)
    }

    fn field(self, limits: &mut Limits) -> &mut u64 {
        match self {
            Self::File => &mut limits.file,
            Self::Part => &mut limits.part,
            Self::Unpacked => &mut limits.unpacked,
            Self::Parts => &mut limits.parts,
            Self::Rows => &mut limits.rows,
            Self::Columns => &mut limits.columns,
            Self::Cells => &mut limits.cells,
            Self::Strings => &mut limits.strings,
            Self::Text => &mut limits.text,
            Self::FormulaLength => &mut limits.formula_length,
            Self::FormulaDepth => &mut limits.formula_depth,
        }
    }

    /// How far the limits let it go.
    #[must_use]
    pub fn of(self, limits: &Limits) -> u64 {
        let mut limits = *limits;
        *self.field(&mut limits)
    }

    /// An amount as it is written on the command line: `256M`, `8M`, `20k`, `16384`.
    #[must_use]
    pub fn written(self, amount: u64) -> String {
        let thousand = self.thousand();
        let units = [(thousand.pow(3), "G"), (thousand.pow(2), "M"), (thousand, "k")];
        units.into_iter().find(|(size, _)| amount > 0 && amount.is_multiple_of(*size)).map_or_else(
            || amount.to_string(),
            |(size, letter)| format!("{}{letter}", amount / size),
        )
    }

    fn thousand(self) -> u64 {
        if self.is_size() { 1024 } else { 1000 }
    }

    /// The failure of an input beyond this limit. `found` is what it has, where that is known;
    /// `place` is the part or the sheet, where that helps.
    pub(super) fn exceeded(
        self,
        limits: &Limits,
        found: Option<u64>,
        place: Option<&str>,
    ) -> Failure {
        let limit = self.of(limits);
        let Text { vi, en } = self.meaning();
        let place = place.map(|place| format!(" (`{place}`)")).unwrap_or_default();
        let [found_vi, found_en] = match found.map(|found| self.shown(found, limit)) {
            Some([vi, en]) => [format!(" là {vi},"), format!(" is {en},")],
            None => [String::new(), " is".to_owned()],
        };
        let [limit_vi, limit_en] = self.shown(limit, limit);
        let failure = Failure::new(
            Code::TooLarge,
            format!("{vi}{place}{found_vi} vượt giới hạn {limit_vi}"),
            format!("{en}{place}{found_en} over the limit of {limit_en}"),
        );
        let option = format!("--limit {}={}", self.name(), self.written(enough(limit, found)));
        failure.with_help(
            format!("nếu tin cậy tệp này, hãy chạy lại với `{option}`; nếu không, hãy tách tệp hoặc xoá những phần không cần thiết"),
            format!("if you trust the file, run again with `{option}`; otherwise split it, or remove what is not needed"),
        )
    }

    /// An amount for people, in the unit of the limit; a part of a unit counts as one.
    fn shown(self, amount: u64, limit: u64) -> [String; 2] {
        if !self.is_size() {
            return grouped(amount);
        }
        let units = [(1 << 20, "MB"), (1 << 10, "KB"), (1, "byte")];
        let (size, unit) =
            units.into_iter().find(|(size, _)| limit.is_multiple_of(*size)).unwrap_or((1, "byte"));
        let plural = if unit == "byte" { "bytes" } else { unit };
        let [vi, en] = grouped(amount.div_ceil(size));
        [format!("{vi} {unit}"), format!("{en} {plural}")]
    }
}

/// A limit that lets an input pass, or is at least worth a try.
fn enough(limit: u64, found: Option<u64>) -> u64 {
    let doubled = std::iter::successors(Some(limit.max(1)), |limit| limit.checked_mul(2)).skip(1);
    doubled.into_iter().find(|limit| found.is_none_or(|found| found <= *limit)).unwrap_or(u64::MAX)
}

/// A number with its thousands parted as Vietnamese and as English print them.
fn grouped(number: u64) -> [String; 2] {
    let dotted = crate::words::numbers::group_thousands(&number.to_string());
    let commas = dotted.replace('.', ",");
    [dotted, commas]
}

/// A limit set anew, as `cells=40M` on the command line. `k`, `M` and `G` multiply sizes by powers
/// of 1,024 and counts by powers of 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    limit: Limit,
    amount: u64,
}

impl Change {
    /// Makes the change.
    pub fn apply(self, limits: &mut Limits) {
        *self.limit.field(limits) = self.amount;
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.limit.name(), self.limit.written(self.amount))
    }
}

impl FromStr for Change {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, amount) = text.split_once('=').ok_or_else(|| unknown(text))?;
        let limit = Limit::ALL.into_iter().find(|limit| limit.name() == name.trim());
        let limit = limit.ok_or_else(|| unknown(text))?;
        let amount = amount.trim();
        let (digits, power) = match amount.char_indices().last() {
            Some((at, 'k' | 'K')) => (&amount[..at], 1),
            Some((at, 'm' | 'M')) => (&amount[..at], 2),
            Some((at, 'g' | 'G')) => (&amount[..at], 3),
            _ => (amount, 0),
        };
        let amount = digits.parse::<u64>().ok();
        let amount = amount.and_then(|digits| digits.checked_mul(limit.thousand().pow(power)));
        Ok(Self { limit, amount: amount.ok_or_else(|| unknown(text))? })
    }
}

fn unknown(text: &str) -> Failure {
    let names: Vec<&str> = Limit::ALL.into_iter().map(Limit::name).collect();
    let names = names.join(", ");
    Failure::new(
        Code::Unknown,
        format!("`{text}` không có dạng TÊN=SỐ của một giới hạn"),
        format!("`{text}` is not of the form NAME=VALUE of a limit"),
    )
    .with_help(
        format!("ví dụ: --limit cells=40M; các giới hạn: {names}"),
        format!("for instance: --limit cells=40M; the limits: {names}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = Limits::default();
        for change in ["file=1G", "cells = 40M", "rows=20k", "text=100", "formula-depth=72"] {
            change.parse::<Change>().unwrap().apply(&mut limits);
        }
        assert_eq!((limits.file, limits.cells, limits.rows), (1 << 30, 40_000_000, 20_000));
        assert_eq!((limits.text, limits.formula_depth), (100, 72));
        for wrong in
            ["file", "files=1", "file=", "file=M", "file=-1", "file=1T", "file=99999999999G"]
        {
            assert_eq!(wrong.parse::<Change>().unwrap_err().code, Code::Unknown, "{wrong}");
        }
    }

    #[test]
    fn every_limit_is_reached_by_its_name_and_written_as_it_is_read() {
        for limit in Limit::ALL {
            let change: Change = format!("{}=3k", limit.name()).parse().unwrap();
            let mut limits = Limits::default();
            change.apply(&mut limits);
            assert_eq!(limit.of(&limits), 3 * limit.thousand());
            assert_eq!(change.to_string().parse::<Change>().unwrap(), change);
            let default = limit.of(&Limits::default());
            let written = format!("{}={}", limit.name(), limit.written(default));
            assert_eq!(written.parse::<Change>().unwrap().amount, default, "{written}");
        }
    }

    #[test]
    fn a_refusal_says_what_how_much_the_limit_and_the_option() {
        let limits = Limits::default();
        let refused = Limit::File.exceeded(&limits, Some((600 << 20) + 1), None);
        assert_eq!(refused.message.vi, "dung lượng tệp là 601 MB, vượt giới hạn 256 MB");
        assert!(refused.help.en.contains("--limit file=1G"), "{}", refused.help.en);
        let refused = Limit::Cells.exceeded(&limits, None, Some("Biểu 1"));
        assert_eq!(
            refused.message.en,
            "the number of cells with content (`Biểu 1`) is over the limit of 20,000,000"
        );
        assert!(refused.help.vi.contains("--limit cells=40M"), "{}", refused.help.vi);
    }
}
