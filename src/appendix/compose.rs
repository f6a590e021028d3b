//! Puts the sheet together: what stands above, the table, what stands below.

use std::ops::Range;

use super::drawing::{Content, Drawing, Level, Side, Span, Style};
use super::figures::{Figures, Shown};
use super::headings::{self, Head, Heads};
use super::metrics::Type;
use super::pages::Rows;
use super::paper::{self, Plan};
use super::surroundings::{self, Around};
use super::{Mode, Options};
use crate::lang::Text;
use crate::table::{Kind, Place, Role, Table};

/// First and last column of something.
type Columns = (u16, u16);

/// A sheet ready to be written.
#[derive(Debug)]
#[cfg_attr(not(feature = "pdf"), expect(dead_code, reason = "a page of paper needs more of it"))]
pub(super) struct Composition {
    /// Its cells.
    pub(super) drawing: Drawing,
    /// Its columns and paper.
    pub(super) plan: Plan,
    /// Its title in one line, for the file's properties.
    pub(super) title: String,
    /// Headings and index row, repeated on every page.
    pub(super) repeated_rows: Option<(u32, u32)>,
    /// The row a manual page break stands before.
    pub(super) break_before: Option<u32>,
    /// The row that says on further pages of a split table that it goes on.
    pub(super) continued: Option<u32>,
    /// The rows of figures.
    pub(super) figures: Range<u32>,
    /// Leading columns that name the rows.
    pub(super) lead: u16,
}

/// Composes a table.
pub(super) fn compose(table: &Table, options: &Options, notes: &mut Vec<Text>) -> Composition {
    let around = surroundings::read(table, options, notes);
    note_index_row(table, notes);
    let heads = Heads::of(table);
    let texts = texts(table);
    let plan = paper::plan(table, &heads, &texts, notes);
    let mut sheet = Sheet {
        table,
        plan: &plan,
        around: &around,
        drawing: Drawing::default(),
        room: Vec::new(),
    };
    sheet.above(options.mode);
    let continued = sheet.continued();
    let top = continued.unwrap_or_else(|| sheet.drawing.next_row());
    sheet.headings(&heads);
    let first = sheet.drawing.next_row();
    sheet.rows(&texts, first, notes);
    let after = sheet.drawing.next_row();
    sheet.below();
    let lead = column(sheet.lead());
    let (room, mut drawing) = (sheet.room, sheet.drawing);
    let parts = Parts { top, first, after, room: &room };
    let (repeated_rows, break_before) = paginate(table, &plan, &mut drawing, &parts);
    let title = around.titles.join(" ");
    let figures = first..after;
    Composition { drawing, plan, title, repeated_rows, break_before, continued, figures, lead }
}

/// Where index row and form state different formulas, the index row keeps its label alone.
fn note_index_row(table: &Table, notes: &mut Vec<Text>) {
    for (_, printed, stated) in &table.contradictions {
        notes.push(Text::new(
            format!("dòng chỉ số ghi `{printed}`, biểu mẫu quy định `{stated}`; phụ lục chỉ ghi nhãn cột"),
            format!("the index row says `{printed}`, the form `{stated}`; the appendix prints the label alone"),
        ));
    }
}

/// The table's cells as they look on paper, for measuring.
fn texts(table: &Table) -> Vec<Vec<String>> {
    let figures = Figures::new(table, 0);
    (0..table.rows.len())
        .map(|row| {
            (0..table.columns.len())
                .map(|column| match table.columns[column].kind {
                    Kind::Text => table.grid[row][column].printed().trim().to_owned(),
                    _ => figures.text(Place::new(row, column)),
                })
                .collect()
        })
        .collect()
}

/// Where the parts of a sheet begin.
struct Parts<'a> {
    /// First row that is repeated: the first heading row, or the one above it.
    top: u32,
    /// First row of figures.
    first: u32,
    /// First row after them.
    after: u32,
    /// Rows left for a signature.
    room: &'a [u32],
}

