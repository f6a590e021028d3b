//! The main part of a document as lines and tables, as its pages show them: deleted text, field
//! codes, hidden text, placeholders of empty content controls and fallbacks for older programs are
//! left out; inserted text, results of fields and text boxes are in.

use crate::read::formats::Style;
use crate::read::legacy::Face;
use crate::read::store::{Budget, Rich, Stop};
use crate::read::xml::{Event, Tag, Xml, attribute, element_text, is_true, number, skip};

/// What an empty line or cell takes of memory at least; it counts as text.
const OVERHEAD: usize = 64;

/// What stands one below the other.
#[derive(Debug)]
pub(super) enum Block {
    Line(Line),
    Table(Grid),
}

/// A paragraph.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) text: Rich,
    /// True while all of its text is bold.
    pub(super) bold: bool,
    /// True where the mark at its end is deleted, so that the next paragraph goes on in it.
    goes_on: bool,
}

impl Line {
    /// The text of all runs.
    pub(super) fn plain(&self) -> String {
        self.text.runs.iter().map(|(_, run)| run.as_str()).collect()
    }

    fn push(&mut self, text: &str, run: Run) {
        self.bold = run.style.bold && (self.bold || self.text.runs.is_empty());
        let face = Some(run.style.face).filter(|face| *face != Face::Plain);
        match self.text.runs.last_mut() {
            Some((last, known)) if *last == face => known.push_str(text),
            _ => self.text.runs.push((face, text.to_owned())),
        }
    }
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) rows: Vec<GridRow>,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct GridRow {
    /// Columns of the grid before the first cell.
    pub(super) before: u32,
    pub(super) hidden: bool,
    deleted: bool,
    pub(super) cells: Vec<GridCell>,
}

/// A cell of a table.
#[derive(Debug)]
pub(super) struct GridCell {
    /// Columns of the grid that it takes.
    pub(super) span: u32,
    pub(super) merged: Merged,
    /// True where it goes on in the cell before it.
    beside: bool,
    deleted: bool,
    pub(super) blocks: Vec<Block>,
}

/// How a cell is merged with those above and below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    Alone,
    Begins,
    GoesOn,
}

/// What the properties of a run say of its text.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    style: Style,
    hidden: bool,
}

/// What a document holds.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) blocks: Vec<Block>,
    /// True where parts in other formats are imported, which are not read.
    pub(super) imports: bool,
}

/// The reader of a main part.
pub(super) struct Story<'p, 'b> {
    part: Xml<'p>,
    budget: &'b mut Budget,
    /// The fields that are open: true while their code is read, false in their result.
    fields: Vec<bool>,
    /// The next content of a content control is the words that ask for some.
    placeholder: bool,
    imports: bool,
}

impl<'p, 'b> Story<'p, 'b> {
    pub(super) fn new(part: Xml<'p>, budget: &'b mut Budget) -> Self {
        Self { part, budget, fields: Vec::new(), placeholder: false, imports: false }
    }

    pub(super) fn read(mut self) -> Result<Told, Stop> {
        let mut blocks = Vec::new();
        loop {
            match self.part.next()? {
                Event::Start(tag) => {
                    let tag = tag.into_owned();
                    self.block(&tag, &mut blocks)?;
                }
                Event::Eof => return Ok(Told { blocks, imports: self.imports }),
                _ => {}
            }
        }
    }

    /// An element that was just opened where paragraphs and tables stand; what only wraps them is
    /// gone through.
    fn block(&mut self, tag: &Tag<'_>, into: &mut Vec<Block>) -> Result<(), Stop> {
        match tag.name() {
            "p" => self.paragraph(into)?,
            "tbl" => {
                let grid = self.table()?;
                into.push(Block::Table(grid));
            }
            "altChunk" => self.imports = true,
            _ => self.wrapper(tag)?,
        }
        Ok(())
    }

    /// Passes over what the page does not show; other elements are gone through.
    fn wrapper(&mut self, tag: &Tag<'_>) -> Result<(), Stop> {
        match tag.name() {
            "del" | "moveFrom" | "Fallback" | "instrText" | "delText" | "delInstrText" | "rt"
            | "sectPr" | "tblPr" | "tblGrid" | "tblPrEx" => skip(&mut self.part)?,
            "showingPlcHdr" => self.placeholder = is_on(tag),
            "sdtContent" if std::mem::take(&mut self.placeholder) => skip(&mut self.part)?,
            _ => {}
        }
        Ok(())
    }

