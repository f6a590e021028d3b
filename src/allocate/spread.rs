//! A whole number spread over several: whole shares, exact in sum, none above what there is.
//!
//! Shares are in proportion to weights, rounded down; what is left goes by one to those with the
//! largest remainders (Hare–Niemeyer). Of equal remainders the one with more to give comes first, then
//! the one further up. A share that would pass what there is becomes just that, and the rest is spread
//! over the others anew.

/// What may get a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    /// What its share is in proportion to.
    pub weight: u64,
    /// The most it may get.
    pub most: u64,
}

/// A share, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All there is, because in proportion it would be more.
    All(u64),
    /// So many in proportion, rounded down.
    Down(u64),
    /// One more, by its remainder: the share, and which of the largest remainders it is.
    Up(u64, usize),
}

impl Share {
    /// The share itself.
    #[must_use]
    pub fn count(self) -> u64 {
        match self {
            Self::All(count) | Self::Down(count) | Self::Up(count, _) => count,
        }
    }
}

/// How a round of spreading went: what was spread over which weights, for the reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The shares, in the order of the takers.
    pub shares: Vec<Share>,
    /// What was left for those whose share is in proportion.
    pub spread: u64,
    /// The sum of their weights.
    pub weights: u64,
}

/// Spreads a whole number; `None` where there is not so much, or where those with a weight cannot take
/// it.
#[must_use]
pub fn spread(whole: u64, takers: &[Taker]) -> Option<Spread> {
    let mut full = vec![false; takers.len()];
    loop {
        let taken: u64 =
            takers.iter().zip(&full).filter(|(_, full)| **full).map(|(t, _)| t.most).sum();
        let rest = whole.checked_sub(taken)?;
        let open = || takers.iter().zip(&full).enumerate().filter(|(_, (_, full))| !**full);
        let weights: u64 = open().map(|(_, (taker, _))| taker.weight).sum();
        if weights == 0 && rest > 0 {
            return None;
        }
        // More in proportion than there is: rest · weight / weights > most.
        let passes = |taker: &Taker| {
            u128::from(rest) * u128::from(taker.weight)
                > u128::from(taker.most) * u128::from(weights)
        };
        let over: Vec<usize> =
            open().filter(|(_, (taker, _))| passes(taker)).map(|(index, _)| index).collect();
        if over.is_empty() {
            let shares = shares(rest, weights, takers, &full);
            return Some(Spread { shares, spread: rest, weights });
        }
        for index in over {
            full[index] = true;
        }
    }
}

/// The shares of those that are not full, in proportion.
fn shares(rest: u64, weights: u64, takers: &[Taker], full: &[bool]) -> Vec<Share> {
    let part = |taker: &Taker| {
        let product = u128::from(rest) * u128::from(taker.weight);
        let weights = u128::from(weights.max(1));
        (u64::try_from(product / weights).unwrap_or(taker.most), product % weights)
    };
    let mut open: Vec<(usize, u128)> = (0..takers.len())
        .filter(|index| !full[*index])
        .map(|index| (index, part(&takers[index]).1))
        .collect();
    let down: u64 = open.iter().map(|(index, _)| part(&takers[*index]).0).sum();
    open.sort_by_key(|(index, remainder)| {
        (std::cmp::Reverse((*remainder, takers[*index].most)), *index)
    });
    let mut shares: Vec<Share> = takers
        .iter()
        .zip(full)
        .map(
            |(taker, full)| if *full { Share::All(taker.most) } else { Share::Down(part(taker).0) },
        )
        .collect();
    let left = usize::try_from(rest - down).unwrap_or(0);
    for (rank, (index, _)) in (1..).zip(open.iter().take(left)) {
        shares[*index] = Share::Up(shares[*index].count() + 1, rank);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(whole: u64, takers: &[(u64, u64)]) -> Option<Vec<u64>> {
        let takers: Vec<Taker> =
            takers.iter().map(|(weight, most)| Taker { weight: *weight, most: *most }).collect();
        Some(spread(whole, &takers)?.shares.into_iter().map(Share::count).collect())
    }

    #[test]
    fn shares_are_in_proportion_with_the_largest_remainders() {
        // 16 over 8, 3, 12: 5,57; 2,09; 8,35.
        assert_eq!(counts(16, &[(8, 8), (3, 3), (12, 12)]), Some(vec![6, 2, 8]));
        // Equal remainders: the one with more, then the first.
        assert_eq!(counts(1, &[(2, 2), (2, 2), (2, 2)]), Some(vec![1, 0, 0]));
        assert_eq!(counts(0, &[(0, 0), (5, 5)]), Some(vec![0, 0]));
        // What passes is cut to what there is, and the others take the rest.
        assert_eq!(counts(10, &[(9, 3), (1, 9), (1, 9)]), Some(vec![3, 4, 3]));
        assert_eq!(counts(6, &[(1, 5), (0, 5)]), None, "nobody with a weight can take it");
        assert_eq!(counts(11, &[(5, 5), (5, 5)]), None);
    }

    proptest! {
        #[test]
        fn the_sum_is_exact_and_nobody_gives_more_than_there_is(
            takers in proptest::collection::vec((0_u64..50, 0_u64..200), 1..30),
            part in 0_u64..=100,
        ) {
            let there: u64 = takers.iter().filter(|(weight, _)| *weight > 0).map(|(_, most)| most).sum();
            let whole = there * part / 100;
            let shares = counts(whole, &takers).unwrap();
            prop_assert_eq!(shares.iter().sum::<u64>(), whole);
            prop_assert!(shares.iter().zip(&takers).all(|(share, (_, most))| share <= most));
        }

        #[test]
        fn a_share_is_its_part_rounded_down_or_up(
            most in proptest::collection::vec(0_u64..60, 1..30),
            part in 0_u64..=100,
        ) {
            let all: u64 = most.iter().sum();
            let whole = all * part / 100;
            let takers: Vec<(u64, u64)> = most.iter().map(|most| (*most, *most)).collect();
            for (share, most) in counts(whole, &takers).unwrap().iter().zip(&most) {
                let down = (whole * most).checked_div(all).unwrap_or(0);
                prop_assert!(*share == down || *share == down + 1);
            }
        }
    }
}
