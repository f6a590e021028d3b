//! Workbooks of several programs are corrected; part by part only what was meant has changed.
//!
//! The workbooks are made by `tests/fixtures/make_rich.py`.

mod check;
mod looks;
mod odd;
mod ods;
mod package;
mod random;
mod records;
mod rich;
mod xls;
mod xlsb;
