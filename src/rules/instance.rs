//! Rule instances: one rule on its cells, evaluated exactly.

use rust_decimal::Decimal;

use super::{Rule, ratio};
use crate::table::{Kind, Place, Reading, Table};

/// Places with coefficients, plus a constant: a linear expression over the table's figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Figures with their coefficients.
    pub places: Vec<(Place, Decimal)>,
    /// The constant.
    pub constant: Decimal,
}

impl Terms {
    /// The columns of a linear combination in one row.
    #[must_use]
    pub fn in_row(linear: &crate::table::Linear, row: usize) -> Self {
        Self {
            places: linear
                .terms
                .iter()
                .map(|(column, coefficient)| (Place::new(row, *column), *coefficient))
                .collect(),
            constant: linear.constant,
        }
    }

    /// The value; a blank counts as zero. `None` when a figure cannot be read or overflows.
    #[must_use]
    pub fn value(&self, table: &Table) -> Option<Decimal> {
        self.places.iter().try_fold(self.constant, |sum, (place, coefficient)| {
            sum.checked_add(coefficient.checked_mul(number_or_zero(table, *place)?)?)
        })
    }
}

fn number_or_zero(table: &Table, place: Place) -> Option<Decimal> {
    match table.datum(place).reading {
        Reading::Blank => Some(Decimal::ZERO),
        _ => table.number(place),
    }
}

/// What an instance says about its cells. The target is the cell a person would compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// target = Σ coefficient · figure.
    Balance(Terms),
    /// target = scale · numerator / denominator, rounded half up to `decimals`.
    Ratio {
        /// What is divided.
        numerator: Terms,
        /// What it is divided by.
        denominator: Terms,
        /// The factor, 100 for per cent.
        scale: Decimal,
        /// Decimals the rate is judged by.
        decimals: u32,
    },
    /// target = left · right.
    Product(Terms, Terms),
    /// target ≤ Σ coefficient · figure (a bound; it accuses no cell by itself).
    AtMost(Terms),
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
    /// The denominator is zero.
    ZeroDenominator,
    /// The rows do not agree on a scale.
    NoScale,
    /// Most rows contradict the formula, so it is not taken for a rule.
    Contradicted,
    /// The numbers are too large for exact arithmetic.
    TooLarge,
}

/// One rule on its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The rule.
    pub rule: &'static Rule,
    /// As an official reads it: `14=13/1`, `Tổng = cộng các dòng`.
    pub text: String,
    /// The computed cell.
    pub target: Place,
    /// The other cells.
    pub inputs: Vec<Place>,
    /// What is said.
    pub relation: Relation,
    /// How it came out.
    pub outcome: Outcome,
    /// The value the relation gives the target, where it can be computed.
    pub expected: Option<Decimal>,
}

impl Instance {
    /// Makes an instance and evaluates it.
    #[must_use]
    pub fn new(
        table: &Table,
        rule: &'static Rule,
        text: String,
        target: Place,
        relation: Relation,
    ) -> Self {
        let inputs = relation.inputs();
        let (outcome, expected) = evaluate(table, target, &inputs, &relation);
        Self { rule, text, target, inputs, relation, outcome, expected }
    }

    /// An instance of a ratio whose scale the rows do not agree on: undecided, and said so.
    #[must_use]
    pub fn without_scale(
        rule: &'static Rule,
        text: String,
        target: Place,
        shape: &crate::table::Shape,
    ) -> Self {
        let inputs = shape.columns().iter().map(|c| Place::new(target.row, *c)).collect();
        let relation = Relation::Balance(Terms::default());
        let outcome = Outcome::Undecided(Undecided::NoScale);
        Self { rule, text, target, inputs, relation, outcome, expected: None }
    }

    /// All cells: the target first.
    pub fn cells(&self) -> impl Iterator<Item = Place> + '_ {
        std::iter::once(self.target).chain(self.inputs.iter().copied())
    }

    /// True for a rule that fixes a value (not a bound).
    #[must_use]
    pub fn is_equality(&self) -> bool {
        !matches!(self.relation, Relation::AtMost(_))
    }
}

impl Relation {
    fn inputs(&self) -> Vec<Place> {
        let places = |terms: &Terms| terms.places.iter().map(|(place, _)| *place).collect();
        let mut inputs: Vec<Place> = match self {
            Self::Balance(terms) | Self::AtMost(terms) => places(terms),
            Self::Ratio { numerator: a, denominator: b, .. } | Self::Product(a, b) => {
                let mut both: Vec<Place> = places(a);
                both.extend(places(b));
                both
            }
        };
        let mut seen = std::collections::HashSet::new();
        inputs.retain(|place| seen.insert(*place));
        inputs
    }
}

