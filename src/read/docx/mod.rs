//! `.docx` (Office Open XML document): each table becomes a sheet, the text around it prose.
//!
//! The cells of a table stand on their sheet as in the document, its first cell in `A1`. They hold
//! text, as documents do: what is a figure is told by the table's own notation, like that of texts
//! in workbooks ([`crate::recognise::notation`]).

mod layout;
mod story;

use super::known::Known;
use super::package::Package;
use super::store::{Budget, Stop};
use super::unpack::{Archive, Decompressor};
use super::{Limits, damaged};
use crate::failure::Failure;
use crate::workbook::{FileFormat, UnreadSheet, Workbook};
use story::Story;

/// Where the story of a document usually stands.
const MAIN: &str = "word/document.xml";

pub(super) fn read(archive: Archive<'_>, limits: &Limits) -> Result<Workbook, Failure> {
    let mut decompressor = Decompressor::default();
    let mut package = Package::open(archive, limits, &mut decompressor)?;
    let main = package.main_part(MAIN, &mut Known::default())?;
    let mut budget = Budget::new(limits);
    let read = Story::new(package.xml(&main)?, &mut budget).read();
    package.refuse_excess()?;
    let told = match read {
        Ok(told) => told,
        Err(Stop::Refused(failure)) => return Err(failure),
        // A table that lost its last rows would pass for a shorter one.
        Err(Stop::Cut(error)) => return Err(damaged(format!("{main}: {error}"))),
    };
    let mut workbook = Workbook::empty(FileFormat::Docx);
    layout::lay_out(told.blocks, &mut budget, &mut workbook)?;
    if told.imports {
        let reason = "altChunk".to_owned();
        workbook.unread.push(UnreadSheet { name: main, reason });
    }
    Ok(workbook)
}
