//! What the program said, judged against what was done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;
use soatbieu::correct::{Choice, correct};
use soatbieu::findings::{Checked, Finding, Grade, Verdict};
use soatbieu::lang::Lang;
use soatbieu::table::Place;

use crate::{Trial, check, place};

/// Which trials are printed in full.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    Nothing,
    Wrong,
    Missed,
    Causes,
}

impl Show {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "wrong" => Self::Wrong,
            "missed" => Self::Missed,
            "causes" => Self::Causes,
            _ => Self::Nothing,
        }
    }
}

/// Counts over the trials of one line.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) trials: u32,
    detected: u32,
    right: u32,
    wrong: u32,
    safe_wrong: u32,
    proposals: u32,
    proposals_right: u32,
    tied: u32,
    alternatives: usize,
    listed: u32,
    doubled: u32,
    new_violations: u32,
    causes: Causes,
    time: Duration,
    slowest: Duration,
}

/// How the causes of cells pinned and right came out.
#[derive(Default)]
struct Causes {
    cells: u32,
    first: u32,
    among: u32,
    other: u32,
    none: u32,
}

/// The right figures of the wrong cells.
type Truth = BTreeMap<Place, Decimal>;

impl Tally {
    pub(crate) fn run(&mut self, trial: &Trial, show: Show) {
        let (checked, spent) = check(&trial.shown, trial.rules);
        self.time += spent;
        self.slowest = self.slowest.max(spent);
        self.trials += 1;
        let truth = wrong_cells(&checked, trial);
        let errors: Vec<&Finding> = checked.errors().collect();
        self.detected += u32::from(!errors.is_empty());
        let places: BTreeSet<_> = errors.iter().map(|finding| finding.place).collect();
        self.doubled += u32::from(places.len() < errors.len());
        let pinned = pinned(&errors);
        let faults = pinned.iter().filter(|finding| is_wrong(finding, &truth)).count();
        let solved = pinned.iter().filter(|finding| is_right(finding, &truth)).count();
        let whole = solved == truth.len() && pinned.len() == solved && errors.len() == solved;
        self.right += u32::from(whole);
        self.wrong += u32::from(faults > 0);
        self.safe_wrong += u32::from(pinned.iter().any(|f| is_safe(f) && is_wrong(f, &truth)));
        self.proposals += count(pinned.iter().filter(|f| f.correction.is_some()).count());
        self.proposals_right += count(solved);
        self.judge_ties(&errors, &truth);
        self.new_violations += u32::from(breaks_a_rule(&checked));
        let misnamed = pinned
            .iter()
            .filter(|f| is_right(f, &truth))
            .filter(|f| self.judge_cause(f, trial))
            .count();
        let shown = match show {
            Show::Nothing => false,
            Show::Wrong => faults > 0,
            Show::Missed => !whole,
            Show::Causes => misnamed > 0,
        };
        if shown {
            explain(&checked, &truth, trial);
        }
    }

    fn judge_ties(&mut self, errors: &[&Finding], truth: &Truth) {
        let narrowed = errors.iter().filter(|f| f.verdict == Some(Verdict::Narrowed));
        for finding in narrowed {
            self.tied += 1;
            self.alternatives += finding.alternatives.len() + 1;
            let own: Vec<Place> = finding.place.into_iter().collect();
            let mut sets = finding.alternatives.iter().chain([&own]);
            let listed = sets.any(|set| set.iter().all(|cell| truth.contains_key(cell)));
            self.listed += u32::from(listed);
        }
    }

    /// True when another cause than the seeded one comes first.
    fn judge_cause(&mut self, finding: &Finding, trial: &Trial) -> bool {
        let seeded: Vec<_> = trial.what.iter().filter_map(|damage| damage.cause).collect();
        let is_seeded = |cause: &soatbieu::findings::Cause| seeded.contains(&cause.mechanism);
        let counts = &mut self.causes;
        counts.cells += 1;
        match finding.causes.as_slice() {
            [] => counts.none += 1,
            [first, ..] if is_seeded(first) => counts.first += 1,
            causes if causes.iter().any(is_seeded) => counts.among += 1,
            _ => counts.other += 1,
        }
        finding.causes.first().is_some_and(|first| !is_seeded(first))
    }

    fn share(&self, part: u32) -> f64 {
        f64::from(part) * 100.0 / f64::from(self.trials.max(1))
    }

