//! The merged workbook: set like an official table, its notes behind it, and checked.

use super::notes;
use super::problem::Problem;
use super::settle::Merged;
use super::sum::SHEET;
use crate::appendix;
use crate::failure::Failure;
use crate::issue::{Called, Issued, issue};
use crate::lang::Lang;
use crate::output::{Kind, Mark};
use crate::recognise::Request;

impl Merged {
    /// Sets the table, adds the sheet of notes, and checks the finished workbook as it stands:
    /// `request` is what the units' tables were checked with.
    ///
    /// # Errors
    /// As [`issue`].
    pub fn write(
        &self,
        problems: &[Problem],
        options: &appendix::Options,
        request: &Request,
        lang: Lang,
    ) -> Result<Issued, Failure> {
        let options = appendix::Options { sheet: Some(SHEET.to_owned()), ..options.clone() };
        let list = notes::sheet(self, problems, &self.notes, lang);
        let mut sources: Vec<_> =
            self.units.iter().filter_map(|unit| unit.source.clone()).collect();
        sources.dedup();
        let mark = Mark { kind: Kind::Merged, sources };
        let called = Called { vi: "biểu gộp", en: "merged table" };
        issue(&self.table, &options, &list, &mark, (request, called))
    }
}
