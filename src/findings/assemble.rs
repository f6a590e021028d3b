//! From the ledger and the located blocks to findings: one error per wrong cell.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::causes::{Corrected, causes_of};
use super::evidence::Evidence;
use super::pointed::Pointer;
use super::{
    Cause, Correction, Finding, Grade, Mechanism, Reason, Verdict, alike, doubts, followers,
    remark, shared, words,
};
use crate::judge::{Fault, Judged, Judgement, Standing, is_undecided, proves_nothing};
use crate::lang::{Lang, Text};
use crate::locate::{Block, Change, Located};
use crate::relations::{Concern, Instance, Outcome};
use crate::rules::{BLANK_CELL, Ledger, Remark, Severity, reporting};
use crate::table::{Place, Reading, Table};

/// Puts the findings of a table together, sorted by row, then column. Where formulas spoil
/// figures, the wrong cells were looked for in the settled table ([`crate::judge::settle`]), which
/// is then given with its ledger: what is broken in it no formula explains.
#[must_use]
pub fn assemble(
    judged: &Judged,
    ledger: &Ledger,
    settled: Option<(&Judged, &Ledger)>,
    located: &Located,
) -> Vec<Finding> {
    let table = &judged.table;
    let (settled, sound) = settled.unwrap_or((judged, ledger));
    let sound_table = &settled.table;
    let mut blocks: Vec<Block> =
        located.blocks.iter().map(|block| slips_settled(settled, sound, block)).collect();
    let corrected = corrected(&blocks);
    let repaired = repaired(judged);
    for block in &mut blocks {
        distrust_exchanges(sound_table, &corrected, block);
        distrust_repaired(&repaired, sound, block);
    }
    let of_sound = Evidence::new(sound);
    let case = Case {
        judged: settled,
        table: sound_table,
        ledger: sound,
        evidence: &of_sound,
        corrected: &corrected,
    };
    let mut pointer = Pointer::of(sound_table);
    let mut findings: Vec<Finding> =
        blocks.iter().flat_map(|block| from_block(&case, pointer.as_mut(), block)).collect();
    tell_once(&mut findings);
    findings.extend(left_over(&case, &blocks));
    findings.extend(from_bounds(settled, sound, &findings));
    let evidence = Evidence::new(ledger);
    let remarks = remark::Told { judged, evidence: &evidence, sound: sound_table, located };
    for remark in ledger.remarks.iter().filter(|remark| remark.inferred.is_none()) {
        if is_zero_after_all(located, remark) {
            continue;
        }
        if explains_known(judged, sound_table, &mut findings, remark) {
            continue;
        }
        match findings.iter_mut().find(|known| is_same_error(known, remark)) {
            // The cell is accused already: the remark's rule names it more exactly.
            Some(known) => known.rule = more_exact(known, remark),
            None => findings.push(match on_formula(judged, remark) {
                Some((place, judgement)) => {
                    from_formula(table, &evidence, sound_table, remark, place, judgement)
                }
                None => remarks.finding(remark),
            }),
        }
    }
    for finding in &mut findings {
        keep_formula(judged, finding);
    }
    followers::fold(judged, &mut findings);
    alike::fold(table, &mut findings);
    let mut doubts = doubts::of(table, &ledger.remarks, &findings);
    shared::fold(table, &evidence, &mut doubts);
    shared::join_totals(table, ledger, &evidence, &mut findings, &mut doubts);
    findings.extend(doubts);
    findings.sort_by_key(|finding| {
        // What stands below the table comes after it, what stands in its head before.
        let below = finding.outside.filter(|cell| cell.row > table.range.end.row);
        let place = finding.place.or(finding.others.first().copied());
        (below, place.filter(|_| finding.outside.is_none()), finding.rule.code)
    });
    findings
}

