//! The lines above a table, told apart once: what is in them is asked by every comparison, every line
//! of a summary and every letter.

use crate::words::lines::HeadingLines;
use crate::words::units::{Mention, named_above};

/// The lines above the headings of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Above {
    lines: Vec<String>,
    reference: Option<String>,
    heading: HeadingLines,
    units: Vec<Mention>,
}

impl Above {
    /// Tells apart the lines above a table, top down. The line that says what the table is attached
    /// to, in brackets, and the one that names the unit of measure are not among them.
    #[must_use]
    pub fn new(lines: Vec<String>, reference: Option<String>) -> Self {
        let heading = HeadingLines::of(&lines);
        let units = named_above(&heading, reference.as_ref());
        Self { lines, reference, heading, units }
    }

    /// The lines as they stand.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The line that says what the table is attached to, in brackets.
    #[must_use]
    pub const fn reference(&self) -> Option<&String> {
        self.reference.as_ref()
    }

    /// The lines but those of the issuing body: what they say is said of the table.
    pub(crate) fn of_the_table(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter().filter(|line| !self.heading.agency.contains(line));
        lines.map(String::as_str)
    }

    /// The title, in the lines it is printed in.
    pub(crate) fn titles(&self) -> &[String] {
        &self.heading.titles
    }

    /// The title in one line; empty without one.
    pub(crate) fn title(&self) -> String {
        self.titles().join(" ")
    }

    /// The units that are named, the lowest level first.
    pub(crate) fn units(&self) -> &[Mention] {
        &self.units
    }

    /// Whose table it is, as far as the lines say: `Xã Đại Lãnh`.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.units.first().map(|mention| mention.name.as_str())
    }
}
