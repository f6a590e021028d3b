//! Seeds known errors, by mechanism, into generated tables and counts what the whole program makes
//! of them, from the sheet's text to findings, causes and corrections.
//!
//! `cargo run --release --example seeded_errors [TRIALS [SECTION [wrong|missed|causes]]]` prints
//! Markdown tables. Sections: covered, several, any, mechanisms, whole, whole+1, whole+2, clean; the last
//! word also prints the trials
//! in which something pinned was wrong, was not resolved, or another cause was named first.
//! Deterministic: the same command prints the same counts.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::expect_used, reason = "generated tables are always recognised")]

mod damage;
mod tables;
mod tally;
mod whole;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use damage::{Change, DAMAGES, Damage, FORGOTTEN};
use soatbieu::findings::Checked;
use soatbieu::recognise::Request;
use tables::{COLUMNS, Dice, FIRST, Grid, PEOPLE, RuleSet, true_table, workbook};
use tally::{Show, Tally, header};

/// Checks a grid as the program would, and how long that took.
fn check(grid: &Grid, rules: RuleSet) -> (Checked, Duration) {
    let known = match rules {
        RuleSet::Form => soatbieu::forms::builtin().expect("the built-in forms are valid"),
        RuleSet::IndexRow | RuleSet::SumsOnly => Vec::new(),
    };
    let book = workbook(grid, rules);
    let request = Request { known, ..Request::default() };
    let start = Instant::now();
    let checkup = soatbieu::check_workbook(book, &request).expect("a table with an index row");
    let spent = start.elapsed();
    (checkup.tables.into_iter().next().expect("one table"), spent)
}

/// A damaged table with what it was before.
struct Trial {
    truth: Grid,
    shown: Grid,
    rules: RuleSet,
    what: Vec<&'static Damage>,
}

/// Cells that at least `covered` equalities speak of; the same in every table of a size.
fn covered_cells(villages: usize, rules: RuleSet, covered: usize) -> BTreeSet<(usize, usize)> {
    let (checked, _) = check(&true_table(villages, &mut Dice(1)), rules);
    let speaking = |at: (usize, usize)| {
        let place = place(&checked, at);
        let equalities = checked.ledger.instances.iter().filter(|i| i.is_equality());
        equalities.filter(|i| i.cells().any(|cell| cell == place)).count()
    };
    let cells = (0..=villages).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
    cells.filter(|at| speaking(*at) >= covered).collect()
}

/// The table's place of a cell of the grid.
fn place(checked: &Checked, at: (usize, usize)) -> soatbieu::table::Place {
    let offset = |index: usize| FIRST + u32::try_from(index).unwrap_or(0);
    let address = soatbieu::workbook::Address::new(offset(at.0), offset(at.1));
    checked.table.place(address).expect("a cell of the table")
}

