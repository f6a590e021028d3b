//! The census: what a careful person checks in real workbooks, compared with what is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use soatbieu::findings::Checked;
use soatbieu::relations::{Axis, Relation, Says, Source};
use soatbieu::workbook::Address;

use super::is_decided;

/// A line of the census that counts.
struct Line {
    file: String,
    sheet: String,
    axis: String,
    group: String,
    /// Rows or columns, by number; of ranges all that they span.
    lines: BTreeSet<u32>,
    target: u32,
    /// True where the terms are a range: of a table without some of its rows a part of them suffices.
    spans: bool,
    covered: bool,
}

/// All lines with what was met so far.
pub(crate) struct Census {
    lines: Vec<Line>,
}

impl Census {
    pub(crate) fn read(text: &str) -> Self {
        let mut lines = Vec::new();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [_, _, file, sheet, axis, _, target, terms, _, group, _, _, _, _, counted, ..] =
                fields.as_slice()
            else {
                continue;
            };
            if *counted == "1" {
                // Cells of one column are rows over that column.
                let cells = *axis == "cell" && names(&format!("{target} {terms}")).len() == 1;
                let (axis, names): (&str, Names) =
                    if cells { ("row", rows_of) } else { (axis, names) };
                let target: BTreeSet<u32> = names(target);
                let mut all = names(terms);
                all.extend(&target);
                lines.push(Line {
                    file: (*file).to_owned(),
                    sheet: (*sheet).to_owned(),
                    axis: axis.to_owned(),
                    group: (*group).to_owned(),
                    lines: all,
                    target: target.first().copied().unwrap_or_default(),
                    spans: terms.contains(".."),
                    covered: false,
                });
            }
        }
        Self { lines }
    }

    /// Marks what a table decides.
    pub(crate) fn meet(&mut self, path: &Path, checked: &Checked) {
        let path = path.to_string_lossy();
        let own = self
            .lines
            .iter_mut()
            .filter(|line| path.ends_with(line.file.as_str()) && line.sheet == checked.table.sheet);
        let decided: Vec<&Relation> =
            checked.relations.iter().filter(|relation| is_decided(relation)).collect();
        for line in own {
            line.covered |= decided.iter().any(|relation| says(checked, relation, line));
        }
    }

    /// Sheets and kinds of relations that are decided, of all there are.
    pub(crate) fn report(&self) -> String {
        let mut sheets: BTreeMap<(&str, &str), bool> = BTreeMap::new();
        let mut groups: BTreeMap<(&str, &str, &str), (usize, usize)> = BTreeMap::new();
        for line in &self.lines {
            *sheets.entry((&line.file, &line.sheet)).or_default() |= line.covered;
            let group = groups.entry((&line.file, &line.sheet, &line.group)).or_default();
            group.0 += usize::from(line.covered);
            group.1 += 1;
        }
        let decided = sheets.values().filter(|covered| **covered).count();
        let mut text = format!("sheets with a relation decided: {decided} of {}\n", sheets.len());
        let hundredths: usize = groups.values().map(|(own, all)| own * 1000 / all).sum();
        let share = hundredths / groups.len().max(1);
        let _ = writeln!(
            text,
            "kinds of relations covered: {}.{} % of {}",
            share / 10,
            share % 10,
            groups.len()
        );
        for ((file, sheet), _) in sheets.iter().filter(|(_, covered)| !**covered) {
            let _ = writeln!(text, "undecided\t{file}\t{sheet}");
        }
        for ((file, sheet, group), (own, all)) in groups.iter().filter(|(_, (own, all))| own < all)
        {
            let _ = writeln!(text, "left\t{file}\t{sheet}\t{group}\t{own}/{all}");
        }
        text
    }
}

/// True where a relation is the one of a line, whichever of its cells it is written for.
fn says(checked: &Checked, relation: &Relation, line: &Line) -> bool {
    let table = &checked.table;
    let number = |index: usize| match relation.axis {
        Axis::Column => table.columns[index].sheet_column,
        Axis::Row => table.rows[index].sheet_row,
    };
    let axis = match relation.axis {
        Axis::Column => "column",
        Axis::Row => "row",
    };
    let target = number(relation.target);
    if relation.source == Source::Cells
        && (line.axis != axis || matches!(relation.says, Says::Copied))
    {
        // What one formula does in all cells of a line, wherever it reads.
        return line.axis == axis && line.target == target
            || matches!(line.axis.as_str(), "block" | "cell" | "running")
                && line.lines.contains(&target);
    }
    if line.axis != axis {
        return false;
    }
    let mut own: BTreeSet<u32> = relation.terms().into_iter().map(number).collect();
    own.insert(target);
    let noughts = |index: &u32| line.lines.contains(index) || is_nought(checked, relation, *index);
    own == line.lines
        || own.contains(&line.target) && line.lines.is_subset(&own) && own.iter().all(noughts)
        || line.spans && own.len() > 2 && own.contains(&line.target) && own.is_subset(&line.lines)
}

/// True for a row or a column, by its number in the sheet, that holds nothing but noughts.
fn is_nought(checked: &Checked, relation: &Relation, number: u32) -> bool {
    let table = &checked.table;
    table.places().all(|place| {
        let own = match relation.axis {
            Axis::Column => table.columns[place.column].sheet_column,
            Axis::Row => table.rows[place.row].sheet_row,
        };
        let figures = table.columns[place.column].adds_up();
        own != number || !figures || table.number(place).is_none_or(|figure| figure.is_zero())
    })
}

/// How a text names rows or columns.
type Names = fn(&str) -> BTreeSet<u32>;

/// The rows of the cells that a text names (`C21`, `C22..C26`), from 0.
fn rows_of(text: &str) -> BTreeSet<u32> {
    names(&text.replace(|c: char| c.is_ascii_uppercase(), "r").replace("rrr", ""))
}

/// The rows (`r15`) or columns (`H`) that a text names, from 0; ranges give all that they span.
fn names(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut last: Option<u32> = None;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let spans = rest[..start].contains("..");
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        let Some(number) = name(word) else { continue };
        if let Some(from) = last.filter(|_| spans) {
            found.extend(from.min(number)..=number.max(from));
        }
        found.insert(number);
        last = Some(number);
    }
    found
}

fn name(word: &str) -> Option<u32> {
    if let Some(row) = word.strip_prefix('r') {
        return row.parse::<u32>().ok()?.checked_sub(1);
    }
    if word == "SUM" || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let at: Address = format!("{letters}1").parse().ok()?;
    Some(at.column)
}
