//! The rows of figures. A long table is never held a second time as it is drawn: what stands in a row
//! is made when the row is written.

use super::compose::{cell, column, number_or_text, row_number};
use super::drawing::{Content, Drawn, Side, Span, Style};
use super::figures::{Figures, Shown};
use super::metrics::Type;
use super::paper::Plan;
use crate::table::{Kind, Place, Role, Table};

/// The rows of figures of a composed sheet.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) table: Table,
    /// The row of the sheet they begin in.
    pub(super) first: u32,
    /// Size of the type.
    pub(super) size: u16,
}

impl Body {
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { table: &self.table, first: self.first, size: self.size }
    }
}

/// The rows of figures of a table, to be drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a> {
    pub(super) table: &'a Table,
    /// The row of the sheet they begin in.
    pub(super) first: u32,
    /// Size of the type.
    pub(super) size: u16,
}

impl<'a> Lines<'a> {
    /// The height of each row in pixels, without the pads that are added when the pages are known.
    pub(super) fn heights(self, plan: &Plan) -> impl Iterator<Item = u32> {
        (0..self.table.rows.len()).map(move |row| {
            let kind = self.kind(row);
            let columns = self.table.columns.iter().enumerate();
            let texts = columns.filter(|(_, column)| column.kind == Kind::Text);
            let lines = texts.map(|(position, _)| {
                let room = plan.text_width((column(position), column(position)));
                kind.lines(&self.text(row, position), room)
            });
            kind.height(lines.max().unwrap_or(1).clamp(1, 20))
        })
    }

    /// How many figures are due a formula that gives another figure.
    pub(super) fn contradictions(&self) -> usize {
        let figures = Figures::new(self.table, self.first);
        let columns = self.table.columns.iter().enumerate();
        let columns: Vec<usize> =
            columns.filter(|(_, own)| own.kind != Kind::Text).map(|(column, _)| column).collect();
        (0..self.table.rows.len())
            .flat_map(|row| columns.iter().map(move |column| Place::new(row, *column)))
            .filter(|place| figures.show(*place).contradicts)
            .count()
    }

    /// The cells of each row.
    pub(super) fn rows(self) -> impl Iterator<Item = Vec<Drawn>> + 'a {
        let figures = Figures::new(self.table, self.first);
        // Where the lines of a unit share a cell, the row below the last of them, by column.
        let mut shared = vec![0; self.table.columns.len()];
        (0..self.table.rows.len()).map(move |row| self.row(row, &figures, &mut shared))
    }

    fn row(self, index: usize, figures: &Figures<'_>, shared: &mut [usize]) -> Vec<Drawn> {
        let row = self.first + row_number(index);
        let mut drawn: Vec<Drawn> = self.name_of_total(index, row).into_iter().collect();
        let named = if drawn.is_empty() { 0 } else { self.lead() };
        for (position, own) in self.table.columns.iter().enumerate() {
            if own.kind != Kind::Text {
                let Shown { content, number, .. } = figures.show(Place::new(index, position));
                // Figures stand in the middle, as offices set them: LibreOffice prints no room at
                // the side of figures that stand at the right.
                drawn.push((cell(row, position), content, Style { number, ..self.style(index) }));
            } else if shared[position] <= index {
                let end = self.shares_until(index, position);
                shared[position] = end;
                if position >= named {
                    let span =
                        Span { bottom: row + row_number(end - index) - 1, ..cell(row, position) };
                    drawn.push(self.text_cell(index, position, span));
                }
            }
        }
        drawn
    }

    fn text(self, row: usize, position: usize) -> String {
        self.table.grid[row][position].printed().trim().to_owned()
    }

    fn kind(self, row: usize) -> Type {
        let bold = !matches!(self.table.rows[row].role, Role::Unit | Role::Exception);
        Type { size: self.size, bold }
    }

    fn style(self, row: usize) -> Style {
        let kind = self.kind(row);
        Style { size: kind.size, bold: kind.bold, ruled: true, ..Style::default() }
    }

    /// How many leading columns name the rows.
    pub(super) fn lead(self) -> usize {
        self.table.columns.iter().take_while(|column| column.kind == Kind::Text).count()
    }

    /// A total's name stands over all leading columns, where nothing else stands in them.
    fn name_of_total(self, index: usize, row: u32) -> Option<Drawn> {
        let lead = self.lead();
        if self.table.rows[index].role != Role::Total || lead < 2 {
            return None;
        }
        let mut texts = (0..lead).map(|position| self.text(index, position));
        let name = texts.find(|text| !text.is_empty())?;
        if texts.any(|text| !text.is_empty()) {
            return None;
        }
        let span = Span { top: row, bottom: row, left: 0, right: column(lead - 1) };
        Some((span, Content::Text(name), self.style(index)))
    }

    /// The lines of one unit (`Hộ`, `Nhân khẩu`) share a cell: its ordinal and its name stand once,
    /// over all of them. Returns the row below the last that shares the cell of this one.
    fn shares_until(self, index: usize, position: usize) -> usize {
        let rows = &self.table.rows;
        let goes_on = |next: usize| {
            let (above, row) = (&rows[next - 1], &rows[next]);
            let same_unit = (&above.ordinal, &above.name) == (&row.ordinal, &row.name);
            let lines = !row.line.is_empty() && above.line != row.line;
            let same_text = || {
                let text = self.text(next, position);
                text.is_empty() || text == self.text(next - 1, position)
            };
            position < self.lead() && lines && same_unit && same_text()
        };
        (index + 1..rows.len()).find(|next| !goes_on(*next)).unwrap_or(rows.len())
    }

    /// Names at the left, ordinals, lines of a unit and other short texts in the middle.
    fn text_cell(self, index: usize, position: usize, span: Span) -> Drawn {
        let (row, text) = (&self.table.rows[index], self.text(index, position));
        let is_ordinal = position + 1 < self.lead() && text == row.ordinal;
        let is_line = !row.line.is_empty() && text == row.line;
        let centred = is_ordinal || is_line || text.chars().count() <= 3;
        let side = if centred { Side::Centre } else { Side::Left };
        let content = if text.is_empty() { Content::Blank } else { number_or_text(text) };
        (span, content, Style { side, ..self.style(index) })
    }
}
