//! From the ledger and the located blocks to findings: one error per wrong cell.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Correction, Finding, Grade, Reason, Verdict, causes_of};
use crate::locate::{Block, Change};
use crate::rules::{Instance, Ledger, Outcome, Remark, Severity};
use crate::table::{Place, Reading, Table};

/// Puts the findings of a table together, sorted by row, then column.
#[must_use]
pub fn assemble(table: &Table, ledger: &Ledger, blocks: &[Block]) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        blocks.iter().flat_map(|block| from_block(table, ledger, block)).collect();
    findings.extend(left_over(table, ledger, blocks));
    findings.extend(from_bounds(ledger, &findings));
    for remark in &ledger.remarks {
        match findings.iter_mut().find(|known| is_same_error(known, remark)) {
            // The cell is accused already: the remark's rule names it more exactly.
            Some(known) => known.rule = more_exact(known, remark),
            None => findings.push(from_remark(table, ledger, remark)),
        }
    }
    findings.sort_by_key(|finding| (finding.place.or(finding.others.first().copied()), finding.rule.code));
    findings
}

fn is_same_error(known: &Finding, remark: &Remark) -> bool {
    known.severity == Severity::Error
        && remark.severity == Severity::Error
        && remark.place.is_some()
        && known.place == remark.place
}

/// A cell that cannot be read is told as such; for a figure the broken relation says more.
fn more_exact(known: &Finding, remark: &Remark) -> &'static crate::rules::Rule {
    if remark.rule.code.starts_with("R4") { remark.rule } else { known.rule }
}

fn from_block(table: &Table, ledger: &Ledger, block: &Block) -> Vec<Finding> {
    match (block.verdict, block.explanations.as_slice()) {
        (Verdict::Pinned, [only]) => only
            .iter()
            .map(|change| accused(table, ledger, block, change, Vec::new()))
            .collect(),
        (Verdict::Narrowed, [first, ..]) => narrowed(table, ledger, block, first),
        _ => undecidable(ledger, block),
    }
}

/// One finding for a block whose wrong cells are among several sets. It stands at the cell that
/// the first broken rule computes, where that is among them.
fn narrowed(table: &Table, ledger: &Ledger, block: &Block, first: &[Change]) -> Vec<Finding> {
    let targets: BTreeSet<Place> =
        block.instances.iter().map(|index| ledger.instances[*index].target).collect();
    let main = block
        .explanations
        .iter()
        .find(|set| set.iter().any(|change| targets.contains(&change.place)))
        .map_or(first, Vec::as_slice);
    let Some(change) =
        main.iter().find(|change| targets.contains(&change.place)).or_else(|| main.first())
    else {
        return Vec::new();
    };
    let alternatives = block
        .explanations
        .iter()
        .map(|set| set.iter().map(|change| change.place).collect::<Vec<_>>())
        .filter(|set| *set != main.iter().map(|change| change.place).collect::<Vec<_>>())
        .collect();
    vec![accused(table, ledger, block, change, alternatives)]
}

/// Nothing can be said of which cell is wrong: each broken rule is told at the cell it computes.
fn undecidable(ledger: &Ledger, block: &Block) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for index in &block.instances {
        let instance = &ledger.instances[*index];
        if findings.iter().any(|known| known.place == Some(instance.target)) {
            continue;
        }
        findings.push(Finding {
            expected: instance.expected,
            verdict: Some(Verdict::Undecidable),
            evidence: evidence(ledger, instance.target),
            ..bare(instance.rule, Severity::Error, Some(instance.target))
        });
    }
    findings
}

