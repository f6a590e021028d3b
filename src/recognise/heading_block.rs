//! Tables that print no index row: a block of headings with figures below it.
//!
//! Rows with figures are looked for from the top down. Their first rows tell which columns hold
//! figures and which lead the rows; the headings are the rows above that have words, or years, over
//! columns of figures. What has no such headings is no table.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rust_decimal::prelude::ToPrimitive;

use super::notation::looks_like_figure;
use super::region::{Region, has_ended};
use crate::words::{self, ends_table, is_reference, is_total, lines};
use crate::workbook::{Address, Cell, Range as Cells, Sheet, Value};

/// Headings of official tables have two to four rows; more than this above figures are none.
const MAX_HEADING_ROWS: u32 = 8;

/// Rows of figures that tell what the columns hold.
const SAMPLE: usize = 40;

/// Rows without figures inside a run of rows with figures.
const MAX_GAP: u32 = 2;

/// Rows left blank above a total.
const MAX_BLANK: u32 = 10;

/// Rows between headings and the first figures: a blank one, headings of groups.
const MAX_BETWEEN: u32 = 4;

/// Columns of a table that prints no index row. Wider sheets are no tables of offices.
const MOST_COLUMNS: u32 = 512;

/// Years from one column to the next; figures of about two thousand are further apart.
const YEARS_APART: i64 = 10;

/// Why rows with figures are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Miss {
    /// All numbers are ordinals, codes, years, dates.
    OnlyOrdinals,
    /// Nothing stands over the figures.
    NoHeadings,
    /// More columns than a table has.
    TooWide,
}

/// What was found on the way down a sheet.
pub(super) enum Found {
    /// Tables that stand beside each other.
    Regions(Vec<Region>),
    /// Rows with figures up to a row that are no table.
    None(Miss, u32),
}

/// Looks for tables below each other.
pub(super) struct Search<'a> {
    sheet: &'a Sheet,
}