/// A live formula is repaired as a formula or left: its figure alone is never written over it. Cells
/// that only change together are left.
fn keep_formula(judged: &Judged, finding: &mut Finding) {
    let table = &judged.table;
    let Some(correction) = &mut finding.correction else { return };
    if correction.reason == Reason::FormatOnly {
        return;
    }
    let at = table.address(correction.place);
    if table.locked.iter().any(|range| range.contains(at)) {
        (correction.grade, correction.reason) = (Grade::Shown, Reason::PartOfArray);
        return;
    }
    let is_live = table.datum(correction.place).formula.is_some();
    let judgement = judged.judgements.get(&correction.place);
    if is_live && judgement.is_none_or(|judgement| judgement.repair.is_none()) {
        (correction.grade, correction.reason) = (Grade::Shown, Reason::FormulaKept);
    }
}

/// True for a fault of a formula in a cell that is accused already: the formula explains the figure,
/// so it is the cause of that finding and none of its own.
fn explains_known(
    judged: &Judged,
    sound: &Table,
    findings: &mut [Finding],
    remark: &Remark,
) -> bool {
    let Some((place, judgement)) = on_formula(judged, remark) else { return false };
    let table = &judged.table;
    let known = findings
        .iter_mut()
        .find(|known| known.severity == Severity::Error && known.place == Some(place));
    let Some(known) = known else { return false };
    known.causes.splice(0..0, formula_cause(table, place, judgement));
    if judgement.standing == Standing::Discredited && known.correction.is_none() {
        known.correction = repair(table, sound, place, judgement);
    }
    true
}

/// True for a blank that is nothing but the zero it stands for: another figure is wrong.
fn is_zero_after_all(located: &Located, remark: &Remark) -> bool {
    let value = remark.place.and_then(|place| located.derived.get(&place)?.value);
    *remark.rule == BLANK_CELL && value.is_some_and(|value| value.is_zero())
}

/// The judgement a remark is about, if it is about what stands behind a figure.
fn on_formula<'a>(judged: &'a Judged, remark: &Remark) -> Option<(Place, &'a Judgement)> {
    let place = remark.place.filter(|_| remark.is_on_formula())?;
    Some((place, judged.judgements.get(&place)?))
}

fn is_same_error(known: &Finding, remark: &Remark) -> bool {
    known.severity == Severity::Error
        && remark.severity == Severity::Error
        && remark.place.is_some()
        && known.place == remark.place
}

/// A cell that cannot be read is told as such; for a figure the broken relation says more.
fn more_exact(known: &Finding, remark: &Remark) -> &'static crate::rules::Rule {
    if remark.rule.is_on_readings() { remark.rule } else { known.rule }
}

/// What the findings of all blocks are told from.
pub(super) struct Case<'a> {
    pub(super) judged: &'a Judged,
    pub(super) table: &'a Table,
    pub(super) ledger: &'a Ledger,
    evidence: &'a Evidence<'a>,
    corrected: &'a Corrected,
}

/// The figures of all pinned blocks.
fn corrected(blocks: &[Block]) -> Corrected {
    let pinned = blocks.iter().filter(|block| block.verdict == Verdict::Pinned);
    let changes = pinned.flat_map(|block| block.explanations.iter().flatten());
    changes.filter_map(|change| Some((change.place, change.value?))).collect()
}

/// A block with what the figures themselves say put to it: one that cannot be (a fraction of a
/// household, a negative count) settles which of several cells is wrong when what the rules ask of
/// it is the same digits without the slip.
fn slips_settled(judged: &Judged, ledger: &Ledger, block: &Block) -> Block {
    let table = &judged.table;
    let mut block = block.clone();
    if block.verdict != Verdict::Narrowed {
        return block;
    }
    let slips = block.explanations.iter().filter(|set| is_slip(table, ledger, set));
    let slips: Vec<&Vec<Change>> = slips.collect();
    let typed_over = block.explanations.iter().filter(|set| is_typed_over(judged, set));
    let typed_over: Vec<&Vec<Change>> = typed_over.collect();
    // A figure typed where all others of its rule are formulas is the likelier slip.
    let settled = if slips.is_empty() { typed_over } else { slips };
    if let [only] = settled.as_slice() {
        let mut only = (*only).clone();
        for change in &mut only {
            (change.grade, change.reason) = (Grade::Suggested, Reason::OnlyExplanation);
        }
        block.explanations = vec![only];
        block.verdict = Verdict::Pinned;
    }
    block
}

