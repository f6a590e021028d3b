//! On a narrow terminal no line is wider than it, nothing is cut off, and what cannot be broken
//! (a path, the call of an example) stays whole.

use assert_cmd::Command;
use unicode_width::UnicodeWidthStr as _;

/// What a command prints on both outputs.
fn printed(columns: Option<&str>, words: &[&str]) -> String {
    let mut command = Command::cargo_bin("soatbieu").unwrap();
    match columns {
        Some(columns) => command.env("COLUMNS", columns),
        None => command.env_remove("COLUMNS"),
    };
    let output = command.env("NO_COLOR", "1").args(words).output().unwrap();
    let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    texts.concat()
}

/// Lines that are wider than they may be though they could be broken.
fn too_wide(text: &str, columns: usize) -> Vec<&str> {
    let is_wide = |line: &&str| line.width() > columns;
    // A line that begins with its only word cannot be broken.
    let breaks = |line: &&str| line.trim_start().contains(' ');
    text.lines().filter(is_wide).filter(breaks).collect()
}

/// The words of a text, marks of drawings left out.
fn words(text: &str) -> Vec<&str> {
    let drawn = |word: &&str| !word.chars().all(|letter| "│·─╭╰┬╯".contains(letter));
    text.split_whitespace().filter(drawn).collect()
}

#[test]
fn reports_fit_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (merged, html, draft) = (out("g.xlsx"), out("s.html"), out("d.xlsx"));
    std::fs::write(folder.path().join("c.txt"), "Tổng cộng\t7\t2\n").unwrap();
    let targets = out("c.txt");
    let sample = "samples/dai-lanh-2024.xlsx";
    let commands: [&[&str]; 14] = [
        &["check", sample],
        &["check", sample, "--lang", "en"],
        &["check", "samples"],
        &["check", sample, "--explain-table"],
        &["check", "samples/dai-lanh-2024-formula-errors.xlsx"],
        &["fix", sample, "--diff"],
        &["merge", "samples/communes", "--units", "samples/communes.txt", "-o", &merged, "--force"],
        &["compare", sample, "samples/dai-lanh-2024-text.xlsx", "-o", &html, "--force"],
        &["allocate", &targets, sample, "-o", &draft, "--force"],
        &["check", "samples/broken.xlsx"],
        &["check", "nowhere"],
        &["check", "--nope"],
        &["rules"],
        &["explain", "R603"],
    ];
    for command in commands {
        let whole = printed(None, command);
        for columns in [40, 60] {
            let narrow = printed(Some(&columns.to_string()), command);
            let wide = too_wide(&narrow, columns);
            assert!(wide.is_empty(), "{columns} columns, {command:?}: {wide:#?}");
            // Rows told one under the other and tables told as lists have other words around them.
            let narrow = words(&narrow);
            let lost: Vec<&str> =
                words(&whole).into_iter().filter(|word| !told(&narrow, word)).collect();
            assert!(lost.is_empty(), "{columns} columns, {command:?} lost {lost:?}");
        }
    }
}

/// True for a word of the wide text that the narrow one has too, as far as it is no part of a drawing
/// or the heading of a table.
fn told(narrow: &[&str], word: &str) -> bool {
    let bare =
        |word: &str| -> String { word.chars().filter(|letter| letter.is_alphanumeric()).collect() };
    let word = bare(word);
    // `Q13:13:17` is the cell, then its row and column.
    let cell = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    word.is_empty()
        // A list has no heading for the names of files.
        || word == "Tệp"
        || narrow.iter().any(|told| bare(told) == word)
        || (!cell.is_empty() && narrow.iter().any(|told| bare(told).starts_with(cell)))
}

#[test]
fn help_fits_the_terminal() {
    let commands = [
        "process",
        "check",
        "fix",
        "appendix",
        "remarks",
        "compare",
        "allocate",
        "merge",
        "explain",
        "rules",
        "forms",
        "page",
        "completions",
        "man",
    ];
    for lang in ["vi", "en"] {
        for columns in ["40", "60"] {
            let whole: &[&str] = &["--help", "--lang", lang];
            let short: &[&str] = &["-h", "--lang", lang];
            let each = commands.iter().flat_map(|command| {
                [vec![*command, "--help", "--lang", lang], vec![*command, "-h", "--lang", lang]]
            });
            for words in each.chain([whole.to_vec(), short.to_vec()]) {
                let help = printed(Some(columns), &words);
                let wide = too_wide(&help, columns.parse().unwrap());
                assert!(wide.is_empty(), "{columns} columns, {words:?}: {wide:#?}");
                assert!(help.lines().count() > 5, "{help}");
            }
        }
    }
}

#[test]
fn results_for_programs_are_not_broken() {
    for words in [
        &["check", "samples/dai-lanh-2024.xlsx", "--format", "json"][..],
        &["forms", "poverty-target-allocation"],
        &["forms", "new", "samples/dai-lanh-2024.xlsx"],
        &["completions", "bash"],
        &["man"],
    ] {
        assert_eq!(printed(Some("40"), words), printed(None, words), "{words:?}");
    }
}

#[test]
fn without_a_terminal_lines_are_whole() {
    let text = printed(None, &["check", "samples"]);
    assert!(text.lines().any(|line| line.width() > 110), "{text}");
}
