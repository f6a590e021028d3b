//! Soát biểu: checks, corrects and typesets the tables Vietnamese communes submit.

pub mod formula;
pub mod workbook;