/// One impossible figure whose value by the rules is its own digits with another sign or with the
/// thousands dot put right.
fn is_slip(table: &Table, ledger: &Ledger, set: &[Change]) -> bool {
    let [change] = set else { return false };
    let impossible = ledger
        .remarks
        .iter()
        .any(|remark| remark.severity == Severity::Error && remark.place == Some(change.place));
    let (Some(found), Some(value)) = (table.number(change.place), change.value) else {
        return false;
    };
    let thousands = found.checked_mul(Decimal::ONE_THOUSAND);
    impossible && !found.is_zero() && (value == -found || thousands == Some(value))
}

/// One figure typed among right formulas of its rule, with what follows from it.
fn is_typed_over(judged: &Judged, set: &[Change]) -> bool {
    let mut roots = set.iter().filter(|change| !followers::follows(judged, change.place));
    let (Some(only), None) = (roots.next(), roots.next()) else { return false };
    let judgement = judged.judgements.get(&only.place);
    only.value.is_some()
        && judgement.is_some_and(|judgement| judgement.faults == [Fault::TypedAmongFormulas])
}

/// Two cells that hold each other's figure are never safe: all other figures of the two rows may
/// be the ones exchanged.
fn distrust_exchanges(table: &Table, corrected: &Corrected, block: &mut Block) {
    let holds = |place: &Place, figure| table.number(*place) == figure;
    for change in block.explanations.iter_mut().flatten() {
        let own = table.number(change.place);
        let hold_own = own.map(|own| corrected.in_column(change.place.column, own));
        let exchanged = hold_own
            .unwrap_or_default()
            .iter()
            .any(|place| *place != change.place && holds(place, change.value));
        if exchanged && change.grade == Grade::Safe {
            (change.grade, change.reason) = (Grade::Suggested, Reason::OnlyExplanation);
        }
    }
}

/// Leaves out broken sums that stand at a cell which another finding accuses.
fn tell_once(findings: &mut Vec<Finding>) {
    let open = |finding: &Finding| finding.correction.is_none() && finding.alternatives.is_empty();
    let accused: BTreeSet<Place> =
        findings.iter().filter(|known| !open(known)).filter_map(|known| known.place).collect();
    findings.retain(|known| !open(known) || known.place.is_none_or(|at| !accused.contains(&at)));
}

/// Cells whose figures prove nothing until their formulas are repaired.
fn repaired(judged: &Judged) -> BTreeSet<Place> {
    let known = judged.judgements.iter();
    let discredited = known.filter(|(_, known)| known.standing == Standing::Discredited);
    discredited.map(|(place, _)| *place).collect()
}

/// What is computed from figures that only the repair of their formulas gives is never safe: it
/// rests on those repairs.
fn distrust_repaired(repaired: &BTreeSet<Place>, sound: &Ledger, block: &mut Block) {
    if repaired.is_empty() {
        return;
    }
    let instances: Vec<&Instance> =
        block.instances.iter().map(|at| &sound.instances[*at]).collect();
    for change in block.explanations.iter_mut().flatten() {
        let mut own = instances.iter().filter(|instance| instance.target() == change.place);
        let rests = own.any(|instance| instance.inputs().any(|input| repaired.contains(&input)));
        if rests && change.grade == Grade::Safe {
            (change.grade, change.reason) = (Grade::Suggested, Reason::OnlyExplanation);
        }
    }
}

