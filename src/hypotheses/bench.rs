//! The exact test: a hypothesis is applied to a copy of the table, all relations are evaluated
//! again, and what was mended, broken and left decides.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rust_decimal::Decimal;

use super::{Cause, Explanation, Mechanism};
use crate::judge::{Judged, Judgement, Standing, follow, put};
use crate::lang::Text;
use crate::relations::{self, Axis, Instance, Outcome, Relation, Says, Source};
use crate::rules::{Rule, Severity};
use crate::solver::Grade;
use crate::table::{Place, Role, Table};

/// A hypothesis on certain cells, to be tested.
pub(super) struct Candidate {
    /// The rule that will tell it.
    pub(super) rule: &'static Rule,
    pub(super) mechanism: Mechanism,
    /// The figures it gives the cells it accuses.
    pub(super) changes: Vec<(Place, Decimal)>,
    /// Columns it reads in another scale and with other decimals.
    pub(super) columns: Vec<(usize, Decimal, u32)>,
    /// Rows whose figures it puts into sums.
    pub(super) rows: Vec<usize>,
    /// Typed cells that only another error makes right: their figures prove nothing.
    pub(super) unproved: Vec<Place>,
    /// Broken relations it must mend to be believed.
    pub(super) least: usize,
    /// True where the figures tell by their own shape, so that what stays broken is another error.
    pub(super) certain: bool,
    /// The best grade its repair may have.
    pub(super) ceiling: Grade,
    /// What the finding says, and the cause in a few words.
    pub(super) told: Text,
    pub(super) cause: Text,
}

/// What a candidate did to the relations of the table.
struct Trial {
    judged: Judged,
    after: Vec<Instance>,
    /// Relations that hold now and did not before.
    mended: Vec<usize>,
    /// Typed cells that were right by the wrong figures and are recomputed.
    followers: Vec<Place>,
    changed: BTreeSet<Place>,
}

/// The table on which hypotheses are tried, as those accepted before read it.
pub(super) struct Bench {
    judged: Judged,
    pub(super) instances: Vec<Instance>,
    accepted: Vec<Explanation>,
    /// Cells whose figure is no more than suggested.
    doubtful: BTreeSet<Place>,
}

/// Of the relations a hypothesis concerns, the share it may leave broken: they are errors besides.
const MENDED_FOR_ONE_LEFT: usize = 3;
/// Rounds in which typed figures follow; a total of totals of subtotals is the longest chain.
const ROUNDS: usize = 6;
/// Rows of a table from which on a candidate is first tried on a few of them.
const LONG: usize = 40;
/// Those few.
const FEW: usize = 8;
/// The most instances that are kept as evidence of one finding.
const EVIDENCE: usize = 10;

impl Bench {
    pub(super) fn new(judged: &Judged) -> Self {
        Self {
            judged: judged.clone(),
            instances: relations::instances(&judged.table, &judged.relations),
            accepted: Vec::new(),
            doubtful: BTreeSet::new(),
        }
    }

    pub(super) fn into_parts(self) -> (Judged, Vec<Explanation>) {
        (self.judged, self.accepted)
    }

    /// The table.
    pub(super) fn table(&self) -> &Table {
        &self.judged.table
    }

    /// What is known of the formula in a cell.
    pub(super) fn judgement(&self, place: Place) -> Option<&Judgement> {
        self.judged.judgements.get(&place)
    }

    /// True for a formula that is right: it follows by itself and is never accused.
    pub(super) fn is_computed(&self, place: Place) -> bool {
        self.judgement(place).is_some_and(|judgement| judgement.standing == Standing::Computed)
    }

    /// True for what a form states, not the table alone.
    pub(super) fn is_stated(&self, instance: &Instance) -> bool {
        let relation = self.judged.relations.get(instance.relation());
        relation.is_some_and(|relation| matches!(relation.source, Source::Form | Source::Both))
    }

