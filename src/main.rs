//! The `soatbieu` program: reads the command line, runs one command, returns its exit status.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Arguments, Command};

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
    let arguments = Arguments::parse();
    let session = cli::Session::new(&arguments.common);
    let status = match &arguments.command {
        Command::Process(wanted) => cli::process::run(&session, wanted),
        Command::Check(wanted) => cli::check::run(&session, wanted),
        Command::Fix(wanted) => cli::fix::run(&session, wanted),
        Command::Appendix(wanted) => cli::appendix::run(&session, wanted),
        Command::Merge(wanted) => cli::merge::run(&session, wanted),
        Command::Explain { code } => cli::catalogue::explain(&session, code),
        Command::Rules => Ok(cli::catalogue::rules(&session)),
        Command::Forms(wanted) => cli::catalogue::forms(&session, wanted),
        Command::Completions { shell } => Ok(cli::packaging::completions(&session, *shell)),
        Command::Man { out } => cli::packaging::man(&session, out.as_deref()),
    };
    match status {
        Ok(status) => status.into(),
        Err(failure) => {
            session.fail("soatbieu", &failure);
            cli::Status::Failed.into()
        }
    }
}