/// Settles row heights and breaks. Returns the rows to repeat, and the row to break before.
fn paginate(
    table: &Table,
    plan: &Plan,
    drawing: &mut Drawing,
    parts: &Parts<'_>,
) -> (Option<(u32, u32)>, Option<u32>) {
    let (top, first, after) = (parts.top as usize, parts.first as usize, parts.after as usize);
    let sum = |rows: &[u32]| rows.iter().sum::<u32>();
    let page = plan.height(&table.layout);
    let headings = sum(&drawing.heights[top..first]);
    // Headings that would take half of every page are printed once.
    let repeats = headings * 2 < page;
    let rows = Rows {
        above: sum(&drawing.heights[..first]),
        repeated: if repeats { headings } else { 0 },
        figures: drawing.heights[first..after].to_vec(),
        below: sum(&drawing.heights[after..]),
        spare: row_number(parts.room.len()) * ROOM_SPARE,
        page,
    };
    let layout = rows.layout();
    for height in &mut drawing.heights[first..after] {
        *height += layout.pad;
    }
    for row in parts.room.iter().filter(|_| layout.squeezed) {
        drawing.heights[*row as usize] -= ROOM_SPARE;
    }
    let repeated_rows = (repeats && first > top).then(|| (parts.top, parts.first - 1));
    (repeated_rows, layout.break_before.map(|index| parts.first + row_number(index)))
}

/// A sheet while it is drawn.
pub(super) struct Sheet<'a> {
    table: &'a Table,
    pub(super) plan: &'a Plan,
    pub(super) around: &'a Around,
    pub(super) drawing: Drawing,
    /// Rows left for a signature.
    pub(super) room: Vec<u32>,
}

