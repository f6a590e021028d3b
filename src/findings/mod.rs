//! Findings: what is told of a table, as data. One error per wrong cell, with the broken rules as
//! its evidence. Renderers ([`crate::report`]) turn findings into text, JSON and HTML; the words
//! they share are in [`words`].

mod again;
mod alike;
mod assemble;
mod causes;
mod doubts;
mod evidence;
mod explained;
mod followers;
mod pointed;
mod remark;
mod shared;
pub mod words;

use rust_decimal::Decimal;

pub use assemble::assemble;
pub use causes::{Cause, Mechanism, cause_of_unread};
pub use explained::with_causes;

pub use crate::locate::Reason;
pub use crate::solver::{Grade, Verdict};

use crate::hypotheses::{self, Explained};
use crate::judge::{self, Judged, Judgements};
use crate::locate;
use crate::relations::{Instance, Links, Relation, count_fits};
use crate::rules::{self, Ledger, Rule, Severity};
use crate::table::{Inferred, Place, Table};

/// A proposed figure for one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The cell.
    pub place: Place,
    /// The figure as it stands; `None` where the cell holds no number.
    pub from: Option<Decimal>,
    /// The figure it should be, in the unit the table prints.
    pub to: Decimal,
    /// What may be done with it.
    pub grade: Grade,
    /// Why.
    pub reason: Reason,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that tells it.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The cell concerned; `None` for a finding on a heading.
    pub place: Option<Place>,
    /// Further cells with the same remark (of the same column).
    pub others: Vec<Place>,
    /// How many cells of settled rows have the same fault.
    pub more: usize,
    /// The cell concerned, where it is none of the table's grid; then `texts` has what is compared there.
    pub outside: Option<crate::workbook::Address>,
    /// Two texts that are compared: found, wanted.
    pub texts: Option<(String, String)>,
    /// Cells with formulas that come out right by themselves once this one is mended (for a formula
    /// without a result: those that wait for it). They are no findings of their own.
    pub followers: Vec<Place>,
    /// For a finding on a heading: its column, and the two texts compared (found, wanted).
    pub heading: Option<(usize, String, String)>,
    /// The figure the rule computes, in the unit the table prints.
    pub expected: Option<Decimal>,
    /// Which cell is wrong, and how surely; `None` where the question does not arise.
    pub verdict: Option<Verdict>,
    /// Other cell sets that explain the same.
    pub alternatives: Vec<Vec<Place>>,
    /// How the wrong figure came to be, most specific first.
    pub causes: Vec<Cause>,
    /// The rule instances that speak against or for the cell, as indices into the ledger: the
    /// violated ones first.
    pub evidence: Vec<usize>,
    /// What it should be, where that can be said.
    pub correction: Option<Correction>,
    /// Typed figures that were worked out from the wrong one, and what they become with it; for a cause
    /// over many cells the corrections of all others.
    pub along: Vec<Correction>,
    /// The finding in its own words, where one cause over many cells is told.
    pub told: Option<crate::lang::Text>,
    /// For a cell that differs from what figures or headings show: the relation, as an index into
    /// [`Table::inferred`].
    pub inferred: Option<usize>,
}

impl Finding {
    /// All its corrections, that of its first cell before the others.
    pub fn all_corrections(&self) -> impl Iterator<Item = &Correction> {
        self.correction.iter().chain(&self.along)
    }

    /// What the table shows by itself that it is told by.
    #[must_use]
    pub fn told_by<'t>(&self, table: &'t Table) -> Option<&'t Inferred> {
        table.inferred.get(self.inferred?)
    }

    /// True when its correction can be made without asking a person.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.correction.as_ref().is_some_and(|correction| correction.grade == Grade::Safe)
    }
}

/// A table with all that was found on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The table as read.
    pub table: Table,
    /// What must hold in it, with what its figures say to that.
    pub relations: Vec<Relation>,
    /// What was found out about the formulas in its cells.
    pub judgements: Judgements,
    /// What other tables say of its cells.
    pub links: Links,
    /// Every rule instance with its outcome.
    pub ledger: Ledger,
    /// Findings by sheet row, then column.
    pub findings: Vec<Finding>,
    /// The table as causes over many cells read it, where there are such: what is wrong besides was
    /// looked for there.
    pub reread: Option<Box<Reread>>,
}

