//! What settled rows were judged by, and whether a check may rest on them.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::learn;
use crate::across;
use crate::checkup::{Checkup, check_tables};
use crate::findings::Checked;
use crate::formula::{Formula, formula_of};
use crate::judge::{Judgement, computes_otherwise};
use crate::recognise::{Heads, Request};
use crate::relations::{Instance, Outcome};
use crate::rules;
use crate::table::{Column, DoubtfulTotal, Kind, Place, Role, Table, begins_cumulated};
use crate::workbook::{Sheet, Workbook};

/// What the rows of a workbook that were settled while they were read were judged by; empty where none
/// was.
#[derive(Debug, Clone, Default)]
pub struct Settled(Vec<Taken>);

impl Settled {
    pub(super) fn by(taken: Vec<Taken>) -> Self {
        Self(taken)
    }

    /// True where no row was settled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the tables of the workbook, those aside of which no rule was recognised, with other figures
    /// in cells that were kept. `None` where that must not rest on what was settled, or fails.
    pub(crate) fn check_again<'r>(
        &self,
        workbook: Workbook,
        request: &'r Request,
        heads: &mut Heads<'r>,
    ) -> Option<Checkup> {
        let checkup = self.check_with(workbook, request, heads)?;
        checkup.accepted_for(request).ok()
    }

    /// Checks the tables of a workbook with settled rows; `None` where it must be read again as a whole.
    pub(super) fn check_with<'r>(
        &self,
        workbook: Workbook,
        request: &'r Request,
        heads: &mut Heads<'r>,
    ) -> Option<Checkup> {
        if !self.may_stand(&workbook) {
            return None;
        }
        let checkup = check_tables(workbook, request, heads).ok()?;
        (self.bears_out(&checkup) && !across::misses_rows(&checkup.tables)).then_some(checkup)
    }

    /// True unless something outside the rows that were judged one by one concerns them.
    fn may_stand(&self, workbook: &Workbook) -> bool {
        let otherwise = self.0.iter().any(|taken| taken.otherwise);
        let asks_more = |(index, sheet): (usize, &Sheet)| {
            sheet.cells().iter().filter_map(|(at, cell)| formula_of(workbook, (*at, cell))).any(
                |formula| {
                    let adds = |f: &Formula| f.only_adds_settled_rows(workbook, index);
                    otherwise || formula.is_ok_and(|formula| !adds(&formula))
                },
            )
        };
        let reaches_runs = |sheet: &Sheet| {
            let row_in_run = |row: &u32| sheet.run_at(*row).is_some();
            sheet.hidden_rows.iter().any(row_in_run)
                || sheet
                    .merges
                    .iter()
                    .chain(&sheet.arrays)
                    .any(|range| !sheet.runs_within(range.start.row, range.end.row).is_empty())
        };
        !self.0.iter().any(|taken| taken.repeats)
            && !workbook.sheets.iter().any(reaches_runs)
            && !workbook.sheets.iter().enumerate().any(asks_more)
    }

    /// True when the tables are what the settled rows were judged by.
    fn bears_out(&self, checkup: &Checkup) -> bool {
        self.0.iter().all(|taken| {
            let mut tables = checkup.tables.iter().filter(|c| c.table.sheet == taken.sheet);
            let (Some(checked), None) = (tables.next(), tables.next()) else { return false };
            let table = &checked.table;
            let sheet = checkup.workbook.sheet(&taken.sheet);
            let runs = table.rows.iter().filter(|row| row.role == Role::Run).count();
            let same =
                |a: &Column, b: &Column| Column { headings: Arc::default(), ..a.clone() } == *b;
            // A total that does not fit the settled rows may fit groups that are longer than what
            // was learned from.
            let has_total = table.rows.iter().any(|row| row.role == Role::Total);
            let mut doubtful = table.doubtful_totals.iter();
            // How many rows break a formula is counted over all of them.
            let holds = |remark: &rules::Remark| remark.rule != &rules::DOUBTFUL_FORMULA;
            // The formula of a sum is put right by all the cells it should add.
            let is_whole = |(place, judgement): (&Place, &Judgement)| {
                table.rows[place.row].role == Role::Unit
                    || !judgement.faults.iter().any(computes_otherwise)
            };
            // What a total of cumulated figures repeats may be settled.
            let is_cumulated = |instance: &Instance| {
                let Place { row, column } = instance.target();
                instance.outcome == Outcome::Violated
                    && table.rows[row].is_sum()
                    && begins_cumulated(table, column)
            };
            checked.judgements.iter().all(is_whole)
                && !checked.ledger.instances.iter().any(is_cumulated)
                && (has_total || doubtful.all(|total| taken.has_no_groups(table, total)))
                && checked.ledger.remarks.iter().all(holds)
                && taken.has_usual_formulas(checked)
                && sheet.is_some_and(|sheet| sheet.runs.len() == runs)
                && table.columns.len() == taken.columns.len()
                && table.columns.iter().zip(&taken.columns).all(|(a, b)| same(a, b))
        })
    }
}

/// What the settled rows of a sheet were judged by.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) sheet: String,
    pub(super) columns: Vec<Column>,
    /// True when a text that tells rows apart occurs again.
    pub(super) repeats: bool,
    /// Columns that add up in which every settled figure is more than nothing.
    pub(super) positive: Vec<usize>,
    /// True where a column that adds up shows its figures per cent or holds them as text: formulas read
    /// something else in its cells.
    pub(super) otherwise: bool,
    /// Columns of which every settled cell holds the formula of the column.
    pub(super) computed: Vec<usize>,
}

impl Taken {
    /// True where a total that fits few columns is what the settled rows add up to in one in which a
    /// row counted twice would show: no row among them is the sum of others.
    fn has_no_groups(&self, table: &Table, total: &DoubtfulTotal) -> bool {
        let number = |row: usize, column: usize| table.number(Place::new(row, column));
        let is_single = |row: &&usize| table.rows[**row].role != Role::Run;
        self.positive.iter().any(|&column| {
            let figures = || total.parts.iter().map(|row| number(*row, column));
            let sum = figures().sum::<Option<Decimal>>();
            let mut singles = total.parts.iter().filter(is_single);
            sum.is_some()
                && sum == number(total.row, column)
                && singles.all(|row| number(*row, column) > Some(Decimal::ZERO))
        })
    }
}

/// Cells of a kind for each of the other kind in a column, beyond which they stand out.
const USUAL: usize = 5;

impl Taken {
    /// True where what is said of typed figures among formulas, and of formulas among typed figures, is
    /// so with the settled rows as without.
    fn has_usual_formulas(&self, checked: &Checked) -> bool {
        let table = &checked.table;
        let units = || (0..table.rows.len()).filter(|row| table.rows[*row].role == Role::Unit);
        let mut figures = (0..table.columns.len()).filter(|c| table.columns[*c].kind != Kind::Text);
        figures.all(|column| {
            let places = || units().map(|row| Place::new(row, column));
            let usual = |place: &Place| {
                if self.computed.contains(&column) {
                    learn::is_right(&checked.judgements, *place)
                } else {
                    table.datum(*place).formula.is_none()
                }
            };
            let others = places().filter(|place| !usual(place)).count();
            others == 0 || places().filter(usual).count() > USUAL * others
        })
    }
}
