//! The formulas in a table's cells: does each compute what its column says?
//!
//! The step between recognising a table and evaluating its rules. Every formula is compared with
//! the relations that produce its cell ([`crate::formula::agreement`]), its stored result with what
//! it computes now, and cells are compared with their neighbours: a typed figure among formulas, a
//! formula among typed figures. What comes out is a [`Judgement`] a cell, kept in the table: the
//! rules of group R6 tell its faults, [`crate::locate`] learns from it which cells compute
//! themselves and which prove nothing, and a correction takes its formula from it.
//!
//! A formula is right when it agrees with any of the relations that produce its cell. Whatever
//! could not be decided is a fault of its own that accuses nobody.

mod bench;
mod settle;
mod siblings;
mod write;

use std::collections::BTreeMap;

pub use settle::{follow, put, settle};

use rust_decimal::Decimal;

use crate::formula::{Difference, Limits, Recalculated, Unsupported, recalculate};
use crate::relations::{self, Concern, Instance, Links, Relation};
use crate::table::{Datum, Place, Table};
use crate::workbook::Workbook;

/// What was found out about the formulas of a table, by cell.
pub type Judgements = BTreeMap<Place, Judgement>;

/// What a cell's figure is worth as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A formula that provably computes its rule, with the result it computes: it follows its
    /// inputs and is never accused itself.
    Computed,
    /// What a wrong formula or an old calculation left: it proves nothing about other cells.
    Discredited,
    /// A formula of a row that computes by a rule of its own, such as a change on the year before:
    /// the column's rule does not speak of it.
    Exempt,
    /// A figure like a typed one: nothing certain is known of how it came about.
    Typed,
}

/// What is wrong with what stands behind a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The formula differs from the rule of its cell.
    Differs(Difference),
    /// The formula is right, but sums pass over these figures, which are stored as text.
    TextInputs(Vec<Place>),
    /// The stored result is not what the formula computes.
    Stale,
    /// A typed figure where the cells around have formulas.
    TypedAmongFormulas,
    /// A formula where the column's other figures are typed.
    FormulaAmongData,
    /// The formula stands on a circle of references.
    Circular,
    /// The formulas of the row agree with each other and not with the rules of their columns.
    RowRule,
    /// Could not be judged.
    Undecided(Unsupported),
}

/// What is known of a cell's formula, or of its want of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What its figure is worth.
    pub standing: Standing,
    /// What the relation it was judged by is about: for a right formula the one it computes.
    pub concern: Option<Concern>,
    /// What is wrong, the gravest first; empty for a right formula.
    pub faults: Vec<Fault>,
    /// True when cells around it hold right formulas of the same rule, so that the rule is the
    /// author's own and the fault is certain.
    pub confirmed: bool,
    /// The formula that computes the rule, proved like any other; for a stale cell its own.
    pub repair: Option<String>,
    /// What the rule (for a stale cell: the formula) gives, in the unit the table prints.
    pub expected: Option<Decimal>,
}

impl Judgement {
    /// A formula that computes a rule.
    #[must_use]
    pub fn right(concern: Option<Concern>) -> Self {
        Self {
            standing: Standing::Computed,
            concern,
            faults: Vec::new(),
            confirmed: true,
            repair: None,
            expected: None,
        }
    }

    /// A figure that proves nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self { standing: Standing::Discredited, ..Self::right(None) }
    }

    /// The repair as it is written into its cell, where that holds another formula or none.
    #[must_use]
    pub fn written(&self, cell: &Datum) -> Option<String> {
        let repair = self.repair.as_deref()?;
        (cell.formula.as_deref() != Some(repair)).then(|| format!("={repair}"))
    }
}

/// True where the figure of a cell proves nothing, because its formula computes something else or
/// its result is old.
#[must_use]
pub fn proves_nothing(judgement: &Judgement) -> bool {
    matches!(judgement.standing, Standing::Discredited | Standing::Exempt)
}

/// True where nothing is wrong that could be told.
#[must_use]
pub fn is_undecided(judgement: &Judgement) -> bool {
    judgement.faults.first().is_some_and(|fault| gravity(fault) > gravity(&Fault::FormulaAmongData))
}

