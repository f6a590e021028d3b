//! `soatbieu completions`, `soatbieu man`: what a package of the program holds beside it, made from
//! the definitions of the command line itself.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;
use soatbieu::failure::{Code, Failure};
use soatbieu::output::{refuse_existing, write_file};
use soatbieu::say;

use super::{Arguments, Session, Status};

pub(crate) fn completions(session: &Session, shell: Shell) -> Status {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    session.print(&String::from_utf8_lossy(&script));
    Status::Done
}

/// Prints the page of the program, or writes those of all its commands into a folder.
pub(crate) fn man(session: &Session, folder: Option<&Path>) -> Result<Status, Failure> {
    // Every command would have its own page of `help`.
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = folder else {
        session.print(&String::from_utf8_lossy(&page(&command)?.1));
        return Ok(Status::Done);
    };
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    for (name, _) in &pages {
        refuse_existing(&folder.join(name), session.force)?;
    }
    for (name, page) in &pages {
        write_file(&folder.join(name), page, session.force)?;
    }
    let (count, folder) = (pages.len(), folder.display());
    session.tell(&say!(
        session.lang,
        "Đã ghi {count} trang vào {folder}.",
        "{count} pages written to {folder}.",
        count = count,
        folder = folder,
    ));
    Ok(Status::Done)
}

/// A page with the name of its file: `soatbieu-forms-new.1`.
type Page = (String, Vec<u8>);

fn collect(command: &clap::Command, pages: &mut Vec<Page>) -> Result<(), Failure> {
    pages.push(page(command)?);
    // What the program calls itself is nobody's command.
    let mut shown = command.get_subcommands().filter(|below| !below.is_hide_set());
    shown.try_for_each(|below| collect(below, pages))
}

fn page(command: &clap::Command) -> Result<Page, Failure> {
    let page = clap_mangen::Man::new(command.clone())
        // An empty date would be left out and shift what follows it; pages carry none, so that the same
        // program always makes the same pages.
        .date(" ")
        .source(concat!("soatbieu ", env!("CARGO_PKG_VERSION")))
        .manual("Soát biểu");
    let name = page.get_filename();
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| {
        let soatbieu::lang::Text { vi, en } = soatbieu::failure::system(&error);
        Failure::new(
            Code::CannotWrite,
            format!("không lập được trang `{name}` ({vi})"),
            format!("cannot make the page `{name}` ({en})"),
        )
    })?;
    Ok((name, text))
}