fn from_block(case: &Case<'_>, pointer: Option<&mut Pointer<'_>>, block: &Block) -> Vec<Finding> {
    if let (Verdict::Pinned, [only]) = (block.verdict, block.explanations.as_slice()) {
        return pinned(case, block, only);
    }
    if let Some(pointed) = pointer.and_then(|pointer| pointer.at(case, block)) {
        return vec![pointed];
    }
    match (block.verdict, block.explanations.as_slice()) {
        (Verdict::Narrowed, [first, ..]) => narrowed(case, block, first),
        _ => undecidable(case.evidence, block),
    }
}

/// One finding for each wrong figure. What follows from it is told with it, be it a formula or a
/// typed figure that was worked out from it.
fn pinned(case: &Case<'_>, block: &Block, changes: &[Change]) -> Vec<Finding> {
    let roots = followers::roots(case.judged, changes);
    let (roots, follow): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| roots.contains(&change.place));
    let mut waiting: Vec<Place> = follow.iter().map(|change| change.place).collect();
    let mut findings = Vec::new();
    for root in roots {
        let mut finding = accused(case, block, root, Vec::new());
        let reached = followers::take(case.evidence, root.place, &mut waiting);
        let (live, typed): (Vec<Place>, Vec<Place>) =
            reached.into_iter().partition(|place| followers::follows(case.judged, *place));
        finding.followers = live;
        let along = follow.iter().filter(|change| typed.contains(&change.place));
        finding.along = along.filter_map(|change| remark::correction(case.table, change)).collect();
        findings.push(finding);
    }
    findings
}

/// A block whose wrong cells are among several sets: the sets are listed once, and each further
/// broken sum is named.
fn narrowed(case: &Case<'_>, block: &Block, first: &[Change]) -> Vec<Finding> {
    let mut findings = listed(case, block, first);
    let named: BTreeSet<Place> = findings
        .iter()
        .flat_map(|known| known.alternatives.iter().flatten().copied().chain(known.place))
        .collect();
    let sum = reporting(Concern::Sum);
    let told = undecidable(case.evidence, block).into_iter().filter(|told| told.rule == sum);
    let told = told.filter(|told| told.place.is_some_and(|place| !named.contains(&place)));
    findings.extend(told.map(|told| Finding { verdict: Some(Verdict::Narrowed), ..told }));
    findings
}

/// The findings for the cells that may be wrong: one at the cell that the first broken rule computes,
/// where that is among them, or one at each blank where only one set is of nothing but blanks. What
/// is missing is the likelier fault.
fn listed(case: &Case<'_>, block: &Block, first: &[Change]) -> Vec<Finding> {
    let is_blank = |change: &Change| case.table.datum(change.place).reading == Reading::Blank;
    let mut blank = block.explanations.iter().filter(|set| set.iter().all(is_blank));
    let blank = blank.next().filter(|_| blank.next().is_none());
    let targets: BTreeSet<Place> =
        block.instances.iter().map(|index| case.ledger.instances[*index].target()).collect();
    let computed = |set: &&Vec<Change>| set.iter().any(|c| targets.contains(&c.place));
    let main = blank.or_else(|| block.explanations.iter().find(computed));
    let main = main.map_or(first, Vec::as_slice);
    let own = followers::roots(case.judged, main);
    let others = block.explanations.iter().map(|set| followers::roots(case.judged, set));
    let mut alternatives: Vec<Vec<Place>> = others.filter(|set| *set != own).collect();
    let stands = main.iter().find(|change| targets.contains(&change.place)).or(main.first());
    let told = match blank {
        Some(blank) => blank.iter().collect(),
        None => Vec::from_iter(stands),
    };
    told.into_iter()
        .map(|change| accused(case, block, change, std::mem::take(&mut alternatives)))
        .collect()
}