fn evaluate(
    table: &Table,
    target: Place,
    inputs: &[Place],
    relation: &Relation,
) -> (Outcome, Option<Decimal>) {
    let undecided = |reason| (Outcome::Undecided(reason), None);
    let unreadable =
        |place: &Place| matches!(table.datum(*place).reading, Reading::Text(_) | Reading::Error(_));
    let blank = |place: &Place| table.datum(*place).reading == Reading::Blank;
    if inputs.iter().any(unreadable) {
        return undecided(Undecided::Unreadable);
    }
    if inputs.iter().all(blank) {
        return undecided(Undecided::InputsBlank);
    }
    let expected = match expected(table, relation) {
        Ok(expected) => expected,
        Err(reason) => return zero_over_zero(table, target, reason),
    };
    if unreadable(&target) {
        return (Outcome::Undecided(Undecided::Unreadable), Some(expected));
    }
    let Some(found) = table.number(target) else {
        let counts_as_zero = expected.is_zero() && matches!(relation, Relation::AtMost(_));
        let outcome = if counts_as_zero {
            Outcome::Satisfied
        } else {
            Outcome::Undecided(Undecided::TargetBlank)
        };
        return (outcome, Some(expected));
    };
    let holds = match relation {
        Relation::AtMost(_) => found <= expected,
        Relation::Ratio { decimals, .. } => {
            found == expected || is_unrounded(table, target, relation, *decimals)
        }
        Relation::Balance(terms) => {
            (found - expected).abs() <= rounding_slack(table, target, terms)
        }
        Relation::Product(..) => found == expected,
    };
    (if holds { Outcome::Satisfied } else { Outcome::Violated }, Some(expected))
}

/// A rate over nothing: zero, a dash or a blank are all in use, and none of them is wrong.
fn zero_over_zero(table: &Table, target: Place, reason: Undecided) -> (Outcome, Option<Decimal>) {
    let zero = table.number(target).is_some_and(|found| found.is_zero());
    if reason == Undecided::ZeroDenominator && zero {
        return (Outcome::Satisfied, Some(Decimal::ZERO));
    }
    (Outcome::Undecided(reason), None)
}

fn expected(table: &Table, relation: &Relation) -> Result<Decimal, Undecided> {
    let value = |terms: &Terms| terms.value(table).ok_or(Undecided::TooLarge);
    match relation {
        Relation::Balance(terms) | Relation::AtMost(terms) => {
            value(terms).map(|value| value.normalize())
        }
        Relation::Product(left, right) => value(left)?
            .checked_mul(value(right)?)
            .map(|value| value.normalize())
            .ok_or(Undecided::TooLarge),
        Relation::Ratio { numerator, denominator, scale, decimals } => {
            let (above, below) = (value(numerator)?, value(denominator)?);
            if below.is_zero() {
                return Err(Undecided::ZeroDenominator);
            }
            ratio::rounded(above, below, *scale, *decimals).ok_or(Undecided::TooLarge)
        }
    }
}

/// True when a rate stands with more decimals than it is judged by, and all of them are right: the
/// quotient itself, as a formula without rounding leaves it.
fn is_unrounded(table: &Table, target: Place, relation: &Relation, decimals: u32) -> bool {
    let Reading::Number(figure) = &table.datum(target).reading else { return false };
    let Relation::Ratio { numerator, denominator, scale, .. } = relation else { return false };
    if figure.shown.scale() <= decimals {
        return false;
    }
    let (Some(above), Some(below)) = (numerator.value(table), denominator.value(table)) else {
        return false;
    };
    // A cell keeps 15 significant digits, so the last of them may be one off.
    let exact = ratio::rounded(above, below, *scale, figure.shown.scale());
    exact.is_some_and(|exact| {
        (exact - figure.shown).abs() <= Decimal::new(1, figure.shown.scale().min(28))
    })
}

/// How far a sum of figures that are themselves rounded may lie from the printed sum: half a unit
/// for each (XBRL Calculations 1.1 takes a printed figure for the interval it was rounded from).
fn rounding_slack(table: &Table, target: Place, terms: &Terms) -> Decimal {
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
    let inputs: Decimal = terms.places.iter().map(|(place, c)| c.abs() * half_unit(*place)).sum();
    if inputs.is_zero() { Decimal::ZERO } else { inputs + half_unit(target) }
}
