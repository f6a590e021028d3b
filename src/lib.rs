//! Soát biểu: checks, corrects and typesets the tables Vietnamese communes submit.
//!
//! The work goes one way, a module a step:
//!
//! ```text
//! read ─→ compute ─→ recognise ─→ judge ─→ rules ─→ locate ─→ findings ─→ correct ─→ report / patch / appendix
//! bytes   workbook   workbook     table    table    ledger    blocks      corrections        files
//! ```
//!
//! [`read`] knows files, [`compute`] gives formulas the results their file does not hold,
//! [`recognise`] finds the tables on their sheets, [`found`] the relations that their figures and
//! headings show by themselves, [`judge`] tells which of
//! their formulas compute what they should, [`rules`] evaluates every validation rule, [`hypotheses`]
//! tests causes over whole rows, columns and tables, [`locate`]
//! asks the [`solver`] which cells must be wrong, [`findings`] puts one finding to each wrong cell
//! with its cause, [`correct`] accepts corrections that break nothing. [`check`] is these steps in a
//! row; [`desk`] is the whole job of one workbook, decisions and outputs included, and `batch` what it
//! takes to do it for thousands of files. [`screen`] settles the rows of long tables while they are
//! read, and reads once what many files share; [`across`] compares tables that repeat each other's
//! columns, [`repeats`] those that repeat others' totals, [`merge`] makes one table of the tables of many units.

pub mod across;
pub mod allocate;
pub mod appendix;
#[cfg(feature = "cli")]
pub mod batch;
pub mod checkup;
pub mod compare;
pub mod compute;
pub mod correct;
pub mod desk;
pub mod failure;
pub mod findings;
pub mod forms;
pub mod formula;
pub mod found;
pub mod hypotheses;
pub mod issue;
pub mod judge;
pub mod lang;
pub mod locate;
pub mod merge;
pub mod output;
pub mod patch;
pub mod read;
pub mod recognise;
pub mod relations;
pub mod remarks;
pub mod repeats;
pub mod report;
pub mod rules;
pub mod screen;
pub mod solver;
pub mod statements;
pub mod table;
pub mod units;
pub mod words;
pub mod workbook;

pub use checkup::{Checkup, check, check_workbook};