/// Nothing can be said of which cell is wrong: each broken rule is told at the cell it computes.
fn undecidable(evidence: &Evidence<'_>, block: &Block) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for index in &block.instances {
        let instance = &evidence.ledger().instances[*index];
        if findings.iter().any(|known| known.place == Some(instance.target())) {
            continue;
        }
        findings.push(Finding {
            expected: instance.expected(),
            verdict: Some(Verdict::Undecidable),
            evidence: evidence.of(instance.target()),
            ..bare(reporting(instance.concern()), Severity::Error, Some(instance.target()))
        });
    }
    findings
}

/// A finding on one accused cell.
pub(super) fn accused(
    case: &Case<'_>,
    block: &Block,
    change: &Change,
    alternatives: Vec<Vec<Place>>,
) -> Finding {
    let Case { table, ledger, .. } = *case;
    let place = change.place;
    let instance = telling_instance(ledger, block, place);
    let pinned = block.verdict == Verdict::Pinned;
    let to = change.value.or(instance.filter(|i| i.target() == place).and_then(Instance::expected));
    // Where blanks are zeros by habit, no figure is put into one without asking.
    let blank = table.datum(place).reading == Reading::Blank;
    let (grade, reason) = if pinned && !blank {
        (change.grade, change.reason)
    } else {
        (Grade::Shown, Reason::OneOfSeveral)
    };
    let causes =
        if pinned { causes_of(table, case.evidence, case.corrected, place) } else { Vec::new() };
    let correction = to.map(|to| Correction {
        place,
        from: table.number(place).filter(|_| table.datum(place).reading != Reading::Blank),
        to,
        grade,
        reason,
    });
    let told = instance.unwrap_or(&ledger.instances[block.instances[0]]);
    let rule = if blank { &BLANK_CELL } else { reporting(told.concern()) };
    Finding {
        expected: to,
        verdict: Some(block.verdict),
        alternatives,
        causes,
        evidence: case.evidence.of(place),
        correction,
        ..bare(rule, Severity::Error, Some(place))
    }
}

/// The broken rule that tells most of a cell: the one that computes it, else one that reads it.
fn telling_instance<'a>(ledger: &'a Ledger, block: &Block, place: Place) -> Option<&'a Instance> {
    let broken = || block.instances.iter().map(|index| &ledger.instances[*index]);
    broken()
        .find(|instance| instance.target() == place)
        .or_else(|| broken().find(|instance| instance.inputs().any(|input| input == place)))
}

/// True for an instance that a wrong formula or a stale result explains.
fn is_explained(judged: &Judged, instance: &Instance) -> bool {
    instance.cells().any(|cell| judged.judgements.get(&cell).is_some_and(proves_nothing))
}

/// Broken equalities that no block took in (a product, a figure beyond exact arithmetic).
fn left_over(case: &Case<'_>, blocks: &[Block]) -> Vec<Finding> {
    let Case { judged, ledger, evidence, .. } = *case;
    let taken: BTreeSet<usize> = blocks.iter().flat_map(|block| block.instances.clone()).collect();
    let mut findings = Vec::new();
    for (index, instance) in ledger.instances.iter().enumerate() {
        let broken = instance.outcome == Outcome::Violated && instance.is_equality();
        if !broken || taken.contains(&index) || is_explained(judged, instance) {
            continue;
        }
        findings.push(Finding {
            expected: instance.expected(),
            verdict: Some(Verdict::Narrowed),
            alternatives: blanks_first(&judged.table, instance),
            evidence: evidence.of(instance.target()),
            ..bare(reporting(instance.concern()), Severity::Error, Some(instance.target()))
        });
    }
    findings
}

/// The other cells of a broken relation, blank ones first: what is missing is the likelier fault.
fn blanks_first(table: &Table, instance: &Instance) -> Vec<Vec<Place>> {
    let mut inputs: Vec<Place> = instance.inputs().collect();
    inputs.sort_by_key(|place| table.datum(*place).reading != Reading::Blank);
    inputs.into_iter().map(|place| vec![place]).collect()
}

