//! What is put aside on disk until all files were seen.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use soatbieu::failure::{Code, Failure};

/// A nameless temporary file with a thing a line, in the order they came.
pub(in crate::cli) struct Held<T> {
    file: BufWriter<File>,
    length: u64,
    things: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Held<T> {
    pub(in crate::cli) fn new() -> Result<Self, Failure> {
        let file = tempfile::tempfile().map_err(|error| cannot_hold(&error))?;
        Ok(Self { file: BufWriter::new(file), length: 0, things: PhantomData })
    }

    /// Puts a thing aside; the number takes it up again.
    pub(in crate::cli) fn add(&mut self, thing: &T) -> Result<u64, Failure> {
        let at = self.length;
        let mut line = serde_json::to_vec(thing).map_err(|error| cannot_hold(&error.into()))?;
        line.push(b'\n');
        self.length += line.len() as u64;
        self.file.write_all(&line).map_err(|error| cannot_hold(&error))?;
        Ok(at)
    }

    /// Takes up things that were put aside, by their numbers; nothing is put aside after that.
    pub(in crate::cli) fn at(&mut self, numbers: &[u64]) -> Result<Vec<T>, Failure> {
        let mut read = || -> std::io::Result<Vec<T>> {
            self.file.flush()?;
            let mut reader = BufReader::new(self.file.get_ref());
            let mut things = Vec::new();
            for number in numbers {
                let mut line = Vec::new();
                reader.seek(SeekFrom::Start(*number))?;
                reader.read_until(b'\n', &mut line)?;
                things.push(serde_json::from_slice(&line)?);
            }
            Ok(things)
        };
        read().map_err(|error| cannot_hold(&error))
    }

    /// Everything put aside, one after the other.
    pub(in crate::cli) fn all(self) -> Result<impl Iterator<Item = T>, Failure> {
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
