//! Headings and index row as they are drawn.

use crate::table::{Origin, Table};

/// A heading cell; rows and columns count from the table's top left corner, corners included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) text: String,
}

/// The headings of a table with its index row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heads {
    /// Heading rows above the index row.
    pub(super) rows: usize,
    /// Heading cells.
    pub(super) cells: Vec<Head>,
    /// Index row, by column: the pieces a label may be broken into lines at.
    index: Vec<Vec<String>>,
}

impl Heads {
    pub(super) fn of(table: &Table) -> Self {
        let rows = table.heading_rows().len();
        let mut cells: Vec<Head> = table
            .headings
            .iter()
            .filter_map(|cell| {
                let row = |row: u32| row.checked_sub(table.range.start.row).map(|r| r as usize);
                let column = |c: u32| c.checked_sub(table.range.start.column).map(|c| c as usize);
                Some(Head {
                    top: row(cell.range.start.row)?,
                    bottom: row(cell.range.end.row)?.min(rows.checked_sub(1)?),
                    left: column(cell.range.start.column)?,
                    right: column(cell.range.end.column)?.min(table.columns.len() - 1),
                    text: cell.text.trim().to_owned(),
                })
            })
            .filter(|head| head.top <= head.bottom && head.left <= head.right)
            .collect();
        drop_overlaps(&mut cells, rows, table.columns.len());
        absorb_blanks(&mut cells);
        Self { rows, cells, index: index_row(table) }
    }

    /// The heading cells over one column alone.
    pub(super) fn alone(&self, column: usize) -> impl Iterator<Item = &Head> {
        self.cells.iter().filter(move |head| head.left == column && head.right == column)
    }

    /// False for a table whose labels nobody prints: its appendix has no index row either.
    pub(super) fn has_index(&self) -> bool {
        !self.index.is_empty()
    }

    /// Pieces of a column's label.
    pub(super) fn index_pieces(&self, column: usize) -> &[String] {
        self.index.get(column).map_or(&[], Vec::as_slice)
    }

    /// A column's label, broken into lines no wider than asked.
    pub(super) fn index_text(&self, column: usize, fits: impl Fn(&str) -> bool) -> String {
        let mut lines = vec![String::new()];
        for piece in self.index_pieces(column) {
            let line = lines.last().map_or(String::new(), |line| format!("{line}{piece}"));
            match lines.last_mut() {
                Some(last) if last.is_empty() || fits(&line) => *last = line,
                _ => lines.push(piece.clone()),
            }
        }
        lines.join("\n")
    }

    /// Lines a column's label takes.
    pub(super) fn index_lines(&self, column: usize, fits: impl Fn(&str) -> bool) -> u32 {
        let breaks = self.index_text(column, fits).matches('\n').count();
        u32::try_from(breaks + 1).unwrap_or(u32::MAX)
    }

    /// Columns that top-level headings hold together, from a column on: first, and end (exclusive).
    pub(super) fn groups(&self, from: usize, columns: usize) -> Vec<(usize, usize)> {
        let mut groups = Vec::new();
        let mut start = from;
        while start < columns {
            let reach = |top: usize| {
                let head = self
                    .cells
                    .iter()
                    .find(|head| head.top == top && (head.left..=head.right).contains(&start));
                head.map_or(start, |head| head.right)
            };
            // A heading over the whole table holds nothing together: look below it.
            let last = if reach(0) + 1 >= columns && start == from { reach(1) } else { reach(0) };
            groups.push((start, (last + 1).min(columns)));
            start = last + 1;
        }
        groups
    }
}

/// The index row is set a point smaller than the table.
pub(super) fn index_size(size: u16) -> u16 {
    size.saturating_sub(1).max(9)
}

/// Damaged files hold merged ranges that overlap; the first one stands.
fn drop_overlaps(cells: &mut Vec<Head>, rows: usize, columns: usize) {
    let mut taken = vec![false; rows * columns];
    cells.retain(|head| {
        let spots = || {
            (head.top..=head.bottom)
                .flat_map(|row| (head.left..=head.right).map(move |column| row * columns + column))
        };
        let free = spots().all(|spot| !taken[spot]);
        if free {
            spots().for_each(|spot| taken[spot] = true);
        }
        free
    });
}

