//! How the workbooks of units are read for a merge.

use crate::checkup::Checkup;
use crate::failure::Failure;
use crate::read::Limits;
use crate::recognise::Request;
use crate::screen::Checker;
use crate::table::Table;
use crate::workbook::Workbook;

/// What is asked of the recogniser for the workbooks of units. A workbook may hold tables of
/// several forms: with a form asked for, its tables are recognised as usual first, and the form is
/// only forced on a file where none fits by itself.
#[derive(Debug)]
pub struct UnitRequests {
    usual: Request,
    forced: Option<Request>,
}

impl UnitRequests {
    /// The requests that a request as of any other command comes to.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let Some(form) = &request.form else {
            return Self { usual: request.clone(), forced: None };
        };
        let others = request.known.iter().filter(|known| known.id != form.id);
        let known = std::iter::once(form).chain(others).cloned().collect();
        let usual = Request {
            sheet: request.sheet.clone(),
            form: None,
            known,
            printed_only: request.printed_only,
            sentences_alone: false,
        };
        Self { usual, forced: Some(request.clone()) }
    }
}

/// Checks the workbooks of units one after the other.
#[derive(Debug)]
pub struct UnitChecker<'a> {
    usual: Checker<'a>,
    /// For files in which the form with this id does not fit by itself.
    forced: Option<(&'a str, Checker<'a>)>,
}

impl<'a> UnitChecker<'a> {
    /// A checker that has seen no file yet.
    #[must_use]
    pub fn new(limits: &'a Limits, requests: &'a UnitRequests) -> Self {
        let forced = requests.forced.as_ref();
        let forced = forced.and_then(|request| {
            Some((request.form.as_ref()?.id.as_str(), Checker::new(limits, request)))
        });
        Self { usual: Checker::new(limits, &requests.usual), forced }
    }

    /// Reads a unit's workbook with every row kept, and checks its tables.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn check(&mut self, bytes: &[u8]) -> Result<Checkup, Failure> {
        let checkup = self.usual.check_whole(bytes)?;
        let Some((form, forced)) = &mut self.forced else { return Ok(checkup) };
        if checkup.tables.iter().any(|checked| checked.table.form == *form) {
            return Ok(checkup);
        }
        // That the form does not fit is said with what the file holds instead.
        Ok(forced.check_whole(bytes).unwrap_or(checkup))
    }

    /// Reads a unit's workbook whose check is known already, and finds its tables: those that the check
    /// found, in their order.
    ///
    /// # Errors
    /// As [`crate::checkup::check`].
    pub fn tables(&mut self, bytes: &[u8]) -> Result<(Workbook, Vec<Table>), Failure> {
        let found = self.usual.tables_whole(bytes)?;
        let Some((form, forced)) = &mut self.forced else { return Ok(found) };
        if found.1.iter().any(|table| table.form == *form) {
            return Ok(found);
        }
        Ok(forced.tables_whole(bytes).unwrap_or(found))
    }
}
