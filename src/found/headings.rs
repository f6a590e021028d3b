//! What headings state of whole columns, whether or not the figures are many enough to find it: a
//! `Tổng số` is the sum of the columns that differ from it in that one word, a part named `Nữ`, `Trong
//! đó` or `dân tộc thiểu số` is no more than its whole.
//!
//! The evidence of such a relation is the words and the cells that fit; it has no bits. Parts that
//! overlap state a sum that the figures do not follow: the cells that fit decide
//! ([`policy::judge_stated`](super::policy::judge_stated)).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::grid::{Grid, Row};
use super::relation::{Axis, Evidence, Family, Kind, Misfit, Relation, Term};
use super::vocabulary::{Says, Word, folded, says};

/// Words of columns that are no parts of a whole.
const NO_PARTS: [Word; 8] = [
    Word::Change,
    Word::Start,
    Word::End,
    Word::Plan,
    Word::Done,
    Word::Rest,
    Word::Cumulative,
    Word::Compared,
];

/// Words of parts that overlap with others.
const OVERLAPPING: [Word; 3] = [Word::Thereof, Word::Female, Word::Group];

/// The relations between columns that headings state and two thirds of the cells bear out.
#[must_use]
pub fn stated(grid: &Grid) -> Vec<Relation> {
    let heads = heads(grid);
    let sums = sums(&heads).into_iter().map(|(whole, parts, family)| {
        let terms = parts.into_iter().map(|line| Term { line, added: true }).collect();
        (relation(grid, Kind::Sum, whole, terms), family)
    });
    let bounds = bounds(&heads).into_iter().map(|(part, whole, family)| {
        let terms = vec![Term { line: whole, added: true }];
        (relation(grid, Kind::AtMost, part, terms), family)
    });
    let mut all = pool(sums.chain(bounds).collect());
    all.retain(|one| {
        let evidence = &one.evidence;
        evidence.telling > 0 && evidence.fits.len() >= 2 * evidence.misfits.len()
    });
    all
}

/// A column that adds up, by the levels of its headings.
struct Head {
    column: usize,
    levels: Vec<Level>,
}

struct Level {
    text: String,
    said: Says,
    /// True where brackets at its end say that things are counted: `Thanh toán (lượt)`.
    counts: bool,
}

impl Level {
    fn says_any(&self, words: &[Word]) -> bool {
        words.iter().any(|word| self.said.says(*word))
    }

    /// True for `Tổng số` and the like without anything that is summed.
    fn is_bare_total(&self) -> bool {
        let bare = ["tổng số", "tổng cộng", "tổng", "cộng", "chung", "total", "all"];
        bare.contains(&self.text.as_str())
    }
}

fn heads(grid: &Grid) -> Vec<Head> {
    let columns = grid.columns().iter().enumerate().filter(|(_, column)| column.nature.adds_up());
    let counts = |text: &str| {
        let unit = text.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
        unit.is_some_and(|(_, unit)| says(unit).says(Word::Things))
    };
    let level =
        |text: &String| Level { text: folded(text), said: says(text), counts: counts(text) };
    let head = |(column, head): (usize, &super::Column)| Head {
        column,
        levels: head.headings.iter().map(level).collect(),
    };
    columns.map(head).collect()
}

/// The sums that headings state: the whole, its parts, the family. A part's headings differ from the
/// whole's in one level, where the whole says `Tổng số`.
fn sums(heads: &[Head]) -> Vec<(usize, Vec<usize>, String)> {
    let mut found = Vec::new();
    for whole in heads {
        for (depth, level) in whole.levels.iter().enumerate() {
            if !level.said.says(Word::Total) || level.says_any(&NO_PARTS) {
                continue;
            }
            let siblings: Vec<&Head> =
                heads.iter().filter(|part| is_beside(whole, part, depth)).collect();
            let parts: Vec<usize> = siblings
                .iter()
                .filter(|part| is_part(&part.levels[depth], &siblings, depth))
                .map(|part| part.column)
                .collect();
            if parts.len() > 1 {
                let above: Vec<&str> =
                    whole.levels[..=depth].iter().map(|level| level.text.as_str()).collect();
                found.push((whole.column, parts, above.join("/")));
            }
        }
    }
    found
}

/// True for headings that are the same but for one level, in which the second is no total.
fn is_beside(whole: &Head, part: &Head, depth: usize) -> bool {
    let same_length = whole.levels.len() == part.levels.len() && whole.column != part.column;
    same_length
        && !part.levels[depth].said.says(Word::Total)
        && whole
            .levels
            .iter()
            .zip(&part.levels)
            .enumerate()
            .all(|(at, (one, other))| at == depth || one.text == other.text)
}

/// True for a level that names a part which does not overlap with its siblings: `Nữ` does, unless
/// one says `Nam`.
fn is_part(level: &Level, siblings: &[&Head], depth: usize) -> bool {
    let male = siblings.iter().any(|other| other.levels[depth].said.says(Word::Male));
    let of_sexes = level.said.says(Word::Female) && male;
    let of_one_kind = siblings.iter().all(|other| other.levels[depth].counts == level.counts);
    !level.says_any(&NO_PARTS)
        && (of_sexes || !level.says_any(&OVERLAPPING))
        && (of_one_kind || !level.counts)
}

