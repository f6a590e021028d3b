//! Instances: what must hold, on its cells, evaluated exactly.

use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use super::counts::Whole;
use super::{Axis, Concern, Relation, ratio};
use crate::table::{Figure, Kind, Linear, Place, Reading, Table, equal, whole, with_term};

/// Columns or rows with coefficients, plus a constant. The coefficients are shared by all instances:
/// a column's formula combines the same columns in each row, a total the same rows in each column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Combination {
    /// Columns or rows with their coefficients.
    pub terms: Arc<[(usize, Decimal)]>,
    /// The constant.
    pub constant: Decimal,
}

impl From<&Linear> for Combination {
    fn from(linear: &Linear) -> Self {
        let terms = linear.terms.iter().map(|(index, factor)| (*index, *factor)).collect();
        Self { terms, constant: linear.constant }
    }
}

impl FromIterator<(usize, Decimal)> for Combination {
    fn from_iter<I: IntoIterator<Item = (usize, Decimal)>>(terms: I) -> Self {
        Self { terms: terms.into_iter().collect(), constant: Decimal::ZERO }
    }
}

impl Combination {
    /// The value with the number of each; `None` when one is missing or the sum outgrows its range.
    pub fn value(&self, number: impl Fn(usize) -> Option<Decimal>) -> Option<Decimal> {
        let mut terms = self.terms.iter();
        terms.try_fold(self.constant, |sum, (at, coefficient)| {
            with_term(sum, *coefficient, number(*at)?)
        })
    }

    /// Its figures on a line, and what settled rows add to them.
    fn on(&self, line: Line, further: Decimal) -> Terms<'_> {
        let constant =
            if further.is_zero() { self.constant } else { self.constant.saturating_add(further) };
        Terms { line, factors: &self.terms, constant }
    }
}

/// Figures of one row or of one column with coefficients, plus a constant: a linear expression over
/// the table's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a> {
    line: Line,
    factors: &'a [(usize, Decimal)],
    /// The constant.
    pub constant: Decimal,
}

/// Where the figures of an expression stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Row(usize),
    Column(usize),
}

impl Line {
    fn place(self, at: usize) -> Place {
        match self {
            Self::Row(row) => Place::new(row, at),
            Self::Column(column) => Place::new(at, column),
        }
    }
}

impl<'a> Terms<'a> {
    /// Figures with their coefficients.
    #[must_use]
    pub fn places(self) -> impl ExactSizeIterator<Item = (Place, Decimal)> + 'a {
        self.factors.iter().map(move |(at, coefficient)| (self.line.place(*at), *coefficient))
    }

    fn cells(self) -> impl Iterator<Item = Place> + 'a {
        self.places().map(|(place, _)| place)
    }

    /// The figure with its coefficient, if it is the only one.
    #[must_use]
    pub fn single(self) -> Option<(Place, Decimal)> {
        self.places().next().filter(|_| self.factors.len() == 1)
    }

    /// The value; a blank counts as zero. `None` when a figure cannot be read or overflows.
    #[must_use]
    pub fn value(self, table: &Table) -> Option<Decimal> {
        self.read(table, shown).value
    }

    fn read(self, table: &Table, number: impl Fn(&Figure) -> Decimal) -> ReadTerms {
        let mut read =
            ReadTerms { value: Some(self.constant), is_blank: true, is_unreadable: false };
        for (place, coefficient) in self.places() {
            let number = match &table.datum(place).reading {
                Reading::Number(figure) => number(figure),
                Reading::Dash => Decimal::ZERO,
                Reading::Blank => continue,
                Reading::Text(_) | Reading::Error(_) | Reading::Unknown(_) => {
                    (read.value, read.is_unreadable) = (None, true);
                    continue;
                }
            };
            read.is_blank = false;
            read.value = read.value.and_then(|sum| with_term(sum, coefficient, number));
        }
        read
    }
}

