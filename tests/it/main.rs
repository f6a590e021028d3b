//! What the program must do, a module for each of its parts. One program holds them all: each of fifty
//! would link the library anew, which takes more time and disk than running them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test, a failed unwrap is the failed test"
)]

mod appendix;
mod batch;
mod causes;
mod cli;
mod common;
mod computed;
mod copies;
mod desk;
mod docx;
mod draft;
mod findings_table;
mod forms;
mod formulas;
mod found;
mod headings;
mod hidden;
mod hostile;
mod hypotheses;
mod inferred;
mod inplace;
mod judge;
mod library;
mod merge;
mod narrow;
mod order;
mod package_types;
mod packaging;
mod patch;
mod pdf;
mod prices;
mod printed;
mod properties;
mod reading;
mod readme;
mod recalculation;
mod recognition;
mod relations;
mod remembering;
mod repeats;
mod reviewer;
mod rules;
mod screening;
mod sentences;
mod solver;
mod standard;
mod structure;
mod terminal;
mod unknowns;
