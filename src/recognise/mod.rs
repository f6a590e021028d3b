//! From a sheet to the tables on it.
//!
//! The table says itself what it is: its index row names the columns and states their formulas
//! ([`index_row`]), the rows above are its headings, the rows below its figures until notes or a
//! signature block begin. A form, where one fits or is asked for, adds what is not printed. Every
//! sheet is accounted for: it gives tables, or a reason why not.

mod by_headings;
pub(crate) mod columns;
mod counting;
mod formats;
mod head;
mod heading_block;
mod headings;
pub mod index_row;
mod inferred;
mod live;
pub mod notation;
mod region;
mod row_names;
mod row_sums;
pub(crate) mod rows;
mod sheet;
mod structure;
mod surroundings;

use crate::failure::{Code, Failure};
use crate::forms::Form;
use crate::lang::Text;
use crate::table::{Place, Table};
use crate::workbook::{Address, Fault, Range, Sheet, Workbook};

use head::Head;
pub(crate) use head::Heads;
use region::Region;
pub(crate) use structure::is_flat;

/// True where a sheet has what may be an index row.
pub(crate) fn prints_index_row(sheet: &Sheet) -> bool {
    !region::find(sheet).is_empty()
}

/// Which tables are wanted, and which forms may fit them.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only this sheet.
    pub sheet: Option<String>,
    /// Exactly this form; a table it does not fit is a failure.
    pub form: Option<Form>,
    /// Forms to try where none is asked for.
    pub known: Vec<Form>,
    /// True where only what is printed, stated by a form or computed by formulas is checked, and
    /// nothing that figures and headings show by themselves.
    pub printed_only: bool,
    /// True where a document without a table is taken for its sentences alone, which are held
    /// against the tables of another file.
    pub sentences_alone: bool,
}

impl Request {
    /// All forms that a table may be of.
    #[must_use]
    pub fn forms(&self) -> Vec<&Form> {
        self.form.iter().chain(&self.known).collect()
    }
}

/// A sheet that gave no table, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The sheet's name.
    pub sheet: String,
    /// Why.
    pub reason: crate::lang::Text,
}

/// What was recognised in a workbook.
#[derive(Debug, Clone, Default)]
pub struct Recognised {
    /// Tables in the order of sheets, then rows.
    pub tables: Vec<Table>,
    /// Sheets without one.
    pub skipped: Vec<Skipped>,
}

/// Finds the tables of a workbook.
///
/// # Errors
/// [`Code::NoSuchSheet`], [`Code::Damaged`] for a sheet that was not read to its end,
/// [`Code::NoTable`] when no sheet holds one (with the nearest miss), [`Code::TwoTotals`] and
/// [`Code::FormDoesNotFit`].
pub fn recognise(workbook: &Workbook, request: &Request) -> Result<Recognised, Failure> {
    recognise_known(workbook, request, &mut Heads::default())
}

/// The same, where the heads of tables may be among those met before.
pub(crate) fn recognise_known<'r>(
    workbook: &Workbook,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<Recognised, Failure> {
    let (mut found, mut unfit) = (Recognised::default(), None);
    for sheet in wanted_sheets(workbook, request)? {
        refuse_cut_short(sheet)?;
        let here = sheet::tables(workbook, sheet, request, heads)?;
        found.tables.extend(here.own);
        let reasons = here.reasons.into_iter();
        let skipped = reasons.map(|reason| Skipped { sheet: sheet.name.clone(), reason });
        found.skipped.extend(skipped);
        unfit = unfit.or(here.unfit);
    }
    // What was lost of a sheet is told with its tables; where there is none, with the sheet.
    for sheet in wanted_sheets(workbook, request)? {
        if found.tables.iter().any(|table| table.sheet == sheet.name) {
            continue;
        }
        let faults = sheet.faults.iter().map(Fault::text);
        found.skipped.extend(faults.map(|reason| Skipped { sheet: sheet.name.clone(), reason }));
    }
    for unread in &workbook.unread {
        found.skipped.push(Skipped {
            sheet: unread.name.clone(),
            reason: crate::lang::Text::new(
                format!("không đọc được ({})", unread.reason),
                format!("could not be read ({})", unread.reason),
            ),
        });
    }
    let is_document = workbook.format.is_document();
    if found.tables.is_empty() && !(is_document && request.sentences_alone) {
        let none = || {
            if is_document { nothing_to_compare(&found.skipped) } else { no_table(&found.skipped) }
        };
        return Err(unfit.unwrap_or_else(none));
    }
    Ok(found)
}

