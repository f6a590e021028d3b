//! Composed sheets as an `.xlsx` workbook.

use std::collections::HashMap;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::Sheet;
use super::compose::Composition;
use super::drawing::{Content, Level, Number, Side, Span, Style};
use super::figures::to_f64;
use super::paper::{self, Plan};
use crate::table::Layout;

/// Writes sheets in their order. The same sheets give the same bytes.
pub(super) fn write(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = sheets.first().map_or("", |sheet| sheet.composition.title.as_str());
    let properties = DocProperties::new()
        .set_title(title)
        .set_creation_datetime(&ExcelDateTime::from_ymd(2020, 3, 5)?);
    workbook.set_properties(&properties);
    let font = sheets.first().map_or("", |sheet| sheet.layout.font.as_str());
    // Column widths are counted in digits of this format. At 12 pt a digit is 8 pixels wide to the
    // dot; at sizes where it is not, LibreOffice and Excel round it differently and disagree on the
    // width of every column (by 4,7 % at 11 pt).
    let normal = Format::new().set_font_name(font).set_font_size(12).set_font_family(1);
    workbook.set_default_format(&normal, 21, 72)?;
    for sheet in sheets {
        #[cfg(feature = "cli")]
        let page = add_page(&mut workbook, &sheet.composition)?;
        // A page in a browser has no temporary files.
        #[cfg(not(feature = "cli"))]
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name)?;
        write_sheet(page, &sheet.composition, &sheet.layout)?;
    }
    workbook.save_to_buffer()
}

/// Rows of a sheet up to which it is held in memory while it is written.
#[cfg(feature = "cli")]
const HELD: usize = 20_000;

/// Adds a sheet. Of a long one each row goes to a temporary file once it is written: the writer would
/// hold more of it than all the rest of the program.
#[cfg(feature = "cli")]
fn add_page<'w>(
    workbook: &'w mut Workbook,
    composition: &Composition,
) -> Result<&'w mut Worksheet, XlsxError> {
    if composition.drawing.heights.len() > HELD {
        return workbook.add_worksheet_with_low_memory();
    }
    Ok(workbook.add_worksheet())
}

fn write_sheet(
    page: &mut Worksheet,
    composition: &Composition,
    layout: &Layout,
) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(&composition.plan.widths) {
        page.set_column_width_pixels(column, *width)?;
    }
    draw(composition, page, &layout.font)?;
    set_up_page(page, layout, composition)
}

fn set_up_page(
    sheet: &mut Worksheet,
    layout: &Layout,
    composition: &Composition,
) -> Result<(), XlsxError> {
    let plan = &composition.plan;
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
    // Pages are counted anew for each appendix.
    sheet.set_print_first_page_number(1);
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

/// Writes the cells row by row: rows that a long sheet has passed are gone.
fn draw(composition: &Composition, sheet: &mut Worksheet, font: &str) -> Result<(), XlsxError> {
    for (row, height) in (0..).zip(&composition.drawing.heights) {
        sheet.set_row_height_pixels(row, *height)?;
    }
    let mut formats: HashMap<Style, Format> = HashMap::new();
    for drawn in composition.spans() {
        let (span, content, style) = &*drawn;
        if !formats.contains_key(style) {
            formats.insert(style.clone(), format_of(style, font));
        }
        if let Some(format) = formats.get(style) {
            write_span(sheet, *span, content, style, format)?;
        }
    }
    Ok(())
}

fn format_of(style: &Style, font: &str) -> Format {
    let mut format = Format::new().set_font_name(font).set_font_size(style.size).set_font_family(1);
    if style.bold {
        format = format.set_bold();
    }
    if style.italic {
        format = format.set_italic();
    }
    if style.ruled {
        format = format.set_border(FormatBorder::Thin);
    }
    // Figures never wrap: a cell with a number format holds one.
    format = match style.number {
        None => format.set_text_wrap(),
        Some(number) => format.set_num_format(format_code(number)),
    };
    let side = match style.side {
        Side::Left => FormatAlign::Left,
        Side::Centre => FormatAlign::Center,
        Side::Right => FormatAlign::Right,
    };
    let level = match style.level {
        Level::Top => FormatAlign::Top,
        Level::Middle => FormatAlign::VerticalCenter,
    };
    format.set_align(side).set_align(level)
}

/// The code that shows dots after thousands and a decimal comma wherever a code can.
fn format_code(number: Number) -> String {
    let mut code = "[$-42A]#,##0".to_owned();
    if number.decimals > 0 {
        code.push('.');
        code.push_str(&"0".repeat(number.decimals as usize));
    }
    if number.percent {
        code.push('%');
    }
    if number.dash {
        let below = code.replace("[$-42A]", "-");
        code = format!("{code};{below};\"-\"");
    }
    code
}

fn write_span(
    sheet: &mut Worksheet,
    span: Span,
    content: &Content,
    style: &Style,
    format: &Format,
) -> Result<(), XlsxError> {
    let Span { top, bottom, left, right } = span;
    if (top, left) != (bottom, right) {
        sheet.merge_range(top, left, bottom, right, "", format)?;
    }
    match content {
        Content::Blank if (top, left) != (bottom, right) => {}
        Content::Blank => {
            sheet.write_blank(top, left, format)?;
        }
        Content::Text(text) => {
            sheet.write_string_with_format(top, left, text, format)?;
        }
        Content::Rule(pixels) => {
            // A low line is half its size wide.
            let count = (pixels * 3 / 2 / u32::from(style.size.max(1))).clamp(4, 200) as usize;
            sheet.write_string_with_format(top, left, "_".repeat(count), format)?;
        }
        Content::Number(number) => {
            sheet.write_number_with_format(top, left, to_f64(*number), format)?;
        }
        Content::Formula { text, result } => {
            let formula = Formula::new(format!("={text}")).set_result(result.to_string());
            sheet.write_formula_with_format(top, left, formula, format)?;
        }
    }
    Ok(())
}