impl Checked {
    /// True where no rule was recognised, no cell computes and nothing repeats another table: nothing was
    /// checked.
    #[must_use]
    pub fn has_no_rule(&self) -> bool {
        let rules = self.relations.iter().any(|relation| relation.evidence.of > 0);
        !rules && !self.links.repeats_totals() && self.table.formulas().next().is_none()
    }
}

/// A table read otherwise than it stands, with its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The table.
    pub table: Table,
    /// Its rule instances, in the order of the other ledger.
    pub ledger: Ledger,
}

/// Evaluates the rules on a judged table, tests causes over many cells, and locates the wrong cells
/// in the table as the accepted causes read it.
#[must_use]
pub fn check(judged: Judged) -> Checked {
    check_known(judged, None)
}

/// The same, where the instances of the table's relations may be known.
pub(crate) fn check_known(judged: Judged, instances: Option<Vec<Instance>>) -> Checked {
    let ledger = match instances {
        Some(instances) => rules::evaluate_with(&judged, instances),
        None => rules::evaluate(&judged),
    };
    check_with(judged, ledger)
}

fn check_with(mut judged: Judged, ledger: Ledger) -> Checked {
    let explained = hypotheses::explain(&judged, &ledger);
    let (findings, reread) = match explained {
        Some(explained) => {
            let (explained, sound, rest) = beside_causes(&judged, explained);
            let findings = with_causes(&judged.table, &explained, &sound, rest);
            (findings, Some(Box::new(Reread { table: explained.judged.table, ledger: sound })))
        }
        None => (located(&judged, &ledger), None),
    };
    count_fits(&judged.table, &mut judged.relations, &ledger.instances);
    let Judged { table, relations, judgements, links } = judged;
    Checked { table, relations, judgements, links, ledger, findings, reread }
}

/// What is wrong besides causes over many cells, in the table as they read it; the causes themselves
/// are tested again where that tells more of them.
fn beside_causes(judged: &Judged, explained: Explained) -> (Explained, Ledger, Vec<Finding>) {
    let besides = |explained: Explained| {
        let sound = rules::evaluate(&explained.judged);
        let rest = located(&explained.judged, &sound);
        (explained, sound, rest)
    };
    let known = besides(explained);
    if !known.2.iter().any(|finding| finding.severity == Severity::Error) {
        return known;
    }
    again::explain_again(judged, &known.0).map_or(known, besides)
}

/// One finding to each wrong cell, looked for where formulas spoil nothing.
fn located(judged: &Judged, ledger: &Ledger) -> Vec<Finding> {
    match judge::settle(judged) {
        Some(settled) => {
            let sound = rules::evaluate(&settled);
            let located = locate::locate(&settled, &sound);
            assemble(judged, ledger, Some((&settled, &sound)), &located)
        }
        None => assemble(judged, ledger, None, &locate::locate(judged, ledger)),
    }
}

impl Checked {
    /// The table and the ledger that a finding's evidence and figures are told from.
    #[must_use]
    pub fn ground(&self, finding: &Finding) -> (&Table, &Ledger) {
        match &self.reread {
            Some(reread) if finding.told.is_none() => (&reread.table, &reread.ledger),
            _ => (&self.table, &self.ledger),
        }
    }

    /// The cell a finding is about; the index row's for a finding on a heading.
    #[must_use]
    pub fn cell(&self, finding: &Finding) -> crate::workbook::Address {
        let heading =
            || self.table.head_cell(finding.heading.as_ref().map_or(0, |(column, ..)| *column));
        let inside = finding.place.map(|place| self.table.address(place));
        finding.outside.or(inside).unwrap_or_else(heading)
    }

    /// The table as it was judged, to be changed and checked again.
    #[must_use]
    pub fn judged(&self) -> Judged {
        Judged {
            table: self.table.clone(),
            relations: self.relations.clone(),
            judgements: self.judgements.clone(),
            links: self.links.clone(),
        }
    }

    /// The broken rules with all that would explain them.
    #[must_use]
    pub fn explanations(&self) -> Vec<locate::Block> {
        let judged = self.judged();
        match judge::settle(&judged) {
            Some(settled) => locate::locate(&settled, &rules::evaluate(&settled)).blocks,
            None => locate::locate(&judged, &self.ledger).blocks,
        }
    }

    /// Findings of severity error.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// True when no finding is an error.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.errors().next().is_none()
    }
}