    /// The next element inside the one that `outside` is the depth around; `None` at its end.
    fn inside(&mut self, outside: usize) -> Result<Option<Tag<'static>>, Stop> {
        while self.part.depth() > outside {
            if let Event::Start(tag) = self.part.next()? {
                return Ok(Some(tag.into_owned()));
            }
        }
        Ok(None)
    }

    fn outside(&self) -> usize {
        self.part.depth().saturating_sub(1)
    }

    fn paragraph(&mut self, into: &mut Vec<Block>) -> Result<(), Stop> {
        let outside = self.outside();
        let (mut line, mut run, mut within) = (Line::default(), Run::default(), Vec::new());
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "pPr" => line.goes_on = self.is_mark_deleted()?,
                "r" => run = Run::default(),
                "rPr" => run = self.run_properties()?,
                "t" => {
                    let text = element_text(&mut self.part)?;
                    self.push(&text, run, &mut line);
                }
                "tab" | "ptab" => self.push("\t", run, &mut line),
                "br" | "cr" => self.push("\n", run, &mut line),
                "noBreakHyphen" => self.push("-", run, &mut line),
                "fldChar" => self.field(&tag),
                _ => self.block(&tag, &mut within)?,
            }
        }
        // A code that is never closed must not swallow what follows.
        self.fields.retain(|code| !code);
        self.budget.text(line.text.len() + OVERHEAD)?;
        match into.last_mut() {
            Some(Block::Line(before)) if before.goes_on => {
                before.text.runs.append(&mut line.text.runs);
                before.bold &= line.bold;
                before.goes_on = line.goes_on;
            }
            _ => into.push(Block::Line(line)),
        }
        into.append(&mut within);
        Ok(())
    }

    fn push(&self, text: &str, run: Run, line: &mut Line) {
        if !run.hidden && self.fields.iter().all(|code| !code) {
            line.push(text, run);
        }
    }

    fn field(&mut self, tag: &Tag<'_>) {
        match attribute(tag, "fldCharType").as_deref() {
            Some("begin") => self.fields.push(true),
            Some("separate") => {
                if let Some(code) = self.fields.last_mut() {
                    *code = false;
                }
            }
            Some("end") => {
                let _ = self.fields.pop();
            }
            _ => {}
        }
    }

    /// Reads the properties of a paragraph: whether its mark is deleted.
    fn is_mark_deleted(&mut self) -> Result<bool, Stop> {
        let (outside, mut deleted) = (self.outside(), false);
        while let Some(tag) = self.inside(outside)? {
            deleted |= tag.name() == "del";
            if tag.name() == "pPrChange" {
                skip(&mut self.part)?;
            }
        }
        Ok(deleted)
    }

    fn run_properties(&mut self) -> Result<Run, Stop> {
        let (outside, mut run) = (self.outside(), Run::default());
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "rFonts" => {
                    let font = attribute(&tag, "ascii").or_else(|| attribute(&tag, "hAnsi"));
                    run.style.face = font.map_or(Face::Plain, |font| Face::of(&font));
                }
                "b" => run.style.bold = is_on(&tag),
                "vanish" => run.hidden = is_on(&tag),
                "rPrChange" => skip(&mut self.part)?,
                _ => {}
            }
        }
        Ok(run)
    }

    fn table(&mut self) -> Result<Grid, Stop> {
        let (outside, mut grid) = (self.outside(), Grid::default());
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "tr" => {
                    let row = self.row()?;
                    if !row.deleted {
                        grid.rows.push(row);
                    }
                }
                _ => self.wrapper(&tag)?,
            }
        }
        Ok(grid)
    }

    fn row(&mut self) -> Result<GridRow, Stop> {
        let (outside, mut row) = (self.outside(), GridRow::default());
        self.budget.text(OVERHEAD)?;
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "trPr" => self.row_properties(&mut row)?,
                "tc" => {
                    let cell = self.cell()?;
                    match row.cells.last_mut() {
                        Some(before) if cell.beside => {
                            before.span = before.span.saturating_add(cell.span);
                        }
                        _ => row.cells.push(cell),
                    }
                }
                _ => self.wrapper(&tag)?,
            }
        }
        Ok(row)
    }

    fn row_properties(&mut self, row: &mut GridRow) -> Result<(), Stop> {
        let outside = self.outside();
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "gridBefore" => row.before = number(&tag, "val").unwrap_or(0),
                "hidden" => row.hidden = is_on(&tag),
                "del" => row.deleted = true,
                "trPrChange" => skip(&mut self.part)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn cell(&mut self) -> Result<GridCell, Stop> {
        let outside = self.outside();
        let mut cell = GridCell {
            span: 1,
            merged: Merged::Alone,
            beside: false,
            deleted: false,
            blocks: Vec::new(),
        };
        self.budget.text(OVERHEAD)?;
        while let Some(tag) = self.inside(outside)? {
            match tag.name() {
                "tcPr" => self.cell_properties(&mut cell)?,
                _ => self.block(&tag, &mut cell.blocks)?,
            }
        }
        if cell.deleted {
            cell.blocks.clear();
        }
        Ok(cell)
    }

    fn cell_properties(&mut self, cell: &mut GridCell) -> Result<(), Stop> {
        let outside = self.outside();
        while let Some(tag) = self.inside(outside)? {
            let begins = attribute(&tag, "val").as_deref() == Some("restart");
            match tag.name() {
                "gridSpan" => cell.span = number(&tag, "val").unwrap_or(1).max(1),
                "vMerge" => cell.merged = if begins { Merged::Begins } else { Merged::GoesOn },
                "hMerge" => cell.beside = !begins,
                "cellDel" => cell.deleted = true,
                "tcPrChange" => skip(&mut self.part)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// True for a property that is switched on: by itself, or by its value.
fn is_on(tag: &Tag<'_>) -> bool {
    attribute(tag, "val").is_none_or(|value| is_true(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bold_where_all_of_it_is() {
        let bold = |runs: &[bool]| {
            let mut line = Line::default();
            for bold in runs {
                let style = Style { bold: *bold, ..Style::default() };
                line.push("x", Run { style, hidden: false });
            }
            line.bold
        };
        assert!(bold(&[true]) && bold(&[true, true]));
        assert!(!bold(&[true, false]) && !bold(&[false, true]) && !bold(&[]));
    }
}