/// What the cells of an expression hold.
struct ReadTerms {
    /// The value; `None` when a figure cannot be read or overflows.
    value: Option<Decimal>,
    /// True where all cells are blank.
    is_blank: bool,
    /// True where one holds no number.
    is_unreadable: bool,
}

/// The number the paper shows, as [`Table::number`] gives it.
fn shown(figure: &Figure) -> Decimal {
    figure.shown
}

/// What an instance says about its cells. The target is the cell a person would compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// target = Σ coefficient · figure.
    Balance(Terms<'a>),
    /// target = scale · numerator / denominator, rounded half up to `decimals`.
    Ratio {
        /// What is divided.
        numerator: Terms<'a>,
        /// What it is divided by.
        denominator: Terms<'a>,
        /// The factor, 100 for per cent.
        scale: Decimal,
        /// Decimals the rate is judged by.
        decimals: u32,
    },
    /// A ratio of these figures on whose scale the rows do not agree: it computes nothing.
    Unscaled(Terms<'a>),
    /// target = the product of these, rounded half up to the decimals it prints.
    Product(Factors<'a>),
    /// target ≤ Σ coefficient · figure (a bound; it accuses no cell by itself).
    AtMost(Terms<'a>),
}

/// Expressions that are multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors<'a> {
    line: Line,
    combinations: &'a [Combination],
    decimals: &'a [u32],
}

impl<'a> Factors<'a> {
    /// The expressions, in the order they are written.
    pub fn iter(self) -> impl Iterator<Item = Terms<'a>> {
        self.combinations.iter().map(move |combination| combination.on(self.line, Decimal::ZERO))
    }

    /// The decimals that most figures of a column print.
    fn usual_decimals(self, column: usize) -> u32 {
        self.decimals.get(column).copied().unwrap_or_default()
    }

    /// True where there is a number among them.
    fn is_scaled(self) -> bool {
        self.combinations.iter().any(|combination| combination.terms.is_empty())
    }
}

/// What the instances of a relation have in common, and hold together: what it is about, and what it says
/// but for the row or column that it is said of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    concern: Concern,
    relation: usize,
    text: Arc<str>,
    axis: Axis,
    body: Body,
    of_counts: Option<OfCounts>,
    /// What settled rows add to a sum, by column; nothing where there are none.
    settled: Vec<Decimal>,
}

/// What a template says, where its coefficients are whole.
#[derive(Debug, PartialEq, Eq)]
enum OfCounts {
    Balance(Whole),
    Ratio { numerator: Whole, denominator: Whole, scale: i64 },
    AtMost(Whole),
}

