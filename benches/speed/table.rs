//! Tables of any length as communes submit them: the form of the sample, typed or with live formulas,
//! right or damaged, with or without groups.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};
use soatbieu::relations::ratio;

const HEADINGS: [&str; 16] = [
    "TT",
    "Thôn",
    "Tổng số hộ dân cư",
    "Tổng số nhân khẩu",
    "Số hộ nghèo đầu năm",
    "Tỷ lệ hộ nghèo đầu năm (%)",
    "Số hộ cận nghèo đầu năm",
    "Tỷ lệ hộ cận nghèo đầu năm (%)",
    "Số hộ nghèo giảm trong năm",
    "Mức giảm tỷ lệ hộ nghèo (%)",
    "Số hộ cận nghèo giảm trong năm",
    "Mức giảm tỷ lệ hộ cận nghèo (%)",
    "Số hộ nghèo cuối năm",
    "Tỷ lệ hộ nghèo cuối năm (%)",
    "Số hộ cận nghèo cuối năm",
    "Tỷ lệ hộ cận nghèo cuối năm (%)",
];
const INDEX_ROW: [&str; 16] = [
    "A", "B", "1", "2", "3", "4=3/1", "5", "6=5/1", "7", "8=7/1", "9", "10=9/1", "11=3-7",
    "12=11/1", "13=5-9", "14=13/1",
];

/// Households, people, poor, near poor, and by how many the last two fall.
type Counts = [u64; 6];

/// The columns of rates, and the column each is the rate of.
const RATES: [(u16, u16); 6] = [(5, 4), (7, 6), (9, 8), (11, 10), (13, 12), (15, 14)];

/// What a table is like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kind {
    /// Villages.
    pub(crate) villages: u32,
    /// Villages of a group, each with a row of its sums; 0 for a table without groups.
    pub(crate) group: u32,
    /// True where what follows from other cells is a live formula.
    pub(crate) formulas: bool,
    /// True where figures are typed as text, with a decimal comma.
    pub(crate) texts: bool,
    pub(crate) damage: Damage,
}

/// What is wrong in a table.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Damage {
    #[default]
    Nothing,
    /// So many figures, spread over the table.
    Cells(u32),
    /// A whole column of rates.
    Column,
    /// A count was changed and what follows from it in its row with it, and the total was not.
    Slip,
}

fn village(number: u64) -> Counts {
    let households = 200 + number * 37 % 500;
    let (poor, near_poor) = (1 + number * 13 % 40, 1 + number * 17 % 60);
    let people = households * 4 - number * 91 % 300;
    [households, people, poor, near_poor, number % 5 % (poor + 1), number % 7 % (near_poor + 1)]
}

/// Where a row stands and what follows it: its own figures, or the sums of other rows.
enum Sums {
    None,
    /// Of the rows of a group.
    Of(std::ops::Range<u32>),
    /// Of the rows of all groups.
    OfGroups(Vec<u32>),
}

/// A table; `seed` makes its figures others than those of the next.
pub(crate) fn table(kind: Kind, seed: u32) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, texts) in (0..).zip([HEADINGS, INDEX_ROW]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text)?;
        }
    }
    let mut writer = Writer { sheet, kind, two_decimals: Format::new().set_num_format("0.00") };
    let mut row = 2;
    let mut sum: Counts = [0; 6];
    let mut groups = Vec::new();
    for number in 0..kind.villages {
        let counts = village(u64::from(number) + u64::from(seed) * 1009);
        let begins = kind.group > 0 && number % kind.group == 0;
        if begins {
            let members = (number..kind.villages.min(number + kind.group))
                .map(|member| village(u64::from(member) + u64::from(seed) * 1009));
            let of_group = members.fold([0; 6], added);
            groups.push(row);
            let below = row + 1..row + 1 + kind.group.min(kind.villages - number);
            let (line, name) = (groups.len().to_string(), format!("Xã {}", groups.len()));
            writer.row(row, (&line, &name), of_group, &Sums::Of(below))?;
            row += 1;
        }
        sum = added(sum, counts);
        let line = match kind.group {
            0 => format!("{}", number + 1),
            size => format!("{}.{}", groups.len(), number % size + 1),
        };
        writer.row(row, (&line, &format!("Thôn {}", number + 1)), counts, &Sums::None)?;
        row += 1;
    }
    let all = if kind.group > 0 { Sums::OfGroups(groups) } else { Sums::Of(2..row) };
    writer.row(row, ("", "Tổng cộng"), sum, &all)?;
    Ok(book)
}

