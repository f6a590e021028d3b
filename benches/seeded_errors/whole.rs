//! Causes over a whole row, column or table, alone and with single errors besides.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use soatbieu::findings::{Checked, Correction, Grade, Mechanism, Verdict};
use soatbieu::lang::Lang;
use soatbieu::recognise::Request;
use soatbieu::table::Place;

use crate::damage::{DAMAGES, Damage};
use crate::tables::{
    COLUMNS, COUNTS, Dice, FIRST, Grid, RATES, RuleSet, Sums, hundredths, true_table, workbook_with,
};
use crate::tally::Show;
use crate::{covered_cells, place};

/// A cause over many cells.
struct Whole {
    name: &'static str,
    cause: Mechanism,
    /// How the total row is made: typed, or by formulas over these villages.
    sums: fn(usize) -> Sums,
    make: fn(&Grid, &mut Dice) -> Grid,
}

const WHOLE: &[Whole] = &[
    Whole {
        name: "village inserted above the total, typed",
        cause: Mechanism::OmittedRow,
        sums: |_| Sums::Typed,
        make: |grid, _| with_total(grid, |row| row + 2 < grid.len(), 1),
    },
    Whole {
        name: "village inserted above the total, formulas",
        cause: Mechanism::OmittedRow,
        sums: |villages| Sums::Live { first: 0, last: villages - 2 },
        make: |grid, _| with_total(grid, |row| row + 2 < grid.len(), 1),
    },
    Whole {
        name: "typed total leaves any village out",
        cause: Mechanism::OmittedRow,
        sums: |_| Sums::Typed,
        make: |grid, dice| {
            let omitted = dice.below(grid.len() - 1);
            with_total(grid, |row| row != omitted && row + 1 < grid.len(), 1)
        },
    },
    Whole {
        name: "typed total counts a village twice",
        cause: Mechanism::DoubledRow,
        sums: |_| Sums::Typed,
        make: |grid, dice| {
            let mut more = grid.clone();
            more.insert(0, grid[dice.below(grid.len() - 1)].clone());
            let total = with_total(&more, |row| row + 1 < more.len(), 1).pop();
            let mut shown = grid.clone();
            if let (Some(last), Some(total)) = (shown.last_mut(), total) {
                *last = total;
            }
            shown
        },
    },
    Whole {
        name: "column of rates lost its comma",
        cause: Mechanism::LostComma,
        sums: |_| Sums::Typed,
        make: |grid, dice| {
            let (rate, _) = dice.pick(&RATES);
            without_commas(grid, &[rate])
        },
    },
    Whole {
        name: "table pasted under another locale",
        cause: Mechanism::OtherLocale,
        sums: |_| Sums::Typed,
        make: |grid, _| {
            let mut shown = without_commas(grid, &RATES.map(|(rate, _)| rate));
            for row in &mut shown {
                for column in COUNTS {
                    let count = &mut row[column];
                    if *count >= Decimal::ONE_THOUSAND {
                        *count = (*count / Decimal::ONE_THOUSAND).normalize();
                    }
                }
            }
            shown
        },
    },
    Whole {
        name: "column divided by the people",
        cause: Mechanism::WrongDenominator,
        sums: |_| Sums::Typed,
        make: |grid, dice| {
            let (rate, numerator) = dice.pick(&RATES);
            let mut shown = grid.clone();
            for row in &mut shown {
                row[rate] = ratio(row[numerator], row[1]);
            }
            shown
        },
    },
];

fn ratio(count: Decimal, of: Decimal) -> Decimal {
    let whole = |value: Decimal| i64::try_from(value).unwrap_or(0);
    Decimal::new(hundredths(whole(count), whole(of).max(1)), 2)
}

/// The table with its total row made of some of its rows only, rates included.
fn with_total(grid: &Grid, counts: impl Fn(usize) -> bool, times: i64) -> Grid {
    let mut shown = grid.clone();
    let Some(total) = shown.last_mut() else { return shown };
    for column in COUNTS {
        let rows = grid.iter().enumerate().filter(|(row, _)| counts(*row));
        total[column] = rows.map(|(_, row)| row[column] * Decimal::from(times)).sum();
    }
    for (rate, numerator) in RATES {
        total[rate] = ratio(total[numerator], total[0]);
    }
    shown
}

