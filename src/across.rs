//! Tables that repeat each other's columns: who left the poor entered the near poor.
//!
//! A form states such relations (`[[across]]`). Where tables of both forms stand in one workbook,
//! or in files named together, the figures of one are laid beside those of the other: units are
//! matched by name and line, and only where both tables name the unit once. A sum row follows from
//! its units, so only units are compared. Which of two figures is wrong cannot be told from the two
//! alone; the rule ([`crate::rules`], R507) tells both cells and corrects neither.
//!
//! With several tables of the other form nothing says which one is meant: that is noted, and
//! nothing compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::findings::{Checked, Verdict};
use crate::lang::Text;
use crate::recognise::words::fold;
use crate::table::{Link, Place, Reading, Role, Table};

/// Units named in a note before it says that there are more.
const NAMED: usize = 6;

/// Compares the tables of one workbook with each other.
pub fn within(tables: &mut [Checked]) {
    for index in 0..tables.len() {
        for form in forms(&tables[index].table) {
            let others: Vec<Other<'_>> = tables
                .iter()
                .enumerate()
                .filter(|(other, checked)| *other != index && checked.table.form == form)
                .map(|(_, checked)| Other { checked, file: None })
                .collect();
            let compared = compare(&tables[index], &form, &others);
            take(&mut tables[index], compared);
        }
    }
}

/// Compares the tables of workbooks named together, where a workbook does not hold the other table
/// itself. Each workbook comes with the name of its file.
pub fn between(files: &mut [(&str, &mut [Checked])]) {
    let mut plans: Vec<(usize, usize, Comparison)> = Vec::new();
    for (own, (_, tables)) in files.iter().enumerate() {
        for (index, checked) in tables.iter().enumerate() {
            for form in forms(&checked.table) {
                if tables.iter().any(|table| table.table.form == form) {
                    continue;
                }
                let others = elsewhere(files, own, &form);
                plans.extend(compare(checked, &form, &others).map(|found| (own, index, found)));
            }
        }
    }
    for (own, index, comparison) in plans {
        take(&mut files[own].1[index], Some(comparison));
    }
}

/// A table that another one may be compared with, and its file where that is not the same.
struct Other<'a> {
    checked: &'a Checked,
    file: Option<&'a str>,
}

fn elsewhere<'a>(files: &'a [(&str, &mut [Checked])], own: usize, form: &str) -> Vec<Other<'a>> {
    let others = files.iter().enumerate().filter(|(index, _)| *index != own);
    others
        .flat_map(|(_, (file, tables))| {
            tables.iter().map(|checked| Other { checked, file: Some(*file) })
        })
        .filter(|other| other.checked.table.form == form)
        .collect()
}

/// The forms a table's relations name, each once.
fn forms(table: &Table) -> Vec<String> {
    let mut forms: Vec<String> = table.across.iter().map(|across| across.form.clone()).collect();
    forms.sort();
    forms.dedup();
    forms
}

/// What a comparison adds to a table.
struct Comparison {
    /// By relation of the table.
    links: Vec<(usize, Vec<Link>)>,
    note: Text,
}

