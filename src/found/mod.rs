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
//! [`search`] takes a [`Grid`] of figures with the words over and beside them and knows nothing else
//! of the program. `policy` says what may be told of the cells that differ.

mod balance;
mod both_axes;
mod evidence;
mod families;
mod grid;
mod line;
mod means;
mod naming;
mod pairs;
pub mod policy;
mod products;
mod rank;
mod ratios;
mod relation;
mod search;
mod settle;
mod shape;
mod shares;
mod vocabulary;
mod windows;
mod wording;

pub use both_axes::search;
pub use grid::{Column, Figure, Grid, Nature, Row};
pub use relation::{Axis, Evidence, Family, Kind, Misfit, Relation, Term};
pub use vocabulary::{Says, Word, folded, says};
pub use wording::{advice, odds, statement};