/// A table that lost its last rows would pass for a shorter one, and be signed.
fn refuse_cut_short(sheet: &Sheet) -> Result<(), Failure> {
    let cut_short = |fault: &&Fault| matches!(fault, Fault::CutShort { .. });
    let Some(fault) = sheet.faults.iter().find(cut_short) else { return Ok(()) };
    let (name, fault) = (&sheet.name, fault.text());
    Err(Failure::new(
        Code::Damaged,
        format!("trang tính `{name}` {}", fault.vi),
        format!("the sheet `{name}` {}", fault.en),
    )
    .with_help(
        "hãy xin lại tệp, hoặc mở bằng Excel, kiểm tra đủ dòng rồi lưu lại",
        "ask for the file again, or open it, see that all rows are there and save it",
    )
    .with_option(
        "nếu cần trang tính khác trong tệp thì dùng --sheet",
        "for another sheet of the file use --sheet",
    ))
}

fn wanted_sheets<'a>(workbook: &'a Workbook, request: &Request) -> Result<Vec<&'a Sheet>, Failure> {
    let Some(name) = &request.sheet else { return Ok(workbook.sheets.iter().collect()) };
    if let Some(sheet) = workbook.sheet(name) {
        return Ok(vec![sheet]);
    }
    let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    Err(Failure::new(
        Code::NoSuchSheet,
        format!("không có trang tính `{name}`"),
        format!("there is no sheet `{name}`"),
    )
    .with_help(
        format!("các trang tính trong tệp: {}", names.join(", ")),
        format!("the sheets of the file: {}", names.join(", ")),
    ))
}

/// The table of a region.
struct Built {
    table: Table,
    /// The row below it that the headings of another table begin in.
    other: Option<u32>,
}

/// The table of a region; the inner error says why the region is no table after all.
fn build(
    workbook: &Workbook,
    sheet: &Sheet,
    region: &Region,
    head: &Head<'_>,
    request: &Request,
) -> Result<Result<Built, Text>, Failure> {
    let Some(rows) = rows::read(sheet, region, &head.computed) else {
        return Ok(Err(without_figures(region)));
    };
    let columns = columns::read(workbook, sheet, head, &rows)?;
    if head.is_unlabelled {
        if columns.are_all_text() {
            return Ok(Err(sheet::only_ordinals()));
        }
        if rows.rows.iter().filter(|row| !row.holds_no_cells()).count() < 2 {
            return Ok(Err(single_row(region)));
        }
    }
    let other = rows.other;
    let mut table = columns.into_table(sheet, region, head, rows);
    table.notes.extend(sheet.remarks());
    table.notes.extend(unheaded(region));
    let live = live::read(workbook, sheet, &table);
    inferred::add(&mut table, live);
    if !request.printed_only {
        let stated = row_names::read(&table);
        inferred::add(&mut table, stated);
        inferred::read(&mut table);
    }
    structure::assign(&mut table)?;
    inferred::settle(&mut table, request.printed_only);
    table.merged = merged_figures(sheet, &table);
    formats::settle(sheet, &mut table);
    Ok(Ok(Built { table, other }))
}

/// The reason for a line of figures under words, which is no table yet.
fn single_row(region: &Region) -> Text {
    let row = region.body;
    Text::new(
        format!("dưới tiêu đề ở dòng {row} chỉ có một dòng số liệu và không có dòng chỉ số cột"),
        format!("below the headings in row {row} stands one row of figures, and no index row"),
    )
}

/// What is said of columns of figures beside a table that nothing heads.
fn unheaded(region: &Region) -> Option<Text> {
    let letters = region.unheaded.iter().map(|column| Address::new(0, *column).column_letters());
    let letters = letters.collect::<Vec<_>>().join(", ");
    (!letters.is_empty()).then(|| {
        Text::new(
            format!("các cột bên phải có số liệu nhưng không có tiêu đề nên không được soát: {letters}"),
            format!("columns at the right hold figures without headings, so they are not checked: {letters}"),
        )
    })
}

fn without_figures(region: &Region) -> Text {
    let row = region.body;
    if region.index_row.is_none() {
        return Text::new(
            format!("có tiêu đề đến dòng {row} nhưng bên dưới chưa có số liệu"),
            format!("has headings down to row {row} but no figures below them"),
        );
    }
    Text::new(
        format!("có dòng chỉ số cột ở dòng {row} nhưng bên dưới không có số liệu"),
        format!("has an index row in row {row} but no figures below it"),
    )
}

