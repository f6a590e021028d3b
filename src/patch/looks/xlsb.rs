//! What an `.xlsb` looks like ([MS-XLSB] 2.4.683 fonts, 2.4.862 formats of cells, 2.4.711 pages).

use std::collections::HashMap;

use super::super::PatchError;
use super::super::package::Package;
use super::super::xlsb::{Record, Records, parts};
use super::{Colour, Font, Look, Looks, MOST_CELLS, Page, SheetLooks, numbered};
use crate::read::bytes::{long, short, wide_text};
use crate::read::code::Notation;
use crate::workbook::{Address, MAX_COLUMNS, MAX_ROWS, Range};

const ROW: u16 = 0;
const NAME: u16 = 39;
const FONT: u16 = 43;
const FILL: u16 = 45;
const BORDER: u16 = 46;
const XF: u16 = 47;
const COLUMNS: u16 = 60;
const PROPERTIES: u16 = 147;
const SHEET: u16 = 156;
const USUAL_SIZES: u16 = 485;
const MARGINS: u16 = 476;
const PRINT_OPTIONS: u16 = 477;
const SETUP: u16 = 478;
const HEADER: u16 = 479;
const BEGIN_CELLS: u16 = 617;
const END_CELLS: u16 = 618;

pub(super) fn looks(package: &mut Package<'_>) -> Result<Looks, PatchError> {
    let parts = parts(package)?;
    let (mut looks, mut digit) = (Looks::default(), numbered::digit(None));
    if let Some(part) = &parts.styles {
        let bytes = package.need_bytes(part)?;
        (looks.styles, digit) = styles(&bytes, part);
    }
    let workbook = package.need_bytes(&parts.workbook)?;
    let names = names(&workbook);
    let mut room = MOST_CELLS;
    for (name, part) in parts.sheets {
        if !package.has(&part) {
            continue;
        }
        let bytes = package.need_bytes(&part)?;
        let mut sheet = sheet(&bytes, &part, looks.styles.len(), digit, &mut room);
        for (titles, ranges) in names.get(&name).into_iter().flatten() {
            numbered::name(&mut sheet, *titles, ranges);
        }
        looks.sheets.insert(name, sheet);
    }
    Ok(looks)
}

/// The looks of cells, and the dots of a digit in the first font.
fn styles(part: &[u8], name: &str) -> (Vec<Look>, f64) {
    let (mut fonts, mut fills, mut borders, mut looks) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut of_cells = false;
    for record in Records::of(part, name).flatten() {
        let data = record.data(part);
        match record.kind {
            FONT => fonts.push(font(data).unwrap_or_default()),
            FILL => fills.push(colour(data, 4).filter(|_| long(data, 0) == Some(1))),
            BORDER => borders.push([21, 31, 1, 11].map(|at| line(data, at))),
            BEGIN_CELLS => of_cells = true,
            END_CELLS => of_cells = false,
            XF if of_cells => {
                let index = |at| usize::from(short(data, at).unwrap_or(u16::MAX));
                let look = Look {
                    font: fonts.get(index(4)).cloned().unwrap_or_default(),
                    fill: fills.get(index(6)).copied().flatten(),
                    borders: borders.get(index(8)).copied().unwrap_or_default(),
                    ..placed(data)
                };
                looks.push(look);
            }
            _ => {}
        }
    }
    (looks, numbered::digit(fonts.first()))
}

/// A colour with its own red, green and blue.
fn colour(data: &[u8], at: usize) -> Option<Colour> {
    match data.get(at..at + 8)? {
        // The kind is in the upper bits: 0 is what programs choose.
        [kind, number, _, _, red, green, blue, _] if kind & 1 == 1 && kind >> 1 > 0 => {
            let chosen = kind >> 1 == 1 && *number >= 64;
            (!chosen).then_some([*red, *green, *blue])
        }
        _ => None,
    }
}

fn line(data: &[u8], at: usize) -> Option<(super::Line, Colour)> {
    let line = numbered::line(u32::from(*data.get(at)?))?;
    Some((line, colour(data, at + 2).unwrap_or_default()))
}

fn font(data: &[u8]) -> Option<Font> {
    let flags = short(data, 2)?;
    Some(Font {
        name: wide_text(data, 21).map(|(name, _)| name),
        size: Some(f64::from(short(data, 0)?) / 20.0),
        italic: flags & 2 != 0,
        struck: flags & 8 != 0,
        underlined: *data.get(8)? != 0,
        colour: colour(data, 12),
    })
}

fn placed(data: &[u8]) -> Look {
    let word = u32::from(short(data, 12).unwrap_or(0));
    Look {
        across: numbered::across(word & 7),
        down: numbered::down(word >> 3 & 7),
        wraps: word & 0x40 != 0,
        shrinks: word & 0x100 != 0,
        indent: data.get(11).copied().unwrap_or(0),
        rotation: numbered::rotation(data.get(10).copied().unwrap_or(0)),
        ..Look::default()
    }
}

