//! How figures came to be wrong, one cell's and many cells': the names of the mechanisms.

use crate::lang::Text;

/// The named ways in which figures go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// Computed rightly from another figure that is wrong.
    Consequence,
    /// Two rows hold each other's figures.
    ExchangedRows,
    /// Two cells hold each other's figure.
    ExchangedCells,
    /// A difference, sum or ratio of rates that were rounded before.
    RoundedRates,
    /// A quotient for a per cent, or the reverse.
    Fraction,
    /// Per mille instead of per cent.
    PerMille,
    /// Numerator and denominator exchanged.
    Inverted,
    /// Divided by another column or row.
    WrongDenominator,
    /// The total's rate is the mean of the rows' rates.
    MeanOfRates,
    /// The total's rate is the sum of the rows' rates.
    SumOfRates,
    /// A total leaves a row out.
    OmittedRow,
    /// A total counts a row twice.
    DoubledRow,
    /// The decimal comma was lost: 235 for 2,35.
    LostComma,
    /// A thousands dot was read as a decimal point: 1,433 for 1.433.
    ThousandsDot,
    /// The sign is wrong.
    Sign,
    /// A half rounded to the even digit instead of up.
    HalfEven,
    /// Rounded from a figure that was rounded before.
    RoundedTwice,
    /// Cut off instead of rounded.
    Truncated,
    /// Rounded to fewer decimals than the form asks.
    FewerDecimals,
    /// The rate of an earlier count.
    StaleRate,
    /// Adjacent digits exchanged.
    SwappedDigits,
    /// A digit typed twice.
    RepeatedDigit,
    /// A digit left out.
    DroppedDigit,
    /// A digit too many.
    AddedDigit,
    /// The figure of the neighbouring row or column.
    Neighbour,
    /// One digit replaced by another.
    ReplacedDigit,
    /// The cell's formula is wrong, or its stored result is old.
    Formula,
    /// A figure was typed where the cells around have formulas.
    TypedOver,
    /// A spreadsheet made a date of the figure, or shows it as one.
    MadeDate,
    /// The cell is merged with the one above or beside it, which holds its figure.
    Merged,
    /// A total adds subtotals and the rows they are made of.
    AddedSubtotals,
    /// A total begins at the index row and takes in its numbers.
    AddedIndexRow,
    /// A rate was computed from another count.
    WrongNumerator,
    /// Two columns hold each other's figures.
    ExchangedColumns,
    /// A column holds figures of another period or table.
    ForeignColumn,
    /// The table was pasted or typed where decimal and thousands separators are the other way round.
    OtherLocale,
    /// Blank cells hold a space, which formulas cannot compute with.
    SpaceInBlank,
}

/// A cause with its derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which mechanism.
    pub mechanism: Mechanism,
    /// The derivation, in the table's own notation.
    pub detail: Text,
}
