//! Errors by mechanism: each overwrites cells of a consistent table as the mechanism would.

use rust_decimal::{Decimal, RoundingStrategy};
use soatbieu::findings::Mechanism;

use crate::tables::{COLUMNS, COUNTS, Dice, Grid, NOTHING, RATES, rate};

/// A cell with the figure it is given.
pub(crate) type Change = ((usize, usize), Decimal);

/// A way to damage a table.
pub(crate) struct Damage {
    pub(crate) name: &'static str,
    /// What a finding should name; `None` where there is nothing to name.
    pub(crate) cause: Option<Mechanism>,
    /// Whether it is one wrong figure, or several that go together.
    pub(crate) mixed: bool,
    /// `None` where it does not apply.
    make: fn(&mut Scene<'_>) -> Option<Vec<Change>>,
}

impl Damage {
    /// The cells it overwrites, or `None` where it does not apply or changes nothing.
    pub(crate) fn seed(&self, grid: &Grid, dice: &mut Dice) -> Option<Vec<Change>> {
        let changes = (self.make)(&mut Scene::new(grid, dice))?;
        changes
            .iter()
            .all(|((row, column), value)| grid[*row][*column] != *value)
            .then_some(changes)
    }
}

/// Where the damage is done: one row, one rate, one count, all by dice.
struct Scene<'a> {
    grid: &'a Grid,
    dice: &'a mut Dice,
    row: usize,
    /// Another row; the total too.
    other: usize,
    /// A village.
    village: usize,
    /// The total row.
    last: usize,
    rate: usize,
    numerator: usize,
    count: usize,
    any: usize,
}

impl<'a> Scene<'a> {
    fn new(grid: &'a Grid, dice: &'a mut Dice) -> Self {
        let last = grid.len() - 1;
        let row = dice.below(grid.len());
        let (rate, numerator) = dice.pick(&RATES);
        let other = (row + 1 + dice.below(last)) % grid.len();
        let (village, count, any) = (dice.below(last), dice.pick(&COUNTS), dice.below(COLUMNS));
        Self { grid, dice, row, other, village, last, rate, numerator, count, any }
    }

    fn whole(&self, row: usize, column: usize) -> i64 {
        i64::try_from(self.grid[row][column]).unwrap_or(0)
    }

    /// Numerator and denominator of the rate.
    fn ratio(&self) -> (i64, i64) {
        (self.whole(self.row, self.numerator), self.whole(self.row, 0))
    }

    fn on_rate(&self, value: Decimal) -> Vec<Change> {
        vec![((self.row, self.rate), value)]
    }

    fn on_any(&self, value: Decimal) -> Vec<Change> {
        vec![((self.row, self.any), value)]
    }

    /// The rate rounded in another way.
    fn rounded(&self, decimals: u32, how: RoundingStrategy) -> Option<Decimal> {
        let (count, of) = self.ratio();
        let exact = Decimal::from(count * 100).checked_div(of.into())?;
        let mut value = exact.round_dp_with_strategy(decimals, how);
        value.rescale(decimals);
        Some(value)
    }

    fn divided_by(&self, of: i64) -> Option<Vec<Change>> {
        let (count, _) = self.ratio();
        (count > 0).then(|| self.on_rate(rate(count, of)))
    }

    fn exchanged(&self, column: usize) -> Vec<Change> {
        let (a, b) = (self.grid[self.row][column], self.grid[self.other][column]);
        vec![((self.row, column), b), ((self.other, column), a)]
    }

    /// A figure with its digits edited, as a person mistypes what is printed: the comma stays.
    fn edited(&mut self, edit: fn(&mut Vec<u8>, usize, u8) -> bool) -> Option<Vec<Change>> {
        let mut text = self.grid[self.row][self.any].to_string().into_bytes();
        let at = self.dice.below(text.len());
        let digit = b'0' + u8::try_from(self.dice.below(10)).unwrap_or(0);
        if !text[at].is_ascii_digit() || !edit(&mut text, at, digit) {
            return None;
        }
        Some(self.on_any(String::from_utf8(text).ok()?.parse().ok()?))
    }
}

