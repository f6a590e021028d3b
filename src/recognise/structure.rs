//! What part each row plays: units, sums of units, rows with rules of their own.
//!
//! Names and ordinals propose (`Tổng cộng`; `1` above `1.1`, `1.2`; `I` above `1`, `2`; `Cộng`
//! below its rows), the figures decide. A sum that a table does not print is taken for a rule only
//! where most of its columns bear it out: `Chia ra` and `Trong đó` rows need not add up, regions
//! stand with and without sums of their own. What was proposed and not taken is noted.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::words::{fold, is_grand_total, is_total};
use crate::failure::{Code, Failure};
use crate::lang::Text;
use crate::table::{Place, Role, Row, RowFormula, Table};
use crate::workbook::Address;

/// Assigns roles and parts to the rows of a table.
///
/// # Errors
/// [`Code::TwoTotals`] when two rows claim to be the total of the whole table.
pub(super) fn assign(table: &mut Table) -> Result<(), Failure> {
    let mut lines: Vec<String> = table.rows.iter().map(|row| row.line.clone()).collect();
    lines.sort();
    lines.dedup();
    for line in lines {
        let rows: Vec<usize> = (0..table.rows.len())
            .filter(|index| table.rows[*index].line == line || table.rows[*index].line.is_empty())
            .collect();
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
        if table.rows[*row].role != Role::Exception || table.rows[*row].formula.is_some() {
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
                crate::rules::ratio::rounded(a, b, Decimal::ONE_HUNDRED, found.normalize().scale())
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
    let taken = take_groups(table, &groups);
    let total = total(table, rows)?;
    assign_totals(table, rows, total, &parents, &taken);
    Ok(())
}

/// The parent each row has by its ordinal or by the dashes before its name, by row index.
fn parents(table: &Table, rows: &[usize]) -> Vec<Option<usize>> {
    let mut parents = vec![None; table.rows.len()];
    let levels: Vec<Level> = rows.iter().map(|row| level(&table.rows[*row])).collect();
    let has_roman = levels.iter().any(|level| matches!(level, Level::Roman));
    for (position, row) in rows.iter().enumerate() {
        let above = || (0..position).rev();
        let parent = match &levels[position] {
            Level::Dotted(path) => {
                let prefix = &path[..path.len() - 1];
                above().find(|p| levels[*p].path() == Some(prefix))
            }
            Level::Number(_) if has_roman => above().find(|p| matches!(levels[*p], Level::Roman)),
            Level::Dash => above().find(|p| !matches!(levels[*p], Level::Dash | Level::Plus)),
            Level::Plus => above().find(|p| !matches!(levels[*p], Level::Plus)),
            _ => None,
        };
        parents[*row] = parent.map(|position| rows[position]);
    }
    parents
}

/// Where a row stands in its table's order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    /// `I`, `II`, `A`.
    Roman,
    /// `1`.
    Number([u32; 1]),
    /// `1.2`, `1.2.3`.
    Dotted(Vec<u32>),
    /// A name that begins with a dash.
    Dash,
    /// A name that begins with a plus sign.
    Plus,
    /// Nothing tells.
    Unknown,
}

impl Level {
    fn path(&self) -> Option<&[u32]> {
        match self {
            Self::Number(path) => Some(path),
            Self::Dotted(path) => Some(path),
            _ => None,
        }
    }
}

fn level(row: &Row) -> Level {
    let name = row.name.trim_start();
    if name.starts_with(['-', '–', '−']) {
        return Level::Dash;
    }
    if name.starts_with('+') {
        return Level::Plus;
    }
    let ordinal = row.ordinal.trim().trim_end_matches(['.', ')']);
    let path: Option<Vec<u32>> = ordinal.split('.').map(|part| part.parse().ok()).collect();
    match path.as_deref() {
        Some([number]) => return Level::Number([*number]),
        Some(path) if path.len() > 1 => return Level::Dotted(path.to_vec()),
        _ => {}
    }
    let roman = !ordinal.is_empty() && ordinal.chars().all(|c| "IVXLC".contains(c));
    let letter = ordinal.len() == 1 && ordinal.chars().all(|c| c.is_ascii_uppercase());
    if roman || letter { Level::Roman } else { Level::Unknown }
}

/// Takes the proposed groups for sums where most of their columns, taken together, bear it out.
/// Returns the groups taken.
fn take_groups(table: &mut Table, groups: &[(usize, Vec<usize>)]) -> Vec<(usize, Vec<usize>)> {
    let mut fits = Fit::default();
    for (row, children) in groups {
        fits.add(fit(table, *row, children));
    }
    if groups.is_empty() {
        return Vec::new();
    }
    // Where most groups add up, one that does not is an error; where none of its columns does,
    // its rows are not all there (a list cut off), and without such support each group stands on
    // its own evidence.
    let usual = fits.speaks_for();
    let mut taken = Vec::new();
    let mut left: Vec<String> = Vec::new();
    for (row, children) in groups {
        let own = fit(table, *row, children);
        if own.speaks_for() || (usual && (own.fitted > 0 || own.missed < 2)) {
            table.rows[*row].role = Role::Subtotal;
            table.rows[*row].parts.clone_from(children);
            taken.push((*row, children.clone()));
        } else if own.missed > 0 {
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
    taken
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
}

/// Compares a row with the sum of others, column by column; columns of zeros prove nothing.
fn fit(table: &Table, row: usize, parts: &[usize]) -> Fit {
    let mut fit = Fit::default();
    for (column, described) in table.columns.iter().enumerate() {
        if !described.adds_up() {
            continue;
        }
        let Some(found) = table.number(Place::new(row, column)) else { continue };
        let numbers: Vec<Decimal> =
            parts.iter().filter_map(|part| table.number(Place::new(*part, column))).collect();
        if numbers.is_empty() || (found.is_zero() && numbers.iter().all(Decimal::is_zero)) {
            continue;
        }
        if numbers.iter().sum::<Decimal>() == found {
            fit.fitted += 1;
        } else {
            fit.missed += 1;
        }
    }
    fit
}

/// The row that sums up the whole table, if one says so.
fn total(table: &Table, rows: &[usize]) -> Result<Option<usize>, Failure> {
    let named = |test: fn(&str) -> bool| -> Vec<usize> {
        rows.iter()
            .copied()
            .filter(|row| table.rows[*row].role == Role::Unit && test(&table.rows[*row].name))
            .collect()
    };
    match (named(is_grand_total).as_slice(), named(is_total).as_slice()) {
        ([], []) => Ok(None),
        ([], [.., last]) => Ok(Some(*last)),
        ([one], _) => Ok(Some(*one)),
        (several, _) => {
            let first = fold(&table.rows[several[0]].name);
            let same = several.iter().filter(|row| fold(&table.rows[**row].name) == first).count();
            if same > 1 && is_flat(table, rows) {
                return Err(two_totals(table, several));
            }
            Ok(if same > 1 { None } else { several.last().copied() })
        }
    }
}

/// True for a plain list of units: no groups, headings or dashes among its rows.
pub(crate) fn is_flat(table: &Table, rows: &[usize]) -> bool {
    rows.iter().all(|row| {
        let row = &table.rows[*row];
        row.role != Role::Heading && matches!(level(row), Level::Number(_) | Level::Unknown)
    })
}

fn assign_totals(
    table: &mut Table,
    rows: &[usize],
    total: Option<usize>,
    parents: &[Option<usize>],
    taken: &[(usize, Vec<usize>)],
) {
    let Some(total) = total else { return };
    let in_groups: BTreeSet<usize> =
        taken.iter().flat_map(|(_, children)| children.iter().copied()).collect();
    let with_rows_below: BTreeSet<usize> = parents.iter().flatten().copied().collect();
    let mut top: Vec<usize> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for row in rows.iter().copied().filter(|row| *row != total) {
        match table.rows[row].role {
            Role::Heading | Role::Exception => {}
            Role::Unit if is_total(&table.rows[row].name) => {
                // `Cộng` closes the rows above it that no other subtotal has closed.
                table.rows[row].role = Role::Subtotal;
                table.rows[row].parts = std::mem::take(&mut open);
                top.push(row);
            }
            Role::Subtotal => top.push(row),
            _ if in_groups.contains(&row) => {}
            _ => open.push(row),
        }
    }
    top.extend(open);
    top.sort_unstable();
    let leaves: Vec<usize> = rows
        .iter()
        .copied()
        .filter(|row| *row != total && matches!(table.rows[*row].role, Role::Unit | Role::Run))
        .filter(|row| !with_rows_below.contains(row))
        .collect();
    let flat = is_flat(table, rows);
    let candidates = [top.clone(), leaves];
    let best =
        candidates.iter().find(|parts| !parts.is_empty() && fit(table, total, parts).speaks_for());
    let parts = match best {
        Some(parts) => Some(parts.clone()),
        // A plain list with its total: what does not add up is an error, not another structure.
        None if flat => Some(top),
        None => None,
    };
    if let Some(parts) = parts {
        table.rows[total].role = Role::Total;
        table.rows[total].parts = parts;
    } else {
        let row = table.rows[total].sheet_row + 1;
        table.notes.push(Text::new(
            format!("dòng {row} mang tên dòng tổng nhưng không bằng tổng các dòng ở phần lớn các cột nên không coi là ràng buộc"),
            format!("row {row} is named a total but is not the sum of the rows in most columns, so it is not taken for a rule"),
        ));
    }
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
