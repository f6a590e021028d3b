//! The corrected copy: the workbook patched in place, or rebuilt as `.xlsx` where that is asked for or
//! cannot be done otherwise.

use std::collections::HashMap;

use super::changes::{self, Change, ChangeList};
use super::edited::edited;
use super::formats;
use super::mark::{Kind, Mark};
use super::rebuild::{list_alone, rebuild};
use super::verify::verify;
use rust_decimal::Decimal;

use crate::failure::{Code, Failure};
use crate::formula::{self, CellPlace, Formula, WorkbookSource};
use crate::lang::{Lang, Text};
use crate::patch::{self, Content, Edit, ListCell, ListColumn, ListSheet, PatchError, Warning};
use crate::workbook::{Address, Cell, FileFormat, Sheet, Value, Workbook};

/// What a copy carries besides the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// Figures corrected, cells highlighted, notes and the list of changes added.
    Full,
    /// Figures corrected and nothing else: the copy to submit.
    Plain,
    /// Cells highlighted with notes, no figure changed: the copy to send back.
    Only,
}

/// A corrected copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The file.
    pub bytes: Vec<u8>,
    /// The list of changes as a workbook of its own, for a file that has no room for it.
    pub companion: Option<Vec<u8>>,
    /// What the user must know of it.
    pub warnings: Vec<Text>,
    /// What the file holds: as it was read again, or, where rows were settled while the source was read,
    /// as it was written. `None` where neither is at hand.
    pub(crate) holds: Option<Workbook>,
}

/// Results of formulas that follow from the changes, by sheet name and cell.
pub(super) type Results = HashMap<(String, Address), Value>;

/// What a copy is made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// What was read from it.
    pub workbook: &'a Workbook,
    /// True for a copy written anew as `.xlsx`, where the file could be patched in place as well.
    pub rebuilt: bool,
}

impl Source<'_> {
    /// The kind of file a copy is: its own for what is patched in place, else `.xlsx`.
    #[must_use]
    pub fn copy_format(&self) -> FileFormat {
        match self.workbook.format {
            FileFormat::Xlsx => FileFormat::Xlsx,
            _ if self.rebuilt || self.refusal().is_some() => FileFormat::Xlsx,
            own => own,
        }
    }

    /// Why the file cannot be patched in place at all; `None` where it can.
    #[must_use]
    pub fn refusal(&self) -> Option<Failure> {
        let reason = match self.workbook.format {
            FileFormat::Xls | FileFormat::Xlsb => patch::refusal(self.bytes)?,
            FileFormat::Docx => return Some(refused_document()),
            FileFormat::Xlsx | FileFormat::Xlsm | FileFormat::Ods => return None,
        };
        Some(refused(&reason))
    }
}

/// Documents are signed as they were written: what is to be corrected in one is listed.
fn refused_document() -> Failure {
    Failure::new(
        Code::CannotWrite,
        "không sửa số trong văn bản Word, chỉ nêu chỗ cần sửa",
        "figures in a document are not corrected, only listed",
    )
    .with_help(
        "xem danh sách bằng `soatbieu check` hoặc `soatbieu fix --diff`, rồi tự sửa trong Word",
        "see them with `soatbieu check` or `soatbieu fix --diff`, and correct them in Word",
    )
}

/// Makes the corrected copy of a workbook, which bears the mark of what it was made from.
///
/// # Errors
/// [`Code::CannotWrite`] when the copy cannot be made without harm to the workbook; the reason is
/// named.
pub fn corrected(
    source: Source<'_>,
    list: &ChangeList,
    marks: Marks,
    lang: Lang,
) -> Result<Copy, Failure> {
    let workbook = source.workbook;
    if let Some(refusal) = source.refusal().filter(|_| workbook.format.is_document()) {
        return Err(refusal);
    }
    let (list, results) = settled(workbook, list, marks);
    let kind = if marks == Marks::Only { Kind::Remarks } else { Kind::Corrected };
    let mark = Mark::of(kind, source.bytes);
    if source.copy_format() == workbook.format {
        patched(source, &list, &results, (marks, &mark), lang)
    } else {
        rebuilt(source, &list, &results, (marks, &mark), lang)
    }
}

