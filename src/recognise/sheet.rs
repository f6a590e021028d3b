//! The tables of one sheet: first those that print an index row, then what their headings show in
//! the rows that are left.

use std::ops::Range;

use super::heading_block::{Found, Miss, Search};
use super::region::{self, Region};
use super::{Heads, Request, build};
use crate::failure::{Code, Failure};
use crate::lang::Text;
use crate::table::Table;
use crate::words::is_own_sheet;
use crate::workbook::{Sheet, Value, Workbook};

/// Tables looked for in the rows of a sheet that no index row speaks for.
const MOST_TABLES: usize = 64;

/// Merged ranges looked at for all of them together: each table looks at all.
const MOST_MERGES: usize = 1_000_000;

/// What one sheet holds.
#[derive(Default)]
pub(super) struct Tables {
    /// From the top down, then from left to right.
    pub(super) own: Vec<Table>,
    /// Why regions that print an index row are no tables; where there is no table at all, why.
    pub(super) reasons: Vec<Text>,
    /// What the form that was asked for does not fit, where it is no index row that says so.
    pub(super) unfit: Option<Failure>,
}

/// Finds the tables of a sheet.
///
/// # Errors
/// Those of [`super::recognise`] that concern a table which prints its index row.
pub(super) fn tables<'r>(
    workbook: &Workbook,
    sheet: &Sheet,
    request: &'r Request,
    heads: &mut Heads<'r>,
) -> Result<Tables, Failure> {
    let mut found = Tables::default();
    let mut taken: Vec<Range<u32>> = Vec::new();
    let mut others: Vec<(u32, usize)> = Vec::new();
    for region in region::find(sheet) {
        let built = build(workbook, sheet, &region, &heads.of(sheet, &region, request), request)?;
        let end = built.as_ref().map_or(region.body, |built| built.table.range.end.row + 1);
        taken.push(region.top..end.max(region.body));
        match built {
            Ok(built) => {
                others.extend(built.other.map(|row| (row, found.own.len())));
                found.own.push(built.table);
            }
            Err(reason) => found.reasons.push(reason),
        }
    }
    let mut rest = Rest { workbook, sheet, request, heads, misses: Vec::new() };
    if sheet.runs.is_empty() && !is_own_sheet(&sheet.name) {
        rest.look(&taken, &mut found);
    }
    tell_unread(&others, &mut found.own);
    if found.own.is_empty() && found.reasons.is_empty() {
        found.reasons.push(if is_own_sheet(&sheet.name) { own() } else { rest.reason() });
    }
    found.own.sort_by_key(|table| (table.range.start.row, table.range.start.column));
    Ok(found)
}

/// Says below which tables the headings of another one begin that was not recognised.
fn tell_unread(others: &[(u32, usize)], tables: &mut [Table]) {
    let recognised: Vec<Range<u32>> =
        tables.iter().map(|table| table.range.start.row..table.range.end.row + 1).collect();
    for (row, table) in others {
        if recognised.iter().any(|rows| rows.contains(row)) {
            continue;
        }
        let row = row + 1;
        tables[*table].notes.push(Text::new(
            format!("từ dòng {row} là tiêu đề của một bảng khác không nhận ra được, nên không được soát"),
            format!("row {row} begins the headings of another table that was not recognised, so it is not checked"),
        ));
    }
}

/// The rows that no index row speaks for.
struct Rest<'a, 'r, 'h> {
    workbook: &'a Workbook,
    sheet: &'a Sheet,
    request: &'r Request,
    heads: &'h mut Heads<'r>,
    /// Why rows with figures are no table, and how many they are.
    misses: Vec<(u32, Text)>,
}

