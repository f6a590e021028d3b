//! `soatbieu explain`, `rules`, `forms`: what the program knows.

use soatbieu::failure::{Code, Failure};
use soatbieu::output::{refuse_existing, refuse_input, write_file};
use soatbieu::report::catalogue;
use soatbieu::screen::Checker;
use soatbieu::{forms, rules, say};

use super::batch::refuse_other_suffix;
use super::{NewForm, Session, Status};

pub(crate) fn explain(session: &Session, code: &str) -> Result<Status, Failure> {
    let rule = rules::find(code).ok_or_else(|| {
        Failure::new(
            Code::Unknown,
            format!("không có quy tắc `{code}`"),
            format!("there is no rule `{code}`"),
        )
        .with_help("xem danh sách bằng lệnh `soatbieu rules`", "see `soatbieu rules`")
    })?;
    session.print(&catalogue::page(rule, session.lang));
    Ok(Status::Done)
}

pub(crate) fn rules(session: &Session) -> Status {
    session.print(&catalogue::list(session.lang));
    Status::Done
}

pub(crate) fn forms(session: &Session, id: Option<&str>) -> Result<Status, Failure> {
    match id {
        Some(id) => session.print_exact(&forms::by_id(id)?.toml),
        None => {
            for form in forms::builtin()? {
                session.print(&format!("{}  {}\n", form.id, form.name.get(session.lang)));
            }
        }
    }
    Ok(Status::Done)
}

/// Drafts a form from the first table of a workbook.
pub(crate) fn new_form(
    session: &Session,
    checker: &mut Checker<'_>,
    wanted: &NewForm,
) -> Result<Status, Failure> {
    if let Some(out) = &wanted.out {
        refuse_other_suffix(out, &["toml"])?;
    }
    let input = session.open(&wanted.file)?;
    if let Some(out) = &wanted.out {
        refuse_input(out, &input.path)?;
        refuse_existing(out, session.force)?;
    }
    let stem = input.stem();
    let desk = session.desk(input, checker, true)?;
    let Some(first) = session.first_table(desk.tables()) else { return Ok(Status::Failed) };
    let text = forms::draft(&first.table, &stem);
    match &wanted.out {
        None => session.print_exact(&text),
        Some(out) => {
            write_file(out, text.as_bytes(), session.force)?;
            let out = out.display();
            session.tell(&say!(session.lang, "Đã ghi {out}.", "Written: {out}.", out = out));
        }
    }
    Ok(Status::Done)
}