fn added(sum: Counts, counts: Counts) -> Counts {
    std::array::from_fn(|index| sum[index] + counts[index])
}

struct Writer<'a> {
    sheet: &'a mut Worksheet,
    kind: Kind,
    two_decimals: Format,
}

impl Writer<'_> {
    fn row(
        &mut self,
        row: u32,
        (line, name): (&str, &str),
        mut counts: Counts,
        sums: &Sums,
    ) -> Result<(), XlsxError> {
        match line.parse::<u32>() {
            Ok(number) => self.sheet.write_number(row, 0, number)?,
            Err(_) => self.sheet.write_string(row, 0, line)?,
        };
        self.sheet.write_string(row, 1, name)?;
        let slips = matches!(self.kind.damage, Damage::Slip) && row == 2 + self.kind.villages / 2;
        if slips {
            counts[2] += 7;
        }
        let [households, people, poor, near_poor, less_poor, less_near_poor] = counts;
        let (left, near_left) = (poor - less_poor, near_poor - less_near_poor);
        let counts = [
            (2, households),
            (3, people),
            (4, poor),
            (6, near_poor),
            (8, less_poor),
            (10, less_near_poor),
            (12, left),
            (14, near_left),
        ];
        for (column, count) in counts {
            let letter = letter(column);
            let formula = match (sums, column) {
                (Sums::Of(rows), _) => {
                    Some(format!("=SUM({letter}{}:{letter}{})", rows.start + 1, rows.end))
                }
                (Sums::OfGroups(rows), _) if rows.len() <= 40 => {
                    let parts = rows.iter().map(|row| format!("{letter}{}", row + 1));
                    Some(format!("={}", parts.collect::<Vec<_>>().join("+")))
                }
                (Sums::None, 12) => Some(format!("=E{0}-I{0}", row + 1)),
                (Sums::None, 14) => Some(format!("=G{0}-K{0}", row + 1)),
                _ => None,
            };
            self.figure((row, column), Decimal::from(count), formula, false)?;
        }
        let of = |wanted: u16| counts.iter().find(|(column, _)| *column == wanted);
        for (column, part) in RATES {
            let part_count = of(part).map_or(0, |(_, count)| *count);
            let rate =
                ratio::rounded(part_count.into(), households.into(), Decimal::ONE_HUNDRED, 2);
            let formula = format!("=ROUND({}{1}/C{1}*100,2)", letter(part), row + 1);
            self.figure((row, column), rate.unwrap_or_default(), Some(formula), true)?;
        }
        Ok(())
    }

    fn figure(
        &mut self,
        (row, column): (u32, u16),
        figure: Decimal,
        formula: Option<String>,
        is_rate: bool,
    ) -> Result<(), XlsxError> {
        let wrong = self.is_wrong(row, column);
        let off = if is_rate { Decimal::new(37, 2) } else { Decimal::from(7) };
        let figure = (if wrong { figure + off } else { figure }).to_f64().unwrap_or_default();
        let plain = Format::new();
        let format = if is_rate { &self.two_decimals } else { &plain };
        match formula.filter(|_| self.kind.formulas && !wrong) {
            _ if self.kind.texts => {
                let decimals = if is_rate { 2 } else { 0 };
                let text = format!("{figure:.decimals$}").replace('.', ",");
                self.sheet.write_string(row, column, text)?;
            }
            Some(text) => {
                let formula = Formula::new(text).set_result(figure.to_string());
                self.sheet.write_formula_with_format(row, column, formula, format)?;
            }
            None if is_rate => {
                self.sheet.write_number_with_format(row, column, figure, format)?;
            }
            None => {
                self.sheet.write_number(row, column, figure)?;
            }
        }
        Ok(())
    }

    fn is_wrong(&self, row: u32, column: u16) -> bool {
        let body = 2..2 + self.kind.villages;
        match self.kind.damage {
            Damage::Nothing | Damage::Slip => false,
            Damage::Column => column == 7 && body.contains(&row),
            Damage::Cells(wanted) => {
                // One cell in so many rows, over the columns by turns.
                let step = (self.kind.villages / wanted).max(1);
                let turn = (row - 2) / step;
                let at = 4 + u16::try_from(turn % 12).unwrap_or_default();
                body.contains(&row)
                    && (row - 2).is_multiple_of(step)
                    && turn < wanted
                    && column == at
            }
        }
    }
}

/// The letter of a column among the first sixteen.
fn letter(column: u16) -> char {
    char::from(b'A' + u8::try_from(column).unwrap_or_default())
}