fn sheet(part: &[u8], name: &str, styles: usize, digit: f64, room: &mut usize) -> SheetLooks {
    let mut sheet = SheetLooks::default();
    let (mut row, mut column, mut fits, mut usual) = (0, None, false, None);
    for record in Records::of(part, name).flatten() {
        let data = record.data(part);
        let field = |at| long(data, at).unwrap_or(0);
        match record.kind {
            ROW => {
                (row, column) = (field(0), None);
                if row < MAX_ROWS {
                    sheet.put_row(row, f64::from(short(data, 8).unwrap_or(0)) / 20.0);
                }
            }
            1..=18 => {
                let (own, style) = cell(&record, data, column);
                column = Some(own);
                let style = usize::try_from(style).unwrap_or(usize::MAX);
                if row < MAX_ROWS && own < MAX_COLUMNS && style < styles {
                    sheet.put(Address::new(row, own), style, room);
                }
            }
            COLUMNS => sheet.put_columns(field(0), field(4), numbered::letters(field(8), digit)),
            USUAL_SIZES if field(0) < u32::MAX => usual = Some(numbered::letters(field(0), digit)),
            USUAL_SIZES => usual = short(data, 4).map(|width| f64::from(width) * digit / 7.0),
            PROPERTIES => fits = short(data, 0).is_some_and(|flags| flags & 0x100 != 0),
            other => take(other, data, &mut sheet.page),
        }
    }
    sheet.fill_columns(usual);
    sheet.fits_pages(fits);
    sheet
}

/// The column and the style of a cell, which may stand right behind another without its column.
fn cell(record: &Record, data: &[u8], before: Option<u32>) -> (u32, u32) {
    let short = record.kind > 11;
    let next = before.map_or(0, |before| before.saturating_add(1));
    let column = if short { next } else { long(data, 0).unwrap_or(u32::MAX) };
    (column, long(data, if short { 0 } else { 4 }).unwrap_or(u32::MAX) & 0x00FF_FFFF)
}

fn take(kind: u16, data: &[u8], page: &mut Page) {
    let field = |at| long(data, at).unwrap_or(0);
    match kind {
        MARGINS => {
            let all = [0, 1, 2, 3, 4, 5].map(|edge| numbered::inches(data, 8 * edge));
            if all.iter().all(Option::is_some) {
                page.margins = Some(all.map(Option::unwrap_or_default));
            }
        }
        PRINT_OPTIONS => {
            let flags = short(data, 0).unwrap_or(0);
            page.centred = (flags & 1 != 0, flags & 2 != 0);
        }
        SETUP => {
            let pages = |at| u16::try_from(field(at)).unwrap_or(0);
            page.paper = u8::try_from(field(0)).ok().filter(|paper| *paper > 0);
            page.scale = Some(pages(4)).filter(|scale| (10..=400).contains(scale));
            page.fit = Some((pages(24), pages(28)));
            page.landscape = short(data, 32).is_some_and(|flags| flags & 2 != 0);
        }
        HEADER => {
            let head = wide_text(data, 2);
            let next = head.as_ref().map_or(6, |(_, end)| *end);
            page.footer = wide_text(data, next).map(|(text, _)| text);
            page.header = head.map(|(text, _)| text);
        }
        _ => {}
    }
}

/// What is printed of each sheet and what repeats on its pages, by the sheet's name: whether it is
/// the latter, and the ranges.
fn names(workbook: &[u8]) -> HashMap<String, Vec<(bool, Vec<Range>)>> {
    let (mut sheets, mut names) = (Vec::new(), Vec::new());
    for record in Records::of(workbook, "").flatten() {
        let data = record.data(workbook);
        match record.kind {
            SHEET => {
                let name = wide_text(data, 8).and_then(|(_, end)| wide_text(data, end));
                sheets.push(name.map(|(name, _)| name));
            }
            NAME => names.extend(name(data)),
            _ => {}
        }
    }
    let mut found: HashMap<String, Vec<(bool, Vec<Range>)>> = HashMap::new();
    for (sheet, titles, ranges) in names {
        if let Some(Some(sheet)) = sheets.get(sheet) {
            found.entry(sheet.clone()).or_default().push((titles, ranges));
        }
    }
    found
}

/// A name of the program's own: the number of its sheet, whether it is what repeats, and the ranges.
fn name(data: &[u8]) -> Option<(usize, bool, Vec<Range>)> {
    let built_in = long(data, 0)? & 0x20 != 0;
    let sheet = usize::try_from(long(data, 5)?).ok()?;
    let (name, end) = wide_text(data, 9).filter(|_| built_in)?;
    let titles = name.ends_with("Print_Titles");
    if !titles && !name.ends_with("Print_Area") {
        return None;
    }
    let length = long(data, end).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let code = data.get(end + 4..).and_then(|code| code.get(..length)).unwrap_or_default();
    Some((sheet, titles, numbered::ranges(code, Notation::Biff12)))
}
