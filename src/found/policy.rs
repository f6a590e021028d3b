//! What may be told of the cells that differ from a relation: a warning, a note, or nothing but an
//! explanation on request. A found relation never makes an error by itself, however strong: a sum
//! with a part that is not printed holds in all rows but one, as a sum with a typing error does.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::grid::Grid;
use super::rank::common;
use super::relation::{Axis, Kind, Misfit, Relation};
use super::vocabulary::{Word, says};
use crate::lang::{Lang, Words};

/// Bits from which a relation is told at all: chance gives one to 1 table in 1.000 at most.
pub const SPEAKS: u32 = 10;

/// Bits from which it may warn: 1 table in 8.000.
pub const WARNS: u32 = 13;

/// Bits from which relations of both axes may pin a cell down together.
pub const PINS: u32 = 20;

/// Fitting trials that tell something, at least, for a warning, and for each cell that differs.
const TELLING: usize = 4;

/// Bits, and fitting trials that tell something, from which a sum may bear another relation out: that it differs by
/// just as much is worth as many bits again.
const BEARS: u32 = 5;
const TELLING_OF_A_WITNESS: usize = 3;

/// So many cells of one relation may all be wrong; beyond them it takes many that fit for each, or they
/// rather follow a rule that the table does not show: wear that ends with the worth of a thing.
const FEW: (usize, usize) = (3, 32);

/// Fitting cells that tell, at least, for a warning about what headings state, and for each cell that
/// differs: over all columns of which they state it, and in the column alone.
const STATED: (usize, usize) = (8, 3);

/// Of a part that comes near its whole in other rows too: the fitting cells of all columns for each
/// that differs, and the columns.
const STATED_NEAR: (usize, usize) = (16, 3);

/// Exact fits that rule out rounding: 0.75^24 is one in a thousand.
const EXACT: usize = 24;

/// How loud a disagreement is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// In `--explain-table` only.
    Explain,
    /// One note for the relation.
    Note,
    /// A warning at each cell.
    Warn,
}

/// Why a disagreement is no more than a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Fewer than [`WARNS`] bits.
    FewFigures,
    /// Too many cells differ for those that tell.
    ManyDiffer,
    /// So many cells differ that they rather have a reason than an error.
    Exceptions,
    /// No words state the signs of a balance.
    SignsUnstated,
    /// No word states a mean.
    MeanUnstated,
    /// All cells differ in one direction: the table may leave a part out.
    PartMissing,
    /// `Trong đó`: parts need not add up.
    Thereof,
    /// The figures are rounded ones.
    Rounded,
    /// The difference is no larger than rounding gives.
    WithinRounding,
    /// Another relation, nearly as good, explains the cell.
    Rival,
    /// Most relations fail there: the line follows rules of its own.
    OwnRules,
}

impl Reason {
    /// The reason as a person reads it.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let words = match self {
            Self::FewFigures => Words {
                vi: "còn ít số liệu để khẳng định cách tính này",
                en: "few figures bear this out",
            },
            Self::ManyDiffer => Words {
                vi: "nhiều ô không theo cách tính này",
                en: "many cells do not follow it",
            },
            Self::Exceptions => Words {
                vi: "nhiều ô cùng khác, có thể vì một lý do riêng hơn là ghi sai",
                en: "so many differ that they may have a reason of their own",
            },
            Self::SignsUnstated => Words {
                vi: "tiêu đề không nói rõ khoản nào tăng, khoản nào giảm",
                en: "no heading says what is added and what is taken away",
            },
            Self::MeanUnstated => Words {
                vi: "tiêu đề không ghi là số bình quân",
                en: "no heading says that it is a mean",
            },
            Self::PartMissing => Words {
                vi: "các ô đều lệch về một phía, có thể biểu còn một phần không in",
                en: "all cells differ in one direction: a part may not be printed",
            },
            Self::Thereof => Words {
                vi: "các phần ghi “Trong đó” không nhất thiết cộng đủ",
                en: "parts headed “of which” need not add up",
            },
            Self::Rounded => {
                Words { vi: "số liệu đã làm tròn", en: "the figures are rounded" }
            }
            Self::WithinRounding => Words {
                vi: "chênh lệch nằm trong phạm vi làm tròn",
                en: "the difference is within rounding",
            },
            Self::Rival => Words {
                vi: "một cách tính khác giải thích được ô này",
                en: "another way to compute it explains the cell",
            },
            Self::OwnRules => Words {
                vi: "dòng hoặc cột này có cách tính riêng",
                en: "this row or column follows rules of its own",
            },
        };
        words.get(lang)
    }
}