fn without_commas(grid: &Grid, columns: &[usize]) -> Grid {
    let mut shown = grid.clone();
    for row in &mut shown {
        for column in columns {
            row[*column] = (row[*column] * Decimal::ONE_HUNDRED).normalize();
        }
    }
    shown
}

#[derive(Default)]
struct Counts {
    trials: u32,
    right: u32,
    wrong: u32,
    safe_wrong: u32,
    named: u32,
    slowest: Duration,
}

/// Runs every cause on tables of several sizes, with so many single errors besides.
pub(crate) fn run(trials: u32, errors: usize, show: Show) {
    println!("\n## Causes over many cells, with {errors} single errors besides\n");
    println!(
        "| | trials | pinned and right % | pinned and wrong | safe and wrong | cause named % | max ms |"
    );
    println!("|---|---|---|---|---|---|---|");
    for rules in [RuleSet::Form, RuleSet::IndexRow] {
        for whole in WHOLE {
            let mut counts = Counts::default();
            for villages in [6, 8, 15, 40] {
                let mut dice = Dice(villages as u64 * 7919 + errors as u64);
                let wanted = covered_cells(villages, rules, 2);
                let (mut done, mut tried) = (0, 0);
                while done < trials && tried < trials.saturating_mul(60) {
                    tried += 1;
                    let Some((truth, shown)) = trial(whole, villages, errors, &wanted, &mut dice)
                    else {
                        continue;
                    };
                    judge(whole, rules, &truth, &shown, &mut counts, show);
                    done += 1;
                }
            }
            line(&format!("{}, {}", whole.name, rules.name()), &counts);
        }
    }
}

fn trial(
    whole: &Whole,
    villages: usize,
    errors: usize,
    wanted: &std::collections::BTreeSet<(usize, usize)>,
    dice: &mut Dice,
) -> Option<(Grid, Grid)> {
    let truth = true_table(villages, dice);
    let single: Vec<&Damage> = DAMAGES.iter().filter(|damage| damage.mixed).collect();
    // What happens to the total row happens before other figures are mistyped; what happens to all
    // separators happens after.
    let of_rows = (whole.make)(&truth, dice);
    let typed = (whole.sums)(villages) == Sums::Typed;
    let total_only = typed && truth.iter().zip(&of_rows).take(villages).all(|(a, b)| a == b);
    let mut shown = if total_only { of_rows } else { truth.clone() };
    for _ in 0..errors {
        for ((row, column), value) in dice.pick(&single).seed(&truth, dice)? {
            if !wanted.contains(&(row, column))
                || shown[row][column] != truth[row][column]
                || row == villages
                // A sum that follows says nothing of what it adds up.
                || !typed && column < 2
            {
                return None;
            }
            shown[row][column] = value;
        }
    }
    if !total_only {
        shown = (whole.make)(&shown, dice);
    }
    (shown != truth).then_some((truth, shown))
}

fn judge(
    whole: &Whole,
    rules: RuleSet,
    truth: &Grid,
    shown: &Grid,
    counts: &mut Counts,
    show: Show,
) {
    let known = match rules {
        RuleSet::Form => soatbieu::forms::builtin().expect("the built-in forms are valid"),
        RuleSet::IndexRow | RuleSet::SumsOnly => Vec::new(),
    };
    let book = workbook_with(shown, rules, (whole.sums)(truth.len() - 1));
    let request = Request { known, ..Request::default() };
    let start = Instant::now();
    let checkup = soatbieu::check_workbook(book, &request).expect("a table with an index row");
    counts.slowest = counts.slowest.max(start.elapsed());
    counts.trials += 1;
    let checked = &checkup.tables[0];
    let mut wrong: BTreeMap<Place, Decimal> = BTreeMap::new();
    for (row, (right, shown)) in truth.iter().zip(shown).enumerate() {
        for column in (0..COLUMNS).filter(|column| right[*column] != shown[*column]) {
            wrong.insert(place(checked, (row, column)), right[column].normalize());
        }
    }
    let (right, faults, safe) = outcome(checked, &wrong, (whole.sums)(truth.len() - 1));
    counts.right += u32::from(right);
    counts.wrong += u32::from(faults);
    counts.safe_wrong += u32::from(safe);
    let causes = checked.errors().flat_map(|finding| &finding.causes);
    counts.named += u32::from(causes.map(|cause| cause.mechanism).any(|m| m == whole.cause));
    let told = match show {
        Show::Wrong => faults,
        Show::Missed => !right,
        Show::Nothing | Show::Causes => false,
    };
    if told {
        explain(whole, checked, &wrong, faults);
    }
}