impl<'a> Search<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        Self { sheet }
    }

    /// The first rows with figures among some rows, as tables or as none; nothing where there are no
    /// figures.
    pub(super) fn next(&self, rows: &Range<u32>) -> Option<Found> {
        let first = self.first_figures(rows)?;
        let sample = self.sample(first, rows.end);
        let columns = Columns::of(&sample);
        let end = self.end_of_run(first, rows.end, &columns.figures);
        let none = |miss| Some(Found::None(miss, end));
        if columns.figures.is_empty() {
            return none(Miss::OnlyOrdinals);
        }
        let Some(heads) = self.heads(first, rows.start, &columns.figures) else {
            return none(Miss::NoHeadings);
        };
        let mut regions = self.regions(&heads, &columns, end);
        if let [region] = regions.as_mut_slice() {
            self.go_on(region, rows.end);
        }
        let reached = regions.iter().map(|region| region.limit).max().unwrap_or(end);
        let below = self.next_heads(reached, rows.end);
        for region in &mut regions {
            region.below = below;
        }
        match regions.first() {
            None => none(Miss::NoHeadings),
            Some(_) if regions.iter().any(|r| r.right - r.left >= MOST_COLUMNS) => {
                none(Miss::TooWide)
            }
            Some(_) => Some(Found::Regions(regions)),
        }
    }

    /// The first row of the headings, else of the figures, of what follows below a row.
    fn next_heads(&self, row: u32, end: u32) -> u32 {
        let Some(first) = self.first_figures(&(row..end)) else { return end };
        let columns = Columns::of(&self.sample(first, end));
        self.heads(first, row, &columns.figures).map_or(first, |heads| heads.start)
    }

    /// Takes in the pages below a table that repeat its headings, up to one that ends it.
    fn go_on(&self, region: &mut Region, end: u32) {
        let mut page = region.body;
        while !has_ended(self.sheet, region, page..region.limit) {
            let Some((heads, below)) = self.page_below(region, end) else { return };
            region.breaks.push(heads.start..=heads.end - 1);
            page = heads.end;
            region.limit = below;
        }
    }

    /// The rows of the same headings right below a table, and the row below the figures under them.
    fn page_below(&self, region: &Region, end: u32) -> Option<(Range<u32>, u32)> {
        let first = self.first_figures(&(region.limit..end))?;
        let columns = Columns::of(&self.sample(first, end));
        let heads = self.heads(first, region.limit, &columns.figures)?;
        let texts = |rows: Range<u32>| -> Vec<(u32, u32, String)> {
            let top = rows.start;
            let cells = lines_of(self.sheet, &rows).flat_map(|line| line.cells);
            let told = cells.filter_map(|(at, cell)| match &cell.value {
                Value::Text(text) => Some((at.row - top, at.column, words::fold(text))),
                _ => None,
            });
            told.collect()
        };
        let between = lines_of(self.sheet, &(region.limit..heads.start));
        let same = between.into_iter().all(|line| line.is_blank())
            && heads.len() == region.heading_rows().len()
            && texts(heads.clone()) == texts(region.heading_rows());
        same.then(|| (heads, self.end_of_run(first, end, &columns.figures)))
    }

    /// The first row that holds figures of a table.
    fn first_figures(&self, rows: &Range<u32>) -> Option<u32> {
        lines_of(self.sheet, rows).find(Line::holds_figures).map(|line| line.row)
    }

    /// The first rows of a run of figures.
    fn sample(&self, first: u32, end: u32) -> Vec<Line<'a>> {
        let lines = lines_of(self.sheet, &(first..end));
        let run = Run { lines, last: first, figures: None };
        run.filter(Line::holds_figures).take(SAMPLE).collect()
    }

    /// The row below a run of figures.
    fn end_of_run(&self, first: u32, end: u32, figures: &BTreeSet<u32>) -> u32 {
        let lines = lines_of(self.sheet, &(first..end));
        let run = Run { lines, last: first, figures: Some(figures) };
        run.filter(Line::holds_figures).last().map_or(first, |line| line.row) + 1
    }

    /// The rows of the headings above a first row of figures, none of them above a floor.
    fn heads(&self, first: u32, floor: u32, figures: &BTreeSet<u32>) -> Option<Range<u32>> {
        let floor = floor.max(first.saturating_sub(MAX_HEADING_ROWS + MAX_BETWEEN));
        let above = Above::of(self, floor..first, figures);
        let below = (floor..first).rev().take(MAX_BETWEEN as usize + 1);
        let last = below.take_while(|row| !above.parts(*row)).find(|row| above.is_head(*row))?;
        let mut top = last;
        while top > floor && last - top < MAX_HEADING_ROWS {
            let next = top - 1;
            let goes_on = |row: u32| row > floor && above.is_full_head(row - 1);
            let belongs = above.is_head(next)
                || above.crossed(next)
                || (above.words(next) <= 1 && !above.parts(next) && goes_on(next));
            if !belongs {
                break;
            }
            top = next;
        }
        Some(top..last + 1)
    }

    /// The tables under some rows of headings, from left to right.
    fn regions(&self, heads: &Range<u32>, columns: &Columns, end: u32) -> Vec<Region> {
        let above = Above::of(self, heads.clone(), &columns.figures);
        let headed = above.headed();
        let used: BTreeSet<u32> = headed.union(&columns.filled).copied().collect();
        let blocks = Blocks { columns, headed: &headed };
        let region = |(block, unheaded): (Range<u32>, Vec<u32>)| Region {
            top: heads.start,
            index_row: None,
            body: heads.end,
            left: block.start,
            right: block.end - 1,
            unheaded,
            labels: BTreeMap::new(),
            dates: Vec::new(),
            breaks: Vec::new(),
            limit: end,
            below: end,
        };
        blocks.of(&used).into_iter().map(region).collect()
    }
}

