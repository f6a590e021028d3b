//! What part each row plays: units, sums of units, rows with rules of their own.
//!
//! Names, ordinals and bold type propose (`Tổng cộng`; `1` above `1.1`, `1.2`; `I` above `1`, `2`;
//! a district in bold above its communes; `Cộng` below its rows), the figures decide, and where
//! nothing proposes they speak for themselves. A sum that a table does not print is taken for a rule only
//! where most of its columns bear it out: `Chia ra` and `Trong đó` rows need not add up, regions
//! stand with and without sums of their own. What was proposed and not taken is noted.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::failure::{Code, Failure};
use crate::lang::Text;
use crate::table::slip;
use crate::table::{
    Basis, DoubtfulTotal, Inferred, Place, Reading, Role, Row, RowFormula, Table, Told, sum_of,
};
use crate::words::{fold, is_grand_total, is_total, names_a_part};
use crate::workbook::Address;

/// Assigns roles and parts to the rows of a table.
///
/// # Errors
/// [`Code::TwoTotals`] when two rows claim to be the total of the whole table.
pub(super) fn assign(table: &mut Table) -> Result<(), Failure> {
    // Most tables have one line a unit, and none of them a name.
    let mut lines: Vec<String> =
        table.rows.iter().map(|row| &row.line).filter(|line| !line.is_empty()).cloned().collect();
    lines.sort();
    lines.dedup();
    if table.rows.iter().any(|row| row.line.is_empty()) {
        lines.insert(0, String::new());
    }
    for line in lines {
        let is_of = |row: &Row| row.line.is_empty() || !line.is_empty() && row.line == line;
        let rows: Vec<usize> =
            (0..table.rows.len()).filter(|index| is_of(&table.rows[*index])).collect();
        assign_line(table, &rows)?;
        exceptions(table, &rows);
    }
    Ok(())
}

/// Rows above an exceptional one that its figures may come from.
const REACH: usize = 4;

/// Finds how the figures of exceptional rows come from the rows above them: as a difference, or as
/// a rate. The pair of rows that most columns bear out is taken.
fn exceptions(table: &mut Table, rows: &[usize]) {
    for (position, row) in rows.iter().enumerate() {
        let stated = |one: &Inferred| one.of_rows && one.target == *row && one.by == Told::Headings;
        if table.rows[*row].role != Role::Exception
            || table.rows[*row].formula.is_some()
            || table.inferred.iter().any(stated)
        {
            continue;
        }
        let above: Vec<usize> = rows[..position]
            .iter()
            .rev()
            .filter(|above| table.rows[**above].role != Role::Heading)
            .take(REACH)
            .copied()
            .collect();
        let best = above
            .iter()
            .flat_map(|a| above.iter().filter(move |b| a != *b).map(move |b| (*a, *b)))
            .flat_map(|(a, b)| [RowFormula::Difference(a, b), RowFormula::Rate(a, b)])
            .map(|formula| (row_fit(table, *row, formula), formula))
            .filter(|(fit, _)| fit.speaks_for() && fit.fitted >= 2)
            .max_by_key(|(fit, _)| fit.fitted);
        if let Some((_, formula)) = best {
            table.rows[*row].formula = Some(formula);
        } else {
            let number = table.rows[*row].sheet_row + 1;
            table.notes.push(Text::new(
                format!("dòng {number} có cách tính riêng chưa nhận ra nên không được soát"),
                format!("row {number} follows a rule of its own that was not recognised, so it is not checked"),
            ));
        }
    }
}

fn row_fit(table: &Table, row: usize, formula: RowFormula) -> Fit {
    let mut fit = Fit::default();
    for column in 0..table.columns.len() {
        let number = |row: usize| table.number(Place::new(row, column));
        let Some(found) = number(row) else { continue };
        let expected = match formula {
            RowFormula::Difference(a, b) => number(a).zip(number(b)).map(|(a, b)| a - b),
            RowFormula::Rate(a, b) => number(a).zip(number(b)).and_then(|(a, b)| {
                crate::relations::ratio::rounded(
                    a,
                    b,
                    Decimal::ONE_HUNDRED,
                    found.normalize().scale(),
                )
            }),
        };
        match expected {
            Some(expected) if expected.is_zero() && found.is_zero() => {}
            Some(expected) if expected == found.normalize() => fit.fitted += 1,
            Some(_) => fit.missed += 1,
            None => {}
        }
    }
    fit
}

