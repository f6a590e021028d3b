//! One wrong figure that several found relations contradict is told once: where the relations that
//! differ have one cell in common, and one figure there makes all of them hold, the cell is named with
//! that figure and the others are listed. It stays a warning. A relation that is too weak to be told by
//! itself takes part where one of the other direction is: that both differ by the same is no chance.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::causes::{Cause, causes_of};
use super::evidence::Evidence;
use super::words::position;
use super::{Finding, Verdict};
use crate::found::policy::WARNS;
use crate::lang::{Lang, Text};
use crate::relations::{Concern, Instance};
use crate::rules::{Ledger, Severity, reporting};
use crate::say;
use crate::table::{Inference, Inferred, Place, Shape, Table, Told, Voice};

/// Warnings of one table that are compared with each other; more are not of that kind.
const MOST: usize = 200;

/// Cells that their relations read.
const MOST_CELLS: usize = 10_000;

/// Relations that are named in the sentence.
const NAMED: usize = 4;

/// Folds warnings on found relations that one figure explains.
pub(super) fn fold(table: &Table, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut mended = BTreeMap::new();
    while let Some(mut folded) = fold_one(table, findings) {
        folded.causes = causes(table, evidence, &folded);
        mended.extend(folded.place.zip(folded.expected));
        findings.push(folded);
    }
    // What holds once all of them are mended follows from them.
    let follows = |finding: &Finding| {
        let told = told_alone(table, finding);
        told.is_some_and(|(one, place)| holds_with(table, one, place, &mended))
    };
    findings.retain(|finding| mended.is_empty() || !follows(finding));
}

/// How the figure that is there may have come to be, where one is named that should be.
fn causes(table: &Table, evidence: &Evidence<'_>, finding: &Finding) -> Vec<Cause> {
    let Some((place, figure)) = finding.place.zip(finding.expected) else { return Vec::new() };
    causes_of(table, evidence, &[(place, figure)].into_iter().collect(), place)
}

/// Tells a broken total of which nothing says which cell is wrong at the cell with whose figure both it and
/// what found relations of the other direction show hold.
pub(super) fn join_totals(
    table: &Table,
    ledger: &Ledger,
    evidence: &Evidence<'_>,
    findings: &mut [Finding],
    doubts: &mut Vec<Finding>,
) {
    let open = [Some(Verdict::Undecidable), Some(Verdict::Narrowed)];
    let is_total =
        |total: &Finding| *total.rule == *reporting(Concern::Sum) && open.contains(&total.verdict);
    let mut known = None;
    for total in findings.iter_mut().filter(|total| is_total(total)) {
        let all = known
            .take()
            .unwrap_or_else(|| [witnesses(table, doubts), folded(table, doubts)].concat());
        let mends = mending(table, ledger, total, &all);
        let cells: BTreeSet<Place> = mends.iter().map(|(_, cell, _)| *cell).collect();
        let strongest = mends.iter().max_by_key(|(witness, ..)| witness.one.bits);
        let (Some((witness, cell, figure)), 1) = (strongest, cells.len()) else {
            known = Some(all);
            continue;
        };
        *total = joined(table, total, witness, (*cell, *figure));
        total.causes = causes(table, evidence, total);
        // With it goes what is told of its relations.
        take_out(doubts, mends.iter().map(|(witness, ..)| witness));
    }
}

