//! A copy is read again before it gets its name: whatever was not to change has not changed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::slice::Iter;

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization as _;

use crate::failure::{Code, Failure};
use crate::patch::{Content, Edit};
use crate::read::{self, Limits};
use crate::workbook::{Address, Cell, Sheet, Value, Workbook};

use super::corrected::Source;

/// No limits: the source was read within those that were set, and the copy is hardly larger.
const UNLIMITED: Limits = Limits {
    file: u64::MAX,
    part: u64::MAX,
    unpacked: u64::MAX,
    parts: u64::MAX,
    rows: u64::MAX,
    columns: u64::MAX,
    cells: u64::MAX,
    strings: u64::MAX,
    text: u64::MAX,
    formula_length: u64::MAX,
    formula_depth: u64::MAX,
};

/// Reads a source and its copy, and compares all sheets of the source: cells by value, formula and
/// format, merged ranges, what is hidden. Cells that were edited must hold what they were to hold. Gives
/// what was read of the copy.
///
/// # Errors
/// [`Code::CannotWrite`] where anything else differs: a defect of this program, and no file.
pub(super) fn verify(source: Source<'_>, copy: &[u8], edits: &[Edit]) -> Result<Workbook, Failure> {
    // A workbook that has all its results is held as it was read; others have some computed since.
    let is_as_read = |sheet: &Sheet| {
        let is_computed = |(_, cell): &(Address, Cell)| matches!(cell.value, Value::Unknown(_));
        sheet.runs.is_empty() && sheet.computed.is_empty() && !sheet.cells().iter().any(is_computed)
    };
    let before = if source.workbook.sheets.iter().all(is_as_read) {
        Cow::Borrowed(source.workbook)
    } else {
        Cow::Owned(read::workbook(source.bytes, &UNLIMITED)?)
    };
    let after = read::workbook(copy, &UNLIMITED).map_err(|failure| {
        let reason = failure.message;
        differs(
            &format!("không đọc lại được: {}", reason.vi),
            &format!("unreadable: {}", reason.en),
        )
    })?;
    compare(&before, &after, edits)?;
    Ok(after)
}

/// Compares a workbook with the copy of it.
fn compare(before: &Workbook, after: &Workbook, edits: &[Edit]) -> Result<(), Failure> {
    let of_book = before.sheets.len() <= after.sheets.len()
        && before.epoch_1904 == after.epoch_1904
        && before.unread == after.unread;
    if !of_book {
        return Err(differs("số trang tính", "the sheets"));
    }
    let mut wanted: BTreeMap<&str, BTreeMap<Address, &Edit>> = BTreeMap::new();
    for edit in edits {
        wanted.entry(&edit.sheet).or_default().insert(edit.at, edit);
    }
    let keeps_formats = after.formats.starts_with(&before.formats);
    let books = Books { before, after, keeps_formats };
    for (old, new) in before.sheets.iter().zip(&after.sheets) {
        if !is_laid_out_alike(old, new) {
            let name = &old.name;
            return Err(differs(&format!("trang tính `{name}`"), &format!("sheet `{name}`")));
        }
        let mut edits = wanted.get_mut(old.name.as_str());
        for (at, cells) in pairs(old, new) {
            let edit = edits.as_mut().and_then(|edits| edits.remove(&at));
            if !cells.is_as_intended(edit, &books) {
                let name = &old.name;
                return Err(differs(&format!("ô {at} của `{name}`"), &format!("{at} of `{name}`")));
            }
        }
    }
    // What is left is of cells that are blank in both.
    let mut left = wanted.into_values().flat_map(BTreeMap::into_values);
    let lost = left.find(|edit| !matches!(edit.content, Content::Keep | Content::Blank));
    lost.map_or(Ok(()), |edit| {
        let (at, name) = (edit.at, &edit.sheet);
        Err(differs(&format!("ô {at} của `{name}`"), &format!("{at} of `{name}`")))
    })
}

fn is_laid_out_alike(old: &Sheet, new: &Sheet) -> bool {
    old.name == new.name
        && old.visible == new.visible
        && old.merges == new.merges
        && old.hidden_rows == new.hidden_rows
        && old.hidden_columns == new.hidden_columns
        && old.arrays == new.arrays
        && old.legacy == new.legacy
        && old.faults == new.faults
}

