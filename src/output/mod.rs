//! Files on their way out: the corrected workbook and the list of what was changed in it.
//!
//! Every file is written beside its place under a temporary name and renamed: it appears whole or
//! not at all, and an existing one is only replaced on request.

pub mod changes;
mod corrected;
mod rebuild;

use std::io::Write as _;
use std::path::Path;

pub use changes::{Change, ChangeList};
pub use corrected::{Copy, Marks, corrected};

use crate::failure::{Code, Failure};

/// Writes a file whole or not at all.
///
/// # Errors
/// [`Code::OutputExists`] when the file is there and `replace` is false, [`Code::CannotWrite`] for
/// everything the system refuses.
pub fn write_file(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    refuse_existing(path, replace)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let cannot = |error: &dyn std::fmt::Display| cannot_write(path, error);
    std::fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
    let mut file = tempfile::Builder::new()
        .prefix(".soatbieu-")
        .tempfile_in(folder)
        .map_err(|error| cannot(&error))?;
    file.write_all(bytes).map_err(|error| cannot(&error))?;
    file.as_file().sync_all().map_err(|error| cannot(&error))?;
    set_usual_permissions(file.as_file());
    if replace {
        file.persist(path).map_err(|error| cannot(&error.error))?;
    } else {
        file.persist_noclobber(path).map_err(|error| cannot(&error.error))?;
    }
    Ok(())
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
/// [`Code::OutputExists`].
pub fn refuse_existing(path: &Path, replace: bool) -> Result<(), Failure> {
    if replace || !path.exists() {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::new(
        Code::OutputExists,
        format!("tệp `{path}` đã có"),
        format!("the file `{path}` exists"),
    )
    .with_help(
        "chọn nơi ghi khác, hoặc thêm --force để ghi đè",
        "choose another place, or add --force to replace it",
    ))
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

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure::new(
        Code::CannotWrite,
        format!("không ghi được tệp `{path}` ({error})"),
        format!("cannot write `{path}` ({error})"),
    )
    .with_help(
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
        let left: Vec<_> = std::fs::read_dir(folder.path().join("sub")).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file is left");
    }
}
