//! The files that are meant by the paths named, and where their outputs go.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Out;
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
pub(super) fn files(paths: &[PathBuf], out: Option<Out<'_>>, writes: bool) -> Vec<Named> {
    let mut files = workbooks(paths);
    if writes {
        files.retain(|(path, within)| within.is_none() || !is_output(path));
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
            return files
                .into_iter()
                .map(|(path, _)| Named { target: target(&path), path })
                .collect();
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
    tell_apart(&mut named);
    named
}

/// The files named, and every workbook in the folders named, by name; those with their folder.
pub(in crate::cli) fn workbooks(paths: &[PathBuf]) -> Vec<(PathBuf, Option<&Path>)> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut found = Vec::new();
            collect(path, &mut found, 0);
            files.extend(found.into_iter().map(|file| (file, Some(path.as_path()))));
        } else {
            files.push((path.clone(), None));
        }
    }
    files
}

/// Files whose outputs would have one name (`a.xlsx` and `a.xls`) have them by their full names.
fn tell_apart(files: &mut [Named]) {
    let key = |target: &Target| Path::new(&target.folder).join(target.stem.to_ascii_lowercase());
    let mut count: HashMap<PathBuf, usize> = HashMap::new();
    for file in files.iter() {
        *count.entry(key(&file.target)).or_default() += 1;
    }
    for file in files {
        if count.get(&key(&file.target)).is_some_and(|count| *count > 1)
            && let Some(name) = file.path.file_name()
        {
            file.target.stem = name.to_owned();
        }
    }
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

fn collect(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        // Reading it as a file gives the error that names it.
        files.push(folder.to_owned());
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth < MAX_DEPTH && !path.is_symlink() {
                collect(&path, files, depth + 1);
            }
        } else if is_workbook(&path) {
            files.push(path);
        }
    }
}

/// By suffix; `~$…` is the lock a spreadsheet program leaves beside an open file.
fn is_workbook(path: &Path) -> bool {
    const SUFFIXES: &[&str] = &["xlsx", "xlsm", "xlsb", "xls", "ods", "xltx", "xltm"];
    let lock = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"));
    let suffix = path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
    !lock && suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix.as_str()))
}

/// What this program wrote into a folder is no input of its next run there.
fn is_output(path: &Path) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((_, end)) = stem.rsplit_once('.') else { return false };
    let number = end.strip_prefix("appendix-");
    end == "corrected"
        || end == "appendix"
        || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|digit| digit.is_ascii_digit()))
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
        tell_apart(&mut files);
        let stems = files.map(|file| file.target.stem.into_string().unwrap());
        assert_eq!(stems, ["a.xlsx", "A.xls", "b", "a"]);
    }

    #[test]
    fn outputs_in_a_folder_are_known_by_their_names() {
        for name in
            ["x.corrected.xlsx", "x.appendix.xlsx", "x.appendix-12.xlsx", "a.b.corrected.xlsm"]
        {
            assert!(is_output(Path::new(name)), "{name}");
        }
        for name in ["corrected.xlsx", "x.xlsx", "x.appendix-.xlsx", "x.corrected-2.xlsx"] {
            assert!(!is_output(Path::new(name)), "{name}");
        }
    }
}
