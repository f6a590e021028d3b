//! The paper: which way it lies, how large the type is, how wide each column is, and where a table
//! too wide for one page is split.
//!
//! Column widths are chosen so that the table fills the width between the margins at full scale.
//! The size of the type is then what it says; it goes down to 9 pt before a table is split.

use super::headings::Heads;
use super::metrics::{Centipoints, Type};
use crate::forms::{Layout, Orientation};
use crate::lang::Text;
use crate::table::{Kind, Role, Table};

/// Nothing in the table is set smaller than this.
const SMALLEST: u16 = 9;
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
        let margins = u32::from(layout.margin_top) + u32::from(layout.margin_bottom);
        centipoints(paper_less(paper, margins)) / 75
    }
}

/// Millimetres as hundredths of a point.
fn centipoints(millimetres: u32) -> Centipoints {
    millimetres * 72_000 / 254
}

/// What margins leave of a side of the paper; a form cannot ask for margins that leave nothing.
fn paper_less(side: u32, margins: u32) -> u32 {
    side.saturating_sub(margins).max(50)
}

/// What one column asks for at one size.
#[derive(Debug, Clone, Copy)]
struct Need {
    /// Narrower would break words or figures.
    least: Centipoints,
    /// Headings in few lines, names on one.
    comfort: Centipoints,
    /// Takes what room is left over, in shares.
    share: u32,
}

/// Chooses paper, size and widths.
pub(super) fn plan(table: &Table, heads: &Heads, figures: &[Vec<String>], notes: &mut Vec<Text>) -> Plan {
    let layout = &table.layout;
    let nominal = layout.text_size.max(SMALLEST);
    for (landscape, size, comfortable) in candidates(layout.orientation, nominal) {
        let needs = needs(table, heads, figures, size);
        let room = printable(layout, landscape);
        let wanted: u32 = needs.iter().map(|n| if comfortable { n.comfort } else { n.least }).sum();
        if wanted <= room {
            note_choice(layout, nominal, (landscape, size), notes);
            let widths = pixels(&fill(&needs, room), room);
            let pages = vec![(0, needs.len().saturating_sub(1))];
            return Plan { landscape, size, widths, repeated: 0, pages };
        }
    }
    split(table, heads, figures, notes)
}

/// Width between the margins.
fn printable(layout: &Layout, landscape: bool) -> Centipoints {
    let paper = if landscape { 297 } else { 210 };
    let margins = u32::from(layout.margin_left) + u32::from(layout.margin_right);
    let width = centipoints(paper_less(paper, margins));
    width - width / 1000 * SLACK_PER_MILLE
}