    /// How many hypotheses were accepted.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.len()
    }

    /// True where a hypothesis of this kind was accepted.
    pub(super) fn knows(&self, mechanism: Mechanism) -> bool {
        self.accepted.iter().any(|cause| cause.cause.mechanism == mechanism)
    }

    /// Tests a candidate and takes it where it stands; tells whether it did.
    pub(super) fn accept(&mut self, candidate: Candidate) -> bool {
        let Some(trial) = self.trial(&candidate) else { return false };
        let grade = self.grade(&candidate, &trial);
        let explanation = self.explanation(candidate, &trial, grade);
        if grade != Grade::Safe {
            self.doubtful.extend(trial.changed.iter().copied());
        }
        self.accepted.push(explanation);
        (self.judged, self.instances) = (trial.judged, trial.after);
        true
    }

    /// How many broken relations a candidate would mend, where it would be accepted.
    pub(super) fn mends(&self, candidate: &Candidate) -> Option<usize> {
        Some(self.trial(candidate)?.mended.len())
    }

    /// How many relations are broken once a candidate is accepted, where it would be.
    pub(super) fn left_broken(&self, candidate: &Candidate) -> Option<usize> {
        let after = self.trial(candidate)?.after;
        Some(after.iter().filter(|i| i.outcome == Outcome::Violated).count())
    }

    /// True where what stands in a cell can be changed: a typed figure, or a formula that can be
    /// repaired as a formula.
    pub(super) fn may_change(&self, place: Place) -> bool {
        let repair = || self.judgement(place).is_some_and(|j| j.repair.is_some());
        self.table().datum(place).formula.is_none() || repair()
    }

    /// The relations with some figures changed.
    pub(super) fn read_as(&self, changes: &[(Place, Decimal)]) -> Vec<Instance> {
        let mut table = self.table().clone();
        for (place, value) in changes {
            put(&mut table, *place, *value);
        }
        relations::instances(&table, &self.judged.relations)
    }

    fn trial(&self, candidate: &Candidate) -> Option<Trial> {
        if candidate.changes.is_empty()
            || !candidate.changes.iter().all(|(place, _)| self.may_change(*place))
            || self.breaks_at_once(candidate)
        {
            return None;
        }
        let mut judged = self.applied(candidate);
        let own: BTreeSet<Place> = candidate.changes.iter().map(|(place, _)| *place).collect();
        follow(&mut judged, &own);
        let followers = self.let_totals_follow(&mut judged, &own);
        let after = relations::instances(&judged.table, &judged.relations);
        if after.len() != self.instances.len() {
            return None;
        }
        let changed: BTreeSet<Place> = judged
            .table
            .places()
            .filter(|place| judged.table.number(*place) != self.table().number(*place))
            .collect();
        let changed: BTreeSet<Place> = changed.union(&own).copied().collect();
        let mended = self.mended(candidate, &after, &own)?;
        Some(Trial { judged, after, mended, followers, changed })
    }

    /// True where a candidate breaks what holds in the first few rows that it changes, and so could
    /// not stand: most candidates do, and a long table need not be tried as a whole to see it.
    fn breaks_at_once(&self, candidate: &Candidate) -> bool {
        if candidate.certain || !candidate.columns.is_empty() || self.table().rows.len() < LONG {
            return false;
        }
        let mut rows: Vec<usize> = Vec::new();
        for (place, _) in &candidate.changes {
            if !rows.contains(&place.row) && self.table().rows[place.row].role == Role::Unit {
                rows.push(place.row);
            }
            if rows.len() == FEW {
                break;
            }
        }
        let Judged { table, relations, .. } = &self.judged;
        let mut few = table.of_rows(&rows);
        // A share is one of a figure in another row.
        let in_rows = relations.iter().filter(|relation| {
            relation.axis == Axis::Column && !matches!(relation.says, Says::Share { .. })
        });
        let relations: Vec<Relation> = in_rows.cloned().collect();
        let before = relations::instances(&few, &relations);
        for (place, value) in &candidate.changes {
            if let Some(row) = rows.iter().position(|row| *row == place.row) {
                put(&mut few, Place::new(row, place.column), *value);
            }
        }
        let after = relations::instances(&few, &relations);
        // A formula may follow, and mend what is broken here.
        let is_typed = |cell: Place| few.datum(cell).formula.is_none();
        before.len() == after.len()
            && before.iter().zip(&after).any(|(before, after)| {
                before.outcome == Outcome::Satisfied
                    && after.outcome == Outcome::Violated
                    && after.cells().all(is_typed)
            })
    }

    /// The table as a candidate has it, before anything follows.
    fn applied(&self, candidate: &Candidate) -> Judged {
        let mut judged = self.judged.clone();
        for (column, scale, decimals) in &candidate.columns {
            judged.table.columns[*column].scale = Some(*scale);
            judged.table.columns[*column].decimals = Some(*decimals);
            for relation in judged.relations.iter_mut().filter(|r| r.axis == Axis::Column) {
                match &mut relation.says {
                    Says::Ratio { scale: own, .. } if relation.target == *column => {
                        *own = Some(*scale);
                    }
                    _ => {}
                }
            }
        }
        for (place, value) in &candidate.changes {
            write(&mut judged, *place, *value);
        }
        for place in &candidate.unproved {
            judged.judgements.insert(*place, Judgement::nothing());
        }
        judged
    }

    /// The relations that a candidate mends, where it stands by what it breaks and leaves.
    fn mended(
        &self,
        candidate: &Candidate,
        after: &[Instance],
        own: &BTreeSet<Place>,
    ) -> Option<Vec<usize>> {
        let (mut mended, mut left, mut broken) = (Vec::new(), 0, 0);
        for (index, (before, after)) in self.instances.iter().zip(after).enumerate() {
            match (&before.outcome, &after.outcome) {
                (Outcome::Satisfied, Outcome::Violated) => broken += 1,
                (Outcome::Satisfied, _) => {}
                (_, Outcome::Satisfied) => mended.push(index),
                (_, Outcome::Violated) => {
                    left += usize::from(after.cells().any(|cell| own.contains(&cell)));
                }
                _ => {}
            }
        }
        // Beside another error something may break that held by two wrongs; never without one.
        let stands = if candidate.certain {
            broken * MENDED_FOR_ONE_LEFT <= mended.len()
        } else {
            broken == 0 && left * MENDED_FOR_ONE_LEFT <= mended.len()
        };
        (stands && mended.len() >= candidate.least).then_some(mended)
    }

    /// Typed figures of total rows that were computed from figures which are changed now, and fitted
    /// them, are computed again. Which ones.
    fn let_totals_follow(&self, judged: &mut Judged, own: &BTreeSet<Place>) -> Vec<Place> {
        let mut followers: Vec<Place> = Vec::new();
        for _ in 0..ROUNDS {
            let table = &judged.table;
            let after = relations::instances(table, &judged.relations);
            let fixes = |i: &Instance, outcome: Outcome| i.is_equality() && i.outcome == outcome;
            // What another relation still vouches for does not follow.
            let vouched: BTreeSet<Place> = after
                .iter()
                .filter(|i| fixes(i, Outcome::Satisfied))
                .map(Instance::target)
                .collect();
            let mut behind: BTreeMap<Place, Decimal> = BTreeMap::new();
            for (before, after) in self.instances.iter().zip(&after) {
                let place = after.target();
                let broken =
                    before.outcome == Outcome::Satisfied && fixes(after, Outcome::Violated);
                let is_sum = table.rows[place.row].is_sum();
                let typed = table.datum(place).formula.is_none();
                let free = !own.contains(&place) && !vouched.contains(&place);
                if let (true, Some(expected)) =
                    (broken && is_sum && typed && free, after.expected())
                {
                    behind.entry(place).or_insert(expected);
                }
            }
            behind.retain(|place, _| !followers.contains(place));
            if behind.is_empty() {
                break;
            }
            let fresh: BTreeSet<Place> = behind.keys().copied().collect();
            for (place, value) in behind {
                put(&mut judged.table, place, value);
                followers.push(place);
            }
            follow(judged, &fresh);
        }
        followers
    }

    /// Safe where each accused figure is proved: by two relations it mends, or computed from figures
    /// that others vouch for and nothing here touches.
    fn grade(&self, candidate: &Candidate, trial: &Trial) -> Grade {
        let proofs = Proofs::of(self, trial);
        let all = candidate.changes.iter().all(|(place, _)| proofs.proves(*place));
        let grade = if all && trial.followers.is_empty() { Grade::Safe } else { Grade::Suggested };
        grade.max(candidate.ceiling)
    }

    fn explanation(&self, candidate: Candidate, trial: &Trial, grade: Grade) -> Explanation {
        let Candidate { rule, mechanism, changes, rows, told, cause, .. } = candidate;
        let mut cells: Vec<Place> = changes.iter().map(|(place, _)| *place).collect();
        cells.sort_unstable();
        let is_own = |place: &Place| cells.binary_search(place).is_ok();
        let value = |place: Place| trial.judged.table.number(place);
        let typed = cells.iter().chain(&trial.followers);
        let repair = typed.filter_map(|place| Some((*place, value(*place)?))).collect();
        let followers: Vec<Place> =
            trial.changed.iter().copied().filter(|place| !is_own(place)).collect();
        let wrong = cells.iter().any(|place| self.table().number(*place) != value(*place));
        let concerns = |index: &usize| {
            self.instances[*index].is_equality()
                && self.instances[*index].cells().any(|cell| is_own(&cell))
        };
        let evidence = trial.mended.iter().copied().filter(concerns).take(EVIDENCE).collect();
        Explanation {
            rule,
            severity: if wrong { Severity::Error } else { Severity::Warning },
            cause: Cause { mechanism, detail: cause },
            told,
            cells,
            followers,
            rows,
            repair,
            grade,
            evidence,
        }
    }
}

