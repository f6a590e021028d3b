//! Tables that repeat each other's columns: who left the poor entered the near poor; what there was at
//! the end of a year is what there is at the beginning of the next; what a superior office assigned
//! is what the commune's villages add up to.
//!
//! A form states such relations (`[[across]]`). Where both tables stand in one workbook, or in files
//! named together, the figures of one are laid beside those of the other: units are matched by name
//! and line, and only where both tables name the unit once. A sum row follows from its units, so only
//! units are compared, unless the relation is about the total. Which of two figures is wrong cannot
//! be told from the two alone; the rule ([`crate::rules`], R507) tells both cells and corrects
//! neither.
//!
//! Which table is meant is told by its form, by the unit above it where both name one, and by the year
//! of its title. Where several are left nothing is compared, and that is noted.
//!
//! Files are looked at one by one, so a table is never compared with another table but with its
//! [`Offer`], and of the offers of ten thousand files only those of the columns that relations ask
//! for are kept ([`Others`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::OnceLock;

use rust_decimal::Decimal;

use crate::findings::{Checked, Verdict, check};
use crate::lang::Text;
use crate::recognise::Request;
use crate::relations::Link;
use crate::table::{Across, Place, Reading, Role, Row, Table};
use crate::words::fold;
use crate::words::units::Key;
use crate::workbook::Address;

/// Units or tables named in a note before it says that there are more.
const NAMED: usize = 6;

/// Compares the tables of one workbook with each other.
pub fn within(tables: &mut [Checked]) {
    let known = known(tables);
    for index in 0..known.len() {
        for wanted in wants(&tables[index].table) {
            let mut found = None;
            for other in others_fitting(&wanted, &known, index) {
                let asked = tables[index].table.across.iter().map(|across| across.other.as_str());
                Found::add(&mut found, Offer::of(&tables[other], asked, None));
            }
            let Some(found) = found else { continue };
            let compared = compare(&tables[index], &wanted, &found);
            take(&mut tables[index], compared);
        }
    }
}

/// A table that another one is to be compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    form: String,
    /// Whose it is, where the table that asks names its unit.
    unit: Option<String>,
    /// Of which year, where that is known.
    year: Option<i32>,
    /// How the relation states the year.
    years: i16,
    /// True where the row of the unit is meant, in the table of a superior office.
    total: bool,
}

impl Wanted {
    /// True for a relation of a table that asks for this.
    fn is_of(&self, across: &Across) -> bool {
        (&self.form, self.years, self.total) == (&across.form, across.year, across.total)
    }

    /// True where it is known well enough what to look for: another year, or another's row, is not
    /// guessed at.
    fn is_known(&self) -> bool {
        (self.years == 0 || self.year.is_some()) && (!self.total || self.unit.is_some())
    }

    /// True for a table that may be meant.
    fn fits(&self, offer: &Offer) -> bool {
        let year = match (self.year, offer.year) {
            (Some(own), Some(other)) => own == other,
            _ => self.years == 0,
        };
        let unit = || match (&self.unit, &offer.unit) {
            (Some(unit), _) if self.total => offer.row_of(unit).is_some(),
            (Some(own), Some(other)) => Key::of(own).fits(&Key::of(other)),
            _ => !self.total,
        };
        self.form == offer.form && year && unit()
    }
}

/// What a table's relations ask for, each table once.
fn wants(table: &Table) -> Vec<Wanted> {
    if table.across.is_empty() {
        return Vec::new();
    }
    let (unit, year) = (table.surroundings.above.unit(), table.year());
    let one = |across: &Across| Wanted {
        form: across.form.clone(),
        unit: unit.map(ToOwned::to_owned),
        year: year.map(|year| year + i32::from(across.year)),
        years: across.year,
        total: across.total,
    };
    let mut wanted: Vec<Wanted> = table.across.iter().map(one).collect();
    wanted.sort();
    wanted.dedup();
    wanted.retain(Wanted::is_known);
    wanted
}

