//! What a search returns: relations in terms of the grid, with their evidence.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Grid;
use super::search::{Candidate, Search};
use super::shape::Shape;
use super::vocabulary::Word;

/// The lines that are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// Columns; every row is a trial.
    Columns,
    /// Rows; every column is a trial.
    Rows,
}

/// How a line is computed from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The sum of lines.
    Sum,
    /// A sum of two, one of the three being a change: written as their difference.
    Difference,
    /// The first state with what enters and leaves.
    Balance,
    /// scale · first / second.
    Ratio,
    /// scale · (first − second) / second.
    Growth,
    /// scale · figure / the same line's figure in the trial [`Relation::whole`].
    Share,
    /// first · second / scale.
    Product,
    /// The mean of lines.
    Mean,
    /// No more than another line: stated by headings only.
    AtMost,
}

impl Kind {
    /// True for sums with signs.
    #[must_use]
    pub fn is_linear(self) -> bool {
        matches!(self, Self::Sum | Self::Difference | Self::Balance)
    }
}

/// A line in a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// A column or a row of the grid.
    pub line: usize,
    /// False where it is taken away.
    pub added: bool,
}

/// A relation between lines of a grid. Lines and trials are told by their places in the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// What its lines are.
    pub axis: Axis,
    /// How the target is computed.
    pub kind: Kind,
    /// The line that is computed.
    pub target: usize,
    /// What it is computed from; of a ratio the numerator, then the denominator.
    pub terms: Vec<Term>,
    /// The factor of a ratio, growth or share: 100, 1 or 1.000; of a product with a rate in per cent
    /// its divisor 100; else 1.
    pub scale: u32,
    /// Decimals the target prints, where it is rounded: ratios, growth, shares, means.
    pub decimals: Option<u32>,
    /// By how much a sum of rounded figures may miss; nought for exact ones.
    pub tolerance: Decimal,
    /// Of a share the trial that holds the whole.
    pub whole: Option<usize>,
    /// What bears it out.
    pub evidence: Evidence,
}

/// What bears a relation out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Bits net of the cost, rounded down; those of its family where it has one.
    pub bits: u32,
    /// Trials that fit.
    pub fits: Vec<usize>,
    /// Trials that differ.
    pub misfits: Vec<Misfit>,
    /// Rows that sum others and differ because these do: they say nothing by themselves.
    pub followers: Vec<Misfit>,
    /// Fitting trials that tell something.
    pub telling: usize,
    /// Lines of one heading, or groups, that bear it out together, and their telling trials.
    pub family: Option<Family>,
    /// True where words name the target and its operands.
    pub words: bool,
    /// Relations for the same target, nearly as good, that other trials differ from.
    pub rivals: Vec<Relation>,
}

impl Evidence {
    /// The trials that could be told: `fits` in `of` trials.
    #[must_use]
    pub fn of(&self) -> usize {
        self.fits.len() + self.misfits.len()
    }
}

/// Others that bear a relation out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Family {
    /// Lines or groups.
    pub members: usize,
    /// Their fitting trials that tell something.
    pub telling: usize,
    /// Their trials that differ.
    pub misfits: usize,
}

/// A trial that differs, with the place of the target's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    /// A row of the grid.
    pub row: usize,
    /// A column of the grid.
    pub column: usize,
    /// The figure there.
    pub found: Decimal,
    /// The figure by the relation, rounded as the cell prints it.
    pub expected: Decimal,
}

impl Misfit {
    /// By how much the figure is more than it should be.
    #[must_use]
    pub fn off(&self) -> Decimal {
        self.found.saturating_sub(self.expected)
    }
}

impl Relation {
    /// All lines it relates.
    pub fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.target).chain(self.terms.iter().map(|term| term.line))
    }

    /// The row and the column of a line in a trial.
    #[must_use]
    pub fn place(&self, line: usize, trial: usize) -> (usize, usize) {
        match self.axis {
            Axis::Columns => (trial, line),
            Axis::Rows => (line, trial),
        }
    }

    /// What the target should be in a trial, rounded as its cell prints it; `None` where a figure is
    /// missing that the relation needs. Parts of sums that are missing count as nought.
    #[must_use]
    pub fn expected(&self, grid: &Grid, trial: usize) -> Option<Decimal> {
        let at = |line: usize, trial: usize| {
            let (row, column) = self.place(line, trial);
            grid.at(row, column)
        };
        let value = |line: usize| at(line, trial).map(|figure| figure.value);
        let exact = match (self.kind, self.terms.as_slice()) {
            (Kind::AtMost, [whole]) => return value(whole.line),
            (Kind::Sum | Kind::Difference | Kind::Balance, terms) => {
                let mut parts = terms.iter();
                let any = parts.any(|term| value(term.line).is_some());
                return any.then(|| {
                    terms.iter().try_fold(Decimal::ZERO, |sum, term| {
                        let part = value(term.line).unwrap_or_default();
                        sum.checked_add(if term.added { part } else { -part })
                    })
                })?;
            }
            (Kind::Ratio | Kind::Growth, [part, whole]) => {
                let (part, whole) = (value(part.line)?, value(whole.line)?);
                let part = if self.kind == Kind::Growth { part.checked_sub(whole)? } else { part };
                part.checked_mul(self.scale.into())?.checked_div(whole)?
            }
            (Kind::Share, [part]) => {
                let whole = at(part.line, self.whole?)?.value;
                value(part.line)?.checked_mul(self.scale.into())?.checked_div(whole)?
            }
            (Kind::Product, [first, second]) => value(first.line)?
                .checked_mul(value(second.line)?)?
                .checked_div(self.scale.into())?,
            (Kind::Mean, terms) => {
                let parts: Vec<Decimal> =
                    terms.iter().filter_map(|term| value(term.line)).collect();
                let sum =
                    parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part))?;
                sum.checked_div(parts.len().into())?
            }
            _ => return None,
        };
        let printed = at(self.target, trial).map_or(0, |figure| figure.decimals);
        let places = printed.max(self.decimals.unwrap_or_default()).min(Decimal::MAX_SCALE);
        Some(exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
    }
}

