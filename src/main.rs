//! The `soatbieu` program: reads the command line, runs one command, returns its exit status.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Arguments, Command};

fn main() -> ExitCode {
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
    };
    match status {
        Ok(status) => status.into(),
        Err(failure) => {
            session.fail("soatbieu", &failure);
            cli::Status::Failed.into()
        }
    }
}