/// A finding on one accused cell.
fn accused(
    table: &Table,
    ledger: &Ledger,
    block: &Block,
    change: &Change,
    alternatives: Vec<Vec<Place>>,
) -> Finding {
    let place = change.place;
    let instance = telling_instance(ledger, block, place);
    let pinned = block.verdict == Verdict::Pinned;
    let to = change.value.or(instance.filter(|i| i.target == place).and_then(|i| i.expected));
    let causes = to.map(|to| causes_of(table, ledger, place, to)).unwrap_or_default();
    let correction = to.map(|to| Correction {
        place,
        from: table.number(place).filter(|_| table.datum(place).reading != Reading::Blank),
        to,
        grade: if pinned { change.grade } else { Grade::Shown },
        reason: if pinned { change.reason } else { Reason::OneOfSeveral },
    });
    let rule = instance.map_or(ledger.instances[block.instances[0]].rule, |found| found.rule);
    Finding {
        expected: to,
        verdict: Some(block.verdict),
        alternatives,
        causes: if pinned { causes } else { Vec::new() },
        evidence: evidence(ledger, place),
        correction,
        ..bare(rule, Severity::Error, Some(place))
    }
}

/// The broken rule that tells most of a cell: the one that computes it, else one that reads it.
fn telling_instance<'a>(ledger: &'a Ledger, block: &Block, place: Place) -> Option<&'a Instance> {
    let broken = || block.instances.iter().map(|index| &ledger.instances[*index]);
    broken()
        .find(|instance| instance.target == place)
        .or_else(|| broken().find(|instance| instance.inputs.contains(&place)))
}

/// The most instances that are kept as evidence of one finding.
const EVIDENCE: usize = 10;

/// The rule instances around a cell: the broken ones first, then what holds for the cell itself,
/// then what clears the other cells of the broken rules, the rules that compute them before the
/// sums they are part of.
fn evidence(ledger: &Ledger, place: Place) -> Vec<usize> {
    let equalities = || ledger.instances.iter().enumerate().filter(|(_, i)| i.is_equality());
    let about = |instance: &Instance| instance.cells().any(|cell| cell == place);
    let broken: Vec<usize> = equalities()
        .filter(|(_, i)| i.outcome == Outcome::Violated && about(i))
        .map(|(index, _)| index)
        .collect();
    let others: BTreeSet<Place> =
        broken.iter().flat_map(|index| ledger.instances[*index].cells()).collect();
    let mut clearing: Vec<(u8, usize)> = equalities()
        .filter(|(_, instance)| instance.outcome == Outcome::Satisfied)
        .filter_map(|(index, instance)| {
            let rank = if about(instance) {
                0
            } else if others.contains(&instance.target) {
                1
            } else if !instance.cells().any(|cell| others.contains(&cell)) {
                return None;
            } else if instance.inputs.iter().all(|input| input.row != instance.target.row) {
                2
            } else {
                3
            };
            Some((rank, index))
        })
        .collect();
    clearing.sort_unstable();
    let clearing = clearing.into_iter().map(|(_, index)| index);
    broken.iter().copied().chain(clearing).take(EVIDENCE.max(broken.len())).collect()
}

/// Broken equalities that no block took in (a product, a figure beyond exact arithmetic).
fn left_over(table: &Table, ledger: &Ledger, blocks: &[Block]) -> Vec<Finding> {
    let taken: BTreeSet<usize> = blocks.iter().flat_map(|block| block.instances.clone()).collect();
    let mut findings = Vec::new();
    for (index, instance) in ledger.instances.iter().enumerate() {
        let broken = instance.outcome == Outcome::Violated && instance.is_equality();
        if !broken || taken.contains(&index) {
            continue;
        }
        findings.push(Finding {
            expected: instance.expected,
            verdict: Some(Verdict::Narrowed),
            alternatives: blanks_first(table, instance),
            evidence: evidence(ledger, instance.target),
            ..bare(instance.rule, Severity::Error, Some(instance.target))
        });
    }
    findings
}

/// The other cells of a broken relation, blank ones first: what is missing is the likelier fault.
fn blanks_first(table: &Table, instance: &Instance) -> Vec<Vec<Place>> {
    let mut inputs = instance.inputs.clone();
    inputs.sort_by_key(|place| table.datum(*place).reading != Reading::Blank);
    inputs.into_iter().map(|place| vec![place]).collect()
}

