//! `soatbieu allocate`: what was assigned, spread over the villages.

use std::path::Path;

use soatbieu::allocate::{Draft, Given, Target, draft, read};
use soatbieu::failure::{Code, Failure};
use soatbieu::output::{Checksum, refuse_existing, refuse_input, write_file};
use soatbieu::say;
use soatbieu::screen::Checker;
use soatbieu::units::Naming;

use super::appendix::options;
use super::batch::refuse_other_suffix;
use super::session::{Input, shown};
use super::{Allocate, Session, Status};

pub(crate) fn run(
    session: &Session,
    checker: &mut Checker<'_>,
    wanted: &Allocate,
) -> Result<Status, Failure> {
    refuse_other_suffix(&wanted.out, &["xlsx"])?;
    let inputs = [Some(&wanted.targets), Some(&wanted.table), wanted.fixed.as_ref()];
    for input in inputs.into_iter().flatten().chain(&wanted.weights) {
        refuse_input(&wanted.out, input)?;
    }
    refuse_existing(&wanted.out, session.force)?;
    let list = |path: &Path| -> Result<Vec<Target>, Failure> {
        read(&Input::read(path, &session.limits)?.bytes, &session.limits)
    };
    let optional = |path: Option<&Path>| path.map_or(Ok(Vec::new()), list);
    let given = Given {
        targets: list(&wanted.targets)?,
        fixed: optional(wanted.fixed.as_deref())?,
        weights: optional(wanted.weights.as_deref())?,
    };
    let input = session.open(&wanted.table)?;
    let (name, source) = (input.name(), Checksum::of(&input.bytes));
    let desk = session.desk(input, checker, true)?;
    let Some(first) = session.first_table(desk.tables()) else { return Ok(Status::Failed) };
    let request = session.request()?;
    let written = draft(&first.table, &name, &given, &Naming::default()).and_then(|draft| {
        let issued = draft.write(&source, &options(&wanted.layout), &request, session.lang)?;
        Ok((draft, issued))
    });
    let (draft, issued) = match written {
        Ok(written) => written,
        // Something a person has to decide: nothing is written.
        Err(failure) if failure.code == Code::NotClean => {
            session.fail(&name, &failure);
            return Ok(Status::Findings);
        }
        Err(failure) => return Err(failure),
    };
    write_file(&wanted.out, &issued.bytes, session.force)?;
    for note in draft.notes.iter().chain(&issued.notes) {
        session.tell(note.get(session.lang));
    }
    tell(session, &draft, issued.checks.satisfied, &wanted.out);
    Ok(Status::Done)
}

/// What was spread, and where it is written.
fn tell(session: &Session, draft: &Draft, satisfied: usize, out: &Path) {
    let lang = session.lang;
    let unit = &draft.unit;
    for (column, assigned) in &draft.assigned {
        let shares = draft.parts.iter().filter(|part| part.column == *column && part.share > 0);
        let shares: Vec<String> =
            shares.map(|part| format!("{} {}", part.unit, part.share)).collect();
        let shares = shares.join(", ");
        session.print(&say!(
            lang,
            "{unit}, {column}: giao {assigned}; dự kiến phân bổ: {shares}.\n",
            "{unit}, {column}: assigned {assigned}; draft: {shares}.\n",
            column = column.get(lang),
        ));
    }
    session.print(&say!(
        lang,
        "Đã soát dự thảo phân bổ: không có lỗi, {satisfied} phép kiểm tra khớp. Căn cứ của từng số ở trang sau; đã ghi {out}.\n",
        "The draft was checked: no errors, {satisfied} rules hold. How each figure came about stands on the sheet behind; written to {out}.\n",
        out = shown(out),
    ));
}
