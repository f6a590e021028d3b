//! The forms a hypothesis can take, and whether it holds in a trial: exact, on whole numbers.

use super::line::Line;
use super::search::Search;

/// What a trial says of a hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing: a figure is missing.
    Void,
    /// The figure differs from what is computed.
    Differs,
    /// It fits.
    Fits {
        /// False where it had to fit: nought of noughts, one part alone.
        tells: bool,
        /// Units of the common place that rounding accounts for.
        slack: i64,
    },
}

/// Which figures of a linear relation may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blanks {
    /// All but one part: a list of parts leaves out what is nought.
    Parts,
    /// None.
    None,
    /// All between the first and the last state.
    Between,
}

/// How the target is computed, by indices of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// The sum of lines with signs.
    Linear { terms: Vec<(usize, i64)>, blanks: Blanks, tolerance: i64 },
    /// scale · part / whole, or scale · (part − whole) / whole, rounded half up.
    Ratio { part: usize, whole: usize, scale: i64, growth: bool },
    /// scale · part / the part's figure in one trial.
    Share { part: usize, whole_trial: usize, scale: i64 },
    /// The product of two lines / scale: 100 where one is in per cent.
    Product { factors: [usize; 2], scale: i64 },
    /// The mean of lines.
    Mean { parts: Vec<usize> },
}

impl Shape {
    pub(super) fn is_linear(&self) -> bool {
        matches!(self, Self::Linear { .. })
    }

    /// True for what allows for no rounding of parts.
    pub(super) fn is_exact(&self) -> bool {
        !matches!(self, Self::Linear { tolerance: 1.., .. })
    }

    /// True where an unrelated figure may be near an operand and so fit.
    pub(super) fn counts_nearness(&self) -> bool {
        !matches!(self, Self::Ratio { .. } | Self::Share { .. })
    }

    /// The lines it computes from.
    pub(super) fn operands(&self) -> impl Iterator<Item = usize> + '_ {
        let (terms, lines): (&[(usize, i64)], &[usize]) = match self {
            Self::Linear { terms, .. } => (terms, &[]),
            Self::Product { factors, .. } => (&[], factors),
            Self::Mean { parts } => (&[], parts),
            Self::Ratio { .. } | Self::Share { .. } => (&[], &[]),
        };
        let few = match self {
            Self::Ratio { part, whole, .. } => [Some(*part), Some(*whole)],
            Self::Share { part, .. } => [Some(*part), None],
            _ => [None, None],
        };
        let terms = terms.iter().map(|(line, _)| *line);
        terms.chain(lines.iter().copied()).chain(few.into_iter().flatten())
    }

    /// The last place that tells in a trial.
    pub(super) fn step(&self, search: &Search, target: usize, trial: usize) -> i64 {
        let line = &search.lines[target];
        match self {
            Self::Linear { .. } | Self::Product { .. } => line.step,
            Self::Ratio { .. } | Self::Share { .. } | Self::Mean { .. } => {
                search.unit_of(line.decimals[trial])
            }
        }
    }

    /// What a trial says of it.
    pub(super) fn at(&self, search: &Search, target: usize, trial: usize) -> Outcome {
        let line = &search.lines[target];
        if !line.there[trial] {
            return Outcome::Void;
        }
        match self {
            Self::Linear { terms, blanks, tolerance } => {
                linear(search, target, terms, *blanks, *tolerance, trial)
            }
            Self::Ratio { part, whole, scale, growth } => {
                let [part, whole] = [*part, *whole].map(|line| figure(&search.lines[line], trial));
                let (Some(part), Some(whole)) = (part, whole) else { return Outcome::Void };
                let less = if *growth { whole } else { 0 };
                let tells = part != 0 && part != whole && part != line.values[trial];
                quotient(search, line, trial, (part - less, whole), *scale, tells)
            }
            Self::Share { part, whole_trial, scale } => {
                let [part, whole] =
                    [trial, *whole_trial].map(|trial| figure(&search.lines[*part], trial));
                let (Some(part), Some(whole)) = (part, whole) else { return Outcome::Void };
                let tells = part != 0 && part != whole && part != line.values[trial];
                quotient(search, line, trial, (part, whole), *scale, tells)
            }
            Self::Product { factors, scale } => product(search, line, factors, *scale, trial),
            Self::Mean { parts } => mean(search, line, parts, trial),
        }
    }
}

fn figure(line: &Line, trial: usize) -> Option<i64> {
    line.there[trial].then(|| line.values[trial])
}