/// The equalities of a table as a trial reads it, by their cells.
struct Proofs<'a> {
    trial: &'a Trial,
    around: HashMap<Place, Vec<usize>>,
    mended: HashSet<usize>,
    touched: BTreeSet<Place>,
    /// Whether each held before and holds now, over figures that nothing touches.
    vouches: Vec<bool>,
}

impl<'a> Proofs<'a> {
    fn of(bench: &Bench, trial: &'a Trial) -> Self {
        let touched: BTreeSet<Place> = trial.changed.union(&bench.doubtful).copied().collect();
        let around = relations::equalities_around(&trial.after);
        let held = bench.instances.iter().map(|before| before.outcome == Outcome::Satisfied);
        let vouches = held.zip(&trial.after).map(|(held, after)| {
            held && after.outcome == Outcome::Satisfied
                && after.is_equality()
                && !after.cells().any(|cell| touched.contains(&cell))
        });
        let vouches = vouches.collect();
        let mended = trial.mended.iter().copied().collect();
        Self { trial, around, mended, touched, vouches }
    }

    fn around(&self, place: Place) -> &[usize] {
        self.around.get(&place).map_or(&[], Vec::as_slice)
    }

    /// True for a figure that two mended relations give, or that is computed from sound ones.
    fn proves(&self, place: Place) -> bool {
        let mended = self.around(place).iter().filter(|index| self.mended.contains(index));
        mended.count() > 1 || self.is_computed_soundly(place)
    }

    fn is_computed_soundly(&self, place: Place) -> bool {
        let vouched = |cell: Place| self.around(cell).iter().any(|index| self.vouches[*index]);
        self.around(place).iter().map(|index| &self.trial.after[*index]).any(|instance| {
            instance.target() == place
                && instance.outcome == Outcome::Satisfied
                && instance.inputs().all(|input| !self.touched.contains(&input) && vouched(input))
        })
    }
}

/// Puts a figure where it belongs: a formula stays one, repaired.
fn write(judged: &mut Judged, place: Place, value: Decimal) {
    put(&mut judged.table, place, value);
    let Some(judgement) = judged.judgements.get(&place) else { return };
    if let Some(repair) = &judgement.repair {
        let right = Judgement::right(judgement.concern);
        judged.table.grid[place.row][place.column].formula = Some(repair.as_str().into());
        judged.judgements.insert(place, right);
    }
}