/// What the tables of a workbook say of themselves, without figures; a lone one has no other to be
/// compared with.
fn known(tables: &[Checked]) -> Vec<Offer> {
    let several = tables.len() > 1;
    tables.iter().filter(|_| several).map(|checked| Offer::about(&checked.table, None)).collect()
}

/// The tables of a workbook that may be meant by one of them.
fn others_fitting(wanted: &Wanted, known: &[Offer], own: usize) -> impl Iterator<Item = usize> {
    let others = known.iter().enumerate().filter(move |(index, _)| *index != own);
    others.filter(|(_, offer)| wanted.fits(offer)).map(|(index, _)| index)
}

/// What tables of a workbook are to be compared with and the workbook does not hold.
#[must_use]
pub fn wanted(tables: &[Checked]) -> Vec<Wanted> {
    let known = known(tables);
    let mut wanted = Vec::new();
    for (index, checked) in tables.iter().enumerate() {
        let missing = |wanted: &Wanted| others_fitting(wanted, &known, index).next().is_none();
        wanted.extend(wants(&checked.table).into_iter().filter(missing));
    }
    wanted.sort();
    wanted.dedup();
    wanted
}

/// True where tables of a workbook are compared whose rows were settled while they were read: what
/// stands in such rows is not known any more.
pub(crate) fn misses_rows(tables: &[Checked]) -> bool {
    let settled = |checked: &Checked| checked.table.has_settled_rows();
    let asks = |one: &Checked, other: &Checked| {
        one.table.across.iter().any(|across| across.form == other.table.form)
    };
    let pairs = tables
        .iter()
        .enumerate()
        .flat_map(|(index, one)| tables[..index].iter().map(move |other| (one, other)));
    pairs
        .filter(|(one, other)| settled(one) || settled(other))
        .any(|(one, other)| asks(one, other) || asks(other, one))
}

/// True where relations of the forms in a request ask for columns of one of the tables.
pub(crate) fn are_asked(tables: &[Checked], request: &Request) -> bool {
    let mut forms = request.form.iter().chain(&request.known).flat_map(|form| &form.across);
    forms.any(|across| tables.iter().any(|checked| checked.table.form == across.form))
}

/// What the tables of a file offer to those of other files: the columns that relations of the forms
/// in a request ask for.
#[must_use]
pub fn offers(file: &str, tables: &[Checked], request: &Request) -> Vec<Offer> {
    let stated: Vec<_> =
        request.form.iter().chain(&request.known).flat_map(|form| &form.across).collect();
    let offer = |checked: &Checked| {
        let asked = stated.iter().filter(|across| across.form == checked.table.form);
        let mut asked = asked.map(|across| across.other.as_str()).peekable();
        asked.peek().is_some().then_some(())?;
        Some(Offer::of(checked, asked, Some(file)))
    };
    tables.iter().filter_map(offer).collect()
}

/// Compares the tables of a workbook with those of files named together with it, where the workbook
/// does not hold the other table itself.
pub fn between(tables: &mut [Checked], others: &Others) {
    let missing = wanted(tables);
    for checked in tables.iter_mut() {
        for wanted in wants(&checked.table) {
            let found = others.found(&wanted).filter(|_| missing.contains(&wanted));
            if let Some(found) = found {
                let compared = compare(checked, &wanted, &found);
                take(checked, compared);
            }
        }
    }
}

/// What a table lets others compare themselves with: its units, and their figures in the columns
/// that relations ask for. It is small and stands for the table, which need not be kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Offer {
    form: String,
    /// Whose table it is, where it names its unit.
    unit: Option<String>,
    /// The year it is about, where that is known.
    year: Option<i32>,
    /// The table as a reference names it: file and sheet.
    reference: String,
    rows: Vec<Unit>,
    /// By label.
    columns: BTreeMap<String, Offered>,
}

