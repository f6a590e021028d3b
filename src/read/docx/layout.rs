//! From the blocks of a document to sheets: a table with figures is a sheet, and what stands around
//! it goes with it as far as it belongs to it. Tables without figures only lay out text.

use std::borrow::Cow;
use std::collections::HashMap;

use super::story::{Block, Grid, GridCell, GridRow, Line, Merged};
use crate::failure::Failure;
use crate::read::cells::clean;
use crate::read::formats::Style;
use crate::read::store::{Budget, Rich, Store, Text};
use crate::words::lines::is_date_line;
use crate::words::{ends_table, fold, is_office, is_reference, is_signature, single_blanks};
use crate::workbook::{Address, MAX_COLUMNS, Range, Sheet, Workbook};

/// Lines above a table that may be its title, and lines below it that may belong to it.
const MOST_AROUND: usize = 14;

/// Characters of a line of a title at most; longer ones are sentences.
const LONGEST_TITLE: usize = 200;

/// Makes the sheets and the prose of a document.
pub(super) fn lay_out(
    blocks: Vec<Block>,
    budget: &mut Budget,
    workbook: &mut Workbook,
) -> Result<(), Failure> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in blocks {
        take(block, &mut pieces);
    }
    for piece in &pieces {
        match piece {
            Piece::Line(line) => push_prose(line, workbook),
            Piece::Layout(rows) => {
                rows.iter().flatten().for_each(|cell| push_prose(cell, workbook));
            }
            Piece::Table(_) => {}
        }
    }
    let tables: Vec<usize> =
        (0..pieces.len()).filter(|at| matches!(pieces[*at], Piece::Table(_))).collect();
    let tops: Vec<usize> = tables.iter().map(|at| top(&pieces, *at)).collect();
    for (nth, at) in tables.iter().enumerate() {
        let Piece::Table(grid) = &pieces[*at] else { continue };
        let end = tops.get(nth + 1).copied().unwrap_or(pieces.len());
        let below = below(&pieces[*at + 1..end]);
        let name = format!("Bảng {}", nth + 1);
        let mut sheet = sheet(&name, grid, below, budget)?;
        sheet.above = pieces[tops[nth]..*at].iter().flat_map(Piece::lines).collect();
        workbook.sheets.push(sheet);
    }
    Ok(())
}

/// What of a document stands one below the other.
enum Piece {
    /// A paragraph.
    Line(String),
    /// A table that lays out text: its cells, row by row.
    Layout(Vec<Vec<String>>),
    /// A table with figures.
    Table(Grid),
}

