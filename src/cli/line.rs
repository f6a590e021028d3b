//! The command line as it was typed: a path in the first place means `process`, and what clap has to
//! say is said in the language asked for.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};
use soatbieu::failure::{Code, Failure};
use soatbieu::lang::Lang;
use soatbieu::report::text;

use super::Arguments;
use super::batch::is_workbook_name;
use super::help::{BETWEEN, Extent, spoken, vietnamese};
use super::session::{Terminals, not_printed, warn};
use super::visible::{Writing, visible};

/// Reads the command line; where there is nothing to do but to say something, the exit status.
pub(crate) fn read(words: Vec<OsString>) -> Result<Arguments, ExitCode> {
    let lang = language(&words);
    let command = Arguments::command();
    let mut words = words;
    let matches = command.clone().try_get_matches_from(&words).or_else(|error| {
        let Some(at) = path_in_front(&error, &words) else { return Err(error) };
        words.insert(at, "process".into());
        command.clone().try_get_matches_from(&words)
    });
    let arguments = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    match arguments {
        Ok(arguments) => Ok(Arguments { words, ..arguments }),
        Err(error) => Err(say(&in_words(error, &words, lang), lang)),
    }
}

/// The same as the command line says it in the language asked for.
fn in_words(error: clap::Error, words: &[OsString], lang: Lang) -> clap::Error {
    let is_long = words.iter().any(|word| word == "--help" || word == "help");
    let extent = if is_long { Extent::Long } else { Extent::Short };
    spoken(lang, extent).try_get_matches_from(words).err().unwrap_or(error)
}

/// Where a path stands in place of a command.
fn path_in_front(error: &clap::Error, words: &[OsString]) -> Option<usize> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let ContextValue::String(word) = error.get(ContextKind::InvalidSubcommand)? else {
        return None;
    };
    // A name that is no text is given as what could be made of it.
    let at = words.iter().skip(1).position(|known| known.to_string_lossy() == *word)? + 1;
    let path = Path::new(&words[at]);
    let is_named = path.components().count() > 1 || is_workbook_name(path);
    (path == Path::new("-") || is_named || path.exists()).then_some(at)
}

/// The language asked for, before the rest is understood.
fn language(words: &[OsString]) -> Lang {
    let value = words.iter().enumerate().find_map(|(at, word)| {
        let word = word.to_string_lossy();
        let next = || words.get(at + 1).map(|next| next.to_string_lossy().into_owned());
        if word == "--lang" { next() } else { word.strip_prefix("--lang=").map(str::to_owned) }
    });
    if value.as_deref() == Some("en") { Lang::En } else { Lang::Vi }
}

