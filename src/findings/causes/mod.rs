//! How a wrong figure came to be: named hypotheses, each tested exactly and told with its
//! derivation.
//!
//! A hypothesis that most wrong figures would fit says nothing: a one-digit count is one digit away
//! from every other. So each says how many figures it would have taken as well, out of the
//! `10^digits` that have as many digits as the wrong one; at more than one in ten it is not
//! claimed. Those that fit are listed, the fewest such figures (the most specific) first; of equal
//! ones, in the order of the lists below.

mod figures;
mod rates;
mod unread;

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::evidence::Evidence;
pub use crate::hypotheses::{Cause, Mechanism};
use crate::lang::Text;
use crate::relations::{Edit, Instance, Outcome, Terms};
use crate::rules::phrases::quotient;
use crate::table::{Kind, Place, Reading, Table, print_number};

pub use unread::cause_of_unread;

/// Figures as they should be.
#[derive(Debug, Clone, Default)]
pub(super) struct Corrected {
    figures: BTreeMap<Place, Decimal>,
    /// The cells that should hold a figure, by their column and the figure.
    cells: HashMap<(usize, Decimal), Vec<Place>>,
}

impl FromIterator<(Place, Decimal)> for Corrected {
    fn from_iter<I: IntoIterator<Item = (Place, Decimal)>>(figures: I) -> Self {
        let figures: BTreeMap<Place, Decimal> = figures.into_iter().collect();
        let mut cells: HashMap<(usize, Decimal), Vec<Place>> = HashMap::new();
        for (place, figure) in &figures {
            cells.entry((place.column, *figure)).or_default().push(*place);
        }
        Self { figures, cells }
    }
}

impl Corrected {
    /// The figure that a cell should hold, where it is corrected.
    #[must_use]
    pub(super) fn get(&self, place: Place) -> Option<Decimal> {
        self.figures.get(&place).copied()
    }

    /// Cells of a column that should hold a figure, from top to bottom.
    #[must_use]
    pub(super) fn in_column(&self, column: usize, figure: Decimal) -> &[Place] {
        self.cells.get(&(column, figure)).map_or(&[], Vec::as_slice)
    }

    /// Cells of a row that are corrected, from left to right.
    pub(super) fn in_row(&self, row: usize) -> impl Iterator<Item = Place> + '_ {
        self.figures.range(Place::new(row, 0)..Place::new(row + 1, 0)).map(|(place, _)| *place)
    }
}

/// The most causes told of one cell.
const TOLD: usize = 3;
/// A hypothesis is claimed when at most one figure in this many would fit it by chance.
const RARE: u64 = 10;

/// A hypothesis that fits, and how many figures would have fitted it.
struct Fit {
    cause: Cause,
    fitting: usize,
}

impl Fit {
    fn new(mechanism: Mechanism, fitting: usize, vi: String, en: String) -> Self {
        let cause = Cause { mechanism, detail: Text::new(vi, en) };
        Self { cause, fitting }
    }
}

type Hypothesis = fn(&Case<'_>) -> Option<Fit>;

/// The hypotheses that fit a wrong figure, the most specific first. `corrected` holds the right
/// figure of the cell, and of all cells that are corrected with it.
#[must_use]
pub(super) fn causes_of(
    table: &Table,
    evidence: &Evidence<'_>,
    corrected: &Corrected,
    place: Place,
) -> Vec<Cause> {
    let Some(case) = Case::new(table, evidence, corrected, place) else { return Vec::new() };
    if let Some(consequence) = consequence(&case) {
        return vec![consequence];
    }
    let hypotheses: &[&[Hypothesis]] = if case.ratio().is_some() {
        &[rates::HYPOTHESES, figures::SLIPS]
    } else {
        &[figures::SUMS, figures::SLIPS]
    };
    let all = hypotheses.iter().copied().flatten();
    let mut fits: Vec<Fit> = all.filter_map(|test| test(&case)).collect();
    fits.retain(|fit| case.is_rare(fit.fitting));
    fits.sort_by_key(|fit| fit.fitting);
    fits.into_iter().map(|fit| fit.cause).take(TOLD).collect()
}

/// Everything a hypothesis looks at.
struct Case<'a> {
    table: &'a Table,
    corrected: &'a Corrected,
    place: Place,
    found: Decimal,
    /// Decimals the wrong figure is printed with.
    decimals: u32,
    expected: Decimal,
    instance: Option<&'a Instance>,
}

