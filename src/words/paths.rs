//! Names of files in paths, whichever system wrote them.

/// A file's name without its folder.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A file's name without its folder and suffix; standard input (`-`) has none.
pub(crate) fn file_stem(path: &str) -> &str {
    let name = file_name(path);
    let name = if name == "-" { "" } else { name };
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