/// A figure that was not written; a blank for a zero is none.
pub(crate) const FORGOTTEN: Damage = Damage {
    name: "forgotten figure",
    cause: None,
    mixed: false,
    make: |s| {
        let forgotten = !s.grid[s.row][s.any].is_zero();
        forgotten.then(|| s.on_any(NOTHING))
    },
};

const HALF_UP: RoundingStrategy = RoundingStrategy::MidpointAwayFromZero;

const fn one(
    name: &'static str,
    cause: Mechanism,
    make: fn(&mut Scene<'_>) -> Option<Vec<Change>>,
) -> Damage {
    Damage { name, cause: Some(cause), mixed: true, make }
}

/// All mechanisms a single table can show.
pub(crate) const DAMAGES: &[Damage] = &[
    FORGOTTEN,
    one("stale rate", Mechanism::StaleRate, |s| {
        let (count, of) = s.ratio();
        let old = count + s.dice.pick(&[-3, -2, -1, 1, 2, 3]);
        (old >= 0).then(|| s.on_rate(rate(old, of)))
    }),
    one("difference of rounded rates", Mechanism::RoundedRates, |s| {
        let (at, from, less) = s.dice.pick(&[(11, 3, 7), (13, 5, 9)]);
        Some(vec![((s.row, at), s.grid[s.row][from] - s.grid[s.row][less])])
    }),
    one("total: sum of the rows' rates", Mechanism::SumOfRates, |s| {
        let sum = s.grid[..s.last].iter().map(|row| row[s.rate]).sum();
        Some(vec![((s.last, s.rate), sum)])
    }),
    one("total: mean of the rows' rates", Mechanism::MeanOfRates, |s| {
        let sum: Decimal = s.grid[..s.last].iter().map(|row| row[s.rate]).sum();
        let mut mean = (sum / Decimal::from(s.last)).round_dp_with_strategy(2, HALF_UP);
        mean.rescale(2);
        Some(vec![((s.last, s.rate), mean)])
    }),
    one("rounded half-even", Mechanism::HalfEven, |s| {
        Some(s.on_rate(s.rounded(2, RoundingStrategy::MidpointNearestEven)?))
    }),
    one("truncated", Mechanism::Truncated, |s| {
        Some(s.on_rate(s.rounded(2, RoundingStrategy::ToZero)?))
    }),
    one("rounded twice", Mechanism::RoundedTwice, |s| {
        let mut value = s.rounded(3, HALF_UP)?.round_dp_with_strategy(2, HALF_UP);
        value.rescale(2);
        Some(s.on_rate(value))
    }),
    one("fewer decimals", Mechanism::FewerDecimals, |s| {
        let decimals = s.dice.pick(&[0, 1]);
        Some(s.on_rate(s.rounded(decimals, HALF_UP)?))
    }),
    one("fraction for per cent", Mechanism::Fraction, |s| {
        Some(s.on_rate(s.grid[s.row][s.rate] / Decimal::ONE_HUNDRED))
    }),
    one("per mille", Mechanism::PerMille, |s| {
        let (count, of) = s.ratio();
        Some(s.on_rate(rate(count * 10, of)))
    }),
    one("numerator and denominator exchanged", Mechanism::Inverted, |s| {
        let (count, of) = s.ratio();
        (count > 0).then(|| s.on_rate(rate(of, count)))
    }),
    one("divided by people", Mechanism::WrongDenominator, |s| s.divided_by(s.whole(s.row, 1))),
    one("divided by another row's count", Mechanism::WrongDenominator, |s| {
        s.divided_by(s.whole(s.other, 0))
    }),
    one("divided by the total's count", Mechanism::WrongDenominator, |s| {
        s.divided_by(s.whole(s.last, 0))
    }),
    one("total omits a row", Mechanism::OmittedRow, |s| {
        let value = s.grid[s.last][s.count] - s.grid[s.village][s.count];
        Some(vec![((s.last, s.count), value)])
    }),
    one("total counts a row twice", Mechanism::DoubledRow, |s| {
        let value = s.grid[s.last][s.count] + s.grid[s.village][s.count];
        Some(vec![((s.last, s.count), value)])
    }),
    one("figure of the neighbouring row", Mechanism::Neighbour, |s| {
        let beside = if s.row == 0 { 1 } else { s.row - 1 };
        Some(s.on_any(s.grid[beside][s.any]))
    }),
    one("figure of the neighbouring column", Mechanism::Neighbour, |s| {
        let beside = if s.any < 2 { s.any + 2 } else { s.any - 2 };
        Some(s.on_any(s.grid[s.row][beside]))
    }),
    one("two counts exchanged", Mechanism::ExchangedCells, |s| Some(s.exchanged(s.count))),
    one("two rates exchanged", Mechanism::ExchangedCells, |s| Some(s.exchanged(s.rate))),
    one("adjacent digits swapped", Mechanism::SwappedDigits, |s| {
        s.edited(|digits, at, _| {
            let inside = digits.get(at + 1).is_some_and(u8::is_ascii_digit);
            if inside {
                digits.swap(at, at + 1);
            }
            inside
        })
    }),
    one("digit dropped", Mechanism::DroppedDigit, |s| {
        s.edited(|digits, at, _| {
            digits.remove(at);
            !digits.is_empty()
        })
    }),
    one("digit added", Mechanism::AddedDigit, |s| {
        s.edited(|digits, at, digit| {
            digits.insert(at, digit);
            true
        })
    }),
    one("digit repeated", Mechanism::RepeatedDigit, |s| {
        s.edited(|digits, at, _| {
            digits.insert(at, digits[at]);
            true
        })
    }),
    one("digit replaced", Mechanism::ReplacedDigit, |s| {
        s.edited(|digits, at, digit| {
            digits[at] = digit;
            true
        })
    }),
    one("thousands dot read as a decimal point", Mechanism::ThousandsDot, |s| {
        let value = s.grid[s.row][s.count];
        let large = value >= Decimal::ONE_THOUSAND;
        large.then(|| vec![((s.row, s.count), value / Decimal::ONE_THOUSAND)])
    }),
    one("decimal comma lost", Mechanism::LostComma, |s| {
        Some(s.on_rate((s.grid[s.row][s.rate] * Decimal::ONE_HUNDRED).trunc()))
    }),
    one("sign", Mechanism::Sign, |s| Some(s.on_any(-s.grid[s.row][s.any]))),
    Damage {
        name: "off by 1 to 9 (nothing to name)",
        cause: None,
        mixed: true,
        make: |s| {
            let figure = s.grid[s.row][s.any];
            let off = Decimal::new(s.dice.between(1, 9), figure.scale());
            let value = if s.dice.below(2) == 0 { figure + off } else { figure - off };
            Some(s.on_any(value.max(Decimal::ZERO)))
        },
    },
    Damage {
        name: "random figure (nothing to name)",
        cause: None,
        mixed: true,
        make: |s| {
            let figure = s.grid[s.row][s.any];
            let top = i64::try_from(figure.mantissa()).unwrap_or(0) * 2 + 9;
            let value = Decimal::new(s.dice.between(0, top), figure.scale());
            Some(s.on_any(value))
        },
    },
    Damage {
        name: "wrong count, its row recomputed",
        cause: None,
        mixed: false,
        make: |s| {
            let (rate_at, at) = s.dice.pick(&[(7, 6), (9, 8)]);
            let (end_rate, end, start) = if at == 6 { (11, 10, 2) } else { (13, 12, 4) };
            let village = s.village;
            let (of, count) = (s.whole(village, 0), s.dice.between(0, s.whole(village, start)));
            let left = s.whole(village, start) - count;
            Some(vec![
                ((village, at), count.into()),
                ((village, rate_at), rate(count, of)),
                ((village, end), left.into()),
                ((village, end_rate), rate(left, of)),
            ])
        },
    },
    Damage {
        name: "two rows exchanged, but for columns 1 and 2",
        cause: Some(Mechanism::ExchangedRows),
        mixed: false,
        make: |s| {
            let (a, b) = (s.village, (s.village + 1) % s.last);
            let pairs = (2..COLUMNS).filter(|column| s.grid[a][*column] != s.grid[b][*column]);
            Some(pairs.flat_map(|c| [((a, c), s.grid[b][c]), ((b, c), s.grid[a][c])]).collect())
        },
    },
];
