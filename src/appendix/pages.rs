//! Where pages end: the signature block is never alone on one.
//!
//! Excel documents that it ignores manual page breaks on a sheet that is fitted to a number of
//! pages, and the sheet is fitted to one page in width (LibreOffice follows both). So the rows are
//! first given heights with which the block comes out right without a break; a break is set only
//! where no height does, which happens to short tables that just miss one page.

/// Rows of figures that stay with the signature block.
const COMPANY: usize = 2;
/// The same where a break is set by hand, which need not be as late as possible.
const COMPANY_AT_BREAK: usize = 4;
/// Room above and below the text of a row of figures, in pixels, as it is preferred.
const PADS: [u32; 13] = [8, 7, 9, 6, 10, 5, 4, 11, 12, 13, 14, 16, 18];
/// The same for a table that fits one page: the more room the better.
const ONE_PAGE: [u32; 8] = [12, 10, 8, 7, 6, 5, 4, 3];

/// The rows of a sheet, by their heights in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    /// Everything before the rows of figures.
    pub(super) above: u32,
    /// Headings that are repeated on every page.
    pub(super) repeated: u32,
    /// Rows of figures, without their pads.
    pub(super) figures: Vec<u32>,
    /// Everything after them, together.
    pub(super) below: u32,
    /// What could be taken from `below` to save a page.
    pub(super) spare: u32,
    /// Height between the margins.
    pub(super) page: u32,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Added to the height of each row of figures.
    pub(super) pad: u32,
    /// The row of figures that has to begin a page by a manual break.
    pub(super) break_before: Option<usize>,
    /// The spare height is taken away.
    pub(super) squeezed: bool,
}

impl Rows {
    /// Chooses the pad and, if need be, a break.
    pub(super) fn layout(&self) -> Layout {
        let tight = Self { below: self.below.saturating_sub(self.spare), ..self.clone() };
        let loose = ONE_PAGE.iter().find(|pad| self.on_one_page(**pad)).map(|pad| (*pad, false));
        let pressed =
            || ONE_PAGE.iter().find(|pad| tight.on_one_page(**pad)).map(|pad| (*pad, true));
        if let Some((pad, squeezed)) = loose.or_else(pressed) {
            return Layout { pad, break_before: None, squeezed };
        }
        let kept = PADS.iter().find(|pad| self.keeps(**pad));
        let count = self.figures.len();
        let break_before = count.saturating_sub(COMPANY_AT_BREAK.min(count / 2).max(COMPANY));
        Layout {
            pad: *kept.unwrap_or(&PADS[0]),
            break_before: kept.is_none().then_some(break_before),
            squeezed: false,
        }
    }

    /// True when one page takes it all, with a little to spare for other programs.
    fn on_one_page(&self, pad: u32) -> bool {
        self.starts(pad, self.page - self.page / 100).len() == 1
    }

    /// True when the last page holds some rows of figures with what follows them, also in a
    /// program that fits a little less on a page.
    fn keeps(&self, pad: u32) -> bool {
        let last = self.figures.len().saturating_sub(COMPANY);
        [self.page, self.page - self.page / 40].iter().all(|page| {
            let starts = self.starts(pad, *page);
            starts.last().is_none_or(|start| *start == 0 || *start <= last)
        })
    }

    /// The row of figures each page begins with; what follows them counts as one more row.
    fn starts(&self, pad: u32, page: u32) -> Vec<usize> {
        let mut starts = vec![0];
        let mut used = self.above;
        for (index, height) in self.figures.iter().map(|h| h + pad).chain([self.below]).enumerate()
        {
            if used + height > page && index > 0 {
                starts.push(index);
                used = self.repeated;
            }
            used += height;
        }
        starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_block_always_has_company() {
        for count in 1..200 {
            let rows = Rows {
                above: 200,
                repeated: 80,
                figures: vec![18; count],
                below: 190,
                spare: 28,
                page: 640,
            };
            let layout = rows.layout();
            let below = rows.below - if layout.squeezed { rows.spare } else { 0 };
            let starts = Rows { below, ..rows.clone() }.starts(layout.pad, rows.page);
            let last = *starts.last().unwrap();
            let broken = layout.break_before.is_some_and(|row| row + COMPANY <= count);
            assert!(
                last == 0 || count - last >= COMPANY || broken,
                "{count}: {layout:?} {starts:?}"
            );
        }
    }

    #[test]
    fn a_short_table_fills_one_page_with_taller_rows() {
        let rows = Rows {
            above: 200,
            repeated: 80,
            figures: vec![18; 7],
            below: 150,
            spare: 28,
            page: 640,
        };
        assert_eq!(rows.layout(), Layout { pad: 12, break_before: None, squeezed: false });
        assert_eq!(rows.starts(12, rows.page), [0]);
    }
}
