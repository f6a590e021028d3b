//! The files that are meant by the paths named, and where their outputs go.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::{File, FileType, Metadata};
use std::io::{BufReader, Cursor, Read as _};
use std::path::{Path, PathBuf};

use soatbieu::failure::{Code, Failure};
use soatbieu::output::{Checksum, Kind, refuse_input, sources_of};
use soatbieu::say;

use super::{Out, Run};
use crate::cli::Session;
use crate::cli::session::shown;
use crate::cli::worker::Target;

/// A file to work on.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) path: PathBuf,
    pub(super) target: Target,
}

/// True when more than one file may be meant.
pub(in crate::cli) fn is_several(paths: &[PathBuf]) -> bool {
    paths.len() > 1 || paths.iter().any(|path| path.is_dir())
}

/// The files named, and every workbook in the folders named, by name; each with its target. What is
/// written for files of a folder stands in the same order of folders below the output folder.
pub(super) fn files(
    session: &Session,
    run: &Run<'_>,
    list: Option<&Path>,
) -> Result<Vec<Named>, Failure> {
    let Run { paths, out, writes, .. } = *run;
    let mut files = workbooks(session, paths)?;
    if let Some(list) = list {
        // The list of units may lie among their tables.
        files.retain(|(path, _)| refuse_input(list, path).is_ok());
    }
    pass_over_outputs(session, &mut files);
    if files.is_empty() {
        return Err(no_workbooks(paths));
    }
    let folder = match out {
        None => None,
        Some(Out::FileOrFolder(file)) if !is_several(paths) && !file.is_dir() => {
            let name = file.file_name().map(OsString::from);
            let folder = file.parent().map(OsString::from).unwrap_or_default();
            let target = |path: &Path| Target {
                folder: folder.clone(),
                stem: stem(path),
                name: name.clone(),
            };
            let named = files.into_iter().map(|(path, _)| Named { target: target(&path), path });
            return Ok(named.collect());
        }
        Some(Out::Folder(folder) | Out::FileOrFolder(folder)) => Some(folder),
    };
    let mut named: Vec<Named> = files
        .into_iter()
        .map(|(path, within)| {
            let own = path.parent().unwrap_or(Path::new(""));
            let below = within.and_then(|within| own.strip_prefix(within).ok());
            let folder = folder.map_or(own.to_owned(), |folder| {
                below
                    .filter(|below| *below != Path::new(""))
                    .map_or(folder.to_owned(), |b| folder.join(b))
            });
            let target = Target { folder: folder.into(), stem: stem(&path), name: None };
            Named { path, target }
        })
        .collect();
    if writes {
        tell_apart(&mut named)?;
        spare_inputs(&named)?;
    }
    Ok(named)
}

/// The files named, and every workbook in the folders named, by name; those with their folder. What
/// else is in the folders is said.
///
/// # Errors
/// [`Code::NoTable`] where there is nothing to work on.
pub(in crate::cli) fn workbooks<'a>(
    session: &Session,
    paths: &'a [PathBuf],
) -> Result<Vec<(PathBuf, Option<&'a Path>)>, Failure> {
    let mut files = Vec::new();
    let mut passed_over = BTreeMap::new();
    for path in paths {
        if path.is_dir() {
            let mut found = Found { files: Vec::new(), passed_over: &mut passed_over };
            found.collect(path, 0);
            files.extend(found.files.into_iter().map(|file| (file, Some(path.as_path()))));
        } else {
            files.push((path.clone(), None));
        }
    }
    if files.is_empty() {
        return Err(no_workbooks(paths));
    }
    once_each(session, paths.len() > 1, &mut files);
    if !passed_over.is_empty() {
        let kinds: Vec<String> =
            passed_over.iter().map(|(suffix, count)| format!("{suffix}: {count}")).collect();
        session.tell(&say!(
            session.lang,
            "Bỏ qua {count} mục không phải tệp bảng tính, ẩn hoặc là liên kết thư mục ({kinds}).",
            "Passed over {count} entries: no workbooks or documents, hidden, or links to folders ({kinds}).",
            count = passed_over.values().sum::<usize>(),
            kinds = kinds.join(", "),
        ));
    }
    Ok(files)
}

/// Files named in a message before it says that there are more.
const NAMED: usize = 5;