/// What may be told of a relation from which cells differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The relation, by its place among those judged.
    pub relation: usize,
    /// How loud.
    pub level: Level,
    /// The cells that differ and have figures to be computed from.
    pub misfits: Vec<Misfit>,
    /// Why it is no warning; empty for one.
    pub reasons: Vec<Reason>,
    /// True where the one cell that differs may bear out what a relation of the other axis tells.
    pub bears: bool,
}

/// A cell that relations of both axes accuse and that one value mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// A row of the grid.
    pub row: usize,
    /// A column of the grid.
    pub column: usize,
    /// The figure there.
    pub found: Decimal,
    /// The figure with which the relations agree.
    pub expected: Decimal,
    /// The relations, by their places among those judged.
    pub relations: Vec<usize>,
}

/// What a relation lacks to be told or to warn, `None` where nothing.
#[must_use]
pub fn wanting(bits: u32, lang: Lang) -> Option<&'static str> {
    let words = match bits {
        WARNS.. => return None,
        SPEAKS.. => Words {
            vi: "cần thêm vài dòng số liệu khớp để nhắc từng ô",
            en: "a few more fitting rows are needed to warn of cells",
        },
        _ => Words {
            vi: "chưa đủ căn cứ, cần thêm dòng số liệu khớp để coi là cách tính của biểu",
            en: "not enough evidence: more fitting rows are needed to take it for a rule",
        },
    };
    Some(words.get(lang))
}

/// True for a relation that may be told: what chance gives is not.
#[must_use]
pub fn speaks(relation: &Relation) -> bool {
    let evidence = &relation.evidence;
    let tells = evidence.telling >= 3 || evidence.family.is_some() && evidence.telling >= 1;
    evidence.bits >= SPEAKS && tells
}

/// Judges all relations of a grid from which cells differ.
#[must_use]
pub fn judge(grid: &Grid, relations: &[Relation]) -> Vec<Verdict> {
    let exempt = exempt(grid, relations);
    let differing =
        relations.iter().enumerate().filter(|(_, one)| !one.evidence.misfits.is_empty());
    let verdict = |(relation, one): (usize, &Relation)| {
        let misfits = one.evidence.misfits.clone();
        let (speaks, may_bear) = (speaks(one), may_bear(one));
        let reasons = if speaks || may_bear { reasons(grid, one, &exempt) } else { Vec::new() };
        let bears = may_bear && reasons.iter().all(|reason| WEAK.contains(reason));
        let (level, reasons) = match (speaks, reasons.is_empty()) {
            (false, _) => (Level::Explain, Vec::new()),
            (true, false) => (Level::Note, reasons),
            (true, true) => (Level::Warn, reasons),
        };
        Verdict { relation, level, misfits, reasons, bears }
    };
    differing.map(verdict).collect()
}

/// Judges the relations that headings state ([`super::headings::stated`]). Words may state what does
/// not hold, for parts may overlap and headings repeat: a warning needs many cells that fit for each
/// that differs.
#[must_use]
pub fn judge_stated(grid: &Grid, relations: &[Relation]) -> Vec<Verdict> {
    let differing =
        relations.iter().enumerate().filter(|(_, one)| !one.evidence.misfits.is_empty());
    let verdict = |(relation, one): (usize, &Relation)| {
        let (own, misfits) = (one.evidence.telling, one.evidence.misfits.clone());
        let family = one.evidence.family.unwrap_or_default();
        let (all, alone) = STATED;
        let few_differ = family.telling >= all * family.misfits && own >= alone * misfits.len();
        let (near, columns) = STATED_NEAR;
        let many = family.telling >= near * family.misfits && family.members >= columns;
        let holds = own > misfits.len() && family.telling >= 2 * family.misfits;
        let (level, reasons) = if few_differ && (many || is_apart(grid, one)) {
            (Level::Warn, Vec::new())
        } else if holds {
            (Level::Note, vec![Reason::FewFigures])
        } else {
            (Level::Explain, Vec::new())
        };
        Verdict { relation, level, misfits, reasons, bears: false }
    };
    differing.map(verdict).collect()
}

