//! `soatbieu explain`, `rules`, `forms`: what the program knows.

use soatbieu::failure::{Code, Failure};
use soatbieu::report::catalogue;
use soatbieu::{forms, rules};

use super::{Session, Status};

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
        Some(id) => session.print(&forms::by_id(id)?.toml),
        None => {
            for form in forms::builtin()? {
                session.print(&format!("{}  {}\n", form.id, form.name.get(session.lang)));
            }
        }
    }
    Ok(Status::Done)
}