/// Broken bounds, unless one of their cells is accused already: then the bound is a consequence.
fn from_bounds(ledger: &Ledger, found: &[Finding]) -> Vec<Finding> {
    let accused = |place: &Place| {
        found.iter().any(|finding| {
            finding.place == Some(*place)
                || finding.alternatives.iter().flatten().any(|other| other == place)
        })
    };
    ledger
        .instances
        .iter()
        .enumerate()
        .filter(|(_, i)| i.outcome == Outcome::Violated && !i.is_equality())
        .filter(|(_, instance)| !instance.cells().any(|cell| accused(&cell)))
        .map(|(index, instance)| Finding {
            verdict: Some(Verdict::Narrowed),
            alternatives: instance.inputs.iter().map(|place| vec![*place]).collect(),
            evidence: vec![index],
            ..bare(instance.rule, Severity::Error, Some(instance.target))
        })
        .collect()
}

/// A remark as a finding. A cell that holds no figure can be computed when a rule produces it from
/// figures that others vouch for.
fn from_remark(table: &Table, ledger: &Ledger, remark: &Remark) -> Finding {
    let place = remark.place;
    let heading = remark
        .texts
        .clone()
        .and_then(|(found, wanted)| Some((remark.others.first()?.column, found, wanted)));
    let error = remark.severity == Severity::Error;
    // What speaks against a cell here stands in another table, not in this ledger.
    let own = error && verdict(remark) == Verdict::Pinned;
    let computed = place.filter(|_| own).and_then(|place| computed_value(ledger, place));
    let correction = place.zip(computed).and_then(|(place, (to, vouched))| {
        let holds_no_figure = table.number(place).is_none();
        holds_no_figure.then_some(Correction {
            place,
            from: None,
            to,
            grade: if vouched { Grade::Safe } else { Grade::Suggested },
            reason: if vouched { Reason::InputsVouched } else { Reason::OnlyExplanation },
        })
    });
    Finding {
        others: if heading.is_some() { Vec::new() } else { remark.others.clone() },
        heading,
        expected: remark.expected.or(computed.map(|(value, _)| value)),
        verdict: place.filter(|_| error).map(|_| verdict(remark)),
        evidence: place.filter(|_| own).map(|place| evidence(ledger, place)).unwrap_or_default(),
        correction,
        ..bare(remark.rule, remark.severity, place)
    }
}

/// A remark is about its own cell, unless another table says otherwise: then either may be wrong.
fn verdict(remark: &Remark) -> Verdict {
    if *remark.rule == crate::rules::ACROSS_MISMATCH { Verdict::Narrowed } else { Verdict::Pinned }
}

/// What the rules compute for a cell that holds no figure, if they agree, and whether every input
/// of one of them is vouched for by another satisfied rule.
fn computed_value(ledger: &Ledger, place: Place) -> Option<(Decimal, bool)> {
    let producing: Vec<&Instance> = ledger
        .instances
        .iter()
        .filter(|i| i.target == place && i.is_equality() && i.expected.is_some())
        .collect();
    let value = producing.first()?.expected?;
    if producing.iter().any(|instance| instance.expected != Some(value)) {
        return None;
    }
    let vouched = |cell: &Place| {
        ledger.instances.iter().any(|other| {
            other.outcome == Outcome::Satisfied
                && other.is_equality()
                && other.target != place
                && other.cells().any(|c| c == *cell)
        })
    };
    let safe = producing.iter().any(|instance| instance.inputs.iter().all(vouched));
    Some((value, safe))
}

fn bare(rule: &'static crate::rules::Rule, severity: Severity, place: Option<Place>) -> Finding {
    Finding {
        rule,
        severity,
        place,
        others: Vec::new(),
        heading: None,
        expected: None,
        verdict: None,
        alternatives: Vec::new(),
        causes: Vec::new(),
        evidence: Vec::new(),
        correction: None,
    }
}
