//! Limits raised or lowered on the command line.

use clap::Args;
use soatbieu::read::{Change, Limit, Limits};

/// The limits of what is read.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitOptions {
    /// Nâng hay hạ một giới hạn khi đọc tệp, ví dụ cells=40M; lặp lại được / raise or lower a limit
    /// of what is read, such as cells=40M; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = change, long_help = help())]
    pub(crate) limit: Vec<Change>,
}

impl LimitOptions {
    /// The limits with the changes asked for; of two of one name the last stands.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        self.limit.iter().for_each(|change| change.apply(&mut limits));
        limits
    }
}

/// Reads a change; the command line is read before the language is known.
fn change(text: &str) -> Result<Change, String> {
    text.parse().map_err(|failure: soatbieu::failure::Failure| {
        let [message, help] = [failure.message, failure.help];
        format!("{} / {}\n{} / {}", message.vi, message.en, help.vi, help.en)
    })
}

/// What `--help` says: every limit with its default, a half of each line for each language.
fn help() -> String {
    let defaults = Limits::default();
    let line = |limit: Limit| {
        let default = format!("{}={}", limit.name(), limit.written(limit.of(&defaults)));
        let meaning = limit.meaning();
        format!("\n  {default:<21} {} /   {default:<21} {}", meaning.vi, meaning.en)
    };
    let lines: String = Limit::ALL.into_iter().map(line).collect();
    format!(
        "Nâng hay hạ một giới hạn khi đọc tệp, ví dụ cells=40M; lặp lại được. Các giới hạn: / raise \
         or lower a limit of what is read, such as cells=40M; may be repeated. The limits:{lines}"
    )
}