fn linear(
    search: &Search,
    target: usize,
    terms: &[(usize, i64)],
    blanks: Blanks,
    tolerance: i64,
    trial: usize,
) -> Outcome {
    let whole = search.lines[target].values[trial];
    let (mut sum, mut there, mut live, mut between) = (0, 0, 0, 0);
    for (place, (term, sign)) in terms.iter().enumerate() {
        let part = &search.lines[*term];
        sum += sign * part.values[trial];
        there += usize::from(part.there[trial]);
        let lives = usize::from(part.values[trial] != 0);
        live += lives;
        between += if place > 0 { lives } else { 0 };
    }
    let (valid, tells) = match blanks {
        Blanks::Parts => (there > 0 && (live > 0 || whole != 0), live > 1),
        Blanks::None => (there == terms.len(), live == terms.len() && whole != 0),
        Blanks::Between => (search.lines[terms[0].0].there[trial], between > 0),
    };
    let off = (sum - whole).abs();
    if !valid {
        Outcome::Void
    } else if off <= tolerance {
        Outcome::Fits { tells, slack: tolerance }
    } else if off <= rounding(search, target, terms, trial) {
        Outcome::Fits { tells, slack: off }
    } else {
        Outcome::Differs
    }
}

/// What the rounding of cells that print fewer decimals than others accounts for, in units of the
/// common place. Whole numbers among themselves are not rounded, and nought is nought.
fn rounding(search: &Search, target: usize, terms: &[(usize, i64)], trial: usize) -> i64 {
    if search.places == 0 {
        return 0;
    }
    let lines = std::iter::once(target).chain(terms.iter().map(|(line, _)| *line));
    let cells = lines.map(|line| &search.lines[line]).filter(|line| line.there[trial]);
    let (mut twice, mut fine) = (0, false);
    for line in cells {
        let decimals = line.decimals[trial];
        fine |= decimals > 0;
        if decimals < search.places && line.values[trial] != 0 {
            twice += search.unit_of(decimals);
        }
    }
    if fine { twice / 2 } else { 0 }
}

/// Whether a figure is a quotient rounded half up to the decimals it prints, or to those its line
/// prints: noughts at the end may be left out.
fn quotient(
    search: &Search,
    line: &Line,
    trial: usize,
    (part, whole): (i64, i64),
    scale: i64,
    tells: bool,
) -> Outcome {
    if whole == 0 {
        return Outcome::Void;
    }
    let printed = line.values[trial];
    let decimals = line.decimals[trial];
    let numerator = i128::from(scale) * i128::from(part);
    let whole = i128::from(whole);
    let fits = if decimals > search.places {
        // A figure shown in full: right to the last place that is compared.
        let unit = 10_i128.pow(search.places);
        (numerator * unit - i128::from(printed) * whole).abs() <= whole.abs()
    } else {
        let usual = line.usual_decimals.min(search.places);
        let rounds = |decimals: u32| {
            let rounded = rounded_quotient(numerator * 10_i128.pow(decimals), whole);
            rounded * i128::from(search.unit_of(decimals)) == i128::from(printed)
        };
        rounds(decimals) || usual > decimals && rounds(usual)
    };
    if fits { Outcome::Fits { tells: tells && printed != 0, slack: 0 } } else { Outcome::Differs }
}

/// A quotient rounded half away from zero.
pub(super) fn rounded_quotient(numerator: i128, denominator: i128) -> i128 {
    let (n, d) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    let rounded = i128::try_from((2 * n + d) / (2 * d)).unwrap_or(i128::MAX);
    if (numerator < 0) == (denominator < 0) { rounded } else { -rounded }
}

fn product(
    search: &Search,
    line: &Line,
    factors: &[usize; 2],
    scale: i64,
    trial: usize,
) -> Outcome {
    let [a, b] = factors.map(|factor| figure(&search.lines[factor], trial));
    let (Some(a), Some(b)) = (a, b) else { return Outcome::Void };
    let (unit, printed) = (search.unit_of(0), line.values[trial]);
    let one = i128::from(unit) * i128::from(scale);
    let off = (i128::from(a) * i128::from(b) - i128::from(printed) * one).abs();
    // A figure is rounded to the decimals it prints.
    if 2 * off > i128::from(search.unit_of(line.decimals[trial])) * one {
        return Outcome::Differs;
    }
    let whole = unit * scale;
    let tells = printed != 0 && a != whole && b != whole && printed != a && printed != b;
    Outcome::Fits { tells, slack: 0 }
}