/// The cells, each with its figure, that make both a broken total and what a relation tells hold.
fn mending<'t>(
    table: &Table,
    ledger: &Ledger,
    total: &Finding,
    witnesses: &[Witness<'t>],
) -> Vec<(Witness<'t>, Place, Decimal)> {
    let (Some(sum), Some(expected)) = (total.place, total.expected) else { return Vec::new() };
    let broken = ledger.instances.iter().filter(|i| i.target() == sum && i.is_equality());
    let broken = broken.filter(|i| i.concern() == Concern::Sum);
    let parts: BTreeSet<Place> = broken.flat_map(Instance::inputs).collect();
    let mends = |witness: &Witness<'t>, cell: Place| {
        let figure = witness.figure(table, cell)?;
        let excess = table.number(cell)?.checked_sub(figure)?;
        let same = expected.checked_sub(table.number(sum)?)? == excess;
        (same && keeps_the_rest(table, cell, figure)).then_some((*witness, cell, figure))
    };
    let each = witnesses.iter().flat_map(|witness| {
        // What relates columns tells each of their cells, everything the one it is told at.
        let across = !witness.one.of_rows && !witness.is_folded;
        let cells = if across { witness.cells() } else { Vec::new() };
        let own = Some(witness.place).filter(|_| !across && witness.speaks);
        let cells: BTreeSet<Place> = cells.into_iter().chain(own).collect();
        cells
            .into_iter()
            .filter(|cell| parts.contains(cell))
            .filter_map(move |cell| mends(witness, cell))
    });
    each.collect()
}

/// The broken total told at the cell that mends it; either may be wrong.
fn joined(
    table: &Table,
    total: &Finding,
    witness: &Witness<'_>,
    (cell, figure): (Place, Decimal),
) -> Finding {
    let said = |lang: Lang| {
        let total = total.place.map(|place| (table.address(place), position(table, place, lang)));
        let Some((at, name)) = total else { return String::new() };
        let (position, found) = (position(table, cell, lang), table.datum(cell).printed());
        let right = table.print(cell.column, figure);
        let statement = witness.one.statement.get(lang);
        say!(
            lang,
            "{position}: ghi {found}; nếu là {right} thì khớp cả dòng tổng (ô {at}, {name}) lẫn cách tính suy ra từ các số còn lại ({statement}); nếu ô này đúng thì ô {at} và một ô khác trong cách tính ấy đều sai",
            "{position}: says {found}; were it {right}, the total ({at}, {name}) and what the other figures show would both hold ({statement}); if this cell is right, {at} and another cell of that relation are wrong",
        )
    };
    Finding {
        place: Some(cell),
        expected: Some(figure),
        verdict: Some(Verdict::Narrowed),
        alternatives: total.place.map(|place| vec![vec![place]]).unwrap_or_default(),
        told: Some(Text::new(said(Lang::Vi), said(Lang::En))),
        inferred: Some(witness.inferred),
        correction: None,
        ..total.clone()
    }
}

/// A cell that differs from a found relation, told or not.
#[derive(Debug, Clone, Copy)]
struct Witness<'t> {
    /// The relation by its place among those of the table.
    inferred: usize,
    one: &'t Inferred,
    place: Place,
    expected: Decimal,
    /// What is told of it, by its place among the findings.
    finding: Option<usize>,
    /// True where that is enough to be compared with what others tell, whatever their direction.
    speaks: bool,
    warns: bool,
    /// True for several that are told together at this cell.
    is_folded: bool,
}

impl Witness<'_> {
    /// The cells that the relation relates there.
    fn cells(&self) -> Vec<Place> {
        self.one.inputs(self.place).into_iter().chain([self.place]).collect()
    }

    /// The only figure of a cell with which the relation holds.
    fn figure(&self, table: &Table, cell: Place) -> Option<Decimal> {
        if cell == self.place {
            return Some(self.expected);
        }
        let Span { least, most } = span(table, self.one, self.place, cell)?;
        least.filter(|least| most == Some(*least))
    }
}

