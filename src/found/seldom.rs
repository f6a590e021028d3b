//! Parts that few trials have: in a month when nothing else comes in, `tồn cuối = tồn đầu − xuất`; where
//! something does, it is a part of the very sum, and no cell is wrong.

use super::evidence::{Weight, log2, weigh};
use super::relation::Kind;
use super::search::{Candidate, Search, told};
use super::settle::without_consequences;
use super::shape::{Blanks, Shape};
use super::vocabulary::Word;

/// Completes linear relations by lines that hold figures only where these differ, and just so much.
pub(super) fn complete(search: &Search, chosen: &mut Vec<Candidate>) {
    let mut any = false;
    for one in chosen.iter_mut() {
        if let Some(whole) = completed(search, one) {
            *one = whole;
            any = true;
        }
    }
    if any {
        without_consequences(search, chosen);
    }
}

fn completed(search: &Search, one: &Candidate) -> Option<Candidate> {
    let Shape::Linear { terms, tolerance: 0, .. } = &one.shape else { return None };
    let own = |line: usize| line == one.target || terms.iter().any(|(term, _)| *term == line);
    let seldom: Vec<(usize, i64)> = search
        .additive()
        .into_iter()
        .filter(|line| !own(*line))
        .filter_map(|line| Some((line, sign(search, one, terms, line)?)))
        .collect();
    // Of several that would do none is known to be meant.
    let [(line, sign)] = seldom[..] else { return None };
    let mut whole = terms.clone();
    whole.push((line, sign));
    let (target, terms) = written(search, one.target, whole);
    let added = terms.iter().all(|(_, sign)| *sign > 0);
    let stated = |(line, sign): &(usize, i64)| search.lines[*line].words.sign() == Some(*sign);
    let shape = Shape::Linear { terms, blanks: Blanks::Parts, tolerance: 0 };
    let seen = search.outcomes(target, &shape);
    let (fits, misfits) = told(&seen);
    let Weight { bits, telling } = weigh(search, target, &shape, &seen);
    let cost = one.cost + log2(2 * search.lines.len(), 2);
    let named = match &shape {
        Shape::Linear { terms, .. } if !added => terms.iter().skip(1).all(stated),
        _ => one.named,
    };
    (misfits.len() < one.misfits.len()).then(|| Candidate {
        kind: if added { Kind::Sum } else { Kind::Balance },
        target,
        bits: if one.family.is_some() { one.bits } else { one.bits.max(bits - cost) },
        telling: telling.max(one.telling),
        shape,
        cost,
        named,
        fits,
        misfits,
        family: one.family,
        rivals: Vec::new(),
    })
}

/// The sign with which a line explains what differs: it holds nothing where the relation fits, and each
/// of its figures is what is missing there.
fn sign(search: &Search, one: &Candidate, terms: &[(usize, i64)], line: usize) -> Option<i64> {
    let values = &search.lines[line].values;
    let missing = |trial: usize| {
        let sum: i64 =
            terms.iter().map(|(term, sign)| sign * search.lines[*term].values[trial]).sum();
        search.lines[one.target].values[trial] - sum
    };
    let holds: Vec<usize> = one.misfits.iter().copied().filter(|at| values[*at] != 0).collect();
    let elsewhere = one.fits.iter().any(|trial| values[*trial] != 0);
    if holds.is_empty() || elsewhere {
        return None;
    }
    [1, -1]
        .into_iter()
        .find(|sign| holds.iter().all(|trial| missing(*trial) == sign * values[*trial]))
}

/// The same for the state after, where there is one: `tồn cuối = tồn đầu + nhập − xuất`.
fn written(search: &Search, target: usize, terms: Vec<(usize, i64)>) -> (usize, Vec<(usize, i64)>) {
    let says = |line: usize, word| search.lines[line].words.says(word);
    let mut terms = terms;
    let after = terms.iter().position(|(line, _)| says(*line, Word::End));
    let target = match after.filter(|_| !says(target, Word::End)) {
        None => target,
        Some(place) => {
            let (after, own) = terms.remove(place);
            for (_, sign) in &mut terms {
                *sign *= -own;
            }
            terms.push((target, own));
            after
        }
    };
    terms.sort_by_key(|(line, sign)| (!says(*line, Word::Start), *sign < 0));
    (target, terms)
}