fn mean(search: &Search, line: &Line, parts: &[usize], trial: usize) -> Outcome {
    let figures = parts.iter().filter_map(|part| figure(&search.lines[*part], trial));
    let (mut sum, mut count, mut least, mut most) = (0_i64, 0_i64, i64::MAX, i64::MIN);
    for figure in figures {
        sum += figure;
        count += 1;
        least = least.min(figure);
        most = most.max(figure);
    }
    if count < 2 {
        return Outcome::Void;
    }
    let off = (i128::from(sum) - i128::from(line.values[trial]) * i128::from(count)).abs();
    if 2 * off > i128::from(search.unit_of(line.decimals[trial])) * i128::from(count) {
        return Outcome::Differs;
    }
    Outcome::Fits { tells: least != most, slack: 0 }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{Blanks, Outcome, Search, Shape};
    use crate::found::{Axis, Column, Figure, Grid, Row};

    /// Whole figures of three columns, rows as trials.
    fn searched(rows: &[[i64; 3]]) -> Search {
        let whole: Vec<[(i64, u32); 3]> =
            rows.iter().map(|row| row.map(|figure| (figure, 0))).collect();
        searched_in_decimals(&whole)
    }

    /// Figures of three columns, each as its digits and its decimals, rows as trials.
    fn searched_in_decimals(rows: &[[(i64, u32); 3]]) -> Search {
        let columns = (0..3).map(|_| Column::headed(["Số"], false)).collect();
        let mut grid = Grid::new(columns, rows.iter().map(|_| Row::named("Thôn")).collect());
        for (at, row) in rows.iter().enumerate() {
            for (column, (digits, decimals)) in row.iter().enumerate() {
                grid.set(at, column, Some(Figure::new(Decimal::new(*digits, *decimals))));
            }
        }
        Search::new(&grid, Axis::Columns, &[0, 1, 2], (0..rows.len()).collect())
    }

    fn tells(shape: &Shape, search: &Search, trial: usize) -> bool {
        match shape.at(search, 2, trial) {
            Outcome::Fits { tells, .. } => tells,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn figures_are_rounded_only_where_they_print_fewer_decimals_than_others() {
        let sum = |row: [(i64, u32); 3]| {
            let terms = vec![(0, 1), (1, 1)];
            Shape::Linear { terms, blanks: Blanks::None, tolerance: 0 }.at(
                &searched_in_decimals(&[row]),
                2,
                0,
            )
        };
        let fits = |slack| Outcome::Fits { tells: true, slack };
        assert_eq!(sum([(15, 1), (26, 1), (41, 1)]), fits(0));
        assert_eq!(sum([(15, 1), (26, 1), (42, 1)]), Outcome::Differs);
        // 2 stands for what is rounded to it.
        assert_eq!(sum([(15, 1), (2, 0), (40, 1)]), fits(5));
        assert_eq!(sum([(15, 1), (2, 0), (41, 1)]), Outcome::Differs);
        assert_eq!(sum([(15, 1), (0, 0), (16, 1)]), Outcome::Differs);
    }

    #[test]
    fn a_rate_of_all_of_nothing_or_of_a_hundred_tells_nothing() {
        let search = searched(&[[30, 40, 75], [40, 40, 100], [0, 40, 0], [30, 100, 30]]);
        let rate = Shape::Ratio { part: 0, whole: 1, scale: 100, growth: false };
        assert_eq!([0, 1, 2, 3].map(|row| tells(&rate, &search, row)), [true, false, false, false]);
        let search = searched(&[[50, 40, 25], [40, 40, 0], [0, 40, -100]]);
        let growth = Shape::Ratio { part: 0, whole: 1, scale: 100, growth: true };
        assert_eq!([0, 1, 2].map(|row| tells(&growth, &search, row)), [true, false, false]);
    }

    #[test]
    fn a_share_that_is_all_or_its_own_figure_tells_nothing() {
        let share = Shape::Share { part: 0, whole_trial: 0, scale: 100 };
        let search = searched(&[[40, 0, 100], [30, 0, 75], [40, 0, 100]]);
        assert_eq!([0, 1, 2].map(|row| tells(&share, &search, row)), [false, true, false]);
        let search = searched(&[[100, 0, 100], [30, 0, 30]]);
        assert!(!tells(&share, &search, 1));
    }
}