/// A candidate in terms of the grid.
pub(super) fn relation(grid: &Grid, search: &Search, one: &Candidate) -> Relation {
    let line = |line: usize| search.lines[line].key;
    let mut terms: Vec<Term> = match &one.shape {
        Shape::Linear { terms, .. } => {
            terms.iter().map(|(at, sign)| Term { line: line(*at), added: *sign > 0 }).collect()
        }
        other => other.operands().map(|at| Term { line: line(at), added: true }).collect(),
    };
    let target = written_for(search, one);
    if target != one.target {
        terms.retain(|term| term.line != line(target));
        for term in &mut terms {
            term.added = !term.added;
        }
        terms.insert(0, Term { line: line(one.target), added: true });
    }
    let (scale, whole, tolerance) = match one.shape {
        Shape::Ratio { scale, .. } | Shape::Product { scale, .. } => (scale, None, 0),
        Shape::Share { scale, whole_trial, .. } => (scale, Some(search.trials[whole_trial]), 0),
        Shape::Linear { tolerance, .. } => (1, None, tolerance),
        Shape::Mean { .. } => (1, None, 0),
    };
    let rounded = !matches!(one.shape, Shape::Linear { .. } | Shape::Product { .. });
    let mut relation = Relation {
        axis: search.axis,
        kind: one.kind,
        target: line(target),
        terms,
        scale: u32::try_from(scale).unwrap_or(1),
        decimals: rounded.then(|| search.lines[one.target].usual_decimals),
        tolerance: Decimal::new(tolerance, search.places),
        whole,
        evidence: Evidence {
            bits: whole_bits(one.bits),
            fits: one.fits.iter().map(|trial| search.trials[*trial]).collect(),
            misfits: Vec::new(),
            followers: Vec::new(),
            telling: one.telling,
            family: one.family,
            words: one.named,
            rivals: one.rivals.iter().map(|rival| self::relation(grid, search, rival)).collect(),
        },
    };
    let follows = |at: &&usize| search.follows(one.target, &one.shape, **at);
    let (followers, own): (Vec<&usize>, Vec<&usize>) = one.misfits.iter().partition(follows);
    let misfits = |trials: Vec<&usize>| -> Vec<Misfit> {
        trials.iter().filter_map(|at| misfit(grid, &relation, search.trials[**at])).collect()
    };
    let (followers, own) = (misfits(followers), misfits(own));
    (relation.evidence.followers, relation.evidence.misfits) = (followers, own);
    relation
}

fn misfit(grid: &Grid, relation: &Relation, trial: usize) -> Option<Misfit> {
    let (row, column) = relation.place(relation.target, trial);
    let found = grid.at(row, column)?.value;
    let expected = relation.expected(grid, trial)?;
    Some(Misfit { row, column, found, expected })
}

/// The line for which an official would write a relation: of a sum of two one of which is a change,
/// the state after, else the change.
fn written_for(search: &Search, one: &Candidate) -> usize {
    let Shape::Linear { terms, .. } = &one.shape else { return one.target };
    let words = |line: usize| &search.lines[line].words;
    if terms.len() != 2
        || words(one.target).says(Word::Change) && !words(one.target).says(Word::End)
    {
        return one.target;
    }
    let parts = || terms.iter().map(|(line, _)| *line);
    let after = parts().find(|line| words(*line).says(Word::End));
    let starts = words(one.target).says(Word::Start);
    let change = || parts().find(|line| words(*line).says(Word::Change));
    after.filter(|_| starts).or_else(change).unwrap_or(one.target)
}

fn whole_bits(bits: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = bits.clamp(0.0, 1e6).floor() as u32;
    whole
}