    fn cells(&self, name: &str) -> String {
        let tied = f64::from(self.tied.max(1));
        let alternatives = if self.tied == 0 {
            "– | –".to_owned()
        } else {
            format!(
                "{:.1} | {:.1}",
                f64::from(count(self.alternatives)) / tied,
                f64::from(self.listed) * 100.0 / tied
            )
        };
        format!(
            "| {name} | {} | {:.1} | {:.2} | {:.2} | {} | {alternatives} | {}/{} | {} | {} |",
            self.trials,
            self.share(self.detected),
            self.share(self.right),
            self.share(self.wrong),
            self.safe_wrong,
            self.proposals_right,
            self.proposals,
            self.new_violations,
            self.doubled,
        )
    }

    fn times(&self) -> String {
        let mean = self.time.as_secs_f64() * 1000.0 / f64::from(self.trials.max(1));
        format!(" {mean:.2} / {:.1} |", self.slowest.as_secs_f64() * 1000.0)
    }

    pub(crate) fn line(&self, name: &str) {
        println!("{}{}", self.cells(name), self.times());
    }

    pub(crate) fn line_with_causes(&self, name: &str) {
        let Causes { cells, first, among, other, none } = self.causes;
        let share = |part: u32| f64::from(part) * 100.0 / f64::from(cells.max(1));
        println!(
            "{} {:.1} | {:.1} | {:.1} | {:.1} |{}",
            self.cells(name),
            share(first),
            share(first + among),
            share(other),
            share(none),
            self.times(),
        );
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn wrong_cells(checked: &Checked, trial: &Trial) -> Truth {
    let mut truth = Truth::new();
    for (row, (right, shown)) in trial.truth.iter().zip(&trial.shown).enumerate() {
        for (column, (right, _)) in right.iter().zip(shown).enumerate().filter(|(_, (a, b))| a != b)
        {
            truth.insert(place(checked, (row, column)), *right);
        }
    }
    truth
}

fn pinned<'a>(errors: &[&'a Finding]) -> Vec<&'a Finding> {
    errors.iter().copied().filter(|finding| finding.verdict == Some(Verdict::Pinned)).collect()
}

fn is_right(finding: &Finding, truth: &Truth) -> bool {
    let right = finding.place.and_then(|place| truth.get(&place));
    right.is_some() && finding.correction.as_ref().map(|correction| correction.to) == right.copied()
}

/// A sound cell accused, or a wrong figure proposed.
fn is_wrong(finding: &Finding, truth: &Truth) -> bool {
    let right = finding.place.and_then(|place| truth.get(&place));
    let proposed = finding.correction.as_ref().map(|correction| correction.to);
    right.is_none() || proposed.is_some() && proposed != right.copied()
}

fn is_safe(finding: &Finding) -> bool {
    finding.correction.as_ref().is_some_and(|correction| correction.grade == Grade::Safe)
}

/// What `fix` and `fix --suggested` would write is evaluated again.
fn breaks_a_rule(checked: &Checked) -> bool {
    [false, true].into_iter().any(|suggested| {
        let choice = Choice { suggested, ..Choice::default() };
        correct(checked, &choice).map_or(true, |corrected| {
            !corrected.newly_violated.is_empty() || !corrected.refused.is_empty()
        })
    })
}

fn explain(checked: &Checked, truth: &Truth, trial: &Trial) {
    let names: Vec<&str> = trial.what.iter().map(|damage| damage.name).collect();
    println!("<!-- {} · {} rows", names.join(" + "), trial.truth.len());
    for (place, right) in truth {
        let found = checked.table.datum(*place).printed();
        println!("  wrong {} {found} for {right}", checked.table.address(*place));
    }
    for finding in checked.errors() {
        let cell = finding.place.map(|place| checked.table.address(place).to_string());
        println!(
            "  {:?} {cell:?} {:?}",
            finding.verdict,
            finding.correction.as_ref().map(|c| (c.to, c.grade))
        );
        for set in finding.alternatives.iter().take(6) {
            let cells: Vec<String> =
                set.iter().map(|p| checked.table.address(*p).to_string()).collect();
            println!("    or {}", cells.join(" + "));
        }
        for cause in &finding.causes {
            println!("    {:?}: {}", cause.mechanism, cause.detail.get(Lang::Vi));
        }
    }
    println!("-->");
}

pub(crate) fn header(title: &str, causes: bool) {
    let named = "cause first % | cause listed % | another first % | no cause % | ";
    let named = if causes { named } else { "" };
    println!("\n## {title}\n");
    println!(
        "| | trials | detected % | pinned and right % | pinned and wrong % | safe and wrong | alternatives when tied | truth among them % | corrections right | new violations | cells told twice | {named}mean / max ms |"
    );
    println!("|---|{}", "---|".repeat(if causes { 15 } else { 11 }));
}
