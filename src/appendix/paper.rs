//! The paper: which way it lies, how large the type is, how wide each column is, and where a table
//! too wide for one page is split.
//!
//! Column widths are chosen so that the table fills the width between the margins at full scale.
//! The size of the type is then what it says; it goes down to 9 pt before a table is split.

use super::figures::Figures;
use super::headings::{self, Heads};
use super::metrics::{Centipoints, Type};
use crate::lang::Text;
use crate::table::{Kind, Layout, Orientation, Place, Role, Table};

/// Nothing in the table is set smaller than this.
const SMALLEST: u16 = 9;
/// Nor larger: the decree's size of plain text.
const LARGEST: u16 = 14;
/// Pixels of the widest column Excel has, roughly.
const WIDEST_COLUMN: u32 = 1700;
/// Room beside a cell's text: both programs leave about 2,6 pt on either side.
pub(super) const PADDING: Centipoints = 560;
/// Spreadsheet programs round every column to their own units: this much of the width is kept
/// free, so that no program has to scale the sheet down.
const SLACK_PER_MILLE: u32 = 8;

/// How the table lies on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// A4 across.
    pub(super) landscape: bool,
    /// Size of the type in the table.
    pub(super) size: u16,
    /// Column widths in pixels of 0,75 pt.
    pub(super) widths: Vec<u32>,
    /// Leading columns printed again on every further page of a split table.
    pub(super) repeated: usize,
    /// First and last column of each page, from left to right, without the repeated columns on
    /// all pages but the first.
    pub(super) pages: Vec<(usize, usize)>,
}

impl Plan {
    /// Width of columns, in pixels.
    pub(super) fn width(&self, columns: (u16, u16)) -> u32 {
        let range = usize::from(columns.0)..=usize::from(columns.1);
        self.widths.get(range).map_or(0, |widths| widths.iter().sum())
    }

    /// Room for text in columns.
    pub(super) fn text_width(&self, columns: (u16, u16)) -> Centipoints {
        (self.width(columns) * 75).saturating_sub(PADDING)
    }

    /// Height between the margins, in pixels.
    pub(super) fn height(&self, layout: &Layout) -> u32 {
        let paper = if self.landscape { 210 } else { 297 };
        let margins = margin(layout.margin_top) + margin(layout.margin_bottom);
        centipoints(paper_less(paper, margins)) / 75
    }
}

/// Millimetres as hundredths of a point.
fn centipoints(millimetres: u32) -> Centipoints {
    millimetres * 72_000 / 254
}

/// A margin in millimetres; a form cannot ask for margins that leave no paper.
pub(super) fn margin(wanted: u16) -> u32 {
    u32::from(wanted.min(70))
}

/// What margins leave of a side of the paper.
fn paper_less(side: u32, margins: u32) -> u32 {
    side.saturating_sub(margins)
}

/// What one column asks for at one size.
#[derive(Debug, Clone, Copy)]
struct Need {
    /// Narrower would break words or figures; names want one line.
    least: Centipoints,
    /// What a name column can be pressed to.
    pressed: Centipoints,
    /// Takes what room is left over, in shares.
    share: u32,
    /// Holds figures.
    figures: bool,
}

/// The widest of what stands in each column's rows, in thousandths of the size.
struct Cells {
    /// In upright type.
    plain: Vec<u64>,
    /// In bold type.
    bold: Vec<u64>,
    /// The widest word, in bold type.
    words: Vec<u64>,
}

impl Cells {
    fn of(table: &Table) -> Self {
        let figures = Figures::new(table, 0);
        let none = || vec![0; table.columns.len()];
        let mut cells = Self { plain: none(), bold: none(), words: none() };
        let [plain, bold] = [false, true].map(|bold| Type { size: 1, bold });
        let raise = |most: &mut u64, units: u64| *most = units.max(*most);
        for (row, described) in table.rows.iter().enumerate() {
            // The name of a total stands over all leading columns, where it has one line.
            let spans = described.role == Role::Total && described.line.is_empty();
            for (column, own) in table.columns.iter().enumerate() {
                let place = Place::new(row, column);
                let text = figures.text(place);
                if own.kind == Kind::Text {
                    let words = text.split_whitespace().map(|word| bold.units(word));
                    raise(&mut cells.words[column], words.max().unwrap_or(0));
                    if spans {
                        continue;
                    }
                }
                if described.role == Role::Unit {
                    raise(&mut cells.plain[column], plain.units(&text));
                } else {
                    raise(&mut cells.bold[column], bold.units(&text));
                }
            }
        }
        cells
    }