/// What found relations tell of single cells, and what others that are too weak to tell anything bear out.
fn witnesses<'t>(table: &'t Table, findings: &[Finding]) -> Vec<Witness<'t>> {
    let told = findings.iter().enumerate().filter_map(|(at, finding)| {
        let (one, place) = told_alone(table, finding)?;
        let (inferred, expected) = (finding.inferred?, expected(table, finding)?);
        let warns = finding.severity == Severity::Warning;
        let finding = Some(at);
        let (speaks, is_folded) = (true, false);
        Some(Witness { inferred, one, place, expected, finding, speaks, warns, is_folded })
    });
    let mut all: Vec<Witness<'t>> = told.collect();
    let known: BTreeSet<(usize, Place)> = all.iter().map(|one| (one.inferred, one.place)).collect();
    let silent = table.inferred.iter().enumerate().filter_map(|(inferred, one)| {
        let is_meant = one.voice < Voice::Convicts && (!one.of_rows || one.adds());
        let doubt = one.witness.as_ref().filter(|_| is_meant)?;
        let (place, expected) = (doubt.place, doubt.expected);
        let is_told = |finding: &Finding| {
            finding.inferred == Some(inferred)
                && finding.place == Some(place)
                && finding.told.is_none()
        };
        let finding = findings.iter().position(is_told);
        let is_new = !known.contains(&(inferred, place));
        is_new.then_some(Witness {
            inferred,
            one,
            place,
            expected,
            finding,
            speaks: false,
            warns: false,
            is_folded: false,
        })
    });
    all.extend(silent);
    all
}

/// What several relations tell together, where they name one figure.
fn folded<'t>(table: &'t Table, findings: &[Finding]) -> Vec<Witness<'t>> {
    let told = findings.iter().enumerate().filter(|(_, finding)| finding.told.is_some());
    let witness = |(at, finding): (usize, &Finding)| {
        let (inferred, one) = (finding.inferred?, finding.told_by(table)?);
        let (place, expected, finding) = (finding.place?, finding.expected?, Some(at));
        let (speaks, warns, is_folded) = (true, true, true);
        Some(Witness { inferred, one, place, expected, finding, speaks, warns, is_folded })
    };
    told.filter_map(witness).collect()
}

fn fold_one(table: &Table, findings: &mut Vec<Finding>) -> Option<Finding> {
    let open = findings.iter().filter(|finding| told_alone(table, finding).is_some()).count();
    if open == 0 || open > MOST {
        return None;
    }
    let shared = most_shared(table, &witnesses(table, findings))?;
    let folded = shared.finding(table, findings)?;
    take_out(findings, shared.witnesses.iter());
    Some(folded)
}

/// Takes out what is told of witnesses.
fn take_out<'w>(findings: &mut Vec<Finding>, witnesses: impl Iterator<Item = &'w Witness<'w>>) {
    let told: BTreeSet<usize> = witnesses.filter_map(|witness| witness.finding).collect();
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !told.contains(&at)));
}

/// True where a sum holds for a cell once others hold other figures.
fn holds_with(
    table: &Table,
    one: &Inferred,
    target: Place,
    mended: &BTreeMap<Place, Decimal>,
) -> bool {
    let figure = |place: Place| mended.get(&place).copied().or_else(|| table.number(place));
    let Inference::Is(Shape::Linear(sum)) = &one.says else { return false };
    let value = sum.value(|line| figure(at_line(one, target, line)));
    value.is_some() && value == figure(target)
}

/// The relation and the cell of what is told of one cell that a found relation contradicts and that is not
/// folded yet; a relation that has too few figures to warn by itself may still bear out another.
fn told_alone<'t>(table: &'t Table, finding: &Finding) -> Option<(&'t Inferred, Place)> {
    let one = finding.told_by(table)?;
    let few = one.bits.is_some_and(|bits| bits < WARNS) && one.reasons.len() == 1;
    let told = finding.severity == Severity::Warning || one.voice == Voice::Notes && few;
    let alone = told && finding.others.is_empty() && one.by != Told::Cells;
    (alone && finding.told.is_none()).then_some((one, finding.place?))
}

/// The figure that the relation of such a finding gives.
fn expected(table: &Table, finding: &Finding) -> Option<Decimal> {
    let doubt = |one: &Inferred| {
        one.doubts.iter().find(|doubt| Some(doubt.place) == finding.place).map(|d| d.expected)
    };
    finding.expected.or_else(|| doubt(finding.told_by(table)?))
}

/// A cell that several relations have in common.
struct Shared<'t> {
    cell: Place,
    figures: Span,
    witnesses: Vec<Witness<'t>>,
}

