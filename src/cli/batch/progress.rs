//! How far a run is, on standard error where that is a terminal.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use soatbieu::lang::Lang;

/// A line that tells how many files are done, how fast, and how long the rest takes.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(shown: bool, files: usize, lang: Lang) -> Self {
        let target = if shown && files > 1 {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(files as u64), target);
        let template = match lang {
            Lang::Vi => "{bar:24} {pos}/{len} tệp, {rate} tệp/giây, còn {eta}",
            Lang::En => "{bar:24} {pos}/{len} files, {rate} files/s, {eta} left",
        };
        // A wrong template leaves the bar in its plain style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        Self(bar)
    }

    /// So many more files are done.
    pub(super) fn done(&self, files: usize) {
        self.0.inc(files as u64);
    }

    /// Prints without the line in between.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        if self.0.is_hidden() { print() } else { self.0.suspend(print) }
    }
}

/// Files a second, whole where there are many.
fn rate(state: &ProgressState, out: &mut dyn Write) {
    let rate = state.per_sec();
    // A text that cannot be written leaves a gap in a line that is drawn again soon.
    let _ = if rate < 10.0 { write!(out, "{rate:.1}") } else { write!(out, "{rate:.0}") };
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