/// The cells of a sheet and of its copy, which both hold them by row, then column.
fn pairs<'a>(old: &'a Sheet, new: &'a Sheet) -> impl Iterator<Item = (Address, Pair<'a>)> {
    let (mut old, mut new) = (old.cells().iter().peekable(), new.cells().iter().peekable());
    std::iter::from_fn(move || {
        let next =
            |cells: &mut Peekable<Iter<'a, (Address, Cell)>>| cells.peek().map(|(at, _)| *at);
        let at = [next(&mut old), next(&mut new)].into_iter().flatten().min()?;
        let old = old.next_if(|(own, _)| *own == at).map(|(_, cell)| cell);
        let new = new.next_if(|(own, _)| *own == at).map(|(_, cell)| cell);
        Some((at, Pair { old, new }))
    })
}

/// A workbook and its copy.
struct Books<'a> {
    before: &'a Workbook,
    after: &'a Workbook,
    /// True where the copy lists the number formats as its source does, and others behind them.
    keeps_formats: bool,
}

impl Books<'_> {
    fn have_same_format(&self, old: &Cell, new: &Cell) -> bool {
        self.keeps_formats && old.format == new.format
            || self.before.number_format(old) == self.after.number_format(new)
    }
}

/// A cell in a source and in its copy.
struct Pair<'a> {
    old: Option<&'a Cell>,
    new: Option<&'a Cell>,
}

impl Pair<'_> {
    fn is_as_intended(&self, edit: Option<&Edit>, books: &Books<'_>) -> bool {
        let Some(edit) = edit else {
            return self.is_same_content() && self.is_same_format(books);
        };
        let holds = match &edit.content {
            Content::Keep => self.is_same_content(),
            Content::Blank => self.new.is_none_or(|cell| cell.value.is_blank()),
            Content::Number(number) => self.is_number(*number) && self.formula(false).is_none(),
            Content::Result(number) => {
                self.is_number(*number) && self.formula(false) == self.formula(true)
            }
            Content::Formula { text, result } => {
                let written = self.formula(false).map(bare);
                self.is_number(*result) && written == Some(bare(text))
            }
            Content::Text(text) => match self.new.map(|cell| &cell.value) {
                Some(Value::Text(new)) => letters(new) == letters(text),
                _ => letters(text).is_empty(),
            },
        };
        // A blank that becomes a figure had no format that is known here.
        holds && (edit.format.is_some() || self.old.is_none() || self.is_same_format(books))
    }

    fn is_same_content(&self) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => is_same(&old.value, &new.value) && old.formula == new.formula,
            (old, new) => old.is_none() && new.is_none(),
        }
    }

    fn is_same_format(&self, books: &Books<'_>) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => old.bold == new.bold && books.have_same_format(old, new),
            (old, new) => old.is_none() && new.is_none(),
        }
    }

    /// True where the copy holds a number, to the digits a file keeps.
    fn is_number(&self, wanted: Decimal) -> bool {
        match self.new.map(|cell| &cell.value) {
            Some(Value::Number(number) | Value::Date(number)) => {
                (*number - wanted).abs() <= wanted.abs() * Decimal::new(1, 13)
            }
            _ => false,
        }
    }

    fn formula(&self, of_source: bool) -> Option<&str> {
        let cell = if of_source { self.old } else { self.new };
        cell.and_then(|cell| cell.formula.as_deref())
    }
}

/// True for equal values; under another format a date is the number it counts.
fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Date(old) | Value::Number(old), Value::Date(new) | Value::Number(new)) => {
            old == new
        }
        (old, new) => old == new,
    }
}

/// A formula without what its notations differ in: blanks, and quotes around names of sheets.
fn bare(formula: &str) -> String {
    let formula = formula.strip_prefix('=').unwrap_or(formula);
    formula.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect()
}

