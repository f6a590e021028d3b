//! Corrections: which are applied, proved on the table before anything is written.
//!
//! Corrections are put into the table in memory and every rule is evaluated again. One that breaks
//! a rule that held before is refused: a corrected file never has a new fault. What is left is the
//! ledger before and after, which the change list and the report show.

use rust_decimal::Decimal;

use crate::failure::{Code, Failure};
use crate::findings::{Checked, Correction, Finding, Grade, Reason, check};
use crate::judge::{Judged, Judgement, follow, put};
use crate::relations::Outcome;
use crate::rules::Ledger;
use crate::table::Place;
use crate::workbook::Address;

/// Which corrections are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Also corrections of grade [`Grade::Suggested`].
    pub suggested: bool,
    /// A person's decisions: cell and figure, in the unit the table prints.
    pub accepted: Vec<(Address, Decimal)>,
    /// Cells whose corrections are not wanted.
    pub declined: Vec<Address>,
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

/// Applies the wanted corrections to a checked table.
///
/// # Errors
/// [`Code::CannotCorrect`] when an accepted cell is not a figure of the table, or when the accepted
/// figure would break a rule that holds.
pub fn correct(before: &Checked, choice: &Choice) -> Result<Corrected, Failure> {
    let decided = decisions(before, choice)?;
    let mut applied = decided.clone();
    let mut refused = Vec::new();
    let on_format = |finding: &(usize, &Finding)| {
        finding.1.correction.as_ref().is_some_and(|c| c.reason == Reason::FormatOnly)
    };
    let findings = || before.findings.iter().enumerate();
    // A cell whose figure changes gets its format with it.
    let figures_first = findings().filter(|f| !on_format(f)).chain(findings().filter(on_format));
    for (index, finding) in figures_first {
        let own = finding.all_corrections().filter(|correction| is_wanted(correction, choice));
        for correction in own.cloned().chain(others(before, finding, choice)) {
            let place = correction.place;
            let is_declined = choice.declined.contains(&before.table.address(place));
            if is_declined || applied.iter().any(|known| known.correction.place == place) {
                continue;
            }
            applied.push(Applied { correction, finding: Some(index) });
        }
    }
    loop {
        let after = evaluate(before, &applied);
        let broken = newly_violated(&before.ledger, &after.ledger);
        let culprit = broken.iter().find_map(|index| {
            let cells: Vec<Place> = before.ledger.instances[*index].cells().collect();
            applied.iter().rposition(|a| cells.contains(&a.correction.place))
        });
        let Some(position) = culprit else {
            applied.sort_by_key(|applied| applied.correction.place);
            for applied in applied.iter_mut().filter(|a| a.correction.reason != Reason::Accepted) {
                // A formula gives what follows from the other corrections.
                let correction = &mut applied.correction;
                correction.to = after.table.number(correction.place).unwrap_or(correction.to);
            }
            return Ok(Corrected { applied, refused, after, newly_violated: broken });
        };
        let culprit = applied.remove(position);
        if culprit.correction.reason == Reason::Accepted {
            return Err(breaks_rule(before, &culprit.correction, &broken));
        }
        refused.push(culprit.correction);
    }
}

fn is_wanted(correction: &Correction, choice: &Choice) -> bool {
    match correction.grade {
        Grade::Safe => true,
        Grade::Suggested => choice.suggested,
        Grade::Shown => false,
    }
}

/// The same correction of the further cells of a finding on formulas or formats: their figures stay.
fn others<'a>(
    before: &'a Checked,
    finding: &'a Finding,
    choice: &'a Choice,
) -> impl Iterator<Item = Correction> + 'a {
    let Checked { table, judgements, .. } = before;
    let on_formulas = finding.rule.is_on_formulas();
    // A cause over many cells brings the correction of each.
    let one_for_all = finding.correction.iter().filter(|_| finding.told.is_none());
    one_for_all.filter(|first| is_wanted(first, choice)).flat_map(move |first| {
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
        broken.iter().map(|index| before.ledger.instances[*index].text.as_ref()).collect();
    let rules = rules.join("; ");
    Failure::new(
        Code::CannotCorrect,
        format!("không nhận {cell} = {value}: số này làm sai ràng buộc đang đúng ({rules})"),
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
    follow(&mut judged);
    check(judged)
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
    judged.table.grid[row][column].formula = formula.map(|(text, _)| text.into_boxed_str());
}

/// Instances that are violated after and were not before.
fn newly_violated(before: &Ledger, after: &Ledger) -> Vec<usize> {
    // The same table gives the same instances in the same order.
    before
        .instances
        .iter()
        .zip(&after.instances)
        .enumerate()
        .filter(|(_, (b, a))| b.outcome == Outcome::Satisfied && a.outcome == Outcome::Violated)
        .map(|(index, _)| index)
        .collect()
}