/// The changes as they are written, and the results that follow from them.
fn settled(workbook: &Workbook, list: &ChangeList, marks: Marks) -> (ChangeList, Results) {
    let mut list = list.clone();
    if marks == Marks::Only {
        return (list, Results::new());
    }
    let binary = workbook.format.is_binary();
    let results = settle(workbook, &mut list, binary);
    if binary {
        adapt_to_binary(workbook, &mut list);
    }
    formats::set(workbook, &mut list);
    (list, results)
}

/// What `.xls` and `.xlsb` cannot hold as others do: a figure that was typed stays a figure where a formula
/// would be written, and a figure typed as text becomes a number.
fn adapt_to_binary(workbook: &Workbook, list: &mut ChangeList) {
    for change in &mut list.changes {
        let sheet = workbook.sheets.iter().find(|sheet| sheet.name == change.sheet);
        let cell = sheet.and_then(|sheet| sheet.cell(change.at));
        if cell.is_none_or(|cell| cell.formula.is_none()) {
            change.formula = None;
        }
        change.is_text = false;
    }
}

/// A cell that a copy cannot have corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barred {
    /// The sheet's name.
    pub sheet: String,
    /// The cell.
    pub at: Address,
    /// Why, and what its figure would be.
    pub told: Text,
}

/// The cells of a list that a copy patched in place cannot have corrected. What follows from them
/// must not be written either, so the list is to be made anew without them.
///
/// # Errors
/// [`Code::CannotWrite`] when the file cannot be patched at all.
pub fn barred(
    source: Source<'_>,
    list: &ChangeList,
    marks: Marks,
    lang: Lang,
) -> Result<Vec<Barred>, Failure> {
    // Excel's own packages take every edit or none.
    let takes_all = matches!(source.workbook.format, FileFormat::Xlsx | FileFormat::Xlsm);
    if takes_all || source.copy_format() != source.workbook.format {
        return Ok(Vec::new());
    }
    let (list, results) = settled(source.workbook, list, marks);
    let edits = edits(source.workbook, &list, &results, marks, lang);
    let found = patch::barred(source.bytes, &edits, &options()).map_err(|e| refused(&e))?;
    let new: HashMap<(&str, Address), &str> = list
        .changes
        .iter()
        .map(|change| ((change.sheet.as_str(), change.at), change.new.as_str()))
        .collect();
    let told = |(edit, reason): (&Edit, PatchError)| {
        let new = new.get(&(edit.sheet.as_str(), edit.at)).copied().unwrap_or("?");
        told_barred(edit, &reason, new)
    };
    Ok(found.into_iter().map(told).collect())
}

fn told_barred(edit: &Edit, reason: &PatchError, new: &str) -> Barred {
    let Edit { sheet, at, .. } = edit;
    let told = Text::new(
        format!(
            "không sửa được ô {at} của `{sheet}` tại chỗ ({}); số tính được là {new}, xin tự sửa hoặc thêm --as xlsx để dựng lại thành .xlsx",
            reason.vietnamese()
        ),
        format!(
            "{at} of `{sheet}` cannot be corrected in place ({reason}); the figure would be {new}: correct it by hand, or add --as xlsx to have it rebuilt as .xlsx"
        ),
    );
    Barred { sheet: sheet.clone(), at: *at, told }
}

/// What the parts unpack to was limited when the workbook was read.
fn options() -> patch::Options {
    patch::Options { part_limit: u64::MAX, ..patch::Options::default() }
}

/// What a copy that is written anew takes over where it can be read.
const LOOKS: (&str, &str) = (
    "phông chữ, kẻ khung, màu nền, căn lề, độ rộng cột, chiều cao dòng, thiết lập in",
    "fonts, borders, fills, alignment, sizes of columns and rows, print set-up",
);