/// Leaves out what stands in a folder and was made by this program from another file of the run, as
/// the marks inside tell, and says so. An output that comes alone is what somebody submits.
pub(in crate::cli) fn pass_over_outputs(
    session: &Session,
    files: &mut Vec<(PathBuf, Option<&Path>)>,
) {
    let is_file = |path: &Path| path.metadata().is_ok_and(|known| known.is_file());
    let sources = files.iter().map(|(path, within)| match within {
        Some(_) => sources_in(path).unwrap_or_default(),
        _ => Vec::new(),
    });
    let sources: Vec<Vec<Checksum>> = sources.collect();
    if sources.iter().all(Vec::is_empty) {
        return;
    }
    let open = |path: &Path| File::open(path).map(BufReader::new);
    let sum = |path: &Path| open(path).and_then(Checksum::of_reader).ok();
    let there: HashSet<Checksum> =
        files.iter().filter(|(path, _)| is_file(path)).filter_map(|(path, _)| sum(path)).collect();
    let mut sources = sources.into_iter();
    let mut passed_over = Vec::new();
    files.retain(|(path, _)| {
        let made =
            sources.next().is_some_and(|own| own.iter().any(|source| there.contains(source)));
        if made {
            passed_over.push(shown(Path::new(path.file_name().unwrap_or_default())));
        }
        !made
    });
    if passed_over.is_empty() {
        return;
    }
    let count = passed_over.len();
    let mut names = passed_over[..count.min(NAMED)].join(", ");
    if count > NAMED {
        names.push_str(", …");
    }
    session.tell(&say!(
        session.lang,
        "Bỏ qua {count} tệp do chương trình lập từ các tệp khác trong lần chạy này ({names}); muốn soát thì nêu đích danh tệp.",
        "Passed over {count} files that the program made from other files of this run ({names}); name a file itself to have it checked.",
        count = count,
        names = names,
    ));
}

/// Files up to this length are read at once when their marks are looked for.
const SMALL: u64 = 64 << 10;

/// The checksums of the files that a file was made from, if it is an output.
fn sources_in(path: &Path) -> Option<Vec<Checksum>> {
    let known = path.metadata().ok().filter(Metadata::is_file)?;
    let mut file = File::open(path).ok()?;
    if known.len() > SMALL {
        return Some(sources_of(BufReader::new(file)));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(known.len()).ok()?);
    file.by_ref().take(SMALL).read_to_end(&mut bytes).ok()?;
    Some(sources_of(Cursor::new(bytes)))
}

fn no_workbooks(paths: &[PathBuf]) -> Failure {
    let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let names = names.join(", ");
    let suffixes = SUFFIXES.map(|suffix| format!(".{suffix}")).join(", ") + ", .docx";
    Failure::new(
        Code::NoTable,
        format!("không có tệp bảng tính nào trong {names}"),
        format!("there is no workbook in {names}"),
    )
    .with_help(
        format!("trong thư mục, chương trình soát các tệp {suffixes}"),
        format!("in folders, files named {suffixes} are checked"),
    )
}

/// A file that is named twice, or named beside its folder, is worked on once.
fn once_each(session: &Session, several: bool, files: &mut Vec<(PathBuf, Option<&Path>)>) {
    // A folder alone holds a file twice only by a link.
    if !several && !files.iter().any(|(path, _)| path.is_symlink()) {
        return;
    }
    let all = files.len();
    let mut seen = HashSet::new();
    // What has no canonical path cannot be read either, and is told then.
    files.retain(|(path, _)| path.canonicalize().map_or(true, |path| seen.insert(path)));
    if files.len() < all {
        session.tell(&say!(
            session.lang,
            "Bỏ qua {count} tệp được nêu lặp lại.",
            "Passed over {count} files that were named again.",
            count = all - files.len(),
        ));
    }
}

/// Where the outputs of a file go, as far as their names are told apart.
fn key(target: &Target) -> PathBuf {
    Path::new(&target.folder).join(target.stem.to_ascii_lowercase())
}

/// The targets that several files have.
fn shared(files: &[Named]) -> HashSet<PathBuf> {
    let mut once = HashSet::new();
    files.iter().map(|file| key(&file.target)).filter(|key| !once.insert(key.clone())).collect()
}

