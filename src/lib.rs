//! Soát biểu: checks, corrects and typesets the tables Vietnamese communes submit.

pub mod patch;
pub mod workbook;