/// True for a sum whose one cell that differs may bear out what a relation of the other axis tells, and be
/// borne out, unless more than [`WEAK`] reasons speak against it: one value makes both hold. So much agreement is
/// no chance, though the sum alone is too weak to be told; where that is very weak the difference must be of two
/// digits.
fn may_bear(one: &Relation) -> bool {
    let evidence = &one.evidence;
    let [misfit] = evidence.misfits.as_slice() else { return false };
    let places = misfit.found.scale().max(misfit.expected.scale());
    let unit = Decimal::new(1, places.min(Decimal::MAX_SCALE));
    let is_large = misfit.off().abs() >= unit * Decimal::TEN;
    one.kind.is_linear()
        && one.tolerance.is_zero()
        && evidence.telling >= TELLING_OF_A_WITNESS
        && (evidence.bits >= SPEAKS || evidence.bits >= BEARS && is_large)
}

/// Reasons why a relation warns of nothing by itself that say nothing against it beside another.
const WEAK: [Reason; 4] =
    [Reason::FewFigures, Reason::ManyDiffer, Reason::SignsUnstated, Reason::WithinRounding];

/// True for a sum, and for a bound that the cells which fit keep by a fifth.
fn is_apart(grid: &Grid, one: &Relation) -> bool {
    let keeps = |row: &usize| {
        let value = |line: usize| grid.at(*row, line).map(|figure| figure.value);
        let whole = one.terms.first().and_then(|term| value(term.line));
        let (Some(part), Some(whole)) = (value(one.target), whole) else { return true };
        let share = part.checked_div(whole);
        part.is_zero() || share.is_some_and(|share| share <= Decimal::new(8, 1))
    };
    one.kind != Kind::AtMost || one.evidence.fits.iter().all(keeps)
}

/// The cells that warnings of both axes have in common and that one value mends.
#[must_use]
pub fn pinned(grid: &Grid, relations: &[Relation], verdicts: &[Verdict]) -> Vec<Pinned> {
    let mut accused: BTreeMap<(usize, usize), Vec<(usize, Decimal)>> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| verdict.level == Level::Warn) {
        let one = &relations[verdict.relation];
        if one.evidence.bits < PINS || !one.kind.is_linear() {
            continue;
        }
        for misfit in &verdict.misfits {
            let off = misfit.off();
            let parts =
                one.terms.iter().map(|term| (term.line, if term.added { off } else { -off }));
            for (line, change) in std::iter::once((one.target, -off)).chain(parts) {
                let place = one.place(line, trial(one, misfit));
                accused.entry(place).or_default().push((verdict.relation, change));
            }
        }
    }
    let pinned = accused.into_iter().filter_map(|((row, column), marks)| {
        let axes: BTreeSet<bool> =
            marks.iter().map(|(one, _)| relations[*one].axis == Axis::Rows).collect();
        let change = marks[0].1;
        let found = grid.at(row, column)?.value;
        let one_value = axes.len() == 2 && marks.iter().all(|(_, other)| *other == change);
        let relations = marks.iter().map(|(one, _)| *one).collect();
        one_value.then(|| Pinned {
            row,
            column,
            found,
            expected: found.saturating_add(change),
            relations,
        })
    });
    pinned.collect()
}

/// The trial of a misfit.
fn trial(one: &Relation, misfit: &Misfit) -> usize {
    match one.axis {
        Axis::Columns => misfit.row,
        Axis::Rows => misfit.column,
    }
}

