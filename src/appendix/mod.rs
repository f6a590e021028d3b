//! The appendix sheet, as a person signs it: A4, the margins and type of Nghị định 30/2020/NĐ-CP
//! (Phụ lục I on layout, Mẫu 2.1 and 2.2 of Phụ lục III), live formulas, page set-up done.
//!
//! # Modes
//! [`Mode::Ky`] is a sheet issued on its own: issuing body and Quốc hiệu where the workbook has
//! them, title, table, `./.`, signature block. [`Mode::PhuLuc`] is attached to a plan or decision:
//! `Phụ lục`, title, reference line, table, `./.`; the document it belongs to is signed, the
//! appendix is not. [`Mode::DienTu`] is the same in a file of its own: number and date of the
//! reference line stay open, and room is left at the top right, where the registering system sets
//! the text of the digital signature. The program never draws a signature or a seal. Every name
//! comes from the workbook or from [`Options`].
//!
//! # Figures
//! Cells stay numbers and formulas; a value is never changed or turned into text for its looks.
//! What is shown is up to the program that shows it:
//!
//! | program | `[$-42A]#,##0` | `[$-42A]#,##0.00` | decided by |
//! |---|---|---|---|
//! | LibreOffice, any system | `3.022` | `0,70` | the locale tag `[$-42A]` (Vietnamese) of the format |
//! | Excel, Vietnamese regional settings | `3.022` | `0,70` | the system's separators |
//! | Excel, English regional settings | `3,022` | `0.70` | the system's separators; the tag does not touch them |
//!
//! In a format code `.` and `,` mean "the system's decimal and group separator"; no code forces a
//! comma in Excel. A code such as `0","00` on a value times 100 would look right everywhere and be
//! wrong in every sum, so it is not used. On an English Excel, set File > Options > Advanced > Use
//! system separators off, decimal `,`, thousands `.`, before printing.
//!
//! Computed columns and totals are live formulas with their exact results stored, so that viewers
//! that do not calculate show them too. A formula is written only where its exact result is the
//! table's own figure; a table that contradicts itself is printed as it was typed.
//!
//! # Pages
//! The page number stands in the top margin from page 2 on. The file format has a flag for a
//! different first page (`differentFirst`, ECMA-376 part 1, 18.3.1.46) that the writer library does
//! not offer, so the flag is set in the finished package. The table is one page wide, across
//! where upright is too narrow, in type of 9 pt or more; a wider one is split over pages at
//! the borders of its groups of columns, and a note says so.

mod block;
mod body;
mod compose;
mod drawing;
mod figures;
mod first_page;
mod headings;
mod metrics;
mod pages;
mod paper;
#[cfg(feature = "pdf")]
mod pdf;
mod signers;
mod surroundings;
mod workbook;

use crate::failure::{Code, Failure, writer};
use crate::lang::Text;
use crate::table::{Layout, Table};
use compose::Composition;
#[cfg(feature = "pdf")]
pub use pdf::{Faces, pdf};

/// What the sheet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Mode {
    /// Issued for signature, with the signature block.
    #[default]
    #[cfg_attr(
        feature = "cli",
        value(help = "để ký, có phần chữ ký / issued for signature, with the signature block")
    )]
    Ky,
    /// Attached to a plan or decision, without a signature block.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "kèm theo văn bản, không có phần chữ ký / attached to a plan or decision, without a signature block"
        )
    )]
    PhuLuc,
    /// Attached to an electronic document, in a file of its own.
    #[cfg_attr(
        feature = "cli",
        value(
            help = "kèm theo văn bản điện tử, là một tệp riêng / attached to an electronic document, in a file of its own"
        )
    )]
    DienTu,
}

/// What a person wants otherwise than the workbook has it. Lines are separated by line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// What the sheet is for.
    pub mode: Mode,
    /// Title of the table.
    pub title: Option<String>,
    /// What the table is attached to, with or without its brackets.
    pub reference: Option<String>,
    /// On whose authority it is signed: `TM. ỦY BAN NHÂN DÂN`.
    pub authority: Option<String>,
    /// Title of the signer: `CHỦ TỊCH`, or `KT. CHỦ TỊCH` and `PHÓ CHỦ TỊCH` on two lines.
    pub signer_title: Option<String>,
    /// Name of the signer.
    pub signer: Option<String>,
    /// Name of the person who drew up the table, who signs at the left.
    pub preparer: Option<String>,
    /// Others who sign, each `TITLE|NAME` or a title alone, between them and who issues the sheet.
    pub cosigners: Vec<String>,
    /// Who receives the sheet, a line each, without `Nơi nhận:`.
    pub recipients: Option<String>,
    /// Place and date as they are to be printed.
    pub place_date: Option<String>,
    /// Place before the date.
    pub place: Option<String>,
    /// Day of the sheet.
    pub date: Option<Day>,
    /// The issuing body at the top left of a sheet for signature.
    pub agency: Option<String>,
    /// Number of the appendix, usually Roman.
    pub number: Option<String>,
    /// Which of several appendices of one file it is, counted from 1: it gets its number where the
    /// workbook gives it none.
    pub nth: Option<usize>,
    /// The name on the sheet's tab; `Phụ lục`, with its number, where none is given.
    pub sheet: Option<String>,
}

/// A day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    of_month: u8,
    month: u8,
    year: u16,
}

impl Day {
    /// `ngày 05 tháng 02 năm 2024`: days 1 to 9 and months 1 and 2 have a zero before them, as the
    /// decree wants it, so that nobody can add a digit.
    #[must_use]
    pub fn in_words(self) -> String {
        let Self { of_month: day, month, year } = self;
        let month = if month <= 2 { format!("0{month}") } else { month.to_string() };
        format!("ngày {day:02} tháng {month} năm {year}")
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}/{:02}/{}", self.of_month, self.month, self.year)
    }
}

