//! Seeds known errors into generated poverty tables and counts what localization makes of them.
//!
//! `cargo run --release --example localization_bench [TRIALS [wrong|missed|quiet [SECTION]]]` prints Markdown tables;
//! `wrong` also prints every trial in
//! which something pinned was wrong, `missed` every trial not fully resolved.
//! Sections: covered, any, large, mechanisms, clean. Deterministic.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::expect_used, reason = "generated figures are always in range")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use soatbieu::solver::{
    Block, CellId, CellState, Expression, Grade, Limits, Outcome, Problem, ProblemBuilder, Rule,
    Verdict, localize,
};

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    fn between(&mut self, low: i128, high: i128) -> i128 {
        let width = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i128::from(self.next() % width)
    }
}

/// Column labels 1..14 are places 0..13; the last row is the total.
const COLUMNS: usize = 14;
const COUNTS: [usize; 8] = [0, 1, 2, 4, 6, 8, 10, 12];
/// (rate, numerator) by place; the denominator is column 1.
const RATES: [(usize, usize); 6] = [(3, 2), (5, 4), (7, 6), (9, 8), (11, 10), (13, 12)];

type Grid = Vec<[i128; COLUMNS]>;

fn rate(count: i128, of: i128) -> i128 {
    (20_000 * count + of) / (2 * of)
}

fn true_table(villages: usize, dice: &mut Dice) -> Grid {
    let mut grid: Grid = (0..villages).map(|_| village(dice)).collect();
    let mut total = [0; COLUMNS];
    for column in COUNTS {
        total[column] = grid.iter().map(|row| row[column]).sum();
    }
    grid.push(total);
    for row in &mut grid {
        for (at, numerator) in RATES {
            row[at] = rate(row[numerator], row[0]);
        }
    }
    grid
}

fn village(dice: &mut Dice) -> [i128; COLUMNS] {
    let mut row = [0; COLUMNS];
    row[0] = dice.between(200, 700);
    row[1] = row[0] * dice.between(300, 420) / 100;
    row[2] = row[0] * dice.between(0, 600) / 10_000;
    row[4] = row[0] * dice.between(200, 800) / 10_000;
    row[10] = dice.between(0, row[2].min(8));
    row[12] = dice.between(0, row[4].min(9));
    row[6] = row[2] - row[10];
    row[8] = row[4] - row[12];
    row
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RuleSet {
    All,
    NoDifferences,
    SumsOnly,
}

impl RuleSet {
    fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NoDifferences => "without 11=3-7, 12, 13=5-9, 14",
            Self::SumsOnly => "column sums only",
        }
    }
}

fn problem(grid: &Grid, rules: RuleSet) -> Problem {
    let mut builder = ProblemBuilder::new();
    for &value in grid.iter().flatten() {
        builder.cell(CellState::typed(value));
    }
    let last = grid.len() - 1;
    for column in COUNTS {
        let parts = (0..last).map(|row| (at(row, column), 1));
        builder.rule(Rule::total(at(last, column), parts));
    }
    if rules != RuleSet::SumsOnly {
        (0..=last).for_each(|row| add_row_rules(&mut builder, row, rules));
    }
    builder.build().expect("figures of a commune are small")
}

fn add_row_rules(builder: &mut ProblemBuilder, row: usize, rules: RuleSet) {
    let cell = |column| at(row, column);
    let count = if rules == RuleSet::All { 6 } else { 4 };
    for (rate, numerator) in RATES.into_iter().take(count) {
        builder.rule(Rule::ratio(cell(rate), cell(numerator), cell(0), 10_000));
    }
    if rules == RuleSet::All {
        builder.rule(Rule::total(cell(10), [(cell(2), 1), (cell(6), -1)]));
        builder.rule(Rule::total(cell(12), [(cell(4), 1), (cell(8), -1)]));
    }
    let bounds: [&[(usize, i128)]; 4] =
        [&[(0, 1), (2, -1), (4, -1)], &[(2, 1), (6, -1)], &[(4, 1), (8, -1)], &[(1, 1), (0, -1)]];
    for bound in bounds {
        let terms = bound.iter().map(|&(column, sign)| (cell(column), sign));
        builder.rule(Rule::bound(Expression::sum(terms)));
    }
}

fn at(row: usize, column: usize) -> CellId {
    CellId(row * COLUMNS + column)
}