/// Roles within one line of units (or within the whole table where units have one line).
fn assign_line(table: &mut Table, rows: &[usize]) -> Result<(), Failure> {
    let parents = parents(table, rows);
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in rows {
        if let Some(parent) = parents[*row] {
            groups.entry(parent).or_default().push(*row);
        }
    }
    let groups: Vec<(usize, Vec<usize>)> =
        groups.into_iter().filter(|(row, _)| table.rows[*row].role == Role::Unit).collect();
    take_groups(table, rows, &groups);
    let total = total(table, rows)?;
    close_subtotals(table, rows, total);
    if let Some((total, parts)) = total.and_then(|total| explained(table, rows, &parents, total)) {
        take_total(table, total, parts);
    } else {
        take_unmarked_groups(table, rows, total);
        assign_total(table, rows, &parents, total);
    }
    Ok(())
}

/// The parent each row has by what stands before its name (`I`, `1`, `1.1`, `a`, a dash) and by
/// bold type, by row index: the nearest row above of a higher rank.
fn parents(table: &Table, rows: &[usize]) -> Vec<Option<usize>> {
    let mut parents = vec![None; table.rows.len()];
    // Rows of higher rank that still stand open, outermost first.
    let mut open: Vec<(Rank, usize)> = Vec::new();
    for row in rows {
        let described = &table.rows[*row];
        if described.role == Role::Exception || is_total(&described.name) {
            if described.role != Role::Exception {
                // Nothing above a total owns what follows it.
                open.clear();
                if begins_with_dash(described) || names_a_part(&described.name) {
                    continue;
                }
                open.push((Rank::total(), *row));
            }
            continue;
        }
        let rank = Rank::of(described);
        open.retain(|(above, _)| *above < rank);
        let owner = open.last().filter(|(above, _)| rank.may_belong_to(*above));
        parents[*row] = owner.map(|(_, row)| *row);
        open.push((rank, *row));
    }
    parents
}

/// How high a row stands among its neighbours; lower ranks stand higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    mark: u8,
    plain: bool,
}

impl Rank {
    const LETTER: u8 = 1;
    const ROMAN: u8 = 2;
    const BOLD: u8 = 3;
    const NUMBER: u8 = 4;
    const DOTTED: u8 = 5;
    const SMALL_LETTER: u8 = 100;
    const UNMARKED: u8 = 101;
    const DASH: u8 = 102;
    const PLUS: u8 = 103;
    /// Part of the row above it, whatever that is.
    const PART: u8 = 104;

    /// A total owns only the parts marked as such, which follow it: `- Trong đó: nữ`.
    fn total() -> Self {
        Self { mark: 0, plain: false }
    }

    fn of(row: &Row) -> Self {
        let mark = match level(row) {
            Level::Letter => Self::LETTER,
            Level::Roman => Self::ROMAN,
            Level::Number => Self::NUMBER,
            Level::Dotted(depth) => Self::DOTTED.saturating_add(depth).min(Self::SMALL_LETTER - 1),
            Level::SmallLetter => Self::SMALL_LETTER,
            Level::Dash => Self::DASH,
            Level::Plus => Self::PLUS,
            Level::Part => Self::PART,
            Level::Unmarked if row.bold => Self::BOLD,
            Level::Unmarked => Self::UNMARKED,
        };
        Self { mark, plain: !row.bold }
    }

    fn may_belong_to(self, above: Self) -> bool {
        above != Self::total() || self.mark >= Self::DASH
    }
}

/// What stands before a row's name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    /// `A`, `B`.
    Letter,
    /// `I`, `II`.
    Roman,
    /// `1`.
    Number,
    /// `1.2`, `1.2.3`: how many numbers.
    Dotted(u8),
    /// `a`, `b)`.
    SmallLetter,
    /// A dash.
    Dash,
    /// A plus sign.
    Plus,
    /// The words `Trong đó`, also between siblings: `- A`, `Trong đó: x`, `- B`.
    Part,
    /// Nothing tells.
    Unmarked,
}

fn level(row: &Row) -> Level {
    let ordinal = row.ordinal.trim().trim_end_matches(['.', ')', '/']).trim_start_matches('(');
    if names_a_part(&row.name) {
        return Level::Part;
    }
    if begins_with_dash(row) {
        return Level::Dash;
    }
    if row.name.trim_start().starts_with('+') || ordinal == "+" {
        return Level::Plus;
    }
    // As most rows have it.
    if !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()) {
        return Level::Number;
    }
    let parts = ordinal.split('.').filter(|part| !part.is_empty()).count();
    let numbers = parts > 0 && ordinal.chars().all(|c| c.is_ascii_digit() || c == '.');
    let letters = ordinal.chars().count() == 1 && ordinal.chars().all(char::is_alphabetic);
    // `1`, and `II.1` under `II`; `II.1.2` as `1.2`
    let headed = parts > 1 && begins_with_section(ordinal);
    let depth = if headed { parts - 1 } else { parts };
    match ordinal {
        _ if (numbers || headed) && depth == 1 => Level::Number,
        _ if numbers || headed => Level::Dotted(u8::try_from(depth).unwrap_or(u8::MAX)),
        _ if letters && ordinal.chars().all(char::is_lowercase) => Level::SmallLetter,
        _ if letters && !["I", "V", "X"].contains(&ordinal) => Level::Letter,
        _ if !ordinal.is_empty() && ordinal.chars().all(|c| "IVXLC".contains(c)) => Level::Roman,
        _ => Level::Unmarked,
    }
}

