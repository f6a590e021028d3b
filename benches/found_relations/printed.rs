//! Relations that were found, taken as if the table printed them: what is then held for certain of
//! its cells, and how often that is wrong.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use soatbieu::check_workbook;
use soatbieu::findings::{Checked, Finding, Verdict};
use soatbieu::found::{Axis, Grid, Relation, search};
use soatbieu::recognise::Request;
use soatbieu::relations::Instance;
use soatbieu::rules::Severity;
use soatbieu::table::Table as Read;
use soatbieu::workbook::Workbook;

use crate::planted::{FORMS, Form, Table, table};

/// What came of the tables of one form.
#[derive(Default)]
struct Tally {
    tables: usize,
    formulas: usize,
    wrong: usize,
    accused: usize,
    right: usize,
    mistaken: usize,
}

/// Prints the relations that are found in planted tables, and counts what is pinned by them.
pub(crate) fn measure(count: u64, seed: u64) {
    println!(
        "\n| form | wrong cells | tables | formulas printed | wrong cells told | pinned right | pinned wrong |\n|---|---|---|---|---|---|---|"
    );
    let mut all = Tally::default();
    for form in FORMS {
        for wrong in 0..4 {
            let mut tally = Tally::default();
            for rows in [6, 8, 15] {
                for number in 0..count {
                    let seed = seed * 100_000 + number * 64 + u64::try_from(wrong).unwrap_or(0);
                    tally.add(form, rows, &table(form, rows, wrong, seed));
                }
            }
            tally.print(&format!("{form:?}"), wrong);
            all.join(&tally);
        }
    }
    all.print("all", 3);
}

impl Tally {
    fn add(&mut self, form: Form, rows: usize, planted: &Table) {
        let formulas = Formulas::of(&planted.grid);
        let text = formulas.print(&planted.grid);
        self.tables += 1;
        self.formulas += formulas.texts.iter().flatten().count();
        self.wrong += planted.wrong.len();
        let request = Request { printed_only: true, ..Request::default() };
        let Ok(checkup) = check_workbook(Workbook::from_text("bieu", &text), &request) else {
            return;
        };
        let mut told = BTreeSet::new();
        for checked in &checkup.tables {
            let errors = checked.findings.iter().filter(|one| one.severity == Severity::Error);
            for finding in errors {
                told.extend(cells(checked, finding, formulas.heads));
                if finding.verdict == Some(Verdict::Pinned)
                    && !self.pin(&checked.table, finding, formulas.heads, planted)
                {
                    println!("pinned wrong: {form:?} {rows} rows, {:?}\n{text}", planted.wrong);
                }
            }
        }
        self.accused += planted.wrong.keys().filter(|cell| told.contains(*cell)).count();
    }

    /// Counts a cell that is held for certain; false where it is right, or another figure was.
    fn pin(&mut self, read: &Read, finding: &Finding, heads: usize, planted: &Table) -> bool {
        let place = finding.place.and_then(|place| cell(read, place, heads));
        let right = place.and_then(|place| planted.wrong.get(&place));
        let to = finding.correction.as_ref().map(|correction| correction.to);
        let holds = right.is_some() && right.copied() == to.or(finding.expected);
        if holds {
            self.right += 1;
        } else {
            self.mistaken += 1;
        }
        holds
    }

    fn join(&mut self, other: &Self) {
        self.tables += other.tables;
        self.formulas += other.formulas;
        self.wrong += other.wrong;
        self.accused += other.accused;
        self.right += other.right;
        self.mistaken += other.mistaken;
    }

    fn print(&self, form: &str, wrong: usize) {
        println!(
            "| {form} | {wrong} | {} | {} | {} of {} | {} | {} |",
            self.tables, self.formulas, self.accused, self.wrong, self.right, self.mistaken
        );
    }
}