impl Rest<'_, '_, '_> {
    fn look(&mut self, taken: &[Range<u32>], found: &mut Tables) {
        let Some(used) = self.sheet.used() else { return };
        let mut taken = taken.to_vec();
        taken.sort_by_key(|rows| rows.start);
        let mut from = used.start.row;
        let mut left = MOST_TABLES.min(MOST_MERGES / (self.sheet.merges.len() + 1));
        let search = Search::new(self.sheet);
        let below = used.end.row + 1;
        for rows in taken.into_iter().chain(std::iter::once(below..below)) {
            self.look_in(&search, from..rows.start, &mut left, found);
            from = from.max(rows.end);
        }
    }

    /// Looks in rows that no table takes.
    fn look_in(
        &mut self,
        search: &Search<'_>,
        mut rows: Range<u32>,
        left: &mut usize,
        found: &mut Tables,
    ) {
        while rows.start < rows.end {
            match search.next(&rows) {
                None => return,
                Some(Found::None(miss, end)) => {
                    self.misses.push((end.saturating_sub(rows.start), said(miss)));
                    rows.start = end.max(rows.start + 1);
                }
                Some(Found::Regions(_)) if *left == 0 => {
                    if found.reasons.last() != Some(&too_many()) {
                        found.reasons.push(too_many());
                    }
                    return;
                }
                Some(Found::Regions(regions)) => {
                    *left -= 1;
                    let ends = regions.iter().map(|region| self.take(region, found));
                    let end = ends.max().unwrap_or(rows.end);
                    rows.start = end.max(rows.start + 1);
                }
            }
        }
    }

    /// Makes a table of a region, or notes why not. Returns the row below it.
    fn take(&mut self, region: &Region, found: &mut Tables) -> u32 {
        let mut region = region.clone();
        let head = self.heads.of(self.sheet, &region, self.request);
        if let Some(labels) = &head.labels {
            region.labels.clone_from(labels);
        }
        match build(self.workbook, self.sheet, &region, &head, self.request) {
            Ok(Ok(built)) => {
                let end = built.table.range.end.row + 1;
                found.own.push(built.table);
                end.max(region.body)
            }
            Ok(Err(reason)) => {
                self.misses.push((region.limit.saturating_sub(region.body), reason));
                region.limit
            }
            Err(failure) => {
                if failure.code == Code::FormDoesNotFit {
                    found.unfit.get_or_insert(failure);
                }
                region.limit
            }
        }
    }

    /// Why the sheet holds no table: what most of its figures are.
    fn reason(&self) -> Text {
        let most = self.misses.iter().rev().max_by_key(|(rows, _)| *rows);
        most.map_or_else(|| without_figures(self.sheet), |(_, reason)| reason.clone())
    }
}

fn said(miss: Miss) -> Text {
    match miss {
        Miss::OnlyOrdinals => only_ordinals(),
        Miss::NoHeadings => Text::new(
            "có số liệu nhưng phía trên không có tiêu đề cột",
            "there are figures, but no headings above them",
        ),
        Miss::TooWide => Text::new(
            "bảng không in dòng chỉ số và có quá nhiều cột để nhận ra theo tiêu đề",
            "the table prints no index row, and has too many columns to be known by its headings",
        ),
    }
}

/// Lists and catalogues.
pub(super) fn only_ordinals() -> Text {
    Text::new(
        "là danh sách hoặc danh mục: chỉ có số thứ tự, mã số, năm hoặc ngày tháng, không có số liệu để soát",
        "is a list or a catalogue: it holds ordinals, codes, years or dates, and no figures to check",
    )
}

fn own() -> Text {
    Text::new("là trang do soatbieu lập", "was written by soatbieu")
}

fn too_many() -> Text {
    Text::new(
        "có quá nhiều bảng không in dòng chỉ số nên các bảng cuối trang không được soát",
        "holds too many tables without an index row, so the last ones are not checked",
    )
}

/// The reason for a sheet without rows of figures.
fn without_figures(sheet: &Sheet) -> Text {
    let Some(used) = sheet.used() else {
        return Text::new("trang tính trống", "the sheet is empty");
    };
    let heads_columns = |row: u32| {
        let texts = sheet.row(row).iter();
        texts
            .filter(|(_, cell)| matches!(&cell.value, Value::Text(text) if !text.trim().is_empty()))
            .count()
            > 2
    };
    let last = used.end.row.min(used.start.row + 60);
    if (used.start.row..=last).any(heads_columns) {
        Text::new(
            "có tiêu đề nhưng chưa có số liệu (biểu mẫu trống, hoặc danh sách chỉ có chữ)",
            "has headings but no figures (a blank form, or a list of words)",
        )
    } else {
        Text::new("chỉ có chữ, không có bảng số liệu", "holds text and no table of figures")
    }
}
