//! The appendix sheet, as a person signs it: A4, the margins and type of Nghị định 30/2020/NĐ-CP
//! (Phụ lục I on layout, Mẫu 2.1 and 2.2 of Phụ lục III), live formulas, page set-up done.
//!
//! # Modes
//! [`Mode::Ky`] is a sheet issued on its own: issuing body and Quốc hiệu where the workbook has
//! them, title, table, `./.`, signature block. [`Mode::PhuLuc`] is attached to a plan or decision:
//! `Phụ lục`, title, reference line, table, `./.`; the document it belongs to is signed, the
//! appendix is not. [`Mode::DienTu`] is the same in a file of its own: number and date of the
//! reference line stay open, and room is left at the top right, where the registering system sets
//! the text of the digital signature. The program never draws a signature or a seal. Every name
//! comes from the workbook or from [`Options`].
//!
//! # Figures
//! Cells stay numbers and formulas; a value is never changed or turned into text for its looks.
//! What is shown is up to the program that shows it:
//!
//! | program | `[$-42A]#,##0` | `[$-42A]#,##0.00` | decided by |
//! |---|---|---|---|
//! | LibreOffice, any system | `3.022` | `0,70` | the locale tag `[$-42A]` (Vietnamese) of the format |
//! | Excel, Vietnamese regional settings | `3.022` | `0,70` | the system's separators |
//! | Excel, English regional settings | `3,022` | `0.70` | the system's separators; the tag does not touch them |
//!
//! In a format code `.` and `,` mean "the system's decimal and group separator"; no code forces a
//! comma in Excel. A code such as `0","00` on a value times 100 would look right everywhere and be
//! wrong in every sum, so it is not used. On an English Excel, set File > Options > Advanced > Use
//! system separators off, decimal `,`, thousands `.`, before printing.
//!
//! Computed columns and totals are live formulas with their exact results stored, so that viewers
//! that do not calculate show them too. A formula is written only where its exact result is the
//! table's own figure; a table that contradicts itself is printed as it was typed.
//!
//! # Pages
//! The page number stands in the top margin from page 2 on. The file format has a flag for a
//! different first page (`differentFirst`, ECMA-376 part 1, 18.3.1.46) that the writer library does
//! not offer, so the flag is set in the finished package. The table is one page wide, across
//! where upright is too narrow, in type of 9 pt or more; a wider one is split over pages at
//! the borders of its groups of columns, and a note says so.

mod compose;
mod drawing;
mod figures;
mod first_page;
mod headings;
mod metrics;
mod pages;
mod paper;
mod surroundings;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::failure::{Code, Failure};
use crate::lang::Text;
use crate::table::Table;
use compose::Composition;
use paper::Plan;

/// What the sheet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Mode {
    /// Issued for signature, with the signature block.
    #[default]
    Ky,
    /// Attached to a plan or decision, without a signature block.
    PhuLuc,
    /// Attached to an electronic document, in a file of its own.
    DienTu,
}

/// What a person wants otherwise than the workbook has it. Lines are separated by line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// What the sheet is for.
    pub mode: Mode,
    /// Title of the table.
    pub title: Option<String>,
    /// What the table is attached to, with or without its brackets.
    pub reference: Option<String>,
    /// On whose authority it is signed: `TM. ỦY BAN NHÂN DÂN`.
    pub authority: Option<String>,
    /// Title of the signer: `CHỦ TỊCH`, or `KT. CHỦ TỊCH` and `PHÓ CHỦ TỊCH` on two lines.
    pub signer_title: Option<String>,
    /// Name of the signer.
    pub signer: Option<String>,
    /// Name of the person who drew up the table; sets the left side of the signature block.
    pub preparer: Option<String>,
    /// Place and date above the signature block.
    pub place_date: Option<String>,
    /// The issuing body at the top left of a sheet for signature.
    pub agency: Option<String>,
    /// Number of the appendix, usually Roman.
    pub number: Option<String>,
    /// The name on the sheet's tab; `Phụ lục` where none is given.
    pub sheet: Option<String>,
}

/// A finished appendix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appendix {
    /// The `.xlsx` file.
    pub bytes: Vec<u8>,
    /// What was decided or left open, for the person who prints it.
    pub notes: Vec<Text>,
}

