//! All outputs in one file.

use std::io::{Cursor, Write as _};

use soatbieu::failure::{Code, Failure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Files to be handed out as one.
#[derive(Default)]
pub(crate) struct Bundle {
    files: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// Adds a file. Of two of one name the second is numbered.
    pub(crate) fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let taken = |name: &str| self.files.iter().any(|(known, _)| known == name);
        let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
        let numbered = (2..).map(|number| format!("{stem}-{number}.{suffix}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let name = names.find(|name| !taken(name)).unwrap_or_default();
        self.files.push((name, bytes));
    }

    /// The files as a zip. They are packed already, so they are stored; the date is the first a zip
    /// can hold, so that the same files give the same bytes.
    pub(crate) fn zip(self) -> Result<Vec<u8>, Failure> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let written = self.files.iter().try_for_each(|(name, bytes)| {
            writer.start_file(name.as_str(), options)?;
            Ok::<_, zip::result::ZipError>(writer.write_all(bytes)?)
        });
        let done = written.and_then(|()| writer.finish());
        done.map(Cursor::into_inner).map_err(|error| {
            Failure::new(
                Code::CannotWrite,
                format!("không lập được tệp .zip ({error})"),
                format!("the .zip cannot be made ({error})"),
            )
        })
    }
}
