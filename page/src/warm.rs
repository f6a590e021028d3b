//! A small workbook of nobody's, checked before there is any other: a browser compiles a function when
//! it is first called, and the person's first file need not wait for that.

use rust_xlsxwriter::{Workbook, XlsxError};

/// A table of three villages with a wrong rate.
pub(crate) fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["TT", "Thôn", "Số hộ", "Hộ nghèo", "Tỷ lệ (%)"])?;
    sheet.write_row(1, 0, ["A", "B", "1", "2", "3=2/1"])?;
    let rows = [("Thôn 1", 400, 8, 2.0), ("Thôn 2", 500, 5, 7.0), ("Thôn 3", 100, 2, 2.0)];
    for (row, (name, households, poor, rate)) in (2..).zip(rows) {
        sheet.write_string(row, 1, name)?;
        sheet.write_row(row, 2, [f64::from(households), f64::from(poor), rate])?;
    }
    sheet.write_string(5, 1, "Tổng cộng")?;
    sheet.write_row(5, 2, [1000.0, 15.0, 1.5])?;
    book.save_to_buffer()
}