/// Paper and sizes in the order they are preferred; the last flag asks for comfortable widths.
fn candidates(orientation: Orientation, nominal: u16) -> Vec<(bool, u16, bool)> {
    let sizes = || (SMALLEST..=nominal).rev();
    let across = sizes().map(|size| (true, size, true)).chain(sizes().map(|size| (true, size, false)));
    let upright = sizes().map(|size| (false, size, true)).chain(sizes().map(|size| (false, size, false)));
    match orientation {
        Orientation::Auto => std::iter::once((false, nominal, true)).chain(across).collect(),
        Orientation::Portrait => upright.chain(across).collect(),
        Orientation::Landscape => across.collect(),
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

fn needs(table: &Table, heads: &Heads, figures: &[Vec<String>], size: u16) -> Vec<Need> {
    let mut needs: Vec<Need> = (0..table.columns.len())
        .map(|column| match table.columns[column].kind {
            Kind::Text => text_need(table, heads, figures, column, size),
            _ => figure_need(table, heads, figures, column, size),
        })
        .collect();
    for head in heads.cells.iter().filter(|head| head.right > head.left) {
        widen_group(&mut needs[head.left..=head.right], &head.text, size);
    }
    needs
}

/// A group heading must not be broken either: what is missing is shared out evenly.
fn widen_group(needs: &mut [Need], text: &str, size: u16) {
    let word = Type { size, bold: true }.longest_word(text) + PADDING;
    let count = u32::try_from(needs.len()).unwrap_or(1).max(1);
    let have: u32 = needs.iter().map(|need| need.least).sum();
    let more = word.saturating_sub(have).div_ceil(count);
    for need in needs {
        need.least += more;
        need.comfort = need.comfort.max(need.least);
    }
}

fn figure_need(
    table: &Table,
    heads: &Heads,
    figures: &[Vec<String>],
    column: usize,
    size: u16,
) -> Need {
    let bold = Type { size, bold: true };
    let figure = widest(table, figures, column, size);
    let index = Type { size: heads.index_size(size), bold: false };
    let labels = heads.index_pieces(column);
    let label = labels.iter().map(|piece| index.width(piece)).max().unwrap_or(0);
    let word = heads.alone(column).map(|head| bold.longest_word(&head.text)).max().unwrap_or(0);
    let least = figure.max(label).max(word) + PADDING;
    let mut comfort = least.max((index.width(&labels.concat()) + PADDING).min(least * 3 / 2));
    let cramped = |width: Centipoints| {
        heads.alone(column).any(|head| bold.lines(&head.text, width - PADDING) > comfortable(&head.text))
    };
    while cramped(comfort) && comfort < least * 2 {
        comfort += 200;
    }
    Need { least, comfort, share: 2 }
}

/// A heading of two words wants one line; longer ones may take up to five.
fn comfortable(heading: &str) -> u32 {
    let words = u32::try_from(heading.split_whitespace().count()).unwrap_or(u32::MAX);
    (words / 2).clamp(1, 5)
}

/// Names want one line, but never more than a third of a page; ordinals take what they need.
fn text_need(
    table: &Table,
    heads: &Heads,
    figures: &[Vec<String>],
    column: usize,
    size: u16,
) -> Need {
    let bold = Type { size, bold: true };
    let widest = widest(table, figures, column, size);
    let words = figures
        .iter()
        .map(|row| bold.longest_word(&row[column]))
        .chain(heads.alone(column).map(|head| bold.longest_word(&head.text)))
        .max()
        .unwrap_or(0);
    let cap = printable(&table.layout, false) / 3;
    let least = (words + PADDING).min(cap);
    let comfort = (widest + PADDING).clamp(least, cap.max(least));
    let short = widest <= Type { size, bold: false }.width("0000000");
    Need { least, comfort, share: if short { 0 } else { 4 } }
}

fn widest(table: &Table, figures: &[Vec<String>], column: usize, size: u16) -> Centipoints {
    figures
        .iter()
        .zip(&table.rows)
        .filter(|(_, row)| row.role != Role::Total || table.columns[column].kind != Kind::Text)
        .map(|(texts, row)| Type { size, bold: row.role != Role::Unit }.width(&texts[column]))
        .max()
        .unwrap_or(0)
}

/// Widths that fill the room: the least first, then comfort, then columns of equal width, then the
/// rest in shares.
fn fill(needs: &[Need], room: Centipoints) -> Vec<Centipoints> {
    let least: u32 = needs.iter().map(|need| need.least).sum();
    let wishes: u32 = needs.iter().map(|need| need.comfort - need.least).sum();
    let spare = room.saturating_sub(least);
    let mut widths: Vec<u32> = needs
        .iter()
        .map(|need| {
            let wish = u64::from(need.comfort - need.least);
            let granted = wish * u64::from(spare.min(wishes)) / u64::from(wishes.max(1));
            need.least + u32::try_from(granted).unwrap_or(0)
        })
        .collect();
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
    let figures: Vec<usize> = (0..needs.len()).filter(|column| needs[*column].share == 2).collect();
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
    let mut pixels: Vec<u32> = widths.iter().map(|width| (width / 75).max(1)).collect();
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
fn split(table: &Table, heads: &Heads, figures: &[Vec<String>], notes: &mut Vec<Text>) -> Plan {
    let size = table.layout.text_size.max(SMALLEST).min(10);
    let mut needs = needs(table, heads, figures, size);
    let room = printable(&table.layout, true);
    let repeated = repeated_columns(table, &mut needs, room);
    let lead: u32 = needs[..repeated].iter().map(|need| need.comfort).sum();
    let groups = heads.groups(repeated, table.columns.len());
    let ends = break_columns(&needs, &groups, room - lead);
    let mut plan = Plan { landscape: true, size, widths: Vec::new(), repeated, pages: Vec::new() };
    plan.widths = pixels(&needs[..repeated].iter().map(|n| n.comfort).collect::<Vec<_>>(), lead);
    let mut start = repeated;
    for end in ends {
        let widths = fill(&needs[start..end], room - lead);
        plan.widths.extend(pixels(&widths, room - lead));
        plan.pages.push((if start == repeated { 0 } else { start }, end - 1));
        start = end;
    }
    note_split(table, &plan, notes);
    plan
}

/// The leading text columns: ordinals and names. They are kept narrow enough to leave room.
fn repeated_columns(table: &Table, needs: &mut [Need], room: Centipoints) -> usize {
    let leading = table.columns.iter().take_while(|column| column.kind == Kind::Text).count();
    let mut repeated = leading.min(needs.len().saturating_sub(1));
    let lead = |needs: &[Need]| -> u32 { needs.iter().map(|need| need.comfort).sum() };
    while repeated > 0 && lead(&needs[..repeated]) > room / 3 {
        let Some(widest) = needs[..repeated].iter_mut().max_by_key(|need| need.comfort) else { break };
        if widest.comfort > widest.least {
            widest.comfort = widest.least;
        } else {
            repeated -= 1;
        }
    }
    repeated
}

/// Ends (exclusive) of the pages: as few as possible, as even as possible, at the borders of groups.
fn break_columns(needs: &[Need], groups: &[(usize, usize)], room: Centipoints) -> Vec<usize> {
    let fewest = pack(needs, groups, room).len();
    let (mut low, mut high) = (0, room);
    while low < high {
        let middle = u32::midpoint(low, high);
        if pack(needs, groups, middle).len() <= fewest { high = middle } else { low = middle + 1 }
    }
    pack(needs, groups, high)
}

/// Fills pages of a width with whole groups; a group wider than a page is broken at its columns.
fn pack(needs: &[Need], groups: &[(usize, usize)], room: Centipoints) -> Vec<usize> {
    let width = |from: usize, to: usize| -> u32 { needs[from..to].iter().map(|n| n.comfort).sum() };
    let mut ends = Vec::new();
    let mut start = groups.first().map_or(0, |group| group.0);
    for &(first, end) in groups {
        if first > start && width(start, end) > room {
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
