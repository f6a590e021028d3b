//! The check of one workbook: the steps from its bytes to the findings of its tables, in a row.

use crate::failure::Failure;
use crate::findings::{Checked, check_known};
use crate::recognise::{
    Heads, Recognised, Request, Skipped, no_rule, nothing_to_compare, recognise_known,
};
use crate::rules::Severity;
use crate::statements::{Statements, Tables};
use crate::workbook::Workbook;
use crate::{across, compute, judge, read, repeats, statements};

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

impl Checkup {
    /// The same without tables that are known by their headings alone and of which no rule was recognised:
    /// nothing was checked there, and they must not look as if they were right.
    ///
    /// # Errors
    /// [`Code::NoTable`](crate::failure::Code::NoTable) where no other is left.
    pub fn accepted(self) -> Result<Self, Failure> {
        let rest = self.without_bare();
        match (rest.tables.is_empty(), rest.workbook.format.is_document()) {
            (false, _) => Ok(rest),
            (true, true) => Err(nothing_to_compare(&rest.skipped)),
            (true, false) => Err(no_rule(&rest.skipped)),
        }
    }

    /// [`Self::accepted`], where a document may be taken for its sentences alone.
    pub(crate) fn accepted_for(self, request: &Request) -> Result<Self, Failure> {
        let is_document = self.workbook.format.is_document();
        if is_document && request.sentences_alone {
            Ok(self.without_bare())
        } else {
            self.accepted()
        }
    }

    fn without_bare(mut self) -> Self {
        let (accepted, bare): (Vec<Checked>, Vec<Checked>) =
            self.tables.into_iter().partition(|checked| !is_bare(checked));
        let without_rule = |checked: Checked| Skipped {
            reason: checked.table.without_rule(),
            sheet: checked.table.sheet,
        };
        self.skipped.extend(bare.into_iter().map(without_rule));
        self.tables = accepted;
        self
    }

    /// True where [`Self::accepted`] leaves no table.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        // A document may be taken for its sentences alone.
        !self.tables.is_empty() && self.tables.iter().all(is_bare)
    }
}

/// True for a table whose labels are made, where no rule was recognised, no cell computes and nothing
/// else is to be said.
fn is_bare(checked: &Checked) -> bool {
    let table = &checked.table;
    let told = checked.findings.iter().any(|finding| finding.severity != Severity::Note);
    table.labels_are_made() && !told && checked.has_no_rule()
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

/// Finds the tables of a workbook, with results for the formulas that have none.
pub(crate) fn find_tables<'r>(
    workbook: Workbook,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<(Workbook, Recognised), Failure> {
    let workbook = compute::complete_results(workbook);
    let mut recognised = recognise_known(&workbook, request, heads)?;
    compute::tell(&workbook, &mut recognised.tables);
    Ok((workbook, recognised))
}

/// Checks the tables of a workbook, the heads of which may be known from others.
pub(crate) fn check_tables<'r>(
    workbook: Workbook,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<Checkup, Failure> {
    let (workbook, recognised) = find_tables(workbook, request, heads)?;
    let judged = judge::with_instances(&workbook, recognised.tables);
    let mut tables: Vec<Checked> =
        judged.into_iter().map(|(judged, known)| check_known(judged, known)).collect();
    across::within(&mut tables);
    if !request.printed_only {
        repeats::within(&mut tables);
    }
    let statements = workbook
        .format
        .is_document()
        .then(|| statements::of(&workbook.prose, Tables::Here(&tables), &request.forms()));
    Ok(Checkup { workbook, tables, skipped: recognised.skipped, statements })
}
