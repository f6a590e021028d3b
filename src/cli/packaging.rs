//! `soatbieu completions`, `soatbieu man`: what a package of the program holds beside it, made from
//! the definitions of the command line itself.

use std::path::Path;

use clap_complete::Shell;
use clap_mangen::roff::{Roff, bold, roman};
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Lang;
use soatbieu::output::{refuse_existing, write_file};
use soatbieu::say;

use super::help::{Extent, spoken};
use super::{Session, Status, guide};

pub(crate) fn completions(session: &Session, shell: Shell) -> Status {
    let mut command = spoken(session.lang, Extent::Long);
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    session.print_exact(&String::from_utf8_lossy(&script));
    Status::Done
}

/// Prints the page of the program, or writes those of all its commands into a folder.
pub(crate) fn man(session: &Session, folder: Option<&Path>) -> Result<Status, Failure> {
    let command = spoken(session.lang, Extent::Long);
    let Some(folder) = folder else {
        session.print_exact(&page(&command, &[], session.lang)?.1);
        return Ok(Status::Done);
    };
    let mut pages = Vec::new();
    collect(&command, &[], session.lang, &mut pages)?;
    for (name, _) in &pages {
        refuse_existing(&folder.join(name), session.force)?;
    }
    for (name, page) in &pages {
        write_file(&folder.join(name), page.as_bytes(), session.force)?;
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
type Page = (String, String);

fn collect(
    command: &clap::Command,
    path: &[&str],
    lang: Lang,
    pages: &mut Vec<Page>,
) -> Result<(), Failure> {
    pages.push(page(command, path, lang)?);
    commands(command).try_for_each(|below| {
        let path: Vec<&str> = path.iter().copied().chain([below.get_name()]).collect();
        collect(below, &path, lang, pages)
    })
}

/// The commands that have a page: neither what the program calls itself nor `help`.
fn commands(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}

fn page(command: &clap::Command, path: &[&str], lang: Lang) -> Result<Page, Failure> {
    let page = clap_mangen::Man::new(command.clone())
        // An empty date would be left out and shift what follows it; pages carry none, so that the same
        // program always makes the same pages.
        .date(" ")
        .source(concat!("soatbieu ", env!("CARGO_PKG_VERSION")))
        .manual("Soát biểu");
    let name = page.get_filename();
    let text = sections(&page, command, path, lang).map_err(|error| {
        let soatbieu::lang::Text { vi, en } = soatbieu::failure::system(&error);
        Failure::new(
            Code::CannotWrite,
            format!("không lập được trang `{name}` ({vi})"),
            format!("cannot make the page `{name}` ({en})"),
        )
    })?;
    Ok((name, text))
}

fn sections(
    page: &clap_mangen::Man,
    command: &clap::Command,
    path: &[&str],
    lang: Lang,
) -> std::io::Result<String> {
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    let mut ends = Roff::new();
    let mut below = commands(command).peekable();
    if below.peek().is_some() {
        ends.control("SH", ["COMMANDS"]);
    }
    for below in below {
        let about = below.get_about().map(ToString::to_string).unwrap_or_default();
        let name: Vec<&str> =
            ["soatbieu"].iter().chain(path).copied().chain([below.get_name()]).collect();
        ends.control("TP", []).text([bold(format!("{}(1)", name.join("-")))]).text([roman(about)]);
    }
    if let Some(guide) = guide::of(path) {
        ends.control("SH", ["EXIT STATUS"]);
        for (status, when) in guide.ends(lang) {
            ends.control("TP", []).text([bold(status.to_string())]).text([roman(when)]);
        }
        ends.control("SH", ["EXAMPLES"]);
        for (call, purpose) in guide.examples(lang) {
            ends.control("TP", []).text([bold(call)]).text([roman(purpose)]);
        }
    }
    ends.to_writer(&mut text)?;
    let text = one_preamble(&String::from_utf8_lossy(&text));
    Ok(if lang == Lang::Vi { vietnamese(&text) } else { text })
}

/// Sections rendered one by one each begin with the same definitions.
fn one_preamble(page: &str) -> String {
    let mut seen = std::collections::HashSet::new();
    let lines = page.split_inclusive('\n');
    lines
        .filter(|line| {
            !(line.starts_with(".ie ") || line.starts_with(".el ")) || seen.insert(*line)
        })
        .collect()
}

/// The words of a page that are no one's text, in Vietnamese.
fn vietnamese(page: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        (".SH NAME\n", ".SH TÊN\n"),
        (".SH SYNOPSIS\n", ".SH \"CÁCH DÙNG\"\n"),
        (".SH DESCRIPTION\n", ".SH \"MÔ TẢ\"\n"),
        (".SH OPTIONS\n", ".SH \"TÙY CHỌN\"\n"),
        (".SH \"COMMON OPTIONS\"\n", ".SH \"TÙY CHỌN DÙNG CHUNG\"\n"),
        (".SH COMMANDS\n", ".SH \"CÁC LỆNH\"\n"),
        (".SH \"EXIT STATUS\"\n", ".SH \"MÃ THOÁT\"\n"),
        (".SH EXAMPLES\n", ".SH \"VÍ DỤ\"\n"),
        ("Possible values:", "Các giá trị:"),
        (" [default: ", " [mặc định: "),
        ("\\fIsubcommands\\fR", "\\fILỆNH\\fR"),
    ];
    WORDS.iter().fold(page.to_owned(), |text, (en, vi)| text.replace(en, vi))
}