/// A row that has a name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Unit {
    name: String,
    line: String,
    /// False for a total or another row that follows from units.
    is_own: bool,
    /// Zero-based row of the sheet.
    sheet_row: u32,
}

/// A column that relations ask for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Offered {
    /// Zero-based column of the sheet.
    sheet_column: u32,
    /// A figure for each of the rows.
    figures: Vec<Figure>,
}

/// What stands in a cell that may be compared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Figure {
    Number(Decimal),
    /// A cell known to be wrong, with the right figure.
    Wrong(Option<Decimal>, Decimal),
    Blank,
    /// Something that is no figure.
    Words,
}

impl Figure {
    fn of(table: &Table, place: Place, right: Option<Decimal>) -> Self {
        let number = table.number(place);
        match (number, right) {
            (number, Some(right)) => Self::Wrong(number, right),
            (Some(number), None) => Self::Number(number),
            (None, None) if table.datum(place).reading == Reading::Blank => Self::Blank,
            (None, None) => Self::Words,
        }
    }
}

impl Offer {
    /// The row that a unit has in the table, where it has one and only one.
    fn row_of(&self, unit: &str) -> Option<usize> {
        let key = Key::of(unit);
        let rows = self.rows.iter().enumerate();
        let mut named = rows.filter(|(_, row)| row.is_own && Key::of(&row.name).fits(&key));
        let (row, _) = named.next()?;
        named.next().is_none().then_some(row)
    }

    /// What a table says of itself, without figures.
    fn about(table: &Table, file: Option<&str>) -> Self {
        Self {
            form: table.form.clone(),
            unit: table.surroundings.above.unit().map(ToOwned::to_owned),
            year: table.year(),
            reference: reference(table, file),
            rows: named_rows(table)
                .map(|(_, row)| Unit {
                    name: row.name.clone(),
                    line: row.line.clone(),
                    is_own: row.role == Role::Unit,
                    sheet_row: row.sheet_row,
                })
                .collect(),
            columns: BTreeMap::new(),
        }
    }

    fn of<'a>(checked: &Checked, asked: impl Iterator<Item = &'a str>, file: Option<&str>) -> Self {
        let table = &checked.table;
        let corrected = corrected(checked);
        let column = |label: &str| {
            let column = table.column(label)?;
            let figure = |(row, _)| {
                let place = Place::new(row, column);
                Figure::of(table, place, corrected.get(&place).copied())
            };
            let figures = named_rows(table).map(figure).collect();
            let sheet_column = table.columns[column].sheet_column;
            Some((label.to_owned(), Offered { sheet_column, figures }))
        };
        Self { columns: asked.filter_map(column).collect(), ..Self::about(table, file) }
    }
}

/// Rows that have a name, with their places.
fn named_rows(table: &Table) -> impl Iterator<Item = (usize, &Row)> {
    let rows = table.rows.iter().enumerate();
    rows.filter(|(_, row)| row.role != Role::Heading && !row.name.is_empty())
}

/// The right figures of cells that are known to be wrong.
fn corrected(checked: &Checked) -> BTreeMap<Place, Decimal> {
    let pinned = checked.errors().filter(|finding| finding.verdict == Some(Verdict::Pinned));
    let mut corrected = BTreeMap::new();
    for finding in pinned {
        if let (Some(place), Some(correction)) = (finding.place, &finding.correction) {
            corrected.entry(place).or_insert(correction.to);
        }
    }
    corrected
}

/// The tables of one form that were found in other files or sheets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Found {
    /// The one that is meant.
    One(Offer),
    /// More than one: where the first few stand. Their figures are of no use.
    Several(Vec<String>),
}

impl Found {
    fn add(found: &mut Option<Self>, offer: Offer) {
        match found {
            None => *found = Some(Self::One(offer)),
            Some(Self::One(first)) => {
                *found = Some(Self::Several(vec![
                    std::mem::take(&mut first.reference),
                    offer.reference,
                ]));
            }
            Some(Self::Several(places)) if places.len() < NAMED => places.push(offer.reference),
            Some(Self::Several(_)) => {}
        }
    }
}

