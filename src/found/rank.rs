//! Which linear relations follow from others: an exact test of rank.

use super::settle::Coefficients;

/// Linear relations kept so far, each with a line that the later ones do not hold.
#[derive(Default)]
pub(super) struct Span {
    rows: Vec<(usize, Coefficients)>,
}

impl Span {
    /// Adds a relation; false where it follows from those there, or where that cannot be told
    /// because a number outgrows 128 bits.
    pub(super) fn add(&mut self, mut relation: Coefficients) -> bool {
        for (pivot, row) in &self.rows {
            let Some(factor) = relation.get(pivot).copied() else { continue };
            let Some(reduced) = eliminate(&relation, factor, row, row[pivot]) else { return false };
            relation = reduced;
        }
        let Some(pivot) = relation.keys().next_back().copied() else { return false };
        self.rows.push((pivot, relation));
        true
    }
}

/// `relation`·`lead` − `row`·`factor` in smallest terms.
fn eliminate(
    relation: &Coefficients,
    factor: i128,
    row: &Coefficients,
    lead: i128,
) -> Option<Coefficients> {
    let mut reduced = Coefficients::new();
    for (line, coefficient) in relation {
        reduced.insert(*line, coefficient.checked_mul(lead)?);
    }
    for (line, coefficient) in row {
        let entry = reduced.entry(*line).or_default();
        *entry = entry.checked_sub(coefficient.checked_mul(factor)?)?;
    }
    reduced.retain(|_, coefficient| *coefficient != 0);
    let divisor =
        reduced.values().fold(0, |divisor, coefficient| common(divisor, coefficient.abs()));
    for coefficient in reduced.values_mut() {
        *coefficient /= divisor;
    }
    Some(reduced)
}

/// The greatest common divisor.
pub(super) fn common(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(terms: &[(usize, i128)]) -> Coefficients {
        terms.iter().copied().collect()
    }

    #[test]
    fn what_follows_from_others_is_told() {
        let mut span = Span::default();
        assert!(span.add(relation(&[(0, -1), (1, 1), (2, 1)])));
        assert!(span.add(relation(&[(2, -1), (3, 1), (4, 1)])));
        assert!(!span.add(relation(&[(0, -1), (1, 1), (3, 1), (4, 1)])), "the sum of both");
        assert!(!span.add(relation(&[(0, 2), (1, -2), (2, -2)])), "the first, doubled");
        assert!(span.add(relation(&[(0, -1), (1, 1), (3, 1), (5, 1)])));
        assert!(!span.add(Coefficients::new()));
    }
}