/// Files whose outputs would have one name have them by their full names (`a.xlsx` and `a.xls`),
/// and those of one name from several folders in a folder of the name of their own.
///
/// # Errors
/// [`Code::CannotWrite`] where that does not tell them apart.
fn tell_apart(files: &mut [Named]) -> Result<(), Failure> {
    let same = shared(files);
    for file in files.iter_mut().filter(|file| same.contains(&key(&file.target))) {
        file.target.stem = file.path.file_name().unwrap_or_default().to_owned();
    }
    let same = shared(files);
    for file in files.iter_mut().filter(|file| same.contains(&key(&file.target))) {
        if let Some(folder) = file.path.parent().and_then(Path::file_name) {
            file.target.stem = stem(&file.path);
            file.target.folder = Path::new(&file.target.folder).join(folder).into();
        }
    }
    let same = shared(files);
    let Some(file) = files.iter().find(|file| same.contains(&key(&file.target))) else {
        return Ok(());
    };
    let (path, folder) = (file.path.display(), Path::new(&file.target.folder).display());
    Err(Failure::new(
        Code::CannotWrite,
        format!("kết quả của `{path}` và của một tệp khác sẽ trùng tên trong `{folder}`"),
        format!("the outputs of `{path}` and of another file would have one name in `{folder}`"),
    )
    .with_help(
        "xử lý từng thư mục một, mỗi lần một --out khác nhau",
        "work on the folders one by one, each with an --out of its own",
    ))
}

/// Refuses outputs that would replace another of the inputs, whatever `--force` says.
fn spare_inputs(files: &[Named]) -> Result<(), Failure> {
    let place = |folder: &Path, stem: &str| {
        let folder = if folder == Path::new("") { Path::new(".") } else { folder };
        folder.canonicalize().ok().map(|folder| folder.join(stem.to_lowercase()))
    };
    let outputs: HashSet<PathBuf> = files
        .iter()
        .filter_map(|file| {
            place(Path::new(&file.target.folder), &file.target.stem.to_string_lossy())
        })
        .collect();
    let replaced = files.iter().filter(|file| is_output(&file.path)).find(|file| {
        let own = file.path.parent().unwrap_or(Path::new(""));
        let name = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let begin = name.rsplit_once('.').map_or("", |(begin, _)| begin);
        place(own, begin).is_some_and(|place| outputs.contains(&place))
    });
    replaced.map_or(Ok(()), |file| refuse_input(&file.path, &file.path))
}

/// The file name without its suffix, for naming outputs.
fn stem(path: &Path) -> OsString {
    match path.file_stem() {
        Some(stem) if path != Path::new("-") => stem.to_owned(),
        _ => "bieu".into(),
    }
}

/// Folders nested deeper than this are links that go in circles.
const MAX_DEPTH: usize = 64;

/// Suffixes of workbooks in folders; a file that is named itself may have any.
const SUFFIXES: [&str; 7] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "xltx", "xltm"];

/// What follows the last dot of a name, in small letters.
pub(in crate::cli) fn suffix(path: &Path) -> Option<String> {
    path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase())
}

/// True for a name that a workbook has.
pub(in crate::cli) fn is_workbook_name(path: &Path) -> bool {
    suffix(path).is_some_and(|suffix| SUFFIXES.contains(&suffix.as_str()))
}

/// Refuses an output under a suffix that says it is something else: a spreadsheet program would take
/// the file for damaged.
///
/// # Errors
/// [`Code::Unknown`].
pub(in crate::cli) fn refuse_other_suffix(out: &Path, written: &[&str]) -> Result<(), Failure> {
    if suffix(out).is_some_and(|suffix| written.contains(&suffix.as_str())) {
        return Ok(());
    }
    let list = written.iter().map(|suffix| format!(".{suffix}")).collect::<Vec<_>>();
    let (out, vi, en) = (shown(out), list.join(" hoặc "), list.join(" or "));
    Err(Failure::new(
        Code::Unknown,
        format!("tệp kết quả `{out}` phải có đuôi {vi}"),
        format!("the output `{out}` must be named {en}"),
    )
    .with_help("đặt lại tên tệp kết quả", "give the output another name"))
}

/// What is found in a folder.
struct Found<'a> {
    files: Vec<PathBuf>,
    /// Files that are no workbooks, by suffix.
    passed_over: &'a mut BTreeMap<String, usize>,
}