/// Whether all that is wrong is put right by pinned findings or follows by itself, whether a pinned
/// finding accuses a right cell or gives a wrong figure, and whether one does so safely.
fn outcome(checked: &Checked, wrong: &BTreeMap<Place, Decimal>, sums: Sums) -> (bool, bool, bool) {
    let pinned = || checked.errors().filter(|f| f.verdict == Some(Verdict::Pinned));
    let corrections = || pinned().flat_map(soatbieu::findings::Finding::all_corrections);
    let given: BTreeMap<Place, Decimal> =
        corrections().map(|c| (c.place, c.to.normalize())).collect();
    let follows = |place: &Place| pinned().any(|finding| finding.followers.contains(place));
    // A formula is right when it adds up all villages, whatever these still hold.
    let repaired = |place: &Place| {
        let Sums::Live { last, .. } = sums else { return false };
        let repair = checked.judgements.get(place).and_then(|j| j.repair.as_deref());
        let end = format!("{})", last + 1 + FIRST as usize + 1);
        repair.is_some_and(|text| text.starts_with("SUM(") && text.ends_with(&end))
    };
    let mended = wrong.iter().all(|(place, right)| match given.get(place) {
        Some(value) => value == right || repaired(place),
        None => follows(place),
    });
    let is_wrong = |c: &&Correction| {
        let stands = checked.table.number(c.place).map(|found| found.normalize());
        let right = wrong.get(&c.place).copied().or(stands);
        right != Some(c.to.normalize()) && !repaired(&c.place)
    };
    let accused = pinned().flat_map(|finding| finding.place.iter().chain(&finding.others));
    let by_chance = |place: &Place| checked.judgements.contains_key(place);
    let blames = accused.filter(|place| !by_chance(place)).any(|place| !wrong.contains_key(place));
    let unpinned = checked.errors().any(|f| f.verdict != Some(Verdict::Pinned));
    let faults = blames || corrections().any(|c| is_wrong(&c));
    let safe = corrections().filter(|c| c.grade == Grade::Safe).any(|c| is_wrong(&c));
    (mended && !unpinned && !faults, faults, safe)
}

fn line(name: &str, counts: &Counts) {
    let share = |part: u32| f64::from(part) * 100.0 / f64::from(counts.trials.max(1));
    println!(
        "| {name} | {} | {:.1} | {} | {} | {:.1} | {:.0} |",
        counts.trials,
        share(counts.right),
        counts.wrong,
        counts.safe_wrong,
        share(counts.named),
        counts.slowest.as_secs_f64() * 1000.0,
    );
}

fn explain(whole: &Whole, checked: &Checked, wrong: &BTreeMap<Place, Decimal>, faults: bool) {
    println!("<!-- {}{}", whole.name, if faults { ", pinned and wrong" } else { "" });
    for (place, right) in wrong {
        let found = checked.table.datum(*place).printed();
        println!("  wrong {} {found} for {right}", checked.table.address(*place));
    }
    for finding in checked.errors() {
        println!(
            "  {:?} {}",
            finding.verdict,
            soatbieu::findings::words::message(checked, finding, Lang::Vi)
        );
        for correction in finding.all_corrections() {
            println!(
                "    {} -> {} {:?} {:?}",
                checked.table.address(correction.place),
                correction.to,
                correction.grade,
                wrong.get(&correction.place).is_some_and(|right| *right == correction.to),
            );
        }
    }
    println!("-->");
}
