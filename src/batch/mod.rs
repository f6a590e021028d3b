//! Many files in one run: work on all cores with the results in order ([`ordered`]), summary tables
//! ([`table`]), and the journal that lets a run go on where it was stopped ([`journal`]).
//!
//! Nothing here knows what is done with a file, or holds more than a bounded number of results.

pub mod journal;
mod ordered;
pub mod table;

pub use ordered::ordered;