const MECHANISMS: [&str; 20] = [
    "stale rate",
    "difference of rounded rates",
    "truncated rate",
    "fraction for per cent",
    "wrong denominator",
    "numerator and denominator exchanged",
    "total omits a row",
    "total counts a row twice",
    "value of the neighbouring row",
    "value of the neighbouring column",
    "two cells exchanged",
    "adjacent digits swapped",
    "digit dropped",
    "digit added",
    "digit replaced",
    "thousands dot read as a decimal point",
    "decimal comma lost",
    "sign",
    "off by 1 to 9",
    "two rates exchanged",
];

/// The cells a mechanism overwrites, or `None` where it does not apply or changes nothing.
fn damage(mechanism: usize, grid: &Grid, dice: &mut Dice) -> Option<Vec<((usize, usize), i128)>> {
    let last = grid.len() - 1;
    let row = dice.below(grid.len());
    let any = dice.below(COLUMNS);
    let count = COUNTS[dice.below(COUNTS.len())];
    let (of_rate, numerator) = RATES[dice.below(RATES.len())];
    let (n, all) = (grid[row][numerator], grid[row][0]);
    let other = (row + 1 + dice.below(last)) % grid.len();
    let village = dice.below(last);
    let one = |column: usize, value: i128| vec![((row, column), value)];
    let changed = match mechanism {
        0 => one(of_rate, rate((n + dice.between(-3, 3)).max(0), all)),
        1 if dice.below(2) == 0 => one(11, grid[row][3] - grid[row][7]),
        1 => one(13, grid[row][5] - grid[row][9]),
        2 => one(of_rate, 10_000 * n / all),
        3 => one(of_rate, (grid[row][of_rate] + 50) / 100),
        4 => one(of_rate, rate(n, [grid[row][1], grid[other][0]][dice.below(2)])),
        5 if n > 0 => one(of_rate, rate(all, n)),
        6 => vec![((last, count), grid[last][count] - grid[village][count])],
        7 => vec![((last, count), grid[last][count] + grid[village][count])],
        8 => one(any, grid[if row == 0 { 1 } else { row - 1 }][any]),
        9 => one(any, grid[row][if any < 2 { any + 2 } else { any - 2 }]),
        10 => vec![((row, count), grid[other][count]), ((other, count), grid[row][count])],
        11..=14 => one(any, digits(mechanism, grid[row][any], dice)?),
        15 if grid[row][count] >= 1000 => one(count, grid[row][count] / 1000),
        16 => one(of_rate, grid[row][of_rate] * 100),
        17 => one(any, -grid[row][any]),
        18 => one(any, (grid[row][any] + dice.between(1, 9) * [1, -1][dice.below(2)]).max(0)),
        19 => vec![((row, of_rate), grid[other][of_rate]), ((other, of_rate), grid[row][of_rate])],
        _ => return None,
    };
    let differs = |((row, column), value): &((usize, usize), i128)| grid[*row][*column] != *value;
    changed.iter().all(differs).then_some(changed)
}

fn digits(mechanism: usize, value: i128, dice: &mut Dice) -> Option<i128> {
    let mut text: Vec<u8> = value.to_string().into_bytes();
    let place = dice.below(text.len());
    let digit = b'0' + u8::try_from(dice.below(10)).unwrap_or(0);
    match mechanism {
        11 if place + 1 < text.len() => text.swap(place, place + 1),
        12 if text.len() > 1 => {
            text.remove(place);
        }
        13 => text.insert(place, digit),
        14 => text[place] = digit,
        _ => return None,
    }
    String::from_utf8(text).ok()?.parse().ok()
}

/// Which trials are printed in full.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Nothing,
    Wrong,
    Missed,
}

#[derive(Default)]
struct Tally {
    trials: u32,
    detected: u32,
    right: u32,
    wrong: u32,
    safe: u32,
    safe_wrong: u32,
    proposals: u32,
    proposals_right: u32,
    tied: u32,
    alternatives: u32,
    truth_listed: u32,
    new_violations: u32,
    incomplete: u32,
    time: Duration,
    slowest: Duration,
}

struct Trial {
    truth: Grid,
    shown: Grid,
    rules: RuleSet,
    what: Vec<&'static str>,
}

impl Trial {
    fn wrong_cells(&self) -> BTreeMap<CellId, i128> {
        let truth = self.truth.iter().flatten();
        let pairs = truth.zip(self.shown.iter().flatten()).enumerate();
        pairs.filter(|(_, (a, b))| a != b).map(|(at, (&a, _))| (CellId(at), a)).collect()
    }
}

