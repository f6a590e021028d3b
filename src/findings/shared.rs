//! One wrong figure that several found relations contradict is told once: where the relations that
//! differ have one cell in common, and one figure there makes all of them hold, the cell is named with
//! that figure and the others are listed. It stays a warning.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

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
pub(super) fn fold(table: &Table, findings: &mut Vec<Finding>) {
    let mut mended = BTreeMap::new();
    while let Some(folded) = fold_one(table, findings) {
        mended.extend(folded.place.zip(folded.expected));
        findings.push(folded);
    }
    // What holds once all of them are mended follows from them.
    let follows = |finding: &Finding| {
        let told = warns(table, finding);
        told.is_some_and(|(one, place)| holds_with(table, one, place, &mended))
    };
    findings.retain(|finding| mended.is_empty() || !follows(finding));
}

/// Tells a broken total of which nothing says which cell is wrong at the cell whose figure, as found
/// relations of the other direction give it, mends the total too.
pub(super) fn join_totals(
    table: &Table,
    ledger: &Ledger,
    findings: &mut [Finding],
    doubts: &mut Vec<Finding>,
) {
    let is_total = |total: &Finding| {
        *total.rule == *reporting(Concern::Sum) && total.verdict == Some(Verdict::Undecidable)
    };
    for total in findings.iter_mut().filter(|total| is_total(total)) {
        let mut mends = doubts.iter().enumerate().filter(|(_, doubt)| {
            warning(table, doubt).is_some() && mends_total(table, ledger, total, doubt)
        });
        let (Some((at, doubt)), None) = (mends.next(), mends.next()) else { continue };
        *total = joined(table, total, doubt);
        doubts.remove(at);
    }
}

/// True where a broken sum holds once the cell of a warning is what its relation gives.
fn mends_total(table: &Table, ledger: &Ledger, total: &Finding, doubt: &Finding) -> bool {
    let off = || {
        let (cell, sum) = (doubt.place?, total.place?);
        let excess = table.number(cell)?.checked_sub(expected(table, doubt)?)?;
        let broken = ledger.instances.iter().filter(|i| i.target() == sum && i.is_equality());
        let mut parts = broken.filter(|i| i.concern() == Concern::Sum).flat_map(Instance::inputs);
        let found = parts.any(|part| part == cell);
        (found && total.expected? - table.number(sum)? == excess).then_some(())
    };
    off().is_some()
}

/// The broken total told at the cell that mends it; either may be wrong.
fn joined(table: &Table, total: &Finding, doubt: &Finding) -> Finding {
    let said = |lang: Lang| {
        let total = total.place.map(|place| (table.address(place), position(table, place, lang)));
        let (Some(cell), Some((at, name)), Some(value)) =
            (doubt.place, total, expected(table, doubt))
        else {
            return String::new();
        };
        let (position, found) = (position(table, cell, lang), table.datum(cell).printed());
        let right = table.print(cell.column, value);
        let statement = statement(table, doubt, lang);
        say!(
            lang,
            "{position}: ghi {found}; nếu là {right} thì khớp cả dòng tổng (ô {at}, {name}) lẫn cách tính suy ra từ các số còn lại ({statement}); ô này hoặc ô {at} sai",
            "{position}: says {found}; were it {right}, the total ({at}, {name}) and what the other figures show would both hold ({statement}); this cell or {at} is wrong",
        )
    };
    Finding {
        place: doubt.place,
        expected: expected(table, doubt),
        verdict: Some(Verdict::Narrowed),
        alternatives: total.place.map(|place| vec![vec![place]]).unwrap_or_default(),
        told: Some(Text::new(said(Lang::Vi), said(Lang::En))),
        inferred: doubt.inferred,
        ..total.clone()
    }
}

/// What the table shows by itself, in words.
fn statement<'t>(table: &'t Table, finding: &Finding, lang: Lang) -> &'t str {
    finding.told_by(table).map_or("", |one| one.statement.get(lang))
}

fn fold_one(table: &Table, findings: &mut Vec<Finding>) -> Option<Finding> {
    let open: Vec<usize> =
        (0..findings.len()).filter(|at| warns(table, &findings[*at]).is_some()).collect();
    if open.len() < 2 || open.len() > MOST {
        return None;
    }
    let shared = most_shared(table, findings, &open)?;
    let folded = shared.finding(table, findings);
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !shared.findings.contains(&at)));
    Some(folded)
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

/// The relation and the cell of a warning on one cell that a found relation contradicts; a relation that
/// has too few figures to warn by itself may still bear out another.
fn warning<'t>(table: &'t Table, finding: &Finding) -> Option<(&'t Inferred, Place)> {
    let one = finding.told_by(table)?;
    let few = one.bits.is_some_and(|bits| bits < WARNS) && one.reasons.len() == 1;
    let told = finding.severity == Severity::Warning || one.voice == Voice::Notes && few;
    let alone = told && finding.others.is_empty() && one.by != Told::Cells;
    alone.then_some((one, finding.place?))
}

/// The figure that the relation of such a finding gives.
fn expected(table: &Table, finding: &Finding) -> Option<Decimal> {
    let doubt = |one: &Inferred| {
        one.doubts.iter().find(|doubt| Some(doubt.place) == finding.place).map(|d| d.expected)
    };
    finding.expected.or_else(|| doubt(finding.told_by(table)?))
}

