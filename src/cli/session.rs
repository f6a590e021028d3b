//! What all commands share: the options, reading an input, printing.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use soatbieu::desk::Desk;
use soatbieu::failure::{Code, Failure, system};
use soatbieu::findings::Checked;
use soatbieu::forms::{self, Form};
use soatbieu::lang::{Lang, Text};
use soatbieu::recognise::Request;
use soatbieu::report::{FileReport, text};
use soatbieu::rules::Selection;
use soatbieu::screen::Checker;
use soatbieu::{read, say};

use super::line::locked_file;
use super::screen::Screen;
use super::standard::Standard;
use super::visible::{Writing, visible};
use super::{Arguments, Color, Common, OutputFormat, Status};

/// The common options, resolved.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Session {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) force: bool,
    pub(crate) limits: read::Limits,
    form: Option<String>,
    sheet: Option<String>,
    printed_only: bool,
    selection: Selection,
    color: Color,
    terminals: Terminals,
    /// Where a worker keeps what it says; `None` where it is said aloud.
    kept: Option<RefCell<Vec<Said>>>,
    /// What stands for standard input in a worker.
    given: RefCell<Vec<u8>>,
    /// Why results could not be printed.
    lost: RefCell<Option<std::io::Error>>,
    /// The output on its way to standard output, where that is named for it.
    standard: Option<Standard>,
}

/// What the outputs are; a worker is told those of the program that started it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Terminals {
    pub(super) out: Screen,
    pub(super) err: Screen,
}

impl Terminals {
    pub(crate) fn here() -> Self {
        Self { out: Screen::of(&std::io::stdout()), err: Screen::of(&std::io::stderr()) }
    }
}

/// Something said about a file, to be said aloud when it is the file's turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Said {
    /// Results: standard output.
    Result(String),
    /// Results for other programs: standard output, as they are.
    Exact(String),
    /// Progress: standard error, unless quiet.
    Progress(String),
    /// Failures: standard error.
    Failure(String),
}

