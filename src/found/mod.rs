//! Relations that the figures of a table show by themselves, with their evidence in bits.
//!
//! A *line* is a column or a row, a *trial* one of its cells. A hypothesis predicts a line from
//! others, trial by trial. Every trial that fits earns −log2 p bits, p being how likely an unrelated
//! figure would have fitted as well; a trial that differs pays; the hypothesis pays its cost, −log2 of
//! its share among all that were tried. By Kraft and Markov the chance that a table without any
//! relation yields one with g bits is at most 2^−g.
//!
//! ```text
//! Grid ─→ search ─→ Relations ─→ policy::judge ─→ Verdicts (warn, note, explain only)
//! ```
//!
//! # How to use it
//! 1. Make a [`Grid`]: the columns of figures with their headings from the top down
//!    ([`Column::headed`] reads their nature, or set it), columns that lead the rows as
//!    [`Column::lead`], the rows with their names ([`Row`]; `line` parts `Hộ` from `Nhân khẩu`), and
//!    each figure with the decimals it prints. Blanks, texts and errors are `None`, a dash that stands
//!    for nought is 0. Leave out the index row and rows that are no part of the table.
//! 2. [`search`] gives the relations, columns first, in terms of the grid's places. Those below
//!    [`policy::SPEAKS`] bits are for `--explain-table` only; [`policy::speaks`] tells.
//! 3. [`policy::judge`] says of each relation from which cells differ whether it may warn, and if not,
//!    why; [`policy::pinned`] gives the cells that both axes accuse and one value mends. No verdict is
//!    an error: that needs a printed rule, a form, a formula or a named total beside it.
//! 4. [`headings::stated`] and [`policy::judge_stated`] do the same for what headings state without
//!    enough figures. A found relation with [`Evidence::words`] is stated by words too.
//! 5. [`stated_sums`] weighs sums of rows that names or marks state.
//! 6. [`statement`] says a relation with its evidence; [`odds`] the class of the evidence.
//!
//! The search is bounded: sums of up to 60 neighbours; pairs, ratios and balances among 48 lines;
//! products among 24; rows among each other up to 400; 256 columns in all. The same grid gives the same
//! answer. Costs, caps and thresholds are constants where they are used; to lower them "to find more"
//! breaks the promise on false relations, which `benches/found_relations` measures.

mod balance;
mod both_axes;
mod evidence;
mod families;
mod grid;
pub mod headings;
mod line;
mod means;
mod measure;
mod naming;
mod pairs;
pub mod policy;
mod products;
mod rank;
mod ratios;
mod relation;
mod search;
mod seldom;
mod settle;
mod shape;
mod shares;
mod vocabulary;
mod windows;
mod wording;

pub use both_axes::search;
pub use grid::{Column, Figure, Grid, Nature, Row};
pub use measure::{StatedSum, stated_sums};
pub use relation::{Axis, Evidence, Family, Kind, Misfit, Relation, Term};
pub use vocabulary::{Says, Word, folded, says};
pub use wording::{odds, statement};
