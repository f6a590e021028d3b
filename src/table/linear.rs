//! Linear combinations of columns, and the shapes a column formula can take.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::expression::Expression;

/// A sum of columns with coefficients, plus a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Linear {
    /// Coefficients by column index; none is zero.
    pub terms: BTreeMap<usize, Decimal>,
    /// The constant.
    pub constant: Decimal,
}

impl Linear {
    /// One column alone.
    #[must_use]
    pub fn column(index: usize) -> Self {
        Self { terms: BTreeMap::from([(index, Decimal::ONE)]), constant: Decimal::ZERO }
    }

    /// A constant alone.
    #[must_use]
    pub fn constant(value: Decimal) -> Self {
        Self { terms: BTreeMap::new(), constant: value }
    }

    /// The value as a constant, if it has no columns.
    #[must_use]
    pub fn as_constant(&self) -> Option<Decimal> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The sum of both; `None` when a number outgrows its range.
    #[must_use]
    pub fn plus(mut self, other: &Self, factor: Decimal) -> Option<Self> {
        for (column, coefficient) in &other.terms {
            let entry = self.terms.entry(*column).or_default();
            *entry = entry.checked_add(coefficient.checked_mul(factor)?)?;
        }
        self.terms.retain(|_, coefficient| !coefficient.is_zero());
        self.constant = self.constant.checked_add(other.constant.checked_mul(factor)?)?;
        Some(self)
    }

    /// The combination times a factor.
    #[must_use]
    pub fn times(&self, factor: Decimal) -> Option<Self> {
        Self::default().plus(self, factor)
    }

    /// The value with each column's number; `None` when one is missing or outgrows its range.
    pub fn value(&self, number: impl Fn(usize) -> Option<Decimal>) -> Option<Decimal> {
        let mut terms = self.terms.iter();
        terms.try_fold(self.constant, |sum, (column, coefficient)| {
            with_term(sum, *coefficient, number(*column)?)
        })
    }
}

/// A sum with one term more; `None` when it outgrows its range. Nearly all coefficients are one.
pub(crate) fn with_term(sum: Decimal, coefficient: Decimal, number: Decimal) -> Option<Decimal> {
    match (coefficient.scale() == 0).then(|| coefficient.mantissa()) {
        Some(1) if sum.is_zero() => Some(number),
        Some(1) => sum.checked_add(number),
        Some(-1) => sum.checked_sub(number),
        _ => sum.checked_add(coefficient.checked_mul(number)?),
    }
}

/// What a column formula computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A sum or difference of columns.
    Linear(Linear),
    /// A ratio; `scale` where the formula prints its factor (`*100`), else it is inferred.
    Ratio {
        /// What is divided.
        numerator: Linear,
        /// What it is divided by; may be a constant.
        denominator: Linear,
        /// The printed factor.
        scale: Option<Decimal>,
    },
    /// A product of columns, or of sums of columns, and of numbers.
    Product(Vec<Linear>),
}

