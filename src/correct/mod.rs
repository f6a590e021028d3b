//! Corrections: which are applied, proved on the table before anything is written.
//!
//! Corrections are put into the table in memory and every rule is evaluated again. One that breaks
//! a rule that held before is refused: a corrected file never has a new fault. What is left is the
//! ledger before and after, which the change list and the report show.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::iter::once;

use rust_decimal::Decimal;

use crate::failure::{Code, Failure};
use crate::findings::{Checked, Correction, Finding, Grade, Reason, check_known};
use crate::judge::{Judged, Judgement, follow, put};
use crate::relations::Outcome;
use crate::rules::Selection;
use crate::table::Place;
use crate::workbook::Address;

/// Which corrections are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Also corrections of grade [`Grade::Suggested`].
    pub suggested: bool,
    /// A person's decisions: cell and figure, in the unit the table prints.
    pub accepted: Vec<(Address, Decimal)>,
    /// Cells whose suggested corrections a person agrees to, each with all that its finding corrects.
    pub agreed: Vec<Address>,
    /// Cells whose corrections are not wanted.
    pub declined: Vec<Address>,
    /// The rules whose findings are answered.
    pub selection: Selection,
}

/// A correction that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What is changed.
    pub correction: Correction,
    /// The finding it answers, as an index into [`Checked::findings`]; `None` for a decision on a
    /// cell without a finding.
    pub finding: Option<usize>,
}

/// A table with its corrections applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// What was changed, by row, then column.
    pub applied: Vec<Applied>,
    /// Corrections of the wanted grade that were refused, because they would break a rule.
    pub refused: Vec<Correction>,
    /// The table after the corrections, checked again.
    pub after: Checked,
    /// Rules that held before and do not after; always empty unless a person's decision broke one.
    pub newly_violated: Vec<usize>,
}

/// Rounds of looking again with what was corrected before.
const MAX_ROUNDS: usize = 8;

/// Applies the wanted corrections to a checked table. With what a person decided, and with what was
/// corrected, the wrong cells are looked for again, so that what became certain is corrected too.
///
/// # Errors
/// [`Code::CannotCorrect`] when an accepted cell is not a figure of the table, or when the accepted
/// figure would break a rule that holds.
pub fn correct(before: &Checked, choice: &Choice) -> Result<Corrected, Failure> {
    let mut state = State {
        before,
        by_place: by_place(before),
        applied: decisions(before, choice)?,
        refused: Vec::new(),
    };
    // Decisions that only hold together with other corrections are judged with those.
    let decided = (!state.applied.is_empty()).then(|| evaluate(before, &state.applied));
    let mut current = decided.filter(|after| newly_violated(before, after).is_empty());
    for _ in 0..MAX_ROUNDS {
        let found = current.as_ref().unwrap_or(before);
        let fresh = state.fresh(found, choice);
        if fresh.is_empty() && current.is_some() {
            break;
        }
        state.applied.extend(fresh);
        current = Some(state.settle()?);
    }
    let after = current.unwrap_or_else(|| evaluate(before, &state.applied));
    Ok(state.conclude(after))
}

/// Corrections on their way into a table.
struct State<'a> {
    before: &'a Checked,
    /// The findings before, by the cell they are about.
    by_place: HashMap<Option<Place>, Vec<usize>>,
    applied: Vec<Applied>,
    refused: Vec<Correction>,
}

