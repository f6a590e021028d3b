//! `soatbieu check`: files and folders, nothing changed.

use soatbieu::failure::Failure;
use soatbieu::report::{explain, statements};

use super::batch::{self, Run};
use super::worker::{Ended, Work};
use super::{Arguments, Check, Session, Status};

pub(crate) fn run(
    session: &Session,
    arguments: &Arguments,
    wanted: &Check,
) -> Result<Status, Failure> {
    let run =
        Run { paths: &wanted.paths, options: &wanted.run, out: None, writes: false, after: None };
    batch::run(session, arguments, &run)
}

/// Reports on a file.
pub(crate) fn file(session: &Session, wanted: &Check, work: &Work<'_>) -> Result<Ended, Failure> {
    let checkup = work.desk.checkup()?;
    if !session.json {
        session.print_report(work.desk.report());
        if let Some(told) = checkup.statements.as_ref().filter(|_| wanted.all_statements) {
            session.print(&statements::all(told, session.lang));
        }
        if wanted.explain_table {
            session.print(&explain::render(checkup, session.lang));
        }
    }
    if checkup.is_bare() && wanted.table.is_none() {
        checkup.clone().accepted()?;
    }
    let is_open = checkup.tables.iter().any(|checked| !checked.is_clean());
    Ok(Ended { is_open, ..Ended::default() })
}