impl Session {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            lang: common.lang,
            json: common.format == OutputFormat::Json,
            quiet: common.quiet,
            force: common.force,
            limits: common.limits.limits(),
            form: common.form.clone(),
            sheet: common.sheet.clone(),
            printed_only: common.printed_rules_only,
            selection: Selection { select: common.select.clone(), ignore: common.ignore.clone() },
            color: common.color,
            terminals: Terminals::here(),
            kept: None,
            given: RefCell::default(),
            lost: RefCell::default(),
            standard: None,
        }
    }

    /// Takes standard output for the output of the command, where it is named for it.
    ///
    /// # Errors
    /// Those of [`Standard::of`].
    pub(crate) fn take_standard(&mut self, arguments: &mut Arguments) -> Result<(), Failure> {
        self.standard = Standard::of(&mut arguments.command, self.terminals.out.is_terminal)?;
        Ok(())
    }

    /// The session of a worker: it keeps what it says.
    pub(crate) fn of_worker(common: &Common, terminals: Terminals) -> Self {
        Self { terminals, kept: Some(RefCell::default()), ..Self::new(common) }
    }

    /// What was said since it was last asked for.
    pub(crate) fn take_said(&self) -> Vec<Said> {
        self.kept.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// Gives a worker the bytes that came on standard input.
    pub(crate) fn give(&self, bytes: Vec<u8>) {
        self.given.replace(bytes);
    }

    /// Reads an input; where its bytes were given, they stand for standard input.
    pub(crate) fn open(&self, path: &Path) -> Result<Input, Failure> {
        if self.kept.is_some() && path == Path::new("-") {
            return Ok(Input { path: path.to_owned(), bytes: self.given.take() });
        }
        Input::read(path, &self.limits)
    }

    /// Refuses options that ask for what there is not, before anything is begun.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        self.form().map(drop)
    }

    /// The form asked for, once the rules asked for are known to be there.
    fn form(&self) -> Result<Option<Form>, Failure> {
        if let Some(code) = self.selection.unknown().first() {
            return Err(Failure::new(
                Code::Unknown,
                format!("không có quy tắc `{code}`"),
                format!("there is no rule `{code}`"),
            )
            .with_help("xem danh sách bằng lệnh `soatbieu rules`", "see `soatbieu rules`"));
        }
        self.form.as_deref().map(load_form).transpose()
    }

    /// What is asked of the recogniser.
    pub(crate) fn request(&self) -> Result<Request, Failure> {
        let form = self.form()?;
        Ok(Request {
            sheet: self.sheet.clone(),
            form,
            known: forms::builtin()?,
            printed_only: self.printed_only,
            sentences_alone: false,
        })
    }

    /// Puts an input on a desk, with the findings of the rules that are wanted. `whole` is for work
    /// that needs every row: others are settled while they are read.
    pub(crate) fn desk<'a>(
        &self,
        input: Input,
        checker: &mut Checker<'a>,
        whole: bool,
    ) -> Result<Desk<'a>, Failure> {
        let open = if whole { Desk::open_whole } else { Desk::open };
        let mut desk = open(&input.name(), input.bytes, checker)?;
        desk.select(&self.selection);
        Ok(desk)
    }

    /// The table that a command about one table takes; that there are others is said.
    pub(crate) fn first_table<'a>(&self, tables: &'a [Checked]) -> Option<&'a Checked> {
        let (first, others) = tables.split_first()?;
        if !others.is_empty() {
            self.tell(&say!(
                self.lang,
                "Chỉ lấy bảng đầu tiên ({sheet}!{range}); còn {others} bảng khác, chọn trang tính bằng --sheet.",
                "Only the first table is taken ({sheet}!{range}); there are {others} more: choose a sheet with --sheet.",
                sheet = first.table.sheet,
                range = first.table.range,
                others = others.len(),
            ));
        }
        Some(first)
    }

    /// Prints results.
    pub(crate) fn print(&self, text: &str) {
        if !self.quiet {
            self.say(Said::Result(text.to_owned()));
        }
    }

    /// Prints what other programs read: no line is broken.
    pub(crate) fn print_exact(&self, text: &str) {
        if !self.quiet {
            self.say(Said::Exact(text.to_owned()));
        }
    }

    /// Prints a line of progress or of what was written.
    pub(crate) fn tell(&self, text: &str) {
        if !self.quiet {
            self.say(Said::Progress(format!("{text}\n")));
        }
    }

    /// Prints why something could not be done.
    pub(crate) fn fail(&self, path: &str, failure: &Failure) {
        let style = self.style(self.terminals.err);
        self.say(Said::Failure(text::render_failure(path, failure, style)));
    }

    /// Says aloud what a worker said, or keeps it in one.
    pub(crate) fn say(&self, said: Said) {
        if let Some(kept) = &self.kept {
            kept.borrow_mut().push(said);
            return;
        }
        let said = match &self.standard {
            Some(standard) => self.aside(said, standard),
            None => said,
        };
        match said {
            Said::Result(text) if !self.json => {
                let text = visible(&text, self.writing(self.terminals.out));
                self.put(&self.terminals.out.laid(&text));
            }
            Said::Result(text) | Said::Exact(text) => {
                self.put(&visible(&text, self.writing(self.terminals.out)));
            }
            Said::Progress(text) => {
                warn(&self.terminals.err.laid(&visible(&text, Writing::Plain)));
            }
            Said::Failure(text) => {
                let coloured = self.style(self.terminals.err).color;
                let writing = if coloured { Writing::Coloured } else { Writing::Plain };
                warn(&self.terminals.err.laid(&visible(&text, writing)));
            }
        }
    }

    /// Puts results on standard output.
    fn put(&self, text: &str) {
        self.keep(std::io::stdout().lock().write_all(text.as_bytes()));
    }

    /// What is said while standard output is taken.
    fn aside(&self, said: Said, standard: &Standard) -> Said {
        let named = |text: String| standard.named(&text, self.lang, self.json);
        match said {
            Said::Result(text) | Said::Exact(text) | Said::Progress(text) => {
                Said::Progress(named(text))
            }
            Said::Failure(text) => Said::Failure(named(text)),
        }
    }

    /// Keeps why results were lost. A closed pipe (`soatbieu … | head`) is no failure.
    fn keep(&self, written: std::io::Result<()>) {
        if let Err(error) = written
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.lost.borrow_mut().get_or_insert(error);
        }
    }

    /// The status the program ends with: results that nobody got are a failure.
    pub(crate) fn finish(&mut self, status: Status) -> Status {
        let mut status = status;
        if let Some(standard) = self.standard.take().filter(|_| status < Status::Failed) {
            match standard.hand_on() {
                Ok(written) => self.keep(written),
                Err(failure) => {
                    self.fail("soatbieu", &failure);
                    status = Status::Failed;
                }
            }
        }
        self.keep(std::io::stdout().lock().flush());
        let Some(error) = self.lost.take() else { return status };
        self.fail("soatbieu", &not_printed(&error));
        Status::Failed
    }

    /// Prints the findings of a file, or why there are none.
    pub(crate) fn print_report(&self, report: &FileReport) {
        match &report.outcome {
            Ok(_) => {
                let style = self.style(self.terminals.out);
                self.print(&text::render(report, style));
            }
            Err(failure) => self.fail(&report.path, failure),
        }
    }

    /// True when standard error is a terminal where progress may be shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.terminals.err.is_terminal && !self.quiet && !is_dumb()
    }

    pub(crate) fn terminals(&self) -> Terminals {
        self.terminals
    }

    /// The text of a form file, which bears on results like an option.
    pub(crate) fn form_text(&self) -> String {
        self.form().ok().flatten().map(|form| form.toml).unwrap_or_default()
    }

    fn writing(&self, screen: Screen) -> Writing {
        match self.style(screen).color {
            _ if self.json => Writing::Json,
            true => Writing::Coloured,
            false => Writing::Plain,
        }
    }

    fn style(&self, screen: Screen) -> text::Style {
        let wished =
            std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && !is_dumb();
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => screen.is_terminal && wished,
        };
        text::Style { lang: self.lang, color, columns: screen.columns }
    }

    /// Columns of the terminal that results are shown on.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.terminals.out.columns
    }
}