impl Shape {
    /// The same computation, the printed scale aside: `4=3/1` and `4=3/1*100` agree.
    #[must_use]
    pub fn computes_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Ratio { numerator: n1, denominator: d1, .. },
                Self::Ratio { numerator: n2, denominator: d2, .. },
            ) => n1 == n2 && d1 == d2,
            _ => self == other,
        }
    }

    /// Reduces an expression to a shape, with labels looked up by `column`.
    ///
    /// # Errors
    /// The text of the part that is none of the shapes, or names a column that does not exist.
    pub fn of(
        expression: &Expression,
        column: &impl Fn(&str) -> Option<usize>,
    ) -> Result<Self, String> {
        let unfit = || expression.to_string();
        match expression {
            Expression::Constant(value) => Ok(Self::Linear(Linear::constant(*value))),
            Expression::Label(label) => {
                column(label).map(|index| Self::Linear(Linear::column(index))).ok_or_else(unfit)
            }
            Expression::Add(left, right) => sum(left, right, Decimal::ONE, column),
            Expression::Subtract(left, right) => sum(left, right, Decimal::NEGATIVE_ONE, column),
            Expression::Multiply(left, right) => {
                Self::of(left, column)?.multiply(Self::of(right, column)?).ok_or_else(unfit)
            }
            Expression::Divide(left, right) => {
                Self::of(left, column)?.divide(Self::of(right, column)?).ok_or_else(unfit)
            }
        }
    }

    fn multiply(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Linear(a), Self::Linear(b)) => match (a.as_constant(), b.as_constant()) {
                (_, Some(factor)) => Some(Self::Linear(a.times(factor)?)),
                (Some(factor), _) => Some(Self::Linear(b.times(factor)?)),
                _ => Some(Self::Product(vec![a, b])),
            },
            (Self::Product(mut factors), Self::Linear(factor)) => {
                factors.push(factor);
                Some(Self::Product(factors))
            }
            (Self::Linear(factor), Self::Product(mut factors)) => {
                factors.insert(0, factor);
                Some(Self::Product(factors))
            }
            (Self::Ratio { numerator, denominator, scale }, Self::Linear(factor))
            | (Self::Linear(factor), Self::Ratio { numerator, denominator, scale }) => {
                let factor = factor.as_constant()?;
                let scale = scale.unwrap_or(Decimal::ONE).checked_mul(factor)?;
                Some(Self::Ratio { numerator, denominator, scale: Some(scale) })
            }
            _ => None,
        }
    }

    fn divide(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Linear(numerator), Self::Linear(denominator)) => {
                // `3*100/1`: the factor was printed with the numerator.
                Some(Self::Ratio { numerator, denominator, scale: None }.with_factor_drawn_out())
            }
            // `5=3*4/10`: the product in another unit.
            (Self::Product(mut factors), Self::Linear(divisor)) => {
                let divisor = divisor.as_constant()?;
                let factor = Decimal::ONE.checked_div(divisor)?;
                factors.push(Linear::constant(factor));
                (factor.checked_mul(divisor)? == Decimal::ONE).then_some(Self::Product(factors))
            }
            _ => None,
        }
    }

    /// Draws a printed factor out of a single-column numerator (`3*100/1`) or denominator (`3/1%`).
    fn with_factor_drawn_out(self) -> Self {
        let Self::Ratio { mut numerator, mut denominator, scale: None } = self else { return self };
        let above = draw_out(&mut numerator, |factor| factor > Decimal::ONE);
        let below = draw_out(&mut denominator, |factor| factor == Decimal::new(1, 2));
        let scale = match (above, below) {
            (None, None) => None,
            (above, below) => {
                above.unwrap_or(Decimal::ONE).checked_div(below.unwrap_or(Decimal::ONE))
            }
        };
        Self::Ratio { numerator, denominator, scale }
    }

    /// Shows each column the shape reads, some of them twice.
    pub fn read(&self, column: impl FnMut(usize)) {
        let (factors, divisor) = match self {
            Self::Linear(linear) => (std::slice::from_ref(linear), None),
            Self::Ratio { numerator, denominator, .. } => {
                (std::slice::from_ref(numerator), Some(denominator))
            }
            Self::Product(factors) => (factors.as_slice(), None),
        };
        let all = factors.iter().chain(divisor);
        all.flat_map(|linear| linear.terms.keys()).copied().for_each(column);
    }

    /// The columns the shape reads, ascending.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        self.read(|column| columns.push(column));
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// The whole number that a factor divides by: 10 for 0.1.
#[must_use]
pub fn divisor_of(factor: Decimal) -> Option<Decimal> {
    let divisor = Decimal::ONE.checked_div(factor)?.normalize();
    (divisor > Decimal::ONE && divisor.scale() == 0).then_some(divisor)
}

/// Takes the coefficient of a lone column out, if it is one that is drawn out.
fn draw_out(linear: &mut Linear, wanted: impl Fn(Decimal) -> bool) -> Option<Decimal> {
    if linear.terms.len() != 1 || !linear.constant.is_zero() {
        return None;
    }
    let mut entry = linear.terms.first_entry()?;
    let factor = *entry.get();
    wanted(factor).then(|| {
        *entry.get_mut() = Decimal::ONE;
        factor
    })
}

fn sum(
    left: &Expression,
    right: &Expression,
    sign: Decimal,
    column: &impl Fn(&str) -> Option<usize>,
) -> Result<Shape, String> {
    match (Shape::of(left, column)?, Shape::of(right, column)?) {
        (Shape::Linear(a), Shape::Linear(b)) => {
            a.plus(&b, sign).map(Shape::Linear).ok_or_else(|| right.to_string())
        }
        _ => Err(format!("{left}, {right}")),
    }
}