    /// The widest text of a column at a size.
    fn widest(&self, column: usize, size: u16) -> Centipoints {
        let plain = Type { size, bold: false }.scaled(self.plain[column]);
        plain.max(Type { size, bold: true }.scaled(self.bold[column]))
    }
}

/// Chooses paper, size and widths.
pub(super) fn plan(table: &Table, heads: &Heads, notes: &mut Vec<Text>) -> Plan {
    let cells = Cells::of(table);
    let layout = &table.layout;
    let nominal = layout.text_size.clamp(SMALLEST, LARGEST);
    let measures: Vec<Measure> =
        (SMALLEST..=nominal).map(|size| Measure::new(table, heads, &cells, size)).collect();
    for (landscape, size, lines) in candidates(layout.orientation, nominal) {
        let measure = &measures[usize::from(size - SMALLEST)];
        let room = printable(layout, landscape);
        if let Some(widths) = measure.widths(lines, room) {
            note_choice(layout, nominal, (landscape, size), notes);
            let widths = pixels(&fill(&measure.needs, widths, room), room);
            let pages = vec![(0, widths.len().saturating_sub(1))];
            return Plan { landscape, size, widths, repeated: 0, pages };
        }
    }
    split(table, heads, &measures, notes)
}

/// Width between the margins.
fn printable(layout: &Layout, landscape: bool) -> Centipoints {
    let paper = if landscape { 297 } else { 210 };
    let margins = margin(layout.margin_left) + margin(layout.margin_right);
    let width = centipoints(paper_less(paper, margins));
    width - width / 1000 * SLACK_PER_MILLE
}

/// Lines that headings on upright paper, on paper across, and in a last attempt may take.
const LINES: [u32; 3] = [3, 5, MOST_LINES];
const MOST_LINES: u32 = 8;

/// Paper, sizes and heading lines in the order they are preferred: readable type counts for more
/// than headings in few lines, upright paper is only for tables with room to spare.
fn candidates(orientation: Orientation, nominal: u16) -> Vec<(bool, u16, u32)> {
    let on = |landscape: bool| {
        let sizes = (SMALLEST..=nominal).rev().map(move |size| (landscape, size, LINES[1]));
        sizes.chain([(landscape, SMALLEST, LINES[2])])
    };
    match orientation {
        Orientation::Auto => std::iter::once((false, nominal, LINES[0])).chain(on(true)).collect(),
        Orientation::Portrait => on(false).chain(on(true)).collect(),
        Orientation::Landscape => on(true).collect(),
    }
}

fn note_choice(layout: &Layout, nominal: u16, chosen: (bool, u16), notes: &mut Vec<Text>) {
    let (landscape, size) = chosen;
    if landscape && layout.orientation == Orientation::Portrait {
        notes.push(Text::new(
            "biểu quá rộng cho khổ giấy đứng nên được đặt ngang",
            "the table is too wide for upright paper and lies across",
        ));
    }
    if size < nominal {
        notes.push(Text::new(
            format!("cỡ chữ trong bảng là {size} (thay vì {nominal}) để biểu vừa một trang ngang"),
            format!("the type of the table is {size} pt (instead of {nominal}) so that it is one page wide"),
        ));
    }
}

/// A table measured at one size.
struct Measure {
    size: u16,
    needs: Vec<Need>,
    /// For each heading cell and each index label: its rows and columns (inclusive), and the width
    /// it needs in one line, two lines, and so on.
    texts: Vec<Wrapped>,
    /// Heading rows with the index row.
    rows: usize,
    /// True where the last of them is an index row.
    has_index: bool,
}

struct Wrapped {
    rows: (usize, usize),
    columns: (usize, usize),
    by_lines: Vec<Centipoints>,
}