/// Broken bounds, unless one of their cells is accused already: then the bound is a consequence.
fn from_bounds(judged: &Judged, ledger: &Ledger, found: &[Finding]) -> Vec<Finding> {
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
        .filter(|(_, instance)| !is_explained(judged, instance))
        .map(|(index, instance)| Finding {
            verdict: Some(Verdict::Narrowed),
            alternatives: instance.inputs().map(|place| vec![place]).collect(),
            evidence: vec![index],
            ..bare(reporting(instance.concern()), Severity::Error, Some(instance.target()))
        })
        .collect()
}

/// A fault of a formula that no other finding tells.
fn from_formula(
    table: &Table,
    evidence: &Evidence<'_>,
    sound: &Table,
    remark: &Remark,
    place: Place,
    judgement: &Judgement,
) -> Finding {
    let discredited = judgement.standing == Standing::Discredited;
    let right = if discredited { sound.number(place) } else { None };
    let wrong_by_rule = discredited && remark.rule.severity != Severity::Error;
    if let (true, Some(concern), Some(expected)) = (wrong_by_rule, judgement.concern, right) {
        // The figure is wrong by its column's rule; what stands behind it is how it came about.
        let mut causes: Vec<Cause> = formula_cause(table, place, judgement).into_iter().collect();
        let own = Corrected::from_iter([(place, expected)]);
        causes.extend(causes_of(table, evidence, &own, place));
        return Finding {
            expected: Some(expected),
            verdict: Some(Verdict::Pinned),
            causes,
            evidence: evidence.of(place),
            correction: repair(table, sound, place, judgement),
            ..bare(reporting(concern), Severity::Error, Some(place))
        };
    }
    let error = remark.severity == Severity::Error;
    Finding {
        others: remark.others.clone(),
        expected: right.or(remark.expected),
        verdict: error.then_some(Verdict::Pinned),
        evidence: if error { evidence.of(place) } else { Vec::new() },
        correction: repair(table, sound, place, judgement),
        ..bare(remark.rule, remark.severity, Some(place))
    }
}

/// The cell's own rule as its formula. Where the figure is right as it stands only the formula
/// changes, which is no more than a suggestion unless the present one is certain to be wrong.
pub(super) fn repair(
    table: &Table,
    sound: &Table,
    place: Place,
    judgement: &Judgement,
) -> Option<Correction> {
    judgement.repair.as_ref().filter(|_| !is_undecided(judgement))?;
    let certain = judgement.standing == Standing::Discredited && judgement.confirmed;
    let from = table.number(place);
    let to = if certain { sound.number(place).or(from)? } else { from? };
    Some(Correction {
        place,
        from,
        to,
        grade: if certain { Grade::Safe } else { Grade::Suggested },
        reason: Reason::FormulaProved,
    })
}

fn formula_cause(table: &Table, place: Place, judgement: &Judgement) -> Option<Cause> {
    let fault = judgement.faults.first()?;
    let typed = matches!(fault, Fault::TypedAmongFormulas);
    let mechanism = if typed { Mechanism::TypedOver } else { Mechanism::Formula };
    let detail = Text::new(
        words::fault(table, place, judgement, Lang::Vi),
        words::fault(table, place, judgement, Lang::En),
    );
    Some(Cause { mechanism, detail })
}

pub(super) fn bare(
    rule: &'static crate::rules::Rule,
    severity: Severity,
    place: Option<Place>,
) -> Finding {
    Finding {
        rule,
        severity,
        place,
        others: Vec::new(),
        more: 0,
        outside: None,
        texts: None,
        followers: Vec::new(),
        heading: None,
        expected: None,
        verdict: None,
        alternatives: Vec::new(),
        causes: Vec::new(),
        evidence: Vec::new(),
        correction: None,
        told: None,
        inferred: None,
        along: Vec::new(),
    }
}
