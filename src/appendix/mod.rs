//! Placeholder until the typesetting is merged.
use crate::failure::Failure; use crate::table::Table;
/// m
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)] pub enum Mode { /// k
#[default] Ky, /// p
PhuLuc, /// d
DienTu }
/// o
#[derive(Debug, Default)] pub struct Options { /// m
pub mode: Mode, /// t
pub title: Option<String>, /// r
pub reference: Option<String>, /// a
pub authority: Option<String>, /// s
pub signer_title: Option<String>, /// s
pub signer: Option<String>, /// n
pub number: Option<String> }
/// a
#[derive(Debug)] pub struct Appendix { /// b
pub bytes: Vec<u8>, /// n
pub notes: Vec<crate::lang::Text> }
/// a
/// # Errors
/// none
pub fn appendix(_t: &Table, _o: &Options) -> Result<Appendix, Failure> { Ok(Appendix { bytes: Vec::new(), notes: Vec::new() }) }