impl Measure {
    fn new(table: &Table, heads: &Heads, cells: &Cells, size: u16) -> Self {
        let needs = (0..table.columns.len())
            .map(|column| match table.columns[column].kind {
                Kind::Text => text_need(table, heads, cells, column, size),
                _ => figure_need(heads, cells, column, size),
            })
            .collect();
        let bold = Type { size, bold: true };
        let mut texts: Vec<Wrapped> = heads
            .cells
            .iter()
            .map(|head| Wrapped {
                rows: (head.top, head.bottom),
                columns: (head.left, head.right),
                by_lines: by_lines(
                    bold.longest_word(&head.text),
                    bold.width(&head.text),
                    |width| bold.lines(&head.text, width),
                ),
            })
            .collect();
        // Cells over few columns first, so that groups find their columns widened already.
        texts.sort_by_key(|text| text.columns.1 - text.columns.0);
        let index = Type { size: headings::index_size(size), bold: false };
        let labelled = if heads.has_index() { table.columns.len() } else { 0 };
        let labels = (0..labelled).map(|column| {
            let pieces = heads.index_pieces(column);
            let widest = pieces.iter().map(|piece| index.width(piece)).max().unwrap_or(0);
            let lines = |width| heads.index_lines(column, |line| index.width(line) <= width);
            let by_lines = by_lines(widest, index.width(&pieces.concat()), lines);
            Wrapped { rows: (heads.rows, heads.rows), columns: (column, column), by_lines }
        });
        texts.splice(0..0, labels);
        let has_index = heads.has_index();
        Self { size, needs, texts, rows: heads.rows + usize::from(has_index), has_index }
    }

    /// Widths with the lowest headings the room allows; `None` where even headings of this many
    /// lines are too wide.
    fn widths(&self, most: u32, room: Centipoints) -> Option<Vec<Centipoints>> {
        let fits =
            |lines: &[u32]| Some(self.with_lines(lines)).filter(|w| w.iter().sum::<u32>() <= room);
        let mut lines = vec![most; self.rows];
        // Labels and formulas of the index row stand on one line, or on two at most.
        let index = self.has_index.then(|| self.rows - 1);
        let set_index = |lines: &mut Vec<u32>, count| index.map(|index| lines[index] = count);
        set_index(&mut lines, 1);
        let mut best = fits(&lines).or_else(|| {
            set_index(&mut lines, 2)?;
            fits(&lines)
        })?;
        let mut open: Vec<usize> = (0..self.rows).filter(|row| lines[*row] > 1).collect();
        while let Some(row) = open.iter().copied().max_by_key(|row| (lines[*row], *row)) {
            lines[row] -= 1;
            let fewer = if lines[row] == 0 { None } else { fits(&lines) };
            if let Some(widths) = fewer {
                best = widths;
            } else {
                lines[row] += 1;
                open.retain(|other| *other != row);
            }
        }
        Some(best)
    }

    /// The narrowest widths with which each heading row has so many lines.
    fn with_lines(&self, lines: &[u32]) -> Vec<Centipoints> {
        let mut widths: Vec<u32> = self.needs.iter().map(|need| need.least).collect();
        for text in &self.texts {
            let allowed: u32 = lines[text.rows.0..=text.rows.1].iter().sum();
            let index = (allowed as usize).clamp(1, text.by_lines.len()) - 1;
            let wanted = roomy(text.by_lines[index]);
            let widths = &mut widths[text.columns.0..=text.columns.1];
            let missing = wanted.saturating_sub(widths.iter().sum());
            let each = missing.div_ceil(u32::try_from(widths.len()).unwrap_or(1).max(1));
            for width in widths {
                *width += each;
            }
        }
        widths
    }
}

/// The narrowest widths in which a text takes one line, two lines, … for every number of lines
/// that makes a difference.
fn by_lines(
    least: Centipoints,
    most: Centipoints,
    lines: impl Fn(Centipoints) -> u32,
) -> Vec<Centipoints> {
    let mut widths = vec![most];
    for count in 2..=MOST_LINES {
        let (mut low, mut high) = (least, *widths.last().unwrap_or(&most));
        while low < high {
            let middle = u32::midpoint(low, high);
            if lines(middle) <= count { high = middle } else { low = middle + 1 }
        }
        widths.push(high);
        if high <= least {
            break;
        }
    }
    widths
}

fn figure_need(heads: &Heads, cells: &Cells, column: usize, size: u16) -> Need {
    let bold = Type { size, bold: true };
    let figure = cells.widest(column, size);
    let word = heads.alone(column).map(|head| bold.longest_word(&head.text)).max().unwrap_or(0);
    let least = roomy(figure.max(word));
    Need { least, pressed: least, share: 2, figures: true }
}

