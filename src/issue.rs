//! Tables this program makes of others: set like an official table, with a sheet behind that says how
//! they came about, marked with their sources, and checked like any other before they are handed out.

use crate::appendix::{self, appendix};
use crate::checkup;
use crate::failure::{Code, Failure};
use crate::findings::words;
use crate::lang::{Lang, Text};
use crate::output::Mark;
use crate::patch::{self, ListSheet};
use crate::read::{self, Limits};
use crate::recognise::Request;
use crate::rules::Counts;
use crate::table::Table;
use crate::workbook::{Cell, Workbook};

/// A finished workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The `.xlsx` file.
    pub bytes: Vec<u8>,
    /// What was decided while the sheet was set, for the person who prints it.
    pub notes: Vec<Text>,
    /// The rules evaluated on the finished workbook: none is violated.
    pub checks: Counts,
}

/// What a table is called in what is said of it: `biểu gộp`.
#[derive(Debug, Clone, Copy)]
pub struct Called {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Sets a table, adds the sheet that says how it came about, and checks the finished workbook as it
/// stands: `request` is what its sources were checked with.
///
/// # Errors
/// [`Code::CannotWrite`] where the table passes the limits of a workbook, [`Code::NotClean`] where the
/// workbook read again is not the table, or has errors.
pub fn issue(
    table: &Table,
    options: &appendix::Options,
    behind: &ListSheet,
    mark: &Mark,
    (request, called): (&Request, Called),
) -> Result<Issued, Failure> {
    let set = appendix(table, options)?;
    let marked = patch::Options { properties: mark.properties(), ..patch::Options::default() };
    let patched = patch::apply(&set.bytes, &[], Some(behind), &marked).map_err(|error| {
        Failure::new(
            Code::CannotWrite,
            format!("không thêm được trang ghi chú: {}", error.vietnamese()),
            format!("the sheet of notes could not be added: {error}"),
        )
    })?;
    let bytes = patched.bytes;
    let request = Request { sheet: options.sheet.clone(), ..request.clone() };
    let checks = check(table, &bytes, &request, called)?;
    Ok(Issued { bytes, notes: set.notes, checks })
}

/// Reads the workbook as any other: it must be this table, without an error.
fn check(
    table: &Table,
    bytes: &[u8],
    request: &Request,
    called: Called,
) -> Result<Counts, Failure> {
    // Its formulas were written where they give the table's own figures, and need no trial again.
    let workbook = without_formulas(read::workbook(bytes, &Limits::default())?);
    let checkup = checkup::check_workbook(workbook, request)?;
    let [checked] = checkup.tables.as_slice() else {
        return Err(not_the_same(&table.form, called));
    };
    if let Some(finding) = checked.errors().next() {
        let (count, Called { vi, en }) = (checked.errors().count(), called);
        return Err(Failure::new(
            Code::NotClean,
            format!("{vi} có {count} lỗi: {}", words::message(checked, finding, Lang::Vi)),
            format!("the {en} has errors: {count}: {}", words::message(checked, finding, Lang::En)),
        ));
    }
    let read = &checked.table;
    let same = read.form == table.form
        && read.rows.len() == table.rows.len()
        && read.columns.len() == table.columns.len()
        && read.rows.iter().zip(&table.rows).all(|(a, b)| a.role == b.role)
        && table.places().all(|place| read.number(place) == table.number(place));
    if same { Ok(checked.ledger.counts()) } else { Err(not_the_same(&table.form, called)) }
}

/// The workbook with the results of its formulas alone.
fn without_formulas(mut workbook: Workbook) -> Workbook {
    for sheet in &mut workbook.sheets {
        let cells = std::mem::take(sheet).with_cells(|cell| Cell { formula: None, ..cell });
        *sheet = cells;
    }
    workbook
}

fn not_the_same(form: &str, Called { vi, en }: Called) -> Failure {
    Failure::new(
        Code::NotClean,
        format!("tệp của {vi} đọc lại không ra đúng biểu `{form}`, nên không được ghi"),
        format!(
            "the workbook of the {en}, read again, is not the table of `{form}`, so it was not written"
        ),
    )
}