impl Sheet<'_> {
    /// The decree has 13 and 14 pt; a form may go a little further.
    pub(super) fn title_size(&self) -> u16 {
        self.table.layout.title_size.clamp(12, 18)
    }

    /// Adds a row with one text, tall enough for all its lines.
    pub(super) fn line(&mut self, columns: Columns, text: &str, style: &Style, gap: u32) {
        let kind = Type { size: style.size, bold: style.bold };
        let lines = kind.lines(text, self.plan.text_width(columns));
        let row = self.drawing.row(kind.height(lines) + gap);
        self.drawing.text(row, columns, text, style);
    }

    /// Adds a text in rows as long as each other, as few as it takes.
    fn balanced(&mut self, columns: Columns, text: &str, style: &Style) {
        let kind = Type { size: style.size, bold: style.bold };
        for line in kind.balanced(text, self.plan.text_width(columns)) {
            self.line(columns, &line, style, 2);
        }
    }

    /// The columns a title is centred over. On a split table the repeated columns are left out, for
    /// they come again on every page, and as much on the right.
    fn title_columns(&self) -> Columns {
        let (first, last) = self.plan.pages.first().copied().unwrap_or_default();
        if self.plan.repeated == 0 {
            return (column(first), column(last));
        }
        let lead: u32 = self.plan.widths[..self.plan.repeated].iter().sum();
        let (mut end, mut dropped) = (last, 0);
        while end > self.plan.repeated && dropped + self.plan.widths[end] <= lead {
            dropped += self.plan.widths[end];
            end -= 1;
        }
        (column(self.plan.repeated), column(end))
    }

    /// Everything above the headings.
    fn above(&mut self, mode: Mode) {
        if mode == Mode::DienTu {
            // Four lines of 10 pt: the text of a digital signature.
            self.drawing.row(Type { size: 10, bold: false }.height(4) + 6);
        }
        self.letterhead();
        let columns = self.title_columns();
        let around = self.around;
        let bold = Style { size: self.title_size(), bold: true, ..Style::default() };
        let plain = Style { size: self.title_size().saturating_sub(1).max(13), ..Style::default() };
        if let Some(number) = &around.form_number {
            let style = Style { size: 12, side: Side::Right, italic: true, ..Style::default() };
            self.line(columns, number, &style, 2);
        }
        if let Some(line) = &around.appendix_line {
            self.line(columns, line, &bold, 2);
        }
        for title in &around.titles {
            let style = if title.starts_with('(') { &plain } else { &bold };
            self.balanced(columns, title, style);
        }
        if let Some(reference) = &around.reference {
            self.balanced(columns, reference, &Style { italic: true, ..plain.clone() });
        }
        if !around.titles.is_empty() || around.reference.is_some() {
            let width = self.plan.width(columns) / 6;
            self.rule(&[(columns, width)]);
        }
        match &around.unit_line {
            Some(unit) => {
                let style = Style { size: 12, side: Side::Right, italic: true, ..Style::default() };
                self.line(self.last_title_columns(), unit, &style, 4);
            }
            None => {
                self.drawing.row(9);
            }
        }
    }

    /// Further pages of a split table say what they are, right above their headings and with them.
    fn continued(&mut self) -> Option<u32> {
        if self.plan.pages.len() < 2 {
            return None;
        }
        let kind = Type { size: 12, bold: false };
        let row = self.drawing.row(kind.height(1) + 2);
        let style = Style { size: kind.size, italic: true, ..Style::default() };
        for page in &self.plan.pages[1..] {
            self.drawing.text(row, (column(page.0), column(page.1)), "(Tiếp theo)", &style);
        }
        Some(row)
    }

    /// The title's columns, out to the right border of the table.
    fn last_title_columns(&self) -> Columns {
        let last = self.plan.pages.first().map_or(0, |page| page.1);
        (self.title_columns().0, column(last))
    }

    /// Short rules, each centred on its columns, so many pixels long.
    fn rule(&mut self, rules: &[(Columns, u32)]) {
        let style = Style { size: 9, level: Level::Top, ..Style::default() };
        let row = self.drawing.row(Type { size: 9, bold: false }.height(1));
        for (columns, pixels) in rules {
            let span = Span { top: row, bottom: row, left: columns.0, right: columns.1 };
            self.drawing.put(span, Content::Rule(*pixels), style.clone());
        }
    }

    /// The issuing body at the left, Quốc hiệu and Tiêu ngữ at the right.
    fn letterhead(&mut self) {
        let around = self.around;
        if around.agency.is_empty() && around.nation.is_empty() {
            return;
        }
        let bold = Type { size: 12, bold: true };
        let needed = around.nation.iter().map(|line| bold.width(line)).max().unwrap_or(0);
        let (left, right) = self.halves(0, needed.max(1) / 75 + 10);
        let count = around.agency.len().max(around.nation.len());
        for index in 0..count {
            let row = self.drawing.row(bold.height(1) + 2);
            let last = index + 1 == around.agency.len();
            let style = Style { size: 12, bold: last, ..Style::default() };
            if let (Some(left), Some(line)) = (left, around.agency.get(index)) {
                self.drawing.text(row, left, line, &style);
            }
            if let Some(line) = around.nation.get(index) {
                self.drawing.text(row, right, line, &Style { bold: true, ..style });
            }
        }
        let length = |line: Option<&String>| line.map_or(0, |line| bold.width(line) / 75);
        let mut rules = Vec::new();
        if let (Some(left), false) = (left, around.agency.is_empty()) {
            rules.push((left, length(around.agency.last()) / 2));
        }
        if !around.nation.is_empty() {
            rules.push((right, length(around.nation.last())));
        }
        self.rule(&rules);
        self.number_and_date(left, right);
        self.drawing.row(8);
    }

    fn number_and_date(&mut self, left: Option<Columns>, right: Columns) {
        let around = self.around;
        if around.number_line.is_none() && around.head_date.is_none() {
            return;
        }
        let kind = Type { size: 12, bold: false };
        let row = self.drawing.row(kind.height(1) + 2);
        let style = Style { size: 12, ..Style::default() };
        if let (Some(left), Some(number)) = (left, &around.number_line) {
            self.drawing.text(row, left, number, &style);
        }
        if let Some(date) = &around.head_date {
            self.drawing.text(row, right, date, &Style { italic: true, ..style });
        }
    }

    /// The columns of the left and of the right half of a page; the right one is as wide as it has
    /// to be. A page of one column has no left half.
    pub(super) fn halves(&self, page: usize, needed: u32) -> (Option<Columns>, Columns) {
        let (first, last) = self.own_columns(page);
        let (first, last) = (usize::from(first), usize::from(last));
        let lead: u32 = self.plan.widths[..self.plan.repeated].iter().sum();
        let width: u32 = self.plan.widths[first..=last].iter().sum();
        let needed = needed.max((width + lead) * 9 / 20);
        let mut start = last;
        let mut right = self.plan.widths[last];
        while start > first + 1 && right < needed {
            start -= 1;
            right += self.plan.widths[start];
        }
        let left = (start > first).then(|| (column(first), column(start - 1)));
        (left, (column(start), column(last)))
    }

    /// First and last column of a page, without those that come again on every page.
    pub(super) fn own_columns(&self, page: usize) -> Columns {
        let (first, last) = self.plan.pages.get(page).copied().unwrap_or_default();
        (column(first.max(self.plan.repeated)), column(last))
    }

    /// Headings and index row.
    fn headings(&mut self, heads: &Heads) {
        let size = self.plan.size;
        let top = self.drawing.next_row();
        let cells: Vec<Head> = heads.cells.iter().flat_map(|head| self.by_page(head)).collect();
        for height in self.heading_heights(heads.rows, &cells) {
            self.drawing.row(height);
        }
        let style = Style { size, bold: true, ruled: true, ..Style::default() };
        for head in cells {
            let span = Span {
                top: top + row_number(head.top),
                bottom: top + row_number(head.bottom),
                left: column(head.left),
                right: column(head.right),
            };
            let content =
                if head.text.is_empty() { Content::Blank } else { Content::Text(head.text) };
            self.drawing.put(span, content, style.clone());
        }
        self.index_row(heads);
    }

    /// A heading cell that crosses from one page to the next is written on each.
    fn by_page(&self, head: &Head) -> Vec<Head> {
        let lead = (self.plan.repeated > 0).then(|| (0, self.plan.repeated - 1));
        let pages = self.plan.pages.iter().map(|page| (page.0.max(self.plan.repeated), page.1));
        lead.into_iter()
            .chain(pages)
            .filter(|page| head.left <= page.1 && head.right >= page.0)
            .map(|page| Head {
                left: head.left.max(page.0),
                right: head.right.min(page.1),
                ..head.clone()
            })
            .collect()
    }

    /// Rows tall enough for every heading; what a heading over several rows lacks goes to its last.
    fn heading_heights(&self, rows: usize, cells: &[Head]) -> Vec<u32> {
        let kind = Type { size: self.plan.size, bold: true };
        let needed = |head: &Head| {
            let width = self.plan.text_width((column(head.left), column(head.right)));
            kind.height(kind.lines(&head.text, width)) + 6
        };
        let mut heights = vec![kind.height(1) + 6; rows];
        for head in cells.iter().filter(|head| head.top == head.bottom) {
            heights[head.top] = heights[head.top].max(needed(head));
        }
        for head in cells.iter().filter(|head| head.top < head.bottom) {
            let have: u32 = heights[head.top..=head.bottom].iter().sum();
            heights[head.bottom] += needed(head).saturating_sub(have);
        }
        heights
    }

    fn index_row(&mut self, heads: &Heads) {
        if !heads.has_index() {
            return;
        }
        let kind = Type { size: headings::index_size(self.plan.size), bold: false };
        let texts: Vec<String> = (0..self.table.columns.len())
            .map(|index| {
                let room = self.plan.text_width((column(index), column(index)));
                heads.index_text(index, |line| kind.width(line) <= room)
            })
            .collect();
        let lines = texts.iter().map(|text| 1 + text.matches('\n').count()).max().unwrap_or(1);
        let row = self.drawing.row(kind.height(row_number(lines)) + 5);
        let style = Style { size: kind.size, ruled: true, ..Style::default() };
        for (index, text) in texts.into_iter().enumerate() {
            self.drawing.put(cell(row, index), number_or_text(text), style.clone());
        }
    }

    /// The rows of figures; their pads are added when the pages are known.
    fn rows(&mut self, texts: &[Vec<String>], first: u32, notes: &mut Vec<Text>) {
        let figures = Figures::new(self.table, first);
        let mut contradictions = 0;
        for (index, own) in texts.iter().enumerate() {
            let row = self.drawing.row(self.row_height(index, own));
            let lead = self.lead_cells(index, row, own);
            for (position, text) in own.iter().enumerate().skip(lead) {
                if self.table.columns[position].kind == Kind::Text {
                    let lines = self.shared_lines(index, position, texts);
                    if lines.start == index {
                        self.text_cell(index, position, row..row + row_number(lines.len()), text);
                    }
                } else {
                    let shown = figures.show(Place::new(index, position));
                    contradictions += usize::from(shown.contradicts);
                    self.figure_cell(index, position, row, shown);
                }
            }
        }
        if contradictions > 0 {
            notes.push(Text::new(
                format!("{contradictions} ô được ghi đúng như đã nhập, không đặt công thức, vì công thức cho số khác"),
                format!("cells written as typed, without a formula, because the formula gives another figure: {contradictions}"),
            ));
        }
    }

    fn row_height(&self, index: usize, texts: &[String]) -> u32 {
        let kind = self.row_type(index);
        let lines = (0..texts.len())
            .filter(|position| self.table.columns[*position].kind == Kind::Text)
            .map(|position| {
                kind.lines(
                    &texts[position],
                    self.plan.text_width((column(position), column(position))),
                )
            })
            .max()
            .unwrap_or(1);
        kind.height(lines.clamp(1, 20))
    }

    fn row_type(&self, index: usize) -> Type {
        let bold = !matches!(self.table.rows[index].role, Role::Unit | Role::Exception);
        Type { size: self.plan.size, bold }
    }

    fn row_style(&self, index: usize) -> Style {
        let kind = self.row_type(index);
        Style { size: kind.size, bold: kind.bold, ruled: true, ..Style::default() }
    }

    /// A total's name stands over all leading columns. Returns the first column not yet written.
    fn lead_cells(&mut self, index: usize, row: u32, texts: &[String]) -> usize {
        let lead = self.lead();
        let mut filled = texts[..lead].iter().filter(|text| !text.is_empty());
        let (name, more) = (filled.next(), filled.next());
        let (Some(name), None, true) = (name, more, lead > 1) else { return 0 };
        if self.table.rows[index].role != Role::Total {
            return 0;
        }
        let style = self.row_style(index);
        let columns = (0, column(lead - 1));
        let span = Span { top: row, bottom: row, left: columns.0, right: columns.1 };
        self.drawing.put(span, Content::Text(name.clone()), style);
        lead
    }

    /// The lines of one unit (`Hộ`, `Nhân khẩu`) that share a cell: its ordinal and its name stand
    /// once, over all of them.
    fn shared_lines(&self, index: usize, position: usize, texts: &[Vec<String>]) -> Range<usize> {
        let rows = &self.table.rows;
        let goes_on = |next: usize| {
            let (above, row) = (&rows[next - 1], &rows[next]);
            let same_unit = (&above.ordinal, &above.name) == (&row.ordinal, &row.name);
            let same_text = texts[next][position].is_empty()
                || texts[next][position] == texts[next - 1][position];
            let lines = !row.line.is_empty() && above.line != row.line;
            position < self.lead() && lines && same_unit && same_text
        };
        let start = (1..=index).rev().find(|row| !goes_on(*row)).unwrap_or(0);
        let end = (index + 1..rows.len()).find(|row| !goes_on(*row)).unwrap_or(rows.len());
        start..end
    }

    /// How many leading columns name the rows.
    fn lead(&self) -> usize {
        self.table.columns.iter().take_while(|column| column.kind == Kind::Text).count()
    }

    /// Names at the left, ordinals, lines of a unit and other short texts in the middle.
    fn text_cell(&mut self, index: usize, position: usize, rows: Range<u32>, text: &str) {
        let row = &self.table.rows[index];
        let is_ordinal = position + 1 < self.lead() && text == row.ordinal;
        let is_line = !row.line.is_empty() && text == row.line;
        let centred = is_ordinal || is_line || text.chars().count() <= 3;
        let side = if centred { Side::Centre } else { Side::Left };
        let style = Style { side, ..self.row_style(index) };
        let content =
            if text.is_empty() { Content::Blank } else { number_or_text(text.to_owned()) };
        let span = Span { bottom: rows.end.saturating_sub(1), ..cell(rows.start, position) };
        self.drawing.put(span, content, style);
    }

    /// Figures stand in the middle, as offices set them: LibreOffice prints no room at the side of
    /// figures that stand at the right.
    fn figure_cell(&mut self, index: usize, position: usize, row: u32, shown: Shown) {
        let style = Style { number: shown.number, ..self.row_style(index) };
        self.drawing.put(cell(row, position), shown.content, style);
    }

    /// Notes, `./.`, and the signature block.
    fn below(&mut self) {
        let around = self.around;
        let last_page = self.plan.pages.len().saturating_sub(1);
        let columns = self.own_columns(last_page);
        let note =
            Style { size: self.plan.size, side: Side::Left, italic: true, ..Style::default() };
        for (index, line) in around.notes.iter().enumerate() {
            self.line(columns, line, &note, if index == 0 { 6 } else { 2 });
        }
        let end = Style { size: 13, side: Side::Right, ..Style::default() };
        self.line(columns, "./.", &end, 0);
        if let Some(signature) = &around.signature {
            self.signature(signature, last_page);
        }
    }
}

/// What can be taken from a row left for a signature to save a page, in pixels.
pub(super) const ROOM_SPARE: u32 = 8;

/// Digits alone are a number, so that no program marks the cell.
fn number_or_text(text: String) -> Content {
    let plain =
        text.len() <= 9 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if plain => Content::Number(number),
        _ => Content::Text(text),
    }
}

fn cell(row: u32, position: usize) -> Span {
    Span { top: row, bottom: row, left: column(position), right: column(position) }
}

/// A column number; the writer refuses what passes its limits.
fn column(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn row_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