/// The rows of a sheet with cells.
fn lines_of<'a>(sheet: &'a Sheet, rows: &Range<u32>) -> impl Iterator<Item = Line<'a>> + use<'a> {
    let mut rest = match rows.end.checked_sub(1) {
        Some(last) if rows.start <= last => sheet.rows(rows.start..=last),
        _ => &[],
    };
    std::iter::from_fn(move || {
        let row = rest.first()?.0.row;
        let length = rest.partition_point(|(at, _)| at.row <= row);
        let (own, after) = rest.split_at(length);
        rest = after;
        Some(Line::of(row, own))
    })
}

/// A row with what its cells hold.
struct Line<'a> {
    row: u32,
    cells: &'a [(Address, Cell)],
    figures: usize,
    words: usize,
    ends: bool,
    names_total: bool,
}

impl<'a> Line<'a> {
    fn of(row: u32, cells: &'a [(Address, Cell)]) -> Self {
        let mut line = Self { row, cells, figures: 0, words: 0, ends: false, names_total: false };
        for (_, cell) in cells {
            if looks_like_figure(&cell.value) {
                line.figures += 1;
            } else if let Value::Text(text) = &cell.value
                && is_word(text)
            {
                line.words += 1;
                line.ends |= ends_table(text);
                line.names_total |= is_total(text);
            }
        }
        line
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|(_, cell)| cell.value.is_blank())
    }

    /// True for a row of a table's figures: several, or one beside words. Rows of years or of
    /// labels head others, and notes below a table are none.
    fn holds_figures(&self) -> bool {
        let figures = self.figures > 1 || self.figures == 1 && self.words > 0;
        figures && !(self.ends && self.figures < 2) && !self.numbers_columns()
    }

    /// True for a row of years or of numbers that count up, over the columns they head.
    fn numbers_columns(&self) -> bool {
        if self.figures < 2 {
            return false;
        }
        let figures = self.cells.iter().filter(|(_, cell)| looks_like_figure(&cell.value));
        let numbers: Option<Vec<u32>> = figures.map(|(_, cell)| small(&cell.value)).collect();
        let Some(numbers) = numbers else { return false };
        let steps = || numbers.windows(2).map(|pair| i64::from(pair[1]) - i64::from(pair[0]));
        if numbers.iter().all(|number| (1900..=2100).contains(number)) {
            let near = |step: i64| (1..=YEARS_APART).contains(&step);
            return steps().all(near) || steps().all(|step| near(-step));
        }
        self.words == 0 && numbers.len() > 2 && numbers[0] < 2 && steps().all(|step| step == 1)
    }

    /// True for words over several columns, of figures where they are known, as the headings of
    /// another table have.
    fn heads_columns(&self, figures: Option<&BTreeSet<u32>>) -> bool {
        let over = |column: u32| figures.is_none_or(|figures| figures.contains(&column));
        let words = |cell: &Cell| matches!(&cell.value, Value::Text(text) if is_word(text));
        let own = || self.cells.iter().filter(|(at, cell)| over(at.column) && words(cell));
        self.figures == 0 && self.words > 2 && own().count() > 1
    }
}

fn is_word(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
}

/// A small whole number.
fn small(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) if number.is_integer() => number.to_u32(),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The rows from a first row of figures on, until the table has plainly ended.
struct Run<'f, I> {
    lines: I,
    /// The last row with figures.
    last: u32,
    /// The columns of figures, where they are known.
    figures: Option<&'f BTreeSet<u32>>,
}

impl<'a, I: Iterator<Item = Line<'a>>> Iterator for Run<'_, I> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let line = self.lines.find(|line| !line.is_blank())?;
        let holds_figures = line.holds_figures();
        let reach = if holds_figures && line.names_total { MAX_BLANK } else { MAX_GAP };
        let ended = line.row > self.last + reach + 1
            || !holds_figures
                && (line.heads_columns(self.figures)
                    || line.ends
                    || line.numbers_columns() && line.row > self.last + 1);
        if ended {
            return None;
        }
        if holds_figures {
            self.last = line.row;
        }
        Some(line)
    }
}