/// What files offer each other, by form.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Others(BTreeMap<String, Offers>);

/// What tables of one form offer, in the order they came. They are looked up by the names of units:
/// each of ten thousand communes asks for its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(from = "Vec<Offer>", into = "Vec<Offer>")]
struct Offers {
    all: Vec<Offer>,
    /// By the unit whose table it is, as [`Key`] names it; `None` where a table names none.
    by_unit: BTreeMap<Option<String>, Vec<usize>>,
    /// By each unit that has a row in it; made where somebody asks for a row.
    by_row: OnceLock<BTreeMap<String, Vec<usize>>>,
}

impl Offers {
    fn add(&mut self, offer: Offer) {
        let index = self.all.len();
        let unit = offer.unit.as_deref().map(|unit| Key::of(unit).name);
        self.by_unit.entry(unit).or_default().push(index);
        self.all.push(offer);
        self.by_row.take();
    }

    fn by_row(&self) -> &BTreeMap<String, Vec<usize>> {
        self.by_row.get_or_init(|| {
            let mut by_row: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (index, offer) in self.all.iter().enumerate() {
                let own = offer.rows.iter().filter(|row| row.is_own);
                for name in own.map(|row| Key::of(&row.name).name).collect::<BTreeSet<String>>() {
                    by_row.entry(name).or_default().push(index);
                }
            }
            by_row
        })
    }

    /// Those that may be meant, in their order.
    fn fitting(&self, wanted: &Wanted) -> impl Iterator<Item = &Offer> {
        let named = wanted.unit.as_deref().map(|unit| Key::of(unit).name);
        let at = |unit| self.by_unit.get(&unit).into_iter().flatten().copied();
        let mut candidates: Vec<usize> = match named {
            Some(name) if wanted.total => self.by_row().get(&name).cloned().unwrap_or_default(),
            Some(name) => at(Some(name)).chain(at(None)).collect(),
            None => (0..self.all.len()).collect(),
        };
        candidates.sort_unstable();
        candidates.into_iter().map(|index| &self.all[index]).filter(|offer| wanted.fits(offer))
    }
}

impl From<Vec<Offer>> for Offers {
    fn from(offers: Vec<Offer>) -> Self {
        let mut found = Self::default();
        for offer in offers {
            found.add(offer);
        }
        found
    }
}

impl From<Offers> for Vec<Offer> {
    fn from(offers: Offers) -> Self {
        offers.all
    }
}

impl Others {
    /// Adds what a further file offers.
    pub fn add(&mut self, offer: Offer) {
        self.0.entry(offer.form.clone()).or_default().add(offer);
    }

    /// What there is of what is wanted.
    #[must_use]
    pub fn of(&self, wanted: &[Wanted]) -> Self {
        let mut found = Self::default();
        for one in wanted {
            // More than one is as good as none; a few say where they are.
            for offer in self.fitting(one).take(NAMED) {
                let known = found.0.entry(offer.form.clone()).or_default();
                if !known.all.contains(offer) {
                    known.add(offer.clone());
                }
            }
        }
        found
    }

    fn fitting(&self, wanted: &Wanted) -> impl Iterator<Item = &Offer> {
        self.0.get(&wanted.form).into_iter().flat_map(move |offers| offers.fitting(wanted))
    }

    fn found(&self, wanted: &Wanted) -> Option<Found> {
        let mut found = None;
        self.fitting(wanted).for_each(|offer| Found::add(&mut found, offer.clone()));
        found
    }

