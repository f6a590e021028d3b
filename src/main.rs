//! The `soatbieu` program: reads the command line, runs one command, returns its exit status.

mod cli;

use std::process::ExitCode;

use cli::{Command, FormsAction};
use soatbieu::failure::Failure;

/// Keeps quiet about a panic of the reader of binary workbooks: the reading catches it, and calls
/// the file damaged.
fn expect_damage() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("calamine")) {
            usual(panic);
        }
    }));
}

fn main() -> ExitCode {
    expect_damage();
    let mut words = cli::line::words();
    if cli::worker::is_wanted(&words) {
        return cli::worker::serve();
    }
    if words.len() == 1 && cli::desktop::is_host() {
        // What a double click asks for: the page.
        words = vec!["soatbieu".into(), "page".into()];
    }
    let mut arguments = match cli::line::read(words) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut session = cli::Session::new(&arguments.common);
    let status = arguments
        .command
        .refuse_json(session.json)
        .and_then(|()| session.take_standard(&mut arguments))
        .and_then(|()| run(&session, &arguments))
        .unwrap_or_else(|failure| {
            session.fail("soatbieu", &failure);
            cli::Status::Failed
        });
    let status = session.finish(status);
    if cli::desktop::is_host() {
        cli::desktop::wait(&session);
    }
    status.into()
}

fn run(session: &cli::Session, arguments: &cli::Arguments) -> Result<cli::Status, Failure> {
    match &arguments.command {
        Command::Process(wanted) => cli::process::run(session, arguments, wanted),
        Command::Check(wanted) => cli::check::run(session, arguments, wanted),
        Command::Fix(wanted) => cli::fix::run(session, arguments, wanted),
        Command::Appendix(wanted) => cli::worker::run_alone(session, arguments, &wanted.file),
        Command::Remarks(wanted) => cli::remarks::run(session, arguments, wanted),
        Command::Compare(wanted) => cli::compare::run(session, arguments, wanted),
        Command::Allocate(wanted) => cli::worker::run_alone(session, arguments, &wanted.table),
        Command::Merge(wanted) => cli::merge::run(session, arguments, wanted),
        Command::Explain { code } => cli::catalogue::explain(session, code),
        Command::Rules => Ok(cli::catalogue::rules(session)),
        Command::Forms(wanted) => match &wanted.action {
            Some(FormsAction::New(new)) => cli::worker::run_alone(session, arguments, &new.file),
            None => cli::catalogue::forms(session, wanted.id.as_deref()),
        },
        Command::Page(wanted) => cli::desktop::run(session, wanted),
        Command::Completions { shell } => Ok(cli::packaging::completions(session, *shell)),
        Command::Man { out } => cli::packaging::man(session, out.as_deref()),
    }
}
