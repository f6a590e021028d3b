//! Puts the sheet together: what stands above, the table, what stands below.

use std::borrow::Cow;
use std::ops::Range;

use super::body::{Body, Lines};
use super::drawing::{Content, Drawing, Drawn, Level, Side, Span, Style};
use super::headings::{self, Head, Heads};
use super::metrics::Type;
use super::pages::Rows;
use super::paper::{self, Plan};
use super::surroundings::{self, Around};
use super::{Mode, Options};
use crate::lang::Text;
use crate::table::Table;

/// First and last column of something.
type Columns = (u16, u16);

/// A sheet ready to be written.
#[derive(Debug)]
#[cfg_attr(not(feature = "pdf"), expect(dead_code, reason = "a page of paper needs more of it"))]
pub(super) struct Composition {
    /// Its rows, with the cells above and below the rows of figures.
    pub(super) drawing: Drawing,
    /// How many of these cells stand above.
    above: usize,
    /// The rows of figures.
    body: Body,
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

impl Composition {
    /// All its cells, from the top down; those of the rows of figures are made as they are asked for.
    pub(super) fn spans(&self) -> impl Iterator<Item = Cow<'_, Drawn>> {
        let (above, below) = self.drawing.spans.split_at(self.above);
        above
            .iter()
            .map(Cow::Borrowed)
            .chain(self.body.lines().rows().flatten().map(Cow::Owned))
            .chain(below.iter().map(Cow::Borrowed))
    }
}

/// Composes a table.
pub(super) fn compose(table: Table, options: &Options, notes: &mut Vec<Text>) -> Composition {
    let around = surroundings::read(&table, options, notes);
    note_index_row(&table, notes);
    let heads = Heads::of(&table);
    let plan = paper::plan(&table, &heads, notes);
    let mut sheet = Sheet {
        table: &table,
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
    let above = sheet.drawing.spans.len();
    let lines = Lines { table: &table, first, size: plan.size };
    for height in lines.heights(&plan) {
        sheet.drawing.row(height);
    }
    note_contradictions(&lines, notes);
    let after = sheet.drawing.next_row();
    sheet.below();
    let (room, mut drawing) = (sheet.room, sheet.drawing);
    let parts = Parts { top, first, after, room: &room };
    let (repeated_rows, break_before) = paginate(&table, &plan, &mut drawing, &parts);
    let title = around.titles.join(" ");
    let (figures, lead) = (first..after, column(lines.lead()));
    let body = Body { table, first, size: plan.size };
    Composition {
        drawing,
        above,
        body,
        plan,
        title,
        repeated_rows,
        break_before,
        continued,
        figures,
        lead,
    }
}

/// Says how many figures stand as they were typed, because their formula gives another.
fn note_contradictions(lines: &Lines<'_>, notes: &mut Vec<Text>) {
    let contradictions = lines.contradictions();
    if contradictions > 0 {
        notes.push(Text::new(
            format!("{contradictions} ô được ghi đúng như đã nhập, không đặt công thức, vì công thức cho số khác"),
            format!("cells written as typed, without a formula, because the formula gives another figure: {contradictions}"),
        ));
    }
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
pub(super) fn number_or_text(text: String) -> Content {
    let plain =
        text.len() <= 9 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if plain => Content::Number(number),
        _ => Content::Text(text),
    }
}

pub(super) fn cell(row: u32, position: usize) -> Span {
    Span { top: row, bottom: row, left: column(position), right: column(position) }
}

/// A column number; the writer refuses what passes its limits.
pub(super) fn column(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

pub(super) fn row_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