/// The width of a column for a text of a width: programs measure type a little differently, and
/// columns are whole pixels.
fn roomy(text: Centipoints) -> Centipoints {
    text + text / 40 + PADDING + 75
}

/// Names want one line, but never more than a third of a page; ordinals take what they need.
fn text_need(table: &Table, heads: &Heads, cells: &Cells, column: usize, size: u16) -> Need {
    let bold = Type { size, bold: true };
    let widest = cells.widest(column, size);
    let words = heads.alone(column).map(|head| bold.longest_word(&head.text));
    let words = words.fold(bold.scaled(cells.words[column]), u32::max);
    let cap = printable(&table.layout, false) / 3;
    let pressed = roomy(words).min(cap);
    let least = roomy(widest).clamp(pressed, cap.max(pressed));
    let short = widest <= Type { size, bold: false }.width("0000000");
    Need { least, pressed, share: if short { 0 } else { 4 }, figures: false }
}

/// Shares out what is left of the room: figure columns are made equally wide as far as it goes,
/// then every column gets its share.
fn fill(needs: &[Need], mut widths: Vec<Centipoints>, room: Centipoints) -> Vec<Centipoints> {
    let mut rest = room.saturating_sub(widths.iter().sum());
    level(needs, &mut widths, &mut rest);
    let shares: u32 = needs.iter().map(|need| need.share).sum();
    for (width, need) in widths.iter_mut().zip(needs) {
        *width += (rest / shares.max(1)) * need.share;
    }
    widths
}

/// Raises the narrowest figure columns towards the widest, as far as the rest goes.
fn level(needs: &[Need], widths: &mut [u32], rest: &mut u32) {
    let figures: Vec<usize> = (0..needs.len()).filter(|column| needs[*column].figures).collect();
    let highest = figures.iter().map(|column| widths[*column]).max().unwrap_or(0);
    let cost = |level: u32| -> u32 {
        figures.iter().map(|column| level.saturating_sub(widths[*column])).sum()
    };
    let (mut low, mut high) = (0, highest);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if cost(middle) <= *rest { low = middle } else { high = middle - 1 }
    }
    *rest -= cost(low);
    for column in figures {
        widths[column] = widths[column].max(low);
    }
}

/// Whole pixels whose sum does not pass the room.
fn pixels(widths: &[Centipoints], room: Centipoints) -> Vec<u32> {
    let mut pixels: Vec<u32> =
        widths.iter().map(|width| (width / 75).clamp(1, WIDEST_COLUMN)).collect();
    let mut rest = (room / 75).saturating_sub(pixels.iter().sum());
    for width in pixels.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *width += 1;
        rest -= 1;
    }
    pixels
}

/// A table too wide for one page: its columns go over several, the leading columns again on each.
/// The type is as large as it can be without taking more pages than the smallest.
fn split(table: &Table, heads: &Heads, measures: &[Measure], notes: &mut Vec<Text>) -> Plan {
    let room = printable(&table.layout, true);
    let sizes = measures.iter().map(|measure| Broken::new(table, heads, measure, room));
    let mut best: Option<Broken> = None;
    for broken in sizes {
        if best.as_ref().is_none_or(|best| broken.ends.len() <= best.ends.len()) {
            best = Some(broken);
        }
    }
    let Some(Broken { size, needs, widths, repeated, ends }) = best else {
        return Plan {
            landscape: true,
            size: SMALLEST,
            widths: Vec::new(),
            repeated: 0,
            pages: Vec::new(),
        };
    };
    let lead: u32 = widths[..repeated].iter().sum();
    let mut plan = Plan { landscape: true, size, widths: Vec::new(), repeated, pages: Vec::new() };
    plan.widths = pixels(&widths[..repeated], lead);
    let mut start = repeated;
    for end in ends {
        let page = fill(&needs[start..end], widths[start..end].to_vec(), room - lead);
        plan.widths.extend(pixels(&page, room - lead));
        plan.pages.push((if start == repeated { 0 } else { start }, end - 1));
        start = end;
    }
    note_split(table, &plan, notes);
    plan
}

/// A table broken into pages at one size.
struct Broken {
    size: u16,
    needs: Vec<Need>,
    widths: Vec<Centipoints>,
    repeated: usize,
    /// Ends (exclusive) of the pages.
    ends: Vec<usize>,
}