/// Most merged ranges looked at in one table, and most cells told of one.
const MOST_MERGED: usize = 256;

/// Figures that are merged over several cells of a table.
fn merged_figures(sheet: &Sheet, table: &Table) -> Vec<Vec<Place>> {
    let (top, bottom) = (table.body, table.range.end.row);
    // A range whose first cell is blank shows no figure, and covered cells with values of their own
    // have figures of their own.
    let holds = |at: Address| !sheet.value(at).is_blank();
    let inside = |range: &&Range| {
        (top..=bottom).contains(&range.start.row)
            && holds(range.start)
            && !range.cells().skip(1).take(MOST_MERGED).any(holds)
    };
    let of = |range: &Range| -> Vec<Place> {
        let rows = table.rows.partition_point(|row| row.sheet_row < range.start.row)..;
        let rows = rows.take_while(|row| {
            table.rows.get(*row).is_some_and(|row| row.sheet_row <= range.end.row)
        });
        let columns: Vec<usize> = (0..table.columns.len())
            .filter(|column| {
                let at = table.columns[*column].sheet_column;
                (range.start.column..=range.end.column).contains(&at)
            })
            .collect();
        rows.flat_map(|row| columns.iter().map(move |column| Place::new(row, *column)))
            .filter(|place| table.holds_figures(*place))
            .take(MOST_MERGED)
            .collect()
    };
    let ranges = sheet.merges.iter().filter(inside).take(MOST_MERGED);
    ranges.map(of).filter(|places| places.len() > 1).collect()
}

/// A document without a table is not clean: nothing in it was checked.
pub(crate) fn nothing_to_compare(skipped: &[Skipped]) -> Failure {
    let why = |lang| {
        let reasons =
            skipped.iter().map(|one| format!("`{}`: {}", one.sheet, one.reason.get(lang)));
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        if reasons.is_empty() { reasons } else { format!(" ({reasons})") }
    };
    let [vi, en] = [crate::lang::Lang::Vi, crate::lang::Lang::En].map(why);
    Failure::new(
        Code::NoTable,
        format!("không đối chiếu: văn bản không có bảng số liệu nào soát được{vi}"),
        format!("not compared: the document holds no table that can be checked{en}"),
    )
    .with_option(
        "nếu bảng ở tệp riêng thì nêu tệp đó: soatbieu check VĂN-BẢN.docx --table BẢNG.xlsx",
        "where the table is a file of its own, name it: soatbieu check DOCUMENT.docx --table TABLE.xlsx",
    )
}

fn no_table(skipped: &[Skipped]) -> Failure {
    none_checked(skipped).with_help(
        "bảng được nhận ra theo dòng chỉ số cột (ví dụ `A B 1 2 3 4=3/1`) hoặc theo tiêu đề cột có số liệu ở dưới; hãy xem lại tệp, hoặc bổ sung dòng chỉ số ngay dưới tiêu đề",
        "a table is known by its index row (such as `A B 1 2 3 4=3/1`) or by headings with figures below; see whether this is the right file, or add an index row right under the headings",
    )
}

/// The failure where tables were read and no rule of any was recognised.
pub(crate) fn no_rule(skipped: &[Skipped]) -> Failure {
    none_checked(skipped)
        .with_help(
            "nếu bảng có cách tính, hãy bổ sung dòng chỉ số có công thức ngay dưới tiêu đề (ví dụ `A B 1 2 3=2/1`)",
            "if figures of the table are computed, add an index row with formulas right under the headings (such as `A B 1 2 3=2/1`)",
        )
        .with_option(
            "hoặc lập biểu mẫu bằng `soatbieu forms new TỆP`, xem lại rồi dùng --form; `check --explain-table` cho biết bảng được hiểu thế nào",
            "or write a form with `soatbieu forms new FILE`, look through it and use it with --form; `check --explain-table` says how the table is understood",
        )
}

fn none_checked(skipped: &[Skipped]) -> Failure {
    let list = |lang| {
        let reasons: Vec<String> = skipped
            .iter()
            .map(|skipped| format!("`{}`: {}", skipped.sheet, skipped.reason.get(lang)))
            .collect();
        reasons.join("; ")
    };
    Failure::new(
        Code::NoTable,
        format!("không tìm thấy bảng nào để soát ({})", list(crate::lang::Lang::Vi)),
        format!("no table was found ({})", list(crate::lang::Lang::En)),
    )
}
