//! Soát biểu: checks, corrects and typesets the tables Vietnamese communes submit.
//!
//! The work goes one way, a module a step:
//!
//! ```text
//! read ─→ recognise ─→ judge ─→ rules ─→ locate ─→ findings ─→ correct ─→ report / patch / appendix
//! bytes   workbook     table    table    ledger    blocks      corrections        files
//! ```
//!
//! [`read`] knows files, [`recognise`] finds the tables on their sheets, [`judge`] tells which of
//! their formulas compute what they should, [`rules`] evaluates every validation rule, [`hypotheses`]
//! tests causes over whole rows and columns, [`locate`] asks the [`solver`] which cells must be wrong, [`findings`] puts one finding to each wrong cell
//! with its cause, [`correct`] accepts corrections that break nothing. [`check`] is these steps in a
//! row; [`desk`] is the whole job of one workbook, decisions and outputs included, and `batch` what it
//! takes to do it for thousands of files. [`screen`] settles the rows of long tables while they are
//! read, and reads once what many files share; [`across`] compares tables that repeat each other's
//! columns, [`merge`] makes one table of the tables of many units.

pub mod across;
pub mod appendix;
#[cfg(feature = "cli")]
pub mod batch;
pub mod correct;
pub mod desk;
pub mod failure;
pub mod findings;
pub mod forms;
pub mod formula;
pub mod hypotheses;
pub mod judge;
pub mod lang;
pub mod locate;
pub mod merge;
pub mod output;
pub mod patch;
pub mod read;
pub mod recognise;
pub mod relations;
pub mod report;
pub mod rules;
pub mod screen;
pub mod solver;
pub mod table;
pub mod words;
pub mod workbook;

use failure::Failure;
use findings::Checked;
use recognise::{Heads, Request, Skipped};
use workbook::Workbook;

/// What a check of one workbook gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// The workbook as read.
    pub workbook: Workbook,
    /// Its tables, each with its ledger and findings.
    pub tables: Vec<Checked>,
    /// Sheets without a table, with the reason.
    pub skipped: Vec<Skipped>,
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
fn check_tables<'r>(
    workbook: Workbook,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<Checkup, Failure> {
    let recognised = recognise::recognise_known(&workbook, request, heads)?;
    let judged = judge::judge(&workbook, recognised.tables);
    let mut tables: Vec<Checked> = judged.into_iter().map(findings::check).collect();
    across::within(&mut tables);
    Ok(Checkup { workbook, tables, skipped: recognised.skipped })
}
