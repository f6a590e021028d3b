//! Workbooks of several programs are corrected; part by part only what was meant has changed.
//!
//! The workbooks are made by `tests/fixtures/make_rich.py`.

mod odd;
mod package;
mod random;
mod rich;
