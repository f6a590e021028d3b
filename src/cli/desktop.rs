//! The program as people have it who have no terminal: started from the desktop, by a double click or
//! with files dragged onto it. And the page it carries for them.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use soatbieu::failure::{Code, Failure};
use soatbieu::output::{refuse_existing, write_file};
use soatbieu::say;

use super::batch::refuse_other_suffix;
use super::{Page, Session, Status};

/// The page; a build that was not told of one carries none.
#[cfg(carries_page)]
const PAGE: Option<&[u8]> = Some(include_bytes!(env!("SOATBIEU_PAGE")));
#[cfg(not(carries_page))]
const PAGE: Option<&[u8]> = None;

/// What the page is called as a file.
const NAME: &str = "soatbieu.html";

/// True when the program was started from the desktop: its window closes with it.
pub(crate) fn is_host() -> bool {
    host::is_desktop()
}

/// Waits for Enter, so that what was said can be read before the window closes.
pub(crate) fn wait(session: &Session) {
    if !std::io::stdin().is_terminal() {
        return;
    }
    let text = say!(
        session.lang,
        "Nhấn phím Enter để đóng cửa sổ này. ",
        "Press Enter to close this window. "
    );
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// `soatbieu page`: writes the page, or opens it in the browser.
pub(crate) fn run(session: &Session, wanted: &Page) -> Result<Status, Failure> {
    let page = PAGE.ok_or_else(none)?;
    if let Some(out) = &wanted.out {
        refuse_other_suffix(out, &["html"])?;
        refuse_existing(out, session.force)?;
        write_file(out, page, session.force)?;
        let out = out.display();
        session.tell(&say!(session.lang, "Đã ghi {out}.", "Written: {out}.", out = out));
        return Ok(Status::Done);
    }
    let path = place(page)?;
    opener::open(&path).map_err(|error| {
        let path = path.display();
        Failure::new(
            Code::CannotOpen,
            format!("không mở được trình duyệt ({error})"),
            format!("cannot open the browser ({error})"),
        )
        .with_help(format!("hãy tự mở tệp {path}"), format!("open the file {path} yourself"))
    })?;
    let path = path.display();
    session.tell(&say!(
        session.lang,
        "Đã mở trang soát biểu trong trình duyệt: {path}.",
        "The page is open in the browser: {path}.",
        path = path
    ));
    Ok(Status::Done)
}

/// Puts the page where the browser can read it: beside the program, where it is found again, else
/// into the temporary folder.
fn place(page: &[u8]) -> Result<PathBuf, Failure> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(NAME)));
    let is_it = |path: &Path| std::fs::read(path).is_ok_and(|bytes| bytes == page);
    if let Some(path) = beside
        && (is_it(&path) || write_file(&path, page, false).is_ok())
    {
        return Ok(path);
    }
    let path = std::env::temp_dir().join(NAME);
    if !is_it(&path) {
        write_file(&path, page, true)?;
    }
    Ok(path)
}

fn none() -> Failure {
    Failure::new(
        Code::Unknown,
        "bản chương trình này không mang theo trang soát biểu",
        "this build of the program carries no page",
    )
    .with_help(
        "dùng tệp soatbieu.html của bản phát hành; hoặc soát ngay: soatbieu process TỆP.xlsx",
        "use soatbieu.html of the release; or check at once: soatbieu process FILE.xlsx",
    )
}

/// On Windows a program of the desktop is a child of the desktop's.
#[cfg(windows)]
mod host {
    use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid};

    pub(super) fn is_desktop() -> bool {
        parent().is_some_and(|name| name.eq_ignore_ascii_case("explorer.exe"))
    }

    /// The name of the program that started this one.
    fn parent() -> Option<String> {
        let mut system = System::new().ok()?;
        let mut look = |pid| {
            let kind = ProcessRefreshKind::nothing();
            system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, kind);
            let process = system.process(pid)?;
            Some((process.parent(), process.name().to_string_lossy().into_owned()))
        };
        let (parent, _) = look(get_current_pid().ok()?)?;
        look(parent?).map(|(_, name)| name)
    }
}

/// Elsewhere a program with a terminal is started in one.
#[cfg(not(windows))]
mod host {
    pub(super) fn is_desktop() -> bool {
        false
    }
}