/// What is said among the kept, and among the lost.
fn kept_or_lost(looks: &patch::looks::Looks, kept: String, lost: String) -> [String; 2] {
    if looks.styles.is_empty() { [String::new(), lost] } else { [kept, String::new()] }
}

/// A copy written anew, with what is lost by it.
fn rebuilt(
    source: Source<'_>,
    list: &ChangeList,
    results: &Results,
    (marks, mark): (Marks, &Mark),
    lang: Lang,
) -> Result<Copy, Failure> {
    let workbook = source.workbook;
    let looks = patch::looks::looks(source.bytes);
    let bytes = rebuild(workbook, &looks, list, results, marks, lang)?;
    let bytes = mark.on_workbook(&bytes)?;
    let suffix = workbook.format.suffix();
    let (vi, en) = LOOKS;
    let (comma_vi, comma_en) = (format!(", {vi}"), format!(", {en}"));
    let [kept_vi, lost_vi] = kept_or_lost(&looks, comma_vi, format!("{vi}, "));
    let [kept_en, lost_en] = kept_or_lost(&looks, comma_en, format!("{en}, "));
    let warning = Text::new(
        format!(
            "tệp .{suffix} được dựng lại thành .xlsx: giữ giá trị, công thức, định dạng số, ô gộp{kept_vi}; không giữ {lost_vi}hình vẽ, biểu đồ, định dạng có điều kiện và macro"
        ),
        format!(
            "the .{suffix} file was rebuilt as .xlsx: values, formulas, number formats and merged cells{kept_en} are kept; {lost_en}pictures, charts, conditional formats and macros are not"
        ),
    );
    let reason = source.refusal().filter(|_| !source.rebuilt).map(|refusal| refusal.message);
    let warnings = reason.into_iter().chain([warning]).collect();
    Ok(Copy { bytes, companion: None, warnings, holds: None })
}

/// Rounds in which repaired formulas that read each other settle.
const MAX_ROUNDS: usize = 8;

/// Computes everything that follows from the changes. A repaired formula gets the result it gives
/// on the corrected figures. Where a figure was typed, a formula that would give another one than was
/// decided is written as a figure instead; a live formula never is.
fn settle(workbook: &Workbook, list: &mut ChangeList, binary: bool) -> Results {
    let mut cells = workbook.sheets.iter().flat_map(Sheet::cells);
    let computes = cells.any(|(_, cell)| cell.formula.is_some());
    if !computes && list.changes.iter().all(|change| change.formula.is_none()) {
        return Results::new();
    }
    let index = |name: &str| workbook.sheets.iter().position(|sheet| sheet.name == name);
    let mut after = workbook.clone();
    if binary {
        // Where no formula can be repaired, a wrong one keeps its result, and so does what reads it.
        for (sheet, at) in &list.wrong_formulas {
            let sheet = index(sheet).map(|sheet| &mut after.sheets[sheet]);
            if let Some(cell) = sheet.and_then(|sheet| sheet.cell_mut(*at)) {
                cell.formula = None;
            }
        }
    }
    let mut changed: Vec<formula::Change> = Vec::new();
    for change in list.changes.iter().filter(|change| !change.format_only) {
        let Some(sheet) = index(&change.sheet) else { continue };
        let value = Value::Number(change.stored);
        let place = CellPlace { sheet, at: change.at };
        put(&mut after, place, value.clone());
        changed.push(formula::Change { place, value });
    }
    let limits = formula::Limits::default();
    let mut results = Vec::new();
    for _ in 0..MAX_ROUNDS {
        results = formula::results_of(&after, &changed, &limits);
        for (place, value) in &results {
            put(&mut after, *place, value.clone());
        }
        let moved = recompute(&mut after, list);
        if moved.is_empty() {
            break;
        }
        for change in &mut changed {
            if let Some(result) = moved.get(&change.place) {
                change.value = Value::Number(*result);
            }
        }
    }
    let named = |place: CellPlace| (workbook.sheets[place.sheet].name.clone(), place.at);
    results.into_iter().map(|(place, value)| (named(place), value)).collect()
}

