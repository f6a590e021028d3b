//! What stands before the sheets ([MS-XLS] 2.1.7.20.3): how texts are written, formats and fonts, shared
//! strings, defined names, and where each sheet begins.

use std::collections::HashMap;

use super::records::{BEGIN, CONTINUE, END, Records};
use super::{strings, text_of};
use crate::failure::{Code, Failure};
use crate::read::bytes::{UTF_16, long, paged, short};
use crate::read::code::{self, Names, Notation};
use crate::read::formats::{Font, Formats, Style, built_in};
use crate::read::legacy::Face;
use crate::read::sniff::SAVE_AS;
use crate::read::store::{Budget, Texts};
use crate::read::{damaged, encrypted};

/// Programs open some thousands of sheets at most.
const MOST_SHEETS: usize = 10_000;

/// Bytes of the longest name of a sheet: 31 letters.
const LONGEST_NAME: usize = 4 * 31;

/// Styles of cells, their fonts and the names of a workbook; programs stop at about 65,000 styles.
const MOST: usize = 70_000;

/// The table of shared strings.
const STRINGS: u16 = 0x00FC;

/// What the records before the sheets say.
#[derive(Default)]
pub(super) struct Globals {
    /// Since Excel 97 texts are Unicode and say in a byte how wide their letters are.
    biff8: bool,
    /// The code page of the texts before.
    page: u16,
    pub(super) epoch_1904: bool,
    fonts: Vec<Font>,
    codes: HashMap<u16, String>,
    /// Font and number format of each style.
    styles: Vec<(u16, u16)>,
    /// Sheets in the order of their tabs.
    pub(super) sheets: Vec<Listed>,
    /// The names that are defined, in their order, and the code of what they stand for.
    names: Vec<String>,
    named: Vec<Vec<u8>>,
    /// The workbooks that are referred to.
    books: Vec<Book>,
    /// Workbook, first and last sheet of references to other sheets.
    referred: Vec<[u16; 3]>,
    /// Other sheets as formulas write them.
    others: Vec<String>,
}

/// A workbook that formulas refer to ([MS-XLS] 2.4.271).
enum Book {
    Own,
    /// Another one, with the names of its sheets; add-ins have none.
    Other(Vec<String>),
}

/// A sheet as the workbook lists it ([MS-XLS] 2.4.28).
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) visible: bool,
    /// False for charts, macros and code.
    pub(super) holds_cells: bool,
}

impl Globals {
    /// Reads the records up to the first sheet, and the shared strings among them.
    pub(super) fn read(stream: &[u8], budget: &mut Budget) -> Result<(Self, Texts), Failure> {
        let mut globals = Self { biff8: true, page: UTF_16, ..Self::default() };
        let mut table: Vec<&[u8]> = Vec::new();
        let mut in_table = false;
        for (kind, data) in (Records { rest: stream }) {
            match kind {
                END => {
                    globals.refuse_unread_page()?;
                    globals.others = globals.others();
                    return Ok((globals, strings::read(&table, budget)?));
                }
                // FilePass: whatever the method, the rest is encrypted.
                0x002F => return Err(encrypted()),
                STRINGS => table = vec![data],
                CONTINUE if in_table && !data.is_empty() => table.push(data),
                _ => globals.take(kind, data)?,
            }
            in_table = kind == STRINGS || in_table && kind == CONTINUE;
        }
        Err(damaged("BIFF: EOF"))
    }

