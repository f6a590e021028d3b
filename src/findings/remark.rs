//! Remarks on single cells as findings. What is said of a cell whose figure is not known is what the
//! rules give.

use super::assemble::{bare, repair};
use super::evidence::Evidence;
use super::{Correction, Finding, Grade, Reason, Verdict, cause_of_unread, followers};
use crate::judge::Judged;
use crate::locate::{Change, Located};
use crate::relations::Outcome;
use crate::rules::{
    ACROSS_MISMATCH, FORMAT_HIDES_FIGURE, MERGED_FIGURE, Remark, Severity, UNKNOWN_RESULT,
    UNREADABLE_NUMBER,
};
use crate::table::{Kind, Place, Reading, Table};

/// What remarks are told from.
pub(super) struct Told<'a> {
    pub(super) judged: &'a Judged,
    pub(super) evidence: &'a Evidence<'a>,
    /// The table as its formulas would have it.
    pub(super) sound: &'a Table,
    pub(super) located: &'a Located,
}

/// What a change puts into its cell.
pub(super) fn correction(table: &Table, change: &Change) -> Option<Correction> {
    let Change { place, value, grade, reason, .. } = *change;
    Some(Correction { place, from: table.number(place), to: value?, grade, reason })
}

impl Told<'_> {
    /// A remark as a finding.
    pub(super) fn finding(&self, remark: &Remark) -> Finding {
        let Self { judged: Judged { table, .. }, located, .. } = self;
        let place = remark.place;
        let heading = remark
            .texts
            .clone()
            .filter(|_| remark.place.is_none() && remark.outside.is_none())
            .and_then(|(found, wanted)| Some((remark.others.first()?.column, found, wanted)));
        let error = remark.severity == Severity::Error;
        // What speaks against a cell here stands in another table, not in this ledger.
        let own = error && verdict(remark) == Verdict::Pinned;
        let correction = match place {
            Some(place) if *remark.rule == FORMAT_HIDES_FIGURE => other_format(table, place),
            Some(place) if own => self.correction(place, remark),
            _ => None,
        };
        let derived = place.filter(|_| own).and_then(|place| located.derived.get(&place)?.value);
        let computed = correction.as_ref().map(|correction| correction.to).or(derived);
        let expected = computed.or(remark.expected);
        let read = remark.others.iter().filter(|_| correction.is_some());
        let along = read.filter_map(|other| self.read_through(*other, remark)).collect();
        let cause = place.and_then(|place| cause_of_unread(table, place, expected));
        Finding {
            others: if heading.is_some() { Vec::new() } else { remark.others.clone() },
            more: remark.more,
            outside: remark.outside,
            texts: remark.texts.clone().filter(|_| remark.outside.is_some()),
            followers: self.waiting_for(remark),
            heading,
            expected,
            // A text is judged as it stands; the question of which figure is wrong does not arise.
            verdict: place
                .filter(|place| error && table.columns[place.column].kind != Kind::Text)
                .map(|_| verdict(remark)),
            evidence: place
                .filter(|_| own)
                .map(|place| self.evidence.of(place))
                .unwrap_or_default(),
            along,
            causes: cause.into_iter().collect(),
            correction,
            ..bare(remark.rule, remark.severity, place)
        }
    }

    /// What a cell without a figure should hold: what the rules give, what is read through its
    /// marks, or what its repaired formula computes. Nothing can be written into a cell that is
    /// merged away.
    fn correction(&self, place: Place, remark: &Remark) -> Option<Correction> {
        if *remark.rule == MERGED_FIGURE {
            return None;
        }
        let table = &self.judged.table;
        let derived = || correction(table, self.located.derived.get(&place)?);
        let repaired = || repair(table, self.sound, place, self.judged.judgements.get(&place)?);
        derived().or_else(|| self.read_through(place, remark)).or_else(repaired)
    }

    /// The figure that was read through a unit or a mark, to be written without it; safe where two
    /// rules that hold confirm it.
    fn read_through(&self, place: Place, remark: &Remark) -> Option<Correction> {
        let table = &self.judged.table;
        let figure = table.number(place).filter(|_| *remark.rule == UNREADABLE_NUMBER)?;
        let own = self.evidence.around(place);
        let holding = own.filter(|(_, instance)| instance.outcome == Outcome::Satisfied);
        let (grade, reason) = match holding.count() {
            0 | 1 => (Grade::Suggested, Reason::OnlyExplanation),
            rules => (Grade::Safe, Reason::RulesAgree(rules)),
        };
        Some(Correction { place, from: None, to: figure, grade, reason })
    }

    /// The formulas that wait for a remark's cells: those without a result for want of theirs, and
    /// those that took a figure nobody knows for zero.
    fn waiting_for(&self, remark: &Remark) -> Vec<Place> {
        let table = &self.judged.table;
        if *remark.rule == UNKNOWN_RESULT {
            let told =
                |place: &Place| remark.place == Some(*place) || remark.others.contains(place);
            let mut unknown =
                table.places_with(|datum, _| matches!(datum.reading, Reading::Unknown(_)));
            unknown.retain(|place| !told(place));
            return unknown;
        }
        let Some(place) =
            remark.place.filter(|place| self.evidence.ledger().unknown.contains(place))
        else {
            return Vec::new();
        };
        let formulas = self.judged.judgements.keys().copied();
        let mut waiting: Vec<Place> =
            formulas.filter(|cell| followers::follows(self.judged, *cell)).collect();
        followers::take(self.evidence, place, &mut waiting)
    }
}

/// A cell that keeps its figure and gets a format that shows it.
fn other_format(table: &Table, place: Place) -> Option<Correction> {
    let figure = table.number(place)?;
    let (grade, reason) = (Grade::Safe, Reason::FormatOnly);
    Some(Correction { place, from: Some(figure), to: figure, grade, reason })
}

/// A remark is about its own cell, unless another table says otherwise: then either may be wrong.
fn verdict(remark: &Remark) -> Verdict {
    if *remark.rule == ACROSS_MISMATCH { Verdict::Narrowed } else { Verdict::Pinned }
}
