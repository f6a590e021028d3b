//! What stops the work on a file: an unreadable file, no table, a form that does not fit.
//!
//! A wrong table is a finding; a [`Failure`] means that nothing could be judged, and that nothing
//! was written. Each says what happened and what to do, in both languages.

use crate::lang::{Lang, Text};

/// Why a file, a sheet or a form could not be worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Stable code, for scripts.
    pub code: Code,
    /// What happened, without a full stop.
    pub message: Text,
    /// What to do about it; empty where there is nothing to add.
    pub help: Text,
    /// What the command line offers besides; whoever has only the page has no use for it.
    pub option: Option<Box<Text>>,
}

/// The kinds of failure. `E1..` concern files, `E2..` tables and forms, `E3..` writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The file cannot be opened at all.
    CannotOpen,
    /// The file is empty.
    EmptyFile,
    /// The content is no workbook.
    NotAWorkbook,
    /// The workbook is protected by a password.
    Encrypted,
    /// The workbook is damaged.
    Damaged,
    /// A kind of workbook that is not read.
    UnsupportedFormat,
    /// A limit was passed.
    TooLarge,
    /// The time for one file was over.
    TookTooLong,
    /// The process that worked on the file ended before it was done.
    Died,
    /// No table was found.
    NoTable,
    /// A sheet that was asked for does not exist.
    NoSuchSheet,
    /// The table has more than one total row.
    TwoTotals,
    /// The form that was asked for does not fit the table.
    FormDoesNotFit,
    /// The form cannot be read.
    BadForm,
    /// An unknown rule, form or option value.
    Unknown,
    /// An output exists already.
    OutputExists,
    /// An output cannot be written.
    CannotWrite,
    /// The table still has errors, so the appendix is refused.
    NotClean,
    /// A correction that was asked for cannot be made.
    CannotCorrect,
}

impl Code {
    /// The code as scripts see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CannotOpen => "E101",
            Self::EmptyFile => "E102",
            Self::NotAWorkbook => "E103",
            Self::Encrypted => "E104",
            Self::Damaged => "E105",
            Self::UnsupportedFormat => "E106",
            Self::TooLarge => "E107",
            Self::TookTooLong => "E108",
            Self::Died => "E109",
            Self::NoTable => "E201",
            Self::NoSuchSheet => "E202",
            Self::TwoTotals => "E203",
            Self::FormDoesNotFit => "E204",
            Self::BadForm => "E205",
            Self::Unknown => "E206",
            Self::OutputExists => "E301",
            Self::CannotWrite => "E302",
            Self::NotClean => "E303",
            Self::CannotCorrect => "E304",
        }
    }
}

/// Why the writer of workbooks refused, in words: its own are English.
#[must_use]
pub fn writer(error: &rust_xlsxwriter::XlsxError) -> Text {
    use rust_xlsxwriter::XlsxError as Error;
    match error {
        Error::MaxStringLengthExceeded => Text::new(
            "một ô có hơn 32.767 ký tự, nhiều hơn mức Excel cho phép",
            "a cell has more than 32,767 characters, which Excel does not take",
        ),
        Error::RowColumnLimitError => Text::new(
            "bảng vượt số dòng hoặc số cột của một trang tính Excel",
            "the table passes the rows or columns of an Excel sheet",
        ),
        Error::IoError(error) => system(error),
        other => Text::new(other.to_string(), other.to_string()),
    }
}

/// What the system answered, in words: its own are in a language of its own.
#[must_use]
pub fn system(error: &std::io::Error) -> Text {
    use std::io::ErrorKind as Kind;
    let (vi, en) = match error.kind() {
        Kind::NotFound => ("không có tệp hoặc thư mục này", "there is no such file or folder"),
        Kind::PermissionDenied => ("không có quyền", "permission denied"),
        Kind::AlreadyExists => ("đã có", "it is there already"),
        Kind::IsADirectory => ("đây là thư mục", "it is a folder"),
        Kind::NotADirectory => {
            ("đường dẫn đi qua một tệp không phải thư mục", "part of the path is no folder")
        }
        Kind::StorageFull | Kind::QuotaExceeded => ("đĩa đã đầy", "the disk is full"),
        Kind::ReadOnlyFilesystem => ("đĩa chỉ cho đọc", "the disk is read-only"),
        Kind::FileTooLarge => ("tệp quá lớn", "the file is too large"),
        Kind::ResourceBusy | Kind::ExecutableFileBusy | Kind::Deadlock => {
            ("tệp đang được chương trình khác dùng", "another program is using it")
        }
        Kind::InvalidFilename => {
            ("tên tệp quá dài hoặc không hợp lệ", "the name is too long or not valid")
        }
        Kind::BrokenPipe => ("bên nhận đã đóng", "the reader is gone"),
        Kind::TimedOut => ("quá thời gian chờ", "it took too long"),
        Kind::Interrupted => ("bị ngắt giữa chừng", "it was interrupted"),
        Kind::OutOfMemory => ("hết bộ nhớ", "out of memory"),
        Kind::UnexpectedEof => ("tệp bị cắt ngang", "the file is cut short"),
        Kind::InvalidData | Kind::InvalidInput => ("dữ liệu không hợp lệ", "the data is not valid"),
        _ => {
            let number = error.raw_os_error();
            let number = number.map(|number| format!(" {number}")).unwrap_or_default();
            return Text::new(
                format!("hệ thống báo lỗi{number}"),
                format!("the system reports an error{number}"),
            );
        }
    };
    Text::new(vi, en)
}

impl Failure {
    /// A failure with its message.
    #[must_use]
    pub fn new(code: Code, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Text::new(vi, en), help: Text::default(), option: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_help(mut self, vi: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Text::new(vi, en);
        self
    }

    /// Adds what the command line offers.
    #[must_use]
    pub fn with_option(mut self, vi: impl Into<String>, en: impl Into<String>) -> Self {
        self.option = Some(Box::new(Text::new(vi, en)));
        self
    }

    /// What to do about it at the command line, in one language.
    #[must_use]
    pub fn advice(&self, lang: Lang) -> String {
        let option = self.option.as_ref().map_or("", |option| option.get(lang));
        let parts = [self.help.get(lang), option];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// The message in one language.
    #[must_use]
    pub fn message(&self, lang: Lang) -> &str {
        self.message.get(lang)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message.en)
    }
}

impl std::error::Error for Failure {}
