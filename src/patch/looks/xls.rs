//! What an `.xls` looks like ([MS-XLS] 2.4.122 fonts, 2.4.353 formats of cells, 2.4.257 pages).

use super::super::PatchError;
use super::super::xls::{CellPart, parts};
use super::{Colour, Font, Look, Looks, MOST_CELLS, Page, SheetLooks, numbered};
use crate::read::bytes::{flagged, long, short};
use crate::read::code::Notation;

const HEADER: u16 = 0x0014;
const FOOTER: u16 = 0x0015;
const NAME: u16 = 0x0018;
const MARGINS: std::ops::RangeInclusive<u16> = 0x0026..=0x0029;
const FONT: u16 = 0x0031;
const USUAL_WIDTH: u16 = 0x0055;
const COLUMNS: u16 = 0x007D;
const OPTIONS: u16 = 0x0081;
const CENTRED_ACROSS: u16 = 0x0083;
const CENTRED_DOWN: u16 = 0x0084;
const PALETTE: u16 = 0x0092;
const SETUP: u16 = 0x00A1;
const STANDARD_WIDTH: u16 = 0x0099;
const XF: u16 = 0x00E0;
const ROW: u16 = 0x0208;

/// The colours from 8 on of a workbook that has none of its own ([MS-XLS] 2.5.161).
const USUAL: [u32; 56] = [
    0x00_0000, 0xFF_FFFF, 0xFF_0000, 0x00_FF00, 0x00_00FF, 0xFF_FF00, 0xFF_00FF, 0x00_FFFF,
    0x80_0000, 0x00_8000, 0x00_0080, 0x80_8000, 0x80_0080, 0x00_8080, 0xC0_C0C0, 0x80_8080,
    0x99_99FF, 0x99_3366, 0xFF_FFCC, 0xCC_FFFF, 0x66_0066, 0xFF_8080, 0x00_66CC, 0xCC_CCFF,
    0x00_0080, 0xFF_00FF, 0xFF_FF00, 0x00_FFFF, 0x80_0080, 0x80_0000, 0x00_8080, 0x00_00FF,
    0x00_CCFF, 0xCC_FFFF, 0xCC_FFCC, 0xFF_FF99, 0x99_CCFF, 0xFF_99CC, 0xCC_99FF, 0xFF_CC99,
    0x33_66FF, 0x33_CCCC, 0x99_CC00, 0xFF_CC00, 0xFF_9900, 0xFF_6600, 0x66_6699, 0x96_9696,
    0x00_3366, 0x33_9966, 0x00_3300, 0x33_3300, 0x99_3300, 0x99_3366, 0x33_3399, 0x33_3333,
];

pub(super) fn looks(bytes: &[u8]) -> Result<Looks, PatchError> {
    let (globals, sheets) = parts(bytes)?;
    let palette =
        globals.iter().find(|(kind, _)| *kind == PALETTE).map(|(_, data)| data.as_slice());
    let fonts: Vec<Font> = globals
        .iter()
        .filter(|(kind, _)| *kind == FONT)
        .map(|(_, data)| font(data, palette).unwrap_or_default())
        .collect();
    let styles = globals
        .iter()
        .filter(|(kind, _)| *kind == XF)
        .map(|(_, data)| look(data, &fonts, palette).unwrap_or_default())
        .collect();
    let mut looks = Looks { styles, ..Looks::default() };
    let digit = numbered::digit(fonts.first());
    let mut room = MOST_CELLS;
    for (number, part) in sheets.into_iter().enumerate() {
        let mut sheet = sheet(&part, looks.styles.len(), digit, &mut room);
        for (_, data) in globals.iter().filter(|(kind, _)| *kind == NAME) {
            take_name(data, number, &mut sheet);
        }
        looks.sheets.insert(part.name, sheet);
    }
    Ok(looks)
}

fn colour(number: u32, palette: Option<&[u8]>) -> Option<Colour> {
    let index = match number {
        0..=7 => usize::try_from(number).ok()?,
        8..=63 => usize::try_from(number - 8).ok()?,
        _ => return None,
    };
    let own = palette.and_then(|data| data.get(2 + 4 * index..5 + 4 * index));
    if let Some([red, green, blue]) = own {
        return Some([*red, *green, *blue]);
    }
    let [_, red, green, blue] = USUAL.get(index)?.to_be_bytes();
    Some([red, green, blue])
}

fn font(data: &[u8], palette: Option<&[u8]>) -> Option<Font> {
    let flags = short(data, 2)?;
    Some(Font {
        name: text(data.get(14..)?, 1),
        size: Some(f64::from(short(data, 0)?) / 20.0),
        italic: flags & 2 != 0,
        struck: flags & 8 != 0,
        underlined: *data.get(10)? != 0,
        colour: colour(short(data, 4)?.into(), palette),
    })
}

/// A text whose length takes so many bytes.
fn text(data: &[u8], width: usize) -> Option<String> {
    let count = if width == 1 { usize::from(*data.first()?) } else { short(data, 0)?.into() };
    flagged(data.get(width..)?, count)
}

