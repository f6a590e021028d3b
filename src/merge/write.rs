//! The merged workbook: set like an official table, its notes behind it, and checked.

use super::notes;
use super::problem::Problem;
use super::settle::Merged;
use super::sum::SHEET;
use crate::appendix::{self, appendix};
use crate::failure::{Code, Failure};
use crate::findings::words;
use crate::lang::{Lang, Text};
use crate::output::{Kind, Mark};
use crate::patch;
use crate::read::Limits;
use crate::recognise::Request;
use crate::rules::Counts;

/// A finished workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The `.xlsx` file.
    pub bytes: Vec<u8>,
    /// What was decided while the sheet was set, for the person who prints it.
    pub notes: Vec<Text>,
    /// The rules evaluated on the finished workbook: none is violated.
    pub checks: Counts,
}

impl Merged {
    /// Sets the table, adds the sheet of notes, and checks the finished workbook as it stands:
    /// `request` is what the units' tables were checked with.
    ///
    /// # Errors
    /// [`Code::CannotWrite`] where the table passes the limits of a workbook, [`Code::NotClean`]
    /// where the workbook read again is not the merged table, or has errors.
    pub fn write(
        &self,
        problems: &[Problem],
        options: &appendix::Options,
        request: &Request,
        lang: Lang,
    ) -> Result<Written, Failure> {
        let options = appendix::Options { sheet: Some(SHEET.to_owned()), ..options.clone() };
        let set = appendix(&self.table, &options)?;
        let list = notes::sheet(self, problems, &self.notes, lang);
        let patched = patch::apply(&set.bytes, &[], Some(&list), &patch::Options::default())
            .map_err(|error| {
                Failure::new(
                    Code::CannotWrite,
                    format!("không thêm được trang ghi chú: {}", error.vietnamese()),
                    format!("the sheet of notes could not be added: {error}"),
                )
            })?;
        let mut sources: Vec<_> =
            self.units.iter().filter_map(|unit| unit.source.clone()).collect();
        sources.dedup();
        let bytes = Mark { kind: Kind::Merged, sources }.on_workbook(&patched.bytes)?;
        let checks = self.check(&bytes, request)?;
        Ok(Written { bytes, notes: set.notes, checks })
    }

    /// Reads the workbook as any other: it must be this table, without an error.
    fn check(&self, bytes: &[u8], request: &Request) -> Result<Counts, Failure> {
        let request = Request { sheet: Some(SHEET.to_owned()), ..request.clone() };
        let checkup = crate::checkup::check(bytes, &Limits::default(), &request)?;
        let [checked] = checkup.tables.as_slice() else {
            return Err(not_the_same(&self.table.form));
        };
        if let Some(finding) = checked.errors().next() {
            let count = checked.errors().count();
            return Err(Failure::new(
                Code::NotClean,
                format!("biểu gộp có {count} lỗi: {}", words::message(checked, finding, Lang::Vi)),
                format!(
                    "the merged table has errors: {count}: {}",
                    words::message(checked, finding, Lang::En)
                ),
            ));
        }
        let table = &checked.table;
        let same = table.form == self.table.form
            && table.rows.len() == self.table.rows.len()
            && table.columns.len() == self.table.columns.len()
            && table.rows.iter().zip(&self.table.rows).all(|(a, b)| a.role == b.role)
            && self.table.places().all(|place| table.number(place) == self.table.number(place));
        if same { Ok(checked.ledger.counts()) } else { Err(not_the_same(&self.table.form)) }
    }
}

fn not_the_same(form: &str) -> Failure {
    Failure::new(
        Code::NotClean,
        format!("sổ tính gộp đọc lại không ra đúng biểu `{form}` đã gộp, nên không được ghi"),
        format!(
            "the merged workbook, read again, is not the merged table of `{form}`, so it was not written"
        ),
    )
}
