//! A small generator of chance: the same seed gives the same tables on every machine.

/// xorshift64*.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        (0..8).for_each(|_| {
            dice.next();
        });
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// From `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let among = u64::try_from(most - least + 1).unwrap_or(1);
        least + i64::try_from(self.next() % among).unwrap_or(0)
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn falls(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// How many of `of` things fall within a chance of `percent`.
    pub(crate) fn part(&mut self, of: i64, percent: i64) -> i64 {
        (0..of).map(|_| i64::from(self.falls(percent))).sum()
    }

    /// Any of some things.
    pub(crate) fn any<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        let last = i64::try_from(of.len()).unwrap_or(1) - 1;
        &of[usize::try_from(self.between(0, last)).unwrap_or(0)]
    }
}
