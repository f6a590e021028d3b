//! The library without the feature `cli` is a job of bytes in, bytes out.

use std::fs;
use std::path::{Path, PathBuf};

/// What only a program has: a page in a browser has no files, threads, clock or environment.
const HOST: [&str; 5] = ["fs", "thread", "time", "env", "process"];

/// The lines of a source file outside its tests that name a part of the host.
fn host_lines(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let names = |line: &str| {
        line.split("std::").skip(1).any(|rest| {
            let listed = rest.strip_prefix('{').and_then(|list| list.split('}').next());
            let names = listed.unwrap_or(rest).split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let mut names = names.take(if listed.is_some() { usize::MAX } else { 1 });
            names.any(|name| HOST.contains(&name))
        })
    };
    code.lines().filter(|line| !line.trim_start().starts_with("//") && names(line)).collect()
}

/// The modules that a file declares, and whether the feature `cli` is needed for them.
fn modules(text: &str) -> Vec<(String, bool)> {
    let mut gated = false;
    let mut found = Vec::new();
    for line in text.lines() {
        let words = line.trim().strip_prefix("pub ").unwrap_or(line.trim());
        let words = words.strip_prefix("pub(crate) ").unwrap_or(words);
        if let Some(name) = words.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            found.push((name.to_owned(), gated));
        }
        gated = line.trim() == "#[cfg(feature = \"cli\")]";
    }
    found
}

/// All files of the library: those compiled without `cli`, and those that need it.
fn files() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut free, mut gated) = (Vec::new(), Vec::new());
    let mut open = vec![(source.join("lib.rs"), source, false)];
    while let Some((file, folder, needs_cli)) = open.pop() {
        for (name, needs_it) in modules(&fs::read_to_string(&file).unwrap()) {
            let (flat, below) = (folder.join(format!("{name}.rs")), folder.join(&name));
            let file = if flat.exists() { flat } else { below.join("mod.rs") };
            open.push((file, below, needs_cli || needs_it));
        }
        if needs_cli { gated.push(file) } else { free.push(file) }
    }
    (free, gated)
}

#[test]
fn a_module_compiled_without_the_program_knows_no_host() {
    let (free, gated) = files();
    assert!(free.len() > 100, "{}", free.len());
    let mut found = Vec::new();
    for file in &free {
        let text = fs::read_to_string(file).unwrap();
        found.extend(host_lines(&text).iter().map(|line| format!("{}: {line}", file.display())));
    }
    assert_eq!(found, Vec::<String>::new());
    // What looks at the modules sees it where it is.
    let sees = |name: &str| {
        let is = |file: &&PathBuf| file.ends_with(name);
        let file = gated.iter().find(is).unwrap();
        !host_lines(&fs::read_to_string(file).unwrap()).is_empty()
    };
    assert!(sees("output/files.rs") && sees("batch/ordered.rs"));
}

#[test]
fn a_host_is_seen_however_it_is_named() {
    for line in ["use std::fs;", "    std::time::Instant::now()", "use std::{io, thread};"] {
        assert_eq!(host_lines(line), [line]);
    }
    for line in
        ["use std::fmt;", "// std::fs", "env!(\"X\")", "use std::{io, fmt};", "a::process()"]
    {
        assert!(host_lines(line).is_empty(), "{line}");
    }
}