/// Says what clap has to say: help where it was asked for, else what is wrong with the command line.
fn say(error: &clap::Error, lang: Lang) -> ExitCode {
    let asked = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => false,
        _ => return fail(&wrong(error), lang),
    };
    let help = error.render().to_string();
    let help = if lang == Lang::En { help } else { vietnamese(&help) };
    let help = visible(&help, Writing::Plain);
    let screens = Terminals::here();
    if !asked {
        warn(&screens.err.laid(&help));
        return ExitCode::from(2);
    }
    let help = screens.out.laid(&help);
    let mut out = std::io::stdout().lock();
    match out.write_all(help.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            fail(&not_printed(&error), lang)
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Says why nothing was begun.
fn fail(failure: &Failure, lang: Lang) -> ExitCode {
    let screen = Terminals::here().err;
    let style = text::Style { lang, color: false, columns: screen.columns };
    let told = text::render_failure("soatbieu", failure, style);
    warn(&screen.laid(&visible(&told, Writing::Plain)));
    ExitCode::from(2)
}

/// What is wrong with a command line.
fn wrong(error: &clap::Error) -> Failure {
    let given = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (given(ContextKind::InvalidArg), given(ContextKind::InvalidValue));
    let (vi, en) = match error.kind() {
        ErrorKind::UnknownArgument => {
            (format!("không có tùy chọn `{argument}`"), format!("there is no option `{argument}`"))
        }
        ErrorKind::InvalidSubcommand => {
            let word = given(ContextKind::InvalidSubcommand);
            (
                format!("không có lệnh hay tệp nào tên là `{word}`"),
                format!("there is no command and no file `{word}`"),
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            (format!("thiếu giá trị cho `{argument}`"), format!("`{argument}` lacks its value"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            format!("giá trị `{value}` không dùng được cho `{argument}`"),
            format!("`{value}` is no value for `{argument}`"),
        ),
        ErrorKind::MissingRequiredArgument => {
            (format!("thiếu {argument}"), format!("{argument} is missing"))
        }
        ErrorKind::MissingSubcommand => {
            ("chưa nêu lệnh".to_owned(), "no command is named".to_owned())
        }
        ErrorKind::ArgumentConflict => {
            let other = given(ContextKind::PriorArg);
            if other.is_empty() || other == argument {
                (
                    format!("`{argument}` được nêu nhiều lần"),
                    format!("`{argument}` is given more than once"),
                )
            } else {
                (
                    format!("`{argument}` không dùng cùng với `{other}`"),
                    format!("`{argument}` cannot be used with `{other}`"),
                )
            }
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => (
            format!("số giá trị của `{argument}` không đúng"),
            format!("`{argument}` has too many or too few values"),
        ),
        _ => (
            "dòng lệnh không hiểu được".to_owned(),
            "the command line is not understood".to_owned(),
        ),
    };
    let failure = Failure::new(Code::Unknown, vi, en);
    if let Some(reason) = std::error::Error::source(error) {
        if reason.is::<std::num::ParseIntError>() {
            return failure
                .with_help("ghi một số nguyên từ 0 trở lên", "give a whole number from 0 on");
        }
        // What a reader of values says stands in both languages, a half of each line for each.
        let reason = reason.to_string();
        let halves = reason.lines().map(|line| line.split_once(BETWEEN).unwrap_or((line, line)));
        let (vi, en): (Vec<&str>, Vec<&str>) = halves.unzip();
        return failure.with_help(vi.join("; "), en.join("; "));
    }
    let listed = [
        (ContextKind::SuggestedArg, "có phải là", "did you mean"),
        (ContextKind::SuggestedSubcommand, "có phải là", "did you mean"),
        (ContextKind::ValidValue, "các giá trị dùng được:", "one of"),
    ];
    let hint = listed.into_iter().find_map(|(kind, vi, en)| {
        let names = given(kind);
        let mark = if kind == ContextKind::ValidValue { "" } else { "?" };
        (!names.is_empty()).then(|| (format!("{vi} {names}{mark}"), format!("{en} {names}{mark}")))
    });
    let (vi, en) = hint.unwrap_or_default();
    let (vi, en) = (joined(&vi, "xem `soatbieu --help`"), joined(&en, "see `soatbieu --help`"));
    failure.with_help(vi, en)
}

fn joined(hint: &str, help: &str) -> String {
    if hint.is_empty() { help.to_owned() } else { format!("{hint} ({help})") }
}

/// The words of the command line of this process.
pub(crate) fn words() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// True for a name that a spreadsheet program gives to the lock beside an open file.
pub(crate) fn locked_file(name: &OsStr) -> Option<String> {
    let name = name.to_string_lossy();
    let excel = name.strip_prefix("~$");
    let office = || name.strip_prefix(".~lock.").and_then(|rest| rest.strip_suffix('#'));
    excel.or_else(office).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command;

    fn words(line: &[&str]) -> Vec<OsString> {
        line.iter().map(Into::into).collect()
    }

    #[test]
    fn a_path_in_the_first_place_means_process() {
        for line in [
            &["soatbieu", "bieu.xlsx"][..],
            &["soatbieu", "--lang", "en", "a/b"],
            &["soatbieu", "bieu.xls", "--out", "ra"],
            &["soatbieu", "-"],
        ] {
            let arguments = read(words(line)).unwrap();
            assert!(matches!(arguments.command, Command::Process(_)), "{line:?}");
            assert!(arguments.words.contains(&"process".into()));
        }
        assert!(read(words(&["soatbieu", "chekc"])).is_err());
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_in_the_language_asked_for() {
        let told = |line: &[&str]| {
            let error =
                spoken(Lang::Vi, Extent::Short).try_get_matches_from(words(line)).unwrap_err();
            wrong(&error).message.vi
        };
        assert_eq!(told(&["soatbieu", "check", "a", "--nope"]), "không có tùy chọn `--nope`");
        assert!(told(&["soatbieu", "check", "a", "--jobs", "x"]).contains("`x`"));
        assert!(told(&["soatbieu", "check"]).starts_with("thiếu "));
    }

    /// The help of every command, in one language.
    fn helps(lang: Lang, extent: Extent) -> Vec<String> {
        let command = spoken(lang, extent);
        let shown = command.get_subcommands().filter(|below| !below.is_hide_set());
        let commands = std::iter::once(&command).chain(shown);
        commands
            .map(|command| {
                let mut command = command.clone();
                let help = match extent {
                    Extent::Short => command.render_help(),
                    Extent::Long => command.render_long_help(),
                };
                let help = help.to_string();
                if lang == Lang::Vi { vietnamese(&help) } else { help }
            })
            .collect()
    }

    #[test]
    fn help_speaks_one_language() {
        for extent in [Extent::Short, Extent::Long] {
            for help in helps(Lang::Vi, extent) {
                for english in ["Usage", "ptions", "Print", "default", "values", " / ", " the "] {
                    assert!(!help.contains(english), "{english}: {help}");
                }
            }
            for help in helps(Lang::En, extent) {
                let vietnamese = |letter: &char| "ảạấầậệềễịọộợụứừỹđ".contains(*letter);
                let odd = help.lines().find(|line| line.chars().any(|letter| vietnamese(&letter)));
                // The words of a signature block are Vietnamese in any language.
                assert!(odd.is_none_or(|line| line.contains('“')), "{odd:?}");
            }
        }
    }

    #[test]
    fn long_help_says_what_values_mean() {
        let value = |value: &str, meaning: &str, lang: Lang| {
            let told = format!("- {value}: {meaning}");
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            let helps = helps(lang, Extent::Long);
            let said = |help: &String| {
                help.split_whitespace().collect::<Vec<_>>().join(" ").contains(&told)
            };
            assert!(helps.iter().any(said), "{told}");
        };
        value("dien-tu", "kèm theo văn bản điện tử, là một tệp riêng", Lang::Vi);
        value("dien-tu", "attached to an electronic document, in a file of its own", Lang::En);
        value("unclean", "bảng còn lỗi", Lang::Vi);
        value("missing", "a unit of the list without a table", Lang::En);
        value("auto", "có màu khi in ra màn hình dòng lệnh", Lang::Vi);
        for lang in [Lang::Vi, Lang::En] {
            // The limits with their defaults.
            let helps = helps(lang, Extent::Long);
            let listed = helps.iter().filter(|help| help.contains("cells=20M")).count();
            // All but that of `help`, which takes no options.
            assert_eq!(listed, helps.len() - 1);
        }
        // Every value of every option has a meaning, in both languages.
        for lang in [Lang::Vi, Lang::En] {
            let command = spoken(lang, Extent::Long);
            for below in command.get_subcommands().filter(|below| below.get_name() != "completions")
            {
                for value in below.get_arguments().flat_map(clap::Arg::get_possible_values) {
                    let meaning = value.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(meaning.len() > 4 && !meaning.contains(BETWEEN), "{value:?}");
                }
            }
        }
    }
}