/// What the columns of some rows hold.
struct Columns {
    /// All that hold something.
    filled: BTreeSet<u32>,
    /// Those that hold figures, ordinals not among them.
    figures: BTreeSet<u32>,
    /// Those that hold words.
    words: BTreeSet<u32>,
}

impl Columns {
    fn of(sample: &[Line<'_>]) -> Self {
        let mut values: BTreeMap<u32, Vec<&Value>> = BTreeMap::new();
        let cells = sample.iter().flat_map(|line| line.cells);
        for (at, cell) in cells.filter(|(_, cell)| !cell.value.is_blank()) {
            values.entry(at.column).or_default().push(&cell.value);
        }
        let of = |test: &dyn Fn(&[&Value]) -> bool| -> BTreeSet<u32> {
            values.iter().filter(|(_, v)| test(v)).map(|(column, _)| *column).collect()
        };
        let words = of(&|values| {
            let words = values.iter().filter(|v| matches!(v, Value::Text(text) if is_word(text)));
            words.count() * 2 > values.len()
        });
        let names = words.first().copied();
        let mut figures = of(&|values| {
            values.iter().filter(|value| looks_like_figure(value)).count() * 2 > values.len()
        });
        // Ordinals stand left of the names.
        figures.retain(|column| {
            names.is_some_and(|names| *column > names) || !counts_up(&values[column])
        });
        Self { filled: values.keys().copied().collect(), figures, words }
    }
}

/// True for numbers that go 1, 2, 3, most of them, and may begin again.
fn counts_up(values: &[&Value]) -> bool {
    let numbers: Option<Vec<u32>> = values.iter().map(|value| small(value)).collect();
    let Some(numbers) = numbers else { return false };
    let steps = numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1 || pair[1] == 1).count();
    numbers.first().is_some_and(|first| *first < 2) && steps * 5 >= (numbers.len() - 1) * 4
}

/// The rows above figures, with what covers each.
struct Above {
    rows: BTreeMap<u32, Covering>,
}

/// The cells that cover one row, merged ones among them.
#[derive(Default)]
struct Covering {
    /// Columns covered by words or by numbers that count columns, and whether a cell covers more.
    spans: Vec<Range<u32>>,
    words: usize,
    /// Words or numbers over columns of figures.
    over: usize,
    figures: bool,
    /// True where a cell covers this row and the one below.
    crosses: bool,
    /// True for what stands above tables and is no heading.
    title: bool,
}

impl Above {
    fn of(search: &Search<'_>, rows: Range<u32>, figures: &BTreeSet<u32>) -> Self {
        let mut above = Self { rows: rows.clone().map(|row| (row, Covering::default())).collect() };
        let first = rows.start.saturating_sub(MAX_HEADING_ROWS);
        let merges = &search.sheet.merges;
        let from = merges.partition_point(|range| range.start.row < first);
        let merges = merges[from..].iter().take_while(|range| range.start.row < rows.end);
        let spans: BTreeMap<Address, Cells> = merges.map(|range| (range.start, *range)).collect();
        for line in lines_of(search.sheet, &(first..rows.end)) {
            let numbers = line.numbers_columns();
            for (at, cell) in line.cells {
                let range = spans.get(at).copied().unwrap_or(Cells { start: *at, end: *at });
                above.cover(range, &cell.value, numbers, figures);
            }
            if let Some(own) = above.rows.get_mut(&line.row) {
                own.figures = line.holds_figures();
            }
        }
        above
    }

    fn cover(&mut self, range: Cells, value: &Value, numbers: bool, figures: &BTreeSet<u32>) {
        let (word, title) = match value {
            Value::Text(text) => (is_word(text), is_title(text)),
            _ => (false, false),
        };
        let heads = word || numbers && looks_like_figure(value) || matches!(value, Value::Date(_));
        let columns = range.start.column..range.end.column + 1;
        let over = figures.range(columns.clone()).count();
        for (row, covering) in self.rows.range_mut(range.start.row..=range.end.row) {
            if heads {
                covering.spans.push(columns.clone());
                covering.words += 1;
                covering.over += over;
            }
            covering.title |= title;
            covering.crosses |= range.end.row > *row;
        }
    }

