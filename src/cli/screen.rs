//! How wide the terminal is, and texts laid out on it.

use std::borrow::Cow;
use std::io::IsTerminal;

use serde::{Deserialize, Serialize};
use soatbieu::report::text::breaking;

/// What an output is shown on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Screen {
    pub(crate) is_terminal: bool,
    /// Columns of the terminal, or as many as `COLUMNS` asks for; lines of a file have no width.
    pub(crate) columns: Option<usize>,
}

/// Fewest columns that lines are broken for.
const FEWEST: usize = 16;

impl Screen {
    #[cfg(unix)]
    pub(crate) fn of(output: &(impl IsTerminal + std::os::fd::AsFd)) -> Self {
        Self::sized(output.is_terminal(), terminal_size::terminal_size_of(output))
    }

    #[cfg(windows)]
    pub(crate) fn of(output: &(impl IsTerminal + std::os::windows::io::AsHandle)) -> Self {
        Self::sized(output.is_terminal(), terminal_size::terminal_size_of(output))
    }

    fn sized(
        is_terminal: bool,
        size: Option<(terminal_size::Width, terminal_size::Height)>,
    ) -> Self {
        let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let columns = asked.or_else(|| size.map(|(width, _)| usize::from(width.0)));
        Self { is_terminal, columns: columns.filter(|columns| *columns > 0) }
    }

    /// The text with its lines broken between words, to go on under their own beginning.
    pub(crate) fn laid(self, text: &str) -> Cow<'_, str> {
        let Some(columns) = self.columns.map(|columns| columns.max(FEWEST)) else {
            return Cow::Borrowed(text);
        };
        let is_wide = |line: &str| line.len() + TAB > columns && width(line) > columns;
        if !text.lines().any(is_wide) {
            return Cow::Borrowed(text);
        }
        let mut laid = String::with_capacity(text.len() + text.len() / 8);
        for line in text.split_inclusive('\n') {
            if is_wide(line.trim_end()) {
                laid.push_str(&broken(line, columns));
            } else {
                laid.push_str(line);
            }
        }
        Cow::Owned(laid)
    }
}

/// Columns that a tab may take.
const TAB: usize = 8;

fn width(line: &str) -> usize {
    textwrap::core::display_width(line) + TAB * line.matches('\t').count()
}

/// One line, broken.
fn broken(line: &str, columns: usize) -> String {
    let rest = line.trim_start_matches(' ');
    let own = &line[..line.len() - rest.len()];
    let hanging = " ".repeat((own.len() + 4).min(columns / 3));
    textwrap::fill(
        &rest.replace('\t', "  "),
        breaking(columns).initial_indent(own).subsequent_indent(&hanging),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(text: &str, columns: Option<usize>) -> String {
        Screen { is_terminal: true, columns }.laid(text).into_owned()
    }

    #[test]
    fn wide_lines_go_on_below_and_nothing_is_lost() {
        let text = "Đã soát 1 bảng trong 1 tệp: 2 lỗi, 0 cảnh báo\n  a  b\n";
        assert_eq!(laid(text, None), text);
        assert_eq!(laid(text, Some(80)), text);
        let narrow = laid(text, Some(24));
        assert_eq!(narrow, "Đã soát 1 bảng trong 1\n    tệp: 2 lỗi, 0 cảnh\n    báo\n  a  b\n");
        let path = "  out/một-tên-tệp-dài-không-có-chỗ-ngắt.xlsx\n";
        assert_eq!(laid(path, Some(24)), path, "a path stays whole");
    }
}