/// `None` when an error falls on a cell that fewer than `covered` rules speak of.
fn trial(
    sound: &Problem,
    villages: usize,
    rules: RuleSet,
    mechanisms: &[usize],
    covered: usize,
    dice: &mut Dice,
) -> Option<Trial> {
    let truth = true_table(villages, dice);
    let mut shown = truth.clone();
    let mut what = Vec::new();
    for &mechanism in mechanisms {
        for ((row, column), value) in damage(mechanism, &truth, dice)? {
            let speaking = sound.rules_on(at(row, column)).iter();
            let equalities = speaking
                .filter(|rule| {
                    !matches!(sound.rules()[rule.0].form, soatbieu::solver::Form::Bound { .. })
                })
                .count();
            if equalities < covered || shown[row][column] != truth[row][column] {
                return None;
            }
            shown[row][column] = value;
        }
        what.push(MECHANISMS[mechanism]);
    }
    Some(Trial { truth, shown, rules, what })
}

impl Tally {
    fn run(&mut self, trial: &Trial, show: Show) {
        let problem = problem(&trial.shown, trial.rules);
        let start = Instant::now();
        let blocks = localize(&problem, &Limits::default());
        let spent = start.elapsed();
        self.time += spent;
        self.slowest = self.slowest.max(spent);
        self.trials += 1;
        self.detected += u32::from(!blocks.is_empty());
        self.incomplete += u32::from(blocks.iter().any(|block| !block.complete));
        self.judge(&problem, &blocks, trial, show);
    }

    fn judge(&mut self, problem: &Problem, blocks: &[Block], trial: &Trial, show: Show) {
        let wrong_cells = trial.wrong_cells();
        let pinned = || blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
        let changes: Vec<_> = pinned().flat_map(|block| &block.explanations[0].changes).collect();
        let right = |cell: &CellId, value: Option<i128>| wrong_cells.get(cell).copied() == value;
        let faults = changes.iter().filter(|c| !right(&c.cell, c.value)).count();
        let unsafe_faults =
            changes.iter().any(|c| c.grade == Grade::Safe && !right(&c.cell, c.value));
        let whole =
            faults == 0 && changes.len() == wrong_cells.len() && pinned().count() == blocks.len();
        self.right += u32::from(whole && !blocks.is_empty());
        self.wrong += u32::from(faults > 0);
        self.safe += u32::from(changes.iter().any(|c| c.grade == Grade::Safe));
        self.safe_wrong += u32::from(unsafe_faults);
        self.proposals += u32::try_from(changes.len()).unwrap_or(0);
        self.proposals_right += u32::try_from(changes.len() - faults).unwrap_or(0);
        for block in blocks.iter().filter(|block| block.explanations.len() > 1) {
            self.tied += 1;
            self.alternatives += u32::try_from(block.explanations.len()).unwrap_or(0);
        }
        let listed = |block: &Block| {
            block.explanations.iter().any(|e| e.accused().all(|c| wrong_cells.contains_key(&c)))
        };
        let claimed = blocks.iter().filter(|block| block.verdict != Verdict::Undecidable);
        self.truth_listed += u32::from(claimed.into_iter().all(listed));
        let values: Vec<_> = changes.iter().filter_map(|c| Some((c.cell, c.value?))).collect();
        let broken = (0..problem.rules().len()).map(soatbieu::solver::RuleId).any(|rule| {
            problem.outcome(rule) != Outcome::Violated
                && problem.outcome_with(rule, &values) == Outcome::Violated
        });
        self.new_violations += u32::from(broken);
        if show == Show::Missed && !whole || show != Show::Nothing && faults > 0 {
            explain(problem, blocks, trial);
        }
    }

    fn line(&self, name: &str) {
        let share = |count: u32| f64::from(count) * 100.0 / f64::from(self.trials.max(1));
        println!(
            "| {name} | {} | {:.1} | {:.2} | {:.3} | {:.1} | {} | {:.1} | {:.1} | {}/{} | {} | {} | {:.2} / {:.1} |",
            self.trials,
            share(self.detected),
            share(self.right),
            share(self.wrong),
            share(self.safe),
            self.safe_wrong,
            f64::from(self.alternatives) / f64::from(self.tied.max(1)),
            share(self.truth_listed),
            self.proposals_right,
            self.proposals,
            self.new_violations,
            self.incomplete,
            self.time.as_secs_f64() * 1000.0 / f64::from(self.trials.max(1)),
            self.slowest.as_secs_f64() * 1000.0,
        );
    }
}

