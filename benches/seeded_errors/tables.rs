//! Consistent tables of the poverty form, made up from dice, and their text on a sheet.

use rust_decimal::Decimal;
use soatbieu::workbook::Workbook;

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % width).unwrap_or(0)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Column labels 1..14 are places 0..13; the last row is the total.
pub(crate) const COLUMNS: usize = 14;
pub(crate) const COUNTS: [usize; 8] = [0, 1, 2, 4, 6, 8, 10, 12];
/// The count that no other is computed from.
pub(crate) const PEOPLE: usize = 1;
/// (rate, numerator) by place; the denominator is column 1.
pub(crate) const RATES: [(usize, usize); 6] = [(3, 2), (5, 4), (7, 6), (9, 8), (11, 10), (13, 12)];

/// Figures as printed: a decimal keeps the digits it is written with.
pub(crate) type Grid = Vec<Vec<Decimal>>;

/// A cell in which nothing was written.
pub(crate) const NOTHING: Decimal = Decimal::MIN;

/// A rate in hundredths of a per cent, half up.
pub(crate) fn hundredths(count: i64, of: i64) -> i64 {
    (20_000 * count + of) / (2 * of)
}

/// A rate as printed, with two decimals.
pub(crate) fn rate(count: i64, of: i64) -> Decimal {
    Decimal::new(hundredths(count, of), 2)
}

pub(crate) fn true_table(villages: usize, dice: &mut Dice) -> Grid {
    let mut counts: Vec<[i64; COLUMNS]> = (0..villages).map(|_| village(dice)).collect();
    let mut total = [0; COLUMNS];
    for column in COUNTS {
        total[column] = counts.iter().map(|row| row[column]).sum();
    }
    counts.push(total);
    counts.iter().map(printed).collect()
}

fn printed(counts: &[i64; COLUMNS]) -> Vec<Decimal> {
    let mut row: Vec<Decimal> = counts.iter().map(|count| Decimal::from(*count)).collect();
    for (at, numerator) in RATES {
        row[at] = rate(counts[numerator], counts[0]);
    }
    row
}

/// One village in eight has 320 or 640 households, where rates fall on an exact half.
fn village(dice: &mut Dice) -> [i64; COLUMNS] {
    let mut row = [0; COLUMNS];
    row[0] = if dice.below(8) == 0 { dice.pick(&[320, 640]) } else { dice.between(200, 700) };
    row[1] = row[0] * dice.between(300, 420) / 100;
    row[2] = row[0] * dice.between(0, 600) / 10_000;
    row[4] = row[0] * dice.between(200, 800) / 10_000;
    row[10] = dice.between(0, row[2].min(8));
    row[12] = dice.between(0, row[4].min(9));
    row[6] = row[2] - row[10];
    row[8] = row[4] - row[12];
    row
}

/// Which rules a table brings along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleSet {
    /// The built-in form: every rule.
    Form,
    /// The printed index row is the form: no `11=3-7`, no `13=5-9`, no bounds.
    IndexRow,
    /// An index row without formulas: column sums alone.
    SumsOnly,
}

impl RuleSet {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Form => "built-in form",
            Self::IndexRow => "index row alone",
            Self::SumsOnly => "column sums only",
        }
    }
}

const HEADINGS: &str = "TT\tThôn\tSố hộ\tNhân khẩu\tHộ nghèo đầu năm\tTỷ lệ hộ nghèo\tHộ cận nghèo đầu năm\tTỷ lệ hộ cận nghèo\tSố hộ nghèo giảm\tMức giảm tỷ lệ hộ nghèo\tSố hộ cận nghèo giảm\tMức giảm tỷ lệ hộ cận nghèo\tSố hộ nghèo cuối năm\tTỷ lệ hộ nghèo cuối năm\tSố hộ cận nghèo cuối năm\tTỷ lệ hộ cận nghèo cuối năm";
const FORMULAS: &str =
    "A\tB\t1\t2\t3\t4=3/1\t5\t6=5/1\t7\t8=7/1\t9\t10=9/1\t11\t12=11/1\t13\t14=13/1";
const LABELS: &str = "A\tB\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14";
/// Rows above, and columns left of, the grid.
pub(crate) const FIRST: u32 = 2;

/// How the total row is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sums {
    Typed,
    /// By formulas that add up these rows of the grid, with the figures of the grid as results.
    Live {
        first: usize,
        last: usize,
    },
}

pub(crate) fn workbook(grid: &Grid, rules: RuleSet) -> Workbook {
    workbook_with(grid, rules, Sums::Typed)
}

pub(crate) fn workbook_with(grid: &Grid, rules: RuleSet, sums: Sums) -> Workbook {
    let index = if rules == RuleSet::SumsOnly { LABELS } else { FORMULAS };
    let mut text = format!("{HEADINGS}\n{index}");
    for (row, figures) in grid.iter().enumerate() {
        let is_total = row + 1 == grid.len();
        let name = if is_total {
            "\n\tTổng cộng".to_owned()
        } else {
            format!("\n{0}\tThôn {0}", row + 1)
        };
        text.push_str(&name);
        for (column, figure) in figures.iter().enumerate() {
            text.push('\t');
            if let (true, Some(formula)) = (is_total, formula(sums, row, column)) {
                text.extend(["=", &formula, " -> "]);
            }
            if *figure != NOTHING {
                text.push_str(&figure.to_string().replace('.', ","));
            }
        }
    }
    Workbook::from_text("Biểu", &text)
}

/// The formula of a total, as a person writes it.
fn formula(sums: Sums, row: usize, column: usize) -> Option<String> {
    let Sums::Live { first, last } = sums else { return None };
    let letter = |column: usize| char::from(b'C' + u8::try_from(column).unwrap_or(0));
    let at = |row: usize| row + FIRST as usize + 1;
    let total = at(row);
    Some(match RATES.iter().find(|(rate, _)| *rate == column) {
        Some((_, count)) => format!("ROUND({}{total}/$C{total}*100,2)", letter(*count)),
        None => format!("SUM({0}{1}:{0}{2})", letter(column), at(first), at(last)),
    })
}