/// A ratio's figures, as they should be.
struct Ratio {
    above: Decimal,
    below: Decimal,
    scale: Decimal,
    decimals: u32,
}

impl<'a> Case<'a> {
    fn new(
        table: &'a Table,
        evidence: &Evidence<'a>,
        corrected: &'a Corrected,
        place: Place,
    ) -> Option<Self> {
        let Reading::Number(figure) = &table.datum(place).reading else { return None };
        let instance = evidence
            .around(place)
            .map(|(_, instance)| instance)
            .filter(|instance| instance.target() == place)
            .max_by_key(|instance| matches!(instance.edit(), Edit::Ratio { .. }));
        let expected = corrected.get(place)?;
        let (found, decimals) = (figure.shown.normalize(), figure.decimals);
        Some(Self { table, corrected, place, found, decimals, expected, instance })
    }

    /// How many figures have as many digits as the wrong one.
    fn possible(&self) -> u64 {
        let digits = self.print(self.found).chars().filter(char::is_ascii_digit).count();
        10_u64.saturating_pow(u32::try_from(digits).unwrap_or(u32::MAX))
    }

    /// True where few enough of them would fit the wrong figure by chance.
    fn is_rare(&self, fitting: usize) -> bool {
        let fitting = u64::try_from(fitting).unwrap_or(u64::MAX);
        fitting.saturating_mul(RARE) <= self.possible()
    }

    fn print(&self, value: Decimal) -> String {
        self.table.print(self.place.column, value)
    }

    /// The wrong figure as it stands in its cell.
    fn printed(&self) -> String {
        print_number(self.found, Some(self.decimals.max(self.found.scale()).min(28)))
    }

    fn address(&self, place: Place) -> crate::workbook::Address {
        self.table.address(place)
    }

    /// A figure as it should be.
    fn number(&self, place: Place) -> Option<Decimal> {
        self.corrected.get(place).or_else(|| self.table.number(place))
    }

    fn print_at(&self, place: Place) -> String {
        self.number(place).map_or_else(String::new, |v| self.table.print(place.column, v))
    }

    fn terms(&self) -> Option<(Terms<'a>, Terms<'a>)> {
        match self.instance?.edit() {
            Edit::Ratio { numerator, denominator, .. } => Some((numerator, denominator)),
            _ => None,
        }
    }

    fn ratio(&self) -> Option<Ratio> {
        let Edit::Ratio { numerator, denominator, scale, decimals } = self.instance?.edit() else {
            return None;
        };
        let (above, below) = (self.value(numerator)?, self.value(denominator)?);
        Some(Ratio { above, below, scale, decimals })
    }

    /// The value of some terms as they should be; a blank counts as zero.
    fn value(&self, terms: Terms<'_>) -> Option<Decimal> {
        terms.places().try_fold(terms.constant, |sum, (place, coefficient)| {
            let blank = self.table.datum(place).reading == Reading::Blank;
            let number = self.number(place).or(blank.then_some(Decimal::ZERO))?;
            sum.checked_add(coefficient.checked_mul(number)?)
        })
    }

    fn rate_columns(&self) -> impl Iterator<Item = usize> + '_ {
        let columns = &self.table.columns;
        (0..columns.len()).filter(|c| columns[*c].kind == Kind::Rate && *c != self.place.column)
    }

    /// The derivation of the right rate: `tính từ số liệu gốc: 9 × 100 / 3.022 = 0,30`.
    fn right(&self) -> (String, String) {
        let Some(Ratio { above, below, scale, .. }) = self.ratio() else {
            return (String::new(), String::new());
        };
        let (above, below) = (print_number(above, None), print_number(below, None));
        let quotient = quotient(&above, scale, &below);
        let derivation = format!("{quotient} = {}", self.print(self.expected));
        (format!("tính từ số liệu gốc: {derivation}"), format!("from the counts: {derivation}"))
    }
}

/// The figure follows from another that is wrong.
fn consequence(case: &Case<'_>) -> Option<Cause> {
    let instance = case.instance.filter(|instance| instance.outcome == Outcome::Satisfied)?;
    let source = instance.inputs().find(|input| case.corrected.get(*input).is_some())?;
    let (found, right) = (case.printed(), case.print(case.expected));
    let source = case.address(source);
    let vi = format!("{found} tính từ ô {source} đang ghi sai; sửa ô đó thì tính được {right}");
    let en = format!(
        "{found} follows from the wrong figure in {source}; with that put right it is {right}"
    );
    Some(Cause { mechanism: Mechanism::Consequence, detail: Text::new(vi, en) })
}
