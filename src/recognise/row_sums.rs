//! Rows that sum others by their names and marks, where their figures are too few to prove it: held against
//! what else the table shows.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::structure::{FEW_COLUMNS, is_near, kind_of_group, telling_digits};
use crate::both;
use crate::formula::in_style_of;
use crate::found::{Grid, policy};
use crate::lang::Text;
use crate::table::{
    Doubt, Figure, Inference, Inferred, Linear, Place, Role, Row, Shape, Table, Told, Voice,
    is_end_of_running_sum, plain_number,
};
use crate::words::digits::is_one_slip;
use crate::words::is_per_unit;

/// A row held against the sum of its parts.
pub(super) struct Compared {
    pub(super) row: usize,
    /// The columns in which it is that.
    fits: Vec<usize>,
    /// Where it is not.
    doubts: Vec<Doubt>,
}

impl Compared {
    pub(super) fn of(table: &Table, row: usize) -> Self {
        let parts = &table.rows[row].parts;
        let (mut fits, mut doubts) = (Vec::new(), Vec::new());
        for column in (0..table.columns.len()).filter(|column| table.columns[*column].adds_up()) {
            let place = Place::new(row, column);
            let Some(figure) = table.figure(place) else { continue };
            if means_no_sum(table, place) {
                continue;
            }
            let (found, add) = (figure.shown, |sum: Decimal, one| sum.saturating_add(one));
            let figures =
                || parts.iter().filter_map(|part| table.figure(Place::new(*part, column)));
            let expected = figures().map(|part| part.shown).fold(Decimal::ZERO, add);
            let stored = figures().map(Figure::exact).fold(Decimal::ZERO, add);
            if expected == found || figure.as_shown(stored) == found {
                fits.push(column);
            } else if !computes_like(table, row, column) {
                doubts.push(Doubt { place, found, expected, formula: None, certain: false });
            }
        }
        Self { row, fits, doubts }
    }

    /// In how many columns it is the sum, and of how many.
    fn counts(&self) -> (usize, usize) {
        (self.fits.len(), self.fits.len() + self.doubts.len())
    }

    /// That it is the sum, with a warning where it is not.
    fn inferred(&self, table: &Table, statement: Text) -> Inferred {
        let (row, (fits, of)) = (&table.rows[self.row], self.counts());
        let terms = row.parts.iter().map(|part| (*part, Decimal::ONE)).collect();
        Inferred {
            text: format!("{} = Σ", row.name).into(),
            of_rows: true,
            target: self.row,
            says: Inference::Is(Shape::Linear(Linear { terms, constant: Decimal::ZERO })),
            by: Told::Figures,
            voice: Voice::Warns,
            bits: None,
            fits,
            of,
            statement,
            reasons: Vec::new(),
            doubts: self.doubts.clone(),
            witness: None,
        }
    }
}

/// A row that is named a total, where its columns are too few to prove it: words state it.
pub(super) fn named_sum(table: &Table, row: usize) -> Option<Inferred> {
    let sum = Compared::of(table, row);
    let (fits, of) = sum.counts();
    if of == 0 {
        return None;
    }
    let few = sum.doubts.len() <= fits.max(1);
    let warns = few && sum.doubts.iter().all(|doubt| is_meant(table, doubt));
    let voice = if warns { Voice::Warns } else { Voice::Notes };
    let statement = summed(table, row, fits, of);
    let witness = if let [one] = sum.doubts.as_slice() { Some(one.clone()) } else { None };
    Some(Inferred { by: Told::Headings, voice, witness, ..sum.inferred(table, statement) })
}

/// True for the figure of a sum that is nearly what its parts add up to, or what one slip makes of that: by
/// chance hardly one in a hundred figures of four digits.
fn is_meant(table: &Table, doubt: &Doubt) -> bool {
    let is_mistyped = || {
        let typed = |figure: Decimal| plain_number(figure.normalize());
        let [found, right] = [doubt.found, doubt.expected].map(typed);
        let digits = right.chars().filter(char::is_ascii_digit).count();
        digits >= DIGITS_OF_A_SLIP && is_one_slip(&found, &right)
    };
    is_near(table, doubt.place, &table.rows[doubt.place.row].parts) || is_mistyped()
}

/// Digits of a sum of which a slip is told from chance.
const DIGITS_OF_A_SLIP: usize = 4;