impl OfCounts {
    fn of(body: &Body) -> Option<Self> {
        Some(match body {
            Body::Balance(sum) => Self::Balance(Whole::of(sum)?),
            Body::AtMost(most) => Self::AtMost(Whole::of(most)?),
            Body::Ratio { numerator, denominator, scale } => Self::Ratio {
                numerator: Whole::of(numerator)?,
                denominator: Whole::of(denominator)?,
                scale: whole(*scale)?,
            },
            Body::Unscaled(_) | Body::Product { .. } => return None,
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    Balance(Combination),
    Ratio {
        numerator: Combination,
        denominator: Combination,
        scale: Decimal,
    },
    Unscaled(Combination),
    /// With the decimals that its columns usually print, by their places.
    Product {
        factors: Vec<Combination>,
        decimals: Vec<u32>,
    },
    AtMost(Combination),
}

impl Template {
    /// What a relation, given with its index, says; for one over rows its sums may be of those rows only
    /// that have cells, and of what the others, which are settled, add in each column.
    pub(super) fn new(
        concern: Concern,
        (index, relation): (usize, &Relation),
        body: Body,
        settled: Vec<Decimal>,
    ) -> Arc<Self> {
        let (text, axis, of_counts) = (relation.text.clone(), relation.axis, OfCounts::of(&body));
        Arc::new(Self { concern, relation: index, text, axis, body, of_counts, settled })
    }

    /// True where it says that the target is a sum.
    pub(super) fn is_balance(&self) -> bool {
        matches!(self.body, Body::Balance(_))
    }

    /// True where it says that the target is a product.
    pub(super) fn is_product(&self) -> bool {
        matches!(self.body, Body::Product { .. })
    }

    /// True where it says that the target is a rate.
    pub(super) fn is_ratio(&self) -> bool {
        matches!(self.body, Body::Ratio { .. })
    }

    fn line(&self, target: Place) -> Line {
        match self.axis {
            Axis::Column => Line::Row(target.row),
            Axis::Row => Line::Column(target.column),
        }
    }

    /// What it gives the target, where that is so and all that it reads are counts: nearly all
    /// instances are such. `None` says nothing.
    fn satisfied_by_counts(&self, table: &Table, target: Place, decimals: u32) -> Option<Decimal> {
        let found = &table.datum(target).reading;
        let row = &table.grid[target.row];
        let value = |terms: &Whole| match self.axis {
            Axis::Column => terms.value(|column| row[column].reading.count()),
            Axis::Row => terms.value(|row| table.grid[row][target.column].reading.count()),
        };
        match self.of_counts.as_ref()? {
            OfCounts::Balance(terms) => {
                let sum = value(terms)?.checked_add(whole(self.settled(target))?)?;
                (found.count()? == sum).then(|| sum.into())
            }
            OfCounts::AtMost(terms) => {
                let most = value(terms)?;
                (found.count()? <= most).then(|| most.into())
            }
            OfCounts::Ratio { numerator, denominator, scale } => {
                let above = value(numerator)?.checked_mul(*scale)?;
                let given = ratio::rounded_whole(above, value(denominator)?, decimals)?;
                equal(found.number()?, given).then_some(given)
            }
        }
    }

    /// What settled rows add to the sum that a target is.
    fn settled(&self, target: Place) -> Decimal {
        self.settled.get(target.column).copied().unwrap_or_default()
    }

    fn edit(&self, target: Place, decimals: u32) -> Edit<'_> {
        let line = self.line(target);
        let on = |combination| Combination::on(combination, line, Decimal::ZERO);
        match &self.body {
            Body::Balance(sum) => Edit::Balance(sum.on(line, self.settled(target))),
            Body::Ratio { numerator, denominator, scale } => Edit::Ratio {
                numerator: on(numerator),
                denominator: on(denominator),
                scale: *scale,
                decimals,
            },
            Body::Unscaled(read) => Edit::Unscaled(on(read)),
            Body::Product { factors, decimals } => {
                Edit::Product(Factors { line, combinations: factors, decimals })
            }
            Body::AtMost(most) => Edit::AtMost(on(most)),
        }
    }
}

/// How an instance came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds, and vouches for its cells.
    Satisfied,
    /// It does not hold.
    Violated,
    /// It could not be evaluated; that is never a pass.
    Undecided(Undecided),
}

/// Why an instance could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Undecided {
    /// The computed cell is blank.
    TargetBlank,
    /// All inputs are blank.
    InputsBlank,
    /// A cell holds no number.
    Unreadable,
    /// A figure it reads was forgotten.
    Unknown,
    /// The denominator is zero.
    ZeroDenominator,
    /// The rows do not agree on a scale.
    NoScale,
    /// A column it uses was misread as a whole when it was typed.
    Misread,
    /// Most rows contradict the formula, so it is not taken for a rule.
    Contradicted,
    /// The numbers are too large for exact arithmetic.
    TooLarge,
}

/// One relation on its cells. A table has thousands of instances, and every rule goes through them: each
/// takes no more room than it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The computed cell.
    row: u32,
    column: u16,
    /// The decimals a rate is judged by, and [`GIVEN`] where there is a value.
    decimals: u8,
    /// How it came out.
    pub outcome: Outcome,
    template: Arc<Template>,
    /// The value the relation gives the target.
    value: Decimal,
}

