//! The READMEs show what the program really prints: their sessions are run again here, and the table
//! of rules is made from the registry. `UPDATE_README=1 cargo test readme` writes them anew.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Tests take turns when they write the file.
static README: Mutex<()> = Mutex::new(());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares the text between two marks of a page with what it should be, or writes it.
fn is_in(page: &str, name: &str, write: impl Fn(&str) -> String) {
    let _turn = README.lock().unwrap();
    let path = root().join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = text.find(&start).unwrap() + start.len();
    let to = from + text[from..].find(&end).unwrap();
    let made = write(&text[from..to]);
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, format!("{}{made}{}", &text[..from], &text[to..])).unwrap();
    } else {
        assert_eq!(&text[from..to], made, "run `UPDATE_README=1 cargo test readme`");
    }
}

#[test]
fn the_rules_table_is_generated() {
    is_in("docs/rules.md", "rules", |_| soatbieu::report::catalogue::markdown());
}

/// The commands of a session: lines after `$ `, with those they go on in.
#[cfg(unix)]
fn commands(session: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in session.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_owned());
        } else if goes_on {
            let command = commands.last_mut().unwrap();
            command.push('\n');
            command.push_str(line);
        } else {
            continue;
        }
        goes_on = line.ends_with('\\');
    }
    commands
}

/// Runs the commands where a reader would, and puts down what they print.
#[cfg(unix)]
fn run_again(session: &str, place: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_soatbieu")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut told = String::from("```console\n");
    for command in commands(session) {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(place)
            .env("PATH", format!("{}:{path}", program.display()))
            .env_remove("COLUMNS")
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        told = format!("{told}$ {command}\n{printed}");
    }
    told + "```\n"
}

/// Sessions are written for the shell of Unix systems.
#[cfg(unix)]
#[test]
fn sessions_print_what_the_readmes_show() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("samples"), folder.path().join("samples")).unwrap();
    for page in ["README.md", "docs/README.en.md"] {
        for name in ["session", "folder session", "remarks session", "merge session"] {
            is_in(page, name, |session| run_again(session, folder.path()));
        }
    }
}

/// Every file and picture a page of the documentation leads to is there.
#[test]
fn links_lead_somewhere() {
    for page in ["README.md", "docs/README.en.md", "docs/measurements.md", "docs/engines.md"] {
        let path = root().join(page);
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let outside = link.starts_with("https://");
            assert!(outside || path.parent().unwrap().join(link).exists(), "{page}: {link}");
        }
    }
}

/// The two READMEs tell of the same commands.
#[test]
fn both_readmes_list_the_same_commands() {
    let commands = |page: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let rows = text.lines().filter(|line| line.starts_with("| `soatbieu "));
        let named = |row: &str| {
            row.trim_start_matches("| `soatbieu ").split([' ', '`']).next().map(str::to_owned)
        };
        rows.filter_map(named).collect()
    };
    let vietnamese = commands("README.md");
    assert_eq!(vietnamese, commands("docs/README.en.md"));
    assert!(vietnamese.len() >= 8, "{vietnamese:?}");
}