/// Typesets a table. The same table and options give the same bytes.
///
/// # Errors
/// [`Code::NoTable`] for a table without rows or columns, [`Code::CannotWrite`] where the table
/// passes the limits of a workbook.
pub fn appendix(table: &Table, options: &Options) -> Result<Appendix, Failure> {
    if table.columns.is_empty() || table.rows.is_empty() {
        return Err(Failure::new(
            Code::NoTable,
            "biểu không có dòng hoặc cột nào để lập phụ lục",
            "the table has no rows or columns to typeset",
        ));
    }
    if let Some(row) = table.rows.iter().find(|row| row.lacks_a_name()) {
        let row = row.sheet_row + 1;
        return Err(Failure::new(
            Code::NotClean,
            format!("dòng {row} có số liệu nhưng không có tên"),
            format!("row {row} has figures but no name"),
        )
        .with_help(
            "ghi tên cho dòng đó rồi lập lại phụ lục",
            "give the row its name and try again",
        ));
    }
    let mut notes = Vec::new();
    let composition = compose::compose(table, options, &mut notes);
    let name = options.sheet.as_deref().unwrap_or("Phụ lục");
    let bytes =
        write(table, &composition, name).map_err(|error| cannot_write(&error.to_string()))?;
    let bytes =
        first_page::without_number(&bytes).map_err(|error| cannot_write(&error.to_string()))?;
    Ok(Appendix { bytes, notes })
}

fn cannot_write(reason: &str) -> Failure {
    Failure::new(
        Code::CannotWrite,
        format!("không lập được phụ lục: {reason}"),
        format!("the appendix could not be made: {reason}"),
    )
}

fn write(table: &Table, composition: &Composition, name: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(&composition.title)
        .set_creation_datetime(&ExcelDateTime::from_ymd(2020, 3, 5)?);
    workbook.set_properties(&properties);
    let font = table.layout.font.as_str();
    // Column widths are counted in digits of this format. At 12 pt a digit is 8 pixels wide to the
    // dot; at sizes where it is not, LibreOffice and Excel round it differently and disagree on the
    // width of every column (by 4,7 % at 11 pt).
    let normal = Format::new().set_font_name(font).set_font_size(12).set_font_family(1);
    workbook.set_default_format(&normal, 21, 72)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    for (column, width) in (0..).zip(&composition.plan.widths) {
        sheet.set_column_width_pixels(column, *width)?;
    }
    composition.drawing.write(sheet, font)?;
    set_up_page(sheet, table, composition)?;
    workbook.save_to_buffer()
}

fn set_up_page(
    sheet: &mut Worksheet,
    table: &Table,
    composition: &Composition,
) -> Result<(), XlsxError> {
    let (layout, plan) = (&table.layout, &composition.plan);
    let inches = |millimetres: u16| f64::from(paper::margin(millimetres)) / 25.4;
    sheet.set_paper_size(9);
    if plan.landscape {
        sheet.set_landscape();
    } else {
        sheet.set_portrait();
    }
    let header = inches(layout.margin_top / 2);
    let footer = inches(layout.margin_bottom / 2);
    sheet.set_margins(
        inches(layout.margin_left),
        inches(layout.margin_right),
        inches(layout.margin_top),
        inches(layout.margin_bottom),
        header,
        footer,
    );
    let last_column = u16::try_from(plan.widths.len() - 1).unwrap_or(u16::MAX);
    let last_row = composition.drawing.next_row().saturating_sub(1);
    sheet.set_print_area(0, 0, last_row, last_column)?;
    if let Some((first, last)) = composition.repeated_rows {
        sheet.set_repeat_rows(first, last)?;
    }
    if let Some(row) = composition.break_before {
        sheet.set_page_breaks(&[row])?;
    }
    set_width(sheet, plan)?;
    sheet.set_print_center_horizontally(true);
    sheet.set_screen_gridlines(false);
    sheet.set_header(format!("&C&\"{},Regular\"&13&P", layout.font.replace(['"', '&'], "")));
    sheet.set_header_footer_scale_with_doc(false);
    Ok(())
}

/// One page wide, or the pages of a split table.
fn set_width(sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
    if plan.pages.len() == 1 {
        sheet.set_print_fit_to_pages(1, 0);
        return Ok(());
    }
    let column = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let breaks: Vec<u32> = plan.pages[1..].iter().map(|page| column(page.0)).collect();
    sheet.set_vertical_page_breaks(&breaks)?;
    if let Some(last) = plan.repeated.checked_sub(1) {
        sheet.set_repeat_columns(0, u16::try_from(last).unwrap_or(u16::MAX))?;
    }
    Ok(())
}
