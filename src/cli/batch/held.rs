//! Outcomes put aside on disk until all files were seen.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use soatbieu::failure::{Code, Failure};

use crate::cli::worker::Outcome;

/// A nameless temporary file with an outcome a line, in the order of files.
pub(super) struct Held {
    file: BufWriter<File>,
}

impl Held {
    pub(super) fn new() -> Result<Self, Failure> {
        let file = tempfile::tempfile().map_err(|error| cannot_hold(&error))?;
        Ok(Self { file: BufWriter::new(file) })
    }

    pub(super) fn add(&mut self, outcome: &Outcome) -> Result<(), Failure> {
        let written = serde_json::to_writer(&mut self.file, outcome).map_err(Into::into);
        written.and_then(|()| self.file.write_all(b"\n")).map_err(|error| cannot_hold(&error))
    }

    /// Everything put aside, one after the other.
    pub(super) fn outcomes(self) -> Result<impl Iterator<Item = Outcome>, Failure> {
        let mut file = self.file.into_inner().map_err(|error| cannot_hold(error.error()))?;
        file.rewind().map_err(|error| cannot_hold(&error))?;
        let lines = BufReader::new(file).lines();
        Ok(lines.map_while(Result::ok).map_while(|line| serde_json::from_str(&line).ok()))
    }
}

fn cannot_hold(error: &std::io::Error) -> Failure {
    let soatbieu::lang::Text { vi, en } = soatbieu::failure::system(error);
    Failure::new(
        Code::CannotWrite,
        format!("không ghi được tệp tạm ({vi})"),
        format!("a temporary file could not be written ({en})"),
    )
    .with_help(
        "kiểm tra dung lượng của thư mục tạm",
        "check that the folder for temporary files has room",
    )
}