/// A text without what reading makes alike: blanks of every kind, decomposed letters.
fn letters(text: &str) -> String {
    text.nfc().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

fn differs(vi: &str, en: &str) -> Failure {
    Failure::new(
        Code::CannotWrite,
        format!("bản sửa đọc lại không đúng như định sửa ({vi}) nên không được ghi"),
        format!("the copy, read again, is not as it was meant to be ({en}), so it was not written"),
    )
    .with_help(
        "xin gửi tệp cho người làm chương trình; trong khi chờ, thêm --as xlsx để dựng lại thành .xlsx",
        "please send the file to the authors; meanwhile --as xlsx rebuilds it as .xlsx",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{FileFormat, NumberFormat};

    fn number(value: i64, format: u16) -> Cell {
        Cell { format, ..Cell::new(Value::Number(value.into())) }
    }

    /// Two sheets with figures in A1 to B4, each column in a format of its own.
    fn workbook(codes: [&str; 2]) -> Workbook {
        let cells = || {
            (0..4).flat_map(|row| {
                let at = |column| Address::new(row, column);
                [(at(0), number(row.into(), 1)), (at(1), number(row.into(), 2))]
            })
        };
        let mut workbook = Workbook::empty(FileFormat::Xlsx);
        workbook.formats.extend(codes.map(NumberFormat::parse));
        workbook.sheets = ["Một", "Hai"].map(|name| Sheet::new(name, cells().collect())).into();
        workbook
    }

    fn edit(sheet: &str, at: &str, content: Content) -> Edit {
        let (sheet, at) = (sheet.to_owned(), at.parse().unwrap());
        Edit { sheet, at, content, format: None, highlight: false, note: None }
    }

    /// What is told of a copy that was changed in some way.
    fn told(edits: &[Edit], change: impl Fn(&mut Workbook)) -> Option<String> {
        let before = workbook(["0", "0.00"]);
        // The copy may list its formats in another order.
        let mut after = workbook(["0.00", "0"]);
        for sheet in &mut after.sheets {
            let cells = sheet.cells().iter().cloned();
            let cells = cells.map(|(at, cell)| (at, Cell { format: 3 - cell.format, ..cell }));
            *sheet = Sheet::new(sheet.name.clone(), cells.collect());
        }
        change(&mut after);
        compare(&before, &after, edits).err().map(|failure| failure.message.en)
    }

    #[test]
    fn a_copy_may_differ_only_as_was_meant() {
        let at = |text: &str| -> Address { text.parse().unwrap() };
        let put = |sheet: usize, cell: &'static str, new: Cell| {
            move |after: &mut Workbook| {
                *after.sheets[sheet].cell_mut(at(cell)).unwrap() = new.clone();
            }
        };
        let lose = |cell: &'static str| {
            move |after: &mut Workbook| {
                let kept = after.sheets[1].cells().iter().filter(|(own, _)| *own != at(cell));
                after.sheets[1] = Sheet::new("Hai", kept.cloned().collect());
            }
        };
        let names = |told: Option<String>, cell: &str| {
            assert!(told.as_deref().is_some_and(|told| told.contains(cell)), "{told:?} {cell}");
        };
        assert_eq!(told(&[], |_| ()), None);
        names(told(&[], put(1, "B3", number(9, 1))), "B3 of `Hai`");
        names(told(&[], put(0, "A4", number(3, 1))), "A4 of `Một`");
        names(told(&[], lose("A1")), "A1 of `Hai`");
        names(told(&[], lose("B4")), "B4 of `Hai`");
        let add = |after: &mut Workbook| after.sheets[0].add(vec![(at("C2"), number(1, 0))]);
        names(told(&[], add), "C2 of `Một`");
        let wanted = [edit("Hai", "B3", Content::Number(9.into()))];
        assert_eq!(told(&wanted, put(1, "B3", number(9, 1))), None);
        names(told(&wanted, |_| ()), "B3 of `Hai`");
        names(told(&wanted, put(0, "B3", number(9, 1))), "B3 of `Một`");
        names(told(&wanted, put(1, "B3", number(9, 2))), "B3 of `Hai`");
        assert_eq!(told(&[edit("Hai", "D9", Content::Keep)], |_| ()), None);
        names(told(&[edit("Hai", "D9", Content::Number(1.into()))], |_| ()), "D9 of `Hai`");
        names(told(&[edit("Ba", "A1", Content::Text("a".to_owned()))], |_| ()), "A1 of `Ba`");
    }
}