/// This bit beside the decimals, which are fewer, says that there is a value.
const GIVEN: u8 = 1 << 7;

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Instance>() == 32, "a table has thousands");

impl Instance {
    /// Says of a target what a template says, and evaluates it; a rate is judged by some decimals.
    pub(super) fn of(
        table: &Table,
        template: &Arc<Template>,
        target: Place,
        decimals: u32,
    ) -> Self {
        // Nobody prints so many, and no exact number has them.
        let decimals = u8::try_from(decimals).unwrap_or(u8::MAX).min(GIVEN - 1);
        let given = template.satisfied_by_counts(table, target, decimals.into());
        let (outcome, expected) = match given {
            Some(given) => (Outcome::Satisfied, Some(given)),
            None => evaluate(table, target, template.edit(target, decimals.into())),
        };
        Self {
            // Sheets have no more rows and columns than these count.
            row: u32::try_from(target.row).unwrap_or(u32::MAX),
            column: u16::try_from(target.column).unwrap_or(u16::MAX),
            decimals: if expected.is_some() { decimals | GIVEN } else { decimals },
            outcome,
            template: Arc::clone(template),
            value: expected.unwrap_or_default(),
        }
    }

    /// The value the relation gives the target, where it can be computed.
    #[must_use]
    pub fn expected(&self) -> Option<Decimal> {
        (self.decimals & GIVEN != 0).then_some(self.value)
    }

    /// Nobody knows what it gives, as figures that it reads were forgotten.
    pub(crate) fn forget(&mut self) {
        (self.decimals, self.value) = (self.decimals & !GIVEN, Decimal::ZERO);
    }

    /// The decimals a rate is judged by.
    fn decimals(&self) -> u32 {
        (self.decimals & !GIVEN).into()
    }

    /// The computed cell.
    #[must_use]
    pub fn target(&self) -> Place {
        Place::new(self.row as usize, self.column.into())
    }

    /// What it is about.
    #[must_use]
    pub fn concern(&self) -> Concern {
        self.template.concern
    }

    /// The relation, as an index into those of the table.
    #[must_use]
    pub fn relation(&self) -> usize {
        self.template.relation
    }

    /// As an official reads it: `14=13/1`, `Tổng = cộng các dòng`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.template.text
    }

    /// What is said.
    #[must_use]
    pub fn edit(&self) -> Edit<'_> {
        self.template.edit(self.target(), self.decimals())
    }

    /// True where it holds on other figures in the same cells.
    #[must_use]
    pub fn holds_in(&self, table: &Table) -> bool {
        evaluate(table, self.target(), self.edit()).0 == Outcome::Satisfied
    }

    /// The other cells.
    pub fn inputs(&self) -> impl Iterator<Item = Place> + '_ {
        let edit = self.edit();
        // Within one expression each place stands once.
        let further = edit.others().enumerate().flat_map(move |(before, terms)| {
            let known = move |place: &Place| {
                let mut known = edit.first().into_iter().chain(edit.others().take(before));
                known.any(|terms| terms.cells().any(|other| other == *place))
            };
            terms.cells().filter(move |place| !known(place))
        });
        edit.first().into_iter().flat_map(Terms::cells).chain(further)
    }

    /// True where it multiplies.
    pub(super) fn is_product(&self) -> bool {
        self.template.is_product()
    }

    /// True where all that it reads stands in the row of its target, as what a column computes does.
    #[must_use]
    pub fn is_within_row(&self) -> bool {
        self.template.axis == Axis::Column
    }

    /// All cells: the target first.
    pub fn cells(&self) -> impl Iterator<Item = Place> + '_ {
        std::iter::once(self.target()).chain(self.inputs())
    }

    /// What the stored figures give where decimals that formats hide make it another figure than
    /// the printed ones give, and the target shows the one or the other.
    #[must_use]
    pub fn on_stored(&self, table: &Table) -> Option<Decimal> {
        let decided = !matches!(self.outcome, Outcome::Undecided(_)) && self.is_equality();
        if !decided || !self.edit().places().any(|input| hides(table, input)) {
            return None;
        }
        let target = table.figure(self.target())?;
        let stored = Stored::of(table, target, self.edit())?;
        let told = self.outcome == Outcome::Satisfied || stored.shown == target.shown;
        let printed = as_shown(target, self.edit(), self.expected()?);
        (told && stored.shown != printed).then_some(stored.value)
    }

    /// True for a rule that fixes a value (not a bound).
    #[must_use]
    pub fn is_equality(&self) -> bool {
        !matches!(self.template.body, Body::AtMost(_))
    }
}