impl Found<'_> {
    fn collect(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            // Reading it as a file gives the error that names it.
            self.files.push(folder.to_owned());
            return;
        };
        let entries = entries.flatten().map(|entry| (entry.path(), entry.file_type().ok()));
        let mut entries: Vec<(PathBuf, Option<FileType>)> = entries.collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (path, kind) in entries {
            // What stands behind a link is only known when it is followed.
            let is_link = kind.is_none_or(|kind| kind.is_symlink());
            let is_folder =
                if is_link { path.is_dir() } else { kind.is_some_and(|kind| kind.is_dir()) };
            if is_folder {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let is_hidden = name.starts_with('.');
                if depth < MAX_DEPTH && !is_link && !is_hidden {
                    self.collect(&path, depth + 1);
                } else {
                    *self.passed_over.entry(format!("{name}/")).or_default() += 1;
                }
            } else {
                self.file(path);
            }
        }
    }

    /// Tells workbooks by suffix; hidden files are none. Nothing is said of reports, letters and
    /// journals of this program, and of `~$…`, the lock a spreadsheet program leaves beside an open file.
    fn file(&mut self, path: PathBuf) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let reports = Kind::Report.names().map(|kind| format!(".{kind}.html"));
        let letters = Kind::Letter.names().map(|kind| format!(".{kind}.docx"));
        let is_companion = reports.iter().chain(&letters).any(|end| name.ends_with(end))
            || name.ends_with(".journal.jsonl");
        if name.starts_with("~$") || is_companion {
            return;
        }
        if name.starts_with('.') {
            *self.passed_over.entry(".…".to_owned()).or_default() += 1;
            return;
        }
        match suffix(&path) {
            Some(_) if is_workbook_name(&path) => self.files.push(path),
            Some(suffix) if suffix == "docx" && is_package(&path) => self.files.push(path),
            Some(suffix) => *self.passed_over.entry(format!(".{suffix}")).or_default() += 1,
            None => *self.passed_over.entry(name.into_owned()).or_default() += 1,
        }
    }
}

/// True for a document that may hold tables: what only bears the suffix is passed over.
fn is_package(path: &Path) -> bool {
    let mut start = [0; 2];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"PK"
}

/// True for a name that an output may have.
fn is_output(path: &Path) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((_, end)) = stem.rsplit_once('.') else { return false };
    let is_number = |n: &str| !n.is_empty() && n.bytes().all(|digit| digit.is_ascii_digit());
    let named = |kind: &&str| {
        let number = end.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-'));
        end == *kind || number.is_some_and(is_number)
    };
    [Kind::Corrected, Kind::Appendix, Kind::Remarks, Kind::Changes]
        .iter()
        .flat_map(|kind| kind.names())
        .any(|n| named(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, folder: &str) -> Named {
        let path = PathBuf::from(path);
        let target = Target { folder: folder.into(), stem: stem(&path), name: None };
        Named { path, target }
    }

    #[test]
    fn outputs_of_two_files_never_have_one_name() {
        let mut files = [
            named("f/a.xlsx", "o"),
            named("f/A.xls", "o"),
            named("f/b.xls", "o"),
            named("g/a.ods", "p"),
        ];
        tell_apart(&mut files).unwrap();
        let stems = files.map(|file| file.target.stem.into_string().unwrap());
        assert_eq!(stems, ["a.xlsx", "A.xls", "b", "a"]);
        let mut files = [named("Đông/b.xlsx", "o"), named("Tây/b.xlsx", "o"), named("c.xlsx", "o")];
        tell_apart(&mut files).unwrap();
        let places = files.map(|file| key(&file.target));
        assert_eq!(places, ["o/Đông/b", "o/Tây/b", "o/c"].map(PathBuf::from));
        let mut files = [named("1/Đông/b.xlsx", "o"), named("2/Đông/b.xlsx", "o")];
        assert_eq!(tell_apart(&mut files).unwrap_err().code, Code::CannotWrite);
    }

    #[test]
    fn outputs_have_names_in_both_languages() {
        for name in [
            "x.corrected.xlsx",
            "x.da-sua.xlsx",
            "x.appendix.xlsx",
            "x.phu-luc-12.xlsx",
            "a.b.corrected.xlsm",
            "x.nhan-xet.xlsx",
        ] {
            assert!(is_output(Path::new(name)), "{name}");
        }
        for name in ["corrected.xlsx", "x.xlsx", "x.appendix-.xlsx", "x.other-2.xlsx"] {
            assert!(!is_output(Path::new(name)), "{name}");
        }
    }
}
