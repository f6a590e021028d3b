//! `soatbieu appendix`: the sheet for signature.

use soatbieu::appendix::{Options, appendix};
use soatbieu::correct::{Choice, correct};
use soatbieu::failure::{Code, Failure};
use soatbieu::findings::Checked;
use soatbieu::output::{refuse_existing, refuse_input, write_file};

use super::{Appendix, Layout, Session, Status};

pub(crate) fn run(session: &Session, wanted: &Appendix) -> Result<Status, Failure> {
    let request = session.request()?;
    let input = session.open(&wanted.file)?;
    refuse_input(&wanted.out, &input.path)?;
    refuse_existing(&wanted.out, session.force)?;
    let checkup = match session.check(&input, &request) {
        Ok(checkup) => checkup,
        Err(failure) => {
            session.fail(&input.name(), &failure);
            return Ok(Status::Failed);
        }
    };
    let Some(checked) = session.first_table(&checkup) else { return Ok(Status::Failed) };
    let made = if wanted.as_is {
        make(session, checked, &wanted.layout, true)
    } else {
        let corrected = correct(checked, &Choice::default())?;
        make(session, &corrected.after, &wanted.layout, false)
    };
    let bytes = match made {
        Ok(bytes) => bytes,
        Err(failure) if failure.code == Code::NotClean => {
            session.fail(&input.name(), &failure);
            return Ok(Status::Findings);
        }
        Err(failure) => return Err(failure),
    };
    write_file(&wanted.out, &bytes, session.force)?;
    Ok(Status::Done)
}

/// Typesets a table that is clean, or any table when `as_is`.
pub(crate) fn make(
    session: &Session,
    checked: &Checked,
    layout: &Layout,
    as_is: bool,
) -> Result<Vec<u8>, Failure> {
    let errors = checked.errors().count();
    if errors > 0 && !as_is {
        return Err(Failure::new(
            Code::NotClean,
            format!("bảng còn {errors} lỗi cần người quyết định"),
            format!("the table still has {errors} errors for a person to decide"),
        )
        .with_help(
            "sửa các lỗi rồi lập lại, hoặc thêm --as-is để in nguyên số đang có",
            "correct them first, or add --as-is to print the figures as they stand",
        ));
    }
    let made = appendix(&checked.table, &options(layout))?;
    for note in &made.notes {
        session.tell(note.get(session.lang));
    }
    Ok(made.bytes)
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