/// Why a relation is no ground for a warning.
fn reasons(grid: &Grid, one: &Relation, exempt: &BTreeSet<(Axis, usize)>) -> Vec<Reason> {
    let evidence = &one.evidence;
    let misfits = &evidence.misfits;
    let family = evidence.family.map_or(0, |family| family.telling / 2);
    let telling = evidence.telling.max(family);
    // A part that is not printed is in the total as well: in one row it may be an error, in several that are
    // added up it has a reason.
    let all = || misfits.iter().chain(&evidence.followers);
    let (above, count) = (all().filter(|one| one.found > one.expected).count(), all().count());
    let one_sided = count > 1 && (above == 0 || above == count);
    let differ = if misfits.len() > 1 { count } else { misfits.len() };
    let many = telling < TELLING || telling < TELLING * differ || evidence.telling < 2;
    let (few, fitting) = FEW;
    let exceptions = differ > few && telling < fitting * differ;
    let adds = matches!(one.kind, Kind::Sum | Kind::Difference);
    let explained = |rival: &Relation| {
        let differs =
            |sought| rival.evidence.misfits.iter().any(|misfit| trial(rival, misfit) == sought);
        misfits.iter().any(|misfit| !differs(trial(one, misfit)))
    };
    let told = [
        (evidence.bits < WARNS, Reason::FewFigures),
        (many, Reason::ManyDiffer),
        (exceptions, Reason::Exceptions),
        (one.kind == Kind::Balance && !evidence.words, Reason::SignsUnstated),
        (one.kind == Kind::Mean && !evidence.words, Reason::MeanUnstated),
        (adds && one_sided, Reason::PartMissing),
        (one.lines().any(|line| names(grid, one.axis, line, Word::Thereof)), Reason::Thereof),
        (!one.tolerance.is_zero(), Reason::Rounded),
        (is_within_rounding(grid, one), Reason::WithinRounding),
        (evidence.rivals.iter().any(explained), Reason::Rival),
        (
            misfits.iter().any(|misfit| exempt.contains(&(one.axis, trial(one, misfit)))),
            Reason::OwnRules,
        ),
    ];
    told.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)).collect()
}

/// True where a heading of a column, or the name of a row, says a word.
fn names(grid: &Grid, axis: Axis, line: usize, word: Word) -> bool {
    match axis {
        Axis::Columns => {
            grid.columns()[line].headings.iter().rev().take(2).any(|text| says(text).says(word))
        }
        Axis::Rows => says(&grid.rows()[line].name).says(word),
    }
}

/// True where cells differ by no more than the rounding of the figures gives, and the cells that fit
/// do not rule rounding out.
fn is_within_rounding(grid: &Grid, one: &Relation) -> bool {
    let misfits = &one.evidence.misfits;
    let figures = |trial: usize| {
        one.lines().filter_map(move |line| {
            let (row, column) = one.place(line, trial);
            grid.at(row, column)
        })
    };
    let differing = misfits.iter().flat_map(|misfit| figures(trial(one, misfit)));
    let places = differing.map(|figure| figure.decimals).min().unwrap_or(0).min(Decimal::MAX_SCALE);
    let unit = Decimal::new(1, places);
    let slack = if one.kind.is_linear() {
        let fitting = one.evidence.fits.iter().flat_map(|trial| figures(*trial));
        slack(fitting.map(|figure| figure.value), places, one.terms.len())
    } else {
        unit
    };
    let near = |misfit: &&Misfit| misfit.off().abs() <= slack;
    let small = misfits.iter().filter(near).count();
    let fits = one.evidence.fits.len();
    let may_be = small > 0 && (fits < EXACT || small * 20 > fits);
    may_be && !is_of_things(grid, one, places)
}

/// True where things are counted, which nobody rounds: sums of them, and quotients of whole figures.
fn is_of_things(grid: &Grid, one: &Relation, places: u32) -> bool {
    match one.kind {
        Kind::Ratio | Kind::Growth | Kind::Share => {
            let trials = one.evidence.misfits.iter().map(|misfit| trial(one, misfit));
            let mut operands = trials.flat_map(|trial| {
                one.terms.iter().filter_map(move |term| {
                    let (row, column) = one.place(term.line, trial);
                    grid.at(row, column)
                })
            });
            operands.all(|figure| figure.decimals == 0)
        }
        _ if !one.kind.is_linear() || places > 0 => false,
        _ => {
            let is_counted = |line: usize| grid.columns()[line].is_counted;
            match one.axis {
                Axis::Columns => one.lines().any(is_counted),
                Axis::Rows => one.evidence.misfits.iter().all(|misfit| is_counted(misfit.column)),
            }
        }
    }
}