/// Compares a table with the one of a form; `None` where there is none.
fn compare(checked: &Checked, form: &str, others: &[Other<'_>]) -> Option<Comparison> {
    match others {
        [] => None,
        [other] => Some(compare_with(checked, form, other)),
        several => Some(Comparison { links: Vec::new(), note: too_many(form, several) }),
    }
}

/// Adds what was found; a table whose figures differ from the other's is judged again.
fn take(checked: &mut Checked, comparison: Option<Comparison>) {
    let Some(comparison) = comparison else { return };
    let table = &mut checked.table;
    for (relation, links) in comparison.links {
        table.across[relation].links = links;
    }
    table.notes.push(comparison.note);
    let differs = table.across.iter().any(|across| {
        let mut rows = across.links.iter().map(|link| Place::new(link.row, across.column));
        rows.any(|place| table.across_mismatch(place).is_some())
    });
    if differs {
        *checked = crate::check_table(table.clone());
    }
}

fn compare_with(checked: &Checked, form: &str, other: &Other<'_>) -> Comparison {
    let matched = match_units(&checked.table, &other.checked.table);
    let mut links = Vec::new();
    let mut blank = 0;
    let mut texts = Vec::new();
    for (index, across) in checked.table.across.iter().enumerate().filter(|(_, a)| a.form == form) {
        let Some(column) = other.checked.table.column(&across.other) else { continue };
        texts.push(across.text.as_str());
        let mut found = Vec::new();
        for (row, other_row) in &matched.pairs {
            let (here, there) = (Place::new(*row, across.column), Place::new(*other_row, column));
            match link(checked, here, other, there) {
                Compared::Link(link) => found.push(link),
                Compared::Blank => blank += 1,
                Compared::Explained => {}
            }
        }
        links.push((index, found));
    }
    Comparison { links, note: note(&texts, form, other, &matched, blank) }
}

enum Compared {
    Link(Link),
    /// One of the cells holds no figure; a blank may be zero or not filled in yet.
    Blank,
    /// The other cell is known to be wrong, and its correction is this table's figure.
    Explained,
}

fn link(checked: &Checked, here: Place, other: &Other<'_>, there: Place) -> Compared {
    let (own, figure) = (checked.table.number(here), other.checked.table.number(there));
    let (Some(own), Some(figure)) = (own, figure) else {
        return both_blank(checked, here, other, there);
    };
    let corrected = other.checked.errors().any(|finding| {
        finding.place == Some(there)
            && finding.verdict == Some(Verdict::Pinned)
            && finding.correction.as_ref().is_some_and(|correction| correction.to == own)
    });
    if corrected && own != figure {
        return Compared::Explained;
    }
    Compared::Link(Link { row: here.row, figure, cell: reference(other, Some(there)) })
}

/// Two blanks agree; a blank and a figure cannot be compared.
fn both_blank(checked: &Checked, here: Place, other: &Other<'_>, there: Place) -> Compared {
    let blank = |table: &Table, place| table.datum(place).reading == Reading::Blank;
    if blank(&checked.table, here) && blank(&other.checked.table, there) {
        Compared::Explained
    } else {
        Compared::Blank
    }
}

/// The sheet of the other table, or one of its cells, as a reference names it.
fn reference(other: &Other<'_>, place: Option<Place>) -> String {
    let table = &other.checked.table;
    let file = other.file.map(bracketed).unwrap_or_default();
    let name = format!("{file}{}", table.sheet);
    let plain = name.chars().all(|c| c.is_alphanumeric() || "[]_.".contains(c));
    let name = if plain { name } else { format!("'{}'", name.replace('\'', "''")) };
    match place {
        Some(place) => format!("{name}!{}", table.address(place)),
        None => name,
    }
}

/// A file as references name it: its name in brackets after its folder.
fn bracketed(file: &str) -> String {
    let path = file.strip_prefix("./").unwrap_or(file);
    match path.rfind(['/', '\\']) {
        Some(end) => format!("{}[{}]", &path[..=end], &path[end + 1..]),
        None => format!("[{path}]"),
    }
}

/// The units of two tables, matched.
struct Matched {
    /// Rows of this table with their rows of the other.
    pairs: Vec<(usize, usize)>,
    /// Units of either table that both do not name exactly once.
    unmatched: BTreeSet<String>,
}

/// A unit's folded name and line.
type Unit = (String, String);

/// All rows of a table by their unit.
fn units(table: &Table) -> BTreeMap<Unit, Vec<usize>> {
    let mut units: BTreeMap<Unit, Vec<usize>> = BTreeMap::new();
    for (index, row) in table.rows.iter().enumerate() {
        if row.role != Role::Heading && !row.name.is_empty() {
            units.entry((fold(&row.name), fold(&row.line))).or_default().push(index);
        }
    }
    units
}

fn match_units(table: &Table, other: &Table) -> Matched {
    let (here, there) = (units(table), units(other));
    let once = |units: &BTreeMap<Unit, Vec<usize>>, unit: &Unit| match units
        .get(unit)
        .map(Vec::as_slice)
    {
        Some([row]) => Some(*row),
        _ => None,
    };
    let is_unit =
        |table: &Table, rows: &[usize]| rows.iter().any(|row| table.rows[*row].role == Role::Unit);
    let mut matched = Matched { pairs: Vec::new(), unmatched: BTreeSet::new() };
    for (unit, rows) in here.iter().filter(|(_, rows)| is_unit(table, rows)) {
        match (once(&here, unit), once(&there, unit)) {
            (Some(row), Some(other_row)) => matched.pairs.push((row, other_row)),
            _ => {
                matched.unmatched.insert(table.rows[rows[0]].name.clone());
            }
        }
    }
    for (unit, rows) in there.iter().filter(|(_, rows)| is_unit(other, rows)) {
        if !here.contains_key(unit) {
            matched.unmatched.insert(other.rows[rows[0]].name.clone());
        }
    }
    matched.pairs.sort_unstable();
    matched
}

/// What was compared, and what was not.
fn note(texts: &[&str], form: &str, other: &Other<'_>, matched: &Matched, blank: usize) -> Text {
    let (texts, sheet, rows) = (texts.join(", "), reference(other, None), matched.pairs.len());
    let mut note = Text::new(
        format!("đã so các cột {texts} với biểu `{form}` ở {sheet}: {rows} dòng"),
        format!("columns {texts} were compared with the form `{form}` at {sheet}: {rows} rows"),
    );
    if blank > 0 {
        let _ = write!(note.vi, "; {blank} cặp ô có ô trống hoặc không phải số nên chưa so được");
        let _ = write!(note.en, "; {blank} pairs with a blank or no figure could not be compared");
    }
    if !matched.unmatched.is_empty() {
        let (vi, en) = named(&matched.unmatched);
        let _ = write!(note.vi, "; tên không có đúng một lần ở cả hai biểu nên chưa so: {vi}");
        let _ = write!(note.en, "; not named once in both tables, so not compared: {en}");
    }
    note
}

/// The first few names, and how many more there are, in both languages.
fn named(names: &BTreeSet<String>) -> (String, String) {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => (first.clone(), first),
        more => (format!("{first} và {more} đơn vị khác"), format!("{first} and {more} more")),
    }
}

fn too_many(form: &str, others: &[Other<'_>]) -> Text {
    let places: Vec<String> =
        others.iter().take(NAMED).map(|other| reference(other, None)).collect();
    let places = places.join(", ");
    Text::new(
        format!("có nhiều biểu `{form}` ({places}) nên không biết so với biểu nào"),
        format!("there are several tables of the form `{form}` ({places}), so none was compared"),
    )
}
