//! The modules of the library stand in one order, and none uses one above it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the ground up: each uses only those before it. What each may know is told in
/// `docs/architecture.md`.
const ORDER: &[&str] = &[
    "lang",
    "failure",
    "words",
    "workbook",
    "read",
    "formula",
    "solver",
    "table",
    "units",
    "forms",
    "relations",
    "found",
    "compute",
    "recognise",
    "judge",
    "rules",
    "hypotheses",
    "locate",
    "findings",
    "across",
    "repeats",
    "statements",
    "checkup",
    "correct",
    "patch",
    "output",
    "report",
    "appendix",
    "remarks",
    "compare",
    "issue",
    "allocate",
    "merge",
    "screen",
    "desk",
    "batch",
    "cli",
];

/// What stands in the root of the crate because a macro is exported there, with its module.
const EXPORTED: [(&str, &str); 2] = [("say", "lang"), ("both", "lang")];

/// The code of a file without its comments and the contents of its texts.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                code.push('"');
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    if c == '\\' {
                        rest.next();
                    }
                }
                code.push('"');
            }
            '\'' => skip_char(&mut rest, &mut code),
            _ => code.push(c),
        }
    }
    code
}

/// A character in quotes may be a quotation mark; a lifetime has no closing quote.
fn skip_char(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, code: &mut String) {
    let mut ahead = rest.clone();
    let first = ahead.next();
    if first == Some('\\') {
        ahead.next();
        let _ = ahead.by_ref().find(|c| *c == '\'');
        *rest = ahead;
    } else if ahead.next() == Some('\'') {
        *rest = ahead;
    } else {
        code.push('\'');
    }
}

/// The names that follow a path's beginning, one or several in braces, with nested braces left out.
fn names_after(code: &str, beginning: &str) -> Vec<String> {
    let mut names = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for (at, _) in code.match_indices(beginning) {
        if code[..at].ends_with(|c: char| is_word(c) || c == ':') {
            continue;
        }
        let rest = &code[at + beginning.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            names.push(rest.chars().take_while(|c| is_word(*c)).collect());
            continue;
        };
        let (mut depth, mut name, mut taken) = (0, String::new(), false);
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.push(std::mem::take(&mut name));
                    taken = false;
                }
                ':' if depth == 0 => taken = true,
                c if depth == 0 && !taken && is_word(c) => name.push(c),
                _ => {}
            }
        }
        names.push(name);
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The top-level modules a file's code names; `levels` is how far its own module lies below the root.
fn used(code: &str, levels: usize) -> BTreeSet<String> {
    // Modules of tests inside a file lie a level deeper.
    let outside_tests = code.split("#[cfg(test)]").next().unwrap_or_default();
    let to_root = "super::".repeat(levels);
    let mut names = names_after(code, "crate::");
    names.extend(names_after(code, "soatbieu::"));
    names.extend(names_after(outside_tests, &to_root));
    let home = |name: String| {
        let exported = EXPORTED.iter().find(|(exported, _)| *exported == name);
        exported.map_or(name, |(_, module)| (*module).to_owned())
    };
    names.into_iter().map(home).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| self::files(folder));
    files
        .into_iter()
        .chain(below)
        .filter(|file| file.extension().is_some_and(|e| e == "rs"))
        .collect()
}

/// What is wrong with the arrow from a module to another.
fn fault(from: &str, to: &str) -> Option<String> {
    let place = |module: &str| ORDER.iter().position(|known| *known == module);
    match (place(from), place(to)) {
        (None, _) => Some(format!("`{from}` has no place in the order")),
        (_, None) => Some(format!("`{from}` uses `{to}`, which is no module of the order")),
        (Some(own), Some(other)) if own < other => {
            Some(format!("`{from}` uses `{to}`, which stands above it"))
        }
        _ => None,
    }
}

#[test]
fn no_module_uses_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut seen, mut arrows) = (BTreeSet::new(), 0);
    let mut faults = Vec::new();
    for file in files(&source) {
        let path = file.strip_prefix(&source).unwrap();
        let parts: Vec<String> = path
            .with_extension("")
            .iter()
            .map(|part| part.to_str().unwrap().to_owned())
            .filter(|part| part != "mod")
            .collect();
        if parts == ["lib"] || parts == ["main"] {
            continue;
        }
        seen.insert(parts[0].clone());
        for to in used(&code(&fs::read_to_string(&file).unwrap()), parts.len()) {
            arrows += 1;
            let fault = fault(&parts[0], &to);
            faults.extend(fault.map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(arrows > 300, "{arrows}");
    assert_eq!(seen, ORDER.iter().map(ToString::to_string).collect());
}

#[test]
fn arrows_are_seen_however_they_are_written() {
    let text = r#"
use crate::{lang::{Lang, Text}, words};
// crate::screen
fn f<'a>(c: char) -> bool { c == '"' || c == '\'' || crate::rules::find("crate::desk") }
use super::super::judge::Judged;
macro_rules! m { () => { $crate::locate::f() } }
"#;
    let found: Vec<String> = used(&code(text), 2).into_iter().collect();
    assert_eq!(found, ["judge", "lang", "locate", "rules", "words"]);
}

#[test]
fn an_arrow_up_is_told_with_both_names() {
    assert_eq!(fault("rules", "judge"), None);
    assert_eq!(fault("judge", "judge"), None);
    assert!(
        fault("judge", "rules").is_some_and(|f| f.contains("`judge`") && f.contains("`rules`"))
    );
    assert!(fault("judge", "check_table").is_some());
}

/// A file that no module names is silently not compiled, and its tests never fail.
#[test]
fn every_file_of_tests_is_run() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let all = files(&home);
    assert!(all.len() > 50, "{}", all.len());
    let forgotten: Vec<&PathBuf> = all
        .iter()
        .filter(|file| {
            let of_folder = file.ends_with("mod.rs");
            let module = if of_folder { file.parent().unwrap() } else { file.as_path() };
            let name = module.file_stem().unwrap().to_str().unwrap();
            let folder = module.parent().unwrap();
            let above = if folder == home { home.join("main.rs") } else { folder.join("mod.rs") };
            let line = format!("mod {name};");
            name != "main"
                && !fs::read_to_string(above)
                    .unwrap()
                    .lines()
                    .any(|l| l.trim_start_matches("pub(crate) ") == line)
        })
        .collect();
    assert_eq!(forgotten, Vec::<&PathBuf>::new());
}