/// The cell that explains most of what differs, where no other explains as much of it.
fn most_shared<'t>(table: &'t Table, witnesses: &[Witness<'t>]) -> Option<Shared<'t>> {
    let mut of_cells: BTreeMap<Place, Vec<Witness<'t>>> = BTreeMap::new();
    let mut read = 0;
    for witness in witnesses {
        let cells: BTreeSet<Place> = witness.cells().into_iter().collect();
        read += cells.len();
        if read > MOST_CELLS {
            // Those of which something is told come first.
            if witness.speaks {
                return None;
            }
            break;
        }
        for cell in cells {
            of_cells.entry(cell).or_default().push(*witness);
        }
    }
    let common = of_cells.into_iter().filter(|(_, own)| own.len() > 1);
    // Where the relations of both directions do not agree, those of one may.
    let explained = |(cell, own): (Place, Vec<Witness<'t>>)| {
        let (told, silent): (Vec<_>, Vec<_>) = own.into_iter().partition(|one| one.speaks);
        let across: Vec<_> = told.iter().copied().filter(|one| !one.one.of_rows).collect();
        explains(table, cell, told, &silent).or_else(|| explains(table, cell, across, &silent))
    };
    let all: Vec<Shared<'_>> = common.filter_map(explained).collect();
    let most = all.iter().map(|shared| shared.witnesses.len()).max()?;
    let mut best = all.into_iter().filter(|shared| shared.witnesses.len() == most);
    let first = best.next()?;
    let rivals = |other: Shared<'_>| {
        let is_of_first = |own: &Witness<'_>| {
            first.witnesses.iter().any(|one| (one.inferred, one.place) == (own.inferred, own.place))
        };
        other.witnesses.iter().any(is_of_first)
    };
    (!best.any(rivals)).then_some(first)
}

/// A cell where some figures make all relations hold of which something is told, with those of the other
/// direction that are too weak for that and hold then too.
fn explains<'t>(
    table: &Table,
    cell: Place,
    mut own: Vec<Witness<'t>>,
    silent: &[Witness<'t>],
) -> Option<Shared<'t>> {
    let span_of = |witness: &Witness<'t>| span(table, witness.one, witness.place, cell);
    let mut spans: Vec<Span> = own.iter().map(span_of).collect::<Option<_>>()?;
    let mut figures = spans.iter().copied().try_fold(Span::ALL, Span::meet)?;
    // An interval meets what another error has moved as well.
    let told = figures.as_written(table, cell).filter(|span| span.least == span.most);
    for witness in silent.iter().filter(|_| told.is_some()) {
        let other_way = own.iter().any(|one| one.speaks && one.one.of_rows != witness.one.of_rows);
        let bears = span_of(witness).filter(|_| other_way);
        if let Some((span, both)) = bears.and_then(|span| Some((span, figures.meet(span)?))) {
            figures = both;
            spans.push(span);
            own.push(*witness);
        }
    }
    let bounded = spans.iter().filter(|span| span.is_bounded()).count() > 1;
    let warned = own.iter().any(|witness| witness.warns);
    let figures = figures.as_written(table, cell)?;
    let holds = bounded && warned && keeps_the_rest(table, cell, figures.middle(table, cell)?);
    holds.then_some(Shared { cell, figures, witnesses: own })
}

/// The figures of a cell with which something holds; an end that is missing is open.
#[derive(Debug, Clone, Copy)]
struct Span {
    least: Option<Decimal>,
    most: Option<Decimal>,
}

impl Span {
    const ALL: Self = Self { least: None, most: None };

    fn between(one: Decimal, other: Decimal) -> Self {
        Self { least: Some(one.min(other)), most: Some(one.max(other)) }
    }

    fn is_bounded(self) -> bool {
        self.least.is_some() && self.most.is_some()
    }

    fn meet(self, other: Self) -> Option<Self> {
        let least = self.least.max(other.least);
        let most = match (self.most, other.most) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let empty = least.zip(most).is_some_and(|(least, most)| least > most);
        (!empty).then_some(Self { least, most })
    }