fn put(workbook: &mut Workbook, place: CellPlace, value: Value) {
    let sheet = &mut workbook.sheets[place.sheet];
    match sheet.cell_mut(place.at) {
        Some(cell) => cell.value = value,
        // A forgotten figure often has no cell of its own in the file.
        None => sheet.add(vec![(place.at, Cell::new(value))]),
    }
}

/// Gives each repaired formula its result on the corrected figures; those that moved.
fn recompute(after: &mut Workbook, list: &mut ChangeList) -> HashMap<CellPlace, Decimal> {
    let mut moved = HashMap::new();
    for change in &mut list.changes {
        let Some(text) = &change.formula else { continue };
        let Some(sheet) = after.sheets.iter().position(|sheet| sheet.name == change.sheet) else {
            continue;
        };
        let result = Formula::parse(text).ok().and_then(|formula| {
            let source = WorkbookSource::new(after, sheet);
            source.evaluate(&formula, sheet, change.at, &formula::Limits::default()).ok()
        });
        let place = CellPlace { sheet, at: change.at };
        let cell = after.sheets[sheet].cell(change.at);
        let is_live = cell.is_some_and(|cell| cell.formula.is_some());
        match result {
            Some(Value::Number(result)) if is_live || is_same_print(result, change.stored) => {
                if result != change.stored {
                    moved.insert(place, result);
                }
                change.stored = result;
                put(after, place, Value::Number(result));
            }
            _ if is_live => {}
            _ => change.formula = None,
        }
    }
    moved
}

/// True when two stored figures differ by less than any table prints.
fn is_same_print(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() < Decimal::new(5, 3)
}

fn patched(
    source: Source<'_>,
    list: &ChangeList,
    results: &Results,
    (marks, mark): (Marks, &Mark),
    lang: Lang,
) -> Result<Copy, Failure> {
    let edits = edits(source.workbook, list, results, marks, lang);
    let sheet = (marks == Marks::Full).then(|| list_sheet(list, lang));
    let sheet = sheet.filter(|_| !list.changes.is_empty());
    let options = patch::Options { properties: mark.properties(), ..options() };
    let patched = patch::apply(source.bytes, &edits, sheet.as_ref(), &options);
    let patched = patched.map_err(|e| refused(&e))?;
    // Of a table whose rows were settled while they were read, the whole would have to be held in
    // memory twice; its package was compared part by part.
    let by_parts = matches!(source.workbook.format, FileFormat::Xlsx | FileFormat::Xlsm);
    let is_read = !(by_parts && source.workbook.has_settled_rows());
    let read_back = is_read.then(|| verify(source, &patched.bytes, &edits)).transpose()?;
    let holds = if source.workbook.has_settled_rows() {
        Some(edited(source.workbook, &edits))
    } else {
        read_back
    };
    let alone = source.workbook.format.is_binary() && marks != Marks::Plain;
    let alone = alone && !(list.changes.is_empty() && list.by_hand.is_empty());
    let companion = || {
        let mark = Mark { kind: Kind::Changes, ..mark.clone() };
        mark.on_workbook(&list_alone(list, lang)?)
    };
    let companion = alone.then(companion).transpose()?;
    let warnings = patched.warnings.iter().map(warning).collect();
    Ok(Copy { bytes: patched.bytes, companion, warnings, holds })
}