fn explain(problem: &Problem, blocks: &[Block], trial: &Trial) {
    let name = |cell: CellId| format!("r{}c{}", cell.0 / COLUMNS, cell.0 % COLUMNS + 1);
    println!("<!-- {:?} {} rows", trial.what, trial.truth.len());
    for (cell, value) in trial.wrong_cells() {
        println!("  wrong {} {:?} for {value}", name(cell), problem.cells()[cell.0].value);
    }
    for block in blocks {
        println!(
            "  {:?} complete {} {:?} next {:?}",
            block.verdict, block.complete, block.rules, block.next_best
        );
        for explanation in block.explanations.iter().take(5) {
            for c in &explanation.changes {
                println!(
                    "    {} -> {:?} {:?} {:?} independent {} {:?}",
                    name(c.cell),
                    c.value,
                    c.grade,
                    c.role,
                    c.support.independent,
                    c.support.witnesses
                );
            }
            println!("    --");
        }
    }
    println!("-->");
}

fn header(title: &str) {
    println!("\n## {title}\n");
    println!(
        "| | trials | detected % | pinned and right % | pinned and wrong % | something safe % | safe and wrong | alternatives when tied | no false claim % | corrections right | new violations | incomplete | mean / max ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
}

fn mixed(villages: usize, rules: RuleSet, errors: usize, trials: u32, covered: usize, show: Show) {
    let mut tally = Tally::default();
    let mut dice = Dice(villages as u64 * 1000 + errors as u64);
    // Which rules speak of a cell is the same in every table of this size.
    let sound = problem(&true_table(villages, &mut dice), rules);
    while tally.trials < trials {
        let picks: Vec<usize> = (0..errors).map(|_| dice.below(MECHANISMS.len())).collect();
        if let Some(trial) = trial(&sound, villages, rules, &picks, covered, &mut dice) {
            tally.run(&trial, show);
        }
    }
    tally.line(&format!("{}, V={villages}, k={errors}", rules.name()));
}

fn by_mechanism(rules: RuleSet, trials: u32, show: Show) {
    header(&format!("One error by mechanism, V=8, rules: {}", rules.name()));
    let sound = problem(&true_table(8, &mut Dice(0)), rules);
    for (mechanism, name) in MECHANISMS.iter().enumerate() {
        let mut tally = Tally::default();
        let mut dice = Dice(mechanism as u64);
        for _ in 0..trials.saturating_mul(20) {
            if tally.trials >= trials {
                break;
            }
            if let Some(trial) = trial(&sound, 8, rules, &[mechanism], 1, &mut dice) {
                tally.run(&trial, show);
            }
        }
        tally.line(name);
    }
}

fn clean(tables: u32) {
    let mut dice = Dice(7);
    let mut findings = 0;
    for count in 0..tables {
        let villages = [6, 8, 15, 40][count as usize % 4];
        let grid = true_table(villages, &mut dice);
        findings += localize(&problem(&grid, RuleSet::All), &Limits::default()).len();
    }
    println!("\nFindings on {tables} clean tables: {findings}");
}

fn wrong_everywhere() {
    let mut dice = Dice(11);
    let mut grid = true_table(200, &mut dice);
    for value in grid.iter_mut().flatten() {
        *value = dice.between(0, 5_000);
    }
    let start = Instant::now();
    let blocks = localize(&problem(&grid, RuleSet::All), &Limits::default());
    let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned).count();
    println!(
        "\nWrong everywhere, 200 villages: {} blocks, {pinned} pinned, {:?}",
        blocks.len(),
        start.elapsed()
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let trials = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let show = match arguments.next().as_deref() {
        None | Some("quiet") => Show::Nothing,
        Some("missed") => Show::Missed,
        Some(_) => Show::Wrong,
    };
    let only = arguments.next().unwrap_or_default();
    if "covered".contains(&only) {
        header("Mixed mechanisms; cells that two or more rules cover");
        for rules in [RuleSet::All, RuleSet::NoDifferences] {
            for villages in [6, 8, 15, 40] {
                (1..=3).for_each(|errors| mixed(villages, rules, errors, trials, 2, show));
            }
        }
    }
    if "any".contains(&only) {
        header("Mixed mechanisms; cells that one or more rules cover");
        for rules in [RuleSet::All, RuleSet::NoDifferences, RuleSet::SumsOnly] {
            (1..=3).for_each(|errors| mixed(8, rules, errors, trials, 1, show));
        }
    }
    if "large".contains(&only) {
        header("200 villages");
        for errors in [1, 3, 5] {
            mixed(200, RuleSet::All, errors, trials / 10, 2, show);
        }
        wrong_everywhere();
    }
    if "mechanisms".contains(&only) {
        for rules in [RuleSet::All, RuleSet::NoDifferences, RuleSet::SumsOnly] {
            by_mechanism(rules, trials, show);
        }
    }
    if "clean".contains(&only) {
        clean(trials.saturating_mul(10));
    }
}