    /// True when nothing is offered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a comparison adds to a table.
struct Comparison {
    /// By relation of the table.
    links: Vec<(usize, Vec<Link>)>,
    note: Text,
}

/// Compares a table with the one that is wanted.
fn compare(checked: &Checked, wanted: &Wanted, found: &Found) -> Comparison {
    match found {
        Found::One(offer) => compare_with(checked, wanted, offer),
        Found::Several(places) => {
            Comparison { links: Vec::new(), note: too_many(&wanted.form, &places.join(", ")) }
        }
    }
}

/// Adds what was found; a table whose figures differ from the other's is judged again.
fn take(checked: &mut Checked, comparison: Comparison) {
    for (relation, links) in comparison.links {
        checked.links.set(relation, links);
    }
    checked.table.notes.push(comparison.note);
    let Checked { table, links, .. } = &*checked;
    let differs = links.places(table).any(|place| links.mismatch(table, place).is_some());
    if differs {
        *checked = check(checked.judged());
    }
}

fn compare_with(checked: &Checked, wanted: &Wanted, other: &Offer) -> Comparison {
    let matched = if wanted.total {
        match_total(&checked.table, wanted, other)
    } else {
        match_units(&checked.table, &other.rows)
    };
    let mut links = Vec::new();
    let mut blank = 0;
    let mut texts = Vec::new();
    for (index, across) in
        checked.table.across.iter().enumerate().filter(|(_, across)| wanted.is_of(across))
    {
        let Some(offered) = other.columns.get(&across.other) else { continue };
        texts.push(across.text.as_str());
        let mut found = Vec::new();
        for (row, other_row) in &matched.pairs {
            let here = Place::new(*row, across.column);
            match compared(&checked.table, here, &offered.figures[*other_row]) {
                Compared::With(figure) => {
                    let at = Address::new(other.rows[*other_row].sheet_row, offered.sheet_column);
                    let cell = format!("{}!{at}", other.reference);
                    found.push(Link { row: *row, figure, cell });
                }
                Compared::Blank => blank += 1,
                Compared::Explained => {}
            }
        }
        links.push((index, found));
    }
    Comparison { links, note: note(&texts, wanted, other, &matched, blank) }
}

enum Compared {
    /// With a figure that stands in the other cell.
    With(Decimal),
    /// One of the cells holds no figure; a blank may be zero or not filled in yet.
    Blank,
    /// The other cell is known to be wrong, and its correction is this table's figure; or both are
    /// blank.
    Explained,
}

fn compared(table: &Table, here: Place, there: &Figure) -> Compared {
    match (table.number(here), there) {
        (Some(own), Figure::Wrong(Some(stands), right)) if own == *right && own != *stands => {
            Compared::Explained
        }
        (Some(_), Figure::Number(figure) | Figure::Wrong(Some(figure), _)) => {
            Compared::With(*figure)
        }
        (None, Figure::Blank) if table.datum(here).reading == Reading::Blank => Compared::Explained,
        _ => Compared::Blank,
    }
}

/// The sheet of a table as a reference names it.
pub(crate) fn reference(table: &Table, file: Option<&str>) -> String {
    let file = file.map(bracketed).unwrap_or_default();
    let name = format!("{file}{}", table.sheet);
    let plain = name.chars().all(|c| c.is_alphanumeric() || "[]_.".contains(c));
    if plain { name } else { format!("'{}'", name.replace('\'', "''")) }
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
    /// Rows of this table with their rows among those offered.
    pairs: Vec<(usize, usize)>,
    /// Units of this table that both do not name exactly once.
    unmatched: BTreeSet<String>,
    /// Units that the other table alone names.
    elsewhere: BTreeSet<String>,
}

/// The total of a table with the row of its unit in the other.
fn match_total(table: &Table, wanted: &Wanted, other: &Offer) -> Matched {
    let mut totals = (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Total);
    let total = totals.next().filter(|_| totals.next().is_none());
    let row = wanted.unit.as_ref().and_then(|unit| other.row_of(unit));
    let pairs = total.zip(row).into_iter().collect();
    Matched { pairs, unmatched: BTreeSet::new(), elsewhere: BTreeSet::new() }
}

/// Rows by a unit's folded name and line.
type ByUnit = BTreeMap<(String, String), Vec<usize>>;

fn by_unit<'a>(rows: impl Iterator<Item = (usize, &'a str, &'a str)>) -> ByUnit {
    let mut units = ByUnit::new();
    for (index, name, line) in rows {
        units.entry((fold(name), fold(line))).or_default().push(index);
    }
    units
}

