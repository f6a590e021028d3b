//! Tables of any length as communes submit them: the form of the sample, all figures right.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
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

fn village(number: u64) -> Counts {
    let households = 200 + number * 37 % 500;
    let (poor, near_poor) = (1 + number * 13 % 40, 1 + number * 17 % 60);
    let people = households * 4 - number * 91 % 300;
    [households, people, poor, near_poor, number % 5 % (poor + 1), number % 7 % (near_poor + 1)]
}

/// A table of so many villages; `seed` makes its figures others than those of the next.
pub(crate) fn table(villages: u32, seed: u32) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, texts) in (0..).zip([HEADINGS, INDEX_ROW]) {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text)?;
        }
    }
    let two_decimals = Format::new().set_num_format("0.00");
    let mut sum: Counts = [0; 6];
    for number in 0..villages {
        let counts = village(u64::from(number) + u64::from(seed) * 1009);
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum += count;
        }
        sheet.write_number(number + 2, 0, number + 1)?;
        sheet.write_string(number + 2, 1, format!("Thôn {}", number + 1))?;
        figures(sheet, number + 2, counts, &two_decimals)?;
    }
    sheet.write_string(villages + 2, 1, "Tổng cộng")?;
    figures(sheet, villages + 2, sum, &two_decimals)?;
    Ok(book)
}

fn figures(
    sheet: &mut Worksheet,
    row: u32,
    [households, people, poor, near_poor, less_poor, less_near_poor]: Counts,
    two_decimals: &Format,
) -> Result<(), XlsxError> {
    sheet.write_number(row, 2, as_float(households))?;
    sheet.write_number(row, 3, as_float(people))?;
    let parts =
        [poor, near_poor, less_poor, less_near_poor, poor - less_poor, near_poor - less_near_poor];
    for (column, part) in (4..).step_by(2).zip(parts) {
        let rate = ratio::rounded(part.into(), households.into(), Decimal::ONE_HUNDRED, 2);
        let rate = rate.and_then(|rate| rate.to_f64()).unwrap_or_default();
        sheet.write_number(row, column, as_float(part))?;
        sheet.write_number_with_format(row, column + 1, rate, two_decimals)?;
    }
    Ok(())
}

fn as_float(count: u64) -> f64 {
    Decimal::from(count).to_f64().unwrap_or_default()
}