/// The bounds that headings state: the part, its whole, the family.
fn bounds(heads: &[Head]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for (at, part) in heads.iter().enumerate().filter(|(_, part)| is_alone(part, heads)) {
        let Some(depth) = part.levels.iter().rposition(|level| level.says_any(&OVERLAPPING)) else {
            continue;
        };
        if part.levels.iter().any(|level| level.says_any(&NO_PARTS)) {
            continue;
        }
        let family = part.levels[depth].text.clone();
        // What stands below `Trong đó` is a part of what `Trong đó` is.
        let thereof = part.levels.iter().position(|level| level.said.says(Word::Thereof));
        let depth = thereof.unwrap_or(depth);
        let named = heads.iter().filter(|whole| is_alone(whole, heads) && includes(whole, part));
        let mut wholes: Vec<&Head> = named.collect();
        if wholes.is_empty() {
            wholes.extend(left_of(&heads[..at], part, depth));
        }
        found.extend(wholes.iter().map(|whole| (part.column, whole.column, family.clone())));
    }
    found
}

/// True where no other column has the same headings: those that do are not told apart by them.
fn is_alone(head: &Head, heads: &[Head]) -> bool {
    let same = |other: &Head| {
        let mut levels = head.levels.iter().zip(&other.levels);
        head.levels.len() == other.levels.len() && levels.all(|(one, other)| one.text == other.text)
    };
    heads.iter().filter(|other| same(other)).count() == 1
}

/// True where a part's headings say all that the whole's say and one thing more, which names a part.
/// `Tổng số` says nothing here: under no other heading it is the whole of its neighbours only
/// ([`left_of`]).
fn includes(whole: &Head, part: &Head) -> bool {
    let said = |head: &Head| -> BTreeSet<String> {
        let levels = head.levels.iter().filter(|level| !level.is_bare_total());
        levels.map(|level| level.text.clone()).collect()
    };
    let (all, more) = (said(whole), said(part));
    let mut extra =
        part.levels.iter().filter(|level| !level.is_bare_total() && !all.contains(&level.text));
    let names_part = extra.next().is_some_and(|level| level.says_any(&OVERLAPPING));
    !all.is_empty() && all.is_subset(&more) && names_part && extra.next().is_none()
}

/// The nearest column to the left that is no such part itself: the whole of `Trong đó` and of `Nữ`
/// where no heading spans both.
fn left_of<'h>(before: &'h [Head], part: &Head, depth: usize) -> Option<&'h Head> {
    let above = |head: &Head| -> Vec<String> {
        head.levels.iter().take(depth).map(|level| level.text.clone()).collect()
    };
    let thereof = part.levels[depth].said.says(Word::Thereof);
    // `Trong đó` after both sexes is a part of what these are parts of.
    let passed =
        |level: &Level| level.says_any(&OVERLAPPING) || thereof && level.said.says(Word::Male);
    let overlaps = |head: &Head| head.levels.iter().any(passed);
    let whole = before.iter().rev().find(|head| !overlaps(head))?;
    let leaf = whole.levels.last()?;
    let fits = thereof || leaf.says_any(&[Word::Total, Word::Things]);
    let sexes = leaf.said.says(Word::Male) || leaf.says_any(&NO_PARTS);
    (fits && !sexes && above(whole) == above(part)).then_some(whole)
}

/// True for a row whose figures add up, and whose parts are below their wholes: changes are not.
fn concerns(kind: Kind, row: &Row) -> bool {
    let said = says(&row.name);
    let changes = [Word::Change, Word::Compared].iter().any(|word| said.says(*word));
    row.nature().adds_up() && (kind != Kind::AtMost || !changes)
}

/// A relation with what its cells say.
fn relation(grid: &Grid, kind: Kind, target: usize, terms: Vec<Term>) -> Relation {
    let evidence = Evidence {
        bits: 0,
        fits: Vec::new(),
        misfits: Vec::new(),
        followers: Vec::new(),
        telling: 0,
        family: None,
        words: true,
        rivals: Vec::new(),
    };
    let axis = Axis::Columns;
    let tolerance = Decimal::ZERO;
    let mut one = Relation {
        axis,
        kind,
        target,
        terms,
        scale: 1,
        decimals: None,
        tolerance,
        whole: None,
        evidence,
    };
    let mut told = HashSet::new();
    let concerned = |row: &usize| concerns(kind, &grid.rows()[*row]);
    for row in (0..grid.rows().len()).filter(concerned) {
        let (Some(figure), Some(expected)) = (grid.at(row, target), one.expected(grid, row)) else {
            continue;
        };
        let found = figure.value;
        let fits = if kind == Kind::AtMost { found <= expected } else { found == expected };
        if fits {
            one.evidence.fits.push(row);
            let parts = one.terms.iter().map(|term| grid.at(row, term.line).map(|part| part.value));
            let figures: Vec<Option<Decimal>> = parts.collect();
            let tells = !found.is_zero() && told.insert((found, figures));
            one.evidence.telling += usize::from(tells);
        } else {
            one.evidence.misfits.push(Misfit { row, column: target, found, expected });
        }
    }
    one
}

/// Relations that say the same of several columns bear each other out.
fn pool(all: Vec<(Relation, String)>) -> Vec<Relation> {
    let key = |one: &Relation, family: &String| (one.kind == Kind::AtMost, family.clone());
    let mut families: BTreeMap<(bool, String), Family> = BTreeMap::new();
    for (one, family) in &all {
        let pooled = families.entry(key(one, family)).or_default();
        pooled.members += 1;
        pooled.telling += one.evidence.telling;
        pooled.misfits += one.evidence.misfits.len();
    }
    let with_family = |(mut one, family): (Relation, String)| {
        one.evidence.family = families.get(&key(&one, &family)).copied();
        one
    };
    all.into_iter().map(with_family).collect()
}
