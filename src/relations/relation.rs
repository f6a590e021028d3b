//! A relation: what must hold, declared once for all rows or all columns it speaks of.

use std::collections::BTreeSet;
use std::slice;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::instance::Combination;
use crate::lang::Words;
use crate::table::{BoundKind, Origin};

/// What must hold in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// As an official reads it: `14=13/1`, `Tổng cộng = Σ`.
    pub text: Arc<str>,
    /// Whether columns are computed from columns, or rows from rows.
    pub axis: Axis,
    /// The column or row that is computed; for a bound the first of the smaller side.
    pub target: usize,
    /// What is said of it.
    pub says: Says,
    /// Where it comes from.
    pub source: Source,
    /// What the figures say to it.
    pub evidence: Evidence,
    /// True where a cell that breaks it is wrong; else it only calls for a look at the cell.
    pub convicts: bool,
}

/// Whether the indices of a relation are those of columns or of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Columns of one row, the same in each row.
    Column,
    /// Rows of one column, the same in each column.
    Row,
}

/// What a relation says of its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It is this combination.
    Equal(Combination),
    /// It is a ratio.
    Ratio {
        /// What is divided.
        numerator: Combination,
        /// What it is divided by.
        denominator: Combination,
        /// The factor, 100 for per cent; `None` where the rows do not agree on one.
        scale: Option<Decimal>,
    },
    /// It is the product of these.
    Product(Vec<Combination>),
    /// It is a factor times one column or row, through the figure of that in one cell.
    Share {
        /// What is divided.
        part: usize,
        /// The factor, 100 for per cent.
        scale: Decimal,
    },
    /// Its cells hold one formula, which reads more than the table's rows or columns.
    Copied,
    /// It is not more than this.
    AtMost(Combination, BoundKind),
}

/// Where a relation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Printed in the table: its index row, a caption, the name of a row.
    Printed,
    /// Stated by the form alone.
    Form,
    /// Printed, and the form says the same.
    Both,
    /// Ordinals, dashes and bold type of its rows.
    Marks,
    /// Live formulas in its cells.
    Cells,
    /// The words of its headings.
    Headings,
    /// Its figures alone.
    Found,
}

impl Source {
    /// As an official reads it.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Printed => Words { vi: "in trên biểu", en: "printed" },
            Self::Form => Words { vi: "theo biểu mẫu", en: "from the form" },
            Self::Both => Words {
                vi: "in trên biểu và theo biểu mẫu",
                en: "printed, and from the form",
            },
            Self::Marks => Words {
                vi: "theo số thứ tự và kiểu chữ của các dòng",
                en: "from the ordinals and type of its rows",
            },
            Self::Cells => {
                Words { vi: "theo công thức trong ô", en: "from the formulas in its cells" }
            }
            Self::Headings => Words { vi: "theo tiêu đề cột", en: "from the headings" },
            Self::Found => Words { vi: "suy ra từ số liệu", en: "found from the figures" },
        }
    }
}

impl From<Origin> for Source {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Printed => Self::Printed,
            Origin::Form => Self::Form,
            Origin::Both => Self::Both,
        }
    }
}

/// What the figures of a table say to a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Cells it holds for.
    pub fits: usize,
    /// Cells it could be tried on.
    pub of: usize,
    /// How surprising so many fits would be by chance, in whole bits; for relations that only the
    /// figures told.
    pub bits: Option<u32>,
}

/// The kind of a relation, as a report names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Several figures added.
    Sum,
    /// One figure less another.
    Difference,
    /// Any other linear combination.
    Balance,
    /// One figure through another, times a factor.
    Ratio,
    /// Two figures multiplied.
    Product,
    /// A part is not more than its whole.
    Bound,
    /// The same figure.
    Equal,
    /// One formula in all its cells.
    Formula,
}

impl Relation {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.says {
            Says::Equal(combination) => of_combination(combination),
            Says::Ratio { .. } | Says::Share { .. } => Kind::Ratio,
            Says::Product(..) => Kind::Product,
            Says::Copied => Kind::Formula,
            Says::AtMost(..) => Kind::Bound,
        }
    }

    /// The columns or rows it reads, each once, as one would say them: what is divided before what
    /// it is divided by, what is added before what is taken away.
    #[must_use]
    pub fn terms(&self) -> Vec<usize> {
        let (factors, divisor) = match &self.says {
            Says::Share { part, .. } => return vec![*part],
            Says::Copied => return Vec::new(),
            Says::Equal(terms) | Says::AtMost(terms, _) => (slice::from_ref(terms), None),
            Says::Ratio { numerator, denominator, .. } => {
                (slice::from_ref(numerator), Some(denominator))
            }
            Says::Product(factors) => (factors.as_slice(), None),
        };
        let of_sign = |combination: &'_ Combination, negative: bool| {
            let terms = combination.terms.iter();
            let own = terms.filter(move |(_, factor)| factor.is_sign_negative() == negative);
            own.map(|(index, _)| *index).collect::<Vec<usize>>()
        };
        let mut seen = BTreeSet::new();
        factors
            .iter()
            .chain(divisor)
            .flat_map(|terms| [of_sign(terms, false), of_sign(terms, true)])
            .flatten()
            .filter(|index| seen.insert(*index))
            .collect()
    }

    /// True where it computes a column from other columns.
    #[must_use]
    pub fn computes_column(&self) -> bool {
        self.axis == Axis::Column && !self.is_bound()
    }

    /// True for a bound, which fixes no figure.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        matches!(self.says, Says::AtMost(..))
    }

    /// True for a ratio.
    #[must_use]
    pub fn is_ratio(&self) -> bool {
        matches!(self.says, Says::Ratio { .. })
    }
}

fn of_combination(combination: &Combination) -> Kind {
    let coefficients: Vec<Decimal> = combination.terms.iter().map(|(_, factor)| *factor).collect();
    let (plus, minus) = (Decimal::ONE, Decimal::NEGATIVE_ONE);
    match coefficients.as_slice() {
        _ if !combination.constant.is_zero() => Kind::Balance,
        [one] if *one == plus => Kind::Equal,
        [a, b] if *a == plus && *b == minus || *a == minus && *b == plus => Kind::Difference,
        several if several.iter().all(|factor| *factor == plus) => Kind::Sum,
        _ => Kind::Balance,
    }
}