impl Piece {
    fn lines(&self) -> Vec<String> {
        let texts: Vec<&String> = match self {
            Self::Line(line) => vec![line],
            Self::Layout(rows) => rows.iter().flatten().collect(),
            Self::Table(_) => Vec::new(),
        };
        let lines = texts.into_iter().flat_map(|text| text.lines()).map(single_blanks);
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// As rows of a sheet, each its cells: lines of a cell stand one below the other, as those of
    /// who signs do.
    fn rows(&self) -> Vec<Vec<&str>> {
        let rows: Vec<&[String]> = match self {
            Self::Line(line) => vec![std::slice::from_ref(line)],
            Self::Layout(rows) => rows.iter().map(Vec::as_slice).collect(),
            Self::Table(_) => Vec::new(),
        };
        let mut apart = Vec::new();
        for cells in rows {
            let cells: Vec<Vec<&str>> = cells.iter().map(|cell| cell.lines().collect()).collect();
            let most = cells.iter().map(Vec::len).max().unwrap_or_default();
            let line =
                |at: usize| cells.iter().map(move |cell| cell.get(at).copied().unwrap_or_default());
            apart.extend((0..most.max(1)).map(|at| line(at).collect::<Vec<_>>()));
        }
        apart
    }

    fn is_blank(&self) -> bool {
        !matches!(self, Self::Table(_)) && self.lines().is_empty()
    }

    /// True for what is read as sentences, and belongs to no table.
    fn is_sentence(&self) -> bool {
        let Self::Line(line) = self else { return false };
        let line = line.trim();
        !is_reference(line)
            && (line.chars().count() > LONGEST_TITLE
                || line.starts_with(['-', '+', '•'])
                || line.ends_with(['.', ';', ':']) && line.chars().count() > 60)
    }

    /// True for the foot of a document: who signs it, and who receives it.
    fn is_foot(&self) -> bool {
        self.lines()
            .iter()
            .any(|line| is_signature(line) || is_office(line) || fold(line).starts_with("nơi nhận"))
    }
}

/// Takes a block apart: tables inside a table that lays out text, or inside a cell, stand alone.
fn take(block: Block, pieces: &mut Vec<Piece>) {
    match block {
        Block::Line(line) => pieces.push(Piece::Line(clean(line.plain().into()).into_owned())),
        Block::Table(mut grid) => {
            let within = nested(&mut grid);
            if holds_figures(&grid) {
                pieces.push(Piece::Table(grid));
            } else {
                let row = |row: &GridRow| row.cells.iter().map(plain).collect();
                pieces.push(Piece::Layout(grid.rows.iter().map(row).collect()));
            }
            for grid in within {
                take(Block::Table(grid), pieces);
            }
        }
    }
}

/// The tables inside the cells of a table, taken out of them.
fn nested(grid: &mut Grid) -> Vec<Grid> {
    let mut found = Vec::new();
    for cell in grid.rows.iter_mut().flat_map(|row| &mut row.cells) {
        let (tables, lines): (Vec<Block>, Vec<Block>) = std::mem::take(&mut cell.blocks)
            .into_iter()
            .partition(|block| matches!(block, Block::Table(_)));
        cell.blocks = lines;
        found.extend(tables.into_iter().filter_map(|block| match block {
            Block::Table(grid) => Some(grid),
            Block::Line(_) => None,
        }));
    }
    found
}

/// The paragraphs of a cell as one text.
fn rich(cell: &GridCell) -> Rich {
    let mut text = Rich::default();
    for block in &cell.blocks {
        let Block::Line(line) = block else { continue };
        if !text.runs.is_empty() {
            text.runs.push((None, "\n".to_owned()));
        }
        text.runs.extend(line.text.runs.iter().cloned());
    }
    trim(&mut text);
    text
}

/// The paragraphs of a cell as one text without fonts.
fn plain(cell: &GridCell) -> String {
    let text: String = rich(cell).runs.into_iter().map(|(_, run)| run).collect();
    clean(text.into()).into_owned()
}

/// Takes blanks off both ends of a text.
fn trim(text: &mut Rich) {
    while let Some((_, last)) = text.runs.last_mut() {
        last.truncate(last.trim_end().len());
        if !last.is_empty() {
            break;
        }
        text.runs.pop();
    }
    let blank = text.runs.iter().take_while(|(_, run)| run.trim().is_empty()).count();
    text.runs.drain(..blank);
    if let Some((_, first)) = text.runs.first_mut() {
        *first = first.trim_start().to_owned();
    }
}

/// True where some cell holds a number and nothing else.
fn holds_figures(grid: &Grid) -> bool {
    let is_number = |cell: &GridCell| {
        let text = plain(cell);
        text.contains(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || " .,%()-+–=/:".contains(c))
    };
    grid.rows.iter().flat_map(|row| &row.cells).any(is_number)
}

fn push_prose(text: &str, workbook: &mut Workbook) {
    let lines = text.lines().map(single_blanks);
    workbook.prose.extend(lines.filter(|line| !line.is_empty()));
}

/// Where the lines above a table begin that belong to it: its title, what it is attached to, its
/// unit, the letterhead above.
fn top(pieces: &[Piece], table: usize) -> usize {
    let mut top = table;
    for at in (table.saturating_sub(MOST_AROUND)..table).rev() {
        match &pieces[at] {
            Piece::Table(_) => break,
            piece if piece.is_sentence() || piece.is_foot() => break,
            _ => top = at,
        }
    }
    top
}

/// The lines below a table that belong to it, row by row: notes at once, and signatures where no
/// sentence stands between.
fn below(pieces: &[Piece]) -> &[Piece] {
    let reach = &pieces[..pieces.len().min(MOST_AROUND)];
    let sentence = reach.iter().position(Piece::is_sentence).unwrap_or(reach.len());
    let before = &reach[..sentence];
    if let Some(foot) = before.iter().position(Piece::is_foot) {
        // Lines under an office: the name of who signs.
        return &before[..before.len().min(foot + 8)];
    }
    let belongs = |piece: &Piece| {
        piece.is_blank()
            || piece.lines().iter().all(|line| {
                ends_table(line) || is_date_line(&fold(line)) || line.starts_with(['*', '('])
            })
    };
    let end = reach.iter().position(|piece| !belongs(piece)).unwrap_or(reach.len());
    &reach[..end]
}

/// A table as a sheet, with the lines below it in the rows below it.
fn sheet(name: &str, grid: &Grid, below: &[Piece], budget: &mut Budget) -> Result<Sheet, Failure> {
    let mut store = Store::new(name, budget);
    let mut merges = Merges::default();
    let mut width = 0;
    for (row, cells) in (0_u32..).zip(&grid.rows) {
        let mut column = cells.before;
        for cell in &cells.cells {
            let at = Address::new(row, column);
            column = column.saturating_add(cell.span);
            if merges.goes_on(at, cell) {
                continue;
            }
            let bold = cell.blocks.iter().filter_map(text_of).all(|line| line.bold);
            let style = Style { bold, ..Style::default() };
            store.push_text(at, &Text::from(rich(cell)), None, style)?;
        }
        width = width.max(column);
        if cells.hidden {
            store.hide_rows(row, row);
        }
    }
    merges.ranges().into_iter().for_each(|range| store.merge(range));
    let mut row = u32::try_from(grid.rows.len()).unwrap_or(u32::MAX);
    for cells in below.iter().flat_map(Piece::rows) {
        row = row.saturating_add(1);
        let apart = width.min(MAX_COLUMNS) / u32::try_from(cells.len()).unwrap_or(1).max(1);
        for (nth, text) in (0_u32..).zip(cells) {
            let at = Address::new(row, nth.saturating_mul(apart.max(1)));
            let text = Text::plain(Cow::Borrowed(text.trim()));
            store.push_text(at, &text, None, Style::default())?;
        }
    }
    Ok(store.finish())
}

fn text_of(block: &Block) -> Option<&Line> {
    match block {
        Block::Line(line) if !line.plain().trim().is_empty() => Some(line),
        _ => None,
    }
}

/// Merged cells by their column: first row, last row so far, columns.
#[derive(Default)]
struct Merges {
    open: HashMap<u32, (u32, u32, u32)>,
    done: Vec<(u32, (u32, u32, u32))>,
}

impl Merges {
    /// Takes a cell; true where it is covered by the one above.
    fn goes_on(&mut self, at: Address, cell: &GridCell) -> bool {
        if let (Merged::GoesOn, Some((_, last, _))) = (cell.merged, self.open.get_mut(&at.column))
            && last.checked_add(1) == Some(at.row)
        {
            *last = at.row;
            return true;
        }
        let before = self.open.insert(at.column, (at.row, at.row, cell.span));
        self.done.extend(before.map(|open| (at.column, open)));
        false
    }

    /// The ranges of more than one cell.
    fn ranges(mut self) -> Vec<Range> {
        self.done.extend(self.open);
        let mut ranges: Vec<Range> = self
            .done
            .into_iter()
            .filter(|(left, (top, bottom, span))| {
                (top < bottom || *span > 1) && left.saturating_add(*span) <= MAX_COLUMNS
            })
            .map(|(left, (top, bottom, span))| Range {
                start: Address::new(top, left),
                end: Address::new(bottom, left + span - 1),
            })
            .collect();
        ranges.sort_by_key(|range| range.start);
        ranges
    }
}