    /// Takes in a record; one that is too short says nothing, unless sheets or names would be lost.
    fn take(&mut self, kind: u16, data: &[u8]) -> Result<(), Failure> {
        match kind {
            BEGIN => self.biff8 = is_biff8(data),
            0x0042 => self.page = code_page(short(data, 0).unwrap_or(UTF_16)),
            0x0022 => self.epoch_1904 = short(data, 0) == Some(1),
            0x0031 => self.fonts.push(self.font(data).unwrap_or_default()),
            0x041E => {
                if let Some((id, code)) = short(data, 0).zip(self.format(data)) {
                    self.codes.insert(id, code);
                }
            }
            0x00E0 => self.styles.extend(short(data, 0).zip(short(data, 2))),
            0x0085 => {
                let listed = self.listed(data).ok_or_else(|| damaged("BIFF: BoundSheet8"))?;
                self.sheets.push(listed);
            }
            0x0018 => {
                let (name, code) = self.defined(data).ok_or_else(|| damaged("BIFF: Lbl"))?;
                self.names.push(name);
                self.named.push(code);
            }
            0x01AE => self.books.push(match data.get(2..4) {
                Some([0x01, 0x04]) => Book::Own,
                _ => Book::Other(self.sheets_of_book(data).unwrap_or_default()),
            }),
            0x0017 if self.biff8 => {
                let ends = data.get(2..).unwrap_or_default().chunks_exact(6);
                self.referred.extend(
                    ends.map(|ends| [0, 2, 4].map(|at| short(ends, at).unwrap_or(u16::MAX))),
                );
                self.referred.truncate(MOST);
            }
            _ => {}
        }
        if self.sheets.len() > MOST_SHEETS || self.names.len() > MOST {
            return Err(damaged("BIFF"));
        }
        Ok(())
    }

    /// The failure of a workbook whose texts cannot be decoded.
    fn refuse_unread_page(&self) -> Result<(), Failure> {
        let page = self.page;
        // Since Excel 97 texts are Unicode, whatever the record says.
        if self.biff8 || codepage::to_encoding(page).is_some() {
            return Ok(());
        }
        let (vi, en) = SAVE_AS;
        let failure = Failure::new(
            Code::UnsupportedFormat,
            format!("tệp Excel cũ viết bằng bảng mã {page}, chưa đọc được"),
            format!("the old Excel file is written in code page {page}, which is not read"),
        );
        Err(failure.with_help(vi, en))
    }

    fn font(&self, data: &[u8]) -> Option<Font> {
        let count = usize::from(*data.get(14)?);
        let name = self.letters(data.get(15..)?, count)?.0;
        Some(Font { bold: short(data, 6)? >= 700, face: Face::of(&name) })
    }

    /// The code of a number format: its length takes two bytes, and took one before Excel 97.
    fn format(&self, data: &[u8]) -> Option<String> {
        if self.biff8 {
            return self.text(data, 2);
        }
        Some(self.letters(data.get(3..)?, usize::from(*data.get(2)?))?.0)
    }

    fn listed(&self, data: &[u8]) -> Option<Listed> {
        let (state, kind, count) = (*data.get(4)? & 0x3F, *data.get(5)?, *data.get(6)?);
        let mut name = self.letters(data.get(7..)?, usize::from(count))?.0;
        name.retain(|letter| letter != '\0');
        let known = state <= 2 && matches!(kind, 0 | 1 | 2 | 6);
        let start = usize::try_from(long(data, 0)?).ok()?;
        known.then_some(Listed { name, start, visible: state == 0, holds_cells: kind == 0 })
    }

    /// `Lbl` ([MS-XLS] 2.4.150): the name it defines, and the code of what it stands for.
    fn defined(&self, data: &[u8]) -> Option<(String, Vec<u8>)> {
        let (count, length) = (usize::from(*data.get(3)?), usize::from(short(data, 4)?));
        let (name, used) = self.letters(data.get(14..)?, count)?;
        let code = data.get(14 + used..)?;
        Some((name, code.get(..length)?.to_vec()))
    }

    /// The sheets of another workbook, behind their number and the way to it. Those in a further record
    /// are cut off.
    fn sheets_of_book(&self, data: &[u8]) -> Option<Vec<String>> {
        let count = usize::from(short(data, 0)?).min(MOST_SHEETS);
        let mut rest = data.get(2..)?;
        let mut texts = std::iter::from_fn(|| {
            let count = usize::from(short(rest, 0)?);
            let (text, used) =
                self.letters(rest.get(2..).filter(|rest| !rest.is_empty())?, count)?;
            rest = rest.get(2 + used..)?;
            Some(text)
        });
        texts.next()?;
        Some(texts.take(count).collect())
    }

    /// A text behind its length in two bytes. One that is cut off is as long as it can be.
    pub(super) fn text(&self, data: &[u8], at: usize) -> Option<String> {
        let count = usize::from(short(data, at)?);
        let letters = data.get(at + 2..)?;
        if count == 0 {
            return Some(String::new());
        }
        Some(self.letters(letters, count)?.0)
    }