impl<'a> Edit<'a> {
    /// Its first expression.
    fn first(self) -> Option<Terms<'a>> {
        match self {
            Self::Balance(terms) | Self::AtMost(terms) | Self::Unscaled(terms) => Some(terms),
            Self::Ratio { numerator, .. } => Some(numerator),
            Self::Product(factors) => factors.iter().next(),
        }
    }

    /// Its further expressions.
    fn others(self) -> impl Iterator<Item = Terms<'a>> {
        let (divisor, factors) = match self {
            Self::Ratio { denominator, .. } => (Some(denominator), None),
            Self::Product(factors) => (None, Some(factors)),
            Self::Balance(_) | Self::AtMost(_) | Self::Unscaled(_) => (None, None),
        };
        divisor.into_iter().chain(factors.into_iter().flat_map(|factors| factors.iter().skip(1)))
    }

    /// The figures it is about, some of them twice.
    fn places(self) -> impl Iterator<Item = Place> + 'a {
        let all = self.first().into_iter().chain(self.others());
        all.flat_map(Terms::cells)
    }
}

fn evaluate(table: &Table, target: Place, edit: Edit<'_>) -> (Outcome, Option<Decimal>) {
    let undecided = |reason| (Outcome::Undecided(reason), None);
    if matches!(edit, Edit::Unscaled(_)) {
        return undecided(Undecided::NoScale);
    }
    let (first, divisor) = read_factors(edit, table, shown);
    let second = divisor.map(|terms| terms.read(table, shown));
    let both = || std::iter::once(&first).chain(&second);
    if both().any(|read| read.is_unreadable) {
        return undecided(Undecided::Unreadable);
    }
    if both().all(|read| read.is_blank) {
        return undecided(Undecided::InputsBlank);
    }
    let figure = table.figure(target);
    let expected = match given(edit, first.value, second.and_then(|read| read.value), figure) {
        Ok(expected) => expected,
        Err(reason) => return zero_over_zero(table, target, reason),
    };
    let reading = &table.datum(target).reading;
    if matches!(reading, Reading::Text(_) | Reading::Error(_) | Reading::Unknown(_)) {
        return (Outcome::Undecided(Undecided::Unreadable), Some(wanted(edit, target, expected)));
    }
    let Some(found) = table.number(target) else {
        let counts_as_zero = expected.is_zero() && matches!(edit, Edit::AtMost(_));
        let outcome = if counts_as_zero {
            Outcome::Satisfied
        } else {
            Outcome::Undecided(Undecided::TargetBlank)
        };
        return (outcome, Some(wanted(edit, target, expected)));
    };
    let holds = equal(found, expected)
        || holds_roughly(table, target, edit, found, expected)
        || holds_as_stored(table, target, edit);
    if holds {
        return (Outcome::Satisfied, Some(expected));
    }
    (Outcome::Violated, Some(wanted(edit, target, expected)))
}

/// What a target should be: a product is rounded to what its column prints.
fn wanted(edit: Edit<'_>, target: Place, expected: Decimal) -> Decimal {
    let Edit::Product(factors) = edit else { return expected };
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    expected.round_dp_with_strategy(factors.usual_decimals(target.column), half_up)
}