fn look(data: &[u8], fonts: &[Font], palette: Option<&[u8]>) -> Option<Look> {
    let bits = |word: u32, first: u32, count: u32| word >> first & ((1 << count) - 1);
    let (font, place) = (usize::from(short(data, 0)?), u32::from(short(data, 6)?));
    // Font 4 does not exist.
    let font = fonts.get(if font > 4 { font - 1 } else { font }).cloned().unwrap_or_default();
    let (sides, ends, fill) = (long(data, 10)?, long(data, 14)?, u32::from(short(data, 18)?));
    let line =
        |style, number| Some((numbered::line(style)?, colour(number, palette).unwrap_or_default()));
    let borders = [
        line(bits(sides, 0, 4), bits(sides, 16, 7)),
        line(bits(sides, 4, 4), bits(sides, 23, 7)),
        line(bits(sides, 8, 4), bits(ends, 0, 7)),
        line(bits(sides, 12, 4), bits(ends, 7, 7)),
    ];
    let solid = bits(ends, 26, 6) == 1;
    Some(Look {
        font,
        fill: colour(bits(fill, 0, 7), palette).filter(|_| solid),
        borders,
        across: numbered::across(bits(place, 0, 3)),
        down: numbered::down(bits(place, 4, 3)),
        wraps: bits(place, 3, 1) == 1,
        shrinks: data.get(8)? & 0x10 != 0,
        indent: data.get(8)? & 0x0F,
        rotation: numbered::rotation(*data.get(7)?),
    })
}

fn sheet(part: &CellPart, styles: usize, digit: f64, room: &mut usize) -> SheetLooks {
    let mut sheet = SheetLooks::default();
    for (at, style) in &part.cells {
        let style = usize::from(*style);
        if style < styles {
            sheet.put(*at, style, room);
        }
    }
    let (mut fits, mut usual, mut standard) = (false, None, None);
    let mut margins = [0.75, 0.75, 1.0, 1.0, 0.5, 0.5];
    for (kind, data) in &part.records {
        let first = short(data, 0).unwrap_or(0);
        match *kind {
            COLUMNS => {
                let width = short(data, 4).unwrap_or(0);
                let last = short(data, 2).unwrap_or(first);
                sheet.put_columns(
                    first.into(),
                    last.into(),
                    numbered::letters(width.into(), digit),
                );
            }
            ROW => {
                let height = short(data, 6).unwrap_or(0) & 0x7FFF;
                sheet.put_row(first.into(), f64::from(height) / 20.0);
            }
            // Letters without the edges, and 256ths of a letter with them.
            USUAL_WIDTH => usual = Some((f64::from(first) * digit) / 7.0),
            STANDARD_WIDTH => standard = Some(numbered::letters(first.into(), digit)),
            OPTIONS => fits = first & 0x0100 != 0,
            CENTRED_ACROSS => sheet.page.centred.0 = first != 0,
            CENTRED_DOWN => sheet.page.centred.1 = first != 0,
            HEADER => sheet.page.header = text(data, 2),
            FOOTER => sheet.page.footer = text(data, 2),
            kind if MARGINS.contains(&kind) => {
                if let Some(inches) = numbered::inches(data, 0) {
                    margins[usize::from(kind - MARGINS.start())] = inches;
                    sheet.page.margins = Some(margins);
                }
            }
            SETUP => {
                for (edge, place) in [(4, 16), (5, 24)] {
                    margins[edge] = numbered::inches(data, place).unwrap_or(margins[edge]);
                }
                sheet.page.margins = Some(margins);
                set_up(data, &mut sheet.page);
            }
            _ => {}
        }
    }
    sheet.fill_columns(standard.or(usual));
    sheet.fits_pages(fits);
    sheet
}

fn set_up(data: &[u8], page: &mut Page) {
    let field = |at| short(data, at).unwrap_or(0);
    let flags = field(10);
    page.fit = Some((field(6), field(8)));
    // What no printer said is not to be taken.
    if flags & 0x04 == 0 {
        page.paper = u8::try_from(field(0)).ok().filter(|paper| *paper > 0);
        page.scale = Some(field(2)).filter(|scale| (10..=400).contains(scale));
        page.landscape = flags & 0x42 == 0;
    }
}

/// A name of the program's own: 6 is the area that is printed, 7 what repeats.
fn take_name(data: &[u8], sheet: usize, looks: &mut SheetLooks) {
    let built_in = short(data, 0).is_some_and(|flags| flags & 0x20 != 0);
    let own = short(data, 8).is_some_and(|number| usize::from(number) == sheet + 1);
    let (Some(name), Some(length)) = (data.get(15), short(data, 4)) else { return };
    if !built_in || !own || data.get(3) != Some(&1) || !matches!(name, 6 | 7) {
        return;
    }
    // The name's one letter takes two bytes where its flag says so.
    let start = if data.get(14) == Some(&1) { 17 } else { 16 };
    let code = data.get(start..start + usize::from(length)).unwrap_or_default();
    numbered::name(looks, *name == 7, &numbered::ranges(code, Notation::Biff8));
}