/// The same of one that is not folded yet.
fn warns<'t>(table: &'t Table, finding: &Finding) -> Option<(&'t Inferred, Place)> {
    warning(table, finding).filter(|_| finding.told.is_none())
}

/// A cell that several warnings have in common.
struct Shared {
    cell: Place,
    figures: Span,
    /// The warnings, by their places among the findings.
    findings: Vec<usize>,
}

/// The cell that explains most warnings, where no other explains as many of them.
fn most_shared(table: &Table, findings: &[Finding], open: &[usize]) -> Option<Shared> {
    let mut of_cells: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    let mut read = 0;
    for at in open {
        let (one, place) = warns(table, &findings[*at])?;
        let cells: BTreeSet<Place> = one.inputs(place).into_iter().chain([place]).collect();
        read += cells.len();
        if read > MOST_CELLS {
            return None;
        }
        for cell in cells {
            of_cells.entry(cell).or_default().push(*at);
        }
    }
    let common = of_cells.into_iter().filter(|(_, findings)| findings.len() > 1);
    // Where the relations of both directions do not agree, those of one may.
    let explained = |(cell, own): (Place, Vec<usize>)| {
        let across =
            |at: &&usize| warns(table, &findings[**at]).is_some_and(|(one, _)| !one.of_rows);
        let of_one: Vec<usize> = own.iter().filter(across).copied().collect();
        explains(table, findings, cell, own).or_else(|| explains(table, findings, cell, of_one))
    };
    let all: Vec<Shared> = common.filter_map(explained).collect();
    let most = all.iter().map(|shared| shared.findings.len()).max()?;
    let mut best = all.into_iter().filter(|shared| shared.findings.len() == most);
    let first = best.next()?;
    let rivals = |other: Shared| other.findings.iter().any(|at| first.findings.contains(at));
    (!best.any(rivals)).then_some(first)
}

/// A cell where some figures make all of some warnings' relations hold.
fn explains(table: &Table, findings: &[Finding], cell: Place, own: Vec<usize>) -> Option<Shared> {
    let relations = own.iter().map(|at| warns(table, &findings[*at]));
    let spans = relations.map(|one| one.and_then(|(one, at)| span(table, one, at, cell)));
    let spans: Vec<Span> = spans.collect::<Option<_>>()?;
    let bounded = spans.iter().filter(|span| span.is_bounded()).count() > 1;
    let warned = own.iter().any(|at| findings[*at].severity == Severity::Warning);
    let figures = spans.into_iter().try_fold(Span::ALL, Span::meet)?;
    let figures = figures.as_written(table, cell)?;
    let holds = bounded && warned && keeps_the_rest(table, cell, figures.middle(table, cell)?);
    holds.then_some(Shared { cell, figures, findings: own })
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
        let (own, across) =
            if one.of_rows { (cell.row, cell.column) } else { (cell.column, cell.row) };
        let reads = own == one.target || one.terms().contains(&own);
        let target = if one.of_rows {
            Place::new(one.target, across)
        } else {
            Place::new(across, one.target)
        };
        reads.then_some((one, target))
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

impl Shared {
    /// The warning on the cell in place of those on the relations.
    fn finding(&self, table: &Table, findings: &[Finding]) -> Finding {
        let mut own: Vec<&Finding> = self.findings.iter().map(|at| &findings[*at]).collect();
        own.sort_by_key(|one| one.place);
        let bits = |finding: &&&Finding| finding.told_by(table).and_then(|one| one.bits);
        let strongest = own.iter().max_by_key(bits).map_or_else(|| own[0], |one| *one);
        let definite = self.figures.least.filter(|least| self.figures.most == Some(*least));
        let told = |lang| self.told(table, &own, strongest, lang);
        let others: Vec<Place> =
            own.iter().filter_map(|one| one.place).filter(|place| *place != self.cell).collect();
        Finding {
            severity: Severity::Warning,
            place: Some(self.cell),
            expected: definite,
            alternatives: if others.len() == own.len() { vec![others] } else { Vec::new() },
            told: Some(Text::new(told(Lang::Vi), told(Lang::En))),
            ..strongest.clone()
        }
    }

    fn told(&self, table: &Table, own: &[&Finding], strongest: &Finding, lang: Lang) -> String {
        let (position, found) =
            (position(table, self.cell, lang), table.datum(self.cell).printed());
        let figures = self.figures.text(table, self.cell, lang);
        let differs = |finding: &&Finding| {
            let place = finding.place?;
            let (at, says) = (table.address(place), table.datum(place).printed());
            let right = table.print(place.column, expected(table, finding)?);
            Some(if place == self.cell {
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
            })
        };
        let mut cells: Vec<String> = own.iter().take(NAMED).filter_map(differs).collect();
        if own.len() > NAMED {
            cells.push("…".to_owned());
        }
        let (count, cells) = (own.len(), cells.join("; "));
        let statement = statement(table, strongest, lang);
        say!(
            lang,
            "{position}: ghi {found}; nếu là {figures} thì {count} cách tính suy ra từ các số còn lại cùng khớp ({cells}); {statement}",
            "{position}: says {found}; were it {figures}, {count} relations that the other figures show would hold ({cells}); {statement}",
        )
    }
}
