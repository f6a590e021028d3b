//! `-o -`: an output goes to standard output. It is written whole beside everything else first, so
//! that what is handed on is whole or nothing; what is said meanwhile goes to standard error.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Lang;
use soatbieu::output::files::cannot_write;
use tempfile::TempDir;

use super::batch::{is_several, suffix};
use super::session::shown;
use super::{Command, FormsAction};

/// A folder for the output on its way to standard output.
pub(crate) struct Standard {
    folder: TempDir,
}

impl Standard {
    /// Sends the output of a command here, where standard output is named for it.
    ///
    /// # Errors
    /// [`Code::CannotWrite`] where standard output is a terminal; [`Code::Unknown`] where there are
    /// several outputs.
    pub(crate) fn of(command: &mut Command, is_terminal: bool) -> Result<Option<Self>, Failure> {
        let suffix = own_suffix(command);
        let several = matches!(&command, Command::Fix(wanted) if is_several(&wanted.paths));
        if command.folder().is_some_and(|folder| folder == Path::new("-")) {
            return Err(many());
        }
        let Some(out) = command.out().filter(|out| out.as_path() == Path::new("-")) else {
            return Ok(None);
        };
        if several {
            return Err(many());
        }
        if is_terminal {
            return Err(terminal());
        }
        let folder = tempfile::tempdir().map_err(|error| cannot_write(Path::new("-"), &error))?;
        *out = folder.path().join(format!("ket-qua.{suffix}"));
        Ok(Some(Self { folder }))
    }

    /// What is said of the output, with its name.
    pub(crate) fn named(&self, text: &str, lang: Lang, json: bool) -> String {
        let name = match lang {
            _ if json => "-",
            Lang::Vi => "đầu ra chuẩn",
            Lang::En => "standard output",
        };
        self.files().iter().fold(text.to_owned(), |text, file| text.replace(&shown(file), name))
    }

    /// Hands the output on; there is none where nothing was to be written.
    ///
    /// # Errors
    /// [`Code::Unknown`] where several files were written; what the system refuses.
    pub(crate) fn hand_on(self) -> Result<std::io::Result<()>, Failure> {
        match self.files().as_slice() {
            [] => Ok(Ok(())),
            [file] => {
                let bytes = std::fs::read(file).map_err(|error| cannot_write(file, &error))?;
                Ok(std::io::stdout().lock().write_all(&bytes))
            }
            _ => Err(many()),
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path());
        entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }
}

/// What the output of a command is called by itself.
fn own_suffix(command: &Command) -> String {
    match command {
        Command::Fix(wanted) => {
            let source = wanted.paths.first().and_then(|path| suffix(path));
            // One that stays .xls has a list of changes beside it, and so is written anew.
            let kept = source.filter(|own| matches!(own.as_str(), "xlsm" | "ods"));
            kept.filter(|_| wanted.copy_as.is_none()).unwrap_or_else(|| "xlsx".to_owned())
        }
        Command::Compare(_) | Command::Page(_) => "html".to_owned(),
        Command::Forms(_) => "toml".to_owned(),
        _ => "xlsx".to_owned(),
    }
}

impl Command {
    /// The folder that the command's outputs go to, where one is named.
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Process(wanted) => wanted.out.as_deref(),
            Self::Remarks(wanted) => Some(&wanted.out),
            Self::Man { out } => out.as_deref(),
            _ => None,
        }
    }

    /// Where the command's output goes, where one is named.
    pub(crate) fn out(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Fix(wanted) => wanted.out.as_mut(),
            Self::Appendix(wanted) => Some(&mut wanted.out),
            Self::Allocate(wanted) => Some(&mut wanted.out),
            Self::Merge(wanted) => Some(&mut wanted.out),
            Self::Compare(wanted) => wanted.out.as_mut(),
            Self::Page(wanted) => wanted.out.as_mut(),
            Self::Forms(wanted) => match wanted.action.as_mut()? {
                FormsAction::New(wanted) => wanted.out.as_mut(),
            },
            _ => None,
        }
    }
}

fn terminal() -> Failure {
    Failure::new(
        Code::CannotWrite,
        "`-o -` ghi tệp ra đầu ra chuẩn, mà đầu ra chuẩn đang là màn hình",
        "`-o -` writes the file to standard output, which is a terminal",
    )
    .with_help(
        "chuyển đầu ra vào tệp hoặc lệnh khác (… -o - > TỆP), hoặc nêu tên tệp kết quả",
        "send the output to a file or a command (… -o - > FILE), or name the output",
    )
}

fn many() -> Failure {
    Failure::new(
        Code::Unknown,
        "kết quả gồm nhiều tệp nên không dùng được `-o -`",
        "the output is several files, so `-o -` cannot be used",
    )
    .with_help("nêu tên tệp hoặc thư mục kết quả", "name a file or a folder for the output")
}