/// A table with what must hold in it and what is known of its formulas: all that its rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The table as read.
    pub table: Table,
    /// What must hold in it.
    pub relations: Vec<Relation>,
    /// What was found out about the formulas in its cells.
    pub judgements: Judgements,
    /// What other tables say of its cells.
    pub links: Links,
}

impl From<Table> for Judged {
    /// A table alone: what it states must hold, and nothing is known of its formulas.
    fn from(table: Table) -> Self {
        let relations = relations::of(&table);
        Self { table, relations, judgements: Judgements::new(), links: Links::default() }
    }
}

/// Judges the formulas of a workbook's tables.
#[must_use]
pub fn judge(workbook: &Workbook, tables: Vec<Table>) -> Vec<Judged> {
    with_instances(workbook, tables).into_iter().map(|(judged, _)| judged).collect()
}

/// The same with all rule instances of each table, where its formulas called for them: as long as the
/// table is not changed they need not be evaluated again.
pub(crate) fn with_instances(
    workbook: &Workbook,
    tables: Vec<Table>,
) -> Vec<(Judged, Option<Vec<Instance>>)> {
    let mut judged: Vec<_> = tables.into_iter().map(|table| (Judged::from(table), None)).collect();
    let has_formula =
        |judged: &Judged| judged.table.grid.iter().flatten().any(|d| d.formula.is_some());
    if !judged.iter().any(|(judged, _)| has_formula(judged)) {
        return judged;
    }
    let recalculated = recalculate(workbook, &[], &Limits::default());
    for (judged, known) in judged.iter_mut().filter(|(judged, _)| has_formula(judged)) {
        let instances = relations::instances(&judged.table, &judged.relations);
        judged.judgements = of_table(workbook, judged, &instances, &recalculated);
        *known = Some(instances);
    }
    judged
}

fn of_table(
    workbook: &Workbook,
    judged: &Judged,
    instances: &[Instance],
    recalculated: &Recalculated,
) -> Judgements {
    let mut sheets = workbook.sheets.iter().enumerate();
    let sheet = sheets.find(|(_, sheet)| sheet.name == judged.table.sheet);
    let Some(sheet) = sheet else { return Judgements::new() };
    let mut bench = bench::Bench::new(workbook, sheet, &judged.table, instances, recalculated);
    bench.judge_formulas();
    siblings::compare(&mut bench);
    bench.into_judgements()
}

/// How grave a fault is: the smallest is told first.
fn gravity(fault: &Fault) -> u8 {
    match fault {
        Fault::Circular | Fault::Differs(Difference::Circular) => 0,
        Fault::Differs(Difference::Deleted) => 1,
        Fault::Differs(Difference::ReadsRatio(_) | Difference::ReadsRounded(_)) => 2,
        Fault::Differs(Difference::WrongRow { .. } | Difference::WrongColumn { .. }) => 3,
        Fault::Differs(Difference::TakesInTotal(_)) => 4,
        Fault::Differs(Difference::TypedNumber { .. }) => 5,
        Fault::Differs(Difference::Misses(_) | Difference::TakesIn(_)) => 6,
        Fault::Differs(
            Difference::ReadsText(_) | Difference::ReadsBlank(_) | Difference::ReadsError(_),
        )
        | Fault::TextInputs(_) => 7,
        Fault::Differs(Difference::Scale(_) | Difference::RoundedParts) => 8,
        Fault::Differs(Difference::Calculation(_)) => 9,
        Fault::Stale => 10,
        Fault::Differs(Difference::External(_)) => 11,
        Fault::TypedAmongFormulas => 12,
        Fault::Differs(
            Difference::NotRounded | Difference::OtherRounding { .. } | Difference::RoundedTwice,
        ) => 13,
        Fault::FormulaAmongData => 14,
        Fault::RowRule => 15,
        Fault::Differs(Difference::Volatile(_) | Difference::Undecided(_))
        | Fault::Undecided(_) => 16,
    }
}

/// True for a fault that makes the formula compute something else than its rule.
#[must_use]
pub fn computes_otherwise(fault: &Fault) -> bool {
    matches!(gravity(fault), 0..=9)
}