/// All cells of which a finding speaks, by row and column of the grid: one of them is wrong.
fn cells(checked: &Checked, finding: &Finding, heads: usize) -> Vec<(usize, usize)> {
    let instances = finding.evidence.iter().map(|index| &checked.ledger.instances[*index]);
    let of_rules = instances.flat_map(Instance::cells);
    let places = of_rules.chain(finding.place).chain(finding.others.iter().copied());
    places.filter_map(|place| cell(&checked.table, place, heads)).collect()
}

fn cell(read: &Read, place: soatbieu::table::Place, heads: usize) -> Option<(usize, usize)> {
    let row = usize::try_from(read.rows[place.row].sheet_row).ok()?.checked_sub(heads + 1)?;
    Some((row, usize::try_from(read.columns[place.column].sheet_column).ok()?.checked_sub(1)?))
}

/// The formulas of an index row.
struct Formulas {
    /// Rows of headings.
    heads: usize,
    /// By column of the grid.
    texts: Vec<Option<String>>,
}

impl Formulas {
    /// The relations between columns from 10 bits on, each in a column that has no other.
    fn of(grid: &Grid) -> Self {
        let columns = grid.columns();
        let heads = columns.iter().map(|column| column.headings.len()).max().unwrap_or(1);
        let mut formulas = Self { heads, texts: vec![None; columns.len()] };
        let sure = search(grid).into_iter().filter(|one| one.evidence.bits >= 10);
        for one in sure.filter(|one| one.axis == Axis::Columns) {
            let free = |line: &usize| formulas.texts[*line].is_none();
            let linear = one.kind.is_linear();
            let lines: Vec<usize> = one.lines().take(if linear { usize::MAX } else { 1 }).collect();
            if let Some(target) = lines.into_iter().find(free) {
                formulas.texts[target] = Some(stated(&one, target));
            }
        }
        formulas
    }

    /// The grid as the text of a workbook, with its index row.
    fn print(&self, grid: &Grid) -> String {
        let columns = grid.columns();
        let mut lines: Vec<Vec<String>> = (0..self.heads)
            .map(|level| {
                let heads = columns.iter().map(|column| {
                    let last = column.headings.len().saturating_sub(1);
                    column.headings[level.min(last)].clone()
                });
                let lead = if level == 0 { "Thôn" } else { "" };
                std::iter::once(lead.to_owned()).chain(heads).collect()
            })
            .collect();
        let labels = self.texts.iter().enumerate().map(|(at, text)| {
            let own = (at + 1).to_string();
            text.as_ref().map_or(own.clone(), |text| format!("{own}={text}"))
        });
        lines.push(std::iter::once("A".to_owned()).chain(labels).collect());
        for (row, named) in grid.rows().iter().enumerate() {
            let figures = (0..columns.len()).map(|column| {
                let figure = grid.at(row, column);
                figure.map_or_else(String::new, |figure| written(figure.value, figure.decimals))
            });
            lines.push(std::iter::once(named.name.clone()).chain(figures).collect());
        }
        let lines: Vec<String> = lines.into_iter().map(|cells| cells.join("\t")).collect();
        lines.join("\n") + "\n"
    }
}

/// A relation as it is printed for one of its columns.
fn stated(one: &Relation, target: usize) -> String {
    if !one.kind.is_linear() {
        let terms: Vec<String> = one.terms.iter().map(|t| (t.line + 1).to_string()).collect();
        return terms.join("/");
    }
    let whole = (one.target, false);
    let lines = one.terms.iter().map(|term| (term.line, term.added));
    let lines: Vec<(usize, bool)> = lines.chain([whole]).collect();
    let own = lines.iter().any(|(line, added)| *line == target && *added);
    let others = lines.iter().filter(|(line, _)| *line != target);
    let mut terms: Vec<(bool, usize)> =
        others.map(|(line, added)| (*added != own, line + 1)).collect();
    terms.sort_by_key(|(added, _)| !added);
    let signed =
        terms.iter().map(|(added, line)| format!("{}{line}", if *added { '+' } else { '-' }));
    signed.collect::<String>().trim_start_matches('+').to_owned()
}

fn written(value: Decimal, decimals: u32) -> String {
    let mut shown = value;
    shown.rescale(decimals);
    shown.to_string().replace('.', ",")
}