impl State<'_> {
    /// The wanted corrections that were not tried before.
    fn fresh(&self, found: &Checked, choice: &Choice) -> Vec<Applied> {
        let mut fresh: Vec<Applied> = Vec::new();
        let applied = self.applied.iter().map(|known| known.correction.place);
        let refused = self.refused.iter().map(|known| known.place);
        let mut known: HashSet<Place> = applied.chain(refused).collect();
        let declined: HashSet<Address> = choice.declined.iter().copied().collect();
        let agreed: HashSet<Address> = choice.agreed.iter().copied().collect();
        let on_format = |finding: &&Finding| {
            finding.correction.as_ref().is_some_and(|c| c.reason == Reason::FormatOnly)
        };
        let findings = || found.findings.iter();
        // A cell whose figure changes gets its format with it.
        let figures_first =
            findings().filter(|f| !on_format(f)).chain(findings().filter(on_format));
        for finding in figures_first {
            let is_agreed = |place: Place| {
                choice.suggested || agreed.contains(&self.before.table.address(place))
            };
            let Some(correction) = wanted(finding, &is_agreed) else { continue };
            if !choice.selection.wants(finding.rule) {
                continue;
            }
            let along = finding.along.iter().cloned();
            for correction in once(correction.clone()).chain(others(found, finding)).chain(along) {
                let place = correction.place;
                if !declined.contains(&self.before.table.address(place)) && known.insert(place) {
                    fresh.push(Applied { finding: self.answered(finding), correction });
                }
            }
        }
        fresh
    }

    /// The finding before the corrections that one answers.
    fn answered(&self, finding: &Finding) -> Option<usize> {
        let here = self.by_place.get(&finding.place)?;
        let same = here.iter().find(|index| self.before.findings[**index] == *finding);
        same.or(here.first()).copied()
    }

    /// The table with the corrections, those taken back that would break a rule that held.
    fn settle(&mut self) -> Result<Checked, Failure> {
        loop {
            let after = evaluate(self.before, &self.applied);
            let broken = newly_violated(self.before, &after);
            let culprits = self.culprits(&broken);
            let decided = |at: &usize| self.applied[*at].correction.reason == Reason::Accepted;
            let (decided, others): (BTreeSet<usize>, BTreeSet<usize>) =
                culprits.into_iter().partition(decided);
            if others.is_empty() {
                let Some(first) = decided.first() else { return Ok(after) };
                return Err(breaks_rule(self.before, &self.applied[*first].correction, &broken));
            }
            for (at, applied) in (0..).zip(std::mem::take(&mut self.applied)) {
                if others.contains(&at) {
                    self.refused.push(applied.correction);
                } else {
                    self.applied.push(applied);
                }
            }
        }
    }

    /// For each broken rule the last correction among its cells, in the order they are applied; those
    /// that have a cell taken back already are looked at again without it.
    fn culprits(&self, broken: &[usize]) -> BTreeSet<usize> {
        let positions: HashMap<Place, usize> =
            self.applied.iter().map(|applied| applied.correction.place).zip(0..).collect();
        let mut culprits = BTreeSet::new();
        for index in broken {
            let instance = &self.before.ledger.instances[*index];
            let among: Vec<usize> =
                instance.cells().filter_map(|cell| positions.get(&cell).copied()).collect();
            if !among.iter().any(|position| culprits.contains(position)) {
                culprits.extend(among.into_iter().max());
            }
        }
        culprits
    }

    fn conclude(self, after: Checked) -> Corrected {
        let Self { before, mut applied, refused, .. } = self;
        applied.sort_by_key(|applied| applied.correction.place);
        for applied in applied.iter_mut().filter(|a| a.correction.reason != Reason::Accepted) {
            // A formula gives what follows from the other corrections.
            let correction = &mut applied.correction;
            correction.to = after.table.number(correction.place).unwrap_or(correction.to);
        }
        let newly_violated = newly_violated(before, &after);
        Corrected { applied, refused, after, newly_violated }
    }
}

fn by_place(before: &Checked) -> HashMap<Option<Place>, Vec<usize>> {
    let mut places: HashMap<Option<Place>, Vec<usize>> = HashMap::new();
    for (index, finding) in before.findings.iter().enumerate() {
        places.entry(finding.place).or_default().push(index);
    }
    places
}

fn wanted<'a>(finding: &'a Finding, is_agreed: &impl Fn(Place) -> bool) -> Option<&'a Correction> {
    finding.correction.as_ref().filter(|correction| match correction.grade {
        Grade::Safe => true,
        Grade::Suggested => is_agreed(correction.place),
        Grade::Shown => false,
    })
}

/// The same correction of the further cells of a finding on formulas or formats: their figures stay.
fn others<'a>(before: &'a Checked, finding: &'a Finding) -> impl Iterator<Item = Correction> + 'a {
    let Checked { table, judgements, .. } = before;
    let on_formulas = finding.rule.is_on_formulas();
    finding.correction.iter().flat_map(move |first| {
        let on_format = first.reason == Reason::FormatOnly;
        finding.others.iter().filter_map(move |place| {
            let repaired = || judgements.get(place).is_some_and(|j| j.repair.is_some());
            let figure = table.number(*place)?;
            let same = on_format || on_formulas && repaired();
            same.then(|| Correction {
                place: *place,
                from: Some(figure),
                to: figure,
                ..first.clone()
            })
        })
    })
}