    fn get(&self, row: u32, test: impl Fn(&Covering) -> bool) -> bool {
        self.rows.get(&row).is_some_and(test)
    }

    fn words(&self, row: u32) -> usize {
        self.rows.get(&row).map_or(0, |covering| covering.words)
    }

    /// True for several headings, at least one of them over figures.
    fn is_head(&self, row: u32) -> bool {
        self.get(row, |own| own.words > 1 && own.over > 0 && !own.figures && !own.title)
    }

    fn is_full_head(&self, row: u32) -> bool {
        self.is_head(row) && self.words(row) > 2
    }

    /// True where a cell reaches from this row into the one below, and the row holds no figures.
    fn crossed(&self, row: u32) -> bool {
        self.get(row, |own| own.crosses && own.over > 0 && !own.figures && !own.title)
    }

    /// True for a row above which nothing belongs to a table: figures of another, a letterhead.
    fn parts(&self, row: u32) -> bool {
        self.get(row, |own| own.figures || own.title)
    }

    /// The columns under the headings.
    fn headed(&self) -> BTreeSet<u32> {
        let spans = self.rows.values().flat_map(|own| &own.spans);
        let narrow = spans.filter(|span| span.end - span.start <= MOST_COLUMNS);
        narrow.flat_map(Clone::clone).collect()
    }
}

/// Lines of a letterhead and of titles that may fill several cells of a row.
fn is_title(text: &str) -> bool {
    let folded = words::fold(text);
    lines::is_nation(&folded) || lines::is_date_line(&folded) || is_reference(text)
}

/// Columns that stand together.
struct Blocks<'a> {
    columns: &'a Columns,
    headed: &'a BTreeSet<u32>,
}

impl Blocks<'_> {
    /// The tables among some columns: empty columns part them, unless what stands on one side is no
    /// table of its own.
    fn of(&self, used: &BTreeSet<u32>) -> Vec<(Range<u32>, Vec<u32>)> {
        let mut parts: Vec<Range<u32>> = Vec::new();
        for column in used {
            match parts.last_mut() {
                Some(last) if last.end == *column => last.end = column + 1,
                _ => parts.push(*column..column + 1),
            }
        }
        let mut blocks: Vec<Range<u32>> = Vec::new();
        for part in parts {
            let open = blocks.last_mut().filter(|block| {
                !self.has_figures(block) || self.has_figures(&part) && !self.has_names(&part)
            });
            match open {
                Some(block) => block.end = part.end,
                None => blocks.push(part),
            }
        }
        let trimmed = blocks.into_iter().map(|block| self.trimmed(block));
        trimmed.filter(|(block, _)| self.is_table(block)).collect()
    }

    fn has_figures(&self, block: &Range<u32>) -> bool {
        self.columns.figures.range(block.clone()).any(|column| self.headed.contains(column))
    }

    fn has_names(&self, block: &Range<u32>) -> bool {
        let figures = self.columns.figures.range(block.clone()).next();
        let before = block.start..figures.copied().unwrap_or(block.end);
        self.columns.words.range(before).next().is_some()
    }

    fn is_table(&self, block: &Range<u32>) -> bool {
        !block.is_empty() && self.has_figures(block)
    }

    /// A block without the columns at its right that nothing heads, reckonings beside the table; and
    /// those of them that hold figures.
    fn trimmed(&self, mut block: Range<u32>) -> (Range<u32>, Vec<u32>) {
        let whole = block.end;
        while !block.is_empty() && !self.headed.contains(&(block.end - 1)) {
            block.end -= 1;
        }
        let unheaded = self.columns.figures.range(block.end..whole).copied().collect();
        (block, unheaded)
    }
}