/// What is to be written into cells: the changes, and results of formulas that follow from them.
fn edits(
    workbook: &Workbook,
    list: &ChangeList,
    results: &Results,
    marks: Marks,
    lang: Lang,
) -> Vec<Edit> {
    let mut edits: Vec<Edit> =
        list.changes.iter().map(|change| edit(change, marks, lang)).collect();
    if workbook.format.is_binary() {
        for edit in &mut edits {
            keep_formula(workbook, edit);
        }
    }
    let places: HashMap<(String, Address), usize> =
        edits.iter().map(|edit| (edit.sheet.clone(), edit.at)).zip(0..).collect();
    for (place @ (sheet, at), value) in results {
        let Value::Number(result) = value else { continue };
        let sheet_read = workbook.sheets.iter().find(|known| known.name == *sheet);
        // What stays as the file holds it is not written again.
        if sheet_read
            .is_some_and(|s| s.value(*at) == value && s.computed.binary_search(at).is_err())
        {
            continue;
        }
        match places.get(place).map(|index| &mut edits[*index]) {
            // A cell of which only the format changes has a new result all the same.
            Some(edit) if edit.content == Content::Keep && edit.format.is_some() => {
                edit.content = Content::Result(*result);
            }
            Some(_) => {}
            None => edits.push(Edit {
                sheet: sheet.clone(),
                at: *at,
                content: Content::Result(*result),
                format: None,
                highlight: false,
                note: None,
            }),
        }
    }
    edits
}

/// A formula that is right and has an old result gets the new one beside it.
fn keep_formula(workbook: &Workbook, edit: &mut Edit) {
    let sheet = workbook.sheets.iter().find(|sheet| sheet.name == edit.sheet);
    let own = sheet.and_then(|sheet| sheet.cell(edit.at)).and_then(|cell| cell.formula.as_deref());
    if let Content::Formula { text, result } = &edit.content
        && own == Some(text.strip_prefix('=').unwrap_or(text))
    {
        edit.content = Content::Result(*result);
    }
}

fn edit(change: &Change, marks: Marks, lang: Lang) -> Edit {
    let content = match (marks, &change.formula) {
        (Marks::Only, _) => Content::Keep,
        _ if change.format_only => Content::Keep,
        (_, Some(formula)) => Content::Formula { text: formula.clone(), result: change.stored },
        // A figure typed as text stays text, so that the column looks as it did.
        (_, None) if change.is_text => Content::Text(change.new.clone()),
        (_, None) => Content::Number(change.stored),
    };
    let marked = marks != Marks::Plain;
    Edit {
        sheet: change.sheet.clone(),
        at: change.at,
        content,
        format: change.format.clone(),
        highlight: marked,
        note: marked.then(|| changes::note(change, marks == Marks::Only, lang)),
    }
}

fn list_sheet(list: &ChangeList, lang: Lang) -> ListSheet {
    let columns = changes::headings(lang)
        .iter()
        .map(|(heading, width)| ListColumn { heading: (*heading).to_owned(), width: *width })
        .collect();
    let text = |text: &String| {
        if text.is_empty() { ListCell::Blank } else { ListCell::Text(text.clone()) }
    };
    let mut rows: Vec<Vec<ListCell>> =
        changes::rows(list, lang).iter().map(|row| row.iter().map(text).collect()).collect();
    rows.push(Vec::new());
    for [name, before, after] in changes::ledger_rows(list, lang) {
        // The names stand in the column of rows, which is wide enough for them.
        let mut row = vec![ListCell::Blank; 3];
        row.extend([text(&name), ListCell::Blank, text(&before), text(&after)]);
        rows.push(row);
    }
    ListSheet { name: changes::sheet_name(lang).to_owned(), columns, rows, upright: false }
}

fn refused(error: &PatchError) -> Failure {
    Failure::new(
        Code::CannotWrite,
        format!("không sửa tại chỗ được: {}", error.vietnamese()),
        format!("the workbook cannot be corrected in place: {error}"),
    )
    .with_help(
        "hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại thành .xlsx mới rồi chạy lại",
        "open it in Excel or LibreOffice, save it as a new .xlsx and run again",
    )
}

fn warning(warning: &Warning) -> Text {
    Text::new(warning.vietnamese(), warning.to_string())
}