    /// Those that can be written with the decimals of the cell.
    fn as_written(self, table: &Table, cell: Place) -> Option<Self> {
        let unit = Decimal::new(1, table.figure(cell)?.decimals.min(20));
        let (least, most) = self.least.zip(self.most)?;
        let least = least.checked_div(unit)?.ceil().checked_mul(unit)?;
        let most = most.checked_div(unit)?.floor().checked_mul(unit)?;
        (least <= most).then_some(Self { least: Some(least), most: Some(most) })
    }

    /// One in the middle.
    fn middle(self, table: &Table, cell: Place) -> Option<Decimal> {
        let (least, most) = self.least.zip(self.most)?;
        Some(((least + most) / Decimal::TWO).round_dp(table.figure(cell)?.decimals))
    }

    fn text(self, table: &Table, cell: Place, lang: Lang) -> String {
        let print = |end: Option<Decimal>| {
            end.map(|value| table.print(cell.column, value)).unwrap_or_default()
        };
        let (least, most) = (print(self.least), print(self.most));
        if least == most {
            return least;
        }
        say!(lang, "từ {least} đến {most}", "from {least} to {most}")
    }
}

/// The figures of a cell with which a relation holds for a cell of its target.
fn span(table: &Table, one: &Inferred, target: Place, cell: Place) -> Option<Span> {
    let found = table.number(target)?;
    let half = half_unit(table, target)?;
    let own = table.number(cell)?;
    let line = if one.of_rows { cell.row } else { cell.column };
    let number = |line: usize| table.number(at_line(one, target, line));
    let moved = |change: Decimal| own.checked_add(change);
    match &one.says {
        Inference::Is(Shape::Linear(sum)) => {
            let value = sum.value(number)?;
            if cell == target {
                return Some(Span::between(value, value));
            }
            let factor = sum.terms.get(&line)?;
            let right = moved((found - value).checked_div(*factor)?)?;
            Some(Span::between(right, right))
        }
        Inference::Is(Shape::Ratio { numerator, denominator, scale }) => {
            let scale = scale.unwrap_or(Decimal::ONE);
            let (above, below) = (numerator.value(number)?, denominator.value(number)?);
            if cell == target {
                let value = above.checked_mul(scale)?.checked_div(below)?;
                return Some(Span::between(value - half, value + half));
            }
            let ends = [found - half, found + half];
            let right =
                |end: Decimal| match (numerator.terms.get(&line), denominator.terms.get(&line)) {
                    (Some(factor), None) => {
                        let wanted = end.checked_mul(below)?.checked_div(scale)?;
                        moved((wanted - above).checked_div(*factor)?)
                    }
                    (None, Some(factor)) => {
                        let wanted = above.checked_mul(scale)?.checked_div(end)?;
                        moved((wanted - below).checked_div(*factor)?)
                    }
                    _ => None,
                };
            let of_one_sign = ends[0].is_sign_positive() == ends[1].is_sign_positive();
            of_one_sign.then(|| Some(Span::between(right(ends[0])?, right(ends[1])?))).flatten()
        }
        Inference::Share { part, whole, scale } => {
            let at = |line| at_line(one, target, line);
            let whole =
                if one.of_rows { Place::new(*part, *whole) } else { Place::new(*whole, *part) };
            let (part, below) = (at(*part), table.number(whole)?);
            let quotient = |end: Decimal| end.checked_mul(below)?.checked_div(*scale);
            if cell == target {
                let value = table.number(part)?.checked_mul(*scale)?.checked_div(below)?;
                return Some(Span::between(value - half, value + half));
            }
            (cell == part && part != whole)
                .then(|| Some(Span::between(quotient(found - half)?, quotient(found + half)?)))
                .flatten()
        }
        Inference::AtMost(most) if cell == target => {
            Some(Span { least: None, most: Some(most.value(number)?) })
        }
        Inference::AtMost(most) if most.terms.get(&line) == Some(&Decimal::ONE) => {
            Some(Span { least: Some(moved(found - most.value(number)?)?), most: None })
        }
        _ => None,
    }
}

fn at_line(one: &Inferred, target: Place, line: usize) -> Place {
    if one.of_rows { Place::new(line, target.column) } else { Place::new(target.row, line) }
}