impl Broken {
    fn new(table: &Table, heads: &Heads, measure: &Measure, room: Centipoints) -> Self {
        let with_index = |index: u32| {
            let mut lines = vec![LINES[1]; measure.rows];
            lines[measure.rows - 1] = index;
            let mut widths = measure.with_lines(&lines);
            let repeated = repeated_columns(table, &measure.needs, &mut widths, room);
            let lead: u32 = widths[..repeated].iter().sum();
            let groups = heads.groups(repeated, table.columns.len());
            let ends = break_columns(&widths, &groups, room.saturating_sub(lead));
            Self { size: measure.size, needs: measure.needs.clone(), widths, repeated, ends }
        };
        // Labels stand on as few lines as take no page more.
        let tight = with_index(LINES[1]);
        let looser = (1..LINES[1]).map(with_index);
        looser.into_iter().find(|loose| loose.ends.len() <= tight.ends.len()).unwrap_or(tight)
    }
}

/// The leading text columns: ordinals and names. They are kept narrow enough to leave room.
fn repeated_columns(
    table: &Table,
    needs: &[Need],
    widths: &mut [Centipoints],
    room: Centipoints,
) -> usize {
    let leading = table.columns.iter().take_while(|column| column.kind == Kind::Text).count();
    let mut repeated = leading.min(needs.len().saturating_sub(1));
    while repeated > 0 && widths[..repeated].iter().sum::<u32>() > room / 3 {
        let widest = (0..repeated).max_by_key(|column| widths[*column]).unwrap_or(0);
        if widths[widest] > needs[widest].pressed {
            widths[widest] = needs[widest].pressed;
        } else {
            repeated -= 1;
        }
    }
    repeated
}

/// Ends (exclusive) of the pages: as few as possible, as even as possible, at the borders of groups.
fn break_columns(widths: &[u32], groups: &[(usize, usize)], room: Centipoints) -> Vec<usize> {
    let fewest = pack(widths, groups, |_| room, room);
    let first = groups.first().map_or(0, |group| group.0);
    let pages = u32::try_from(fewest.len()).unwrap_or(1).max(1);
    // Each page takes its part of what is left, to the nearest border of groups.
    let even = |start: usize, ends: u32| {
        let rest: u32 = widths[start..].iter().sum();
        rest / pages.saturating_sub(ends).max(1)
    };
    let even = pack(widths, groups, |page| even(page.0, page.1), room);
    let whole = even.len() == fewest.len() && first < widths.len();
    if whole { even } else { fewest }
}

/// Fills pages with groups up to a target, which the last group may pass by half its width; no
/// page is wider than the room, and a group wider than the room is broken at its columns.
fn pack(
    widths: &[u32],
    groups: &[(usize, usize)],
    target: impl Fn((usize, u32)) -> Centipoints,
    room: Centipoints,
) -> Vec<usize> {
    let width = |from: usize, to: usize| -> u32 { widths[from..to].iter().sum() };
    let mut ends: Vec<usize> = Vec::new();
    let mut start = groups.first().map_or(0, |group| group.0);
    for &(first, end) in groups {
        let count = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        let passes = width(start, first) + width(first, end) / 2 > target((start, count));
        if first > start && (passes || width(start, end) > room) {
            ends.push(first);
            start = first;
        }
        for column in start + 1..end {
            if width(start, column + 1) > room && width(first, end) > room {
                ends.push(column);
                start = column;
            }
        }
    }
    ends.extend(groups.last().map(|group| group.1));
    ends
}

fn note_split(table: &Table, plan: &Plan, notes: &mut Vec<Text>) {
    let parts: Vec<String> = plan
        .pages
        .iter()
        .map(|(first, last)| {
            let first = (*first).max(plan.repeated);
            format!("{}–{}", table.columns[first].name(), table.columns[*last].name())
        })
        .collect();
    let (pages, parts) = (plan.pages.len(), parts.join("; "));
    notes.push(Text::new(
        format!("biểu quá rộng cho một trang A4 ngang với cỡ chữ {SMALLEST}; các cột được chia ra {pages} trang liền nhau ({parts}), lặp lại các cột tên ở mỗi trang"),
        format!("the table is too wide for A4 across at {SMALLEST} pt; its columns go over {pages} pages ({parts}), with the name columns on each"),
    ));
}