/// True for a figure that is not the one a relation gives and yet no error.
fn holds_roughly(
    table: &Table,
    target: Place,
    edit: Edit<'_>,
    found: Decimal,
    expected: Decimal,
) -> bool {
    match edit {
        Edit::AtMost(_) => found < expected,
        Edit::Ratio { decimals, .. } => is_unrounded(table, target, edit, decimals, shown),
        Edit::Balance(terms) => {
            let (off, slack) = ((found - expected).abs(), rounding_slack(table, target, terms));
            off <= slack
                || !slack.is_zero()
                    && off <= slack + Decimal::new(5, 1)
                    && prints_whole(table, target)
        }
        Edit::Product(factors) => table.figure(target).is_some_and(|figure| {
            // A rounded product prints as many decimals as its author thought fit.
            let places = figure.decimals.max(found.scale());
            let half_up = RoundingStrategy::MidpointAwayFromZero;
            equal(found, expected.round_dp_with_strategy(places, half_up))
                || !table.rows[target.row].is_sum()
                    && holds_within_rounding(table, factors, figure, expected)
        }),
        Edit::Unscaled(_) => false,
    }
}

/// True for a product that figures which are rounded themselves may have: each factor, and the target,
/// stands for all that is half a unit of its last decimal off at most. A factor may be worked out from the
/// product, as yields are; and 26 among 25,4 and 31,2 is 26,0.
fn holds_within_rounding(
    table: &Table,
    factors: Factors<'_>,
    target: &Figure,
    expected: Decimal,
) -> bool {
    let is_scaled = factors.is_scaled();
    let half_unit = |place: Place| {
        let Reading::Number(figure) = &table.datum(place).reading else { return Decimal::ZERO };
        let usual = factors.usual_decimals(place.column);
        let own = if figure.decimals == 0 { usual } else { figure.decimals };
        // A count is what it is; a rate of 13 is rounded.
        let kind = table.columns[place.column].kind;
        if own == 0 && !matches!(kind, Kind::Rate | Kind::Average) {
            return Decimal::ZERO;
        }
        let part = if figure.percent && !is_scaled { 2 } else { 0 };
        Decimal::new(5, own.min(20) + 1 + part)
    };
    let both = factors.iter().try_fold((Decimal::ONE, Decimal::ONE), |(least, most), terms| {
        let value = product_number(terms, table, is_scaled)?.abs();
        let off: Decimal = terms.places().map(|(at, c)| c.abs() * half_unit(at)).sum();
        Some((least.checked_mul(value)?, most.checked_mul(value.checked_add(off)?)?))
    });
    let Some((least, most)) = both else { return false };
    let own = Decimal::new(5, target.decimals.min(20) + 1);
    let off = if target.percent && !is_scaled {
        (most - least).saturating_mul(Decimal::ONE_HUNDRED)
    } else {
        most - least
    };
    (target.shown - expected).abs() <= off + own
}

/// A rate over nothing: zero, a dash or a blank are all in use, and none of them is wrong.
fn zero_over_zero(table: &Table, target: Place, reason: Undecided) -> (Outcome, Option<Decimal>) {
    let zero = table.number(target).is_some_and(|found| found.is_zero());
    if reason == Undecided::ZeroDenominator && zero {
        return (Outcome::Satisfied, Some(Decimal::ZERO));
    }
    (Outcome::Undecided(reason), None)
}

fn expected(
    table: &Table,
    edit: Edit<'_>,
    target: &Figure,
    number: impl Fn(&Figure) -> Decimal + Copy,
) -> Result<Decimal, Undecided> {
    let (first, divisor) = read_factors(edit, table, number);
    let second = divisor.and_then(|terms| terms.read(table, number).value);
    given(edit, first.value, second, Some(target))
}

