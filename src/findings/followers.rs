//! Cells with right formulas come out right by themselves once what they read is mended: they are
//! told under that cell and are no findings of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::evidence::Evidence;
use crate::formula::Reference;
use crate::judge::{Judged, Standing};
use crate::locate::Change;
use crate::rules::Severity;
use crate::table::{Place, Reading, Table};

/// Errors of one table that are asked what they follow from; more are not of that kind.
const MOST_ASKED: usize = 2_000;
/// Cells that are looked at for what one follows from.
const MOST_READ: usize = 20_000;

/// True for a live formula that provably computes its rule: its figure is as good as its inputs.
pub(super) fn follows(judged: &Judged, place: Place) -> bool {
    let judgement = judged.judgements.get(&place);
    judgement.is_some_and(|judgement| judgement.standing == Standing::Computed)
}

/// The cells of an explanation that somebody must mend; all of them where each only follows.
pub(super) fn roots(judged: &Judged, set: &[Change]) -> Vec<Place> {
    let roots = set.iter().filter(|change| !change.follows && !follows(judged, change.place));
    let roots: Vec<Place> = roots.map(|change| change.place).collect();
    if roots.is_empty() { set.iter().map(|change| change.place).collect() } else { roots }
}

/// Of the waiting cells those that are computed from a cell, directly or through each other.
pub(super) fn take(evidence: &Evidence<'_>, root: Place, waiting: &mut Vec<Place>) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut reached = BTreeSet::from([root]);
    loop {
        let reads = |place: &Place| {
            let own = evidence.around(*place).filter(|(_, i)| i.target() == *place);
            own.flat_map(|(_, i)| i.inputs()).any(|input| reached.contains(&input))
        };
        let next: Vec<Place> = waiting.iter().copied().filter(reads).collect();
        if next.is_empty() {
            found.sort_unstable();
            return found;
        }
        waiting.retain(|place| !next.contains(place));
        reached.extend(&next);
        found.extend(next);
    }
}

/// Takes out the errors on cells that only follow from another error's cell, and names them there.
pub(super) fn fold(judged: &Judged, findings: &mut Vec<Finding>) {
    let errors = |finding: &&Finding| finding.severity == Severity::Error;
    let follower = |finding: &Finding| {
        finding.severity == Severity::Error
            && !finding.rule.is_on_formulas()
            && finding.place.is_some_and(|place| only_follows(judged, place))
    };
    let asked = findings.iter().filter(|finding| follower(finding)).count();
    if asked == 0 || asked > MOST_ASKED || findings.iter().filter(errors).count() < 2 {
        return;
    }
    let mut formulas = Formulas { table: &judged.table, read: BTreeMap::new() };
    let mut kept: Vec<Finding> = Vec::new();
    let mut waiting: Vec<(Finding, BTreeSet<Place>)> = Vec::new();
    for finding in findings.drain(..) {
        match finding.place.filter(|_| follower(&finding)) {
            Some(place) => {
                let read = formulas.all_read_by(place);
                waiting.push((finding, read));
            }
            None => kept.push(finding),
        }
    }
    // What follows from another follower follows from what that one follows from.
    let followers: BTreeSet<Place> = waiting.iter().filter_map(|(f, _)| f.place).collect();
    let depends = |read: &BTreeSet<Place>| read.iter().any(|place| followers.contains(place));
    let (deep, tops): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, read)| depends(read));
    for (finding, read) in tops.into_iter().chain(deep) {
        let names = |root: &Finding| {
            let alternatives = root.alternatives.iter().flatten();
            root.severity == Severity::Error
                && root
                    .place
                    .iter()
                    .chain(&root.others)
                    .chain(alternatives)
                    .any(|p| read.contains(p))
        };
        match kept.iter_mut().find(|root| names(root)) {
            Some(root) => {
                root.followers.extend(finding.place);
                root.followers.extend(finding.followers);
                root.followers.sort_unstable();
                root.followers.dedup();
            }
            None => kept.push(finding),
        }
    }
    *findings = kept;
}

/// True for a cell whose own formula is not at fault: a right one, or one that only hands on an
/// error value.
fn only_follows(judged: &Judged, place: Place) -> bool {
    let hands_on = || {
        let datum = judged.table.datum(place);
        let judgement = judged.judgements.get(&place);
        matches!(datum.reading, Reading::Error(_))
            && datum.formula.is_some()
            && judgement.is_none_or(|judgement| judgement.standing != Standing::Discredited)
    };
    follows(judged, place) || hands_on()
}

/// What the formulas of a table's cells read of the table.
struct Formulas<'a> {
    table: &'a Table,
    read: BTreeMap<Place, Vec<Place>>,
}

impl Formulas<'_> {
    /// All cells a cell is computed from, directly or through others, itself not among them.
    fn all_read_by(&mut self, place: Place) -> BTreeSet<Place> {
        let mut found = BTreeSet::new();
        let mut pending = vec![place];
        while let Some(next) = pending.pop() {
            for input in self.read_by(next) {
                if found.len() < MOST_READ && input != place && found.insert(input) {
                    pending.push(input);
                }
            }
        }
        found
    }

    fn read_by(&mut self, place: Place) -> Vec<Place> {
        if let Some(known) = self.read.get(&place) {
            return known.clone();
        }
        let references =
            self.table.formula(place).map(|formula| formula.references()).unwrap_or_default();
        let mut read = Vec::new();
        for reference in references {
            let Reference::Cells(cells) = reference else { continue };
            let here = cells.sheet.as_deref().is_none_or(|sheet| sheet == self.table.sheet);
            let rows = self.table.rows.iter().enumerate().filter(|(_, row)| {
                here && (cells.range.start.row..=cells.range.end.row).contains(&row.sheet_row)
            });
            for (row, _) in rows {
                let columns = self.table.columns.iter().enumerate().filter(|(_, column)| {
                    let reach = cells.range.start.column..=cells.range.end.column;
                    reach.contains(&column.sheet_column)
                });
                read.extend(columns.map(|(column, _)| Place::new(row, column)));
            }
        }
        self.read.insert(place, read.clone());
        read
    }
}
