//! Causes over many cells: what made a whole row, column or table wrong at once.
//!
//! A hypothesis is a change of reading of a set of cells (a column that lost its decimal comma, a
//! thousands dot taken for a decimal point, a total that leaves a row out), with its repair. It is
//! tested exactly: applied to a copy of the table, every relation evaluated again. It is accepted
//! where it mends the broken relations it concerns, breaks none, and rests on enough of them
//! ([`bench`]); of two that explain the same in different ways none is. What is wrong besides is
//! then looked for in the table as the accepted hypotheses read it, so that one slip is one finding
//! and a second one still comes to light.
//!
//! One file a hypothesis; `ALL` is the order in which they are tried: those certain by the figures'
//! own shape first, since others are judged by what they have mended, then those that explain more at
//! once before those that explain a part of it.

mod bench;
mod cause;
mod exchanged;
mod foreign;
mod lost_comma;
mod operand;
mod separators;
mod spaces;
mod sums;
pub(crate) mod tell;
mod thousands_dot;

pub use cause::{Cause, Mechanism};

use rust_decimal::Decimal;

use crate::judge::{Judged, computes_otherwise};
use crate::lang::Text;
use crate::relations::{Outcome, Undecided};
use crate::rules::{Ledger, Rule, Severity};
use crate::solver::Grade;
use crate::table::Place;

use bench::Bench;

/// An accepted hypothesis: one finding, its cells and its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The rule that tells it.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// How the figures came to be wrong.
    pub cause: Cause,
    /// What the finding says, its figures aside, without a full stop.
    pub told: Text,
    /// The cells that are wrong, by row, then column; never empty.
    pub cells: Vec<Place>,
    /// Cells computed from them that come right with them: formulas by themselves, typed ones by
    /// their corrections.
    pub followers: Vec<Place>,
    /// Rows whose figures it puts into sums: what these then say of the row is no evidence.
    pub rows: Vec<usize>,
    /// The repair: what each wrong cell, and each typed one computed from them, should hold.
    pub repair: Vec<(Place, Decimal)>,
    /// What may be done with the repair.
    pub grade: Grade,
    /// The relations it mends, as indices into the ledger of the table as it was read.
    pub evidence: Vec<usize>,
}

impl Explanation {
    /// True for a cell that it calls wrong, or that comes right with those.
    #[must_use]
    pub fn concerns(&self, place: Place) -> bool {
        self.cells.contains(&place) || self.followers.contains(&place)
    }
}

/// A table as its accepted hypotheses read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The table with the repairs made.
    pub judged: Judged,
    /// What was found, in the order it was accepted.
    pub causes: Vec<Explanation>,
}

type Hypothesis = fn(&mut Bench);

/// Every hypothesis, in the order they are tried.
const ALL: &[Hypothesis] = &[
    spaces::test,
    thousands_dot::test,
    lost_comma::test,
    exchanged::test,
    foreign::test,
    operand::test,
    sums::test,
];

/// Rounds in which hypotheses are tried: what one mends may be what another stumbled over.
const ROUNDS: usize = 3;

/// The causes over many cells that explain what is wrong with a table; `None` where there are none.
#[must_use]
pub fn explain(judged: &Judged, ledger: &Ledger) -> Option<Explained> {
    if !is_suspect(judged, ledger) {
        return None;
    }
    let mut bench = Bench::new(judged);
    for _ in 0..ROUNDS {
        let known = bench.accepted();
        for hypothesis in ALL {
            hypothesis(&mut bench);
        }
        if bench.accepted() == known {
            break;
        }
    }
    let (judged, mut causes) = bench.into_parts();
    separators::join(&judged.table, &mut causes);
    (!causes.is_empty()).then_some(Explained { judged, causes })
}

/// True where something is wrong that a hypothesis could explain; nearly all tables are spared.
fn is_suspect(judged: &Judged, ledger: &Ledger) -> bool {
    let open = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Violated
                | Outcome::Undecided(
                    Undecided::NoScale
                        | Undecided::Contradicted
                        | Undecided::Misread
                        | Undecided::Unreadable
                )
        )
    };
    let faulty = || judged.judgements.values().any(|j| j.faults.iter().any(computes_otherwise));
    ledger.instances.iter().any(|instance| open(&instance.outcome)) || faulty() || ledger.holds_odd
}
