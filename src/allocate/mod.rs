//! The draft of an allocation: what a superior office assigned to a commune, spread over its villages.
//!
//! ```text
//! targets, table ─→ draft ─→ issue
//! lists, figures    grid     the workbook, checked like any other
//! ```
//!
//! Shares are whole households and add up to what was assigned; no village gives more than it has
//! ([`spread`]). A person may fix figures of villages and give weights; each figure says how it came
//! about. Figures that are computed from the shares are computed anew, rates from counts. It stays a
//! draft: what was assigned and how it is spread is for people to decide.

mod draft;
mod reasons;
pub mod spread;
mod targets;

pub use draft::{Draft, Given, draft};
pub use targets::{Target, read};

use crate::appendix;
use crate::failure::Failure;
use crate::issue::{Called, Issued, issue};
use crate::lang::Lang;
use crate::output::{Checksum, Kind, Mark};
use crate::recognise::Request;

/// The name on the table's tab.
const SHEET: &str = "Phân bổ";

impl Draft {
    /// Sets the draft as an appendix, with the reasons behind it, and checks it as it stands.
    ///
    /// # Errors
    /// As [`issue`].
    pub fn write(
        &self,
        source: &Checksum,
        options: &appendix::Options,
        request: &Request,
        lang: Lang,
    ) -> Result<Issued, Failure> {
        let options = appendix::Options { sheet: Some(SHEET.to_owned()), ..options.clone() };
        let behind = reasons::sheet(self, lang);
        let mark = Mark { kind: Kind::Allocation, sources: vec![source.clone()] };
        let called = Called { vi: "biểu phân bổ", en: "allocation" };
        issue(&self.table, &options, &behind, &mark, (request, called))
    }
}