fn summed(table: &Table, row: usize, fits: usize, of: usize) -> Text {
    let (name, count) = (&table.rows[row].name, table.rows[row].parts.len());
    if fits == 0 {
        return both!(
            "dòng “{name}” theo tên gọi là tổng của {count} dòng",
            "the row “{name}” by its name sums {count} rows"
        );
    }
    both!(
        "dòng “{name}” theo tên gọi là tổng của {count} dòng; đúng ở {fits} trong {of} cột",
        "the row “{name}” by its name sums {count} rows; so it is in {fits} of {of} columns"
    )
}

/// A group that is not the sum of its rows where a total over these rows is right: only with the sum do
/// the groups add up to the total.
pub(super) fn group_below_total(table: &Table, group: &Compared) -> Option<Inferred> {
    let (fits, doubts) = (group.fits.len(), &group.doubts);
    let Row { name, parts, .. } = &table.rows[group.row];
    if doubts.is_empty() || doubts.len() > fits.max(FEW_COLUMNS) {
        return None;
    }
    let sums_them = |(_, total): &(usize, &Row)| {
        total.role == Role::Total && parts.iter().all(|part| total.parts.contains(part))
    };
    let (total, above) = table.rows.iter().enumerate().find(sums_them)?;
    let wrong = Compared::of(table, total).doubts;
    let fits_there = |doubt: &Doubt| {
        let at = Place::new(total, doubt.place.column);
        table.figure(at).is_some() && wrong.iter().all(|other| other.place != at)
    };
    if !doubts.iter().all(|doubt| is_meant(table, doubt) && fits_there(doubt)) {
        return None;
    }
    let (count, total) = (parts.len(), &above.name);
    let statement = both!(
        "dòng “{total}” cộng đủ {count} dòng của nhóm “{name}”, nên nhóm này phải bằng tổng các dòng ấy",
        "the row “{total}” adds up the {count} rows of the group “{name}”, which must be their sum then"
    );
    Some(group.inferred(table, statement))
}

/// Groups beside one, of its kind, that are the sum of their rows in the column in which it is not, at least:
/// to be told, and to be warned of.
const LIKE_IT: (usize, usize) = (2, 3);

/// Digits of the figures that fit: one in a thousand rows meets them by chance.
const DIGITS_THAT_FIT: u32 = 3;

/// By the kind of groups and the column, how many of them are the sum of their rows there, and how many not.
#[derive(Default)]
pub(super) struct Beside(BTreeMap<((u8, u8), usize), (usize, usize)>);

impl Beside {
    pub(super) fn of(table: &Table, groups: &[Compared]) -> Self {
        let mut beside = Self::default();
        for group in groups {
            let kind = kind_of_group(table, group.row);
            // One part is its whole whatever the column says.
            let several = |column: &&usize| {
                let parts = table.rows[group.row].parts.iter();
                let figures = parts.filter_map(|part| table.number(Place::new(*part, **column)));
                figures.filter(|figure| !figure.is_zero()).nth(1).is_some()
            };
            for column in group.fits.iter().filter(several) {
                beside.0.entry((kind, *column)).or_default().0 += 1;
            }
            for doubt in &group.doubts {
                beside.0.entry((kind, doubt.place.column)).or_default().1 += 1;
            }
        }
        beside
    }

    /// How many groups of the kind of one that is not the sum of its rows in a column are; none where a
    /// further one is not either.
    fn held(&self, table: &Table, doubt: &Doubt) -> usize {
        match self.0.get(&(kind_of_group(table, doubt.place.row), doubt.place.column)) {
            Some((held, 1)) => *held,
            _ => 0,
        }
    }
}

