//! Soát biểu: checks, corrects and typesets the tables Vietnamese communes submit.

pub mod failure;
pub mod forms;
pub mod lang;
pub mod read;
pub mod recognise;
pub mod rules;
pub mod table;
pub mod workbook;
