//! Files on their way out: every file is written beside its place under a temporary name and
//! renamed. It appears whole or not at all, and an existing one is only replaced on request.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::NamedTempFile;

use crate::failure::{Code, Failure, system};
use crate::lang::Text;

/// Writes a file whole or not at all.
///
/// # Errors
/// [`Code::OutputExists`] when the file is there and `replace` is false, [`Code::CannotWrite`] for
/// everything the system refuses.
pub fn write_file(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    let _writing = WRITING.lock();
    let mut draft = Draft::new(path, replace)?;
    draft.write_all(bytes).map_err(|error| cannot_write(path, &error))?;
    draft.finish()
}

/// An output on its way: written under a temporary name, which is removed unless it is finished.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    replace: bool,
    file: BufWriter<NamedTempFile>,
}

impl Draft {
    /// Begins a file.
    ///
    /// # Errors
    /// As [`write_file`].
    pub fn new(path: &Path, replace: bool) -> Result<Self, Failure> {
        refuse_existing(path, replace)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = std::fs::create_dir_all(folder)
            // That a file stands in place of the folder, not that the output is there.
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
                _ => error,
            })
            .and_then(|()| {
                tempfile::Builder::new().prefix(&prefix(std::process::id())).tempfile_in(folder)
            })
            .map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), replace, file: BufWriter::new(file) })
    }

    /// Where the file will stand.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// As [`write_file`].
    pub fn finish(self) -> Result<(), Failure> {
        let path = &self.path;
        let file = self.file.into_inner().map_err(|error| cannot_write(path, error.error()))?;
        file.as_file().sync_all().map_err(|error| cannot_write(path, &error))?;
        set_usual_permissions(file.as_file());
        let named = if self.replace { file.persist(path) } else { file.persist_noclobber(path) };
        named.map(drop).map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => exists(path),
            _ => cannot_write(path, &error.error),
        })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Held while a file is written.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits for the file that is being written, and lets no other begin as long as the guard is held:
/// for a process that is about to end and would leave its temporary file behind.
#[must_use]
pub fn no_more_writing() -> impl Sized {
    WRITING.lock()
}

/// How the temporary files of a process begin.
fn prefix(process: u32) -> String {
    format!(".soatbieu-{process}-")
}

/// Removes the temporary files that a process left in a folder when it was killed.
pub fn sweep(folder: &Path, process: u32) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let prefix = prefix(process);
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // One that cannot be removed does no harm: it never has an output's name.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Temporary files are private; a finished output is an ordinary file.
#[cfg(unix)]
fn set_usual_permissions(file: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt as _;
    // A failure leaves the file private, which is no reason to lose it.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &std::fs::File) {}

/// Refuses an output that exists, before any work is done for it.
///
/// # Errors
/// [`Code::OutputExists`]; [`Code::CannotWrite`] where something else than a file is there.
pub fn refuse_existing(path: &Path, replace: bool) -> Result<(), Failure> {
    let is_special = |known: std::fs::Metadata| !known.is_file();
    if path.metadata().is_ok_and(is_special) {
        return Err(special(path));
    }
    if replace || !path.exists() { Ok(()) } else { Err(exists(path)) }
}

/// A folder, a named pipe, a device: a file in its place would take it away from others.
fn special(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(
        Code::CannotWrite,
        format!("`{path}` là thư mục, ống dẫn hoặc thiết bị, không phải tệp để ghi kết quả"),
        format!("`{path}` is a folder, a pipe or a device, no file to be replaced"),
    )
    .with_help("chọn tên khác cho tệp kết quả", "choose another name for the output")
}

fn exists(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(
        Code::OutputExists,
        format!("tệp `{path}` đã có"),
        format!("the file `{path}` exists"),
    )
    .with_help(
        "chọn nơi ghi khác, hoặc thêm --force để ghi đè",
        "choose another place, or add --force to replace it",
    )
}

/// Refuses to write over an input, whatever name it goes by.
///
/// # Errors
/// [`Code::CannotWrite`].
pub fn refuse_input(out: &Path, input: &Path) -> Result<(), Failure> {
    let same = match (out.canonicalize(), input.canonicalize()) {
        (Ok(out), Ok(input)) => out == input,
        _ => false,
    };
    if !same {
        return Ok(());
    }
    let path = out.display();
    Err(Failure::new(
        Code::CannotWrite,
        format!("`{path}` là tệp gốc, chương trình không bao giờ ghi đè tệp gốc"),
        format!("`{path}` is the input, which is never written to"),
    )
    .with_help("chọn tên khác cho tệp kết quả", "choose another name for the output"))
}

/// The failure of a file that the system does not let be written.
#[must_use]
pub fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let (path, Text { vi, en }) = (path.display(), system(error));
    let failure = Failure::new(
        Code::CannotWrite,
        format!("không ghi được tệp `{path}` ({vi})"),
        format!("cannot write `{path}` ({en})"),
    );
    if error.kind() == std::io::ErrorKind::InvalidFilename {
        return failure.with_help(
            "đặt tên kết quả ngắn hơn, không có ký tự đặc biệt",
            "give the output a shorter name, without special characters",
        );
    }
    failure.with_help(
        "kiểm tra quyền ghi vào thư mục và dung lượng đĩa, đóng tệp nếu đang mở",
        "check that the folder can be written to and the disk has room; close the file if it is open",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_is_replaced_on_request_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/x.txt");
        write_file(&path, b"one", false).unwrap();
        let refused = write_file(&path, b"two", false).unwrap_err();
        assert_eq!(refused.code, Code::OutputExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        write_file(&path, b"two", true).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let refused = write_file(&folder.path().join("sub"), b"x", true).unwrap_err();
        assert_eq!(refused.code, Code::CannotWrite, "a folder is never replaced");
        let left: Vec<_> = std::fs::read_dir(folder.path().join("sub")).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file is left");
    }
}
