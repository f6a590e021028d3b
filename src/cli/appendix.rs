//! `soatbieu appendix`: the sheet for signature.

use soatbieu::appendix::Options;
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Text;
use soatbieu::output::{refuse_existing, refuse_input, write_file};
use soatbieu::screen::Checker;

use super::batch::refuse_other_suffix;
use super::{Appendix, Layout, Session, Status};

pub(crate) fn run(
    session: &Session,
    checker: &mut Checker<'_>,
    wanted: &Appendix,
) -> Result<Status, Failure> {
    refuse_other_suffix(&wanted.out, &["xlsx"])?;
    let input = session.open(&wanted.file)?;
    refuse_input(&wanted.out, &input.path)?;
    refuse_existing(&wanted.out, session.force)?;
    let name = input.name();
    let mut desk = match session.desk(input, checker, true) {
        Ok(desk) => desk,
        Err(failure) => {
            session.fail(&name, &failure);
            return Ok(Status::Failed);
        }
    };
    if session.first_table(desk.tables()).is_none() {
        return Ok(Status::Failed);
    }
    let made = match desk.appendix(0, &options(&wanted.layout), wanted.as_is) {
        Ok(made) => made,
        Err(failure) if failure.code == Code::NotClean => {
            session.fail(&name, &failure);
            return Ok(Status::Findings);
        }
        Err(failure) => return Err(failure),
    };
    tell_notes(session, &made.notes);
    write_file(&wanted.out, &made.bytes, session.force)?;
    Ok(Status::Done)
}

/// Says what was decided while a sheet was set.
pub(super) fn tell_notes(session: &Session, notes: &[Text]) {
    for note in notes {
        session.tell(note.get(session.lang));
    }
}

pub(super) fn options(layout: &Layout) -> Options {
    Options {
        mode: layout.mode,
        title: layout.title.clone(),
        reference: layout.reference.clone(),
        authority: layout.authority.clone(),
        signer_title: layout.signer_title.as_ref().map(|title| title.replace('|', "\n")),
        signer: layout.signer.clone(),
        ..Options::default()
    }
}
