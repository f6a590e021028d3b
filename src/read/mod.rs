//! From the bytes of a file to a [`Workbook`].
//!
//! The content decides the kind of file, never its suffix ([`sniff`]). All are streamed by
//! readers of our own, but `.xlsb`, which calamine reads once its records were looked at.
//! Cells go into sparse storage: a dense range of a sheet with two far corners would ask for
//! terabytes. A [`Screen`] may settle rows before they are stored.

pub(crate) mod bytes;
mod cells;
pub(crate) mod code;
pub(crate) mod container;
mod docx;
mod formats;
mod known;
mod legacy;
mod limits;
mod ods;
mod package;
mod sniff;
mod store;
pub(crate) mod unpack;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

pub use limits::{Change, Limit, Limits};
use sniff::Opened;
pub use sniff::{Content, sniff};
pub(crate) use store::SCREENED_AFTER;
pub(crate) use xlsb::record;
pub use xlsx::Memory;

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;

use crate::failure::{Code, Failure};
use crate::workbook::{Address, Cell, FileFormat, Run, Workbook};

/// Reads a workbook from the bytes of a file.
///
/// # Errors
/// A [`Failure`] of the `E1` kind when the bytes are no workbook that can be read: it says what
/// they are instead, or where they are damaged, and what to do.
pub fn workbook(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    read(bytes, limits, &mut Memory::default(), None)
}

/// Reads a workbook, with what files of one form have in common read once.
///
/// # Errors
/// As [`workbook`].
pub fn remembering(
    bytes: &[u8],
    limits: &Limits,
    memory: &mut Memory,
) -> Result<Workbook, Failure> {
    read(bytes, limits, memory, None)
}

/// Reads a workbook, and lets a screen settle rows of its sheets while they are read. Those of
/// `.xlsb` are not shown to the screen; only parts of `.xlsx` and `.xlsm` are remembered.
///
/// # Errors
/// As [`workbook`].
pub fn screened(
    bytes: &[u8],
    limits: &Limits,
    memory: &mut Memory,
    screen: &mut dyn Screen,
) -> Result<Workbook, Failure> {
    read(bytes, limits, memory, Some(screen))
}

/// Looks at each row of a sheet once it is complete. A row that it settles is not kept: its sheet
/// gets the runs of such rows instead ([`crate::workbook::Sheet::runs`]).
pub trait Screen {
    /// A sheet begins. The workbook holds its formats and the sheets before this one.
    fn begin(&mut self, book: &Workbook, sheet: &str);

    /// Looks at the row that was just read; `kept` are the cells of the rows kept before it.
    fn look(&mut self, kept: &[(Address, Cell)], row: &[(Address, Cell)]) -> Look;

    /// The sheet has ended: the rows of it that were settled.
    fn end(&mut self) -> Vec<Run>;
}

/// What a screen says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing more is to be said of it.
    Settled,
    /// It is kept.
    Keep,
    /// It is kept, and so is the rest of the sheet.
    Declined,
}

/// The content of a stream of an OLE container, if the container is whole and has it.
pub(crate) fn stream_of(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    container::Container::open(bytes).ok()?.stream(name).map(Cow::into_owned)
}

fn read(
    bytes: &[u8],
    limits: &Limits,
    memory: &mut Memory,
    screen: Option<&mut dyn Screen>,
) -> Result<Workbook, Failure> {
    let size = bytes.len() as u64;
    if size > limits.file {
        // Who reads a file stops a byte beyond the limit, and then does not know its size.
        let known = Some(size).filter(|size| size - limits.file > 1);
        return Err(Limit::File.exceeded(limits, known, None));
    }
    package::refuse_many_parts(bytes, limits)?;
    let (format, opened) = match sniff::sniff_outside(bytes)? {
        (Content::Workbook(format), opened) => (format, opened),
        (other, _) => return Err(other.refusal()),
    };
    // The readers index into what a damaged file promises; a panic there is a damaged file.
    let read = AssertUnwindSafe(|| match (format, opened) {
        (FileFormat::Xlsb, Opened::Package(archive)) => xlsb::read(archive, limits),
        (FileFormat::Ods, Opened::Package(archive)) => ods::read(archive, limits, screen),
        (FileFormat::Docx, Opened::Package(archive)) => docx::read(archive, limits),
        (_, Opened::Package(archive)) => xlsx::read(archive, limits, memory, screen),
        (_, Opened::Container(container)) => xls::read(&container, limits, screen),
        (_, Opened::Nothing) => Err(damaged("OLE")),
    });
    // Nothing that a panic leaves half done is looked at afterwards; what is remembered is whole.
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(damaged(format!(".{}", format.suffix()))))
}

/// A reader's error as a failure.
fn damaged(reason: impl std::fmt::Display) -> Failure {
    Failure::new(
        Code::Damaged,
        format!("tệp bị hỏng hoặc không đúng định dạng ({reason})"),
        format!("the file is damaged or malformed ({reason})"),
    )
    .with_help(
        "hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại thành tệp .xlsx mới rồi kiểm tra lại",
        "open the file in Excel or LibreOffice, save it as a new .xlsx and check again",
    )
}

/// The failure of a workbook that asks for a password.
fn encrypted() -> Failure {
    Failure::new(
        Code::Encrypted,
        "tệp được bảo vệ bằng mật khẩu nên không đọc được",
        "the file is protected by a password and cannot be read",
    )
    .with_help(
        "hãy mở tệp bằng mật khẩu, bỏ mật khẩu mở tệp (Tệp › Thông tin › Bảo vệ sổ làm việc), lưu lại rồi kiểm tra",
        "open it with its password, remove the password (File › Info › Protect Workbook), save and check again",
    )
}