/// A blank cell under a heading of the same width belongs to the heading.
fn absorb_blanks(cells: &mut Vec<Head>) {
    let mut kept: Vec<Head> = Vec::with_capacity(cells.len());
    cells.sort_by_key(|head| (head.left, head.right, head.top));
    for head in cells.drain(..) {
        match kept.last_mut() {
            Some(above)
                if head.text.is_empty()
                    && (above.left, above.right) == (head.left, head.right)
                    && above.bottom + 1 == head.top =>
            {
                above.bottom = head.bottom;
            }
            _ => kept.push(head),
        }
    }
    kept.sort_by_key(|head| (head.top, head.left));
    *cells = kept;
}

/// The index row as printed: labels, with the formulas the table itself states. One that was left out
/// of the form's headings is the form's; labels that the program made are not printed.
fn index_row(table: &Table) -> Vec<Vec<String>> {
    if table.labels_are_made() {
        return Vec::new();
    }
    let bracketed = labels_are_bracketed(table);
    let is_printed = |origin| origin != Origin::Form || table.index_row.is_none();
    (0..table.columns.len())
        .map(|index| {
            let column = &table.columns[index];
            let label = if bracketed && !column.label.is_empty() {
                format!("({})", column.label)
            } else {
                column.label.clone()
            };
            let formula = column.formula.as_ref().filter(|formula| is_printed(formula.origin));
            let right = formula.and_then(|formula| formula.text.split_once('='));
            let text = right.map_or(label.clone(), |(_, right)| format!("{label}={right}"));
            let text = match caption(table, index) {
                Some(caption) if text.is_empty() => caption,
                Some(caption) if bracketed => format!("{caption} {text}"),
                Some(caption) => format!("{caption} ({text})"),
                None => text,
            };
            pieces(&text)
        })
        .collect()
}

/// True where formulas name their columns in brackets: `(3)=(2)-(1)`.
fn labels_are_bracketed(table: &Table) -> bool {
    table.columns.iter().filter_map(|column| column.formula.as_ref()).any(|formula| {
        let right = formula.text.split_once('=').map_or("", |(_, right)| right);
        formula.origin != Origin::Form
            && table.columns.iter().any(|column| {
                !column.label.is_empty() && right.contains(&format!("({})", column.label))
            })
    })
}

/// Words that stood before the label in the index row itself: the last heading of the column, with
/// no heading cell of its own.
fn caption(table: &Table, index: usize) -> Option<String> {
    let column = &table.columns[index];
    let last = column.headings.last()?;
    let own = table.headings.iter().any(|cell| {
        let range = cell.range.start.column..=cell.range.end.column;
        range.contains(&column.sheet_column) && cell.text == *last
    });
    (!own).then(|| last.clone())
}

/// A label's pieces: it may be broken at blanks, and before an operator.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        let starts = "+-–−*/:=".contains(c) || pieces.last().is_some_and(|p| p.ends_with(' '));
        match pieces.last_mut() {
            Some(piece) if !starts || piece.is_empty() => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_break_before_operators() {
        assert_eq!(pieces("9=1-2+3"), ["9", "=1", "-2", "+3"]);
        assert_eq!(pieces("Tổng số (1=2+3)"), ["Tổng ", "số ", "(1", "=2", "+3)"]);
        let heads = Heads { rows: 0, cells: Vec::new(), index: vec![pieces("9=1-2-3-4+5")] };
        assert_eq!(heads.index_text(0, |line| line.len() <= 5), "9=1-2\n-3-4\n+5");
    }

    #[test]
    fn blanks_under_a_heading_belong_to_it() {
        let head = |top, left, right, text: &str| Head {
            top,
            bottom: top,
            left,
            right,
            text: text.into(),
        };
        let mut cells = vec![
            head(0, 0, 0, "TT"),
            head(0, 1, 2, "Hộ"),
            head(1, 0, 0, ""),
            head(1, 1, 1, "a"),
            head(1, 2, 2, ""),
        ];
        absorb_blanks(&mut cells);
        assert_eq!(cells.len(), 4);
        assert_eq!((cells[0].top, cells[0].bottom), (0, 1));
        assert_eq!((cells[3].text.as_str(), cells[3].top), ("", 1));
    }
}
