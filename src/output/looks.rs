//! The looks of a workbook put on a sheet that is written anew.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    Color, Format, FormatAlign, FormatBorder, FormatPattern, FormatUnderline, Worksheet, XlsxError,
};

use crate::patch::looks::{Across, Colour, Down, Line, Look, Page, SheetLooks};
use crate::workbook::{MAX_COLUMNS, Sheet};

/// Empty cells with a look of a sheet; beyond these those alone that lie among its figures.
const MOST_EMPTY: usize = 300_000;

/// The look of a cell without its number format.
pub(super) fn format(look: &Look) -> Format {
    let mut format = lettered(look);
    if let Some(fill) = look.fill {
        format = format.set_pattern(FormatPattern::Solid).set_background_color(colour(fill));
    }
    if let Some(across) = look.across {
        format = format.set_align(match across {
            Across::Left => FormatAlign::Left,
            Across::Centre => FormatAlign::Center,
            Across::Right => FormatAlign::Right,
            Across::Fill => FormatAlign::Fill,
            Across::Justified => FormatAlign::Justify,
            Across::AcrossCells => FormatAlign::CenterAcross,
            Across::Spread => FormatAlign::Distributed,
        });
    }
    if let Some(down) = look.down {
        format = format.set_align(match down {
            Down::Top => FormatAlign::Top,
            Down::Centre => FormatAlign::VerticalCenter,
            Down::Bottom => FormatAlign::Bottom,
            Down::Justified => FormatAlign::VerticalJustify,
        });
    }
    if look.wraps {
        format = format.set_text_wrap();
    }
    if look.shrinks {
        format = format.set_shrink();
    }
    if look.indent > 0 {
        format = format.set_indent(look.indent);
    }
    if look.rotation != 0 {
        format = format.set_rotation(look.rotation);
    }
    ruled(format, look)
}

fn lettered(look: &Look) -> Format {
    let mut format = Format::new();
    let font = &look.font;
    if let Some(name) = font.name.as_ref().filter(|name| !name.is_empty()) {
        format = format.set_font_name(name);
    }
    if let Some(size) = font.size.filter(|size| (1.0..=409.0).contains(size)) {
        format = format.set_font_size(size);
    }
    if font.italic {
        format = format.set_italic();
    }
    if font.underlined {
        format = format.set_underline(FormatUnderline::Single);
    }
    if font.struck {
        format = format.set_font_strikethrough();
    }
    match font.colour {
        Some(own) => format.set_font_color(colour(own)),
        None => format,
    }
}

fn ruled(mut format: Format, look: &Look) -> Format {
    let [left, right, top, bottom] = look.borders;
    if let Some((own, of)) = left {
        format = format.set_border_left(line(own)).set_border_left_color(colour(of));
    }
    if let Some((own, of)) = right {
        format = format.set_border_right(line(own)).set_border_right_color(colour(of));
    }
    if let Some((own, of)) = top {
        format = format.set_border_top(line(own)).set_border_top_color(colour(of));
    }
    if let Some((own, of)) = bottom {
        format = format.set_border_bottom(line(own)).set_border_bottom_color(colour(of));
    }
    format
}

fn line(line: Line) -> FormatBorder {
    match line {
        Line::Thin => FormatBorder::Thin,
        Line::Medium => FormatBorder::Medium,
        Line::Dashed => FormatBorder::Dashed,
        Line::Dotted => FormatBorder::Dotted,
        Line::Thick => FormatBorder::Thick,
        Line::Double => FormatBorder::Double,
        Line::Hair => FormatBorder::Hair,
    }
}

fn colour([red, green, blue]: Colour) -> Color {
    Color::RGB(u32::from_be_bytes([0, red, green, blue]))
}

/// Gives a sheet its sizes, what is hidden, and its pages.
pub(super) fn lay_out(
    page: &mut Worksheet,
    looks: &SheetLooks,
    sheet: &Sheet,
) -> Result<(), XlsxError> {
    // Of widths for one column the last counts; damaged files hold any number of them.
    let mut open: BTreeSet<u32> = (0..MAX_COLUMNS).collect();
    for (first, last, letters) in looks.columns.iter().rev().filter(|(a, b, _)| a <= b) {
        let own: Vec<u32> = open.range(*first..=*last).copied().collect();
        for column in own {
            open.remove(&column);
            page.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), *letters)?;
        }
    }
    for (row, points) in &looks.rows {
        page.set_row_height(*row, *points)?;
    }
    for row in &sheet.hidden_rows {
        page.set_row_hidden(*row)?;
    }
    for column in &sheet.hidden_columns {
        page.set_column_hidden(u16::try_from(*column).unwrap_or(u16::MAX))?;
    }
    print(page, &looks.page)
}

fn print(page: &mut Worksheet, of: &Page) -> Result<(), XlsxError> {
    if of.landscape {
        page.set_landscape();
    }
    if let Some(paper) = of.paper {
        page.set_paper_size(paper);
    }
    if let Some([left, right, top, bottom, header, footer]) = of.margins {
        page.set_margins(left, right, top, bottom, header, footer);
    }
    match (of.fit, of.scale) {
        (Some((across, down)), _) => {
            page.set_print_fit_to_pages(across, down);
        }
        (None, Some(scale)) => {
            page.set_print_scale(scale);
        }
        (None, None) => {}
    }
    page.set_print_center_horizontally(of.centred.0).set_print_center_vertically(of.centred.1);
    if let Some(area) = of.area {
        let (start, end) = (area.start, area.end);
        let column = |column| u16::try_from(column).unwrap_or(u16::MAX);
        page.set_print_area(start.row, column(start.column), end.row, column(end.column))?;
    }
    if let Some((first, last)) = of.rows {
        page.set_repeat_rows(first, last)?;
    }
    if let Some((first, last)) = of.columns {
        let column = |column| u16::try_from(column).unwrap_or(u16::MAX);
        page.set_repeat_columns(column(first), column(last))?;
    }
    for (text, is_header) in [(&of.header, true), (&of.footer, false)] {
        // Excel's published limit.
        let Some(text) = text.as_ref().filter(|t| (1..=255).contains(&t.chars().count())) else {
            continue;
        };
        if is_header {
            page.set_header(text)
        } else {
            page.set_footer(text)
        };
    }
    Ok(())
}

/// The empty cells of a sheet that have a look of their own, in order.
pub(super) fn empty_cells(
    looks: &SheetLooks,
    sheet: &Sheet,
) -> Vec<(crate::workbook::Address, usize)> {
    let used = sheet.used();
    let all = looks.cells.len() <= MOST_EMPTY;
    let among = |at| all || used.is_some_and(|used| used.contains(at));
    let empty = looks.cells.iter().filter(|(at, _)| sheet.cell(**at).is_none() && among(**at));
    let mut found: Vec<_> = empty.map(|(at, look)| (*at, *look)).collect();
    found.sort_unstable();
    found
}