/// True for a terminal that knows neither colours nor a line drawn again.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|set| set == "dumb")
}

/// The failure of results that could not be printed.
pub(crate) fn not_printed(error: &std::io::Error) -> Failure {
    let Text { vi, en } = system(error);
    Failure::new(
        Code::CannotWrite,
        format!("không in được kết quả ({vi})"),
        format!("the results could not be printed ({en})"),
    )
    .with_help(
        "kiểm tra dung lượng đĩa nơi kết quả được ghi vào",
        "check that the disk the results are written to has room",
    )
}

/// Where nobody can be told, nothing can be said of that either.
pub(crate) fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Bytes of a form file: those that ship have some thousands.
const LARGEST_FORM: u64 = 1 << 20;

/// A built-in form by its id, or a form file.
fn load_form(name: &str) -> Result<Form, Failure> {
    let path = Path::new(name);
    let is_file = path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("toml"));
    if !is_file {
        return forms::by_id(name);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_FORM + 1).read_to_end(&mut bytes))
        .map_err(|error| cannot_open(path, &error))?;
    // Before it is read as text: where it is cut may be within a letter.
    if bytes.len() as u64 > LARGEST_FORM {
        let path = shown(path);
        return Err(Failure::new(
            Code::BadForm,
            format!("tệp `{path}` lớn hơn 1 MB nên không phải là biểu mẫu"),
            format!("`{path}` is larger than 1 MB, which no form is"),
        )
        .with_help(
            "xem mẫu đúng bằng lệnh `soatbieu forms poverty-target-allocation`",
            "see a form with `soatbieu forms poverty-target-allocation`",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        cannot_open(path, &std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    })?;
    forms::parse(&text)
}

/// An input file in memory.
pub(crate) struct Input {
    /// The path as it was named; `-` for standard input.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

impl Input {
    /// Reads a file, or standard input for `-`, up to a byte beyond the limit.
    pub(crate) fn read(path: &Path, limits: &read::Limits) -> Result<Self, Failure> {
        if let Some(open) = path.file_name().and_then(locked_file) {
            return Err(lock(path, &open));
        }
        let most = limits.file.saturating_add(1);
        let mut bytes = Vec::new();
        let result = if path == Path::new("-") {
            std::io::stdin().lock().take(most).read_to_end(&mut bytes)
        } else {
            std::fs::File::open(path).and_then(|file| {
                // Room for the whole file spares most of the reads; one that cannot be had is no
                // reason to fail.
                let length = file.metadata().map_or(0, |known| known.len()).min(most);
                let _ = bytes.try_reserve_exact(usize::try_from(length).unwrap_or(0) + 1);
                file.take(most).read_to_end(&mut bytes)
            })
        };
        result.map_err(|error| cannot_open(path, &error))?;
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// The path for people and reports.
    pub(crate) fn name(&self) -> String {
        shown(&self.path)
    }

    /// The file name without its suffix, for naming outputs.
    pub(crate) fn stem(&self) -> String {
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        stem.filter(|stem| stem != "-").unwrap_or_else(|| "bieu".to_owned())
    }
}

/// A path for people and reports. Control characters in a name would steer the terminal or break a
/// line of a table, and a name need not be text: what cannot be shown is written byte by byte
/// (`\x1B`), so that different names stay different.
pub(crate) fn shown(path: &Path) -> String {
    let mut shown = String::new();
    let escape = |bytes: &[u8], shown: &mut String| {
        for byte in bytes {
            let _ = write!(shown, "\\x{byte:02X}");
        }
    };
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                escape(letter.encode_utf8(&mut [0; 4]).as_bytes(), &mut shown);
            } else {
                shown.push(letter);
            }
        }
        escape(chunk.invalid(), &mut shown);
    }
    shown
}

/// The file beside an open workbook.
fn lock(path: &Path, open: &str) -> Failure {
    let (path, open) = (shown(path), open.replace(char::is_control, "\u{fffd}"));
    Failure::new(
        Code::NotAWorkbook,
        format!("`{path}` là tệp khóa mà Excel hoặc LibreOffice tạo ra khi `{open}` đang được mở, không phải tệp số liệu"),
        format!("`{path}` is the lock a spreadsheet program keeps while `{open}` is open, no workbook"),
    )
    .with_help(
        "lưu và đóng tệp đang mở, rồi nêu tên tệp đó",
        "save and close the open file, and name that one",
    )
}

fn cannot_open(path: &Path, error: &std::io::Error) -> Failure {
    let (path, Text { vi, en }) = (shown(path), system(error));
    Failure::new(
        Code::CannotOpen,
        format!("không mở được tệp `{path}` ({vi})"),
        format!("cannot open `{path}` ({en})"),
    )
    .with_help(
        "kiểm tra tên tệp và quyền đọc tệp",
        "check the name of the file and whether it can be read",
    )
}
