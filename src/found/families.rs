//! Families: lines of one heading that are computed alike bear each other out. `Tỷ lệ` is each time
//! the line before it over the same whole, or one sum stands in each of several blocks. Their
//! evidence is pooled, the cost paid once, and one bit for each line that is said to belong.

use std::collections::HashSet;

use super::evidence::weigh;
use super::relation::{Axis, Family, Kind};
use super::search::{Candidate, Search, told};
use super::shape::{Blanks, Shape};

/// Sums of more parts are no families.
const MOST_PARTS: usize = 12;

/// How each line of a family is computed, told from its own place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Pattern {
    /// A line at an offset over one whole, with a scale.
    Over { part: isize, whole: usize, scale: i64 },
    /// Lines at two offsets over each other, with a scale.
    Block { part: isize, whole: isize, scale: i64 },
    /// The sum of lines at offsets.
    Sum { terms: Vec<(isize, i64)>, none_blank: bool },
}

/// A line of a family with what its trials say.
struct Member {
    target: usize,
    shape: Shape,
    bits: f64,
    telling: usize,
    fits: Vec<usize>,
    misfits: Vec<usize>,
}

impl Member {
    fn is_borne_out(&self) -> bool {
        self.fits.len() >= 2 * self.misfits.len()
    }
}

/// Offers the families of all candidates.
pub(super) fn pool(search: &mut Search) {
    let mut done = HashSet::new();
    let all = search.offers.clone();
    for one in &all {
        let leaf = search.lines[one.target].words.leaf.clone();
        if leaf.is_empty() {
            continue;
        }
        for pattern in patterns(search.axis, one) {
            if done.insert((leaf.clone(), pattern.clone())) {
                let members = members(search, one, &pattern);
                keep(search, one, members);
            }
        }
    }
}

fn patterns(axis: Axis, one: &Candidate) -> Vec<Pattern> {
    let from = |line: usize| line.cast_signed() - one.target.cast_signed();
    match &one.shape {
        Shape::Ratio { part, whole, scale, growth: false } => vec![
            Pattern::Over { part: from(*part), whole: *whole, scale: *scale },
            Pattern::Block { part: from(*part), whole: from(*whole), scale: *scale },
        ],
        Shape::Linear { terms, blanks, tolerance: 0 }
            if axis == Axis::Columns && terms.len() <= MOST_PARTS && one.kind != Kind::Balance =>
        {
            let mut terms: Vec<_> = terms.iter().map(|(line, sign)| (from(*line), *sign)).collect();
            terms.sort_unstable();
            vec![Pattern::Sum { terms, none_blank: *blanks == Blanks::None }]
        }
        _ => Vec::new(),
    }
}

/// The lines of the candidate's heading that the pattern may compute.
fn members(search: &Search, one: &Candidate, pattern: &Pattern) -> Vec<Member> {
    let leaf = &search.lines[one.target].words.leaf;
    let alike = (0..search.lines.len()).filter(|line| search.lines[*line].words.leaf == *leaf);
    let shaped = alike.filter_map(|line| Some((line, shape(search, one.target, line, pattern)?)));
    let weighed = shaped.map(|(target, shape)| {
        let seen = search.outcomes(target, &shape);
        let weight = weigh(search, target, &shape, &seen);
        let (fits, misfits) = told(&seen);
        Member { target, shape, bits: weight.bits, telling: weight.telling, fits, misfits }
    });
    weighed.filter(|member| !(member.fits.is_empty() && member.misfits.is_empty())).collect()
}

/// The pattern at a line; `None` where it reaches beyond the lines or to lines of other headings.
fn shape(search: &Search, model: usize, line: usize, pattern: &Pattern) -> Option<Shape> {
    let at = |offset: isize| {
        let place = line.checked_add_signed(offset)?;
        (place < search.lines.len()).then_some(place)
    };
    let ratio = |part: usize, whole: usize, scale: i64| {
        let apart = part != whole && line != part && line != whole;
        apart.then_some(Shape::Ratio { part, whole, scale, growth: false })
    };
    match pattern {
        Pattern::Over { part, whole, scale } => ratio(at(*part)?, *whole, *scale),
        Pattern::Block { part, whole, scale } => ratio(at(*part)?, at(*whole)?, *scale),
        Pattern::Sum { terms, none_blank } => {
            let alike = |(offset, sign): &(isize, i64)| {
                let place = at(*offset)?;
                let of_model = model.checked_add_signed(*offset)?;
                let [own, other] = [place, of_model].map(|line| &search.lines[line].words.leaf);
                let fits = search.lines[place].nature.adds_up() && own == other;
                fits.then_some((place, *sign))
            };
            let terms = terms.iter().map(alike).collect::<Option<Vec<_>>>()?;
            let blanks = if *none_blank { Blanks::None } else { Blanks::Parts };
            Some(Shape::Linear { terms, blanks, tolerance: 0 })
        }
    }
}

/// Keeps the members of a family of two lines or more that each have two trials to tell.
fn keep(search: &mut Search, one: &Candidate, members: Vec<Member>) {
    let bearing = members.iter().filter(|one| one.telling > 1 && one.is_borne_out()).count();
    let net = members.iter().map(|one| one.bits - 1.0).sum::<f64>() - one.cost - 1.0;
    if bearing < 2 || net <= 0.0 {
        return;
    }
    let family = Family {
        members: bearing,
        telling: members.iter().map(|one| one.telling).sum(),
        misfits: members.iter().map(|one| one.misfits.len()).sum(),
    };
    for member in members.into_iter().filter(Member::is_borne_out) {
        search.keep(Candidate {
            kind: one.kind,
            target: member.target,
            shape: member.shape,
            bits: net,
            cost: one.cost,
            telling: member.telling,
            named: one.named,
            fits: member.fits,
            misfits: member.misfits,
            family: Some(family),
            rivals: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Member, Shape};

    #[test]
    fn a_line_is_of_the_family_where_two_thirds_of_it_fit() {
        let member = |fits: usize, misfits: usize| Member {
            target: 0,
            shape: Shape::Mean { parts: Vec::new() },
            bits: 0.0,
            telling: fits,
            fits: vec![0; fits],
            misfits: vec![0; misfits],
        };
        assert!(member(4, 2).is_borne_out());
        assert!(!member(3, 2).is_borne_out());
    }
}