/// Half a unit of the last place that a cell shows.
fn half_unit(table: &Table, place: Place) -> Option<Decimal> {
    Some(Decimal::new(5, table.figure(place)?.decimals.min(20) + 1))
}

/// True where the relations that hold for a cell still hold with another figure in it.
fn keeps_the_rest(table: &Table, cell: Place, figure: Decimal) -> bool {
    let told = table.inferred.iter().filter(|one| one.voice >= Voice::Warns);
    let concerned = told.filter_map(|one| {
        let own = if one.of_rows { cell.row } else { cell.column };
        let reads = own == one.target || one.terms().contains(&own);
        reads.then_some((one, one.cell(cell)))
    });
    concerned
        .into_iter()
        .filter(|(one, target)| !one.doubts.iter().any(|doubt| doubt.place == *target))
        .all(|(one, target)| {
            let Some(span) = span(table, one, target, cell) else { return true };
            let holds = |figure: Decimal| {
                span.least.is_none_or(|least| least <= figure)
                    && span.most.is_none_or(|most| figure <= most)
            };
            let own = table.number(cell).is_some_and(holds);
            !own || holds(figure)
        })
}

impl Shared<'_> {
    /// The warning on the cell in place of those on the relations.
    fn finding(&self, table: &Table, findings: &[Finding]) -> Option<Finding> {
        let mut own = self.witnesses.clone();
        own.sort_by_key(|one| one.place);
        let of_findings = own.iter().filter(|one| one.speaks);
        let of_findings = of_findings.filter_map(|one| Some((one, one.finding?)));
        let (strongest, at) = of_findings.max_by_key(|(one, _)| one.one.bits)?;
        let definite = self.figures.least.filter(|least| self.figures.most == Some(*least));
        let told = |lang| self.told(table, &own, strongest, lang);
        let others: Vec<Place> =
            own.iter().map(|one| one.place).filter(|place| *place != self.cell).collect();
        Some(Finding {
            severity: Severity::Warning,
            place: Some(self.cell),
            expected: definite,
            alternatives: if others.len() == own.len() { vec![others] } else { Vec::new() },
            told: Some(Text::new(told(Lang::Vi), told(Lang::En))),
            ..findings[at].clone()
        })
    }

    fn told(
        &self,
        table: &Table,
        own: &[Witness<'_>],
        strongest: &Witness<'_>,
        lang: Lang,
    ) -> String {
        let (position, found) =
            (position(table, self.cell, lang), table.datum(self.cell).printed());
        let figures = self.figures.text(table, self.cell, lang);
        let differs = |witness: &Witness<'_>| {
            let place = witness.place;
            let (at, says) = (table.address(place), table.datum(place).printed());
            let right = table.print(place.column, witness.expected);
            if place == self.cell {
                say!(
                    lang,
                    "cộng, tính từ các ô khác là {right}",
                    "computed from others it is {right}"
                )
            } else {
                say!(
                    lang,
                    "ô {at} ghi {says}, tính lại là {right}",
                    "{at} says {says}, computed it is {right}"
                )
            }
        };
        let mut cells: Vec<String> = own.iter().take(NAMED).map(differs).collect();
        cells.dedup();
        if own.len() > NAMED {
            cells.push("…".to_owned());
        }
        let (count, cells) = (own.len(), cells.join("; "));
        // What bears it out is told nowhere else.
        let silent = own.iter().filter(|one| !one.speaks).max_by_key(|one| one.one.bits);
        let statements = [strongest].into_iter().chain(silent);
        let statements: Vec<&str> =
            statements.map(|witness| witness.one.statement.get(lang)).collect();
        let statement = statements.join("; ");
        say!(
            lang,
            "{position}: ghi {found}; nếu là {figures} thì {count} cách tính suy ra từ các số còn lại cùng khớp ({cells}); {statement}",
            "{position}: says {found}; were it {figures}, {count} relations that the other figures show would hold ({cells}); {statement}",
        )
    }
}