/// `None` when a damage does not apply or falls on a cell that is not among those wanted.
fn trial(
    villages: usize,
    rules: RuleSet,
    what: &[&'static Damage],
    wanted: &BTreeSet<(usize, usize)>,
    dice: &mut Dice,
) -> Option<Trial> {
    let truth = true_table(villages, dice);
    let mut shown = truth.clone();
    for damage in what {
        let changes: Vec<Change> = damage.seed(&truth, dice)?;
        for ((row, column), value) in changes {
            if !wanted.contains(&(row, column)) || shown[row][column] != truth[row][column] {
                return None;
            }
            shown[row][column] = value;
        }
    }
    Some(Trial { truth, shown, rules, what: what.to_vec() })
}

fn mixed(villages: usize, rules: RuleSet, errors: usize, trials: u32, covered: usize, show: Show) {
    let mut tally = Tally::default();
    let mut dice = Dice(villages as u64 * 1000 + errors as u64);
    let wanted = covered_cells(villages, rules, covered);
    let damages: Vec<&'static Damage> = DAMAGES.iter().filter(|damage| damage.mixed).collect();
    while tally.trials < trials {
        let picks: Vec<&'static Damage> = (0..errors).map(|_| dice.pick(&damages)).collect();
        if let Some(trial) = trial(villages, rules, &picks, &wanted, &mut dice) {
            tally.run(&trial, show);
        }
    }
    tally.line(&format!("{}, V = {villages}, k = {errors}", rules.name()));
}

/// Some of the mechanisms at once, no two alike, on cells that two or more rules cover.
fn several(
    villages: usize,
    rules: RuleSet,
    of: &[&'static Damage],
    errors: usize,
    trials: u32,
    show: Show,
) {
    let mut tally = Tally::default();
    let mut dice = Dice(villages as u64 * 1000 + errors as u64 + 500);
    let wanted = covered_cells(villages, rules, 2);
    while tally.trials < trials {
        let mut picks: Vec<&'static Damage> = Vec::new();
        while picks.len() < errors {
            let pick = dice.pick(of);
            if picks.iter().all(|known| known.name != pick.name) {
                picks.push(pick);
            }
        }
        if let Some(trial) = trial(villages, rules, &picks, &wanted, &mut dice) {
            tally.run(&trial, show);
        }
    }
    let what = if of.len() == 1 { of[0].name } else { "different mechanisms" };
    tally.line(&format!("{}, {what}, V = {villages}, k = {errors}", rules.name()));
}

/// Tables drawn for one trial of a mechanism that seldom applies.
const PATIENCE: u32 = 60;

fn by_mechanism(rules: RuleSet, trials: u32, show: Show) {
    header(&format!("One error by mechanism, 8 villages, {}", rules.name()), true);
    // A column with nothing but its sum is the third rule set's matter.
    let mut wanted = covered_cells(8, rules, 1);
    wanted.retain(|(_, column)| *column != PEOPLE || rules == RuleSet::SumsOnly);
    for (seed, damage) in (0..).zip(DAMAGES) {
        let mut tally = Tally::default();
        let mut dice = Dice(seed);
        for _ in 0..trials.saturating_mul(PATIENCE) {
            if tally.trials >= trials {
                break;
            }
            if let Some(trial) = trial(8, rules, &[damage], &wanted, &mut dice) {
                tally.run(&trial, show);
            }
        }
        if tally.trials > 0 {
            tally.line_with_causes(damage.name);
        }
    }
}

fn clean(tables: u32) {
    let (mut dice, mut findings, mut time) = (Dice(7), 0, Duration::ZERO);
    for count in 0..tables {
        let villages = [6, 8, 15, 40][count as usize % 4];
        let (checked, spent) = check(&true_table(villages, &mut dice), RuleSet::Form);
        findings += checked.findings.len();
        time += spent;
    }
    let each = time.as_secs_f64() * 1000.0 / f64::from(tables.max(1));
    println!("\nFindings of any severity on {tables} clean tables: {findings}; {each:.2} ms each");
}

const ALL: [RuleSet; 3] = [RuleSet::Form, RuleSet::IndexRow, RuleSet::SumsOnly];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let trials = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let only = arguments.next().unwrap_or_default();
    let show = Show::named(&arguments.next().unwrap_or_default());
    let wanted = |section: &str| only.is_empty() || only == section;
    if wanted("covered") {
        header("Mixed mechanisms, cells that two or more rules cover", false);
        for rules in [RuleSet::Form, RuleSet::IndexRow] {
            for villages in [6, 8, 15, 40] {
                (1..=3).for_each(|errors| mixed(villages, rules, errors, trials, 2, show));
            }
        }
    }
    if wanted("several") {
        header("A forgotten figure, and several errors at once", false);
        let mixed = DAMAGES.iter().filter(|damage| damage.mixed);
        let mixed: Vec<&'static Damage> = mixed.chain([&FORGOTTEN]).collect();
        for rules in [RuleSet::Form, RuleSet::IndexRow] {
            for villages in [6, 8, 15, 40] {
                several(villages, rules, &[&FORGOTTEN], 1, trials, show);
                (2..=3).for_each(|errors| several(villages, rules, &mixed, errors, trials, show));
            }
        }
    }
    if wanted("any") {
        header("Mixed mechanisms, cells that one or more rules cover", false);
        for rules in ALL {
            (1..=3).for_each(|errors| mixed(8, rules, errors, trials, 1, show));
        }
    }
    if wanted("mechanisms") {
        for rules in ALL {
            by_mechanism(rules, trials, show);
        }
    }
    for (errors, section) in ["whole", "whole+1", "whole+2"].into_iter().enumerate() {
        if wanted(section) {
            whole::run(trials, errors, show);
        }
    }
    if wanted("clean") {
        clean(trials.saturating_mul(10));
    }
}