    /// So many letters, behind the byte that tells how wide they are, and the bytes they take.
    fn letters(&self, data: &[u8], count: usize) -> Option<(String, usize)> {
        if !self.biff8 {
            let letters = &data[..count.min(data.len())];
            return Some((paged(letters, self.page), letters.len()));
        }
        let (flags, letters) = data.split_first()?;
        let wide = flags & 1 != 0;
        let width = if wide { 2 } else { 1 };
        let letters = &letters[..(letters.len() / width).min(count) * width];
        Some((text_of(letters, wide), 1 + letters.len()))
    }

    /// How the tokens of formulas are made.
    pub(super) fn notation(&self) -> Notation {
        if self.biff8 { Notation::Biff8 } else { Notation::Biff5(self.page) }
    }

    /// What formulas call by its number.
    pub(super) fn names(&self) -> Names<'_> {
        Names { defined: &self.names, sheets: Some(&self.others) }
    }

    /// Sheets as they stand before `!`, by the number of a reference or, before Excel 97, by their own.
    /// Those of other workbooks stand behind the number of theirs, as in `.xlsx`. What goes over several
    /// sheets is followed by nobody.
    fn others(&self) -> Vec<String> {
        let quoted = |name: &str| format!("'{}'", name.replace('\'', "''"));
        if !self.biff8 {
            return self.sheets.iter().map(|sheet| quoted(&sheet.name)).collect();
        }
        let is_other = |book: &Book| matches!(book, Book::Other(sheets) if !sheets.is_empty());
        let others = self.books.iter().scan(0, |met, book| {
            *met += usize::from(is_other(book));
            Some(*met)
        });
        let numbers: Vec<usize> = others.collect();
        let other = |[book, first, last]: &[u16; 3]| {
            let (book, sheet) = (usize::from(*book), usize::from(*first));
            let own = match self.books.get(book).filter(|_| first == last)? {
                Book::Own => self.sheets.get(sheet)?.name.clone(),
                Book::Other(sheets) => {
                    let name = sheets.get(sheet).filter(|name| name.len() <= LONGEST_NAME)?;
                    format!("[{}]{name}", numbers[book])
                }
            };
            Some(quoted(&own))
        };
        let other = |ends| other(ends).unwrap_or_else(|| code::ELSEWHERE.to_owned());
        self.referred.iter().map(other).collect()
    }

    /// The defined names with what they stand for.
    ///
    /// # Errors
    /// A [`Failure`] where they are longer than what may be read.
    pub(super) fn defined_names(
        &self,
        budget: &mut Budget,
    ) -> Result<Vec<(String, String)>, Failure> {
        let spelt = |(name, code): (&String, &Vec<u8>)| {
            let text = code::text(code, self.notation(), self.names());
            let text = text.unwrap_or_else(|| code::UNREADABLE.to_owned());
            budget.text(name.len() + text.len())?;
            Ok((name.clone(), text))
        };
        self.names.iter().zip(&self.named).map(spelt).collect()
    }

    pub(super) fn styles(&self, formats: &mut Formats) -> Vec<Style> {
        let style = |(font, format): &(u16, u16)| {
            let code = self.codes.get(format).map_or_else(|| built_in(*format), String::as_str);
            // Font 4 does not exist: the numbers go on with 5 ([MS-XLS] 2.5.129).
            let place = usize::from(if *font > 4 { font - 1 } else { *font });
            formats.style(code, self.fonts.get(place).copied().unwrap_or_default())
        };
        self.styles.iter().map(style).collect()
    }
}

/// True for the version of Excel 97 and later, and for one that nobody knows.
fn is_biff8(data: &[u8]) -> bool {
    match (short(data, 0), short(data, 2)) {
        (Some(0x0002 | 0x0007 | 0x0200 | 0x0300 | 0x0400 | 0x0500), _) => false,
        (version, kind) => (version, kind) != (Some(0), Some(0x1000)),
    }
}

/// The code page by the number that others use: the first versions numbered those of the Macintosh and
/// of Windows by themselves.
fn code_page(stated: u16) -> u16 {
    match stated {
        0x8000 => 10_000,
        0x8001 => 1252,
        known => known,
    }
}