/// True for `II.1`, `A.2.1`: a section, then numbers.
fn begins_with_section(ordinal: &str) -> bool {
    let Some((section, rest)) = ordinal.split_once('.') else { return false };
    marks_a_section(section) && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// True for `II`, `A`.
pub(super) fn marks_a_section(mark: &str) -> bool {
    let roman = !mark.is_empty() && mark.chars().all(|c| "IVX".contains(c));
    roman || mark.len() == 1 && mark.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn begins_with_dash(row: &Row) -> bool {
    const DASHES: [char; 4] = ['-', '–', '−', '—'];
    row.name.trim_start().starts_with(DASHES) || row.ordinal.trim().starts_with(DASHES)
}

/// Columns of other groups that fit, for each that does not, where a group none of whose columns fits is
/// one with an error: answers of which one holds stand under their question like parts.
const SURELY: usize = 4;

/// Takes the proposed groups for sums where most of their columns, taken together, bear it out.
fn take_groups(table: &mut Table, rows: &[usize], groups: &[(usize, Vec<usize>)]) {
    let (mut fits, mut kinds) = (Fit::default(), BTreeMap::<u8, (usize, Fit)>::new());
    let off = |row: usize, children: &[usize]| {
        slip::nearest(table, row, children).is_some_and(|told| told.is_certain())
    };
    let off: Vec<bool> = groups.iter().map(|(row, children)| off(*row, children)).collect();
    let by_total = proven_by_total(table, rows, groups);
    for ((row, children), off) in groups.iter().zip(&off) {
        let kind = kinds.entry(marks_of(table, children)).or_default();
        kind.0 += 1;
        if !off {
            let own = fit(table, *row, children);
            fits.add(own);
            kind.1.add(own);
        }
    }
    if groups.is_empty() {
        return;
    }
    // Where most groups add up, one that does not is an error; where none of its columns does,
    // its rows are not all there (a list cut off) unless one slip explains it, and without such support each group stands on
    // its own evidence.
    let alike = |children: &[usize]| match kinds.get(&marks_of(table, children)) {
        Some((2.., own)) => *own,
        _ => fits,
    };
    let alike: Vec<Fit> = groups.iter().map(|(_, children)| alike(children)).collect();
    let mut left: Vec<String> = Vec::new();
    for (((row, children), off), alike) in groups.iter().zip(off).zip(alike) {
        let own = fit(table, *row, children);
        // `Trong đó` need not be all there is.
        let some = children.iter().any(|child| names_a_part(&table.rows[*child].name));
        let few = own.missed < MIN_CONTRADICTED || own.fitted >= own.missed;
        let usual = alike.speaks_for() && !some && !overlap(table, *row, children);
        let surely = alike.fitted >= SURELY * alike.missed.saturating_sub(own.missed);
        let bears = few && (own.fitted > 0 || own.missed < 2 && surely);
        let proven = !some && by_total == Some(*row);
        if own.speaks_for() || proven || (usual && (off || bears)) {
            take(table, *row, Role::Subtotal, children.clone(), Basis::Marks);
        } else if own.missed > 0 && !some {
            left.push((table.rows[*row].sheet_row + 1).to_string());
        }
    }
    if !left.is_empty() {
        let list = left.join(", ");
        table.notes.push(Text::new(
            format!("dòng {list} không bằng tổng các dòng con ở phần lớn các cột nên không coi là dòng cộng"),
            format!("row {list}: not the sum of the rows under it in most columns, so not taken for a sum"),
        ));
    }
}

/// Columns in which a group may differ from its rows where another sum tells what it should be.
pub(super) const FEW_COLUMNS: usize = 2;

/// A sum so far from its parts is rather of something else.
const NEAR: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

/// True for a figure that is more than each of its parts, and nearly their sum.
pub(super) fn is_near(table: &Table, sum: Place, parts: &[usize]) -> bool {
    let Some(found) = table.number(sum) else { return false };
    let figures = || parts.iter().filter_map(|part| table.number(Place::new(*part, sum.column)));
    let most = figures().max().unwrap_or_default();
    let off = figures().fold(found, Decimal::saturating_sub).abs();
    found > most && off <= NEAR.saturating_mul(found)
}

/// The one group that is not the sum of its rows though a total over the rows of all groups is right:
/// nothing but the sum that the group should be stands in the way of the total over the groups.
fn proven_by_total(table: &Table, rows: &[usize], groups: &[(usize, Vec<usize>)]) -> Option<usize> {
    let missing = |(row, parts): &&(usize, Vec<usize>)| fit(table, *row, parts).missed > 0;
    let mut wrong = groups.iter().filter(missing);
    let (row, parts) = wrong.next().filter(|_| groups.len() > 1 && wrong.next().is_none())?;
    let own = fit(table, *row, parts);
    let differs = |column: &usize| fits_in(table, *row, parts, *column) == Some(false);
    let mut differing = (0..table.columns.len()).filter(differs);
    if own.missed > own.fitted.max(FEW_COLUMNS)
        || !differing.all(|column| is_near(table, Place::new(*row, column), parts))
    {
        return None;
    }
    let is_unit = |row: &&usize| matches!(table.rows[**row].role, Role::Unit | Role::Run);
    let units: Vec<usize> = rows.iter().filter(is_unit).copied().collect();
    let is_group = |row: &usize| groups.iter().any(|(group, _)| group == row);
    let is_proven = |total: &usize| {
        let leaves: Vec<usize> =
            units.iter().copied().filter(|row| row != total && !is_group(row)).collect();
        !is_group(total)
            && leaves.len() > groups.len()
            && fit(table, *total, &leaves).missed == 0
            && is_beyond_chance(table, *total, &leaves)
    };
    [units.first()?, units.last()?].into_iter().any(is_proven).then_some(*row)
}

/// True where several columns contradict a sum, each because the parts are more than the whole while
/// none of them is by itself: pupils who belong to more groups than one.
fn overlap(table: &Table, row: usize, parts: &[usize]) -> bool {
    let mut overlapping = 0;
    for column in (0..table.columns.len()).filter(|column| table.columns[*column].adds_up()) {
        let Some(whole) = table.number(Place::new(row, column)) else { continue };
        let figures = || parts.iter().filter_map(|part| table.number(Place::new(*part, column)));
        let sum = sum_of(figures());
        if sum == whole {
            if !whole.is_zero() {
                return false;
            }
        } else if sum < whole || figures().any(|part| part > whole) {
            return false;
        } else {
            overlapping += 1;
        }
    }
    overlapping > 2
}

/// What marks a group and what its rows.
pub(super) fn kind_of_group(table: &Table, group: usize) -> (u8, u8) {
    let described = &table.rows[group];
    (Rank::of(described).mark, marks_of(table, &described.parts))
}

/// What marks the rows of a group, as one kind: all ordinals are, bold type, a dash, nothing.
pub(super) fn marks_of(table: &Table, parts: &[usize]) -> u8 {
    let of_figures = |row: &&usize| table.rows[**row].role != Role::Heading;
    let first = parts.iter().find(of_figures).map(|row| Rank::of(&table.rows[*row]).mark);
    match first {
        None => Rank::UNMARKED,
        Some(Rank::BOLD) => Rank::BOLD,
        Some(ordinal) if ordinal <= Rank::SMALL_LETTER => Rank::NUMBER,
        Some(other) => other,
    }
}

fn take(table: &mut Table, row: usize, role: Role, mut parts: Vec<usize>, basis: Basis) {
    // `Trong đó:` above some of them holds no figures.
    parts.retain(|part| table.rows[*part].role != Role::Heading);
    if parts.is_empty() {
        return;
    }
    let row = &mut table.rows[row];
    (row.role, row.parts, row.basis) = (role, parts, basis);
}

/// `Cộng` below its rows closes those above it that no other sum has closed.
fn close_subtotals(table: &mut Table, rows: &[usize], total: Option<usize>) {
    let mut open: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = Vec::new();
    for row in rows.iter().copied().filter(|row| Some(*row) != total) {
        let described = &table.rows[row];
        if described.role == Role::Unit && is_total(&described.name) {
            // With nothing open it sums up what stands above as a whole.
            let scope = if open.is_empty() { &above } else { &open };
            let section = section(table, rows, row);
            let scope: Vec<usize> = scope
                .iter()
                .copied()
                .filter(|row| section.is_none_or(|from| *row > from))
                .collect();
            let candidates = [outermost(table, &scope), scope.clone()];
            let parts = parts_of(table, row, &candidates, Some(&candidates[0]));
            if let Some(parts) = parts.or_else(|| parts_by_slip(table, row, &candidates)) {
                take(table, row, Role::Subtotal, parts, Basis::Name);
            } else if section.is_none()
                && scope.len() > 1
                && fit(table, row, &candidates[0]).missed > 0
            {
                let [parts, _] = candidates;
                table.doubtful_totals.push(DoubtfulTotal { row, parts });
            }
            above.push(row);
            open.clear();
        } else if matches!(described.role, Role::Unit | Role::Subtotal | Role::Run)
            && !names_a_part(&described.name)
        {
            open.push(row);
            above.push(row);
        }
    }
}

/// The row above that begins the section a sum names: `I.4. Viễn thông` for `Cộng I.4`. What belongs to
/// it is told by more marks than can be read here, so that nothing is said where it does not add up.
fn section(table: &Table, rows: &[usize], sum: usize) -> Option<usize> {
    let name = fold(&table.rows[sum].name);
    let named = name.strip_prefix("cộng ")?.trim_end_matches([':', '.', ' ']);
    let is_reference = !named.is_empty()
        && named.split('.').all(|part| {
            let number = part.chars().all(|c| c.is_ascii_digit());
            !part.is_empty() && (number || part.chars().all(|c| "ivx".contains(c)))
        });
    let begins = |row: &usize| {
        let row = &table.rows[*row];
        let own = |text: &str| {
            let folded = fold(text);
            let rest =
                folded.strip_prefix(named).map(|rest| rest.trim_start_matches(['.', ')', '/']));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        own(&row.ordinal) || own(&row.name)
    };
    rows.iter().copied().filter(|row| *row < sum && is_reference).rev().find(begins)
}

/// Rows that no sum among them has taken up.
fn outermost(table: &Table, rows: &[usize]) -> Vec<usize> {
    let taken: BTreeSet<usize> =
        rows.iter().flat_map(|row| table.rows[*row].parts.iter().copied()).collect();
    rows.iter().copied().filter(|row| !taken.contains(row)).collect()
}

/// How many times longer than the longest group that is certain one with an error may be.
const LONGER: usize = 3;

/// Groups that no mark shows: a row that equals the sum of the rows right under it in every column
/// with figures, more of them than meet by chance.
fn take_unmarked_groups(table: &mut Table, rows: &[usize], total: Option<usize>) {
    // Settled rows hide where a group would begin.
    if rows.iter().any(|row| table.rows[*row].role == Role::Run) {
        return;
    }
    let candidates: Vec<usize> = outermost(table, rows)
        .into_iter()
        .filter(|row| Some(*row) != total)
        .filter(|row| matches!(table.rows[*row].role, Role::Unit | Role::Subtotal))
        .collect();
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    let mut first = 0;
    while first < candidates.len() {
        let (row, below) = (candidates[first], &candidates[first + 1..]);
        let is_unit = table.rows[row].role == Role::Unit;
        let length = if is_unit { summed_below(table, row, below) } else { 0 };
        // A row over all the others is the total of the table.
        let parts = &below[..length];
        if length < candidates.len() - 1 && is_beyond_chance(table, row, parts) {
            groups.push(first..first + length + 1);
            first += length;
        }
        first += 1;
    }
    if groups.is_empty() {
        return;
    }
    // Beside groups that are certain, what is left between two of them is a group with an error.
    let longest = groups.iter().map(std::ops::Range::len).max().unwrap_or_default();
    let starts = groups.iter().map(|group| group.start).chain([candidates.len()]);
    let ends = std::iter::once(0).chain(groups.iter().map(|group| group.end));
    let left: Vec<_> = ends.zip(starts).map(|(end, start)| end..start).collect();
    let alike = 3..=longest * LONGER;
    let left = left.into_iter().filter(|rows| alike.contains(&rows.len())).filter(|rows| {
        let below = &candidates[rows.start + 1..rows.end];
        fit(table, candidates[rows.start], below).bears_out_a_name()
    });
    groups.extend(left.collect::<Vec<_>>());
    for group in groups {
        let parts = candidates[group.start + 1..group.end].to_vec();
        take(table, candidates[group.start], Role::Subtotal, parts, Basis::Figures);
    }
}

/// How many of the rows below a row add up to it; zero where none do.
fn summed_below(table: &Table, row: usize, below: &[usize]) -> usize {
    let columns: Vec<(usize, Decimal)> = (0..table.columns.len())
        .filter(|column| table.columns[*column].adds_up())
        .filter_map(|column| Some((column, table.number(Place::new(row, column))?)))
        .collect();
    let mut sums = vec![Decimal::ZERO; columns.len()];
    for (count, part) in (1..).zip(below) {
        for (sum, (column, whole)) in sums.iter_mut().zip(&columns) {
            let figure = table.number(Place::new(*part, *column)).unwrap_or_default();
            *sum = sum.checked_add(figure).unwrap_or(Decimal::MAX);
            // Parts go beyond their whole only where some are negative; such groups have marks.
            if *sum > *whole {
                return 0;
            }
        }
        if count > 1 && sums.iter().zip(&columns).all(|(sum, (_, figure))| sum == figure) {
            return count;
        }
    }
    0
}

/// Digits that the sums of a group must have together before they cannot well have met by chance:
/// each digit is one in ten, and a table of a hundred rows has thousands of runs of rows.
const TELLING_DIGITS: u32 = 5;

/// Rows from which it takes a digit more, and one more for ten times as many; noughts at the end tell nothing
/// there, for they say how figures are rounded.
const MANY_ROWS: usize = 100;

/// True where the figures of a sum that fits tell enough by themselves.
fn is_beyond_chance(table: &Table, row: usize, parts: &[usize]) -> bool {
    let further = (table.rows.len() / MANY_ROWS).checked_ilog10().map_or(0, |tens| tens + 1);
    telling_digits(table, row, parts, |_| true) >= TELLING_DIGITS + further
}

/// The digits of the figures of a sum that tell something, in some columns. Those with one part that is not
/// zero, those that repeat another and those computed from others tell nothing.
pub(super) fn telling_digits(
    table: &Table,
    row: usize,
    parts: &[usize],
    sought: impl Fn(usize) -> bool,
) -> u32 {
    let figures: BTreeSet<Decimal> = (0..table.columns.len())
        .filter(|column| {
            let described = &table.columns[*column];
            described.adds_up() && described.formula.is_none() && sought(*column)
        })
        .filter(|column| {
            let number = |part: &usize| table.number(Place::new(*part, *column));
            parts.iter().filter_map(number).filter(|figure| !figure.is_zero()).count() > 1
        })
        .filter_map(|column| table.number(Place::new(row, column)))
        .map(|figure| figure.abs().normalize())
        .collect();
    let many = table.rows.len() >= MANY_ROWS;
    let digits = |figure: &Decimal| {
        let mut mantissa = figure.mantissa();
        while many && mantissa != 0 && mantissa % 10 == 0 {
            mantissa /= 10;
        }
        mantissa.checked_ilog10().map_or(0, |digits| digits + 1)
    };
    figures.iter().map(digits).sum()
}

/// How many columns bear a sum out.
#[derive(Debug, Clone, Copy, Default)]
struct Fit {
    fitted: usize,
    missed: usize,
}

impl Fit {
    fn add(&mut self, other: Self) {
        self.fitted += other.fitted;
        self.missed += other.missed;
    }

    /// More columns fit than not, and at least one does.
    fn speaks_for(self) -> bool {
        self.fitted > self.missed
    }

    /// Enough for a row that is otherwise known for a sum: one wrong figure goes on into the columns computed
    /// from it, so that a column or two that fit may outweigh more that do not.
    fn bears_out_a_name(self) -> bool {
        self.fitted > 0 && self.fitted * 2 >= self.missed
    }
}

/// Compares a row with the sum of others, column by column; columns of zeros prove nothing.
fn fit(table: &Table, row: usize, parts: &[usize]) -> Fit {
    let mut fit = Fit::default();
    for fits in (0..table.columns.len()).filter_map(|column| fits_in(table, row, parts, column)) {
        if fits {
            fit.fitted += 1;
        } else {
            fit.missed += 1;
        }
    }
    fit
}

/// Whether a row is the sum of others in a column; `None` where that proves nothing.
fn fits_in(table: &Table, row: usize, parts: &[usize], column: usize) -> Option<bool> {
    let found =
        table.number(Place::new(row, column)).filter(|_| table.columns[column].adds_up())?;
    let unreadable = |part: &usize| {
        let reading = &table.datum(Place::new(*part, column)).reading;
        matches!(reading, Reading::Text(_) | Reading::Error(_) | Reading::Unknown(_))
    };
    if parts.iter().any(unreadable) {
        return None;
    }
    let numbers = || parts.iter().filter_map(|part| table.number(Place::new(*part, column)));
    let zeros = || found.is_zero() && numbers().all(|number| number.is_zero());
    if numbers().next().is_none() || zeros() {
        return None;
    }
    Some(sum_of(numbers()) == found)
}

/// The row that sums up the whole table, if one says so, or if the figures of the first or last row
/// do: units are called `Toàn vùng`, `Xã Đại Lãnh (tổng)` and much else.
fn total(table: &Table, rows: &[usize]) -> Result<Option<usize>, Failure> {
    let named = |test: fn(&str) -> bool| -> Vec<usize> {
        rows.iter()
            .copied()
            .filter(|row| table.rows[*row].role == Role::Unit && test(&table.rows[*row].name))
            .collect()
    };
    match (named(is_grand_total).as_slice(), named(is_total).as_slice()) {
        ([], []) => Ok(unnamed_total(table, rows)),
        ([], [one]) | ([one], _) => Ok(Some(*one)),
        // Several sums of parts; whether there is a total over them their figures tell.
        ([], _) => Ok(None),
        (several, _) => {
            let first = fold(&table.rows[several[0]].name);
            let same = several.iter().filter(|row| fold(&table.rows[**row].name) == first).count();
            if same > 1 && is_flat(table, rows) && !table.labels_are_made() {
                return Err(two_totals(table, several));
            }
            Ok(if same > 1 { None } else { several.last().copied() })
        }
    }
}

/// The first or last row, where it is the sum of the others in every column.
fn unnamed_total(table: &Table, rows: &[usize]) -> Option<usize> {
    let outermost: Vec<usize> = outermost(table, rows)
        .into_iter()
        .filter(|row| matches!(table.rows[*row].role, Role::Unit | Role::Subtotal | Role::Run))
        .collect();
    // Of groups one may be wrong.
    let is_leaf = |row: &usize| matches!(table.rows[*row].role, Role::Unit | Role::Run);
    let leaves: Vec<usize> = rows.iter().copied().filter(is_leaf).collect();
    let sums = |end: usize, parts: &[usize]| {
        let others: Vec<usize> = parts.iter().copied().filter(|row| *row != end).collect();
        fit(table, end, &others).missed == 0 && is_beyond_chance(table, end, &others)
    };
    let ends = [outermost.last(), outermost.first()].into_iter().flatten().copied();
    let mut ends = ends.filter(|end| table.rows[*end].role == Role::Unit);
    ends.find(|end| sums(*end, &outermost) || sums(*end, &leaves))
}

/// True for a plain list of units: no groups, headings or parts among its rows.
pub(crate) fn is_flat(table: &Table, rows: &[usize]) -> bool {
    rows.iter().all(|row| table.rows[*row].role != Role::Heading)
        && parents(table, rows).iter().all(Option::is_none)
}

/// True where marks put rows above others, and each of those is the sum of its rows.
fn adds_up(table: &Table, rows: &[usize], parents: &[Option<usize>]) -> bool {
    let sums = |parent: &usize| {
        let row = &table.rows[*parent];
        row.role == Role::Subtotal && fit(table, *parent, &row.parts).missed == 0
    };
    let mut above = parents.iter().flatten().peekable();
    above.peek().is_some()
        && above.all(sums)
        && rows.iter().all(|row| table.rows[*row].role != Role::Heading)
}

/// What a total may sum up. A total stands before or behind its parts: rows on its other side (a
/// plan, the year before, a mean) are none of them.
fn candidates(
    table: &Table,
    rows: &[usize],
    parents: &[Option<usize>],
    total: usize,
) -> Vec<Vec<usize>> {
    let with_rows_below: BTreeSet<usize> = parents.iter().flatten().copied().collect();
    let at = rows.iter().position(|row| *row == total).unwrap_or(0);
    let counts = |row: &usize| {
        *row != total && matches!(table.rows[*row].role, Role::Unit | Role::Subtotal | Role::Run)
    };
    let heads =
        |row: &usize| parents[*row].is_none_or(|parent| table.rows[parent].role == Role::Heading);
    let leaf =
        |row: &usize| table.rows[*row].role != Role::Subtotal && !with_rows_below.contains(row);
    let mut candidates: Vec<Vec<usize>> = Vec::new();
    for scope in [rows, &rows[..at], &rows[at + 1..]] {
        let scope: Vec<usize> = scope.iter().copied().filter(counts).collect();
        let outer = outermost(table, &scope);
        let headed = outer.iter().copied().filter(heads).collect();
        let leaves = scope.into_iter().filter(leaf).collect();
        // In a plain list nearly all of them are the same.
        let named = |parts: &Vec<usize>| -> Vec<usize> {
            parts.iter().copied().filter(|row| !table.rows[*row].name.is_empty()).collect()
        };
        let named = [named(&outer), named(&leaves)];
        // A row without a name may be one of the units or a sum that was left over.
        for parts in [outer, headed, leaves].into_iter().chain(named) {
            if !candidates.contains(&parts) {
                candidates.push(parts);
            }
        }
    }
    // One row beside a total that has others is a plan or the year before, not its only part.
    let most = candidates[0].len();
    candidates.retain(|parts: &Vec<usize>| parts.len() > 1 || parts.len() == most);
    candidates
}

/// The rows a total without any figure right most likely stands for: those on its longer side.
fn usual_parts(table: &Table, rows: &[usize], total: usize) -> Vec<usize> {
    let at = rows.iter().position(|row| *row == total).unwrap_or(0);
    let side = |rows: &[usize]| {
        let counts =
            |row: &usize| matches!(table.rows[*row].role, Role::Unit | Role::Subtotal | Role::Run);
        outermost(table, &rows.iter().copied().filter(counts).collect::<Vec<_>>())
    };
    let (above, below) = (side(&rows[..at]), side(&rows[at + 1..]));
    if above.len() < below.len() { below } else { above }
}

/// A total with the rows it sums up, where the figures already tell them and none speaks against it.
fn explained(
    table: &Table,
    rows: &[usize],
    parents: &[Option<usize>],
    total: usize,
) -> Option<(usize, Vec<usize>)> {
    let parts = parts_of(table, total, &candidates(table, rows, parents, total), None)?;
    (fit(table, total, &parts).missed == 0).then_some((total, parts))
}

fn take_total(table: &mut Table, total: usize, parts: Vec<usize>) {
    let basis = if is_total(&table.rows[total].name) { Basis::Name } else { Basis::Figures };
    take(table, total, Role::Total, parts, basis);
}

fn assign_total(
    table: &mut Table,
    rows: &[usize],
    parents: &[Option<usize>],
    total: Option<usize>,
) {
    let Some(total) = total.or_else(|| unnamed_total(table, rows)) else { return };
    let candidates = candidates(table, rows, parents, total);
    let is_plain = is_flat(table, rows) || adds_up(table, rows, parents);
    let usual = is_plain.then(|| usual_parts(table, rows, total));
    let parts = parts_of(table, total, &candidates, usual.as_deref());
    if let Some(parts) = parts.or_else(|| parts_by_slip(table, total, &candidates)) {
        take_total(table, total, parts);
    } else if candidates[0].len() > 1 && !names_parts(table, rows) {
        let parts = usual_parts(table, rows, total);
        if fit(table, total, &parts).missed > 0 {
            table.doubtful_totals.push(DoubtfulTotal { row: total, parts });
        } else {
            // Rates and averages alone: nothing adds up, and nothing contradicts the name.
            take_total(table, total, parts);
        }
    } else {
        let row = table.rows[total].sheet_row + 1;
        table.notes.push(Text::new(
            format!("dòng {row} mang tên dòng tổng nhưng không bằng tổng các dòng ở phần lớn các cột nên không coi là phép kiểm tra"),
            format!("row {row} is named a total but is not the sum of the rows in most columns, so it is not taken for a rule"),
        ));
    }
}

/// True where rows are told to be parts that need not add up.
fn names_parts(table: &Table, rows: &[usize]) -> bool {
    rows.iter().map(|row| &table.rows[*row]).any(|row| {
        let rank = Rank::of(row);
        rank.mark >= Rank::DASH || fold(&row.name).starts_with("chia ra")
    })
}

/// Columns that must contradict a sum before it is doubted rather than its figures.
const MIN_CONTRADICTED: usize = 3;

/// Which of several lists of rows a row named a sum sums up: the one that most columns bear out.
/// Where it has `usual` parts, what does not add up is an error, not another structure; only where
/// several columns contradict the sum, and not all by one slip ([`slip`]), it is more likely not a
/// sum at all.
fn parts_of(
    table: &Table,
    row: usize,
    candidates: &[Vec<usize>],
    usual: Option<&[usize]>,
) -> Option<Vec<usize>> {
    let mut best: Option<(usize, &Vec<usize>)> = None;
    for parts in candidates.iter().filter(|parts| !parts.is_empty()) {
        let fit = fit(table, row, parts);
        if fit.bears_out_a_name() && best.is_none_or(|(most, _)| fit.fitted > most) {
            best = Some((fit.fitted, parts));
        }
    }
    if let Some((_, parts)) = best {
        return Some(parts.clone());
    }
    let usual = usual.filter(|parts| !parts.is_empty())?;
    let fit = fit(table, row, usual);
    (fit.missed < MIN_CONTRADICTED || is_off_as_a_whole(table, row, usual, fit.missed))
        .then(|| usual.to_vec())
}

/// True when most columns that contradict a sum do so by one and the same slip.
fn is_off_as_a_whole(table: &Table, row: usize, parts: &[usize], missed: usize) -> bool {
    slip::nearest(table, row, parts).is_some_and(|told| told.fitting.len() * 2 > missed)
}

/// The parts of a sum that no column bears out, because one slip made all of them wrong.
fn parts_by_slip(table: &Table, row: usize, candidates: &[Vec<usize>]) -> Option<Vec<usize>> {
    let proved = |parts: &&Vec<usize>| {
        slip::nearest(table, row, parts).is_some_and(|told| told.is_certain())
    };
    candidates.iter().filter(|parts| parts.len() > 1).find(proved).cloned()
}

fn two_totals(table: &Table, totals: &[usize]) -> Failure {
    let cells: Vec<String> = totals
        .iter()
        .map(|row| Address::new(table.rows[*row].sheet_row, table.range.start.column).to_string())
        .collect();
    let cells = cells.join(", ");
    let (name, sheet) = (&table.rows[totals[0]].name, &table.sheet);
    Failure::new(
        Code::TwoTotals,
        format!("trang tính `{sheet}` có nhiều dòng `{name}` (các dòng ở ô {cells}) nên không biết dòng nào là tổng của bảng"),
        format!("sheet `{sheet}` has several rows `{name}` (at {cells}), so it is not known which one is the total of the table"),
    )
    .with_help(
        "hãy giữ một dòng tổng, hoặc đổi tên các dòng cộng từng phần thành `Cộng`",
        "keep one total row, or rename the sums of parts to `Cộng`",
    )
}