fn match_units(table: &Table, offered: &[Unit]) -> Matched {
    let here = by_unit(
        named_rows(table).map(|(index, row)| (index, row.name.as_str(), row.line.as_str())),
    );
    let rows = offered.iter().enumerate();
    let there = by_unit(rows.map(|(index, row)| (index, row.name.as_str(), row.line.as_str())));
    let once = |units: &ByUnit, unit| match units.get(unit).map(Vec::as_slice) {
        Some([row]) => Some(*row),
        _ => None,
    };
    let mut matched =
        Matched { pairs: Vec::new(), unmatched: BTreeSet::new(), elsewhere: BTreeSet::new() };
    let is_unit = |row: &usize| table.rows[*row].role == Role::Unit;
    for (unit, rows) in here.iter().filter(|(_, rows)| rows.iter().any(is_unit)) {
        match (once(&here, unit), once(&there, unit)) {
            (Some(row), Some(other_row)) => matched.pairs.push((row, other_row)),
            _ => {
                matched.unmatched.insert(table.rows[rows[0]].name.clone());
            }
        }
    }
    let is_unit = |row: &usize| offered[*row].is_own;
    for (unit, rows) in there.iter().filter(|(_, rows)| rows.iter().any(is_unit)) {
        if !here.contains_key(unit) {
            matched.elsewhere.insert(offered[rows[0]].name.clone());
        }
    }
    matched.pairs.sort_unstable();
    matched
}

/// What was compared, and what was not.
fn note(texts: &[&str], wanted: &Wanted, other: &Offer, matched: &Matched, blank: usize) -> Text {
    let (texts, sheet, rows) = (texts.join(", "), &other.reference, matched.pairs.len());
    let form = &wanted.form;
    let of_year = wanted.year.filter(|_| wanted.years != 0);
    let (vi, en) =
        of_year.map(|year| (format!(" năm {year}"), format!(" of {year}"))).unwrap_or_default();
    let mut note = Text::new(
        format!("đã so các cột {texts} với biểu `{form}`{vi} ở {sheet}: {rows} dòng"),
        format!("columns {texts} were compared with the form `{form}`{en} at {sheet}: {rows} rows"),
    );
    if blank > 0 {
        let _ = write!(note.vi, "; {blank} cặp ô có ô trống hoặc không phải số nên chưa so được");
        let _ = write!(note.en, "; {blank} pairs with a blank or no figure could not be compared");
    }
    let sides = [
        (
            &matched.unmatched,
            "chỉ có ở biểu này, hoặc không có đúng một lần ở cả hai (mới, đổi tên, tách, gộp), nên chưa so",
            "in this table only, or not named once in both (new, renamed, merged), so not compared",
        ),
        (
            &matched.elsewhere,
            "chỉ có ở biểu kia (đổi tên, gộp), nên chưa so",
            "in the other table only (renamed, merged), so not compared",
        ),
    ];
    for (names, vi, en) in sides {
        if !names.is_empty() {
            let (names_vi, names_en) = named(names);
            let _ = write!(note.vi, "; {vi}: {names_vi}");
            let _ = write!(note.en, "; {en}: {names_en}");
        }
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

fn too_many(form: &str, places: &str) -> Text {
    Text::new(
        format!("có nhiều biểu `{form}` ({places}) nên không biết so với biểu nào"),
        format!("there are several tables of the form `{form}` ({places}), so none was compared"),
    )
}
