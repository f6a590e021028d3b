//! The fonts of PDF files: those of the program, or those a person asks for.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use soatbieu::appendix::Faces;
use soatbieu::failure::{Code, Failure, system};

use super::appendix::tell_notes;
use super::session::shown;
use super::{Fonts, Session};

/// The word that asks for the Times New Roman of the system.
const SYSTEM: &str = "system";

/// No font of an office is larger, in bytes.
const LARGEST: u64 = 32 << 20;

/// What the files of Times New Roman are called: regular, bold, italic, bold italic.
const NAMES: [[&str; 4]; 3] = [
    ["times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"],
    [
        "Times New Roman.ttf",
        "Times New Roman Bold.ttf",
        "Times New Roman Italic.ttf",
        "Times New Roman Bold Italic.ttf",
    ],
    [
        "Times_New_Roman.ttf",
        "Times_New_Roman_Bold.ttf",
        "Times_New_Roman_Italic.ttf",
        "Times_New_Roman_Bold_Italic.ttf",
    ],
];

/// The faces that PDF files are set in.
///
/// # Errors
/// [`Code::CannotOpen`] for a file that cannot be read, [`Code::Unknown`] for one that is no font or
/// where the system has no Times New Roman.
pub(super) fn faces(session: &Session, wanted: &Fonts) -> Result<Faces, Failure> {
    let files = match wanted.font.as_slice() {
        [] => return Faces::embedded(),
        [word] if word == Path::new(SYSTEM) => of_the_system()?,
        files => files.to_vec(),
    };
    let read = |path: &PathBuf| Ok((shown(path), read(path)?));
    let files = files.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    let (faces, notes) = Faces::from_files(files)?;
    tell_notes(session, &notes);
    Ok(faces)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes)).map_err(
        |error| {
            let (name, reason) = (shown(path), system(&error));
            Failure::new(
                Code::CannotOpen,
                format!("không đọc được tệp phông chữ `{name}`: {}", reason.vi),
                format!("the font `{name}` could not be read: {}", reason.en),
            )
        },
    )?;
    Ok(bytes)
}

/// The files of Times New Roman where systems have them.
fn of_the_system() -> Result<Vec<PathBuf>, Failure> {
    let windows = std::env::var_os("WINDIR").unwrap_or_else(|| OsString::from("C:\\Windows"));
    let folders = [
        Path::new(&windows).join("Fonts"),
        "/System/Library/Fonts/Supplemental".into(),
        "/Library/Fonts".into(),
        "/usr/share/fonts/truetype/msttcorefonts".into(),
        "/usr/share/fonts/msttcore".into(),
    ];
    let found = folders.iter().find_map(|folder| {
        let names = NAMES.iter().find(|names| folder.join(names[0]).is_file())?;
        Some(names.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect())
    });
    found.ok_or_else(|| {
        Failure::new(
            Code::Unknown,
            "máy này không có phông Times New Roman ở nơi chương trình tìm",
            "this system has no Times New Roman where the program looks",
        )
        .with_help(
            "bỏ --font để dùng phông kèm theo chương trình, hoặc nêu tệp phông: --font times.ttf",
            "leave --font out for the font of the program, or name font files: --font times.ttf",
        )
    })
}