impl std::str::FromStr for Day {
    type Err = Failure;

    /// Reads `5/2/2024`, `05-02-2024` and the like (day, month, year), and `2024-02-05`.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let read = || {
            let parts: Vec<&str> = text.trim().split(['/', '-', '.']).collect();
            let [first, month, last] = parts.as_slice() else { return None };
            let is_year_first = first.len() == 4 && text.trim().as_bytes().get(4) == Some(&b'-');
            let (day, year) = if is_year_first { (last, first) } else { (first, last) };
            let (day, month): (u8, u8) = (day.parse().ok()?, month.parse().ok()?);
            let year: u16 = year.parse().ok()?;
            let leap =
                year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
            let days = match month {
                2 => 28 + u8::from(leap),
                4 | 6 | 9 | 11 => 30,
                1..=12 => 31,
                _ => return None,
            };
            let is_day = (1..=days).contains(&day) && (1900..=2999).contains(&year);
            is_day.then_some(Self { of_month: day, month, year })
        };
        read().ok_or_else(|| {
            Failure::new(
                Code::Unknown,
                format!("`{text}` không phải là ngày tháng năm, ví dụ 5/2/2024"),
                format!("`{text}` is no day, month and year such as 5/2/2024"),
            )
        })
    }
}

/// A finished appendix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appendix {
    /// The file.
    pub bytes: Vec<u8>,
    /// What was decided or left open, for the person who prints it.
    pub notes: Vec<Text>,
}

/// A table set on paper, ready to be written as a workbook or as PDF.
#[derive(Debug)]
pub struct Sheet {
    composition: Composition,
    layout: Layout,
    /// The name on its tab.
    name: String,
    /// What was decided or left open, for the person who prints it.
    pub notes: Vec<Text>,
}

/// Typesets a table.
///
/// # Errors
/// As [`ready`].
pub fn set(table: Table, options: &Options) -> Result<Sheet, Failure> {
    ready(&table)?;
    let (mut notes, layout) = (Vec::new(), table.layout.clone());
    let composition = compose::compose(table, options, &mut notes);
    let name = options.sheet.clone().unwrap_or_else(|| match options.nth {
        Some(nth) => format!("Phụ lục {}", roman(nth)),
        None => "Phụ lục".to_owned(),
    });
    Ok(Sheet { composition, layout, name, notes })
}

/// Whether a table can be typeset.
///
/// # Errors
/// [`Code::NoTable`] for a table without rows or columns, [`Code::NotClean`] where a row with figures
/// has no name.
pub fn ready(table: &Table) -> Result<(), Failure> {
    if table.columns.is_empty() || table.rows.is_empty() {
        return Err(Failure::new(
            Code::NoTable,
            "biểu không có dòng hoặc cột nào để lập phụ lục",
            "the table has no rows or columns to typeset",
        ));
    }
    if let Some(row) = table.rows.iter().find(|row| row.lacks_a_name()) {
        let row = row.sheet_row + 1;
        return Err(Failure::new(
            Code::NotClean,
            format!("dòng {row} có số liệu nhưng không có tên"),
            format!("row {row} has figures but no name"),
        )
        .with_help(
            "ghi tên cho dòng đó rồi lập lại phụ lục",
            "give the row its name and try again",
        ));
    }
    Ok(())
}

/// A number as appendices are counted: I, II, III.
pub(crate) fn roman(number: usize) -> String {
    const SIGNS: [(usize, &str); 9] = [
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        text.push_str(&sign.repeat(rest / value));
        rest %= value;
    }
    text
}

/// Writes sheets as one `.xlsx` workbook. The same sheets give the same bytes.
///
/// # Errors
/// [`Code::CannotWrite`] where a table passes the limits of a workbook.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, Failure> {
    let bytes = workbook::write(sheets).map_err(|error| not_made(&writer(&error)))?;
    first_page::without_number(&bytes).map_err(|error| cannot_write(&error.to_string()))
}

/// Typesets a table and writes it as an `.xlsx` workbook. The same table and options give the same
/// bytes.
///
/// # Errors
/// As [`set`] and [`workbook()`].
pub fn appendix(table: &Table, options: &Options) -> Result<Appendix, Failure> {
    let sheet = set(table.clone(), options)?;
    let bytes = workbook(std::slice::from_ref(&sheet))?;
    Ok(Appendix { bytes, notes: sheet.notes })
}

fn cannot_write(reason: &str) -> Failure {
    not_made(&Text::new(reason, reason))
}

fn not_made(reason: &Text) -> Failure {
    Failure::new(
        Code::CannotWrite,
        format!("không lập được phụ lục: {}", reason.vi),
        format!("the appendix could not be made: {}", reason.en),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_the_decree_wants_it() {
        let written = |text: &str| text.parse::<Day>().map(Day::in_words);
        assert_eq!(written("5/2/2024").unwrap(), "ngày 05 tháng 02 năm 2024");
        assert_eq!(written("09-3-2025").unwrap(), "ngày 09 tháng 3 năm 2025");
        assert_eq!(written("31.12.2024").unwrap(), "ngày 31 tháng 12 năm 2024");
        assert_eq!(written("29/2/2024").unwrap(), "ngày 29 tháng 02 năm 2024");
        for text in ["", "29/2/2023", "31/4/2024", "2024/2/5", "5/13/2024", "5/2", "x/y/z"] {
            assert_eq!(written(text).unwrap_err().code, Code::Unknown, "{text}");
        }
        assert_eq!([1, 4, 9, 14, 40, 99].map(roman), ["I", "IV", "IX", "XIV", "XL", "XCIX"]);
    }
}
