//! The check of one workbook: the steps from its bytes to the findings of its tables, in a row.

use crate::failure::Failure;
use crate::findings::{Checked, check as check_table};
use crate::recognise::{Heads, Request, Skipped, recognise_known};
use crate::statements::{Statements, Tables};
use crate::workbook::Workbook;
use crate::{across, compute, judge, read, statements};

/// What a check of one workbook gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// The workbook as read.
    pub workbook: Workbook,
    /// Its tables, each with its ledger and findings.
    pub tables: Vec<Checked>,
    /// Sheets without a table, with the reason.
    pub skipped: Vec<Skipped>,
    /// What became of the sentences of a document; workbooks have none.
    pub statements: Option<Statements>,
}

/// Reads a workbook and checks its tables.
///
/// # Errors
/// A [`Failure`] when the bytes are no readable workbook or hold no table that can be checked.
pub fn check(bytes: &[u8], limits: &read::Limits, request: &Request) -> Result<Checkup, Failure> {
    check_workbook(read::workbook(bytes, limits)?, request)
}

/// Checks the tables of a workbook that was read before.
///
/// # Errors
/// A [`Failure`] when the workbook holds no table that can be checked.
pub fn check_workbook(workbook: Workbook, request: &Request) -> Result<Checkup, Failure> {
    check_tables(workbook, request, &mut Heads::default())
}

/// Checks the tables of a workbook, the heads of which may be known from others.
pub(crate) fn check_tables<'r>(
    workbook: Workbook,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<Checkup, Failure> {
    let workbook = compute::complete_results(workbook);
    let mut recognised = recognise_known(&workbook, request, heads)?;
    compute::tell(&workbook, &mut recognised.tables);
    let judged = judge::judge(&workbook, recognised.tables);
    let mut tables: Vec<Checked> = judged.into_iter().map(check_table).collect();
    across::within(&mut tables);
    let statements = workbook
        .format
        .is_document()
        .then(|| statements::of(&workbook.prose, Tables::Here(&tables), &request.forms()));
    Ok(Checkup { workbook, tables, skipped: recognised.skipped, statements })
}