fn decisions(before: &Checked, choice: &Choice) -> Result<Vec<Applied>, Failure> {
    let table = &before.table;
    choice
        .accepted
        .iter()
        .filter_map(|(at, value)| Some((table.place(*at)?, *value)))
        .map(|(place, to)| {
            if table.columns[place.column].kind == crate::table::Kind::Text {
                return Err(not_a_figure(table.address(place)));
            }
            let finding = before.findings.iter().position(|f| f.place == Some(place));
            let from = table.number(place);
            let correction =
                Correction { place, from, to, grade: Grade::Shown, reason: Reason::Accepted };
            Ok(Applied { correction, finding })
        })
        .collect()
}

/// The failure of a decision on a cell that holds no figure of a table.
#[must_use]
pub fn not_a_figure(at: Address) -> Failure {
    Failure::new(
        Code::CannotCorrect,
        format!("ô {at} không phải ô số liệu của bảng nào"),
        format!("cell {at} is not a figure of any table"),
    )
    .with_help(
        "xem lại địa chỉ ô trong kết quả của lệnh `soatbieu check`",
        "look up the cell in the output of `soatbieu check`",
    )
}

fn breaks_rule(before: &Checked, correction: &Correction, broken: &[usize]) -> Failure {
    let table = &before.table;
    let cell = table.address(correction.place);
    let value = table.print(correction.place.column, correction.to);
    let rules: Vec<&str> =
        broken.iter().map(|index| before.ledger.instances[*index].text()).collect();
    let rules = rules.join("; ");
    Failure::new(
        Code::CannotCorrect,
        format!("không nhận {cell} = {value}: số này làm sai phép kiểm tra đang đúng ({rules})"),
        format!("{cell} = {value} is not taken: it breaks rules that hold ({rules})"),
    )
    .with_help(
        "đưa đủ các ô phải sửa cùng lúc, mỗi ô một --accept",
        "give all cells that must change together, each with its own --accept",
    )
}

fn evaluate(before: &Checked, applied: &[Applied]) -> Checked {
    let mut judged = before.judged();
    for applied in applied {
        put(&mut judged.table, applied.correction.place, applied.correction.to);
        put_formula(&mut judged, &applied.correction);
    }
    let changed = applied.iter().map(|applied| &applied.correction);
    let changed = changed.filter(|correction| correction.reason != Reason::FormatOnly);
    let changed = changed.map(|correction| correction.place).collect();
    let known = follow(&mut judged, &changed);
    check_known(judged, known)
}

/// The formula a correction leaves in its cell: the repaired one, which is right, or none.
fn put_formula(judged: &mut Judged, correction: &Correction) {
    let Place { row, column } = correction.place;
    if correction.reason == Reason::FormatOnly {
        return;
    }
    let decided = correction.reason == Reason::Accepted;
    let judgement = judged.judgements.remove(&correction.place).filter(|_| !decided);
    let formula = judgement.and_then(|judgement| Some((judgement.repair?, judgement.concern)));
    if let Some((_, rule)) = &formula {
        judged.judgements.insert(correction.place, Judgement::right(*rule));
    }
    judged.table.grid[row][column].formula = formula.map(|(text, _)| text.into());
}

/// Instances that held before and are violated after, by their places in the ledger before.
fn newly_violated(before: &Checked, after: &Checked) -> Vec<usize> {
    // What a filled blank adds has no place before.
    let violated: HashSet<(Place, &str)> = after
        .ledger
        .instances
        .iter()
        .filter(|instance| instance.outcome == Outcome::Violated)
        .map(|instance| (instance.target(), instance.text()))
        .collect();
    let instances = before.ledger.instances.iter().enumerate();
    instances
        .filter(|(_, instance)| {
            instance.outcome == Outcome::Satisfied
                && violated.contains(&(instance.target(), instance.text()))
        })
        .map(|(index, _)| index)
        .collect()
}