/// What is multiplied, mostly one expression, and what it is divided by.
fn read_factors<'a>(
    edit: Edit<'a>,
    table: &Table,
    number: impl Fn(&Figure) -> Decimal + Copy,
) -> (ReadTerms, Option<Terms<'a>>) {
    let factors = match edit {
        Edit::Balance(terms) | Edit::AtMost(terms) | Edit::Unscaled(terms) => {
            return (terms.read(table, number), None);
        }
        Edit::Ratio { numerator, denominator, .. } => {
            return (numerator.read(table, number), Some(denominator));
        }
        Edit::Product(factors) => factors,
    };
    let is_scaled = factors.is_scaled();
    let number = |figure: &Figure| number(figure) * hundredth(figure, is_scaled);
    let one = ReadTerms { value: Some(Decimal::ONE), is_blank: true, is_unreadable: false };
    let read = factors.iter().map(|terms| terms.read(table, number));
    let product = read.fold(one, |product, factor| ReadTerms {
        value: product.value.zip(factor.value).and_then(|(a, b)| a.checked_mul(b)),
        is_blank: product.is_blank && factor.is_blank,
        is_unreadable: product.is_unreadable || factor.is_unreadable,
    });
    (product, None)
}

/// `5%` is a twentieth in a product, unless the formula prints by what it divides: `4=2*3/100`.
fn hundredth(figure: &Figure, is_scaled: bool) -> Decimal {
    if figure.percent && !is_scaled { Decimal::new(1, 2) } else { Decimal::ONE }
}

/// A factor as it counts in a product.
fn product_number(terms: Terms<'_>, table: &Table, is_scaled: bool) -> Option<Decimal> {
    terms.read(table, |figure| figure.shown * hundredth(figure, is_scaled)).value
}

/// What a relation gives a figure by the values of its expressions.
fn given(
    edit: Edit<'_>,
    first: Option<Decimal>,
    second: Option<Decimal>,
    target: Option<&Figure>,
) -> Result<Decimal, Undecided> {
    let first = first.ok_or(Undecided::TooLarge)?;
    match edit {
        Edit::Product(factors)
            if target.is_some_and(|figure| figure.percent) && !factors.is_scaled() =>
        {
            let percent = first.checked_mul(Decimal::ONE_HUNDRED);
            Ok(percent.ok_or(Undecided::TooLarge)?.normalize())
        }
        Edit::Balance(_) | Edit::AtMost(_) | Edit::Product(_) => Ok(first.normalize()),
        Edit::Unscaled(_) => Err(Undecided::NoScale),
        Edit::Ratio { scale, decimals, .. } => {
            let (above, below) = (first, second.ok_or(Undecided::TooLarge)?);
            if below.is_zero() {
                return Err(Undecided::ZeroDenominator);
            }
            ratio::rounded(above, below, scale, decimals).ok_or(Undecided::TooLarge)
        }
    }
}

/// True when a rate stands with more decimals than it is judged by, and all of them are right: the
/// quotient itself, as a formula without rounding leaves it.
fn is_unrounded(
    table: &Table,
    target: Place,
    edit: Edit<'_>,
    decimals: u32,
    number: impl Fn(&Figure) -> Decimal + Copy,
) -> bool {
    let Some(figure) = table.figure(target) else { return false };
    let Edit::Ratio { numerator, denominator, scale, .. } = edit else { return false };
    if figure.shown.scale() <= decimals {
        return false;
    }
    let value = |terms: Terms<'_>| terms.read(table, number).value;
    let (Some(above), Some(below)) = (value(numerator), value(denominator)) else { return false };
    // A cell keeps 15 significant digits, so the last of them may be one off.
    let exact = ratio::rounded(above, below, scale, figure.shown.scale());
    exact.is_some_and(|exact| {
        (exact - figure.shown).abs() <= Decimal::new(1, figure.shown.scale().min(28))
    })
}

/// True for a cell whose format hides decimals.
fn hides(table: &Table, place: Place) -> bool {
    table.figure(place).is_some_and(Figure::hides)
}

/// A result as its cell would show it; a ratio is rounded to the decimals it is judged by already.
fn as_shown(target: &Figure, edit: Edit<'_>, result: Decimal) -> Decimal {
    if matches!(edit, Edit::Ratio { .. }) { result } else { target.as_shown(result) }
}