/// A group that alone of its kind is not the sum of its rows in a column. That its rows are all there a
/// further column shows, or that what is missing is less than half of any of them. A group may have something
/// of its own that no row of it tells, but for things that are counted one by one; and what a row leaves blank
/// may be what is missing.
pub(super) fn group_among_others(
    table: &Table,
    grid: &Grid,
    group: &Compared,
    beside: &Beside,
) -> Option<Inferred> {
    let (told, warned) = LIKE_IT;
    let Compared { row, fits, doubts } = group;
    let Row { name, parts, .. } = &table.rows[*row];
    let held = doubts.iter().map(|doubt| beside.held(table, doubt)).min().unwrap_or_default();
    let is_meant = |doubt: &Doubt| is_meant(table, doubt) && !is_rounding(table, grid, doubt);
    if held < told || doubts.len() > fits.len().max(1) || !doubts.iter().all(is_meant) {
        return None;
    }
    let figures =
        |column: usize| parts.iter().map(move |part| table.number(Place::new(*part, column)));
    let is_filled = |doubt: &Doubt| figures(doubt.place.column).all(|figure| figure.is_some());
    let is_no_row = |doubt: &Doubt| {
        let missing = doubt.found.saturating_sub(doubt.expected).saturating_mul(Decimal::TWO);
        let is_more = |figure: Option<Decimal>| figure.is_some_and(|figure| missing < figure);
        parts.len() > 1 && figures(doubt.place.column).all(is_more)
    };
    let is_error = |doubt: &Doubt| {
        let is_more = doubt.expected > doubt.found;
        is_more || grid.columns()[doubt.place.column].is_counted && is_filled(doubt)
    };
    let is_sure = held >= warned && doubts.iter().all(is_error);
    let fitting = |column: usize| fits.contains(&column);
    let is_told = if fits.is_empty() {
        is_sure && doubts.iter().all(is_no_row)
    } else {
        telling_digits(table, *row, parts, fitting) >= DIGITS_THAT_FIT
    };
    if !is_told {
        return None;
    }
    let (count, (fits, of)) = (parts.len(), group.counts());
    let statement = if fits > 0 {
        both!(
            "như {held} nhóm khác, “{name}” phải bằng tổng {count} dòng của nhóm; đúng ở {fits} trong {of} cột",
            "like {held} other groups, “{name}” should sum its {count} rows; it does in {fits} of {of} columns"
        )
    } else {
        both!(
            "như {held} nhóm khác, “{name}” phải bằng tổng {count} dòng của nhóm",
            "like {held} other groups, “{name}” should sum its {count} rows"
        )
    };
    let voice = if is_sure { Voice::Warns } else { Voice::Notes };
    Some(Inferred { voice, ..group.inferred(table, statement) })
}

/// True where a sum differs by no more than the rounding of its parts gives, of what nobody counts one by one.
fn is_rounding(table: &Table, grid: &Grid, doubt: &Doubt) -> bool {
    let Place { row, column } = doubt.place;
    if grid.columns()[column].is_counted {
        return false;
    }
    let parts = &table.rows[row].parts;
    let own = parts.iter().chain([&row]).filter_map(|row| table.figure(Place::new(*row, column)));
    let places = own.map(|figure| figure.decimals).min().unwrap_or_default();
    let all = table.rows_with_cells().filter_map(|(_, data)| data[column].reading.number());
    let slack = policy::slack(all, places.min(Decimal::MAX_SCALE), parts.len());
    doubt.found.saturating_sub(doubt.expected).abs() <= slack
}

/// A row that sums those below it as the groups beside it do, though most of its columns say otherwise.
pub(super) fn group_beside_others(table: &Table, row: usize) -> Inferred {
    let group = Compared::of(table, row);
    let (fits, of) = group.counts();
    let (name, count) = (&table.rows[row].name, table.rows[row].parts.len());
    let statement = both!(
        "như các nhóm bên cạnh, dòng “{name}” có vẻ bằng tổng {count} dòng liền kề; đúng ở {fits} trong {of} cột",
        "like the groups beside it the row “{name}” seems to sum {count} rows next to it; so it is in {fits} of {of} columns"
    );
    // What nearly all columns speak against nobody need look at.
    let voice = if fits * 2 < group.doubts.len() { Voice::Explains } else { Voice::Warns };
    Inferred { voice, ..group.inferred(table, statement) }
}

/// True for a mean in a row of sums, for the last of cumulated figures, and under the heading of a price
/// or a norm.
fn means_no_sum(table: &Table, place: Place) -> bool {
    is_per_unit(&table.columns[place.column].headings, false)
        || table.formula(place).is_some_and(|formula| formula.is_mean())
        || is_end_of_running_sum(table, place, &table.rows[place.row].parts)
}

/// True for a cell of a sum that computes as its parts do: `=C9-D9` below `=C8-D8`.
pub(super) fn computes_like(table: &Table, row: usize, column: usize) -> bool {
    let formula = |row: usize| table.datum(Place::new(row, column)).formula.as_deref();
    let at = |row: usize| table.address(Place::new(row, column));
    let Some(own) = formula(row) else { return false };
    let mut parts = table.rows[row].parts.iter();
    parts
        .any(|part| formula(*part).is_some_and(|text| in_style_of(text, at(*part), at(row)) == own))
}
