//! Error localization: from broken rules to the wrong cell (Fellegi and Holt 1976), over a whole
//! table at once and in exact arithmetic.
//!
//! The module knows neither sheets nor columns. A [`Problem`] is a list of cells, each a whole
//! number of its own unit, and of rules over them: balance edits, ratio edits with their rounding,
//! inequality edits. [`localize`] returns, for every block of violated rules, *all* the cheapest
//! sets of cells whose change lets every rule hold, and a verdict on what that proves. It never
//! picks one of several equally good answers.
//!
//! Method: violated rules that share a cell form a block; A* over hitting sets of proved conflicts
//! collects the cheapest sets (Reiter 1987); conflicts come from integer elimination, from ranges
//! and from the half-open interval a printed rate leaves its count. A figure that is not there is free
//! at no cost, so that nobody is accused for it; [`derive()`] then tells what it must be. "Retype one figure and
//! recompute what depends on it" counts as one change (edit operations, Scholtus 2016), and is
//! tried where plain changes need two or more.

mod block;
mod evidence;
mod exact;
mod factor;
mod feasible;
mod problem;
mod search;
mod unknown;
mod verdict;

pub use block::{Block, Change, Explanation, Grade, Limits, Role, Verdict, localize};
pub use evidence::{Support, Vouched, Witness};
pub use problem::{
    CellId, CellKind, CellState, Domain, Expression, Form, MAX_COEFFICIENT, MAX_VALUE, Outcome,
    Problem, ProblemBuilder, ProblemError, Rule, RuleId, ZeroDenominator,
};
pub use unknown::{Derived, derive};