/// What a relation gives on the figures the file holds.
struct Stored {
    value: Decimal,
    /// As the target shows it.
    shown: Decimal,
}

impl Stored {
    fn of(table: &Table, target: &Figure, edit: Edit<'_>) -> Option<Self> {
        let value = expected(table, edit, target, Figure::exact).ok()?;
        let inputs = edit.places().filter_map(|place| table.stored(place));
        let largest = inputs.chain([target.exact()]).map(|n| n.abs()).max()?;
        // A half that binary arithmetic left a hair short is still shown rounded up.
        let is_target = !matches!(edit, Edit::Ratio { .. })
            && (target.exact() - value).abs() <= largest.checked_mul(NOISE)?;
        let shown = if is_target { target.shown } else { as_shown(target, edit, value) };
        Some(Self { value, shown })
    }
}

/// The share of the largest figure by which sums of binary fractions may be off: a cell keeps 15
/// significant digits, and a sum of many loses some of them.
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// True when a relation holds on the figures that formats hide the decimals of: the cell shows what
/// the file computes, and only who computes with the paper gets another figure. Counts are whole, so
/// those must agree as they are printed.
fn holds_as_stored(table: &Table, target: Place, edit: Edit<'_>) -> bool {
    let hidden = |place| hides(table, place);
    let concerned = match edit {
        Edit::AtMost(_) | Edit::Unscaled(_) => false,
        // How many decimals a rate must show is judged by itself.
        Edit::Ratio { .. } => edit.places().any(hidden),
        Edit::Balance(_) | Edit::Product(..) => {
            table.columns[target.column].kind != Kind::Count
                && edit.places().chain([target]).any(hidden)
        }
    };
    let Some(figure) = table.figure(target).filter(|_| concerned) else { return false };
    let agrees = Stored::of(table, figure, edit).is_some_and(|stored| stored.shown == figure.shown);
    let Edit::Ratio { decimals, .. } = edit else { return agrees };
    agrees || is_unrounded(table, target, edit, decimals, Figure::exact)
}

/// True for a figure of a column that prints no decimals at all: the sum of amounts with decimals
/// stands there rounded to the unit.
fn prints_whole(table: &Table, target: Place) -> bool {
    table.grid.iter().all(|data| match &data[target.column].reading {
        Reading::Number(figure) => figure.decimals == 0,
        _ => true,
    })
}

/// How far a sum of figures that are themselves rounded may lie from the printed sum: half a unit
/// for each (XBRL Calculations 1.1 takes a printed figure for the interval it was rounded from).
fn rounding_slack(table: &Table, target: Place, terms: Terms<'_>) -> Decimal {
    let half_unit = |place: Place| match &table.datum(place).reading {
        Reading::Number(figure)
            if figure.decimals > 0
                && figure.decimals <= 20
                && table.columns[place.column].kind != Kind::Count =>
        {
            Decimal::new(5, figure.decimals + 1)
        }
        _ => Decimal::ZERO,
    };
    let inputs: Decimal = terms.places().map(|(place, c)| c.abs() * half_unit(place)).sum();
    if inputs.is_zero() { Decimal::ZERO } else { inputs + half_unit(target) + kept(table, target) }
}

/// Spreadsheets keep fifteen digits of a number: half a unit of the last one of those that have no more.
fn kept(table: &Table, target: Place) -> Decimal {
    const LEAST: Decimal = Decimal::from_parts(276_447_232, 23_283, 0, false, 0);
    let figure = table.number(target).unwrap_or_default().abs();
    let mut half = Decimal::new(5, 1);
    let mut beyond = LEAST;
    if figure < LEAST {
        return Decimal::ZERO;
    }
    while figure >= beyond.saturating_mul(Decimal::TEN) {
        (half, beyond) = (half * Decimal::TEN, beyond * Decimal::TEN);
    }
    half
}
