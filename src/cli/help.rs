//! What the command line says of itself, in one language. Texts are declared with a half for each
//! language; clap's own words are exchanged.

use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, CommandFactory as _};
use soatbieu::lang::{Lang, Words};
use soatbieu::words::capital;

use super::Arguments;
use super::guide;

/// What stands between the Vietnamese and the English half of a text.
pub(super) const BETWEEN: &str = " / ";

/// Which help is asked for: `-h` has a line for an option, `--help` all there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Short,
    Long,
}

/// The command line to be shown or written about. It reads the same words as that of the program, and
/// its values are texts.
pub(crate) fn spoken(lang: Lang, extent: Extent) -> clap::Command {
    let mut command = Arguments::command();
    // Its own options and commands have to be there to be spoken of.
    command.build();
    in_language(command, &[], lang, extent)
}

fn in_language(
    command: clap::Command,
    above: &[&str],
    lang: Lang,
    extent: Extent,
) -> clap::Command {
    let name = command.get_name().to_owned();
    let path: Vec<&str> = above.iter().copied().chain([name.as_str()]).collect();
    let about = match name.as_str() {
        "help" => Some(HELP_COMMAND.get(lang).to_owned()),
        _ => command.get_about().map(|text| half(&text.to_string(), lang)),
    };
    let mut command = command
        .mut_args(|arg| argument(arg, lang, extent))
        .mut_subcommands(|below| in_language(below, &path, lang, extent));
    if let Some(about) = about {
        command = command.about(about).long_about(None::<&str>);
    }
    match guide::of(&path[1..]) {
        Some(guide) => command.after_long_help(guide.help(lang)),
        None => command,
    }
}

const HELP_COMMAND: Words = Words {
    vi: "In trợ giúp chung hoặc của một lệnh",
    en: "Print this message or the help of a command",
};
const HELP: Words = Words { vi: "In trợ giúp", en: "Print help" };
const HELP_SHORT: Words =
    Words { vi: "In trợ giúp (đầy đủ: --help)", en: "Print help (see more with --help)" };
const HELP_LONG: Words =
    Words { vi: "In trợ giúp (bản gọn: -h)", en: "Print help (see a summary with -h)" };
const VERSION: Words = Words { vi: "In phiên bản", en: "Print version" };
const DEFAULT: Words = Words { vi: "mặc định", en: "default" };
const VALUES: Words = Words { vi: "giá trị", en: "possible values" };

/// One half of a text.
fn half(text: &str, lang: Lang) -> String {
    match (text.split_once(BETWEEN), lang) {
        (Some((vi, _)), Lang::Vi) => vi.to_owned(),
        (Some((_, en)), Lang::En) => capital(en),
        (None, _) => text.to_owned(),
    }
}

fn argument(arg: Arg, lang: Lang, extent: Extent) -> Arg {
    let says_more = arg.get_long_help().is_some();
    let help = match arg.get_id().as_str() {
        "help" if says_more && extent == Extent::Short => HELP_SHORT.get(lang).to_owned(),
        "help" if says_more => HELP_LONG.get(lang).to_owned(),
        "help" => HELP.get(lang).to_owned(),
        "version" => VERSION.get(lang).to_owned(),
        _ => arg.get_help().map(|text| half(&text.to_string(), lang)).unwrap_or_default(),
    };
    if let Some(long) = arg.get_long_help().filter(|_| !is_of_clap(&arg)) {
        let lines: Vec<String> = long.to_string().lines().map(|line| half(line, lang)).collect();
        return arg.help(help).long_help(lines.join("\n"));
    }
    let values = arg.get_possible_values();
    if !arg.get_action().takes_values()
        || (values.is_empty() && arg.get_default_values().is_empty())
    {
        return arg.help(help).long_help(None::<&str>);
    }
    match extent {
        Extent::Short => {
            let help = format!("{help}{}", in_brackets(&arg, &values, lang));
            arg.help(help)
                .long_help(None::<&str>)
                .hide_default_value(true)
                .hide_possible_values(true)
        }
        Extent::Long => {
            let arg = arg.help(help).long_help(None::<&str>);
            let values: Vec<PossibleValue> =
                values.into_iter().map(|value| meaning(value, lang)).collect();
            if values.is_empty() {
                arg
            } else {
                arg.value_parser(PossibleValuesParser::new(values))
            }
        }
    }
}

fn is_of_clap(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version")
}

/// The value with its meaning in one language.
fn meaning(value: PossibleValue, lang: Lang) -> PossibleValue {
    match value.get_help().map(ToString::to_string) {
        // In the list it stands after the value, in the middle of a line.
        Some(help) => value.help(match (help.split_once(BETWEEN), lang) {
            (Some((vi, _)), Lang::Vi) => vi.to_owned(),
            (Some((_, en)), Lang::En) => en.to_owned(),
            (None, _) => help,
        }),
        None => value,
    }
}

/// The default and the values in a line of the short help.
fn in_brackets(arg: &Arg, values: &[PossibleValue], lang: Lang) -> String {
    let mut text = String::new();
    let mut put = |words: Words, values: Vec<&str>| {
        if !values.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(text, " [{}: {}]", words.get(lang), values.join(", "));
        }
    };
    put(DEFAULT, arg.get_default_values().iter().filter_map(|value| value.to_str()).collect());
    put(VALUES, values.iter().map(PossibleValue::get_name).collect());
    text
}

/// clap's own words in a help text, in Vietnamese: headings, and what stands on lines of its own.
pub(super) fn vietnamese(help: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("Usage:", "Cách dùng:"),
        ("Commands:", "Các lệnh:"),
        ("Arguments:", "Tham số:"),
        ("Common options:", "Tùy chọn dùng chung:"),
        ("Options:", "Tùy chọn:"),
        ("Possible values:", "Các giá trị:"),
        ("[possible values: ", "[giá trị: "),
        ("[default: ", "[mặc định: "),
        ("[OPTIONS]", "[TÙY CHỌN]"),
        ("<COMMAND>", "<LỆNH>"),
        ("[COMMAND]", "[LỆNH]"),
    ];
    WORDS.iter().fold(help.to_owned(), |text, (en, vi)| text.replace(en, vi))
}