/// How far the sum of some figures may be off where all are rounded to their last place: half of it for each.
pub(crate) fn slack(figures: impl Iterator<Item = Decimal>, places: u32, added: usize) -> Decimal {
    grain(figures, places).saturating_mul(Decimal::from(added + 1) / Decimal::TWO)
}

/// The last place that figures are rounded to: 0,1, 1, 5, 1.000.
fn grain(figures: impl Iterator<Item = Decimal>, places: u32) -> Decimal {
    let (mut divisor, mut count) = (0_i128, 0);
    for figure in figures {
        let figure = figure.normalize();
        if figure.scale() <= places {
            let unit = 10_i128.pow(places - figure.scale());
            divisor = common(divisor, figure.mantissa().saturating_mul(unit).abs());
            count += 1;
        }
    }
    let whole = if count < 6 || divisor == 0 { 1 } else { divisor };
    Decimal::try_from_i128_with_scale(whole, places).unwrap_or(Decimal::new(1, places))
}

/// The trials where most of the relations that apply fail, and not over one cell they share: a row of
/// means below a table, a column of changes beside one. Also columns of small fractions among sums of
/// large whole numbers.
fn exempt(grid: &Grid, relations: &[Relation]) -> BTreeSet<(Axis, usize)> {
    let mut failing: BTreeMap<(Axis, usize), Vec<&Relation>> = BTreeMap::new();
    for one in relations.iter().filter(|one| speaks(one)) {
        for misfit in &one.evidence.misfits {
            failing.entry((one.axis, trial(one, misfit))).or_default().push(one);
        }
    }
    let follows_own = |(axis, trial): (Axis, usize), fail: &[&Relation]| {
        let held = relations.iter().filter(|one| {
            let applies = one.axis == axis && speaks(one) && one.evidence.telling > 0;
            applies && one.evidence.fits.contains(&trial)
        });
        let shared = fail[0]
            .lines()
            .any(|line| fail.iter().all(|one| one.lines().any(|other| other == line)));
        let most = fail.len() > 1 && fail.len() > held.count() && !shared;
        most || axis == Axis::Rows && is_of_fractions(grid, trial, fail)
    };
    failing.into_iter().filter(|(at, fail)| follows_own(*at, fail)).map(|(at, _)| at).collect()
}

/// True for a column of fractions a hundred times smaller than the figures beside it.
fn is_of_fractions(grid: &Grid, trial: usize, fail: &[&Relation]) -> bool {
    let figures = |one: &Relation, trial: usize| -> Vec<Decimal> {
        let at = |line| {
            let (row, column) = one.place(line, trial);
            grid.at(row, column).map(|figure| figure.value)
        };
        one.lines().filter_map(at).collect()
    };
    let own: Vec<Decimal> = fail.iter().flat_map(|one| figures(one, trial)).collect();
    let others = fail.iter().flat_map(|one| {
        one.evidence.fits.iter().flat_map(|trial| figures(one, *trial)).collect::<Vec<_>>()
    });
    let middle = |figures: Vec<Decimal>| {
        let mut sizes: Vec<Decimal> = figures.into_iter().map(|figure| figure.abs()).collect();
        sizes.sort_unstable();
        sizes.get(sizes.len() / 2).copied().unwrap_or_default()
    };
    let fractions = own.iter().any(|figure| !figure.fract().is_zero());
    fractions && middle(own) < middle(others.collect()) / Decimal::ONE_HUNDRED
}

#[cfg(test)]
mod tests {
    use super::{Decimal, grain};

    #[test]
    fn the_last_place_of_halves_is_a_half() {
        let halves = || (1..=6).map(|half| Decimal::new(5 * half, 1));
        assert_eq!(grain(halves(), 1), Decimal::new(5, 1));
        assert_eq!(grain(halves(), 2), Decimal::new(50, 2));
        // Five figures show no step, and one of more decimals is none of them.
        assert_eq!(grain(halves().take(5), 1), Decimal::new(1, 1));
        assert_eq!(grain(halves().chain([Decimal::new(25, 2)]), 1), Decimal::new(5, 1));
    }
}
