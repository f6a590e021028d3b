//! What a package holds beside the program: shell completions and man pages, made from the same
//! definitions as the command line.
#![allow(clippy::print_stdout, reason = "a skipped test says so")]
use std::path::Path;
use std::process::{Command, Output};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

fn run(arguments: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("soatbieu").unwrap().args(arguments).output().unwrap()
}

fn out(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that the program's help lists.
fn commands() -> Vec<String> {
    let help = out(&["-h", "--lang", "en"]);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.filter(|name| *name != "help").map(str::to_owned).collect();
    assert!(names.len() >= 9 && names.contains(&"check".to_owned()), "{names:?}");
    names
}

#[test]
fn every_shell_learns_every_command() {
    for shell in SHELLS {
        let script = out(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell} does not know {command}");
        }
        assert!(script.contains("marks-only"), "{shell} does not know the options of fix");
        assert!(!script.contains("worker"), "{shell} offers what is nobody's command");
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

/// What bash offers for the last of some words, after it has read the completions.
fn offered(script: &Path, words: &[&str]) -> Option<Vec<String>> {
    let last = words.len() - 1;
    let call = format!(
        "source '{}' && COMP_WORDS=({}) COMP_CWORD={last} && _soatbieu soatbieu '{}' '{}' && \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words[last],
        words[last - 1],
    );
    let output = Command::new("bash").args(["--norc", "--noprofile", "-c", &call]).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("soatbieu.bash");
    std::fs::write(&script, out(&["completions", "bash"])).unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["soatbieu", "expl"], "explain"),
        (&["soatbieu", "fix", "--mark"], "--marks-only"),
        (&["soatbieu", "forms", "n"], "new"),
        (&["soatbieu", "check", "--lang", "v"], "vi"),
    ];
    for (words, wanted) in cases {
        match offered(&script, words) {
            Some(found) => assert_eq!(found, [wanted], "{words:?}"),
            None => println!("skipped: there is no bash"),
        }
    }
}

#[test]
fn every_command_has_its_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("man1");
    let to = to.to_str().unwrap();
    assert!(run(&["man", "--out", to]).status.success());
    let page = |name: &str| std::fs::read_to_string(Path::new(to).join(name)).unwrap();
    assert_eq!(page("soatbieu.1"), out(&["man"]), "printed and written alike");
    for command in commands() {
        let page = page(&format!("soatbieu-{command}.1"));
        assert!(page.contains(&format!(".TH soatbieu-{command} 1 ")), "{page}");
        assert!(page.contains("\\-\\-lang"), "the common options of {command}");
        for section in [".SH TÊN", ".SH \"MÃ THOÁT\"", ".SH \"VÍ DỤ\""] {
            assert!(page.contains(section), "{section} of {command}: {page}");
        }
        assert!(!page.contains(" / "), "one language: {page}");
    }
    assert!(page("soatbieu-forms-new.1").contains("OUT.toml"));
    let files = std::fs::read_dir(to).unwrap().map(|file| file.unwrap().file_name());
    let mut named = files.map(|name| name.into_string().unwrap());
    assert!(named.all(|name| !name.contains("worker") && !name.contains("help")));
    let again = run(&["man", "--out", to]);
    assert_eq!(again.status.code(), Some(2), "existing pages are not replaced");
    assert!(run(&["man", "--out", to, "--force"]).status.success());
    let english = out(&["man", "--lang", "en"]);
    for section in [".SH NAME", ".SH \"EXIT STATUS\"", ".SH EXAMPLES", "Language of the output"] {
        assert!(english.contains(section), "{section}: {english}");
    }
    assert!(!english.contains("worker"), "{english}");
}

#[test]
fn man_renders_the_pages_with_their_vietnamese() {
    // Some small systems have a program of that name that only says that there are no pages.
    let version = Command::new("man").arg("--version").output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"man 2")) {
        println!("skipped: there is no man-db");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    assert!(run(&["man", "--out", to]).status.success());
    for name in ["soatbieu.1", "soatbieu-fix.1", "soatbieu-forms-new.1"] {
        let rendered = Command::new("man")
            .args(["--warnings", "--encoding=UTF-8", "--local-file"])
            .arg(folder.path().join(name))
            .env("MANWIDTH", "200")
            .env("MANPAGER", "cat")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let text = String::from_utf8(rendered.stdout).unwrap();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Ngôn ngữ của kết quả"), "{text}");
        let said = String::from_utf8_lossy(&rendered.stderr).into_owned();
        assert_eq!(said, "", "groff has nothing to say about {name}");
    }
}
